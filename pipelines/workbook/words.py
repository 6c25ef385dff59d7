"""What headings, titles and labels mean: the contract's headings in every dress, and the words of roster and scheme.

A heading is compared by its *key*: NFKC, no zero-width characters, no white space, no `*`, lower case. It may carry a
unit in brackets, a number in front (1. 一、), a year, or a second language beside or below it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from pipelines.contract import TABLES
from pipelines.workbook import values

_SPACE = re.compile(r"\s+")
_BRACKETS = re.compile(r"[(\[【〔{<《][^()\[\]【】〔〕{}<>《》]*[)\]】〕}>》]")
_ENUMERATION = re.compile(
    r"^(?:\d{1,2}[.、)](?!\d)|[一二三四五六七八九十]{1,3}[、.]|\([\d一二三四五六七八九十]{1,3}\)|[①-⑳])"
)
_YEAR = re.compile(r"^(?:(?:19|20)\d{2}年度?|本年度?|本期|当年|年度|全年)(?=.)")
_EDGE = "*:·.、,;!?\"'“”‘’#"

SERIAL = frozenset(
    "序号 序 次序号 行号 顺序号 no no. s/n sn # serial serialno serialno. serialnumber index rowno rowno. row nr nr.".split()
)
_SUMS = re.compile(
    r"(合计|小计|总计|共计|总分|总票数?|票数合计|有效票数?|有效票|平均分?|平均值|均值|均分|加权|折算|折合|得票率|.*率|.*占比|占比|比例|比重|百分比"
    r"|.*累计.*|名次|排名|排序|等次|增幅|增减|同比.*|环比.*|差额|进度|total.*|sum|subtotal|average.*|mean|.*rate|.*ratio|percent.*|.*share|%|rank.*)(值|数|分)?(\(.*\))?%?"
)
_REMARKS = re.compile(
    r"(备注|备\s*注|说明|备注说明|佐证材料?|佐证|证明材料|附件|依据|remarks?|notes?|comments?|evidence)"
)
_SUM_WORD = "(合计|小计|总计|共计|累计|总和|平均|平均值|平均分|平均数|平均得分|均值|均分)"
_TOTAL = re.compile(
    rf".{{0,10}}{_SUM_WORD}(票数|得分|数)?([:(].*)?"
    r"|(grand|sub)?-?\s*totals?( (of|for|per|in|score|points|votes)\b.*|\s*[^\w\s].*)?|.{0,24}\b(sub)?-?total|sum|means?"
    r"|overall (average|mean|total)|averages?( (of|for|per|score|points)\b.*|\s*[^\w\s].*)?|.{0,24}\baverage"
    r"|all (units|subjects|staff)",
    re.IGNORECASE,
)
_NOTE_WORD = (
    "填表人|填报人|填表|填报|制表人?|制表|审核人?|审核|审批人?|复核人?|核对人?|负责人|分管领导|主要领导|主要负责人.*|经办人|联系人|联系电话|电话|监票人?|计票人?|唱票人?|"
    "单位\\s*\\(?(盖章|公章|签章)\\)?|\\(?(盖章|公章|签章)\\)?|签字.*|签名.*|日期|填表日期|填报日期|报送日期|填表时间|填报时间|制表日期|统计时间|"
    "注|备注|说明|附注|附|填表说明|自评说明|填报说明|备注说明|情况说明|"
    "notes?|remarks?|n\\.?b\\.?|sources?|prepared(\\s+by)?|checked(\\s+by)?|approved(\\s+by)?|reviewed(\\s+by)?|compiled(\\s+by)?|verified(\\s+by)?|signed(\\s+by)?|signature|"
    "date|printed|stamp|contact|submitted(\\s+by)?|certified(\\s+by)?"
)
_NOTE = re.compile(rf"[(*※]?\s*({_NOTE_WORD})\s*(\d*\s*[:：].*|\(.*\)\s*:?.*|_+.*)", re.IGNORECASE | re.DOTALL)
_NOTE_ALONE = re.compile(rf"({_NOTE_WORD})", re.IGNORECASE)
_DATE_LINE = re.compile(
    r"\(?\s*\d{4}\s*年\s*\d{1,2}\s*月(\s*\d{1,2}\s*日)?\s*\)?|年\s*月\s*日|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
)
TOTAL_HINT = "(?i)合|计|平|均|总|权|分|标|单位|total|sum|mean|average|all |weight|unit|max|target"
"""A coarse filter for Arrow: every text that `is_total` accepts matches it."""
NOTE_HINT = r"(?i)[:：(_]|^(注|备注|说明|附|年|\d{4}|盖章|签)"
"""A coarse filter for Arrow: every text that `is_note` accepts matches it."""
PERIOD = re.compile(
    r"(?:(?:19|20)\d{2}\s*(?:年|[-/.]))?\s*(?:\d{1,2}\s*(?:[-—~至到]\s*\d{1,2}\s*)?月(?:份|末|底)?|[一二三四五六七八九十]{1,3}月(?:份)?)"
    r"|(?:(?:19|20)\d{2}年)?第?\s*[一二三四1-4]\s*季度?|(?:(?:19|20)\d{2}年)?(?:[上下]半年|全年|年度|年末|年终|半年)|第[\d一二三四五六七八九十]+[期周次轮]"
    r"|q[1-4]|h[12]|[1-4]q|(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?|(?:month|quarter|period|week|half)\s*\d{1,2}|(?:full|whole)\s*year",
    re.IGNORECASE,
)
_PERIOD_IN_TITLE = re.compile(r"\d{1,2}月份|第[一二三四1-4]季度|[一二三四]季度|[上下]半年")


@functools.lru_cache(maxsize=50_000)
def key(text: str) -> str:
    """The form under which headings and names are compared."""
    return _SPACE.sub("", values.clean_text(text)).replace("*", "").casefold()


@functools.lru_cache(maxsize=20_000)
def forms(text: str) -> tuple[str, ...]:
    """The keys a heading may be meant by, the most literal first: whole, without brackets, number or year, each language."""
    found: dict[str, None] = {}

    def add(candidate: str) -> None:
        candidate = key(candidate).strip(_EDGE)
        if candidate:
            found.setdefault(candidate)

    whole = values.clean_text(text).replace("*", " ").strip()
    bare = whole
    for _ in range(3):
        bare = _BRACKETS.sub(" ", bare)
    bare = bare.strip(" \n" + _EDGE)
    for base in (whole, bare):
        add(base)
        add(_ENUMERATION.sub("", base))
        add(_YEAR.sub("", key(_ENUMERATION.sub("", base))))
    for part in re.split(r"\s*[/\\|\n]\s*", bare):
        add(part)
        add(_ENUMERATION.sub("", part))
    for part in _languages(bare):
        add(part)
        add(_ENUMERATION.sub("", part))
    for bracket in _BRACKETS.findall(whole):
        add(bracket[1:-1])
    return tuple(found)


def _languages(text: str) -> list[str]:
    """The Chinese and the Latin part of a heading in two languages; nothing when it has one."""
    latin = re.findall(r"[A-Za-z][A-Za-z.' \-]*", text)
    chinese = re.findall(r"[\u3400-\u9fff]+", text)
    return [*chinese, *(part.strip() for part in latin)] if latin and chinese else []


def is_serial(text: str) -> bool:
    """序号, No.: a column that only counts."""
    return any(form in SERIAL for form in forms(text)[:2])


def is_sum(text: str) -> bool:
    """A heading of sums, rates or ranks beside the data."""
    return any(_SUMS.fullmatch(form) for form in forms(text))


def is_remark(text: str) -> bool:
    """备注, Evidence: a column of words beside the data."""
    return any(_REMARKS.fullmatch(form) for form in forms(text))


def is_period(text: str) -> bool:
    """1月, 第一季度, 上半年, January, Q1."""
    return PERIOD.fullmatch(text.strip()) is not None


def period_size(text: str) -> int:
    """How long a period is: 1 month (or anything else), 3 quarter, 6 half a year, 12 year."""
    if re.search(r"月|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|month|week", text, re.IGNORECASE):
        return 6 if re.search(r"\d\s*[-—~至到]\s*\d", text) else 1
    if re.search(r"半|h[12]|half", text, re.IGNORECASE):
        return 6
    if re.search(r"季|q|quarter", text, re.IGNORECASE):
        return 3
    return 12 if re.search(r"年|year", text, re.IGNORECASE) else 1


def is_total(text: str) -> bool:
    """合计, 平均值, Total: the label of a row that sums others up."""
    return (
        _TOTAL.fullmatch(values.close_name(_SPACE.sub(" ", text)).strip(" :：-—")) is not None
        or _TOTAL.fullmatch(key(text)) is not None
    )


def is_note(text: str) -> bool:
    """填表人：…, 注：…, a lone date: a line under a table that belongs to no row."""
    return bool(_NOTE.match(text) or _DATE_LINE.fullmatch(text) or _NOTE_ALONE.fullmatch(key(text)))


def cycle_in(title: str) -> int | None:
    """The year that a title speaks of: 2025年度 before 2025年 before a bare 2025; none when two differ."""
    for pattern in (
        r"(20\d{2})\s*年度",
        r"(20\d{2})\s*年(?!\s*\d{1,2}\s*月)",
        r"(?<![\d.-])(20\d{2})(?![\d.]|\s*[-/.年]\s*\d)",
    ):
        found = set(re.findall(pattern, title))
        if len(found) == 1:
            return int(found.pop())
    return None


def period_in(title: str) -> str | None:
    """The one period that a title speaks of (3月份, 第一季度)."""
    found = set(_PERIOD_IN_TITLE.findall(title))
    return found.pop() if len(found) == 1 else None


# -- the contract's headings ------------------------------------------------------------------------------------------


@functools.cache
def headings(table: str) -> dict[str, str]:
    """Key of a heading -> column of the table. The canonical name wins, then the order of the contract."""
    found: dict[str, str] = {}
    for column in TABLES[table].columns:
        if table in ("survey", "attributes") and column.name in ("question", "answer", "attribute", "value"):
            continue
        found.setdefault(key(column.name), column.name)
        found.setdefault(key(column.name.replace("_", " ")), column.name)
    for column in TABLES[table].columns:
        for heading in column.headings:
            found.setdefault(key(heading), column.name)
    return found


@functools.cache
def heading_rank(table: str) -> dict[str, int]:
    """Key of a heading -> how well it suits its column: 0 canonical, then the order of the contract."""
    ranks: dict[str, int] = {}
    for column in TABLES[table].columns:
        for rank, heading in enumerate((column.name, *column.headings)):
            ranks.setdefault(key(heading), rank)
    return ranks


@functools.cache
def all_headings() -> frozenset[str]:
    """The keys of all headings of the contract."""
    return frozenset(heading for table in TABLES for heading in headings(table))


@functools.cache
def key_headings() -> frozenset[str]:
    """Headings of keys and names: a table begins with one of them."""
    names = {
        (table.name, column.name)
        for table in TABLES.values()
        for column in table.columns
        if column.is_key or column.name == "name"
    }
    return frozenset(
        heading for table in TABLES for heading, column in headings(table).items() if (table, column) in names
    )


# -- the words of roster and scheme -----------------------------------------------------------------------------------

DIMENSIONS = ("subject", "indicator", "rater_group", "item", "answer", "poll", "period", "cycle")


@dataclass(frozen=True)
class Vocabulary:
    """Names and ids of roster and scheme, by kind: key -> the word as written."""

    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    methods: Mapping[str, str] = field(default_factory=dict)
    """Key of an indicator's id or name -> its method."""
    polls: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    """'item', 'answer', 'rater_group' -> key of a word -> ids of the polls that know it."""
    poll_ids: tuple[str, ...] = ()
    numeric_polls: frozenset[str] = frozenset()
    """Keys of the ids and names of polls without options."""
    cycle: int | None = None

    def has(self, kind: str, text: str) -> bool:
        """Is it a word of that kind, as it stands or in one of its heading forms?"""
        return self.word(kind, text) is not None

    def word(self, kind: str, text: str) -> str | None:
        """The word of that kind that a text means, as roster or scheme write it."""
        words = self.words.get(kind, {})
        if not words:
            return None
        for form in forms(text):
            if form in words:
                return words[form]
        return None

    def exact(self, kind: str, text: str) -> bool:
        return key(text) in self.words.get(kind, {})

    def knows(self, text: str) -> bool:
        """Is it a word of any kind, as it stands?"""
        return any(key(text) in words for words in self.words.values())

    def method(self, indicator: str) -> str | None:
        """The method of an indicator, by id or name; None when it is not known."""
        return self.methods.get(key(indicator))

    def is_numeric_poll(self, poll: str) -> bool:
        """A known poll without options: its answers are numbers."""
        return key(poll) in self.numeric_polls

    @functools.cached_property
    def _heard(self) -> dict[tuple[str, str], list[str]]:
        """What `inside` found before: every heading asks about the same few titles, and a roster has thousands of names."""
        return {}

    @functools.cached_property
    def _cleared(self) -> dict[tuple[str, str], str]:
        """What `without` left over before."""
        return {}

    def inside(self, kind: str, title: str) -> list[str]:
        """The words of that kind that occur in a title, longest first, none inside another."""
        if (kind, title) in self._heard:
            return self._heard[kind, title]
        rest, found = key(title), []
        for word, written in sorted(self.words.get(kind, {}).items(), key=lambda pair: (-len(pair[0]), pair[0])):
            if len(word) > 1 and word in rest:
                rest = rest.replace(word, "\n")
                if written not in found:
                    found.append(written)
        self._heard[kind, title] = found
        return found

    def without(self, kind: str, title: str) -> str:
        """The title's key with the words of that kind taken out."""
        if (kind, title) in self._cleared:
            return self._cleared[kind, title]
        rest = key(title)
        for word in sorted(self.words.get(kind, {}), key=len, reverse=True):
            rest = rest.replace(word, "\n")
        self._cleared[kind, title] = rest
        return rest


def vocabulary(tables: Mapping[str, pa.Table]) -> Vocabulary:
    """The words of these raw tables (roster and scheme)."""
    words: dict[str, dict[str, str]] = {kind: {} for kind in DIMENSIONS}

    def take(kind: str, table: str, *columns: str) -> None:
        for column in columns:
            for text in _texts(tables, table, column):
                words[kind].setdefault(key(text), text)

    take("subject", "subjects", "subject", "name")
    take("indicator", "indicators", "indicator", "name")
    take("indicator", "components", "component", "name")
    take("rater_group", "poll_groups", "rater_group", "name")
    take("item", "poll_items", "item", "name")
    take("answer", "poll_options", "option", "name")
    take("poll", "polls", "poll", "name")
    for table in ("poll_items", "poll_options", "poll_groups"):
        take("poll", table, "poll")
    methods = {}
    if "indicators" in tables:
        for row in tables["indicators"].select(["indicator", "name", "method"]).to_pylist():
            for text in (row["indicator"], row["name"]):
                if text:
                    methods[key(text)] = row["method"] or ""
    polls: dict[str, dict[str, frozenset[str]]] = {"item": {}, "answer": {}, "rater_group": {}}
    for kind, table, column in (
        ("item", "poll_items", "item"),
        ("answer", "poll_options", "option"),
        ("rater_group", "poll_groups", "rater_group"),
    ):
        if table in tables:
            for row in tables[table].select(["poll", column, "name"]).to_pylist():
                for text in (row[column], row["name"]):
                    if text and row["poll"]:
                        known = polls[kind].get(key(text), frozenset())
                        polls[kind][key(text)] = known | {row["poll"]}
    cycle = None
    if "settings" in tables:
        for row in tables["settings"].select(["key", "value"]).to_pylist():
            if row["key"] and key(row["key"]) in ("cycle", "年度", "考核年度", "年份") and row["value"]:
                cycle = values.parse_year(row["value"])
    ids = dict.fromkeys(_texts(tables, "polls", "poll"))
    for table in ("poll_items", "poll_options", "poll_groups"):
        ids.update(dict.fromkeys(_texts(tables, table, "poll")))
    optional = {key(text) for text in _texts(tables, "poll_options", "poll")}
    named = (
        {key(row["poll"] or ""): key(row["name"] or "") for row in tables["polls"].to_pylist()}
        if "polls" in tables
        else {}
    )
    numeric = set()
    for identity in map(key, ids):
        both = {identity, named.get(identity, identity)} - {""}
        if not both & optional:
            numeric |= both
    return Vocabulary(words, methods, polls, tuple(ids), frozenset(numeric), cycle)


def _texts(tables: Mapping[str, pa.Table], table: str, column: str) -> Iterator[str]:
    if table in tables and column in tables[table].column_names:
        for text in tables[table].column(column).unique().to_pylist():
            if text is not None and str(text).strip():
                yield str(text)
