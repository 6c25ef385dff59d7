"""The arithmetic of both engines on the same numbers: ties, signs, the ninth and the twelfth place, the largest that fit."""

from collections import Counter
from decimal import Decimal
from random import Random

import pyarrow as pa
import pytest

from pipelines.engine import in_memory
from pipelines.models import Model, Needs
from tests.raw_form import to_raw

pytest.importorskip("pyspark")

TEXT = """
    with given as (
        select as_number(value) as a, plan as b, cast(_row % 12 as bigint) - 1 as d, _row as place from raw.results
    ),

    final as (
        select
            place,
            divide(a, b) as quotient,
            divide(as_score(a), cast(abs(b) as decimal(38, 9))) as of_scores,
            whole_division(parts12(a), nullif(abs(parts9(b)), 0)) as whole,
            parts12_mean(parts9(a), greatest(d, 0)) as mean_parts,
            from_parts12(parts9(b)) as smaller,
            case when abs(b) < 1000000000 then product(b, 1.5) end as product_,
            case when abs(b) < 1000000000 then weighted(b, as_score(0.333333333333)) end as weighted_,
            settle(divide(a, 7), d) as settled,
            settle_score(divide(a, 1000)) as settled_score,
            settle9(divide(b, 1000)) as settled9,
            rounded(divide(a, 3), d) as rounded_,
            case when abs(b) < 1000000 then root(cast(abs(b) as decimal(38, 12))) end as root_,
            root(divide(abs(b) % 7, 3)) as small_root,
            plain(a) as plain_,
            sign(a) as sign_,
            floor(a) as floor_,
            ceil(a) as ceil_
        from given
    )

    select * from final
"""


def numbers():
    """Pairs to calculate with."""
    rng = Random(7)
    ones = [
        "0",
        "1",
        "-1",
        "0.5",
        "-0.5",
        "2.5",
        "-2.5",
        "0.000000001",
        "-0.000000001",
        "0.0000000005",
        "999999999.999999999",
    ]
    ones += ["1000000000000", "-1000000000000.5", "70000000000000000", "-70000000000000000", "3", "7", "9.999999999"]
    pairs = [(one, other) for one in ones for other in ones]
    for _ in range(1500):
        size, places = 10 ** rng.randint(1, 15), 10 ** rng.randint(0, 9)
        pairs.append(tuple(str(Decimal(rng.randint(-size, size)) / rng.choice((1, 2, 4, places))) for _ in "ab"))
    # A quotient of 26 digits is the largest that both hold.
    return [(a, b) for a, b in pairs if not Decimal(b) or abs(Decimal(a) / Decimal(b)) < Decimal(10) ** 25]


def test_every_macro_gives_the_same(spark):
    pairs = numbers()
    raw = to_raw({"results": [{"subject": "s", "indicator": "i"} for _ in pairs]})
    table = raw["results"]
    for name, column in zip(("value", "plan"), zip(*pairs, strict=True), strict=True):
        exact = pa.array([Decimal(text).quantize(Decimal("1e-9")) for text in column], pa.decimal128(28, 9))
        table = table.set_column(table.column_names.index(name), name, exact)
    model = Model("scoring", "macros", TEXT, frozenset({"raw.results"}), Needs())
    with in_memory() as connection:
        run = spark(connection, {"results": table}, 2024)
        here = Counter(connection.execute(TEXT).fetchall())
        run._create(model)
        there = Counter(connection.execute("select * from scoring.macros").fetchall())
    assert here.total() == len(pairs)
    assert there == here, (list((here - there).items())[:3], list((there - here).items())[:3])


def test_what_does_not_fit_is_an_error_on_both(spark):
    raw = to_raw({"results": [{"subject": "s", "indicator": "i", "value": "9999999999999999", "plan": "0.000000001"}]})
    text = "with final as (select divide(1000 * as_number(value), plan) as x from raw.results) select * from final"
    model = Model("scoring", "macros", text, frozenset({"raw.results"}), Needs())
    with in_memory() as connection:
        run = spark(connection, raw, 2024)
        with pytest.raises(Exception, match=r"ut of [Rr]ange|verflow"):
            connection.execute(text)
        with pytest.raises(Exception, match=r"NUMERIC_VALUE_OUT_OF_RANGE|OVERFLOW"):
            run._create(model)
