"""A working day in minutes: signed-in sessions that read pages, and an office that uploads and builds meanwhile.

    python -m tests.faults.load --sessions 50 --minutes 5

Starts a server of its own over the sample behind the sign-in of a proxy, opens that many sessions of all roles by
websocket (50 browsers would measure the browsers), and lets each ask for a page or another view of one, wait as people
do, and ask again. One real browser uploads a changed workbook, commits and builds, over and over. Reports how long pages
took from the request until the run was over, every error, and the memory of the server. Exit code 1 where a limit of
`LIMITS` does not hold. With many minutes it is a soak: the memory of the last third is compared with that of the second.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import openpyxl
import websockets
from playwright.sync_api import Error, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pipelines.warehouse import Warehouse
from tests.bench.pages import sample_database
from tests.browser.conftest import browser_path, process, settle
from tests.pages.office import AT

SECRET = "load-" * 8
SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample" / "2025年度_指标完成情况.xlsx"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RESULTS = ("overview", "rankings", "subject", "grades", "trends", "ledger", "gates", "polls")
PAGES = {
    "office": (*RESULTS, "scheme", "registers", "audit", "extracts"),
    "leader": RESULTS,
    "analyst": (*RESULTS, "change", "survey", "extracts", "workbench"),
    "unit": ("own",),
}
ROLES = ("office", "leader", "leader", "leader", "analyst", "analyst", "unit", "unit", "leader", "unit")
FAULTS = (b"recorded under reference", b"The database cannot be opened")
LIMITS = {"p95 s": 2.0, "errors": 0, "memory MB": 1500, "growth %": 10}


@dataclass
class Day:
    """What was seen."""

    waits: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    memory: list[float] = field(default_factory=list)
    builds: int = 0

    def report(self) -> dict[str, float]:
        """The figures that have limits."""
        waits = sorted(wait for one in self.waits.values() for wait in one)
        third = max(len(self.memory) // 3, 1)
        before, after = self.memory[third : 2 * third] or self.memory, self.memory[-third:]
        growth = 100 * (statistics.median(after) / statistics.median(before) - 1)
        return {
            "pages": len(waits),
            "p50 s": waits[len(waits) // 2],
            "p95 s": waits[int(len(waits) * 0.95)],
            "longest s": waits[-1],
            "errors": sum(self.errors.values()),
            "builds": self.builds,
            "memory MB": max(self.memory),
            "growth %": growth,
        }


def headers(name: str) -> dict[str, str]:
    return {"X-Kaoping-Proxy": SECRET, "X-Forwarded-User": name}


async def visit(address: str, number: int, end: float, think: float, day: Day) -> None:
    """One signed-in session until the end of the day; a broken connection is an error and is opened again."""
    chance = random.Random(number)
    name = f"{ROLES[number % len(ROLES)]}-{number}"
    await asyncio.sleep(chance.uniform(0, think))
    while time.monotonic() < end:
        try:
            place = f"{address.replace('http', 'ws')}/_stcore/stream"
            async with websockets.connect(
                place, additional_headers=headers(name), subprotocols=["streamlit"], max_size=None, open_timeout=60
            ) as socket:
                while time.monotonic() < end:
                    await ask(socket, chance, name.split("-", maxsplit=1)[0], day)
                    await asyncio.sleep(chance.expovariate(1 / think))
        except (OSError, TimeoutError, websockets.WebSocketException) as error:
            day.errors[f"connection: {type(error).__name__}"] += 1
            await asyncio.sleep(1)


async def ask(socket: websockets.ClientConnection, chance: random.Random, role: str, day: Day) -> None:
    """Ask for a page or another view of it and wait until the server has drawn all of it."""
    page = chance.choice(PAGES[role])
    view = {
        "lang": "en",
        "cycle": chance.choice(["2022", "2023", "2024", "2025"]),
        "kind": chance.choice(["unit", "person"]),
    }
    message = BackMsg()
    message.rerun_script.query_string = urlencode(view)
    message.rerun_script.page_name = page
    begun = time.perf_counter()
    await socket.send(message.SerializeToString())
    async with asyncio.timeout(60):
        while True:
            raw = bytes(await socket.recv())
            day.errors.update(fault.decode() for fault in FAULTS if fault in raw)
            said = ForwardMsg.FromString(raw)
            if said.WhichOneof("type") == "script_finished":
                if said.script_finished not in (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_EARLY_FOR_RERUN):
                    day.errors[f"{page}: {said.script_finished}"] += 1
                if said.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    break
    day.waits.setdefault(page, []).append(time.perf_counter() - begun)


def changed(number: int) -> bytes:
    """The sample's workbook of indicators with one cell changed."""
    book = openpyxl.load_workbook(SAMPLE)
    book["主题年指标"]["D44"] = 2 + number % 70 / 10
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def office(address: str, end: float, day: Day) -> None:
    """Upload, commit and build in a real browser until the end of the day."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        page = browser.new_context(locale="en-US", extra_http_headers=headers("office-0")).new_page()
        page.set_default_timeout(120_000)
        number = 0
        while time.monotonic() < end - 20:
            number += 1
            try:
                page.goto(f"{address}/upload?lang=en")
                settle(page)
                file = {"name": "2025年度_指标完成情况.xlsx", "mimeType": XLSX, "buffer": changed(number)}
                page.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(file)
                page.get_by_text("Recognised tables").wait_for()
                settle(page)
                page.get_by_role("button", name="Commit", exact=True).click()
                page.get_by_text("Files committed: 1.").wait_for()
                page.get_by_role("button", name="Build now", exact=True).click()
                page.get_by_text("Built: 2025.").wait_for()
                day.builds += 1
            except (Error, AssertionError) as error:
                day.errors[f"office: {str(error).splitlines()[0][:100]}"] += 1
        browser.close()


def megabytes(pid: int) -> float:
    """What a process holds of the machine's memory."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


async def live(address: str, pid: int, sessions: int, seconds: float, think: float, day: Day) -> None:
    """All of it at once, until the time is over."""
    end = time.monotonic() + seconds

    async def watch() -> None:
        while time.monotonic() < end:
            day.memory.append(megabytes(pid))
            await asyncio.sleep(2)

    uploader = threading.Thread(target=office, args=(address, end, day))
    uploader.start()
    await asyncio.gather(watch(), *(visit(address, number, end, think, day) for number in range(sessions)))
    await asyncio.to_thread(uploader.join)


def main() -> int:
    """Run the day and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--think", type=float, default=10, help="seconds between two requests of a session, on average")
    parser.add_argument("--db", type=Path, help="a built database, of which a copy is used; else the sample is built")
    parser.add_argument("--log", type=Path, default=Path(os.devnull), help="where the server's log goes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.duckdb"
        shutil.copy(options.db or sample_database(Path(folder)), path)
        with Warehouse.open(path) as store:
            units = [row["subject"] for row in store.extract("subjects", 2025).to_pylist() if row["kind"] == "unit"]
            for number in range(options.sessions):
                role = ROLES[number % len(ROLES)]
                own = units[number % len(units) : number % len(units) + 1] if role == "unit" else []
                store.set_person(f"{role}-{number}", role, own, "load", AT)
        environment = {"KAOPING_AUTH": "proxy", "KAOPING_PROXY_SECRET": SECRET}
        day = Day()
        with (
            options.log.open("wb") as log,
            process(path, environment=environment, log=log) as (address, pid),
        ):
            asyncio.run(live(address, pid, options.sessions, 60 * options.minutes, options.think, day))
        with Warehouse.open(path) as store:
            day.errors.update(store.broken_links())
    for page, waits in sorted(day.waits.items(), key=lambda one: -statistics.median(one[1])):
        print(f"{page:12} {len(waits):6} times, median {statistics.median(waits):6.2f} s, longest {max(waits):6.2f} s")
    for error, count in day.errors.most_common():
        print(f"error: {count} × {error}")
    found = day.report()
    print(
        "  ".join(f"{name} {value:,.2f}" for name, value in found.items()),
        f" load of the machine {os.getloadavg()[1]:.1f}",
    )
    broken = [name for name, most in LIMITS.items() if found[name] > most]
    print(f"does not hold: {', '.join(broken)}" if broken else "every limit holds")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
