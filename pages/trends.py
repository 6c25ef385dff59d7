"""Year over year: ranks, scores and grades of one cohort, with a mark where the scheme changed and what changed."""

import streamlit as st

from pages.ui import charts, filters, frame, shapes, tables
from pages.ui.words import t
from pipelines import reads
from pipelines.reads import Selection

MOST_NAMED = 6


@frame.page
def show() -> None:
    """Draw the trends of the selected cohort."""
    selection = frame.open_page("trends", "kind", "platform", "layer", "cycle", is_one_cohort=True)
    years = frame.ask(reads.years, selection)
    if len(set(years.column("cycle").to_pylist())) < 2:
        frame.empty("one_year")
        return
    changes = frame.ask(reads.rule_changes, selection)
    changed = tuple(sorted(set(changes.column("cycle").to_pylist())))
    st.caption(filters.sentence(selection))
    view = filters.choose_view("view", {name: t(f"trends.view_{name}") for name in ("rank", "total", "grade")})
    if view == "rank":
        with frame.card(t("trends.ranks"), t("trends.ranks_note") + _mark(changed)):
            frame.chart(
                charts.bump, years, "rank", shapes.moved_most(years, MOST_NAMED), changed, alt=t("trends.ranks")
            )
    elif view == "total":
        with frame.card(t("trends.totals"), t("trends.totals_note") + _mark(changed)):
            frame.chart(
                charts.bump, years, "total", shapes.moved_most(years, MOST_NAMED), changed, alt=t("trends.totals")
            )
    else:
        _grades(selection)
    _subjects(selection, frame.grades(selection))
    _changes(selection, changed)


def _mark(changed: tuple[int, ...]) -> str:
    return f" {t('trends.marks', cycles=', '.join(map(str, changed)))}" if changed else ""


def _grades(selection: Selection) -> None:
    wide = Selection(selection.cycle, selection.kind)
    moves = frame.ask(reads.transitions, wide)
    with frame.card(t("trends.grades"), t("trends.grades_note", earlier=selection.cycle - 1, cycle=selection.cycle)):
        if moves.num_rows:
            frame.chart(charts.transitions, moves, tuple(frame.grades(wide)), alt=t("trends.grades"))
        else:
            st.caption(t("trends.no_previous"))


def _subjects(selection: Selection, grades: list[str]) -> None:
    rows = shapes.one_row_per_subject(frame.ask(reads.years, selection))
    with frame.card(t("trends.subjects"), t("trends.subjects_note")):
        columns = ["name", "rank", "rank_change", "total", "total_change", "totals", "grade", "grade_path"]
        place = tables.show(rows, columns, key="trend-rows", grades=grades, is_clickable=True, height=420)
        frame.offer(frame.ask(reads.years, selection), "years", selection.stem)
        if place is not None:
            frame.go_to("subject", subject=rows.column("subject")[place].as_py())


def _changes(selection: Selection, changed: tuple[int, ...]) -> None:
    changes = frame.ask(reads.rule_changes, selection)
    with frame.card(t("trends.scheme"), t("trends.scheme_note")):
        if not changed:
            st.caption(t("trends.no_change"))
        for cycle in reversed(changed):
            rows = shapes.where(changes, "cycle", cycle)
            with st.expander(t("trends.changed", earlier=cycle - 1, cycle=cycle, count=rows.num_rows)):
                columns = ["table", "id", "column", "before", "after"]
                tables.show(tables.say(rows), columns, key=f"changes-{cycle}")
