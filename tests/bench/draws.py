"""How long it takes to rank 2,000 people under 10,000 drawn sets of weights, beside scipy.stats.rankdata.

    python -m tests.bench.draws [DRAWS]

60 scores a person, 20 cohorts; totals to four decimals, as often tied as they are. Only the ranking is timed: the totals, one
product of matrices, are the same for both. How often each person takes each rank must be the same. Processor seconds, the
least of three; the goal is to be three times as fast.
"""

import sys
import time

import numpy as np
from scipy.stats import rankdata

from pipelines.statistics.rescoring import rank
from tests.bench.history import note
from tests.statistics.test_rescoring import flat

PEOPLE, SCORES, COHORTS, DRAWS, CHUNK, TURNS = 2000, 60, 20, 10_000, 500, 3
GOAL = 3


def peer(field, totals):
    """Competition ranks by scipy, cohort by cohort."""
    ranks = np.empty(totals.shape, dtype=np.int32)
    for cohort in range(COHORTS):
        members = np.flatnonzero(field.cohort == cohort)
        ranks[:, members] = rankdata(-totals[:, members], method="min", axis=1)
    return ranks


def counted(ranks):
    """How often each person takes each rank."""
    places = PEOPLE // COHORTS + 1
    return np.bincount((np.arange(PEOPLE) * places + ranks).ravel(), minlength=PEOPLE * places)


def main():
    """Measure and compare."""
    draws = int(sys.argv[1]) if sys.argv[1:] else DRAWS
    random = np.random.default_rng(1)
    scores = random.integers(0, 101, (PEOPLE, SCORES)).astype(float)
    field = flat(scores[:, :1], [1], cohort=np.arange(PEOPLE) % COHORTS)
    weights = random.dirichlet(np.full(SCORES, 5.0), draws)
    chunks = [weights[start : start + CHUNK] for start in range(0, draws, CHUNK)]
    least = {}
    for name, how in (("product", rank), ("scipy", peer)):
        for _ in range(TURNS):
            counts, spent = 0, 0.0
            for chunk in chunks:
                totals = np.rint(chunk @ scores.T * 10_000).astype(np.int64)
                begun = time.process_time()
                ranks = how(field, totals)
                spent += time.process_time() - begun
                counts = counts + counted(ranks)
            least[name] = min(spent, least.get(name, (spent, 0))[0]), counts
    assert (least["product"][1] == least["scipy"][1]).all()
    print(
        f"{draws:,} draws: {', '.join(f'{name} {spent:.2f} s' for name, (spent, _) in least.items())}; the same counts"
    )
    note(
        "draws",
        f"{draws:,} draws: scipy.rankdata / product",
        least["scipy"][0] / least["product"][0],
        goal=f">= {GOAL}",
    )


if __name__ == "__main__":
    main()
