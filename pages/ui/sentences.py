"""Rules in plain sentences: a condition, when a suggestion holds. Text in, text out.

Ids are shown as they are written in the scheme; what a rule says is worded by its kind alone, so a new scheme needs no
new words.
"""

from __future__ import annotations

from pages.ui.tables import metric, metric_value
from pages.ui.words import t


def condition(name: str, op: str, threshold: str | None) -> str:
    """A gate row in words: 'share of bad in public above 30%'."""
    return t(f"compare.{_OPS[op]}", metric=metric(name), value=metric_value(name, threshold))


def holds_when(grades: str | None, mode: str, years: int) -> str:
    """When a consequence holds, in words."""
    names = _either(grades or "")
    within = mode.partition(":")[2]
    if within:
        return t("holds.within", grades=names, years=years, within=within)
    return t("holds.this_year", grades=names) if years == 1 else t("holds.in_a_row", grades=names, years=years)


def _either(names: str) -> str:
    return t("holds.or").join(part.strip() for part in names.split("+"))


_OPS = {"<": "below", "<=": "at_most", ">": "above", ">=": "at_least", "=": "equal", "!=": "unequal"}
