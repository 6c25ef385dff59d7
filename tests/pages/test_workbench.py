"""SQL of strangers: what it may read it reads exactly; what it may not it does not get, and the server goes on."""

import hashlib
import json
import os
import subprocess
import sys
import time
from decimal import Decimal

import pytest

from pipelines import access, extracts, reads, workbench
from pipelines.access import Refused, User
from pipelines.warehouse import Warehouse
from pipelines.workbench import Limits, Workbench
from tests.pages import escapes, office

pytestmark = pytest.mark.xdist_group("pages")
IS_LONG = bool(os.environ.get("KAOPING_TORTURE"))
MARK = "nobody-may-read-this"
FEW = ("cross-join", "repeat", "deep", "columns")
"""The greedy ones that the suite tries; `make torture` tries them all."""
EVERY = """
import json, sys
sys.path.insert(0, sys.argv[1])
import duckdb
from pipelines import workbench
texts, tables = json.load(sys.stdin)
connection = workbench._bound(workbench.LIMITS)
for name, text in texts.items():
    try:
        refusal = workbench._refusal(connection, text, frozenset(tables))
    except (duckdb.Error, ValueError) as error:
        refusal = str(error) or "?"
    found = ""
    try:  # what the engine alone makes of it, had nobody looked at it before
        answer = connection.execute(text)
        found = str(answer.fetchmany(1000)) if answer else ""
    except (duckdb.Error, ValueError, RuntimeError) as error:
        found = "!"
    try:
        connection.execute("rollback")
    except duckdb.Error:
        pass
    print(json.dumps([name, refusal, found]), flush=True)
"""
"""Every trick in one bound process: what the check says of it, and what it gives where the check is left out."""


@pytest.fixture(scope="module")
def store(built_file, tmp_path_factory):
    path = tmp_path_factory.mktemp("workbench") / "own.duckdb"
    path.write_bytes(built_file.read_bytes())
    with Warehouse.open(path) as warehouse:
        yield warehouse


@pytest.fixture(scope="module")
def bench(store):
    with Workbench(store) as made:
        yield made


@pytest.fixture
def ask(bench, store):
    return lambda text, **_: bench.ask(text, reads.table_names(store), "李分析", office.AT)


def test_an_answer_is_what_the_tables_say(ask, store):
    answer = ask("select cycle, subject, total, grade from ranking where total > 90 order by total desc, subject")
    rows = [row for row in store.extract("ranking").to_pylist() if row["total"] and row["total"] > 90]
    rows.sort(key=lambda row: (-row["total"], row["subject"]))
    assert [tuple(row.values()) for row in answer.table.to_pylist()] == [
        (row["cycle"], row["subject"], row["total"], row["grade"]) for row in rows
    ]
    assert not answer.is_cut
    extracts.to_bytes(answer.table, "xlsx", name="workbench", language="zh")


def test_every_table_is_there_and_nothing_else(ask, store):
    names = reads.table_names(store)
    counts = ", ".join(f'(select count(*) from "{name}") as "{name}"' for name in names)
    assert ask(f"select {counts}").table.to_pylist() == [{name: store.extract(name).num_rows for name in names}]
    for name in names:
        assert reads.columns(store, name)["column_name"].to_pylist() == store.extract(name).column_names


def test_any_kind_of_value_becomes_one_that_files_take(ask):
    text = (
        "select 1 / 3 as a, 1 as a, [1, 2] as list, {'x': 1} as pair, interval 1 day as span, 'x'::blob as bytes, "
        "time '12:30' as clock, timestamptz '2026-01-01 00:00:00+00' as moment, 'nan'::double as nothing, 1e300 as large, "
        "null as blank, true as flag, date '2026-01-01' as day, 5::hugeint as huge; -- done"
    )
    (row,) = ask(text).table.to_pylist()
    assert row["a"] == Decimal("0.333333333")
    assert (row["a (2)"], row["list"], row["flag"], row["huge"]) == (1, "[1, 2]", True, 5)
    assert (row["nothing"], row["large"], row["blank"]) == ("nan", "1e+300", None)
    assert f"{row['moment']:%Y-%m-%d %H:%M}" == "2026-01-01 00:00"
    table = ask(text).table
    for form in extracts.FORMATS:
        assert extracts.to_bytes(table, form)


def test_letters_that_no_text_can_hold_are_replaced(ask):
    assert ask("select '\ud800\0\x1f' as a").table["a"].to_pylist() == ["?  "]


def test_the_examples_run(ask, store):
    for text in reads.examples(store).values():
        assert ask(text).table.num_rows > 0


def test_ways_of_asking_that_are_open(bench, store):
    texts = [
        "describe ranking", "summarize (from ranking)", "from ranking select count(*)", "with a as (from ranking) from a",
        "select * from range(3)", "values (1)", "from ranking as one join components as two using (subject)",
        "select 1 union all select 2 order by 1", "select unnest([1, 2])", "from (from ranking) limit 3 offset 1",
        "select * exclude (name) from ranking qualify rank() over (order by total) < 3", "from ranking tablesample 10%",
        "with recursive t(i) as (select 1 union all select i + 1 from t where i < 9) from t", "-- first\nfrom ranking; ",
    ]  # fmt: skip
    found = of_the_engine(bench, store, dict(zip(texts, texts, strict=True)))
    assert [(text, refusal) for text, (refusal, given) in found.items() if refusal or given == "!"] == []


def test_a_long_answer_is_cut_and_says_so(ask):
    answer = ask("select range from range(50000)")
    assert (answer.table.num_rows, answer.is_cut) == (workbench.LIMITS.rows, True)


# -- what it may not do ---------------------------------------------------------------------------------------------


def of_the_engine(bench, store, texts):
    """Name -> (refusal, what the engine gave) of every text, in one bound process over the bench's tables."""
    names = reads.table_names(store)
    folder = bench._copy(names)
    done = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", "-c", EVERY, str(workbench.PROJECT)],
        input=json.dumps([texts, names]),
        cwd=folder, env={"PATH": os.defpath, "HOME": "/nowhere"}, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    found = {name: (refusal, answer) for name, refusal, answer in map(json.loads, done.stdout.splitlines())}
    assert found.keys() == texts.keys(), done.stderr[-2000:]
    return found


def test_every_trick_is_refused_and_would_get_nothing_anyway(bench, store, tmp_path):
    secret, folder = tmp_path / "secret.csv", tmp_path / "out"
    secret.write_text(f"a,b\n{MARK},1\n", encoding="utf-8")
    folder.mkdir()
    assert len(escapes.REFUSED) >= 190
    texts = {
        name: text.replace("LOCAL", str(secret)).replace("FOLDER", str(folder))
        for name, text in escapes.REFUSED.items()
    }
    file = bench._copy(reads.table_names(store)) / workbench.FILE
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    found = of_the_engine(bench, store, texts)
    assert [name for name, (refusal, _) in found.items() if not refusal] == []
    assert [name for name, (_, given) in found.items() if MARK in given or "root:" in given] == []
    assert list(folder.iterdir()) == []
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before
    assert sorted(path.name for path in file.parent.iterdir()) == [workbench.FILE]


@pytest.mark.parametrize("name", ["file: text", "change: copy-in-cte", "writing: nothing"])
def test_a_refusal_is_told_as_one(ask, name):
    answer = ask(escapes.REFUSED[name].replace("LOCAL", "/etc/passwd").replace("FOLDER", "/tmp"))
    assert answer.table is None
    assert answer.fault in ("refused", "failed", "empty")


@pytest.mark.parametrize("name", escapes.GREEDY if IS_LONG else FEW)
def test_what_is_greedy_is_stopped_in_time(store, name):
    with Workbench(store, Limits(seconds=8 if IS_LONG else 2)) as bench:
        start = time.monotonic()
        answer = bench.ask(escapes.GREEDY[name], reads.table_names(store), "李分析", office.AT)
        assert time.monotonic() - start < (11 if IS_LONG else 4)
    assert answer.table is not None or answer.fault in ("time", "memory", "size", "failed", "refused", "crash")
    if answer.table is not None:
        assert answer.table.nbytes < workbench.LIMITS.answer


def test_a_query_that_is_too_long_or_comes_when_all_are_busy(store, monkeypatch):
    with Workbench(store, Limits(text=50, waiting=0)) as bench:
        assert bench.ask("select 1" + " " * 50, ["ranking"], "李分析", office.AT).fault == "long"
        with workbench._places, workbench._places:
            assert bench.ask("select 1", ["ranking"], "李分析", office.AT).fault == "busy"


def test_a_child_that_breaks_is_told(store, monkeypatch):
    monkeypatch.setattr(workbench, "CHILD", "import os; os.abort()")
    with Workbench(store) as bench:
        assert bench.ask("select 1", ["ranking"], "李分析", office.AT).fault == "crash"


# -- who ------------------------------------------------------------------------------------------------------------


def test_a_table_of_another_role_is_not_there(bench, store):
    names = [name for name in reads.table_names(store) if access.may_take(User("a", "analyst"), name)]
    assert "facts" not in names
    answer = bench.ask("from facts", names, "李分析", office.AT)
    assert (answer.fault, answer.detail) == ("refused", "table facts")


@pytest.mark.parametrize(("role", "tables", "is_open"), [
    ("office", ["facts"], True), ("analyst", ["ranking"], True), ("analyst", ["ranking", "facts"], False),
    ("leader", ["ranking"], False), ("unit", ["ranking"], False),
])  # fmt: skip
def test_who_may_ask(role, tables, is_open):
    if is_open:
        access.check_query(User("a", role), tables)
    else:
        with pytest.raises(Refused):
            access.check_query(User("a", role), tables)


def test_every_query_is_kept_and_changes_no_version(ask, store):
    version, entries = store.version, store.head()[0]
    ask("select 1 as one")
    ask("from read_text('/etc/passwd')")
    kept = reads.audit(store, store.head()[0]).to_pylist()[:2]
    assert [row["action"] for row in kept] == ["query: from read_text('/etc/passwd')", "query: select 1 as one"]
    assert [row["after"] for row in kept] == ["refused: function read_text", "1 rows"]
    assert {row["who"] for row in kept} == {"李分析"}
    assert (store.version, store.head()[0]) == (version, entries + 2)
    assert store.broken_links() == []


def test_new_results_are_asked_anew(store):
    with Workbench(store) as bench:
        before = bench._copy(["ranking"])
        assert bench._copy(["ranking"]) == before
        store.map_heading("又", "results", "value", "王敏", office.AT)
        assert bench._copy(["ranking"]) != before
        folder = before.parent
    assert not folder.exists()


# -- the page -------------------------------------------------------------------------------------------------------


def test_the_page_runs_what_is_sent_and_nothing_by_its_address(app, built_file, tmp_path):
    path = tmp_path / "own.duckdb"
    path.write_bytes(built_file.read_bytes())
    test = app(path, "workbench", "en", sql="select count(*) as n from ranking")
    assert test.text_area[0].value == "select count(*) as n from ranking"
    assert len(test.dataframe) == 1  # the dictionary
    test.button(key="send-sql").click().run()
    assert test.dataframe[1].value["n"].tolist() == [28]
    test.text_area[0].set_value("from glob('/*')")
    test.button(key="send-sql").click().run()
    assert "takes one SELECT" in test.error[0].value
    assert test.code[0].value == "function glob"
    assert test.query_params["sql"] == "from glob('/*')"
