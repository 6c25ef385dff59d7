"""Publication: what must hold first, publishing, the notice with its end, objections and their outcome, appeals."""

import datetime

import streamlit as st

from pages.ui import entries, filters, frame, shapes, tables
from pages.ui.words import t, tame
from pipelines import publication, reads
from pipelines.reads import Selection

HEIGHT = 300
PUBLICATIONS = (
    "number", "at", "who", "notice_state", "starts", "ends", "days_left", "appeal_ends", "can_appeal", "objections",
    "open_count", "reason", "build",
)  # fmt: skip
OBJECTIONS = (
    "number", "publication", "raised", "name", "raised_by", "matter", "is_late", "objection_outcome", "reply", "decided",
)  # fmt: skip
MOST_CASES = 6


@frame.page
def show() -> None:
    """Draw the gate, the act itself, and what became of earlier publications on the chosen day."""
    selection = frame.open_page("publication", "cycle")
    day = filters.choose_day("day")
    entries.tell()
    conditions = frame.ask(publication.conditions, selection.cycle)
    failing = [one for one in conditions if not one.holds]
    is_same = frame.ask(reads.edition, selection.cycle)["state"] == "same"
    title = t("publication.open_published" if is_same else "publication.open", count=len(failing))
    kinds = shapes.distinct(frame.ask(reads.open_cases, selection.cycle), "reason", "kind")
    with frame.card(title if failing else t("publication.ready"), t("publication.gate_note")):
        for condition in conditions:
            _condition(condition, [t(f"kind.{kind}") for what, kind in kinds if what == condition.what])
        frame.link("review", t("publication.to_review"))
    with frame.card(t("publication.act"), t("publication.act_note")):
        if is_same:
            st.caption(t("publication.is_same"))
        else:
            entries.publish(selection, day, failing)
    _publications(selection, day)
    _publicities(selection)


def _condition(condition: publication.Condition, kinds: list[str]) -> None:
    """A condition with the cases that stand against it, and of which kinds they are: pages of one kind show a part of them."""
    if condition.holds:
        st.markdown(f":blue[:material/check_circle:] {t(f'condition.{condition.what}')}")
        return
    shown = (
        tame(t("confidence.and").join(condition.cases[:MOST_CASES]))
        if condition.what not in ("built", "pending")
        else ""
    )
    more = t("tree.more", count=len(condition.cases) - MOST_CASES) if len(condition.cases) > MOST_CASES else ""
    said = t(f"not_yet.{condition.what}", count=len(condition.cases))
    whose = f" ({t('confidence.and').join(kinds)})" if kinds else ""
    st.markdown(f":orange[:material/error:] {said}{whose} :small[:gray[{shown} {more}]]")


def _publications(selection: Selection, day: datetime.date) -> None:
    rows = shapes.where(frame.ask(reads.publications, day), "cycle", selection.cycle)
    objections = shapes.renamed(frame.ask(reads.objections, selection.cycle), "answer", "reply")
    with frame.card(t("publication.list"), t("publication.list_note", day=day)) as corner:
        if not rows.num_rows:
            st.caption(t("publication.none"))
            return
        tables.show(tables.say(rows), PUBLICATIONS, key="publications", height=HEIGHT)
        frame.offer(rows, "publications", selection.stem, within=corner)
    with frame.card(t("publication.objections"), t("publication.objections_note")) as corner:
        if objections.num_rows:
            tables.show(tables.say(objections), OBJECTIONS, key="objections", height=HEIGHT)
            frame.offer(objections, "objections", selection.stem, within=corner)
        else:
            st.caption(t("publication.no_objections"))
        latest = rows.to_pylist()[0]["number"]
        names = frame.subject_names(selection)
        entries.objection(latest, names, day)
        entries.settle([row for row in objections.to_pylist() if row["objection_outcome"] == "open"], day)


def _publicities(selection: Selection) -> None:
    """The three publicities: standards, process and result, each with where it can be taken."""
    with frame.card(t("publication.three"), t("publication.three_note")):
        stamp = frame.ask(reads.stamp, selection.cycle)
        st.markdown(t("publication.standards", scheme=stamp.get("scheme", ""), build=stamp.get("build", "")[:16]))
        frame.link("scheme", t("scheme.title"))
        events = frame.ask(reads.ledger, selection, None).num_rows
        st.markdown(t("publication.process", events=events))
        frame.link("ledger", t("ledger.title"))
        st.markdown(t("publication.result"))
        frame.link("extracts", t("extracts.title"))
