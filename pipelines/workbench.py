"""SQL that an analyst writes, over copies of the tables that he may take as files, in a process of its own.

Decides what SQL of a stranger may do: read these tables, for so long, with so much memory, and give back so many rows. The
tables are the marts as everybody else gets them, so what is hidden there is hidden here. They are written into a file that
holds nothing else; a child process opens it for reading, gives up all that it does not need (new files, sockets, processes
and growing files are refused by the kernel), and only then looks at what was written. A statement is parsed first: one
SELECT that reads these tables and names no function that speaks of the machine. Everything else is refused, and so is
whatever cannot be parsed. Each query stands in the audit log before anybody sees an answer.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import types
import weakref
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from pipelines.warehouse import Warehouse

PROJECT = Path(__file__).resolve().parent.parent
MEGABYTE = 2**20
CHILD = "import sys; sys.path.insert(0, sys.argv[1]); from pipelines.workbench import child; child()"
FILE = "tables.duckdb"

NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
"""The parts of a query that are queries themselves. A COPY or INSERT inside a CTE is a query too, and none of these."""
SOURCES = frozenset({"BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY", "PIVOT"})
"""What may stand after FROM."""
DESCRIBED = "SHOW_REF"
"""DESCRIBE and SUMMARIZE of a table or query; SHOW of anything else has no query in it."""
ROWS_OF = frozenset({"range", "generate_series", "unnest"})
"""The functions that may stand after FROM."""
FORBIDDEN = frozenset(
    {
        "getenv", "getvariable", "current_setting", "set_config", "pg_sleep", "sleep", "write_log", "nextval", "currval",
        "current_database", "current_catalog", "current_schemas", "in_search_path", "current_user", "session_user", "user",
        "version", "pg_backend_pid", "txid_current", "current_query", "current_connection_id", "current_query_id",
        "current_transaction_id", "query", "query_table", "json_serialize_plan",
    }
)  # fmt: skip
"""Functions that speak of the machine, the session or the clock's other uses. Not all there are: the child has nothing to say
about the machine either, because it holds nothing of it."""


OF_THE_ENGINE = ("duckdb_", "pg_", "pragma_", "sqlite_", "information_schema")
"""How the engine's own views are called; a query may give none of its parts such a name."""

CONTROLS = {code: " " for code in range(32) if chr(code) not in "\t\n\r"}


@dataclasses.dataclass(frozen=True)
class Limits:
    """What one query may be and take."""

    text: int = 10_000
    rows: int = 10_000
    columns: int = 200
    answer: int = 16 * MEGABYTE
    memory: int = 2048 * MEGABYTE
    """Of the whole child, addresses and not pages; the database in it has `working` of it."""
    working: int = 400 * MEGABYTE
    seconds: int = 8
    """By the clock on the wall, after which the child is killed."""
    waiting: int = 10
    """Seconds that a query waits for the others before it."""


LIMITS = Limits()
_places = threading.BoundedSemaphore(2)
"""So many queries at a time."""


@dataclasses.dataclass(frozen=True)
class Answer:
    """What came of a query: a table, or the code of what stopped it and what the database said of it."""

    table: pa.Table | None = None
    is_cut: bool = False
    """Whether there were more rows than are given."""
    fault: str = ""
    """'' or one of FAULTS."""
    detail: str = ""

    def __str__(self) -> str:
        if self.table is None:
            return f"{self.fault}: {self.detail.splitlines()[0] if self.detail else ''}".rstrip(": ")
        return f"{self.table.num_rows}{'+' if self.is_cut else ''} rows"


FAULTS = ("empty", "long", "refused", "failed", "time", "memory", "size", "busy", "crash")


class Workbench:
    """The tables of a warehouse as strangers' SQL may read them. Holds a folder of copies; `close` removes it."""

    def __init__(self, warehouse: Warehouse, limits: Limits = LIMITS):
        self._warehouse = warehouse
        self._limits = limits
        self._folder = Path(tempfile.mkdtemp(prefix="kaoping-"))
        self._making = threading.Lock()
        self._removed = weakref.finalize(self, shutil.rmtree, self._folder, True)

    def close(self) -> None:
        self._removed()

    def __enter__(self) -> Workbench:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, text: str, tables: Sequence[str], who: str, at: dt.datetime) -> Answer:
        """What one SELECT over these tables gives. Never raises for what SQL can say or do."""
        text = text.encode("utf-8", "replace").decode().translate(CONTROLS)
        answer = self._ask(text, tables)
        self._warehouse.base.note_query(text, str(answer), who, at)
        return answer

    def _ask(self, text: str, tables: Sequence[str]) -> Answer:
        if not text.strip():
            return Answer(fault="empty")
        if len(text) > self._limits.text:
            return Answer(fault="long", detail=str(self._limits.text))
        if not _places.acquire(timeout=self._limits.waiting):
            return Answer(fault="busy")
        try:
            return _ask_child(self._copy(tables), text, tables, self._limits)
        finally:
            _places.release()

    def _copy(self, tables: Sequence[str]) -> Path:
        """The folder with a file of these tables as they are now, made where it is not there; older ones go."""
        with self._making:
            name = hashlib.sha256(repr((self._warehouse.version, sorted(tables))).encode()).hexdigest()[:16]
            folder = self._folder / name
            if not folder.exists():
                fresh = self._folder / f"{name}.fresh"
                fresh.mkdir(mode=0o700)
                self._warehouse.copy_tables(tables, fresh / FILE)
                fresh.rename(folder)
                older = sorted(
                    (path for path in self._folder.iterdir() if path != folder), key=lambda path: path.stat().st_mtime
                )
                for path in older[:-1]:  # one may still be asked, and one of another role is as new as this one
                    shutil.rmtree(path, ignore_errors=True)
            return folder


# -- the child --------------------------------------------------------------------------------------------------------


def _ask_child(folder: Path, text: str, tables: Sequence[str], limits: Limits) -> Answer:
    request = {"text": text, "tables": list(tables), "limits": dataclasses.asdict(limits)}
    command = [sys.executable, "-I", "-X", "utf8", "-c", CHILD, str(PROJECT)]
    environment = {"OPENBLAS_NUM_THREADS": "1", "PATH": os.defpath, "HOME": "/nowhere", "TZ": "UTC"}
    child_ = subprocess.Popen(
        command, env=environment, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    timer = threading.Timer(limits.seconds, child_.kill)
    timer.start()
    assert child_.stdin is not None
    assert child_.stdout is not None
    try:
        with contextlib.suppress(BrokenPipeError):
            child_.stdin.write(json.dumps(request).encode())
            child_.stdin.close()
        said = child_.stdout.read(2 * limits.answer)
        if child_.stdout.read(1):
            return Answer(fault="size")
    finally:
        is_late = not timer.is_alive()
        timer.cancel()
        child_.kill()
        code = child_.wait()
        child_.stdout.close()
    return Answer(fault="time") if is_late or code == -signal.SIGXCPU else _read(said)


def _read(said: bytes) -> Answer:
    """What the child said; a child that stopped in the middle has crashed."""
    head, _, body = said.partition(b"\n")
    try:
        told: dict[str, Any] = json.loads(head)
        fault = str(told["fault"])
        if fault:
            return Answer(fault=fault if fault in FAULTS else "crash", detail=str(told["detail"]))
        with pa.ipc.open_stream(body) as stream:
            table = stream.read_all()
        table.validate(full=True)
        return Answer(table, bool(told["is_cut"]))
    except (ValueError, KeyError, TypeError, pa.ArrowException):
        return Answer(fault="crash")


def child() -> None:
    """What the child does: bind itself, read, answer. Not to be called in a process that lives on."""
    import duckdb

    sys.modules["pandas"] = types.ModuleType(
        "pandas"
    )  # Arrow looks for it when it makes an array, and half a second is
    sys.modules["pandas"].__dict__["__version__"] = (
        "0"  # much for what nobody needs here. An old one will not do, it says,
    )
    pa.array([0])  # and it says so now: later no file can be opened.
    out = sys.stdout.buffer
    request = json.loads(sys.stdin.buffer.read())
    limits = Limits(**request["limits"])
    try:
        connection = _bound(limits)
        refusal = _refusal(connection, request["text"], frozenset(request["tables"]))
        answer = Answer(fault="refused", detail=refusal) if refusal else _run(connection, request["text"], limits)
    except (duckdb.OutOfMemoryException, MemoryError):
        answer = Answer(fault="memory")
    except duckdb.InterruptException:
        answer = Answer(fault="time")
    except (duckdb.Error, ValueError, RuntimeError, RecursionError) as error:
        answer = Answer(fault="failed", detail=str(error)[:1000])
    told = {"fault": answer.fault, "detail": answer.detail, "is_cut": answer.is_cut}
    out.write(json.dumps(told).encode() + b"\n")
    if answer.table is not None:
        with pa.ipc.new_stream(out, answer.table.schema) as stream:
            stream.write_table(answer.table)
    out.flush()


def _bound(limits: Limits) -> Any:
    """A connection to the file of tables, in a process that can do little else from here on."""
    import resource

    import duckdb

    settings = {
        "enable_external_access": "false",
        "autoload_known_extensions": "false",
        "autoinstall_known_extensions": "false",
        "allow_community_extensions": "false",
        "python_enable_replacements": "false",
        "temp_directory": "",
        "memory_limit": f"{limits.working // MEGABYTE}MB",
        "threads": "1",
    }
    connection = duckdb.connect(FILE, read_only=True, config=dict(settings))
    connection.execute("set allow_extension_repositories = 'forbidden'")
    connection.execute(f"set max_execution_time = {1000 * limits.seconds}")
    connection.execute("set max_expression_depth = 250")
    connection.execute("set lock_configuration = true")
    bounds = {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_CPU: limits.seconds + 1,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_NOFILE: 0,  # what is open stays open; no file and no socket can be opened any more
    }
    for what, most in bounds.items():
        resource.setrlimit(what, (most, most))
    return connection


def _refusal(connection: Any, text: str, tables: frozenset[str]) -> str:
    """Why a statement is not run; empty where it may be."""
    tree = json.loads(connection.execute("select json_serialize_sql(?::varchar)", [text]).fetchall()[0][0])
    if tree["error"]:
        return str(tree["error_message"])[:1000]
    if len(tree["statements"]) != 1:
        return f"{len(tree['statements'])} statements"
    parts = list(_parts(tree["statements"][0]))
    named = {
        str(entry["key"]).lower()
        for part in parts
        for entry in (part.get("cte_map") or {}).get("map", ())
        if isinstance(entry, Mapping)
    }
    foreign = sorted(name for name in named if not name.isidentifier() or name.startswith(OF_THE_ENGINE))
    if foreign:  # such a name would open a file or a view of the engine wherever it stands outside of its own query
        return f"name {foreign[0]}"
    for part in parts:
        reason = _fault_of(part, tables, named)
        if reason:
            return reason
    return ""


def _fault_of(part: Mapping[str, Any], tables: frozenset[str], named: set[str]) -> str:
    kind = part.get("type")
    if "function_name" in part and str(part["function_name"]).lower() in FORBIDDEN:
        return f"function {part['function_name']}"
    if part.get("class") == "PARAMETER":
        return "parameter"
    if not isinstance(kind, str) or "class" in part:
        return ""
    if kind.endswith("_NODE"):
        return "" if kind in NODES else kind.removesuffix("_NODE").lower()
    is_source = "sample" in part or kind in SOURCES or kind.endswith("_REF")
    if not is_source:
        return ""
    if kind == DESCRIBED:
        return "" if part.get("query") else "show"
    if kind not in SOURCES:
        return kind.lower()
    if kind == "TABLE_FUNCTION":
        name = str((part.get("function") or {}).get("function_name", "")).lower()
        return "" if name in ROWS_OF else f"function {name}"
    if kind == "BASE_TABLE":
        name = str(part.get("table_name", ""))
        is_plain = part.get("schema_name", "") in ("", "main") and not part.get("catalog_name")
        if not (is_plain and name.lower() in tables | named):
            return f"table {part.get('schema_name') or ''}{'.' if part.get('schema_name') else ''}{name}"
    return ""


def _parts(tree: Any) -> Iterator[Mapping[str, Any]]:
    """Every object of a parsed statement, without recursion: a statement can be deep."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def _run(connection: Any, text: str, limits: Limits) -> Answer:
    relation = connection.sql(text)
    if relation is None or len(relation.columns) > limits.columns:
        return Answer(fault="size")
    batches, rows, size = [], 0, 0
    reader = relation.to_arrow_reader(1000)
    for batch in reader:
        batches.append(batch)
        rows += batch.num_rows
        size += batch.nbytes
        if size > limits.answer:
            return Answer(fault="size")
        if rows > limits.rows:
            break
    table = pa.Table.from_batches(batches, reader.schema)
    return Answer(settled(table.slice(0, limits.rows)), rows > limits.rows)


def settled(table: pa.Table) -> pa.Table:
    """The table with columns that pages and files take: texts, exact numbers, dates and flags, each with a name of its own.

    A DOUBLE is rounded to 9 decimals where it fits a decimal; what is neither (lists, intervals, …) is written as text.
    """
    names: list[str] = []
    for name in table.column_names:
        count = sum(one == name or one.startswith(f"{name} (") for one in names)
        names.append(f"{name} ({count + 1})" if name in names else name)
    return pa.table([_plain(column) for column in table.columns], names=names)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_floating(kind):
        column = column.cast(pa.float64())
        whole = pc.all(pc.and_(pc.is_finite(column), pc.less(pc.abs(column), 1e15))).as_py()
        if whole is not False:
            numbers = [None if value is None else round(Decimal(repr(value)), 9) for value in column.to_pylist()]
            return pa.chunked_array([pa.array(numbers, pa.decimal128(38, 9))])
    if pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("us"), safe=False)  # in UTC: no extract has a time zone
    is_kept = (
        pa.types.is_integer(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_date(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_null(kind)
    )
    if is_kept:
        return column
    texts = [None if value is None else str(value) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.string())])


__all__ = ["FAULTS", "LIMITS", "Answer", "Limits", "Workbench", "settled"]
