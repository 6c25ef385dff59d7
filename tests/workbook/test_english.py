"""English workbooks: the same kinds of layouts, none with an error."""

import pytest

from .layouts import errors, reading, rows

RESULT = "cycle subject indicator period value plan"

LAYOUTS = {
    "title, period line, totals, notes": (
        [("Results", [["Riverside Council: performance results 2025"], ["Prepared by: Appraisal Office", None, None, "Date: 2026-01-05"], [],
          ["No.", "Unit name", "Indicator", "Target", "Actual", "Completion rate", "Remarks"],
          [1, "Harbour Town", "Key tasks", 19, 18, "94.7%", None], [2, "Millbrook", "Revenue", 4910.6, "5,352.6", "109%", "audited"],
          ["Total", None, None, 4929.6, 5370.6], [], ["Note: revenue in thousands."], ["Approved by: ________"]])],
        "results", "cycle subject indicator value plan",
        [("2025", "Harbour Town", "Key tasks", "18", "19"), ("2025", "Millbrook", "Revenue", "5352.6", "4910.6")]),
    "a column per indicator": (
        [("Results 2025", [["Unit", "Key tasks (number)", "Revenue\n(thousands)", "Satisfaction (%)", "Average"],
          ["Harbour Town", 18, 6966.7, "86.4%", 99], ["Average", 18, 6966.7, 0.864, 99]])],
        "results", RESULT, [("2025", "Harbour Town", "Key tasks", "", "18", ""), ("2025", "Harbour Town", "Revenue", "", "6966.7", ""),
                            ("2025", "Harbour Town", "Satisfaction", "", "0.864", "")]),
    "months over plan and actual": (
        [("Revenue", [["Monthly revenue 2025"], ["Unit", "January", None, "February", None], [None, "Plan", "Actual", "Plan", "Actual"],
          ["Harbour Town", 10, 9, 12, 13]], "A1:E1", "A2:A3", "B2:C2", "D2:E2")],
        "results", RESULT, [("2025", "Harbour Town", "Revenue", "January", "9", "10"), ("2025", "Harbour Town", "Revenue", "February", "13", "12")]),
    "quarters": (
        [("Revenue", [["Department", "Q1", "Q2", "Total"], ["Harbour Town", 9, 13, 22]])],
        "results", RESULT, [("2025", "Harbour Town", "Revenue", "Q1", "9", ""), ("2025", "Harbour Town", "Revenue", "Q2", "13", "")]),
    "a form per unit": (
        [("Form 1", [["Self-assessment form 2025"], ["Unit:", "Harbour Town", "Date:", "2025-12-20"], ["Indicator", "Target", "Value", "Evidence"],
          ["Key tasks", 19, 18, "Annex 1"], ["Signature: ______", None, "Stamp:"]])],
        "results", RESULT, [("2025", "Harbour Town", "Key tasks", "", "18", "19")]),
    "a sheet per unit": (
        [("Harbour Town", [["Indicator", "Target", "Value"], ["Key tasks", 19, 18]]), ("Millbrook", [["Indicator", "Target", "Value"], ["Key tasks", 27, 24]])],
        "results", RESULT, [("2025", "Harbour Town", "Key tasks", "", "18", "19"), ("2025", "Millbrook", "Key tasks", "", "24", "27")]),
    "tallies under rater groups": (
        [("Votes", [["Staff poll 2025: votes"], ["Unit", "Leaders", None, None, "Staff", None, None],
         [None, "Excellent", "Good", "Total", "Excellent", "Good", "Total"],
          ["Harbour Town", 3, 2, 5, 11, 7, 18], ["Sum", 3, 2, 5, 11, 7, 18]], "A1:G1", "A2:A3", "B2:D2", "E2:G2")],
        "tallies", "cycle poll rater_group subject answer votes",
        [("2025", "Staff poll", "Leaders", "Harbour Town", "Excellent", "3"), ("2025", "Staff poll", "Leaders", "Harbour Town", "Good", "2"),
         ("2025", "Staff poll", "Staff", "Harbour Town", "Excellent", "11"), ("2025", "Staff poll", "Staff", "Harbour Town", "Good", "7")]),
    "tallies, one sheet per group": (
        [("Leaders", [["Staff poll 2025"], ["Unit", "Excellent", "Good"], ["Harbour Town", 3, 2]])],
        "tallies", "poll rater_group subject answer votes",
        [("Staff poll", "Leaders", "Harbour Town", "Excellent", "3"), ("Staff poll", "Leaders", "Harbour Town", "Good", "2")]),
    "ballots by item": (
        [("Ballots", [["Review 2025"], ["Ballot no.", "Rater group", "Name", "Integrity", "Ability", "Results", "Total"],
          [1, "Managers", "A. Stone", 90, "88 points", 85, 263]])],
        "ballots", "cycle poll ballot rater_group subject item answer",
        [("2025", "Review", "1", "Managers", "A. Stone", item, answer) for item, answer in (("Integrity", "90"), ("Ability", "88"), ("Results", "85"))]),
    "ledger": (
        [("Ledger", [["Subject", "Date", "Type", "Points", "Reason", "Document"], ["Harbour Town", "2025/3/1", "Award", 1, "National award", "No. 7"]])],
        "events", "cycle subject date type points reason document", [("2025", "Harbour Town", "2025-03-01", "Award", "1", "National award", "No. 7")]),
    "turnout": (
        [("Turnout", [["Poll", "Rater group", "Eligible", "Present", "Issued", "Returned", "Invalid"], ["Staff poll", "Staff", 30, 28, 28, "27", 0]])],
        "turnout", "cycle poll rater_group eligible present issued returned void", [("2025", "Staff poll", "Staff", "30", "28", "28", "27", "0")]),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout(layout):
    sheets, table, columns, expected = LAYOUTS[layout]
    result = reading(*sheets, language="context_en")
    assert errors(result) == []
    assert sorted(rows(result, table, columns)) == sorted(expected)
    assert set(result.tables) == {table}
