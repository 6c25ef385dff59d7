"""Helpers of the reader's tests: workbooks from rows of cells, rows from readings."""

from __future__ import annotations

import functools
import io
from decimal import Decimal
from pathlib import Path

import openpyxl

from pipelines.workbook import Reading, read

MESSY = Path(__file__).resolve().parents[1] / "messy"


@functools.cache
def context(name="context"):
    """Raw tables of roster and scheme of the messy examples ('context' or 'context_en')."""
    return read(MESSY / name, name).tables


def book(*sheets) -> bytes:
    """An .xlsx of sheets (name, rows, merged ranges); a rows' None is a blank cell."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows, *merges in sheets:
        sheet = workbook.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                if value is not None:
                    sheet.cell(number, column, value)
        for merged in merges:
            sheet.merge_cells(merged)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def reading(*sheets, language="context", name="book.xlsx", **more) -> Reading:
    """What `read` makes of these sheets."""
    return read(book(*sheets), name, context=context(language), **more)


def rows(result: Reading, table: str, columns: str) -> list[tuple]:
    """The rows of a table, the columns named in one string; numbers as plain text, blanks as ''."""
    assert table in result.tables, (sorted(result.tables), result.problems)
    names = columns.split()
    return [tuple(plain(row[name]) for name in names) for row in result.tables[table].to_pylist()]


def plain(value) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def errors(result: Reading) -> list[tuple[str, str, str]]:
    """Code, cell and what was found of each error."""
    return [(one.code, one.place.cell, one.found) for one in result.problems if one.is_error]


def told(result: Reading, code: str) -> list[str]:
    """What the problems of one code found."""
    return [one.found for one in result.problems if one.code == code]
