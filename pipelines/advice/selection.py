"""Who would get which post: the declared posts and minimums over those who are left in the competition of a cycle.

Decides who competes: everybody with a rank who is still in (pipelines/advice/eligibility.py). Excludes whom a gate keeps out
of the ranking. Seats that too few qualified candidates compete for are reduced or cancelled before anybody is chosen
(SEL-05).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa

from pipelines.advice.eligibility import Competition, Row, competition, meets, verdict_of
from pipelines.reads import Selection
from pipelines.statistics.selection import Minimum, Places, by_wish, choose, feasible_seats, match
from pipelines.warehouse import Warehouse

WISHES = ("志愿1", "志愿2", "志愿3")
"""The roster columns that hold wishes where nobody applied, as codes of posts (SEL-10: one to three)."""


@dataclass(frozen=True)
class Outcome:
    """Posts with their verdict, minimums with theirs, who is chosen under them and who by wish; names in conflict."""

    posts: pa.Table
    minimums: pa.Table
    chosen: pa.Table
    wished: pa.Table
    conflict: tuple[str, ...]
    has_wishes: bool


@dataclass(frozen=True)
class Race:
    """What the requirements and stages made of everybody: row by row, by candidate, by stage, and what does not fit."""

    checks: pa.Table
    candidates: pa.Table
    stages: pa.Table
    steps: pa.Table
    excess: pa.Table
    day: str


def selection_outcome(warehouse: Warehouse, selection: Selection) -> Outcome:
    """What the posts and minimums of the cycle make of those who are left."""
    race = competition(warehouse, selection)
    posts, people = race.posts, race.people
    ranked = [person["rank"] is not None and person["total"] is not None for person in people]
    minimums = sorted(race.rules["minimums"], key=lambda row: row["minimum"])
    qualified = [
        sum(ranked[person] and race.is_qualified(person, post) for person in range(len(people)))
        for post in range(len(posts))
    ]
    seats = [
        feasible_seats(post["seats"], count, Fraction(post["ratio"])) if post["ratio"] else post["seats"]
        for post, count in zip(posts, qualified, strict=True)
    ]
    pairs = tuple(
        (person, post)
        for person in range(len(people))
        for post in range(len(posts))
        if ranked[person] and race.is_left(person, post)
    )
    counts = _counts(warehouse, selection, minimums)
    places = Places(tuple(float(person["total"] or 0) for person in people), tuple(seats), pairs)
    asked = [_minimum(row, posts, seats, people, pairs, counts) for row in minimums]
    choice = choose(places, asked)
    names = [row["name"] or row["minimum"] for row in minimums]
    given, wishes, moved = _wished(race, set(pairs), seats, ranked)
    return Outcome(
        _posts(posts, qualified, seats),
        _minimums(minimums, asked, choice.missed, choice.conflict),
        _chosen([(*pairs[place], None, "") for place in choice.taken], people, posts),
        _chosen(
            [
                (person, post, wishes[person].index(post) + 1, "moved_up" if person in moved else "")
                for person, post in enumerate(given)
                if post is not None
            ],
            people,
            posts,
        ),
        tuple(names[place] for place in choice.conflict),
        any(wishes),
    )


def selection_race(warehouse: Warehouse, selection: Selection) -> Race:
    """What every requirement and stage made of every candidate."""
    race = competition(warehouse, selection)
    return Race(
        _checks(race), _candidates(race), _stages(race), _steps(race), _excess(race), race.day.isoformat()
    )  # fmt: skip


def _wished(
    race: Competition, allowed: set[tuple[int, int]], seats: Sequence[int], ranked: Sequence[bool]
) -> tuple[list[int | None], list[list[int]], set[int]]:
    """Who gets which wish, everybody's wishes, and who moved up because somebody before him gave up (SEL-03).

    Where units order their applicants the matching is the stable one, else it goes by score.
    """
    gone = {
        (line[step.candidate], post)
        for post, (line, found) in enumerate(zip(race.entrants, race.funnels, strict=True))
        for step in found.steps
        if step.state == "withdrawn"
    }
    wishes = [_wishes(race, person, allowed) for person in range(len(race.people))]
    before = [_wishes(race, person, allowed | gone) if ranked[person] else [] for person in range(len(race.people))]
    orders = [_order(race, post) for post in range(len(race.posts))]
    is_two_way = any(row["preference"] is not None for row in race.applied.values())
    everybody = range(len(race.people))
    given, first = (
        match(line, orders, seats) if is_two_way else by_wish(everybody, line, seats) for line in (wishes, before)
    )
    moved = {person for person in everybody if given[person] is not None and first[person] is None}
    return given, wishes, moved


def _wishes(race: Competition, person: int, allowed: set[tuple[int, int]]) -> list[int]:
    """The posts that somebody wished for and may have, in his order."""
    if race.applied:
        named = sorted(
            (row["choice"] is None, row["choice"], post) for (one, post), row in race.applied.items() if one == person
        )
        line = [post for _, _, post in named]
    else:
        codes = {row["post"]: post for post, row in enumerate(race.posts)}
        line = [codes[code] for wish in WISHES if (code := race.people[person].get(wish)) in codes]
    return [post for post in dict.fromkeys(line) if (person, post) in allowed]


def _order(race: Competition, post: int) -> list[int]:
    """The applicants in the order of the unit; whom it does not name comes after, by score."""
    named = {person: row["preference"] for (person, one), row in race.applied.items() if one == post}
    return sorted(
        range(len(race.people)), key=lambda person: (named.get(person) is None, named.get(person) or 0, person)
    )


def _counts(warehouse: Warehouse, selection: Selection, minimums: Sequence[Row]) -> dict[str, int]:
    """How many on the roster each `counted` filter of the minimums speaks of (13 townships)."""
    filters = {row["counted"] for row in minimums if row["counted"] is not None}
    if not filters:
        return {}
    facts: dict[str, dict[str, Any]] = {
        row["subject"]: dict(row) for row in warehouse.extract("subjects", selection.cycle).to_pylist()
    }
    for row in warehouse.extract("facts", selection.cycle).to_pylist():
        facts.setdefault(row["subject"], {})[row["attribute"]] = row["value"]
    return {text: sum(meets(one, text) for one in facts.values()) for text in filters}


def _minimum(
    row: Row,
    posts: Sequence[Row],
    seats: Sequence[int],
    people: Sequence[Row],
    pairs: Sequence[tuple[int, int]],
    counts: Mapping[str, int],
) -> Minimum:
    """A row as a minimum: the largest of its number, its share of the seats it speaks of and its rate per counted subject.

    Both are rounded up: 20 % of 23 seats are 5 people, 1.5 for each of 13 townships are 20.
    """
    named = {part.strip() for part in (row["posts"] or "").split("+")} - {""}
    scope = {place for place, post in enumerate(posts) if not named or post["post"] in named}
    counted = {place for place, person in enumerate(people) if meets(person, row["applies"])}
    share = needed_of(row["share"], sum(seats[place] for place in scope))
    each = needed_of(row["per"], counts.get(row["counted"], 0))
    positions = tuple(place for place, (person, post) in enumerate(pairs) if person in counted and post in scope)
    return Minimum(positions, max(row["needed"] or 0, share, each), row["force"] == "should")


def needed_of(rate: Any, count: int) -> int:
    """So many of `count`, or for each of `count`, rounded up; exact."""
    return math.ceil(Fraction(rate or 0) * count)


def _posts(posts: Sequence[Row], qualified: Sequence[int], seats: Sequence[int]) -> pa.Table:
    verdicts = [
        "open" if left == post["seats"] else "reduced" if left else "cancelled"
        for post, left in zip(posts, seats, strict=True)
    ]
    return pa.table(
        {
            "post": pa.array([post["post"] for post in posts], pa.string()),
            "post_name": pa.array([post["name"] or post["post"] for post in posts], pa.string()),
            "seats": pa.array([post["seats"] for post in posts], pa.int64()),
            "qualified": pa.array(qualified, pa.int64()),
            "asked_ratio": pa.array([post["ratio"] for post in posts], pa.decimal128(28, 9)),
            "feasible": pa.array(seats, pa.int64()),
            "verdict_of": pa.array(verdicts, pa.string()),
        }
    )


def _minimums(
    rows: Sequence[Row], asked: Sequence[Minimum], missed: Sequence[int], conflict: Sequence[int]
) -> pa.Table:
    verdicts = [
        "conflict" if place in conflict else "unjudged" if conflict else "bent" if missed[place] else "met"
        for place in range(len(rows))
    ]
    return pa.table(
        {
            "minimum": pa.array([row["minimum"] for row in rows], pa.string()),
            "minimum_name": pa.array([row["name"] or row["minimum"] for row in rows], pa.string()),
            "force": pa.array([row["force"] or "must" for row in rows], pa.string()),
            "needed": pa.array([one.needed for one in asked], pa.int64()),
            "missed": pa.array([None if conflict else number for number in missed], pa.int64()),
            "verdict_of": pa.array(verdicts, pa.string()),
        }
    )


def _chosen(
    taken: Sequence[tuple[int, int, int | None, str]],
    people: Sequence[Row],
    posts: Sequence[Row],
) -> pa.Table:
    return pa.table(
        {
            "subject": pa.array([people[person]["subject"] for person, _, _, _ in taken], pa.string()),
            "name": pa.array([people[person]["name"] for person, _, _, _ in taken], pa.string()),
            "rank": pa.array([people[person]["rank"] for person, _, _, _ in taken], pa.int64()),
            "total": pa.array([people[person]["total"] for person, _, _, _ in taken], pa.decimal128(38, 9)),
            "post": pa.array([posts[post]["post"] for _, post, _, _ in taken], pa.string()),
            "post_name": pa.array([posts[post]["name"] or posts[post]["post"] for _, post, _, _ in taken], pa.string()),
            "wish_no": pa.array([wish for _, _, wish, _ in taken], pa.int64()),
            "moved_of": pa.array([moved for _, _, _, moved in taken], pa.string()),
        }
    )


# -- the race as tables ---------------------------------------------------------------------------------------------


def _checks(race: Competition) -> pa.Table:
    rows = []
    for (person, post), checks in sorted(race.checks.items()):
        for check in checks:
            row = check.row
            is_soft = row["force"] == "should"
            rows.append(
                _whose(race, person, post)
                | {
                    "rule": row["rule"],
                    "clause": row["clause"] or "",
                    "stage": _stage_name(race, row["stage"]),
                    "requirement": row["note"] or " ".join((row["metric"], row["op"], row["value"])),
                    "eligible_of": "bent" if is_soft and check.verdict == "fails" else check.verdict,
                    "evidence": check.evidence,
                }
            )
    return _table(rows, "subject name post post_name rule clause stage requirement eligible_of evidence")


def _candidates(race: Competition) -> pa.Table:
    """One row per candidate and post: the verdict, which rules it fails or lacks data for, and how far he came.

    What would be judged at a stage that he did not reach is not judged.
    """
    rows = []
    for post, line in enumerate(race.entrants):
        for place, person in enumerate(line):
            steps = [step for step in race.funnels[post].steps if step.candidate == place and step.state != "pending"]
            last = steps[-1] if steps else None
            checks = race.checks_of(person, post, last.stage if last else None)
            rules = {
                check.row["rule"]: [one for one in checks if one.row["rule"] == check.row["rule"]] for check in checks
            }
            found = {rule: verdict_of(of) for rule, of in rules.items()}
            rows.append(
                _whose(race, person, post)
                | {
                    "eligible_of": verdict_of(checks),
                    "failed_rules": ", ".join(rule for rule, verdict in found.items() if verdict == "fails"),
                    "open_rules": ", ".join(rule for rule, verdict in found.items() if verdict == "no_data"),
                    "reached_stage": _stage_name(race, race.stages[last.stage]["stage"]) if last else "",
                    "stage_state": last.state if last else "",
                    "assigned": _assigned(race, person, post),
                }
            )
    return _table(
        rows, "subject name post post_name eligible_of failed_rules open_rules reached_stage stage_state assigned"
    )


def _stages(race: Competition) -> pa.Table:
    rows = []
    for post, found in enumerate(race.funnels):
        for place, stage in enumerate(race.stages):
            counts = Counter(step.state for step in found.steps if step.stage == place and step.is_inside)
            entered = sum(counts.values())
            passed = counts["passes"] + counts["no_data"]
            fits = found.fits[place]
            rows.append(
                {
                    "post": race.posts[post]["post"],
                    "post_name": race.posts[post]["name"] or race.posts[post]["post"],
                    "stage": _stage_name(race, stage["stage"]),
                    "stage_no": place + 1,
                    "entered": entered,
                    "passed": passed,
                    "failed": counts["fails"],
                    "withdrew": counts["withdrawn"],
                    "not_kept": counts["not_kept"],
                    "unknown_count": counts["no_data"],
                    "waiting": counts["pending"],
                    "pass_rate": _rate(passed, entered - counts["pending"]),
                    "fits_of": "" if fits is None else "fits" if fits else "misfit",
                }
            )
    names = (
        "post post_name stage stage_no entered passed failed withdrew not_kept unknown_count waiting pass_rate fits_of"
    )
    return _table(rows, names)


def _steps(race: Competition) -> pa.Table:
    rows = []
    for post, (line, found) in enumerate(zip(race.entrants, race.funnels, strict=True)):
        for step in found.steps:
            stage = race.stages[step.stage]["stage"]
            told = race.results.get((race.posts[post]["post"], stage, race.people[line[step.candidate]]["subject"]), {})
            rows.append(
                _whose(race, line[step.candidate], post)
                | {
                    "stage": _stage_name(race, stage),
                    "stage_no": step.stage + 1,
                    "stage_state": step.state,
                    "stage_fault": step.fault,
                    "day": told.get("day"),
                    "score": told.get("score"),
                    "votes_of": "/".join(
                        str(told[part]) for part in ("agreed", "present", "entitled") if told.get(part) is not None
                    ),
                    "explanation": told.get("reason") or "",
                }
            )
    rows.sort(key=lambda row: row["stage_fault"] == "")  # what does not fit comes first
    return _table(
        rows, "subject name post post_name stage stage_no stage_state stage_fault day score votes_of explanation"
    )


def _excess(race: Competition) -> pa.Table:
    rows = [
        {"subject": race.people[person]["subject"], "name": race.people[person]["name"], "post_category": category,
         "applications": count}
        for person, category, count in race.excess
    ]  # fmt: skip
    return _table(rows, "subject name post_category applications")


def _whose(race: Competition, person: int, post: int) -> dict[str, Any]:
    one, place = race.people[person], race.posts[post]
    return {
        "subject": one["subject"],
        "name": one["name"],
        "post": place["post"],
        "post_name": place["name"] or place["post"],
    }


def _assigned(race: Competition, person: int, post: int) -> str:
    """The post that people gave him at the end, where a rank and not a post was competed for (SEL-15)."""
    subject, code = race.people[person]["subject"], race.posts[post]["post"]
    told = (race.results.get((code, stage["stage"], subject), {}) for stage in race.stages)
    return next((row["assigned"] for row in told if row.get("assigned")), "")


def _stage_name(race: Competition, stage: str | None) -> str:
    return next((row["name"] or row["stage"] for row in race.stages if row["stage"] == stage), stage or "")


NUMBERS = {
    "stage_no", "entered", "passed", "failed", "withdrew", "not_kept", "unknown_count", "waiting", "applications",
}  # fmt: skip
TYPES = {
    "day": pa.date32(),
    "score": pa.decimal128(28, 9),
    "pass_rate": pa.decimal128(28, 9),
    **dict.fromkeys(NUMBERS, pa.int64()),
}


def _table(rows: Sequence[Row], names: str) -> pa.Table:
    return pa.table(
        {name: pa.array([row[name] for row in rows], TYPES.get(name, pa.string())) for name in names.split()}
    )


def _rate(part: int, whole: int) -> Decimal | None:
    """A share at nine decimals."""
    return (Decimal(part) / whole).quantize(Decimal("1e-9"), ROUND_HALF_UP) if whole else None
