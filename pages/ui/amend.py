"""A scheme changed in place: one table at a time in an editor, checked while one types, saved as an upload."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa
import streamlit as st

from pages.ui import faults, filters, frame, sentences, tables
from pages.ui.words import language, t, tame
from pipelines import build, editing
from pipelines.contract import SCHEME_TABLES
from pipelines.problems import has_errors

MOST_HEIGHT = 460

Draft = dict[str, list[dict[str, Any]]]


def show(cycle: int) -> None:
    """Draw the editor of the chosen table, what was changed in any, what is wrong with it, and the way to save it."""
    told = filters.forget("amended")
    if told:
        frame.notice("success", str(told))
        frame.link("upload", t("amend.build"), icon=":material/play_arrow:")
    known = frame.ask(editing.context, cycle)
    kept = filters.recall("draft")
    draft: Draft = kept[1] if isinstance(kept, tuple) and kept[0] == cycle else {}
    with frame.card(t("amend.title"), t("amend.note")) as corner:
        names = {name: t(f"table.{name}") + (" ✎" if name in draft else "") for name in SCHEME_TABLES}
        name = filters.choose_option("table", names, width=260)
        rows = _editor(cycle, name, known, draft)
        if name == "settings":
            said = (
                sentences.setting(row["key"], row["value"])
                for row in rows
                if row["value"] and row["key"] in sentences.SAID
            )
            st.caption(t("subject.then").join(tame(one) for one in said))
        if name in known:
            frame.offer(editing.as_text(known, name), name, str(cycle), within=corner)
    draft = {one: own for one, own in (draft | {name: rows}).items() if editing.changed(known, one, own)}
    filters.remember("draft", (cycle, draft))
    if draft:
        _decide(cycle, known, draft)


def _editor(cycle: int, name: str, known: Mapping[str, pa.Table], draft: Draft) -> list[dict[str, Any]]:
    """The rows as they stand in the editor. What it began with stays the same while it is open, or it would begin anew."""
    opened = filters.recall("opened")
    if not isinstance(opened, tuple) or opened[0] != (cycle, name, frame.version()):
        start = editing.typed(name, draft[name]) if name in draft else editing.as_text(known, name)
        opened = ((cycle, name, frame.version()), start)
        filters.remember("opened", opened)
        filters.renew("amend")
    table: pa.Table = opened[1]
    edited = st.data_editor(
        table,
        column_config={
            column: st.column_config.TextColumn(
                t("amend.value") if (name, column) == ("settings", "value") else tables.label(column),
                help=tables.help_text(column),
            )
            for column in table.column_names
        },
        hide_index=True,
        num_rows="dynamic",
        placeholder="",
        key=filters.fresh_key("amend"),
        height=tables.fit(table.num_rows + 1, MOST_HEIGHT),
        row_height=tables.ROW_HEIGHT,
    )
    rows: list[dict[str, Any]] = edited.to_pylist()
    return rows


def _decide(cycle: int, known: Mapping[str, pa.Table], draft: Draft) -> None:
    problems = frame.keep(editing.check, (cycle, frame.version(), repr(draft)), known, draft, cycle)
    empty = [t(f"table.{name}") for name, rows in draft.items() if not editing.typed(name, rows).num_rows]
    with frame.card(
        t("amend.changed", tables=t("rules.comma").join(t(f"table.{name}") for name in draft)), t("amend.checked")
    ):
        if empty:
            frame.notice("error", t("amend.empty", tables=t("rules.comma").join(empty)))
        if problems:
            faults.listing(problems)
        elif not empty:
            frame.notice("success", t("amend.sound"))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            who = frame.ask_who()
            is_ready = bool(who) and not empty and not has_errors(problems)
            if st.button(
                t("amend.save"), type="primary", icon=":material/save:", disabled=not is_ready, key="amend-save"
            ):
                _save(cycle, draft, who)
            if st.button(t("amend.drop"), icon=":material/undo:", key="amend-drop"):
                _forget()
                st.rerun()
        if not who:
            st.caption(t("amend.needs_name"))


def _save(cycle: int, draft: Draft, who: str) -> None:
    now = datetime.now()
    file = f"{t('scheme.title')}-{cycle}.xlsx"
    with st.spinner(t("amend.saving")):
        preview = editing.preview(frame.warehouse(), draft, cycle, language(), who, now, file)
    if not preview.can_commit:
        frame.notice("error", t("amend.refused"))
        faults.listing(preview.problems)
        return
    build.commit(frame.warehouse(), preview, who, now)
    _forget()
    filters.remember("amended", t("amend.saved", file=file, who=who))
    st.rerun()


def _forget() -> None:
    filters.forget("draft")
    filters.forget("opened")
