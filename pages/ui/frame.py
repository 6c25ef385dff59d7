"""The frame of every page: the guard, the sidebar, headers, states, links, downloads, and Streamlit's caches.

A page runs inside this frame or not at all. Answers are kept by question, selection and version of the warehouse
(`pages.ui.kept`), so a load or a build needs nothing to be cleared: the next version asks anew.
"""

from __future__ import annotations

import base64
import copy
import datetime as dt
import functools
import gc
import json
import logging
import secrets
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import Page
from streamlit.runtime.pages_manager import PagesManager

from pages.ui import charts, figures, filters, kept, shapes, tables, words
from pages.ui.charts import Figure
from pages.ui.words import t
from pipelines import access, extracts, progress, reads
from pipelines.access import Refused, User
from pipelines.problems import DiskError, StoreError
from pipelines.reads import Selection
from pipelines.warehouse import Warehouse, path_from_environment
from pipelines.workbench import Answer, Workbench

HERE = Path(__file__).resolve().parent
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
__all__ = ["DeltaGenerator"]

FORMATS = {"csv": "CSV", "xlsx": "XLSX", "parquet": "Parquet"}
MIME = {"csv": "text/csv", "xlsx": SPREADSHEET, "parquet": "application/vnd.apache.parquet"}

PICTURES = ("png", "svg")

_CHART = {
    "displaylogo": False,
    "modeBarButtons": [["toImage"]],
    "toImageButtonOptions": {"scale": 3},
}
"""The one button of a chart's own bar draws its picture; the bar is hidden and frame.js presses it."""

ON_THE_DRAFT = frozenset({"upload", "review", "publication", "scheme", "audit"})
"""The pages that are about the office's own work: they show the draft, whatever edition is chosen."""

LOOK_SECONDS = 5
"""So often a page on a wall looks for something new."""
BETWEEN_STEPS = 0.1
"""Seconds between two drawings of a bar."""
SIDEBAR = 244
"""Pixels of the sidebar: its longest line and no more, so that a tablet has room for the page."""
ROOM_TO_COME = 420
"""Pixels of the grey block that stands for what is still worked out."""

Given = TypeVar("Given")

Question = Callable[..., pa.Table]

log = logging.getLogger("kaoping")
_pages: ContextVar[Mapping[str, Page]] = ContextVar("pages")
_data: ContextVar[tuple[Warehouse, int, Path]] = ContextVar("data")
"""The warehouse, its version and its file that this run shows: one run never mixes two."""
_user: ContextVar[User] = ContextVar("user")
_permitted: ContextVar[frozenset[str]] = ContextVar("permitted")
_opened: ContextVar[bool] = ContextVar("opened", default=False)
"""Whether this run was let into its page: no question is answered before."""
_stamp: ContextVar[Mapping[str, str]] = ContextVar("stamp")
"""What files of this run say about where they come from."""


def _say_nothing() -> None:
    pass


_say_waiting: ContextVar[Callable[[], None]] = ContextVar("say_waiting", default=_say_nothing)
"""Draws what a visitor sees while an answer is worked out."""


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


def take_over() -> None:
    """Say at the start of the server what `guard` says too late for the first visitor, who would see the old pages flash."""
    PagesManager.uses_pages_directory = False


def leave() -> None:
    """Close the databases that this process has open, and forget them."""
    while _stores:
        _stores.popitem()[1].close()


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
    filters.arrive()
    words.use(filters.language())
    charts.use_theme(st.context.theme.type == "dark")
    st.set_page_config(page_title=t("frame.product"), page_icon=_logo(), layout="wide", initial_sidebar_state=SIDEBAR)
    st.html(f"<style>{_text('style.css')}</style>")  # first, and by itself: so it takes no room and nothing moves later
    try:
        path = path_from_environment()
        store = _open(path)
        _data.set((store, store.version, path))
    except DiskError:
        log.exception("The disk is full")
        st.error(t("frame.disk_full"), title=t("frame.disk_full_title"), icon=":material/error:")
        st.stop()
    except StoreError:
        log.exception("The database cannot be opened")
        st.error(t("frame.no_store"), title=t("frame.failed_title"), icon=":material/error:")
        st.stop()
    _opened.set(False)
    _user.set(identify(store))
    if _user.get().role not in access.SEE_DRAFTS or filters.edition() == "published":
        _data.set((store.published, store.version, path))


def identify(store: Warehouse) -> User:
    """Who asks, as the mode of this installation knows it; the run ends here for everybody else.

    The role is the one that our own table has at this version of the data, so that taking it away works at the next click.
    """
    try:
        settings = access.Settings.read()
        settings.check_address(st.get_option("server.address"))
    except StoreError as error:
        log.error("%s", error)
        st.error(t("frame.unsafe"), title=t("frame.failed_title"), icon=":material/error:")
        st.stop()
    if settings.mode == "local":
        return User("", "office", is_local=True)
    is_proxy = settings.mode == "proxy"
    identity = str(st.context.headers.get(settings.header) or "") if is_proxy else _signed_in(settings)
    find = functools.partial(access.find, store, identity)
    user = kept.once(find, access.find, path_from_environment(), store.version, identity) if identity else None
    if user is None:
        _note_refusal(store, identity, "somebody without a role")
        st.error(t("frame.unknown_user", name=identity), title=t("frame.refused_title"), icon=":material/block:")
        if settings.mode == "oidc":
            st.button(t("frame.sign_out"), on_click=st.logout, key="sign-out")
        st.stop()
    return user


def permitted(entries: Sequence[Entry]) -> list[Entry]:
    """The entries of the page list that the visitor may open."""
    return [entry for entry in entries if access.may_open(_user.get(), entry.section)]


def pages_of(entries: tuple[Entry, ...]) -> dict[str, Page]:
    """The pages of this run by their names, all but the first page's own address."""
    return {name: copy.copy(page) for name, page in _made_pages(entries, words.language()).items()}


def enter(entries: Sequence[Entry], pages: Mapping[str, Page], chosen: Page) -> None:
    """Draw the sidebar: product, edition, language, pages by section, who is there."""
    _pages.set(pages)
    _permitted.set(frozenset(entry.name for entry in permitted(entries)))
    user = _user.get()
    known = (
        t("frame.local_user")
        if user.is_local
        else t("frame.signed_in", name=user.identity, role=t(f"role.{user.role}"))
    )
    with st.sidebar:
        st.html(
            _brand(words.language()),
            unsafe_allow_javascript=True,
        )
        if user.role in access.SEE_DRAFTS and _has_editions():
            filters.choose_edition()
        st.html(_navigation(permitted(entries), pages, chosen, known), unsafe_allow_javascript=True)


def run(chosen: Page) -> None:
    """Run the page, if the visitor may; what goes wrong is said in his language, with a reference to the log."""
    name = next((name for name, page in _pages.get().items() if page is chosen), "")
    user = _user.get()
    started, outcome = time.perf_counter(), "left"
    try:
        if name not in _permitted.get():
            raise Refused(f"{user.identity} ({user.role}) opened {name or chosen.url_path}")
        _opened.set(True)
        if name in ON_THE_DRAFT:
            _data.set((warehouse(), warehouse().version, path_from_environment()))
        chosen.run()
        outcome = "shown"
    except Refused as refusal:
        outcome = "refused"
        _note_refusal(warehouse(), user.identity, str(refusal))
        st.error(
            t("frame.refused", role=t(f"role.{user.role}")), title=t("frame.refused_title"), icon=":material/block:"
        )
    except DiskError:
        log.exception("Page %s: the disk is full", chosen.url_path or "/")
        st.error(t("frame.disk_full"), title=t("frame.disk_full_title"), icon=":material/error:")
    except Exception:
        outcome = "failed"
        reference = secrets.token_hex(3)
        log.exception("Page %s failed, reference %s", chosen.url_path or "/", reference)
        st.error(t("frame.failed", reference=reference), title=t("frame.failed_title"), icon=":material/error:")
    finally:
        seconds = round(time.perf_counter() - started, 4)
        log.info("Page %s", outcome, extra={"page": name, "seconds": seconds, "outcome": outcome})


# -- what pages call ------------------------------------------------------------------------------------------------


def warehouse() -> Warehouse:
    """The one database of this process."""
    known = _data.get(None)
    return _open(path_from_environment()) if known is None else known[0].base


def who() -> str:
    """Under which name the visitor acts: the one he signed in with, else the one he gave; empty where he gave none."""
    return _user.get().identity or filters.recalled_text("who")


def ask_who() -> str:
    """Draw the field for the visitor's name where nobody signs in; gives the name."""
    if _user.get().is_local:
        return filters.remembered_text("who", t("upload.who"), t("upload.who_hint"))
    return who()


def own_subjects() -> list[str]:
    """The subjects that are the visitor's own."""
    return sorted(_user.get().subjects)


def tables_to_take() -> list[str]:
    """The tables that the visitor may take as files."""
    return [name for name in ask(reads.table_names) if access.may_take(_user.get(), name)]


def backup(at: dt.datetime) -> Path:
    """Write a backup into `backups` beside the database; gives its path. Raises StoreError where it cannot."""
    path = path_from_environment()
    target = path.parent / "backups" / f"{path.stem}-{at:%Y%m%d-%H%M%S}-{warehouse().head()[0]}.duckdb"
    warehouse().backup(target)
    return target


def later(question: Callable[..., Given], *arguments: object) -> Callable[[], Given]:
    """A question of this run that is answered when it is called: for downloads that are made on demand."""
    return functools.partial(question, _allowed(question, arguments), *arguments)


def version() -> int:
    """The version of the data that this run shows."""
    return _data.get()[1]


@st.fragment(run_every=LOOK_SECONDS)
def follow(version: int) -> None:
    """Draw the page again when the data have another version than this: for what is on a wall and nobody clicks."""
    if warehouse().version != version:
        st.rerun()


def stem_of_version() -> str:
    """The edition and version of the data as a part of a file name: `published-v12`, or `v12`."""
    return f"published-v{version()}" if _data.get()[0].is_published else f"v{version()}"


def entries() -> int:
    """How many entries the audit log has: more than versions, because a query of the workbench is one."""
    return warehouse().head()[0]


def query(text: str, turn: int) -> Answer:
    """What the workbench answers to the visitor's SQL, asked once per turn; files of this run say the query."""
    if not _opened.get():
        raise Refused("the workbench was asked outside a page")
    names = tables_to_take()
    access.check_query(_user.get(), names)
    _stamp.set({t("stamp.query"): text, t("stamp.version"): stem_of_version()})
    return keep(_query, (text, turn, repr(_user.get()), _source()), text, names)


def ask(question: Callable[..., Given], *arguments: object) -> Given:
    """The answer to a question of `pipelines.reads`, kept until the warehouse has a new version."""
    store = _allowed(question, arguments)
    key = (question, *_source(), repr(arguments))  # the name of a selection hashes faster than it

    def make() -> Given:
        _say_waiting.get()()
        return question(store, *arguments)

    return kept.once(make, *key)


def derive(work: Callable[..., Given], *arguments: object) -> Given:
    """What `work(*arguments)` makes of answers, kept like an answer, in the language of this run.

    It is kept for who is asking: whoever may not see an answer gets nothing that was made of it for somebody else.
    """
    key = (work, *_source(), words.language(), _user.get(), repr(arguments))
    return kept.once(functools.partial(work, *arguments), *key)


def keep(work: Callable[..., Given], key: tuple[object, ...], *arguments: object) -> Given:
    """What `work(*arguments)` gives, done once per session and `key`: for what is slow and nobody else's business."""
    return _kept(work.__name__, key, work, arguments)


def open_page(
    name: str,
    *names: str,
    kinds: Collection[str] = (),
    has_subject: bool = False,
    is_one_cohort: bool = False,
    is_open: bool = False,
) -> Selection:
    """Draw the header of a results page with the filters `names`; gives the selection, of one of `kinds` where some are named.

    Where nothing is built yet there is nothing to choose: the page ends here with a way on.
    """
    built = ask(reads.cohorts)
    cohorts = shapes.among(built, "kind", kinds) if kinds else built
    if not cohorts.num_rows:
        open_plain(name)
        if built.num_rows:
            empty("no_subject")
        elif _data.get()[0].is_published:
            empty("nothing_published")
        else:
            empty("nothing_built", towards="upload")
        st.stop()
    selection, drawings = filters.choose(cohorts, names, is_one_cohort=is_one_cohort, is_open=is_open)
    if has_subject:
        selection, drawing = filters.choose_subject(selection, subject_names(selection))
        drawings.append(drawing)
    edition = edition_said(selection.cycle)
    origin = {"selection": filters.sentence(selection), "edition": edition} | ask(reads.stamp, selection.cycle)
    _stamp.set({t(f"stamp.{name}"): value for name, value in origin.items()})
    with _header():
        _title(name, filters.sentence(selection), edition)
        with st.container(horizontal=True, width="content", vertical_alignment="bottom", key="filters"):
            for draw in drawings:
                draw()
    return selection


def stamp_cycles(selections: Sequence[Selection]) -> None:
    """Files of this run hold these cycles, the latest first: their stamp names the edition, scheme and build of each."""
    told = {one.cycle: {"edition": edition_said(one.cycle)} | ask(reads.stamp, one.cycle) for one in selections}
    names = dict.fromkeys(name for stamp in told.values() for name in stamp)
    each = {name: "; ".join(f"{cycle}: {stamp.get(name, '')}" for cycle, stamp in told.items()) for name in names}
    first, last = selections[-1].cycle, filters.sentence(selections[0])
    _stamp.set({t(f"stamp.{name}"): value for name, value in {"selection": f"{first}–{last}", **each}.items()})


def open_plain(name: str) -> None:
    """Draw the header of a page without filters."""
    with _header():
        _title(name)


def subject_names(selection: Selection) -> dict[str, str]:
    """Every subject of the selection by its name, in the order of the ranking."""
    return derive(_subject_names, selection)


def grades(selection: Selection) -> list[str]:
    """The grades of the selected cycle and kind, best first: the order of every colour and table."""
    return ask(reads.grades, selection).column("grade").to_pylist()


@contextmanager
def card(title: str, note: str) -> Iterator[DeltaGenerator]:
    """A bordered block with a bold title and a quiet line under it, as high as its neighbours.

    Gives the card, for `offer(…, within=…)`, which style.css puts beside its title.
    """
    block = st.container(border=True, height="stretch")
    with block:
        st.markdown(f"## {title}\n:small[:gray[{note}]]")
        yield block


def beside(name: str = "") -> DeltaGenerator:
    """Two things side by side, one under the other where there is no room; with a `name` the first is the wider one.

    One element where columns are three: a fifth of what a page costs is how many there are.
    """
    return st.grid(2, min_column_width=280, key=f"wide-{name}" if name else None)


def room(height: int | None) -> AbstractContextManager[object]:
    """So many pixels in which what is higher scrolls; without a height, as many as it needs, at no cost."""
    return st.container(height=height, border=False) if height else nullcontext()


@contextmanager
def folded(label: str, key: str) -> Iterator[bool]:
    """A block that opens by a click; says whether it is open, for what is in it is asked and sent only then."""
    block = st.expander(label, key=f"fold-{key}", on_change="rerun")
    with block:
        yield bool(block.open)


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """What stands in the place of a page while an answer that is asked here is worked out: what is being done, and room.

    An answer that is kept has nothing drawn before it, and what comes after stands where it stood. Long work tells how far it
    has come and can be cancelled; what was cancelled begins again when the visitor says so, and not by another click.
    """
    place = st.empty()
    view = (text, filters.carried(), version())
    with ExitStack() as drawn:

        def say() -> None:
            _say_waiting.set(_say_nothing)
            if filters.recall("cancelled") == view:
                with place.container():
                    _cancelled()
                st.stop()
            drawn.callback(place.empty)
            drawn.enter_context(place.container())
            with st.container(horizontal=True, vertical_alignment="center"):
                drawn.enter_context(st.spinner(text))
                cancel = functools.partial(filters.remember, "cancelled", view)
                st.button(t("papers.cancel"), icon=":material/close:", key=f"cancel-{text}", on_click=cancel)
            drawn.enter_context(progress.heard(_bar()))
            drawn.enter_context(st.skeleton(height=ROOM_TO_COME))

        _say_waiting.set(say)
        try:
            yield
        finally:
            _say_waiting.set(_say_nothing)


def _bar() -> Callable[[str, int, int], None]:
    """A bar that shows what long work tells; drawn at most ten times a second. A click of the visitor ends the run there."""
    bar = st.progress(0.0)
    drawn_at = 0.0

    def told(step: str, done: int, total: int) -> None:
        nonlocal drawn_at
        if time.monotonic() - drawn_at >= BETWEEN_STEPS:
            bar.progress(done / total, t(f"working.{step}", done=f"{done:,}", total=f"{total:,}"))
            drawn_at = time.monotonic()

    return told


def _cancelled() -> None:
    """What stands in the place of work that the visitor ended."""
    with st.container(border=True, key="empty-cancelled", horizontal_alignment="center"):
        st.space("small")
        st.markdown(f":gray[:material/close:] **{t('working.cancelled')}**", width="content")
        again = t("working.again")
        st.button(again, icon=":material/play_arrow:", key="again", on_click=filters.forget, args=("cancelled",))
        st.space("small")


def show_figures(*cards: Mapping[str, Any]) -> None:
    """Up to four figures side by side (`pages.ui.figures`)."""
    st.html(figures.drawn(cards))


def chart(
    draw: Callable[..., Figure],
    table: pa.Table,
    *arguments: object,
    alt: str,
    key: str = "",
    is_clickable: bool = False,
) -> Mapping[str, Any] | None:
    """Draw a chart of `pages.ui.charts`; figures of the same table, arguments and language are made once.

    `offer(…, chart=key)` gives it as a picture; without a key it goes by the name of `draw`. Gives the point that was
    clicked (x, y, customdata), where points are clickable.
    """
    is_large = filters.slide() is not None

    def make() -> tuple[Figure, int | None]:
        drawn = draw(table, *arguments)
        drawn = charts.finished(charts.enlarged(drawn) if is_large else drawn, is_clickable)
        return drawn, drawn.layout.height

    shade = (words.language(), charts.is_dark(), is_large, is_clickable)
    figure, height = kept.once(make, draw, kept.fingerprint(table), repr(arguments), *shade)
    event = st.plotly_chart(
        figure,
        width="stretch",
        height="stretch" if is_large else height or "content",  # kept free while Plotly is on its way
        theme=None,
        config=_CHART,
        alt=alt,
        key=f"chart-{key or draw.__name__}",
        on_select="rerun" if is_clickable else "ignore",
        selection_mode="points",
    )
    return event.selection.points[0] if is_clickable and event.selection.points else None


def link(name: str, label: str, *, icon: str | None = None, **changes: object) -> None:
    """A link to a page with this view's parameters and `changes`, the page that is shown among them.

    Streamlit's own link to the page that is shown changes what it shows and leaves the address as it was.
    """
    drawn = way(name, label, icon=icon, **changes)
    if drawn:
        st.html(drawn, width="content")


def way(name: str, label: str, *, icon: str | None = None, **changes: object) -> str:
    """A link like `link` as a piece of HTML, which frame.js opens: in a list of many, an element each is what costs."""
    if name not in _permitted.get():
        return ""
    place = f"{_pages.get()[name].url_path or '.'}?{urlencode(filters.carried(**changes))}"
    said = escape(label)
    said = f"{sign(icon)}{said}" if icon else f"{said}{sign(':material/arrow_forward:')}"
    return f"<a class='kaoping-way' href='{escape(place, quote=True)}'>{said}</a>"


def sign(name: str) -> str:
    """An icon (':material/…:') in a piece of HTML; its name is not read aloud."""
    drawn = name.removeprefix(":material/").removesuffix(":")
    return f"<span class='kaoping-icon' aria-hidden='true' translate='no'>{drawn}</span>"


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


def offer(
    table: pa.Table,
    name: str,
    stem: str,
    formats: Sequence[str] = ("csv", "xlsx"),
    *,
    seen: Callable[[], pa.Table] | None = None,
    chart: str = "",
    within: DeltaGenerator | None = None,
) -> None:
    """The table as it is shown, to be downloaded: a menu in the corner `within` of a card, or a row of buttons.

    CSV and Parquet hold what the question gave, as `export` writes it; XLSX holds what `seen` gives (else the same) under the
    headings and in the fixed words of the page, with a stamp that says what it comes from. `chart` is the key of a chart to
    be offered as a picture in the menu too; the browser draws it, no network is needed. What is chosen in the menu is pressed
    by frame.js as soon as it is there.

    The version of the data and a hash of the content are in the file name and must be there: Streamlit keeps a download by
    length and samples of its content, and could serve an older file of the same length under the same name.
    """
    file = f"{name}-{stem}-{stem_of_version()}-{kept.fingerprint(table)[:12]}"
    take = functools.partial(_take, table, name, file, seen=seen)
    if within is None:
        with st.container(horizontal=True, horizontal_alignment="right", gap="small"):
            for form in formats:
                take(form, key=f"offer-{name}-{form}", hint=t("frame.download", form=FORMATS[form]))
        return
    labels = {form: FORMATS[form] for form in formats}
    labels |= {form: t("frame.picture", form=form.upper()) for form in PICTURES if chart}
    with within:
        # One element, and what is chosen is drawn in the run of the choice: a button for each cost a page a fifth of its run.
        form = st.menu_button(
            f":material/download: {t('frame.take')}",
            list(labels),
            format_func=labels.get,
            type="tertiary",
            key=f"take-{name}",
        )
        if form in PICTURES:
            st.html(
                f"<button hidden data-taken='{_once()}' data-chart='chart-{chart}' data-format='{form}' "
                f"data-file='{escape(file, quote=True)}'></button>"
            )
        elif form:
            take(form, key=_once())


def in_words(table: pa.Table) -> pa.Table:
    """A table as its page says it, for a workbook: its fixed words in the language of this run, where not said already."""
    return tables.say(table, is_said_in_part=True)


# -- inner ----------------------------------------------------------------------------------------------------------


def _navigation(entries: Sequence[Entry], pages: Mapping[str, Page], chosen: Page, known: str) -> str:
    """The languages, the links to the pages and who is there as one piece of HTML; frame.js opens pages without loading anything anew.

    One element instead of one per page: they were half of what a rerun cost the server.
    """
    here = next(name for name, page in pages.items() if page is chosen)
    lines = tuple((entry.section, entry.name, pages[entry.name].url_path, entry.icon) for entry in entries)
    switch = tuple(f"{chosen.url_path or '.'}?{urlencode(filters.in_language(code))}" for code in words.LANGUAGES)
    return _links(lines, here, urlencode(filters.carried()), switch, known, words.language())


@functools.lru_cache(maxsize=256)
def _links(
    lines: Sequence[tuple[str, str, str, str]], here: str, params: str, switch: Sequence[str], known: str, language: str
) -> str:
    drawn = [
        "<script>window.kaopingArrived?.()</script>",
        f"<div class='kaoping-language' role='group' aria-label='{t('frame.language')}'>",
    ]
    for (code, name), place in zip(words.LANGUAGES.items(), switch, strict=True):
        current = " aria-current='true'" if code == language else ""
        drawn.append(f"<a href='{escape(place, quote=True)}' lang='{code}'{current}>{name}</a>")
    drawn.append(f"</div><nav class='kaoping-nav' aria-label='{t('frame.pages')}'>")
    for section in dict.fromkeys(section for section, *_ in lines):
        drawn.append(f"<div class='kaoping-section'>{t(f'section.{section}')}</div>")
        for _, name, path, icon in (line for line in lines if line[0] == section):
            current = " aria-current='page'" if name == here else ""
            drawn.append(f"<a href='{path or '.'}?{params}'{current}>{sign(icon)}{t(f'{name}.title')}</a>")
    return "".join([*drawn, f"</nav><p class='kaoping-user'>{escape(known)}</p>"])


@functools.cache
def _brand(language: str) -> str:
    """The name of the product, and what frame.js and style.css know of the language.

    Apart from the links, which are others after every choice: a style that is put in anew has the browser work out every
    style of the page anew.
    """
    picture = json.dumps(t("frame.save_chart", form="*"), ensure_ascii=False)
    return (
        f"<script>{_text('frame.js')}"
        f"document.documentElement.lang = '{language}'; window.kaopingWords = {_streamlit_words(language)};"
        f"window.kaopingPicture = {picture};</script>"
        f"<style>:root {{ --drop-text: '{t('upload.drop')}'; --browse-text: '{t('upload.browse')}' }}</style>"
        f"<div class='kaoping-brand'><img src='{_logo()}' alt=''><span>{t('frame.product')}</span></div>"
    )


def _header() -> DeltaGenerator:
    return st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", key="page-header"
    )


def _allowed(question: Callable[..., object], arguments: tuple[object, ...]) -> Warehouse:
    """The edition that answers a question of this run. Raises Refused outside of a page, and for another role."""
    if not _opened.get():
        raise Refused(f"{question.__name__} was asked outside a page")
    access.check_question(_user.get(), question, arguments)
    return _data.get()[0]


def _has_editions() -> bool:
    """Whether anything was ever published."""
    store = warehouse()
    return kept.once(lambda: store.published.builds().num_rows > 0, "editions", path_from_environment(), store.version)


def _source() -> tuple[Path, bool, int]:
    """Whose answers these are: database, edition, version."""
    store, version, path = _data.get()
    return path, store.is_published, version


def edition_said(cycle: int) -> str:
    """Which edition of a cycle this run shows, in words."""
    told = ask(reads.edition, cycle)
    at = told["at"] and told["at"].date()
    return t(f"edition.{told['state']}", number=told["number"], at=at)


def _note_refusal(store: Warehouse, identity: str, what: str) -> None:
    """Put a refusal into the log of the server and into the audit log."""
    log.warning("A visitor was refused; the audit log says who and what")
    try:
        store.refuse(identity or t("frame.nobody"), what, dt.datetime.now().replace(microsecond=0))
    except StoreError:
        log.exception("The refusal is not in the audit log")


def _title(name: str, sentence: str = "", edition: str = "") -> None:
    """The title of a page, what it shows, and what it is for; a slide has a title of its own."""
    if filters.slide() is not None:
        return
    said = f"**{words.tame(sentence)}** · {edition}  —  {t(f'{name}.purpose')}" if sentence else t(f"{name}.purpose")
    st.markdown(f"# {t(f'{name}.title')}\n:small[{said}]", width="content")


def _take(
    table: pa.Table,
    name: str,
    file: str,
    form: extracts.Format,
    *,
    seen: Callable[[], pa.Table] | None,
    key: str,
    hint: str | None = None,
) -> None:
    """The button that gives a table as a file."""
    work = functools.partial(
        _file,
        (lambda: in_words(table if seen is None else seen())) if form == "xlsx" else lambda: table,
        form,
        name=name,
        language=words.language() if form == "xlsx" else None,
        stamp=_stamp.get({}),
    )
    st.download_button(
        FORMATS[form],
        data=functools.partial(copy_context().run, work),  # another thread asks for it, in the name of this run
        file_name=f"{file}.{form}",
        mime=MIME[form],
        key=key,
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
        help=hint,
    )


def _once() -> str:
    """A name that no element of another run has."""
    return f"taken-{secrets.token_hex(4)}"


def _file(table: Callable[[], pa.Table], form: extracts.Format, **options: Any) -> bytes:
    return extracts.to_bytes(table(), form, **options)


def _signed_in(settings: access.Settings) -> str:
    """The identity of the sign-in; draws the sign-in page where there is none, ends it where it is too old."""
    if not st.user.get("is_logged_in"):
        st.markdown(f"# {t('frame.product')}")
        st.button(t("frame.sign_in"), on_click=st.login, type="primary", icon=":material/login:", key="sign-in")
        st.stop()
    if not access.is_fresh(st.user.get("iat"), time.time()):
        st.logout()
        st.stop()
    return str(st.user.get(settings.claim) or "")


def _subject_names(selection: Selection) -> dict[str, str]:
    rows = ask(reads.ranking, selection)
    ids, labels = (rows.column(column).to_pylist() for column in ("subject", "name"))
    return dict(zip(ids, labels, strict=True))


@functools.cache
def _made_pages(entries: tuple[Entry, ...], language: str) -> dict[str, Page]:
    """The pages as a run has copies of them: a page that is called knows that it was."""
    del language  # it is the key
    return {entry.name: st.Page(entry.show, title=t(f"{entry.name}.title"), url_path=entry.name) for entry in entries}


@functools.cache
def _streamlit_words(language: str) -> str:
    """What Streamlit says in English alone -> what it says in this language, for frame.js."""
    names = [key.removeprefix("streamlit.") for key in words.catalogue() if key.startswith("streamlit.")]
    with words.using("en"):
        english = [t(f"streamlit.{name}") for name in names]
    with words.using(language):
        said = [t(f"streamlit.{name}") for name in names]
    return json.dumps(dict(zip(english, said, strict=True)) if said != english else {}, ensure_ascii=False)


@functools.cache
def _logo() -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode((HERE / 'logo.svg').read_bytes()).decode()}"


@functools.cache
def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _query(text: str, names: Sequence[str]) -> Answer:
    bench = _bench(path_from_environment(), _data.get()[0].is_published)
    return bench.ask(text, names, who() or "local", dt.datetime.now().replace(microsecond=0))


def _open(path: Path) -> Warehouse:
    """The one open database at a path: every run asks, so it is no more than a look into a dictionary."""
    store = _stores.get(path)
    if store is None:
        with _opening:
            store = _stores.get(path) or _stores.setdefault(path, Warehouse.open(path))
    return store


_stores: dict[Path, Warehouse] = {}
_opening = threading.Lock()


@st.cache_resource(show_spinner=False)
def _bench(path: Path, is_published: bool) -> Workbench:
    store = _open(path)
    return Workbench(store.published if is_published else store)


@st.cache_resource(show_spinner=False, max_entries=2, scope="session")
def _kept(name: str, key: tuple[object, ...], _work: Callable[..., Given], _arguments: tuple[object, ...]) -> Given:
    del name, key  # they are the key
    return _work(*_arguments)


@functools.cache
def _warm() -> None:
    """Load what the first page would load, then take everything loaded out of the garbage collector's rounds."""
    import pandas  # noqa: F401

    charts.warm()
    gc.collect()
    gc.freeze()
