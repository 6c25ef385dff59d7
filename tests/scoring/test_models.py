"""What the SQL says of itself: which tables a SELECT has no rows without."""

import duckdb
import pytest

from pipelines.build import find_cycle
from pipelines.engine import Run, in_memory
from pipelines.models import read_models, read_needs
from tests.cases import make
from tests.raw_form import to_raw


@pytest.mark.parametrize(
    ("text", "empty", "is_idle"),
    [
        ("select * from s.a", "s.a", True),
        ("select * from s.a left join s.b using (x)", "s.b", False),
        ("select * from s.a left join s.b using (x)", "s.a", True),
        ("select * from s.a right join s.b using (x)", "s.b", True),
        ("select * from s.a inner join s.b using (x)", "s.b", True),
        ("select * from s.a, s.b", "s.b", True),
        ("select * from s.a full join s.b using (x)", "s.a", False),
        ("select * from s.a full join s.b using (x)", "s.a s.b", True),
        ("select * from s.a semi join s.b using (x)", "s.b", True),
        ("select * from s.a anti join s.b using (x)", "s.b", False),
        ("select * from s.a positional join s.b", "s.a", False),
        ("select * from s.a where x in (select x from s.b) and true", "s.b", True),
        ("select * from s.a where x in (select x from s.b) or true", "s.b", False),
        ("select * from s.a where x not in (select x from s.b)", "s.b", False),
        ("select * from s.a where exists (select 1 from s.b)", "s.b", True),
        ("select * from s.a where not exists (select 1 from s.b)", "s.b", False),
        ("select * from s.a union all select * from s.b", "s.a", False),
        ("select * from s.a union select * from s.b", "s.a s.b", True),
        ("select * from s.a except select * from s.b", "s.b", False),
        ("select * from s.a except select * from s.b", "s.a", True),
        ("select count(*) from s.a", "s.a", False),
        ("select 1 + max(x) as y from s.a", "s.a", False),
        ("select x from s.a having count(*) >= 0", "s.a", False),
        ("select sum(x) from s.a group by all", "s.a", False),
        ("select x, count(*) from s.a group by all", "s.a", True),
        ("select x, count(*) from s.a group by x", "s.a", True),
        ("select x, count(*) from s.a group by rollup (x)", "s.a", False),
        ("select max(x) over () from s.a", "s.a", True),
        ("select x, (select max(x) from s.b) from s.a", "s.a", True),
        ("with b as (select count(*) as x from s.a) select * from b", "s.a", False),
        ("with b as (select * from s.a) select * from b inner join s.c using (x)", "s.a", True),
        (
            "with recursive r as (select x from s.a union all select x + 1 from r where x < 3) select * from r",
            "s.a",
            True,
        ),
        (
            "with recursive r as (select 1 as x union all select x from s.a inner join r using (x)) select * from r",
            "s.a",
            False,
        ),
        ("select * from (select * from s.a) as b", "s.a", True),
        ("select unnest([1, 2]) from s.a", "s.a", True),
        ("select * from s.a, unnest([1, 2]) as t(y)", "s.a", True),
        ("select 1", "s.a", False),
        ("select * from (values (1)) as t(x)", "s.a", False),
    ],
)
def test_what_a_select_has_no_rows_without(text, empty, is_idle):
    assert read_needs(text).fail(set(empty.split())) is is_idle
    if is_idle:  # DuckDB agrees, whatever the other tables hold
        with duckdb.connect() as connection:
            connection.execute("create schema s")
            for name in ("a", "b", "c"):
                rows = "" if f"s.{name}" in empty.split() else "from range(4)"
                connection.execute(f"create table s.{name} as select range as x {rows or 'from range(0)'}")
            assert connection.execute(text).fetchall() == []


@pytest.mark.parametrize("seed", [1000, 1003, 1010])
def test_a_model_that_is_not_run_would_have_had_no_rows(seed):
    tables, _ = make(seed)
    idle = 0
    with in_memory() as connection:
        raw = to_raw(tables)
        run = Run(connection, raw, find_cycle(raw))
        run.stage()
        run.score()
        for model in read_models("staging") + read_models("scoring", "marts"):
            if run.is_idle(model):
                idle += 1
                assert connection.execute(model.text).fetchall() == [], model.table
    assert idle > 0
