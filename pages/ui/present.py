"""A presentation: one thing a screen, in letters for a wall; the arrow keys turn the slides, Escape ends it.

The slide is in the URL (`present=2`), so a copied link opens it and the Back button turns back. What is built while a slide is on
the wall is shown on it: the scores of a panel as they come in (SEL-14).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from pages.ui import filters, frame
from pages.ui.frame import HERE
from pages.ui.words import t
from pipelines.reads import Selection


@dataclass(frozen=True)
class Slide:
    """One screen: what it says, the quiet line under that, and what draws it."""

    title: str
    note: str
    draw: Callable[[], None]


def start() -> None:
    """The button that begins a presentation of this page."""
    st.button(
        t("present.start"),
        icon=":material/slideshow:",
        key="present",
        on_click=filters.turn,
        args=(1,),
        type="tertiary",
    )


def show(slides: Sequence[Slide], selection: Selection) -> None:
    """Draw the slide that the URL asks for; its foot says what is shown, and whether that is published."""
    sentence = f"{filters.sentence(selection)} · {frame.edition_said(selection.cycle)}"
    number = min(filters.slide() or 1, len(slides))
    slide = slides[number - 1]
    st.html(HERE / "present.css")
    with st.container(key="slide"):
        st.markdown(f"# {slide.title}\n{slide.note}")
        with st.container(key="slide-body"):
            slide.draw()
    with st.container(horizontal=True, vertical_alignment="center", key="slide-foot"):
        st.button(
            t("present.back"), shortcut="Left", key="slide-back", disabled=number == 1,
            on_click=filters.turn, args=(number - 1,),
        )  # fmt: skip
        st.button(
            t("present.forward"), shortcut="Right", key="slide-forward", disabled=number == len(slides),
            on_click=filters.turn, args=(number + 1,),
        )  # fmt: skip
        st.markdown(t("present.place", number=number, count=len(slides), sentence=sentence), width="stretch")
        frame.follow(frame.version())
        st.button(t("present.end"), shortcut="Esc", key="slide-end", on_click=filters.turn, args=(None,))
