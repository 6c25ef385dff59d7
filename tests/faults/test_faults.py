"""What happens to the data when the program or the disk fails: nothing committed is lost, nothing half done is seen.

`KAOPING_KILLS` says how often the process is killed; `make torture` does it 200 times.
"""

import datetime as dt
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyarrow.compute as pc
import pytest

from pipelines import build, publication, reads, versions
from pipelines.engine import EXTRACTS
from pipelines.problems import EngineError, StoreError
from pipelines.warehouse import Warehouse, restore
from tests.faults.worker import ROWS
from tests.pages import office

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("KAOPING_KILLS", "3"))
pytestmark = pytest.mark.xdist_group("faults")


@pytest.fixture(scope="module")
def office_file(tmp_path_factory):
    """A database with one cycle built; copied by whoever breaks it."""
    path = tmp_path_factory.mktemp("faults") / "office.duckdb"
    with Warehouse.open(path) as store:
        office.load(store, 2025)
        build.build(store, who="王敏", at=office.AT)
    return path


@pytest.fixture
def path(office_file, tmp_path):
    for file in office_file.parent.glob("office.*"):
        shutil.copy(file, tmp_path / file.name)
    return tmp_path / "office.duckdb"


def started(path, start):
    command = [sys.executable, "-m", "tests.faults.worker", str(path), str(start)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def check(path, told):
    """Open the database and see that all of it is there that was told, and nothing by halves."""
    with Warehouse.open(path) as store:
        assert store.broken_links() == []
        uploads = {row["upload"]: row for row in store.uploads().to_pylist()}
        for kind, number, name in told:
            if kind in ("load", "withdraw"):
                assert uploads[int(name)]["file"] == f"{number}.xlsx"
                assert uploads[int(name)]["is_withdrawn"] or kind == "load"
            if kind == "build":
                assert store.facts(name).cycle == 2025
            if kind == "publish":
                assert set(publication.published(store, int(name))) == set(EXTRACTS)
                assert store.published.extract("ranking", 2025).num_rows == store.extract("ranking", 2025).num_rows
        corrections = {row["number"] for row in reads.corrections(store, 2025).to_pylist()}
        decided = {int(row[0]) for row in store._rows("select number from store.choices")}
        objections = {row["number"]: row["objection_outcome"] for row in reads.objections(store, 2025).to_pylist()}
        for known, kind in ((corrections, "correct"), (decided, "choose"), (objections, "object")):
            assert {int(name) for what, _, name in told if what == kind} <= set(known)
        assert {objections[int(name)] for what, _, name in told if what == "settle"} <= {"unfounded"}
        listed = reads.publications(store, dt.date(2026, 1, 5))["number"].to_pylist()
        assert all(set(publication.published(store, number)) == set(EXTRACTS) for number in listed)
        counted = dict(store._rows("select _upload, count(*) from raw.results where _upload > 1 group by _upload"))
        assert set(counted) == set(uploads) - {1}
        assert set(counted.values()) <= {ROWS}
        assert store.ask("cohorts", {}).num_rows > 0
        assert {row["is_current"] for row in store.ask("build_versions").to_pylist()} >= {True}


def test_a_kill_at_any_moment_loses_nothing_that_was_committed(path):
    chance = random.Random(20251122)
    told = []
    for turn in range(KILLS):
        worker = started(path, 1 + turn * 1000)
        with worker.stdout as out:
            assert out.readline() == "open\n"
            lines = [out.readline() for _ in range(chance.randrange(1, 12))]
            time.sleep(chance.uniform(0, 0.3))
            worker.send_signal(signal.SIGKILL)
            worker.wait(30)
            lines += out.readlines()
        told += [tuple(line.split()) for line in lines if line.endswith("\n")]
        check(path, told)
        print(f"{turn + 1} of {KILLS} kills, {len(told)} acts were told and are there", flush=True)
    assert told


# -- a torn log of changes ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def torn_file(office_file, tmp_path_factory):
    """A database whose last changes stand in its log only: its process was killed before it could tidy up."""
    path = tmp_path_factory.mktemp("torn") / "office.duckdb"
    for file in office_file.parent.glob("office.*"):
        shutil.copy(file, path.parent / file.name)
    worker = started(path, 1)
    with worker.stdout as out:
        lines = [out.readline() for _ in range(4)]
        worker.send_signal(signal.SIGKILL)
        worker.wait(30)
    assert lines[1:4:2] == ["load 1 2\n", "load 2 3\n"] or lines[-1].startswith(("load", "withdraw"))
    assert path.with_name("office.duckdb.wal").stat().st_size > 10_000
    return path


def flipped(log, place):
    return log[:place] + bytes([log[place] ^ 4]) + log[place + 1 :]


TORN = {
    "cut": lambda log: log[:-1],
    "zeros": lambda log: log[:-300] + bytes(300),
    "flip": lambda log: flipped(log, len(log) - 200),
    "middle": lambda log: flipped(log, len(log) // 2),
    "head": lambda log: b"\xff" * 50 + log[50:],
    "rubbish": lambda log: random.Random(1).randbytes(len(log)),
}


@pytest.mark.parametrize("harm", TORN)
def test_a_torn_log_is_mended_at_the_next_start_which_says_what_is_lost(torn_file, tmp_path, harm, caplog):
    for file in torn_file.parent.glob("office.*"):
        shutil.copy(file, tmp_path / file.name)
    path, waiting = tmp_path / "office.duckdb", tmp_path / "office.duckdb.wal"
    waiting.write_bytes(TORN[harm](waiting.read_bytes()))
    anchored = len(path.with_suffix(".anchor").read_text().splitlines())
    with Warehouse.open(path) as store:
        uploads = store.uploads().num_rows
        assert 1 <= uploads <= 3
        assert store._rows("select count(*) from raw.results where _upload > 1")[0][0] == ROWS * (uploads - 1)
        assert store.builds().num_rows == 1
        head, newest = store.head()[0], store.ask("audit").to_pylist()[0]
        assert newest["action"].startswith("mend: ")
        assert newest["after"] == f"entries {head} to {anchored} are lost"
        assert "has been mended" in caplog.text
        assert store.broken_links() == []
        assert list(tmp_path.glob("office.duckdb.wal.before-*"))
        store.map_heading("后来", "results", "value", "王敏", office.AT)
    with Warehouse.open(path) as store:
        assert store.broken_links() == []
        assert "后来" in store.headings()


# -- clocks, servers, visitors who leave ----------------------------------------------------------------------------


def test_a_clock_that_jumps_changes_no_order_and_loses_nothing(path, tmp_path):
    times = [office.AT.replace(year=year) for year in (2031, 1999)]
    with Warehouse.open(path) as store:
        for number, at in enumerate(times):
            content = office.workbook(2025, 60 + number)
            build.commit(store, build.preview(store, [("考核.xlsx", content)]), "王敏", at)
            build.build(store, who="王敏", at=at)
            assert store.extract("indicators", 2025).filter(
                (pc.field("subject") == "U2") & (pc.field("indicator") == "work")
            )["value"].to_pylist() == [60 + number]
        first = publication.publish(store, 2025, "王敏", times[0], "期限")
        assert publication.publish(store, 2025, "王敏", times[1], "期限") == first + 1
        assert [row["upload"] for row in store.uploads().to_pylist()] == [3, 2, 1]
        assert [row["number"] for row in store.ask("audit").to_pylist()] == list(range(store.head()[0], 0, -1))
        assert store.broken_links() == []
        assert reads.pending_cycles(store) == []
        store.backup(tmp_path / "one.duckdb")
    kept = {file for _ in range(3) for file in restore(tmp_path / "one.duckdb", path, "王敏", office.AT)}
    assert len(kept) == len({file.name for file in kept}) >= 4
    assert all(file.exists() for file in kept)


class Left(BaseException):
    """What Streamlit raises in a run whose visitor has gone."""


def leave_with(cursor):
    cursor.execute("delete from store.upload_log")
    raise Left


def test_a_visitor_who_leaves_in_the_middle_leaves_nothing_half_done(path):
    with Warehouse.open(path) as store:
        preview = build.preview(store, [("考核.xlsx", office.workbook(2025, 60))])
        build.commit(store, preview, "王敏", office.AT)
        steps = []
        build.build(store, progress=lambda step, *_: steps.append(step), who="王敏", at=office.AT)
        store.withdraw(1, "王敏", office.AT)
        before, version = store.builds().to_pylist(), store.version
        for number in range(0, len(steps), max(len(steps) // 3, 1)):
            seen = []

            def leave(step, *_, seen=seen, number=number):
                seen.append(step)
                if len(seen) > number:
                    raise Left

            with pytest.raises(Left):
                build.build(store, progress=leave, who="王敏", at=office.AT)
            assert store.builds().to_pylist()[0]["build"] == before[0]["build"]
        with pytest.raises(Left), store.write("王敏", "leave", office.AT) as cursor:
            leave_with(cursor)
        assert store.version == version
        assert store.uploads().num_rows == 2
        assert build.build(store, who="王敏", at=office.AT) == [2025]


def test_a_second_server_is_refused_with_a_sentence(path):
    with Warehouse.open(path):
        done = subprocess.run(
            [sys.executable, "-m", "pipelines", "serve", "--db", str(path), "--port", "1"],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
    assert done.returncode == 1
    assert "held by another copy" in done.stderr


def test_a_second_process_is_refused_with_a_sentence(path):
    with Warehouse.open(path):
        done = subprocess.run(
            [sys.executable, "-m", "pipelines", "status", "--db", str(path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "held by another copy" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_backup_while_others_write_and_read_is_whole(path, tmp_path):
    target = tmp_path / "kept" / "one.duckdb"
    with Warehouse.open(path) as store:
        stop, faults = threading.Event(), []

        def write():
            number = 0
            while not stop.is_set():
                number += 1
                try:
                    store.map_heading(f"标题{number}", "results", "value", "王敏", office.AT)
                    store.ask("cohorts", {})
                except Exception as error:  # told below
                    faults.append(error)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            store.backup(target)
        finally:
            stop.set()
            writer.join()
        assert faults == []
        before = store.builds().to_pylist()
        with pytest.raises(StoreError, match="there already"):
            store.backup(target)
    with Warehouse.open(target) as copy:
        assert copy.broken_links() == []
        assert copy.builds().to_pylist() == before
        assert versions.verify(copy, before[0]["build"]).holds


def test_a_restored_backup_takes_the_place_and_keeps_what_stood_there(path, tmp_path):
    target = tmp_path / "one.duckdb"
    with Warehouse.open(path) as store:
        store.backup(target)
        store.map_heading("后来", "results", "value", "王敏", office.AT)
        with pytest.raises(StoreError, match="held"):
            restore(target, path, "王敏", office.AT)
    kept = restore(target, path, "王敏", office.AT)
    assert any(file.name.startswith("office.duckdb.before-") for file in kept)
    with Warehouse.open(path) as store:
        assert "后来" not in store.headings()
        assert store.ask("audit").to_pylist()[0]["action"] == "restore one.duckdb"
        assert store.broken_links() == []


@pytest.mark.parametrize("harm", ["rubbish", "cut"])
def test_a_damaged_database_says_what_to_do_and_a_restore_mends_it(path, tmp_path, harm):
    target = tmp_path / "one.duckdb"
    with Warehouse.open(path) as store:
        store.backup(target)
    whole = path.read_bytes()
    path.write_bytes(b"\0" * 20_000 + whole[20_000:] if harm == "rubbish" else whole[:5000])
    with pytest.raises(StoreError, match="restore BACKUP"):
        Warehouse.open(path)
    restore(target, path, "王敏", office.AT)
    with Warehouse.open(path) as store:
        assert store.builds().num_rows == 1


def test_what_is_no_backup_changes_nothing(path, tmp_path):
    wrong = tmp_path / "wrong.duckdb"
    wrong.write_bytes(b"hello" * 5000)
    before = path.read_bytes()
    with pytest.raises(StoreError):
        restore(wrong, path, "王敏", office.AT)
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*.restored*"))


@pytest.mark.parametrize("act", ["load", "build", "publish", "backup", "checkpoint"])
def test_a_full_disk_is_told_and_costs_nothing_that_was_committed(path, act):
    """No file may grow any more in the middle of an act: it is refused in a sentence, what was there before stays."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.full", str(path), act],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    told = done.stdout.splitlines()
    assert told[0].startswith("refused"), done.stdout + done.stderr
    if act == "checkpoint":  # the database gives up: every answer says so, until the next start
        assert told[1:] == ["asked DiskError", "changed DiskError"]
    else:
        assert told[1:] == ["asked 1 uploads", "changed"]
    with Warehouse.open(path) as store:
        assert store.uploads().num_rows == 1
        assert store.builds().num_rows == 1
        assert reads.publications(store, office.AT.date()).num_rows == 0
        assert store.broken_links() == []
        assert ("后来" in store.headings()) == (act != "checkpoint")
        assert "before" in store.headings()
        assert store.ask("cohorts", {}).num_rows > 0
    assert not list(path.parent.glob("*.partial"))


def test_too_little_memory_is_told_and_leaves_the_last_build(path, monkeypatch):
    with Warehouse.open(path) as store:
        office.load(store, 2025, office.workbook(2025, 60))
        shown = store.shown(2025)
    monkeypatch.setenv("KAOPING_MEMORY", "10MB")
    with Warehouse.open(path) as store:
        with pytest.raises(StoreError, match="not enough memory"):
            build.build(store, who="王敏", at=office.AT)
        assert store.shown(2025) == shown
        assert store.broken_links() == []
    monkeypatch.setenv("KAOPING_MEMORY", "viel")
    with pytest.raises(EngineError, match="KAOPING_MEMORY=viel"):
        Warehouse.open(path)
