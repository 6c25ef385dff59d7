"""Bytes of a file -> grids of cells: one `Grid` per visible sheet, column by column, every address kept.

Decides which kind of file it is (by its content, not its suffix), which encoding and delimiter a CSV has, which sheets
are hidden, where cells are merged, and which cells hold no value although somebody wrote something there (a formula
that was never calculated, an error). It refuses files that cannot be opened or that would swell beyond sane limits;
each refusal is a `Problem`. What the cells mean is decided in `layout` and `tables`.

fastexcel reads all cells as text (numbers rounded to 9 decimals, dates as `2025-05-14 00:00:00`). It drops leading
blank columns and says nothing of merged cells or of formulas without a value, so the sheet's XML is streamed once beside it.
"""

from __future__ import annotations

import codecs
import csv
import html
import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import IO
from xml.etree import ElementTree

import fastexcel
import pyarrow as pa
import pyarrow.csv as pacsv

from pipelines.contract import OWN_SHEETS
from pipelines.problems import Place, Problem

MAX_EXPANDED = 3 * 2**30
"""Bytes that a zip file may hold when unpacked."""
MAX_RATIO = 400
"""How many times smaller than its content a large member of a zip file may be."""
MAX_CELLS = 40_000_000
"""Rows × columns of the used range of one sheet; a lone cell in XFD1048576 would ask for 17 billion."""
_DETAILED = 4 * 2**20
"""Up to this size of a sheet's XML every cell reference is looked at; beyond it only the declared range."""
_CHUNK = 2**18

csv.field_size_limit(2**20)


@dataclass(frozen=True)
class Fault:
    """A cell that holds no value although something stands there; `code` is that of its Problem."""

    code: str
    found: str


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet. Rows and columns count from 0 here; `columns[0]` is column A."""

    sheet: str
    columns: tuple[pa.Array, ...]
    height: int
    merges: tuple[tuple[int, int, int, int], ...] = ()
    """top, left, bottom, right; all inclusive."""
    faults: dict[tuple[int, int], Fault] = field(default_factory=dict)
    """(row, column) -> what is wrong with the cell."""

    @property
    def width(self) -> int:
        return len(self.columns)


def open_grids(content: bytes, name: str) -> tuple[list[Grid], list[Problem]]:
    """The visible sheets of the file, and what could not be read. Never raises for what a file can contain."""
    file = PurePath(name).name
    if not content:
        return [], [Problem("file-empty", Place(file))]
    try:
        if content.startswith(b"PK"):
            return _open_zip(content, file)
        if content.startswith(b"\xd0\xcf\x11\xe0"):
            return _open_sheets(content, file, {})
        return _open_text(content)
    except _Refused as refusal:
        return [], [Problem(refusal.code, Place(file), refusal.found)]


def cell_name(row: int, column: int) -> str:
    """The address of a cell: (0, 0) is A1. A negative column gives the empty text."""
    letters = ""
    column += 1
    while column > 0:
        column, digit = divmod(column - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{row + 1}" if letters else ""


class _Refused(Exception):
    def __init__(self, code: str, found: str = ""):
        self.code, self.found = code, found
        super().__init__(code)


# -- spreadsheets -----------------------------------------------------------------------------------------------------


@dataclass
class _Marks:
    """What the XML of one sheet says beside its values."""

    first_column: int = 0
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    faults: dict[tuple[int, int], Fault] = field(default_factory=dict)
    is_hidden: bool = False
    has_shared_strings: bool = False


def _open_zip(content: bytes, file: str) -> tuple[list[Grid], list[Problem]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _guard(archive)
            members = set(archive.namelist())
            if "xl/workbook.xml" in members:
                marks = _xlsx_marks(archive)
            elif "content.xml" in members:
                marks = _ods_marks(archive)
            else:
                raise _Refused("file-not-a-workbook")
    except (zipfile.BadZipFile, ElementTree.ParseError, zlib.error, OSError, EOFError, ValueError, KeyError,
            NotImplementedError, RuntimeError) as error:  # fmt: skip
        raise _Refused("file-unreadable", str(error)) from error
    return _open_sheets(content, file, marks)


def _guard(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise _Refused("file-encrypted")
    if len({member.filename for member in members}) < len(members):
        raise _Refused("file-unreadable", "a part is there twice")
    if sum(member.file_size for member in members) > MAX_EXPANDED:
        raise _Refused("file-too-large")
    for member in members:
        if member.file_size > 5 * 2**20 and member.file_size > MAX_RATIO * max(member.compress_size, 1):
            raise _Refused("file-too-large", member.filename)
        if member.filename.lower().endswith("sharedstrings.xml"):
            with archive.open(member) as part:
                counts = re.findall(rb'[cC]ount="(\d+)"', part.read(4096))
            if any(int(count) > member.file_size for count in counts[:2]):
                raise _Refused("file-unreadable", "more texts are announced than there are")  # fastexcel would abort


def _open_sheets(content: bytes, file: str, marks: dict[str, _Marks]) -> tuple[list[Grid], list[Problem]]:
    """Every visible sheet by fastexcel; a sheet that it cannot read is a Problem and the others are still read."""
    try:
        reader = fastexcel.read_excel(content)
    except BaseException as error:  # fastexcel panics with a BaseException
        _let_through(error)
        code = "file-encrypted" if "password" in str(error).lower() else "file-unreadable"
        raise _Refused(code, str(error).partition("\n")[0]) from error
    grids, problems = [], []
    for index, sheet in enumerate(reader.sheet_names):
        if sheet in OWN_SHEETS:
            continue
        mark = marks.get(sheet)
        try:
            if mark and mark.is_hidden:
                raise _Hidden
            grids.append(_load(reader, index, sheet, mark))
        except _Hidden:
            problems.append(Problem("hidden-sheet", Place(file, sheet)))
        except _Refused as refusal:
            problems.append(Problem(refusal.code, Place(file, sheet), refusal.found))
        except BaseException as error:
            _let_through(error)
            problems.append(Problem("sheet-unreadable", Place(file, sheet), str(error).partition("\n")[0]))
    return grids, problems


class _Hidden(Exception):
    pass


def _let_through(error: BaseException) -> None:
    if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError):
        raise error


def _load(reader: fastexcel.ExcelReader, index: int, sheet: str, mark: _Marks | None) -> Grid:
    faults = dict(mark.faults) if mark else {}
    first = mark.first_column if mark else 0
    batch: pa.RecordBatch
    if mark and mark.has_shared_strings:  # a fifth less work, but it tells neither errors nor whether a sheet is hidden
        batch = reader.load_sheet(index, header_row=None, skip_rows=0, dtypes="string", eager=True)
    else:
        loaded = reader.load_sheet(index, header_row=None, skip_rows=0, dtypes="string")
        if loaded.visible != "visible":
            raise _Hidden
        batch, errors = loaded.to_arrow_with_errors()
        for error in errors.errors if errors else []:
            row, column = error.position
            kind = re.search(r"Error\((\w+)\)", error.detail)
            faults.setdefault((row, column + first), Fault("error-cell", _ERRORS.get(kind[1] if kind else "", "#N/A")))
    if not batch.num_columns and not faults:
        return Grid(sheet, (), 0)
    height = max([batch.num_rows, *(row + 1 for row, _ in faults)])
    width = max([first + batch.num_columns, *(column + 1 for _, column in faults)])
    columns = [pa.nulls(height, pa.string())] * width
    for place, column in enumerate(batch.columns, first):
        text = column.cast(pa.string())
        columns[place] = (
            text if len(text) == height else pa.concat_arrays([text, pa.nulls(height - len(text), pa.string())])
        )
    return Grid(sheet, tuple(columns), height, tuple(mark.merges) if mark else (), faults)


_ERRORS = {
    "NA": "#N/A", "Div0": "#DIV/0!", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!", "Ref": "#REF!",
    "Value": "#VALUE!", "GettingData": "#GETTING_DATA",
}  # fmt: skip


# -- the XML of .xlsx -------------------------------------------------------------------------------------------------


def _xlsx_marks(archive: zipfile.ZipFile) -> dict[str, _Marks]:
    """Sheet name -> what its XML says beside the values."""
    targets = {}
    for node in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels")):
        target = node.attrib.get("Target", "").replace("\\", "/")
        targets[node.attrib.get("Id")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    marks = {}
    members = set(archive.namelist())
    has_shared_strings = any(member.lower().endswith("sharedstrings.xml") for member in members)
    for node in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if node.tag.rpartition("}")[2] != "sheet" or "name" not in node.attrib:
            continue
        identity = next((value for key, value in node.attrib.items() if key.rpartition("}")[2] == "id"), None)
        target = targets.get(identity, "")
        if node.attrib.get("state", "visible") != "visible":
            marks[node.attrib["name"]] = _Marks(is_hidden=True)
        elif target in members:
            with archive.open(target) as part:
                mark = _scan(part, archive.getinfo(target).file_size)
            mark.has_shared_strings = has_shared_strings
            marks[node.attrib["name"]] = mark
    return marks


def _scan(part: IO[bytes], size: int) -> _Marks:
    """One pass over a sheet's XML: merged ranges, formulas without a value, the first column; refuses a huge range."""
    marks = _Marks()
    head = part.read(_DETAILED if size <= _DETAILED else 2**18)
    found = re.search(rb"<((?:\w+:)?)sheetData", head)
    prefix = found[1] if found else b""
    row_tag, end_tag, formula_end = b"<" + prefix + b"row", b"</" + prefix + b"sheetData", b"</" + prefix + b"f>"
    uncached = re.compile(
        rb'<%bc\b[^>]*?\br="([A-Z]{1,3})(\d+)"[^>]*>\s*<%bf\b(?:[^>]*/>|[^>]*>([^<]*)</%bf>)\s*'
        rb"(?:<%bv\s*/>\s*|<%bv>\s*</%bv>\s*)?</%bc>" % ((prefix,) * 7)
    )
    error = re.compile(
        rb'<%bc\b[^>]*?\br="([A-Z]{1,3})(\d+)"[^>]*?\bt="e"[^>]*>\s*(?:<%bf\b(?:[^>]*/>|[^>]*>[^<]*</%bf>)\s*)?<%bv>([^<]*)<'
        % ((prefix,) * 4)
    )
    _measure(head, prefix, marks)
    rest, after, has_formulas = head, b"", False
    while True:
        is_last = b"h" in rest and end_tag in rest
        cut = rest.index(end_tag) if is_last else max(rest.rfind(row_tag), 0)
        rows = rest[:cut]
        # A shared formula is written out at its first cell. (One byte is found many times faster than four: hence "f", "h".)
        has_formulas = has_formulas or (b"f" in rows and formula_end in rows)
        if has_formulas:
            for match in uncached.finditer(rows):
                place = (int(match[2]) - 1, _column_number(match[1]))
                formula = html.unescape((match[3] or b"").decode("utf-8", "replace"))
                marks.faults[place] = Fault("formula-without-value", f"={formula}")
        if b"e" in rows and b't="e"' in rows:
            for match in error.finditer(rows):
                marks.faults[int(match[2]) - 1, _column_number(match[1])] = Fault(
                    "error-cell", match[3].decode("utf-8", "replace")
                )
        if is_last:
            after = rest[cut:]
            break
        chunk = part.read(_CHUNK)
        if not chunk:
            break
        rest = rest[cut:] + chunk
    while len(after) < 32 * _CHUNK and (chunk := part.read(_CHUNK)):
        after += chunk
    for match in re.finditer(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)"', after):
        top, left = int(match[2]) - 1, _column_number(match[1])
        bottom, right = int(match[4]) - 1, _column_number(match[3])
        if (bottom - top + 1) * (right - left + 1) <= MAX_CELLS:
            marks.merges.append((top, left, bottom, right))
    return marks


def _measure(head: bytes, prefix: bytes, marks: _Marks) -> None:
    """The first column in use (fastexcel drops blank ones before it), and a refusal of a range that is too large."""
    cells = re.findall(rb'<%bc r="([A-Z]{1,3})(\d+)"([^>]*?)(/?)>(</)?' % prefix, head)
    filled = [(_column_number(letters), int(row)) for letters, row, _, closed, ends in cells if not closed and not ends]
    declared = re.search(rb'<(?:\w+:)?dimension\b[^>]*?\bref="(?:[A-Z]{1,3}\d+:)?([A-Z]{1,3})(\d+)"', head)
    is_partial = len(head) >= 2**18
    corners = [*filled, (_column_number(declared[1]), int(declared[2]))] if declared and is_partial else filled
    if filled:
        marks.first_column = min(column for column, _ in filled)
    if corners:
        width = max(column for column, _ in corners) - marks.first_column + 1
        height = max(row for _, row in corners)
        if width * height > MAX_CELLS or height > 2**20 or width > 2**14:
            raise _Refused("sheet-too-large", f"{height} × {width}")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


# -- the XML of .ods --------------------------------------------------------------------------------------------------


def _ods_marks(archive: zipfile.ZipFile) -> dict[str, _Marks]:
    """Sheet name -> merged ranges, error cells and the first column in use."""
    marks: dict[str, _Marks] = {}
    mark, row, column, first = _Marks(), 0, 0, MAX_CELLS
    with archive.open("content.xml") as part:
        for event, node in ElementTree.iterparse(part, events=("start", "end")):
            tag = node.tag.rpartition("}")[2]
            if event == "start" and tag == "table" and _ods(node, "name"):
                mark = marks.setdefault(_ods(node, "name"), _Marks())
                row, column, first = 0, 0, MAX_CELLS
            elif event == "start" and tag == "table-row":
                column = 0
            elif event == "end" and tag in ("table-cell", "covered-table-cell"):
                down, across = (
                    int(_ods(node, "number-rows-spanned") or 1),
                    int(_ods(node, "number-columns-spanned") or 1),
                )
                if down > 1 or across > 1:
                    mark.merges.append((row, column, row + down - 1, column + across - 1))
                if "error" in node.attrib.values():
                    mark.faults[row, column] = Fault("error-cell", "".join(node.itertext()) or "#N/A")
                if len(node):
                    first = min(first, column)
                    mark.first_column = first
                column += int(_ods(node, "number-columns-repeated") or 1)
            elif event == "end" and tag == "table-row":
                row += int(_ods(node, "number-rows-repeated") or 1)
                node.clear()
    return marks


def _ods(node: ElementTree.Element, key: str) -> str:
    return node.attrib.get("{urn:oasis:names:tc:opendocument:xmlns:table:1.0}" + key, "")


# -- text files -------------------------------------------------------------------------------------------------------


def _open_text(content: bytes) -> tuple[list[Grid], list[Problem]]:
    text = _decode(content)
    start = text.lstrip()[:200].lower()
    if start.startswith(("<!doctype html", "<html", "<?xml", "%pdf", "{\\rtf")):
        raise _Refused("file-not-a-workbook", start[:20])
    if not start:
        raise _Refused("file-empty")
    delimiter = _delimiter(text)
    columns = _read_regular(text, delimiter) if len(text) > 2**20 else None
    if columns is None:
        columns = _read_ragged(text, delimiter)
    return [Grid("", tuple(columns), len(columns[0]) if columns else 0)], []


def _decode(content: bytes) -> str:
    """Byte order mark, else UTF-16 by its zero bytes, else UTF-8, else GB18030 (which holds GBK and GB2312)."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            candidates = [encoding]
            break
    else:
        sample = content[:4096]
        if sample[1::2].count(0) > len(sample) // 8:
            candidates = ["utf-16-le"]
        elif sample[::2].count(0) > len(sample) // 8:
            candidates = ["utf-16-be"]
        else:
            candidates = ["utf-8", "gb18030"]
    for encoding in candidates:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise _Refused("file-not-a-workbook")


def _delimiter(text: str) -> str:
    """The separator under which most of the first lines have the same number of fields, more than one."""
    head = text[:20_000]
    lines = head.splitlines()
    sample = "\n".join(lines[:-1] if len(text) > len(head) and len(lines) > 1 else lines)

    def worth(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row]
        except csv.Error:
            return 0, 0
        common = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
        wide = [width for width in widths if width > 1]
        if 2 * len(wide) < len(widths):
            return 0, 0
        return (sum(width == common for width in wide) if common > 1 else len(wide)), common

    return max((",", "\t", ";", "|", "，"), key=worth)


def _read_regular(text: str, delimiter: str) -> list[pa.Array] | None:
    """A large file whose lines all have the same number of fields; None when they do not."""
    width = len(next(csv.reader(io.StringIO(text[:100_000]), delimiter=delimiter), []))
    try:
        table = pacsv.read_csv(
            io.BytesIO(text.encode("utf-8")),
            read_options=pacsv.ReadOptions(autogenerate_column_names=True, block_size=2**23),
            parse_options=pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False),
            convert_options=pacsv.ConvertOptions(
                column_types={f"f{index}": pa.string() for index in range(width)},
                strings_can_be_null=True,
                null_values=[""],
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, TypeError):
        return None
    return [column.combine_chunks() for column in table.columns]


def _read_ragged(text: str, delimiter: str) -> list[pa.Array]:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise _Refused("file-unreadable", str(error)) from error
    width = max((len(row) for row in rows), default=0)
    if width * len(rows) > MAX_CELLS:
        raise _Refused("sheet-too-large", f"{len(rows)} × {width}")
    return [pa.array([row[index] if index < len(row) else None for row in rows], pa.string()) for index in range(width)]
