"""Polls and surveys: what is hidden stays hidden in every figure beside it, and what an interval says."""

import pytest

from pipelines import reads
from pipelines.reads import Selection
from pipelines.statistics import waves

pytestmark = pytest.mark.xdist_group("pages")


def test_a_hidden_cell_is_in_no_pool(warehouse):
    units = Selection(2025, "unit")
    cells = {row["subject"]: row for row in reads.poll_cells(warehouse, units, "inner").to_pylist()}
    assert (cells["U1"]["is_hidden"], cells["U1"]["votes"], cells["U1"]["mean"]) == (True, None, None)
    assert cells["U2"]["votes"] == 11
    (group,) = reads.poll_groups(warehouse, units, "inner").to_pylist()
    assert (group["shown_count"], group["hidden_count"], group["votes"]) == (1, 1, 11)
    answers = reads.poll_answers(warehouse, units, "inner").to_pylist()
    assert [(row["option"], row["votes"]) for row in answers] == [("good", 6), ("fair", 5)]


def test_turnout_counts_from_the_entitled_to_the_valid(warehouse):
    (row,) = reads.poll_turnout(warehouse, Selection(2025), "public").to_pylist()
    assert (row["eligible"], row["present"], row["returned"], row["void"], row["valid"]) == (900, 850, 820, 20, 800)


def test_a_survey_group_under_twice_the_anonymity_is_hidden(warehouse):
    rows = reads.survey_waves(warehouse, Selection(2025)).to_pylist()
    assert {row["respondent_group"] for row in rows} == {"群众"}
    assert sum(row["answers"] for row in rows if row["cycle"] == 2025) == 40


def test_satisfaction_rises_from_wave_to_wave(warehouse):
    found = waves.waves(reads.survey_waves(warehouse, Selection(2025)))
    assert [(row["cycle"], row["satisfied"], row["verdict"]) for row in found.to_pylist()] == [
        (2024, 24, "base"),
        (2025, 25, "up"),
    ]
    assert waves.has_improved(found) == "up"


@pytest.mark.parametrize(("count", "size", "low", "high"), [(71, 219, 0.266, 0.389), (114, 219, 0.455, 0.586)])
def test_the_interval_is_wilsons(count, size, low, high):
    assert waves.interval(count, size) == pytest.approx((low, high), abs=0.0006)


def test_a_change_is_clear_when_its_interval_leaves_zero():
    moved, low, high = waves.change((120, 200), (160, 200))
    assert moved == pytest.approx(0.2)
    assert (low, high) == pytest.approx((0.1102, 0.2854), abs=0.001)
    assert waves.change((120, 200), (125, 200))[1] < 0 < waves.change((120, 200), (125, 200))[2]


@pytest.mark.parametrize(
    ("answer", "is_favourable"),
    [
        ("满意", True),
        ("较满意", True),
        ("不满意", False),
        ("不太满意", False),
        ("一般", False),
        ("Very satisfied", True),
    ],
)
def test_what_counts_as_satisfied(answer, is_favourable):
    assert waves.is_satisfied(answer) is is_favourable


def test_the_page_names_items_and_marks_what_is_hidden(app, built_file):
    test = app(built_file, "polls", "en", cycle=2025, kind="unit", poll="inner")
    cells = next(one.value for one in test.dataframe if "is_hidden" in one.value.columns)
    assert dict(zip(cells["name"], cells["is_hidden"], strict=True)) == {"区委办": "Yes", "组织部": "No"}
    survey = app(built_file, "polls", "zh", view="survey")
    assert any("1 项满意度均比基期提高" in str(block.value) for block in survey.main.markdown)
