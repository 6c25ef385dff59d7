"""How long it takes to see who moves when a number of the scheme changes: 10,000 people in 200 cohorts, 2 million votes.

    python -m tests.bench.whatif

Two polls told as counts, two indicators, gates on a share of votes and on the total, a tie-break, three grades with seats and
a consequence. Prints milliseconds of wall time, the best of five; the goal is at most 300.
"""

import time
from decimal import Decimal

import numpy as np

from pipelines.advice import tryout
from pipelines.advice.study import make_polls
from pipelines.whatif import Change
from tests.bench.history import note
from tests.raw_form import to_raw
from tests.statistics import studies

PEOPLE, COHORTS, GOAL = 10_000, 200, 300
OPTIONS = {"good": 100, "fair": 80, "poor": 60, "bad": 0}


def tables():
    """The appraisal."""
    random = np.random.default_rng(1)
    names = [f"P{number:05}" for number in range(PEOPLE)]
    year = {"cycle": "2024"}
    tallies = []
    for poll in ("peers", "public"):
        drawn = random.multinomial(50, [0.5, 0.3, 0.15, 0.05], (PEOPLE, 2))
        tallies += [
            year | {"poll": poll, "subject": name, "rater_group": group, "answer": option, "votes": str(drawn[at, side, place])}
            for at, name in enumerate(names)
            for side, group in enumerate(("near", "far"))
            for place, option in enumerate(OPTIONS)
            if drawn[at, side, place]
        ]  # fmt: skip
    return {
        "settings": [{"key": "cycle", "value": "2024"}, {"key": "rank_decimals", "value": "2"}],
        "subjects": [
            year | {"subject": name, "name": name, "kind": "person", "platform": f"C{number % COHORTS:03}"}
            for number, name in enumerate(names)
        ],
        "components": [
            {"component": "work", "weight": "60", "source": "indicators"},
            {"component": "peers", "weight": "25", "source": "poll:peers"},
            {"component": "public", "weight": "15", "source": "poll:public"},
        ],
        "indicators": [
            {"indicator": name, "component": "work", "weight": "50", "method": "points"} for name in ("a", "b")
        ],
        "results": [
            year | {"subject": name, "indicator": indicator, "value": str(random.integers(600, 1001) / 10)}
            for name in names
            for indicator in ("a", "b")
        ],
        "polls": [{"poll": "peers"}, {"poll": "public", "trim": "2"}],
        "poll_groups": [
            {"poll": poll, "rater_group": group, "weight": "50"} for poll in ("peers", "public") for group in ("near", "far")
        ],
        "poll_options": [
            {"poll": poll, "option": option, "points": str(points)}
            for poll in ("peers", "public")
            for option, points in OPTIONS.items()
        ],
        "tallies": tallies,
        "gates": [
            {"gate": "unloved", "metric": "rate:peers:bad", "op": ">=", "value": "0.12", "effect": "exclude"},
            {"gate": "low", "metric": "total", "op": "<", "value": "70", "effect": "cap:C"},
        ],
        "tiebreaks": [{"order": "1", "metric": "component:work"}],
        "grades": [
            {"grade": "A", "order": "1", "share": "0.15"},
            {"grade": "B", "order": "2", "share": "0.5", "rounding": "half_up"},
            {"grade": "C", "order": "3"},
        ],
        "consequences": [{"rule": "praise", "grades": "A", "action": "praise"}],
    }  # fmt: skip


def main():
    """Measure one change of each sort."""
    given = tables()
    nobody = [{"subject": row["subject"], "total": None, "grade": None} for row in given["subjects"]]
    started = time.perf_counter()
    study = studies.of_tables(given, nobody)
    ground = tryout.make_ground(study, make_polls(study), {})
    print(f"made ready once per build: {time.perf_counter() - started:.1f} s")
    raw = to_raw({name: rows for name, rows in given.items() if name in ("polls", "poll_options")})
    for name, change in {
        "weight": Change("components", "work", "weight", Decimal(40)),
        "group weight": Change("poll_groups", "peers › near", "weight", Decimal(80)),
        "option points": Change("poll_options", "public › fair", "points", Decimal(70)),
        "quota": Change("grades", "A", "share", Decimal("0.25")),
        "gate": Change("gates", "unloved › rate:peers:bad >=", "value", "0.08"),
        "setting": Change("settings", "rank_decimals", "value", "0"),
    }.items():
        times = []
        for _ in range(5):
            started = time.perf_counter()
            moves = tryout.moves(ground, raw, [change])
            times.append(time.perf_counter() - started)
        moved = sum(a != b for a, b in zip(*(moves.column(n).to_pylist() for n in ("rank", "new_rank")), strict=True))
        print(f"{name}: {PEOPLE:,} subjects, {moved:,} with another rank")
        note("whatif", f"{name}, by the clock", min(times) * 1000, "ms", goal=f"<= {GOAL}")


if __name__ == "__main__":
    main()
