"""Uploads are versions: a withdrawn one counts no more, what it had replaced counts again, a restored one is back."""

import pytest

from pipelines import build, reads
from pipelines.problems import StoreError
from pipelines.warehouse import Warehouse
from tests.pages import office


@pytest.fixture(scope="module")
def warehouse():
    """One cycle, uploaded twice: the second version gives U2 60 points instead of 94."""
    with Warehouse.open(None) as store:
        office.load(store, 2025)
        office.load(store, 2025, office.workbook(2025, 60))
        build.build(store, at=office.AT)
        yield store


def points(warehouse):
    """The score of U2 in its indicator, as the current build has it."""
    rows = warehouse.extract("indicators", 2025).to_pylist()
    return next((int(row["score"]) for row in rows if (row["subject"], row["indicator"]) == ("U2", "work")), None)


def test_withdrawing_brings_back_what_was_replaced_and_restoring_undoes_it(warehouse):
    before = warehouse.facts_now(2025).build
    assert points(warehouse) == 60
    warehouse.withdraw(2, "王敏", office.AT)
    assert reads.pending_cycles(warehouse) == [2025]
    assert points(warehouse) == 60, "results change by a build only"
    assert build.build(warehouse, at=office.AT) == [2025]
    assert points(warehouse) == 94
    assert dict(zip(*(warehouse.uploads()[name].to_pylist() for name in ("upload", "is_withdrawn")), strict=True)) == {
        1: False,
        2: True,
    }
    warehouse.restore(2, "王敏", office.AT)
    assert warehouse.facts_now(2025).build == before, "the same uploads give the same build"


@pytest.mark.parametrize(
    ("verb", "upload"), [("withdraw", 99), ("restore", 99), ("restore", 1)], ids=["unknown", "none", "in force"]
)
def test_what_is_not_there_to_withdraw_or_restore_is_refused_and_leaves_no_trace(warehouse, verb, upload):
    version = warehouse.version
    with pytest.raises(StoreError, match=f"upload {upload} "):
        getattr(warehouse, verb)(upload, "王敏", office.AT)
    assert warehouse.version == version


def test_a_cycle_without_a_roster_loses_its_results(warehouse):
    for upload in (1, 2):
        warehouse.withdraw(upload, "王敏", office.AT)
    assert reads.pending_cycles(warehouse) == [2025]
    assert build.build(warehouse, at=office.AT) == [2025]
    assert warehouse.extract("ranking").num_rows == 0
    assert warehouse.builds().num_rows == 0
    assert reads.pending_cycles(warehouse) == []
