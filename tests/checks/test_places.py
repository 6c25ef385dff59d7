"""A fault is placed at the cell of the column that is wrong, whatever file it came from."""

import csv
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines import scheme
from pipelines.build import canonical
from pipelines.checks import LIMIT, by_measure, locator, to_problems
from pipelines.problems import Place
from pipelines.workbook import read
from tests.checks.raw import folder

TESTS = Path(__file__).resolve().parents[1]
MESSY = TESTS / "messy"
SCHEMES = sorted([*TESTS.glob("golden/*/input"), *TESTS.glob("examples/*/input"), *MESSY.glob("context*")])


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


WORKBOOKS = {row["file"]: row["context"] for row in rows(MESSY / "files.csv")}
TRUTH = rows(MESSY / "truth" / "problems.csv")


@pytest.fixture(scope="module")
def contexts():
    return {name: read(MESSY / name, name) for name in set(WORKBOOKS.values())}


@pytest.mark.parametrize("name", WORKBOOKS)
def test_problems_of_a_messy_workbook_are_those_of_its_truth(contexts, name):
    problems, _ = canonical(
        read(MESSY / name, name, context=contexts[WORKBOOKS[name]].tables), [contexts[WORKBOOKS[name]]]
    )
    expected = [row for row in TRUTH if row["file"] == name]
    for row in expected:
        at = {Place(name, row["sheet"], cell) for cell in row["cell"].split("|")}
        found = [problem for problem in problems if problem.place in at]
        assert found, row
        if row["severity"] != "any":
            assert row["severity"] in {problem.severity for problem in found}
    cells = {Place(name, row["sheet"], cell) for row in expected for cell in row["cell"].split("|")}
    assert [problem for problem in problems if problem.is_error and problem.place not in cells] == []


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_schemes_of_the_examples_are_sound(path):
    tables = folder(path)
    expected = {"weights-sum"} if path.parent.name.startswith("asem") else set()
    assert {problem.code for problem in scheme.check(tables)} == expected
    assert not [problem for problem in scheme.check(tables) if problem.is_error]


def faults(*found, of="subject"):
    cells = [dict(zip(("_upload", "_sheet", "_row", "_column"), place, strict=True)) for place in found]
    return pa.Table.from_pylist([{"_table": "results", "_of": of, "found": "x", **cell} for cell in cells])


def test_column_is_found_in_the_reading():
    reading = read("说明,,\n单位,指标,完成值\nU1,I1,5\nU2,I1,6\n".encode(), "完成.csv")
    locate = locator({3: reading})
    (problem,) = to_problems("unknown-subject", faults((3, "", 4, 3)), locate)
    assert problem.place == Place("完成.csv", "", "A4")
    (problem,) = to_problems("unknown-indicator", faults((3, "", 4, 3), of="indicator"), locate)
    assert problem.place.cell == "B4"
    (problem,) = to_problems("unknown-subject", faults((3, "", 9, 3)), locate)
    assert problem.place.cell == "C9"


def test_table_of_a_folder_has_its_own_file(tmp_path):
    (tmp_path / "subjects.csv").write_text("subject,kind,platform\nU1,unit,A\n")
    (tmp_path / "results.csv").write_text("indicator,subject,value\nI1,U9,5\n")
    reading = read(tmp_path, "case")
    (problem,) = to_problems("unknown-subject", faults((1, "", 2, 3)), locator({1: reading}))
    assert problem.place == Place("results.csv", "", "B2")


def test_stored_upload_is_named_by_its_file_and_measure():
    (problem,) = to_problems("unknown-subject", faults((7, "表", 4, 28)), locator({}, {7: "旧.xlsx"}))
    assert problem.place == Place("旧.xlsx", "表", "AB4")


def test_problems_stand_in_the_order_of_the_sheet_and_once():
    problems = to_problems("unknown-subject", faults((1, "b", 2, 1), (1, "a", 10, 1), (1, "a", 9, 1), (1, "a", 9, 1)))
    assert [(problem.place.sheet, problem.place.cell) for problem in problems] == [
        ("a", "A9"),
        ("a", "A10"),
        ("b", "A2"),
    ]


@pytest.mark.parametrize(("code", "rest"), [("unknown-subject", "more-of-the-same"), ("same-person", "more-notes")])
def test_long_lists_say_how_many_more(code, rest):
    problems = to_problems(code, faults(*((1, "a", row, 1) for row in range(2, LIMIT + 5))))
    assert len(problems) == LIMIT + 1
    assert (problems[-1].code, problems[-1].found, problems[-1].details["count"]) == (rest, code, "3")


def test_row_without_a_cell_is_placed_at_its_sheet():
    assert by_measure("results", {"_sheet": "表", "_row": None, "_column": None}, "") == Place("", "表", "")
