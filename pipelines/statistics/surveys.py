"""Answers of surveys: shares with their counts and intervals, and whether two questions hang together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipelines.statistics.rules import Integers
from pipelines.statistics.waves import interval

SEED = 20221231
DRAWS = 20_000
LEAST_EXPECTED = 5
"""With a smaller expected count the test is by drawing tables, not by the chi-square distribution."""


@dataclass(frozen=True)
class Answer:
    """One answer: how many gave it, of how many who answered, and the share with its 95 % Wilson interval."""

    answer: str
    count: int
    size: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True)
class Cross:
    """The test of independence of a table of counts, and Cramér's V."""

    p: float
    is_exact: bool
    v: float


def shares(counts: Mapping[str, int], size: int | None = None) -> list[Answer]:
    """The share of each answer, the most frequent first; of `size` persons where each may give several answers."""
    whole = sum(counts.values()) if size is None else size
    found = []
    for answer, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        low, high = interval(count, whole)
        found.append(Answer(answer, count, whole, count / whole, low, high))
    return found


def cross(counts: Integers) -> Cross:
    """Whether the rows of a table of counts answer differently.

    Pearson's chi-square, or where an expected count is below 5 the same statistic over tables drawn with the same margins
    (20,000, fixed seed); V = √(χ²/(n·(min(r,c)−1))), Cramér (1946). Rows and columns without a count do not count.
    """
    from scipy.stats import chi2_contingency

    table = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(table.shape, default=0) < 2:
        return Cross(1.0, is_exact=True, v=0.0)
    found = chi2_contingency(table, correction=False)
    v = float(np.sqrt(found.statistic / (table.sum() * (min(table.shape) - 1))))
    if found.expected_freq.min() >= LEAST_EXPECTED:
        return Cross(float(found.pvalue), is_exact=False, v=v)
    random = np.random.default_rng(SEED)
    left = np.repeat(np.arange(table.shape[0]), table.sum(axis=1))
    right = np.repeat(np.arange(table.shape[1]), table.sum(axis=0))
    size, expected = table.size, found.expected_freq.ravel()
    extreme, rounds = 0, 200
    for _ in range(DRAWS // rounds):
        drawn = random.permuted(np.tile(right, (rounds, 1)), axis=1)
        cells = left[None, :] * table.shape[1] + drawn + size * np.arange(rounds)[:, None]
        tables = np.bincount(cells.ravel(), minlength=rounds * size).reshape(rounds, size)
        extreme += int((((tables - expected) ** 2 / expected).sum(axis=1) >= found.statistic - 1e-9).sum())
    return Cross((1 + extreme) / (1 + DRAWS), is_exact=True, v=v)


def coarsened(
    counts: Integers, least: int, people: Integers | None = None
) -> tuple[list[list[int]], list[list[int]]] | None:
    """Rows and columns of a table of counts put together until every count is `least` or more; None where two of each do not remain.

    Given as the rows (columns) that stand in each; the smallest go first, so what is shown keeps the large ones apart. With
    `people`, how many each row is of, the columns are answers of which a person may give several: these are not put
    together but left out, and who did not give the answer is a count too.
    """
    rows = [[at] for at in range(counts.shape[0])]
    columns = [[at] for at in range(counts.shape[1])]
    while len(rows) > 1 and len(columns) >= (1 if people is not None else 2):
        table = np.array([[counts[np.ix_(row, column)].sum() for column in columns] for row in rows])
        size = table.sum(axis=1) if people is None else np.array([people[row].sum() for row in rows])
        lowest = table if people is None else np.minimum(table, size[:, None] - table)
        if lowest.min() >= least:
            return rows, columns
        at, of = np.unravel_index(int(np.argmin(lowest)), lowest.shape)
        share, other = size[at] / size.sum(), lowest[:, of].sum() / max(lowest.sum(), 1)
        if people is not None and (len(rows) == 2 or lowest[:, of].sum() < 2 * least):
            columns.pop(int(of))
        elif len(columns) == 2 or (len(rows) > 2 and share <= other):
            _join(rows, size, int(at))
        else:
            _join(columns, table.sum(axis=0), int(of))
    return None


def _join(groups: list[list[int]], sizes: Integers, at: int) -> None:
    """Put a group together with the smallest of the others."""
    others = [place for place in range(len(groups)) if place != at]
    into = min(others, key=lambda place: int(sizes[place]))
    groups[into] = sorted(groups[into] + groups[at])
    groups.pop(at)


def cross_multiple(counts: Integers, people: Integers) -> Cross:
    """Whether groups answer differently where a person may give several answers: `people` of a row gave these answers.

    Each answer is tested by itself, chosen against not chosen, and the smallest p is taken times their number (Bonferroni);
    V is the greatest of them. Agresti and Liu (1999), Biometrics 55, 936–943, on why the answers are not one table.
    """
    tests = [cross(np.stack([column, people - column], axis=1)) for column in counts.T]
    first = min(tests, key=lambda one: one.p)
    return Cross(min(1.0, first.p * len(tests)), first.is_exact, max(one.v for one in tests))
