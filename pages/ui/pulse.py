"""What the server says of itself: `/health`, `/metrics` and its log lines. Never of a person: no name, no subject, no value.

Pages tell the log what they did (page, seconds, outcome); what is counted here is counted from these lines, so log and metrics
cannot disagree. `/health` says whether the database can be read and how much room its disk has, to whoever reaches the server.
`/metrics` is Prometheus' text form; who may read it is decided by the gate. A failure is logged by its type and place alone:
messages of errors can hold what somebody uploaded.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import shutil
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TextIO

from prometheus_client import REGISTRY, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipelines.problems import StoreError
from pipelines.warehouse import Warehouse, path_from_environment

SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
"""Upper bounds of the classes in which the time of a page is counted."""
TOLD = ("page", "seconds", "outcome", "status")
"""The fields of a log line besides its text."""

_pages = Histogram("kaoping_page_seconds", "Time of a run of a page on the server", ["page"], buckets=SECONDS)
_outcomes = Counter("kaoping_page_runs", "Runs of pages by how they ended", ["outcome"])
_refused = Counter("kaoping_refused_requests", "Requests that the gate refused", ["status"])
_size = Gauge("kaoping_database_bytes", "Size of the database file")
_room = Gauge("kaoping_disk_free_bytes", "Room on the disk of the database")
_acts = Gauge("kaoping_audit_entries", "Entries of the audit log")
_builds = Gauge("kaoping_builds", "Cycles with a current build")


class _Count(logging.Handler):
    """Counts what the log tells."""

    def emit(self, record: logging.LogRecord) -> None:
        told = record.__dict__
        if "outcome" in told:
            _outcomes.labels(told["outcome"]).inc()
            _pages.labels(told["page"]).observe(told["seconds"])
        elif "status" in told:
            _refused.labels(told["status"]).inc()


class Lines(logging.Formatter):
    """One JSON object a line: time, level, logger, text, fields; of an error its type and the places it went through."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "text": record.getMessage() if record.name == "kaoping" else str(record.msg),
        }
        line |= {name: record.__dict__[name] for name in TOLD if name in record.__dict__}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            places = traceback.extract_tb(record.exc_info[2])
            line["places"] = [f"{Path(place.filename).name}:{place.lineno}" for place in places]
        return json.dumps(line, ensure_ascii=False)


def listen(form: str, stream: TextIO | None = None) -> None:
    """Start counting; with the form 'json' every line of every logger becomes a JSON object on `stream` (or stderr)."""
    log = logging.getLogger("kaoping")
    log.addHandler(_Count(logging.INFO))
    if form != "json":
        shown = logging.StreamHandler(stream)
        shown.setLevel(logging.WARNING)
        log.addHandler(shown)
        log.propagate = False
    log.setLevel(logging.INFO)
    if form == "json":
        handler = logging.StreamHandler(stream)
        handler.setFormatter(Lines())
        logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
        for name in ("streamlit", "uvicorn", "uvicorn.error", "uvicorn.access"):
            other = logging.getLogger(name)
            other.handlers, other.propagate = [], True
        logging.getLogger("uvicorn.access").setLevel(logging.WARNING)  # it names addresses


def routes(opened: Callable[[], Warehouse]) -> list[Route]:
    """`/health` and `/metrics` over the database that `opened` gives."""

    def state() -> Mapping[str, int]:
        store, path = opened(), path_from_environment()
        return {
            "audit_entries": store.head()[0],
            "builds": store.builds().num_rows,
            "database_bytes": path.stat().st_size,
            "disk_free_bytes": shutil.disk_usage(path.parent).free,
        }

    async def health(_: Request) -> Response:
        try:
            told = await run_in_threadpool(state)
        except StoreError:
            logging.getLogger("kaoping").exception("The database cannot be read")
            return JSONResponse({"status": "the database cannot be read"}, 503)
        return JSONResponse({"status": "ok", "disk_free_bytes": told["disk_free_bytes"]})

    async def metrics(_: Request) -> Response:
        told = await run_in_threadpool(state)
        for gauge, name in _gauges():
            gauge.set(told[name])
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    return [Route("/health", health), Route("/metrics", metrics)]


def _gauges() -> Iterator[tuple[Gauge, str]]:
    yield _size, "database_bytes"
    yield _room, "disk_free_bytes"
    yield _acts, "audit_entries"
    yield _builds, "builds"
