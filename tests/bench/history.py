"""The figures of the benches, one release after the other: `tests/bench/history.csv`.

A bench notes each of its figures here. It is printed beside its goal; with KAOPING_RELEASE in the environment (a version, or a
commit) it is added to the file too. Figures are ratios of one run, or seconds and milliseconds of the machine they were taken on.
"""

import csv
import datetime as dt
import os
from pathlib import Path

PATH = Path(__file__).with_name("history.csv")
HEAD = ("release", "day", "bench", "figure", "value", "unit", "goal")


def note(bench: str, figure: str, value: float, unit: str = "×", goal: str = "") -> None:
    """Print a figure with its goal ('<= 4') and, for a release, keep it."""
    print(f"{figure}: {value:.2f} {unit}" + (f"    (goal: {goal})" if goal else ""), flush=True)
    release = os.environ.get("KAOPING_RELEASE")
    if release:
        is_new = not PATH.exists()
        with PATH.open("a", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            if is_new:
                rows.writerow(HEAD)
            rows.writerow([release, dt.datetime.now(dt.UTC).date(), bench, figure, f"{value:.3f}", unit, goal])
