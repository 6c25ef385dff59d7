"""The two languages are complete: no word is missing, none is unused, and both say the same with the same values."""

import ast
import datetime as dt
import re
import string
import tomllib
from pathlib import Path

import pytest

from pages.ui import sentences, tables, words
from pipelines import contract, engine, problems, scheme
from pipelines.warehouse import Warehouse

ROOT = Path(__file__).resolve().parents[2]
FILES = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def used():
    """The literal keys and the literal beginnings of keys that the pages ask for with `t(…)`."""
    keys, beginnings = set(), set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if name == "retold":
                beginnings.add((f"{node.args[0].value}.", None))
            if name == "t" and node.args:
                for key in branches(node.args[0]):
                    if isinstance(key, ast.Constant):
                        keys.add(key.value)
                    elif isinstance(key, ast.JoinedStr):
                        beginnings |= patterns(key)
                    else:
                        raise AssertionError(f"{path.name}:{node.lineno}: a key is written out")
    return keys, beginnings


def branches(node):
    return [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]


def patterns(node):
    """The parts of an f-string, None for what is filled in. One open at both ends is a fixed word of a table's column."""
    parts = tuple(part.value if isinstance(part, ast.Constant) else None for part in node.values)
    return {(f"{column}.", None) for column in tables.WORDED} if parts == (None, ".", None) else {parts}


def fits(key, parts):
    """Whether a key can be what an f-string gives."""
    shape = "".join(".+" if part is None else re.escape(part) for part in parts)
    return re.fullmatch(shape, key) is not None


def test_every_word_that_a_page_asks_for_is_there():
    keys, shapes = used()
    catalogue = words.catalogue()
    assert keys - catalogue.keys() == set()
    assert [parts for parts in shapes if not any(fits(key, parts) for key in catalogue)] == []


def test_every_empty_state_with_a_way_on_names_it():
    towards = re.compile(r'empty\("(\w+)", towards=')
    reasons = {reason for path in FILES for reason in towards.findall(path.read_text(encoding="utf-8"))}
    assert len(reasons) > 2
    assert [reason for reason in reasons if f"empty.{reason}_link" not in words.catalogue()] == []


def test_every_word_is_used():
    keys, shapes = used()
    assert [key for key in words.catalogue() if key not in keys and not any(fits(key, one) for one in shapes)] == []


def test_both_languages_say_the_same_with_the_same_values():
    faults = []
    for key, texts in words.catalogue().items():
        if set(texts) != set(words.LANGUAGES) or not all(text.strip() for text in texts.values()):
            faults.append(f"{key}: both languages, none empty")
        elif placeholders(texts["en"]) != placeholders(texts["zh"]):
            faults.append(f"{key}: {sorted(placeholders(texts['en']))} and {sorted(placeholders(texts['zh']))}")
    assert faults == []


@pytest.mark.parametrize(
    ("section", "values"),
    [
        ("kind", contract.KINDS),
        ("status", (*contract.STATUSES, "incomplete", "barred")),
        ("severity", problems.SEVERITIES),
        ("table", tuple(contract.TABLES)),
        ("extract", engine.EXTRACTS),
    ],
)
def test_the_fixed_words_of_the_specification_have_a_word(section, values):
    assert [value for value in values if f"{section}.{value}" not in words.catalogue()] == []


def test_every_mart_and_its_columns_are_described():
    dictionary = tomllib.loads((ROOT / "data" / "columns.toml").read_text(encoding="utf-8"))
    with Warehouse.open(None) as warehouse:
        names = {name: warehouse.extract(name).column_names for name in warehouse.marts()}
    assert [name for name in names if f"extract.{name}" not in words.catalogue()] == []
    assert sorted({column for columns in names.values() for column in columns} - dictionary.keys()) == []


def test_every_column_has_a_label_in_both_languages():
    dictionary = tomllib.loads((ROOT / "data" / "columns.toml").read_text(encoding="utf-8"))
    known = {
        "label_en", "label_zh", "unit_en", "unit_zh", "help_en", "help_zh", "decimals", "width",
        "is_share", "is_total", "is_change", "is_grade", "is_year", "is_chances", "is_figure",
    }  # fmt: skip
    faults = [name for name, entry in dictionary.items() if not (entry.get("label_en") and entry.get("label_zh"))]
    faults += [name for name, entry in dictionary.items() if set(entry) - known]
    faults += [name for name, entry in dictionary.items() if ("help_en" in entry) != ("help_zh" in entry)]
    assert faults == []


COUNTS = "count|seats|cohorts|teams|moved|regraded|events|columns|sheets|kinds|raters"


def test_english_counts_one_thing_as_one():
    plain = re.compile(rf"\{{({COUNTS})\}}\**( \w+)? (\w{{3,}}s|are|have)\b")
    kept = {"log", "chart"}  # the log is as the store wrote it; labels of a chart are put together by the browser
    kept_keys = {"polls.cells_note"}  # a threshold
    texts = {key: text["en"] for key, text in words.catalogue().items() if not key.endswith("_many")}
    found = {key for key, text in texts.items() if key.partition(".")[0] not in kept and plain.search(text)}
    assert sorted(found - kept_keys) == []
    with words.using("en"):
        assert words.t("tree.votes", count=1) == "1 vote"
        assert words.t("selection.cut_off", day=dt.date(2026, 1, 9)) == "Judged on 9 January 2026."
        assert words.t("tree.votes", count="1,001") == "1,001 votes"
        assert words.t("panel.suppressed", count=1) == "1 rater group has too few ballots to be told about."


def test_a_missing_value_is_an_error_and_not_a_hole():
    words.use("en")
    with pytest.raises(KeyError):
        words.t("rankings.shown")
    with pytest.raises(KeyError):
        words.t("rankings.no_such_word")


@pytest.mark.parametrize(
    ("locale", "language"), [("zh-CN", "zh"), ("zh", "zh"), ("en-GB", "en"), ("fr", "en"), (None, "en")]
)
def test_the_browser_decides_the_language_at_first(locale, language):
    assert words.preferred(locale) == language


@pytest.mark.parametrize(
    "text",
    ["[a](http://example.org)", "![x](//example.org/x.png)", "http://example.org", "WWW.example.org", "见[一](二)"],
)
def test_a_text_of_a_file_is_no_link(text):
    told = words.tame(text)
    assert told != text
    assert told.replace("\u200b", "") == text
    assert not re.search(r"\]\(|://|www\.", told, re.IGNORECASE)
    with words.using("en"):
        assert words.t("tree.merged", groups=text) == words.t("tree.merged", groups="#").replace("#", told)


@pytest.mark.parametrize("text", ["A (B)", "区委办 [一]", "a/b: c", "50%", ""])
def test_what_is_no_link_stays(text):
    assert words.tame(text) == text


def acts():
    """What the store writes into the log, with a 7 for whatever is filled in."""
    for node in ast.walk(ast.parse((ROOT / "pipelines" / "warehouse.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "write" and len(node.args) > 2:
            yield from (filled(one) for given in (node.args[1], *node.args[3:5]) for one in branches(given))
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "action":
            yield from (filled(one) for one in branches(node.value))


def filled(node):
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "7" for part in node.values)
    return node.value if isinstance(node, ast.Constant) else ""


def test_what_the_log_says_is_told_in_chinese_too():
    said = {text for text in acts() if re.search("[a-z]{3}", text)}
    assert len(said) > 20
    assert [text for text in said if not re.search("[\u4e00-\u9fff]", words.retold("log", text, "zh"))] == []
    assert {words.retold("log", text, "en") for text in said} == said
    assert words.retold("log", "9048 rows of 813013a8", "zh") == "9,048 行（813013a8）"
    assert words.retold("log", "关闭 2025", "zh") == "关闭 2025"


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("zh", "工作实绩 [kind=unit; layer=正职|副职]", "工作实绩（类型：单位；层次：正职或副职）"),
        ("en", "工作实绩 [kind=unit]", "工作实绩 — Kind: Units"),
        ("zh", "bonus_cap", "bonus_cap"),
    ],
)
def test_a_row_of_the_scheme_is_named_in_words(language, text, said):
    with words.using(language):
        assert sentences.row_id(text) == said


@pytest.mark.parametrize(
    "key", sorted({*scheme.COMMON_PARAMS, *(name for names in scheme.METHODS.values() for name in names)})
)
def test_every_parameter_of_a_method_is_said(key):
    with words.using("zh"):
        for value in ("up", "down") if key == "dir" else ("0:40, 60:60",) if key == "at" else ("3",):
            told = sentences.parameter(key, value)
            assert "=" not in told
            assert re.search("[\u4e00-\u9fff]", told)


def test_numbers_have_their_thousands_apart_and_years_have_none():
    with words.using("en"):
        assert words.t("audit.broken", count=1200, first="?").startswith(
            "The log was changed from outside in 1,200 places"
        )
        assert words.t("trends.changed", earlier=2024, cycle=2025, count=1) == "2024 → 2025: 1 change"
    assert words.retold("log", "120000 rows of ab12", "zh") == "120,000 行（ab12）"
    assert words.retold("log", "withdraw upload 1200", "en") == "withdraw upload 1200"
