"""An attacker who kept the first publication of a cycle, and reads the second one beside it.

His solver is that of `test_attack`: the same unknown stands for a cell whose ballots are the same in both worlds, two
unknowns for one whose ballots changed, and he knows which those are. Where the program lets a second publication stand
beside the first, he learns of no few ballots; where it does not, he would have.
"""

import os
import random
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from scipy.linalg import null_space

from pipelines import build, publication, republication
from pipelines.warehouse import Warehouse
from tests.checks.raw import table
from tests.pages.office import AT
from tests.secrecy.test_attack import CYCLE, GROUPS, Attacker, organisations

COUNT = 8
MORE = range(23, 33)
"""`make torture` tries these as well."""
THRESHOLD = 5
SEEN = ("polls", "components", "indicators", "score_steps", "ranking", "sources", "gates")


def changed(rows, seed):
    """The same organisations with other ballots: in some groups of some units a few came, went or were written anew."""
    chance = random.Random(seed)
    sheets = {}
    for row in rows["ballots"]:
        sheets.setdefault((row["subject"], row["poll"], row["rater_group"]), {}).setdefault(row["ballot"], []).append(
            row
        )
    for (subject, _, group), ballots in sheets.items():
        if chance.random() > (0.3 if changes_much(subject) else 0.06):
            continue
        some = chance.sample(sorted(ballots), min(chance.choice([1, 3, 5, 8]), len(ballots)))
        act = chance.choice(["anew", "anew", "gone", "more"])
        for name in some:
            anew = [{**row, "answer": str(chance.randint(50, 100))} for row in ballots[name]]
            if act == "more" and len(ballots) < GROUPS[group][1]:
                ballots[f"new {name}"] = [{**row, "ballot": f"new {name}"} for row in anew]
            elif act == "gone" and len(ballots) > 1:
                del ballots[name]
            else:
                ballots[name] = anew
    turnout = [
        {**row, "issued": len(came), "present": len(came), "returned": len(came)}
        for row in rows["turnout"]
        for came in [sheets.get((row["subject"], row["poll"], row["rater_group"]), {})]
    ]
    return {
        **rows,
        "turnout": turnout,
        "ballots": [row for kept in sheets.values() for one in kept.values() for row in one],
    }


def changes_much(subject):
    """Every second unit changes much, the others hardly: some must be let through."""
    return int(subject[-1]) % 2


def load(warehouse, rows, name):
    tables = {
        key: made.append_column("_cycle", pa.array([CYCLE] * len(made), pa.int64()))
        for key, made in ((key, table(key, *given)) for key, given in rows.items())
    }
    warehouse.store_upload(tables, sha256=name, file=name, content=b"", who="王敏", at=AT)
    build.build(warehouse, at=AT)


@pytest.fixture(scope="module", params=[22, *MORE] if os.environ.get("KAOPING_TORTURE") else [22])
def worlds(request):
    """(the attacker before, the attacker after, the units beside whose first publication no second may stand)."""
    first = organisations(request.param, THRESHOLD, count=COUNT)
    second = changed(first, request.param)
    with Warehouse.open(None) as warehouse:
        load(warehouse, first, "first")
        publication.publish(warehouse, CYCLE, "王敏", AT, "for the test")
        load(warehouse, second, "second")
        kept = {name: warehouse.published.marts_of(None, CYCLE)[name].to_pylist() for name in SEEN}
        seen = {name: warehouse.marts_of(None, CYCLE)[name].to_pylist() for name in SEEN}
        cases = republication.changed_by_few(warehouse, CYCLE)
    return Attacker(first, kept), Attacker(second, seen), {case.split(" · ")[0] for case in cases}


def learned(before, after, subject):
    """What both publications say of fewer ballots than the threshold, that none of them says alone."""
    shown, unknowns, few = [], {}, set()
    for attacker in (before, after):
        shown.append({
            (row["poll"], row["item"], row["rater_group"]): row["mean"] is not None
            for row in attacker.tables["polls"][subject]
        })  # fmt: skip
    truths = [
        {cell: Counter(attacker.truth[(subject, *cell)]) for cell in cells}
        for attacker, cells in zip((before, after), shown, strict=True)
    ]
    for cell in shown[0].keys() & shown[1].keys():
        old, new = truths[0][cell], truths[1][cell]
        moved = max((new - old).total(), (old - new).total())
        if shown[0][cell] and shown[1][cell] and 0 < moved < THRESHOLD:
            few.add(cell)

    def unknown(cell, world):
        return cell if truths[0].get(cell) == truths[1].get(cell) else (*cell, world)

    for world in (0, 1):
        for cell in truths[world]:
            unknowns.setdefault(unknown(cell, world), len(unknowns))
    own = len(unknowns)  # the score of the indicator, which does not change
    systems = ([], [])
    for world, attacker in enumerate((before, after)):
        places = [unknowns[unknown(cell, world)] for cell in attacker.cells(subject)] + [own]
        for system, rows in zip(systems, attacker.equations(subject), strict=True):
            for row, _ in rows:
                wide = np.zeros(own + 1)
                np.add.at(wide, places, row[: len(places)])
                system.append(wide)
    small = {
        unknown(cell, world)
        for world in (0, 1)
        for cell, is_shown in shown[world].items()
        if not is_shown and truths[world][cell].total() < THRESHOLD
    }
    for system in systems:
        if system and small:
            free = null_space(np.array(system), rcond=1e-10)
            for one in small:
                if not free.size or np.linalg.norm(free[unknowns[one]]) < 1e-8:
                    few.add(one)
    return few


def test_what_may_be_published_tells_no_few_ballots_apart(worlds):
    before, after, refused = worlds
    subjects = sorted(after.tables["ranking"])
    assert len(subjects) == COUNT * 8
    assert {
        subject: found for subject in subjects if subject not in refused and (found := learned(before, after, subject))
    } == {}
    assert len(refused) < len(subjects) * 0.8, "what changed by many, or not at all, is let through"


def test_what_is_refused_would_have_told_them(worlds):
    before, after, refused = worlds
    assert sum(bool(learned(before, after, subject)) for subject in refused) > 5
