"""Honest change: what of a change was the subject's own, and who is one year from a consequence. Advice."""

import streamlit as st

from pages.ui import charts, findings, frame, lists, sentences, shapes, tables
from pages.ui.words import t
from pipelines.advice import CLEAR, course
from pipelines.reads import Selection

MOST_LINES = 30
MOST_HEIGHT = 560


@frame.page
def show() -> None:
    """Draw the parts of each change in the selected cohort, and the radar of consequences."""
    selection = frame.open_page("change", "kind", "platform", "layer", "cycle", is_one_cohort=True)
    with frame.waiting(t("change.working")):
        table = frame.ask(course.changes, selection)
        radar = frame.ask(course.radar, selection)
    known = frame.derive(_years, selection)
    if known:
        st.markdown(known)
    compared = shapes.known(table, "own_part")
    if compared.num_rows:
        st.markdown(frame.derive(_sentences, selection))
        with frame.card(
            findings.changes(compared), t("change.parts_note", before=selection.cycle - 1, cycle=selection.cycle)
        ) as corner:
            st.html(charts.part_line())
            drawn = shapes.outermost(compared, MOST_LINES)
            if drawn.num_rows < compared.num_rows:
                st.caption(t("change.outermost", shown=drawn.num_rows, all=f"{compared.num_rows:,}"))
            with frame.room(MOST_HEIGHT if drawn.num_rows > 18 else None):
                frame.chart(charts.change_parts, drawn, alt=t("change.parts"))
            frame.offer(drawn, "change-parts", selection.stem, chart="change_parts", within=corner)
        with frame.card(t("change.table"), t("change.table_note")) as corner:
            columns = ["name", "total_before", "total", "total_change", "own_part", "cohort_part", "rules_part",
                       "noise_part", "is_regression", "comparable"]  # fmt: skip
            lists.listing(tables.say(table), columns, selection, key="changes", height=420, roomy=("name",))
            frame.offer(table, "changes", selection.stem, within=corner)
        _trends(shapes.without_blank(table, ("trend_years", "trend_skipped")), selection)
    else:
        frame.empty("no_earlier")
    with frame.card(t("change.radar"), t("change.radar_note")) as corner:
        if radar.num_rows:
            st.markdown(f"- {t('change.near', count=len(shapes.distinct(radar, 'subject')))}")
            columns = ["rule", "name", "action", "condition", "cycles"]
            place = tables.show(
                frame.derive(_near, selection), columns, key="radar", height=380, roomy=("name",), is_clickable=True
            )
            frame.offer(radar, "radar", selection.stem, within=corner)
            if place is not None:
                frame.go_to("subject", subject=radar.column("subject")[place].as_py())
        else:
            st.caption(t("change.nobody"))
    with st.expander(t("confidence.method")):
        st.markdown(t("change.method_text"))


def _near(selection: Selection) -> shapes.Table:
    """The radar with what is one year away in words."""
    return shapes.worded(
        frame.ask(course.radar, selection), "condition", sentences.holds_when, "grades", "mode", "years"
    )


def _trends(table: shapes.Table, selection: Selection) -> None:
    """Who rises or falls over the years by more than chance, with the years used and those left out."""
    with frame.card(t("change.trends"), t("change.trends_note")) as corner:
        known = shapes.known(table, "trend_slope").to_pylist()
        clear = [row for row in known if row["trend_p"] < CLEAR]
        rising = sum(row["trend_slope"] > 0 for row in clear)
        words = {"all": len(known), "rising": rising, "falling": len(clear) - rising}
        st.markdown(f"- {t('change.trend_found', **words) if known else t('change.no_trend')}")
        columns = ["name", "trend_slope", "trend_low", "trend_high", "trend_p", "trend_years", "trend_skipped"]
        lists.listing(tables.say(table), columns, selection, key="trends", height=380, roomy=("name",))
        frame.offer(
            table.select([name for name in columns if name in table.column_names]),
            "trends",
            selection.stem,
            within=corner,
        )


def _years(selection: Selection) -> str:
    """The years that are known, grey with the reason where they cannot be compared; '' where there are none."""
    said = []
    for row in frame.ask(course.years, selection).to_pylist():
        why = row["comparable"]
        if why != "yes":
            said.append(f":gray-badge[{row['cycle']} · {t(f'comparable.{why}')}]")
        else:
            more = f" · {t('change.restated')}" if row["is_restated"] else ""
            said.append(f":blue-badge[{row['cycle']}{more}]")
    return f"{t('change.years')} {' '.join(said)}" if said else ""


def _sentences(selection: Selection) -> str:
    """What moved the cohort, who gained and lost most of himself, and how often a total moved the other way."""
    rows = shapes.known(frame.ask(course.changes, selection), "own_part").to_pylist()
    cycle, size = selection.cycle, len(rows)
    rules = sum(row["rules_part"] for row in rows) / size
    cohort = rows[0]["cohort_part"]
    said = [t("change.together", before=cycle - 1, cohort=tables.number(cohort, is_signed=True),
              rules=tables.number(rules, is_signed=True))]  # fmt: skip
    most, least = rows[0], rows[-1]
    said.append(t("change.own", best=most["name"] or most["subject"], gain=tables.number(most["own_part"], is_signed=True),
                  worst=least["name"] or least["subject"], loss=tables.number(least["own_part"], is_signed=True)))  # fmt: skip
    opposite = [row for row in rows if row["own_part"] * row["total_change"] < 0]
    if opposite:
        said.append(t("change.opposite", count=len(opposite), all=size))
    lucky = [row for row in rows if row["is_regression"]]
    if lucky:
        said.append(t("change.regression", count=len(lucky)))
    return "\n".join(f"- {sentence}" for sentence in said)
