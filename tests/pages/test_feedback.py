"""Feedback: the subject's own figures in the language that was asked for, to print and to edit, one and all."""

import io
import tomllib
import zipfile

import openpyxl
import pytest
from click.testing import CliRunner

from pipelines import __main__ as line
from pipelines import report
from pipelines.problems import KaopingError
from pipelines.reads import Selection
from tests.pages import office

pytestmark = pytest.mark.xdist_group("pages")
UNIT = Selection(2025, "unit", subject="U2")


@pytest.mark.parametrize(
    ("language", "phrases"),
    [
        ("en", ("Feedback on the appraisal of 2025", "How the total adds up", "Rater group", "Opinion of the unit")),
        ("zh", ("2025年度考核结果反馈", "总分构成", "评价主体", "单位意见与整改措施")),
    ],
)
def test_a_document_holds_the_figures_of_the_subject(warehouse, language, phrases):
    told = report.gather(warehouse, UNIT, language)
    text = report.feedback(told, language, "html").decode()
    assert all(phrase in text for phrase in phrases)
    assert all(
        figure in text for figure in ("组织部", "工作得分", "表彰", "先进集体", "优秀", f"{told.own['total']:.2f}")
    )
    assert "@page { size: A4" in text
    draft = {"en": "Draft: this result is not published", "zh": "草稿：本结果尚未发布"}[language]
    assert draft in text
    assert draft not in report.feedback(report.gather(warehouse, UNIT, language, ""), language, "html").decode()
    assert "http" not in text.replace("http-equiv", ""), "nothing is fetched from anywhere"


def test_a_workbook_to_edit_holds_the_same(warehouse):
    told = report.gather(warehouse, UNIT, "zh")
    book = openpyxl.load_workbook(io.BytesIO(report.feedback(told, "zh", "xlsx")))
    cells = {str(cell.value).strip() for row in book["得分明细"].iter_rows() for cell in row}
    assert {"工作得分", "94", "工作实绩", "草稿：本结果尚未发布"} <= cells
    assert 94 in [cell.value for row in book["得分明细"].iter_rows() for cell in row], (
        "a value that can be reckoned with"
    )
    assert (
        [row[0].value for row in book["历年结果"].iter_rows(min_row=3)]
        == [row["cycle"] for row in told.years[:-1]]
        != []
    )
    assert [cell.value for cell in book["加减分与事项"][3]][1:4] == ["表彰", 1.5, "先进集体"]


def test_names_are_escaped_and_make_no_paths(warehouse):
    told = report.gather(warehouse, UNIT, "zh")
    strange = report.Feedback(**{**vars(told), "own": {**told.own, "name": "<b>../组织部</b>"}})
    assert "<b>../" not in report.feedback(strange, "zh", "html").decode()
    assert report.file_name(strange, "zh", "html") == "2025-U2-_b_组织部_b_-反馈.html"


def test_all_of_a_cohort_come_as_one_zip_the_same_every_time(warehouse):
    heard = []
    cohort = Selection(2025, "unit", "党群部门")
    content = report.feedback_zip(warehouse, cohort, "en", "html", lambda *step: heard.append(step))
    assert [name.split("-")[1] for name in zipfile.ZipFile(io.BytesIO(content)).namelist()] == ["U2", "U1", "U3", "U4"]
    assert [step[1:] for step in heard] == [(number, 4) for number in range(4)]
    assert content == report.feedback_zip(warehouse, cohort, "en", "html")


def test_who_takes_no_part_has_no_feedback(warehouse):
    with pytest.raises(KaopingError, match="U99"):
        report.gather(warehouse, Selection(2025, subject="U99"), "en")


def test_the_command_writes_a_file_each(built_file, tmp_path):
    options = ["report", "--db", str(built_file), "--cycle", "2025", "--kind", "person", "--language", "zh"]
    done = CliRunner().invoke(line.main, [*options, "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert len(list(tmp_path.glob("2025-P*-反馈.html"))) == len(office.PEOPLE)
    nobody = CliRunner().invoke(line.main, [*options, "--subject", "P99", "--out", str(tmp_path)])
    assert nobody.exit_code != 0


def test_the_words_of_documents_are_complete():
    catalogue = tomllib.loads(report.WORDS.read_text(encoding="utf-8"))
    pipelines = report.WORDS.parents[2] / "pipelines"
    source = "".join((pipelines / name).read_text(encoding="utf-8") for name in ("report.py", "dossier.py"))
    for section, keys in catalogue.items():
        assert f"{section}." in source
        for key, texts in keys.items():
            assert set(texts) == {"en", "zh"}, (section, key)
            assert all(texts.values()), (section, key)
