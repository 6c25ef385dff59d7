"""A small office for the tests of pages: two cycles of eight units on two platforms and six people, as workbooks.

`workbook(cycle)` is one .xlsx with scheme and data; the fault that a test wants is given as `value` of one cell.
"""

from datetime import datetime

from pipelines import build
from pipelines.sheets import Sheet
from pipelines.sheets import workbook as write

AT = datetime(2026, 1, 20, 9, 30)

UNITS = [
    ("U1", "区委办", "党群部门"), ("U2", "组织部", "党群部门"), ("U3", "宣传部", "党群部门"), ("U4", "统战部", "党群部门"),
    ("U5", "发改局", "经济部门"), ("U6", "财政局", "经济部门"), ("U7", "商务局", "经济部门"), ("U8", "审计局", "经济部门"),
]  # fmt: skip
PEOPLE = [
    ("P1", "王伟", "U1", "正职"), ("P2", "李芳", "U2", "正职"), ("P3", "张敏", "U5", "正职"),
    ("P4", "刘静", "U1", "副职"), ("P5", "陈勇", "U5", "副职"), ("P6", "杨洋", "U6", "副职"),
]  # fmt: skip
SCORES = {
    2024: [95, 91, 88, 84, 93, 90, 86, 82, 90, 88, 86, 84, 82, 80],
    2025: [90, 94, 89, 70, 92, 92, 92, 81, 91, 85, 91, 83, 84, None],
}
"""The indicator `work` of units and people in order; 2025 has a tie on the line of two and a blank."""
WISHES = {"P1": "J2", "P3": "J1", "P5": "J2", "P4": "J2"}
"""P1 wishes for a post that is not for chiefs."""
POSTS = (
    (
        "职位设置",
        ["职位代码", "职位名称", "职数", "竞争比例", "适用对象"],
        [["J1", "办公室主任", 1, 1.5, None], ["J2", "办公室副主任", 2, 1.5, "layer=副职"]],
    ),
    (
        "名额要求",
        ["要求代码", "要求名称", "最少人数", "最低比例", "约束程度", "适用对象"],
        [
            ["m1", "副职不少于四成", None, 0.4, "必须", "layer=副职"],
            ["m2", "区委办一人", 1, None, "原则上", "parent=U1"],
        ],
    ),
)
REGISTERS = (
    (
        "登记类别设置",
        ["登记类别", "名称", "阶段设置", "终结阶段", "办理时限", "时限单位", "首日"],
        [
            ["nomination", "提名推荐", "提名+考察+已任用+追责", "已任用+追责", 1, "年", None],
            ["clearance", "部门会签", "征求意见+无意见+有异议", "无意见+有异议", 5, "工作日", None],
        ],
    ),
    (
        "登记簿",
        ["登记类别", "登记编号", "姓名", "登记事项", "责任人", "登记日期", "办结日期", "办理阶段"],
        [
            ["提名推荐", "T1", "P1", "区委办主任", "张书记", "2025-01-10", "2025-06-30", "已任用"],
            ["提名推荐", "T2", "P2", "组织部部长", "张书记", "2025-02-10", None, "考察"],
            ["提名推荐", "T3", "外单位人员", "发改局局长", "李部长", "2024-03-01", None, "提名"],
            ["部门会签", "H1", "P1", None, "纪委监委", "2025-09-29", "2025-10-13", "无意见"],
            ["部门会签", "H2", "P1", None, "信访局", "2025-09-29", None, "征求意见"],
            ["部门会签", "H3", "P2", None, "纪委监委", "2025-09-29", "2025-10-01", "有异议"],
        ],
    ),
)
"""Two registers of 2025. Without a holiday of its own 2025-09-29 and five working days are 2025-10-06."""
FAULT_CELL = "C4"
"""Where `value` of `workbook` stands on the sheet 工作实绩: the second unit's score."""


def workbook(cycle: int, value: object = None, *, wording: str = "") -> bytes:
    """The bytes of the office's workbook of a cycle; `value` replaces the second unit's score of `work`."""
    scores = list(SCORES[cycle])
    if value is not None:
        scores[1] = value
    ids = [row[0] for row in (*UNITS, *PEOPLE)]
    results = [[subject, "work", score] for subject, score in zip(ids, scores, strict=True)]
    share = 0.25 if cycle == 2024 else 0.5
    weight = 60 if cycle == 2024 else 70
    sheets = [
        ("设置", ["键", "值"], [["cycle", cycle], ["title", f"{cycle}年度考核{wording}"], ["border", "exclude"]]),
        (
            "考核内容",
            ["代码", "上级", "名称", "权重", "来源", "适用对象"],
            [
                ["work_part", None, "工作实绩", weight, None, None],
                ["view", None, "群众评议", 100 - weight, "poll:public", "kind=unit"],
            ],
        ),
        (
            "指标体系",
            ["代码", "考核内容", "名称", "权重", "计分方法", "缺项处理", "期间合并"],
            [
                ["work", "work_part", "工作得分", 100, "points", "skip", None],
                ["tax", None, "税收", None, "progress", "skip", "sum"],
            ],
        ),
        ("测评设置", ["测评", "名称", "最少票数"], [["public", "群众评议", 1], ["inner", "内部测评", 1]]),
        (
            "评价等次",
            ["测评", "选项", "名称", "分值"],
            [
                *([poll, "good", "满意", 100] for poll in ("public", "inner")),
                *([poll, "fair", "一般", 60] for poll in ("public", "inner")),
                *([poll, "bad", "不满意", 0] for poll in ("public", "inner")),
            ],
        ),
        (
            "加减分规则",
            ["类型", "名称", "加减", "分值", "上限", "适用对象"],
            [["award", "表彰", "+", 1, 2, None], ["notice", "通报", "-", 0.5, None, None]],
        ),
        (
            "否决与限制",
            ["代码", "度量", "比较", "值", "效果", "适用对象", "说明"],
            [
                ["scandal", "events:scandal", ">=", 1, "exclude", None, "重大问题一票否决"],
                ["unloved", "rate:public:bad", ">", 0.3, "cap:合格", "kind=unit", "不满意率超过三成不得评优"],
            ],
        ),
        (
            "等次比例",
            ["等次", "顺序", "比例", "名额范围"],
            [["优秀", 1, share, "cohort"], ["合格", 2, None, "cohort"]],
        ),
        (
            "考核对象",
            ["编号", "名称", "类型", "所在单位", "平台", "层次", "志愿1"],
            [
                *([subject, name, "unit", None, platform, None, None] for subject, name, platform in UNITS),
                *(
                    [subject, name, "person", unit, None, layer, WISHES.get(subject)]
                    for subject, name, unit, layer in PEOPLE
                ),
            ],
        ),
        (
            "结果运用",
            ["代码", "等次", "方式", "年数", "措施", "金额", "适用对象"],
            [
                ["commend", "优秀", "consecutive", 1, "通报表彰", None, None],
                ["advance", "优秀", "consecutive", 2, "推荐先进", None, "kind=unit"],
            ],
        ),
        ("工作实绩", ["编号", "指标", "得分"], results),
        (
            "税收进度",
            ["编号", "指标", "月份", "完成值", "计划"],
            [
                ["U1", "tax", "1月", 9, 10],
                ["U1", "tax", "2月", 12, 10],
                ["U2", "tax", "1月", 8, 10],
                ["U2", "tax", "2月", 10, 10],
            ],
        ),
        (
            "得票统计",
            ["测评", "编号", "评价", "票数"],
            [
                ["public", subject, option, votes]
                for place, (subject, _, _) in enumerate(UNITS)
                for option, votes in (("good", 60 - 4 * place), ("fair", 30), ("bad", 10 + 4 * place))
            ]
            + [["inner", "U1", "good", 3], ["inner", "U2", "good", 6], ["inner", "U2", "fair", 5]],
        ),
        (
            "参会与收票",
            ["测评", "应到", "实到", "发出", "收回", "无效票"],
            [["public", 900, 850, 850, 820, 20], ["inner", 20, 16, 16, 14, 0]],
        ),
        (
            "问卷",
            ["问卷编号", "群体", "对选人用人工作的满意度"],
            [
                [
                    f"{cycle}-{number}",
                    "群众" if number < 40 else "代表",
                    "不满意" if number < 2050 - cycle - 10 else "满意",
                ]
                for number in range(44)
            ],
        ),
        (
            "事项台账",
            ["编号", "日期", "类型", "分值", "事由"],
            [["U2", f"{cycle}-03-01", "award", 1.5, "先进集体"], ["U7", f"{cycle}-05-01", "notice", None, "通报"]]
            + ([["U8", f"{cycle}-06-01", "scandal", None, "重大问题"]] if cycle == 2025 else []),
        ),
        *((*REGISTERS, *POSTS) if cycle == 2025 else ()),
    ]
    return write([Sheet(name, [name], [heads], rows) for name, heads, rows in sheets])


def load(warehouse, cycle, content=None):
    """Preview and commit the workbook of a cycle."""
    preview = build.preview(warehouse, [(f"考核{cycle}.xlsx", content or workbook(cycle))])
    assert preview.can_commit, [problem.what("en") for problem in preview.problems]
    return build.commit(warehouse, preview, "王敏", AT)
