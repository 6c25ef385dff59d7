"""Are two sets of extracts the same? Rows are matched by key; every column that is expected must be there.

Numbers may differ by 1e-6, text not at all, and `ranking` must have its rows in the expected order.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from tests.reference import Row, Tables

KEYS = {
    "ranking": ("cycle", "subject"),
    "components": ("cycle", "subject", "component"),
    "indicators": ("cycle", "subject", "indicator"),
    "polls": ("cycle", "subject", "poll", "item", "rater_group"),
    "quotas": ("cycle", "kind", "grade", "applies", "pool", "part"),
    "consequences": ("cycle", "subject", "rule"),
}
NUMBERS = frozenset(
    "base bonus deduction total coverage rank cohort_size score share value target votes mean headcount seats taken "
    "over amount".split()
)


def read_expected(folder: Path) -> Tables:
    """The six extracts of a folder, those that are there."""
    tables = {}
    for name in KEYS:
        path = folder / f"{name}.csv"
        if path.exists():
            with path.open(encoding="utf-8-sig", newline="") as file:
                tables[name] = list(csv.DictReader(file))
    return tables


def as_rows(tables: dict[str, pa.Table]) -> Tables:
    """Arrow tables as extracts would be written; numbers stay as exact as they are."""
    return {
        name: [{key: "" if value is None else str(value) for key, value in row.items()} for row in table.to_pylist()]
        for name, table in tables.items()
    }


def differences(expected: Tables, actual: Tables) -> list[str]:
    """One sentence per difference, none where both are the same."""
    return [
        f"{name}: {line}" for name in KEYS if name in expected for line in _of_table(name, expected[name], actual[name])
    ]


def _of_table(name: str, expected: list[Row], actual: list[Row]) -> Iterator[str]:
    keys = [_key(name, row) for row in expected]
    found = {_key(name, row): row for row in actual}
    if len(found) < len(actual):
        yield f"{len(actual) - len(found)} rows have a key that another row has"
    yield from (f"row missing: {key}" for key in keys if key not in found)
    yield from (f"row not expected: {key}" for key in found.keys() - set(keys))
    for key, row in zip(keys, expected, strict=True):
        for column, value in row.items() if key in found else ():
            other = found[key].get(column, "(no such column)")
            if not _is_same(column, value, other):
                yield f"{'/'.join(key)} {column}: expected {value!r}, got {other!r}"
    if name == "ranking" and keys != [_key(name, row) for row in actual]:
        yield "the order of the rows differs"


def _key(name: str, row: Row) -> tuple[str, ...]:
    return tuple(row[column] for column in KEYS[name])


def _is_same(column: str, expected: str, actual: str) -> bool:
    if expected == actual:
        return True
    try:
        return column in NUMBERS and abs(float(expected) - float(actual)) <= 1e-6
    except ValueError:
        return False
