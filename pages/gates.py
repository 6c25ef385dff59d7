"""Vetoes and limits with value, threshold and margin; and what the rules suggest for whom. A person decides."""

import streamlit as st

from pages.ui import filters, frame, sentences, shapes, tables
from pages.ui.words import t
from pipelines import reads
from pipelines.reads import Selection

HEIGHT = 520


@frame.page
def show() -> None:
    """Draw the gates or the suggestions of the selected cohorts."""
    selection = frame.open_page("gates", "kind", "platform", "layer", "cycle")
    view = filters.choose_view("view", {name: t(f"gates.view_{name}") for name in ("register", "suggestions")})
    (_register if view == "register" else _suggestions)(selection)


def _register(selection: Selection) -> None:
    gates = frame.ask(reads.gate_summary, selection)
    if not gates.num_rows:
        frame.empty("no_gates")
        return
    rows = gates.to_pylist()
    held, unknown = frame.derive(_counts, selection)
    frame.show_figures(
        {"label": t("gates.declared"), "value": f"{len(rows):,}", "help": t("gates.declared_help")},
        {"label": t("gates.caught"), "value": f"{held:,}", "help": t("gates.caught_help")},
        {"label": t("gates.unknown"), "value": f"{unknown:,}", "help": t("gates.unknown_help")},
        {"label": t("gates.barring"), "value": f"{sum(row['holds_count'] for row in rows if row['effect'] == 'exclude'):,}",
         "help": t("gates.barring_help")},
    )  # fmt: skip
    with frame.card(t("gates.summary"), t("gates.summary_note")) as corner:
        columns = ["gate", "effect", "subject_count", "holds_count", "unknown_count", "note"]
        tables.show(tables.say(gates), columns, key="gates")
        frame.offer(gates, "gate-summary", selection.stem, within=corner)
    with frame.card(t("gates.register"), t("gates.register_note")) as corner:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            states = {name: t(f"gates.only_{name}") for name in ("all", "holds", "unknown")}
            only = filters.choose_view("only", states)
            text = filters.search(t("gates.search"))
        shown = frame.derive(_rows, selection, only, text)
        if not shown.num_rows:
            frame.empty("no_gate_rows")
            return
        columns = ["state", "name", "platform", "layer", "gate", "condition", "found_value", "margin", "effect"]
        hidden = {name for name in ("platform", "layer") if len(frame.derive(_values, selection, name)) < 2}
        place = tables.show(
            frame.derive(_said, selection, only, text),
            [name for name in columns if name not in hidden],
            key="register",
            is_clickable=True,
            height=HEIGHT,
        )
        frame.offer(shown, "gates", selection.stem, within=corner)
        if place is not None:
            frame.go_to("subject", subject=shown.column("subject")[place].as_py())


def _counts(selection: Selection) -> tuple[int, int]:
    """How many subjects a gate caught, and how many it could not judge."""
    register = frame.ask(reads.gate_register, selection)
    held, unknown = (
        shapes.distinct(shapes.where(register, "state", state), "subject") for state in ("holds", "unknown")
    )
    return len(held), len(unknown)


def _values(selection: Selection, name: str) -> list[tuple]:
    return shapes.distinct(frame.ask(reads.gate_register, selection), name)


def _rows(selection: Selection, only: str, text: str) -> shapes.Table:
    register = frame.ask(reads.gate_register, selection)
    return shapes.search(
        register if only == "all" else shapes.where(register, "state", only), text, ("name", "subject", "gate")
    )


def _said(selection: Selection, only: str, text: str) -> shapes.Table:
    said = frame.derive(_rows, selection, only, text)
    said = shapes.worded(said, "condition", sentences.condition, "metric", "op", "threshold")
    return tables.say(shapes.worded(said, "found_value", tables.metric_value, "metric", "value"))


def _suggestions(selection: Selection) -> None:
    rules, everything = (frame.ask(question, selection) for question in (reads.consequence_rules, reads.consequences))
    if not rules.num_rows:
        frame.empty("no_consequences")
        return
    frame.notice("info", t("gates.person_decides"))
    with frame.card(t("gates.rules"), t("gates.rules_note")) as corner:
        said = sentences.suggestion_rules(rules)
        tables.show(said, ["action", "quantity", "condition", "applies", "subject_count"], key="rules", height=HEIGHT)
        frame.offer(rules, "consequence-rules", selection.stem, seen=lambda: said, within=corner)
    with frame.card(t("gates.lists"), t("gates.lists_note")) as corner:
        counts = {row["action"]: row["subject_count"] for row in rules.to_pylist() if row["subject_count"]}
        if not counts:
            st.caption(t("gates.nobody"))
            return
        labels = {"all": t("gates.every_rule")} | {name: f"{name} ({count:,})" for name, count in counts.items()}
        action = filters.choose_option("action", labels, width=360)
        shown = everything if action == "all" else shapes.where(everything, "action", action)
        columns = ["action", "quantity", "name", "platform", "layer", "grade", "rank", "total", "cycles"]
        hidden = {name for name in ("platform", "layer") if len(shapes.distinct(shown, name)) < 2}
        hidden |= {"quantity"} if shapes.is_empty_text(shown, "amount") else set()
        place = tables.show(
            shapes.renamed(shown, "amount", "quantity"),
            [name for name in columns if name not in hidden],
            key="suggestions",
            grades=frame.grades(selection),
            is_clickable=True,
            height=HEIGHT,
        )
        frame.offer(shown, "consequences", f"{selection.stem}-{action}", within=corner)
        if place is not None:
            frame.go_to("subject", subject=shown.column("subject")[place].as_py())
