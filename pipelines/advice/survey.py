"""What surveys answered: shares with their counts and intervals, and whether groups answer differently.

From the mart `survey`, where groups with too few answers are hidden already.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from pipelines import reads
from pipelines.advice.study import FIGURE, figure
from pipelines.reads import Selection
from pipelines.statistics import surveys
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
            "answer": share.answer,
            "answer_count": share.count,
            "answered": share.size,
            "answer_rate": figure(share.rate),
            "rate_low": figure(share.low),
            "rate_high": figure(share.high),
        }
        for group, own in counts.items()
        for share in surveys.shares(own, sizes[group])
    ]
    return pa.Table.from_pylist(rows, ANSWERS)


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
