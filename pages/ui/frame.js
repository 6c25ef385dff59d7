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

// The links of the sidebar open their page as the Back button does: the new address, then Streamlit is told of it.
if (!window.kaopingArrived) {
    let isWalking = false;
    document.addEventListener('click', (event) => {
        const link = event.target.closest('.kaoping-nav a');
        if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        isWalking = event.detail === 0; // by the keyboard: the drawn-anew link gets the focus that the old one had
        history.pushState({}, '', link.href);
        dispatchEvent(new PopStateEvent('popstate'));
    });
    window.kaopingArrived = () => {
        if (!isWalking) return;
        isWalking = false;
        setTimeout(() => document.querySelector('.kaoping-nav a[aria-current]')?.focus());
    };
}
