"""How much reading, checking and storing a sheet costs beside fastexcel's bare all-text parse of it.

    python -m tests.bench.reading --rows 1000000 --runs 3

Writes a seeded sheet of results (7 text columns, 3 of numbers, a third of one column blank) once into the temporary
directory, then times both readers in fresh processes, in turns. Prints process CPU seconds (the least of the runs),
their ratio and the peak memory. Other work on the machine raises both; the ratio is what counts.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import itertools
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import fastexcel

from pipelines import build
from pipelines.warehouse import Warehouse
from pipelines.workbook import read
from tests.bench.history import note

AT = dt.datetime(2026, 1, 5, 9)
HEAD = ("年度", "单位编号", "指标", "期间", "填报人", "批次", "文号", "完成值", "目标值", "排名")
PEERS = {"calamine": "python_calamine", "polars": "polars", "openpyxl": "openpyxl"}
"""What else reads the sheet, as text (pandas over calamine, polars, openpyxl), and the package that it needs."""
UNITS, INDICATORS = 1000, 84
_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="完成情况" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" '
        'Target="sharedStrings.xml"/></Relationships>'
    ),
}
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def cells(rows: int, seed: int = 20250301) -> Iterator[tuple[str | float | None, ...]]:
    """The heading, then the rows."""
    yield HEAD
    chance = random.Random(seed)
    for number in range(rows):
        unit = number % UNITS
        document = None if chance.random() < 0.3 else f"考办〔2025〕{number}号"
        yield ("2025", f"U{unit:04d}", f"I{number // UNITS % INDICATORS:02d}", f"{number // UNITS // INDICATORS + 1}月",
               f"填报人{unit}", f"批次{number % 977}", document,
               round(chance.random() * 100, 2), round(chance.random() * 1000, 1), chance.randrange(100))  # fmt: skip


def write(path: Path, rows: int) -> None:
    """An .xlsx with shared strings, written as text: a library would take minutes."""
    strings: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(f'<worksheet {_MAIN}><dimension ref="A1:J{rows + 1}"/><sheetData>'.encode())
            numbered = enumerate(cells(rows), 1)
            while block := list(itertools.islice(numbered, 5000)):
                part.write("".join(_row(number, row, strings) for number, row in block).encode())
            part.write(b"</sheetData></worksheet>")
        items = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
        archive.writestr(
            "xl/sharedStrings.xml", f'<sst {_MAIN} count="{len(strings)}" uniqueCount="{len(strings)}">{items}</sst>'
        )


def _row(number: int, row: tuple[str | float | None, ...], strings: dict[str, int]) -> str:
    found = []
    for letter, value in zip("ABCDEFGHIJ", row, strict=True):
        if isinstance(value, str):
            found.append(f'<c r="{letter}{number}" t="s"><v>{strings.setdefault(value, len(strings))}</v></c>')
        elif value is not None:
            found.append(f'<c r="{letter}{number}"><v>{value}</v></c>')
    return f'<row r="{number}">{"".join(found)}</row>'


def prepare(warehouse: Warehouse) -> None:
    """Store the roster and the scheme that the sheet is checked against."""
    units = "\n".join(f"2025,U{number:04d},单位{number},unit" for number in range(UNITS))
    indicators = "\n".join(f"I{number:02d},工作,{100 / INDICATORS:.6f},minmax" for number in range(INDICATORS))
    files = {
        "settings.csv": "key,value\ncycle,2025",
        "subjects.csv": f"cycle,subject,name,kind\n{units}",
        "components.csv": "component,weight,source\n工作,100,indicators",
        "indicators.csv": f"indicator,component,weight,method\n{indicators}",
    }
    found = build.preview(warehouse, [(name, text.encode()) for name, text in files.items()], 2025)
    build.commit(warehouse, found, "bench", AT)


def measure(path: Path, what: str) -> dict[str, float]:
    """CPU seconds and peak MiB of one reader in this very process."""
    warehouse = None
    if what == "import":
        warehouse = Warehouse.open(Path(tempfile.mkdtemp()) / "bench.duckdb")
        prepare(warehouse)
    start = time.process_time()
    if warehouse is not None:
        found = build.preview(warehouse, [(path.name, path.read_bytes())], 2025)
        build.commit(warehouse, found, "bench", AT)
        count = found.rows[0]["results"].num_rows
    elif what == "calamine":
        import pandas

        count = len(pandas.read_excel(path, engine="calamine", dtype=str))
    elif what == "polars":
        import polars

        count = polars.read_excel(path, engine="calamine", infer_schema_length=0).height
    elif what == "openpyxl":
        import openpyxl

        count = (
            sum(1 for _ in openpyxl.load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True)) - 1
        )
    elif what == "bare":
        count = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string").to_arrow().num_rows - 1
    else:
        reading = read(path, path.name)
        count = reading.tables["results"].num_rows
    seconds = time.process_time() - start
    return {"seconds": seconds, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "rows": count}


def main() -> None:
    """Write the sheet if it is not there yet, measure in turns, print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", action="store_true", help="Read by tests/bench/requirements.txt and openpyxl too.")
    parser.add_argument("--only", choices=("bare", "read", "import", *PEERS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    path = Path(tempfile.gettempdir()) / f"kaoping-bench-{options.rows}.xlsx"
    if not path.exists():
        print(f"writing {path}", file=sys.stderr)
        write(path, options.rows)
    if options.only:
        print(json.dumps(measure(path, options.only)))
        return
    peers = [name for name, module in PEERS.items() if importlib.util.find_spec(module)] if options.peers else []
    taken: dict[str, list[dict[str, float]]] = {what: [] for what in ("bare", "read", "import", *peers)}
    for _ in range(options.runs):
        for what, runs in taken.items():
            command = [sys.executable, "-m", "tests.bench.reading", "--rows", str(options.rows), "--only", what]
            runs.append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    best = {what: min(run["seconds"] for run in runs) for what, runs in taken.items()}
    peak = {what: max(run["peak"] for run in runs) for what, runs in taken.items()}
    for what in taken:
        print(f"{what:6} {best[what]:7.2f} s CPU   {peak[what]:6.0f} MiB peak   {taken[what][0]['rows']:,.0f} rows")
    note("reading", "read / bare parse", best["read"] / best["bare"])
    note("reading", "import / bare parse", best["import"] / best["bare"], goal="<= 1.25")
    note("reading", "import, peak", peak["import"], "MiB", goal="<= 850")
    for peer in PEERS:
        if peer in best:
            note(
                "reading", f"import / {peer}", best["import"] / best[peer], goal="<= 0.5" if peer == "calamine" else ""
            )


if __name__ == "__main__":
    main()
