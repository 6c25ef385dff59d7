"""What surveys answered: shares with their counts and intervals, and whether groups or other answers go with them.

Shares are those of the mart `survey`, where groups with too few answers are hidden already. A table of two questions is
counted from the sheets, and answers are put together until no count in it is below the anonymity threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines import reads
from pipelines.advice.study import FIGURE, figure, per_version
from pipelines.engine import Run
from pipelines.reads import Selection
from pipelines.statistics import fairness, surveys
from pipelines.statistics.rules import Integers
from pipelines.warehouse import Warehouse


def questions(warehouse: Warehouse, selection: Selection) -> list[str]:
    """The questions of the cycle's surveys that may be shown."""
    return sorted({row["question"] for row in _rows(warehouse, selection)})


def survey_answers(warehouse: Warehouse, selection: Selection, question: str) -> pa.Table:
    """One row per answer to the question, for all together (blank group) and for each group: count, share, interval."""
    counts: dict[str, dict[str, int]] = {"": {}}
    people: dict[str, int] = {}
    for row in _rows(warehouse, selection):
        if row["question"] == question:
            for group in dict.fromkeys(("", row["respondent_group"])):
                own = counts.setdefault(group, {})
                own[row["answer"]] = own.get(row["answer"], 0) + row["answers"]
            people[row["respondent_group"]] = row["respondents"]
    sizes = {group: people[group] if group else sum(people.values()) for group in counts}
    rows = [
        {
            "respondent_group": group,
            **_told(share),
        }
        for group, own in counts.items()
        for share in surveys.shares(own, sizes[group])
    ]
    return pa.Table.from_pylist(rows, ANSWERS)


def _told(share: surveys.Answer) -> dict[str, Any]:
    return {
        "answer": share.answer,
        "answer_count": share.count,
        "answered": share.size,
        "answer_rate": figure(share.rate),
        "rate_low": figure(share.low),
        "rate_high": figure(share.high),
    }


def group_difference(warehouse: Warehouse, selection: Selection, question: str) -> surveys.Cross | None:
    """Whether the groups answer the question differently; None where fewer than two may be shown."""
    own = [row for row in _rows(warehouse, selection) if row["question"] == question and row["respondent_group"]]
    groups = list(dict.fromkeys(row["respondent_group"] for row in own))
    answers = list(dict.fromkeys(row["answer"] for row in own))
    if len(groups) < 2:
        return None
    counts = np.zeros((len(groups), len(answers)), dtype=np.int64)
    people = np.zeros(len(groups), dtype=np.int64)
    for row in own:
        counts[groups.index(row["respondent_group"]), answers.index(row["answer"])] += row["answers"]
        people[groups.index(row["respondent_group"])] = row["respondents"]
    return surveys.cross(counts) if (counts.sum(axis=1) == people).all() else surveys.cross_multiple(counts, people)


NO_ANSWER = "∅"
RARE = "…"


@dataclass(frozen=True)
class Sheets:
    """Who answered what: question -> respondent -> the answers, and the least count that may be seen."""

    answers: dict[str, dict[str, frozenset[str]]]
    least: int

    def is_single(self, question: str) -> bool:
        """Whether everybody gave one answer."""
        return all(len(own) == 1 for own in self.answers[question].values())


@per_version
def sheets(warehouse: Warehouse, cycle: int) -> Sheets:
    """The sheets of a cycle's surveys, of the groups that may be told of."""
    given = warehouse.inputs(cycle, warehouse.shown(cycle))
    with warehouse.scratch() as connection:
        run = Run(connection, {name: given[name] for name in ("settings", "survey") if name in given}, cycle)
        run.stage()
        rows = run.answer("survey_sheets").to_pylist()
        least = int(run.table("staging.settings").column("anonymity")[0].as_py())
    found: dict[str, dict[str, set[str]]] = {}
    for row in rows:
        found.setdefault(row["question"], {}).setdefault(row["respondent"], set()).add(row["answer"])
    frozen = {question: {who: frozenset(own) for who, own in people.items()} for question, people in found.items()}
    return Sheets(dict(sorted(frozen.items())), least)


def crossing_questions(warehouse: Warehouse, selection: Selection, question: str) -> list[str]:
    """The questions with one answer each by which the answers to this one may be told, with a table that may be seen."""
    given = sheets(warehouse, selection.cycle)
    return [
        other
        for other in given.answers
        if other != question and given.is_single(other) and _crossed(given, question, other) is not None
    ]


def crossing(warehouse: Warehouse, selection: Selection, question: str, other: str) -> pa.Table:
    """One row per answer to `other` (`by_answer`) and answer to the question: count, of how many, share, interval.

    Answers are put together (`A + B`; `…` stands for rare texts, `∅` for no answer at all) until every count is the
    anonymity threshold or more, so that nothing smaller follows from it and from the shares of each question. Of a
    question with several answers per person those are left out that too few gave, or all but too few.
    """
    found = _crossed(sheets(warehouse, selection.cycle), question, other)
    rows = []
    for by, size, own in found.rows if found else ():
        rows += [
            {
                "by_answer": by,
                **_told(share),
            }
            for share in surveys.shares(own, size)
        ]
    return pa.Table.from_pylist(rows, CROSSINGS)


def crossing_test(warehouse: Warehouse, selection: Selection, question: str, other: str) -> surveys.Cross | None:
    """Whether the answers to the two questions hang together, of the table that `crossing` shows; None where it shows none."""
    found = _crossed(sheets(warehouse, selection.cycle), question, other)
    if found is None:
        return None
    counts = np.array([list(own.values()) for _, _, own in found.rows], dtype=np.int64)
    people = np.array([size for _, size, _ in found.rows], dtype=np.int64)
    return surveys.cross(counts) if found.is_single else surveys.cross_multiple(counts, people)


def tests(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """One row per question and what its answers are told by (a blank `told_by`: groups; else another question): the test.

    Of the tables that are shown; `p_corrected` by Holm over all of them.
    """
    asked: list[tuple[str, str, surveys.Cross | None]] = []
    for question in questions(warehouse, selection):
        asked.append((question, "", group_difference(warehouse, selection, question)))
        for other in crossing_questions(warehouse, selection, question):
            asked.append((question, other, crossing_test(warehouse, selection, question, other)))
    rows: list[dict[str, Any]] = [
        {"question": question, "told_by": by, "p_value": figure(test.p), "cramers_v": figure(test.v)}
        for question, by, test in asked
        if test is not None
    ]
    for row, p in zip(rows, fairness.holm([float(row["p_value"]) for row in rows]), strict=True):
        row["p_corrected"] = figure(p)
    return pa.Table.from_pylist(rows, TESTS)


@dataclass(frozen=True)
class _Crossed:
    """A table of two questions as it may be seen: per answer to the second its people and the counts of the first."""

    rows: list[tuple[str, int, dict[str, int]]]
    is_single: bool


def _crossed(given: Sheets, question: str, other: str) -> _Crossed | None:
    """The table of a question by the answers to another one, as coarse as it must be.

    Of two questions with one answer each there is one table, whichever is told by the other: two that were put together
    in different ways could be solved for smaller counts.
    """
    if question > other and given.is_single(question) and given.is_single(other):
        mirror = _crossed(given, other, question)
        if mirror is None:
            return None
        told = {name: {row: own[name] for row, _, own in mirror.rows} for name in mirror.rows[0][2]}
        return _Crossed([(name, sum(own.values()), own) for name, own in told.items()], is_single=True)
    first, second = given.answers.get(question, {}), given.answers.get(other, {})
    is_single = given.is_single(question) if first else True
    everybody = sorted(first.keys() | second.keys())
    nothing = frozenset({NO_ANSWER})
    answers = sorted({answer for own in first.values() for answer in own})
    groups = sorted({answer for own in second.values() for answer in own})
    place = {answer: at for at, answer in enumerate([*answers, NO_ANSWER])}
    group = {answer: at for at, answer in enumerate([*groups, NO_ANSWER])}
    counts = np.zeros((len(group), len(place)), dtype=np.int64)
    people = np.zeros(len(group), dtype=np.int64)
    for who in everybody:
        (by,) = second.get(who, nothing)
        people[group[by]] += 1
        for answer in first.get(who, nothing):
            counts[group[by], place[answer]] += 1
    if not is_single:  # who did not answer is among those who did not give each answer
        counts = counts[:, :-1]
    counts, people, groups = _without_silent(counts, people, [*groups, NO_ANSWER], given.least, is_single)
    answers = answers if not is_single else [*answers, NO_ANSWER]
    if is_single:
        turned, _, answers = _without_silent(counts.T, counts.sum(axis=0), answers, given.least, True)
        counts, people = turned.T, turned.sum(axis=0)
    found = surveys.coarsened(counts, given.least, None if is_single else people)
    if found is None:
        return None
    rows, columns = found
    return _Crossed(
        [
            (
                _together(groups, row),
                int(people[row].sum()),
                {_together(answers, column): int(counts[np.ix_(row, column)].sum()) for column in columns},
            )
            for row in rows
        ],
        is_single,
    )


def _together(names: list[str], chosen: list[int]) -> str:
    return " + ".join(names[at] or RARE for at in chosen)


def _without_silent(
    counts: Integers, people: Integers, names: list[str], least: int, is_single: bool
) -> tuple[Integers, Integers, list[str]]:
    """The table without its last row, those who did not answer, where no small count follows from leaving it out."""
    last = counts[-1]
    rest = last if is_single else np.concatenate([last, people[-1] - last])
    if ((rest == 0) | (rest >= least)).all():
        return counts[:-1], people[:-1], names[:-1]
    return counts, people, names


def _rows(warehouse: Warehouse, selection: Selection) -> list[dict[str, Any]]:
    rows = reads.survey_waves(warehouse, selection).to_pylist()
    return [row for row in rows if row["cycle"] == selection.cycle and row["answers"]]


ANSWERS = pa.schema(
    [
        ("respondent_group", pa.string()),
        ("answer", pa.string()),
        ("answer_count", pa.int64()),
        ("answered", pa.int64()),
        ("answer_rate", FIGURE),
        ("rate_low", FIGURE),
        ("rate_high", FIGURE),
    ]
)
CROSSINGS = pa.schema([("by_answer", pa.string()), *(field for field in ANSWERS if field.name != "respondent_group")])
TESTS = pa.schema(
    [
        ("question", pa.string()),
        ("told_by", pa.string()),
        *((name, FIGURE) for name in ("p_value", "p_corrected", "cramers_v")),
    ]
)
