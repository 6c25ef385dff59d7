"""Spark reads every model, over empty tables; its columns have the names and types that DuckDB gives them."""

import pytest

from pipelines.engine import Run, in_memory
from pipelines.models import read_models
from pipelines.spark.portable import models
from pipelines.spark.translate import spark_type

pytest.importorskip("pyspark")


@pytest.fixture(scope="module")
def empty(spark):
    """A run in which every table is there and none has a row."""
    with in_memory() as connection:
        run = spark(connection, {}, 2024)
        for model in read_models("staging", "scoring", "marts"):
            Run._create(run, model)
        yield run


def widened(type_):
    """The type that a table is given: Spark counts ranks in 32 bits, and its types know whether they may be NULL."""
    return "bigint" if type_ in ("int", "bigint") else type_.replace(" ", "").lower()


@pytest.mark.parametrize("model", models(), ids=lambda model: model.table)
def test_names_and_types_are_those_of_duckdb(empty, model):
    wanted = {name: spark_type(type_) for name, type_ in empty._types(model).items()}
    given = {field.name: field.dataType.simpleString() for field in empty._frame(model).schema}
    assert list(given) == list(wanted)
    assert {name: widened(type_) for name, type_ in given.items()} == {
        name: widened(type_.replace("INTEGER", "int")) for name, type_ in wanted.items()
    }


@pytest.mark.parametrize(
    ("given", "wanted", "is_kept"),
    [
        ("decimal(38,12)", "DECIMAL(38, 9)", False),
        ("decimal(10,2)", "DECIMAL(38,12)", True),
        ("int", "BIGINT", True),
        ("bigint", "INTEGER", True),  # an error where it does not fit
        ("bigint", "DECIMAL(38,0)", True),
        ("decimal(38,0)", "BIGINT", False),
        ("double", "DECIMAL(38,12)", False),
        ("string", "DATE", False),
        ("void", "STRING", True),
    ],
)
def test_a_cast_that_would_lose_something_is_seen(given, wanted, is_kept):
    from pipelines.spark.run import fits

    assert fits(given, wanted) is is_kept
