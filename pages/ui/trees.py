"""The score tree as an HTML table: every step with its weight, score and points, down to the source cell.

Text in, text out; everything that came from a file is escaped.
"""

from __future__ import annotations

from html import escape

import pyarrow as pa

from pages.ui.tables import number, percent
from pages.ui.words import t
from pipelines.contract import OVERALL

MOST_CELLS = 6
"""Source cells named per sheet in one row of the tree; the rest is counted and stands in the table of sources."""


def score_tree(steps: pa.Table, sources: pa.Table) -> str:
    """The steps of one subject (mart `score_steps`) with their cells (mart `sources`) as an HTML table."""
    cells: dict[tuple[str, str], dict[str, list[str]]] = {}
    for row in sources.to_pylist():
        sheet = " › ".join(part for part in (row["file"], row["sheet"]) if part)
        cells.setdefault((row["step"], row["id"]), {}).setdefault(sheet, []).append(row["cell"])
    heads = ("step", "weight", "score", "points", "value", "source")
    head = "".join(
        f"<th class='{'n' if name not in ('step', 'source') else ''}'>{t(f'tree.{name}')}</th>" for name in heads
    )
    body = "".join(_row(step, cells) for step in steps.to_pylist())
    return f"<table class='kaoping-steps'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _row(step: dict, cells: dict[tuple[str, str], dict[str, list[str]]]) -> str:
    indent = 0.2 + 1.15 * step["depth"]
    kind = t(f"step.{step['step']}")
    name = step["name"] or (t("tree.overall") if step["id"] == OVERALL else step["id"])
    title = f"{escape(name)} <span class='q'>{kind}</span>" if name else escape(kind)
    points = None
    if step["share"] is not None and step["score"] is not None:
        points = step["share"] * step["score"]
    elif step["step"] in ("bonus", "event", "deduction"):
        points = step["score"]
    places = cells.get((step["step"], step["id"]), {})
    shown = [f"<div class='q'>{escape(sheet)} › {escape(_few(names))}</div>" for sheet, names in places.items()]
    return (
        f"<tr class='d{min(step['depth'], 3)}'>"
        f"<td style='padding-left:{indent:.2f}rem'>{title}{_note(step)}</td>"
        f"<td class='n'>{number(step['weight'], 0) if step['weight'] is not None else ''}</td>"
        f"<td class='n'>{number(step['score'])}</td>"
        f"<td class='n'>{number(points) if points is not None else ''}</td>"
        f"<td class='n'>{_value(step)}</td>"
        f"<td>{''.join(shown)}</td></tr>"
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
    elif step["step"] == "indicator" and step["note"]:
        notes.append(t("tree.method", method=escape(step["note"])))
    return "".join(f" <span class='q'>· {note}</span>" for note in notes)
