"""Two worlds that differ in hidden ballots only: whoever gets everything that can be had cannot tell which one he is in.

The attack of `test_attack.py` solves what marts show. This one needs no solver and asks of every table that any role can
take, statistics too: if it is the same in both worlds, nothing about the hidden cells can be worked out of it by any method.
"""

import random
from collections import defaultdict
from decimal import Decimal

import pyarrow as pa
import pytest

from pipelines import build, reads, report, whatif
from pipelines.advice import course, fair, method, panels, study, sure, survey, tryout
from pipelines.reads import Selection
from pipelines.warehouse import Warehouse
from pipelines.whatif import Change
from tests.checks.raw import table
from tests.pages.office import AT

CYCLE = 2025
GROUPS = {"a": 40, "b": 30, "c": 25, "d": 5}
SIZES = [
    {"a": 3, "b": 9, "c": 7, "d": 12}, {"a": 9, "b": 8, "c": 12, "d": 11}, {"a": 2, "b": 2, "c": 12, "d": 9},
    {"a": 8, "b": 3, "c": 10, "d": 14}, {"a": 11, "b": 9, "c": 9, "d": 6}, {"a": 7, "b": 12, "c": 4, "d": 10},
]  # fmt: skip
"""Ballots of six units: four have a group under five, and with it another one that would give it away."""
FEW = {"a": 2, "b": 1}
"""A unit whose whole poll is under the threshold: its component is hidden, and another with it."""
OPTIONS = {"good": 100, "fair": 60, "bad": 0}


def world(cycle, is_twin=False, hidden=()):
    """Raw tables of a cycle: two organisations of six units, in one of them a unit of few. Its twin has other hidden ballots."""
    chance = random.Random(cycle)
    rows = defaultdict(list)
    rows["settings"] = [{"key": "cycle", "value": str(cycle)}, {"key": "title", "value": str(cycle)}]
    rows["grades"] = [
        {"grade": "good", "order": 1, "share": Decimal("0.3"), "pool": "cohort"},
        {"grade": "fair", "order": 2},
    ]
    weights = (60, 25, 15) if cycle == CYCLE else (50, 30, 20)
    for name, weight, source in zip(("C", "W", "X"), weights, ("poll:P", None, None), strict=True):
        rows["components"].append({"component": name, "weight": Decimal(weight), "source": source})
    rows["indicators"] = [{"indicator": f"I{name}", "component": name, "method": "points"} for name in "WX"]
    rows["polls"] = [{"poll": "P"}, {"poll": "O"}]
    rows["poll_groups"] = [
        {"poll": poll, "rater_group": g, "weight": Decimal(w)} for poll in "PO" for g, w in GROUPS.items()
    ]
    rows["poll_items"] = [{"poll": "P", "item": item, "weight": Decimal(1)} for item in ("i", "j")]
    rows["poll_options"] = [
        {"poll": "O", "option": name, "points": Decimal(points)} for name, points in OPTIONS.items()
    ]
    rows["gates"] = [
        {"gate": "unloved", "metric": "rate:O:bad", "op": ">", "value": "0.9", "effect": "flag"},
        {"gate": "quorum", "metric": "turnout:P", "op": "<", "value": "0.1", "effect": "flag"},
    ]
    shift = {cell: Decimal(0) for cell in hidden}
    by_item = defaultdict(list)
    for cell in sorted(hidden):
        by_item[cell[:3]].append(cell)
    for cells in by_item.values() if is_twin else ():
        (*_, one), (*_, other) = cells[:2]
        shift[cells[0]], shift[cells[1]] = Decimal(GROUPS[other]) / 5, -Decimal(GROUPS[one]) / 5
    for organisation in "AB":
        for place, sizes in enumerate([*SIZES, FEW] if organisation == "A" else SIZES):
            subject = f"{organisation}{place}"
            here = {"cycle": cycle, "subject": subject}
            is_few = is_twin and sizes is FEW
            rows["subjects"].append({**here, "kind": "unit", "platform": organisation, "name": subject})
            for name in "WX":
                value = chance.randint(60, 90) - (20 if is_few and name == "X" else 0)
                rows["results"].append({**here, "indicator": f"I{name}", "value": str(value)})
            for group, count in sizes.items():
                turnout = {"eligible": 30, "present": count, "issued": count, "returned": count, "void": 0}
                rows["turnout"].append({**here, "poll": "P", "rater_group": group, **turnout})
                for ballot in range(count):
                    for item in ("i", "j"):
                        drawn = chance.randint(50, 80)
                        drawn = 80 if group == "d" and ballot < 6 else drawn  # for the desk of integrity to find
                        answer = drawn + shift.get((subject, "P", item, group), 0) + 5 * is_few
                        rows["ballots"].append({**here, "poll": "P", "rater_group": group, "item": item}
                                               | {"ballot": f"{group}{ballot}", "answer": str(answer)})  # fmt: skip
                    option = chance.choice(list(OPTIONS))
                    if is_twin and group == "a" and count < 5:
                        option = "bad" if option != "bad" else "good"
                    rows["ballots"].append({**here, "poll": "O", "rater_group": group, "item": "overall"}
                                           | {"ballot": f"{group}{ballot}", "answer": option})  # fmt: skip
    for number in range(60):
        said = "满意" if number % 5 else "不满意"
        text = f"意见{'甲乙丙丁'[number % 4]}{is_twin}" if number in (3, 9, 14) else said
        rows["survey"].append(
            {"cycle": cycle, "respondent": str(number), "question": "是否满意", "group": "群众", "answer": text}
        )
        unsure = {1, 2, 4, 6, 7, 11, 12 if is_twin else 10}  # one of those who are not content, or one who is
        known = "不了解" if number in unsure else "一般" if number % 3 == 0 or number in (10, 12) else "了解"
        rows["survey"].append(
            {"cycle": cycle, "respondent": str(number), "question": "是否了解", "group": "群众", "answer": known}
        )
    return rows


def stored(*worlds):
    warehouse = Warehouse.open(None)
    for cycle, rows in worlds:
        tables = {}
        for name, made in rows.items():
            given = table(name, *made)
            tables[name] = given.append_column("_cycle", pa.array([cycle] * given.num_rows, pa.int64()))
        warehouse.store_upload(tables, sha256=f"{cycle}", file="a.xlsx", content=b"", who="王敏", at=AT)
    build.build(warehouse, at=AT)
    return warehouse


@pytest.fixture(scope="module")
def twins():
    """Both worlds, built, and the cells that the first one hides."""
    first = stored((CYCLE - 1, world(CYCLE - 1)), (CYCLE, world(CYCLE)))
    rows = first.extract("polls", CYCLE).to_pylist()
    hidden = {
        (row["subject"], "P", row["item"], row["rater_group"])
        for row in rows
        if row["mean"] is None and row["poll"] == "P" and row["subject"] != f"A{len(SIZES)}"
    }
    second = stored((CYCLE - 1, world(CYCLE - 1)), (CYCLE, world(CYCLE, True, hidden)))
    yield first, second, hidden
    first.close()
    second.close()


DRAWN = ("rank_low", "rank_high", *sure.SETS, "grade_chance", "line_chance", "chances", "total_spread")
"""How sure a rank or a grade is. Left out, and so told in docs/security.md: it rests on the spread of all ballots behind a total,
hidden ones too, as the official total does; nobody can take one group's share of that spread for its mean or number."""
RANKED = ("new_rank", "rank_change", "new_grade", "new_status", "new_consequences")
"""What a trial does to ranks: the one thing in it that hidden ballots can be seen to move."""


TRIED = (Change("components", "C", "weight", Decimal(90)), Change("poll_groups", "P › a", "weight", Decimal(70)))


def taken(store):
    """Everything but the marts that a role can see or take of the cycle, by name."""
    found = cheap(store)
    every, one = Selection(CYCLE, "unit"), Selection(CYCLE, "unit", "A", "")
    tried, lost = whatif.with_changes(whatif.tables_of(store, CYCLE), TRIED)
    assert lost == []
    found |= {
        "findings": panels.findings(store, every),
        "returns": panels.returns(store, every),
        "grade_shares": fair.grade_shares(store, every, "platform", "good"),
        "drivers": method.drivers(store, one),
        "rules": method.rules(store, one),
        "lines": method.lines(store, one),
        "radar": course.radar(store, every),
        "sureness": sure.sureness(store, one, "good"),
        "survey": survey.survey_answers(store, every, "是否满意"),
        "crossing": survey.crossing(store, every, "是否满意", "是否了解"),
        "whatif": whatif.compare(store, CYCLE, tried)[1].drop_columns(RANKED),
    }
    for name in ("ranking", "against", "poll_groups", "poll_cells", "poll_answers", "poll_turnout", "gate_register"):
        asked = {"against": (Selection(CYCLE, subject="A0"),)}.get(
            name, (every, "P") if name.startswith("poll") else (every,)
        )
        found[f"question {name}"] = getattr(reads, name)(store, *asked)
    told = {}
    for place in (0, len(SIZES)):
        gathered = report.gather(store, Selection(CYCLE, subject=f"A{place}"), "en")
        told[f"A{place}"] = report.feedback(gathered, "en", "html").decode().split("Build")[0]
    found["sureness"] = found["sureness"].drop_columns(DRAWN)
    found["feedback"] = pa.table({"subject": list(told), "text": list(told.values())})
    return found


def cheap(store):
    """Those of them that were most easily told apart."""
    every, one = Selection(CYCLE, "unit"), Selection(CYCLE, "unit", "A", "")
    changes = course.changes(store, one)
    rounded = [None if row["own_part"] is None else round(row["own_part"], 3) for row in changes.to_pylist()]
    return {
        "panels": panels.panels(store, every),
        "scales": fair.scales(store, every),
        "ceilings": fair.ceilings(store, every),
        "changes": changes.drop_columns(["own_part", "noise_part"]).append_column("own", pa.array(rounded)),
        "quick": tryout.quick_moves(store, CYCLE, whatif.dump(TRIED)).drop_columns(RANKED),
    }


def test_the_twins_differ_in_hidden_cells_only(twins):
    first, second, hidden = twins
    assert len({subject for subject, *_ in hidden}) == 10, "a small group, or one of one mind"
    truths = [
        store.context(CYCLE, ("ballots",))["ballots"].select(["subject", "item", "answer"]) for store in (first, second)
    ]
    assert not truths[0].equals(truths[1])
    marts = [store.marts_of(None, CYCLE) for store in (first, second)]
    assert [name for name, made in marts[0].items() if not made.equals(marts[1][name])] == []


def test_no_table_tells_the_twins_apart(twins):
    first, second, _ = twins
    one, other = taken(first), taken(second)
    assert {name for name, rows in one.items() if not rows.num_rows} <= {"radar", "question poll_answers"}
    assert [name for name in one if not one[name].equals(other[name])] == []


def test_without_the_veil_many_tables_tell_them_apart(twins, monkeypatch):
    """The worlds are far enough apart to be seen where nothing is kept back."""
    monkeypatch.setattr(study, "kept_back", lambda *_: (frozenset(), frozenset()))
    monkeypatch.setattr(tryout, "_veils", lambda *_: lambda _: frozenset())
    found = []
    for store in twins[:2]:
        store.map_heading("甲", "results", "value", "王敏", AT)  # the next version is asked anew
        found.append(cheap(store))
    seen = {name for name in found[0] if not found[0][name].equals(found[1][name])}
    assert seen == {"panels", "scales", "ceilings", "changes", "quick"}
