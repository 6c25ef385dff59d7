"""Who gets which place: the best total score that meets the minimums, and choice in order of score.

Decides by an integer programme. Minimums that must hold do; those that should hold (原则上) are bent as little as can be
before any score is looked at. Where the minimums cannot all hold, a smallest set of them that excludes each other is
named: without any one of its members the others can hold. Scores are doubles here: the answer is advice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Minimum:
    """At least `needed` of the places at these positions of `Places.pairs` are taken."""

    positions: tuple[int, ...]
    needed: int
    is_soft: bool = False


@dataclass(frozen=True)
class Places:
    """Candidates with their scores, posts with their seats, and who may have which post."""

    scores: tuple[float, ...]
    seats: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...]
    """(candidate, post), by position."""


@dataclass(frozen=True)
class Choice:
    """Positions of the pairs that are taken; by how many each minimum is missed; or which minimums exclude each other."""

    taken: tuple[int, ...]
    missed: tuple[int, ...]
    conflict: tuple[int, ...] = ()


def feasible_seats(seats: int, qualified: int, ratio: Fraction) -> int:
    """So many posts can be competed for: at most `seats`, each with `ratio` candidates; 0 is cancelled (SEL-05)."""
    return min(seats, int(qualified / ratio))


def choose(places: Places, minimums: Sequence[Minimum]) -> Choice:
    """The best total score subject to the minimums; where they cannot all hold, the conflict and nobody chosen."""
    if not places.pairs:
        conflict = tuple(place for place, one in enumerate(minimums) if one.needed > 0 and not one.is_soft)[:1]
        return Choice((), tuple(one.needed for one in minimums), conflict)
    hard = [place for place, one in enumerate(minimums) if not one.is_soft]
    if _solve(places, [minimums[place] for place in hard], None) is None:
        return Choice((), tuple(one.needed for one in minimums), _smallest_conflict(places, minimums, hard))
    gentle = _solve(places, minimums, None)
    assert gentle is not None, "soft minimums can always be missed"
    bent = round(float(gentle[len(places.pairs) :].sum()))
    best = _solve(places, minimums, bent)
    if best is None:  # the solver's tolerance; the gentlest answer is one that holds
        best = gentle
    taken = tuple(int(place) for place in np.flatnonzero(best[: len(places.pairs)] > 0.5))
    chosen = set(taken)
    missed = tuple(max(0, one.needed - len(chosen & set(one.positions))) for one in minimums)
    return Choice(taken, missed)


def by_wish(order: Sequence[int], wishes: Sequence[Sequence[int]], seats: Sequence[int]) -> list[int | None]:
    """Each in order takes the first of its wishes that is left, so that the next one moves up for who gives up (SEL-03).

    Where every post prefers the same order this is also the only stable matching (SEL-10).
    """
    left = list(seats)
    given: list[int | None] = [None] * len(wishes)
    for candidate in order:
        given[candidate] = next((post for post in wishes[candidate] if left[post] > 0), None)
        post = given[candidate]
        if post is not None:
            left[post] -= 1
    return given


def match(wishes: Sequence[Sequence[int]], orders: Sequence[Sequence[int]], seats: Sequence[int]) -> list[int | None]:
    """The stable matching that is best for the candidates: nobody and no post would both rather have each other (SEL-10).

    Candidates ask in the order of their wishes; a post keeps the best of its own order and lets the others go on.
    """
    places = [{candidate: place for place, candidate in enumerate(order)} for order in orders]
    kept: list[list[int]] = [[] for _ in orders]
    asked = [0] * len(wishes)
    free = [candidate for candidate, line in enumerate(wishes) if line]
    while free:
        candidate = free.pop()
        if asked[candidate] == len(wishes[candidate]):
            continue
        post = wishes[candidate][asked[candidate]]
        asked[candidate] += 1
        kept[post].append(candidate)
        kept[post].sort(key=lambda one: places[post].get(one, len(places[post])))
        free += [*kept[post][seats[post] :]]
        del kept[post][seats[post] :]
    given: list[int | None] = [None] * len(wishes)
    for post, line in enumerate(kept):
        for candidate in line:
            given[candidate] = post
    return given


def _smallest_conflict(places: Places, minimums: Sequence[Minimum], hard: Sequence[int]) -> tuple[int, ...]:
    """Leave out one minimum after the other as long as the rest still cannot hold."""
    kept = list(hard)
    for place in hard:
        fewer = [other for other in kept if other != place]
        if _solve(places, [minimums[other] for other in fewer], None) is None:
            kept = fewer
    return tuple(kept)


def _solve(places: Places, minimums: Sequence[Minimum], bent: int | None) -> NDArray[np.float64] | None:
    """The pairs taken and what each minimum misses: as little as can be, or with `bent` allowed the best score."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    pairs, count = len(places.pairs), len(minimums)
    candidates = len(places.scores)
    entries = [(candidate, position) for position, (candidate, _) in enumerate(places.pairs)]
    entries += [(candidates + post, position) for position, (_, post) in enumerate(places.pairs)]
    first = candidates + len(places.seats)
    for row, one in enumerate(minimums, first):
        entries += [(row, position) for position in one.positions]
        entries.append((row, pairs + row - first))
    entries += [(first + count, pairs + place) for place in range(count)]
    rows, columns = (np.array(part, dtype=np.int32) for part in zip(*entries, strict=True))
    matrix = coo_array((np.ones(len(entries)), (rows, columns)), shape=(first + count + 1, pairs + count)).tocsr()
    least = np.concatenate([np.full(first, -np.inf), [one.needed for one in minimums], [-np.inf]])
    most = np.concatenate(
        [np.ones(candidates), places.seats, np.full(count, np.inf), [np.inf if bent is None else bent]]
    )  # each once, posts to their seats, minimums open, what is bent in all
    slack = np.array([one.needed if one.is_soft else 0 for one in minimums], dtype=float)
    scores = np.array([places.scores[candidate] for candidate, _ in places.pairs])
    cost = np.concatenate([np.zeros(pairs), np.ones(count)])
    if bent is not None:
        cost = np.concatenate([-scores, np.zeros(count)])
    found = milp(
        cost,
        constraints=LinearConstraint(matrix, least, most),
        bounds=Bounds(np.zeros(pairs + count), np.concatenate([np.ones(pairs), slack])),
        integrality=np.ones(pairs + count),
    )
    return None if found.x is None else np.asarray(found.x, dtype=np.float64)
