"""The score tree as HTML: every step with its weight, score and points, opened level by level down to the source cell.

Text in, text out; everything that came from a file is escaped. The levels are `details` of HTML: they open without a
question to the server, and with the keyboard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import pyarrow as pa

from pages.ui.tables import number, percent
from pages.ui.words import catalogue, t
from pipelines.contract import OVERALL

OPEN_DEPTH = 2
"""Levels above this stand open at first: the total and its base."""
MOST_CELLS = 6
"""Source cells named per sheet in one row of the tree; the rest is counted and stands in the table of sources."""


def score_tree(steps: pa.Table, sources: pa.Table) -> str:
    """The steps of one subject (mart `score_steps`) with their cells (mart `sources`), closed below the components."""
    cells: dict[tuple[str, str], dict[str, list[str]]] = {}
    for row in sources.to_pylist():
        sheet = " › ".join(part for part in (row["file"], row["sheet"]) if part)
        cells.setdefault((row["step"], row["id"]), {}).setdefault(sheet, []).append(row["cell"])
    heads = ("step", "weight", "score", "points", "value", "source")
    head = "".join(f"<span{_side(name)}>{t(f'tree.{name}')}</span>" for name in heads)
    rows = steps.to_pylist()
    return f"<div class='kaoping-steps'><div class='row head'>{head}</div>{_branches(rows, 0, len(rows), cells)}</div>"


def _side(name: str) -> str:
    return "" if name in ("step", "source") else " class='n'"


def _branches(rows: Sequence[dict], start: int, end: int, cells: Mapping) -> str:
    """The rows from `start` to `end` in reading order: what is deeper than a row stands inside it."""
    parts = []
    while start < end:
        after = start + 1
        while after < end and rows[after]["depth"] > rows[start]["depth"]:
            after += 1
        line = _row(rows[start], cells)
        if after == start + 1:
            parts.append(f"<div class='row d{min(rows[start]['depth'], 3)}'>{line}</div>")
        else:
            is_open = " open" if rows[start]["depth"] < OPEN_DEPTH else ""
            parts.append(
                f"<details{is_open}><summary class='row d{min(rows[start]['depth'], 3)}'>{line}</summary>"
                f"{_branches(rows, start + 1, after, cells)}</details>"
            )
        start = after
    return "".join(parts)


def _row(step: dict, cells: Mapping) -> str:
    indent = 0.2 + 1.15 * step["depth"]
    kind = t(f"step.{step['step']}")
    name = step["name"] or (t("tree.overall") if step["id"] == OVERALL else step["id"])
    title = f"{escape(name)} <small>{kind}</small>" if name else escape(kind)
    points = None
    if step["share"] is not None and step["score"] is not None:
        points = step["share"] * step["score"]
    elif step["step"] in ("bonus", "event", "deduction"):
        points = step["score"]
    places = cells.get((step["step"], step["id"]), {})
    shown = "".join(
        f"<small class='cells'>{escape(sheet)} › {escape(_few(names))}</small>" for sheet, names in places.items()
    )
    return (
        f"<span style='padding-left:{indent:.2f}rem'>{title}{_note(step)}</span>"
        f"<span class='n'>{number(step['weight'], 0) if step['weight'] is not None else ''}</span>"
        f"<span class='n'>{number(step['score'])}</span>"
        f"<span class='n'>{number(points) if points is not None else ''}</span>"
        f"<span class='n'>{_value(step)}</span>"
        f"<span>{shown}</span>"
    )


def _few(cells: list[str]) -> str:
    """Cells in order of their address, at most `MOST_CELLS` of them by name: C9, D9, E9."""
    ordered = sorted(set(cells), key=lambda cell: (len(cell), cell))
    more = f" {t('tree.more', count=len(ordered) - MOST_CELLS)}" if len(ordered) > MOST_CELLS else ""
    return ", ".join(ordered[:MOST_CELLS]) + more


def _value(step: dict) -> str:
    if step["value"] is None:
        return ""
    value = f"{step['value'].normalize():,f}"
    if step["step"] in ("poll_item", "poll_group"):
        return t("tree.votes", count=value)
    if step["step"] == "event":
        return t("tree.events", count=value)
    return (
        value if step["target"] is None else t("tree.of_target", value=value, target=f"{step['target'].normalize():,f}")
    )


def _note(step: dict) -> str:
    notes = []
    if step["coverage"] is not None and step["coverage"] < 1:
        notes.append(t("tree.coverage", share=percent(step["coverage"], 0)))
    if step["note"] in ("suppressed", "capped"):
        notes.append(t(f"tree.{step['note']}"))
    elif step["note"] in ("merged", "took"):
        notes.append(t(f"tree.{step['note']}", groups=escape(step["with_groups"])))
    elif step["step"] == "indicator" and step["note"]:
        notes.append(_method(step["note"]))
    return "".join(f" <small>· {note}</small>" for note in notes)


def _method(name: str) -> str:
    """How an indicator is scored, in words; what no word is known for as it is written."""
    return t(f"scored.{name}") if f"scored.{name}" in catalogue() else escape(name)
