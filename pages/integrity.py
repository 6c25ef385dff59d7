"""The ballot integrity desk: whether counts add up, and ballots that ask for a look. Nothing is removed here."""

import streamlit as st

from pages.ui import frame, tables
from pages.ui.words import t
from pipelines import reads
from pipelines.advice import panels


@frame.page
def show() -> None:
    """Draw the counts and the findings of the selected kind."""
    selection = frame.open_page("integrity", "kind", "cycle")
    with frame.waiting(t("panel.working")):
        returns = frame.ask(panels.returns, selection)
        findings = frame.ask(panels.findings, selection)
    _sentences(returns.to_pylist(), findings.to_pylist())
    with frame.card(t("integrity.findings"), t("integrity.findings_note")) as corner:
        if findings.num_rows:
            columns = [
                "finding",
                "poll",
                "rater_group",
                "sheet_count",
                "of_sheets",
                "moved_count",
                "shift_greatest",
                "regraded",
                "can_leave",
            ]
            tables.show(tables.say(findings), columns, key="findings", height=420, roomy=("finding",))
            frame.offer(findings, "findings", selection.stem, within=corner)
        else:
            st.markdown(f":material/check_circle: {t('integrity.nothing')}")
    decided = frame.ask(reads.leavings, selection.cycle)
    if decided.num_rows:
        with frame.card(t("review.ballots"), t("review.ballots_note")) as corner:
            columns = [
                "finding",
                "poll",
                "rater_group",
                "sheet_count",
                "authority",
                "reason",
                "who",
                "at",
                "is_withdrawn",
            ]
            tables.show(tables.say(decided), columns, key="leavings", height=300)
            frame.offer(decided, "leavings", selection.stem, within=corner)
    with frame.card(t("integrity.returns"), t("integrity.returns_note")) as corner:
        if returns.num_rows:
            columns = ["poll", "rater_group", "meeting_count", "issued", "returned", "void", "missing_count",
                       "impossible_count", "fault_names"]  # fmt: skip
            tables.show(tables.say(returns), columns, key="returns", height=420)
            frame.offer(returns, "returns", selection.stem, within=corner)
        else:
            st.caption(t("integrity.no_returns"))
    with st.expander(t("integrity.meanings")):
        for name in ("top", "bottom", "straight", "identical", "far", "block"):
            st.markdown(f"- **{t(f'finding.{name}')}**: {t(f'integrity.{name}')}")
    frame.notice("info", t("integrity.decide"))
    frame.link("review", t("integrity.towards"), view="ballots")


def _sentences(returns: list[dict], findings: list[dict]) -> None:
    said = []
    impossible = sum(row["impossible_count"] for row in returns)
    if returns:
        missing = sum(row["missing_count"] or 0 for row in returns)
        issued = sum(row["issued"] or 0 for row in returns)
        said.append(t("integrity.missing", missing=f"{missing:,}", issued=f"{issued:,}"))
        said.append(t("integrity.impossible", count=impossible) if impossible else t("integrity.possible"))
    told_of = [row for row in findings if row["sheet_count"] is not None]
    sheets = sum(row["sheet_count"] for row in told_of)
    if told_of:
        worst = max(told_of, key=lambda row: (row["regraded"], row["moved_count"]))
        said.append(t("integrity.found", sheets=f"{sheets:,}", kinds=len({row["finding"] for row in told_of})))
        said.append(t("integrity.effect", finding=t(f"finding.{worst['finding']}"), group=worst["rater_group"],
                      moved=worst["moved_count"], regraded=worst["regraded"]))  # fmt: skip
    if said:
        st.markdown("\n".join(f"- {sentence}" for sentence in said))
