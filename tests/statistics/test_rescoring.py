"""The vectorised rules: for the official numbers they give the official result, and a variant is what a hand would get."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from time import process_time

import numpy as np
import pytest
from scipy.stats import rankdata

from pipelines.statistics import rescoring
from pipelines.statistics.rescoring import NONE, Contest, Field, Tree
from pipelines.statistics.rules import NO_GRADE, Metric
from tests.cases import make
from tests.statistics import studies

TESTS = Path(__file__).resolve().parents[1]
CASES = [TESTS / "golden" / name for name in ("district", "all-staff", "democratic-poll")]


def disagreements(study, ranking, field=None, **variant):
    """Subjects whose total, rank or grade differ from a ranking (subject -> row)."""
    outcome = rescoring.rescore(field or study.field, **variant)
    found = []
    for number, subject in enumerate(study.subjects):
        row, total, code = ranking[subject], int(outcome.totals[0, number]), int(outcome.grades[0, number])
        made = {
            "total": None if total == NONE else Fraction(total, 10**study.field.rank_decimals),
            "rank": int(outcome.ranks[0, number]) or None,
            "grade": None if code == NO_GRADE else study.field.grades[code],
        }
        told = {
            "total": Fraction(str(row["total"])) if row["total"] not in ("", None) else None,
            "rank": int(row["rank"]) if row["rank"] not in ("", None) else None,
            "grade": row["grade"] or None,
        }
        if made != told:
            found.append((subject, told, made))
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_official_numbers_are_met_on_published_cases(case):
    study, ranking = studies.of_case(case)
    assert set(study.subjects) == set(ranking)
    assert disagreements(study, ranking) == []
    assert disagreements(study, ranking, study.deep[0]) == []


@pytest.mark.parametrize("seed", range(3))
def test_the_official_numbers_are_met_on_random_appraisals(seed):
    tables, outputs = make(seed)
    ranking = {row["subject"]: row for row in outputs["ranking"]}
    study = studies.of_tables(tables, outputs["ranking"])
    assert disagreements(study, ranking) == []
    assert disagreements(study, ranking, study.deep[0]) == []
    official = rescoring.rescore(study.field)
    for cohort in np.unique(study.field.cohort):
        chosen = np.flatnonzero(study.field.cohort == cohort)
        alone, places, _ = rescoring.restricted(study.deep[0], chosen)
        own = rescoring.rescore(alone)
        assert set(chosen) <= set(places)
        assert (official.totals[0, places] == own.totals[0]).all()
        assert (official.ranks[0, places] == own.ranks[0]).all()
        assert (official.grades[0, places] == own.grades[0]).all()


def flat(scores, weights, *, contests=(), grades=(), tiebreak=None, decimals=6, is_included=False, cohort=None):
    """A field of one kind: every subject has one leaf per column of `scores`, with the same weights."""
    scores = np.asarray(scores, dtype=float)
    size, leaves = scores.shape
    count = size * leaves
    zeros = np.zeros(count, dtype=np.int64)
    tree = Tree(
        owner=np.repeat(np.arange(size), leaves),
        parent=zeros - 1,
        depth=zeros + 1,
        weight=np.tile(np.asarray(weights, dtype=float), size),
        score=scores.ravel(),
        has_data=~np.isnan(scores.ravel()),
        is_from_parent=zeros > 0,
        is_geometric=zeros > 0,
        is_zero=zeros > 0,
        decimals=zeros - 1,
        least=zeros,
    )
    none = np.zeros(size, dtype=np.int64)
    return Field(
        kind=none,
        cohort=none if cohort is None else np.asarray(cohort),
        parent=none - 1,
        is_graded=np.ones(size, dtype=bool),
        added=np.zeros(size),
        tree=tree,
        metrics=() if tiebreak is None else (Metric("held", np.asarray(tiebreak), none - 1),),
        gates=(),
        tiebreaks=() if tiebreak is None else ((0, False),),
        contests=tuple(contests),
        pools=(),
        grades=tuple(grades),
        rank_decimals=decimals,
        total_min=0.0,
        total_max=None,
        is_border_included=is_included,
    )


def contest(grade, order, members, seats=None, min_score=None):
    return Contest(grade, order, np.asarray(members), seats, min_score)


def test_new_weights_and_new_seats_change_who_is_in():
    scores = [[90, 60], [80, 80], [60, 95]]
    everybody = [0, 1, 2]
    field = flat(scores, [50, 50], contests=[contest(0, 1, everybody, 1), contest(1, 2, everybody)], grades="AB")
    official = rescoring.rescore(field)
    assert official.totals[0].tolist() == [75_000_000, 80_000_000, 77_500_000]
    assert official.ranks[0].tolist() == [3, 1, 2]
    assert official.grades[0].tolist() == [1, 0, 1]
    variant = rescoring.rescore(field, weights=np.tile([80.0, 20.0], 3)[None, :])
    assert variant.ranks[0].tolist() == [1, 2, 3]
    two = replace(field, contests=(contest(0, 1, everybody, 2), field.contests[1]))
    assert rescoring.rescore(two).grades[0].tolist() == [1, 0, 0]


@pytest.mark.parametrize(("is_included", "grades"), [(False, [0, 1, 1, 1]), (True, [0, 0, 0, 1])])
def test_a_tie_at_the_border_is_taken_together_or_not_at_all(is_included, grades):
    everybody = [0, 1, 2, 3]
    contests = [contest(0, 1, everybody, 2), contest(1, 2, everybody)]
    field = flat([[90], [80], [80], [70]], [1], contests=contests, grades="AB", is_included=is_included)
    assert rescoring.rescore(field).grades[0].tolist() == grades
    apart = replace(field, metrics=(Metric("held", np.array([0, 2, 1, 0]), np.full(4, -1)),), tiebreaks=((0, False),))
    assert rescoring.rescore(apart).grades[0].tolist() == [0, 1, 0, 1]
    assert rescoring.rescore(apart).ranks[0].tolist() == [1, 3, 2, 4]


def test_a_missing_score_spreads_its_weight_and_no_score_is_no_rank():
    field = flat([[90, np.nan], [80, 100], [np.nan, np.nan]], [50, 50])
    outcome = rescoring.rescore(field)
    assert outcome.totals[0].tolist() == [90_000_000, 90_000_000, NONE]
    assert outcome.ranks[0].tolist() == [1, 1, 0]


def test_a_change_of_weights_for_ten_thousand_subjects_takes_a_blink():
    random = np.random.default_rng(1)
    size, leaves = 10_000, 12
    cohort = np.arange(size) // 50
    groups = np.split(np.arange(size), size // 50)
    contests = [contest(0, 1, members, 12) for members in groups]
    contests += [contest(1, 2, members, 20) for members in groups]
    contests += [contest(2, 3, members) for members in groups]
    field = flat(random.normal(80, 8, (size, leaves)), [1.0] * leaves, contests=contests, grades="ABC", cohort=cohort)
    changed = np.tile(random.uniform(1, 5, leaves), size)[None, :]
    times = []
    for _ in range(3):
        started = process_time()
        outcome = rescoring.rescore(field, weights=changed)
        times.append(process_time() - started)
    assert (outcome.grades == 0).sum() == 12 * len(groups)
    assert min(times) < 0.3


@pytest.mark.parametrize("people", [50, 80_000])
def test_ranks_are_those_of_competition_in_small_and_large_cohorts(people):
    random = np.random.default_rng(people)
    keys = random.integers(0, people // 2, (2, people))
    field = flat(np.zeros((people, 1)), [1], cohort=np.arange(people) % 2)
    ranks = rescoring.rank(field, keys)
    for cohort in range(2):
        own = keys[:, cohort::2]
        assert (ranks[:, cohort::2] == rankdata(-own, method="min", axis=1)).all()
