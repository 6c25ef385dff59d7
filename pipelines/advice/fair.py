"""Whether grades fall alike on groups of people, whether scales have room left, and what means of votes are not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.advice import arrays
from pipelines.advice.study import CELL, FIGURE, Study, figure, study
from pipelines.progress import tell
from pipelines.reads import Selection
from pipelines.statistics import fairness, surveys
from pipelines.statistics.rescoring import evaluate, shares
from pipelines.statistics.rules import Flags, Integers
from pipelines.statistics.waves import is_satisfied
from pipelines.warehouse import Warehouse

MOST_GROUPS = 12
"""An attribute of more values is no grouping."""
FEWEST = 5
"""A smaller group is not told about: its rate would be about somebody."""


def attributes(warehouse: Warehouse, selection: Selection) -> list[str]:
    """What the graded subjects of the kind can be grouped by: attributes with 2 to 12 values, numbers and dates in bands.

    `platform` and `layer` first; `_size` is the number of colleagues, `_place` the place in the roster of the unit.
    """
    found = study(warehouse, selection.cycle)
    names = ["platform", "layer", *sorted(arrays.distinct(found.tables["attributes"]["attribute"]).to_pylist())]
    return [name for name in names if len(_grouped(found, selection, name).names) >= 2]


def differences(warehouse: Warehouse, selection: Selection, grade: str) -> pa.Table:
    """One row per grouping of the kind: whether the share with `grade` or a better one differs between its groups at all.

    `p_value` of the table of groups by the chi-square statistic, over drawn tables where counts are small; `p_corrected` by
    Holm over all groupings, because of many tests some are clear by chance. The clearest first.
    """
    found = study(warehouse, selection.cycle)
    has_grade = _has_grade(found, selection, grade)
    rows: list[dict[str, Any]] = []
    names = attributes(warehouse, selection)
    for number, attribute in enumerate(names):
        tell("groupings", number, len(names))
        grouped = _grouped(found, selection, attribute)
        groups = grouped.names
        counts = np.zeros((len(groups), 2), dtype=np.int64)
        np.add.at(counts, (grouped.of, has_grade[grouped.places].astype(np.int64)), 1)
        test = surveys.cross(counts)
        rates = counts[:, 1] / counts.sum(axis=1)
        rows.append(
            {
                "grouping": attribute,
                "group_count": len(groups),
                "group_size": int(counts.sum()),
                "lowest_rate": figure(float(rates.min())),
                "highest_rate": figure(float(rates.max())),
                "lowest_group": groups[int(rates.argmin())],
                "highest_group": groups[int(rates.argmax())],
                "cramers_v": figure(test.v),
                "p_value": figure(test.p),
            }
        )
    corrected = fairness.holm([float(row["p_value"]) for row in rows])
    for row, p in zip(rows, corrected, strict=True):
        row["p_corrected"] = figure(p)
    rows.sort(key=lambda row: (row["p_corrected"], row["p_value"], row["grouping"]))
    return pa.Table.from_pylist(rows, DIFFERENCES)


def grade_shares(warehouse: Warehouse, selection: Selection, attribute: str, grade: str) -> pa.Table:
    """One row per group of the attribute: how many have `grade` or a better one, with interval, exact test and correction.

    Groups of fewer than five are not told.
    """
    found = study(warehouse, selection.cycle)
    grouped = _grouped(found, selection, attribute)
    chosen = _has_grade(found, selection, grade)[grouped.places]
    told = fairness.shares([grouped.names[of] for of in grouped.of.tolist()], chosen) if chosen.size else []
    rows = [
        {
            "group": share.value,
            "group_size": share.size,
            "with_grade": share.count,
            "grade_rate": figure(share.rate),
            "rate_low": figure(share.low),
            "rate_high": figure(share.high),
            "p_value": figure(share.p),
            "p_corrected": figure(share.p_corrected),
        }
        for share in told
    ]
    return pa.Table.from_pylist(rows, SHARES)


def ceilings(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """One row per component and indicator of the kind: how much room its scores leave, the fullest first.

    Without subjects of whose score a part is hidden.
    """
    found = study(warehouse, selection.cycle)
    field, labels = found.deep
    values = evaluate(field).values
    weighs = shares(field, values[0])
    is_chosen = np.zeros(field.size, dtype=np.bool_)
    is_chosen[found.chosen(Selection(selection.cycle, selection.kind), is_open=True)] = True
    is_indicator = arrays.flags(pc.is_valid(labels["indicator"]))
    row_of = 2 * arrays.whole_numbers(labels["row_no"], 0) + is_indicator
    rows = []
    for row in dict.fromkeys(row_of.tolist()):
        nodes = np.flatnonzero((row_of == row) & is_chosen[field.tree.owner])
        if not nodes.size:
            continue
        use = fairness.ceiling(values[0, nodes])
        if use.size >= FEWEST:
            rows.append(
                {
                    "step": "indicator" if is_indicator[nodes[0]] else "component",
                    "name": labels["name"][int(nodes[0])].as_py(),
                    "group_size": use.size,
                    "nominal_share": figure(float(weighs[nodes].mean())),
                    "full_rate": figure(use.full_rate),
                    "told_apart": figure(use.told_apart),
                    "score_spread": figure(use.spread),
                }
            )
    rows.sort(key=lambda row: (-float(row["full_rate"]), row["name"]))
    return pa.Table.from_pylist(rows, CEILINGS)


def scales(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """One row per poll with options: the points that options stand for, the mean they give and the favourable rate.

    Over the cells that are shown.
    """
    found = study(warehouse, selection.cycle)
    threshold = 2 * int(found.tables["settings"].column("anonymity")[0].as_py())
    cast = found.tables["option_votes"]
    cast = cast.filter(pc.equal(cast["kind"], selection.kind or ""))
    if found.hidden:
        hidden = pa.array(["\x1f".join(cell) for cell in sorted(found.hidden)])
        names = pc.binary_join_element_wise(*(cast[name] for name in CELL), "\x1f")
        cast = cast.filter(pc.invert(pc.is_in(names, value_set=hidden)))
    summed = cast.group_by(["poll", "option", "poll_name", "option_name", "points"], use_threads=False)
    grouped: dict[str, dict[str, dict[str, Any]]] = {}
    for row in summed.aggregate([("votes", "sum")]).rename_columns({"votes_sum": "votes"}).to_pylist():
        grouped.setdefault(row["poll"], {})[row["option"]] = row
    rows = []
    for _, voted in sorted(grouped.items()):
        options = list(voted.values())
        options.sort(key=lambda row: (row["points"] is None, -(row["points"] or 0)))
        points = {row["option"]: None if row["points"] is None else float(row["points"]) for row in options}
        top = max((value for value in points.values() if value is not None), default=None)
        liked = [row["option"] for row in options if is_satisfied(row["option_name"])]
        liked = liked or [option for option, value in points.items() if value is not None and value == top]
        use = fairness.scale({row["option"]: row["votes"] for row in options}, points, liked)
        if use.valid >= threshold:
            names = {row["option"]: row["option_name"] for row in options}
            rows.append(
                {
                    "poll": options[0]["poll_name"],
                    "point_map": " · ".join(
                        f"{names[option]} {'–' if value is None else f'{value:g}'}" for option, value in points.items()
                    ),
                    "mean": figure(use.mean),
                    "favourable": " + ".join(names[option] for option in liked),
                    "favourable_rate": figure(use.rate),
                    "votes": use.valid,
                }
            )
    return pa.Table.from_pylist(rows, SCALES)


@dataclass(frozen=True)
class _Grouped:
    """Subjects by their places, the group `of` each, and what the groups are called."""

    places: Integers
    of: Integers
    names: list[str]


def _grouped(found: Study, selection: Selection, attribute: str) -> _Grouped:
    """The graded subjects of the kind that are in a group; nobody where the attribute is no grouping."""
    people = found.tables["contestants"]
    at = found.chosen(Selection(selection.cycle, selection.kind))
    at = at[arrays.flags(pc.not_equal(people["grade"], ""))[at]]
    if attribute in ("platform", "layer"):
        values = pc.fill_null(people[attribute], "").take(pa.array(at))
    else:
        table = found.tables["attributes"]
        table = table.filter(pc.equal(table["attribute"], attribute))
        row = arrays.places(people["subject"].take(pa.array(at)), table["subject"].combine_chunks())
        at, row = at[row >= 0], row[row >= 0]
        values = table["value"].take(pa.array(row))
    names = arrays.distinct(values).to_pylist()
    of = arrays.places(values, pa.array(names, pa.string()))
    if attribute not in ("platform", "layer"):
        numbers = [_as_number(name, found.cycle) for name in names]
        known = [number for number in numbers if number is not None]
        if len(known) == len(names) and len(set(known)) > MOST_GROUPS // 2:
            bands = fairness.bands(np.array(known)[of].tolist())
            names = list(dict.fromkeys(bands))
            of = arrays.places(pa.chunked_array([bands]), pa.array(names))
    sizes = np.bincount(of, minlength=len(names))
    if len(names) > MOST_GROUPS:
        return _Grouped(at[:0], of[:0], [])
    kept = [code for code, name in enumerate(names) if name and sizes[code] >= FEWEST]
    kept.sort(key=lambda code: names[code])
    new = np.full(len(names), -1)
    new[kept] = np.arange(len(kept))
    is_in = new[of] >= 0
    return _Grouped(at[is_in], new[of[is_in]], [names[code] for code in kept])


def _has_grade(found: Study, selection: Selection, grade: str) -> Flags:
    """Of everybody, whether the grade is `grade` or a better one, in the order of the kind."""
    order = found.orders.get(selection.kind or "", {})
    good = [name for name in order if order[name] <= order.get(grade, 0)]
    return arrays.flags(pc.is_in(found.tables["contestants"]["grade"], value_set=pa.array(good, pa.string())))


def _as_number(value: str, cycle: int) -> float | None:
    """A number, or the years since a date up to the end of the cycle; None for anything else."""
    try:
        return float(cycle - dt.date.fromisoformat(value).year)
    except ValueError:
        pass
    try:
        return float(value)
    except ValueError:
        return None


SHARES = pa.schema(
    [
        ("group", pa.string()),
        ("group_size", pa.int64()),
        ("with_grade", pa.int64()),
        ("grade_rate", FIGURE),
        ("rate_low", FIGURE),
        ("rate_high", FIGURE),
        ("p_value", FIGURE),
        ("p_corrected", FIGURE),
    ]
)
DIFFERENCES = pa.schema(
    [
        ("grouping", pa.string()),
        ("group_count", pa.int64()),
        ("group_size", pa.int64()),
        ("lowest_rate", FIGURE),
        ("highest_rate", FIGURE),
        ("lowest_group", pa.string()),
        ("highest_group", pa.string()),
        ("cramers_v", FIGURE),
        ("p_value", FIGURE),
        ("p_corrected", FIGURE),
    ]
)
CEILINGS = pa.schema(
    [
        ("step", pa.string()),
        ("name", pa.string()),
        ("group_size", pa.int64()),
        ("nominal_share", FIGURE),
        ("full_rate", FIGURE),
        ("told_apart", FIGURE),
        ("score_spread", FIGURE),
    ]
)
SCALES = pa.schema(
    [
        ("poll", pa.string()),
        ("point_map", pa.string()),
        ("mean", FIGURE),
        ("favourable", pa.string()),
        ("favourable_rate", FIGURE),
        ("votes", pa.int64()),
    ]
)
