"""A process whose files may not grow any more in the middle of an act: says how the act ended and what still works."""

import resource
import signal
import sys
from pathlib import Path

from pipelines import build, publication
from pipelines.problems import DiskError, StoreError
from pipelines.warehouse import Warehouse
from tests.pages import office

LEAST = 8192
"""What a file may hold at most: files that are greater can be read, and written only at their beginning."""


def checkpoint(store):
    with store._root.cursor() as cursor:
        cursor.execute("checkpoint kaoping")


def tried(store, act):
    """Do the act with a full disk; how it ended."""
    limit = resource.RLIMIT_FSIZE
    content = [("考核.xlsx", office.workbook(2025, 61))]
    if act == "load":
        preview = build.preview(store, content)
    if act == "build":
        store.correct(2025, "results", "U2", "work", "94", "60", "统计口径有误", "王敏", office.AT)
    acts = {
        "load": lambda: build.commit(store, preview, "王敏", office.AT),
        "build": lambda: build.build(store, who="王敏", at=office.AT),
        "publish": lambda: publication.publish(store, 2025, "王敏", office.AT, "会议决定"),
        "backup": lambda: store.backup(Path(sys.argv[1]).with_name("backup.duckdb")),
        "checkpoint": lambda: checkpoint(store),
    }
    resource.setrlimit(limit, (LEAST, resource.RLIM_INFINITY))
    try:
        acts[act]()
    except Exception as error:
        is_said = isinstance(error, DiskError if act in ("load", "build", "publish") else StoreError)
        return "refused" if is_said or act == "checkpoint" else f"fell over: {error!r}"
    finally:
        resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return "done"


def work(path, act):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with Warehouse.open(path) as store:
        store.map_heading("before", "results", "value", "王敏", office.AT)
        print(tried(store, act))
        try:
            print("asked", store.uploads().num_rows, "uploads")
        except DiskError:
            print("asked DiskError")
        try:
            store.map_heading("后来", "results", "value", "王敏", office.AT)
            print("changed")
        except DiskError:
            print("changed DiskError")


if __name__ == "__main__":
    work(Path(sys.argv[1]), sys.argv[2])
