"""How long the confidence of a large district takes: 1,000 draws of the votes on 2,000 subjects, 10 million answers.

    python -m tests.bench.bootstrap [DRAWS]

2,000 people in 40 units; the 1,000 raters of a unit judge all of its people on five items on numbered ballots, and ranks
and quotas are worked out in every draw. A second round has the same number of votes as counts of four options, from four
rater groups, and a third one trims. Prints processor seconds; the goal is at most 10. A few draws of the first round are
made naively too, answer by answer; the goal is to be at least 50 times as fast. The standard errors of the first round are compared
with the analytic ones (deviation of a rater's mean through the root of the raters): on average at most half a per cent apart.
"""

import sys
import time

import numpy as np

from pipelines.statistics.confidence import Cells, Counts, Polls, Sheets, confidence, nothing_asked
from pipelines.statistics.rescoring import rescore
from tests.bench.history import note
from tests.statistics.test_rescoring import contest, flat

SUBJECTS, UNITS, RATERS, ITEMS, GROUPS = 2000, 40, 1000, 5, 4
GOAL, FASTER, NAIVE_DRAWS, APART = 10, 50, 5, 0.5


def cells(count, per_item, means, trim=0):
    """Cells of `count` means, `per_item` rater groups to an item and five items to a poll score."""
    number = np.arange(count)
    one = np.ones(count)
    return Cells(
        number // (ITEMS * per_item), number // per_item, one, one, means, number * 0 + trim, number * 0 - 1, one * 0, one * 100
    )  # fmt: skip


def ballots(trim=0):
    """Every rater's sheet holds all people of the unit and all items."""
    random = np.random.default_rng(1)
    people = SUBJECTS // UNITS
    size = SUBJECTS * ITEMS
    sheet = np.repeat(np.arange(UNITS * RATERS), people * ITEMS)
    cell = np.tile(np.arange(size).reshape(UNITS, 1, -1), (1, RATERS, 1)).ravel()
    points = np.rint(random.normal(85, 8, sheet.size)).clip(0, 100)
    means = np.bincount(cell, points, minlength=size) / RATERS
    nodes = np.arange(SUBJECTS)
    empty = np.empty(0, dtype=np.int64)
    stratum = np.repeat(np.arange(UNITS), RATERS)
    return Polls(
        cells(size, 1, means, trim),
        Sheets(stratum, sheet, cell, points),
        Counts(empty, empty + 0.0, empty),
        nodes,
        nodes,
        nothing_asked(),
    )


def counts():
    """The same number of votes as counts."""
    random = np.random.default_rng(1)
    size = SUBJECTS * ITEMS * GROUPS
    options = np.array([100.0, 85, 70, 0])
    votes = random.multinomial(RATERS // GROUPS, [0.5, 0.3, 0.15, 0.05], size)
    means = votes @ options / votes.sum(axis=1)
    kept = votes.ravel() > 0
    nodes = np.arange(SUBJECTS)
    empty = np.empty(0, dtype=np.int64)
    return Polls(
        cells(size, GROUPS, means),
        Sheets(empty, empty, empty, empty + 0.0),
        Counts(np.repeat(np.arange(size), 4)[kept], np.tile(options, size)[kept], votes.ravel()[kept]),
        nodes,
        nodes,
        nothing_asked(),
    )


def field_of(votes):
    """20 cohorts of 100; in each the best 15 are A, the next 60 B."""
    poll = np.add.reduceat(votes.cells.mean, np.flatnonzero(np.r_[True, np.diff(votes.cells.target) != 0]))
    groups = np.split(np.arange(SUBJECTS), 20)
    contests = [contest(0, 1, members, 15) for members in groups] + [contest(1, 2, members, 60) for members in groups]
    contests += [contest(2, 3, members) for members in groups]
    return flat(poll[:, None], [1], contests=contests, grades="ABC", cohort=np.arange(SUBJECTS) // 100, decimals=4)


def naive(field, votes, draws):
    """The same draws as one would write them down: pick the raters of every unit, copy their answers, take the means."""
    random = np.random.default_rng(1)
    answers = votes.sheets.sheet.size // (UNITS * RATERS)
    for _ in range(draws):
        raters = random.integers(RATERS, size=(UNITS, RATERS)) + np.arange(UNITS)[:, None] * RATERS
        rows = (raters.reshape(-1, 1) * answers + np.arange(answers)).ravel()
        cell, points = votes.sheets.cell[rows], votes.sheets.points[rows]
        means = np.bincount(cell, points) / np.bincount(cell)
        rescore(field, means.reshape(-1, ITEMS).mean(axis=1)[None, :], votes.nodes)


def apart(totals, votes):
    """By how many per cent the drawn standard errors differ from the analytic ones, on average over all people."""
    sheets = votes.sheets.points.reshape(UNITS, RATERS, -1, ITEMS).mean(axis=3)
    analytic = sheets.std(axis=1).ravel() / np.sqrt(RATERS)
    return 100 * abs(float((totals.std(axis=0, dtype=np.float64) / analytic).mean()) - 1)


def main(draws):
    """Measure the three rounds, and the naive way."""
    for name, make in (("ballots", ballots), ("counts", counts), ("trimmed ballots", lambda: ballots(trim=5))):
        votes = make()
        started = time.process_time()
        found = confidence(field_of(votes), votes, draws)
        spent = time.process_time() - started
        answers = votes.sheets.points.size + int(votes.counts.votes.sum())
        note("bootstrap", f"{name}: {answers:,} answers, {draws:,} draws", spent, "s", f"<= {GOAL}")
        if name == "ballots":
            note(
                "bootstrap",
                f"{name}: standard errors beside the analytic",
                apart(found.totals, votes),
                "%",
                f"<= {APART}",
            )
            started = time.process_time()
            naive(field_of(votes), votes, NAIVE_DRAWS)
            slow = (time.process_time() - started) / NAIVE_DRAWS * draws
            note("bootstrap", f"{name}: naive resampling / product", slow / spent, goal=f">= {FASTER}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
