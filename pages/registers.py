"""The registers of the office: what is under way, due and overdue, who answers for it, and one matrix of consents."""

import datetime

import streamlit as st

from pages.ui import charts, filters, findings, frame, lists, shapes, tables
from pages.ui.words import t
from pipelines import reads
from pipelines.reads import Selection

HEIGHT = 480


@frame.page
def show() -> None:
    """Draw all registers of the cycle, then the chosen one."""
    selection = frame.open_page("registers", "cycle")
    day = filters.choose_day("day")
    registers = frame.ask(reads.registers, selection, day)
    if not registers.num_rows:
        frame.empty("no_registers", towards="upload")
        return
    rows = {row["register"]: row for row in registers.to_pylist()}
    with frame.card(t("registers.all"), t("registers.all_note", day=day)) as corner:
        columns = [
            "register_name",
            "entries",
            "open_count",
            "overdue_count",
            "start_rate",
            "close_rate",
            "on_time_rate",
        ]
        columns += [] if all(row["planned"] is None for row in rows.values()) else ["planned", "done", "completion"]
        tables.show(registers, columns, key="registers", height=HEIGHT)
        frame.offer(registers, "registers", selection.stem, within=corner)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        labels = {name: f"{row['register_name']} ({row['entries']})" for name, row in rows.items()}
        register = filters.choose_option("register", labels, width=320)
        view = filters.choose_view(
            "view", {name: t(f"registers.view_{name}") for name in ("list", "owners", "matrix", "reach")}
        )
    row = rows[register]
    frame.show_figures(
        {"label": t("registers.entries"), "value": f"{row['entries']:,}", "help": t("registers.entries_help")},
        {"label": t("registers.open"), "value": f"{row['open_count']:,}", "help": t("registers.open_help")},
        {"label": t("registers.overdue"), "value": f"{row['overdue_count']:,}", "help": t("registers.overdue_help")},
        {
            "label": t("registers.closed"),
            "value": tables.percent(row["close_rate"]),
            "help": t("registers.closed_help"),
        },
    )
    {"list": _list, "owners": _owners, "matrix": _matrix, "reach": _reach}[view](selection, day, register)


def _list(selection: Selection, day: datetime.date, register: str) -> None:
    entries = frame.ask(reads.register_entries, selection, day, register)
    with frame.card(t("registers.list"), t("registers.list_note")) as corner:
        only = filters.choose_view("only", {name: t(f"registers.only_{name}") for name in ("all", "open", "overdue")})
        shown = entries if only == "all" else shapes.where(entries, f"is_{only}", True)
        if not shown.num_rows:
            st.caption(t("registers.nothing"))
            return
        columns = [
            "progress_state",
            "entry",
            "name",
            "matter",
            "owner",
            "stage",
            "opened",
            "due",
            "days_left",
            "closed",
        ]
        columns = [name for name in (*columns, "planned", "done", "document") if not shapes.is_empty_text(shown, name)]
        lists.listing(tables.say(shown), columns, selection, key="register-entries", height=HEIGHT)
        frame.offer(shown, f"register-{register}", selection.stem, within=corner)


def _owners(selection: Selection, day: datetime.date, register: str) -> None:
    owners = frame.ask(reads.register_owners, selection, day, register)
    with frame.card(t("registers.owners"), t("registers.owners_note")) as corner:
        if not owners.num_rows:
            st.caption(t("registers.nothing"))
            return
        columns = ["owner", "entries", "open_count", "overdue_count", "start_rate", "close_rate", "completion"]
        columns.append("stage_mix")
        tables.show(owners, columns, key="register-owners", height=HEIGHT)
        frame.offer(owners, f"owners-{register}", selection.stem, within=corner)


def _matrix(selection: Selection, day: datetime.date, register: str) -> None:
    entries = frame.ask(reads.register_entries, selection, day, register)
    with frame.card(findings.matrix(entries), t("registers.matrix_note")) as corner:
        if not any(row["name"] and row["owner"] for row in entries.to_pylist()):
            st.caption(t("registers.no_matrix"))
            return
        frame.chart(charts.register_matrix, entries, alt=t("registers.matrix"))
        frame.offer(entries, f"matrix-{register}", selection.stem, chart="register_matrix", within=corner)


def _reach(selection: Selection, _: datetime.date, register: str) -> None:
    reached = frame.ask(reads.register_reach, selection, register)
    people = frame.ask(reads.register_coverage, selection, register)
    if not reached.num_rows:
        st.caption(t("registers.nothing"))
        return
    with frame.card(t("registers.reach"), t("registers.reach_note")) as corner:
        columns = ["kind", "layer", "people", "reached_count", "reach_rate", "two_year_rate", "entries"]
        tables.show(tables.say(reached), columns, key="reach", height=HEIGHT)
        frame.offer(reached, f"reach-{register}", selection.stem, within=corner)
    with frame.card(t("registers.coverage"), t("registers.coverage_note")) as corner:
        columns = ["name", "platform", "layer", "entries", "closed_entries", "earlier_entries"]
        lists.listing(people, columns, selection, key="coverage", height=HEIGHT)
        frame.offer(people, f"coverage-{register}", selection.stem, within=corner)
