"""What drives a ranking: which weights, votes and rules, by how much, and how far the nearest flip is.

A factor is one weight of the scheme (`Factor.nodes` are the rows of the tree that carry it). Variants of weights run
through the full rules of `rescoring`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.progress import tell
from pipelines.statistics.flips import sides
from pipelines.statistics.rescoring import Contest, Field, Outcome, rescore
from pipelines.statistics.rules import Floats, Integers

SEED = 20221231
CHUNK = 2_000_000


@dataclass(frozen=True)
class Factor:
    """One weight of the scheme: its name, the sibling set it competes in, its value, the rows of the tree that carry it."""

    name: str
    group: str
    weight: float
    nodes: Integers


@dataclass(frozen=True)
class Indices:
    """Sobol indices of each factor with the limits of a 90 % interval: alone (`first`) and with all interactions (`total`)."""

    first: Floats
    first_low: Floats
    first_high: Floats
    total: Floats
    total_low: Floats
    total_high: Floats
    variance: float


@dataclass(frozen=True)
class Shift:
    """What a variant does to the chosen subjects: mean and greatest change of rank, and how many grades change."""

    mean: float
    greatest: int
    regraded: int


def dirichlet(factors: Sequence[Factor], draws: int, concentration: float = 50.0, seed: int = SEED) -> Floats:
    """Weights around the nominal ones: in each sibling set Dirichlet(κ·w/Σw)·Σw, a row per draw and a column per factor.

    κ says how sure the nominal weights are; a share p then varies by √(p(1−p)/(κ+1)). Sets of one keep their weight.
    """
    random = np.random.default_rng(seed)
    result = np.tile(np.array([factor.weight for factor in factors], dtype=np.float64), (draws, 1))
    groups: dict[str, list[int]] = {}
    for place, factor in enumerate(factors):
        if factor.weight > 0:
            groups.setdefault(factor.group, []).append(place)
    for members in groups.values():
        weights = result[0, members]
        if len(members) > 1:
            result[:, members] = random.dirichlet(concentration * weights / weights.sum(), draws) * weights.sum()
    return result


def with_weights(field: Field, factors: Sequence[Factor], values: Floats) -> Floats:
    """Weights of the tree for `rescoring.rescore`: a row per row of `values`, a column per row of the tree."""
    weights = np.tile(field.tree.weight, (values.shape[0], 1))
    for place, factor in enumerate(factors):
        weights[:, factor.nodes] = values[:, [place]]
    return weights


def variants(
    field: Field,
    factors: Sequence[Factor],
    values: Floats,
    scores: Callable[[slice], Floats] | None = None,
    nodes: Integers | None = None,
) -> Outcome:
    """Outcomes under these weights of the factors, a row per row of `values`; `scores` gives those of `nodes` for some rows."""
    chunk = max(1, CHUNK // max(field.tree.weight.size, field.size))
    parts = []
    for start in range(0, values.shape[0], chunk):
        tell("variants", start, values.shape[0])
        rows = slice(start, start + chunk)
        given = None if scores is None else scores(rows)
        parts.append(rescore(field, given, nodes, with_weights(field, factors, values[rows])))
    return Outcome(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("totals", "ranks", "grades")))


def rank_shift(official: Outcome, variant: Outcome, chosen: Integers) -> Floats:
    """The mean absolute change of rank of the chosen subjects in each variant: R̄ₛ of Saisana, Saltelli and Tarantola (2005)."""
    before, after = official.ranks[:, chosen].astype(np.int64), variant.ranks[:, chosen].astype(np.int64)
    counted = (before > 0) & (after > 0)
    sizes = np.maximum(counted.sum(axis=1), 1)
    return np.asarray(np.where(counted, np.abs(after - before), 0).sum(axis=1) / sizes)


def sobol(
    model: Callable[[Floats], Floats],
    factors: int,
    base: int = 256,
    seed: int = SEED,
    groups: Sequence[Sequence[int]] | None = None,
) -> Indices:
    """First-order and total Sobol indices of a model over the unit cube, with bootstrap intervals.

    S = mean(f(B)·(f(ABᵢ) − f(A)))/V by Saltelli et al. (2010), T = mean((f(A) − f(ABᵢ))²)/(2V) by Jansen (1999), on a
    scrambled Sobol sequence; Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola, Computer Physics Communications 181,
    259–270. The model takes points (a row each) and gives a number each; it is asked base·(groups+2) times. `groups` are the
    columns that count as one factor; without them each is its own.
    """
    groups = [[column] for column in range(factors)] if groups is None else groups
    from scipy.stats import qmc

    points = qmc.Sobol(2 * factors, rng=np.random.default_rng(seed)).random(base)
    a, b = points[:, :factors], points[:, factors:]
    mixed = np.repeat(a[None, :, :], len(groups), axis=0)
    for place, columns in enumerate(groups):
        mixed[place][:, list(columns)] = b[:, list(columns)]
    values = model(np.concatenate([a, b, mixed.reshape(-1, factors)]))
    of_a, of_b, of_mixed = values[:base], values[base : 2 * base], values[2 * base :].reshape(len(groups), base)
    centre = float(np.concatenate([of_a, of_b]).mean())
    of_a, of_b, of_mixed = of_a - centre, of_b - centre, of_mixed - centre

    def indices(rows: NDArray[np.integer]) -> tuple[Floats, Floats, float]:
        variance = float(np.concatenate([of_a[rows], of_b[rows]]).var())
        if variance <= 1e-15:
            return np.zeros(len(groups)), np.zeros(len(groups)), 0.0
        first = (of_b[rows] * (of_mixed[:, rows] - of_a[rows])).mean(axis=1) / variance
        total = ((of_a[rows] - of_mixed[:, rows]) ** 2).mean(axis=1) / (2 * variance)
        return first, total, variance

    random = np.random.default_rng(seed + 1)
    drawn = [indices(random.integers(base, size=base)) for _ in range(200)]
    first, total, variance = indices(np.arange(base))
    limits = [np.quantile([draw[part] for draw in drawn], [0.05, 0.95], axis=0) for part in (0, 1)]
    return Indices(first, limits[0][0], limits[0][1], total, limits[1][0], limits[1][1], variance)


def weight_indices(
    field: Field, factors: Sequence[Factor], chosen: Integers, spread: float = 0.25, base: int = 128, seed: int = SEED
) -> Indices:
    """Sobol indices of the mean rank shift when every weight varies on its own by ±`spread` of itself.

    Saisana, Saltelli and Tarantola (2005), Journal of the Royal Statistical Society A 168, 307–323.
    """
    nominal = np.array([factor.weight for factor in factors], dtype=np.float64)
    official = rescore(field)

    def model(points: Floats) -> Floats:
        changed = variants(field, factors, nominal * (1 + spread * (2 * points - 1)))
        return rank_shift(official, changed, chosen)

    return sobol(model, len(factors), base, seed)


NORMALISATIONS = ("declared", "minmax", "zscore", "rank")
MISSING_RULES = ("declared", "mean", "zero")


@dataclass(frozen=True)
class Choices:
    """The rules that could have been chosen otherwise: scores of the leaves `nodes` under every combination of them.

    `names` are the rules that have a choice, `options` their ways, the first of each the one in force; `scores` has an axis
    per rule and the leaves last.
    """

    names: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    nodes: Integers
    scores: Floats


def normalised(scores: Floats, groups: Integers, how: str) -> Floats:
    """Scores on another scale inside each group: 0 to 100 between the extremes, 50 ± 10 by z-scores, or by rank.

    OECD (2008), Handbook on Constructing Composite Indicators, section 1.5. Scores that do not differ are 100, 50 and 100.
    """
    result = scores.copy()
    known = ~np.isnan(scores)
    rows = np.flatnonzero(known)
    rows = rows[np.argsort(groups[rows], kind="stable")]
    for own in np.split(rows, np.flatnonzero(np.diff(groups[rows])) + 1) if rows.size else ():
        x = scores[own]
        if how == "minmax":
            width = x.max() - x.min()
            result[own] = 100 * (x - x.min()) / width if width > 0 else 100.0
        elif how == "zscore":
            spread = x.std(ddof=1) if x.size > 1 else 0.0
            result[own] = 50 + 10 * (x - x.mean()) / spread if spread > 0 else 50.0
        elif how == "rank":
            above = x.size - np.searchsorted(np.sort(x), x + 1e-9, side="right")
            result[own] = 100 * (x.size - 1 - above) / (x.size - 1) if x.size > 1 else 100.0
    return result


def choices(nodes: Integers, groups: Integers, trimmed: Mapping[str, Floats]) -> Choices:
    """The combinations of trimming (`trimmed`: the scores of the leaves under each, the one in force first), missing rule and normalisation.

    `groups` numbers the leaves that are scored on one scale: one row of the scheme in one cohort. A rule that changes no
    score is no choice.
    """
    base = next(iter(trimmed.values()))
    trims = tuple(name for name, own in trimmed.items() if own is base or not np.allclose(own, base, equal_nan=True))
    gaps = MISSING_RULES if np.isnan(base).any() else MISSING_RULES[:1]
    table = np.stack(
        [
            [[_rescaled(_filled(trimmed[trim], groups, gap), groups, how) for how in NORMALISATIONS] for gap in gaps]
            for trim in trims
        ]
    )
    kept = [(at, name) for at, name in enumerate(("trimming", "missing", "normalisation")) if table.shape[at] > 1]
    found = {"trimming": trims, "missing": gaps, "normalisation": NORMALISATIONS}
    shape = tuple(table.shape[at] for at, _ in kept)
    return Choices(
        tuple(name for _, name in kept),
        tuple(found[name] for _, name in kept),
        nodes,
        table.reshape(*shape, nodes.size),
    )


def _rescaled(scores: Floats, groups: Integers, how: str) -> Floats:
    """Normalised scores, moved so that lines drawn in points still mean something.

    Every group keeps its mean, and all together their mean spread: neither changes who is ahead of whom inside a cohort.
    """
    if how == "declared":
        return scores
    known = ~np.isnan(scores)
    made = normalised(scores, groups, how)
    count = np.maximum(np.bincount(groups[known], minlength=int(groups.max()) + 1), 1)

    def described(values: Floats) -> tuple[Floats, float]:
        mean = np.bincount(groups[known], values[known], minlength=count.size) / count
        square = np.bincount(groups[known], (values[known] - mean[groups[known]]) ** 2, minlength=count.size)
        return mean, float(np.sqrt(square / count).mean())

    (old, spread), (new, made_spread) = described(scores), described(made)
    scale = spread / made_spread if made_spread > 0 else 1.0
    return np.asarray(old[groups] + (made - new[groups]) * scale)


def _filled(scores: Floats, groups: Integers, rule: str) -> Floats:
    """Scores with the gaps filled: by nothing (as declared), by the mean of the group, or by 0."""
    if rule == "declared":
        return scores
    known = ~np.isnan(scores)
    count = np.bincount(groups[known], minlength=int(groups.max()) + 1)
    mean = np.bincount(groups[known], scores[known], minlength=count.size) / np.maximum(count, 1)
    filled = mean[groups] if rule == "mean" else np.zeros(scores.size)
    return np.where(known | (count[groups] == 0), scores, filled)


def rule_indices(
    field: Field,
    factors: Sequence[Factor],
    given: Choices,
    chosen: Integers,
    concentration: float = 50.0,
    base: int = 128,
    seed: int = SEED,
) -> Indices:
    """Sobol indices of the mean rank shift for the weights together, then each rule of the choices.

    Weights are Dirichlet around the nominal ones, by gamma quantiles, every way of a rule is equally likely: the Monte Carlo
    of Saisana, Saltelli and Tarantola (2005), Journal of the Royal Statistical Society A 168, 307–323.
    """
    from scipy.stats import gamma

    official = rescore(field)
    nominal = np.array([factor.weight for factor in factors], dtype=np.float64)
    sets: dict[str, list[int]] = {}
    for place, factor in enumerate(factors):
        if factor.weight > 0:
            sets.setdefault(factor.group, []).append(place)
    moving = {name: own for name, own in sets.items() if len(own) > 1}
    count = len(given.names)
    columns = {place: count + at for at, place in enumerate(place for own in moving.values() for place in own)}

    def model(points: Floats) -> Floats:
        weights = np.tile(nominal, (points.shape[0], 1))
        for own in moving.values():
            whole = nominal[own].sum()
            drawn = gamma.ppf(points[:, [columns[place] for place in own]], concentration * nominal[own] / whole)
            weights[:, own] = drawn / drawn.sum(axis=1, keepdims=True) * whole
        picked = [
            np.minimum((points[:, at] * len(options)).astype(int), len(options) - 1)
            for at, options in enumerate(given.options)
        ]
        changed = variants(
            field, factors, weights, lambda rows: given.scores[tuple(pick[rows] for pick in picked)], given.nodes
        )
        return rank_shift(official, changed, chosen)

    groups = [list(columns.values()), *([at] for at in range(count))]
    return sobol(model, count + len(columns), base, seed, groups)


def rule_shifts(field: Field, given: Choices, chosen: Integers) -> list[tuple[str, str, Shift]]:
    """What each other way of each rule does to the chosen subjects by itself."""
    told, picks = [], []
    for at, (name, options) in enumerate(zip(given.names, given.options, strict=True)):
        for number, option in enumerate(options[1:], 1):
            told.append((name, option))
            picks.append(tuple(number if other == at else 0 for other in range(len(given.names))))
    if not told:
        return []
    outcome = rescore(field, np.stack([given.scores[pick] for pick in picks]), given.nodes)
    shifts = _shifts(rescore(field), outcome, chosen)
    return [(name, option, shift) for (name, option), shift in zip(told, shifts, strict=True)]


def _shifts(official: Outcome, changed: Outcome, chosen: Integers) -> list[Shift]:
    """Mean and greatest change of rank of the chosen subjects, and how many of them are graded otherwise, in each variant."""
    before = official.ranks[:, chosen].astype(np.int64)
    moved = np.where((before > 0) & (changed.ranks[:, chosen] > 0), np.abs(changed.ranks[:, chosen] - before), 0)
    mean = rank_shift(official, changed, chosen)
    regraded = (changed.grades[:, chosen] != official.grades[:, chosen]).sum(axis=1)
    return [Shift(float(mean[at]), int(moved[at].max(initial=0)), int(regraded[at])) for at in range(mean.size)]


def leave_out(field: Field, factors: Sequence[Factor], chosen: Integers) -> list[Shift]:
    """What happens to the chosen subjects when each factor in turn has no weight."""
    official = rescore(field)
    nominal = np.array([factor.weight for factor in factors], dtype=np.float64)
    changed = variants(field, factors, np.where(np.eye(len(factors), dtype=np.bool_), 0.0, nominal))
    return _shifts(official, changed, chosen)


def variance_share(part: Floats, whole: Floats) -> float:
    """The share of a part in the variance of the whole: cov(part, whole)/var(whole). Those of all parts add to 1."""
    spread = float(whole.var())
    return float(np.mean((part - part.mean()) * (whole - whole.mean()))) / spread if spread > 1e-15 else 0.0


def correlation_ratio(score: Floats, total: Floats) -> float:
    """How much of the variance of the total a score alone tells: Var(E[total | score])/Var(total).

    E by a polynomial of degree 1 below 12 subjects, 2 below 30, else 3; Paruolo, Saisana and Saltelli (2013), Journal of the
    Royal Statistical Society A 176, 609–634, who use splines. 0 where either does not vary.
    """
    known = ~(np.isnan(score) | np.isnan(total))
    x, y = score[known], total[known]
    if x.size < 3 or float(x.std()) < 1e-12 or float(y.std()) < 1e-12:
        return 0.0
    degree = min(1 if x.size < 12 else 2 if x.size < 30 else 3, np.unique(x).size - 1)
    fitted = np.polynomial.Polynomial.fit(x, y, degree)(x)
    return float(np.clip(fitted.var() / y.var(), 0, 1))


@dataclass(frozen=True)
class Gap:
    """A line that seats or a least score draw: the last who has the grade, the first who has not, and the points of the total between them."""

    contest: Contest
    last_in: int
    first_out: int
    points: float


def gaps(field: Field, outcome: Outcome) -> list[Gap]:
    """At every line that seats or a least score draw, how little of a total decides."""
    found = []
    totals, grades = outcome.totals[0], outcome.grades[0]
    limited = {contest for pool in field.pools if pool.share is not None for contest in pool.contests}
    for at, contest in enumerate(field.contests):
        if contest.seats is None and contest.min_score is None and at not in limited:
            continue
        inside, outside = sides(field, contest, totals, grades)
        if inside.size and outside.size:
            last_in, first = inside[np.argmin(totals[inside])], outside[np.argmax(totals[outside])]
            if totals[last_in] >= totals[first]:
                points = float(totals[last_in] - totals[first]) * field.unit
                found.append(Gap(contest, int(last_in), int(first), points))
    return found
