"""Files of every kind: encodings and delimiters, old formats, damaged and hostile files. None gives a traceback."""

import codecs
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from pipelines.workbook import read

from .layouts import MESSY, book, context, errors, reading, rows, told

SAVED = Path(__file__).parent / "saved"
"""Made by: soffice --headless --convert-to xls|ods|xlsx, from tests/messy."""
HEAD = "单位名称,指标,目标值,完成值"
TEXT = f'2025年度指标完成情况,,,\n{HEAD}\n城关街道,财政收入,7212.5,"6,130.6"\n张　三,重点任务,32,31\n合计,,,6161.6\n填表人：区考核办,,,\n'
EXPECTED = [("2025", "城关街道", "财政收入", "6130.6", "7212.5"), ("2025", "张三", "重点任务", "31", "32")]
COLUMNS = "cycle subject indicator value plan"


def csv_with(delimiter):
    return TEXT.replace('"6,130.6"', "6130.6").replace(",", delimiter)


CSV_FILES = {
    "UTF-8": TEXT.encode(),
    "UTF-8 with a mark": codecs.BOM_UTF8 + TEXT.encode(),
    "GBK": TEXT.encode("gbk"),
    "GB18030 with a rare letter": TEXT.replace("张", "𠮷").encode("gb18030"),
    "UTF-16 with a mark": TEXT.encode("utf-16"),
    "UTF-16 big-endian with a mark": codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    "UTF-16 without a mark": csv_with("\t").encode("utf-16-le"),
    "tabs in UTF-16, as a spreadsheet saves Unicode text": csv_with("\t").encode("utf-16"),
    "semicolons": csv_with(";").encode(),
    "bars": csv_with("|").encode(),
    "Windows line ends": TEXT.replace("\n", "\r\n").encode("gbk"),
    "ragged lines": TEXT.replace("情况,,,", "情况").replace("考核办,,,", "考核办").encode(),
    "line break in a heading": TEXT.replace("单位名称", '"单位\n名称"').encode(),
}


@pytest.mark.parametrize("kind", CSV_FILES)
def test_csv(kind):
    result = read(CSV_FILES[kind], "指标.csv", context=context())
    assert errors(result) == []
    expected = [tuple(cell.replace("张三", "𠮷三") for cell in row) for row in EXPECTED] if "rare" in kind else EXPECTED
    assert rows(result, "results", COLUMNS) == expected
    assert rows(result, "results", "_sheet _row _column _wide") == [("", "3", "4", "False"), ("", "4", "4", "False")]


def test_large_regular_csv():
    lines = "\n".join(f'城关街道,重点任务,{number}月,{number},"备注,{number}"' for number in range(60_000))
    result = read(f"单位名称,指标,期间,完成值,备注\n{lines}\n".encode("gbk"), "大表.csv", context=context())
    assert errors(result) == []
    assert rows(result, "results", "period value _row")[-1] == ("59999月", "59999", "60001")


def test_folder_named_after_tables(tmp_path):
    (tmp_path / "poll_groups.csv").write_text("poll,rater_group,weight\n民主测评,区领导,40\n", encoding="utf-8")
    (tmp_path / "poll_items.csv").write_text("poll,item,weight\n民主测评,德,40\n", encoding="utf-8")
    (tmp_path / "polls.csv").write_text("poll,name\n民主测评,民主测评\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a table", encoding="utf-8")
    result = read(tmp_path, "scheme")
    assert set(result.tables) == {"poll_groups", "poll_items", "polls"}
    assert errors(result) == []


def test_the_hash_is_of_the_content():
    content = book(("完成情况", [["单位名称", "指标", "完成值"], ["城关街道", "重点任务", 1]]))
    assert read(content, "a.xlsx").sha256 == read(content, "b.xlsx").sha256 != read(content + b"\0", "a.xlsx").sha256


@pytest.mark.parametrize("path", sorted(SAVED.iterdir()), ids=lambda path: path.name)
def test_formats_of_other_programs(path):
    """The messy workbooks as LibreOffice 7.4 saved them: the same rows from the same cells."""
    ours = read(MESSY / f"{path.stem}.xlsx", f"{path.stem}.xlsx", context=context())
    other = read(path, path.name, context=context())
    assert errors(other) == []
    assert other.tables == ours.tables


def test_dates_of_the_1904_system():
    workbook = openpyxl.Workbook()
    workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = workbook.active
    for row in (["单位名称", "日期", "类型", "分值"], ["城关街道", None, "通报", -1]):
        sheet.append(row)
    sheet["B2"] = 43964
    sheet["B2"].number_format = "yyyy-mm-dd"
    buffer = io.BytesIO()
    workbook.save(buffer)
    assert rows(read(buffer.getvalue(), "a.xlsx", context=context()), "events", "date") == [("2024-05-14",)]


# -- what cannot be read ----------------------------------------------------------------------------------------------


def _plain() -> bytes:
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = workbook.add_worksheet("完成情况")
    for number, row in enumerate((["单位名称", "指标", "完成值"], ["城关街道", "重点任务", 31])):
        sheet.write_row(number, 0, row)
    workbook.close()
    return buffer.getvalue()


PLAIN = _plain()


def with_part(name, change):
    """The plain workbook with one part of its zip file changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            data = old.read(member)
            new.writestr(member, change(data) if member.filename == name else data)
    return buffer.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
BAD_FILES = {
    "empty": (b"", "file-empty"),
    "white space": (b" \n\n", "file-empty"),
    "truncated": (PLAIN[: len(PLAIN) // 2], "file-unreadable"),
    "zip of something else": (with_part("xl/workbook.xml", lambda _: b"<nothing/>"), None),
    "no workbook inside": (b"PK\x05\x06" + bytes(18), "file-not-a-workbook"),
    "sheet that is no XML": (with_part(SHEET, lambda data: data[:300]), None),
    "web page": (b"<html><table><tr><td>1</td></tr></table></html>", "file-not-a-workbook"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "file-not-a-workbook"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "file-not-a-workbook"),
    "old workbook, broken": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file-unreadable"),
    "a cell at the end of the world": (
        with_part(SHEET, lambda data: data.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')),
        "sheet-too-large"),
    "a row beyond the last": (
        with_part(SHEET, lambda data: data.replace(b"</sheetData>", b'<row r="99999999999"><c r="A99999999999"><v>1</v></c></row></sheetData>')),
        "sheet-too-large"),
    "a zip bomb": (with_part(SHEET, lambda data: data.replace(b"</sheetData>", b" " * 20_000_000 + b"</sheetData>")), "file-too-large"),
    "more texts announced than there are": (
        with_part("xl/sharedStrings.xml", lambda data: data.replace(b'uniqueCount="', b'uniqueCount="99999999')), "file-unreadable"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_is_a_problem(kind):
    content, code = BAD_FILES[kind]
    result = read(content, "bad.xlsx")
    if code:
        assert [one[0] for one in errors(result)] == [code]
        assert not result.tables
    else:
        assert result.problems or result.tables


def test_every_truncation_is_survived():
    for size in range(0, len(PLAIN), 97):
        assert read(PLAIN[:size], "cut.xlsx").problems


def test_hidden_rows_are_read_and_hidden_sheets_are_not():
    workbook = openpyxl.load_workbook(io.BytesIO(book(
        ("完成情况", [["单位名称", "指标", "完成值"], ["城关街道", "重点任务", 31], ["东风镇", "重点任务", 33]]),
        ("草稿", [["单位名称", "指标", "完成值"], ["城关街道", "重点任务", 99]]))))  # fmt: skip
    workbook["完成情况"].row_dimensions[3].hidden = True
    workbook["完成情况"].column_dimensions["C"].hidden = True
    workbook["草稿"].sheet_state = "veryHidden"
    buffer = io.BytesIO()
    workbook.save(buffer)
    result = read(buffer.getvalue(), "a.xlsx", context=context())
    assert rows(result, "results", "value") == [("31",), ("33",)]
    assert [(one.code, one.severity, one.place.sheet) for one in result.problems] == [
        ("hidden-sheet", "notice", "草稿")
    ]


def test_formulas_without_value_and_error_cells_are_problems_where_they_matter():
    result = reading(("完成情况", [["单位名称", "指标", "完成值", "合计"], ["城关街道", "重点任务", "=30+1", "=1+1"], ["东风镇", "重点任务", "#DIV/0!", "=2"],
                                   ["青石镇", "重点任务", 5, None]]))  # fmt: skip
    assert errors(result) == [("formula-without-value", "C2", "=30+1"), ("error-cell", "C3", "#DIV/0!")]
    assert rows(result, "results", "subject value") == [("城关街道", ""), ("东风镇", ""), ("青石镇", "5")]


def test_formulas_in_the_last_rows_and_columns_are_seen():
    result = reading(
        ("完成情况", [["单位名称", "指标", "完成值"], ["城关街道", "重点任务", "=1"], ["东风镇", "重点任务", "=2"]])
    )
    assert [cell for _, cell, _ in errors(result)] == ["C2", "C3"]


def test_a_sheet_without_a_table_is_told():
    result = reading(
        ("说明", [["本表由各单位填报", "截止日期12月31日"]]),
        ("完成情况", [["单位名称", "指标", "完成值"], ["城关街道", "重点任务", 1]]),
    )
    assert errors(result) == []
    assert told(result, "sheet-without-table") == ["本表由各单位填报, 截止日期12月31日"]
