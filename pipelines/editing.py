"""A scheme edited on a screen: its tables as text, checked while somebody types, saved as an upload like any other.

Decides that an edit is a workbook: the changed tables are written as the office's own template, read by the reader and
checked by the checks of every upload, so that a screen can do nothing that a file can't. Refuses a table without rows:
an upload replaces tables that it brings, and one without rows brings none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from pipelines import build, checks, scheme, workbook
from pipelines.build import Preview
from pipelines.contract import SCHEME_TABLES, TABLES
from pipelines.problems import Problem
from pipelines.warehouse import Warehouse

Rows = Sequence[Mapping[str, Any]]

_THIS = -1
"""The number of an upload that is none yet."""


def as_text(tables: Mapping[str, pa.Table], name: str) -> pa.Table:
    """A table of the scheme as it is typed: every column of the contract, text only; without rows where there are none."""
    columns = [column.name for column in TABLES[name].columns]
    rows = tables[name].select(columns).to_pylist() if name in tables else []
    return typed(name, rows)


def typed(name: str, rows: Rows) -> pa.Table:
    """Rows as they were typed, as a table of texts; blank rows are left out."""
    columns = [column.name for column in TABLES[name].columns]
    said = [[_text(row.get(column)) for column in columns] for row in rows]
    said = [row for row in said if any(row)]
    return pa.table(
        {column: pa.array([row[place] for row in said], pa.string()) for place, column in enumerate(columns)}
    )


def changed(tables: Mapping[str, pa.Table], name: str, rows: Rows) -> bool:
    """Whether these rows say anything else than the table in force; blank rows say nothing."""
    return not typed(name, rows).equals(as_text(tables, name))


def to_workbook(edits: Mapping[str, Rows], language: str, note: str) -> bytes:
    """The changed tables as a workbook. `note` says who made it and when: the same rows twice are two versions."""
    texts = {name: typed(name, rows) for name, rows in edits.items()}
    from pipelines import markup  # openpyxl is slow to import

    return markup.template(tuple(texts), language, None, texts, note)


def check(tables: Mapping[str, pa.Table], edits: Mapping[str, Rows], cycle: int) -> list[Problem]:
    """What is wrong with the scheme once these tables replace those in force: the reader's faults and the scheme's.

    `tables` are the scheme in force and the roster. What depends on uploaded data is checked when it is saved.
    """
    reading = workbook.read(to_workbook(edits, "zh", ""), f"{cycle}.xlsx", context=tables, cycle=cycle)
    fresh = {name: _numbered(table) for name, table in reading.tables.items() if name in edits}
    return [*reading.problems, *scheme.check({**tables, **fresh}, checks.locator({_THIS: reading}))]


def preview(
    warehouse: Warehouse, edits: Mapping[str, Rows], cycle: int, language: str, who: str, at: dt.datetime, file: str
) -> Preview:
    """The edits as the upload that they would be, checked against everything that is stored."""
    content = to_workbook(edits, language, f"{who} {at:%Y-%m-%d %H:%M:%S}")
    return build.preview(warehouse, [(file, content)], cycle)


def context(warehouse: Warehouse, cycle: int) -> dict[str, pa.Table]:
    """The scheme in force, the roster and earlier results of a cycle: what a scheme is checked against."""
    return warehouse.context(cycle, ("subjects", "attributes", "history", *SCHEME_TABLES))


def _numbered(table: pa.Table) -> pa.Table:
    return table.append_column("_upload", pa.array([_THIS] * table.num_rows, pa.int64()))


def _text(value: Any) -> str | None:
    """A cell as somebody would type it; None where it is empty."""
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, dt.date) else str(value).strip()
