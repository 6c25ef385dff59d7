"""Who stands where: the ranking of the selected cohorts with the year before; a click opens the subject."""

import functools

import streamlit as st

from pages.ui import certainty, charts, filters, frame, present, scoreboard, shapes, tables
from pages.ui.words import t
from pipelines import reads
from pipelines.reads import Selection

MOST_PARTS = 6
"""More root components than this have no column of their own."""
USUAL = (
    "rank", "rank_change", "name", "platform", "layer", "total", "total_change", "grade", "decided_grade", "authority",
    "previous_grade", "percentiles", "parts", "bonus", "deduction", "why",
)  # fmt: skip
ONLY = ("all", "attention", "partial")
SORTED = ("rank", "rank_change", "name", "total", "total_change", "grade", "bonus", "deduction", "coverage")
FURTHER = (
    "decision_reason", "subject", "status", "percentile", "previous_rank", "previous_total", "base", "coverage",
    "cohort_size", "flags",
)  # fmt: skip
ALIKE = ("platform", "layer", "status")


@frame.page
def show() -> None:
    """Draw the ranking, as a list or with its cohorts side by side."""
    selection = frame.open_page("rankings", "kind", "platform", "layer", "cycle")
    if filters.slide():
        scoreboard.show(selection)
        return
    cohorts, count = frame.derive(_counts, selection)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        views = {name: t(f"rankings.view_{name}") for name in ("list", "side", "sure") if name != "side" or cohorts > 1}
        view = filters.choose_view("view", views)
        if view != "sure":
            only = filters.choose_view("only", {name: t(f"rankings.{name}") for name in ONLY})
            text = filters.search(t("rankings.search"))
            corner = st.container(horizontal=True, horizontal_alignment="right", width="stretch")
    if view == "sure":
        certainty.show(selection)
        return
    shown = frame.derive(_shown, selection, only, text)
    if not shown.num_rows:
        frame.empty("no_match")
    elif view == "side":
        with frame.card(t("rankings.side"), t("rankings.side_note")):
            names = frame.grades(selection)
            st.html(charts.key_line(names))
            point = frame.chart(charts.side_by_side, shown, tuple(names), alt=t("rankings.side"), is_clickable=True)
            if point:
                frame.go_to("subject", subject=point["customdata"][4])
            frame.offer(shown, "ranking", selection.stem, chart="side_by_side", within=corner)
    else:
        _list(selection, only, text, corner)
        st.caption(t("rankings.shown", shown=f"{shown.num_rows:,}", all=f"{count:,}", cohorts=cohorts))


def _counts(selection: Selection) -> tuple[int, int]:
    rows = frame.ask(reads.ranking, selection)
    return len(shapes.distinct(rows, "kind", "platform", "layer")), rows.num_rows


def _shown(selection: Selection, only: str, text: str) -> shapes.Table:
    """The rows of the ranking that the visitor asked for."""
    answer = frame.ask(reads.ranking, selection)
    picked = {"attention": shapes.attention, "partial": shapes.partial}.get(only, lambda rows: rows)(answer)
    return shapes.search(picked, text, ("name", "subject", "flags"))


def _whole(selection: Selection, only: str, text: str, order: str | None) -> tuple[shapes.Table, dict[str, str]]:
    """These rows (the first of very many in this order, if one is named) in words with all beside them; names of parts."""
    shown = frame.derive(_shown, selection, only, text)
    places = None if order is None else tables.positions(shown, order)
    shown = shown if places is None else shown.take(places)
    whole, parts = shapes.with_points(shown, frame.ask(reads.parts, selection), MOST_PARTS)
    whole = shapes.beside(whole, frame.ask(reads.paths, selection), "percentiles")
    flagged = tables.reasons(frame.ask(reads.reasons, selection).to_pylist())
    return tables.say(shapes.with_texts(whole, "why", tables.standing_reasons(shown, flagged))), parts


def _list(selection: Selection, only: str, text: str, corner: frame.DeltaGenerator) -> None:
    shown = frame.derive(_shown, selection, only, text)
    order = tables.choose_order(shown, SORTED, "ranking")
    whole, parts = frame.derive(_whole, selection, only, text, order)
    usual, labels = frame.derive(_choice, selection, only, text, order)
    with corner:
        present.start()
        columns = filters.choose_columns(labels, usual)
    seen = functools.partial(_seen, selection, only, text, columns)
    frame.offer(shown, "ranking", selection.stem, seen=seen, within=corner)
    names = frame.grades(selection)
    place = tables.show(
        whole, columns, key="ranking", grades=names, bars=("total",), pinned=("rank", "name"), roomy=("name",), labels=parts,
        is_clickable=True,
    )  # fmt: skip
    if place is not None:
        frame.go_to("subject", subject=whole.column("subject")[place].as_py())


def _seen(selection: Selection, only: str, text: str, columns: list[str]) -> shapes.Table:
    """All rows in the columns on the screen, for a file."""
    whole, parts = frame.derive(_whole, selection, only, text, None)
    seen = whole.select([name for name in columns if name != "percentiles"])
    return seen.rename_columns(tables.headings(seen, parts))


def _choice(selection: Selection, only: str, text: str, order: str) -> tuple[list[str], dict[str, str]]:
    """The usual columns, and all with their headings; what holds nothing, or the same in all rows, is not usual."""
    whole, parts = frame.derive(_whole, selection, only, text, order)
    names = [one for name in (*USUAL, *FURTHER) for one in (parts if name == "parts" else [name])]
    everybody = frame.ask(reads.ranking, selection)  # a search that finds one platform still says which
    same = {name for name in (*ALIKE, "bonus", "deduction") if len(shapes.distinct(everybody, name)) == 1}
    blank = {name for name in names if shapes.is_blank(whole, name) or shapes.is_of_one_year(whole, name)}
    if only == "attention":
        names = ["rank", "name", "platform", "layer", "why", *names]
    labels = {name: parts.get(name) or tables.label(name) for name in names if name not in blank}
    return [name for name in labels if name not in {*same, *FURTHER}], labels
