"""Polls and surveys: who answered, what was chosen, how rater groups compare, and satisfaction from wave to wave."""

import functools

import streamlit as st

from pages.ui import charts, courses, filters, findings, frame, shapes, tables
from pages.ui.words import t
from pipelines import reads
from pipelines.contract import OVERALL
from pipelines.reads import Selection

MOST_HEIGHT = 420


@frame.page
def show() -> None:
    """Draw the polls of the selected cohorts, then the surveys of the cycle."""
    selection = frame.open_page("polls", "kind", "platform", "layer", "cycle")
    polls = frame.ask(reads.polls, selection).to_pylist()
    if filters.choose_view("view", {name: t(f"polls.view_{name}") for name in ("polls", "survey")}) == "survey":
        courses.waves(selection)
    elif not polls:
        frame.empty("no_polls")
    else:
        _poll(selection, filters.choose_view("poll", {row["poll"]: row["name"] for row in polls}))


def _poll(selection: Selection, poll: str) -> None:
    asked = (reads.poll_turnout, reads.poll_groups, reads.poll_answers)
    turnout, groups, answers = (frame.derive(_named, question, selection, poll) for question in asked)
    frame.show_figures(*frame.derive(_figures, selection, poll))
    with frame.beside():
        with frame.card(findings.turnout(turnout), t("polls.turnout_note")) as corner:
            if any(row["eligible"] for row in turnout.to_pylist()):
                st.html(charts.stage_line())
                frame.chart(charts.turnout, turnout, alt=t("polls.turnout"))
                _offer(corner, "poll-turnout", reads.poll_turnout, selection, poll, chart="turnout")
            else:
                st.caption(t("polls.no_turnout"))
        with frame.card(findings.answers(answers), t("polls.answers_note")) as corner:
            if answers.num_rows:
                by = "item" if len(shapes.distinct(answers, "item")) > 1 else "rater_group"
                names = [name for (name,) in shapes.distinct(shapes.sorted_down(answers, "points"), "option")]
                st.html(charts.key_line(names))
                frame.chart(charts.options, answers, by, alt=t("polls.answers"))
                _offer(corner, "poll-options", reads.poll_answers, selection, poll, chart="options")
            else:
                st.caption(t("polls.no_answers"))
    with frame.card(findings.profile(groups), t("polls.profile_note")) as corner:
        names = tuple(name for (name,) in shapes.distinct(shapes.known(groups, "mean"), "rater_group"))
        if names:
            st.html(charts.group_line(names))
            frame.chart(charts.profile, groups, names, alt=t("polls.profile"))
            _offer(corner, "poll-groups", reads.poll_groups, selection, poll, chart="profile")
        else:
            st.caption(t("polls.all_hidden"))
    _cells(selection, poll)


def _offer(
    corner: frame.DeltaGenerator, name: str, question: frame.Question, selection: Selection, poll: str, chart: str
) -> None:
    """What the question gave, for a CSV as `export` writes it; for a workbook with names in the place of ids."""
    seen = functools.partial(frame.derive, _named, question, selection, poll)
    frame.offer(frame.ask(question, selection, poll), name, selection.stem, seen=seen, chart=chart, within=corner)


def _named(question: frame.Question, selection: Selection, poll: str) -> shapes.Table:
    """An answer about a poll with names for the ids in it."""
    words, table = frame.ask(reads.poll_words, selection, poll), frame.ask(question, selection, poll)
    if question in (reads.poll_groups, reads.poll_answers):
        table = shapes.in_order_of(table, frame.ask(reads.poll_items, selection, poll))
    return shapes.named(table, words, {OVERALL: t("tree.overall"), "all": t("polls.everybody")})


def _figures(selection: Selection, poll: str) -> list[dict]:
    """How many answered, and how many cells of the poll are shown."""
    turnout = frame.ask(reads.poll_turnout, selection, poll).to_pylist()
    groups = frame.ask(reads.poll_groups, selection, poll).to_pylist()
    told = [row for row in turnout if row["eligible"] and row["valid"] is not None]
    eligible = sum(row["eligible"] for row in told)
    share = sum(row["valid"] for row in told) / eligible if eligible else None
    shown = sum(row["shown_count"] for row in groups)
    hidden = sum(row["hidden_count"] for row in groups)
    votes = sum(row["votes"] or 0 for row in groups)
    return [
        {"label": t("polls.response"), "value": tables.percent(share), "help": t("polls.response_help")},
        {"label": t("polls.votes"), "value": f"{votes:,}", "help": t("polls.votes_help")},
        {"label": t("polls.shown"), "value": f"{shown:,}", "help": t("polls.shown_help")},
        {"label": t("polls.hidden"), "value": f"{hidden:,}", "help": t("polls.hidden_help")},
    ]


def _cells(selection: Selection, poll: str) -> None:
    cells = frame.derive(_named, reads.poll_cells, selection, poll)
    least = shapes.first(cells, "anonymity", 0)
    with frame.card(t("polls.cells"), t("polls.cells_note", count=least) if least else t("polls.cells_open")) as corner:
        only = filters.choose_view("only", {"all": t("polls.all"), "hidden": t("polls.only_hidden")})
        cells, columns = frame.derive(_chosen, selection, poll, only)
        place = tables.show(cells, columns, key="cells", is_clickable=True, height=MOST_HEIGHT)
        told, _ = shapes.poll_cells(frame.ask(reads.poll_cells, selection, poll), only == "hidden")
        frame.offer(told, "poll-cells", selection.stem, seen=lambda: cells, within=corner)
        if place is not None:
            frame.go_to("subject", subject=cells.column("subject")[place].as_py())


def _chosen(selection: Selection, poll: str, only: str) -> tuple[shapes.Table, list[str]]:
    return shapes.poll_cells(frame.derive(_named, reads.poll_cells, selection, poll), only == "hidden")
