"""Blocks that more than one page shows."""

from __future__ import annotations

import streamlit as st

from pages.ui import charts, frame
from pages.ui.words import t
from pipelines import reads
from pipelines.reads import Selection


def grade_mix(selection: Selection) -> None:
    """The grades of each platform (of each layer where there is one platform) against the quota of the best grade."""
    grades = frame.ask(reads.grades, selection)
    names = grades.column("grade").to_pylist()
    shares = tuple(zip(names, grades.column("share").to_pylist(), strict=True))
    mix = frame.ask(reads.grade_mix, selection)
    group = "platform" if len(set(mix.column("platform").to_pylist())) > 1 else "layer"
    has_line = bool(shares) and shares[0][1] is not None
    with frame.card(t("blocks.mix"), t("blocks.mix_note") if has_line else t("blocks.mix_note_open")):
        st.html(charts.key_line([*names, ""]))
        frame.chart(charts.grade_mix, mix, group, shares, alt=t("blocks.mix"))
