"""Every page as axe-core sees it: no violation of the app's own, and those of Streamlit listed by their id.

Charts and tables are drawings, which axe can't judge; their alternative texts and the theme's contrasts are chosen by hand.
"""

from time import perf_counter

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import note_wait, serve, settle, shoot_sizes

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

OF_STREAMLIT = {
    "presentation-role-conflict": "the drop zone of st.file_uploader has a role and a label",
}
"""Violations of the framework by the id of their rule; whatever else axe finds is ours."""
PAGES = (
    "overview", "rankings", "rankings?view=side", "subject", "grades", "trends", "trends?view=grade", "polls", "ledger",
    "gates", "confidence", "panel", "integrity", "fairness", "upload", "extracts", "overview?present=2",
)  # fmt: skip


def violations(page):
    """Rule and element of everything that axe finds and that is not listed as Streamlit's own."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        (rule["id"], node["html"][:160]) for rule in found if rule["id"] not in OF_STREAMLIT for node in rule["nodes"]
    ]


def test_axe_finds_nothing_of_our_own_on_any_page(page, built_database):
    faults = {}
    with serve(built_database) as address:
        for theme, lang, names in (
            ("light", "en", PAGES),
            ("dark", "zh", ("overview", "subject", "rankings", "method", "survey", "change")),
        ):
            page.emulate_media(color_scheme=theme)
            for name in names:
                begun = perf_counter()
                page.goto(f"{address}/{name}{'&' if '?' in name else '?'}lang={lang}")
                page.locator("[data-testid=stMain] h1").first.wait_for()
                note_wait(f"paint {name} {theme}", perf_counter() - begun)
                settle(page)
                shoot_sizes(page, f"{name}-{lang}-{theme}")
                if found := violations(page):
                    faults[theme, name] = found
    assert faults == {}
