"""How much it costs when one unit uploads its ballots anew: the upload and the build of its cohort, against a whole build.

    python -m tests.bench.part [ANSWERS]

The poll of `tests.bench.build` with scores, 200 ballots a subject, in cohorts of a hundred; half of one cohort is uploaded again.
Processor seconds of all threads, medians of three turns; in each a whole build, then the unit's. A build of the whole in
memory has to give the same hash of results. The goal is 5 % of a whole build.
"""

import statistics
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines import build
from pipelines.engine import Run
from pipelines.warehouse import Warehouse
from tests.bench.build import ANSWERS, AT, CYCLE, TURNS, ballots, load, processor_seconds, scheme, store
from tests.bench.history import note

UNIT = 50
GOAL = 0.05


def again(turn):
    """The ballots of the first people of the poll with every score a little higher."""
    own = ballots("scores", 1000 * UNIT)
    scores = pc.add(pc.cast(pc.cast(own["answer"], pa.string()), pa.int64()), turn + 1)
    return own.set_column(
        own.column_names.index("answer"), "answer", pc.cast(pc.min_element_wise(scores, 100), pa.string())
    )


def main():
    """Measure and print."""
    answers = int(sys.argv[1]) if sys.argv[1:] else ANSWERS
    whole, uploaded, part = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.duckdb"
        load(path, "scores", answers, letters=5)
        with Warehouse.open(path) as warehouse:
            for turn in range(TURNS):
                store(warehouse, scheme("scores", f"turn {turn}"), f"scheme {turn}")
                whole.append(built(warehouse))
                unit = {"ballots": again(turn)}
                name = f"unit {turn}"
                uploaded.append(processor_seconds(lambda unit=unit, name=name: store(warehouse, unit, name))[0])
                scored = warehouse.part(warehouse.facts_now(CYCLE))
                part.append(built(warehouse))
            with warehouse.scratch() as connection:
                inputs, counts = warehouse.inputs(CYCLE), warehouse.ballot_counts(CYCLE)
                run = Run(connection, inputs, CYCLE, None, warehouse.files(), counts)
                run.stage()
                run.score()
                assert warehouse.result_hash(connection) == warehouse.shown(CYCLE).result
            people = warehouse.extract("ranking", CYCLE).num_rows
    print(f"{answers:,} answers about {people:,} people; {scored.subjects.num_rows} of them scored anew")
    for name, seconds in (("whole", whole), ("upload", uploaded), ("part", part)):
        print(f"{name:8} {statistics.median(seconds):8.2f} s  ({', '.join(f'{second:.2f}' for second in seconds)})")
    ratio = (statistics.median(uploaded) + statistics.median(part)) / statistics.median(whole)
    what = f"{answers:,} answers, {UNIT} people uploaded again"
    note("part", f"{what}: upload and build / whole build", ratio, goal=f"<= {GOAL}")


def built(warehouse):
    """Processor seconds of a build."""
    seconds, cycles = processor_seconds(lambda: build.build(warehouse, who="bench", at=AT))
    assert cycles == [CYCLE]
    return seconds


if __name__ == "__main__":
    main()
