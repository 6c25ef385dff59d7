"""What surveys answered: shares with counts and intervals, and whether groups answer differently."""

import streamlit as st

from pages.ui import charts, filters, frame, shapes, tables
from pages.ui.words import t
from pipelines.advice import survey

CLEAR = 0.05


@frame.page
def show() -> None:
    """Draw the answers to one question of the cycle's surveys."""
    selection = frame.open_page("survey", "cycle")
    questions = frame.ask(survey.questions, selection)
    if not questions:
        frame.empty("no_survey")
        return
    question = filters.choose_option("question", {name: name for name in questions}, width=420)
    table = shapes.filled(frame.ask(survey.survey_answers, selection, question), "answer", t("survey.other"))
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
    left, right = st.columns(2)
    with left, frame.card(t("survey.all"), t("survey.all_note")):
        names = ("answer", "answer_count", "answered", "answer_rate")
        frame.chart(charts.rates, whole, names, alt=t("survey.all"))
    with right, frame.card(t("survey.groups"), t("survey.groups_note")):
        columns = ["respondent_group", "answer", "answer_count", "answered", "answer_rate", "rate_low", "rate_high"]
        tables.show(table, columns, key="survey", height=420)
        frame.offer(table, "survey", shapes.stem(selection, question))
