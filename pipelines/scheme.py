"""Whether a scheme is sound: every fault at once, each with its place.

Decides from the scheme's tables alone (and the roster, where there is one) what can be known before anything is scored:
unknown words, unreadable lists, a tree that is none, quotas that cannot be filled, weights that do not add up. What
depends on a single subject (two rows of one id that apply to it) is decided by SQL in `sql/checks/build`. It refuses
nothing by itself: it reports `Problem`s, and whoever asked stops at the first error among them.

The small languages of a scheme are read here and nowhere else in Python: `parse_applies`, `parse_metric`,
`parse_requirement`, `parse_params`, `parse_steps`, `parse_effect`, `parse_mode`. Source: `workbooks.md`, "Checks on schemes"; `scoring.md`.
"""

from __future__ import annotations

import datetime
import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

import pyarrow as pa

from pipelines.checks import Locate, by_measure, labels
from pipelines.contract import KINDS, SCHEME_TABLES, SETTING_WORDS, SETTINGS, STATUSES, TABLES
from pipelines.problems import NOTHING_LISTED, Problem

KEYS = ("kind", "platform", "layer", "status", "subject", "parent", "parent_grade")
"""The keys of `applies`, `pool` and `apportion`; any attribute of the roster is one too (scoring.md, section 2)."""

WORDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("components", "aggregate"): ("arithmetic", "geometric"),
    ("components", "missing"): ("skip", "zero", "error"),
    ("indicators", "missing"): ("skip", "zero", "error"),
    ("indicators", "periods"): ("last", "sum", "mean", "max", "min"),
    ("polls", "standardise"): ("rater",),
    ("adjustments", "sign"): ("+", "-"),
    ("minimums", "force"): ("must", "should"),
    ("register_kinds", "term_unit"): ("workday", "day", "month", "year"),
    ("register_kinds", "first_day"): ("counts", "later"),
    ("holidays", "day_type"): ("rest", "work"),
    ("gates", "op"): ("<", "<=", ">", ">=", "=", "!="),
    ("requirements", "op"): ("<", "<=", ">", ">=", "=", "!="),
    ("requirements", "force"): ("must", "should"),
    ("stages", "mode"): ("equal", "differential"),
    ("grades", "rounding"): ("floor", "half_up", "ceil", "cumulative"),
    ("tiebreaks", "direction"): ("desc", "asc"),
}
"""Columns with a closed vocabulary."""

SOURCES = ("children", "indicators", "value", "parent")

COMMON_PARAMS = ("floor", "cap")
METHODS: dict[str, tuple[str, ...]] = {
    "points": ("full",),
    "ratio": ("dir",),
    "linear": ("worst", "best"),
    "steps": ("at",),
    "interp": ("at",),
    "minmax": ("lo", "dir"),
    "rank": ("lo", "dir"),
    "zscore": ("mid", "spread", "dir"),
    "deduct": ("each",),
    "yesno": (),
    "progress": ("balance",),
}
"""Method -> the parameters it reads besides `COMMON_PARAMS` (scoring.md, section 4)."""
REQUIRED_PARAMS = {"linear": ("worst", "best"), "steps": ("at",), "interp": ("at",)}

RANGES: dict[tuple[str, str], tuple[Decimal, Decimal | None]] = {
    ("components", "weight"): (Decimal(0), None),
    ("components", "min_present"): (Decimal(0), None),
    ("components", "round"): (Decimal(0), Decimal(9)),
    ("indicators", "weight"): (Decimal(0), None),
    ("indicators", "round"): (Decimal(0), Decimal(9)),
    ("polls", "min_ballots"): (Decimal(0), None),
    ("polls", "trim"): (Decimal(0), None),
    ("polls", "round"): (Decimal(0), Decimal(9)),
    ("poll_items", "weight"): (Decimal(0), None),
    ("poll_groups", "weight"): (Decimal(0), None),
    ("adjustments", "cap"): (Decimal(0), None),
    ("grades", "share"): (Decimal(0), Decimal(1)),
    ("consequences", "years"): (Decimal(1), None),
    ("posts", "seats"): (Decimal(0), None),
    ("posts", "ratio"): (Decimal("0.1"), None),
    ("minimums", "needed"): (Decimal(0), None),
    ("minimums", "share"): (Decimal(0), Decimal(1)),
    ("minimums", "per"): (Decimal(0), None),
    ("stages", "kept"): (Decimal(0), None),
    ("register_kinds", "term"): (Decimal(1), Decimal(1000)),
}
"""Columns whose numbers have limits, both included."""

SETTING_RANGES: dict[str, tuple[Decimal | None, Decimal | None]] = {
    "cycle": (Decimal(1), None),
    "rank_decimals": (Decimal(0), Decimal(9)),
    "bonus_cap": (Decimal(0), None),
    "deduction_cap": (Decimal(0), None),
    "min_coverage": (Decimal(0), Decimal(1)),
    "anonymity": (Decimal(0), None),
    "applications_each": (Decimal(1), None),
    "competition_share": (Decimal(0), Decimal(1)),
}

NEEDED = (("grades", "order"), ("gates", "metric"), ("gates", "op"), ("gates", "value"), ("tiebreaks", "metric"),
          ("adjustments", "sign"), ("consequences", "grades"), ("posts", "seats"),
          ("requirements", "metric"), ("requirements", "op"), ("requirements", "value"), ("stages", "order"))  # fmt: skip
"""Columns without a default: a blank cell says nothing."""

SAMPLE_LIMIT = 12
"""So many allowed names are listed in a sentence; then an ellipsis."""
PROFILE_LIMIT = 20_000
"""Without a roster, weights are compared over so many combinations of the values that the scheme names."""


# -- the small languages ----------------------------------------------------------------------------------------------


class Unreadable(ValueError):
    """A text is not of the language it should be; `part` is the piece that could not be read."""

    def __init__(self, part: str):
        self.part = part
        super().__init__(part)


class Term(NamedTuple):
    """One condition of a filter: the value of `key` is (or, negated, is not) among `values`."""

    key: str
    is_negated: bool
    values: tuple[str, ...]


Filter = tuple[Term, ...]


class Metric(NamedTuple):
    """A metric of section 8, taken apart: `rate:POLL:A+B` is ('rate', 'POLL', ('A', 'B'), None)."""

    kind: str
    id: str = ""
    names: tuple[str, ...] = ()
    cycles: int | None = None


_PLAIN_METRICS = ("total", "base", "bonus", "deduction", "coverage")
_ID_METRICS = ("component", "indicator", "value", "poll", "turnout", "events", "attr")
_OPTION_METRICS = ("rate", "votes", "attendee_rate")
METRICS = (
    *_PLAIN_METRICS,
    *(f"{kind}:…" for kind in _ID_METRICS),
    *(f"{kind}:POLL:A+B" for kind in _OPTION_METRICS),
    "streak:A+B",
    "grades:A+B:N",
    "past_rate:POLL:A+B:N",
)
REQUIREMENTS = (
    "total", "rank", "attr:…", "gate:…", "months:A+B", "streak:A+B", "recent:A+B:N", "register:KIND",
    "register:KIND:A+B", "open:KIND", "running:KIND", "application:choice|channel|signers",
    "stage:STAGE:score|support|attendance",
)  # fmt: skip
"""What a requirement of a candidate may measure (pipelines/advice/eligibility.py)."""
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?")


def parse_applies(text: str | None) -> Filter:
    """The conditions of a filter on subjects, in order; () applies to all (scoring.md, section 2).

    Raises Unreadable with the first condition that is not `key=value|value` or `key!=value|value`.
    """
    terms = []
    for part in (text or "").split(";"):
        if not part.strip():
            continue
        match = re.fullmatch(r"\s*([^=!]*?)\s*(!?=)(?!=)(.*)", part, flags=re.DOTALL)
        if match is None or not match[1]:
            raise Unreadable(part.strip())
        values = tuple(value.strip() for value in match[3].split("|"))
        terms.append(Term(match[1], match[2] == "!=", values))
    return tuple(terms)


def parse_metric(text: str) -> Metric:
    """A metric taken apart (scoring.md, section 8), whether its names exist or not; Unreadable when it is none."""
    kind, _, rest = (part.strip() for part in text.partition(":"))
    if kind in _PLAIN_METRICS and ":" not in text:
        return Metric(kind)
    if kind in _ID_METRICS and rest:
        return Metric(kind, rest)
    if kind == "streak" and rest:
        return Metric(kind, names=_names(rest, text))
    if kind in _OPTION_METRICS or kind == "grades":
        first, colon, second = (part.strip() for part in rest.rpartition(":"))
        if colon and first and kind == "grades":
            return Metric(kind, names=_names(first, text), cycles=_count(second, text))
        if colon and first:
            return Metric(kind, first, _names(second, text))
    if kind == "past_rate" and rest.count(":") >= 2:
        poll, names, cycles = (part.strip() for part in rest.rsplit(":", 2))
        if poll:
            return Metric(kind, poll, _names(names, text), _count(cycles, text))
    raise Unreadable(text)


def parse_requirement(text: str) -> Metric:
    """What a requirement of a candidate measures, taken apart; Unreadable when it is none of `REQUIREMENTS`."""
    parts = [part.strip() for part in text.split(":")]
    if not all(parts):
        raise Unreadable(text)
    match parts:
        case ["total" | "rank"]:
            return Metric(parts[0])
        case ["attr" | "gate" | "open" | "running" | "register" as kind, name]:
            return Metric(kind, name)
        case ["application", "choice" | "channel" | "signers"]:
            return Metric("application", parts[1])
        case ["stage", name, "support" | "attendance" | "score"]:
            return Metric("stage", name, (parts[2],))
        case ["register", name, stages]:
            return Metric("register", name, _names(stages, text))
        case ["months" | "streak" as kind, names]:
            return Metric(kind, names=_names(names, text))
        case ["recent", names, years]:
            return Metric("recent", names=_names(names, text), cycles=_count(years, text))
    raise Unreadable(text)


def parse_params(text: str | None) -> dict[str, str]:
    """Parameter -> value as written, of `key=value; key=value`; Unreadable for another piece or a key given twice."""
    params: dict[str, str] = {}
    for part in (text or "").split(";"):
        if not part.strip():
            continue
        key, equals, value = (side.strip() for side in part.partition("="))
        if not equals or not key or not value or key in params:
            raise Unreadable(part.strip())
        params[key] = value
    return params


def parse_number(text: str) -> Decimal:
    """A plain decimal number; Unreadable otherwise (percent signs and separators are not read inside parameters)."""
    if not _NUMBER.fullmatch(text):
        raise Unreadable(text)
    return Decimal(text)


def parse_steps(text: str) -> list[tuple[Decimal, Decimal]]:
    """Thresholds and scores of `0:0, 60:60, 80:90`, as written; Unreadable for a piece or a threshold given twice."""
    steps: list[tuple[Decimal, Decimal]] = []
    for part in text.split(","):
        threshold, colon, score = (side.strip() for side in part.partition(":"))
        try:
            step = parse_number(threshold), parse_number(score)
        except Unreadable:
            raise Unreadable(part.strip() or text) from None
        if not colon or step[0] in (known for known, _ in steps):
            raise Unreadable(part.strip())
        steps.append(step)
    return steps


def parse_effect(text: str) -> tuple[str, str]:
    """Effect and grade ('' where it names none) of a gate (scoring.md, section 9); Unreadable otherwise."""
    effect, colon, grade = (part.strip() for part in text.partition(":"))
    if (effect in ("exclude", "flag") and not colon) or (effect in ("cap", "grade") and grade):
        return effect, grade
    raise Unreadable(text)


def parse_mode(text: str | None) -> int | None:
    """M of `within:M`, None for `consecutive` or blank (scoring.md, section 12); Unreadable otherwise."""
    if (text or "consecutive") == "consecutive":
        return None
    match = re.fullmatch(r"within\s*:\s*(\d+)", text or "")
    if match is None or int(match[1]) < 1:
        raise Unreadable(text or "")
    return int(match[1])


def parse_list(text: str) -> tuple[str, ...]:
    """The names of a `+` list; Unreadable when one of them is blank."""
    return _names(text, text)


def can_meet(one: Filter, other: Filter) -> bool:
    """Whether some subject could pass both filters, judged by the values they name."""
    allowed: dict[str, set[str]] = {}
    for term in (*one, *other):
        if not term.is_negated:
            allowed[term.key] = allowed.get(term.key, set(term.values)) & set(term.values)
    for term in (*one, *other):
        if term.is_negated and term.key in allowed:
            allowed[term.key] -= set(term.values)
    return all(allowed.values())


def _names(text: str, whole: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split("+"))
    if not all(names):
        raise Unreadable(whole)
    return names


def _count(text: str, whole: str) -> int:
    if not re.fullmatch(r"\d{1,3}", text) or int(text) < 1:
        raise Unreadable(whole)
    return int(text)


# -- the scheme as it stands ------------------------------------------------------------------------------------------


class _Row:
    """One row of a scheme table. `filter` is None where `applies` cannot be read."""

    def __init__(self, table: str, values: Mapping[str, Any]):
        self.table = table
        self.values = values
        try:
            self.filter: Filter | None = parse_applies(values.get("applies"))
        except Unreadable:
            self.filter = None

    def __getitem__(self, column: str) -> Any:
        return self.values.get(column)

    @property
    def id(self) -> str:
        """What a person finds the row by: its keys."""
        return " ".join(str(self[key]) for key in TABLES[self.table].keys if self[key] is not None)

    def meets(self, other: _Row) -> bool:
        """Whether both rows may apply to one subject; not said of a row whose filter cannot be read."""
        return self.filter is not None and other.filter is not None and can_meet(self.filter, other.filter)


Profile = Mapping[str, str]
"""The values of the keys that the scheme's filters name, of one sort of subject; '' where blank."""


@dataclass
class _Scheme:
    """The rows of every scheme table, the names that may be used, and the problems found so far."""

    locate: Locate
    rows: dict[str, list[_Row]]
    attributes: frozenset[str] | None
    """Attributes of the roster; None without a roster: then no key can be called unknown."""
    past_grades: frozenset[str]
    problems: list[Problem] = field(default_factory=list)

    def report(self, code: str, row: _Row, column: str, found: object = None, **details: object) -> None:
        """A fault of one cell; `found` is what stands there unless said."""
        shown = _plain(row[column] if found is None else found)
        known = {"row": row.id, **{name: _plain(detail) for name, detail in details.items()}}
        place = self.locate(row.table, row.values, column)
        self.problems.append(Problem(code, place, shown, labels(row.table, column) | known))

    def ids(self, table: str, column: str) -> set[str]:
        return {row[column] for row in self.rows[table] if row[column] is not None}

    @property
    def poll_ids(self) -> dict[str, str]:
        """Id of a poll, by its id and, where nobody's id, by its name."""
        named = {row["name"]: row["poll"] for row in self.rows["polls"] if row["name"] is not None}
        return {**named, **{poll: poll for poll in self.ids("polls", "poll")}}

    def options(self, poll: str | None) -> set[str]:
        """Ids and names of a poll's options; empty for a poll whose answers are numbers."""
        rows = [row for row in self.rows["poll_options"] if row["poll"] == poll]
        return {row[column] for row in rows for column in ("option", "name") if row[column] is not None}

    def children(self, component: str) -> list[_Row]:
        return [row for row in self.rows["components"] if row["parent"] == component]

    def indicators(self, component: str) -> list[_Row]:
        return [row for row in self.rows["indicators"] if row["component"] == component]

    def source(self, row: _Row) -> str:
        """The source of a component, by default what it has (scoring.md, section 6)."""
        if row["source"]:
            return str(row["source"])
        if self.children(row["component"]):
            return "children"
        return "indicators" if self.indicators(row["component"]) else "value"

    def metrics(self) -> Iterator[tuple[_Row, Metric]]:
        """Every readable metric of gates and tie-breaks, with its row."""
        for row in (*self.rows["gates"], *self.rows["tiebreaks"]):
            try:
                yield row, parse_metric(row["metric"] or "")
            except Unreadable:
                continue


def check(tables: Mapping[str, pa.Table], locate: Locate = by_measure) -> list[Problem]:
    """Every fault of a scheme, with its place.

    `tables` are raw tables (docs/architecture.md): the scheme's, of which any may be absent; `subjects` and
    `attributes` where the roster is known; `history` for grades that only earlier cycles had. `locate(table, row,
    column)` gives the place of a cell. Source: workbooks.md, "Checks on schemes".
    """
    scheme = _Scheme(
        locate,
        {name: [_Row(name, values) for values in _pylist(tables.get(name))] for name in SCHEME_TABLES},
        _attributes(tables),
        frozenset(value for value in _column(tables.get("history"), "grade") if value is not None),
    )
    for part in _PARTS:
        part(scheme)
    _check_weights(scheme, tables)
    return scheme.problems


# -- cells ------------------------------------------------------------------------------------------------------------


def _check_settings(scheme: _Scheme) -> None:
    numbers: dict[str, tuple[Decimal, _Row]] = {}
    for row in scheme.rows["settings"]:
        key, value = row["key"], row["value"]
        if key is not None and key not in SETTINGS:
            scheme.report("unknown-setting", row, "key", allowed=_listed(SETTINGS, limit=len(SETTINGS)))
        if key not in SETTINGS or value is None or (SETTINGS[key] == "text" and key not in SETTING_WORDS):
            continue
        if SETTINGS[key] == "date":
            if not _is_day(value):
                scheme.report("setting-unreadable", row, "value", allowed="2025-12-31")
            continue
        if key in SETTING_WORDS:
            if value not in SETTING_WORDS[key]:
                scheme.report("setting-unreadable", row, "value", allowed=_listed(SETTING_WORDS[key]))
            continue
        low, high = SETTING_RANGES.get(key, (None, None))
        whole = SETTINGS[key] == "integer"
        number = _number(value)
        if number is None or not _within(number, low, high) or (whole and number % 1 != 0):
            scheme.report("setting-unreadable", row, "value", allowed=_range_text(low, high, whole))
        else:
            numbers[key] = number, row
    if {"total_min", "total_max"} <= numbers.keys() and numbers["total_min"][0] > numbers["total_max"][0]:
        low_limit, row = numbers["total_min"]
        scheme.report("limits-crossed", row, "value", low=low_limit, high=numbers["total_max"][0],
                      names="total_min, total_max")  # fmt: skip


def _check_cells(scheme: _Scheme) -> None:
    """Words, ranges and blanks of single cells."""
    for (table, column), allowed in WORDS.items():
        for row in scheme.rows[table]:
            if row[column] is not None and row[column] not in allowed:
                scheme.report("word-not-allowed", row, column, allowed=_listed(allowed))
    for (table, column), (low, high) in RANGES.items():
        for row in scheme.rows[table]:
            if row[column] is not None and not _within(Decimal(row[column]), low, high):
                scheme.report("out-of-range", row, column, allowed=_range_text(low, high))
    for table, column in NEEDED:
        for row in scheme.rows[table]:
            if row[column] is None:
                scheme.report("required-cell-empty", row, column, found="")


def _check_keys(scheme: _Scheme) -> None:
    """Two rows of one id: tables without `applies` never allow it, the others where both filters are the same."""
    for table in SCHEME_TABLES:
        if table in ("gates", "requirements"):
            continue
        keys = TABLES[table].keys
        filtered = any(column.name == "applies" for column in TABLES[table].columns)
        _check_twice(scheme, table, keys, "row-applies-twice" if filtered else "duplicate-key")
    _check_twice(scheme, "grades", ("order",), "row-applies-twice")
    _check_twice(scheme, "poll_options", ("poll", "name"), "duplicate-key")


def _check_twice(scheme: _Scheme, table: str, keys: Sequence[str], code: str) -> None:
    first: dict[object, _Row] = {}
    for row in scheme.rows[table]:
        values = tuple(row[key] for key in keys)
        if None in values:
            continue
        seen = first.setdefault((values, _canonical(row)), row)
        if seen is not row and (table != "grades" or keys != ("order",) or seen["grade"] != row["grade"]):
            other = scheme.locate(table, seen.values, keys[-1])
            found = " ".join(map(str, values))
            scheme.report(code, row, keys[-1], found=found, subjects="", other=f"{other.sheet} {other.cell}".strip())


def _check_filters(scheme: _Scheme) -> None:
    """`applies` everywhere, `pool` and `apportion` of grades."""
    for rows in scheme.rows.values():
        for row in rows:
            if row.filter is None:
                scheme.report("applies-unreadable", row, "applies")
            for term in row.filter or ():
                if not _is_key(scheme, term.key):
                    scheme.report("unknown-key", row, "applies", found=term.key, allowed=_keys_text(scheme))
                for value in term.values:
                    _check_filter_value(scheme, row, term.key, value)
    for row in scheme.rows["grades"]:
        for column in ("pool", "apportion"):
            if row[column] in (None, "cohort", "all"):
                continue
            for key in row[column].split("+"):
                if not _is_key(scheme, key.strip()):
                    allowed = f"cohort, all, {_keys_text(scheme)}"
                    scheme.report("unknown-key", row, column, found=key.strip(), allowed=allowed)


def _check_filter_value(scheme: _Scheme, row: _Row, key: str, value: str) -> None:
    closed = {"kind": KINDS, "status": STATUSES, "parent_grade": (*sorted(scheme.ids("grades", "grade")), "")}
    if key in closed and value not in closed[key]:
        allowed = [word for word in closed[key] if word]
        scheme.report("applies-to-none", row, "applies", found=f"{key}={value}", allowed=_listed(allowed))


# -- components and indicators ----------------------------------------------------------------------------------------


def _check_tree(scheme: _Scheme) -> None:
    known = scheme.ids("components", "component")
    parents = defaultdict(set)
    for row in scheme.rows["components"]:
        if row["parent"] is not None and row["parent"] not in known:
            scheme.report("unknown-component", row, "parent", allowed=_listed(known))
        elif row["parent"] is not None:
            parents[row["component"]].add(row["parent"])
    for circle in _circles(parents):
        row = next(row for row in scheme.rows["components"] if row["component"] == circle[0] and row["parent"])
        scheme.report("component-circle", row, "parent", circle=" → ".join((*circle, circle[0])))
    for row in scheme.rows["indicators"]:
        if row["component"] is not None and row["component"] not in known:
            scheme.report("unknown-component", row, "component", allowed=_listed(known))


def _circles(parents: Mapping[str, set[str]]) -> Iterator[list[str]]:
    """Each circle of child -> parents once, from its first member in code point order."""
    done: set[str] = set()
    for start in sorted(parents):
        paths = [[start]]
        while paths:
            path = paths.pop()
            for parent in sorted(parents.get(path[-1], ())):
                if parent == start and not done.intersection(path):
                    done.update(path)
                    yield path
                elif parent not in path:
                    paths.append([*path, parent])


def _check_sources(scheme: _Scheme) -> None:
    polls = scheme.ids("polls", "poll")
    for row in scheme.rows["components"]:
        children = [child for child in scheme.children(row["component"]) if row.meets(child)]
        indicators = [part for part in scheme.indicators(row["component"]) if row.meets(part)]
        source, poll = row["source"], ""
        if source is None:
            if children and indicators:
                found = f"{children[0]['component']}, {indicators[0]['indicator']}"
                scheme.report("source-ambiguous", row, "source", found=found)
            continue
        if source.startswith("poll:"):
            poll = source.removeprefix("poll:").strip()
            if poll not in polls:
                scheme.report("unknown-poll", row, "source", found=poll, allowed=_listed(polls))
        elif source not in SOURCES:
            scheme.report("word-not-allowed", row, "source", allowed=_listed((*SOURCES, "poll:…")))
            continue
        if source != "children" and children:
            scheme.report("children-unused", row, "source", children=_listed(child["component"] for child in children))
        if (source == "children" and not children) or (source == "indicators" and not indicators):
            scheme.report("source-empty", row, "source")


def _check_methods(scheme: _Scheme) -> None:
    for row in scheme.rows["indicators"]:
        method = row["method"] or "points"
        try:
            params = parse_params(row["params"])
        except Unreadable as fault:
            scheme.report("params-unreadable", row, "params", found=fault.part)
            params = None
        if method not in METHODS:
            scheme.report("word-not-allowed", row, "method", allowed=_listed(METHODS))
        elif params is not None:
            _check_params(scheme, row, method, params)


def _check_params(scheme: _Scheme, row: _Row, method: str, params: Mapping[str, str]) -> None:
    allowed = (*METHODS[method], *COMMON_PARAMS)
    numbers: dict[str, Decimal] = {}
    for key, value in params.items():
        if key not in allowed:
            scheme.report("unknown-param", row, "params", found=key, method=method, allowed=_listed(allowed))
        elif key == "dir":
            if value not in ("up", "down"):
                scheme.report("param-unreadable", row, "params", found=f"dir={value}", allowed="up, down")
        elif key == "at":
            try:
                steps = parse_steps(value)
            except Unreadable as fault:
                scheme.report("steps-unreadable", row, "params", found=fault.part)
                continue
            if steps != sorted(steps):
                scheme.report("steps-unordered", row, "params", found=value)
        else:
            low, high = (Decimal(0), Decimal(1)) if key == "balance" else (None, None)
            number = _number(value)
            if number is None or not _within(number, low, high):
                text = _range_text(low, high)
                scheme.report("param-unreadable", row, "params", found=f"{key}={value}", allowed=text)
            else:
                numbers[key] = number
    for key in REQUIRED_PARAMS.get(method, ()):
        if key not in params:
            scheme.report("param-missing", row, "params", found=row["params"] or "", method=method, param=key)
    if {"worst", "best"} <= numbers.keys() and numbers["worst"] == numbers["best"]:
        scheme.report("best-is-worst", row, "params", found=numbers["best"])
    low_score, high_score = numbers.get("floor", Decimal(0)), numbers.get("cap", Decimal(100))
    if low_score > high_score:
        scheme.report("limits-crossed", row, "params", low=low_score, high=high_score, names="floor, cap")


# -- polls, gates, grades, consequences -------------------------------------------------------------------------------


def _check_polls(scheme: _Scheme) -> None:
    polls = scheme.ids("polls", "poll")
    for table in ("poll_items", "poll_options", "poll_groups"):
        for row in scheme.rows[table]:
            if row["poll"] not in polls:
                scheme.report("unknown-poll", row, "poll", allowed=_listed(polls))
    options: dict[str, list[_Row]] = defaultdict(list)
    for row in scheme.rows["poll_options"]:
        options[row["poll"]].append(row)
    for poll, rows in options.items():
        if all(row["points"] is None for row in rows):
            scheme.report("poll-without-points", rows[0], "points", found=poll)
    for poll in sorted(polls):
        _check_merges(scheme, [row for row in scheme.rows["poll_groups"] if row["poll"] == poll])


def _check_merges(scheme: _Scheme, rows: Sequence[_Row]) -> None:
    """The groups of a poll that small ones are merged into: they make lines, each with an end."""
    named = {row["name"]: row["rater_group"] for row in rows if row["name"]}
    ids = named | {row["rater_group"]: row["rater_group"] for row in rows}
    known = [(row, ids[row["merge_into"]]) for row in rows if row["merge_into"] in ids]
    for row in rows:
        if row["merge_into"] is not None and row["merge_into"] not in ids:
            scheme.report("merge-unknown", row, "merge_into", allowed=_listed(set(ids.values())))
    for row, into in known:
        circle, here = [row["rater_group"], into], into
        while here != row["rater_group"] and len(circle) <= len(rows) + 1:
            here = next((other for step, other in known if step["rater_group"] == here and step.meets(row)), "")
            circle.append(here)
            if not here:
                break
        if here == row["rater_group"]:
            scheme.report("merge-circle", row, "merge_into", circle=" → ".join(circle))
    for (row, into), (other, same) in itertools.combinations(known, 2):
        if into == same and row["rater_group"] != other["rater_group"] and row.meets(other):
            scheme.report("merge-twice", other, "merge_into", other=row["rater_group"])


def _check_metrics(scheme: _Scheme) -> None:
    for row in (*scheme.rows["gates"], *scheme.rows["tiebreaks"]):
        if row["metric"] is None:
            continue
        try:
            metric = parse_metric(row["metric"])
        except Unreadable:
            scheme.report("unknown-metric", row, "metric", allowed=_listed(METRICS, limit=len(METRICS)))
            continue
        _check_metric_names(scheme, row, metric)


def _check_metric_names(scheme: _Scheme, row: _Row, metric: Metric) -> None:
    polls = scheme.poll_ids
    known: dict[str, tuple[str, set[str]]] = {
        "component": ("unknown-component", scheme.ids("components", "component")),
        "indicator": ("unknown-indicator", scheme.ids("indicators", "indicator")),
        "value": ("unknown-indicator", scheme.ids("indicators", "indicator") | scheme.ids("components", "component")),
        **{kind: ("unknown-poll", set(polls)) for kind in ("poll", "turnout", *_OPTION_METRICS)},
        "past_rate": ("unknown-past-name", set(polls)),
    }
    if scheme.attributes is not None:
        known["attr"] = "unknown-attribute", set(scheme.attributes)
    if metric.kind in known:
        code, names = known[metric.kind]
        if metric.id not in names:
            scheme.report(code, row, "metric", found=metric.id, allowed=_listed(names))
            return
    is_graded = metric.kind in ("streak", "grades")
    names = scheme.ids("grades", "grade") | scheme.past_grades if is_graded else scheme.options(polls.get(metric.id))
    code = "unknown-option" if metric.kind in _OPTION_METRICS else "unknown-past-name"
    for name in metric.names:
        if name not in names and (names or is_graded):
            scheme.report(code, row, "metric", found=name, allowed=_listed(names))


def _check_gates(scheme: _Scheme) -> None:
    gates: dict[str, list[_Row]] = defaultdict(list)
    grades = scheme.ids("grades", "grade")
    for row in scheme.rows["gates"]:
        gates[row["gate"]].append(row)
        if row["effect"] is not None:
            try:
                _, grade = parse_effect(row["effect"])
            except Unreadable:
                scheme.report("word-not-allowed", row, "effect", allowed="exclude, cap:…, grade:…, flag")
                continue
            if grade and grade not in grades:
                scheme.report("unknown-grade", row, "effect", found=grade, allowed=_listed(grades))
    for gate, rows in gates.items():
        effects = [row for row in rows if row["effect"] is not None]
        if not effects:
            scheme.report("gate-without-effect", rows[0], "effect", found=gate)
        for one, other in itertools.combinations(effects, 2):
            if one["effect"] != other["effect"]:
                scheme.report("gate-with-two-effects", other, "effect", other=one["effect"])
    for row, metric in scheme.metrics():
        is_counted = row.table == "gates" and row["value"] is not None and metric.kind != "attr"
        if is_counted and _number(row["value"]) is None:
            scheme.report("gate-value-unreadable", row, "value", metric=row["metric"])


def _check_requirements(scheme: _Scheme) -> None:
    """What the requirements of candidates measure, where they are judged, and for which posts."""
    known: dict[str, tuple[str, set[str]]] = {
        "gate": ("unknown-name", scheme.ids("gates", "gate")),
        "stage": ("unknown-name", scheme.ids("stages", "stage")),
        **dict.fromkeys(
            ("register", "open", "running"),
            ("unknown-name", scheme.ids("register_kinds", "register") | scheme.ids("register_kinds", "name")),
        ),
    }
    if scheme.attributes is not None:
        known["attr"] = "unknown-attribute", set(scheme.attributes)
    for row in scheme.rows["requirements"]:
        _check_names(scheme, row, "stage", scheme.ids("stages", "stage"))
        try:
            metric = parse_requirement(row["metric"] or "")
        except Unreadable:
            scheme.report("unknown-metric", row, "metric", allowed=_listed(REQUIREMENTS, limit=len(REQUIREMENTS)))
            continue
        code, names = known.get(metric.kind, ("", set()))
        if code and metric.id not in names:
            scheme.report(code, row, "metric", found=metric.id, allowed=_listed(names))
    for table in ("requirements", "minimums"):
        for row in scheme.rows[table]:
            _check_names(scheme, row, "posts", scheme.ids("posts", "post"))
    for row in scheme.rows["minimums"]:
        try:
            parse_applies(row["counted"])
        except Unreadable:
            scheme.report("applies-unreadable", row, "counted")


def _check_names(scheme: _Scheme, row: _Row, column: str, known: set[str]) -> None:
    for name in (row[column] or "").split("+") if row[column] else ():
        if name.strip() not in known:
            scheme.report("unknown-name", row, column, found=name.strip(), allowed=_listed(known))


def _check_grades(scheme: _Scheme) -> None:
    quotas: dict[object, list[_Row]] = defaultdict(list)
    for row in scheme.rows["grades"]:
        if row["share"] is not None:
            quotas[_quota(row)].append(row)
    for rows in quotas.values():
        total = sum((row["share"] for row in rows), Decimal(0))
        if total > 1 and all(row["share"] <= 1 for row in rows):
            shares = _listed(f"{row['grade']} {_plain(row['share'])}" for row in rows)
            scheme.report("shares-above-one", rows[-1], "share", found=total, shares=shares)
    for row in scheme.rows["grades"]:
        if row["rounding"] == "cumulative":
            for better in scheme.rows["grades"]:
                is_better = better["order"] is not None and row["order"] is not None and better["order"] < row["order"]
                if is_better and better.meets(row) and (better["share"] is None or _quota(better) != _quota(row)):
                    scheme.report("cumulative-broken", row, "rounding", better=better["grade"], grade=row["grade"])
        if row["rounding"] == "cumulative" and row["share"] is None:
            scheme.report("required-cell-empty", row, "share", found="")


def _quota(row: _Row) -> object:
    """What rows must have in common for their shares to count together."""
    pool = row["pool"] or "cohort"
    keys = ("platform", "layer") if pool == "cohort" else tuple(key.strip() for key in pool.split("+"))
    return _canonical(row), frozenset(keys)


def _check_consequences(scheme: _Scheme) -> None:
    known = scheme.ids("grades", "grade") | scheme.past_grades
    for row in scheme.rows["consequences"]:
        for grade in (row["grades"] or "").split("+") if row["grades"] is not None else ():
            if grade.strip() not in known:
                scheme.report("unknown-grade", row, "grades", found=grade.strip(), allowed=_listed(known))
        try:
            window = parse_mode(row["mode"])
        except Unreadable:
            scheme.report("word-not-allowed", row, "mode", allowed="consecutive, within:N")
            continue
        if window is not None and window < (row["years"] or 1):
            scheme.report("consequence-never", row, "mode", years=row["years"])


def _check_use(scheme: _Scheme) -> None:
    """Polls and indicators that neither a component nor a metric uses."""
    named: dict[str, set[str]] = {"poll": set(), "indicator": set()}
    for row in scheme.rows["components"]:
        if (row["source"] or "").startswith("poll:"):
            named["poll"].add(row["source"].removeprefix("poll:").strip())
    for _, metric in scheme.metrics():
        if metric.kind in ("indicator", "value"):
            named["indicator"].add(metric.id)
        elif metric.kind in ("poll", "turnout", "past_rate", *_OPTION_METRICS):
            named["poll"].add(scheme.poll_ids.get(metric.id, metric.id))
    for row in scheme.rows["polls"]:
        if row["poll"] not in named["poll"]:
            scheme.report("poll-unused", row, "poll")
    components = defaultdict(list)
    for row in scheme.rows["components"]:
        components[row["component"]].append(row)
    for row in scheme.rows["indicators"]:
        fed = components.get(row["component"], [])
        is_fed = any(scheme.source(component) == "indicators" and component.meets(row) for component in fed)
        is_faulty = row["component"] is not None and not fed
        if not (is_fed or is_faulty or row["indicator"] in named["indicator"]):
            scheme.report("indicator-unused", row, "indicator")


# -- weights ----------------------------------------------------------------------------------------------------------


def _check_weights(scheme: _Scheme, tables: Mapping[str, pa.Table]) -> None:
    """Sibling weights that do not sum to 100, for every set of rows that applies to some subject together.

    Shares that were written in per cent (60 % and 40 % are read as 0.6 and 0.4) may sum to 1, and siblings that are all
    blank are meant to count alike. Not decided while the tree is faulty.
    """
    if any(problem.code in ("component-circle", "applies-unreadable") for problem in scheme.problems):
        return
    items: dict[str, list[_Row]] = defaultdict(list)
    for row in scheme.rows["poll_items"]:
        items[row["poll"]].append(row)
    reported: set[frozenset[int]] = set()

    def compare(siblings: Sequence[_Row], profile: Profile) -> None:
        identity = frozenset(map(id, siblings))
        if identity in reported or all(row["weight"] is None for row in siblings):
            return
        weights = [Decimal(1) if row["weight"] is None else row["weight"] for row in siblings]
        total = sum(weights, Decimal(0))
        if total in (1, 100):
            return
        reported.add(identity)
        key = TABLES[siblings[0].table].keys[-1]
        listed = _listed(f"{row[key]} {_plain(weight)}" for row, weight in zip(siblings, weights, strict=True))
        who = "; ".join(f"{name}={value}" for name, value in profile.items() if value is not _OTHER)
        scheme.report(
            "weights-sum", siblings[0], "weight", found=total, weights=listed, subjects=f" [{who}]" if who else ""
        )

    for rows in items.values():
        compare(rows, {})
    for profile in _profiles(scheme, tables):
        for siblings in _siblings(scheme, profile):
            compare(siblings, profile)


def _siblings(scheme: _Scheme, profile: Profile) -> Iterator[list[_Row]]:
    """The groups of rows whose weights share something out, as they apply to one sort of subject."""
    parts: dict[str | None, list[_Row]] = defaultdict(list)
    for row in scheme.rows["components"]:
        if _passes(row, profile):
            parts[row["parent"]].append(row)
    indicators: dict[str | None, list[_Row]] = defaultdict(list)
    for row in scheme.rows["indicators"]:
        if _passes(row, profile):
            indicators[row["component"]].append(row)

    def applies(row: _Row) -> bool:
        source = scheme.source(row)
        if source == "children":
            return any(applies(child) for child in parts[row["component"]])
        return source != "indicators" or bool(indicators[row["component"]])

    polls = set()
    waiting: list[str | None] = [None]
    while waiting:
        parent = waiting.pop()
        siblings = [row for row in parts[parent] if applies(row)]
        if siblings:
            yield siblings
        for row in siblings:
            source = scheme.source(row)
            if source == "children":
                waiting.append(row["component"])
            elif source == "indicators":
                yield indicators[row["component"]]
            elif source.startswith("poll:"):
                polls.add(source.removeprefix("poll:").strip())
    for poll in sorted(polls):
        groups = [row for row in scheme.rows["poll_groups"] if row["poll"] == poll and _passes(row, profile)]
        if groups:
            yield groups


def _passes(row: _Row, profile: Profile) -> bool:
    return all((profile.get(term.key, "") in term.values) is not term.is_negated for term in row.filter or ())


_OTHER = "\0other"
"""A value that no filter names."""


def _profiles(scheme: _Scheme, tables: Mapping[str, pa.Table]) -> Iterable[Profile]:
    """The sorts of subjects that filters tell apart: those of the roster, else every combination of named values."""
    named: dict[str, set[str]] = defaultdict(set)
    wanted: set[str] = set()
    for table in ("components", "indicators", "poll_groups"):
        for row in scheme.rows[table]:
            for term in row.filter or ():
                named[term.key].update(term.values)
                if not term.is_negated:
                    wanted.add(term.key)
    keys = sorted(named)
    subjects = tables.get("subjects")
    if subjects is None or not subjects.num_rows:
        choices = [[*sorted(named[key]), *([] if key in wanted else [_OTHER])] for key in keys]
        combinations = itertools.islice(itertools.product(*choices), PROFILE_LIMIT)
        return [dict(zip(keys, values, strict=True)) for values in combinations]
    columns = [_roster_values(key, tables, named[key]) for key in keys]
    states = _roster_values("status", tables, set(STATUSES))
    sorts = {tuple(values) for state, *values in zip(states, *columns, strict=True) if state != "excluded"}
    profiles = [dict(zip(keys, values, strict=True)) for values in sorted(sorts)]
    if "parent_grade" in named:
        grades = [*sorted(named["parent_grade"]), _OTHER]
        profiles = [{**profile, "parent_grade": grade} for profile in profiles for grade in grades]
    return profiles


def _roster_values(key: str, tables: Mapping[str, pa.Table], named: set[str]) -> list[str]:
    """One value per row of the roster: the key's where some filter names it, else `_OTHER`."""
    subjects = tables["subjects"]
    if key in ("kind", "platform", "layer", "status", "subject"):
        blank = {"kind": "person", "status": "graded"}.get(key, "")
        values: Iterable[str | None] = (blank if value is None else value for value in _column(subjects, key))
    elif key == "parent":
        ids = set(_column(subjects, "subject"))
        by_name = dict(zip(_column(subjects, "name"), _column(subjects, "subject"), strict=True))
        values = (parent if parent in ids else by_name.get(parent, parent) for parent in _column(subjects, "parent"))
    elif key == "parent_grade":
        values = itertools.repeat(None, subjects.num_rows)
    else:
        facts = tables.get("attributes")
        triples = zip(_column(facts, "subject"), _column(facts, "attribute"), _column(facts, "value"), strict=True)
        known = {subject: value for subject, attribute, value in triples if attribute == key}
        values = (known.get(subject) for subject in _column(subjects, "subject"))
    return [value if value in named else _OTHER for value in ("" if value is None else value for value in values)]


# -- small helpers ----------------------------------------------------------------------------------------------------


def _pylist(table: pa.Table | None) -> list[dict[str, Any]]:
    return [] if table is None else table.to_pylist()


def _column(table: pa.Table | None, name: str) -> list[Any]:
    return [] if table is None else table.column(name).to_pylist()


def _attributes(tables: Mapping[str, pa.Table]) -> frozenset[str] | None:
    subjects = tables.get("subjects")
    if subjects is None or not subjects.num_rows:
        return None
    return frozenset(_column(tables.get("attributes"), "attribute"))


def _is_key(scheme: _Scheme, key: str) -> bool:
    return key in KEYS or scheme.attributes is None or key in scheme.attributes


def _keys_text(scheme: _Scheme) -> str:
    return _listed((*KEYS, *sorted(scheme.attributes or ())), limit=len(KEYS) + SAMPLE_LIMIT)


def _canonical(row: _Row) -> object:
    """A row's filter without its order and spacing, so that two ways of writing the same compare as equal."""
    if row.filter is None:
        return row["applies"]
    return frozenset((term.key, term.is_negated, frozenset(term.values)) for term in row.filter or ())


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _number(text: str) -> Decimal | None:
    try:
        return parse_number(text)
    except Unreadable:
        return None


def _within(number: Decimal, low: Decimal | None, high: Decimal | None) -> bool:
    return (low is None or number >= low) and (high is None or number <= high)


def _range_text(low: Decimal | None, high: Decimal | None, whole: bool = False) -> str:
    """The allowed numbers in signs that both languages read: '0 … 1', '≥ 0', '0, 1, 2, …', '12.5'."""
    if whole and low is not None and high is None:
        return f"{low}, {low + 1}, {low + 2}, …"
    if low is not None:
        return f"{low} … {high}" if high is not None else f"≥ {low}"
    return "-3, 0, 12.5, 80 …"


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return "" if value is None else str(value)


def _listed(names: Iterable[str], limit: int = SAMPLE_LIMIT) -> str:
    """Names in their order (sets sorted), cut off with an ellipsis; '–' for none."""
    ordered = sorted(names) if isinstance(names, set | frozenset) else list(names)
    shown = ", ".join(ordered[:limit]) + (", …" if len(ordered) > limit else "")
    return shown or NOTHING_LISTED


_PARTS: tuple[Callable[[_Scheme], None], ...] = (
    _check_settings,
    _check_cells,
    _check_filters,
    _check_keys,
    _check_tree,
    _check_sources,
    _check_methods,
    _check_polls,
    _check_metrics,
    _check_gates,
    _check_requirements,
    _check_grades,
    _check_consequences,
    _check_use,
)
