"""Workbooks as an office makes them: title rows, merged headings, cells merged downwards, footers.

Decides how a table looks on paper, and writes it so that the same rows give the same bytes (fixed properties, fixed
dates inside the zip). It knows nothing of appraisal: what stands in the cells is the caller's.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import xlsxwriter


class Share(NamedTuple):
    """A share of 1 that its cell shows as a percentage: Share(0.25) is 25%."""

    value: float


Cell = str | int | float | datetime.date | Share | None
"""Text is written as text and a number as a number; None leaves the cell empty."""


@dataclass(frozen=True)
class Sheet:
    """One sheet with one table.

    `heads` are one or two rows of headings. In a first row of two, '' continues the heading at its left (merged
    across); where the second row is '', the first is merged down. `merge_down` says how many of the first columns have
    equal neighbours merged downwards.
    """

    name: str
    titles: Sequence[str]
    heads: Sequence[Sequence[str]]
    rows: Sequence[Sequence[Cell]]
    footer: Sequence[str] = ()
    merge_down: int = 0


_MADE = datetime.datetime(2026, 1, 5, 9)  # a property of the file, not a time of anything


def workbook(sheets: Sequence[Sheet], *, is_a4: bool = False) -> bytes:
    """The bytes of an .xlsx with these sheets in order, as wide as A4 paper where asked; equal sheets give equal bytes."""
    import xlsxwriter  # slow to import

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": _MADE, "author": "绩效考核办公室"})
    font = {"font_name": "宋体", "font_size": 11, "border": 1}
    styles = {
        "title": book.add_format({"font_name": "宋体", "font_size": 16, "bold": True, "align": "center"}),
        "head": book.add_format(
            {**font, "bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "bg_color": "#E8EEF4"}
        ),
        "cell": book.add_format(font),
        "merged": book.add_format({**font, "valign": "vcenter"}),
        "share": book.add_format({**font, "num_format": "0.##%"}),
        "date": book.add_format({**font, "num_format": "yyyy-mm-dd"}),
        "foot": book.add_format({"font_name": "宋体", "font_size": 10}),
    }
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        _write(page, sheet, styles)
        if is_a4:
            page.set_paper(9)
            page.fit_to_pages(1, 0)
    book.close()
    return buffer.getvalue()


def _write(page: xlsxwriter.worksheet.Worksheet, sheet: Sheet, styles: dict[str, xlsxwriter.format.Format]) -> None:
    width = len(sheet.heads[-1])
    for row, title in enumerate(sheet.titles):
        if width > 1:
            page.merge_range(row, 0, row, width - 1, title, styles["title"])
        else:
            page.write_string(row, 0, title, styles["title"])
    top = len(sheet.titles)
    _write_heads(page, sheet.heads, top, styles["head"])
    first = top + len(sheet.heads)
    page.freeze_panes(first, 0)
    for offset, values in enumerate(sheet.rows):
        for column, value in enumerate(values):
            if column >= sheet.merge_down:
                _write_cell(page, first + offset, column, value, styles)
    for column in range(sheet.merge_down):
        row = first
        # A cell is merged only within one value of the columns left of it, as a person would merge it.
        for key, run in groupby(sheet.rows, key=lambda values: tuple(values[: column + 1])):
            length = len(list(run))
            if length > 1:
                page.merge_range(row, column, row + length - 1, column, key[-1], styles["merged"])
            else:
                _write_cell(page, row, column, key[-1], styles)
            row += length
    for offset, line in enumerate(sheet.footer):
        page.write_string(first + len(sheet.rows) + offset, 0, line, styles["foot"])
    for column in range(width):
        texts = [str(values[column]) for values in sheet.rows[:200] if isinstance(values[column], str)]
        page.set_column(column, column, min(36, max([9, *(2 * len(text) + 2 for text in texts)])))


def _write_heads(
    page: xlsxwriter.worksheet.Worksheet, heads: Sequence[Sequence[str]], top: int, style: xlsxwriter.format.Format
) -> None:
    if len(heads) == 1:
        page.write_row(top, 0, heads[0], style)
        return
    upper, lower = heads
    column = 0
    while column < len(lower):
        if not lower[column]:
            page.merge_range(top, column, top + 1, column, upper[column], style)
            column += 1
            continue
        end = column + 1
        while end < len(lower) and not upper[end] and lower[end]:
            end += 1
        if end - column > 1:
            page.merge_range(top, column, top, end - 1, upper[column], style)
        else:
            page.write_string(top, column, upper[column], style)
        page.write_row(top + 1, column, lower[column:end], style)
        column = end


def _write_cell(
    page: xlsxwriter.worksheet.Worksheet,
    row: int,
    column: int,
    value: Cell,
    styles: dict[str, xlsxwriter.format.Format],
) -> None:
    match value:
        case None:
            page.write_blank(row, column, None, styles["cell"])
        case str():
            page.write_string(row, column, value, styles["cell"])
        case Share():
            page.write_number(row, column, value.value, styles["share"])
        case datetime.date():
            page.write_datetime(row, column, value, styles["date"])
        case _:
            page.write_number(row, column, value, styles["cell"])
