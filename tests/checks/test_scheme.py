"""Every fault of a scheme is found, at its cell, all of them at once; and a sound scheme gives no alarm."""

from copy import deepcopy
from decimal import Decimal

import pytest

from pipelines.problems import Place
from pipelines.scheme import (
    Metric,
    Term,
    Unreadable,
    can_meet,
    check,
    parse_applies,
    parse_effect,
    parse_metric,
    parse_mode,
    parse_params,
    parse_steps,
)
from tests.checks.raw import table

SOUND = {
    "settings": [
        {"key": "cycle", "value": "2025"},
        {"key": "title", "value": "年度考核"},
        {"key": "rank_decimals", "value": "2"},
        {"key": "min_coverage", "value": "0.6"},
        {"key": "border", "value": "include"},
    ],
    "components": [
        {"component": "年度", "weight": 100, "applies": "kind=unit|team"},
        {"component": "A", "parent": "年度", "weight": 60, "source": "indicators"},
        {"component": "P", "parent": "年度", "weight": 40, "source": "poll:测评"},
        {"component": "所在单位", "weight": 100, "source": "parent", "applies": "kind=person"},
    ],
    "indicators": [
        {"indicator": "A1", "component": "A", "weight": 30, "method": "ratio", "target": 5,
         "params": "cap=110; dir=down"},
        {"indicator": "A2", "component": "A", "weight": 30, "method": "interp", "params": "at=60:0, 80:60, 90:90"},
        {"indicator": "A3", "component": "A", "weight": 40, "method": "linear", "params": "worst=2; best=12",
         "applies": "platform=镇街"},
        {"indicator": "A3", "component": "A", "weight": 40, "method": "progress", "params": "balance=0.4",
         "periods": "sum", "applies": "platform!=镇街"},
        {"indicator": "M", "method": "yesno"},
    ],
    "polls": [{"poll": "测评", "name": "民主测评", "min_ballots": 3, "trim": 1}],
    "poll_items": [
        {"poll": "测评", "item": "德", "weight": "60%"},
        {"poll": "测评", "item": "能", "weight": "40%"},
        {"poll": "测评", "item": "总体", "weight": 0},
    ],
    "poll_options": [
        {"poll": "测评", "option": "A", "name": "优秀", "points": 100},
        {"poll": "测评", "option": "B", "name": "称职", "points": 0},
        {"poll": "测评", "option": "C", "name": "弃权"},
    ],
    "poll_groups": [
        {"poll": "测评", "rater_group": "领导", "weight": 60, "applies": "kind=unit"},
        {"poll": "测评", "rater_group": "群众", "weight": 40, "applies": "kind=unit"},
        {"poll": "测评", "rater_group": "群众", "weight": 100, "applies": "kind=team"},
    ],
    "adjustments": [{"type": "表彰", "sign": "+", "points": 1, "cap": 3}],
    "gates": [
        {"gate": "反对", "metric": "rate:民主测评:称职+B", "op": ">", "value": "0.3", "effect": "cap:良好"},
        {"gate": "反对", "metric": "events:未申报", "op": "=", "value": "0"},
        {"gate": "整改", "metric": "value:M", "op": "!=", "value": "1", "effect": "exclude"},
        {"gate": "任职", "metric": "attr:学历", "op": "=", "value": "大专", "effect": "flag"},
    ],
    "grades": [
        {"grade": "优秀", "order": 1, "share": "30%", "rounding": "cumulative", "pool": "platform+学历"},
        {"grade": "良好", "order": 2, "share": "40%", "rounding": "cumulative", "pool": "学历 + platform"},
        {"grade": "一般", "order": 3},
    ],
    "tiebreaks": [
        {"order": 1, "metric": "component:A", "direction": "desc"},
        {"order": 2, "metric": "past_rate:测评:优秀:3"},
        {"order": 3, "metric": "streak:优秀+好"},
    ],
    "consequences": [{"rule": "三年两优", "grades": "优秀+良好", "mode": "within:3", "years": 2, "action": "记功"}],
    "subjects": [
        {"subject": "U1", "name": "东街", "kind": "unit", "platform": "镇街"},
        {"subject": "U2", "kind": "unit", "platform": "部门"},
        {"subject": "T1", "kind": "team", "parent": "东街", "platform": "部门"},
        {"subject": "P1", "parent": "U1"},
        {"subject": "X", "kind": "candidate", "status": "excluded"},
    ],
    "attributes": [{"subject": "U1", "attribute": "学历", "value": "本科"}],
    "history": [{"cycle": 2024, "subject": "U1", "grade": "好"}],
}  # fmt: skip
"""A scheme with a bit of everything and no fault."""


def find(scheme):
    """(code, column, row) of every problem, and the problems; every sentence must be complete in both languages."""
    tables = {name: table(name, *rows) for name, rows in scheme.items()}
    problems = check(tables, lambda name, row, column: Place("", f"{name}.{column}", str(row["_row"])))
    for problem in problems:
        for text in (problem.what("en"), problem.what("zh"), problem.fix("en"), problem.fix("zh")):
            assert "{" not in text
            assert "None" not in text
        allowed = problem.details.get("allowed", "")
        assert problem.found in problem.what("en") + problem.fix("en"), problem
        assert problem.found in problem.what("zh") + problem.fix("zh"), problem
        assert allowed in problem.what("en") + problem.fix("en")
        assert allowed in problem.what("zh") + problem.fix("zh")
    return [(problem.code, *problem.place.sheet.split("."), int(problem.place.cell)) for problem in problems], problems


def test_sound_scheme_gives_no_alarm():
    assert find(SOUND)[0] == []


def test_sound_scheme_gives_no_alarm_before_there_is_a_roster():
    assert find({name: rows for name, rows in SOUND.items() if name not in ("subjects", "attributes")})[0] == []


def test_no_scheme_at_all_is_no_fault_of_a_cell():
    assert check({}) == []


FAULTS = {
    # settings
    "unknown setting": ("settings", 2, {"key": "rankdecimals"}, "unknown-setting", "key", "rankdecimals"),
    "fraction of a decimal": ("settings", 2, {"value": "2.5"}, "setting-unreadable", "value", "2.5"),
    "cycle that is no year": ("settings", 0, {"value": "今年"}, "setting-unreadable", "value", "今年"),
    "coverage above one": ("settings", 3, {"value": "60"}, "setting-unreadable", "value", "60"),
    "border that is none": ("settings", 4, {"value": "both"}, "setting-unreadable", "value", "both"),
    # words and ranges
    "unknown aggregate": ("components", 0, {"aggregate": "harmonic"}, "word-not-allowed", "aggregate", "harmonic"),
    "unknown missing": ("components", 1, {"missing": "0"}, "word-not-allowed", "missing", "0"),
    "unknown periods": ("indicators", 0, {"periods": "first"}, "word-not-allowed", "periods", "first"),
    "unknown method": ("indicators", 4, {"method": "yes-no"}, "word-not-allowed", "method", "yes-no"),
    "unknown standardise": ("polls", 0, {"standardise": "ballot"}, "word-not-allowed", "standardise", "ballot"),
    "unknown sign": ("adjustments", 0, {"sign": "*"}, "word-not-allowed", "sign", "*"),
    "sign left out": ("adjustments", 0, {"sign": None}, "required-cell-empty", "sign", ""),
    "unknown op": ("gates", 0, {"op": "=>"}, "word-not-allowed", "op", "=>"),
    "unknown rounding": ("grades", 2, {"rounding": "round"}, "word-not-allowed", "rounding", "round"),
    "unknown direction": ("tiebreaks", 0, {"direction": "down"}, "word-not-allowed", "direction", "down"),
    "unknown source": ("components", 3, {"source": "subject"}, "word-not-allowed", "source", "subject"),
    "unknown effect": ("gates", 3, {"effect": "veto"}, "word-not-allowed", "effect", "veto"),
    "cap without a grade": ("gates", 3, {"effect": "cap:"}, "word-not-allowed", "effect", "cap:"),
    "unknown mode": ("consequences", 0, {"mode": "within:0"}, "word-not-allowed", "mode", "within:0"),
    "negative weight": ("poll_groups", 2, {"weight": -100}, "out-of-range", "weight", "-100"),
    "ten decimals": ("indicators", 0, {"round": 10}, "out-of-range", "round", "10"),
    "share as a plain percentage": ("grades", 0, {"share": 30}, "out-of-range", "share", "30"),
    "order left out": ("grades", 2, {"order": None}, "required-cell-empty", "order", ""),
    "value left out": ("gates", 0, {"value": None}, "required-cell-empty", "value", ""),
    # two rows of one id
    "grade twice": ("grades", 1, {"grade": "优秀", "order": 4}, "row-applies-twice", "grade", "优秀"),
    "order twice": ("grades", 2, {"order": 2, "applies": ""}, "row-applies-twice", "order", "2"),
    "indicator twice": ("indicators", 1, {"indicator": "A1"}, "row-applies-twice", "indicator", "A1"),
    "group twice, filter written otherwise": ("poll_groups", 1, {"rater_group": "领导", "applies": " kind = unit ;"},
                                              "row-applies-twice", "rater_group", "测评 领导"),
    "option twice": ("poll_options", 1, {"option": "A"}, "duplicate-key", "option", "测评 A"),
    "option name twice": ("poll_options", 2, {"name": "优秀"}, "duplicate-key", "name", "测评 优秀"),
    "setting twice": ("settings", 1, {"key": "cycle", "value": "2025"}, "duplicate-key", "key", "cycle"),
    "tie-break order twice": ("tiebreaks", 1, {"order": 1}, "duplicate-key", "order", "1"),
    # filters
    "filter without a condition": ("grades", 2, {"applies": "正职"}, "applies-unreadable", "applies", "正职"),
    "filter with another sign": ("grades", 2, {"applies": "layer==正职"}, "applies-unreadable",
                                 "applies", "layer==正职"),
    "unknown key": ("components", 3, {"applies": "kind=person; 层次=正职"}, "unknown-key", "applies", "层次"),
    "unknown key in pool": ("grades", 2, {"pool": "platform+性别"}, "unknown-key", "pool", "性别"),
    "unknown key in apportion": ("grades", 2, {"apportion": "unit"}, "unknown-key", "apportion", "unit"),
    "kind that is none": ("adjustments", 0, {"applies": "kind=units"}, "applies-to-none", "applies", "kind=units"),
    "parent grade that is none": ("adjustments", 0, {"applies": "parent_grade=优"}, "applies-to-none", "applies",
                                  "parent_grade=优"),
    # tree
    "unknown parent": ("components", 2, {"parent": "年终"}, "unknown-component", "parent", "年终"),
    "component in itself": ("components", 3, {"parent": "所在单位"}, "component-circle", "parent", "所在单位"),
    "unknown component of an indicator": ("indicators", 0, {"component": "a"}, "unknown-component", "component", "a"),
    "unknown poll as a source": ("components", 2, {"source": "poll:民主"}, "unknown-poll", "source", "民主"),
    "unknown poll of a group": ("poll_groups", 2, {"poll": "测验"}, "unknown-poll", "poll", "测验"),
    "children under a value": ("components", 0, {"source": "value"}, "children-unused", "source", "value"),
    "children under nothing": ("components", 3, {"source": "children"}, "source-empty", "source", "children"),
    # indicators
    "unreadable parameters": ("indicators", 0, {"params": "cap:110"}, "params-unreadable", "params", "cap:110"),
    "unknown parameter": ("indicators", 0, {"params": "full=100"}, "unknown-param", "params", "full"),
    "direction of linear": ("indicators", 2, {"params": "worst=1; best=2; dir=down"}, "unknown-param", "params", "dir"),
    "unknown dir": ("indicators", 0, {"params": "dir=asc"}, "param-unreadable", "params", "dir=asc"),
    "unreadable number": ("indicators", 0, {"params": "cap=110%"}, "param-unreadable", "params", "cap=110%"),
    "balance above one": ("indicators", 3, {"params": "balance=30"}, "param-unreadable", "params", "balance=30"),
    "best left out": ("indicators", 2, {"params": "worst=2"}, "param-missing", "params", "worst=2"),
    "list left out": ("indicators", 1, {"params": None}, "param-missing", "params", ""),
    "unreadable list": ("indicators", 1, {"params": "at=60:0, 80"}, "steps-unreadable", "params", "80"),
    "threshold twice": ("indicators", 1, {"params": "at=60:0, 60.0:9"}, "steps-unreadable", "params", "60.0:9"),
    "list out of order": ("indicators", 1, {"params": "at=80:60, 60:0"}, "steps-unordered", "params", "80:60, 60:0"),
    "best is worst": ("indicators", 2, {"params": "worst=2; best=2.0"}, "best-is-worst", "params", "2"),
    "floor above cap": ("indicators", 4, {"params": "floor=90; cap=80"}, "limits-crossed",
                        "params", "floor=90; cap=80"),
    # metrics
    "unknown metric": ("tiebreaks", 0, {"metric": "score"}, "unknown-metric", "metric", "score"),
    "rate without options": ("gates", 0, {"metric": "rate:测评"}, "unknown-metric", "metric", "rate:测评"),
    "no number of cycles": ("tiebreaks", 1, {"metric": "past_rate:测评:优秀"}, "unknown-metric", "metric",
                            "past_rate:测评:优秀"),
    "metric of no component": ("tiebreaks", 0, {"metric": "component:A1"}, "unknown-component", "metric", "A1"),
    "metric of no indicator": ("tiebreaks", 0, {"metric": "indicator:A"}, "unknown-indicator", "metric", "A"),
    "metric of no poll": ("gates", 0, {"metric": "turnout:测试"}, "unknown-poll", "metric", "测试"),
    "rate of no option": ("gates", 0, {"metric": "rate:测评:优秀+优良"}, "unknown-option", "metric", "优良"),
    "attribute that is none": ("gates", 3, {"metric": "attr:职务"}, "unknown-attribute", "metric", "职务"),
    "past rate of no poll": ("tiebreaks", 1, {"metric": "past_rate:旧测评:优:3"}, "unknown-past-name",
                             "metric", "旧测评"),
    "streak of no grade": ("tiebreaks", 2, {"metric": "streak:优"}, "unknown-past-name", "metric", "优"),
    # gates, grades, consequences
    "cap at no grade": ("gates", 0, {"effect": "cap:中"}, "unknown-grade", "effect", "中"),
    "gate without an effect": ("gates", 3, {"effect": None}, "gate-without-effect", "effect", "任职"),
    "gate with two effects": ("gates", 1, {"effect": "exclude"}, "gate-with-two-effects", "effect", "exclude"),
    "number against a word": ("gates", 2, {"value": "未整改"}, "gate-value-unreadable", "value", "未整改"),
    "shares above one": ("grades", 1, {"share": "80%"}, "shares-above-one", "share", "1.1"),
    "cumulative without a share": ("grades", 0, {"share": None, "rounding": None}, "cumulative-broken", "rounding",
                                   "cumulative"),
    "cumulative in another pool": ("grades", 0, {"pool": "all"}, "cumulative-broken", "rounding", "cumulative"),
    "cumulative under another filter": ("grades", 0, {"applies": "kind=unit"}, "cumulative-broken", "rounding",
                                        "cumulative"),
    "consequence of no grade": ("consequences", 0, {"grades": "优秀+优良"}, "unknown-grade", "grades", "优良"),
    "consequence that never holds": ("consequences", 0, {"years": 4}, "consequence-never", "mode", "within:3"),
    # weights
    "weights of components": ("components", 1, {"weight": 50}, "weights-sum", "weight", "90"),
    "weights of indicators on one platform": ("indicators", 3, {"weight": 50}, "weights-sum", "weight", "110"),
    "weights of groups for one kind": ("poll_groups", 2, {"weight": 90}, "weights-sum", "weight", "90"),
    "weights of items": ("poll_items", 0, {"weight": "50%"}, "weights-sum", "weight", "0.9"),
}  # fmt: skip
"""Name -> table, index of its row, changed cells, code, column at fault, what was found."""


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_fault_is_found_at_its_cell(fault):
    name, index, cells, code, column, found = fault
    scheme = deepcopy(SOUND)
    scheme[name][index].update(cells)
    places, problems = find(scheme)
    assert [problem.found for problem in problems if problem.code == code] == [found]
    sheets = [(place[1], place[2]) for place in places if place[0] == code]
    assert sheets == [(name, column)]
    rows = [place[3] for place in places if place[0] == code]
    own_row = {"cumulative-broken": 3, "gate-with-two-effects": 3}.get(code)
    siblings = {"weights-sum": {2, 3, 4}}.get(code, {own_row or index + 2})
    assert set(rows) <= siblings


@pytest.mark.parametrize(
    ("changes", "code", "name", "column", "found"),
    [
        ({"gates": 2}, "indicator-unused", "indicators", "indicator", "M"),
        ({"components": 2}, "poll-unused", "polls", "poll", "测评"),
    ],
    ids=["indicator", "poll"],
)
def test_what_nothing_uses_is_a_warning(changes, code, name, column, found):
    scheme = deepcopy(SOUND)
    for place, index in changes.items():
        del scheme[place][index]
    if code == "poll-unused":
        scheme["gates"] = scheme["gates"][2:]
        del scheme["tiebreaks"][1]
    places, problems = find(scheme)
    assert (code, name, column) in {place[:3] for place in places}
    assert [(problem.found, problem.severity) for problem in problems if problem.code == code] == [(found, "warning")]


def test_component_with_children_and_indicators_needs_a_source():
    scheme = deepcopy(SOUND)
    scheme["indicators"].append({"indicator": "Z", "component": "年度", "weight": 100, "method": "points"})
    assert ("source-ambiguous", "components", "source", 2) in find(scheme)[0]
    scheme["indicators"][-1]["applies"] = "kind=person"
    assert "source-ambiguous" not in {place[0] for place in find(scheme)[0]}


def test_poll_without_points():
    scheme = deepcopy(SOUND)
    for option in scheme["poll_options"]:
        option["points"] = None
    places, problems = find(scheme)
    assert places == [("poll-without-points", "poll_options", "points", 2)]
    assert problems[0].is_error


@pytest.mark.parametrize(
    ("into", "found"),
    [
        ({"群众": "领导"}, []),
        ({"群众": "所有人"}, [("merge-unknown", "所有人")]),
        ({"群众": "领导", "领导": "群众"}, [("merge-circle", "群众"), ("merge-circle", "领导")]),
        ({"群众": "群众"}, [("merge-circle", "群众")]),
        ({"群众": "领导", "同级": "领导"}, [("merge-twice", "领导")]),
        ({"群众": "同级", "同级": "领导"}, []),
    ],
)
def test_groups_are_merged_along_a_line(into, found):
    scheme = deepcopy(SOUND)
    scheme["poll_groups"] = [
        {"poll": "测评", "rater_group": group, "weight": 40, "merge_into": into.get(group)}
        for group in ("领导", "同级", "群众")
    ]
    problems = find(scheme)[1]
    assert sorted((problem.code, problem.found) for problem in problems if "weight" not in problem.code) == found


def test_limits_of_totals_crossed():
    scheme = deepcopy(SOUND)
    scheme["settings"] += [{"key": "total_min", "value": "60"}, {"key": "total_max", "value": "50.5"}]
    places, problems = find(scheme)
    assert places == [("limits-crossed", "settings", "value", 7)]
    assert "50.5" in problems[0].what("en")


def test_circle_is_named_once():
    rows = [{"component": one, "parent": other, "weight": 100} for one, other in ("BC", "CA", "AB", "XA")]
    _, problems = find({"components": rows})
    assert [problem.details["circle"] for problem in problems] == ["A → B → C → A"]


def test_effect_may_be_repeated_on_every_row_of_a_gate():
    scheme = deepcopy(SOUND)
    scheme["gates"][1]["effect"] = "cap:良好"
    assert find(scheme)[0] == []


def test_shares_of_different_pools_are_not_added():
    scheme = deepcopy(SOUND)
    scheme["grades"] = [
        {"grade": "一等", "order": 1, "share": "60%", "pool": "parent", "applies": "parent_grade=优秀"},
        {"grade": "一等", "order": 1, "share": "50%", "pool": "parent", "applies": "parent_grade=良好"},
        {"grade": "二等", "order": 2, "share": "70%", "pool": "all"},
    ]
    assert "shares-above-one" not in {place[0] for place in find(scheme)[0]}


def test_weights_are_compared_for_subjects_that_exist():
    rows = [
        {"component": "A", "weight": 60, "applies": "kind=team"},
        {"component": "B", "weight": 60, "applies": "kind=person"},
        {"component": "C", "weight": 40},
    ]
    roster = [
        {"subject": "T", "kind": "team"},
        {"subject": "P"},
        {"subject": "U", "kind": "unit", "status": "excluded"},
    ]
    assert find({"components": rows, "subjects": roster})[0] == []
    roster[2]["status"] = "graded"
    (place,), (problem,) = find({"components": rows, "subjects": roster})
    assert place == ("weights-sum", "components", "weight", 4)
    assert (problem.found, problem.severity) == ("40", "warning")


def test_weights_below_a_component_count_only_where_it_applies():
    rows = [
        {"component": "A", "weight": 100, "applies": "kind=unit"},
        {"component": "A1", "parent": "A", "weight": 70},
        {"component": "A2", "parent": "A", "weight": 30, "applies": "kind=unit"},
        {"component": "B", "weight": 100, "applies": "kind=person"},
    ]
    roster = [{"subject": "U", "kind": "unit"}, {"subject": "P"}]
    assert find({"components": rows, "subjects": roster})[0] == []


def test_blank_weights_count_alike_and_need_no_warning():
    rows = [{"component": "A"}, {"component": "B"}]
    assert find({"components": rows})[0] == []
    rows[0]["weight"] = 1
    assert [place[0] for place in find({"components": rows})[0]] == ["weights-sum"]


def test_all_faults_at_once():
    scheme = deepcopy(SOUND)
    scheme["settings"][2]["value"] = "two"
    scheme["indicators"][0]["params"] = "cap=x; floor"
    scheme["components"][2]["source"] = "poll:?"
    scheme["grades"][0]["rounding"] = "up"
    codes = {place[0] for place in find(scheme)[0]}
    assert {"setting-unreadable", "params-unreadable", "unknown-poll", "word-not-allowed"} <= codes


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        (None, ()),
        (
            "layer=chief|deputy; platform!=镇街",
            (Term("layer", False, ("chief", "deputy")), Term("platform", True, ("镇街",))),
        ),
        (" a != x | y ;", (Term("a", True, ("x", "y")),)),
        ("学历=", (Term("学历", False, ("",)),)),
        ("a=b=c", (Term("a", False, ("b=c",)),)),
    ],
)
def test_filters_are_read(text, terms):
    assert parse_applies(text) == terms


@pytest.mark.parametrize("text", ["正职", "=a", "a==b", "a!b", "a>5", "k=v; x"])
def test_filters_are_refused(text):
    with pytest.raises(Unreadable):
        parse_applies(text)


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("", "kind=unit", True),
        ("kind=unit", "kind=person", False),
        ("kind=unit|team", "kind=team|person", True),
        ("layer!=正职", "layer=正职", False),
        ("layer!=正职", "layer=正职|副职", True),
        ("layer!=正职", "layer!=副职", True),
        ("kind=unit; layer=正职", "layer=正职; kind=person", False),
        ("kind=unit", "layer=正职", True),
    ],
)
def test_filters_can_meet(one, other, meet):
    assert can_meet(parse_applies(one), parse_applies(other)) is meet
    assert can_meet(parse_applies(other), parse_applies(one)) is meet


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("total", Metric("total")),
        ("component:A", Metric("component", "A")),
        ("events:一票否决", Metric("events", "一票否决")),
        ("attr:任职时间", Metric("attr", "任职时间")),
        ("rate:P:优秀+称职", Metric("rate", "P", ("优秀", "称职"))),
        ("attendee_rate: P : A", Metric("attendee_rate", "P", ("A",))),
        ("streak:优秀", Metric("streak", "", ("优秀",))),
        ("grades:A+B:3", Metric("grades", "", ("A", "B"), 3)),
        ("past_rate:P:A+B:5", Metric("past_rate", "P", ("A", "B"), 5)),
    ],
)
def test_metrics_are_read(text, metric):
    assert parse_metric(text) == metric


@pytest.mark.parametrize(
    "text",
    ["", "score", "total:", "component", "component:", "rate:P", "rate:P:", "rate::A", "rate:P:A+", "grades:A",
     "grades:A:0", "grades:A:x", "past_rate:P:A", "past_rate:P:A:1.5", "streak:"],
)  # fmt: skip
def test_metrics_are_refused(text):
    with pytest.raises(Unreadable):
        parse_metric(text)


def test_small_lists_are_read():
    assert parse_params("cap=110; floor = 0 ;") == {"cap": "110", "floor": "0"}
    assert parse_params(None) == {}
    assert parse_steps("0:0, 60.5:-6") == [(Decimal(0), Decimal(0)), (Decimal("60.5"), Decimal(-6))]
    assert [parse_effect(text) for text in ("exclude", "flag", "cap: 良好", "grade:差")] == [
        ("exclude", ""),
        ("flag", ""),
        ("cap", "良好"),
        ("grade", "差"),
    ]
    assert [parse_mode(text) for text in (None, "consecutive", "within:5")] == [None, None, 5]


@pytest.mark.parametrize("text", ["exclude:A", "flag:", "cap", "grade:", "veto"])
def test_effects_are_refused(text):
    with pytest.raises(Unreadable):
        parse_effect(text)
