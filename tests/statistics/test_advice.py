"""The advice as the pages get it: the figures of a published panel through the whole product, and what it keeps to itself."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from pipelines.advice import panels, study
from pipelines.reads import Selection
from pipelines.statistics import rescoring
from tests.reference import Appraisal, read_folder
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


MERIT, MILD = (70, 75, 80, 85, 90), (8, -3, -5)
SEEN = ((0, 1), (0, 2), (0, 1), (1, 2), (1, 2))
"""An exact additive truth: who judged whom. The mild rater saw the weaker ones only."""


def judged(seen):
    """Five people judged by the raters of `seen`, two seats for an A: the study and what the mart of cells shows of it."""
    year = {"cycle": "2024"}
    tables = {
        "settings": [{"key": "cycle", "value": "2024"}, {"key": "anonymity", "value": "1"}],
        "subjects": [year | {"subject": f"P{at}", "name": f"P{at}", "kind": "person"} for at in range(len(MERIT))],
        "components": [{"component": "peers", "weight": "100", "source": "poll:peers"}],
        "polls": [{"poll": "peers"}],
        "poll_groups": [{"poll": "peers", "rater_group": "near", "weight": "1"}],
        "ballots": [
            year | {"poll": "peers", "subject": f"P{at}", "rater_group": "near", "ballot": f"R{rater}",
                    "answer": str(MERIT[at] + MILD[rater])}
            for at, raters in enumerate(seen)
            for rater in raters
        ],
        "grades": [{"grade": "A", "order": "1", "share": "0.4"}, {"grade": "B", "order": "2"}],
    }  # fmt: skip
    found = studies.of_tables(tables, Appraisal(tables).outputs()["ranking"])
    names = ["subject", "poll", "item", "rater_group"]
    return found, found.tables["cells"].select(names).append_column("mean", found.tables["cells"]["mean"])


class Shown:
    """A warehouse that shows these cells."""

    def __init__(self, cells):
        self._cells = cells

    def extract(self, name, cycle):
        assert (name, cycle) == ("polls", 2024)
        return self._cells


def test_the_severity_of_raters_is_taken_off_beside_the_raw_score(monkeypatch):
    """Raw: P4 86, P2 82.5, P3 81; less severity P4 90, P3 85, P2 80: P2 and P3 would change sides of the line."""
    found, cells = judged(SEEN)
    monkeypatch.setattr(panels, "votes", lambda *_: (found, study.make_polls(found)))
    rows = {row["subject"]: row for row in panels.adjusted(Shown(cells), Selection(2024, "person")).to_pylist()}
    assert {who: float(row["adjusted_mean"]) for who, row in rows.items()} == pytest.approx(
        {f"P{at}": merit for at, merit in enumerate(MERIT)}, abs=1e-6
    )
    assert {who: float(row["raw_mean"]) for who, row in rows.items()} == {
        "P0": 72.5,
        "P1": 76.5,
        "P2": 82.5,
        "P3": 81,
        "P4": 86,
    }
    moved = {
        who: (row["rank"], row["new_rank"], row["grade"], row["new_grade"])
        for who, row in rows.items()
        if row["is_crossing"]
    }
    assert moved == {"P2": (2, 3, "A", "B"), "P3": (3, 2, "B", "A")}
    assert list(rows)[:2] in (["P2", "P3"], ["P3", "P2"]), "who would cross the line comes first"
    names = np.array(cells.column("subject").to_pylist())
    hidden = Shown(cells.filter(pa.array(names != "P2")))
    assert "P2" not in panels.adjusted(hidden, Selection(2024, "person")).column("subject").to_pylist()
    (told,) = panels.panels_of(found, study.make_polls(found), Selection(2024, "person")).to_pylist()
    assert (told["block_count"], told["regraded"]) == (1, 2)


def test_where_raters_and_subjects_fall_apart_nothing_is_adjusted(monkeypatch):
    """P0 to P2 are seen by one pair of raters, P3 and P4 by a third alone: whether he is mild cannot be known."""
    found, cells = judged(((0, 1), (0, 1), (0, 1), (2,), (2,)))
    monkeypatch.setattr(panels, "votes", lambda *_: (found, study.make_polls(found)))
    assert panels.adjusted(Shown(cells), Selection(2024, "person")).num_rows == 0
    (told,) = panels.panels_of(found, study.make_polls(found), Selection(2024, "person")).to_pylist()
    assert (told["block_count"], told["regraded"]) == (2, None)


def test_a_panel_that_does_not_agree_is_never_called_reliable(monkeypatch):
    """Raters who contradict each other: the formula for their mean gives more than 1, or far less than 0."""
    given = {f"P{at}": (90 - 5 * at, 60 + 5 * at, 75) for at in range(5)}
    year = {"cycle": "2024"}
    tables = {
        "settings": [{"key": "cycle", "value": "2024"}, {"key": "anonymity", "value": "1"}],
        "subjects": [year | {"subject": name, "kind": "person"} for name in given],
        "components": [{"component": "peers", "weight": "100", "source": "poll:peers"}],
        "polls": [{"poll": "peers"}],
        "ballots": [
            year | {"poll": "peers", "subject": name, "rater_group": "", "ballot": f"R{at}", "answer": str(answer)}
            for name, answers in given.items()
            for at, answer in enumerate(answers)
        ],
    }
    found = studies.of_tables(tables, Appraisal(tables).outputs()["ranking"])
    monkeypatch.setattr(panels, "votes", lambda *_: (found, study.make_polls(found)))
    (row,) = panels.panels_of(found, study.make_polls(found), Selection(2024, "person")).to_pylist()
    assert row["icc_single"] < 0
    assert (row["icc_mean"], row["quality"]) == (0, "weak")
    means = [row for row in panels.forms(None, Selection(2024, "person")).to_pylist() if row["icc_form"].endswith("k)")]
    assert all(0 == row["icc"] <= row["icc_high"] <= 1 for row in means)
