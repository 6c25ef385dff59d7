"""The year's course: bonus and deduction entry by entry, the circular about them, and schedule against actual."""

import streamlit as st

from pages.ui import charts, filters, findings, frame, lists, shapes, tables
from pages.ui.words import language, t
from pipelines import reads, report
from pipelines.reads import Selection

HEIGHT = 420
QUARTERS = {"q1": (1, 3), "q2": (4, 6), "q3": (7, 9), "q4": (10, 12)}


@frame.page
def show() -> None:
    """Draw the ledger or the progress of the selected cohorts."""
    selection = frame.open_page("ledger", "kind", "platform", "layer", "cycle")
    view = filters.choose_view("view", {name: t(f"ledger.view_{name}") for name in ("entries", "progress")})
    if view == "entries":
        _entries(selection)
    else:
        _progress(selection)


def _entries(selection: Selection) -> None:
    months = frame.ask(reads.ledger_months, selection)
    if not frame.ask(reads.ledger, selection, None).num_rows:
        frame.empty("no_events")
        return
    known = [row["month"] for row in months.to_pylist()]
    labels = {"all": t("ledger.whole_year")} | {name: t(f"ledger.{name}") for name in QUARTERS}
    labels |= {str(month): t("ledger.month", month=month) for month in known}
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        period = filters.choose_option("period", labels)
        span = QUARTERS.get(period) or (None if period == "all" else (int(period), int(period)))
        _circular(selection, labels[period], span)
    subjects = frame.ask(reads.ledger_subjects, selection, span)
    events, bonus, deduction = frame.derive(_sums, selection, span)
    frame.show_figures(
        {"label": t("ledger.events"), "value": f"{events:,}", "help": t("ledger.events_help")},
        {"label": t("ledger.subjects"), "value": f"{subjects.num_rows:,}", "help": t("ledger.subjects_help")},
        {"label": t("ledger.bonus"), "value": tables.number(bonus),
         "help": t("ledger.bonus_help")},
        {"label": t("ledger.deduction"), "value": tables.number(deduction),
         "help": t("ledger.bonus_help")},
    )  # fmt: skip
    with frame.beside():
        with frame.card(findings.months(months), t("ledger.months_note")) as corner:
            frame.chart(charts.ledger_months, months, alt=t("ledger.months"))
            frame.offer(months, "ledger-months", selection.stem, chart="ledger_months", within=corner)
        with frame.card(t("ledger.by_subject"), t("ledger.by_subject_note")) as corner:
            columns = ["name", "events", "bonus_sum", "deduction_sum", "counted"]
            place = tables.show(subjects, columns, key="ledger-subjects", is_clickable=True, height=260)
            frame.offer(subjects, "ledger-subjects", f"{selection.stem}-{period}", within=corner)
            if place is not None:
                frame.go_to("subject", subject=subjects.column("subject")[place].as_py())
    entries = frame.ask(reads.ledger, selection, span)
    with frame.card(t("ledger.entries"), t("ledger.entries_note")) as corner:
        frame.link("upload", t("ledger.to_upload"))
        columns = ["date", "name", "type", "points", "reason", "document"]
        lists.listing(entries, columns, selection, key="ledger", height=HEIGHT)
        frame.offer(entries, "ledger", f"{selection.stem}-{period}", within=corner)


def _sums(selection: Selection, span: tuple[int, int] | None) -> tuple:
    subjects = frame.ask(reads.ledger_subjects, selection, span)
    return tuple(sum(subjects.column(name).to_pylist()) for name in ("events", "bonus_sum", "deduction_sum"))


def _circular(selection: Selection, label: str, span: tuple[int, int] | None) -> None:
    name = t("ledger.period", cycle=selection.cycle, label=label)
    make = frame.later(report.circular, selection, name, span, language())
    with st.popover(t("ledger.circular"), icon=":material/description:", width="content"):
        st.caption(t("ledger.circular_note"))
        st.download_button(
            t("ledger.circular_get"),
            data=lambda: make().encode(),
            file_name=f"{t('ledger.circular')}-{selection.stem}-{label}-{frame.stem_of_version()}.html",
            mime="text/html",
            icon=":material/download:",
            on_click="ignore",
            key="circular",
        )


def _progress(selection: Selection) -> None:
    indicators = frame.ask(reads.progress_indicators, selection).to_pylist()
    if not indicators:
        frame.empty("no_progress")
        return
    indicator = filters.choose_option("indicator", {row["indicator"]: row["name"] for row in indicators}, width=320)
    rows = frame.ask(reads.progress, selection, indicator)
    has_plan = not shapes.is_blank(rows, "planned")
    behind = shapes.where(shapes.last_period(rows), "is_behind", True) if has_plan else None
    counts = {"count": behind.num_rows, "all": len(shapes.distinct(rows, "subject"))} if has_plan else {}
    title = t("ledger.behind", **counts) if has_plan else t("ledger.progress")
    with frame.card(title, t("ledger.progress_note") if has_plan else t("ledger.no_plan")) as corner:
        if has_plan:
            frame.chart(charts.progress, rows, alt=t("ledger.progress"))
            frame.offer(rows, "schedule", f"{selection.stem}-{indicator}", chart="progress", within=corner)
    with frame.card(t("ledger.periods"), t("ledger.periods_note")) as corner:
        columns = ["name", "platform", "period", "value", "plan", "done", "planned", "ratio"]
        hidden = {name for name in ("plan", "planned", "ratio") if shapes.is_blank(rows, name)}
        shown = [name for name in columns if name not in hidden]
        lists.listing(rows, shown, selection, key="progress", height=HEIGHT)
        frame.offer(rows, "progress", f"{selection.stem}-{indicator}", within=corner)
