"""Charts of polls and surveys: who answered, what was chosen, how groups and items compare, satisfaction by wave."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go
import pyarrow as pa
from plotly.graph_objects import Figure

from pages.ui.charts.look import BEST, BEST_IN_DARK, LINE, UP, WITHIN, figure, grade_colours
from pages.ui.words import t

SMALLEST_LABEL = 0.03
SERIES = ("#2F7AB5", "#C8690A", "#1E8577", "#9A5BA5", "#B8494F", "#7A7F1E")
"""Rater groups and questions, told apart in grey too by their order and shape."""
SHAPES = ("circle", "diamond", "square", "triangle-up", "x", "cross")
STAGES = {"valid": UP, "void": "#E08A1E", "unreturned": "#B9C3CE", "absent": "rgba(128, 138, 150, 0.22)"}


def stage_line() -> str:
    """The legend of `turnout` as one line of HTML."""
    dots = (f"<span><i style='color:{colour}'>■</i>{t(f'stage.{name}')}</span>" for name, colour in STAGES.items())
    return f"<div class='kaoping-key'>{''.join(dots)}</div>"


def group_line(groups: Sequence[str]) -> str:
    """The legend of `profile` and `waves` as one line of HTML."""
    dots = (
        f"<span><i style='color:{SERIES[place % len(SERIES)]}'>●</i>{escape(name)}</span>"
        for place, name in enumerate(groups)
    )
    return f"<div class='kaoping-key'>{''.join(dots)}</div>"


def turnout(table: pa.Table) -> Figure:
    """One bar per rater group: of those entitled, the valid and void ballots, those not returned and the absent."""
    rows = [row for row in table.to_pylist() if row["eligible"]]
    parts = [_stages(row) for row in rows]
    groups = [row["rater_group"] or t("polls.everybody") for row in rows]
    traces = []
    for name, colour in STAGES.items():
        values = [own[name] for own in parts]
        rates = [value / row["eligible"] for value, row in zip(values, rows, strict=True)]
        traces.append(
            go.Bar(
                y=groups,
                x=rates,
                orientation="h",
                marker={"color": colour, "line": {"width": 0}},
                customdata=[[value, row["eligible"]] for value, row in zip(values, rows, strict=True)],
                text=[f"{rate:.0%}" if rate >= SMALLEST_LABEL and name == "valid" else "" for rate in rates],
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                textfont={"size": 12, "color": "#FFFFFF"},
                hovertemplate=f"%{{y}}: {t(f'stage.{name}')} %{{customdata[0]:,}} / %{{customdata[1]:,}}"
                " (%{x:.1%})<extra></extra>",
            )
        )
    return _rates(figure(traces, max(34 * len(rows) + 46, 120)))


def options(table: pa.Table, by: str) -> Figure:
    """One bar per value of `by` (item or rater_group): the share of each option, best points first."""
    rows = table.to_pylist()
    places = list(dict.fromkeys(row[by] for row in rows))
    names = list(dict.fromkeys(row["option"] for row in sorted(rows, key=lambda row: -row["points"])))
    colours = grade_colours(names)
    votes: dict[tuple[str, str], int] = {}
    for row in rows:
        votes[row[by], row["option"]] = votes.get((row[by], row["option"]), 0) + row["votes"]
    sums = {place: sum(votes.get((place, name), 0) for name in names) for place in places}
    traces = []
    for name in names:
        rates = [votes.get((place, name), 0) / sums[place] for place in places]
        traces.append(
            go.Bar(
                y=places,
                x=rates,
                orientation="h",
                name=name,
                marker={"color": colours[name], "line": {"width": 0}},
                customdata=[[votes.get((place, name), 0), sums[place]] for place in places],
                text=[f"{rate:.0%}" if rate >= SMALLEST_LABEL else "" for rate in rates],
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                textfont={"size": 12, "color": "#FFFFFF" if colours[name] in (BEST, BEST_IN_DARK) else "#17212F"},
                hovertemplate="%{y}: %{fullData.name} %{customdata[0]:,} / %{customdata[1]:,} (%{x:.1%})<extra></extra>",
            )
        )
    return _rates(figure(traces, max(34 * len(places) + 46, 120)))


def profile(table: pa.Table, groups: Sequence[str]) -> Figure:
    """One line per item: the mean of each rater group as a mark, with the range of the subjects' means behind it."""
    rows = [row for row in table.to_pylist() if row["mean"] is not None]
    items = list(dict.fromkeys(row["item"] for row in rows))
    traces = []
    step = 0.62 / max(len(groups), 1)
    for place, group in enumerate(groups):
        own = [row for row in rows if row["rater_group"] == group]
        colour = SERIES[place % len(SERIES)]
        heights = [items.index(row["item"]) + (place - (len(groups) - 1) / 2) * step for row in own]
        spread_x: list[float | None] = []
        spread_y: list[float | None] = []
        for row, height in zip(own, heights, strict=True):
            spread_x += [float(row["lowest"]), float(row["highest"]), None]
            spread_y += [height, height, None]
        traces.append(
            go.Scatter(
                x=spread_x,
                y=spread_y,
                mode="lines",
                line={"color": colour, "width": 5},
                opacity=0.28,
                hoverinfo="skip",
            )
        )
        traces.append(
            go.Scatter(
                x=[float(row["mean"]) for row in own],
                y=heights,
                mode="markers+text",
                marker={"size": 11, "color": colour, "symbol": SHAPES[place % len(SHAPES)]},
                text=[f"{float(row['mean']):.1f}" for row in own],
                textposition="middle right",
                textfont={"size": 12},
                cliponaxis=False,
                customdata=[
                    [group, row["item"], row["lowest"], row["highest"], row["votes"], row["shown_count"]] for row in own
                ],
                hovertemplate=t("chart.profile_hover") + "<extra></extra>",
            )
        )
    height = max((16 + 24 * len(groups)) * len(items) + 40, 120)
    return figure(traces, height).update_layout(
        xaxis={"fixedrange": True, "gridcolor": LINE, "nticks": 7},
        yaxis={
            "tickvals": list(range(len(items))),
            "ticktext": items,
            "range": [len(items) - 0.5, -0.5],
            "fixedrange": True,
            "showgrid": False,
            "automargin": True,
            "zeroline": False,
        },
    )


def waves(table: pa.Table) -> Figure:
    """The share of the satisfied by wave, one line per question, with its 95 % interval as a bar."""
    rows = table.to_pylist()
    cycles = sorted({row["cycle"] for row in rows})
    traces = []
    highest = max(rows, key=lambda row: row["satisfied_rate"], default={"question": None})["question"]
    for place, question in enumerate(dict.fromkeys(row["question"] for row in rows)):
        own = [row for row in rows if row["question"] == question]
        colour = SERIES[place % len(SERIES)]
        traces.append(
            go.Scatter(
                x=[row["cycle"] + (place - 0.5) * 0.04 for row in own],
                y=[row["satisfied_rate"] for row in own],
                mode="lines+markers+text",
                line={"color": colour, "width": 2},
                marker={"size": 9, "color": colour, "symbol": SHAPES[place % len(SHAPES)]},
                error_y={
                    "type": "data",
                    "symmetric": False,
                    "array": [row["high"] - row["satisfied_rate"] for row in own],
                    "arrayminus": [row["satisfied_rate"] - row["low"] for row in own],
                    "color": colour,
                    "thickness": 1.4,
                    "width": 5,
                },
                text=[f"{row['satisfied_rate']:.0%}" for row in own],
                textposition="top right" if question == highest else "bottom right",
                textfont={"size": 11},
                cliponaxis=False,
                customdata=[[question, row["cycle"], row["low"], row["high"], row["answers"]] for row in own],
                hovertemplate=t("chart.wave_hover") + "<extra></extra>",
            )
        )
    lowest = min((row["low"] for row in rows), default=0)
    return figure(traces, 280).update_layout(
        xaxis={
            "tickvals": cycles,
            "range": [min(cycles, default=0) - 0.15, max(cycles, default=0) + 0.35],
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
        },
        yaxis={
            "range": [max(lowest - 0.04, 0), 1],
            "tickformat": ".0%",
            "fixedrange": True,
            "gridcolor": LINE,
            "nticks": 6,
        },
    )


def _stages(row: dict) -> dict[str, int]:
    """The four parts of those entitled; what a table does not tell counts to the part before it."""
    valid, void = row["valid"] or 0, row["void"] or 0
    present = row["present"] if row["present"] is not None else row["eligible"]
    unreturned = max(present - valid - void, 0)
    return {
        "valid": valid,
        "void": void,
        "unreturned": unreturned,
        "absent": max(row["eligible"] - valid - void - unreturned, 0),
    }


def _rates(drawn: Figure) -> Figure:
    return drawn.update_layout(
        **WITHIN,
        barmode="stack",
        bargap=0.28,
        xaxis={"range": [0, 1], "tickformat": ".0%", "showgrid": False, "fixedrange": True, "dtick": 0.2},
        yaxis={"autorange": "reversed", "fixedrange": True, "ticks": "", "automargin": True},
    )
