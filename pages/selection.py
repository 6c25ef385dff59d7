"""Who may compete, how far everybody came, and who would get which post: under the minimums, or by wish."""

import streamlit as st

from pages.ui import charts, filters, findings, frame, shapes, tables
from pages.ui.words import t
from pipelines.advice.selection import Race, selection_outcome, selection_race
from pipelines.reads import Selection

HEIGHT = 480


@frame.page
def show() -> None:
    """Draw one view of the selection of a cycle and kind."""
    selection = frame.open_page("selection", "kind", "cycle")
    outcome = frame.ask(selection_outcome, selection)
    if not outcome.posts.num_rows:
        frame.empty("no_posts", towards="upload")
        return
    frame.notice("info", t("selection.person_decides"))
    race = frame.ask(selection_race, selection)
    ways = ("wishes", "best") if outcome.has_wishes and not outcome.minimums.num_rows else ("best", "wishes")
    views = [*ways, *(["eligible"] if race.checks.num_rows else []), *(["stages"] if race.steps.num_rows else [])]
    view = filters.choose_view("view", {name: t(f"selection.view_{name}") for name in views})
    if view == "eligible":
        _eligible(race, selection)
        return
    if view == "stages":
        _stages(race, selection)
        return
    with frame.card(t("selection.posts"), t("selection.posts_note")) as corner:
        columns = ["post_name", "seats", "qualified", "asked_ratio", "feasible", "verdict_of"]
        tables.show(tables.say(outcome.posts), columns, key="posts", height=HEIGHT)
        frame.offer(outcome.posts, "posts", selection.stem, within=corner)
    if view == "best" and outcome.minimums.num_rows:
        with frame.card(t("selection.minimums"), t("selection.minimums_note")) as corner:
            if outcome.conflict:
                names = " · ".join(outcome.conflict)
                is_one = len(outcome.conflict) == 1
                said = t("selection.conflict_one" if is_one else "selection.conflict", names=names)
                frame.notice("warning", said)
            columns = ["minimum_name", "force", "needed", "missed", "verdict_of"]
            tables.show(tables.say(outcome.minimums), columns, key="minimums", height=HEIGHT)
            frame.offer(outcome.minimums, "minimums", selection.stem, within=corner)
    chosen = outcome.chosen if view == "best" else outcome.wished
    total = tables.number(sum(chosen.column("total").to_pylist()))
    with frame.card(t("selection.chosen"), t("selection.chosen_note", total=total)) as corner:
        if not chosen.num_rows:
            st.caption(t("selection.nobody") if view == "best" or outcome.has_wishes else t("selection.wishes_none"))
            return
        columns = ["rank", "name", "total", "post_name", *(["wish_no", "moved_of"] if view == "wishes" else [])]
        columns = [name for name in columns if not shapes.is_empty_text(chosen, name)]
        _clickable(tables.say(chosen), columns, "chosen")
        frame.offer(chosen, f"selection-{view}", selection.stem, within=corner)


def _eligible(race: Race, selection: Selection) -> None:
    """Candidates with their verdict, then every requirement with its evidence."""
    post = _post(race)
    people = shapes.where(race.candidates, "post", post)
    counts = {name: shapes.where(people, "eligible_of", name).num_rows for name in ("passes", "no_data", "fails")}
    frame.show_figures(
        {
            "label": t("selection.candidates"),
            "value": f"{people.num_rows:,}",
            "help": t("selection.cut_off", day=race.day),
        },
        *(
            {"label": t(f"eligible_of.{name}"), "value": f"{count:,}", "help": t(f"selection.{name}_help")}
            for name, count in counts.items()
        ),
    )
    with frame.card(t("selection.eligible"), t("selection.eligible_note", day=race.day)) as corner:
        columns = ["name", "eligible_of", "failed_rules", "open_rules", "reached_stage", "stage_state", "assigned"]
        columns = [name for name in columns if not shapes.is_empty_text(people, name)]
        _clickable(tables.say(people), columns, "eligible")
        frame.offer(people, f"eligible-{post}", selection.stem, within=corner)
    with frame.card(t("selection.checks"), t("selection.checks_note")) as corner:
        only = filters.choose_view("only", {name: t(f"selection.only_{name}") for name in ("all", "fails", "no_data")})
        rows = shapes.where(race.checks, "post", post)
        rows = rows if only == "all" else shapes.where(rows, "eligible_of", only)
        columns = ["eligible_of", "name", "rule", "clause", "requirement", "evidence", "stage"]
        columns = [name for name in columns if not shapes.is_empty_text(rows, name)]
        _clickable(tables.say(rows), columns, "checks", roomy=("requirement", "evidence"))
        frame.offer(rows, f"requirements-{post}", selection.stem, within=corner)
    if race.excess.num_rows:
        with frame.card(t("selection.excess"), t("selection.excess_note")) as corner:
            _clickable(race.excess, ["name", "post_category", "applications"], "excess")
            frame.offer(race.excess, "excess", selection.stem, within=corner)


def _stages(race: Race, selection: Selection) -> None:
    """The funnel of one post: counts and who stood where, with what does not fit."""
    post = _post(race)
    rows = shapes.where(race.stages, "post", post)
    with frame.card(findings.funnel(rows), t("selection.funnel_note")) as corner:
        frame.chart(charts.stage_funnel, rows, alt=t("selection.funnel"))
        columns = ["stage", "entered", "passed", "failed", "withdrew", "not_kept", "unknown_count", "waiting"]
        tables.show(tables.say(rows), [*columns, "pass_rate", "fits_of"], key="funnel", height=HEIGHT)
        frame.offer(race.stages, "stages", selection.stem, chart="stage_funnel", within=corner)
    with frame.card(t("selection.steps"), t("selection.steps_note")) as corner:
        steps = shapes.where(race.steps, "post", post)
        columns = ["name", "stage", "stage_state", "stage_fault", "day", "score", "votes_of", "explanation"]
        columns = [name for name in columns if not shapes.is_empty_text(steps, name)]
        _clickable(tables.say(steps), columns, "steps")
        frame.offer(race.steps, "stage-steps", selection.stem, within=corner)


def _post(race: Race) -> str:
    labels = dict(shapes.distinct(race.candidates, "post", "post_name"))
    return filters.choose_option("post", labels, width=320)


def _clickable(rows: shapes.Table, columns: list[str], key: str, roomy: tuple[str, ...] = ()) -> None:
    """A list of people; a click opens the subject."""
    place = tables.show(rows, columns, key=key, is_clickable=True, height=HEIGHT, roomy=roomy)
    if place is not None:
        frame.go_to("subject", subject=rows.column("subject")[place].as_py())
