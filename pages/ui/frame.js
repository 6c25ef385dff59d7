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
