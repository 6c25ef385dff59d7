"""docs/mechanisms.md is true: every mechanism once, and every table, model, page and test that it names exists."""

import ast
import re
from pathlib import Path

import pytest

from pipelines.contract import TABLES

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "mechanisms.md").read_text(encoding="utf-8")
COUNTS = {
    "CLS": 4, "IND": 9, "EVA": 6, "POL": 10, "SAT": 2, "SUR": 1, "REG": 9, "ADJ": 4, "GRD": 5, "RES": 10, "SEL": 15,
    "ELI": 8, "QTA": 3, "TRN": 4, "STR": 4, "NOM": 4, "PUB": 5, "INT": 6, "TRD": 4, "DOS": 4,
}  # fmt: skip
"""How many mechanisms each chapter of the catalogue has, numbered from 01."""
STATES = ("done", "in part", "out")
PLACES = ("tables", "sql", "page", "test")


def rows():
    """By id: state, how and the lists of names in the last four columns, for every row of the page."""
    found = []
    for line in TEXT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.fullmatch(r"[A-Z]{3}-\d\d", cells[0]):
            id_, state, how, *places = cells
            assert len(places) == len(PLACES), line
            lists = [re.findall(r"`([^`]+)`", place) for place in places]
            found.append((id_, state, how, dict(zip(PLACES, lists, strict=True))))
    return found


def functions(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def is_there(place, name):
    if place == "tables":
        return name in TABLES
    if place == "sql":
        return (ROOT / "sql" / f"{name}.sql").is_file()
    if place == "page":
        return (ROOT / "pages" / f"{name}.py").is_file()
    path, _, function = name.partition("::")
    if not path.startswith("tests/") or not (ROOT / path).exists():
        return False
    return not function or function in functions(ROOT / path)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("tables", "nothing"),
        ("sql", "scoring/nothing"),
        ("page", "nothing"),
        ("test", "tests/test_laws.py::nothing"),
        ("test", "docs/decisions.md"),
    ],
)
def test_what_does_not_exist_is_seen(place, name):
    assert not is_there(place, name)


def test_every_mechanism_is_there_once_and_in_order():
    wanted = [f"{chapter}-{number:02}" for chapter, count in COUNTS.items() for number in range(1, count + 1)]
    assert len(wanted) == 117
    assert [id_ for id_, *_ in rows()] == wanted


def test_everything_that_is_named_exists():
    faults = [
        f"{id_}: {place} {name}"
        for id_, _, _, places in rows()
        for place, names in places.items()
        for name in names
        if not is_there(place, name)
    ]
    assert faults == []


def test_a_mechanism_says_where_it_is_or_why_it_is_not():
    faults = []
    for id_, state, how, places in rows():
        if state not in STATES:
            faults.append(f"{id_}: {state} is no state")
        if state == "out" and any(places.values()):
            faults.append(f"{id_}: out of reach, yet somewhere")
        if state != "out" and not all(places.values()):
            faults.append(f"{id_}: {', '.join(place for place, names in places.items() if not names)} missing")
        if state != "done" and not re.search(r"\. [A-Z].+\.$", how):
            faults.append(f"{id_}: no reason")
    assert faults == []


def test_the_sum_is_right():
    counts = [sum(state == wanted for _, state, *_ in rows()) for wanted in STATES]
    assert "Of {} mechanisms {} are done, {} in part, {} out of reach.".format(sum(counts), *counts) in TEXT
