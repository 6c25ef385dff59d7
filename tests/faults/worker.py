"""A process that loads, corrects, decides, builds, publishes and checkpoints until it is killed: prints what was committed."""

import sys
from pathlib import Path

import pyarrow as pa

from pipelines import build, publication, reads
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
            if number % 2 == 0:
                review(store, number)


def review(store, number):
    """Correct, decide, build, publish, object and answer; what a killed process left in force is withdrawn first."""

    def tell(act, name):
        print(f"{act} {number} {name}", flush=True)

    for row in reads.corrections(store, 2025).to_pylist():
        if not row["is_withdrawn"]:
            store.withdraw_correction(row["number"], "王敏", AT)
    for row in reads.choices(store, 2025).to_pylist():
        store.withdraw_choice(row["number"], "王敏", AT)
    store.map_heading(f"标题{number}", "results", "value", "王敏", AT)
    correction = store.correct(2025, "results", "U2", "work", "94", "60", "统计口径有误", "王敏", AT)
    tell("correct", correction)
    if number % 20_000 != 2:  # a build of its own now and then: a publication is held against all builds before it
        store.withdraw_correction(correction, "王敏", AT)
    build.build(store, [2025], who="王敏", at=AT)
    tell("build", store.builds()["build"][0].as_py())
    tell("choose", store.choose(2025, "P1", "优秀", "考核委员会", "并列", "王敏", AT))
    published = publication.publish(store, 2025, "王敏", AT, "期限")
    tell("publish", published)
    objection = store.object(published, "U3", "漏记一项表彰", "宣传部", AT.date(), "王敏", AT)
    tell("object", objection)
    store.settle_objection(objection, "unfounded", "经查已计入", AT.date(), "王敏", AT)
    tell("settle", objection)


if __name__ == "__main__":
    work(Path(sys.argv[1]), int(sys.argv[2]))
