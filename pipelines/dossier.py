"""The dossier of a person (考察材料): what the data say of somebody, on one sheet to print or in a workbook to edit.

Decides its sections: facts, career, 德能勤绩廉 against the cohort, the last three appraisals, polls, weak points, registers; the
conclusion is left to the inspectors. Takes polls from the marts alone, so a suppressed cell is suppressed here. Weak points
are never empty: where the data show none, it says so and leaves room (DOS-01). For the office only (pipelines/access.py).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from html import escape
from typing import Any, Literal

from pipelines import reads, sheets
from pipelines.advice.eligibility import cut_off
from pipelines.advice.structure import BORN, settings_of
from pipelines.contract import OVERALL
from pipelines.problems import KaopingError
from pipelines.reads import Selection
from pipelines.report import document, made, named, say, zipped
from pipelines.statistics.eligibility import full_months, read_value
from pipelines.warehouse import Warehouse

Form = Literal["html", "xlsx"]
FORMS: tuple[Form, ...] = ("html", "xlsx")
KINDS = ("person", "candidate")
"""Who has a dossier."""
DIMENSIONS = "德能勤绩廉"
"""The order of the five dimensions; other items come after them."""
YEARS = 3
"""So many appraisals are shown, the latest first."""
FIGURES = ("score", "mean", "gap", "total", "rank", "votes", "mean_score")
"""Columns that stand to the right."""
WEAKEST = 3
"""So many items below the mean of the cohort are named."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Section:
    """One section: its title as a word of `data/words/report.toml`, headings, rows of cells, and a line under it."""

    title: str
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[sheets.Cell | Decimal, ...], ...] = ()
    note: str = ""
    has_room: bool = False


@dataclass(frozen=True)
class Dossier:
    """Everything of one person in reading order."""

    cycle: int
    subject: str
    name: str
    sections: tuple[Section, ...]
    made: str


def dossier(warehouse: Warehouse, selection: Selection, language: str) -> Dossier:
    """What the data of a cycle say of its subject. Raises KaopingError when it takes no part in the cycle."""
    own = next(iter(reads.subject(warehouse, selection).to_pylist()), None)
    if own is None:
        raise KaopingError(f"{selection.subject} takes no part in {selection.cycle}")
    items = _items(warehouse, selection)
    gates = [row for row in reads.gates(warehouse, selection).to_pylist() if row["holds"]]
    sections = (
        _basics(warehouse, selection, own, language),
        _career(warehouse, selection),
        _dimensions(items, language),
        _years(warehouse, selection, language),
        _polls(warehouse, selection, language),
        _weak_points(warehouse, selection, items, gates, language),
        _entries(warehouse, selection),
        Section("conclusion", has_room=True, note=say("dossier.signed", language)),
    )
    stamp = made(warehouse, selection.cycle, language)
    return Dossier(selection.cycle, str(own["subject"]), str(own["name"] or own["subject"]), sections, stamp)


def printed(told: Dossier, language: str, form: Form) -> bytes:
    """The dossier as a document to print ('html') or a workbook to edit ('xlsx'); equal data give equal bytes."""
    title = f"{told.name} {say('dossier.title', language, cycle=told.cycle)}"
    if form == "xlsx":
        stamp = re.sub(r"<[^>]+>", "", told.made)
        pages = [
            sheets.Sheet(
                say(f"dossier.{section.title}", language),
                [title],
                [
                    [say(f"dossier.{head}", language) for head in section.heads]
                    or [say(f"dossier.{section.title}", language)]
                ],
                [[_cell(value) for value in row] for row in section.rows],
                [line for line in (section.note, stamp) if line],
            )
            for section in told.sections
        ]
        return sheets.workbook(pages, is_a4=True)
    body = "".join(_section(number, section, language) for number, section in enumerate(told.sections, 1))
    return document(title, [f"<h1>{escape(title)}</h1>{body}{told.made}"], language).encode()


def written(warehouse: Warehouse, selection: Selection, language: str, form: Form) -> tuple[str, bytes]:
    """The dossier of the selected person as a file: its name, its content."""
    told = dossier(warehouse, selection, language)
    return file_name(told, language, form), printed(told, language, form)


def dossier_zip(
    warehouse: Warehouse,
    selection: Selection,
    language: str,
    form: Form,
    progress: Callable[[str, int, int], None] | None = None,
) -> bytes:
    """The dossier of everybody in the selection, a file each; equal data give equal bytes."""
    return zipped(warehouse, selection, lambda chosen: written(warehouse, chosen, language, form), progress)


def file_name(told: Dossier, language: str, form: Form) -> str:
    """A name for the file that every system takes."""
    return named(told.cycle, told.subject, told.name, say("dossier.file", language), form)


# -- sections -------------------------------------------------------------------------------------------------------


def _basics(warehouse: Warehouse, selection: Selection, own: Row, language: str) -> Section:
    facts = {
        row["attribute"]: row["value"]
        for row in warehouse.ask("facts", {"cycle": selection.cycle, "kind": own["kind"]}).to_pylist()
        if row["subject"] == own["subject"] and row["attribute"] != "parent"
    }
    day = cut_off(settings_of(warehouse, selection.cycle), selection.cycle)
    rows: list[tuple[sheets.Cell, ...]] = [
        (say("dossier.name", language), own["name"] or own["subject"]),
        (say("dossier.number", language), own["subject"]),
        (say("dossier.workplace", language), own["parent_name"] or own["parent"] or ""),
        (say("dossier.layer", language), own["layer"] or ""),
        *sorted(facts.items()),
    ]
    born = next((read_value(facts[name]) for name in BORN if name in facts), None)
    if isinstance(born, datetime.date):
        rows.append((say("dossier.age", language, day=day), full_months(born, day) // 12))
    return Section("basics", ("fact", "value"), tuple(row for row in rows if row[1] != ""))


def _career(warehouse: Warehouse, selection: Selection) -> Section:
    rows = [
        (row["started"], row["ended"], row["workplace"], row["post"], row["level"], row["experience"])
        for row in warehouse.extract("careers", selection.cycle).to_pylist()
        if row["subject"] == selection.subject
    ]
    return Section("career", ("from", "to", "workplace", "post", "level", "experience"), tuple(sorted(rows, key=_span)))


def _span(row: Sequence[Any]) -> tuple[tuple[bool, Any], ...]:
    """From when to when: what has not begun, or not ended, is known least and comes last."""
    return tuple((day is None, day or datetime.date.min) for day in row[:2])


def _items(warehouse: Warehouse, selection: Selection) -> list[Row]:
    """The items of polls and the indicators of the subject that have a score and a cohort to compare with."""
    return [
        row
        for row in reads.against(warehouse, selection).to_pylist()
        if row["score"] is not None and row["score_mean"] is not None and row["id"] not in (OVERALL, "all")
    ]


def _dimensions(items: Sequence[Row], language: str) -> Section:
    chosen = [row for row in items if row["step"] == "poll_item"] or [
        row for row in items if row["step"] == "component"
    ]
    chosen = sorted(chosen, key=lambda row: DIMENSIONS.find(row["name"][:1]) % 9)
    rows = tuple(
        (row["name"], row["score"], row["score_mean"], row["score"] - row["score_mean"], _standing(row, language))
        for row in chosen
    )
    return Section("dimensions", ("part", "score", "mean", "gap", "standing"), rows)


def _standing(row: Row, language: str) -> str:
    gap = row["score"] - row["score_mean"]
    best = row["score"] == row["score_max"] and row["subject_count"] > 1
    word = "best" if best and gap > 0 else "above" if gap > 0 else "below" if gap < 0 else "equal"
    return say(f"dossier.{word}", language, count=row["subject_count"])


def _years(warehouse: Warehouse, selection: Selection, language: str) -> Section:
    known = reads.years(warehouse, Selection(selection.cycle, subject=selection.subject)).to_pylist()
    chosen = [row for row in known if row["total"] is not None or row["grade"]][-YEARS:]
    rows = tuple(
        (
            row["cycle"],
            row["total"],
            f"{row['rank']} / {row['cohort_size'] or '–'}" if row["rank"] else "",
            row["grade"] or "",
        )
        for row in reversed(chosen)
    )
    return Section(
        "years", ("cycle", "total", "rank", "grade"), rows, "" if rows else say("dossier.no_years", language)
    )


def _polls(warehouse: Warehouse, selection: Selection, language: str) -> Section:
    """Votes and mean of each cell that may be seen; the others say that they are hidden."""
    names = {row["poll"]: row["name"] for row in reads.polls(warehouse, selection).to_pylist()}
    rows = [
        (
            name or poll,
            "" if row["item"] == OVERALL else row["item"],
            "" if row["rater_group"] == "all" else row["rater_group"],
            _votes(row, language),
            row["mean"],
        )
        for poll, name in names.items()
        for row in reads.poll_cells(warehouse, selection, poll).to_pylist()
        if row["subject"] == selection.subject
    ]
    return Section(
        "polls", ("poll", "part", "raters", "votes", "mean_score"), tuple(sorted(rows, key=lambda row: row[:3]))
    )


def _votes(row: Row, language: str) -> sheets.Cell:
    """How many votes a cell has, or why they are not here."""
    if row["merged_into"]:
        return say("feedback.merged", language, groups=row["merged_into"])
    return say("feedback.suppressed", language) if row["votes"] is None else row["votes"]


def _weak_points(
    warehouse: Warehouse, selection: Selection, items: Sequence[Row], gates: Sequence[Row], language: str
) -> Section:
    """Where somebody is furthest below his cohort, what was deducted, which gates hold and what is open or overdue."""
    below = sorted(
        (row for row in items if row["score"] < row["score_mean"] and row["step"] != "component"),
        key=lambda row: row["score"] - row["score_mean"],
    )
    rows: list[tuple[sheets.Cell, ...]] = [
        (
            say("dossier.below_mean", language),
            say("dossier.below_by", language, name=row["name"], gap=f"{row['score_mean'] - row['score']:.2f}"),
        )
        for row in below[:WEAKEST]
    ]
    cohort = replace(selection, subject=None, platform=None, layer=None)
    for row in reads.ledger(warehouse, cohort, None).to_pylist():
        if row["subject"] == selection.subject and row["sign"] == "-":
            rows.append((say("dossier.deducted", language), " ".join(filter(None, (row["type"], row["reason"])))))
    rows += [(say("dossier.gate", language), row["note"] or row["gate"]) for row in gates]
    note = say("dossier.room" if rows else "dossier.none_in_data", language)
    return Section("weak", ("kind", "what"), tuple(rows), note, has_room=True)


def _entries(warehouse: Warehouse, selection: Selection) -> Section:
    """What registers hold of the person: trainings, matters, complaints, terms."""
    rows = tuple(
        (row["register_name"], row["matter"], row["stage"], _done(row), row["opened"], row["due"], row["closed"])
        for row in warehouse.extract("registers", selection.cycle).to_pylist()
        if row["subject"] == selection.subject
    )
    heads = ("register", "matter", "stage", "done", "opened", "due", "closed")
    return Section("registers", heads, tuple(sorted(rows, key=str)))


def _done(row: Row) -> str:
    """What was done of what was planned: 3 / 4."""
    counts = [row[name] for name in ("done", "planned")]
    return "" if None in counts else " / ".join(f"{count.normalize():f}" for count in counts)


# -- paper ----------------------------------------------------------------------------------------------------------


def _section(number: int, section: Section, language: str) -> str:
    parts = [f"<h2>{number}. {say(f'dossier.{section.title}', language)}</h2>"]
    if section.rows:
        filled = [at for at in range(len(section.heads)) if any(row[at] not in (None, "") for row in section.rows)]
        heads = "".join(
            f"<th class='{'n' if section.heads[at] in FIGURES else ''}'>{say(f'dossier.{section.heads[at]}', language)}</th>"
            for at in filled
        )
        body = "".join(
            f"<tr>{''.join(_printed_cell(row[at], section.heads[at] in FIGURES) for at in filled)}</tr>"
            for row in section.rows
        )
        kind = " class='facts'" if section.title == "basics" else ""
        parts.append(f"<table{kind}><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>")
    elif not section.has_room and not section.note:
        parts.append(f"<p class='quiet'>{say('dossier.nothing', language)}</p>")
    if section.note:
        parts.append(f"<p>{escape(section.note)}</p>")
    if section.has_room:
        parts.append("<div class='blank'></div>")
    return "".join(parts)


def _printed_cell(value: object, is_figure: bool) -> str:
    kind = " class='n'" if is_figure else " class='date'" if isinstance(value, datetime.date) else ""
    said = f"{value:,.2f}" if isinstance(value, Decimal) else "" if value is None else escape(str(value))
    return f"<td{kind}>{said}</td>"


def _cell(value: sheets.Cell | Decimal) -> sheets.Cell:
    return float(round(value, 2)) if isinstance(value, Decimal) else value
