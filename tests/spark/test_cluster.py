"""Through Connect, on a real master with two workers: a stored build has the rows and the hash that DuckDB's has."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines import build
from pipelines.__main__ import main
from pipelines.engine import EXTRACTS, connect
from pipelines.problems import EngineError
from pipelines.warehouse import Warehouse
from tests.spark.cluster import cluster

pytest.importorskip("pyspark")

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "progress"
AT = dt.datetime(2026, 1, 5, 9)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    if not shutil.which("java"):
        pytest.skip("Spark needs Java")
    with cluster(tmp_path_factory.mktemp("cluster")) as url:
        yield url


def test_a_build_is_the_same_there(address, tmp_path):
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    files = [(path.name, path.read_bytes()) for path in sorted((GOLDEN / "input").glob("*.csv"))]
    results = []
    for name, options in (("here", []), ("there", ["--engine", address, "--exchange", str(exchange)])):
        path = tmp_path / f"{name}.duckdb"
        with Warehouse.open(path) as warehouse:
            build.commit(warehouse, build.preview(warehouse, files), "test", AT)
        answer = CliRunner().invoke(main, ["build", "--db", str(path), *options])
        assert answer.exit_code == 0, answer.output
        with Warehouse.open(path) as warehouse:
            (row,) = warehouse.builds().to_pylist()
            extracts = {table: warehouse.extract(table, row["cycle"]).to_pylist() for table in EXTRACTS}
            results.append((row["build"], warehouse.facts(row["build"]).result, extracts))
    assert results[0] == results[1]
    assert results[0][2]["ranking"]
    assert list(exchange.iterdir()) == []


def test_an_engine_that_is_not_there_is_a_sentence():
    with pytest.raises(EngineError, match="8649"), connect("sc://127.0.0.1:8649"):
        pass
