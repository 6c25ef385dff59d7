"""The counts of ballots that the warehouse keeps say what the ballots say, whatever replaces what."""

import datetime as dt

import pyarrow as pa
import pytest

from pipelines import build, versions
from pipelines.engine import Run
from pipelines.warehouse import Warehouse
from tests.raw_form import to_raw

AT = dt.datetime(2026, 1, 5, 9)
RULES = {
    "settings": [
        {"key": "cycle", "value": "2025"},
        {"key": "title", "value": "评议"},
        {"key": "anonymity", "value": "0"},
    ],
    "polls": [{"poll": "mean"}, {"poll": "cut", "trim": "1"}, {"poll": "ticks"}],
    "poll_options": [
        {"poll": "ticks", "option": "5", "points": "100"},
        {"poll": "ticks", "option": "好", "points": "80"},
        {"poll": "ticks", "option": "弃权"},
    ],
    "poll_groups": [{"poll": "mean", "rater_group": group, "weight": "50"} for group in ("领导", "群众")],
    "components": [{"component": name, "source": f"poll:{name}", "weight": "30"} for name in ("mean", "cut", "ticks")],
    "grades": [{"grade": "好", "order": "1"}],
}
ROSTER = {"subjects": [{"subject": subject, "kind": "person"} for subject in ("S1", "S2")]}
FIRST = [
    *(("mean", "领导", "S1", answer) for answer in ("90", "80", "70.5")),
    *(("mean", "群众", "S1", answer) for answer in ("60", "")),
    *(("mean", "群众", "S2", answer) for answer in ("61", "62")),
    *(("cut", "", "S1", answer) for answer in ("10", "50", "60", "99")),
    *(("ticks", "", "S1", answer) for answer in ("5", "5", "好", "弃权", "")),
    *(("ticks", "", "S2", answer) for answer in ("好", "5")),
]
SECOND = [
    *(("mean", "领导", "S1", answer) for answer in ("", "")),
    *(("mean", "群众", "S2", answer) for answer in ("100",)),
    *(("cut", "", "S1", answer) for answer in ("20", "30", "40")),
]


def upload(warehouse, tables, name):
    rows = {
        key: table.append_column("_cycle", pa.array([2025] * table.num_rows, pa.int64()))
        for key, table in to_raw(tables).items()
    }
    warehouse.store_upload(rows, sha256=name, file=name, content=b"", who="王敏", at=AT)


def ballots(answers):
    names = ("poll", "rater_group", "subject", "answer")
    return {
        "ballots": [
            {"cycle": "2025", "ballot": str(number), "item": "overall", **dict(zip(names, answer, strict=True))}
            for number, answer in enumerate(answers)
        ]
    }


def marts(warehouse, counts):
    with warehouse.scratch() as connection:
        run = Run(connection, warehouse.inputs(2025), 2025, None, warehouse.files(), counts)
        run.stage()
        run.score()
        return warehouse.marts_of(connection, 2025)


@pytest.fixture
def path(tmp_path):
    with Warehouse.open(tmp_path / "k.duckdb") as store:
        upload(store, RULES, "rules")
        upload(store, ROSTER, "roster")
        upload(store, ballots(FIRST), "first")
        upload(store, ballots(SECOND), "second")
    return tmp_path / "k.duckdb"


@pytest.mark.parametrize("withdrawn", [(), (4,), (3, 4)], ids=["both", "the newer withdrawn", "both withdrawn"])
def test_a_build_from_the_counts_is_the_build_from_the_ballots(path, withdrawn):
    with Warehouse.open(path) as store:
        for number in withdrawn:
            store.withdraw(number, "王敏", AT)
        counts = store.ballot_counts(2025)
        assert (counts is None) == (withdrawn == (3, 4))
        assert marts(store, counts) == marts(store, None)


def test_a_newer_blank_replaces_what_stood_there(path):
    with Warehouse.open(path) as store:
        build.build(store, who="王敏", at=AT)
        means = {
            (row["poll"], row["subject"], row["rater_group"]): row["mean"]
            for row in store.extract("polls", 2025).to_pylist()
        }
        assert ("mean", "S1", "领导") not in means
        assert {key: int(mean) for key, mean in means.items()} == {
            ("mean", "S1", "群众"): 60,
            ("mean", "S2", "群众"): 100,
            ("cut", "S1", "all"): 30,
            ("ticks", "S1", "all"): 93,
            ("ticks", "S2", "all"): 90,
        }
        assert versions.verify(store, store.builds()["build"][0].as_py()).holds


def test_the_ballots_of_an_older_database_are_counted_when_it_is_opened(path):
    with Warehouse.open(path) as store:
        known = rows(store)
        with store.write("王敏", "as it was before", AT) as cursor:
            cursor.execute("drop table raw.ballot_counts")
    with Warehouse.open(path) as store:
        assert rows(store) == known


def rows(store):
    with store.scratch() as connection:
        return sorted(connection.execute(store.ballot_counts(2025)).fetchall(), key=repr)
