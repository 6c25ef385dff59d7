"""Plain tables, named as the specification names them, come back as they were written, whatever stands in them."""

from collections import Counter

import pytest

from pipelines.workbook import read
from tests.cases import CYCLE, make
from tests.fuzz import write
from tests.raw_form import to_raw


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ("polls", "poll\n测评\n"),
        ("polls", "poll,name\n测评,测评\n"),
        ("polls", "poll,name\npoll2,poll2表\n"),
        ("polls", "poll,min_ballots,trim,standardise\n测评,2,1,rater\n"),
        ("poll_options", "poll,option,points\n测评,评价,90\n测评,选项,\n"),
        ("poll_groups", "poll,rater_group\n测评,单位\n测评,部门\n"),
        ("components", "component,name,weight\n指标,名称,60\n考核内容,指标,40\n"),
        ("indicators", "indicator,component,name\n得分,指标,名称\n"),
        ("grades", "grade,order\n等次,1\n名称,2\n"),
        ("subjects", "subject,name,kind\n单位,单位,unit\n部门,姓名,person\n"),
        ("results", "subject,indicator,value\n单位,得分,1\n部门,指标,2\n"),
    ],
)
def test_an_id_may_be_a_heading(tmp_path, table, text):
    (tmp_path / f"{table}.csv").write_text(text, encoding="utf-8")
    reading = read(tmp_path, "folder")
    assert not reading.problems
    headings, *rows = [line.split(",") for line in text.splitlines()]
    columns = [
        [str(value or "").removesuffix(".000000000") for value in reading.tables[table][h].to_pylist()]
        for h in headings
    ]
    assert [list(row) for row in zip(*columns, strict=True)] == rows


@pytest.mark.parametrize("seed", range(200, 206))
def test_a_folder_comes_back_as_written(tmp_path, seed):
    tables, _ = make(seed)
    write(tmp_path, tables)
    reading = read(tmp_path, "folder")
    assert not [problem for problem in reading.problems if problem.severity != "notice"]
    for name, expected in to_raw(tables).items():
        assert rows_of(reading.tables[name]) == rows_of(expected), name


def rows_of(table):
    """The rows in any order; the cycle and the item that a blank cell means are filled in."""
    columns = [column for column in table.column_names if not column.startswith("_")]
    means = {"cycle": CYCLE, "item": "overall"}
    rows = table.select(columns).to_pylist()
    return Counter(tuple(means.get(key) if value is None else value for key, value in row.items()) for row in rows)
