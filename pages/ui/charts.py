"""The charts: an Arrow table in, a Figure out. Pure: no state, no database; words in the language of this run.

One look for all: no title and no legend (the card has them), no zoom, fixed axes, hover always. A grade has the same
colour everywhere, ordered from blue to orange so that it also reads in grey, and is always named as well. Up is blue and
down is orange, never red and green, and a change carries its sign.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from html import escape
from itertools import pairwise

import plotly.graph_objects as go
import pyarrow as pa
from plotly.graph_objects import Figure

from pages.ui.words import t

UP, DOWN, FLAT = "#2F7AB5", "#C8690A", "#7C8896"
SCHEME = "#9A5BA5"
LINE = "rgba(128, 138, 150, 0.28)"
QUIET = "rgba(128, 138, 150, 0.45)"
HIGHLIGHTS = ("#2F7AB5", "#C8690A", "#1E8577", "#9A5BA5", "#B8494F", "#7A7F1E")
MOST_LINES = 40
"""More lines than this are a crowd: only the highlighted ones are named and answer to the mouse."""
CROWD_HEIGHT = 560
TAIL = Decimal("0.005")
"""Share of the lowest totals that may stand together in one bin, so that a stray zero does not squeeze the rest."""
TAIL_GAP = 10
"""Points that the lowest total must lie below the rest to be such a stray."""
REST = Decimal("0.005")
"""A difference below this, in points, is rounding and no bar."""
SMALLEST_LABEL = 0.07
"""A part of a bar below this share of its length carries no label."""

_ORDINAL = {
    1: ("#1B5E9E",),
    2: ("#1B5E9E", "#B9C3CE"),
    3: ("#1B5E9E", "#B9C3CE", "#E08A1E"),
    4: ("#1B5E9E", "#7FB3D5", "#B9C3CE", "#E08A1E"),
    5: ("#1B5E9E", "#7FB3D5", "#B9C3CE", "#EDB678", "#D2750E"),
    6: ("#1B5E9E", "#548FC5", "#A6CBE3", "#B9C3CE", "#EDB678", "#D2750E"),
}
_BADGES = {
    1: ("#14507F",),
    2: ("#14507F", "#5F6B79"),
    3: ("#14507F", "#5F6B79", "#B85A06"),
    4: ("#14507F", "#2F7AB5", "#5F6B79", "#B85A06"),
    5: ("#14507F", "#2F7AB5", "#5F6B79", "#9A6A1C", "#B85A06"),
    6: ("#14507F", "#2F7AB5", "#3F6E8C", "#5F6B79", "#9A6A1C", "#B85A06"),
}
NO_GRADE = "rgba(128, 138, 150, 0.3)"


_is_dark: ContextVar[bool] = ContextVar("is_dark", default=False)


@contextmanager
def shade(is_dark: bool) -> Iterator[None]:
    """Draw for this theme inside the block; only what is filled with the background's own tones differs."""
    token = _is_dark.set(is_dark)
    try:
        yield
    finally:
        _is_dark.reset(token)


def warm() -> None:
    """Load what the first chart of a process would load."""
    Figure(go.Bar(x=[1], y=[1])).to_plotly_json()


def grade_colours(grades: Sequence[str]) -> dict[str, str]:
    """Grade -> colour, best first; more than six grades share the last colour. '' is no grade."""
    ordinal = _ORDINAL[min(max(len(grades), 1), max(_ORDINAL))]
    return {grade: ordinal[min(place, len(ordinal) - 1)] for place, grade in enumerate(grades)} | {"": NO_GRADE}


def badge_colours(count: int) -> list[str]:
    """The darker colours of grade badges, on which white text is readable."""
    badges = _BADGES[min(max(count, 1), max(_BADGES))]
    return [badges[min(place, len(badges) - 1)] for place in range(count)]


def key_line(grades: Sequence[str]) -> str:
    """The legend of the grades as one line of HTML; '' among them is no grade."""
    colours = grade_colours([grade for grade in grades if grade])
    dots = (f"<span><i style='color:{colours[name]}'>●</i>{escape(name or t('grade.none'))}</span>" for name in grades)
    return f"<div class='kaoping-key'>{''.join(dots)}</div>"


def grade_mix(table: pa.Table, group: str, shares: Sequence[tuple[str, Decimal | None]]) -> Figure:
    """One bar per value of the column `group` of `table` (…, grade, subject_count): the share of each grade.

    `shares` are the grades, best first, with their quota where there is one; that of the best grade is the dashed line.
    """
    grades = [grade for grade, _ in shares]
    counts: dict[str, dict[str, int]] = {}
    for row in table.to_pylist():
        own = counts.setdefault(row[group] or t("filter.blank"), {})
        own[row["grade"]] = own.get(row["grade"], 0) + row["subject_count"]
    groups = list(counts)
    colours = grade_colours(grades)
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
                insidetextanchor="middle",
                constraintext="none",
                textfont={"size": 12, "color": "#FFFFFF" if colours[grade] == "#1B5E9E" else "#17212F"},
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
                "line": {"color": "#C0392B", "width": 2, "dash": "dash"},
            }
        )
    figure = _figure(traces, height=max(34 * len(groups) + 46, 120))
    return figure.update_layout(
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
            marker={"color": colours[grade], "line": {"width": 0}},
            customdata=[[lowest if start == first else start, start + 1] for start in bins[grade]],
            hovertemplate=t("chart.bin_hover") + "<extra>%{fullData.name}</extra>",
        )
        for grade in [*grades, ""]
        if grade in bins
    ]
    starts = {start for counted in bins.values() for start in counted}
    range_of_bins = max(starts, default=1) - min(starts, default=0)
    highest = max((sum(counted.get(start, 0) for counted in bins.values()) for start in starts), default=1)
    figure = _figure(traces, height=230 if subject else 300)
    figure.update_layout(
        barmode="stack",
        xaxis={"fixedrange": True, "showgrid": False, "tick0": 0, "dtick": _whole_step(range_of_bins, 10)},
        yaxis={"fixedrange": True, "gridcolor": LINE, "tick0": 0, "dtick": _whole_step(highest, 5)},
        margin={"t": 26 if marked else 8},
    )
    if marked:
        figure.update_layout(
            shapes=[_upright(float(marked["total"]), DOWN, "solid")],
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
    return figure


def _first_bin(totals: list[int]) -> int:
    """Where the bins begin: at the lowest total, or where a few strays far below the rest are left behind."""
    ordered = sorted(totals)
    if not ordered:
        return 0
    usual = ordered[int(len(ordered) * TAIL)]
    return usual - 1 if ordered[0] < usual - TAIL_GAP else ordered[0]


def seats(table: pa.Table, grade: str) -> Figure:
    """Seats and taken of one grade: one bar per pool of `table` (mart `quotas`), the seats as a mark."""
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
            marker={"color": [DOWN if row["over"] else "#1B5E9E" for row in rows]},
            customdata=[[row["seats"], row["headcount"], row["over"]] for row in rows],
            hovertemplate=t("chart.seats_hover") + "<extra></extra>",
        ),
        go.Scatter(
            y=[row["pool"] for row in rows if row["seats"] is not None],
            x=[row["seats"] for row in rows if row["seats"] is not None],
            mode="markers",
            marker={"symbol": "line-ns", "size": 20, "line": {"width": 3, "color": "#C0392B"}},
            hoverinfo="skip",
        ),
    ]
    labels = [
        {
            "y": row["pool"],
            "x": max(row["taken"], row["seats"] or 0),
            "text": _seat_label(row),
            "xanchor": "left",
            "xshift": 10,
            "showarrow": False,
            "font": {"size": 12, "color": DOWN if row["over"] else FLAT},
        }
        for row in rows
    ]
    widest = max([*taken, *(row["seats"] or 0 for row in rows), 1])
    return _figure(traces, height=max(30 * len(rows) + 40, 110)).update_layout(
        bargap=0.35,
        annotations=labels,
        xaxis={
            "range": [0, widest * 1.25],
            "fixedrange": True,
            "gridcolor": LINE,
            "tick0": 0,
            "dtick": _whole_step(widest, 5),
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
            totals={"marker": {"color": "#1B5E9E"}},
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    ]
    top = max(sum(max(float(row["amount"]), 0) for row in rows if row["kind"] != "total"), 1)
    return _figure(traces, height=max(34 * len(rows) + 30, 120)).update_layout(
        xaxis={"range": [0, top * 1.14], "fixedrange": True, "gridcolor": LINE, "nticks": 6},
        yaxis={"autorange": "reversed", "fixedrange": True, "automargin": True},
    )


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
    return _figure(traces, height=220).update_layout(
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
    if measure == "rank":
        spread = [max(values) + 0.7, 0.3]
        height = CROWD_HEIGHT if is_crowded else min(max(24 * int(max(values)) + 60, 240), 900)
        step = max(values) * 20 / height if is_crowded else 1.0
    else:
        room = max((max(values) - min(values)) * 0.06, 0.5)
        spread = [min(values) - room, max(values) + room]
        height = CROWD_HEIGHT if is_crowded else min(max(24 * len(lines) + 60, 300), 700)
        step = (spread[1] - spread[0]) * 20 / height
    labels = _end_labels(sorted(ends, key=lambda row: row["rank"] or 0), measure, colours, step)
    return _figure(traces, height=height).update_layout(
        margin={"t": 30, "b": 8},
        shapes=_scheme_marks(cycles, changed),
        xaxis={"tickvals": cycles, "ticktext": [str(cycle) for cycle in cycles], "side": "top", "fixedrange": True,
               "gridcolor": LINE, "range": [min(cycles) - 0.08, max(cycles) + 0.08]},
        yaxis={"range": spread, "side": "right", "fixedrange": True, "showgrid": False, "automargin": True,
               "tickvals": list(labels), "ticktext": list(labels.values())},
    )  # fmt: skip


def transitions(table: pa.Table, grades: Sequence[str]) -> Figure:
    """From last year's grade (rows) to this year's (columns): counts, from `table` (previous_grade, grade, count)."""
    counts = {(row["previous_grade"], row["grade"]): row["subject_count"] for row in table.to_pylist()}
    before = [grade for grade in [*grades, ""] if any(old == grade for old, _ in counts)]
    after = [grade for grade in [*grades, ""] if any(new == grade for _, new in counts)]
    values = [[counts.get((old, new), 0) for new in after] for old in before]
    scale = ["#16202C", "#2F639A", "#7DAAD7"] if _is_dark.get() else ["#F4F8FC", "#9BC0E1", "#3877B2"]
    figure = Figure(
        go.Heatmap(
            z=values,
            x=[grade or t("grade.none") for grade in after],
            y=[grade or t("grade.none") for grade in before],
            text=[[str(value) if value else "" for value in row] for row in values],
            texttemplate="%{text}",
            textfont={"size": 15},
            colorscale=[[0, scale[0]], [0.5, scale[1]], [1, scale[2]]],
            showscale=False,
            xgap=3,
            ygap=3,
            hovertemplate=t("chart.transition_hover") + "<extra></extra>",
        )
    )
    return _look(figure, height=58 * len(before) + 60).update_layout(
        xaxis={"side": "top", "fixedrange": True, "showgrid": False, "title": {"text": t("chart.this_year"), "standoff": 6}},
        yaxis={"autorange": "reversed", "fixedrange": True, "showgrid": False, "automargin": True,
               "title": {"text": t("chart.last_year"), "standoff": 8}},
        margin={"t": 52, "b": 8},
    )  # fmt: skip


def _figure(traces: Sequence[go.Bar], height: int) -> Figure:
    return _look(Figure(list(traces)), height)


def _look(figure: Figure, height: int) -> Figure:
    return figure.update_layout(
        height=height,
        showlegend=False,
        dragmode=False,
        margin={"l": 8, "r": 8, "t": 8, "b": 28},
        hoverlabel={"align": "left"},
        separators=".,",
    )


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
        figure = "" if len({row[measure] for row in rows}) > 1 else f"{value:.{0 if measure == 'rank' else 2}f}  "
        labels[value] = f"{figure}{'、'.join(names[:2])}{more}"
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
        marker={"size": 9 if colour else 4, "color": colour or QUIET},
        customdata=[[row["name"], _shown(row["total"]), row["grade"] or "–", row["rank"] or "–"] for row in rows],
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
    return [_upright((earlier + later) / 2, SCHEME, "dot") for earlier, later in pairs if later in changed]


def _upright(x: float, colour: str, dash: str) -> dict:
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": colour, "width": 2, "dash": dash},
    }


def _seat_label(row: Mapping) -> str:
    if row["seats"] is None:
        return f"{row['taken']}"
    over = f"  +{row['over']}" if row["over"] else ""
    return f"{row['taken']} / {row['seats']}{over}"


def pool_label(pool: str) -> str:
    """A pool as people say it: the values of 'platform=区直; layer=正职' without the keys."""
    values = [part.partition("=")[2] for part in pool.split("; ")]
    return " · ".join(value for value in values if value) or t("chart.everybody")


def _parts(steps: list[dict]) -> list[dict]:
    """The bars of a waterfall: label, amount, kind (part or total)."""
    by_step = {row["step"]: row["score"] for row in steps if row["step"] in ("total", "base", "bonus", "deduction")}
    components = [row for row in steps if row["step"] == "component" and row["score"] is not None]
    first = min((row["depth"] for row in components), default=0)
    rows = [
        {"label": row["name"] or row["id"], "amount": row["score"] * (row["share"] or 0), "kind": "part"}
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


def _whole_step(width: int, ticks: int) -> int:
    """A whole distance between about so many ticks: 1, 2, 5, 10, 20, 50 …"""
    step = 1
    while width > ticks * step:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step


def _shown(value: Decimal | None) -> str:
    return "–" if value is None else f"{float(value):.2f}"
