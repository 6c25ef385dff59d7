"""The same build on DuckDB and on Spark: a master, two workers and a Connect server, all started here; rows compared.

    python -m tests.bench.spark [ANSWERS] [KIND]

Loads the seeded poll of tests/bench/build.py, once with options to tick and once with scores (or one KIND of them), builds one
copy with DuckDB and one with Spark, and compares every mart row for row. Prints processor seconds of all processes. Needs Java and the
packages of requirements-spark.txt.
"""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from pipelines import build, engine
from pipelines.engine import Run
from pipelines.warehouse import Warehouse
from tests.bench.build import AT, CYCLE, KINDS, load, processor_seconds, scheme, store
from tests.spark import cluster

ANSWERS = 10_000_000


def built(path, runs):
    """(processor seconds of this process, of the counting if it were not stored, the hash of the result)."""
    with Warehouse.open(path) as warehouse:
        with warehouse.scratch() as cursor:
            run = Run(cursor, {"ballots": warehouse.inputs(CYCLE)["ballots"]}, CYCLE)
            counting = processor_seconds(run.count_ballots)[0]
        seconds, cycles = processor_seconds(lambda: build.build(warehouse, who="bench", at=AT, runs=runs))
        assert cycles == [CYCLE]
        (facts,) = warehouse.builds().to_pylist()
        return seconds, counting, warehouse.facts(facts["build"]).result


def different_rows(one, other):
    """How many rows of the marts of two databases only one of them has, and how many there are."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{one}' as one (read_only); attach '{other}' as other (read_only)")
        text = "select table_name from duckdb_tables() where database_name = 'one' and schema_name = 'results'"
        marts = [row[0] for row in connection.execute(text).fetchall()]
        rows = different = 0
        for mart in marts:
            for left, right in (("one", "other"), ("other", "one")):
                pair = f"select * from {left}.results.{mart} except all select * from {right}.results.{mart}"
                different += connection.execute(f"select count(*) from ({pair})").fetchall()[0][0]
            rows += connection.execute(f"select count(*) from one.results.{mart}").fetchall()[0][0]
        return different, rows


def main():
    answers = int(sys.argv[1]) if sys.argv[1:] else ANSWERS
    with tempfile.TemporaryDirectory() as name, cluster.cluster(name) as url:
        folder = Path(name)
        for kind in sys.argv[2:] or KINDS:
            here, there = folder / f"{kind}-duckdb.duckdb", folder / f"{kind}-spark.duckdb"
            load(here, kind, answers)
            with Warehouse.open(here) as warehouse:
                store(warehouse, scheme(kind, "bench"), "scheme")
            shutil.copyfile(here, there)
            shutil.copyfile(here.with_suffix(".anchor"), there.with_suffix(".anchor"))
            seconds, counting, result = built(here, Run)
            before, clock = cluster.processor_seconds(os.getpid()), time.perf_counter()
            with engine.connect(url, folder) as runs:
                own, _, remote = built(there, runs)
            java = cluster.processor_seconds(os.getpid()) - before
            different, rows = different_rows(here, there)
            million = answers / 1_000_000
            print(f"-- {kind}: {answers:,} answers, {rows:,} rows of marts")
            print(
                f"DuckDB  {seconds + counting:7.1f} s  {(seconds + counting) / million:6.2f} a million (counting included)"
            )
            print(
                f"Spark   {java + own:7.1f} s  {(java + own) / million:6.2f} a million, {own:.1f} s of it here; "
                f"{time.perf_counter() - clock:.0f} s by the clock"
            )
            print(
                f"rows that differ: {different}; the hashes are {'equal' if result == remote else 'DIFFERENT'}",
                flush=True,
            )


if __name__ == "__main__":
    main()
