"""Columns of Arrow tables as arrays, all rows at once and exactly as one row after the other would come out."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.statistics.rules import PARTS, Flags, Floats, Integers

EXACT = 2**53
"""Below it every whole number is a float, and its quotient by a power of ten is the float nearest to the decimal."""
DECIMALS = 9


def billionths(value: Decimal) -> int:
    """A settled number as a whole number of billionths, half away from zero."""
    return int((Decimal(value) * PARTS).to_integral_value(rounding=ROUND_HALF_UP))


def floats(column: pa.ChunkedArray) -> Floats:
    """Decimals as the floats nearest to them, NaN where there is none: Arrow's own cast can be one bit beside that."""
    given = _whole(column)
    if given is None:
        return np.array([np.nan if value is None else float(value) for value in column.to_pylist()], dtype=np.float64)
    numbers, known = given
    return np.where(known, numbers / 10.0**column.type.scale, np.nan)


def billionths_of(column: pa.ChunkedArray, missing: int) -> Integers:
    """Decimals as whole numbers of billionths, half away from zero; `missing` where there is none."""
    given = _whole(column)
    more = DECIMALS - column.type.scale
    if given is None or (more > 0 and np.abs(given[0]).max(initial=0) > EXACT // 10**more):
        return np.fromiter(
            (missing if value is None else billionths(value) for value in column.to_pylist()), dtype=np.int64
        )
    numbers, known = given
    if more >= 0:
        return np.where(known, numbers * 10**more, missing)
    unit = 10**-more
    return np.where(known, (2 * np.abs(numbers) + unit) // (2 * unit) * np.sign(numbers), missing)


def whole_numbers(column: pa.ChunkedArray, missing: int) -> Integers:
    """Whole numbers; `missing` where there is none."""
    return np.asarray(pc.fill_null(pc.cast(column, pa.int64()), missing), dtype=np.int64)


def flags(column: pa.ChunkedArray | pa.Array) -> Flags:
    """True where the column is true, and nowhere else."""
    return np.asarray(pc.fill_null(column, False), dtype=np.bool_)


def places(column: pa.ChunkedArray, words: pa.Array) -> Integers:
    """Where each word of the column stands among `words`, -1 where it is none of them."""
    return np.asarray(pc.fill_null(pc.index_in(column, value_set=words, skip_nulls=True), -1), dtype=np.int64)


def distinct(column: pa.ChunkedArray) -> pa.Array:
    """The words of a column, each once, in the order of their first rows."""
    return column.drop_null().combine_chunks().unique()


def find(keys: Integers, wanted: Integers) -> Integers:
    """Where each wanted number stands among `keys`, which are all different; -1 where it is not."""
    if not keys.size:
        return np.full(wanted.size, -1, dtype=np.int64)
    order = np.argsort(keys)
    at = order[np.minimum(np.searchsorted(keys, wanted, sorter=order), keys.size - 1)]
    return np.where(keys[at] == wanted, at, -1)


def _whole(column: pa.ChunkedArray) -> tuple[Integers, Flags] | None:
    """The digits of decimals as whole numbers, and which are there; None where one has more than a float can hold."""
    numbers, known = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.bool_)]
    for chunk in column.chunks:
        own = flags(chunk.is_valid())
        halves = np.frombuffer(chunk.buffers()[1], dtype=np.int64).reshape(-1, 2)[chunk.offset :][: len(chunk)]
        low = np.where(own, halves[:, 0], 0)
        if (own & ((halves[:, 1] != low >> 63) | (np.abs(low) >= EXACT) | (low == np.iinfo(np.int64).min))).any():
            return None
        numbers.append(low)
        known.append(own)
    return np.concatenate(numbers), np.concatenate(known)
