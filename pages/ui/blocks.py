"""Blocks that more than one page shows, and their findings in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

import streamlit as st

from pages.ui import charts, frame, tables
from pages.ui.words import t
from pipelines import reads
from pipelines.reads import Selection

BOLD = re.compile(r"\*\*(.+?)\*\*")


def cycle_figures(selection: Selection, decisions: Sequence[dict]) -> None:
    """Four figures of the cycle: ranked, mean total, data coverage, open cases."""
    years = frame.ask(reads.overview, selection).to_pylist()
    now = years[-1]
    before = years[-2] if len(years) > 1 and years[-2]["cycle"] == now["cycle"] - 1 else None

    def compared(name: str, decimals: int = 0) -> dict[str, str]:
        """How the figure moved since the year before; nothing where it is not known or did not move."""
        if before is None or now[name] is None or before[name] is None or now[name] == before[name]:
            return {}
        moved = tables.number(now[name] - before[name], decimals, is_signed=True)
        return {"delta": moved, "delta_description": t("overview.versus", cycle=now["cycle"] - 1)}

    open_cases = [row for row in decisions if row["is_decision"]]
    frame.show_figures(
        {
            "label": t("overview.ranked"),
            "value": f"{now['ranked_count']:,}",
            "delta_description": t("overview.of_all", count=f"{now['subject_count']:,}"),
            "help": t("overview.ranked_help"),
        },
        {
            "label": t("overview.mean"),
            "value": tables.number(now["total_mean"]),
            **compared("total_mean", 2),
            "help": t("overview.mean_help"),
        },
        {
            "label": t("overview.coverage"),
            "value": tables.percent(now["coverage_rate"]),
            "delta_description": t("overview.partial", count=now["partial_count"]),
            "help": t("overview.coverage_help"),
        },
        {
            "label": t("overview.open"),
            "value": f"{sum(row['case_count'] for row in open_cases):,}",
            "delta_description": t("overview.open_kinds", count=len(open_cases)),
            "help": t("overview.open_help"),
        },
    )


def decisions(rows: Sequence[dict], most: int) -> None:
    """What waits for a person, each with a link; below, quietly, what is only to be known."""
    waiting = [row for row in rows if row["is_decision"]]
    known = [row for row in rows if not row["is_decision"]]
    if not waiting:
        st.markdown(f":material/check_circle: {t('overview.nothing')}")
    lines = [_case(row, "open", "error") for row in waiting[:most]]
    if len(waiting) > most:
        more = frame.way("rankings", t("overview.more", count=len(waiting) - most), only="attention")
        lines.append(f"<div><span></span>{more}</div>")
    lines += [_case(row, "known", "info") for row in known[: max(most - len(waiting), 1)]]
    if lines:
        st.html(f"<div class='kaoping-cases'>{''.join(lines)}</div>")


def _case(row: dict, name: str, icon: str) -> str:
    """One case as a line of HTML, with the way to where it is decided."""
    effect = tables.effect(row["effect"]) if row["effect"] else ""
    words = {"count": row["case_count"], "detail": row["detail"], "name": row["name"] or "", "effect": effect}
    said = escape(t(f"decision.{row['reason']}_{'one' if row['subject'] else 'many'}", **words))
    if row["subject"]:
        on = frame.way("subject", t("overview.open_link"), subject=row["subject"], kind=row["kind"])
    elif row["reason"] in ("over", "border"):
        on = frame.way("grades", t("overview.open_link"), kind=row["kind"], grade=row["detail"])
    else:
        only = "partial" if row["reason"] == "partial" else "attention"
        on = frame.way("rankings", t("overview.open_link"), kind=row["kind"], only=only, q=row["detail"] or None)
    told = BOLD.sub(r"<b>\1</b>", said)
    return f"<div class='{name}'>{frame.sign(icon)}<span>{told}</span>{on}</div>"


def quota_finding(selection: Selection) -> str:
    """The best grade against its seats in one line."""
    quotas = [row for row in frame.ask(reads.quotas, selection).to_pylist() if not row["part"]]
    names = frame.grades(selection)
    own = [row for row in quotas if names and row["grade"] == names[0] and row["seats"] is not None]
    if not own:
        return t("blocks.mix")
    over = sum(row["over"] for row in own)
    words = {"grade": names[0], "seats": sum(row["seats"] for row in own), "taken": sum(row["taken"] for row in own)}
    if over:
        return t("blocks.mix_over", over=over, **words)
    return t("blocks.mix_within", **words)


def mix_note(selection: Selection) -> str:
    """How to read the grade mix."""
    shares = frame.ask(reads.grades, selection).column("share").to_pylist()
    return t("blocks.mix_note") if shares and shares[0] is not None else t("blocks.mix_note_open")


def mix_chart(selection: Selection) -> None:
    """The grades of each platform (of each layer where there is one platform) against the quota of the best grade."""
    grades = frame.ask(reads.grades, selection)
    names = grades.column("grade").to_pylist()
    if not names:
        st.caption(t("blocks.no_grades"))
        return
    shares = tuple(zip(names, grades.column("share").to_pylist(), strict=True))
    mix = frame.ask(reads.grade_mix, selection)
    group = "platform" if len(set(mix.column("platform").to_pylist())) > 1 else "layer"
    has_none = "" in mix.column("grade").to_pylist()
    st.html(charts.key_line([*names, *([""] if has_none else [])]))
    point = frame.chart(charts.grade_mix, mix, group, shares, alt=t("blocks.mix"), is_clickable=True)
    if point:
        chosen = "" if point["y"] in (t("filter.blank"), t("chart.everybody")) else point["y"]
        frame.go_to("rankings", **{group: chosen})


def grade_mix(selection: Selection) -> None:
    """The grade mix as a card whose title is its finding."""
    with frame.card(frame.derive(quota_finding, selection), mix_note(selection)) as corner:
        mix_chart(selection)
        if frame.grades(selection):
            mix = frame.ask(reads.grade_mix, selection)
            frame.offer(mix, "grade-mix", selection.stem, chart="grade_mix", within=corner)
