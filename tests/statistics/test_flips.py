"""The nearest flip against hands and brute force: nothing nearer changes the list, and beyond it the whole rules say another."""

from dataclasses import replace
from random import Random
from time import process_time

import numpy as np
import pytest

from pipelines.statistics import flips, rescoring
from pipelines.statistics.rules import Metric
from tests.reference import Appraisal
from tests.statistics import studies
from tests.statistics.test_rescoring import contest, flat


def two(scores, weights=(50.0, 50.0), seats=1, **ways):
    """Everybody has two components; the best get A."""
    everybody = list(range(len(scores)))
    contests = [contest(0, 1, everybody, seats), contest(1, 2, everybody)]
    return flat(scores, weights, contests=contests, grades="AB", **ways), np.array(everybody)


def test_the_nearest_flip_is_where_the_settled_totals_are_level():
    """(90w + 3000)/(w + 50) and (80w + 4000)/(w + 50) meet at w = 100; from 99.9… on both are settled alike."""
    field, everybody = two([[90, 60], [80, 80]], decimals=9)
    found = flips.flip(field, np.array([0, 2]), 50, everybody)
    assert found.above == pytest.approx(100, abs=1e-6)
    assert found.changed_above.tolist() == [1]
    assert np.isnan(found.below)
    assert found.changed_below.size == 0
    other = flips.flip(field, np.array([1, 3]), 50, everybody)
    assert other.below == pytest.approx(25, abs=1e-6)
    assert np.isnan(other.above)


def test_rounded_totals_are_level_earlier():
    """With whole points 90w + 3000 reaches 79.5·(w + 50) at w = 975/10.5, where the other one stands at 80."""
    field, everybody = two([[90, 60], [80, 80]], decimals=0)
    found = flips.flip(field, np.array([0, 2]), 50, everybody)
    assert found.above == pytest.approx(975 / 10.5, abs=1e-6)


def test_tied_ones_that_a_line_cannot_part_are_parted_by_the_next_step():
    field, everybody = two([[90, 70], [70, 90], [60, 60]])
    assert rescoring.rescore(field).grades[0].tolist() == [1, 1, 1]
    found = flips.flip(field, np.array([0, 2, 4]), 50, everybody)
    assert found.above == pytest.approx(50, abs=1e-4)
    assert found.changed_above.tolist() == [0]
    assert found.changed_below.tolist() == [1]
    same, _ = two([[80, 80], [80, 80], [60, 60]])
    assert np.isnan(flips.flip(same, np.array([0, 2, 4]), 50, everybody).above)


def test_the_smallest_change_of_a_score_is_the_heavier_way_over_the_line():
    """80·¾ + 80·¼ against 70·¾ + 79·¼ = 72.25: 7.75 points are 31/3 of the first part, for who is out or who is in."""
    field, _ = two([[70, 79], [80, 80], [20, 40]], (75.0, 25.0))
    found = flips.score_flip(field, field.contests[0], np.arange(6))
    assert abs(found.change) == pytest.approx(31 / 3, abs=1e-5)
    assert found.row in (0, 2)


def test_a_least_score_and_a_tie_break_that_moves_are_found_in_a_blink():
    """Totals that pass 79 on their way, ties broken by the very part whose weight varies: few weights are asked, not millions."""
    random = np.random.default_rng(3)
    everybody = np.arange(60)
    contests = [contest(0, 1, everybody, 15), contest(1, 2, everybody, 30, 79.0), contest(2, 3, everybody)]
    field = flat(random.normal(80, 6, (60, 4)).round(2), [10.0] * 4, contests=contests, grades="ABC", decimals=2)
    of_part = Metric("part", np.zeros(60, dtype=np.int64), everybody * 4)
    field = replace(field, metrics=(of_part,), tiebreaks=((0, True),))
    started = process_time()
    found = flips.flip(field, everybody * 4, 10.0, everybody)
    assert process_time() - started < 2
    for at, way in ((found.below, 1), (found.above, -1)):
        nearer, beyond = (replace_weight(field, everybody * 4, at + way * step) for step in (1e-6, -1e-6))
        assert nearer == replace_weight(field, everybody * 4, 10.0) != beyond


def replace_weight(field, nodes, weight):
    """The grades under another weight of these rows of the tree."""
    tree = field.tree.weight.copy()
    tree[nodes] = weight
    return rescoring.rescore(field, weights=tree[None, :]).grades[0].tolist()


def appraisal(rng, decimals):
    """Trees that differ from one to the next, a rounded or geometric part, gates on totals and parts, a tie-break."""
    people = [f"P{at}" for at in range(9)]
    blank = {(name, part) for name in people for part in ("ox", "elk") if rng.random() < 0.15}
    return {
        "settings": [
            {"key": "cycle", "value": "2024"},
            {"key": "rank_decimals", "value": str(decimals)},
            {"key": "border", "value": rng.choice(["include", "exclude"])},
            {"key": "total_max", "value": rng.choice(["", "85"])},
        ],
        "subjects": [{"cycle": "2024", "subject": name, "kind": "person"} for name in people],
        "components": [
            {"component": "work", "weight": "60", "aggregate": rng.choice(["", "geometric"]), "round": rng.choice(["", "1"])},
            {"component": "ox", "parent": "work", "weight": "3", "source": "value"},
            {"component": "elk", "parent": "work", "weight": "2", "source": "value"},
            {"component": "view", "weight": "40", "source": "value"},
        ],
        "results": [
            {"cycle": "2024", "subject": name, "indicator": part, "value": str(rng.randint(40, 99))}
            for name in people
            for part in ("ox", "elk", "view")
            if (name, part) not in blank
        ],
        "gates": rng.choice(
            [
                [],
                [{"gate": "low", "metric": "total", "op": "<", "value": "66", "effect": "cap:C"}],
                [{"gate": "poor", "metric": "component:work", "op": "<", "value": "60", "effect": "exclude"}],
            ]
        ),
        "tiebreaks": [{"order": "1", "metric": rng.choice(["component:work", "component:view"]), "direction": "desc"}],
        "grades": [
            {"grade": "A", "order": "1", "share": "0.3"},
            {"grade": "B", "order": "2", "share": "0.5", "min_score": rng.choice(["", "70"])},
            {"grade": "C", "order": "3"},
        ],
    }  # fmt: skip


@pytest.mark.parametrize("seed", [3, 8, 11])
def test_brute_force_finds_no_nearer_flip_and_the_reference_finds_this_one(seed):
    rng = Random(seed)
    tables = appraisal(rng, rng.choice([0, 1, 2, 6]))
    study = studies.of_tables(tables, Appraisal(tables).outputs()["ranking"])
    nodes = study.tables["nodes"].to_pylist()
    everybody = np.arange(study.field.size)
    official = rescoring.rescore(study.field).grades[0]

    def listed(component, weights):
        own = [at for at, row in enumerate(nodes) if row["component"] == component]
        tree = np.tile(study.field.tree.weight, (len(weights), 1))
        tree[:, own] = np.asarray(weights)[:, None]
        return rescoring.rescore(study.field, weights=tree).grades

    def told(component, weight):
        changed = [
            row | ({"weight": str(weight)} if row["component"] == component else {}) for row in tables["components"]
        ]
        return {
            row["subject"]: row["grade"] for row in Appraisal(tables | {"components": changed}).outputs()["ranking"]
        }

    for component, weight in (("work", 60.0), ("ox", 3.0), ("view", 40.0)):
        own = np.array([at for at, row in enumerate(nodes) if row["component"] == component])
        found = flips.flip(study.field, own, weight, everybody)
        for at, end in ((found.below, 0.0), (found.above, 3 * weight)):
            reach = end if np.isnan(at) else at
            tried = np.linspace(weight, reach, 1501)[1:-1]
            tried = tried[np.abs(tried - reach) > 1e-9 * weight]
            assert (listed(component, tried) == official).all(), (component, at)
            if not np.isnan(at):
                step = 1e-6 * weight if end else -1e-6 * weight
                nearer, beyond = (max(0.0, at + side * step) for side in (-1, 1))
                assert told(component, f"{nearer:.9f}") == told(component, weight)
                assert told(component, f"{beyond:.9f}") != told(component, weight), (component, at)

    leaves = np.array([at for at, row in enumerate(nodes) if row["component"] != "work" and row["score"] is not None])
    told_of = [flips.score_flip(study.field, line, leaves) for line in study.field.contests]
    nearest = min((one for one in told_of if one is not None), key=lambda one: abs(one.change))
    score = study.field.tree.score[nearest.row] + nearest.change * (1 + 1e-9)
    changed = rescoring.rescore(study.field, np.array([[score]]), np.array([nearest.row])).grades[0] != official
    assert np.flatnonzero(changed).tolist() == nearest.changed.tolist() != []
    for leaf in leaves.tolist():
        tried = study.field.tree.score[leaf] + np.linspace(-1, 1, 801)[1:-1] * abs(nearest.change) * (1 - 1e-9)
        tried = tried[(tried >= 0) & (tried <= 100)]
        grades = rescoring.rescore(study.field, tried[:, None], np.array([leaf])).grades
        assert (grades == official).all(), (leaf, nearest)
