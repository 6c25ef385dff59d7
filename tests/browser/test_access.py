"""Every page as axe-core sees it: no violation of the app's own, and those of Streamlit listed by their id.

One visit goes through all pages as a visitor does, without loading the app anew. On the way every page is pictured in
both promised sizes, must not scroll sideways in either and must not jump while it is drawn. Charts and tables are
drawings, which axe can't judge; their alternative texts and the theme's contrasts are chosen by hand.
"""

from time import perf_counter

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.bench.pages import ALL
from tests.browser.conftest import GO, SIZES, note_wait, settle, shoot

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

OF_STREAMLIT = {
    "presentation-role-conflict": "the drop zone of st.file_uploader has a role and a label",
}
"""Violations of the framework by the id of their rule; whatever else axe finds is ours."""
VIEWS = ("rankings?view=side", "trends?view=grade", "overview?present=2")
LARGEST_JUMP = 0.1
"""What counts as a good page for the measure of layout shifts that browsers have."""
SAW = """() => {
    window.jumps = 0;
    window.since = Infinity;
    const add = (entry) => { if (entry.startTime >= window.since) window.jumps += entry.value; };
    new PerformanceObserver((list) => list.getEntries().forEach(add)).observe({ type: 'layout-shift' });
}"""
FITS = (
    "() => { const main = document.querySelector('[data-testid=stMain]'); return main.scrollWidth <= main.clientWidth }"
)
WATCH = """() => {
    const title = () => document.querySelector('[data-testid=stMain] h1')?.innerText;
    const old = title();
    const later = () => requestAnimationFrame(() => { window.jumps = 0; window.since = performance.now(); });
    const watch = () => title() && title() !== old ? later() : requestAnimationFrame(watch);
    window.since = Infinity;
    watch();
}"""
"""That a page takes the place of the one before is no jump: those are counted from the frame after its title came."""


def violations(page, is_whole):
    """Rule and element of everything that axe finds and that is not listed as Streamlit's own."""
    context = None if is_whole else {"include": [["[data-testid=stMain]"]]}
    run = "(context) => axe.run(context || document, { resultTypes: ['violations'] }).then((found) => found.violations)"
    return [
        (rule["id"], node["html"][:160])
        for rule in page.evaluate(run, context)
        if rule["id"] not in OF_STREAMLIT
        for node in rule["nodes"]
    ]


def test_axe_finds_nothing_of_our_own_on_any_page(page, office_address):
    faults = {}
    for theme, lang, names in (
        ("light", "en", (*ALL, *VIEWS)),
        ("dark", "zh", ("overview", "subject", "rankings", "method", "survey", "change", "upload")),
    ):
        page.emulate_media(color_scheme=theme)
        page.goto(f"{office_address}/method?lang={lang}")
        settle(page)
        page.evaluate(Axe().axe_script)
        page.evaluate(SAW)
        for name in names:
            begun = perf_counter()
            before = page.locator("[data-testid=stMain] h1").first.inner_text()
            page.evaluate(WATCH)
            page.evaluate(GO, f"/{name}{'&' if '?' in name else '?'}lang={lang}")
            title = "(old) => document.querySelector('[data-testid=stMain] h1')?.innerText !== old"
            page.wait_for_function(title, arg=before)
            note_wait(f"paint {name} {theme}", perf_counter() - begun)
            settle(page)
            if "present" not in name and (jumped := page.evaluate("window.jumps")) > LARGEST_JUMP:
                faults[theme, name, "jumps"] = jumped
            if found := violations(page, is_whole=name == names[0]):
                faults[theme, name] = found
            for width, height in reversed(SIZES):
                page.set_viewport_size({"width": width, "height": height})
                page.wait_for_timeout(100)
                page.wait_for_function(FITS)
                shoot(page, f"{name}-{lang}-{theme}-{width}")
    assert faults == {}
