"""Charts of the year's course: the ledger by month, and schedule against actual."""

from __future__ import annotations

import plotly.graph_objects as go
import pyarrow as pa
from plotly.graph_objects import Figure

from pages.ui.charts.look import DOWN, LINE, UP, dressed, figure, is_dark, on_tiles
from pages.ui.words import t

MOST_ROWS = 60
"""So many subjects are named at the side of the heatmap; of more only the colours are seen."""
WIDEST = 0.2
"""A share this far from the plan has the full colour."""


def ledger_months(table: pa.Table) -> Figure:
    """Bonus above and deduction below the line, one bar each per month, from `reads.ledger_months`."""
    rows = {row["month"]: row for row in table.to_pylist()}
    months = list(range(1, 13))
    traces = [
        go.Bar(
            x=months,
            y=[sign * float(rows[month][column]) if month in rows else 0 for month in months],
            marker={"color": colour},
            text=[
                f"{sign * float(rows[month][column]):,.1f}".removesuffix(".0")
                if month in rows and rows[month][column]
                else ""
                for month in months
            ],
            textposition="outside",
            constraintext="none",
            cliponaxis=False,
            customdata=[rows[month]["events"] if month in rows else 0 for month in months],
            hovertemplate=t("chart.ledger_hover") + "<extra></extra>",
        )
        for column, sign, colour in (("bonus_sum", 1, UP), ("deduction_sum", -1, DOWN))
    ]
    return figure(traces, 250).update_layout(
        barmode="relative",
        bargap=0.3,
        margin={"t": 18},
        xaxis={"tickvals": months, "tickangle": 0, "fixedrange": True},
        yaxis={"fixedrange": True, "gridcolor": LINE, "zerolinecolor": LINE, "nticks": 6},
    )


def progress(table: pa.Table) -> Figure:
    """One row per subject, one column per period: done of planned, orange behind the plan and blue ahead of it."""
    rows = table.to_pylist()
    names: dict[str, str] = {}
    periods: dict[int, str] = {}
    for row in rows:
        names.setdefault(row["subject"], row["name"] or row["subject"])
        periods[row["period_no"]] = row["period"]
    order = sorted(periods)
    cells = {(row["subject"], row["period_no"]): row for row in rows}
    grid = [[cells.get((subject, number)) for number in order] for subject in names]
    behind, middle, ahead = ("#A85F14", "#16202C", "#2F7AB5") if is_dark() else ("#E08A1E", "#F4F6F8", "#4F96D8")
    drawn = Figure(
        go.Heatmap(
            z=[[None if not cell or cell["ratio"] is None else float(cell["ratio"]) for cell in line] for line in grid],
            x=[periods[number] for number in order],
            y=[f"{name}\u2009" for name in names.values()],
            customdata=[[[cell["done"], cell["planned"]] if cell else [None, None] for cell in line] for line in grid],
            text=[
                ["" if not cell or cell["ratio"] is None else f"{float(cell['ratio']):.0%}" for cell in line]
                for line in grid
            ],
            texttemplate="%{text}" if len(names) <= MOST_ROWS else "",
            textfont={"size": 11, "color": on_tiles()},
            zmin=1 - WIDEST,
            zmid=1,
            zmax=1 + WIDEST,
            colorscale=[[0, behind], [0.5, middle], [1, ahead]],
            showscale=False,
            xgap=2,
            ygap=2,
            hovertemplate=t("chart.progress_hover") + "<extra></extra>",
        )
    )
    height = 26 * len(names) + 50 if len(names) <= MOST_ROWS else 700
    return dressed(drawn, height).update_layout(
        margin={"t": 26, "b": 8},
        xaxis={"side": "top", "fixedrange": True, "showgrid": False, "type": "category"},
        yaxis={
            "autorange": "reversed",
            "fixedrange": True,
            "showgrid": False,
            "automargin": True,
            "type": "category",
            "showticklabels": len(names) <= MOST_ROWS,
        },
    )
