"""Organisations scored apart are scored as they are together: what docs/scale.md says of one database a region."""

from collections import Counter
from random import Random

import pytest

from pipelines.build import score
from tests.raw_form import to_raw

CYCLE = "2024"
ITEMS, GROUPS, OPTIONS = ("德", "能"), ("领导", "群众"), {"优秀": "100", "称职": "80", "不称职": "40"}
INDICATORS = {"I1": "minmax", "I2": "rank", "I3": "zscore", "I4": "ratio"}
SCHEME = {
    "settings": [{"key": "cycle", "value": CYCLE}, {"key": "anonymity", "value": "0"}],
    "components": [
        {"component": "T", "name": "考核"},
        {"component": "A", "name": "测评", "parent": "T", "weight": "40", "source": "poll:P"},
        {"component": "B", "name": "实绩", "parent": "T", "weight": "60", "source": "indicators"},
    ],
    "indicators": [
        {"indicator": name, "component": "B", "weight": str(weight), "method": method, "target": "7"}
        for weight, (name, method) in enumerate(INDICATORS.items(), 1)
    ],
    "polls": [{"poll": "P", "name": "测评", "min_ballots": "2"}],
    "poll_items": [{"poll": "P", "item": item, "weight": str(weight)} for weight, item in enumerate(ITEMS, 1)],
    "poll_groups": [
        {"poll": "P", "rater_group": group, "weight": str(weight)} for weight, group in enumerate(GROUPS, 2)
    ],
    "poll_options": [{"poll": "P", "option": option, "points": points} for option, points in OPTIONS.items()],
    "adjustments": [
        {"type": "奖", "name": "奖励", "sign": "+", "points": "1", "cap": "3"},
        {"type": "罚", "name": "处罚", "sign": "-", "points": "2"},
    ],
    "gates": [{"gate": "g", "metric": "events:罚", "op": ">=", "value": "2", "effect": "cap:称职"}],
    "tiebreaks": [{"order": "1", "metric": "component:B"}],
    "grades": [
        {"grade": "优秀", "order": "1", "share": "25%", "rounding": "half_up"},
        {"grade": "称职", "order": "2", "share": "60%", "rounding": "ceil", "pool": "platform"},
        {"grade": "不称职", "order": "3"},
    ],
    "consequences": [{"rule": "r", "grades": "优秀", "mode": "consecutive", "years": "2", "action": "晋升"}],
}


def organisations(rng):
    """The data of a few organisations of different sizes: small figures, so that ties are many."""
    rows = {name: [] for name in ("subjects", "results", "ballots", "events", "history")}
    for organisation in range(rng.randint(4, 7)):
        for person in range(rng.randint(2, 12)):
            subject = f"{organisation}-{person:02}"
            roster = {"subject": subject, "kind": "person", "platform": f"机构{organisation}"}
            rows["subjects"].append(roster | {"layer": rng.choice(("正职", "副职"))})
            for indicator in INDICATORS:
                if rng.random() < 0.9:
                    value = {"subject": subject, "indicator": indicator, "value": str(rng.randint(1, 9))}
                    rows["results"].append({"cycle": CYCLE} | value)
            for group in GROUPS:
                for ballot in range(rng.randint(0, 5)):
                    for item in ITEMS:
                        answer = {"item": item, "answer": rng.choice(("优秀", "优秀", "称职", "不称职"))}
                        who = {"poll": "P", "ballot": f"{subject}{ballot}", "rater_group": group, "subject": subject}
                        rows["ballots"].append({"cycle": CYCLE} | who | answer)
            for _ in range(rng.choice((0, 0, 1, 3))):
                rows["events"].append({"cycle": CYCLE, "subject": subject, "type": rng.choice("奖罚")})
            past = rng.choice(("优秀", "称职"))
            rows["history"].append({"cycle": "2023", "subject": subject, "grade": past})
    return rows


def scored(rows):
    """Every row of the six extracts, with how often it is there."""
    extracts = score(to_raw(SCHEME | rows), int(CYCLE))
    return {name: Counter(tuple(row.items()) for row in table.to_pylist()) for name, table in extracts.items()}


@pytest.mark.parametrize("seed", range(2))
def test_organisations_apart_are_what_they_are_together(seed):
    rng = Random(seed)
    rows = organisations(rng)
    shard_of = {row["platform"]: rng.randrange(2) for row in rows["subjects"]}
    home = {row["subject"]: shard_of[row["platform"]] for row in rows["subjects"]}
    together = scored(rows)
    assert all(together.values())
    apart = {name: Counter() for name in together}
    for shard in set(home.values()):
        own = {name: [row for row in table if home[row["subject"]] == shard] for name, table in rows.items()}
        for name, found in scored(own).items():
            apart[name] += found
    assert apart == together


def test_a_pool_over_all_organisations_may_not_be_taken_apart():
    """The other side: what is shared between organisations is not the same when they are scored apart."""
    rows = organisations(Random(1)) | {"events": [], "history": [], "ballots": []}
    best, last = SCHEME["grades"][0], SCHEME["grades"][2]
    spanning = {"grades": [best | {"pool": "all"}, last], "gates": []}
    few = {row["subject"] for row in rows["subjects"] if row["platform"] in ("机构0", "机构1")}
    own = {name: [row for row in table if row["subject"] in few] for name, table in rows.items()}
    assert scored(own | spanning)["quotas"] - scored(rows | spanning)["quotas"]
