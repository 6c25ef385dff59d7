"""Read-only SQL over the tables that the visitor may take as files, with what their columns mean."""

import streamlit as st

from pages.ui import filters, frame, tables
from pages.ui.words import t
from pipelines import reads
from pipelines.workbench import LIMITS

EXAMPLES = ("grade_mix", "strengths", "steady")


@frame.page
def show() -> None:
    """Draw the field for the query beside the dictionary of the tables, and below what came of it."""
    frame.open_plain("workbench")
    if not frame.ask(reads.cohorts).num_rows:
        frame.empty("nothing_built")
        return
    examples = frame.ask(reads.examples)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        text, turn = filters.write("sql", t("workbench.query"), t("workbench.run"), examples[EXAMPLES[0]])
        limits = {"rows": f"{LIMITS.rows:,}", "seconds": LIMITS.seconds, "letters": f"{LIMITS.text:,}"}
        st.caption(t("workbench.limits", **limits))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(t("workbench.examples"), width="content")
            for name in EXAMPLES:
                frame.link("workbench", t(f"workbench.example_{name}"), sql=examples[name])
    with right:
        _columns()
    if turn:
        with st.spinner(t("workbench.running")):
            answer = frame.query(text, turn)
        _answer(answer, turn)


def _columns() -> None:
    """The tables, and of one of them each column with its meaning."""
    labels = {name: f"{name} · {t(f'extract.{name}')}" for name in frame.tables_to_take()}
    name = filters.choose_option("table", labels, width=320)
    found = frame.ask(reads.columns, name)
    about = tables.describe(found.column("column_name").to_pylist())
    about = about.append_column("sql_type", found.column("column_type"))
    tables.show(about, ["column", "sql_type", "label", "help"], key="workbench-columns", height=300)
    st.caption(t(f"extract.{name}_note"))


def _answer(answer: frame.Answer, turn: int) -> None:
    """What came of the query: a table and its files, or the reason why there is none."""
    if answer.table is None:
        frame.notice("error", t(f"workbench.fault_{answer.fault}", seconds=LIMITS.seconds, letters=f"{LIMITS.text:,}"))
        if answer.detail:
            st.code(answer.detail, language=None, wrap_lines=True)
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        rows = f"{answer.table.num_rows:,}"
        said = t("workbench.cut", rows=rows) if answer.is_cut else t("workbench.rows", rows=rows)
        st.caption(said, width="content")
        frame.offer(answer.table, "workbench", f"query{turn}", ("csv", "xlsx", "parquet"))
    tables.show_plain(answer.table, key=f"workbench-answer-{turn}")
