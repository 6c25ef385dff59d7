"""Columns as arrays are what their rows are one by one, to the last bit."""

import math
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.advice import arrays

NONE = -(2**63)
NUMBERS = st.lists(st.none() | st.decimals(-(10**9), 10**9, places=9), max_size=12)


@given(NUMBERS, st.sampled_from([9, 12]), st.booleans())
def test_decimals_are_the_floats_nearest_to_them_and_whole_billionths(values, scale, is_sliced):
    column = pa.chunked_array([pa.array(values, pa.decimal128(38, scale)), pa.array(values, pa.decimal128(38, scale))])
    column, values = (
        (column.slice(1, len(values)), (values + values)[1 : len(values) + 1]) if is_sliced else (column, values * 2)
    )
    found = arrays.floats(column).tolist()
    assert [None if math.isnan(one) else one for one in found] == [None if v is None else float(v) for v in values]
    whole = arrays.billionths_of(column, NONE).tolist()
    assert whole == [NONE if v is None else arrays.billionths(v) for v in values]


@pytest.mark.parametrize(("text", "billionths"), [("0.0000000005", 1), ("-0.0000000005", -1), ("0.000000000499", 0)])
def test_half_a_billionth_goes_away_from_zero(text, billionths):
    column = pa.chunked_array([pa.array([Decimal(text)], pa.decimal128(38, 12))])
    assert arrays.billionths_of(column, NONE).tolist() == [billionths]


def test_no_rows_and_unknown_words_have_a_place_too():
    none = pa.chunked_array([], pa.decimal128(38, 9))
    assert arrays.floats(none).size == arrays.billionths_of(none, 0).size == 0
    assert arrays.places(pa.chunked_array([["b", None, "c"]]), pa.array(["a", "b"])).tolist() == [1, -1, -1]
    assert arrays.find(pa.array([7, 3]).to_numpy(), pa.array([3, 4, 7]).to_numpy()).tolist() == [1, -1, 0]
