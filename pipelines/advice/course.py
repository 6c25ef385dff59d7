"""From year to year: what of a change was the subject's own, and who is one year from a consequence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines import reads
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
    secret (a part of its score is hidden). `trend_slope` and `trend_p` over four or more years. Empty without a built
    cycle before.
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
        trend = trends.get(person["subject"])
        rows.append(
            {
                "subject": person["subject"],
                "name": person["name"],
                "platform": person["platform"] or "",
                "layer": person["layer"] or "",
                "total_before": figure(old),
                "total": person["total"],
                "comparable": reason or "yes",
                "noise_part": None if is_veiled else figure(0.0),
                "trend_slope": figure(trend.slope) if trend else None,
                "trend_p": figure(trend.p) if trend else None,
            }
        )
    parts = statistics.decompose(np.array(before), np.array(after), np.array(under), np.array(noise))
    for place, row in enumerate(rows):
        row["total_change"] = figure(after[place] - before[place])
        row["own_part"] = figure(float(parts.own[place]))
        row["cohort_part"] = figure(float(parts.cohort[place]))
        row["rules_part"] = figure(float(parts.rules[place]))
        if row["noise_part"] is not None:
            row["noise_part"] = figure(float(parts.noise[place]))
        row["is_regression"] = bool(parts.is_regression[place]) if not np.isnan(before[place]) else None
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
    weights: dict[tuple[str, str, str], float] = {}
    for at, row in enumerate(old_labels):
        weights[_key(row)] = float(old_field.tree.weight[at])
    old = np.array([weights.get(_key(row), 0.0) for row in labels])
    return evaluate(replace(field, tree=replace(field.tree, weight=old))).totals[0]


def _key(row: dict[str, Any]) -> tuple[str, str, str]:
    step = "indicator" if "indicator" in row else "component"
    return row["subject"], step, row[step]


def _reason(person: dict[str, Any], then: dict[str, Any] | None) -> str:
    if then is None:
        return "new"
    if any((person[name] or "") != (then[name] or "") for name in ("kind", "platform", "layer")):
        return "moved"
    if "incomplete" in (person["status"], then["status"]):
        return "incomplete"
    return "no_total" if person["total"] is None or then["total"] is None else ""


def _trends(warehouse: Warehouse, selection: Selection) -> dict[str, statistics.Trend]:
    """Subject -> trend of its totals, for those with four or more years."""
    totals: dict[str, dict[int, float]] = {}
    for row in reads.years(warehouse, selection).to_pylist():
        if row["total"] is not None:
            totals.setdefault(row["subject"], {})[row["cycle"]] = float(row["total"])
    found = {}
    for subject, own in totals.items():
        values: Floats = np.array([own.get(year, np.nan) for year in range(min(own), max(own) + 1)])
        trend = statistics.trend(values)
        if trend is not None:
            found[subject] = trend
    return found


CHANGES = pa.schema(
    [
        ("subject", pa.string()),
        ("name", pa.string()),
        ("platform", pa.string()),
        ("layer", pa.string()),
        ("total_before", FIGURE),
        ("total", pa.decimal128(38, 9)),
        ("total_change", FIGURE),
        ("own_part", FIGURE),
        ("cohort_part", FIGURE),
        ("rules_part", FIGURE),
        ("noise_part", FIGURE),
        ("is_regression", pa.bool_()),
        ("trend_slope", FIGURE),
        ("trend_p", FIGURE),
        ("comparable", pa.string()),
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
