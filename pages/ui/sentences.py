"""Rules in plain sentences: conditions, filters, quotas, suggestions. Text in, text out.

Ids are shown as they are written in the scheme; what a rule says is worded by its kind alone, so a new scheme needs no
new words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from pages.ui import shapes, tables
from pages.ui.tables import metric, metric_value
from pages.ui.words import t
from pipelines.contract import KINDS, SETTING_WORDS, SETTINGS

Row = Mapping[str, Any]


def plain(value: Decimal | None) -> str:
    """A number without trailing zeros; nothing where there is none."""
    return "" if value is None else f"{value.normalize():,f}"


def condition(name: str, op: str, threshold: str | None) -> str:
    """A gate row in words: 'share of bad in public above 30%'."""
    if tables.is_always(name, op, threshold):
        return t("compare.always")
    return t(f"compare.{_OPS[op]}", metric=metric(name), value=metric_value(name, threshold))


def holds_when(grades: str | None, mode: str | None, years: int | None) -> str:
    """When a consequence holds, in words."""
    names = _either(grades or "")
    within = (mode or "").partition(":")[2]
    if within:
        return t("holds.within", grades=names, years=years or 1, within=within)
    if (years or 1) == 1:
        return t("holds.this_year", grades=names)
    return t("holds.in_a_row", grades=names, years=years)


def applies(text: str | None) -> str:
    """A filter in words: 'kind=unit; layer=chief|deputy' is 'Kind: Units; Layer: chief or deputy'."""
    if not text:
        return t("applies.all")
    parts = []
    for part in text.split(";"):
        key, _, values = part.strip().partition("=")
        is_not = key.endswith("!")
        key = key.removesuffix("!").strip()
        said = t("holds.or").join(_value(key, value.strip()) for value in values.split("|"))
        parts.append(t("applies.is_not" if is_not else "applies.is", column=_key(key), values=said))
    return t("applies.and").join(parts)


def may_share(one: str | None, other: str | None) -> bool:
    """Whether two filters can both pass a subject, as far as their kinds say."""
    first, second = _kinds(one), _kinds(other)
    return first is None or second is None or bool(first & second)


def method(row: Row) -> str:
    """How an indicator is scored: method, target and parameters."""
    parts = [t(f"scored.{row['method'] or 'points'}")]
    if row["target"] is not None:
        parts.append(t("scored.target", value=plain(row["target"]), unit=row["unit"] or ""))
    given = (pair.partition("=") for pair in (row["params"] or "").split(";") if pair.strip())
    parts += [parameter(key.strip(), value.strip()) for key, _, value in given]
    return t("rules.comma").join(parts)


def parameter(key: str, value: str) -> str:
    """A parameter of a method in words: 'cap=100' is 'at most 100', 'at=0:40, 60:60' says which value scores what."""
    if key == "dir":
        return t(f"param.{value}")
    return t(f"param.{key}", value=", ".join(part.strip() for part in value.split(",")).replace(":", "→"))


def row_id(text: str) -> str:
    """The id of a row of the scheme in words: 'X [kind=unit]' is 'X' with the filter said."""
    name, bracket, whom = text.removesuffix("]").partition(" [")
    return t("rules.of_row", name=name, whom=applies(whom)) if bracket else text


def is_about(text: str, kind: str | None) -> bool:
    """Whether a row of the scheme with this id ('X [kind=unit]') may be about subjects of this kind."""
    return kind is None or may_share(text.removesuffix("]").partition(" [")[2], f"kind={kind}")


def rows_said(table: pa.Table) -> pa.Table:
    """A table of rows of the scheme, or of changes to it, with its fixed words, ids and shares as people say them."""
    for side in ("before", "after"):
        if side in table.column_names:
            table = shapes.worded(table, side, _cell, "column", side)
    return tables.say(shapes.worded(table, "id", row_id, "id"))


def _cell(column: str, value: str | None) -> str:
    return tables.metric_value("rate", value) if value and column == "share" and "%" not in value else value or ""


def part(table: str, row: Row) -> str:
    """A rater group or item with its weight, an option with its points."""
    name = row["name"] or row[{"poll_groups": "rater_group", "poll_items": "item", "poll_options": "option"}[table]]
    if table == "poll_options":
        return f"{name} {plain(row['points'])}" if row["points"] is not None else t("rules.not_valid", name=name)
    weight = plain(row["weight"])
    return f"{name} {weight}" if weight else name


def adjustment(row: Row) -> str:
    """One type of bonus or deduction."""
    given = plain(row["points"])
    points = t("rules.points", points=given) if given else t("rules.as_entered")
    said = t("rules.plus" if row["sign"] == "+" else "rules.minus", name=row["name"] or row["type"], points=points)
    return said + (t("rules.at_most", cap=plain(row["cap"])) if row["cap"] is not None else "") + _whom(row)


def gate(rows: Sequence[Row]) -> str:
    """A gate with all its conditions, its effect and its note."""
    first = rows[0]
    conditions = t("rules.also").join(
        condition(row["metric"], row["op"], row["value"]) + (_whom(row) if row["applies"] != first["applies"] else "")
        for row in rows
    )
    effect = next((row["effect"] for row in rows if row["effect"]), "flag")
    note = next((row["note"] for row in rows if row["note"]), "")
    if all(tables.is_always(row["metric"], row["op"], row["value"]) for row in rows):
        said = t("rules.gate_always", gate=first["gate"], effect=tables.effect(effect)) + _whom(first)
    else:
        said = t("rules.gate", gate=first["gate"], condition=conditions, effect=tables.effect(effect)) + _whom(first)
    return said + (t("rules.note", note=note) if note else "")


def quota(row: Row) -> str:
    """A grade with its share, pool and limits."""
    if row["share"] is None:
        said = t("rules.open_grade", grade=row["grade"])
    else:
        said = t(
            "rules.quota",
            grade=row["grade"],
            share=tables.percent(row["share"], 2).replace(".00%", "%"),
            pool=_pool(row["pool"]),
            rounding=t(f"rounded.{row['rounding'] or 'floor'}"),
        )
    if row["apportion"]:
        said += t("rules.apportion", keys=_keys(row["apportion"]))
    if row["min_score"] is not None:
        said += t("rules.min_score", score=plain(row["min_score"]))
    return said + _whom(row)


def tiebreak(row: Row) -> str:
    """One metric that decides between equal totals."""
    is_low = row["direction"] == "asc"
    return t("rules.low_first" if is_low else "rules.high_first", order=row["order"], metric=metric(row["metric"]))


def consequence(row: Row) -> str:
    """One suggestion and when it holds."""
    when = holds_when(row["grades"], row["mode"], row["years"])
    amount = t("rules.amount", amount=row["amount"]) if row["amount"] else ""
    return t("rules.suggest", when=when, action=row["action"] or row["rule"]) + amount + _whom(row)


def suggestion_rules(rules: pa.Table) -> pa.Table:
    """The rules of consequences with when each holds and to whom it applies in words."""
    said = shapes.worded(rules, "condition", holds_when, "grades", "mode", "years")
    return shapes.worded(shapes.renamed(said, "amount", "quantity"), "applies", applies, "applies")


def setting(key: str, value: str) -> str:
    """One setting; a key that this version does not know stands as it is written."""
    if key not in SETTINGS:
        return f"{key} = {value}"
    if key in SHARES:
        value = tables.metric_value("rate", value) if "%" not in value else value
    return t(f"setting.{key}", value=t(f"setting_word.{value}") if value in SETTING_WORDS.get(key, ()) else value)


def _whom(row: Row) -> str:
    return t("rules.for", whom=applies(row["applies"])) if row["applies"] else ""


def _pool(text: str | None) -> str:
    return t("rules.everybody") if text == "all" else t("rules.each", keys=_keys(text or "cohort"))


def _keys(text: str) -> str:
    names = ["platform", "layer"] if text == "cohort" else [name.strip() for name in text.split("+")]
    return t("rules.keys").join(_key(name) for name in names)


def _key(name: str) -> str:
    return tables.label(name) if name in tables.dictionary() else name


def _value(key: str, value: str) -> str:
    return t(f"kind.{value}") if key == "kind" and value in KINDS else value or t("filter.blank")


def _kinds(text: str | None) -> set[str] | None:
    for part_ in (text or "").split(";"):
        key, _, values = part_.strip().partition("=")
        if key.strip() == "kind":
            return {value.strip() for value in values.split("|")}
    return None


def _either(names: str) -> str:
    return t("holds.or").join(part_.strip() for part_ in names.split("+"))


SAID = frozenset(SETTINGS) - {"cycle", "title"}
"""Settings that are a rule, and have a sentence."""
SHARES = ("min_coverage", "competition_share")
"""Settings whose value is a share of 1."""
_OPS = {"<": "below", "<=": "at_most", ">": "above", ">=": "at_least", "=": "equal", "!=": "unequal"}
