"""The slow, plain, exact scorer that the product is compared with.

Written from `scoring.md` alone, section by section, on `fractions.Fraction`; `decimal` with 60 digits only where a
root, a logarithm or a power needs it. It reads no other code of this project and nothing reads it but tests. Where the
specification leaves a choice, `docs/decisions.md` says which one was made and the line here names the section.

Input: tables as lists of text rows with the canonical English headings (one CSV row each, long form). Output: the six
tables of section 13, in their order, as lists of text rows. Input that the specification calls an error raises
`Refused`.
Ballots are never suppressed here: the answer is that of setting `anonymity` 0.
"""

from __future__ import annotations

import csv
import decimal
import itertools
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

Row = dict[str, str]
Tables = dict[str, list[Row]]
Metric = Fraction | str | None
"""The value of a metric: a number, a text (attributes), or None: unknown."""

KINDS = ("unit", "team", "person", "candidate")
KIND_WORDS = {"": "person", "单位": "unit", "班子": "team", "个人": "person", "人选": "candidate"} | {
    k: k for k in KINDS
}
STATUS_WORDS = {"": "graded", "参加": "graded", "不定等次": "ungraded", "不参加": "excluded"} | {
    word: word for word in ("graded", "ungraded", "excluded")
}
ROSTER = ("cycle", "subject", "name", "kind", "parent", "platform", "layer", "status")
APPLIES_KEYS = ("kind", "platform", "layer", "status", "subject", "parent", "parent_grade")
COLUMNS = {
    "ranking": "cycle kind platform layer subject name status base bonus deduction total coverage rank cohort_size "
    "grade flags",
    "components": "cycle subject component score share coverage",
    "indicators": "cycle subject indicator value target score",
    "polls": "cycle subject poll item rater_group votes mean",
    "quotas": "cycle kind grade applies pool part headcount share seats taken over",
    "consequences": "cycle subject rule action amount cycles",
}
METHODS = ("points", "ratio", "linear", "steps", "interp", "minmax", "rank", "zscore", "deduct", "yesno", "progress")
YES = ("1", "yes", "y", "true", "是", "有", "√")
OPERATORS: dict[str, Callable[[Fraction | str, Fraction | str], bool]] = {
    "<": lambda a, b: a < b,  # type: ignore[operator]
    "<=": lambda a, b: a <= b,  # type: ignore[operator]
    ">": lambda a, b: a > b,  # type: ignore[operator]
    ">=": lambda a, b: a >= b,  # type: ignore[operator]
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
PRECISE = decimal.Context(prec=60)
ZERO, HALF, ONE, HUNDRED = Fraction(0), Fraction(1, 2), Fraction(1), Fraction(100)


class Refused(ValueError):
    """The input is one that the specification calls an error; the message names it."""


# -- text and numbers (workbooks.md; section 3) ---------------------------------------------------------------------


def clean(text: str | None) -> str:
    """NFKC, no zero-width characters, trimmed."""
    return re.sub("[\u200b-\u200d\u2060\ufeff]", "", unicodedata.normalize("NFKC", text or "")).strip()


def number(text: str) -> Fraction | None:
    """The exact number that a cell says, None where it says none: 1,234.5, 20% (0.2), 90分."""
    match = re.fullmatch(r"([+-]?)(\d[\d,]*\.?\d*|\.\d+)\s*([%分票人]?)", text)
    if match is None:
        return None
    value = Fraction((match[1] + match[2]).replace(",", ""))
    return value / 100 if match[3] == "%" else value


def needed(text: str, what: str) -> Fraction:
    value = number(text)
    if value is None:
        raise Refused(f"{what}: {text!r} is not a number")
    return value


def weight_of(row: Row) -> Fraction:
    return needed(row["weight"], "weight") if row.get("weight") else ONE


def settle(value: Fraction, decimals: int) -> Fraction:
    """Half away from zero at 9 decimals, and the result half away from zero at `decimals`."""
    return _rounded(_rounded(value, 9), decimals)


def _rounded(value: Fraction, decimals: int) -> Fraction:
    scale = 10**decimals
    size = math.floor(abs(value) * scale + HALF)
    return Fraction(size if value >= 0 else -size, scale)


def written(value: Fraction | int | None) -> str:
    """As extracts write a number: up to 9 decimals, no trailing zeros; nothing for None."""
    if value is None:
        return ""
    settled = _rounded(Fraction(value), 9)
    text = f"{abs(settled.numerator * (10**9 // settled.denominator)):010d}"
    return ("-" if settled < 0 else "") + f"{text[:-9]}.{text[-9:]}".rstrip("0").rstrip(".")


def precise(value: Fraction) -> Decimal:
    return PRECISE.divide(Decimal(value.numerator), Decimal(value.denominator))


def root(value: Fraction) -> Fraction:
    return Fraction(PRECISE.sqrt(precise(value)))


def sample_sd(values: Sequence[Fraction]) -> Fraction:
    """Sample standard deviation, 0 for fewer than two values."""
    if len(values) < 2:
        return ZERO
    mean = sum(values, ZERO) / len(values)
    return root(sum(((v - mean) ** 2 for v in values), ZERO) / (len(values) - 1))


def period_order(period: str) -> tuple[str, str]:
    """Section 4: 一 to 十二 are numbers, runs of digits compare as numbers, the rest by code point."""
    words = {w: str(i) for i, w in enumerate("一 二 三 四 五 六 七 八 九 十 十一 十二".split(), start=1)}
    digits = re.sub("十[一二]|[一二三四五六七八九十]", lambda match: words[match[0]], period)
    return re.sub("[0-9]+", lambda match: f"{int(match[0]):020d}", digits), period


def pairs(text: str) -> dict[str, str]:
    """`key=value; key=value`."""
    found = {}
    for part in filter(None, (p.strip() for p in text.split(";"))):
        key, equals, value = part.partition("=")
        if not equals:
            raise Refused(f"parameter {part!r} has no value")
        found[key.strip()] = value.strip()
    return found


# -- what is appraised ----------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Subject:
    """One row of the roster and everything that is found out about it."""

    id: str
    name: str
    kind: str
    parent: str
    platform: str
    layer: str
    declared: str
    attributes: Row
    status: str = ""
    components: dict[str, Row] = field(default_factory=dict)
    indicators: dict[str, Row] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    base: Fraction | None = None
    coverage: Fraction = ZERO
    bonus: Fraction = ZERO
    deduction: Fraction = ZERO
    total: Fraction | None = None
    rank: int | None = None
    grades: dict[str, Row] = field(default_factory=dict)
    cap: int | None = None
    forced: str | None = None
    grade: str = ""
    flags: set[str] = field(default_factory=set)
    position: tuple[Fraction | int, ...] = ()

    @property
    def cohort(self) -> tuple[str, str, str]:
        return self.kind, self.platform, self.layer

    @property
    def takes_part(self) -> bool:
        return self.declared != "excluded"


@dataclass
class Figure:
    """An indicator of a subject: raw value, target, score before and after `missing`."""

    value: Fraction | None = None
    target: Fraction | None = None
    natural: Fraction | None = None
    score: Fraction | None = None


@dataclass
class Part:
    """What a node is made of: id, nominal weight, score, share of data behind it."""

    id: str
    weight: Fraction
    score: Fraction | None
    coverage: Fraction


@dataclass
class Node:
    """A component of a subject."""

    natural: Fraction | None
    score: Fraction | None
    coverage: Fraction
    parts: list[Part]
    share: Fraction = ZERO


@dataclass
class Cell:
    """The votes of a subject, item and rater group: points of the valid ones, and how many each option got."""

    points: list[Fraction] = field(default_factory=list)
    options: Counter[str] = field(default_factory=Counter)


@dataclass
class Poll:
    """A poll's rules, with names made into ids."""

    row: Row
    items: dict[str, Fraction]
    options: dict[str, Fraction | None]
    groups: list[Row]
    ids: dict[str, dict[str, str]]
    """Of items, options and rater groups: id or name -> id."""

    @property
    def pooled_items(self) -> list[str]:
        """Section 8: what rates are taken over."""
        return ["overall"] if "overall" in self.items else list(self.items)


def combined(values: Sequence[Fraction], how: str) -> Fraction | None:
    """Values in period order made into one, settled at 9 (section 4)."""
    if not values:
        return None
    match how or "last":
        case "last":
            return settle(values[-1], 9)
        case "sum":
            return settle(sum(values, ZERO), 9)
        case "mean":
            return settle(sum(values, ZERO) / len(values), 9)
        case "max":
            return settle(max(values), 9)
        case "min":
            return settle(min(values), 9)
    raise Refused(f"periods {how!r}")


def average(parts: Iterable[Part], aggregate: str = "", min_present: int = 0) -> Fraction | None:
    """Section 6: the weighted mean of what has a score; None with too few parts that have data, or no weight."""
    scored = [part for part in parts if part.score is not None]
    if sum(part.coverage > 0 for part in scored) < min_present:
        return None
    weight = sum((part.weight for part in scored), ZERO)
    if weight == 0:
        return None
    scores = [(part.weight, part.score) for part in scored if part.score is not None]
    if aggregate in ("", "arithmetic"):
        return sum((w * s for w, s in scores), ZERO) / weight
    if aggregate != "geometric":
        raise Refused(f"aggregate {aggregate!r}")
    if any(s <= 0 for _, s in scores):
        return ZERO
    logs = sum((PRECISE.multiply(precise(w / weight), PRECISE.ln(precise(s))) for w, s in scores), Decimal(0))
    return Fraction(PRECISE.exp(logs))


def covered(parts: Sequence[Part]) -> Fraction:
    """Section 6: the share of nominal weight with data behind it."""
    weight = sum((part.weight for part in parts), ZERO)
    return sum((part.weight * part.coverage for part in parts), ZERO) / weight if weight else ZERO


# -- the scorer -----------------------------------------------------------------------------------------------------


def score(tables: Tables, cycle: int | None = None) -> Tables:
    """The six tables of section 13 for one cycle (default: setting `cycle`); raises `Refused`."""
    return Appraisal(tables, cycle).outputs()


def read_folder(folder: Path) -> Tables:
    """A folder of CSV files as the tables that `score` takes."""
    tables = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            tables[path.stem] = [dict(row) for row in csv.DictReader(file)]
    return tables


class Appraisal:
    """One cycle of one scheme, scored in the order of the specification."""

    def __init__(self, tables: Tables, cycle: int | None = None):
        self.tables = {
            name: [{clean(key): clean(value) for key, value in row.items()} for row in rows]
            for name, rows in tables.items()
        }
        self.settings = {row["key"]: row.get("value", "") for row in self.tables.get("settings", [])}
        self.cycle = cycle if cycle is not None else int(needed(self.settings.get("cycle", ""), "setting cycle"))
        self.rank_decimals = int(self.setting("rank_decimals", Fraction(6)) or 0)
        self.quotas: list[tuple[tuple[int, int], Row]] = []
        self.seats_given: dict[tuple[str, str, str, str], int] = {}
        self.read_roster()
        self.read_tree()
        self.read_polls()
        self.read_data()
        for kind in KINDS:
            self.score_kind([s for s in self.subjects.values() if s.kind == kind and s.takes_part])

    # -- reading ----------------------------------------------------------------------------------------------------

    def rows(self, table: str) -> list[Row]:
        return self.tables.get(table, [])

    def setting(self, key: str, default: Fraction | None = None) -> Fraction | None:
        text = self.settings.get(key, "")
        return needed(text, f"setting {key}") if text else default

    def of_cycle(self, table: str) -> list[Row]:
        return [r for r in self.rows(table) if not r.get("cycle") or needed(r["cycle"], "cycle") == self.cycle]

    def read_roster(self) -> None:
        self.subjects: dict[str, Subject] = {}
        rows = self.of_cycle("subjects")
        for row in rows:
            if row["subject"] in self.subjects:
                raise Refused(f"subject {row['subject']} twice")
            kind, status = row.get("kind", ""), row.get("status", "")
            if kind not in KIND_WORDS or status not in STATUS_WORDS:
                raise Refused(f"kind {kind!r} or status {status!r}")
            self.subjects[row["subject"]] = Subject(
                id=row["subject"],
                name=re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", row.get("name", "")),
                kind=KIND_WORDS[kind],
                parent="",
                platform=row.get("platform", ""),
                layer=row.get("layer", ""),
                declared=STATUS_WORDS[status],
                attributes={key: value for key, value in row.items() if key not in ROSTER},
            )
        self.attributes = {key for s in self.subjects.values() for key in s.attributes}
        names = Counter(s.name for s in self.subjects.values())
        self.ids = {s.name: s.id for s in self.subjects.values() if s.name and names[s.name] == 1} | {
            s: s for s in self.subjects
        }
        for row in rows:
            if row.get("parent"):
                self.subjects[row["subject"]].parent = self.id_of(row["parent"])
        for subject in self.subjects.values():
            self.ancestors(subject)

    def id_of(self, text: str) -> str:
        """A subject's id from its id or unique name (workbooks.md)."""
        name = re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", text)
        if text not in self.ids and name not in self.ids:
            raise Refused(f"unknown subject {text!r}")
        return self.ids.get(text) or self.ids[name]

    def ancestors(self, subject: Subject) -> list[str]:
        """The subject, its parent, the parent's parent and so on."""
        chain = [subject.id]
        while parent := self.subjects[chain[-1]].parent:
            if parent in chain:
                raise Refused(f"{parent} is above itself")
            chain.append(parent)
        return chain

    def read_tree(self) -> None:
        components, indicators = self.rows("components"), self.rows("indicators")
        self.has_children = {row.get("parent", "") for row in components}
        self.has_indicators = {row.get("component", "") for row in indicators}
        known = {row["component"] for row in components}
        for missing in (self.has_children | self.has_indicators) - known - {""}:
            raise Refused(f"unknown component {missing!r}")
        self.indicator_ids = {row["indicator"] for row in indicators}
        for row in indicators:
            if (row.get("method") or "points") not in METHODS:
                raise Refused(f"method {row['method']!r}")
        for row in components:
            self.source(row)
        for table in ("components", "indicators"):
            for row in self.rows(table):
                if row.get("missing", "") not in ("", "skip", "zero", "error"):
                    raise Refused(f"missing {row['missing']!r}")

    def source(self, row: Row) -> str:
        """Where a component's score comes from (section 6)."""
        given, name = row.get("source", ""), row["component"]
        with_children, with_indicators = name in self.has_children, name in self.has_indicators
        if not given:
            if with_children and with_indicators:
                raise Refused(f"component {name} has children and indicators and no source")
            return "children" if with_children else "indicators" if with_indicators else "value"
        poll = given.removeprefix("poll:").strip() if given.startswith("poll:") else None
        known = {"children", "indicators", "value", "parent"}
        if given not in known and poll not in ids_of(self.rows("polls"), "poll"):
            raise Refused(f"source {given!r}")
        return given if poll is None else f"poll:{poll}"

    def read_polls(self) -> None:
        self.polls: dict[str, Poll] = {}
        self.poll_ids = ids_of(self.rows("polls"), "poll")
        for row in self.rows("polls"):
            items = self.rows_of_poll(row["poll"], "poll_items")
            options = self.rows_of_poll(row["poll"], "poll_options")
            groups = self.rows_of_poll(row["poll"], "poll_groups")
            points = {o["option"]: needed(o["points"], "points") if o.get("points") else None for o in options}
            if points and set(points.values()) == {None}:
                raise Refused(f"poll {row['poll']}: no option has points")
            if row.get("standardise", "") not in ("", "rater"):
                raise Refused(f"standardise {row['standardise']!r}")
            self.polls[row["poll"]] = Poll(
                row=row,
                items={item["item"]: weight_of(item) for item in items} or {"overall": ONE},
                options=points,
                groups=groups,
                ids={
                    "item": ids_of(items, "item") or {"overall": "overall"},
                    "option": ids_of(options, "option"),
                    "rater_group": ids_of(groups, "rater_group"),
                },
            )

    def rows_of_poll(self, poll: str, table: str) -> list[Row]:
        return [row for row in self.rows(table) if row["poll"] == poll]

    def poll(self, name: str) -> Poll:
        """The poll of that id or name."""
        if name not in self.poll_ids:
            raise Refused(f"unknown poll {name!r}")
        return self.polls[self.poll_ids[name]]

    def part(self, poll: Poll, kind: str, text: str) -> str:
        """The id of a poll's item, option or rater group from its id, else its name."""
        if text not in poll.ids[kind]:
            raise Refused(f"poll {poll.row['poll']}: unknown {kind} {text!r}")
        return poll.ids[kind][text]

    def read_data(self) -> None:
        self.results: dict[tuple[str, str], list[Row]] = defaultdict(list)
        known = self.indicator_ids | {row["component"] for row in self.rows("components")}
        seen: set[tuple[str, ...]] = set()
        for row in self.of_cycle("results"):
            key = (self.id_of(row["subject"]), row["indicator"], row.get("period", ""))
            if row["indicator"] not in known:
                raise Refused(f"unknown indicator {row['indicator']!r}")
            if key in seen:
                raise Refused(f"result {key} twice")
            seen.add(key)
            if row.get("value"):
                self.results[key[0], key[1]].append(row)
        for found in self.results.values():
            found.sort(key=lambda row: period_order(row.get("period", "")))
        self.events: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self.of_cycle("events"):
            self.events[self.id_of(row["subject"]), row["type"]].append(row)
        self.past_grades: dict[str, dict[int, str]] = defaultdict(dict)
        self.past_rates: dict[tuple[str, str, str, int], Fraction] = {}
        for row in self.rows("history"):
            cycle = int(needed(row.get("cycle", ""), "history cycle"))
            subject = self.ids.get(row["subject"])
            if subject is None or cycle >= self.cycle:
                continue
            if row.get("grade"):
                if cycle in self.past_grades[subject]:
                    raise Refused(f"two grades of {subject} in {cycle}")
                self.past_grades[subject][cycle] = row["grade"]
            if row.get("poll"):
                poll = self.poll(row["poll"])
                past = subject, poll.row["poll"], self.part(poll, "option", row["answer"]), cycle
                self.past_rates[past] = needed(row["rate"], "rate")
        self.read_votes()

    def read_votes(self) -> None:
        """Section 5: ballots and tallies into cells of subject, poll, item and rater group."""
        self.votes: dict[tuple[str, str, str, str], Cell] = defaultdict(Cell)
        answers: list[tuple[tuple[str, str, str, str], str, int, tuple[str, ...]]] = []
        seen: set[tuple[str, ...]] = set()
        for table in ("ballots", "tallies"):
            for row in self.of_cycle(table):
                poll = self.poll(row["poll"])
                name = poll.row["poll"]
                subject = self.id_of(row["subject"])
                item = self.part(poll, "item", row.get("item") or "overall")
                group = self.part(poll, "rater_group", row.get("rater_group", "")) if poll.groups else "all"
                text = row.get("answer", "")
                if text and poll.options:
                    text = self.part(poll, "option", text)
                rater = (name, item, row.get("rater_group", ""), row.get("ballot", ""))
                if poll.row.get("standardise") and (table == "tallies" or not row.get("ballot")):
                    raise Refused(f"poll {name}: standardise needs numbered ballots")
                if table == "tallies" or row.get("ballot"):
                    key = (table, subject, *rater, text if table == "tallies" else "")
                    if key in seen:
                        raise Refused(f"vote {key} twice")
                    seen.add(key)
                count = 1 if table == "ballots" else int(needed(row.get("votes") or "0", "votes"))
                if text and count and self.subjects[subject].takes_part:
                    answers.append(((subject, name, item, group), text, count, rater))
        by_rater: dict[tuple[str, ...], list[Fraction]] = defaultdict(list)
        worth = [self.worth(self.polls[key[1]], text) for key, text, _, _ in answers]
        for (_, _, _, rater), points in zip(answers, worth, strict=True):
            if points is not None:
                by_rater[rater].append(points)
        for (key, text, count, rater), points in zip(answers, worth, strict=True):
            cell, poll = self.votes[key], self.polls[key[1]]
            if poll.options:
                cell.options[text] += count
            if points is not None:
                worth_here = standardised(points, by_rater[rater]) if poll.row.get("standardise") else points
                cell.points += [worth_here] * count

    def worth(self, poll: Poll, text: str) -> Fraction | None:
        """The points of an answer, None where it is no valid vote."""
        return poll.options[text] if poll.options else needed(text, "answer")

    # -- which rows apply (section 2) -------------------------------------------------------------------------------

    def applies(self, row: Row, subject: Subject) -> bool:
        for condition in filter(None, (part.strip() for part in row.get("applies", "").split(";"))):
            match = re.fullmatch(r"(.*?)(!?=)(.*)", condition)
            if match is None:
                raise Refused(f"applies {condition!r}")
            key, values = match[1].strip(), [value.strip() for value in match[3].split("|")]
            if key not in APPLIES_KEYS and key not in self.attributes:
                raise Refused(f"applies: unknown key {key!r}")
            if (self.value_of(subject, key) in values) == (match[2] == "!="):
                return False
        return True

    def value_of(self, subject: Subject, key: str) -> str:
        match key:
            case "kind" | "platform" | "layer" | "parent":
                return str(getattr(subject, key))
            case "status":
                return subject.declared
            case "subject":
                return subject.id
            case "parent_grade":
                parent = self.earlier_parent(subject)
                return parent.grade if parent else ""
        return subject.attributes.get(key, "")

    def earlier_parent(self, subject: Subject) -> Subject | None:
        """Section 1: only a parent of an earlier kind that takes part gives its total and grade."""
        parent = self.subjects.get(subject.parent)
        if parent is None or not parent.takes_part or KINDS.index(parent.kind) >= KINDS.index(subject.kind):
            return None
        return parent

    def chosen(self, table: str, key: str, subject: Subject) -> dict[str, Row]:
        """Of each id the one row that applies to the subject; two are an error."""
        found: dict[str, Row] = {}
        for row in self.rows(table):
            if self.applies(row, subject):
                if row[key] in found:
                    raise Refused(f"{table}: two rows of {row[key]} apply to {subject.id}")
                found[row[key]] = row
        return found

    # -- one kind ---------------------------------------------------------------------------------------------------

    def score_kind(self, members: list[Subject]) -> None:
        for subject in members:
            self.choose_rows(subject)
        for subject in members:
            self.measure(subject)
        self.score_indicators(members)
        gaps: list[str] = []
        for subject in members:
            self.score_tree(subject, gaps)
            self.add_adjustments(subject)
        if gaps:
            raise Refused(f"missing=error: {', '.join(gaps)}")
        for subject in members:
            self.judge_gates(subject)
        graded = [s for s in members if s.status == "graded"]
        self.order(graded)
        cohorts: dict[tuple[str, str, str], list[Subject]] = defaultdict(list)
        for subject in sorted(graded, key=lambda s: s.position):
            before = cohorts[subject.cohort]
            is_tied = before and before[-1].position == subject.position
            subject.rank = before[-1].rank if is_tied else len(before) + 1
            before.append(subject)
        self.fill_grades(members)

    def choose_rows(self, subject: Subject) -> None:
        """Section 6: which components and indicators apply."""
        rows = self.chosen("components", "component", subject)
        indicators = self.chosen("indicators", "indicator", subject)

        def is_reached(name: str, below: tuple[str, ...] = ()) -> bool:
            if name in below:
                raise Refused(f"component {name} is above itself")
            parent = rows[name].get("parent", "") if name in rows else ""
            return name in rows and (
                not parent or (is_reached(parent, (*below, name)) and self.source(rows[parent]) == "children")
            )

        def is_fed(name: str) -> bool:
            match self.source(rows[name]):
                case "children":
                    return any(
                        row.get("parent") == name and is_reached(child) and is_fed(child) for child, row in rows.items()
                    )
                case "indicators":
                    return any(row.get("component") == name for row in indicators.values())
            return True

        subject.components = {name: row for name, row in rows.items() if is_reached(name) and is_fed(name)}
        if not subject.components:
            raise Refused(f"no component applies to {subject.id}")
        fed = {name for name, row in subject.components.items() if self.source(row) == "indicators"}
        subject.indicators = {
            name: row for name, row in indicators.items() if not row.get("component") or row["component"] in fed
        }
        subject.grades = self.chosen("grades", "grade", subject)
        if len({row["order"] for row in subject.grades.values()}) < len(subject.grades):
            raise Refused(f"two grades of one order apply to {subject.id}")

    # -- indicators (section 4) -------------------------------------------------------------------------------------

    def measure(self, subject: Subject) -> None:
        for name, row in subject.indicators.items():
            found = self.results.get((subject.id, name), [])
            plans = [needed(r["plan"], "plan") for r in found if r.get("plan")]
            target = combined(plans, row.get("periods", ""))
            if target is None and row.get("target"):
                target = settle(needed(row["target"], "target"), 9)
            values = [self.reading(row, r["value"]) for r in found]
            subject.figures[name] = Figure(combined(values, row.get("periods", "")), target)

    def reading(self, row: Row, text: str) -> Fraction:
        """What a results row counts for."""
        if row.get("method") == "yesno":
            return ONE if text.lower() in YES or number(text) == 1 else ZERO
        return needed(text, f"value of {row['indicator']}")

    def score_indicators(self, members: list[Subject]) -> None:
        for subject in members:
            for name, figure in subject.figures.items():
                row = subject.indicators[name]
                params = pairs(row.get("params", ""))
                floor, cap = needed(params.get("floor", "0"), "floor"), needed(params.get("cap", "100"), "cap")
                if figure.value is not None:
                    group = [
                        value
                        for other in members
                        if other.cohort == subject.cohort and other.indicators.get(name) is row
                        if (value := other.figures[name].value) is not None
                    ]
                    figure.natural = self.by_method(subject, row, params, figure, group)
                if figure.natural is not None:
                    figure.natural = min(max(figure.natural, floor), cap)
                    if row.get("round"):
                        figure.natural = settle(figure.natural, int(row["round"]))
                figure.score = figure.natural
                if figure.natural is None and row.get("missing") == "zero":
                    figure.score = ZERO

    def by_method(
        self, subject: Subject, row: Row, params: Row, figure: Figure, group: list[Fraction]
    ) -> Fraction | None:
        """The score before clipping, of a value that is there; `group` holds the cohort's values."""
        x, t = figure.value, figure.target
        assert x is not None

        def param(key: str, default: int | None = None) -> Fraction:
            if params.get(key, "") == "" and default is None:
                raise Refused(f"indicator {row['indicator']}: parameter {key} is needed")
            return needed(params[key], key) if params.get(key) else Fraction(default or 0)

        is_down = params.get("dir", "up") == "down"
        n = len(group)
        match row.get("method") or "points":
            case "points":
                full = param("full", 100)
                return 100 * x / full if full else None
            case "ratio":
                if t is None:
                    return None
                above, below = (t, x) if is_down else (x, t)
                return 100 * above / below if below else param("cap", 100)
            case "linear":
                worst, best = param("worst"), param("best")
                if best == worst:
                    raise Refused("best = worst")
                return 100 * (x - worst) / (best - worst)
            case "steps":
                reached = [s for threshold, s in curve(params) if threshold <= x]
                return reached[-1] if reached else param("floor", 0)
            case "interp":
                return between(curve(params), x)
            case "minmax":
                low, high, lo = min(group), max(group), param("lo", 0)
                if low == high:
                    return HUNDRED
                return lo + (100 - lo) * (high - x if is_down else x - low) / (high - low)
            case "rank":
                rank = 1 + sum(other < x if is_down else other > x for other in group)
                lo = param("lo", 0)
                return lo + (100 - lo) * Fraction(n - rank, n - 1) if n > 1 else HUNDRED
            case "zscore":
                sd, mid = sample_sd(group), param("mid", 50)
                if settle(sd, 9) == 0:
                    return mid
                distance = param("spread", 10) * (x - sum(group, ZERO) / n) / sd
                return mid - distance if is_down else mid + distance
            case "deduct":
                return 100 - param("each", 1) * x
            case "yesno":
                return 100 * x
        return self.progress(
            subject, row, param("balance", 0) if params.get("balance") else Fraction(3, 10), param("cap", 100), t
        )

    def progress(
        self, subject: Subject, row: Row, balance: Fraction, cap: Fraction, t: Fraction | None
    ) -> Fraction | None:
        """Schedule-balanced completion (section 4)."""
        found = self.results[subject.id, row["indicator"]]
        values = [needed(r["value"], "value") for r in found]
        plans = [needed(r["plan"], "plan") if r.get("plan") else None for r in found]
        m = len(found)
        if t is None:
            return None
        ratios = []
        for p in range(1, m + 1):
            done = combined(values[:p], row.get("periods", ""))
            if all(plan is None for plan in plans):
                due: Fraction | None = t * p / m
            else:
                due = combined([plan for plan in plans[:p] if plan is not None], row.get("periods", ""))
            assert done is not None
            ratios.append(done / due if due else ONE)
        evenness = sum((min(ONE, ratio) for ratio in ratios), ZERO) / m
        return 100 * ((1 - balance) * min(ratios[-1], cap / 100) + balance * evenness)

    # -- polls (section 5) ------------------------------------------------------------------------------------------

    def group_weights(self, poll: Poll, subject: Subject) -> dict[str, Fraction]:
        """The rater groups that apply to the subject, with their weights."""
        if not poll.groups:
            return {"all": ONE}
        weights: dict[str, Fraction] = {}
        for row in poll.groups:
            if self.applies(row, subject):
                if row["rater_group"] in weights:
                    raise Refused(f"two rows of rater group {row['rater_group']} apply to {subject.id}")
                weights[row["rater_group"]] = weight_of(row)
        return weights

    def group_means(self, name: str, subject: Subject) -> dict[tuple[str, str], tuple[int, Fraction | None]]:
        """(item, group) -> valid votes and mean, of every item and group that answered."""
        poll = self.poll(name)
        weights, found = self.group_weights(poll, subject), {}
        merged, cells = self.merges(poll, subject), defaultdict(list)
        least = int(poll.row.get("min_ballots") or 1)
        trim = int(poll.row.get("trim") or 0)
        for (who, which, item, group), cell in self.votes.items():
            if (who, which) != (subject.id, poll.row["poll"]):
                continue
            if group not in weights:
                raise Refused(f"poll {name}: group {group} voted on {subject.id}, but no row of it applies")
            cells[item, merged.get(group, group)] += cell.points
            found[item, group] = (None, None)
        for key, points in cells.items():
            kept = sorted(points)
            if len(kept) > 2 * trim:
                kept = kept[trim : len(kept) - trim]
            mean = sum(kept, ZERO) / len(kept) if kept and len(points) >= least else None
            if mean is not None and poll.row.get("round"):
                mean = settle(mean, int(poll.row["round"]))
            found[key] = (len(points), mean)
        return found

    def merges(self, poll: Poll, subject: Subject) -> dict[str, str]:
        """Group -> the group it is merged into, where the scheme has a line of groups (docs/decisions.md)."""
        weights, k = self.group_weights(poll, subject), int(self.settings.get("anonymity") or 5)
        rows = [row for row in poll.groups if row.get("merge_into") and self.applies(row, subject)]
        line = {row["rater_group"]: self.part(poll, "rater_group", row["merge_into"]) for row in rows}
        line = {group: into for group, into in line.items() if into in weights}
        came: dict[str, list[int]] = defaultdict(list)
        for (who, which, _, group), cell in self.votes.items():
            if (who, which) == (subject.id, poll.row["poll"]):
                came[group].append(len(cell.points))
        found: dict[str, str] = {}
        for start in line.keys() - set(line.values()):
            waiting, votes, here = [], 0, start
            while here:
                votes += min(came.get(here, [0]))
                found |= dict.fromkeys(waiting, here)
                if votes < k:
                    waiting.append(here)
                else:
                    waiting, votes = [], 0
                here = line.get(here, "")
        return found

    def poll_score(self, name: str, subject: Subject) -> Fraction | None:
        poll = self.poll(name)
        weights, means = self.group_weights(poll, subject), self.group_means(name, subject)
        items = []
        for item, weight in poll.items.items():
            present = [
                (weights[group], mean)
                for (which, group), (_, mean) in means.items()
                if which == item and mean is not None
            ]
            total = sum((w for w, _ in present), ZERO)
            if total:
                items.append((weight, sum((w * mean for w, mean in present), ZERO) / total))
        total = sum((w for w, _ in items), ZERO)
        return sum((w * s for w, s in items), ZERO) / total if total else None

    # -- components (section 6) -------------------------------------------------------------------------------------

    def score_tree(self, subject: Subject, gaps: list[str]) -> None:
        for name, row in subject.indicators.items():
            if row.get("missing") == "error" and subject.figures[name].natural is None:
                gaps.append(f"{subject.id} {name}")

        def children(name: str) -> list[Part]:
            parts = []
            for child, row in subject.components.items():
                if row.get("parent", "") == name:
                    node = subject.nodes[child] = evaluate(child, row)
                    parts.append(Part(child, weight_of(row), node.score, node.coverage))
            return parts

        def evaluate(name: str, row: Row) -> Node:
            parts: list[Part] = []
            match self.source(row):
                case "children":
                    parts = children(name)
                case "indicators":
                    for indicator, its_row in subject.indicators.items():
                        if its_row.get("component") == name:
                            figure = subject.figures[indicator]
                            has_data = Fraction(figure.natural is not None)
                            parts.append(Part("", weight_of(its_row), figure.score, has_data))
            if parts:
                natural = average(parts, row.get("aggregate", ""), int(row.get("min_present") or 0))
                coverage = covered(parts)
            else:
                natural = self.leaf(subject, name, self.source(row))
                coverage = Fraction(natural is not None)
            if natural is not None and row.get("round"):
                natural = settle(natural, int(row["round"]))
            result = natural
            if natural is None and row.get("missing") == "zero":
                result = ZERO
            if natural is None and row.get("missing") == "error":
                gaps.append(f"{subject.id} {name}")
            return Node(natural, result, coverage, parts)

        roots = children("")
        subject.base, subject.coverage = average(roots), covered(roots)

        def share_out(parts: list[Part], share: Fraction) -> None:
            weight = sum((part.weight for part in parts if part.score is not None), ZERO)
            for part in parts:
                if part.id and part.score is not None and weight:
                    node = subject.nodes[part.id]
                    node.share = share * part.weight / weight
                    if node.natural is not None:
                        share_out(node.parts, node.share)

        share_out(roots, ONE)

    def leaf(self, subject: Subject, name: str, source: str) -> Fraction | None:
        if source == "value":
            x = self.given_value(subject, name)
            return None if x is None else min(max(x, ZERO), HUNDRED)
        if source == "parent":
            parent = self.earlier_parent(subject)
            return parent.total if parent else None
        return self.poll_score(source.removeprefix("poll:"), subject)

    def given_value(self, subject: Subject, component: str) -> Fraction | None:
        """What the results say of a component that takes its score from them."""
        found = self.results.get((subject.id, component), [])
        return combined([needed(row["value"], f"value of {component}") for row in found], "last")

    # -- bonus, deduction, total (section 7) ------------------------------------------------------------------------

    def add_adjustments(self, subject: Subject) -> None:
        amounts = {"+": ZERO, "-": ZERO}
        for name, row in self.chosen("adjustments", "type", subject).items():
            default = abs(needed(row["points"], "points")) if row.get("points") else ZERO
            amount = sum(
                (
                    abs(needed(event["points"], "points")) if event.get("points") else default
                    for event in self.events.get((subject.id, name), [])
                ),
                ZERO,
            )
            if row.get("cap"):
                amount = min(amount, needed(row["cap"], "cap"))
            if row.get("sign") not in amounts:
                raise Refused(f"adjustment {name}: sign {row.get('sign')!r}")
            amounts[row["sign"]] += amount
        caps = self.setting("bonus_cap"), self.setting("deduction_cap")
        subject.bonus = amounts["+"] if caps[0] is None else min(amounts["+"], caps[0])
        subject.deduction = amounts["-"] if caps[1] is None else min(amounts["-"], caps[1])
        if subject.base is None:
            return
        total = max(subject.base + subject.bonus - subject.deduction, self.setting("total_min", ZERO) or ZERO)
        highest = self.setting("total_max")
        subject.total = settle(total if highest is None else min(total, highest), self.rank_decimals)

    # -- metrics (section 8) ----------------------------------------------------------------------------------------

    def metric(self, subject: Subject, text: str) -> Metric:
        """A metric's value on 9 decimals, a text for a text attribute, None where it is unknown."""
        value = self.raw_metric(subject, text)
        return settle(value, 9) if isinstance(value, Fraction) else value

    def raw_metric(self, subject: Subject, text: str) -> Metric:
        name, *args = (part.strip() for part in text.split(":"))
        match name, args:
            case "total" | "base" | "bonus" | "deduction" | "coverage", []:
                return getattr(subject, name)  # type: ignore[no-any-return]
            case "component", [component]:
                return subject.nodes[component].score if component in subject.nodes else None
            case "indicator", [indicator]:
                return subject.figures[indicator].score if indicator in subject.figures else None
            case "value", [indicator]:
                if indicator in subject.figures:
                    return subject.figures[indicator].value
                row = subject.components.get(indicator)
                return self.given_value(subject, indicator) if row and self.source(row) == "value" else None
            case "poll", [poll]:
                return self.poll_score(poll, subject)
            case "rate" | "votes" | "attendee_rate", [poll, options]:
                return self.vote_metric(name, poll, options, subject)
            case "turnout", [poll]:
                returned, eligible = (self.turnout(poll, subject, column) for column in ("returned", "eligible"))
                return Fraction(returned, eligible) if returned is not None and eligible else None
            case "events", [kind]:
                return Fraction(len(self.events.get((subject.id, kind), [])))
            case "attr", [attribute]:
                return self.attribute(subject, attribute)
            case "streak", [grades]:
                return self.streak(subject, grades.split("+"))
            case "grades", [grades, years]:
                past = self.past_grades.get(subject.id)
                wanted = range(self.cycle - int(years), self.cycle)
                return Fraction(sum(past.get(c, "") in grades.split("+") for c in wanted)) if past else None
            case "past_rate", [poll, options, years]:
                return self.past_rate(subject, poll, options, int(years))
        raise Refused(f"metric {text!r}")

    def vote_metric(self, name: str, poll_name: str, options: str, subject: Subject) -> Fraction | None:
        poll = self.poll(poll_name)
        if not poll.options:
            return None
        wanted = {self.part(poll, "option", option.strip()) for option in options.split("+")}
        counted: Counter[str] = Counter()
        for (who, which, item, _), cell in self.votes.items():
            if (who, which) == (subject.id, poll.row["poll"]) and item in poll.pooled_items:
                counted += cell.options
        hits = Fraction(sum(counted[option] for option in wanted))
        if not counted:
            return None
        if name == "votes":
            return hits
        if name == "rate":
            valid = sum(n for option, n in counted.items() if poll.options[option] is not None)
            return hits / valid if valid else None
        present = self.turnout(poll_name, subject, "present")
        return hits / (present * len(poll.pooled_items)) if present else None

    def turnout(self, poll_name: str, subject: Subject, column: str) -> int | None:
        """A count summed over the subject's rater groups, from the nearest meeting that has rows."""
        poll = self.poll(poll_name)
        groups = self.group_weights(poll, subject) if poll.groups else None
        rows = [
            row
            for row in self.of_cycle("turnout")
            if self.poll(row["poll"]) is poll
            and (groups is None or self.part(poll, "rater_group", row.get("rater_group", "")) in groups)
        ]
        for who in (*self.ancestors(subject), None):
            mine = [row for row in rows if (self.id_of(row["subject"]) if row.get("subject") else None) == who]
            if mine:
                counts = [int(needed(row[column], column)) for row in mine if row.get(column)]
                return sum(counts) if counts else None
        return None

    def attribute(self, subject: Subject, name: str) -> Metric:
        if name not in self.attributes:
            raise Refused(f"unknown attribute {name!r}")
        text = subject.attributes.get(name, "")
        values = [s.attributes.get(name, "") for s in self.subjects.values()]
        if not text:
            return None
        return needed(text, name) if all(number(value) is not None for value in values if value) else text

    def streak(self, subject: Subject, grades: list[str]) -> Fraction | None:
        past = self.past_grades.get(subject.id)
        if not past:
            return None
        length = 0
        while past.get(self.cycle - 1 - length, "") in grades:
            length += 1
        return Fraction(length)

    def past_rate(self, subject: Subject, poll_name: str, options: str, years: int) -> Fraction | None:
        poll = self.poll(poll_name)
        wanted = {self.part(poll, "option", option.strip()) for option in options.split("+")} if poll.options else set()
        sums = []
        for cycle in range(self.cycle - years, self.cycle):
            rates = [
                self.past_rates[subject.id, poll.row["poll"], option, cycle]
                for option in wanted
                if (subject.id, poll.row["poll"], option, cycle) in self.past_rates
            ]
            if rates:
                sums.append(sum(rates, ZERO))
        return sum(sums, ZERO) / len(sums) if sums else None

    # -- gates and ranks (sections 9 and 10) ------------------------------------------------------------------------

    def judge_gates(self, subject: Subject) -> None:
        subject.status = subject.declared
        least = self.setting("min_coverage", ZERO) or ZERO
        if subject.status == "graded" and (subject.base is None or settle(subject.coverage, 9) < least):
            subject.status = "incomplete"
        limits: list[tuple[int, bool, str]] = []
        for gate in dict.fromkeys(row["gate"] for row in self.rows("gates")):
            rows = [row for row in self.rows("gates") if row["gate"] == gate]
            effects = {row["effect"] for row in rows if row.get("effect")}
            if len(effects) != 1:
                raise Refused(f"gate {gate} has {len(effects)} effects")
            holding = [self.holds(row, subject) for row in rows if self.applies(row, subject)]
            if None in holding:
                subject.flags.add(f"unknown:{gate}")
            if not holding or not all(holding):
                continue
            subject.flags.add(f"gate:{gate}")
            effect, _, grade = effects.pop().partition(":")
            if effect == "exclude":
                if subject.declared == "graded":
                    subject.status = "barred"
            elif effect in ("cap", "grade"):
                if grade.strip() not in subject.grades:
                    raise Refused(f"gate {gate}: grade {grade!r} has no row for {subject.id}")
                order = int(subject.grades[grade.strip()]["order"])
                limits.append((order, effect == "grade", grade.strip()))
            elif effect != "flag":
                raise Refused(f"gate {gate}: effect {effect!r}")
        if limits:
            order, is_forced, grade = max(limits)
            subject.cap, subject.forced = order, grade if is_forced else None

    def holds(self, row: Row, subject: Subject) -> bool | None:
        """Whether a gate's row holds; None where its metric is unknown."""
        value, text = self.metric(subject, row["metric"]), row.get("value", "")
        if row["op"] not in OPERATORS:
            raise Refused(f"op {row['op']!r}")
        if value is None:
            return None
        if isinstance(value, str):
            return OPERATORS[row["op"]](value, text)
        return OPERATORS[row["op"]](value, needed(text, f"gate {row['gate']}"))

    def order(self, graded: list[Subject]) -> None:
        """Section 10: where each stands; equal positions are ties."""
        breaks = sorted(self.rows("tiebreaks"), key=lambda row: int(row["order"]))
        for subject in graded:
            assert subject.total is not None
            subject.position = (-subject.total,)
        for row in breaks:
            if row.get("direction", "") not in ("", "asc", "desc"):
                raise Refused(f"direction {row['direction']!r}")
            values = {s.id: self.metric(s, row["metric"]) for s in graded}
            known = sorted(
                {value for value in values.values() if value is not None}, reverse=row.get("direction") != "asc"
            )  # type: ignore[type-var]
            for subject in graded:
                value = values[subject.id]
                subject.position += (len(known) if value is None else known.index(value),)

    # -- grades and quotas (section 11) -----------------------------------------------------------------------------

    def key_text(self, keys: Sequence[str], subject: Subject) -> str:
        return "; ".join(f"{key}={self.value_of(subject, key)}" for key in keys) if keys else "all"

    def keys(self, text: str) -> tuple[str, ...]:
        match text:
            case "" | "cohort":
                return "platform", "layer"
            case "all":
                return ()
        found = tuple(key.strip() for key in text.split("+"))
        for key in found:
            if key not in APPLIES_KEYS and key not in self.attributes:
                raise Refused(f"pool: unknown key {key!r}")
        return found

    def fill_grades(self, members: list[Subject]) -> None:
        rows = sorted(self.rows("grades"), key=lambda row: int(row["order"]))
        for subject in members:
            if subject.status == "graded" and subject.forced:
                subject.grade = subject.forced
            if sum((needed(r["share"], "share") for r in subject.grades.values() if r.get("share")), ZERO) > 1:
                raise Refused(f"the shares of the grades of {subject.id} sum above 1")
        for row in rows:
            pools: dict[str, list[Subject]] = defaultdict(list)
            for subject in members:
                if subject.grades.get(row["grade"]) is row:
                    pools[self.key_text(self.keys(row.get("pool", "")), subject)].append(subject)
            for pool, inside in pools.items():
                self.fill_pool(row, pool, inside)

    def fill_pool(self, row: Row, pool: str, inside: list[Subject]) -> None:
        everyone = self.settings.get("headcount") == "participants"
        counted = {s for s in inside if everyone or s.status == "graded"}
        share = needed(row["share"], "share") if row.get("share") else None
        seats = None if share is None else self.seats(row, pool, inside, len(counted), share)
        if seats is not None:
            self.seats_given[*scope_of(row), row["grade"], pool] = seats
        if not row.get("apportion"):
            taken, used = self.take(row, inside, seats)
            self.quota_row(inside[0].kind, row, pool, "", len(counted), share, seats, taken, used)
            return
        keys = self.keys(row["apportion"])
        groups: dict[str, list[Subject]] = defaultdict(list)
        for subject in inside:
            groups[self.key_text(keys, subject)].append(subject)
        sizes = {part: sum(s in counted for s in group) for part, group in groups.items()}
        split = dict.fromkeys(groups, None) if seats is None else largest_remainder(seats, sizes)
        all_taken, all_used = 0, 0
        for part, group in groups.items():
            taken, used = self.take(row, group, split[part])
            self.quota_row(inside[0].kind, row, pool, part, sizes[part], share, split[part], taken, used)
            all_taken, all_used = all_taken + taken, all_used + used
        self.quota_row(inside[0].kind, row, pool, "", len(counted), share, seats, all_taken, all_used)

    def seats(self, row: Row, pool: str, inside: list[Subject], n: int, share: Fraction) -> int:
        exact = settle(share * n, 9)
        match row.get("rounding") or "floor":
            case "floor":
                return math.floor(exact)
            case "half_up":
                return math.floor(exact + HALF)
            case "ceil":
                return math.ceil(exact)
            case "cumulative":
                better = [r for s in inside for r in s.grades.values() if int(r["order"]) < int(row["order"])]
                shares, given = {row["grade"]: share}, 0
                for other in better:
                    if scope_of(other) != scope_of(row) or not other.get("share"):
                        raise Refused(f"cumulative {row['grade']} over {other['grade']}")
                    shares[other["grade"]] = needed(other["share"], "share")
                for grade in shares.keys() - {row["grade"]}:
                    given += self.seats_given[*scope_of(row), grade, pool]
                reached = settle(n * sum(shares.values(), ZERO), 9)
                return max(0, math.floor(reached + HALF) - given)
        raise Refused(f"rounding {row['rounding']!r}")

    def take(self, row: Row, inside: list[Subject], seats: int | None) -> tuple[int, int]:
        """Gives the grade to those in a pool (or group) who get it: how many, and how many of them used a seat."""
        order = int(row["order"])
        waiting = [s for s in inside if s.status == "graded" and not s.grade]
        last = {s for s in waiting if order == max(int(r["order"]) for r in s.grades.values())}
        least = needed(row["min_score"], "min_score") if row.get("min_score") else None
        candidates = [
            s
            for s in waiting
            if s not in last
            and (s.cap is None or s.cap <= order)
            and (least is None or (s.total is not None and s.total >= least))
        ]
        candidates.sort(key=lambda s: s.position)
        used = 0
        for _, group in itertools.groupby(candidates, key=lambda s: s.position):
            tied = list(group)
            if seats is not None and used >= seats:
                break
            is_border = seats is not None and len(tied) > seats - used
            if is_border:
                for subject in tied:
                    subject.flags.add(f"border:{row['grade']}")
            if is_border and self.settings.get("border", "") in ("", "exclude"):
                break
            for subject in tied:
                subject.grade = row["grade"]
            used += len(tied)
            if is_border:
                break
        for subject in last:
            subject.grade = row["grade"]
        return used + len(last), used

    def quota_row(
        self,
        kind: str,
        row: Row,
        pool: str,
        part: str,
        headcount: int,
        share: Fraction | None,
        seats: int | None,
        taken: int,
        used: int,
    ) -> None:
        self.quotas.append(
            (
                (KINDS.index(kind), int(row["order"])),
                {
                    "cycle": str(self.cycle),
                    "kind": kind,
                    "grade": row["grade"],
                    "applies": row.get("applies", ""),
                    "pool": pool,
                    "part": part,
                    "headcount": written(headcount),
                    "share": written(share),
                    "seats": written(seats),
                    "taken": written(taken),
                    "over": written(0 if seats is None else max(0, used - seats)),
                },
            )
        )

    # -- consequences (section 12) ----------------------------------------------------------------------------------

    def consequences(self, subject: Subject) -> list[Row]:
        grades = self.past_grades.get(subject.id, {}) | ({self.cycle: subject.grade} if subject.grade else {})
        found = []
        for rule, row in self.chosen("consequences", "rule", subject).items():
            wanted = [grade.strip() for grade in row["grades"].split("+")]
            years = int(row.get("years") or 1)
            mode, _, window = (row.get("mode") or "consecutive").partition(":")
            if mode not in ("consecutive", "within"):
                raise Refused(f"mode {mode!r}")
            span = years if mode == "consecutive" else int(needed(window, "mode"))
            hits = [c for c in range(self.cycle - span + 1, self.cycle + 1) if grades.get(c) in wanted]
            if len(hits) >= years:
                found.append(
                    {
                        "cycle": str(self.cycle),
                        "subject": subject.id,
                        "rule": rule,
                        "action": row.get("action", ""),
                        "amount": row.get("amount", ""),
                        "cycles": ";".join(map(str, hits)),
                    }
                )
        return sorted(found, key=lambda row: tuple(row.values()))

    # -- outputs (section 13) ---------------------------------------------------------------------------------------

    def outputs(self) -> Tables:
        members = sorted(
            (s for s in self.subjects.values() if s.takes_part),
            key=lambda s: (KINDS.index(s.kind), s.platform, s.layer, s.rank is None, s.rank or 0, s.id),
        )
        found: Tables = {name: [] for name in COLUMNS}
        ranked = Counter(s.cohort for s in members if s.rank is not None)
        for s in members:
            start = {"cycle": str(self.cycle), "subject": s.id}
            found["ranking"].append(
                start
                | {
                    "kind": s.kind,
                    "platform": s.platform,
                    "layer": s.layer,
                    "name": s.name,
                    "status": s.status,
                    "base": written(s.base),
                    "bonus": written(s.bonus),
                    "deduction": written(s.deduction),
                    "total": written(s.total),
                    "coverage": written(s.coverage),
                    "rank": written(s.rank),
                    "cohort_size": written(ranked[s.cohort]),
                    "grade": s.grade,
                    "flags": ";".join(sorted(s.flags)),
                }
            )
            for name, node in sorted(s.nodes.items()):
                found["components"].append(
                    start
                    | {
                        "component": name,
                        "score": written(node.score),
                        "share": written(node.share),
                        "coverage": written(node.coverage),
                    }
                )
            for name, figure in sorted(s.figures.items()):
                found["indicators"].append(
                    start
                    | {
                        "indicator": name,
                        "value": written(figure.value),
                        "target": written(figure.target),
                        "score": written(figure.score),
                    }
                )
            for poll in sorted(self.polls):
                for (item, group), (votes, mean) in sorted(
                    self.group_means(poll, s).items(), key=lambda entry: entry[0]
                ):
                    found["polls"].append(
                        start
                        | {
                            "poll": poll,
                            "item": item,
                            "rater_group": group,
                            "votes": written(votes),
                            "mean": written(mean),
                        }
                    )
            found["consequences"] += self.consequences(s)
        quotas = sorted(self.quotas, key=lambda entry: (entry[0], tuple(entry[1].values())))
        found["quotas"] = [row for _, row in quotas]
        return {name: [{c: row[c] for c in COLUMNS[name].split()} for row in rows] for name, rows in found.items()}


def scope_of(row: Row) -> tuple[str, str]:
    """What two rows of `grades` must share for `cumulative`."""
    return row.get("applies", ""), row.get("pool") or "cohort"


# -- small rules ----------------------------------------------------------------------------------------------------


def ids_of(rows: list[Row], key: str) -> dict[str, str]:
    """What may be written for a row -> its id: the id itself, or a name that is nobody's id and only one's name."""
    ids = {row[key] for row in rows}
    bearers: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        bearers[row.get("name", "")].add(row[key])
    names = {name: min(found) for name, found in bearers.items() if name and len(found) == 1}
    return names | {name: name for name in ids}


def curve(params: Row) -> list[tuple[Fraction, Fraction]]:
    """`at=0:0, 60:60` in ascending order of thresholds."""
    if not params.get("at"):
        raise Refused("parameter at is needed")
    points = [part.split(":") for part in params["at"].split(",")]
    return sorted((needed(x.strip(), "at"), needed(y.strip(), "at")) for x, y in points)


def between(points: list[tuple[Fraction, Fraction]], x: Fraction) -> Fraction:
    """Linear between the thresholds, constant outside."""
    if x <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if x0 <= x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return points[-1][1]


def standardised(x: Fraction, answers: Sequence[Fraction]) -> Fraction:
    """Section 5: 50+10·(x−mean)/sd, settled at 9; 50 for one answer or sd 0."""
    sd = sample_sd(answers)
    if settle(sd, 9) == 0:
        return Fraction(50)
    return settle(50 + 10 * (x - sum(answers, ZERO) / len(answers)) / sd, 9)


def largest_remainder(seats: int, sizes: dict[str, int]) -> dict[str, int]:
    """Section 11: seats over groups; equal remainders: larger group first, then code point order."""
    n = sum(sizes.values())
    if n == 0:
        return dict.fromkeys(sizes, 0)
    quotas = {part: Fraction(seats * size, n) for part, size in sizes.items()}
    split = {part: math.floor(quota) for part, quota in quotas.items()}
    by_claim = sorted(sizes, key=lambda part: (-settle(quotas[part] - split[part], 9), -sizes[part], part))
    for part in by_claim[: seats - sum(split.values())]:
        split[part] += 1
    return split
