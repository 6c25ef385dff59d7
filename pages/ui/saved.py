"""Saved extracts: a table with its filters under a name, for the one who saved it."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from pages.ui import filters, frame
from pages.ui.words import t

PARAMETERS = ("table", "q", "kind", "platform", "layer", "cycle", "years")
"""What makes an extract, as the URL has it; without a cycle it is that of the latest one."""


def show() -> None:
    """Draw the visitor's saved extracts as links, and the field that saves the one on the screen."""
    who = frame.who()
    own = frame.warehouse().saved_extracts(who).to_pylist() if who else []
    with st.popover(t("saved.title", count=len(own)), icon=":material/bookmarks:", key="saved"):
        for row in own:
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                asked = dict(parse_qsl(row["view"]))
                frame.link("extracts", row["name"], **{name: asked.get(name) for name in PARAMETERS})
                if st.button(t("saved.drop"), icon=":material/delete:", type="tertiary", key=f"drop-{row['name']}"):
                    frame.warehouse().drop_extract(row["name"], who, datetime.now())
                    st.rerun()
        if not own:
            st.caption(t("saved.none"))
        name = filters.remembered_text("extract-name", t("saved.name"), t("saved.name_hint"))
        who = frame.ask_who()
        if st.button(t("saved.save"), icon=":material/bookmark_add:", disabled=not (name and who), key="save-extract"):
            view = urlencode(filters.view(PARAMETERS))
            frame.warehouse().save_extract(name, view, who, datetime.now())
            st.rerun()
