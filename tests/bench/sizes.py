"""The whole build at 1, 10 and 100 million answers with 59 indicator values a subject, beside a bare scan of what it is made from.

    python -m tests.bench.sizes [ANSWERS ...]

Loads the seeded poll of tests/bench/build.py with scores (200 ballots a subject, ten million answers an upload) and the values
of 59 indicators scored by min-max, builds it, and reads every stored answer and value once. Then builds it again with
KAOPING_MEMORY=100MB. Each build is a process of its own that begins cold. Prints processor seconds of all threads, medians where
there are several turns, and peak memory. 1 and 10 million unless sizes are named; 100 million takes about half an hour, four
gigabytes of disk and most of that time to load.
"""

import contextlib
import itertools
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pipelines import build
from pipelines.warehouse import Warehouse
from tests.bench.build import AT, CYCLE, load, processor_seconds, scheme, store
from tests.bench.history import note

SIZES = (1_000_000, 10_000_000)
INDICATORS = 59
LIMIT = "100MB"
TURNS = {1_000_000: 5, 10_000_000: 3}
"""Builds of a size; one where it is not named."""
SCAN = """
    select sum(strlen(subject)) + sum(strlen(rater_group)) + sum(strlen(item)) + sum(strlen(answer)) as size
    from kaoping.raw.ballots
    union all
    select sum(strlen(subject)) + sum(strlen(indicator)) + sum(strlen(value)) as size
    from kaoping.raw.results
"""
"""What no scoring can do without: every column that says something, of every stored row."""
GOALS = {"scan": "<= 8", "growth": "<= 10.5", "peak": "<= 700", "limited": "<= 1.5", "limited peak": "<= 250"}


def built(path):
    """One build and one scan in this very process, printed as JSON."""
    with Warehouse.open(path) as warehouse:
        title = str(time.time())
        store(warehouse, scheme("scores", title, INDICATORS), title)
        seconds, cycles = processor_seconds(lambda: build.build(warehouse, who="bench", at=AT))
        assert cycles == [CYCLE]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        with warehouse.scratch() as cursor:
            scan = statistics.median(processor_seconds(lambda: cursor.sql(SCAN).fetchall())[0] for _ in range(3))
        (facts,) = warehouse.builds().to_pylist()
        print(json.dumps({"build": seconds, "scan": scan, "peak": peak, "subjects": facts["subjects"]}))


def called(*step, memory=None):
    """What a process of this file says in its last line."""
    environment = {name: value for name, value in os.environ.items() if name != "KAOPING_MEMORY"}
    command = [sys.executable, "-m", "tests.bench.sizes", "--run", *map(str, step)]
    said = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, env=environment | ({"KAOPING_MEMORY": memory} if memory else {})
    )  # fmt: skip
    return said.stdout.splitlines()[-1]


def measure(answers):
    """Notes the figures of one size; gives the seconds of its build."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.duckdb"
        print(called("load", path, answers), flush=True)
        free, limited = [], []
        for _ in range(TURNS.get(answers, 1)):
            free.append(json.loads(called("build", path)))
            with contextlib.suppress(subprocess.CalledProcessError):
                limited.append(json.loads(called("build", path, memory=LIMIT)))
    whole, scan = (statistics.median(one[name] for one in free) for name in ("build", "scan"))
    print(f"{answers:,} answers, {free[0]['subjects']:,} subjects: build {whole:.2f} s, scan {scan:.2f} s")
    note("sizes", f"{answers:,} answers: build / scan", whole / scan, goal=GOALS["scan"])
    note("sizes", f"{answers:,} answers: peak", max(one["peak"] for one in free), "MiB", goal=GOALS["peak"])
    ended = 100 * len(limited) / len(free)
    note("sizes", f"{answers:,} answers: builds that end at {LIMIT}", ended, "%", goal=">= 100")
    if limited:
        least = statistics.median(one["build"] for one in limited)
        note("sizes", f"{answers:,} answers: {LIMIT} / no limit", least / whole, goal=GOALS["limited"])
        peak = max(one["peak"] for one in limited)
        note("sizes", f"{answers:,} answers: peak at {LIMIT}", peak, "MiB", goal=GOALS["limited peak"])
    return whole


def main():
    if sys.argv[1:2] == ["--run"]:
        step, path, *answers = sys.argv[2:]
        if step == "load":
            load(Path(path), "scores", int(answers[0]), indicators=INDICATORS)
        else:
            built(Path(path))
        return
    sizes = sorted(map(int, sys.argv[1:])) or SIZES
    seconds = {answers: measure(answers) for answers in sizes}
    for small, large in itertools.pairwise(sizes):
        goal = GOALS["growth"] if large == 10 * small == 100_000_000 else ""
        note(
            "sizes", f"{small:,} to {large:,} answers: growth of the build", seconds[large] / seconds[small], goal=goal
        )


if __name__ == "__main__":
    main()
