"""Where tables stand on a sheet, and what each of their columns means."""

from __future__ import annotations

from pipelines.contract import TABLES
from pipelines.workbook.tables import Found, Group, Sheet
from pipelines.workbook.words import Vocabulary, forms, headings

MEASURES = {
    "results": ("value", "plan"), "ballots": ("answer",), "tallies": ("votes",),
    "turnout": ("eligible", "present", "issued", "returned", "void"), "events": ("points",),
    "history": ("total", "rank", "cohort_size", "grade", "rate"),
}  # fmt: skip


def find(sheet: Sheet, vocabulary: Vocabulary, title: str) -> list[Found]:
    """Plain tables: headings in the first row."""
    grid = sheet.grid
    if not grid.height or not grid.width:
        return []
    top = sheet.rows(0, 1)[0]
    best: tuple[int, Found] | None = None
    for table in TABLES:
        known = headings(table)
        fixed: dict[str, int] = {}
        extras: dict[int, str] = {}
        for index, text in enumerate(top):
            name = next((known[form] for form in forms(text or "") if form in known), None)
            if name and name not in fixed:
                fixed[name] = index
            elif text:
                extras[index] = text
        if not all(column.name in fixed for column in TABLES[table].columns if column.is_required):
            continue
        measures = {name: fixed.pop(name) for name in MEASURES.get(table, ()) if name in fixed}
        score = 2 * (len(fixed) + len(measures)) - (0 if table == "subjects" else len(extras)) + 3 * (table in title)
        found = Found(table, 0, 1, grid.height, 0, grid.width, fixed, (Group({}, measures),), {},
                      extras if table == "subjects" else {}, extras)  # fmt: skip
        if best is None or score > best[0]:
            best = (score, found)
    return [best[1]] if best else []
