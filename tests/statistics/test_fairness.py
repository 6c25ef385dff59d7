"""Fair shares, scales, surveys, change and radar: against values worked out by hand or published."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from pipelines.statistics import change, fairness, radar, surveys
from pipelines.statistics.radar import Rule

DATA = Path(__file__).resolve().parents[2] / "data"


def test_a_mean_of_points_is_not_a_rate():
    """76, 2, 2 and 85 votes under 100, 90, 70 and 50 points: a mean of 73.76, once told as "73.8 % satisfied"; 47.3 % were."""
    votes = {"满意": 76, "比较满意": 2, "基本满意": 2, "不满意": 85}
    points = {"满意": 100.0, "比较满意": 90.0, "基本满意": 70.0, "不满意": 50.0}
    found = fairness.scale(votes, points, ["满意", "比较满意"])
    assert found.mean == pytest.approx(73.7576, abs=1e-4)
    assert found.rate == pytest.approx(78 / 165)
    assert found.valid == 165
    steeper = fairness.scale(votes, points | {"不满意": 0.0}, ["满意", "比较满意"])
    assert steeper.mean == pytest.approx(48.0, abs=0.01)
    assert steeper.rate == found.rate


def test_options_without_points_are_no_votes():
    found = fairness.scale({"好": 3, "不了解": 7}, {"好": 100.0, "不了解": None}, ["好"])
    assert (found.mean, found.rate, found.valid) == (100, 1, 3)
    assert fairness.scale({"不了解": 7}, {"不了解": None}, []).valid == 0


def test_only_a_share_is_called_a_rate():
    """率 at the end of a heading, and "rate" in an English one, stand for shares of 1 only."""
    columns = tomllib.loads((DATA / "columns.toml").read_text(encoding="utf-8"))
    called = {
        name: entry
        for name, entry in columns.items()
        if entry["label_zh"].endswith("率") or re.search(r"\brate\b", entry["label_en"])
    }
    assert called
    assert [name for name, entry in called.items() if not entry.get("is_share")] == []


def test_shares_by_group_are_tested_exactly_and_corrected():
    """Fisher's tea: 3 of 4 against 1 of 4 gives p = 0.4857."""
    values = ["a"] * 4 + ["b"] * 4
    chosen = np.array([1, 1, 1, 0, 1, 0, 0, 0], dtype=bool)
    one, two = fairness.shares(values, chosen)
    assert (one.value, one.size, one.count, one.rate) == ("a", 4, 3, 0.75)
    assert one.p == two.p == pytest.approx(0.4857, abs=1e-4)
    assert one.p_corrected == pytest.approx(0.9714, abs=1e-4)
    assert one.low < 0.75 < one.high
    assert fairness.shares(["a"] * 3, np.array([True, False, True]))[0].p == 1


def test_the_correction_is_the_textbook_one():
    """Holm as R's p.adjust gives it."""
    p = [0.01, 0.04, 0.03, 0.005]
    assert fairness.holm(p) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_a_scale_at_its_top_tells_nobody_apart():
    full = fairness.ceiling(np.array([100.0, 100, 100, 100, 90]))
    assert (full.size, full.full_rate) == (5, 0.8)
    assert full.told_apart == pytest.approx(0.4)
    assert fairness.ceiling(np.array([np.nan])).size == 0
    assert fairness.ceiling(np.array([80.0, 90, 85])).told_apart == 1


def test_numbers_become_bands_of_about_equal_size():
    assert fairness.bands([27, 28, 30, 35, None, 41, 44, 50, 58]) == [
        "27–28",
        "27–28",
        "30–35",
        "30–35",
        "",
        "41–44",
        "41–44",
        "50–58",
        "50–58",
    ]
    assert fairness.bands([None]) == [""]
    assert fairness.bands([5, 5, 5]) == ["5", "5", "5"]


def test_survey_shares_carry_their_counts():
    (first, second) = surveys.shares({"不满意": 1, "满意": 3})
    assert (first.answer, first.count, first.size, first.rate) == ("满意", 3, 4, 0.75)
    assert (first.low, first.high) == (pytest.approx(0.3006, abs=1e-4), pytest.approx(0.9544, abs=1e-4))
    assert second.count == 1


def test_several_answers_a_person_are_shares_of_the_persons():
    found = {one.answer: one for one in surveys.shares({"水": 2, "路": 1, "电": 1}, size=3)}
    assert (found["水"].count, found["水"].size, found["水"].rate) == (2, 3, pytest.approx(2 / 3))


def test_a_cross_table_is_tested():
    """A 2×2 table of 20, 10, 10, 20: chi-square 6.667, p = 0.00982, V = 1/3."""
    found = surveys.cross(np.array([[20, 10], [10, 20]]))
    assert (found.p, found.v) == (pytest.approx(0.00982, abs=1e-5), pytest.approx(1 / 3))
    assert not found.is_exact


def test_a_thin_cross_table_is_tested_by_drawing_tables():
    """3, 0, 0, 3: 2 of the 20 tables with these margins are as extreme, p = 0.1."""
    found = surveys.cross(np.array([[3, 0], [0, 3]]))
    assert found.is_exact
    assert found.p == pytest.approx(0.1, abs=0.01)
    assert surveys.cross(np.array([[4], [5]])).p == 1
    assert surveys.cross(np.array([[4, 0], [5, 0]])).p == 1


def test_the_parts_of_a_change_add_up_exactly():
    random = np.random.default_rng(3)
    before = random.normal(80, 5, 40)
    old_rules = before + 2 + random.normal(0, 3, 40)
    after = old_rules + random.normal(1, 1, 40)
    before[5] = np.nan
    found = change.decompose(before, after, old_rules, np.full(40, 1.5))
    whole = found.own + found.cohort + found.rules + found.noise
    known = ~np.isnan(before)
    assert whole[known] == pytest.approx((after - before)[known], abs=1e-12)
    assert np.isnan(whole[5])
    assert np.nanmean(found.own + found.noise) == pytest.approx(0, abs=1e-12)
    assert found.cohort[0] == pytest.approx(2, abs=1)
    assert np.nanvar(found.noise) < np.nanvar(found.own)


def test_where_noise_explains_all_nothing_is_own():
    found = change.decompose(
        np.array([80.0, 81, 82]), np.array([81.0, 81, 81]), np.array([81.0, 81, 81]), np.full(3, 50.0)
    )
    assert found.own == pytest.approx([0, 0, 0])


def test_the_way_back_from_luck_is_marked():
    """Totals that are half luck: of the best quarter, most come back without having got worse."""
    random = np.random.default_rng(12)
    merit = random.normal(80, 4, 200)
    before, after = merit + random.normal(0, 4, 200), merit + random.normal(0, 4, 200)
    marked = change.decompose(before, after, after, np.zeros(200)).is_regression
    best = before >= np.quantile(before, 0.75)
    middle = np.abs(before - before.mean()) < 1
    assert marked[best].mean() > 0.5
    assert not marked[middle].any()


def test_a_trend_needs_four_years():
    assert change.trend(np.array([80.0, 81, np.nan, 83])) is None
    found = change.trend(np.array([80.0, 81, 83, 84, 86]))
    assert (found.tau, found.slope) == (pytest.approx(1), pytest.approx(1.5))
    assert found.p == pytest.approx(2 / 120)
    assert found.low <= 1.5 <= found.high
    assert change.trend(np.full(5, 80.0)).p == 1


@pytest.mark.parametrize(
    ("within", "grades", "holds", "away"),
    [
        (None, {2024: "C", 2025: "C"}, (2024, 2025), None),
        (None, {2025: "C"}, None, (2025,)),
        (None, {2024: "C"}, None, None),
        (None, {2024: "C", 2025: "B"}, None, None),
        (3, {2024: "C", 2025: "B"}, None, (2024,)),
        (3, {2023: "C", 2025: "B"}, None, None),
        (3, {2023: "C", 2025: "D"}, (2023, 2025), None),
    ],
)
def test_the_radar_sees_one_year_ahead(within, grades, holds, away):
    rule = Rule("out", frozenset({"C", "D"}), 2, within)
    assert radar.holds(rule, grades, 2025) == holds
    assert radar.one_year_away(rule, grades, 2025) == away


def test_rules_of_one_year_are_on_no_radar():
    assert radar.one_year_away(Rule("praise", frozenset({"A"}), 1, None), {}, 2025) is None
