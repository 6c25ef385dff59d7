"""Every bench, one after the other, and at the end the figures beside their goals.

    python -m tests.bench [NAME ...]
    python -m tests.bench --list

All but the long ones unless some are named. Peers that are not installed (tests/bench/requirements.txt) are left out, and it is said
which. With KAOPING_RELEASE in the environment every figure is kept in `tests/bench/history.csv`. A bench that fails does not
keep the others from running; the exit code is 1 then.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.history import holds

BENCHES = {
    "reading": ("a million rows of a sheet, read, checked and stored", ["--peers"], False),
    "ranks": ("ranks and quotas of a million", [], False),
    "build": ("10 million answers built, beside the one GROUP BY", [], False),
    "sizes": (
        "1 and 10 million answers and their indicator values built, beside a scan, with little memory too",
        [],
        False,
    ),
    "part": ("one unit's ballots uploaded again and its cohort scored, beside a whole build", [], False),
    "peers": ("the same totals, ranks and grades by polars, pandas and numpy", [], False),
    "bootstrap": ("1,000 draws of 10 million answers", [], False),
    "draws": ("10,000 drawn sets of weights ranked", [], False),
    "whatif": ("a tried number of the scheme", [], False),
    "start": ("imports of a start", [], False),
    "pages": ("what a page costs, for 1, 10 and 50 sessions and in Chromium", ["--sessions", "1,10,50"], False),
    "hundred": ("10 and 100 million answers, half an hour", ["10000000", "100000000"], True),
    "unit": ("the same among 100 million answers", ["100000000"], True),
    "spark": ("the same build on DuckDB and Spark; needs Java and requirements-spark.txt", [], True),
}
"""What each is about, its arguments, and whether it runs only when it is named."""
FILES = {"hundred": "sizes", "unit": "part"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--list", action="store_true", help="say what there is, and end")
    options = parser.parse_args()
    if options.list:
        for name, (what, _, is_long) in BENCHES.items():
            print(f"{name:10} {what}{' (only when named)' if is_long else ''}")
        return 0
    if unknown := [name for name in options.names if name not in BENCHES]:
        parser.error(f"no bench is called {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    names = options.names or [name for name, (_, _, is_long) in BENCHES.items() if not is_long]
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.csv"
        for name in names:
            print(f"== {name}: {BENCHES[name][0]}", flush=True)
            command = [sys.executable, "-m", f"tests.bench.{FILES.get(name, name)}", *BENCHES[name][1]]
            environment = os.environ | {"KAOPING_FIGURES": str(figures), "OPENBLAS_NUM_THREADS": "1"}
            if subprocess.run(command, check=False, env=environment).returncode:
                failed.append(name)
        rows = list(csv.DictReader(figures.open(encoding="utf-8"))) if figures.exists() else []
    print(f"\n{'bench':10} {'figure':72} {'value':>10} {'goal':>10}")
    for row in rows:
        value = f"{float(row['value']):.2f} {row['unit']}"
        kept = "" if not row["goal"] else "reached" if holds(float(row["value"]), row["goal"]) else "missed"
        print(f"{row['bench']:10} {row['figure']:72} {value:>10} {row['goal']:>10} {kept}")
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
