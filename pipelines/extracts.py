"""Files out: one Arrow table as CSV, XLSX or Parquet, the same bytes for the same table every time.

Decides how a number, a date and a blank are written: decimals with up to 9 decimals, no trailing zeros and no exponent;
dates as 2025-12-31; `true` and `false`; nothing for a blank. CSV is UTF-8 with one line feed after every row and
quotes only where they are needed. Refuses what is not settled: a DOUBLE column is an error, because its
digits would depend on the order of a sum.

For Excel (`for_excel`) a CSV begins with a byte order mark, and a text that a spreadsheet would run as a formula
gets an apostrophe before it. Without it the file says exactly what the table says, for programs that read it.
"""

from __future__ import annotations

import datetime
import functools
import io
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

Format = Literal["csv", "xlsx", "parquet"]
FORMATS: tuple[Format, ...] = ("csv", "xlsx", "parquet")
DECIMALS = 9
DICTIONARY = Path(__file__).resolve().parent.parent / "data" / "columns.toml"

_BATCH = 65_536
_SHEET_ROWS = 1_048_575
"""Rows that one sheet takes below its heading; a longer table goes on in the next sheet."""
_CREATED = datetime.datetime(2020, 1, 1)
_SPECIAL = '[",\r\n]'
_FORMULA = r"^(?:[\t\r\n]|[\s\p{Z}\p{Cf}]*[=+\-@|%;,＝＋－＠｜％；，])"
_NUMBER = r"^[+\-]?[0-9]+(?:\.[0-9]+)?%?$"


def to_bytes(
    table: pa.Table,
    fmt: Format,
    *,
    name: str = "",
    language: str | None = None,
    for_excel: bool = True,
    stamp: Mapping[str, str] | None = None,
) -> bytes:
    """The table as a file.

    `name` is the title of the sheet. `language` ('en', 'zh') gives the headings of the column dictionary, None the
    column names; Parquet always has the column names. `stamp` says what the figures come from (scheme, build, method):
    XLSX shows it on a second sheet, Parquet keeps it as metadata, CSV has no place for it. ValueError for a column that
    holds doubles or anything but texts, numbers, dates and flags.
    """
    table = _settled(table)
    if fmt == "parquet":
        return _parquet(table, stamp or {})
    headings = [str(_about(column).get(f"label_{language}", column)) for column in table.column_names]
    if fmt == "csv":
        return _csv(table, headings, for_excel)
    return _xlsx(table, headings, name or "data", language, stamp or {})


def write(table: pa.Table, path: Path, **options: Any) -> Path:
    """Write the table to `path`, whose suffix names the format; options as in `to_bytes`. The file appears whole."""
    fmt = path.suffix.removeprefix(".")
    if fmt not in FORMATS:
        raise ValueError(f"{path.name}: an extract is csv, xlsx or parquet")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(to_bytes(table, fmt, **options))
    return unfinished.replace(path)


@functools.cache
def _dictionary() -> dict[str, dict[str, Any]]:
    return tomllib.loads(DICTIONARY.read_text(encoding="utf-8"))


def _about(column: str) -> dict[str, Any]:
    """What the column dictionary says of a column; nothing where it is not there (a column of a scheme or an upload)."""
    return _dictionary().get(column, {})


# -- values -----------------------------------------------------------------------------------------------------------


def _settled(table: pa.Table) -> pa.Table:
    """The table with plain columns: no dictionaries, decimals with at most 9 decimals, nothing inexact."""
    columns = []
    for field, column in zip(table.schema, table.columns, strict=True):
        if pa.types.is_dictionary(field.type):
            column = column.cast(field.type.value_type)
        kind = column.type
        if pa.types.is_decimal(kind) and kind.scale > DECIMALS:
            column = pc.round(column, DECIMALS, round_mode="half_towards_infinity").cast(pa.decimal128(38, DECIMALS))
        elif not (_is_text(kind) or _is_number(kind) or _is_moment(kind) or _is_flag(kind)):
            raise ValueError(f"column {field.name} is {kind}: an extract holds texts, exact numbers, dates and flags")
        columns.append(column)
    return pa.table(columns, names=table.column_names)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_decimal(kind))


def _is_moment(kind: pa.DataType) -> bool:
    return bool(pa.types.is_date(kind) or pa.types.is_timestamp(kind))


def _is_flag(kind: pa.DataType) -> bool:
    return bool(pa.types.is_boolean(kind) or pa.types.is_null(kind))


def _texts(column: pa.Array) -> pa.Array:
    """The values as they are written, blanks as the empty text."""
    if pa.types.is_decimal(column.type) and column.type.scale > 0:
        # Arrow writes 0.0000001 as 1E-7. One more than a number below 1 has no exponent, and the same decimals.
        magnitude = pc.abs(column)
        is_small = pc.less(magnitude, 1)
        small = pc.cast(pc.if_else(is_small, magnitude, None), pa.decimal128(18, column.type.scale))
        small = pc.binary_replace_slice(pc.cast(pc.add(small, 1), pa.string()), 0, 1, "0")
        texts = pc.if_else(is_small, small, pc.cast(magnitude, pa.string()))
        texts = pc.ascii_rtrim(pc.ascii_rtrim(texts, "0"), ".")
        texts = pc.binary_join_element_wise(pc.if_else(pc.less(column, 0), "-", ""), texts, "")
    else:
        texts = pc.cast(column, pa.string())
    return pc.fill_null(texts, "")


# -- CSV --------------------------------------------------------------------------------------------------------------


def _csv(table: pa.Table, headings: list[str], for_excel: bool) -> bytes:
    out = io.BytesIO()
    if for_excel:
        out.write(b"\xef\xbb\xbf")
    out.write(_lines([pa.array([heading]) for heading in headings], for_excel))
    for batch in table.to_batches(max_chunksize=_BATCH):
        out.write(_lines(batch.columns, for_excel))
    return out.getvalue()


def _lines(columns: list[pa.Array], for_excel: bool) -> bytes:
    """The rows of some columns as CSV text, column by column: no loop over rows."""
    if not len(columns[0]):
        return b""
    written = [_csv_texts(column, for_excel) for column in columns]
    if len(written) == 1:
        # A lone blank would be an empty line, which readers of CSV skip.
        written = [pc.if_else(pc.equal(written[0], ""), '""', written[0])]
    rows = pc.binary_join_element_wise(*written, ",") if len(written) > 1 else written[0]
    whole = pa.ListArray.from_arrays(pa.array([0, len(rows)], pa.int32()), rows)
    return bytes(pc.binary_join(whole, "\n")[0].as_buffer().to_pybytes()) + b"\n"


def _csv_texts(column: pa.Array, for_excel: bool) -> pa.Array:
    texts = _texts(column)
    if not _is_text(column.type):
        return texts
    if for_excel:
        harmful = pc.and_(
            pc.match_substring_regex(texts, _FORMULA), pc.invert(pc.match_substring_regex(texts, _NUMBER))
        )
        if pc.any(harmful).as_py():
            texts = pc.if_else(harmful, pc.binary_join_element_wise("'", texts, ""), texts)
    special = pc.match_substring_regex(texts, _SPECIAL)
    if pc.any(special).as_py():
        doubled = pc.replace_substring(texts, '"', '""')
        texts = pc.if_else(special, pc.binary_join_element_wise('"', doubled, '"', ""), texts)
    return texts


# -- Parquet ----------------------------------------------------------------------------------------------------------


def _parquet(table: pa.Table, stamp: Mapping[str, str]) -> bytes:
    import pyarrow.parquet as pq  # slow to import, and most who look at results take no file

    out = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(dict(stamp) or None), out, compression="zstd")
    return out.getvalue()


# -- XLSX -------------------------------------------------------------------------------------------------------------


def _xlsx(table: pa.Table, headings: list[str], name: str, language: str | None, stamp: Mapping[str, str]) -> bytes:
    import xlsxwriter  # slow to import

    out = io.BytesIO()
    # Text stays text: no formula, link or number is made of what a cell happens to look like.
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": _CREATED})
        head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "bottom": 1, "valign": "top", "text_wrap": True})
        formats = [
            book.add_format({"num_format": _number_format(name, column)} if not _is_text(column.type) else {})
            for name, column in zip(table.column_names, table.columns, strict=True)
        ]
        widths = [_width(heading, column) for heading, column in zip(headings, table.columns, strict=True)]
        for number, start in enumerate(range(0, max(table.num_rows, 1), _SHEET_ROWS), 1):
            sheet = book.add_worksheet(_sheet_name(name, number))
            sheet.freeze_panes(1, 0)
            for place, (heading, width) in enumerate(zip(headings, widths, strict=True)):
                sheet.set_column(place, place, width)
                sheet.write_string(0, place, heading, head)
            part = table.slice(start, _SHEET_ROWS)
            for row, values in enumerate(_rows(part), 1):
                for place, value in enumerate(values):
                    if value is not None:
                        _put(sheet, row, place, value, formats[place])
            sheet.autofilter(0, 0, part.num_rows, len(headings) - 1)
        if stamp:
            sheet = book.add_worksheet("说明" if language == "zh" else "About")
            sheet.set_column(0, 1, 30)
            for row, (key, value) in enumerate(stamp.items()):
                sheet.write_string(row, 0, key, head)
                sheet.write_string(row, 1, value)
    return out.getvalue()


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(max_chunksize=_BATCH):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _put(sheet: Any, row: int, place: int, value: Any, form: Any) -> None:
    """Write one cell. A number keeps the 15 digits that a spreadsheet has; a text too long for a cell is refused."""
    if isinstance(value, str):
        refused = sheet.write_string(row, place, value, form)
    elif isinstance(value, bool):
        refused = sheet.write_boolean(row, place, value, form)
    elif isinstance(value, datetime.date):
        refused = sheet.write_datetime(row, place, value, form)
    else:
        refused = sheet.write_number(row, place, float(value), form)
    if refused:
        raise ValueError(f"row {row}, column {place + 1}: a sheet cannot hold this value")


def _number_format(name: str, column: pa.ChunkedArray) -> str:
    """How a column of numbers or dates is shown; the cell keeps every decimal."""
    kind = column.type
    if pa.types.is_date(kind):
        return "yyyy-mm-dd"
    if pa.types.is_timestamp(kind):
        return "yyyy-mm-dd hh:mm:ss"
    about = _about(name)
    if about.get("is_share"):
        return "0.00%"
    if pa.types.is_decimal(kind) and kind.scale > 0:
        decimals = _telling_decimals(column) if about.get("is_total") else about.get("decimals", 2)
        return f"0.{'0' * decimals}" if decimals else "0"
    return "0" if _is_number(kind) else "General"


def _telling_decimals(column: pa.ChunkedArray) -> int:
    """The fewest decimals from 2 to 9 at which unequal totals still look unequal."""
    count = pc.count_distinct(column).as_py()
    for decimals in range(2, DECIMALS):
        rounded = pc.round(column, decimals, round_mode="half_towards_infinity")
        if pc.count_distinct(rounded).as_py() == count:
            return decimals
    return DECIMALS


def _width(heading: str, column: pa.ChunkedArray) -> float:
    """The width of a column in characters; a Chinese character takes two."""
    texts = pa.chunked_array([[heading], *(pc.cast(_texts(chunk), pa.string()) for chunk in column.chunks)])
    wide = pc.divide(pc.subtract(pc.binary_length(texts), pc.utf8_length(texts)), 2)
    return float(min(max(pc.max(pc.add(pc.utf8_length(texts), wide)).as_py() + 2, 8), 60))


def _sheet_name(name: str, number: int) -> str:
    """A title that a sheet may have: at most 31 characters, no brackets, slashes, `:*?` or outer apostrophes."""
    clean = "".join(" " if letter in "[]:*?/\\" else letter for letter in name).strip("' ") or "data"
    return clean[:31] if number == 1 else f"{clean[:26]} ({number})"
