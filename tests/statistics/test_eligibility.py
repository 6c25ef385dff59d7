"""Requirements and stages: words of comparison, full months, years in a row, three verdicts, and the funnel."""

import datetime
from fractions import Fraction

import pytest

from pipelines.contract import TABLES
from pipelines.statistics.eligibility import (
    Entry,
    Measure,
    Stage,
    all_of,
    any_of,
    full_months,
    funnel,
    judge,
    months_served,
    recent,
    streak,
)

WORDS = TABLES["requirements"].column("op").words


def day(text):
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("word", "at_the_line", "above", "below"),
    [
        ("超过", "fails", "passes", "fails"),
        ("低于", "fails", "fails", "passes"),
        ("不足", "fails", "fails", "passes"),
        ("不低于", "passes", "passes", "fails"),
        ("不少于", "passes", "passes", "fails"),
        ("以上", "passes", "passes", "fails"),
        ("以下", "passes", "fails", "passes"),
        ("满", "passes", "passes", "fails"),
        ("不超过", "passes", "fails", "passes"),
    ],
)
def test_a_rule_means_what_it_says(word, at_the_line, above, below):
    found = [judge(Measure.exactly(Fraction(number)), WORDS[word], "50") for number in (50, 51, 49)]
    assert found == [at_the_line, above, below]


@pytest.mark.parametrize(
    ("low", "high", "op", "threshold", "verdict"),
    [
        (None, None, ">=", "1", "no_data"),
        (Fraction(2), None, ">=", "2", "passes"),
        (Fraction(1), None, ">=", "2", "no_data"),
        (Fraction(1), Fraction(1), ">=", "2", "fails"),
        (Fraction(3), None, "<", "3", "fails"),
        (Fraction(2), None, "<", "3", "no_data"),
        (Fraction(0), Fraction(2), "<=", "2", "passes"),
        (Fraction(1), Fraction(3), "=", "4", "fails"),
        (Fraction(1), Fraction(3), "!=", "4", "passes"),
        (Fraction(1), Fraction(3), "=", "2", "no_data"),
        (day("1970-01-01"), day("1970-01-01"), ">=", "1970-01-01", "passes"),
        (day("1969-12-31"), day("1969-12-31"), ">=", "1970-01-01", "fails"),
        (Fraction(7, 12), Fraction(7, 12), ">=", "2/3", "fails"),
        ("大学本科", "大学本科", "=", "大学本科|硕士研究生", "passes"),
        ("大专", "大专", "=", "大学本科|硕士研究生", "fails"),
        ("大专", "大专", "!=", "大学本科", "passes"),
        (day("1970-01-01"), day("1970-01-01"), ">=", "50", "no_data"),
    ],
)
def test_what_is_not_known_is_no_fail(low, high, op, threshold, verdict):
    assert judge(Measure(low, high), op, threshold) == verdict


def test_clauses_are_alternatives_and_rows_are_not():
    assert all_of(["passes", "no_data"]) == "no_data"
    assert all_of(["no_data", "fails"]) == "fails"
    assert any_of(["fails", "no_data"]) == "no_data"
    assert any_of(["no_data", "passes"]) == "passes"
    assert any_of(["fails", "fails"]) == "fails"


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2022-08-31", "2025-08-31", 36), ("2022-09-01", "2025-08-31", 35), ("2025-01-31", "2025-02-28", 1),
        ("2025-01-31", "2025-02-27", 0), ("2024-02-29", "2025-02-28", 12), ("2025-08-31", "2025-08-01", 0),
    ],
)  # fmt: skip
def test_months_are_full_months(start, end, months):
    assert full_months(day(start), day(end)) == months


def test_overlapping_posts_count_once_and_a_gap_does_not():
    """2020-01 to 2021-01 and 2020-07 to 2022-01 are 24 months; half a year later another 6, cut off on the day."""
    spans = [
        (day("2020-07-01"), day("2022-01-01")),
        (day("2020-01-01"), day("2021-01-01")),
        (day("2022-07-01"), None),
        (day("2024-01-01"), None),
    ]
    assert months_served(spans, day("2023-01-01"))[0] == 30
    assert months_served([(day("2020-01-01"), day("2020-06-30")), (day("2020-07-01"), day("2021-01-01"))],
                         day("2025-01-01"))[0] == 12  # fmt: skip


def test_a_missing_year_breaks_a_streak_and_leaves_the_latest_years_open():
    grades = {2024: "优秀", 2022: "优秀"}
    found = streak(grades, ["优秀"], 2024)
    assert (found.low, found.high) == (1, None)
    assert judge(found, ">=", "2") == "no_data"
    assert judge(streak({**grades, 2023: "称职"}, ["优秀"], 2024), ">=", "2") == "fails"
    assert judge(recent(grades, ["优秀"], 2024, 2), ">=", "2") == "passes", "the latest two that were appraised"
    assert judge(recent({2024: "优秀"}, ["优秀"], 2024, 2), ">=", "2") == "no_data"


def test_the_best_are_kept_with_all_who_tie_at_the_line():
    scores = [90, 80, 80, 70]
    line = [[Entry(score=Fraction(score), is_told=True)] for score in scores]
    found = funnel([Stage("exam", Fraction(2), "differential")], line, 1)
    assert found.left == (0, 1, 2)
    assert [(step.state, step.fault) for step in found.steps] == [
        ("passes", ""), ("passes", "tie"), ("passes", "tie"), ("not_kept", "")
    ]  # fmt: skip
    assert found.fits == (True,)


def test_equal_wants_as_many_as_seats_and_differential_more():
    line = [[Entry("pass", is_told=True)] for _ in range(2)]
    assert funnel([Stage("a", mode="equal")], line, 2).fits == (True,)
    assert funnel([Stage("a", mode="equal")], line, 1).fits == (False,)
    assert funnel([Stage("a", mode="differential")], line, 2).fits == (False,)


def test_a_stage_before_its_day_or_its_predecessor_is_told():
    stages = [Stage("one"), Stage("two")]
    line = [
        [Entry("fail", is_told=True), Entry("pass", is_told=True)],
        [Entry("pass", None, None, day("2025-02-01"), True), Entry("pass", None, None, day("2025-01-01"), True)],
        [Entry("pass", "fails", is_told=True), Entry()],
        [Entry("withdrawn", is_told=True), Entry()],
    ]
    found = funnel(stages, line, 1)
    told = {(step.candidate, step.stage): (step.state, step.fault) for step in found.steps}
    assert told == {
        (0, 0): ("fails", ""), (0, 1): ("pending", "order"), (1, 0): ("passes", ""), (1, 1): ("passes", "order"),
        (2, 0): ("fails", "contradiction"), (3, 0): ("withdrawn", ""),
    }  # fmt: skip
    assert found.left == (1,)


def test_a_stage_that_nobody_reached_keeps_everybody():
    found = funnel([Stage("one"), Stage("two")], [[Entry("pass", is_told=True), Entry()]] * 2, 1)
    assert found.left == (0, 1)
    assert {step.state for step in found.steps if step.stage == 1} == {"pending"}
