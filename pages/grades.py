"""Grades against their quota: seats and who took them, both sides of each line, gates that limit, how seats came about."""

import streamlit as st

from pages.ui import blocks, certainty, charts, filters, findings, frame, sentences, shapes, tables
from pages.ui.words import t
from pipelines import reads
from pipelines.reads import Selection

SIDES = (
    "grade", "pool_name", "part", "outcome", "name", "total", "gap", "seats", "taken", "decided_grade", "authority",
    "decision_reason",
)  # fmt: skip
ROUNDED = (
    "grade", "pool_name", "part", "headcount", "share", "fair", "rounding", "is_rounded_up", "seats", "taken", "free",
    "over", "applies",
)  # fmt: skip
MOST_POOLS = 10
MOST_HEIGHT = 340  # pixels, in which more pools than that scroll


@frame.page
def show() -> None:
    """Draw the grades of the selected kind and cycle."""
    selection = frame.open_page("grades", "kind", "cycle")
    names = frame.grades(selection)
    if not frame.ask(reads.quotas, selection).num_rows:
        frame.empty("no_grades")
        return
    if filters.choose_view("view", {name: t(f"grades.view_{name}") for name in ("official", "sure")}) == "sure":
        certainty.show(selection)
        return
    with frame.beside():
        blocks.grade_mix(selection)
        _seats(selection, names)
    _borders(selection, names)
    _limited(selection, names)
    _quotas(selection, names)


def _seats(selection: Selection, names: list[str]) -> None:
    quotas = frame.ask(reads.quotas, selection)
    with frame.card(findings.seats(quotas), t("grades.seats_note")) as corner:
        limited = shapes.limited_grades(quotas)
        if not limited:
            st.caption(t("grades.no_limit"))
            return
        grade = filters.choose_view("grade", {name: name for name in names if name in limited})
        own = shapes.where(shapes.where(quotas, "grade", grade), "part", "")
        with frame.room(MOST_HEIGHT if own.num_rows > MOST_POOLS else None):
            frame.chart(charts.seats, quotas, grade, tuple(names), alt=t("grades.seats"))
        frame.offer(shapes.where(quotas, "grade", grade), "seats", selection.stem, chart="seats", within=corner)


def _borders(selection: Selection, names: list[str]) -> None:
    borders = frame.ask(reads.borders, selection)
    with frame.card(frame.derive(_line, selection), t("grades.borders_note")) as corner:
        if not borders.num_rows:
            st.caption(t("grades.no_borders"))
            return
        shown = frame.derive(_both_sides, selection)
        labels = {"grade": t("grades.line_for")}  # the one below it has not got that grade
        place = tables.show(shown, SIDES, key="borders", grades=names, is_clickable=True, height=360, labels=labels)
        frame.offer(borders, "borders", selection.stem, within=corner)
        if place is not None:
            frame.go_to("subject", subject=borders.column("subject")[place].as_py())


def _both_sides(selection: Selection) -> shapes.Table:
    return tables.say(shapes.without_blank(shapes.with_gaps(frame.ask(reads.borders, selection)), SIDES))


def _line(selection: Selection) -> str:
    """The finding of the borders: ties, else the closest line."""
    borders = frame.ask(reads.borders, selection)
    tied = [row for row in borders.to_pylist() if row["outcome"] == "tied"]
    if tied:
        return t("grades.ties", count=len(tied), grade=tied[0]["grade"])
    closest = shapes.closest_line(borders)
    if closest is None:
        return t("grades.borders")
    taken, out = closest
    pool = charts.pool_label(taken["part"] or taken["pool_name"])
    words = {"taken": taken["name"], "out": out["name"], "grade": taken["grade"], "pool": pool}
    return t("grades.closest", gap=tables.number(taken["total"] - out["total"]), **words)


def _limited(selection: Selection, names: list[str]) -> None:
    limited = frame.ask(reads.limited, selection)
    lost = limited.num_rows - limited.column("lost").null_count
    title = t("grades.limited_lost", count=limited.num_rows, lost=lost) if limited.num_rows else t("grades.limited")
    with frame.card(title, t("grades.limited_note")) as corner:
        if not limited.num_rows:
            st.caption(t("grades.no_limited"))
            return
        decided = [name for name in ("decided_grade", "authority") if not shapes.is_blank(limited, name)]
        columns = ["name", "total", "grade", "lost", "gate", "effect", "note", *decided]
        place = tables.show(tables.say(limited), columns, key="limited", grades=names, is_clickable=True, height=320)
        frame.offer(limited, "limited", selection.stem, within=corner)
        if place is not None:
            frame.go_to("subject", subject=limited.column("subject")[place].as_py())


def _quotas(selection: Selection, names: list[str]) -> None:
    with frame.card(frame.derive(_fractions, selection), t("grades.quotas_note")) as corner:
        tables.show(frame.derive(_rounded, selection), ROUNDED, key="quotas", grades=names, height=380)
        frame.offer(frame.ask(reads.quotas, selection), "quotas", selection.stem, within=corner)


def _rounded(selection: Selection) -> shapes.Table:
    rows = shapes.worded(frame.ask(reads.quotas, selection), "applies", sentences.applies, "applies")
    return tables.say(shapes.without_blank(rows, ROUNDED))


def _fractions(selection: Selection) -> str:
    """The finding of the quotas: how many fractions of a seat became one."""
    quotas = frame.ask(reads.quotas, selection).to_pylist()
    fractions = [row for row in quotas if row["seats"] is not None and row["fraction"]]
    won = len([row for row in fractions if row["is_rounded_up"]])
    return t("grades.quotas_won", won=won, all=len(fractions)) if fractions else t("grades.quotas")
