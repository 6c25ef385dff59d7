"""Publishing a cycle: what must hold first, and the published tables kept as they were.

A publication is the six extracts of one build, stored as they are, with who, when, and what was still open. Later uploads
make new builds beside it and change nothing in it. What must hold is asked of the same tables that pages show; where
something is open, a publication needs a reason, and the state that it overrode is stored with it.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

import pyarrow as pa

from pipelines import extracts, reads
from pipelines.engine import EXTRACTS
from pipelines.problems import StoreError
from pipelines.reads import Selection
from pipelines.warehouse import Warehouse


@dataclass(frozen=True)
class Open:
    """Something that should be settled first: what (a word), how many cases, and which grade or gate."""

    what: str
    count: int
    detail: str = ""


def still_open(warehouse: Warehouse, cycle: int) -> list[Open]:
    """What stands against publishing the current build of a cycle; nothing where all holds.

    `not-built`: there is no build. `pending`: something was uploaded or corrected since. `over`: seats beyond a quota. Else
    a reason of the question `decisions`: a tied border, missing data, a gate that waits for a person.
    """
    if cycle not in warehouse.builds()["cycle"].to_pylist():
        return [Open("not-built", 1)]
    found = [Open("pending", 1)] if cycle in reads.pending_cycles(warehouse) else []
    selection = Selection(cycle)
    decisions = reads.decisions(warehouse, selection).to_pylist()
    found += [Open(row["reason"], row["case_count"], row["detail"] or "") for row in decisions if row["is_decision"]]
    return found


def publish(warehouse: Warehouse, cycle: int, who: str, at: dt.datetime, reason: str = "") -> int:
    """Publish the current build of a cycle; returns the number of the publication.

    Raises StoreError without a build, and where something is open and no reason is given.
    """
    state = still_open(warehouse, cycle)
    if any(one.what == "not-built" for one in state):
        raise StoreError(f"{cycle} has no build to publish")
    if state and not reason.strip():
        listed = "; ".join(f"{one.what} {one.detail} ({one.count})".replace("  ", " ") for one in state)
        raise StoreError(f"{cycle} is not ready; settle this or give a reason: {listed}")
    build = next(row["build"] for row in warehouse.builds().to_pylist() if row["cycle"] == cycle)
    tables = {name: extracts.to_bytes(warehouse.extract(name, cycle), "parquet") for name in EXTRACTS}
    told = json.dumps([[one.what, one.count, one.detail] for one in state], ensure_ascii=False)
    return warehouse.store_publication(cycle, build, tables, told, reason, who, at)


def published(warehouse: Warehouse, number: int) -> dict[str, pa.Table]:
    """The tables of a publication as they were published. Raises StoreError when there is none of that number."""
    import pyarrow.parquet as pq

    found = warehouse.published(number)
    if not found:
        raise StoreError(f"there is no publication {number}")
    return {name: pq.read_table(pa.BufferReader(content)) for name, content in found.items()}
