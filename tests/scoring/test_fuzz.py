"""The product scores random appraisals as the reference does, and its answers obey what must hold of any of them."""

import functools
from collections import defaultdict
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pipelines.build import score
from tests.cases import make
from tests.compare import as_rows, differences
from tests.fuzz import compare
from tests.raw_form import to_raw
from tests.reference import Tables, needed, weight_of, written

SEEDS = (1000, 1001, 1004)
EACH = settings.default.max_examples // 6


@pytest.mark.parametrize("half", [0, 1])  # two tests, so that two processes share the work
@given(drawn=st.integers(min_value=0, max_value=10**9))
@settings(max_examples=EACH, phases=[Phase.generate])  # a smaller seed is no smaller appraisal: tests/fuzz.py shrinks
def test_same_as_the_reference(half, drawn):
    seed = 2 * drawn + half
    tables, expected = make(seed)
    assert compare(tables, expected=expected) == [], f"python -m tests.fuzz 1 {seed}"


@pytest.mark.parametrize("seed", [44363])
def test_seeds_that_failed_once(seed):
    tables, expected = make(seed)
    assert compare(tables, expected=expected) == []


def scored(tables: Tables) -> Tables:
    return as_rows(score(to_raw(tables)))


@functools.cache
def made(seed: int) -> tuple[Tables, Tables]:
    """The appraisal of a seed and what the product makes of it."""
    tables, _ = make(seed)
    return tables, scored(tables)


def changed(tables: Tables, name: str, **columns: str) -> Tables:
    """The tables with columns of one of them set throughout."""
    return {**tables, name: [row | columns for row in tables.get(name, [])]}


@pytest.mark.parametrize("seed", SEEDS)
def test_order_of_rows_does_not_matter(seed):
    tables, answer = made(seed)
    mixed = {name: Random(seed).sample(rows, len(rows)) for name, rows in tables.items()}
    assert scored(mixed) == answer


@pytest.mark.parametrize("seed", SEEDS)
def test_weights_count_relative_to_each_other(seed):
    tables, answer = made(seed)
    heavier = dict(tables)
    for name in ("components", "indicators", "poll_items", "poll_groups"):
        heavier[name] = [row | {"weight": written(weight_of(row) * 7)} for row in tables.get(name, [])]
    assert differences(answer, scored(heavier)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_ids_carry_no_meaning(seed):
    """With ids that sort the other way round, everybody keeps scores, rank and grade."""
    tables = changed(made(seed)[0], "grades", apportion="")  # equal remainders do go by code point
    ids = sorted({row["subject"] for row in tables["subjects"]}, reverse=True)
    names = {row.get("name", "") for row in tables["subjects"]}
    renamed = {old: f"新{place:03}" for place, old in enumerate(ids) if old not in names}

    def new(text: str) -> str:
        return renamed.get(text, text)

    def new_filter(text: str) -> str:
        parts = [part.replace("＝", "=").partition("=") for part in text.split(";")]
        return ";".join(
            key + "=" + "|".join(new(value.strip()) for value in values.split("|")) for key, _, values in parts
        )

    other = {
        name: [
            row
            | {key: new(row[key]) for key in ("subject", "parent") if key in row and name not in ("components",)}
            | ({"applies": new_filter(row["applies"])} if row.get("applies") else {})
            for row in rows
        ]
        for name, rows in tables.items()
    }
    before, after = scored(tables), scored(other)
    for name in ("ranking", "components", "indicators", "polls", "consequences"):
        mine = sorted(tuple(row.values()) for row in ([r | {"subject": new(r["subject"])} for r in before[name]]))
        assert sorted(tuple(row.values()) for row in after[name]) == mine


@pytest.mark.parametrize("seed", SEEDS)
def test_no_quota_is_exceeded(seed):
    tables, answer = made(seed)
    includes = any(row["key"] == "border" and row["value"] == "include" for row in tables["settings"])
    flags = {flag for row in answer["ranking"] for flag in row["flags"].split(";")}
    for row in answer["quotas"]:
        over = int(row["over"])
        assert over == 0 or (includes and f"border:{row['grade']}" in flags and row["seats"])
        last = max(needed(r["order"], "order") for r in tables["grades"] if r["grade"] == row["grade"])
        is_last = last == max(needed(r["order"], "order") for r in tables["grades"])
        if row["seats"] and not is_last:
            assert int(row["taken"]) <= int(row["seats"]) + over


@pytest.mark.parametrize("seed", SEEDS)
def test_shares_add_up_to_the_base(seed):
    tables, _ = made(seed)
    answer = scored(changed(tables, "components", aggregate="", round=""))
    parents = {row["component"]: row.get("parent", "") for row in tables["components"]}
    nodes: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    for row in answer["components"]:
        if float(row["share"]):
            nodes[row["subject"]][row["component"]] = float(row["share"]), float(row["score"])
    checked = 0
    for row in answer["ranking"]:
        mine = nodes[row["subject"]]
        leaves = [node for name, node in mine.items() if name not in {parents[child] for child in mine}]
        if row["base"]:
            checked += 1
            assert sum(share for share, _ in leaves) == pytest.approx(1, abs=1e-6)
            assert sum(share * score for share, score in leaves) == pytest.approx(float(row["base"]), abs=1e-5)
    assert checked
