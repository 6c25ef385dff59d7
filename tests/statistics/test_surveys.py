"""Surveys: several answers of a person are counted by person and tested one by one; two questions together, with no small count."""

import numpy as np
import pytest

from pipelines.advice import survey
from pipelines.engine import Run, in_memory
from pipelines.reads import Selection
from pipelines.statistics import surveys
from tests.raw_form import to_raw


def test_several_answers_in_one_cell_are_counted_by_person():
    """Ten people: six tick bus and rail, four rail alone; the second question has one answer each."""
    rows = [
        {"cycle": "2025", "respondent": str(number), "group": "", "question": question, "answer": answer}
        for number in range(10)
        for question, answer in (("way", "bus; rail;rail" if number < 6 else "rail"), ("mood", "good"))
    ]
    tables = to_raw(
        {
            "settings": [{"key": "cycle", "value": "2025"}, {"key": "anonymity", "value": "3"}],
            "subjects": [{"cycle": "2025", "subject": "U1", "kind": "unit"}],
            "survey": rows,
        }
    )
    with in_memory() as connection:
        run = Run(connection, tables, 2025)
        run.stage()
        run.score()
        found = {
            (row["question"], row["answer"]): (row["answers"], row["respondents"])
            for row in run.table("marts.survey").to_pylist()
        }
    assert found == {("way", "bus"): (6, 10), ("way", "rail"): (10, 10), ("mood", "good"): (10, 10)}
    bus = next(share for share in surveys.shares({"bus": 6, "rail": 10}, 10) if share.answer == "bus")
    assert (bus.size, bus.rate) == (10, 0.6)


def test_several_answers_are_tested_one_by_one():
    """30 of 40 against 10 of 40 tick the first answer, everybody as many the second: χ² = 20, V = 0.5 on one of two."""
    found = surveys.cross_multiple(np.array([[30, 20], [10, 20]]), np.array([40, 40]))
    assert found.v == pytest.approx(0.5)
    assert found.p == pytest.approx(2 * 7.744e-6, rel=1e-3)
    assert surveys.cross_multiple(np.array([[20, 5], [20, 5]]), np.array([40, 40])).p == 1


def sheets(first, second, least):
    """What people 0, 1, … answered to two questions; None: nothing."""
    answers = {
        name: {str(at): frozenset(own.split(";")) for at, own in enumerate(given) if own is not None}
        for name, given in (("q", first), ("by", second))
    }
    return survey.Sheets(answers, least)


def crossed(monkeypatch, first, second, least):
    given = sheets(first, second, least)
    monkeypatch.setattr(survey, "sheets", lambda *_: given)
    selection = Selection(2025)
    table = survey.crossing(None, selection, "q", "by").to_pylist()
    counts = {(row["by_answer"], row["answer"]): (row["answer_count"], row["answered"]) for row in table}
    return counts, survey.crossing_test(None, selection, "q", "by")


def test_two_questions_are_counted_together(monkeypatch):
    """20 and 10 against 10 and 20: χ² = 6.667 and p = 0.00982 without correction, V = 1/3, as scipy's chi2_contingency says."""
    first = ["yes"] * 20 + ["no"] * 10 + ["yes"] * 10 + ["no"] * 20
    counts, test = crossed(monkeypatch, first, ["a"] * 30 + ["b"] * 30, 5)
    assert counts == {("a", "yes"): (20, 30), ("a", "no"): (10, 30), ("b", "yes"): (10, 30), ("b", "no"): (20, 30)}
    assert test.p == pytest.approx(0.009823, abs=1e-6)
    assert test.v == pytest.approx(1 / 3)


def test_no_count_under_the_threshold_is_in_a_table_of_two_questions(monkeypatch):
    """Two who said no and b are told with others, and one who gave no answer to the other question is not left out alone."""
    first = ["yes"] * 20 + ["no"] * 10 + ["so"] * 6 + ["yes"] * 10 + ["no"] * 2 + ["so"] * 7
    second = ["a"] * 36 + ["b"] * 18 + [None]
    counts, _ = crossed(monkeypatch, first, second, 5)
    assert counts
    assert min(count for count, _ in counts.values()) >= 5
    assert sum(count for count, _ in counts.values()) == len(first)
    assert any("no" in answer and "so" in answer for _, answer in counts)
    assert any("∅" in by for by, _ in counts)
    assert crossed(monkeypatch, ["yes"] * 8 + ["no"] * 8, ["a"] * 8 + ["b"] * 8, 5) == ({}, None), "one tells the other"


def test_an_attacker_who_takes_all_tables_of_two_questions_finds_no_small_count():
    """Random sheets of four questions: every shown count, and every shown count less all others of its answer, is 0 or enough."""
    random = np.random.default_rng(7)
    shown = 0
    for least in (3, 5):
        for _ in range(12):
            size = int(random.integers(40, 160))
            answers = {
                name: {
                    str(who): frozenset(random.choice([*"abcd"], p=[0.5, 0.3, 0.15, 0.05], size=1 + several).tolist())
                    for who in range(size)
                    if random.random() > 0.02
                }
                for name, several in (("q1", 0), ("q2", 0), ("q3", 0), ("many", 1))
            }
            given = survey.Sheets(answers, least)
            for question, told in answers.items():
                for other in ("q1", "q2", "q3"):
                    table = survey._crossed(given, question, other) if question != other else None
                    if table is None:
                        continue
                    shown += 1
                    for _, people, own in table.rows:
                        assert min(own.values()) >= least
                        assert all(people - count >= least for count in own.values())
                    for answer in table.rows[0][2]:
                        if "+" not in answer and answer != "∅":
                            whole = sum(answer in own for own in told.values())
                            rest = whole - sum(own[answer] for _, _, own in table.rows)
                            assert rest == 0 or rest >= least, (question, other, answer)
    assert shown > 100
