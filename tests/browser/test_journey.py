"""The office's first day in a real browser: a fault is found, mended, committed, built, ranked and taken home as CSV."""

import csv
import io
import os
import re
import shutil
import subprocess
import sys
from time import perf_counter

import openpyxl
import pytest

from pages.ui import words
from tests.browser.conftest import ROOT, note_wait, serve, settle, shoot
from tests.pages import office

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGES = re.findall(r'Entry\("(?!own)\w+", "(\w+)"', (ROOT / "app.py").read_text(encoding="utf-8"))
"""The pages of the office: all but those of a unit."""


def choose_file(page, content):
    page.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(
        {"name": "考核2025.xlsx", "mimeType": XLSX, "buffer": content}
    )
    page.get_by_text("Recognised tables").wait_for()
    settle(page)


def click(page, name):
    page.get_by_role("button", name=name, exact=True).click()
    settle(page)


def saved(page, name, role="button"):
    """The bytes of the file behind a download button or a line of a download menu."""
    with page.expect_download() as download:
        page.get_by_role(role, name=name, exact=True).click()
    return download.value.path().read_bytes()


def test_from_a_faulty_workbook_to_a_csv_that_is_the_export(page, tmp_path):
    database = tmp_path / "office.duckdb"
    with serve(database) as address:
        page.goto(f"{address}/upload?lang=en")
        settle(page)

        choose_file(page, office.workbook(2025, "九十"))
        assert page.locator(".st-key-commit button").is_disabled()
        listed = list(csv.DictReader(io.StringIO(saved(page, "CSV").decode("utf-8-sig"))))
        fault = next(row for row in listed if row["severity"] == "error")
        assert (fault["file"], fault["sheet"], fault["cell"]) == ("考核2025.xlsx", "工作实绩", office.FAULT_CELL)
        assert fault["found"] == "九十"
        assert page.get_by_text(fault["what"]).first.is_visible()
        shoot(page, "upload-fault")

        marked = openpyxl.load_workbook(io.BytesIO(saved(page, "Marked-up copy of 考核2025.xlsx")))
        cell = marked["工作实绩"][office.FAULT_CELL]
        assert cell.value == "九十"
        assert cell.comment is not None
        assert [row[0].value for row in marked["考核对象"].iter_rows(min_row=3)] == [
            row[0] for row in (*office.UNITS, *office.PEOPLE)
        ]

        click(page, "Discard")
        page.get_by_text("Recognised tables").wait_for(state="hidden")
        choose_file(page, office.workbook(2025))
        page.get_by_label("Your name").fill("王敏")
        page.get_by_label("Your name").press("Enter")
        settle(page)
        click(page, "Commit")
        page.get_by_text("Files committed: 1.").wait_for()
        click(page, "Build now")
        page.get_by_text("Built: 2025.").wait_for()
        shoot(page, "upload-built")

        page.get_by_role("link", name="See the ranking").click()
        page.get_by_role("heading", name="Rankings").wait_for()
        settle(page)
        page.get_by_text("8 of 8 shown").wait_for()
        page.get_by_role("button", name="Download").click()
        ranked = list(csv.DictReader(io.StringIO(saved(page, "CSV", "menuitem").decode("utf-8-sig"))))
        assert [row["name"] for row in ranked if row["platform"] == "党群部门"] == [
            "组织部",
            "区委办",
            "宣传部",
            "统战部",
        ]
        shoot(page, "rankings")

        page.get_by_role("link", name="Extracts").click()
        page.get_by_role("heading", name="Extracts").wait_for()
        settle(page)
        page.get_by_role("radio", name="All kinds").click()
        settle(page)
        from_page = saved(page, "CSV")

    command = [sys.executable, "-m", "pipelines", "export", "ranking", "--format", "csv", "--cycle", "2025"]
    subprocess.run([*command, "--db", str(database), "--out", str(tmp_path)], cwd=ROOT, check=True, timeout=300)
    assert from_page == (tmp_path / "ranking.csv").read_bytes()


def test_a_leader_presents_with_the_arrow_keys_and_takes_a_picture_home(page, office_address):
    page.goto(f"{office_address}/overview?lang=en&cycle=2025&kind=unit")
    settle(page)
    menu = page.locator(".st-key-take-grade-mix button")
    menu.click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Picture (SVG)").click()
    assert re.fullmatch(r"grade-mix-2025-unit-v\d+-[0-9a-f]{12}\.svg", download.value.suggested_filename)
    assert "党群部门" in download.value.path().read_text(encoding="utf-8")
    menu.click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Picture (PNG)").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")
    for _ in range(2):  # what was taken once is taken again
        menu.click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name="CSV").click()
        assert download.value.suggested_filename.endswith(".csv")

    click(page, "Present")
    page.get_by_role("heading", name="Overview").wait_for()
    page.get_by_text("1 of 4").wait_for()  # the page before it has that heading too, and no arrows
    settle(page)
    page.keyboard.press("ArrowRight")
    page.get_by_text("2 of 4").wait_for()
    settle(page)
    assert page.locator(".js-plotly-plot").bounding_box()["height"] > 450
    shoot(page, "presentation")
    page.keyboard.press("Escape")
    page.locator(".st-key-page-header h1").wait_for()
    assert "present" not in page.url


def test_language_filters_and_the_back_button_keep_the_view(page, office_address):
    page.goto(f"{office_address}/rankings?lang=en&cycle=2024&kind=person")
    settle(page)
    page.get_by_role("link", name="中文").click()
    page.get_by_role("heading", name="排名").wait_for()
    settle(page)
    assert page.evaluate("document.documentElement.lang") == "zh"
    assert "cycle=2024" in page.url
    assert "kind=person" in page.url

    page.get_by_role("link", name="年度趋势").click()
    page.get_by_role("heading", name="年度趋势").wait_for()
    settle(page)
    assert "cycle=2024" in page.url
    page.go_back()
    page.get_by_role("heading", name="排名").wait_for()
    settle(page)
    assert "kind=person" in page.url
    page.get_by_text("显示 6 / 6 个").wait_for()


def test_what_was_chosen_is_still_shown_after_a_visit_elsewhere(page, office_address):
    page.goto(f"{office_address}/overview?lang=en")
    settle(page)
    page.locator(".st-key-choice-cycle input").click()
    begun = perf_counter()
    page.get_by_role("option", name="2024").click()
    page.get_by_text("2024 · Units").wait_for()
    note_wait("filter overview", perf_counter() - begun)
    settle(page)
    for name in ("Extracts", "Overview"):
        page.get_by_role("link", name=name, exact=True).click()
        page.get_by_role("heading", name=name, exact=True).wait_for()
        settle(page)
    page.get_by_text("2024 · Units").wait_for()
    assert page.locator(".st-key-choice-cycle input").input_value() == "2024"
    assert page.get_by_role("radio", name="Units").get_attribute("aria-checked") == "true"


def test_a_query_being_written_stays_while_a_table_is_looked_up_and_an_example_is_in_the_address(page, office_address):
    page.goto(f"{office_address}/workbench?lang=en")
    settle(page)
    page.locator("textarea").fill("select 42 as answer")
    page.locator(".st-key-choice-table input").click()
    page.get_by_role("option", name="quotas").click()
    page.wait_for_url("**table=quotas**")
    settle(page)
    assert page.locator("textarea").input_value() == "select 42 as answer"

    page.get_by_role("link", name="Grades per platform").click()
    page.wait_for_url("**sql=**")
    settle(page)
    assert page.locator("textarea").input_value().startswith("-- How the grades")


def test_a_click_on_a_row_opens_the_subject(page, office_address):
    page.goto(f"{office_address}/rankings?lang=en&cycle=2025&kind=unit")
    settle(page)
    table = page.locator("[data-testid=stDataFrame]").first.bounding_box()
    page.mouse.click(table["x"] + 170, table["y"] + 36 + 36 + 18)
    page.get_by_role("heading", name="区委办").wait_for()
    settle(page)
    assert "subject=U1" in page.url
    page.locator(".kaoping-steps details:not([open]) > summary", has_text="工作实绩").first.click()
    page.get_by_text("考核2025.xlsx › 工作实绩 › C3").wait_for()
    page.go_back()
    page.get_by_role("heading", name="Rankings").wait_for()


SOME_PAGES = ("", "overview", "rankings", "subject", "grades", "trends", "upload", "extracts")
"""A server each: all of the pages are opened by `make torture`."""


@pytest.mark.parametrize("name", PAGES if os.environ.get("KAOPING_TORTURE") else SOME_PAGES)
def test_a_deep_link_into_a_fresh_process_is_drawn_inside_the_frame(page, built_database, tmp_path, name):
    """Streamlit runs the file of a page by itself on the first request of a process, without app.py."""
    with serve(shutil.copy(built_database, tmp_path)) as address:
        page.goto(f"{address}/{name}?lang=en")
        settle(page)
        page.locator(".kaoping-brand").wait_for()
        with words.using("en"):
            assert page.locator("[data-testid=stMain] h1").inner_text() == words.t(f"{name or 'overview'}.title")
        assert page.locator("[data-testid=stSidebar] nav a").count() == len(PAGES)
