"""A real Chromium and a real server: how they are started, how a page is waited for.

Without a browser these tests are skipped with a sentence; tests/conftest.py makes a skip a failure in CI.
"""

import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest
from playwright.sync_api import sync_playwright

from pipelines import build
from pipelines.warehouse import Warehouse
from tests.identity import free_port
from tests.pages import office

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OUT = ROOT / "out"
"""What a run leaves to look at: pictures, and how long a visitor waited. Not in git; CI keeps it."""
SIZES = ((1440, 900), (1024, 768))
SECONDS = 120
"""How long a page may take on a machine that is busy with other tests."""

SETTLED = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    const waits = '[data-testid=stSkeleton], [data-testid=stSpinner], [data-stale=true]';
    const isStill = app && app.dataset.testScriptState === 'notRunning'
        && app.dataset.testConnectionState === 'CONNECTED' && !document.querySelector(waits);
    const now = performance.now();
    window.stillSince = isStill ? window.stillSince || now : null;
    return isStill && now - window.stillSince > 300;
}"""
"""The run is over and has been for a while: the state flips to 'notRunning' just before the next run as well."""

GO = """(place) => {
    window.stillSince = null;
    history.pushState({}, '', place);
    dispatchEvent(new PopStateEvent('popstate'));
}"""
"""Opens an address as a link of the app does, without loading the app anew."""


def browser_path():
    """The browser that is installed, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


@pytest.fixture(scope="session")
def browser():
    path = browser_path()
    if path is None:
        pytest.skip(f"no browser is installed: none of {', '.join(NAMES)} is on the path")
    quiet = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=quiet)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A page of 1440 × 900 in an English browser; nothing may go to another machine."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US", accept_downloads=True)
    context.set_default_timeout(SECONDS * 1000)
    foreign = []
    context.on("request", lambda request: foreign.append(request.url) if is_foreign(request.url) else None)
    yield context.new_page()
    context.close()
    assert foreign == []


def is_foreign(url):
    return re.match(r"(http|ws)s?://(?!127\.0\.0\.1[:/])", url) is not None


@contextmanager
def serve(database, script="server.py", **options):
    """A fresh server process over a database file; gives its address and ends it."""
    with process(database, script, **options) as (address, _):
        yield address


@contextmanager
def process(database, script="server.py", port=None, environment=None, log=subprocess.DEVNULL):
    """A fresh server process over a database file; gives its address and number, and ends it. `log`: a file it writes to."""
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    environment = os.environ | {"KAOPING_DB": str(database), "OPENBLAS_NUM_THREADS": "1"} | (environment or {})
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        end = monotonic() + SECONDS
        while monotonic() < end and not answers(f"{address}/_stcore/health"):
            assert server.poll() is None, "the server ended by itself"
            sleep(0.2)
        yield address, server.pid
    finally:
        server.terminate()
        server.wait(30)


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except urllib.error.HTTPError:
        return True  # refused, so it is there
    except OSError:
        return False


def settle(page):
    """Wait until the page is drawn and quiet, and see that it is whole."""
    page.wait_for_selector("[data-testid=stMain] h1")
    page.wait_for_function(SETTLED, timeout=SECONDS * 1000)
    assert page.locator("[data-testid=stException]").count() == 0
    wide = page.evaluate("() => { const m = document.querySelector('[data-testid=stMain]');"
                         " return m.scrollWidth - m.clientWidth }")  # fmt: skip
    assert wide <= 0, "the page scrolls sideways"


@pytest.fixture(scope="session")
def built_database(tmp_path_factory):
    """A database with both cycles of the office built. Copy it to serve it: it is read by tests while others are served."""
    path = tmp_path_factory.mktemp("browser") / "built.duckdb"
    with Warehouse.open(path) as warehouse:
        for cycle in office.SCORES:
            office.load(warehouse, cycle)
        build.build(warehouse, who="王敏", at=office.AT)
    return path


@pytest.fixture(scope="session")
def office_address(built_database, tmp_path_factory):
    """A server over a copy of that database, for all tests that only read."""
    with serve(shutil.copy(built_database, tmp_path_factory.mktemp("served"))) as address:
        yield address


def shoot(page, name):
    """Keep a picture of what the page shows."""
    path = OUT / "screenshots" / f"{re.sub(r'[?=&]', '-', name)}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)


def note_wait(what, seconds):
    """Write down and print how long a visitor waited: a figure to read, not a limit to keep."""
    OUT.mkdir(exist_ok=True)
    with (OUT / "waits.csv").open("a", encoding="utf-8") as file:
        file.write(f"{what},{1000 * seconds:.0f}\n")
    print(f"{what}: {1000 * seconds:.0f} ms (also in {OUT / 'waits.csv'})")
