"""The list of problems: counted, filtered by severity, grouped by kind, each with its cell and what to do."""

from __future__ import annotations

import functools
import hashlib
from collections import Counter
from collections.abc import Sequence

import streamlit as st

from pages.ui import filters, frame, shapes, tables
from pages.ui.words import language, t
from pipelines.problems import SEVERITIES, Problem
from pipelines.reads import problem_rows

ICONS = {"error": ":material/error:", "warning": ":material/warning:", "notice": ":material/info:"}
COLOURS = {"error": "red", "warning": "orange", "notice": "blue"}
OPEN_GROUPS = 3
"""So many groups stand open at first."""


def counts(problems: Sequence[Problem], rows: int) -> None:
    """Four figures: rows read, errors, warnings, notices."""
    by_severity = Counter(problem.severity for problem in problems)
    frame.show_figures(
        {"label": t("faults.rows"), "value": f"{rows:,}"},
        *(
            {"label": t(f"faults.{name}"), "icon": frame.sign(ICONS[name]), "value": f"{by_severity[name]:,}"}
            for name in SEVERITIES
        ),
    )


def listing(problems: Sequence[Problem], sources: Sequence[tuple[str, bytes]] = ()) -> None:
    """The problems, grouped by code, errors first; a switch shows one severity alone.

    `sources` (name, content) are the files they were found in: each gets a copy with its faults marked in their cells.
    """
    by_severity = Counter(problem.severity for problem in problems)
    labels = {"all": t("faults.all", count=len(problems))}
    labels |= {name: t(f"faults.only_{name}", count=by_severity[name]) for name in SEVERITIES if by_severity[name]}
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = filters.choose_view("severity", labels)
        rows = problem_rows([problem for problem in problems if chosen in ("all", problem.severity)], language())
        _marked_copies(problems, sources)
        frame.offer(rows, "problems", "list")
    for place, (severity, code) in enumerate(shapes.distinct(rows, "severity", "code")):
        own = shapes.where(rows, "code", code)
        title = f"{ICONS[severity]} :{COLOURS[severity]}[{t(f'severity.{severity}')}] · {own.num_rows} · {_title(own)}"
        with st.expander(title, expanded=place < OPEN_GROUPS):
            fixes = shapes.distinct(own, "fix")
            if len(fixes) == 1:  # said once above the rows, where no column cuts it off
                st.markdown(t("faults.to_do", fix=fixes[0][0]))
            is_said = len(fixes) == 1 and len(shapes.distinct(own, "what")) == 1
            columns = [
                "file",
                "sheet",
                "cell",
                "found",
                *(["what"] if not is_said else []),
                *(["fix"] if len(fixes) > 1 else []),
            ]
            tables.show(own, columns, key=f"problems-{code}", height=330)


def _short_hash(content: bytes) -> str:
    """The beginning of the hash of a file, to tell two of one name apart."""
    return hashlib.sha256(content).hexdigest()[:8]


def _marked_copies(problems: Sequence[Problem], sources: Sequence[tuple[str, bytes]]) -> None:
    for name, content in sources:
        own = [problem for problem in problems if problem.place.file in ("", name)]
        if own:
            st.download_button(
                t("upload.marked", file=name),
                data=functools.partial(_marked_copy, name, content, own, language()),
                # Streamlit keeps a large file by its name, length and samples: a mended workbook has another name.
                file_name=t("upload.marked_name", stem=f"{name.rpartition('.')[0] or name}-{_short_hash(content)}"),
                mime=frame.MIME["xlsx"],
                icon=":material/edit_note:",
                on_click="ignore",
                key=f"marked-{name}",
            )


def _marked_copy(name: str, content: bytes, own: Sequence[Problem], said_in: str) -> bytes:
    from pipelines.markup import marked_copy  # openpyxl is slow to import

    return marked_copy(name, content, own, said_in)


def _title(rows: shapes.Table) -> str:
    """What the group is about: the sentence itself when all say the same, else the first of them."""
    first = rows.column("what")[0].as_py()
    return first if rows.num_rows == 1 or len(shapes.distinct(rows, "what")) == 1 else t("faults.such_as", what=first)
