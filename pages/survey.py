"""What surveys answered: shares with counts and intervals, and whether groups or other answers go with them."""

import streamlit as st

from pages.ui import charts, filters, findings, frame, shapes, tables
from pages.ui.words import t
from pipelines.advice import CLEAR, survey
from pipelines.reads import Selection


@frame.page
def show() -> None:
    """Draw the answers to one question of the cycle's surveys."""
    selection = frame.open_page("survey", "cycle")
    questions = frame.ask(survey.questions, selection)
    if not questions:
        frame.empty("no_survey")
        return
    question = filters.choose_option("question", {name: name for name in questions}, width=420)
    found = frame.ask(survey.survey_answers, selection, question)
    table = shapes.filled(found, "answer", t("survey.other"))
    test = frame.ask(survey.group_difference, selection, question)
    whole = shapes.where(table, "respondent_group", "")
    first = whole.to_pylist()[0]
    said = [
        t("survey.most", answer=first["answer"], share=tables.percent(first["answer_rate"]), count=f"{first['answer_count']:,}",
          size=f"{first['answered']:,}", low=tables.percent(first["rate_low"]), high=tables.percent(first["rate_high"]))
    ]  # fmt: skip
    if test is not None:
        words = {"p": tables.number(test.p, 3), "v": tables.number(test.v)}
        said.append(t("survey.differ" if test.p < CLEAR else "survey.alike", **words))
    st.markdown("\n".join(f"- {sentence}" for sentence in said))
    with frame.beside():
        with frame.card(findings.answered(whole), t("survey.all_note")) as corner:
            names = ("answer", "answer_count", "answered", "answer_rate")
            frame.chart(charts.rates, whole, names, alt=t("survey.all"))
            all_found, stem = shapes.where(found, "respondent_group", ""), shapes.stem(selection, question)
            frame.offer(all_found, "survey-all", stem, chart="rates", within=corner, seen=lambda: whole)
        with frame.card(t("survey.groups"), t("survey.groups_note")) as corner:
            columns = ["respondent_group", "answer", "answer_count", "answered", "answer_rate", "rate_low", "rate_high"]
            said = shapes.filled(table, "respondent_group", t("chart.everybody"))
            tables.show(said, columns, key="survey", height=310)
            frame.offer(found, "survey", stem, within=corner, seen=lambda: table)
    _crossed(selection, question)


def _crossed(selection: Selection, question: str) -> None:
    """The answers by those to another question, where a table of the two may be seen."""
    with frame.card(t("survey.crossed"), t("survey.crossed_note")) as corner:
        others = frame.ask(survey.crossing_questions, selection, question)
        if not others:
            st.caption(t("survey.no_crossing"))
            return
        other = filters.choose_option("by", {name: name for name in others}, width=420)
        table = frame.ask(survey.crossing, selection, question, other)
        test = frame.ask(survey.crossing_test, selection, question, other)
        low, high = shapes.widest(table)
        words = {"answer": high["answer"], "high": tables.percent(high["answer_rate"], 0), "by_high": high["by_answer"],
                 "low": tables.percent(low["answer_rate"], 0), "by_low": low["by_answer"], "other": other}  # fmt: skip
        st.markdown(f"- {t('survey.apart', **words)}")
        words = {"p": tables.number(test.p, 3), "v": tables.number(test.v)}
        st.markdown(f"- {t('survey.together' if test.p < CLEAR else 'survey.unrelated', **words)}")
        tables.show(table, ["by_answer", *(name for name in table.column_names if name != "by_answer")], key="crossed")
        frame.offer(table, "crossings", shapes.stem(selection, question, other), within=corner)
        with frame.folded(t("survey.tests"), "tests") as is_open:
            if is_open:
                tests = frame.ask(survey.tests, selection)
                tables.show(tests, tests.column_names, key="tests", height=340, roomy=("question", "told_by"))
                frame.offer(tests, "survey-tests", selection.stem)
