"""How sure ranks and grades are: what other votes of the same kind would have made of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from pipelines import reads
from pipelines.advice.panels import votes
from pipelines.advice.study import FIGURE, Study, figure, per_version
from pipelines.reads import Selection
from pipelines.statistics import confidence as statistics
from pipelines.statistics.confidence import MOST_PAIRS, Confidence
from pipelines.statistics.rescoring import NONE, total
from pipelines.statistics.rules import Floats, Integers
from pipelines.statistics.sensitivity import Factor, dirichlet, with_weights
from pipelines.warehouse import Warehouse

LEVEL = 0.9
SURE = 0.95
"""From this chance on a grade counts as safe; under 1 less it counts as out of reach."""
LEAST_CHANCE = 0.005
"""A smaller chance is not written out."""
MOST_COMPARED = 40
"""A table of who is ahead of whom is given for cohorts up to this size."""


@per_version
def draws(warehouse: Warehouse, cycle: int) -> tuple[Study, Confidence]:
    """The cycle and its draws."""
    found, polls = votes(warehouse, cycle)
    return found, statistics.confidence(found.field, polls)


@per_version
def draws_with_weights(warehouse: Warehouse, cycle: int) -> tuple[Study, Confidence]:
    """The cycle and draws of votes and of component weights together."""
    found, polls = votes(warehouse, cycle)
    factors = _components(found)
    weights = with_weights(found.field, factors, dirichlet(factors, statistics.DRAWS))
    return found, statistics.confidence(found.field, polls, weights=weights)


def lines_of(warehouse: Warehouse, selection: Selection) -> list[str]:
    """The grades of the kind that have a limit, best first, but for the last: the lines that one can be on."""
    limited = {row["grade"] for row in reads.quotas(warehouse, selection).to_pylist() if row["seats"] is not None}
    grades = reads.grades(warehouse, selection).column("grade").to_pylist()
    return [grade for grade in grades[:-1] if grade in limited]


def sureness(warehouse: Warehouse, selection: Selection, line: str, has_weights: bool = False) -> pa.Table:
    """One row per ranked subject of the selection, by cohort and rank.

    `rank_low` and `rank_high` bound the middle 90 % of the draws, `set_low` and `set_high` the 90 % confidence set of the
    rank, `all_low` and `all_high` that of all ranks of the cohort at once (both blank in cohorts of more than 400).
    `line_chance` is the chance of the grade `line` or a better one, `certainty` what follows: safe, border or out.
    `total_spread` is blank where a cell of the total is hidden. `has_weights` varies the weights of the components too.
    """
    found, drawn = (draws_with_weights if has_weights else draws)(warehouse, selection.cycle)
    chosen = found.chosen(selection)
    chosen = chosen[drawn.official.ranks[0, chosen] > 0]
    low, high = drawn.rank_interval(LEVEL)
    spread, shares = drawn.spread(), _vote_shares(found)
    sets = _rank_sets(found, drawn, chosen)
    rows = []
    for place in chosen.tolist():
        person = found.people[place]
        order = found.orders.get(person["kind"], {})
        chances = {grade: float(drawn.chances[place, code]) for code, grade in enumerate(found.field.grades)}
        limit = order.get(line, 0)
        at_least = sum(chance for grade, chance in chances.items() if order.get(grade, limit + 1) <= limit)
        rows.append(
            {
                "subject": person["subject"],
                "name": person["name"],
                "platform": person["platform"] or "",
                "layer": person["layer"] or "",
                "rank": person["rank"],
                "rank_low": int(low[place]),
                "rank_high": int(high[place]),
                **dict(zip(SETS, sets.get(place, (None,) * len(SETS)), strict=True)),
                "total": person["total"],
                "total_spread": None if person["subject"] in found.veiled else figure(spread[place]),
                "vote_share": figure(shares[place]),
                "grade": person["grade"],
                "grade_chance": figure(chances.get(person["grade"])),
                "line_chance": figure(min(at_least, 1.0)),
                "certainty": _certainty(at_least),
                "chances": _said(chances, order),
            }
        )
    rows.sort(key=lambda row: (row["platform"], row["layer"], row["rank"], row["subject"]))
    return pa.Table.from_pylist(rows, SURENESS)


def comparisons(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """One row per pair of ranked subjects of one cohort: the share of draws in which the first has the higher total.

    Empty for cohorts of more than `MOST_COMPARED`.
    """
    found, drawn = draws(warehouse, selection.cycle)
    chosen = found.chosen(selection)
    chosen = chosen[drawn.official.ranks[0, chosen] > 0]
    chosen = chosen[np.argsort(drawn.official.ranks[0, chosen], kind="stable")]
    if chosen.size > MOST_COMPARED or np.unique(found.field.cohort[chosen]).size > 1:
        chosen = chosen[:0]
    chances = drawn.ahead(chosen) if chosen.size else np.empty((0, 0))
    people = [found.people[place] for place in chosen.tolist()]
    rows = [
        {
            "subject": one["subject"],
            "name": one["name"],
            "rank": one["rank"],
            "other": other["subject"],
            "other_name": other["name"],
            "other_rank": other["rank"],
            "ahead_chance": figure(chances[at, of]),
        }
        for at, one in enumerate(people)
        for of, other in enumerate(people)
        if at != of
    ]
    return pa.Table.from_pylist(rows, COMPARISONS)


def _components(found: Study) -> list[Factor]:
    """The weights of the scheme's components; those of which somebody has both compete with one another."""
    tree = found.field.tree
    row_no = found.tables["nodes"].column("row_no").to_pylist()
    names = found.tables["nodes"].column("component").to_pylist()
    carried: dict[int, list[int]] = {}
    for at, number in enumerate(row_no):
        carried.setdefault(number, []).append(at)
    group = {number: number for number in carried}

    def first(number: int) -> int:
        while group[number] != number:
            number = group[number]
        return number

    siblings: dict[tuple[int, int], int] = {}
    for at, number in enumerate(row_no):
        other = siblings.setdefault((int(tree.owner[at]), int(tree.parent[at])), number)
        group[first(number)] = first(other)
    return [
        Factor(names[nodes[0]], str(first(number)), float(tree.weight[nodes[0]]), np.array(nodes, dtype=np.int64))
        for number, nodes in carried.items()
    ]


def _certainty(chance: float) -> str:
    if chance >= SURE:
        return "safe"
    return "out" if chance <= 1 - SURE else "border"


def _said(chances: dict[str, float], order: dict[str, int]) -> str:
    """The chances written out, best grade first: 优秀 72% · 良好 28%."""
    told = sorted((grade for grade in chances if chances[grade] >= LEAST_CHANCE), key=lambda grade: order.get(grade, 0))
    return " · ".join(f"{grade} {chances[grade]:.0%}" for grade in told)


def _vote_shares(found: Study) -> Floats:
    """The share of each total that votes decide: what the total gains when every poll score gains a point."""
    field = replace(found.field, rank_decimals=9, total_min=-1e6, total_max=None)
    polled = np.array([row["poll"] is not None for row in found.tables["nodes"].select(["poll"]).to_pylist()])
    nodes = np.flatnonzero(polled & ~np.isnan(field.tree.score))
    field = replace(field, tree=replace(field.tree, decimals=np.full_like(field.tree.decimals, -1)))
    scores = np.stack([field.tree.score[nodes], field.tree.score[nodes] + 1])
    totals = total(field, scores, nodes)
    return np.asarray(np.where(totals[0] == NONE, 0.0, (totals[1] - totals[0]) / 1e9))


def _rank_sets(found: Study, drawn: Confidence, chosen: Integers) -> dict[int, tuple[int, ...]]:
    """Subject's place -> the confidence set of its rank, and that of all ranks of its cohort at once: `SETS`."""
    sets: dict[int, tuple[int, ...]] = {}
    cohorts = found.field.cohort[chosen]
    unit = 10.0**-found.field.rank_decimals
    for cohort in np.unique(cohorts):
        members = chosen[cohorts == cohort]
        if members.size > MOST_PAIRS:
            continue
        own = drawn.totals[:, members].astype(np.float64)
        own = np.where(np.isnan(own), np.nanmean(own, axis=0), own)
        totals = drawn.official.totals[0, members] * unit
        given = [statistics.rank_sets(totals, own, LEVEL, is_simultaneous=at_once) for at_once in (False, True)]
        limits = [limit.tolist() for one in given for limit in (one.low, one.high)]
        sets |= dict(zip(members.tolist(), zip(*limits, strict=True), strict=True))
    return sets


SETS = ("set_low", "set_high", "all_low", "all_high")
SURENESS = pa.schema(
    [
        ("subject", pa.string()),
        ("name", pa.string()),
        ("platform", pa.string()),
        ("layer", pa.string()),
        ("rank", pa.int64()),
        ("rank_low", pa.int64()),
        ("rank_high", pa.int64()),
        *((name, pa.int64()) for name in SETS),
        ("total", pa.decimal128(38, 9)),
        ("total_spread", FIGURE),
        ("vote_share", FIGURE),
        ("grade", pa.string()),
        ("grade_chance", FIGURE),
        ("line_chance", FIGURE),
        ("certainty", pa.string()),
        ("chances", pa.string()),
    ]
)
COMPARISONS = pa.schema(
    [
        ("subject", pa.string()),
        ("name", pa.string()),
        ("rank", pa.int64()),
        ("other", pa.string()),
        ("other_name", pa.string()),
        ("other_rank", pa.int64()),
        ("ahead_chance", FIGURE),
    ]
)
