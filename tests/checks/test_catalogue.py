"""The catalogue of problems: every code that is used is in it, none is unused, both languages say the same."""

import ast
import re
import string
import tomllib

import pytest

from pipelines.problems import SEVERITIES
from tests.checks.catalogue import CATALOGUE, PAGE, ROOT, page

ENTRIES = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
SAYERS = {"Problem", "report", "_problem", "_report", "Fault", "_Refused"}
"""Functions and classes whose first argument is a code."""


def trees():
    for path in sorted((ROOT / "pipelines").rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def texts():
    """Every piece of text that Python source holds."""
    return {
        node.value
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def said():
    """(file, code) of every code that is written where a problem is made."""
    for file, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args:
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                code = node.args[0]
                if name in SAYERS and isinstance(code, ast.Constant) and isinstance(code.value, str):
                    yield file, code.value


def checks():
    return {path.stem.replace("_", "-"): path for path in (ROOT / "sql" / "checks").rglob("*.sql")}


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_code_that_is_used_is_in_the_catalogue():
    used = {(file, code) for file, code in said()} | {(path.name, code) for code, path in checks().items()}
    assert len(used) > 60
    assert sorted((file, code) for file, code in used if code not in ENTRIES) == []


def test_every_code_of_the_catalogue_is_used():
    used = texts() | checks().keys()
    assert sorted(ENTRIES.keys() - used) == []


@pytest.mark.parametrize("code", ENTRIES)
def test_entry_says_the_same_in_both_languages(code):
    entry = ENTRIES[code]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert entry["severity"] in SEVERITIES
    sides = [placeholders(entry[f"what_{language}"] + entry[f"fix_{language}"]) for language in ("en", "zh")]
    assert sides[0] == sides[1]
    for part in ("what", "fix"):
        assert entry[f"{part}_en"].endswith((".", "}"))
        assert re.search(r"[\u4e00-\u9fff]", entry[f"{part}_zh"])


def test_the_page_of_problems_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_page_lists_every_code():
    listed = re.findall(r"^\| `([a-z-]+)` \|", page(), re.MULTILINE)
    assert sorted(listed) == sorted(ENTRIES)
