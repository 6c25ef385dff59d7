"""What a file of each format holds: the values of the table, nothing that a spreadsheet would run, and no clock."""

import csv
import datetime
import io
import tomllib
import zipfile
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import extracts

DATE = datetime.date(2025, 12, 31)


def decimals(*texts, precision=38, scale=9):
    return pa.array([None if text is None else Decimal(text) for text in texts], pa.decimal128(precision, scale))


@pytest.fixture
def table():
    return pa.table(
        {
            "subject": ["U1", '他说"好"', None],
            "total": decimals("85.681666667", "100", None),
            "rank": pa.array([2, 1, None], pa.int32()),
            "is_shown": [True, False, None],
            "date": pa.array([DATE, None, None], pa.date32()),
        }
    )


def rows_of_csv(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def rows_of_xlsx(content, sheet=0):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [[cell.value for cell in row] for row in book.worksheets[sheet].iter_rows()]


def text_of(column, **options):
    return [row[0] for row in rows_of_csv(extracts.to_bytes(pa.table({"x": column}), "csv", **options))[1:]]


# -- CSV --------------------------------------------------------------------------------------------------------------


def test_csv_is_exactly_this(table):
    expected = 'subject,total,rank,is_shown,date\nU1,85.681666667,2,true,2025-12-31\n"他说""好""",100,1,false,\n,,,,\n'
    assert extracts.to_bytes(table, "csv", for_excel=False) == expected.encode()
    assert extracts.to_bytes(table, "csv") == b"\xef\xbb\xbf" + expected.encode()


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0"),
        ("0E-9", "0"),
        ("0.000000001", "0.000000001"),
        ("-0.000000001", "-0.000000001"),
        ("0.1", "0.1"),
        ("-0.5", "-0.5"),
        ("100", "100"),
        ("1E+20", "100000000000000000000"),
        ("-99999999999999999999999999999.999999999", "-99999999999999999999999999999.999999999"),
        (None, ""),
    ],
)
def test_numbers_have_no_trailing_zero_and_no_exponent(number, text):
    assert text_of(decimals(number, "1"), for_excel=False)[0] == text


@given(st.lists(st.decimals(-(10**28), 10**28, places=9), min_size=1, max_size=20))
def test_every_number_comes_back(numbers):
    texts = text_of(pa.array(numbers, pa.decimal128(38, 9)), for_excel=True)
    assert [Decimal(text) for text in texts] == numbers
    assert not any("E" in text or ("." in text and text.endswith("0")) for text in texts)


@pytest.mark.parametrize(
    ("number", "text"),
    [("0.0000000005", "0.000000001"), ("-0.0000000005", "-0.000000001"), ("0.00000000049", "0"), ("-1.25", "-1.25")],
)
def test_more_decimals_are_settled_at_nine(number, text):
    assert text_of(decimals(number, scale=18), for_excel=False) == [text]


@given(st.lists(st.tuples(*[st.text(st.characters(exclude_categories=["Cs"]), max_size=8)] * 2), max_size=8))
def test_every_text_comes_back(rows):
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], []]
    table = pa.table({"a": pa.array(columns[0], pa.string()), "b": pa.array(columns[1], pa.string())})
    content = extracts.to_bytes(table, "csv", for_excel=False)
    assert rows_of_csv(content)[1:] == [list(row) for row in rows]


def test_a_lone_blank_is_a_row():
    assert extracts.to_bytes(pa.table({"x": [None, "a"]}), "csv", for_excel=False) == b'x\n""\na\n'


def test_a_table_without_rows_has_its_headings(table):
    assert extracts.to_bytes(table.slice(0, 0), "csv", for_excel=False) == b"subject,total,rank,is_shown,date\n"


def test_many_batches_are_one_file():
    count = 150_000
    content = extracts.to_bytes(pa.table({"i": pa.array(range(count)), "t": ["x"] * count}), "csv", for_excel=False)
    lines = content.decode().splitlines()
    assert len(lines) == count + 1
    assert lines[-1] == "149999,x"
    assert all(line == f"{number},x" for number, line in enumerate(lines[1:]))


FORMULAS = ["=1+1", "+A1", "-A1", "@SUM(A1)", "|cmd", "%x", ";x", ",x", "\tx", "\rx", "\nx", "＝1", "＋1a", "－x",
            "＠x", " =1", "\u200b=1", "\ufeff@x"]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS, ids=ascii)
def test_a_formula_is_shown_not_run(text):
    assert text_of([text]) == [f"'{text}"]
    assert text_of([text], for_excel=False) == [text]


@pytest.mark.parametrize("text", ["-5", "+3.25", "-10%", "a=1", "区直", "", "'=1", "1-2"])
def test_what_is_harmless_stays(text):
    assert text_of(["x", text])[1] == text


def test_a_heading_is_shown_not_run_too():
    assert extracts.to_bytes(pa.table({"=x": [1]}), "csv") == "\ufeff'=x\n1\n".encode()


# -- XLSX -------------------------------------------------------------------------------------------------------------


def test_xlsx_holds_the_values_with_their_types(table):
    rows = rows_of_xlsx(extracts.to_bytes(table.slice(0, 2), "xlsx", name="ranking"))
    assert rows == [
        ["subject", "total", "rank", "is_shown", "date"],
        ["U1", 85.681666667, 2, True, datetime.datetime(2025, 12, 31)],
        ['他说"好"', 100, 1, False, None],
    ]


def test_xlsx_runs_nothing():
    texts = [*FORMULAS, "http://example.org", "mailto:a@example.org", "1E5", "{=A1}", "internal:Sheet1!A1"]
    content = extracts.to_bytes(pa.table({"text": texts}), "xlsx")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    values = [row[0] for row in rows_of_xlsx(content)[1:]]
    assert values == [text.replace("\r", "_x000D_") for text in texts]  # the escape that Excel reads as \r


def test_xlsx_is_the_same_file_again(table, monkeypatch):
    first = extracts.to_bytes(table, "xlsx", stamp={"scheme": "a"})
    monkeypatch.setattr("time.time", lambda: 4_000_000_000.0)
    assert extracts.to_bytes(table, "xlsx", stamp={"scheme": "a"}) == first


def test_xlsx_stays_readable_when_it_is_opened(table):
    book = openpyxl.load_workbook(io.BytesIO(extracts.to_bytes(table, "xlsx", name="得分/排名")))
    sheet = book.worksheets[0]
    assert sheet.title == "得分 排名"
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    assert sheet.auto_filter.ref == "A1:E4"
    assert sheet["E2"].number_format == "yyyy-mm-dd"


@pytest.mark.parametrize(
    ("language", "headings"),
    [(None, ["subject", "total", "unheard_of"]), ("zh", None), ("en", None)],
)
def test_headings_come_from_the_column_dictionary(language, headings):
    words = tomllib.loads(extracts.DICTIONARY.read_text(encoding="utf-8"))
    headings = headings or [words[name][f"label_{language}"] for name in ("subject", "total")] + ["unheard_of"]
    table = pa.table({"subject": ["U1"], "total": decimals("1"), "unheard_of": ["x"]})
    assert rows_of_xlsx(extracts.to_bytes(table, "xlsx", language=language))[0] == headings
    content = extracts.to_bytes(table, "csv", language=language, for_excel=False)
    assert content.decode().splitlines()[0] == ",".join(headings)


def test_a_share_is_shown_as_a_percentage():
    content = extracts.to_bytes(pa.table({"share": decimals("0.056")}), "xlsx")
    cell = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]["A2"]
    assert (cell.value, cell.number_format) == (0.056, "0.00%")


def test_a_column_is_as_wide_as_its_chinese_text():
    content = extracts.to_bytes(pa.table({"a": ["一二三四五六七八九十"], "b": ["abcdefghij"]}), "xlsx")
    widths = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].column_dimensions
    assert widths["A"].width == pytest.approx(22, abs=1)
    assert widths["B"].width == pytest.approx(12, abs=1)


@pytest.mark.parametrize(
    ("totals", "number_format"),
    [(["85.12", "85.13"], "0.00"), (["85.1234", "85.1236", None], "0.000"), (["1.000000001", "1"], "0.000000000")],
)
def test_unequal_totals_never_look_equal(totals, number_format):
    content = extracts.to_bytes(pa.table({"total": decimals(*totals)}), "xlsx")
    assert openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]["A2"].number_format == number_format


def test_the_stamp_has_a_sheet_of_its_own(table):
    content = extracts.to_bytes(table, "xlsx", stamp={"scheme": "2025", "build": "12"})
    assert rows_of_xlsx(content, sheet=1) == [["scheme", "2025"], ["build", "12"]]
    assert len(openpyxl.load_workbook(io.BytesIO(extracts.to_bytes(table, "xlsx"))).worksheets) == 1


def test_a_long_table_goes_on_in_the_next_sheet(monkeypatch):
    monkeypatch.setattr(extracts, "_SHEET_ROWS", 2)
    book = openpyxl.load_workbook(io.BytesIO(extracts.to_bytes(pa.table({"i": [1, 2, 3]}), "xlsx", name="n" * 40)))
    assert [[cell.value for cell in sheet["A"]] for sheet in book.worksheets] == [["i", 1, 2], ["i", 3]]
    assert all(len(sheet.title) <= 31 for sheet in book.worksheets)


def test_a_text_that_no_cell_can_hold_is_refused():
    with pytest.raises(ValueError, match="row 1, column 1"):
        extracts.to_bytes(pa.table({"x": ["x" * 32_768]}), "xlsx")


# -- Parquet, files, refusals -----------------------------------------------------------------------------------------


def test_parquet_keeps_types_names_and_stamp(table):
    content = extracts.to_bytes(table, "parquet", language="zh", stamp={"build": "12"})
    back = pq.read_table(io.BytesIO(content))
    assert back.cast(table.schema).equals(table)
    assert back.schema.field("total").type == pa.decimal128(38, 9)
    assert back.schema.metadata[b"build"] == b"12"


@pytest.mark.parametrize("fmt", extracts.FORMATS)
@pytest.mark.parametrize("column", [pa.array([0.1]), pa.array([[1]])], ids=["double", "list"])
def test_what_is_not_settled_is_refused(fmt, column):
    with pytest.raises(ValueError, match="column x is"):
        extracts.to_bytes(pa.table({"x": column}), fmt)


def test_words_of_an_enum_are_written():
    assert text_of(pa.array(["unit", None, "unit"]).dictionary_encode()) == ["unit", "", "unit"]


def test_a_file_is_written_whole_or_not_at_all(table, tmp_path):
    path = extracts.write(table, tmp_path / "new" / "ranking.csv", for_excel=False)
    before = path.read_bytes()
    assert before == extracts.to_bytes(table, "csv", for_excel=False)
    with pytest.raises(ValueError, match="double"):
        extracts.write(pa.table({"x": [0.1]}), path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["ranking.csv"]


def test_a_file_of_another_format_is_refused(table, tmp_path):
    with pytest.raises(ValueError, match="csv, xlsx or parquet"):
        extracts.write(table, tmp_path / "ranking.pdf")
