"""Panels of raters: whether they agree, how they use the scale, and which ballots ask for a look.

Told per poll and rater group over all subjects of a kind, and only where the group has at least twice as many ballots
as the anonymity threshold and as many subjects as it: a figure about fewer would be about somebody. Effects on ranks are
counts without names.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.advice import arrays
from pipelines.advice.study import CELL, FIGURE, Study, figure, make_polls, per_version, study
from pipelines.problems import StoreError
from pipelines.progress import tell
from pipelines.reads import Selection
from pipelines.statistics import integrity, panel
from pipelines.statistics.confidence import Polls, Sampler
from pipelines.statistics.integrity import Answers, Returns
from pipelines.statistics.rescoring import Outcome, rescore
from pipelines.statistics.rules import Floats, Integers
from pipelines.warehouse import Warehouse

WANTED = 0.8
"""The reliability that a panel's mean should have: from there on differences between subjects are not the raters'."""
MOST_RATINGS = 5_000_000
"""Larger tables of targets and raters are not solved for severity."""
LEAST_MOVED = 0.005
"""A correction by less is none."""
FORMS = {
    "ICC(1,1)": "one_way",
    "ICC(2,1)": "absolute",
    "ICC(3,1)": "consistency",
    "ICC(1,k)": "one_way_mean",
    "ICC(2,k)": "absolute_mean",
    "ICC(3,k)": "consistency_mean",
}
"""The forms of Shrout and Fleiss (1979)."""


@per_version
def votes(warehouse: Warehouse, cycle: int) -> tuple[Study, Polls]:
    """The cycle and its votes."""
    found = study(warehouse, cycle)
    return found, make_polls(found)


@dataclass(frozen=True)
class _Group:
    """One rater group of one poll, for the subjects of a kind: its cells, the answers on its sheets, whether it may be told."""

    poll: str
    rater_group: str
    names: tuple[str, str]
    cells: Integers
    rows: Integers
    ballots: int
    subjects: int
    may_tell: bool


def panels(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """One row per poll and rater group of the kind.

    `icc_single` and `icc_mean` are medians over the panels (raters who judged the same subjects) of the intraclass
    correlation for absolute agreement, of one rater and of the panel's mean; `raters_needed` for a reliability of 0.8;
    `kendall_w` and `alpha` (Krippendorff, interval) medians too; `leniency` against the other groups on the same subjects,
    `scale_spread` within subjects, `top_rate` the share of the highest answer; `regraded` the grades that a correction for
    severity would change, blank where raters and subjects fall apart into blocks. `quality` says it in a word.
    """
    return panels_of(*votes(warehouse, selection.cycle), selection)


def panels_of(found: Study, polls: Polls, selection: Selection) -> pa.Table:
    """What `panels` tells, of a cycle that stands in no warehouse."""
    groups = list(_groups(found, polls, selection))
    means = arrays.floats(found.tables["cells"]["mean"])
    subject_of, item_of = _codes(found, "subject"), _codes(found, "item")
    rows = []
    for number, group in enumerate(groups):
        tell("panels", number, len(groups))
        row: dict[str, Any] = dict.fromkeys(PANELS.names)
        row |= {"poll": group.names[0], "rater_group": group.names[1], "ballot_count": group.ballots}
        row |= {"subject_count": group.subjects, "quality": "suppressed"}
        if group.may_tell:
            others = [other.cells for other in groups if other.poll == group.poll and other is not group]
            row |= _habits(group, others, polls, means, subject_of, item_of)
            row |= _agreement(group, polls, subject_of, item_of)
            row["rwg"] = figure(_within(found, group, polls, subject_of, item_of))
            row |= _adjusted(found, group, polls, subject_of)
            row["quality"] = _verdict(row)
        else:
            row["ballot_count"] = None
        rows.append(row)
    return pa.Table.from_pylist(rows, PANELS)


def forms(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """One row per poll, rater group and form of the intraclass correlation that complete panels of sheets have.

    `icc` is the median over the panels, `icc_low` and `icc_high` the medians of their 95 % limits; forms as Shrout and Fleiss
    (1979) number them: (1) one-way, (2) absolute agreement, (3) consistency; of one rater (1) or the mean of the panel (k),
    0 where that of one rater is not above 0.
    """
    found, polls = votes(warehouse, selection.cycle)
    subject_of = _codes(found, "subject")
    rows = []
    for group in _groups(found, polls, selection):
        known = [panel.agreement(table) for table in _complete(group, polls, subject_of)] if group.may_tell else []
        for form, name in FORMS.items() if known else ():
            own = [getattr(one, name) for one in known]
            told: list[tuple[float, ...]] = [(one.value, one.lower, one.upper) for one in own]
            if name.endswith("_mean"):
                single = [getattr(one, name.removesuffix("_mean")) for one in known]
                told = [
                    tuple(_of_mean(*pair) for pair in zip(found_of, (one.value, one.lower, one.upper), strict=True))
                    for found_of, one in zip(told, single, strict=True)
                ]
            value, low, high = (figure(_median([one[part] for one in told])) for part in range(3))
            rows.append(
                {
                    "poll": group.names[0],
                    "rater_group": group.names[1],
                    "icc_form": form,
                    "panel_count": len(own),
                    "icc": value,
                    "icc_low": low,
                    "icc_high": high,
                }
            )
    return pa.Table.from_pylist(rows, FORMS_TABLE)


def items(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """One row per poll, rater group and item of polls with several: how it goes with the rest, and alpha without it."""
    found, polls = votes(warehouse, selection.cycle)
    names = found.tables["cells"].column("item").to_pylist()
    subject_of, item_of = _codes(found, "subject"), _codes(found, "item")
    rows = []
    for group in _groups(found, polls, selection):
        if not group.may_tell or not group.rows.size:
            continue
        columns, table = _by_item(group, polls, subject_of, item_of)
        if table.shape[1] < 3 or table.shape[0] < 3:
            continue
        rest, without = panel.item_rest(table), panel.alpha_without(table)
        called = {int(code): names[at] for at, code in zip(group.cells.tolist(), item_of[group.cells], strict=True)}
        rows += [
            {
                "poll": group.names[0],
                "rater_group": group.names[1],
                "item": called[int(code)],
                "item_rest": figure(float(rest[at])),
                "alpha_without": figure(float(without[at])),
                "item_alpha": figure(panel.cronbach_alpha(table)),
            }
            for at, code in enumerate(columns.tolist())
        ]
    return pa.Table.from_pylist(rows, ITEMS)


def adjusted(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """One row per subject that a correction for the severity of raters would move: its scores and what would follow.

    `raw_mean` and `adjusted_mean` are those of the rater group on all items together. Only for subjects whose means by this
    group are shown and rest on twice the anonymity threshold of ballots, those first whose grade would change.
    """
    found, polls = votes(warehouse, selection.cycle)
    subject_of = _codes(found, "subject")
    shown = _shown_cells(warehouse, found, selection.cycle)
    official = rescore(found.field)
    rows = []
    for group in _groups(found, polls, selection):
        given = _severity(group, polls, subject_of) if group.may_tell else None
        if given is None or not given[1].is_connected:
            continue
        subjects, severity = given
        corrected = _corrected(found, group, polls, subject_of, subjects, severity)
        for at, code in enumerate(subjects.tolist()):
            cells = group.cells[subject_of[group.cells] == code]
            if not shown[cells].all() or abs(severity.adjusted[at] - severity.raw[at]) < LEAST_MOVED:
                continue
            place = found.place[found.tables["cells"].column("subject")[int(cells[0])].as_py()]
            person, grade = found.people[place], int(corrected.grades[0, place])
            rows.append(
                {
                    "poll": group.names[0],
                    "rater_group": group.names[1],
                    "subject": person["subject"],
                    "name": person["name"],
                    "raw_mean": figure(float(severity.raw[at])),
                    "adjusted_mean": figure(float(severity.adjusted[at])),
                    "rank": person["rank"],
                    "new_rank": int(corrected.ranks[0, place]) or None,
                    "grade": person["grade"],
                    "new_grade": found.field.grades[grade] if grade >= 0 else None,
                    "is_crossing": bool(corrected.grades[0, place] != official.grades[0, place]),
                }
            )
    rows.sort(key=lambda row: (not row["is_crossing"], -abs(row["adjusted_mean"] - row["raw_mean"]), row["subject"]))
    return pa.Table.from_pylist(rows, ADJUSTED)


def _shown_cells(warehouse: Warehouse, found: Study, cycle: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which cells stand on twice the threshold of ballots and are shown as the mart has them."""
    threshold = 2 * int(found.tables["settings"].column("anonymity")[0].as_py())
    mart, cells = warehouse.extract("polls", cycle), found.tables["cells"]
    mart = mart.filter(pc.is_valid(mart["mean"]))
    told, own = (
        pc.binary_join_element_wise(*(table[name] for name in CELL), "\x1f").combine_chunks() for table in (mart, cells)
    )
    return arrays.flags(pc.is_in(own, value_set=told)) & (arrays.whole_numbers(cells["votes"], 0) >= threshold)


def findings(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """One row per poll, rater group and kind of finding: how many sheets, of how many, and what ranks would be without them.

    Of fewer sheets than the threshold, or of all but so few, it is told only that there are some. `can_leave` says whether
    they may be left out by a decision: not where the change would tell the ballots of a few.
    """
    found, polls = votes(warehouse, selection.cycle)
    official = rescore(found.field)
    sets = list(_found(found, polls, selection))
    if not sets:
        return FINDINGS.empty_table()
    left = Sampler(polls).without([sheets for _, _, sheets in sets])
    outcome = rescore(found.field, left.scores, polls.nodes, drawn=left.metrics)
    before = official.ranks[0].astype(np.int64)
    least = int(found.tables["settings"].column("anonymity")[0].as_py())
    rows = []
    for variant, (group, kind, sheets) in enumerate(sets):
        ranks = outcome.ranks[variant].astype(np.int64)
        moved = np.where((before > 0) & (ranks > 0), np.abs(ranks - before), 0)
        count, whole = int(sheets.size), int(np.unique(polls.sheets.sheet[group.rows]).size)
        row: dict[str, Any] = {
            "finding": kind,
            "poll": group.names[0],
            "rater_group": group.names[1],
            "of_sheets": whole,
        }
        row["can_leave"] = min(count, whole - count or least) >= least and _can_leave(polls, group, sheets, least)
        if min(count, whole - count or least) >= least:
            row |= {"sheet_count": count, "moved_count": int((moved > 0).sum())}
            row["shift_greatest"] = int(moved.max(initial=0))
            row["regraded"] = int((outcome.grades[variant] != official.grades[0]).sum())
        rows.append(row)
    return pa.Table.from_pylist(rows, FINDINGS)


def leave_out(
    warehouse: Warehouse, selection: Selection, row: int, authority: str, reason: str, who: str, at: dt.datetime
) -> int:
    """Leave the ballots of a row of `findings` out of later builds. Returns the number of the decision.

    Raises StoreError where the change would tell the ballots of a few, or without authority, reason or author.
    """
    found, polls = votes(warehouse, selection.cycle)
    group, kind, sheets = list(_found(found, polls, selection))[row]
    least = int(found.tables["settings"].column("anonymity")[0].as_py())
    if not _can_leave(polls, group, sheets, least):
        raise StoreError("too-few-changed", least=least)
    names = [polls.sheets.names[sheet].split("\x1f") for sheet in sheets.tolist()]
    about = (group.poll, group.rater_group, kind)
    tokens = [(written, token) for _, _, written, token in names]
    return warehouse.leave_out(selection.cycle, about, tokens, least, authority, reason, who, at)


def _found(found: Study, polls: Polls, selection: Selection) -> Iterator[tuple[_Group, str, Integers]]:
    """Every finding: the rater group, what it is, and the sheets."""
    for group in _groups(found, polls, selection):
        if not group.may_tell or not group.rows.size:
            continue
        sheets, at = np.unique(polls.sheets.sheet[group.rows], return_inverse=True)
        answers = Answers(
            at, polls.sheets.cell[group.rows], polls.sheets.points[group.rows], polls.sheets.stratum[sheets]
        )
        top, bottom, between = integrity.straight_lined(answers)
        joined = integrity.blocks(answers)
        for kind, chosen in {
            "top": top,
            "bottom": bottom,
            "straight": between,
            "identical": integrity.identical(answers),
            "far": integrity.far_from_peers(answers),
            "block": np.unique(np.concatenate(joined)) if joined else np.empty(0, dtype=np.int64),
        }.items():
            if chosen.size:
                yield group, kind, sheets[chosen]


def _can_leave(polls: Polls, group: _Group, sheets: Integers, least: int) -> bool:
    """Whether every mean that would change loses, and keeps, as many ballots as the threshold asks for."""
    own = polls.sheets.cell[group.rows]
    is_out = np.isin(polls.sheets.sheet[group.rows], sheets)
    size = polls.cells.mean.size
    lost, kept = np.bincount(own[is_out], minlength=size), np.bincount(own[~is_out], minlength=size)
    touched = lost > 0
    return bool((lost[touched] >= least).all() and (kept[touched] >= max(least, 1)).all())


def returns(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """One row per poll and rater group with turnout: issued = returned + missing, and the meetings that cannot be so.

    Counts are blank where a cell of the group is hidden: ballots that came back, less those that are shown, are the rest.
    """
    found = study(warehouse, selection.cycle)
    names = _names(found)
    grouped: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in found.tables["returns"].to_pylist():
        grouped.setdefault((row["poll"], row["rater_group"]), []).append(row)
    rows = []
    for key, meetings in sorted(grouped.items()):
        threshold = int(found.tables["settings"].column("anonymity")[0].as_py())
        is_told = (_sum(row["returned"] for row in meetings) or 0) >= threshold and not any(
            poll == key[0] and key[1] in ("all", "", group) for _, poll, _, group in found.hidden
        )
        checked = [Returns(row["issued"], row["returned"], row["void"], row["counted"]) for row in meetings]
        rows.append(
            {
                "poll": names.get(key, key)[0],
                "rater_group": names.get(key, key)[1],
                "meeting_count": len(meetings),
                "issued": _sum(one.issued for one in checked) if is_told else None,
                "returned": _sum(one.returned for one in checked) if is_told else None,
                "void": _sum(one.void for one in checked) if is_told else None,
                "missing_count": _sum(one.missing for one in checked) if is_told else None,
                "impossible_count": sum(bool(one.faults) for one in checked),
                "fault_names": ";".join(sorted({fault for one in checked for fault in one.faults})),
            }
        )
    return pa.Table.from_pylist(rows, RETURNS)


def _groups(found: Study, polls: Polls, selection: Selection) -> Iterator[_Group]:
    """The rater groups that judged subjects of the kind, in the order of polls and groups."""
    cells = found.tables["cells"]
    chosen = found.chosen(Selection(selection.cycle, selection.kind))
    subjects_of = found.tables["contestants"]["subject"].combine_chunks()
    own = np.isin(arrays.places(cells["subject"], subjects_of), chosen)
    own &= found.is_shown()  # what is told about a group is made of nothing that is hidden
    cell_votes = arrays.whole_numbers(cells["votes"], 0)
    polls_of, groups_of = (arrays.distinct(cells[name]) for name in ("poll", "rater_group"))
    pair_of = arrays.places(cells["poll"], polls_of) * len(groups_of) + arrays.places(cells["rater_group"], groups_of)
    names, subject_of, item_of = _names(found), _codes(found, "subject"), _codes(found, "item")
    poll_names, group_names = polls_of.to_pylist(), groups_of.to_pylist()
    pairs = {
        (poll_names[pair // len(group_names)], group_names[pair % len(group_names)]): pair
        for pair in np.unique(pair_of[own]).tolist()
    }
    threshold = int(found.tables["settings"].column("anonymity")[0].as_py())
    for key in sorted(pairs):
        places = np.flatnonzero(own & (pair_of == pairs[key]))
        rows = np.flatnonzero(np.isin(polls.sheets.cell, places))
        per_item = np.bincount(item_of[places], cell_votes[places])
        subjects = int(np.unique(subject_of[places]).size)
        ballots = int(np.unique(polls.sheets.sheet[rows]).size) if rows.size else int(per_item.max())
        may_tell = ballots >= 2 * threshold and subjects >= threshold
        yield _Group(*key, names.get(key, key), places, rows, ballots, subjects, may_tell)


def _habits(
    group: _Group, others: list[Integers], polls: Polls, means: Floats, subject_of: Integers, item_of: Integers
) -> dict[str, Any]:
    """How the group uses the scale, against the other groups of the poll on the same subject and item."""
    size = polls.cells.mean.size
    elsewhere = np.full(size, np.nan)
    if others:
        key = subject_of * (int(item_of.max()) + 1) + item_of
        rest = np.concatenate(others)
        count = np.bincount(key[rest], minlength=int(key.max()) + 1)[key]
        sums = np.bincount(key[rest], means[rest], minlength=int(key.max()) + 1)[key]
        elsewhere = np.divide(sums, count, out=elsewhere, where=count > 0)
    own = np.full(size, np.nan)
    own[group.cells] = means[group.cells]
    counted = np.isin(polls.counts.cell, group.cells)
    found = panel.habits(
        np.concatenate([polls.sheets.cell[group.rows], polls.counts.cell[counted]]),
        np.concatenate([polls.sheets.points[group.rows], polls.counts.points[counted]]),
        np.concatenate([np.ones(group.rows.size, dtype=np.int64), polls.counts.votes[counted]]),
        own,
        elsewhere,
        polls.cells.high,
    )
    return {
        "leniency": figure(found.leniency),
        "scale_spread": figure(found.spread),
        "top_rate": figure(found.top_rate),
    }


def _agreement(group: _Group, polls: Polls, subject_of: Integers, item_of: Integers) -> dict[str, Any]:
    """Medians of the agreement of complete panels."""
    sheets = polls.sheets
    single, mean, concordance, alpha, sizes, items = [], [], [], [], [], []
    for rows in _by(sheets.stratum[sheets.sheet[group.rows]], group.rows):
        table = _table(sheets.sheet[rows], subject_of[sheets.cell[rows]], sheets.points[rows])
        if min(table.shape) > 1:
            alpha.append(panel.krippendorff_alpha(table))
    for whole in _complete(group, polls, subject_of):
        found = panel.agreement(whole)
        single.append(found.absolute.value)
        mean.append(_of_mean(found.absolute_mean.value, found.absolute.value))
        concordance.append(panel.kendall_w(whole).w)
        sizes.append(whole.shape[1])
    complete = _by_item(group, polls, subject_of, item_of)[1]
    if complete.shape[1] > 1 and complete.shape[0] > 1:
        items = [panel.cronbach_alpha(complete)]
    one = _median(single)
    return {
        "panel_count": len(single),
        "raters": figure(_median(sizes)),
        "icc_single": figure(one),
        "icc_mean": figure(_median(mean)),
        "kendall_w": figure(_median(concordance)),
        "alpha": figure(_median(alpha)),
        "item_alpha": figure(_median(items)),
        "raters_needed": None if one is None else panel.raters_needed(one, WANTED),
    }


def _of_mean(value: float, single: float) -> float:
    """The reliability of a panel's mean, 0 where that of one rater is not above 0: then its formula leaves the range 0 to 1."""
    return min(max(value, 0.0), 1.0) if single > 0 else 0.0


def _complete(group: _Group, polls: Polls, subject_of: Integers) -> Iterator[Floats]:
    """The tables of panels: a row per subject that all raters of a stratum judged, a column per rater."""
    sheets = polls.sheets
    for rows in _by(sheets.stratum[sheets.sheet[group.rows]], group.rows):
        table = _table(sheets.sheet[rows], subject_of[sheets.cell[rows]], sheets.points[rows])
        whole = table[~np.isnan(table).any(axis=1)]
        if min(whole.shape) > 1:
            yield whole


def _by_item(group: _Group, polls: Polls, subject_of: Integers, item_of: Integers) -> tuple[Integers, Floats]:
    """The items of the group, and the complete ratings: a row per sheet and subject, a column per item."""
    sheets = polls.sheets
    if not group.rows.size:
        return item_of[:0], np.empty((0, 0))
    rating = sheets.sheet[group.rows] * (int(subject_of.max()) + 1) + subject_of[sheets.cell[group.rows]]
    item = item_of[sheets.cell[group.rows]]
    table = _table(item, rating, sheets.points[group.rows])
    return np.unique(item), table[~np.isnan(table).any(axis=1)]


def _within(found: Study, group: _Group, polls: Polls, subject_of: Integers, item_of: Integers) -> float | None:
    """The median r_wg(j) of the subjects, answers as the places of their options; None for answers without options."""
    cast = found.tables["option_votes"]
    scale = np.unique(arrays.floats(cast.filter(pc.equal(cast["poll"], group.poll))["points"].drop_null()))
    sheets = polls.sheets
    if scale.size < 2 or not group.rows.size:
        return None
    rows = group.rows[np.isin(sheets.points[group.rows], scale)]
    values = []
    for own in _by(subject_of[sheets.cell[rows]], rows):
        places = np.searchsorted(scale, sheets.points[own]).astype(np.float64)
        table = _table(item_of[sheets.cell[own]], sheets.sheet[own], places)
        if table.shape[0] > 1 and (~np.isnan(table)).sum(axis=0).min() > 1:
            values.append(panel.rwg_j(table, scale.size))
    return _median(values)


def _severity(group: _Group, polls: Polls, subject_of: Integers) -> tuple[Integers, panel.Severity] | None:
    """The subjects of the group and its raters' severity; None without sheets or with too many ratings."""
    sheets = polls.sheets
    subjects = np.unique(subject_of[sheets.cell[group.rows]])
    raters = np.unique(sheets.sheet[group.rows]).size
    if not group.rows.size or subjects.size * raters > MOST_RATINGS:
        return None
    table = _table(sheets.sheet[group.rows], subject_of[sheets.cell[group.rows]], sheets.points[group.rows])
    return subjects, panel.severity(table)


def _corrected(
    found: Study, group: _Group, polls: Polls, subject_of: Integers, subjects: Integers, severity: panel.Severity
) -> Outcome:
    """What follows when the group's means are corrected for severity."""
    shift = np.zeros(int(subject_of.max()) + 1)
    shift[subjects] = severity.adjusted - severity.raw
    offsets = np.zeros((polls.cells.mean.size, 1))
    offsets[group.cells, 0] = shift[subject_of[group.cells]]
    moved = Sampler(polls).shifted(offsets)
    return rescore(found.field, moved.scores, polls.nodes, drawn=moved.metrics)


def _adjusted(found: Study, group: _Group, polls: Polls, subject_of: Integers) -> dict[str, Any]:
    """The grades that a correction for severity would change; nothing where raters and subjects fall apart into blocks."""
    given = _severity(group, polls, subject_of)
    if given is None:
        return {}
    subjects, severity = given
    told: dict[str, Any] = {"block_count": int(severity.blocks.max(initial=-1)) + 1}
    if severity.is_connected:
        corrected = _corrected(found, group, polls, subject_of, subjects, severity)
        told["regraded"] = int((corrected.grades[0] != rescore(found.field).grades[0]).sum())
    return told


def _verdict(row: dict[str, Any]) -> str:
    if row["icc_mean"] is None:
        return "not_rated"
    if row["icc_mean"] >= WANTED:
        return "reliable"
    return "fair" if row["icc_mean"] >= WANTED - 0.2 else "weak"


def _table(column: Integers, row: Integers, points: Floats) -> Floats:
    """A table of means: a row per different `row`, a column per different `column`, NaN where there is none."""
    rows, at = np.unique(row, return_inverse=True)
    columns, of = np.unique(column, return_inverse=True)
    sums, counts = np.zeros((rows.size, columns.size)), np.zeros((rows.size, columns.size))
    np.add.at(sums, (at, of), points)
    np.add.at(counts, (at, of), 1)
    means: Floats = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return means


def _by(labels: Integers, rows: Integers) -> list[Integers]:
    order = np.argsort(labels, kind="stable")
    return [part for part in np.split(rows[order], np.flatnonzero(np.diff(labels[order])) + 1) if part.size]


def _codes(found: Study, name: str) -> Integers:
    encoded = found.tables["cells"].column(name).combine_chunks().dictionary_encode()
    return np.asarray(encoded.indices, dtype=np.int64)


def _names(found: Study) -> dict[tuple[str, str], tuple[str, str]]:
    """(poll, rater group) -> what they are called."""
    return {
        (row["poll"], row["rater_group"]): (row["poll_name"], row["group_name"])
        for row in found.tables["poll_names"].to_pylist()
    }


def _median(values: list[float]) -> float | None:
    known = [value for value in values if np.isfinite(value)]
    return float(np.median(known)) if known else None


def _sum(values: Iterator[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


PANELS = pa.schema(
    [
        ("poll", pa.string()),
        ("rater_group", pa.string()),
        ("quality", pa.string()),
        ("ballot_count", pa.int64()),
        ("subject_count", pa.int64()),
        ("panel_count", pa.int64()),
        ("raters", FIGURE),
        ("icc_single", FIGURE),
        ("icc_mean", FIGURE),
        ("raters_needed", pa.int64()),
        ("kendall_w", FIGURE),
        ("alpha", FIGURE),
        ("item_alpha", FIGURE),
        ("rwg", FIGURE),
        ("leniency", FIGURE),
        ("scale_spread", FIGURE),
        ("top_rate", FIGURE),
        ("block_count", pa.int64()),
        ("regraded", pa.int64()),
    ]
)
FORMS_TABLE = pa.schema(
    [
        *((name, pa.string()) for name in ("poll", "rater_group", "icc_form")),
        ("panel_count", pa.int64()),
        *((name, FIGURE) for name in ("icc", "icc_low", "icc_high")),
    ]
)
ITEMS = pa.schema(
    [
        *((name, pa.string()) for name in ("poll", "rater_group", "item")),
        *((name, FIGURE) for name in ("item_rest", "alpha_without", "item_alpha")),
    ]
)
ADJUSTED = pa.schema(
    [
        *((name, pa.string()) for name in ("poll", "rater_group", "subject", "name")),
        *((name, FIGURE) for name in ("raw_mean", "adjusted_mean")),
        *((name, pa.int64()) for name in ("rank", "new_rank")),
        *((name, pa.string()) for name in ("grade", "new_grade")),
        ("is_crossing", pa.bool_()),
    ]
)
FINDINGS = pa.schema(
    [
        ("finding", pa.string()),
        ("poll", pa.string()),
        ("rater_group", pa.string()),
        ("sheet_count", pa.int64()),
        ("of_sheets", pa.int64()),
        ("moved_count", pa.int64()),
        ("shift_greatest", pa.int64()),
        ("regraded", pa.int64()),
        ("can_leave", pa.bool_()),
    ]
)
RETURNS = pa.schema(
    [
        ("poll", pa.string()),
        ("rater_group", pa.string()),
        ("meeting_count", pa.int64()),
        ("issued", pa.int64()),
        ("returned", pa.int64()),
        ("void", pa.int64()),
        ("missing_count", pa.int64()),
        ("impossible_count", pa.int64()),
        ("fault_names", pa.string()),
    ]
)
