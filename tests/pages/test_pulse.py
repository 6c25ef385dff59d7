"""Health, metrics and log lines: what the server did is counted, and nobody is named."""

import io
import json
import logging

import pytest
from prometheus_client import REGISTRY
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.ui import pulse
from pages.ui.gate import Gate
from pipelines.problems import StoreError
from pipelines.warehouse import Warehouse


@pytest.fixture
def written():
    """What the program logs, counted, with its lines as JSON; the loggers are as before afterwards."""
    root = logging.getLogger()
    before = {one: (one.handlers[:], one.level, one.propagate) for one in map(logging.getLogger, NAMES)} | {
        root: (root.handlers[:], root.level, root.propagate)
    }
    lines = io.StringIO()
    pulse.listen("json", lines)
    yield lines
    for one, (handlers, level, propagate) in before.items():
        one.handlers, one.level, one.propagate = handlers, level, propagate


NAMES = ("kaoping", "streamlit", "uvicorn", "uvicorn.error", "uvicorn.access")


def counted(name, **labels):
    return REGISTRY.get_sample_value(name, labels) or 0


def test_a_page_that_was_drawn_is_counted_by_its_line(written, app, built_file):
    before = counted("kaoping_page_runs_total", outcome="shown")
    app(built_file, "rankings", "en")
    app(built_file, "rankings", "en", cycle=2025)
    assert counted("kaoping_page_runs_total", outcome="shown") >= before + 2
    assert counted("kaoping_page_seconds_count", page="rankings") >= 2
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    told = [line for line in lines if line.get("page") == "rankings"]
    assert told[-1]["outcome"] == "shown"
    assert 0 < told[-1]["seconds"] < 600


def test_a_failure_is_told_by_type_and_place_and_never_by_what_it_says(written):
    try:
        raise ValueError("王敏 got 59.5")
    except ValueError:
        logging.getLogger("kaoping").exception("Page %s failed", "/subject")
    logging.getLogger("another").warning("hello %s", "王敏")
    line = next(json.loads(one) for one in written.getvalue().splitlines() if "failed" in one)
    assert (line["text"], line["error"], line["places"][0][:13]) == (
        "Page /subject failed",
        "ValueError",
        "test_pulse.py",
    )
    assert "王敏" not in written.getvalue()


def test_health_and_metrics_speak_of_the_database(written, built_file, monkeypatch):
    monkeypatch.setenv("KAOPING_DB", str(built_file))
    with Warehouse.open(built_file) as store:
        served = TestClient(Gate(Starlette(routes=pulse.routes(lambda: store))), base_url="http://127.0.0.1")
        assert served.get("/health").json()["status"] == "ok"
        figures = served.get("/metrics").text
        assert f"kaoping_audit_entries {float(store.head()[0])}" in figures
        assert served.get("/metrics", headers={"Host": "elsewhere.example"}).status_code == 403
    assert counted("kaoping_refused_requests_total", status="403") >= 1


def test_a_database_that_cannot_be_read_is_no_health(tmp_path, monkeypatch):
    def broken():
        raise StoreError("held", file="a.duckdb", error="in use")

    monkeypatch.setenv("KAOPING_DB", str(tmp_path / "a.duckdb"))
    served = TestClient(Starlette(routes=pulse.routes(broken)))
    answer = served.get("/health")
    assert (answer.status_code, "in use" in answer.text) == (503, False)
