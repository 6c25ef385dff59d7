"""The product gives the published results: the golden cases and the examples that others have published."""

from pathlib import Path

import pytest

from pipelines.build import score
from tests.compare import as_rows, differences, read_expected
from tests.raw_form import to_raw
from tests.reference import read_folder

TESTS = Path(__file__).resolve().parent.parent
PUBLISHED = sorted(path.parent for folder in ("golden", "examples") for path in (TESTS / folder).glob("*/input"))


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case.name)
def test_golden(case):
    expected = read_expected(case / "expected")
    assert expected
    assert differences(expected, as_rows(score(to_raw(read_folder(case / "input"))))) == []
