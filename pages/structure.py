"""The structure of teams: ages, teams with women or non-party members, posts against people, moves, printed figures."""

import datetime

import streamlit as st

from pages.ui import charts, filters, findings, frame, lists, shapes, tables, team
from pages.ui.words import t
from pipelines import reads
from pipelines.advice.structure import competition_share, printed_figures, structure
from pipelines.reads import Selection

HEIGHT = 480
VIEWS = ("teams", "posts", "moves", "printed")


@frame.page
def show() -> None:
    """Draw one view of the structure of the selected people."""
    selection = frame.open_page("structure", "platform", "layer", "cycle", is_open=True)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view = filters.choose_view("view", {name: t(f"structure.view_{name}") for name in VIEWS})
        if view == "teams":
            built = shapes.distinct(frame.ask(reads.cohorts), "cycle")
            others = {str(cycle): str(cycle) for (cycle,) in built if cycle < selection.cycle}
            other = int(filters.choose_option("from", others, width=130)) if others else None
        elif view == "moves":
            day = filters.choose_day("day")
    if view == "teams":
        _teams(selection, other)
    elif view == "moves":
        _moves(selection, day)
    else:
        {"posts": _posts, "printed": _printed}[view](selection)


def _teams(selection: Selection, other: int | None) -> None:
    found = frame.ask(structure, selection, other)
    if not found.teams.num_rows:
        frame.empty("no_teams", towards="upload")
        return
    team.figures(found, other)
    team.groups(found, selection, has_other=other is not None)
    with frame.beside("teams"):
        team.layers(found, selection, has_other=other is not None)
        with frame.card(findings.ages(found.ages), t("structure.ages_note", day=found.day)) as corner:
            if found.ages.num_rows:
                frame.chart(charts.age_bands, found.ages, alt=t("structure.ages"))
                frame.offer(found.ages, "ages", selection.stem, chart="age_bands", within=corner)
            else:
                st.caption(t("structure.no_ages"))
    with frame.card(t("structure.teams"), t("structure.teams_note")) as corner:
        columns = ["name", "people", "mean_age", "group_counts"]
        lists.listing(found.teams, columns, selection, key="teams", height=HEIGHT, roomy=["name"])
        frame.offer(found.teams, "teams", selection.stem, within=corner)


def _posts(selection: Selection) -> None:
    rows = frame.ask(reads.headcount, selection)
    if not rows.num_rows:
        frame.empty("no_headcount", towards="upload")
        return
    with frame.card(t("structure.posts"), t("structure.posts_note")) as corner:
        columns = ["name", "layer", "approved", "actual", "excess", "vacancies"]
        lists.listing(rows, columns, selection, key="headcount", height=640)
        frame.offer(rows, "headcount", selection.stem, within=corner)


def _moves(selection: Selection, day: datetime.date) -> None:
    share = frame.ask(competition_share, selection)
    blocks = {
        "moves": (frame.ask(reads.moves, selection), ["year", "move", "people", "moves", "members", "move_rate"]),
        "paths": (
            shapes.unblanked(frame.ask(reads.promotion_paths, selection), "from_level", t("structure.not_recorded")),
            ["year", "from_level", "to_level", "people"],
        ),
        "routes": (
            shapes.unblanked(frame.ask(reads.promotion_routes, selection, share), "workplace", t("structure.everybody")),
            ["year", "workplace", "promoted", "by_competition", "competition_rate", "others_left"],
        ),
        "tenures": (frame.ask(reads.tenures, selection, day), ["years_in_post", "level", "people"]),
        "dispatches": (frame.ask(reads.dispatches, selection), ["year", "dispatched", "promoted", "yield_rate"]),
    }  # fmt: skip
    if not blocks["moves"][0].num_rows and not blocks["tenures"][0].num_rows:
        frame.empty("no_careers", towards="upload")
        return
    for name, (rows, columns) in blocks.items():
        if rows.num_rows:
            with frame.card(t(f"structure.{name}"), t(f"structure.{name}_note")) as corner:
                tables.show(tables.say(rows), columns, key=name, height=HEIGHT)
                frame.offer(rows, name, selection.stem, within=corner)


def _printed(selection: Selection) -> None:
    rows = frame.ask(printed_figures, selection)
    if not rows.num_rows:
        frame.empty("no_printed", towards="upload")
        return
    with frame.card(t("structure.printed"), t("structure.printed_note")) as corner:
        columns = ["printed_of", "statement", "numerator", "denominator", "printed", "computed_rate", "first_fit"]
        columns += ["last_fit", *([] if shapes.is_blank(rows, "document") else ["document"])]
        tables.show(tables.say(rows), columns, key="printed", height=640)
        frame.offer(rows, "printed-figures", selection.stem, within=corner)
