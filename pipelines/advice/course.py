"""From year to year: what of a change was the subject's own, and who is one year from a consequence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import reads
from pipelines.advice import arrays
from pipelines.advice.study import FIGURE, Study, figure, study
from pipelines.advice.sure import draws
from pipelines.reads import Selection
from pipelines.statistics import change as statistics
from pipelines.statistics import radar as rules
from pipelines.statistics.rescoring import NONE, evaluate
from pipelines.statistics.rules import Floats
from pipelines.warehouse import Warehouse


def changes(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """One row per subject of one cohort: last year's total and this year's, and the parts of the change, which add up.

    `own_part` is the subject's own, `cohort_part` what the cohort moved by, `rules_part` what other weights made of the same
    work, `noise_part` what other votes could have made of it (in own_part and blank where
    cells are hidden). `comparable` says why a row has no parts: new (not there last
    year), moved (another cohort), incomplete (too little data in a year), no_total,
    secret (a part of its score is hidden). `trend_slope` with its limits and `trend_p` are of the years `trend_years`, four or
    more in the same cohort; `trend_skipped` are those left out. Empty without a built cycle before.
    """
    before_cycle = selection.cycle - 1
    if before_cycle not in warehouse.builds()["cycle"].to_pylist():
        return CHANGES.empty_table()
    found, drawn = draws(warehouse, selection.cycle)
    earlier, earlier_drawn = draws(warehouse, before_cycle)
    unit = 10.0**-found.field.rank_decimals
    old_rules = _under_old_rules(found, earlier)
    noise_now, noise_then = drawn.spread(), earlier_drawn.spread()
    known = {row["subject"]: row for row in earlier.people}
    chosen = found.chosen(selection).tolist()
    trends = _trends(warehouse, selection)
    rows, before, after, under, noise = [], [], [], [], []
    for at in chosen:
        person = found.people[at]
        then = known.get(person["subject"])
        reason = _reason(person, then)
        if not reason and person["subject"] in found.secret | earlier.secret:
            reason = "secret"
        total = None if person["total"] is None else float(person["total"])
        old = None if then is None or then["total"] is None else float(then["total"])
        before.append(np.nan if reason or old is None else old)
        after.append(np.nan if reason or total is None else total)
        under.append(np.nan if reason else old_rules[at] * unit if old_rules[at] != NONE else np.nan)
        is_veiled = person["subject"] in found.veiled | earlier.veiled
        is_noisy = not reason and not is_veiled  # the spread of hidden ballots is nobody's to know
        noise.append(np.hypot(noise_now[at], noise_then[earlier.place[person["subject"]]]) if is_noisy else 0.0)
        rows.append(
            {
                "subject": person["subject"],
                "name": person["name"],
                "platform": person["platform"] or "",
                "layer": person["layer"] or "",
                "total_before": None if then is None else then["total"],
                "total": person["total"],
                "comparable": reason or "yes",
                "noise_part": None if is_veiled else figure(0.0),
                **trends.get(person["subject"], {}),
            }
        )
    parts = statistics.decompose(np.array(before), np.array(after), np.array(under), np.array(noise))
    for place, row in enumerate(rows):
        row |= {"total_change": None, "own_part": None, "is_regression": None}
        if np.isnan(parts.own[place]):
            continue
        row["total_change"] = row["total"] - row["total_before"]
        row["cohort_part"] = figure(float(parts.cohort[place]))
        row["rules_part"] = figure(float(parts.rules[place]))
        if row["noise_part"] is not None:
            row["noise_part"] = figure(float(parts.noise[place]))
        told = [row[name] for name in ("cohort_part", "rules_part", "noise_part")]
        row["own_part"] = row["total_change"] - sum(part for part in told if part is not None)  # so they add up exactly
        row["is_regression"] = bool(parts.is_regression[place])
    rows.sort(key=lambda row: (row["own_part"] is None, -(row["own_part"] or 0), row["subject"]))
    return pa.Table.from_pylist(rows, CHANGES)


def radar(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """One row per subject and rule that one more year of such a grade would make hold: the years so far, and what follows."""
    found = study(warehouse, selection.cycle)
    grades: dict[str, dict[int, str]] = {}
    for row in found.tables["past_grades"].to_pylist():
        grades.setdefault(row["subject"], {})[row["cycle"]] = row["grade"]
    for person in found.people:
        if person["grade"]:
            grades.setdefault(person["subject"], {})[found.cycle] = person["grade"]
    chosen = set(found.chosen(selection).tolist())
    rows = []
    for row in found.tables["streak_rules"].to_pylist():
        at = found.place[row["subject"]]
        if at not in chosen:
            continue
        within = int(row["mode"][7:]) if row["mode"].startswith("within:") else None
        counted = frozenset(part.strip() for part in row["grades"].split("+"))
        rule = rules.Rule(row["rule"], counted, int(row["years"]), within)
        years = rules.one_year_away(rule, grades.get(row["subject"], {}), found.cycle)
        if years is not None:
            person = found.people[at]
            rows.append(
                {
                    "rule": row["rule"],
                    "action": row["action"],
                    "subject": row["subject"],
                    "name": person["name"],
                    "platform": person["platform"] or "",
                    "layer": person["layer"] or "",
                    "grades": row["grades"],
                    "cycles": ";".join(map(str, years)),
                    "years": int(row["years"]),
                    "mode": row["mode"],
                }
            )
    rows.sort(key=lambda row: (row["rule"], row["platform"], row["layer"], row["subject"]))
    return pa.Table.from_pylist(rows, RADAR)


def _under_old_rules(found: Study, earlier: Study) -> Any:
    """This year's totals under last year's weights; a part that last year did not have weighs nothing."""
    field, labels = found.deep
    old_field, old_labels = earlier.deep
    at = arrays.places(_key(labels), _key(old_labels).combine_chunks())
    old = np.where(at >= 0, np.r_[old_field.tree.weight, 0.0][at], 0.0)
    return evaluate(replace(field, tree=replace(field.tree, weight=old))).totals[0]


def _key(rows: pa.Table) -> pa.ChunkedArray:
    """What each row of the deep tree is, in one word: the subject, whether it is a component, its id."""
    is_part = pc.if_else(pc.is_null(rows["indicator"]), "component", "indicator")
    names = pc.coalesce(rows["indicator"], rows["component"])
    return pc.binary_join_element_wise(rows["subject"], is_part, names, "\x1f")


def _reason(person: dict[str, Any], then: dict[str, Any] | None) -> str:
    if then is None:
        return "new"
    if any((person[name] or "") != (then[name] or "") for name in ("kind", "platform", "layer")):
        return "moved"
    if "incomplete" in (person["status"], then["status"]):
        return "incomplete"
    return "no_total" if person["total"] is None or then["total"] is None else ""


def years(warehouse: Warehouse, selection: Selection) -> pa.Table:
    """One row per year that is known of one cohort: how many of its subjects can be compared, and why a year cannot (`comparable`).

    `is_restated` says that the weights were others than the year before: those of the last two years are set right in
    `changes`, a trend takes totals as they were.
    """
    changed = {row["cycle"] for row in reads.rule_changes(warehouse, selection).to_pylist()}
    by_year: dict[int, list[dict[str, Any]]] = {}
    for row in reads.years(warehouse, selection).to_pylist():
        by_year.setdefault(row["cycle"], []).append(row)
    rows = []
    for cycle, own in sorted(by_year.items()):
        compared = sum(row["total"] is not None and not row["is_other_cohort"] for row in own)
        reason = "yes" if compared else "moved" if any(row["is_other_cohort"] for row in own) else "no_total"
        rows.append({"cycle": cycle, "subject_count": compared, "comparable": reason, "is_restated": cycle in changed})
    return pa.Table.from_pylist(rows, YEARS)


def _trends(warehouse: Warehouse, selection: Selection) -> dict[str, dict[str, Any]]:
    """Subject -> the trend of its totals over four or more years in the same cohort, and the years left out."""
    totals: dict[str, dict[int, float]] = {}
    skipped: dict[str, list[int]] = {}
    for row in reads.years(warehouse, selection).to_pylist():
        if row["total"] is None or row["is_other_cohort"]:
            skipped.setdefault(row["subject"], []).append(row["cycle"])
        else:
            totals.setdefault(row["subject"], {})[row["cycle"]] = float(row["total"])
    found: dict[str, dict[str, Any]] = {}
    for subject, own in totals.items():
        values: Floats = np.array([own.get(year, np.nan) for year in range(min(own), max(own) + 1)])
        trend = statistics.trend(values)
        left_out = ";".join(map(str, sorted(skipped.get(subject, ()))))
        found[subject] = {"trend_skipped": left_out or None}
        if trend is not None:
            found[subject] |= {
                "trend_slope": figure(trend.slope),
                "trend_low": figure(trend.low),
                "trend_high": figure(trend.high),
                "trend_p": figure(trend.p),
                "trend_years": ";".join(map(str, sorted(own))),
            }
    return found


CHANGES = pa.schema(
    [
        ("subject", pa.string()),
        ("name", pa.string()),
        ("platform", pa.string()),
        ("layer", pa.string()),
        *((name, pa.decimal128(38, 9)) for name in ("total_before", "total", "total_change", "own_part")),
        ("cohort_part", FIGURE),
        ("rules_part", FIGURE),
        ("noise_part", FIGURE),
        ("is_regression", pa.bool_()),
        *((name, FIGURE) for name in ("trend_slope", "trend_low", "trend_high", "trend_p")),
        ("trend_years", pa.string()),
        ("trend_skipped", pa.string()),
        ("comparable", pa.string()),
    ]
)
YEARS = pa.schema(
    [
        ("cycle", pa.int64()),
        ("subject_count", pa.int64()),
        ("comparable", pa.string()),
        ("is_restated", pa.bool_()),
    ]
)
RADAR = pa.schema(
    [
        ("rule", pa.string()),
        ("action", pa.string()),
        ("subject", pa.string()),
        ("name", pa.string()),
        ("platform", pa.string()),
        ("layer", pa.string()),
        ("grades", pa.string()),
        ("cycles", pa.string()),
        ("years", pa.int64()),
        ("mode", pa.string()),
    ]
)
