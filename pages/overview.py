"""How the cycle stands: coverage, grade mix against the quota, who moved, and what needs a decision."""

import streamlit as st

from pages.ui import blocks, charts, frame, tables
from pages.ui.words import t
from pipelines import reads
from pipelines.reads import Selection

MOST_DECISIONS = 8
"""So many kinds of open cases are listed here; the rest stands in the rankings."""


@frame.page
def show() -> None:
    """Draw the overview of the selected kind and cycle."""
    selection = frame.open_page("overview", "kind", "cycle")
    pending = frame.ask(reads.pending_cycles)
    if pending:
        frame.notice("warning", t("overview.pending", cycles=", ".join(map(str, pending))))
    decisions = frame.ask(reads.decisions, selection).to_pylist()
    _figures(selection, decisions)
    left, right = st.columns([3, 2])
    with left:
        blocks.grade_mix(selection)
    with right:
        _decisions(decisions)
    left, right = st.columns([3, 2])
    with left:
        _distribution(selection)
    with right:
        _movers(selection)


def _figures(selection: Selection, decisions: list[dict]) -> None:
    years = frame.ask(reads.overview, selection).to_pylist()
    now = years[-1]
    before = years[-2] if len(years) > 1 and years[-2]["cycle"] == now["cycle"] - 1 else None

    def compared(name: str, decimals: int = 0) -> dict[str, str]:
        """How the figure moved since the year before; nothing where it is not known or did not move."""
        if before is None or now[name] is None or before[name] is None or now[name] == before[name]:
            return {}
        moved = tables.number(now[name] - before[name], decimals, is_signed=True)
        return {"delta": moved, "delta_description": t("overview.versus", cycle=now["cycle"] - 1)}

    frame.figures(
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
            "value": f"{sum(row['case_count'] for row in decisions):,}",
            "delta_description": t("overview.open_kinds", count=len(decisions)),
            "help": t("overview.open_help"),
        },
    )


def _decisions(decisions: list[dict]) -> None:
    with frame.card(t("overview.decisions"), t("overview.decisions_note")):
        if not decisions:
            st.markdown(f":material/check_circle: {t('overview.nothing')}")
        for place, row in enumerate(decisions[:MOST_DECISIONS]):
            words = {"count": row["case_count"], "detail": row["detail"], "name": row["name"] or ""}
            with st.container(horizontal=True, wrap=False, horizontal_alignment="distribute", key=f"decision-{place}"):
                form = "one" if row["subject"] else "many"
                st.markdown(t(f"decision.{row['reason']}_{form}", **words), width="stretch")
                if row["subject"]:
                    frame.link("subject", t("overview.open_link"), subject=row["subject"], kind=row["kind"])
                elif row["reason"] in ("over", "border"):
                    frame.link("grades", t("overview.open_link"), kind=row["kind"])
                else:
                    frame.link("rankings", t("overview.open_link"), kind=row["kind"], only="attention")
        if len(decisions) > MOST_DECISIONS:
            frame.link("rankings", t("overview.more", count=len(decisions) - MOST_DECISIONS), only="attention")


def _distribution(selection: Selection) -> None:
    names = frame.grades(selection)
    with frame.card(t("overview.distribution"), t("overview.distribution_note")):
        frame.chart(
            charts.distribution, frame.ask(reads.peers, selection), tuple(names), alt=t("overview.distribution")
        )


def _movers(selection: Selection) -> None:
    movers = frame.ask(reads.movers, selection)
    with frame.card(t("overview.movers"), t("overview.movers_note", cycle=selection.cycle - 1)):
        if movers.num_rows:
            columns = ["rank_change", "name", "platform", "rank"]
            place = tables.show(movers, columns, key="movers", is_clickable=True)
            if place is not None:
                frame.go_to("subject", subject=movers.column("subject")[place].as_py())
        else:
            st.caption(t("overview.no_movers"))
