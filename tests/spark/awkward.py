"""An appraisal in which everything that two engines could see differently comes together."""

from tests.scoring.test_shards import GROUPS, SCHEME

CYCLE = "2024"
NUMBERS = """1e3 1E-3 1e+2 .5 5. +5 -5 -.5 00012 1_000 1__0 _1 1_ 0x1F inf nan -inf Infinity 1e 1.5e1 5.e1 . - + -- +.5e2 ٣ ３ 一
12345678901234567.123456789 0.1234567895 -0.1234567895 0.0000000005 0.00000000049 1e-20 1e18 1e19 9999999999999999999
12345678901234567890123 true 12,5 1.2.3 1e1_0 1._5 1_0.5 5e 1f 1d 1L ١٢ ²""".split()
"""Texts that are, or look like, numbers."""


def tables():
    """Names for ids, blanks, the ninth place, ties, polls that are trimmed or standardised, groups that are merged or absent."""
    people = [f"p{number:02}" for number in range(14)]
    scheme = {name: [dict(row) for row in rows] for name, rows in SCHEME.items()}
    scheme["components"] += [
        {"component": "C", "name": "评分", "parent": "T", "weight": "7.5", "source": "poll:Q", "min_present": "1"},
        {"component": "D", "name": "评议", "parent": "T", "weight": "2.5", "source": "poll:R", "missing": "zero"},
    ]
    scheme["polls"] += [
        {"poll": "Q", "name": "打分", "trim": "1", "round": "3"},
        {"poll": "R", "name": "评议", "standardise": "rater"},
    ]
    scheme["poll_groups"] += [
        {"poll": poll, "rater_group": group, "weight": weight}
        for poll in ("Q", "R")
        for group, weight in (("领导", "0.333333333"), ("群众", "0.666666667"))
    ]
    scheme["poll_groups"][0]["merge_into"] = GROUPS[1]
    scheme["settings"] = [{"key": "cycle", "value": CYCLE}, {"key": "anonymity", "value": "3"}]
    scheme["settings"] += [{"key": "rank_decimals", "value": "2"}, {"key": "border", "value": "include"}]
    scheme["indicators"] += [
        {"indicator": "I5", "component": "B", "weight": "3.5", "method": "progress", "target": "12", "periods": "sum"},
        {
            "indicator": "I6",
            "component": "B",
            "weight": "1",
            "method": "steps",
            "params": "at=0:0, 1:60, 2:100",
            "round": "1",
        },
        {"indicator": "I7", "component": "B", "weight": "1", "method": "yesno"},
        {"indicator": "I8", "component": "B", "weight": "1", "method": "ratio", "target": "0", "periods": "mean"},
    ]
    scheme["gates"] += [
        {"gate": "h", "metric": "rate:P:不称职", "op": ">=", "value": "33.3%", "effect": "cap:不称职"},
        {"gate": "i", "metric": "attr:编码", "op": "<", "value": "100", "effect": "flag", "applies": "layer=副职|正职"},
        {"gate": "j", "metric": "streak:优秀+称职", "op": ">=", "value": "2", "effect": "flag"},
    ]
    names = ["王芳", "王芳", "Á", "a", "B", "b", "İ", "张 三", "o'Neil", "线\\路", "x;y", "z|w", "50%", "李_四"]
    subjects = [
        {
            "cycle": CYCLE if number % 2 else "",
            "subject": subject,
            "name": names[number],
            "kind": "person",
            "platform": ("机构甲", "机构乙", "")[number % 3],
            "layer": ("正职", "副职")[number % 2],
            "parent": people[0] if number % 4 == 3 else "",
            "status": "excluded" if number == 13 else "",
            "编码": NUMBERS[number],
        }
        for number, subject in enumerate(people)
    ]
    results = []
    for number, subject in enumerate(people[:13]):
        for indicator, value in (
            ("I1", f"{number % 3}.000000001"),
            ("I2", str(-number % 5)),
            ("I3", f"{10 ** (number % 9)}.5"),
            ("I4", f"0.{number + 1:09}"),
            ("I6", str(number % 4 - 1)),
            ("I7", ("是", "否", "Yes", "N", "√")[number % 5]),
            ("I8", str(number)),
        ):
            if (number + len(results)) % 7:
                results.append({"cycle": CYCLE, "subject": subject, "indicator": indicator, "value": value})
        for period, plan in (("第十期", "3"), ("第九期", ""), ("1月", "4.5"), ("12月", "")):
            row = {"subject": subject, "indicator": "I5", "period": period, "value": str(number % 6), "plan": plan}
            results.append({"cycle": CYCLE} | row)
    ballots = []
    for number, subject in enumerate(people[:12]):
        for voter in range(number % 6):
            who = {"cycle": CYCLE, "subject": names[number] if number > 1 else subject, "ballot": str(voter)}
            for item in ("德", "能", ""):
                word = ("优秀", "称职", "不称职", "", "优秀")[(number + voter + len(item)) % 5]
                if item:
                    ballots.append(who | {"poll": "P", "rater_group": "领导", "item": item, "answer": word})
            grade = str(60 + (number * 7 + voter * 3) % 40) + (".333333333" if voter % 2 else "")
            ballots.append(who | {"poll": "Q", "rater_group": ("领导", "群众")[voter % 2], "answer": grade})
            ballots.append(who | {"poll": "R", "rater_group": "群众", "answer": str((number * 11 + voter * 5) % 30)})
    tallies = [
        {"poll": "测评", "subject": people[12], "rater_group": "群众", "item": item, "answer": "称职", "votes": "3"}
        for item in ("德", "能")
    ]
    events = [
        {"cycle": CYCLE, "subject": subject, "type": kind, "points": points, "date": "2024-05-01", "reason": "a'b\\c"}
        for subject, kind, points in (
            ("p01", "奖", "2.5"),
            ("p01", "奖", ""),
            ("p02", "罚", "-0.000000001"),
            ("p02", "罚", ""),
        )
    ]
    history = [
        {"cycle": str(year), "subject": subject, "grade": "优秀", "total": "91.5"}
        for subject in people[:8]
        for year in (2020, 2022, 2023)
    ]
    turnout = [
        {"poll": "P", "subject": subject, "rater_group": "领导", "eligible": "9", "present": "7", "returned": "6"}
        for subject in people[:2]
    ]
    data = {"subjects": subjects, "results": results, "ballots": ballots, "tallies": tallies, "events": events}
    return scheme | data | {"history": history, "turnout": turnout}
