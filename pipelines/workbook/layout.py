"""Where tables stand on a sheet, and what each of their columns means.

A heading row is looked for from the top: a row whose cells, alone or with up to three rows below (merged and two-language
headings), name the columns of one table. Every table of the contract is tried; the one that explains most columns and
leaves no required one open wins. What a sheet says once (unit, poll, rater group, indicator, year) is taken from labels
and titles above the headings or from the sheet's name. A heading row that names two tables side by side is cut apart.

It refuses to guess: a sheet whose headings lack a required column is a Problem, and so is a sheet without any table.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow.compute as pc

from pipelines.contract import TABLES
from pipelines.workbook import values, words
from pipelines.workbook.tables import YES_NO, Found, Group, Sheet
from pipelines.workbook.words import Vocabulary, forms, key

MEASURES = {
    "results": ("value", "plan"), "ballots": ("answer",), "tallies": ("votes",),
    "turnout": ("eligible", "present", "issued", "returned", "void"), "events": ("points",),
    "history": ("total", "rank", "cohort_size", "grade", "rate"),
}  # fmt: skip
"""The columns that hold what a row is about; the first is meant where a heading names only the row (德, 1月, 优秀)."""

SPREAD = {
    "results": ("indicator", "period", "subject"), "ballots": ("item", "subject"),
    "tallies": ("answer", "rater_group", "item", "subject", "poll"), "turnout": ("rater_group", "poll", "subject"),
    "history": ("cycle",),
}  # fmt: skip
"""The keys that a wide table may write across its headings."""

WEAK_SUBJECTS = frozenset(
    map(
        key,
        ("单位", "部门", "名称", "编号", "部门名称", "责任单位", "报送单位", "填报单位", "name", "unit", "department"),
    )
)
"""Labels above a table that often mean something else (单位：分): believed only with a subject that is known."""
_SUBJECT_IDS = frozenset(map(key, ("subject", "编号", "单位编号", "人员编号", "工号", "subject id", "代码")))
_PEOPLE = frozenset(
    map(key, ("姓名", "name", "被测评人", "被评价人", "被考核人", "考核对象", "被考核对象", "被测评对象", "被评价对象"))
)
_UNIT_HEADINGS = frozenset(map(key, ("单位", "部门", "单位名称", "部门名称", "所在部门", "unit", "department")))

_UNIT = re.compile(
    r"\s*\((?:(?:人|名|个|万人|万?元|亿元|分|%|岁|年|月|票|张|项|件|次|户|家|亩|公顷|吨|公里|平方米|天|小时|必填|选填)/?)+\)\s*$"
)
MAX_HEIGHT = 4
"""Rows that one heading may span."""
_MAX_TRIES = 200
"""Rows without success after which a sheet is given up."""
_HEAD = 500
"""Rows of a column with countless different texts in which headings are looked for."""


@dataclass(frozen=True)
class Titles:
    """What stands above a table: lines of text, pairs of label and value, and the names of sheet and file."""

    lines: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    sheet: str = ""
    file: str = ""
    is_subject_sheet: bool = False
    """Other sheets of the file are named after subjects, so this one's name is one too."""


@dataclass(frozen=True)
class Guess:
    """One reading of a heading as one table."""

    table: str
    score: float
    fixed: dict[str, int] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    constants: dict[str, str] = field(default_factory=dict)
    extras: dict[int, str] = field(default_factory=dict)
    unknown: dict[int, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Header:
    """Heading rows [top, bottom], the columns [left, right) they cover, and what they were read as."""

    top: int
    bottom: int
    left: int
    right: int
    guess: Guess
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Survey:
    """The tables of one sheet, and the best incomplete heading when there is no table."""

    found: list[Found]
    incomplete: Header | None
    sample: tuple[str, ...]


def find(
    sheet: Sheet,
    vocabulary: Vocabulary,
    file: str,
    remembered: Mapping[str, tuple[str, str]],
    is_subject_sheet: bool = False,
) -> Survey:
    """All tables of a sheet from top to bottom, left to right."""
    finder = _Finder(sheet, vocabulary, file, remembered, is_subject_sheet)
    found = finder.band(0, sheet.grid.width, 0)
    if not found and finder.incomplete is None:
        found = finder.form()
    return Survey(found, None if found else finder.incomplete, finder.sample())


class _Finder:
    def __init__(
        self,
        sheet: Sheet,
        vocabulary: Vocabulary,
        file: str,
        remembered: Mapping[str, tuple[str, str]],
        is_subject_sheet: bool,
    ):
        self.sheet, self.vocabulary, self.file, self.is_subject_sheet = sheet, vocabulary, file, is_subject_sheet
        self.remembered = {key(heading): place for heading, place in remembered.items()}
        self.height, self.width = sheet.grid.height, sheet.grid.width
        self.incomplete: Header | None = None
        self._known: dict[str, int] = {}
        self._known_pieces: dict[str, tuple[frozenset[str], bool]] = {}
        self._meanings: dict[tuple[str, tuple[str, ...]], str | tuple[dict[str, str], str | None] | None] = {}
        self._shares: dict[tuple[str, int, int], float] = {}
        self.hits = [self._mark(index) for index in range(self.width)]
        self.merged: dict[int, list[tuple[int, int, int, int]]] = {}
        for merge in sheet.grid.merges:
            if merge[2] - merge[0] < 50:
                for row in range(merge[0], merge[2] + 1):
                    self.merged.setdefault(row, []).append(merge)

    def sample(self) -> tuple[str, ...]:
        """The first texts of the sheet, to show what was found where nothing was recognised."""
        texts = [text for row in self.sheet.rows(0, min(self.height, 12)) for text in row if text]
        return tuple(texts[:12])

    # -- which rows may be headings -----------------------------------------------------------------------------------

    def _mark(self, index: int) -> np.ndarray[Any, np.dtype[np.int8]]:
        """Rows whose cell in this column reads like a heading: 2 a heading of the contract, 1 a word of the scheme."""
        column = self.sheet.column(index)
        marks = np.zeros(self.height, np.int8)
        if column.null_count == len(column):
            return marks
        known = self.sheet.words(index)
        if known is None:
            head = column[:_HEAD].to_pylist()
            marks[: len(head)] = [self._rank(text) if text else 0 for text in head]
            return marks
        codes, distinct = known
        ranks = [self._rank(text) for text in distinct[:_HEAD]]
        ranks += [2 if key(text) in words.all_headings() else 0 for text in distinct[_HEAD:]]
        return np.array([*ranks, 0], np.int8)[codes] if any(ranks) else marks

    def _rank(self, text: str) -> int:
        if len(text) > 60:
            return 0
        rank = self._known.get(text)
        if rank is None:
            found = forms(text)
            if any(form in words.all_headings() or form in self.remembered for form in found):
                rank = 2
            elif words.is_period(text) or any(
                form in known for known in self.vocabulary.words.values() for form in found
            ):
                rank = 1
            else:
                rank = (
                    1 if len(text) <= 30 and any(self._pieces(table, text) for table in ("results", "tallies")) else 0
                )
            self._known[text] = rank
        return rank

    # -- from top to bottom -------------------------------------------------------------------------------------------

    def band(self, left: int, right: int, start: int) -> list[Found]:
        """The tables in the columns [left, right) from row `start` down."""
        headers: list[list[Header]] = []
        row, tries = start, 0
        candidates = iter((np.flatnonzero(self._hits(left, right)[start:]) + start).tolist())
        while (candidate := next((one for one in candidates if one >= row), None)) is not None:
            segments = self._header(candidate, left, right, start if not headers else headers[-1][0].bottom + 1)
            if segments:
                headers.append(segments)
                row, tries = max(segment.bottom for segment in segments) + 1, 0
                candidates = iter(()) if self._is_plain(segments) else self._later(segments, left, right)
            else:
                tries += 1
                if tries > _MAX_TRIES:
                    break
        found: list[Found] = []
        for number, segments in enumerate(headers):
            end = self.height
            if number + 1 < len(headers):
                end = self._title_start(headers[number + 1][0].top, segments[0].bottom + 1, left, right)
            if len(segments) == 1:
                found.append(self._found(segments[0], end))
                continue
            limits = [*(segment.left for segment in segments[1:]), right]
            for segment, limit in zip(segments, limits, strict=True):
                found += self._inner(segment, limit, end)
        if headers:
            first = min(one.left for segments in headers for one in segments)
            last = max(one.right for segments in headers for one in segments)
            found += [*self.band(left, first, start), *self.band(last, right, start)]
        return found

    def _is_plain(self, segments: list[Header]) -> bool:
        """A sheet or CSV named after its table (`polls`), complete headings in row 1: it holds that table alone.

        Then an id that is also a heading (测评) is an id.
        """
        header, named = segments[0], self.sheet.grid.sheet or self.file
        return len(segments) == 1 and header.top == 0 and header.guess.table == named and not header.guess.unknown

    def _inner(self, segment: Header, limit: int, end: int) -> list[Found]:
        """One of several tables side by side; further tables may stand below it in its own columns."""
        below = [found for found in self._below(segment, limit) if found.top < end]
        stop = self._title_start(below[0].top, segment.bottom + 1, segment.left, limit) if below else end
        return [self._found(segment, stop), *(replace(found, end=min(found.end, end)) for found in below)]

    def _below(self, segment: Header, limit: int) -> list[Found]:
        for candidate in self._later([segment], segment.left, limit):
            found = self.band(segment.left, limit, int(candidate))
            if found:
                return found
        return []

    def _hits(self, left: int, right: int) -> np.ndarray[Any, np.dtype[np.int8]]:
        """The best mark of each row in these columns."""
        best = np.zeros(self.height, np.int8)
        for index in range(left, right):
            np.maximum(best, self.hits[index], out=best)
        return best

    def _later(self, above: list[Header], left: int, right: int) -> Iterator[int]:
        """Rows inside these tables that may be the next heading: their keys are headings or blank, no measure is a number."""
        start = max(header.bottom for header in above) + 1
        is_open = np.zeros(self.height - start, bool)
        for header in above:
            guess = header.guess
            one = np.ones(self.height - start, bool)
            for index in {guess.fixed[name] for name in guess.fixed if TABLES[guess.table].column(name).is_key}:
                one &= (self.hits[index][start:] == 2) | pc.is_null(self.sheet.column(index)[start:]).to_numpy(
                    zero_copy_only=False
                )
            is_open |= one
        is_open &= self._hits(left, right)[start:] == 2
        for row in np.flatnonzero(is_open) + start:
            if not all(self._has_number(header, int(row)) for header in above):
                yield int(row)

    def _has_number(self, header: Header, row: int) -> bool:
        measures = {index for group in header.guess.groups for index in group.measures.values()}
        texts = [self.sheet.column(index)[row].as_py() for index in measures]
        return any(text and values.parse_number(text) is not None for text in texts)

    def _title_start(self, top: int, floor: int, left: int, right: int) -> int:
        """The first of the title rows directly above a heading: lone cells and labels, after the notes of the table above."""
        row = top
        while row > floor:
            texts = [text for text in self.sheet.rows(row - 1, row, left, right)[0] if text]
            is_title = len(texts) <= 1 or any(":" in text for text in texts) or bool(self._pairs([texts]))
            if not is_title or any(_is_amount(text) for text in texts):
                break
            row -= 1
        while row < top:
            first = next((text for text in self.sheet.rows(row, row + 1, left, right)[0] if text), None)
            if first is not None and not words.is_note(first) and not words.is_total(first):
                break
            row += 1
        return row

    def _found(self, header: Header, end: int) -> Found:
        guess = header.guess
        return Found(guess.table, header.top, header.bottom + 1, end, header.left, header.right, guess.fixed, guess.groups,
                     guess.constants, guess.extras, guess.unknown, header.texts)  # fmt: skip

    def form(self) -> list[Found]:
        """A form without headings: indicators as labels, each with its value beside it; the unit stands in a label."""
        if self.height > 200:
            return []
        rows = self.sheet.rows(0, self.height)
        found = []
        for row, texts in enumerate(rows):
            filled = [(index, text) for index, text in enumerate(texts) if text]
            groups = []
            for (_, label), (index, text) in itertools.pairwise(filled):
                is_value = (
                    values.parse_number(text) is not None
                    or key(text) in YES_NO
                    or (row, index) in self.sheet.grid.faults
                )
                if is_value and (word := self.vocabulary.word("indicator", label)):
                    groups.append(Group({"indicator": word}, {"value": index}))
            if groups:
                found.append(Found("results", row, row, row + 1, filled[0][0], filled[-1][0] + 1, {}, tuple(groups)))
        chosen = [[text for text in texts if text] for texts in rows]
        lines = tuple(texts[0] for texts in chosen if len(texts) == 1)
        titles = Titles(
            lines, tuple(self._pairs(chosen)), self.sheet.grid.sheet or self.file, self.file, self.is_subject_sheet
        )
        constants = self._constants("results", titles, {}, {0: ({"indicator": ""}, None)})
        is_form = "subject" in constants and sum(len(one.groups) for one in found) > 1
        return [replace(one, constants=constants) for one in found] if is_form else []

    # -- one heading --------------------------------------------------------------------------------------------------

    def _header(self, row: int, left: int, right: int, floor: int) -> list[Header]:
        """The best reading of a heading that starts at this row or one of the next two; empty when there is none."""
        best: tuple[float, list[Header]] | None = None
        for top in range(row, min(row + 3, self.height)):
            for bottom in range(top, min(top + MAX_HEIGHT, self.height)):
                paths = self._paths(top, bottom, left, right)
                if paths is None:
                    continue
                segments = self._segments(top, bottom, paths, floor, left, right)
                score = sum(segment.guess.score for segment in segments) / max(len(segments), 1) + len(segments)
                if segments and (best is None or score > best[0]):
                    best = (score, segments)
        if best is None:
            return []
        return [self._extend(segment) for segment in best[1]]

    def _paths(self, top: int, bottom: int, left: int, right: int) -> dict[int, tuple[str, ...]] | None:
        """Column -> its heading texts from top to bottom; None when these rows cannot be one heading."""
        grid = [list(row) for row in self.sheet.rows(top, bottom + 1, left, right)]
        width = right - left
        if any(first < top <= last and left <= start < right for first, start, last, _ in self.merged.get(top, ())):
            return None  # it begins above
        own = [list(row) for row in grid]
        spanning = [[False] * width for _ in grid]
        has_spans = [False] * len(grid)
        for level in range(len(grid)):
            for first, start, last, stop in self.merged.get(top + level, ()):
                if first != top + level or not left <= start < right:
                    continue
                text = grid[level][start - left]
                for below in range(level, min(last - top, len(grid) - 1) + 1):
                    for column in range(start, min(stop, right - 1) + 1):
                        is_leaf = below == len(grid) - 1 and column > start
                        grid[below][column - left] = None if is_leaf else text
                        spanning[below][column - left] = stop > start
                has_spans[level] |= stop > start
                if (text and bottom < last < top + MAX_HEIGHT) or (
                    stop > start and self._has_children(bottom, start, stop)
                ):
                    return None  # the heading goes on below
                if stop > start and text and stop - start + 1 >= self._occupied(top, bottom, left, right):
                    return None
        if not any(own[0]) or not any(own[-1]) or any(_is_amount(text) for text in own[0]):
            return None
        for level in range(len(grid) - 1):
            for column in range(width):
                if spanning[level][column]:
                    continue
                below = any(own[deeper][column] for deeper in range(level + 1, len(grid)))
                if not grid[level][column] and column and below and not has_spans[level] and grid[level][column - 1]:
                    if any(own[deeper][column - 1] for deeper in range(level + 1, len(grid))):
                        grid[level][column] = grid[level][column - 1]
                        spanning[level][column] = spanning[level][column - 1] = True
                elif column and grid[level][column] and grid[level][column] == grid[level][column - 1] and below:
                    spanning[level][column] = spanning[level][column - 1] = True
        for level in range(1, len(grid)):
            for column in range(width):
                lower, upper = own[level][column], grid[level - 1][column]
                if lower and not spanning[level - 1][column] and not self._may_stack(upper, lower):
                    return None
        paths = {}
        for column in range(width):
            texts: dict[str, None] = {}
            for level in range(len(grid)):
                text = grid[level][column]
                if text:
                    texts.setdefault(self._heading_text(text))
            if texts:
                paths[left + column] = tuple(texts)
        return paths

    def _has_children(self, bottom: int, start: int, stop: int) -> bool:
        """Do the columns below a merged heading have headings of their own, so that these rows are not all of it?"""
        below = self.sheet.rows(bottom + 1, bottom + 2, start, stop + 1)
        texts = [text for text in (below[0] if below else []) if text]
        return len(texts) > 1 and all(values.parse_number(text) is None and self._rank(text) for text in texts)

    def _occupied(self, top: int, bottom: int, left: int, right: int) -> int:
        rows = self.sheet.rows(top, min(bottom + 3, self.height), left, right)
        return sum(any(row[index] for row in rows) for index in range(right - left))

    @staticmethod
    def _heading_text(text: str) -> str:
        """A heading cell as text; the first of a month is that month."""
        day = values.parse_date(text) if re.fullmatch(r"\d{4}-\d{2}-01", text) else None
        return f"{day.month}月" if day else text

    def _may_stack(self, upper: str | None, lower: str) -> bool:
        """May `lower` stand below `upper` in one heading where `upper` covers this column alone?"""
        if not upper:
            return values.parse_number(lower) is None or values.parse_year(lower) is not None
        if key(upper) == key(lower) or re.fullmatch(r"[(\[].*[)\]]", lower):
            return True
        if values.parse_number(lower) is not None:
            return False
        high, low = forms(upper), forms(lower)
        for table in TABLES:
            known = words.headings(table)
            meant = {known[form] for form in high if form in known}
            if meant and meant & {known[form] for form in low if form in known}:
                return upper.isascii() != lower.isascii() or key(upper) == key(lower)
        if any(form in words.all_headings() for form in high):
            return False
        is_word = words.is_period(upper) or any(self.vocabulary.has(kind, upper) for kind in words.DIMENSIONS)
        is_heading = any(form in words.all_headings() for form in low)
        return is_word and (is_heading or self._rank(lower) > 0)

    def _extend(self, header: Header) -> Header:
        """Rows below a heading that repeat it: units in brackets, column numbers, the second language."""
        bottom = header.bottom
        while bottom + 1 < self.height:
            texts = self.sheet.rows(bottom + 1, bottom + 2, header.left, header.right)[0]
            filled = [text for text in texts if text]
            if not filled or not (
                self._are_units(filled) or self._are_numbers(filled) or self._is_translation(header, texts)
            ):
                break
            bottom += 1
        return replace(header, bottom=bottom)

    @staticmethod
    def _are_units(texts: list[str]) -> bool:
        return all(re.fullmatch(r"\(.{1,8}\)|%", text) for text in texts)

    @staticmethod
    def _are_numbers(texts: list[str]) -> bool:
        """甲 乙 1 2 3, or 1 2 3 4: the row that numbers the columns."""
        if len(texts) < 3 or not all(
            re.fullmatch(r"\(?(\d{1,2}|[甲乙丙丁戊己庚辛]|栏次|[A-Z])\)?(=.*)?", text) for text in texts
        ):
            return False
        numbers = [int(found[0]) for text in texts if (found := re.search(r"\d{1,2}", text))]
        return len(numbers) >= 2 and numbers == list(range(1, len(numbers) + 1))

    def _is_translation(self, header: Header, texts: list[str | None]) -> bool:
        known = words.headings(header.guess.table)
        mapped = {index: name for name, index in header.guess.fixed.items()}
        for group in header.guess.groups:
            mapped |= {index: name for name, index in group.measures.items() if not group.dims}
        same = other = 0
        for index, text in enumerate(texts, header.left):
            if text and index in mapped:
                meant = {known[form] for form in forms(text) if form in known}
                same, other = (same + 1, other) if mapped[index] in meant else (same, other + 1)
        return same >= 2 and not other

    # -- above the heading --------------------------------------------------------------------------------------------

    def _titles(self, top: int, floor: int, left: int, right: int) -> Titles:
        start = max(floor, top - 15)
        rows = self.sheet.rows(start, top)
        chosen: list[list[str]] = []
        for row in rows:
            texts = [text for text in row[left:right] if text]
            everything = [text for text in row if text]
            chosen.append(texts or (everything if len(everything) == 1 else []))
        lines = tuple(
            text
            for texts in chosen
            for text in texts
            if len(texts) == 1 or words.cycle_in(text) or re.search(r"[:：]", text)
        )
        return Titles(
            lines, tuple(self._pairs(chosen)), self.sheet.grid.sheet or self.file, self.file, self.is_subject_sheet
        )

    def _pairs(self, rows: Iterable[list[str]]) -> list[tuple[str, str]]:
        """Labels and their values: `被考核单位：X` in one cell, or label and value in cells side by side."""
        pairs = []
        for texts in rows:
            for index, text in enumerate(texts):
                after = texts[index + 1] if index + 1 < len(texts) else ""
                inside = re.findall(
                    r"([^\s:：;,]{1,20})\s*[:：]\s*([^:：]*?)(?=$|[\s;,]+[^\s:：;,]{1,20}\s*[:：])", text
                )
                for label, value in inside:
                    value = value.strip(" _")
                    if value:
                        pairs.append((label, value))
                    elif label and after and not re.search(r"[:：]", after):
                        pairs.append((label, after))
                if (
                    not inside
                    and after
                    and self._rank(text) == 2
                    and (self._rank(after) == 0 or self.vocabulary.exact("subject", after))
                ):
                    pairs.append((text, after))
        return pairs

    # -- tables side by side ------------------------------------------------------------------------------------------

    def _segments(
        self, top: int, bottom: int, paths: dict[int, tuple[str, ...]], floor: int, left: int, right: int
    ) -> list[Header]:
        """The heading cut into complete tables, where it names several; else as one; empty when it is none."""
        columns = sorted(paths)
        if not columns:
            return []
        by_gaps: list[Header] = []
        whole = self._read(top, bottom, paths, self._titles(top, floor, left, right))
        for cut in (self._cut_at_repeats(paths), self._cut_at_gaps(columns)):
            if len(cut) == 1:
                by_gaps = [whole] if whole is not None and not whole.guess.missing else []
                continue
            limits = [left, *(part[0] for part in cut[1:]), right]
            by_gaps = []
            for part, start, stop in zip(cut, limits, limits[1:], strict=False):
                titles = self._titles(top, floor, start, stop)
                header = self._read(top, bottom, {index: paths[index] for index in part}, titles)
                if header is not None and not header.guess.missing:
                    by_gaps.append(header)
            if len(by_gaps) > 1:
                return by_gaps
        if whole is not None and not whole.guess.missing:
            return [whole] if not by_gaps or whole.guess.score >= by_gaps[0].guess.score else by_gaps
        if not by_gaps and whole and (self.incomplete is None or whole.guess.score > self.incomplete.guess.score):
            self.incomplete = whole
        return by_gaps

    @staticmethod
    def _cut_at_repeats(paths: dict[int, tuple[str, ...]]) -> list[list[int]]:
        """A new table begins where the first heading stands again."""
        columns = sorted(paths)
        first = paths[columns[0]]
        if not (words.is_serial(first[-1]) or any(form in words.key_headings() for form in forms(first[-1]))):
            return [columns]
        parts: list[list[int]] = []
        for index in columns:
            if paths[index] == first:
                parts.append([])
            parts[-1].append(index)
        return parts if all(len(part) > 1 for part in parts) else [columns]

    @staticmethod
    def _cut_at_gaps(columns: list[int]) -> list[list[int]]:
        parts = [[columns[0]]]
        for before, index in itertools.pairwise(columns):
            if index > before + 1:
                parts.append([])
            parts[-1].append(index)
        return parts

    def _read(self, top: int, bottom: int, paths: dict[int, tuple[str, ...]], titles: Titles) -> Header | None:
        """The best table for these headings, complete or not."""
        guesses = [guess for table in TABLES if (guess := self._guess(table, paths, titles, bottom + 1))]
        if not guesses:
            return None
        best = max(guesses, key=lambda guess: (not guess.missing, guess.score))
        left, right = min(paths), max(paths) + 1
        mapped = [*best.fixed.values(), *(index for group in best.groups for index in group.measures.values())]
        texts = tuple(" ".join(path) for _, path in sorted(paths.items()))
        return Header(top, bottom, min([left, *mapped]), max([right, *(index + 1 for index in mapped)]), best, texts)

    # -- one table ----------------------------------------------------------------------------------------------------

    def _guess(self, table: str, paths: dict[int, tuple[str, ...]], titles: Titles, body: int) -> Guess | None:
        """Read the headings as this table; None when too little of it is there."""
        spread = SPREAD.get(table, ())
        measures = MEASURES.get(table, ())
        claims: dict[str, list[int]] = {}
        wide: dict[int, tuple[dict[str, str], str | None]] = {}
        unknown: dict[int, str] = {}
        ignored = 0
        for index, path in paths.items():
            if (table, path) not in self._meanings:
                self._meanings[table, path] = self._meaning(table, path)
            meaning = self._meanings[table, path]
            if meaning is None:
                unknown[index] = " ".join(path)
            elif meaning == "ignored":
                ignored += 1
            elif isinstance(meaning, str):
                claims.setdefault(meaning, []).append(index)
            else:
                wide[index] = meaning
        is_long_survey = table in ("survey", "attributes") and self._claim_long(table, unknown, claims)
        fixed = {name: self._choose(table, name, indexes, paths, body) for name, indexes in claims.items()}
        spare = {index for name, indexes in claims.items() for index in indexes if index != fixed[name]}
        if table == "subjects" and "parent" not in fixed:
            moved = [index for index in sorted(spare) if self._is_unit_heading(paths[index])]
            if moved and any(form in _PEOPLE for form in forms(paths[fixed["name"]][-1])):
                fixed["parent"] = moved[0]
                spare.discard(moved[0])
        for index in _coarser_periods(wide):
            unknown[index] = " ".join(paths[index])
            del wide[index]
        contradicting = [index for index, (dims, _) in wide.items() if set(dims) & set(fixed)]
        for index in contradicting:
            unknown[index] = " ".join(paths[index])
            del wide[index]
        long_measures = {name: fixed.pop(name) for name in measures if name in fixed}
        constants = self._constants(table, titles, fixed, wide)
        groups = self._groups(table, wide, long_measures)
        extras: dict[int, str] = {}
        if table == "subjects":
            extras = {index: _attribute_name(paths[index]) for index in sorted([*unknown, *spare])
                      if not words.is_serial(paths[index][-1])}  # fmt: skip
        elif table == "survey" and not is_long_survey:
            extras = {index: " ".join(paths[index]) for index in sorted(unknown)}
            groups = tuple(Group({"question": text}, {"answer": index}) for index, text in extras.items())
        elif is_long_survey and table == "attributes":
            groups = (Group({}, {"value": fixed.pop("value")}),)
        elif is_long_survey:
            groups = (Group({}, {"answer": fixed.pop("answer")}),)
        given = set(fixed) | set(constants) | {name for group in groups for name in {*group.dims, *group.measures}}
        self._from_contents(table, fixed, given, paths, unknown, body)
        if table in ("ballots", "tallies", "turnout") and "poll" not in given | set(fixed):
            poll = self._infer_poll(fixed, groups, body)
            if poll:
                constants["poll"] = poll
        given |= set(fixed) | set(constants)
        missing = [column.name for column in TABLES[table].columns if column.is_required and column.name not in given]
        missing += [name for name in spread if name in _required(table) and name not in set(fixed) | set(constants)
                    and groups and not all(name in group.dims for group in groups) and name not in missing]  # fmt: skip
        if table in ("turnout", "history") and not (long_measures or wide):
            return None
        if (
            table == "events"
            and not {"date", "points", "reason", "document"} & given
            and not self._name_bonus(table, titles)
        ):
            return None
        if table == "history" and not self._is_history(titles, given, paths):
            return None
        slots = {
            (*sorted(dims.items()), measure or measures[0]): index for index, (dims, measure) in reversed(wide.items())
        }
        unknown |= {index: " ".join(paths[index]) for index in wide if index not in slots.values()}
        matched = len(fixed) + len(long_measures) + len(slots)
        named = self._name_bonus(table, titles)
        if TABLES[table].part == "scheme" and matched < 3 and not named:
            return None
        if (matched < 2 and not (named and matched)) or (table == "subjects" and "subject" in missing and not named):
            return None
        if table in ("survey", "attributes") and not (is_long_survey or (table == "survey" and "respondent" in fixed)):
            return None
        foreign = (
            sum(1 for index in unknown if index in extras and self._rank(paths[index][-1]) == 1)
            if table == "subjects"
            else 0
        )
        strange = 0 if table in ("subjects", "survey") else len(unknown)
        if strange > matched + ignored + 1 and not named:
            return None
        score = 2 * (len(fixed) + len(long_measures)) + 2 * len(slots) + 0.5 * len(spare) - strange - 2 * foreign
        strays = sum(any(self._rank(text) == 0 for text in path[:-1]) for path in paths.values())
        score += 0.1 * ignored - 0.3 * strays + 0.25 * sum(len(dims) for dims, _ in wide.values())
        score += named + len([name for name in constants if name in _required(table)]) - 5 * len(missing)
        if len(missing) > 1 or (
            missing and not ((matched > 2 and score >= 0) or (matched == 2 and long_measures and not strange))
        ):
            return None
        dropped = {
            index: text for index, text in unknown.items() if index not in extras and index not in fixed.values()
        }
        return Guess(table, score, fixed, groups, constants, extras, dropped, tuple(missing))

    def _meaning(self, table: str, path: tuple[str, ...]) -> str | tuple[dict[str, str], str | None] | None:
        """A column's name, 'ignored', (what the heading says of the row, measure) for a wide column, or None."""
        known, measures = words.headings(table), MEASURES.get(table, ())
        dims: dict[str, str] = {}
        measure = named = opened = None
        stray = False
        pieces = [piece for text in path for piece in (self._pieces(table, text) or [text])]
        for number, text in enumerate(pieces):
            is_last = number == len(pieces) - 1
            column = self._column(table, text, known)
            word = self._word(table, text)
            if column in measures and not (word and opened):
                measure, stray = column, False
            elif word and (not column or opened):
                dims[word[0]], stray = word[1], False
            elif column and not is_last and column in SPREAD.get(table, ()):
                opened = column
            elif column:
                named, stray = column, False
            elif opened and is_last and not (words.is_sum(text) or words.is_remark(text)):
                dims[opened] = text
            elif words.is_sum(text) or words.is_remark(text) or words.is_serial(text):
                return "ignored"
            else:
                stray = True
        if dims:
            return None if stray else (dims, measure)
        if measure or named:
            return None if stray else (measure or named)
        return opened

    def _column(self, table: str, text: str, known: Mapping[str, str]) -> str | None:
        for form in forms(text):
            if form in self.remembered:
                place = self.remembered[form]
                return place[1] if place[0] == table else None
            if form in known:
                return known[form]
        return None

    def _word(self, table: str, text: str) -> tuple[str, str] | None:
        """The key that a heading word is a value of: ('period', '1月'), ('answer', '优秀') …"""
        for kind in SPREAD.get(table, ()):
            if kind == "period" and words.is_period(text):
                return kind, text
            if kind == "cycle" and values.parse_year(text) is not None:
                return kind, str(values.parse_year(text))
            word = self.vocabulary.word(kind, text) if kind not in ("period", "cycle") else None
            if word is not None:
                return kind, word
        return None

    def _pieces(self, table: str, text: str) -> list[str] | None:
        """A heading written in one (`1月完成`, `区领导-优秀`, `优秀票数`) cut into words that are known; None if it is not."""
        if self._column(table, text, words.headings(table)) or self._word(table, text):
            return None
        known, has_periods = self._piece_words(table)

        def cut(rest: str) -> list[str] | None:
            rest = rest.lstrip("-_—·:/、|的")
            if not rest:
                return []
            for size in range(len(rest), 0, -1):
                head = rest[:size]
                if head in known or (has_periods and words.is_period(head)):
                    tail = cut(rest[size:])
                    if tail is not None:
                        return [head, *tail]
            return None

        whole = re.sub(r"\((票|人|分|%|张|项|件|个|万元|元)\)", "", key(text))
        found = cut(whole) if len(whole) <= 40 else None
        return found if found and len(found) > 1 else None

    def _piece_words(self, table: str) -> tuple[frozenset[str], bool]:
        """The words that a heading of this table may be made of, and whether periods are among them."""
        if table not in self._known_pieces:
            measures = (form for form, column in words.headings(table).items() if column in MEASURES.get(table, ()))
            spread = SPREAD.get(table, ())
            dimensions = (word for kind in spread for word in self.vocabulary.words.get(kind, {}))
            self._known_pieces[table] = frozenset((*measures, *dimensions)), "period" in spread
        return self._known_pieces[table]

    def _claim_long(self, table: str, unknown: dict[int, str], claims: dict[str, list[int]]) -> bool:
        """The long forms of `survey` and `attributes`, which have headings of their own."""
        pair = ("question", "answer") if table == "survey" else ("attribute", "value")
        places = {name: index for index, text in unknown.items() for name in pair if key(text) == name}
        if len(places) < 2:
            return False
        for name, index in places.items():
            claims[name] = [index]
            del unknown[index]
        return True

    def _choose(self, table: str, name: str, indexes: list[int], paths: dict[int, tuple[str, ...]], body: int) -> int:
        """Of several columns that could be one, the one whose cells are known, else whose heading suits best."""
        if len(indexes) == 1:
            return indexes[0]
        ranks = words.heading_rank(table)

        def suits(index: int) -> tuple[float, int, int, int]:
            found = forms(paths[index][-1])
            rank = min((ranks[form] for form in found if form in ranks), default=99)
            if name == "subject":
                rank = 2 - any(form in _PEOPLE for form in found) - 2 * any(form in _SUBJECT_IDS for form in found)
            elif name == "name" and any(form in _PEOPLE for form in found):
                rank = 0
            share = self._share(name, index, body) if name in self.vocabulary.words else 0
            if name == "subject" and rank <= 0 and self._is_counting(index, body) and share < 0.5:
                rank = 9
            year = words.cycle_in(paths[index][-1]) or 0  # of 2024年完成值 and 2025年完成值 the later is this cycle's
            return -round(share, 1), rank, -year, index

        return min(indexes, key=suits)

    def _share(self, kind: str, index: int, body: int) -> float:
        """How many of the first cells below the heading are words of that kind."""
        place = (kind, index, body)
        if place not in self._shares:
            cells = [text for text in self.sheet.column(index)[body : body + 200].to_pylist() if text]
            known = [text for text in cells if self.vocabulary.exact(kind, values.close_name(text))]
            self._shares[place] = len(known) / len(cells) if cells else 0.0
        return self._shares[place]

    def _is_counting(self, index: int, body: int) -> bool:
        cells = [text for text in self.sheet.column(index)[body : body + 20].to_pylist() if text]
        return bool(cells) and cells == [str(number) for number in range(1, len(cells) + 1)]

    @staticmethod
    def _is_unit_heading(path: tuple[str, ...]) -> bool:
        return any(form in _UNIT_HEADINGS for form in forms(path[-1]))

    @staticmethod
    def _groups(
        table: str, wide: dict[int, tuple[dict[str, str], str | None]], long_measures: dict[str, int]
    ) -> tuple[Group, ...]:
        if not wide:
            return (Group({}, long_measures),)
        default = MEASURES[table][0]
        grouped: dict[tuple[tuple[str, str], ...], dict[str, int]] = {}
        for index, (dims, measure) in wide.items():
            grouped.setdefault(tuple(sorted(dims.items())), {}).setdefault(measure or default, index)
        return tuple(Group(dict(dims), measures) for dims, measures in grouped.items())

    # -- what is said once --------------------------------------------------------------------------------------------

    def _constants(
        self, table: str, titles: Titles, fixed: dict[str, int], wide: dict[int, tuple[dict[str, str], str | None]]
    ) -> dict[str, str]:
        """Keys that labels, titles or the sheet's name give for the whole table."""
        known = words.headings(table)
        taken = set(fixed) | {name for dims, _ in wide.values() for name in dims}
        columns = {column.name for column in TABLES[table].columns if column.is_key} - taken
        found: dict[str, str] = {}
        if TABLES[table].part == "scheme" or table == "subjects":
            columns &= {"cycle"}
        for label, value in titles.labels:
            name = self._column(table, label, known)
            if name in columns and name not in found and name != "cycle":
                is_doubtful = any(form in WEAK_SUBJECTS for form in forms(label)) or values.parse_date(value)
                if name == "subject" and is_doubtful and not self.vocabulary.has("subject", value):
                    continue
                found[name] = values.close_name(value)
            elif name == "cycle" and values.parse_year(value):
                found.setdefault("cycle", str(values.parse_year(value)))
        lines = [line for line in titles.lines if not words.is_note(line)]
        for name in ("subject", "indicator", "poll", "rater_group", "item"):
            if name in columns and name not in found and not (name == "subject" and table == "turnout"):
                word = self._said(name, titles, lines)
                if word:
                    found[name] = word
        if "subject" in columns and "subject" not in found and titles.is_subject_sheet and table != "turnout":
            found["subject"] = values.close_name(titles.sheet)
        if "period" in columns and "period" not in found:
            said = titles.sheet if words.is_period(titles.sheet) else words.period_in(" ".join(lines))
            if said:
                found["period"] = said
        if "cycle" in columns and "cycle" not in found:
            year = (
                words.cycle_in("\n".join(titles.lines)) or words.cycle_in(titles.sheet) or words.cycle_in(titles.file)
            )
            if year:
                found["cycle"] = str(year)
        return found

    def _said(self, kind: str, titles: Titles, lines: list[str]) -> str | None:
        """The one word of a kind that the sheet's name or the titles speak of."""
        exact = self.vocabulary.word(kind, titles.sheet)
        if exact:
            return exact
        for text in (*reversed(lines), titles.sheet, titles.file):
            rest = self.vocabulary.without("poll", text) if kind in ("rater_group", "item") else text
            rest = self.vocabulary.without("subject", rest) if kind in ("rater_group", "item") else rest
            inside = self.vocabulary.inside(kind, rest)
            if kind == "item":
                inside = []
            if len(inside) == 1:
                return inside[0]
        return None

    def _infer_poll(self, fixed: dict[str, int], groups: tuple[Group, ...], body: int) -> str | None:
        """The only poll that knows all options, items and rater groups which the table uses."""
        polls = set(self.vocabulary.poll_ids)
        for kind in ("answer", "item", "rater_group"):
            used = {group.dims[kind] for group in groups if kind in group.dims}
            if kind in fixed:
                used |= {text for text in self.sheet.column(fixed[kind])[body : body + 200].to_pylist() if text}
            for word in used:
                known = self.vocabulary.polls.get(kind, {}).get(key(values.close_name(word)))
                if known:
                    polls &= known
        return polls.pop() if len(polls) == 1 else None

    def _from_contents(self, table: str, fixed: dict[str, int], given: set[str], paths: dict[int, tuple[str, ...]],
                       unknown: dict[int, str], body: int) -> None:  # fmt: skip
        """A key without a heading (a blank corner cell) is the column whose cells are words of that kind."""
        for name in ("subject", "indicator", "rater_group", "answer"):
            if (
                name in given
                or name not in {column.name for column in TABLES[table].columns if column.is_key}
                or table not in SPREAD
            ):
                continue
            for index in range(max(min(paths) - 1, 0), max(paths) + 1):
                if (
                    (index not in paths or index in unknown)
                    and index not in fixed.values()
                    and self._share(name, index, body) >= 0.6
                ):
                    fixed[name] = index
                    given.add(name)
                    unknown.pop(index, None)
                    break

    def _name_bonus(self, table: str, titles: Titles) -> float:
        """Does the sheet, the file or a title carry the table's own name?"""
        names = {key(table), key(table.replace("_", " ")), *map(key, TABLES[table].titles)}
        if key(titles.sheet) in names or key(titles.file) in names:
            return 5
        said = [key(text) for text in (titles.sheet, titles.file, *titles.lines)]
        return 2 if any(name in text for text in said for name in names) else 0

    @staticmethod
    def _is_history(titles: Titles, given: set[str], paths: dict[int, tuple[str, ...]]) -> bool:
        """Past results say their year: in a column, or in a title that speaks of results."""
        if "cycle" not in given:
            return False
        said = " ".join((titles.sheet, titles.file, *titles.lines))
        columns = {form for path in paths.values() for form in forms(path[-1])}
        has_column = bool(columns & {form for form, name in words.headings("history").items() if name == "cycle"})
        return (
            has_column
            or re.search(r"历年|历史|往年|上年|考核结果|history|past|previous", said, re.IGNORECASE) is not None
        )


def _required(table: str) -> frozenset[str]:
    return frozenset(column.name for column in TABLES[table].columns if column.is_required)


def _attribute_name(path: tuple[str, ...]) -> str:
    """An attribute is called by its heading without line breaks, `*` and unit in brackets."""
    text = _UNIT.sub("", path[-1].replace("*", " ").strip())
    return re.sub(r"\s+", " ", values.close_name(re.sub(r"\s*\n\s*", "", text))).strip() or path[-1]


def _is_amount(text: str | None) -> bool:
    """A number that is no year: it stands in data, not in a heading."""
    return text is not None and values.parse_number(text) is not None and values.parse_year(text) is None


def _coarser_periods(wide: Mapping[int, tuple[dict[str, str], str | None]]) -> list[int]:
    """Columns of quarters or of the whole year beside columns of months: they sum the others up."""
    sizes = {index: words.period_size(dims["period"]) for index, (dims, _) in wide.items() if "period" in dims}
    finest = min(sizes.values(), default=0)
    return [index for index, size in sizes.items() if size > finest] if list(sizes.values()).count(finest) > 1 else []
