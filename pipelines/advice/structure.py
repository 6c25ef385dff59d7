"""The structure of teams: ages, teams with somebody of a group, and printed figures held against counts.

Decides what a team is: everybody on the roster under one subject of the kind team, or under any parent where the roster has no
teams. Counts people in post, excluded ones too: who is not appraised is still a member. A fact that the roster leaves blank
counts for no group and is told.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa

from pipelines.advice.eligibility import Row, cut_off, meets, setting
from pipelines.reads import Selection
from pipelines.scheme import parse_applies
from pipelines.statistics.eligibility import full_months, read_value
from pipelines.statistics.structure import change, held, mean_age, read_share, rounded, share
from pipelines.warehouse import Warehouse

BORN = ("出生年月", "出生日期", "出生时间", "出生年月日")
"""The roster columns that hold a birth, unless the setting `born` names another."""
BANDS = (0, 30, 35, 40, 45, 50, 55)
"""Full years at which a band of the histogram begins."""


@dataclass(frozen=True)
class Structure:
    """Figures of the selected people, by layer, by group and by team; ages by band; and the day of all ages."""

    layers: pa.Table
    groups: pa.Table
    teams: pa.Table
    ages: pa.Table
    day: datetime.date


@dataclass(frozen=True)
class _Team:
    id: str
    name: str
    people: Sequence[Row]


def structure(warehouse: Warehouse, selection: Selection, other: int | None) -> Structure:
    """The structure of the cycle's teams beside that of another cycle, if one is named."""
    now = _Reading(warehouse, selection)
    before = _Reading(warehouse, Selection(other, None, selection.platform, selection.layer)) if other else None
    return Structure(_layers(now, before), _groups(now, before), _teams(now), _bands(now), now.day)


def printed_figures(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """Every printed share of the cycle with what its counts give; those that no count can give first."""
    rows = []
    for row in warehouse.extract("printed_figures", selection.cycle).to_pylist():
        found = held(row["printed"], row["numerator"], row["denominator"])
        rows.append(
            row
            | {
                "printed": _as_printed(row["printed"]),
                "printed_of": found.verdict,
                "computed_rate": None if found.computed is None else rounded(found.computed, 9),
                "first_fit": found.first,
                "last_fit": found.last,
            }
        )
    order = ("impossible", "differs", "cut", "unsaid", "fits")
    rows.sort(key=lambda row: (order.index(row["printed_of"]), row["statement"]))
    return _table(
        rows,
        statement=pa.string(),
        numerator=pa.int64(),
        denominator=pa.int64(),
        printed=pa.string(),
        computed_rate=_RATE,
        printed_of=pa.string(),
        first_fit=pa.int64(),
        last_fit=pa.int64(),
        document=pa.string(),
    )


def _as_printed(text: str) -> str:
    """A share as people print it: a cell that holds 33.7% is read as 0.337."""
    value, places = read_share(text)
    return f"{rounded(100 * value, max(places - 2, 0))}%"


_RATE = pa.decimal128(38, 9)
_AGE = pa.decimal128(9, 2)


def settings_of(warehouse: Warehouse, cycle: int) -> list[Row]:
    """The settings of a cycle as its build has them: of the published one where that is what is shown."""
    rows = warehouse.extract("rules", cycle).to_pylist()
    return [{"key": row["id"], "value": row["value"]} for row in rows if row["table"] == "settings"]


def competition_share(warehouse: Warehouse, selection: Selection) -> str | None:
    """The least share of promotions by competition, as the scheme sets it; None where it is silent (SEL-07)."""
    return setting(settings_of(warehouse, selection.cycle), "competition_share")


def _declared(warehouse: Warehouse, cycle: int) -> list[Row]:
    """The groups of the scheme by their id: category, name, applies."""
    groups: dict[str, dict[str, Any]] = {}
    for row in warehouse.extract("rules", cycle).to_pylist():
        if row["table"] == "structure_groups":
            group = groups.setdefault(row["id"], {"category": row["id"], "name": None, "applies": None})
            group[row["column"]] = row["value"]
    return [groups[name] for name in sorted(groups)]


class _Reading:
    """The members of one cycle's teams and the groups of its scheme."""

    def __init__(self, warehouse: Warehouse, selection: Selection):
        cycle = selection.cycle
        settings = settings_of(warehouse, cycle)
        self.groups = _declared(warehouse, cycle)
        self.day = cut_off(settings, cycle)
        facts: dict[str, dict[str, Any]] = defaultdict(dict)
        for row in warehouse.ask("facts", {"cycle": cycle, "kind": None}).to_pylist():
            facts[row["subject"]][row["attribute"]] = row["value"]
        roster = warehouse.extract("subjects", cycle).to_pylist()
        names = {row["subject"]: row["name"] or row["subject"] for row in roster}
        teams = {row["subject"] for row in roster if row["kind"] == "team"}
        self.people = [
            facts[row["subject"]] | row
            for row in roster
            if row["kind"] == "person"
            and row["parent"]
            and (not teams or row["parent"] in teams)
            and selection.platform in (None, row["platform"])
            and selection.layer in (None, row["layer"])
        ]
        named = setting(settings, "born")
        present = {name for person in self.people for name in person}
        self.born = named or next((name for name in BORN if name in present), "")
        by_team: dict[str, list[Row]] = defaultdict(list)
        for person in self.people:
            by_team[str(person["parent"])].append(person)
        self.teams = [_Team(id_, names.get(id_, id_), people) for id_, people in sorted(by_team.items())]

    def births(self, people: Sequence[Row]) -> list[datetime.date]:
        """The births that are known."""
        read = (read_value(str(person.get(self.born) or "")) for person in people)
        return [born for born in read if isinstance(born, datetime.date)]

    def age(self, people: Sequence[Row]) -> Fraction | None:
        return mean_age(self.births(people), self.day)

    def is_in(self, person: Row, group: Row) -> bool | None:
        """Whether somebody is of a group; None where the roster does not say what it asks for."""
        if any(person.get(term.key) in (None, "") for term in parse_applies(group["applies"])):
            return None
        return meets(person, group["applies"])


def _layers(now: _Reading, before: _Reading | None) -> pa.Table:
    """One row per layer, and a blank one for all: members, teams, mean age, and its change."""
    layers = sorted({person["layer"] for person in now.people})
    rows = []
    for layer in ["", *(layers if len(layers) > 1 else [])]:
        chosen = _of(layer)
        people = [person for person in now.people if chosen(person)]
        age = now.age(people)
        past = before.age([person for person in before.people if chosen(person)]) if before else None
        rows.append(
            {
                "layer": layer,
                "people": len(people),
                "ages_known": len(now.births(people)),
                "mean_age": None if age is None else rounded(age, 2),
                "mean_age_before": None if past is None else rounded(past, 2),
                "age_change": None if age is None or past is None else rounded(age, 2) - rounded(past, 2),
            }
        )
    return _table(
        rows,
        layer=pa.string(),
        people=pa.int64(),
        ages_known=pa.int64(),
        mean_age=_AGE,
        mean_age_before=_AGE,
        age_change=_AGE,
    )


def _of(layer: str) -> Callable[[Row], bool]:
    return lambda person: not layer or person["layer"] == layer


def _groups(now: _Reading, before: _Reading | None) -> pa.Table:
    """One row per group: teams with at least one of it against all teams, and how that share changed, said both ways."""
    rows = []
    for group in now.groups:
        part, whole = _teams_with(now, group)
        past = _teams_with(before, group) if before else None
        changed = change(share(part, whole), share(*past) if past else None)
        members = [now.is_in(person, group) for person in now.people]
        rows.append(
            {
                "category": group["category"],
                "group_name": group["name"] or group["category"],
                "teams_with": part,
                "teams": whole,
                "team_rate": _settled(share(part, whole)),
                "teams_with_before": past[0] if past else None,
                "teams_before": past[1] if past else None,
                "points_change": None if changed.points is None else rounded(changed.points, 2),
                "relative_change": _settled(changed.relative),
                "members_with": sum(found is True for found in members),
                "people": len(members),
                "members_unknown": sum(found is None for found in members),
            }
        )
    return _table(
        rows,
        category=pa.string(),
        group_name=pa.string(),
        teams_with=pa.int64(),
        teams=pa.int64(),
        team_rate=_RATE,
        teams_with_before=pa.int64(),
        teams_before=pa.int64(),
        points_change=_AGE,
        relative_change=_RATE,
        members_with=pa.int64(),
        people=pa.int64(),
        members_unknown=pa.int64(),
    )


def _teams_with(reading: _Reading, group: Row) -> tuple[int, int]:
    """Teams with at least one member of the group, and teams: of teams, not of members (STR-02)."""
    found = [any(reading.is_in(person, group) for person in team.people) for team in reading.teams]
    return sum(found), len(found)


def _teams(now: _Reading) -> pa.Table:
    """One row per team: members, mean age, and how many are of each group."""
    rows = []
    for team in now.teams:
        age = now.age(team.people)
        counts = [
            f"{group['name'] or group['category']} {sum(now.is_in(person, group) is True for person in team.people)}"
            for group in now.groups
        ]
        rows.append(
            {
                "subject": team.id,
                "name": team.name,
                "people": len(team.people),
                "ages_known": len(now.births(team.people)),
                "mean_age": None if age is None else rounded(age, 2),
                "group_counts": " · ".join(counts),
            }
        )
    return _table(
        rows,
        subject=pa.string(),
        name=pa.string(),
        people=pa.int64(),
        ages_known=pa.int64(),
        mean_age=_AGE,
        group_counts=pa.string(),
    )


def _bands(now: _Reading) -> pa.Table:
    """How many are of each band of ages, by layer."""
    counts: dict[tuple[int, str], int] = defaultdict(int)
    for person in now.people:
        for born in now.births([person]):
            years = full_months(born, now.day) // 12
            counts[max(band for band in BANDS if band <= years), person["layer"]] += 1
    rows = [{"age_from": band, "layer": layer, "people": count} for (band, layer), count in sorted(counts.items())]
    return _table(rows, age_from=pa.int64(), layer=pa.string(), people=pa.int64())


def _settled(value: Fraction | None) -> Decimal | None:
    return None if value is None else rounded(value, 9)


def _table(rows: Sequence[Mapping[str, Any]], **types: pa.DataType) -> pa.Table:
    return pa.table({name: pa.array([row[name] for row in rows], type_) for name, type_ in types.items()})
