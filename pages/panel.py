"""Whether the raters of each panel agree, how they use the scale, and how many it takes. Advice."""

from contextlib import nullcontext

import streamlit as st

from pages.ui import charts, findings, frame, lists, shapes, tables
from pages.ui.words import t
from pipelines.advice import panels
from pipelines.reads import Selection


@frame.page
def show() -> None:
    """Draw the panels of the selected kind."""
    selection = frame.open_page("panel", "kind", "cycle")
    with frame.waiting(t("panel.working")):
        table = frame.ask(panels.panels, selection)
        for further in (panels.adjusted, panels.forms, panels.items):
            frame.ask(further, selection)
    if not table.num_rows:
        frame.empty("no_panel")
        return
    rows = table.to_pylist()
    _sentences(rows)
    with frame.beside():
        rated, compared = shapes.known(table, "icc_mean"), shapes.known(table, "leniency")
        with frame.card(findings.agreement(rated), t("panel.agreement_note")) as corner:
            if rated.num_rows:
                frame.chart(charts.agreement, rated, alt=t("panel.agreement"))
                frame.offer(rated, "agreement", selection.stem, chart="agreement", within=corner)
            else:
                st.caption(t("panel.no_sheets"))
        with frame.card(findings.leniency(compared), t("panel.leniency_note")) as corner:
            if compared.num_rows:
                frame.chart(charts.leniency, compared, alt=t("panel.leniency"))
                frame.offer(compared, "leniency", selection.stem, chart="leniency", within=corner)
            else:
                st.caption(t("panel.one_group"))
    with frame.card(t("panel.table"), t("panel.table_note")) as corner:
        columns = ["poll", "rater_group", "quality", "ballot_count", "subject_count", "panel_count", "raters", "icc_single",
                   "icc_mean", "raters_needed", "kendall_w", "alpha", "item_alpha", "rwg", "leniency", "scale_spread", "top_rate",
                   "block_count", "regraded"]  # fmt: skip
        hidden = {name for name in columns if shapes.is_blank(table, name)}
        tables.show(tables.say(table), [name for name in columns if name not in hidden], key="panels", height=460)
        frame.offer(table, "panels", selection.stem, within=corner)
    _further(selection, frame.grades(selection))
    with st.expander(t("confidence.method")):
        st.markdown(t("panel.method_text"))


def _further(selection: Selection, grades: list[str]) -> None:
    """Raw scores beside adjusted ones, the forms of the intraclass correlation, and the items."""
    adjusted = frame.ask(panels.adjusted, selection)
    if adjusted.num_rows:
        with frame.card(t("panel.adjusted"), t("panel.adjusted_note")) as corner:
            crossing = shapes.where(adjusted, "is_crossing", True).to_pylist()
            names = t("confidence.and").join(dict.fromkeys(row["name"] or row["subject"] for row in crossing[:6]))
            st.markdown(f"- {t('panel.crossing', names=names) if crossing else t('panel.no_crossing')}")
            columns = [
                "name",
                "poll",
                "rater_group",
                "raw_mean",
                "adjusted_mean",
                "rank",
                "new_rank",
                "grade",
                "new_grade",
            ]
            lists.listing(adjusted, columns, selection, key="adjusted", grades=grades, height=340, roomy=("name",))
            frame.offer(adjusted, "adjusted", selection.stem, within=corner)
    answers = (
        ("forms", panels.forms, ["poll", "rater_group", "icc_form", "icc", "icc_low", "icc_high", "panel_count"]),
        ("items", panels.items, ["poll", "rater_group", "item", "item_rest", "alpha_without", "item_alpha"]),
    )
    given = [(name, frame.ask(answer, selection), columns) for name, answer, columns in answers]
    given = [one for one in given if one[1].num_rows]
    with frame.beside() if len(given) > 1 else nullcontext():
        for name, table, columns in given:
            with frame.card(t(f"panel.{name}"), t(f"panel.{name}_note")) as corner:
                tables.show(table, columns, key=name, height=300)
                frame.offer(table, name, selection.stem, within=corner)


def _sentences(rows: list[dict]) -> None:
    said = []
    for row in rows:
        words = {"poll": row["poll"], "group": row["rater_group"]}
        if row["quality"] in ("fair", "weak") and row["raters_needed"]:
            said.append(t("panel.needs", **words, needed=row["raters_needed"], raters=tables.number(row["raters"], 0)))
        if row["regraded"]:
            said.append(t("panel.severity", **words, count=row["regraded"]))
    reliable = [row for row in rows if row["quality"] == "reliable"]
    if reliable:
        said.insert(0, t("panel.agree", groups=_named(reliable)))
    full = [row for row in rows if row["top_rate"] is not None and row["top_rate"] > charts.CEILING]
    if full:
        said.append(
            t("panel.ceiling", groups=_named(full), share=tables.percent(max(row["top_rate"] for row in full), 0))
        )
    apart = [row for row in rows if row["block_count"] and row["block_count"] > 1]
    if apart:
        said.append(t("panel.blocks", groups=_named(apart), count=max(row["block_count"] for row in apart)))
    compared = [row for row in rows if row["leniency"] is not None]
    if compared:
        strict, mild = (pick(compared, key=lambda row: row["leniency"]) for pick in (min, max))
        said.append(t("panel.extremes", mild=mild["rater_group"], mild_poll=mild["poll"], strict=strict["rater_group"],
                      strict_poll=strict["poll"], above=tables.number(mild["leniency"], is_signed=True),
                      below=tables.number(strict["leniency"], is_signed=True)))  # fmt: skip
    hidden = sum(row["quality"] == "suppressed" for row in rows)
    if hidden:
        said.append(t("panel.suppressed", count=hidden))
    st.markdown("\n".join(f"- {sentence}" for sentence in said))


def _named(rows: list[dict]) -> str:
    return t("confidence.and").join(f"**{row['rater_group']}**" for row in rows)
