"""Workbooks in: any file an office uploads -> typed Arrow tables in raw form, each cell traced, and problems.

`read` is the whole public face. Inside, `cells` opens the file, `layout` finds the tables by their headings, `tables`
types their rows, `values` reads one cell's text, `words` knows what headings mean. Names are left as written: resolving
them needs the roster and is the work of `sql/staging`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

import pyarrow as pa

from pipelines.contract import SCHEME_TABLES, TABLES, label
from pipelines.problems import Place, Problem
from pipelines.workbook import layout
from pipelines.workbook.cells import Grid, cell_name, open_grids
from pipelines.workbook.tables import Found, Sheet, build
from pipelines.workbook.words import vocabulary

__all__ = ["Block", "Reading", "read"]


@dataclass(frozen=True)
class Block:
    """A table that was recognised: where it stands (range as A1:F30) and how many rows it gave."""

    sheet: str
    range: str
    table: str
    rows: int
    columns: dict[str, int] = field(default_factory=dict)
    """Where each column that is not wide stands, from 1 on: canonical name -> column number."""
    row_span: tuple[int, int] = (1, 0)
    """First and last row of the data, from 1 on."""


@dataclass(frozen=True)
class Reading:
    """What a file holds: tables in raw form (docs/architecture.md), problems, and where each table was found."""

    name: str
    sha256: str
    tables: dict[str, pa.Table] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    is_folder: bool = False

    def file_of(self, table: str) -> str:
        """The file that a table came from: in a folder each table has its own."""
        return f"{table}.csv" if self.is_folder else self.name


def read(
    source: Path | bytes,
    name: str,
    *,
    context: Mapping[str, pa.Table] = {},
    cycle: int | None = None,
    headings: Mapping[str, tuple[str, str]] = {},
) -> Reading:
    """Read a workbook, a CSV file or a folder of CSV files (each named after its table).

    `name` is the file's name as the user knows it. `context` holds roster and scheme loaded before, in raw form: the
    words by which wide tables are recognised; a table that the file brings itself wins over it. `cycle` is the year
    chosen for the upload. `headings` are mappings that the office made by hand: heading -> (table, column).

    Never raises for what a file can contain: whatever cannot be read is a Problem with its file, sheet and cell.
    """
    grids, problems, digest = _open(source, name)
    reader = _Reader(grids, problems, context, cycle, {**headings})
    reader.run()
    is_folder = isinstance(source, Path) and source.is_dir()
    return Reading(name, digest, reader.tables(), reader.problems, reader.blocks, is_folder)


def _open(source: Path | bytes, name: str) -> tuple[list[tuple[str, Grid]], list[Problem], str]:
    """Grids with the name of the file each came from, problems, and the hash of the content."""
    if isinstance(source, bytes) or source.is_file():
        content = source if isinstance(source, bytes) else source.read_bytes()
        grids, problems = open_grids(content, name)
        return [(name, grid) for grid in grids], problems, hashlib.sha256(content).hexdigest()
    if not source.is_dir():
        return [], [Problem("file-unreadable", Place(name), "not found")], hashlib.sha256(b"").hexdigest()
    found: list[tuple[str, Grid]] = []
    faults: list[Problem] = []
    digest = hashlib.sha256()
    for path in sorted(source.glob("*.csv")):
        content = path.read_bytes()
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(content).digest())
        grids, problems = open_grids(content, path.name)
        found += [(path.name, grid) for grid in grids]
        faults += problems
    if not found and not faults:
        faults.append(Problem("file-empty", Place(name)))
    return found, faults, digest.hexdigest()


class _Reader:
    """Roster and scheme first: they are the vocabulary by which the other tables are recognised."""

    def __init__(
        self,
        grids: list[tuple[str, Grid]],
        problems: list[Problem],
        context: Mapping[str, pa.Table],
        cycle: int | None,
        headings: dict[str, tuple[str, str]],
    ):
        self.sheets = [(file, Sheet(grid)) for file, grid in grids]
        self.problems, self.context, self.cycle, self.headings = list(problems), context, cycle, headings
        self.blocks: list[Block] = []
        self._parts: dict[str, list[pa.Table]] = {}
        self._words = vocabulary(context)

    def tables(self) -> dict[str, pa.Table]:
        """Raw tables in the order of the contract, the parts of several sheets below each other."""
        return {name: pa.concat_tables(self._parts[name]) for name in TABLES if name in self._parts}

    def run(self) -> None:
        surveys = [self._survey(file, sheet) for file, sheet in self.sheets]
        for is_first in (True, False):
            own_words = False
            for (file, sheet), survey in zip(self.sheets, surveys, strict=True):
                for found in survey.found:
                    if (found.table in _WORDS) == is_first:
                        self._build(file, sheet, found)
                        own_words |= found.table in _WORDS
            if is_first and own_words:
                self._words = vocabulary({**self.context, **self.tables()})
                surveys = [self._survey(file, sheet) for file, sheet in self.sheets]
        for (file, sheet), survey in zip(self.sheets, surveys, strict=True):
            if not survey.found:
                self._nothing_found(file, sheet, survey)

    def _survey(self, file: str, sheet: Sheet) -> layout.Survey:
        stem = PurePath(file).stem
        others = [other.grid.sheet for _, other in self.sheets if other is not sheet]
        is_form = any(self._words.exact("subject", other) for other in others)
        return layout.find(sheet, self._words, stem, self.headings, is_form)

    def _build(self, file: str, sheet: Sheet, found: Found) -> None:
        place = Place(file, sheet.grid.sheet)
        cycle = self.cycle if self.cycle is not None else self._words.cycle
        if "cycle" in found.constants and self.cycle is not None and found.table != "history":
            if int(found.constants["cycle"]) != self.cycle:
                details = {"cycle": str(self.cycle)}
                self.problems.append(Problem("year-differs", place, found.constants["cycle"], details))
            found = replace(found, constants={**found.constants, "cycle": str(self.cycle)})
        built = build(sheet, found, self._words, file, cycle)
        for table, rows in built.tables.items():
            self._parts.setdefault(table, []).append(rows)
        self.problems += built.problems
        strange = [heading for heading in found.unknown.values() if heading]
        if strange:
            self.problems.append(
                Problem("column-ignored" if found.is_wide else "heading-ignored", place, "、".join(strange))
            )
        if built.left_out:
            texts = [
                " ".join(text for text in sheet.rows(row, row + 1)[0][found.left : found.right] if text)
                for row in built.left_out[:5]
            ]
            details = {"count": str(len(built.left_out))}
            self.problems.append(
                Problem(
                    "rows-left-out",
                    replace(place, cell=cell_name(built.left_out[0], found.left)),
                    "; ".join(texts),
                    details,
                )
            )
        corner = cell_name(max(found.end, found.body) - 1, found.right - 1)
        extent = f"{cell_name(found.top, found.left)}:{corner}"
        columns = {column: index + 1 for column, index in found.fixed.items()}
        for group in found.groups:
            columns |= {} if found.is_wide else {column: index + 1 for column, index in group.measures.items()}
        row_span = found.body + 1, max(found.end, found.body)
        count = len(built.tables[found.table])
        self.blocks.append(Block(sheet.grid.sheet or file, extent, found.table, count, columns, row_span))

    def _nothing_found(self, file: str, sheet: Sheet, survey: layout.Survey) -> None:
        place = Place(file, sheet.grid.sheet)
        guess = survey.incomplete.guess if survey.incomplete is not None else None
        is_clear = guess is not None and (
            guess.score > 0 or not self._parts
        )  # a sheet of notes beside tables is no fault
        if survey.incomplete is not None and guess is not None and is_clear:
            table = TABLES[guess.table]
            for column in guess.missing:
                details = {
                    "table": label(table.name, table.titles),
                    "column": label(column, table.column(column).headings),
                }
                self.problems.append(Problem("column-missing", place, ", ".join(survey.incomplete.texts), details))
        elif survey.sample:
            self.problems.append(Problem("sheet-without-table", place, ", ".join(survey.sample)))


_WORDS = frozenset({*SCHEME_TABLES, "subjects", "attributes"})
