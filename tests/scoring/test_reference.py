"""The reference scorer gives the published results, and refuses what the specification calls an error."""

import csv
import json
from fractions import Fraction
from pathlib import Path

import pytest

from tests import reference
from tests.compare import differences, read_expected
from tests.reference import Refused, largest_remainder, number, period_order, read_folder, settle, written

TESTS = Path(__file__).resolve().parent.parent
PUBLISHED = sorted(path.parent for folder in ("golden", "examples") for path in (TESTS / folder).glob("*/input"))


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case.name)
def test_published(case):
    expected = read_expected(case / "expected")
    assert expected
    assert differences(expected, reference.score(read_folder(case / "input"))) == []


def test_golden_text_is_the_same_to_the_last_digit():
    for case in (TESTS / "golden").glob("*/input"):
        expected, actual = read_expected(case.parent / "expected"), reference.score(read_folder(case))
        for tables in (expected, actual):  # where consequences stand by subject alone, not in the order of section 13
            tables["consequences"].sort(key=lambda row: (row["subject"], row["rule"]))
        assert actual == expected, case.parent.name


def test_largest_remainder():
    with (TESTS / "examples/quotas/cases.csv").open(encoding="utf-8", newline="") as file:
        cases = list(csv.DictReader(file))
    assert len(cases) == 223
    for case in cases:
        sizes = {f"{i:03}": size for i, size in enumerate(json.loads(case["sizes"]))}
        assert list(largest_remainder(int(case["seats"]), sizes).values()) == json.loads(case["expected"]), case["case"]


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        ("0.5", 0, "1"),
        ("-0.5", 0, "-1"),
        ("2.5", 0, "3"),
        ("0.4999999995", 0, "1"),  # settled at 9 decimals first
        ("0.4999999994", 0, "0"),
        ("1.0049999999", 2, "1.01"),
        ("90.504", 2, "90.5"),
    ],
)
def test_settle(value, decimals, expected):
    assert written(settle(Fraction(value), decimals)) == expected


def test_periods_in_order():
    for periods in (
        ["1月", "2月", "10月", "11月"],
        ["一季度", "二季度", "三季度", "四季度"],
        ["第九期", "第十期", "第十一期", "第十二期"],
        ["2024年2月", "2024年10月", "2025年1月"],
        ["", "01", "1", "2"],
    ):
        assert sorted(set(periods), key=period_order) == periods


@pytest.mark.parametrize(
    ("text", "value"), [("1,234.5", "1234.5"), ("20%", "0.2"), ("36人", "36"), (".5", "0.5"), ("-3", "-3")]
)
def test_numbers(text, value):
    assert number(text) == Fraction(value)


@pytest.mark.parametrize("text", ["", "约90分", "1.2.3", "1-2", "√"])
def test_no_numbers(text):
    assert number(text) is None


# -- what is refused ------------------------------------------------------------------------------------------------

SOUND = {
    "settings": [{"key": "cycle", "value": "2024"}],
    "subjects": [{"subject": "a", "name": "甲", "level": "3"}, {"subject": "b", "name": "乙", "level": "5"}],
    "components": [{"component": "c", "weight": "1"}],
    "results": [{"subject": "a", "indicator": "c", "value": "80"}, {"subject": "乙", "indicator": "c", "value": "70"}],
    "grades": [{"grade": "A", "order": "1", "share": "50%", "pool": "all"}, {"grade": "B", "order": "2"}],
}
POLL = {"polls": [{"poll": "p"}], "components": [{"component": "c", "source": "poll:p"}]}


def refusal(**tables):
    with pytest.raises(Refused) as caught:
        reference.score({**SOUND, **tables})
    return str(caught.value)


def test_sound_case_is_scored():
    ranking = reference.score(SOUND)["ranking"]
    assert [(row["subject"], row["rank"], row["grade"]) for row in ranking] == [("a", "1", "A"), ("b", "2", "B")]


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"subjects": [*SOUND["subjects"], {"subject": "a"}]}, "a twice"),
        ({"subjects": [{"subject": "a", "parent": "b"}, {"subject": "b", "parent": "a"}]}, "above itself"),
        ({"results": [{"subject": "x", "indicator": "c", "value": "1"}]}, "unknown subject"),
        ({"results": [{"subject": "a", "indicator": "x", "value": "1"}]}, "unknown indicator"),
        ({"results": [SOUND["results"][0]] * 2}, "twice"),
        ({"components": [{"component": "c"}, {"component": "c", "applies": "level=3"}]}, "two rows of c apply to a"),
        ({"components": [{"component": "c", "applies": "level=3"}]}, "no component applies to b"),
        ({"components": [{"component": "c", "applies": "size=3"}]}, "unknown key"),
        ({"components": [{"component": "c", "missing": "error"}, {"component": "d", "missing": "error"}]}, "a d, b d"),
        ({"components": [{"component": "c", "parent": "d"}]}, "unknown component"),
        ({"components": [{"component": "c", "source": "poll:x"}]}, "source"),
        ({"indicators": [{"indicator": "i", "component": "c", "method": "linear", "params": "worst=1"}],
          "results": [{"subject": "a", "indicator": "i", "value": "1"}]}, "parameter best is needed"),
        ({"indicators": [{"indicator": "i", "component": "c", "method": "guess"}]}, "method"),
        ({"gates": [{"gate": "g", "metric": "total", "op": "<", "value": "99", "effect": "cap:Z"}]}, "no row"),
        ({"gates": [{"gate": "g", "metric": "luck", "op": "<", "value": "1", "effect": "flag"}]}, "metric"),
        ({"gates": [{"gate": "g", "metric": "base", "op": "<", "value": "1", "effect": "flag"},
                    {"gate": "g", "metric": "base", "op": "<", "value": "1", "effect": "exclude"}]}, "2 effects"),
        ({"grades": [{"grade": "A", "order": "1", "share": "0.6"}, {"grade": "B", "order": "2", "share": "0.6"}]},
         "above 1"),
        ({"grades": [{"grade": "A", "order": "1"},
                     {"grade": "B", "order": "2", "share": "1", "rounding": "cumulative"}]}, "cumulative B over A"),
        ({**POLL, "tallies": [{"poll": "p", "subject": "a", "item": "x", "answer": "3", "votes": "1"}]},
         "unknown item"),
        ({**POLL, "poll_groups": [{"poll": "p", "rater_group": "g", "applies": "level=5"}],
          "ballots": [{"poll": "p", "subject": "a", "rater_group": "g", "answer": "3"}]}, "no row of it applies"),
        ({**POLL, "polls": [{"poll": "p", "standardise": "rater"}],
          "tallies": [{"poll": "p", "subject": "a", "answer": "3", "votes": "1"}]}, "numbered ballots"),
        ({**POLL, "poll_options": [{"poll": "p", "option": "A", "points": "1"}],
          "ballots": [{"poll": "p", "subject": "a", "answer": "Z"}]}, "unknown option"),
        ({**POLL, "poll_options": [{"poll": "p", "option": "A"}]}, "no option has points"),
        ({"history": [{"cycle": "2023", "subject": "a", "grade": "A"},
                      {"cycle": "2023", "subject": "a", "grade": "B"}]}, "two grades"),
    ],
)  # fmt: skip
def test_refused(tables, said):
    assert said in refusal(**tables)
