"""Charts of several cycles: one subject's years, the lines of a cohort, grades from year to year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape
from itertools import pairwise

import plotly.graph_objects as go
import pyarrow as pa
from plotly.graph_objects import Figure

from pages.ui.charts.look import FLAT, LINE, QUIET, dressed, figure, grade_colours, is_dark, on_tiles, upright
from pages.ui.words import t

SCHEME = "#9A5BA5"
HIGHLIGHTS = ("#2F7AB5", "#C8690A", "#1E8577", "#9A5BA5", "#B8494F", "#7A7F1E")
MOST_LINES = 40
"""More lines than this are a crowd: only the highlighted ones are named and answer to the mouse."""
CROWD_HEIGHT = 560
STRAYS = 0.01
"""Share of the lowest totals that may fall off the axis where they lie far below the rest."""
BETWEEN = 16
"""Pixels between the grades of a flow."""
END = 0.001
"""Plotly takes a place of 0 or 1 for none."""
STRAY_GAP = 10
"""Points that make a total such a stray."""


def subject_years(table: pa.Table, grades: Sequence[str], changed: Sequence[int]) -> Figure:
    """A subject's total by year from `table` (cycle, total, rank, cohort_size, grade); dotted where the scheme changed."""
    rows = [row for row in table.to_pylist() if row["total"] is not None]
    colours = grade_colours(grades)
    traces = [
        go.Scatter(
            x=[row["cycle"] for row in rows],
            y=[float(row["total"]) for row in rows],
            mode="lines+markers+text",
            line={"color": FLAT, "width": 2},
            marker={
                "size": 13,
                "color": [colours.get(row["grade"] or "", FLAT) for row in rows],
                "line": {"width": 1.5, "color": FLAT},
            },
            text=[f"{float(row['total']):.2f}" for row in rows],
            textposition="top center",
            cliponaxis=False,
            customdata=[[row["rank"] or "–", row["cohort_size"] or "–", row["grade"] or "–"] for row in rows],
            hovertemplate=t("chart.year_hover") + "<extra></extra>",
        )
    ]
    totals = [float(row["total"]) for row in rows] or [0]
    room = max(max(totals) - min(totals), 2) * 0.35
    return figure(traces, height=max(220, 36 * len(rows) + 35)).update_layout(  # as high as the table of the same years
        margin={"t": 24},
        shapes=_scheme_marks([row["cycle"] for row in rows], changed),
        xaxis={"tickvals": [row["cycle"] for row in rows], "tickformat": "d", "fixedrange": True, "showgrid": False},
        yaxis={"range": [min(totals) - room, max(totals) + room], "fixedrange": True, "gridcolor": LINE, "nticks": 5},
    )


def bump(table: pa.Table, measure: str, highlighted: Sequence[str], changed: Sequence[int]) -> Figure:
    """Ranks or totals (`measure`) by year of one cohort: one line per subject; the `highlighted` in colour.

    Names stand at the end of each line; a dotted line marks the cycles in `changed`, whose scheme differs.
    """
    lines: dict[str, list[dict]] = {}
    for row in table.to_pylist():
        if row[measure] is not None:
            lines.setdefault(row["subject"], []).append(row)
    cycles = sorted({row["cycle"] for rows in lines.values() for row in rows})
    colours = dict(zip(highlighted, HIGHLIGHTS, strict=False))
    is_crowded = len(lines) > MOST_LINES
    quiet = [rows for subject, rows in lines.items() if subject not in colours]
    coloured = [lines[subject] for subject in colours if subject in lines]
    traces = [_crowd(quiet, measure)] if is_crowded else [_line(rows, measure, None) for rows in quiet]
    traces += [_line(rows, measure, colours[rows[0]["subject"]]) for rows in coloured]
    ends = [rows[-1] for rows in (coloured if is_crowded else lines.values()) if rows[-1]["cycle"] == cycles[-1]]
    values = [float(row[measure]) for rows in lines.values() for row in rows]
    if measure == "percentile":
        spread = [-0.03, 1.03]
        height = CROWD_HEIGHT if is_crowded else min(max(24 * len(lines) + 60, 300), 700)
        step = 20 / height
    elif measure == "rank":
        spread = [max(values) + 0.7, 0.3]
        height = CROWD_HEIGHT if is_crowded else min(max(24 * int(max(values)) + 60, 240), 900)
        step = max(values) * 20 / height if is_crowded else 1.0
    else:
        least = _usual_least(values)
        room = max((max(values) - least) * 0.06, 0.5)
        spread = [least - room, max(values) + room]
        height = CROWD_HEIGHT if is_crowded else min(max(24 * len(lines) + 60, 300), 700)
        step = (spread[1] - spread[0]) * 20 / height
    labels = _end_labels(sorted(ends, key=lambda row: row["rank"] or 0), measure, colours, step)
    return figure(traces, height=height).update_layout(
        margin={"t": 30, "b": 8},
        shapes=_scheme_marks(cycles, changed),
        xaxis={"tickvals": cycles, "ticktext": [str(cycle) for cycle in cycles], "side": "top", "fixedrange": True,
               "gridcolor": LINE, "range": [min(cycles) - 0.08, max(cycles) + 0.08]},
        yaxis={"range": spread, "side": "right", "fixedrange": True, "showgrid": False, "automargin": True,
               "tickvals": list(labels), "ticktext": list(labels.values())},
    )  # fmt: skip


def flow(table: pa.Table, grades: Sequence[str], earlier: int | str, cycle: int | str) -> Figure:
    """The same counts as `transitions` as a flow: wide bands are many subjects, in the colour of where they come from."""
    rows = table.to_pylist()
    before = [grade for grade in [*grades, ""] if any(row["previous_grade"] == grade for row in rows)]
    after = [grade for grade in [*grades, ""] if any(row["grade"] == grade for row in rows)]
    colours = grade_colours(grades)
    names = [grade or t("grade.none") for grade in (*before, *after)]
    moved = [(row["previous_grade"], row["grade"], row["subject_count"]) for row in rows]
    sides = (
        [sum(count for old, _, count in moved if old == grade) for grade in before],
        [sum(count for _, new, count in moved if new == grade) for grade in after],
    )
    height = max(62 * max(len(before), len(after)) + 40, 200)
    room = height - 34
    trace = go.Sankey(
        arrangement="snap",
        node={
            "label": names,
            "color": [colours[grade] for grade in (*before, *after)],
            "x": [END] * len(before) + [1 - END] * len(after),  # without places Plotly puts the largest on top
            "y": [place for counts in sides for place in _middles(counts, BETWEEN / room)],
            "pad": BETWEEN,
            "thickness": 16,
            "line": {"width": 0},
            "hovertemplate": "%{label}: %{value}<extra></extra>",
        },
        link={
            "source": [before.index(old) for old, _, _ in moved],
            "target": [len(before) + after.index(new) for _, new, _ in moved],
            "value": [count for _, _, count in moved],
            "color": [_faint(colours[old]) for old, _, _ in moved],
            "customdata": [f"{old or t('grade.none')} → {new or t('grade.none')}" for old, new, _ in moved],
            "hovertemplate": "%{customdata}: %{value}<extra></extra>",
        },
    )
    return figure([trace], height=height).update_layout(
        margin={"t": 26, "l": 8, "r": 8, "b": 8},
        annotations=[
            {"text": str(text), "x": x, "y": 1.0, "xref": "paper", "yref": "paper", "yanchor": "bottom", "xanchor": side,
             "showarrow": False}
            for text, x, side in ((earlier, 0, "left"), (cycle, 1, "right"))
        ],
    )  # fmt: skip


def _middles(counts: Sequence[int], gap: float) -> list[float]:
    """Where the middle of each part lies between the top (0) and the bottom (1), one below the other with gaps between."""
    whole = (sum(counts) or 1) / (1 - gap * (len(counts) - 1))
    return [
        min(max((sum(counts[:place]) + count / 2) / whole + gap * place, END), 1 - END)
        for place, count in enumerate(counts)
    ]


def _faint(colour: str) -> str:
    """A colour through which others are seen."""
    if not colour.startswith("#"):
        return colour
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.42)"


def transitions(table: pa.Table, grades: Sequence[str], earlier: int | str, cycle: int | str) -> Figure:
    """From the grade of the earlier cycle (rows) to that of the later (columns): counts, from `table` (previous_grade, grade, count).

    The two are named beside their axes: cycles, or the scheme in force and the one that is tried.
    """
    counts = {(row["previous_grade"], row["grade"]): row["subject_count"] for row in table.to_pylist()}
    before = [grade for grade in [*grades, ""] if any(old == grade for old, _ in counts)]
    after = [grade for grade in [*grades, ""] if any(new == grade for _, new in counts)]
    values = [[counts.get((old, new), 0) for new in after] for old in before]
    scale = ["#16202C", "#24507F", "#2F7AB5"] if is_dark() else ["#F4F8FC", "#BDD5EC", "#7FB3D5"]
    drawn = Figure(
        go.Heatmap(
            z=values,
            x=[grade or t("grade.none") for grade in after],
            y=[grade or t("grade.none") for grade in before],
            text=[[str(value) if value else "" for value in row] for row in values],
            texttemplate="%{text}",
            textfont={"size": 15, "color": on_tiles()},
            colorscale=[[0, scale[0]], [0.5, scale[1]], [1, scale[2]]],
            showscale=False,
            xgap=3,
            ygap=3,
            hovertemplate=t("chart.transition_hover") + "<extra></extra>",
        )
    )
    return dressed(drawn, height=58 * len(before) + 60).update_layout(
        xaxis={"side": "top", "fixedrange": True, "showgrid": False, "title": {"text": str(cycle), "standoff": 6}},
        yaxis={"autorange": "reversed", "fixedrange": True, "showgrid": False, "automargin": True,
               "title": {"text": str(earlier), "standoff": 8}},
        margin={"t": 52, "b": 8},
    )  # fmt: skip


def _usual_least(values: Sequence[float]) -> float:
    """The least value that the axis shows: a few strays far below the rest would squeeze all others into a line."""
    ordered = sorted(values)
    usual = ordered[int(len(ordered) * STRAYS)]
    return usual if ordered[0] < usual - STRAY_GAP else ordered[0]


def _end_labels(ends: Sequence[Mapping], measure: str, colours: Mapping[str, str], step: float) -> dict[float, str]:
    """Where each line ends -> names in reading order; those nearer than `step` share a label, the highlighted first."""
    groups: list[tuple[float, list[Mapping]]] = []
    for row in sorted(ends, key=lambda row: float(row[measure])):
        if groups and float(row[measure]) - groups[-1][0] < step:
            groups[-1][1].append(row)
        else:
            groups.append((float(row[measure]), [row]))
    labels = {}
    for value, rows in groups:
        names = [_end_name(row, colours) for row in sorted(rows, key=lambda row: row["subject"] not in colours)]
        more = t("chart.more", count=len(names) - 2) if len(names) > 2 else ""
        shown = f"{value:.0%}" if measure == "percentile" else f"{value:.{0 if measure == 'rank' else 2}f}"
        figure = "" if len({row[measure] for row in rows}) > 1 else f"{shown}  "
        labels[value] = f"{figure}{t('rules.comma').join(names[:2])}{more}"
    return labels


def _end_name(row: Mapping, colours: Mapping[str, str]) -> str:
    name = escape(row["name"] or row["subject"])
    return f"<b style='color:{colours[row['subject']]}'>{name}</b>" if row["subject"] in colours else name


def _line(rows: Sequence[Mapping], measure: str, colour: str | None) -> go.Scatter:
    """The years of one subject; in colour it is highlighted."""
    return go.Scatter(
        x=[row["cycle"] for row in rows],
        y=[float(row[measure]) for row in rows],
        mode="lines+markers",
        line={"color": colour or QUIET, "width": 3.5 if colour else 1.2, "shape": "spline", "smoothing": 0.7},
        marker={
            "size": 9 if colour else 5,
            "color": colour or QUIET,
            "symbol": ["circle-open" if row.get("is_other_cohort") else "circle" for row in rows],
        },
        customdata=[
            [row["name"], _shown(row["total"]), row["grade"] or "–", row["rank"] or "–", row["subject"]] for row in rows
        ],
        hovertemplate=t("chart.bump_hover") + "<extra></extra>",
    )


def _crowd(lines: Sequence[Sequence[Mapping]], measure: str) -> go.Scatter:
    """Many subjects as one quiet trace with gaps: hundreds of traces would take the browser seconds."""
    points = [
        point for rows in lines for point in (*((row["cycle"], float(row[measure])) for row in rows), (None, None))
    ]
    return go.Scatter(
        x=[cycle for cycle, _ in points],
        y=[value for _, value in points],
        mode="lines",
        line={"color": LINE, "width": 1},
        hoverinfo="skip",
        connectgaps=False,
    )


def _scheme_marks(cycles: Sequence[int], changed: Sequence[int]) -> list[dict]:
    """A dotted line halfway between two cycles where the scheme changed."""
    pairs = pairwise(sorted(set(cycles)))
    return [upright((earlier + later) / 2, SCHEME, "dot") for earlier, later in pairs if later in changed]


def _shown(value: Decimal | None) -> str:
    return "–" if value is None else f"{float(value):.2f}"
