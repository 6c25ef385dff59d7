"""From any number to the cell it came from and to the row of its rule: one question, or three clicks on a page."""

import pytest

from pipelines import reads
from pipelines.contract import SCHEME_TABLES
from pipelines.reads import Selection
from tests.pages import office

RULES = {
    "component": ("components",), "indicator": ("indicators",), "poll_item": ("polls",), "bonus": ("adjustments",),
    "deduction": ("adjustments",), "event": ("adjustments",), "total": ("settings",), "base": ("components",),
}  # fmt: skip
"""The table of the scheme that holds the rule of a step of a score."""


def rule_rows(origins, *tables):
    """The ids of the rules in these tables, each with a file, a sheet and one row."""
    rows = [row for row in origins.to_pylist() if row["table"] in tables]
    assert all(row["file"] and row["sheet"] and row["first_row"] == row["last_row"] for row in rows)
    return {row["id"] for row in rows}


def test_every_step_of_every_score_has_its_rule_and_its_cell(warehouse):
    cycle = 2025
    subjects = warehouse.extract("ranking", cycle)["subject"].to_pylist()
    steps = warehouse.extract("score_steps", cycle).to_pylist()
    cells = {(row["subject"], row["step"], row["id"]) for row in warehouse.extract("sources", cycle).to_pylist()
             if row["file"] and row["sheet"] and row["cell"]}  # fmt: skip
    origins = reads.origins(warehouse, "score_steps", Selection(cycle))
    assert len(subjects) == len(office.UNITS + office.PEOPLE)
    for step in steps:
        ids = rule_rows(origins, *RULES[step["step"]])
        poll_or_id = step["poll"] if step["step"] == "poll_item" else step["id"]
        assert poll_or_id in ids or (step["step"] in ("total", "base", "bonus", "deduction") and ids), step
        if step["step"] == "indicator" and step["value"] is not None:
            assert (step["subject"], "indicator", step["id"]) in cells, step
    polled = [row for row in origins.to_pylist() if row["table"] == "tallies"]
    assert [(row["file"], row["sheet"], row["first_row"]) for row in polled] == [("考核2025.xlsx", "得票统计", None)]


@pytest.mark.parametrize(
    "name",
    ["ranking", "quotas", "gates", "turnout", "survey", "poll_answers", "registers", "rules", "polls", "chances"],
)
def test_every_table_says_the_files_and_sheets_it_is_made_of(warehouse, name):
    origins = reads.origins(warehouse, name, Selection(2025)).to_pylist()
    assert origins
    # A history that was scored here has no file: it is a build of its own cycle, which is asked in the same way.
    told = [row for row in origins if row["table"] != "history"]
    assert told
    assert all(row["file"] == "考核2025.xlsx" and row["sheet"] for row in told)


def test_of_a_subject_only_its_own_rows_are_told(warehouse):
    origins = reads.origins(warehouse, "score_steps", Selection(2025, subject="U2")).to_pylist()
    results = [row for row in origins if row["table"] == "results" and row["sheet"] == "工作实绩"]
    cells = [row for row in reads.sources(warehouse, Selection(2025, subject="U2")).to_pylist() if row["id"] == "work"]
    assert [(row["first_row"], row["last_row"]) for row in results] == [(cells[0]["row"], cells[0]["row"])]
    assert not any(row["first_row"] for row in origins if row["table"] in ("tallies", "ballots", "survey"))
    assert {row["table"] for row in origins} & set(SCHEME_TABLES)


def test_a_page_leads_to_cell_and_rule_in_three_clicks(app, built_file):
    """A row of the ranking opens the subject (one), its tree shows the cells (two), the rules open below (two)."""
    test = app(built_file, "subject", "en", cycle=2025, kind="unit", subject="U2")
    tree = "".join(str(part.proto.body) for part in test.main.get("html"))
    assert "考核2025.xlsx › 工作实绩" in tree
    labels = [one.label for one in test.main.expander]
    assert any(label.endswith("the rules and sheets behind this score") for label in labels)
    test.session_state["fold-origins"] = True
    test.run()
    rules = next(frame.value for frame in test.dataframe if "first_row" in frame.value.columns)
    assert {"work", "work_part"} <= set(rules["id"])
    extract = app(built_file, "extracts", "en", cycle=2025, table="quotas")
    assert "Where these rows come from" in [one.label for one in extract.main.expander]
