"""The scheme as a document: the tree with its weights, polls, bonus and deduction, gates, grades, in plain sentences.

The tables of the scheme in, HTML out; everything that came from a file is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Any

import pyarrow as pa

from pages.ui import sentences
from pages.ui.words import t

Rows = Sequence[Mapping[str, Any]]


def document(tables: Mapping[str, pa.Table]) -> str:
    """The whole scheme, section by section; a table without rows has no section."""
    rows = {name: table.to_pylist() for name, table in tables.items()}
    parts = [
        _section("content", _tree(rows.get("components", []), rows.get("indicators", []))),
        _section("polls", _polls(rows)),
        _section("adjustments", _list(sentences.adjustment(row) for row in rows.get("adjustments", []))),
        _section("gates", _list(_gates(rows.get("gates", [])))),
        _section("grades", _list(sentences.quota(row) for row in _by_order(rows.get("grades", [])))),
        _section("tiebreaks", _list(sentences.tiebreak(row) for row in _by_order(rows.get("tiebreaks", [])))),
        _section("consequences", _list(sentences.consequence(row) for row in rows.get("consequences", []))),
        _section("posts", _list(_post(row) for row in rows.get("posts", []))),
        _section("minimums", _list(_minimum(row) for row in rows.get("minimums", []))),
        _section("stages", _list(_stage(row) for row in _by_order(rows.get("stages", [])))),
        _section("requirements", _list(_requirements(rows.get("requirements", [])))),
        _section("structure_groups", _list(_group(row) for row in rows.get("structure_groups", []))),
        _section("register_kinds", _list(_register(row) for row in rows.get("register_kinds", []))),
        _section("settings", _list(_settings(rows.get("settings", [])))),
    ]
    return f"<div class='kaoping-scheme'>{''.join(parts)}</div>"


def _section(name: str, body: str) -> str:
    return f"<h3>{t(f'rules.{name}')}</h3>{body}" if body else ""


def _list(lines: Iterable[str]) -> str:
    """A list of sentences, which may hold text of a file: all of it is escaped here."""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else ""


def _tree(components: Rows, indicators: Rows) -> str:
    heads = "".join(
        f"<th class='{'n' if name == 'weight' else ''}'>{t(f'rules.{name}')}</th>"
        for name in ("part", "weight", "how", "applies")
    )
    known = {row["component"] for row in components}
    roots = [row for row in components if row["parent"] not in known]
    lines = [line for row in roots for line in _branch(row, components, indicators, 0, frozenset(), None)]
    loose = [row for row in indicators if row["component"] not in known]
    lines += [_indicator(row, 0, None) for row in loose]
    if not lines:
        return ""
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _branch(
    row: Mapping[str, Any],
    components: Rows,
    indicators: Rows,
    depth: int,
    above: frozenset[str],
    parent: Mapping[str, Any] | None,
) -> Iterable[str]:
    own = row["component"]
    yield _line(depth, row["name"] or own, row["weight"], _source(row), _whom(row, parent), is_part=True)
    if own in above:
        return
    for child in components:
        if child["parent"] == own and sentences.may_share(row["applies"], child["applies"]):
            yield from _branch(child, components, indicators, depth + 1, above | {own}, row)
    for indicator in indicators:
        if indicator["component"] == own and sentences.may_share(row["applies"], indicator["applies"]):
            yield _indicator(indicator, depth + 1, row)


def _indicator(row: Mapping[str, Any], depth: int, parent: Mapping[str, Any] | None) -> str:
    return _line(depth, row["name"] or row["indicator"], row["weight"], sentences.method(row), _whom(row, parent))


def _whom(row: Mapping[str, Any], parent: Mapping[str, Any] | None) -> str:
    """To whom a row applies, in words; blank where that is the same as of the row that it stands under."""
    return "" if parent is not None and row["applies"] == parent["applies"] else sentences.applies(row["applies"])


def _source(row: Mapping[str, Any]) -> str:
    kind, _, poll = (row["source"] or "").partition(":")
    return t(f"rules.from_{kind or 'parts'}", poll=poll)


def _line(depth: int, name: str, weight: Decimal | None, how: str, whom: str, *, is_part: bool = False) -> str:
    return (
        f"<tr class='d{1 if is_part and not depth else 2}'><td style='padding-left:{0.2 + 1.15 * depth:.2f}rem'>{escape(name)}</td>"
        f"<td class='n'>{sentences.plain(weight)}</td><td>{escape(how)}</td><td>{escape(whom)}</td></tr>"
    )


def _polls(rows: Mapping[str, Rows]) -> str:
    lines = []
    for poll in rows.get("polls", []):
        own = {name: [row for row in rows.get(name, []) if row["poll"] == poll["poll"]] for name in _PARTS}
        told = [line for name in _PARTS for line in _parts_of_poll(name, own[name])]
        if poll["min_ballots"]:
            told.append(t("rules.min_ballots", count=poll["min_ballots"]))
        names = {row["rater_group"]: row["name"] or row["rater_group"] for row in own["poll_groups"]}
        merges = [
            t("rules.merge", one=names[row["rater_group"]], other=names.get(row["merge_into"], row["merge_into"]))
            for row in own["poll_groups"]
            if row["merge_into"]
        ]
        if merges:
            told.append(t("rules.merges", list=t("rules.comma").join(merges)))
        if poll["trim"]:
            told.append(t("rules.trim", count=poll["trim"]))
        lines.append(f"<li><b>{escape(poll['name'] or poll['poll'])}</b>{_list(told)}</li>")
    return f"<ul>{''.join(lines)}</ul>" if lines else ""


def _parts_of_poll(name: str, rows: Rows) -> Iterable[str]:
    """Rater groups, items or options with their weights or points, those of one filter together."""
    for whom in dict.fromkeys(row.get("applies") or "" for row in rows):
        own = [row for row in rows if (row.get("applies") or "") == whom]
        said = t(f"rules.{name}", list=t("rules.comma").join(sentences.part(name, row) for row in own))
        yield said + (t("rules.for", whom=sentences.applies(whom)) if whom else "")


def _gates(gates: Rows) -> Iterable[str]:
    """One sentence per gate: all its conditions, then what happens."""
    for gate in dict.fromkeys(row["gate"] for row in gates):
        yield sentences.gate([row for row in gates if row["gate"] == gate])


def _post(row: Mapping[str, Any]) -> str:
    said = t("rules.post", name=row["name"] or row["post"], seats=row["seats"])
    said += t("rules.post_ratio", ratio=sentences.plain(row["ratio"])) if row["ratio"] else ""
    return said + _for(row)


def _minimum(row: Mapping[str, Any]) -> str:
    force = t(f"force.{row['force'] or 'must'}")
    return t("rules.minimum", name=row["name"] or row["minimum"], force=force) + _for(row)


def _stage(row: Mapping[str, Any]) -> str:
    kept = t("rules.stage_kept", kept=sentences.plain(row["kept"])) if row["kept"] is not None else ""
    return f"{row['order']}. {row['name'] or row['stage']}{kept}"


def _requirements(rows: Rows) -> Iterable[str]:
    """Rule by rule; rows of one clause stand together, clauses are told apart by 'or'."""
    for rule in dict.fromkeys(row["rule"] for row in rows):
        clauses: dict[str, list[str]] = {}
        for row in rows:
            if row["rule"] == rule:
                said = row["note"] or " ".join((row["metric"], row["op"], row["value"]))
                clauses.setdefault(row["clause"] or "", []).append(said + _for(row))
        yield t("rules.requirement", rule=rule, what=" / ".join("; ".join(parts) for parts in clauses.values()))


def _group(row: Mapping[str, Any]) -> str:
    return (row["name"] or row["category"]) + _for(row)


def _register(row: Mapping[str, Any]) -> str:
    stages = " → ".join(part.strip() for part in row["stages"].split("+"))
    said = t("rules.register_kind", name=row["name"] or row["register"], stages=stages)
    unit = t(f"term_unit.{row['term_unit'] or 'day'}")
    return said + (t("rules.register_term", term=row["term"], unit=unit) if row["term"] else "")


def _for(row: Mapping[str, Any]) -> str:
    return t("rules.for", whom=sentences.applies(row["applies"])) if row["applies"] else ""


def _settings(rows: Rows) -> Iterable[str]:
    shown = (row for row in rows if row["value"] is not None and row["key"] not in ("cycle", "title"))
    return (sentences.setting(row["key"], row["value"]) for row in shown)


def _by_order(rows: Rows) -> Rows:
    return sorted(rows, key=lambda row: (row.get("applies") or "", row["order"] or 0))


_PARTS = ("poll_groups", "poll_items", "poll_options")
