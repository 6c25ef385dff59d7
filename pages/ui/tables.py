"""How a column is shown: label, decimals, unit and help come from the column dictionary `data/columns.toml`.

A column that is not in the dictionary is an error: nobody sees a raw column name. Numbers are shown with the decimals
of the dictionary, a total with as many as keep two unequal ones apart (specification, section 13 of scoring).
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from pages.ui import charts, filters, kept, words
from pages.ui.words import t, without_aside

DICTIONARY = Path(__file__).resolve().parents[2] / "data" / "columns.toml"
MOST_DECIMALS = 9
MOST_ROWS = 2_000
"""More rows than these are not sent to the browser: the first of them are, in the order that is asked for."""
ROW_HEIGHT = 36
ROW_ON_THE_WALL = 46
HEADING, HEADING_ON_THE_WALL, EDGES = 33, 42, 2
"""Pixels of the heading row (2.1875 letters of 15 and 19 pixels, as Streamlit rounds them) and of the lines around a table."""
ROOMY = 165
"""Pixels for a long Chinese name."""
SLIM, BROAD = 104, 176
"""Pixels for a number under a heading: at least, and at most."""
WORDED = (
    "kind",
    "status",
    "severity",
    "outcome",
    "step",
    "table",
    "verdict",
    "state",
    "certainty",
    "quality",
    "finding",
    "comparable",
    "rounding",
    "course",
    "difference",
    "progress_state",
    "verdict_of",
    "method_rule",
    "method_option",
    "force",
    "case_kind",
    "notice_state",
    "objection_outcome",
    "move",
    "printed_of",
    "eligible_of",
    "stage_state",
    "stage_fault",
    "fits_of",
    "moved_of",
    "route",
)
"""Columns whose values are fixed words of the specification: each value has a word in each language."""

METRICS = (
    "total", "base", "bonus", "deduction", "coverage", "component", "indicator", "value", "poll", "rate", "votes",
    "attendee_rate", "turnout", "events", "attr", "streak", "grades", "past_rate",
)  # fmt: skip
"""The kinds of metric of the specification, section 8."""
RATES = ("coverage", "rate", "attendee_rate", "turnout", "past_rate")
"""Metrics that are shares of 1."""
NEVER_NEGATIVE = (*RATES, "votes", "events", "streak", "grades")
SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠"}


@functools.cache
def dictionary() -> dict[str, dict[str, object]]:
    """Column name -> label_en, label_zh and, where they are set, decimals, unit_en, unit_zh, help_en, help_zh."""
    return tomllib.loads(DICTIONARY.read_text(encoding="utf-8"))


def label(name: str) -> str:
    """The heading of a column in the language of this run."""
    return str(dictionary()[name][f"label_{words.language()}"])


def help_text(name: str) -> str | None:
    """What a column means, where its label does not say it."""
    said = dictionary()[name].get(f"help_{words.language()}")
    return None if said is None else str(said)


def headings(table: pa.Table, labels: Mapping[str, str]) -> list[str]:
    """The names of the columns for a file: those that `labels` knows and no dictionary does are called by it."""
    return [labels.get(name, name) for name in table.column_names]


def decimals_to_tell_apart(values: Sequence[Decimal | None], least: int = 2) -> int:
    """The fewest decimals from `least` to 9 at which unequal numbers still look unequal."""
    numbers = {value for value in values if value is not None}
    for decimals in range(least, MOST_DECIMALS):
        unit = Decimal(1).scaleb(-decimals)
        if len({number.quantize(unit, ROUND_HALF_UP) for number in numbers}) == len(numbers):
            return decimals
    return MOST_DECIMALS


def number(value: Decimal | float | None, decimals: int = 2, *, is_signed: bool = False) -> str:
    """A number for a sentence or a card: 1,234.50; an en dash where there is none."""
    if value is None:
        return "–"
    return f"{value:{'+' if is_signed else ''},.{decimals}f}"


def percent(value: Decimal | float | None, decimals: int = 1) -> str:
    """A share of 1 as a percentage; an en dash where there is none."""
    return "–" if value is None else f"{100 * value:.{decimals}f}%"


def change(value: Decimal | int | None, decimals: int = 0) -> str:
    """A change with its direction in shape as well: ▲ 3, ▼ 1, · for none, blank where it is not known."""
    if value is None:
        return ""
    if value == 0:
        return "·"
    return f"{'▲' if value > 0 else '▼'} {abs(value):,.{decimals}f}"


def flag(text: str) -> str:
    """A flag of the ranking in words: 'gate:X', 'unknown:X' or 'border:GRADE'."""
    kind, _, detail = text.partition(":")
    return t(f"flag.{kind}", detail=detail)


def metric(text: str) -> str:
    """A metric in words: 'streak:一等' is 'cycles in a row with 一等', 'component:X' the score of X."""
    kind, _, detail = text.partition(":")
    if kind not in METRICS:
        return text
    first, _, rest = detail.partition(":")
    options, _, years = rest.partition(":")
    return t(f"metric.{kind}", detail=detail, first=first, rest=options, years=years or rest)


def metric_value(name: str, value: str | None) -> str:
    """The value or threshold of a metric: rates as percentages, numbers without trailing zeros, text as it is."""
    if value is None or value == "":
        return "–"
    try:
        number_ = Decimal(value)
    except InvalidOperation:
        return value
    if name.partition(":")[0] in RATES:
        return f"{_plain(round(100 * number_, 2))}%"
    return _plain(round(number_, 2))


def is_always(name: str, op: str, threshold: str | None) -> bool:
    """Whether the metric can't be otherwise where it is known: a share or count that is at least 0.

    Schemes write this for gates whose filter alone decides: 'who works in a unit of the lowest grade'.
    """
    return op == ">=" and name.partition(":")[0] in NEVER_NEGATIVE and (threshold or "").rstrip("%") in ("0", "0.0")


def condition(row: Mapping[str, Any]) -> str:
    """A gate row in words with the value it found: 'turnout of 组织评价 72.5% < 80%'."""
    if is_always(row["metric"], row["op"], row["threshold"]) and not row["is_unknown"]:
        return t("compare.always")
    limit = metric_value(row["metric"], row["threshold"])
    value = t("metric.no_data") if row["is_unknown"] else metric_value(row["metric"], row["value"])
    return f"{metric(row['metric'])} {value} {SIGNS.get(row['op'], row['op'])} {limit}"


def reasons(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Subject -> why it is flagged, from the rows of `reads.reasons`: each gate with its conditions and its effect."""
    said: dict[str, dict[tuple[str, str], list[str]]] = {}
    for row in rows:
        gates = said.setdefault(row["subject"], {})
        gates.setdefault((row["gate"], row["effect"]), []).append(condition(row))
    return {
        subject: "; ".join(f"{gate}: {', '.join(parts)} → {effect(does)}" for (gate, does), parts in gates.items())
        for subject, gates in said.items()
    }


def standing_reasons(ranking: pa.Table, flagged: Mapping[str, str]) -> dict[str, str]:
    """Subject -> why its standing is no plain one: its status where it is not graded, then its gates, then its ties."""
    said = {}
    for row in ranking.select(["subject", "status", "flags"]).to_pylist():
        if row["status"] == "graded" and not row["flags"]:
            continue
        ties = [flag(part) for part in row["flags"].split(";") if part.startswith("border:")]
        status = [] if row["status"] == "graded" else [t(f"status.{row['status']}")]
        gates = [flagged[row["subject"]]] if row["subject"] in flagged else []
        said[row["subject"]] = "; ".join([*status, *gates, *ties])
    return said


def _plain(value: Decimal) -> str:
    """A decimal without trailing zeros and without an exponent."""
    return f"{value.normalize():f}" if value else "0"


def effect(text: str) -> str:
    """What a gate does, in words: 'exclude', 'cap:GRADE', 'grade:GRADE' or 'flag'."""
    kind, _, grade = text.partition(":")
    return t(f"effect.{kind}", grade=grade)


def say(table: pa.Table, *, is_said_in_part: bool = False) -> pa.Table:
    """The table with the fixed words of its columns in the language of this run.

    A value without a word is an error, unless the table is one whose words may be said already.
    """
    make = functools.partial(_in_words, table, is_said_in_part)
    return kept.once(make, _in_words, kept.fingerprint(table), words.language(), is_said_in_part)


def _in_words(table: pa.Table, is_said_in_part: bool) -> pa.Table:
    for name in table.column_names:
        if (name in WORDED or name in _TOLD) and pa.types.is_string(table.schema.field(name).type):
            values = table.column(name).combine_chunks().dictionary_encode()
            told = [value and _told(name, value, is_said_in_part) for value in values.dictionary.to_pylist()]
            table = _replaced(table, name, pa.array(told, pa.string()).take(values.indices))
    return table


def _told(name: str, value: str, is_said_in_part: bool) -> str:
    try:
        return _said(name, value)
    except KeyError:
        if is_said_in_part:
            return value
        raise


def describe(names: Sequence[str]) -> pa.Table:
    """The dictionary of these columns: column, label, help."""
    language = words.language()
    entries = dictionary()
    return pa.table(
        {
            "column": pa.array(names, pa.string()),
            "label": pa.array([str(entries[name][f"label_{language}"]) for name in names], pa.string()),
            "help": pa.array([str(entries[name].get(f"help_{language}", "")) for name in names], pa.string()),
        }
    )


def show(
    table: pa.Table,
    columns: Sequence[str],
    *,
    key: str,
    grades: Sequence[str] = (),
    height: int = 620,
    is_clickable: bool = False,
    pinned: Sequence[str] = (),
    roomy: Sequence[str] = (),
    bars: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
    alt: str = "",
) -> int | None:
    """Draw these columns of the table; gives the position of the row that was clicked, where rows are clickable.

    `grades` are all grades of the cycle from the best down, for the colours of their badges; `bars` are drawn as a bar
    beside the number; `roomy` columns get the room of a long name; `labels` names columns otherwise than the
    dictionary, and those that it can't know: one per component, shown as points under its name without what
    stands in brackets, which is in the help.
    """
    if not table.num_rows:
        st.caption(t("table.empty"))
        return None
    shown = tuple(name for name in columns if name in table.column_names)
    order = choose_order(table, shown, key, labels)
    places = positions(table, order)
    chosen = (tuple(grades), tuple(pinned), tuple(roomy), tuple(bars), tuple((labels or {}).items()))

    def make() -> tuple[pa.Table, dict[str, Any]]:
        picked = table.select(shown)
        return _prepared(picked if places is None else picked.take(places), *chosen)

    drawn, config = kept.once(
        make, show, kept.fingerprint(table), shown, order, words.language(), charts.is_dark(), *chosen
    )
    said = alt or _alt(drawn, [config[name]["label"] for name in shown])
    event = _drawn(drawn, config, key, height, said, is_clickable=is_clickable)
    if not is_clickable or not event.selection.cells:
        return None
    place = int(event.selection.cells[0][0])
    return place if places is None else int(places[place].as_py())


def choose_order(table: pa.Table, columns: Sequence[str], key: str, labels: Mapping[str, str] | None = None) -> str:
    """Draw the choice of an order for a table of which the first rows are shown only; '' is the order it has."""
    if table.num_rows <= MOST_ROWS:
        return ""
    named = {name: (labels or {}).get(name) or label(name) for name in columns if not _is_list(table, name)}
    options = {"": t("table.as_given")}
    for name, said in named.items():
        options |= {f"{name}.up": f"{said} ↑", f"{name}.down": f"{said} ↓"}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = filters.choose_order(key, options)
        st.caption(t("table.cut", shown=f"{MOST_ROWS:,}", all=f"{table.num_rows:,}"), width="content")
    return order


def positions(table: pa.Table, order: str) -> pa.Array | None:
    """Where the rows that are shown stand in the table, blanks last; None where it is shown whole."""
    if table.num_rows <= MOST_ROWS:
        return None
    name, _, way = order.rpartition(".")
    if not name:
        return pa.array(range(MOST_ROWS), pa.int64())
    keys = [(name, "ascending" if way == "up" else "descending")]

    def make() -> pa.Table:
        places = pc.sort_indices(table, sort_keys=keys, null_placement="at_end")
        return pa.table({"place": places.slice(0, MOST_ROWS).cast(pa.int64())})

    return kept.once(make, kept.fingerprint(table), order).column("place").combine_chunks()


def _is_list(table: pa.Table, name: str) -> bool:
    return pa.types.is_list(table.schema.field(name).type)


def show_plain(table: pa.Table, *, key: str, height: int = 520) -> None:
    """Draw a table that no dictionary knows: headings as they are, and every number with the decimals that it has."""
    config = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_decimal(column.type):
            ends = [-value.normalize().as_tuple().exponent for value in column.to_pylist() if value is not None]
            shape = f"%,.{min(max([0, *ends]), MOST_DECIMALS)}f"
            table = _replaced(table, name, pc.cast(column, pa.float64()))
            config[name] = st.column_config.NumberColumn(name, format=shape, alignment="right")
        elif pa.types.is_integer(column.type):
            config[name] = st.column_config.NumberColumn(name, format="%d", alignment="right")
        elif pa.types.is_boolean(column.type):
            said = [None if value is None else t(f"answer.{value}") for value in column.to_pylist()]
            table = _replaced(table, name, pa.array(said, pa.string()))
    _drawn(table, config, key, height, _alt(table, table.column_names))


def _drawn(
    table: pa.Table, config: Mapping[str, Any], key: str, height: int, alt: str, *, is_clickable: bool = False
) -> Any:
    """The one table widget: as high as its rows need, up to `height`; gives what is selected in it."""
    row_height = ROW_HEIGHT if filters.slide() is None else ROW_ON_THE_WALL
    return st.dataframe(
        table,
        column_config=config,
        hide_index=True,
        key=key,
        height=fit(table.num_rows, height, row_height),
        row_height=row_height,
        on_select="rerun" if is_clickable else "ignore",
        selection_mode="single-cell",
        placeholder="–",
        alt=alt,
    )


def fit(rows: int, most: int, row_height: int = ROW_HEIGHT) -> int:
    """Pixels that a table of so many rows needs; where that is more than `most`, its last row is seen by half."""
    around = (HEADING if row_height == ROW_HEIGHT else HEADING_ON_THE_WALL) + EDGES
    fitting = (most - around) / row_height
    return around + (row_height * rows if rows <= fitting else int((int(fitting - 0.5) + 0.5) * row_height))


def _alt(table: pa.Table, headings: Sequence[str]) -> str:
    """What a screen reader says of a table before its cells."""
    return t("table.alt", rows=table.num_rows, columns=", ".join(headings[:3]))


def _prepared(
    table: pa.Table,
    grades: Sequence[str],
    pinned: Sequence[str],
    roomy: Sequence[str],
    bars: Sequence[str],
    labels: Sequence[tuple[str, str]],
) -> tuple[pa.Table, dict[str, Any]]:
    """The table as it is drawn, and how each of its columns is."""
    config: dict[str, Any] = {}
    named = dict(labels)
    for name in table.column_names:
        entry = dictionary().get(name)
        if entry is None:
            entry = _points_entry(named[name], named.values())
        elif name in named:
            entry = entry | {f"label_{words.language()}": named[name]}
        table, config[name] = _column(table, name, entry, grades, name in pinned, name in bars)
        if name in roomy:
            config[name] |= {"width": ROOMY}
    return table, {name: _Ready(said) for name, said in config.items()}


class _Ready(dict):
    """How a column is shown, never changed: Streamlit copies it for every run, and all that it holds, at its own cost."""

    def __deepcopy__(self, _: object) -> dict[str, Any]:
        return dict(self)


def _points_entry(heading: str, headings: Collection[str]) -> dict[str, Any]:
    short = without_aside(heading)
    said = short if [without_aside(other) for other in headings].count(short) == 1 else heading
    return dictionary()["points"] | {
        f"label_{words.language()}": said,
        "width": min(max(SLIM, sum(15 if ord(sign) > 0x2E7F else 8 for sign in said) + 30), BROAD),
        "help_en": heading,
        "help_zh": heading,
    }


def _column(
    table: pa.Table,
    name: str,
    entry: Mapping[str, Any],
    grades: Sequence[str],
    is_pinned: bool,
    is_bar: bool,
) -> tuple[pa.Table, object]:
    language = words.language()
    unit = entry.get(f"unit_{language}")
    shared = {
        "label": f"{entry[f'label_{language}']} ({unit})" if unit else entry[f"label_{language}"],
        "help": entry.get(f"help_{language}"),
        "pinned": is_pinned or None,
        "width": entry.get("width"),
    }
    column = table.column(name)
    if entry.get("is_grade") and grades:
        badges = pa.array([None if not value else [value] for value in column.to_pylist()], pa.list_(pa.string()))
        colours = charts.badge_colours(len(grades))
        return _replaced(table, name, badges), st.column_config.MultiselectColumn(
            **shared, options=list(grades), color=colours
        )
    if entry.get("is_chances") and grades:
        chips = [None if not text else text.split(" · ") for text in column.to_pylist()]
        place = {grade: at for at, grade in enumerate(grades)}
        said = sorted(
            {chip for own in chips for chip in own or ()}, key=lambda chip: place.get(chip.rsplit(" ", 1)[0], 0)
        )
        colours = [charts.badge_colours(len(grades))[place.get(chip.rsplit(" ", 1)[0], 0)] for chip in said]
        return _replaced(table, name, pa.array(chips, pa.list_(pa.string()))), st.column_config.MultiselectColumn(
            **shared, options=said, color=colours
        )
    if entry.get("is_change"):
        decimals = int(entry.get("decimals", 0))
        marks = pa.array([change(value, decimals) or None for value in column.to_pylist()], pa.string())
        return _replaced(table, name, marks), st.column_config.TextColumn(**shared, alignment="right")
    if pa.types.is_decimal(column.type) or pa.types.is_floating(column.type):
        decimals = int(entry.get("decimals", 2))
        if entry.get("is_total"):
            decimals = decimals_to_tell_apart(column.to_pylist(), decimals)
        values = pc.cast(column, pa.float64())
        is_share = bool(entry.get("is_share"))
        values = pc.multiply(values, 100.0) if is_share else values
        values = pc.round(values, decimals)  # what a screen reader says is the number itself
        shape = f"%,.{decimals}f%%" if is_share else f"%,.{decimals}f"
        table = _replaced(table, name, values)
        if is_bar:
            top = max([value for value in values.to_pylist() if value is not None], default=1.0)
            return table, st.column_config.ProgressColumn(
                **shared, format=shape, min_value=0, max_value=max(100.0, top), color="primary"
            )
        return table, st.column_config.NumberColumn(**shared, format=shape, alignment="right")
    if pa.types.is_integer(column.type):
        return table, st.column_config.NumberColumn(
            **shared, format="%d" if entry.get("is_year") else "%,d", alignment="right"
        )
    if pa.types.is_list(column.type):
        return _replaced(table, name, pc.cast(column, pa.list_(pa.float64()))), st.column_config.LineChartColumn(
            **shared,
            color="primary",
            y_min=0 if entry.get("is_share") else None,
            y_max=1 if entry.get("is_share") else None,
        )
    if pa.types.is_boolean(column.type):
        said = pa.array([None if value is None else t(f"answer.{value}") for value in column.to_pylist()], pa.string())
        return _replaced(table, name, said), st.column_config.TextColumn(**shared)
    if pa.types.is_date(column.type):
        return table, st.column_config.DateColumn(**shared, format="YYYY-MM-DD")
    if pa.types.is_timestamp(column.type):
        return table, st.column_config.DatetimeColumn(**shared, format="YYYY-MM-DD HH:mm")
    return table, st.column_config.TextColumn(**shared, alignment="right" if entry.get("is_figure") else None)


def _said(name: str, value: str) -> str:
    return _TOLD[name](value) if name in _TOLD else t(f"{name}.{value}")


_TOLD: dict[str, Callable[[str], str]] = {
    "effect": effect,
    "column": lambda value: label(value) if value in dictionary() else value,
    "flags": lambda value: "; ".join(flag(part) for part in value.split(";") if part),
    "pool_name": lambda value: charts.pool_label(value) if value else "",
    "pool": lambda value: charts.pool_label(value) if value else "",
    "part": lambda value: charts.pool_label(value) if value else "",
    "metric": metric,
    "trend_years": lambda value: value.replace(";", ", "),
    "trend_skipped": lambda value: value.replace(";", ", "),
    "op": lambda value: SIGNS.get(value, value),
    "fault_names": lambda value: "; ".join(t(f"impossible.{part}") for part in value.split(";") if part),
    "sign": lambda value: t("sign.plus" if value == "+" else "sign.minus"),
    "tables": lambda value: ", ".join(t(f"table.{part}") for part in value.split(";") if part),
}
"""Columns whose values are put together: how each is said."""


def _replaced(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, column)
