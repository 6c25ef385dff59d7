"""The whole build beside other libraries: the same totals, ranks and grades by polars, pandas, numpy and a bare scan.

    python -m pip install -r tests/bench/requirements.txt
    python -m tests.bench.peers [ANSWERS]

Ballots with scores from 60 to 100 as in tests/bench/build.py: means of five items by four rater groups, weights, totals, ranks
and a fifth of each cohort at the top. A peer gets the ballots in memory, in its own columns, and does this and no more; the
product reads them from its file, checks that nothing is lost, hides what is secret, keeps every step and stores the result. Each
is a process of its own. Prints processor seconds, peak memory and the product's ratio to each; every peer's totals, ranks and
grades are compared with the product's.
"""

import importlib.util
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import build
from pipelines.warehouse import Warehouse
from tests.bench.build import AT, CYCLE, GROUPS, ITEMS, TURNS, ballots, load, scheme, store
from tests.bench.history import note

ANSWERS = 10_000_000
WEIGHTS = (40, 30, 20, 10)
COHORT = 1000
"""So many subjects are a cohort: those whose names have the first four letters in common."""
PEERS = ("scan", "numpy", "pandas", "polars")
GOALS = {"scan": "<= 8", "pandas": "<= 0.75", "polars": "<= 0.9"}
TOP = 5
"""One of so many is at the top, rounded down; a tie over the line is left out as a whole."""


def columns(answers):
    """Subject, rater group, item and score of every answer as small integers."""
    table = ballots("scores", answers)
    codes = {}
    for name, order in (("subject", None), ("rater_group", GROUPS), ("item", ITEMS)):
        column = table[name].combine_chunks()
        own = column.dictionary.to_pylist()
        place = {value: at for at, value in enumerate(order or own)}
        codes[name] = np.array([place[value] for value in own], np.int32)[column.indices.to_numpy()]
    score = np.array([int(text) for text in table["answer"].combine_chunks().dictionary.to_pylist()], np.int32)
    codes["score"] = score[table["answer"].combine_chunks().indices.to_numpy()]
    return {name: values.astype(np.int32) for name, values in codes.items()}


def by_scan(data):
    """Every answer read once, nothing kept: no way to be quicker."""
    for name in ("subject", "rater_group", "item", "score"):
        data[name].max()


def by_numpy(data):
    """Sums into a dense array by one key, then sorts."""
    key = (data["subject"] * len(ITEMS) + data["item"]) * len(GROUPS) + data["rater_group"]
    size = (int(data["subject"].max()) + 1) * len(ITEMS) * len(GROUPS)
    sums = np.bincount(key, data["score"], size).astype(np.int64)
    means = 100 * sums // np.bincount(key, minlength=size)
    totals = 20 * (means.reshape(-1, len(ITEMS), len(GROUPS)) * np.array(WEIGHTS)).sum(axis=(1, 2))
    ranks, best = np.empty(totals.size, np.int64), np.empty(totals.size, bool)
    for start in range(0, totals.size, COHORT):
        own = totals[start : start + COHORT]
        falling = np.sort(-own)
        ranks[start : start + COHORT] = np.searchsorted(falling, -own) + 1
        seats = own.size // TOP
        limit = -falling[seats - 1]
        best[start : start + COHORT] = own >= limit if (own >= limit).sum() <= seats else own > limit
    return totals, ranks, best


def by_pandas(data):
    """Group, weigh, sum, rank in groups."""
    import pandas as pd

    frame = pd.DataFrame(data, copy=False)
    cells = frame.groupby(["subject", "item", "rater_group"], sort=True)["score"].agg(["sum", "size"]).reset_index()
    weights = np.array(WEIGHTS)[cells["rater_group"]]
    cells["part"] = 20 * weights * (100 * cells["sum"] // cells["size"])
    totals = cells.groupby("subject")["part"].sum()
    cohort = totals.index // COHORT
    ranks = totals.groupby(cohort).rank(method="min", ascending=False).astype(int)
    last = totals.groupby(cohort).rank(method="max", ascending=False)
    return totals.to_numpy(), ranks.to_numpy(), (last <= totals.groupby(cohort).transform("size") // TOP).to_numpy()


def by_polars(data):
    """The same, lazily."""
    import polars as pl

    weights = pl.DataFrame(
        {"rater_group": np.arange(len(GROUPS), dtype=np.int32), "weight": np.array(WEIGHTS, np.int64)}
    )
    found = (
        pl.DataFrame(data)
        .lazy()
        .group_by("subject", "item", "rater_group")
        .agg(pl.col("score").cast(pl.Int64).sum().alias("sum"), pl.len().cast(pl.Int64).alias("count"))
        .join(weights.lazy(), on="rater_group")
        .group_by("subject")
        .agg((20 * pl.col("weight") * (100 * pl.col("sum") // pl.col("count"))).sum().alias("total"))
        .with_columns((pl.col("subject") // COHORT).alias("cohort"))
        .with_columns(
            pl.col("total").rank("min", descending=True).over("cohort").alias("rank"),
            (pl.col("total").rank("max", descending=True).over("cohort") <= pl.len().over("cohort") // TOP).alias(
                "best"
            ),
        )
        .sort("subject")
        .collect()
    )
    return tuple(found[name].to_numpy() for name in ("total", "rank", "best"))


def product(path, answers):
    """The build, from the file to the stored result."""
    del answers
    with Warehouse.open(path) as warehouse:
        store(warehouse, scheme("scores", str(time.time())), str(time.time()))
        begun = time.process_time()
        build.build(warehouse, who="bench", at=AT)
        spent = time.process_time() - begun
        found = warehouse.extract("ranking", CYCLE).sort_by("subject")
    totals = pc.cast(pc.multiply(pc.cast(found["total"], pa.float64()), 1e6), pa.int64(), safe=False)
    return spent, (totals.to_numpy(), found["rank"].to_numpy(), np.array(found["grade"].to_pylist()) == "优秀")


def peer(name, answers):
    """Processor seconds of a peer and what it found, its columns made before the clock starts."""
    data = columns(answers)
    begun = time.process_time()
    found = globals()[f"by_{name}"](data)
    return time.process_time() - begun, found


def run(name, path, answers):
    """One measurement in this very process, printed as JSON; what was found is kept beside the database."""
    spent, found = product(path, answers) if name == "product" else peer(name, answers)
    if found is not None:
        np.savez(path.with_name(f"{name}.npz"), totals=found[0], ranks=found[1], best=found[2])
    print(json.dumps({"seconds": spent, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def main():
    """Measure in turns, compare what was found, print the ratios."""
    if sys.argv[1:2] == ["--run"]:
        name, path, answers = sys.argv[2:]
        if name == "load":
            load(Path(path), "scores", int(answers))
        else:
            run(name, Path(path), int(answers))
        return
    answers = sys.argv[1] if sys.argv[1:] else str(ANSWERS)
    missing = [name for name in PEERS[2:] if importlib.util.find_spec(name) is None]
    names = [name for name in ("product", *PEERS) if name not in missing]
    if missing:
        print(f"left out, not installed: {', '.join(missing)} (tests/bench/requirements.txt)")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.duckdb"
        taken = {name: [] for name in names}
        for name in ("load", *names * TURNS):
            command = [sys.executable, "-m", "tests.bench.peers", "--run", name, str(path), answers]
            said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
            if name != "load":
                taken[name].append(json.loads(said))
        ours = np.load(path.with_name("product.npz"))
        for name in names[2:]:
            theirs = np.load(path.with_name(f"{name}.npz"))
            for what in ("totals", "ranks", "best"):
                assert (ours[what] == theirs[what]).all(), f"{name}: other {what}"
    seconds = {name: statistics.median(one["seconds"] for one in runs) for name, runs in taken.items()}
    print(f"{int(answers):,} answers, {ours['totals'].size:,} subjects: the same totals, ranks and grades by all")
    for name in names:
        peak = max(one["peak"] for one in taken[name])
        print(f"{name:8} {seconds[name]:8.2f} s  {peak:7.0f} MiB peak")
    for name in names[1:]:
        note(
            "peers",
            f"{int(answers):,} answers: product / {name}",
            seconds["product"] / seconds[name],
            goal=GOALS.get(name, ""),
        )


if __name__ == "__main__":
    main()
