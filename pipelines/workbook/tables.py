"""One recognised block -> rows of a raw table, every cell typed, every cell that cannot be read a Problem.

Decides which rows of a block are data, fills merged categories down, turns wide columns into rows, and fills in what
the sheet says once (unit, poll, year). It looks at whole columns; only distinct values pass through Python.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.contract import NUMBER_PRECISION, TABLES, Column
from pipelines.problems import Place, Problem
from pipelines.workbook import values
from pipelines.workbook.cells import Grid, cell_name
from pipelines.workbook.words import NOTE_HINT, TOTAL_HINT, Vocabulary, is_note, is_total, key

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Rows = np.ndarray[Any, np.dtype[np.int64]]

LONG = 20_000
"""Rows beyond which a column is looked at word by word only if it has few different ones."""
ABOUT_COLUMNS = frozenset(
    "权重 权重(%) 满分 标准分 分值 计量单位 单位 计分方法 目标 目标值 weight unit fullmarks maximum target".split()
)
"""Labels of rows under a wide heading that speak of the columns, not of a subject."""
MAX_PROBLEMS = 2_000
"""Faulty cells of one column that are listed one by one; beyond, one Problem says how many more there are."""

TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "cell": pa.string(),
    "number": pa.decimal128(*NUMBER_PRECISION),
    "integer": pa.int64(),
    "date": pa.date32(),
}
SECTIONS = {
    "results": ("subject", "indicator"),
    "ballots": ("rater_group", "subject", "item", "poll"),
    "tallies": ("rater_group", "subject", "item", "poll"),
    "turnout": ("rater_group", "poll"),
}
"""Keys that a row of its own may give for the rows below it."""
FREE_TEXT = frozenset({"reason", "document", "note", "action", "amount", "title", "params", "question"})
"""Columns whose inner spaces belong to them."""


def schema(table: str) -> pa.Schema:
    """The raw form of a table: its columns, typed, then the origin of the row."""
    fields = [(column.name, TYPES[column.type]) for column in TABLES[table].columns]
    origin = [("_sheet", pa.string()), ("_row", pa.int32()), ("_column", pa.int32()), ("_wide", pa.bool_())]
    return pa.schema([*fields, *origin])


class Sheet:
    """A grid whose columns are cleaned once, when they are first looked at."""

    def __init__(self, grid: Grid):
        self.grid = grid
        self._clean: dict[int, pa.Array] = {}
        self._words: dict[int, tuple[Codes, list[str]] | None] = {}

    def column(self, index: int) -> pa.Array:
        """Column `index` of the whole sheet, cleaned; null where blank."""
        if index not in self._clean:
            self._clean[index] = values.clean(self.grid.columns[index])
        return self._clean[index]

    def words(self, index: int) -> tuple[Codes, list[str]] | None:
        """(number of the word in each row, the words in the order they appear; a blank row has the number after the last).

        None where a long column has countless different texts, so that work on each word would be work on each row.
        """
        if index not in self._words:
            column = self.column(index)
            if self.grid.height > LONG and pc.count_distinct(column[:4000]).as_py() > 1000:
                self._words[index] = None
            else:
                encoded = column.dictionary_encode()
                words = encoded.dictionary.to_pylist()
                self._words[index] = encoded.indices.fill_null(len(words)).to_numpy(), words
        return self._words[index]

    def rows(self, start: int, stop: int, left: int = 0, right: int | None = None) -> list[list[str | None]]:
        """Rows [start, stop) of columns [left, right) as Python lists."""
        right = self.grid.width if right is None else right
        columns = [self.column(index)[start:stop].to_pylist() for index in range(left, right)]
        return [list(row) for row in zip(*columns, strict=True)]


@dataclass(frozen=True)
class Group:
    """Columns that make rows together: what their headings say (`dims`) and where the measures stand."""

    dims: dict[str, str]
    measures: dict[str, int]


@dataclass(frozen=True)
class Found:
    """A table recognised on a sheet. Rows and columns count from 0; `end` and `right` are exclusive."""

    table: str
    top: int
    body: int
    end: int
    left: int
    right: int
    fixed: dict[str, int]
    groups: tuple[Group, ...]
    constants: dict[str, str] = field(default_factory=dict)
    extras: dict[int, str] = field(default_factory=dict)
    unknown: dict[int, str] = field(default_factory=dict)
    headings: tuple[str, ...] = ()

    @property
    def is_wide(self) -> bool:
        return any(group.dims for group in self.groups)


@dataclass(frozen=True)
class Built:
    """What a block gave: raw tables (`attributes` beside a roster), problems, rows that are no data."""

    tables: dict[str, pa.Table]
    problems: list[Problem]
    left_out: list[int]


def build(sheet: Sheet, found: Found, vocabulary: Vocabulary, file: str, cycle: int | None) -> Built:
    """The rows of one block in raw form. `cycle` fills in where neither a column nor the block's title says the year."""
    body = _Body(sheet, found, vocabulary, file)
    rows, left_out = body.split()
    constants = dict(found.constants)
    if cycle is not None:
        constants.setdefault("cycle", str(cycle))
    body.read_sections(left_out)
    parts = [body.part(group, rows, constants) for group in found.groups]
    table = pa.concat_tables(parts)
    if len(parts) > 1 and len(table):
        order = np.arange(len(table)).reshape(len(parts), -1).T.ravel()
        table = table.take(pa.array(order))
    if found.is_wide:
        measures = sorted({name for group in found.groups for name in group.measures})
        table = table.filter(functools.reduce(pc.or_, [pc.is_valid(table.column(name)) for name in measures]))
    tables = {found.table: table}
    if found.table == "subjects" and found.extras:
        tables["attributes"] = body.attributes(rows, table)
    return Built(tables, body.problems, [row + found.body for row in left_out])


class _Body:
    """The cells of one block below its headings, merged and category cells filled down."""

    def __init__(self, sheet: Sheet, found: Found, vocabulary: Vocabulary, file: str):
        self.sheet, self.found, self.vocabulary, self.file = sheet, found, vocabulary, file
        self.problems: list[Problem] = []
        self.sections: dict[str, list[str | None]] = {}
        self.start, self.size = found.body, max(found.end - found.body, 0)
        self.measures = {column for group in found.groups for column in group.measures.values()}
        self.keys = set(found.fixed.values()) | set(found.extras)
        self.columns = {
            index: sheet.column(index).slice(self.start, self.size) for index in range(found.left, found.right)
        }
        self.moved: set[int] = set()
        for index in self.keys - self.measures:
            self.columns[index] = self._fill_merged(index)
        self.out = self._totals_and_notes()
        self._fill_categories()

    def _fill_merged(self, index: int) -> pa.Array:
        """A cell merged downwards stands for all its rows."""
        source = np.arange(self.size)
        for top, left, bottom, right in self.sheet.grid.merges:
            if (
                left <= index <= right
                and bottom > top
                and top >= self.start
                and (left == index or left not in self.columns)
            ):
                source[top - self.start : bottom + 1 - self.start] = top - self.start
        if (source == np.arange(self.size)).all():
            return self.columns[index]
        self.moved.add(index)
        return self.columns[index].take(pa.array(source))

    def _fill_categories(self) -> None:
        """A required key that is written once above its rows (without a merge) fills down, where that is the layout."""
        table = TABLES[self.found.table]
        for name, index in self.found.fixed.items():
            column = table.column(name)
            if not (column.is_key and column.is_required) or index in self.measures:
                continue
            cells = self.columns[index]
            if not cells.null_count or cells.null_count == self.size:
                continue
            labelled = pc.is_valid(cells).to_numpy(zero_copy_only=False) & ~self.out
            others = [other for key, other in self.found.fixed.items() if other != index and table.column(key).is_key]
            detailed = functools.reduce(
                np.logical_or, [self._filled(other) for other in others], np.zeros(self.size, bool)
            )
            needy = ~self._filled(index) & self._filled(*self.measures) & detailed & ~self.out
            if needy.any() and needy.sum() * 4 >= labelled.sum() and labelled[0]:
                above = pa.array(np.maximum.accumulate(np.where(labelled, np.arange(self.size), 0)))
                self.columns[index] = pc.if_else(pa.array(needy), cells.take(above), cells)
                self.moved.add(index)
                details = {"count": str(int(needy.sum())), "column": name}
                self._problem(
                    "filled-down", cell_name(self.start + int(np.flatnonzero(needy)[0]), index), details=details
                )

    def _filled(self, *indexes: int) -> Mask:
        """Rows in which one of these columns is not blank; all rows for no columns."""
        masks = [pc.is_valid(self.columns[index]).to_numpy(zero_copy_only=False) for index in indexes]
        return functools.reduce(np.logical_or, masks) if masks else np.ones(self.size, bool)

    def _totals_and_notes(self) -> Mask:
        out = np.zeros(self.size, bool)
        if not self.size or not self.columns:
            return out
        for index in self._label_columns():
            out |= self._matching(index, TOTAL_HINT, self._is_total_label)
        noted, is_blank = np.zeros(self.size, bool), np.ones(self.size, bool)
        for index, column in self.columns.items():
            if column.null_count < self.size:
                noted |= self._matching(index, NOTE_HINT, self._is_note) & is_blank
                is_blank &= pc.is_null(column).to_numpy(zero_copy_only=False)
            if not is_blank.any():
                break
        for row in np.flatnonzero(noted):
            noted[row] = not self._has_number(int(row))
        return out | noted

    def split(self) -> tuple[Rows, list[int]]:
        """(data rows, rows left out: totals, notes, signatures), counted from the body's first row."""
        size = self.size
        if not size:
            return np.empty(0, np.int64), []
        anything, filled, measured = np.zeros(size, bool), np.zeros(size, np.int16), self._faulty_measures()
        for index, column in self.columns.items():
            if column.null_count == size:
                continue
            is_filled = pc.is_valid(column).to_numpy(zero_copy_only=False)
            anything |= is_filled
            if index in self.keys or index in self.measures:
                filled += is_filled
            if index in self.measures:
                measured |= is_filled
        anything |= measured
        out = self.out | (anything & (filled == 0) & ~measured)
        if len(self.keys | self.measures) > 2:
            for row in np.flatnonzero((filled == 1) & ~measured & ~out):
                out[row] = bool(self.measures) or self._is_sentence(int(row))
        labels = np.zeros(size, bool)
        for name, index in self.found.fixed.items():
            if TABLES[self.found.table].column(name).is_key:
                labels |= pc.is_valid(self.columns[index]).to_numpy(zero_copy_only=False)
        if self.measures and any(TABLES[self.found.table].column(name).is_key for name in self.found.fixed):
            data = np.flatnonzero(anything & ~out & labels)
            last = data[-1] if len(data) else -1
            out |= anything & ~labels & (np.arange(size) > last)
        return np.flatnonzero(anything & ~out), [int(row) for row in np.flatnonzero(anything & out)]

    def _matching(self, index: int, hint: str, test: Callable[[str], bool]) -> Mask:
        """Rows whose cell in this column passes the test; each word is tested once, and only if it matches the hint."""
        column, known = self.columns[index], self.sheet.words(index)
        if known is not None and index not in self.moved:
            codes, distinct = known
            passed = np.array([re.search(hint, word) is not None and test(word) for word in distinct] + [False])
            return np.asarray(passed[codes[self.start : self.start + self.size]])
        hinted = pc.fill_null(pc.match_substring_regex(column, hint), False)
        if not pc.any(hinted).as_py():
            return np.zeros(len(column), bool)
        words = [text for text in pc.unique(column.filter(hinted)).to_pylist() if test(text)]
        return np.asarray(pc.is_in(column, value_set=pa.array(words, pa.string())).to_numpy(zero_copy_only=False))

    def _label_columns(self) -> list[int]:
        """Where 合计 may stand: the columns of keys and names, and whatever is left of them (a serial number)."""
        names = [column.name for column in TABLES[self.found.table].columns if column.is_key or column.name == "name"]
        labels = [self.found.fixed[name] for name in names if name in self.found.fixed]
        first = min([*labels, *self.measures], default=self.found.left)
        return sorted({*labels, *range(self.found.left, first)})

    def _faulty_measures(self) -> Mask:
        mask = np.zeros(self.size, bool)
        for row, index in self.sheet.grid.faults:
            if index in self.measures and 0 <= row - self.start < self.size:
                mask[row - self.start] = True
        return mask

    def _is_total_label(self, text: str) -> bool:
        is_no_subject = is_total(text) or (self.found.is_wide and key(text) in ABOUT_COLUMNS)
        return is_no_subject and not self.vocabulary.knows(text)

    def read_sections(self, left_out: list[int]) -> None:
        """A row that holds one word of roster or scheme alone (区领导) speaks for the rows below it."""
        taken = set(self.found.fixed) | set(self.found.constants)
        for row in left_out:
            texts = {text for text in (column[row].as_py() for column in self.columns.values()) if text}
            word = None
            for name in SECTIONS.get(self.found.table, ()) if len(texts) == 1 else ():
                word = None if name in taken else self.vocabulary.word(name, values.close_name(min(texts)))
                if word is not None:
                    section = self.sections.setdefault(name, [None] * self.size)
                    section[row:] = [word] * (self.size - row)
                    break

    def _is_note(self, text: str) -> bool:
        """A note or signature; in a table of measures any row that begins with a label (单位负责人（签字）：) is one."""
        is_label = bool(self.measures) and re.match(r"[^:]{1,16}:", text) is not None
        return (is_label or is_note(text)) and not self.vocabulary.knows(text)

    def _has_number(self, row: int) -> bool:
        texts = [self.columns[index][row].as_py() for index in self.measures]
        return any(values.parse_number(text) is not None for text in texts if text)

    def _is_sentence(self, row: int) -> bool:
        text = next((text for text in (column[row].as_py() for column in self.columns.values()) if text), "")
        return len(text) > 30 or text.endswith(("。", ".", ";", ":"))

    # -- rows of one group of columns ---------------------------------------------------------------------------------

    def part(self, group: Group, rows: Rows, constants: dict[str, str]) -> pa.Table:
        """The rows that one group of measure columns makes; a long table has one group."""
        table, found = TABLES[self.found.table], self.found
        count, arrays = len(rows), {}
        for column in table.columns:
            index = group.measures.get(column.name, found.fixed.get(column.name))
            if index is not None:
                arrays[column.name] = self._typed(column, index, rows, group)
            elif column.name in self.sections and column.name not in group.dims:
                arrays[column.name] = pa.array([self.sections[column.name][row] for row in rows], pa.string())
            else:
                text = group.dims.get(column.name, constants.get(column.name))
                arrays[column.name] = self._constant(column, text, count)
        keep = np.ones(count, bool)
        for column in table.columns:
            if table.part == "data" and column.is_required and column.name in found.fixed:
                keep &= self._required(column, arrays[column.name], rows)
        measure = next(iter(group.measures.values()), 0) if group.measures else None
        for name in ("value", "answer", "votes", "points", "total", "grade", "rate", "returned", "weight"):
            if name in group.measures:
                measure = group.measures[name]
                break
        origin: dict[str, pa.Array] = {
            "_sheet": pa.repeat(pa.scalar(self.sheet.grid.sheet, pa.string()), count),
            "_row": pa.array(rows + self.start + 1, pa.int32()),
            "_column": pa.repeat(pa.scalar(0 if measure is None else measure + 1, pa.int32()), count),
            "_wide": pa.repeat(pa.scalar(bool(group.dims)), count),
        }
        result = pa.table({**arrays, **origin}, schema=schema(found.table))
        return result if keep.all() else result.filter(pa.array(keep))

    def _rows(self, index: int, rows: Rows) -> pa.Array:
        if len(rows) and len(rows) == rows[-1] - rows[0] + 1:
            return self.columns[index].slice(int(rows[0]), len(rows))
        return self.columns[index].take(pa.array(rows))

    def _typed(self, column: Column, index: int, rows: Rows, group: Group) -> pa.Array:
        raw = self._rows(index, rows)
        self._report_faults(index, rows)
        if column.name == "cycle":
            read, bad = values.years(raw)
            self._report("not-a-year", raw, bad, index, rows)
            return read
        if column.type == "text" and not column.words and column.name not in FREE_TEXT and self._are_names(index):
            return raw
        if column.type == "text":
            text = values.drop_dashes(raw) if column.name not in ("sign", "op") else raw
            if column.name not in FREE_TEXT:
                text = values.close_names(text)
            return self._fixed_words(column, text, index, rows)
        if column.type == "cell":
            return self._cell(column, raw, index, rows, group)
        if values.are_canonical(raw) and column.type == "number":
            return raw.cast(TYPES["number"])
        read, bad = _READERS[column.type](raw)
        self._report(_CODES[column.type], raw, bad, index, rows)
        return read

    def _are_names(self, index: int) -> bool:
        """Are the column's words names as they stand? A look at each word, where they are few."""
        known = self.sheet.words(index)
        return known is not None and index not in self.moved and all(values.name(word) == word for word in known[1])

    def _fixed_words(self, column: Column, text: pa.Array, index: int, rows: Rows) -> pa.Array:
        if not column.words:
            return text
        known = {key(word): canonical for word, canonical in column.words.items()}
        distinct = [word for word in pc.unique(text).to_pylist() if word is not None]
        read = values.replace(text, {word: known.get(key(word), word) for word in distinct})
        if TABLES[self.found.table].part == "data":
            strange = [word for word in distinct if key(word) not in known]
            bad = pc.is_in(text, value_set=pa.array(strange, pa.string()))
            allowed = "、".join(word for word in column.words if not word.isascii())
            self._report("word-not-allowed", text, bad, index, rows, {"allowed": allowed or "、".join(column.words)})
            read = pc.if_else(bad, None, read)
        return read

    def _cell(self, column: Column, raw: pa.Array, index: int, rows: Rows, group: Group) -> pa.Array:
        """Numbers as canonical digits; text only where the table, the poll or the indicator's method allows text."""
        table = self.found.table
        if table == "results":
            return self._result(raw, index, rows, group)
        options = frozenset(self.vocabulary.words.get("answer", {}).values())
        if table in ("ballots", "tallies", "history"):
            read = values.cells(values.close_names(values.drop_dashes(raw)), keep=options)
            if table != "history" and column.name == "answer":
                self._check_answers(read, raw, index, rows, group)
            return read
        if table == "survey":
            return values.drop_dashes(raw, keep_no=True)
        text = values.drop_dashes(raw)
        as_written = text.to_pylist() if table == "gates" else []  # an attribute's value keeps its plain digits: 007
        return values.cells(text, keep=frozenset(one for one in as_written if one and re.fullmatch(r"[\d.]+", one)))

    def _result(self, raw: pa.Array, index: int, rows: Rows, group: Group) -> pa.Array:
        """`results.value`: text (also 无) is an answer in a yes/no indicator and a fault in any other."""
        if values.are_canonical(raw):
            return raw
        plain, bad = values.numbers(raw)
        doubtful = pc.or_(bad, pc.and_(pc.is_valid(raw), pc.is_null(plain)))
        if not pc.any(doubtful).as_py():
            return values.cells(raw)
        indicators = self._dimension("indicator", rows, group)
        distinct = [name for name in pc.unique(indicators).to_pylist() if name]
        yesno = [name for name in distinct if self.vocabulary.method(name) == "yesno"]
        unknown = [name for name in distinct if self.vocabulary.method(name) is None]
        is_yesno = pc.fill_null(pc.is_in(indicators, value_set=pa.array(yesno, pa.string())), False)
        may_be = pc.is_in(indicators, value_set=pa.array(unknown, pa.string()))
        is_answer = pc.is_in(
            raw, value_set=pa.array([t for t in pc.unique(raw).to_pylist() if t and key(t) in YES_NO], pa.string())
        )
        is_yesno = pc.or_(is_yesno, pc.and_(may_be, is_answer))
        self._report("not-a-number", raw, pc.and_(bad, pc.invert(is_yesno)), index, rows)
        numbers = values.cells(pc.if_else(pc.is_valid(plain), raw, None))
        text = pc.if_else(is_yesno, values.drop_dashes(raw, keep_no=True), None)
        return pc.coalesce(numbers, text)

    def _check_answers(self, read: pa.Array, raw: pa.Array, index: int, rows: Rows, group: Group) -> None:
        """In a poll without options an answer is a number; unknown options are found by a check of the warehouse."""
        if not self.vocabulary.numeric_polls:
            return
        is_text = pc.and_(pc.is_valid(read), pc.invert(pc.fill_null(values.is_number(read), True)))
        if not pc.any(is_text).as_py():
            return
        polls = self._dimension("poll", rows, group)
        numeric = [name for name in pc.unique(polls).to_pylist() if name and self.vocabulary.is_numeric_poll(name)]
        is_numeric = pc.is_in(polls, value_set=pa.array(numeric, pa.string()))
        self._report("not-a-number", raw, pc.and_(is_text, is_numeric), index, rows)

    def _dimension(self, name: str, rows: Rows, group: Group) -> pa.Array:
        if name in group.dims:
            return pa.repeat(pa.scalar(group.dims[name], pa.string()), len(rows))
        if name in self.found.fixed:
            return values.close_names(self._rows(self.found.fixed[name], rows))
        return pa.repeat(pa.scalar(self.found.constants.get(name), pa.string()), len(rows))

    def _constant(self, column: Column, text: str | None, count: int) -> pa.Array:
        kind = TYPES[column.type]
        if text is None:
            return pa.nulls(count, kind)
        if column.name == "cycle":
            return pa.repeat(pa.scalar(values.parse_year(text), kind), count)
        if column.type in ("text", "cell"):
            return pa.repeat(pa.scalar(text, kind), count)
        read, _ = _READERS[column.type](pa.array([text], pa.string()))
        return pa.repeat(read[0], count)

    def _required(self, column: Column, read: pa.Array, rows: Rows) -> Mask:
        present = pc.is_valid(read).to_numpy(zero_copy_only=False)
        if not present.all():
            index = self.found.fixed[column.name]
            told = {(problem.place.cell) for problem in self.problems}
            for row in np.flatnonzero(~present)[:MAX_PROBLEMS]:
                cell = cell_name(int(rows[row]) + self.start, index)
                if cell not in told:
                    self._problem("required-cell-empty", cell, details={"column": column.name})
        return np.asarray(present)

    def attributes(self, rows: Rows, roster: pa.Table) -> pa.Table:
        """The roster's further columns, one row per subject and attribute that has a value; of a blank column the first."""
        kept = np.isin(rows + self.start + 1, roster.column("_row").to_numpy())
        parts = []
        for index, heading in sorted(self.found.extras.items()):
            self._report_faults(index, rows)
            cells = values.attributes(values.drop_dashes(self._rows(index, rows))).filter(pa.array(kept))
            count = len(roster)
            part = {
                "cycle": roster.column("cycle"),
                "subject": roster.column("subject"),
                "attribute": pa.repeat(pa.scalar(heading, pa.string()), count),
                "value": cells,
                "_sheet": roster.column("_sheet"),
                "_row": roster.column("_row"),
                "_column": pa.repeat(pa.scalar(index + 1, pa.int32()), count),
                "_wide": pa.repeat(pa.scalar(True), count),
            }
            filled = pc.is_valid(cells).to_numpy(zero_copy_only=False)
            if count and not filled.any():
                filled[0] = True  # an attribute that nobody has is still one that filters and metrics may name
            parts.append(pa.table(part, schema=schema("attributes")).filter(pa.array(filled)))
        return pa.concat_tables(parts)

    # -- problems -----------------------------------------------------------------------------------------------------

    def _problem(self, code: str, cell: str, found: str = "", details: dict[str, str] | None = None) -> None:
        self.problems.append(Problem(code, Place(self.file, self.sheet.grid.sheet, cell), found, details or {}))

    def _report(self, code: str, raw: pa.Array, bad: pa.Array, index: int, rows: Rows,
                details: dict[str, str] | None = None) -> None:  # fmt: skip
        """One Problem for each cell of the mask."""
        where = np.flatnonzero(pc.fill_null(bad, False).to_numpy(zero_copy_only=False))
        for row in where[:MAX_PROBLEMS]:
            cell = cell_name(int(rows[row]) + self.start, index)
            self._problem(code, cell, raw[int(row)].as_py() or "", details)
        if len(where) > MAX_PROBLEMS:
            more = {"count": str(len(where) - MAX_PROBLEMS)}
            self._problem("more-of-the-same", cell_name(int(rows[where[MAX_PROBLEMS]]) + self.start, index), code, more)

    def _report_faults(self, index: int, rows: Rows) -> None:
        """Formulas that were never calculated and error cells among the data rows of a column that is used."""
        faults = sorted(row for row, column in self.sheet.grid.faults if column == index)
        if faults:
            wanted = set((rows + self.start).tolist())
            for row in [row for row in faults if row in wanted][:MAX_PROBLEMS]:
                fault = self.sheet.grid.faults[row, index]
                cell = cell_name(row, index)
                if not any(problem.place.cell == cell and problem.code == fault.code for problem in self.problems):
                    self._problem(fault.code, cell, fault.found)


_READERS = {"number": values.numbers, "integer": values.integers, "date": values.dates}
_CODES = {"number": "not-a-number", "integer": "not-a-whole-number", "date": "not-a-date"}
YES_NO = frozenset("1 0 yes no y n true false 是 否 有 无 未 没有 √ × x ✓ ✗ ✔ ✘".split())
