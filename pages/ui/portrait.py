"""The pieces of the subject's page: what its figures, its gaps and its next grade say in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_UP, Decimal
from html import escape
from typing import Any

import pyarrow as pa
import streamlit as st

from pages.ui import charts, filters, findings, frame, shapes, tables
from pages.ui.words import t
from pipelines import reads
from pipelines.reads import Selection

CENT, FULL = Decimal("0.01"), Decimal(100)
MOST_NAMED = 2
"""So many strong and weak steps are named in a sentence."""


def headline(own: Mapping[str, Any], cohort: Selection, years: Sequence[dict], chances: Sequence[dict]) -> None:
    """Name, cohort and four figures: rank, total, grade, share of the cohort that is behind."""
    parent = own["parent_name"] or own["parent"]
    line = [filters.sentence(cohort), own["subject"], t("subject.belongs", parent=parent) if parent else ""]
    towards_sure = frame.way("confidence", t("subject.to_sure"), platform=cohort.platform, layer=cohort.layer)
    named(own, " · ".join(part for part in line if part), towards_sure + frame.way("feedback", t("feedback.title")))
    if own["status"] != "graded":
        frame.notice("warning", t(f"subject.is_{own['status']}"))
    decided(own)
    rank = t("subject.rank_of", rank=own["rank"], size=own["cohort_size"]) if own["rank"] else "–"
    ahead = None
    if own["total"] is not None and own["cohort_mean"] is not None:
        ahead = tables.number(own["total"] - own["cohort_mean"], is_signed=True)
    behind = None
    if own["rank"]:
        size = own["cohort_size"]
        behind = (size - own["rank"]) / (size - 1) if size > 1 else 1.0
    frame.show_figures(
        {"label": t("subject.rank"), "value": rank, "help": t("subject.rank_help"), **_moved(own, years)},
        {
            "label": t("subject.total"),
            "value": tables.number(own["total"]),
            "delta": ahead,
            "delta_description": t("subject.versus_mean") if ahead else None,
            "help": tables.help_text("total"),
        },
        {
            "label": t("subject.grade"),
            "value": own["grade"] or t("grade.none"),
            "delta_description": _next(chances),
        },
        {
            "label": t("subject.behind"),
            "value": "–" if behind is None else tables.percent(behind, 0),
            "delta_description": t("subject.covered", share=tables.percent(own["coverage"], 0)),
            "help": t("subject.behind_help"),
        },
    )


def named(own: Mapping[str, Any], line: str = "", ways: str = "") -> None:
    """The name of the subject as the heading of what follows, with a quiet line under it and links beside it."""
    name = f"<h2>{escape(own['name'] or own['subject'])}</h2>"
    below = f"<small>{escape(line)}</small>" if line else ""
    st.html(f"<div class='kaoping-name'><div>{name}{below}</div><div>{ways}</div></div>")


def decided(own: Mapping[str, Any]) -> None:
    """What the deciding meeting chose for the subject, beside the grade of the rule."""
    if own["decided_grade"] is not None:
        words = {"grade": own["decided_grade"] or t("grade.none"), "rule": own["grade"] or t("grade.none")}
        said = t("subject.decided", **words, authority=own["authority"], reason=own["decision_reason"])
        frame.notice("info", said)


def _moved(own: Mapping[str, Any], years: Sequence[dict]) -> dict[str, str]:
    now = years[-1]["cycle"] if years else 0
    before = [row for row in years if row["cycle"] == now - 1 and not row["is_other_cohort"]]
    if not before or not own["rank"] or not before[0]["rank"] or before[0]["rank"] == own["rank"]:
        return {}
    moved = before[0]["rank"] - own["rank"]
    return {"delta": f"{moved:+d}", "delta_description": t("overview.versus", cycle=before[0]["cycle"])}


def _next(chances: Sequence[dict]) -> str | None:
    """How far the next better grade is, in few words."""
    better = [row for row in chances if row["outcome"] not in ("got", "better")]
    if not better:
        return t("subject.best_grade") if chances else None
    row = better[-1]
    if row["outcome"] == "no_seat" and row["gap"] is not None:
        return t("subject.next_short", grade=row["grade"], gap=tables.number(row["gap"]))
    return t("subject.next_other", grade=row["grade"])


def grade_steps(chances: Sequence[dict], steps: Sequence[dict]) -> None:
    """Each grade from the subject's own up to the best: what is missing and what it would take, or by how much the line is passed."""
    reached = [row for row in chances if row["outcome"] != "better"]
    if not reached:
        st.caption(t("subject.no_chances"))
    for row in reversed(reached):
        words = {
            "grade": row["grade"],
            "gate": row["limited_by"],
            "gap": tables.number(row["gap"]),
            "ahead": tables.number(-row["gap"] if row["gap"] is not None else None),
            "line": tables.number(row["line"]),
            "place": row["place"],
            "seats": row["seats"],
            "pool": charts.pool_label(row["part"] or row["pool_name"]),
            "least": tables.number(row["min_score"]),
        }
        icon = ":blue[:material/check_circle:]" if row["outcome"] == "got" else ":orange[:material/arrow_upward:]"
        outcome = row["outcome"]
        if outcome == "got" and (row["is_last"] or row["gap"] is None or row["seats"] is None):
            outcome = "got_open"
        elif outcome == "got" and not row["gap"]:
            outcome = "got_last"
        elif outcome == "no_seat" and row["line"] is None:
            outcome = "no_seat_open"
        needed = _needed(row["gap"], steps) if outcome == "no_seat" else ""
        st.markdown(f"{icon} {t(f'chance.{outcome}', **words)}" + (f"  \n:small[:gray[{needed}]]" if needed else ""))


def _needed(gap: Decimal, steps: Sequence[dict]) -> str:
    """What a gap of the total is in each component that could close it alone, the easiest first."""
    own = [row for row in steps if row["step"] == "component" and row["score"] is not None and row["share"]]
    first = min((row["depth"] for row in own), default=0)
    found = []
    for row in own:
        rise = (gap / row["share"]).quantize(CENT, ROUND_UP)
        if row["depth"] == first and row["score"] + rise <= FULL:
            found.append((rise, row["name"] or row["id"]))
    said = [t("chance.rise", name=name, rise=tables.number(rise)) for rise, name in sorted(found)]
    return t("chance.takes", ways=t("chance.or").join(said)) if said else ""


def levers(against: shapes.Table) -> str:
    """What brings most and what costs most against the mean of the cohort, as one sentence."""
    steps = sorted(shapes.leaf_steps(against), key=lambda row: row["points"])
    strong = [row for row in reversed(steps) if row["points"] > 0][:MOST_NAMED]
    weak = [row for row in steps if row["points"] < 0][:MOST_NAMED]
    parts = []
    for key, rows in (("strong", strong), ("weak", weak)):
        if rows:
            named = t("subject.and").join(
                f"{row['name']} {tables.number(row['points'], is_signed=True)}" for row in rows
            )
            parts.append(t(f"subject.{key}", named=named))
    return t("subject.then").join(parts) or t("subject.against")


def gates(selection: Selection) -> None:
    """The gates that were judged, in words, with how far each is from its threshold."""
    rows = frame.ask(reads.gates, selection)
    with frame.card(t("subject.gates"), t("subject.gates_note")) as corner:
        if rows.num_rows:
            columns = ["gate", "condition", "margin", "holds", "effect", "note"]
            tables.show(frame.derive(_gates_said, selection), columns, key="gates")
            frame.offer(rows, "gates", selection.stem, within=corner)
        else:
            st.caption(t("subject.no_gates"))


def _gates_said(selection: Selection) -> pa.Table:
    return tables.say(shapes.with_conditions(frame.ask(reads.gates, selection), tables.condition))


def ledger(selection: Selection) -> None:
    """Bonus and deduction by type of event, and every event with its day."""
    rows = frame.ask(reads.adjustments, selection)
    entries = frame.derive(_entries, selection)
    if not rows.num_rows and not entries.num_rows:
        st.caption(t("subject.no_ledger"))
        return
    with frame.card(t("subject.ledger"), t("subject.ledger_note")) as corner:
        if rows.num_rows:
            tables.show(tables.say(rows), ["sign", "name", "events", "uncapped", "amount", "cap"], key="ledger")
        if entries.num_rows:
            tables.show(entries, ["date", "type", "points", "reason", "document"], key="entries", height=360)
            frame.offer(entries, "ledger", selection.stem, within=corner)


def _entries(selection: Selection) -> pa.Table:
    everybody = Selection(selection.cycle, selection.kind)
    return shapes.where(frame.ask(reads.ledger, everybody, None), "subject", selection.subject)


def years(selection: Selection, grades: Sequence[str]) -> None:
    """All known years: total, rank and grade, with a mark where the scheme changed."""
    rows = frame.ask(reads.years, selection)
    changes = frame.ask(reads.rule_changes, selection)
    with frame.card(findings.years(rows), t("subject.years_note")) as corner:
        if rows.num_rows < 2:
            st.caption(t("subject.no_years"))
            return
        with frame.beside("years"):
            changed = tuple(sorted(set(changes.column("cycle").to_pylist())))
            frame.chart(charts.subject_years, rows, tuple(grades), changed, alt=t("subject.years"))
            tables.show(rows, ["cycle", "rank", "cohort_size", "total", "grade"], key="years", grades=grades)
        frame.offer(rows, "years", selection.stem, chart="subject_years", within=corner)
