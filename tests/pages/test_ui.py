"""The parts of pages that are pure: charts, shapes, tables, the score tree; and that every page stands behind the guard."""

import ast
import json
from decimal import Decimal
from pathlib import Path

import plotly.graph_objects as go
import pyarrow as pa
import pytest

from pages.ui import charts, findings, frame, lists, portrait, sentences, shapes, tables, trees, words
from pipelines import reads
from pipelines.reads import Selection

ROOT = Path(__file__).resolve().parents[2]
GRADES = ("优秀", "良好", "合格")


def number(text):
    return None if text is None else Decimal(text)


def years(*rows):
    names = ("subject", "name", "cycle", "total", "rank", "cohort_size", "grade")
    schema = pa.schema(
        [("subject", pa.string()), ("name", pa.string()), ("cycle", pa.int64()), ("total", pa.decimal128(38, 9)),
         ("rank", pa.int64()), ("cohort_size", pa.int64()), ("grade", pa.string())]
    )  # fmt: skip
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], schema)


TWO_YEARS = years(
    ("A", "甲", 2024, Decimal(80), 3, 3, "合格"),
    ("A", "甲", 2025, Decimal(95), 1, 3, "优秀"),
    ("B", "乙", 2024, Decimal(90), 1, 3, "优秀"),
    ("B", "乙", 2025, Decimal(85), 3, 3, "合格"),
    ("C", "丙", 2025, Decimal(88), 2, 3, None),
)


@pytest.fixture(autouse=True)
def _english():
    words.use("en")


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=lambda path: path.stem)
def test_the_drawing_function_of_every_page_is_behind_the_guard(path):
    functions = {node.name: node for node in ast.parse(path.read_text(encoding="utf-8")).body if hasattr(node, "name")}
    assert [ast.unparse(decorator) for decorator in functions["show"].decorator_list] == ["frame.page"]
    assert [name for name in functions if name != "show" and not name.startswith("_")] == []


def test_a_page_that_is_called_outside_the_frame_refuses():
    @frame.page
    def show():
        raise AssertionError("it ran")

    with pytest.raises(RuntimeError, match="outside the frame"):
        show()


@pytest.mark.parametrize(
    ("totals", "decimals"),
    [
        (["90", "91"], 2),
        (["90.001", "90.002"], 3),
        (["90.004", "90.005"], 2),
        (["90.000001", "90.000002", None], 6),
        (["90", "90"], 2),
        ([], 2),
    ],
)
def test_unequal_totals_look_unequal(totals, decimals):
    assert tables.decimals_to_tell_apart([number(total) for total in totals]) == decimals


@pytest.mark.parametrize(("value", "text"), [(3, "▲ 3"), (-2, "▼ 2"), (0, "·"), (None, "")])
def test_a_change_has_its_direction_in_shape(value, text):
    assert tables.change(value) == text


def test_a_flag_is_said_in_words():
    assert tables.flag("unknown:测评门槛") == "No data for gate: 测评门槛"


def test_who_moved_most_is_named_on_both_sides():
    assert set(shapes.moved_most(TWO_YEARS, 6)) == {"A", "B"}
    assert shapes.moved_most(TWO_YEARS, 1) == ("A",)


def test_a_subject_without_the_year_before_has_no_change():
    rows = {row["subject"]: row for row in shapes.one_row_per_subject(TWO_YEARS).to_pylist()}
    assert (rows["A"]["rank_change"], rows["A"]["total_change"], rows["A"]["grade_path"]) == (2, 15, "合格 → 优秀")
    assert (rows["C"]["rank_change"], rows["C"]["total_change"], rows["C"]["grade_path"]) == (None, None, "–")


def test_a_search_reads_every_column_and_no_pattern():
    table = pa.table({"name": ["Ann (1)", "Bob"], "subject": ["P1", "P2"]})
    assert shapes.search(table, "p2", ("name", "subject"))["name"].to_pylist() == ["Bob"]
    assert shapes.search(table, "(1)", ("name",))["subject"].to_pylist() == ["P1"]
    assert shapes.search(table, " ", ("name",)).num_rows == 2


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 9])
def test_every_grade_has_a_colour_and_a_badge(count):
    grades = [f"g{number}" for number in range(count)]
    colours = charts.grade_colours(grades)
    assert set(colours) == {*grades, ""}
    assert len(charts.badge_colours(count)) == count
    if count <= 6:
        assert len(set(colours.values())) == count + 1


def test_the_parts_of_a_change_are_drawn_where_what_votes_made_of_it_is_hidden():
    parts = {"own_part": "2", "cohort_part": "-0.5", "rules_part": "0", "noise_part": None}
    totals = {"total_change": "1.5", "total_before": "80", "total": "81.5"}
    row = {"subject": "A", "name": "甲"} | {name: number(text) for name, text in (parts | totals).items()}
    bars = charts.change_parts(pa.Table.from_pylist([row])).data[:-1]
    assert [bar.x[0] for bar in bars] == [2.0, -0.5, 0.0, 0.0]


@pytest.mark.parametrize("measure", ["rank", "total"])
def test_a_line_chart_names_the_ends_and_marks_the_change_of_scheme(measure):
    figure = charts.bump(TWO_YEARS, measure, ("A",), (2025,))
    assert len(figure.data) == 3
    assert "甲" in "".join(figure.layout.yaxis.ticktext)
    assert [shape.x0 for shape in figure.layout.shapes] == [2024.5]


def test_the_bars_of_a_waterfall_add_up_to_the_total():
    names = ("step", "depth", "id", "name", "score", "share")
    rows = [
        ("total", 0, "", "", "84.500000", None),
        ("base", 1, "", "", "84.000000", None),
        ("component", 2, "a", "甲", "90", "0.6"),
        ("component", 3, "a1", "甲一", "90", "0.6"),
        ("component", 2, "b", "", "70", "0.4"),
        ("bonus", 1, "", "", "1.5", None),
        ("deduction", 1, "", "", "1", None),
    ]
    steps = pa.table({
        name: pa.array([number(row[place]) if name in ("score", "share") else row[place] for row in rows],
                       pa.decimal128(38, 9) if name in ("score", "share") else None)
        for place, name in enumerate(names)
    })  # fmt: skip
    (bars,) = charts.waterfall(steps).data
    amounts = dict(zip(bars.y, bars.x, strict=True))
    assert amounts == {"甲": 54, "b": 28, "Bonus": 1.5, "Deduction": -1, "Not additive": 2, "Total": 84.5}
    assert sum(amount for label, amount in amounts.items() if label != "Total") == amounts["Total"]


def test_the_quota_line_is_the_one_of_the_best_limited_grade():
    table = pa.table({"platform": ["东", "东"], "grade": ["优秀", "合格"], "subject_count": [1, 3]})
    figure = charts.grade_mix(table, "platform", (("优秀", Decimal("0.2")), ("良好", Decimal("0.3")), ("合格", None)))
    assert [shape.x0 for shape in figure.layout.shapes] == [0.2]
    assert [list(bar.x) for bar in figure.data] == [[0.25], [0.75]]


@pytest.mark.parametrize(
    ("pool", "label"),
    [
        ("platform=区直; layer=正职", "区直 · 正职"),
        ("platform=区直; layer=", "区直"),
        ("all", "All"),
        ("platform=; layer=", "All"),
    ],
)
def test_a_pool_is_said_without_its_keys(pool, label):
    assert charts.pool_label(pool) == label


def test_the_score_tree_escapes_what_came_from_a_file():
    step = {
        "path": "0", "depth": 0, "step": "indicator", "id": "x", "name": "<script>alert(1)</script>", "weight": None,
        "score": Decimal(1), "share": None, "coverage": Decimal(1), "value": None, "target": None, "note": "<b>",
    }  # fmt: skip
    source = {"step": "indicator", "id": "x", "file": "<img src=x>.xlsx", "sheet": "a&b", "cell": "A1"}
    html = trees.score_tree(pa.Table.from_pylist([step]), pa.Table.from_pylist([source]))
    assert "<script>" not in html
    assert "<img" not in html
    assert "<b>" not in html
    assert "a&amp;b › A1" in html


def test_a_name_in_a_chart_makes_no_link():
    """Plotly reads some HTML in its texts."""
    name = "<A href='https://example.org'>区委办</A><b>x</b>"
    drawn = charts.finished(go.Figure(go.Bar(x=[1, 2], y=[name, "b"], text=[name, ""])))
    told = json.dumps(drawn.to_dict(), ensure_ascii=False, default=list).lower()
    assert "<a " not in told
    assert "&lt;a href" in told
    assert "<b>x</b>" in told


def test_a_gate_that_always_holds_is_said_so():
    row = {
        "gate": "单位较差",
        "metric": "coverage",
        "op": ">=",
        "value": "0",
        "applies": "",
        "effect": "cap:三等",
        "note": "",
    }
    with words.using("zh"):
        assert sentences.gate([row]) == "单位较差：凡属适用对象，一律不得高于三等"
        assert sentences.condition("total", ">=", "0") == "总分达到 0"  # a total may be below


def test_a_title_says_what_its_chart_shows():
    steps = [
        {"step": "total", "id": "", "name": "", "depth": 0, "score": Decimal(90), "share": None},
        {
            "step": "component",
            "id": "a",
            "name": "工作实绩(共性)",
            "depth": 2,
            "score": Decimal(80),
            "share": Decimal("0.5"),
        },
        {"step": "component", "id": "b", "name": "评议", "depth": 2, "score": Decimal(100), "share": Decimal("0.5")},
    ]
    months = pa.table(
        {"month": [3, 4], "bonus_sum": [Decimal(8), Decimal(1)], "deduction_sum": [Decimal(0), Decimal(0)]}
    )
    votes = pa.table({"option": ["好", "差", "好"], "votes": [6, 2, 2]})
    with words.using("en"):
        assert findings.parts(pa.Table.from_pylist(steps)) == "50.00 of 90.00 points come from 评议"
        assert findings.parts(pa.Table.from_pylist(steps[:2])) == "How the total adds up"
        assert findings.months(months) == "March added most (8.0)"
        assert findings.answers(votes) == "好 leads with 80.0%"
        cohort = pa.table({"rank": [1, 2, 3, 3, 5, None]})
        assert findings.place(cohort, 3, 5) == "Ahead of 1 of 4 peers", "a tie is no lead"


D = Decimal
FINDINGS = [
    (findings.weights, [{"depth": 1, "name": "实绩(共性)", "nominal_share": D("0.3"), "variance_share": D("0.52")},
                        {"depth": 1, "name": "评议", "nominal_share": D("0.7"), "variance_share": D("0.6")}],
     "实绩: 30% on paper, 52% in effect"),
    (findings.weights, [{"depth": 1, "name": name, "nominal_share": D("0.5"), "variance_share": D("0.5")} for name in "ab"],
     "Every component counts about as its weight says"),
    (findings.weights, [{"depth": 1, "name": "a", "nominal_share": D(1), "variance_share": D("0.4")}],
     "Weights on paper and in effect"),
    (findings.indices, [{"name": "a", "total_index": D("0.614")}, {"name": "b", "total_index": D("0.611")},
                        {"name": "c", "total_index": D("0.2")}], "Moves ranks most: a, b (0.61)"),
    (findings.indices, [{"name": "a", "total_index": D(0)}, {"name": "b", "total_index": None}], "Which weights move ranks"),
    (findings.rules, [{"method_rule": "weights", "method_option": None, "total_index": D("0.9")},
                      {"method_rule": "trimming", "method_option": "tenth", "total_index": None}],
     "Moves ranks most: Weights (0.90)"),
    (findings.agreement, [{"icc_mean": D("0.8")}, {"icc_mean": D("0.79")}],
     "Reliable rater groups (0.8 or more): 1 of 2"),
    (findings.leniency, [{"rater_group": "干部", "leniency": D("1.5")}, {"rater_group": "群众", "leniency": D("-1.5")}],
     "Mildest: 干部 (+1.50); strictest: 群众 (-1.50)"),
    (findings.leniency, [{"rater_group": "干部", "leniency": D(0)}], "Mild and strict"),
    (findings.changes, [{"own_part": D(1)}, {"own_part": D(0)}, {"own_part": D(-2)}],
     "Own performance: 1 of 3 up, 1 down"),
    (findings.answered, [{"answer": "好", "answer_rate": D("0.6")}, {"answer": "差", "answer_rate": D("0.4")}],
     "好 was chosen most often: 60.0%"),
    (findings.answered, [{"answer": "好", "answer_rate": None}], "All answers"),
    (findings.ahead, [{"subject": "a", "name": "甲", "rank": 1, "other": "b", "other_name": "乙", "other_rank": 2, "ahead_chance": D("0.9")},
                      {"subject": "b", "name": "乙", "rank": 2, "other": "c", "other_name": "", "other_rank": 3, "ahead_chance": D("0.55")}],
     "Least sure: 乙 ahead of c in 55% of draws"),
    (findings.ahead, [{"subject": "a", "name": "甲", "rank": 1, "other": "b", "other_name": "乙", "other_rank": 1, "ahead_chance": D("0.5")}],
     "Who is really ahead"),
    (findings.items, [{"name": "廉", "score": D(80), "score_mean": D(85)}, {"name": "勤", "score": D(90), "score_mean": D(88)}],
     "Furthest from the cohort: 廉 (-5.0)"),
    (findings.items, [{"name": "廉", "score": D(80), "score_mean": D(80)}], "Poll profile"),
    (findings.funnel, [{"stage": "报名", "entered": 1200, "passed": 90}, {"stage": "考察", "entered": 90, "passed": 3}],
     "Left after 考察: 3 of 1,200"),
    (findings.waves, [{"question": "治安", "verdict": "base"}, {"question": "治安", "verdict": "clear_up"},
                      {"question": "教育", "verdict": "not_up"}], "Questions in which satisfaction rose: 1 of 2"),
    (findings.waves, [{"question": "治安", "verdict": "base"}], "Satisfaction by wave"),
    (findings.matrix, [{"name": "甲", "owner": "乙", "is_open": True, "is_overdue": True},
                       {"name": "甲", "owner": "乙", "is_open": False, "is_overdue": False},
                       {"name": "", "owner": "乙", "is_open": True, "is_overdue": True}],
     "Open entries: 1 of 2; overdue: 1"),
    (findings.regraded, [{"grade": "优", "new_grade": "良"}, {"grade": None, "new_grade": None}], "Another grade: 1 of 2"),
]  # fmt: skip


@pytest.mark.parametrize(("find", "rows", "title"), FINDINGS)
def test_a_title_of_advice_says_what_its_chart_shows(find, rows, title):
    with words.using("en"):
        assert find(pa.Table.from_pylist(rows)) == title
    with words.using("zh"):
        assert find(pa.Table.from_pylist(rows)) != title


@pytest.mark.parametrize("find", list(dict.fromkeys(find for find, _, _ in FINDINGS)))
def test_a_title_of_nothing_is_the_name_of_the_chart(find):
    rows = next(rows for known, rows, _ in FINDINGS if known is find)
    with words.using("en"):
        assert find(pa.Table.from_pylist(rows).slice(0, 0))


def test_titles_with_a_choice_of_the_visitor_say_it():
    rows = [{"group": "", "grade_rate": D("0.1")}, {"group": "南片", "grade_rate": D("0.3")}]
    sure = [
        {"certainty": name, "rank_low": 1, "rank_high": high} for name, high in (("safe", 1), ("safe", 2), ("out", 9))
    ]
    with words.using("en"):
        assert findings.shares(pa.Table.from_pylist(rows), "优秀") == "优秀 or better: from (blank) 10.0% to 南片 30.0%"
        assert findings.shares(pa.Table.from_pylist(rows[:1]), "优秀") == "Who gets the grade"
        assert findings.sureness(pa.Table.from_pylist(sure), "优秀") == "优秀: 2 safely in, 0 on the line, 1 out"
        assert findings.sureness(pa.Table.from_pylist(sure), "") == "1 of 3 keep their rank in the middle 90% of draws"


@pytest.mark.parametrize(
    ("subject", "went"), [("U1", {"subject": "U1", "kind": "unit", "platform": None, "layer": None}), ("", None)]
)
def test_a_row_of_a_list_opens_its_subject_of_whatever_kind(monkeypatch, subject, went):
    answers = {
        reads.cohorts: lambda: pa.table({"cycle": [2024, 2025, 2025], "kind": ["team", "person", "unit"]}),
        reads.ranking: lambda chosen: pa.table({"subject": ["U1"] if chosen.kind == "unit" else ["P1"]}),
    }
    taken = []
    monkeypatch.setattr(lists.tables, "show", lambda *_, **__: 0)
    monkeypatch.setattr(lists.frame, "ask", lambda question, *arguments: answers[question](*arguments))
    monkeypatch.setattr(lists.frame, "go_to", lambda name, **changes: taken.append((name, changes)))
    lists.listing(pa.table({"subject": [subject]}), ["subject"], Selection(2025, "person"), key="any")
    assert taken == ([("subject", went)] if went else [])


def test_the_heading_of_a_part_leaves_what_stands_in_brackets_to_its_help():
    names = ["日常考核(季度督查、半年讲评)", "评议(甲)", "评议(乙)"]
    with words.using("en"):
        said = [tables._points_entry(name, names)["label_en"] for name in names]
    assert said == ["日常考核", "评议(甲)", "评议(乙)"]


def test_what_it_takes_to_the_next_grade_is_more_than_the_gap_in_the_parts_that_can_give_it():
    steps = [
        {"step": "component", "depth": 2, "id": "w", "name": "工作", "score": Decimal(90), "share": Decimal("0.7")},
        {"step": "component", "depth": 3, "id": "x", "name": "其中", "score": Decimal(10), "share": Decimal("0.3")},
        {"step": "component", "depth": 2, "id": "p", "name": "测评", "score": Decimal("99.9"), "share": Decimal("0.3")},
    ]
    with words.using("en"):
        said = portrait._needed(Decimal("0.09"), steps)
        assert "0.13 points of 100 in 工作" in said, "0.09 / 0.7, rounded up"
        assert "其中" not in said, "a part of a part"
        assert "测评" not in said, "it would need more than there is"
        assert portrait._needed(Decimal(50), steps) == ""
