"""A visitor who closes his browser in the middle of an upload or a build: it is whole or it is not there, and others go on."""

import pytest
from playwright.sync_api import sync_playwright

from pipelines import build
from pipelines.warehouse import Warehouse
from tests.browser.conftest import browser_path, serve, settle
from tests.pages import office

pytestmark = [pytest.mark.browser, pytest.mark.slow]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WAITS = (0, 100, 400, 1500)
"""Milliseconds from the click until the visitor is gone."""


def leave(browser, address, act, wait):
    """Do something on the upload page and be gone before it is done."""
    page = browser.new_context(locale="en-US").new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{address}/upload?lang=en")
    settle(page)
    act(page)
    page.wait_for_timeout(wait)
    page.context.close()


def test_a_browser_that_closes_leaves_nothing_half_done(tmp_path):
    path = tmp_path / "office.duckdb"
    with Warehouse.open(path) as store:
        office.load(store, 2025)
        build.build(store, who="王敏", at=office.AT)
        office.load(store, 2025, office.workbook(2025, 61))
        before = store.builds()["build"].to_pylist()

    def choose(page):
        given = {"name": "考核2025.xlsx", "mimeType": XLSX, "buffer": office.workbook(2025, 62)}
        page.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(given)

    def commit(page):
        choose(page)
        page.get_by_text("Recognised tables").wait_for()
        settle(page)
        page.get_by_label("Your name").fill("王敏")
        page.get_by_label("Your name").press("Tab")
        page.get_by_role("button", name="Commit", exact=True).click()

    def make(page):
        page.get_by_role("button", name="Build now", exact=True).click()

    with serve(path) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        for wait in WAITS:
            for act in (choose, make):
                leave(browser, address, act, wait)
        leave(browser, address, commit, 0)
        page = browser.new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{address}/rankings?lang=en")
        settle(page)
        page.goto(f"{address}/upload?lang=en")
        settle(page)
        if page.get_by_role("button", name="Build now", exact=True).count():
            make(page)
            page.get_by_text("Built: 2025.").wait_for()
        browser.close()
    with Warehouse.open(path) as store:
        assert store.broken_links() == []
        assert store.uploads().num_rows in (2, 3), "the last one was committed, or it was not"
        assert store.builds()["build"].to_pylist() != before, "the last build is whole and shown"
        assert store.extract("ranking", 2025).num_rows == 14
        assert store.ask("audit").to_pylist()[0]["number"] == store.head()[0]
