"""The whole chain on Spark and on DuckDB: every table of every layer equal, row for row and type for type."""

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.build import find_cycle, score_readings
from pipelines.engine import EXTRACTS, Run, in_memory
from pipelines.models import read_models
from pipelines.problems import has_errors
from pipelines.workbook import Reading
from tests.cases import make
from tests.raw_form import to_raw
from tests.reference import read_folder
from tests.spark import awkward

pytest.importorskip("pyspark")

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
CASES = {
    "golden a-plus-x": lambda: read_folder(GOLDEN / "a-plus-x" / "input"),
    "golden progress": lambda: read_folder(GOLDEN / "progress" / "input"),
    "random, all mechanisms": lambda: make(1000)[0],
    "random, geometric, by parents": lambda: make(1001)[0],
    "awkward": awkward.tables,
}


def of(run):
    """Every table, in its types and with how often each row is there; what the checks found; the extracts."""
    run.stage()
    checks = run.check("upload") | run.check("input")
    run.score()
    checks |= run.check("build") | run.check("truth")
    tables = {}
    for model in read_models("staging", "scoring", "marts"):
        table = run.table(model.table)
        rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
        tables[model.table] = (table.schema, Counter(map(repr, rows)))
    return (
        tables,
        {name: Counter(map(repr, rows.to_pylist())) for name, rows in checks.items()},
        {name: run.extract(name).to_pylist() for name in EXTRACTS},
    )


@pytest.mark.parametrize("case", CASES)
def test_every_table_is_equal(spark, case):
    raw = to_raw(CASES[case]())
    cycle = find_cycle(raw)
    with in_memory() as connection:
        tables, checks, extracts = of(Run(connection, raw, cycle))
    with in_memory() as connection:
        run = spark(connection, raw, cycle)
        other_tables, other_checks, other_extracts = of(run)
        made = run._files.keys()
    assert {"scoring.totals", "marts.ranking"} <= made
    for name, (schema, rows) in tables.items():
        other_schema, other_rows = other_tables[name]
        assert other_schema == schema, name
        assert other_rows == rows, (name, list((rows - other_rows).items())[:3], list((other_rows - rows).items())[:3])
    assert other_checks == checks
    assert other_extracts == extracts
    assert sum(rows.total() for _, rows in tables.values()) > 500


def test_the_awkward_case_is_sound():
    """It would prove little if it were refused before it is scored."""
    problems, extracts = score_readings([Reading("awkward", "", to_raw(awkward.tables()))], 2024)
    assert not has_errors(problems)
    assert extracts["ranking"].num_rows == 13


def test_texts_are_numbers_to_both(spark):
    """What DuckDB reads in a text, and nothing else; the answers of ballots are such texts."""
    texts = [
        *awkward.NUMBERS,
        *(f" {text}" for text in awkward.NUMBERS),
        *(f"{text}\t" for text in awkward.NUMBERS),
        "",
    ]
    raw = {
        "subjects": [{"subject": "a", "kind": "person"}],
        "ballots": [{"poll": "P", "ballot": str(n), "subject": "a"} for n, _ in enumerate(texts)],
    }
    raw = to_raw(raw)
    place = raw["ballots"].column_names.index("answer")
    raw["ballots"] = raw["ballots"].set_column(place, "answer", pa.array(texts, pa.string()))
    found = []
    for runs in (Run, spark):
        with in_memory() as connection:
            run = runs(connection, raw, 2024)
            run.stage()
            found.append(Counter(map(repr, run.table("staging.ballot_counts").to_pylist())))
    assert found[0] == found[1]
    assert found[0].total() > 10
