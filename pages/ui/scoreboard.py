"""The scoreboard of each cohort, a slide each: who leads, and everybody's total and rank as far as scores are in (SEL-14)."""

from __future__ import annotations

import functools

from pages.ui import frame, present, shapes, tables
from pages.ui.present import Slide
from pages.ui.words import t
from pipelines import reads
from pipelines.reads import Selection

HEIGHT = 760
MOST_LINES = 15
"""So many lines are read from the back of a room."""


def show(selection: Selection) -> None:
    """Draw the slide that the URL asks for."""
    ranked = shapes.known(frame.ask(reads.ranking, selection), "rank")
    slides = [
        Slide(_leads(rows, platform, layer), t("scoreboard.note"), functools.partial(_draw, rows, selection))
        for platform, layer in shapes.distinct(ranked, "platform", "layer")
        if (rows := shapes.where(shapes.where(ranked, "platform", platform), "layer", layer)).num_rows
    ]
    present.show(slides or [Slide(t("scoreboard.title"), t("scoreboard.nobody"), lambda: None)], selection)


def _leads(rows: shapes.Table, *cohort: str) -> str:
    """The finding: who leads, and in which cohort."""
    first = rows.slice(0, 1).to_pylist()[0]
    where = " › ".join(filter(None, cohort)) or t("scoreboard.title")
    return t("scoreboard.leads", cohort=where, name=first["name"], total=tables.number(first["total"]))


def _draw(rows: shapes.Table, selection: Selection) -> None:
    shown = rows.slice(0, MOST_LINES)
    columns = [
        name for name in ("rank", "name", "total", "grade") if name != "grade" or not shapes.is_empty_text(shown, name)
    ]
    tables.show(shown, columns, key="scoreboard", grades=frame.grades(selection), height=HEIGHT)
