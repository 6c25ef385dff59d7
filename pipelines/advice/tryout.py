"""Other numbers in a scheme, tried at once: who would gain or lose rank, grade or consequence. Nothing is saved.

The arrays of `pipelines.statistics` answer in a blink what a build of the changed scheme would say; a test holds the two
together. What they cannot answer (another target, other points of an event type, an option that becomes a vote) is left
to `pipelines.whatif.compare`, which scores the whole cycle.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines import scheme
from pipelines.advice.arrays import billionths, floats
from pipelines.advice.panels import votes
from pipelines.advice.study import Study, levels, per_version, study
from pipelines.problems import InputError, has_errors
from pipelines.statistics import confidence, rules
from pipelines.statistics.confidence import Counts, Polls
from pipelines.statistics.radar import Rule, holds
from pipelines.statistics.rescoring import NONE, Field, Outcome, decide, evaluate, measure
from pipelines.statistics.rules import NO_GRADE, Flags, Floats, Integers
from pipelines.warehouse import Warehouse
from pipelines.whatif import MOVES, Change, compare, least_votes, masked, parse, tables_of, veils, with_changes


class _Beyond(Exception):
    """A change that the arrays do not know."""


@dataclass(frozen=True)
class Ground:
    """A cycle ready to be tried: its arrays, where each number of the scheme stands in them, and the results in force."""

    study: Study
    polls: Polls
    weights: Mapping[tuple[str, str], Integers]
    group_cells: Mapping[str, Integers]
    item_cells: Mapping[str, Integers]
    gate_rows: Mapping[str, set[int]]
    levels: Counts
    level_polls: Mapping[str, Integers]
    coverage: Floats
    past: Mapping[str, Mapping[int, str]]
    rules: Mapping[str, list[tuple[str, Rule]]]
    consequences: Mapping[str, str]


def quick_moves(warehouse: Warehouse, cycle: int, changes: str) -> pa.Table | None:
    """One row per subject before and after these changes (as `whatif.dump` wrote them); None where arrays cannot tell.

    Raises InputError where the changed scheme has an error.
    """
    tables = _scheme(warehouse, cycle)
    asked = parse(changes)
    changed, _ = with_changes(tables, asked)
    problems = scheme.check(changed)
    if has_errors(problems):
        raise InputError(problems)
    found = moves(ground(warehouse, cycle), tables, asked)
    return found if found is None else masked(found, _veils(warehouse, cycle)(least_votes(tables, changed)))


def prepare(warehouse: Warehouse, cycle: int) -> int:
    """Make ready what every trial starts from, before there is one; gives how many subjects there are."""
    _scheme(warehouse, cycle)
    _veils(warehouse, cycle)(0)
    return len(ground(warehouse, cycle).study.subjects)


_scheme = per_version(tables_of)


@per_version
def _veils(warehouse: Warehouse, cycle: int) -> Callable[[int], frozenset[str]]:
    """The subjects whose new totals are nobody's to know, by the votes that a group needs; each worked out once."""
    return functools.cache(functools.partial(veils, warehouse, cycle))


def scenarios_compared(warehouse: Warehouse, cycle: int, is_whole: bool = False) -> pa.Table:
    """One row per kept scenario and kind: how many gain and lose ranks, grades, status and consequences, and what it changes.

    What arrays cannot tell is blank, unless it is scored whole, which takes seconds each; so are numbers that make the scheme
    an error. `change_list` is as `whatif.dump` wrote it.
    """
    rows = []
    for kept in warehouse.scenarios(cycle).to_pylist():
        told = {name: kept[name] for name in ("who", "at")} | {"scenario": kept["name"]}
        told["change_list"] = kept["changes"]
        try:
            found = quick_moves(warehouse, cycle, kept["changes"])
            if found is None and is_whole:
                changed, _ = with_changes(_scheme(warehouse, cycle), parse(kept["changes"]))
                found = compare(warehouse, cycle, changed)[1]
        except InputError:
            found = None
        if found is None:
            rows.append(told)
            continue
        orders = study(warehouse, cycle).orders
        by_kind: dict[str, list[dict[str, Any]]] = {}
        for row in found.to_pylist():
            by_kind.setdefault(row["kind"], []).append(row)
        for kind, own in by_kind.items():
            place = orders.get(kind, {})
            steps = [place.get(row["grade"], 99) - place.get(row["new_grade"], 99) for row in own]
            rows.append(
                told
                | {
                    "kind": kind,
                    "risen": sum((row["rank_change"] or 0) > 0 for row in own),
                    "fallen": sum((row["rank_change"] or 0) < 0 for row in own),
                    "grades_up": sum(step > 0 for step in steps),
                    "grades_down": sum(step < 0 for step in steps),
                    "restated": sum(row["status"] != row["new_status"] for row in own),
                    "consequences_changed": sum(row["consequences"] != row["new_consequences"] for row in own),
                }
            )
    return pa.Table.from_pylist(rows, SCENARIOS)


@per_version
def ground(warehouse: Warehouse, cycle: int) -> Ground:
    """The built cycle, ready to be tried."""
    told: dict[str, list[str]] = {}
    for row in warehouse.extract("consequences", cycle).to_pylist():
        told.setdefault(row["subject"], []).append(row["rule"])
    return make_ground(*votes(warehouse, cycle), {subject: ";".join(sorted(own)) for subject, own in told.items()})


def make_ground(found: Study, polls: Polls, consequences: Mapping[str, str]) -> Ground:
    """The same of a cycle that stands in no warehouse; `consequences` are the rules that hold now, by subject."""
    _, labels = found.deep
    weights: dict[tuple[str, str], list[int]] = {}
    for at, row in enumerate(labels.to_pylist()):
        table = "indicators" if row["indicator"] else "components"
        weights.setdefault((table, _name(row[table[:-1]], row["applies"])), []).append(at)
    groups: dict[str, list[int]] = {}
    items: dict[str, list[int]] = {}
    of_poll: dict[str, list[int]] = {}
    columns = ("poll", "item", "rater_group", "applies")
    for at, row in enumerate(found.tables["cells"].select(columns).to_pylist()):
        groups.setdefault(_name(f"{row['poll']} › {row['rater_group']}", row["applies"]), []).append(at)
        items.setdefault(f"{row['poll']} › {row['item']}", []).append(at)
        of_poll.setdefault(row["poll"], []).append(at)
    counted = levels(polls)
    poll_of = np.zeros(polls.cells.mean.size, dtype=np.int64)
    for number, own in enumerate(of_poll.values()):
        poll_of[own] = number
    gates: dict[str, set[int]] = {}
    asked = ("gate", "metric", "op", "applies", "row_no")
    for row in found.tables["conditions"].select(asked).to_pylist():
        name = _name(f"{row['gate']} › {row['metric']} {row['op']}", row["applies"])
        gates.setdefault(name, set()).add(row["row_no"])
    past: dict[str, dict[int, str]] = {}
    for row in found.tables["past_grades"].to_pylist():
        past.setdefault(row["subject"], {})[row["cycle"]] = row["grade"]
    holding: dict[str, list[tuple[str, Rule]]] = {}
    for row in found.tables["streak_rules"].to_pylist():
        within = int(row["mode"][7:]) if row["mode"].startswith("within:") else None
        grades = frozenset(part.strip() for part in row["grades"].split("+"))
        rule = Rule(row["rule"], grades, int(row["years"]), within)
        holding.setdefault(row["subject"], []).append((_name(row["rule"], row["applies"]), rule))
    return Ground(
        study=found,
        polls=polls,
        weights={name: np.array(own) for name, own in weights.items()},
        group_cells={name: np.array(own) for name, own in groups.items()},
        item_cells={name: np.array(own) for name, own in items.items()},
        gate_rows=gates,
        levels=counted,
        level_polls={poll: np.flatnonzero(poll_of[counted.cell] == number) for number, poll in enumerate(of_poll)},
        coverage=np.nan_to_num(floats(found.tables["nodes"]["coverage"])),
        past=past,
        rules=holding,
        consequences=consequences,
    )


def moves(on: Ground, tables: Mapping[str, pa.Table], changes: Iterable[Change]) -> pa.Table | None:
    """Who moves under these changes; None where the arrays cannot tell."""
    try:
        tried = _Tried(on, tables)
        for change in changes:
            tried.take(change)
        return tried.moves()
    except _Beyond:
        return None


class _Tried:
    """A ground with changes on it."""

    def __init__(self, on: Ground, tables: Mapping[str, pa.Table]):
        self._on = on
        self._tables = tables
        self._field: Field = on.study.deep[0]
        self._weights = self._field.tree.weight.copy()
        self._points: dict[str, dict[str, Decimal | None]] = {}
        self._group_weight = on.polls.cells.group_weight.copy()
        self._item_weight = on.polls.cells.item_weight.copy()
        self._years: dict[str, int] = {}
        self._settings = dict(on.study.tables["settings"].to_pylist()[0])
        self._polled = False
        self._weighed = False
        self._reweighed = False

    def take(self, change: Change) -> None:
        """Take a change on. Raises _Beyond for what the arrays do not know."""
        known: dict[tuple[str, str], Callable[[Change], None]] = {
            ("components", "weight"): self._weight,
            ("indicators", "weight"): self._weight,
            ("poll_groups", "weight"): self._group,
            ("poll_items", "weight"): self._item,
            ("poll_options", "points"): self._option,
            ("grades", "share"): self._share,
            ("grades", "min_score"): self._least,
            ("gates", "value"): self._gate,
            ("consequences", "years"): self._year,
            ("settings", "value"): self._setting,
        }
        step = known.get((change.table, change.column))
        if step is None:
            raise _Beyond
        step(change)

    def moves(self) -> pa.Table:
        """One row per subject, before and after."""
        field, on = self._limited(), self._on
        scores, drawn = self._votes()
        nodes = None if scores is None else on.polls.nodes
        made = evaluate(field, scores, nodes, self._weights[None, :])
        covered = self._covered(field)
        is_graded = np.array([row["declared"] == "graded" for row in on.study.people])
        field = replace(field, is_graded=is_graded & covered)
        numbers = measure(field, made, drawn)
        standing = rules.stand(field.size, field.gates, numbers)
        return self._table(field, decide(field, made, standing, numbers), standing.barred[0], covered)

    # -- changes ----------------------------------------------------------------------------------------------------

    def _weight(self, change: Change) -> None:
        self._weights[self._rows(self._on.weights, (change.table, change.id))] = float(_number(change, 1))
        self._weighed = True
        self._reweighed = self._reweighed or change.table == "indicators"

    def _group(self, change: Change) -> None:
        self._group_weight[self._rows(self._on.group_cells, change.id)] = float(_number(change, 1))
        self._polled = True

    def _item(self, change: Change) -> None:
        self._item_weight[self._rows(self._on.item_cells, change.id)] = float(_number(change, 1))
        self._polled = True

    def _option(self, change: Change) -> None:
        poll, _, option = change.id.partition(" › ")
        if change.value is None or poll not in self._on.level_polls:
            raise _Beyond
        self._points.setdefault(poll, {})[option] = _number(change, 0)
        self._polled = True

    def _share(self, change: Change) -> None:
        number = self._grade_row(change)
        share = None if change.value is None else billionths(_number(change, 0))
        pools = tuple(replace(one, share=share) if one.row_no == number else one for one in self._field.pools)
        self._field = replace(self._field, pools=pools)

    def _least(self, change: Change) -> None:
        number = self._grade_row(change)
        own = {at for pool in self._field.pools if pool.row_no == number for at in pool.contests}
        least = None if change.value is None else float(_number(change, 0))
        contests = tuple(
            replace(one, min_score=least) if at in own else one for at, one in enumerate(self._field.contests)
        )
        self._field = replace(self._field, contests=contests)

    def _grade_row(self, change: Change) -> int:
        for row in self._on.study.tables["grade_table"].to_pylist():
            if _name(row["grade"], row["applies"]) == change.id:
                return int(row["row_no"])
        raise _Beyond

    def _gate(self, change: Change) -> None:
        numbers = self._on.gate_rows.get(change.id, set())
        held = [one for gate in self._field.gates for one in gate.conditions if one.row_no in numbers]
        if not held or any(one.metric < 0 for one in held):
            raise _Beyond
        threshold = billionths(_number(change, None))
        self._field = replace(
            self._field,
            gates=tuple(
                replace(
                    gate,
                    conditions=tuple(
                        replace(one, threshold=threshold) if one.row_no in numbers else one for one in gate.conditions
                    ),
                )
                for gate in self._field.gates
            ),
        )

    def _year(self, change: Change) -> None:
        self._years[change.id] = int(_number(change, 1))

    def _setting(self, change: Change) -> None:
        if change.id in ("headcount", "border"):
            self._settings[change.id] = change.value or {"headcount": "graded", "border": "exclude"}[change.id]
        elif change.id in ("total_max", "bonus_cap", "deduction_cap"):
            self._settings[change.id] = None if change.value is None else _number(change, None)
        elif change.id in ("rank_decimals", "total_min", "min_coverage"):
            self._settings[change.id] = _number(change, {"rank_decimals": 6}.get(change.id, 0))
        else:
            raise _Beyond

    # -- scoring ----------------------------------------------------------------------------------------------------

    def _limited(self) -> Field:
        """The field under the settings as they are now."""
        settings = self._settings
        added = [
            float(_least_of(row["whole_bonus"], settings["bonus_cap"]))
            - float(_least_of(row["whole_deduction"], settings["deduction_cap"]))
            for row in self._on.study.people
        ]
        return replace(
            self._field,
            added=np.array(added),
            rank_decimals=int(settings["rank_decimals"]),
            total_min=float(settings["total_min"]),
            total_max=None if settings["total_max"] is None else float(settings["total_max"]),
            is_border_included=settings["border"] == "include",
            is_everybody_counted=settings["headcount"] == "participants",
        )

    def _votes(self) -> tuple[Floats | None, Floats | None]:
        """Poll scores and the metrics of polls, where a change touches them."""
        if not self._polled:
            return None, None
        polls = self._on.polls
        cells = replace(polls.cells, group_weight=self._group_weight, item_weight=self._item_weight)
        means = polls.cells.mean.copy()
        for poll, points in self._points.items():
            self._repoint(poll, points, means)
        made = confidence.made_of(replace(polls, cells=cells), means[:, None], polls.asked.share[:, None])
        had = ~np.isnan(self._field.tree.score[polls.nodes])
        if (np.isnan(made.scores[0]) == had).any():
            raise _Beyond
        return made.scores, made.metrics

    def _repoint(self, poll: str, points: Mapping[str, Decimal | None], means: Floats) -> None:
        """Write the means of a poll whose options stand for other points."""
        settled = self._tables["polls"].to_pylist()
        if any(row["poll"] == poll and row["standardise"] == "rater" for row in settled):
            raise _Beyond
        options = [row for row in self._tables["poll_options"].to_pylist() if row["poll"] == poll]
        old = {row["option"]: row["points"] for row in options}
        valid = [value for value in old.values() if value is not None]
        if len(set(valid)) < len(valid) or any(old.get(option) is None for option in points):
            raise _Beyond
        new = {
            float(value): float(points.get(option, value) or 0) for option, value in old.items() if value is not None
        }
        own_levels = self._on.level_polls[poll]
        counted = self._on.levels
        cell, level, count = counted.cell[own_levels], counted.points[own_levels], counted.votes[own_levels]
        known = np.array(sorted(new))
        at = np.searchsorted(known, level).clip(max=known.size - 1)
        if not np.array_equal(known[at], level):
            raise _Beyond
        moved = np.array([new[value] for value in known.tolist()])[at]
        trims = self._on.polls.cells.trim
        fresh = confidence.trimmed_means(cell, moved, count, trims)
        own = np.unique(cell)
        means[own] = fresh[own]

    def _covered(self, field: Field) -> Flags:
        """Whose coverage reaches what the settings ask."""
        least = billionths(Decimal(self._settings["min_coverage"]))
        if not self._weighed or not least:
            known = [row["coverage"] for row in self._on.study.people]
            return np.array([value is not None and billionths(value) >= least for value in known])
        if self._reweighed:
            raise _Beyond
        tree, size = self._on.study.field.tree, self._on.coverage.size
        values, weights = self._on.coverage.copy(), self._weights[:size]
        whole = np.zeros(field.size)
        for depth in range(int(tree.depth.max(initial=0)), 0, -1):
            rows = np.flatnonzero(tree.depth == depth)
            above = tree.parent[rows] if depth > 1 else tree.owner[rows]
            many = size if depth > 1 else field.size
            sums = np.bincount(above, weights[rows], minlength=many)
            share = np.divide(
                np.bincount(above, weights[rows] * values[rows], minlength=many),
                sums,
                out=np.zeros(many),
                where=sums > 0,
            )
            if depth > 1:
                values[np.unique(above)] = share[np.unique(above)]
            else:
                whole = share
        return np.asarray(np.rint(whole * rules.PARTS) >= least)

    # -- the answer -------------------------------------------------------------------------------------------------

    def _table(self, field: Field, outcome: Outcome, barred: Flags, covered: Flags) -> pa.Table:
        people, table = self._on.study.people, self._on.study.tables["contestants"]
        total, ranks, grades = outcome.totals[0], outcome.ranks[0], outcome.grades[0]
        self._hold_links(field, grades)
        unit = Decimal(1).scaleb(-field.rank_decimals)
        before = table.column("total").to_pylist()
        after = [None if value == NONE else value * unit for value in total.tolist()]
        old_ranks = table.column("rank").to_pylist()
        new_ranks = [rank or None for rank in ranks.tolist()]
        old_grades = table.column("grade").to_pylist()
        new_grades = [None if code == NO_GRADE else field.grades[code] for code in grades.tolist()]
        statuses = [
            "ungraded" if row["declared"] == "ungraded" else "barred" if bar else "graded" if is_in else "incomplete"
            for row, bar, is_in in zip(people, barred.tolist(), (covered & (total != NONE)).tolist(), strict=True)
        ]
        ids = table.column("subject").to_pylist()
        holding = [self._on.consequences.get(subject, "") for subject in ids]
        changed = zip(ids, old_grades, new_grades, holding, strict=True)
        columns: dict[str, Any] = {
            name: table.column(name).to_pylist() for name in ("kind", "platform", "layer", "subject", "name")
        } | {
            "rank": old_ranks,
            "new_rank": new_ranks,
            "rank_change": [a - b if a and b else None for a, b in zip(old_ranks, new_ranks, strict=True)],
            "total": before,
            "new_total": after,
            "total_change": [None if a is None or b is None else b - a for a, b in zip(before, after, strict=True)],
            "grade": old_grades,
            "new_grade": new_grades,
            "status": table.column("status").to_pylist(),
            "new_status": statuses,
            "consequences": holding,
            "new_consequences": [
                self._consequences(subject, new) if old != new or self._years else held
                for subject, old, new, held in changed
            ],
        }
        return pa.table({name: pa.array(columns[name], MOVES.field(name).type) for name in MOVES.names}, MOVES)

    def _hold_links(self, field: Field, grades: np.ndarray[Any, Any]) -> None:
        """Raises _Beyond where a row outside the grade table goes by the grade of a parent whose grade changes."""
        filters = (
            row.get("applies") or ""
            for name, table in self._tables.items()
            if name != "grades" and "applies" in table.column_names
            for row in table.select(["applies"]).to_pylist()
        )
        pools = [
            row[name] or ""
            for row in self._on.study.tables["grade_table"].to_pylist()
            for name in ("pool", "apportion")
        ]
        if not any("parent_grade" in text for text in (*filters, *pools)):
            return
        above = np.unique(field.parent[field.parent >= 0])
        names = [self._on.study.people[at]["grade"] for at in above.tolist()]
        if any(
            field.grades.index(old) != new if old else new != NO_GRADE
            for old, new in zip(names, grades[above].tolist(), strict=True)
        ):
            raise _Beyond

    def _consequences(self, subject: str, grade: str | None) -> str:
        """The rules that hold for a subject with this grade."""
        cycle = self._on.study.cycle
        grades = dict(self._on.past.get(subject, {}))
        if grade is not None:
            grades[cycle] = grade
        found = set()
        for name, rule in self._on.rules.get(subject, []):
            asked = replace(rule, years=self._years[name]) if name in self._years else rule
            if holds(asked, grades, cycle) is not None:
                found.add(rule.name)
        return ";".join(sorted(found))

    @staticmethod
    def _rows(known: Mapping[Any, Integers], name: Any) -> Integers:
        """Where a number of the scheme stands; nowhere where nobody's score has to do with it."""
        return known.get(name, np.empty(0, dtype=np.int64))


def _name(keys: str, applies: str) -> str:
    return f"{keys} [{applies}]" if applies else keys


def _number(change: Change, blank: int | None) -> Decimal:
    """The number of a change, `blank` standing for an empty cell. Raises _Beyond for anything else."""
    if change.value is None:
        if blank is None:
            raise _Beyond
        return Decimal(blank)
    try:
        return Decimal(str(change.value))
    except ArithmeticError as error:
        raise _Beyond from error


def _least_of(amount: Decimal, cap: Decimal | None) -> Decimal:
    return amount if cap is None else min(amount, cap)


SCENARIOS = pa.schema(
    [
        *((name, pa.string()) for name in ("scenario", "kind")),
        *((name, pa.int64()) for name in ("risen", "fallen", "grades_up", "grades_down", "restated")),
        ("consequences_changed", pa.int64()),
        ("who", pa.string()),
        ("at", pa.timestamp("us")),
        ("change_list", pa.string()),
    ]
)
