"""The catalogue of problems: every code that is used is in it, none is unused, both languages say the same."""

import ast
import pickle
import re
import string
import tomllib

import pytest

from pipelines import problems
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


@pytest.mark.parametrize("code", [code for code, entry in ENTRIES.items() if "bare_en" in entry])
def test_what_to_do_never_lists_nothing(code):
    told = problems.Problem(code, found="X", details={"allowed": problems.NOTHING_LISTED})
    for language in problems.LANGUAGES:
        assert "{allowed}" in ENTRIES[code][f"fix_{language}"]
        assert problems.NOTHING_LISTED not in told.fix(language)
        assert placeholders(ENTRIES[code][f"bare_{language}"]) <= {"found"}


def raised():
    """Every refusal that the code raises: the literal code and the names of the details it gives."""
    for path in sorted((ROOT / "pipelines").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if name in ("StoreError", "DiskError", "_refuse_none", "_withdraw"):
                code = node.args[{"_refuse_none": 1, "_withdraw": 3}.get(name, 0)]
                details = {keyword.arg for keyword in node.keywords} | ({"number"} if name == "_withdraw" else set())
                for one in [code.body, code.orelse] if isinstance(code, ast.IfExp) else [code]:
                    if isinstance(one, ast.Constant):
                        yield one.value, details


def test_every_refusal_is_said_in_both_languages_with_what_it_knows():
    found = list(raised())
    assert len(found) > 40
    assert {code for code, _ in found} == set(problems.refusals())
    faults = []
    for code, details in found:
        texts = problems.refusals()[code]
        for language in problems.LANGUAGES:
            names = {name for _, name, _, _ in string.Formatter().parse(texts[language]) if name}
            if names != details or not texts[language].strip():
                faults.append(f"{code}, {language}: {sorted(names)} and {sorted(details)}")
        if not re.search("[\u4e00-\u9fff]", texts["zh"]) or re.search("[\u4e00-\u9fff]", texts["en"]):
            faults.append(f"{code}: each sentence in its own language")
    assert faults == []


def test_a_refusal_speaks_english_on_the_command_line_and_the_language_of_a_page():
    refusal = problems.StoreError("no-choice", number=7)
    assert str(refusal) == "no choice 7 is in force"
    assert refusal.said("zh") == "没有有效的第 7 号决定"
    assert str(pickle.loads(pickle.dumps(refusal))) == str(refusal)
