"""Every page in both languages, over real data and over nothing: what it says, and that it keeps what was chosen."""

import re
from html import unescape
from urllib.parse import parse_qsl

import pytest

from pages.ui import frame, words
from pipelines import extracts
from pipelines.warehouse import Warehouse
from tests.pages import office

pytestmark = pytest.mark.xdist_group("pages")

RESULTS = (
    "overview",
    "rankings",
    "subject",
    "grades",
    "trends",
    "ledger",
    "scheme",
    "feedback",
    "gates",
    "polls",
    "registers",
    "selection",
    "extracts",
    "workbench",
)
TITLES = {
    "overview": ("Overview", "总览"),
    "rankings": ("Rankings", "排名"),
    "subject": ("Subject", "考核对象"),
    "grades": ("Grades and quotas", "等次与名额"),
    "trends": ("Trends", "年度趋势"),
    "ledger": ("Ledger and progress", "台账与进度"),
    "scheme": ("Scheme", "考核方案"),
    "feedback": ("Feedback", "结果反馈"),
    "gates": ("Gates and consequences", "否决限制与结果运用"),
    "polls": ("Polls", "测评与满意度"),
    "selection": ("Selection", "选拔"),
    "registers": ("Registers", "登记簿"),
    "review": ("Review", "复核"),
    "publication": ("Publication", "发布与公示"),
    "structure": ("Structure", "班子结构"),
    "dossier": ("Dossier", "考察材料"),
    "extracts": ("Extracts", "数据提取"),
    "workbench": ("Workbench", "查询工作台"),
    "upload": ("Upload", "上传"),
    "audit": ("Audit log", "操作日志"),
}


def said(test):
    """Everything that the page says in words, as one text."""
    parts = [*test.main.markdown, *test.main.caption, *test.main.error, *test.main.warning, *test.main.success]
    return "\n".join(str(part.value) for part in parts)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("page", TITLES)
def test_a_page_is_drawn_whole_in_both_languages(app, built_file, page, lang):
    test = app(built_file, page, lang)
    assert not test.exception
    assert not test.error, [error.value for error in test.error]
    assert said(test).startswith(f"# {TITLES[page][lang == 'zh']}\n")


@pytest.mark.parametrize("page", RESULTS)
def test_without_a_build_a_page_says_so_and_shows_the_way(app, empty_file, page):
    test = app(empty_file, page, "en")
    assert "No cycle is built yet" in said(test)
    assert not test.dataframe


def test_the_ranking_has_the_year_before_and_its_own_words(app, built_file):
    test = app(built_file, "rankings", "en", cycle=2025, kind="unit", platform="党群部门")
    table = test.dataframe[0].value
    first = table.iloc[0]
    assert (first["name"], first["rank"], first["rank_change"], first["total_change"]) == ("组织部", 1, "▲ 1", "▲ 3.80")
    assert list(first["grade"]) == ["优秀"]
    assert list(first["previous_grade"]) == ["合格"]
    assert len(table) == 4


def test_a_link_made_in_chinese_opens_the_same_view_in_english(app, built_file):
    chinese = app(built_file, "rankings", "zh", cycle=2024, kind="person")
    english = app(built_file, "rankings", "en", cycle=2024, kind="person")
    columns = ["name", "rank", "total"]
    assert chinese.dataframe[0].value[columns].equals(english.dataframe[0].value[columns])
    assert set(english.dataframe[0].value["name"]) == {"王伟", "李芳", "张敏", "刘静", "陈勇", "杨洋"}


def test_switching_the_language_keeps_the_filters(app, built_file):
    test = app(built_file, "rankings", "en", cycle=2024, kind="person")
    link = re.search(r"href='([^']+)' lang='zh'", "".join(block.proto.body for block in test.get("html")))[1]
    for name, value in parse_qsl(unescape(link).partition("?")[2]):
        test.query_params[name] = value
    test.run()
    assert said(test).startswith("# 排名")
    assert test.query_params["cycle"] == "2024"
    assert len(test.dataframe[0].value) == 6


def test_a_value_that_is_not_on_offer_leaves_the_url(app, built_file):
    test = app(built_file, "rankings", "en", cycle=1999, kind="ship")
    assert "cycle" not in test.query_params
    assert "kind" not in test.query_params
    assert "2025" in said(test)


def test_attention_shows_the_flagged_and_the_ungraded_only(app, built_file):
    test = app(built_file, "rankings", "en", cycle=2025, kind="unit", only="attention")
    assert set(test.dataframe[0].value["name"]) == {"商务局", "审计局"}
    reason = test.dataframe[0].value.set_index("name").loc["审计局", "why"]
    assert reason.startswith("Barred; scandal: events: scandal 1 ≥ 1 → Not ranked, no grade; unloved: share of bad in")


def test_the_columns_of_the_ranking_are_chosen_in_the_url(app, built_file):
    usual = app(built_file, "rankings", "en", cycle=2025, kind="unit").dataframe[0].value
    assert list(usual.columns)[:3] == ["rank", "rank_change", "name"]
    assert usual.loc[0, "points:work_part"] + usual.loc[0, "points:view"] + 1.5 == pytest.approx(usual.loc[0, "total"])
    chosen = app(built_file, "rankings", "en", cycle=2025, kind="unit", columns="percentile,name").dataframe[0].value
    assert list(chosen.columns) == ["name", "percentile"]
    assert list(chosen["percentile"])[:2] == [100, 67]


def test_cohorts_stand_side_by_side_by_percentile(app, built_file):
    test = app(built_file, "rankings", "en", cycle=2025, kind="unit", view="side")
    assert not test.dataframe
    assert "Cohorts side by side" in said(test)


def test_a_search_narrows_the_ranking(app, built_file):
    test = app(built_file, "rankings", "en", kind="unit")
    test.text_input(key="choice-q").set_value("局").run()
    assert set(test.dataframe[0].value["name"]) == {"发改局", "财政局", "商务局", "审计局"}
    test.text_input(key="choice-q").set_value("nobody").run()
    assert "Nobody matches" in said(test)


def test_an_extract_is_saved_for_the_one_who_saved_it(app, built_file, tmp_path):
    path = tmp_path / "saved.duckdb"
    path.write_bytes(built_file.read_bytes())
    path.with_suffix(".anchor").write_bytes(built_file.with_suffix(".anchor").read_bytes())
    test = app(path, "extracts", "en", cycle=2024, table="components", kind="unit")
    test.text_input(key="choice-extract-name").set_value("工作分").run()
    test.text_input(key="choice-who").set_value("王敏").run()
    test.button(key="save-extract").click().run()
    saved = "<a class='kaoping-way' href='extracts?lang=en&amp;cycle=2024&amp;kind=unit&amp;table=components'>工作分"
    assert saved in drawn(test)
    test.text_input(key="choice-who").set_value("李芳").run()
    assert saved not in drawn(test)
    test.text_input(key="choice-who").set_value("王敏").run()
    test.button(key="drop-工作分").click().run()
    assert saved not in drawn(test)


def test_the_overview_names_what_waits_for_a_person_and_links_to_it(app, built_file):
    text = drawn(app(built_file, "overview", "en", cycle=2025, kind="unit"))
    assert "<b>审计局</b> is barred by scandal" in text
    assert "href='subject?lang=en&amp;cycle=2025&amp;kind=unit&amp;subject=" in text
    persons = drawn(app(built_file, "overview", "en", cycle=2025, kind="person"))
    assert "2 are tied on the line of <b>优秀</b>" in persons
    assert "<b>杨洋</b> has too little data for a rank" in persons


def drawn(test):
    """The pieces of HTML on the page."""
    return "\n".join(part.proto.body for part in test.main.get("html"))


def test_a_presentation_shows_one_slide_and_its_place(app, built_file):
    test = app(built_file, "overview", "en", cycle=2025, kind="unit", present=2)
    assert said(test).startswith("# 优秀: 3 of 3 seats taken, none over quota\n")
    test.button(key="slide-forward").click().run()
    assert test.query_params["present"] == "3"
    assert "3 of 4 · 2025 · Units" in said(test)
    test.button(key="slide-end").click().run()
    assert "present" not in test.query_params
    assert said(test).startswith("# Overview\n")


def test_the_overview_warns_of_uploads_that_no_build_has_seen(app, built_file, tmp_path):
    path = tmp_path / "pending.duckdb"
    path.write_bytes(built_file.read_bytes())
    with Warehouse.open(path) as warehouse:
        office.load(warehouse, 2025, office.workbook(2025, 60))
    test = app(path, "overview", "en")
    assert any("2025" in str(warning.value) for warning in test.warning)


def test_the_score_tree_names_the_cell_that_a_score_came_from(app, built_file):
    test = app(built_file, "subject", "en", cycle=2025, kind="unit", subject="U2")
    tree = next(block.proto.body for block in test.get("html") if "kaoping-steps" in block.proto.body)
    assert "工作得分" in tree
    assert "考核2025.xlsx › 工作实绩 › C4" in tree
    assert "表彰" in tree


def test_a_subject_that_takes_no_part_is_no_page_of_another(app, built_file):
    test = app(built_file, "subject", "en", cycle=2025, kind="unit", subject="U99")
    assert "subject" not in test.query_params
    assert any("<h2>组织部</h2>" in block.proto.body for block in test.get("html"))


def test_the_grades_page_shows_both_sides_of_the_line(app, built_file):
    test = app(built_file, "grades", "en", cycle=2025, kind="person")
    borders = test.dataframe[0].value
    assert dict(zip(borders["name"], borders["outcome"], strict=True))["王伟"] == "Tied on the line"
    assert dict(zip(borders["name"], borders["outcome"], strict=True))["张敏"] == "Tied on the line"


def test_the_subject_says_what_separates_it_from_the_next_grade(app, built_file):
    text = said(app(built_file, "subject", "en", cycle=2025, kind="unit", subject="U3"))
    assert "**合格**: reached; no seat is needed" in text
    assert "**优秀**: " in text
    capped = said(app(built_file, "subject", "en", cycle=2025, kind="unit", subject="U7"))
    assert "**优秀**: kept out by unloved" in capped


def test_the_grades_page_names_whom_a_gate_keeps_out_and_how_seats_came_about(app, built_file):
    test = app(built_file, "grades", "en", cycle=2025, kind="unit")
    tables = {tuple(frame.value.columns): frame.value for frame in test.dataframe}
    limited = next(frame for columns, frame in tables.items() if "lost" in columns)
    assert list(limited["name"]) == ["商务局"]
    quotas = next(frame for columns, frame in tables.items() if "rounding" in columns)
    assert set(quotas["rounding"].dropna()) == {"Rounded down"}


@pytest.mark.parametrize("view", ["percentile", "compare", "streak", "growth"])
def test_every_view_of_the_trends_is_drawn(app, built_file, view):
    test = app(built_file, "trends", "en", cycle=2025, kind="unit", view=view)
    assert not test.error
    columns = {name for frame in test.dataframe for name in frame.value.columns}
    assert {"compare": "previous_grade", "streak": "longest", "growth": "base_growth"}.get(view, "totals") in columns


@pytest.mark.parametrize("view", ["rank", "total", "grade"])
def test_the_trends_mark_what_the_scheme_changed(app, built_file, view):
    test = app(built_file, "trends", "en", kind="unit", view=view)
    assert not test.error
    test.session_state["fold-changes-2025"] = True
    changes = test.run().dataframe[-1].value
    rows = set(zip(changes["id"], changes["column"], changes["before"], changes["after"], strict=True))
    assert ("优秀", "Share", "25%", "50%") in rows
    assert ("work_part", "Weight", "60", "70") in rows


def test_an_extract_on_the_page_is_the_extract_of_the_warehouse(app, built_file):
    test = app(built_file, "extracts", "en", cycle=2025)
    shown = test.dataframe[0].value
    assert list(shown.columns)[:4] == ["cycle", "kind", "platform", "layer"]
    assert len(shown) == 14
    narrowed = app(built_file, "extracts", "en", cycle=2025, kind="unit", platform="经济部门", table="components")
    assert set(narrowed.dataframe[0].value["subject"]) == {"U5", "U6", "U7", "U8"}
    each = app(built_file, "extracts", "en", cycle=2025, kind="unit", years="each")
    rows = each.dataframe[0].value
    assert set(rows["cycle"]) == {2024, 2025}
    own = frame.warehouse().extract("ranking", 2024).to_pylist()
    assert sorted(rows[rows["cycle"] == 2024]["subject"]) == sorted(r["subject"] for r in own if r["kind"] == "unit")
    assert "--cycle 2024" in next(one.value for one in each.code if "export" in one.value)


def test_an_extract_says_its_fixed_words_on_the_screen_and_in_a_workbook(app, built_file):
    test = app(built_file, "extracts", "zh", cycle=2025, kind="unit", q="单位")
    shown = test.dataframe[0].value
    assert set(shown["kind"]) == {"单位"}
    assert set(shown["status"]) == {"参加", "被否决"}
    ranking = frame.warehouse().extract("ranking", 2025)
    with words.using("zh"):
        said = frame.in_words(ranking)
        assert said.column("kind")[0].as_py() == "单位"
        assert frame.in_words(said).equals(said)  # a page may have said them already


def test_the_line_for_pandas_reads_the_file(app, built_file, tmp_path, monkeypatch):
    import pandas

    test = app(built_file, "extracts", "en", cycle=2025)
    line = next(block.value for block in test.code if "pandas" in block.value)
    with_version = frame.warehouse()
    (tmp_path / line.split('"')[1]).write_bytes(extracts.to_bytes(with_version.extract("ranking", 2025), "csv"))
    monkeypatch.chdir(tmp_path)
    found = {"pandas": pandas}
    exec(line, found)
    assert found["ranking"]["subject"].iloc[0] == "U2"
    assert len(found["ranking"]) == 14


def test_a_page_that_fails_says_so_with_a_reference(app, built_file, monkeypatch, caplog):
    from pipelines import reads

    def broken(_warehouse, _selection):
        raise RuntimeError("out of order")

    monkeypatch.setattr(reads, "decisions", broken)
    test = app(built_file, "overview", "zh")
    assert "故障已记录" in test.error[0].value
    assert "out of order" in caplog.text
    assert "out of order" not in said(test)


def test_a_database_that_another_process_holds_is_said_in_words(app, tmp_path):
    path = tmp_path / "held.duckdb"
    with Warehouse.open(path):
        test = app(path, "rankings", "en")
    assert "The database cannot be opened" in test.error[0].value
    assert not test.exception
