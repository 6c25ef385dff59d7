"""What only scoring can tell: faults that depend on a subject, and truths that no build may break."""

import duckdb
import pytest

from pipelines.checks import to_problems
from pipelines.engine import Run
from pipelines.models import read_models
from pipelines.problems import Place
from tests.checks.raw import table

SOUND = {
    "subjects": [
        {"subject": "U1", "name": "东街", "kind": "unit"},
        {"subject": "P1", "parent": "U1", "layer": "正职"},
        {"subject": "P2", "parent": "U1", "layer": "副职"},
        {"subject": "P3", "parent": "U1", "layer": "副职", "status": "ungraded"},
        {"subject": "X", "status": "excluded"},
    ],
    "components": [
        {"component": "A", "weight": 60, "aggregate": "arithmetic"},
        {"component": "A1", "parent": "A", "weight": 70, "missing": "error"},
        {"component": "A2", "parent": "A", "weight": 30, "source": "indicators"},
        {"component": "U", "weight": 40, "source": "value", "applies": "kind=person"},
        {"component": "V", "weight": 40, "source": "poll:v", "applies": "kind=unit"},
    ],
    "indicators": [
        {"indicator": "I1", "component": "A2", "method": "points", "applies": "layer!=正职", "missing": "zero"},
        {"indicator": "I1", "component": "A2", "method": "points", "applies": "layer=正职", "missing": "error"},
    ],
    "polls": [{"poll": "v"}],
    "poll_groups": [
        {"poll": "v", "rater_group": "领导", "applies": "kind=unit"},
        {"poll": "v", "rater_group": "群众", "applies": "kind=person"},
    ],
    "adjustments": [{"type": "表彰", "sign": "+", "points": 1}],
    "grades": [
        {"grade": "好", "order": 1, "share": "0.5", "pool": "all"},
        {"grade": "一般", "order": 2, "applies": "kind=unit"},
        {"grade": "差", "order": 2, "applies": "kind=person"},
    ],
    "gates": [{"gate": "g", "metric": "total", "op": "<", "value": "5", "effect": "cap:差", "applies": "kind=person"}],
    "consequences": [{"rule": "r", "grades": "好", "action": "奖"}],
    "results": [
        {"subject": subject, "indicator": indicator, "value": value}
        for subject, indicator, value in (
            ("U1", "A1", "90"), ("U1", "I1", "80"), ("P1", "A1", "70"), ("P1", "I1", "60"), ("P2", "A1", "50"),
            ("P3", "A1", "55"), ("P1", "U", "80"), ("P2", "U", "80"), ("P3", "U", "80"),
        )
    ],
    "tallies": [{"poll": "v", "subject": "U1", "rater_group": "领导", "answer": "80", "votes": 3}],
}  # fmt: skip


def scored(connection, scheme):
    rows = {
        name: [{"cycle": 2025, **row} if name in ("subjects", "results", "tallies") else row for row in rows]
        for name, rows in scheme.items()
    }
    run = Run(connection, {name: table(name, *given) for name, given in rows.items()}, 2025)
    run.stage()
    run.score()
    return run


def find(changes):
    """{(code, table, column, row, found)} after adding rows to some tables and changing some cells."""
    scheme = {name: [dict(row) for row in rows] for name, rows in SOUND.items()}
    for name, index, cells in changes:
        if index is None:
            scheme[name].append(cells)
        elif cells is None:
            del scheme[name][index]
        else:
            scheme[name][index].update(cells)
    with duckdb.connect() as connection:
        problems = []
        for code, rows in scored(connection, scheme).check("build").items():
            problems += to_problems(
                code, rows, lambda name, row, column: Place("", f"{name}.{column}", str(row["_row"]))
            )
    for problem in problems:
        for text in (problem.what("en"), problem.what("zh"), problem.fix("en"), problem.fix("zh")):
            assert "…" not in text
            assert "None" not in text
        assert problem.found in problem.what("en")
        assert problem.found in problem.what("zh")
    return {(problem.code, problem.place.sheet, problem.place.cell, problem.found) for problem in problems}


FAULTS = {
    "two components of one id": (
        [("components", None, {"component": "A1", "parent": "A", "applies": "layer=副职"})],
        {("row-applies-twice", "components.applies", "7", "A1")},
    ),
    "two indicators of one id": (
        [("indicators", None, {"indicator": "I1", "component": "A2", "method": "points", "applies": "kind=unit"})],
        {("row-applies-twice", "indicators.applies", "4", "I1")},
    ),
    "two groups of one id": (
        [("poll_groups", None, {"poll": "v", "rater_group": "领导", "applies": "subject=U1"})],
        {("row-applies-twice", "poll_groups.applies", "4", "v›领导")},
    ),
    "two adjustments of one type": (
        [("adjustments", None, {"type": "表彰", "sign": "+", "applies": "layer!=正职"})],
        {("row-applies-twice", "adjustments.applies", "3", "表彰")},
    ),
    "two consequences of one rule": (
        [("consequences", None, {"rule": "r", "grades": "好", "applies": "subject=P1"})],
        {("row-applies-twice", "consequences.applies", "3", "r")},
    ),
    "two grades of one order": (
        [("grades", None, {"grade": "中", "order": 2, "applies": "subject=P1"})],
        {("row-applies-twice", "grades.applies", "5", "2")},
    ),
    "no component": (
        [("subjects", None, {"subject": "C", "kind": "candidate", "name": "丙"}),
         ("components", 0, {"applies": "kind=unit|person"})],
        {("subject-without-component", "subjects.subject", "7", "C")},
    ),
    "group that may not vote": (
        [("tallies", None, {"poll": "v", "subject": "U1", "rater_group": "群众", "answer": "80", "votes": 3})],
        {("group-without-row", "tallies.rater_group", "3", "群众")},
    ),
    "group without votes": (
        [("tallies", None, {"poll": "v", "subject": "U1", "rater_group": "群众", "answer": "80", "votes": 0})],
        set(),
    ),
    "component that may not be missing": (
        [("results", 4, None)],
        {("value-missing", "subjects.subject", "4", "A1")},
    ),
    "indicator that may not be missing": (
        [("results", 3, {"value": None, "plan": 3})],
        {("value-missing", "subjects.subject", "3", "I1")},
    ),
    "cap at a grade of others": (
        [("gates", 0, {"applies": None})],
        {("grade-without-row", "gates.effect", "2", "cap:差")},
    ),
}  # fmt: skip


def test_sound_scheme_gives_no_alarm():
    assert find([]) == set()


@pytest.mark.parametrize(("changes", "expected"), FAULTS.values(), ids=FAULTS.keys())
def test_fault_is_found(changes, expected):
    assert find(changes) == expected


def test_faults_of_units_are_kept_while_persons_are_scored_after_them():
    changes = [
        ("components", 3, {"source": "parent"}),
        ("poll_groups", None, {"poll": "v", "rater_group": "领导", "applies": "subject=U1"}),
    ]
    assert find(changes) == {("row-applies-twice", "poll_groups.applies", "4", "v›领导")}


TRUTHS = {
    "quota_exceeded": ("update marts.quotas set over = 1 where grade = '好' and kind = 'unit'", 1),
    "share_sum_broken": ("update scoring.component_shares set share = share + 0.00001 where component = 'A1'", 4),
    "base_unexplained": ("update scoring.totals set base = base + 0.00001 where subject = 'P1'", 1),
    "ranking_incomplete": ("delete from marts.ranking where subject = 'P3'", 1),
    "rank_broken": ("update marts.ranking set rank = 3 where subject = 'P2'", 1),
    "grade_absent": ("delete from scoring.grades where subject = 'P2'", 1),
}


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connection:
        scored(connection, SOUND)
        yield connection


@pytest.mark.parametrize("name", TRUTHS)
def test_truth_is_watched(connection, name):
    models = {model.name: model.text for model in read_models("checks/truth")}
    breach, count = TRUTHS[name]
    assert connection.sql(models[name]).fetchall() == []
    connection.execute("begin")
    try:
        connection.execute(breach)
        assert len(connection.sql(models[name]).fetchall()) == count
    finally:
        connection.execute("rollback")


def test_border_may_exceed_a_quota_when_the_scheme_says_so(connection):
    text = next(model.text for model in read_models("checks/truth") if model.name == "quota_exceeded")
    connection.execute("begin")
    try:
        connection.execute("update marts.quotas set over = 1")
        connection.execute("update staging.settings set border = 'include'")
        assert connection.sql(text).fetchall() == []
    finally:
        connection.execute("rollback")


def test_every_check_has_been_seen_to_find_something():
    asked = {model.name for model in read_models("checks/build", "checks/truth")}
    found = {fault[0].replace("-", "_") for _, faults in FAULTS.values() for fault in faults}
    assert asked == found | set(TRUTHS)
