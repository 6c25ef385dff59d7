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
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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
        kinds = {row["subject"]: row["kind"] for row in self.people}
        asked = {(kinds[row["subject"]], row["row_no"]) for row in self.tables["candidates"].to_pylist()}
        found: dict[str, dict[str, int]] = {}
        for kind, number in sorted(asked):
            own, row = found.setdefault(kind, {}), rows[number]
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

    @functools.cached_property
    def veiled(self) -> frozenset[str]:
        """The subjects behind whose totals a hidden cell stands: other numbers made of their votes could tell it."""
        fed = {(row["subject"], row["poll"]) for row in self.tables["nodes"].select(["subject", "poll"]).to_pylist()}
        return self.secret | {subject for subject, poll, _, _ in self.hidden if (subject, poll) in fed}

    def open_field(self) -> tuple[Field, list[dict[str, Any]]]:
        """The deep field without the scores of subjects of whose score a part is hidden: they take no place in it."""
        field, labels = self.deep
        is_secret = np.array([subject in self.secret for subject in self.subjects], dtype=np.bool_)[field.tree.owner]
        tree = replace(
            field.tree,
            score=np.where(is_secret, np.nan, field.tree.score),
            has_data=field.tree.has_data & ~is_secret,
        )
        return replace(field, tree=tree), labels

    def is_shown(self) -> Flags:
        """Of each row of the table `cells` whether it may be seen."""
        keys = zip(*(self.tables["cells"][name].to_pylist() for name in _Coder.KEYS), strict=True)
        return np.array([key not in self.hidden for key in keys], dtype=np.bool_)

    def chosen(self, selection: Selection, *, is_open: bool = False) -> Integers:
        """The places of the selected subjects; with `is_open` those only of whose score no part is hidden.

        A statistic of scores that cannot be seen could be solved for the one that is missing.
        """
        wanted = {"kind": selection.kind, "platform": selection.platform, "layer": selection.layer}
        return _integers(
            place
            for place, row in enumerate(self.people)
            if all(value is None or (row[name] or "") == value for name, value in wanted.items())
            and not (is_open and row["subject"] in self.secret)
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
    polls = warehouse.extract("polls", cycle).select([*_Coder.KEYS, "mean"]).to_pylist()
    steps = warehouse.extract("score_steps", cycle)
    suppressed = steps.filter(pc.equal(steps["note"], "suppressed"))["subject"].to_pylist()
    hidden = frozenset(tuple(row[name] for name in _Coder.KEYS) for row in polls if row["mean"] is None)
    return hidden, frozenset(suppressed)


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
    contests, pools, grades = _contests(tables, people, place)
    metrics, words = _metrics(tables, place)
    names = list(metrics)
    numbers = {name: number for number, name in enumerate(grades)}
    field = Field(
        kind=_integers(KINDS.index(row["kind"]) for row in people),
        cohort=_integers(row["cohort_no"] for row in people),
        parent=_parents(people, place),
        is_graded=np.array([row["declared"] == "graded" and _is_covered(row, settings) for row in people]),
        added=np.array([float(row["bonus"] - row["deduction"]) for row in people]),
        tree=_tree(tables["nodes"].to_pylist(), place),
        metrics=tuple(metrics.values()),
        gates=_gates(tables["conditions"], names, words, place, numbers),
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
    return Study(cycle, tuple(place), field, tables)


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


def _parents(people: Sequence[dict[str, Any]], place: dict[str, int]) -> Integers:
    """The place of everybody's parent, where that is of an earlier kind."""
    above = [place.get(row["parent"], -1) for row in people]
    return _integers(
        at if at >= 0 and people[at]["kind_order"] < row["kind_order"] else -1
        for at, row in zip(above, people, strict=True)
    )


def _is_covered(row: dict[str, Any], settings: dict[str, Any]) -> bool:
    return row["coverage"] is not None and billionths(row["coverage"]) >= billionths(settings["min_coverage"])


def _metrics(tables: dict[str, pa.Table], place: dict[str, int]) -> tuple[dict[str, Metric], set[str]]:
    """The metrics of gates and tie-breaks: what the official run knew, and which variant changes it; and those in words."""
    words: dict[str, dict[str, str]] = {}
    held: dict[str, Integers] = {}
    for row in tables["known_metrics"].to_pylist():
        if row["metric"] not in held:
            held[row["metric"]] = np.full(len(place), UNKNOWN)
        own = held[row["metric"]]
        if row["number"] is not None:
            own[place[row["subject"]]] = billionths(row["number"])
        else:
            words.setdefault(row["metric"], {})[row["subject"]] = row["text"]
    for metric, own_words in words.items():
        ordered = {word: number for number, word in enumerate(sorted(set(own_words.values())))}
        for subject, word in own_words.items():
            held[metric][place[subject]] = ordered[word]
    rows: dict[str, list[tuple[int, int]]] = {}
    for number, node in enumerate(tables["nodes"].select(["subject", "component"]).to_pylist()):
        rows.setdefault(node["component"], []).append((place[node["subject"]], number))
    drawn: dict[str, list[tuple[int, int]]] = {}
    for number, (metric, subject) in enumerate(drawn_metrics(tables)):
        drawn.setdefault(metric, []).append((place[subject], number))
    found = {}
    for row in sorted(tables["asked_metrics"].to_pylist(), key=lambda row: row["metric"]):
        metric, kind = row["metric"], row["kind"]
        is_part = kind == "component"
        own_at = rows.get(row["subject_of"], []) if is_part else drawn.get(metric, [])
        at = np.full(len(place), -1)
        for one, number in own_at:
            at[one] = number
        source = kind if kind in ("total", "base") else "part" if is_part else "drawn" if own_at else "held"
        found[metric] = Metric(source, held.get(metric, np.full(len(place), UNKNOWN)), at)
    return found, set(words)


def drawn_metrics(tables: dict[str, pa.Table]) -> list[tuple[str, str]]:
    """The metrics that other votes would change, as (metric, subject) in the order of their columns.

    Scores of polls, and shares of options whose points no other option of the poll has: votes are drawn by their points.
    """
    of_poll: dict[str, list[str]] = {}
    for row in tables["asked_metrics"].to_pylist():
        if row["kind"] == "poll":
            of_poll.setdefault(row["subject_of"], []).append(row["metric"])
    scored = dict.fromkeys(
        zip(*(tables["cells"].column(name).to_pylist() for name in ("subject", "poll")), strict=True)
    )
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
    table: pa.Table, metrics: Sequence[str], words: set[str], place: dict[str, int], grades: dict[str, int]
) -> tuple[Gate, ...]:
    """The gates that bar somebody or limit a grade."""
    gates: dict[str, dict[int, list[dict[str, Any]]]] = {}
    for row in table.to_pylist():
        gates.setdefault(row["gate"], {}).setdefault(row["row_no"], []).append(row)
    found = []
    for _, rows in sorted(gates.items()):
        everybody = {row["subject"]: row for own in rows.values() for row in own}
        at = {subject: number for number, subject in enumerate(everybody)}
        effect = next(iter(everybody.values()))["effect"]
        conditions = []
        for number, own in sorted(rows.items()):
            is_text = own[0]["number"] is None or own[0]["metric"] in words
            conditions.append(
                Condition(
                    row_no=number,
                    members=_integers(at[row["subject"]] for row in own),
                    metric=-1 if is_text else metrics.index(own[0]["metric"]),
                    op=own[0]["op"],
                    threshold=0 if is_text else billionths(own[0]["number"]),
                    holds=np.array([row["holds"] for row in own], dtype=np.bool_),
                )
            )
        found.append(
            Gate(
                members=_integers(place[subject] for subject in everybody),
                conditions=tuple(conditions),
                is_bar=effect == "exclude",
                is_forced=effect.startswith("grade:"),
                grade=_integers(grades.get(row["grade"], -1) for row in everybody.values()),
                order=_integers(row["grade_order"] or 0 for row in everybody.values()),
            )
        )
    return tuple(found)


def _contests(
    tables: dict[str, pa.Table], people: Sequence[dict[str, Any]], place: dict[str, int]
) -> tuple[tuple[Contest, ...], tuple[Pool, ...], tuple[str, ...]]:
    """The contests and the pools they belong to, and the names of the grades from the best down."""
    rows = {row["row_no"]: row for row in tables["grade_table"].to_pylist()}
    orders: dict[str, int] = {}
    for row in rows.values():
        orders[row["grade"]] = min(row["grade_order"], orders.get(row["grade"], row["grade_order"]))
    grades = tuple(sorted(orders, key=lambda name: (orders[name], name)))
    keys: dict[str, dict[str, str]] = {}
    for one in tables["pool_keys"].to_pylist():
        keys.setdefault(one["key"], {})[one["subject"]] = one["value"]
    pool_of = functools.cache(functools.partial(_pool_of, keys))  # every grade asks for the pool of everybody
    members: dict[tuple[int, str, str], dict[str, list[int]]] = {}
    for one in tables["candidates"].to_pylist():
        row, subject = rows[one["row_no"]], one["subject"]
        kind = people[place[subject]]["kind"]
        part = pool_of(row["apportion"], subject) if row["apportion"] else ""
        pool = (row["row_no"], kind, pool_of(row["pool"], subject))
        members.setdefault(pool, {}).setdefault(part, []).append(place[subject])
    allowed = _allowed(tables["linked_grades"], grades)
    contests: list[Contest] = []
    pools: list[Pool] = []
    families: dict[tuple[Any, ...], int] = {}
    for (number, kind, pool_name), parts in sorted(members.items()):
        row = rows[number]
        family = families.setdefault((kind, row["applies"], row["pool"], pool_name), len(families))
        first = len(contests)
        for _, own in sorted(parts.items()):
            lowest = None if row["min_score"] is None else float(row["min_score"])
            contests.append(
                Contest(
                    grades.index(row["grade"]),
                    row["grade_order"],
                    np.sort(_integers(own)),
                    None,
                    lowest,
                    allowed.get(number),
                )
            )
        share = None if row["share"] is None else billionths(row["share"])
        is_split = bool(row["apportion"])
        numbers = tuple(range(first, len(contests)))
        pools.append(Pool(number, row["grade_order"], share, row["rounding"], family, numbers, is_split))
    return tuple(contests), tuple(pools), grades


def _pool_of(keys: dict[str, dict[str, str]], written: str, subject: str) -> str:
    """The pool (or part) of a subject: the values of the keys that the grade row goes by."""
    names = {"cohort": "platform+layer", "all": ""}.get(written, written)
    known = [name.strip() for name in names.split("+") if name.strip() in keys]
    return "; ".join(f"{name}={keys[name].get(subject, '')}" for name in known) or "all"


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


def billionths(value: Decimal) -> int:
    """A settled number as a whole number of billionths, half away from zero."""
    return int((Decimal(value) * PARTS).to_integral_value(rounding=ROUND_HALF_UP))


def _integers(values: Iterable[Any]) -> Integers:
    return np.fromiter(values, dtype=np.int64)


def _floats(values: Iterable[Any]) -> Floats:
    return np.array([np.nan if value is None else float(value) for value in values])
