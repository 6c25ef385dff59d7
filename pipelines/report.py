"""Documents for paper: self-contained HTML pages in A4 that a browser prints or saves as PDF.

Decides how a document looks: one style, tables with repeated heads, drawings as inline SVG, nothing fetched from
anywhere. Takes the answers of `reads` as they are; what a mart hides is hidden here. Everything that came from a file is
escaped. The feedback of a subject is a workbook too, for an office that writes its own words beside the figures.
"""

from __future__ import annotations

import functools
import io
import re
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Any, Literal

from pipelines import reads, sheets
from pipelines.contract import OVERALL
from pipelines.problems import KaopingError
from pipelines.reads import Selection
from pipelines.warehouse import Warehouse

Form = Literal["html", "xlsx"]
FORMS: tuple[Form, ...] = ("html", "xlsx")
LEFT_OUT = ("total", "base")
"""Steps that the head of a feedback says."""
DEDUCTIONS = "3"
"""How the path of a deduction and of its events begins in the mart `score_steps`."""
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
.facts th:first-child { width: 34%; }
.date, th { white-space: nowrap; }
ul { margin: 0; padding-left: 5mm; }
.blank { height: 26mm; border: .3mm solid #B4BEC9; }
.draft { text-align: center; color: #A63D00; font-weight: 600; margin: 0 0 2mm; }
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


@dataclass(frozen=True)
class Feedback:
    """What one subject is told: its own row, the steps of its score, ledger, gates that hold, years, its peers' totals."""

    cycle: int
    own: Mapping[str, Any]
    steps: Sequence[Mapping[str, Any]]
    entries: Sequence[Mapping[str, Any]]
    gates: Sequence[Mapping[str, Any]]
    years: Sequence[Mapping[str, Any]]
    peers: Sequence[Decimal]
    made: str
    draft: str
    """What a feedback on a result says that is not published, empty for one that is."""

    @property
    def name(self) -> str:
        return str(self.own["name"] or self.own["subject"])


def gather(warehouse: Warehouse, selection: Selection, language: str, draft: str | None = None) -> Feedback:
    """What the subject of the selection is told. Raises KaopingError when it takes no part in the cycle.

    `draft` is what `unpublished` says, for who asks of many subjects.
    """
    own = reads.subject(warehouse, selection).to_pylist()
    if not own:
        raise KaopingError(f"{selection.subject} takes no part in {selection.cycle}")
    cohort = replace(
        selection, kind=own[0]["kind"], platform=own[0]["platform"] or "", layer=own[0]["layer"] or "", subject=None
    )
    entries = reads.ledger(warehouse, cohort, None).to_pylist()
    return Feedback(
        selection.cycle,
        own[0],
        [row for row in reads.score_steps(warehouse, selection).to_pylist() if row["step"] not in LEFT_OUT],
        [row for row in entries if row["subject"] == selection.subject],
        [row for row in reads.gates(warehouse, selection).to_pylist() if row["holds"]],
        reads.years(warehouse, Selection(selection.cycle, subject=selection.subject)).to_pylist(),
        [row["total"] for row in reads.peers(warehouse, cohort).to_pylist()],
        made(warehouse, selection.cycle, language),
        unpublished(warehouse, selection.cycle, language) if draft is None else draft,
    )


def unpublished(warehouse: Warehouse, cycle: int, language: str) -> str:
    """The warning on paper that a result is a draft; empty where it is the published one."""
    is_draft = reads.edition(warehouse, cycle)["state"] in ("draft", "changed")
    return say("document.draft", language) if is_draft else ""


def feedback(told: Feedback, language: str, form: Form) -> bytes:
    """The feedback of one subject as a document to print ('html') or a workbook to edit ('xlsx')."""
    if form == "xlsx":
        return _feedback_workbook(told, language)
    title = f"{told.name} {say('feedback.title', language, cycle=told.cycle)}"
    return document(title, [_feedback_sheet(told, language)], language).encode()


def written(
    warehouse: Warehouse, selection: Selection, language: str, form: Form, draft: str | None = None
) -> tuple[str, bytes]:
    """The feedback of the selected subject as a file: its name, its content."""
    told = gather(warehouse, selection, language, draft)
    return file_name(told, language, form), feedback(told, language, form)


def feedback_zip(
    warehouse: Warehouse,
    selection: Selection,
    language: str,
    form: Form,
    progress: Callable[[str, int, int], None] | None = None,
) -> bytes:
    """The feedback of every subject of the selection, a file each; equal results give equal bytes."""
    draft = unpublished(warehouse, selection.cycle, language)
    return zipped(warehouse, selection, lambda chosen: written(warehouse, chosen, language, form, draft), progress)


def zipped(
    warehouse: Warehouse,
    selection: Selection,
    paper: Callable[[Selection], tuple[str, bytes]],
    progress: Callable[[str, int, int], None] | None,
) -> bytes:
    """The file (name, content) of every ranked subject of the selection; equal files give equal bytes."""
    subjects = reads.ranking(warehouse, selection).to_pylist()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, row in enumerate(subjects):
            if progress is not None:
                progress(row["name"] or row["subject"], number, len(subjects))
            name, content = paper(replace(selection, subject=row["subject"]))
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def file_name(told: Feedback, language: str, form: Form) -> str:
    """A name for the file that every system takes: 2025-U42-区妇女联合会-反馈.html."""
    return named(told.cycle, str(told.own["subject"]), told.name, say("feedback.file", language), form)


def named(cycle: int, subject: str, name: str, word: str, form: Form) -> str:
    """The name of a file about a subject; what some system does not take in a name is an underscore."""
    stem = re.sub(r"[^\w-]+", "_", f"{cycle}-{subject}-{name}-{word}")
    return f"{stem}.{form}"


def made(warehouse: Warehouse, cycle: int, language: str) -> str:
    """The line that says which build the figures come from."""
    (build,) = (row for row in warehouse.builds().to_pylist() if row["cycle"] == cycle)
    text = say("document.made", language, cycle=cycle, build=build["build"][:12], at=f"{build['at']:%Y-%m-%d %H:%M}")
    return f"<p class='quiet'>{escape(build['title'])} {text}</p>"


def _feedback_sheet(told: Feedback, language: str) -> str:
    own = told.own
    cohort = " › ".join(part for part in (own["platform"], own["layer"]) if part)
    size = say("feedback.cohort", language, cohort=cohort or "–", size=own["cohort_size"])
    rank = say("feedback.rank_of", language, rank=own["rank"], size=own["cohort_size"]) if own["rank"] else "–"
    figures = {
        "total": _number(own["total"]) or "–",
        "rank": rank,
        "grade": own["grade"] or say("feedback.none", language),
        "mean": _number(own["cohort_mean"]) or "–",
        "best": _number(own["cohort_max"]) or "–",
    }
    head = "".join(f"<th>{say(f'feedback.{name}', language)}</th>" for name in figures)
    body = "".join(f"<td>{escape(str(value))}</td>" for value in figures.values())
    parts = [
        f"<h1>{escape(told.name)}<br>{say('feedback.title', language, cycle=told.cycle)}</h1>",
        f"<p class='draft'>{told.draft}</p>" if told.draft else "",
        f"<p class='quiet'>{escape(str(own['subject']))} · {escape(size)}</p>",
        f"<table><tr>{head}</tr><tr>{body}</tr></table>",
    ]
    whose = "own" if own["kind"] in ("person", "candidate") else "unit"
    if own["status"] in ("ungraded", "incomplete", "barred"):
        parts.append(f"<p>{say('feedback.is_' + own['status'], language)}</p>")
    parts += [
        _titled("parts", language, _bars(told, language)),
        _titled("place", language, _strip(told)),
        _titled("steps", language, _steps(told, language)),
        _titled("gates", language, _list(_gate(row) for row in told.gates)),
        _titled("ledger", language, _entries(told.entries, language, has_name=False) if told.entries else ""),
        _titled("years", language, _years(told, language)),
        f"<h2>{say(f'feedback.opinion_{whose}', language)}</h2><div class='blank'></div>"
        f"<p>{say('feedback.signed', language)}</p>",
        told.made,
    ]
    return "".join(parts)


def _titled(name: str, language: str, body: str) -> str:
    return f"<h2>{say(f'feedback.{name}', language)}</h2>{body}" if body else ""


def _parts(told: Feedback, language: str) -> list[tuple[str, Decimal]]:
    """The bars of a total: its components of the first level, then bonus and deduction."""
    components = [row for row in told.steps if row["step"] == "component" and row["score"] is not None]
    first = min((row["depth"] for row in components), default=0)
    parts = [(_step_name(row, language), _points(row)) for row in components if row["depth"] == first]
    for step, sign in (("bonus", 1), ("deduction", -1)):
        amount = told.own[step]
        if amount:
            parts.append((say(f"step.{step}", language), sign * amount))
    return [(name, points) for name, points in parts if points is not None]


def _bars(told: Feedback, language: str) -> str:
    """Horizontal bars that start where the one above ends, as inline SVG."""
    parts = _parts(told, language)
    reached, lines = Decimal(0), []
    widest = max([sum((points for _, points in parts if points > 0), Decimal(0)), Decimal(1)])
    for place, (name, points) in enumerate(parts):
        start, end = sorted((reached, reached + points))
        reached += points
        left, width = 190 + 400 * float(start / widest), max(400 * float((end - start) / widest), 1)
        colour = "#2F7AB5" if points >= 0 else "#C8690A"
        y = 22 * place
        lines.append(
            f"<text x='182' y='{y + 13}' text-anchor='end'>{escape(_short(name))}</text>"
            f"<rect x='{left:.1f}' y='{y + 2}' width='{width:.1f}' height='15' fill='{colour}'/>"
            f"<text x='{left + width + 5:.1f}' y='{y + 13}'>{points:+.2f}</text>"
        )
    return _drawing("".join(lines), 22 * len(parts)) if parts else ""


def _strip(told: Feedback) -> str:
    """Every total of the cohort as a dot on a line, the subject's own as a named mark."""
    total = told.own["total"]
    if total is None or len(told.peers) < 2:
        return ""
    low, high = min([*told.peers, total]), max([*told.peers, total])
    span = (high - low) or Decimal(1)

    def x(value: Decimal) -> str:
        return f"{20 + 600 * float((value - low) / span):.1f}"

    dots = "".join(f"<circle cx='{x(value)}' cy='34' r='4' fill='#7C8896' opacity='.45'/>" for value in told.peers)
    anchor = (
        "start"
        if (total - low) / span < Decimal("0.1")
        else "end"
        if (total - low) / span > Decimal("0.9")
        else "middle"
    )
    return _drawing(
        f"<line x1='20' x2='620' y1='34' y2='34' stroke='#B4BEC9'/>{dots}"
        f"<circle cx='{x(total)}' cy='34' r='7' fill='#C8690A'/>"
        f"<text x='{x(total)}' y='18' text-anchor='{anchor}' font-weight='600'>{escape(told.name)} {_number(total)}</text>"
        f"<text x='20' y='56'>{_number(low)}</text><text x='620' y='56' text-anchor='end'>{_number(high)}</text>",
        62,
    )


def _drawing(body: str, height: int) -> str:
    return f"<svg viewBox='0 0 660 {height + 4}' width='100%' role='img' font-size='11' fill='#17212F'>{body}</svg>"


def _steps(told: Feedback, language: str) -> str:
    heads = ("part", "weight", "value", "score", "points")
    head = "".join(
        f"<th class='{'' if name == 'part' else 'n'}'>{say(f'feedback.{name}', language)}</th>" for name in heads
    )
    first = min((row["depth"] for row in told.steps), default=0)
    body = "".join(
        f"<tr><td style='padding-left:{2 + 4 * (row['depth'] - first)}mm'>{escape(_step_name(row, language))}</td>"
        f"<td class='n'>{_plain(_weight(row))}</td><td class='n'>{_measured(row)}</td>"
        f"<td class='n'>{_score(row, language)}</td><td class='n'>{_number(_points(row))}</td></tr>"
        for row in told.steps
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _past(told: Feedback) -> list[Mapping[str, Any]]:
    return [row for row in told.years if row["cycle"] < told.cycle]


def _years(told: Feedback, language: str) -> str:
    rows = _past(told)
    heads = "".join(
        f"<th class='{'n' if name in ('total', 'rank') else ''}'>{say(f'feedback.{name}', language)}</th>"
        for name in ("cycle", "total", "rank", "grade")
    )
    body = "".join(
        f"<tr><td>{row['cycle']}</td><td class='n'>{_number(row['total'])}</td><td class='n'>{_rank(row, language)}</td>"
        f"<td>{_text(row['grade'])}</td></tr>"
        for row in rows
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>" if rows else ""


def _feedback_workbook(told: Feedback, language: str) -> bytes:
    """The same figures as a sheet of cells, with the figures of the head as titles."""
    own = told.own
    title = f"{told.name} {say('feedback.title', language, cycle=told.cycle)}"
    summary = "    ".join(
        f"{say(f'feedback.{name}', language)}: {value}"
        for name, value in (
            ("total", _number(own["total"]) or "–"),
            ("rank", _rank(own, language) or "–"),
            ("grade", own["grade"] or say("feedback.none", language)),
            ("mean", _number(own["cohort_mean"]) or "–"),
        )
    )
    heads = [say(f"feedback.{name}", language) for name in ("part", "weight", "value", "score", "points")]
    first = min((row["depth"] for row in told.steps), default=0)
    rows: list[list[sheets.Cell]] = [
        [
            "    " * (row["depth"] - first) + _step_name(row, language),
            _cell(_weight(row)),
            row["value"] if _is_plain(row) else _measured(row),
            _kept_back(row, language) or _cell(row["score"]),
            _cell(_points(row)),
        ]
        for row in told.steps
    ]
    entry_heads = [say(f"circular.{name}", language) for name in ("date", "type", "points", "reason", "document")]
    entries: list[list[sheets.Cell]] = [
        [row["date"], row["type"], _cell(row["points"]), row["reason"], row["document"]] for row in told.entries
    ]
    stamp = re.sub(r"<[^>]+>", "", told.made)
    pages = [
        sheets.Sheet(
            say("feedback.steps", language),
            [title, *([told.draft] if told.draft else []), summary],
            [heads],
            rows,
            [stamp],
        )
    ]
    if entries:
        pages.append(sheets.Sheet(say("feedback.ledger", language), [title], [entry_heads], entries))
    year_heads = [say(f"feedback.{name}", language) for name in ("cycle", "total", "rank", "grade")]
    years: list[list[sheets.Cell]] = [
        [row["cycle"], _cell(row["total"]), _rank(row, language), row["grade"]] for row in _past(told)
    ]
    if years:
        pages.append(sheets.Sheet(say("feedback.years", language), [title], [year_heads], years))
    return sheets.workbook(pages, is_a4=True)


def _step_name(row: Mapping[str, Any], language: str) -> str:
    name = row["name"] or ("" if row["id"] in (OVERALL, "all") else row["id"])
    return str(name or say(f"step.{row['step']}", language))


def _weight(row: Mapping[str, Any]) -> Decimal | None:
    """The weight of a step among its neighbours; the overall judgement of a poll has none."""
    return None if row["step"] == "poll_item" and row["id"] == OVERALL else row["weight"]


def _points(row: Mapping[str, Any]) -> Decimal | None:
    """What a step adds to the total: score times its share; events add what they are."""
    if row["step"] in ("bonus", "deduction", "event"):
        score: Decimal | None = row["score"]
        is_taken = row["path"].startswith(DEDUCTIONS)
        return 0 - score if is_taken and score is not None else score  # nothing taken is 0, not -0
    return row["score"] * row["share"] if row["score"] is not None and row["share"] is not None else None


def _score(row: Mapping[str, Any], language: str) -> str:
    return _kept_back(row, language) or _number(row["score"])


def _kept_back(row: Mapping[str, Any], language: str) -> str:
    """Why a step has no score to show: too few ballots, or counted with another group."""
    if row["note"] == "merged":
        return str(say("feedback.merged", language, groups=row["with_groups"]))
    return str(say("feedback.suppressed", language)) if row["note"] == "suppressed" else ""


def _measured(row: Mapping[str, Any]) -> str:
    """The value of an indicator, with what it was measured against; polls and events count votes and entries."""
    if row["step"] != "indicator" or row["value"] is None:
        return ""
    return _plain(row["value"]) + (f" / {_plain(row['target'])}" if row["target"] is not None else "")


def _is_plain(row: Mapping[str, Any]) -> bool:
    """Whether the value stands alone, so that a sheet can hold it as a number."""
    return row["step"] == "indicator" and row["value"] is not None and row["target"] is None


def _rank(row: Mapping[str, Any], language: str) -> str:
    if not row["rank"]:
        return ""
    return say("feedback.rank_of", language, rank=row["rank"], size=row["cohort_size"] or "–")


def _gate(row: Mapping[str, Any]) -> str:
    return ": ".join(filter(None, (row["gate"], row["note"])))


def _list(lines: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else ""


def _short(name: str, most: int = 16) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():,f}"


def _cell(value: Decimal | None) -> float | None:
    return None if value is None else float(round(value, 2))


def _entries(rows: Sequence[Mapping[str, Any]], language: str, *, has_name: bool = True) -> str:
    names = ("number", "name", "date", "type", "points", "reason", "document")
    heads = [name for name in names if has_name or name != "name"]
    head = "".join(f"<th>{say(f'circular.{name}', language)}</th>" for name in heads)
    body = "".join(
        f"<tr><td class='n'>{number}</td>{_named(row) if has_name else ''}"
        f"<td class='date'>{_text(row['date'])}</td>"
        f"<td>{_text(row['type'])}</td><td class='n'>{_number(row['points'])}</td><td>{_text(row['reason'])}</td>"
        f"<td>{_text(row['document'])}</td></tr>"
        for number, row in enumerate(rows, 1)
    )
    total = _sum(rows)
    foot = (
        f"<tr><th colspan='{4 if has_name else 3}'>{say('circular.sum', language)}</th><th class='n'>{_number(total)}</th><th colspan='2'></th></tr>"
        if any(row["points"] is not None for row in rows)
        else ""
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}{foot}</tbody></table>"


def _named(row: Mapping[str, Any]) -> str:
    return f"<td>{_text(row['name'] or row['subject'])}</td>"


def _sum(rows: Iterable[Mapping[str, object]]) -> Decimal:
    """The sum of the points that are given; exact."""
    return sum((row["points"] for row in rows if isinstance(row["points"], Decimal)), Decimal(0))


def _text(value: object) -> str:
    return "" if value is None else escape(str(value))


def _number(value: object, decimals: int = 2) -> str:
    return f"{value:,.{decimals}f}" if isinstance(value, (Decimal, int, float)) else ""
