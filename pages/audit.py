"""The audit log: who did what, from which state to which; whether it holds together; and a backup of everything."""

from datetime import datetime

import streamlit as st

from pages.ui import filters, frame, shapes, tables
from pages.ui.words import language, retold, t
from pipelines import reads
from pipelines.problems import StoreError

STORED = ("action", "before", "after")
TOLD = ("action_told", "before_told", "after_told")
COLUMNS = ["number", "at", "who", "action", "before", "after", "hash"]


@frame.page
def show() -> None:
    """Draw the log with a search, what its check says, and the backup."""
    frame.open_plain("audit")
    entries = frame.derive(_entries, frame.entries())
    broken = frame.ask(reads.broken_links, frame.entries())
    if broken:
        first = retold("log", broken[0], language())
        frame.notice("error", t("audit.broken", count=len(broken), first=first))
    elif entries.num_rows:
        frame.notice("success", t("audit.whole", count=entries.num_rows, head=entries.column("hash")[0].as_py()))
    _backup()
    text = filters.search(t("audit.search"))
    shown = shapes.search(entries, text, ("who", *STORED, *TOLD))
    if shown.num_rows:
        labels = {"who": t("audit.who"), "action": t("audit.act")}
        said = shown.drop_columns(list(STORED)).rename_columns(dict(zip(TOLD, STORED, strict=True)))
        tables.show(said, COLUMNS, key="audit", height=520, labels=labels)
        frame.offer(shown.drop_columns(list(TOLD)), "audit", "log", seen=lambda: said)
    else:
        st.caption(t("audit.nothing"))


def _entries(count: int) -> shapes.Table:
    """The log with what was done, and the states before and after, told in the language of the page beside them."""
    entries = frame.ask(reads.audit, count)
    for stored, told in zip(STORED, TOLD, strict=True):
        entries = shapes.worded(entries, told, lambda text: retold("log", text, language()), stored)
    return entries


def _backup() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(t("audit.backup"), icon=":material/save:", key="backup"):
            try:
                path = frame.backup(datetime.now())
            except StoreError as error:
                frame.notice("error", t("audit.no_backup", reason=error.said(language())))
            else:
                frame.notice("success", t("audit.backed_up", name=path.name))
        st.caption(t("audit.backup_note"), width="content")
