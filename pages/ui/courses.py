"""What runs over the years: any two cycles, grades from year to year, streaks, growth of an indicator, waves of satisfaction."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui import charts, filters, findings, frame, sentences, shapes, tables
from pages.ui.words import t
from pipelines import reads
from pipelines.reads import Selection
from pipelines.statistics import waves as satisfaction

MOST_NAMED = 6
MOST_HEIGHT = 420
WAVES = ("question", "cycle", "verdict", "answers", "satisfied_rate", "low", "high", "rate_change", "change_low", "change_high")  # fmt: skip


def finding(years: shapes.Table) -> str:
    """Who rose and who fell most in the last two years, by rank."""
    moves = shapes.rank_moves(years)
    if not moves:
        return t("trends.subjects")
    name, places = max(moves, key=lambda move: move[1])
    worst, fell = min(moves, key=lambda move: move[1])
    parts = [t("trends.rose", name=name, places=places)] if places > 0 else []
    parts += [t("trends.fell", name=worst, places=-fell)] if fell < 0 else []
    return t("subject.then").join(parts) or t("trends.still")


def _earlier(selection: Selection, cycles: Sequence[int]) -> int:
    """The earlier of two cycles: the year before unless another one is chosen."""
    options = [cycle for cycle in reversed(cycles) if cycle < selection.cycle]
    return int(filters.choose_option("from", {str(cycle): str(cycle) for cycle in options}, width=130))


def compare(selection: Selection, cycles: Sequence[int], changed: Sequence[int]) -> None:
    """Any two cycles: a slope for each subject, and a row with both years."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        earlier = _earlier(selection, cycles)
        measures = ("rank", "percentile", "total")
        measure = filters.choose_view("by", {name: t(f"trends.view_{name}") for name in measures})
    both = shapes.of_cycles(frame.ask(reads.years, selection), (earlier, selection.cycle))
    between = [cycle for cycle in changed if earlier < cycle <= selection.cycle]
    note = t("trends.compare_changed", cycles=", ".join(map(str, between))) if between else t("trends.compare_note")
    with frame.card(finding(both), note) as corner:
        marked = (selection.cycle,) if between else ()
        named = shapes.moved_most(both, MOST_NAMED)
        frame.chart(charts.bump, both, measure, named, marked, alt=t("trends.view_compare"), key="slope")
        rows = shapes.two_years(both, earlier, selection.cycle)
        frame.offer(rows, f"compare-{earlier}", selection.stem, chart="slope", within=corner)
    columns = [
        "name", "previous_rank", "rank", "rank_change", "previous_total", "total", "total_change", "previous_grade",
        "grade", "is_other_cohort",
    ]  # fmt: skip
    names = frame.grades(selection)
    labels = {
        name: f"{tables.label(name.removeprefix('previous_'))} {earlier}" for name in columns if "previous" in name
    }
    place = tables.show(rows, columns, key="compare", grades=names, labels=labels, is_clickable=True, height=420)
    if place is not None:
        frame.go_to("subject", subject=rows.column("subject")[place].as_py())


def grades(selection: Selection, cycles: Sequence[int]) -> None:
    """From an earlier grade to this year's, for the whole kind: as a matrix and as a flow."""
    wide = Selection(selection.cycle, selection.kind)
    earlier = _earlier(selection, cycles)
    moves = frame.ask(reads.transitions, wide, earlier)
    names = tuple(frame.grades(wide))
    title = _kept(moves.to_pylist()) if moves.num_rows else t("trends.grades")
    with frame.card(title, t("trends.grades_note", earlier=earlier, cycle=selection.cycle)) as corner:
        if not moves.num_rows:
            st.caption(t("trends.no_previous"))
            return
        with frame.beside():
            frame.chart(charts.transitions, moves, names, earlier, selection.cycle, alt=t("trends.grades"))
            frame.chart(charts.flow, moves, names, earlier, selection.cycle, alt=t("trends.flow"))
        frame.offer(moves, f"grades-{earlier}", wide.stem, chart="flow", within=corner)


def _kept(moves: Sequence[dict]) -> str:
    known = [row for row in moves if row["previous_grade"] and row["grade"]]
    kept = sum(row["subject_count"] for row in known if row["previous_grade"] == row["grade"])
    return t("trends.kept", kept=kept, all=sum(row["subject_count"] for row in known))


def streaks(selection: Selection) -> None:
    """How many years in a row each subject has had its grade, and the rules that it meets by it."""
    rows = frame.ask(reads.streaks, selection)
    with frame.card(frame.derive(_longest, selection), t("trends.streaks_note")) as corner:
        cohort = [name for name in ("platform", "layer") if len(shapes.distinct(rows, name)) > 1]
        columns = ["name", *cohort, "grade", "run", "since", "longest", "rules"]
        names = frame.grades(selection)
        place = tables.show(rows, columns, key="streaks", grades=names, is_clickable=True, height=520)
        frame.offer(rows, "streaks", selection.stem, within=corner)
        if place is not None:
            frame.go_to("subject", subject=rows.column("subject")[place].as_py())


def _longest(selection: Selection) -> str:
    """The finding of the streaks: the best grade first, as the rows are ordered, and how many have it for years."""
    rows = frame.ask(reads.streaks, selection).to_pylist()
    if not rows:
        return t("trends.streaks")
    best = [row for row in rows if row["grade"] == rows[0]["grade"]]
    years = [row for row in best if row["run"] > 1]
    words = {"name": rows[0]["name"], "grade": rows[0]["grade"], "run": rows[0]["run"]}
    return t("trends.streak_of", count=len(years), all=len(best), **words)


def weights(selection: Selection) -> None:
    """The weight of each component that may count for the selected kind, over the years."""
    rows = frame.derive(_own_weights, selection)
    with frame.card(t("trends.weights"), t("trends.weights_note")) as corner:
        if not rows.num_rows:
            st.caption(t("trends.no_weights"))
            return
        labels = {"id": tables.label("component")}
        columns = ["id", "weight", "course_values", "course", "stalled_in"]
        tables.show(sentences.rows_said(rows), columns, key="weights", labels=labels)
        frame.offer(rows.drop_columns(["course_values"]), "weights", selection.stem, within=corner)


def _own_weights(selection: Selection) -> shapes.Table:
    rows = frame.ask(reads.weight_courses, selection)
    own = [one for one in rows.column("id").to_pylist() if sentences.is_about(one, selection.kind)]
    return shapes.among(rows, "id", own)


def growth(selection: Selection) -> None:
    """The raw values of one indicator: against the year before, against a fixed base year, and their course."""
    series = frame.ask(reads.series, selection).to_pylist()
    if not series:
        frame.empty("no_series")
        return
    labels = {row["indicator"]: row["name"] for row in series}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        indicator = filters.choose_option("indicator", labels, width=320)
        own = next(row for row in series if row["indicator"] == indicator)
        bases = {str(cycle): str(cycle) for cycle in range(own["first_cycle"], selection.cycle)}
        base = int(filters.choose_option("base", bases, width=130))
    rows = frame.ask(reads.growth, selection, indicator, base)
    known = [row for row in rows.to_pylist() if row["growth"] is not None]
    grew = len([row for row in known if row["growth"] > 0])
    falling = len([row for row in rows.to_pylist() if row["course"] == "falling"])
    title = t("trends.grew", name=labels[indicator], grew=grew, all=len(known), falling=falling)
    with frame.card(title, t("trends.growth_note", earlier=selection.cycle - 1, base=base)) as corner:
        columns = ["name", "value", "previous_value", "growth", "base_value", "base_growth", "course_values", "course"]
        shown = shapes.without_blank(rows, ("course",))
        place = tables.show(tables.say(shown), columns, key="growth", is_clickable=True, height=520)
        frame.offer(rows.drop_columns(["course_values"]), f"growth-{indicator}", selection.stem, within=corner)
        if place is not None:
            frame.go_to("subject", subject=rows.column("subject")[place].as_py())


def waves(selection: Selection) -> None:
    """Satisfaction from wave to wave with its intervals, and every answer that was counted."""
    found = satisfaction.waves(frame.ask(reads.survey_waves, selection))
    if not found.num_rows:
        frame.empty("no_survey")
        return
    questions = [name for (name,) in shapes.distinct(found, "question")]
    with frame.card(findings.waves(found), t("polls.waves_note")) as corner:
        st.markdown(t(f"polls.improved_{satisfaction.has_improved(found)}", count=len(questions)))
        st.html(charts.group_line(questions))
        frame.chart(charts.waves, found, alt=t("polls.waves"))
        tables.show(tables.say(found), WAVES, key="waves", roomy=("question",))
        frame.offer(found, "waves", selection.stem, chart="waves", within=corner)
    with frame.card(t("polls.survey"), t("polls.survey_note")) as corner:
        answers = frame.ask(reads.survey_waves, selection)
        columns = ["cycle", "question", "respondent_group", "answer", "answers"]
        tables.show(answers, columns, key="survey", height=MOST_HEIGHT, roomy=("question",))
        frame.offer(answers, "survey", selection.stem, within=corner)
