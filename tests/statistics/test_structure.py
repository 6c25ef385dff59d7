"""Ages, changes and printed shares: exact, and against every count by trying them all."""

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from pipelines.statistics.structure import change, held, mean_age, read_share, rounded

DAY = datetime.date(2025, 8, 31)


def test_a_mean_age_is_of_full_months_and_never_of_one():
    births = [datetime.date(1975, 8, 1), datetime.date(1985, 2, 1)]
    assert mean_age(births, DAY) == Fraction(181, 4)
    assert mean_age(births[:1], DAY) is None


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [(Fraction(357, 8), 2, "44.63"), (Fraction(463, 10), 2, "46.30"), (Fraction(1, 200), 2, "0.01"),
     (Fraction(-1, 8), 2, "-0.12")],
)  # fmt: skip
def test_half_goes_up(value, decimals, shown):
    assert str(rounded(value, decimals)) == shown


def test_a_change_is_said_both_ways():
    found = change(Fraction(21, 40), Fraction(21, 80))
    assert (found.points, found.relative) == (Fraction(105, 4), 1)
    assert change(Fraction(1, 2), Fraction(0)).relative is None
    assert change(None, Fraction(1)).points is None


@pytest.mark.parametrize("printed", ["33.7%", "52%", "32.42%", "0.5", "100%", "0%", "66.7%"])
@pytest.mark.parametrize("count", [1, 3, 7, 74, 219])
def test_missing_counts_are_those_that_trying_all_finds(printed, count):
    wanted, places = read_share(printed)

    def gives(part, whole):
        return rounded(Fraction(part, whole), places) == Decimal(wanted.numerator) / wanted.denominator

    parts = [part for part in range(count + 1) if gives(part, count)]
    found = held(printed, None, count)
    assert (found.verdict, found.first, found.last) == (
        ("fits", parts[0], parts[-1]) if parts else ("impossible", None, None)
    )
    if wanted:
        wholes = [whole for whole in range(count, 4 * count + 1) if gives(count, whole)]
        found = held(printed, count, None)
        assert (found.verdict, found.first) == (("fits", wholes[0]) if wholes else ("impossible", None))


@pytest.mark.parametrize(
    ("printed", "part", "whole", "verdict"),
    [("33.7%", 74, 219, "cut"), ("33.8%", 74, 219, "fits"), ("33.6%", 74, 219, "differs"), ("33.7%", None, None, "unsaid")],
)  # fmt: skip
def test_a_share_that_was_cut_off_is_no_other_share(printed, part, whole, verdict):
    assert held(printed, part, whole).verdict == verdict


def test_text_is_no_share():
    with pytest.raises(ValueError, match="三成"):
        read_share("三成")
