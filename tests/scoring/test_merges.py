"""A rater group with fewer votes than the threshold of secrecy is counted with the next one, where the scheme says so."""

import itertools
from decimal import Decimal

import pytest

from pipelines.build import score
from pipelines.engine import Run, in_memory
from tests import reference
from tests.cases import make
from tests.compare import as_rows, differences
from tests.raw_form import to_raw
from tests.reference import number

LINE = {"上级": "同级", "同级": "群众", "群众": ""}


ENOUGH = {"上级": 5, "同级": 6, "群众": 9}
CASES = {
    "enough": (ENOUGH, {}),
    "one": ({"上级": 4, "同级": 6, "群众": 9}, {"上级": "同级"}),
    "two": ({"上级": 2, "同级": 2, "群众": 9}, {"上级": "群众", "同级": "群众"}),
    "two-are-enough": ({"上级": 2, "同级": 3, "群众": 9}, {"上级": "同级"}),
    "middle": ({"上级": 9, "同级": 1, "群众": 9}, {"同级": "群众"}),
    "nobody-between": ({"上级": 3, "群众": 9}, {"上级": "群众"}),
    "the-last-has-no-next": ({"上级": 9, "同级": 9, "群众": 2}, {}),
}


def answers(came):
    return {name: [60 + 7 * len(name) + 3 * place for place in range(count)] for name, count in came.items()}


def appraisal(ballots, line=LINE, anonymity="5"):
    """Units whose poll has these answers by unit, rater group and item; every group weighs 1."""
    return {
        "settings": [{"key": "cycle", "value": "2025"}, {"key": "anonymity", "value": anonymity}],
        "grades": [{"grade": "good", "order": "1"}],
        "components": [{"component": "C", "source": "poll:P"}],
        "polls": [{"poll": "P"}],
        "poll_items": [{"poll": "P", "item": item} for item in sorted({item for _, _, item in ballots})],
        "poll_groups": [{"poll": "P", "rater_group": name, "weight": "1", "merge_into": line[name]} for name in line],
        "subjects": [
            {"cycle": "2025", "subject": name, "kind": "unit"} for name in dict.fromkeys(name for name, _, _ in ballots)
        ],
        "ballots": [
            {"poll": "P", "subject": name, "rater_group": group, "item": item, "ballot": str(number), "answer": str(one)}
            for (name, group, item), given in ballots.items()
            for number, one in enumerate(given)
        ],
    }  # fmt: skip


def marts(tables, *names):
    with in_memory() as connection:
        run = Run(connection, to_raw(tables), 2025)
        run.stage()
        run.score()
        return [run.table(f"marts.{name}").to_pylist() for name in names]


@pytest.fixture(scope="module")
def told():
    """Polls, ranking and rules of one unit per case."""
    ballots = {(case, name, "德"): given for case, (came, _) in CASES.items() for name, given in answers(came).items()}
    return marts(appraisal(ballots), "polls", "ranking", "rules")


@pytest.mark.parametrize("case", CASES)
def test_a_small_group_is_counted_with_the_next(told, case):
    came, merged = CASES[case]
    polls, ranking, rules = ([row for row in rows if row.get("subject", case) == case] for rows in told)
    assert {row["rater_group"]: row["merged_into"] for row in polls if row["merged_into"]} == merged
    classes = {name: given for name, given in answers(came).items() if name not in merged}
    for name, into in merged.items():
        classes[into] = classes.get(into, []) + answers(came)[name]
    mean = sum(Decimal(sum(given)) / len(given) for given in classes.values()) / len(classes)
    assert ranking[0]["base"] == pytest.approx(mean, abs=Decimal("1e-9"))
    shown = {row["rater_group"]: row["votes"] for row in polls if not row["merged_into"]}
    if case != "the-last-has-no-next":
        assert shown == {name: len(given) for name, given in classes.items()}, "nothing is hidden"
    took = {row["merged"] for row in polls if row["rater_group"] in merged.values()}
    assert took == ({";".join(sorted(merged))} if merged else set())
    declared = {(row["id"], row["value"]) for row in rules if row["column"] == "merge_into"}
    assert declared == {("P › 上级", "同级"), ("P › 同级", "群众")}


@pytest.mark.parametrize(("line", "anonymity"), [(dict.fromkeys(LINE, ""), "5"), (LINE, "0")])
def test_without_a_line_or_a_threshold_nothing_is_merged(line, anonymity):
    ballots = {("U", "上级", "德"): [90, 80], ("U", "群众", "德"): [70] * 9}
    polls, ranking = marts(appraisal(ballots, line, anonymity), "polls", "ranking")
    assert {row["merged_into"] for row in polls} == {None}
    assert ranking[0]["base"] == Decimal("77.5")


def test_the_item_with_fewest_votes_decides_for_all_items():
    given = {("上级", "德"): [90] * 8, ("上级", "能"): [80] * 4, ("同级", "德"): [60] * 8, ("同级", "能"): [60] * 8}
    polls = marts(appraisal({("U", *cell): ballots for cell, ballots in given.items()}), "polls")[0]
    assert {(row["item"], row["rater_group"]): row["votes"] for row in polls} == {
        ("德", "上级"): None, ("德", "同级"): 16, ("能", "上级"): None, ("能", "同级"): 12
    }  # fmt: skip


@pytest.mark.parametrize("seed", [2012, 2185])
def test_same_as_the_reference(seed):
    """Random appraisals with a line through the groups of every poll and a threshold that most groups do not reach."""
    tables, _ = make(seed)
    tables["settings"] = [row for row in tables["settings"] if row["key"] != "anonymity"] + [
        {"key": "anonymity", "value": "4"}
    ]
    for poll in {row["poll"] for row in tables.get("poll_groups", [])}:
        rows = [row for row in tables["poll_groups"] if row["poll"] == poll]
        groups = list(dict.fromkeys(row["rater_group"] for row in rows))
        for row in rows:
            row["merge_into"] = dict(itertools.pairwise(groups)).get(row["rater_group"], "")
    expected, found = reference.score(tables), as_rows(score(to_raw(tables)))
    assert differences({"ranking": expected["ranking"]}, {"ranking": found["ranking"]}) == []
    cells = {(r["subject"], r["poll"], r["item"], r["rater_group"]): r for r in expected["polls"]}
    for row in found["polls"]:
        cell = cells.pop((row["subject"], row["poll"], row["item"], row["rater_group"]))
        assert not row["votes"] or [number(row[name]) for name in ("votes", "mean")] == [
            number(cell[name]) for name in ("votes", "mean")
        ]
    assert cells == {}
    assert any(row["votes"] == "" for row in expected["polls"]), "some group is merged"
