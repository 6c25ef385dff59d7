"""Every table behind the pages as a file: the same query as the screen and the command line."""

import streamlit as st

from pages.ui import filters, frame, shapes, tables
from pages.ui.words import t
from pipelines import reads


@frame.page
def show() -> None:
    """Draw the chosen table, narrowed by the filters, and its downloads."""
    selection = frame.open_page("extracts", "kind", "platform", "layer", "cycle", is_open=True)
    names = frame.ask(reads.table_names)
    labels = {name: t(f"extract.{name}") for name in names}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = filters.choose_option("table", labels, width=320)
        text = filters.search(t("extracts.search"))
    table = frame.ask(reads.table, name, selection)
    shown = shapes.search(table, text, shapes.texts(table))
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(t("extracts.shown", shown=f"{shown.num_rows:,}", all=f"{table.num_rows:,}"), width="content")
        frame.offer(shown, name, selection.stem, ("csv", "xlsx", "parquet"))
    st.caption(t(f"extract.{name}_note"))
    if not shown.num_rows:
        frame.empty("no_rows")
        return
    tables.show(shown, shown.column_names, key=f"extract-{name}", height=520)
    with st.expander(t("extracts.dictionary")):
        tables.show(tables.describe(shown.column_names), ["column", "label", "help"], key="dictionary", height=520)
    with st.expander(t("extracts.command")):
        st.code(f"python -m pipelines export {name} --format csv --cycle {selection.cycle} --out DIR", language="sh")
