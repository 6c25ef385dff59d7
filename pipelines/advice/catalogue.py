"""Every table of advice by its name, as its page shows and offers it: for the command line, and for whoever takes all of it.

Decides over which selections a table is told: one cohort, one kind or the whole cycle, as its page does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pyarrow as pa

from pipelines import reads
from pipelines.advice import course, fair, method, panels, sure, survey, tryout
from pipelines.reads import Selection
from pipelines.warehouse import Warehouse

Tables = Iterator[tuple[str, pa.Table]]
"""Tables, each with what tells it from others of its name besides the selection."""


def _plain(question: Callable[[Warehouse, Selection], pa.Table]) -> Callable[[Warehouse, Selection], Tables]:
    def asked(warehouse: Warehouse, selection: Selection) -> Tables:
        yield "", question(warehouse, selection)

    return asked


def _sureness(warehouse: Warehouse, selection: Selection) -> Tables:
    for line in sure.lines_of(warehouse, selection) or [""]:
        yield line, sure.sureness(warehouse, selection, line)


def _grade_shares(warehouse: Warehouse, selection: Selection) -> Tables:
    grades = reads.grades(warehouse, selection).column("grade").to_pylist()
    for attribute in fair.attributes(warehouse, selection) if grades else []:
        for grade in grades[:-1] or grades:
            yield f"{attribute.strip('_')}-{grade}", fair.grade_shares(warehouse, selection, attribute, grade)


def _differences(warehouse: Warehouse, selection: Selection) -> Tables:
    grades = reads.grades(warehouse, selection).column("grade").to_pylist()
    for grade in grades[:-1] or grades:
        yield grade, fair.differences(warehouse, selection, grade)


def _survey(warehouse: Warehouse, selection: Selection) -> Tables:
    for question in survey.questions(warehouse, selection):
        yield question, survey.survey_answers(warehouse, selection, question)


def _crossings(warehouse: Warehouse, selection: Selection) -> Tables:
    for question in survey.questions(warehouse, selection):
        for other in survey.crossing_questions(warehouse, selection, question):
            yield f"{question}-{other}", survey.crossing(warehouse, selection, question, other)


def _scenarios(warehouse: Warehouse, selection: Selection) -> Tables:
    yield "", tryout.scenarios_compared(warehouse, selection.cycle)


ADVICE: Mapping[str, tuple[str, Callable[[Warehouse, Selection], Tables]]] = {
    "sureness": ("cohort", _sureness),
    "comparisons": ("cohort", _plain(sure.comparisons)),
    "drivers": ("cohort", _plain(method.drivers)),
    "rules": ("cohort", _plain(method.rules)),
    "lines": ("cohort", _plain(method.lines)),
    "changes": ("cohort", _plain(course.changes)),
    "years-compared": ("cohort", _plain(course.years)),
    "radar": ("cohort", _plain(course.radar)),
    "panels": ("kind", _plain(panels.panels)),
    "forms": ("kind", _plain(panels.forms)),
    "items": ("kind", _plain(panels.items)),
    "adjusted": ("kind", _plain(panels.adjusted)),
    "findings": ("kind", _plain(panels.findings)),
    "returns": ("kind", _plain(panels.returns)),
    "differences": ("kind", _differences),
    "grade-shares": ("kind", _grade_shares),
    "ceilings": ("kind", _plain(fair.ceilings)),
    "scales": ("kind", _plain(fair.scales)),
    "survey": ("cycle", _survey),
    "survey-tests": ("cycle", _plain(survey.tests)),
    "crossings": ("cycle", _crossings),
    "scenarios": ("cycle", _scenarios),
}
"""Name -> over what it is told, and how. The names are those of the files that pages offer."""


def told(warehouse: Warehouse, name: str, selection: Selection) -> Tables:
    """The tables of one name inside the selection, each with the stem of its file; empty ones are left out."""
    scope, tell = ADVICE[name]
    for one in _selections(warehouse, selection, scope):
        for part, table in tell(warehouse, one):
            if table.num_rows:
                yield "-".join(text for text in (name, one.stem, part.replace("/", "_")) if text), table


def _selections(warehouse: Warehouse, selection: Selection, scope: str) -> Iterator[Selection]:
    """The cohorts or kinds of the cycle inside the selection."""
    if scope == "cycle":
        yield Selection(selection.cycle)
        return
    names = ("kind",) if scope == "kind" else ("kind", "platform", "layer")
    seen = set()
    for row in reads.cohorts(warehouse).to_pylist():
        is_asked = all(getattr(selection, name) in (None, row[name] or "") for name in ("kind", "platform", "layer"))
        key = tuple(row[name] or "" for name in names)
        if row["cycle"] == selection.cycle and is_asked and key not in seen:
            seen.add(key)
            yield Selection(selection.cycle, *key)
