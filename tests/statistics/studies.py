"""Cycles as arrays, from folders of published cases and from random appraisals, without a database file."""

import csv
from decimal import Decimal

import pyarrow as pa

from pipelines.advice import study as studying
from pipelines.build import find_cycle
from pipelines.engine import Run, in_memory
from tests.raw_form import to_raw
from tests.reference import read_folder


def of_tables(tables, ranking):
    """The study of raw tables whose results (rows of subject, total, grade) are known."""
    results = pa.table(
        {
            "subject": pa.array([row["subject"] for row in ranking], pa.string()),
            "total": pa.array([Decimal(str(row["total"])) if row["total"] not in ("", None) else None for row in ranking],
                              pa.decimal128(38, 9)),
            "grade": pa.array([row["grade"] or None for row in ranking], pa.string()),
        }
    )  # fmt: skip
    raw = to_raw(tables)
    with in_memory() as connection:
        run = Run(connection, raw, find_cycle(raw))
        run.stage()
        return studying.make_study(run.cycle, run.replay(results))


def of_case(folder):
    """The study of a published case, and its ranking by subject."""
    with (folder / "expected" / "ranking.csv").open(encoding="utf-8", newline="") as file:
        ranking = list(csv.DictReader(file))
    return of_tables(read_folder(folder / "input"), ranking), {row["subject"]: row for row in ranking}
