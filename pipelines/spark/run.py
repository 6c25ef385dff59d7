"""The second engine: the models over data that grows run on Spark 4, everything else stays on DuckDB.

`SparkRun` is an `engine.Run` whose models are made elsewhere. Raw tables go to Spark as Parquet, Spark leaves what each model makes
as Parquet, and DuckDB has views over that: checks, secrecy, extracts and the warehouse read the same tables as ever, under
the types that DuckDB itself would give them. What is made of the scheme alone, a few hundred rows, is made by DuckDB and handed
over. So is
the tree of a scheme with a geometric mean, since logarithms differ in their last digit from one library to the next.
Refuses a folder that the workers of the engine cannot see, and a column whose type would lose something.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import re
import shutil
import socket
import tempfile
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlglot
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, Observation, SparkSession, functions

from pipelines.engine import Progress, Run
from pipelines.models import Model, read_models
from pipelines.problems import EngineError
from pipelines.spark.portable import made_at_home, taking_logarithms
from pipelines.spark.translate import recursion, spark_type, translate, view_name

SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.legacy.decimal.retainFractionDigitsOnTruncate": "true",
}
"""What makes the arithmetic of Spark that of DuckDB: decimals keep their places, and what does not fit is an error."""

WHOLE = frozenset({"tinyint", "smallint", "int", "bigint"})
"""The types of whole numbers; a cast between them fails where a number does not fit."""
SPACE = re.compile(r"\s+")


@contextlib.contextmanager
def connect(url: str, exchange: Path | None = None) -> Iterator[Any]:
    """Runs on the engine at `url` (`sc://host:port`, or `local[N]`): called as `engine.Run` is.

    `exchange` is a folder that this machine and the workers of the engine see under the same name; what is left there is gone
    afterwards. Raises EngineError when the engine cannot be reached or is not what was tested.
    """
    _look_for(url)
    builder = SparkSession.builder
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    try:
        session = (builder.remote(url) if url.startswith("sc://") else builder.master(url)).getOrCreate()
        if int(session.version.split(".")[0]) < 4:
            raise EngineError(f"{url} runs Spark {session.version}; 4 or newer is needed")
        different = [name for name, value in SETTINGS.items() if session.conf.get(name) != value]
        if different:
            raise EngineError(f"{url} does not take the settings {', '.join(different)}")
    except PySparkException as error:
        raise EngineError(f"{url}: {_first_line(error)}") from error
    folder = Path(tempfile.mkdtemp(prefix="kaoping-", dir=exchange))
    try:
        yield functools.partial(SparkRun, session=session, folder=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if url.startswith("sc://"):
            session.stop()


class SparkRun(Run):
    """A run whose models over data that grows are made by Spark."""

    def __init__(
        self,
        connection: Any,
        tables: Mapping[str, pa.Table | str],
        cycle: int,
        progress: Progress | None = None,
        files: Mapping[int, str] | None = None,
        counts: str | None = None,  # noqa: ARG002 - Spark counts the ballots itself
        *,
        session: SparkSession,
        folder: Path,
    ):
        self._session = session
        self._folder = folder
        self._files: dict[str, list[Path]] = {}
        self._there: set[str] = set()
        self._home = made_at_home()
        super().__init__(connection, tables, cycle, progress, files)

    def score(self) -> None:
        if self._rows("select 1 from staging.components where aggregate = 'geometric'"):
            self._home |= taking_logarithms()
        super().score()

    def _create(self, model: Model, is_added: bool = False) -> None:
        self._there.discard(model.table)
        if model.is_view or model.table in self._home:
            super()._create(model, is_added)
        elif not self.is_idle(model):
            self._make(model, is_added)
        elif not is_added:
            self._forget(model.table)
            columns = ", ".join(f'"{name}" {type_}' for name, type_ in self._types(model).items())
            self._execute(f"create table {model.table} ({columns})")
            self._empty.add(model.table)

    def _changed(self, table: str) -> None:
        self._there.discard(table)

    def _make(self, model: Model, is_added: bool) -> None:
        """Have Spark make a table; DuckDB reads its files."""
        types = self._types(model)
        try:
            wanted = {name: spark_type(type_) for name, type_ in types.items()}
            path = self._write(_typed(self._frame(model), wanted, model.table))
        except PySparkException as error:
            raise EngineError(f"{model.table}: {_first_line(error)}") from error
        files = [*(self._files.get(model.table, []) if is_added else []), path]
        if not is_added or self._count_rows([path]):
            self._forget(model.table)
            self._files[model.table] = files
            columns = ", ".join(f'cast("{name}" as {type_}) as "{name}"' for name, type_ in types.items())
            self._execute(f"create view {model.table} as select {columns} from {_parquet(files)}")
            (self._empty.discard if self._count_rows(files) else self._empty.add)(model.table)

    def _forget(self, table: str) -> None:
        """Drop what DuckDB knows of a table: a view of files, or an empty table."""
        self._execute(f"drop {'view' if self._files.pop(table, None) else 'table'} if exists {table}")

    def _types(self, model: Model) -> dict[str, str]:
        """The columns that DuckDB would make of a model, in order."""
        return {str(row[0]): str(row[1]) for row in self._rows(f"describe {model.text}")}

    def _frame(self, model: Model) -> DataFrame:
        """What a model is in Spark. A recursion is driven from here: Spark's own takes no aggregate of what came before."""
        for table in model.reads:
            self._hand_over(table)
        tree = sqlglot.parse_one(model.text, dialect="duckdb")
        query = recursion(tree)
        if query is None:
            return self._session.sql(translate(tree))
        name = f"{view_name(model.table)}__{query.name}"
        frame = self._session.sql(translate(query.start(name)))
        types = {field.name: field.dataType.simpleString() for field in frame.schema}
        paths: list[Path] = []
        while self._count_rows([path := self._write(frame)]):
            paths.append(path)
            self._read([path], types).createOrReplaceTempView(name)
            step = self._session.sql(translate(query.step(name))).toDF(*types)  # by position, as in any union
            frame = _typed(step, types, name)
        self._read(paths or [path], types).createOrReplaceTempView(name)
        return self._session.sql(translate(query.end(name)))

    def _hand_over(self, table: str) -> None:
        """Let Spark see a table of this run as it is now."""
        if table in self._there:
            return
        view = view_name(table)
        model = _views().get(table)
        types = {str(row[0]): str(row[1]) for row in self._rows(f"describe {table}")}
        wanted = {name: spark_type(type_) for name, type_ in types.items()}
        if table in self._files:
            frame = self._read(self._files[table], wanted)
        elif model is not None:
            frame = self._frame(model)
        elif table in self._empty:
            nothing = ", ".join(f"cast(null as {type_}) as `{name}`" for name, type_ in wanted.items())
            frame = self._session.sql(f"select {nothing} where false")
        else:
            frame = self._read([self._export(table, types)], wanted)
        frame.createOrReplaceTempView(view)
        self._there.add(table)

    def _read(self, paths: Sequence[Path], types: Mapping[str, str]) -> DataFrame:
        """Files as a table of Spark; their columns are said, so that Spark need not look for them."""
        columns = ", ".join(f"`{name}` {type_}" for name, type_ in types.items())
        return self._session.read.schema(columns).parquet(*map(str, paths))

    def _export(self, table: str, types: Mapping[str, str]) -> Path:
        """Write a table that DuckDB holds to files that Spark reads: a HUGEINT would become a DOUBLE there."""
        path = self._new_path(table)
        columns = ", ".join(
            f'cast("{name}" as decimal(38, 0)) as "{name}"' if type_ == "HUGEINT" else f'"{name}"'
            for name, type_ in types.items()
        )
        self._execute(
            f"copy (select {columns} from {table}) to '{_quoted(path)}' (format parquet, per_thread_output true)"
        )
        return path

    def _write(self, frame: DataFrame) -> Path:
        """Have Spark write a table. Raises EngineError where not all of it is here: a worker may have a disk of its own."""
        path = self._new_path("made")
        counted = Observation()
        frame.observe(counted, functions.count(functions.lit(1)).alias("rows")).write.parquet(str(path))
        if not any(path.glob("*.parquet")) or self._count_rows([path]) != counted.get.get("rows", 0):
            raise EngineError(f"{self._folder} is not a folder that this machine and all workers of the engine share")
        return path

    def _new_path(self, name: str) -> Path:
        return self._folder / f"{next(_numbers)}-{name}"

    def _count_rows(self, paths: Sequence[Path]) -> int:
        return int(str(self._rows(f"select count(*) from {_parquet(paths)}")[0][0]))


_numbers = itertools.count()


@functools.cache
def _views() -> dict[str, Model]:
    return {model.table: model for model in read_models("staging", "scoring", "marts") if model.is_view}


def _typed(frame: DataFrame, types: Mapping[str, str], table: str) -> DataFrame:
    """The frame under these names and types of Spark. Raises EngineError where that would change a value."""
    if [name.lower() for name in frame.columns] != [name.lower() for name in types]:
        raise EngineError(f"{table}: Spark names the columns {', '.join(frame.columns)}")
    columns = []
    for field, (name, wanted) in zip(frame.schema, types.items(), strict=True):
        if not fits(field.dataType.simpleString(), wanted):
            raise EngineError(f"{table}.{name} is {field.dataType.simpleString()} in Spark, {wanted} is wanted")
        columns.append(functions.col(f"`{field.name}`").cast(wanted.lower()).alias(name))
    return frame.select(*columns)


def fits(given: str, wanted: str) -> bool:
    """Whether a cast between types as Spark calls them keeps every value or fails: same, wider, or fewer digits in front."""
    given, wanted = (SPACE.sub("", type_.lower()).replace("integer", "int") for type_ in (given, wanted))
    if given in (wanted, "void"):
        return True
    if wanted.startswith("decimal"):
        return given in WHOLE or (given.startswith("decimal") and _places(given) <= _places(wanted))
    return given in WHOLE and wanted in WHOLE


def _places(decimal: str) -> int:
    """How many digits a decimal type has behind the point."""
    return int(decimal.rstrip(")").split(",")[1])


def _look_for(url: str) -> None:
    """Raises EngineError where nothing listens: Spark itself would try for minutes."""
    place = urllib.parse.urlsplit(url)
    if place.scheme != "sc":
        return
    try:
        socket.create_connection((place.hostname or "", place.port or 15002), 10).close()
    except OSError as error:
        raise EngineError(f"nothing answers at {url}: {error}") from error


def _first_line(error: PySparkException) -> str:
    return str(error).strip().splitlines()[0]


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _parquet(paths: Sequence[Path]) -> str:
    listed = ", ".join(f"'{_quoted(path)}/*.parquet'" for path in paths)
    return f"read_parquet([{listed}], hive_partitioning = false)"


__all__ = ["SparkRun", "connect", "fits"]
