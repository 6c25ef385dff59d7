"""Posts and minimums over the persons of 2025, worked out by hand.

Ranked: P1 and P3 91, P2 85, P5 84, P4 83; P6 has no score. J1 is for all (5 candidates, one seat). J2 has two seats for
deputies, of whom two are ranked: 2 / 1.5 leaves one seat. Two seats in all, so 40 % are one deputy, who has J2 anyway: P5,
84. J1 goes to 91; that one should be of U1 decides for P1.
"""

from decimal import Decimal

import pytest

from pipelines.advice.selection import selection_outcome
from pipelines.reads import Selection

pytestmark = pytest.mark.xdist_group("pages")


@pytest.fixture
def outcome(warehouse):
    return selection_outcome(warehouse, Selection(2025, "person"))


def test_too_few_candidates_reduce_the_seats(outcome):
    rows = outcome.posts.select(["post", "qualified", "feasible", "verdict_of"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [("J1", 5, 1, "open"), ("J2", 2, 1, "reduced")]


def test_the_best_total_under_the_minimums(outcome):
    rows = outcome.chosen.select(["subject", "post", "total"]).to_pylist()
    assert sorted(tuple(row.values()) for row in rows) == [("P1", "J1", Decimal(91)), ("P5", "J2", Decimal(84))]
    needed = outcome.minimums.select(["minimum", "needed", "missed", "verdict_of"]).to_pylist()
    assert [tuple(row.values()) for row in needed] == [("m1", 1, 0, "met"), ("m2", 1, 0, "met")]
    assert outcome.conflict == ()


def test_wishes_are_met_in_order_and_only_where_allowed(outcome):
    """P1 may not have J2; P5 stands before P4, who wished for the same seat."""
    rows = outcome.wished.select(["subject", "post", "wish_no"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [("P3", "J1", 1), ("P5", "J2", 1)]


def test_units_have_no_posts_here_but_the_open_one(warehouse):
    units = selection_outcome(warehouse, Selection(2025, "unit"))
    assert units.posts.column("verdict_of").to_pylist() == ["open", "cancelled"]
    assert units.conflict, "no deputy is among them"


def test_the_page_says_that_it_decides_nothing(app, built_file):
    test = app(built_file, "selection", "en", cycle=2025, kind="person")
    assert "not a decision" in test.info[0].value
    assert list(test.dataframe[-1].value["name"]) == ["王伟", "陈勇"]


def test_the_page_names_what_cannot_hold(app, built_file):
    test = app(built_file, "selection", "zh", cycle=2025, kind="unit")
    assert not test.error
    assert "无法满足：副职不少于四成" in test.warning[0].value
