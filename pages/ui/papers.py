"""Documents about subjects: one to print or to edit, or those of a whole selection as a zip."""

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from pages.ui import filters, frame, tables
from pages.ui.words import language, t
from pipelines import reads
from pipelines.reads import Selection

MIME = {"html": "text/html", "xlsx": frame.MIME["xlsx"], "zip": "application/zip"}


def offer(
    selection: Selection,
    told: Any,
    forms: Sequence[str],
    printed: Callable[[Any, str, str], bytes],
    file_name: Callable[[Any, str, str], str],
    bundle: Callable[..., bytes],
    title: str,
) -> None:
    """Draw the downloads of one document in each form, and of the documents of the whole selection.

    `printed` and `file_name` take (told, language, form); `bundle` is the question that makes a zip of the selection, which
    is made on demand with its progress and can be cancelled.
    """
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(horizontal=True, width="content"):
            for form in forms:
                st.download_button(
                    t(f"papers.as_{form}"),
                    data=functools.partial(printed, told, language(), form),
                    file_name=f"{frame.stem_of_version()}-{file_name(told, language(), form)}",
                    mime=MIME[form],
                    icon=":material/download:",
                    on_click="ignore",
                    key=f"paper-{form}",
                )
        _everybody(replace(selection, subject=None), forms, bundle, title)


def _everybody(selection: Selection, forms: Sequence[str], bundle: Callable[..., bytes], title: str) -> None:
    count = frame.ask(reads.ranking, selection).num_rows
    with st.popover(t("papers.all", count=tables.number(count, 0)), icon=":material/folder_zip:", width="content"):
        st.caption(t("papers.all_note", cohort=filters.sentence(selection)))
        form = filters.choose_view("form", {name: t(f"papers.as_{name}") for name in forms})
        key = (bundle.__name__, selection, language(), form, frame.stem_of_version())
        if st.button(t("papers.make"), icon=":material/play_arrow:", key="make"):
            bar, way_out = st.progress(0.0), st.empty()
            way_out.button(t("papers.cancel"), icon=":material/close:", key="cancel")  # a click ends this run
            content = frame.later(
                bundle,
                selection,
                language(),
                form,
                lambda name, done, total: bar.progress(
                    done / total, t("papers.making", name=name, done=done, total=total)
                ),
            )()
            bar.empty()
            way_out.empty()
            filters.remember("papers", (key, content))
        made = filters.recall("papers")
        if made and made[0] == key:
            st.download_button(
                t("papers.get"),
                data=made[1],
                file_name=f"{title}-{_of(selection)}-{form}-{frame.stem_of_version()}.zip",
                mime=MIME["zip"],
                icon=":material/download:",
                on_click="ignore",
                key="papers-zip",
            )


def _of(selection: Selection) -> str:
    """The selection for the name of a file that people hand on: in words, 2025-单位-经济管理."""
    return re.sub(r"[^\w]+", "-", filters.sentence(selection))
