"""A few figures side by side as one piece of HTML: what it is, the number, how it moved, and what it means.

One element, where a widget for each takes five and is a tenth of what a page costs the server; the browser saves as much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

ARROWS = {"up": "↑", "down": "↓"}


def drawn(cards: Sequence[Mapping[str, Any]]) -> str:
    """The figures as HTML. A card has `label` and `value`, and may have `icon`, `help`, `delta` and `delta_description`.

    A delta goes down where it has a minus; `is_neutral` leaves its colour out, for what is neither good nor bad.
    """
    return f"<dl class='kaoping-figures'>{''.join(map(_card, cards))}</dl>"


def _card(card: Mapping[str, Any]) -> str:
    label = f"{card.get('icon', '')}{escape(card['label'])}"
    if card.get("help"):
        label += f"<button type='button' class='tip' aria-label='{escape(card['help'], quote=True)}'></button>"
    below = ""
    if card.get("delta"):
        way = "down" if str(card["delta"]).startswith(("-", "−")) else "up"
        shade = "neutral" if card.get("is_neutral") else way
        below = f"<span class='{shade}'>{ARROWS[way]} {escape(str(card['delta']))}</span>"
    below += escape(card.get("delta_description") or "")
    below = f"<dd class='moved'>{below}</dd>" if below else ""
    return f"<div><dt>{label}</dt><dd>{escape(str(card['value']))}</dd>{below}</div>"
