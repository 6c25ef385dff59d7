"""Grades against their quota: seats and who took them per pool, and the subjects on both sides of each line."""

import streamlit as st

from pages.ui import blocks, charts, filters, frame, shapes, tables
from pages.ui.words import t
from pipelines import reads

MOST_POOLS = 10
MOST_HEIGHT = 340
"""Pixels in which more pools than that scroll."""


@frame.page
def show() -> None:
    """Draw the grades of the selected kind and cycle."""
    selection = frame.open_page("grades", "kind", "cycle")
    names = frame.grades(selection)
    quotas = frame.ask(reads.quotas, selection)
    if not quotas.num_rows:
        frame.empty("no_grades")
        return
    left, right = st.columns([1, 1])
    with left:
        blocks.grade_mix(selection)
    with right, frame.card(t("grades.seats"), t("grades.seats_note")):
        limited = shapes.limited_grades(quotas)
        if limited:
            grade = filters.choose_view("grade", {name: name for name in names if name in limited})
            pools = len([row for row in quotas.to_pylist() if row["grade"] == grade and not row["part"]])
            with st.container(height=MOST_HEIGHT if pools > MOST_POOLS else "content", border=False):
                frame.chart(charts.seats, quotas, grade, alt=t("grades.seats"))
        else:
            st.caption(t("grades.no_limit"))
    borders = frame.ask(reads.borders, selection)
    with frame.card(t("grades.borders"), t("grades.borders_note")):
        if borders.num_rows:
            columns = ["grade", "pool_name", "part", "outcome", "name", "total", "seats", "taken"]
            place = tables.show(
                tables.say(borders), columns, key="borders", grades=names, is_clickable=True, height=320
            )
            frame.offer(borders, "borders", selection.stem)
            if place is not None:
                frame.go_to("subject", subject=borders.column("subject")[place].as_py())
        else:
            st.caption(t("grades.no_borders"))
    with frame.card(t("grades.quotas"), t("grades.quotas_note")):
        columns = ["grade", "applies", "pool_name", "part", "headcount", "share", "seats", "taken", "free", "over"]
        tables.show(tables.say(quotas), columns, key="quotas", grades=names, height=380)
        frame.offer(quotas, "quotas", selection.stem)
