"""A database of 100,000 people over two cycles, to see whether the pages stay quick.

    python -m tests.bench.crowd crowd.duckdb [PEOPLE]
    python -m tests.bench.pages --db crowd.duckdb --kinds person --pages overview,rankings,subject,grades,trends,fairness,method

Seeded: the same number of people gives the same scores. 25 platforms of four layers; three indicators, a yearly poll
counted by hand in two rater groups, bonus and deduction for one in twenty, a veto for one in a thousand.
"""

import argparse
import itertools
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines import build
from pipelines.warehouse import Warehouse
from pipelines.workbook.tables import schema
from tests.bench.build import AT

PEOPLE = 100_000
CYCLES = (2024, 2025)
PLATFORMS = tuple(f"第{number}片区" for number in range(1, 26))
LAYERS = ("正职", "副职", "中层", "一般干部")
INDICATORS = {"work": "重点工作", "duty": "日常履职", "learn": "学习培训"}
GROUPS = {"leaders": ("领导评价", 60), "staff": ("群众评价", 40)}
OPTIONS = {"优秀": 100, "称职": 80, "基本称职": 60, "不称职": 0}
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙朱马胡郭林何高梁", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华"


def rows(name: str, cycle: int, /, **columns: object) -> pa.Table:
    """A table as the warehouse stores it; a single value stands in every row, what is left out is blank."""
    count = max(len(values) for values in columns.values() if isinstance(values, list | np.ndarray))
    columns = (
        {"cycle": cycle} | columns | {"_cycle": cycle, "_sheet": name, "_row": list(range(2, count + 2)), "_column": 3}
    )
    fields = [*schema(name), pa.field("_cycle", pa.int64())]

    def column(field: pa.Field) -> pa.Array:
        if field.name not in columns:
            return pa.nulls(count, field.type)
        values = columns[field.name]
        return pa.array(values if isinstance(values, list | np.ndarray) else [values] * count, field.type)

    return pa.table({field.name: column(field) for field in fields})


def scheme(cycle: int) -> dict[str, pa.Table]:
    """Weights 50 : 30 : 20 and four grades by quota in every cohort; the weights were others the year before."""
    work = 50 if cycle == CYCLES[-1] else 60
    return {
        "settings": rows("settings", cycle, key=["cycle", "title"], value=[str(cycle), f"{cycle}年度考核"]),
        "components": rows(
            "components", cycle, component=["main", "view"], name=["工作实绩", "民主测评"], weight=[80, 20],
            source=[None, "poll:year"],
        ),
        "indicators": rows(
            "indicators", cycle, indicator=list(INDICATORS), component="main", name=list(INDICATORS.values()),
            weight=[work, 80 - work, 20], method="points",
        ),
        "polls": rows("polls", cycle, poll=["year"], name=["年度测评"], min_ballots=[1]),
        "poll_groups": rows(
            "poll_groups", cycle, poll="year", rater_group=list(GROUPS), name=[name for name, _ in GROUPS.values()],
            weight=[weight for _, weight in GROUPS.values()],
        ),
        "poll_options": rows(
            "poll_options", cycle, poll="year", option=list(OPTIONS), name=list(OPTIONS), points=list(OPTIONS.values())
        ),
        "adjustments": rows(
            "adjustments", cycle, type=["award", "notice"], name=["表彰", "通报批评"], sign=["+", "-"], points=[1, 1],
            cap=[3, 3],
        ),
        "gates": rows(
            "gates", cycle, gate=["discipline"], metric=["events:offence"], op=[">="], value=["1"], effect=["exclude"],
            note=["违纪违法"],
        ),
        "grades": rows(
            "grades", cycle, grade=["优秀", "良好", "一般", "较差"], order=[1, 2, 3, 4],
            share=[Decimal("0.2"), Decimal("0.5"), None, None], pool="cohort", min_score=[None, None, 70, None],
        ),
    }  # fmt: skip


def people(count: int, cycle: int) -> dict[str, pa.Table]:
    """The roster and what everybody got."""
    draw = np.random.default_rng([20251231, cycle])
    steady = np.random.default_rng(7).normal(82, 7, count)
    names = ["".join(parts) for parts in itertools.islice(itertools.product(SURNAMES, GIVEN, GIVEN), count)]
    names = (names * (count // len(names) + 1))[:count]
    ids = [f"P{number:06}" for number in range(count)]
    cohort = np.arange(count) % (len(PLATFORMS) * len(LAYERS))
    scores = [np.clip(np.rint((steady + draw.normal(0, 5, count)) * 10), 0, 1000) / 10 for _ in INDICATORS]
    likely = [np.clip((steady - 40) / 4, 1, None), *(np.full(count, rate) for rate in (4.0, 2.0, 1.0))]
    votes = [draw.poisson(rate) for rate in likely]
    ballots = list(itertools.product(GROUPS, zip(OPTIONS, votes, strict=True)))
    some = np.flatnonzero(draw.random(count) < 0.05)
    gone = np.flatnonzero(draw.random(count) < 0.001)
    return {
        "subjects": rows(
            "subjects", cycle, subject=ids, name=names, kind="person",
            platform=[PLATFORMS[place // len(LAYERS)] for place in cohort],
            layer=[LAYERS[place % len(LAYERS)] for place in cohort],
        ),
        "results": rows(
            "results", cycle, subject=ids * len(INDICATORS), indicator=list(np.repeat(list(INDICATORS), count)),
            value=[f"{score:g}" for part in scores for score in part],
        ),
        "tallies": rows(
            "tallies", cycle, poll="year", subject=ids * len(ballots),
            rater_group=list(np.repeat([group for group, _ in ballots], count)),
            answer=list(np.repeat([option for _, (option, _) in ballots], count)),
            votes=[int(number) for _, (_, part) in ballots for number in part],
        ),
        "events": rows(
            "events", cycle, subject=[ids[place] for place in (*some, *gone)],
            type=[*("award" if draw.random() < 0.6 else "notice" for _ in some), *("offence" for _ in gone)],
            date=[AT.replace(year=cycle, month=int(draw.integers(1, 13))).date() for _ in (*some, *gone)],
        ),
    }  # fmt: skip


def write(path: Path, count: int = PEOPLE) -> None:
    """Make the database and build both cycles."""
    with Warehouse.open(path) as warehouse:
        for cycle in CYCLES:
            for file, tables in (("scheme", scheme(cycle)), ("people", people(count, cycle))):
                name = f"{file}-{cycle}"
                warehouse.store_upload(tables, sha256=name, file=name, content=b"", who="bench", at=AT)
        print("built", build.build(warehouse, who="bench", at=AT))


def main() -> None:
    """Write the database that the command names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("people", type=int, nargs="?", default=PEOPLE)
    options = parser.parse_args()
    write(options.path, options.people)


if __name__ == "__main__":
    main()
