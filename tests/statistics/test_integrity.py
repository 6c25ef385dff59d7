"""What is planted among honest ballots is found, and honest ballots are left alone."""

import numpy as np
import pytest

from pipelines.statistics import integrity
from pipelines.statistics.integrity import Answers, Returns


def honest(sheets=20, subjects=10, seed=8):
    random = np.random.default_rng(seed)
    merit = random.normal(82, 4, subjects)
    return np.rint(merit + random.normal(0, 2, (sheets, 1)) + random.normal(0, 4, (sheets, subjects))).clip(50, 100)


def answers(table, strata=None):
    sheet, cell = np.nonzero(~np.isnan(table))
    stratum = np.zeros(table.shape[0], dtype=np.int64) if strata is None else np.asarray(strata)
    return Answers(sheet, cell, table[sheet, cell], stratum)


def test_honest_ballots_raise_no_finding():
    given = answers(honest())
    assert [found.size for found in integrity.straight_lined(given)] == [0, 0, 0]
    assert integrity.identical(given).size == 0
    assert integrity.far_from_peers(given).size == 0
    assert integrity.blocks(given) == []


def test_sheets_with_one_answer_are_told_by_where_it_lies():
    table = honest()
    table[3], table[7], table[11] = 100, 50, 80
    top, bottom, between = integrity.straight_lined(answers(table))
    assert (top.tolist(), bottom.tolist(), between.tolist()) == ([3], [7], [11])


def test_a_short_sheet_with_one_answer_says_nothing():
    table = honest()
    table[3, 4:] = np.nan
    table[3, :4] = 100
    assert [found.size for found in integrity.straight_lined(answers(table))] == [0, 0, 0]


def test_copies_are_found_whoever_made_them():
    table = honest()
    table[12] = table[5]
    assert integrity.identical(answers(table)).tolist() == [5, 12]
    table[12, 0] += 1
    assert integrity.identical(answers(table)).size == 0


def test_a_rater_far_below_the_others_is_found():
    table = honest()
    table[9] -= 30
    assert integrity.far_from_peers(answers(table)).tolist() == [9]


def test_a_block_that_lifts_its_own_is_found_in_its_stratum_only():
    table = honest(24)
    agreed = np.array([98, 55, 97, 60, 99, 58, 96, 62, 95, 57], dtype=float)
    for sheet in (2, 6, 10, 14):
        table[sheet] = agreed + np.random.default_rng(sheet).integers(-1, 2, 10)
    (block,) = integrity.blocks(answers(table))
    assert block.tolist() == [2, 6, 10, 14]
    apart = [0 if sheet in (2, 6) else 1 if sheet in (10, 14) else 2 for sheet in range(24)]
    assert integrity.blocks(answers(table, apart)) == []


@pytest.mark.parametrize(
    ("returns", "missing", "faults"),
    [
        (Returns(30, 28, 1, 27), 2, ()),
        (Returns(30, 31, 0, 31), -1, ("returned",)),
        (Returns(30, 20, 21, None), 10, ("void",)),
        (Returns(30, 20, 1, 20), 10, ("counted",)),
        (Returns(None, 20, None, 20), None, ()),
    ],
)
def test_what_cannot_be_is_named(returns, missing, faults):
    assert (returns.missing, returns.faults) == (missing, faults)
