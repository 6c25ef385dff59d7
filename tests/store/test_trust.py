"""The audit log, builds that are made again, and two builds explained."""

import hashlib

import pytest

from pipelines import build, versions
from pipelines.problems import StoreError
from pipelines.sheets import Sheet, workbook
from pipelines.warehouse import Warehouse
from tests.pages import office


@pytest.fixture
def path(tmp_path):
    return tmp_path / "office.duckdb"


@pytest.fixture(scope="module")
def grown():
    """A database and three builds of 2025: as first loaded, with another score of U2, with another rule."""
    with Warehouse.open(None) as store:
        names = []
        for content in (office.workbook(2025), office.workbook(2025, 60), rules()):
            build.commit(store, build.preview(store, [("考核.xlsx", content)]), "王敏", office.AT)
            build.build(store, who="王敏", at=office.AT)
            names.append(store.builds()["build"][0].as_py())
        yield store, *names


def rules():
    """The indicators again, the first one out of 200 points."""
    heads = [["代码", "指标名称", "考核内容", "权重", "计分方法", "参数", "期间合并"]]
    rows = [
        ["work", "工作得分", "work_part", 100, "points", "full=200", None],
        ["tax", "税收", None, None, "progress", None, "sum"],
    ]
    return workbook([Sheet("指标", (), heads, rows), Sheet("设置", (), [["键", "值"]], [["cycle", 2025]])])


def tampered(path, statement):
    """Change the database behind the program's back."""
    with Warehouse.open(path) as store:
        store._root.execute(f"use kaoping; {statement}")
        return store.broken_links()


def test_every_act_is_in_the_log_with_both_states(grown):
    store, _, second, third = grown
    entries = store.ask("audit").to_pylist()
    assert [entry["number"] for entry in entries] == list(range(len(entries), 0, -1))
    assert (entries[0]["action"], entries[0]["who"]) == ("build 2025", "王敏")
    assert (entries[0]["before"], entries[0]["after"]) == (f"build {second[:16]}", f"build {third[:16]}")
    assert store.broken_links() == []


def test_what_is_rolled_back_leaves_no_entry(grown):
    store, *_ = grown
    before = store.head()
    with pytest.raises(StoreError):
        store.withdraw(99, "王敏", office.AT)
    assert store.head() == before


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("update store.audit_log set who = '李芳' where number = 1", "entry 1 was changed"),
        ("delete from store.audit_log where number = 1", "entry 1 was written and is not there"),
        ("delete from store.audit_log where number = 2", "entry 2 was written and is not there"),
        ("update store.audit_log set previous = '', number = 3 where number = 2", "does not follow"),
        ("update store.audit_log set state = 'choices=0' where number = 2", "entry 2 was changed"),
        (
            "insert into store.people values ('a@b', 'office', '', true)",
            "the table people is not as the last act left it",
        ),
        ("insert into store.choices (number) values (9)", "the table choices is not as the last act left it"),
        ("insert into store.notices (number) values (9)", "the table notices is not as the last act left it"),
    ],
    ids=["changed", "first-gone", "last-gone", "renumbered", "state", "role", "choice", "notice"],
)
def test_tampering_with_the_log_is_seen(path, statement, said):
    with Warehouse.open(path) as store:
        for heading in ("甲", "乙"):
            store.map_heading(heading, "results", "value", "王敏", office.AT)
        assert store.broken_links() == []
    assert any(said in line for line in tampered(path, statement))


def test_a_log_that_is_written_anew_is_seen_by_its_anchors(path):
    with Warehouse.open(path) as store:
        store.map_heading("甲", "results", "value", "王敏", office.AT)
    forged = hashlib.sha256(b"another past").hexdigest()
    assert any("not the one" in line for line in tampered(path, f"update store.audit_log set hash = '{forged}'"))


def test_a_build_is_made_again_byte_for_byte(grown):
    store, first, _, third = grown
    for name, is_current in ((first, False), (third[:12], True)):
        verdict = versions.verify(store, name)
        assert verdict.holds, verdict.faults
        assert verdict.is_same_program
        assert store.facts(name).is_current is is_current


@pytest.mark.parametrize(
    ("change", "undo", "said"),
    [
        (
            "results.ranking set total = total + 1",
            "results.ranking set total = total - 1",
            ["the stored table ranking"],
        ),
        (
            "raw.events set points = points + 1",
            "raw.events set points = points - 1",
            ["what its inputs make now", "adjust"],
        ),
    ],
    ids=["result", "input"],
)
def test_a_change_behind_the_back_is_found(grown, change, undo, said):
    store, *_, third = grown
    store._root.execute(f"use kaoping; update {change}")
    faults = "\n".join(versions.verify(store, third).faults)
    store._root.execute(f"use kaoping; update {undo}")
    assert all(words in faults for words in said), faults


def test_every_moved_rank_has_its_cause(grown):
    store, first, second, third = grown
    moves = {row["subject"]: row for row in versions.differences(store, first, second).to_pylist()}
    fallen = moves["U2"]
    assert (fallen["rank_before"], fallen["rank_after"], fallen["by_data"]) == (1, 4, -3)
    assert fallen["causes"] == "data"
    assert all(row["by_program"] == row["by_rules"] == 0 for row in moves.values() if row["rank_change"] is not None)
    assert {row["subject"] for row in moves.values() if row["rank_change"]} == {"U1", "U2", "U3", "U4"}
    causes = {row["causes"] for row in versions.differences(store, second, third).to_pylist()}
    assert causes == {"rules"}


def test_only_builds_of_one_cycle_compare(grown):
    store, first, *_ = grown
    with pytest.raises(StoreError, match="no builds"):
        versions.verify(store, "zzz")
    with pytest.raises(StoreError, match="no builds"):
        versions.differences(store, first, "zzz")
