"""Feedback to those appraised: one document each to print or to edit, one subject or a whole cohort as a zip."""

import streamlit as st

from pages.ui import frame, papers
from pages.ui.words import language, t
from pipelines import report
from pipelines.reads import Selection

HEIGHT = 900


@frame.page
def show() -> None:
    """Draw the feedback of the selected subject and offer that of its cohort."""
    selection = frame.open_page("feedback", "kind", "platform", "layer", "cycle", has_subject=True)
    if selection.subject is None:
        frame.empty("no_subject")
        return
    told = frame.ask(report.gather, selection, language())
    papers.offer(
        selection, told, report.FORMS, report.feedback, report.file_name, report.feedback_zip, t("feedback.title")
    )
    st.iframe(frame.derive(_preview, selection), height=HEIGHT, alt=t("feedback.preview", name=told.name))


def _preview(selection: Selection) -> str:
    return report.feedback(frame.ask(report.gather, selection, language()), language(), "html").decode()
