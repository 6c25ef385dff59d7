"""The number on a ballot paper is not stored."""

import pyarrow as pa

from pipelines.warehouse import Warehouse
from tests.checks.raw import table
from tests.pages.office import AT


def stored(warehouse, rows, name):
    ballots = table("ballots", *rows)
    given = ballots.append_column("_cycle", pa.array([2025] * ballots.num_rows, pa.int64()))
    warehouse.store_upload({"ballots": given}, sha256=name, file=name, content=b"", who="王敏", at=AT)


def ballot(number, subject, group="同级"):
    return {"cycle": 2025, "poll": "P", "rater_group": group, "subject": subject, "ballot": number, "answer": "90"}


def test_ballot_numbers_become_tokens_that_stay_the_same_for_a_rater():
    with Warehouse.open() as warehouse:
        stored(warehouse, [ballot("7", "A"), ballot("7", "B"), ballot("8", "A"), ballot(None, "C")], "one")
        stored(warehouse, [ballot("7", "D"), ballot("7", "A", "下级")], "two")
        rows = warehouse.context(2025, ("ballots",))["ballots"].to_pylist()
    tokens = {(row["rater_group"], row["subject"]): row["ballot"] for row in rows if row["subject"] in "BCD"}
    assert tokens["同级", "B"] == tokens["同级", "D"]
    assert tokens["同级", "C"] is None
    assert len({row["ballot"] for row in rows if row["ballot"]}) == 3
    assert all(len(row["ballot"]) == 24 for row in rows if row["ballot"])


def test_two_databases_give_different_tokens():
    found = []
    for _ in range(2):
        with Warehouse.open() as warehouse:
            stored(warehouse, [ballot("7", "A")], "one")
            found.append(warehouse.context(2025, ("ballots",))["ballots"]["ballot"][0].as_py())
    assert found[0] != found[1]
