"""Raw tables for tests: from rows written in the test, or from a folder of plain CSV."""

import csv
import datetime
from decimal import Decimal

import pyarrow as pa

from pipelines.contract import ORIGIN, TABLES

TYPES = {
    "text": pa.string(),
    "cell": pa.string(),
    "number": pa.decimal128(28, 9),
    "integer": pa.int64(),
    "date": pa.date32(),
}
ORIGIN_TYPES = dict(zip(ORIGIN, (pa.int32(), pa.string(), pa.int32(), pa.int32(), pa.bool_()), strict=True))


def table(name, *rows):
    """A raw table of dicts; rows stand on sheet `name` from row 2 on, the measure in the column of the last value."""
    contract = TABLES[name]
    types = {column.name: TYPES[column.type] for column in contract.columns} | ORIGIN_TYPES
    columns = {column: [] for column in types}
    for number, row in enumerate(rows, start=2):
        unknown = row.keys() - types.keys()
        assert not unknown, f"{name} has no column {unknown}"
        origin = {"_upload": 1, "_sheet": name, "_row": number, "_column": len(row), "_wide": False}
        for column, type_ in types.items():
            columns[column].append(typed({**origin, **row}.get(column), type_))
    return pa.table({column: pa.array(values, types[column]) for column, values in columns.items()})


def typed(value, type_):
    """A plain text as the reader would type it; 30% is 0.3 in numbers and cells."""
    if value is None or value == "":
        return None
    if isinstance(value, str) and (pa.types.is_decimal(type_) or type_ == pa.string()) and value.endswith("%"):
        number = value[:-1]
        value = format(Decimal(number) / 100, "f") if number.replace(".", "").isdigit() else value
    if pa.types.is_decimal(type_):
        return Decimal(str(value))
    if pa.types.is_integer(type_):
        return int(value)
    if pa.types.is_date(type_):
        return datetime.date.fromisoformat(value)
    return value


def folder(path):
    """The raw tables of a folder of CSV files with canonical headings; further roster columns become attributes."""
    tables = {}
    for file in sorted(path.glob("*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = [{key: value for key, value in row.items() if value} for row in csv.DictReader(lines)]
        names = {column.name for column in TABLES[file.stem].columns}
        if file.stem == "subjects":
            facts = [
                {"cycle": row.get("cycle"), "subject": row["subject"], "attribute": key, "value": row[key]}
                for row in rows
                for key in row.keys() - names
            ]
            tables["attributes"] = table("attributes", *facts)
        tables[file.stem] = table(file.stem, *({key: row[key] for key in row if key in names} for row in rows))
    return tables
