"""Ages, shares of teams and printed figures: exact counts in, shares out. Pure.

Decides that a share is worked out from its two counts and never stored; that an age is full months on a day; that a team
counts once however many of its members are meant. A printed share is held against the counts it rests on: where none can
give it by rounding, it is told, not corrected.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

from pipelines.statistics.eligibility import full_months

FEWEST_AGES = 2
"""A mean of one person is that person's age."""


def rounded(value: Fraction, decimals: int) -> Decimal:
    """A fraction at so many decimals, half up."""
    scaled = Decimal(10) ** decimals
    whole = (value * int(scaled) + Fraction(1, 2)).__floor__()
    return (Decimal(whole) / scaled).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def mean_age(births: Sequence[datetime.date], day: datetime.date) -> Fraction | None:
    """Mean age in years on a day, from full months; None where fewer than two births are known."""
    if len(births) < FEWEST_AGES:
        return None
    return Fraction(sum(full_months(born, day) for born in births), 12 * len(births))


def share(part: int, whole: int) -> Fraction | None:
    """`part` of `whole`; None of nothing."""
    return Fraction(part, whole) if whole else None


@dataclass(frozen=True)
class Change:
    """A share against an earlier one: by points of a hundred, and as a part of the earlier one (STR-02 says neither)."""

    points: Fraction | None
    relative: Fraction | None


def change(now: Fraction | None, before: Fraction | None) -> Change:
    """Both ways of saying how a share changed; None where one is unknown, no relative change of nothing."""
    if now is None or before is None:
        return Change(None, None)
    return Change(100 * (now - before), (now - before) / before if before else None)


# -- printed figures ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Print:
    """What is found of a printed share.

    `fits`: the counts give it, or the one missing count can. `cut`: only when digits are cut off and not rounded.
    `differs`: the counts give another share. `impossible`: no count of the one that is missing gives it. `from` and `to`
    are the smallest and largest missing count that give it.
    """

    verdict: Literal["fits", "cut", "differs", "impossible", "unsaid"]
    computed: Fraction | None = None
    first: int | None = None
    last: int | None = None


def read_share(text: str) -> tuple[Fraction, int]:
    """A printed share as a part of one, and its decimals as such: 33.7% is 0.337 with 3."""
    number = text.strip().removesuffix("%")
    places = len(number.partition(".")[2]) + (2 if text.strip().endswith("%") else 0)
    if not re.fullmatch(r"\d+(\.\d+)?", number):
        raise ValueError(text)
    return Fraction(number) / (100 if text.strip().endswith("%") else 1), places


def held(printed: str, part: int | None, whole: int | None) -> Print:
    """A printed share against the counts that are known: both, or one of them.

    A missing whole is looked for among whole numbers not below the part, a missing part among those not above the whole.
    """
    wanted, places = read_share(printed)
    half = Fraction(1, 2 * 10**places)
    low, high = wanted - half, wanted + half
    if part is not None and whole:
        found = Fraction(part, whole)
        if low <= found < high:
            return Print("fits", found)
        return Print("cut" if wanted <= found < wanted + 2 * half else "differs", found)
    if part is None and whole is None:
        return Print("unsaid")
    if part is not None:
        first, last = max(part, (part / high).__floor__() + 1), (part / low).__floor__() if low > 0 else None
    else:
        first, last = (
            max(0, (low * int(whole or 0)).__ceil__()),
            min(int(whole or 0), (high * int(whole or 0)).__ceil__() - 1),
        )
    if last is not None and first > last:
        return Print("impossible")
    return Print("fits", None, first, last)
