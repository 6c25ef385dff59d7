"""Whether a result treats groups alike, whether a scale still tells the best apart, and what a mean of votes is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.statistics.rules import Flags, Floats
from pipelines.statistics.waves import interval

FULL = 100.0


@dataclass(frozen=True)
class Share:
    """Of one group: its size, how many were chosen, the rate with its 95 % interval, and the exact test against the rest."""

    value: str
    size: int
    count: int
    rate: float
    low: float
    high: float
    p: float
    p_corrected: float


@dataclass(frozen=True)
class Ceiling:
    """How a scale is used: the share of full marks, the standard deviation, and the share of pairs it tells apart."""

    size: int
    full_rate: float
    spread: float
    told_apart: float


@dataclass(frozen=True)
class Scale:
    """What votes on a scale come to: the mean of the points, and the rate of the options that are called favourable.

    Only the rate is a share of voters; the mean depends on what the points are set to.
    """

    mean: float
    rate: float
    valid: int


def shares(values: Sequence[str], chosen: Flags) -> list[Share]:
    """The rate of each group with Fisher's exact test against all others and Holm's correction, larger groups first.

    Fisher (1922), Journal of the Royal Statistical Society 85, 87–94; Holm (1979), Scandinavian Journal of Statistics 6,
    65–70; the interval is Wilson's.
    """
    from scipy.stats import fisher_exact

    labels = np.array(values, dtype=object)
    all_count, all_size = int(chosen.sum()), labels.size
    found = []
    for value in dict.fromkeys(values):
        own = labels == value
        count, size = int(chosen[own].sum()), int(own.sum())
        others, rest = all_count - count, all_size - size
        p = float(fisher_exact([[count, size - count], [others, rest - others]]).pvalue) if rest else 1.0
        low, high = interval(count, size)
        found.append((value, size, count, low, high, p))
    corrected = holm([row[5] for row in found])
    told = [
        Share(value, size, count, count / size, low, high, p, better)
        for (value, size, count, low, high, p), better in zip(found, corrected, strict=True)
    ]
    return sorted(told, key=lambda share: (-share.size, share.value))


def holm(p: Sequence[float]) -> list[float]:
    """P values corrected so that the chance of any false finding stays at the level: max over the smaller of (m−i)·p."""
    order = np.argsort(p, kind="stable")
    corrected = np.empty(len(p))
    running = 0.0
    for place, at in enumerate(order.tolist()):
        running = max(running, min(1.0, (len(p) - place) * p[at]))
        corrected[at] = running
    return [float(value) for value in corrected]


def ceiling(scores: Floats, full: float = FULL) -> Ceiling:
    """How much room a scale leaves at the top, over the scores that there are."""
    known = scores[~np.isnan(scores)]
    if not known.size:
        return Ceiling(0, float("nan"), float("nan"), float("nan"))
    counts = np.unique(np.round(known, 6), return_counts=True)[1]
    pairs = known.size * (known.size - 1)
    apart = 1 - float((counts * (counts - 1)).sum()) / pairs if pairs else float("nan")
    spread = float(known.std(ddof=1)) if known.size > 1 else float("nan")
    return Ceiling(int(known.size), float(np.mean(known >= full - 1e-9)), spread, apart)


def scale(votes: Mapping[str, int], points: Mapping[str, float | None], favourable: Sequence[str]) -> Scale:
    """The mean of the points and the rate of the favourable options over the valid votes; options without points are none."""
    valid = {option: count for option, count in votes.items() if points.get(option) is not None}
    size = sum(valid.values())
    if not size:
        return Scale(float("nan"), float("nan"), 0)
    mean = sum(count * float(points[option] or 0) for option, count in valid.items()) / size
    return Scale(mean, sum(valid.get(option, 0) for option in favourable) / size, size)


def bands(values: Sequence[float | None], most: int = 4) -> list[str]:
    """Numbers as bands of about equal size: '27–31'. None is ''."""
    given = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    is_known = ~np.isnan(given)
    known = given[is_known]
    if not known.size:
        return ["" for _ in values]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, most + 1)[1:-1], method="lower"))
    place = np.where(is_known, np.searchsorted(edges, given), -1)
    names = {-1: ""}
    for band in np.unique(place[is_known]).tolist():
        own = given[place == band]
        names[band] = f"{own.min():g}–{own.max():g}" if own.min() < own.max() else f"{own.min():g}"
    return [names[at] for at in place.tolist()]
