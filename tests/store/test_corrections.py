"""Corrections are entries beside what was uploaded, never edits of it."""

import pytest

from pipelines import build, versions
from pipelines.problems import InputError, StoreError
from pipelines.warehouse import Warehouse
from tests.pages import office


@pytest.fixture(scope="module")
def store():
    with Warehouse.open(None) as warehouse:
        office.load(warehouse, 2025)
        build.build(warehouse, who="王敏", at=office.AT)
        yield warehouse


def score(store):
    rows = store.extract("indicators", 2025).to_pylist()
    return next(int(row["score"]) for row in rows if (row["subject"], row["indicator"]) == ("U2", "work"))


def current(store):
    return store.builds()["build"][0].as_py()


def test_a_correction_counts_in_the_next_build_explains_ranks_and_goes_stale_with_its_source(store):
    first, uploaded = current(store), store.uploads().to_pylist()
    number = store.correct(2025, "results", "U2", "work", "94", "60", "统计口径有误，见复核单", "李芳", office.AT)
    assert score(store) == 94
    build.build(store, who="王敏", at=office.AT)
    assert score(store) == 60
    assert store.uploads().to_pylist() == uploaded
    entry = next(row for row in store.ask("audit").to_pylist() if row["action"].startswith("correct "))
    assert (entry["before"], entry["after"], entry["who"]) == ("94", "60", "李芳")
    moves = {row["subject"]: row for row in versions.differences(store, first, current(store)).to_pylist()}
    assert moves["U2"]["causes"] == "corrections"
    assert moves["U2"]["by_corrections"] == moves["U2"]["rank_change"] == -3
    assert versions.verify(store, current(store)).holds
    assert versions.verify(store, first).holds

    office.load(store, 2025, office.workbook(2025, 61))
    with pytest.raises(InputError) as refused:
        build.build(store, who="王敏", at=office.AT)
    stale = next(problem for problem in refused.value.problems if problem.code == "correction-stale")
    assert stale.found == "61"
    assert "94" in stale.what("zh")
    assert score(store) == 60, "the last good build stays"
    store.withdraw_correction(number, "李芳", office.AT)
    build.build(store, who="王敏", at=office.AT)
    assert score(store) == 61
    with pytest.raises(StoreError, match="in force"):
        store.withdraw_correction(number, "李芳", office.AT)


@pytest.mark.parametrize(
    ("table", "key", "reason"), [("ballots", "answer", "x"), ("subjects", "subject", "x"), ("results", "work", " ")]
)
def test_what_cannot_be_corrected_is_refused(store, table, key, reason):
    with pytest.raises(StoreError):
        store.correct(2025, table, "U2", key, "1", "2", reason, "李芳", office.AT)


def test_only_a_number_stands_in_place_of_a_number(store):
    with pytest.raises(StoreError, match="no number"):
        store.correct(2025, "results", "U2", "work", "94", "九十四", "误录", "李芳", office.AT)
    number = store.correct(2025, "results", "U2", "work", "94", "１,０60.50", "误录", "李芳", office.AT)
    assert store.ask("corrections", {"cycle": 2025}).to_pylist()[-1]["new"] == "1060.5"
    store.withdraw_correction(number, "李芳", office.AT)
    store.correct(2025, "results", "U2", "passed", "是", "否", "误录", "李芳", office.AT)
