"""An upload against what is in force: counts and rows; and a heading that is told once."""

import pytest

from pipelines import build
from pipelines.problems import StoreError
from pipelines.warehouse import Warehouse
from tests.pages import office
from tests.pages.test_upload import XLSX

pytestmark = pytest.mark.xdist_group("pages")


@pytest.fixture
def own_file(built_file, tmp_path):
    """A copy of the built database, to write to."""
    path = tmp_path / "own.duckdb"
    path.write_bytes(built_file.read_bytes())
    return path


def preview(warehouse, content, name="考核2025.xlsx"):
    return build.preview(warehouse, [(name, content)])


def test_one_changed_cell_is_one_changed_row(warehouse):
    found = {one.table: one for one in build.changes(warehouse, preview(warehouse, office.workbook(2025, 60)))}
    results = found["results"]
    assert results.counts == {"added": 0, "changed": 1, "removed": 0, "same": 17}
    (row,) = results.rows.to_pylist()
    assert (row["what"], row["key"], row["before"], row["after"]) == (
        "changed", "2025 · U2 · work", "U2 · work · 94", "U2 · work · 60",
    )  # fmt: skip
    assert all(one.counts["same"] and not one.rows.num_rows for name, one in found.items() if name != "results")


def test_a_new_row_is_added_and_a_row_of_a_scheme_that_is_gone_is_removed(warehouse):
    more = "编号,指标,得分,年度\nU1,work,91,2025\nU9,work,50,2025\n"
    added = preview(warehouse, more.encode(), "补充2025.csv")
    (one,) = build.changes(warehouse, added)
    assert (one.counts["added"], one.counts["changed"], one.counts["removed"]) == (1, 1, 0)
    fewer = "等次,顺序,比例,名额范围\n优秀,1,0.5,cohort\n"
    (grades,) = build.changes(warehouse, preview(warehouse, fewer.encode(), "等次比例.csv"))
    assert (grades.counts["same"], grades.counts["removed"]) == (1, 1)


def test_a_heading_is_told_once_and_read_ever_after(own_file):
    with Warehouse.open(own_file) as warehouse:
        strange = "编号,指标,年度,得分,责任书数\nU1,work,2025,77,80\n".encode()

        def plans():
            return preview(warehouse, strange, "成效.csv").rows[0]["results"]["plan"].to_pylist()

        assert build.unread_headings(preview(warehouse, strange, "成效.csv")) == [("成效.csv", "责任书数")]
        assert plans() == [None]
        lacking = "单位名称,期间,完成值,目标值\n甲局,1月,77,80\n".encode()
        assert build.missing_columns(preview(warehouse, lacking, "表.csv")) == [("results", "indicator")]
        warehouse.map_heading("责任书数", "results", "plan", "王敏", office.AT)
        assert build.unread_headings(preview(warehouse, strange, "成效.csv")) == []
        assert plans() == [80]
        warehouse.forget_heading("责任书数", "王敏", office.AT)
        assert plans() == [None]
        with pytest.raises(StoreError, match="not remembered"):
            warehouse.forget_heading("责任书数", "王敏", office.AT)


def test_the_page_says_what_an_upload_would_change(app, own_file):
    test = app(own_file, "upload", "en")
    test = test.file_uploader[0].upload("考核2025.xlsx", office.workbook(2025, 60), XLSX).run()
    counts = next(one.value for one in test.dataframe if "changed" in one.value.columns).set_index("table")
    assert dict(counts.loc["Results", ["added", "changed", "removed"]]) == {"added": 0, "changed": 1, "removed": 0}
    rows = next(one.value for one in test.dataframe if "difference" in one.value.columns)
    assert list(rows["after"]) == ["U2 · work · 60"]
