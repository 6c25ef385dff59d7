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

from pipelines.advice import arrays
from pipelines.contract import KINDS
from pipelines.engine import Run
from pipelines.models import Model, read_models
from pipelines.progress import tell
from pipelines.reads import Selection
from pipelines.statistics import confidence
from pipelines.statistics.confidence import Cells, Counts, Polls, Sheets
from pipelines.statistics.rescoring import Contest, Field, Tree
from pipelines.statistics.rules import PARTS, UNKNOWN, Condition, Flags, Floats, Gate, Integers, Metric, Pool
from pipelines.warehouse import Warehouse

Answer = TypeVar("Answer")

CELL = ("subject", "poll", "item", "rater_group")
"""What tells the cells of polls from one another."""
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
    hidden: frozenset[tuple[str, str, str, str]] = frozenset()
    """Subject, poll, item and rater group of the cells that nobody may see."""
    secret: frozenset[str] = frozenset()
    """The subjects of whose score a part is hidden, down to a component or an indicator."""

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
        rows = {row["row_no"]: row for row in self.tables["grade_table"].to_pylist()}
        people, candidates = self.tables["contestants"], self.tables["candidates"]
        place = pa.array(arrays.places(candidates["subject"], people["subject"].combine_chunks()))
        pairs = pa.table({"kind": people["kind"].take(place), "row_no": candidates["row_no"]})
        asked = {(row["kind"], row["row_no"]) for row in pairs.group_by(["kind", "row_no"]).aggregate([]).to_pylist()}
        found: dict[str, dict[str, int]] = {}
        for kind, number in sorted(asked):
            own, row = found.setdefault(kind, {}), rows[number]
            own[row["grade"]] = min(row["grade_order"], own.get(row["grade"], row["grade_order"]))
        return found

    @functools.cached_property
    def deep(self) -> tuple[Field, pa.Table]:
        """The field with indicators as leaves of the tree, and the rows of that tree: `indicator` is blank for a component."""
        nodes = self.tables["nodes"]
        parts = self.tables["parts"].sort_by([("subject", "ascending"), ("indicator", "ascending")])
        subjects, components = (
            self.tables["contestants"]["subject"].combine_chunks(),
            arrays.distinct(nodes["component"]),
        )
        own, wanted = (_keys(of["subject"], of["component"], subjects, components) for of in (nodes, parts))
        above = arrays.find(own, wanted)
        tree, count = self.field.tree, parts.num_rows
        none = np.zeros(count, dtype=np.bool_)
        score = tree.score.copy()
        score[above] = np.nan
        deep = Tree(
            owner=np.r_[tree.owner, tree.owner[above]],
            parent=np.r_[tree.parent, above],
            depth=np.r_[tree.depth, tree.depth[above] + 1],
            weight=np.r_[tree.weight, arrays.floats(parts["weight"])],
            score=np.r_[score, arrays.floats(parts["score"])],
            has_data=np.r_[tree.has_data, arrays.flags(parts["has_data"])],
            is_from_parent=np.r_[tree.is_from_parent, none],
            is_geometric=np.r_[tree.is_geometric, none],
            is_zero=np.r_[tree.is_zero, none],
            decimals=np.r_[tree.decimals, np.full(count, -1)],
            least=np.r_[tree.least, np.zeros(count, dtype=np.int64)],
        )
        told = ["subject", "row_no", "applies", "component", "name", "weight"]
        rows = pa.concat_tables(
            [nodes.select([*told, "parent"]), parts.select([*told, "indicator"])], promote_options="default"
        )
        return replace(self.field, tree=deep), rows

    @functools.cached_property
    def veiled(self) -> frozenset[str]:
        """The subjects behind whose totals a hidden cell stands: other numbers made of their votes could tell it."""
        fed = {(row["subject"], row["poll"]) for row in self.tables["nodes"].select(["subject", "poll"]).to_pylist()}
        return self.secret | {subject for subject, poll, _, _ in self.hidden if (subject, poll) in fed}

    def open_field(self) -> tuple[Field, pa.Table]:
        """The deep field without the scores of subjects of whose score a part is hidden: they take no place in it."""
        field, rows = self.deep
        is_secret = np.array([subject in self.secret for subject in self.subjects], dtype=np.bool_)[field.tree.owner]
        tree = replace(
            field.tree,
            score=np.where(is_secret, np.nan, field.tree.score),
            has_data=field.tree.has_data & ~is_secret,
        )
        return replace(field, tree=tree), rows

    def is_shown(self) -> Flags:
        """Of each row of the table `cells` whether it may be seen."""
        if not self.hidden:
            return np.ones(self.tables["cells"].num_rows, dtype=np.bool_)
        cells = pc.binary_join_element_wise(*(self.tables["cells"][name] for name in CELL), "\x1f")
        return ~arrays.flags(pc.is_in(cells, value_set=pa.array(["\x1f".join(cell) for cell in sorted(self.hidden)])))

    def chosen(self, selection: Selection, *, is_open: bool = False) -> Integers:
        """The places of the selected subjects; with `is_open` those only of whose score no part is hidden.

        A statistic of scores that cannot be seen could be solved for the one that is missing.
        """
        people = self.tables["contestants"]
        wanted = {"kind": selection.kind, "platform": selection.platform, "layer": selection.layer}
        kept = np.ones(people.num_rows, dtype=np.bool_)
        for name, value in wanted.items():
            if value is not None:
                kept &= arrays.flags(pc.equal(pc.fill_null(people[name], ""), value))
        if is_open and self.secret:
            kept &= ~arrays.flags(pc.is_in(people["subject"], value_set=pa.array(sorted(self.secret))))
        return np.flatnonzero(kept)


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


class _ToldRun(Run):
    """A run for the advice, which tells how many of its models it has made."""

    _made = 0

    def _create(self, model: Model, is_added: bool = False) -> None:
        models = len(read_models("staging")) + len(read_models("scoring"))
        tell("cycle", self._made, models)
        self._made += 1
        super()._create(model, is_added)


@per_version
def study(warehouse: Warehouse, cycle: int) -> Study:
    """The built cycle as arrays."""
    tell("cycle", 0, 1)
    with warehouse.scratch() as connection:
        inputs = warehouse.inputs(cycle, warehouse.shown(cycle))
        run = _ToldRun(connection, inputs, cycle, None, warehouse.files())
        run.stage()
        tables = run.replay(warehouse.extract("ranking", cycle).select(["subject", "total", "grade"]))
    hidden, secret = kept_back(warehouse, cycle)
    return replace(make_study(cycle, tables), hidden=hidden, secret=secret)


def kept_back(warehouse: Warehouse, cycle: int) -> tuple[frozenset[tuple[str, str, str, str]], frozenset[str]]:
    """The cells that the marts of a cycle hide, and the subjects of whose score they hide a part."""
    polls = warehouse.extract("polls", cycle)
    unseen = polls.filter(pc.is_null(polls["mean"])).select(CELL).to_pylist()
    steps = warehouse.extract("score_steps", cycle)
    suppressed = steps.filter(pc.equal(steps["note"], "suppressed"))["subject"].to_pylist()
    hidden = frozenset(tuple(row[name] for name in CELL) for row in unseen)
    return hidden, frozenset(suppressed)


def make_study(cycle: int, tables: dict[str, pa.Table]) -> Study:
    """The arrays of a cycle from the tables of `Run.replay`."""
    tables = dict(tables)
    tables["contestants"] = people = tables["contestants"].sort_by(
        [("kind_order", "ascending"), ("subject", "ascending")]
    )
    subjects = people["subject"].combine_chunks()
    settings = tables["settings"].to_pylist()[0]
    tables["nodes"] = tables["nodes"].sort_by(
        [("subject", "ascending"), ("depth", "ascending"), ("component", "ascending")]
    )
    tables["cells"] = tables["cells"].sort_by([(name, "ascending") for name in CELL])
    tell("arrays", 0, 4)
    contests, pools, grades = _contests(tables, subjects)
    tell("arrays", 1, 4)
    metrics, words = _metrics(tables, subjects)
    names = list(metrics)
    numbers = {name: number for number, name in enumerate(grades)}
    tell("arrays", 2, 4)
    tree = _tree(tables["nodes"], subjects)
    tell("arrays", 3, 4)
    is_covered = arrays.billionths_of(people["coverage"], UNKNOWN) >= arrays.billionths(settings["min_coverage"])
    field = Field(
        kind=arrays.places(people["kind"], pa.array(KINDS)),
        cohort=arrays.whole_numbers(people["cohort_no"], -1),
        parent=_parents(people, subjects),
        is_graded=arrays.flags(pc.equal(people["declared"], "graded")) & is_covered,
        added=(arrays.billionths_of(people["bonus"], 0) - arrays.billionths_of(people["deduction"], 0)) / PARTS,
        tree=tree,
        metrics=tuple(metrics.values()),
        gates=_gates(tables["conditions"], names, words, subjects, numbers),
        tiebreaks=tuple(
            (names.index(row["metric"]), row["direction"] == "desc")
            for row in sorted(tables["tiebreaks"].to_pylist(), key=lambda row: (row["tiebreak_order"], row["row_no"]))
        ),
        contests=contests,
        pools=pools,
        grades=grades,
        rank_decimals=settings["rank_decimals"],
        total_min=float(settings["total_min"]),
        total_max=None if settings["total_max"] is None else float(settings["total_max"]),
        is_border_included=settings["border"] == "include",
        is_everybody_counted=settings["headcount"] == "participants",
    )
    return Study(cycle, tuple(subjects.to_pylist()), field, tables)


def make_polls(study: Study) -> Polls:
    """All valid votes of a cycle as arrays: numbered ballots as sheets, everything else as counts."""
    cells = study.tables["cells"]
    coder = _Coder(cells)
    answers, counts = coder.keyed(study.tables["answers"]), coder.keyed(study.tables["counts"])
    points = _standardised(answers, cells)
    cell, counted = coder.find(answers), coder.find(counts)
    sheet_names = pc.binary_join_element_wise(answers["poll"], answers["rater_group"], answers["sheet"], "\x1f")
    called = sheet_names.combine_chunks().dictionary_encode()
    sheet = np.asarray(called.indices)
    owner_names = pc.binary_join_element_wise(answers["poll"], answers["rater_group"], answers["parent"], "\x1f")
    owner = np.asarray(owner_names.combine_chunks().dictionary_encode().indices)
    mixed = np.zeros(cells.num_rows, dtype=np.bool_)
    mixed[counted[counted >= 0]] = True
    is_sheet = np.asarray(answers["is_numbered"]) & (cell >= 0) & ~mixed[cell]
    is_count = (cell >= 0) & ~is_sheet
    kept = counted >= 0
    single = np.concatenate([cell[is_count], counted[kept]])
    values = np.concatenate([points[is_count], _points(counts["points"])[kept]])
    votes = np.concatenate(
        [np.ones(int(is_count.sum()), dtype=np.int64), _numbers(counts["votes"])[kept].astype(np.int64)]
    )
    known, numbers = np.unique(sheet[is_sheet], return_inverse=True)
    of_sheet = confidence.strata(owner[is_sheet], numbers, int(numbers.max(initial=-1)) + 1)
    order = np.argsort(of_sheet, kind="stable")
    new = np.empty_like(order)
    new[order] = np.arange(order.size)
    low, high = _ranges(
        study, coder, np.concatenate([cell[is_sheet], single]), np.concatenate([points[is_sheet], values])
    )
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
    merged = _merged(single, values, votes)
    raw = _points(answers["points"])
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
        sheets=Sheets(
            of_sheet[order],
            new[numbers],
            cell[is_sheet],
            points[is_sheet],
            tuple(called.dictionary.take(pa.array(known[order])).to_pylist()),
        ),
        counts=merged,
        nodes=_integers(node for node, _ in nodes),
        targets=_integers(target for _, target in nodes),
        asked=_asked(study, targets, (new[numbers], cell[is_sheet], raw[is_sheet]), merged),
    )


def _asked(
    study: Study, targets: dict[str, int], on_sheets: tuple[Integers, Integers, Floats], counts: Counts
) -> confidence.Asked:
    """What gates and tie-breaks ask of the votes, in the columns of `drawn_metrics`."""
    tables, cells = study.tables, study.tables["cells"]
    columns = drawn_metrics(tables)
    if not columns:
        return confidence.nothing_asked()
    place = {column: number for number, column in enumerate(columns)}
    polls = {row["metric"]: row["subject_of"] for row in tables["asked_metrics"].to_pylist() if row["kind"] == "poll"}
    target = _integers(
        targets[f"{subject}\x1f{polls[metric]}"] if metric in polls else -1 for metric, subject in columns
    )
    share, scale, votes = np.zeros(len(columns)), np.full(len(columns), np.nan), np.zeros(len(columns), dtype=np.int64)
    chosen_votes = np.zeros(len(columns), dtype=np.int64)
    known = {(row["metric"], row["subject"]): row["number"] for row in tables["known_metrics"].to_pylist()}
    told = told_apart(tables)
    asking: dict[tuple[str, bool], list[str]] = {}
    for row in tables["rates"].to_pylist():
        column = place.get((row["metric"], row["subject"]))
        if column is None or not row["valid_votes"]:
            continue
        asking.setdefault((row["poll"], row["is_overall"]), [])
        if row["metric"] not in asking[row["poll"], row["is_overall"]]:
            asking[row["poll"], row["is_overall"]].append(row["metric"])
        votes[column], chosen_votes[column] = row["valid_votes"], row["chosen_votes"]
        share[column] = row["chosen_votes"] / row["valid_votes"]
        number = known.get((row["metric"], row["subject"]))
        if number is not None:
            scale[column] = float(number) / share[column] if share[column] else 0.0
    poll_of, item_of = (cells.column(name).to_pylist() for name in ("poll", "item"))
    subject_of = cells.column("subject").to_pylist()
    parts: list[tuple[Integers, Integers, np.ndarray[Any, Any], Integers, Integers, np.ndarray[Any, Any]]] = []
    sheet, cell, points = on_sheets
    for (poll, is_overall), metrics in asking.items():
        own = [at for at, of in enumerate(poll_of) if of == poll and (not is_overall or item_of[at] == "overall")]
        for metric in metrics:
            column_of = np.full(len(poll_of), -1)
            for at in own:
                column_of[at] = place.get((metric, subject_of[at]), -1)
            counted = np.array([float(value) for value in told[metric]])
            rows = np.flatnonzero(column_of[cell] >= 0)
            kept = np.flatnonzero(column_of[counts.cell] >= 0)
            parts.append(
                (sheet[rows], column_of[cell[rows]], np.isin(points[rows], counted), kept, column_of[counts.cell[kept]],
                 np.isin(counts.points[kept], counted))
            )  # fmt: skip
    if not parts:
        none = confidence.nothing_asked()
        return replace(none, target=target, share=share, scale=scale, votes=votes)
    on, sheet_column, is_sheet_chosen, count, count_column, is_count_chosen = (
        np.concatenate(one) for one in zip(*parts, strict=True)
    )
    size = len(columns)
    valid = np.bincount(sheet_column, minlength=size) + np.bincount(count_column, counts.votes[count], minlength=size)
    found = np.bincount(sheet_column, is_sheet_chosen, minlength=size)
    found = found + np.bincount(count_column, counts.votes[count] * is_count_chosen, minlength=size)
    is_whole = (valid == votes) & (found == chosen_votes)
    on_whole, in_whole = is_whole[sheet_column], is_whole[count_column]
    return confidence.Asked(
        target, share, scale, votes,
        on[on_whole], sheet_column[on_whole], is_sheet_chosen[on_whole],
        count[in_whole], count_column[in_whole], is_count_chosen[in_whole],
    )  # fmt: skip


def _ranges(study: Study, coder: _Coder, cell: Integers, points: Floats) -> tuple[Floats, Floats]:
    """The least and the greatest answer of each cell's poll, of the cells that are shown; none for hidden ones."""
    is_shown = study.is_shown()
    low, high = coder.ranges(cell[is_shown[cell]], points[is_shown[cell]])
    return np.where(is_shown, low, -np.inf), np.where(is_shown, high, np.inf)


def levels(polls: Polls) -> Counts:
    """All votes as counts, one row per cell and points, whether they came on sheets or not."""
    one = np.ones(polls.sheets.cell.size, dtype=np.int64)
    return _merged(
        np.concatenate([polls.sheets.cell, polls.counts.cell]),
        np.concatenate([polls.sheets.points, polls.counts.points]),
        np.concatenate([one, polls.counts.votes]),
    )


class _Coder:
    """Numbers for the cells of polls: the place of (subject, poll, item, rater group) in the sorted table of cells."""

    def __init__(self, cells: pa.Table):
        self._words = {name: cells[name].combine_chunks().unique() for name in CELL}
        self._keys = self._key(cells)
        self._order = np.argsort(self._keys)
        self._poll = np.asarray(pc.index_in(cells["poll"], value_set=self._words["poll"]))

    def keyed(self, table: pa.Table) -> pa.Table:
        """The rows whose words are all known."""
        known = functools.reduce(pc.and_, (pc.is_in(table[name], value_set=self._words[name]) for name in CELL))
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
        for name in CELL:
            codes = np.asarray(pc.index_in(table[name], value_set=self._words[name]), dtype=np.int64)
            key = key * len(self._words[name]) + codes
        return key


def _standardised(answers: pa.Table, cells: pa.Table) -> Floats:
    """The points of answers, where the poll says so as 50 + 10 (x − mean) / sd of the rater (specification, section 5)."""
    points = _points(answers["points"])
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


def _points(column: pa.ChunkedArray) -> Floats:
    """What answers are worth, each the float nearest to it: Arrow's cast of a decimal can be one bit beside that."""
    return np.asarray(np.rint(_numbers(column) * PARTS) / PARTS)


def _tree(nodes: pa.Table, subjects: pa.Array) -> Tree:
    components = arrays.distinct(nodes["component"])
    own, above = (_keys(nodes["subject"], nodes[name], subjects, components) for name in ("component", "parent"))
    return Tree(
        owner=arrays.places(nodes["subject"], subjects),
        parent=arrays.find(own, above),
        depth=arrays.whole_numbers(nodes["depth"], 0),
        weight=arrays.floats(nodes["weight"]),
        score=arrays.floats(nodes["score"]),
        has_data=arrays.floats(nodes["coverage"]) > 0,
        is_from_parent=arrays.flags(pc.equal(nodes["fed_by"], "parent")),
        is_geometric=arrays.flags(pc.equal(nodes["aggregate"], "geometric")),
        is_zero=arrays.flags(pc.equal(nodes["missing"], "zero")),
        decimals=arrays.whole_numbers(nodes["round"], -1),
        least=arrays.whole_numbers(nodes["min_present"], 0),
    )


def _keys(of: pa.ChunkedArray, component: pa.ChunkedArray, subjects: pa.Array, components: pa.Array) -> Integers:
    """A number for each pair of a subject and a component; none is that of another pair, and -1 is no component."""
    part = arrays.places(component, components)
    return np.where(part < 0, -1, arrays.places(of, subjects) * len(components) + part)


def _parents(people: pa.Table, subjects: pa.Array) -> Integers:
    """The place of everybody's parent, where that is of an earlier kind."""
    above, order = arrays.places(people["parent"], subjects), arrays.whole_numbers(people["kind_order"], 0)
    return np.where((above >= 0) & (order[above] < order), above, -1)


def _metrics(tables: dict[str, pa.Table], subjects: pa.Array) -> tuple[dict[str, Metric], set[str]]:
    """The metrics of gates and tie-breaks: what the official run knew, and which variant changes it; and those in words."""
    table, size = tables["known_metrics"], len(subjects)
    names = arrays.distinct(table["metric"])
    metric_of, place = arrays.places(table["metric"], names), arrays.places(table["subject"], subjects)
    number, is_number = arrays.billionths_of(table["number"], UNKNOWN), arrays.flags(pc.is_valid(table["number"]))
    words: set[str] = set()
    held: dict[str, Integers] = {}
    for code, metric in enumerate(names.to_pylist()):
        own = held[metric] = np.full(size, UNKNOWN)
        rows = np.flatnonzero(metric_of == code)
        own[place[rows]] = number[rows]
        rows = rows[~is_number[rows]]
        if rows.size:
            words.add(metric)
            said = table["text"].take(pa.array(rows))
            own[place[rows]] = arrays.places(said, pa.array(sorted(arrays.distinct(said).to_pylist())))
    owner = arrays.places(tables["nodes"]["subject"], subjects)
    drawn: dict[str, tuple[list[str], list[int]]] = {}
    for column, (metric, subject) in enumerate(drawn_metrics(tables)):
        of, columns = drawn.setdefault(metric, ([], []))
        of.append(subject)
        columns.append(column)
    found = {}
    for row in sorted(tables["asked_metrics"].to_pylist(), key=lambda row: row["metric"]):
        metric, kind = row["metric"], row["kind"]
        is_part = kind == "component"
        at = np.full(size, -1)
        if is_part:
            rows = np.flatnonzero(arrays.flags(pc.equal(tables["nodes"]["component"], row["subject_of"])))
            at[owner[rows]] = rows
        elif metric in drawn:
            of, columns = drawn[metric]
            at[arrays.places(pa.chunked_array([of], pa.string()), subjects)] = columns
        source = kind if kind in ("total", "base") else "part" if is_part else "drawn" if metric in drawn else "held"
        found[metric] = Metric(source, held.get(metric, np.full(size, UNKNOWN)), at)
    return found, words


def drawn_metrics(tables: dict[str, pa.Table]) -> list[tuple[str, str]]:
    """The metrics that other votes would change, as (metric, subject) in the order of their columns.

    Scores of polls, and shares of options whose points no other option of the poll has: votes are drawn by their points.
    """
    of_poll: dict[str, list[str]] = {}
    for row in tables["asked_metrics"].to_pylist():
        if row["kind"] == "poll":
            of_poll.setdefault(row["subject_of"], []).append(row["metric"])
    asked = tables["cells"].filter(pc.is_in(tables["cells"]["poll"], value_set=pa.array(list(of_poll), pa.string())))
    scored = dict.fromkeys(zip(*(asked.column(name).to_pylist() for name in ("subject", "poll")), strict=True))
    found = [(metric, subject) for subject, poll in scored for metric in of_poll.get(poll, [])]
    told = told_apart(tables)
    found += [(row["metric"], row["subject"]) for row in tables["rates"].to_pylist() if row["metric"] in told]
    return sorted(found)


def told_apart(tables: dict[str, pa.Table]) -> dict[str, set[Decimal]]:
    """Metric -> the points of the options it counts, where points tell these options from all others."""
    points: dict[str, tuple[set[Any], set[Any]]] = {}
    for row in tables["rate_options"].to_pylist():
        points.setdefault(row["metric"], (set(), set()))[row["is_chosen"]].add(row["points"])
    return {metric: chosen for metric, (others, chosen) in points.items() if None not in chosen and not chosen & others}


def _gates(
    table: pa.Table, metrics: Sequence[str], words: set[str], subjects: pa.Array, grades: dict[str, int]
) -> tuple[Gate, ...]:
    """The gates that bar somebody or limit a grade."""
    names = sorted(arrays.distinct(table["gate"]).to_pylist())
    gate_of, row_no = (
        arrays.places(table["gate"], pa.array(names, pa.string())),
        arrays.whole_numbers(table["row_no"], -1),
    )
    place, holds = arrays.places(table["subject"], subjects), arrays.flags(table["holds"])
    grade = arrays.places(table["grade"], pa.array(list(grades), pa.string()))
    order = arrays.whole_numbers(table["grade_order"], 0)
    found = []
    for code in range(len(names)):
        rows = np.flatnonzero(gate_of == code)
        members, first, member = np.unique(place[rows], return_index=True, return_inverse=True)
        first = rows[first]  # what a gate does to somebody is the same in all its rows
        effect = table["effect"][int(rows[0])].as_py()
        conditions = []
        for number in np.unique(row_no[rows]).tolist():
            own = row_no[rows] == number
            said = table.slice(int(rows[own][0]), 1).to_pylist()[0]
            is_text = said["number"] is None or said["metric"] in words
            conditions.append(
                Condition(
                    row_no=number,
                    members=member[own],
                    metric=-1 if is_text else metrics.index(said["metric"]),
                    op=said["op"],
                    threshold=0 if is_text else arrays.billionths(said["number"]),
                    holds=holds[rows[own]],
                )
            )
        found.append(
            Gate(
                members=members,
                conditions=tuple(conditions),
                is_bar=effect == "exclude",
                is_forced=effect.startswith("grade:"),
                grade=grade[first],
                order=order[first],
            )
        )
    return tuple(found)


def _contests(
    tables: dict[str, pa.Table], subjects: pa.Array
) -> tuple[tuple[Contest, ...], tuple[Pool, ...], tuple[str, ...]]:
    """The contests and the pools they belong to, and the names of the grades from the best down."""
    rows = {row["row_no"]: row for row in tables["grade_table"].to_pylist()}
    orders: dict[str, int] = {}
    for row in rows.values():
        orders[row["grade"]] = min(row["grade_order"], orders.get(row["grade"], row["grade_order"]))
    grades = tuple(sorted(orders, key=lambda name: (orders[name], name)))
    pools_of = functools.cache(_Pools(tables["pool_keys"], subjects))
    kinds = tables["contestants"]["kind"].combine_chunks().dictionary_encode()
    kind_names, kind_of = kinds.dictionary.to_pylist(), np.asarray(kinds.indices)
    row_no = arrays.whole_numbers(tables["candidates"]["row_no"], -1)
    place = arrays.places(tables["candidates"]["subject"], subjects)
    members: dict[tuple[int, str, str], dict[str, Integers]] = {}
    for number in np.unique(row_no).tolist():
        row, own = rows[number], np.sort(place[row_no == number])
        pool_names, pool_of = pools_of(row["pool"])
        part_names, part_of = pools_of(row["apportion"]) if row["apportion"] else ([""], np.zeros_like(pool_of))
        keys = (kind_of[own] * len(pool_names) + pool_of[own]) * len(part_names) + part_of[own]
        order = np.argsort(keys, kind="stable")
        for group in np.split(own[order], np.flatnonzero(np.diff(keys[order])) + 1):
            one = group[0]
            pool = (number, kind_names[kind_of[one]], pool_names[pool_of[one]])
            members.setdefault(pool, {})[part_names[part_of[one]]] = group
    allowed = _allowed(tables["linked_grades"], grades)
    contests: list[Contest] = []
    pools: list[Pool] = []
    families: dict[tuple[Any, ...], int] = {}
    for (number, kind, pool_name), parts in sorted(members.items()):
        row = rows[number]
        family = families.setdefault((kind, row["applies"], row["pool"], pool_name), len(families))
        first = len(contests)
        lowest = None if row["min_score"] is None else float(row["min_score"])
        grade, order_of = grades.index(row["grade"]), row["grade_order"]
        for _, group in sorted(parts.items()):
            contests.append(Contest(grade, order_of, group, None, lowest, allowed.get(number)))
        share = None if row["share"] is None else arrays.billionths(row["share"])
        is_split = bool(row["apportion"])
        numbers = tuple(range(first, len(contests)))
        pools.append(Pool(number, order_of, share, row["rounding"], family, numbers, is_split))
    return tuple(contests), tuple(pools), grades


class _Pools:
    """The pools (or parts) of subjects: the values of the keys that a grade row goes by."""

    def __init__(self, keys: pa.Table, subjects: pa.Array):
        self._size = len(subjects)
        self._keys: dict[str, tuple[list[str], Integers]] = {}
        key_of, place = keys["key"], arrays.places(keys["subject"], subjects)
        for key in arrays.distinct(key_of).to_pylist():
            rows = np.flatnonzero(arrays.flags(pc.equal(key_of, key)))
            values = keys["value"].take(pa.array(rows))
            words = ["", *(word for word in arrays.distinct(values).to_pylist() if word)]
            of = np.zeros(self._size, dtype=np.int64)
            of[place[rows]] = np.maximum(arrays.places(values, pa.array(words, pa.string())), 0)
            self._keys[key] = words, of

    def __call__(self, written: str) -> tuple[list[str], Integers]:
        """The names of the pools of a grade row, and which of them is everybody's."""
        keys = {"cohort": "platform+layer", "all": ""}.get(written, written)
        known = [key.strip() for key in keys.split("+") if key.strip() in self._keys]
        of = np.zeros(self._size, dtype=np.int64)
        for key in known:
            of = of * len(self._keys[key][0]) + self._keys[key][1]
        _, first, of = np.unique(of, return_index=True, return_inverse=True)
        said = [
            "; ".join(f"{key}={self._keys[key][0][self._keys[key][1][one]]}" for key in known) or "all"
            for one in first.tolist()
        ]
        names = {name: number for number, name in enumerate(dict.fromkeys(said))}
        return list(names), np.array([names[name] for name in said], dtype=np.int64)[of]


def _allowed(table: pa.Table, grades: Sequence[str]) -> dict[int, np.ndarray[Any, np.dtype[np.bool_]]]:
    """Grade row -> for which grades of the parent it applies, the last place standing for none."""
    terms: dict[int, dict[int, tuple[bool, set[str]]]] = {}
    for row in table.to_pylist():
        own = terms.setdefault(row["row_no"], {})
        own.setdefault(row["term_no"], (row["is_negated"], set()))[1].add(row["value"])
    return {
        number: np.array(
            [all((grade in values) != is_negated for is_negated, values in own.values()) for grade in (*grades, "")]
        )
        for number, own in terms.items()
    }


def _integers(values: Iterable[Any]) -> Integers:
    return np.fromiter(values, dtype=np.int64)
