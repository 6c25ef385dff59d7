"""How sure ranks and grades are, as far as votes decide them: other raters of the same kind could have voted.

Whole ballots are drawn anew with replacement inside their stratum (one rater's sheet for all subjects together, so that
a mild rater stays mild to everybody); votes that came as counts are drawn as a multinomial. Every draw runs through the
full rules of `rescoring`: poll, components, totals, gates, ranks, quotas. Efron (1979), Annals of Statistics 7, 1–26; that the
spread of n ballots is widened by √(n/(n−1)) follows Rao and Wu (1988), JASA 83, 231–241. A group with one ballot shows
no spread and counts as certain; indicators are taken as measured.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.progress import tell
from pipelines.statistics.rescoring import NONE, Field, Outcome, _rounded, rescore
from pipelines.statistics.rules import Flags, Floats, Integers

SEED = 20221231
DRAWS = 1000
EXTREMES = 30
"""Of so many ballots beyond the trimmed ones, at least one is drawn in all but one of 10¹³ draws."""
CHUNK = 4_000_000
POOL = 8
"""So many multinomials over single votes serve all cells with as many votes."""
MOST_PAIRS = 400
"""Cohorts larger than this are not compared pair by pair."""


@dataclass(frozen=True)
class Cells:
    """The means that polls are made of, sorted by `target` and `item`: one per subject, poll, item and rater group.

    `target` is the subject's poll score it is part of, `item` its item there (numbered over all targets). `low` and `high`
    are the least and the greatest answer there can be.
    """

    target: Integers
    item: Integers
    item_weight: Floats
    group_weight: Floats
    mean: Floats
    trim: Integers
    decimals: Integers
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Sheets:
    """Answers on numbered ballots, one row per answer; `stratum` has one entry per sheet, sheets of a stratum in a row.

    `names` says what each sheet is called where it came from: poll, rater group, token. It is never shown.
    """

    stratum: Integers
    sheet: Integers
    cell: Integers
    points: Floats
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Counts:
    """Votes that came as counts, one row per cell and points; no cell has both counts and sheets."""

    cell: Integers
    points: Floats
    votes: Integers


@dataclass(frozen=True)
class Asked:
    """What gates and tie-breaks ask of polls: one entry per column of drawn metrics, and the answers that count for it.

    A column is the poll score `target`, or (target -1) the share `share` of valid answers for some options, `votes` in all,
    times `scale`. Its answers are on `sheet` (with `sheet_column`, and whether they are for these options) or in the row
    `count` of the counts. A column that the answers do not make up in full has none: it stays as it is.
    """

    target: Integers
    share: Floats
    scale: Floats
    votes: Integers
    sheet: Integers
    sheet_column: Integers
    is_sheet_chosen: Flags
    count: Integers
    count_column: Integers
    is_count_chosen: Flags


def nothing_asked() -> Asked:
    """No gate asks anything of polls."""
    none, no, blank = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.bool_), np.empty(0)
    return Asked(none, blank, blank, none, none, none, no, none, none, no)


@dataclass(frozen=True)
class Polls:
    """All votes of a cycle, the rows of the tree (`nodes`) that take the poll score `targets`, and what gates ask of them."""

    cells: Cells
    sheets: Sheets
    counts: Counts
    nodes: Integers
    targets: Integers
    asked: Asked


@dataclass(frozen=True)
class Drawn:
    """What drawn votes give, a row per draw: the scores of the rows of the tree that polls feed, and the drawn metrics."""

    scores: Floats
    metrics: Floats


@dataclass(frozen=True)
class Confidence:
    """Outcomes of all draws: totals (NaN: none) and ranks (0: none) with a row per draw; chances of each grade by subject."""

    official: Outcome
    totals: NDArray[np.float32]
    ranks: NDArray[np.int32]
    chances: Floats

    @property
    def draws(self) -> int:
        return int(self.ranks.shape[0])

    def rank_interval(self, level: float = 0.9) -> tuple[Integers, Integers]:
        """The ranks that the middle `level` of the draws lie between; 0 for who has none."""
        ordered = np.sort(self.ranks, axis=0)
        tail = (1 - level) / 2
        low = ordered[int(np.floor(tail * (self.draws - 1)))]
        high = ordered[int(np.ceil((1 - tail) * (self.draws - 1)))]
        return low.astype(np.int64), high.astype(np.int64)

    def spread(self) -> Floats:
        """The standard deviation of each total over the draws."""
        return np.asarray(np.std(self.totals, axis=0, dtype=np.float64))

    def ahead(self, members: Integers) -> Floats:
        """The share of draws in which each of the members (rows) has a higher total than each other one."""
        own = self.totals[:, members]
        return np.stack([(own[:, [column]] > own).mean(axis=0) for column in range(members.size)])


@dataclass(frozen=True)
class RankSets:
    """Confidence sets for ranks: with the stated confidence the true rank is from `low` to `high`."""

    low: Integers
    high: Integers


def confidence(
    field: Field, polls: Polls, draws: int = DRAWS, seed: int = SEED, weights: Floats | None = None
) -> Confidence:
    """Draw all votes `draws` times and rescore; `weights` may hold a row of tree weights per draw to vary these as well."""
    sampler = Sampler(polls)
    official = rescore(field)
    totals = np.empty((draws, field.size), dtype=np.float32)
    ranks = np.empty((draws, field.size), dtype=np.int32)
    counts = np.zeros((len(field.grades), field.size), dtype=np.int64)
    random = np.random.default_rng(seed)
    size = max(polls.cells.mean.size, field.tree.score.size, polls.sheets.stratum.size, 1)
    chunk = int(np.clip(CHUNK // size, 10, draws)) if draws > 10 else draws
    for start in range(0, draws, chunk):
        tell("draws", start, draws)
        rows = slice(start, min(start + chunk, draws))
        drawn = sampler.draw(rows.stop - rows.start, random)
        of_weights = None if weights is None else weights[rows]
        outcome = rescore(field, drawn.scores, polls.nodes, of_weights, drawn.metrics)
        totals[rows] = np.where(outcome.totals == NONE, np.nan, outcome.totals * field.unit)
        ranks[rows] = outcome.ranks
        for code in range(len(field.grades)):
            counts[code] += (outcome.grades == code).sum(axis=0)
    return Confidence(official, totals, ranks, counts.T / draws)


def rank_sets(estimates: Floats, draws: Floats, level: float = 0.9, is_simultaneous: bool = False) -> RankSets:
    """Confidence sets for the ranks of estimates (higher is better) from draws around them, a row per draw.

    A unit's rank is bounded by those that are surely above and below it, judged by simultaneous confidence intervals for
    its differences (marginal) or for all differences (simultaneous), with the studentised maximum over the draws as
    critical value, stepped down: differences that are sure already do not count again. Mogstad, Romano, Shaikh and Wilhelm
    (2024), Review of Economic Studies 91, 476–518.
    """
    size = estimates.size
    centred = draws - estimates
    gaps = estimates[:, None] - estimates[None, :]
    spreads = np.stack([(centred[:, [own]] - centred).std(axis=0) for own in range(size)])
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.where(spreads > 1e-12, np.abs(gaps) / spreads, np.where(np.abs(gaps) > 1e-12, np.inf, 0.0))

    def largest(own: int, open_: Flags) -> Floats:
        """The greatest studentised gap of a draw between a unit and those that it is not surely apart from."""
        others = np.flatnonzero(open_ & (spreads[own] > 1e-12))
        gap = np.abs(centred[:, [own]] - centred[:, others]) / spreads[own, others]
        return np.asarray(gap.max(axis=1, initial=0.0))

    is_sure = np.zeros((size, size), dtype=np.bool_)
    groups = [list(range(size))] if is_simultaneous else [[own] for own in range(size)]
    for group in groups:
        while True:
            extreme = functools.reduce(np.maximum, (largest(own, ~is_sure[own]) for own in group))
            critical = np.quantile(extreme, level, method="higher")
            fresh = (values[group] > critical) & ~is_sure[group]
            if not fresh.any():
                break
            is_sure[group] |= fresh
    return RankSets(1 + (is_sure & (gaps < 0)).sum(axis=1), size - (is_sure & (gaps > 0)).sum(axis=1))


def strata(owner: Integers, sheet: Integers, sheets: int) -> Integers:
    """The stratum of each sheet: sheets that judge subjects of the same owners (such as a unit) are drawn for one another.

    `owner` and `sheet` have one entry per answer. Sheets whose set of owners nobody shares form one stratum together.
    """
    judged: list[set[int]] = [set() for _ in range(sheets)]
    for one, of in zip(sheet.tolist(), owner.tolist(), strict=True):
        judged[one].add(of)
    names = [frozenset(owners) for owners in judged]
    sizes: dict[frozenset[int], int] = {}
    for name in names:
        sizes[name] = sizes.get(name, 0) + 1
    numbers: dict[frozenset[int], int] = {}
    return np.array(
        [numbers.setdefault(name if sizes[name] > 1 else frozenset(), len(numbers)) for name in names], dtype=np.int64
    )


def made_of(polls: Polls, means: Floats, shares: Floats) -> Drawn:
    """Poll scores and metrics of these means of cells and shares of options: a column of each per row of the answer."""
    cells, asked = polls.cells, polls.asked
    numbers = shares * asked.scale[:, None]
    if not cells.mean.size:
        return Drawn(np.empty((shares.shape[1], 0)), numbers.T)
    means = _rounded(means.T, cells.decimals).T
    items = np.flatnonzero(np.r_[True, np.diff(cells.item) != 0])
    weight = np.add.reduceat(cells.group_weight, items)
    with np.errstate(invalid="ignore", divide="ignore"):
        scores = np.add.reduceat(means * cells.group_weight[:, None], items, axis=0) / weight[:, None]
        targets = cells.target[items]
        starts = np.flatnonzero(np.r_[True, np.diff(targets) != 0])
        item_weight = np.where(weight > 0, cells.item_weight[items], 0.0)
        scores = np.where(item_weight[:, None] > 0, scores, 0.0) * item_weight[:, None]
        poll = np.add.reduceat(scores, starts, axis=0) / np.add.reduceat(item_weight, starts)[:, None]
    metrics = np.where(asked.target[:, None] >= 0, poll[np.maximum(asked.target, 0)], numbers)
    return Drawn(np.ascontiguousarray(poll[polls.targets].T, dtype=np.float64), metrics.T)


def trimmed_means(cell: Integers, points: Floats, votes: Integers, trim: Integers) -> Floats:
    """The mean of each cell after its `trim` highest and lowest votes are dropped, where more than twice as many remain.

    One entry of `cell`, `points` and `votes` per cell and points, in any order (specification, section 5).
    """
    size = trim.size
    if trim.any():
        order = np.lexsort((points, cell))
        cell, points, votes = cell[order], points[order], votes[order]
        whole = np.bincount(cell, votes, minlength=size)
        cut = np.where(whole > 2 * trim, trim, 0)[cell]
        through = np.cumsum(votes)
        before = through - votes
        start = (np.cumsum(whole) - whole)[cell]
        kept = np.minimum(through - start, whole[cell] - cut) - np.maximum(before - start, cut)
        votes = np.maximum(kept, 0).astype(np.int64)
    count = np.bincount(cell, votes, minlength=size)
    sums = np.bincount(cell, votes * points, minlength=size)
    return np.asarray(np.divide(sums, count, out=np.full(size, np.nan), where=count > 0))


class Sampler:
    """The votes prepared for drawing: dense blocks of deviations from the mean by stratum, counts by number of levels."""

    def __init__(self, polls: Polls):
        self._polls = polls
        cells, sheets = polls.cells, polls.sheets
        size = cells.mean.size
        answered = np.bincount(sheets.cell, minlength=size) + np.bincount(
            polls.counts.cell, polls.counts.votes, minlength=size
        )
        answers = np.concatenate([answered, polls.asked.votes])
        self._widening = np.sqrt(np.divide(answers, answers - 1, out=np.zeros(answers.size), where=answers > 1))
        sums = np.bincount(sheets.cell, sheets.points, minlength=size) + np.bincount(
            polls.counts.cell, polls.counts.points * polls.counts.votes, minlength=size
        )
        self._plain = np.divide(sums, answered, out=np.zeros(size), where=answered > 0)
        self._deviations = sheets.points - self._plain[sheets.cell]
        self._blocks = list(self._make_blocks())
        self._trimmed = list(self._make_trimmed())
        self._counted = list(self._make_counted())
        self._observed = self._offsets(
            np.ones((sheets.stratum.size, 1)), [one.votes[:, None, :] for one in self._counted]
        )

    def draw(self, draws: int, random: np.random.Generator) -> Drawn:
        """A draw of all votes per row."""
        stratum = self._polls.sheets.stratum
        weights = np.empty((stratum.size, draws), dtype=np.float32)
        for members in np.split(np.arange(stratum.size), np.flatnonzero(np.diff(stratum)) + 1):
            if members.size:
                weights[members] = _resampled(members.size, draws, random)
        votes = [_drawn(one.votes, draws, random) for one in self._counted]
        offsets = self._offsets(weights, votes) - self._observed
        return self._scores(offsets * self._widening[:, None])

    def without(self, sheets: Sequence[Integers]) -> Drawn:
        """The same with some ballots left out: a row per set of sheets. A mean keeps its last ballot."""
        weights = np.ones((self._polls.sheets.stratum.size, len(sheets)))
        for column, left_out in enumerate(sheets):
            weights[left_out, column] = 0
        votes = [np.repeat(one.votes[:, None, :], len(sheets), axis=1) for one in self._counted]
        return self._scores(self._offsets(weights, votes) - self._observed)

    def shifted(self, offsets: Floats) -> Drawn:
        """The same with every mean moved by `offsets`: a row per cell, a column per variant; shares of options stay."""
        stay = np.zeros((self._polls.asked.target.size, offsets.shape[1]))
        return self._scores(np.concatenate([offsets, stay]))

    def _scores(self, offsets: Floats) -> Drawn:
        """What means and shares give that lie so far from the official ones: a column of `offsets` per row."""
        cells, asked = self._polls.cells, self._polls.asked
        size = cells.mean.size
        means = np.clip(cells.mean[:, None] + offsets[:size], cells.low[:, None], cells.high[:, None])
        return made_of(self._polls, means, np.clip(asked.share[:, None] + offsets[size:], 0, 1))

    def _offsets(self, weights: NDArray[np.floating], votes: list[NDArray[np.int64]]) -> Floats:
        """How far each cell's mean, and each share, lies from its plain one; 0 where no ballot of it was drawn."""
        size = self._polls.cells.mean.size + self._polls.asked.target.size
        sums = np.zeros((size, weights.shape[1]))
        counts = np.zeros((size, weights.shape[1]))
        for members, columns, deviations, present in self._blocks:
            own = weights[members].astype(deviations.dtype, copy=False)
            sums[columns] += deviations.T @ own
            counts[columns] += own.sum(axis=0) if present is None else present.T @ own
        for columns, trim, highest, above, lowest, below in self._trimmed:
            is_cut = counts[columns] > 2 * trim
            cut = _removed(weights, highest, above, trim) + _removed(weights, lowest, below, trim)
            sums[columns] -= np.where(is_cut, cut, 0.0)
            counts[columns] -= np.where(is_cut, 2.0 * trim, 0.0)
        for one, drawn in zip(self._counted, votes, strict=True):
            trims = self._polls.cells.trim[one.columns][:, None]
            whole = drawn.sum(axis=2)
            cut_off = np.where(whole > 2 * trims, trims, 0)
            through = np.zeros_like(whole)
            for level in range(drawn.shape[2]):
                before, through = through, through + drawn[:, :, level]
                kept = np.minimum(through, whole - cut_off) - np.maximum(before, cut_off)
                sums[one.columns] += np.maximum(kept, 0) * one.deviations[:, [level]]
            counts[one.columns] = whole - 2 * cut_off
            if one.shares is not None:
                levels = drawn.transpose(0, 2, 1).reshape(-1, drawn.shape[1])
                sums += one.shares @ levels
                counts += one.valid @ levels
        return np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)

    def _make_blocks(self) -> Iterator[tuple[Integers, Integers, NDArray[np.floating], NDArray[np.floating] | None]]:
        sheets, asked = self._polls.sheets, self._polls.asked
        sheet, cell, deviation = sheets.sheet, sheets.cell, self._deviations
        if asked.sheet.size:
            sheet = np.concatenate([sheet, asked.sheet])
            cell = np.concatenate([cell, self._polls.cells.mean.size + asked.sheet_column])
            share = asked.is_sheet_chosen - asked.share[asked.sheet_column]
            deviation = np.concatenate([deviation, share])
        for rows in _runs(sheets.stratum[sheet]):
            members, at = _numbered(sheet[rows], sheets.stratum.size)
            columns, of = _numbered(cell[rows], self._widening.size)
            kind = np.float64 if at.size < CHUNK // 20 else np.float32
            place, shape = at * columns.size + of, (members.size, columns.size)
            sums = np.bincount(place, deviation[rows], minlength=members.size * columns.size).astype(kind)
            present = np.bincount(place, minlength=members.size * columns.size).reshape(shape)
            is_full = bool((present == 1).all())
            yield members, columns, sums.reshape(shape).astype(kind), None if is_full else present.astype(kind)

    def _make_trimmed(self) -> Iterator[tuple[Integers, int, Integers, Floats, Integers, Floats]]:
        """Cells of sheets whose extremes are cut, by trim and number of answers: their highest and lowest answers."""
        sheets, trims = self._polls.sheets, self._polls.cells.trim
        chosen = np.flatnonzero(trims[sheets.cell] > 0) if trims.any() else trims[:0]
        if not chosen.size:
            return
        own = self._deviations[chosen]
        order = chosen[np.argsort(sheets.cell[chosen] * (4 * np.abs(own).max() + 1) + own)]
        runs = np.split(order, np.flatnonzero(np.diff(sheets.cell[order])) + 1)
        grouped: dict[tuple[int, int], list[Integers]] = {}
        for run in runs:
            grouped.setdefault((int(trims[sheets.cell[run[0]]]), run.size), []).append(run)
        for (trim, size), members in grouped.items():
            rows = np.stack(members)
            reach = min(size, trim + EXTREMES)
            for part in np.array_split(rows, max(1, rows.shape[0] * reach * 1000 // (4 * CHUNK))):
                highest, lowest = part[:, ::-1][:, :reach], part[:, :reach]
                yield (
                    sheets.cell[part[:, 0]],
                    trim,
                    sheets.sheet[highest],
                    self._deviations[highest],
                    sheets.sheet[lowest],
                    self._deviations[lowest],
                )

    def _make_counted(self) -> Iterator[_Counted]:
        """Cells of counts by the number of different points in them."""
        counts = self._polls.counts
        order = np.lexsort((counts.points, counts.cell))
        runs = np.split(order, np.flatnonzero(np.diff(counts.cell[order])) + 1) if order.size else []
        grouped: dict[int, list[Integers]] = {}
        for run in runs:
            grouped.setdefault(run.size, []).append(run)
        for members in grouped.values():
            rows = np.stack(members)
            columns = counts.cell[rows[:, 0]]
            deviations = counts.points[rows] - self._plain[columns][:, None]
            yield _Counted(columns, deviations, counts.votes[rows], *self._links(rows.ravel()))

    def _links(self, rows: Integers) -> tuple[Any, Any]:
        """Matrices from the votes in these rows of the counts to the shares they are part of; None where none is."""
        asked, size = self._polls.asked, self._polls.cells.mean.size
        at = np.full(self._polls.counts.cell.size, -1)
        at[rows] = np.arange(rows.size)
        own = np.flatnonzero(at[asked.count] >= 0)
        if not own.size:
            return None, None
        from scipy.sparse import csr_array

        column = asked.count_column[own]
        where = (size + column, at[asked.count[own]])
        shape = (size + asked.target.size, rows.size)
        chosen = asked.is_count_chosen[own] - asked.share[column]
        return csr_array((chosen, where), shape=shape), csr_array((np.ones(own.size), where), shape=shape)


@dataclass(frozen=True)
class _Counted:
    """Cells of counts with as many different points, lowest first; and the shares that their votes are part of."""

    columns: Integers
    deviations: Floats
    votes: Integers
    shares: Any
    valid: Any


def _drawn(counts: Integers, draws: int, random: np.random.Generator) -> Integers:
    """Multinomial draws of rows of counts (cells, draws, levels).

    Where many cells have the same number of votes, their votes in a row share a few multinomials over single votes; each
    cell takes one of these from a draw of its own on, so that two cells hardly ever move together.
    """
    cells, levels = counts.shape
    result = np.empty((cells, draws, levels), dtype=np.int64)
    totals = counts.sum(axis=1)
    for total in np.unique(totals):
        rows = np.flatnonzero(totals == total)
        own = counts[rows]
        if rows.size * levels < POOL * total:
            result[rows] = random.multinomial(total, own[:, None, :] / total, (rows.size, draws))
            continue
        single = random.multinomial(total, np.full(total, 1 / total), (POOL, draws))
        through = np.zeros((POOL, total + 1, 2 * draws), dtype=np.int32)
        through[:, 1:, :draws] = np.cumsum(single, axis=2).transpose(0, 2, 1)
        through[:, :, draws:] = through[:, :, :draws]
        taken, shift = random.integers(POOL, size=rows.size), random.integers(draws, size=rows.size)
        until = np.zeros((rows.size, draws), dtype=np.int32)
        for level, bound in enumerate(np.cumsum(own, axis=1).T):
            start = ((taken * (total + 1) + bound) * 2 * draws + shift)[:, None]
            before, until = until, through.ravel()[start + np.arange(draws)]
            result[rows, :, level] = until - before
    return result


def _runs(labels: Integers) -> Iterator[Integers | slice]:
    """The positions of each label."""
    if not labels.size:
        return
    steps = np.diff(labels)
    if (steps >= 0).all():
        edges = [0, *(np.flatnonzero(steps) + 1).tolist(), labels.size]
        yield from itertools.starmap(slice, itertools.pairwise(edges))
    else:
        order = np.argsort(labels, kind="stable")
        yield from np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)


def _numbered(values: Integers, size: int) -> tuple[Integers, Integers]:
    """The different values, all below `size`, and for each value its place among them."""
    place = np.zeros(size, dtype=np.int64)
    place[values] = 1
    different = np.flatnonzero(place)
    place[different] = np.arange(different.size)
    return different, place[values]


def _resampled(size: int, draws: int, random: np.random.Generator) -> Integers:
    """How often each of `size` sheets is drawn in as many draws with replacement: a row per sheet, a column per draw."""
    drawn = random.integers(size, size=(draws, size), dtype=np.int32)
    drawn += (np.arange(draws, dtype=np.int32) * size)[:, None]
    return np.bincount(drawn.ravel(), minlength=draws * size).reshape(draws, size).T


def _removed(weights: NDArray[np.floating], sheets: Integers, deviations: Floats, trim: int) -> Floats:
    """What the first `trim` drawn ballots of each row of `sheets`, most extreme first, add to the sum."""
    through = np.zeros((sheets.shape[0], weights.shape[1]), dtype=weights.dtype)
    cut = np.zeros(through.shape)
    for place in range(sheets.shape[1]):
        before = np.minimum(through, trim)
        through += weights[sheets[:, place]]
        cut += (np.minimum(through, trim) - before) * deviations[:, [place]]
        if through.min(initial=trim) >= trim:
            break
    return cut
