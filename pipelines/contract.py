"""The tables and columns that Kaoping accepts: data only, no behaviour beyond look-ups.

Source: `workbooks.md` of the specification. One `Table` per uploaded table, one `Column` per heading, each with the
Chinese and English headings under which offices write it. Everything that needs to know a table (reader, checks,
templates, warehouse, documentation) reads it here.

A *raw* table is what the reader makes of a workbook and what the warehouse stores: the columns of its `Table` in this
order, typed by `Column.type`, followed by `ORIGIN`. Two tables are long although they are wide on paper:
`attributes` (every roster column that is not in the contract) and `survey` (every question).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ColumnType = Literal["text", "cell", "number", "integer", "date"]
"""text: a name or free text. cell: a number where it is one (canonical digits), else text, e.g. an answer.
number: DECIMAL(28, 9). integer: whole number. date: calendar day."""

NUMBER_PRECISION = (28, 9)
OVERALL = "overall"
KINDS = ("unit", "team", "person", "candidate")
STATUSES = ("graded", "ungraded", "excluded")

ORIGIN = ("_upload", "_sheet", "_row", "_column", "_wide")
"""Where a row came from: number of the upload, sheet name ('' for CSV), 1-based row, 1-based column of the cell that
holds the row's measure (0: unknown), and whether that one cell alone made the row (a wide table)."""


@dataclass(frozen=True)
class Column:
    """One column: canonical (English) name, its type, and further headings in either language."""

    name: str
    type: ColumnType
    headings: tuple[str, ...] = ()
    is_key: bool = False
    is_required: bool = False
    words: dict[str, str] = field(default_factory=dict)
    """Fixed words of the column: what offices write -> canonical value (班子 -> team)."""


def label(name: str, headings: tuple[str, ...]) -> str:
    """A table or column in both languages, as an office finds it in its files: 'events 事项台账'."""
    chinese = next((heading for heading in headings if not heading.isascii()), "")
    return f"{name} {chinese}".strip()


@dataclass(frozen=True)
class Table:
    """One table: canonical name, headings of the table itself, its columns in order."""

    name: str
    part: Literal["data", "scheme"]
    titles: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.is_key)

    def column(self, name: str) -> Column:
        """The column of that canonical name; KeyError when the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")


_KIND_WORDS = {
    "unit": "unit", "单位": "unit", "部门": "unit",
    "team": "team", "班子": "team", "领导班子": "team",
    "person": "person", "个人": "person", "人员": "person", "干部": "person",
    "candidate": "candidate", "人选": "candidate", "候选人": "candidate",
}  # fmt: skip
_STATUS_WORDS = {
    "graded": "graded", "参加": "graded",
    "ungraded": "ungraded", "不定等次": "ungraded", "参加不定等次": "ungraded", "不确定等次": "ungraded",
    "excluded": "excluded", "不参加": "excluded",
}  # fmt: skip
_UNIT_WORDS = {
    "workday": "workday", "工作日": "workday",
    "day": "day", "日": "day", "天": "day", "自然日": "day",
    "month": "month", "月": "month", "个月": "month",
    "year": "year", "年": "year",
}  # fmt: skip
_FORCE_WORDS = {"must": "must", "必须": "must", "should": "should", "原则上": "should"}
_FIRST_DAY_WORDS = {"counts": "counts", "计入": "counts", "later": "later", "不计入": "later"}
_DAY_WORDS = {
    "rest": "rest",
    "放假": "rest",
    "休": "rest",
    "work": "work",
    "上班": "work",
    "班": "work",
    "调休上班": "work",
}
_SIGN_WORDS = {"+": "+", "加分": "+", "加": "+", "-": "-", "扣分": "-", "减分": "-", "减": "-", "−": "-"}

_OP_WORDS = {
    "<": "<", "<=": "<=", ">": ">", ">=": ">=", "=": "=", "!=": "!=",
    "超过": ">", "高于": ">", "多于": ">", "低于": "<", "少于": "<", "不足": "<", "不低于": ">=", "不少于": ">=", "以上": ">=", "满": ">=",
    "达到": ">=", "不超过": "<=", "不高于": "<=", "不多于": "<=", "以下": "<=", "等于": "=", "不等于": "!=",
    "≥": ">=", "≤": "<=", "≠": "!=", "＞": ">", "＜": "<",
}  # fmt: skip
"""How rules word a comparison. 以上 and 以下 include the number itself, 超过 and 不足 do not (mechanisms, section C)."""
_MOVE_WORDS = {
    "joined": "joined", "录用": "joined", "调入": "joined", "考录": "joined",
    "promoted": "promoted", "提拔": "promoted", "晋升": "promoted", "提任": "promoted",
    "exchanged": "exchanged", "交流": "exchanged", "轮岗": "exchanged", "平职交流": "exchanged",
    "dispatched": "dispatched", "挂职": "dispatched", "选派": "dispatched", "下派": "dispatched",
    "stepped_down": "stepped_down", "改非": "stepped_down", "改任非领导职务": "stepped_down", "提前离岗": "stepped_down",
    "removed": "removed", "免职": "removed", "不胜任调整": "removed", "降职": "removed",
    "left": "left", "调出": "left", "退休": "left", "辞职": "left",
}  # fmt: skip
_ROUTE_WORDS = {
    "competition": "competition", "竞争上岗": "competition", "公开选拔": "competition", "竞争性选拔": "competition",
    "公推直选": "competition", "公推公选": "competition",
    "other": "other", "其他": "other", "组织任命": "other", "委任": "other",
}  # fmt: skip
_RESULT_WORDS = {
    "pass": "pass", "通过": "pass", "合格": "pass", "入围": "pass",
    "fail": "fail", "未通过": "fail", "不合格": "fail", "未入围": "fail", "淘汰": "fail",
    "withdrawn": "withdrawn", "放弃": "withdrawn", "退出": "withdrawn",
}  # fmt: skip
_MODE_WORDS = {"equal": "equal", "等额": "equal", "differential": "differential", "差额": "differential"}

SUBJECT_HEADINGS = (
    "被考核单位", "考核对象", "被测评人", "被测评对象", "测评对象", "被评价人", "被评价对象", "评价对象", "被考核人",
    "被考核对象", "单位名称", "单位", "部门", "部门名称", "姓名", "名称", "编号", "单位编号", "人员编号", "工号", "subject id",
    "name", "unit", "department", "被测评单位", "责任单位", "报送单位", "填报单位",
)  # fmt: skip
"""Headings of the subject column of every table but the roster."""


def _cycle() -> Column:
    return Column("cycle", "integer", ("年度", "年份", "考核年度", "year"), is_key=True)


def _subject(is_required: bool = True) -> Column:
    return Column("subject", "text", SUBJECT_HEADINGS, is_key=True, is_required=is_required)


def _applies() -> Column:
    return Column("applies", "text", ("适用对象", "适用范围", "applies to"))


def _name() -> Column:
    return Column("name", "text", ("名称",))


def _weight() -> Column:
    return Column("weight", "number", ("权重", "分值权重", "权重(%)"))


def _round() -> Column:
    return Column("round", "integer", ("小数位", "保留小数", "小数位数", "decimals"))


def _poll() -> Column:
    return Column(
        "poll", "text", ("测评", "票种", "测评名称", "测评项目", "测评表", "票名"), is_key=True, is_required=True
    )


def _rater_group() -> Column:
    return Column(
        "rater_group",
        "text",
        (
            "评价主体",
            "测评主体",
            "评价主体类别",
            "投票人类别",
            "票类",
            "测评人类别",
            "参评人员类别",
            "rater group",
            "group",
        ),
        is_key=True,
    )


def _item() -> Column:
    return Column("item", "text", ("测评内容", "测评项", "评价内容", "评价项目", "测评要素", "评价指标"), is_key=True)


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        # -- data -------------------------------------------------------------------------------------------------
        Table(
            "subjects",
            "data",
            ("考核对象", "考核对象名册", "名册", "花名册", "考核名册"),
            (
                _cycle(),
                Column("subject", "text", ("编号", "代码", "单位编号", "单位代码", "人员编号", "工号", "对象编号", "id"),
                       is_key=True, is_required=True),
                Column("name", "text", ("名称", "姓名", "单位名称", "对象名称", "单位")),
                Column("kind", "text", ("类型", "对象类型"), words=_KIND_WORDS),
                Column("parent", "text", ("所在单位", "上级", "所属单位", "上级单位", "所在班子", "工作单位")),
                Column("platform", "text", ("平台", "类别", "考核类别", "分类")),
                Column("layer", "text", ("层次", "职级", "考核层次", "职务层次")),
                Column("status", "text", ("参加情况", "参评情况", "考核情况"), words=_STATUS_WORDS),
            ),
        ),
        Table(
            "attributes",
            "data",
            (),
            (
                _cycle(),
                _subject(),
                Column("attribute", "text", is_key=True, is_required=True),
                Column("value", "cell"),
            ),
        ),
        Table(
            "results",
            "data",
            ("指标完成情况", "完成情况", "指标结果", "考核结果数据"),
            (
                _cycle(),
                _subject(),
                Column("indicator", "text", ("指标", "指标名称", "考核指标", "考核项目", "项目", "指标代码", "考核内容"),
                       is_key=True, is_required=True),
                Column("period", "text", ("期间", "月份", "季度", "时期", "考核期", "month", "quarter"), is_key=True),
                Column("value", "cell", ("完成值", "得分", "完成", "实绩", "实际完成", "完成数", "完成情况", "实际值", "数值",
                                         "实际", "本期完成", "actual", "score", "done", "result", "扣分", "考核得分", "成绩", "考试成绩",
                                         "分数", "评分"),
                       is_required=True),
                Column("plan", "number", ("目标值", "计划数", "计划", "目标", "任务数", "计划值", "目标数", "年度目标", "target")),
            ),
        ),
        Table(
            "ballots",
            "data",
            ("测评票", "测评原始票", "选票", "票面数据"),
            (
                _cycle(),
                _poll(),
                Column("ballot", "text", ("票号", "选票号", "票编号", "ballot no", "ballot number"), is_key=True),
                _rater_group(),
                _subject(),
                _item(),
                Column("answer", "cell", ("评价", "得分", "评分", "打分", "评价等次", "分数", "票面", "score"),
                       is_required=True),
            ),
        ),
        Table(
            "tallies",
            "data",
            ("得票统计", "得票情况", "测评统计", "计票表"),
            (
                _cycle(),
                _poll(),
                _subject(),
                _rater_group(),
                _item(),
                Column("answer", "cell", ("评价", "评价等次", "等次", "选项", "票型", "option", "得分", "分数", "score"), is_key=True,
                       is_required=True),
                Column("votes", "integer", ("票数", "得票数", "得票", "count", "票", "人数"), is_required=True),
            ),
        ),
        Table(
            "turnout",
            "data",
            ("参会与收票", "收发票情况", "参会情况", "测评票收发情况"),
            (
                _cycle(),
                _poll(),
                _rater_group(),
                Column("subject", "text", SUBJECT_HEADINGS, is_key=True),
                Column("eligible", "integer", ("应到", "应到人数", "应参加", "应参会")),
                Column("present", "integer", ("实到", "实到人数", "参会", "到会", "实到会", "attended")),
                Column("issued", "integer", ("发出", "发出票数", "发票", "发出票", "发放")),
                Column("returned", "integer", ("收回", "收回票数", "收回票", "回收")),
                Column("void", "integer", ("无效", "无效票", "废票", "invalid")),
            ),
        ),
        Table(
            "events",
            "data",
            ("加减分与事项台账", "加减分台账", "事项台账", "加扣分台账", "台账"),
            (
                _cycle(),
                _subject(),
                Column("date", "date", ("日期", "时间", "发生日期", "发生时间")),
                Column("type", "text", ("类型", "事项类型", "加减分类型", "事项"), is_required=True),
                Column("points", "number", ("分值", "加减分", "分数", "加扣分", "得分")),
                Column("reason", "text", ("事由", "原因", "事项内容", "摘要", "内容")),
                Column("document", "text", ("文号", "文件号", "依据", "依据文件", "document no")),
            ),
        ),
        Table(
            "history",
            "data",
            ("历年结果", "历年考核结果", "历史结果", "历年等次"),
            (
                _cycle(),
                _subject(),
                Column("total", "number", ("得分", "总分", "总得分", "score")),
                Column("rank", "integer", ("名次", "排名")),
                Column("cohort_size", "integer", ("参评数", "参评单位数", "参评人数", "cohort size")),
                Column("grade", "text", ("等次", "考核等次", "年度等次")),
                Column("poll", "text", ("测评", "票种"), is_key=True),
                Column("answer", "cell", ("评价", "选项", "票型", "option"), is_key=True),
                Column("rate", "number", ("得票率", "比例", "率")),
            ),
        ),
        Table(
            "survey",
            "data",
            ("问卷", "调查问卷", "问卷数据"),
            (
                _cycle(),
                Column("respondent", "text", ("答卷人", "受访者", "问卷编号", "答卷编号", "序列"), is_key=True, is_required=True),
                Column("group", "text", ("群体", "人群", "组别", "受访群体")),
                Column("question", "text", is_key=True, is_required=True),
                Column("answer", "cell"),
            ),
        ),
        Table(
            "registers",
            "data",
            ("登记簿", "登记台账"),
            (
                _cycle(),
                Column("register", "text", ("登记类别", "台账类别"), is_key=True, is_required=True),
                Column("entry", "text", ("登记编号", "登记号"), is_key=True, is_required=True),
                Column("subject", "text", SUBJECT_HEADINGS, is_key=True),
                Column("matter", "text", ("登记事项", "办理事项", "任务事项", "拟任职务")),
                Column("owner", "text", ("责任人", "承办人", "承办部门", "提名人", "征求部门")),
                Column("opened", "date", ("登记日期", "受理日期", "起始日期", "提名日期")),
                Column("due", "date", ("办理期限", "截止日期", "到期日期")),
                Column("closed", "date", ("办结日期", "完成日期")),
                Column("stage", "text", ("办理阶段", "办理状态")),
                Column("planned", "number", ("计划数量", "应完成数量")),
                Column("done", "number", ("完成数量", "已完成数量")),
                Column("document", "text", ("文号", "文件号", "依据文件")),
            ),
        ),
        Table(
            "careers",
            "data",
            ("任职经历", "履历"),
            (
                _cycle(),
                _subject(),
                Column("started", "date", ("任职起始", "任职开始", "任职起始时间"), is_key=True, is_required=True),
                Column("ended", "date", ("任职终止", "任职结束", "任职终止时间")),
                Column("unit", "text", ("任职单位",)),
                Column("post", "text", ("担任职务", "所任职务"), is_key=True),
                Column("level", "text", ("职务层级", "任职层级")),
                Column("move", "text", ("变动类型", "任免类型"), words=_MOVE_WORDS),
                Column("route", "text", ("产生方式",), words=_ROUTE_WORDS),
                Column("experience", "text", ("经历类型",)),
            ),
        ),
        Table(
            "establishment",
            "data",
            ("核定职数", "职数核定"),
            (
                _cycle(),
                _subject(),
                Column("layer", "text", ("职数层次", "核定层次"), is_key=True),
                Column("approved", "integer", ("核定职数", "核定数"), is_required=True),
            ),
        ),
        Table(
            "printed_figures",
            "data",
            ("印发数据", "公布数据"),
            (
                _cycle(),
                Column("statement", "text", ("数据表述", "印发内容"), is_key=True, is_required=True),
                Column("part", "integer", ("涉及数", "分子")),
                Column("whole", "integer", ("总体数", "分母")),
                Column("printed", "text", ("印发比例", "公布比例"), is_required=True),
                Column("document", "text", ("文号", "文件号", "依据文件")),
            ),
        ),
        Table(
            "applications",
            "data",
            ("报名推荐", "报名情况"),
            (
                _cycle(),
                _subject(),
                Column("post", "text", ("报名职位", "报名职位代码"), is_key=True, is_required=True),
                Column("choice", "integer", ("志愿序", "志愿顺序")),
                Column("channel", "text", ("报名方式", "推荐方式")),
                Column("signers", "integer", ("联名人数",)),
                Column("preference", "integer", ("单位排序", "用人单位排序")),
            ),
        ),
        Table(
            "stage_results",
            "data",
            ("选拔环节结果", "环节结果"),
            (
                _cycle(),
                Column("post", "text", ("竞争职位", "竞争职位代码"), is_key=True, is_required=True),
                _subject(),
                Column("stage", "text", ("选拔环节", "环节"), is_key=True, is_required=True),
                Column("result", "text", ("环节结果",), words=_RESULT_WORDS),
                Column("day", "date", ("环节日期",)),
                Column("score", "number", ("环节得分",)),
                Column("entitled", "integer", ("应到成员", "应到人数")),
                Column("present", "integer", ("到会成员", "到会人数")),
                Column("agreed", "integer", ("同意票", "赞成票")),
                Column("assigned", "text", ("安排职位",)),
                Column("reason", "text", ("环节说明",)),
            ),
        ),
        # -- scheme -----------------------------------------------------------------------------------------------
        Table(
            "settings",
            "scheme",
            ("设置", "基本设置", "参数设置"),
            (
                Column("key", "text", ("键", "设置项", "参数", "项目"), is_key=True, is_required=True),
                Column("value", "cell", ("值", "取值", "内容")),
            ),
        ),
        Table(
            "components",
            "scheme",
            ("考核内容", "考核构成", "考核内容与权重"),
            (
                Column("component", "text", ("代码", "考核内容", "内容代码", "考核内容代码"), is_key=True, is_required=True),
                Column("parent", "text", ("上级", "上级内容", "上级代码")),
                _name(),
                _weight(),
                Column("source", "text", ("来源", "得分来源")),
                Column("aggregate", "text", ("合成方法", "合成方式"), words={"arithmetic": "arithmetic", "加权平均": "arithmetic",
                                                                          "geometric": "geometric", "几何平均": "geometric"}),
                Column("min_present", "integer", ("最少项数",)),
                _round(),
                _applies(),
                Column("missing", "text", ("缺项处理", "缺失处理")),
            ),
        ),
        Table(
            "indicators",
            "scheme",
            ("指标体系", "考核指标体系", "指标设置"),
            (
                Column("indicator", "text", ("代码", "指标代码", "指标", "指标编号"), is_key=True, is_required=True),
                Column("component", "text", ("考核内容", "所属内容", "一级指标")),
                Column("name", "text", ("名称", "指标名称", "二级指标")),
                _weight(),
                Column("unit", "text", ("计量单位", "单位")),
                Column("method", "text", ("计分方法", "评分方法", "计分方式")),
                Column("target", "number", ("目标值", "目标")),
                Column("params", "text", ("参数", "计分参数")),
                Column("periods", "text", ("期间合并", "期间合并方式")),
                _round(),
                _applies(),
                Column("missing", "text", ("缺项处理", "缺失处理")),
            ),
        ),
        Table(
            "polls",
            "scheme",
            ("测评设置", "票种设置"),
            (
                Column("poll", "text", ("测评", "票种", "代码", "测评代码"), is_key=True, is_required=True),
                _name(),
                Column("min_ballots", "integer", ("最少票数",)),
                Column("trim", "integer", ("去高去低",)),
                Column("standardise", "text", ("标准化", "standardize")),
                _round(),
            ),
        ),
        Table(
            "poll_items",
            "scheme",
            ("测评内容", "测评项设置"),
            (
                Column("poll", "text", ("测评", "票种"), is_key=True, is_required=True),
                Column("item", "text", ("测评内容", "测评项", "代码"), is_key=True, is_required=True),
                _name(),
                _weight(),
            ),
        ),
        Table(
            "poll_options",
            "scheme",
            ("评价等次", "票面选项", "测评等次"),
            (
                Column("poll", "text", ("测评", "票种"), is_key=True, is_required=True),
                Column("option", "text", ("选项", "评价等次", "代码"), is_key=True, is_required=True),
                _name(),
                Column("points", "number", ("分值", "折合分", "分数")),
            ),
        ),
        Table(
            "poll_groups",
            "scheme",
            ("评价主体", "评价主体权重", "测评主体"),
            (
                Column("poll", "text", ("测评", "票种"), is_key=True, is_required=True),
                Column("rater_group", "text", ("评价主体", "测评主体", "代码", "rater group", "group"), is_key=True,
                       is_required=True),
                _name(),
                _weight(),
                _applies(),
                Column("merge_into", "text", ("并入", "票数不足并入", "不足时并入")),
            ),
        ),
        Table(
            "adjustments",
            "scheme",
            ("加减分规则", "加扣分规则"),
            (
                Column("type", "text", ("类型", "事项类型", "代码"), is_key=True, is_required=True),
                _name(),
                Column("sign", "text", ("加减", "方向", "符号"), words=_SIGN_WORDS),
                Column("points", "number", ("分值", "默认分值")),
                Column("cap", "number", ("上限", "封顶", "最高分")),
                _applies(),
            ),
        ),
        Table(
            "gates",
            "scheme",
            ("否决与限制", "否决项", "限制条件"),
            (
                Column("gate", "text", ("代码", "否决项", "限制", "条件"), is_key=True, is_required=True),
                Column("metric", "text", ("度量", "判断指标"), is_required=True),
                Column("op", "text", ("比较", "运算", "比较符"), is_required=True, words=_OP_WORDS),
                Column("value", "cell", ("值", "阈值", "界限")),
                Column("effect", "text", ("效果", "处理", "后果")),
                _applies(),
                Column("note", "text", ("说明", "备注")),
            ),
        ),
        Table(
            "grades",
            "scheme",
            ("等次比例", "等次设置", "等次与比例"),
            (
                Column("grade", "text", ("等次", "等次名称"), is_key=True, is_required=True),
                Column("order", "integer", ("顺序", "次序", "排序")),
                Column("share", "number", ("比例", "名额比例")),
                Column("rounding", "text", ("取整", "取整方式", "进位")),
                Column("pool", "text", ("名额范围", "比例范围", "池")),
                Column("apportion", "text", ("名额分配", "分配")),
                Column("min_score", "number", ("最低分", "最低得分")),
                _applies(),
            ),
        ),
        Table(
            "tiebreaks",
            "scheme",
            ("并列处理", "同分处理"),
            (
                Column("order", "integer", ("顺序", "次序"), is_key=True, is_required=True),
                Column("metric", "text", ("度量", "比较指标"), is_required=True),
                Column("direction", "text", ("方向",), words={"desc": "desc", "降序": "desc", "高者优先": "desc",
                                                             "asc": "asc", "升序": "asc", "低者优先": "asc"}),
            ),
        ),
        Table(
            "consequences",
            "scheme",
            ("结果运用", "结果应用"),
            (
                Column("rule", "text", ("规则", "代码", "结果运用"), is_key=True, is_required=True),
                Column("grades", "text", ("等次", "适用等次")),
                Column("mode", "text", ("方式", "统计方式")),
                Column("years", "integer", ("年数", "次数")),
                Column("action", "text", ("措施", "运用措施")),
                Column("amount", "text", ("金额", "数额")),
                _applies(),
            ),
        ),
        Table(
            "posts",
            "scheme",
            ("职位设置", "竞争职位"),
            (
                Column("post", "text", ("职位代码", "岗位代码"), is_key=True, is_required=True),
                Column("name", "text", ("职位名称", "岗位名称")),
                Column("seats", "integer", ("职数", "选拔人数"), is_required=True),
                Column("ratio", "number", ("竞争比例",)),
                Column("category", "text", ("职位类别",)),
                _applies(),
            ),
        ),
        Table(
            "minimums",
            "scheme",
            ("名额要求", "结构要求"),
            (
                Column("minimum", "text", ("要求代码", "要求编号"), is_key=True, is_required=True),
                Column("name", "text", ("要求名称",)),
                Column("posts", "text", ("适用职位",)),
                Column("needed", "integer", ("最少人数",)),
                Column("share", "number", ("最低比例",)),
                Column("per", "number", ("每单位人数",)),
                Column("counted", "text", ("计数范围",)),
                Column("force", "text", ("约束程度",), words=_FORCE_WORDS),
                _applies(),
            ),
        ),
        Table(
            "requirements",
            "scheme",
            ("资格条件", "任职资格条件"),
            (
                Column("rule", "text", ("条件代码",), is_key=True, is_required=True),
                Column("clause", "text", ("条款", "并列条款")),
                Column("stage", "text", ("判断环节",)),
                Column("posts", "text", ("适用职位",)),
                Column("metric", "text", ("判断依据",), is_required=True),
                Column("op", "text", ("比较", "比较符"), is_required=True, words=_OP_WORDS),
                Column("value", "cell", ("标准", "界限值"), is_required=True),
                Column("force", "text", ("约束程度",), words=_FORCE_WORDS),
                _applies(),
                Column("note", "text", ("说明", "备注")),
            ),
        ),
        Table(
            "stages",
            "scheme",
            ("选拔环节", "选拔程序"),
            (
                Column("stage", "text", ("环节代码",), is_key=True, is_required=True),
                Column("order", "integer", ("环节顺序",), is_required=True),
                Column("name", "text", ("环节名称",)),
                Column("kept", "number", ("每职入围",)),
                Column("mode", "text", ("差额方式",), words=_MODE_WORDS),
            ),
        ),
        Table(
            "structure_groups",
            "scheme",
            ("结构分类",),
            (
                Column("category", "text", ("分类代码",), is_key=True, is_required=True),
                Column("name", "text", ("分类名称",)),
                _applies(),
            ),
        ),
        Table(
            "register_kinds",
            "scheme",
            ("登记类别设置", "台账类别设置"),
            (
                Column("register", "text", ("登记类别", "台账类别"), is_key=True, is_required=True),
                _name(),
                Column("stages", "text", ("办理阶段", "阶段设置"), is_required=True),
                Column("final", "text", ("办结阶段", "终结阶段")),
                Column("term", "integer", ("办理时限", "时限")),
                Column("term_unit", "text", ("时限单位",), words=_UNIT_WORDS),
                Column("first_day", "text", ("首日",), words=_FIRST_DAY_WORDS),
            ),
        ),
        Table(
            "holidays",
            "scheme",
            ("节假日安排", "节假日"),
            (
                Column("name", "text", ("节日名称",), is_key=True, is_required=True),
                Column("calendar_day", "date", ("放假日期", "调休日期"), is_key=True, is_required=True),
                Column("day_type", "text", ("休息安排",), is_required=True, words=_DAY_WORDS),
            ),
        ),
    )
}  # fmt: skip

DATA_TABLES = tuple(name for name, table in TABLES.items() if table.part == "data")
SCHEME_TABLES = tuple(name for name, table in TABLES.items() if table.part == "scheme")

SETTING_WORDS = {"headcount": ("graded", "participants"), "border": ("exclude", "include")}
"""Settings whose value is one of some words."""

SETTINGS: dict[str, str] = {
    "cycle": "integer", "title": "text", "rank_decimals": "integer", "bonus_cap": "number", "deduction_cap": "number",
    "total_min": "number", "total_max": "number", "min_coverage": "number", "headcount": "text", "border": "text",
    "anonymity": "integer", "as_of": "date", "born": "text", "applications_each": "integer", "competition_share": "number",
}  # fmt: skip
"""The keys of `settings` and the type of each value."""

LIST_SHEET = "问题清单 Problems"
GUIDE_SHEET = "填写说明 Guide"
CHOICE_SHEET = "选项 Choices"
OWN_SHEETS = frozenset({LIST_SHEET, GUIDE_SHEET, CHOICE_SHEET})
"""The sheets that Kaoping adds to a template or a marked-up copy; the reader leaves them out without a word."""
