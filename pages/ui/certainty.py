"""How sure ranks and grades are, wherever they are shown: sentences, intervals beside chances, the border list of the meeting."""

from __future__ import annotations

import streamlit as st

from pages.ui import charts, filters, findings, frame, shapes, tables
from pages.ui.words import t
from pipelines.advice import sure
from pipelines.reads import Selection

MOST_LINES = 45
"""So many subjects are drawn; of a larger cohort those nearest to the line."""
MOST_HEIGHT = 620
MOST_NAMED = 6


def show(selection: Selection) -> None:
    """Draw how sure the ranks and grades of the selection are, at a line that the visitor chooses."""
    grades = frame.grades(selection)
    lines = {name: t("confidence.line", grade=name) for name in frame.ask(sure.lines_of, selection)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        line = filters.choose_view("grade", lines) if lines else ""
        ways = {name: t(f"confidence.by_{name}") for name in ("votes", "weights")}
        has_weights = filters.choose_view("with", ways) == "weights"
    with frame.waiting(t("confidence.working")):
        table = frame.ask(sure.sureness, selection, line, has_weights)
    if not table.num_rows:
        frame.empty("no_rank")
        return
    _sentences(table, line, has_weights)
    with frame.card(findings.sureness(table, line), t("confidence.intervals_note")) as corner:
        drawn = shapes.nearest(table, "line_chance", MOST_LINES)
        if drawn.num_rows < table.num_rows:
            st.caption(t("confidence.nearest", shown=drawn.num_rows, all=f"{table.num_rows:,}", grade=line))
        st.html(charts.key_line(grades))
        with frame.room(MOST_HEIGHT if drawn.num_rows > 20 else None):
            frame.chart(charts.intervals, drawn, tuple(grades), alt=t("confidence.intervals"))
        frame.offer(drawn, "intervals", selection.stem, chart="intervals", within=corner)
    _borders(table, line, grades, selection)


def _sentences(table: shapes.Table, line: str, has_weights: bool) -> None:
    rows = table.to_pylist()
    share = max(row["vote_share"] for row in rows)
    if not share and not has_weights:
        frame.notice("info", t("confidence.no_votes"))
        return
    said = [t("confidence.votes", share=tables.percent(share, 0))]
    if line:
        found = {name: [row for row in rows if row["certainty"] == name] for name in ("safe", "border", "out")}
        said.append(t("confidence.verdict", grade=line, **{name: len(own) for name, own in found.items()}))
        if found["border"]:
            names = t("confidence.and").join(row["name"] or row["subject"] for row in found["border"][:MOST_NAMED])
            count = len(found["border"]) - MOST_NAMED
            said.append(t("confidence.who", names=names + (t("chart.more", count=count) if count > 0 else "")))
    still = sum(row["rank_low"] == row["rank_high"] for row in rows)
    said.append(t("confidence.still", still=still, all=len(rows)))
    st.markdown("\n".join(f"- {sentence}" for sentence in said))


def _borders(table: shapes.Table, line: str, grades: list[str], selection: Selection) -> None:
    title = t("confidence.borders", grade=line) if line else t("confidence.everybody")
    with frame.card(title, t("confidence.borders_note")) as corner:
        shown = shapes.where(table, "certainty", "border") if line else table
        if not shown.num_rows:
            st.markdown(f":material/check_circle: {t('confidence.no_border')}")
        else:
            columns = ["rank", "name", "platform", "layer", "grade", "line_chance", "chances", "rank_interval",
                       "set_interval", "all_interval", "total", "total_spread", "vote_share"]  # fmt: skip
            hidden = {name for name in ("platform", "layer") if len(shapes.distinct(table, name)) < 2}
            hidden |= set() if line else {"line_chance"}
            shown = shapes.ranges(
                shown, rank_interval=("rank_low", "rank_high"), set_interval=("set_low", "set_high"),
                all_interval=("all_low", "all_high"),
            )  # fmt: skip
            place = tables.show(
                tables.say(shown), [name for name in columns if name not in hidden], key="sure", grades=grades,
                is_clickable=True, height=420, roomy=("name",),
            )  # fmt: skip
            if place is not None:
                frame.go_to("subject", subject=shown.column("subject")[place].as_py())
        frame.offer(table, "sureness", selection.stem, within=corner)
