"""The rules from component scores to grades once more, for thousands of variants at a time.

`sql/scoring` makes the official numbers, one scheme at a time and exact. This module answers "and what if": the same
tree, totals, gates, ranks and quotas over arrays whose first axis counts variants, with scores or weights changed. What
it gives for the official numbers equals them (a test holds that), and nothing of it is ever stored as a result.

Held as the official run decided them are metrics that neither votes nor weights make (events, attributes, history, shares
of ballots where points do not tell options apart), and what a filter asks of a parent's grade outside the grade table.
Totals are whole numbers of the last decimal that ranks use, so that ties are ties.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipelines.statistics import rules
from pipelines.statistics.rules import (
    NO_GRADE,
    PARTS,
    UNKNOWN,
    Flags,
    Floats,
    Gate,
    Integers,
    Metric,
    Pool,
    Standing,
)

NONE = UNKNOWN
"""The total of somebody who has none."""


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
    """The subjects of one kind that compete for one grade in one pool or part; `seats` None is no limit.

    Where a pool of the field has the contest its seats follow from that. `allowed` says for which grades of the parent
    (the last one: none) the row applies; None: for all.
    """

    grade: int
    order: int
    members: Integers
    seats: int | None
    min_score: float | None
    allowed: Flags | None = None


@dataclass(frozen=True)
class Field:
    """All who take part, and the rules that make totals, ranks and grades of their scores.

    `is_graded` is who has a rank and a grade unless a gate bars him or there is no total; `added` bonus less deduction;
    `tiebreaks` are metrics and whether the higher comes first. Kinds are numbered in the order of evaluation; `parent` is
    -1 unless it is of an earlier kind.
    """

    kind: Integers
    cohort: Integers
    parent: Integers
    is_graded: Flags
    added: Floats
    tree: Tree
    metrics: tuple[Metric, ...]
    gates: tuple[Gate, ...]
    tiebreaks: tuple[tuple[int, bool], ...]
    contests: tuple[Contest, ...]
    pools: tuple[Pool, ...]
    grades: tuple[str, ...]
    rank_decimals: int
    total_min: float
    total_max: float | None
    is_border_included: bool
    is_everybody_counted: bool = False

    @property
    def size(self) -> int:
        return int(self.kind.size)

    @functools.cached_property
    def unit(self) -> float:
        """The last decimal of a total."""
        return float(10.0**-self.rank_decimals)


@dataclass(frozen=True)
class Scores:
    """What the tree makes: totals (whole numbers of the last decimal), bases, and the score of every row of the tree."""

    totals: Integers
    bases: Floats
    values: Floats


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
    drawn: Floats | None = None,
) -> Outcome:
    """Totals, ranks and grades of each variant.

    `scores` has a row per variant and a column per tree row in `nodes`, whose scores it replaces; `weights` a row per
    variant (or one for all) and a column per tree row; `drawn` a row per variant and a column per drawn metric.
    """
    made = evaluate(field, scores, nodes, weights)
    numbers = measure(field, made, drawn)
    return decide(field, made, rules.stand(field.size, field.gates, numbers), numbers)


def decide(field: Field, made: Scores, standing: Standing, numbers: list[Integers]) -> Outcome:
    """Ranks and grades from what the tree made, what the gates decided and the metrics (sections 10 and 11)."""
    keys = _keys(field, made.totals, standing, numbers)
    return Outcome(made.totals, rank(field, keys), grade(field, made.totals, keys, standing))


def total(
    field: Field, scores: Floats | None = None, nodes: Integers | None = None, weights: Floats | None = None
) -> Integers:
    """The total of everybody in each variant, `NONE` without a base (specification, sections 6 and 7)."""
    return evaluate(field, scores, nodes, weights).totals


def measure(field: Field, made: Scores, drawn: Floats | None = None) -> list[Integers]:
    """Every metric of everybody in billionths, a row per variant or one for all (specification, section 8)."""
    return [_number(field, metric, made, drawn) for metric in field.metrics]


def _number(field: Field, metric: Metric, made: Scores, drawn: Floats | None) -> Integers:
    if metric.source == "total":
        scale = 10 ** (9 - field.rank_decimals)
        return np.where(made.totals == NONE, UNKNOWN, np.where(made.totals == NONE, 0, made.totals) * scale)
    if metric.source == "base":
        return _settled(made.bases, 9)
    given = made.values if metric.source == "part" else drawn if metric.source == "drawn" else None
    if given is None:
        return metric.held[None, :]
    return np.where(metric.at >= 0, _settled(given[:, np.maximum(metric.at, 0)], 9), metric.held)


def evaluate(
    field: Field, scores: Floats | None = None, nodes: Integers | None = None, weights: Floats | None = None
) -> Scores:
    """What the tree makes of each variant (specification, sections 6 and 7)."""
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
    bases = np.full((variants, field.size), np.nan)
    for kind in np.unique(field.kind):
        own = field.kind[tree.owner] == kind
        fed = np.flatnonzero(own & tree.is_from_parent)
        if fed.size:
            source = totals[:, field.parent[tree.owner[fed]]]
            held = (field.parent[tree.owner[fed]] >= 0) & (source != NONE)
            values[:, fed] = np.where(
                held, _rounded(np.where(held, source, 0) * field.unit, tree.decimals[fed]), values[:, fed]
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
                bases[:, into] = means
                exact = means + field.added[into]
                exact = np.maximum(
                    exact if field.total_max is None else np.minimum(exact, field.total_max), field.total_min
                )
                totals[:, into] = _settled(exact, field.rank_decimals)
    return Scores(totals, bases, values)


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


def restricted(field: Field, chosen: Integers) -> tuple[Field, Integers, Integers]:
    """The field of those alone on whom ranks and grades of the chosen, of one kind, can hang; parents' results are held.

    Those are the chosen's cohorts and pools of seats, the cohorts and pools of everybody in them, and so on: of 100,000
    people mostly a few hundred. With the places of its subjects and tree rows.
    """
    official = rescore(field)
    totals = official.totals
    places = _concerned(field, chosen)
    rows = np.flatnonzero(np.isin(field.tree.owner, places))
    new_place = np.full(field.size, -1)
    new_place[places] = np.arange(places.size)
    new_row = np.full(field.tree.owner.size + 1, -1)
    new_row[rows] = np.arange(rows.size)
    tree = field.tree
    above = field.parent[tree.owner]
    given = np.where((above >= 0) & (totals[0, above] != NONE), totals[0, above] * field.unit, np.nan)
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
    number: dict[int, int] = {}
    contests: list[Contest] = []
    for at, contest in enumerate(field.contests):
        applies = _applies(field, contest, official.grades)
        members = contest.members if applies is None else contest.members[applies[0]]
        members = members[new_place[members] >= 0]
        if members.size:
            number[at] = len(contests)
            contests.append(replace(contest, members=new_place[members], allowed=None))
    kept_pools = (
        replace(pool, contests=tuple(number[at] for at in pool.contests if at in number)) for pool in field.pools
    )
    pools = tuple(pool for pool in kept_pools if pool.contests)
    per_subject = {name: getattr(field, name)[places] for name in ("kind", "cohort", "is_graded", "added")}
    metrics = tuple(
        Metric(one.source, one.held[places], new_row[one.at[places]] if one.source == "part" else one.at[places])
        for one in field.metrics
    )
    return (
        replace(
            field,
            parent=np.full(places.size, -1),
            tree=kept,
            contests=tuple(contests),
            pools=pools,
            metrics=metrics,
            gates=tuple(_gates_of(field.gates, new_place)),
            **per_subject,
        ),
        places,
        rows,
    )


def _concerned(field: Field, chosen: Integers) -> Integers:
    """The places of the chosen and of all of their kind who are with them in a cohort or pool, directly or through others."""
    is_in = np.zeros(field.size, dtype=np.bool_)
    is_in[chosen] = True
    kinds = field.kind == field.kind[chosen[0]]
    groups = [pool.contests for pool in field.pools] + [(at,) for at in range(len(field.contests))]
    members = [np.concatenate([field.contests[at].members for at in group]) for group in groups if group]
    before = 0
    while before < (before := int(is_in.sum())):
        is_in |= np.isin(field.cohort, field.cohort[is_in]) & kinds
        for group in members:
            if is_in[group].any():
                is_in[group] = True
    return np.flatnonzero(is_in & kinds)


def _gates_of(gates: tuple[Gate, ...], new_place: Integers) -> Iterator[Gate]:
    """The gates with those members only that have a new place."""
    for gate in gates:
        kept = np.flatnonzero(new_place[gate.members] >= 0)
        at = np.full(gate.members.size, -1)
        at[kept] = np.arange(kept.size)
        conditions = []
        for one in gate.conditions:
            own = at[one.members] >= 0
            conditions.append(replace(one, members=at[one.members][own], holds=one.holds[own]))
        yield replace(
            gate,
            members=new_place[gate.members[kept]],
            conditions=tuple(conditions),
            grade=gate.grade[kept],
            order=gate.order[kept],
        )


def rank(field: Field, keys: Integers) -> NDArray[np.int32]:
    """Competition ranks inside each cohort; 0 for who is not ranked (specification, section 10)."""
    groups = _groups(np.where(field.is_graded, field.cohort, -1))
    members = np.concatenate(groups) if groups else np.empty(0, dtype=np.int64)
    own = np.take(keys, members, axis=1)
    places = np.zeros((keys.shape[0], members.size + 1), dtype=np.int32)  # the last column is who is in no cohort
    start = 0
    for group in groups:
        part = slice(start, start := start + group.size)
        order, first, _ = _sorted(own[:, part])
        places[:, part] = _unsorted(order, first)
        places[:, part] += 1
    column = np.full(keys.shape[1], members.size)
    column[members] = np.arange(members.size)
    ranks = np.take(places, column, axis=1)
    missing = keys == NONE
    if missing.any():
        ranks[missing] = 0
    return ranks


def grade(field: Field, totals: Integers, keys: Integers, standing: Standing) -> NDArray[np.int16]:
    """Grades filled from the best down, ties at a border together, parents before children (specification, section 11)."""
    has_standing = keys != NONE
    grades = np.where(has_standing, standing.forced, NO_GRADE).astype(np.int16)
    kinds = np.array([field.kind[contest.members[0]] for contest in field.contests])
    sorted_keys: dict[bytes, tuple[Integers, Integers, Integers]] = {}
    for kind in np.unique(kinds):
        own = np.flatnonzero(kinds == kind).tolist()
        applies = {at: _applies(field, field.contests[at], grades) for at in own}
        limits = _limits(field, own, applies, has_standing)
        last = _last(field, own, applies)
        for at in sorted(own, key=lambda one: field.contests[one].order):
            contest, limit, mask = field.contests[at], limits[at], applies[at]
            members = contest.members
            before = grades[:, members]
            is_open = (before == NO_GRADE) & has_standing[:, members]
            if mask is not None:
                is_open &= mask
            is_last = last[:, members] == contest.order
            competes = is_open & ~is_last & (standing.best[:, members] <= contest.order)
            if contest.min_score is not None:
                competes &= totals[:, members] >= np.int64(np.ceil(contest.min_score / field.unit - 1e-6))
            takes = competes
            if limit is not None:
                name = members.tobytes()
                if name not in sorted_keys:
                    sorted_keys[name] = _sorted(keys[:, members])
                takes = competes & _within(sorted_keys[name], competes, limit, field.is_border_included)
            grades[:, members] = np.where(takes | (is_open & is_last), contest.grade, before)
    return grades


def _applies(field: Field, contest: Contest, grades: NDArray[np.int16]) -> Flags | None:
    """To which members the row of a contest applies, a row per variant; None: to all."""
    if contest.allowed is None:
        return None
    above = field.parent[contest.members]
    return np.asarray(contest.allowed[np.where(above >= 0, grades[:, np.maximum(above, 0)], NO_GRADE)])


def limits(field: Field, has_standing: Flags, grades: NDArray[np.int16]) -> dict[int, Integers | None]:
    """The seats of every contest, a number per variant, for these grades of parents; None is no limit."""
    everything = list(range(len(field.contests)))
    applies = {at: _applies(field, field.contests[at], grades) for at in everything}
    return _limits(field, everything, applies, has_standing)


def _limits(
    field: Field, own: list[int], applies: dict[int, Flags | None], has_standing: Flags
) -> dict[int, Integers | None]:
    """The seats of these contests, a number per variant; None is no limit."""
    chosen = set(own)
    pools = [pool for pool in field.pools if pool.contests[0] in chosen]
    heads: dict[int, Integers] = {}
    for at in {contest for pool in pools if pool.share is not None for contest in pool.contests}:
        members, mask = field.contests[at].members, applies[at]
        counted = np.ones((1, members.size), dtype=np.bool_) if field.is_everybody_counted else has_standing[:, members]
        heads[at] = (counted if mask is None else counted & mask).sum(axis=1)
    found = rules.seats(pools, heads)
    pooled = {contest for pool in pools for contest in pool.contests}
    limits: dict[int, Integers | None] = {}
    for at in own:
        seats = field.contests[at].seats
        limits[at] = found.get(at) if at in pooled else None if seats is None else np.array([seats])
    return limits


def _last(field: Field, own: list[int], applies: dict[int, Flags | None]) -> Integers:
    """The order of everybody's last grade in these contests: the greatest that applies."""
    rows = max((mask.shape[0] for at in own if (mask := applies[at]) is not None), default=1)
    last = np.zeros((rows, field.size), dtype=np.int64)
    for at in own:
        contest, mask = field.contests[at], applies[at]
        reach = contest.order if mask is None else np.where(mask, contest.order, 0)
        last[:, contest.members] = np.maximum(last[:, contest.members], reach)
    return last


def _keys(field: Field, totals: Integers, standing: Standing, numbers: list[Integers]) -> Integers:
    """Numbers that order everybody of a kind: total first, then tie-breaks; higher is better, `NONE` has no rank."""
    has_standing = (totals != NONE) & field.is_graded & ~standing.barred
    keys = np.where(has_standing, totals, NONE)
    return rules.order(keys, [(numbers[metric], is_down) for metric, is_down in field.tiebreaks])


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


def _sorted(keys: Integers) -> tuple[Integers, Integers, Integers]:
    """The order of keys, the highest first, and the first and last position of each run of equal ones.

    A key and its place in one whole number are sorted without an index, in half the time, wherever they fit into it.
    """
    if not keys.size:
        return (np.zeros(keys.shape, dtype=np.int64),) * 3
    size = keys.shape[1]
    bits = (size - 1).bit_length()
    if keys.min() == NONE:
        ranked = keys != NONE
        keys = np.where(ranked, keys, np.min(keys, where=ranked, initial=np.iinfo(np.int64).max) - 1)
    highest = int(keys.max())
    width = (highest - int(keys.min())).bit_length() + bits
    if width > 63:
        order = np.argsort(-keys, axis=1, kind="stable")
        return (order, *_ties(np.take_along_axis(keys, order, axis=1)))
    narrow: type[np.signedinteger] = np.int32 if width < 32 else np.int64
    packed: NDArray[np.signedinteger] = (highest - keys).astype(narrow)
    packed <<= bits
    packed |= np.arange(size, dtype=narrow)
    packed.sort(axis=1)
    return ((packed & ((1 << bits) - 1)).astype(np.int64), *_ties(packed >> bits))


def _unsorted(order: Integers, values: Integers) -> NDArray[np.signedinteger]:
    """Values in an order, put back: `result[row, order[row, at]] = values[row, at]` for whole numbers below the row's size.

    Sorting place and value in one small number takes a third of the time of writing to scattered places.
    """
    bits = (order.shape[1] - 1).bit_length()
    if 2 * bits > 31:
        result = np.empty_like(order)
        np.put_along_axis(result, order, values, axis=1)
        return result
    packed = order.astype(np.int32)
    packed <<= bits
    packed |= values.astype(np.int32)
    packed.sort(axis=1)
    packed &= (1 << bits) - 1
    return packed


def _within(
    sorted_keys: tuple[Integers, Integers, Integers], competes: Flags, seats: Integers, is_included: bool
) -> Flags:
    """Who of the competitors is inside the seats, in the order of the keys; ties are taken together or not at all."""
    order, first, last = sorted_keys
    counts = np.take_along_axis(competes, order, axis=1).astype(np.int32)
    through = np.cumsum(counts, axis=1, dtype=np.int32)
    before = np.take_along_axis(through, first, axis=1) - np.take_along_axis(counts, first, axis=1)
    through = np.take_along_axis(through, last, axis=1)
    limit = seats[:, None]
    inside = (through <= limit) | ((before < limit) & is_included)
    result = np.empty(competes.shape, dtype=np.bool_)
    np.put_along_axis(result, order, inside, axis=1)
    return result


def _ties(ordered: Integers) -> tuple[Integers, Integers]:
    """The first and the last position of the run of equal numbers that each position belongs to."""
    size = ordered.shape[1]
    positions = np.arange(size)
    alone = np.broadcast_to(positions, ordered.shape)
    same = ordered[:, 1:] == ordered[:, :-1]
    tied = np.flatnonzero(same.any(axis=1))
    if not tied.size:
        return alone, alone
    same, edge = same[tied], np.zeros((tied.size, 1), dtype=np.bool_)
    first, last = alone.copy(), alone.copy()
    first[tied] = np.maximum.accumulate(np.where(np.hstack([edge, same]), 0, positions), axis=1)
    ends = np.where(np.hstack([same, edge]), size, positions)
    last[tied] = np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1]
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
