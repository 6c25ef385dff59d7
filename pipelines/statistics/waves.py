"""Satisfaction from wave to wave: shares with 95 % intervals, and whether a rise is more than chance.

Decides which answers of a satisfaction scale count as satisfied and which are no opinion, by their wording, and says so
in its answer. A share has a Wilson interval, a change since the base wave Newcombe's; a rise is clear when its interval
lies above 0. Advice for people, never a part of a score: figures are floats. The intervals take the answers for a simple
random sample; a survey by offices is clustered, so the true ones are wider.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import sqrt

import pyarrow as pa

SATISFIED = re.compile(
    r"(?:非常|很|十分|比较|较|基本)?满意|(?:very |fairly |rather |quite )?satisfied|好|较好", re.IGNORECASE
)
NO_OPINION = re.compile(r"不了解|不清楚|说不清|弃权|不知道|don'?t know|no opinion|abstain(?:ed)?", re.IGNORECASE)
WINDOW = 5
"""The base is the earliest wave of the last so many years (goals for satisfaction run over three to five)."""
LEVEL = 0.95

COLUMNS = pa.schema(
    [
        ("question", pa.string()),
        ("cycle", pa.int64()),
        ("answers", pa.int64()),
        ("satisfied", pa.int64()),
        ("satisfied_rate", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("base_cycle", pa.int64()),
        ("rate_change", pa.float64()),
        ("change_low", pa.float64()),
        ("change_high", pa.float64()),
        ("verdict", pa.string()),
    ]
)


def is_satisfied(answer: str) -> bool:
    """Whether an answer of a satisfaction scale is a favourable one."""
    return SATISFIED.fullmatch(answer.strip()) is not None


def interval(count: int, size: int) -> tuple[float, float]:
    """The Wilson interval of a share of `count` in `size`."""
    from scipy import stats  # slow to load

    found = stats.binomtest(count, size).proportion_ci(LEVEL, method="wilson")
    return float(found.low), float(found.high)


def change(before: tuple[int, int], after: tuple[int, int]) -> tuple[float, float, float]:
    """The change of a share from (count, size) to (count, size), with Newcombe's interval."""
    old, new = before[0] / before[1], after[0] / after[1]
    old_low, old_high = interval(*before)
    new_low, new_high = interval(*after)
    low = new - old - sqrt((new - new_low) ** 2 + (old_high - old) ** 2)
    high = new - old + sqrt((new_high - new) ** 2 + (old - old_low) ** 2)
    return new - old, low, high


def waves(answers: pa.Table, group: str | None = None) -> pa.Table:
    """One row per satisfaction question and wave, from `reads.survey_waves`; all groups pooled, or one.

    Only questions that have satisfied answers in some wave; answers without an opinion are left out of the share.
    """
    counts: dict[str, dict[int, list[int]]] = {}
    for row in answers.to_pylist():
        if (group is not None and row["respondent_group"] != group) or NO_OPINION.fullmatch(row["answer"].strip()):
            continue
        own = counts.setdefault(row["question"], {}).setdefault(row["cycle"], [0, 0])
        own[0] += row["answers"] if is_satisfied(row["answer"]) else 0
        own[1] += row["answers"]
    rows = [
        row
        for question, by_cycle in counts.items()
        if any(satisfied for satisfied, _ in by_cycle.values())
        for row in _question(question, by_cycle)
    ]
    return pa.Table.from_pylist(rows, COLUMNS)


def has_improved(found: pa.Table) -> str:
    """What the latest wave of all questions says together: 'clear', 'up', 'down' or 'unknown'.

    Improved means every question has; clearly improved, every one clearly.
    """
    latest = {row["question"]: row["verdict"] for row in found.to_pylist()}
    verdicts = set(latest.values())
    if not verdicts or verdicts & {"base"}:
        return "unknown"
    if verdicts == {"clear_up"}:
        return "clear"
    return "up" if verdicts <= {"clear_up", "up"} else "down"


def _question(question: str, by_cycle: dict[int, list[int]]) -> Iterable[dict[str, object]]:
    base = min(cycle for cycle in by_cycle if cycle >= max(by_cycle) - WINDOW)
    for cycle, (satisfied, size) in sorted(by_cycle.items()):
        low, high = interval(satisfied, size)
        row: dict[str, object] = {
            "question": question,
            "cycle": cycle,
            "answers": size,
            "satisfied": satisfied,
            "satisfied_rate": satisfied / size,
            "low": low,
            "high": high,
            "base_cycle": base,
            "verdict": "base",
        }
        if cycle > base:
            moved, change_low, change_high = change((by_cycle[base][0], by_cycle[base][1]), (satisfied, size))
            row |= {"rate_change": moved, "change_low": change_low, "change_high": change_high}
            row["verdict"] = (
                "clear_up" if change_low > 0 else "clear_down" if change_high < 0 else "up" if moved > 0 else "not_up"
            )
        yield row
