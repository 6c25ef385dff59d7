"""Whether grades fall alike on groups, whether scales leave room at the top, and what a mean of votes is not. Advice."""

import streamlit as st

from pages.ui import charts, filters, findings, frame, shapes, tables
from pages.ui.words import t
from pipelines import reads
from pipelines.advice import CLEAR, fair

KNOWN = ("platform", "layer", "_size", "_place")
"""Groupings that have a word of ours; all others are attributes of the roster, shown as they are written."""


@frame.page
def show() -> None:
    """Draw shares by group, ceilings and scales of the selected kind."""
    selection = frame.open_page("fairness", "kind", "cycle")
    grades = frame.grades(selection)
    with frame.waiting(t("fairness.working")):
        names = frame.ask(fair.attributes, selection) if grades else []
        ceilings, scales = frame.ask(fair.ceilings, selection), frame.ask(fair.scales, selection)
    _shares(selection, grades, names)
    with frame.beside():
        with frame.card(t("fairness.ceilings"), t("fairness.ceilings_note")) as corner:
            full = [row for row in ceilings.to_pylist() if row["full_rate"] > charts.CEILING]
            if full:
                st.markdown(t("fairness.full", name=full[0]["name"], share=tables.percent(full[0]["full_rate"], 0)))
            columns = ["name", "step", "full_rate", "told_apart", "score_spread", "nominal_share", "group_size"]
            tables.show(tables.say(ceilings), columns, key="ceilings", height=340, roomy=("name",))
            frame.offer(ceilings, "ceilings", selection.stem, within=corner)
        with frame.card(t("fairness.scales"), t("fairness.scales_note")) as corner:
            for row in scales.to_pylist():
                st.markdown(
                    t("fairness.guard", poll=row["poll"], mean=tables.number(row["mean"]), votes=f"{row['votes']:,}",
                      options=row["favourable"], rate=tables.percent(row["favourable_rate"]))
                )  # fmt: skip
            if scales.num_rows:
                columns = ["poll", "point_map", "mean", "favourable", "favourable_rate", "votes"]
                tables.show(scales, columns, key="scales", height=220)
                frame.offer(scales, "scales", selection.stem, within=corner)
            else:
                st.caption(t("fairness.no_scales"))
    with st.expander(t("confidence.method")):
        st.markdown(t("fairness.method_text"))


def _shares(selection: reads.Selection, grades: list[str], names: list[str]) -> None:
    if not names:
        with frame.card(t("fairness.shares"), t("fairness.shares_note")):
            st.caption(t("fairness.no_groups"))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        labels = {
            name: t(f"fairness.by{name if name.startswith('_') else f'_{name}'}") for name in names if name in KNOWN
        }
        attribute = filters.choose_option("by", {name: labels.get(name, name) for name in names})
        grade = filters.choose_view("grade", {name: name for name in grades[:-1]}) if len(grades) > 1 else grades[0]
    table = frame.ask(fair.grade_shares, selection, attribute, grade)
    with frame.card(findings.shares(table, grade), t("fairness.shares_note")) as corner:
        _differences(selection, grade, labels)
        clear = [row for row in table.to_pylist() if row["p_corrected"] < CLEAR]
        if clear:
            told = (f"{row['group'] or t('filter.blank')} ({tables.percent(row['grade_rate'])})" for row in clear)
            st.markdown(f"- {t('fairness.clear', grade=grade, groups=t('confidence.and').join(told))}")
        else:
            st.markdown(f"- {t('fairness.no_difference', grade=grade)}")
        with frame.beside():
            frame.chart(charts.rates, table, alt=t("fairness.shares"))
            columns = ["group", "group_size", "with_grade", "grade_rate", "p_value", "p_corrected"]
            tables.show(table, columns, key="shares", height=340)
            frame.offer(table, "grade-shares", shapes.stem(selection, attribute, grade), chart="rates", within=corner)


def _differences(selection: reads.Selection, grade: str, labels: dict[str, str]) -> None:
    """Which groupings differ at all, after correction for their number."""
    found = frame.ask(fair.differences, selection, grade)
    rows = [row | {"grouping": labels.get(row["grouping"], row["grouping"])} for row in found.to_pylist()]
    clear = [row["grouping"] for row in rows if row["p_corrected"] < CLEAR]
    said = t("fairness.differing", groupings=t("confidence.and").join(clear)) if clear else t("fairness.none_differs")
    st.markdown(f"- {t('fairness.tested', count=len(rows), grade=grade, said=said)}")
    with frame.folded(t("fairness.groupings"), "groupings") as is_open:
        if is_open:
            columns = ["grouping", "group_count", "lowest_group", "lowest_rate", "highest_group", "highest_rate",
                       "cramers_v", "p_value", "p_corrected"]  # fmt: skip
            tables.show(shapes.like(found, rows), columns, key="differences", height=340)
            frame.offer(found, "differences", shapes.stem(selection, grade))
