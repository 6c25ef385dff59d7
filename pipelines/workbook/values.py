"""What a cell says: text, numbers and dates in every form that offices write.

Works on whole Arrow columns. Values that are plain already cost one vectorised look; only the distinct values that are
not go through Python. Nothing is guessed: what cannot be read comes back as null together with where it stands.

Source: `workbooks.md`, common rules.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.contract import NUMBER_PRECISION

NUMBER = pa.decimal128(*NUMBER_PRECISION)
_LIMIT = Decimal(10) ** (NUMBER_PRECISION[0] - NUMBER_PRECISION[1])
_UNIT = Decimal(1).scaleb(-NUMBER_PRECISION[1])

_ZERO_WIDTH = "[\u200b-\u200d\u2060\ufeff]"
_DROP_ZERO_WIDTH = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff")
_DASHES = r"[-‐‑–—―−/\\]+"
_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"
_INNER_SPACE = re.compile(rf"(?<=[{_HAN}·])\s+(?=[{_HAN}·(])|(?<=[{_HAN}·)])\s+(?=[{_HAN}·])")
_NUMBER = re.compile(
    r"([+-]?)\s*(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?: \d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d{1,2}))?\s*"
    r"(%|分|票|人|张|名|次|件|项|个|points?|pts|votes?|people|persons?)?",
)
_DATE = re.compile(
    r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*日?(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_CANONICAL = r"^(0|-?[1-9]\d{0,14}|-?(0|[1-9]\d{0,6})\.\d{0,8}[1-9])$"
_MIDNIGHT = " 00:00:00"


def clean_text(text: str) -> str:
    """NFKC, no zero-width characters, trimmed."""
    return unicodedata.normalize("NFKC", text).translate(_DROP_ZERO_WIDTH).strip()


def clean(column: pa.Array) -> pa.Array:
    """The column NFKC-normalised, without zero-width characters, trimmed; blank is null; midnight of a date is dropped."""
    is_plain, has_space = _survey(column)
    if not is_plain:
        column = pc.utf8_normalize(column, "NFKC")
        if pc.any(pc.match_substring_regex(column, _ZERO_WIDTH)).as_py():
            column = pc.replace_substring_regex(column, _ZERO_WIDTH, "")
    if has_space or not is_plain:
        column = pc.utf8_trim_whitespace(column)
        is_midnight = pc.ends_with(column, _MIDNIGHT)
        if pc.any(is_midnight).as_py():
            column = pc.if_else(is_midnight, pc.replace_substring(column, _MIDNIGHT, ""), column)
    is_blank = pc.equal(pc.binary_length(column), 0)
    if pc.any(is_blank).as_py():
        column = pc.if_else(is_blank, None, column)
    return column


def _survey(column: pa.Array) -> tuple[bool, bool]:
    """(all text is ASCII or common Chinese, which NFKC leaves alone; there may be white space), from the bytes alone."""
    data = column.buffers()[2]
    if data is None or column.null_count == len(column):
        return True, False
    offsets = np.frombuffer(column.buffers()[1], np.int32)
    text = np.frombuffer(data, np.uint8)[offsets[column.offset] : offsets[column.offset + len(column)]]
    if not len(text):
        return True, False
    has_space = bool(text.min() <= 0x20)
    if text.max() < 0x80:
        return True, has_space
    if text.max() > 0xE9 or bool(((text - 0xC0) < 0x23).any()):  # neither U+3000.. nor U+4000–9FFF
        return False, True
    marks = np.flatnonzero(text == 0xE3)  # U+3001–3035, as 〔 〕 and 、, are common in document numbers
    is_plain = bool((text[marks + 1] == 0x80).all() and ((text[marks + 2] - 0x81) < 0x35).all())
    return is_plain, has_space


def drop_dashes(column: pa.Array, keep_no: bool = False) -> pa.Array:
    """—, -, / and 无 mean that nothing is there; `keep_no` keeps 无 where it is an answer."""
    is_dash = pc.match_substring_regex(column, f"^{_DASHES}$" if keep_no else f"^({_DASHES}|无)$")
    return pc.if_else(is_dash, None, column) if pc.any(is_dash).as_py() else column


def close_names(column: pa.Array) -> pa.Array:
    """Spaces inside a Chinese name are layout (张 三); those of Latin names are kept."""
    has_space = pc.match_substring_regex(column, r"\s")
    if not pc.any(has_space).as_py():
        return column
    spaced = pc.unique(column.filter(has_space)).to_pylist()
    return replace(column, {text: _INNER_SPACE.sub("", text) for text in spaced if text})


def close_name(text: str) -> str:
    """The same for one text."""
    return _INNER_SPACE.sub("", text)


def name(text: str) -> str | None:
    """A name without layout; None where a dash says that there is none."""
    return None if re.fullmatch(f"{_DASHES}|无", text) else close_name(text)


def replace(column: pa.Array, words: dict[str, str | None]) -> pa.Array:
    """The column with some of its values replaced (to null where the new value is None)."""
    words = {old: new for old, new in words.items() if old != new}
    if not words:
        return column
    found = pc.index_in(column, value_set=pa.array(list(words), pa.string()))
    return pc.if_else(pc.is_valid(found), pa.array(list(words.values()), pa.string()).take(found), column)


# -- numbers ----------------------------------------------------------------------------------------------------------


def parse_number(text: str) -> Decimal | None:
    """A number as offices write it, settled at 9 decimals; None when it is not one. 20% is 0.2."""
    match = _NUMBER.fullmatch(text.replace("−", "-").strip())
    if match is None:
        return None
    try:
        number = Decimal(match[1] + match[2].replace(",", "").replace(" ", ""))
        if match[3]:
            number = number.scaleb(int(match[3]))
        number = _as_written(number)
        if match[4] == "%":
            number = number.scaleb(-2)
        number = number.quantize(_UNIT, rounding="ROUND_HALF_UP")
    except InvalidOperation:
        return None
    return number if abs(number) < _LIMIT else None


def _as_written(number: Decimal) -> Decimal:
    """A spreadsheet keeps 15 digits; the rest of 1234567890.099999905 is binary noise."""
    digits = len(number.as_tuple().digits)
    if digits > 15 and number.as_tuple().exponent != 0 and number.adjusted() < 15:
        return number.quantize(Decimal(1).scaleb(number.adjusted() - 14), rounding="ROUND_HALF_UP")
    return number


def number_text(number: Decimal) -> str:
    """Canonical digits: no exponent, no trailing zeros."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def numbers(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    """(DECIMAL(28, 9) or null, mask of the cells that hold something else than a number)."""
    return _parsed(column, NUMBER, r"^-?(\d{1,15}|\d{1,6}\.\d{1,9}|\d{7,10}\.\d{1,5})$", parse_number)


def integers(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    """(int64 or null, mask of the cells that hold something else than a whole number)."""
    return _parsed(column, pa.int64(), r"^-?\d{1,15}$", _parse_integer)


def _parse_integer(text: str) -> int | None:
    number = parse_number(text)
    return int(number) if number is not None and number == int(number) and abs(number) < 10**15 else None


def parse_year(text: str) -> int | None:
    """A cycle: 2025, 2025年, 2025年度."""
    match = re.fullmatch(r"(\d{4})\s*(?:年度?)?(?:\.0+)?", text)
    return int(match[1]) if match else None


def years(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    """(int64 year or null, mask of the cells that hold something else than a year)."""
    return _parsed(column, pa.int64(), r"^\d{4}$", parse_year)


def cells(column: pa.Array, keep: frozenset[str] = frozenset()) -> pa.Array:
    """Text with canonical digits where a cell is a number and ISO form where it is a date; `keep` stays as written."""

    def canonical(text: str) -> str | None:
        if text in keep:
            return text
        number = parse_number(text)
        if number is not None:
            return number_text(number)
        day = parse_date(text)
        return day.isoformat() if day else text

    needs_care = pc.invert(pc.match_substring_regex(column, _CANONICAL))
    if not pc.any(needs_care).as_py():
        return column
    distinct = pc.unique(column.filter(needs_care)).to_pylist()
    return replace(column, {text: canonical(text) for text in distinct if text is not None})


def are_canonical(column: pa.Array) -> bool:
    """Is every cell that is not blank a number in canonical digits?"""
    return pc.all(pc.match_substring_regex(column, _CANONICAL)).as_py() is not False


def attributes(column: pa.Array) -> pa.Array:
    """Like `cells`, but plain digits stay as written: 00123, and the month 1990.10."""

    def canonical(text: str) -> str | None:
        if re.fullmatch(r"[+-]?[\d.]+", text):
            number = parse_number(text) if len(text) > 15 and "." in text else None
            return number_text(number) if number is not None else (iso(text) or text)
        number = parse_number(text) if re.search(r"[,%−]", text) else None
        return number_text(number) if number is not None else (iso(text) or text)

    def iso(text: str) -> str | None:
        day = parse_date(text)
        return day.isoformat() if day else None

    distinct = pc.unique(column).to_pylist()
    return replace(column, {text: canonical(text) for text in distinct if text is not None})


def is_number(column: pa.Array) -> pa.Array:
    """Mask of the cells whose canonical text is a number; null where the cell is blank."""
    return pc.match_substring_regex(column, r"^-?\d+(\.\d+)?$")


# -- dates ------------------------------------------------------------------------------------------------------------


def parse_date(text: str) -> datetime.date | None:
    """2025-03-01, 2025/3/1, 2025.3.1 or 2025年3月1日, with or without a time; None when it is no day."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return datetime.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def _parse_day(text: str) -> datetime.date | None:
    """A day; also 20250301, and a bare serial number of a spreadsheet (1900 system) that lost its date format."""
    if re.fullmatch(r"(19|20)\d{6}", text):
        return parse_date(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    if re.fullmatch(r"[34]\d{4}", text):
        return datetime.date(1899, 12, 30) + datetime.timedelta(int(text))
    return parse_date(text)


def dates(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    """(date32 or null, mask of the cells that hold something else than a day)."""
    return _parsed(column, pa.date32(), "^$", _parse_day)


def _parsed(
    column: pa.Array, kind: pa.DataType, plain: str, parse: Callable[[str], object]
) -> tuple[pa.Array, pa.Array]:
    """Cells that match `plain` are cast as they are; the distinct others go through `parse` (None: unreadable).

    Dashes, slashes and 无 mean that nothing is there: null, and no fault.
    """
    is_plain = pc.match_substring_regex(column, plain)
    is_odd = pc.invert(is_plain)
    if not pc.any(is_odd).as_py():
        return column.cast(kind), pa.repeat(False, len(column))
    odd = pc.unique(column.filter(is_odd)).to_pylist()
    parsed = pa.array([parse(text) for text in odd], kind)
    read = parsed.take(pc.index_in(column, value_set=pa.array(odd, pa.string())))
    if pc.any(is_plain).as_py():
        read = pc.coalesce(pc.if_else(is_plain, column, None).cast(kind), read)
    return read, pc.and_(pc.is_null(read), pc.is_valid(drop_dashes(column)))
