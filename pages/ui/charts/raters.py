"""Charts of panels: how far raters agree, and which groups are mild or strict."""

from __future__ import annotations

import plotly.graph_objects as go
import pyarrow as pa
from plotly.graph_objects import Figure

from pages.ui.charts.look import DOWN, FLAT, QUIET, UP, figure, rows_down, upright
from pages.ui.words import t

ROW = 34
CEILING = 0.5
"""A share of highest answers above this leaves the scale no room to tell the best apart."""
WANTED = 0.8
"""The reliability that a panel's mean should have."""


def agreement(table: pa.Table) -> Figure:
    """Reliability of one rater (ring) and of the panel's mean (dot) per rater group, from `table` (advice `panels`)."""
    rows = table.to_pylist()
    names = [f"{row['rater_group']} · {row['poll']}" for row in rows]
    links_x: list[float | None] = []
    links_y: list[str | None] = []
    for name, row in zip(names, rows, strict=True):
        links_x += [float(row["icc_single"]), float(row["icc_mean"]), None]
        links_y += [name, name, None]
    traces = [go.Scatter(x=links_x, y=links_y, mode="lines", line={"color": QUIET, "width": 3}, hoverinfo="skip")]
    for column, symbol, label in (("icc_single", "circle-open", "one_rater"), ("icc_mean", "circle", "whole_panel")):
        traces.append(
            go.Scatter(
                x=[float(row[column]) for row in rows],
                y=names,
                mode="markers",
                marker={"size": 13, "symbol": symbol, "color": UP, "line": {"width": 2.5, "color": UP}},
                hovertemplate=f"{t(f'chart.{label}')} %{{x:.2f}}<extra></extra>",
            )
        )
    low = min([0.0, *(float(row["icc_single"]) for row in rows)])
    return figure(traces, height=ROW * len(rows) + 50).update_layout(
        shapes=[upright(WANTED, FLAT, "dash")],
        **rows_down(len(rows), range=[low - 0.06, 1.05], nticks=6),
    )


def leniency(table: pa.Table) -> Figure:
    """How far each rater group lies above or below the others on the same subjects, from `table` (advice `panels`)."""
    rows = table.to_pylist()
    values = [float(row["leniency"]) for row in rows]
    bars = go.Bar(
        x=values,
        y=[f"{row['rater_group']} · {row['poll']}" for row in rows],
        orientation="h",
        marker={"color": [UP if value >= 0 else DOWN for value in values]},
        text=[f"{value:+.2f}" for value in values],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x:+.2f}<extra></extra>",
    )
    reach = max([0.5, *(abs(value) for value in values)]) * 1.35
    return figure([bars], height=ROW * len(rows) + 50).update_layout(
        bargap=0.4,
        **rows_down(len(rows), range=[-reach, reach], zerolinecolor=QUIET, nticks=5),
    )
