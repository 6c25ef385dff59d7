"""What a visitor has chosen: widgets ⇄ URL ⇄ `Selection`. The only module that touches the session state.

The URL is the truth. A widget is set from it before it is drawn and writes to it when it changes, so that a copied link,
the Back button and a change of page all show the same choice. The URL holds ids, never labels: a link made on the
Chinese pages opens the same view on the English ones. A value that is not on offer is dropped from the URL.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

import pyarrow as pa
import streamlit as st

from pages.ui import words
from pages.ui.words import t
from pipelines.reads import Selection

CARRIED = ("lang", "edition", "cycle", "kind", "platform", "layer", "subject")
"""The parameters that go along from page to page."""

LONGEST = 1500
"""So many letters of a text may stand in the URL: three bytes each, and a server reads some thousands."""

EDITIONS = ("draft", "published")

MOST_OPTIONS = 2_000
MOST_FOUND = 200
"""A list of more options than the first is offered in part: so many that hold what was typed."""
ALL = "*"
"""The option of a filter that lets everything through; it stands in no URL."""

Drawing = Callable[[], None]
"""Draws a control whose value is known already."""

_slide: ContextVar[int | None] = ContextVar("slide", default=None)
"""Asked of every chart and table, and a look at the URL costs more than the answer is worth."""


def language() -> str:
    """The language: the URL's, else the browser's."""
    asked = st.query_params.get("lang")
    return asked if asked in words.LANGUAGES else words.preferred(st.context.locale)


def edition() -> str:
    """Which edition of the results the URL asks for: draft unless it says published."""
    return EDITIONS[st.query_params.get("edition") == EDITIONS[1]]


def choose_edition() -> None:
    """The switch between the office's draft and what is published."""
    _place("edition", edition())
    st.segmented_control(
        t("edition.choose"),
        EDITIONS,
        format_func=lambda name: t(f"edition.of_{name}"),
        key=_key("edition"),
        on_change=_write_edition,
        required=True,
        label_visibility="collapsed",
        width="stretch",
    )


def carried(**changes: object) -> dict[str, str]:
    """The parameters for a link to another page of the same view; a change to None leaves a parameter out."""
    asked = st.query_params.to_dict()
    params = {name: asked[name] for name in CARRIED if name in asked}
    params |= {name: str(value) for name, value in changes.items() if value is not None}
    return {name: value for name, value in params.items() if changes.get(name, value) is not None}


def in_language(code: str) -> dict[str, str]:
    """The parameters for a link to this very view in another language."""
    return st.query_params.to_dict() | {"lang": code}


def view(names: Sequence[str]) -> dict[str, str]:
    """What the URL says under these names."""
    return {name: st.query_params[name] for name in names if name in st.query_params}


def choose(
    cohorts: pa.Table, names: Iterable[str], *, is_one_cohort: bool = False, is_open: bool = False
) -> tuple[Selection, list[Drawing]]:
    """What the filters `names` (of kind, platform, layer, cycle, in this order) say, and what draws them, later.

    The title of a page says the choice and stands before the filters, so it has to be known first. What is not drawn
    but stands in the URL is kept there for the other pages and does not narrow this one, except the cycle, which every
    page needs. A filter with one option is not drawn. `is_one_cohort` offers no "all": ranks of different cohorts do
    not compare. `is_open` offers "all kinds" too.
    """
    rows = cohorts.to_pylist()
    cycles = _distinct(rows, "cycle")
    cycle = int(str(_asked("cycle", cycles)))
    rows = [row for row in rows if row["cycle"] == cycle]
    selection = Selection(cycle=cycle)
    drawings: list[Drawing] = []
    for name in names:
        if name == "cycle":
            drawings.append(partial(_draw, name, cycle, cycles, {}, width=110))
            continue
        options = _distinct(rows, name)
        labels = {option: t(f"kind.{option}") if name == "kind" else option or t("filter.blank") for option in options}
        has_all = is_open if name == "kind" else not is_one_cohort
        if has_all and len(options) > 1:
            options, labels = [ALL, *options], {ALL: t(f"filter.all_{name}"), **labels}
        value = _asked(name, options)
        drawings.append(partial(_draw, name, value, options, labels, width=160))
        value = None if value == ALL or (has_all and len(options) == 1) else value
        rows = [row for row in rows if value is None or row[name] == value]
        selection = replace(selection, **{name: value})
    return selection, drawings


def choose_subject(selection: Selection, names: Mapping[str, str]) -> tuple[Selection, Drawing]:
    """The selection with the subject of `names` (id -> label) that the URL says, else the first, and what draws the choice.

    Of very many only those are offered whose name or id holds what is typed beside it.
    """
    asked = st.query_params.get("subject", "")
    subject = str(_asked("subject", [asked if asked in names else next(iter(names))]))

    def draw() -> None:
        options = list(names)
        if len(options) > MOST_OPTIONS:
            text = st.text_input(
                t("filter.find"), key=_key("find"), type="search", icon=":material/search:", live=True, width=160
            ).casefold()
            found = (one for one, said in names.items() if text in said.casefold() or text in one.casefold())
            options = list(dict.fromkeys([subject, *islice(found, MOST_FOUND)]))
        _draw("subject", subject, options, names, width=280)

    return replace(selection, subject=subject), draw


def choose_view(name: str, labels: Mapping[str, str]) -> str:
    """Draw a switch between views of the page (id -> label) under the URL parameter `name`."""
    return str(_one(name, labels, is_row=True))


def choose_option(name: str, labels: Mapping[str, str], width: int = 230) -> str:
    """Draw a list of options (id -> label) under the URL parameter `name`."""
    return str(_one(name, labels, width=width))


def choose_order(key: str, labels: Mapping[str, str]) -> str:
    """Draw the choice of an order for the table `key` (id -> label) under a URL parameter of its own."""
    return str(_one(f"order-{key}", labels, label=t("filter.order")))


def choose_day(name: str) -> datetime.date:
    """Draw the choice of a day under the URL parameter `name`: today, unless the URL says another."""
    try:
        day = datetime.date.fromisoformat(st.query_params.get(name, ""))
    except ValueError:
        st.query_params.pop(name, None)
        day = datetime.date.today()
    _place(name, day)
    st.date_input(t(f"filter.{name}"), key=_key(name), format="YYYY-MM-DD", on_change=_write, args=(name,), width=160)
    return day


def choose_columns(labels: Mapping[str, str], usual: Sequence[str]) -> list[str]:
    """Draw the choice of a table's columns (id -> label) and give the chosen ones in their order; the URL has it."""
    asked = [name for name in st.query_params.get("columns", "").split(",") if name in labels]
    _place("columns", asked or [name for name in usual if name in labels])
    with st.popover(t("filter.columns"), icon=":material/view_column:", type="tertiary", key="columns"):
        st.pills(
            t("filter.columns"),
            list(labels),
            selection_mode="multi",
            format_func=dict(labels).get,
            key=_key("columns"),
            on_change=_write_columns,
            args=(tuple(usual),),
            width=420,
        )
    chosen = set(asked or usual)
    return [name for name in labels if name in chosen]


def remembered_text(name: str, label: str, hint: str) -> str:
    """Draw a text field whose value this session remembers; it is no part of the URL."""
    return st.text_input(label, key=_key(name), placeholder=hint, width=260, persist_state="session").strip()


def recalled_text(name: str) -> str:
    """What `remembered_text` last held."""
    return str(st.session_state.get(_key(name)) or "").strip()


def search(label: str) -> str:
    """Draw a search field that filters while one types; its text is in the URL as `q`."""
    _place("q", st.query_params.get("q", ""))
    return st.text_input(
        label,
        key=_key("q"),
        type="search",
        icon=":material/search:",
        placeholder=label,
        label_visibility="collapsed",
        live=True,
        on_change=_write,
        args=("q",),
        width=260,
    )


def write(name: str, label: str, send: str, usual: str) -> tuple[str, int]:
    """Draw a field of several lines with a button that sends it, or Ctrl+Enter; gives the text and how often it was sent (0: not yet).

    The URL has the text, so that a copied link shows it, but never sends it. A text too long for an address is this
    session's alone.
    """
    asked = st.query_params.get(name)
    text = asked or str(recall(name) or usual)
    if _key(f"{name}-text") not in st.session_state or recall(f"{name}-asked") != asked:
        # Only where the URL says another: what is set takes the place of what is being written and was not sent yet.
        _place(f"{name}-text", text)
        remember(f"{name}-asked", asked)
    with st.form(f"form-{name}", border=False):
        st.text_area(label, key=_key(f"{name}-text"), height=260)
        st.form_submit_button(
            send, type="primary", icon=":material/play_arrow:", key=f"send-{name}", on_click=_send, args=(name,)
        )
    sent = recall(f"{name}-sent")
    return sent if isinstance(sent, tuple) and sent[0] == text else (text, 0)


def sentence(selection: Selection) -> str:
    """The selection as people say it: '2025 · Unit · 区直 › 正职'."""
    cohort = [part for part in (selection.platform, selection.layer) if part]
    parts = [str(selection.cycle), t(f"kind.{selection.kind}") if selection.kind else "", " › ".join(cohort)]
    return " · ".join(part for part in parts if part)


def arrive() -> None:
    """Read from the URL what holds for a whole run."""
    asked = st.query_params.get("present", "")
    _slide.set(max(int(asked), 1) if asked.isdecimal() else None)


def slide() -> int | None:
    """The slide of a presentation that the URL asked for as the run began, from 1; None where nothing is presented."""
    return _slide.get()


def turn(slide: int | None) -> None:
    """Go to a slide, or end the presentation."""
    if slide is None:
        st.query_params.pop("present", None)
    else:
        st.query_params["present"] = str(slide)


def fresh_key(name: str) -> str:
    """A widget key that `renew` replaces: the only way to empty an upload widget."""
    return f"{name}-{st.session_state.setdefault(_key(name), 0)}"


def renew(name: str) -> None:
    """Give the widget under `fresh_key(name)` a new key, which empties it."""
    st.session_state[_key(name)] = st.session_state.get(_key(name), 0) + 1


def remember(name: str, value: object) -> None:
    """Keep a value for the next run of this session, such as what a button has just done."""
    st.session_state[_key(name)] = value


def recall(name: str) -> object:
    """The value kept under `name`, which stays kept; None where there is none."""
    return st.session_state.get(_key(name))


def forget(name: str) -> object:
    """The value kept under `name`, which is kept no longer."""
    return st.session_state.pop(_key(name), None)


def _one(name: str, labels: Mapping[str, str], **look: Any) -> object:
    """Draw a choice at once; gives what the URL says, else the first."""
    value = _asked(name, list(labels))
    _draw(name, value, list(labels), labels, **look)
    return value


def _draw(
    name: str,
    value: object,
    options: list,
    labels: Mapping,
    *,
    is_row: bool = False,
    width: int = 190,
    label: str = "",
) -> None:
    """Draw a choice that stands at `value`; nothing where there is nothing to choose."""
    if len(options) < 2:
        return
    _place(name, value)
    shared = {"key": _key(name), "on_change": _write, "args": (name,)}
    shown = {option: str(labels.get(option, option)) for option in options}
    if is_row or name == "kind":
        st.segmented_control(
            t(f"filter.{name}"),
            options,
            format_func=shown.get,
            required=True,
            label_visibility="collapsed" if is_row else "visible",
            **shared,
        )
    else:
        st.selectbox(label or t(f"filter.{name}"), options, format_func=shown.get, width=width, **shared)


def _asked(name: str, options: list) -> object:  # the option that the URL asks for, else the first
    by_text = {str(option): option for option in options}
    asked = st.query_params.get(name)
    if asked is not None and asked not in by_text:
        del st.query_params[name]
    return by_text.get(asked, options[0]) if asked is not None else options[0]


def _distinct(rows: list[dict], name: str) -> list:
    return list(dict.fromkeys(row[name] for row in rows))


def _key(name: str) -> str:
    return f"choice-{name}"


def _place(name: str, value: object) -> None:
    """Set a widget before it is drawn, also to what the state seems to hold already.

    On another page that is the value of the widget of the page before, and the new one would show its first option.
    """
    st.session_state[_key(name)] = value


def _write_edition() -> None:
    if st.session_state[_key("edition")] == EDITIONS[1]:
        st.query_params["edition"] = EDITIONS[1]
    else:
        st.query_params.pop("edition", None)


def _write_columns(usual: tuple[str, ...]) -> None:
    chosen = st.session_state[_key("columns")]
    if not chosen or set(chosen) == set(usual):
        st.query_params.pop("columns", None)
    else:
        st.query_params["columns"] = ",".join(chosen)


def _send(name: str) -> None:
    text = str(st.session_state[_key(f"{name}-text")])
    before = recall(f"{name}-sent")
    remember(name, text)
    remember(f"{name}-sent", (text, before[1] + 1 if isinstance(before, tuple) else 1))
    if len(text) <= LONGEST:
        st.query_params[name] = text
    else:
        st.query_params.pop(name, None)


def _write(name: str) -> None:
    value = st.session_state[_key(name)]
    if value in (ALL, "all", None) or (value == "" and name not in ("platform", "layer")):
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = str(value)
