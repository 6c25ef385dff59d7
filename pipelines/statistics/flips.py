"""The nearest flip: the smallest change of one weight, or of one score, that changes the grade list. Exact.

With all else as it is, a total follows one weight w as p + q/(c + w), or through the logarithms and roundings of its tree:
it never turns back, so the w at which it passes any number is found by formula. A grade list can only change where two
that a line parts come level after settling, or somebody passes a threshold. So intervals of w in which no two can meet
are ruled out as a whole, the others halved until the few steps in them are listed by formula; the full rules of
`rescoring`, asked between each two steps, say which of them is the flip. Halving looks for the step, it never is the answer.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.statistics import rules
from pipelines.statistics.rescoring import NONE, Contest, Field, Scores, decide, evaluate, limits, measure, rescore
from pipelines.statistics.rules import NO_GRADE, PARTS, Flags, Floats, Integers, Standing, stand

STEPS = 16
"""So many intervals are looked at between the nominal weight and nothing, and up to `REACH` times it."""
REACH = 3.0
MOST_STEPS = 64
"""So many steps of totals are listed at a time."""
MOST_PAIRS = 1_000_000
NEAREST = 200
"""So many scores, the nearest by their slopes, are worked out exactly."""
FEW = 16
"""So many changed scores are asked of the rules at a time, the smallest changes first."""
NARROW = 1e-13
HALF = 0.5 / PARTS


@dataclass(frozen=True)
class Flip:
    """The nearest weight at which somebody's grade changes: below and above the nominal one; NaN where there is none."""

    below: float
    above: float
    changed_below: Integers
    changed_above: Integers


@dataclass(frozen=True)
class ScoreFlip:
    """The smallest change of one score at a line: the row of the tree, by how much it moves, and whose grade changes."""

    row: int
    change: float
    changed: Integers


@dataclass(frozen=True)
class Link:
    """One mean on the way from a row of the tree up to the base.

    It makes `row` (-1: the base) of Σ weight·score `rest` and Σ weight `others` of the siblings and of the row below with its
    own `weight`; logarithms where it `is_geometric`.
    """

    row: int
    rest: float
    others: float
    weight: float
    is_geometric: bool
    decimals: int


@dataclass(frozen=True)
class _Goal:
    """A number that a row of the tree (-1: the base) of a subject would have to pass, upwards or not, from what it is now."""

    subject: int
    row: int
    value: float
    now: float
    is_up: bool


@dataclass(frozen=True)
class _State:
    """What one weight gives: whole totals, settled metrics, unsettled totals of the tree, grades."""

    weight: float
    totals: Integers
    numbers: list[Integers]
    grades: NDArray[np.int16]


def flip(field: Field, nodes: Integers, weight: float, chosen: Integers) -> Flip:
    """The nearest weights of the rows `nodes` of the tree (one of each subject at most) that change a chosen subject's grade.

    Looked for from 0 to `REACH` times the nominal `weight` (0 to 1 where that is 0).
    """
    search = _Search(field, nodes, weight, chosen)
    below, who_below = search.nearest(0.0) if weight > 0 else (math.nan, chosen[:0])
    above, who_above = search.nearest(weight * REACH if weight > 0 else 1.0)
    return Flip(below, above, who_below, who_above)


def score_flip(field: Field, contest: Contest, rows: Integers) -> ScoreFlip | None:
    """The smallest change of one of these leaves of the tree that changes a grade, at the line of a contest or by a threshold.

    A score stays between 0 and 100, or the greatest there is. Found by formula, and asked of the full rules; None: there is none.
    """
    made = evaluate(field)
    numbers = measure(field, made)
    grades = decide(field, made, stand(field.size, field.gates, numbers), numbers).grades[0]
    values, tree = made.values[0], field.tree
    chain, slopes = Chain(field, values, tree.weight), _slopes(field, values)
    leaves: dict[int, list[int]] = {}
    for row in rows[~np.isnan(values[rows])].tolist():
        leaves.setdefault(int(tree.owner[row]), []).append(row)
    goals = [*_over_the_line(field, contest, made, numbers, grades), *_past_thresholds(field, contest, made)]
    goals.sort(key=lambda goal: abs(goal.value - goal.now))
    ways = [
        (abs(goal.value - goal.now) * (slopes[goal.row] if goal.row >= 0 else 1.0) / slopes[leaf], leaf, goal)
        for goal in goals[:NEAREST]
        for leaf in leaves.get(goal.subject, [])
        if slopes[leaf] > 0
    ]
    ways.sort(key=lambda way: way[0])
    top = max(100.0, float(np.nanmax(values)))
    tried: list[tuple[float, int]] = []
    for _, leaf, goal in ways[:NEAREST]:
        score = _score_at(chain.links(leaf), goal, int(tree.decimals[leaf]))
        if score is not None and 0 <= score <= top:
            tried.append((score - float(values[leaf]), leaf))
    if not tried:
        return None
    tried.sort(key=lambda one: abs(one[0]))
    changes, moved = np.array([one[0] for one in tried]), np.array([one[1] for one in tried])
    for start in range(0, moved.size, FEW):
        rows_of, by = moved[start : start + FEW], changes[start : start + FEW]
        nodes = np.unique(rows_of)
        scores = np.tile(values[nodes], (rows_of.size, 1))
        scores[np.arange(rows_of.size), np.searchsorted(nodes, rows_of)] += by
        found = rescore(field, scores, nodes).grades != grades
        first = np.flatnonzero(found.any(axis=1))
        if first.size:
            at = int(first[0])
            return ScoreFlip(int(rows_of[at]), float(by[at]), np.flatnonzero(found[at]))
    return None


def _over_the_line(
    field: Field, contest: Contest, made: Scores, numbers: list[Integers], grades: NDArray[np.int16]
) -> Iterator[_Goal]:
    """The bases with which somebody would be level with the other side of the line, or a step beyond; of tied ones their tie-breaks."""
    totals = made.totals[0]
    inside, outside = sides(field, contest, totals, grades)
    if not inside.size or not outside.size:
        return
    floor, roof = int(totals[inside].min()), int(totals[outside].max())
    for members, steps, is_up in ((outside, (floor, floor + 1), True), (inside, (roof, roof - 1), False)):
        for subject in members.tolist():
            now, added = float(totals[subject]) * field.unit, float(field.added[subject])
            for step in steps:
                yield _Goal(subject, -1, _edge(step - 1 if is_up else step, field.unit) - added, now - added, is_up)
    tied = [members[totals[members] == floor] for members in (inside, outside)]
    for metric, _ in field.tiebreaks if floor == roof else ():
        for members, others in (tied, tied[::-1]):
            for subject in members.tolist() if field.metrics[metric].source in ("base", "part") else ():
                is_part = field.metrics[metric].source == "part"
                row = int(field.metrics[metric].at[subject]) if is_part else -1
                now = float(made.values[0, row] if is_part else made.bases[0, subject])
                for level in np.unique(numbers[metric][0, others]).tolist():
                    for side in (-1, 1):
                        edge = level / PARTS + side * HALF
                        yield _Goal(subject, row, edge, now, edge > now)


def _past_thresholds(field: Field, contest: Contest, made: Scores) -> Iterator[_Goal]:
    """The bases and scores with which somebody of the contest would pass a threshold of a gate or of a grade."""
    totals, unit = made.totals[0], field.unit
    asked: list[tuple[int, Integers, int]] = [
        (condition.metric, gate.members[condition.members], condition.threshold)
        for gate in field.gates
        for condition in gate.conditions
        if condition.metric >= 0 and field.metrics[condition.metric].source in ("total", "base", "part")
    ]
    of_contest = np.zeros(field.size, dtype=np.bool_)
    of_contest[contest.members] = True
    if contest.min_score is not None:
        asked.append((-1, contest.members, round(contest.min_score * PARTS)))
    for metric, members, threshold in asked:
        source = "total" if metric < 0 else field.metrics[metric].source
        for subject in members[of_contest[members] & (totals[members] != NONE)].tolist():
            added = float(field.added[subject]) if source == "total" else 0.0
            if source == "total":
                row, now = -1, float(totals[subject]) * unit
                scale = round(unit * PARTS)
                edges = {_edge(step - 1, unit) for step in (-(-threshold // scale), threshold // scale + 1)}
            else:
                row = int(field.metrics[metric].at[subject]) if source == "part" else -1
                now = float(made.bases[0, subject]) if row < 0 else float(made.values[0, row])
                edges = {threshold / PARTS + side * HALF for side in (-1, 1)}
            for edge in edges:
                yield _Goal(subject, row, edge - added, now - added, edge > now)


def sides(field: Field, contest: Contest, totals: Integers, grades: NDArray[np.int16]) -> tuple[Integers, Integers]:
    """Who competes in a contest and has its grade, and who competes and has a worse one, by the official result."""
    numbers = measure(field, evaluate(field))
    standing = stand(field.size, field.gates, numbers)
    last = np.zeros(field.size, dtype=np.int64)
    for one in field.contests:
        np.maximum.at(last, one.members, one.order)
    own = contest.members
    is_free = (standing.forced[0, own] == NO_GRADE) & (standing.best[0, own] <= contest.order)
    members = own[is_free & (last[own] != contest.order) & (totals[own] != NONE)]
    worse = [one.grade for one in field.contests if one.order > contest.order]
    return members[grades[members] == contest.grade], members[np.isin(grades[members], worse)]


class _Search:
    """The ways of all totals while one weight varies."""

    def __init__(self, field: Field, nodes: Integers, weight: float, chosen: Integers):
        self._field, self._nodes, self._chosen = field, nodes, chosen
        self._start = weight
        self._ways = Ways(field, nodes, weight if weight > 0 else 1.0)
        (self._official,) = self._states(np.array([weight]))
        self._thresholds = list(self._asked())
        self._lines = list(self._drawn())

    def nearest(self, end: float) -> tuple[float, Integers]:
        """The nearest weight towards `end` with another grade list, and whose grade is another."""
        first = self._start if self._start > 0 else end * NARROW
        states = self._states(np.linspace(first, end if end > 0 else first * NARROW, STEPS + 1))
        if self._changed(states[0]).size:
            return first, self._changed(states[0])
        for one, other in itertools.pairwise(states):
            found = self._first(one, other)
            if found is not None:
                return found
        if end == 0:
            (nothing,) = self._states(np.array([0.0]))
            changed = self._changed(nothing)
            if changed.size:
                return 0.0, changed
        return math.nan, self._chosen[:0]

    def _states(self, weights: Floats) -> list[_State]:
        field = self._field
        tree = np.tile(field.tree.weight, (weights.size, 1))
        tree[:, self._nodes] = weights[:, None]
        made = evaluate(field, weights=tree)
        numbers = measure(field, made)
        grades = decide(field, made, stand(field.size, field.gates, numbers), numbers).grades
        return [
            _State(
                float(weight),
                made.totals[at],
                [number[at if number.shape[0] > 1 else 0] for number in numbers],
                grades[at if grades.shape[0] > 1 else 0],
            )
            for at, weight in enumerate(weights)
        ]

    def _changed(self, state: _State) -> Integers:
        is_other = state.grades != self._official.grades
        return np.asarray(self._chosen[is_other[self._chosen]])

    def _first(self, one: _State, other: _State) -> tuple[float, Integers] | None:
        """The first flip between two states, the nearer one first; at the nearer one the list is the official one."""
        touched = self._touched(one, other)
        if not touched.any():
            return None
        is_narrow = abs(other.weight - one.weight) <= NARROW * max(1.0, self._start)
        points = None if is_narrow else self._points(one, other, touched)
        if points is None and not is_narrow:
            (middle,) = self._states(np.array([(one.weight + other.weight) / 2]))
            return self._first(one, middle) or self._first(middle, other)
        edges = np.r_[one.weight, [] if points is None else points, other.weight]
        asked = np.r_[(edges[1:] + edges[:-1]) / 2, other.weight]
        for edge, state in zip(np.r_[edges[:-1], other.weight], self._states(asked), strict=True):
            changed = self._changed(state)
            if changed.size:
                return float(edge), changed
        return None

    # -- who can meet -----------------------------------------------------------------------------------------------

    def _drawn(self) -> Iterator[tuple[Contest, Integers, Integers, Integers]]:
        """Of each line that seats draw: the contest, who is inside, who is outside, and the tied ones that it cannot part."""
        field, now = self._field, self._official
        numbers = [number[None, :] for number in now.numbers]
        standing = stand(field.size, field.gates, numbers)
        has_standing = (now.totals != NONE) & field.is_graded & ~standing.barred[0]
        keys = rules.order(
            np.where(has_standing, now.totals, NONE)[None, :],
            [(numbers[metric], is_down) for metric, is_down in field.tiebreaks],
        )[0]
        seats = limits(field, has_standing[None, :], now.grades[None, :])
        is_open = any(metric >= 0 for metric, _, _ in self._thresholds)
        last = np.zeros(field.size, dtype=np.int64)
        for contest in field.contests:
            np.maximum.at(last, contest.members, contest.order)
        for at, contest in enumerate(field.contests):
            limit = seats[at]
            if limit is None:
                continue
            own = contest.members[last[contest.members] != contest.order]
            if not is_open:  # else a gate may change for somebody before a line is crossed
                own = own[_competes(contest, standing, has_standing)[own]]
            inside = own[now.grades[own] == contest.grade]
            better = {other.grade for other in field.contests if other.order < contest.order}
            outside = own[~np.isin(now.grades[own], [contest.grade, *better])]
            parted = own[:0]
            if field.is_border_included and inside.size and (inside.size > limit[0] or is_open):
                parted = inside[keys[inside] == keys[inside].min()]
            elif not field.is_border_included and outside.size and (inside.size < limit[0] or is_open):
                parted = outside[keys[outside] == keys[outside].max()]
            yield contest, inside, outside, parted if parted.size > 1 else own[:0]

    def _touched(self, one: _State, other: _State) -> Flags:
        """Who could meet somebody across a line, or pass a threshold, between two weights."""
        field = self._field
        low, high = self._bounds(one, other)
        touched = np.zeros(field.size, dtype=np.bool_)
        for _, inside, outside, parted in self._lines:
            if inside.size and outside.size:
                upper = inside[low[inside] <= high[outside].max()]
                lower = outside[high[outside] >= low[inside].min()]
                for member, meets in self._meeting(upper, lower, one, other):
                    touched[member] = True
                    touched[lower[meets]] = True
            if parted.size:
                pool = inside if field.is_border_included else outside
                near = pool[(high[pool] >= low[parted].min()) & (low[pool] <= high[parted].max())]
                if not self._ways.are_alike(near):
                    touched[near] = True
        for subject, low_number, high_number, _ in self._passed(one, other):
            touched[subject] |= low_number != high_number
        return touched

    def _meeting(self, upper: Integers, lower: Integers, one: _State, other: _State) -> Iterator[tuple[int, Flags]]:
        """Of each that is inside, those outside that it could be level with between the two weights."""
        if upper.size * lower.size > MOST_PAIRS:
            yield from ((member, np.ones(lower.size, dtype=np.bool_)) for member in upper.tolist())
            return
        for member in upper.tolist():
            gap = self._ways.least_gap(member, lower, one.weight, other.weight)
            meets = gap <= self._field.unit + 2e-9
            if meets.any():
                yield member, meets

    def _bounds(self, one: _State, other: _State) -> tuple[Integers, Integers]:
        """The lowest and the highest place that everybody's key can take between two weights, on one scale."""
        levels = [(one.totals, other.totals)]
        for metric, is_down in self._field.tiebreaks:
            levels.append(
                tuple(
                    np.where(state.numbers[metric] == NONE, NONE, state.numbers[metric] * (1 if is_down else -1))
                    for state in (one, other)
                )  # type: ignore[arg-type]
            )
        both = np.stack([np.concatenate([np.minimum(a, b), np.maximum(a, b)]) for a, b in levels])
        codes = rules.dense(both)
        return codes[: self._field.size], codes[self._field.size :]

    def _asked(self) -> Iterator[tuple[int, Integers, int]]:
        """The thresholds: metric (-1: the whole total), who is asked, and the number."""
        field = self._field
        for gate in field.gates:
            for condition in gate.conditions:
                if condition.metric >= 0 and field.metrics[condition.metric].source in ("total", "base", "part"):
                    yield condition.metric, gate.members[condition.members], condition.threshold
        for contest in field.contests:
            if contest.min_score is not None:
                yield -1, contest.members, int(np.ceil(contest.min_score / field.unit - 1e-6))

    def _passed(self, one: _State, other: _State) -> Iterator[tuple[Integers, Integers, Integers, int]]:
        """Who could pass a threshold between two weights: subjects, their lowest and highest number, the metric."""
        for metric, members, threshold in self._thresholds:
            a = (one.totals if metric < 0 else one.numbers[metric])[members]
            b = (other.totals if metric < 0 else other.numbers[metric])[members]
            low, high = np.minimum(a, b), np.maximum(a, b)
            reached = np.flatnonzero((low <= threshold) & (threshold <= high) & (low != high))
            yield members[reached], low[reached], high[reached], metric

    # -- where they meet --------------------------------------------------------------------------------------------

    def _points(self, one: _State, other: _State, touched: Flags) -> Floats | None:
        """The weights at which a number of those touched steps, nearest first; None where there are too many."""
        asked: list[tuple[int, int, float]] = []
        count = 0
        sources = [("total", -1, one.totals, other.totals, touched)]
        for metric, _ in self._field.tiebreaks:
            if self._field.metrics[metric].source in ("base", "part"):
                a, b = one.numbers[metric], other.numbers[metric]
                sources.append(
                    (self._field.metrics[metric].source, metric, a, b, self._tied(one, other, touched, a, b))
                )
        for source, metric, a, b, moving in sources:
            for subject in np.flatnonzero(moving & (a != b) & (a != NONE) & (b != NONE)).tolist():
                low, high = sorted((int(a[subject]), int(b[subject])))
                count += high - low
                if count > MOST_STEPS:
                    return None
                unit = self._field.unit if source == "total" else 1 / PARTS
                row = self._row(metric, subject)
                added = float(self._field.added[subject]) if source == "total" else 0.0
                asked += [(subject, row, _edge(step, unit) - added) for step in range(low, high)]
        for metric, members, threshold in self._thresholds:
            if metric >= 0 and self._field.metrics[metric].source != "total":
                for subject in members[touched[members]].tolist():
                    row = self._row(metric, subject)
                    asked += [(subject, row, threshold / PARTS + side * HALF) for side in (-1, 1)]
        first, last = sorted((one.weight, other.weight))
        found = {self._ways.weight_at(subject, row, value) for subject, row, value in asked}
        inner = np.array(sorted(at for at in found if first < at < last))
        return inner if one.weight < other.weight else inner[::-1]

    def _tied(self, one: _State, other: _State, touched: Flags, a: Integers, b: Integers) -> Flags:
        """Which of those touched could be level in their totals with the other side of a line, and pass it in this tie-break."""
        ranges = [(np.minimum(x, y), np.maximum(x, y)) for x, y in ((one.totals, other.totals), (a, b))]
        found = np.zeros(self._field.size, dtype=np.bool_)
        for _, inside, outside, parted in self._lines:
            upper, lower = inside[touched[inside]], outside[touched[outside]]
            sides = [(upper, lower)]
            if parted.size:
                sides.append((upper, upper) if self._field.is_border_included else (lower, lower))
            for these, those in sides:
                if these.size * those.size > MOST_PAIRS:
                    found[these], found[those] = True, True
                    continue
                meets = these[:, None] != those
                for low, high in ranges:
                    meets &= (low[these][:, None] <= high[those]) & (low[those] <= high[these][:, None])
                found[these[meets.any(axis=1)]] = True
                found[those[meets.any(axis=0)]] = True
        return found

    def _row(self, metric: int, subject: int) -> int:
        """The row of the tree that a metric tells of a subject; -1 is the base."""
        if metric < 0 or self._field.metrics[metric].source != "part":
            return -1
        return int(self._field.metrics[metric].at[subject])


class Ways:
    """How scores follow one weight: the means on the way from its rows up to everybody's base."""

    def __init__(self, field: Field, nodes: Integers, weight: float):
        self._field = field
        tree = field.tree
        weights = tree.weight.copy()
        weights[nodes] = weight
        values = evaluate(field, weights=weights).values[0]
        self.start = np.full(field.size, -1)
        self._chain = Chain(field, values, weights)
        has_score = nodes[~np.isnan(values[nodes])]
        self.start[tree.owner[has_score]] = has_score
        self._score = values
        self._p, self._q, self._c, self._slack = self._curves()

    def _curves(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Of each total p, q and c of p + q/(c + w), and by how much roundings can move it; infinite where it is no such curve."""
        size, tree = self._field.size, self._field.tree
        p, q, c, slack = (np.zeros(size) for _ in range(4))
        official = evaluate(self._field).bases[0]
        p[:] = np.where(np.isnan(official), np.inf, official)
        moving = np.flatnonzero(self.start >= 0)
        current = self.start[moving]
        is_first = True
        while moving.size:
            rest, others, weight, above, is_geometric = self._chain.levels(current)
            if is_first:
                x = self._score[current]
                p[moving], q[moving], c[moving] = x, rest - others * x, others
            else:
                whole = others + weight
                with np.errstate(invalid="ignore", divide="ignore"):
                    p[moving] = (rest + weight * p[moving]) / whole
                    q[moving], slack[moving] = weight * q[moving] / whole, weight * slack[moving] / whole
            decimals = np.where(above >= 0, tree.decimals[above], -1)
            slack[moving] += np.where(decimals >= 0, 10.0 ** -np.maximum(decimals, 0), 0.0)
            slack[moving] = np.where(is_geometric, np.inf, slack[moving])
            is_first = False
            moving, current = moving[above >= 0], above[above >= 0]
        known = np.where(np.isnan(self._score), 0.0, self._score)
        lowest, highest = np.full(size, np.inf), np.full(size, -np.inf)
        np.minimum.at(lowest, tree.owner, known)
        np.maximum.at(highest, tree.owner, known)
        limit = np.inf if self._field.total_max is None else self._field.total_max
        is_cut = (lowest + self._field.added < self._field.total_min) | (highest + self._field.added > limit)
        return p + self._field.added, q, c, np.where(is_cut, np.inf, slack)

    def least_gap(self, member: int, others: Integers, a: float, b: float) -> Floats:
        """A lower bound of the member's total less that of each of the others between the weights a and b."""
        p, q, c = self._p, self._q, self._c
        low, high = min(a, b), max(a, b)

        def gap(at: Floats | float) -> Floats:
            return np.asarray(
                p[member] - p[others] + _over(q[member], c[member] + at) - _over(q[others], c[others] + at)
            )

        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.sqrt(q[others] / q[member])
            turn = (c[others] - ratio * c[member]) / (ratio - 1)
        least = np.minimum(gap(low), gap(high))
        inner = np.isfinite(turn) & (turn > low) & (turn < high)
        least = np.where(inner, np.minimum(least, gap(np.where(inner, turn, low))), least)
        return np.asarray(np.where(np.isnan(least), -np.inf, least) - self._slack[member] - self._slack[others])

    def are_alike(self, members: Integers) -> bool:
        """Whether the totals of all of them are the same at every weight."""
        return len({self._way(member) for member in members.tolist()}) == 1

    def _way(self, member: int) -> tuple[object, ...]:
        start, added = int(self.start[member]), float(self._field.added[member])
        if start < 0:
            return (round(float(self._p[member]), 9),)
        means = (
            (round(link.rest, 9), link.others, link.weight if at else 0.0, link.is_geometric, link.decimals)
            for at, link in enumerate(self._chain.links(start))
        )
        return (float(self._score[start]), added, *means)

    def weight_at(self, subject: int, row: int, value: float) -> float:
        """The weight at which a row of the tree (-1: the base) of the subject passes a value; NaN where it never does."""
        start = int(self.start[subject])
        if start < 0:
            return math.nan
        links = self._chain.links(start)
        below = _below(links, row, value)
        if below is None:
            return math.nan
        link, target = links[0], below
        x = float(self._score[start])
        if link.is_geometric:
            if target <= 0 or x <= 0:
                return math.nan
            target, x = math.log(target), math.log(x)
        return (link.rest - link.others * target) / (target - x) if target != x else math.nan


class Chain:
    """The means of the trees as they stand."""

    def __init__(self, field: Field, values: Floats, weights: Floats):
        self._tree = tree = field.tree
        self._weights: Floats = np.where(np.isnan(values), 0.0, weights)
        self._above: Integers = np.where(tree.parent >= 0, tree.parent, tree.owner.size + tree.owner)
        self._is_geometric: Flags = (tree.parent >= 0) & tree.is_geometric[tree.parent]
        known = np.where(np.isnan(values), 0.0, values)
        self._terms: Floats = np.where(self._is_geometric, np.log(np.where(known > 0, known, 1.0)), known)
        size = tree.owner.size + field.size
        self._rest: Floats = np.bincount(self._above, self._weights * self._terms, minlength=size).astype(np.float64)
        self._whole: Floats = np.bincount(self._above, self._weights, minlength=size).astype(np.float64)

    def levels(self, rows: Integers) -> tuple[Floats, Floats, Floats, Integers, Flags]:
        """Of rows of the tree: what their siblings add and weigh, their own weight, the row above and whether it is geometric."""
        above, weight = self._above[rows], self._weights[rows]
        rest = self._rest[above] - weight * self._terms[rows]
        return rest, self._whole[above] - weight, weight, self._tree.parent[rows], self._is_geometric[rows]

    def links(self, row: int) -> list[Link]:
        """The means from a row up to the base."""
        found = []
        while row >= 0:
            rest, others, weight, above, is_geometric = (part[0] for part in self.levels(np.array([row])))
            decimals = int(self._tree.decimals[above]) if above >= 0 else -1
            found.append(Link(int(above), float(rest), float(others), float(weight), bool(is_geometric), decimals))
            row = int(above)
        return found


def _below(links: list[Link], row: int, value: float) -> float | None:
    """What the first mean of the links must be for `row` to pass a value; None where nothing makes it so."""
    at = next((place for place, link in enumerate(links) if link.row == row), None)
    if at is None:
        return None
    target = value
    for place in range(at, -1, -1):
        link = links[place]
        if link.decimals >= 0:
            scale = 10.0**link.decimals
            target = (math.ceil(target * scale - 1e-6) - 0.5) / scale - HALF
        if place == 0:
            return target
        if (link.is_geometric and target <= 0) or link.weight == 0:
            return None
        target = math.log(target) if link.is_geometric else target
        target = (target * (link.others + link.weight) - link.rest) / link.weight
        target = math.exp(target) if link.is_geometric else target
    return None


def _competes(contest: Contest, standing: Standing, has_standing: Flags) -> Flags:
    """Who is neither forced nor held below the grade of a contest by a gate."""
    return np.asarray(has_standing & (standing.forced[0] == NO_GRADE) & (standing.best[0] <= contest.order))


def _score_at(links: list[Link], goal: _Goal, decimals: int) -> float | None:
    """The score of the row below the first link that reaches the goal from where it is; None where nothing does."""
    target = _below(links, goal.row, goal.value)
    first = links[0]
    if target is None or first.weight == 0 or (first.is_geometric and target <= 0):
        return None
    target = math.log(target) if first.is_geometric else target
    score = (target * (first.others + first.weight) - first.rest) / first.weight
    score = math.exp(score) if first.is_geometric else score
    score += HALF if goal.is_up else -HALF
    scale = 10.0 ** max(decimals, 0)
    return score if decimals < 0 else (math.ceil if goal.is_up else math.floor)(score * scale) / scale


def _slopes(field: Field, values: Floats) -> Floats:
    """By how much the total of its owner rises with each score of the tree."""
    tree = field.tree
    chain = Chain(field, values, tree.weight)
    result = np.zeros(values.size)
    for depth in range(1, int(tree.depth.max(initial=0)) + 1):
        rows = np.flatnonzero(tree.depth == depth)
        _, others, weight, above, is_geometric = chain.levels(rows)
        with np.errstate(invalid="ignore", divide="ignore"):
            own = np.where(others + weight > 0, weight / (others + weight), 0.0)
            own = np.where(is_geometric, own * values[above] / values[rows], own)
        result[rows] = np.nan_to_num(own) * (result[above] if depth > 1 else 1.0)
    return result


def _edge(step: int, unit: float) -> float:
    """Where a number that is settled passes from `step` to the next whole number of units."""
    edge = (step + 0.5) * unit
    return edge - math.copysign(HALF, edge) if unit > 1.5 / PARTS else edge


def _over(part: Floats | float, whole: Floats | float) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(np.asarray(part) == 0, 0.0, np.asarray(part) / np.asarray(whole))
