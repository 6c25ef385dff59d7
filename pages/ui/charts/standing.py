"""Charts of one cycle: grades against quota, the distribution of totals, seats, how a total adds up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape

import plotly.graph_objects as go
import pyarrow as pa
from plotly.graph_objects import Figure

from pages.ui.charts.look import (
    BEST,
    BEST_IN_DARK,
    DOWN,
    FLAT,
    LIMIT,
    LINE,
    NO_GRADE,
    UP,
    WITHIN,
    figure,
    grade_colours,
    is_dark,
    pool_label,
    total_colour,
    upright,
    whole_step,
)
from pages.ui.shapes import leaf_steps
from pages.ui.words import t, without_aside

TAIL = Decimal("0.005")
"""Share of the lowest totals that may stand together in one bin, so that a stray zero does not squeeze the rest."""
TAIL_GAP = 10
"""Points that the lowest total must lie below the rest to be such a stray."""
REST = Decimal("0.005")
"""A difference below this, in points, is rounding and no bar."""
MARKS = ("circle", "square", "triangle-up", "diamond", "x", "cross")
"""The shape of each grade, best first, so that colour is never alone."""
MOST_GAPS = 10
"""More steps than this beside each other are no finding; the smallest are left out."""
MOST_NAMED = 16
"""Subjects of a cohort that find room for their names beside each other."""
MOST_COLUMNS = 7
"""Cohorts beside each other that leave room for names."""
NARROW = 4
"""So many cohorts leave a long name no room in one line."""
SMALLEST_LABEL = 0.03
"""A part of a bar below this share of its length carries no label, nor does one that has no room for it."""
TALL = 262
"""Pixels of a waterfall, so that it is as high as the distribution beside it."""
BAR = 30
"""Pixels of a bar of a waterfall."""
WIDE_NAME = 7.5
"""A name of more letters than these, of Chinese width, stands in two lines where cohorts are many."""


def grade_mix(table: pa.Table, group: str, shares: Sequence[tuple[str, Decimal | None]]) -> Figure:
    """One bar per value of the column `group` of `table` (…, grade, subject_count): the share of each grade.

    `shares` are the grades, best first, with their quota where there is one; that of the best grade is the dashed line.
    """
    grades = [grade for grade, _ in shares]
    counts: dict[str, dict[str, int]] = {}
    for row in table.to_pylist():
        own = counts.setdefault(row[group] or t("filter.blank"), {})
        own[row["grade"]] = own.get(row["grade"], 0) + row["subject_count"]
    if list(counts) == [t("filter.blank")]:
        counts = {t("chart.everybody"): counts.popitem()[1]}
    groups = list(counts)
    colours = grade_colours(grades)
    deep = (BEST, BEST_IN_DARK, *([NO_GRADE] if is_dark() else []))  # on these a word is white
    traces = []
    for grade in [*grades, ""]:
        values = [counts[group].get(grade, 0) for group in groups]
        if not any(values):
            continue
        rates = [value / sum(counts[group].values()) for value, group in zip(values, groups, strict=True)]
        traces.append(
            go.Bar(
                y=groups,
                x=rates,
                orientation="h",
                name=grade or t("grade.none"),
                marker={"color": colours[grade], "line": {"width": 0}},
                customdata=values,
                text=[f"{rate:.0%}" if rate >= SMALLEST_LABEL else "" for rate in rates],
                textposition="inside",
                textangle=0,
                insidetextanchor="middle",
                textfont={"size": 12, "color": "#FFFFFF" if colours[grade] in deep else "#17212F"},
                hovertemplate=t("chart.mix_hover") + "<extra></extra>",
            )
        )
    best = shares[0][1] if shares else None
    shapes = []
    if best is not None:
        shapes.append(
            {
                "type": "line",
                "x0": float(best),
                "x1": float(best),
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"color": LIMIT, "width": 2, "dash": "dash"},
            }
        )
    drawn = figure(traces, height=max(31 * len(groups) + 44, 100))
    return drawn.update_layout(
        **WITHIN,
        barmode="stack",
        bargap=0.28,
        shapes=shapes,
        xaxis={"range": [0, 1], "tickformat": ".0%", "showgrid": False, "fixedrange": True, "dtick": 0.2},
        yaxis={"autorange": "reversed", "fixedrange": True, "ticks": "", "automargin": True},
    )


def distribution(table: pa.Table, grades: Sequence[str], subject: str | None = None) -> Figure:
    """How the totals of `table` (subject, name, total, grade) fall in bins of one point, coloured by grade.

    With `subject`, its place is marked.
    """
    rows = table.to_pylist()
    lowest = min((int(row["total"]) for row in rows), default=0)
    first = _first_bin([int(row["total"]) for row in rows])
    bins: dict[str, dict[int, int]] = {}
    marked = next((row for row in rows if row["subject"] == subject), None)
    for row in rows:
        counted = bins.setdefault(row["grade"] or "", {})
        place = max(int(row["total"]), first)
        counted[place] = counted.get(place, 0) + 1
    colours = grade_colours(grades)
    traces = [
        go.Bar(
            x=[start + 0.5 for start in bins[grade]],
            y=list(bins[grade].values()),
            name=grade or t("grade.none"),
            width=0.92,
            marker={"color": colours[grade] if grades else UP, "line": {"width": 0}},
            customdata=[[lowest if start == first else start, start + 1] for start in bins[grade]],
            hovertemplate=t("chart.bin_hover") + "<extra>%{fullData.name}</extra>",
        )
        for grade in [*grades, ""]
        if grade in bins
    ]
    starts = {start for counted in bins.values() for start in counted}
    range_of_bins = max(starts, default=1) - min(starts, default=0)
    highest = max((sum(counted.get(start, 0) for counted in bins.values()) for start in starts), default=1)
    drawn = figure(traces, height=218)
    drawn.update_layout(
        barmode="stack",
        xaxis={"fixedrange": True, "showgrid": False, "tick0": 0, "dtick": whole_step(range_of_bins, 10)},
        yaxis={"fixedrange": True, "gridcolor": LINE, "tick0": 0, "dtick": whole_step(highest, 5)},
        margin={"t": 26 if marked else 8},
    )
    if marked:
        drawn.update_layout(
            shapes=[upright(float(marked["total"]), DOWN, "solid")],
            annotations=[
                {
                    "x": float(marked["total"]),
                    "y": 1,
                    "yref": "paper",
                    "yanchor": "bottom",
                    "text": f"<b>{marked['name']} {float(marked['total']):.2f}</b>",
                    "showarrow": False,
                    "font": {"color": DOWN, "size": 13},
                }
            ],
        )
    return drawn


def seats(table: pa.Table, grade: str, grades: Sequence[str]) -> Figure:
    """Seats and taken of one of the `grades`: one bar per pool of `table` (mart `quotas`), the seats as a mark."""
    colour = grade_colours(grades)[grade]
    rows = [
        row | {"pool": pool_label(row["pool_name"])}
        for row in table.to_pylist()
        if row["grade"] == grade and not row["part"] and row["headcount"]
    ]
    rows.sort(key=lambda row: -row["over"])
    pools = [row["pool"] for row in rows]
    taken = [row["taken"] for row in rows]
    traces = [
        go.Bar(
            y=pools,
            x=taken,
            orientation="h",
            marker={"color": [DOWN if row["over"] else colour for row in rows]},
            customdata=[[row["seats"], row["headcount"], row["over"]] for row in rows],
            hovertemplate=t("chart.seats_hover") + "<extra></extra>",
        ),
        go.Scatter(
            y=[row["pool"] for row in rows if row["seats"] is not None],
            x=[row["seats"] for row in rows if row["seats"] is not None],
            mode="markers",
            marker={"symbol": "line-ns", "size": 20, "line": {"width": 3, "color": LIMIT}},
            hoverinfo="skip",
        ),
        go.Scatter(
            y=pools,
            x=[max(row["taken"], row["seats"] or 0) for row in rows],
            mode="text",
            text=[_seat_label(row) for row in rows],  # a note each would take the browser a second for a hundred pools
            textposition="middle right",
            textfont={"size": 12},
            cliponaxis=False,
            hoverinfo="skip",
        ),
    ]
    widest = max([*taken, *(row["seats"] or 0 for row in rows), 1])
    return figure(traces, height=max(30 * len(rows) + 40, 110)).update_layout(
        bargap=0.35,
        xaxis={
            "range": [0, widest * 1.25],
            "fixedrange": True,
            "gridcolor": LINE,
            "tick0": 0,
            "dtick": whole_step(widest, 5),
        },
        yaxis={"range": [len(rows) - 0.4, -0.6], "fixedrange": True, "automargin": True},
    )


def waterfall(steps: pa.Table) -> Figure:
    """How a total adds up, from the steps of one subject (mart `score_steps`): one bar per component of the first level.

    A bar is score times effective share. What they leave of the total (a geometric mean, a limit of the total) has a bar
    of its own, so that the bars always add up.
    """
    rows = _parts(steps.to_pylist())
    traces = [
        go.Waterfall(
            orientation="h",
            y=[row["label"] for row in rows],
            x=[float(row["amount"]) for row in rows],
            measure=["total" if row["kind"] == "total" else "relative" for row in rows],
            text=[
                f"{float(row['amount']):+.2f}" if row["kind"] != "total" else f"{float(row['amount']):.2f}"
                for row in rows
            ],
            textposition="outside",
            cliponaxis=False,
            connector={"line": {"color": LINE, "width": 1}},
            increasing={"marker": {"color": UP}},
            decreasing={"marker": {"color": DOWN}},
            totals={"marker": {"color": total_colour()}},
            width=BAR * len(rows) / TALL if len(rows) * BAR < 0.8 * TALL else 0.8,
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    ]
    top = max(sum(max(float(row["amount"]), 0) for row in rows if row["kind"] != "total"), 1)
    return figure(traces, height=max(34 * len(rows) + 30, TALL)).update_layout(
        xaxis={
            "range": [0, top],
            "fixedrange": True,
            "gridcolor": LINE,
            "nticks": 6,
            "showticklabels": False,
            "ticks": "",
        },
        margin={"r": 54, "b": 8},
        yaxis={"autorange": "reversed", "fixedrange": True, "automargin": True},
    )


def gaps(against: pa.Table) -> Figure:
    """What each lowest step of a subject brings to its total beyond the mean of its cohort (`reads.against`)."""
    rows = sorted(leaf_steps(against), key=lambda row: -abs(row["points"]))[:MOST_GAPS]
    rows.sort(key=lambda row: -row["points"])
    points = [float(row["points"]) for row in rows]
    widest = max(max(map(abs, points), default=1.0), 0.01)
    trace = go.Bar(
        y=[row["name"] for row in rows],
        x=points,
        orientation="h",
        marker={"color": [UP if value >= 0 else DOWN for value in points]},
        text=[f"{value:+.2f}" for value in points],
        textposition="outside",
        cliponaxis=False,
        constraintext="none",
        customdata=[[_short(row["score"]), _short(row["score_mean"]), row["subject_count"]] for row in rows],
        hovertemplate=t("chart.gap_hover") + "<extra></extra>",
    )
    return figure([trace], height=max(27 * len(rows) + 36, 120)).update_layout(
        bargap=0.32,
        xaxis={"range": [-widest * 1.25, widest * 1.25], "fixedrange": True, "gridcolor": LINE, "zerolinecolor": FLAT,
               "nticks": 7},
        yaxis={"autorange": "reversed", "fixedrange": True, "automargin": True},
    )  # fmt: skip


def beside_mean(items: pa.Table) -> Figure:
    """Scores of a subject (filled) beside the mean of its cohort (hollow), over the range of the cohort."""
    rows = items.to_pylist()
    names = [row["name"] for row in rows]
    ranges = go.Bar(
        y=names,
        x=[float(row["score_max"] - row["score_min"]) for row in rows],
        base=[float(row["score_min"]) for row in rows],
        orientation="h",
        width=0.3,
        marker={"color": LINE},
        hoverinfo="skip",
    )
    mean = go.Scatter(
        y=names,
        x=[float(row["score_mean"]) for row in rows],
        mode="markers",
        marker={"size": 13, "symbol": "circle-open", "color": FLAT, "line": {"width": 2}},
        hovertemplate=t("chart.mean_hover") + "<extra></extra>",
    )
    own = go.Scatter(
        y=names,
        x=[float(row["score"]) for row in rows],
        mode="markers+text",
        text=[f"{float(row['score']):.1f}" for row in rows],
        textposition="top center",
        marker={"size": 13, "color": [UP if row["score"] >= row["score_mean"] else DOWN for row in rows]},
        hovertemplate="%{y}: %{x:.2f}<extra></extra>",
    )
    return figure([ranges, mean, own], height=max(44 * len(rows) + 36, 120)).update_layout(
        xaxis={"fixedrange": True, "gridcolor": LINE, "nticks": 8},
        yaxis={"autorange": "reversed", "fixedrange": True, "automargin": True},
    )


def _short(value: Decimal) -> str:
    return f"{float(value):.2f}"


def side_by_side(table: pa.Table, grades: Sequence[str]) -> Figure:
    """The cohorts of a ranking beside each other: height is the percentile in the cohort, which compares; never a score.

    A small cohort has the names of its subjects beside their marks; in a large one they answer to the mouse.
    """
    cohorts: dict[str, list[dict]] = {}
    for row in table.to_pylist():
        if row["percentile"] is not None:
            name = " · ".join(part for part in (row["platform"], row["layer"]) if part) or t("filter.blank")
            cohorts.setdefault(name, []).append(row)
    colours = grade_colours(grades)
    shapes_ = dict(zip(grades, MARKS, strict=False))
    is_named = all(len(rows) <= MOST_NAMED for rows in cohorts.values()) and len(cohorts) <= MOST_COLUMNS
    is_narrow = len(cohorts) >= NARROW
    traces = []
    for place, rows in enumerate(cohorts.values()):
        width = 0.0 if is_named else 0.7
        offsets = [width * (number / max(len(rows) - 1, 1) - 0.5) for number in range(len(rows))]
        traces.append(
            go.Scatter(
                x=[place - (0.36 if is_named else 0) + offset for offset in offsets],
                y=[float(row["percentile"]) for row in rows],
                mode="markers+text" if is_named else "markers",
                text=[_in_lines(escape(row["name"]), is_narrow) for row in rows] if is_named else None,
                textposition="middle right",
                textfont={"size": 12 if is_narrow else 13},
                marker={
                    "size": 10 if is_named else 7,
                    "color": [colours.get(row["grade"] or "", NO_GRADE) for row in rows],
                    "symbol": [shapes_.get(row["grade"], "circle") for row in rows],
                },
                customdata=[
                    [row["name"], row["rank"], row["cohort_size"], row["grade"] or t("grade.none"), row["subject"]]
                    for row in rows
                ],
                hovertemplate=t("chart.side_hover") + "<extra></extra>",
                cliponaxis=False,
            )
        )
    tallest = max((len(rows) for rows in cohorts.values()), default=1)
    return figure(traces, height=min(max(34 * tallest + 60, 300), 620) if is_named else 520).update_layout(
        xaxis={"tickvals": list(range(len(cohorts))), "ticktext": list(cohorts), "side": "top", "fixedrange": True,
               "showgrid": False, "zeroline": False, "range": [-0.5, max(len(cohorts), 1) - 0.5]},
        yaxis={"range": [-0.04, 1.04], "tickformat": ".0%", "fixedrange": True, "showgrid": False, "zeroline": False,
               "dtick": 0.25},
        margin={"t": 34, "b": 10},
    )  # fmt: skip


def _in_lines(name: str, is_narrow: bool) -> str:
    """A name in one line or, where there is no room for it, in two of about the same length."""
    if not is_narrow or sum(1 if letter > "\u2e7f" else 0.55 for letter in name) <= WIDE_NAME:
        return name
    half = len(name) / 2
    spaces = [place for place, letter in enumerate(name) if letter == " "]
    place = min(spaces, key=lambda place: abs(place - half), default=-(-len(name) // 2))
    return f"{name[:place]}<br>{name[place:].lstrip()}"


def _first_bin(totals: list[int]) -> int:
    """Where the bins begin: at the lowest total, or where a few strays far below the rest are left behind."""
    ordered = sorted(totals)
    if not ordered:
        return 0
    usual = ordered[int(len(ordered) * TAIL)]
    return usual - 1 if ordered[0] < usual - TAIL_GAP else ordered[0]


def _seat_label(row: Mapping) -> str:
    if row["seats"] is None:
        return f"  {row['taken']}"
    said = f"  {row['taken']} / {row['seats']}"
    return f"<span style='color:{DOWN}'>{said}  +{row['over']}</span>" if row["over"] else said


def _weighted(step: Mapping) -> str:
    name = without_aside(step["name"] or step["id"])
    return (
        name if step.get("weight") is None else t("chart.weighted", name=name, weight=f"{step['weight'].normalize():f}")
    )


def _parts(steps: list[dict]) -> list[dict]:
    """The bars of a waterfall: label, amount, kind (part or total)."""
    by_step = {row["step"]: row["score"] for row in steps if row["step"] in ("total", "base", "bonus", "deduction")}
    components = [row for row in steps if row["step"] == "component" and row["score"] is not None]
    first = min((row["depth"] for row in components), default=0)
    rows = [
        {"label": _weighted(row), "amount": row["score"] * (row["share"] or 0), "kind": "part"}
        for row in components
        if row["depth"] == first
    ]
    for step, sign in (("bonus", 1), ("deduction", -1)):
        if by_step.get(step):
            rows.append({"label": t(f"step.{step}"), "amount": sign * by_step[step], "kind": "part"})
    total = by_step.get("total")
    if total is None:
        return rows
    rest = total - sum(row["amount"] for row in rows)
    if abs(rest) >= REST:
        rows.append({"label": t("chart.rest"), "amount": rest, "kind": "part"})
    return [*rows, {"label": t("step.total"), "amount": total, "kind": "total"}]
