"""The dossier of a person: facts, career, appraisals, polls and weak points, to print or to edit. For the office only."""

import functools

import streamlit as st

from pages.ui import frame
from pages.ui.words import language, t
from pipelines import dossier as paper

HEIGHT = 1000
MIME = {"html": "text/html", "xlsx": frame.MIME["xlsx"]}


@frame.page
def show() -> None:
    """Draw the dossier of the selected subject."""
    selection = frame.open_page("dossier", "kind", "platform", "layer", "cycle", has_subject=True)
    if selection.subject is None:
        frame.empty("no_subject")
        return
    told = frame.ask(paper.dossier, selection, language())
    with st.container(horizontal=True):
        for form in paper.FORMS:
            st.download_button(
                t(f"feedback.as_{form}"),
                data=functools.partial(paper.printed, told, language(), form),
                file_name=f"v{frame.version()}-{paper.file_name(told, language(), form)}",
                mime=MIME[form],
                icon=":material/download:",
                on_click="ignore",
                key=f"dossier-{form}",
            )
    st.iframe(paper.printed(told, language(), "html").decode(), height=HEIGHT, alt=t("dossier.preview", name=told.name))
