"""A hostile file costs a clear problem, never the server: every file of the corpus, as the upload page reads it."""

import os
import random
import time

import pytest

from pipelines import isolation
from pipelines.build import read_all
from pipelines.problems import has_errors
from pipelines.workbook import layout
from tests.hostile import corpus

pytestmark = pytest.mark.xdist_group("hostile")  # read once, by one worker
FILES = corpus.files()
MUST_REFUSE = ("cut-", "magic", "climbs", "many-members", "case-twins", "packed-by", "overlapping", "wrong-checksum",
               "sheets-many", "swells", "laughs", "foreign", "far-ZZZZ1", "csv-line", "xls-head-dates-44")  # fmt: skip
"""What must not reach a parser."""
MAY_HOLD_A_TABLE = ("cut-0", "cut-1")
"""Nothing, and one letter: texts, and told as such."""


@pytest.fixture(scope="module")
def readings():
    """Every file read as the upload page does, all in one go."""
    start = time.monotonic()
    names = sorted(FILES)
    found = isolation.read_all([(name, FILES[name]) for name in names])
    assert time.monotonic() - start < 120
    return dict(zip(names, found, strict=True))


def test_the_corpus_is_large_and_of_many_kinds():
    assert len(FILES) >= 300
    assert len({name.split("-")[0] for name in FILES}) >= 40


@pytest.mark.parametrize("start", MUST_REFUSE)
def test_dangerous_files_never_reach_a_parser(start):
    names = [name for name in FILES if name.startswith(start) and name not in MAY_HOLD_A_TABLE]
    assert names
    assert [name for name in names if isolation.inspect(FILES[name], name) is None] == []


def test_every_file_gives_a_table_or_says_why_not(readings):
    silent = [name for name, reading in readings.items() if not reading.tables and not reading.problems]
    assert silent == []
    stopped = [name for name, reading in readings.items() if any(p.code == "reading-stopped" for p in reading.problems)]
    assert stopped == []


def test_a_problem_speaks_both_languages(readings):
    for reading in readings.values():
        for problem in reading.problems:
            assert all(problem.what(language) and problem.fix(language) for language in ("en", "zh"))


def test_sound_files_are_read_as_in_this_process():
    sources = [("名册.xlsx", corpus.sound()), ("tail.xlsx", FILES["tail-of-rubbish"]), ("t.csv", FILES["csv-ragged"])]
    for far, near in zip(isolation.read_all(sources), read_all(sources), strict=True):
        assert (far.name, far.sha256, far.problems, far.blocks) == (near.name, near.sha256, near.problems, near.blocks)
        assert far.tables == near.tables


def killer():
    """A workbook that aborts the process that reads it: its lone far cell stands after more XML than is looked through."""
    chance = random.Random(1)
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{chance.random()}</v></c></row>' for n in range(1, 80_000))
    return corpus.book(f'{rows}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def test_a_file_that_kills_its_reader_is_told_and_the_others_are_read():
    found = isolation.read_all([("good.xlsx", corpus.sound()), ("killer.xlsx", killer())])
    assert [problem.code for problem in found[1].problems] == ["reading-stopped"]
    assert found[1].tables == {}
    assert found[0].tables["subjects"].num_rows == 8
    assert not has_errors(found[0].problems)


COSTLY = corpus.costly()


@pytest.mark.parametrize("name", COSTLY if os.environ.get("KAOPING_TORTURE") else ("xls-loop-dates",))
def test_a_file_that_takes_its_readers_time_costs_no_more_than_that(name):
    start = time.monotonic()
    (reading,) = isolation.read_all([(name, COSTLY[name])], limits=isolation.Limits(seconds=2))
    assert time.monotonic() - start < 30
    assert reading.tables or reading.problems


def test_equal_headings_are_understood_once(monkeypatch):
    """Thousands of them cost their reader half a minute."""
    asked, understand = [], layout._Finder._meaning
    monkeypatch.setattr(
        layout._Finder, "_meaning", lambda self, *given: asked.append(given) or understand(self, *given)
    )
    heads = '<c t="inlineStr"><is><t>编号</t></is></c>' * 200
    (reading,) = read_all([("equal.xlsx", corpus.book(f'<row r="1">{heads}</row><row r="2">{heads}</row>'))])
    assert reading.blocks
    assert len(set(asked)) <= len(asked) < 200


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (isolation.Limits(file=1000), "file-too-big"),
        (isolation.Limits(members=3), "file-unsafe"),
        (isolation.Limits(unpacked=1000), "file-unsafe"),
        (isolation.Limits(memory=100 * isolation.MEGABYTE), "reading-stopped"),
        (isolation.Limits(output=10), "reading-stopped"),
    ],
    ids=["size", "members", "unpacked", "memory", "output"],
)
def test_every_limit_holds(limits, code):
    (reading,) = isolation.read_all([("名册.xlsx", corpus.sound())], limits=limits)
    assert [problem.code for problem in reading.problems] == [code]
    assert reading.tables == {}
