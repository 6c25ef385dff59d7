"""One look for all charts: colours, the theme, the bare figure.

No title and no legend (the card has them), no zoom, fixed axes, hover always. A grade has the same colour everywhere,
ordered from blue to orange so that it also reads in grey, and is always named as well. Up is blue and down is orange,
never red and green, and a change carries its sign.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from html import escape
from typing import Any

import plotly.graph_objects as go
from plotly.graph_objects import Figure

from pages.ui.words import t

WITHIN: dict[str, Any] = {"uniformtext": {"minsize": 10, "mode": "hide"}}
"""The layout of bars with figures inside: a figure that finds no room is left out, and none is smaller than the others."""
UP, DOWN, FLAT = "#2F7AB5", "#C8690A", "#7C8896"
_LINK = re.compile(r"<(?=\s*/?\s*a\b)", re.IGNORECASE)
LINE = "rgba(128, 138, 150, 0.28)"
QUIET = "rgba(128, 138, 150, 0.45)"
BEST, BEST_IN_DARK = "#1B5E9E", "#2F7AB5"
"""The colour of the best grade; on the dark theme the first would drown."""
FONTS = "'Source Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
LIMIT = "#C0392B"
"""The mark of a quota or threshold."""

_ORDINAL = {
    1: ("#1B5E9E",),
    2: ("#1B5E9E", "#B9C3CE"),
    3: ("#1B5E9E", "#B9C3CE", "#E08A1E"),
    4: ("#1B5E9E", "#7FB3D5", "#B9C3CE", "#E08A1E"),
    5: ("#1B5E9E", "#7FB3D5", "#B9C3CE", "#EDB678", "#D2750E"),
    6: ("#1B5E9E", "#548FC5", "#A6CBE3", "#B9C3CE", "#EDB678", "#D2750E"),
}
_BADGES = {
    1: ("#1B5E9E",),
    2: ("#1B5E9E", "#C3CCD6"),
    3: ("#1B5E9E", "#C3CCD6", "#F2B871"),
    4: ("#1B5E9E", "#A9CFEA", "#C3CCD6", "#F2B871"),
    5: ("#1B5E9E", "#A9CFEA", "#C3CCD6", "#F5CFA0", "#B85A06"),
    6: ("#1B5E9E", "#93C1E8", "#BFDCEF", "#C3CCD6", "#F5CFA0", "#B85A06"),
}
"""The colours of `_ORDINAL`, each light or dark enough for the letters: the table widget writes them black from a
luminance of 0.5 on, white below."""
_WIDTHS = {
    letter: width
    for width, letters in (
        (0.26, " ijlI.,:;'|!·"),
        (0.35, "frt()[]-–/"),
        (0.5, "0123456789aceksvxyz+="),
        (0.63, "ABCDEFGHKLNOPQRSTUVXYZ"),
        (0.83, "mwMW%"),
    )
    for letter in letters
}
"""Shares of the size of a letter that letters are wide, for Source Sans; of others see `_width`."""
DECIMALS_BELOW = 4
"""An axis that spans less has decimals, unless it has steps of its own."""
_TAG = re.compile(r"<[^>]+>")
NO_GRADE = "rgba(128, 138, 150, 0.3)"

_is_dark: ContextVar[bool] = ContextVar("is_dark", default=False)


def use_theme(is_dark_theme: bool) -> None:
    """Draw for this theme from now on, in this run only; only tones that would drown in the background differ."""
    _is_dark.set(is_dark_theme)


def is_dark() -> bool:
    """Whether the theme of this block is dark."""
    return _is_dark.get()


def warm() -> None:
    """Load what the first chart of a process would load."""
    Figure(go.Bar(x=[1], y=[1])).to_plotly_json()


def grade_colours(grades: Sequence[str]) -> dict[str, str]:
    """Grade -> colour, best first; more than six grades share the last colour. '' is no grade."""
    ordinal = _ORDINAL[min(max(len(grades), 1), max(_ORDINAL))]
    if _is_dark.get():
        ordinal = (BEST_IN_DARK, *ordinal[1:])
    return {grade: ordinal[min(place, len(ordinal) - 1)] for place, grade in enumerate(grades)} | {"": NO_GRADE}


def badge_colours(count: int) -> list[str]:
    """The colours of grade badges, best first: those of the charts, as far as words can be read on them."""
    badges = _BADGES[min(max(count, 1), max(_BADGES))]
    if _is_dark.get():
        badges = (BEST_IN_DARK, *badges[1:])
    return [badges[min(place, len(badges) - 1)] for place in range(count)]


def on_tiles() -> str:
    """The colour of figures on the tiles of a heatmap, whose colours are dark on the dark theme and light on the light one."""
    return "#FFFFFF" if _is_dark.get() else "#17212F"


def total_colour() -> str:
    """The colour of a whole beside its parts."""
    return "#6FA8DC" if _is_dark.get() else BEST


def key_line(grades: Sequence[str]) -> str:
    """The legend of the grades as one line of HTML; '' among them is no grade."""
    colours = grade_colours([grade for grade in grades if grade])
    dots = (f"<span><i style='color:{colours[name]}'>●</i>{escape(name or t('grade.none'))}</span>" for name in grades)
    return f"<div class='kaoping-key'>{''.join(dots)}</div>"


def pool_label(pool: str) -> str:
    """A pool as people say it: the values of 'platform=区直; layer=正职' without the keys."""
    values = [part.partition("=")[2] for part in pool.split("; ")]
    return " · ".join(value for value in values if value) or t("chart.everybody")


def figure(traces: Sequence[Any], height: int) -> Figure:
    """A figure of these traces in the one look."""
    return dressed(Figure(list(traces)), height)


def dressed(figure: Figure, height: int) -> Figure:
    """The figure in the one look."""
    return figure.update_layout(
        height=height,
        showlegend=False,
        dragmode=False,
        hoverlabel={"align": "left"},
        separators=".,",
    )


def rows_down(count: int, **xaxis: Any) -> dict[str, Any]:
    """The layout of a chart of so many rows, read from the top, with its scale above them."""
    return {
        "xaxis": {"side": "top", "fixedrange": True, "gridcolor": LINE, **xaxis},
        "yaxis": {"range": [count - 0.5, -0.5], "fixedrange": True, "automargin": True, "showgrid": False},
        "margin": {"t": 28, "b": 8},
    }


def enlarged(drawn: Figure) -> Figure:
    """The figure for a wall: it takes the room it is given, in letters that are read from the last row."""
    room = max(drawn.layout.margin.r or 0, 40)  # half of the last label of an axis stands right of it
    drawn.update_layout(
        height=None, autosize=True, font={"size": 19}, hoverlabel={"font": {"size": 19}}, margin={"r": room}
    )
    drawn.update_xaxes(tickfont={"size": 19}, title={"font": {"size": 19}})
    drawn.update_yaxes(tickfont={"size": 19}, title={"font": {"size": 19}})
    drawn.update_traces(textfont={"size": 20}, selector=lambda trace: trace.type not in ("sankey",))
    return drawn.update_annotations(font={"size": 19})


def finished(drawn: Figure, is_clickable: bool = False) -> Figure:
    """The figure in the theme of this run, encoded once: else Streamlit copies and encodes every figure in every run.

    Streamlit's front end hands every chart over twice, as another object of the same content. Plotly draws it again
    unless it sees that nothing changed: so there is no template (another template object counts as a change, which is why
    Streamlit's theme isn't used), the data have a revision, and a clickable chart has the modes that Streamlit sets.
    """
    drawn.update_layout(datarevision=1)
    if is_clickable:
        drawn.update_layout(clickmode="event+select", hovermode="closest", dragmode="pan")
    encoded = _without_links(drawn.to_dict())
    encoded["layout"].pop("template", None)
    encoded["layout"] = _over(_themed(), encoded["layout"])
    _make_room(encoded)
    if any(trace.get("orientation") == "h" for trace in encoded["data"]):  # lines along bars say nothing
        encoded["layout"]["yaxis"] = {"showgrid": False} | encoded["layout"]["yaxis"]
    drawn.to_dict = lambda: dict(encoded)
    return drawn


def _make_room(encoded: Mapping[str, Any]) -> None:
    """Margins that hold the labels of the axes from the start.

    Plotly draws a chart whole, sees that its labels need more room than the margins give, and draws it whole again: half of
    what a chart costs a browser. It still does where a guess is too small, so nothing is ever cut.
    """
    layout = encoded["layout"]
    margin = layout["margin"]
    if any(trace["type"] == "sankey" for trace in encoded["data"]):
        return  # it has no axes
    edge = min(12, margin["t"], margin["b"])  # this far Plotly stays from the edge
    for name in ("xaxis", "yaxis"):
        axis = layout[name]
        if axis.get("visible") is False or axis.get("automargin") is False:
            continue
        side = axis.get("side", "bottom" if name == "xaxis" else "left")[0]
        room = edge + (1 if axis.get("ticks") == "" else 7)
        if axis.get("showticklabels") is not False:
            size = axis["tickfont"]["size"]
            labels = _labels(encoded["data"], axis, name[0])
            if name == "yaxis":
                room += margin["pad"] + max((_width(label, size) for label in labels), default=0) + 1
            else:
                lines = max((1 + label.count("<br>") for label in labels), default=1)
                room += margin["pad"] + lines * 1.3 * size + 2
                margin["r"] = max(margin["r"], edge + 14)  # half of the last label stands right of the axis
        margin[side] = max(margin[side], round(room))


def _labels(traces: Sequence[Mapping[str, Any]], axis: Mapping[str, Any], letter: str) -> list[str]:
    """What the ticks of an axis will say, about."""
    if axis.get("ticktext") is not None:
        return [str(text) for text in axis["ticktext"]]
    values = [value for trace in traces if trace.get(letter) is not None for value in trace[letter]]
    if any(isinstance(value, str) for value in values):
        return [str(value) for value in values]
    numbers = [float(value) for value in axis.get("range") or values if value is not None] or [0.0]
    low, high = min(0.0, *numbers), max(0.0, *numbers)
    has_decimals = "dtick" not in axis and high - low < DECIMALS_BELOW
    return [f"{max(high, -low):,.0f}" + ("−" if low < 0 else "") + (".5" if has_decimals else "")]


def _width(text: str, size: float) -> float:
    """Pixels of a line of text in the fonts of a chart, rather too many than too few."""
    lines = _TAG.sub("", text.replace("<br>", "\n")).split("\n")
    return size * max(sum(_WIDTHS.get(letter, 0.56 if letter < "\u2000" else 1.0) for letter in line) for line in lines)


def _without_links(part: Any) -> Any:
    """A figure whose texts, which may come from a file, make no links: Plotly reads some HTML in them."""
    if isinstance(part, dict):
        return {name: _without_links(value) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [_without_links(value) for value in part]
    if getattr(getattr(part, "dtype", None), "kind", "") in ("O", "U"):
        return [_without_links(value) for value in part.tolist()]
    return _LINK.sub("&lt;", part) if isinstance(part, str) and "<" in part else part


def _themed() -> dict[str, Any]:
    """What the theme says of a chart; the colours of `.streamlit/config.toml`."""
    ink, paper, edge = ("#E6EBF2", "#10161F", "#2A3646") if is_dark() else ("#3A4656", "#FFFFFF", "#DDE3EA")
    font = {"family": FONTS, "size": 12, "color": ink}
    axis = {"automargin": True, "gridcolor": LINE, "zerolinecolor": LINE, "tickcolor": LINE, "tickfont": font}
    return {
        "font": font,
        "paper_bgcolor": paper,
        "plot_bgcolor": paper,
        "hoverlabel": {"bgcolor": paper, "bordercolor": edge, "font": font},
        "margin": {"l": 8, "r": 18, "t": 8, "b": 28, "pad": 7},
        "xaxis": {"showgrid": False, "zeroline": False, **axis},
        "yaxis": axis,
    }


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """These settings with others over them, at every depth."""
    return {
        name: _over(below[name], above[name])
        if isinstance(below.get(name), Mapping) and isinstance(above.get(name), Mapping)
        else above.get(name, below.get(name))
        for name in {**below, **above}
    }


def upright(x: float, colour: str, dash: str) -> dict:
    """An upright line over the whole height."""
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": colour, "width": 2, "dash": dash},
    }


def whole_step(width: int, ticks: int) -> int:
    """A whole distance between about so many ticks: 1, 2, 5, 10, 20, 50 …"""
    step = 1
    while width > ticks * step:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step
