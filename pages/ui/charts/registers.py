"""The chart of a register: whose consent or work is waited for, subject by subject."""

from __future__ import annotations

from collections import Counter

import plotly.graph_objects as go
import pyarrow as pa
from plotly.graph_objects import Figure

from pages.ui.charts.look import dressed, is_dark, on_tiles
from pages.ui.words import t

WORST_FIRST = ("overdue", "late", "open", "closed")
"""Where several entries share a cell, its colour is that of the worst."""
MOST_ROWS = 60


def register_matrix(table: pa.Table) -> Figure:
    """Subjects down, those who answer across, the stage in the cell, from `reads.register_entries`."""
    cells: dict[tuple[str, str], list[dict]] = {}
    for row in table.to_pylist():
        if row["name"] and row["owner"]:
            cells.setdefault((row["name"], row["owner"]), []).append(row)
    names = sorted({name for name, _ in cells})[:MOST_ROWS]
    owners = sorted({owner for _, owner in cells})
    grid = [[cells.get((name, owner), []) for owner in owners] for name in names]
    shades = ("#2F7AB5", "#2A3542", "#A85F14") if is_dark() else ("#4F96D8", "#E3E8ED", "#E08A1E")
    drawn = Figure(
        go.Heatmap(
            z=[[_shade(rows) for rows in line] for line in grid],
            x=owners,
            y=[f"{name}\u2009" for name in names],
            text=[[_stages(rows) for rows in line] for line in grid],
            customdata=[[_stages(rows) for rows in line] for line in grid],
            texttemplate="%{text}",
            textfont={"size": 12, "color": on_tiles()},
            zmin=0,
            zmax=2,
            colorscale=[[place / 2, colour] for place, colour in enumerate(shades)],
            showscale=False,
            xgap=2,
            ygap=2,
            hovertemplate="<b>%{y}</b> · %{x}<br>%{customdata}<extra></extra>",
        )
    )
    return dressed(drawn, 30 * len(names) + 60).update_layout(
        margin={"t": 30, "b": 8},
        xaxis={"side": "top", "fixedrange": True, "showgrid": False, "type": "category"},
        yaxis={"autorange": "reversed", "fixedrange": True, "showgrid": False, "automargin": True, "type": "category"},
    )


def _shade(rows: list[dict]) -> int | None:
    if not rows:
        return None
    worst = min((row["progress_state"] for row in rows), key=WORST_FIRST.index)
    return {"overdue": 2, "late": 2, "open": 1, "closed": 0}[worst]


def _stages(rows: list[dict]) -> str:
    counts = Counter(row["stage"] or t(f"progress_state.{row['progress_state']}") for row in rows)
    return "<br>".join(stage if count == 1 else f"{stage} {count}" for stage, count in counts.items())
