"""Ballots are left out by a logged decision only: it counts from the next build on, can be undone, and tells nobody's ballot."""

import pytest

from pipelines import build, versions
from pipelines.advice import panels
from pipelines.problems import StoreError
from pipelines.reads import Selection
from pipelines.sheets import Sheet
from pipelines.sheets import workbook as write
from pipelines.warehouse import Warehouse
from tests.pages import office

pytestmark = pytest.mark.xdist_group("pages")

UNITS = Selection(2025, "unit")
ITEMS = ("德", "能")


def given(rater, unit, item):
    """Four raters of 16 give everybody 100; one more is alone with 20 throughout."""
    if rater < 4:
        return 100
    return 20 if rater == 4 else 70 + (rater * 7 + unit * 5 + item * 3) % 23


def filled(warehouse):
    """The warehouse with the poll loaded and built."""
    sheets = [
        ("设置", ["键", "值"], [["cycle", 2025], ["anonymity", 3]]),
        ("考核内容", ["代码", "权重", "来源"], [["view", 100, "poll:inner"]]),
        ("测评设置", ["测评", "名称"], [["inner", "内部测评"]]),
        ("测评内容", ["测评", "测评内容", "权重"], [["inner", item, 1] for item in ITEMS]),
        ("等次比例", ["等次", "顺序", "比例"], [["优秀", 1, 0.34], ["合格", 2, None]]),
        ("考核对象", ["编号", "名称", "类型"], [[f"U{unit}", f"单位{unit}", "unit"] for unit in range(6)]),
        (
            "测评票",
            ["测评", "票号", "编号", "测评内容", "评价"],
            [
                ["inner", rater, f"U{unit}", item, given(rater, unit, place)]
                for rater in range(16)
                for unit in range(6)
                for place, item in enumerate(ITEMS)
            ],
        ),
    ]
    content = write([Sheet(name, [name], [heads], rows) for name, heads, rows in sheets])
    office.load(warehouse, 2025, content)
    build.build(warehouse, who="王敏", at=office.AT)
    return warehouse


@pytest.fixture(scope="module")
def store():
    with Warehouse.open(None) as warehouse:
        yield filled(warehouse)


def totals(store):
    return {row["subject"]: row["total"] for row in store.extract("ranking", 2025).to_pylist()}


def current(store):
    return store.builds()["build"][0].as_py()


def rows(store):
    return {row["finding"]: (at, row) for at, row in enumerate(panels.findings(store, UNITS).to_pylist())}


def leave(store, row, reason="经核实为同一人代填"):
    return panels.leave_out(store, UNITS, row, "考核工作领导小组", reason, "李芳", office.AT)


def test_a_decision_leaves_ballots_out_of_the_next_build_and_can_be_withdrawn(store):
    before, first = totals(store), current(store)
    at, row = rows(store)["top"]
    assert (row["sheet_count"], row["of_sheets"], row["can_leave"]) == (4, 16, True)
    number = leave(store, at)
    assert totals(store) == before, "nothing changes before a build"
    build.build(store, who="王敏", at=office.AT)
    after, second = totals(store), current(store)
    for unit in range(6):
        kept = [given(rater, unit, item) for rater in range(4, 16) for item in range(2)]
        assert float(after[f"U{unit}"]) == pytest.approx(sum(kept) / len(kept), abs=1e-6)
    assert "top" not in rows(store)
    assert versions.verify(store, second).holds
    assert versions.verify(store, first).holds
    moved = versions.differences(store, first, second).to_pylist()
    assert {one["causes"] for one in moved} == {"corrections"}
    entry = next(one for one in store.ask("audit").to_pylist() if one["action"].startswith("leave out"))
    assert "考核工作领导小组: 经核实为同一人代填" in entry["action"]
    (decision,) = store.ask("leavings", {"cycle": 2025}).to_pylist()
    assert (decision["sheet_count"], decision["finding"], decision["is_withdrawn"]) == (4, "top", False)
    store.withdraw_leaving(number, "李芳", office.AT)
    build.build(store, who="王敏", at=office.AT)
    assert totals(store) == before
    with pytest.raises(StoreError, match="no decision"):
        store.withdraw_leaving(number, "李芳", office.AT)


def test_few_ballots_cannot_be_left_out_neither_at_once_nor_by_two_decisions(store):
    at, row = rows(store)["bottom"]
    assert (row["sheet_count"], row["can_leave"]) == (None, False)
    with pytest.raises(StoreError, match="fewer than 3"):
        leave(store, at)
    top, _ = rows(store)["top"]
    with pytest.raises(StoreError, match="authority"):
        leave(store, top, " ")
    with Warehouse.open(None) as other:
        about, by = ("p", "g", "top"), ("会议", "理由", "李芳", office.AT)
        five = [("g", str(number)) for number in range(5)]
        other.leave_out(2025, about, five, 3, *by)
        with pytest.raises(StoreError, match="fewer than 3"):
            other.leave_out(2025, about, [*five, ("g", "6")], 3, *by)


def test_the_office_decides_on_the_page_and_sees_it_at_the_desk(app, tmp_path):
    path = tmp_path / "ballots.duckdb"
    with Warehouse.open(path) as warehouse:
        filled(warehouse)
    test = app(path, "review", "en", cycle=2025, view="ballots")
    assert not test.error, [error.value for error in test.error]
    assert [box.label for box in test.selectbox if box.label == "Finding"] == ["Finding"]
    test.text_input(key="choice-who").set_value("李芳").run()
    for label, text in (("Authority", "考核工作领导小组"), ("Reason", "同一人代填")):
        next(field for field in test.text_input if field.label == label).set_value(text).run()
    next(button for button in test.button if button.key == "leaving").click().run()
    assert not test.error, [error.value for error in test.error]
    assert test.dataframe[-1].value["sheet_count"].tolist() == [4]
    assert any(button.key == "withdraw-leaving" for button in test.button)
    desk = app(path, "integrity", "zh", cycle=2025, kind="unit")
    assert not desk.error
    assert any(
        "authority" in frame.value and "考核工作领导小组" in set(frame.value["authority"]) for frame in desk.dataframe
    )
