"""Who would get which post: the declared posts and minimums over the ranked candidates of a built cycle.

Decides who competes: everybody of the kind with a rank, for the posts whose filter he meets. Excludes whom a gate keeps out
of the ranking. Seats that too few candidates compete for are reduced or cancelled before anybody is chosen (SEL-05).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pyarrow as pa

from pipelines.reads import Selection, ranking
from pipelines.scheme import parse_applies
from pipelines.statistics.selection import Minimum, Places, by_wish, choose, feasible_seats
from pipelines.warehouse import Warehouse

WISHES = ("志愿1", "志愿2", "志愿3")
"""The roster columns that hold wishes, as codes of posts (SEL-10: one to three)."""


@dataclass(frozen=True)
class Outcome:
    """Posts with their verdict, minimums with theirs, who is chosen under them and who by wish; names in conflict."""

    posts: pa.Table
    minimums: pa.Table
    chosen: pa.Table
    wished: pa.Table
    conflict: tuple[str, ...]
    has_wishes: bool


def selection_outcome(warehouse: Warehouse, selection: Selection) -> Outcome:
    """What the posts and minimums of the cycle make of its candidates."""
    rules = warehouse.context(selection.cycle, ("posts", "minimums"))
    posts = sorted(_rows(rules.get("posts")), key=lambda row: row["post"])
    minimums = sorted(_rows(rules.get("minimums")), key=lambda row: row["minimum"])
    people = _candidates(warehouse, selection)
    qualified = [[_meets(person, post["applies"]) for person in people] for post in posts]
    seats = [
        feasible_seats(post["seats"], sum(line), Fraction(post["ratio"])) if post["ratio"] else post["seats"]
        for post, line in zip(posts, qualified, strict=True)
    ]
    pairs = tuple(
        (person, post) for person in range(len(people)) for post in range(len(posts)) if qualified[post][person]
    )
    places = Places(tuple(float(person["total"]) for person in people), tuple(seats), pairs)
    asked = [_minimum(row, posts, seats, people, pairs) for row in minimums]
    choice = choose(places, asked)
    names = [row["name"] or row["minimum"] for row in minimums]
    wishes = [
        [place for wish in WISHES for place, post in enumerate(posts) if person.get(wish) == post["post"]]
        for person in people
    ]
    allowed = set(pairs)
    wishes = [[post for post in line if (person, post) in allowed] for person, line in enumerate(wishes)]
    given = by_wish(range(len(people)), wishes, seats)
    return Outcome(
        _posts(posts, qualified, seats),
        _minimums(minimums, asked, choice.missed, choice.conflict),
        _chosen([(*pairs[place], None) for place in choice.taken], people, posts),
        _chosen(
            [(person, post, wishes[person].index(post) + 1) for person, post in enumerate(given) if post is not None],
            people,
            posts,
        ),
        tuple(names[place] for place in choice.conflict),
        any(wishes),
    )


def _candidates(warehouse: Warehouse, selection: Selection) -> list[dict[str, Any]]:
    """The ranked subjects of the kind, best first, with what the roster says of them."""
    facts: dict[str, dict[str, str]] = {}
    for row in warehouse.ask("facts", {"cycle": selection.cycle, "kind": selection.kind}).to_pylist():
        facts.setdefault(row["subject"], {})[row["attribute"]] = row["value"]
    columns = ["kind", "platform", "layer", "status", "subject", "name", "rank", "total"]
    rows = ranking(warehouse, Selection(selection.cycle, selection.kind)).select(columns).to_pylist()
    ranked = [facts.get(row["subject"], {}) | row for row in rows if row["rank"] is not None]
    return sorted(ranked, key=lambda row: (-row["total"], row["rank"], row["subject"]))


def _meets(person: Mapping[str, Any], applies: str | None) -> bool:
    return all(
        (str(person.get(term.key) or "") in term.values) is not term.is_negated for term in parse_applies(applies)
    )


def _minimum(
    row: Mapping[str, Any],
    posts: Sequence[Mapping[str, Any]],
    seats: Sequence[int],
    people: Sequence[Mapping[str, Any]],
    pairs: Sequence[tuple[int, int]],
) -> Minimum:
    """A row as a minimum; a share is of the seats that it speaks of, rounded up (20 % of 23 are 5)."""
    named = {part.strip() for part in (row["posts"] or "").split("+")} - {""}
    scope = {place for place, post in enumerate(posts) if not named or post["post"] in named}
    counted = {place for place, person in enumerate(people) if _meets(person, row["applies"])}
    share = math.ceil(Fraction(row["share"] or 0) * sum(seats[place] for place in scope))
    positions = tuple(place for place, (person, post) in enumerate(pairs) if person in counted and post in scope)
    return Minimum(positions, max(row["needed"] or 0, share), row["force"] == "should")


def _posts(posts: Sequence[Mapping[str, Any]], qualified: Sequence[Sequence[bool]], seats: Sequence[int]) -> pa.Table:
    verdicts = [
        "open" if left == post["seats"] else "reduced" if left else "cancelled"
        for post, left in zip(posts, seats, strict=True)
    ]
    return pa.table(
        {
            "post": pa.array([post["post"] for post in posts], pa.string()),
            "post_name": pa.array([post["name"] or post["post"] for post in posts], pa.string()),
            "seats": pa.array([post["seats"] for post in posts], pa.int64()),
            "qualified": pa.array([sum(line) for line in qualified], pa.int64()),
            "asked_ratio": pa.array([post["ratio"] for post in posts], pa.decimal128(28, 9)),
            "feasible": pa.array(seats, pa.int64()),
            "verdict_of": pa.array(verdicts, pa.string()),
        }
    )


def _minimums(
    rows: Sequence[Mapping[str, Any]], asked: Sequence[Minimum], missed: Sequence[int], conflict: Sequence[int]
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
    taken: Sequence[tuple[int, int, int | None]],
    people: Sequence[Mapping[str, Any]],
    posts: Sequence[Mapping[str, Any]],
) -> pa.Table:
    return pa.table(
        {
            "subject": pa.array([people[person]["subject"] for person, _, _ in taken], pa.string()),
            "name": pa.array([people[person]["name"] for person, _, _ in taken], pa.string()),
            "rank": pa.array([people[person]["rank"] for person, _, _ in taken], pa.int64()),
            "total": pa.array([people[person]["total"] for person, _, _ in taken], pa.decimal128(38, 9)),
            "post": pa.array([posts[post]["post"] for _, post, _ in taken], pa.string()),
            "post_name": pa.array([posts[post]["name"] or posts[post]["post"] for _, post, _ in taken], pa.string()),
            "wish_no": pa.array([wish for _, _, wish in taken], pa.int64()),
        }
    )


def _rows(table: pa.Table | None) -> list[dict[str, Any]]:
    return [] if table is None else table.to_pylist()
