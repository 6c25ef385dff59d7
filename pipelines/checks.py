"""From the rows of a check to Problems: where the fault stands and what to call it.

A check (`sql/checks/*/CODE.sql`) answers with rows: `_table` and the origin of the row at fault, `_of` (the column at
fault; without it the fault is the row's measure), `found`, perhaps `_than` (another column of the row), `_other_sheet`,
`_other_row` and `_other_column` (a second row that it contradicts) and further text columns, which fill the
placeholders of the catalogue's sentences. Raw rows know the cell of their measure only; where other columns stand is
asked of the readings, while they are at hand. Refuses nothing; of one code it lists `LIMIT` faults and says how many
more there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from pipelines.contract import TABLES, label
from pipelines.problems import Place, Problem, codes
from pipelines.workbook import Block, Reading

LIMIT = 2_000
"""So many faults of one code are listed one by one."""

Row = Mapping[str, Any]
Locate = Callable[[str, Row, str], Place]
"""Table, a row with its origin columns, canonical column name ('' for the measure) -> the place of that cell."""


def by_measure(table: str, row: Row, column: str) -> Place:  # noqa: ARG001  the places of other columns are not known here
    """The cell that holds the row's measure, whatever the column: all that a raw row knows by itself."""
    return Place("", row["_sheet"] or "", _cell(row["_column"], row["_row"]))


def locator(readings: Mapping[int, Reading], files: Mapping[int, str] | None = None) -> Locate:
    """Finds cells of uploads: to the column for those just read (`readings`), to the measure for others (`files`)."""

    def locate(table: str, row: Row, column: str) -> Place:
        reading = readings.get(row["_upload"])
        place = by_measure(table, row, column)
        if reading is None:
            return Place((files or {}).get(row["_upload"], ""), place.sheet, place.cell)
        file = reading.file_of(table) if table else reading.name
        block = _block(reading, table, row)
        if block is not None and column in block.columns:
            return Place(file, place.sheet, _cell(block.columns[column], row["_row"]))
        return Place(file, place.sheet, place.cell)

    return locate


def to_problems(code: str, rows: pa.Table, locate: Locate = by_measure) -> list[Problem]:
    """One Problem per fault of a check, in order of place; beyond `LIMIT` one more says how many were left out."""
    problems = []
    for row in rows.to_pylist():
        table, column = row["_table"], row.get("_of") or ""
        details = labels(table, column)
        details |= {name: str(value) for name, value in row.items() if name[0] != "_" and value is not None}
        if row.get("_than"):
            details["than"] = labels(table, row["_than"])["column"]
        if row.get("_other_row"):
            origin = {name: row[f"_other{name}"] for name in ("_sheet", "_row", "_column")}
            other = locate(table, {**origin, "_upload": row.get("_other_upload", row["_upload"])}, column)
            details["other"] = f"{other.sheet} {other.cell}".strip()
        found = details.pop("found", "")
        problems.append(Problem(code, locate(table, row, column), found, details))
    problems = list(dict.fromkeys(problems))
    problems.sort(key=lambda problem: (problem.place.file, problem.place.sheet, *_address(problem.place.cell)))
    if len(problems) > LIMIT:
        is_error = codes()[code]["severity"] == "error"
        more = {"count": str(len(problems) - LIMIT)}
        problems[LIMIT:] = [
            Problem("more-of-the-same" if is_error else "more-notes", problems[LIMIT].place, code, more)
        ]
    return problems


def labels(table: str, column: str) -> dict[str, str]:
    """What table and column are called in a sentence of either language: 'components 考核内容', 'weight 权重'."""
    if table not in TABLES:
        return {}
    names = {"table": label(table, TABLES[table].titles)}
    if column:
        names["column"] = label(column, TABLES[table].column(column).headings)
    return names


def _block(reading: Reading, table: str, row: Row) -> Block | None:
    """The block of the sheet that the row stands in; of two side by side the one that holds its measure."""
    owner = "subjects" if table == "attributes" else table
    for block in reading.blocks:
        first, last = block.row_span
        is_here = block.table == owner and row["_sheet"] in (None, "", block.sheet)
        if is_here and first <= (row["_row"] or 0) <= last:
            left, right = (_address(corner)[1] for corner in block.range.split(":"))
            if not row["_column"] or left <= row["_column"] <= right:
                return block
    return None


def _cell(column: int | None, row: int | None) -> str:
    """The address of a cell, both counted from 1; a row whose column is not known is called by its first cell."""
    if not row:
        return ""
    letters, column = "", column or 1
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def _address(cell: str) -> tuple[int, int]:
    """Row and column of an address, from 1; (0, 0) for a sheet as a whole."""
    match = re.fullmatch(r"([A-Z]+)(\d+)", cell)
    if match is None:
        return 0, 0
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column
