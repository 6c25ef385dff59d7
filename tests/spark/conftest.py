"""The tests that start Spark: `make spark` asks for them (KAOPING_SPARK=1). The rest of the suite has no Java to wait for."""

import os
import shutil

import pytest

STARTING = ["test_analysis.py", "test_macros.py", "test_parity.py", "test_cluster.py"]
collect_ignore = [] if os.environ.get("KAOPING_SPARK") else STARTING

TUNED = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.memory": "1500m",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
"""What makes Spark quick over a few rows: no second thread, no code generated and compiled for one use."""


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    """What makes runs on one small Spark that all tests of a process share."""
    pyspark = pytest.importorskip("pyspark.sql")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java")
    from pipelines.engine import connect

    builder = pyspark.SparkSession.builder.master("local[1]")
    for name, value in TUNED.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    with connect("local[1]", tmp_path_factory.mktemp("exchange")) as runs:
        yield runs
    session.stop()
