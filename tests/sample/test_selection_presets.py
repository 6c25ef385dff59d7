"""The presets of selection, structure, registers and dossier, held to what their READMEs work out by hand."""

import datetime
import io
from decimal import Decimal

import openpyxl
import pytest

from pipelines import dossier, reads
from pipelines.advice.selection import selection_outcome, selection_race
from pipelines.advice.structure import competition_share, printed_figures, structure
from pipelines.problems import KaopingError
from pipelines.reads import Selection

pytestmark = pytest.mark.xdist_group("presets")
CANDIDATES = Selection(2025, "candidate")
DAY = datetime.date(2025, 12, 20)


def rows(table, *columns):
    return [tuple(row.values()) for row in table.select(list(columns)).to_pylist()]


def test_a_selection_goes_stage_by_stage(preset):
    store = preset("selection-procedure")
    race = selection_race(store, CANDIDATES)
    told = {(post, name): found for post, name, *found in rows(
        race.candidates, "post", "subject", "eligible_of", "failed_rules", "open_rules", "reached_stage", "stage_state"
    )}  # fmt: skip
    assert told["JA", "K1"] == ["passes", "", "", "任前公示", "passes"]
    assert told["JA", "K2"] == ["fails", "推荐得票", "", "民主推荐", "fails"]
    assert told["JA", "K3"] == ["fails", "任职年限", "", "资格审查", "fails"]
    assert told["JA", "K4"] == ["fails", "部门意见", "年度考核", "组织考察", "fails"]
    assert told["JB", "K8"] == ["fails", "年度考核", "", "资格审查", "fails"]
    assert told["JB", "K5"][3:] == ["任前公示", "withdrawn"]
    counts = {
        post: [row[1:] for row in rows(race.stages, "post", "entered", "passed") if row[0] == post]
        for post in ("JA", "JB")
    }
    assert counts["JA"] == [(4, 3), (3, 2), (2, 2), (2, 2), (2, 1), (1, 1), (1, 1)]
    assert counts["JB"] == [(6, 6), (6, 4), (4, 4), (4, 4), (4, 4), (4, 3), (3, 2)]
    assert [fits for fits in race.stages.column("fits_of").to_pylist() if fits] == ["fits"] * 4
    faults = {row for row in rows(race.steps, "subject", "stage", "stage_fault") if row[2]}
    assert faults == {("K9", "资格审查", "contradiction"), ("K8", "考试", "order")}
    assert race.excess.num_rows == 0


def test_each_requirement_says_what_it_was_judged_by(preset):
    race = selection_race(preset("selection-procedure"), CANDIDATES)
    found = {
        (subject, rule, clause): (verdict, evidence)
        for subject, post, rule, clause, verdict, evidence in rows(
            race.checks, "subject", "post", "rule", "clause", "eligible_of", "evidence"
        )
        if (subject, post) != ("K1", "JB")
    }
    assert found["K2", "推荐得票", ""] == ("fails", "20/40")
    assert found["K1", "到会人数", ""] == ("passes", "8/12")
    assert found["K3", "任职年限", ""] == ("fails", "35: 2022-09-01 – 2025-08-31")
    assert found["K7", "任职年限", ""] == ("passes", "36: 2022-08-31 – 2025-08-31")
    assert found["K4", "年度考核", "连续称职"] == ("no_data", "2024 优秀, 2023 称职")
    assert found["K7", "推荐方式", "联名"] == ("passes", "20")
    assert found["K1", "推荐方式", "联名"] == ("no_data", "")
    assert found["K9", "处理影响期", ""] == ("fails", "C1 影响期 2026-03-01")
    assert found["K4", "部门意见", ""] == ("fails", "H2 有异议")


def test_who_gives_up_lets_the_next_move_up(preset):
    outcome = selection_outcome(preset("selection-procedure"), CANDIDATES)
    assert rows(outcome.posts, "post", "qualified", "feasible", "verdict_of") == [
        ("JA", 2, 1, "open"),
        ("JB", 4, 2, "open"),
    ]
    assert rows(outcome.wished, "subject", "post", "moved_of") == [
        ("K1", "JA", ""), ("K6", "JB", ""), ("K7", "JB", "moved_up")
    ]  # fmt: skip
    assert sorted(rows(outcome.chosen, "subject", "post")) == [("K1", "JA"), ("K6", "JB"), ("K7", "JB")]


def test_the_talent_pool_bends_what_is_soft(preset):
    store = preset("talent-pool")
    race = selection_race(store, CANDIDATES)
    verdicts = dict(rows(race.candidates, "subject", "eligible_of"))
    assert {name for name, verdict in verdicts.items() if verdict == "fails"} == {"C02", "C04", "C06", "C13"}
    assert verdicts["C10"] == "no_data"
    outcome = selection_outcome(store, CANDIDATES)
    assert outcome.chosen.column("subject").to_pylist() == [
        "C01",
        "C03",
        "C05",
        "C07",
        "C08",
        "C09",
        "C10",
        "C11",
        "C12",
    ]
    assert dict(rows(outcome.minimums, "minimum", "verdict_of")) == {
        "丙县": "bent", "党外": "met", "女干部": "met", "按县数": "met"
    }  # fmt: skip
    assert dict(rows(outcome.minimums, "minimum", "missed"))["丙县"] == 2
    assert dict(rows(outcome.minimums, "minimum", "needed"))["按县数"] == 5


def test_two_way_wishes_are_matched_stably(preset):
    outcome = selection_outcome(preset("two-way-selection"), CANDIDATES)
    assert rows(outcome.wished, "subject", "post") == [("W1", "业务岗"), ("W3", "综合岗"), ("W4", "窗口岗")]


def test_the_structure_of_three_teams(preset):
    store = preset("team-structure")
    found = structure(store, Selection(2025), None)
    assert [(layer, str(age)) for layer, age in rows(found.layers, "layer", "mean_age")] == [
        ("", "46.30"), ("副职", "43.86"), ("正职", "52.00")
    ]  # fmt: skip
    assert [str(age) for (age,) in rows(found.teams, "mean_age")] == ["44.63", "49.17", "45.67"]
    groups = {
        row[0]: row[1:] for row in rows(found.groups, "category", "teams_with", "teams", "members_with", "people")
    }
    assert groups == {"女干部": (2, 3, 3, 10), "党外干部": (1, 3, 1, 10)}
    posts = {
        row[:2]: row[2:] for row in rows(reads.headcount(store, CANDIDATES), "subject", "layer", "excess", "vacancies")
    }
    assert posts["U1", "副职"] == (1, 0)
    assert posts["U2", "副职"] == (0, 1)
    assert posts["U3", "副职"] == (0, 0)


def test_moves_paths_and_routes(preset):
    store = preset("team-structure")
    moved = {row[:2]: row[2] for row in rows(reads.moves(store, CANDIDATES), "year", "move", "people")}
    rates = {row[:2]: row[2:] for row in rows(reads.moves(store, CANDIDATES), "year", "move", "members", "move_rate")}
    assert rates[2025, "promoted"] == (10, Decimal("0.3"))
    assert (moved[2025, "promoted"], moved[2025, "stepped_down"], moved[2022, "dispatched"]) == (3, 1, 1)
    paths = rows(reads.promotion_paths(store, CANDIDATES), "year", "from_level", "to_level", "people")
    assert (2025, "副科级", "正科级", 2) in paths
    assert (2025, "四级主任科员", "副科级", 1) in paths
    share = competition_share(store, CANDIDATES)
    routes = {row[:2]: row[2:] for row in rows(
        reads.promotion_routes(store, CANDIDATES, share), "year", "workplace", "promoted", "by_competition", "others_left"
    )}  # fmt: skip
    assert routes[2025, ""] == (3, 2, 1)
    assert rows(reads.dispatches(store, CANDIDATES), "year", "dispatched", "promoted") == [(2022, 1, 1)]
    years = rows(reads.tenures(store, CANDIDATES, datetime.date(2025, 8, 31)), "years_in_post", "people")
    assert sum(people for year, people in years if year == 5) == 7


def test_what_no_count_can_give_comes_first(preset):
    found = rows(
        printed_figures(preset("team-structure"), CANDIDATES),
        "printed",
        "numerator",
        "denominator",
        "printed_of",
        "last_fit",
    )
    assert found[0] == ("33.7%", 74, None, "impossible", None)
    assert ("33.7%", 74, 219, "cut", None) in found
    assert ("52.5%", 21, 40, "fits", None) in found
    assert ("52%", None, 219, "fits", 114) in found


def test_a_dossier_holds_every_section_and_names_weak_points(preset):
    store = preset("team-structure")
    told = dossier.dossier(store, Selection(2025, "person", subject="S4"), "zh")
    sections = {section.title: section for section in told.sections}
    assert ("年龄（截至 2025-08-31）", 40) in sections["basics"].rows
    assert [row[3] for row in sections["career"].rows] == ["乡镇副职", "副局长"]
    assert [row[0] for row in sections["years"].rows] == [2025, 2024, 2023]
    assert [row[0] for row in sections["dimensions"].rows] == list("德能勤绩廉")
    # 勤: 86 against the seven deputies' 96, 97, 86, 94, 93, 92 and 96, whose mean is 93.43.
    assert sections["weak"].rows[0] == ("低于组平均", "勤：低于平均 7.43 分")
    chief = dossier.dossier(store, Selection(2025, "person", subject="S1"), "zh")
    matters = next(section for section in chief.sections if section.title == "registers")
    assert ("重大事项", "城区学位建设", "", "3 / 4") in [row[:4] for row in matters.rows]
    assert sections["registers"].rows[0][:3] == ("信访举报", "反映作风问题", "核查")
    text = dossier.printed(told, "zh", "html").decode()
    assert all(name in text for name in ("康宁 考察材料", "主要不足", "近三年考核情况", "考察人、考察单位、日期"))
    book = openpyxl.load_workbook(io.BytesIO(dossier.printed(told, "en", "xlsx")))
    assert len(book.sheetnames) == len(told.sections)


def test_a_dossier_without_weak_points_or_history_says_so(preset):
    store = preset("team-structure")
    best = dossier.dossier(store, Selection(2025, "person", subject="S8"), "en")
    weak = next(section for section in best.sections if section.title == "weak")
    assert (weak.rows, weak.has_room) == ((), True)
    assert "must not stay empty" in weak.note
    assert dossier.file_name(best, "en", "html") == "2025-S8-欧阳-dossier.html"
    with pytest.raises(KaopingError, match="takes no part"):
        dossier.dossier(store, Selection(2025, "person", subject="nobody"), "en")


def test_registers_count_people_and_entries_apart(preset):
    store = preset("registers")
    year = Selection(2025)
    assert rows(reads.register_reach(store, year, "training"), "layer", "people", "entries", "reached_count") == [
        ("副职", 3, 1, 1), ("正职", 1, 2, 1)
    ]  # fmt: skip
    assert (
        next(row[0] for row in rows(reads.register_coverage(store, year, "inspection"), "subject", "entries")) == "D4"
    )
    due = {row["entry"]: row["due"] for row in store.extract("registers", 2025).to_pylist()}
    assert [due[entry].isoformat() for entry in ("T2", "G1", "G2", "W1")] == [
        "2026-03-01", "2025-12-12", "2025-12-30", "2025-12-31"
    ]  # fmt: skip
    kinds = {row["register"]: row for row in reads.registers(store, year, DAY).to_pylist()}
    assert (kinds["training"]["planned"], kinds["training"]["done"]) == (100, 56)
    owners = {row["owner"]: row for row in reads.register_owners(store, year, DAY, "accountability").to_pylist()}
    assert owners["李部长"]["stage_mix"] == "单位违反程序或强行提名 1"
