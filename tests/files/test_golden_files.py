"""The published cases from file to file: `score` on a folder of CSV and on the same tables as a workbook."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from pipelines.__main__ import main
from tests.compare import differences, read_expected

TESTS = Path(__file__).resolve().parent.parent
PUBLISHED = sorted(path.parent for folder in ("golden", "examples") for path in (TESTS / folder).glob("*/input"))


def as_workbook(folder):
    """One sheet per CSV, all cells text, as somebody would paste them."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for path in sorted(folder.glob("*.csv")):
        sheet = book.create_sheet(path.stem)
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")):
            sheet.append(row)
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            cell.data_type = "s"
    return book


def score(source, out):
    answer = CliRunner().invoke(main, ["score", str(source), "--out", str(out)], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output[:600]
    return read_expected(out)


def test_there_are_published_cases():
    assert len(PUBLISHED) >= 12


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case.name)
def test_golden_from_a_folder(case, tmp_path):
    assert differences(read_expected(case / "expected"), score(case / "input", tmp_path / "out")) == []


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case.name)
def test_golden_from_a_workbook(case, tmp_path):
    workbook = tmp_path / f"{case.name}.xlsx"
    as_workbook(case / "input").save(workbook)
    assert differences(read_expected(case / "expected"), score(workbook, tmp_path / "out")) == []
