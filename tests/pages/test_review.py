"""Review and publication on their pages: a choice is entered, the cycle published, an objection raised and settled."""

import datetime

import pytest

from pages.ui import frame
from tests.pages.test_pages import said

pytestmark = pytest.mark.xdist_group("pages")


@pytest.fixture
def own_file(built_file, tmp_path):
    path = tmp_path / "own.duckdb"
    path.write_bytes(built_file.read_bytes())
    return path


def write(test, **texts):
    """Fill in text fields by the beginning of their label."""
    for label, text in texts.items():
        next(one for one in test.text_input if one.label.startswith(label.replace("_", " "))).input(text)
    return test.run()


def test_the_office_chooses_publishes_and_hears_objections(app, own_file):
    test = app(own_file, "review", "en", cycle=2025, subject="P1", to="优秀")
    assert "The rule gave **王伟**" in said(test)
    assert test.button(key="choice").disabled, "without author, authority and reason"
    write(test, Your="王敏", Authority="区考核委员会", Reason="并列，按党建得分")
    test.button(key="choice").click().run()
    assert not test.exception
    assert "The choice for 王伟 is entered" in said(test)
    assert [row["decided_grade"] for row in frame.warehouse().ask("choices", {"cycle": 2025}).to_pylist()] == ["优秀"]

    ranking = app(own_file, "rankings", "en", cycle=2025, kind="person").dataframe[0].value
    row = ranking[ranking["name"] == "王伟"].iloc[0]
    assert (list(row["decided_grade"]), row["authority"]) == (["优秀"], "区考核委员会")

    test = app(own_file, "publication", "en", cycle=2025, day="2026-01-19")
    text = said(test)
    assert "Tied on a line: 1" in text
    assert "优秀 · 张敏" in text
    assert "(Persons)" in text, "a page of one kind shows a part of what is open"
    assert "Fill in every field first" not in text
    assert "Notice from 19 January 2026 to 23 January 2026" in text
    assert "Fill in every field first" in said(write(test, Your="王敏")), "the reason is not there yet"
    write(test, Why_it_is_published="会议另行决定")
    test.button(key="publish").click().run()
    assert "2025 is published." in said(test)
    assert "as published, no. 1" in said(test)
    write(test, Raised="宣传部", Matter="漏记表彰")
    test.button(key="objection").click().run()
    write(test, Answer="经查已计入")
    test.button(key="settle").click().run()
    assert not test.exception
    (row,) = frame.warehouse().ask("objections", {"cycle": 2025}).to_pylist()
    assert (row["objection_outcome"], row["answer"], row["raised"]) == (
        "unfounded",
        "经查已计入",
        datetime.date(2026, 1, 19),
    )
    test = app(own_file, "publication", "zh", cycle=2025, day="2026-02-01")
    states = [list(one.value["notice_state"]) for one in test.dataframe if "notice_state" in one.value.columns]
    assert states == [["公示期满"]]
