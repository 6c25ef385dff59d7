"""The structure of teams: figures, groups that are in them, ages by layer."""

from __future__ import annotations

import streamlit as st

from pages.ui import frame, shapes, tables
from pages.ui.words import t
from pipelines.advice.structure import Structure
from pipelines.reads import Selection

MOST_HEIGHT = 480


def figures(found: Structure, other: int | None) -> None:
    """Members, average age, and for the first two groups the teams that have one, each with its change since the `other` cycle."""
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
            "delta": _moved(whole["age_change"], "years"),
            "help": t("structure.age_help", day=found.day, known=whole["ages_known"]),
        },
    ]
    cards += [
        {
            "label": row["group_name"],
            "value": f"{row['teams_with']} / {row['teams']}",
            "delta": _moved(row["points_change"], "points"),
            "help": t("structure.group_help"),
        }
        for row in found.groups.to_pylist()[:2]
    ]
    said = t("overview.versus", cycle=other) if other else None
    frame.show_figures(
        *({"is_neutral": True, "delta_description": said if card.get("delta") else None, **card} for card in cards)
    )


def layers(found: Structure, selection: Selection, *, has_other: bool) -> None:
    """The average age of each layer, and what it was in the other cycle."""
    with frame.card(t("structure.layers"), t("structure.layers_note")) as corner:
        columns = ["layer", "people", "mean_age", *(["mean_age_before", "age_change"] if has_other else [])]
        if found.layers.column("people") != found.layers.column("ages_known"):
            columns.insert(2, "ages_known")
        rows = shapes.unblanked(found.layers, "layer", t("structure.everybody"))
        tables.show(rows, columns, key="layers", height=MOST_HEIGHT)
        frame.offer(found.layers, "ages-by-layer", selection.stem, within=corner, seen=lambda: rows)


def groups(found: Structure, selection: Selection, *, has_other: bool) -> None:
    """In how many teams each group has at least one, and how that changed."""
    with frame.card(t("structure.groups"), t("structure.groups_note")) as corner:
        if not found.groups.num_rows:
            st.caption(t("structure.no_groups"))
            return
        columns = ["group_name", "teams_with", "teams", "team_rate"]
        columns += ["points_change", "relative_change"] if has_other else []
        columns += ["members_with", "people", "members_unknown"]
        tables.show(found.groups, columns, key="groups", height=MOST_HEIGHT)
        frame.offer(found.groups, "groups", selection.stem, within=corner)


def _moved(change: object, unit: str) -> str | None:
    return None if change is None else t(f"structure.in_{unit}", change=f"{change:+.2f}")
