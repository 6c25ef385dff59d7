"""Where the SQL runs: every model over one cycle, in the order that the SQL itself gives.

A run lives in an in-memory catalogue of its own and never touches the database file; what it decides is a pure function of
the raw tables it is given. A model that can have no row is not run: most appraisals use a part of the mechanisms only, and
planning a statement over empty tables costs as much as over full ones.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import secrecy
from pipelines.contract import KINDS, TABLES, Table
from pipelines.models import LAYERS, SQL, Model, read_models
from pipelines.problems import Cancelled, EngineError, StoreError

STAGED = ("subjects", "results", "ballots", "tallies", "turnout", "events", "history", "registers",
          "careers", "establishment", "applications", "stage_results")  # fmt: skip
"""The tables whose names are resolved in staging."""

SQL_TYPES = {"text": "varchar", "cell": "varchar", "number": "decimal(28, 9)", "integer": "bigint", "date": "date"}
ORIGIN_TYPES = {
    "_upload": "integer",
    "_sheet": "varchar",
    "_row": "integer",
    "_column": "integer",
    "_wide": "boolean",
}

EXTRACTS = ("ranking", "components", "indicators", "polls", "quotas", "consequences")
"""The extracts of the specification's section 13."""

BALLOT_COUNTS = "staging.ballot_counts"
"""The model whose rows the warehouse keeps."""

SUBJECTS = "scoring.subjects"
"""The model that says whom a pass scores."""

PARTED = ("results", "ballots", "tallies", "events", "history")
"""The tables of which a run of a part has the rows of its subjects only."""

AFTER_SCORING = ("build", "truth")
"""The checks that read scores: faults of the input that only scoring can tell, and truths that no build may break."""

Progress = Callable[[str, int, int], None]
"""Called with the name of the step, steps done and steps in all. May raise `Cancelled`."""


@dataclass(frozen=True)
class Part:
    """The subjects that a run scores while the results of all others stand.

    `subjects` names them. Of the others, `parents` are subject, total and grade, and `hidden` what secrecy hides
    (`secrecy.HIDDEN`); `periods` are those of the whole cycle. It has to hold whoever shares a cohort, a pool or a parent
    with one of them: `Warehouse.part` does.
    """

    subjects: pa.Table
    parents: pa.Table
    hidden: pa.Table
    periods: pa.Table

    @property
    def condition(self) -> str:
        """What holds of a row of its subjects; by the bounds the database passes over most of a large table unread."""
        ends = pc.min_max(self.subjects["subject"]).as_py()
        low, high = (ends[end].replace("'", "''") for end in ("min", "max"))
        return f"subject between '{low}' and '{high}' and subject in (select subject from run.part)"


@functools.cache
def parted_marts() -> frozenset[str]:
    """The marts that the rows of a part can change."""
    known = {f"raw.{name}" for name in PARTED} | {BALLOT_COUNTS, "run.hidden"}
    for model in read_models(*LAYERS):
        if model.reads & known:
            known.add(model.table)
    return frozenset(table.removeprefix("marts.") for table in known if table.startswith("marts."))


def in_memory() -> duckdb.DuckDBPyConnection:
    """A connection that stores nothing, for one run or as the root to which a file is attached.

    KAOPING_MEMORY limits what it holds in memory. Raises EngineError where that is no size.
    """
    limit = os.environ.get("KAOPING_MEMORY")
    try:
        connection = duckdb.connect(config={"memory_limit": limit} if limit else {})
    except duckdb.Error as error:
        raise EngineError(f"KAOPING_MEMORY={limit} is no size such as 500MB") from error
    # DuckDB 2.0.0 can raise "dict-surviving cache: global dictionary column changed identity" where small chunks of a
    # join are cached before an aggregate (tests/scoring/test_fuzz.py, seed 44363). Without the cache it cannot.
    connection.execute("set global enable_caching_operators = false")
    return connection


_columns: dict[tuple[str, str], str] = {}
"""The columns, as SQL, of the table that a model made (its name and text) the first time it ran in this process."""

_parsed: dict[str, list[duckdb.Statement]] = {}
"""Statements of the program's own by their text. To parse them anew was a seventh of a small run."""


def _silent(step: str, done: int, total: int) -> None:
    """Progress that nobody follows."""


@functools.cache
def _macros() -> str:
    return (SQL / "macros.sql").read_text(encoding="utf-8")


@functools.cache
def read_extract(name: str) -> str:
    """The SELECT of an extract of the specification's section 13."""
    return (SQL / "extracts" / f"{name}.sql").read_text(encoding="utf-8")


class Run:
    """One cycle being scored on a connection whose default catalogue is empty and in memory.

    `tables` gives the raw tables: Arrow in raw form with `_upload`, or SELECT text that yields the same columns.
    Tables that are left out are empty. `files` names the file of each upload. `counts` are the rows of
    `staging.ballot_counts` where they are known; else the ballots are counted. With `part` only its subjects are scored, and
    of the marts only `parted_marts()` have rows.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        tables: Mapping[str, pa.Table | str],
        cycle: int,
        progress: Progress | None = None,
        files: Mapping[int, str] | None = None,
        counts: str | None = None,
        part: Part | None = None,
    ):
        self._connection = connection
        self._counts = counts
        self._part = part
        self._progress = progress or _silent
        self.cycle = cycle
        self._found: dict[str, dict[str, pa.Table]] = {stage: {} for stage in AFTER_SCORING}
        self._empty: set[str] = set()
        self._execute_own(_macros())
        for schema in ("raw", "run", *LAYERS):
            self._execute(f"create schema {schema}")
        if part is not None:
            self._execute_with(part.subjects, "create table run.part as select subject from given_table")
        for table in TABLES.values():
            self._take(table, tables.get(table.name))
        self._take_uploads(files or {})
        self._execute("create table run.cycle as select ?::bigint as cycle", [cycle])
        self._execute("create table run.kinds (kind varchar)")
        self._execute("create table run.parents (subject varchar, total decimal(38, 9), grade varchar)")
        self._execute("create table run.periods (period varchar)")
        self._empty.add("run.periods")
        self._hide(secrecy.HIDDEN.empty_table() if part is None else part.hidden)
        if part is not None:
            self._execute_with(part.parents, "insert into run.parents select subject, total, grade from given_table")
            self._execute_with(part.periods, "insert into run.periods select period from given_table")
            self._empty.discard("run.periods")

    def stage(self) -> None:
        """Make the staging tables: names resolved, scheme typed, votes counted."""
        for model in read_models("staging"):
            if model.table == BALLOT_COUNTS and self._counts is not None:
                self._execute(f"create view {model.table} as {self._counts}")
            else:
                self._create(model)
        self._learn_columns(read_models("staging"))

    def score(self) -> None:
        """Make the scoring tables and the marts; kinds one after another where a child needs its parent's result."""
        passes: list[tuple[str, ...]] = [KINDS]
        if self._needs_parents():
            present = {row[0] for row in self._rows("select distinct kind from staging.subjects")}
            passes = [(kind,) for kind in KINDS if kind in present] or [KINDS]
        scoring, marts = read_models("scoring"), read_models("marts")
        if self._part is not None:
            marts = tuple(model for model in marts if model.name in parted_marts())
        models = (*scoring, *marts)
        total = len(passes) * len(models)
        for number, kinds in enumerate(passes):
            self._execute("delete from run.kinds")
            self._connection.executemany("insert into run.kinds values (?)", [[kind] for kind in kinds])
            self._changed("run.kinds")
            for step, model in enumerate(models):
                if step == len(scoring):
                    self._keep_secret()
                self._progress(model.table, number * len(models) + step, total)
                self._create(model, is_added=number > 0 and model.schema == "marts")
            for stage, found in self._found.items():
                for code, rows in self._find(stage).items():
                    found[code] = pa.concat_tables([found[code], rows]) if code in found else rows
            if len(passes) > 1:
                self._execute("delete from run.parents where subject in (select subject from marts.ranking)")
                self._execute("insert into run.parents select subject, total, grade from marts.ranking")
                self._changed("run.parents")
        self._learn_columns(models)
        self._progress("done", total, total)

    def replay(self, results: pa.Table) -> dict[str, pa.Table]:
        """The tables of `sql/advice/` for a cycle whose results are known: what the statistics start from.

        `results` holds subject, total and grade of everybody, so that all kinds are scored in one pass and no mart is
        made. Call it after `stage`, instead of `score`.
        """
        answers = read_models("advice")
        models = {model.table: model for model in read_models("scoring")}
        wanted = {table for model in answers for table in model.reads}
        while further := {table for name in wanted & models.keys() for table in models[name].reads} - wanted:
            wanted |= further
        self._connection.executemany("insert into run.kinds values (?)", [[kind] for kind in KINDS])
        self._execute_with(results, "insert into run.parents select subject, total, grade from given_table")
        for model in models.values():
            if model.table in wanted:
                self._create(model)
        return {model.name: self._connection.sql(model.text).to_arrow_table() for model in answers}

    def answer(self, name: str) -> pa.Table:
        """One table of `sql/advice/` that asks of staging alone. Call it after `stage`."""
        (text,) = (model.text for model in read_models("advice") if model.name == name)
        return self._connection.sql(text).to_arrow_table()

    def count_ballots(self) -> None:
        """Make `staging.ballot_counts` alone: rows that later runs can be given."""
        self._create(next(model for model in read_models("staging") if model.table == BALLOT_COUNTS))

    def check(self, stage: str) -> dict[str, pa.Table]:
        """The rows of every check of `sql/checks/<stage>` that found something, by problem code.

        `upload` and `input` can be asked after `stage`; `build` and `truth` after `score`, which asks them pass by pass.
        """
        return self._found[stage] if stage in self._found else self._find(stage)

    def _keep_secret(self) -> None:
        """Decide which cells the marts may show."""
        threshold = int(str(self._rows("select anonymity from staging.settings")[0][0]))
        cells, parts = (self.table(f"scoring.{name}") for name in ("ballot_cells", "thin_parts"))
        # Of kinds that were scored before this pass too: the turnout is of all of them.
        self._hide(pa.concat_tables([self.table("run.hidden"), secrecy.hidden(cells, parts, threshold)]))

    def _hide(self, cells: pa.Table) -> None:
        self._execute_with(cells, "create or replace table run.hidden as select * from given_table")
        self._changed("run.hidden")

    def _changed(self, table: str) -> None:
        """Called when a table of `run` has other rows than before; for an engine that keeps a copy of it."""

    def _find(self, stage: str) -> dict[str, pa.Table]:
        found = {}
        for model in read_models(f"checks/{stage}"):
            if self.is_idle(model):
                continue
            self._execute_own(model.text)
            if self._connection.fetchall():  # few checks find anything, and a relation is planned twice
                found[model.name.replace("_", "-")] = self._connection.sql(model.text).to_arrow_table()
        return found

    def is_idle(self, model: Model) -> bool:
        """Whether the model can have no row in this run, as far as it has come."""
        return model.needs.fail(self._empty)

    def is_empty(self, table: str) -> bool:
        """Whether a table of the run is known to have no row."""
        return table in self._empty

    def table(self, name: str) -> pa.Table:
        """A table of the run, `schema.name`, in no particular order."""
        return self._connection.sql(f"select * from {name}").to_arrow_table()

    def canonical(self, name: str) -> pa.Table:
        """The rows of a table as they are stored: ids for names, the cycle filled in, `_cycle` the cycle of the run."""
        cycle = f"{self.cycle}::bigint as _cycle"
        columns = [column.name for column in TABLES[name].columns]
        written = {"value": "answer"} if name == "results" else {}
        if name in STAGED:
            chosen = ", ".join(
                f'nullif("{written.get(column.name, column.name)}", \'\') as "{column.name}"'
                if column.type in ("text", "cell")
                else f'"{column.name}"'
                for column in TABLES[name].columns
            )
            text = f"select {chosen}, {', '.join(ORIGIN_TYPES)}, {cycle} from staging.{name}"
        elif "cycle" in columns:
            filled = f"coalesce(cycle, {self.cycle})"
            text = f"select * replace ({filled} as cycle), {cycle} from raw.{name} where {filled} = {self.cycle}"
        else:
            text = f"select *, {cycle} from raw.{name}"
        return self._connection.sql(text).to_arrow_table()

    def plain(self, name: str) -> pa.Table:
        """Canonical rows for people: attributes as columns of the roster, origin as sheet, row and, if wide, cell."""
        self._connection.register("canonical", self.canonical(name))
        joined = ""
        if name == "subjects" and self._rows("select 1 from raw.attributes limit 1"):
            joined = (
                "left join (from (pivot raw.attributes on attribute using max(value) group by subject)) as attributes "
                "using (subject)"
            )
        text = (
            f"select * exclude ({', '.join(ORIGIN_TYPES)}, _cycle), _sheet, _row, "
            "case when _wide then column_letters(_column) || _row end as _cell "
            f"from canonical {joined} order by _sheet, _row, _column"
        )
        table = self._connection.sql(text).to_arrow_table()
        self._connection.unregister("canonical")
        return table

    def extract(self, name: str) -> pa.Table:
        """An extract of the specification's section 13, rows in its order."""
        return self._connection.sql(read_extract(name)).to_arrow_table()

    def _needs_parents(self) -> bool:
        return bool(
            self._rows(
                "select 1 from staging.components where source = 'parent' "
                "union all select 1 from staging.conditions where key = 'parent_grade' "
                "union all select 1 from staging.grades "
                "where contains(pool, 'parent_grade') or contains(coalesce(apportion, ''), 'parent_grade')"
            )
        )

    def _take(self, table: Table, source: pa.Table | str | None) -> None:
        types = {column.name: SQL_TYPES[column.type] for column in table.columns} | ORIGIN_TYPES
        target = f"raw.{table.name}"
        if isinstance(source, str):
            self._execute(f"create view {target} as {source}")
            return
        if source is None or not source.num_rows:
            self._empty.add(target)
        if source is None:
            columns = ", ".join(f'"{name}" {type_}' for name, type_ in types.items())
            self._execute_own(f"create table {target} ({columns})")
            return
        given = set(source.column_names)
        columns = ", ".join(
            f'cast("{name}" as {type_}) as "{name}"' if name in given else f'cast(null as {type_}) as "{name}"'
            for name, type_ in types.items()
        )
        self._execute_with(source, f"create table {target} as select {columns} from given_table")

    def _take_uploads(self, files: Mapping[int, str]) -> None:
        self._execute("create table raw.uploads (upload integer, file varchar)")
        for upload, file in files.items():
            self._execute("insert into raw.uploads values (?, ?)", [upload, file])

    def _create(self, model: Model, is_added: bool = False) -> None:
        is_idle = self.is_idle(model)
        if is_added:
            if not is_idle and self._count(f"insert into {model.table} {model.text}"):
                self._empty.discard(model.table)
            return
        columns = _columns.get((model.table, model.text))
        if model.is_view:
            self._execute_own(f"create or replace view {model.table} as {model.text}")
        elif is_idle and columns is not None:
            self._execute_own(f"create or replace table {model.table} ({columns})")
        else:
            rows = self._count(f"create or replace table {model.table} as {model.text}")
            if model.table == SUBJECTS and self._part is not None:
                rows -= self._count(f"delete from {SUBJECTS} where subject not in (from run.part)")
            is_idle = not rows
        (self._empty.add if is_idle else self._empty.discard)(model.table)

    def _learn_columns(self, models: Iterable[Model]) -> None:
        """Keep the columns of what these models made, for runs in which they make nothing."""
        if all((model.table, model.text) in _columns for model in models):
            return
        rows = self._connection.execute(
            "select schema_name || '.' || table_name, "
            "string_agg('\"' || column_name || '\" ' || data_type, ', ' order by column_index) "
            "from duckdb_columns() where database_name = current_database() group by all"
        )
        made = dict(rows.fetchall())
        _columns.update({(model.table, model.text): made[model.table] for model in models})

    def _count(self, text: str) -> int:
        """How many rows a statement of the program's own made."""
        self._execute_own(text)
        return int(self._connection.fetchall()[0][0])

    def _execute_own(self, text: str) -> None:
        """Run statements that stand in the program as they are."""
        if text not in _parsed:
            _parsed[text] = self._connection.extract_statements(text)
        for statement in _parsed[text]:
            self._execute(statement)

    def _execute(self, text: str | duckdb.Statement, values: list[object] | None = None) -> None:
        try:
            self._connection.execute(text, values)
        except duckdb.InterruptException as error:
            raise Cancelled from error
        except duckdb.OutOfMemoryException as error:
            raise StoreError("memory-short", error=str(error).splitlines()[0]) from error

    def _execute_with(self, table: pa.Table, text: str) -> None:
        """Run a statement that reads `given_table`."""
        self._connection.register("given_table", table)
        self._execute(text)
        self._connection.unregister("given_table")

    def _rows(self, text: str) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = self._connection.execute(text).fetchall()
        return rows


Runs = Callable[..., Run]
"""What makes a run: `Run`, or the same for another engine."""


@contextlib.contextmanager
def connect(url: str | None, exchange: Path | None = None) -> Iterator[Runs]:
    """What makes runs on the engine at `url`: DuckDB in this process where it is None, else Spark (docs/scale.md).

    `exchange` is a folder that this machine and the engine's workers see under the same name. Raises EngineError.
    """
    if url is None:
        yield Run
        return
    try:
        from pipelines.spark import run
    except ImportError as error:
        raise EngineError(
            f"another engine needs the packages of requirements-spark.txt ({error.name} is missing)"
        ) from error
    with run.connect(url, exchange) as runs:
        yield runs
