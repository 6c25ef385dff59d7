"""Whether grades fall alike on groups of people, whether scales have room left, and what means of votes are not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.advice.study import FIGURE, Study, figure, study
from pipelines.progress import tell
from pipelines.reads import Selection
from pipelines.statistics import fairness, surveys
from pipelines.statistics.rescoring import evaluate, shares
from pipelines.statistics.waves import is_satisfied
from pipelines.warehouse import Warehouse

MOST_GROUPS = 12
"""An attribute of more values is no grouping."""
CELL = ("subject", "poll", "item", "rater_group")
FEWEST = 5
"""A smaller group is not told about: its rate would be about somebody."""


def attributes(warehouse: Warehouse, selection: Selection) -> list[str]:
    """What the graded subjects of the kind can be grouped by: attributes with 2 to 12 values, numbers and dates in bands.

    `platform` and `layer` first; `_size` is the number of colleagues, `_place` the place in the roster of the unit.
    """
    found = study(warehouse, selection.cycle)
    names = ["platform", "layer", *sorted(set(found.tables["attributes"].column("attribute").to_pylist()))]
    return [name for name in names if len(set(_grouped(found, selection, name).values())) >= 2]


def differences(warehouse: Warehouse, selection: Selection, grade: str) -> pa.Table:
    """One row per grouping of the kind: whether the share with `grade` or a better one differs between its groups at all.

    `p_value` of the table of groups by the chi-square statistic, over drawn tables where counts are small; `p_corrected` by
    Holm over all groupings, because of many tests some are clear by chance. The clearest first.
    """
    found = study(warehouse, selection.cycle)
    order = found.orders.get(selection.kind or "", {})
    rows: list[dict[str, Any]] = []
    names = attributes(warehouse, selection)
    for number, attribute in enumerate(names):
        tell("groupings", number, len(names))
        grouped = _grouped(found, selection, attribute)
        groups = sorted(set(grouped.values()))
        counts = np.zeros((len(groups), 2), dtype=np.int64)
        for at, group in grouped.items():
            is_in = order.get(found.people[at]["grade"], len(order) + 1) <= order.get(grade, 0)
            counts[groups.index(group), int(is_in)] += 1
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
    order = found.orders.get(selection.kind or "", {})
    grouped = _grouped(found, selection, attribute)
    places = sorted(grouped)
    chosen = np.array([order.get(found.people[at]["grade"], len(order) + 1) <= order.get(grade, 0) for at in places])
    told = fairness.shares([grouped[at] for at in places], chosen) if places else []
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
    chosen = set(found.chosen(Selection(selection.cycle, selection.kind)).tolist())
    grouped: dict[tuple[str, int], list[int]] = {}
    for at, row in enumerate(labels):
        if (
            int(field.tree.owner[at]) in chosen
            and found.people[int(field.tree.owner[at])]["subject"] not in found.secret
        ):
            grouped.setdefault(("indicator" if "indicator" in row else "component", row["row_no"]), []).append(at)
    rows = []
    for (step, _), nodes in grouped.items():
        use = fairness.ceiling(values[0, nodes])
        if use.size >= FEWEST:
            rows.append(
                {
                    "step": step,
                    "name": labels[nodes[0]]["name"],
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
    grouped: dict[str, dict[str, dict[str, Any]]] = {}
    for row in found.tables["option_votes"].to_pylist():
        if row["kind"] == selection.kind and tuple(row[name] for name in CELL) not in found.hidden:
            own = grouped.setdefault(row["poll"], {}).setdefault(row["option"], row | {"votes": 0})
            own["votes"] += row["votes"]
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


def _grouped(found: Study, selection: Selection, attribute: str) -> dict[int, str]:
    """Place -> group of each graded subject of the kind that has one; empty where the attribute is no grouping."""
    chosen = [
        at for at in found.chosen(Selection(selection.cycle, selection.kind)).tolist() if found.people[at]["grade"]
    ]
    if attribute in ("platform", "layer"):
        known = {at: found.people[at][attribute] or "" for at in chosen}
    else:
        known = {}
        given = {row["subject"]: row for row in found.tables["attributes"].to_pylist() if row["attribute"] == attribute}
        rows = {at: given[found.people[at]["subject"]] for at in chosen if found.people[at]["subject"] in given}
        values = [_as_number(row["value"], found.cycle) for row in rows.values()]
        if rows and all(value is not None for value in values) and len(set(values)) > MOST_GROUPS // 2:
            known = dict(zip(rows, fairness.bands(values), strict=True))
        else:
            known = {at: row["value"] for at, row in rows.items()}
    sizes: dict[str, int] = {}
    for group in known.values():
        sizes[group] = sizes.get(group, 0) + 1
    if len(sizes) > MOST_GROUPS:
        return {}
    return {at: group for at, group in known.items() if group and sizes[group] >= FEWEST}


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
