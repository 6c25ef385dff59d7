"""A build after new rows about some subjects scores their part alone, and is what a build of the whole would be."""

import datetime as dt
import itertools
from random import Random

import pyarrow as pa
import pytest

from pipelines import build
from pipelines.engine import Run
from pipelines.problems import InputError
from pipelines.warehouse import Warehouse
from tests.raw_form import to_raw
from tests.scoring.test_shards import CYCLE, GROUPS, INDICATORS, OPTIONS, SCHEME, organisations

AT = dt.datetime(2025, 1, 6, 9)
YEAR = int(CYCLE)
PEOPLE = {"applies": "kind=person"}
OF_THE_UNIT = {"component": "U", "name": "单位得分", "parent": "T", "weight": "10", "source": "parent"}
TURNOUT = [{"poll": "P", "rater_group": group, "eligible": "90", "returned": "60"} for group in GROUPS]
RULES = SCHEME | {
    "settings": [{"key": "cycle", "value": CYCLE}, {"key": "anonymity", "value": "3"}],
    "components": [row | PEOPLE if row["component"] == "A" else row for row in SCHEME["components"]]
    + [OF_THE_UNIT | PEOPLE],
}


def appraisal(seed):
    """Organisations of people with a unit each, whose score theirs depends on; people of two cohorts share a pool."""
    rows = organisations(Random(seed))
    homes = sorted({row["platform"] for row in rows["subjects"]})
    for row in rows["subjects"]:
        row["parent"] = f"单位{row['platform']}"
    rows["subjects"] += [{"subject": f"单位{home}", "kind": "unit", "platform": home} for home in homes]
    for home, indicator in itertools.product(homes, INDICATORS):
        value = {"cycle": CYCLE, "subject": f"单位{home}", "indicator": indicator, "value": "5"}
        rows["results"] += [value | {"period": period} for period in ("一季度", "二季度")]
    for row in rows["results"]:
        row.setdefault("period", "一季度")
    return RULES | rows | {"turnout": [{"cycle": CYCLE} | row for row in TURNOUT]}


def upload(warehouse, tables, name):
    """Store rows as an upload, as a commit would."""
    canonical = {
        table: rows.drop_columns("_upload").append_column("_cycle", pa.repeat(pa.scalar(YEAR), rows.num_rows))
        for table, rows in to_raw(tables).items()
    }
    return warehouse.store_upload(canonical, sha256=name, file=name, content=b"", who="王敏", at=AT)


def part_of(warehouse):
    return warehouse.part(warehouse.facts_now(YEAR))


def whole(warehouse):
    """The marts and their hash, of everything scored anew."""
    with warehouse.scratch() as connection:
        run = Run(connection, warehouse.inputs(YEAR), YEAR, None, warehouse.files(), warehouse.ballot_counts(YEAR))
        run.stage()
        run.score()
        return warehouse.marts_of(connection, YEAR), warehouse.result_hash(connection)


def of_one(rows, table, home, rng):
    """New rows of a table for one organisation's people: other answers, other values."""
    answers = {"results": ("value", "123456789"), "ballots": ("answer", list(OPTIONS)), "events": ("type", "奖罚")}
    column, choice = answers[table]
    return {table: [row | {column: rng.choice(choice)} for row in rows[table] if row["subject"].startswith(home)]}


@pytest.fixture(scope="module")
def rows():
    return appraisal(1)


def test_parts_beside_what_stands_are_the_whole(rows):
    rng = Random(1)
    people = sum(row["kind"] == "person" for row in rows["subjects"])
    with Warehouse.open(None) as warehouse:
        upload(warehouse, rows, "all")
        build.build(warehouse, at=AT)
        assert part_of(warehouse) is None, "nothing came"
        for number, tables in enumerate((("results", "events"), ("ballots",))):
            new = {name: came for table in tables for name, came in of_one(rows, table, f"{number}-", rng).items()}
            upload(warehouse, new, f"of {number}")
            part = part_of(warehouse).subjects["subject"].to_pylist()
            own = {row["subject"] for row in rows["subjects"] if row["subject"].startswith(f"{number}-")}
            assert set(part) == own, "the pool of the organisation"
            assert len(part) < people / 2
            build.build(warehouse, at=AT)
        before = totals(warehouse)
        value = {"cycle": CYCLE, "subject": "单位机构0", "indicator": "I4", "value": "9", "period": "二季度"}
        upload(warehouse, {"results": [value]}, "unit")
        part = part_of(warehouse).subjects["subject"].to_pylist()
        build.build(warehouse, at=AT)
        moved = {subject for subject, total in totals(warehouse).items() if total != before[subject]}
        assert moved <= set(part)
        assert {subject[0] for subject in moved} == {"单", "0"}, "the unit and its people"
        marts, digest = whole(warehouse)
        stored = warehouse.marts_of(None, YEAR)
        assert [name for name in marts if not marts[name].equals(stored[name])] == []
        assert warehouse.shown(YEAR).result == digest
        assert stored["turnout"].num_rows == len(GROUPS)
        assert stored["progress"].num_rows
        assert stored["poll_answers"].num_rows
        assert None in stored["polls"]["votes"].to_pylist(), "some cells are secret"


def totals(warehouse):
    return {row["subject"]: row["total"] for row in warehouse.extract("ranking", YEAR).to_pylist()}


def changed(rows, table, **columns):
    """A table of the scheme, and the columns of all its rows set."""
    return {table: [row | columns for row in rows[table]]}


def test_what_a_part_does_not_hold_is_built_whole(rows):
    people = [row | {"parent": ""} for row in rows["subjects"] if row["kind"] == "person"]
    rows = rows | {"subjects": people, "components": SCHEME["components"], "turnout": []}
    rows["results"] = [row for row in rows["results"] if not row["subject"].startswith("单位")]
    events = of_one(rows, "events", "0-", Random(1))
    value = {"cycle": CYCLE, "subject": "0-00", "indicator": "I2", "value": "3"}
    with Warehouse.open(None) as warehouse:
        upload(warehouse, rows, "all")
        build.build(warehouse, at=AT)
        first = warehouse.shown(YEAR).result
        for name, came in {
            "the scheme": {"grades": SCHEME["grades"][1:]},
            "the roster": {"subjects": rows["subjects"][:1]},
            "a new period": {"results": [value | {"period": "三季度"}]},
        }.items():
            number = upload(warehouse, came, name)
            assert part_of(warehouse) is None, name
            warehouse.withdraw(number, "王敏", AT)
        upload(warehouse, {"results": [value | {"value": "无", "period": "一季度"}]}, "an error")
        assert part_of(warehouse) is not None
        with pytest.raises(InputError, match="1 errors"):
            build.build(warehouse, at=AT)
        assert warehouse.shown(YEAR).result == first
        warehouse.withdraw(number + 1, "王敏", AT)
        upload(warehouse, events, "events")
        build.build(warehouse, at=AT)
        warehouse.withdraw(number + 2, "王敏", AT)
        assert part_of(warehouse) is None, "a withdrawal"
        for name, rules in {
            "raters on one scale": changed(rows, "polls", standardise="rater"),
            "a pool by the parent's grade": changed(rows, "grades", pool="parent_grade"),
            "a pool of all": changed(rows, "grades", pool="all"),
        }.items():
            upload(warehouse, rules, name)
            build.build(warehouse, at=AT)
            upload(warehouse, events, f"events after {name}")
            assert part_of(warehouse) is None, name
