"""Whether a candidate meets what is required, and how many are left after each stage of a selection. Pure and exact.

Decides three ways: passes, fails, no data; what is not known is never a fail (ELI-06). A measure is a range, since a career or
history with a hole still says how much there is at least. Words are read as they are in rules: 超过 is >, 不低于 is ≥, 满N年 are
full months on the cut-off day, 连续N年 are calendar years without a gap, 近N年 the latest N that were appraised.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Verdict = Literal["passes", "fails", "no_data"]
Value = Fraction | datetime.date | str


@dataclass(frozen=True)
class Measure:
    """What is known of one measure: at least `low` and at most `high` (None: no limit is known), and where it is from."""

    low: Value | None = None
    high: Value | None = None
    evidence: str = ""

    @classmethod
    def exactly(cls, value: Value, evidence: str = "") -> Measure:
        return cls(value, value, evidence)


def read_value(text: str) -> Value:
    """A threshold or a fact as it is compared: a day (1970-01-01, 1970-01), a number (36, 0.5, 2/3), else a text."""
    day = re.fullmatch(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?", text)
    if day:
        try:
            return datetime.date(int(day[1]), int(day[2]), int(day[3] or 1))
        except ValueError:
            return text
    return Fraction(text.replace(" ", "")) if re.fullmatch(r"-?\d+(\.\d+)?|\d+ ?/ ?[1-9]\d*", text) else text


def judge(measure: Measure, op: str, threshold: str) -> Verdict:
    """Whether `measure op threshold`; a threshold of words may name several with |."""
    low, high = measure.low, measure.high
    if low is None and high is None:
        return "no_data"
    wanted = read_value(threshold)
    if isinstance(low, str) or isinstance(wanted, str):
        is_named = str(low) in [name.strip() for name in threshold.split("|")]
        return "passes" if is_named is (op == "=") else "fails"
    if op in ("=", "!="):
        if low is not None and low == high:
            return "passes" if (low == wanted) is (op == "=") else "fails"
        is_outside = (low is not None and wanted < low) or (high is not None and wanted > high)  # type: ignore[operator]
        return "no_data" if not is_outside else "fails" if op == "=" else "passes"
    ends = [None if end is None or type(end) is not type(wanted) else _holds(op, end, wanted) for end in (low, high)]
    weak, strong = ends if op in (">", ">=") else reversed(ends)
    return "passes" if weak else "fails" if strong is False else "no_data"


def _holds(op: str, value: Value, wanted: Value) -> bool:
    one, other = (side.toordinal() if isinstance(side, datetime.date) else side for side in (value, wanted))
    assert not isinstance(one, str), "texts are compared by name"
    assert not isinstance(other, str), "texts are compared by name"
    return {">": one > other, ">=": one >= other, "<": one < other, "<=": one <= other}[op]


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Of rows that must all hold: one that fails decides, then one without data."""
    found = set(verdicts)
    return "fails" if "fails" in found else "no_data" if "no_data" in found else "passes"


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Of clauses of which one is enough: one that passes decides, then one without data."""
    found = set(verdicts)
    return "passes" if "passes" in found else "no_data" if "no_data" in found else "fails"


# -- measures -------------------------------------------------------------------------------------------------------


def full_months(start: datetime.date, end: datetime.date) -> int:
    """Months that have fully passed from one day to another; the last day of a shorter month completes one."""
    last = calendar.monthrange(end.year, end.month)[1]
    is_complete = end.day >= min(start.day, last)
    return max(0, 12 * (end.year - start.year) + end.month - start.month - (not is_complete))


def months_served(spans: Iterable[tuple[datetime.date, datetime.date | None]], day: datetime.date) -> tuple[int, str]:
    """Full months of all these spans up to the day, each stretch without a gap counted once, and the stretches."""
    merged: list[list[datetime.date]] = []
    for start, end in sorted((start, min(end or day, day)) for start, end in spans if start <= day):
        if merged and start <= merged[-1][1] + datetime.timedelta(days=1):
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return sum(full_months(*span) for span in merged), ", ".join(f"{start} – {end}" for start, end in merged)


def streak(grades: Mapping[int, str], wanted: Iterable[str], latest: int) -> Measure:
    """How many calendar years in a row up to `latest` have one of the grades; a year without a grade leaves it open."""
    names, years = set(wanted), 0
    while grades.get(latest - years) in names:
        years += 1
    is_open = latest - years not in grades
    said = _years(grades, range(latest, latest - years - (not is_open), -1))
    return Measure(Fraction(years), None if is_open else Fraction(years), said)


def recent(grades: Mapping[int, str], wanted: Iterable[str], latest: int, count: int) -> Measure:
    """How many of the latest `count` years that were appraised have one of the grades; fewer years leave it open."""
    names = set(wanted)
    years = sorted((year for year in grades if year <= latest), reverse=True)[:count]
    met = sum(grades[year] in names for year in years)
    return Measure(Fraction(met), Fraction(met + count - len(years)), _years(grades, years))


def _years(grades: Mapping[int, str], years: Iterable[int]) -> str:
    return ", ".join(f"{year} {grades[year]}" for year in years)


# -- stages ---------------------------------------------------------------------------------------------------------

State = Literal["passes", "fails", "withdrawn", "no_data", "not_kept", "pending"]


@dataclass(frozen=True)
class Stage:
    """A stage of a selection: how many are kept for each seat (None: all who pass), and how many it wants."""

    name: str
    kept: Fraction | None = None
    mode: Literal["equal", "differential", ""] = ""


@dataclass(frozen=True)
class Entry:
    """What is known of one candidate at one stage: what was recorded, what the requirements say, the score, the day."""

    recorded: str = ""
    verdict: Verdict | None = None
    """None: nothing is required at this stage."""
    score: Fraction | None = None
    """By which the best are kept."""
    day: datetime.date | None = None
    is_told: bool = False
    """Something was recorded: a result, a score or votes."""


@dataclass(frozen=True)
class Step:
    """One candidate at one stage; `fault` says what does not fit: order, contradiction, tie at the line."""

    candidate: int
    stage: int
    state: State
    is_inside: bool = True
    """Whether he had come so far; else something was recorded out of order."""
    fault: Literal["order", "contradiction", "tie", ""] = ""


@dataclass(frozen=True)
class Funnel:
    """Every step of a post's selection, who is left, and how the counts of each stage fit its mode."""

    steps: tuple[Step, ...]
    left: tuple[int, ...]
    fits: tuple[bool | None, ...]
    """Per stage: equal wants as many to pass as there are seats, differential more to enter; None: nothing is wanted."""


def funnel(stages: Sequence[Stage], entries: Sequence[Sequence[Entry]], seats: int) -> Funnel:
    """Candidates (rows of `entries`, one entry per stage) stage by stage.

    A recorded pass beats missing data and no failed requirement; a stage that nobody has reached yet keeps everybody. Of
    those who pass, the best scores are kept; equal scores at the line are kept together and told.
    """
    steps: list[Step] = []
    fits: list[bool | None] = []
    inside = list(range(len(entries)))
    for place, stage in enumerate(stages):
        line = [row[place] for row in entries]
        is_reached = any(entry.is_told or entry.verdict for entry in line)
        states = {one: _state(line[one]) if is_reached else "pending" for one in inside}
        passed = [one for one in inside if states[one] in ("passes", "no_data")]
        ties: set[int] = set()
        if stage.kept is not None and is_reached:
            passed, ties = _best(passed, [entry.score for entry in line], int(stage.kept * seats))
        wanted = {"equal": len(passed) == seats, "differential": len(inside) > seats}
        fits.append(wanted[stage.mode] if stage.mode and is_reached else None)
        for one in range(len(entries)):
            entry, state = line[one], states.get(one)
            if state is None:
                if entry.is_told:
                    steps.append(Step(one, place, "pending", False, "order"))
                continue
            if state in ("passes", "no_data") and one not in passed:
                state = "not_kept"
            earlier = [other.day for other in entries[one][:place] if other.day]
            is_early = entry.day is not None and any(day > entry.day for day in earlier)
            is_against = entry.recorded == "pass" and entry.verdict == "fails"
            fault = "order" if is_early else "contradiction" if is_against else "tie" if one in ties else ""
            steps.append(Step(one, place, state, True, fault))  # type: ignore[arg-type]
        if is_reached:
            inside = passed
    return Funnel(tuple(steps), tuple(inside), tuple(fits))


def _state(entry: Entry) -> State:
    if entry.recorded == "withdrawn":
        return "withdrawn"
    if entry.recorded == "fail" or entry.verdict == "fails":
        return "fails"
    if entry.verdict == "no_data" and entry.recorded != "pass":
        return "no_data"
    return "passes" if entry.is_told or entry.verdict else "no_data"


def _best(candidates: Sequence[int], scores: Sequence[Fraction | None], count: int) -> tuple[list[int], set[int]]:
    """The `count` best of the candidates with all who tie with the last of them, and who ties; blank scores come last."""
    ordered = sorted(candidates, key=lambda one: (scores[one] is None, -(scores[one] or 0)))
    if count >= len(ordered):
        return list(candidates), set()
    if count < 1:
        return [], set()
    last = scores[ordered[count - 1]]
    kept = [one for place, one in enumerate(ordered) if place < count or scores[one] == last]
    ties = {one for one in kept if scores[one] == last} if len(kept) > count else set()
    return sorted(kept), ties
