"""The words of the pages in both languages: `t("section.key")` in the language of this run.

The catalogue is `data/words/ui.toml`. A key that is not there, a language that is left out or a placeholder without a
value is an error at once, never an English word on a Chinese page.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

LANGUAGES = {"en": "English", "zh": "中文"}
CATALOGUE = Path(__file__).resolve().parents[2] / "data" / "words" / "ui.toml"

_plural = re.compile(r"\{(\w+):([^{}|]+)\|([^{}|]+)\}")
"""'{count:entry|entries}': the one word for 1, the other for any other number."""

YEARS = frozenset({"cycle", "earlier", "before", "base", "other", "year"})
"""What whole numbers of these names are in a sentence: years, which have no thousands."""
COUNTS = frozenset({"count", "size", "whole"})
"""The numbers of a stored text that are counts."""

_LINKS = re.compile(r"\]\(|://|www\.", re.IGNORECASE)
"""What Markdown makes a link or a picture of: cut in two by a space without width."""

_ASIDE = re.compile(r"\s*[(（][^()（）]*[)）]\s*$")

_language: ContextVar[str] = ContextVar("language", default="en")


def language() -> str:
    """The language of this run: 'en' or 'zh'."""
    return _language.get()


def use(code: str) -> None:
    """Speak this language from now on, in this run only."""
    _language.set(code)


@contextmanager
def using(code: str) -> Iterator[None]:
    """Speak this language inside the block: for work that another thread does later, such as a download."""
    token = _language.set(code)
    try:
        yield
    finally:
        _language.reset(token)


def preferred(locale: str | None) -> str:
    """The language for a browser's locale: 'zh' for any Chinese, else 'en'."""
    return "zh" if (locale or "").lower().startswith("zh") else "en"


@functools.cache
def catalogue() -> dict[str, dict[str, str]]:
    """'section.key' -> {'en': …, 'zh': …}."""
    sections = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    return {f"{section}.{key}": words for section, keys in sections.items() for key, words in keys.items()}


def t(key: str, **values: object) -> str:
    """The text of `key` in the language of this run, its {placeholders} filled. KeyError when either is missing."""
    text = catalogue()[key][language()]
    if "{" not in text:
        return text
    told = _plural.sub(lambda found: found[2] if str(values[found[1]]) == "1" else found[3], text)
    return told.format_map({name: _said(name, value) for name, value in values.items()})


def _said(name: str, value: object) -> object:
    """A value as it stands in a sentence: a day as people write it, a number with its thousands apart, a text of a file tamed."""
    if isinstance(value, int):
        return value if name in YEARS else f"{value:,}"
    if isinstance(value, dt.date):
        return t("frame.day", year=value.year, month=t(f"month.{value.month}"), day=value.day)
    return tame(value) if isinstance(value, str) else value


@functools.lru_cache(maxsize=20_000)
def retold(section: str, text: str, code: str) -> str:
    """A text that is stored in English, in the language `code`: told by the first word of `section` whose English fits it.

    A text that no word fits stays as it is: it is what somebody wrote.
    """
    for name, pattern in _patterns(section):
        if found := pattern.fullmatch(text):
            told = {
                part: f"{int(text):,}" if part in COUNTS and text.isdecimal() else text
                for part, text in found.groupdict().items()
            }
            return catalogue()[name][code].format_map(told)
    return text


@functools.cache
def _patterns(section: str) -> list[tuple[str, re.Pattern[str]]]:
    """The words of a section and what fits their English side; a placeholder fits anything."""
    own = {name: text["en"] for name, text in catalogue().items() if name.startswith(f"{section}.")}
    return [
        (name, re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(text)), re.DOTALL))
        for name, text in own.items()
    ]


def without_aside(name: str) -> str:
    """A name without what stands in brackets at its end: '日常考核(季度督查)' is '日常考核'."""
    return _ASIDE.sub("", name) or name


def tame(text: str) -> str:
    """A text of a file, to stand in Markdown: it looks the same, and is neither a link nor a picture."""
    if "](" in text or "://" in text or "www." in text.lower():
        return _LINKS.sub(lambda found: f"{found[0][0]}\u200b{found[0][1:]}", text)
    return text
