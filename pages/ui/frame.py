"""The frame of every page: the guard, the sidebar, headers, states, links, downloads, and the only caches.

A page runs inside this frame or not at all. Answers are kept by question, selection and version of the warehouse, so a
load or a build needs nothing to be cleared: the next version asks anew. What is kept is shared between sessions and is
never changed: Arrow tables cannot be, figures are not.
"""

from __future__ import annotations

import base64
import functools
import gc
import hashlib
import logging
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import streamlit as st
from streamlit.navigation.page import Page
from streamlit.runtime.pages_manager import PagesManager

from pages.ui import charts, filters, words
from pages.ui.charts import Figure
from pages.ui.words import t
from pipelines import extracts, reads
from pipelines.problems import StoreError
from pipelines.reads import Selection
from pipelines.warehouse import Warehouse, path_from_environment

HERE = Path(__file__).resolve().parent
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {"csv": "CSV", "xlsx": "XLSX", "parquet": "Parquet"}
MIME = {"csv": "text/csv", "xlsx": SPREADSHEET, "parquet": "application/vnd.apache.parquet"}

Answer = TypeVar("Answer")

log = logging.getLogger("kaoping")
_pages: ContextVar[Mapping[str, Page]] = ContextVar("pages")
_data: ContextVar[tuple[Warehouse, int]] = ContextVar("data")
"""The warehouse and its version that this run shows: one run never mixes two."""


@dataclass(frozen=True)
class Entry:
    """One line of the page list: section of the sidebar, name (URL, words), what draws it, icon."""

    section: str
    name: str
    show: Callable[[], None]
    icon: str


# -- the guard ------------------------------------------------------------------------------------------------------


def guard() -> None:
    """Send a run that went around `app.py` back to it.

    In a fresh process Streamlit still takes `pages/` for the pages of its old multipage apps and runs the file of a deep
    link by itself, without the frame. The switch below is what `st.navigation` sets too, only later. It is internal to
    Streamlit, so the version is pinned and a test opens every page's URL first thing after a start.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()


def page(show: Callable[[], None]) -> Callable[[], None]:
    """Mark the function that draws a page. A page file that is run by itself gets no further than this."""
    if show.__module__ == "__main__":
        guard()

    @functools.wraps(show)
    def framed() -> None:
        if _pages.get(None) is None:
            raise RuntimeError(f"{show.__module__} was called outside the frame")
        show()

    return framed


# -- what app.py calls ----------------------------------------------------------------------------------------------


def begin() -> None:
    """Start a run: back to `app.py` if need be, language, browser tab, styles."""
    guard()
    _warm()
    words.use(filters.language())
    st.set_page_config(
        page_title=t("frame.product"), page_icon=str(HERE / "logo.svg"), layout="wide", initial_sidebar_state="expanded"
    )
    try:
        store = warehouse()
        _data.set((store, store.version))
    except StoreError:
        log.exception("The database cannot be opened")
        st.error(t("frame.no_store"), title=t("frame.failed_title"), icon=":material/error:")
        st.stop()


def enter(entries: Sequence[Entry], pages: Mapping[str, Page]) -> None:
    """Draw the sidebar: product, pages by section, language, state of the data."""
    _pages.set(pages)
    with st.sidebar:
        st.html(HERE / "style.css")
        st.html(
            f"<script>document.documentElement.lang = '{words.language()}'</script>"
            f"<style>:root {{ --drop-text: '{t('upload.drop')}'; --browse-text: '{t('upload.browse')}' }}</style>"
            f"<div class='kaoping-brand'><img src='{_logo()}' alt=''><span>{t('frame.product')}</span></div>",
            unsafe_allow_javascript=True,
        )
        for section in dict.fromkeys(entry.section for entry in entries):
            st.html(f"<div class='kaoping-section'>{t(f'section.{section}')}</div>")
            with st.container(key=f"nav-{section}", gap=None):
                for entry in entries:
                    if entry.section == section:
                        st.page_link(
                            pages[entry.name],
                            label=t(f"{entry.name}.title"),
                            icon=entry.icon,
                            width="stretch",
                            query_params=filters.carried(),
                        )
        st.space("small")
        filters.choose_language()


def run(chosen: Page) -> None:
    """Run the page; what goes wrong is said in the visitor's language, with a reference to the log."""
    try:
        chosen.run()
    except Exception:
        reference = secrets.token_hex(3)
        log.exception("Page %s failed, reference %s", chosen.url_path or "/", reference)
        st.error(t("frame.failed", reference=reference), title=t("frame.failed_title"), icon=":material/error:")


# -- what pages call ------------------------------------------------------------------------------------------------


def warehouse() -> Warehouse:
    """The one database of this process."""
    return _open(path_from_environment())


def version() -> int:
    """The version of the data that this run shows."""
    return _data.get()[1]


def ask(question: Callable[..., Answer], *arguments: object) -> Answer:
    """The answer to a question of `pipelines.reads`, kept until the warehouse has a new version."""
    store, version = _data.get()
    return _answer(question.__name__, version, repr(arguments), question, store, arguments)


def keep(work: Callable[..., Answer], key: tuple[object, ...], *arguments: object) -> Answer:
    """What `work(*arguments)` gives, done once per session and `key`: for what is slow and nobody else's business."""
    return _kept(work.__name__, key, work, arguments)


def open_page(
    name: str, *names: str, has_subject: bool = False, is_one_cohort: bool = False, is_open: bool = False
) -> Selection:
    """Draw the header of a results page with the filters `names`; gives the selection.

    Where nothing is built yet there is nothing to choose: the page ends here with a way on.
    """
    cohorts = ask(reads.cohorts)
    with _header(name):
        if cohorts.num_rows:
            with st.container(horizontal=True, width="content", vertical_alignment="bottom", key="filters"):
                selection = filters.choose(cohorts, names, is_one_cohort=is_one_cohort, is_open=is_open)
                if has_subject:
                    rows = ask(reads.ranking, selection).to_pylist()
                    selection = filters.choose_subject(selection, {row["subject"]: row["name"] for row in rows})
    if not cohorts.num_rows:
        empty("nothing_built", towards="upload")
        st.stop()
    return selection


def open_plain(name: str) -> None:
    """Draw the header of a page without filters."""
    with _header(name):
        pass


def grades(selection: Selection) -> list[str]:
    """The grades of the selected cycle and kind, best first: the order of every colour and table."""
    return ask(reads.grades, selection).column("grade").to_pylist()


@contextmanager
def card(title: str, note: str) -> Iterator[None]:
    """A bordered block with a bold title and a quiet line under it, as high as its neighbours."""
    with st.container(border=True, height="stretch"):
        st.markdown(f"#### {title}\n:small[:gray[{note}]]")
        yield


def figures(*cards: Mapping[str, Any]) -> None:
    """Up to four figures side by side; a card holds the arguments of `st.metric`."""
    with st.grid(4, min_column_width=150):
        for place in cards:
            st.metric(border=True, height="stretch", **place)


def chart(draw: Callable[..., Figure], table: pa.Table, *arguments: object, alt: str, key: str = "") -> None:
    """Draw a chart of `pages.ui.charts`; figures of the same table, arguments and language are made once."""
    figure = _figure(
        draw.__name__, words.language(), st.context.theme.type == "dark", table, repr(arguments), draw, arguments
    )
    config = {"displaylogo": False, "displayModeBar": False, "responsive": True}
    st.plotly_chart(figure, width="stretch", config=config, alt=alt, key=f"chart-{key or draw.__name__}")


def link(name: str, label: str, *, icon: str | None = None, **changes: object) -> None:
    """A link to another page with this view's parameters and `changes`."""
    position = "left" if icon else "right"
    icon = icon or ":material/arrow_forward:"
    st.page_link(
        _pages.get()[name],
        label=label,
        icon=icon,
        icon_position=position,
        query_params=filters.carried(**changes),
    )


def go_to(name: str, **changes: object) -> None:
    """Leave for another page with this view's parameters and `changes`."""
    st.switch_page(_pages.get()[name], query_params=filters.carried(**changes))


def empty(reason: str, *, towards: str | None = None, **values: object) -> None:
    """A state without data: what is missing, why, and where to go."""
    with st.container(border=True, key=f"empty-{reason}", horizontal_alignment="center"):
        st.space("small")
        st.markdown(f":gray[:material/inbox:] **{t(f'empty.{reason}', **values)}**", width="content")
        st.caption(t(f"empty.{reason}_why", **values), width="content")
        if towards:
            st.page_link(_pages.get()[towards], label=t(f"empty.{reason}_link"), icon=":material/arrow_forward:")
        st.space("small")


def notice(kind: str, text: str) -> None:
    """A message: kind is 'info', 'success', 'warning' or 'error'."""
    icons = {"info": "info", "success": "check_circle", "warning": "warning", "error": "error"}
    getattr(st, kind)(text, icon=f":material/{icons[kind]}:")


def offer(table: pa.Table, name: str, stem: str, formats: Sequence[str] = ("csv", "xlsx")) -> None:
    """Download buttons for the table as it is shown; the version of the data is in the file name.

    The version must be there: Streamlit keeps a download by length and samples of its content, and could serve an older
    file of the same length under the same name.
    """
    with st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        for form in formats:
            st.download_button(
                FORMATS[form],
                data=functools.partial(extracts.to_bytes, table, form),
                file_name=f"{name}-{stem}-v{version()}.{form}",
                mime=MIME[form],
                key=f"offer-{name}-{form}",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
                help=t("frame.download", form=FORMATS[form]),
            )


# -- inner ----------------------------------------------------------------------------------------------------------


@contextmanager
def _header(name: str) -> Iterator[None]:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", key="page-header"
    ):
        st.markdown(f"# {t(f'{name}.title')}\n:small[:gray[{t(f'{name}.purpose')}]]", width="content")
        yield


@functools.cache
def _logo() -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode((HERE / 'logo.svg').read_bytes()).decode()}"


@st.cache_resource(show_spinner=False)
def _open(path: Path) -> Warehouse:
    return Warehouse.open(path)


@st.cache_resource(show_spinner=False, max_entries=512)
def _answer(
    name: str,
    version: int,
    said: str,
    _question: Callable[..., Answer],
    _store: Warehouse,
    _arguments: tuple[object, ...],
) -> Answer:
    del name, version, said  # they are the key; a repr is made much faster than Streamlit's hash of a dataclass
    return _question(_store, *_arguments)


@st.cache_resource(show_spinner=False, max_entries=2, scope="session")
def _kept(name: str, key: tuple[object, ...], _work: Callable[..., Answer], _arguments: tuple[object, ...]) -> Answer:
    del name, key  # they are the key
    return _work(*_arguments)


def _fingerprint(table: pa.Table) -> str:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return hashlib.blake2b(sink.getvalue(), digest_size=16).hexdigest()


@st.cache_resource(show_spinner=False, max_entries=256, hash_funcs={pa.Table: _fingerprint})
def _figure(
    name: str,
    language: str,
    is_dark: bool,
    table: pa.Table,
    said: str,
    _draw: Callable[..., Figure],
    _arguments: tuple[object, ...],
) -> Figure:
    del name, language, said  # they are the key
    with charts.shade(is_dark):
        return _draw(table, *_arguments)


@st.cache_resource(show_spinner=False)
def _warm() -> bool:
    """Load what the first page would load, then take everything loaded out of the garbage collector's rounds."""
    import pandas  # noqa: F401

    charts.warm()
    gc.collect()
    gc.freeze()
    return True
