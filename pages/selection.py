"""Who would get which post: posts against candidates, the best choice under the minimums, choice by wish."""

import streamlit as st

from pages.ui import filters, frame, tables
from pages.ui.words import t
from pipelines.advice.selection import selection_outcome

HEIGHT = 480


@frame.page
def show() -> None:
    """Draw the posts, the minimums and who is chosen in one of two ways."""
    selection = frame.open_page("selection", "kind", "cycle")
    outcome = frame.ask(selection_outcome, selection)
    if not outcome.posts.num_rows:
        frame.empty("no_posts", towards="upload")
        return
    frame.notice("info", t("selection.person_decides"))
    view = filters.choose_view("view", {name: t(f"selection.view_{name}") for name in ("best", "wishes")})
    with frame.card(t("selection.posts"), t("selection.posts_note")):
        columns = ["post_name", "seats", "qualified", "asked_ratio", "feasible", "verdict_of"]
        tables.show(tables.say(outcome.posts), columns, key="posts", height=HEIGHT)
    if view == "best" and outcome.minimums.num_rows:
        with frame.card(t("selection.minimums"), t("selection.minimums_note")):
            if outcome.conflict:
                names = " · ".join(outcome.conflict)
                is_one = len(outcome.conflict) == 1
                said = t("selection.conflict_one" if is_one else "selection.conflict", names=names)
                frame.notice("warning", said)
            columns = ["minimum_name", "force", "needed", "missed", "verdict_of"]
            tables.show(tables.say(outcome.minimums), columns, key="minimums", height=HEIGHT)
    chosen = outcome.chosen if view == "best" else outcome.wished
    total = tables.number(sum(chosen.column("total").to_pylist()))
    with frame.card(t("selection.chosen"), t("selection.chosen_note", total=total)) as corner:
        if not chosen.num_rows:
            st.caption(t("selection.nobody") if view == "best" or outcome.has_wishes else t("selection.wishes_none"))
            return
        columns = ["rank", "name", "total", "post_name", *(["wish_no"] if view == "wishes" else [])]
        place = tables.show(chosen, columns, key="chosen", is_clickable=True, height=HEIGHT)
        frame.offer(chosen, f"selection-{view}", selection.stem, within=corner)
        if place is not None:
            frame.go_to("subject", subject=chosen.column("subject")[place].as_py())
