"""Charts of people and selections: ages by band, and who is left after each stage."""

from __future__ import annotations

import plotly.graph_objects as go
import pyarrow as pa
from plotly.graph_objects import Figure

from pages.ui.charts.look import FLAT, LINE, UP, figure, whole_step
from pages.ui.words import t
from pipelines.advice.structure import BANDS


def age_bands(table: pa.Table) -> Figure:
    """People by band of ages, a bar each, from the ages of `pipelines.advice.structure`."""
    counts: dict[int, int] = {}
    layers: dict[int, list[str]] = {}
    for row in table.to_pylist():
        counts[row["age_from"]] = counts.get(row["age_from"], 0) + row["people"]
        layers.setdefault(row["age_from"], []).append(f"{row['layer'] or '–'} {row['people']}")
    bands = sorted(counts)
    names = [_band(band) for band in bands]
    bar = go.Bar(
        x=names,
        y=[counts[band] for band in bands],
        marker={"color": UP},
        text=[counts[band] for band in bands],
        textposition="outside",
        cliponaxis=False,
        customdata=["<br>".join(layers[band]) for band in bands],
        hovertemplate="<b>%{x}</b><br>%{customdata}<extra></extra>",
    )
    return figure([bar], 250).update_layout(
        bargap=0.25,
        margin={"t": 22},
        xaxis={"fixedrange": True, "type": "category", "tickangle": 0},
        yaxis={"fixedrange": True, "gridcolor": LINE, "nticks": 5},
    )


def _band(age: int) -> str:
    """The ages from a bound to the next one."""
    after = [bound for bound in BANDS if bound > age]
    if not age:
        return t("chart.age_below")
    return t("chart.age_from", age=age, last=after[0] - 1) if after else t("chart.age_over", age=age)


def stage_funnel(table: pa.Table) -> Figure:
    """How many entered and passed each stage of one post, from `selection_race`; the first stage on top."""
    rows = table.to_pylist()
    names = [row["stage"] for row in rows]
    most = max((row["entered"] for row in rows), default=1)
    traces = [
        go.Bar(
            y=names,
            x=[row[column] for row in rows],
            orientation="h",
            marker={"color": colour},
            text=[row[column] for row in rows],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="<b>%{y}</b><br>" + t(f"chart.{column}") + " %{x}<extra></extra>",
        )
        for column, colour in (("entered", FLAT), ("passed", UP))
    ]
    return figure(traces, 46 * len(rows) + 30).update_layout(
        bargap=0.3,
        xaxis={"fixedrange": True, "gridcolor": LINE, "tick0": 0, "dtick": whole_step(most, 5), "tickformat": ",d"},
        yaxis={"autorange": "reversed", "fixedrange": True, "type": "category", "automargin": True},
    )
