"""The presets as an office has them: scheme and sample loaded into a database and built, once per run."""

import datetime

import pytest

from pipelines import build, sample
from pipelines.sheets import workbook
from pipelines.warehouse import Warehouse

AT = datetime.datetime(2026, 1, 20, 9, 30)


@pytest.fixture(scope="session")
def preset_file(tmp_path_factory):
    """The path of the built database of a preset; a function of its name. Nobody writes to it."""
    made = {}

    def path_of(name):
        if name not in made:
            folder = sample.SCHEMES / name
            made[name] = tmp_path_factory.mktemp("presets") / f"{name}.duckdb"
            scheme = workbook(sample.scheme(sample.read_tables(folder), "方案"))
            with Warehouse.open(made[name]) as store:
                preview = build.preview(
                    store, [("方案.xlsx", scheme), ("数据.xlsx", (folder / "sample.xlsx").read_bytes())]
                )
                build.commit(store, preview, "王敏", AT)
                build.build(store, who="王敏", at=AT)
        return made[name]

    return path_of


@pytest.fixture
def preset(preset_file):
    """The open database of a preset; a function of its name."""
    opened = []

    def open_preset(name):
        opened.append(Warehouse.open(preset_file(name)))
        return opened[-1]

    yield open_preset
    for store in opened:
        store.close()
