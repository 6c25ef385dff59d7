"""Answers of surveys: shares with their counts and intervals, and whether two questions hang together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.statistics.waves import interval
from pipelines.statistics.whatif import Integers

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
    """Counts of two questions together, with the test of independence and Cramér's V."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Integers
    p: float
    is_exact: bool
    v: float


def single(answers: Sequence[str | None]) -> list[Answer]:
    """The shares of a question with one answer each, of those who answered; the most frequent first."""
    given = [answer for answer in answers if answer]
    return _shares([[answer] for answer in given], len(given))


def multiple(answers: Sequence[Sequence[str]]) -> list[Answer]:
    """The shares of a question with several answers each, of those who ticked any; they may add to more than 1."""
    given = [list(dict.fromkeys(answer for answer in own if answer)) for own in answers]
    return _shares(given, sum(bool(own) for own in given))


def cross(one: Sequence[str | None], other: Sequence[str | None]) -> Cross:
    """Two questions together, of those who answered both.

    Pearson's chi-square, or where an expected count is below 5 the same statistic over tables drawn with the same margins
    (20,000, fixed seed); V = √(χ²/(n·(min(r,c)−1))), Cramér (1946).
    """
    from scipy.stats import chi2_contingency

    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a and b]
    rows = tuple(dict.fromkeys(a for a, _ in pairs))
    columns = tuple(dict.fromkeys(b for _, b in pairs))
    counts = np.zeros((len(rows), len(columns)), dtype=np.int64)
    for a, b in pairs:
        counts[rows.index(a), columns.index(b)] += 1
    if min(counts.shape, default=0) < 2:
        return Cross(rows, columns, counts, 1.0, is_exact=True, v=0.0)
    found = chi2_contingency(counts, correction=False)
    v = float(np.sqrt(found.statistic / (counts.sum() * (min(counts.shape) - 1))))
    if found.expected_freq.min() >= LEAST_EXPECTED:
        return Cross(rows, columns, counts, float(found.pvalue), is_exact=False, v=v)
    random = np.random.default_rng(SEED)
    left = np.repeat(np.arange(len(rows)), counts.sum(axis=1))
    right = np.repeat(np.arange(len(columns)), counts.sum(axis=0))
    size, expected = counts.size, found.expected_freq.ravel()
    extreme = 0
    for _ in range(DRAWS // 1000):
        drawn = random.permuted(np.tile(right, (1000, 1)), axis=1)
        cells = left[None, :] * len(columns) + drawn + size * np.arange(1000)[:, None]
        tables = np.bincount(cells.ravel(), minlength=1000 * size).reshape(1000, size)
        extreme += int((((tables - expected) ** 2 / expected).sum(axis=1) >= found.statistic - 1e-9).sum())
    return Cross(rows, columns, counts, (1 + extreme) / (1 + DRAWS), is_exact=True, v=v)


def _shares(given: Sequence[Sequence[str]], size: int) -> list[Answer]:
    counts: dict[str, int] = {}
    for own in given:
        for answer in own:
            counts[answer] = counts.get(answer, 0) + 1
    found = []
    for answer, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        low, high = interval(count, size)
        found.append(Answer(answer, count, size, count / size, low, high))
    return found
