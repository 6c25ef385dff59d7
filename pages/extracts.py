"""Every table behind the pages as a file: the same query as the screen and the command line."""

from dataclasses import replace

import streamlit as st

from pages.ui import filters, frame, saved, shapes, tables
from pages.ui.words import t
from pipelines import reads
from pipelines.reads import Selection

MEGABYTE = 1_000_000
ORIGINS = ("table", "id", "file", "sheet", "first_row", "last_row")


@frame.page
def show() -> None:
    """Draw the chosen table, narrowed by the filters, and its downloads."""
    selection = frame.open_page("extracts", "kind", "platform", "layer", "cycle", is_open=True)
    labels = {name: t(f"extract.{name}") for name in frame.tables_to_take()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = filters.choose_option("table", labels, width=300)
        text = filters.search(t("extracts.search"))
        selections = _cycles(selection)
        saved.show()
    stem = selection.stem
    if len(selections) > 1:
        stem = f"{selections[-1].cycle}-{selections[0].stem}"
        frame.stamp_cycles(selections)
    table = frame.ask(reads.table_of_cycles, name, selections)
    said = frame.derive(_said, name, selections)
    is_found = shapes.holds(said, text, shapes.texts(said))
    shown = table if is_found is None else table.filter(is_found)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        counts = {"shown": f"{shown.num_rows:,}", "all": f"{table.num_rows:,}", "columns": table.num_columns}
        st.caption(
            t("extracts.shown", size=tables.number(max(shown.nbytes / MEGABYTE, 0.1), 1), **counts), width="content"
        )
        frame.offer(shown, name, stem, ("csv", "xlsx", "parquet"))
    st.caption(t(f"extract.{name}_note"))
    if not shown.num_rows:
        frame.empty("no_rows")
        return
    said = said if is_found is None else said.filter(is_found)
    tables.show(said, said.column_names, key=f"extract-{name}", height=520)
    with frame.folded(t("extracts.dictionary"), "dictionary") as is_open:
        if is_open:
            tables.show(tables.describe(shown.column_names), ["column", "label", "help"], key="dictionary", height=520)
    with frame.folded(t("extracts.origins"), "origins") as is_open:
        if is_open:
            st.caption(t("extracts.origins_note"))
            origins = frame.ask(reads.origins, name, Selection(selection.cycle))
            tables.show(tables.say(origins), ORIGINS, key="origins", height=520)
    with st.expander(t("extracts.read")):
        _read(name, f"{name}-{stem}-{frame.stem_of_version()}", "subject" in shown.column_names)
    with st.expander(t("extracts.command")):
        lines = [f"python -m pipelines export {name} --format csv --cycle {one.cycle} --out DIR" for one in selections]
        st.code("\n".join(lines), language="sh")


def _cycles(selection: Selection) -> tuple[Selection, ...]:
    """The selection, or the same of every cycle, the latest first."""
    cycles = [cycle for (cycle,) in shapes.distinct(frame.ask(reads.cohorts), "cycle")]
    labels = {"one": str(selection.cycle), "each": t("extracts.every_cycle")}
    if len(cycles) < 2 or filters.choose_view("years", labels) == "one":
        return (selection,)
    return tuple(replace(selection, cycle=cycle) for cycle in cycles)


def _said(name: str, selections: tuple[Selection, ...]) -> shapes.Table:
    """The table with its fixed words in the language of the page; only the files for programs hold codes."""
    return tables.say(frame.ask(reads.table_of_cycles, name, selections))


def _read(name: str, file: str, has_ids: bool) -> None:
    """One line each for those who go on with the file elsewhere; ids stay text, so that 007 keeps its zeros."""
    st.caption(t("extracts.read_note"))
    text = ', dtype={"subject": str}' if has_ids else ""
    st.code(f'{name} = pandas.read_csv("{file}.csv", encoding="utf-8-sig"{text})', language="python")
    text = ', col_types = readr::cols(subject = "c")' if has_ids else ""
    st.code(f'{name} <- readr::read_csv("{file}.csv"{text})', language="r")
    st.code(f'= Csv.Document(File.Contents("C:\\{file}.csv"), [Encoding = 65001])', language="powerquery")
    st.code(f'{name} = pyarrow.parquet.read_table("{file}.parquet")', language="python")
