"""The pages of selection, structure, registers and dossier over the presets, and what a competition refuses."""

import datetime
import io
import zipfile

import pytest
from click.testing import CliRunner

from pipelines import __main__ as line
from pipelines import access, build, dossier, sample
from pipelines.access import User
from pipelines.advice.selection import selection_outcome, selection_race
from pipelines.reads import Selection
from pipelines.sheets import workbook
from pipelines.warehouse import Warehouse

pytestmark = pytest.mark.xdist_group("presets")


@pytest.mark.parametrize(
    ("name", "page", "parameters", "said"),
    [
        ("selection-procedure", "selection", {"view": "eligible", "post": "JA"}, ["任职年限", "35: 2022-09-01"]),
        ("selection-procedure", "selection", {"view": "stages", "post": "JB"}, ["顺序不符", "与条件不符", "放弃"]),
        ("selection-procedure", "selection", {"view": "wishes"}, ["递补"]),
        ("team-structure", "structure", {}, ["女干部", "44.63"]),
        ("team-structure", "structure", {"view": "moves", "day": "2025-08-31"}, ["提拔", "副科级"]),
        ("team-structure", "structure", {"view": "printed"}, ["无法得出", "截尾未舍入"]),
        ("registers", "registers", {"view": "reach", "register": "training", "day": "2025-12-20"}, ["丁香"]),
    ],
)
def test_a_view_is_drawn_whole(app, preset_file, name, page, parameters, said):
    test = app(preset_file(name), page, "zh", cycle=2025, **parameters)
    assert not test.exception
    assert not test.error, [error.value for error in test.error]
    text = "\n".join(
        [*(frame.value.to_csv() for frame in test.dataframe), *(block.proto.body for block in test.get("html"))]
    )
    assert [word for word in said if word not in text] == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("selection-procedure", ["人选与职数之比不低于 1.5", "年度考核连续2年优秀", "截至 2025-08-31"]),
        ("registers", ["提名 → 考察", "时限 5个工作日"]),
        ("talent-pool", ["女干部不少于2名（必须）"]),
    ],
)
def test_the_scheme_says_these_rules_in_words(app, preset_file, name, said):
    test = app(preset_file(name), "scheme", "zh", cycle=2025)
    assert not test.exception
    assert not test.error, [error.value for error in test.error]
    text = "".join(str(getattr(part, "value", "") or part.proto.body) for part in test.get("html"))
    assert [word for word in said if word not in text] == []


def test_the_dossier_is_offered_on_paper_and_to_edit(app, preset_file):
    test = app(preset_file("team-structure"), "dossier", "en", cycle=2025, kind="unit", subject="S4")
    assert not test.error, [error.value for error in test.error]
    assert len(test.get("download_button")) == 2


def test_the_scoreboard_of_a_panel_follows_what_is_built(app, preset_file):
    test = app(preset_file("competitive-post"), "rankings", "zh", cycle=2025, present=2)
    assert not test.error, [error.value for error in test.error]
    ranks = list(test.dataframe[0].value["rank"])
    assert ranks == sorted(ranks)
    assert "分居首" in test.markdown[0].value


def test_the_dossiers_of_a_selection_come_as_files(preset_file, tmp_path):
    database = preset_file("team-structure")
    with Warehouse.open(database) as warehouse:
        content = dossier.dossier_zip(warehouse, Selection(2025, "person", layer="正职"), "zh", "html")
    options = ["report", "--paper", "dossier", "--db", str(database), "--cycle", "2025", "--layer", "正职"]
    done = CliRunner().invoke(line.main, [*options, "--language", "zh", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        zipped = {name: archive.read(name) for name in archive.namelist()}
    assert zipped == {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(zipped) == 3


@pytest.mark.parametrize("role", ["leader", "analyst", "unit"])
@pytest.mark.parametrize("question", [dossier.dossier, dossier.dossier_zip, selection_race, selection_outcome])
def test_candidates_and_dossiers_are_for_the_office(role, question):
    arguments = (Selection(2025, "person", subject="S4"), "zh")
    with pytest.raises(access.Refused, match=question.__name__):
        access.check_question(User("a", role, frozenset({"S4"})), question, arguments)
    access.check_question(User("b", "office"), question, arguments)


@pytest.fixture(scope="module")
def changed_file(tmp_path_factory):
    """The selection procedure with a second application of the same category, and a soft requirement that fails."""
    path = tmp_path_factory.mktemp("race") / "changed.duckdb"
    folder = sample.SCHEMES / "selection-procedure"
    rules, data = sample.read_tables(folder), sample.read_tables(folder / "sample")
    data["applications"].append({**data["applications"][2], "post": "JC", "choice": "2"})
    rules["posts"].append({**rules["posts"][0], "post": "JC", "name": "另一主任"})
    for row in rules["requirements"]:
        row["force"] = "原则上" if row["rule"] == "任职年限" else ""
    data["stage_results"] = [row for row in data["stage_results"] if (row["subject"], row["stage"]) != ("K3", "资格")]
    at = datetime.datetime(2026, 1, 20)
    with Warehouse.open(path) as store:
        files = [("方案.xlsx", workbook(sample.scheme(rules, ""))), ("数据.xlsx", workbook(sample.scheme(data, "")))]
        build.commit(store, build.preview(store, files), "王敏", at)
        build.build(store, who="王敏", at=at)
    return path


def test_who_applied_too_often_is_listed(changed_file):
    with Warehouse.open(changed_file) as store:
        race = selection_race(store, Selection(2025, "candidate"))
    assert race.excess.select(["subject", "post_category", "applications"]).to_pylist() == [
        {"subject": "K2", "post_category": "主任", "applications": 2}
    ]


def test_a_soft_requirement_is_bent_and_keeps_nobody_out(changed_file):
    """K3 has 35 of 36 months: 原则上 36 is bent, and he enters the exam, of which the best two are kept."""
    with Warehouse.open(changed_file) as store:
        race = selection_race(store, Selection(2025, "candidate"))
    checks = race.checks.select(["subject", "rule", "eligible_of"]).to_pylist()
    assert {"subject": "K3", "rule": "任职年限", "eligible_of": "bent"} in checks
    steps = {(row["subject"], row["post"], row["stage"]): row for row in race.steps.to_pylist()}
    assert steps["K3", "JA", "资格审查"]["stage_state"] == "passes"
    assert steps["K3", "JA", "考试"]["stage_state"] == "not_kept"
