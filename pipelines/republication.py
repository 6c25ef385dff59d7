"""Publications of one cycle held against each other: two of them may be safe, and their difference give a ballot away.

Every publication that ever was can be kept by a reader. So a new one is refused where a rater group's ballots on an item
changed since an earlier one, but fewer than `anonymity` of them did; and where all publications together say something of a
few ballots alone that none of them says by itself. Both are asked of the same equations as within one publication
(`secrecy.py`); ballots that did not change are the same unknown in all of them, those that did are new ones.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines import secrecy
from pipelines.engine import Run
from pipelines.warehouse import Facts, Warehouse

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Cell = tuple[str, str, str]
"""Poll, item and rater group."""
Row = dict[Hashable, float]
"""An equation: what each unknown weighs in it."""


@dataclass
class _Subject:
    """What a publication says of one subject: ballots of its cells, votes, equations, and whether all cells are shown."""

    ballots: dict[Cell, Counter[Any]] = field(default_factory=lambda: defaultdict(Counter))
    votes: dict[Cell, int] = field(default_factory=dict)
    means: list[Row] = field(default_factory=list)
    counts: list[Row] = field(default_factory=list)
    hides: bool = False

    def unknown(self, cell: Cell) -> Hashable:
        """The ballots of a cell as an unknown: the same in two publications where they are the same."""
        return (*cell, frozenset(self.ballots[cell].items()))


def changed_by_few(warehouse: Warehouse, cycle: int) -> list[str]:
    """The cells that keep the current build of a cycle from being published beside its publications; none where it may."""
    rows = warehouse.ask("publications", {"today": None}).to_pylist()
    builds = list(dict.fromkeys(row["build"] for row in rows if row["cycle"] == cycle))
    current = warehouse.shown(cycle)
    if not builds or builds[0] == current.build:
        return []
    new, threshold = _told(warehouse, current, warehouse.extract)
    found: dict[str, None] = {}
    earlier = []
    for build in builds:
        marts = warehouse.published.extract if build == builds[0] else None
        old, least = _told(warehouse, warehouse.facts(build), marts)
        threshold = max(threshold, least)
        earlier.append(old)
    for old in earlier:
        for subject in sorted(old.keys() | new.keys()):
            for cell in _few_changed(old.get(subject, _Subject()), new.get(subject, _Subject()), threshold):
                found[" · ".join((subject, *cell))] = None
    for subject in sorted(new):
        told = [new[subject], *(old[subject] for old in earlier if subject in old)]
        if any(one.hides for one in told) and len({_shape(one) for one in told}) > 1 and _leaks(told, threshold):
            found.setdefault(subject)
    return list(found)


# -- within -----------------------------------------------------------------------------------------------------------


def _few_changed(old: _Subject, new: _Subject, threshold: int) -> Iterable[Cell]:
    for cell in sorted(old.ballots.keys() | new.ballots.keys()):
        before, after = old.ballots.get(cell, Counter()), new.ballots.get(cell, Counter())
        changed = max((after - before).total(), (before - after).total())
        if 0 < changed < threshold:
            yield cell


def _shape(one: _Subject) -> tuple[frozenset[Hashable], ...]:
    """What a publication says of a subject, to see whether another one says the same."""
    return tuple(frozenset(frozenset(row.items()) for row in rows) for rows in (one.means, one.counts))


def _leaks(told: Sequence[_Subject], threshold: int) -> bool:
    """Whether the publications together speak of fewer ballots than the threshold, where none of them does alone."""
    ballots: dict[Hashable, dict[int, int]] = defaultdict(dict)
    columns: dict[Hashable, int] = {}
    for one in told:
        for row in (*one.means, *one.counts):
            for unknown in row:
                columns.setdefault(unknown, len(columns))
        for cell, votes in one.votes.items():
            unknown = one.unknown(cell)
            place = columns.setdefault(unknown, len(columns))
            ballots[cell[0], cell[2]][place] = max(votes, 1)
    unions = secrecy.unions(ballots, threshold)
    for systems in ([one.means for one in told], [one.counts for one in told]):
        each = [_matrix(rows, columns) for rows in systems]
        together = np.vstack(each)
        for union in unions:
            alone = np.vstack([_about(rows, union) for rows in each])
            if _rank(_about(together, union)) > _rank(alone):
                return True
    return False


def _matrix(rows: Sequence[Row], columns: Mapping[Hashable, int]) -> Matrix:
    matrix = np.zeros((len(rows), len(columns)))
    for at, row in enumerate(rows):
        for unknown, weight in row.items():
            matrix[at, columns[unknown]] += weight
    return matrix


def _about(rows: Matrix, union: Sequence[int]) -> Matrix:
    """The combinations of the rows that speak of the columns of the union alone."""
    if not rows.size:
        return rows
    others = np.delete(rows, list(union), axis=1).T
    _, sizes, ways = np.linalg.svd(others, full_matrices=True)
    rank = int((sizes > 1e-9).sum())
    found: Matrix = ways[rank:] @ rows
    return found


def _rank(rows: Matrix) -> int:
    return int(np.linalg.matrix_rank(rows, tol=1e-8)) if rows.size else 0


def _told(warehouse: Warehouse, facts: Facts, marts: Any) -> tuple[dict[str, _Subject], int]:
    """What a build tells of each subject, and its threshold. `marts` gives its marts where they are stored."""
    inputs = warehouse.inputs(facts.cycle, facts)
    if marts is None:
        with warehouse.scratch() as connection:
            run = Run(connection, inputs, facts.cycle, None, warehouse.files())
            run.stage()
            run.score()
            stored = {name: run.table(f"marts.{name}") for name in ("ranking", "polls", "score_steps")}
    else:
        stored = {name: marts(name, facts.cycle) for name in ("ranking", "polls", "score_steps")}
    with warehouse.scratch() as connection:
        run = Run(connection, inputs, facts.cycle, None, warehouse.files())
        run.stage()
        tables = run.replay(stored["ranking"].select(["subject", "total", "grade"]))
    return _equations(tables, stored), int(tables["settings"]["anonymity"][0].as_py())


def _equations(tables: Mapping[str, pa.Table], marts: Mapping[str, pa.Table]) -> dict[str, _Subject]:
    found: dict[str, _Subject] = defaultdict(_Subject)
    for name in ("answers", "counts"):
        for row in tables[name].to_pylist():
            cell = (row["poll"], row["item"], row["rater_group"])
            found[row["subject"]].ballots[cell][row["points"]] += row.get("votes", 1)
    weights: dict[tuple[str, str, str], dict[Cell, float]] = defaultdict(dict)
    items: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for row in tables["cells"].to_pylist():
        cell = (row["poll"], row["item"], row["rater_group"])
        found[row["subject"]].votes[cell] = int(row["votes"])
        weights[row["subject"], row["poll"], row["item"]][cell] = _number(row["group_weight"])
        items[row["subject"], row["poll"]][row["item"]] = _number(row["item_weight"])
    for row in marts["polls"].to_pylist():
        one, cell = found[row["subject"]], (row["poll"], row["item"], row["rater_group"])
        if row["mean"] is None:
            one.hides = one.hides or cell in one.votes
        else:
            one.means.append({one.unknown(cell): 1.0})
            one.counts.append({one.unknown(cell): 1.0})
    shown: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for row in marts["score_steps"].to_pylist():
        if row["score"] is not None:
            shown[row["subject"]].add((row["step"], row["poll"] or "", row["id"]))
    nodes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in tables["nodes"].to_pylist():
        nodes[row["subject"]].append(row)
    parts: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in tables["parts"].to_pylist():
        parts[row["subject"], row["component"]].append(row)
    for subject, one in found.items():
        if one.votes:
            _tree(one, subject, nodes[subject], parts, weights, items, shown[subject])
    return found


def _tree(
    one: _Subject,
    subject: str,
    nodes: Sequence[dict[str, Any]],
    parts: Mapping[tuple[str, str], Sequence[dict[str, Any]]],
    weights: Mapping[tuple[str, str, str], Mapping[Cell, float]],
    items: Mapping[tuple[str, str], Mapping[str, float]],
    shown: set[tuple[str, str, str]],
) -> None:
    """The equations of one subject's score: items, indicators, components and the base."""
    children: dict[str | None, list[dict[str, Any]]] = defaultdict(list)
    for node in nodes:
        children[node["parent"]].append(node)

    def item(poll: str, name: str) -> Row:
        groups = weights.get((subject, poll, name), {})
        return _mean([({one.unknown(cell): 1.0}, weight) for cell, weight in groups.items()])

    def component(node: dict[str, Any]) -> Row:
        if node["poll"]:
            return _mean([(item(node["poll"], name), w) for name, w in items.get((subject, node["poll"]), {}).items()])
        own = parts.get((subject, node["component"]), ())
        if own:
            return _mean([({_known(row, "indicator"): 1.0}, _number(row["weight"])) for row in own])
        below = children.get(node["component"], ())
        if below:
            return _mean([(component(child), _number(child["weight"])) for child in below])
        return {} if node["score"] is None else {_known(node, "component"): 1.0}

    for (owner, poll), names in items.items():
        for name in names if owner == subject else ():
            if ("poll_item", poll, name) in shown:
                one.means.append(item(poll, name))
                one.counts.append({one.unknown(cell): 1.0 for cell in weights.get((subject, poll, name), {})})
    for row in (row for node in nodes for row in parts.get((subject, node["component"]), ())):
        if ("indicator", "", row["indicator"]) in shown:
            one.means.append({_known(row, "indicator"): 1.0})
    for node in nodes:
        if ("component", "", node["component"]) in shown:
            one.means.append(component(node))
    one.means.append(_mean([(component(node), _number(node["weight"])) for node in children[None]]))


def _known(row: Mapping[str, Any], step: str) -> Hashable:
    """What is no ballot: the same unknown where it has the same score."""
    return (step, row[step], row["score"])


def _mean(parts: Iterable[tuple[Row, float]]) -> Row:
    """The weighted mean of equations, without those that have no score."""
    made = [(row, weight) for row, weight in parts if row]
    total = sum(weight for _, weight in made)
    mean: Row = defaultdict(float)
    for row, weight in made if total else ():
        for unknown, share in row.items():
            mean[unknown] += share * weight / total
    return dict(mean)


def _number(value: Decimal | None) -> float:
    return float(value or 0)
