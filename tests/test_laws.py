"""The laws of docs/architecture.md: who may import what, what SQL may read and how it is written, what is documented.

Every test collects all faults of its law and shows them together. The readers of Python and SQL that the laws stand on
are tested first, on cases that are right and cases that are wrong.
"""

import ast
import csv
import functools
import itertools
import json
import re
import tomllib
from pathlib import Path

import click
import duckdb
import openpyxl
import pytest

ROOT = Path(__file__).resolve().parent.parent

OWNERS = {
    "duckdb": {"pipelines/engine.py", "pipelines/models.py", "pipelines/warehouse.py", "pipelines/workbench.py"},
    "fastexcel": {"pipelines/workbook/cells.py"},
    "openpyxl": {"pipelines/markup.py"},
    "xlsxwriter": {"pipelines/sheets.py", "pipelines/extracts.py", "pipelines/markup.py"},
    "scipy": {f"pipelines/statistics/{path.name}" for path in (ROOT / "pipelines" / "statistics").glob("*.py")},
    "plotly": {f"pages/ui/charts/{path.name}" for path in (ROOT / "pages" / "ui" / "charts").glob("*.py")},
    "click": {"pipelines/__main__.py"},
    "pyspark": {"pipelines/spark/run.py"},
    "sqlglot": {f"pipelines/spark/{name}.py" for name in ("portable", "run", "translate")},
}
"""Who may import a library: the files that hide it from everybody else."""

ONLY_OFFICE = {"pages/ui/amend.py", "pages/upload.py", "pages/scheme.py", "pages/ui/intake.py", "pages/ui/tryout.py"}
"""The pages that may start a build or a trial of one."""

MAY_READ = {
    "staging": {"raw", "run", "staging"},
    "scoring": {"run", "staging", "scoring"},
    "marts": {"raw", "run", "staging", "scoring", "marts"},
    "extracts": {"marts"},
    "queries": {"marts", "store"},
    "advice": {"staging", "scoring"},
    "workbench": set(),
    "checks": {"raw", "run", "staging", "scoring", "marts"},
}

SQL_IN_PYTHON = re.compile(
    r"\b(select|SELECT)\b[^;]*\b(from|FROM)\b|\b(insert into|INSERT INTO|delete from|DELETE FROM)\b"
    r"|\b(create|CREATE) (or replace |OR REPLACE )?(temp |TEMP )?(table|view|schema|macro|TABLE|VIEW|SCHEMA|MACRO)\b"
    r"|\b(update|UPDATE) [\w.]+ (set|SET)\b"
)


# -- reading Python -------------------------------------------------------------------------------------------------


def python_files(*folders):
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path.relative_to(ROOT).as_posix() for path in files]


def product_files():
    return [*(["app.py"] if (ROOT / "app.py").exists() else []), *python_files("pages", "pipelines")]


def imports(source):
    """Every module that Python source imports, wherever the import stands."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def imports_of(file):
    return imports((ROOT / file).read_text(encoding="utf-8"))


def libraries(modules):
    return {module.split(".")[0] for module in modules}


def texts(source):
    """(line, text) of every string that is not a docstring or a note under a definition."""
    tree = ast.parse(source)
    notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "x" for part in node.values]
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes:
            yield node.lineno, node.value


def test_imports_are_found_wherever_they_stand():
    source = "import duckdb as db\ndef f():\n    from scipy import stats\n    import plotly.graph_objects\n"
    assert libraries(imports(source)) == {"duckdb", "scipy", "plotly"}


@pytest.mark.parametrize(
    ("source", "is_sql"),
    [
        ("x = 'select 1 from marts.ranking'", True),
        ("x = f'select {a} from {b}'", True),
        ("x = 'create or replace table t as'", True),
        ("def f():\n    'select a cycle from the list'", False),
        ("x = 'Choose a file to insert.'", False),
    ],
)
def test_sql_in_python_is_seen(source, is_sql):
    assert any(SQL_IN_PYTHON.search(text) for _, text in texts(source)) is is_sql


# -- the laws of Python ---------------------------------------------------------------------------------------------


def test_a_library_is_imported_by_its_owners_only():
    faults = [
        f"{file} imports {library}"
        for file in product_files()
        for library in libraries(imports_of(file)) & OWNERS.keys()
        if file not in OWNERS[library]
    ]
    assert faults == []


def test_pipelines_know_nothing_of_the_screen():
    faults = [
        f"{file} imports {module}"
        for file in python_files("pipelines")
        for module in sorted(libraries(imports_of(file)) & {"streamlit", "plotly", "pages", "app"})
    ]
    assert faults == []


def test_streamlit_is_imported_by_the_app_and_its_pages_only():
    outside = [file for file in python_files("pipelines", "data") if "streamlit" in libraries(imports_of(file))]
    assert outside == []


def test_pages_calculate_nothing():
    forbidden = {"duckdb", "numpy", "pandas", "pyarrow", "scipy"}
    faults = [
        f"{file} imports {library}"
        for file in product_files()
        if file == "app.py" or (file.startswith("pages/") and not file.startswith("pages/ui/"))
        for library in sorted(libraries(imports_of(file)) & forbidden)
    ]
    assert faults == []


def test_only_the_office_pages_start_a_build():
    theirs = {"pipelines.build", "pipelines.whatif", "pipelines.workbook", "pipelines.scheme"}
    faults = [file for file in python_files("pages") if file not in ONLY_OFFICE and imports_of(file) & theirs]
    assert faults == []


def test_only_acts_of_the_office_reach_the_store_past_the_guard():
    """Everything else is asked with `frame.ask` or `frame.later`, which know role and edition; saved extracts have none."""
    theirs = ONLY_OFFICE | {"pages/ui/entries.py", "pages/ui/frame.py", "pages/ui/saved.py"}
    faults = [
        file
        for file in python_files("pages")
        if file not in theirs and "frame.warehouse()" in (ROOT / file).read_text(encoding="utf-8")
    ]
    assert faults == []


def test_no_page_reaches_past_the_named_questions():
    forbidden = {"pipelines.engine"}
    faults = [file for file in python_files("pages") if imports_of(file) & forbidden]
    assert faults == []


def test_leaves_import_nothing_of_the_package():
    for file in ("pipelines/contract.py", "pipelines/problems.py", "pipelines/progress.py"):
        assert "pipelines" not in libraries(imports_of(file)), file


def test_sql_stands_in_sql_files_and_in_the_warehouse_only():
    keepers = {"pipelines/engine.py", "pipelines/models.py", "pipelines/warehouse.py", "pipelines/spark/run.py"}
    faults = [
        f"{file}:{line}: {text[:60]}"
        for file in product_files()
        if file not in keepers
        for line, text in texts((ROOT / file).read_text(encoding="utf-8"))
        if SQL_IN_PYTHON.search(text)
    ]
    assert faults == []


def test_a_page_is_short_and_holds_functions_only():
    faults = []
    for path in sorted((ROOT / "pages").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        if len(source.splitlines()) > 120:
            faults.append(f"{path.name}: {len(source.splitlines())} lines, 120 at most")
        for node in ast.parse(source).body:
            is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            is_constant = isinstance(node, (ast.Assign, ast.AnnAssign)) and not any(
                isinstance(part, ast.Call) for part in ast.walk(node)
            )
            if not (is_docstring or is_constant or isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef))):
                faults.append(f"{path.name}:{node.lineno}: a page holds functions only")
    assert faults == []


# -- reading SQL ----------------------------------------------------------------------------------------------------


def sql_files():
    """Every SELECT of the project; the files beside the folders hold the macros."""
    return sorted((ROOT / "sql").glob("*/**/*.sql"))


@functools.cache
def parser():
    """One connection to parse with: opening one costs more than parsing a file."""
    return duckdb.connect()


@functools.cache
def parsed(text):
    """The statements of SQL text as DuckDB's own parser reads them; ValueError for anything but SELECT."""
    tree = json.loads(parser().execute("select json_serialize_sql(?::varchar)", [text]).fetchall()[0][0])
    if tree["error"]:
        raise ValueError(tree["error_message"])
    return tree["statements"]


def nodes(tree):
    """Every object of a parsed tree."""
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for value in tree:
            yield from nodes(value)


def schemas_read(text):
    tables = (node for node in nodes(parsed(text)) if node.get("type") == "BASE_TABLE")
    return {table["schema_name"] for table in tables if table["schema_name"]}


def header(text):
    """The comment that a file begins with, as one line."""
    lines = itertools.takewhile(lambda line: line.startswith("--"), text.splitlines())
    return " ".join(line.removeprefix("--").strip() for line in lines)


def last_step(text):
    """The name of the last CTE where the statement ends in `select * from` that CTE, else None."""
    (statement,) = parsed(text)
    node = statement["node"]
    steps = [entry["key"] for entry in node["cte_map"]["map"]]
    is_star = [column["class"] for column in node.get("select_list", [])] == ["STAR"]
    table = node.get("from_table") or {}
    return table["table_name"] if steps and is_star and table.get("table_name") == steps[-1] else None


def test_sql_reads_are_found_in_steps_and_subqueries():
    text = "with a as (select * from staging.x where i in (select i from raw.y)) select * from a, scoring.z"
    assert schemas_read(text) == {"staging", "raw", "scoring"}


def test_anything_but_a_select_is_refused():
    with pytest.raises(ValueError, match="SELECT"):
        parsed("create table t as select 1")


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("with a as (select 1 as i), b as (select i from a) select * from b", "b"),
        ("with a as (select 1 as i), b as (select i from a) select * from a", None),
        ("with a as (select 1 as i) select i from a", None),
        ("select 1 as i", None),
    ],
)
def test_the_last_step_is_read(text, step):
    assert last_step(text) == step


# -- the laws of SQL ------------------------------------------------------------------------------------------------


def test_every_file_is_one_select_that_ends_in_its_last_step():
    faults = []
    for path in sql_files():
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT).as_posix()
        if len(parsed(text)) != 1:
            faults.append(f"{name}: one SELECT per file")
        elif last_step(text) is None:
            faults.append(f"{name}: the last line is `select * from` the last step")
    assert faults == []


def test_layers_read_downwards_only():
    faults = []
    for path in sql_files():
        layer = path.relative_to(ROOT / "sql").parts[0]
        foreign = schemas_read(path.read_text(encoding="utf-8")) - MAY_READ[layer]
        if foreign:
            faults.append(f"{path.relative_to(ROOT).as_posix()} reads {', '.join(sorted(foreign))}")
    assert faults == []


def test_every_file_says_its_grain_first():
    """In the first two sentences of its header: what the rows are, and one row per what."""
    faults = [
        path.relative_to(ROOT).as_posix()
        for path in sql_files()
        if not re.match(r"[^.]*\.? ?One row\b", header(path.read_text(encoding="utf-8")))
    ]
    assert faults == []


def test_nothing_in_sql_may_differ_between_two_runs():
    """Only the macros may use DOUBLE or divide: a sum of doubles depends on the order of its rows."""
    pattern = re.compile(r"\bdouble\b|\bfloat\b|\breal\b|\bavg\(|\brandom\(|\bnow\(|\bcurrent_\w+|\bstddev\w*\(| / ")
    faults = []
    for path in sql_files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            code = re.sub(r"'[^']*'", "''", line.split("--")[0])
            if pattern.search(code.replace("current row", "")):
                faults.append(f"{path.relative_to(ROOT).as_posix()}:{number}: {line.strip()}")
    assert faults == []


# -- the laws of the documents --------------------------------------------------------------------------------------


def commands():
    """The commands of the command line by name."""
    from pipelines import __main__ as line

    (group,) = {id(value): value for value in vars(line).values() if isinstance(value, click.Group)}.values()
    return group.commands


def shell_lines(text):
    """The commands in the code blocks of a Markdown page, without prompts and comments."""
    for block in re.findall(r"```(?:sh|bash|shell|console)\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            if line.strip():
                yield line.strip().removeprefix("$ ").split("  #")[0]


def test_the_module_table_names_every_module():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(pipelines/\w+(?:\.py|/))`", text, re.MULTILINE))
    folder = ROOT / "pipelines"
    present = {f"pipelines/{path.name}" for path in folder.glob("*.py") if path.name != "__init__.py"}
    present |= {f"pipelines/{path.parent.name}/" for path in folder.glob("*/__init__.py")}
    assert named == present


def test_the_commands_in_the_readme_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    faults = []
    for line in shell_lines((ROOT / "README.md").read_text(encoding="utf-8")):
        words = line.split()
        if words[0] == "make" and words[1] not in targets:
            faults.append(line)
        if "pipelines" in words:
            command = commands().get(words[words.index("pipelines") + 1])
            known = {option for parameter in (command.params if command else ()) for option in parameter.opts}
            if command is None or {word for word in words if word.startswith("--")} - known:
                faults.append(line)
    assert faults == []


def test_the_service_unit_starts_a_command_that_exists():
    text = (ROOT / "docs" / "kaoping@.service").read_text(encoding="utf-8")
    words = re.search(r"^ExecStart=(.*)$", text, re.MULTILINE)[1].split()
    known = {option for parameter in commands()[words[3]].params for option in parameter.opts}
    assert words[1:3] == ["-m", "pipelines"]
    assert {word for word in words if word.startswith("--")} <= known
    assert "KAOPING_DB=/var/lib/kaoping/%i/" in text  # a database each


def test_the_tour_in_the_readme_starts_at_a_real_cell():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    book = openpyxl.load_workbook(ROOT / "data" / "sample" / "2025年度_指标完成情况.xlsx", data_only=True)
    assert "cell D44 holds 3.2" in text
    assert book["主题年指标"]["D44"].value == 3.2
    with (ROOT / "data" / "schemes" / "district-2025" / "indicators.csv").open(encoding="utf-8", newline="") as file:
        (rule,) = (row for row in csv.DictReader(file) if row["name"] == "平均办结时限")
    assert (rule["weight"], rule["method"], rule["params"]) == ("40", "linear", "worst=10; best=2")


def test_every_command_is_documented():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [name for name in commands() if f"`{name}" not in text]
    silent = [name for name, command in commands().items() if not command.help]
    assert missing == []
    assert silent == []


def test_what_the_code_imports_is_pinned():
    files = ("requirements.txt", "requirements-spark.txt")
    pins = [line for name in files for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    pinned = {re.split(r"==|\[", line)[0].lower() for line in pins if line and not line.startswith("#")}
    imported = set().union(*(libraries(imports_of(file)) for file in product_files())) & OWNERS.keys()
    assert imported - pinned == set()
    assert [line for line in pins if line and not line.startswith(("#", "-r")) and "==" not in line] == []


def test_problem_codes_are_complete():
    catalogue = tomllib.loads((ROOT / "data" / "words" / "problems.toml").read_text(encoding="utf-8"))
    wanted = {"severity", "what_en", "what_zh", "fix_en", "fix_zh"}
    bare = {"bare_en", "bare_zh"}
    faults = [
        code
        for code, words in catalogue.items()
        if set(words) - bare != wanted or len(bare & set(words)) == 1 or not all(words.values())
    ]
    assert catalogue
    assert faults == []
