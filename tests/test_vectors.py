"""The test vectors at the end of the catalogue of mechanisms, one by one, and its golden numbers."""

from decimal import Decimal
from fractions import Fraction

import pytest

from pipelines.advice.selection import needed_of
from pipelines.contract import TABLES
from pipelines.engine import Run, in_memory
from pipelines.models import SQL
from pipelines.sample import SCHEMES
from pipelines.statistics.eligibility import Measure, any_of, judge, streak
from pipelines.statistics.selection import Minimum, Places, choose, feasible_seats
from pipelines.statistics.structure import change, held, rounded, share
from pipelines.statistics.waves import interval
from tests.checks.raw import table
from tests.sample.test_presets import score

WORDS = TABLES["requirements"].column("op").words


def verdict(number, word, threshold):
    return judge(Measure.exactly(number), WORDS[word], threshold)


@pytest.mark.parametrize(("present", "members", "holds"), [(8, 12, True), (7, 11, False), (9, 13, True)])
def test_a_quorum_of_two_thirds(present, members, holds):
    """POL-07: 不足三分之二的不予研究, so two thirds exactly is enough."""
    is_short = verdict(Fraction(present, members), "不足", "2/3") == "passes"
    assert is_short is not holds
    assert (verdict(Fraction(present, members), "不低于", "2/3") == "passes") is holds


@pytest.mark.parametrize(("votes", "attendees", "holds"), [(20, 40, False), (21, 40, True), (20, 41, False)])
def test_more_than_half_of_those_who_attended(votes, attendees, holds):
    """POL-04 with X = 50: of attendees, not of the 36 valid ballots of the third case."""
    assert (verdict(Fraction(votes, attendees), "超过", "0.5") == "passes") is holds


@pytest.mark.parametrize(
    ("good", "bad", "is_out"), [("0.7", "0.2", False), ("0.699", "0", True), ("0.9", "0.201", True)]
)
def test_either_rate_is_over_its_line(good, bad, is_out):
    """POL-02 with a = 70 and b = 20: 低于 a or 超过 b."""
    found = verdict(Fraction(good), "低于", "0.7"), verdict(Fraction(bad), "超过", "0.2")
    assert ("passes" in found) is is_out


def test_either_rate_disqualifies():
    """POL-02 with a = 70 and b = 20: 低于 and 超过, each alone; by the gates of the scorer, votes of 1,000."""
    cases = {"P1": (700, 200), "P2": (699, 0), "P3": (799, 201), "P4": (700, 201), "P5": (1000, 0)}
    votes = [
        {"poll": "测评", "subject": subject, "answer": option, "votes": count}
        for subject, (good, bad) in cases.items()
        for option, count in (("A", good), ("B", max(0, 1000 - good - bad)), ("C", bad))
    ]
    people = ({"cycle": 2025, "subject": subject, "kind": "person"} for subject in cases)
    tables = {
        "subjects": table("subjects", *people),
        "components": table("components", {"component": "测评", "source": "poll:测评"}),
        "polls": table("polls", {"poll": "测评"}),
        "poll_options": table("poll_options", *({"poll": "测评", "option": name, "points": 100} for name in "ABC")),
        "tallies": table("tallies", *votes),
        "gates": table(
            "gates",
            {"gate": "低", "metric": "rate:测评:A", "op": WORDS["低于"], "value": "70%", "effect": "exclude"},
            {"gate": "高", "metric": "rate:测评:C", "op": WORDS["超过"], "value": "20%", "effect": "exclude"},
        ),
    }
    run = Run(in_memory(), tables, 2025)
    run.stage()
    run.score()
    barred = {row["subject"] for row in run.table("marts.ranking").to_pylist() if row["status"] == "barred"}
    assert barred == {"P2", "P3", "P4"}


def test_speech_poll_and_past_rates():
    """SEL-01: speech 90 and poll 80 are 84. SEL-04: (.30 + .40 + .50) / 3 beats (.60 + .20 + .39) / 3 at equal totals."""
    ranking, _, _ = score(SCHEMES / "competitive-post")
    assert ranking["K1"]["total"] == 84
    assert ranking["K4"]["total"] == ranking["K5"]["total"]
    assert (ranking["K4"]["rank"], ranking["K5"]["rank"]) == (1, 2)


@pytest.mark.parametrize(("posts", "qualified", "left"), [(1, 1, 0), (2, 3, 2), (2, 2, 1), (6, 8, 5)])
def test_candidates_per_post(posts, qualified, left):
    assert feasible_seats(posts, qualified, Fraction(3, 2)) == left


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        ("优秀 优秀", "passes"),
        ("优秀 称职 称职", "passes"),
        ("基本称职 称职 称职", "fails"),
        ("- 称职 优秀", "no_data"),
    ],
)
def test_two_years_excellent_or_three_competent(grades, expected):
    """ELI-01: the years up to 2024, the latest last."""
    line = grades.split()
    known = {2025 - len(line) + place: grade for place, grade in enumerate(line) if grade != "-"}
    clauses = [
        judge(streak(known, ["优秀"], 2024), ">=", "2"),
        judge(streak(known, ["优秀", "称职"], 2024), ">=", "3"),
    ]
    assert any_of(clauses) == expected


def test_minimums_of_a_county():
    assert needed_of(Decimal("1.5"), 13) == 20
    assert needed_of(Decimal("0.2"), 23) == 5


def test_half_by_competition():
    assert verdict(share(5, 10), "不少于", "0.5") == "passes"
    assert verdict(share(4, 9), "不少于", "0.5") == "fails"


@pytest.mark.parametrize(
    ("weights", "course", "stalled"),
    [("20 25 25", "", "2025"), ("20 25 30", "rising", ""), ("30 25 20", "falling", "2024, 2025")],
)
def test_a_weight_that_stays_does_not_rise(weights, course, stalled):
    """EVA-05: 20, 25, 25 fails at the third year."""
    connection = in_memory()
    connection.execute((SQL / "macros.sql").read_text(encoding="utf-8"))
    connection.execute("create schema marts")
    connection.execute('create table marts.rules (cycle bigint, "table" text, id text, "column" text, value text)')
    for cycle, weight in enumerate(weights.split(), 2023):
        connection.execute("insert into marts.rules values (?, 'components', '群众评议', 'weight', ?)", [cycle, weight])
    query = (SQL / "queries" / "weight_courses.sql").read_text(encoding="utf-8")
    (row,) = connection.execute(query, {"cycle": 2025}).fetchall()
    assert row[3:] == (course, stalled)


# -- golden numbers (section F) -------------------------------------------------------------------------------------


def test_shares_of_teams():
    assert (rounded(100 * share(21, 40), 1), rounded(100 * share(6, 32), 2)) == (Decimal("52.5"), Decimal("18.75"))
    now = Fraction(525, 1000)
    assert rounded(change(now, Fraction(192, 1000)).points, 1) == Decimal("33.3")
    assert rounded(100 * change(now, Fraction(394, 1000)).relative, 0) == 33


def test_what_printed_figures_rest_on():
    assert held("33.7%", 74, None).verdict == "impossible"
    assert held("33.7%", 74, 219).verdict == "cut"
    assert (held("32.42%", None, 219).first, held("32.42%", None, 219).last) == (71, 71)
    assert (held("52%", None, 219).first, held("52%", None, 219).last) == (113, 114)


@pytest.mark.parametrize(("count", "low", "high"), [(71, 26.6, 38.9), (114, 45.5, 58.6)])
def test_intervals_of_the_survey(count, low, high):
    found = interval(count, 219)
    assert [round(100 * end, 1) for end in found] == [low, high]


def test_seven_counties_do_not_fit():
    """Seven counties of at least six chiefs each are 42, more than 40."""
    pairs = tuple((person, 0) for person in range(70))
    counties = [Minimum(tuple(range(10 * place, 10 * place + 10)), 6) for place in range(7)]
    assert choose(Places((1.0,) * 70, (40,), pairs), counties).conflict == tuple(range(7))


def test_rates_rounded_up_and_means():
    """Women are a fifth of every category of the pool; 1,030 in 22 batches."""
    assert [needed_of("0.2", places) for places in (10, 30, 40, 180)] == [2, 6, 8, 36]
    assert rounded(Fraction(1030, 22), 1) == Decimal("46.8")
