"""Choosing under minimums: against enumeration, on cases worked out by hand, and what excludes what."""

import itertools
import random
from fractions import Fraction

import pytest

from pipelines.statistics.selection import Minimum, Places, by_wish, choose, feasible_seats, match


@pytest.mark.parametrize(
    ("seats", "qualified", "feasible"), [(1, 1, 0), (2, 3, 2), (2, 2, 1), (6, 8, 5), (1, 2, 1), (3, 30, 3)]
)
def test_too_few_candidates_reduce_or_cancel(seats, qualified, feasible):
    assert feasible_seats(seats, qualified, Fraction(3, 2)) == feasible


def everybody(scores, seats):
    """Every candidate may have every post."""
    pairs = tuple(itertools.product(range(len(scores)), range(len(seats))))
    return Places(tuple(scores), tuple(seats), pairs)


def test_a_minimum_brings_in_the_best_who_counts_for_it():
    """Two seats, scores 90 80 70 60, candidates 2 and 3 count, one is needed: 90 and 70, not 90 and 80."""
    places = everybody([90.0, 80.0, 70.0, 60.0], [2])
    assert choose(places, []).taken == (0, 1)
    chosen = choose(places, [Minimum((2, 3), 1)])
    assert (chosen.taken, chosen.missed, chosen.conflict) == ((0, 2), (0,), ())


def test_a_soft_minimum_is_bent_no_further_than_it_must():
    """Two seats; both must be of candidates 2 and 3; that two be of 0 and 1 should hold and is missed by two."""
    places = everybody([90.0, 80.0, 70.0, 60.0], [2])
    chosen = choose(places, [Minimum((2, 3), 2), Minimum((0, 1), 2, is_soft=True)])
    assert (chosen.taken, chosen.missed, chosen.conflict) == ((2, 3), (0, 2), ())
    one = choose(places, [Minimum((2, 3), 1), Minimum((0, 1), 2, is_soft=True)])
    assert (one.taken, one.missed) == ((0, 2), (0, 1))


def counties(needed, seats):
    """Seven counties of ten candidates each, `needed` from every county."""
    places = everybody([float(80 - place) for place in range(70)], [seats])
    return places, [Minimum(tuple(range(10 * county, 10 * county + 10)), needed) for county in range(7)]


def test_seven_counties_of_six_do_not_fit_into_forty():
    """7 · 6 = 42 > 40, while any six of them are 36; with 42 seats everything holds."""
    places, minimums = counties(6, 40)
    assert choose(places, minimums).conflict == tuple(range(7))
    assert choose(places, minimums).taken == ()
    assert choose(*counties(6, 42)).missed == (0,) * 7


def test_only_those_who_exclude_each_other_are_named():
    places = everybody([3.0, 2.0, 1.0], [1])
    minimums = [Minimum((0, 1, 2), 1), Minimum((1,), 1), Minimum((2,), 1)]
    assert choose(places, minimums).conflict == (1, 2)


def test_without_candidates_a_minimum_is_the_conflict():
    assert choose(Places((), (2,), ()), [Minimum((), 0), Minimum((), 1)]).conflict == (1,)


@pytest.mark.parametrize("seed", range(12))
def test_enumeration_finds_nothing_better(seed):
    draw = random.Random(seed)
    scores = [float(draw.randint(50, 99)) for _ in range(5)]
    seats = [1, draw.randint(1, 2)]
    pairs = tuple(pair for pair in itertools.product(range(5), range(2)) if draw.random() < 0.8)
    minimums = [
        Minimum(tuple(place for place in range(len(pairs)) if draw.random() < 0.5), draw.randint(1, 2), soft)
        for soft in (False, False, True)
    ]
    best = None
    for taken in itertools.chain.from_iterable(itertools.combinations(range(len(pairs)), n) for n in range(4)):
        who = [pairs[place][0] for place in taken]
        is_allowed = len(set(who)) == len(who) and all(
            sum(pairs[place][1] == post for place in taken) <= seats[post] for post in range(2)
        )
        missed = [max(0, one.needed - len(set(taken) & set(one.positions))) for one in minimums]
        if is_allowed and not any(missed[:2]):
            best = max(best or (-99, 0.0), (-missed[2], sum(scores[candidate] for candidate in who)))
    chosen = choose(Places(tuple(scores), tuple(seats), pairs), minimums)
    if best is None:
        assert chosen.conflict
    else:
        assert (-chosen.missed[2], sum(scores[pairs[place][0]] for place in chosen.taken)) == best


def test_wishes_are_met_in_order_of_score():
    """Post 0 has one seat: candidate 1 goes first and takes it, 0 its second wish; 2 wished for post 0 alone."""
    assert by_wish([1, 0, 2, 3], [[0, 1], [0], [0], []], [1, 5]) == [1, 0, None, None]


def test_who_gives_up_lets_the_next_move_up():
    assert by_wish([0, 1, 2], [[], [0], [0]], [1]) == [None, 0, None]


def test_a_post_keeps_whom_it_prefers():
    """Three ask for post 0, which prefers 2; 0 goes on to post 1 and keeps 1 out; 3 has post 2 before 1."""
    wishes, orders = [[0, 1], [0, 1, 2], [0], [2]], [[2, 0, 1, 3], [0, 1], [3, 1]]
    assert match(wishes, orders, [1, 1, 1]) == [1, None, 0, 2]
    assert match(wishes, orders, [2, 1, 1]) == [0, 1, 0, 2]


@pytest.mark.parametrize("seed", range(12))
def test_nobody_and_no_post_would_rather_have_each_other(seed):
    draw = random.Random(seed)
    seats = [draw.randint(1, 2) for _ in range(3)]
    wishes = [draw.sample(range(3), draw.randint(0, 3)) for _ in range(7)]
    orders = [draw.sample(range(7), 7) for _ in range(3)]
    given = match(wishes, orders, seats)
    for candidate, line in enumerate(wishes):
        mine = given[candidate]
        assert mine is None or mine in line
        for post in line[: line.index(mine)] if mine is not None else line:
            holders = [one for one in range(7) if given[one] == post]
            assert len(holders) == seats[post]
            assert all(orders[post].index(one) < orders[post].index(candidate) for one in holders)
