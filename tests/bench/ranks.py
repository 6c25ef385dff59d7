"""Ranks and quotas of 1 million subjects in 20,000 cohorts: the product's own SQL beside polars and pandas.

    python -m tests.bench.ranks [SUBJECTS]

Totals to two decimals, drawn, so that ties are common; a fifth of each cohort at the top, half of it in the middle, the rest
below; a tie over the line is left out as a whole. The product's models, run as they stand in `sql/`, go from totals to the order
of everybody, ranks, seats and the filling of grades, with subjects and pools by name and every step kept. The peers
(tests/bench/requirements.txt) have the cohort as a number and the total as a whole number, and make the rank and the grade
with as little as possible. In turns; processor seconds of all threads, medians; ranks, cohort sizes and grades must be the same.
"""

import importlib.util
import statistics
import sys
from decimal import Decimal

import numpy as np
import pyarrow as pa

from pipelines import engine
from pipelines.engine import Run
from pipelines.models import read_models
from tests.bench.build import CYCLE, processor_seconds, stored
from tests.bench.history import note

SUBJECTS, COHORT, LAYERS, TURNS = 1_000_000, 50, 4, 5
MODELS = ("standings", "ranks", "seats", "contests", "filled", "grades")
"""From totals and pools to grades. Tie-breaks and pools in parts are not used here, so theirs are empty."""
SHARES = {"A": Decimal("0.2"), "B": Decimal("0.5"), "C": None}
GOALS = {"polars": "<= 1.5", "pandas": "<= 0.45"}
INPUT = """
    create table scoring.subjects as
    select 'S' || lpad(number::varchar, 7, '0') as subject, 'person' as kind, (cohort + 1)::integer as cohort_no
    from given_table;
    create table scoring.totals as
    select 'S' || lpad(number::varchar, 7, '0') as subject, (total * 0.01)::decimal(38, 9) as total from given_table;
    create table scoring.statuses as
    select subject, 'graded' as status, null::varchar as forced_grade, null::bigint as best_order from scoring.subjects;
    create table scoring.pools as
    select subject, kind, row_no, grade, grade_order, grade_order = max(grade_order) over () as is_last, null::varchar as part,
        'platform=P' || lpad(((cohort_no - 1) // {layers})::varchar, 5, '0') || '; layer=' || (cohort_no - 1) % {layers} as pool,
        'graded' as status
    from scoring.subjects cross join staging.grades;
    create table scoring.tiebreak_places (subject varchar, tiebreak_order bigint, row_no integer, place bigint);
    create table scoring.part_seats (
        kind varchar, row_no integer, pool varchar, part varchar, contest_no bigint, seats bigint
    );
"""
"""What the models before these would have left."""
RESULT = """
    select rank, cohort_size, grade
    from scoring.ranks inner join scoring.grades on ranks.subject = grades.subject
    order by ranks.subject
"""


def prepared(data):
    """A connection with what the models start from."""
    scheme = {
        "settings": stored("settings", {"key": ["cycle"], "value": [str(CYCLE)]}),
        "grades": stored("grades", {"grade": list(SHARES), "order": [1, 2, 3], "share": list(SHARES.values())}),
    }
    connection = engine.in_memory()
    Run(connection, scheme, CYCLE).stage()
    connection.register("given_table", pa.table({"number": np.arange(data["total"].size), **data}))
    connection.execute(INPUT.format(layers=LAYERS))
    return connection


def by_product(connection, names):
    """Processor seconds of each of these models."""
    texts = {model.name: model.text for model in read_models("scoring")}
    return {
        name: processor_seconds(
            lambda name=name: connection.execute(f"create or replace table scoring.{name} as {texts[name]}")
        )[0]
        for name in names
    }


def by_polars(data):
    """Rank, cohort size and grade, lazily."""
    import polars as pl

    top, middle = (int(100 * share) for share in SHARES.values() if share)
    size = pl.len().over("cohort")
    found = (
        pl.LazyFrame(data)
        .with_columns(
            pl.col("total").rank("min", descending=True).over("cohort").alias("rank"),
            pl.col("total").rank("max", descending=True).over("cohort").alias("last"),
            size.cast(pl.Int64).alias("size"),
        )
        .with_columns((pl.col("last") <= pl.col("size") * top // 100).alias("best"))
        .with_columns(pl.col("best").cast(pl.Int64).sum().over("cohort").alias("taken"))
        .select(
            "rank",
            "size",
            pl.when("best")
            .then(0)
            .when(pl.col("last") - pl.col("taken") <= pl.col("size") * middle // 100)
            .then(1)
            .otherwise(2)
            .alias("grade"),
        )
        .collect()
    )
    return tuple(found[name].to_numpy() for name in ("rank", "size", "grade"))


def by_pandas(data):
    """The same with groupby."""
    import pandas as pd

    top, middle = (int(100 * share) for share in SHARES.values() if share)
    groups = pd.DataFrame(data).groupby("cohort", sort=False)["total"]
    rank = groups.rank(method="min", ascending=False).to_numpy().astype(np.int64)
    last = groups.rank(method="max", ascending=False).to_numpy().astype(np.int64)
    size = groups.transform("size").to_numpy()
    best = last <= size * top // 100
    taken = np.bincount(data["cohort"], best)[data["cohort"]]
    return rank, size, np.where(best, 0, np.where(last - taken <= size * middle // 100, 1, 2))


def main():
    """Measure in turns, compare what was found, print the ratios."""
    count = int(sys.argv[1]) if sys.argv[1:] else SUBJECTS
    draw = np.random.default_rng(1)
    cohort = draw.permutation(count) % max(count // COHORT, 1)
    data = {"cohort": cohort, "total": np.rint(draw.normal(80, 8, count) * 100).clip(0, 10_000).astype(np.int64)}
    peers = {"polars": by_polars, "pandas": by_pandas}
    for name in [name for name in peers if importlib.util.find_spec(name) is None]:
        del peers[name]
        print(f"left out, not installed: {name} (tests/bench/requirements.txt)")
    taken = {name: [] for name in (*MODELS, *peers)}
    with prepared(data) as connection:
        for _ in range(TURNS):
            for name, seconds in by_product(connection, MODELS).items():
                taken[name].append(seconds)
            ours = connection.execute(RESULT).fetchnumpy()
            grade = np.searchsorted(list(SHARES), ours["grade"].astype(str))
            for name, how in peers.items():
                seconds, theirs = processor_seconds(lambda how=how: how(data))
                taken[name].append(seconds)
                for mine, other in zip((ours["rank"], ours["cohort_size"], grade), theirs, strict=True):
                    assert (mine == other).all(), name
    spent = {name: statistics.median(seconds) for name, seconds in taken.items()}
    print(f"{count:,} subjects in {cohort.max() + 1:,} cohorts: the same ranks, sizes and grades by all")
    print("  ".join(f"{name} {seconds:.2f} s" for name, seconds in spent.items()))
    whole = sum(spent[name] for name in MODELS)
    for name in peers:
        note("ranks", f"{count:,} subjects, totals to grades: product / {name}", whole / spent[name], goal=GOALS[name])
        note("ranks", f"{count:,} subjects, the model of ranks alone: product / {name}", spent["ranks"] / spent[name])


if __name__ == "__main__":
    main()
