"""One subject: the score from the total down to the cell it came from, its gaps, its next grade, gates and years."""

import streamlit as st

from pages.ui import charts, filters, findings, frame, portrait, shapes, tables, trees
from pages.ui.words import t
from pipelines import reads
from pipelines.reads import Selection


@frame.page
def show() -> None:
    """Draw the subject that the URL names, else the first of the ranking."""
    selection = frame.open_page("subject", "kind", "cycle", has_subject=True)
    answer = frame.ask(reads.subject, selection).to_pylist()
    if not answer:
        frame.empty("no_subject")
        return
    own = answer[0]
    cohort = Selection(selection.cycle, own["kind"], own["platform"] or "", own["layer"] or "")
    grades = frame.grades(selection)
    chances = frame.ask(reads.chances, selection).to_pylist()
    portrait.headline(own, cohort, frame.ask(reads.years, selection).to_pylist(), chances)
    with frame.beside("subject"):
        _parts(selection)
        _place(cohort, own, grades)
        _against(selection)
        with frame.card(t("subject.next"), t("subject.next_note")):
            portrait.grade_steps(chances, frame.ask(reads.score_steps, selection).to_pylist())
    _tree(selection)
    _profile(selection)
    portrait.gates(selection)
    portrait.ledger(selection)
    portrait.years(selection, grades)


def _parts(selection: Selection) -> None:
    steps = frame.ask(reads.score_steps, selection)
    with frame.card(findings.parts(steps), t("subject.parts_note")) as corner:
        frame.chart(charts.waterfall, steps, alt=t("subject.parts"))
        frame.offer(steps, "score-steps", selection.stem, chart="waterfall", within=corner)


def _place(cohort: Selection, own: dict, grades: list[str]) -> None:
    peers = frame.ask(reads.peers, cohort)
    title = findings.place(peers, own["rank"], own["cohort_size"])
    with frame.card(title, t("subject.place_note", cohort=filters.sentence(cohort))) as corner:
        frame.chart(charts.distribution, peers, tuple(grades), own["subject"], alt=t("subject.place"))
        st.html(charts.key_line(grades))
        frame.offer(peers, "peers", cohort.stem, chart="distribution", within=corner)


def _against(selection: Selection) -> None:
    against = frame.ask(reads.against, selection)
    with frame.card(frame.derive(_levers, selection), t("subject.against_note")) as corner:
        if shapes.leaf_steps(against):
            frame.chart(charts.gaps, against, alt=t("subject.against"))
            frame.offer(against, "against-cohort", selection.stem, chart="gaps", within=corner)
        else:
            st.caption(t("subject.no_against"))


def _levers(selection: Selection) -> str:
    return portrait.levers(frame.ask(reads.against, selection))


def _tree(selection: Selection) -> None:
    sources = frame.ask(reads.sources, selection)
    with frame.card(t("subject.tree"), t("subject.tree_note")) as corner:
        st.html(frame.derive(_tree_drawn, selection))
        frame.offer(sources, "sources", selection.stem, within=corner)
    with frame.folded(t("subject.origins", count=sources.num_rows), "origins") as is_open:
        if is_open:
            columns = ["step", "id", "period", "value", "plan", "file", "sheet", "cell"]
            tables.show(tables.say(sources), columns, key="sources")
            origins = frame.ask(reads.origins, "score_steps", selection)
            tables.show(tables.say(origins), ("table", "id", "file", "sheet", "first_row", "last_row"), key="origins")


def _tree_drawn(selection: Selection) -> str:
    return trees.score_tree(frame.ask(reads.score_steps, selection), frame.ask(reads.sources, selection))


def _profile(selection: Selection) -> None:
    items = shapes.by_dimension(shapes.where(frame.ask(reads.against, selection), "step", "poll_item"), "name")
    if items.num_rows > 1:
        with frame.card(findings.items(items), t("subject.profile_note")) as corner:
            frame.chart(charts.beside_mean, items, alt=t("subject.profile"))
            frame.offer(items, "poll-items", selection.stem, chart="beside_mean", within=corner)
