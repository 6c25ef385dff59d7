"""What one cell says: numbers, dates and names in every form; and which words a column takes."""

import datetime
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pytest

from pipelines.workbook import read, values

from .layouts import book, context, errors, reading, rows, told

NUMBERS = {
    "1": "1", "０": "0", "１，２３４．５分": "1234.5", " 6263.8 ": "6263.8", "6,130.6": "6130.6", "12,345,678": "12345678", "5票": "5", "２ 票": "2",
    "36人": "36", "20%": "0.2", "９３．９％": "0.939", "-0.5": "-0.5", "－2": "-2", "−2": "-2", "+3": "3", "1e3": "1000", "94.50": "94.5",
    "1234567890.099999905": "1234567890.1", "33.3333333333": "33.333333333", "1 234": "1234", "88 points": "88", ".5": "0.5", "100.": "100",
}  # fmt: skip
WORDS = [
    "约90分",
    "三十左右",
    "缺考",
    "90-95",
    "1,23",
    "12..5",
    "90分以上",
    "1.2.3",
    "(2)",
    "1/2",
    "nan",
    "inf",
    "0x10",
    "5万元",
    "A",
    "2025年",
]


@pytest.mark.parametrize("text", NUMBERS)
def test_number(text):
    read_, bad = values.numbers(values.clean(pa.array([text])))
    assert (read_[0].as_py(), bad[0].as_py()) == (Decimal(NUMBERS[text]), False)


@pytest.mark.parametrize("text", WORDS)
def test_a_word_is_no_number(text):
    read_, bad = values.numbers(values.clean(pa.array([text, "7"])))
    assert (read_.to_pylist(), bad.to_pylist()) == ([None, Decimal(7)], [True, False])


def test_a_number_too_large_for_the_store_is_refused():
    assert values.parse_number("1" + "0" * 19) is None
    assert values.integers(pa.array(["99999999999999999999"]))[1].to_pylist() == [True]
    assert values.integers(pa.array(["3.5", "3.0", "4 票"]))[0].to_pylist() == [None, 3, 4]


@pytest.mark.parametrize("text", ["—", "-", "--", "/", "／", "无", "", "　", "\u200b", "——", "－"])
def test_blank(text):
    assert values.drop_dashes(values.clean(pa.array([text]))).to_pylist() == [None]


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-01",
        "2025/3/1",
        "2025.3.1",
        "2025年3月1日",
        "２０２５年 ３月 １日",
        "2025-03-01 00:00:00",
        "2025-3-1 8:30",
        "20250301",
        "45717",
    ],
)
def test_date(text):
    assert values.dates(values.clean(pa.array([text])))[0].to_pylist() == [datetime.date(2025, 3, 1)]


@pytest.mark.parametrize("text", ["2025年3月", "3月1日", "2025-02-30", "上半年", "1-2", "2025"])
def test_no_date(text):
    assert values.dates(values.clean(pa.array([text])))[1].to_pylist() == [True]


@pytest.mark.parametrize(
    ("text", "name"),
    [("张 三", "张三"), ("张　三", "张三"), ("\u200b施竹\ufeff ", "施竹"), ("阿依古丽 · 买买提", "阿依古丽·买买提"), ("Harbour Town", "Harbour Town"),
     ("区应急局 （安委办）", "区应急局(安委办)"), ("王 Anna", "王 Anna"), ("\xa0吴 宜\xa0", "吴宜")],
)  # fmt: skip
def test_name(text, name):
    assert values.close_names(values.clean(pa.array([text]))).to_pylist() == [name]


def test_ids_stay_text_and_numbers_in_formats_are_their_value():
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in (
        ["编号", "名称", "类型"],
        ["00123", "甲", "个人"],
        [124, "乙", "个人"],
        ["110101199003071234", "丙", "个人"],
    ):
        sheet.append(row)
    sheet["A3"].number_format = "00000"
    assert rows(_read(workbook), "subjects", "subject name kind") == [
        ("00123", "甲", "person"),
        ("124", "乙", "person"),
        ("110101199003071234", "丙", "person"),
    ]


def test_percent_cells_are_shares_already():
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in (["单位名称", "指标", "完成值"], ["城关街道", "群众满意率", 0.832], ["东风镇", "群众满意率", "87.6%"]):
        sheet.append(row)
    sheet["C2"].number_format = "0.0%"
    assert rows(_read(workbook), "results", "value") == [("0.832",), ("0.876",)]


def _read(workbook):
    import io

    buffer = io.BytesIO()
    workbook.save(buffer)
    return read(buffer.getvalue(), "a.xlsx", context=context())


# -- columns ----------------------------------------------------------------------------------------------------------

YES_NO = {
    "indicators": read(
        book(("指标体系", [["代码", "名称", "计分方法"], ["F1", "党建创新", "yesno"], ["F2", "重点任务", "ratio"]])),
        "s.xlsx",
    ).tables["indicators"]
}


def test_words_are_answers_of_yes_no_indicators_only():
    sheet = ("完成情况", [["单位名称", "指标", "完成值"], ["甲局", "党建创新", "有"], ["乙局", "党建创新", "无"], ["丙局", "F1", "√"],
     ["甲局", "重点任务", "有"],
                          ["乙局", "重点任务", "无"], ["丙局", "重点任务", 5]])  # fmt: skip
    result = read(book(sheet), "a.xlsx", context=YES_NO)
    assert rows(result, "results", "value") == [("有",), ("无",), ("√",), ("",), ("",), ("5",)]
    assert errors(result) == [("not-a-number", "C5", "有")]


def test_words_are_answers_of_polls_with_options_only():
    sheet = ("测评票", [["测评", "票号", "评价主体", "单位名称", "测评内容", "评价"], ["民主测评", 1, "区领导", "城关街道", None, "优秀"],
                        ["干部测评", 1, "班子成员", "陶岚舟", "德", "缺考"], ["干部测评", 2, "班子成员", "陶岚舟", "德", "90.0分"]])  # fmt: skip
    result = reading(sheet)
    assert errors(result) == [("not-a-number", "F3", "缺考")]
    assert rows(result, "ballots", "poll answer")[0::2] == [("民主测评", "优秀"), ("干部测评", "90")]


def test_problems_of_typed_columns_name_their_cells():
    result = reading(
        ("参会与收票", [["测评", "评价主体", "应到", "收回"], ["民主测评", "区领导", "十人", 3.5]]),
        (
            "加减分台账",
            [
                ["单位名称", "日期", "类型", "分值"],
                ["城关街道", "年底", "通报", "少许"],
                ["城关街道", "2025-01-02", None, 1],
            ],
        ),
        ("完成情况", [["年度", "单位名称", "指标", "完成值"], ["去年", "城关街道", "重点任务", 1]]),
        (
            "名册",
            [["编号", "名称", "类型", "参加情况"], ["U1", "甲局", "机构", "参加"], [None, "乙局", "单位", "不定等次"]],
        ),
    )
    assert sorted(errors(result)) == [
        ("not-a-date", "B2", "年底"), ("not-a-number", "D2", "少许"), ("not-a-whole-number", "C2", "十人"), ("not-a-whole-number", "D2", "3.5"),
        ("not-a-year", "A2", "去年"), ("required-cell-empty", "A3", ""), ("required-cell-empty", "C3", ""), ("word-not-allowed", "C2", "机构"),
    ]  # fmt: skip
    assert all(
        problem.what(language) and problem.fix(language) for problem in result.problems for language in ("en", "zh")
    )


def test_roster_words_attributes_and_parents():
    result = reading(("名册", [["工号", "姓 名", "单位", "职务层次", "参加情况", "性别", "出生年月", "编制（人）", "任职时间"],
                              ["007", "张 三", "城关街道", "正职", "不定等次", "男", "1990.10", 5, datetime.date(2020, 3, 1)],
                              ["008", "Li Si", "—", None, None, None, "1991.01", "1,200", "2021年5月6日"]]))  # fmt: skip
    assert rows(result, "subjects", "cycle subject name kind parent layer status") == [
        ("2025", "007", "张三", "", "城关街道", "正职", "ungraded"), ("2025", "008", "Li Si", "", "", "", ""),
    ]  # fmt: skip
    assert sorted(rows(result, "attributes", "cycle subject attribute value")) == [
        ("2025", "007", "任职时间", "2020-03-01"), ("2025", "007", "出生年月", "1990.10"), ("2025", "007", "性别", "男"), ("2025", "007", "编制", "5"),
        ("2025", "008", "任职时间", "2021-05-06"), ("2025", "008", "出生年月", "1991.01"), ("2025", "008", "编制", "1200"),
    ]  # fmt: skip


def test_own_roster_and_scheme_win_over_the_context():
    result = reading(
        ("完成情况", [["单位名称", "党建创新", "重点任务"], ["新城局", "有", 3]]),
        ("指标体系", [["代码", "名称", "计分方法"], ["F1", "党建创新", "yesno"]]),
        ("名册", [["编号", "名称", "类型"], ["N1", "新城局", "单位"]]),
        ("设置", [["设置项", "值"], ["年度", 2026]]),
    )
    assert rows(result, "results", "cycle subject indicator value") == [("2026", "新城局", "党建创新", "有")]
    assert told(result, "column-ignored") == ["重点任务"]


# -- what the office says ---------------------------------------------------------------------------------------------

PLAIN = [["单位名称", "指标", "完成值"], ["城关街道", "重点任务", 31]]


@pytest.mark.parametrize(
    ("title", "chosen", "cycle", "warned"),
    [(None, None, "2025", []), (None, 2026, "2026", []), ("2024年度情况表", None, "2024", []), ("2024年度情况表", 2025, "2025", ["2024"]),
     ("2025年度情况表", 2025, "2025", [])],
)  # fmt: skip
def test_the_year_is_the_column_then_the_choice_then_the_title_then_the_settings(title, chosen, cycle, warned):
    result = reading(("完成情况", [[title], *PLAIN] if title else PLAIN), cycle=chosen)
    assert rows(result, "results", "cycle") == [(cycle,)]
    assert told(result, "year-differs") == warned


def test_remembered_headings():
    sheet = ("表", [["被考核主体", "考核点", "年终数"], ["城关街道", "重点任务", 31]])
    assert "results" not in reading(sheet).tables
    taught = {"被考核主体": ("results", "subject"), "考核点": ("results", "indicator"), "年终 数": ("results", "value")}
    assert rows(reading(sheet, headings=taught), "results", "subject indicator value") == [
        ("城关街道", "重点任务", "31")
    ]


def test_unknown_headings_are_told_and_sums_are_not():
    result = reading(
        (
            "完成情况",
            [
                ["单位名称", "指标", "完成值", "责任领导", "完成率", "备注"],
                ["城关街道", "重点任务", 31, "甲", 0.9, "好"],
            ],
        )
    )
    assert told(result, "heading-ignored") == ["责任领导"]


def test_rows_left_out_are_told_once_per_block():
    result = reading(
        ("完成情况", [["单位名称", "指标", "完成值"], ["城关街道", "重点任务", 31], ["合计", None, 31], ["填表人：甲"]])
    )
    assert [(one.code, one.place.cell, one.details["count"]) for one in result.problems] == [
        ("rows-left-out", "A3", "2")
    ]


@pytest.mark.parametrize(
    ("rows_", "column", "texts"),
    [
        (
            [["单位名称", "期间", "完成值", "目标值"], ["城关街道", "全年", 31, 32]],
            "indicator",
            "单位名称, 期间, 完成值, 目标值",
        ),
        ([["单位名称", "完成值"], ["城关街道", 31]], "indicator", "单位名称, 完成值"),
        ([["指标", "目标值", "完成值"], ["重点任务", 32, 31]], "subject", "指标, 目标值, 完成值"),
        (
            [["名称", "类型", "所在单位", "参加情况"], ["甲局", "单位", None, "参加"]],
            "subject",
            "名称, 类型, 所在单位, 参加情况",
        ),
    ],
)
def test_a_missing_column_is_named_with_the_headings_found(rows_, column, texts):
    result = reading(("名册" if "类型" in texts else "表", rows_))
    assert errors(result) == [("column-missing", "", texts)]
    assert [one.details["column"].split()[0] for one in result.problems] == [column]
    assert not result.tables


def test_a_sheet_of_notes_beside_tables_is_no_error():
    notes = (
        "填报说明",
        [
            ["单位", "联系人", "日期"],
            ["各单位", "甲", "12月31日前"],
            ["指标", "口径", None],
            ["重点任务", "按年末数", None],
        ],
    )
    assert errors(reading(("完成情况", PLAIN), notes)) == []


def test_notes_between_tables_belong_to_the_table_above():
    result = reading(("完成情况", [*PLAIN, ["填表人：甲"], [], ["2024年度"], *PLAIN, ["填表人：乙"]]))
    assert told(result, "rows-left-out") == ["填表人:甲", "填表人:乙"]
    assert rows(result, "results", "cycle") == [("2025",), ("2024",)]


def test_blocks_say_what_was_recognised_where():
    result = reading(
        ("完成情况", [["2025年度"], ["单位名称", "指标", "完成值"], ["城关街道", "重点任务", 31]], "A1:C1")
    )
    assert [(one.sheet, one.range, one.table, one.rows) for one in result.blocks] == [
        ("完成情况", "A2:C3", "results", 1)
    ]
