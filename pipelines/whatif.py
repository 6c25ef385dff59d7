"""What if: a scheme with other weights, quotas, gates or settings, scored beside the one in force. Nothing is saved.

Decides which cells of a scheme may be tried out, how a row is named so that a kept scenario finds it again, and who moves.
Scores with the engine that every build uses, over the same uploads. Refuses a scheme with an error, as a
build does.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines import checks, scheme
from pipelines.contract import SCHEME_TABLES, TABLES
from pipelines.engine import Progress, Run
from pipelines.problems import InputError, Problem, has_errors
from pipelines.warehouse import Warehouse

EDITABLE: dict[str, tuple[str, ...]] = {
    "components": ("weight",),
    "indicators": ("weight", "target"),
    "poll_groups": ("weight",),
    "poll_items": ("weight",),
    "poll_options": ("points",),
    "adjustments": ("points", "cap"),
    "grades": ("share", "min_score"),
    "gates": ("value",),
    "consequences": ("years",),
    "settings": ("value",),
}
"""The cells that may be tried out, by table of the scheme."""
TRIED_SETTINGS = (
    "rank_decimals",
    "bonus_cap",
    "deduction_cap",
    "total_min",
    "total_max",
    "min_coverage",
    "headcount",
    "border",
)
"""The settings that may be tried out, whether the scheme says them or not."""

ANONYMITY = 5
"""The threshold where the scheme says none."""

MOVES = pa.schema(
    [
        *((name, pa.string()) for name in ("kind", "platform", "layer", "subject", "name")),
        *((name, pa.int64()) for name in ("rank", "new_rank", "rank_change")),
        *((name, pa.decimal128(38, 9)) for name in ("total", "new_total", "total_change")),
        *((name, pa.string()) for name in ("grade", "new_grade", "status", "new_status")),
        *((name, pa.string()) for name in ("consequences", "new_consequences")),
    ]
)


@dataclass(frozen=True)
class Change:
    """One cell of a scheme with another number or word; None empties it."""

    table: str
    id: str
    column: str
    value: Decimal | str | None


def tables_of(warehouse: Warehouse, cycle: int) -> dict[str, pa.Table]:
    """The scheme of a cycle as it stands, a table per table of the contract that has rows."""
    return warehouse.context(cycle, SCHEME_TABLES)


def for_cycle(tables: Mapping[str, pa.Table], cycle: int) -> dict[str, pa.Table]:
    """The scheme as a start for another cycle: the settings `cycle` and the year in `title` are replaced."""
    settings = tables.get("settings")
    if settings is None:
        return dict(tables)
    rows = settings.select(["key", "value"]).to_pylist()
    before = next((row["value"] for row in rows if row["key"] == "cycle"), None)
    values = [
        str(cycle)
        if row["key"] == "cycle"
        else row["value"].replace(before, str(cycle))
        if row["key"] == "title" and row["value"] and before
        else row["value"]
        for row in rows
    ]
    place = settings.column_names.index("value")
    return dict(tables) | {"settings": settings.set_column(place, "value", pa.array(values, pa.string()))}


def row_id(table: str, row: Mapping[str, object]) -> str:
    """A row's name that lasts: its key, and its filter where rows of one key apply to different subjects."""
    keys = " › ".join(str(row[key]) for key in TABLES[table].keys)
    if table == "gates":
        keys += f" › {row['metric']} {row['op']}"
    return f"{keys} [{row['applies']}]" if row.get("applies") else keys


def editable(tables: Mapping[str, pa.Table], name: str) -> pa.Table:
    """The rows of a table with what may be tried out, numbers as floats for an editor: id, name, then the cells."""
    rows = _rows_of(tables, name)
    columns: dict[str, pa.Array] = {
        "id": pa.array([row_id(name, row) for row in rows], pa.string()),
        "name": pa.array([row.get("name") for row in rows], pa.string()),
    }
    for column in EDITABLE[name]:
        values = [row[column] for row in rows]
        columns[column] = (
            pa.array(values, pa.string())
            if is_word(name, column)
            else pa.array([None if value is None else float(value) for value in values], pa.float64())
        )
    return pa.table(columns)


def is_word(table: str, column: str) -> bool:
    """Whether a cell holds text, which may be a number too."""
    return TABLES[table].column(column).type in ("text", "cell")


def edits(
    tables: Mapping[str, pa.Table], name: str, edited: Sequence[Mapping[str, float | str | None]]
) -> list[Change]:
    """The changes that an editor made to `editable(tables, name)`, row by row."""
    changes = []
    for row, now in zip(_rows_of(tables, name), edited, strict=True):
        for column in EDITABLE[name]:
            given = now[column]
            value = (str(given or "").strip() or None) if is_word(name, column) else _exact(given)
            if value != row[column]:
                changes.append(Change(name, row_id(name, row), column, value))
    return changes


def with_changes(tables: Mapping[str, pa.Table], changes: Iterable[Change]) -> tuple[dict[str, pa.Table], list[Change]]:
    """The scheme with these changes, and those whose row is not in it."""
    changed = dict(tables)
    unknown = []
    for change in changes:
        table = changed.get(change.table)
        if table is not None and change.table == "settings" and change.id in TRIED_SETTINGS:
            table = _with_setting(table, change.id)
        ids = [row_id(change.table, row) for row in table.to_pylist()] if table is not None else []
        if table is None or change.id not in ids or change.column not in EDITABLE.get(change.table, ()):
            unknown.append(change)
            continue
        place = table.column_names.index(change.column)
        values = table.column(place).to_pylist()
        type_ = table.schema.field(change.column).type
        values[ids.index(change.id)] = int(change.value or 0) if pa.types.is_integer(type_) else change.value
        changed[change.table] = table.set_column(place, change.column, pa.array(values, type_))
    return changed, unknown


def compare(
    warehouse: Warehouse, cycle: int, tables: Mapping[str, pa.Table], progress: Progress | None = None
) -> tuple[list[Problem], pa.Table]:
    """Score the cycle with this scheme: warnings and notices, and one row per subject before and after.

    Raises InputError with every problem when one of them is an error.
    """
    inputs: dict[str, pa.Table | str] = {
        name: text for name, text in warehouse.inputs(cycle).items() if name not in SCHEME_TABLES
    }
    with warehouse.scratch() as connection:
        run = Run(connection, inputs | dict(tables), cycle, progress, warehouse.files())
        run.stage()
        locate = checks.locator({}, warehouse.files())
        beside = {name: run.table(f"raw.{name}") for name in ("subjects", "attributes", "history")}
        problems = _said(run.check("input"), locate) + scheme.check(dict(tables) | beside, locate)
        if not has_errors(problems):
            run.score()
            problems += _said(run.check("build"), locate)
        if has_errors(problems):
            raise InputError(problems)
        after, holding = run.table("marts.ranking"), run.table("marts.consequences")
    held = [_by_subject(table) for table in (warehouse.extract("consequences", cycle), holding)]
    moves = _moves(warehouse.extract("ranking", cycle), after, *held)
    return problems, masked(moves, veiled(warehouse, cycle, tables_of(warehouse, cycle), tables))


def veiled(
    warehouse: Warehouse, cycle: int, before: Mapping[str, pa.Table], after: Mapping[str, pa.Table]
) -> frozenset[str]:
    """The subjects whose totals under another scheme would tell ballots that the marts hide."""
    return veils(warehouse, cycle, least_votes(before, after))


def least_votes(before: Mapping[str, pa.Table], after: Mapping[str, pa.Table]) -> int:
    """How many votes a group needs so that its distribution may be told: where options get other points, a trial tells of it."""
    told = {row["key"]: row["value"] for row in before["settings"].to_pylist()} if "settings" in before else {}
    options = [
        tables["poll_options"].drop_columns(["_upload"]) for tables in (before, after) if "poll_options" in tables
    ]
    has_other_points = len(options) == 2 and not options[0].equals(options[1])
    return 2 * int(told.get("anonymity") or ANONYMITY) if has_other_points else 0


def veils(warehouse: Warehouse, cycle: int, least: int) -> frozenset[str]:
    """The subjects with a hidden cell or part, since each trial is one more equation in it.

    Those too of whom a group has fewer votes than `least`, and whoever takes his score from one of them.
    """
    steps = warehouse.extract("score_steps", cycle).select(["subject", "poll", "note"]).to_pylist()
    fed = {(row["subject"], row["poll"]) for row in steps}
    found = {row["subject"] for row in steps if row["note"] == "suppressed"}
    for row in warehouse.extract("polls", cycle).to_pylist():
        if (row["mean"] is None or row["votes"] < least) and (row["subject"], row["poll"]) in fed:
            found.add(row["subject"])
    parents = warehouse.extract("subjects", cycle).select(["subject", "parent"]).to_pylist()
    while children := {row["subject"] for row in parents if row["parent"] in found} - found:
        found |= children
    return frozenset(found)


def masked(moves: pa.Table, subjects: Collection[str]) -> pa.Table:
    """The moves without the new totals of these subjects: rank, grade and status stay."""
    is_veiled = pc.is_in(moves["subject"], value_set=pa.array(sorted(subjects), pa.string()))
    for name in ("new_total", "total_change"):
        place = moves.column_names.index(name)
        blank = pa.scalar(None, moves[name].type)
        moves = moves.set_column(place, moves.field(name), pc.if_else(is_veiled, blank, moves[name]))
    return moves


def dump(changes: Iterable[Change]) -> str:
    """Changes as text to keep."""
    rows = [[*astuple(change)[:3], None if change.value is None else str(change.value)] for change in changes]
    return json.dumps(rows, ensure_ascii=False)


def parse(text: str) -> list[Change]:
    """The changes of a kept text."""
    return [
        Change(table, id_, column, None if value is None else value if is_word(table, column) else Decimal(value))
        for table, id_, column, value in json.loads(text)
    ]


def _rows_of(tables: Mapping[str, pa.Table], name: str) -> list[dict[str, Any]]:
    """The rows of a table; of the settings those that may be tried out, blank where the scheme does not say them."""
    rows: list[dict[str, Any]] = tables[name].to_pylist() if name in tables else []
    if name != "settings":
        return rows
    said = {row["key"]: row["value"] for row in rows}
    return [{"key": key, "value": said.get(key)} for key in TRIED_SETTINGS]


def _with_setting(table: pa.Table, key: str) -> pa.Table:
    """The settings with a row for this key."""
    if key in table.column("key").to_pylist():
        return table
    row = dict.fromkeys(table.column_names) | {"key": key}
    like = table.slice(0, 1).to_pylist()[0]
    row |= {name: like[name] for name in table.column_names if name.startswith("_")}
    return pa.concat_tables([table, pa.Table.from_pylist([row], table.schema)])


def _by_subject(consequences: pa.Table) -> dict[str, str]:
    """Subject -> the rules that hold for it."""
    found: dict[str, set[str]] = {}
    for row in consequences.select(["subject", "rule"]).to_pylist():
        found.setdefault(row["subject"], set()).add(row["rule"])
    return {subject: ";".join(sorted(rules)) for subject, rules in found.items()}


def _moves(before: pa.Table, after: pa.Table, held: Mapping[str, str], holding: Mapping[str, str]) -> pa.Table:
    now = {row["subject"]: row for row in after.to_pylist()}
    rows = [
        row
        | {
            "consequences": held.get(str(row["subject"]), ""),
            "new_consequences": holding.get(str(row["subject"]), ""),
        }
        for row in _rows(before.to_pylist(), now)
    ]
    return pa.Table.from_pylist(rows, MOVES)


def _rows(before: Iterable[dict[str, object]], now: Mapping[str, dict[str, object]]) -> Iterator[dict[str, object]]:
    for row in before:
        new = now[str(row["subject"])]
        yield {name: row[name] for name in ("kind", "platform", "layer", "subject", "name")} | {
            "rank": row["rank"],
            "new_rank": new["rank"],
            "rank_change": _difference(row["rank"], new["rank"]),
            "total": row["total"],
            "new_total": new["total"],
            "total_change": _difference(new["total"], row["total"]),
            "grade": row["grade"],
            "new_grade": new["grade"],
            "status": row["status"],
            "new_status": new["status"],
        }


def _difference(one: object, other: object) -> object:
    return one - other if isinstance(one, (int, Decimal)) and isinstance(other, (int, Decimal)) else None


def _exact(value: float | str | None) -> Decimal | None:
    """A number from an editor with at most 9 decimals, as a scheme holds it."""
    return None if value is None else Decimal(f"{float(value):.9f}").quantize(Decimal("1e-9"))


def _said(found: Mapping[str, pa.Table], locate: checks.Locate) -> list[Problem]:
    return [problem for code, rows in found.items() for problem in checks.to_problems(code, rows, locate)]
