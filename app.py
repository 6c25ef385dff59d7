"""The pages of Kaoping: one list, one navigation, one frame. Nothing else is decided here."""

import streamlit as st

from pages import (
    audit,
    change,
    confidence,
    dossier,
    extracts,
    fairness,
    feedback,
    gates,
    grades,
    integrity,
    ledger,
    method,
    overview,
    own,
    panel,
    polls,
    publication,
    rankings,
    registers,
    review,
    scheme,
    selection,
    structure,
    subject,
    survey,
    trends,
    upload,
    workbench,
)
from pages.ui import frame
from pages.ui.frame import Entry
from pages.ui.words import t

PAGES = (
    Entry("results", "overview", overview.show, ":material/dashboard:"),
    Entry("results", "rankings", rankings.show, ":material/leaderboard:"),
    Entry("results", "subject", subject.show, ":material/account_tree:"),
    Entry("results", "grades", grades.show, ":material/stacked_bar_chart:"),
    Entry("results", "confidence", confidence.show, ":material/target:"),
    Entry("results", "trends", trends.show, ":material/show_chart:"),
    Entry("results", "ledger", ledger.show, ":material/event_note:"),
    Entry("results", "gates", gates.show, ":material/gavel:"),
    Entry("results", "polls", polls.show, ":material/how_to_vote:"),
    Entry("results", "structure", structure.show, ":material/diversity_2:"),
    Entry("office", "upload", upload.show, ":material/upload_file:"),
    Entry("office", "review", review.show, ":material/rate_review:"),
    Entry("office", "publication", publication.show, ":material/campaign:"),
    Entry("office", "registers", registers.show, ":material/folder_managed:"),
    Entry("office", "selection", selection.show, ":material/how_to_reg:"),
    Entry("office", "dossier", dossier.show, ":material/badge:"),
    Entry("office", "feedback", feedback.show, ":material/mark_email_read:"),
    Entry("office", "scheme", scheme.show, ":material/rule:"),
    Entry("office", "audit", audit.show, ":material/history_edu:"),
    Entry("analysts", "change", change.show, ":material/difference:"),
    Entry("analysts", "fairness", fairness.show, ":material/diversity_3:"),
    Entry("analysts", "survey", survey.show, ":material/ballot:"),
    Entry("analysts", "panel", panel.show, ":material/groups:"),
    Entry("analysts", "integrity", integrity.show, ":material/fact_check:"),
    Entry("own", "own", own.show, ":material/forum:"),
    Entry("analysts", "method", method.show, ":material/balance:"),
    Entry("analysts", "extracts", extracts.show, ":material/dataset:"),
    Entry("analysts", "workbench", workbench.show, ":material/terminal:"),
)

frame.begin()
first = frame.permitted(PAGES)[0]
home = st.Page(first.show, title=t(f"{first.name}.title"), url_path="home", default=True)
pages = frame.pages_of(PAGES)
chosen = st.navigation([home, *pages.values()], position="hidden")
if chosen is home:  # "/" is the first page that the visitor may open, and links to it stay at "/"
    pages[first.name] = home
frame.enter(PAGES, pages, chosen)
frame.run(chosen)
