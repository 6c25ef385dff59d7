"""Which cells of the polls, and of what is made from them, may be shown.

A threshold alone does not keep ballots secret: where a composite and all groups but one are shown, the last one is their
difference. So the question is asked of everything that is shown together. What is shown are linear equations in the means
(and votes) of the rater groups: a mean that is shown, the score of an item, a component, the base. A cell is shown only
if afterwards no combination of the equations speaks of hidden cells alone that together hold fewer than `threshold`
ballots: no such vector lies in the row space of what is shown. Cells are taken from coarse to fine, and what is official
(the base) is taken first.

Pure: tables in, table out; the same tables give the same answer. Most subjects have no small cell and never come here;
those of the others whose items are thick enough fall apart into their items, and equal items are solved once.
"""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

HIDDEN = pa.schema([(name, pa.string()) for name in ("subject", "step", "poll", "item", "id", "reason")])
"""One row per hidden cell. `step` is poll_group, poll_item, indicator or component; `item` is told for poll_group only.
`reason`: few (under the threshold), unanimous (a small panel of one mind), derivable (it would give hidden ones away)."""

MOST_UNIONS = 300
"""So many unions of small cells are looked at one by one; where there are more, all small cells count as one union, which
hides more and never less."""

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Part = tuple[str, str, str]
"""A part of a score: step, poll and item (joined), id."""


@dataclass(frozen=True)
class Cell:
    """Something that could be shown: its equation in the means and in the votes of the columns."""

    means: Vector
    votes: Vector


def hidden(cells: pa.Table, parts: pa.Table, threshold: int) -> pa.Table:
    """What must not be shown: `cells` are `scoring.ballot_cells`, `parts` are `scoring.thin_parts`."""
    found: list[tuple[str, str, str, str, str, str]] = []
    if threshold > 0:
        rows_of: dict[str, list[dict[str, object]]] = defaultdict(list)
        for row in parts.to_pylist():
            rows_of[row["subject"]].append(row)
        blocks: dict[tuple[str, str, str], list[dict[str, object]]] = defaultdict(list)
        for row in cells.to_pylist():
            blocks[row["subject"], row["poll"], row["item"]].append(row)
        for (subject, poll, item), block in sorted(blocks.items()):
            if subject not in rows_of:
                found += [
                    (subject, "poll_group", poll, item, id_, reason)
                    for id_, reason in _hidden_in_item(block, threshold)
                ]
        unanimous: set[tuple[object, ...]] = {
            (row["subject"], row["poll"], row["item"], row["rater_group"])
            for block in blocks.values()
            for row in block
            if row["is_unanimous"]
        }
        for subject, rows in sorted(rows_of.items()):
            found += [(subject, *rest) for rest in _hidden_in_tree(subject, rows, unanimous, threshold)]
    columns = zip(*found, strict=True) if found else ([] for _ in HIDDEN)
    return pa.table([pa.array(column, pa.string()) for column in columns], HIDDEN)


def choose(cells: Sequence[Cell], unions: Sequence[Sequence[int]], forced: Iterable[int] = ()) -> set[int]:
    """The places in `cells` that may be shown, decided in their order after the `forced` ones.

    A union is a set of columns; a cell is shown if it adds nothing to what the shown equations say about a union alone.
    """
    shown = _Shown(unions)
    chosen = set(forced)
    for place in sorted(chosen):
        shown.take(cells[place], is_forced=True)
    for place, cell in enumerate(cells):
        if place not in chosen and shown.take(cell):
            chosen.add(place)
    return chosen


def unions(ballots: Mapping[Hashable, Mapping[int, int]], threshold: int) -> list[tuple[int, ...]]:
    """The greatest sets of columns that together hold fewer than `threshold` ballots.

    `ballots` tells per group of voters how many ballots stand behind each of its columns: the same voters answer all
    items, so columns of one group do not add up, columns of different groups do.
    """
    groups = []
    for columns in ballots.values():
        small = {column: count for column, count in columns.items() if count < threshold}
        levels = sorted(set(small.values()))
        groups.append([(level, tuple(c for c, count in small.items() if count <= level)) for level in levels])
    groups = [group for group in groups if group]
    if not groups:
        return []
    found = list(itertools.islice(_combine(groups, threshold - 1), MOST_UNIONS + 1))
    if len(found) > MOST_UNIONS:
        return [tuple(sorted({column for group in groups for _, columns in group for column in columns}))]
    sets = sorted({tuple(sorted(one)) for one in found}, key=lambda one: (-len(one), one))
    kept: list[tuple[int, ...]] = []
    for one in sets:
        if one and not any(set(one) <= set(other) for other in kept):
            kept.append(one)
    return kept


# -- within -----------------------------------------------------------------------------------------------------------


class _Shown:
    """The equations that are shown so far, and what they say about each union alone."""

    def __init__(self, unions: Sequence[Sequence[int]]):
        self._unions = unions
        self._rows: tuple[list[Vector], list[Vector]] = ([], [])
        self._leaks = [[0] * len(unions), [0] * len(unions)]

    def take(self, cell: Cell, *, is_forced: bool = False) -> bool:
        """Add a cell unless it gives something away; tells whether it was added."""
        after = []
        for system, row in enumerate((cell.means, cell.votes)):
            rows = [*self._rows[system], row] if row.any() else self._rows[system]
            leaks = [_leak(rows, union) for union in self._unions] if row.any() else self._leaks[system]
            if not is_forced and any(new > old for new, old in zip(leaks, self._leaks[system], strict=True)):
                return False
            after.append((rows, leaks))
        self._rows = (after[0][0], after[1][0])
        self._leaks = [after[0][1], after[1][1]]
        return True


def _leak(rows: Sequence[Vector], union: Sequence[int]) -> int:
    """How many independent combinations of the rows speak of the columns of the union alone."""
    matrix = np.array(rows)
    others = np.delete(matrix, list(union), axis=1)
    return _rank(matrix) - _rank(others)


def _rank(matrix: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> int:
    return int(np.linalg.matrix_rank(matrix, tol=1e-9)) if matrix.size else 0


def _combine(groups: Sequence[Sequence[tuple[int, tuple[int, ...]]]], left: int) -> Iterator[tuple[int, ...]]:
    """Every choice of levels of the groups that costs at most `left` ballots."""
    if not groups:
        yield ()
        return
    for level, columns in ((0, ()), *groups[0]):
        if level <= left:
            for rest in _combine(groups[1:], left - level):
                yield (*columns, *rest)


def _hidden_in_item(block: Sequence[dict[str, object]], threshold: int) -> list[tuple[str, str]]:
    """The hidden groups of an item whose score is shown, with their reasons."""
    ordered = sorted(block, key=lambda row: (-float(str(row["weight"])), str(row["rater_group"])))
    signature = tuple(
        (float(str(row["weight"])), min(_count(row["votes"]), threshold), bool(row["is_unanimous"])) for row in ordered
    )
    return [(str(ordered[place]["rater_group"]), reason) for place, reason in _solve_item(signature, threshold)]


@functools.lru_cache(maxsize=100_000)
def _solve_item(signature: tuple[tuple[float, int, bool], ...], threshold: int) -> list[tuple[int, str]]:
    count = len(signature)
    counts = [1 if is_unanimous else max(votes, 1) for _, votes, is_unanimous in signature]
    item = Cell(_scaled([weight for weight, _, _ in signature]), np.ones(count))
    units = np.identity(count)
    few = {place for place in range(count) if counts[place] < threshold}
    candidates = [place for place in range(count) if place not in few]
    cells = [item] + [
        Cell(units[place] if signature[place][0] else np.zeros(count), units[place]) for place in candidates
    ]
    chosen = choose(cells, unions({place: {place: counts[place]} for place in range(count)}, threshold), forced=[0])
    shown = {candidates[place - 1] for place in chosen if place}
    reasons = []
    for place, (_, votes, _) in enumerate(signature):
        if place not in shown:
            reasons.append((place, "few" if votes < threshold else "unanimous" if place in few else "derivable"))
    return reasons


def _hidden_in_tree(
    subject: str, rows: Sequence[dict[str, object]], unanimous: set[tuple[object, ...]], threshold: int
) -> list[tuple[str, str, str, str, str]]:
    """The hidden parts of one subject's score, where the score of an item alone would give ballots away."""
    parts_of: dict[Part, list[tuple[Part, float]]] = defaultdict(list)
    about: dict[Part, dict[str, object]] = {}
    for row in rows:
        step, poll = str(row["step"]), str(row["poll"])
        part: Part = (step, f"{poll}\x1f{row['whole']}" if step == "poll_group" else poll, str(row["id"]))
        about[part] = row
        whole_step = str(row["whole_step"])
        whole: Part = (whole_step, poll if whole_step == "poll_item" else "", str(row["whole"]))
        parts_of[whole].append((part, float(str(row["weight"]))))
        about.setdefault(whole, {"depth": -1 if whole_step == "base" else 1001, "is_known": False})
    leaves = sorted(part for part in about if part not in parts_of and not about[part]["is_known"])
    columns = {part: place for place, part in enumerate(leaves)}

    @functools.cache
    def means(part: Part) -> tuple[float, ...]:
        if part in columns:
            return tuple(float(place == columns[part]) for place in range(len(columns)))
        made = [(means(child), weight) for child, weight in parts_of.get(part, ())]
        total = sum(weight for _, weight in made)
        if not total:
            return (0.0,) * len(columns)
        return tuple(sum(row[place] * weight for row, weight in made) / total for place in range(len(columns)))

    def votes(part: Part) -> Vector:
        voted = [part] if part[0] == "poll_group" else [child for child, _ in parts_of.get(part, ())]
        counted = {columns[one] for one in voted if one[0] == "poll_group"}
        return np.array([float(place in counted) for place in range(len(columns))])

    ballots: dict[Hashable, dict[int, int]] = defaultdict(dict)
    few: dict[Part, str] = {}
    for part, place in columns.items():
        if part[0] == "poll_group":
            poll, item = part[1].split("\x1f")
            count = _count(about[part]["votes"])
            if count < threshold:
                few[part] = "few"
            elif (subject, poll, item, part[2]) in unanimous:
                few[part] = "unanimous"
            ballots[poll, part[2]][place] = max(count if few.get(part) != "unanimous" else 1, 1)
    order = sorted((part for part in about if part not in few), key=lambda part: (_count(about[part]["depth"]), part))
    cells = [Cell(np.array(means(part)), votes(part)) for part in order]
    forced = [place for place, part in enumerate(order) if part[0] == "base" or about[part]["is_known"]]
    shown = {order[place] for place in choose(cells, unions(ballots, threshold), forced)}
    found = []
    for part in sorted(about):
        if part not in shown:
            step, group_of, id_ = part
            poll, item = group_of.split("\x1f") if step == "poll_group" else (group_of, "")
            found.append((step, poll, item, id_, few.get(part, "derivable")))
    return found


def _scaled(weights: Sequence[float]) -> Vector:
    """Weights as shares: the size of a weight says nothing, and a rank is told by a tolerance."""
    greatest = max(map(abs, weights), default=0.0)
    return np.array(weights) / greatest if greatest else np.zeros(len(weights))


def _count(value: object) -> int:
    return int(str(value))
