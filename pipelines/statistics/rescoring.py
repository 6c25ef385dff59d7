"""The rules from component scores to grades once more, for thousands of variants at a time.

`sql/scoring` makes the official numbers, one scheme at a time and exact. This module answers "and what if": the same
tree, totals, ranks and quotas over arrays whose first axis counts variants, with scores or weights or seats changed. What
it gives for the official numbers equals them (a test holds that), and nothing of it is ever stored as a result.

Three things are held as the official run decided them, whatever a variant changes: which gates hold, the order that
tie-breaks give, and what depends on the grade of a parent. Totals are whole numbers of the last decimal that ranks use,
so that ties are ties.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

NONE = -(2**62)
"""The total of somebody who has none."""
PARTS = 1_000_000_000
NO_GRADE = -1


@dataclass(frozen=True)
class Tree:
    """The component trees of all subjects: one row per subject and component.

    `parent` is a row of the tree, or -1 at a root. `score` is what a leaf contributes, NaN where it has none. A row with
    `is_from_parent` takes the total of the owner's parent instead. `depth` is 1 at a root.
    """

    owner: Integers
    parent: Integers
    depth: Integers
    weight: Floats
    score: Floats
    has_data: Flags
    is_from_parent: Flags
    is_geometric: Flags
    is_zero: Flags
    decimals: Integers
    least: Integers


@dataclass(frozen=True)
class Contest:
    """The subjects that compete for one grade in one pool or part; `seats` None is no limit.

    `may_take` says of each member whether its gates let it have the grade, `is_last` whether it is its last one.
    """

    grade: int
    order: int
    members: Integers
    may_take: Flags
    is_last: Flags
    seats: int | None
    min_score: float | None


@dataclass(frozen=True)
class Field:
    """All who take part, and the rules that make totals, ranks and grades of their scores.

    `forced` is a grade or `NO_GRADE`; `tiebreak` the official order within a kind, lower is better; `added` bonus less
    deduction. Kinds are numbered in the order of evaluation.
    """

    kind: Integers
    cohort: Integers
    parent: Integers
    is_graded: Flags
    added: Floats
    tiebreak: Integers
    forced: Integers
    tree: Tree
    contests: tuple[Contest, ...]
    grades: tuple[str, ...]
    rank_decimals: int
    total_min: float
    total_max: float | None
    is_border_included: bool

    @property
    def size(self) -> int:
        return int(self.kind.size)


@dataclass(frozen=True)
class Outcome:
    """Totals (whole numbers of the last decimal), ranks (0: none) and grades (`NO_GRADE`: none); a row per variant."""

    totals: Integers
    ranks: NDArray[np.int32]
    grades: NDArray[np.int16]


def rescore(
    field: Field,
    scores: Floats | None = None,
    nodes: Integers | None = None,
    weights: Floats | None = None,
    seats: Sequence[int | None] | None = None,
) -> Outcome:
    """Totals, ranks and grades of each variant.

    `scores` has a row per variant and a column per tree row in `nodes`, whose scores it replaces; `weights` a row per
    variant (or one for all) and a column per tree row; `seats` one number per contest.
    """
    totals = total(field, scores, nodes, weights)
    keys = _keys(field, totals)
    return Outcome(totals, rank(field, keys), grade(field, totals, keys, seats))


def total(
    field: Field, scores: Floats | None = None, nodes: Integers | None = None, weights: Floats | None = None
) -> Integers:
    """The total of everybody in each variant, `NONE` without a base (specification, sections 6 and 7)."""
    return evaluate(field, scores, nodes, weights)[0]


def evaluate(
    field: Field, scores: Floats | None = None, nodes: Integers | None = None, weights: Floats | None = None
) -> tuple[Integers, Floats]:
    """The totals as `total` gives them, and the score of every row of the tree."""
    tree = field.tree
    variants = 1
    for given in (scores, weights):
        if given is not None and given.ndim == 2:
            variants = max(variants, given.shape[0])
    values = np.repeat(tree.score[None, :], variants, axis=0)
    if scores is not None and nodes is not None:
        values[:, nodes] = _rounded(scores, tree.decimals[nodes])
    weight = np.atleast_2d(tree.weight if weights is None else weights)
    present = tree.has_data.copy()
    totals = np.full((variants, field.size), NONE, dtype=np.int64)
    unit = np.float64(10.0**-field.rank_decimals)
    for kind in np.unique(field.kind):
        own = field.kind[tree.owner] == kind
        fed = np.flatnonzero(own & tree.is_from_parent)
        if fed.size:
            source = totals[:, field.parent[tree.owner[fed]]]
            held = (field.parent[tree.owner[fed]] >= 0) & (source != NONE)
            values[:, fed] = np.where(
                held, _rounded((source * unit).astype(np.float64), tree.decimals[fed]), values[:, fed]
            )
        for depth in range(int(tree.depth[own].max(initial=1)), 0, -1):
            children = np.flatnonzero(own & (tree.depth == depth))
            if not children.size:
                continue
            above = tree.parent[children] if depth > 1 else tree.owner[children]
            children = children[np.argsort(above, kind="stable")]
            above = tree.parent[children] if depth > 1 else tree.owner[children]
            starts = np.flatnonzero(np.r_[True, above[1:] != above[:-1]])
            means, counts = _aggregate(values, weight, present, children, starts, tree, above if depth > 1 else None)
            into = above[starts]
            if depth > 1:
                means = np.where(counts < tree.least[into], np.nan, means)
                means = _rounded(means, tree.decimals[into])
                values[:, into] = np.where(np.isnan(means) & tree.is_zero[into], 0.0, means)
                present[into] = np.logical_or.reduceat(present[children] & (tree.weight[children] > 0), starts)
            else:
                exact = means + field.added[into]
                exact = np.maximum(
                    exact if field.total_max is None else np.minimum(exact, field.total_max), field.total_min
                )
                totals[:, into] = _settled(exact, field.rank_decimals)
    return totals, values


def shares(field: Field, values: Floats) -> Floats:
    """What each row of the tree weighs in its owner's base after renormalising; 0 without a score (section 6).

    `values` holds the score of every row. The shares of a subject's leaves add to 1.
    """
    tree = field.tree
    weight = np.where(np.isnan(values), 0.0, tree.weight)
    result = np.zeros(values.size)
    for depth in range(1, int(tree.depth.max(initial=0)) + 1):
        rows = np.flatnonzero(tree.depth == depth)
        above = tree.parent[rows] if depth > 1 else tree.owner[rows]
        sums = np.bincount(above, weight[rows], minlength=max(values.size, field.size))[above]
        own = np.divide(weight[rows], sums, out=np.zeros(rows.size), where=sums > 0)
        result[rows] = own * (result[above] if depth > 1 else 1.0)
    return result


def restricted(field: Field, kind: int) -> tuple[Field, Integers, Integers]:
    """The field with one kind only, parents' totals held as they are; with the places of its subjects and tree rows."""
    totals, _ = evaluate(field)
    places = np.flatnonzero(field.kind == kind)
    rows = np.flatnonzero(np.isin(field.tree.owner, places))
    new_place = np.full(field.size, -1)
    new_place[places] = np.arange(places.size)
    new_row = np.full(field.tree.owner.size + 1, -1)
    new_row[rows] = np.arange(rows.size)
    tree = field.tree
    above = field.parent[tree.owner]
    given = np.where((above >= 0) & (totals[0, above] != NONE), totals[0, above] * 10.0**-field.rank_decimals, np.nan)
    score = np.where(tree.is_from_parent & ~np.isnan(given), _rounded(given[None, :], tree.decimals)[0], tree.score)
    own = {
        name: getattr(tree, name)[rows]
        for name in ("depth", "weight", "has_data", "is_geometric", "is_zero", "decimals", "least")
    }
    kept = Tree(
        owner=new_place[tree.owner[rows]],
        parent=new_row[tree.parent[rows]],
        score=score[rows],
        is_from_parent=np.zeros(rows.size, dtype=np.bool_),
        **own,
    )
    contests = tuple(
        replace(contest, members=new_place[contest.members])
        for contest in field.contests
        if field.kind[contest.members[0]] == kind
    )
    per_subject = {
        name: getattr(field, name)[places] for name in ("kind", "cohort", "is_graded", "added", "tiebreak", "forced")
    }
    none = np.full(places.size, -1)
    return replace(field, parent=none, tree=kept, contests=contests, **per_subject), places, rows


def rank(field: Field, keys: Integers) -> NDArray[np.int32]:
    """Competition ranks inside each cohort; 0 for who is not ranked (specification, section 10)."""
    ranks = np.zeros(keys.shape, dtype=np.int32)
    for members in _groups(np.where(field.is_graded, field.cohort, -1)):
        own = keys[:, members]
        order = np.argsort(-own, axis=1, kind="stable")
        first, _ = _ties(np.take_along_axis(own, order, axis=1))
        places = np.empty(own.shape, dtype=np.int32)
        np.put_along_axis(places, order, (first + 1).astype(np.int32), axis=1)
        ranks[:, members] = np.where(own == NONE, 0, places)
    return ranks


def grade(
    field: Field, totals: Integers, keys: Integers, seats: Sequence[int | None] | None = None
) -> NDArray[np.int16]:
    """Grades filled from the best down, ties at a border together (specification, section 11)."""
    has_standing = keys != NONE
    grades = np.where(has_standing, field.forced[None, :], NO_GRADE).astype(np.int16)
    limits = [contest.seats for contest in field.contests] if seats is None else list(seats)
    places = sorted(range(len(field.contests)), key=lambda place: field.contests[place].order)
    unit = 10.0**-field.rank_decimals
    for place in places:
        contest, limit = field.contests[place], limits[place]
        members = contest.members
        own = keys[:, members]
        before = grades[:, members]
        is_open = (before == NO_GRADE) & has_standing[:, members]
        competes = is_open & contest.may_take & ~contest.is_last
        if contest.min_score is not None:
            competes &= totals[:, members] >= np.int64(np.ceil(contest.min_score / unit - 1e-6))
        takes = competes if limit is None else competes & _within(own, competes, limit, field.is_border_included)
        grades[:, members] = np.where(takes | (is_open & contest.is_last), contest.grade, before)
    return grades


def _keys(field: Field, totals: Integers) -> Integers:
    """Numbers that order everybody of a kind: total first, then the official tie-break; higher is better."""
    base = int(field.tiebreak.max(initial=0)) + 1
    has_standing = (totals != NONE) & field.is_graded
    return np.where(has_standing, np.where(has_standing, totals, 0) * base + (base - 1 - field.tiebreak), NONE)


def _aggregate(
    values: Floats,
    weight: Floats,
    present: Flags,
    children: Integers,
    starts: Integers,
    tree: Tree,
    above: Integers | None,
) -> tuple[Floats, Integers]:
    """Weighted means of runs of children, and how many of them have data; NaN without a weight behind them."""
    own = values[:, children]
    has_score = ~np.isnan(own)
    weights = np.where(has_score, weight[:, children], 0.0)
    sums = np.add.reduceat(weights, starts, axis=1)
    means = np.add.reduceat(weights * np.where(has_score, own, 0.0), starts, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where(sums > 0, means / sums, np.nan)
        if above is not None and tree.is_geometric[above[starts]].any():
            logs = np.log(np.where(has_score & (own > 0), own, 1.0))
            geometric = np.exp(np.add.reduceat(weights * logs, starts, axis=1) / sums)
            lowest = np.minimum.reduceat(np.where(has_score, own, np.inf), starts, axis=1)
            geometric = np.where(sums > 0, np.where(lowest <= 0, 0.0, geometric), np.nan)
            means = np.where(tree.is_geometric[above[starts]], geometric, means)
    counts = np.add.reduceat((has_score & present[children]).astype(np.int64), starts, axis=1)
    return means, counts


def _within(keys: Integers, competes: Flags, seats: int, is_included: bool) -> Flags:
    """Who of the competitors is inside the seats, in the order of the keys; ties are taken together or not at all."""
    order = np.argsort(-keys, axis=1, kind="stable")
    ordered = np.take_along_axis(keys, order, axis=1)
    counts = np.take_along_axis(competes, order, axis=1).astype(np.int32)
    through = np.cumsum(counts, axis=1, dtype=np.int32)
    first, last = _ties(ordered)
    before = np.take_along_axis(through, first, axis=1) - np.take_along_axis(counts, first, axis=1)
    through = np.take_along_axis(through, last, axis=1)
    inside = (through <= seats) | ((before < seats) & is_included)
    result = np.empty(keys.shape, dtype=np.bool_)
    np.put_along_axis(result, order, inside, axis=1)
    return result


def _ties(ordered: Integers) -> tuple[Integers, Integers]:
    """The first and the last position of the run of equal numbers that each position belongs to."""
    size = ordered.shape[1]
    positions = np.arange(size)
    differs = ordered[:, 1:] != ordered[:, :-1]
    if differs.all():
        same = np.broadcast_to(positions, ordered.shape)
        return same, same
    edge = np.ones((ordered.shape[0], 1), dtype=np.bool_)
    first = np.maximum.accumulate(np.where(np.hstack([edge, differs]), positions, 0), axis=1)
    ends = np.where(np.hstack([differs, edge]), positions, size)
    last = np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1]
    return first, last


def _groups(labels: Integers) -> list[Integers]:
    """The positions of each label that is not negative."""
    order = np.argsort(labels, kind="stable")
    edges = np.flatnonzero(np.diff(labels[order])) + 1
    return [group for group in np.split(order, edges) if group.size and labels[group[0]] >= 0]


def _settled(values: Floats, decimals: int) -> Integers:
    """settle(x, d) as a whole number of the last decimal, half away from zero; `NONE` for NaN (section 3)."""
    missing = np.isnan(values)
    parts = np.rint(np.where(missing, 0.0, values) * PARTS).astype(np.int64)
    unit = 10 ** (9 - decimals)
    whole = (2 * np.abs(parts) + unit) // (2 * unit) * np.sign(parts)
    return np.where(missing, NONE, whole)


def _rounded(values: Floats, decimals: Integers) -> Floats:
    """Values rounded to the decimals of their column where these are not negative, half away from zero."""
    result = values
    for places in np.unique(decimals[decimals >= 0]):
        columns = decimals == places
        if result is values:
            result = values.copy()
        settled = _settled(values[:, columns], int(places))
        result[:, columns] = np.where(settled == NONE, np.nan, settled * 10.0 ** -int(places))
    return result
