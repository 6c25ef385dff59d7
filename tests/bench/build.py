"""How much a build costs: 10 million ballot answers against the one GROUP BY that any scoring of them needs.

    python -m tests.bench.build [ANSWERS]

Loads a seeded poll (wide ballots of five items, stored as the warehouse stores them), then builds and groups in turns.
With four options to tick and with scores from 60 to 100, of 200 and of 1,000 ballots each subject, every case in a process
of its own. Prints processor seconds of all threads, the ratio of their medians and the peak memory of the build. The goal
is a ratio of at most 4; the build depends on the people and the GROUP BY on the answers, so it is told for both. Ballots are
counted once, when they are uploaded: `count` is what that took, and the last ratio has it added to the build.
"""

import datetime as dt
import itertools
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines import build
from pipelines.engine import Run
from pipelines.warehouse import Warehouse
from pipelines.workbook.tables import schema
from tests.bench.history import note

ANSWERS = 10_000_000
ITEMS = ("德", "能", "勤", "绩", "廉")
GROUPS = ("领导", "中层", "群众", "服务对象")
OPTIONS = {"优秀": 100, "称职": 85, "基本称职": 70, "不称职": 0}
KINDS = ("options", "scores")
EACH = (200, 1000)
"""Ballots of a subject: the same answers about 10,000 people and about 2,000."""
TURNS = 3
CHUNK = 10_000_000
"""So many answers are one upload."""
CYCLE = 2025
GOAL = 4
AT = dt.datetime(2026, 1, 5, 9)
GROUP_BY = """
    select poll, subject, rater_group, item, count(*) as votes, sum({points}) as points
    from kaoping.raw.ballots
    where cycle = 2025
    group by poll, subject, rater_group, item
"""
POINTS = {
    "options": "case answer when '优秀' then 100 when '称职' then 85 when '基本称职' then 70 else 0 end",
    "scores": "answer::decimal(28, 9)",
}
"""What the poll comes down to, written by hand over the stored rows."""


def stored(name, columns):
    """A table in the form in which the warehouse stores it; columns that are left out are blank."""
    count = len(next(iter(columns.values())))
    columns = {"cycle": [CYCLE] * count} | columns | {"_cycle": [CYCLE] * count}
    fields = [*schema(name), pa.field("_cycle", pa.int64())]
    return pa.table(
        {
            field.name: pa.array(columns[field.name], field.type)
            if field.name in columns
            else pa.nulls(count, field.type)
            for field in fields
        }
    )


def scheme(kind, title, indicators=0):
    """A poll, and so many indicators of equal weight beside it."""
    components = {"component": ["C"], "name": ["测评"], "source": ["poll:P"]}
    if indicators:
        components = {"component": ["C", "W"], "name": ["测评", "业绩"], "source": ["poll:P", None], "weight": [40, 60]}
    tables = {
        "settings": stored("settings", {"key": ["cycle", "title"], "value": [str(CYCLE), title]}),
        "components": stored("components", components),
        "polls": stored("polls", {"poll": ["P"], "name": ["全员测评"]}),
        "poll_items": stored("poll_items", {"poll": ["P"] * 5, "item": list(ITEMS), "weight": [20] * 5}),
        "poll_groups": stored(
            "poll_groups", {"poll": ["P"] * 4, "rater_group": list(GROUPS), "weight": [40, 30, 20, 10]}
        ),
        "grades": stored("grades", {"grade": ["优秀", "称职"], "order": [1, 2], "share": [Decimal("0.2"), None]}),
    }
    if kind == "options":
        options = {
            "poll": ["P"] * 4,
            "option": list(OPTIONS),
            "points": [Decimal(points) for points in OPTIONS.values()],
        }
        tables["poll_options"] = stored("poll_options", options)
    if indicators:
        names = indicator_names(indicators)
        own = {"indicator": names, "component": ["W"] * indicators, "weight": [1] * indicators}
        tables["indicators"] = stored("indicators", own | {"method": ["minmax"] * indicators})
    return tables


def indicator_names(count):
    return [f"I{number:02}" for number in range(count)]


def values(subjects, indicators):
    """A value of every subject in every indicator, subject by subject."""
    count = len(subjects) * indicators
    drawn = np.random.default_rng(len(subjects)).integers(0, 100_000, count)
    return stored(
        "results",
        {
            "subject": np.repeat(np.array(subjects), indicators),
            "indicator": np.tile(np.array(indicator_names(indicators)), len(subjects)),
            "value": np.char.mod("%.2f", drawn / 100),
            "_sheet": np.full(count, "业绩"),
            "_row": np.arange(2, count + 2, dtype=np.int32),
            "_column": np.full(count, 3, np.int32),
            "_wide": np.zeros(count, bool),
        },
    )


def ballots(kind, answers, each=EACH[0], first=0):
    """The ballots in upload order from the subject `first` on: subject by subject, ballot by ballot, item by item."""
    items = len(ITEMS)
    count = answers // items
    number = np.arange(count, dtype=np.int64)
    draw = np.random.default_rng(20251231 + first)
    quality = draw.normal(85, 5, count // each + 1)[number // each]
    score = np.clip(np.rint(draw.normal(np.repeat(quality, items), 6)), 60, 100)
    if kind == "options":
        answer_words, answer = list(OPTIONS), np.digitize(-score, (-88, -75, -65))
    else:
        answer_words, answer = [str(value) for value in range(101)], score

    def words(values, codes):
        return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(values, pa.string()))

    subjects = [f"S{first + subject:06}" for subject in range(count // each + 1)]
    rows = pa.array(np.repeat(number + 2, items).astype(np.int32))
    total = count * items
    return pa.table(
        {
            "cycle": pa.array(np.full(total, CYCLE)),
            "poll": words(["P"], np.zeros(total)),
            "ballot": pa.array(np.repeat(number % each + 1, items)).cast(pa.string()),
            "rater_group": words(GROUPS, np.repeat(number % len(GROUPS), items)),
            "subject": words(subjects, np.repeat(number // each, items)),
            "item": words(ITEMS, np.tile(np.arange(items), count)),
            "answer": words(answer_words, answer),
            "_sheet": words(["测评"], np.zeros(total)),
            "_row": rows,
            "_column": pa.array(np.tile(np.arange(3, 3 + items), count).astype(np.int32)),
            "_wide": pa.array(np.ones(total, bool)),
            "_cycle": pa.array(np.full(total, CYCLE)),
        }
    )


def store(warehouse, tables, file):
    warehouse.store_upload(tables, sha256=file, file=file, content=b"", who="bench", at=AT)


def load(path, kind, answers, each=EACH[0], indicators=0, letters=4):
    """Upload the roster, the values of indicators, and the ballots ten million answers at a time: memory stays small.

    The cohort of somebody is the first letters of the id: 4 make one of a thousand people, 5 of a hundred.
    """
    subjects = [f"S{subject:06}" for subject in range(-(-answers // len(ITEMS) // each))]
    roster = {
        "subject": subjects,
        "kind": ["person"] * len(subjects),
        "platform": [name[:letters] for name in subjects],
    }
    with Warehouse.open(path) as warehouse:
        store(warehouse, {"subjects": stored("subjects", roster)}, "roster")
        for start in range(0, len(subjects) if indicators else 0, CHUNK // 1000):
            part = subjects[start : start + CHUNK // 1000]
            store(warehouse, {"results": values(part, indicators)}, f"results {start}")
        for start in range(0, answers, CHUNK):
            part = ballots(kind, min(CHUNK, answers - start), each, start // len(ITEMS) // each)
            store(warehouse, {"ballots": part}, f"ballots {start}")
    print(f"loaded in {time.process_time():.1f} s, {path.stat().st_size / 2**20:.0f} MiB on disk", flush=True)


def processor_seconds(work):
    """(processor seconds of all threads, what the work gave)."""
    start = time.process_time()
    answer = work()
    return time.process_time() - start, answer


def peak_mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(path, kind, answers, each):
    grouped, built, counted = [], [], []
    text = GROUP_BY.format(points=POINTS[kind])
    with Warehouse.open(path) as warehouse:
        for turn in range(TURNS):
            store(warehouse, scheme(kind, f"turn {turn}"), f"scheme {turn}")
            seconds, cycles = processor_seconds(lambda: build.build(warehouse, who="bench", at=AT))
            assert cycles == [CYCLE]
            built.append(seconds)
            with warehouse.scratch() as cursor:
                seconds, rows = processor_seconds(lambda cursor=cursor: cursor.sql(text).to_arrow_table())
            grouped.append(seconds)
            with warehouse.scratch() as cursor:
                run = Run(cursor, {"ballots": warehouse.inputs(CYCLE)["ballots"]}, CYCLE)
                counted.append(processor_seconds(run.count_ballots)[0])
        ranking = warehouse.extract("ranking", CYCLE)
    assert rows["votes"].to_numpy().sum() == answers
    group, whole, count = (statistics.median(seconds) for seconds in (grouped, built, counted))
    print(f"{answers:,} answers on {answers // 5:,} ballots, {ranking.num_rows:,} subjects ranked and graded")
    for name, seconds in (("GROUP BY", grouped), ("build", built), ("count", counted)):
        print(f"{name:8} {statistics.median(seconds):8.2f} s  ({', '.join(f'{second:.2f}' for second in seconds)})")
    what = f"{kind}, {answers:,} answers, {each} ballots each"
    note("build", f"{what}: build / GROUP BY", whole / group, goal=f"<= {GOAL}")
    note("build", f"{what}: count and build / GROUP BY", (whole + count) / group)
    note("build", f"{what}: peak", peak_mib(), "MiB")


def main():
    if sys.argv[1:2] == ["--run"]:
        step, path, kind, answers, each = sys.argv[2:]
        (load if step == "load" else measure)(Path(path), kind, int(answers), int(each))
        return
    answers = sys.argv[1] if sys.argv[1:] else str(ANSWERS)
    for kind, each in itertools.product(KINDS, EACH):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "bench.duckdb"
            print(f"-- {kind}, {each} ballots each")
            for step in ("load", "measure"):
                command = [
                    sys.executable,
                    "-m",
                    "tests.bench.build",
                    "--run",
                    step,
                    str(path),
                    kind,
                    answers,
                    str(each),
                ]
                subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
