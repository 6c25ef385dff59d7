"""From the rows of a check to Problems: where the fault stands and what to call it.

A check (`sql/checks/*/CODE.sql`) answers with rows: the origin of the row at fault, what was found, and further text
columns that fill the placeholders of the catalogue's sentences. `_of` names the column at fault; without it the fault
is the row's measure. Raw rows know the cell of their measure only; where any other column stands is asked of the
readings, while they are at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipelines.problems import Place

Row = Mapping[str, Any]
Locate = Callable[[str, Row, str], Place]
"""Table, a row with its origin columns, canonical column name -> the place of that cell."""


def by_measure(table: str, row: Row, column: str) -> Place:  # noqa: ARG001  the places of other columns are not known here
    """The cell that holds the row's measure, whatever the column: all that a raw row knows by itself."""
    number = row.get("_row") or 0
    return Place("", row.get("_sheet") or "", f"{letters(row.get('_column') or 1)}{number}" if number else "")


def letters(column: int) -> str:
    """The letters of a column from 1 on: 1 is A, 27 is AA."""
    name = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
