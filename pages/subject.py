"""One subject: the score from the total down to the cell it came from, the gates, the ledger and the years."""

import streamlit as st

from pages.ui import charts, filters, frame, tables, trees
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
    _headline(own, cohort)
    steps = frame.ask(reads.score_steps, selection)
    sources = frame.ask(reads.sources, selection)
    left, right = st.columns([3, 2])
    with left, frame.card(t("subject.parts"), t("subject.parts_note")):
        frame.chart(charts.waterfall, steps, alt=t("subject.parts"))
    with right, frame.card(t("subject.place"), t("subject.place_note", cohort=filters.sentence(cohort))):
        peers = frame.ask(reads.peers, cohort)
        frame.chart(charts.distribution, peers, tuple(grades), own["subject"], alt=t("subject.place"))
        st.html(charts.key_line(grades))
    with frame.card(t("subject.tree"), t("subject.tree_note")):
        st.html(trees.score_tree(steps, sources))
        frame.offer(steps, "score-steps", selection.stem)
    left, right = st.columns(2)
    with left:
        _gates(selection)
    with right:
        _ledger(selection)
    _years(selection, grades)
    with st.expander(t("subject.sources", count=sources.num_rows)):
        columns = ["step", "id", "period", "value", "plan", "file", "sheet", "cell"]
        tables.show(tables.say(sources), columns, key="sources")


def _headline(own: dict, cohort: Selection) -> None:
    parent = own["parent_name"] or own["parent"]
    line = [filters.sentence(cohort), own["subject"], t("subject.belongs", parent=parent) if parent else ""]
    st.markdown(f"## {own['name'] or own['subject']}")
    st.caption(" · ".join(part for part in line if part))
    if own["status"] != "graded":
        frame.notice("warning", t(f"subject.is_{own['status']}"))
    rank = t("subject.rank_of", rank=own["rank"], size=own["cohort_size"]) if own["rank"] else "–"
    ahead = None
    if own["total"] is not None and own["cohort_mean"] is not None:
        ahead = tables.number(own["total"] - own["cohort_mean"], is_signed=True)
    covered = tables.percent(own["coverage"])
    frame.figures(
        {"label": t("subject.rank"), "value": rank, "help": t("subject.rank_help")},
        {
            "label": t("subject.total"),
            "value": tables.number(own["total"]),
            "delta": ahead,
            "delta_description": t("subject.versus_mean") if ahead else None,
        },
        {"label": t("subject.grade"), "value": own["grade"] or t("grade.none")},
        {"label": t("subject.coverage"), "value": covered, "help": t("subject.coverage_help")},
    )
    if own["flags"]:
        st.markdown(" ".join(f":orange-badge[{tables.flag(flag)}]" for flag in own["flags"].split(";")))


def _gates(selection: Selection) -> None:
    gates = frame.ask(reads.gates, selection)
    with frame.card(t("subject.gates"), t("subject.gates_note")):
        if gates.num_rows:
            columns = ["gate", "condition", "value", "holds", "effect", "note"]
            tables.show(tables.say(gates), columns, key="gates")
        else:
            st.caption(t("subject.no_gates"))


def _ledger(selection: Selection) -> None:
    ledger = frame.ask(reads.adjustments, selection)
    with frame.card(t("subject.ledger"), t("subject.ledger_note")):
        if ledger.num_rows:
            tables.show(tables.say(ledger), ["sign", "name", "events", "uncapped", "amount", "cap"], key="ledger")
        else:
            st.caption(t("subject.no_ledger"))


def _years(selection: Selection, grades: list[str]) -> None:
    years = frame.ask(reads.years, selection)
    changes = frame.ask(reads.rule_changes, selection)
    with frame.card(t("subject.years"), t("subject.years_note")):
        if years.num_rows < 2:
            st.caption(t("subject.no_years"))
            return
        left, right = st.columns([3, 2])
        with left:
            changed = tuple(sorted(set(changes.column("cycle").to_pylist())))
            frame.chart(charts.subject_years, years, tuple(grades), changed, alt=t("subject.years"))
        with right:
            tables.show(years, ["cycle", "rank", "cohort_size", "total", "grade"], key="years", grades=grades)
