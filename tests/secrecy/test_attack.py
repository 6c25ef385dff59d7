"""An attacker with a linear solver and everything that can be downloaded, against 200 random organisations.

What is solved here is written from the attacker's side: unknown means and numbers of ballots, one equation per number
that some table shows, rules known. A mean counts as derived when it is the same in every solution. The program decides by
row spaces, the attacker by null spaces, and no line of code is shared.
"""

import itertools
import os
import random
from collections import Counter, defaultdict
from decimal import Decimal

import numpy as np
import pytest
from scipy.linalg import null_space

from pipelines.engine import Run, in_memory
from tests.checks.raw import table

ORGANISATIONS = 50
UNITS = 8
CYCLE = 2025
GROUPS = {"leaders": (2, 9), "peers": (3, 16), "staff": (4, 40), "public": (0, 30)}
"""Least and most ballots of a rater group."""


POOLED = ("turnout", "poll_answers", "survey")
"""The tables that no row of one subject stands in."""


def organisations(seed, threshold, is_merging=False, count=ORGANISATIONS):
    """Raw tables of `count` organisations of 8 units: three or four groups, one to three items, perhaps a second poll.

    `is_merging`: groups under the threshold are merged into the next one.
    """
    chance = random.Random(seed)
    rows = defaultdict(list)
    options = {"good": 100, "fair": 80, "poor": 60, "bad": 50} if threshold == 3 else {}
    rows["settings"] = [{"key": "cycle", "value": str(CYCLE)}, {"key": "anonymity", "value": str(threshold)}]
    rows["grades"] = [{"grade": "good", "order": 1}]
    for number in range(count):
        organisation = f"O{number:02}"
        here = {"applies": f"platform={organisation}"}
        groups = list(GROUPS)[: chance.choice([3, 3, 4])]
        for place in range(chance.choice([1, 1, 2])):
            poll = f"{organisation}-{place}"
            rows["components"].append(
                {"component": f"C{poll}", "weight": Decimal(chance.randint(1, 6)), "source": f"poll:{poll}", **here}
            )
            rows["polls"].append({"poll": poll})
            rows["poll_options"] += [
                {"poll": poll, "option": name, "points": Decimal(at)} for name, at in options.items()
            ]
            for group in groups:
                weight = Decimal(chance.choice([10, 20, 25, 40]))
                after = dict(itertools.pairwise(groups)).get(group) if is_merging else None
                told = {"poll": poll, "rater_group": group, "weight": weight, "merge_into": after}
                rows["poll_groups"].append(told | here)
            for item in range(chance.randint(1, 3)):
                rows["poll_items"].append({"poll": poll, "item": f"i{item}", "weight": Decimal(chance.randint(1, 3))})
        rows["components"].append({"component": f"W{organisation}", "weight": Decimal(3), **here})
        rows["indicators"].append(
            {"indicator": f"I{organisation}", "component": f"W{organisation}", "method": "points", **here}
        )
    by_poll = defaultdict(list)
    for row in rows["poll_items"]:
        by_poll[row["poll"]].append(row["item"])
    for number in range(count * UNITS):
        organisation = f"O{number // UNITS:02}"
        subject = f"{organisation}-U{number % UNITS:02}"
        here = {"cycle": CYCLE, "subject": subject}
        rows["subjects"].append({**here, "kind": "unit", "platform": organisation})
        rows["results"].append({**here, "indicator": f"I{organisation}", "value": str(chance.randint(60, 99))})
        for row in rows["poll_groups"]:
            if row["poll"].startswith(organisation):
                least, most = GROUPS[row["rater_group"]]
                came = chance.randint(least, most)
                told = {"eligible": most, "present": came, "issued": came, "returned": came, "void": 0}
                rows["turnout"].append({**here, "poll": row["poll"], "rater_group": row["rater_group"], **told})
                for ballot in range(came):
                    for item in by_poll[row["poll"]]:
                        if chance.random() < 0.97:  # an item left blank
                            rows["ballots"].append(
                                {**here, "poll": row["poll"], "rater_group": row["rater_group"], "item": item}
                                | {
                                    "ballot": str(ballot),
                                    "answer": chance.choice([*options]) if options else str(chance.randint(50, 100)),
                                }
                            )
    for person in range(120):
        group = chance.choice("aaaaaabbbccd")
        for question in ("content", "informed"):
            said = "yes" if chance.random() < 0.7 else "no" if chance.random() < 0.9 else f"own words {person % 4}"
            rows["survey"].append(
                {"cycle": CYCLE, "respondent": str(person), "group": group, "question": question, "answer": said}
            )
    return {name: list(made) for name, made in rows.items() if made}


def published(rows):
    """Every table that can be downloaded, after a build."""
    tables = {name: table(name, *made) for name, made in rows.items()}
    with in_memory() as connection:
        run = Run(connection, tables, CYCLE)
        run.stage()
        run.score()
        names = ("polls", "components", "indicators", "score_steps", "ranking", "sources", "gates", *POOLED)
        return {name: run.table(f"marts.{name}").to_pylist() for name in names}


class Attacker:
    """Knows the rules and the tables, and for each unit which cells there are."""

    def __init__(self, rows, tables):
        self.weights = {(row["poll"], row["rater_group"]): float(row["weight"]) for row in rows["poll_groups"]}
        self.items = {(row["poll"], row["item"]): float(row["weight"]) for row in rows["poll_items"]}
        self.components = {row["component"]: float(row["weight"]) for row in rows["components"]}
        self.poll_of = {row["component"]: row["source"][5:] for row in rows["components"] if "source" in row}
        self.points = {row["option"]: int(row["points"]) for row in rows.get("poll_options", ())}
        self.truth = defaultdict(list)
        for row in rows["ballots"]:
            self.truth[row["subject"], row["poll"], row["item"], row["rater_group"]].append(
                self.points.get(row["answer"]) or int(row["answer"])
            )
        self.tables = {name: defaultdict(list) for name in tables}
        for name, made in tables.items():
            for row in made if name not in POOLED else ():
                self.tables[name][row["subject"]].append(row)

    def cells(self, subject):
        return [(row["poll"], row["item"], row["rater_group"]) for row in self.tables["polls"][subject]]

    def equations(self, subject):
        """(means, votes): the rows of both systems and what they equal, over the cells and the unit's own result."""
        cells = self.cells(subject)
        columns = {cell: place for place, cell in enumerate(cells)}
        width = len(cells) + 1  # the last unknown is the score of the indicator

        def unit(place):
            return np.eye(1, width, place)[0]

        together = defaultdict(list)  # groups that are merged stand under one name; he even knows how many each has
        for row in self.tables["polls"][subject]:
            place = row["poll"], row["item"], row["merged_into"] or row["rater_group"]
            together[place].append((row["poll"], row["item"], row["rater_group"]))

        def count_of(cell):
            return sum(unit(columns[one]) for one in together[cell])

        def mean_of(cell):
            ballots = {one: max(len(self.truth[(subject, *one)]), 1) for one in together[cell]}
            return sum(unit(columns[one]) * count for one, count in ballots.items()) / sum(ballots.values())

        items = defaultdict(dict)
        for cell in together:
            items[cell[:2]][cell] = self.weights[cell[0], cell[2]]
        item_rows = {
            key: sum(mean_of(cell) * weight for cell, weight in parts.items()) / sum(parts.values())
            for key, parts in items.items()
        }
        component_rows = {}
        for component in {row["component"] for row in self.tables["components"][subject]}:
            if component in self.poll_of:
                parts = [(row, self.items[key]) for key, row in item_rows.items() if key[0] == self.poll_of[component]]
                if parts:
                    component_rows[component] = sum(row * weight for row, weight in parts) / sum(w for _, w in parts)
            else:
                component_rows[component] = unit(width - 1)
        total = sum(self.components[name] for name in component_rows)
        base_row = sum(row * self.components[name] for name, row in component_rows.items()) / total
        means, votes = [], []
        for row in self.tables["polls"][subject]:
            cell = row["poll"], row["item"], row["rater_group"]
            if row["mean"] is not None:
                means.append((mean_of(cell), row["mean"]))
                votes.append((count_of(cell), row["votes"]))
        for row in self.tables["score_steps"][subject]:
            if row["score"] is None:
                continue
            if row["step"] == "poll_item":
                # the id of an item does not name its poll: the path does, by its component
                poll = next(self.poll_of[name] for name in component_rows if f"\x1f{name}\x1f" in row["path"])
                means.append((item_rows[poll, row["id"]], row["score"]))
                counted = sum(count_of(cell) for cell in items[poll, row["id"]])
                votes.append((counted, row["value"]))
            elif row["step"] == "component":
                means.append((component_rows[row["id"]], row["score"]))
            elif row["step"] == "indicator":
                means.append((unit(width - 1), row["score"]))
        means += [
            (component_rows[row["component"]], row["score"])
            for row in self.tables["components"][subject]
            if row["score"] is not None
        ]
        means += [(unit(width - 1), row["score"]) for row in self.tables["indicators"][subject] if row["score"]]
        means += [
            (unit(width - 1), row["value"])
            for row in self.tables["sources"][subject]
            if row["step"] == "indicator" and row["value"] is not None
        ]
        means += [(base_row, row["base"]) for row in self.tables["ranking"][subject] if row["base"] is not None]
        return means, votes

    def derived(self, subject, threshold):
        """The unions of hidden cells with fewer ballots than the threshold that some equation speaks of alone."""
        cells = self.cells(subject)
        count = {cell: len(self.truth[(subject, *cell)]) for cell in cells}
        hidden = {
            (row["poll"], row["item"], row["rater_group"])
            for row in self.tables["polls"][subject]
            if row["mean"] is None or row["merged"]
        }
        small = [place for place, cell in enumerate(cells) if cell in hidden and count[cell] < threshold]
        found = set()
        for rows in self.equations(subject):
            matrix = np.array([row for row, _ in rows]) if rows else np.zeros((1, len(cells) + 1))
            free = null_space(matrix, rcond=1e-10)
            for one in small:
                for other in small:
                    (*_, group), (*_, friend) = cells[one], cells[other]
                    same = group == friend and cells[one][0] == cells[other][0]
                    ballots = (
                        max(count[cells[one]], count[cells[other]])
                        if same
                        else (count[cells[one]] + count[cells[other]])
                    )
                    if other < one or (one != other and ballots >= threshold):
                        continue
                    places = sorted({one, other})
                    if np.linalg.matrix_rank(free[places], tol=1e-8) < len(places):
                        found.add(tuple(cells[place] for place in places))
        return found


CASES = [(1, 5, 0.6, False), (2, 5, 0.6, False), (3, 3, 0.7, False), (4, 10, 0.2, False), (5, 5, 0.8, True)]
MORE = [(6, 5, 0.6, False), (7, 5, 0.6, False), (8, 10, 0.6, True)]
"""`make torture` tries these as well."""


@pytest.mark.parametrize(
    ("seed", "threshold", "least_shown", "is_merging"), CASES + MORE * bool(os.environ.get("KAOPING_TORTURE"))
)
def test_nothing_can_be_derived_from_everything_that_is_shown(seed, threshold, least_shown, is_merging, capsys):
    rows = organisations(seed, threshold, is_merging)
    tables = published(rows)
    attacker = Attacker(rows, tables)
    subjects = sorted(attacker.tables["ranking"])
    assert len(subjects) == ORGANISATIONS * UNITS
    derived = {subject: attacker.derived(subject, threshold) for subject in subjects}
    small = [row for row in tables["polls"] if row["mean"] is not None and row["votes"] < threshold]
    assert any(row["merged_into"] for row in tables["polls"]) == is_merging
    cells = [row for row in tables["polls"] if row["merged_into"] is None]
    shown = sum(row["mean"] is not None for row in cells) / len(cells)
    with capsys.disabled():
        print(f"\n{ORGANISATIONS} organisations, threshold {threshold}: {shown:.1%} of {len(cells)} cells shown")
    assert small == []
    kept = {(row["poll"], row["rater_group"]) for row in tables["polls"] if row["mean"] is None}
    counted = {(row["poll"], row["rater_group"]) for row in tables["turnout"] if row["returned"] is not None}
    assert counted & kept == set(), "what came back, less what is shown, is what is hidden"
    assert {subject: found for subject, found in derived.items() if found} == {}
    of_shown = defaultdict(int)
    for row in tables["polls"]:
        of_shown[row["poll"], row["item"], row["rater_group"]] += row["votes"] or 0
    pools = defaultdict(int)
    for row in tables["poll_answers"]:
        pools[row["poll"], row["item"], row["rater_group"]] += row["votes"]
    assert bool(pools) == ("poll_options" in rows)
    assert {pool for pool, votes in pools.items() if votes != of_shown[pool] or votes < 2 * threshold} == set(), (
        "every pool is of shown cells alone: no ballot of a hidden one is in it"
    )
    told = {(row["question"], row["respondent_group"]): row["respondents"] for row in tables["survey"]}
    people = Counter((row["question"], row["group"]) for row in rows["survey"])
    assert told == {key: size for key, size in people.items() if size >= 2 * threshold}
    written = Counter(row["answer"] for row in rows["survey"])
    of_many = {answer for answer, count in written.items() if count >= threshold}
    assert {row["answer"] for row in tables["survey"]} - {""} == of_many, "no words that fewer than the threshold wrote"


def test_the_attacker_is_good_at_it():
    """With the threshold alone he derives hidden cells in most organisations: what he knows is true and enough."""
    rows = organisations(1, 5)
    open_rows = {**rows, "settings": [*rows["settings"][:1], {"key": "anonymity", "value": "0"}]}
    tables = published(open_rows)
    attacker = Attacker(open_rows, tables)
    for subject in sorted(attacker.tables["ranking"])[:40]:
        cells = attacker.cells(subject)
        truth = [np.mean(attacker.truth[(subject, *cell)]) for cell in cells]
        truth.append(float(attacker.tables["indicators"][subject][0]["score"]))
        for row, value in attacker.equations(subject)[0]:
            assert float(row @ np.array(truth)) == pytest.approx(float(value), abs=1e-6)
    for row in tables["polls"]:
        if row["votes"] < 5:
            row["mean"] = row["votes"] = None
    naive = Attacker(rows, tables)
    leaking = {subject[:3] for subject in naive.tables["ranking"] if naive.derived(subject, 5)}
    assert len(leaking) > ORGANISATIONS * 0.9
