"""Who stands where: the ranking of the selected cohorts with the year before; a click opens the subject."""

import streamlit as st

from pages.ui import filters, frame, shapes, tables
from pages.ui.words import t
from pipelines import reads


@frame.page
def show() -> None:
    """Draw the ranking."""
    selection = frame.open_page("rankings", "kind", "platform", "layer", "cycle")
    answer = frame.ask(reads.ranking, selection)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        only = filters.choose_view("only", {name: t(f"rankings.{name}") for name in ("all", "attention", "partial")})
        text = filters.search(t("rankings.search"))
    shown = {"attention": shapes.attention, "partial": shapes.partial}.get(only, lambda rows: rows)(answer)
    shown = shapes.search(shown, text, ("name", "subject", "flags"))
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(
            f"{filters.sentence(selection)} · "
            + t(
                "rankings.shown",
                shown=f"{shown.num_rows:,}",
                all=f"{answer.num_rows:,}",
                cohorts=len(shapes.distinct(answer, "kind", "platform", "layer")),
            ),
            width="content",
        )
        frame.offer(shown, "ranking", selection.stem)
    if not shown.num_rows:
        frame.empty("no_match")
        return
    hidden = {name for name in ("platform", "layer", "status", "flags") if len(shapes.distinct(answer, name)) == 1}
    hidden |= {name for name in ("rank_change", "total_change", "previous_grade") if shapes.is_blank(answer, name)}
    columns = [
        "rank", "rank_change", "name", "platform", "layer", "total", "total_change", "grade", "previous_grade",
        "status", "base", "bonus", "deduction", "coverage", "flags",
    ]  # fmt: skip
    if only == "attention":
        columns = [*columns[:5], "flags", "status", *(name for name in columns[5:] if name not in ("flags", "status"))]
    place = tables.show(
        tables.say(shown),
        [name for name in columns if name not in hidden],
        key="ranking",
        grades=frame.grades(selection),
        bars=("total",),
        pinned=("rank",),
        roomy=("name",),
        is_clickable=True,
    )
    if place is not None:
        frame.go_to("subject", subject=shown.column("subject")[place].as_py())
