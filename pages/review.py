"""The review: what waits for a decision, what the deciding meeting chose beside the rule, and corrections of what came in."""

import streamlit as st

from pages.ui import entries, filters, frame, lists, shapes, tables
from pages.ui.words import t
from pipelines import reads
from pipelines.reads import Selection

HEIGHT = 400
LEAVINGS = (
    "number",
    "finding",
    "poll",
    "rater_group",
    "sheet_count",
    "authority",
    "reason",
    "who",
    "at",
    "is_withdrawn",
)
CASES = ("case_kind", "detail", "kind", "name")
CHOICES = ("number", "name", "rule_grade", "decided_grade", "authority", "reason", "who", "at", "is_stale")
CORRECTIONS = (
    "number", "name", "table", "key", "period", "old", "new", "reason", "who", "at", "is_withdrawn",
)  # fmt: skip


@frame.page
def show() -> None:
    """Draw the open cases, then choices and corrections, each with what can be done."""
    selection = frame.open_page("review", "cycle")
    entries.tell()
    if selection.cycle in frame.ask(reads.pending_cycles):
        frame.link("upload", t("review.to_build"))
    names = frame.subject_names(selection)
    _cases(selection)
    with st.container(horizontal=True):
        frame.ask_who()
    view = filters.choose_view(
        "view", {name: t(f"review.view_{name}") for name in ("choices", "corrections", "ballots")}
    )
    if view == "choices":
        _choices(selection, names)
    elif view == "corrections":
        _corrections(selection, names)
    else:
        _ballots(selection)


def _cases(selection: Selection) -> None:
    cases = shapes.renamed(frame.ask(reads.open_cases, selection.cycle), "reason", "case_kind")
    with frame.card(t("review.cases", count=cases.num_rows), t("review.cases_note")) as corner:
        if not cases.num_rows:
            st.markdown(f":material/check_circle: {t('review.no_cases')}")
            return
        place = tables.show(tables.say(cases), CASES, key="cases", height=HEIGHT, is_clickable=True)
        frame.offer(cases, "open-cases", selection.stem, within=corner)
        subject = cases.column("subject")[place].as_py() if place is not None else ""
        if subject:
            frame.go_to("review", subject=subject)


def _choices(selection: Selection, names: dict[str, str]) -> None:
    choices = frame.ask(reads.choices, selection.cycle)
    with frame.card(t("review.choices"), t("review.choices_note")) as corner:
        if choices.num_rows:
            lists.listing(choices, CHOICES, selection, key="choices", height=HEIGHT)
            frame.offer(choices, "choices", selection.stem, within=corner)
        else:
            st.caption(t("review.no_choices"))
        entries.choice(selection, names)
        entries.withdraw("choice", {row["number"]: row["name"] for row in choices.to_pylist()})


def _ballots(selection: Selection) -> None:
    decided = frame.ask(reads.leavings, selection.cycle)
    with frame.card(t("review.ballots"), t("review.ballots_note")) as corner:
        if decided.num_rows:
            tables.show(tables.say(decided), LEAVINGS, key="leavings", height=HEIGHT)
            frame.offer(decided, "leavings", selection.stem, within=corner)
        else:
            st.caption(t("review.no_ballots"))
        entries.leaving(selection)
        rows = [row for row in decided.to_pylist() if not row["is_withdrawn"]]
        entries.withdraw("leaving", {row["number"]: f"{row['poll']} · {row['rater_group']}" for row in rows})


def _corrections(selection: Selection, names: dict[str, str]) -> None:
    corrections = frame.ask(reads.corrections, selection.cycle)
    with frame.card(t("review.corrections"), t("review.corrections_note")) as corner:
        if corrections.num_rows:
            shown = shapes.renamed(shapes.with_texts(corrections, "name", names), "table_name", "table")
            tables.show(tables.say(shown), CORRECTIONS, key="corrections", height=HEIGHT)
            frame.offer(corrections, "corrections", selection.stem, within=corner)
        else:
            st.caption(t("review.no_corrections"))
        entries.correction(selection, names)
        in_force = [row for row in corrections.to_pylist() if not row["is_withdrawn"]]
        entries.withdraw("correction", {row["number"]: names.get(row["subject"], row["subject"]) for row in in_force})
