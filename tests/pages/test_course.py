"""Gates, suggestions, the ledger and its circular, schedule against actual: the figures of the office, row by row."""

from decimal import Decimal

import pytest

from pages.ui import sentences, words
from pipelines import reads, report
from pipelines.reads import Selection

pytestmark = pytest.mark.xdist_group("pages")
UNITS = Selection(2025, "unit")


def by_subject(table, *columns):
    return {row["subject"]: tuple(row[name] for name in columns) for row in table.to_pylist()}


def test_the_register_says_how_far_each_gate_is_from_holding(warehouse):
    register = reads.gate_register(warehouse, UNITS).to_pylist()
    assert [(row["subject"], row["gate"], row["state"]) for row in register if row["state"] == "holds"] == [
        ("U8", "scandal", "holds"),
        ("U8", "unloved", "holds"),
        ("U7", "unloved", "holds"),
    ]
    margins = {row["subject"]: row["margin"] for row in register if row["gate"] == "unloved"}
    assert margins["U1"] == Decimal("0.2")
    assert margins["U8"] < 0
    summary = {row["gate"]: row for row in reads.gate_summary(warehouse, UNITS).to_pylist()}
    assert (summary["scandal"]["subject_count"], summary["scandal"]["holds_count"]) == (8, 1)


def test_suggestions_name_the_cycles_that_made_them_hold(warehouse):
    held = reads.consequences(warehouse, UNITS).to_pylist()
    both = [(row["subject"], row["cycles"]) for row in held if row["rule"] == "advance"]
    assert both, "somebody was best in both years"
    assert {cycles for _, cycles in both} == {"2024;2025"}
    rules = {row["rule"]: row["subject_count"] for row in reads.consequence_rules(warehouse, UNITS).to_pylist()}
    assert rules["advance"] == len(both)
    persons = reads.consequence_rules(warehouse, Selection(2025, "person")).to_pylist()
    assert [row["rule"] for row in persons] == ["commend"], "a rule for units is not listed for persons"


@pytest.mark.parametrize(
    ("text", "op", "value", "english", "chinese"),
    [
        ("rate:public:bad+fair", ">", "0.3", "share of bad+fair in public above 30%", "public“bad+fair”得票率高于 30%"),
        ("events:scandal", ">=", "1", "events: scandal at least 1", "scandal次数达到 1"),
        ("grades:A+B:3", "<", "2", "cycles with A+B in the last 3 below 2", "前 3 年中A+B年数低于 2"),
        ("attr:党员", "=", None, "党员 is –", "党员为 –"),
    ],
    ids=["rate", "events", "grades", "attribute"],
)  # fmt: skip
def test_a_condition_is_said_in_both_languages(text, op, value, english, chinese):
    for language, sentence in (("en", english), ("zh", chinese)):
        with words.using(language):
            assert sentences.condition(text, op, value) == sentence


def test_the_ledger_counts_months_and_signs(warehouse):
    assert [(row["subject"], row["points"]) for row in reads.ledger(warehouse, UNITS, None).to_pylist()] == [
        ("U2", Decimal("1.5")),
        ("U7", Decimal("-0.5")),
        ("U8", None),
    ]
    assert by_subject(reads.ledger(warehouse, UNITS, (4, 5)), "type") == {"U7": ("通报",)}
    assert by_subject(reads.ledger_subjects(warehouse, UNITS, None), "events", "counted")["U2"] == (1, Decimal("1.5"))
    assert [row["month"] for row in reads.ledger_months(warehouse, UNITS).to_pylist()] == [3, 5, 6]


def test_progress_adds_up_and_says_who_is_behind(warehouse):
    rows = reads.progress(warehouse, UNITS, "tax").to_pylist()
    last = {row["subject"]: (row["done"], row["planned"], row["is_behind"]) for row in rows if row["period"] == "2月"}
    assert last == {"U1": (21, 20, False), "U2": (18, 20, True)}


def test_the_circular_lists_every_entry_in_the_language_that_was_asked_for(warehouse):
    chinese = report.circular(warehouse, UNITS, "2025年全年", None, "zh")
    english = report.circular(warehouse, UNITS, "2025, <whole> year", (5, 5), "en")
    assert chinese.index("扣分情况") < chinese.index("加分情况") < chinese.index("其他事项")
    assert all(name in chinese for name in ("组织部", "商务局", "审计局", "2025年度考核"))
    assert "Deductions" in english
    assert "组织部" not in english
    assert "<whole>" not in english, "what people typed is escaped"


def test_the_pages_show_them(app, built_file):
    register = app(built_file, "gates", "en", cycle=2025, kind="unit", only="holds").dataframe[-1].value
    assert list(register["condition"]) == [
        "events: scandal at least 1",
        "share of bad in public above 30%",
        "share of bad in public above 30%",
    ]
    lists = app(built_file, "gates", "zh", cycle=2025, kind="unit", view="suggestions")
    assert "由人决定" in lists.info[0].value
    ledger = app(built_file, "ledger", "en", cycle=2025, kind="unit", period="q2")
    assert list(ledger.dataframe[-1].value["name"]) == ["商务局", "审计局"]
    progress = app(built_file, "ledger", "en", cycle=2025, kind="unit", view="progress")
    assert any("1 of 2 is behind" in str(block.value) for block in progress.main.markdown)
