"""The office's entries: a choice of the meeting, a correction, a publication, an objection. Each is an act with its author.

Nothing is edited in place: what was entered can be withdrawn, and every act stands in the audit log.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from pages.ui import filters, frame, shapes
from pages.ui.words import language, t
from pipelines import publication, reads
from pipelines.advice import panels
from pipelines.problems import DiskError, StoreError
from pipelines.publication import ALWAYS, APPEAL, NOTICE, UNITS, Condition, Term
from pipelines.reads import Selection


def tell() -> None:
    """What the last entry did, once."""
    told = filters.forget("entered")
    if told:
        frame.notice("success", str(told))


def choice(selection: Selection, names: Mapping[str, str]) -> None:
    """Enter what the meeting chose for a subject."""
    with st.expander(t("review.enter_choice"), icon=":material/gavel:"):
        subject = filters.choose_option("subject", names, width=280)
        (own,) = shapes.where(frame.ask(reads.ranking, selection), "subject", subject).to_pylist()
        grades = frame.grades(Selection(selection.cycle, own["kind"]))
        st.markdown(t("review.rule_gave", name=own["name"], grade=own["grade"] or t("grade.none")))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            labels = {name: name for name in grades} | {"-": t("grade.none")}
            grade = filters.choose_option("to", labels, width=160)
            authority = _text("authority", "choice")
            reason = _text("reason", "choice")
        is_ready = bool(authority and reason)
        store = frame.warehouse()

        def act(who: str, at: dt.datetime) -> None:
            store.choose(selection.cycle, subject, "" if grade == "-" else grade, authority, reason, who, at)

        _do("choice", t("review.choose"), act, is_ready, t("review.chosen", name=own["name"]))


def correction(selection: Selection, names: Mapping[str, str]) -> None:
    """Declare that a cell is wrong: what it says is known, what is right is told, with the reason."""
    with st.expander(t("review.enter_correction"), icon=":material/edit_note:"):
        subject = filters.choose_option("subject", names, width=280)
        cells = frame.ask(reads.correctable, selection.cycle, subject).to_pylist()
        if not cells:
            st.caption(t("review.no_cells"))
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            labels = {str(place): _cell(row) for place, row in enumerate(cells)}
            cell = cells[int(filters.choose_option("cell", labels, width=320))]
            new = _text("new", "correction")
            reason = _text("reason", "correction")
        store = frame.warehouse()

        def act(who: str, at: dt.datetime) -> None:
            where = (selection.cycle, cell["table_name"], subject, cell["key"])
            store.correct(*where, cell["old"], new or None, reason, who, at, cell["period"])

        _do("correction", t("review.correct"), act, bool(reason), t("review.corrected", name=names[subject]))


def leaving(selection: Selection) -> None:
    """Leave the ballots of a finding out of later builds, by a decision."""
    with st.expander(t("review.enter_leaving"), icon=":material/how_to_vote:"):
        kinds = dict.fromkeys(row["kind"] for row in frame.ask(reads.cohorts).to_pylist())
        kind = filters.choose_option("kind", {kind: t(f"kind.{kind}") for kind in kinds}, width=160)
        own = Selection(selection.cycle, kind)
        found = frame.ask(panels.findings, own).to_pylist()
        labels = {str(at): _finding(row) for at, row in enumerate(found) if row["can_leave"]}
        if not labels:
            st.caption(t("review.no_finding"))
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            at_row = int(filters.choose_option("finding", labels, width=420))
            authority = _text("authority", "leaving")
            reason = _text("reason", "leaving")
        store = frame.warehouse()

        def act(who: str, at: dt.datetime) -> None:
            panels.leave_out(store, own, at_row, authority, reason, who, at)

        _do("leaving", t("review.leave"), act, bool(authority and reason), t("review.left"))


def _finding(row: Mapping[str, object]) -> str:
    kind = t(f"finding.{row['finding']}")
    effect = t("review.moves", moved=row["moved_count"], regraded=row["regraded"])
    return f"{kind} · {row['poll']} · {row['rater_group']} ({row['sheet_count']}) → {effect}"


def withdraw(what: str, entries: Mapping[int, str]) -> None:
    """Withdraw a choice, a correction or a decision on ballots."""
    if not entries:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"withdraw-{what}-row"):
        labels = {str(number): f"{number} · {name}" for number, name in entries.items()}
        number = int(filters.choose_option(f"{what}_no", labels, width=280))
        store = frame.warehouse()
        acts = {
            "choice": store.withdraw_choice,
            "correction": store.withdraw_correction,
            "leaving": store.withdraw_leaving,
        }
        act = acts[what]
        label = t("review.withdraw")
        if len(labels) == 1:  # then no list says which
            label = f"{label} {labels[str(number)]}"
        _do(f"withdraw-{what}", label, lambda who, at: act(number, who, at), True, t("review.withdrawn"))


def publish(selection: Selection, day: dt.date, failing: Sequence[Condition]) -> None:
    """Publish: the terms of notice and appeal, and a reason where something is open."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        frame.ask_who()
        notice = _term("notice", NOTICE)
        appeal = _term("appeal", APPEAL)
    if any(one.what in ALWAYS for one in failing):
        frame.notice("warning", t("publication.cannot"))
        return
    reason = _text("reason", "publication", label=t("entry.override"), width=480) if failing else ""
    days_off = frame.ask(publication.holidays)
    st.markdown(t("publication.ends", starts=day, ends=publication.last_day(day, notice, days_off)))
    store = frame.warehouse()

    def act(who: str, at: dt.datetime) -> None:
        publication.publish(store, selection.cycle, who, at, reason, starts=day, notice=notice, appeal=appeal)

    is_ready = bool(reason) or not failing
    _do("publish", t("publication.publish"), act, is_ready, t("publication.is_published", cycle=selection.cycle))


def objection(number: int, names: Mapping[str, str], day: dt.date) -> None:
    """Enter an objection to the latest publication."""
    with (
        st.expander(t("publication.enter_objection"), icon=":material/feedback:"),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        subject = filters.choose_option("subject", {"": t("publication.nobody"), **names}, width=240)
        raised_by = _text("raised_by", "objection")
        matter = _text("matter", "objection")
        store = frame.warehouse()

        def act(who: str, at: dt.datetime) -> None:
            store.object(number, subject, matter, raised_by, day, who, at)

        _do("objection", t("publication.object"), act, bool(matter), t("publication.objected"))


def settle(objections: Sequence[dict], day: dt.date) -> None:
    """Say what came of an open objection."""
    if not objections:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="settle-row"):
        labels = {str(row["number"]): f"{row['number']} · {row['matter']}" for row in objections}
        number = int(filters.choose_option("objection_no", labels, width=280))
        outcomes = {name: t(f"objection_outcome.{name}") for name in ("unfounded", "founded")}
        outcome = filters.choose_option("outcome", outcomes, width=160)
        answer = _text("answer", "objection")
        store = frame.warehouse()

        def act(who: str, at: dt.datetime) -> None:
            store.settle_objection(number, outcome, answer, day, who, at)

        _do("settle", t("publication.settle"), act, bool(answer), t("publication.settled"))


def _cell(row: Mapping[str, str]) -> str:
    key = " · ".join(part for part in (row["key"], row["period"]) if part)
    table, says = row["table_name"], row["old"]
    return f"{t(f'table.{table}')} · {key}: {'–' if says is None else says}"


def _text(name: str, of: str, *, label: str = "", width: int = 240) -> str:
    key = filters.fresh_key(f"text-{of}-{name}")
    return st.text_input(label or t(f"entry.{name}"), key=key, width=width).strip()


def _term(name: str, usual: Term) -> Term:
    labels = {unit: t(f"term.{unit}") for unit in UNITS}
    days = st.number_input(t(f"publication.{name}_days"), 1, 400, usual.days, key=f"{name}-days", width=140)
    unit = filters.choose_option(f"{name}_unit", {usual.unit: labels[usual.unit]} | labels, width=130)
    return Term(int(days), unit)


def _do(key: str, label: str, act: Callable[[str, dt.datetime], object], is_ready: bool, said: str) -> None:
    """A button for an act. It cannot be pressed without an author, or before everything it needs is there."""
    who = frame.who()
    help_ = None if who and is_ready else t("entry.needs") if who else t("intake.name_first")
    is_pressed = st.button(label, key=key, type="primary", disabled=help_ is not None)
    if help_ is not None:
        st.caption(help_, width="content")  # beside the button: nobody looks for it under the pointer
    if not is_pressed:
        return
    try:
        act(who, dt.datetime.now().replace(microsecond=0))
    except DiskError:
        raise
    except StoreError as error:
        frame.notice("error", error.said(language()))
        return
    filters.remember("entered", said)
    for name in ("authority", "reason", "new", "raised_by", "matter", "answer"):
        filters.renew(f"text-{key}-{name}")
    st.rerun()
