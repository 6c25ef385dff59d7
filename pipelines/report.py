"""Documents for paper: self-contained HTML pages in A4 that a browser prints or saves as PDF.

Decides how a document looks: one style, tables with repeated heads, drawings as inline SVG, nothing fetched from
anywhere. Takes the answers of `reads` as they are and calculates nothing; what a mart hides is hidden here. Everything
that came from a file is escaped.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from html import escape
from pathlib import Path

from pipelines import reads
from pipelines.reads import Selection
from pipelines.warehouse import Warehouse

WORDS = Path(__file__).resolve().parent.parent / "data" / "words" / "report.toml"

STYLE = """
@page { size: A4; margin: 18mm 16mm 16mm; }
* { box-sizing: border-box; }
body { font: 10.5pt/1.55 'Source Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif; color: #17212F;
  background: #FFF; max-width: 178mm; margin: 6mm auto; font-variant-numeric: tabular-nums; }
h1 { font-size: 17pt; text-align: center; margin: 0 0 4mm; }
h2 { font-size: 12pt; margin: 6mm 0 2mm; break-after: avoid; }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: .3mm solid #B4BEC9; padding: 1mm 2mm; text-align: left; vertical-align: top; }
th { background: #EDF2F7; }
.n { text-align: right; white-space: nowrap; }
.date, th { white-space: nowrap; }
.quiet { color: #56616E; font-size: 9pt; }
.sheet + .sheet { break-before: page; }
button { font: inherit; padding: 1.5mm 5mm; margin-bottom: 5mm; border: .3mm solid #1B5E9E; border-radius: 1.5mm;
  background: #1B5E9E; color: #FFF; cursor: pointer; }
@media print { button { display: none; } body { margin: 0; max-width: none; } }
"""


@functools.cache
def catalogue() -> dict[str, dict[str, str]]:
    """'section.key' -> {'en': …, 'zh': …}: the words of the documents."""
    sections = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    return {f"{section}.{key}": words for section, keys in sections.items() for key, words in keys.items()}


def say(key: str, language: str, **values: object) -> str:
    """The text of `key` in 'en' or 'zh', its {placeholders} filled."""
    return catalogue()[key][language].format_map(values)


def document(title: str, sheets: Iterable[str], language: str) -> str:
    """A whole HTML document of these sheets, each on a page of its own, with a print button that is not printed."""
    body = "".join(f"<section class='sheet'>{sheet}</section>" for sheet in sheets)
    return (
        f"<!DOCTYPE html><html lang='{language}'><head><meta charset='utf-8'><title>{escape(title)}</title>"
        f"<style>{STYLE}</style></head><body>"
        f"<button onclick='window.print()'>{say('document.print', language)}</button>{body}</body></html>"
    )


def circular(
    warehouse: Warehouse, selection: Selection, period: str, months: tuple[int, int] | None, language: str
) -> str:
    """The periodic circular of the ledger: every entry of the period, deductions first, with sums.

    `period` is what people call it ('2025年第一季度'), `months` its first and last month, None the whole cycle.
    """
    rows = reads.ledger(warehouse, selection, months).to_pylist()
    title = say("circular.title", language, period=period)
    if not rows:
        return document(title, [f"<h1>{escape(title)}</h1><p>{say('circular.none', language)}</p>"], language)
    signed = {sign: [row for row in rows if row["sign"] == sign] for sign in ("-", "+", None)}
    lead = say(
        "circular.lead",
        language,
        period=period,
        events=len(rows),
        subjects=len({row["subject"] for row in rows}),
        bonus=_number(_sum(signed["+"])),
        deduction=_number(-_sum(signed["-"])),
    )
    parts = [f"<h1>{escape(title)}</h1><p>{escape(lead)}</p>"]
    for sign, heading in (("-", "deductions"), ("+", "bonuses"), (None, "others")):
        if signed[sign]:
            parts.append(f"<h2>{say(f'circular.{heading}', language)}</h2>{_entries(signed[sign], language)}")
    parts.append(f"<p>{say('circular.objection', language)}</p>{made(warehouse, selection.cycle, language)}")
    return document(title, ["".join(parts)], language)


def made(warehouse: Warehouse, cycle: int, language: str) -> str:
    """The line that says which build the figures come from."""
    (build,) = (row for row in warehouse.builds().to_pylist() if row["cycle"] == cycle)
    text = say("document.made", language, cycle=cycle, build=build["build"][:12], at=f"{build['at']:%Y-%m-%d %H:%M}")
    return f"<p class='quiet'>{escape(build['title'])} {text}</p>"


def _entries(rows: Sequence[Mapping[str, object]], language: str) -> str:
    heads = ("number", "name", "date", "type", "points", "reason", "document")
    head = "".join(f"<th>{say(f'circular.{name}', language)}</th>" for name in heads)
    body = "".join(
        f"<tr><td class='n'>{number}</td><td>{_text(row['name'] or row['subject'])}</td><td class='date'>{_text(row['date'])}</td>"
        f"<td>{_text(row['type'])}</td><td class='n'>{_number(row['points'])}</td><td>{_text(row['reason'])}</td>"
        f"<td>{_text(row['document'])}</td></tr>"
        for number, row in enumerate(rows, 1)
    )
    total = _sum(rows)
    foot = (
        f"<tr><th colspan='4'>{say('circular.sum', language)}</th><th class='n'>{_number(total)}</th><th colspan='2'></th></tr>"
        if any(row["points"] is not None for row in rows)
        else ""
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}{foot}</tbody></table>"


def _sum(rows: Iterable[Mapping[str, object]]) -> Decimal:
    """The sum of the points that are given; exact."""
    return sum((row["points"] for row in rows if isinstance(row["points"], Decimal)), Decimal(0))


def _text(value: object) -> str:
    return "" if value is None else escape(str(value))


def _number(value: object, decimals: int = 2) -> str:
    return f"{value:,.{decimals}f}" if isinstance(value, (Decimal, int, float)) else ""
