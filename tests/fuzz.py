"""Looks for appraisals that the product and the reference score differently, and makes each as small as it can.

    python -m tests.fuzz COUNT [START] [--out DIR] [--files | --unchecked] [--keep-whole]

Seeds START to START + COUNT - 1 are compared. For each that differs, DIR/<seed> gets `input/` (the smallest appraisal
found that still differs in the same place), `expected/` (the reference) and `differences.txt`; the first lines are
printed. --files goes through a folder of CSV and the reader of workbooks; --unchecked runs the SQL alone, without the
checks of input and build.
"""

import argparse
import csv
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.build import read_all, score, score_readings
from pipelines.engine import EXTRACTS, Run
from pipelines.problems import InputError
from tests.cases import CYCLE, make
from tests.compare import as_rows, differences
from tests.raw_form import to_raw
from tests.reference import Refused, Tables
from tests.reference import score as reference_score

TRIALS = 160
"""How many smaller appraisals are tried for one that differs."""


Scorer = Callable[[Tables], dict[str, pa.Table]]


def checked(tables: Tables) -> dict[str, pa.Table]:
    """All of scoring, from raw tables."""
    return score(to_raw(tables))


def unchecked(tables: Tables) -> dict[str, pa.Table]:
    """The SQL alone."""
    with duckdb.connect() as connection:
        run = Run(connection, to_raw(tables), CYCLE)
        run.stage()
        run.score()
        return {name: run.extract(name) for name in EXTRACTS}


def through_files(tables: Tables) -> dict[str, pa.Table]:
    """All of it, from a folder of CSV."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), tables)
        problems, extracts = score_readings(read_all([("case", Path(folder))]))
    if extracts is None:
        raise InputError(problems)
    return extracts


def compare(tables: Tables, scorer: Scorer = checked, expected: Tables | None = None) -> list[str]:
    """What differs; one line with the exception where the product fails. Raises Refused for unsound tables."""
    expected = reference_score(tables) if expected is None else expected
    try:
        actual = as_rows(scorer(tables))
    except InputError as error:
        return [f"refused: {problem.code} {problem.found}" for problem in error.problems if problem.is_error]
    except Exception as error:
        return [f"failed: {type(error).__name__} {str(error).splitlines()[0]}"]
    return differences(expected, actual)


def place(difference: str) -> str:
    """Where a difference is, without the values: the table and the column, or the kind of failure."""
    head = difference.split(": ")
    if head[0] in ("failed", "refused"):
        return " ".join(difference.split()[: 8 if head[0] == "failed" else 2])
    return " ".join([head[0], *head[1].split()[-1:]])


def shrink(tables: Tables, found: list[str], scorer: Scorer) -> tuple[Tables, list[str]]:
    """The smallest appraisal, of those tried, that differs in the same place first."""
    wanted, trials = place(found[0]), TRIALS
    while True:
        for smaller in _smaller(tables):
            trials -= 1
            if trials < 0:
                return tables, found
            try:
                now = compare(smaller, scorer)
            except (Refused, KeyError, ValueError):
                continue
            if now and place(now[0]) == wanted:
                tables, found = smaller, now
                break
        else:
            return tables, found


def _smaller(tables: Tables) -> Iterator[Tables]:
    """The same appraisal with less in it: large cuts first."""
    for name in tables:
        if name not in ("settings", "subjects", "components"):
            yield {key: rows for key, rows in tables.items() if key != name}
    subjects = [row["subject"] for row in tables["subjects"]]
    for size in (len(subjects) // 2, len(subjects) // 4, 1):
        for start in range(0, len(subjects), size) if size else ():
            gone = set(subjects[start : start + size])
            gone |= {row.get("name") for row in tables["subjects"] if row["subject"] in gone}
            yield {name: [row for row in rows if row.get("subject") not in gone] for name, rows in tables.items()}
    for parts in (2, 4, 10**6):
        for name, rows in sorted(tables.items(), key=lambda item: -len(item[1])):
            size = max(1, len(rows) // parts)
            for start in range(0, len(rows), size) if len(rows) > 1 and (parts < 10 or len(rows) < 12) else ():
                yield {**tables, name: rows[:start] + rows[start + size :]}
    for name, rows in tables.items():
        for column in (
            dict.fromkeys(key for row in rows for key, value in row.items() if value) if name != "settings" else ()
        ):
            yield {**tables, name: [{key: value for key, value in row.items() if key != column} for row in rows]}


def write(folder: Path, tables: Tables) -> None:
    """A folder of CSV files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)), restval="")
            writer.writeheader()
            writer.writerows(rows)


def main() -> int:
    """Exit 1 when anything differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("start", type=int, nargs="?", default=0)
    parser.add_argument("--out", type=Path, default=Path("out/fuzz"))
    parser.add_argument("--keep-whole", action="store_true", help="do not make differing appraisals smaller")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--files", dest="scorer", action="store_const", const=through_files, default=checked)
    way.add_argument("--unchecked", dest="scorer", action="store_const", const=unchecked)
    options = parser.parse_args()
    scorer = options.scorer
    bad, started = 0, time.monotonic()
    for seed in range(options.start, options.start + options.count):
        tables, expected = make(seed)
        found = compare(tables, scorer, expected)
        if not found:
            continue
        bad += 1
        print(f"seed {seed}: {len(found)} differences; {found[0]}", flush=True)
        if not options.keep_whole:
            tables, found = shrink(tables, found, scorer)
        folder = options.out / str(seed)
        write(folder / "input", tables)
        write(folder / "expected", reference_score(tables))
        (folder / "differences.txt").write_text("\n".join(found) + "\n", encoding="utf-8")
        print(f"    {sum(map(len, tables.values()))} rows left; {found[0]}", flush=True)
    print(f"{options.count} cases, {bad} differ, {time.monotonic() - started:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
