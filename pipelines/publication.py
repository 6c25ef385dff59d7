"""Publishing a cycle: what must hold first, the published tables kept as they were, notice, objections and appeals.

A publication is the marts and the six extracts of one build, stored as they are, with who, when, and what was still open.
From then on the cycle is locked for everybody but the office: later uploads, corrections and choices make a draft beside it
and change nothing in it, until the cycle is published again. Where something is open, a publication needs a reason, and the
state that it overrode is stored with it. What would give ballots away cannot be overridden.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from pipelines import extracts, reads, republication
from pipelines.engine import EXTRACTS
from pipelines.problems import StoreError
from pipelines.warehouse import Warehouse

CONDITIONS = ("built", "pending", "incomplete", "partial", "unknown", "border", "over", "stale", "few", "log")
"""What must hold, in the order in which it is settled."""
ALWAYS = ("built", "few")
"""The conditions that no reason overrides: without a build nothing is there, and ballots stay secret."""
UNITS = ("workday", "day")


@dataclass(frozen=True)
class Condition:
    """Something that must hold before a cycle is published, and the cases in which it does not."""

    what: str
    cases: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.cases


@dataclass(frozen=True)
class Term:
    """So many days, of work or of the calendar."""

    days: int
    unit: str = "workday"


NOTICE, APPEAL = Term(5, "workday"), Term(30, "day")
"""The terms that are offered first; whoever publishes says which hold."""


def conditions(warehouse: Warehouse, cycle: int) -> list[Condition]:
    """Everything that must hold before the current build of a cycle is published, with the cases that stand against it."""
    found: dict[str, list[str]] = {what: [] for what in CONDITIONS}
    if cycle not in warehouse.builds()["cycle"].to_pylist():
        found["built"].append(str(cycle))
        return [Condition(what, tuple(cases)) for what, cases in found.items()]
    if cycle in reads.pending_cycles(warehouse):
        found["pending"].append(str(cycle))
    for row in reads.open_cases(warehouse, cycle).to_pylist():
        found[row["reason"]].append(" · ".join(part for part in (row["detail"], row["name"] or row["subject"]) if part))
    found["few"] += republication.changed_by_few(warehouse, cycle)
    found["log"] += warehouse.broken_links()
    return [Condition(what, tuple(cases)) for what, cases in found.items()]


def publish(
    warehouse: Warehouse,
    cycle: int,
    who: str,
    at: dt.datetime,
    reason: str = "",
    *,
    starts: dt.date | None = None,
    notice: Term = NOTICE,
    appeal: Term = APPEAL,
) -> int:
    """Publish the current build of a cycle; returns the number of the publication.

    The notice runs from `starts` (the day of publication unless it is given). Raises StoreError without a build, where
    something is open and no reason is given, and where it would show ballots of a few.
    """
    state = [condition for condition in conditions(warehouse, cycle) if not condition.holds]
    for condition in state:
        if condition.what == "built":
            raise StoreError("nothing-to-publish", cycle=cycle)
        if condition.what in ALWAYS:
            raise StoreError("would-tell", cycle=cycle, cases="; ".join(condition.cases))
    if state and not reason.strip():
        listed = "; ".join(f"{one.what} ({len(one.cases)}): {', '.join(one.cases[:3])}" for one in state)
        raise StoreError("not-ready", cycle=cycle, cases=listed)
    if not who.strip():
        raise StoreError("publisher-needed")
    starts = starts or at.date()
    days_off = holidays(warehouse)
    ends = last_day(starts, notice, days_off)
    appeal_ends = last_day(starts + dt.timedelta(days=1), appeal, days_off)
    while not is_workday(appeal_ends, days_off):
        appeal_ends += dt.timedelta(days=1)
    build = warehouse.shown(cycle).build
    tables = {name: extracts.to_bytes(warehouse.official(name, cycle), "parquet") for name in EXTRACTS}
    told = json.dumps([[one.what, list(one.cases)] for one in state], ensure_ascii=False)
    terms = (starts, notice.days, notice.unit, ends, appeal.days, appeal.unit, appeal_ends)
    return warehouse.store_publication(cycle, build, tables, told, reason, who, at, terms)


def published(warehouse: Warehouse, number: int) -> dict[str, pa.Table]:
    """The tables of a publication as they were published. Raises StoreError when there is none of that number."""
    import pyarrow.parquet as pq

    found = warehouse.publication(number)
    if not found:
        raise StoreError("no-publication", number=number)
    return {name: pq.read_table(pa.BufferReader(content)) for name, content in found.items()}


# -- days -------------------------------------------------------------------------------------------------------------


def holidays(warehouse: Warehouse) -> dict[dt.date, str]:
    """The days that the schemes of all cycles name: `rest`, or `work` for a weekend that is worked."""
    found: dict[dt.date, str] = {}
    for cycle in warehouse.cycles():
        tables = warehouse.context(cycle, ("holidays",))
        for row in tables["holidays"].to_pylist() if "holidays" in tables else []:
            found[row["calendar_day"]] = row["day_type"]
    return found


def is_workday(day: dt.date, days_off: Mapping[dt.date, str]) -> bool:
    """Monday to Friday, unless the holidays say otherwise."""
    return days_off[day] == "work" if day in days_off else day.isoweekday() < 6


def last_day(first: dt.date, term: Term, days_off: Mapping[dt.date, str]) -> dt.date:
    """The last day of a term whose first day counts. Raises StoreError for a term that is none."""
    if not 0 < term.days <= 400 or term.unit not in UNITS:
        raise StoreError("no-term", allowed=", ".join(UNITS), days=term.days, unit=term.unit)
    if term.unit == "day":
        return first + dt.timedelta(days=term.days - 1)
    day, left = first, term.days - is_workday(first, days_off)
    while left:
        day += dt.timedelta(days=1)
        left -= is_workday(day, days_off)
    return day
