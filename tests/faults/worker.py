"""A process that loads, builds, publishes, changes and checkpoints until it is killed: prints what it was told to be committed."""

import sys
from pathlib import Path

import pyarrow as pa

from pipelines import build, publication
from pipelines.warehouse import Warehouse
from tests.checks.raw import table
from tests.pages.office import AT

ROWS = 3000


def results(number):
    """Results that nothing else replaces: `ROWS` rows of the upload `number`."""
    rows = table("results", *[{"cycle": 2025, "subject": "U1", "indicator": "work", "period": f"{number}"}])
    many = pa.concat_tables([rows] * ROWS).combine_chunks()
    return many.append_column("_cycle", pa.array([2025] * ROWS, pa.int64()))


def work(path, start):
    with Warehouse.open(path) as store:
        print("open", flush=True)
        for number in range(start, start + 1000):
            tables = {"results": results(number)}
            sha256 = f"{number:064}"
            upload = store.store_upload(
                tables, sha256=sha256, file=f"{number}.xlsx", content=b"x" * 50_000, who="王敏", at=AT
            )
            print(f"load {number} {upload}", flush=True)
            store.withdraw(upload, "王敏", AT)
            print(f"withdraw {number} {upload}", flush=True)
            if number % 3 == 0:
                with store._root.cursor() as cursor:
                    cursor.execute("checkpoint kaoping")
            if number % 5 == 0:
                store.map_heading(f"标题{number}", "results", "value", "王敏", AT)
                build.build(store, [2025], who="王敏", at=AT)
                print(f"build {number} {store.builds()['build'][0].as_py()}", flush=True)
                published = publication.publish(store, 2025, "王敏", AT, "期限")
                print(f"publish {number} {published}", flush=True)


if __name__ == "__main__":
    work(Path(sys.argv[1]), int(sys.argv[2]))
