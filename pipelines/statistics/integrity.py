"""Ballots that do not look like judgements: what to ask about, never what to remove.

Answers are arrays with one entry per answer: `sheet` and `cell` (subject and item) number what they belong to. A finding
is a set of sheets; whether it matters is told by the ranks without them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.statistics.rules import Floats, Integers

FEWEST_ANSWERS = 5
"""A shorter sheet with one answer throughout says nothing."""
FEWEST_ALIKE = 8
"""So many answers must agree before two sheets count as copies, or be shared before they count as one block."""
FAR = 3.5
ALIKE = 0.9
SMALLEST_BLOCK = 3
CONSISTENT = 0.6745
"""The 75 % quantile of the normal distribution: it makes the median deviation a standard deviation."""


@dataclass(frozen=True)
class Answers:
    """The answers of one rater group in one poll; sheets are numbered from 0, `stratum` has one entry per sheet."""

    sheet: Integers
    cell: Integers
    points: Floats
    stratum: Integers


@dataclass(frozen=True)
class Returns:
    """Ballots of one meeting: handed out, back, void, and what is missing; `counted` is what was entered."""

    issued: int | None
    returned: int | None
    void: int | None
    counted: int | None

    @property
    def missing(self) -> int | None:
        return None if self.issued is None or self.returned is None else self.issued - self.returned

    @property
    def faults(self) -> tuple[str, ...]:
        """What cannot be: more back than handed out, more void than back, more counted than valid."""
        found = []
        if self.missing is not None and self.missing < 0:
            found.append("returned")
        if self.returned is not None and self.void is not None and self.void > self.returned:
            found.append("void")
        if self.returned is not None and self.counted is not None and self.counted > self.returned - (self.void or 0):
            found.append("counted")
        return tuple(found)


def straight_lined(answers: Answers) -> tuple[Integers, Integers, Integers]:
    """Sheets with one answer throughout: those at the greatest answer of all, at the least, and in between."""
    size = answers.stratum.size
    count = np.bincount(answers.sheet, minlength=size)
    low, high = np.full(size, np.inf), np.full(size, -np.inf)
    np.minimum.at(low, answers.sheet, answers.points)
    np.maximum.at(high, answers.sheet, answers.points)
    same = (count >= FEWEST_ANSWERS) & (low == high)
    top, bottom = answers.points.max(initial=-np.inf), answers.points.min(initial=np.inf)
    return (
        np.flatnonzero(same & (low == top)),
        np.flatnonzero(same & (low == bottom) & (bottom < top)),
        np.flatnonzero(same & (low != top) & (low != bottom)),
    )


def identical(answers: Answers) -> Integers:
    """Sheets that another sheet repeats answer by answer, of at least eight answers that are not all the same."""
    order = np.lexsort((answers.cell, answers.sheet))
    sheet, cell, points = answers.sheet[order], answers.cell[order], answers.points[order]
    seen: dict[tuple[bytes, bytes], list[int]] = {}
    for run in np.split(np.arange(sheet.size), np.flatnonzero(np.diff(sheet)) + 1):
        if run.size >= FEWEST_ALIKE and points[run].min() < points[run].max():
            seen.setdefault((cell[run].tobytes(), points[run].tobytes()), []).append(int(sheet[run[0]]))
    return np.array(sorted(one for sheets in seen.values() if len(sheets) > 1 for one in sheets), dtype=np.int64)


def far_from_peers(answers: Answers) -> Integers:
    """Sheets whose answers lie on average far above or below what others gave the same subjects.

    Modified z above 3.5: 0.6745·(x − median)/MAD of the mean gap to the others; Iglewicz and Hoaglin (1993), How to
    Detect and Handle Outliers. At least five sheets must have peers.
    """
    gap = _gaps(answers)
    known = ~np.isnan(gap)
    size = answers.stratum.size
    count = np.bincount(answers.sheet[known], minlength=size)
    mean = np.bincount(answers.sheet[known], gap[known], minlength=size) / np.maximum(count, 1)
    judged = np.flatnonzero(count > 0)
    if judged.size < FEWEST_ANSWERS:
        return judged[:0]
    middle = np.median(mean[judged])
    spread = np.median(np.abs(mean[judged] - middle))
    if spread <= 0:
        return judged[:0]
    far: Integers = judged[CONSISTENT * np.abs(mean[judged] - middle) / spread > FAR]
    return far


def blocks(answers: Answers) -> list[Integers]:
    """Sets of at least three sheets of one stratum that leave the others' judgement in the same way, as if agreed on.

    Two sheets are linked when their gaps to the mean of their cells correlate by 0.9 or more over eight shared cells;
    a block is a connected set. Sheets with one answer throughout are not judged here.
    """
    from scipy.sparse.csgraph import connected_components

    flat = np.concatenate(straight_lined(answers))
    found = []
    size = int(answers.cell.max(initial=-1)) + 1
    count = np.bincount(answers.cell, minlength=size)
    residual = (
        answers.points
        - (np.bincount(answers.cell, answers.points, minlength=size) / np.maximum(count, 1))[answers.cell]
    )
    stratum_of = answers.stratum[answers.sheet]
    order = np.argsort(stratum_of, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(stratum_of[order])) + 1):
        rows = rows[~np.isin(answers.sheet[rows], flat)]
        sheets, at = np.unique(answers.sheet[rows], return_inverse=True)
        if sheets.size < SMALLEST_BLOCK:
            continue
        cells, of = np.unique(answers.cell[rows], return_inverse=True)
        value, present = np.zeros((sheets.size, cells.size)), np.zeros((sheets.size, cells.size))
        value[at, of], present[at, of] = residual[rows], 1
        shared = present @ present.T
        with np.errstate(invalid="ignore", divide="ignore"):
            sums = value @ present.T
            covariance = value @ value.T - sums * sums.T / shared
            own = (value**2) @ present.T - sums**2 / shared
            correlation = covariance / np.sqrt(own * own.T)
        linked = (shared >= FEWEST_ALIKE) & (correlation >= ALIKE)
        np.fill_diagonal(linked, val=False)
        labels = connected_components(linked, directed=False)[1]
        for label in np.flatnonzero(np.bincount(labels) >= SMALLEST_BLOCK):
            found.append(sheets[labels == label])
    return found


def _gaps(answers: Answers) -> Floats:
    """Each answer less the mean of the other answers in its cell; NaN where there is no other."""
    size = int(answers.cell.max(initial=-1)) + 1
    count = np.bincount(answers.cell, minlength=size)[answers.cell]
    sums = np.bincount(answers.cell, answers.points, minlength=size)[answers.cell]
    others = np.divide(sums - answers.points, count - 1, out=np.full(count.size, np.nan), where=count > 1)
    return np.asarray(answers.points - others)
