"""What can be wrong, and how it is said.

A fault in what a user gave us is a `Problem`: it has a stable code, a place, what was found, and (from the catalogue
`data/words/problems.toml`, in both languages) what is wrong and what to do. Problems are collected, never raised one
by one. Exceptions are for what stops the program's own work; they all derive from `KaopingError`.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Severity = Literal["error", "warning", "notice"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "notice")
LANGUAGES = ("en", "zh")
NOTHING_LISTED = "–"
"""What a check gives for `allowed` where it knows of nothing that would be."""
WORDS = Path(__file__).resolve().parent.parent / "data" / "words"


class KaopingError(Exception):
    """The root of every error that Kaoping raises itself."""


class InputError(KaopingError):
    """What was given cannot be used; `problems` says why, all of it at once."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = list(problems)
        super().__init__(f"{sum(p.is_error for p in self.problems)} errors in the input")


class StoreError(KaopingError):
    """The store refused: it cannot be opened, is held by another process, or did not do what was asked.

    Like a Problem it has a stable code, said in both languages by `data/words/refusals.toml`; `str()` is the English one.
    """

    def __init__(self, code: str, **details: object):
        super().__init__(code)
        self.code, self.details = code, details

    def __str__(self) -> str:
        return self.said("en")

    def said(self, language: str) -> str:
        """Why, in one sentence, 'en' or 'zh'."""
        return refusals()[self.code][language].format_map(self.details)


class DiskError(StoreError):
    """The disk did not take what was to be written, or the database gave up when it could not tidy its file."""


class BuildError(KaopingError):
    """A business truth does not hold after a build: a fault of the program, not of the input."""


class EngineError(KaopingError):
    """The engine that was asked for cannot be reached, or cannot give what DuckDB gives."""


class Cancelled(KaopingError):
    """The person who started the work stopped it."""


@dataclass(frozen=True, order=True)
class Place:
    """Where: file name, sheet ('' for CSV) and cell (A1; '' for the sheet or file as a whole)."""

    file: str = ""
    sheet: str = ""
    cell: str = ""


@dataclass(frozen=True)
class Problem:
    """One fault. `found` is what stood there; `details` fills the {placeholders} of the catalogue's sentences."""

    code: str
    place: Place = Place()
    found: str = ""
    details: dict[str, str] = field(default_factory=dict, hash=False, compare=False)

    @property
    def severity(self) -> Severity:
        return _catalogue()[self.code]["severity"]  # type: ignore[return-value]

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def what(self, language: str) -> str:
        """What is wrong, one sentence, 'en' or 'zh'."""
        return self._sentence("what", language)

    def fix(self, language: str) -> str:
        """What to do about it, one sentence, 'en' or 'zh'."""
        has_bare = f"bare_{language}" in _catalogue()[self.code] and self.details.get("allowed") == NOTHING_LISTED
        return self._sentence("bare" if has_bare else "fix", language)

    def _sentence(self, part: str, language: str) -> str:
        text = _catalogue()[self.code][f"{part}_{language}"]
        return text.format_map(_Blank(self.details, found=self.found))


class _Blank(dict[str, str]):
    """A mapping for `format_map` that shows an ellipsis where a detail is not known."""

    def __missing__(self, key: str) -> str:
        return "…"


@functools.cache
def _catalogue() -> dict[str, dict[str, str]]:
    return tomllib.loads((WORDS / "problems.toml").read_text(encoding="utf-8"))


@functools.cache
def refusals() -> dict[str, dict[str, str]]:
    """Why a store refuses: code -> en, zh."""
    return tomllib.loads((WORDS / "refusals.toml").read_text(encoding="utf-8"))


def codes() -> dict[str, dict[str, str]]:
    """The catalogue: code -> severity, what_en, what_zh, fix_en, fix_zh."""
    return _catalogue()


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether one of them stops the commit."""
    return any(problem.is_error for problem in problems)
