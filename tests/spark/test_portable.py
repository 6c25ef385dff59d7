"""The portable subset of SQL: every model that Spark makes keeps to it, and what is outside is seen."""

import pytest
import sqlglot

from pipelines.models import SQL, read_models
from pipelines.spark import portable
from pipelines.spark.translate import macros, read_macros, recursion, translate

MODELS = portable.models()


def spark(text):
    return translate(sqlglot.parse_one(text, dialect="duckdb"))


def test_every_model_that_spark_makes_is_portable():
    assert [f"{model.table}: {fault}" for model in MODELS for fault in portable.faults(model)] == []
    assert portable.macro_faults() == []


def test_what_stays_at_home_is_the_scheme_and_three_more():
    home = portable.made_at_home()
    assert len(home) < len(read_models("staging", "scoring", "marts")) / 3
    assert portable.HOME.keys() <= home
    assert {"staging.conditions", "staging.metrics"} <= home
    growing = "staging.ballot_counts staging.votes scoring.poll_means scoring.totals scoring.filled marts.ranking"
    assert not home & set(growing.split())


@pytest.mark.parametrize(
    "text",
    [
        "select avg(x) from t",
        "select x / y from t",
        "select round(x, 2) from t",
        "select cast(x as double) from t",
        "select log(x) from t",
        "select list(x order by y desc) from t",
        "select list(x) from t",
        "select arg_max(x, y, 3) from t",
        "select string_agg(x, ',') from t",
        "select sum(x) over (order by y rows between unbounded preceding and current row exclude current row) from t",
        "select sum(x) over (order by y groups between current row and current row) from t",
        "select regexp_replace(x, 'a', 'b') from t",
        "select date_diff('month', x, y) from t",
        "select x + interval 1 month from t",
        "select hash(x) from t",
        "select * exclude (x) from t",
        "select * replace (1 as x) from t",
        "select columns('a.*') from t",
        "select * from t asof join u on t.x >= u.x",
        "select * from t positional join u",
        "select * from t natural join u",
        "select * from t inner join u using (x)",
        "select * from t full join u on t.x = u.x",
        "select x from t union all by name select x from u",
        "select * from (pivot t on x using sum(y))",
        "select median(x) from t",
        "select quantile_cont(x, 0.5) from t",
        "select unnest(a), unnest(b) from t",
        "select unnest(generate_series(1, 3)) from t",
        "select [x for x in a] from t",
        "select a[1] from t",
        "select map {'a': 1}",
        "select {'a': 1}",
        "select x from t limit 1",
        "select distinct on (x) x, y from t",
        "select x from t group by rollup (x)",
        "select x from t using sample 10",
        "with a as materialized (select 1 as x) select x from a",
        "with recursive a as (select 1 as x union select x + 1 from a) select x from a",
        "select x from read_parquet('a')",
        "select x::timestamp from t",
        "select unheard_of(x) from t",
        "select trim(x, 'a') from t",
        "select random()",
        "select now()",
        "select x->>'a' from t",
        "select printf('%d', x) from t",
        "select x similar to 'a' from t",
        "select try_cast(x as uinteger) from t",
        "select nextval('s')",
        "select x from t except select x from u",
        "select x in [1, 2] from t where x glob 'a*'",
    ],
)
def test_what_is_not_portable_is_seen(text):
    assert portable.text_faults(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("select a from s.t order by a", "SELECT a FROM s__t AS t ORDER BY a NULLS LAST"),
        ("select arg_max(a, b) from s.t", "SELECT MAX_BY(a, b) FILTER(WHERE NOT a IS NULL) FROM s__t AS t"),
        (
            "select arg_min(a, b) filter (where c) from t",
            "SELECT MIN_BY(a, b) FILTER(WHERE NOT a IS NULL AND c) FROM t",
        ),
        (
            "select (a, b) not in (select (c, d) from u) from t",
            "SELECT NOT (a, b) IN (SELECT c, d FROM u) FROM t",
        ),
        (
            "select list(a order by b) from t",
            "SELECT TRANSFORM(ARRAY_SORT(COLLECT_LIST(NAMED_STRUCT('key_0', b, 'value', a))), pair -> pair.value) FROM t",
        ),
        (
            "select sign(a) from t",
            "SELECT (CASE WHEN a > 0 THEN 1 WHEN a < 0 THEN -1 WHEN a = 0 THEN 0 END) FROM t",
        ),
        ("select a::hugeint from t", "SELECT CAST(a AS DECIMAL(38, 0)) FROM t"),
        ("select regexp_replace(a, '(x)', '\\1y', 'g') from t", "SELECT REGEXP_REPLACE(a, '(x)', '$1y') FROM t"),
        (
            "select trim(unnest(string_split(a, '+'))) as b, generate_subscripts(string_split(a, '+'), 1) as n from t",
            "SELECT TRIM(unnested.element) AS b, (unnested.position + 1) AS n FROM t LATERAL VIEW "
            "POSEXPLODE(SPLIT(a, CONCAT('\\\\Q', '+', '\\\\E'))) unnested AS position, element",
        ),
    ],
)
def test_what_sqlglot_would_lose_is_said_otherwise(text, wanted):
    assert spark(text) == wanted


def test_macros_are_put_in_the_place_of_their_calls():
    text = spark("select divide(sum(a), b) as c from t")
    assert not any(f"{name.upper()}(" in text.upper() for name in macros() if name not in ("transform",))
    assert spark("select settle9(x.a) from t as x") == "SELECT (CAST((x.a) AS DECIMAL(38, 9))) FROM t AS x"
    swapped = spark("select product(score, weight) from t")
    assert swapped == "SELECT (CAST((score) AS DECIMAL(18, 9)) * CAST((weight) AS DECIMAL(38, 12))) FROM t"


def test_spark_spells_only_macros_that_there_are():
    own = read_macros((SQL / "macros.spark.sql").read_text(encoding="utf-8"), "spark")
    shared = read_macros((SQL / "macros.sql").read_text(encoding="utf-8"), "duckdb")
    assert own.keys() <= shared.keys()
    assert all(macro.parameters == shared[name].parameters for name, macro in own.items())


def test_a_recursion_is_taken_apart():
    text = (
        "with recursive a as (select 1 as x from s.t), b as (select x, 0 as n from a union all "
        "(with c as (select x from b) select c.x, n + 1 as n from c inner join b on c.x = b.x)) select * from b"
    )
    query = recursion(sqlglot.parse_one(text, dialect="duckdb"))
    assert query.name == "b"
    assert translate(query.start("v")) == "WITH a AS (SELECT 1 AS x FROM s__t AS t) SELECT x, 0 AS n FROM a"
    assert translate(query.step("v")).endswith(
        "c AS (SELECT x FROM v AS b) SELECT c.x, n + 1 AS n FROM c INNER JOIN v AS b ON c.x = b.x"
    )
    assert translate(query.end("v")) == "WITH a AS (SELECT 1 AS x FROM s__t AS t) SELECT * FROM v AS b"
    assert recursion(sqlglot.parse_one("with recursive a as (select 1 as x) select * from a", dialect="duckdb")) is None
