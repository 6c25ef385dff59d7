"""Gates, tie-breaks and seats over arrays: the rules between a total and a grade, for many variants at a time.

A number that is compared is a whole number of billionths, as `settle9` of `sql/macros.sql` leaves it; what a variant does
not change may have one row for all variants. `rescoring` calls these in the order of the rules.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

UNKNOWN = -(2**62)
"""The number of a metric without data."""
PARTS = 1_000_000_000
NO_GRADE = -1
NO_LIMIT = 2**31 - 1
"""The order from which on somebody may have a grade, where no gate limits it, is 0; this is the order of no grade."""

_COMPARED: Mapping[str, Callable[[Integers, int], Flags]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True)
class Metric:
    """A number that gates or tie-breaks ask for, of everybody.

    `source` says what changes it: `total`, `base`, `part` (a row of the tree), `drawn` (a column of drawn numbers) or
    `held`. `held` is what the official run knew; `at` the row or column, -1 for whom the held number stays.
    """

    source: str
    held: Integers
    at: Integers


@dataclass(frozen=True)
class Condition:
    """One row of a gate. `members` are places among the members of the gate; `holds` is the official answer.

    A condition without a number to compare with (`metric` -1) stays as the official run decided it.
    """

    row_no: int
    members: Integers
    metric: int
    op: str
    threshold: int
    holds: Flags


@dataclass(frozen=True)
class Gate:
    """Conditions that must all hold, and what follows: no rank at all (`is_bar`), or a limit to the grades.

    `grade` and `order` tell each member's grade of a limit; order 0 where that grade is none of its own.
    """

    members: Integers
    conditions: tuple[Condition, ...]
    is_bar: bool
    is_forced: bool
    grade: Integers
    order: Integers


@dataclass(frozen=True)
class Pool:
    """The seats of one grade row in one pool: a share of the headcount, in billionths; None is no limit.

    `family` numbers the rows that `cumulative` adds up; `contests` are those of the pool, its parts in the order of their
    names where it `is_split`.
    """

    row_no: int
    order: int
    share: int | None
    rounding: str
    family: int
    contests: tuple[int, ...]
    is_split: bool


@dataclass(frozen=True)
class Standing:
    """Who is barred, which grade is forced on whom (`NO_GRADE`: none), and the best order somebody may have (0: any)."""

    barred: Flags
    forced: NDArray[np.int16]
    best: NDArray[np.int32]


def stand(size: int, gates: Sequence[Gate], numbers: Sequence[Integers]) -> Standing:
    """What the gates decide of `size` subjects; `numbers` holds each metric, a row per variant or one for all.

    Of several limits the worst counts, at the same grade the forced one (specification, section 9).
    """
    rows = max((number.shape[0] for number in numbers), default=1)
    barred = np.zeros((rows, size), dtype=np.bool_)
    worst = np.zeros((rows, size), dtype=np.int32)
    forced = np.full((rows, size), NO_GRADE, dtype=np.int16)
    for gate in gates:
        holds = np.ones((rows, gate.members.size), dtype=np.bool_)
        for condition in gate.conditions:
            if condition.metric < 0:
                answer = condition.holds[None, :]
            else:
                own = numbers[condition.metric][:, gate.members[condition.members]]
                answer = (own != UNKNOWN) & _COMPARED[condition.op](own, condition.threshold)
            holds[:, condition.members] &= answer
        if gate.is_bar:
            barred[:, gate.members] |= holds
            continue
        weight = np.where(gate.order > 0, 2 * gate.order + gate.is_forced, 0).astype(np.int32)
        is_worse = holds & (weight > worst[:, gate.members])
        worst[:, gate.members] = np.where(is_worse, weight, worst[:, gate.members])
        grade = gate.grade.astype(np.int16) if gate.is_forced else np.int16(NO_GRADE)
        forced[:, gate.members] = np.where(is_worse, grade, forced[:, gate.members])
    return Standing(barred, forced, np.where(forced == NO_GRADE, worst // 2, 0).astype(np.int32))


def order(keys: Integers, tiebreaks: Sequence[tuple[Integers, bool]]) -> Integers:
    """Numbers that order everybody in each variant, higher is better, ties together; `UNKNOWN` stays what it is.

    First `keys`, then each tie-break (its numbers, and whether the higher comes first); unknown ones come last (specification, section 10).
    """
    if not tiebreaks:
        return keys
    levels = [np.where(number == UNKNOWN, UNKNOWN, number if is_down else -number) for number, is_down in tiebreaks]
    if all(level.shape[0] == 1 for level in levels):
        code = dense(np.stack([level[0] for level in levels]))
        base = int(code.max(initial=0)) + 1
        return np.where(keys == UNKNOWN, UNKNOWN, np.where(keys == UNKNOWN, 0, keys) * base + code)
    result = keys.copy()
    ordered = np.sort(keys, axis=1)
    tied = np.flatnonzero(((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] != UNKNOWN)).any(axis=1))
    for row in tied.tolist():
        own = [level[row if level.shape[0] > 1 else 0] for level in levels]
        result[row] = np.where(keys[row] == UNKNOWN, UNKNOWN, dense(np.stack([keys[row], *own])))
    return result


def seats(pools: Sequence[Pool], heads: Mapping[int, Integers]) -> dict[int, Integers]:
    """The seats of each contest that has a limit, one number per variant, from the headcounts of the contests of `pools`.

    A share of the headcount is rounded as the row says; a split pool goes by largest remainder (specification, section 11).
    """
    found: dict[int, Integers] = {}
    given: dict[int, Integers] = {}
    shares: dict[int, int] = {}
    for pool in sorted(pools, key=lambda one: one.order):
        if pool.share is None:
            continue
        own = np.stack([heads[contest] for contest in pool.contests], axis=1)
        count = own.sum(axis=1)
        shares[pool.family] = shares.get(pool.family, 0) + pool.share
        before = given.get(pool.family, np.zeros_like(count))
        fair = count * pool.share
        if pool.rounding == "cumulative":
            whole = np.maximum((2 * count * shares[pool.family] + PARTS) // (2 * PARTS) - before, 0)
        elif pool.rounding == "ceil":
            whole = -(-fair // PARTS)
        else:
            whole = (2 * fair + PARTS) // (2 * PARTS) if pool.rounding == "half_up" else fair // PARTS
        given[pool.family] = before + whole
        parts = _split(whole, own, count) if pool.is_split else whole[:, None]
        found |= {contest: parts[:, at] for at, contest in enumerate(pool.contests)}
    return found


def _split(whole: Integers, heads: Integers, count: Integers) -> Integers:
    """Seats by largest remainder; equal remainders: the larger part, then the first in the order of names."""
    size = np.maximum(count, 1)[:, None]
    own, rest = np.divmod(whole[:, None] * heads, size)
    remainder = ((2 * rest * 10**12 + size) // (2 * size) * 2 + 1000) // 2000
    left = whole - own.sum(axis=1)
    names = np.broadcast_to(np.arange(heads.shape[1]), heads.shape)
    place = np.argsort(np.lexsort((names, -heads, -remainder), axis=-1), axis=-1)
    return np.asarray(own + (place < left[:, None]))


def dense(levels: Integers) -> Integers:
    """The dense order of columns by their rows, the first row first: 0 is the lowest."""
    places = np.lexsort(levels[::-1])
    ordered = levels[:, places]
    steps = np.r_[False, (ordered[:, 1:] != ordered[:, :-1]).any(axis=0)]
    result = np.empty(places.size, dtype=np.int64)
    result[places] = np.cumsum(steps)
    return result
