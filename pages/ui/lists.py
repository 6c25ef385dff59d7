"""Lists of subjects: a click on a row opens the subject."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pages.ui import frame, shapes, tables
from pipelines import reads
from pipelines.reads import Selection


def listing(table: shapes.Table, columns: Sequence[str], selection: Selection, **options: Any) -> None:
    """Draw a table whose rows are about subjects, of whatever kind; `options` are those of `tables.show`."""
    place = tables.show(table, columns, is_clickable=True, **options)
    subject = table.column("subject")[place].as_py() if place is not None else None
    if subject:
        built = shapes.where(frame.ask(reads.cohorts), "cycle", selection.cycle)
        kinds = dict.fromkeys([selection.kind, *(kind for (kind,) in shapes.distinct(built, "kind"))])
        for kind in kinds:
            everybody = frame.ask(reads.ranking, Selection(selection.cycle, kind))
            if kind and shapes.where(everybody, "subject", subject).num_rows:
                frame.go_to("subject", subject=subject, kind=kind, platform=None, layer=None)
