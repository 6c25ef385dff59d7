"""Random whole appraisals for comparing two scorers: `make(seed)` gives the tables and what the reference says.

Everything that the specification of scoring names occurs: methods, periods, trees, polls, filters, gates, pools,
borders, history. Figures are small and few, and limits are taken from what the appraisal itself scores, so that ties,
halves and thresholds met exactly are frequent. Only sound input comes out: a draft that the reference refuses is
thrown away.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import count
from random import Random

from tests.reference import Appraisal, Refused, Row, Tables, written

CYCLE = 2024
PLATFORMS = ("", "镇街", "部门")
LAYERS = ("", "chief", "deputy")
PERIODS = (
    ("",),
    ("1月", "2月", "10月"),
    ("一季度", "二季度", "三季度", "四季度"),
    ("第十一期", "第九期", "第十二期"),
    ("上半年", "下半年"),
)
ANY_SIZE = ("ratio", "minmax", "rank", "zscore", "progress")
"""Methods whose scores do not depend on the unit of measure: their figures may be of any size."""
METHODS = ("points", "ratio", "linear", "steps", "interp", "minmax", "rank", "zscore", "deduct", "yesno", "progress")
ANSWERS = ("60", "70", "80", "80", "85.5", "90", "100")
ATTRIBUTES = ("level", "名单", "任职", "编码")
SCORES = ("60", "70", "80", "80", "84.5", "90", "90", "100")


def make(seed: int) -> tuple[Tables, Tables]:
    """The first sound appraisal of this seed: its tables, and the six tables of section 13."""
    for attempt in count():
        rng = Random(f"{seed}/{attempt}")
        try:
            tables = Draft(rng).tables()
            return tables, Appraisal(tables).outputs()
        except Refused:
            continue
    raise AssertionError


@dataclass
class Draft:
    """One appraisal being made up, from the roster to the consequences."""

    rng: Random
    is_plain: bool = False
    """A plain tree with few different scores: many ties, full quotas."""
    subjects: list[Row] = field(default_factory=list)
    made: Tables = field(default_factory=dict)
    polls: dict[str, list[str]] = field(default_factory=dict)
    """Poll -> what an answer may be."""
    items: dict[str, list[str]] = field(default_factory=dict)
    large: set[str] = field(default_factory=set)
    """Polls of thousands, without turnout."""
    grades: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)

    def tables(self) -> Tables:
        self.is_plain = self.chance(0.35)
        self.make_settings()
        self.make_roster()
        self.grades = list(self.some(("优秀", "良好", "合格", "不合格", "A", "B"), 2, 4))
        self.make_polls()
        self.make_tree()
        self.make_events()
        self.make_history()
        self.make_limits()
        self.make_consequences()
        return {name: self.finished(rows) for name, rows in self.made.items() if rows}

    # -- chance -----------------------------------------------------------------------------------------------------

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def one(self, values: Sequence[str] | str) -> str:
        return self.rng.choice(values.split("|") if isinstance(values, str) else values)

    def some(self, values: Sequence[str], least: int, most: int) -> list[str]:
        return self.rng.sample(list(values), min(len(values), self.rng.randint(least, most)))

    def maybe(self, probability: float, value: str) -> str:
        return value if self.chance(probability) else ""

    def weight(self) -> str:
        return self.one("1|1|2|3|40|60|50|0.5|") if self.chance(0.93) else "0"

    def finished(self, rows: list[Row]) -> list[Row]:
        """Rows in any order, without columns that are blank throughout."""
        used = {key for row in rows for key, value in row.items() if value}
        rows = [
            {key: row.get(key, "") for key in dict.fromkeys(k for r in rows for k in r) if key in used} for row in rows
        ]
        self.rng.shuffle(rows)
        return rows

    def add(self, table: str, **row: str) -> None:
        self.made.setdefault(table, []).append(row)

    # -- settings and roster ----------------------------------------------------------------------------------------

    def make_settings(self) -> None:
        self.made = {"settings": [{"key": "cycle", "value": str(CYCLE)}, {"key": "anonymity", "value": "0"}]}
        for key, values in {
            "title": "考核",
            "rank_decimals": "0|0|1|2|4|6",
            "bonus_cap": "2|3|0",
            "deduction_cap": "2|5",
            "total_min": "0|50|-10",
            "total_max": "100|90",
            "headcount": "participants",
            "border": "include|include|exclude",
        }.items():
            if self.chance(0.45):
                self.add("settings", key=key, value=self.one(values))

    def make_roster(self) -> None:
        names = list("王李赵钱孙周吴郑冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华")
        self.rng.shuffle(names)
        sizes = {"unit": (0, 5), "team": (0, 3), "person": (2, 12), "candidate": (0, 4)}
        if self.is_plain:
            sizes |= {"team": (0, 0), "person": (8, 19), "candidate": (0, 0)}
        for kind, (least, most) in sizes.items():
            few_platforms, few_layers = self.some(PLATFORMS, 1, 2), self.some(LAYERS, 1, 2)
            for i in range(self.rng.randint(least, most)):
                self.subjects.append(
                    {
                        "cycle": self.one((str(CYCLE), str(CYCLE), "")),
                        "subject": self.one((f"{kind[0].upper()}{i}", f"{kind[0]}{i:02}", f"{i}号{kind[0]}")),
                        "name": self.maybe(0.95, names.pop() + self.one("伟|芳|街道")),
                        "kind": self.maybe(0.5, kind) if kind == "person" else kind,
                        "platform": self.one(few_platforms),
                        "layer": self.one(few_layers),
                        "status": self.one(("", "", "", "", "", "graded", "ungraded", "excluded")),
                        "level": self.maybe(0.9, self.one("1|2|10")),
                        "名单": self.maybe(0.5, self.one("后备|重点")),
                        "任职": self.maybe(0.8, self.one("2012-03-01|2016-07-01|2019-01-15")),
                        "编码": self.maybe(0.6, self.one("01|1|甲")),
                    }
                )
        in_any_order = list(self.subjects)
        self.rng.shuffle(in_any_order)
        if self.chance(0.8):
            in_any_order.sort(key=lambda row: ("unit", "team", "person", "candidate").index(row["kind"] or "person"))
        for place, row in enumerate(in_any_order):
            row["parent"] = ""
            above = in_any_order[:place]
            if row["kind"] != "unit" or self.chance(0.1):
                above = [r for r in above if r["kind"] in ("unit", "team")] or above
                if above and self.chance(0.75):
                    row["parent"] = self.rng.choice(above)["subject"]
        if self.chance(0.15):
            self.rng.choice(self.subjects)["name"] = self.rng.choice(self.subjects)["name"]
        if self.chance(0.1):
            self.rng.choice(self.subjects)["name"] = self.rng.choice(self.subjects)["subject"]
        chinese = {"unit": "单位", "team": "班子", "person": "个人", "candidate": "人选", "excluded": "不参加"}
        chinese |= {"graded": "参加", "ungraded": "不定等次"} if self.chance(0.3) else {}
        said = chinese if self.chance(0.3) else {}
        for row in self.subjects:
            words = {key: said.get(row[key], row[key]) for key in ("kind", "status")}
            self.add("subjects", **row | words | {"parent": self.called(row["parent"])})
        if self.chance(0.3):
            for row in self.some_rows(self.subjects, 3):
                self.add(
                    "subjects", **dict(row, cycle=str(CYCLE - 1), status="", layer="chief", parent="", kind="team")
                )

    def some_rows(self, rows: list[Row], most: int) -> list[Row]:
        return self.rng.sample(rows, min(len(rows), self.rng.randint(1, most)))

    def called(self, subject: str) -> str:
        """A subject as a table may call it: by id, or by name where that is clear."""
        name = next((row["name"] for row in self.subjects if row["subject"] == subject), "")
        bearers = [row for row in self.subjects if name in (row["name"], row["subject"])]
        return name if name and len(bearers) == 1 and self.chance(0.3) else subject

    # -- filters ----------------------------------------------------------------------------------------------------

    def split(self, parts: int, keys: Sequence[str] = ()) -> list[str]:
        """As many filters as asked for of which at most one applies to any subject; the first key decides."""
        if parts == 1:
            return [self.filter(keys) if self.chance(0.3) else ""]
        key = self.one(
            keys or ("kind", "platform", "layer", "level", "名单", "parent", "status", "parent_grade", "编码")
        )
        values = self.values_of(key)
        taken = self.some(values, 1, max(1, len(values) - 1))
        filters = [f"{key}={'|'.join(taken)}", f"{key}!={'|'.join(taken)}"]
        if parts == 3 and len(taken) > 1:
            filters = [f"{key}={taken[0]}", f"{key}={'|'.join(taken[1:])}", f"{key}!={'|'.join(taken)}"]
        return [f + self.maybe(0.1, "; " + self.filter(keys)) for f in filters]

    def filter(self, keys: Sequence[str] = ()) -> str:
        key = self.one(
            keys or ("kind", "platform", "layer", "level", "名单", "parent", "subject", "status", "parent_grade")
        )
        values = self.some(self.values_of(key), 1, 2)
        equals = self.one(("=", "=", "!=", " = ", "＝"))
        return f"{key}{equals}{'|'.join(values)}"

    def values_of(self, key: str) -> list[str]:
        if key == "parent_grade":
            return ["", *self.grades]
        if key == "kind":
            return ["unit", "team", "person", "candidate"]
        if key == "status":
            return ["graded", "ungraded", "excluded"]
        return sorted({row[key] for row in self.subjects} | {""})

    def holds(self, applies: str, row: Row) -> bool:
        """Whether a filter without parent_grade lets this subject through."""
        for condition in filter(None, (part.strip() for part in applies.replace("＝", "=").split(";"))):
            key, _, values = condition.replace("!=", "=", 1).partition("=")
            value = row[key.strip()] or {"kind": "person", "status": "graded"}.get(key.strip(), "")
            if (value in [v.strip() for v in values.split("|")]) == ("!=" in condition):
                return False
        return True

    # -- polls ------------------------------------------------------------------------------------------------------

    def make_polls(self) -> None:
        for poll in self.some(("测评", "poll2"), 0, 1 if self.is_plain else 2):
            standardise = self.chance(0.2)
            self.add(
                "polls",
                poll=poll,
                name=self.maybe(0.3, f"{poll}表"),
                min_ballots=self.one("||1|2|3"),
                trim=self.one("|0|1|1|2"),
                standardise="rater" if standardise else "",
                round=self.one("|||0|1"),
            )
            self.make_options(poll)
            self.items[poll] = self.some(("德", "能", "overall", "x"), 1, 3) if self.chance(0.5) else []
            for item in self.items[poll]:
                self.add("poll_items", poll=poll, item=item, name=self.maybe(0.3, f"{item}项"), weight=self.weight())
            keys = ("kind", "layer", "platform", "level", "名单", "parent")
            rows = [
                (group, applies)
                for group in self.some(("领导", "群众", "peers"), 1, 3)
                for applies in self.split(self.rng.randint(1, 2), keys)
            ]
            if self.chance(0.2):
                rows = []
            for group, applies in rows:
                self.add("poll_groups", poll=poll, rater_group=group, weight=self.weight(), applies=applies)
            self.large |= {poll} if self.chance(0.15) else set()
            for subject in self.subjects:
                if self.chance(0.85):
                    groups = [group for group, applies in rows if self.holds(applies, subject)]
                    self.vote(poll, subject, groups if rows else ["", "g2"], standardise)
            if self.chance(0.7) and poll not in self.large:
                self.make_turnout(poll, list(dict.fromkeys(group for group, _ in rows)) or ["all"])

    def make_options(self, poll: str) -> None:
        if self.chance(0.35):
            self.polls[poll] = list(ANSWERS)
            return
        options = {
            "A": ("优秀", "100"),
            "B": ("称职", "80"),
            "C": ("基本称职", "60"),
            "D": ("不称职", "0"),
            "E": ("弃权", ""),
        }
        kept = self.some(list(options), 2, 5)
        if kept == ["E"] or {"A", "B", "C", "D"}.isdisjoint(kept):
            kept = ["A", "E"]
        by_name = self.chance(0.5)
        for option in kept:
            name, points = options[option]
            self.add(
                "poll_options",
                poll=poll,
                option=option if by_name else name,
                name=name if by_name else "",
                points=points,
            )
        self.polls[poll] = [options[o][0] for o in kept] + (kept if by_name else [])

    def vote(self, poll: str, subject: Row, groups: list[str], standardise: bool) -> None:
        has_options = len(self.polls[poll]) != len(ANSWERS) or self.polls[poll] != list(ANSWERS)
        start = {"poll": poll, "subject": self.called(subject["subject"])}
        votes = "0|7|40|3521" if poll in self.large else "0|1|1|2|3"
        for group in groups:
            for item in self.items[poll] or [""]:
                if self.chance(0.12):
                    continue
                mode = "ballots" if standardise else self.one("ballots|tallies|both")
                written_item = "" if item == "overall" and self.chance(0.5) else item
                row = {**start, "rater_group": group, "item": written_item}
                if mode != "tallies":
                    for ballot in range(self.rng.randint(1, 5)):
                        number = str(ballot) if standardise or self.chance(0.8) else ""
                        answer = self.maybe(0.95, self.one(self.polls[poll]))
                        self.add("ballots", **row, cycle=self.maybe(0.5, str(CYCLE)), ballot=number, answer=answer)
                if mode != "ballots":
                    names = (
                        {"优秀": "A", "称职": "B", "基本称职": "C", "不称职": "D", "弃权": "E"} if has_options else {}
                    )
                    answers = {names.get(a, a): a for a in self.some(self.polls[poll], 1, 3)}
                    for answer in answers.values():
                        self.add("tallies", **row, answer=answer, votes=self.one(votes))

    def make_turnout(self, poll: str, groups: list[str]) -> None:
        places = [
            "",
            *dict.fromkeys(row["parent"] for row in self.subjects),
            *(row["subject"] for row in self.some_rows(self.subjects, 3)),
        ]
        for subject in dict.fromkeys(self.some(places, 1, len(places))):
            for group in groups:
                if self.chance(0.8):
                    returned = self.rng.choice((16, 18, 20))
                    eligible = self.rng.choice((returned, 20, 24, 2 * returned))
                    self.add(
                        "turnout",
                        poll=poll,
                        rater_group=group,
                        subject=self.called(subject),
                        eligible=self.maybe(0.95, str(eligible)),
                        present=self.maybe(0.95, str(self.rng.choice((4, 8, 10)))),
                        issued=self.maybe(0.5, str(eligible)),
                        returned=self.maybe(0.95, str(returned)),
                        void=self.maybe(0.5, "0"),
                    )

    # -- the tree ---------------------------------------------------------------------------------------------------

    def make_tree(self) -> None:
        names = iter(f"c{i}" if self.chance(0.5) else f"内容{i}" for i in count(1))
        self.grow("", 1, names)
        for i in range(self.rng.randint(0, 2)):
            self.make_indicator(f"自由{i}", "")

    def grow(self, parent: str, depth: int, names: Iterable[str]) -> None:
        """Components below `parent`."""
        names = iter(names)
        for place in range(self.rng.randint(1, 2 if self.is_plain else 3 if depth > 1 else 4)):
            name = next(names)
            kind = "value"
            if not self.is_plain:
                kind = self.one("value|value|indicators|indicators|indicators|poll|parent|children|children")
            if kind == "children" and depth == 3:
                kind = "indicators"
            if kind == "poll" and not self.polls:
                kind = "value"
            sources = {"poll": f"poll:{self.one(list(self.polls) or [''])}"}
            many = 1 if depth == 1 and place == 0 else self.rng.choice((1, 1, 1, 2))
            filters = [""] if depth == 1 and place == 0 else self.split(many)
            for number, applies in enumerate(filters):
                source = sources.get(kind, kind)
                if number and kind in ("value", "parent", "indicators"):
                    source = self.one("value|parent|" + kind)
                is_default = source == kind and kind in ("value", "indicators", "children")
                self.add(
                    "components",
                    component=name,
                    parent=parent,
                    name=self.maybe(0.5, f"{name}名"),
                    weight=self.weight(),
                    source="" if is_default and self.chance(0.5) and len(filters) == 1 else source,
                    aggregate=self.one("||||arithmetic|geometric|geometric"),
                    min_present=self.one("|||1|2"),
                    round=self.one("|||||0|1"),
                    applies=applies,
                    missing=self.one("||skip|zero") if self.chance(0.98) else "error",
                )
            if kind == "children":
                self.grow(name, depth + 1, names)
            if kind == "indicators":
                for i in range(self.rng.randint(1, 4)):
                    self.make_indicator(f"{name}-{i}", name)
            else:
                self.give_scores(name)

    def give_scores(self, component: str) -> None:
        for row in self.subjects:
            for period in self.some(self.rng.choice(PERIODS), 1, 2):
                if self.chance(0.85):
                    few = ("70", "80", "90")
                    value = self.one(few if self.is_plain else SCORES) if self.chance(0.97) else self.one("105|0|-5")
                    self.result(row, component, period, self.maybe(0.97, value))

    def result(self, row: Row, indicator: str, period: str, value: str, plan: str = "") -> None:
        called = self.called(row["subject"])
        self.add(
            "results",
            cycle=self.maybe(0.5, str(CYCLE)),
            subject=called,
            indicator=indicator,
            period=period,
            value=value,
            plan=plan,
        )
        if self.chance(0.03):
            self.add(
                "results", cycle=str(CYCLE - 1), subject=called, indicator=indicator, period=period, value="7", plan="1"
            )

    def make_indicator(self, name: str, component: str) -> None:
        filters = self.split(self.rng.choice((1, 1, 1, 2)))
        method = self.one(METHODS)
        unit = self.rng.choice((1, 1, Fraction("0.001"), Fraction("98765.4321"), 10**9)) if method in ANY_SIZE else 1
        for applies in filters:
            self.add(
                "indicators",
                indicator=name,
                component=component,
                weight=self.weight(),
                method=method,
                target=self.maybe(0.5, self.sized("4|5|8|0", unit)),
                params=self.params(method),
                periods=self.one("||last|sum|mean|max|min"),
                round=self.one("|||||0|1"),
                applies=applies,
                missing=self.one("||skip|zero") if component else "",
            )
            if method not in ("yesno", "points", "deduct"):
                others = ANY_SIZE if method in ANY_SIZE else ("linear", "steps", "interp")
                method = self.one(others)
        self.give_values(name, method, unit)

    def sized(self, values: str, unit: int | Fraction) -> str:
        """One of these figures, in another unit of measure."""
        text = self.one(values)
        return text if unit == 1 else written(Fraction(text) * unit)

    def params(self, method: str) -> str:
        steps = "at=0:0, 2:60, 4：90,5:100|at=1:40, 3:70|at=-1:10, 2.5:55, 5:85"
        own = {
            "points": "full=10|full=8||full=20",
            "ratio": "dir=down|dir=up||dir=down",
            "linear": "worst=0; best=5|worst=6; best=1|worst=1.5;best=4.5",
            "steps": steps,
            "interp": steps,
            "minmax": "lo=60|dir=down||lo=40; dir=down",
            "rank": "lo=50|dir=down||lo=40; dir=down",
            "zscore": "mid=80; spread=5|dir=down||mid=60",
            "deduct": "each=5|each=2.5||each=20",
            "progress": "balance=0.5|balance=0||balance=0.4|balance=1",
        }
        parts = [
            self.one(own.get(method, "")),
            self.maybe(0.2, self.one("cap=120|cap=80|cap=110")),
            self.maybe(0.15, self.one("floor=20|floor=50")),
        ]
        return "; ".join(part for part in parts if part)

    def give_values(self, name: str, method: str, unit: int | Fraction) -> None:
        periods = self.rng.choice(PERIODS)
        pool = "0|1|2|2|3|4|5" if method != "yesno" else "是|否|yes|1|0|√|Y|n"
        if method in ("linear", "interp", "minmax", "rank", "zscore") and self.chance(0.3):
            pool = "-1|0|1.5|2.5|2.5|3"
        with_plans = self.chance(0.5) and method in (*ANY_SIZE, "interp")
        for row in self.subjects:
            if self.chance(0.88):
                for period in periods if self.chance(0.8) else self.some(periods, 1, len(periods)):
                    plan = self.maybe(0.85, self.sized("2|4|4|5|0", unit)) if with_plans else ""
                    self.result(row, name, period, self.maybe(0.93, self.sized(pool, unit)), plan)

    # -- events, history --------------------------------------------------------------------------------------------

    def make_events(self) -> None:
        declared = self.some(("表彰", "创新", "通报", "约谈"), 0, 4)
        for kind in declared:
            for applies in self.split(self.rng.choice((1, 1, 2))):
                sign = "+" if kind in ("表彰", "创新") else "-"
                self.add(
                    "adjustments",
                    type=kind,
                    sign=sign,
                    points=self.one("1|2||-1.5"),
                    cap=self.one("|||3|1"),
                    applies=applies,
                )
        self.types = [*declared, "事故"]
        for row in self.subjects:
            for _ in range(self.rng.choice((0, 0, 0, 0, 0, 1) if self.is_plain else (0, 0, 0, 1, 2, 3))):
                points = self.one("||1|2.5|-1|-0.5")
                year = str(CYCLE) if self.chance(0.95) else str(CYCLE - 1)
                self.add(
                    "events", cycle=year, subject=self.called(row["subject"]), type=self.one(self.types), points=points
                )

    def make_history(self) -> None:
        rated = [poll for poll in self.polls if self.made.get("poll_options") and self.options_of(poll)]
        for row in self.subjects:
            if self.chance(0.25):
                continue
            for cycle in range(CYCLE - 5, CYCLE):
                start = {"cycle": str(cycle), "subject": self.called(row["subject"])}
                if self.chance(0.7):
                    self.add("history", **start, grade=self.one([*self.grades[:2], self.grades[-1], "旧等次"]))
                for poll in rated:
                    for option in self.some(self.options_of(poll), 0, 2) if self.chance(0.5) else ():
                        self.add("history", **start, poll=poll, answer=option, rate=self.one("0.5|0.25|60%|0.7|0"))
        if self.chance(0.2):
            self.add("history", cycle=str(CYCLE - 1), subject="已调离", grade=self.grades[0])

    def options_of(self, poll: str) -> list[str]:
        """Each option of a poll by its id or its name."""
        mine = [row for row in self.made.get("poll_options", []) if row["poll"] == poll]
        return [row["name"] if row["name"] and self.chance(0.5) else row["option"] for row in mine]

    # -- limits, taken from what is scored --------------------------------------------------------------------------

    def make_limits(self) -> None:
        scored = Appraisal({name: rows for name, rows in self.made.items() if rows})
        taking_part = [s for s in scored.subjects.values() if s.takes_part]
        totals = [written(s.total) for s in taking_part if s.total is not None] or ["60"]
        coverages = [written(s.coverage) for s in taking_part] or ["0.5"]
        if self.chance(0.3):
            self.add("settings", key="min_coverage", value=self.one([*coverages, "0.5", "60%"]))
        self.make_grades(totals)

        def met(metric: str) -> str:
            """A value that the metric has for somebody, most of the time."""
            values = [v for s in taking_part if (v := scored.metric(s, metric)) is not None]
            if values and self.chance(0.8):
                value = self.rng.choice(values)
                return written(value) if isinstance(value, Fraction) else value
            return self.one("0|0.5|1|2|60|80") if not metric.startswith("attr:") else self.one("2|2016-07-01|甲")

        self.make_gates(met)
        for order in range(self.rng.choice((0, 0, 1, 2, 3))):
            self.add("tiebreaks", order=str(order + 1), metric=self.metric(), direction=self.one("|desc|asc"))

    def make_grades(self, totals: list[str]) -> None:
        by_kind = self.chance(0.4)
        kinds = ["unit", "team", "person", "candidate"]
        for applies in [f"kind={kind}" for kind in kinds] if by_kind else [""]:
            if by_kind and self.chance(0.15):
                continue
            pools = "|cohort|platform|layer|parent|all|platform+layer|level|kind+名单|parent_grade+layer|status"
            pools = "|all|platform|layer|kind|all" if self.is_plain else pools
            shares = ("0.25", "0.3", "0.5") if self.is_plain else ("0.1", "0.2", "0.25", "0.34", "0.5", "0.333333333")
            pool, cumulative, left = self.one(pools), self.chance(0.3), Fraction(1)
            for order, grade in enumerate(self.grades, start=1):
                is_last = order == len(self.grades)
                share = self.one([share for share in shares if Fraction(share) <= left] or [""])
                if self.chance(0.7) if is_last else not cumulative and self.chance(0.15):
                    share = ""
                left -= Fraction(share or 0)
                if not cumulative and self.chance(0.5):
                    pool = self.one(pools)
                rounding = self.one("floor|half_up|ceil|") if share else ""
                if cumulative and share and (order > 1 or self.chance(0.7)):
                    rounding = "cumulative"
                rows = [applies]
                if not cumulative and not is_last and self.chance(0.2):
                    rows = [
                        f"{applies}; {part}" if applies else part
                        for part in self.split(2, ("parent_grade", "layer", "platform"))
                    ]
                for its in rows:
                    self.add(
                        "grades",
                        grade=grade,
                        order=str(order),
                        share=self.percent(share),
                        rounding=rounding,
                        pool=pool,
                        apportion=self.one("parent|platform|layer|level|platform+layer")
                        if self.chance(0.3 if share else 0.05)
                        else "",
                        min_score=self.maybe(0.25, self.one([*totals, "60", "80"])),
                        applies=its,
                    )

    def percent(self, share: str) -> str:
        return f"{written(Fraction(share) * 100)}%" if share and self.chance(0.3) else share

    def make_gates(self, met: Callable[[str], str]) -> None:
        by_kind = any(row["applies"].startswith("kind=") for row in self.made.get("grades", []))
        for number in range(self.rng.randint(0, 1 if self.is_plain else 4)):
            effect = self.one(("exclude", "flag", "flag", "cap", "cap", "grade"))
            limited: list[str] = []
            if effect in ("cap", "grade"):
                effect = f"{effect}:{self.one(self.grades)}"
                limited = [self.one("kind=unit|kind=person|kind=candidate|kind=team")] if by_kind else []
            rows = self.rng.choice((1, 1, 2))
            with_effect = self.rng.randrange(rows)
            for place in range(rows):
                metric = self.metric()
                extra = [self.filter()] if self.chance(0.25) else []
                self.add(
                    "gates",
                    gate=f"g{number}" if self.chance(0.7) or rows > 1 else f"限{number}",
                    metric=metric,
                    op=self.one("<|<=|>|>=|=|!="),
                    value=met(metric),
                    effect=effect if place == with_effect or self.chance(0.2) else "",
                    applies="; ".join(limited + extra),
                )

    def metric(self) -> str:
        """Any metric of section 8."""
        of_subject = ["total", "base", "bonus", "deduction", "coverage", f"events:{self.one(self.types)}"]
        of_subject += [f"attr:{name}" for name in ATTRIBUTES if any(row[name] for row in self.subjects)]
        of_tree = ["component:" + self.one([row["component"] for row in self.made["components"]])]
        if indicators := [row["indicator"] for row in self.made.get("indicators", [])]:
            of_tree += [f"{name}:{self.one(indicators)}" for name in ("indicator", "value")]
        if values := [row["component"] for row in self.made["components"] if row["source"] == "value"]:
            of_tree.append("value:" + self.one(values))
        some_grades = "+".join(self.some(self.grades, 1, 2))
        of_past = [f"streak:{some_grades}", f"grades:{some_grades}:{self.one('1|2|3|5')}"]
        of_polls = []
        for poll in self.polls:
            of_polls += [f"poll:{poll}", f"turnout:{poll}"]
            if self.options_of(poll):
                options = "+".join(self.some(self.options_of(poll), 1, 2))
                of_polls += [f"{name}:{poll}:{options}" for name in ("rate", "votes", "attendee_rate", "attendee_rate")]
                of_past.append(f"past_rate:{poll}:{options}:{self.one('2|3')}")
        return self.one(self.rng.choice([kind for kind in (of_subject, of_tree, of_past, of_polls, of_polls) if kind]))

    # -- consequences -----------------------------------------------------------------------------------------------

    def make_consequences(self) -> None:
        for number in range(self.rng.choice((0, 0, 1, 2, 3))):
            years = self.rng.randint(1, 3)
            for applies in self.split(self.rng.choice((1, 1, 2))):
                self.add(
                    "consequences",
                    rule=f"rule{number}",
                    grades="+".join(self.some(self.grades, 1, 2)),
                    mode=self.one(["", "consecutive", f"within:{years + self.rng.randint(0, 3)}"]),
                    years=str(years) if years > 1 or self.chance(0.5) else "",
                    action=self.one("奖励|谈话"),
                    amount=self.one("|3000|1.50"),
                    applies=applies,
                )
