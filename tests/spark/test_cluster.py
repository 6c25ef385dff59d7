"""Through Connect, on a real master with two workers: a stored build has the rows and the hash that DuckDB's has."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines import build
from pipelines.__main__ import main
from pipelines.engine import Run, connect
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


def test_score_and_build_are_the_same_there(address, tmp_path):
    source = GOLDEN / "input"
    (tmp_path / "exchange").mkdir()
    runner = CliRunner()
    for name, engine in (("here", []), ("there", ["--engine", address, "--exchange", str(tmp_path / "exchange")])):
        answer = runner.invoke(main, ["score", str(source), "--out", str(tmp_path / name), *engine])
        assert answer.exit_code == 0, answer.output
    for path in (tmp_path / "here").glob("*.csv"):
        assert (tmp_path / "there" / path.name).read_bytes() == path.read_bytes(), path.name
    assert list((tmp_path / "exchange").iterdir()) == []

    results = []
    files = [(path.name, path.read_bytes()) for path in sorted(source.glob("*.csv"))]
    for engine in (None, address):
        path = tmp_path / f"{'there' if engine else 'here'}.duckdb"
        with Warehouse.open(path) as warehouse, connect(engine, tmp_path / "exchange") as runs:
            build.commit(warehouse, build.preview(warehouse, files), "test", AT)
            built = build.build(warehouse, who="test", at=AT, runs=runs)
            (row,) = warehouse.builds().to_pylist()
            results.append((built, row["build"], warehouse.facts(row["build"]).result))
    assert results[0] == results[1]
    assert (runs is Run) is False


def test_an_engine_that_is_not_there_is_a_sentence():
    with pytest.raises(EngineError, match="8649"), connect("sc://127.0.0.1:8649"):
        pass
