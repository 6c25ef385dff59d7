"""The pages of advice: they say in sentences what the figures mean, in both languages, and nothing of it is official."""

import csv
from decimal import Decimal
from types import SimpleNamespace

import pytest
import streamlit as st
from click.testing import CliRunner

from pages.ui import filters, frame, words
from pages.ui.words import t
from pipelines import __main__ as line
from pipelines.advice import sure
from pipelines.advice.catalogue import ADVICE
from pipelines.reads import Selection
from pipelines.warehouse import Warehouse
from tests.pages.test_pages import said

pytestmark = pytest.mark.xdist_group("pages")


def test_how_sure_begins_with_plain_sentences(app, built_file):
    test = app(built_file, "confidence", "en", cycle=2025, kind="unit", platform="党群部门")
    assert not test.exception
    assert not test.error
    text = said(test)
    assert "Votes decide up to **30%** of a total here" in text
    assert "Line of 优秀: **2** are safely in, **0** are on the border, **2** are out." in text
    assert "Nobody is on this line." in text


def test_how_sure_speaks_chinese_and_lists_the_border(app, built_file):
    test = app(built_file, "confidence", "zh", cycle=2025, kind="unit", platform="经济部门")
    assert said(test).startswith("# 把握程度")
    table = test.dataframe[0].value
    assert {"商务局", "财政局"} & set(table["name"])
    assert all(5 < chance < 95 for chance in table["line_chance"])


def test_how_sure_says_where_no_vote_counts(app, built_file):
    test = app(built_file, "confidence", "en", cycle=2025, kind="person")
    assert "No votes are part of these totals" in "\n".join(note.value for note in test.info)


def test_method_says_what_a_weight_does(app, built_file):
    test = app(built_file, "method", "en", cycle=2025, kind="unit", platform="党群部门")
    assert not test.exception
    assert not test.error
    assert said(test).startswith("# Method")
    table = test.dataframe[0].value
    assert set(table["name"]) == {"工作实绩", "工作得分", "群众评议"}
    shares = table.set_index("name")["variance_share"]
    assert shares["工作实绩"] + shares["群众评议"] == pytest.approx(100, abs=12)  # bonus has a part in the rest


def test_long_work_tells_how_far_it_is_and_stays_cancelled_until_it_is_asked_for_again(app, built_file, monkeypatch):
    heard = []

    def click_in_the_middle():
        def told(step, done, total):
            heard.append((step, done, total))
            if len(heard) == 3:
                filters.remember("cancelled", (t("method.working"), filters.carried(), frame.version()))
                st.rerun()

        return told

    monkeypatch.setattr(frame, "_bar", click_in_the_middle)
    test = app(built_file, "method", "en", cycle=2025, kind="unit", platform="经济部门")
    assert "**Cancelled; nothing was worked out.**" in said(test)
    assert not test.dataframe
    assert [step for step, *_ in heard] == ["cycle"] * 3
    assert not test.run().dataframe
    assert len(heard) == 3
    test.button(key="again").click().run()
    assert not test.exception
    assert set(test.dataframe[0].value["name"]) == {"工作实绩", "工作得分", "群众评议"}
    assert {step for step, *_ in heard} == {"cycle", "arrays", "variants"}
    assert all(0 <= done <= total for _, done, total in heard)


def test_a_bar_says_what_is_done(monkeypatch):
    drawn = []
    monkeypatch.setattr(frame.st, "progress", lambda _: SimpleNamespace(progress=lambda *said: drawn.append(said)))
    told = frame._bar()
    with words.using("en"):
        told("draws", 250, 1000)
        told("draws", 260, 1000)  # at once: not drawn
    assert drawn == [(0.25, "Drawing votes anew: 250 of 1,000")]


def test_panels_tell_nothing_about_a_group_with_few_subjects(app, built_file):
    test = app(built_file, "panel", "en", cycle=2025, kind="unit")
    assert not test.exception
    assert not test.error
    table = test.dataframe[0].value.set_index("poll")
    assert table.loc["群众评议", "quality"] == "Counts only"
    assert table.loc["内部测评", "quality"] == "Too few ballots"
    assert 25 < table.loc["群众评议", "top_rate"] < 75
    assert "1 rater group has too few ballots" in said(test)


def test_the_integrity_desk_adds_up_the_counts(app, built_file):
    test = app(built_file, "integrity", "zh", cycle=2025, kind="unit")
    assert not test.exception
    text = said(test)
    assert "发出的 850 张选票中有 **30** 张未收回" in text
    assert "票数均成立" in text


def test_a_change_is_told_in_parts_that_add_up(app, built_file):
    test = app(built_file, "change", "en", cycle=2025, kind="unit", platform="党群部门")
    assert not test.exception
    assert not test.error
    assert "Since 2024 the cohort moved by" in said(test)
    table = test.dataframe[0].value
    parts = table["own_part"] + table["cohort_part"] + table["rules_part"] + table["noise_part"]
    moved = table["total"] - table["total_before"]
    assert parts.tolist() == pytest.approx(moved.tolist(), abs=1e-4)


def test_without_a_year_before_there_is_no_change_but_a_radar(app, built_file):
    test = app(built_file, "change", "zh", cycle=2024, kind="unit", platform="党群部门")
    assert not test.exception
    assert "没有可比的上年" in said(test)
    assert "离结果运用只差一年" in said(test)


def test_fairness_tells_a_mean_from_a_rate(app, built_file):
    test = app(built_file, "fairness", "en", cycle=2025, kind="unit")
    assert not test.exception
    assert not test.error
    assert "valid votes **46.0%** are 满意" in said(test)
    assert "No attribute groups these subjects" in said(test)


def test_weights_can_vary_along_with_the_votes(app, built_file):
    test = app(built_file, "confidence", "en", cycle=2025, kind="person", **{"with": "weights"})
    assert not test.exception
    assert not test.error
    assert "No votes" not in "\n".join(note.value for note in test.info)


def test_a_survey_tells_counts_beside_shares(app, built_file):
    test = app(built_file, "survey", "en", cycle=2025)
    assert not test.exception
    assert not test.error
    assert "The most frequent answer is **满意**" in said(test)
    table = test.dataframe[0].value
    assert (table["answer_count"] / table["answered"] * 100).tolist() == pytest.approx(
        table["answer_rate"].tolist(), abs=0.01
    )


def test_every_table_of_advice_is_written_as_its_page_shows_it(built_file, tmp_path):
    options = ["advice", "all", "--db", str(built_file), "--cycle", "2025", "--kind", "unit", "--out", str(tmp_path)]
    done = CliRunner().invoke(line.main, options, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    written = {path.stem.split("-2025")[0] for path in tmp_path.glob("*.csv")}
    assert set(ADVICE) - written <= {
        "scenarios",
        "findings",
        "grade-shares",
        "differences",
        "crossings",
        "survey-tests",
        "adjusted",
        "forms",
        "items",
    }, "of these the office has none"
    with Warehouse.open(built_file) as warehouse:
        shown = sure.sureness(warehouse, Selection(2025, "unit", "经济部门", ""), "优秀").to_pylist()
    (file,) = tmp_path.glob("sureness-2025-unit-经济部门*优秀.csv")
    with file.open(encoding="utf-8-sig", newline="") as text:
        told = list(csv.DictReader(text))
    assert [row["subject"] for row in told] == [row["subject"] for row in shown]
    assert [Decimal(row["line_chance"]) for row in told] == [row["line_chance"] for row in shown]
    wrong = CliRunner().invoke(line.main, [*options[:1], "luck", *options[2:]])
    assert wrong.exit_code == 2


@pytest.mark.parametrize("page", ["rankings", "grades"])
def test_how_sure_stands_where_ranks_and_grades_are_shown(app, built_file, page):
    test = app(built_file, page, "en", cycle=2025, kind="unit", view="sure")
    assert not test.exception
    assert not test.error
    assert "are on the border" in said(test)
    assert {"商务局", "财政局"} & set(test.dataframe[0].value["name"])
