"""The advice as the pages get it: the figures of a published panel through the whole product, and what it keeps to itself."""

from pathlib import Path

import numpy as np
import pytest

from pipelines.advice import panels, study
from pipelines.reads import Selection
from pipelines.statistics import rescoring
from tests.reference import read_folder
from tests.statistics import studies

FOLDER = Path(__file__).resolve().parent / "reliability"


def published(anonymity):
    """The rater data sets as one appraisal: a poll for each, numbered ballots."""
    tables = read_folder(FOLDER / "input")
    tables["settings"].append({"key": "anonymity", "value": str(anonymity)})
    nobody = [{"subject": row["subject"], "total": None, "grade": None} for row in tables["subjects"]]
    return studies.of_tables(tables, nobody)


@pytest.fixture(scope="module")
def open_study():
    return published(1)


def told(found):
    table = panels.panels_of(found, study.make_polls(found), Selection(2024, "candidate"))
    return {row["poll"]: row for row in table.to_pylist()}


def test_the_published_panels_come_out_of_the_product(open_study):
    rows = told(open_study)
    shrout = rows["shrout-fleiss-1979"]
    assert float(shrout["icc_single"]) == pytest.approx(0.28976378, abs=1e-6)
    assert float(shrout["icc_mean"]) == pytest.approx(0.620050548, abs=1e-6)
    assert float(shrout["kendall_w"]) == pytest.approx(0.887037037, abs=1e-6)
    assert (shrout["quality"], shrout["raters_needed"], shrout["block_count"]) == ("fair", 10, 1)
    assert float(rows["anxiety"]["icc_single"]) == pytest.approx(0.197998259, abs=1e-6)
    assert float(rows["anxiety"]["alpha"]) == pytest.approx(0.170073, abs=1e-4)


def test_a_small_panel_is_told_about_only_where_the_scheme_lets_it():
    rows = told(published(5))
    assert rows["shrout-fleiss-1979"]["quality"] == "suppressed"
    hidden = set(panels.PANELS.names) - {"poll", "rater_group", "quality", "ballot_count", "subject_count"}
    assert {rows["shrout-fleiss-1979"][name] for name in hidden} == {None}


def test_the_shares_of_leaves_add_to_one_and_give_the_base():
    found, _ = studies.of_case(FOLDER.parents[1] / "golden" / "district")
    field, labels = found.deep
    values = rescoring.evaluate(field).values
    share = rescoring.shares(field, values[0])
    inner = np.isin(np.arange(share.size), field.tree.parent)
    leaves = np.where(inner, 0.0, share)
    sums = np.bincount(field.tree.owner, leaves, minlength=field.size)
    known = np.array([person["base"] is not None for person in found.people])
    assert sums[known] == pytest.approx(1, abs=1e-9)
    base = np.bincount(field.tree.owner, leaves * np.nan_to_num(values[0]), minlength=field.size)
    assert base[known] == pytest.approx(
        [float(row["base"]) for row in found.people if row["base"] is not None], abs=1e-6
    )
    assert len(labels) == share.size


def test_what_is_told_of_items_and_forms_is_what_the_panel_functions_say(monkeypatch, open_study):
    monkeypatch.setattr(panels, "votes", lambda *_: (open_study, study.make_polls(open_study)))
    selection = Selection(2024, "candidate")
    rows = panels.forms(None, selection).to_pylist()
    shrout = {row["icc_form"]: row for row in rows if row["poll"] == "shrout-fleiss-1979"}
    told = {"ICC(1,1)": 0.17, "ICC(2,1)": 0.29, "ICC(3,1)": 0.71, "ICC(1,k)": 0.44, "ICC(2,k)": 0.62, "ICC(3,k)": 0.91}
    assert {form: round(float(row["icc"]), 2) for form, row in shrout.items()} == told, (
        "Shrout and Fleiss (1979), table 4"
    )
    assert all(row["icc_low"] < row["icc"] < row["icc_high"] for row in shrout.values())
    for row in panels.items(None, selection).to_pylist():
        assert -1 <= row["item_rest"] <= 1
        assert row["alpha_without"] != row["item_alpha"]
