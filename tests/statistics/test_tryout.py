"""Other numbers in a scheme, tried at once: what the arrays say is what the whole rules say of the changed scheme."""

from copy import deepcopy
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from pipelines.advice import tryout
from pipelines.advice.study import make_polls
from pipelines.whatif import EDITABLE, TRIED_SETTINGS, Change, row_id
from tests.cases import make
from tests.raw_form import to_raw
from tests.reference import Appraisal, Refused
from tests.statistics import studies

NUMBERS = {
    ("components", "weight"): ("0", "1", "5", "60", "12.5"),
    ("indicators", "weight"): ("0", "1", "5", "60"),
    ("poll_groups", "weight"): ("0", "1", "4", "30"),
    ("poll_items", "weight"): ("0", "1", "3"),
    ("poll_options", "points"): ("0", "35", "72.5", "100"),
    ("grades", "share"): ("0.1", "0.34", "0.5", "0.9"),
    ("grades", "min_score"): ("60", "75", "85"),
    ("gates", "value"): ("0", "1", "0.3", "2", "60", "75", "85"),
    ("consequences", "years"): ("1", "2", "3"),
}
SETTINGS = {"rank_decimals": ("0", "1", "6"), "total_min": ("0", "60"), "total_max": ("85", "100"), "bonus_cap": ("1",),
            "deduction_cap": ("1",), "min_coverage": ("0", "0.6", "0.9"), "headcount": ("participants", "graded"),
            "border": ("include", "exclude")}  # fmt: skip


def changes_of(tables, rng):
    """One to three changes of the scheme, and the scheme with them."""
    changed, found = deepcopy(tables), []
    for _ in range(rng.randint(1, 3)):
        name = rng.choice(["settings", *(one for one in EDITABLE if one != "adjustments" and tables.get(one))])
        if name == "settings":
            key = rng.choice(TRIED_SETTINGS)
            value = rng.choice(SETTINGS[key])
            changed["settings"] = [row for row in changed["settings"] if row["key"] != key]
            changed["settings"].append({"key": key, "value": value})
            found.append(Change(name, key, "value", value))
            continue
        rows, columns = to_raw({name: tables[name]})[name].to_pylist(), [c for c in EDITABLE[name] if c != "target"]
        at, column = rng.randrange(len(rows)), rng.choice(columns)
        value = rng.choice(NUMBERS[name, column])
        changed[name][at][column] = value
        found.append(Change(name, row_id(name, rows[at]), column, value if name == "gates" else Decimal(value)))
    return changed, found


def disagreements(tables, outputs, changed, changes):
    """What the arrays say otherwise than the reference; None where they refuse to say."""
    study = studies.of_tables(tables, outputs["ranking"])
    told = {}
    for row in outputs["consequences"]:
        told.setdefault(row["subject"], set()).add(row["rule"])
    ground = tryout.make_ground(study, make_polls(study), {one: ";".join(sorted(own)) for one, own in told.items()})
    moves = tryout.moves(ground, to_raw(tables), changes)
    if moves is None:
        return None
    after = Appraisal(changed).outputs()
    holding = {}
    for row in after["consequences"]:
        holding.setdefault(row["subject"], set()).add(row["rule"])
    expected = {row["subject"]: row for row in after["ranking"]}
    found = []
    for row in moves.to_pylist():
        new = expected[row["subject"]]
        total = None if row["new_total"] is None else Fraction(row["new_total"])
        made = (total, row["new_rank"], row["new_grade"], row["new_status"],
                row["new_consequences"])  # fmt: skip
        expect = (Fraction(str(new["total"])) if new["total"] not in ("", None) else None, int(new["rank"] or 0) or None,
                new["grade"] or None, new["status"], ";".join(sorted(holding.get(row["subject"], ()))))  # fmt: skip
        if made != expect:
            found.append((row["subject"], made, expect))
    return found


@pytest.mark.parametrize("seed", [4, 37])
def test_what_is_tried_at_once_is_what_the_whole_rules_say(seed):
    tables, outputs = make(seed)
    rng, told = Random(seed), 0
    for _ in range(3):
        changed, changes = changes_of(tables, rng)
        try:
            found = disagreements(tables, outputs, changed, changes)
        except Refused:
            continue
        told += found is not None
        assert not found, changes
    assert told
