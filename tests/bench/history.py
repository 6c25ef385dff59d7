"""The figures of the benches, one release after the other: `tests/bench/history.csv`.

A bench notes each of its figures here. It is printed beside its goal; with KAOPING_RELEASE in the environment (a version, or a
commit) it is added to the file too. What has the unit × or % is a ratio of one run, so it can be compared between machines;
seconds, milliseconds and MiB are those of the machine they were taken on.
"""

import csv
import datetime as dt
import operator
import os
from pathlib import Path

PATH = Path(__file__).with_name("history.csv")
HEAD = ("release", "day", "bench", "figure", "value", "unit", "goal")
SIGNS = {"<=": operator.le, ">=": operator.ge}


def note(bench: str, figure: str, value: float, unit: str = "×", goal: str = "") -> None:
    """Print a figure with its goal ('<= 4') and keep it: for a release, and for the table that ends `python -m tests.bench`."""
    print(f"{figure}: {value:.2f} {unit}" + (f"    (goal: {goal})" if goal else ""), flush=True)
    release, table = os.environ.get("KAOPING_RELEASE", ""), os.environ.get("KAOPING_FIGURES")
    for path in ([PATH] if release else []) + ([Path(table)] if table else []):
        is_new = not path.exists()
        with path.open("a", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            if is_new:
                rows.writerow(HEAD)
            rows.writerow([release, dt.datetime.now(dt.UTC).date(), bench, figure, f"{value:.3f}", unit, goal])


def holds(value: float, goal: str) -> bool:
    """Whether a figure reaches its goal."""
    sign, limit = goal.split()
    return bool(SIGNS[sign](value, float(limit)))
