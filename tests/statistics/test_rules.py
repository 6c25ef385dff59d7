"""Gates, tie-breaks, seats and linked quotas inside variants: each variant is what the whole rules give for its scores."""

import itertools
from dataclasses import replace
from fractions import Fraction
from math import sqrt
from random import Random

import numpy as np
import pytest

from pipelines.statistics import confidence, rules
from pipelines.statistics.rules import PARTS, Condition, Gate, Metric, Pool
from tests.reference import Appraisal
from tests.statistics import studies
from tests.statistics.test_confidence import polls
from tests.statistics.test_rescoring import contest, disagreements, flat


def appraisal(units, people, rng):
    """A scheme in which everything varies with the scores: bars, caps, tie-breaks, cumulative, apportioned, linked seats."""
    subjects = [{"cycle": "2024", "subject": name, "kind": "unit", "parent": "", "layer": ""} for name in units]
    subjects += [
        {"cycle": "2024", "subject": name, "kind": "person", "parent": units[at % len(units)], "layer": "chief" if at % 3 else ""}
        for at, name in enumerate(people)
    ]  # fmt: skip
    names = [*units, *people]
    results = [
        {"cycle": "2024", "subject": name, "indicator": part, "value": str(rng.choice(range(55, 101, 5)))}
        for name in names
        for part in ("work", "view")
    ]
    return {
        "settings": [{"key": "cycle", "value": "2024"}, {"key": "rank_decimals", "value": "0"}],
        "subjects": subjects,
        "components": [
            {"component": "work", "weight": "60", "source": "value"},
            {"component": "view", "weight": "40", "source": "value"},
        ],
        "results": results,
        "gates": [
            {"gate": "bar", "metric": "component:view", "op": "<", "value": "60", "effect": "exclude"},
            {"gate": "low", "metric": "total", "op": "<", "value": "70", "effect": "grade:C"},
            {"gate": "cap", "metric": "component:work", "op": "<=", "value": "75", "effect": "cap:B"},
            {"gate": "cap", "metric": "base", "op": "<", "value": "90", "effect": ""},
        ],
        "tiebreaks": [{"order": "1", "metric": "component:view", "direction": "asc"}],
        "grades": [
            {"grade": "A", "order": "1", "share": "0.34", "applies": "kind=unit", "rounding": "cumulative"},
            {"grade": "A", "order": "1", "share": "0.3", "applies": "kind=person; parent_grade=A", "pool": "parent"},
            {"grade": "A", "order": "1", "share": "0.2", "applies": "kind=person; parent_grade!=A|C", "rounding": "half_up"},
            {"grade": "B", "order": "2", "share": "0.5", "applies": "kind=unit", "rounding": "cumulative"},
            {"grade": "B", "order": "2", "share": "0.6", "applies": "kind=person", "pool": "all", "apportion": "parent"},
            {"grade": "C", "order": "3"},
        ],
    }  # fmt: skip


def test_a_variant_of_scores_is_graded_as_the_whole_rules_grade_it():
    rng = Random(5)
    units, people = [f"U{at}" for at in range(7)], [f"P{at:02}" for at in range(40)]
    tables = appraisal(units, people, rng)
    study = studies.of_tables(tables, Appraisal(tables).outputs()["ranking"])
    nodes = {(row["subject"], row["component"]): at for at, row in enumerate(study.tables["nodes"].to_pylist())}
    seen = set()
    for _ in range(25):
        variant = appraisal(units, people, rng)
        ranking = {row["subject"]: row for row in Appraisal(variant).outputs()["ranking"]}
        values = np.zeros((1, len(nodes)))
        for row in variant["results"]:
            values[0, nodes[row["subject"], row["indicator"]]] = float(row["value"])
        assert disagreements(study, ranking, scores=values, nodes=np.arange(len(nodes))) == []
        seen |= {row["grade"] for row in ranking.values()} | {row["status"] for row in ranking.values()}
    assert {"A", "B", "C", "barred", "graded"} <= seen


@pytest.mark.parametrize(
    ("rounding", "heads", "share", "found"),
    [
        ("floor", [7, 8], 0.25, [1, 2]),
        ("half_up", [6, 10], 0.25, [2, 3]),
        ("ceil", [7, 8, 0], 0.25, [2, 2, 0]),
    ],
)
def test_seats_are_a_rounded_share_of_the_heads(rounding, heads, share, found):
    pool = Pool(1, 1, int(share * PARTS), rounding, 0, (0,), is_split=False)
    assert rules.seats([pool], {0: np.array(heads)})[0].tolist() == found


def test_seats_of_a_split_pool_go_by_largest_remainder():
    pool = Pool(1, 1, PARTS // 2, "floor", 0, (0, 1, 2), is_split=True)
    heads = {0: np.array([5, 2, 1]), 1: np.array([1, 3, 1]), 2: np.array([1, 2, 0])}
    found = rules.seats([pool], heads)
    assert [[int(found[part][at]) for part in range(3)] for at in range(3)] == [[2, 1, 0], [1, 1, 1], [1, 0, 0]]


def test_a_gate_on_a_share_of_votes_is_asked_in_every_draw():
    """Two of four ballots say 0: the bar at half of them. All 256 draws by hand, the spread widened as that of means is."""
    ballots = [[90, 80], [70, 0], [80, 0], [100, 95]]
    widening, bars = sqrt(4 / 3), 0
    for drawn in itertools.product(ballots, repeat=4):
        share = Fraction(sum(row[1] == 0 for row in drawn), 4)
        bars += (0.5 + float(share - Fraction(1, 2)) * widening >= 0.5 - 1e-12) / 4**4
    sheet = np.arange(4)
    none, no = np.empty(0, dtype=np.int64), np.empty(0, dtype=bool)
    asked = confidence.Asked(
        np.array([-1]), np.array([0.5]), np.array([1.0]), np.array([4]),
        sheet, sheet * 0, np.array([False, True, True, False]), none, none, no,
    )  # fmt: skip
    votes = polls(ballots, asked=asked)
    assert confidence.confidence(barred(votes), votes, 20_000, 3).chances[1].sum() == pytest.approx(1 - bars, abs=0.012)


def test_a_gate_on_a_share_of_counts_is_asked_in_every_draw():
    """Three votes of a hundred and three of nothing, as counts: the share and the mean are drawn together."""
    counts = [(0, 100.0, 4), (1, 0.0, 3), (1, 100.0, 3)]
    widening, out = sqrt(6 / 5), 0
    for drawn in itertools.product([0, 1], repeat=6):
        out += (0.5 + (sum(drawn) / 6 - 0.5) * widening >= 0.5 - 1e-12) / 2**6
    none, no = np.empty(0, dtype=np.int64), np.empty(0, dtype=bool)
    asked = confidence.Asked(
        np.array([-1]), np.array([0.5]), np.array([1.0]), np.array([6]),
        none, none, no, np.array([1, 2]), np.array([0, 0]), np.array([True, False]),
    )  # fmt: skip
    votes = polls(counts=counts, asked=asked)
    found = confidence.confidence(barred(votes), votes, 20_000, 3)
    assert found.chances[1].sum() == pytest.approx(1 - out, abs=0.012)
    is_barred = found.ranks[:, 1] == 0
    assert (found.totals[is_barred, 1] <= 50).all(), "whoever is barred has the votes that bar him"
    assert (found.totals[~is_barred, 1] > 50).all()


def barred(votes):
    """A race in which half the votes of the second one being 0 bars him."""
    metric = Metric("drawn", np.array([0, PARTS // 2]), np.array([-1, 0]))
    condition = Condition(1, np.array([0]), 0, ">=", PARTS // 2, np.array([True]))
    gate = Gate(np.array([1]), (condition,), True, False, np.array([-1]), np.array([0]))
    field = flat(votes.cells.mean[:, None], [1], contests=[contest(0, 1, [0, 1])], grades="A", decimals=6)
    return replace(field, metrics=(metric,), gates=(gate,))
