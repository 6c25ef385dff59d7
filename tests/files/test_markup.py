"""A marked-up copy shows every fault in its cell and reads like the original; a template is what the reader reads."""

import datetime
import io
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
import xlsxwriter
from openpyxl.styles import PatternFill

from pipelines import markup
from pipelines.contract import CHOICE_SHEET, GUIDE_SHEET, LIST_SHEET, OWN_SHEETS, TABLES
from pipelines.problems import Place, Problem, codes
from pipelines.workbook import read
from pipelines.workbook.cells import open_grids

MESSY = Path(__file__).resolve().parents[1] / "messy"
OLD = [MESSY.parent / "workbook" / "saved" / name for name in ("dates.xls", "fill_down.ods", "ballots_items_wide.xls")]
ERROR = next(code for code, words in codes().items() if words["severity"] == "error")
WARNING = next(code for code, words in codes().items() if words["severity"] == "warning")


def problem(cell, sheet="测评", code=ERROR, found="36人", file="民主测评.xlsx"):
    return Problem(code, Place(file, sheet, cell), found)


def office_workbook():
    """Title row, merged cells, a formula with its value, formats, a comment: what an office has."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("测评")
        sheet.merge_range("A1:C1", "2025年度民主测评", book.add_format({"bold": True}))
        sheet.write_row("A2", ["单位", "票数", "合计"])
        sheet.merge_range("A3:A4", "区直")
        sheet.write("B3", "36人")
        sheet.write_formula("C3", "=1+1", book.add_format({"num_format": "0.00"}), 2)
        sheet.write_formula("C4", '="a"&"<b>"', None, "a<b>")
        sheet.write_datetime("D3", datetime.datetime(2025, 5, 14), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_formula("D4", "=D3+1", book.add_format({"num_format": "yyyy-mm-dd"}), 45792)
        sheet.write("E3", "说明")
        sheet.write_comment("E3", "办公室的批注")
        other = book.add_worksheet("其他'表")
        other.write("A1", "备注")
        other.activate()
    return out.getvalue()


def copy_of(data, problems, name="民主测评.xlsx", language="zh"):
    content = markup.marked_copy(name, data, problems, language)
    return content, openpyxl.load_workbook(io.BytesIO(content))


def grids(data, name="民主测评.xlsx"):
    found, _ = open_grids(data, name)
    return [
        (grid.sheet, [column.to_pylist() for column in grid.columns], sorted(grid.merges), grid.faults)
        for grid in found
    ]


# -- the marked-up copy -----------------------------------------------------------------------------------------------


def test_a_faulty_cell_is_coloured_and_says_what_to_do():
    fault = problem("B3")
    _, book = copy_of(office_workbook(), [fault])
    cell = book["测评"]["B3"]
    assert cell.fill.fgColor.rgb == "00" + markup.COLOURS["error"]
    assert fault.what("zh") in cell.comment.text
    assert fault.fix("zh") in cell.comment.text
    assert book["测评"]["B2"].comment is None
    assert book["测评"]["B2"].fill.fill_type is None


def test_the_copy_reads_like_the_original():
    data = office_workbook()
    content, _ = copy_of(data, [problem("B3"), problem("C4"), problem("E9")])
    before, after = grids(data), grids(content)
    assert [sheet[:1] + sheet[2:] for sheet in after] == [sheet[:1] + sheet[2:] for sheet in before]
    for (_, old, *_), (_, new, *_) in zip(before, after, strict=True):
        assert [column[: len(old[0])] for column in new] == old


def test_formulas_stay_formulas_and_keep_their_values():
    content, book = copy_of(office_workbook(), [problem("B3")])
    values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)["测评"]
    assert book["测评"]["C3"].value == "=1+1"
    assert [values[place].value for place in ("C3", "C4", "D4")] == [2, "a<b>", datetime.datetime(2025, 5, 15)]
    assert values["C3"].number_format == "0.00"


def test_a_comment_of_the_office_is_kept():
    _, book = copy_of(office_workbook(), [problem("E3")])
    assert book["测评"]["E3"].comment.text.startswith("办公室的批注")
    assert "Kaoping" in book["测评"]["E3"].comment.text


def test_a_fault_inside_a_merged_range_shows_in_its_first_cell():
    _, book = copy_of(office_workbook(), [problem("A4")])
    assert book["测评"]["A3"].comment is not None


def test_several_faults_of_a_cell_are_all_told_in_the_colour_of_the_worst():
    faults = [problem("B3", code=WARNING, found="warned"), problem("B3", found="failed")]
    _, book = copy_of(office_workbook(), faults, language="en")
    cell = book["测评"]["B3"]
    assert cell.fill.fgColor.rgb == "00" + markup.COLOURS["error"]
    assert all(fault.what("en") in cell.comment.text for fault in faults)


def test_the_first_sheet_lists_and_links_every_problem_worst_first():
    faults = [problem("C10", code=WARNING), problem("AA2"), problem("B3"), problem("A1", sheet="其他'表"), problem("")]
    _, book = copy_of(office_workbook(), faults)
    sheet = book.worksheets[0]
    assert sheet.title == LIST_SHEET
    assert book.active is sheet
    assert [other.title for other in book.worksheets if other.sheet_view.tabSelected] == [LIST_SHEET]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert [row[:3] for row in rows] == [
        ["错误", "其他'表", "A1"],
        ["错误", "测评", None],
        ["错误", "测评", "AA2"],
        ["错误", "测评", "B3"],
        ["警告", "测评", "C10"],
    ]
    assert all(row[4] and row[5] for row in rows)
    links = [cell.hyperlink.location for row in sheet.iter_rows(min_row=3) for cell in row if cell.hyperlink]
    assert links == ["'其他''表'!A1", "'测评'!A1", "'测评'!AA2", "'测评'!B3", "'测评'!C10"]


def test_a_found_formula_is_not_run_in_the_list():
    _, book = copy_of(office_workbook(), [problem("B3", found="=1+1")])
    assert book.worksheets[0]["D3"].data_type == "s"


def test_problems_of_other_files_are_left_out():
    _, book = copy_of(office_workbook(), [problem("B3", file="other.xlsx")])
    assert book.worksheets[0].max_row == 2
    assert book["测评"]["B3"].comment is None


def test_a_mended_copy_is_marked_anew():
    _, book = copy_of(office_workbook(), [problem("B3"), problem("E3")])
    sheet = book["测评"]
    sheet["B3"] = 36
    out = io.BytesIO()
    book.save(out)
    _, again = copy_of(out.getvalue(), [problem("C3")])
    assert again.sheetnames == [LIST_SHEET, "测评", "其他'表"]
    assert again["测评"]["B3"].comment is None
    assert again["测评"]["B3"].fill.fill_type is None
    assert again["测评"]["E3"].comment.text == "办公室的批注"
    assert again["测评"]["C3"].comment is not None


def test_a_colour_of_the_office_stays():
    book = openpyxl.Workbook()
    book.active["A1"] = "x"
    book.active["A1"].fill = PatternFill("solid", start_color="00FF00")
    out = io.BytesIO()
    book.save(out)
    _, copy = copy_of(out.getvalue(), [problem("B3", sheet="Sheet")])
    assert copy["Sheet"]["A1"].fill.fgColor.rgb == "0000FF00"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_becomes_a_sheet_of_texts_at_the_same_addresses(encoding):
    data = '编号,名称,分值\n007,"教育,局",=1+1\n008,,９０\n'.encode(encoding)
    content, book = copy_of(data, [problem("C2", sheet="", file="results.csv")], name="dir/results.csv")
    sheet = book["results"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["编号", "名称", "分值"],
        ["007", "教育,局", "=1+1"],
        ["008", None, "９０"],
    ]
    assert sheet["C2"].data_type == "s"
    assert sheet["C2"].comment is not None
    assert book.worksheets[0]["C3"].hyperlink.location == "'results'!C2"
    columns = grids(data, "results.csv")[0][1]
    assert grids(content)[0][1] == [[text or None for text in column] for column in columns]


def test_a_workbook_that_openpyxl_gives_up_on_is_rebuilt(monkeypatch):
    def give_up(*args, **options):
        raise TypeError("odd styles")

    data = office_workbook()
    monkeypatch.setattr("pipelines.markup.openpyxl.load_workbook", give_up)
    content = markup.marked_copy("民主测评.xlsx", data, [problem("B3")], "zh")
    monkeypatch.undo()
    assert openpyxl.load_workbook(io.BytesIO(content))["测评"]["B3"].comment is not None
    assert grids(content) == grids(data)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"PK\x03\x04 torn"], ids=["empty", "pdf", "torn"])
def test_a_file_that_cannot_be_opened_still_gives_its_list(data):
    _, book = copy_of(data, [Problem("file-unreadable", Place("民主测评.xlsx"), "torn")])
    assert book.sheetnames == [LIST_SHEET]
    assert book.worksheets[0].max_row == 3


def test_a_very_large_workbook_gives_the_list_and_says_so(monkeypatch):
    monkeypatch.setattr(markup, "MAX_CELLS", 3)
    _, book = copy_of(office_workbook(), [problem("B3")], language="en")
    assert book.sheetnames == [LIST_SHEET]
    assert "too large" in book.worksheets[0]["A1"].value
    assert book.worksheets[0]["C3"].value == "B3"


def as_told(found):
    return sorted((fault.code, fault.place.sheet, fault.place.cell, fault.found) for fault in found)


@pytest.mark.parametrize("path", [*sorted(MESSY.glob("*.xlsx")), *OLD], ids=lambda path: path.name)
def test_a_marked_copy_reads_like_the_workbook_it_was_made_from(path):
    context = read(MESSY / "context", "context").tables
    before = read(path, path.name, context=context)
    content = markup.marked_copy(path.name, path.read_bytes(), before.problems, "zh")
    after = read(content, path.name, context=context)
    assert {name: table.to_pylist() for name, table in after.tables.items()} == {
        name: table.to_pylist() for name, table in before.tables.items()
    }
    assert as_told(after.problems) == as_told(before.problems)


# -- templates --------------------------------------------------------------------------------------------------------


def opened(kind, language="zh", context=None):
    return openpyxl.load_workbook(io.BytesIO(markup.template(kind, language, context)))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ["data", "scheme", "all", "ballots"])
def test_a_template_has_a_sheet_per_table_and_a_guide(kind, language):
    book = opened(kind, language)
    wanted = [TABLES[name] for name in markup.TEMPLATE_TABLES[kind]]
    titles = [table.titles[0] if language == "zh" else table.name for table in wanted]
    assert book.sheetnames == [*titles, GUIDE_SHEET, CHOICE_SHEET]
    assert {GUIDE_SHEET, CHOICE_SHEET} < OWN_SHEETS
    for sheet in book.worksheets[: len(wanted)]:
        assert sheet.max_row == 1
        assert all("\n" in cell.value for cell in sheet[1])


def test_every_table_and_column_has_a_template():
    assert set(markup.TEMPLATE_TABLES["all"]) == set(TABLES) - {"attributes"}
    for name in set(TABLES) - {"attributes", "survey"}:
        headings = [cell.value for cell in opened(name, "en").worksheets[0][1]]
        columns = [heading.split("\n")[0].rstrip("*").replace(" ", "_") for heading in headings]
        assert columns == [column.name for column in TABLES[name].columns]


def test_headings_carry_both_languages_and_a_star():
    assert [cell.value for cell in opened("events").worksheets[0][1]][:4] == [
        "年度\ncycle",
        "被考核单位*\nsubject",
        "日期\ndate",
        "类型*\ntype",
    ]
    assert opened("events", "en").worksheets[0]["B1"].value == "subject*\n被考核单位"


def choices(book, sheet, column):
    """What the list of a column offers."""
    for rule in book[sheet].data_validations.dataValidation:
        if rule.type == "list" and f"{column}2" in rule.sqref:
            title, _, area = rule.formula1.rpartition("!")
            cells = book[title.strip("='")][area.replace("$", "")]
            return [row[0].value for row in cells] if isinstance(cells, tuple) else [cells.value]
    return None


def test_fixed_words_are_offered_in_the_language_of_the_template():
    assert choices(opened("subjects"), "考核对象", "D") == ["单位", "班子", "个人", "人选"]
    assert choices(opened("subjects", "en"), "subjects", "D") == ["unit", "team", "person", "candidate"]
    assert choices(opened("scheme"), "指标体系", "F")[:3] == ["points", "ratio", "linear"]
    assert choices(opened("gates", "en"), "gates", "C") == ["<", "<=", ">", ">=", "=", "!="]


def test_known_names_are_offered():
    context = {
        "subjects": pa.table({"subject": ["U1", "U2", "U3"], "name": ["教育局", None, "教育局"]}),
        "poll_options": pa.table({"option": ["A", "B"], "name": ["优秀", "称职"]}),
    }
    book = opened("tallies", context=context)
    headings = [cell.value.split("\n")[1] for cell in book["得票统计"][1]]
    letters = dict(zip(headings, "ABCDEFGH", strict=False))
    assert choices(book, "得票统计", letters["subject"]) == ["教育局", "U2"]
    assert choices(book, "得票统计", letters["answer"]) == ["优秀", "称职"]
    assert choices(book, "得票统计", letters["poll"]) is None


def test_an_id_column_is_text_so_that_zeros_stay():
    assert opened("subjects").worksheets[0].column_dimensions["B"].number_format == "@"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_guide_explains_every_column(language):
    book = opened("all", language)
    explained = {(row[0].value, row[1].value) for row in book[GUIDE_SHEET].iter_rows()}
    for sheet in book.worksheets[:-2]:
        for cell in sheet[1]:
            assert (sheet.title, cell.value.replace("*", "").split("\n")[0]) in explained


def test_a_template_is_the_same_file_again():
    assert markup.template("all", "zh") == markup.template("all", "zh")


def test_an_unknown_kind_is_refused():
    with pytest.raises(KeyError, match="no template"):
        markup.template("attributes", "zh")


SAMPLE = {"text": "甲", "cell": "90", "number": 3, "integer": 1, "date": datetime.date(2025, 5, 14)}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", sorted(set(TABLES) - {"attributes", "survey"}))
def test_a_filled_template_is_read_as_its_table(name, language):
    book = opened(name, language)
    sheet = book.worksheets[0]
    for place, column in enumerate(TABLES[name].columns, 1):
        value = next(iter(column.words), SAMPLE[column.type])
        sheet.cell(2, place, 2025 if column.name == "cycle" else value)
    out = io.BytesIO()
    book.save(out)
    reading = read(out.getvalue(), "template.xlsx")
    assert [block.table for block in reading.blocks] == [name]
    assert reading.tables[name].num_rows == 1
    missing = [column.name for column in TABLES[name].columns if reading.tables[name][column.name][0].as_py() is None]
    assert missing == []
    assert [fault.code for fault in reading.problems if fault.is_error] == []
