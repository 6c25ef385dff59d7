"""Blocks of the upload page: empty workbooks to fill in, unknown headings told once, what an upload would change, and the history with its undo."""

from __future__ import annotations

import functools
from datetime import datetime

import streamlit as st

from pages.ui import filters, frame, shapes, tables
from pages.ui.words import language, t
from pipelines import build
from pipelines.build import Preview
from pipelines.contract import TABLES

HEIGHT = 360
MOST_HISTORY = 430


def templates() -> None:
    """Empty workbooks with headings, instructions and lists to choose from: the data of a cycle, a scheme, one table."""
    with st.popover(t("intake.templates"), icon=":material/note_add:", width="content"):
        labels = {"data": t("intake.template_data"), "scheme": t("scheme.title")}
        labels |= {name: t(f"table.{name}") for name in TABLES if name != "attributes"}  # those are of the roster
        kind = filters.choose_option("template", labels)
        st.download_button(
            t("intake.template_get"),
            data=functools.partial(_template, kind, language()),
            file_name=f"{labels[kind]}.xlsx",
            mime=frame.MIME["xlsx"],
            icon=":material/download:",
            on_click="ignore",
            key=f"template-{kind}-{language()}",
        )


def _template(kind: str, said_in: str) -> bytes:
    from pipelines import markup  # openpyxl is slow to import

    return markup.template(kind, said_in)


def headings(preview: Preview) -> None:
    """Headings that nobody knew: what each means is told here once, and remembered for every later file."""
    unread = build.unread_headings(preview)
    remembered = frame.warehouse().headings()
    if not unread and not remembered:
        return
    with st.expander(t("intake.headings", count=len(unread)), expanded=bool(unread)):
        st.caption(t("intake.headings_note"))
        if unread:
            _tell(unread, preview)
        for heading, (table, column) in remembered.items():
            with st.container(horizontal=True, vertical_alignment="center", key=f"heading-{heading}"):
                st.markdown(t("intake.means", heading=heading, table=t(f"table.{table}"), column=tables.label(column)))
                if _needs_name(t("intake.forget"), f"forget-{heading}"):
                    frame.warehouse().forget_heading(heading, frame.who(), datetime.now())
                    st.rerun()


def _tell(unread: list[tuple[str, str]], preview: Preview) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        labels = {heading: f"{heading} ({sheet})" for sheet, heading in unread}
        heading = filters.choose_option("heading", labels)
        if len(labels) == 1:  # nothing to choose, and so no list that says it
            st.markdown(t("intake.heading", heading=heading, sheet=unread[0][0]))
        lacking = build.missing_columns(preview)
        likely = [name for name, _ in lacking]
        likely += [block.table for reading in preview.readings for block in reading.blocks]
        order = list(dict.fromkeys([*likely, *TABLES]))
        table = filters.choose_option("into", {name: t(f"table.{name}") for name in order})
        names = [name for of, name in lacking if of == table] + [column.name for column in TABLES[table].columns]
        columns = {name: tables.label(name) for name in names}
        if not any(of == table for of, _ in lacking):  # only what is known to be lacking is a guess worth making
            columns = {"": t("intake.pick"), **columns}
        column = filters.choose_option("column", columns)
        if _needs_name(t("intake.remember"), "remember", "" if column else t("intake.pick")):
            frame.warehouse().map_heading(heading, table, column, frame.who(), datetime.now())
            st.rerun()


def changes(preview: Preview, key: tuple[object, ...]) -> None:
    """What each table would change against what is in force: counts, and the rows behind them."""
    if not preview.can_commit:
        return
    found = frame.keep(build.changes, (*key, "changes"), frame.warehouse(), preview)
    with frame.card(t("intake.changes"), t("intake.changes_note")) as corner:
        counted = shapes.counted(found)
        frame.offer(counted, "changes", "preview", within=corner)
        tables.show(
            tables.say(counted),
            ["file", "table", "cycle", "added", "changed", "removed", "same"],
            key="changes",
            height=HEIGHT,
        )
        for place, one in enumerate(found):
            if one.rows.num_rows and one.counts["changed"] + one.counts["removed"]:
                title = t("intake.rows", file=one.file, table=t(f"table.{one.table}"), cycle=one.cycle)
                with st.expander(title):
                    shown = tables.say(shapes.renamed(one.rows, "what", "difference"))
                    columns = ["difference", "key", "before", "after"]
                    tables.show(shown, columns, key=f"changes-{place}", height=HEIGHT)
                    frame.offer(shown.select(columns), f"changes-{place + 1}", f"{one.table}-{one.cycle}")


def history() -> None:
    """Every upload, the newest first; a click on one shows what can be done with it."""
    uploads = frame.warehouse().uploads()
    with frame.card(t("upload.history"), t("upload.history_note")) as corner:
        if not uploads.num_rows:
            st.caption(t("upload.no_history"))
            return
        columns = ["upload", "at", "who", "file", "cycles", "tables", "rows", "is_withdrawn"]
        told = shapes.joined(uploads, "cycles")
        frame.offer(told.select(columns), "uploads", "history", within=corner)
        shown = tables.say(told)
        place = tables.show(shown, columns, key="uploads", height=MOST_HISTORY, is_clickable=True)
        if place is not None:
            _undo(uploads.slice(place, 1).to_pylist()[0])


def _undo(upload: dict) -> None:
    number, name = upload["upload"], upload["file"]
    is_withdrawn = upload["is_withdrawn"]
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="undo"):
        st.markdown(t("intake.withdrawn" if is_withdrawn else "intake.in_force", number=number, file=name))
        label = t("intake.restore") if is_withdrawn else t("intake.withdraw")
        if _needs_name(label, f"undo-{number}"):
            change = frame.warehouse().restore if is_withdrawn else frame.warehouse().withdraw
            change(number, frame.who(), datetime.now())
            told = t("intake.is_restored" if is_withdrawn else "intake.is_withdrawn", file=name)
            filters.remember("told", ("success", told))
            st.rerun()
        if "ballots" in upload["tables"].split(";"):
            st.caption(t("intake.sealed"))
            return
        st.download_button(
            t("intake.file"),
            data=lambda: frame.warehouse().content(upload["sha256"]),
            file_name=name,
            on_click="ignore",
            icon=":material/download:",
            key=f"file-{number}-{language()}",
        )


def _needs_name(label: str, key: str, lacks: str = "") -> bool:
    """A button of the office: without a name of who does it, or as long as it `lacks` something, it cannot be pressed and says why."""
    why = lacks or ("" if frame.who() else t("intake.name_first"))
    is_pressed = st.button(label, key=key, disabled=bool(why))
    if why:
        st.caption(why, width="content")
    return is_pressed
