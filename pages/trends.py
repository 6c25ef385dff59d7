"""Year over year: lines of rank, percentile and score, any two cycles, grades, streaks, growth, and what the rules changed."""

import functools

import streamlit as st

from pages.ui import charts, courses, filters, frame, sentences, shapes, tables
from pages.ui.words import t
from pipelines import reads
from pipelines.reads import Selection

MOST_NAMED = 6
VIEWS = ("rank", "percentile", "total", "compare", "grade", "streak", "growth")


@frame.page
def show() -> None:
    """Draw the trends of the selected cohort; who keeps a grade for years is told of all cohorts at once too."""
    is_streak = filters.view(["view"]).get("view") == "streak"
    selection = frame.open_page("trends", "kind", "platform", "layer", "cycle", is_one_cohort=not is_streak)
    cycles = [] if is_streak else sorted(set(frame.ask(reads.years, selection).column("cycle").to_pylist()))
    if len(cycles) < 2 and not is_streak:
        frame.empty("one_year")
        return
    changed = _changed(selection)
    view = filters.choose_view("view", {name: t(f"trends.view_{name}") for name in VIEWS})
    if view in ("rank", "percentile", "total"):
        _lines(selection, view, changed)
    elif view == "compare":
        courses.compare(selection, cycles, changed)
    elif view == "grade":
        courses.grades(selection, cycles)
    elif view == "streak":
        courses.streaks(selection)
    else:
        courses.growth(selection)
    if view in ("rank", "percentile", "total"):
        _subjects(selection, frame.grades(selection))
    _changes(selection, changed)


def _changed(selection: Selection) -> tuple[int, ...]:
    """The cycles whose scheme differs from the one before."""
    return tuple(sorted(set(frame.ask(reads.rule_changes, selection).column("cycle").to_pylist())))


def _lines(selection: Selection, measure: str, changed: tuple[int, ...]) -> None:
    years = frame.ask(reads.years, selection)
    marks = f" {t('trends.marks', cycles=', '.join(map(str, changed)))}" if changed else ""
    other = f" {t('trends.hollow')}" if any(years.column("is_other_cohort").to_pylist()) else ""
    with frame.card(frame.derive(_finding, selection), t(f"trends.{measure}_note") + marks + other) as corner:
        alt = t(f"trends.view_{measure}")
        named = frame.derive(_named, selection)
        point = frame.chart(charts.bump, years, measure, named, changed, alt=alt, is_clickable=True)
        if point:
            frame.go_to("subject", subject=point["customdata"][4])
        frame.offer(years, "years", selection.stem, chart="bump", within=corner)


def _finding(selection: Selection) -> str:
    return courses.finding(frame.ask(reads.years, selection))


def _named(selection: Selection) -> tuple[str, ...]:
    return shapes.moved_most(frame.ask(reads.years, selection), MOST_NAMED)


def _subjects(selection: Selection, grades: list[str]) -> None:
    rows = frame.derive(_folded, selection)
    with frame.card(t("trends.subjects"), t("trends.subjects_note")) as corner:
        columns = ["name", "rank", "rank_change", "total", "total_change", "totals", "grade", "grade_path"]
        place = tables.show(rows, columns, key="trend-rows", grades=grades, is_clickable=True, height=420)
        frame.offer(rows.drop_columns(["totals"]), "subjects", selection.stem, within=corner)
        if place is not None:
            frame.go_to("subject", subject=rows.column("subject")[place].as_py())


def _folded(selection: Selection) -> shapes.Table:
    return shapes.one_row_per_subject(frame.ask(reads.years, selection))


def _changes(selection: Selection, changed: tuple[int, ...]) -> None:
    courses.weights(selection)
    changes = frame.ask(reads.rule_changes, selection)
    with frame.card(t("trends.scheme"), t("trends.scheme_note")) as corner:
        if not changed:
            st.caption(t("trends.no_change"))
            return
        for cycle in reversed(changed):
            rows = shapes.where(changes, "cycle", cycle)
            label = t("trends.changed", earlier=cycle - 1, cycle=cycle, count=rows.num_rows)
            with frame.folded(label, f"changes-{cycle}") as is_open:
                if is_open:
                    columns = ["table", "id", "column", "before", "after"]
                    tables.show(sentences.rows_said(rows), columns, key=f"changes-{cycle}")
        frame.offer(
            changes, "rule-changes", selection.stem, seen=functools.partial(sentences.rows_said, changes), within=corner
        )
