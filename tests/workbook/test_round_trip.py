"""Any raw tables, written plainly under the headings of either language, read back equal."""

import csv
import datetime
import io
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.contract import TABLES
from pipelines.workbook import read

from .layouts import book, plain

NAMES = st.sampled_from(
    [
        "U01",
        "00123",
        "城关街道",
        "区应急局(安委办)",
        "张三",
        "阿依古丽·买买提",
        "Harbour Town",
        "A-7",
        "甲",
        "优秀",
        "x=1; y=2",
        "德",
        "民主测评",
        "2月",
        "第一季度",
    ]
)
NUMBERS = st.decimals(-(10**9), 10**9, places=4).map(lambda number: Decimal(0) if not number else number.normalize())
VALUES = {
    "text": NAMES,
    "cell": st.one_of(NUMBERS, st.sampled_from(["优秀", "满意", "x"])),
    "number": NUMBERS,
    "integer": st.integers(0, 10**6),
    "date": st.dates(datetime.date(1990, 1, 1), datetime.date(2040, 1, 1)),
}


def cells(column, table):
    if column.name == "cycle":
        return st.integers(2000, 2040)
    if column.words:
        return st.sampled_from(sorted(set(column.words.values())))
    if column.name == "value" and table == "results":
        return NUMBERS
    return VALUES[column.type]


@st.composite
def tables(draw):
    """A table's name, the columns that are there, rows without blanks in required cells."""
    table = TABLES[draw(st.sampled_from(sorted(set(TABLES) - {"attributes", "survey"})))]
    columns = [column for column in table.columns if column.is_required or column.is_key or draw(st.booleans())]
    if table.name in ("turnout", "history") and not any(
        column.type in ("integer", "number") for column in columns if not column.is_key
    ):
        columns.append(table.column("returned" if table.name == "turnout" else "total"))
    columns = [column for column in table.columns if column in columns]
    row = st.tuples(
        *(
            cells(column, table.name) if column.is_required or column.is_key else st.none() | cells(column, table.name)
            for column in columns
        )
    )
    return table, columns, draw(st.lists(row, min_size=2, max_size=6))


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["en", "zh"])
@settings(max_examples=20)
@given(case=tables())
def test_written_and_read_back(form, language, case):
    table, columns, body = case
    head = [column.name if language == "en" or not column.headings else column.headings[0] for column in columns]
    title = table.name if language == "en" else table.titles[0]
    if form == "xlsx":
        typed = [[float(cell) if isinstance(cell, Decimal) else cell for cell in row] for row in body]
        result = read(book((title, [head, *typed])), "book.xlsx")
    else:
        buffer = io.StringIO()
        csv.writer(buffer).writerows([head, *(["" if cell is None else plain(cell) for cell in row] for row in body)])
        result = read(buffer.getvalue().encode(), f"{title}.csv")
    assert [problem for problem in result.problems if problem.is_error] == []
    assert set(result.tables) == {table.name}
    got = result.tables[table.name].select([column.name for column in columns]).to_pylist()
    assert [[plain(cell) for cell in row.values()] for row in got] == [[plain(cell) for cell in row] for row in body]
    assert result.tables[table.name].column("_row").to_pylist() == list(range(2, len(body) + 2))
