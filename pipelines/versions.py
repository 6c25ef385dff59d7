"""Builds held against what they were made from, and against each other.

A build is a pure function of its uploads, of earlier builds and of the program. `verify` makes it again from what is
stored and compares every mart, and what was published of it, byte by byte. `differences` says of every rank that moved between two builds of a cycle
which change moved it: the program first, then data, rules and corrections, each one applied on top of the one before, so that the
causes of a rank add up to the whole move.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from pipelines import extracts
from pipelines.contract import DATA_TABLES, SCHEME_TABLES
from pipelines.engine import EXTRACTS, Run
from pipelines.problems import StoreError
from pipelines.warehouse import Warehouse, program

CAUSES = ("program", "data", "rules", "corrections")


@dataclass(frozen=True)
class Verdict:
    """What `verify` found. `faults` are empty where the build is what its inputs make."""

    build: str
    cycle: int
    result: str
    is_same_program: bool
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.faults


def verify(warehouse: Warehouse, build: str) -> Verdict:
    """Make a build again from what is stored and compare. A build of another program is compared too, and named as such."""
    facts = warehouse.facts(build)
    with warehouse.scratch() as connection:
        run = Run(connection, warehouse.inputs(facts.cycle, facts), facts.cycle, None, warehouse.files())
        run.stage()
        run.score()
        result, made = warehouse.result_hash(connection), warehouse.marts_of(connection, facts.cycle)
        written = {name: extracts.to_bytes(run.extract(name), "parquet") for name in EXTRACTS}
    faults = []
    if result != facts.result:
        faults.append("what its inputs make now is not what was stored when it was built")
    editions = [warehouse] if facts.is_current else []
    if build_of(warehouse.published, facts.cycle) == facts.build:
        editions.append(warehouse.published)
    for edition in editions:
        stored = edition.marts_of(None, facts.cycle)
        faults += [
            f"the {'published' if edition.is_published else 'stored'} table {name} is not what its inputs make "
            f"({table.num_rows} rows, {made[name].num_rows} made)"
            for name, table in stored.items()
            if not table.equals(made[name].cast(table.schema))
        ]
    for number in warehouse.publications_of(facts.build):
        kept = warehouse.publication(number)
        faults += [
            f"the extract {name} of publication {number} is not what its inputs make"
            for name, content in kept.items()
            if content != written.get(name)
        ]
    return Verdict(facts.build, facts.cycle, facts.result, facts.program == program(), tuple(faults))


def build_of(warehouse: Warehouse, cycle: int) -> str:
    """The build of a cycle that an edition shows; empty where it shows none."""
    return next((str(row["build"]) for row in warehouse.builds().to_pylist() if row["cycle"] == cycle), "")


def differences(warehouse: Warehouse, old: str, new: str) -> pa.Table:
    """One row per subject whose rank, total or grade differs between two builds of a cycle, the greatest moves first.

    `rank_change` is upwards positive, and the sum of the columns `by_…`, one for each cause; they are blank where the
    subject has no rank in one of the builds on the way. Raises StoreError when the builds are of two cycles.
    """
    before, after = warehouse.facts(old), warehouse.facts(new)
    if before.cycle != after.cycle:
        raise StoreError("two-cycles", old=old, before=before.cycle, new=new, after=after.cycle)
    old_inputs = warehouse.inputs(before.cycle, before)
    new_inputs = warehouse.inputs(after.cycle, replace(after, corrections=before.corrections, leavings=before.leavings))
    data = {name: text for name, text in new_inputs.items() if name in DATA_TABLES or name == "attributes"}
    rules = {name: text for name, text in old_inputs.items() if name in SCHEME_TABLES}
    ways = [
        _by_subject(warehouse.ranking_of(before.build)),
        _by_subject(_ranking(warehouse, before.cycle, old_inputs)),
        _by_subject(_ranking(warehouse, before.cycle, data | rules)),
        _by_subject(_ranking(warehouse, before.cycle, new_inputs)),
        _by_subject(warehouse.ranking_of(after.build)),
    ]
    rows: list[dict[str, Any]] = []
    for subject in sorted(ways[0].keys() | ways[-1].keys()):
        first, last = ways[0].get(subject, {}), ways[-1].get(subject, {})
        if any(first.get(name) != last.get(name) for name in ("rank", "total", "grade", "status")):
            ranks: list[Any] = [way.get(subject, {}).get("rank") for way in ways]
            moves = [a - b if a is not None and b is not None else None for a, b in itertools.pairwise(ranks)]
            changed = [
                cause
                for cause, (one, other) in zip(CAUSES, itertools.pairwise(ways), strict=True)
                if one.get(subject) != other.get(subject)
            ]
            rows.append(
                {
                    "subject": subject,
                    "name": last.get("name") or first.get("name") or "",
                    "rank_before": ranks[0],
                    "rank_after": ranks[-1],
                    "rank_change": ranks[0] - ranks[-1] if ranks[0] is not None and ranks[-1] is not None else None,
                    **{f"by_{cause}": move for cause, move in zip(CAUSES, moves, strict=True)},
                    "total_before": first.get("total"),
                    "total_after": last.get("total"),
                    "grade_before": first.get("grade"),
                    "grade_after": last.get("grade"),
                    "causes": ";".join(changed),
                }
            )
    rows.sort(key=lambda row: (-abs(row["rank_change"] or 0), row["subject"]))
    return pa.Table.from_pylist(rows, MOVES)


_WHOLE, _TEXT, _TOTAL = pa.int64(), pa.string(), pa.decimal128(38, 9)
MOVES = pa.schema(
    [("subject", _TEXT), ("name", _TEXT)]
    + [(name, _WHOLE) for name in ("rank_before", "rank_after", "rank_change", *(f"by_{cause}" for cause in CAUSES))]
    + [("total_before", _TOTAL), ("total_after", _TOTAL)]
    + [(name, _TEXT) for name in ("grade_before", "grade_after", "causes")]
)
"""The columns of `differences`."""


# -- within -----------------------------------------------------------------------------------------------------------


def _ranking(warehouse: Warehouse, cycle: int, inputs: Mapping[str, str]) -> pa.Table:
    with warehouse.scratch() as connection:
        run = Run(connection, inputs, cycle, None, warehouse.files())
        run.stage()
        run.score()
        return run.table("marts.ranking")


def _by_subject(ranking: pa.Table) -> dict[str, dict[str, Any]]:
    names = ("name", "status", "total", "rank", "grade")
    return {row["subject"]: {name: row[name] for name in names} for row in ranking.to_pylist()}
