"""The rules in force: read as a document, compared with another year's, tried out with other numbers, taken as a workbook."""

import functools

import streamlit as st

from pages.ui import amend, filters, frame, rules, sentences, shapes, tables, tryout
from pages.ui.words import language, t
from pipelines import reads, report, whatif

HTML = "text/html"


@frame.page
def show() -> None:
    """Draw the scheme of the chosen cycle."""
    selection = frame.open_page("scheme", "cycle")
    cycle = selection.cycle
    scheme = frame.ask(whatif.tables_of, cycle)
    views = {name: t(f"scheme.view_{name}") for name in ("read", "compare", "tryout", "edit")}
    view = filters.choose_view("view", views)
    if view == "read":
        _read(cycle, scheme)
    elif view == "compare":
        _compare(cycle)
    elif view == "tryout":
        tryout.show(cycle, scheme)
    else:
        _edit(cycle, scheme)


def _read(cycle: int, scheme: dict[str, shapes.Table]) -> None:
    title = shapes.setting(scheme, "title") or t("scheme.of", cycle=cycle)
    body = frame.derive(_document, cycle)
    with frame.card(title, t("scheme.read_note")):
        st.download_button(
            t("scheme.print"),
            data=report.document(title, [f"<h1>{rules.escape(title)}</h1>{body}"], language()).encode(),
            file_name=f"{t('scheme.title')}-{cycle}-v{frame.version()}.html",
            mime=HTML,
            icon=":material/print:",
            on_click="ignore",
            type="tertiary",
        )
        st.html(body)


def _document(cycle: int) -> str:
    return rules.document(frame.ask(whatif.tables_of, cycle))


def _compare(cycle: int) -> None:
    others = [year for (year,) in shapes.distinct(frame.ask(reads.cohorts), "cycle") if year != cycle]
    if not others:
        frame.empty("one_scheme")
        return
    other = int(filters.choose_option("other", {str(year): str(year) for year in others}))
    changes = frame.ask(reads.scheme_compared, cycle, other)
    with frame.card(
        t("scheme.compared", cycle=cycle, other=other), t("scheme.compared_note", count=changes.num_rows)
    ) as corner:
        if not changes.num_rows:
            st.caption(t("scheme.same"))
            return
        names = {name: t(f"table.{name}") for (name,) in shapes.distinct(changes, "table")}
        part = filters.choose_view("part", {"all": t("scheme.every_table"), **names})
        shown = changes if part == "all" else shapes.where(changes, "table", part)
        said = sentences.rows_said(shown)
        tables.show(said, ["table", "id", "column", "before", "after"], key="compared")
        frame.offer(shown, "scheme-changes", f"{other}-{cycle}", seen=lambda: said, within=corner)


def _edit(cycle: int, scheme: dict[str, shapes.Table]) -> None:
    amend.show(cycle)
    with frame.card(t("scheme.edit"), t("scheme.edit_note")):
        st.markdown(t("scheme.edit_steps"))
        with st.container(horizontal=True):
            _workbook(t("scheme.take", cycle=cycle), scheme, f"{t('scheme.title')}-{cycle}", "take")
            copied = whatif.for_cycle(scheme, cycle + 1)
            _workbook(t("scheme.copy", cycle=cycle, next=cycle + 1), copied, f"{t('scheme.title')}-{cycle + 1}", "copy")
        frame.link("upload", t("scheme.upload"), icon=":material/upload_file:")


def _workbook(label: str, scheme: dict[str, shapes.Table], stem: str, key: str) -> None:
    st.download_button(
        label,
        data=functools.partial(_template, scheme, language()),
        file_name=f"{stem}.xlsx",
        mime=frame.MIME["xlsx"],
        icon=":material/download:",
        on_click="ignore",
        key=f"scheme-{key}",
    )


def _template(scheme: dict[str, shapes.Table], said_in: str) -> bytes:
    from pipelines import markup  # openpyxl is slow to import

    return markup.template("scheme", said_in, None, scheme)
