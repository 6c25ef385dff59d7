"""Two publications of one cycle, held against each other."""

import pytest

from pipelines import build, publication
from pipelines.problems import InputError, StoreError
from pipelines.sheets import Sheet, workbook
from pipelines.warehouse import Warehouse
from tests.pages.office import AT

GROUPS = {"a": 40, "b": 30, "c": 30}
FIRST = {"U1": {"a": 9, "b": 8, "c": 12}, "U2": {"a": 3, "b": 9, "c": 7}}
"""Ballots of two units; the three of U2 are hidden, and so is a second group, or they would be what is left."""


def office(votes, weights=None, lower=0, anonymity=5):
    """One poll of three groups: everybody answers 80 or 90 in turn; the first `lower` ballots of U1's group a say 60."""
    ballots = [
        ["P", subject, group, f"{subject}{group}{number}", 60 if (subject, group) == ("U1", "a") and number < lower else 80 + number % 2 * 10]
        for subject, groups in votes.items()
        for group, count in groups.items()
        for number in range(count)
    ]  # fmt: skip
    sheets = [
        ("设置", ["键", "值"], [["cycle", 2025], ["anonymity", anonymity]]),
        ("考核内容", ["代码", "名称", "权重", "来源"], [["view", "测评", 60, "poll:P"], ["work", "实绩", 40, None]]),
        ("指标体系", ["代码", "考核内容", "名称", "权重", "计分方法"], [["w", "work", "实绩", 100, "points"]]),
        ("测评设置", ["测评", "名称"], [["P", "测评"]]),
        (
            "测评主体",
            ["测评", "测评主体", "权重"],
            [["P", name, weight] for name, weight in (weights or GROUPS).items()],
        ),
        ("等次比例", ["等次", "顺序"], [["合格", 1]]),
        ("考核对象", ["编号", "名称", "类型"], [[subject, subject, "unit"] for subject in FIRST]),
        ("完成情况", ["编号", "指标", "得分"], [[subject, "w", 80 + place] for place, subject in enumerate(FIRST)]),
        ("测评票", ["测评", "编号", "测评主体", "票号", "得分"], ballots),
    ]
    return workbook([Sheet(name, [], [heads], rows) for name, heads, rows in sheets])


@pytest.fixture(scope="module")
def store():
    with Warehouse.open(None) as warehouse:
        _built(warehouse, FIRST)
        publication.publish(warehouse, 2025, "王敏", AT)
        yield warehouse


def _built(warehouse, *changes):
    preview = build.preview(warehouse, [("a.xlsx", office(*changes))])
    assert preview.can_commit, [(problem.what("en"), problem.place) for problem in preview.problems]
    (upload,) = build.commit(warehouse, preview, "王敏", AT)
    build.build(warehouse, at=AT)
    return upload


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        (({"U1": {"a": 9, "b": 8, "c": 14}, "U2": {"a": 9, "b": 9, "c": 7}}, None, 1),
         {"U1 · P · overall · a", "U1 · P · overall · c", "U2"}),
        (({**FIRST, "U2": {"a": 9, "b": 20, "c": 20}}, None, 5), set()),
        ((FIRST, {"a": 50, "b": 30, "c": 20}), {"U2"}),
    ],
    ids=["one-changed-two-more-and-a-hidden-one-shown", "five-changed-and-all-grow", "other-weights"],
)  # fmt: skip
def test_a_cell_changes_only_if_enough_ballots_did(store, changes, found):
    upload = _built(store, *changes)
    try:
        few = next(one for one in publication.conditions(store, 2025) if one.what == "few")
        assert set(few.cases) == found
        if found:
            with pytest.raises(StoreError, match="cannot be published beside"):
                publication.publish(store, 2025, "王敏", AT, "a reason does not help")
    finally:
        store.withdraw(upload, "王敏", AT)


def test_the_threshold_is_not_lowered_while_votes_are_there_that_it_was_promised(store):
    upload = build.commit(store, build.preview(store, [("b.xlsx", office(FIRST, anonymity=4))]), "王敏", AT)[0]
    try:
        with pytest.raises(InputError) as raised:
            build.build(store, at=AT)
        (problem,) = raised.value.problems
        assert (problem.code, problem.found, problem.details["threshold"]) == ("anonymity-lowered", "4", "5")
        store.withdraw(1, "王敏", AT)
        assert store.threshold(2025) == 0, "the newer file has ballots of its own"
        store.restore(1, "王敏", AT)
    finally:
        store.withdraw(upload, "王敏", AT)
