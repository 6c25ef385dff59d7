"""The named questions of the pages: `Selection` says about whom, one function per question gives an Arrow table.

Each question is one file of `sql/queries/`, whose header states the grain and the rule; this module only says which
parts of the selection the question hears. It refuses a question that has no name: there is no free SQL here. Nothing
is cached here either; an answer depends on the question, the selection and the version of the warehouse, and on
nothing else, so whoever wants to keep it can.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.engine import EXTRACTS
from pipelines.problems import Problem
from pipelines.warehouse import BESIDE, Warehouse

MOVERS = 3
"""How many rises and how many falls `movers` names."""


@dataclass(frozen=True)
class Selection:
    """Whom a question is about. None: all of them. '' is a blank platform or layer, a value like any other."""

    cycle: int
    kind: str | None = None
    platform: str | None = None
    layer: str | None = None
    subject: str | None = None

    @property
    def stem(self) -> str:
        """The selection as a part of a file name: 2025-unit-区直."""
        parts = (str(self.cycle), self.kind, self.platform, self.layer, self.subject)
        return "-".join(part.replace("/", "_") for part in parts if part)


def cohorts(warehouse: Warehouse) -> pa.Table:
    """One row per cycle, kind, platform and layer that can be asked about, the latest cycle first."""
    return warehouse.ask("cohorts", {})


def stamp(warehouse: Warehouse, cycle: int) -> dict[str, str]:
    """What a file of this cycle says about where it comes from: scheme, build, program; nothing where none is built."""
    for build in warehouse.builds().to_pylist():
        if build["cycle"] == cycle:
            return {
                "scheme": build["title"],
                "build": build["build"],
                "built": f"{build['at']:%Y-%m-%d %H:%M}",
                "program": build["program"],
            }
    return {}


def edition(warehouse: Warehouse, cycle: int) -> dict[str, Any]:
    """Which edition of a cycle is shown: `state` draft, changed (a draft beside a publication), same or published.

    Another build makes a draft beside a publication, and so does another choice of the meeting.

    `number` and `at` are those of the latest publication.
    """
    rows = publications(warehouse, datetime.date.min).to_pylist()
    latest = next((row for row in rows if row["cycle"] == cycle), None)
    if latest is None:
        return {"state": "draft", "number": None, "at": None}
    if warehouse.is_published:
        return {"state": "published", "number": latest["number"], "at": latest["at"]}
    shown = [row["build"] for row in warehouse.builds().to_pylist() if row["cycle"] == cycle]
    decided, told = (
        edition.ask("choices", {"cycle": cycle}).select(["number", "decided_grade"])
        for edition in (warehouse, warehouse.published)
    )
    state = "same" if shown == [latest["build"]] and decided.equals(told) else "changed"
    return {"state": state, "number": latest["number"], "at": latest["at"]}


def publications(warehouse: Warehouse, today: datetime.date) -> pa.Table:
    """Every publication, the newest first, with its notice, appeals and objections as they stand on a day."""
    return warehouse.ask("publications", {"today": today})


def objections(warehouse: Warehouse, cycle: int) -> pa.Table:
    """The objections to the publications of a cycle and what came of them."""
    return warehouse.ask("objections", {"cycle": cycle})


def open_cases(warehouse: Warehouse, cycle: int) -> pa.Table:
    """What has to be settled before the cycle is published, case by case."""
    return warehouse.ask("open_cases", {"cycle": cycle})


def choices(warehouse: Warehouse, cycle: int) -> pa.Table:
    """What the deciding meeting chose, beside what the rule gave."""
    return warehouse.ask("choices", {"cycle": cycle})


def leavings(warehouse: Warehouse, cycle: int) -> pa.Table:
    """Decisions to leave ballots out, withdrawn ones too."""
    return warehouse.ask("leavings", {"cycle": cycle})


def corrections(warehouse: Warehouse, cycle: int) -> pa.Table:
    """Declared corrections of what was uploaded, withdrawn ones too."""
    return warehouse.ask("corrections", {"cycle": cycle})


def correctable(warehouse: Warehouse, cycle: int, subject: str) -> pa.Table:
    """The cells of a subject that a correction can be about, with what they say now."""
    return warehouse.correctable(cycle, subject)


def origins(warehouse: Warehouse, name: str, selection: Selection) -> pa.Table:
    """Where the rows of a table come from: file, sheet and rows of what was uploaded, and the row of every rule."""
    return warehouse.origins("ranking" if name in BESIDE else name, selection.cycle, selection.subject)


def overview(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """One row per built cycle up to the selected one: counts by status, mean total, mean coverage."""
    return warehouse.ask("overview", _cohort(selection))


def ranking(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """One row per subject that takes part, with rank, total and grade of the year before."""
    return warehouse.ask("ranking", _cohort(selection))


def paths(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """The percentiles of each subject in its cohort over the last years, as a list."""
    return warehouse.ask("paths", _cohort(selection))


def parts(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """The points that each root component brings to each total."""
    return warehouse.ask("parts", _cohort(selection))


def reasons(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """The gate rows behind the flags of each subject."""
    return warehouse.ask("reasons", _cohort(selection))


def peers(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """One row per subject with a total, best first."""
    return warehouse.ask("peers", _cohort(selection))


def movers(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """The `MOVERS` biggest rises and falls of rank inside an unchanged cohort."""
    return warehouse.ask("movers", _cohort(selection) | {"most": MOVERS})


def grades(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """The grades of the cycle, best first, with their order and share."""
    return warehouse.ask("grades", _kind(selection))


def grade_mix(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """How many subjects of each platform and layer have each grade."""
    return warehouse.ask("grade_mix", _cohort(selection))


def quotas(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """Seats, taken, free and over of every pool and part."""
    return warehouse.ask("quotas", _kind(selection))


def borders(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """The subjects on both sides of each quota border."""
    return warehouse.ask("borders", _kind(selection))


def limited(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """Whom a gate keeps from a grade, with the grade that the total would have had."""
    return warehouse.ask("limited", _kind(selection))


def decisions(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """What waits for a person: reason, detail, kind and how many."""
    return warehouse.ask("decisions", _kind(selection))


def subject(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """The subject's own row beside its cohort: one row, or none."""
    return warehouse.ask("subject", _subject(selection))


def score_steps(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """Every step of the subject's score in reading order, from the total down."""
    return warehouse.ask("score_steps", _subject(selection))


def sources(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """The cells of uploaded files that the subject's score was made from."""
    return warehouse.ask("sources", _subject(selection))


def against(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """The subject's components, indicators and poll items against the mean of its cohort."""
    return warehouse.ask("against", _subject(selection))


def chances(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """Every grade that the subject could get, with its line, its seats and what came of it."""
    return warehouse.ask("chances", _subject(selection))


def gates(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """The gates that the subject met, with value, threshold and whether they hold."""
    return warehouse.ask("gates", _subject(selection))


def adjustments(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """The subject's bonus and deduction by event type."""
    return warehouse.ask("adjustments", _subject(selection))


def gate_summary(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """What each gate found: to how many it applies, for how many it holds or cannot be judged."""
    return warehouse.ask("gate_summary", _cohort(selection))


def gate_register(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """Every gate row of every selected subject with value, threshold and margin; those that hold first."""
    return warehouse.ask("gate_register", _cohort(selection))


def consequence_rules(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """The rules of consequences and for how many of the selected subjects each holds."""
    return warehouse.ask("consequence_rules", _cohort(selection))


def consequences(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """What the rules suggest for the selected subjects, with the cycles that made it hold."""
    return warehouse.ask("consequences", _cohort(selection))


def ledger(warehouse: Warehouse, selection: Selection, months: tuple[int, int] | None) -> pa.Table:
    """The entries of the ledger in the months from first to last, None: all."""
    return warehouse.ask("ledger", _cohort(selection) | _months(months))


def ledger_subjects(warehouse: Warehouse, selection: Selection, months: tuple[int, int] | None) -> pa.Table:
    """Entries and points per subject in these months, and what the year's total has of them."""
    return warehouse.ask("ledger_subjects", _cohort(selection) | _months(months))


def ledger_months(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """Entries and points per month."""
    return warehouse.ask("ledger_months", _cohort(selection))


def registers(warehouse: Warehouse, selection: Selection, today: datetime.date) -> pa.Table:
    """The registers of the cycle on a day: entries, what is open and overdue, rates."""
    return warehouse.ask("register_kinds", {"cycle": selection.cycle, "today": today})


def register_entries(warehouse: Warehouse, selection: Selection, today: datetime.date, register: str) -> pa.Table:
    """One register entry by entry, as it stands on a day; open ones first."""
    return warehouse.ask("register_entries", {"cycle": selection.cycle, "today": today, "register": register})


def register_owners(warehouse: Warehouse, selection: Selection, today: datetime.date, register: str) -> pa.Table:
    """Who answers for the entries of a register: how many, at which stages, how many overdue on a day."""
    return warehouse.ask("register_owners", {"cycle": selection.cycle, "today": today, "register": register})


def register_coverage(warehouse: Warehouse, selection: Selection, register: str) -> pa.Table:
    """Everybody whom a register could speak of, with his entries in this cycle and the one before."""
    return warehouse.ask("register_coverage", {"cycle": selection.cycle, "register": register})


def register_reach(warehouse: Warehouse, selection: Selection, register: str) -> pa.Table:
    """How many of each kind and layer a register reached, in people and in entries."""
    return warehouse.ask("register_reach", {"cycle": selection.cycle, "register": register})


def moves(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """How many people moved in which way, by year."""
    return warehouse.ask("moves", {"cycle": selection.cycle})


def promotion_paths(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """From which level to which people were promoted, by year."""
    return warehouse.ask("promotion_paths", {"cycle": selection.cycle})


def promotion_routes(warehouse: Warehouse, selection: Selection, share: str | None) -> pa.Table:
    """Promotions by competition among all, by year and workplace, against a least share."""
    return warehouse.ask("promotion_routes", {"cycle": selection.cycle, "share": share})


def tenures(warehouse: Warehouse, selection: Selection, today: datetime.date) -> pa.Table:
    """How many have been in their post for how many full years on a day."""
    return warehouse.ask("tenures", {"cycle": selection.cycle, "today": today})


def dispatches(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """Those sent to the grassroots by year, and how many of them were promoted since."""
    return warehouse.ask("dispatches", {"cycle": selection.cycle})


def headcount(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """Posts approved against people in post, with excess and vacancies."""
    return warehouse.ask("headcount", {"cycle": selection.cycle})


def progress_indicators(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """The indicators that are followed period by period, those with a plan first."""
    return warehouse.ask("progress_indicators", _kind(selection))


def progress(warehouse: Warehouse, selection: Selection, indicator: str) -> pa.Table:
    """Schedule against actual of an indicator, per subject and period."""
    return warehouse.ask("progress", _cohort(selection) | {"indicator": indicator})


def polls(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """The polls that were held: id and name."""
    return warehouse.ask("polls", _kind(selection))


def poll_words(warehouse: Warehouse, selection: Selection, poll: str) -> pa.Table:
    """What the items, options and rater groups of a poll are called: part, id, name."""
    return warehouse.ask("poll_words", {"cycle": selection.cycle, "poll": poll})


def poll_items(warehouse: Warehouse, selection: Selection, poll: str) -> list[str]:
    """The items of a poll in the order of the scheme."""
    rows = [row for table in warehouse.context(selection.cycle, ("poll_items",)).values() for row in table.to_pylist()]
    return [row["item"] for row in sorted(rows, key=lambda row: row["_row"] or 0) if row["poll"] == poll]


def poll_turnout(warehouse: Warehouse, selection: Selection, poll: str) -> pa.Table:
    """From those entitled to vote to valid ballots, per rater group; over the whole cycle."""
    return warehouse.ask("poll_turnout", {"cycle": selection.cycle, "poll": poll})


def poll_groups(warehouse: Warehouse, selection: Selection, poll: str) -> pa.Table:
    """Mean, lowest and highest per item and rater group, over the cells that are shown."""
    return warehouse.ask("poll_groups", _cohort(selection) | {"poll": poll})


def poll_answers(warehouse: Warehouse, selection: Selection, poll: str) -> pa.Table:
    """How the options were chosen, per item and rater group."""
    return warehouse.ask("poll_answers", _cohort(selection) | {"poll": poll})


def poll_cells(warehouse: Warehouse, selection: Selection, poll: str) -> pa.Table:
    """Votes and mean of every subject, item and rater group; blank where the cell is hidden."""
    return warehouse.ask("poll_cells", _cohort(selection) | {"poll": poll})


def survey_waves(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """What surveys answered, year by year up to the selected cycle."""
    return warehouse.ask("survey_waves", {"cycle": selection.cycle})


def years(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """Total, rank and grade of each selected subject in every known year up to the selected cycle."""
    return warehouse.ask("years", _cohort(selection) | {"subject": selection.subject})


def transitions(warehouse: Warehouse, selection: Selection, earlier: int) -> pa.Table:
    """How many subjects went from each grade of an earlier cycle to each grade of the selected one."""
    return warehouse.ask("transitions", _cohort(selection) | {"earlier": earlier})


def streaks(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """How many cycles in a row each subject has had its grade, and the rules that it meets by it."""
    return warehouse.ask("streaks", _cohort(selection))


def series(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """The indicators of the selected subjects that have values in several cycles."""
    return warehouse.ask("series", _cohort(selection))


def growth(warehouse: Warehouse, selection: Selection, indicator: str, base: int) -> pa.Table:
    """The values of one indicator against the year before and a fixed base year."""
    return warehouse.ask("growth", _cohort(selection) | {"indicator": indicator, "base": base})


def rule_changes(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """The cells of the scheme that changed between built cycles in a row, up to the selected one."""
    return warehouse.ask("rule_changes", {"cycle": selection.cycle})


def weight_courses(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """The weights of components over the built cycles, and whether they rise or fall every time."""
    return warehouse.ask("weight_courses", {"cycle": selection.cycle})


def scheme_compared(warehouse: Warehouse, cycle: int, other: int) -> pa.Table:
    """The cells in which the schemes of two built cycles differ: before in `other`, after in `cycle`."""
    return warehouse.ask("scheme_compared", {"cycle": cycle, "other": other})


def table_names(warehouse: Warehouse) -> list[str]:
    """Every table that can be taken as a file: the six extracts of the specification, then the other marts."""
    return [*EXTRACTS, *sorted(name for name in (*warehouse.marts(), *BESIDE) if name not in EXTRACTS)]


def table(warehouse: Warehouse, name: str, selection: Selection) -> pa.Table:
    """An extract or a mart of the selected cycle: what `export` writes, narrowed to the selected subjects if any.

    Raises KeyError when there is no such table.
    """
    found = warehouse.extract(name, selection.cycle)
    if selection == Selection(selection.cycle):
        return found
    if "subject" in found.column_names:
        return found.filter(pc.is_in(found["subject"], value_set=ranking(warehouse, selection)["subject"]))
    return found.filter(pc.equal(found["kind"], selection.kind)) if "kind" in found.column_names else found


def table_of_cycles(warehouse: Warehouse, name: str, selections: tuple[Selection, ...]) -> pa.Table:
    """What `table` gives for each of these selections, one after the other."""
    return pa.concat_tables([table(warehouse, name, one) for one in selections], promote_options="permissive")


def columns(warehouse: Warehouse, name: str) -> pa.Table:
    """The columns of a table that can be taken as a file: column_name and column_type. KeyError when there is none."""
    return warehouse.columns_of(name)


def examples(warehouse: Warehouse) -> dict[str, str]:
    """Queries of the workbench to begin with: name -> SQL."""
    return warehouse.examples()


def audit(warehouse: Warehouse, entries: int) -> pa.Table:
    """The entries of the audit log, of which there are so many, the newest first."""
    del entries  # what a kept answer goes by: a query of the workbench is an entry and no new version of the data
    return warehouse.ask("audit", {})


def broken_links(warehouse: Warehouse, entries: int) -> list[str]:
    """Where the audit log of so many entries does not hold together; empty where it does."""
    del entries
    return warehouse.broken_links()


def pending_cycles(warehouse: Warehouse) -> list[int]:
    """The cycles whose uploads, earlier results or program changed since their build, and those without one; ascending.

    The published edition waits for nothing.
    """
    if warehouse.is_published:
        return []
    built = dict(zip(*(warehouse.builds().column(name).to_pylist() for name in ("cycle", "build")), strict=True))
    present = warehouse.cycles()
    return sorted(
        {cycle for cycle in present if built.get(cycle) != warehouse.facts_now(cycle).build}
        | (built.keys() - set(present))
    )


def problem_rows(problems: Iterable[Problem], language: str) -> pa.Table:
    """One row per problem in 'en' or 'zh': severity, code, file, sheet, cell, found, what, fix; errors first."""
    ranks = {"error": 0, "warning": 1, "notice": 2}
    ordered = sorted(problems, key=lambda problem: (ranks[problem.severity], problem.code))
    return pa.table(
        {
            "severity": pa.array([problem.severity for problem in ordered], pa.string()),
            "code": pa.array([problem.code for problem in ordered], pa.string()),
            "file": pa.array([problem.place.file for problem in ordered], pa.string()),
            "sheet": pa.array([problem.place.sheet for problem in ordered], pa.string()),
            "cell": pa.array([problem.place.cell for problem in ordered], pa.string()),
            "found": pa.array([problem.found for problem in ordered], pa.string()),
            "what": pa.array([problem.what(language) for problem in ordered], pa.string()),
            "fix": pa.array([problem.fix(language) for problem in ordered], pa.string()),
        }
    )


def _cohort(selection: Selection) -> dict[str, object]:
    return {
        "cycle": selection.cycle,
        "kind": selection.kind,
        "platform": selection.platform,
        "layer": selection.layer,
    }


def _kind(selection: Selection) -> dict[str, object]:
    return {"cycle": selection.cycle, "kind": selection.kind}


def _months(months: tuple[int, int] | None) -> dict[str, object]:
    first, last = months or (None, None)
    return {"first": first, "last": last}


def _subject(selection: Selection) -> dict[str, object]:
    return {"cycle": selection.cycle, "subject": selection.subject}
