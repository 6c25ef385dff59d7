"""Who may compete for which post: the requirements of the scheme over facts, careers, registers, history and stages.

Decides who is a candidate: who applied for the post, or everybody of the kind where nobody applied for anything. Rows of one
rule and clause must all hold, one clause of a rule is enough, and every rule must hold. Excludes nobody for want of data. The
cut-off is the setting `as_of`, else the last day of the cycle; grades are those of the cycles before.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pyarrow as pa

from pipelines.reads import Selection, ranking, years
from pipelines.scheme import Metric, parse_applies, parse_requirement
from pipelines.statistics.eligibility import (
    Entry,
    Funnel,
    Measure,
    Stage,
    Verdict,
    all_of,
    any_of,
    funnel,
    judge,
    months_served,
    read_value,
    recent,
    streak,
)
from pipelines.warehouse import Warehouse

Row = Mapping[str, Any]
RULES = ("settings", "posts", "minimums", "requirements", "stages", "register_kinds")
PASSED = ("passes", "no_data", "pending")
"""The states in which somebody is still in; missing data never puts anybody out."""


@dataclass(frozen=True)
class Check:
    """One row of a requirement for one candidate of one post, with what it was judged by."""

    row: Row
    verdict: Verdict
    evidence: str


@dataclass(frozen=True)
class Competition:
    """Posts, candidates (best total first), what each requirement found, and each post's stages."""

    day: datetime.date
    rules: Mapping[str, Sequence[Row]]
    posts: Sequence[Row]
    people: Sequence[Row]
    applied: Mapping[tuple[int, int], Row]
    """(person, post) -> the application; empty where nobody applied for anything."""
    entered: frozenset[tuple[int, int]]
    """(person, post) of everybody who competes for it, before any requirement."""
    checks: Mapping[tuple[int, int], Sequence[Check]]
    """(person, post) -> every row of the requirements, soft ones too."""
    verdicts: Mapping[tuple[int, int], Verdict]
    stages: Sequence[Row]
    funnels: Sequence[Funnel]
    """Per post; candidates are positions in `entrants`."""
    entrants: Sequence[Sequence[int]]
    results: Mapping[tuple[str, str, str], Row]
    """(post, stage, subject) -> what was recorded."""
    excess: Sequence[tuple[int, str, int]] = field(default_factory=tuple)
    """(person, category of posts, applications) of those who applied more often than the scheme allows (SEL-09)."""

    def is_qualified(self, person: int, post: int) -> bool:
        """Whether somebody counts as a candidate where candidates are set against seats (SEL-05).

        That is at the first differential stage: who enters it. Without one, who fails nothing that is judged at first.
        """
        if (person, post) not in self.entered:
            return False
        marked = [place for place, row in enumerate(self.stages) if row["mode"] == "differential"]
        if marked:
            steps = [step for step in self.funnels[post].steps if step.stage == marked[0] and step.is_inside]
            return self.entrants[post].index(person) in {step.candidate for step in steps}
        first = self.stages[0]["stage"] if self.stages else None
        found = [check for check in self.checks_of(person, post) if (check.row["stage"] or first) == first]
        return verdict_of(found) != "fails"

    def checks_of(self, person: int, post: int, last: int | None = None) -> list[Check]:
        """The rows that bind somebody for a post, up to a stage; soft ones (原则上) bind nobody."""
        places = {row["stage"]: place for place, row in enumerate(self.stages)}
        return [
            check
            for check in self.checks.get((person, post), ())
            if check.row["force"] != "should" and (last is None or places.get(check.row["stage"], 0) <= last)
        ]

    def is_left(self, person: int, post: int) -> bool:
        """Whether somebody is still in the race for a post."""
        if (person, post) not in self.entered or self.verdicts.get((person, post)) == "fails":
            return False
        line = self.entrants[post]
        return not self.stages or line.index(person) in self.funnels[post].left


def competition(warehouse: Warehouse, selection: Selection) -> Competition:
    """The competition of a cycle and kind as it stands."""
    tables = warehouse.context(selection.cycle, RULES)
    rules = {name: tables[name].to_pylist() if name in tables else [] for name in RULES}
    posts = sorted(rules["posts"], key=lambda row: row["post"])
    stages = sorted(rules["stages"], key=lambda row: (row["order"], row["stage"]))
    day = cut_off(rules["settings"], selection.cycle)
    people = candidates(warehouse, selection)
    places = {row["subject"]: place for place, row in enumerate(people)}
    codes = {row["post"]: place for place, row in enumerate(posts)}
    applied = {
        (places[row["subject"]], codes[row["post"]]): row
        for row in warehouse.extract("applications", selection.cycle).to_pylist()
        if row["subject"] in places and row["post"] in codes
    }
    entered = frozenset(
        (person, post)
        for person, facts in enumerate(people)
        for post, row in enumerate(posts)
        if meets(facts, row["applies"]) and (not applied or (person, post) in applied)
    )
    results = {
        (row["post"], row["stage"], row["subject"]): row
        for row in warehouse.extract("stage_results", selection.cycle).to_pylist()
    }
    evidence = _Evidence(warehouse, selection, day, people, applied, results, posts)
    checks = {
        (person, post): [
            Check(row, *evidence.judge(row, person, post))
            for row in rules["requirements"]
            if _is_of(row["posts"], posts[post]["post"]) and meets(people[person], row["applies"])
        ]
        for person, post in sorted(entered)
    }
    return _run(day, rules, posts, stages, people, applied, entered, results, checks)


def _run(
    day: datetime.date,
    rules: Mapping[str, Sequence[Row]],
    posts: Sequence[Row],
    stages: Sequence[Row],
    people: Sequence[Row],
    applied: Mapping[tuple[int, int], Row],
    entered: frozenset[tuple[int, int]],
    results: Mapping[tuple[str, str, str], Row],
    checks: Mapping[tuple[int, int], Sequence[Check]],
) -> Competition:
    binding = {pair: [check for check in found if check.row["force"] != "should"] for pair, found in checks.items()}
    first = stages[0]["stage"] if stages else None
    entrants, funnels = [], []
    for place, post in enumerate(posts):
        line = sorted(person for person, one in entered if one == place)
        rows = []
        for person in line:
            row = []
            for stage in stages:
                found = [check for check in binding[person, place] if (check.row["stage"] or first) == stage["stage"]]
                told = results.get((post["post"], stage["stage"], people[person]["subject"]), {})
                score = told.get("score")
                row.append(
                    Entry(
                        told.get("result") or "",
                        verdict_of(found) if found else None,
                        Fraction(score if score is not None else people[person]["total"] or 0),
                        told.get("day"),
                        bool(told),
                    )
                )
            rows.append(row)
        entrants.append(line)
        kinds = [
            Stage(row["stage"], None if row["kept"] is None else Fraction(row["kept"]), row["mode"] or "")
            for row in stages
        ]
        funnels.append(funnel(kinds, rows, post["seats"]))
    verdicts = {pair: verdict_of(binding[pair]) for pair in entered}
    return Competition(
        day, rules, posts, people, applied, entered, checks, verdicts, stages, funnels, entrants, results,
        _too_many(rules["settings"], posts, applied),
    )  # fmt: skip


def verdict_of(checks: Iterable[Check]) -> Verdict:
    """What the rows of several rules come to for one candidate."""
    clauses: dict[str, dict[str, list[Verdict]]] = defaultdict(lambda: defaultdict(list))
    for check in checks:
        clauses[check.row["rule"]][check.row["clause"] or ""].append(check.verdict)
    return all_of(any_of(all_of(rows) for rows in rule.values()) for rule in clauses.values())


def meets(person: Row, applies: str | None) -> bool:
    """Whether a filter lets somebody through."""
    return all(
        (str(person.get(term.key) or "") in term.values) is not term.is_negated for term in parse_applies(applies)
    )


def candidates(warehouse: Warehouse, selection: Selection) -> list[dict[str, Any]]:
    """Everybody of the kind who takes part, best total first, with what the roster says of him."""
    facts: dict[str, dict[str, str]] = defaultdict(dict)
    for row in warehouse.ask("facts", {"cycle": selection.cycle, "kind": selection.kind}).to_pylist():
        facts[row["subject"]][row["attribute"]] = row["value"]
    columns = ["kind", "platform", "layer", "status", "subject", "name", "rank", "total"]
    rows = ranking(warehouse, Selection(selection.cycle, selection.kind)).select(columns).to_pylist()
    people = [facts[row["subject"]] | row for row in rows]
    return sorted(
        people, key=lambda row: (row["total"] is None, -(row["total"] or 0), row["rank"] or 0, row["subject"])
    )


def cut_off(settings: Sequence[Row], cycle: int) -> datetime.date:
    """The day on which ages, terms and months are judged."""
    named = setting(settings, "as_of")
    return datetime.date.fromisoformat(named) if named else datetime.date(cycle, 12, 31)


def setting(settings: Sequence[Row], key: str) -> str | None:
    """A setting as written; None where the scheme is silent."""
    return next((row["value"] for row in settings if row["key"] == key), None)


def _is_of(named: str | None, post: str) -> bool:
    return not named or post in [part.strip() for part in named.split("+")]


def _too_many(
    settings: Sequence[Row], posts: Sequence[Row], applied: Mapping[tuple[int, int], Row]
) -> list[tuple[int, str, int]]:
    most = setting(settings, "applications_each")
    if most is None:
        return []
    counts: dict[tuple[int, str], int] = defaultdict(int)
    for person, post in applied:
        counts[person, posts[post]["category"] or ""] += 1
    return [(*key, count) for key, count in sorted(counts.items()) if count > int(Fraction(most))]


class _Evidence:
    """What requirements ask of a candidate, looked up once per cycle."""

    def __init__(
        self,
        warehouse: Warehouse,
        selection: Selection,
        day: datetime.date,
        people: Sequence[Row],
        applied: Mapping[tuple[int, int], Row],
        results: Mapping[tuple[str, str, str], Row],
        posts: Sequence[Row],
    ):
        self.cycle, self.day, self.people, self.posts = selection.cycle, day, people, posts
        self.applied, self.results = applied, results
        self.careers = _by(warehouse.extract("careers", self.cycle), "subject")
        entries = warehouse.extract("registers", self.cycle).to_pylist()
        self.registers = _grouped(entries, "subject")
        self.kinds = {row[name] for row in entries for name in ("register", "register_name")}
        kinds = warehouse.context(self.cycle, ("register_kinds",)).get("register_kinds")
        self.kinds |= {row[name] for row in (kinds.to_pylist() if kinds else []) for name in ("register", "name")}
        self.gates = {
            (row["subject"], row["gate"]): (row["holds"], row["is_unknown"]) for row in _gates(warehouse, self.cycle)
        }
        self.grades: dict[str, dict[int, str]] = defaultdict(dict)
        for row in years(warehouse, Selection(self.cycle, selection.kind)).to_pylist():
            if row["grade"] and row["cycle"] < self.cycle:
                self.grades[row["subject"]][row["cycle"]] = row["grade"]

    def judge(self, row: Row, person: int, post: int) -> tuple[Verdict, str]:
        """The verdict of one row and what it was judged by."""
        measure = self._measure(parse_requirement(row["metric"]), person, post)
        return judge(measure, row["op"], row["value"]), measure.evidence

    def _measure(self, metric: Metric, person: int, post: int) -> Measure:
        facts = self.people[person]
        subject = facts["subject"]
        match metric.kind:
            case "total" | "rank":
                number = facts[metric.kind]
                return (
                    Measure()
                    if number is None
                    else Measure.exactly(Fraction(number), f"{number:.9f}".rstrip("0").rstrip("."))
                )
            case "attr":
                value = facts.get(metric.id)
                return Measure() if value is None else Measure.exactly(read_value(value), value)
            case "gate":
                holds, is_unknown = self.gates.get((subject, metric.id), (False, True))
                return Measure() if is_unknown else Measure.exactly(Fraction(int(holds)), str(int(holds)))
            case "months":
                return self._months(subject, metric.names)
            case "streak":
                return streak(self.grades[subject], metric.names, self.cycle - 1)
            case "recent":
                return recent(self.grades[subject], metric.names, self.cycle - 1, metric.cycles or 1)
            case "application":
                return self._application(person, post, metric.id)
            case "stage":
                return self._stage(self.posts[post]["post"], metric.id, subject, metric.names[0])
        return self._entries(subject, metric)

    def _months(self, subject: str, names: Sequence[str]) -> Measure:
        careers = self.careers.get(subject)
        if not careers:
            return Measure()
        spans = [
            (row["started"], row["ended"])
            for row in careers
            if row["started"] and {row["level"], row["experience"]} & set(names)
        ]
        months, said = months_served(spans, self.day)
        return Measure.exactly(Fraction(months), f"{months}: {said}" if said else "0")

    def _entries(self, subject: str, metric: Metric) -> Measure:
        """How many entries of a register speak of somebody: all, at some stages, open, or in their term on the day."""
        if metric.id not in self.kinds:
            return Measure()
        found = [row for row in self.registers.get(subject, []) if metric.id in (row["register"], row["register_name"])]
        if metric.kind == "open":
            found = [row for row in found if not row["is_closed"]]
        elif metric.kind == "running":
            found = [row for row in found if row["due"] is None or row["due"] >= self.day]
        elif metric.names:
            found = [row for row in found if row["stage"] in metric.names]
        said = [" ".join(part for part in (row["entry"], row["stage"], str(row["due"] or "")) if part) for row in found]
        return Measure.exactly(Fraction(len(found)), ", ".join(said) or "0")

    def _application(self, person: int, post: int, name: str) -> Measure:
        value = self.applied.get((person, post), {}).get(name)
        if value in (None, ""):
            return Measure()
        return Measure.exactly(Fraction(value) if isinstance(value, int) else str(value), str(value))

    def _stage(self, post: str, stage: str, subject: str, name: str) -> Measure:
        """A score, the share of those present who agreed, or the share of members who were present."""
        row = self.results.get((post, stage, subject), {})
        if name == "score":
            score = row.get("score")
            return Measure() if score is None else Measure.exactly(Fraction(score), f"{score.normalize():f}")
        part, whole = ("agreed", "present") if name == "support" else ("present", "entitled")
        if row.get(part) is None or not row.get(whole):
            return Measure()
        return Measure.exactly(Fraction(row[part], row[whole]), f"{row[part]}/{row[whole]}")


def _gates(warehouse: Warehouse, cycle: int) -> list[dict[str, Any]]:
    """Each gate of each subject: it holds when all its rows do."""
    whole: dict[tuple[str, str], dict[str, Any]] = {}
    for row in warehouse.extract("gates", cycle).to_pylist():
        known = whole.setdefault((row["subject"], row["gate"]), {**row})
        known["holds"] = known["holds"] and row["holds"]
        known["is_unknown"] = known["is_unknown"] or row["is_unknown"]
    return list(whole.values())


def _by(table: pa.Table, column: str) -> dict[str, list[dict[str, Any]]]:
    return _grouped(table.to_pylist(), column)


def _grouped(rows: Iterable[dict[str, Any]], column: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found
