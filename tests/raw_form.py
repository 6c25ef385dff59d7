"""Text rows as the raw tables that a reader of workbooks makes of them (docs/architecture.md), for tests of scoring."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pyarrow as pa

from pipelines.contract import TABLES, Column
from tests.reference import ROSTER, Row, Tables, clean, number, written

ARROW = {
    "text": pa.string(),
    "cell": pa.string(),
    "number": pa.decimal128(28, 9),
    "integer": pa.int64(),
    "date": pa.date32(),
}
ORIGIN = {
    "_upload": pa.int32(),
    "_sheet": pa.string(),
    "_row": pa.int32(),
    "_column": pa.int32(),
    "_wide": pa.bool_(),
}


def to_raw(tables: Tables) -> dict[str, pa.Table]:
    """Every table of the contract that `tables` has, `attributes` split from the roster."""
    tables = {
        name: [{clean(key): clean(value) for key, value in row.items()} for row in rows]
        for name, rows in tables.items()
    }
    roster = tables.get("subjects", [])
    tables["attributes"] = [
        {"cycle": row.get("cycle", ""), "subject": row["subject"], "attribute": key, "value": value}
        for row in roster
        for key, value in row.items()
        if key not in ROSTER and value
    ]
    return {name: _table(name, rows) for name, rows in tables.items() if name in TABLES}


def _table(name: str, rows: list[Row]) -> pa.Table:
    columns = {
        column.name: pa.array([_value(column, row.get(column.name, "")) for row in rows], ARROW[column.type])
        for column in TABLES[name].columns
    }
    origin = {"_upload": 1, "_sheet": "", "_row": 2, "_column": 1, "_wide": False}
    for key, type_ in ORIGIN.items():
        columns[key] = pa.array([number_ + 2 if key == "_row" else origin[key] for number_ in range(len(rows))], type_)
    return pa.table(columns)


def _value(column: Column, text: str) -> object:
    if not text:
        return None
    value = number(text)
    match column.type:
        case "number" | "integer":
            assert value is not None, f"{column.name}: {text}"
            exact = Decimal(value.numerator) / Decimal(value.denominator)
            return int(exact) if column.type == "integer" else exact.quantize(Decimal("1e-9"), ROUND_HALF_UP)
        case "cell":
            return text if value is None or re.fullmatch(r"-?\d+(\.\d+)?", text) else written(value)
        case "date":
            return date.fromisoformat(text)
    return column.words.get(text, text)
