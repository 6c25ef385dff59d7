"""The upload page: a fault is named with its cell, an error stops the commit, a commit is followed by a build."""

import pytest

from pages.ui import frame
from pipelines.warehouse import Warehouse
from tests.pages import office

pytestmark = pytest.mark.xdist_group("pages")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def upload(test, content, name="考核2025.xlsx"):
    return test.file_uploader[0].upload(name, content, XLSX).run()


def button(test, key):
    return next(found for found in test.button if found.key == key)


def test_a_fault_is_named_with_its_cell_and_stops_the_commit(app, empty_file):
    test = upload(app(empty_file, "upload", "en"), office.workbook(2025, "九十"))
    faults = next(found.value for found in test.dataframe if "found" in found.value.columns)
    assert ("工作实绩", office.FAULT_CELL, "九十") in set(
        zip(faults["sheet"], faults["cell"], faults["found"], strict=True)
    )
    test.text_input(key="choice-who").set_value("王敏").run()
    assert button(test, "commit").disabled


def test_a_sound_workbook_is_committed_built_and_remembered(app, empty_file):
    test = upload(app(empty_file, "upload", "en"), office.workbook(2025))
    assert button(test, "commit").disabled, "nobody has said who they are"
    test.text_input(key="choice-who").set_value("王敏").run()
    button(test, "commit").click().run()
    assert any("committed" in str(message.value) for message in test.success)
    history = test.dataframe[-1].value
    assert list(history["who"]) == ["王敏"]
    assert list(history["file"]) == ["考核2025.xlsx"]
    button(test, "build").click().run()
    assert any("Built: 2025" in str(message.value) for message in test.success)
    assert frame.warehouse().extract("ranking", 2025).num_rows == 14


def test_discarding_stores_nothing(app, empty_file):
    test = upload(app(empty_file, "upload", "zh"), office.workbook(2025))
    button(test, "discard").click().run()
    assert frame.warehouse().uploads().num_rows == 0
    assert not test.dataframe


def test_the_recognised_tables_are_shown_in_words(app, empty_file):
    test = upload(app(empty_file, "upload", "zh"), office.workbook(2024), "考核2024.xlsx")
    found = next(one.value for one in test.dataframe if "range" in one.value.columns)
    assert {"考核对象", "指标完成情况", "得票统计"} <= set(found["table"])
    assert found.set_index("table").loc["考核对象", "rows"] == 14


def test_the_database_of_the_tests_is_the_one_of_the_page(app, empty_file):
    app(empty_file, "upload", "en")
    assert empty_file.exists()
    with pytest.raises(Exception, match="another copy"):
        Warehouse.open(empty_file)
