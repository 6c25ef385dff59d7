"""Titles that say what a chart shows: the rows that are drawn in, one finding out; else the plain name of the chart."""

from __future__ import annotations

from decimal import Decimal

from pages.ui import kept, shapes, tables
from pages.ui.words import t, without_aside


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
