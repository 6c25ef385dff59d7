"""The invented district of the sample: its units and people, and what changes from year to year.

Everything follows from the seed. Each use of random numbers has a stream of its own, named after year and purpose, so
that a change of one leaves the others as they were. Units and people have a quality, in standard deviations, which
the sample's figures follow: last year's is mostly kept, so that ranks move without jumping.
"""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass, field, replace

NAME = "云澜区"
FIRST_YEAR = 2022
LEADERS, STAFF = ("正职", "副职"), ("一般干部", "临聘")

_UNITS = {
    "街道乡": (
        "云溪街道 望江街道 青禾街道 松岭街道 锦河街道 北苑街道 南屏街道 石泉街道 麦丘乡 柳坪乡 白鹭乡 "
        "红岩乡 桃源乡 双桥乡"
    ),
    "经济管理": (
        "发展和改革局 财政局 工业和信息化局 商务局 农业农村局 住房和城乡建设局 交通运输局 水利局 统计局 "
        "市场监督管理局 投资促进中心"
    ),
    "社会发展": (
        "教育局 民政局 人力资源和社会保障局 卫生健康局 文化和旅游局 医疗保障局 退役军人事务局 科学技术局 "
        "残疾人联合会 融媒体中心"
    ),
    "党群政务": (
        "委办公室 政府办公室 委组织部 委宣传部 委统战部 总工会 妇女联合会 信访局 档案馆 机关事务服务中心 政务服务管理局"
    ),
    "执法监督": ("司法局 应急管理局 城市管理局 审计局 自然资源局 综合行政执法大队 文化市场执法大队 劳动监察大队"),
    "垂直管理": ("税务局 气象局 烟草专卖局 邮政管理局 消防救援大队 生态环境分局 公安分局 调查队"),
}
_FOUNDED = {"政务服务管理局": 2023}
_MOVED = {"市场监督管理局": (2024, "执法监督"), "残疾人联合会": (2025, "党群政务")}
"""Units that change platform once: from which year, and where to."""

_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾"
    "丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊"
)
_GIVEN = (
    "云子秋雨明远思齐若安承泽文博雅宁书瑶晓岚景行知夏望舒怀瑾一诺佳和清越立恒志成海川静姝春晖建"
    "业国梁永康德馨启航向阳冬梅素心亦凡星野长风"
)
_SPECIAL_NAMES = ("欧阳知秋", "司马云帆", "阿依努尔·吐尔逊", "上官清和", "买买提·艾力", "诸葛明达")


@dataclass(eq=False)
class Unit:
    """A unit; `quality` is how good it is this year, in standard deviations."""

    code: str
    short: str
    platform: str
    quality: float
    founded: int | None = None

    @property
    def name(self) -> str:
        if self.platform == "街道乡":
            return self.short
        if self.short in ("消防救援大队", "综合行政执法大队", "文化市场执法大队", "劳动监察大队"):
            return NAME + self.short
        return {
            "生态环境分局": "市生态环境局云澜分局",
            "公安分局": "市公安局云澜分局",
            "调查队": "国家统计局云澜调查队",
        }.get(self.short, "区" + self.short)

    @property
    def team(self) -> str:
        return self.code + "-B"


@dataclass(eq=False)
class Person:
    """A person; `layer` is one of 正职, 副职, 一般干部, 临聘, `since` the day of the present post."""

    code: str
    name: str
    layer: str
    unit: Unit
    quality: float
    sex: str
    born: datetime.date
    party: str
    degree: str
    since: datetime.date
    reserve: bool = False

    @property
    def number(self) -> int:
        return int(self.code[1:])


@dataclass(frozen=True)
class Appointment:
    """One leader's post from one day to another, and how it came about; None: still held."""

    person: str
    name: str
    unit: str
    layer: str
    started: datetime.date
    ended: datetime.date | None
    move: str
    route: str = ""


@dataclass
class District:
    """The district as it stands in one year; `advance` takes it to the next."""

    seed: int
    year: int = FIRST_YEAR - 1
    units: list[Unit] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    appointments: list[Appointment] = field(default_factory=list)
    """Every post of a leader, in the order of its beginning."""

    def stream(self, table: str) -> random.Random:
        """The random numbers of one table of this year."""
        return random.Random(f"{self.seed}/{self.year}/{table}")

    def of(self, unit: Unit, *layers: str) -> list[Person]:
        return [person for person in self.people if person.unit is unit and person.layer in layers]

    def advance(self) -> None:
        """Units are founded and change platform, people come, move, rise and leave."""
        self.year += 1
        draw = self.stream("people")
        for platform, names in _UNITS.items():
            for short in names.split():
                if _FOUNDED.get(short, FIRST_YEAR) == self.year:
                    unit = Unit(f"U{len(self.units) + 1:02d}", short, platform, draw.gauss(0, 1), _FOUNDED.get(short))
                    self.units.append(unit)
                    self._staff(unit, draw)
        if self.year == FIRST_YEAR:
            # Two pairs bear one name each, as in any district of this size: only the number tells them apart.
            hired = [person for person in self.people if person.layer == "临聘"]
            for one, other in zip(hired[10:12], hired[90:92], strict=True):
                other.name = one.name
            for person in self.people:
                if person.layer in LEADERS:
                    self._appoint(person, "")
        else:
            self._change(draw)
        drift = self.stream("quality")
        for unit in self.units:
            unit.quality = 0.75 * unit.quality + drift.gauss(0, 0.6)
        for person in self.people:
            person.quality = 0.8 * person.quality + drift.gauss(0, 0.5)

    def _staff(self, unit: Unit, draw: random.Random) -> None:
        layers = ["正职"] + ["副职"] * draw.randint(2, 4)
        size = draw.randint(20, 32)
        layers += ["临聘" if draw.random() < 0.2 else "一般干部" for _ in range(size)]
        for layer in layers:
            self._hire(unit, layer, draw, datetime.date(self.year - draw.randint(1, 7), draw.randint(1, 12), 1))

    def _hire(self, unit: Unit, layer: str, draw: random.Random, since: datetime.date) -> None:
        oldest, youngest = {"正职": (56, 42), "副职": (53, 36), "一般干部": (52, 25), "临聘": (45, 22)}[layer]
        name = self._name(draw)
        person = Person(
            code=f"P{len(self.names):04d}",
            name=name,
            layer=layer,
            unit=unit,
            quality=draw.gauss(0, 1),
            sex="女" if draw.random() < 0.38 else "男",
            born=datetime.date(self.year - draw.randint(youngest, oldest), draw.randint(1, 12), 1),
            party="中共党员" if layer in LEADERS or draw.random() < 0.55 else draw.choice(("群众", "群众", "民主党派")),
            degree=draw.choices(("大专", "大学本科", "硕士研究生", "博士研究生"), (18, 62, 19, 1))[0],
            since=since,
        )
        person.reserve = person.layer == "一般干部" and person.quality > 0.9 and draw.random() < 0.6
        self.people.append(person)

    def _name(self, draw: random.Random) -> str:
        while True:
            name = draw.choice(_SURNAMES) + draw.choice(_GIVEN) + (draw.choice(_GIVEN) if draw.random() < 0.8 else "")
            if draw.random() < 0.005:
                name = draw.choice(_SPECIAL_NAMES)
            if name not in self.names:
                self.names.add(name)
                return name

    def _change(self, draw: random.Random) -> None:
        for unit in self.units:
            year, platform = _MOVED.get(unit.short, (0, ""))
            if year == self.year:
                unit.platform = platform
        spring, autumn = datetime.date(self.year, 3, 1), datetime.date(self.year, 9, 1)
        staff = [person for person in self.people if person.layer in STAFF]
        leaving = draw.sample(staff, len(staff) // 30)
        leaving += draw.sample([person for person in self.people if person.layer == "副职"], 6)
        leaving += draw.sample([person for person in self.people if person.layer == "正职"], 3)
        self.people = [person for person in self.people if person not in leaving]
        for mover in draw.sample([person for person in self.people if person.layer in STAFF], 8):
            mover.unit, mover.since = draw.choice([unit for unit in self.units if unit is not mover.unit]), spring
        chiefs = draw.sample([person for person in self.people if person.layer == "正职"], 6)
        for one, other in zip(chiefs[::2], chiefs[1::2], strict=True):
            one.unit, other.unit = other.unit, one.unit
            one.since = other.since = spring
            for chief in (one, other):
                self._appoint(chief, "交流")
        for person in leaving:
            if person.layer in LEADERS:
                self._retire(person, spring)
                self._promote(person.unit, person.layer, draw, spring if draw.random() < 0.5 else autumn)
        for unit in self.units:
            while len(self.of(unit, *STAFF)) < 20 + int(unit.code[1:]) % 9:
                layer = "临聘" if draw.random() < 0.3 else "一般干部"
                self._hire(unit, layer, draw, draw.choice((spring, autumn)))

    def _promote(self, unit: Unit, layer: str, draw: random.Random, day: datetime.date) -> None:
        """The best of the layer below takes the vacant post; a deputy's own post is then filled in the same way."""
        below = "副职" if layer == "正职" else "一般干部"
        heir = max(self.of(unit, below), key=lambda person: (person.reserve, person.quality))
        heir.layer, heir.since, heir.reserve = layer, day, False
        self._appoint(heir, "提拔", "竞争上岗" if heir.number % 3 else "组织任命")
        if below == "副职":
            self._promote(unit, below, draw, day)

    def _appoint(self, person: Person, move: str, route: str = "") -> None:
        """Keep a leader's new post, and that the one before has ended; never before it began."""
        begun = [one.started for one in self.appointments if one.person == person.code]
        day = max([person.since, *begun])
        self._end(person, day)
        appointment = Appointment(person.code, person.name, person.unit.name, person.layer, day, None, move, route)
        self.appointments.append(appointment)

    def _retire(self, person: Person, day: datetime.date) -> None:
        self._end(person, day)
        gone = Appointment(person.code, person.name, person.unit.name, "", day, day, "改任非领导职务")
        self.appointments.append(gone)

    def _end(self, person: Person, day: datetime.date) -> None:
        for place, one in enumerate(self.appointments):
            if one.person == person.code and one.ended is None:
                self.appointments[place] = replace(one, ended=day)
