"""The presets of data/schemes: scored from their sample workbooks and held to rows that were worked out by hand.

The working of the less obvious rows is in the README of each preset.
"""

import csv
import functools
import io
import re
import zipfile
from decimal import Decimal

import pytest

from pipelines import build, contract, sample
from pipelines.problems import has_errors

FOLDERS = sorted(folder for folder in sample.SCHEMES.iterdir() if folder.is_dir())
PRESETS = [folder for folder in FOLDERS if (folder / "sample").is_dir()]
ASKED_FOR = {
    "classified-layered", "a-plus-x", "all-staff", "economic-progress", "democratic-poll", "mass-review",
    "split-authority", "competitive-post", "selection-procedure", "talent-pool", "two-way-selection", "team-structure",
    "registers",
}  # fmt: skip
FREE_TEXT = {"name", "note", "action", "order"}
"""Columns of a scheme that hold no value of a rule: descriptions, and the order of rows."""


def named(folder):
    return folder.name


@functools.cache
def score(folder, form="sample.xlsx"):
    """The ranking by subject, all problems and the extracts of a preset's scheme and sample."""
    sources = [(path.name, path) for path in (folder, folder / form)]
    problems, extracts = build.score_readings(build.read_all(sources))
    assert extracts is not None, [(problem.code, problem.place, problem.found) for problem in problems]
    return {row["subject"]: row for row in extracts["ranking"].to_pylist()}, problems, extracts


def rows(text):
    """Lines of 'subject total rank grade flags' as dicts; - is nothing."""
    names = ("subject", "total", "rank", "grade", "flags")
    for line in text.strip().splitlines():
        yield dict(zip(names, (None if word == "-" else word for word in line.split()), strict=True))


EXPECTED = {
    "classified-layered": """
        JJ1-B  91.68  1  一等  -
        JJ1-Z  91.33  1  一等  -
        JD1-B  90     1  二等  -
        DQ2-B  79.1   2  四等  -
        DQ2-Z  78.18  2  四等  -
        """,
    "a-plus-x": """
        D01    87.4   1  优秀  -
        D05    89.88  1  称职  gate:一票否决
        D06    73.8   2  称职  -
        D21-Z  88.47  1  称职  border:优秀
        D22-Z  88.47  1  称职  border:优秀
        D20    47.98  2  不称职  -
        """,
    "all-staff": """
        G1     91.5   1   先进  -
        G3     66     3   落后  gate:单位落后
        G1-1   92.02  1   一等  -
        G2-1   91.54  2   一等  -
        G3-1   90.35  3   二等  -
        G3-2   84.84  8   三等  -
        G3-3   84.84  8   三等  -
        G2-4   67.49  15  三等  -
        """,
    "economic-progress": """
        T3  102.8  1  先进  -
        T1  100    2  达标  -
        T2  91.87  3  达标  -
        T4  80     4  落后  -
        """,
    "democratic-poll": """
        C6  91.5   2  考察对象  -
        C1  91.5   3  考察对象  -
        C7  87     4  考察对象  gate:收票偏少
        C2  81     5  备选  -
        C4  79     6  备选  -
        C8  93.33  1  不列入  gate:多数认可;gate:收票偏少
        C3  80.5   -  -  gate:赞成票
        C5  76.5   -  -  gate:反对票
        C9  -      -  -  gate:收票偏少;unknown:反对票;unknown:多数认可;unknown:赞成票
        """,
    "mass-review": """
        Q1  90.34  1  优秀  -
        Q2  90.04  2  良好  -
        """,
    "mass-review-2024": """
        Q2  90.06  1  优秀  -
        Q1  89.54  2  良好  -
        """,
    "mass-review-2023": """
        Q2  90.21  1  优秀  -
        Q1  89.46  2  良好  -
        """,
    "split-authority": """
        B1  88.47  2  称职  -
        B2  82.1   5  称职  gate:评价分歧
        B5  80.54  6  基本称职  -
        """,
    "competitive-post": """
        K1  84     2  未入围  -
        K2  89.6   1  考察对象  -
        K4  88     1  考察对象  -
        K5  88     2  未入围  -
        K6  84.4   3  未入围  unknown:近两年称职
        K3  74.16  -  -  gate:多数拥护
        K7  92     -  -  gate:近两年称职
        """,
    "selection-procedure": """
        K5  90  1  -  -
        K1  88  2  -  -
        K2  70  9  -  -
        """,
    "talent-pool": """
        C01  95  1  -  -
        C04  92  3  -  -
        C13  83  5  -  -
        """,
    "two-way-selection": """
        W1  90  1  -  -
        W4  75  4  -  -
        """,
    "team-structure": """
        S1   98    2  -  -
        S4   89.2  7  -  -
        S10  96    2  -  -
        """,
    "registers": """
        D1  92  1  -  -
        D2  88  1  -  -
        D4  81  3  -  -
        """,
}


def test_every_preset_that_was_asked_for_is_there():
    assert {folder.name for folder in PRESETS} >= ASKED_FOR
    assert EXPECTED.keys() == {folder.name for folder in PRESETS}


@pytest.mark.parametrize("folder", PRESETS, ids=named)
def test_rows_worked_out_by_hand(folder):
    ranking, problems, _ = score(folder)
    for row in rows(EXPECTED[folder.name]):
        found = ranking[row["subject"]]
        total = None if row["total"] is None else Decimal(row["total"])
        assert (found["total"], found["grade"], found["flags"] or None) == (total, row["grade"], row["flags"]), row
        assert found["rank"] == (None if row["rank"] is None else int(row["rank"])), row
    assert [(problem.code, problem.found) for problem in problems if problem.severity != "notice"] == []


@pytest.mark.parametrize("folder", PRESETS, ids=named)
def test_sample_workbook_is_made_from_the_tables_beside_it(folder):
    assert parts((folder / "sample.xlsx").read_bytes()) == parts(sample.preset(folder))


def parts(workbook):
    """What an .xlsx holds, free of how it was compressed."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


@pytest.mark.parametrize("name", ["all-staff", "competitive-post"])
def test_workbook_and_tables_give_the_same_extracts(name):
    folder = sample.SCHEMES / name
    from_workbook, from_tables = score(folder)[2], score(folder, "sample")[2]
    for extract, table in from_workbook.items():
        assert table.to_pylist() == from_tables[extract].to_pylist(), extract


def test_weight_of_the_mass_review_rises_every_year():
    for series in (("mass-review-2023", "mass-review-2024", "mass-review"), [f"district-{y}" for y in sample.YEARS]):
        weights = [
            int(row["weight"])
            for name in series
            for row in sample.read_tables(sample.SCHEMES / name)["components"]
            if row["component"] == "群众评议"
        ]
        assert len(weights) == len(series)
        assert weights == sorted(set(weights)), "EVA-05: strictly higher each year"


def test_seats_of_all_staff_follow_the_grade_of_the_unit():
    folder = sample.SCHEMES / "all-staff"
    _, _, extracts = score(folder)
    seats = {
        (row["grade"], row["pool"], row["part"] or ""): row["seats"]
        for row in extracts["quotas"].to_pylist()
        if row["kind"] == "person"
    }
    assert [seats["一等", f"parent={unit}", ""] for unit in ("G1", "G2", "G3")] == [2, 1, 0]
    assert [seats["二等", "all", f"parent={unit}"] for unit in ("G1", "G2", "G3")] == [3, 3, 2]


# -- where each number comes from -------------------------------------------------------------------------------------


def numbers(folder):
    """(table, row number, column, value) of every cell of a scheme that holds a number and is no free text."""
    for table, lines in sample.read_tables(folder).items():
        assert table in contract.SCHEME_TABLES, f"{table} is no table of a scheme"
        for number, line in enumerate(lines, start=1):
            for column, value in line.items():
                is_text = column in FREE_TEXT or (table == "settings" and line["key"] == "title")
                if re.search(r"\d", value) and not is_text:
                    yield table, str(number), column, value


def origins(folder):
    with (folder / "values.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_every_number_says_where_it_comes_from(folder):
    listed = [(row["table"], row["row"], row["column"], row["value"]) for row in origins(folder)]
    assert listed == list(numbers(folder))
    for row in origins(folder):
        assert row["origin"] in {"rule", "example"}, row
        has_source = bool(row["mechanism"]) and bool(row["quote"])
        assert has_source == (row["origin"] == "rule"), row


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_a_preset_says_that_its_values_are_examples(folder):
    tables = sample.read_tables(folder)
    title = next(row["value"] for row in tables["settings"] if row["key"] == "title")
    assert "示例" in title
    stated = {(row["table"], row["row"]) for row in origins(folder) if row["origin"] == "rule"}
    for number, gate in enumerate(tables.get("gates", []), start=1):
        assert "示例" in gate["note"] or ("gates", str(number)) in stated, gate


def test_what_the_source_states_is_a_rule():
    stated = {
        (row["id"], row["column"]): (row["value"], row["mechanism"])
        for row in origins(sample.SCHEMES / "competitive-post")
        if row["origin"] == "rule"
    }
    assert stated["演讲", "weight"] == ("40", "SEL-01")
    assert stated["民主测评", "weight"] == ("60", "SEL-01")


def test_a_scheme_folder_alone_has_no_errors():
    for folder in FOLDERS:
        (reading,) = build.read_all([(folder.name, folder)])
        assert not has_errors(reading.problems), folder.name
        assert set(reading.tables) == set(sample.read_tables(folder)), folder.name
