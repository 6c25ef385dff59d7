"""What was published stays as it was, with what was open then; what comes later is a draft beside it."""

import datetime as dt
import json

import pytest

from pipelines import build, publication, reads, versions
from pipelines.engine import EXTRACTS
from pipelines.problems import StoreError
from pipelines.publication import Term
from pipelines.reads import Selection
from pipelines.warehouse import Warehouse
from tests.pages import office


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The file of a database with 2025 built and not published. Nobody writes to it."""
    path = tmp_path_factory.mktemp("publication") / "built.duckdb"
    with Warehouse.open(path) as store:
        with pytest.raises(StoreError, match="no build"):
            publication.publish(store, 2025, "王敏", office.AT)
        office.load(store, 2025)
        build.build(store, who="王敏", at=office.AT)
    return path


@pytest.fixture
def path(built, tmp_path):
    own = tmp_path / "own.duckdb"
    own.write_bytes(built.read_bytes())
    return own


def test_a_publication_needs_a_reason_for_what_is_open_and_stays_as_it_was(path):
    with Warehouse.open(path) as store:
        assert "border" in {one.what for one in publication.conditions(store, 2025) if not one.holds}
        with pytest.raises(StoreError, match=r"not ready.*border"):
            publication.publish(store, 2025, "王敏", office.AT)
        assert store.published.builds().num_rows == 0
        number = publication.publish(store, 2025, "王敏", office.AT, "考核委员会第3次会议决定")
        row = reads.publications(store, office.AT.date()).to_pylist()[0]
        assert (row["number"], row["who"], row["reason"]) == (number, "王敏", "考核委员会第3次会议决定")
        assert ["border", ["优秀 · 王伟", "优秀 · 张敏"]] in json.loads(row["open_points"])
        before = publication.published(store, number)
        assert set(before) == set(EXTRACTS)
        assert before["ranking"].to_pylist() == store.official("ranking", 2025).to_pylist()
        assert reads.edition(store, 2025)["state"] == "same"

        _choice_is_a_draft(store)
        marts = store.published.marts_of(None, 2025)
        office.load(store, 2025, office.workbook(2025, 60))
        assert "pending" in {one.what for one in publication.conditions(store, 2025) if not one.holds}
        build.build(store, who="王敏", at=office.AT)
        after = publication.published(store, number)
        assert all(after[name].equals(before[name]) for name in EXTRACTS)
        assert store.official("ranking", 2025).to_pylist() != before["ranking"].to_pylist()
        *_, entry = (one for one in store.ask("audit").to_pylist() if one["action"].startswith("publish 2025"))
        assert entry["before"] == "not published"
        assert "考核委员会" in entry["action"]
        with pytest.raises(StoreError, match="no publication 9"):
            publication.published(store, 9)
        _is_locked(store, marts)
    with Warehouse.open(path) as store:
        assert all(table.equals(marts[name]) for name, table in store.published.marts_of(None, 2025).items())


def _choice_is_a_draft(store):
    """What the meeting chooses after a publication is seen by others when it is published in its turn."""

    def shown():
        rows = reads.ranking(store.published, Selection(2025)).to_pylist()
        return next(row["decided_grade"] for row in rows if row["subject"] == "P1")

    store.choose(2025, "P1", "优秀", "区考核委员会", "并列", "王敏", office.AT)
    assert (reads.edition(store, 2025)["state"], shown()) == ("changed", None)
    publication.publish(store, 2025, "王敏", office.AT, "会议补充决定")
    assert (reads.edition(store, 2025)["state"], shown()) == ("same", "优秀")


def _is_locked(store, marts):
    """The published edition is what it was, with every question; the draft beside it is another."""
    assert all(table.equals(marts[name]) for name, table in store.published.marts_of(None, 2025).items())
    assert (reads.edition(store, 2025)["state"], reads.edition(store.published, 2025)["state"]) == (
        "changed",
        "published",
    )
    draft, shown = (
        {row["subject"]: row["total"] for row in reads.ranking(edition, Selection(2025)).to_pylist()}
        for edition in (store, store.published)
    )
    assert draft["U2"] != shown["U2"]
    assert reads.pending_cycles(store.published) == []
    name = store.published.shown(2025).build
    assert versions.verify(store, name).holds
    with pytest.raises(StoreError, match="only read"):
        store.published.withdraw(1, "王敏", office.AT)


@pytest.mark.parametrize(
    ("first", "term", "expected"),
    [
        ("2025-12-29", Term(5, "workday"), "2026-01-05"),
        ("2026-01-01", Term(1, "workday"), "2026-01-04"),
        ("2025-12-24", Term(7, "day"), "2025-12-30"),
        ("2026-01-09", Term(2, "workday"), "2026-01-12"),
    ],
)
def test_a_term_in_working_days_knows_the_holidays(first, term, expected):
    days_off = {dt.date(2026, 1, 1): "rest", dt.date(2026, 1, 2): "rest", dt.date(2026, 1, 4): "work"}
    assert publication.last_day(dt.date.fromisoformat(first), term, days_off) == dt.date.fromisoformat(expected)


def test_choices_of_the_meeting_stand_beside_the_rule_settle_its_borders_and_count_as_history():
    with Warehouse.open(None) as store:
        for cycle in office.SCORES:
            office.load(store, cycle)
        build.build(store, [2024], who="王敏", at=office.AT)
        first = {row["subject"]: row["grade"] for row in store.official("ranking", 2024).to_pylist()}
        assert first["U2"] == "合格"
        store.choose(2024, "U2", "优秀", "区考核委员会", "特殊贡献", "王敏", office.AT)
        build.build(store, [2025], who="王敏", at=office.AT)
        assert versions.verify(store, versions.build_of(store, 2025)).holds
        suggested = {(row["subject"], row["rule"]) for row in store.extract("consequences", 2025).to_pylist()}
        assert ("U2", "advance") in suggested, "two years in a row, one of them by the meeting's choice"

        rule = {row["subject"]: row["grade"] for row in store.official("ranking", 2025).to_pylist()}
        for subject, grade in (("P1", "优秀"), ("P3", "合格")):
            number = store.choose(2025, subject, grade, "区考核委员会", "并列，按党建得分", "王敏", office.AT)
        with pytest.raises(StoreError, match="in force"):
            store.choose(2025, "P3", "优秀", "区考核委员会", "再议", "王敏", office.AT)
        for faulty in (
            ("U1", "优秀", "", "x"),
            ("U1", "优秀", "x", " "),
            ("U1", "甲", "x", "x"),
            ("U99", "", "x", "x"),
        ):
            with pytest.raises(StoreError):
                store.choose(2025, *faulty, "王敏", office.AT)
        assert {one.what for one in publication.conditions(store, 2025) if not one.holds} == {"incomplete"}
        rows = {row["subject"]: row for row in store.extract("ranking", 2025).to_pylist()}
        assert {subject: row["grade"] for subject, row in rows.items()} == rule
        assert (rows["P1"]["decided_grade"], rows["P1"]["authority"], rows["P1"]["reason"]) == (
            "优秀", "区考核委员会", "并列，按党建得分"
        )  # fmt: skip
        page = {row["subject"]: row["decided_grade"] for row in reads.ranking(store, Selection(2025)).to_pylist()}
        assert (page["P1"], page["P2"]) == ("优秀", None)
        sides = {row["subject"]: row["decided_grade"] for row in reads.borders(store, Selection(2025)).to_pylist()}
        assert sides["P3"] == "合格"
        entry = store.ask("audit").to_pylist()[0]
        assert (entry["before"], entry["after"]) == (rule["P3"], "合格")

        store.withdraw_choice(number, "王敏", office.AT)
        store.choose(2025, "P3", "优秀", "区考核委员会", "再议", "王敏", office.AT)
        over = next(one for one in publication.conditions(store, 2025) if one.what == "over")
        assert over.cases == ("优秀 · 正职",), "two for one seat, the pool in words"


def test_objections_keep_a_publication_from_being_final(path):
    with Warehouse.open(path) as store:
        number = publication.publish(store, 2025, "王敏", office.AT, "会议决定", notice=Term(3, "workday"))
        day = office.AT.date()

        def state(today):
            row = reads.publications(store, today).to_pylist()[0]
            return row["notice_state"], row["can_appeal"]

        assert reads.publications(store, day).to_pylist()[0]["ends"] == dt.date(2026, 1, 22)
        assert (state(day), state(dt.date(2026, 1, 23))) == (("running", True), ("final", True))
        assert state(dt.date(2026, 2, 20)) == ("final", False)
        one = store.object(number, "U3", "漏记一项表彰", "宣传部", day, "王敏", office.AT)
        assert state(dt.date(2026, 1, 23))[0] == "objected"
        store.settle_objection(one, "unfounded", "经查已计入", day, "王敏", office.AT)
        assert state(dt.date(2026, 1, 23))[0] == "final"
        late = store.object(number, "U4", "测评票有误", "统战部", dt.date(2026, 1, 30), "王敏", office.AT)
        assert [row["is_late"] for row in reads.objections(store, 2025).to_pylist()] == [False, True]
        store.settle_objection(late, "founded", "属实，重新计分", day, "王敏", office.AT)
        assert state(dt.date(2026, 2, 1))[0] == "founded"
        for act in (
            lambda: store.object(9, "U3", "x", "x", day, "王敏", office.AT),
            lambda: store.object(number, "U3", " ", "x", day, "王敏", office.AT),
            lambda: store.settle_objection(one, "founded", "x", day, "王敏", office.AT),
            lambda: store.settle_objection(late, "maybe", "x", day, "王敏", office.AT),
        ):
            with pytest.raises(StoreError):
                act()
