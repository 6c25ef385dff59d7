"""The verbs: score tables in memory.

`score` is a pure function of tables: nothing is stored, nothing is read but what is given.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from pipelines.engine import Progress, Run

EXTRACTS = ("ranking", "components", "indicators", "polls", "quotas", "consequences")


def find_cycle(tables: Mapping[str, pa.Table]) -> int:
    """The cycle that tables are about: setting `cycle`, else the latest cycle of the roster. Raises KeyError."""
    settings = tables.get("settings")
    if settings is not None:
        for key, value in zip(settings["key"].to_pylist(), settings["value"].to_pylist(), strict=True):
            if key == "cycle" and value:
                return int(value)
    cycles = [cycle for cycle in tables["subjects"]["cycle"].to_pylist() if cycle is not None]
    return int(max(cycles))


def score(
    tables: Mapping[str, pa.Table], cycle: int | None = None, progress: Progress | None = None
) -> dict[str, pa.Table]:
    """Score one cycle: raw tables in, the six tables of the specification's section 13 out, in their row order."""
    with duckdb.connect() as connection:
        run = Run(connection, tables, cycle if cycle is not None else find_cycle(tables), progress)
        run.stage()
        run.score()
        return {name: run.extract(name) for name in EXTRACTS}
