"""The sample district: what the script makes, that data/sample is just that, and that it shows what it is meant to."""

import functools
import io
import zipfile
from collections import Counter
from itertools import pairwise

import pytest

from pipelines import build, sample
from pipelines.district import LEADERS, STAFF, District
from pipelines.sheets import Sheet, workbook

FOLDER = sample.SCHEMES.parent / "sample"


def years(seed=sample.SEED):
    """The district of each year, as (year, units by code, people by code)."""
    district = District(seed)
    for _ in sample.YEARS:
        district.advance()
        units = {unit.code: (unit.name, unit.platform) for unit in district.units}
        people = {one.code: (one.name, one.layer, one.unit.code) for one in district.people}
        yield district.year, units, people


@functools.cache
def scored(year):
    """Problems and extracts of one year of data/sample, every workbook read as it stands."""
    paths = [*sorted(FOLDER.glob(f"{year}*.xlsx")), FOLDER / "历年考核结果.xlsx"]
    problems, extracts = build.score_readings(build.read_all([(path.name, path) for path in paths], cycle=year), year)
    assert extracts is not None, [
        (problem.code, problem.place, problem.found) for problem in problems if problem.is_error
    ]
    return problems, {name: table.to_pylist() for name, table in extracts.items()}


def ranking(year):
    return {row["subject"]: row for row in scored(year)[1]["ranking"]}


# -- the district -----------------------------------------------------------------------------------------------------


def test_a_district_of_the_size_that_was_asked_for():
    for year, units, people in years():
        assert len(units) >= 60, year
        assert {platform for _, platform in units.values()} == {
            "街道乡", "经济管理", "社会发展", "党群政务", "执法监督", "垂直管理",
        }  # fmt: skip
        layers = Counter(layer for _, layer, _ in people.values())
        assert layers["一般干部"] + layers["临聘"] >= 1500, year
        assert layers["正职"] == len(units), "every unit has one chief"
        deputies = Counter(unit for _, layer, unit in people.values() if layer == "副职")
        assert min(deputies[unit] for unit in units) >= 1


def test_units_change_platform_and_people_change_unit_and_post():
    for (_, units, people), (_, later_units, later_people) in pairwise(years()):
        assert units.keys() <= later_units.keys()
        moved = [code for code in people.keys() & later_people.keys() if people[code][2] != later_people[code][2]]
        risen = [
            code
            for code in people.keys() & later_people.keys()
            if people[code][1] in STAFF and later_people[code][1] in LEADERS
        ]
        assert moved
        assert risen
        assert people.keys() - later_people.keys(), "some leave"
        assert later_people.keys() - people.keys(), "some come"
    all_years = [units for _, units, _ in years()]
    platforms = {code: [units[code][1] for units in all_years if code in units] for code in all_years[-1]}
    changes = {code: sum(a != b for a, b in pairwise(line)) for code, line in platforms.items()}
    assert Counter(changes.values()) == {0: len(changes) - 2, 1: 2}


def test_the_seed_decides_everything():
    assert list(years()) == list(years())
    assert list(years()) != list(years(seed=1))


def test_only_the_intended_people_share_a_name():
    for year, _, people in years():
        names = Counter(name for name, _, _ in people.values())
        shared = {name for name, count in names.items() if count > 1}
        assert len(shared) <= 2, year
        assert all(layer == "临聘" for name, layer, _ in people.values() if name in shared)


# -- the files --------------------------------------------------------------------------------------------------------


def test_the_sample_fits_into_the_repository():
    files = list(FOLDER.glob("*.xlsx"))
    assert len(files) == 7 * len(sample.YEARS) + 1
    assert sum(file.stat().st_size for file in files) < 6_000_000


@pytest.mark.slow
def test_the_files_are_what_the_script_writes(tmp_path):
    for path in sample.write(tmp_path):
        assert parts(path.read_bytes()) == parts((FOLDER / path.name).read_bytes()), path.name


def parts(content):
    """What an .xlsx holds, free of how it was compressed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


# -- what it shows ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("year", sample.YEARS)
def test_a_year_loads_with_the_intended_warnings_only(year):
    found = Counter((problem.severity, problem.code) for problem in scored(year)[0])
    assert found.keys() == {("notice", "rows-left-out"), ("warning", "same-person")}
    assert found["warning", "same-person"] <= 2


@pytest.mark.slow
@pytest.mark.parametrize("year", sample.YEARS)
def test_a_year_shows_gates_quotas_and_missing_data_at_work(year):
    rows = ranking(year).values()
    flags = {flag for row in rows for flag in (row["flags"] or "").split(";")}
    assert {"gate:安全否决", "gate:调训限制", "gate:纪检否决", "gate:立案审查", "gate:连续一等"} <= flags
    assert any(row["rank"] == 1 and row["grade"] not in ("优秀", "一等") for row in rows if row["kind"] == "unit")
    vetoed = {row["grade"] for row in rows if "gate:纪检否决" in (row["flags"] or "")}
    assert vetoed, "a leader under discipline"
    assert vetoed <= {"四等", None}, "forced to the last grade, or ungraded before"
    assert {"graded", "barred", "incomplete"} <= {row["status"] for row in rows}
    assert any(row["kind"] == "unit" and 0 < row["coverage"] < 1 for row in rows)
    roster = {code for y, units, people in years() if y == year for code in [*units, *people]}
    assert roster - ranking(year).keys(), "somebody does not take part"


@pytest.mark.slow
def test_ties_at_a_border_occur_and_are_decided_as_the_year_says():
    def at_border(year):
        return [row for row in ranking(year).values() if "border:一等" in (row["flags"] or "")]

    assert at_border(2022)
    assert {row["grade"] for row in at_border(2022)} == {"二等"}, "2022 leaves tied staff out"
    assert at_border(2025)
    assert {row["grade"] for row in at_border(2025)} == {"一等"}, "2025 takes them in"
    assert any(row["over"] for row in scored(2025)[1]["quotas"])


@pytest.mark.slow
def test_leaders_of_platforms_change_between_years():
    def firsts(year):
        rows = ranking(year).values()
        return {row["platform"]: row["subject"] for row in rows if row["kind"] == "unit" and row["rank"] == 1}

    for year, later in pairwise(sample.YEARS):
        changed = [platform for platform, unit in firsts(year).items() if firsts(later)[platform] != unit]
        assert changed, f"{year} to {later}"


@pytest.mark.slow
def test_history_is_what_the_years_before_gave():
    readings = build.read_all([(path.name, path) for path in [FOLDER / "历年考核结果.xlsx"]])
    history = [row for row in readings[0].tables["history"].to_pylist() if row["grade"]]
    for year in sample.YEARS[:-1]:
        told = {row["subject"]: row["grade"] for row in history if row["cycle"] == year}
        assert told == {subject: row["grade"] for subject, row in ranking(year).items() if row["grade"]}


def test_theme_and_weights_change_every_year():
    schemes = [sample.read_tables(sample.SCHEMES / f"district-{year}") for year in sample.YEARS]
    themes = [{row["indicator"] for row in one["indicators"] if row["component"] == "年度主题"} for one in schemes]
    for theme, later in pairwise(themes):
        assert theme
        assert not theme & later
    weights = [{(row["component"], row["applies"]): row["weight"] for row in one["components"]} for one in schemes]
    for one, later in pairwise(weights):
        assert one != later


def test_years_that_come_together_keep_apart():
    """No column of these files says the year: the title does, and each is read with the scheme of its own year."""
    sources = []
    for year in (2023, 2024):
        results = Sheet("得分", (f"{year}年度得分表",), (("单位名称", "组织考核"),), [["Q1", year - 1940]])
        roster = Sheet("名册", (f"{year}年度名册",), (("编号", "单位名称", "类型"),), [["Q1", "区住建局", "单位"]])
        sources += [
            (f"{year}方案", sample.SCHEMES / f"mass-review-{year}"),
            (f"{year}名册.xlsx", workbook([roster])),
            (f"{year}得分.xlsx", workbook([results])),
        ]
    readings = {reading.name: reading for reading in build.read_all(sources)}
    for year in (2023, 2024):
        (row,) = readings[f"{year}得分.xlsx"].tables["results"].to_pylist()
        assert (row["cycle"], row["indicator"], row["value"]) == (year, "组织考核", str(year - 1940))
        assert readings[f"{year}名册.xlsx"].tables["subjects"]["cycle"].to_pylist() == [year]
        assert not readings[f"{year}得分.xlsx"].problems
