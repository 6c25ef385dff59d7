"""The dossier of a person: facts, career, appraisals, polls and weak points, to print or to edit. For the office only."""

import streamlit as st

from pages.ui import frame, papers
from pages.ui.words import language, t
from pipelines import dossier as paper

HEIGHT = 1000


@frame.page
def show() -> None:
    """Draw the dossier of the selected person and offer those of the whole selection."""
    selection = frame.open_page("dossier", "kind", "platform", "layer", "cycle", kinds=paper.KINDS, has_subject=True)
    if selection.subject is None:
        frame.empty("no_subject")
        return
    told = frame.ask(paper.dossier, selection, language())
    papers.offer(selection, told, paper.FORMS, paper.printed, paper.file_name, paper.dossier_zip, t("dossier.title"))
    st.iframe(paper.printed(told, language(), "html").decode(), height=HEIGHT, alt=t("dossier.preview", name=told.name))
