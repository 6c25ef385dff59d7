"""Twenty questions of leaders, the office and analysts, answered from the screens alone.

A visitor starts on the overview and may click three times. What the page then says, text and tables as a screen reader
has them, must hold the answer that the extracts give.
"""

from time import monotonic

import pytest

from pipelines.warehouse import Warehouse
from tests.browser.conftest import GO, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

MOST_CLICKS = 3
START = "/?lang=en&cycle=2025&kind=unit"
SECONDS_TO_READ = 5
SEEN = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    const rows = [...main.querySelectorAll('canvas tr')];
    return [main.innerText, ...rows.map((row) => [...row.children].map((cell) => cell.textContent).join(' | '))].join('\\n');
}"""


def answers(path):
    """The answers, from the tables that everybody can take as files."""
    with Warehouse.open(path) as store:
        taken = {name: store.extract(name).to_pylist() for name in ("ranking", "quotas", "consequences", "events")}
        scheme = {
            (row["table"], row["id"], row["column"]): row["value"] for row in store.extract("rules", 2025).to_pylist()
        }
    units = {row["name"]: row for row in taken["ranking"] if row["cycle"] == 2025 and row["kind"] == "unit"}
    before = {row["name"]: row for row in taken["ranking"] if row["cycle"] == 2024 and row["kind"] == "unit"}
    told = {name: f"{row['total']:.2f}" for name, row in units.items() if row["total"] is not None}
    ranked = [row for row in units.values() if row["rank"]]
    mean = sum(row["total"] for row in units.values()) / len(units)
    best = [row for row in units.values() if row["grade"] == "优秀"]
    first = next(row for row in units.values() if row["platform"] == "党群部门" and row["rank"] == 1)
    return {
        "units": units, "before": before, "told": told, "ranked": len(ranked), "mean": f"{mean:.2f}", "best": best,
        "first": first["name"], "scheme": scheme, **taken,
    }  # fmt: skip


def questions(known):
    """(who asks, the question, what is clicked from the overview on, what the page must say)."""
    units, scheme = known["units"], known["scheme"]
    barred = next(name for name, row in units.items() if row["status"] == "barred")
    commended = [
        row["subject"] for row in known["consequences"] if row["action"] == "通报表彰" and row["cycle"] == 2025
    ]
    names = {row["subject"]: name for name, row in units.items()}
    rise = f"{units['组织部']['total'] - known['before']['组织部']['total']:.2f}"
    gap = f"{units['发改局']['total'] - units['财政局']['total']:.2f}"
    return [
        ("leader", "How many units are ranked?", [], [f"Ranked\n{known['ranked']}"]),
        ("leader", "What is the mean total?", [], [known["mean"]]),
        ("leader", "Who must decide on what?", [], [f"{barred} is barred by scandal"]),
        ("leader", "Is a grade over its quota?", [], ["none over quota"]),
        ("leader", "Who rose most?", [], ["组织部 rose most"]),
        ("leader", "Who is first of 党群部门?", ["Rankings"], [f"1 | {known['first']} | ▲ 1"]),
        ("leader", "How much did 组织部 win on last year?", ["Rankings"], [f"▲ {rise}"]),
        ("office", "Why has one unit no rank?", ["Rankings", "Needs attention"], [barred, "events: scandal 1 ≥ 1"]),
        ("office", "Who just got the best grade, and by how much?", ["Grades and quotas"], [f"发改局 over 财政局 by {gap}"]),
        ("office", "How many seats of 优秀 are taken?", ["Grades and quotas"], [f"{len(known['best'])} of 3 seats taken"]),
        ("office", "How near was anybody to a limit?", ["Gates and consequences"], ["share of bad in public above 30%"]),
        ("office", "Who is suggested for commendation?", ["Gates and consequences", "Suggestions"],
         [f"通报表彰 | {names[one]}" for one in commended if one in names]),
        ("office", "What does work weigh this year?", ["Scheme"],
         [f"工作实绩\t{float(scheme['components', 'work_part', 'weight']):g}"]),
        ("office", "What changed in the scheme?", ["Scheme", "Compare"], ["Components | work_part | Weight | 60 | 70"]),
        ("office", "Who uploaded what, and when?", ["Upload"], ["2026-01-20", "王敏", "考核2025.xlsx"]),
        ("office", "What was deducted, from whom, for what?", ["Ledger and progress"], ["2025-05-01 | 商务局 | 通报 | -0.5"]),
        ("office", "Where does the score of 区委办 come from?", ["Subject"], ["Source: file › sheet › cell"]),
        ("analyst", "How many ballots came back?", ["Polls"], ["Valid of entitled"]),
        ("analyst", "How do I read the ranking in pandas?",
         ["Extracts", "Read the file in pandas, R, Excel or Arrow"], ["pandas.read_csv(\"ranking-2025"]),
        ("analyst", "What does a column mean?", ["Extracts", "Column dictionary"], ["coverage | Coverage"]),
    ]  # fmt: skip


def click(page, name):
    """Click what a visitor sees under this name, wherever it stands."""
    for role in ("link", "radio", "button"):
        found = page.get_by_role(role, name=name, exact=True)
        if found.count():
            found.first.click()
            return
    page.get_by_text(name, exact=True).first.click()


def test_a_visitor_finds_the_answers_within_three_clicks(page, built_database, office_address):
    asked = questions(answers(built_database))
    assert len(asked) == 20
    page.goto(f"{office_address}{START}")
    lost, trodden = [], None
    for who, question, clicks, said in asked:
        assert len(clicks) <= MOST_CLICKS
        if clicks != trodden:  # the page of the question before is the same one
            page.evaluate(GO, START)
            page.wait_for_timeout(400)
            settle(page)
            for name in clicks:
                click(page, name)
                page.wait_for_timeout(400)
                settle(page)
            trodden = clicks
        end = monotonic() + SECONDS_TO_READ
        while (missing := [one for one in said if one not in page.evaluate(SEEN)]) and monotonic() < end:
            page.wait_for_timeout(200)  # a table tells a screen reader its rows a moment after it is drawn
        lost += [f"{who}: {question} {one!r}" for one in missing]
    assert not lost, "\n".join(lost)
