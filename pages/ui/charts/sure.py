"""Charts of how sure a result is: intervals of ranks beside the chances of grades, and who is ahead of whom."""

from __future__ import annotations

import re
from collections.abc import Sequence

import plotly.graph_objects as go
import pyarrow as pa
from plotly.graph_objects import Figure

from pages.ui.charts.look import (
    BEST,
    BEST_IN_DARK,
    FLAT,
    LINE,
    QUIET,
    UP,
    WITHIN,
    dressed,
    figure,
    grade_colours,
    is_dark,
    on_tiles,
    rows_down,
    whole_step,
)
from pages.ui.words import t, without_aside

ROW = 27
SMALLEST_LABEL = 0.05
"""A chance below this carries no label, nor does one that has no room for it."""
GAP = 0.06
MOST_TOLD = 16
"""Of more subjects than these a square says nothing in figures."""
LEGEND_ROOM = 46
"""Pixels below a chart that its own legend takes."""
LONGEST = 16
"""Characters of a name beside a bar."""
CHANCES = re.compile(r"(.+) (\d+)%")


def intervals(table: pa.Table, grades: Sequence[str]) -> Figure:
    """One line per subject of `table` (advice `sureness`): its rank with the interval, and a bar of its chances."""
    rows = table.to_pylist()
    names = [f"{row['rank']}  {row['name'] or row['subject']}" for row in rows]
    colours = grade_colours(grades)
    lines_x: list[float | None] = []
    lines_y: list[str | None] = []
    for name, row in zip(names, rows, strict=True):
        lines_x += [row["rank_low"] - 0.18, row["rank_high"] + 0.18, None]
        lines_y += [name, name, None]
    traces = [
        go.Scatter(
            x=lines_x, y=lines_y, mode="lines", line={"color": QUIET, "width": 9}, hoverinfo="skip", connectgaps=False
        ),
        go.Scatter(
            x=[row["rank"] for row in rows],
            y=names,
            mode="markers",
            marker={
                "size": 12,
                "color": [colours.get(row["grade"] or "", FLAT) for row in rows],
                "line": {"width": 1.5, "color": FLAT},
            },
            customdata=[[row["rank_low"], row["rank_high"], row["grade"] or "–", row["chances"]] for row in rows],
            hovertemplate=t("chart.sure_hover") + "<extra></extra>",
        ),
    ]
    chances = [_chances(row["chances"]) for row in rows]
    for grade in grades:
        values = [own.get(grade, 0.0) for own in chances]
        if any(values):
            traces.append(
                go.Bar(
                    x=values,
                    y=names,
                    xaxis="x2",
                    orientation="h",
                    marker={"color": colours[grade], "line": {"width": 0}},
                    text=[f"{value:.0%}" if value >= SMALLEST_LABEL else "" for value in values],
                    textposition="inside",
                    insidetextanchor="middle",
                    textangle=0,
                    textfont={"size": 12, "color": "#FFFFFF" if colours[grade] in (BEST, BEST_IN_DARK) else "#17212F"},
                    hovertemplate=f"%{{y}}: {grade} %{{x:.0%}}<extra></extra>",
                )
            )
    first = min((row["rank_low"] for row in rows), default=1)
    last = max((row["rank_high"] for row in rows), default=1)
    return figure(traces, height=ROW * len(rows) + 52).update_layout(
        **WITHIN,
        barmode="stack",
        bargap=0.2,
        margin={"t": 30, "b": 8},
        xaxis={
            "domain": [0, 0.62],
            "range": [first - 0.8, last + 0.8],
            "side": "top",
            "fixedrange": True,
            "gridcolor": LINE,
            "tick0": 0,
            "dtick": whole_step(last - first, 10),
        },
        xaxis2={
            "domain": [0.62 + GAP, 1],
            "range": [0, 1],
            "side": "top",
            "fixedrange": True,
            "showgrid": False,
            "showticklabels": False,
            "anchor": "y",
        },
        yaxis={"range": [len(rows) - 0.5, -0.5], "fixedrange": True, "automargin": True, "showgrid": False},
    )


def ahead(table: pa.Table) -> Figure:
    """In how many draws the row's subject is ahead of the column's, each pair once, from `table` (advice `comparisons`)."""
    rows = table.to_pylist()
    names = list(dict.fromkeys((row["rank"], row["name"] or row["subject"]) for row in rows))
    labels = [f"{rank}  {name}" for rank, name in names]
    place = {subject: at for at, subject in enumerate(dict.fromkeys(row["subject"] for row in rows))}
    values: list[list[float | None]] = [[None] * len(place) for _ in place]
    for row in rows:
        at, of = place[row["subject"]], place[row["other"]]
        values[at][of] = float(row["ahead_chance"]) if at < of else None
    scale = ["#A85F14", "#16202C", "#2F7AB5"] if is_dark() else ["#E08A1E", "#F4F6F8", "#7FB3D5"]
    heat = go.Heatmap(
        z=values,
        x=labels,
        y=labels,
        text=[["" if value is None else f"{100 * value:.0f}" for value in own] for own in values],
        texttemplate="%{text}" if len(place) <= MOST_TOLD else None,
        textfont={"size": 11, "color": on_tiles()},
        colorscale=[[0, scale[0]], [0.5, scale[1]], [1, scale[2]]],
        zmin=0,
        zmax=1,
        showscale=False,
        xgap=2,
        ygap=2,
        hovertemplate=t("chart.ahead_hover") + "<extra></extra>",
    )
    return dressed(Figure(heat), height=max(26 * len(place) + 120, 220)).update_layout(
        xaxis={"side": "top", "tickvals": labels, "ticktext": [rank for rank, _ in names], "tickangle": 0,
               "showticklabels": len(place) <= MOST_TOLD, "fixedrange": True, "showgrid": False},
        yaxis={"autorange": "reversed", "fixedrange": True, "automargin": True, "showgrid": False},
        margin={"t": 24, "b": 8},
    )  # fmt: skip


def weights(table: pa.Table) -> Figure:
    """What each weight is on paper (ring) and what it does to the differences (dot), from `table` (advice `drivers`)."""
    rows = [row for row in table.to_pylist() if row["variance_share"] is not None]
    names = _indented(rows)
    links_x: list[float | None] = []
    links_y: list[str | None] = []
    for name, row in zip(names, rows, strict=True):
        links_x += [float(row["nominal_share"]), float(row["variance_share"]), None]
        links_y += [name, name, None]
    values = [float(row[column]) for row in rows for column in ("nominal_share", "variance_share")]
    traces = [
        go.Scatter(x=links_x, y=links_y, mode="lines", line={"color": QUIET, "width": 3}, hoverinfo="skip"),
        go.Scatter(
            x=[float(row["nominal_share"]) for row in rows],
            y=names,
            mode="markers",
            marker={"size": 11, "symbol": "circle-open", "color": FLAT, "line": {"width": 2.5}},
            hovertemplate=f"{t('chart.on_paper')} %{{x:.1%}}<extra></extra>",
        ),
        go.Scatter(
            x=[float(row["variance_share"]) for row in rows],
            y=names,
            mode="markers",
            marker={"size": 11, "color": [UP if row["step"] == "component" else "#7FB3D5" for row in rows]},
            hovertemplate=f"{t('chart.in_effect')} %{{x:.1%}}<extra></extra>",
        ),
    ]
    low, high = min([0.0, *values]), max([0.1, *values])
    return figure(traces, height=25 * len(rows) + 40).update_layout(
        **rows_down(len(rows), range=[low - 0.04, high + 0.06], tickformat=".0%", zerolinecolor=QUIET, nticks=6),
    )


def indices(table: pa.Table) -> Figure:
    """The total Sobol index of each weight with its 90 % interval, from `table` (advice `drivers`)."""
    rows = [row for row in table.to_pylist() if row["variance_share"] is not None]
    names = _indented(rows)
    values = [float(row["total_index"]) for row in rows]
    bars = go.Bar(
        x=values,
        y=names,
        orientation="h",
        marker={"color": [UP if row["step"] == "component" else "#7FB3D5" for row in rows], "line": {"width": 0}},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [float(row["total_high"] - row["total_index"]) for row in rows],
            "arrayminus": [float(row["total_index"] - row["total_low"]) for row in rows],
            "color": FLAT,
            "thickness": 1.4,
            "width": 3,
        },
        hovertemplate="%{x:.2f}<extra></extra>",
    )
    return figure([bars], height=25 * len(rows) + 40).update_layout(
        bargap=0.35,
        **rows_down(len(rows), range=[0, max([0.2, *(float(row["total_high"]) for row in rows)]) * 1.04], nticks=6),
    )


def rule_indices(table: pa.Table) -> Figure:
    """First-order (light) and total (dark) Sobol index of each rule with 90 % intervals, from `table` (advice `rules`)."""
    rows = [row for row in table.to_pylist() if row["total_index"] is not None]
    names = [t(f"method_rule.{row['method_rule']}") for row in rows]
    bars = [
        go.Bar(
            name=t(f"method.{part}"),
            x=[float(row[f"{part}_index"]) for row in rows],
            y=names,
            orientation="h",
            marker={"color": colour, "line": {"width": 0}},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [float(row[f"{part}_high"] - row[f"{part}_index"]) for row in rows],
                "arrayminus": [float(row[f"{part}_index"] - row[f"{part}_low"]) for row in rows],
                "color": FLAT,
                "thickness": 1.4,
                "width": 3,
            },
            hovertemplate="%{y}: %{x:.2f}<extra></extra>",
        )
        for part, colour in (("total", UP), ("first", "#7FB3D5"))
    ]
    high = max([0.2, *(float(row["total_high"]) for row in rows)])
    return figure(bars, height=52 * len(rows) + 70).update_layout(
        barmode="group",
        bargap=0.3,
        showlegend=True,
        legend={"orientation": "h", "y": -0.02, "yanchor": "top", "traceorder": "reversed"},
        **rows_down(len(rows), range=[0, high * 1.04], nticks=6) | {"margin": {"t": 28, "b": LEGEND_ROOM}},
    )


def _indented(rows: Sequence[dict]) -> list[str]:
    """The names as a tree; names that occur twice are told apart by what they stand in."""
    seen: dict[str, int] = {}
    for row in rows:
        name = without_aside(row["name"])
        seen[name] = seen.get(name, 0) + 1
    shown = [
        name if seen[name := without_aside(row["name"])] == 1 else f"{row['name']} · {row['within']}" for row in rows
    ]
    short = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in shown]
    return [f"<b>{name}</b>" if row["depth"] == 1 else name for name, row in zip(short, rows, strict=True)]


def _chances(said: str) -> dict[str, float]:
    """Grade -> chance, from '优秀 72% · 良好 28%'."""
    found = (CHANCES.fullmatch(part) for part in said.split(" · "))
    return {part[1]: int(part[2]) / 100 for part in found if part}
