"""Rater agreement against the published reference values (reliability/), and what must hold of any panel.

The reference values were computed with R psych, irr and multilevel and Python krippendorff; the README beside them says
which program gives which, and where irr 0.84.1 is wrong.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from pipelines.statistics import panel

FOLDER = Path(__file__).resolve().parent / "reliability"
ICC = {
    "icc_1_1": "one_way", "icc_1_k": "one_way_mean", "icc_a_1": "absolute", "icc_a_k": "absolute_mean",
    "icc_c_1": "consistency", "icc_c_k": "consistency_mean",
}  # fmt: skip
PARTS = {"": "value", "_f": "f", "_df1": "df1", "_df2": "df2", "_lower95": "lower", "_upper95": "upper"}


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ratings(name):
    read = rows(FOLDER / "ratings" / f"{name}.csv")
    columns = [column for column in read[0] if column not in ("target", "platoon")]
    values = [[float(row[column]) if row[column] else np.nan for column in columns] for row in read]
    return np.array(values), columns, [row.get("platoon") for row in read]


def computed(dataset, statistic, definition):
    table, columns, platoons = ratings(dataset)
    for prefix, form in ICC.items():
        if statistic.startswith(prefix):
            return getattr(getattr(panel.agreement(table), form), PARTS[statistic.removeprefix(prefix)])
    if statistic.startswith("kendall_w"):
        part = {"kendall_w": "w", "kendall_w_chi2": "chi2", "kendall_w_df": "df", "kendall_w_p": "p"}[statistic]
        return getattr(panel.kendall_w(table, definition == "corrected"), part)
    name, _, of = statistic.partition(":")
    if name == "cronbach_alpha":
        return panel.cronbach_alpha(table)
    if name.startswith("alpha_") and definition == "krippendorff":
        return panel.krippendorff_alpha(table, name.removeprefix("alpha_"))
    if name == "alpha_without":
        return panel.alpha_without(table)[columns.index(of)]
    if name == "item_rest_r":
        return panel.item_rest(table)[columns.index(of)]
    assert name == "rwg_j", statistic
    members = table[[platoon == of for platoon in platoons]]
    return panel.rwg_j(members, 5, is_listwise=definition == "listwise")


@pytest.mark.parametrize("dataset", sorted({row["dataset"] for row in rows(FOLDER / "expected" / "statistics.csv")}))
def test_the_reference_values_are_met(dataset):
    expected = [row for row in rows(FOLDER / "expected" / "statistics.csv") if row["dataset"] == dataset]
    assert expected
    faults = [
        (row["statistic"], row["definition"], row["value"], value)
        for row in expected
        if abs((value := computed(dataset, row["statistic"], row["definition"])) - float(row["value"])) > 1e-6
    ]
    assert faults == []


def test_raters_needed_is_spearman_brown_turned_round():
    for reliability in (0.1, 0.29, 0.5, 0.79):
        count = panel.raters_needed(reliability, 0.8)
        assert panel.spearman_brown(reliability, count) >= 0.8 - 1e-12
        assert panel.spearman_brown(reliability, count - 1) < 0.8
    assert panel.raters_needed(0.8, 0.8) == 1
    assert panel.raters_needed(1.0) == 1
    assert panel.raters_needed(-0.1) is None


def test_a_table_with_a_gap_has_no_intraclass_correlation():
    with pytest.raises(ValueError, match="complete"):
        panel.agreement(np.array([[1.0, np.nan], [2.0, 3.0], [3.0, 4.0]]))


def test_severity_is_found_where_raters_judge_different_targets():
    """An exact additive truth: the adjusted scores give it back although the mild rater saw the weak targets only."""
    merit, mild = np.array([70.0, 75.0, 80.0, 85.0, 90.0]), np.array([8.0, -3.0, -5.0])
    seen = np.array([[1, 1, 0], [1, 0, 1], [1, 1, 0], [0, 1, 1], [0, 1, 1]], dtype=bool)
    found = panel.severity(np.where(seen, merit[:, None] + mild, np.nan))
    assert found.is_connected
    assert found.severities == pytest.approx(mild, abs=1e-6)
    assert found.adjusted == pytest.approx(merit, abs=1e-6)
    assert not np.allclose(found.raw, merit)


def test_unconnected_panels_are_told_apart():
    table = np.full((4, 4), np.nan)
    table[:2, :2] = [[80, 70], [90, 80]]
    table[2:, 2:] = [[60, 50], [70, 60]]
    found = panel.severity(table)
    assert not found.is_connected
    assert found.blocks.tolist() == [0, 0, 1, 1]
    assert found.adjusted == pytest.approx([75, 85, 55, 65], abs=1e-6)
    assert found.severities == pytest.approx([5, -5, 5, -5], abs=1e-6)


def test_habits_are_told_against_the_other_groups():
    """Two cells with 90 90 and 80 84, where the others gave 80 and nothing: spread √(8/2), one of four at the top of 90."""
    cell, points, votes = np.array([0, 1, 1]), np.array([90.0, 80, 84]), np.array([2, 1, 1])
    means, top = np.array([90.0, 82]), np.array([95.0, 84])
    mild = panel.habits(cell, points, votes, means, np.array([80.0, np.nan]), top)
    assert mild.leniency == pytest.approx(10)
    assert mild.spread == pytest.approx(2)
    assert mild.top_rate == pytest.approx(1 / 4)
    nobody = panel.habits(cell[:0], points[:0], votes[:0], means[:0], means[:0], top[:0])
    assert np.isnan([nobody.leniency, nobody.spread, nobody.top_rate]).all()
