"""Sensitivity against functions whose indices are known."""

import numpy as np
import pytest

from pipelines.statistics import rescoring, sensitivity
from pipelines.statistics.sensitivity import Factor
from tests.statistics.test_rescoring import contest, flat


def ishigami(points):
    x = -np.pi + 2 * np.pi * points
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_the_indices_of_ishigami_are_the_published_ones():
    """Ishigami and Homma (1990); a=7, b=0.1: S = .3139 .4424 0, T = .5576 .4424 .2437 (Saltelli et al. 2008, 4.1)."""
    found = sensitivity.sobol(ishigami, 3, base=4096)
    assert found.first == pytest.approx([0.3139, 0.4424, 0], abs=0.02)
    assert found.total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)
    assert (found.first_low < found.first).all()
    assert (found.first < found.first_high).all()
    assert (found.total_low < found.total).all()
    assert (found.total < found.total_high).all()


def test_a_model_without_variance_has_no_indices():
    found = sensitivity.sobol(lambda points: np.ones(points.shape[0]), 2, base=64)
    assert found.first.tolist() == found.total.tolist() == [0, 0]


def two(scores, weights=(50.0, 50.0), seats=1):
    """Everybody has two components; the best get A."""
    everybody = list(range(len(scores)))
    contests = [contest(0, 1, everybody, seats), contest(1, 2, everybody)]
    field = flat(scores, weights, contests=contests, grades="AB")
    nodes = np.arange(2 * len(scores))
    factors = [
        Factor(name, "all", weight, nodes[place::2])
        for place, (name, weight) in enumerate(zip("xy", weights, strict=True))
    ]
    return field, factors, np.array(everybody)


def test_the_gap_at_the_line_is_what_decides():
    field, _, _ = two([[90, 60], [80, 80], [70, 79]])
    (gap,) = sensitivity.gaps(field, rescoring.rescore(field))
    assert (gap.contest.grade, gap.last_in, gap.first_out) == (0, 1, 0)
    assert gap.points == pytest.approx(5)


def test_without_its_weight_a_component_moves_whom_it_carried():
    field, factors, everybody = two([[90, 60], [80, 80], [70, 79]])
    without_x, without_y = sensitivity.leave_out(field, factors, everybody)
    assert (without_x.mean, without_x.greatest, without_x.regraded) == (pytest.approx(2 / 3), 1, 0)
    assert (without_y.mean, without_y.greatest, without_y.regraded) == (pytest.approx(2 / 3), 1, 2)


def test_a_component_without_spread_has_weight_on_paper_only():
    random = np.random.default_rng(3)
    flat_part, real = np.full(50, 80.0), random.normal(80, 6, 50)
    parts = np.column_stack([0.6 * flat_part, 0.4 * real])
    total = parts.sum(axis=1)
    assert [sensitivity.variance_share(part, total) for part in parts.T] == pytest.approx([0, 1])
    assert sensitivity.variance_share(real, flat_part) == 0
    assert sensitivity.correlation_ratio(flat_part, total) == 0
    assert sensitivity.correlation_ratio(real, total) == pytest.approx(1)
    assert sensitivity.correlation_ratio(random.normal(size=2000), random.normal(size=2000)) < 0.01


def test_variance_shares_of_independent_parts_are_their_variances():
    random = np.random.default_rng(5)
    parts = np.column_stack([random.normal(0, 1, 20_000), random.normal(0, 2, 20_000)])
    found = [sensitivity.variance_share(part, parts.sum(axis=1)) for part in parts.T]
    assert found == pytest.approx([0.2, 0.8], abs=0.01)
    assert sum(found) == pytest.approx(1)


def test_weights_drawn_around_the_nominal_ones_keep_their_sum():
    factors = [Factor(name, "a", weight, np.array([0])) for name, weight in (("x", 70), ("y", 12), ("z", 18))]
    factors += [Factor("alone", "b", 100, np.array([1])), Factor("nothing", "a", 0, np.array([2]))]
    drawn = sensitivity.dirichlet(factors, 4000, concentration=50)
    assert drawn[:, :3].sum(axis=1) == pytest.approx(100)
    assert drawn[:, :3].mean(axis=0) == pytest.approx([70, 12, 18], abs=0.5)
    assert drawn[:, 0].std() == pytest.approx(100 * np.sqrt(0.7 * 0.3 / 51), rel=0.05)
    assert set(drawn[:, 3]) == {100}
    assert set(drawn[:, 4]) == {0}


def test_the_weight_that_moves_ranks_has_the_greater_index():
    random = np.random.default_rng(9)
    scores = np.column_stack([random.normal(80, 8, 30), random.normal(80, 8, 30), np.full(30, 75.0)])
    field = flat(scores, [40, 40, 20])
    nodes = np.arange(90)
    factors = [
        Factor(name, "all", weight, nodes[at::3]) for at, (name, weight) in enumerate((("x", 40), ("y", 40), ("z", 20)))
    ]
    found = sensitivity.weight_indices(field, factors, np.arange(30))
    again = sensitivity.weight_indices(field, factors, np.arange(30))
    assert found.total.tolist() == again.total.tolist()
    assert found.total[:2].min() > 0.3
    assert found.total[2] < 1e-9


def test_columns_that_are_one_factor_have_one_index():
    """x₁ + x₂ + 3·x₃ over the unit cube: variances 1, 1 and 9; the first two together are 2 of 11."""
    found = sensitivity.sobol(lambda points: points @ [1.0, 1.0, 3.0], 3, base=2048, groups=[[0, 1], [2]])
    assert found.first == pytest.approx([2 / 11, 9 / 11], abs=0.02)
    assert found.total == pytest.approx([2 / 11, 9 / 11], abs=0.02)


def test_scores_on_another_scale_are_those_of_the_handbook():
    """OECD (2008), section 1.5, on 60, 70, 90 in one group and a single 50 in another."""
    scores, groups = np.array([60.0, 70, 90, np.nan, 50]), np.array([0, 0, 0, 0, 1])
    assert sensitivity.normalised(scores, groups, "minmax")[[0, 1, 2, 4]] == pytest.approx([0, 100 / 3, 100, 100])
    assert sensitivity.normalised(scores, groups, "rank")[[0, 1, 2, 4]].tolist() == [0, 50, 100, 100]
    expected = 50 + 10 * (scores[:3] - 220 / 3) / scores[:3].std(ddof=1)
    assert sensitivity.normalised(scores, groups, "zscore")[:3] == pytest.approx(expected)


def test_rules_that_could_be_otherwise_move_ranks():
    """The second part has no score for the last one: as declared it is spread, filled with 0 it costs the first rank."""
    field, factors, everybody = two([[60, 70], [80, 60], [90, np.nan]])
    given = sensitivity.choices(
        np.arange(6), np.tile([0, 1], 3), {"declared": field.tree.score, "untrimmed": field.tree.score.copy()}
    )
    assert given.names == ("missing", "normalisation"), "trimming changes nothing here"
    shifts = {(name, option): shift for name, option, shift in sensitivity.rule_shifts(field, given, everybody)}
    assert shifts["missing", "zero"].greatest == 2
    assert shifts["missing", "zero"].regraded == 2
    assert shifts["normalisation", "minmax"].greatest == 1
    found = sensitivity.rule_indices(field, factors, given, everybody)
    assert found.total.shape == (3,)
    assert found.total[1] > found.total[0]
    assert (found.total_low <= found.total).all()
