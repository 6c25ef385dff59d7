// A chart's picture is drawn by the browser: the button names the chart, the file and the format.
if (!window.kaopingPictures) {
    window.kaopingPictures = true;
    document.addEventListener('click', (event) => {
        const button = event.target.closest('[data-taken], .kaoping-picture button');
        const chart = button?.closest('[class*="st-key-chart-"]') || button && document.querySelector(`.st-key-${button.dataset.chart}`);
        const drawn = chart?.querySelector('.js-plotly-plot');
        if (!drawn) return;
        const view = document.querySelector('.st-key-page-header strong')?.innerText || '';
        const named = `${chart.querySelector('[role=figure]')?.ariaLabel || document.title} ${view}`.replace(/[\\/:*?"<>|]+/g, '-');
        const { width, height } = drawn._fullLayout;
        const options = { format: button.dataset.format, filename: button.dataset.file || named.trim(), width, height: height + ABOVE };
        Object.assign(drawn._context.toImageButtonOptions, options);
        const layout = drawn.layout;
        drawn.layout = titled(layout, chart, view);  // Plotly copies it at the click
        drawn.querySelector('.modebar-btn').dispatchEvent(new MouseEvent('click'));
        drawn.layout = layout;
    });
    // A picture goes where its card doesn't: it has the card's title, what was selected, and the key of the colours over it.
    const ABOVE = 64;  // no tag is spelled out here: the page's cleaner would drop the script
    const plain = (text) => (text || '').replaceAll('\u003c', '&lt;');
    const titled = (layout, chart, view) => {
        let card = chart;
        while (card && !card.querySelector('h2')) card = card.parentElement;
        const key = [...(card?.querySelectorAll('.kaoping-key span') || [])].map((entry) => {
            const mark = entry.querySelector('i');
            return `\u003cspan style="color:${mark.style.color}">${mark.textContent}\u003c/span> ${plain(entry.textContent.slice(mark.textContent.length))}`;
        });
        const lines = [`\u003cb>${plain(card?.querySelector('h2')?.innerText)}\u003c/b>`, [plain(view), ...key].filter(Boolean).join('   ')];
        const title = { text: `${lines[0]}\u003cbr>\u003cspan style="font-size:12px">${lines[1]}\u003c/span>`, font: { size: 15 }, x: 0, xref: 'container', xanchor: 'left', pad: { l: 12, t: 26 }, y: 1, yref: 'container', yanchor: 'top' };
        return { ...layout, title, height: undefined, margin: { ...layout.margin, t: (layout.margin?.t ?? 0) + ABOVE } };
    };
    // Every chart has its picture in its corner, seen when the mouse or the keyboard is there.
    const offer = () => document.querySelectorAll('main [class*="st-key-chart-"]:has([role=figure])').forEach((chart) => {
        const label = (format) => window.kaopingPicture?.replace('*', format.toUpperCase()) || format;
        let corner = chart.querySelector(':scope > .kaoping-picture');
        if (corner?.dataset.said === label('')) return;
        corner?.remove();
        corner = document.createElement('div');
        corner.className = 'kaoping-picture';
        corner.dataset.said = label('');
        for (const format of ['png', 'svg']) {
            const button = corner.appendChild(document.createElement('button'));
            Object.assign(button, { type: 'button', textContent: format.toUpperCase(), title: label(format), ariaLabel: label(format) });
            button.dataset.format = format;
        }
        chart.append(corner);
    });
    // What a visitor chose from a download menu is pressed once, as soon as the server has drawn it.
    const taken = new Set();
    const take = () => document.querySelectorAll('[class*="st-key-taken-"] button, [data-taken]').forEach((button) => {
        const name = button.dataset.taken || button.closest('[class*="st-key-taken-"]').className.match(/st-key-taken-\w+/)[0];
        if (taken.has(name)) return;
        taken.add(name);
        button.click();
    });
    let isAwaited = false;
    new MutationObserver(() => {
        if (!isAwaited) setTimeout(() => { isAwaited = false; offer(); take(); }, 200);
        isAwaited = true;
    }).observe(document.body, { childList: true, subtree: true });
}

// The links of the sidebar and those that stand in a text open their page as the Back button does: the new address, then Streamlit is told of it.
if (!window.kaopingArrived) {
    let walked = ''; // by the keyboard: the drawn-anew link gets the focus that the old one had
    document.addEventListener('click', (event) => {
        const link = event.target.closest('.kaoping-nav a, .kaoping-language a, .kaoping-way');
        if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        walked = event.detail === 0 ? link.closest('.kaoping-nav, .kaoping-language')?.className || '' : '';
        history.pushState({}, '', link.href);
        dispatchEvent(new PopStateEvent('popstate'));
    });
    window.kaopingArrived = () => {
        if (!walked) return;
        const place = `.${walked} a[aria-current]`;
        walked = '';
        setTimeout(() => document.querySelector(place)?.focus());
    };
}

// Streamlit's own menus, tooltips and toolbars speak English only; what they say is looked up as it appears.
if (!window.kaopingTranslates) {
    window.kaopingTranslates = true;
    const say = (text) => window.kaopingWords?.[text?.trim()];
    const translate = (root) => {
        if (!Object.keys(window.kaopingWords || {}).length) return;
        if (root.nodeType === Node.TEXT_NODE) {
            if (say(root.nodeValue) && !root.parentElement?.closest('main [data-testid=stMarkdown], canvas')) root.nodeValue = say(root.nodeValue);
            return;
        }
        if (root.nodeType !== Node.ELEMENT_NODE || root.closest('canvas')) return;
        for (const name of ['aria-label', 'title', 'placeholder']) {
            if (say(root.getAttribute(name))) root.setAttribute(name, say(root.getAttribute(name)));
        }
        root.childNodes.forEach(translate);
    };
    new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(translate)))
        .observe(document.body, { childList: true, subtree: true });
}
