"""What happens to the data when the program or the disk fails: nothing committed is lost, nothing half done is seen.

`KAOPING_KILLS` says how often the process is killed; `make torture` does it 200 times.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pipelines import build, versions
from pipelines.problems import StoreError
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
    assert told


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


def test_a_full_disk_is_told_and_costs_nothing_that_was_committed(path):
    """The file may grow by a megabyte and no more: the load fails, what was there before stays."""
    script = (
        "import resource, sys; from pathlib import Path; from pipelines.warehouse import Warehouse; "
        "from tests.pages.office import AT; import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "path = Path(sys.argv[1]); store = Warehouse.open(path)\n"
        "most = path.stat().st_size + 2**20; resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))\n"
        "try:\n"
        "    store.store_upload({}, sha256='f' * 64, file='f.xlsx', content=__import__('os').urandom(2**25), who='w', at=AT)\n"
        "    print('stored')\n"
        "except Exception as error:\n"
        "    print('refused', type(error).__name__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("refused"), done.stdout + done.stderr
    with Warehouse.open(path) as store:
        assert store.uploads().num_rows == 1
        assert store.builds().num_rows == 1
        assert store.broken_links() == []
