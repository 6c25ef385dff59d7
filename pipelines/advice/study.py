"""A built cycle as arrays: who takes part, the rules from component scores to grades, and all votes.

Read in a run of its own (`Run.replay`) from what the warehouse holds; kept for the version of the warehouse, because
every question of the advice starts here.
"""

from __future__ import annotations

import functools
import math
import weakref
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.contract import KINDS
from pipelines.engine import Run
from pipelines.reads import Selection
from pipelines.statistics import confidence
from pipelines.statistics.confidence import Cells, Counts, Polls, Sheets
from pipelines.statistics.rescoring import NO_GRADE, Contest, Field, Floats, Integers, Tree
from pipelines.warehouse import Warehouse

Answer = TypeVar("Answer")

FIGURE = pa.decimal128(18, 6)
"""Statistics leave as decimals: a file must not depend on the last bit of a float."""


def figure(value: float | None) -> Decimal | None:
    """A statistic as it leaves; NaN and infinity are no figure."""
    return None if value is None or not math.isfinite(value) else Decimal(f"{value:.6f}")


@dataclass(frozen=True)
class Study:
    """One built cycle as arrays: who takes part (in the order of `subjects`), the field, and the tables behind it."""

    cycle: int
    subjects: tuple[str, ...]
    field: Field
    tables: dict[str, pa.Table]

    @functools.cached_property
    def place(self) -> dict[str, int]:
        """Where a subject stands in the arrays."""
        return {subject: number for number, subject in enumerate(self.subjects)}

    @functools.cached_property
    def people(self) -> list[dict[str, Any]]:
        """The rows of everybody, in the order of the arrays."""
        rows: list[dict[str, Any]] = self.tables["contestants"].to_pylist()
        return rows

    @functools.cached_property
    def orders(self) -> dict[str, dict[str, int]]:
        """Kind -> grade -> its order among the grades of the kind, 1 best."""
        found: dict[str, dict[str, int]] = {}
        for row in self.tables["contests"].select(["subject", "grade", "grade_order"]).to_pylist():
            own = found.setdefault(self.people[self.place[row["subject"]]]["kind"], {})
            own[row["grade"]] = min(row["grade_order"], own.get(row["grade"], row["grade_order"]))
        return found

    @functools.cached_property
    def deep(self) -> tuple[Field, list[dict[str, Any]]]:
        """The field with indicators as leaves of the tree, and the rows of that tree (component or indicator)."""
        nodes = self.tables["nodes"].to_pylist()
        parts = self.tables["parts"].sort_by([("subject", "ascending"), ("indicator", "ascending")]).to_pylist()
        number = {(row["subject"], row["component"]): at for at, row in enumerate(nodes)}
        above = _integers(number[row["subject"], row["component"]] for row in parts)
        tree, count = self.field.tree, len(parts)
        none = np.zeros(count, dtype=np.bool_)
        score = tree.score.copy()
        score[above] = np.nan
        deep = Tree(
            owner=np.r_[tree.owner, tree.owner[above]],
            parent=np.r_[tree.parent, above],
            depth=np.r_[tree.depth, tree.depth[above] + 1],
            weight=np.r_[tree.weight, _floats(row["weight"] for row in parts)],
            score=np.r_[score, _floats(row["score"] for row in parts)],
            has_data=np.r_[tree.has_data, np.array([row["has_data"] for row in parts], dtype=np.bool_)],
            is_from_parent=np.r_[tree.is_from_parent, none],
            is_geometric=np.r_[tree.is_geometric, none],
            is_zero=np.r_[tree.is_zero, none],
            decimals=np.r_[tree.decimals, np.full(count, -1)],
            least=np.r_[tree.least, np.zeros(count, dtype=np.int64)],
        )
        return replace(self.field, tree=deep), [*nodes, *parts]

    def chosen(self, selection: Selection) -> Integers:
        """The places of the selected subjects."""
        wanted = {"kind": selection.kind, "platform": selection.platform, "layer": selection.layer}
        return _integers(
            place
            for place, row in enumerate(self.people)
            if all(value is None or (row[name] or "") == value for name, value in wanted.items())
        )


def per_version(work: Callable[[Warehouse, int], Answer]) -> Callable[[Warehouse, int], Answer]:
    """Do the work for a cycle once per version of the warehouse; the latest two answers are kept, as long as it is."""
    kept: weakref.WeakKeyDictionary[Warehouse, dict[tuple[int, int], Answer]] = weakref.WeakKeyDictionary()

    @functools.wraps(work)
    def asked(warehouse: Warehouse, cycle: int) -> Answer:
        own = kept.setdefault(warehouse, {})
        key = (warehouse.version, cycle)
        if key not in own:
            answer = work(warehouse, cycle)
            for old in list(own)[: len(own) - 1]:
                own.pop(old, None)
            own[key] = answer
        return own[key]

    return asked


@per_version
def study(warehouse: Warehouse, cycle: int) -> Study:
    """The built cycle as arrays."""
    with warehouse.scratch() as connection:
        run = Run(connection, warehouse.inputs(cycle), cycle, None, warehouse.files())
        run.stage()
        tables = run.replay(warehouse.extract("ranking", cycle).select(["subject", "total", "grade"]))
    return make_study(cycle, tables)


def make_study(cycle: int, tables: dict[str, pa.Table]) -> Study:
    """The arrays of a cycle from the tables of `Run.replay`."""
    tables = dict(tables)
    tables["contestants"] = tables["contestants"].sort_by([("kind_order", "ascending"), ("subject", "ascending")])
    people = tables["contestants"].to_pylist()
    place = {row["subject"]: number for number, row in enumerate(people)}
    settings = tables["settings"].to_pylist()[0]
    tables["nodes"] = tables["nodes"].sort_by(
        [("subject", "ascending"), ("depth", "ascending"), ("component", "ascending")]
    )
    tables["cells"] = tables["cells"].sort_by([(name, "ascending") for name in _Coder.KEYS])
    contests, grades = _contests(tables["contests"].to_pylist(), people, place)
    number = {name: code for code, name in enumerate(grades)}
    field = Field(
        kind=_integers(KINDS.index(row["kind"]) for row in people),
        cohort=_integers(row["cohort_no"] for row in people),
        parent=_integers(place.get(row["parent"], -1) for row in people),
        is_graded=np.array([row["status"] == "graded" for row in people], dtype=np.bool_),
        added=np.array([float(row["bonus"] - row["deduction"]) for row in people]),
        tiebreak=_integers(row["tiebreak"] for row in people),
        forced=_integers(number.get(row["forced_grade"], NO_GRADE) for row in people),
        tree=_tree(tables["nodes"].to_pylist(), place),
        contests=contests,
        grades=grades,
        rank_decimals=settings["rank_decimals"],
        total_min=float(settings["total_min"]),
        total_max=None if settings["total_max"] is None else float(settings["total_max"]),
        is_border_included=settings["border"] == "include",
    )
    return Study(cycle, tuple(place), field, tables)


def make_polls(study: Study) -> Polls:
    """All valid votes of a cycle as arrays: numbered ballots as sheets, everything else as counts."""
    cells = study.tables["cells"]
    coder = _Coder(cells)
    answers, counts = coder.keyed(study.tables["answers"]), coder.keyed(study.tables["counts"])
    points = _standardised(answers, cells)
    cell, counted = coder.find(answers), coder.find(counts)
    sheet_names = pc.binary_join_element_wise(answers["poll"], answers["rater_group"], answers["sheet"], "\x1f")
    sheet = np.asarray(sheet_names.combine_chunks().dictionary_encode().indices)
    owner_names = pc.binary_join_element_wise(answers["poll"], answers["rater_group"], answers["parent"], "\x1f")
    owner = np.asarray(owner_names.combine_chunks().dictionary_encode().indices)
    mixed = np.zeros(cells.num_rows, dtype=np.bool_)
    mixed[counted[counted >= 0]] = True
    is_sheet = np.asarray(answers["is_numbered"]) & (cell >= 0) & ~mixed[cell]
    is_count = (cell >= 0) & ~is_sheet
    kept = counted >= 0
    single = np.concatenate([cell[is_count], counted[kept]])
    values = np.concatenate([points[is_count], _numbers(counts["points"])[kept]])
    votes = np.concatenate(
        [np.ones(int(is_count.sum()), dtype=np.int64), _numbers(counts["votes"])[kept].astype(np.int64)]
    )
    _, numbers = np.unique(sheet[is_sheet], return_inverse=True)
    of_sheet = confidence.strata(owner[is_sheet], numbers, int(numbers.max(initial=-1)) + 1)
    order = np.argsort(of_sheet, kind="stable")
    new = np.empty_like(order)
    new[order] = np.arange(order.size)
    low, high = coder.ranges(np.concatenate([cell[is_sheet], single]), np.concatenate([points[is_sheet], values]))
    target_names = (
        pc.binary_join_element_wise(cells["subject"], cells["poll"], "\x1f").combine_chunks().dictionary_encode()
    )
    item_names = pc.binary_join_element_wise(cells["subject"], cells["poll"], cells["item"], "\x1f")
    targets = {name: number for number, name in enumerate(target_names.dictionary.to_pylist())}
    nodes = [
        (number, targets[f"{row['subject']}\x1f{row['poll']}"])
        for number, row in enumerate(study.tables["nodes"].select(["subject", "poll"]).to_pylist())
        if row["poll"] is not None and f"{row['subject']}\x1f{row['poll']}" in targets
    ]
    return Polls(
        cells=Cells(
            target=np.asarray(target_names.indices, dtype=np.int64),
            item=np.asarray(item_names.combine_chunks().dictionary_encode().indices, dtype=np.int64),
            item_weight=_numbers(cells["item_weight"]),
            group_weight=_numbers(cells["group_weight"]),
            mean=_numbers(cells["mean"]),
            trim=_numbers(cells["trim"]).astype(np.int64),
            decimals=np.nan_to_num(_numbers(cells["round"]), nan=-1).astype(np.int64),
            low=low,
            high=high,
        ),
        sheets=Sheets(of_sheet[order], new[numbers], cell[is_sheet], points[is_sheet]),
        counts=_merged(single, values, votes),
        nodes=_integers(node for node, _ in nodes),
        targets=_integers(target for _, target in nodes),
    )


class _Coder:
    """Numbers for the cells of polls: the place of (subject, poll, item, rater group) in the sorted table of cells."""

    KEYS = ("subject", "poll", "item", "rater_group")

    def __init__(self, cells: pa.Table):
        self._words = {name: cells[name].combine_chunks().unique() for name in self.KEYS}
        self._keys = self._key(cells)
        self._order = np.argsort(self._keys)
        self._poll = np.asarray(pc.index_in(cells["poll"], value_set=self._words["poll"]))

    def keyed(self, table: pa.Table) -> pa.Table:
        """The rows whose words are all known."""
        known = functools.reduce(pc.and_, (pc.is_in(table[name], value_set=self._words[name]) for name in self.KEYS))
        return table.filter(known)

    def find(self, table: pa.Table) -> Integers:
        """The cell of each row, -1 where there is none."""
        keys = self._key(table)
        if not self._keys.size:
            return np.full(keys.size, -1, dtype=np.int64)
        at = np.searchsorted(self._keys, keys, sorter=self._order)
        found = self._order[np.minimum(at, self._keys.size - 1)]
        return np.where(self._keys[found] == keys, found, -1)

    def ranges(self, cell: Integers, points: Floats) -> tuple[Floats, Floats]:
        """The least and the greatest answer of each cell's poll."""
        low = np.full(len(self._words["poll"]), np.inf)
        high = np.full(len(self._words["poll"]), -np.inf)
        np.minimum.at(low, self._poll[cell], points)
        np.maximum.at(high, self._poll[cell], points)
        return low[self._poll], high[self._poll]

    def _key(self, table: pa.Table) -> Integers:
        key = np.zeros(table.num_rows, dtype=np.int64)
        for name in self.KEYS:
            codes = np.asarray(pc.index_in(table[name], value_set=self._words[name]), dtype=np.int64)
            key = key * len(self._words[name]) + codes
        return key


def _standardised(answers: pa.Table, cells: pa.Table) -> Floats:
    """The points of answers, where the poll says so as 50 + 10 (x − mean) / sd of the rater (specification, section 5)."""
    points = _numbers(answers["points"])
    polls = cells.filter(pc.equal(cells["standardise"], "rater"))["poll"].combine_chunks().unique()
    chosen = np.flatnonzero(np.asarray(pc.is_in(answers["poll"], value_set=polls)))
    if not chosen.size:
        return points
    own = answers.take(pa.array(chosen))
    names = pc.binary_join_element_wise(own["poll"], own["sheet"], own["item"], "\x1f")
    rater = np.asarray(names.combine_chunks().dictionary_encode().indices)
    size = np.bincount(rater)
    mean = np.bincount(rater, points[chosen]) / size
    gap = points[chosen] - mean[rater]
    deviation = np.sqrt(np.bincount(rater, gap**2) / np.maximum(size - 1, 1))[rater]
    points[chosen] = 50 + np.divide(10 * gap, deviation, out=np.zeros_like(gap), where=deviation > 1e-9)
    return points


def _merged(cell: Integers, points: Floats, votes: Integers) -> Counts:
    """Counts with one row per cell and points."""
    if not cell.size:
        return Counts(cell, points, votes)
    order = np.lexsort((points, cell))
    cell, points, votes = cell[order], points[order], votes[order]
    starts = np.flatnonzero(np.r_[True, (np.diff(cell) != 0) | (np.diff(points) != 0)])
    return Counts(cell[starts], points[starts], np.add.reduceat(votes, starts))


def _numbers(column: pa.ChunkedArray) -> Floats:
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64).copy()


def _tree(rows: Sequence[dict[str, Any]], place: dict[str, int]) -> Tree:
    number = {(row["subject"], row["component"]): at for at, row in enumerate(rows)}
    return Tree(
        owner=_integers(place[str(row["subject"])] for row in rows),
        parent=_integers(number.get((row["subject"], row["parent"]), -1) for row in rows),
        depth=_integers(row["depth"] for row in rows),
        weight=_floats(row["weight"] for row in rows),
        score=_floats(row["score"] for row in rows),
        has_data=np.array([(row["coverage"] or 0) > 0 for row in rows], dtype=np.bool_),
        is_from_parent=np.array([row["fed_by"] == "parent" for row in rows], dtype=np.bool_),
        is_geometric=np.array([row["aggregate"] == "geometric" for row in rows], dtype=np.bool_),
        is_zero=np.array([row["missing"] == "zero" for row in rows], dtype=np.bool_),
        decimals=_integers(-1 if row["round"] is None else row["round"] for row in rows),
        least=_integers(row["min_present"] or 0 for row in rows),
    )


def _contests(
    rows: Sequence[dict[str, Any]], people: Sequence[dict[str, Any]], place: dict[str, int]
) -> tuple[tuple[Contest, ...], tuple[str, ...]]:
    """The contests, and the names of the grades from the best down."""
    orders: dict[str, int] = {}
    for row in rows:
        orders[row["grade"]] = min(row["grade_order"], orders.get(row["grade"], row["grade_order"]))
    grades = tuple(sorted(orders, key=lambda name: (orders[name], name)))
    grouped: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        kind = people[place[str(row["subject"])]]["kind"]
        grouped.setdefault((row["grade_order"], row["row_no"], kind, row["pool"], row["part"]), []).append(row)
    contests = []
    for (order, *_), members in sorted(grouped.items(), key=lambda item: str(item[0])):
        best = [people[place[row["subject"]]]["best_order"] for row in members]
        contests.append(
            Contest(
                grade=grades.index(members[0]["grade"]),
                order=order,
                members=_integers(place[row["subject"]] for row in members),
                may_take=np.array([limit is None or limit <= order for limit in best], dtype=np.bool_),
                is_last=np.array([row["is_last"] for row in members], dtype=np.bool_),
                seats=members[0]["seats"],
                min_score=None if members[0]["min_score"] is None else float(members[0]["min_score"]),
            )
        )
    return tuple(contests), grades


def _integers(values: Iterable[Any]) -> Integers:
    return np.fromiter(values, dtype=np.int64)


def _floats(values: Iterable[Any]) -> Floats:
    return np.array([np.nan if value is None else float(value) for value in values])
