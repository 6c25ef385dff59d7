"""The figures at the head of the structure of teams."""

from __future__ import annotations

from pages.ui import frame, tables
from pages.ui.words import t
from pipelines.advice.structure import Structure


def figures(found: Structure) -> None:
    """Members, average age, and for the first two groups the teams that have one, each with its change."""
    whole = found.layers.to_pylist()[0]
    cards = [
        {
            "label": t("structure.people"),
            "value": f"{whole['people']:,}",
            "help": t("structure.people_help", teams=found.teams.num_rows),
        },
        {
            "label": t("structure.age"),
            "value": tables.number(whole["mean_age"]),
            "delta": _signed(whole["age_change"]),
            "help": t("structure.age_help", day=found.day, known=whole["ages_known"]),
        },
    ]
    cards += [
        {
            "label": row["group_name"],
            "value": f"{row['teams_with']} / {row['teams']}",
            "delta": _signed(row["points_change"]),
            "help": t("structure.group_help"),
        }
        for row in found.groups.to_pylist()[:2]
    ]
    frame.figures(*({"delta_color": "gray", **card} for card in cards))


def _signed(change: object) -> str | None:
    return None if change is None else f"{change:+.2f}"
