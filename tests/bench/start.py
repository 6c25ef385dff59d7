"""How long a start takes: importing every page, against importing at once what the pages load only when it is needed.

    python -m tests.bench.start

Each import is a process of its own, over compiled modules as an installation has them; what a bare Python takes is taken off.
In turns; processor seconds, the least of seven.
"""

import os
import subprocess
import sys

from tests.bench.history import note

PAGES = "import pathlib, importlib; [importlib.import_module(f'pages.{p.stem}') for p in pathlib.Path('pages').glob('*.py')]"
LAZY = "import scipy.stats, scipy.optimize, pandas, plotly.express, openpyxl, xlsxwriter, pyarrow.parquet, authlib"
CLOCK = "; import time; print(time.process_time())"
TURNS = 7


def seconds(text):
    """Processor seconds of a process that runs this."""
    command = [sys.executable, "-W", "ignore", "-c", text + CLOCK]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment).stdout)


def main():
    """Measure in turns and print."""
    texts = ("pass", PAGES, f"{PAGES}; {LAZY}")
    bare, ours, eager = map(min, zip(*(map(seconds, texts) for _ in range(TURNS)), strict=True))
    print(f"bare {bare:.2f} s, pages {ours:.2f} s, all at once {eager:.2f} s")
    note("start", "imports of the pages / all at once", (ours - bare) / (eager - bare), goal="<= 0.35")


if __name__ == "__main__":
    main()
