"""Answers reshaped for the eye: rows picked, searched and folded. Nothing is scored or decided here.

An Arrow table in, an Arrow table or a list out; pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import Table

from pages.ui import kept
from pipelines.dossier import DIMENSIONS
from pipelines.reads import Selection

__all__ = ["Table"]

MANY = 1_000
"""From so many rows on, Arrow groups faster than Python."""
MOST_TOLD_SINGLY = 8
"""Below so many subjects, quarters say less than the subjects themselves."""


def search(table: pa.Table, text: str, columns: Sequence[str]) -> pa.Table:
    """The rows in which one of the columns holds the text, whatever its case."""
    found = holds(table, text, columns)
    return table if found is None else table.filter(found)


def holds(table: pa.Table, text: str, columns: Sequence[str]) -> pa.Array | None:
    """For each row, whether one of the columns holds the text; None where there is no text to look for."""
    if not text.strip():
        return None
    found = pa.array([False] * table.num_rows)
    for name in columns:
        found = pc.or_(found, pc.match_substring(pc.fill_null(table.column(name), ""), text.strip(), ignore_case=True))
    return found


@kept.by_table
def where(table: pa.Table, column: str, value: Hashable) -> pa.Table:
    """The rows whose column has this value."""
    return table.filter(pc.equal(table.column(column), pa.scalar(value)))


def among(table: pa.Table, column: str, values: Collection[str]) -> pa.Table:
    """The rows whose column has one of these values."""
    return table.filter(pc.is_in(table.column(column), value_set=pa.array(list(values), pa.string())))


@kept.by_table
def known(table: pa.Table, column: str) -> pa.Table:
    """The rows whose column holds something."""
    return table.filter(pc.is_valid(table.column(column)))


@kept.by_table
def sorted_down(table: pa.Table, column: str) -> pa.Table:
    """The rows by this column, the greatest first."""
    return table.sort_by([(column, "descending")])


@kept.by_table
def sorted_up(table: pa.Table, column: str) -> pa.Table:
    """The rows by this column, the smallest first, blanks last."""
    return table.sort_by([(column, "ascending")])


def first(table: pa.Table, column: str, otherwise: object) -> object:
    """The value in the first row of the column, `otherwise` where there is no row."""
    return table.column(column)[0].as_py() if table.num_rows else otherwise


def nearest(table: pa.Table, column: str, count: int) -> pa.Table:
    """At most so many rows whose chance in `column` is nearest to one half, then those near the place where it falls below."""
    if table.num_rows <= count:
        return table
    chances = [float(value) for value in table.column(column).to_pylist()]
    middle = sum(chance >= 0.5 for chance in chances)
    order = sorted(range(len(chances)), key=lambda at: (round(abs(chances[at] - 0.5), 2), abs(at - middle)))[:count]
    return table.take(pa.array(sorted(order)))


def outermost(table: pa.Table, count: int) -> pa.Table:
    """At most so many rows: the first and the last half of them."""
    half = count // 2
    if table.num_rows <= count:
        return table
    return pa.concat_tables([table.slice(0, half), table.slice(table.num_rows - half)])


def stem(selection: Selection, *parts: str) -> str:
    """The part of a file name that says what a table is about, with what else was chosen."""
    return "-".join([selection.stem, *(part.strip("_").replace("/", "_") for part in parts)])


def ranges(table: pa.Table, **columns: tuple[str, str]) -> pa.Table:
    """The table with further columns of text, each a range of two others: '3–5', '3' where they are equal."""
    for name, (low, high) in columns.items():
        pairs = zip(table.column(low).to_pylist(), table.column(high).to_pylist(), strict=True)
        said = [None if least is None else f"{least}–{most}" if least != most else f"{least}" for least, most in pairs]
        table = table.append_column(name, pa.array(said, pa.string()))
    return table


def attention(ranking: pa.Table) -> pa.Table:
    """The rows of a ranking that somebody should look at: flagged, or not graded."""
    flagged = pc.not_equal(pc.fill_null(ranking.column("flags"), ""), "")
    unusual = pc.not_equal(ranking.column("status"), "graded")
    return ranking.filter(pc.or_(flagged, unusual))


def beside(table: pa.Table, other: pa.Table, column: str, name: str = "") -> pa.Table:
    """The table with a column of `other`, matched by subject; blank where `other` has no such subject."""
    places = pc.index_in(table.column("subject"), value_set=other.column("subject").combine_chunks())
    return table.append_column(name or column, other.column(column).take(places))


def with_points(table: pa.Table, parts: pa.Table, most: int) -> tuple[pa.Table, dict[str, str]]:
    """The table with the points of each root component (`reads.parts`) as a column, and what these are called.

    Components that none of the rows has are left out; more than `most` are not columns but a crowd, and are left out.
    """
    own = parts.filter(pc.is_in(parts.column("subject"), value_set=table.column("subject").combine_chunks()))
    found = distinct(own, "component", "name")
    if len(found) > most:
        return table, {}
    for component, _ in found:
        table = beside(table, where(own, "component", component), "points", f"points:{component}")
    return table, {f"points:{component}": name for component, name in found}


def with_texts(table: pa.Table, name: str, said: Mapping[str, str]) -> pa.Table:
    """The table with a column of texts by subject; blank where there is none."""
    subjects = table.column("subject").to_pylist()
    return table.append_column(name, pa.array([said.get(subject, "") for subject in subjects], pa.string()))


def partial(ranking: pa.Table) -> pa.Table:
    """The rows of a ranking that lack a part of their data."""
    return ranking.filter(pc.less(ranking.column("coverage"), pa.scalar(1)))


def middle_half(peers: pa.Table) -> tuple[Decimal, Decimal] | None:
    """The totals between which the middle half of the subjects lies; None for fewer than eight of them."""
    totals = sorted(peers.column("total").to_pylist())
    return (totals[len(totals) // 4], totals[-1 - len(totals) // 4]) if len(totals) >= MOST_TOLD_SINGLY else None


@kept.by_table
def behind(peers: pa.Table, rank: int) -> int:
    """How many stand behind a rank; who shares it does not."""
    return int(pc.sum(pc.greater(peers.column("rank"), rank)).as_py() or 0)


@kept.by_table
def distinct(table: pa.Table, *columns: str) -> list[tuple]:
    """The different values of the columns together, in order of appearance."""
    if table.num_rows > MANY:
        table = table.select(columns).group_by(list(columns), use_threads=False).aggregate([])
    return list(dict.fromkeys(zip(*(table.column(name).to_pylist() for name in columns), strict=True)))


def poll_cells(cells: pa.Table, is_hidden_only: bool) -> tuple[pa.Table, list[str]]:
    """The cells of a poll, all or the hidden ones, and the columns that tell them apart."""
    if is_hidden_only:
        cells = where(cells, "is_hidden", True)
    columns = ["name", "platform", "layer", "item", "rater_group", "votes", "mean", "is_hidden", "merged_into"]
    hidden = {name for name in ("platform", "layer", "item") if len(distinct(cells, name)) < 2}
    hidden |= {"merged_into"} if is_blank(cells, "merged_into") else set()
    return cells, [name for name in columns if name not in hidden]


def texts(table: pa.Table) -> list[str]:
    """The names of the columns that hold text."""
    return [field.name for field in table.schema if pa.types.is_string(field.type)]


def recognised(readings: Sequence[Any]) -> pa.Table:
    """One row per table that was found in a file (`workbook.Reading`): file, sheet, range, table, rows."""
    found = [(reading.name, block) for reading in readings for block in reading.blocks]
    return pa.table(
        {
            "file": pa.array([name for name, _ in found], pa.string()),
            "sheet": pa.array([block.sheet for _, block in found], pa.string()),
            "range": pa.array([block.range for _, block in found], pa.string()),
            "table": pa.array([block.table for _, block in found], pa.string()),
            "rows": pa.array([block.rows for _, block in found], pa.int64()),
        }
    )


def named(table: pa.Table, names: pa.Table, others: dict[str, str]) -> pa.Table:
    """The table with names (`part`, `id`, `name`) for the ids in its columns; `others` names what has no row there."""
    known = {(row["part"], row["id"]): row["name"] for row in names.to_pylist()}
    for column in {part for part, _ in known} | {"item", "rater_group", "merged_into"}:
        if column in table.column_names:
            part = "rater_group" if column == "merged_into" else column
            said = [known.get((part, value), others.get(value, value)) for value in table.column(column).to_pylist()]
            table = table.set_column(table.column_names.index(column), column, pa.array(said, pa.string()))
    return table


def in_order_of(table: pa.Table, items: Sequence[str]) -> pa.Table:
    """The table with its items in this order, others last."""
    order = {item: place for place, item in enumerate(items)}
    cells = table.column("item").to_pylist()
    places = sorted(range(len(cells)), key=lambda place: order.get(cells[place], len(order)))
    return table.take(pa.array(places, pa.int64()))


def last_period(table: pa.Table) -> pa.Table:
    """The rows of the last period of each subject."""
    last: dict[str, int] = {}
    places = list(zip(*(table.column(name).to_pylist() for name in ("subject", "period_no")), strict=True))
    for subject, number in places:
        last[subject] = max(number, last.get(subject, number))
    return table.filter(pa.array([last[subject] == number for subject, number in places], pa.bool_()))


def filled(table: pa.Table, column: str, text: str) -> pa.Table:
    """The table with a text in place of the blank ones of a column."""
    texts = pa.array([value or text for value in table.column(column).to_pylist()], pa.string())
    return table.set_column(table.column_names.index(column), column, texts)


def renamed(table: pa.Table, column: str, name: str) -> pa.Table:
    """The table with another name for a column, for another entry of the column dictionary."""
    return table.rename_columns([name if own == column else own for own in table.column_names])


def moved(moves: pa.Table) -> pa.Table:
    """The rows of `whatif.compare` whose rank, grade or status changed; the biggest moves first."""
    rows = moves.to_pylist()
    places = [
        place
        for place, row in enumerate(rows)
        if row["rank_change"] or row["grade"] != row["new_grade"] or row["status"] != row["new_status"]
    ]
    places.sort(key=lambda place: (-abs(rows[place]["rank_change"] or 0), rows[place]["subject"]))
    return moves.take(pa.array(places, pa.int64()))


def regraded(moves: pa.Table) -> pa.Table:
    """How many subjects went from each grade in force to each grade of the trial: previous_grade, grade, count."""
    pairs = [(row["grade"] or "", row["new_grade"] or "") for row in moves.to_pylist()]
    counted = {pair: pairs.count(pair) for pair in dict.fromkeys(pairs)}
    return pa.table(
        {
            "previous_grade": pa.array([before for before, _ in counted], pa.string()),
            "grade": pa.array([after for _, after in counted], pa.string()),
            "subject_count": pa.array(list(counted.values()), pa.int64()),
        }
    )


def setting(scheme: Mapping[str, pa.Table], key: str) -> str:
    """The value of a setting; '' where it is not set."""
    rows = scheme["settings"].to_pylist() if "settings" in scheme else []
    return next((row["value"] or "" for row in rows if row["key"] == key), "")


def without_origin(table: pa.Table) -> pa.Table:
    """The table without the columns that say where a row came from."""
    return table.select([name for name in table.column_names if not name.startswith("_")])


def worded(table: pa.Table, name: str, say: Callable[..., str], *columns: str) -> pa.Table:
    """The table with a column of text, a further one or in the place of its own, said from these columns of each row."""
    rows = zip(*(table.column(column).to_pylist() for column in columns), strict=True)
    said = pa.array([say(*row) for row in rows], pa.string())
    if name in table.column_names:
        return table.set_column(table.column_names.index(name), name, said)
    return table.append_column(name, said)


def unblanked(table: pa.Table, column: str, word: str) -> pa.Table:
    """The table with `word` where the column holds a blank."""
    said = pc.if_else(pc.equal(table.column(column), ""), word, table.column(column))
    return table.set_column(table.column_names.index(column), column, said)


def is_empty_text(table: pa.Table, column: str) -> bool:
    """Whether the column holds no text in any row."""
    return not any(table.column(column).to_pylist())


def counted(differences: Sequence[Any]) -> pa.Table:
    """One row per `build.Difference`: file, table, cycle and the counts."""
    names = ("added", "changed", "removed", "same")
    return pa.table(
        {
            "file": pa.array([one.file for one in differences], pa.string()),
            "table": pa.array([one.table for one in differences], pa.string()),
            "cycle": pa.array([one.cycle for one in differences], pa.int64()),
            **{name: pa.array([one.counts[name] for one in differences], pa.int64()) for name in names},
        }
    )


def joined(table: pa.Table, column: str) -> pa.Table:
    """The table with the lists of one column written out: 2024, 2025."""
    said = [", ".join(map(str, values or [])) for values in table.column(column).to_pylist()]
    return table.set_column(table.column_names.index(column), column, pa.array(said, pa.string()))


def is_of_one_year(table: pa.Table, column: str) -> bool:
    """Whether the column holds lists of years of which none has two: a line of one point is none."""
    cells = table.column(column)
    return pa.types.is_list(cells.type) and all(len(years or ()) < 2 for years in cells.to_pylist())


@kept.by_table
def by_dimension(items: pa.Table, column: str) -> pa.Table:
    """The items of a poll in the order in which they are always named (德能勤绩廉), others after them as they stand."""
    first = [(name or "")[:1] for name in items.column(column).to_pylist()]
    places = [DIMENSIONS.find(letter) if letter else -1 for letter in first]
    order = sorted(range(len(places)), key=lambda at: places[at] if places[at] >= 0 else len(DIMENSIONS))
    return items.take(pa.array(order, pa.int64()))


@kept.by_table
def leaf_steps(against: pa.Table) -> list[dict]:
    """The lowest steps that have points (`reads.against`): indicators, and components that nothing below explains."""
    rows = [row for row in against.to_pylist() if row["points"] is not None]
    return [
        row
        for place, row in enumerate(rows)
        if not any(other["depth"] > row["depth"] for other in rows[place + 1 : place + 2])
    ]


def with_conditions(gates: pa.Table, condition: Callable[[Mapping[str, Any]], str]) -> pa.Table:
    """The gate rows with their condition in words."""
    said = [condition(row) for row in gates.to_pylist()]
    return gates.set_column(gates.column_names.index("condition"), "condition", pa.array(said, pa.string()))


@kept.by_table
def is_blank(table: pa.Table, column: str) -> bool:
    """Whether the column holds nothing in any row."""
    cells = table.column(column)
    if pa.types.is_string(cells.type):
        cells = pc.if_else(pc.equal(cells, ""), pa.scalar(None, pa.string()), cells)
    return cells.null_count == table.num_rows


@kept.by_table
def without_blank(table: pa.Table, columns: Sequence[str]) -> pa.Table:
    """The table without those of the columns that hold nothing, or one and the same rule, in every row."""
    same = [
        name for name in columns if is_blank(table, name) or (name == "applies" and len(distinct(table, name)) == 1)
    ]
    return table.drop_columns(same)


def with_gaps(borders: pa.Table) -> pa.Table:
    """The borders with `gap`: how far the first who is out lies below the last who is in; blank elsewhere."""
    lasts: dict[tuple, Decimal] = {}
    rows = borders.to_pylist()
    for row in rows:
        if row["outcome"] == "taken":
            lasts[_border(row)] = row["total"]
    gaps = [
        lasts[_border(row)] - row["total"] if row["outcome"] == "first_out" and _border(row) in lasts else None
        for row in rows
    ]
    return borders.append_column("gap", pa.array(gaps, borders.schema.field("total").type))


@kept.by_table
def closest_line(borders: pa.Table) -> tuple[dict, dict] | None:
    """The last in and the first out of the border where they are nearest; None where no border has both."""
    sides: dict[tuple, dict[str, dict]] = {}
    for row in borders.to_pylist():
        sides.setdefault(_border(row), {})[row["outcome"]] = row
    both = [(found["taken"], found["first_out"]) for found in sides.values() if {"taken", "first_out"} <= found.keys()]
    return min(both, key=lambda pair: pair[0]["total"] - pair[1]["total"], default=None)


def _border(row: Mapping[str, Any]) -> tuple:
    return row["kind"], row["grade"], row["pool"], row["part"]


@kept.by_table
def limited_grades(quotas: pa.Table) -> list[str]:
    """The grades that have seats to fill in some pool."""
    limited = quotas.filter(pc.is_valid(quotas.column("seats")))
    return [grade for (grade,) in distinct(limited, "grade")]


def of_cycles(years: pa.Table, cycles: Sequence[int]) -> pa.Table:
    """The rows of these cycles, of subjects that were there in the last of them."""
    rows = years.filter(pc.is_in(years.column("cycle"), value_set=pa.array(cycles, years.schema.field("cycle").type)))
    there = where(rows, "cycle", max(cycles)).column("subject").combine_chunks()
    return rows.filter(pc.is_in(rows.column("subject"), value_set=there))


def two_years(years: pa.Table, earlier: int, later: int) -> pa.Table:
    """One row per subject with rank, total and grade of both cycles and what changed; the later rank first."""
    rows: dict[str, dict[int, dict]] = {}
    for row in years.to_pylist():
        rows.setdefault(row["subject"], {})[row["cycle"]] = row
    folded = []
    for seen in rows.values():
        now, before = seen.get(later), seen.get(earlier)
        if now is not None:
            folded.append(
                {"subject": now["subject"], "name": now["name"]}
                | {f"previous_{name}": before and before[name] for name in ("rank", "total", "grade")}
                | {name: now[name] for name in ("rank", "total", "grade")}
                | {"rank_change": _difference(before, now, "rank"), "total_change": _difference(now, before, "total")}
                | {"is_other_cohort": bool(before and before["is_other_cohort"])}
            )
    folded.sort(key=lambda row: (row["rank"] is None, row["rank"], row["subject"]))
    kinds = {name: years.schema.field(name).type for name in ("subject", "name", "rank", "total", "grade")}
    types = {f"previous_{name}": kinds[name] for name in ("rank", "total", "grade")} | kinds
    types |= {"rank_change": kinds["rank"], "total_change": kinds["total"], "is_other_cohort": pa.bool_()}
    return pa.Table.from_pylist(folded, pa.schema(list(types.items())))


def rank_moves(years: pa.Table) -> list[tuple[str, int]]:
    """(name, places won) of each subject ranked in both of the last two cycles, in the same cohort."""
    cycles = sorted(set(years.column("cycle").to_pylist()))[-2:]
    ranks: dict[str, dict[int, int]] = {}
    names = {}
    for row in years.to_pylist():
        if row["rank"] is not None and row["cycle"] in cycles and not row["is_other_cohort"]:
            ranks.setdefault(row["subject"], {})[row["cycle"]] = row["rank"]
            names[row["subject"]] = row["name"]
    return [
        (names[subject], seen[cycles[0]] - seen[cycles[1]])
        for subject, seen in ranks.items()
        if len(seen) == len(cycles)
    ]


def moved_most(years: pa.Table, count: int) -> tuple[str, ...]:
    """The subjects whose rank moved most between the last two years: biggest rises and falls in turn."""
    cycles = sorted(set(years.column("cycle").to_pylist()))[-2:]
    ranks: dict[str, dict[int, int]] = {}
    for row in years.to_pylist():
        if row["rank"] is not None and row["cycle"] in cycles:
            ranks.setdefault(row["subject"], {})[row["cycle"]] = row["rank"]
    moves = sorted((seen[cycles[0]] - seen[cycles[1]], subject) for subject, seen in ranks.items() if len(seen) == 2)
    falls = [subject for change, subject in moves if change < 0]
    rises = [subject for change, subject in reversed(moves) if change > 0]
    half = count // 2
    return (*rises[: count - min(half, len(falls))], *falls[:half])


def one_row_per_subject(years: pa.Table) -> pa.Table:
    """The years of each subject folded into a row: the latest year, the change, and all years as lists."""
    folded: dict[str, list[dict]] = {}
    for row in years.to_pylist():
        folded.setdefault(row["subject"], []).append(row)
    latest = max(years.column("cycle").to_pylist(), default=0)
    rows = []
    for own in folded.values():
        now = own[-1]
        before = own[-2] if len(own) > 1 and own[-2]["cycle"] == latest - 1 else None
        rows.append(
            {
                "subject": now["subject"],
                "name": now["name"],
                "rank": now["rank"],
                "rank_change": _difference(before, now, "rank"),
                "total": now["total"],
                "total_change": _difference(now, before, "total"),
                "totals": [float(row["total"]) for row in own if row["total"] is not None],
                "grade": now["grade"],
                "grade_path": " → ".join(row["grade"] or "–" for row in own),
            }
        )
    rows.sort(key=lambda row: (row["rank"] is None, row["rank"], row["subject"]))
    types = {name: years.schema.field(name).type for name in ("subject", "name", "rank", "total", "grade")}
    schema = pa.schema(
        [
            ("subject", types["subject"]),
            ("name", types["name"]),
            ("rank", types["rank"]),
            ("rank_change", pa.int64()),
            ("total", types["total"]),
            ("total_change", types["total"]),
            ("totals", pa.list_(pa.float64())),
            ("grade", types["grade"]),
            ("grade_path", pa.string()),
        ]
    )
    return pa.Table.from_pylist(rows, schema)


def _difference(first: dict | None, second: dict | None, name: str) -> object:
    if first is None or second is None or first[name] is None or second[name] is None:
        return None
    return first[name] - second[name]


def widest(table: Table) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rows with the lowest and the highest rate of the answer whose rates lie furthest apart."""
    by_answer: dict[str, list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        by_answer.setdefault(row["answer"], []).append(row)
    ends = [tuple(pick(rows, key=lambda row: row["answer_rate"]) for pick in (min, max)) for rows in by_answer.values()]
    low, high = max(ends, key=lambda end: end[1]["answer_rate"] - end[0]["answer_rate"])
    return low, high


def like(table: Table, rows: Sequence[Mapping[str, Any]]) -> Table:
    """These rows as a table of the same columns."""
    return pa.Table.from_pylist(list(rows), table.schema)
