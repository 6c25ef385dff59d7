// A chart's picture is drawn by the browser: the button names the chart, the file and the format.
if (!window.kaopingPictures) {
    window.kaopingPictures = true;
    document.addEventListener('click', (event) => {
        const button = event.target.closest('.kaoping-pictures button');
        const chart = button && document.querySelector(`.st-key-${button.dataset.chart} .js-plotly-plot`);
        if (!chart) return;
        Object.assign(chart._context.toImageButtonOptions, { format: button.dataset.format, filename: button.dataset.file });
        chart.querySelector('.modebar-btn').dispatchEvent(new MouseEvent('click'));
    });
    // Plotly saves by clicking on a link of its own; a popover would take that for a click beside it and close.
    window.addEventListener('click', (event) => {
        if (!event.isTrusted && event.target.matches?.('a[download]')) event.stopPropagation();
    }, true);
}

// The links of the sidebar and of open cases open their page as the Back button does: the new address, then Streamlit is told of it.
if (!window.kaopingArrived) {
    let isWalking = false;
    document.addEventListener('click', (event) => {
        const link = event.target.closest('.kaoping-nav a, .kaoping-cases a');
        if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        isWalking = event.detail === 0 && link.closest('.kaoping-nav'); // by the keyboard: the drawn-anew link gets the focus that the old one had
        history.pushState({}, '', link.href);
        dispatchEvent(new PopStateEvent('popstate'));
    });
    window.kaopingArrived = () => {
        if (!isWalking) return;
        isWalking = false;
        setTimeout(() => document.querySelector('.kaoping-nav a[aria-current]')?.focus());
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
