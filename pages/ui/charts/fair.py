"""Charts of fairness and change: rates by group with intervals, and what a change of total is made of."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
import pyarrow as pa
from plotly.graph_objects import Figure

from pages.ui.charts.look import FLAT, QUIET, UP, figure, rows_down, upright
from pages.ui.words import t

ROW = 34
PARTS = {"own_part": UP, "cohort_part": "#7FB3D5", "rules_part": "#9A5BA5", "noise_part": "#B9C3CE"}


GRADE_COLUMNS = ("group", "with_grade", "group_size", "grade_rate")


def rates(table: pa.Table, names: Sequence[str] = GRADE_COLUMNS) -> Figure:
    """The rate of each row with its interval (`rate_low`, `rate_high`), from `table`.

    `names` are the columns of label, count, size and rate. Groups of one whole have the rate of all as a line; answers of
    the same persons have none.
    """
    label, count, size, rate = names
    rows = table.to_pylist()
    values = [float(row[rate]) for row in rows]
    dots = go.Scatter(
        x=values,
        y=[f"{row[label]}  ({row[size if label == 'group' else count]:,})" for row in rows],
        mode="markers",
        marker={"size": 12, "color": UP},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [float(row["rate_high"] - row[rate]) for row in rows],
            "arrayminus": [float(row[rate] - row["rate_low"]) for row in rows],
            "color": QUIET,
            "thickness": 6,
            "width": 0,
        },
        customdata=[[row[count], row[size]] for row in rows],
        hovertemplate="%{y}: %{customdata[0]} / %{customdata[1]} = %{x:.1%}<extra></extra>",
    )
    everybody = sum(row[count] for row in rows) / max(sum(row[size] for row in rows), 1)
    high = max([everybody, *(float(row["rate_high"]) for row in rows)])
    return figure([dots], height=ROW * len(rows) + 48).update_layout(
        shapes=[upright(everybody, FLAT, "dash")] if label == "group" else [],
        **rows_down(len(rows), range=[0, min(1.02, high * 1.15)], tickformat=".0%", nticks=6),
    )


def part_line() -> str:
    """The legend of `change_parts` as one line of HTML."""
    dots = (f"<span><i style='color:{colour}'>■</i>{t(f'change.{name}')}</span>" for name, colour in PARTS.items())
    return f"<div class='kaoping-key'>{''.join(dots)}</div>"


def change_parts(table: pa.Table) -> Figure:
    """The change of each total as the sum of its parts, from `table` (advice `changes`); the dot is the whole change."""
    rows = table.to_pylist()
    names = [row["name"] or row["subject"] for row in rows]
    traces: list[go.Bar | go.Scatter] = [
        go.Bar(
            x=[float(row[part] or 0) for row in rows],  # what votes may have made of it is hidden where they are few
            y=names,
            orientation="h",
            marker={"color": colour, "line": {"width": 0}},
            hovertemplate=f"%{{y}}: {t(f'change.{part}')} %{{x:+.2f}}<extra></extra>",
        )
        for part, colour in PARTS.items()
    ]
    traces.append(
        go.Scatter(
            x=[float(row["total_change"]) for row in rows],
            y=names,
            mode="markers",
            marker={"size": 9, "symbol": "diamond", "color": "#E08A1E", "line": {"width": 1, "color": "#FFFFFF"}},
            customdata=[[float(row["total_before"]), float(row["total"])] for row in rows],
            hovertemplate="%{y}: %{customdata[0]:.2f} → %{customdata[1]:.2f} (%{x:+.2f})<extra></extra>",
        )
    )
    return figure(traces, height=27 * len(rows) + 48).update_layout(
        barmode="relative",
        bargap=0.3,
        **rows_down(len(rows), zerolinecolor=QUIET, nticks=9),
    )
