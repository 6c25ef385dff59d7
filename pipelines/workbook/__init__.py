"""Workbooks in: any file an office uploads -> typed Arrow tables in raw form, each cell traced, and problems.

`read` is the whole public face. Inside, `cells` opens the file, `layout` finds the tables by their headings, `tables`
types their rows, `values` reads one cell's text, `words` knows what headings mean. Names are left as written: resolving
them needs the roster and is the work of `sql/staging`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from pipelines.problems import Problem
from pipelines.workbook import layout, tables
from pipelines.workbook.cells import Grid, cell_name, open_grids
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
    context: Mapping[str, pa.Table] = {},  # noqa: B006 - never written to
    cycle: int | None = None,
    headings: Mapping[str, tuple[str, str]] = {},  # noqa: B006
) -> Reading:
    """Read a workbook, a CSV file or a folder of CSV files."""
    problems: list[Problem] = []
    sources: list[tuple[str, Grid]] = []
    digest = hashlib.sha256()
    if isinstance(source, Path) and source.is_dir():
        for path in sorted(source.glob("*.csv")):
            content = path.read_bytes()
            digest.update(path.name.encode() + b"\0" + hashlib.sha256(content).digest())
            grids, faults = open_grids(content, path.name)
            sources += [(path.name, grid) for grid in grids]
            problems += faults
    else:
        content = source.read_bytes() if isinstance(source, Path) else source
        digest.update(content)
        grids, problems = open_grids(content, name)
        sources = [(name, grid) for grid in grids]
    parts: dict[str, list[pa.Table]] = {}
    blocks: list[Block] = []
    words = vocabulary(context)
    own: dict[str, pa.Table] = {}
    pending = [(file, tables.Sheet(grid)) for file, grid in sources]
    found = [(file, sheet, block) for file, sheet in pending for block in layout.find(sheet, words, Path(file).stem + sheet.grid.sheet)]
    for turn in (0, 1):
        for file, sheet, block in found:
            is_vocabulary = block.table not in ("results", "ballots", "tallies", "turnout", "events", "history", "survey")
            if is_vocabulary != (turn == 0):
                continue
            built = tables.build(sheet, block, words, file, cycle if cycle is not None else words.cycle)
            for table, rows in built.tables.items():
                parts.setdefault(table, []).append(rows)
            problems += built.problems
            corner = cell_name(block.end - 1, block.right - 1)
            blocks.append(Block(sheet.grid.sheet, f"{cell_name(block.top, block.left)}:{corner}", block.table, len(built.tables[block.table]), {column: index + 1 for column, index in block.fixed.items()}, (block.body + 1, block.end)))
        own = {table: pa.concat_tables(rows) for table, rows in parts.items()}
        words = vocabulary({**context, **own})
    return Reading(name, digest.hexdigest(), own, problems, blocks, isinstance(source, Path) and source.is_dir())
