"""Workbooks for the office: empty templates, and the marked-up copy of a faulty workbook.

Decides how a fault is shown where it stands (colour, comment in the cell, a first sheet that lists and links all of
them) and how an empty table looks (headings in both languages, lists to choose from, a page of instructions). What it
writes is what the reader reads: the sheets it adds are those of `contract.OWN_SHEETS`, and a marked-up copy that
nobody mended gives the same tables and the same problems as the workbook it was made from.

A marked-up .xlsx or .xlsm keeps the office's formats, formulas and the values that the formulas had (macros are left
behind); any other kind of file becomes an .xlsx of text cells at the same addresses.
"""

from __future__ import annotations

import datetime
import functools
import io
import re
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pyarrow as pa
import xlsxwriter
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.hyperlink import Hyperlink

from pipelines.contract import (
    CHOICE_SHEET,
    DATA_TABLES,
    GUIDE_SHEET,
    LIST_SHEET,
    SCHEME_TABLES,
    SETTINGS,
    TABLES,
    Column,
    Table,
)
from pipelines.problems import SEVERITIES, Place, Problem, Severity
from pipelines.scheme import METHODS, WORDS
from pipelines.workbook.cells import Grid, open_grids

MAX_CELLS = 1_000_000
"""Cells of a workbook that can be marked up; each takes about half a kilobyte while it is open."""
COLOURS: dict[Severity, str] = {"error": "F8CBAD", "warning": "FFE699", "notice": "DDEBF7"}

_AUTHOR = "Kaoping"
_OURS = "― Kaoping ―"
_ADDRESS = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
_CREATED = datetime.datetime(2020, 1, 1)
_WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "heads": ("Severity", "Sheet", "Cell", "Found", "What is wrong", "What to do"),
        "error": "error", "warning": "warning", "notice": "notice",
        "again": "Mend the coloured cells, save, and upload this workbook again. This sheet may stay: it is not read.",
        "large": "The workbook is too large to be copied here. Mend it in the original: every cell is named below.",
    },
    "zh": {
        "heads": ("级别", "工作表", "单元格", "内容", "问题", "怎么办"),
        "error": "错误", "warning": "警告", "notice": "提示",
        "again": "请改正有颜色的单元格，保存后重新上传本工作簿。本页不必删除，系统不会读取。",
        "large": "工作簿太大，此处不附原表。请在原文件中改正，单元格地址见下。",
    },
}  # fmt: skip


# -- the marked-up copy -----------------------------------------------------------------------------------------------


def marked_copy(name: str, data: bytes, problems: Sequence[Problem], language: str) -> bytes:
    """The uploaded workbook as .xlsx with every fault shown in its cell and listed on the first sheet.

    `name` is the file's name as it was read; problems of other files are left out. `language` is 'en' or 'zh'. Beyond
    `MAX_CELLS` cells, and for a file that cannot be opened, the copy holds the list alone.
    """
    file = PurePath(name).name
    ours = [problem for problem in problems if problem.place.file in ("", file)]
    grids, _ = open_grids(data, name)
    is_large = sum(grid.height * grid.width for grid in grids) > MAX_CELLS
    results: dict[str, dict[str, Any]] = {}
    book = None if is_large else _opened(data, results)
    if book is None:
        book = _rebuilt([] if is_large else grids, PurePath(name).stem)
    _unmark(book)
    # A CSV has no sheet; in the copy it has one.
    sheets = {"": book.worksheets[0].title} if len(book.worksheets) == 1 else {}
    _mark(book, ours, sheets, language)
    _list(book, ours, sheets, language, is_large)
    out = io.BytesIO()
    book.save(out)
    return _with_results(out.getvalue(), {sheet.path: results.get(sheet.title, {}) for sheet in book.worksheets})


def _opened(data: bytes, results: dict[str, dict[str, Any]]) -> Any:
    """The workbook as openpyxl reads it, None where it cannot; what its formulas gave goes into `results` by sheet."""
    if not data.startswith(b"PK"):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about extensions that a copy does without
            book = openpyxl.load_workbook(io.BytesIO(data))
            formulas = {
                sheet.title: [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
                for sheet in book.worksheets
            }
            if any(formulas.values()):
                shown = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
                for title, places in formulas.items():
                    results[title] = {place: shown[title][place].value for place in places}
    except Exception:
        # openpyxl gives up on many files that are read well, with as many kinds of exception.
        return None
    return book


def _rebuilt(grids: Iterable[Grid], stem: str) -> Any:
    """A new workbook with the texts of these sheets at the addresses where they stood."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for grid in grids:
        sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", grid.sheet or stem)[:31])
        for place, column in enumerate(grid.columns, 1):
            for row, text in enumerate(column.to_pylist(), 1):
                if text:
                    cell = sheet.cell(row, place)
                    _put(cell, text)
                    cell.number_format = "@"
        for (row, place), fault in grid.faults.items():
            _put(sheet.cell(row + 1, place + 1), fault.found)
        for top, left, bottom, right in grid.merges:
            sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    return book


def _put(cell: Any, text: str) -> None:
    """Write a text as text, even one that looks like a formula, without what a sheet cannot hold."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:32_767]
    cell.data_type = "s"


def _unmark(book: Any) -> None:
    """Take away what an earlier marked-up copy added, so that a mended cell is plain again."""
    if LIST_SHEET not in book.sheetnames:
        return
    book.remove(book[LIST_SHEET])
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment and _OURS in cell.comment.text:
                    before = cell.comment.text.partition(_OURS)[0].rstrip("\n")
                    cell.comment = Comment(before, cell.comment.author) if before else None
                    if cell.fill.fgColor.rgb in {f"00{colour}" for colour in COLOURS.values()}:
                        cell.fill = PatternFill()


def _mark(book: Any, problems: Sequence[Problem], sheets: Mapping[str, str], language: str) -> None:
    """Colour the faulty cells by their worst severity and say in a comment what is wrong and what to do."""
    by_cell: dict[tuple[str, str], list[Problem]] = defaultdict(list)
    for problem in problems:
        title = sheets.get(problem.place.sheet, problem.place.sheet)
        if title in book.sheetnames and _ADDRESS.fullmatch(problem.place.cell):
            by_cell[title, _anchor(book[title], problem.place.cell)].append(problem)
    for (title, address), faults in by_cell.items():
        cell = book[title][address]
        worst = min((fault.severity for fault in faults), key=SEVERITIES.index)
        cell.fill = PatternFill("solid", start_color=COLOURS[worst])
        told = "\n".join(f"{_WORDS[language][fault.severity]}: {_said(fault, language)}" for fault in faults)
        before = f"{cell.comment.text}\n\n" if cell.comment else ""
        cell.comment = Comment(f"{before}{_OURS}\n{told}", _AUTHOR, height=40 + 20 * (len(told) // 25 + 2), width=320)


def _anchor(sheet: Any, address: str) -> str:
    """The cell that shows this address: the first one of a merged range."""
    for merged in sheet.merged_cells.ranges:
        if address in merged:
            return str(merged.start_cell.coordinate)
    return address


def _said(problem: Problem, language: str) -> str:
    joint = "" if language == "zh" else " "
    return f"{problem.what(language)}{joint}{problem.fix(language)}"


def _list(book: Any, problems: Sequence[Problem], sheets: Mapping[str, str], language: str, is_large: bool) -> None:
    """Add the first sheet: every problem, the worst first, each with a link to its cell."""
    words = _WORDS[language]
    titles = set(book.sheetnames)
    sheet = book.create_sheet(LIST_SHEET, 0)
    sheet.append([words["large" if is_large else "again"]])
    sheet["A1"].font = Font(bold=True)
    sheet.append(list(words["heads"]))
    for cell in sheet[2]:
        cell.font = Font(bold=True)
    ordered = sorted(problems, key=lambda problem: (SEVERITIES.index(problem.severity), _order(problem.place)))
    for row, problem in enumerate(ordered, 3):
        title = sheets.get(problem.place.sheet, problem.place.sheet)
        values = (
            words[problem.severity], title, problem.place.cell, problem.found, problem.what(language),
            problem.fix(language),
        )  # fmt: skip
        for place, value in enumerate(values, 1):
            cell = sheet.cell(row, place)
            _put(cell, value)
            cell.alignment = Alignment(wrap_text=place > 3, vertical="top")
        sheet.cell(row, 1).fill = PatternFill("solid", start_color=COLOURS[problem.severity])
        if title in titles:
            target = problem.place.cell if _ADDRESS.fullmatch(problem.place.cell) else "A1"
            link = sheet.cell(row, 3 if problem.place.cell else 2)
            quoted = title.replace("'", "''")
            link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{quoted}'!{target}")
            link.font = Font(underline="single", color="1B5E9E")
    for letter, width in zip("ABCDEF", (9, 18, 9, 24, 60, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A3"
    # Two selected tabs would be edited together.
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet
    book.active = 0


def _order(place: Place) -> tuple[str, int, int, str]:
    """Sheet by sheet, row by row, from the left."""
    letters = place.cell.rstrip("0123456789")
    digits = place.cell[len(letters) :]
    return place.sheet, int(digits or 0), len(letters), letters


def _with_results(content: bytes, results: Mapping[str, Mapping[str, Any]]) -> bytes:
    """The workbook with the values of its formulas put back: openpyxl writes a formula or its value, never both."""
    if not any(results.values()):
        return content
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            part = source.read(member)
            values = results.get(f"/{member.filename}")
            if values:
                part = _FORMULA_CELL.sub(functools.partial(_cell_with_result, values), part)
            target.writestr(member, part)
    return out.getvalue()


_FORMULA_CELL = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^>]*)>(<f[^>]*/>|<f[^>]*>[^<]*</f>)<v ?/></c>')


def _cell_with_result(values: Mapping[str, Any], match: re.Match[bytes]) -> bytes:
    value = values.get(match[1].decode())
    if value is None:
        return match[0]
    kind = b""
    if isinstance(value, bool):
        kind, text = b' t="b"', str(int(value))
    elif isinstance(value, str):
        kind, text = (b' t="e"' if value.startswith("#") else b' t="str"'), escape(value)
    elif isinstance(value, int | float):
        text = repr(value)
    else:
        text = repr(to_excel(value))
    attributes = re.sub(rb' t="[a-z]*"', b"", match[2])
    return b'<c r="%b"%b%b>%b<v>%b</v></c>' % (match[1], attributes, kind, match[3], text.encode())


# -- templates --------------------------------------------------------------------------------------------------------

TEMPLATE_TABLES = {
    "data": tuple(name for name in DATA_TABLES if name != "attributes"),
    "scheme": SCHEME_TABLES,
    "all": (*(name for name in DATA_TABLES if name != "attributes"), *SCHEME_TABLES),
} | {name: (name,) for name in TABLES if name != "attributes"}
"""Kind of template -> the tables that it has a sheet for. Attributes are further columns of `subjects`."""

_ROWS = 5_000
"""Rows below the heading that offer choices and check what is typed."""
_KNOWN = {
    "subject": "subjects", "parent": "subjects", "indicator": "indicators", "poll": "polls", "item": "poll_items",
    "rater_group": "poll_groups", "answer": "poll_options", "type": "adjustments", "grade": "grades",
}  # fmt: skip
"""Columns of data tables -> the table whose names they choose from."""
_CHINESE = re.compile("[\u4e00-\u9fff]")
_GUIDE = {
    "en": {
        "title": "How to fill in this workbook",
        "lines": (
            "One row per entry, below the headings. Columns may be moved; columns that are not needed may be deleted.",
            "* marks what must be filled in. `cycle` may be left out where the year is chosen at upload.",
            "Subjects, indicators, polls and groups may be given by id, or by name where the name is unique.",
            "A number may carry %, thousands separators or a unit. Blank, 无, / and — say nothing.",
            "This sheet may stay: it is not read.",
        ),
        "heads": ("Table", "Column", "Also", "Must be filled in", "What may stand there", "Other headings"),
        "yes": "yes",
        "text": "text", "cell": "number or word", "number": "number", "integer": "whole number", "date": "date",
        "subjects": "Any other column is kept as an attribute of the subject.",
        "survey": "One more column per question, the question as its heading.",
    },
    "zh": {
        "title": "填写说明",
        "lines": (
            "表头以下每行填一条。各列可以调换位置，用不到的列可以删除。",
            "带 * 的列必填。上传时选定年度的，“年度”一列可以不填。",
            "考核对象、指标、测评和评价主体可填编号；名称不重复的，也可填名称。",
            "数字可以带 %、千位分隔符或单位。空白表示没有数据，“无”“/”“—”同空白。",
            "本页不必删除，系统不会读取。",
        ),
        "heads": ("表", "列", "又作", "必填", "可填内容", "其他可用的表头"),
        "yes": "是",
        "text": "文字", "cell": "数字或文字", "number": "数字", "integer": "整数", "date": "日期",
        "subjects": "其他各列作为考核对象的属性保存。",
        "survey": "每个问题另加一列，以问题作表头。",
    },
}  # fmt: skip


def template(
    kind: str | Sequence[str],
    language: str,
    context: Mapping[str, pa.Table] | None = None,
    rows: Mapping[str, pa.Table] | None = None,
    note: str = "",
) -> bytes:
    """A workbook for tables, for 'data', 'scheme' or 'all': one sheet per table and a page of instructions.

    It is empty, or holds `rows` (tables in raw form): a scheme in force, to be changed and uploaded again. `note` stands
    in the file's properties.

    `language` ('zh', 'en') is that of the sheets' names and comes first in the headings; the other stands below it.
    `context` (roster and scheme in raw form) fills the lists to choose from. KeyError for a kind that is none.
    """
    if isinstance(kind, str) and kind not in TEMPLATE_TABLES:
        raise KeyError(f"{kind} is no template; there are {', '.join(TEMPLATE_TABLES)}")
    tables = [TABLES[name] for name in (TEMPLATE_TABLES[kind] if isinstance(kind, str) else kind)]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": _CREATED, "comments": note})
        forms = {
            "head": book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True}),
            "title": book.add_format({"bold": True, "font_size": 14}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            "text": book.add_format({"num_format": "@"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        offers = {
            (table.name, column.name): offered
            for table in tables
            for column in _columns(table)
            if (offered := _choices(table, column, language, context or {}))
        }
        for table in tables:
            sheet = book.add_worksheet(_title(table, language))
            _write_table(sheet, table, language, forms, offers)
            if rows and table.name in rows:
                _write_rows(sheet, table, rows[table.name])
        _write_guide(book.add_worksheet(GUIDE_SHEET), tables, language, forms, offers)
        choices = book.add_worksheet(CHOICE_SHEET)
        for place, offered in enumerate(offers.values()):
            choices.write_column(0, place, offered)
        choices.hide()
    return out.getvalue()


def _columns(table: Table) -> tuple[Column, ...]:
    """The columns of a table that have a heading; questions of a survey are headings themselves."""
    hidden = {"question", "answer"} if table.name == "survey" else set()
    return tuple(column for column in table.columns if column.name not in hidden)


def _title(table: Table, language: str) -> str:
    return table.titles[0] if language == "zh" else table.name


def _heading(column: Column, language: str) -> str:
    """Both languages, one below the other; a star where the column must be filled in."""
    english = column.name.replace("_", " ")
    chinese = next((heading for heading in column.headings if _CHINESE.search(heading)), english)
    first, second = (chinese, english) if language == "zh" else (english, chinese)
    return f"{first}{'*' if column.is_required else ''}\n{second}"


def _choices(table: Table, column: Column, language: str, context: Mapping[str, pa.Table]) -> list[str]:
    """What a column may hold, where that is a list; as the office writes it."""
    if column.words:
        by_value: dict[str, str] = {}
        for word, value in column.words.items():
            if value not in by_value or (language == "zh" and not _CHINESE.search(by_value[value])):
                by_value[value] = word
        return list(by_value.values())
    if (table.name, column.name) in WORDS:
        return list(WORDS[table.name, column.name])
    if (table.name, column.name) == ("indicators", "method"):
        return list(METHODS)
    if (table.name, column.name) == ("settings", "key"):
        return list(SETTINGS)
    known = _KNOWN.get(column.name) if table.part == "data" else None
    if known is None or known not in context or (table.name, column.name) == ("subjects", "subject"):
        return []
    rows = context[known].to_pylist()
    texts = (row.get("name") or row[TABLES[known].keys[-1]] for row in rows)
    return list(dict.fromkeys(text for text in texts if text))


def _write_table(
    sheet: Any, table: Table, language: str, forms: Mapping[str, Any], offers: Mapping[tuple[str, str], list[str]]
) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 32)
    order = list(offers)
    for place, column in enumerate(_columns(table)):
        heading = _heading(column, language)
        sheet.set_column(place, place, max(10, 2 + 2 * max(map(len, heading.split("\n")))), _form(column, forms))
        sheet.write_string(0, place, heading, forms["head"])
        rule = _rule(table, column, offers, order)
        if rule:
            sheet.data_validation(1, place, _ROWS, place, {"ignore_blank": True, **rule})


def _write_rows(sheet: Any, table: Table, rows: pa.Table) -> None:
    for number, row in enumerate(rows.to_pylist(), 1):
        for place, column in enumerate(_columns(table)):
            value = row[column.name]
            if isinstance(value, str):
                sheet.write_string(number, place, value)
            elif isinstance(value, datetime.date):
                sheet.write_datetime(number, place, value)
            elif value is not None:
                sheet.write_number(number, place, float(value))


def _form(column: Column, forms: Mapping[str, Any]) -> Any:
    """Ids stay text, so that 007 keeps its zeros."""
    return forms["date"] if column.type == "date" else forms["text"] if column.type == "text" else None


def _rule(
    table: Table, column: Column, offers: Mapping[tuple[str, str], list[str]], order: list[tuple[str, str]]
) -> dict[str, Any]:
    """What the sheet checks while somebody types: it stops at a word that does not exist and warns of the rest."""
    place = (table.name, column.name)
    if place in offers:
        letter = xlsxwriter.utility.xl_col_to_name(order.index(place))
        source = f"='{CHOICE_SHEET}'!${letter}$1:${letter}${len(offers[place])}"
        is_closed = bool(column.words) or place in WORDS or place == ("indicators", "method")
        return {"validate": "list", "source": source, "error_type": "stop" if is_closed else "warning"}
    if column.type == "integer":
        return {"validate": "integer", "criteria": ">=", "value": 0, "error_type": "warning"}
    if column.type == "number":
        return {
            "validate": "decimal",
            "criteria": "between",
            "minimum": -1e15,
            "maximum": 1e15,
            "error_type": "warning",
        }
    if column.type == "date":
        first = datetime.date(1949, 10, 1)
        return {"validate": "date", "criteria": ">=", "value": first, "error_type": "warning"}
    return {}


def _write_guide(
    sheet: Any, tables: Iterable[Table], language: str, forms: Mapping[str, Any],
    offers: Mapping[tuple[str, str], list[str]],
) -> None:  # fmt: skip
    words: Mapping[str, Any] = _GUIDE[language]
    for place, width in enumerate((18, 20, 20, 10, 44, 60)):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, words["title"], forms["title"])
    for row, line in enumerate(words["lines"], 1):
        sheet.write_string(row, 0, line)
    row = len(words["lines"]) + 2
    for place, head in enumerate(words["heads"]):
        sheet.write_string(row, place, head, forms["head"])
    for table in tables:
        for column in _columns(table):
            row += 1
            first, second = _heading(column, language).replace("*", "").split("\n")
            offered = offers.get((table.name, column.name), [])
            joint = "、" if language == "zh" else ", "
            allowed = joint.join(offered[:20]) + (" …" if len(offered) > 20 else "") or words[column.type]
            others = joint.join(heading for heading in column.headings if heading not in (first, second))
            texts = (
                _title(table, language), first, second, words["yes"] if column.is_required else "", allowed, others
            )  # fmt: skip
            for place, text in enumerate(texts):
                sheet.write_string(row, place, text, forms["wrap"])
        if table.name in words:
            row += 1
            sheet.write_string(row, 0, _title(table, language), forms["wrap"])
            sheet.write_string(row, 4, words[table.name], forms["wrap"])
