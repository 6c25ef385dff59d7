"""Every fault of data is found at its row and column, all of them at once; and sound data give no alarm.

One cycle with many faulty rows is checked once; each faulty row names the faults that must be found there. What is
found beyond them is a false alarm.
"""

from collections import defaultdict

import duckdb
import pytest

from pipelines.checks import to_problems
from pipelines.engine import Run
from pipelines.problems import Place
from tests.checks.raw import table

SCHEME = {
    "components": [
        {"component": "指标", "source": "indicators"},
        {"component": "评议"},
        {"component": "测评分", "source": "poll:测评"},
        {"component": "打分", "source": "poll:打分"},
    ],
    "indicators": [
        {"indicator": "I1", "name": "重点任务", "component": "指标", "method": "points"},
        {"indicator": "I2", "component": "指标", "method": "deduct", "params": "each=5"},
        {"indicator": "I3", "component": "指标", "method": "yesno"},
        {"indicator": "I4", "component": "指标", "method": "ratio", "target": 10},
        {
            "indicator": "I5",
            "component": "指标",
            "method": "points",
            "params": "full=1; cap=120",
            "applies": "kind=unit",
        },
        {"indicator": "I5", "component": "指标", "method": "points", "params": "full=50", "applies": "kind!=unit"},
        {"indicator": "I6", "component": "指标", "method": "points", "applies": "kind=unit"},
        {
            "indicator": "I6",
            "component": "指标",
            "method": "linear",
            "params": "worst=0; best=9",
            "applies": "kind=team",
        },
    ],
    "polls": [{"poll": "测评", "name": "民主测评"}, {"poll": "打分"}, {"poll": "标准分", "standardise": "rater"}],
    "poll_items": [{"poll": "打分", "item": "德"}, {"poll": "打分", "item": "能"}],
    "poll_options": [
        {"poll": "测评", "option": "A", "name": "优秀", "points": 100},
        {"poll": "测评", "option": "B", "name": "称职", "points": 80},
        {"poll": "测评", "option": "C", "name": "弃权"},
    ],
    "poll_groups": [
        {"poll": "测评", "rater_group": "领导", "weight": 60},
        {"poll": "测评", "rater_group": "群众", "weight": 40},
    ],
    "adjustments": [{"type": "表彰", "sign": "+", "points": 1}],
    "gates": [{"gate": "否决", "metric": "events:事故", "op": ">", "value": "0", "effect": "flag"}],
}

SOUND = [
    ("subjects", {"subject": "U1", "name": "东街", "kind": "unit", "platform": "镇街"}),
    ("subjects", {"subject": "U2", "name": "西街", "kind": "unit", "platform": "镇街", "parent": "U1"}),
    ("subjects", {"subject": "T1", "name": "东街", "kind": "team", "parent": "U2"}),
    ("subjects", {"subject": "P1", "name": "张三", "parent": "西街"}),
    ("subjects", {"subject": "P2", "name": "李四", "status": "excluded"}),
    ("subjects", {"subject": "P3"}),
    ("results", {"subject": "U1", "indicator": "I1", "period": "1月", "value": "100"}),
    ("results", {"subject": "U1", "indicator": "I1", "period": "2月", "value": "0"}),
    ("results", {"subject": "西街", "indicator": "重点任务", "value": "95.5"}),
    ("results", {"subject": "U2", "indicator": "I1", "plan": 3}),
    ("results", {"subject": "U1", "indicator": "I2", "value": "0"}),
    ("results", {"subject": "U1", "indicator": "I3", "value": "是"}),
    ("results", {"subject": "U2", "indicator": "I3", "value": "无"}),
    ("results", {"subject": "P1", "indicator": "I3", "value": "1"}),
    ("results", {"subject": "U1", "indicator": "I4", "value": "-3"}),
    ("results", {"subject": "U2", "indicator": "I4", "value": "900"}),
    ("results", {"subject": "U1", "indicator": "I5", "value": "1.2"}),
    ("results", {"subject": "U1", "indicator": "I6", "value": "-800"}),
    ("results", {"subject": "U1", "indicator": "评议", "value": "88"}),
    ("results", {"cycle": 2024, "subject": "gone", "indicator": "gone", "value": "x"}),
    ("tallies", {"poll": "民主测评", "subject": "U1", "rater_group": "领导", "answer": "优秀", "votes": 4}),
    ("tallies", {"poll": "测评", "subject": "U1", "rater_group": "领导", "answer": "弃权", "votes": 1}),
    ("tallies", {"poll": "测评", "subject": "U1", "rater_group": "群众", "answer": "优秀", "votes": 30}),
    ("tallies", {"poll": "测评", "subject": "P1", "rater_group": "领导", "answer": "B", "votes": 7}),
    ("ballots", {"poll": "打分", "ballot": "1", "rater_group": "群众", "subject": "P1", "item": "德", "answer": "90"}),
    ("ballots", {"poll": "打分", "ballot": "1", "rater_group": "群众", "subject": "P1", "item": "能", "answer": "91"}),
    ("ballots", {"poll": "打分", "ballot": "1", "rater_group": "领导", "subject": "P1", "item": "德", "answer": "90"}),
    ("ballots", {"poll": "打分", "rater_group": "群众", "subject": "P1", "item": "德", "answer": "90"}),
    ("ballots", {"poll": "打分", "rater_group": "群众", "subject": "P1", "item": "德", "answer": "90"}),
    ("ballots", {"poll": "标准分", "ballot": "1", "rater_group": "群众", "subject": "P1", "answer": "90"}),
    (
        "turnout",
        {"poll": "测评", "rater_group": "领导", "subject": "U1", "eligible": 9, "issued": 9, "returned": 5, "void": 5},
    ),
    ("turnout", {"poll": "测评", "rater_group": "领导", "subject": "U2", "eligible": 9, "present": 8, "returned": 7}),
    ("turnout", {"poll": "测评", "rater_group": "领导", "returned": 3}),
    ("events", {"subject": "U1", "date": "2025-03-01", "type": "表彰", "points": 1, "reason": "a"}),
    ("events", {"subject": "U1", "date": "2025-03-01", "type": "表彰", "points": 1, "reason": "b"}),
    ("events", {"subject": "U1", "type": "表彰"}),
    ("events", {"subject": "U1", "type": "表彰"}),
    ("events", {"subject": "U1", "type": "事故"}),
    ("history", {"cycle": 2024, "subject": "U1", "grade": "优秀", "total": 90}),
    ("history", {"cycle": 2023, "subject": "U1", "grade": "良好"}),
    ("history", {"cycle": 2024, "subject": "gone", "grade": "优秀"}),
    ("history", {"cycle": 2024, "subject": "U1", "poll": "测评", "answer": "优秀", "rate": 1}),
    ("history", {"cycle": 2024, "subject": "U1", "poll": "测评", "answer": "称职", "rate": 0}),
    ("survey", {"respondent": "1", "question": "满意吗", "answer": "满意"}),
    ("survey", {"respondent": "2", "question": "满意吗", "answer": "满意"}),
]
"""Rows without a fault."""

FAULTY = [
    ("subjects", {"subject": "D1", "name": "一"}),
    ("subjects", {"subject": "D1", "name": "一"}, ("duplicate-key", "", "D1")),
    ("subjects", {"subject": "D2", "platform": "甲"}),
    ("subjects", {"subject": "D2", "platform": "乙"}, ("two-platforms", "platform", "乙")),
    ("subjects", {"subject": "H1", "name": "王五"}),
    ("subjects", {"subject": "H2", "name": "王五"}, ("same-person", "name", "王五")),
    ("subjects", {"subject": "O1", "parent": "市里"}, ("unknown-parent", "parent", "市里")),
    ("subjects", {"subject": "O2", "parent": "王五"}, ("ambiguous-name", "parent", "王五")),
    ("subjects", {"subject": "C1", "parent": "C3"}, ("parent-circle", "parent", "C3")),
    ("subjects", {"subject": "C2", "parent": "C1"}),
    ("subjects", {"subject": "C3", "parent": "C2"}),
    ("subjects", {"subject": "C4", "parent": "C2"}),
    ("subjects", {"subject": "C5", "parent": "C5"}, ("parent-circle", "parent", "C5")),
    ("results", {"subject": "D1", "indicator": "I1", "period": "1月", "value": "1"}),
    ("results", {"subject": "一", "indicator": "重点任务", "period": "1月", "value": "2"},
     ("duplicate-key", "", "D1 I1 1月")),
    ("results", {"subject": "无此人", "indicator": "I1", "value": "1"}, ("unknown-subject", "subject", "无此人")),
    ("results", {"subject": "王五", "indicator": "I1", "value": "1"}, ("ambiguous-name", "subject", "王五")),
    ("results", {"subject": "王五", "indicator": "I1", "value": "2"}, ("ambiguous-name", "subject", "王五")),
    ("results", {"subject": "H1", "indicator": "I9", "value": "1"}, ("unknown-indicator", "indicator", "I9")),
    ("results", {"subject": "H2", "indicator": "I9", "value": "1"}, ("unknown-indicator", "indicator", "I9")),
    ("results", {"subject": "H1", "indicator": "I1", "value": "100.01"}, ("value-outside", "value", "100.01")),
    ("results", {"subject": "H1", "indicator": "I2", "value": "-1"}, ("value-outside", "value", "-1")),
    ("results", {"subject": "H1", "indicator": "I5", "value": "50.5"}, ("value-outside", "value", "50.5")),
    ("results", {"subject": "H2", "indicator": "I1", "value": "完成"}, ("not-a-number", "value", "完成")),
    ("results", {"subject": "H2", "indicator": "评议", "value": "好"}, ("not-a-number", "value", "好")),
    ("results", {"subject": "H1", "indicator": "I3", "value": "基本完成"}, ("yesno-unclear", "value", "基本完成")),
    ("results", {"subject": "H2", "indicator": "I3", "value": "0.5"}, ("yesno-unclear", "value", "0.5")),
    ("results", {"subject": "H1", "indicator": "测评分", "value": "80"}, ("result-unused", "indicator", "测评分")),
    ("results", {"subject": "H2", "indicator": "测评分", "value": "81"}),
    ("tallies", {"poll": "测评", "subject": "H1", "rater_group": "领导", "answer": "优秀", "votes": 2}),
    ("tallies", {"poll": "民主测评", "subject": "H1", "rater_group": "领导", "item": "overall", "answer": "A", "votes": 1},
     ("duplicate-key", "", "测评 H1 领导 A")),
    ("tallies", {"poll": "测评", "subject": "无此人", "rater_group": "领导", "answer": "A", "votes": 1},
     ("unknown-subject", "subject", "无此人")),
    ("tallies", {"poll": "票决", "subject": "H2", "answer": "A", "votes": 1}, ("unknown-poll", "poll", "票决")),
    ("tallies", {"poll": "测评", "subject": "H2", "rater_group": "群众", "item": "德", "answer": "A", "votes": 1},
     ("unknown-item", "item", "德")),
    ("tallies", {"poll": "测评", "subject": "H2", "rater_group": "群众", "answer": "良", "votes": 1},
     ("unknown-option", "answer", "良")),
    ("tallies", {"poll": "测评", "subject": "H2", "rater_group": "同级", "answer": "A", "votes": 1},
     ("unknown-group", "rater_group", "同级")),
    ("tallies", {"poll": "测评", "subject": "H2", "answer": "A", "votes": 1}, ("unknown-group", "rater_group", "")),
    ("tallies", {"poll": "打分", "subject": "H2", "item": "德", "answer": "好", "votes": 1},
     ("not-a-number", "answer", "好")),
    ("tallies", {"poll": "测评", "subject": "C1", "rater_group": "群众", "answer": "A", "votes": -1},
     ("out-of-range", "votes", "-1")),
    ("tallies", {"poll": "标准分", "subject": "C1", "answer": "90", "votes": 1},
     ("tallies-standardised", "poll", "标准分")),
    ("tallies", {"poll": "测评", "subject": "U2", "rater_group": "领导", "answer": "A", "votes": 5},
     ("votes-above-returned", "votes", "8")),
    ("tallies", {"poll": "测评", "subject": "U2", "rater_group": "领导", "answer": "C", "votes": 3}),
    ("tallies", {"poll": "测评", "subject": "T1", "rater_group": "领导", "answer": "A", "votes": 8},
     ("votes-above-returned", "votes", "8")),
    ("tallies", {"poll": "测评", "subject": "P3", "rater_group": "领导", "answer": "A", "votes": 4},
     ("votes-above-returned", "votes", "4")),
    ("ballots", {"poll": "打分", "ballot": "7", "rater_group": "群众", "subject": "张三",
      "item": "德", "answer": "90"}),
    ("ballots", {"poll": "打分", "ballot": "7", "rater_group": "群众", "subject": "张三", "item": "德", "answer": "80"},
     ("duplicate-key", "", "打分 群众 7 张三 德")),
    ("ballots", {"poll": "打分", "ballot": "8", "subject": "无名", "item": "德", "answer": "1"},
     ("unknown-subject", "subject", "无名")),
    ("ballots", {"poll": "打分", "ballot": "9", "subject": "无名", "item": "德", "answer": "1"}),
    ("ballots", {"poll": "打分", "ballot": "9", "subject": "王五", "item": "德", "answer": "1"},
     ("ambiguous-name", "subject", "王五")),
    ("ballots", {"poll": "民意", "ballot": "1", "subject": "H1", "answer": "1"}, ("unknown-poll", "poll", "民意")),
    ("ballots", {"poll": "打分", "ballot": "1", "subject": "H1", "answer": "1"}, ("unknown-item", "item", "overall")),
    ("ballots", {"poll": "测评", "ballot": "1", "rater_group": "班子", "subject": "H1", "answer": "A"},
     ("unknown-group", "rater_group", "班子")),
    ("ballots", {"poll": "测评", "ballot": "1", "rater_group": "群众", "subject": "H1", "answer": "99"},
     ("unknown-option", "answer", "99")),
    ("ballots", {"poll": "打分", "ballot": "3", "subject": "H1", "item": "德", "answer": "优"},
     ("not-a-number", "answer", "优")),
    ("ballots", {"poll": "标准分", "rater_group": "群众", "subject": "H1", "answer": "90"},
     ("ballot-number-missing", "ballot", "")),
    ("turnout", {"poll": "测评", "rater_group": "群众", "subject": "T1", "returned": 5, "void": 6},
     ("turnout-order", "void", "6")),
    ("turnout", {"poll": "测评", "rater_group": "群众", "subject": "D1", "eligible": 3, "issued": 4, "returned": 5},
     ("turnout-order", "returned", "5"), ("turnout-order", "issued", "4")),
    ("turnout", {"poll": "民主测评", "rater_group": "群众", "subject": "D1", "present": 3},
     ("duplicate-key", "", "测评 群众 D1")),
    ("turnout", {"poll": "测评", "rater_group": "群众", "subject": "H2", "present": -3},
     ("out-of-range", "present", "-3")),
    ("turnout", {"poll": "打分", "subject": "何处", "returned": 99}, ("unknown-subject", "subject", "何处")),
    ("turnout", {"poll": "测评", "rater_group": "同级", "returned": 99}, ("unknown-group", "rater_group", "同级")),
    ("events", {"subject": "何人", "type": "表彰"}, ("unknown-subject", "subject", "何人")),
    ("events", {"subject": "H1", "date": "2025-03-01", "type": "表彰"}),
    ("events", {"subject": "H1", "date": "2025-03-01", "type": "表彰"}, ("event-twice", "type", "H1 2025-03-01 表彰")),
    ("events", {"subject": "H1", "type": "培训"}, ("event-undeclared", "type", "培训")),
    ("history", {"cycle": 2022, "subject": "U1", "grade": "优秀"}),
    ("history", {"cycle": 2022, "subject": "东街办", "grade": "一般"}),
    ("history", {"cycle": 2022, "subject": "U1", "grade": "良好"}, ("two-grades", "grade", "良好")),
    ("history", {"cycle": 2021, "subject": "U1", "grade": "良好"}),
    ("history", {"cycle": 2021, "subject": "U1", "grade": "良好"}, ("duplicate-key", "", "2021 U1")),
    ("history", {"cycle": 2021, "subject": "U1", "poll": "测评", "answer": "优秀", "rate": 60},
     ("out-of-range", "rate", "60")),
    ("survey", {"respondent": "2", "question": "满意吗", "answer": "一般"}, ("duplicate-key", "", "2 满意吗")),
]  # fmt: skip
"""Rows with the faults (code, column, found) that must be found in each; rows without one make the next one faulty."""


def find(entries, scheme=SCHEME):
    """{(code, table, column, row, found)} and the problems of a cycle with these rows."""
    rows = defaultdict(list)
    for entry in entries:
        rows[entry[0]].append(entry[1] if entry[0] == "survey" else {"cycle": 2025, **entry[1]})
    tables = {name: table(name, *given) for name, given in {**scheme, **rows}.items()}
    problems = []
    with duckdb.connect() as connection:
        run = Run(connection, tables, 2025)
        run.stage()
        for code, found in (run.check("upload") | run.check("input")).items():
            problems += to_problems(
                code, found, lambda name, row, column: Place("", f"{name}.{column}", str(row["_row"]))
            )
    return {(problem.code, problem.place.sheet, problem.place.cell, problem.found) for problem in problems}, problems


@pytest.fixture(scope="module")
def faulty():
    return find([*SOUND, *FAULTY])


def expected():
    """Each fault with the row that its table gets in the cycle of `faulty`."""
    counts = defaultdict(lambda: 1)
    for name, _, *faults in [*SOUND, *FAULTY]:
        counts[name] += 1
        for code, column, found in faults:
            yield code, f"{name}.{column}", str(counts[name]), found


def test_sound_data_give_no_alarm():
    assert find(SOUND)[0] == set()


@pytest.mark.parametrize("fault", list(expected()), ids=lambda fault: f"{fault[0]}-{fault[1]}-{fault[2]}")
def test_fault_is_found_at_its_row_and_column(faulty, fault):
    assert fault in faulty[0]


def test_nothing_else_is_found(faulty):
    assert faulty[0] - set(expected()) == set()


def test_sentences_are_complete_in_both_languages(faulty):
    for problem in faulty[1]:
        for text in (problem.what("en"), problem.what("zh"), problem.fix("en"), problem.fix("zh")):
            assert "…" not in text.replace(" … ", ""), problem
            assert "None" not in text
        assert problem.found in problem.what("en") + problem.fix("en")
        assert problem.found in problem.what("zh") + problem.fix("zh")


def test_other_row_is_named(faulty):
    told = {problem.code: problem.details["other"] for problem in faulty[1] if "other" in problem.details}
    assert told.keys() == {"duplicate-key", "two-platforms", "same-person", "event-twice", "two-grades"}
    roster = len([entry for entry in SOUND if entry[0] == "subjects"])
    assert told["two-platforms"] == f"subjects.platform {roster + 4}"


def test_wide_columns_are_reported_once():
    wide = [("results", {"subject": subject, "indicator": "I9", "value": "1"}) for subject in ("U1", "U2")]
    entries = [*SOUND[:6], *wide]
    rows = defaultdict(list)
    for name, row in entries:
        rows[name].append({"cycle": 2025, "_wide": name == "results", "_column": 5, **row})
    with duckdb.connect() as connection:
        run = Run(connection, {name: table(name, *given) for name, given in {**SCHEME, **rows}.items()}, 2025)
        run.stage()
        found = run.check("input")
    assert [row["_row"] for row in found["unknown-indicator"].to_pylist()] == [2]


def test_without_roster_or_scheme_one_sentence_says_so():
    rows = [entry for entry in SOUND if entry[0] != "subjects"]
    codes = {fault[0] for fault in find(rows)[0]}
    assert codes == {"roster-missing"}
    codes = {fault[0] for fault in find(SOUND, {})[0]}
    assert codes == {"scheme-missing"}


def test_votes_of_a_poll_without_groups_are_compared_by_the_group_as_written():
    scheme = {"components": [{"component": "p", "source": "poll:p"}], "polls": [{"poll": "p"}]}
    rows = [
        ("subjects", {"subject": "U"}),
        ("tallies", {"poll": "p", "subject": "U", "rater_group": "a", "answer": "1", "votes": 5}),
        ("tallies", {"poll": "p", "subject": "U", "rater_group": "b", "answer": "1", "votes": 90}),
        ("ballots", {"poll": "p", "subject": "U", "rater_group": "a", "answer": "1"}),
        ("turnout", {"poll": "p", "rater_group": "a", "returned": 6}),
    ]
    assert find(rows, scheme)[0] == set()
    rows[4][1]["returned"] = 5
    assert find(rows, scheme)[0] == {("votes-above-returned", "tallies.votes", "2", "6")}


def test_row_of_a_subject_that_stands_twice_is_not_called_a_repeat():
    rows = [
        ("subjects", {"subject": "U"}),
        ("subjects", {"subject": "U"}),
        ("results", {"subject": "U", "indicator": "I1", "value": "1"}),
        ("tallies", {"poll": "测评", "subject": "U", "rater_group": "领导", "answer": "A", "votes": 4}),
        ("turnout", {"poll": "测评", "rater_group": "领导", "returned": 4}),
    ]
    assert find(rows)[0] == {("duplicate-key", "subjects.", "3", "U")}
