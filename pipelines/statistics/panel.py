"""How far the raters of a panel agree, and how severe each of them is.

Ratings are an array with a row per target and a column per rater; NaN is no rating. Mean squares of the two-way
table: MSR between targets, MSC between raters, MSE residual, MSW within targets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Level = Literal["nominal", "ordinal", "interval", "ratio"]


@dataclass(frozen=True)
class Correlation:
    """An intraclass correlation with its F test and confidence limits."""

    value: float
    f: float
    df1: float
    df2: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Agreement:
    """Intraclass correlations of one panel: one-way, absolute agreement and consistency, of one rater and of the mean."""

    targets: int
    raters: int
    one_way: Correlation
    one_way_mean: Correlation
    absolute: Correlation
    absolute_mean: Correlation
    consistency: Correlation
    consistency_mean: Correlation


@dataclass(frozen=True)
class Concordance:
    """Kendall's W with its chi-square test."""

    w: float
    chi2: float
    df: int
    p: float


@dataclass(frozen=True)
class Severity:
    """What a two-way additive model of raters and targets makes of incomplete ratings.

    `blocks` numbers the connected sets of targets: adjusted scores of different blocks must not be compared.
    """

    severities: Floats
    adjusted: Floats
    raw: Floats
    blocks: NDArray[np.int64]

    @property
    def is_connected(self) -> bool:
        return bool(self.blocks.size == 0 or self.blocks.max() == 0)


def agreement(ratings: Floats, level: float = 0.95) -> Agreement:
    """Intraclass correlations of a complete table of ratings.

    One-way (MSR−MSW)/(MSR+(k−1)MSW); absolute agreement (MSR−MSE)/(MSR+(k−1)MSE+k(MSC−MSE)/n); consistency
    (MSR−MSE)/(MSR+(k−1)MSE); of the mean of k raters with 1 for k−1 in the same places. Shrout and Fleiss (1979),
    Psychological Bulletin 86, 420–428, where they are called ICC(1,·), (2,·), (3,·). Limits from F; for absolute agreement
    by Satterthwaite's degrees of freedom (McGraw and Wong 1996, Psychological Methods 1, 30–46), those of the mean by
    Spearman–Brown from those of one rating. Raises ValueError for a gap, or fewer than two targets or raters.
    """
    from scipy.stats import f as f_distribution

    table = np.asarray(ratings, dtype=float)
    n, k = table.shape
    if n < 2 or k < 2 or np.isnan(table).any():
        raise ValueError("a complete table of at least two targets and two raters is needed")
    grand = table.mean()
    rows = table.mean(axis=1, keepdims=True)
    columns = table.mean(axis=0, keepdims=True)
    msr = k * float(np.sum((rows - grand) ** 2)) / (n - 1)
    msc = n * float(np.sum((columns - grand) ** 2)) / (k - 1)
    mse = float(np.sum((table - rows - columns + grand) ** 2)) / ((n - 1) * (k - 1))
    msw = float(np.sum((table - rows) ** 2)) / (n * (k - 1))
    upper_tail = 1 - (1 - level) / 2

    def limits(f: float, df1: float, df2: float) -> tuple[float, float]:
        return (
            f / float(f_distribution.ppf(upper_tail, df1, df2)),
            f * float(f_distribution.ppf(upper_tail, df2, df1)),
        )

    def from_f(f: float, df1: float, df2: float) -> tuple[Correlation, Correlation]:
        low, high = limits(f, df1, df2)
        return (
            Correlation(_single(f, k), f, df1, df2, _single(low, k), _single(high, k)),
            Correlation(_mean(f), f, df1, df2, _mean(low), _mean(high)),
        )

    one_way, one_way_mean = from_f(_ratio(msr, msw), n - 1, n * (k - 1))
    f = _ratio(msr, mse)
    consistency, consistency_mean = from_f(f, n - 1, (n - 1) * (k - 1))
    value = _ratio(msr - mse, msr + (k - 1) * mse + k * (msc - mse) / n)
    a, b = _ratio(k * value, n * (1 - value)), 1 + _ratio(k * value * (n - 1), n * (1 - value))
    v = _ratio((a * msc + b * mse) ** 2, (a * msc) ** 2 / (k - 1) + (b * mse) ** 2 / ((n - 1) * (k - 1)))
    low_f = float(f_distribution.ppf(upper_tail, n - 1, v))
    high_f = float(f_distribution.ppf(upper_tail, v, n - 1))
    spread = k * msc + (k * n - k - n) * mse
    low = _ratio(n * (msr - low_f * mse), low_f * spread + n * msr)
    high = _ratio(n * (high_f * msr - mse), spread + n * high_f * msr)
    absolute = Correlation(value, f, n - 1, (n - 1) * (k - 1), low, high)
    mean_value = _ratio(msr - mse, msr + (msc - mse) / n)
    absolute_mean = Correlation(
        mean_value, f, n - 1, (n - 1) * (k - 1), spearman_brown(low, k), spearman_brown(high, k)
    )
    return Agreement(n, k, one_way, one_way_mean, absolute, absolute_mean, consistency, consistency_mean)


def spearman_brown(reliability: float, times: float) -> float:
    """Reliability of the mean of `times` as many raters: t·r/(1+(t−1)·r). Spearman (1910), Brown (1910)."""
    return _ratio(times * reliability, 1 + (times - 1) * reliability)


def raters_needed(reliability: float, wanted: float = 0.8) -> int | None:
    """The fewest raters whose mean is as reliable as wanted, from the reliability of one; None where it is 0 or less.

    Spearman–Brown solved for the number: w(1−r)/(r(1−w)).
    """
    if not reliability > 0 or not 0 < wanted < 1:
        return None
    if reliability >= 1:
        return 1
    exact = wanted * (1 - reliability) / (reliability * (1 - wanted))
    return max(1, int(np.ceil(exact - 1e-9)))


def kendall_w(ratings: Floats, is_corrected: bool = True) -> Concordance:
    """Kendall's W over a complete table: 12S/(k²(n³−n)−kΣ(t³−t)), ties with their mean rank; chi-square k(n−1)W.

    Kendall and Babington Smith (1939), Annals of Mathematical Statistics 10, 275–287. Without `is_corrected` the term
    for ties is left out.
    """
    from scipy.stats import chi2, rankdata

    table = np.asarray(ratings, dtype=float)
    n, k = table.shape
    if n < 2 or k < 2 or np.isnan(table).any():
        raise ValueError("a complete table of at least two targets and two raters is needed")
    ranks = rankdata(table, axis=0)
    sums = ranks.sum(axis=1)
    s = float(np.sum((sums - sums.mean()) ** 2))
    ties = 0.0
    if is_corrected:
        for column in table.T:
            counts = np.unique(column, return_counts=True)[1].astype(float)
            ties += float(np.sum(counts**3 - counts))
    w = _ratio(12 * s, k**2 * (n**3 - n) - k * ties)
    statistic = k * (n - 1) * w
    return Concordance(w, statistic, n - 1, float(chi2.sf(statistic, n - 1)))


def krippendorff_alpha(ratings: Floats, level: Level = "interval") -> float:
    """Krippendorff's alpha by the coincidence matrix: 1 − observed/expected disagreement. NaN without any variation.

    Units with fewer than two ratings do not count. Krippendorff (2011), Computing Krippendorff's alpha-reliability.
    """
    table = np.asarray(ratings, dtype=float)
    present = ~np.isnan(table)
    table = table[present.sum(axis=1) >= 2]
    present = ~np.isnan(table)
    values, codes = np.unique(table[present], return_inverse=True)
    if values.size < 2:
        return float("nan")
    counts = np.zeros((table.shape[0], values.size))
    np.add.at(counts, (np.nonzero(present)[0], codes), 1)
    sizes = counts.sum(axis=1)
    weighted = counts / (sizes - 1)[:, None]
    coincidences = weighted.T @ counts - np.diag(weighted.sum(axis=0))
    totals = coincidences.sum(axis=1)
    distances = _DISTANCES[level](values, totals)
    observed = float(np.sum(coincidences * distances))
    expected = float(np.sum(np.outer(totals, totals) * distances)) / (totals.sum() - 1)
    return float(1 - observed / expected)


def cronbach_alpha(scores: Floats) -> float:
    """Cronbach's alpha of complete rows over the columns: k/(k−1)·(1−Σs²ᵢ/s²ₜ). Cronbach (1951), Psychometrika 16."""
    table = np.asarray(scores, dtype=float)
    k = table.shape[1]
    whole = float(np.var(table.sum(axis=1), ddof=1))
    return float(k / (k - 1) * (1 - _ratio(float(np.var(table, axis=0, ddof=1).sum()), whole)))


def alpha_without(scores: Floats) -> Floats:
    """Cronbach's alpha with each column left out in turn."""
    table = np.asarray(scores, dtype=float)
    return np.array([cronbach_alpha(np.delete(table, column, axis=1)) for column in range(table.shape[1])])


def item_rest(scores: Floats) -> Floats:
    """Correlation of each column with the sum of the others."""
    table = np.asarray(scores, dtype=float)
    rest = table.sum(axis=1, keepdims=True) - table
    return np.array([float(np.corrcoef(table[:, i], rest[:, i])[0, 1]) for i in range(table.shape[1])])


def rwg_j(scores: Floats, options: int, is_listwise: bool = False) -> float:
    """Agreement inside a group over J items: J(1−q)/(J(1−q)+q), q = min(1, mean item variance / ((A²−1)/12)).

    James, Demaree and Wolf (1984), Journal of Applied Psychology 69, 85–98, against answers spread evenly over `options`
    values. Rows are members, columns items; `is_listwise` drops a member with a gap, else every item uses what it has.
    """
    table = np.asarray(scores, dtype=float)
    if is_listwise:
        table = table[~np.isnan(table).any(axis=1)]
    q = min(1.0, float(np.mean(np.nanvar(table, axis=0, ddof=1))) / ((options**2 - 1) / 12))
    j = table.shape[1]
    return _ratio(j * (1 - q), j * (1 - q) + q)


def severity(ratings: Floats) -> Severity:
    """Rater severity and severity-adjusted scores where raters judge different targets.

    The additive two-way model rating = target + rater + error by least squares, rater effects averaging 0 inside each
    connected block (Searle 1987, Linear Models for Unbalanced Data, chapter 5). Targets and raters are connected when a
    chain of ratings links them; between blocks nothing tells severity from merit, so each block has a scale of its own.
    A positive severity is a mild rater: it is what the rater gives above the others for the same work.
    """
    from scipy.sparse import coo_array, csr_array
    from scipy.sparse.csgraph import connected_components
    from scipy.sparse.linalg import lsqr

    table = np.asarray(ratings, dtype=float)
    n, k = table.shape
    targets, raters = np.nonzero(~np.isnan(table))
    values = table[targets, raters]
    sums = np.bincount(targets, values, minlength=n)
    counts = np.bincount(targets, minlength=n)
    raw = np.divide(sums, counts, out=np.full(n, np.nan), where=counts > 0)
    links = coo_array((np.ones(values.size), (targets, n + raters)), shape=(n + k, n + k))
    labels = connected_components(links, directed=False)[1]
    design = csr_array(
        (
            np.ones(2 * values.size),
            (np.tile(np.arange(values.size), 2), np.concatenate([targets, n + raters])),
        ),
        shape=(values.size, n + k),
    )
    centre = float(values.mean()) if values.size else 0.0
    solution = lsqr(design, values - centre, atol=1e-13, btol=1e-13, iter_lim=20_000)[0]
    effects, severities = solution[:n], solution[n:]
    rated = np.bincount(raters, minlength=k) > 0
    adjusted = np.full(n, np.nan)
    blocks = np.full(n, -1, dtype=np.int64)
    for number, label in enumerate(dict.fromkeys(labels[:n][counts > 0].tolist())):
        members = (labels[:n] == label) & (counts > 0)
        judges = (labels[n:] == label) & rated
        shift = float(severities[judges].mean())
        severities[judges] -= shift
        adjusted[members] = effects[members] + shift + centre
        blocks[members] = number
    severities[~rated] = np.nan
    return Severity(severities, adjusted, raw, blocks)


@dataclass(frozen=True)
class Habits:
    """How a group of raters uses the scale: mean against the other groups, spread, share of the highest answer."""

    leniency: float
    spread: float
    top_rate: float


def habits(
    cell: NDArray[np.int64],
    points: Floats,
    votes: NDArray[np.int64],
    mean: Floats,
    others: Floats,
    top: Floats,
) -> Habits:
    """Leniency and spread of a group of raters, from its votes as counts: one entry per cell (target and item) and points.

    Leniency is the mean over cells of `mean` − `others`, what the group and what the other groups gave (NaN: nothing);
    spread the standard deviation of votes around their cell's mean; `top` the highest answer of each cell. Saal, Downey and
    Lahey (1980), Psychological Bulletin 88, 413–428. NaN where nothing tells.
    """
    gap = mean - others
    known = ~np.isnan(gap)
    size = mean.size
    weight = np.bincount(cell, votes, minlength=size)
    own = np.divide(np.bincount(cell, points * votes, minlength=size), weight, out=np.zeros(size), where=weight > 0)
    freedom = float(np.maximum(weight - 1, 0).sum())
    square = float((votes * (points - own[cell]) ** 2).sum())
    return Habits(
        float(gap[known].mean()) if known.any() else float("nan"),
        float(np.sqrt(square / freedom)) if freedom else float("nan"),
        float(votes[points >= top[cell]].sum() / votes.sum()) if votes.sum() else float("nan"),
    )


def _single(f: float, k: int) -> float:
    return _ratio(f - 1, f + k - 1) if np.isfinite(f) else 1.0


def _mean(f: float) -> float:
    return 1 - 1 / f if f else float("-inf")


def _ratio(a: float, b: float) -> float:
    if b:
        return a / b
    return float("nan") if not a else float(np.inf * np.sign(a))


def _nominal(values: Floats, _: Floats) -> Floats:
    return np.not_equal(values[:, None], values[None, :]).astype(np.float64)


def _ordinal(_: Floats, totals: Floats) -> Floats:
    middle = np.cumsum(totals) - totals / 2
    return _interval(middle, totals)


def _interval(values: Floats, _: Floats) -> Floats:
    distances: Floats = np.square(values[:, None] - values[None, :])
    return distances


def _of_ratio(values: Floats, _: Floats) -> Floats:
    sums = values[:, None] + values[None, :]
    differences = values[:, None] - values[None, :]
    shares: Floats = np.divide(differences, sums, out=np.zeros_like(sums), where=sums != 0)
    distances: Floats = np.square(shares)
    return distances


_DISTANCES: dict[Level, Callable[[Floats, Floats], Floats]] = {
    "nominal": _nominal,
    "ordinal": _ordinal,
    "interval": _interval,
    "ratio": _of_ratio,
}
"""Squared distance of two values, by level of measurement."""
