"""Which cells secrecy hides, case by case."""

import re
import time

import pyarrow as pa
import pytest

from pipelines import secrecy
from pipelines.engine import Run, in_memory
from pipelines.models import SQL
from tests.checks.raw import table

CELL = ("subject", "poll", "item", "rater_group", "votes", "weight", "is_unanimous")
NO_PARTS = pa.table({"subject": pa.array([], pa.string())})


def cells(*groups, subject="U"):
    """Cells of one item: (group, votes, weight) or (group, votes, weight, is_unanimous)."""
    rows = [(subject, "P", "overall", *group, *([False] if len(group) == 3 else [])) for group in groups]
    return pa.Table.from_pylist([dict(zip(CELL, row, strict=True)) for row in rows])


def hidden(table, threshold=5):
    return {row["id"]: row["reason"] for row in secrecy.hidden(table, NO_PARTS, threshold).to_pylist()}


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([("a", 9, 40), ("b", 8, 30), ("c", 7, 30)], {}),
        ([("a", 3, 40), ("b", 8, 30), ("c", 7, 30)], {"a": "few", "c": "derivable"}),
        ([("a", 2, 40), ("b", 2, 30), ("c", 7, 30)], {"a": "few", "b": "few", "c": "derivable"}),
        ([("a", 3, 40), ("b", 3, 30), ("c", 7, 30)], {"a": "few", "b": "few"}),
        ([("a", 6, 40, True), ("b", 8, 30), ("c", 7, 30)], {"a": "unanimous", "c": "derivable"}),
        ([("a", 3, 0), ("b", 8, 30)], {"a": "few", "b": "derivable"}),
    ],
    ids=["all-thick", "one-small", "two-small-under", "two-small-over", "unanimous", "counts-only"],
)
def test_the_groups_of_an_item(groups, expected):
    assert hidden(cells(*groups)) == expected


def test_without_a_threshold_nothing_is_hidden():
    assert hidden(cells(("a", 1, 1), ("b", 1, 1)), 0) == {}


def test_the_greatest_unions_are_those_under_the_threshold():
    ballots = {"a": {0: 1, 1: 1}, "b": {2: 3}, "c": {3: 3, 4: 1}, "d": {5: 9}}
    assert secrecy.unions(ballots, 5) == [(0, 1, 3, 4), (0, 1, 2), (2, 4)]


def test_too_many_unions_become_one():
    ballots = {place: {place: 1} for place in range(40)}
    assert secrecy.unions(ballots, 20) == [tuple(range(40))]


def test_ten_thousand_subjects_of_twenty_cells_take_seconds():
    """Every subject has a small cell in every item, and sizes differ: nothing is the same as its neighbour."""
    rows = [
        (f"U{subject:05}", "P", f"i{item}", f"g{group}", (subject * 7 + item * 3 + group * 5) % 13, 10 + group, False)
        for subject in range(10_000)
        for item in range(5)
        for group in range(4)
    ]
    columns = zip(*rows, strict=True)
    large = pa.table(dict(zip(CELL, map(list, columns), strict=True)))
    start = time.process_time()
    found = secrecy.hidden(large, NO_PARTS, 5)
    assert time.process_time() - start < 10
    assert found.num_rows > 10_000


def scored(votes_of, threshold=5, answers=(80, 90)):
    """The marts of one unit: a poll of the groups `votes_of` beside two indicators."""
    rows = {
        "settings": [{"key": "cycle", "value": "2025"}, {"key": "anonymity", "value": str(threshold)}],
        "subjects": [{"cycle": 2025, "subject": "U", "kind": "unit"}],
        "components": [
            {"component": "poll", "weight": 40, "source": "poll:P"},
            {"component": "work", "weight": 60},
        ],
        "indicators": [
            {"indicator": "one", "component": "work", "weight": 1, "method": "points"},
            {"indicator": "two", "component": "work", "weight": 1, "method": "points"},
        ],
        "results": [{"cycle": 2025, "subject": "U", "indicator": name, "value": "70"} for name in ("one", "two")],
        "polls": [{"poll": "P"}],
        "poll_groups": [{"poll": "P", "rater_group": group, "weight": 50} for group in votes_of],
        "gates": [{"gate": "low", "metric": "component:poll", "op": "<", "value": "60", "effect": "flag"}],
        "grades": [{"grade": "good", "order": 1}],
        "ballots": [
            {"cycle": 2025, "poll": "P", "rater_group": group, "subject": "U", "ballot": str(number)}
            | {"answer": str(answers[number % len(answers)])}
            for group, count in votes_of.items()
            for number in range(count)
        ],
    }
    with in_memory() as connection:
        run = Run(connection, {name: table(name, *made) for name, made in rows.items()}, 2025)
        run.stage()
        run.score()
        names = ("polls", "components", "indicators", "score_steps", "gates", "sources", "ranking")
        return {name: run.table(f"marts.{name}").to_pylist() for name in names}


def test_a_poll_of_too_few_ballots_hides_its_component_and_what_would_give_it_away():
    marts = scored({"a": 2, "b": 1})
    scores = {row["component"]: row["score"] for row in marts["components"]}
    assert scores == {"poll": None, "work": None}
    assert [row["mean"] for row in marts["polls"]] == [None, None]
    hidden_values = [row["value"] for row in marts["sources"] if row["step"] == "indicator"]
    assert hidden_values.count(None) == 1  # one of the two, or the other component would follow
    assert [row["value"] for row in marts["gates"]] == [None]
    assert marts["ranking"][0]["total"] is not None
    notes = {row["step"] for row in marts["score_steps"] if row["note"] == "suppressed"}
    assert notes == {"component", "indicator", "poll_item"}


def test_a_poll_of_enough_ballots_hides_its_small_group_only():
    marts = scored({"a": 2, "b": 9, "c": 9})
    assert {row["rater_group"]: row["mean"] is None for row in marts["polls"]} == {"a": True, "b": False, "c": True}
    assert all(row["score"] is not None for row in marts["components"])
    assert marts["gates"][0]["value"] is not None


@pytest.mark.parametrize(("answers", "is_shown"), [((90,), False), ((80, 90), True)])
def test_a_small_panel_of_one_mind_is_masked(answers, is_shown):
    marts = scored({"a": 7, "b": 9, "c": 12}, answers=answers)
    means = {row["rater_group"]: row["mean"] for row in marts["polls"]}
    assert (means["a"] is not None) is is_shown
    assert means["c"] is not None or not is_shown


def test_ballots_are_cut_as_the_scheme_declares_only():
    """A question that reads what ballots made narrows it by declared cuts: no free filter, and so no small remainder."""
    declared = {
        "cycle",
        "kind",
        "platform",
        "layer",
        "subject",
        "poll",
        "base",
        "other",
        "earlier",
        "indicator",
        "most",
    }
    made_of_ballots = re.compile(r"\bmarts\.(polls|poll_answers|turnout|survey)\b")
    asked = {}
    for path in sorted((SQL / "queries").glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        if made_of_ballots.search(text):
            asked[path.stem] = set(re.findall(r"\$(\w+)", re.sub(r"--.*", "", text)))
    assert len(asked) > 4
    assert {name: values - declared for name, values in asked.items() if values - declared} == {}
