"""Titles that say what a chart shows: the rows that are drawn in, one finding out; else the plain name of the chart."""

from __future__ import annotations

from decimal import Decimal

from pages.ui import kept, shapes, tables
from pages.ui.words import t, without_aside
from pipelines.advice.panels import WANTED

NOTABLE = Decimal("0.05")
"""A component whose share in the differences is further than this from its weight is worth a sentence."""
MOST_NAMED = 3


@kept.by_table
def parts(table: shapes.Table) -> str:
    """Which component brings most of a total (mart `score_steps` of one subject)."""
    steps = table.to_pylist()
    components = [row for row in steps if row["step"] == "component" and row["score"] is not None]
    first = min((row["depth"] for row in components), default=0)
    given = [
        (row["score"] * (row["share"] or 0), row["name"] or row["id"]) for row in components if row["depth"] == first
    ]
    total = next((row["score"] for row in steps if row["step"] == "total"), None)
    if len(given) < 2 or total is None or max(given)[0] <= 0:
        return t("subject.parts")
    points, name = max(given)
    return t("subject.parts_most", points=tables.number(points), total=tables.number(total), name=without_aside(name))


@kept.by_table
def place(cohort: shapes.Table, rank: int | None, size: int | None) -> str:
    """How many of its peers a subject of this rank in a cohort of this size is ahead of."""
    if not rank or not size or size < 2:
        return t("subject.place")
    return t("subject.place_ahead", ahead=f"{shapes.behind(cohort, rank):,}", peers=f"{size - 1:,}")


@kept.by_table
def years(table: shapes.Table) -> str:
    """The best rank of a subject, and in which of its years it had it last."""
    ranked = [row for row in table.to_pylist() if row["rank"]]
    if len(ranked) < 2:
        return t("subject.years")
    best = min(row["rank"] for row in ranked)
    cycle = max(row["cycle"] for row in ranked if row["rank"] == best)
    return t("subject.years_best", best=best, cycle=cycle, count=len(ranked))


@kept.by_table
def seats(quotas: shapes.Table) -> str:
    """In how many pools of any grade all seats are taken (`reads.quotas`)."""
    pools = [row for row in quotas.to_pylist() if row["seats"] is not None and not row["part"]]
    if not pools:
        return t("grades.seats")
    return t("grades.seats_full", full=sum(row["taken"] >= row["seats"] for row in pools), pools=len(pools))


@kept.by_table
def months(table: shapes.Table) -> str:
    """The month that added most and the one that deducted most (`reads.ledger_months`)."""
    rows = table.to_pylist()
    said = []
    for column, key in (("bonus_sum", "most_added"), ("deduction_sum", "most_deducted")):
        month = max(rows, key=lambda row: row[column] or 0, default=None)
        if month is not None and month[column]:
            name = t(f"month.{month['month']}")
            said.append(t(f"ledger.{key}", month=name, points=tables.number(month[column], 1)))
    return t("subject.then").join(said) or t("ledger.months")


@kept.by_table
def turnout(table: shapes.Table) -> str:
    """In which rater group fewest of those entitled gave a valid ballot (`reads.poll_turnout`)."""
    told = [row for row in table.to_pylist() if row["eligible"] and row["valid"] is not None]
    if not told:
        return t("polls.turnout")
    rate, group = min(
        (Decimal(row["valid"]) / row["eligible"], row["rater_group"] or t("polls.everybody")) for row in told
    )
    return t("polls.turnout_least", group=group, share=tables.percent(rate))


@kept.by_table
def answers(table: shapes.Table) -> str:
    """What was chosen most often, of all votes that are shown (`reads.poll_answers`)."""
    votes: dict[str, int] = {}
    for row in table.to_pylist():
        votes[row["option"]] = votes.get(row["option"], 0) + (row["votes"] or 0)
    if not sum(votes.values()):
        return t("polls.answers")
    most = max(votes, key=lambda option: votes[option])
    return t("polls.answers_most", option=most, share=tables.percent(Decimal(votes[most]) / sum(votes.values())))


@kept.by_table
def profile(table: shapes.Table) -> str:
    """Where two rater groups are furthest apart on one item (`reads.poll_groups`)."""
    means: dict[str, list[tuple[Decimal, str]]] = {}
    for row in table.to_pylist():
        if row["mean"] is not None:
            means.setdefault(row["item"], []).append((row["mean"], row["rater_group"]))
    apart = [(max(own)[0] - min(own)[0], item, max(own)[1], min(own)[1]) for item, own in means.items() if len(own) > 1]
    if not apart or max(apart)[0] < Decimal("0.05"):
        return t("polls.profile")
    points, item, high, low = max(apart)
    return t("polls.profile_apart", item=item, high=high, low=low, points=tables.number(points, 1))


@kept.by_table
def ages(table: shapes.Table) -> str:
    """How many of those whose age is known are fifty or older."""
    people = sum(table.column("people").to_pylist())
    older = sum(row["people"] for row in table.to_pylist() if row["age_from"] >= 50)
    return t("structure.ages_older", older=f"{older:,}", people=f"{people:,}") if people else t("structure.ages")


@kept.by_table
def weights(table: shapes.Table) -> str:
    """The component whose share in the differences is furthest from its weight (`method.drivers`)."""
    drivers = table.to_pylist()
    roots = [row for row in drivers if row["depth"] == 1 and row["variance_share"] is not None]
    if len(roots) < 2:
        return t("method.effect")
    row = max(roots, key=lambda row: abs(row["variance_share"] - row["nominal_share"]))
    if abs(row["variance_share"] - row["nominal_share"]) < NOTABLE:
        return t("method.effect_alike")
    shares = {name: tables.percent(row[f"{name}_share"], 0) for name in ("nominal", "variance")}
    return t("method.effect_apart", name=without_aside(row["name"]), **shares)


@kept.by_table
def indices(drivers: shapes.Table) -> str:
    """The weights that move ranks most (`method.drivers`)."""
    return _moves_most([(row["name"], row["total_index"]) for row in drivers.to_pylist()]) or t("method.indices")


@kept.by_table
def rules(table: shapes.Table) -> str:
    """The rules that move ranks most, weights being one of them (`method.rules`)."""
    told = [row for row in table.to_pylist() if row["method_option"] is None]
    return _moves_most([(t(f"method_rule.{row['method_rule']}"), row["total_index"]) for row in told]) or t(
        "method.rules"
    )


def _moves_most(indices: list[tuple[str, Decimal | None]]) -> str:
    """Whose total Sobol index is the greatest; nothing where none moves a rank, or too many as much."""
    known = [(name, round(index, 2)) for name, index in indices if index is not None]
    most = max((index for _, index in known), default=Decimal(0))
    names = dict.fromkeys(without_aside(name) for name, index in known if index == most)
    if most <= 0 or len(names) > MOST_NAMED:
        return ""
    return t("method.moves_most", names=t("confidence.and").join(names), index=tables.number(most))


@kept.by_table
def agreement(table: shapes.Table) -> str:
    """How many rater groups judge reliably enough (`panels.panels` with a reliability of the mean)."""
    rated = table.to_pylist()
    if not rated:
        return t("panel.agreement")
    reliable = sum(row["icc_mean"] >= Decimal(str(WANTED)) for row in rated)
    return t("panel.agreement_found", reliable=reliable, count=len(rated), wanted=WANTED)


@kept.by_table
def leniency(table: shapes.Table) -> str:
    """The mildest and the strictest rater group (`panels.panels` with a leniency)."""
    compared = table.to_pylist()
    strict, mild = (pick(compared, key=lambda row: row["leniency"], default=None) for pick in (min, max))
    if strict is None or mild is None or mild["leniency"] - strict["leniency"] < Decimal("0.005"):
        return t("panel.leniency")
    said = {name: tables.number(row["leniency"], is_signed=True) for name, row in (("above", mild), ("below", strict))}
    return t("panel.leniency_apart", mild=mild["rater_group"], strict=strict["rater_group"], **said)


@kept.by_table
def shares(table: shapes.Table, grade: str) -> str:
    """The groups with the least and the greatest share of a grade (`fair.grade_shares`)."""
    rows = table.to_pylist()
    low, high = (pick(rows, key=lambda row: row["grade_rate"], default=None) for pick in (min, max))
    if low is None or high is None or high["grade_rate"] - low["grade_rate"] < Decimal("0.0005"):
        return t("fairness.shares")
    ends = {"low": low, "high": high}
    named = {name: row["group"] or t("filter.blank") for name, row in ends.items()}
    rates = {f"{name}_rate": tables.percent(row["grade_rate"]) for name, row in ends.items()}
    return t("fairness.shares_apart", grade=grade, **named, **rates)


@kept.by_table
def changes(table: shapes.Table) -> str:
    """How many rose and fell by what was their own (`course.changes` with parts)."""
    rows = table.to_pylist()
    rose, fell = sum(row["own_part"] > 0 for row in rows), sum(row["own_part"] < 0 for row in rows)
    return t("change.parts_found", rose=f"{rose:,}", fell=f"{fell:,}", count=f"{len(rows):,}")


@kept.by_table
def answered(table: shapes.Table) -> str:
    """What most of those who answered said (`survey.survey_answers` of everybody)."""
    rows = table.to_pylist()
    most = max(rows, key=lambda row: row["answer_rate"] or 0, default=None)
    if most is None or not most["answer_rate"]:
        return t("survey.all")
    return t("survey.all_found", answer=most["answer"], share=tables.percent(most["answer_rate"]))


@kept.by_table
def sureness(table: shapes.Table, line: str) -> str:
    """How many are safely above a line, on it and below it; without a line how many keep their rank (`sure.sureness`)."""
    rows = table.to_pylist()
    if not line:
        still = sum(row["rank_low"] == row["rank_high"] for row in rows)
        return t("confidence.intervals_still", still=f"{still:,}", count=f"{len(rows):,}")
    found = {name: f"{sum(row['certainty'] == name for row in rows):,}" for name in ("safe", "border", "out")}
    return t("confidence.intervals_line", grade=line, **found)


@kept.by_table
def ahead(table: shapes.Table) -> str:
    """The pair of which it is least sure who is ahead (`sure.comparisons`)."""
    pairs = table.to_pylist()
    ranked = [row for row in pairs if row["rank"] < row["other_rank"]]
    pair = min(ranked, key=lambda row: abs(row["ahead_chance"] - Decimal("0.5")), default=None)
    if pair is None:
        return t("confidence.ahead")
    names = {"name": pair["name"] or pair["subject"], "other": pair["other_name"] or pair["other"]}
    return t("confidence.ahead_least", share=tables.percent(pair["ahead_chance"], 0), **names)


@kept.by_table
def items(table: shapes.Table) -> str:
    """The item that is furthest from the mean of the cohort (`reads.against`, items of polls)."""
    rows = table.to_pylist()
    known = [row for row in rows if row["score"] is not None and row["score_mean"] is not None]
    row = max(known, key=lambda row: abs(row["score"] - row["score_mean"]), default=None)
    if row is None or abs(row["score"] - row["score_mean"]) < Decimal("0.05"):
        return t("subject.profile")
    points = tables.number(row["score"] - row["score_mean"], 1, is_signed=True)
    return t("subject.profile_apart", name=without_aside(row["name"]), points=points)


@kept.by_table
def funnel(table: shapes.Table) -> str:
    """How many of those who entered are left after the last stage (`selection_race`, one post in order)."""
    stages = table.to_pylist()
    if not stages:
        return t("selection.funnel")
    last = stages[-1]
    return t(
        "selection.funnel_left", left=f"{last['passed']:,}", count=f"{stages[0]['entered']:,}", stage=last["stage"]
    )


@kept.by_table
def waves(table: shapes.Table) -> str:
    """How many questions more are satisfied with than in the wave they are compared to (`waves.waves`)."""
    found = table.to_pylist()
    latest = {row["question"]: row["verdict"] for row in found}
    compared = [verdict for verdict in latest.values() if verdict != "base"]
    if not compared:
        return t("polls.waves")
    up = sum(verdict in ("clear_up", "up") for verdict in compared)
    return t("polls.waves_up", up=up, count=len(compared))


@kept.by_table
def matrix(table: shapes.Table) -> str:
    """How many entries are still open, and how many of these are overdue (`reads.register_entries` with subject and owner)."""
    entries = [row for row in table.to_pylist() if row["name"] and row["owner"]]
    if not entries:
        return t("registers.matrix")
    still = [row for row in entries if row["is_open"]]
    overdue = sum(bool(row["is_overdue"]) for row in still)
    return t("registers.matrix_open", open=f"{len(still):,}", count=f"{len(entries):,}", overdue=f"{overdue:,}")


@kept.by_table
def regraded(table: shapes.Table) -> str:
    """How many would have another grade (`tryout.quick_moves`)."""
    rows = table.to_pylist()
    count = sum(row["grade"] != row["new_grade"] for row in rows)
    return t("tryout.grades_moved", moved=f"{count:,}", count=f"{len(rows):,}")
