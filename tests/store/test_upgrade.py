"""A database file of the previous release opens, keeps all it holds and is built again to the same results.

`previous/all-staff.duckdb.xz` was written at commit 6e906b5 from tests/golden/all-staff: nine uploads with ballots that are not
counted, a build, a publication over open points, a person with a role. A release that changes what is stored adds its own.
"""

import lzma
import shutil
from pathlib import Path

import pytest

from pipelines import access, build
from pipelines.warehouse import Warehouse
from tests.compare import KEYS, as_rows, differences, read_expected
from tests.pages import office

HERE = Path(__file__).parent
CASE = HERE.parent / "golden" / "all-staff"


@pytest.fixture
def upgraded(tmp_path):
    path = tmp_path / "all-staff.duckdb"
    path.write_bytes(lzma.decompress((HERE / "previous" / "all-staff.duckdb.xz").read_bytes()))
    shutil.copy(HERE / "previous" / "all-staff.anchor", path.with_suffix(".anchor"))
    with Warehouse.open(path) as store:
        yield store


def test_everything_that_was_kept_is_still_there(upgraded):
    assert upgraded.broken_links() == []
    assert upgraded.uploads().num_rows == 9
    assert upgraded.published.builds()["cycle"].to_pylist() == [2024]
    assert access.find(upgraded, "finance").role == "unit"


def test_what_was_stored_is_built_again_to_the_same_results(upgraded):
    # made by another program: it is not shown as if it were made by this one
    assert upgraded.builds().num_rows == 0
    build.build(upgraded, at=office.AT)
    built = as_rows({name: upgraded.extract(name, 2024) for name in KEYS})
    assert differences(read_expected(CASE / "expected"), built) == []
    published = as_rows({name: upgraded.published.extract(name, 2024) for name in KEYS})
    assert differences(read_expected(CASE / "expected"), published) == []
