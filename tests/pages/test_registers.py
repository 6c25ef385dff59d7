"""Registers: when a term ends, what is open and overdue, which faults are found, and the ready kinds.

Every due day below was worked out by hand on a calendar.
"""

import datetime
import re

import pytest

from pipelines import reads
from pipelines.checks import to_problems
from pipelines.contract import TABLES
from pipelines.engine import Run, in_memory
from pipelines.reads import Selection
from tests.checks.raw import folder, table
from tests.test_laws import ROOT

pytestmark = pytest.mark.xdist_group("pages")
READY = ROOT / "data" / "schemes" / "registers"
YEAR = Selection(2025)
DAY = datetime.date(2025, 10, 20)


def run_of(*entries, kinds=(), **tables):
    """A run over register entries, staged and scored, with one subject on the roster."""
    tables = {
        "subjects": table("subjects", {"cycle": 2026, "subject": "P1", "name": "王伟", "kind": "person"}),
        "components": table("components", {"component": "c", "source": "value"}),
        "registers": table("registers", *entries),
        **({"register_kinds": table("register_kinds", *kinds)} if kinds else {}),
        **tables,
    }
    run = Run(in_memory(), tables, 2026)
    run.stage()
    return run


@pytest.fixture(scope="module")
def due():
    """Entry -> due day, over the ready kinds and three example holidays."""
    entries = {
        # 24 to 30 December inclusive are seven days (the printed notice).
        "seven": ("notice-7-days", "2025-12-24"),
        # Monday 8 to Friday 12 December are five working days.
        "week": ("notice-5-workdays", "2025-12-08"),
        # Wednesday 10: 10, 11, 12, then 15 and 16; a weekend lies between.
        "weekend": ("notice-5-workdays", "2025-12-10"),
        # Tuesday 30: 30, 31, [1 and 2 off, 3 Saturday], Sunday 4 is worked, 5, 6.
        "new year": ("notice-5-workdays", "2025-12-30"),
        # Opened on a Saturday: Monday is the first working day.
        "saturday": ("notice-5-workdays", "2025-12-06"),
        "three days": ("notice-3-days", "2025-12-30"),
        # Three months whose first day counts end the day before the same date.
        "trial": ("trial-3-months", "2025-12-15"),
        # A month that has no 31st ends on its last day.
        "short month": ("trial-3-months", "2025-11-30"),
        "nomination": ("nomination", "2025-03-01"),
        "half a month": ("adjustment-request", "2025-12-24"),
        "open-ended": ("complaint", "2025-12-24"),
    }
    rows = [{"register": kind, "entry": name, "opened": opened} for name, (kind, opened) in entries.items()]
    rows.append({"register": "complaint", "entry": "own day", "opened": "2025-12-01", "due": "2025-12-31"})
    ready = folder(READY)
    run = run_of(*rows, **ready)
    run.score()
    return {row["entry"]: row["due"] and row["due"].isoformat() for row in run.table("marts.registers").to_pylist()}


@pytest.mark.parametrize(
    ("entry", "day"),
    [
        ("seven", "2025-12-30"),
        ("week", "2025-12-12"),
        ("weekend", "2025-12-16"),
        ("new year", "2026-01-06"),
        ("saturday", "2025-12-12"),
        ("three days", "2026-01-01"),
        ("trial", "2026-03-14"),
        ("short month", "2026-02-27"),
        ("nomination", "2026-03-01"),
        ("half a month", "2026-01-08"),
        ("open-ended", None),
        ("own day", "2025-12-31"),
    ],
)
def test_a_term_ends_on_the_day_worked_out_by_hand(due, entry, day):
    assert due[entry] == day


def test_the_ready_kinds_end_at_stages_that_they_have():
    kinds = folder(READY)["register_kinds"].to_pylist()
    assert len({row["register"] for row in kinds}) == len(kinds) > 20
    for row in kinds:
        assert set(row["final"].split("+")) < set(row["stages"].split("+")), row["register"]
        assert (row["term"] is None) == (row["term_unit"] is None), row["register"]
        words = TABLES["register_kinds"].column("term_unit").words
        assert row["term_unit"] is None or row["term_unit"] in words.values()


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"register": "提名推荐", "stage": "考察"}, None),
        ({"register": "nomination", "stage": "考察", "opened": "2025-02-01", "closed": "2025-02-01"}, None),
        ({"register": "提名"}, ("unknown-register", "提名")),
        ({"register": "nomination", "stage": "公示"}, ("unknown-stage", "公示")),
        ({"register": "nomination", "opened": "2025-02-02", "closed": "2025-02-01"},
         ("closed-before-opened", "2025-02-01")),
    ],
)  # fmt: skip
def test_faults_of_an_entry_are_found(entry, fault):
    kind = {"register": "nomination", "name": "提名推荐", "stages": "提名 + 考察+已任用", "final": "已任用"}
    found = run_of({"entry": "1", **entry}, kinds=[kind]).check("input")
    problems = [problem for code, rows in found.items() for problem in to_problems(code, rows)]
    assert [(problem.code, problem.found) for problem in problems] == ([fault] if fault else [])


def test_without_kinds_every_register_is_taken_as_it_is():
    run = run_of({"register": "信访", "entry": "1", "subject": "王伟", "opened": "2026-01-01", "due": "2026-02-01"})
    run.score()
    (row,) = run.table("marts.registers").to_pylist()
    assert run.check("input") == {}
    assert (row["subject"], row["register_name"], row["is_closed"]) == ("P1", "信访", False)


def test_what_is_open_and_overdue_depends_on_the_day(warehouse):
    """T3 was nominated on 2024-03-01 for a year; H2 was due on 2025-10-06, H1 closed a week after it."""
    registers = {row["register"]: row for row in reads.registers(warehouse, YEAR, DAY).to_pylist()}
    nominations, clearances = registers["nomination"], registers["clearance"]
    assert [nominations[name] for name in ("entries", "open_count", "overdue_count", "closed_count")] == [3, 2, 1, 1]
    assert [clearances[name] for name in ("entries", "open_count", "overdue_count")] == [3, 1, 1]
    assert (float(clearances["on_time_rate"]), float(nominations["start_rate"])) == (0.5, 0.666666667)
    earlier = datetime.date(2025, 10, 6)
    (still,) = [row for row in reads.registers(warehouse, YEAR, earlier).to_pylist() if row["register"] == "clearance"]
    assert still["overdue_count"] == 0, "the last day is still in time"
    states = reads.register_entries(warehouse, YEAR, DAY, "clearance").to_pylist()
    assert {row["entry"]: row["progress_state"] for row in states} == {"H1": "late", "H2": "overdue", "H3": "closed"}
    assert {row["entry"]: row["days_left"] for row in states} == {"H1": None, "H2": -14, "H3": None}


def test_a_nominator_has_a_scorecard(warehouse):
    owners = {row["owner"]: row for row in reads.register_owners(warehouse, YEAR, DAY, "nomination").to_pylist()}
    assert (owners["张书记"]["entries"], float(owners["张书记"]["close_rate"])) == (2, 0.5)
    assert owners["张书记"]["stage_mix"] == "考察 1 · 已任用 1"
    assert owners["李部长"]["overdue_count"] == 1


@pytest.mark.parametrize("view", ["owners", "matrix"])
def test_the_page_shows_who_is_waited_for(app, built_file, view):
    test = app(built_file, "registers", "zh", cycle=2025, day="2025-10-20", register="clearance", view=view)
    assert not test.exception
    assert not test.error, [error.value for error in test.error]
    told = "".join(block.proto.body for block in test.get("html"))
    assert re.findall(r"</dt><dd>(.*?)</dd>", told) == ["3", "1", "1", "66.7%"]


def test_the_list_narrows_to_what_is_overdue(app, built_file):
    test = app(built_file, "registers", "en", cycle=2025, day="2025-10-20", register="nomination", only="overdue")
    assert list(test.dataframe[-1].value["entry"]) == ["T3"]
    assert list(test.dataframe[-1].value["progress_state"]) == ["Overdue"]
