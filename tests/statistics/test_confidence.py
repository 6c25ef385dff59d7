"""Resampled votes: exact on tiny cases, honest on simulated truth, the same for the same seed."""

import itertools
from fractions import Fraction
from math import sqrt

import numpy as np
import pytest

from pipelines.advice import study as studying
from pipelines.statistics import confidence
from pipelines.statistics.confidence import Cells, Counts, Polls, Sheets
from tests.cases import make
from tests.statistics import studies
from tests.statistics.test_rescoring import contest, flat

EVERYBODY = [0, 1]


def polls(ballots=None, *, counts=(), trim=0, decimals=-1, asked=None):
    """One poll with one item and one group: `ballots` has a row per ballot and a column per subject."""
    table = np.empty((0, 0)) if ballots is None else np.asarray(ballots, dtype=float)
    sheet, cell = np.nonzero(~np.isnan(table))
    points = table[sheet, cell]
    size = max([table.shape[1], *(of + 1 for of, _, _ in counts)])
    means = []
    for of in range(size):
        votes = sorted([*points[cell == of], *(p for c, p, v in counts if c == of for _ in range(v))])
        kept = votes[trim : len(votes) - trim] if len(votes) > 2 * trim else votes
        means.append(sum(kept) / len(kept))
    number = np.arange(size)
    one = np.ones(size)
    return Polls(
        cells=Cells(number, number, one, one, np.array(means), number * 0 + trim, number * 0 + decimals, one * 0, one * 100),
        sheets=Sheets(np.zeros(table.shape[0], dtype=np.int64), sheet, cell, points),
        counts=Counts(*(np.array([row[place] for row in counts], dtype=kind) for place, kind in enumerate((int, float, int)))),
        nodes=number,
        targets=number,
        asked=asked or confidence.nothing_asked(),
    )  # fmt: skip


def race(votes, seats=1):
    """A field in which the poll is everything and the best get grade A."""
    size = votes.cells.mean.size
    everybody = list(range(size))
    contests = [contest(0, 1, everybody, seats), contest(1, 2, everybody)]
    return flat(votes.cells.mean[:, None], [1], contests=contests, grades="AB", decimals=9)


def mean(values, trim=0):
    ordered = sorted(values)
    kept = ordered[trim : len(ordered) - trim] if len(ordered) > 2 * trim else ordered
    return sum(kept, Fraction(0)) / len(kept)


@pytest.mark.parametrize("trim", [0, 1])
def test_whole_ballots_give_what_enumeration_gives(trim):
    """Every ordered draw of four ballots, by hand: 256 draws of the sheets that two subjects share."""
    ballots = [[90, 80], [70, 85], [80, 80], [100, 95]]
    widening = sqrt(4 / 3)
    chances = 0
    observed = [mean([Fraction(row[of]) for row in ballots], trim) for of in (0, 1)]
    for drawn in itertools.product(ballots, repeat=4):
        scores = []
        for of in (0, 1):
            drawn_mean = mean([Fraction(row[of]) for row in drawn], trim)
            scores.append(min(100.0, float(observed[of]) + float(drawn_mean - observed[of]) * widening))
        chances += (scores[0] > scores[1] + 1e-9) / 4**4
    votes = polls(ballots, trim=trim)
    found = confidence.confidence(race(votes), votes, draws=20_000, seed=3)
    assert found.chances[0, 0] == pytest.approx(chances, abs=0.012)
    assert found.ahead(np.array(EVERYBODY))[0, 1] == pytest.approx(chances, abs=0.012)


@pytest.mark.parametrize("trim", [0, 1])
def test_counts_give_what_enumeration_gives(trim):
    """Two subjects with three votes each, as counts: every pair of outcomes with its multinomial chance."""
    held = {0: [100, 100, 60], 1: [100, 60, 60]}
    counts = [(of, points, votes.count(points)) for of, votes in held.items() for points in sorted(set(votes))]
    widening, chances = sqrt(3 / 2), 0
    observed = {of: mean(map(Fraction, votes), trim) for of, votes in held.items()}
    for first in itertools.product(held[0], repeat=3):
        for second in itertools.product(held[1], repeat=3):
            scores = [
                min(
                    max(
                        float(observed[of] + (mean(map(Fraction, drawn), trim) - observed[of]) * Fraction(widening)), 60
                    ),
                    100,
                )
                for of, drawn in ((0, first), (1, second))
            ]
            chances += (scores[0] > scores[1] + 1e-9) / 3**6
    votes = polls(counts=counts, trim=trim)
    votes.cells.low[:] = 60
    found = confidence.confidence(race(votes), votes, draws=20_000, seed=3)
    assert found.ahead(np.array(EVERYBODY))[0, 1] == pytest.approx(chances, abs=0.012)


def test_a_mild_rater_is_mild_to_everybody():
    """The ballots differ by 40 points, the two subjects by 1 on each of them: the totals spread, the order is certain."""
    votes = polls([[90, 89], [80, 79], [70, 69], [50, 49]])
    found = confidence.confidence(race(votes), votes, draws=500)
    assert found.spread().min() > 3
    assert found.chances[0, 0] == 1
    assert [limit.tolist() for limit in found.rank_interval()] == [[1, 2], [1, 2]]


def test_the_same_seed_gives_the_same_draws():
    votes = polls([[90, 80, 85], [70, 85, 80], [80, 80, 88], [100, 95, 70], [77, 82, 93]])
    one, two, other = (confidence.confidence(race(votes), votes, 300, seed) for seed in (5, 5, 6))
    assert np.array_equal(one.totals, two.totals)
    assert not np.array_equal(one.totals, other.totals)


def test_intervals_cover_a_simulated_truth():
    """30 raters judge 12 subjects of known merit, 60 times over. 90 % rank intervals and confidence sets must hold the truth."""
    random = np.random.default_rng(11)
    interval, marginal, whole, cases = 0, 0, 0, 60
    for case in range(cases):
        merit = random.normal(80, 3, 12)
        truth = (merit[None, :] > merit[:, None]).sum(axis=1) + 1
        ballots = np.clip(merit + random.normal(0, 4, (30, 1)) + random.normal(0, 6, (30, 12)), 0, 100)
        votes = polls(ballots)
        found = confidence.confidence(race(votes, 3), votes, 400, seed=case)
        low, high = found.rank_interval(0.9)
        interval += ((low <= truth) & (truth <= high)).mean() / cases
        estimates, draws = votes.cells.mean, found.totals.astype(float)
        own = confidence.rank_sets(estimates, draws, 0.9)
        marginal += ((own.low <= truth) & (truth <= own.high)).mean() / cases
        everybody = confidence.rank_sets(estimates, draws, 0.9, is_simultaneous=True)
        whole += ((everybody.low <= truth) & (truth <= everybody.high)).all() / cases
        assert (everybody.low <= own.low).all()
        assert (everybody.high >= own.high).all()
    assert interval > 0.85
    assert marginal > 0.9
    assert whole > 0.9


def test_two_units_are_told_apart_by_the_normal_quantile():
    """With two units the marginal set is the two-sided test of one difference: |gap| against 1.645 standard errors."""
    noise = np.random.default_rng(2).normal(0, 1, (4000, 2))
    noise -= noise.mean(axis=0)
    for gap, is_apart in ((2.25, False), (2.40, True)):
        estimates = np.array([gap, 0.0])
        found = confidence.rank_sets(estimates, estimates + noise, 0.9)
        assert (found.low.tolist(), found.high.tolist()) == (([1, 2], [1, 2]) if is_apart else ([1, 1], [2, 2]))


def test_the_sets_are_those_of_csranks():
    """The example of the R package csranks 0.1.0, csranks(seq(1, 3, length=10), rep(0.2, 10)), as its reference page prints it.

    github.com/danielwilhelm/R-CS-ranks, docs/reference/csranks.html: 95 %, simultaneous, two-sided, stepped down. A single
    step would leave the first one at 6: the quantile 3.16 lies between four and five steps of 2/9 by 0.2·√2.
    """
    estimates = np.linspace(1, 3, 10)
    draws = estimates + np.random.default_rng(6).normal(0, 0.2, (4000, 10))
    found = confidence.rank_sets(estimates, draws, 0.95, is_simultaneous=True)
    assert found.low.tolist() == [7, 6, 5, 4, 3, 2, 1, 1, 1, 1]
    assert found.high.tolist() == [10, 10, 10, 10, 9, 8, 7, 6, 5, 4]


def test_sheets_are_drawn_for_others_of_the_same_units_only():
    """Numbers that begin anew in every unit are one sheet; sheets 1 and 2 judge both units, 3 only the second."""
    sheet = np.array([0, 0, 1, 1, 2, 3, 4])
    owner = np.array([0, 1, 0, 1, 1, 1, 2])
    found = confidence.strata(owner, sheet, 5)
    assert found[0] == found[1]
    assert found[2] == found[3]
    assert len(set(found.tolist())) == 3


def test_the_votes_of_a_cycle_give_its_poll_scores_again():
    """Every vote counted once is the official poll score: on random appraisals with trims, items, groups and both sources."""
    checked = 0
    for seed in (19, 37):
        tables, outputs = make(seed)
        study = studies.of_tables(tables, outputs["ranking"])
        votes = studying.make_polls(study)
        once = confidence.Sampler(votes).without([np.array([], dtype=np.int64)])
        own = study.tables["nodes"].column("own_score").to_pylist()
        assert once.scores[0] == pytest.approx(
            [np.nan if own[node] is None else float(own[node]) for node in votes.nodes], abs=1e-8, nan_ok=True
        )
        checked += votes.nodes.size
    assert checked > 5


def test_a_ballot_that_is_left_out_is_missing_everywhere():
    votes = polls([[90, 80], [70, 85], [80, 81], [100, 94]], trim=1)
    found = confidence.Sampler(votes).without([np.array([3]), np.array([0, 1])])
    assert found.scores.tolist() == [[pytest.approx(80), pytest.approx(81)], [pytest.approx(90), pytest.approx(87.5)]]


def test_cells_that_share_their_draws_are_as_good_as_independent():
    """Many cells of 40 votes: means and spreads are those of the multinomial, and no two cells move together."""
    counts = np.tile(np.array([[20, 12, 6, 2]]), (200, 1))
    found = confidence._drawn(counts, 1000, np.random.default_rng(4)).astype(float)
    shares = counts[0] / 40
    assert found.sum(axis=2).min() == found.sum(axis=2).max() == 40
    assert found.mean(axis=(0, 1)) == pytest.approx(counts[0], abs=0.1)
    assert found.std(axis=1).mean(axis=0) == pytest.approx(np.sqrt(40 * shares * (1 - shares)), rel=0.03)
    together = np.corrcoef(found[:, :, 0])[np.triu_indices(200, 1)]
    assert abs(together.mean()) < 0.005
    assert together.std() == pytest.approx(1 / np.sqrt(1000), rel=0.1)
