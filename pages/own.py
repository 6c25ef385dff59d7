"""What a unit sees: its own result, how it came about, and nobody else's."""

import streamlit as st

from pages.ui import charts, filters, findings, frame, portrait, tables, trees
from pages.ui.words import t
from pipelines import reads
from pipelines.reads import Selection


@frame.page
def show() -> None:
    """Draw the result of the unit's own subject, or say that there is none."""
    selection = frame.open_page("own", "cycle")
    own = {}
    for subject in frame.own_subjects():
        rows = frame.ask(reads.subject, Selection(selection.cycle, subject=subject)).to_pylist()
        if rows:
            own[subject] = rows[0]
    if not own:
        frame.empty("no_own")
        return
    selection, draw = filters.choose_subject(selection, {subject: row["name"] for subject, row in own.items()})
    draw()
    selection = Selection(selection.cycle, subject=selection.subject)
    row = own[selection.subject]
    portrait.named(row)
    portrait.decided(row)
    frame.show_figures(
        {"label": t("own.total"), "value": tables.number(row["total"]), "help": tables.help_text("total")},
        {
            "label": t("own.rank"),
            "value": t("subject.rank_of", rank=row["rank"], size=row["cohort_size"]) if row["rank"] else "–",
            "help": t("subject.rank_help"),
        },
        {"label": t("own.grade"), "value": row["grade"] or "–"},
        {
            "label": t("overview.coverage"),
            "value": tables.percent(row["coverage"], 0),
            "help": tables.help_text("coverage"),
        },
    )
    steps, sources = frame.ask(reads.score_steps, selection), frame.ask(reads.sources, selection)
    with frame.card(findings.parts(steps), t("subject.parts_note")) as corner:
        frame.chart(charts.waterfall, steps, alt=t("subject.parts"))
        frame.offer(steps, "score-steps", selection.stem, chart="waterfall", within=corner)
    with frame.card(t("own.tree"), t("own.tree_note")) as corner:
        st.html(trees.score_tree(steps, sources))
        frame.offer(steps, "score-tree", selection.stem, within=corner)
    portrait.gates(selection)
