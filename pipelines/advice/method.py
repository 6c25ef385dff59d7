"""What drives a cohort's ranking: weights on paper and in effect, Sobol indices, and the nearest flips."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.advice.panels import votes
from pipelines.advice.study import FIGURE, Study, figure, levels, study
from pipelines.reads import Selection
from pipelines.statistics import confidence, flips, sensitivity
from pipelines.statistics.confidence import Polls
from pipelines.statistics.flips import Flip
from pipelines.statistics.rescoring import Field, evaluate, rescore, restricted, shares
from pipelines.statistics.rules import Integers
from pipelines.statistics.sensitivity import Factor
from pipelines.warehouse import Warehouse

FEWEST = 3
"""A cohort of fewer subjects has no spread to explain."""
MOST_NAMED = 4
SPREAD = 0.25
"""Weights vary by a quarter of themselves."""


def drivers(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """One row per component and indicator of one cohort, in the order of the tree: what it weighs and what it does.

    `nominal_share` is the mean effective share of the total, `variance_share` its share in the differences between totals,
    `correlation_ratio` what it alone tells of them; `first_index` and `total_index` Sobol indices of the mean rank shift
    when every weight varies by ±25 %; `shift_mean`, `shift_greatest` and `regraded` what happens without it; `flip_below`,
    `flip_above` and `flip_share` the nearest weights at which somebody's grade changes, and the smaller change as a share.
    Empty for fewer than three ranked subjects. Subjects of whose score a part is hidden are left out.
    """
    found = study(warehouse, selection.cycle)
    chosen = found.chosen(selection, is_open=True)
    official = rescore(found.field)
    chosen = chosen[official.ranks[0, chosen] > 0]
    if chosen.size < FEWEST:
        return DRIVERS.empty_table()
    field, places, _, labels = _opened(found, chosen)
    own = np.searchsorted(places, chosen)
    described, factors = _factors(field, labels, own)
    contribution = _contributions(field, factors, own)
    totals = evaluate(field).totals
    indices = sensitivity.weight_indices(field, factors, own, SPREAD)
    left_out = sensitivity.leave_out(field, factors, own)
    whole = totals[0, own] * 10.0**-field.rank_decimals
    result = []
    for at, (factor, row) in enumerate(zip(factors, described, strict=True)):
        share, part, score = contribution[at]
        flip = flips.flip(field, factor.nodes, factor.weight, own)
        nearest, changed = _nearest(flip, factor.weight)
        result.append(
            row
            | {
                "weight": figure(factor.weight),
                "nominal_share": figure(share),
                "variance_share": figure(sensitivity.variance_share(part, whole)),
                "correlation_ratio": figure(sensitivity.correlation_ratio(score, whole)),
                "first_index": figure(indices.first[at]),
                "first_low": figure(indices.first_low[at]),
                "first_high": figure(indices.first_high[at]),
                "total_index": figure(indices.total[at]),
                "total_low": figure(indices.total_low[at]),
                "total_high": figure(indices.total_high[at]),
                "shift_mean": figure(left_out[at].mean),
                "shift_greatest": left_out[at].greatest,
                "regraded": left_out[at].regraded,
                "flip_below": figure(flip.below),
                "flip_above": figure(flip.above),
                "flip_share": figure(nearest),
                "flip_names": _names(found, places[changed]),
            }
        )
    return pa.Table.from_pylist(result, DRIVERS)


def rules(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """One row per rule of the method that could have been chosen otherwise, weights first, and per way of it.

    A row without `method_option` tells how much of the shift of ranks the rule decides, alone (`first_index`) and with the others
    (`total_index`), when all are uncertain together; a row with one what that way does by itself. Empty for fewer than
    three ranked subjects.
    """
    found, polls = votes(warehouse, selection.cycle)
    chosen = found.chosen(selection, is_open=True)
    chosen = chosen[rescore(found.field).ranks[0, chosen] > 0]
    if chosen.size < FEWEST:
        return RULES.empty_table()
    field, places, rows, named = _opened(found, chosen)
    own = np.searchsorted(places, chosen)
    _, factors = _factors(field, named, own)
    kind = np.flatnonzero(found.field.kind == found.field.kind[chosen[0]])
    of_kind, _, rows_of_kind, named_of_kind = _opened(found, kind)
    given = _choices(of_kind, named_of_kind, rows_of_kind, polls)  # a scale is moved by the spread of the whole kind
    kept = np.isin(rows_of_kind[given.nodes], rows)
    nodes = np.searchsorted(rows, rows_of_kind[given.nodes[kept]])
    given = replace(given, nodes=nodes, scores=given.scores[..., kept])
    indices = sensitivity.rule_indices(field, factors, given, own)
    result: list[dict[str, Any]] = [
        {
            "method_rule": name,
            "first_index": figure(indices.first[at]),
            "first_low": figure(indices.first_low[at]),
            "first_high": figure(indices.first_high[at]),
            "total_index": figure(indices.total[at]),
            "total_low": figure(indices.total_low[at]),
            "total_high": figure(indices.total_high[at]),
        }
        for at, name in enumerate(("weights", *given.names))
    ]
    result += [
        {
            "method_rule": name,
            "method_option": option,
            "shift_mean": figure(shift.mean),
            "shift_greatest": shift.greatest,
            "regraded": shift.regraded,
        }
        for name, option, shift in sensitivity.rule_shifts(field, given, own)
    ]
    return pa.Table.from_pylist(result, RULES)


def _opened(found: Study, chosen: Integers) -> tuple[Field, Integers, Integers, list[dict[str, Any]]]:
    """The open field around the chosen subjects: its subjects' and tree rows' places in the study, and what the rows are."""
    deep, told = found.open_field()
    field, places, rows = restricted(deep, chosen)
    return field, places, rows, told.take(pa.array(rows)).to_pylist()


def _choices(field: Field, labels: list[dict[str, Any]], rows: Integers, polls: Polls) -> sensitivity.Choices:
    """The scores of the leaves under other trimming, other rules for what is missing and other scales."""
    tree = field.tree
    leaves = np.flatnonzero(~np.isin(np.arange(tree.owner.size), tree.parent))
    steps = [("indicator" if row["indicator"] else "component", row["row_no"]) for row in labels]
    codes = {step: number for number, step in enumerate(dict.fromkeys(steps))}
    row_of = np.array([codes[steps[leaf]] for leaf in leaves.tolist()], dtype=np.int64)
    groups = row_of * (int(field.cohort.max()) + 1) + field.cohort[tree.owner[leaves]]
    counted = levels(polls)
    asked = polls.asked.share[:, None]
    votes_in = np.bincount(counted.cell, counted.votes, minlength=polls.cells.trim.size)
    trims = {"untrimmed": polls.cells.trim * 0, "tenth": np.floor(votes_in / 10).astype(np.int64)}
    trimmed = {"declared": tree.score[leaves]}
    place = {int(row): at for at, row in enumerate(rows[leaves].tolist())}
    at = np.array([place.get(int(node), -1) for node in polls.nodes], dtype=np.int64)
    for name, trim in trims.items():
        means = confidence.trimmed_means(counted.cell, counted.points, counted.votes, trim)
        scores = confidence.made_of(polls, means[:, None], asked).scores[0]
        own = tree.score[leaves].copy()
        own[at[at >= 0]] = scores[at >= 0]
        own[np.isnan(tree.score[leaves])] = np.nan
        trimmed[name] = own
    return sensitivity.choices(leaves, groups, trimmed)


def lines(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """One row per grade line of the selected subjects: the last in, the first out, the points of the total between.

    `nearest_part` of `nearest_of` is the one score whose change, `nearest_points`, is the smallest that changes a grade at this
    line: with any smaller change of any one score the list stays. Scores of subjects of whom a part is hidden are left out.
    """
    found = study(warehouse, selection.cycle)
    chosen = found.chosen(selection)
    if not chosen.size:
        return LINES.empty_table()
    deep, told = found.deep
    field, places, kept = restricted(deep, chosen)
    labels = told.take(pa.array(kept)).to_pylist()
    own = set(np.searchsorted(places, chosen).tolist())
    is_leaf = ~np.isin(np.arange(len(labels)), field.tree.parent)
    is_open = np.array([found.subjects[place] not in found.secret for place in places.tolist()], dtype=np.bool_)
    leaves = np.flatnonzero(is_leaf & is_open[field.tree.owner])
    rows = []
    for gap in sensitivity.gaps(field, rescore(field)):
        if not {gap.last_in, gap.first_out} <= own:
            continue
        row: dict[str, Any] = {
            "grade": field.grades[gap.contest.grade],
            "last_in": _names(found, places[[gap.last_in]]),
            "first_out": _names(found, places[[gap.first_out]]),
            "gap_points": figure(gap.points),
        }
        nearest = flips.score_flip(field, gap.contest, leaves)
        if nearest is not None:
            row |= {
                "nearest_of": _names(found, places[field.tree.owner[[nearest.row]]]),
                "nearest_part": labels[nearest.row]["name"],
                "nearest_points": figure(nearest.change),
            }
        rows.append(row)
    rows.sort(key=lambda row: float(row["gap_points"] or 0))
    return pa.Table.from_pylist(rows, LINES)


def _factors(field: Field, labels: list[dict[str, Any]], own: Integers) -> tuple[list[dict[str, Any]], list[Factor]]:
    """The weights that the cohort's trees carry, in reading order, and what they are called."""
    mine = np.isin(field.tree.owner, own)
    names = {row["component"]: row["name"] for row in labels if not row["indicator"]}
    carried: dict[tuple[str, int], list[int]] = {}
    for at, row in enumerate(labels):
        carried.setdefault(("indicator" if row["indicator"] else "component", row["row_no"]), []).append(at)
    found: dict[str, list[tuple[dict[str, Any], Factor]]] = {}
    for (step, _), nodes in sorted(carried.items()):
        if not mine[nodes].any():
            continue
        row = labels[nodes[0]]
        parent = (row["component"] if step == "indicator" else row["parent"]) or ""
        told = {
            "step": step,
            "id": row[step],
            "name": row["name"],
            "depth": int(field.tree.depth[nodes[0]]),
            "within": names.get(parent, ""),
        }
        factor = Factor(row["name"], f"{step}/{parent}", float(row["weight"]), np.array(nodes, dtype=np.int64))
        found.setdefault(parent, []).append((told, factor))

    def reading(parent: str) -> Iterator[tuple[dict[str, Any], Factor]]:
        for told, factor in found.get(parent, []):
            yield told, factor
            if told["step"] == "component":
                yield from reading(told["id"])

    pairs = list(reading(""))
    return [told for told, _ in pairs], [factor for _, factor in pairs]


def _nearest(flip: Flip, weight: float) -> tuple[float | None, Integers]:
    """The smaller of the two changes as a share of the weight, and whose grade it changes."""
    ways = [(flip.below, flip.changed_below), (flip.above, flip.changed_above)]
    known = [(abs(at - weight) / weight, changed) for at, changed in ways if weight and not np.isnan(at)]
    return min(known, key=lambda way: way[0]) if known else (None, flip.changed_below[:0])


def _contributions(field: Field, factors: list[Factor], own: Integers) -> list[tuple[float, Any, Any]]:
    """Of each factor: the mean share in the total, and per subject the points it brings and its score (NaN: none)."""
    values = evaluate(field).values
    share = shares(field, values[0])
    result = []
    for factor in factors:
        weighs, score = np.zeros(field.size), np.full(field.size, np.nan)
        owner = field.tree.owner[factor.nodes]
        weighs[owner], score[owner] = share[factor.nodes], values[0, factor.nodes]
        part = weighs * np.where(np.isnan(score), 0.0, score)
        result.append((float(weighs[own].mean()), part[own], score[own]))
    return result


def _names(found: Study, places: Integers) -> str:
    people = [found.people[place] for place in places.tolist()]
    said = "、".join(row["name"] or row["subject"] for row in people[:MOST_NAMED])
    return f"{said} +{len(people) - MOST_NAMED}" if len(people) > MOST_NAMED else said


DRIVERS = pa.schema(
    [
        ("step", pa.string()),
        ("id", pa.string()),
        ("name", pa.string()),
        ("depth", pa.int64()),
        ("within", pa.string()),
        ("weight", FIGURE),
        ("nominal_share", FIGURE),
        ("variance_share", FIGURE),
        ("correlation_ratio", FIGURE),
        ("first_index", FIGURE),
        ("first_low", FIGURE),
        ("first_high", FIGURE),
        ("total_index", FIGURE),
        ("total_low", FIGURE),
        ("total_high", FIGURE),
        ("shift_mean", FIGURE),
        ("shift_greatest", pa.int64()),
        ("regraded", pa.int64()),
        ("flip_below", FIGURE),
        ("flip_above", FIGURE),
        ("flip_share", FIGURE),
        ("flip_names", pa.string()),
    ]
)
RULES = pa.schema(
    [
        ("method_rule", pa.string()),
        ("method_option", pa.string()),
        *(
            (name, FIGURE)
            for name in ("first_index", "first_low", "first_high", "total_index", "total_low", "total_high")
        ),
        ("shift_mean", FIGURE),
        ("shift_greatest", pa.int64()),
        ("regraded", pa.int64()),
    ]
)
LINES = pa.schema(
    [
        ("grade", pa.string()),
        ("last_in", pa.string()),
        ("first_out", pa.string()),
        ("gap_points", FIGURE),
        ("nearest_of", pa.string()),
        ("nearest_part", pa.string()),
        ("nearest_points", FIGURE),
    ]
)
