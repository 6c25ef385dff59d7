"""Feedback to those appraised: one document each to print or to edit, one subject or a whole cohort as a zip."""

import functools
from dataclasses import replace

import streamlit as st

from pages.ui import filters, frame, tables
from pages.ui.words import language, t
from pipelines import reads, report
from pipelines.reads import Selection

HEIGHT = 900
MIME = {"html": "text/html", "xlsx": frame.MIME["xlsx"], "zip": "application/zip"}


@frame.page
def show() -> None:
    """Draw the feedback of the selected subject and offer that of its cohort."""
    selection = frame.open_page("feedback", "kind", "platform", "layer", "cycle", has_subject=True)
    rows = frame.ask(reads.ranking, replace(selection, subject=None))
    if selection.subject is None:
        frame.empty("no_subject")
        return
    told = frame.ask(report.gather, selection, language())
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(horizontal=True, width="content"):
            for form in report.FORMS:
                st.download_button(
                    t(f"feedback.as_{form}"),
                    data=functools.partial(report.feedback, told, language(), form),
                    file_name=f"{frame.stem_of_version()}-{report.file_name(told, language(), form)}",
                    mime=MIME[form],
                    icon=":material/download:",
                    on_click="ignore",
                    key=f"feedback-{form}",
                )
        _everybody(replace(selection, subject=None), rows.num_rows)
    st.iframe(frame.derive(_preview, selection), height=HEIGHT, alt=t("feedback.preview", name=told.name))


def _preview(selection: Selection) -> str:
    return report.feedback(frame.ask(report.gather, selection, language()), language(), "html").decode()


def _everybody(selection: Selection, count: int) -> None:
    """All of the cohort at once: made on demand with its progress, then offered."""
    with st.popover(t("feedback.all", count=tables.number(count, 0)), icon=":material/folder_zip:", width="content"):
        st.caption(t("feedback.all_note", cohort=filters.sentence(selection)))
        form = filters.choose_view("form", {name: t(f"feedback.as_{name}") for name in report.FORMS})
        key = (selection, language(), form, frame.stem_of_version())
        if st.button(t("feedback.make"), icon=":material/play_arrow:", key="make"):
            bar, way_out = st.progress(0.0), st.empty()
            way_out.button(t("feedback.cancel"), icon=":material/close:", key="cancel")  # a click ends this run
            content = frame.later(
                report.feedback_zip,
                selection,
                language(),
                form,
                lambda name, done, total: bar.progress(
                    done / total, t("feedback.making", name=name, done=done, total=total)
                ),
            )()
            bar.empty()
            way_out.empty()
            filters.remember("feedback", (key, content))
        made = filters.recall("feedback")
        if made and made[0] == key:
            st.download_button(
                t("feedback.get"),
                data=made[1],
                file_name=f"{t('feedback.title')}-{selection.stem}-{form}-{frame.stem_of_version()}.zip",
                mime=MIME["zip"],
                icon=":material/download:",
                on_click="ignore",
                key="feedback-zip",
            )
