"""How sure ranks and grades are: what other votes of the same kind would have made of them. Advice for the meeting."""

import streamlit as st

from pages.ui import certainty, charts, findings, frame
from pages.ui.words import t
from pipelines.advice import sure
from pipelines.reads import Selection


@frame.page
def show() -> None:
    """Draw intervals, chances and the border list of the selected cohort."""
    selection = frame.open_page("confidence", "kind", "platform", "layer", "cycle", is_one_cohort=True)
    certainty.show(selection)
    _compared(selection)
    with st.expander(t("confidence.method")):
        st.markdown(t("confidence.method_text"))


def _compared(selection: Selection) -> None:
    with frame.waiting(t("confidence.comparing")):
        pairs = frame.ask(sure.comparisons, selection)
    if pairs.num_rows:
        with frame.card(findings.ahead(pairs), t("confidence.ahead_note")) as corner:
            frame.chart(charts.ahead, pairs, alt=t("confidence.ahead"))
            frame.offer(pairs, "comparisons", selection.stem, chart="ahead", within=corner)
