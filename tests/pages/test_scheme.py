"""The scheme as a document, as a workbook and as a question: what if its numbers were others."""

from decimal import Decimal

import pytest

from pages.ui import rules, sentences, words
from pipelines import build, editing, markup, reads, whatif
from pipelines.advice import tryout as trial
from pipelines.problems import InputError, StoreError, has_errors
from pipelines.warehouse import Warehouse
from pipelines.whatif import Change
from pipelines.workbook import read
from tests.pages import office
from tests.pages.test_pages import said

pytestmark = pytest.mark.xdist_group("pages")

SHARE = Change("grades", "优秀", "share", Decimal("0.25"))
TARGET = Change("indicators", "work", "target", Decimal(5))
"""A change that only a whole scoring can tell."""


def plain(table):
    """The rows without their origin, in an order of their own."""
    columns = [name for name in table.column_names if not name.startswith("_")]
    return sorted(table.select(columns).to_pylist(), key=str)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_scheme_taken_as_a_workbook_reads_as_it_was(warehouse, language):
    scheme = whatif.tables_of(warehouse, 2025)
    reading = read(markup.template("scheme", language, None, scheme), "scheme.xlsx")
    assert not reading.problems
    assert {name: plain(table) for name, table in reading.tables.items() if table.num_rows} == {
        name: plain(table) for name, table in scheme.items()
    }


def test_a_copy_for_the_next_cycle_says_its_year(warehouse):
    copied = whatif.for_cycle(whatif.tables_of(warehouse, 2025), 2026)
    settings = {row["key"]: row["value"] for row in copied["settings"].to_pylist()}
    assert (settings["cycle"], settings["title"], settings["border"]) == ("2026", "2026年度考核", "exclude")


def test_other_numbers_move_grades_and_the_same_numbers_move_nobody(warehouse):
    scheme = whatif.tables_of(warehouse, 2025)
    _, same = whatif.compare(warehouse, 2025, scheme)
    assert [row for row in same.to_pylist() if row["total_change"] or row["grade"] != row["new_grade"]] == []
    changed, lost = whatif.with_changes(scheme, [SHARE, Change("components", "gone", "weight", Decimal(1))])
    assert [change.id for change in lost] == ["gone"]
    _, moves = whatif.compare(warehouse, 2025, changed)
    best = {row["subject"]: (row["grade"], row["new_grade"]) for row in moves.to_pylist() if row["kind"] == "unit"}
    in_force = [subject for subject, (grade, _) in best.items() if grade == "优秀"]
    tried = [subject for subject, (_, grade) in best.items() if grade == "优秀"]
    assert set(tried) < set(in_force), "half the share leaves fewer in the best grade, and nobody new"
    assert warehouse.extract("ranking", 2025).num_rows == moves.num_rows, "nothing was saved"


def test_what_is_told_at_once_is_what_a_whole_scoring_says(warehouse):
    scheme = whatif.tables_of(warehouse, 2025)
    gate = next(whatif.row_id("gates", row) for row in scheme["gates"].to_pylist())
    changes = [SHARE, Change("components", "work_part", "weight", Decimal(20)), Change("gates", gate, "value", "2"),
               Change("settings", "border", "value", "include"), Change("consequences", "commend", "years", Decimal(1))]  # fmt: skip
    kept = [change for change in changes if change.table != "consequences" or change.id in
            {whatif.row_id("consequences", row) for row in scheme["consequences"].to_pylist()}]  # fmt: skip
    changed, lost = whatif.with_changes(scheme, kept)
    assert not lost
    _, whole = whatif.compare(warehouse, 2025, changed)
    at_once = trial.quick_moves(warehouse, 2025, whatif.dump(kept))
    assert sorted(at_once.to_pylist(), key=str) == sorted(whole.to_pylist(), key=str)
    assert trial.quick_moves(warehouse, 2025, whatif.dump([Change("components", "view_part", "weight", None)])).num_rows
    with pytest.raises(InputError):
        trial.quick_moves(warehouse, 2025, whatif.dump([Change("components", "work_part", "weight", Decimal(-5))]))
    assert trial.quick_moves(warehouse, 2025, whatif.dump([TARGET])) is None


def test_a_scheme_with_an_error_is_not_scored(warehouse):
    scheme = whatif.tables_of(warehouse, 2025)
    changed, _ = whatif.with_changes(scheme, [Change("components", "work_part", "weight", Decimal(-5))])
    with pytest.raises(InputError):
        whatif.compare(warehouse, 2025, changed)


def test_an_editor_gives_back_exactly_what_was_changed(warehouse):
    scheme = whatif.tables_of(warehouse, 2025)
    edited = whatif.editable(scheme, "grades").to_pylist()
    assert whatif.edits(scheme, "grades", edited) == []
    next(row for row in edited if row["id"] == "优秀")["share"] = 0.25
    assert whatif.edits(scheme, "grades", edited) == [SHARE]
    assert whatif.parse(whatif.dump([SHARE])) == [SHARE]


def test_a_kept_scenario_is_tried_on_the_page(app, built_file, tmp_path):
    path = tmp_path / "scenarios.duckdb"
    path.write_bytes(built_file.read_bytes())
    with Warehouse.open(path) as warehouse:
        warehouse.keep_scenario("少评优", 2025, whatif.dump([SHARE]), "王敏", office.AT)
        warehouse.keep_scenario("少评优", 2025, whatif.dump([SHARE]), "李芳", office.AT)
        assert [(row["name"], row["who"]) for row in warehouse.scenarios(2025).to_pylist()] == [("少评优", "李芳")]
        with pytest.raises(StoreError, match="no scenario"):
            warehouse.drop_scenario("多评优", 2025, "王敏", office.AT)
        warehouse.keep_scenario("换目标", 2025, whatif.dump([TARGET]), "王敏", office.AT)
    test = app(path, "scheme", "en", cycle=2025, view="tryout", scenario="少评优")
    assert "Grades · **优秀** · Share 50% → **25%**" in said(test)
    told = "".join(block.proto.body for block in test.get("html"))
    assert "<dt>Another grade" in told
    assert "<dt>Another grade</dt><dd>0</dd>" not in told, "told at once"
    assert "would get a **worse** grade" in said(test)
    compared = test.dataframe[-1].value
    assert compared["grades_down"].sum() > 0
    assert compared["change_list"].tolist()[0] == "Grades · 优秀 · Share → 25%"
    assert compared["risen"].isna().any(), "a target needs a whole scoring"
    next(found for found in test.button if found.key == "try-kept").click().run()
    assert not test.dataframe[-1].value["risen"].isna().any()
    assert not test.error, [error.value for error in test.error]
    test.text_input(key="choice-who").set_value("王敏").run()
    next(found for found in test.button if found.key == "drop").click().run()
    assert "As in force" not in said(test)
    assert not test.exception


def test_the_document_says_every_rule_in_words(warehouse):
    scheme = whatif.tables_of(warehouse, 2025)
    with words.using("zh"):
        text = rules.document(scheme)
        assert "scandal：scandal次数达到 1 时，不排名、不定等次。重大问题一票否决" in text
        assert "优秀：各平台、层次内不超过 50%，舍去尾数" in text
        assert "连续 2 年为优秀：推荐先进（类型：单位）" in text
        assert text.count("<tr") == 1 + sum(scheme[name].num_rows for name in ("components", "indicators"))
    with words.using("en"):
        assert sentences.applies("kind=unit|team; layer!=副职") == "Kind: Units or Teams; Layer not 副职"


def test_two_schemes_are_compared_cell_by_cell(warehouse):
    rows = reads.scheme_compared(warehouse, 2025, 2024).to_pylist()
    assert {("grades", "优秀", "0.25", "0.5"), ("components", "work_part", "60", "70")} <= {
        (row["table"], row["id"], row["before"], row["after"]) for row in rows
    }


def test_what_is_typed_is_checked_like_a_workbook_and_names_its_cell(warehouse):
    known = editing.context(warehouse, 2025)
    rows = editing.as_text(known, "grades").to_pylist()
    assert not editing.changed(known, "grades", [*rows, dict.fromkeys(rows[0])]), "a blank row says nothing"
    assert not has_errors(editing.check(known, {"grades": rows}, 2025))
    rows[0]["share"] = "a third"
    assert editing.changed(known, "grades", rows)
    (fault,) = [one for one in editing.check(known, {"grades": rows}, 2025) if one.code == "not-a-number"]
    assert (fault.place.cell[-1], fault.found) == ("2", "a third")
    weights = editing.as_text(known, "components").to_pylist()
    weights[0]["weight"] = "1"
    assert "weights-sum" in {one.code for one in editing.check(known, {"components": weights}, 2025)}


def test_an_edited_scheme_is_an_upload_that_can_be_undone(tmp_path):
    with Warehouse.open(tmp_path / "edited.duckdb") as store:
        office.load(store, 2025)
        rows = editing.as_text(editing.context(store, 2025), "grades").to_pylist()
        rows[0]["share"] = "0.5" if rows[0]["share"] != "0.5" else "0.25"
        preview = editing.preview(store, {"grades": rows}, 2025, "zh", "王敏", office.AT, "方案.xlsx")
        (upload,) = build.commit(store, preview, "王敏", office.AT)
        assert store.uploads().to_pylist()[0] | {"tables": "grades", "who": "王敏"} == store.uploads().to_pylist()[0]
        assert not editing.changed(whatif.tables_of(store, 2025), "grades", rows)
        again = editing.preview(store, {"grades": rows}, 2025, "zh", "王敏", office.AT.replace(hour=11), "方案.xlsx")
        assert build.commit(store, again, "王敏", office.AT) != [upload], "the same rows at another time are a version"
        store.withdraw(upload, "王敏", office.AT)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_editor_of_a_scheme_is_drawn(app, built_file, lang):
    test = app(built_file, "scheme", lang, view="edit", table="grades")
    assert not test.exception
    assert not test.error
    assert next(iter(test.dataframe[0].value["grade"])) == "优秀"
