"""The page docs/problems.md, made from the catalogue. To renew it: python tests/checks/catalogue.py"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "data" / "words" / "problems.toml"
PAGE = ROOT / "docs" / "problems.md"

HEAD = """# Problems

Everything that can be wrong with what is uploaded, and what Kaoping says about it: the codes of `problems.csv`, of the
upload page and of marked-up workbooks. Codes are stable. An **error** stops the commit and nothing is stored; a
**warning** and a **notice** do not. ‹Angle brackets› stand for what was found and what is known about the place.

This page is made from `data/words/problems.toml` by `python tests/checks/catalogue.py`; a test holds it true.
"""


def page():
    """The text of the page: one table per section of the catalogue."""
    text = CATALOGUE.read_text(encoding="utf-8")
    catalogue = tomllib.loads(text)
    lines = [HEAD]
    for section, body in re.findall(r"^# -- (.+?) -+$(.*?)(?=^# -- |\Z)", text, re.MULTILINE | re.DOTALL):
        lines += [
            f"## {section[0].upper()}{section[1:]}",
            "",
            "| code | severity | what, and what to do |",
            "|---|---|---|",
        ]
        for code in re.findall(r"^\[([a-z-]+)\]$", body, re.MULTILINE):
            entry = catalogue[code]
            sentences = [f"{entry['what_en']} {entry['fix_en']}", entry["what_zh"] + entry["fix_zh"]]
            cell = "<br>".join(re.sub(r"\{(\w+)\}", r"‹\1›", sentence) for sentence in sentences)
            lines.append(f"| `{code}` | {entry['severity']} | {cell.replace('|', chr(92) + '|')} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
