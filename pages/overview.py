"""How the cycle stands: coverage, grade mix against the quota, who moved, and what needs a decision."""

import streamlit as st

from pages.ui import blocks, charts, filters, frame, present, shapes, tables
from pages.ui.present import Slide
from pages.ui.words import t
from pipelines import reads
from pipelines.reads import Selection

MOST_DECISIONS = 7
"""So many kinds of open cases are listed here; the rest stands in the rankings."""


@frame.page
def show() -> None:
    """Draw the overview of the selected kind and cycle, or one slide of it."""
    selection = frame.open_page("overview", "kind", "cycle")
    decisions = frame.ask(reads.decisions, selection).to_pylist()
    if filters.slide():
        present.show(_slides(selection, decisions), selection)
        return
    pending = frame.ask(reads.pending_cycles)
    if pending:
        frame.notice("warning", t("overview.pending", cycles=", ".join(map(str, pending))))
    blocks.cycle_figures(selection, decisions)
    with frame.beside("overview"):
        if frame.grades(selection):
            blocks.grade_mix(selection)
        else:
            _totals(selection)
        with frame.card(t("overview.decisions"), t("overview.decisions_note")) as corner:
            blocks.decisions(decisions, MOST_DECISIONS)
            frame.link("review", t("overview.to_review"))
            with corner:
                present.start()
        if frame.grades(selection):
            _totals(selection)
        note = t("overview.movers_note", cycle=selection.cycle - 1)
        with frame.card(frame.derive(_moved, selection), note) as corner:
            _movers(selection)
            if frame.ask(reads.movers, selection).num_rows:
                frame.offer(frame.ask(reads.movers, selection), "movers", selection.stem, within=corner)


def _slides(selection: Selection, decisions: list[dict]) -> list[Slide]:
    """The overview one thing at a time; what there is nothing of has no slide."""
    note = t("overview.movers_slide", cycle=selection.cycle - 1)
    slides = [
        Slide(t("overview.title"), t("overview.purpose"), lambda: _stand(selection, decisions)),
        Slide(blocks.quota_finding(selection), blocks.mix_note(selection), lambda: blocks.mix_chart(selection)),
        Slide(_spread(selection), _spread_note(selection), lambda: _distribution(selection)),
        Slide(_moved(selection), note, lambda: _movers(selection)),
    ]
    return slides if frame.ask(reads.movers, selection).num_rows else slides[:3]


def _stand(selection: Selection, decisions: list[dict]) -> None:
    blocks.cycle_figures(selection, decisions)
    blocks.decisions(decisions, MOST_DECISIONS)


def _spread(selection: Selection) -> str:
    """The finding of the distribution: where the middle half of the totals lies."""
    middle = shapes.middle_half(frame.ask(reads.peers, selection))
    if middle is None:
        return t("overview.distribution")
    return t("overview.spread", low=tables.number(middle[0], 1), high=tables.number(middle[1], 1))


def _spread_note(selection: Selection) -> str:
    return t("overview.distribution_note") if frame.grades(selection) else t("overview.distribution_plain")


def _totals(selection: Selection) -> None:
    with frame.card(frame.derive(_spread, selection), _spread_note(selection)) as corner:
        _distribution(selection)
        frame.offer(frame.ask(reads.peers, selection), "totals", selection.stem, chart="distribution", within=corner)


def _distribution(selection: Selection) -> None:
    names = frame.grades(selection)
    if names:
        st.html(charts.key_line(names))
    frame.chart(charts.distribution, frame.ask(reads.peers, selection), tuple(names), alt=t("overview.distribution"))


def _moved(selection: Selection) -> str:
    """The finding of the movers: who rose most."""
    movers = frame.ask(reads.movers, selection).to_pylist()
    if not movers or movers[0]["rank_change"] <= 0:
        return t("overview.movers")
    return t("overview.moved", name=movers[0]["name"], places=movers[0]["rank_change"])


def _movers(selection: Selection) -> None:
    movers = frame.ask(reads.movers, selection)
    if not movers.num_rows:
        st.caption(t("overview.no_movers"))
        return
    columns = ["rank_change", "name", "platform", "rank"]
    place = tables.show(movers, columns, key="movers", is_clickable=True)
    if place is not None:
        frame.go_to("subject", subject=movers.column("subject")[place].as_py())
