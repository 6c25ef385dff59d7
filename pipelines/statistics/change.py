"""Honest change between years: what was the subject's own, what moved with all, what the rules did, what is noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.statistics.rules import Flags, Floats

FEWEST_YEARS = 4
WIDE = 1.96
EXTREME = 0.25
"""The best and the worst quarter of a year are those whose next year regression to the mean moves most."""


@dataclass(frozen=True)
class Change:
    """The parts of each subject's change of total; own + cohort + rules + noise is the change, exactly."""

    own: Floats
    cohort: Floats
    rules: Floats
    noise: Floats
    is_regression: Flags


@dataclass(frozen=True)
class Trend:
    """Mann–Kendall's test and Theil and Sen's slope with its limits."""

    tau: float
    p: float
    slope: float
    low: float
    high: float


def decompose(before: Floats, after: Floats, under_old_rules: Floats, noise: Floats) -> Change:
    """Split the change of each subject's total (NaN where a year is missing), one cohort at a time.

    rules = after − under_old_rules: this year's total less what the same work gives under last year's weights. cohort = the mean
    of the rest over the cohort. What remains is own performance and noise: noise is its share σ²/s² of it (at most all),
    σ the standard error of a change from the votes of both years, s² the variance of the remainder over the cohort, as in
    Kelley's formula for a true score. A change is marked as regression to the mean where the subject was among the best or
    worst quarter and moved back towards the cohort, within the 95 % band that the correlation of the two years foretells
    (Galton 1886): luck alone would look so.
    """
    known = ~(np.isnan(before) | np.isnan(after) | np.isnan(under_old_rules))
    rest = np.where(known, under_old_rules - before, np.nan)
    shift = float(np.nanmean(rest)) if known.any() else float("nan")
    single = rest - shift
    variance = float(np.nanvar(single)) if known.sum() > 1 else 0.0
    share = np.minimum(1.0, np.square(noise) / variance) if variance > 0 else np.ones_like(noise)
    chance = single * share
    own = single - chance
    return Change(
        own=own,
        cohort=np.where(known, shift, np.nan),
        rules=np.where(known, after - under_old_rules, np.nan),
        noise=chance,
        is_regression=_regression(np.where(known, before, np.nan), np.where(known, under_old_rules, np.nan)),
    )


def trend(values: Floats) -> Trend | None:
    """The trend of a total over four or more years in a row of years (NaN: no total); None for fewer.

    Mann (1945), Kendall (1975), exact where there are no ties; Theil (1950), Sen (1968), limits of 95 %.
    """
    from scipy.stats import kendalltau, theilslopes

    years = np.flatnonzero(~np.isnan(values))
    if years.size < FEWEST_YEARS:
        return None
    known = values[years]
    if known.min() == known.max():
        return Trend(0.0, 1.0, 0.0, 0.0, 0.0)
    found = kendalltau(years, known)
    slope = theilslopes(known, years, 0.95)
    return Trend(
        float(found.statistic), float(found.pvalue), float(slope.slope), float(slope.low_slope), float(slope.high_slope)
    )


def _regression(before: Floats, after: Floats) -> Flags:
    known = ~np.isnan(before)
    marked = np.zeros(before.size, dtype=np.bool_)
    if known.sum() < FEWEST_YEARS or float(before[known].std()) < 1e-12 or float(after[known].std()) < 1e-12:
        return marked
    old = (before - before[known].mean()) / before[known].std()
    new = (after - after[known].mean()) / after[known].std()
    together = float(np.mean(old[known] * new[known]))
    edges = np.quantile(old[known], [EXTREME, 1 - EXTREME])
    is_extreme = known & ((old <= edges[0]) | (old >= edges[1]))
    moved_back = np.abs(new) < np.abs(old)
    explained = np.abs(new - together * old) <= WIDE * np.sqrt(max(0.0, 1 - together**2)) + 1e-12
    marked[is_extreme] = (moved_back & explained)[is_extreme]
    return marked
