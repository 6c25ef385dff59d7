"""What a page costs: server CPU of a warm rerun, and how long a visitor waits for a page and for a filter.

    python -m tests.bench.pages --db data/store/kaoping.duckdb

Drives a real Chromium over a copy of a built database, the sample unless one is named. For each page: milliseconds from
the click on its link until it is drawn and still (the second visit), from a change of the cycle until it is drawn, and
the CPU time of the server process for a rerun whose answers are all known. Medians; other work on the machine raises
them all.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from pipelines import build, sample
from pipelines.warehouse import Warehouse
from tests.browser.conftest import browser_path, process
from tests.pages.office import AT

PAGES = ("overview", "rankings", "subject", "grades", "trends", "gates", "ledger", "polls")
KINDS = ("unit", "person")
DRAWN = """() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
    && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]')"""
IDLE = 350
"""Milliseconds after which the last of a rerun has reached the server's clock."""


def sample_database(folder: Path) -> Path:
    """The sample, loaded and built."""
    sample.write(folder / "books")
    path = folder / "sample.duckdb"
    with Warehouse.open(path) as warehouse:
        sources = [(book.name, book.read_bytes()) for book in sorted((folder / "books").iterdir())]
        build.commit(warehouse, build.preview(warehouse, sources), "bench", AT)
        build.build(warehouse, who="bench", at=AT)
    return path


def cpu(pid: int) -> float:
    """Milliseconds of processor time that a process has used."""
    ticks = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) * 10.0


def waited(page: Page, act: Callable[[], None], done: str) -> float:
    """Milliseconds from an act of the visitor until `done` is there and the page is still."""
    begun = time.perf_counter()
    act()
    page.wait_for_function(f"() => {done}")
    page.wait_for_function(DRAWN)
    return 1000 * (time.perf_counter() - begun)


def measure(page: Page, address: str, name: str, kind: str, pid: int, runs: int) -> tuple[float, float, float]:
    """Milliseconds until the page is drawn anew, until a changed cycle is, and of server CPU for a warm rerun."""
    page.goto(f"{address}/{name}?lang=en&kind={kind}")
    page.wait_for_selector("[data-testid=stMain] h1")
    page.wait_for_function(DRAWN)
    shown, filtered, used = [], [], []
    for number in range(runs + 2):
        title = page.locator("[data-testid=stMain] h1").inner_text()
        page.get_by_role("link", name="Extracts").click()
        page.get_by_role("heading", name="Extracts").wait_for()
        page.wait_for_function(DRAWN)
        link = page.locator("[data-testid=stSidebar]").get_by_role("link", name=title, exact=True)
        shown.append(waited(page, link.click, f"document.querySelector('main h1')?.innerText === '{title}'"))
        cycle = ("2024", "2025")[number % 2]
        page.locator(".st-key-choice-cycle input").click()
        option = page.get_by_role("option", name=cycle)
        done = f"document.querySelector('.st-key-page-header strong').innerText.startsWith('{cycle}')"
        filtered.append(waited(page, option.click, done))
        page.wait_for_timeout(IDLE)
        for lang in ("zh", "en"):
            before = cpu(pid)
            page.get_by_role("radio", name={"zh": "中文", "en": "English"}[lang]).click()
            page.wait_for_function(f"() => document.documentElement.lang === '{lang}'")
            page.wait_for_function(DRAWN)
            page.wait_for_timeout(IDLE)
            used.append(cpu(pid) - before)
    return statistics.median(shown[2:]), statistics.median(filtered[2:]), statistics.mean(used[4:])


def main() -> None:
    """Measure every page for units and persons and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.duckdb"
        shutil.copy(options.db or sample_database(Path(folder)), path)
        with process(path) as (address, pid), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            print(f"{'page':24} {'shown ms':>9} {'filter ms':>10} {'server CPU ms':>14}")
            for name in PAGES:
                for kind in KINDS:
                    shown, filtered, used = measure(page, address, name, kind, pid, options.runs)
                    print(f"{name + ' ' + kind:24} {shown:9.0f} {filtered:10.0f} {used:14.1f}", flush=True)
            browser.close()


if __name__ == "__main__":
    main()
