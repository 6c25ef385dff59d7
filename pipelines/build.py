"""The verbs: read, score, preview, commit, build.

Decides in which order files are read, what one upload means for each cycle, and that nothing with an error in it is
stored or scored. `score` and `read` store nothing. A build scores one cycle from what the warehouse holds now; a cycle
whose inputs have not changed is not built again.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines import checks, scheme
from pipelines.contract import DATA_TABLES, SCHEME_TABLES, TABLES
from pipelines.engine import EXTRACTS, Part, Progress, Run, Runs, in_memory
from pipelines.problems import BuildError, InputError, Place, Problem, has_errors
from pipelines.warehouse import Facts, Warehouse
from pipelines.workbook import Reading, read

CONTEXT = ("subjects", "attributes", *SCHEME_TABLES)
"""The tables that say how others are to be read."""

Source = tuple[str, Path | bytes]
"""A file's name and where its bytes are."""


@dataclass(frozen=True)
class Preview:
    """Files that were read and checked, not stored. `rows` are the canonical rows per upload and table."""

    readings: tuple[Reading, ...]
    contents: tuple[bytes, ...]
    cycles: tuple[int, ...]
    problems: tuple[Problem, ...]
    rows: tuple[Mapping[str, pa.Table], ...]

    @property
    def can_commit(self) -> bool:
        return bool(self.rows) and not has_errors(self.problems)


@dataclass(frozen=True)
class Difference:
    """What one table of one file would change in one cycle: counts by kind, and rows (what, key, before, after)."""

    file: str
    table: str
    cycle: int
    counts: Mapping[str, int]
    rows: pa.Table


# -- in memory --------------------------------------------------------------------------------------------------------


def find_cycle(tables: Mapping[str, pa.Table]) -> int:
    """The cycle that tables are about: setting `cycle`, else the latest of the roster, else of any table.

    Raises InputError (cycle-unknown) when nothing says it.
    """
    set_to = _set_cycle(tables)
    if set_to is not None:
        return set_to
    for names in (("subjects",), DATA_TABLES):
        found = [cycle for name in names for cycle in _cycles({name: tables[name]} if name in tables else {})]
        if found:
            return max(found)
    raise InputError([Problem("cycle-unknown")])


def score(
    tables: Mapping[str, pa.Table], cycle: int | None = None, progress: Progress | None = None
) -> dict[str, pa.Table]:
    """Score one cycle: raw tables in, the six tables of the specification's section 13 out, in their row order.

    Raises InputError with every problem found when one of them is an error.
    """
    found, extracts = score_readings([Reading("tables", "", dict(tables))], cycle, progress)
    if extracts is None:
        raise InputError(found)
    return extracts


def score_readings(
    readings: Sequence[Reading], cycle: int | None = None, progress: Progress | None = None, runs: Runs = Run
) -> tuple[list[Problem], dict[str, pa.Table] | None]:
    """All problems of these readings taken together, and the six extracts; None when a problem is an error.

    `runs` makes the run: on DuckDB, or on what `engine.connect` gives.
    """
    tables = _merge(readings)
    cycle = find_cycle(tables) if cycle is None else cycle
    problems = [problem for reading in readings for problem in reading.problems]
    locate = checks.locator(dict(enumerate(readings, 1)))
    with in_memory() as connection:
        run = runs(connection, tables, cycle, progress, _files(readings))
        run.stage()
        problems += _check_input(run, tables, locate)
        if has_errors(problems):
            return problems, None
        run.score()
        problems += _translate(run.check("build"), locate)
        if has_errors(problems):
            return problems, None
        _hold_truths(run)
        return problems, {name: run.extract(name) for name in EXTRACTS}


def canonical(
    reading: Reading, context: Sequence[Reading] = (), cycle: int | None = None
) -> tuple[list[Problem], dict[str, pa.Table]]:
    """The rows of one reading in canonical form, ids for names, with `_sheet`, `_row`, `_cell`; and its problems.

    Attributes stand as columns of the roster. Tables of the context are taken where the reading brings none of its own.
    """
    base = {name: table for other in context for name, table in other.tables.items()}
    tables = {name: _numbered(table, 0) for name, table in base.items() if name not in reading.tables}
    if "subjects" in reading.tables:
        tables.pop("attributes", None)
    tables |= {name: _numbered(table, 1) for name, table in reading.tables.items()}
    cycle = find_cycle(reading.tables | tables) if cycle is None else cycle
    with in_memory() as connection:
        run = Run(connection, tables, cycle, None, {1: reading.name})
        run.stage()
        locate = checks.locator({1: reading})
        problems = [*reading.problems, *_check_input(run, tables, locate)]
        own = {reading.name, *(reading.file_of(name) for name in reading.tables)}
        kept = [problem for problem in problems if problem.place.file in own]
        return kept, {name: run.plain(name) for name in reading.tables if name != "attributes"}


def read_all(
    sources: Sequence[Source],
    context: Mapping[str, pa.Table] | None = None,
    cycle: int | None = None,
    headings: Mapping[str, tuple[str, str]] | None = None,
) -> list[Reading]:
    """Read files that belong together: what one says of roster and scheme helps to read the others.

    Files of several cycles may come together: each is read beside those of its own cycle, and the year in its title or
    column stands.
    """
    known = dict(context or {})
    order = sorted(range(len(sources)), key=lambda number: _size(sources[number][1]))
    readings: dict[int, Reading] = {}
    heard: dict[int, int] = {}
    for number in order:
        readings[number] = _read(sources[number], known, cycle, headings)
        heard[number] = sum(table.num_rows for table in known.values())
        for name, table in readings[number].tables.items():
            if name in CONTEXT:
                known[name] = _together([known[name], table]) if name in known else table
    for number in order:
        is_context = bool(readings[number].tables) and not set(readings[number].tables) - set(CONTEXT)
        if heard[number] < sum(table.num_rows for table in known.values()) and not is_context:
            readings[number] = _read(sources[number], known, cycle or _set_cycle(known), headings)
    return [readings[number] for number in range(len(sources))]


# -- in the warehouse -------------------------------------------------------------------------------------------------


def preview(
    warehouse: Warehouse,
    sources: Sequence[tuple[str, bytes]],
    cycle: int | None = None,
    reader: Callable[..., list[Reading]] = read_all,
) -> Preview:
    """Read and check files against what the warehouse holds; nothing is stored.

    `reader` is `isolation.read_all` for files from outside: it reads them in a process of its own.
    """
    stored = warehouse.cycles()
    default = cycle if cycle is not None else _named_cycle(sources) or (stored[-1] if stored else None)
    headings = warehouse.headings()
    context = warehouse.context(default, CONTEXT) if default is not None else {}
    readings = reader(sources, context, cycle, headings)
    if default is None:
        default = max((year for reading in readings for year in _reading_cycles(reading, None)), default=None)
    cycles = sorted({year for reading in readings for year in _reading_cycles(reading, default)})
    if len(cycles) == 1 and cycles[0] != default:
        context = warehouse.context(cycles[0], CONTEXT)
        readings = reader(sources, context, cycles[0], headings)
    problems = [problem for reading in readings for problem in reading.problems]
    rows: list[dict[str, list[pa.Table]]] = [{} for _ in readings]
    first = max(warehouse.files(), default=0) + 1
    for year in cycles:
        fresh = _merge([_only(reading, _tables_of(reading, year, default)) for reading in readings], first)
        found, canonical_rows = _check_cycle(warehouse, fresh, year, readings, first)
        problems += [problem for problem in found if problem not in problems]
        for name, table in canonical_rows.items():
            for number in range(len(readings)):
                own = _of_upload(table, first + number, len(readings) == 1)
                if own.num_rows:
                    rows[number].setdefault(name, []).append(own)
    kept = tuple({name: pa.concat_tables(parts) for name, parts in tables.items()} for tables in rows)
    problems += [
        Problem("cycle-unknown", Place(reading.name))
        for reading in readings
        if reading.tables and not _reading_cycles(reading, default)
    ]
    contents = tuple(content for _, content in sources)
    return Preview(tuple(readings), contents, tuple(cycles), tuple(problems), kept)


def changes(warehouse: Warehouse, preview: Preview) -> list[Difference]:
    """What each table of each file would change against what is in force now; nothing is stored."""
    found = []
    for reading, tables in zip(preview.readings, preview.rows, strict=True):
        for name, rows in tables.items():
            for cycle in sorted(pc.unique(rows["_cycle"]).to_pylist()):
                own = rows.filter(pc.equal(rows["_cycle"], cycle))
                counts, listing = warehouse.difference(name, cycle, own)
                found.append(Difference(reading.name, name, cycle, counts, listing))
    return found


def unread_headings(preview: Preview) -> list[tuple[str, str]]:
    """The headings that nobody knew, each with the sheet (or file) it stands on; once."""
    between = {"heading-ignored": "、", "column-ignored": "、", "column-missing": ", "}
    found = (
        (problem.place.sheet or problem.place.file, heading)
        for problem in preview.problems
        if problem.code in between
        for heading in problem.found.split(between[problem.code])
    )
    known = {
        heading for table in TABLES.values() for column in table.columns for heading in (column.name, *column.headings)
    }
    return list(dict.fromkeys((sheet, heading) for sheet, heading in found if heading and heading not in known))


def missing_columns(preview: Preview) -> list[tuple[str, str]]:
    """The columns that a sheet of a known kind lacks, as (table, column); once."""
    found = (problem.details for problem in preview.problems if problem.code == "column-missing")
    return list(dict.fromkeys((one["table"].partition(" ")[0], one["column"].partition(" ")[0]) for one in found))


def commit(warehouse: Warehouse, preview: Preview, who: str, at: dt.datetime) -> list[int]:
    """Store every file of a preview as an upload and return their numbers. A file that is already stored changes nothing.

    Raises InputError when the preview holds an error.
    """
    if not preview.can_commit:
        raise InputError(preview.problems)
    uploads = []
    for reading, content, tables in zip(preview.readings, preview.contents, preview.rows, strict=True):
        known = warehouse.find_upload(reading.sha256)
        uploads.append(
            known
            if known is not None
            else warehouse.store_upload(
                tables, sha256=reading.sha256, file=reading.name, content=content, who=who, at=at
            )
        )
    return uploads


def build(
    warehouse: Warehouse,
    cycles: Iterable[int] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    *,
    who: str = "",
    at: dt.datetime | None = None,
    runs: Runs = Run,
) -> list[int]:
    """Build every cycle whose inputs changed, the earliest first, and return them. Cycles build on earlier results.

    A cycle whose last roster was withdrawn has no results any more; it is among the returned ones too.
    Raises InputError when the stored input of a cycle has an error; that cycle keeps its last good build.
    """
    present = set(warehouse.cycles())
    without_roster = set(warehouse.builds()["cycle"].to_pylist()) - present
    wanted = present | without_roster if cycles is None else set(cycles)
    built = []
    for cycle in sorted(wanted):
        if cycle in without_roster:
            warehouse.drop_build(cycle, who, at or dt.datetime.now())
            built.append(cycle)
            continue
        with warehouse.building:
            facts = warehouse.facts_now(cycle)
            if facts.build in warehouse.builds()["build"].to_pylist():
                continue
            step = functools.partial(_step, progress, cycle) if progress else None
            part = warehouse.part(facts) if runs is Run else None
            if part is None or not _build(warehouse, facts, step, who, at, runs, part):
                _build(warehouse, facts, step, who, at, runs)
        built.append(cycle)
    return built


# -- within -----------------------------------------------------------------------------------------------------------


def _build(
    warehouse: Warehouse,
    facts: Facts,
    step: Progress | None,
    who: str,
    at: dt.datetime | None,
    runs: Runs,
    part: Part | None = None,
) -> bool:
    """Build a cycle, or a part of it beside what stands; False where the part has an error, which the whole then tells."""
    cycle = facts.cycle
    if part is not None:
        runs = functools.partial(runs, part=part)
    with warehouse.scratch() as connection:
        inputs, counts = warehouse.inputs(cycle, facts, part), warehouse.ballot_counts(cycle, facts, part)
        run = runs(connection, inputs, cycle, step, warehouse.files(), counts)
        run.stage()
        problems = _translate(run.check("input"), checks.locator({}, warehouse.files()))
        problems += [_stale(row) for row in warehouse.stale_corrections(cycle)]
        problems += _lowered(warehouse.threshold(cycle), run)
        if not has_errors(problems):
            run.score()
            problems += _translate(run.check("build"), checks.locator({}, warehouse.files()))
        if has_errors(problems):
            if part is not None:
                return False
            raise InputError(problems)
        _hold_truths(run)
        warehouse.store_build(run, connection, facts, who, at or dt.datetime.now(), part)
    return True


def _read(
    source: Source, known: Mapping[str, pa.Table], cycle: int | None, headings: Mapping[str, tuple[str, str]] | None
) -> Reading:
    return read(source[1], source[0], context=known, cycle=cycle, headings=headings or {})


def _named_cycle(sources: Sequence[tuple[str, bytes]]) -> int | None:
    """The one year that the file names speak of: a first guess at whose roster and scheme help to read them."""
    years = {int(year) for name, _ in sources for year in re.findall(r"(?<!\d)20\d\d(?!\d)", name)}
    return years.pop() if len(years) == 1 else None


def _size(source: Path | bytes) -> int:
    if isinstance(source, bytes):
        return len(source)
    return sum(path.stat().st_size for path in source.glob("*")) if source.is_dir() else source.stat().st_size


def _step(progress: Callable[[str, int, int], None], cycle: int, step: str, done: int, total: int) -> None:
    progress(f"{cycle} {step}", done, total)


def _check_cycle(
    warehouse: Warehouse, fresh: Mapping[str, pa.Table], cycle: int, readings: Sequence[Reading], first: int
) -> tuple[list[Problem], dict[str, pa.Table]]:
    """Problems and canonical rows of new tables beside what is stored for the cycle."""
    locate = checks.locator(dict(enumerate(readings, first)), warehouse.files())
    files = warehouse.files() | {first + number: reading.name for number, reading in enumerate(readings)}
    stored = warehouse.inputs(cycle)
    is_replacing = any(name in stored for name in fresh if name in DATA_TABLES)
    beside = {name: text for name, text in stored.items() if name not in fresh}
    if "subjects" in fresh and not is_replacing:
        beside.pop("attributes", None)
    with warehouse.scratch() as connection:
        run = Run(connection, {**beside, **fresh}, cycle, None, files)
        run.stage()
        rows = {name: run.canonical(name) for name in fresh}
        if not is_replacing:
            return _check_input(run, _scheme_tables(run, fresh), locate), rows
    with warehouse.scratch() as connection:
        tables = stored | {
            name: warehouse.replaced(name, cycle, connection, rows[name]) if name in stored else rows[name]
            for name in rows
        }
        run = Run(connection, tables, cycle, None, files)
        run.stage()
        return _check_input(run, _scheme_tables(run, fresh), locate), rows


def _scheme_tables(run: Run, fresh: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """What the scheme checks need, when new tables touch the scheme; nothing otherwise."""
    if not set(fresh) & {*SCHEME_TABLES}:
        return {}
    return {name: run.table(f"raw.{name}") for name in (*CONTEXT, "history")}


def _check_input(run: Run, tables: Mapping[str, pa.Table], locate: checks.Locate) -> list[Problem]:
    found = _translate(run.check("upload") | run.check("input"), locate)
    if set(tables) & {*SCHEME_TABLES}:
        found += scheme.check({name: tables[name] for name in (*CONTEXT, "history") if name in tables}, locate)
    return found


def _translate(found: Mapping[str, pa.Table], locate: checks.Locate) -> list[Problem]:
    return [problem for code, rows in found.items() for problem in checks.to_problems(code, rows, locate)]


def _stale(row: Mapping[str, Any]) -> Problem:
    """A correction that expects what its cell does not say."""
    words = {name: str(row[name] or "") for name in ("number", "subject", "key", "period", "old", "new", "reason")}
    return Problem("correction-stale", Place(), str(row["found"]), words)


def _lowered(threshold: int, run: Run) -> list[Problem]:
    """A threshold of secrecy under the one that votes were promised which are there: it is fixed before a cycle opens."""
    given = int(run.table("staging.settings")["anonymity"][0].as_py())
    words = {"cycle": str(run.cycle), "threshold": str(threshold)}
    return [Problem("anonymity-lowered", Place(), str(given), words)] if given < threshold else []


def _hold_truths(run: Run) -> None:
    """Raises BuildError where a truth does not hold after scoring: a fault of the program, never of the input."""
    broken = _translate(run.check("truth"), checks.by_measure)
    if broken:
        raise BuildError("; ".join(problem.what("en") for problem in broken[:5]))


def _files(readings: Sequence[Reading]) -> dict[int, str]:
    return {number: reading.name for number, reading in enumerate(readings, 1)}


def _merge(readings: Iterable[Reading], first: int = 1) -> dict[str, pa.Table]:
    """The tables of readings together, `_upload` counting the readings. A later scheme table replaces an earlier one."""
    merged: dict[str, pa.Table] = {}
    for number, reading in enumerate(readings, first):
        for name, table in reading.tables.items():
            numbered = _numbered(table, number)
            if name in merged and name in DATA_TABLES:
                numbered = _together([merged[name], numbered])
            merged[name] = numbered
    return merged


def _only(reading: Reading, names: Iterable[str]) -> Reading:
    chosen = set(names)
    return dataclasses.replace(
        reading, tables={name: table for name, table in reading.tables.items() if name in chosen}
    )


def _together(tables: Sequence[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables, promote_options="permissive")


def _numbered(table: pa.Table, upload: int) -> pa.Table:
    column = pa.repeat(pa.scalar(upload, pa.int32()), table.num_rows)
    if "_upload" in table.column_names:
        return table.set_column(table.column_names.index("_upload"), "_upload", column)
    return table.append_column("_upload", column)


def _of_upload(table: pa.Table, upload: int, is_alone: bool) -> pa.Table:
    if is_alone:
        return table
    return table.filter(pc.equal(table["_upload"], upload))


def _set_cycle(tables: Mapping[str, pa.Table]) -> int | None:
    """The cycle that the settings say; None where they say none, or schemes of several cycles came together."""
    if "settings" not in tables:
        return None
    rows = tables["settings"].select(["key", "value"]).to_pylist()
    found = {int(row["value"]) for row in rows if row["key"] == "cycle" and row["value"] and row["value"].isdecimal()}
    return found.pop() if len(found) == 1 else None


def _cycles(tables: Mapping[str, pa.Table]) -> set[int]:
    """The cycles that data tables name; those of `history` are past."""
    return {
        int(cycle)
        for name, table in tables.items()
        if name in DATA_TABLES and name != "history"
        for cycle in pc.unique(table["cycle"]).to_pylist()
        if cycle is not None
    }


def _reading_cycles(reading: Reading, default: int | None) -> set[int]:
    found = _cycles(reading.tables)
    set_to = _set_cycle(reading.tables)
    if set_to is not None:
        found.add(set_to)
    if not found and reading.tables and default is not None:
        found.add(default)
    return found


def _tables_of(reading: Reading, cycle: int, default: int | None) -> Iterator[str]:
    """The tables of a reading that belong to a cycle: a scheme to the one that it sets, history to the latest."""
    own = _reading_cycles(reading, default)
    set_to = _set_cycle(reading.tables)
    for name, table in reading.tables.items():
        if name in SCHEME_TABLES:
            if cycle == (set_to if set_to is not None else max(own, default=default)):
                yield name
        elif name == "history":
            if cycle == max(own, default=default):
                yield name
        elif cycle in _cycles({name: table}) or (not _cycles({name: table}) and cycle in own):
            yield name
