"""What a page costs: server CPU of a warm rerun, and how long a visitor waits for a page and for a filter.

    python -m tests.bench.pages --db data/store/kaoping.duckdb --kinds unit,person --pages overview,subject
    python -m tests.bench.pages --db crowd.duckdb --kinds person --sessions 1,10,50 --without-browser

Over a copy of a built database, the sample unless one is named. First every page of the office by websocket: the CPU time
of the server process for a rerun whose answers are all known, the bytes of it, and what 95 of 100 reruns waited at most; with
one session, or with as many as are named, that ask again as soon as they are answered. Then the results pages in a real
Chromium: milliseconds from the address until the title is there, from the click on a page's link until it is drawn and
still (the second visit), and from a change of the cycle until it is drawn; medians. Other work on the machine raises them
all.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlencode

import websockets
from playwright.sync_api import Page, Playwright, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pipelines import build, sample
from pipelines.warehouse import Warehouse
from tests.bench.history import note
from tests.browser.conftest import ROOT, SECONDS, browser_path, process
from tests.pages.office import AT

PAGES = ("overview", "rankings", "subject", "grades", "trends", "gates", "ledger", "polls", "fairness", "method")
ALL = tuple(re.findall(r'Entry\("(?!own)\w+", "(\w+)"', (ROOT / "app.py").read_text(encoding="utf-8")))
KINDS = ("unit", "person")
RERUNS = 40
GOAL = "<= 12"
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


async def rerun(socket: websockets.ClientConnection, name: str, **view: str) -> int:
    """Have a page drawn, and wait until the server has said all of it; gives its bytes."""
    message = BackMsg()
    message.rerun_script.query_string = urlencode(view)
    message.rerun_script.page_name = name
    await socket.send(message.SerializeToString())
    sent = 0
    while True:
        answer = bytes(await socket.recv())
        sent += len(answer)
        said = ForwardMsg.FromString(answer)
        is_over = said.WhichOneof("type") == "script_finished"
        if is_over and said.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return sent


async def rerun_often(socket: websockets.ClientConnection, times: int, name: str, kind: str) -> list[tuple[int, float]]:
    """Bytes and milliseconds of so many reruns of a page, one after the other."""
    runs = []
    for number in range(times):
        begun = time.perf_counter()
        sent = await rerun(socket, name, lang=("zh", "en")[number % 2], kind=kind)
        runs.append((sent, 1000 * (time.perf_counter() - begun)))
    return runs


async def work(address: str, pid: int, kind: str, names: Sequence[str], sessions: int) -> None:
    """Print what a warm rerun of every page costs the server while so many sessions ask without a pause."""
    place = f"{address.replace('http', 'ws')}/_stcore/stream"
    total = []
    async with contextlib.AsyncExitStack() as stack:
        sockets = [
            await stack.enter_async_context(websockets.connect(place, subprotocols=["streamlit"], max_size=None))
            for _ in range(sessions)
        ]
        for name in names:
            for socket in sockets:  # what is known is known to all, but each session has a first run of its own
                await rerun_often(socket, 2, name, kind)
            before = cpu(pid)
            times = max(RERUNS // sessions, 4)
            runs = [
                run
                for ran in await asyncio.gather(*(rerun_often(one, times, name, kind) for one in sockets))
                for run in ran
            ]
            await asyncio.sleep(IDLE / 1000)
            spent = (cpu(pid) - before) / len(runs)
            sent, waits = statistics.mean(sent for sent, _ in runs), sorted(wait for _, wait in runs)
            total.append(spent)
            print(
                f"{name + ' ' + kind:24} {sessions:8} {spent:14.1f} {sent / 1024:8.0f} {waits[int(len(waits) * 0.95)]:8.0f}",
                flush=True,
            )
    note(
        "pages", f"{kind}, {sessions} sessions: median of {len(total)} pages", statistics.median(total), "ms", goal=GOAL
    )


def measure(page: Page, address: str, name: str, kind: str, runs: int) -> tuple[float, float, float]:
    """Milliseconds until the page has its title, until it is drawn anew, and until a changed cycle is."""
    titled = []
    for _ in range(3):
        begun = time.perf_counter()
        page.goto(f"{address}/{name}?lang=en&kind={kind}", wait_until="commit")
        page.wait_for_selector("[data-testid=stMain] h1")
        titled.append(1000 * (time.perf_counter() - begun))
        page.wait_for_function(DRAWN)
    shown, filtered = [], []
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
    return min(titled), statistics.median(shown[2:]), statistics.median(filtered[2:])


def look(playwright: Playwright, address: str, kinds: Sequence[str], names: Sequence[str], runs: int) -> None:
    """Print how long a visitor waits for each page."""
    browser = playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(SECONDS * 1000)  # what is worked out for the first time
    print(f"{'page':24} {'title ms':>9} {'shown ms':>9} {'filter ms':>10}")
    for name in names:
        for kind in kinds:
            titled, shown, filtered = measure(page, address, name, kind, runs)
            print(f"{name + ' ' + kind:24} {titled:9.0f} {shown:9.0f} {filtered:10.0f}", flush=True)
    browser.close()


def main() -> None:
    """Measure every page for units and persons and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", type=Path)
    parser.add_argument("--sessions", default="1", help="how many ask at once, such as 1,10,50")
    parser.add_argument("--port", type=int, help="of the server; a free one unless it is named")
    parser.add_argument("--without-browser", action="store_true")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--pages", help="all by websocket and those of results in Chromium unless some are named")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.duckdb"
        shutil.copy(options.db or sample_database(Path(folder)), path)
        kinds = options.kinds.split(",")
        names = options.pages.split(",") if options.pages else ()
        with process(path, port=options.port) as (address, pid):
            print(f"{'page':24} {'sessions':>8} {'server CPU ms':>14} {'KiB sent':>8} {'p95 ms':>8}")
            for sessions, kind in itertools.product(map(int, options.sessions.split(",")), kinds):
                asyncio.run(work(address, pid, kind, names or ALL, sessions))
            if not options.without_browser:
                with sync_playwright() as playwright:
                    look(playwright, address, kinds, names or PAGES, options.runs)


if __name__ == "__main__":
    main()
