"""Who is one year from a consequence: which further year would make a rule hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A consequence: the grades that count, how many years, and among how many (None: in a row)."""

    name: str
    grades: frozenset[str]
    years: int
    within: int | None


def holds(rule: Rule, grades: Mapping[int, str], cycle: int) -> tuple[int, ...] | None:
    """The years that make the rule hold in this cycle, else None (specification, section 12)."""
    span = rule.years if rule.within is None else rule.within
    met = tuple(year for year in range(cycle - span + 1, cycle + 1) if grades.get(year) in rule.grades)
    return met if len(met) >= rule.years else None


def one_year_away(rule: Rule, grades: Mapping[int, str], cycle: int) -> tuple[int, ...] | None:
    """The years up to this cycle that would make the rule hold if next year's grade counts too; None where they do not.

    Rules of one year are left out (everybody is one year from them), and so is whom the rule holds already.
    """
    if rule.years < 2 or holds(rule, grades, cycle) is not None:
        return None
    for grade in rule.grades:
        met = holds(rule, {**grades, cycle + 1: grade}, cycle + 1)
        if met is not None:
            return tuple(year for year in met if year <= cycle)
    return None
