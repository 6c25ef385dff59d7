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
from tests.bench.build import ANSWERS, AT, CYCLE, TURNS, ballots, processor_seconds, scheme, store, stored
from tests.bench.history import note

UNIT = 50
GOAL = 0.05


def again(table, turn):
    """The ballots of the first subjects with every score a little higher."""
    names = pa.array([f"S{subject:06}" for subject in range(UNIT)])
    own = table.filter(pc.is_in(table["subject"], names))
    scores = pc.min_element_wise(pc.add(pc.cast(pc.cast(own["answer"], pa.string()), pa.int64()), turn + 1), 100)
    return own.set_column(own.column_names.index("answer"), "answer", pc.cast(scores, pa.string()))


def main():
    """Measure and print."""
    answers = int(sys.argv[1]) if sys.argv[1:] else ANSWERS
    table = ballots("scores", answers)
    subjects = table["subject"].unique().to_pylist()
    roster = {"subject": subjects, "kind": ["person"] * len(subjects), "platform": [name[:-2] for name in subjects]}
    whole, uploaded, part = [], [], []
    with tempfile.TemporaryDirectory() as folder, Warehouse.open(Path(folder) / "bench.duckdb") as warehouse:
        store(warehouse, {"subjects": stored("subjects", roster)}, "roster")
        store(warehouse, {"ballots": table}, "ballots")
        for turn in range(TURNS):
            store(warehouse, scheme("scores", f"turn {turn}"), f"scheme {turn}")
            whole.append(processor_seconds(lambda: build.build(warehouse, who="bench", at=AT))[0])
            unit = {"ballots": again(table, turn)}
            uploaded.append(processor_seconds(lambda unit=unit, turn=turn: store(warehouse, unit, f"unit {turn}"))[0])
            touched = warehouse.part(warehouse.facts_now(CYCLE))
            assert touched is not None
            part.append(processor_seconds(lambda: build.build(warehouse, who="bench", at=AT))[0])
        with warehouse.scratch() as connection:
            run = Run(
                connection, warehouse.inputs(CYCLE), CYCLE, None, warehouse.files(), warehouse.ballot_counts(CYCLE)
            )
            run.stage()
            run.score()
            assert warehouse.result_hash(connection) == warehouse.shown(CYCLE).result
    print(f"{answers:,} answers about {len(subjects):,} people; {touched.subjects.num_rows} of them scored anew")
    for name, seconds in (("whole", whole), ("upload", uploaded), ("part", part)):
        print(f"{name:8} {statistics.median(seconds):8.2f} s  ({', '.join(f'{second:.2f}' for second in seconds)})")
    again_seconds = statistics.median(uploaded) + statistics.median(part)
    what = f"{answers:,} answers, {UNIT} people uploaded again"
    note("part", f"{what}: upload and build / whole build", again_seconds / statistics.median(whole), goal=f"<= {GOAL}")


if __name__ == "__main__":
    main()
