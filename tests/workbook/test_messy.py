"""The messy workbooks against their truth: every row, every value, every origin, and no error but those listed.

Names are resolved here by a few lines of Python; the product does it in sql/staging. Problems that need the roster
or other rows (unknown subject, duplicate key, homonyms, votes above returned) are found by the checks in SQL.
"""

import csv
import io
from collections import defaultdict

import pytest

from pipelines.workbook import read
from pipelines.workbook.cells import cell_name

from .layouts import MESSY, context, errors, plain


def listing(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


FILES = {row["file"]: row["context"] for row in listing(MESSY / "files.csv")}
PROBLEMS = listing(MESSY / "truth" / "problems.csv")
READERS = {
    "hidden sheet not read": "hidden-sheet",
    "very hidden sheet not read": "hidden-sheet",
    "not a number: absent from the examination": "not-a-number",
    "formula without a calculated value": "formula-without-value",
    "text where a number is expected": "not-a-number",
    "required column missing: indicator": "column-missing",
}
"""What problems.csv says in plain words, for the faults that the reader itself must find."""
IDS = {
    "subject": "subjects", "parent": "subjects", "indicator": "indicators", "poll": "polls", "item": "poll_items",
    "rater_group": "poll_groups", "answer": "poll_options",
}  # fmt: skip
OWN = {"parent": "subject", "answer": "option"}


def resolved(reading, table, words):
    """The rows of a table with ids for names, `overall` for a blank item, attributes beside the roster's columns."""
    ids = {}
    for column, source in IDS.items():
        found = {}
        for row in (
            words.get(source, reading.tables.get(source)).to_pylist() if source in {**words, **reading.tables} else []
        ):
            identity = row[OWN.get(column, column)]
            found.setdefault(row.get("name"), identity)
            found[identity] = identity
        ids[column] = found
    attributes = defaultdict(dict)
    for row in reading.tables["attributes"].to_pylist() if "attributes" in reading.tables else []:
        attributes[row["_sheet"], row["_row"]][row["attribute"]] = row["value"]
    for row in reading.tables[table].to_pylist():
        found = {name: plain(ids[name].get(value, value) if name in ids else value) for name, value in row.items()}
        found |= {
            "item": found.get("item") or "overall",
            "_cell": cell_name(row["_row"] - 1, row["_column"] - 1) if row["_wide"] else "",
        }
        yield found | (attributes[row["_sheet"], row["_row"]] if table == "subjects" else {})


@pytest.mark.parametrize("file", FILES)
def test_every_row_and_every_problem(file):
    words = context(FILES[file])
    reading = read(MESSY / file, file, context=words)
    listed = [row for row in PROBLEMS if row["file"] == file and row["code"] in READERS]
    expected = sorted((READERS[row["code"]], row["sheet"], row["cell"], row["found"]) for row in listed)
    found = [(one.code, one.place.sheet, one.place.cell, one.found) for one in reading.problems]
    assert sorted(one for one in found if one[0] in set(READERS.values())) == expected
    assert len(errors(reading)) == sum(row["severity"] != "notice" for row in listed)
    truth = MESSY / "truth" / file.rpartition(".")[0]
    for path in sorted(truth.glob("*.csv")):
        wanted = listing(path)
        rows = [tuple(row.get(name) or "" for name in wanted[0]) for row in resolved(reading, path.stem, words)]
        assert sorted(rows) == sorted(tuple(row.values()) for row in wanted)
    if truth.exists():
        assert set(reading.tables) - {"attributes"} == {path.stem for path in truth.glob("*.csv")}
