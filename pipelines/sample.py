"""The sample: four years of an invented district's appraisal as workbooks, laid out as an office lays them out.

`write(directory, seed)` makes, for each of 2022–2025, the workbooks of scheme, roster, indicator results, democratic
polls, staff ballots, ledger and questionnaire, and one workbook with the results of earlier years. Equal seeds give
equal bytes. What the people and units are is in `pipelines.district`; what is written about them is here. The results
of 2019–2021 are invented; those of 2022–2024 are what scoring the year before gave, so that streaks tell the truth.

`preset(folder)` makes the sample workbook of one preset from the CSV tables in its folder `sample`.
"""

from __future__ import annotations

import csv
import datetime
import math
import random
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from pipelines import contract
from pipelines.district import FIRST_YEAR, LEADERS, NAME, STAFF, District, Person, Unit
from pipelines.problems import InputError
from pipelines.sheets import Cell, Share, Sheet, workbook

SCHEMES = Path(__file__).resolve().parent.parent / "data" / "schemes"
YEARS = (2022, 2023, 2024, 2025)
EARLIER = (2019, 2020, 2021)
SEED = 20260105

Row = list[Cell]
Tables = dict[str, list[dict[str, str]]]

_MONTHS = tuple(f"{month}月" for month in range(1, 13))
_QUARTERS = ("一季度", "二季度", "三季度", "四季度")
_SEASON = (9, 6, 8, 8, 8, 10, 8, 7, 8, 8, 9, 11)
"""Which hundredths of a year's revenue each month is planned to bring."""

_FOUR = ("优秀", "称职", "基本称职", "不称职", "弃权")
_FIVE = ("满意", "较满意", "一般", "不满意", "不了解")
_RATERS = {
    "班子": ("区领导", "同级", "下级"),
    "正职": ("区领导", "分管区领导", "同级", "下级"),
    "副职": ("本单位正职", "科室负责人", "同级", "下级"),
}
_MASSES = ("群众", "社会各界")
_DIMENSIONS = ("德", "能", "勤", "绩", "廉")

# What makes a year worth looking at: who is left out, what happened, what is missing.
_SECONDED = {2022: (210,), 2023: (210, 655), 2024: (655,), 2025: (402, 911)}
"""Numbers of people who do not take part: sent to work elsewhere."""
_ON_LEAVE = {2022: (77,), 2023: (341,), 2024: (342, 1203), 2025: (500,)}
"""Numbers of people about whom nobody voted: on long leave."""
_MISSING = {
    2022: (("U17", "企业服务"),),
    2023: (("U31", "法治建设"), ("U40", "信息采用"), ("U40", "文稿质量")),
    2024: (("U52", "执法评议"), ("U58", "办件时长")),
    2025: (("U20", "法治建设"), ("U36", "党的建设"), ("U36", "法治建设"), ("U61", "服务地方"), ("U61", "办件时长")),
}
"""Cells that were still empty when the year was closed."""
_INCIDENTS = {
    2022: (("U05", "安全生产责任事故", "辖区企业发生一般责任事故"), ("U18", "未完成调训任务", "未完成年度调训任务")),
    2023: (("U02", "安全生产责任事故", "在建工地发生一般责任事故"), ("U45", "未完成调训任务", "调训缺额3人")),
    2024: (("U22", "未完成调训任务", "调训缺额2人"), ("U47", "安全生产责任事故", "危化品企业监管失察")),
    2025: (("U09", "安全生产责任事故", "农产品加工厂责任事故"), ("U33", "未完成调训任务", "调训缺额1人")),
}
"""Events that gates use: unit, type, reason. Some befall the first of a platform, so that the gate is seen to work."""
_LATE_RUSH = ("U03", "U10")
"""Sub-districts that bring in their revenue in the last two months."""


def write(directory: Path, seed: int = SEED) -> list[Path]:
    """Write every workbook of the sample into `directory` (made if need be) and return their paths, in order."""
    directory.mkdir(parents=True, exist_ok=True)
    district, past = District(seed), _Past()
    paths: list[Path] = []
    for year in YEARS:
        district.advance()
        if year == FIRST_YEAR:
            past.invent(district)
        books = {
            "考核方案": scheme(read_tables(SCHEMES / f"district-{year}"), f"{NAME}{year}年度绩效考核方案"),
            "考核对象名册": _roster(district),
            "指标完成情况": _results(district),
            "民主测评": _polls(district, past),
            "干部职工测评票": _ballots(district),
            "考核台账": _ledger(district),
            "问卷调查": _survey(district),
        }
        written = [_save(directory / f"{year}年度_{title}.xlsx", sheets) for title, sheets in books.items()]
        # The history of a year holds the years before it only, so a year can be scored as soon as it is written.
        history = _save(directory / "历年考核结果.xlsx", past.sheets())
        if year != YEARS[-1]:
            past.add_outcome(year, [*written, history])
        paths += written
    return [*paths, history]


def preset(folder: Path) -> bytes:
    """The sample workbook of a preset: the CSV tables of `folder`/sample under title rows and Chinese headings.

    Tallies become one column for each option under its rater group, numeric ballots one column for each item.
    """
    rules = read_tables(folder)
    title = next(row["value"] for row in rules["settings"] if row["key"] == "title").partition("（")[0]
    sheets = []
    for name, rows in read_tables(folder / "sample").items():
        wide = {"tallies": _wide_tallies, "ballots": _wide_ballots}.get(name)
        sheets += wide(rows, title) if wide else [_plain(name, rows, title)]
    return workbook(sheets)


def read_tables(folder: Path) -> Tables:
    """The CSV tables of a folder that the contract knows: name -> rows, all text."""
    tables = {}
    for name in contract.TABLES:
        path = folder / f"{name}.csv"
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                tables[name] = list(csv.DictReader(file))
    return tables


def scheme(tables: Tables, title: str) -> list[Sheet]:
    """A scheme as sheets with Chinese headings, one table each."""
    return [_plain(name, rows, title) for name, rows in tables.items()]


# -- tables of text as sheets ------------------------------------------------------------------------------------------


def _save(path: Path, sheets: Sequence[Sheet]) -> Path:
    path.write_bytes(workbook(sheets))
    return path


def _plain(name: str, rows: list[dict[str, str]], title: str) -> Sheet:
    """A table as it stands, one column for each column; a column that the contract does not know is an attribute."""
    table = contract.TABLES[name]
    known = {column.name: column.headings[0] for column in table.columns if column.headings}
    columns = list(rows[0])
    heads = [known.get(column, column) for column in columns]
    return Sheet(
        table.titles[0],
        (f"{title}——{table.titles[0]}",),
        (heads,),
        [[_cell(row[column]) for column in columns] for row in rows],
    )


def _cell(text: str) -> Cell:
    """A cell of a CSV as a person would type it: numbers as numbers, shares as percentages, dates as dates."""
    if not text:
        return None
    try:
        if text.endswith("%"):
            return Share(round(float(text[:-1]) / 100, 6))
        if len(text) == len("2025-01-01") and text.count("-") == len("--"):
            return datetime.date.fromisoformat(text)
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _wide_tallies(rows: list[dict[str, str]], title: str) -> list[Sheet]:
    """One sheet a poll: a row for each subject (and item), under each rater group a column for each option."""
    sheets = []
    for poll in dict.fromkeys(row["poll"] for row in rows):
        cast = [row for row in rows if row["poll"] == poll]
        votes = {_keys(row, "subject", "item", "rater_group", "answer"): row["votes"] for row in cast}
        groups = list(dict.fromkeys(_keys(row, "rater_group")[0] for row in cast))
        options = list(dict.fromkeys(row["answer"] for row in cast))
        lines = list(dict.fromkeys(_keys(row, "subject", "item") for row in cast))
        heads = ["编号", "测评内容"] if lines[0][1] else ["编号"]
        two_rows = (
            [*heads, *(group if option == options[0] else "" for group in groups for option in options)],
            [*([""] * len(heads)), *options * len(groups)],
        )
        sheets.append(
            Sheet(
                f"{poll}得票",
                (f"{title}——{poll}得票统计表",),
                two_rows if groups != [""] else ([*heads, *options],),
                [
                    [
                        *line[: len(heads)],
                        *(_cell(votes.get((*line, group, one), "0")) for group in groups for one in options),
                    ]
                    for line in lines
                ],
                ("监票人：          计票人：",),
                merge_down=len(heads) - 1,
            )
        )
    return sheets


def _keys(row: dict[str, str], *columns: str) -> tuple[str, ...]:
    return tuple(row.get(column, "") for column in columns)


def _wide_ballots(rows: list[dict[str, str]], title: str) -> list[Sheet]:
    sheets = []
    for poll in dict.fromkeys(row["poll"] for row in rows):
        answers: dict[tuple[str, str, str], dict[str, str]] = {}
        for row in rows:
            if row["poll"] == poll:
                answers.setdefault((row["ballot"], row["rater_group"], row["subject"]), {})[row["item"]] = row["answer"]
        items = list(dict.fromkeys(item for answer in answers.values() for item in answer))
        sheets.append(
            Sheet(
                f"{poll}测评票",
                (f"{title}——{poll}测评票",),
                (("票号", "评价主体", "编号", *items),),
                [[*key, *(_cell(answer.get(item, "")) for item in items)] for key, answer in answers.items()],
            )
        )
    return sheets


# -- the roster --------------------------------------------------------------------------------------------------------


def _roster(district: District) -> list[Sheet]:
    year = district.year
    units: list[Row] = []
    teams: list[Row] = []
    for unit in district.units:
        status = "不定等次" if unit.founded == year else "参加"
        posts = len(district.of(unit, *LEADERS, *STAFF)) + 2
        units.append([unit.code, unit.name, "单位", unit.platform, status, posts])
        teams.append([unit.team, unit.name + "领导班子", "班子", unit.name, unit.platform, "班子", status])
    facts = ("性别", "出生年月", "政治面貌", "学历", "任职时间")

    def people(layers: Sequence[str]) -> Iterator[Row]:
        for unit in district.units:
            for person in sorted(district.of(unit, *layers), key=lambda one: (layers.index(one.layer), one.code)):
                above = unit.name + "领导班子" if layers is LEADERS else unit.name
                row: Row = [person.code, person.name, "个人", above, unit.platform, person.layer, _status(person, year)]
                row += [person.sex, person.born, person.party, person.degree, person.since]
                yield row if layers is LEADERS else [*row, "是" if person.reserve else "否"]

    title = f"{NAME}{year}年度考核对象名册"
    made = (f"填表人：区绩效办    填表日期：{year}年12月5日",)
    common = ("类别", "层次", "参加情况")
    return [
        Sheet(
            "单位", (f"{title}（单位）",), (("编号", "单位名称", "类型", "类别", "参加情况", "编制数"),), units, made
        ),
        Sheet("领导班子", (f"{title}（领导班子）",), (("编号", "名称", "类型", "所在单位", *common),), teams, made),
        Sheet(
            "班子成员",
            (f"{title}（班子成员）",),
            (("编号", "姓名", "类型", "所在班子", *common, *facts),),
            list(people(LEADERS)),
            made,
        ),
        Sheet(
            "干部职工",
            (f"{title}（干部职工）", "注：试用期未满、本年9月以后到岗的人员参加考核，不定等次。"),
            (("工号", "姓名", "类型", "所在单位", *common, *facts, "后备干部"),),
            list(people(STAFF)),
            made,
        ),
        *_posts(district, title, made),
    ]


def _posts(district: District, title: str, made: tuple[str, ...]) -> list[Sheet]:
    """The approved posts of leaders, and every post that a leader has held since the first year."""
    approved: list[Row] = []
    for unit in district.units:
        approved += [[unit.code, "正职", 1], [unit.code, "副职", 2 + int(unit.code[1:]) % 3]]
    levels = {"正职": "正科级", "副职": "副科级", "": "一级主任科员"}
    careers: list[Row] = [
        [one.person, one.started, one.ended, one.unit, f"领导班子{one.layer}" if one.layer else "非领导职务",
         levels[one.layer], one.move or None, one.route or None]
        for one in district.appointments
    ]  # fmt: skip
    heads = ("编号", "任职起始", "任职终止", "任职单位", "担任职务", "职务层级", "变动类型", "产生方式")
    return [
        Sheet("核定职数", (f"{title}（核定职数）",), (("单位编号", "职数层次", "核定职数"),), approved, made),
        Sheet("任职经历", (f"{title}（任职经历）",), (heads,), careers, made),
    ]


def _status(person: Person, year: int) -> str:
    if person.number in _SECONDED[year]:
        return "不参加"
    return "不定等次" if person.since >= datetime.date(year, 7, 1) else "参加"


# -- indicators --------------------------------------------------------------------------------------------------------


def _results(district: District) -> list[Sheet]:
    year, units = district.year, district.units
    title = f"{NAME}{year}年度"
    made = (f"填表人：区绩效办    审核人：区统计局    填表日期：{year}年12月28日",)
    return [
        Sheet(
            "共性指标",
            (f"{title}共性指标得分表",),
            (("单位名称", "党的建设", "法治建设", "绩效公开"),),
            _common(district),
            made,
        ),
        Sheet(
            "督查问题",
            (f"{title}督查发现问题统计表", f"（截至{year}年12月20日）"),
            (("单位名称", "指标", *_QUARTERS),),
            _quarters(district, "督查问题", lambda draw, unit: _count(draw, 0.9 - 0.3 * unit.quality)),
            made,
        ),
        Sheet(
            "督办与个性指标",
            (f"{title}重点督办与个性指标完成情况表",),
            (("单位名称", "指标", "目标值", "完成值"),),
            _specific(district),
            made,
            merge_down=1,
        ),
        Sheet(
            "街道乡经济指标",
            (f"{title}街道乡经济指标月度计划与完成情况（万元）",),
            (
                ["单位名称", "指标", *(text for month in _MONTHS for text in (month, ""))],
                ["", "", *("计划", "完成") * 12],
            ),
            _monthly(district),
            made,
            merge_down=1,
        ),
        *_theme(district, made),
        Sheet(
            "季度督查",
            (f"{title}季度督查得分表",),
            (("单位名称", "指标", *_QUARTERS),),
            _quarters(district, "季度督查", lambda draw, unit: _points(draw, unit.quality, 88)),
            made,
        ),
        Sheet(
            "半年讲评",
            (f"{title}半年讲评得分表",),
            (("单位名称", "指标", "期间", "得分"),),
            [
                [unit.name, "半年讲评", half, _points(draw, unit.quality, 87)]
                for draw in [district.stream("halves")]
                for unit in units
                for half in ("上半年", "下半年")
            ],
            made,
            merge_down=1,
        ),
        Sheet("平时考核", (f"{title}干部职工平时考核得分表",), (("工号", "平时考核"),), _regular(district), made),
    ]


def _points(draw: random.Random, quality: float, mean: float) -> float:
    return round(min(99.5, max(40.0, mean + 4 * quality + draw.gauss(0, 2.5))), 1)


def _count(draw: random.Random, mean: float) -> int:
    """A small count that is `mean` on average (0 where the mean is below 0)."""
    return sum(draw.random() < mean / 6 for _ in range(6))


def _done(draw: random.Random, quality: float, target: int) -> int:
    return max(0, min(target + 2, round(target * (0.92 + 0.05 * quality + draw.gauss(0, 0.05)))))


def _common(district: District) -> list[Row]:
    draw = district.stream("common")
    missing = _MISSING[district.year]
    rows: list[Row] = []
    for unit in district.units:
        row: Row = [unit.name, _points(draw, unit.quality, 88), _points(draw, unit.quality, 86)]
        for column, indicator in enumerate(("党的建设", "法治建设"), start=1):
            if (unit.code, indicator) in missing:
                row[column] = None
        rows.append([*row, "是" if draw.random() < 0.9 + 0.05 * unit.quality else "否"])
    return rows


def _quarters(district: District, indicator: str, value: Callable[[random.Random, Unit], float]) -> list[Row]:
    draw = district.stream(indicator)
    return [[unit.name, indicator, *(value(draw, unit) for _ in _QUARTERS)] for unit in district.units]


def _specific(district: District) -> list[Row]:
    draw = district.stream("specific")
    rows: list[Row] = []
    for unit in district.units:
        for indicator in ("督办事项", *_SPECIFIC[unit.platform]):
            target, value = _figure(draw, unit.quality, indicator)
            missing = (unit.code, indicator) in _MISSING[district.year]
            rows.append([unit.name, indicator, target, None if missing else value])
    return rows


_SPECIFIC = {
    "街道乡": ("招商到位", "环境整治"),
    "经济管理": ("项目推进", "争取资金", "企业服务"),
    "社会发展": ("民生实事", "服务满意"),
    "党群政务": ("信息采用", "联系基层", "文稿质量"),
    "执法监督": ("案件办结", "行政败诉", "执法评议"),
    "垂直管理": ("服务地方", "办件时长"),
}


def _figure(draw: random.Random, quality: float, indicator: str) -> tuple[Cell, Cell]:
    """Target and value of one indicator for a unit of that quality."""
    match indicator:
        case "督办事项" | "项目推进" | "民生实事" | "案件办结":
            target = draw.randint(12, 60)
            return target, _done(draw, quality, target)
        case "招商到位":
            target = 100 * draw.randint(30, 180)
            return target, round(target * (1.0 + 0.06 * quality + draw.gauss(0, 0.06)), 1)
        case "争取资金":
            return None, round(max(200.0, 3000 + 900 * quality + draw.gauss(0, 700)), 1)
        case "服务满意":
            return None, Share(round(min(0.995, 0.9 + 0.03 * quality + draw.gauss(0, 0.02)), 4))
        case "信息采用" | "联系基层":
            return None, max(1, round(24 + 6 * quality + draw.gauss(0, 5)))
        case "行政败诉":
            return None, _count(draw, 1.0 - 0.5 * quality)
        case "办件时长":
            return 5, round(max(2.5, 4.9 - 0.4 * quality + draw.gauss(0, 0.4)), 1)
        case _:
            return None, _points(draw, quality, 86)


def _monthly(district: District) -> list[Row]:
    draw = district.stream("monthly")
    rows: list[Row] = []
    for unit in district.units:
        if unit.platform != "街道乡":
            continue
        revenue = draw.randint(60, 400) * 100
        plans = [round(revenue * share / 100, 1) for share in _SEASON]
        pace = [0.72] * 10 + [2.3, 2.0] if unit.code in _LATE_RUSH else [1.0] * 12
        row: Row = [unit.name, "财政收入"]
        for plan, speed in zip(plans, pace, strict=True):
            row += [plan, round(plan * speed * (0.99 + 0.04 * unit.quality + draw.gauss(0, 0.06)), 1)]
        rows.append(row)
        step = draw.randint(8, 40) * 50
        done = accumulate(round(step * (0.98 + 0.05 * unit.quality + draw.gauss(0, 0.12)), 1) for _ in _MONTHS)
        row = [unit.name, "固定投资"]
        for month, reached in enumerate(done, start=1):
            row += [step * month, round(reached, 1)]
        rows.append(row)
    return rows


def _theme(district: District, made: tuple[str, ...]) -> list[Sheet]:
    """The indicators of the year's theme: each year has its own."""
    year, draw = district.year, district.stream("theme")
    theme = {2022: "基层治理年", 2023: "城管建设年", 2024: "项目建设年", 2025: "营商环境年"}[year]
    titles = (f"{NAME}{year}年度“{theme}”专项指标完成情况",)
    rows: list[Row] = []
    for unit in district.units:
        target = draw.randint(10, 80)
        match year:
            case 2022:
                rows.append([unit.name, "网格事件", target, _done(draw, unit.quality, target)])
                rate = Share(round(min(1.0, max(0.5, 0.88 + 0.05 * unit.quality + draw.gauss(0, 0.06))), 3))
                rows.append([unit.name, "矛盾调解", None, rate])
            case 2023:
                rows.append([unit.name, "市容整改", target, _done(draw, unit.quality, target)])
            case 2024:
                rows.append([unit.name, "项目开工", target, _done(draw, unit.quality, target)])
            case _:
                days = round(max(1.5, 4.5 - 0.9 * unit.quality + draw.gauss(0, 0.9)), 1)
                rows.append([unit.name, "办结时限", None, days])
    sheets = [Sheet("主题年指标", titles, (("单位名称", "指标", "目标值", "完成值"),), rows, made)]
    if year == 2024:
        rows = []
        for unit in district.units:
            step = draw.randint(3, 30) * 100
            row: Row = [unit.name, "项目投资"]
            done = accumulate(round(step * (0.97 + 0.06 * unit.quality + draw.gauss(0, 0.1)), 1) for _ in _QUARTERS)
            for quarter, reached in enumerate(done, start=1):
                row += [step * quarter, round(reached, 1)]
            rows.append(row)
        heads = (
            ["单位名称", "指标", *(text for quarter in _QUARTERS for text in (quarter, ""))],
            ["", "", *("计划", "完成") * 4],
        )
        sheets.append(Sheet("包联项目投资", (f"{NAME}{year}年度包联项目投资进度（累计，万元）",), heads, rows, made))
    monthly = {2023: "城管测评", 2025: "营商测评"}.get(year)
    if monthly:
        rows = [
            [unit.name, monthly, *(_points(draw, unit.quality, 85) for _ in _MONTHS[2::3])] for unit in district.units
        ]
        heads_row = ("单位名称", "指标", *_MONTHS[2::3])
        sheets.append(Sheet(monthly, (f"{NAME}{year}年度{monthly}得分表",), (heads_row,), rows, made))
    return sheets


def _regular(district: District) -> list[Row]:
    draw = district.stream("regular")
    rows: list[Row] = []
    for person in district.people:
        if person.layer in STAFF:
            score = min(100, max(60, round(2 * (88 + 4 * person.quality + draw.gauss(0, 2.5))) / 2))
            rows.append([person.code, None if person.number in _ON_LEAVE[district.year] else score])
    return rows


# -- polls -------------------------------------------------------------------------------------------------------------


def _votes(draw: random.Random, quality: float, count: int, options: Sequence[str]) -> list[int]:
    """How `count` people vote on somebody of that quality; the last option is no opinion."""
    pull = (1.2 + 0.75 * quality, 0.8, -1.0 - 0.5 * quality, -2.4 - 0.8 * quality, -2.6)
    cast = draw.choices(options, [math.exp(weight) for weight in pull], k=count)
    return [cast.count(option) for option in options]


def _polls(district: District, past: _Past) -> list[Sheet]:
    year, draw = district.year, district.stream("polls")
    turnout: list[Row] = []
    returned: dict[tuple[Unit, str], int] = {}

    def meet(poll: str, unit: Unit, group: str, eligible: int) -> None:
        """One meeting, or one round of sheets: who should come, who came, what came back."""
        poor = unit.code == f"U{7 * (year - 2020):02d}" and group == "下级"
        present = eligible if eligible <= 1 else round(eligible * (0.7 if poor else draw.uniform(0.9, 1.0)))
        back = present - (present > 8) * draw.randint(0, 1)
        void = (back > 8) * draw.randint(0, 1)
        returned[unit, group] = back - void
        turnout.append([poll, group, unit.name, eligible, present, present, back, void])

    for unit in district.units:
        staff = len(district.of(unit, *STAFF))
        sizes = {"区领导": 13, "分管区领导": 1, "同级": 9, "本单位正职": 1, "科室负责人": 6, "下级": staff}
        for group, size in sizes.items():
            meet("组织评价", unit, group, size)
        for group, size in zip(_MASSES, (150 + 10 * (year - FIRST_YEAR), 45), strict=True):
            meet("群众评议", unit, group, size)

    def tally(subject: str, unit: Unit, quality: float, groups: Sequence[str], options: Sequence[str]) -> Row:
        row: Row = [subject]
        for group in groups:
            row += _votes(draw, quality + draw.gauss(0, 0.2), returned[unit, group], options)
        return row

    sheets = []
    for layer, groups in _RATERS.items():
        rows: list[Row] = []
        for unit in district.units:
            if layer == "班子":
                row = tally(unit.name + "领导班子", unit, unit.quality + draw.gauss(0, 0.3), groups, _FOUR)
                past.keep(year, unit.team, row[1:])
                rows.append(row)
            for person in district.of(unit, layer):
                row = tally(person.name, unit, 0.7 * person.quality + 0.4 * unit.quality, groups, _FOUR)
                past.keep(year, person.code, row[1:])
                rows.append(row)
        heading = "考核对象" if layer == "班子" else "姓名"
        heads = _two_rows(heading, groups, _FOUR)
        sheets.append(
            Sheet(f"组织评价（{layer}）", (f"{NAME}{year}年度组织评价得票统计表（{layer}）",), heads, rows, _COUNTED)
        )
    rows = [tally(unit.name, unit, 0.8 * unit.quality + draw.gauss(0, 0.3), _MASSES, _FIVE) for unit in district.units]
    total: Row = ["合计", *(sum(column) for column in zip(*(row[1:] for row in rows), strict=True))]
    heads = _two_rows("单位名称", _MASSES, _FIVE)
    title = (f"{NAME}{year}年度群众评议得票统计表", "（委托第三方开展）")
    sheets.append(Sheet("群众评议", title, heads, [*rows, total], _COUNTED))
    heads_row = ("测评", "评价主体", "单位名称", "应到", "实到", "发出", "收回", "无效")
    sheets.append(Sheet("参会与收票", (f"{NAME}{year}年度测评参会与收票情况",), (heads_row,), turnout, _COUNTED))
    return sheets


_COUNTED = ("监票人：          计票人：",)


def _two_rows(heading: str, groups: Sequence[str], options: Sequence[str]) -> tuple[list[str], list[str]]:
    upper = [heading] + [group if option == options[0] else "" for group in groups for option in options]
    return upper, ["", *(option for _ in groups for option in options)]


def _ballots(district: District) -> list[Sheet]:
    """Every member of a team and some colleagues mark every member of the unit's staff on five dimensions."""
    year, draw = district.year, district.stream("ballots")
    rows: list[Row] = []
    for unit in district.units:
        staff = [one for one in district.of(unit, *STAFF) if one.number not in (*_ON_LEAVE[year], *_SECONDED[year])]
        raters = [("班子成员", number) for number in range(1, 4)] + [("同事", number) for number in range(4, 9)]
        for group, number in raters:
            strictness = draw.gauss(0, 1.5)
            for person in staff:
                marks: Row = [f"{unit.code}-{number}", group, person.code]
                for _ in _DIMENSIONS:
                    mark = min(100, max(55, round(86 + 4 * person.quality + strictness + draw.gauss(0, 2.5))))
                    marks.append(None if draw.random() < 0.01 else mark)
                rows.append(marks)
    title = (f"{NAME}{year}年度干部职工德能勤绩廉测评票录入表", "百分制；无记名，票号不对应个人")
    return [Sheet("德能勤绩廉测评票", title, (("票号", "评价主体", "工号", *_DIMENSIONS),), rows)]


# -- ledger, questionnaire, earlier years ------------------------------------------------------------------------------

_EVENTS = (
    ("省级表彰", 0.10, None, "获评全省先进集体", 1.5),
    ("市级表彰", 0.30, None, "获评全市先进单位", 1.0),
    ("改革创新", 0.15, None, "经验做法在全市推广", 1.0),
    ("国家表彰", 0.02, None, "获评全国先进集体", 1.0),
    ("通报批评", 0.20, -0.5, "工作迟报漏报被通报", -1.0),
    ("信访积案", 0.15, None, "信访积案未按期化解", -1.0),
)
"""Type, how likely in a year, points (None: the rule's), reason, and whether good or bad units have it."""


def _ledger(district: District) -> list[Sheet]:
    year, draw = district.year, district.stream("ledger")
    rows: list[Row] = []

    def enter(subject: str, kind: str, points: float | None, reason: str) -> None:
        day = datetime.date(year, 1, 10) + datetime.timedelta(days=draw.randrange(340))
        prefix = "云委发" if points is None else "云督字"
        rows.append([subject, day, kind, points, reason, f"{prefix}〔{year}〕{draw.randint(1, 180)}号"])

    for unit in district.units:
        for kind, chance, points, reason, side in _EVENTS:
            while draw.random() < chance * math.exp(0.5 * side * unit.quality):
                enter(unit.name, kind, points, reason)
        if unit.platform == "街道乡" and draw.random() < 0.1 - 0.05 * unit.quality:
            enter(unit.name, "阵地建设", None, "村级活动场所建设未按期完成")
    by_code = {unit.code: unit.name for unit in district.units}
    for code, kind, reason in _INCIDENTS[year]:
        enter(by_code[code], kind, None, reason)
    staff = [person for person in district.people if person.layer in STAFF]
    leaders = [person for person in district.people if person.layer in LEADERS]
    for person in draw.sample(staff, 60):
        good = person.quality + draw.gauss(0, 0.7) > 0
        enter(person.code, "个人表彰" if good else "效能问责", None, "获评先进个人" if good else "违反效能规定被问责")
    for person in draw.sample(leaders, 8):
        enter(person.code, "个人表彰", None, "获评市级先进个人")
    for person in [*draw.sample(leaders, 1), *draw.sample(staff, 1)]:
        enter(person.code, "纪检监察否决", None, "受党纪政务处分，影响期内")
    enter(draw.choice(staff).code, "立案审查", None, "立案审查期间")
    rows.sort(key=lambda row: (row[1], row[0]))
    numbered: list[Row] = [[number, *row] for number, row in enumerate(rows, start=1)]
    heads = ("序号", "考核对象", "日期", "类型", "分值", "事由", "文号")
    title = (f"{NAME}{year}年度加减分与事项台账", "分值为空的按方案规定分值计；个人填编号")
    return [Sheet("台账", title, (heads,), numbered, ("登记人：区绩效办",))]


def _survey(district: District) -> list[Sheet]:
    year, draw = district.year, district.stream("survey")
    rows: list[Row] = []
    wishes = ("选拔任用", "教育培训", "考核激励", "监督管理", "作风建设")
    for number in range(1, 241):
        group = draw.choice(("机关干部", "街道乡干部", "企事业代表", "群众代表"))
        row: Row = [f"{year}-{number:03d}", group]
        for shift in (0.0, -0.2):
            quality = 0.2 * (year - FIRST_YEAR) + shift + draw.gauss(0, 0.8)
            row.append(_FIVE[_votes(draw, quality, 1, _FIVE).index(1)])
        rows.append([*row, ";".join(draw.sample(wishes, draw.randint(1, 3)))])
    heads = ("问卷编号", "群体", "对选人用人工作的满意度", "对整治用人不正之风的满意度", "最需要加强的工作（可多选）")
    return [Sheet("问卷", (f"{NAME}{year}年度选人用人满意度问卷调查",), (heads,), rows)]


class _Past:
    """What is known of earlier years: grades, and the rate of 优秀 in the poll 组织评价."""

    def __init__(self) -> None:
        self.grades: list[Row] = []
        self.rates: list[Row] = []

    def invent(self, district: District) -> None:
        """Results of the years before the first: units by platform, leaders by layer, in the order of their quality."""
        draw = random.Random(f"{district.seed}/earlier")
        for year in EARLIER:
            pools: dict[str, list[tuple[float, str]]] = {}
            for unit in district.units:
                score = 86 + 4 * unit.quality + draw.gauss(0, 2)
                pools.setdefault(unit.platform, []).append((score, unit.code))
                pools.setdefault("班子", []).append((score + draw.gauss(0, 1), unit.team))
            for person in district.people:
                if person.layer in LEADERS and person.since.year <= year:
                    pools.setdefault(person.layer, []).append((86 + 4 * person.quality + draw.gauss(0, 2), person.code))
            for pool, entries in pools.items():
                named = pool in ("班子", *LEADERS)
                grades = ("一等", "二等", "三等", "四等") if named else ("优秀", "良好", "一般", "较差")
                ordered = sorted(((round(score, 2), code) for score, code in entries), reverse=True)
                for place, (score, code) in enumerate(ordered, start=1):
                    share = place / len(ordered)
                    grade = grades[(share > 0.25) + (share > 0.75) + (share > 0.97)]
                    self.grades.append([year, code, score, place, len(ordered), grade])
                    if named:
                        rate = min(0.98, max(0.2, 0.6 + 0.02 * (score - 86) + draw.gauss(0, 0.04)))
                        self.rates.append([year, code, "组织评价", "优秀", Share(round(rate, 4))])

    def keep(self, year: int, subject: str, votes: Sequence[Cell]) -> None:
        """The year's rate of 优秀 of a subject, from its votes, option by option and group by group."""
        counts = [int(vote) for vote in votes if isinstance(vote, int)]
        valid = sum(counts) - sum(counts[4::5])
        self.rates.append([year, subject, "组织评价", "优秀", Share(round(sum(counts[::5]) / valid, 4))])

    def add_outcome(self, year: int, paths: Sequence[Path]) -> None:
        """Score the year that was just written and keep its totals, ranks and grades."""
        from pipelines import build

        problems, extracts = build.score_readings(
            build.read_all([(path.name, path) for path in paths], cycle=year), year
        )
        if extracts is None:
            raise InputError(problems)
        for row in extracts["ranking"].to_pylist():
            if row["grade"] is not None:
                total = float(row["total"])
                self.grades.append([year, row["subject"], total, row["rank"], row["cohort_size"], row["grade"]])

    def sheets(self) -> list[Sheet]:
        return [
            Sheet(
                "历年结果", (f"{NAME}历年考核结果",), (("年度", "编号", "得分", "名次", "参评数", "等次"),), self.grades
            ),
            Sheet(
                "历年得票率", (f"{NAME}历年组织评价得票率",), (("年度", "编号", "测评", "评价", "得票率"),), self.rates
            ),
        ]
