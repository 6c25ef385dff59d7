"""The one DuckDB file: uploads, what they replace, builds and their marts.

Decides what is kept and what is current. `raw` keeps every upload; a newer row with the same key replaces the older
one for later builds without deleting it. A build is named by the hash of all that went into it, and its marts are
inserted whole or not at all. One process, one writer behind a lock, a cursor per query. Refuses a second process on
the file, and a commit that did not keep its own row.
"""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import fcntl
import functools
import hashlib
import itertools
import logging
import os
import re
import secrets
import shutil
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import duckdb
import pyarrow as pa

from pipelines.contract import DATA_TABLES, ORIGIN, SCHEME_TABLES, TABLES
from pipelines.engine import (
    BALLOT_COUNTS,
    ORIGIN_TYPES,
    PARTED,
    SQL_TYPES,
    Part,
    Run,
    in_memory,
    parted_marts,
    read_extract,
)
from pipelines.models import SQL, read_models
from pipelines.problems import DiskError, StoreError
from pipelines.workbook.values import clean_text, number_text, parse_number

log = logging.getLogger("kaoping")

DEFAULT_PATH = Path("data/store/kaoping.duckdb")

REPLACED_BY: dict[str, tuple[str, ...]] = {
    "ballots": ("poll", "rater_group", "subject"),
    "ballot_counts": ("poll", "rater_group", "subject"),
    "tallies": ("poll", "subject", "rater_group", "item"),
    "events": ("subject", "date_trunc('month', date)"),
    "history": ("cycle", "subject", "poll"),
    "registers": ("register", "entry"),
    "careers": ("subject",),
    "applications": ("subject",),
}
"""What a newer upload of a table replaces: all older rows that agree in these columns (and in the cycle). Tables that are
not named are replaced row by row by their key; a table of the scheme as a whole."""

TIDY_FILE = "set global checkpoint_threshold = '16MiB'"
TIDY_NOTHING = "set global checkpoint_threshold = '1GiB'"
"""A commit to the file writes into it and not into its log first, once it is of some size. DuckDB would tidy the memory of a
run by the same rule, a tenth of the time of a large build, and has one setting for both."""

QUERIED = "query: "
"""How the act of a query of the workbench begins."""

SPARE = ".spare"
"""What the copy of a log of changes is called beyond its name."""

REFUSED = "refuse "
"""How the act of a refusal begins."""

MOST_DIFFERENCES = 500
"""Rows of a difference that are listed; the rest is counted."""

STORE = """
create schema if not exists raw;
create schema if not exists results;
create schema if not exists marts;
create schema if not exists published;
create schema if not exists store;
create sequence if not exists store.upload_number;
create table if not exists store.files (sha256 varchar, content blob);
create table if not exists store.upload_log (
    upload integer, sha256 varchar, file varchar, who varchar, "at" timestamp, cycles integer[], tables varchar,
    row_count bigint, is_withdrawn boolean
);
create table if not exists store.upload_tables (upload integer, table_name varchar, cycle bigint, row_count bigint);
create table if not exists store.build_log (
    build varchar, cycle bigint, "at" timestamp, title varchar, subject_count bigint, program varchar, is_current boolean
);
create table if not exists store.secrets (cycle bigint, secret varchar);
create table if not exists store.publications (
    number integer, cycle bigint, build varchar, who varchar, "at" timestamp, open_points varchar, reason varchar
);
create table if not exists store.published (number integer, name varchar, content blob);
create table if not exists store.notices (
    number integer, starts date, days integer, unit varchar, ends date, appeal_days integer, appeal_unit varchar,
    appeal_ends date
);
create sequence if not exists store.objection_number;
create table if not exists store.objections (
    number integer, publication integer, subject varchar, raised date, raised_by varchar, matter varchar,
    outcome varchar, answer varchar, decided date, who varchar
);
create sequence if not exists store.choice_number;
create table if not exists store.choices (
    number integer, cycle bigint, subject varchar, given varchar, chosen varchar, authority varchar, reason varchar,
    who varchar, "at" timestamp, is_withdrawn boolean
);
create sequence if not exists store.correction_number;
create table if not exists store.corrections (
    number integer, cycle bigint, table_name varchar, subject varchar, key varchar, period varchar, old varchar, new varchar,
    reason varchar, who varchar, "at" timestamp, is_withdrawn boolean
);
create sequence if not exists store.leaving_number;
create table if not exists store.leavings (
    number integer, cycle bigint, poll varchar, rater_group varchar, finding varchar, sheet_count bigint,
    authority varchar, reason varchar, who varchar, "at" timestamp, is_withdrawn boolean
);
create table if not exists store.left_out (number integer, poll varchar, written_group varchar, ballot varchar);
create table if not exists store.people (identity varchar, role varchar, subjects varchar, is_active boolean);
create table if not exists store.headings (heading varchar, table_name varchar, column_name varchar);
create table if not exists store.scenarios (name varchar, cycle bigint, who varchar, "at" timestamp, changes varchar);
create table if not exists store.saved_extracts (name varchar, who varchar, "at" timestamp, view varchar);
create table if not exists store.audit_log (
    number bigint, "at" timestamp, who varchar, action varchar, before varchar, after varchar, previous varchar, hash varchar
);
alter table store.audit_log add column if not exists state varchar;
create table if not exists store.build_facts (build varchar, fact varchar, value varchar);
create table if not exists store.rankings (
    build varchar, cycle bigint, kind varchar, platform varchar, layer varchar, subject varchar, name varchar, status varchar,
    total decimal(38, 9), rank bigint, cohort_size bigint, grade varchar
);
create or replace view store.uploads as
    select upload, sha256, file, who, "at", cycles, tables, row_count as "rows", is_withdrawn
    from store.upload_log;
create or replace view store.builds as
    select build, cycle, "at", title, subject_count as subjects, program
    from store.build_log
    where is_current;
"""

COUNTED = ("poll", "subject", "rater_group", "item", "word", "votes", "parts", "lowest", "highest")
"""The columns of `staging.ballot_counts`."""

COUNTS = """
create table raw.ballot_counts (
    poll varchar, subject varchar, rater_group varchar, item varchar, word varchar, votes bigint, parts hugeint,
    lowest decimal(28, 9), highest decimal(28, 9), _upload integer, _cycle bigint
)
"""
"""What the ballots of every upload say, counted when they came; see `_keep_counts`."""

CHOICES = """
create or replace view marts.choices as
    select choices.cycle, choices.number, ranking.kind, choices.subject, ranking.name,
        choices.given as rule_grade, choices.chosen as decided_grade, choices.authority, choices.reason, choices.who,
        choices."at", coalesce(ranking.grade, '') != choices.given or ranking.subject is null as is_stale
    from store.choices as choices
    left join results.ranking as ranking on choices.cycle = ranking.cycle and choices.subject = ranking.subject
    where not choices.is_withdrawn
"""
"""What the deciding meeting chose, beside what the rule gives now; stale where the rule gives another grade than it did."""

CORRECTED: dict[str, dict[str, tuple[str, str]]] = {
    "results": {"": ("indicator", "value")},
    "attributes": {"": ("attribute", "value")},
    "subjects": {name: ("", name) for name in ("name", "platform", "layer", "status", "parent")},
}
"""What a correction can be about: table -> its key ('' is any) -> the column that the key is compared with, the corrected one."""

PUBLISHED_BUILDS = """
create view store.builds as
    select build, cycle, "at", title, subject_count as subjects, program
    from kaoping.store.build_log
    where build in (
        select build
        from kaoping.store.publications
        where number in (select max(number) from kaoping.store.publications group by cycle)
    )
"""
"""The build of each cycle that the published edition shows."""

EDITION = "edition"
"""The catalogue, in memory, of the published edition."""

OUTCOMES = ("open", "founded", "unfounded")
"""What can come of an objection."""

SEALED = (
    "upload_log", "corrections", "choices", "leavings", "left_out", "publications", "notices", "objections", "people",
)  # fmt: skip
"""The tables of what people did: every entry of the audit log holds the hashes of all of them as the act left them."""

MOVABLE = ("results", "ballots", "tallies", "events")
"""The tables whose rows move their own subjects' scores and whoever is compared with them, and nobody else's."""

LARGEST_PART = 0.5
"""The share of a cycle's subjects up to which a part is scored by itself."""

DECIDED = ("corrections", "choices", "leavings", "program")
"""The facts of a build besides its uploads and earlier builds."""

ENTANGLED = """
select 1
from results.rules
where cycle = $cycle
    and (
        "table" = 'grades' and (contains(id, 'parent_grade') or contains(value, 'parent_grade'))
        or "column" = 'standardise' and value = 'rater'
        or "column" = 'merge_into' and exists (select 1 from results.turnout where cycle = $cycle)
    )
limit 1
"""
"""What of a scheme compares subjects that share neither a cohort nor a pool."""

PERIODS = """
select coalesce(period, '') as period, bool_or(list_contains($old, _upload)) as is_old
from raw.results
where _cycle = $cycle and list_contains($all, _upload)
group by all
order by period
"""
"""Periods are numbered over the whole cycle, so a new one is told in all marts that number them."""

PARENTS = """
select subject, total, grade
from results.ranking
where cycle = $cycle
    and subject in (select parent from results.subjects where cycle = $cycle and subject in (select unnest($part)))
    and subject not in (select unnest($part))
"""

HIDDEN_BESIDE = """
select distinct '' as subject, 'poll_group' as step, poll, '' as item, rater_group as id, '' as reason
from results.polls
where cycle = $cycle and votes is null and merged_into is null and subject not in (select unnest($part))
    and exists (select 1 from results.turnout where cycle = $cycle)
"""
"""The groups of which a cell is hidden beside a part: the turnout, which is of all subjects, keeps back what gives it away."""

Sum = tuple[int, int]
"""Rows, and the sum of their hashes."""

NO_SUM: Sum = (0, 0)

VOTES = ("ballots", "tallies", "survey")
"""The tables whose rows nobody sees."""

BESIDE = ("choices",)
"""What stands among the marts and is no result of a run."""

RANKED = "cycle, kind, platform, layer, subject, name, status, total, rank, cohort_size, grade"
"""The columns of a ranking that are kept of every build."""

TOKENS = """
with raters as (
    select _cycle, poll, rater_group, ballot,
        substr(sha256(concat_ws(chr(31), secret, coalesce(poll, ''), coalesce(rater_group, ''), ballot)), 1, 24) as token
    from (select distinct _cycle, poll, rater_group, ballot from given_rows where ballot is not null)
    inner join store.secrets on _cycle = cycle
)
select given_rows.* replace (raters.token as ballot)
from given_rows
left join raters
    on given_rows._cycle = raters._cycle
    and given_rows.poll is not distinct from raters.poll
    and given_rows.rater_group is not distinct from raters.rater_group
    and given_rows.ballot = raters.ballot
"""
"""Ballots as they are stored: a token for the number on the paper. The same rater of a poll keeps one token in a cycle, or
answers could not be standardised by rater; without the cycle's secret no token leads back to a number."""


@functools.cache
def program() -> str:
    """The version of the program: a hash of every rule it applies and of the engine's version, whose `hash` may change."""
    digest = hashlib.sha256(duckdb.__version__.encode())
    folders = [SQL / "macros.sql", *(SQL / layer for layer in ("staging", "scoring", "marts"))]
    for path in folders:
        for file in sorted(path.glob("*.sql")) if path.is_dir() else [path]:
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    for name in ("engine.py", "models.py", "secrecy.py"):
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Facts:
    """What a build was made from: uploads, builds of earlier cycles, the program; and the hash of its marts."""

    build: str
    cycle: int
    program: str
    is_current: bool
    uploads: tuple[int, ...]
    earlier: tuple[str, ...]
    result: str
    corrections: tuple[int, ...] = ()
    choices: tuple[int, ...] = ()
    leavings: tuple[int, ...] = ()


def link(
    number: int, at: dt.datetime, who: str, action: str, before: str, after: str, previous: str, state: str | None
) -> str:
    """The hash of an entry of the audit log, which holds the hash of the one before it. Entries of old have no state."""
    parts = (str(number), at.isoformat(), who, action, before, after, previous, *([] if state is None else [state]))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


class Warehouse:
    """A database of uploads and results. Make it with `open`, use it as a context manager or `close` it."""

    def __init__(
        self,
        root: duckdb.DuckDBPyConnection,
        lock: IO[bytes] | None,
        anchor: Path | None = None,
    ):
        self._root = root
        self._lock_file = lock
        self._anchor_file = anchor
        self._writer = threading.RLock()
        self.building = threading.Lock()
        """Held by a build: of two at a time the second would stand beside what the first takes away."""
        self._scratch = itertools.count()
        self._catalogue = "kaoping"
        self._writes = 0
        self._known: tuple[int, int] = (-1, 0)
        self.base = self
        root.execute(TIDY_NOTHING)
        self._prepare()
        self._prepare_published()

    @classmethod
    def open(cls, path: Path | None = None) -> Warehouse:
        """Open or create the database file; None keeps it in memory.

        Raises StoreError when another process holds it, or when it is damaged.
        """
        root = in_memory()
        if path is None:
            root.execute("attach ':memory:' as kaoping")
            return cls(root, None)
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.with_suffix(".lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            root.close()
            raise StoreError("held", file=path.name, error=error) from error
        spare = _spare(path)
        try:
            whole = _attach(root, path, spare)
        except (duckdb.Error, OSError) as error:
            lock.close()
            root.close()
            raise StoreError("unreadable", file=path.name, newest=_newest_backup(path), error=error) from error
        store = cls(root, lock, path.with_suffix(".anchor"))
        if spare is not None:
            store._mend(spare, whole)
        return store

    def close(self) -> None:
        self._root.close()
        if self._lock_file is not None:
            self._lock_file.close()

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- questions ----------------------------------------------------------------------------------------------------

    @functools.cached_property
    def published(self) -> Warehouse:
        """This database as those see it for whom only what is published counts: the latest publication of each cycle.

        Answers the same questions; what is written, built or corrected later changes no answer until it is published.
        """
        edition = copy.copy(self)
        edition._catalogue = EDITION
        edition.base = self
        return edition

    @property
    def is_published(self) -> bool:
        """Whether this is the published edition."""
        return self._catalogue == EDITION

    @property
    def version(self) -> int:
        """A number that changes with every load, withdrawal and build: the key of every cache.

        A query of the workbench and a refusal change nothing, and stand in the audit log all the same. Every page asks
        for it first, so it is read once after each write: this process owns the file, and `write` is the only way in.
        """
        base = self.base
        writes = base._writes  # before it is read: what a write does meanwhile is not known under this number
        known, number = base._known
        if known == writes:
            return number
        text = (
            "select coalesce(max(number), 0) from store.audit_log "
            "where not starts_with(action, ?) and not starts_with(action, ?)"
        )
        number = int(self._rows(text, [QUERIED, REFUSED])[0][0])
        base._known = (writes, number)
        return number

    def ask(self, question: str, values: Mapping[str, Any] | None = None) -> pa.Table:
        """The answer to a named question of `sql/queries/`, with its named parameters."""
        return self._answer(_question(question), values)

    def extract(self, name: str, cycle: int | None = None) -> pa.Table:
        """An extract of the specification's section 13 or a mart, of one cycle or of all."""
        text = self._text_of(name)
        if cycle is None:
            return self._answer(text)
        return self._answer(f"select * from ({text}) where cycle = $cycle", {"cycle": cycle})

    def origins(self, name: str, cycle: int, subject: str | None = None) -> pa.Table:
        """Where the rows of an extract or mart come from: one row per rule, and per table, file and sheet of data.

        Which tables stand behind it is read from the SQL itself. `id` is the key of a rule, which stands in one row;
        `first_row` and `last_row` bound the rows of data, of one subject where it is given. Of ballots, counts of votes and
        answers of surveys only file and sheet are told.
        """
        texts = self.inputs(cycle, self.shown(cycle))
        parts = []
        for table in sorted(_behind(self._mart(name)) & texts.keys()):
            keys = ", ".join(f'cast("{key}" as varchar)' for key in TABLES[table].keys)
            is_rule, is_secret = table in SCHEME_TABLES, table in VOTES
            id_ = f"concat_ws(' · ', {keys})" if is_rule else "''"
            first, last = ("null", "null") if is_secret else ("min(_row)", "max(_row)")
            has_subject = "subject" in (column.name for column in TABLES[table].columns)
            narrowed = "where given.subject = $subject" if subject is not None and has_subject and not is_secret else ""
            parts.append(
                f"select '{table}' as \"table\", {id_} as id, coalesce(log.file, '') as file, _sheet as sheet, "
                f"cast({first} as integer) as first_row, cast({last} as integer) as last_row from ({texts[table]}) as given "
                f"left join store.upload_log as log on given._upload = log.upload {narrowed} group by all"
            )
        values = {"subject": subject} if subject is not None and any("$subject" in part for part in parts) else {}
        return self._answer(f"select * from ({' union all '.join(parts)}) order by all", values)

    def official(self, name: str, cycle: int) -> pa.Table:
        """An extract of the specification's section 13 as the rules give it, without the meeting's choices beside it."""
        return self._answer(f"select * from ({read_extract(name)}) where cycle = $cycle", {"cycle": cycle})

    def marts(self) -> tuple[str, ...]:
        """The names of all marts."""
        return tuple(model.name for model in read_models("marts"))

    def uploads(self) -> pa.Table:
        """Every upload, the newest first."""
        return self._answer("select * from store.uploads order by upload desc")

    def builds(self) -> pa.Table:
        """The current build of each cycle, the latest cycle first."""
        return self._answer("select * from store.builds order by cycle desc")

    def cycles(self) -> tuple[int, ...]:
        """The cycles that have a roster, ascending."""
        rows = self._rows(
            "select distinct cycle from store.upload_tables inner join store.upload_log using (upload) "
            "where table_name = 'subjects' and not is_withdrawn order by cycle"
        )
        return tuple(int(row[0]) for row in rows)

    def headings(self) -> dict[str, tuple[str, str]]:
        """The headings that the office has mapped by hand."""
        return {row[0]: (row[1], row[2]) for row in self._rows("select * from store.headings")}

    def head(self) -> tuple[int, str]:
        """Number and hash of the newest entry of the audit log."""
        rows = self._rows("select number, hash from store.audit_log order by number desc limit 1")
        return (int(rows[0][0]), str(rows[0][1])) if rows else (0, "")

    def broken_links(self) -> list[str]:
        """Where the audit log, or what it tells of, was changed: one sentence per place, none where everything holds."""
        found: list[str] = []
        known: dict[int, str] = {}
        previous = ""
        state: str | None = None
        for *entry, digest in self._rows(
            'select number, "at", who, action, before, after, previous, state, hash from store.audit_log order by number'
        ):
            number, state = int(entry[0]), entry[-1]
            if number != len(known) + 1 or entry[-2] != previous:
                found.append(f"entry {number} does not follow the one before it")
            if link(*entry) != digest:
                found.append(f"entry {number} was changed after it was written")
            known[number] = previous = str(digest)
        for number, digest in self._anchors():
            if number not in known:
                found.append(f"entry {number} was written and is not there any more")
            elif known[number] != digest:
                found.append(f"entry {number} is not the one that was written")
        if state is not None:
            with self._root.cursor() as cursor:
                now = _sealed(cursor)
            before, after = (set(text.split()) for text in (state, now))
            changed = {part.partition("=")[0] for part in before ^ after}
            found += [f"the table {name} is not as the last act left it" for name in SEALED if name in changed]
        return found

    def find_upload(self, sha256: str) -> int | None:
        """The number of the upload with that content that is not withdrawn, if there is one."""
        rows = self._rows("select upload from store.upload_log where sha256 = ? and not is_withdrawn", [sha256])
        return int(rows[0][0]) if rows else None

    def content(self, sha256: str) -> bytes:
        """The bytes of an uploaded file. Raises StoreError when it is not there."""
        rows = self._rows("select content from store.files where sha256 = ?", [sha256])
        if not rows:
            raise StoreError("no-file", hash=sha256)
        return bytes(rows[0][0])

    # -- the input of a build -----------------------------------------------------------------------------------------

    def inputs(self, cycle: int, of: Facts | None = None, part: Part | None = None) -> dict[str, str]:
        """SELECT texts of the rows of one cycle that no newer upload replaces, for `engine.Run`.

        To the uploaded history come the results of earlier cycles that were scored here and that it does not tell. With
        `of` they are the rows that an earlier build was made from; with `part` those of its subjects, of the tables that
        are parted.
        """
        of = of or self.facts_now(cycle)
        serving = self._serving(cycle, of.uploads)
        texts = {
            name: self._current(name, cycle, serving[name], part=part if name in PARTED else None)
            for name in TABLES
            if name in serving
        }
        if of.earlier:
            texts["history"] = self._with_results(of.earlier, texts.get("history"), of.choices)
            if part is not None:
                texts["history"] = f"select * from ({texts['history']}) where {part.condition}"
        for name, columns in CORRECTED.items():
            if of.corrections and name in texts:
                texts[name] = self._corrected(name, columns, texts[name], of.corrections)
        if of.leavings and "ballots" in texts:
            texts["ballots"] = (
                f"select given.* from ({texts['ballots']}) as given where not exists (select 1 from "
                f"kaoping.store.left_out as out where out.number in ({', '.join(map(str, of.leavings))}) "
                "and out.poll = given.poll and out.written_group = coalesce(given.rater_group, '') "
                "and out.ballot = given.ballot)"
            )
        return texts

    def ballot_counts(self, cycle: int, of: Facts | None = None, part: Part | None = None) -> str | None:
        """SELECT text of the counts of the ballots of `inputs`, for `engine.Run`.

        None where there are no ballots, or where a decision leaves some out: then they are counted anew.
        """
        of = of or self.facts_now(cycle)
        uploads = None if of.leavings else self._serving(cycle, of.uploads).get("ballots")
        return self._current("ballot_counts", cycle, uploads, part=part) if uploads else None

    def part(self, now: Facts) -> Part | None:
        """What a build of these facts has to score anew where all else of the one that is shown stands; None: everything.

        That is everything where other than new rows about subjects came (roster, scheme, history, a decision, a withdrawal,
        another program), where the scheme compares what shares neither cohort nor pool (raters on one scale, pools by the
        parent's grade, merged groups beside a turnout), and where most of the cycle is touched.
        """
        cycle = now.cycle
        shown = [str(row["build"]) for row in self.builds().to_pylist() if row["cycle"] == cycle]
        if not shown or not self._sums(shown[0]):
            return None
        before = self.facts(shown[0])
        came = sorted(set(now.uploads) - set(before.uploads))
        serving = self._serving(cycle, came)
        if (
            any(getattr(now, name) != getattr(before, name) for name in DECIDED)
            or set(now.earlier) != set(before.earlier)
            or set(before.uploads) - set(now.uploads)
            or not serving
            or not serving.keys() <= set(MOVABLE)
            or self._answer(ENTANGLED, {"cycle": cycle}).num_rows
        ):
            return None
        named = " union ".join(
            f"select distinct subject from raw.{name} where _cycle = $cycle and _upload in ({', '.join(map(str, numbers))})"
            for name, numbers in serving.items()
        )
        touched = self._answer(named, {"cycle": cycle})["subject"]
        subjects = self.ask("part", {"cycle": cycle, "subjects": touched.to_pylist()})
        total = self._rows("select count(*) from results.subjects where cycle = ?", [cycle])[0][0]
        periods = self._answer(PERIODS, {"cycle": cycle, "old": list(before.uploads), "all": list(now.uploads)})
        if touched.null_count or subjects.num_rows > LARGEST_PART * total or not all(periods["is_old"].to_pylist()):
            return None
        values = {"cycle": cycle, "part": subjects["subject"].to_pylist()}
        return Part(subjects, self._answer(PARENTS, values), self._answer(HIDDEN_BESIDE, values), periods)

    def stale_corrections(self, cycle: int) -> list[dict[str, Any]]:
        """The corrections in force whose cell does not say any more what they expect: it was mended at the source."""
        found = []
        serving = self._serving(cycle, self._in_force(cycle))
        for row in self.ask("corrections", {"cycle": cycle}).to_pylist():
            if row["is_withdrawn"]:
                continue
            name = row["table_name"]
            key, column = CORRECTED[name].get(row["key"], CORRECTED[name].get("", ("", "")))
            known = (
                self._rows(
                    f"select {column} from ({self._current(name, cycle, serving[name])}) where subject = ?"
                    + (f" and {key} = ?" if key else "")
                    + (" and coalesce(period, '') = ?" if name == "results" else ""),
                    [row["subject"], *([row["key"]] if key else []), *([row["period"]] if name == "results" else [])],
                )
                if name in serving
                else []
            )
            if [value for (value,) in known] != [row["old"]]:
                found.append(row | {"found": "; ".join("" if value is None else str(value) for (value,) in known)})
        return found

    def facts(self, build: str) -> Facts:
        """What a build was made from; `build` may be the first letters of its name. Raises StoreError if there is none."""
        rows = self._rows(
            'select build, cycle, program, is_current, "at" from store.build_log where starts_with(build, ?)', [build]
        )
        if len(rows) > 1:
            raise StoreError("many-builds", count=len(rows), build=build)
        if not rows:
            raise StoreError("no-such-build", build=build)
        name, cycle, version, is_current, _ = rows[0]
        found = defaultdict[str, list[str]](list)
        for fact, value in self._rows("select fact, value from store.build_facts where build = ? order by all", [name]):
            found[fact].append(str(value))
        uploads = tuple(sorted(map(int, found["upload"])))
        if not found["result"]:
            raise StoreError("old-build", build=name[:16])
        numbers = [tuple(sorted(map(int, found[fact]))) for fact in ("correction", "choice", "leaving")]
        earlier, result = tuple(found["earlier"]), found["result"][0]
        return Facts(str(name), int(cycle), str(version), bool(is_current), uploads, earlier, result, *numbers)

    def threshold(self, cycle: int) -> int:
        """The highest `anonymity` under which a build showed votes of the cycle that still count; 0 where none did."""
        uploads = self._in_force(cycle)
        rows = self._rows(
            "select coalesce(max(cast(threshold.value as integer)), 0) from store.build_facts as threshold "
            "inner join store.build_log using (build) inner join store.build_facts as made_from using (build) "
            "inner join store.upload_tables as tables on cast(made_from.value as integer) = tables.upload "
            "where threshold.fact = 'anonymity' and made_from.fact = 'upload' and build_log.cycle = $1 "
            "and tables.cycle = $1 and list_contains($2, tables.table_name) and list_contains($3, tables.upload)",
            [cycle, list(VOTES), uploads],
        )
        return int(rows[0][0])

    def shown(self, cycle: int) -> Facts:
        """What the build was made from that this edition shows of a cycle. Raises StoreError if it shows none."""
        found = [row["build"] for row in self.builds().to_pylist() if row["cycle"] == cycle]
        if not found:
            raise StoreError("none-shown", cycle=cycle)
        return self.facts(found[0])

    def ranking_of(self, build: str) -> pa.Table:
        """The ranking as a build stored it, whether it is current or not."""
        return self._answer(
            f"select {RANKED} from store.rankings where build = $build order by subject", {"build": build}
        )

    def marts_of(self, connection: duckdb.DuckDBPyConnection | None, cycle: int) -> dict[str, pa.Table]:
        """Every mart with its rows in order: of a run on a scratch connection, or as they are stored for a cycle."""
        if connection is not None:
            return {
                name: connection.sql(f"select * from marts.{name} order by all").to_arrow_table()
                for name in self.marts()
            }
        return {
            name: self._answer(f"select * from marts.{name} where cycle = $cycle order by all", {"cycle": cycle})
            for name in self.marts()
        }

    def result_hash(self, connection: duckdb.DuckDBPyConnection) -> str:
        """The hash of the marts of a run, whatever the order of their rows."""
        return _digest(_summed(connection, {name: f"marts.{name}" for name in self.marts()}))

    def replaced(self, name: str, cycle: int, connection: duckdb.DuckDBPyConnection, rows: pa.Table) -> str:
        """SELECT text, for a scratch connection, of a table as it would be if these newer rows were stored."""
        connection.execute("create schema if not exists fresh")
        connection.register("given_rows", rows)
        connection.execute(f"create table fresh.{name} as select * from given_rows")
        connection.unregister("given_rows")
        uploads = self._serving(cycle, self._in_force(cycle)).get(name, [])
        return self._current(name, cycle, uploads, f"fresh.{name}")

    def difference(self, name: str, cycle: int, rows: pa.Table) -> tuple[dict[str, int], pa.Table]:
        """What these newer canonical rows would change in a table: counts, and the rows behind them.

        Counts are `same`, `added`, `changed` and `removed`, rows paired by the key of their table. The rows (what, key,
        before, after) are at most `MOST_DIFFERENCES`; a table of ballots has none, because nobody sees a ballot.
        """
        with self.scratch() as connection:
            after = self.replaced(name, cycle, connection, rows)
            uploads = self._serving(cycle, self._in_force(cycle)).get(name)
            before = self._current(name, cycle, uploads) if uploads else f"select * from fresh.{name} limit 0"
            columns = [column.name for column in TABLES[name].columns]
            listed = ", ".join(f'"{column}"' for column in columns)
            key = ", ".join(f'"{column}"' for column in TABLES[name].keys)
            text = ", ".join(f'cast("{column}" as varchar)' for column in columns if column != "cycle")
            connection.execute(f"create table before_rows as select {listed} from ({before})")
            connection.execute(f"create table after_rows as select {listed} from ({after})")
            connection.execute(
                f"create table gone as select {key}, concat_ws(' · ', {text}) as said, row_number() over "
                f"(partition by {key} order by said) as place from (from before_rows except all from after_rows)"
            )
            connection.execute(
                f"create table come as select {key}, concat_ws(' · ', {text}) as said, row_number() over "
                f"(partition by {key} order by said) as place from (from after_rows except all from before_rows)"
            )
            agree = " and ".join(
                f'gone."{column}" is not distinct from come."{column}"' for column in (*TABLES[name].keys, "place")
            )
            keys = ", ".join(f'coalesce(gone."{column}", come."{column}")' for column in TABLES[name].keys)
            connection.execute(
                "create table paired as select case when gone.said is null then 'added' when come.said is null then "
                f"'removed' else 'changed' end as what, concat_ws(' · ', {keys}) as key, gone.said as before, "
                f"come.said as after from gone full join come on {agree}"
            )
            counted = dict(connection.execute("select what, count(*) from paired group by what").fetchall())
            total = connection.execute("select count(*) from after_rows").fetchall()[0][0]
            shown = 0 if name == "ballots" else MOST_DIFFERENCES
            listing = connection.sql(f"from paired order by what, key, before, after limit {shown}").to_arrow_table()
        counts = {what: int(counted.get(what, 0)) for what in ("added", "changed", "removed")}
        return counts | {"same": int(total) - counts["added"] - counts["changed"]}, listing

    def files(self) -> dict[int, str]:
        """The file name of each upload."""
        return {int(row[0]): str(row[1]) for row in self._rows("select upload, file from store.upload_log")}

    def context(self, cycle: int, tables: Sequence[str]) -> dict[str, pa.Table]:
        """Tables of one cycle as Arrow: the vocabulary for reading a workbook."""
        return {name: self._answer(text) for name, text in self.inputs(cycle).items() if name in tables}

    def facts_now(self, cycle: int) -> Facts:
        """What a build of the cycle would be made from now. Its name is the hash of that; it has no result."""
        facts = Facts(
            build="",
            cycle=cycle,
            program=program(),
            is_current=False,
            uploads=tuple(self._in_force(cycle)),
            earlier=tuple(self._earlier(cycle)),
            result="",
            corrections=tuple(self._corrections(cycle)),
            choices=tuple(self._choices_before(cycle)),
            leavings=tuple(self._leavings(cycle)),
        )
        rows = self._rows(
            "select distinct table_name, sha256, upload from store.upload_tables inner join store.upload_log using (upload) "
            "where list_contains(?, upload) and (cycle = ? or table_name = 'history') order by upload, table_name",
            [list(facts.uploads), cycle],
        )
        parts = [facts.program, str(cycle), *(f"{row[0]}:{row[1]}" for row in rows), *facts.earlier]
        parts += [f"correction {number}" for number in facts.corrections]
        parts += [f"left out {number}" for number in facts.leavings]
        parts += [f"choice {number}" for number in facts.choices]
        return replace(facts, build=hashlib.sha256("\n".join(parts).encode()).hexdigest())

    @contextlib.contextmanager
    def scratch(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor whose default catalogue is empty, in memory, and gone afterwards."""
        name = f"scratch_{next(self._scratch)}"
        cursor = self._root.cursor()
        try:
            cursor.execute(f"attach ':memory:' as {name}")
            cursor.execute(f"use {name}")
            yield cursor
        finally:
            cursor.execute("use memory")
            cursor.execute(f"detach {name}")
            cursor.close()

    # -- changes ------------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def write(
        self, who: str, action: str, at: dt.datetime, before: str = "", after: str = ""
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """One transaction, one writer: who did what, from which state to which, stands in the audit log with it.

        Rolls back on anything raised; proves its own row after the commit. Raises DiskError where the disk is full.
        """
        if self.is_published:
            raise StoreError("read-only")
        with self._writer, self._root.cursor() as cursor:
            try:
                cursor.execute("use kaoping")
                cursor.execute("begin")
                number, previous = self.head()
                number += 1
                yield cursor
                state = _sealed(cursor)
                entry = (number, at, who, action, before, after, previous)
                digest = link(*entry, state)
                cursor.execute(
                    "insert into store.audit_log values (?, ?, ?, ?, ?, ?, ?, ?, ?)", [*entry, digest, state]
                )
                cursor.execute(TIDY_FILE)
                try:
                    cursor.execute("commit")
                finally:
                    self._writes += 1
                    cursor.execute(TIDY_NOTHING)
            except BaseException as error:
                with contextlib.suppress(duckdb.Error):
                    cursor.execute("rollback")
                if isinstance(error, duckdb.Error) and _is_of_the_disk(error):
                    raise DiskError("disk-full", error=error) from error
                raise
            if self.head() != (number, digest):
                raise StoreError("not-kept", action=action)
            self._anchor(number, digest)

    def store_upload(
        self, tables: Mapping[str, pa.Table], *, sha256: str, file: str, content: bytes, who: str, at: dt.datetime
    ) -> int:
        """Keep one upload: its canonical rows per table, each with the `_cycle` that it serves. Returns its number."""
        row_count = sum(table.num_rows for table in tables.values())
        with self.write(who, f"load {file}", at, after=f"{row_count} rows of {sha256[:16]}") as cursor:
            upload = int(cursor.execute("select nextval('store.upload_number')").fetchall()[0][0])
            if not self._rows("select 1 from store.files where sha256 = ?", [sha256]):
                cursor.execute("insert into store.files values (?, ?)", [sha256, content])
            cycles: set[int] = set()
            for name, table in tables.items():
                cursor.register("given_rows", table)
                columns = ", ".join(f'"{column}"' for column in (*_columns(name), "_cycle") if column != "_upload")
                given = "given_rows"
                if name == "ballots":
                    self._keep_secrets(cursor)
                    given = f"({TOKENS})"
                cursor.execute(f"insert into raw.{name} ({columns}, _upload) select {columns}, {upload} from {given}")
                counts = cursor.execute("select _cycle, count(*) from given_rows group by _cycle").fetchall()
                for cycle, count in counts:
                    cursor.execute("insert into store.upload_tables values (?, ?, ?, ?)", [upload, name, cycle, count])
                    cycles.add(cycle)
                    if name == "ballots":
                        self._keep_counts(cursor, table, upload, cycle)
                cursor.unregister("given_rows")
            cursor.execute(
                "insert into store.upload_log values (?, ?, ?, ?, ?, ?, ?, ?, false)",
                [upload, sha256, file, who, at, sorted(cycles), ";".join(tables), row_count],
            )
        return upload

    def withdraw(self, upload: int, who: str, at: dt.datetime) -> None:
        """Leave an upload out of later builds; what it had replaced counts again. Nothing is deleted.

        Raises StoreError when there is no such upload or it is withdrawn already.
        """
        self._set_withdrawn(upload, True, who, at)

    def restore(self, upload: int, who: str, at: dt.datetime) -> None:
        """Bring a withdrawn upload back, in its old place: what is newer still replaces it.

        Raises StoreError when there is no such upload or it is not withdrawn.
        """
        self._set_withdrawn(upload, False, who, at)

    def drop_build(self, cycle: int, who: str, at: dt.datetime) -> None:
        """Show no results of a cycle any more: the way to go when its last roster was withdrawn."""
        with self.write(who, f"drop build {cycle}", at, before="shown", after="not shown") as cursor:
            cursor.execute("update store.build_log set is_current = false where cycle = ?", [cycle])
            for name in self.marts():
                cursor.execute(f"delete from results.{name} where cycle = ?", [cycle])

    def store_build(
        self,
        run: Run,
        connection: duckdb.DuckDBPyConnection,
        made_of: Facts,
        who: str,
        at: dt.datetime,
        part: Part | None = None,
    ) -> None:
        """Keep the marts of a run as the current build of its cycle; of a run of a part beside the rows that stand."""
        build = made_of.build
        scratch = connection.execute("select current_database()").fetchall()[0][0]
        facts = [("earlier", name) for name in made_of.earlier]
        for fact, numbers in (
            ("upload", made_of.uploads),
            ("correction", made_of.corrections),
            ("leaving", made_of.leavings),
            ("choice", made_of.choices),
        ):
            facts += [(fact, str(number)) for number in numbers]
        facts += [
            ("anonymity", str(k)) for (k,) in connection.execute("select anonymity from staging.settings").fetchall()
        ]
        replaced = self._rows("select build from store.builds where cycle = ?", [run.cycle])
        title = connection.execute("select max(title) from staging.settings").fetchall()[0][0]
        made = self.marts() if part is None else sorted(parted_marts())
        sums = {} if part is None else self._sums(replaced[0][0])
        came = _summed(connection, {name: f"marts.{name}" for name in made})
        before, after = (f"build {name[:16]}" if name else "" for name in (replaced[0][0] if replaced else "", build))
        with self.write(who, f"build {run.cycle}", at, before, after) as cursor:
            cursor.execute("update store.build_log set is_current = false where cycle = ?", [run.cycle])
            for table in ("build_log", "build_facts", "rankings"):
                cursor.execute(f"delete from store.{table} where build = ?", [build])
            for name in made:
                old = f"from results.{name} where {_replaced_rows(name, run.cycle, part, scratch)}"
                gone = NO_SUM if part is None else _summed(cursor, {name: f"({old})"})[name]
                stood = sums.get(name, NO_SUM)
                sums[name] = (stood[0] - gone[0] + came[name][0], stood[1] - gone[1] + came[name][1])
                cursor.execute(f"delete {old}")
                if not run.is_empty(f"marts.{name}"):
                    cursor.execute(f"insert into results.{name} by name select * from {scratch}.marts.{name}")
            ranked = f"select {RANKED}, '{build}' as build from results.ranking where cycle = {run.cycle:d}"
            subjects = cursor.execute(f"insert into store.rankings by name {ranked}").fetchall()[0][0]
            cursor.execute(
                "insert into store.build_log values (?, ?, ?, ?, ?, ?, true)",
                [build, run.cycle, at, title or "", subjects, program()],
            )
            facts.append(("result", _digest(sums)))
            facts += [("mart", f"{name} {count} {total}") for name, (count, total) in sums.items()]
            for fact, value in facts:
                cursor.execute("insert into store.build_facts values (?, ?, ?)", [build, fact, value])

    def note_query(self, text: str, outcome: str, who: str, at: dt.datetime) -> None:
        """Write down that somebody asked the workbench something, and what came of it."""
        with self.write(who, f"{QUERIED}{text}", at, after=outcome):
            pass

    def copy_tables(self, names: Sequence[str], path: Path) -> None:
        """Write extracts and marts, all cycles of them, into a database file of their own."""
        escaped = str(path).replace("'", "''")
        with self._root.cursor() as cursor:
            cursor.execute(f"use {self._catalogue}")
            cursor.execute(f"attach '{escaped}' as tables_{path.parent.stem}")
            try:
                cursor.execute("begin")
                for name in names:
                    cursor.execute(f'create table tables_{path.parent.stem}."{name}" as {self._text_of(name)}')
                cursor.execute("commit")
            finally:
                cursor.execute(f"detach tables_{path.parent.stem}")

    def columns_of(self, name: str) -> pa.Table:
        """The columns of an extract or a mart: column_name and column_type."""
        return self._answer(f"select column_name, column_type from (describe {self._text_of(name)})")

    def examples(self) -> dict[str, str]:
        """The queries of `sql/workbench/`: name -> text."""
        return {path.stem: path.read_text(encoding="utf-8") for path in sorted((SQL / "workbench").glob("*.sql"))}

    def map_heading(self, heading: str, table: str, column: str, who: str, at: dt.datetime) -> None:
        """Remember what an unknown heading means."""
        with self.write(who, f"map heading {heading}", at) as cursor:
            cursor.execute("delete from store.headings where heading = ?", [heading])
            cursor.execute("insert into store.headings values (?, ?, ?)", [heading, table, column])

    def forget_heading(self, heading: str, who: str, at: dt.datetime) -> None:
        """Remember no longer what a heading means. Raises StoreError when it was not remembered."""
        with self.write(who, f"forget heading {heading}", at) as cursor:
            dropped = cursor.execute("delete from store.headings where heading = ? returning 1", [heading])
            _refuse_none(dropped, "not-remembered", heading=heading)

    def set_person(
        self, identity: str, role: str, subjects: Sequence[str], who: str, at: dt.datetime, is_active: bool = True
    ) -> None:
        """Give a signed-in identity a role, or take it away: `is_active` false keeps the row and lets nobody in."""
        known = self._rows("select role, subjects, is_active from store.people where identity = ?", [identity])
        before = " ".join(map(str, known[0])) if known else ""
        after = f"{role} {';'.join(subjects)} {is_active}"
        with self.write(who, f"role of {identity}", at, before, after) as cursor:
            cursor.execute("delete from store.people where identity = ?", [identity])
            cursor.execute(
                "insert into store.people values (?, ?, ?, ?)", [identity, role, ";".join(subjects), is_active]
            )

    def scenarios(self, cycle: int) -> pa.Table:
        """The scenarios that are kept for a cycle: name, who, at, changes; by name."""
        return self._answer(
            'select name, who, "at", changes from store.scenarios where cycle = $cycle order by name', {"cycle": cycle}
        )

    def keep_scenario(self, name: str, cycle: int, changes: str, who: str, at: dt.datetime) -> None:
        """Keep a scenario of a cycle under a name; one of the same name is replaced."""
        with self.write(who, f"keep scenario {name} of {cycle}", at) as cursor:
            cursor.execute("delete from store.scenarios where name = ? and cycle = ?", [name, cycle])
            cursor.execute("insert into store.scenarios values (?, ?, ?, ?, ?)", [name, cycle, who, at, changes])

    def drop_scenario(self, name: str, cycle: int, who: str, at: dt.datetime) -> None:
        """Keep a scenario no longer. Raises StoreError when there is none of that name."""
        with self.write(who, f"drop scenario {name} of {cycle}", at) as cursor:
            dropped = cursor.execute(
                "delete from store.scenarios where name = ? and cycle = ? returning 1", [name, cycle]
            )
            _refuse_none(dropped, "no-scenario", name=name, cycle=cycle)

    def saved_extracts(self, who: str) -> pa.Table:
        """The extracts that somebody has saved: name, at, view; by name."""
        text = 'select name, "at", view from store.saved_extracts where who = $who order by name'
        return self._answer(text, {"who": who})

    def save_extract(self, name: str, view: str, who: str, at: dt.datetime) -> None:
        """Save what an extract shows under a name of its owner's; one of the same name is replaced."""
        with self.write(who, f"save extract {name}", at, after=view) as cursor:
            cursor.execute("delete from store.saved_extracts where name = ? and who = ?", [name, who])
            cursor.execute("insert into store.saved_extracts values (?, ?, ?, ?)", [name, who, at, view])

    def drop_extract(self, name: str, who: str, at: dt.datetime) -> None:
        """Forget a saved extract of one's own. Raises StoreError when there is none of that name."""
        with self.write(who, f"drop extract {name}", at) as cursor:
            dropped = cursor.execute(
                "delete from store.saved_extracts where name = ? and who = ? returning 1", [name, who]
            )
            _refuse_none(dropped, "no-extract", who=who, name=name)

    def correct(
        self,
        cycle: int,
        table: str,
        subject: str,
        key: str,
        old: str | None,
        new: str | None,
        reason: str,
        who: str,
        at: dt.datetime,
        period: str = "",
    ) -> int:
        """Declare that a cell says something wrong: what it says, what is right, and why. Returns the correction's number.

        Nothing that was uploaded changes: later builds read the right value in its place, as long as the source says the
        old one. A number is written as offices write it, and only a number (or a blank) may stand for one: a word would be
        taken here and refused by the next build, at a cell of a workbook in which nothing is wrong. Raises StoreError for a
        correction without reason, of what cannot be corrected, or of a number by a word.
        """
        if not reason.strip() or not who.strip():
            raise StoreError("correction-needs")
        if table not in CORRECTED or not ({key, ""} & CORRECTED[table].keys()):
            raise StoreError("not-correctable", table=table, key=key)
        if new is not None and table != "subjects":
            figure = parse_number(clean_text(new))
            if figure is not None:
                new = number_text(figure)
            elif old is not None and parse_number(old) is not None:
                raise StoreError("correction-no-number", old=old, new=new)
        what = f"{table} {key} {period}".strip()
        with self.write(who, f"correct {cycle} {subject} {what}: {reason}", at, old or "", new or "") as cursor:
            number = int(cursor.execute("select nextval('store.correction_number')").fetchall()[0][0])
            entry = [number, cycle, table, subject, key, period, old, new, reason, who, at]
            cursor.execute("insert into store.corrections values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, false)", entry)
        return number

    def withdraw_correction(self, number: int, who: str, at: dt.datetime) -> None:
        """Let a correction count no more. Raises StoreError when there is none in force of that number."""
        with self.write(who, f"withdraw correction {number}", at, "in force", "withdrawn") as cursor:
            _withdraw(cursor, "corrections", number, "no-correction")

    def leave_out(
        self,
        cycle: int,
        about: tuple[str, str, str],
        sheets: Sequence[tuple[str, str]],
        least: int,
        authority: str,
        reason: str,
        who: str,
        at: dt.datetime,
    ) -> int:
        """Leave ballots out of later builds: `about` names poll, rater group and finding, `sheets` group and token of each.

        Nothing that was uploaded changes, and the decision can be withdrawn. Raises StoreError without authority, reason or
        author, for fewer than `least` sheets, and where they differ by fewer from those of an earlier decision: results
        with and without would tell these few.
        """
        if not (authority.strip() and reason.strip() and who.strip()):
            raise StoreError("leaving-needs")
        poll, group, finding = about
        earlier: dict[int, set[tuple[str, str]]] = {}
        for number, *sheet in self._rows(
            "select number, written_group, ballot from store.left_out inner join store.leavings using (number) "
            "where cycle = ? and store.leavings.poll = ? and store.leavings.rater_group = ?",
            [cycle, poll, group],
        ):
            earlier.setdefault(int(number), set()).add((str(sheet[0]), str(sheet[1])))
        apart = [len(set(sheets) ^ old) for old in earlier.values()]
        if len(sheets) < max(least, 1) or any(0 < count < least for count in apart):
            raise StoreError("too-few-left", least=least)
        action = f"leave out {len(sheets)} ballots of {poll} {group} in {cycle} ({finding}), by {authority}: {reason}"
        with self.write(who, action, at, "counted", "left out") as cursor:
            new = int(cursor.execute("select nextval('store.leaving_number')").fetchall()[0][0])
            entry = [new, cycle, poll, group, finding, len(sheets), authority, reason, who, at]
            cursor.execute("insert into store.leavings values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, false)", entry)
            cursor.executemany("insert into store.left_out values (?, ?, ?, ?)", [[new, poll, *one] for one in sheets])
        return new

    def withdraw_leaving(self, number: int, who: str, at: dt.datetime) -> None:
        """Count ballots again that a decision left out. Raises StoreError when none in force has that number."""
        with self.write(who, f"withdraw leaving {number}", at, "left out", "counted") as cursor:
            _withdraw(cursor, "leavings", number, "no-leaving")

    def choose(
        self, cycle: int, subject: str, grade: str, authority: str, reason: str, who: str, at: dt.datetime
    ) -> int:
        """Enter what the deciding meeting chose for a subject: a grade, or none. Returns the number of the choice.

        The result of the rule stays as it is; the choice stands beside it and expects it. Raises StoreError without
        authority, reason or author, for an unknown subject or grade, and where a choice for the subject is in force.
        """
        if not (authority.strip() and reason.strip() and who.strip()):
            raise StoreError("choice-needs")
        given = self._rows("select grade, kind from marts.ranking where cycle = ? and subject = ?", [cycle, subject])
        if not given:
            raise StoreError("takes-no-part", subject=subject, cycle=cycle)
        known = {row["grade"] for row in self.ask("grades", {"cycle": cycle, "kind": given[0][1]}).to_pylist()}
        if grade and grade not in known:
            raise StoreError("no-grade", grade=grade, cycle=cycle, allowed=", ".join(sorted(known)))
        others = self._rows(
            "select number from store.choices where cycle = ? and subject = ? and not is_withdrawn", [cycle, subject]
        )
        if others:
            raise StoreError("choice-in-force", number=others[0][0], subject=subject)
        before = str(given[0][0] or "")
        action = f"choose {cycle} {subject}, {authority}: {reason}"
        with self.write(who, action, at, before or "no grade", grade or "no grade") as cursor:
            number = int(cursor.execute("select nextval('store.choice_number')").fetchall()[0][0])
            entry = [number, cycle, subject, before, grade, authority, reason, who, at]
            cursor.execute("insert into store.choices values (?, ?, ?, ?, ?, ?, ?, ?, ?, false)", entry)
        return number

    def withdraw_choice(self, number: int, who: str, at: dt.datetime) -> None:
        """Let a choice of the meeting count no more. Raises StoreError when there is none in force of that number."""
        with self.write(who, f"withdraw choice {number}", at, "in force", "withdrawn") as cursor:
            _withdraw(cursor, "choices", number, "no-choice")

    def object(
        self, publication: int, subject: str, matter: str, raised_by: str, raised: dt.date, who: str, at: dt.datetime
    ) -> int:
        """Enter an objection to a publication. Returns its number. Raises StoreError without matter or publication."""
        if not matter.strip() or not who.strip():
            raise StoreError("objection-needs")
        if not self._rows("select 1 from store.publications where number = ?", [publication]):
            raise StoreError("no-publication", number=publication)
        with self.write(who, f"object to publication {publication}: {matter}", at, "", "open") as cursor:
            number = int(cursor.execute("select nextval('store.objection_number')").fetchall()[0][0])
            entry = [number, publication, subject, raised, raised_by, matter, "open", "", None, who]
            cursor.execute("insert into store.objections values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", entry)
        return number

    def settle_objection(
        self, number: int, outcome: str, answer: str, decided: dt.date, who: str, at: dt.datetime
    ) -> None:
        """Say what came of an objection: `founded` or `unfounded`, and why. Raises StoreError where it is not open."""
        if outcome not in OUTCOMES[1:] or not answer.strip():
            raise StoreError("settling-needs", allowed=", ".join(OUTCOMES[1:]))
        with self.write(who, f"settle objection {number}: {answer}", at, "open", outcome) as cursor:
            changed = cursor.execute(
                "update store.objections set outcome = ?, answer = ?, decided = ? where number = ? and outcome = 'open' "
                "returning 1",
                [outcome, answer, decided, number],
            )
            _refuse_none(changed, "no-objection", number=number)

    def refuse(self, who: str, what: str, at: dt.datetime) -> None:
        """Put a refusal into the audit log; the same one within a minute once, so that nobody can fill the log."""
        action = f"{REFUSED}{what}"
        known = self._rows(
            'select 1 from store.audit_log where who = ? and action = ? and "at" > ? limit 1',
            [who, action, at - dt.timedelta(minutes=1)],
        )
        if not known:
            with self.write(who, action, at):
                pass

    def correctable(self, cycle: int, subject: str) -> pa.Table:
        """One row per cell of a subject that a correction can be about: table_name, key, period and what it says."""
        texts = self.inputs(cycle)
        parts = []
        for name, columns in CORRECTED.items():
            for word, (key, column) in columns.items():
                if name in texts:
                    label = f"given.{key}" if key else f"'{word}'"
                    period = "coalesce(given.period, '')" if name == "results" else "''"
                    parts.append(
                        f"select '{name}' as table_name, {label} as key, {period} as period, "
                        f"cast(given.{column} as varchar) as old from ({texts[name]}) as given "
                        "where given.subject = $subject"
                    )
        if not parts:
            return pa.table({name: pa.array([], pa.string()) for name in ("table_name", "key", "period", "old")})
        return self._answer(f"select * from ({' union all '.join(parts)}) order by all", {"subject": subject})

    def store_publication(
        self,
        cycle: int,
        build: str,
        tables: Mapping[str, bytes],
        open_points: str,
        reason: str,
        who: str,
        at: dt.datetime,
        notice: Sequence[Any] = (),
    ) -> int:
        """Keep the tables of a published build for good, and show them from now on. Returns the publication's number.

        `notice` holds starts, days, unit, ends of the notice and days, unit, end of the time for appeals.
        """
        earlier = self._rows(
            "select number, build from store.publications where cycle = ? order by number desc", [cycle]
        )
        number = 1 + int(self._rows("select coalesce(max(number), 0) from store.publications")[0][0])
        before = f"publication {earlier[0][0]} of build {earlier[0][1][:16]}" if earlier else "not published"
        action = f"publish {cycle}" + (f", overriding {open_points}: {reason}" if open_points != "[]" else "")
        with self.write(who, action, at, before, f"publication {number} of build {build[:16]}") as cursor:
            entry = [number, cycle, build, who, at, open_points, reason]
            cursor.execute("insert into store.publications values (?, ?, ?, ?, ?, ?, ?)", entry)
            for name, content in tables.items():
                cursor.execute("insert into store.published values (?, ?, ?)", [number, name, content])
            if notice:
                cursor.execute("insert into store.notices values (?, ?, ?, ?, ?, ?, ?, ?)", [number, *notice])
            for name in self.marts():
                cursor.execute(f"delete from published.{name} where cycle = ?", [cycle])
                cursor.execute(
                    f"insert into published.{name} by name select * from results.{name} where cycle = {cycle:d}"
                )
            cursor.execute("delete from published.choices where cycle = ?", [cycle])
            cursor.execute("insert into published.choices by name select * from marts.choices where cycle = ?", [cycle])
        return number

    def publication(self, number: int) -> dict[str, bytes]:
        """The tables of a publication, as Parquet."""
        rows = self._rows("select name, content from store.published where number = ? order by name", [number])
        return {str(name): bytes(content) for name, content in rows}

    def publications_of(self, build: str) -> list[int]:
        """The numbers of the publications of a build."""
        rows = self._rows("select number from store.publications where build = ? order by number", [build])
        return [int(row[0]) for row in rows]

    def backup(self, path: Path) -> None:
        """Write everything that is committed into a new file, while others read. Raises StoreError where it cannot.

        The copy is written by the database itself, checked against the audit log, and has its name only when it is whole:
        a copy of the file made by other means can lack what was written last.
        """
        if path.exists():
            raise StoreError("there-already", path=path)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.partial")
        partial.unlink(missing_ok=True)
        escaped = str(partial).replace("'", "''")
        with self._writer, self._root.cursor() as cursor:
            head = self.head()
            try:
                cursor.execute(f"attach '{escaped}' as backup")
                try:
                    cursor.execute("copy from database kaoping to backup")
                    copied = cursor.execute(
                        "select number, hash from backup.store.audit_log order by number desc limit 1"
                    ).fetchall()
                finally:
                    cursor.execute("detach backup")
                if head != ((int(copied[0][0]), str(copied[0][1])) if copied else (0, "")):
                    raise StoreError("copy-torn", path=partial)
                partial.chmod(0o600)
                partial.replace(path)
            except (duckdb.Error, OSError) as error:
                partial.unlink(missing_ok=True)
                raise StoreError("no-backup", error=error) from error

    # -- within -------------------------------------------------------------------------------------------------------

    def _choices_before(self, cycle: int) -> list[int]:
        """The meetings' choices of earlier cycles: as they were published, else those in force."""
        rows = self._rows(
            "select number from published.choices where cycle < $1 union "
            "select number from store.choices where cycle < $1 and not is_withdrawn "
            "and cycle not in (select cycle from store.publications) order by number",
            [cycle],
        )
        return [int(row[0]) for row in rows]

    def _leavings(self, cycle: int) -> list[int]:
        rows = self._rows(
            "select number from store.leavings where cycle = ? and not is_withdrawn order by number", [cycle]
        )
        return [int(row[0]) for row in rows]

    def _corrections(self, cycle: int) -> list[int]:
        rows = self._rows(
            "select number from store.corrections where cycle = ? and not is_withdrawn order by number", [cycle]
        )
        return [int(row[0]) for row in rows]

    def _corrected(self, name: str, columns: Mapping[str, tuple[str, str]], text: str, numbers: Sequence[int]) -> str:
        """SELECT text of a table in which the given corrections stand in place of what they expect."""
        listed = ", ".join(map(str, numbers))
        replaced = []
        for word, (key, column) in columns.items():
            match = f"and fix.key = given.{key} " if key else f"and fix.key = '{word}' "
            match += "and fix.period = coalesce(given.period, '') " if name == "results" else ""
            found = (
                f"select max(struct_pack(number := fix.number, new := fix.new)) from kaoping.store.corrections as fix "
                f"where fix.number in ({listed}) and fix.table_name = '{name}' and fix.subject = given.subject {match}"
                f"and fix.old is not distinct from given.{column}"
            )
            replaced.append(f"case when ({found}) is null then given.{column} else ({found}).new end as {column}")
        return f"select given.* replace ({', '.join(replaced)}) from ({text}) as given"

    def _anchor(self, number: int, digest: str) -> None:
        """Write the head of the audit log outside of the database too: a log that was cut off looks whole by itself.

        The act is committed by then: where the disk takes no line more, it has no anchor and stands all the same.
        """
        if self._anchor_file is not None:
            handle = os.open(self._anchor_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            line, size = f"{number} {digest}\n".encode(), os.fstat(handle).st_size
            try:
                if os.write(handle, line) < len(line):
                    raise OSError("the line of an anchor was cut")
                os.fsync(handle)
            except OSError:
                os.ftruncate(handle, size)
                log.exception("Entry %s of the audit log has no anchor", number)
            finally:
                os.close(handle)

    def _anchors(self) -> list[tuple[int, str]]:
        if self._anchor_file is None or not self._anchor_file.exists():
            return []
        lines = (line.split() for line in self._anchor_file.read_text(encoding="ascii", errors="replace").splitlines())
        return [(int(words[0]), words[1]) for words in lines if len(words) == 2 and words[0].isdecimal()]

    def _mend(self, spare: Path, whole: int | None) -> None:
        """Write down what is lost where the log of changes was damaged, of which `spare` is a copy and `whole` was taken.

        The database passes over some damage in silence; the anchors tell which entries were there. They go aside, because
        their numbers are given anew.
        """
        number = self.head()[0]
        last = max((entry for entry, _ in self._anchors()), default=0)
        if whole is None and last <= number:
            spare.unlink()
            return
        at = dt.datetime.now().replace(microsecond=0)
        size = spare.stat().st_size
        kept = _move_aside(spare, at, spare.name.removesuffix(SPARE))
        lost = f"entries {number + 1} to {last} are lost" if last > number else "no entry is lost"
        if last > number and self._anchor_file is not None:
            still = [entry for entry in self._anchors() if entry[0] <= number]
            _move_aside(self._anchor_file, at)
            for entry in still:
                self._anchor(*entry)
        told = f"{'some' if whole is None else whole} of {size} bytes of the log of changes were whole, kept as {kept.name}"
        with self.write("Kaoping", f"mend: {told}", at, f"{last} entries", lost):
            pass
        log.warning("The database was not closed properly and has been mended: %s; %s.", told, lost)

    def _set_withdrawn(self, upload: int, is_withdrawn: bool, who: str, at: dt.datetime) -> None:
        states = ("withdrawn", "in force")
        action = f"withdraw upload {upload}" if is_withdrawn else f"restore upload {upload}"
        with self.write(who, action, at, states[is_withdrawn], states[not is_withdrawn]) as cursor:
            changed = cursor.execute(
                "update store.upload_log set is_withdrawn = ? where upload = ? and is_withdrawn = ? returning 1",
                [is_withdrawn, upload, not is_withdrawn],
            )
            _refuse_none(changed, "no-upload-in-force" if is_withdrawn else "no-upload", number=upload)

    def _prepare(self) -> None:
        """Make what is missing; marts of another version of the program are dropped, to be built again."""
        with self._root.cursor() as cursor:
            cursor.execute("use kaoping")
            cursor.execute(STORE)
            cursor.execute((SQL / "macros.sql").read_text(encoding="utf-8"))
            known_columns: dict[str, set[str]] = {}
            for table, column in cursor.execute(
                "select table_name, column_name from duckdb_columns() "
                "where database_name = 'kaoping' and schema_name = 'raw'"
            ).fetchall():
                known_columns.setdefault(table, set()).add(column)
            for name in TABLES:
                types = {column.name: SQL_TYPES[column.type] for column in TABLES[name].columns} | ORIGIN_TYPES
                columns = ", ".join(f'"{column}" {type_}' for column, type_ in types.items())
                cursor.execute(f"create table if not exists raw.{name} ({columns}, _cycle bigint)")
                for column in types.keys() - known_columns.get(name, types.keys()):  # older than the contract
                    cursor.execute(f'alter table raw.{name} add column "{column}" {types[column]}')
            self._count_older(cursor)
            known = self._rows("select count(*) from store.build_log where is_current and program != ?", [program()])
            present = self._rows(
                "select count(*) from duckdb_tables() where database_name = 'kaoping' and schema_name = 'results'"
            )
            if present[0][0] == len(self.marts()) and not known[0][0]:
                return
            with self.scratch() as connection:
                run = Run(connection, {}, 0)
                run.stage()
                run.score()
                for name in self.marts():
                    empty = connection.sql(f"select * from marts.{name} limit 0").to_arrow_table()
                    cursor.register("given_rows", empty)
                    cursor.execute(f"create or replace table results.{name} as select * from given_rows")
                    cursor.execute(f"create or replace view marts.{name} as select * from results.{name}")
                    cursor.unregister("given_rows")
            cursor.execute("update store.build_log set is_current = false")

    def _prepare_published(self) -> None:
        """Make the catalogue of the published edition: the same names in it as in the file, over what was published.

        What was published is kept whatever the program becomes: a column that it did not have then is blank, and one that
        nobody knows any more is not shown.
        """
        columns: dict[str, list[tuple[str, str]]] = {}
        kept: dict[str, set[str]] = {}
        for schema, table, column, kind in self._rows(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() "
            "where database_name = 'kaoping' and schema_name in ('results', 'published') order by column_index"
        ):
            if schema == "results":
                columns.setdefault(table, []).append((column, kind))
            else:
                kept.setdefault(table, set()).add(column)
        with self._root.cursor() as cursor:
            cursor.execute("use kaoping")
            for name in self.marts():
                if name not in kept:
                    cursor.execute(f"create table published.{name} as select * from results.{name} limit 0")
                    continue
                for column, kind in columns[name]:
                    if column not in kept[name]:
                        cursor.execute(f'alter table published.{name} add column "{column}" {kind}')
            self._show_older_publications(cursor, columns)
            cursor.execute(CHOICES)
            cursor.execute("create table if not exists published.choices as select * from marts.choices limit 0")
            cursor.execute("attach ':memory:' as edition")
            cursor.execute("use edition")
            cursor.execute((SQL / "macros.sql").read_text(encoding="utf-8"))
            cursor.execute("create schema marts; create schema store")
            for name in self.marts():
                listed = ", ".join(
                    f'cast("{column}" as {kind}) as "{column}"' for column, kind in columns[name] if column != "build"
                )
                cursor.execute(f"create view marts.{name} as select {listed} from kaoping.published.{name}")
            cursor.execute("create view marts.choices as select * from kaoping.published.choices")
            cursor.execute(PUBLISHED_BUILDS)
            for (name,) in cursor.execute(
                "select table_name from duckdb_tables() where database_name = 'kaoping' and schema_name = 'store'"
            ).fetchall():
                cursor.execute(f"create view store.{name} as select * from kaoping.store.{name}")

    def _show_older_publications(
        self, cursor: duckdb.DuckDBPyConnection, columns: Mapping[str, list[tuple[str, str]]]
    ) -> None:
        """Show what a release published that kept publications as files alone: the latest of each cycle without an edition."""
        import pyarrow.parquet as pq  # slow to import, and no database of this release needs it

        for (number,) in self._rows(
            "select max(number) from store.publications "
            "where cycle not in (select distinct cycle from published.ranking) group by cycle order by cycle"
        ):
            cursor.execute("begin")
            for name, content in self.publication(number).items():
                given = pq.read_table(pa.BufferReader(content))
                known = [column for column, _ in columns.get(name, []) if column in given.column_names]
                if known:
                    cursor.register("given_rows", given.select(known))
                    cursor.execute(f"insert into published.{name} by name select * from given_rows")
                    cursor.unregister("given_rows")
            cursor.execute("commit")

    def _keep_secrets(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """A secret for every cycle of the given rows that has none."""
        known = {row[0] for row in cursor.execute("select cycle from store.secrets").fetchall()}
        for (cycle,) in cursor.execute("select distinct _cycle from given_rows order by _cycle").fetchall():
            if cycle not in known:
                cursor.execute("insert into store.secrets values (?, ?)", [cycle, secrets.token_hex(32)])

    def _count_older(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Count the ballots of a database that is older than their counts."""
        if self._rows("select 1 from duckdb_tables() where database_name = 'kaoping' and table_name = 'ballot_counts'"):
            return
        cursor.execute("begin")
        cursor.execute(COUNTS)
        for upload, cycle in self._rows("select upload, cycle from store.upload_tables where table_name = 'ballots'"):
            ballots = f"select * from kaoping.raw.ballots where _upload = {upload} and _cycle = {cycle}"
            self._keep_counts(cursor, ballots, upload, cycle)
        cursor.execute("commit")

    def _keep_counts(self, cursor: duckdb.DuckDBPyConnection, ballots: pa.Table | str, upload: int, cycle: int) -> None:
        """Keep what the ballots of an upload say, counted: these, or the stored ones that a SELECT text yields."""
        columns = ", ".join(f'"{column}"' for column in COUNTED)
        with self.scratch() as connection:
            if isinstance(ballots, pa.Table):
                connection.register("given_rows", ballots)
                ballots = f"select *, {upload} as _upload from given_rows where _cycle = {cycle}"
            Run(connection, {"ballots": ballots}, cycle).count_ballots()
            scratch = connection.execute("select current_database()").fetchall()[0][0]
            cursor.execute(
                f"insert into raw.ballot_counts ({columns}, _upload, _cycle) "
                f"select {columns}, {upload}, {cycle} from {scratch}.{BALLOT_COUNTS}"
            )

    def _sums(self, build: str) -> dict[str, Sum]:
        """Rows and sum of the hashes of every mart of a build; empty for a build that is older than this is kept."""
        rows = self._rows("select value from store.build_facts where build = ? and fact = 'mart'", [build])
        told = (str(row[0]).split() for row in rows)
        return {name: (int(count), int(total)) for name, count, total in told}

    def _current(
        self, name: str, cycle: int, uploads: Sequence[int], fresh: str = "", *, part: Part | None = None
    ) -> str:
        """SELECT text of the rows of a table from the uploads that serve it, `fresh` naming a further table of newer rows.

        With `part` those of its subjects: what replaces a row is about the same subject.
        """
        columns = ", ".join(f'"{column}"' for column in _columns(name))
        numbers = ", ".join(str(upload) for upload in uploads) or "null"
        scope = f"_upload in ({numbers})" + ("" if name == "history" else f" and _cycle = {cycle}")
        scope += f" and {part.condition}" if part is not None else ""
        stored = f"select {columns} from kaoping.raw.{name} where {scope}"
        if name in SCHEME_TABLES:
            return f"select {columns} from {fresh}" if fresh else f"{stored} and _upload = {max(uploads)}"
        if len(uploads) == 1 and not fresh:
            return stored
        if fresh:
            stored += f" union all select {columns} from {fresh}"
        keys = REPLACED_BY.get(name) or tuple(f'"{key}"' for key in TABLES[name].keys)
        names = [f"_key_{number}" for number in range(len(keys))]
        made = ", ".join(f"{key} as {alias}" for key, alias in zip(keys, names, strict=True))
        agree = " and ".join(f"one.{alias} is not distinct from newer.{alias}" for alias in names)
        # Only what came after the first upload can replace anything, mostly a small part: the rest streams past it.
        return (
            f"select {', '.join(f'one.{column}' for column in columns.split(', '))} "
            f"from (select {columns}, {made} from ({stored})) as one left join (select {', '.join(names)}, max(_upload) "
            f"as _newest from (select {made}, _upload from ({stored})) where _upload > {min(uploads, default=0)} "
            f"group by all) as newer on {agree} where coalesce(newer._newest, 0) <= one._upload"
        )

    def _with_results(self, builds: Sequence[str], history: str | None, choices: Sequence[int]) -> str:
        given = {"cycle", "subject", "total", "rank", "cohort_size", "grade"}
        columns = [column.name for column in TABLES["history"].columns]
        own = ", ".join(f"ranking.{name}" if name in given else f"null as {name}" for name in columns)
        listed = ", ".join(f"'{build}'" for build in builds)
        text = (
            f"select {own}, 0 as _upload, '' as _sheet, 0 as _row, 0 as _column, false as _wide "
            f"from {self._ranked(choices)} as ranking where ranking.build in ({listed}) and ranking.grade is not null"
        )
        if history is None:
            return text
        return (
            f"with told as ({history}) select * from told union all {text} and not exists (select 1 from told "
            "where told.subject = ranking.subject and told.cycle = ranking.cycle and told.grade is not null)"
        )

    def _ranked(self, choices: Sequence[int]) -> str:
        """The rankings of all builds, with the grades that meetings chose in place of those of the rule."""
        if not choices:
            return "kaoping.store.rankings"
        listed = ", ".join(map(str, choices))
        return (
            "(select ranked.* replace (case when choice.number is null then ranked.grade "
            "else nullif(choice.chosen, '') end as grade) from kaoping.store.rankings as ranked "
            "left join kaoping.store.choices as choice on ranked.cycle = choice.cycle "
            f"and ranked.subject = choice.subject and choice.number in ({listed}))"
        )

    def _serving(self, cycle: int, uploads: Sequence[int]) -> dict[str, list[int]]:
        """Which of the uploads hold rows of each table for a cycle; history serves every cycle."""
        rows = self._rows(
            "select distinct table_name, upload from store.upload_tables "
            "where cycle = ? or table_name = 'history' order by upload",
            [cycle],
        )
        serving: dict[str, list[int]] = {}
        for name, upload in rows:
            if upload in uploads:
                serving.setdefault(str(name), []).append(int(upload))
        return serving

    def _in_force(self, cycle: int) -> list[int]:
        """The uploads of a cycle, and those of the past, that are not withdrawn."""
        rows = self._rows(
            "select distinct upload from store.upload_tables inner join store.upload_log using (upload) "
            "where not is_withdrawn and (cycle = ? or table_name = 'history') order by upload",
            [cycle],
        )
        return [int(row[0]) for row in rows]

    def _earlier(self, cycle: int) -> list[str]:
        """The results of earlier cycles that count as history: as they were published, else as they are built now."""
        rows = self._rows(
            "select max_by(build, number) from (select cycle, build, number from store.publications union all "
            "select cycle, build, 0 as number from store.builds) where cycle < ? group by cycle order by cycle",
            [cycle],
        )
        return [str(row[0]) for row in rows]

    def _text_of(self, name: str) -> str:
        """SELECT text of an extract or a mart; the meeting's choices stand beside the ranking."""
        text = read_extract(name) if name in _extracts() else f'select * from marts."{self._mart(name)}"'
        if name != "ranking":
            return text
        return (
            f"select ranking.*, choice.decided_grade, choice.authority, choice.reason from ({text}) as ranking "
            "left join marts.choices as choice on ranking.cycle = choice.cycle and ranking.subject = choice.subject"
        )

    def _mart(self, name: str) -> str:
        if name not in (*self.marts(), *BESIDE):
            raise KeyError(name)
        return name

    def _answer(self, text: str, values: Mapping[str, Any] | None = None) -> pa.Table:
        try:
            with self._root.cursor() as cursor:
                cursor.execute(f"use {self._catalogue}")
                return cursor.sql(text, params=dict(values or {})).to_arrow_table()
        except duckdb.IOException as error:
            raise DiskError("disk-full", error=error) from error

    def _rows(self, text: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._root.cursor() as cursor:
                cursor.execute("use kaoping")
                return cursor.execute(text, list(values)).fetchall()
        except duckdb.IOException as error:
            raise DiskError("disk-full", error=error) from error


def _summed(connection: duckdb.DuckDBPyConnection, sources: Mapping[str, str]) -> dict[str, Sum]:
    """Rows and sum of the hashes of what each FROM text yields."""
    text = " union all ".join(
        f"select '{name}', count(*), coalesce(sum(hash(one)::hugeint), 0) from {source} as one"
        for name, source in sources.items()
    )
    return {name: (count, total) for name, count, total in connection.execute(text).fetchall()}


def _digest(sums: Mapping[str, Sum]) -> str:
    digest = hashlib.sha256()
    for name, (count, total) in sorted(sums.items()):
        digest.update(f"{name} {(count, total if count else None)}\n".encode())
    return digest.hexdigest()


def _replaced_rows(name: str, cycle: int, part: Part | None, scratch: str) -> str:
    """The condition of the stored rows of a mart in whose place a run put new ones."""
    own = {
        "turnout": "true",
        "quotas": f"(kind, pool) in (select (kind, pool) from {scratch}.marts.quotas)",
        "poll_answers": "(kind, platform, layer) in (select (kind, platform, layer) from results.subjects "
        f"where cycle = {cycle:d} and subject in (from {scratch}.run.part))",
    }
    rows = "true" if part is None else own.get(name, f"subject in (from {scratch}.run.part)")
    return f"cycle = {cycle:d} and {rows}"


def _is_of_the_disk(error: duckdb.Error) -> bool:
    """Whether the database says that a file could not be written, at once or when it was tidied."""
    return isinstance(error, duckdb.IOException) or "Could not write" in str(error) or "No space left" in str(error)


def _waiting(path: Path) -> Path:
    """The log beside the file, where what was committed last stands until the file has it."""
    return path.with_name(f"{path.name}.wal")


def _spare(path: Path) -> Path | None:
    """A copy of the log of changes, where a process has left one; it is short, and opening the file may use it up."""
    waiting = _waiting(path)
    if not waiting.exists() or not waiting.stat().st_size:
        return None
    return Path(shutil.copyfile(waiting, waiting.with_name(waiting.name + SPARE)))


def _attach(root: duckdb.DuckDBPyConnection, path: Path, spare: Path | None) -> int | None:
    """Attach the database file; gives how many bytes of a damaged log of changes count, None where it is not damaged.

    Where the power failed or the disk lied, the log can end in rubbish, and the file cannot be opened with it. Then it is
    cut off where the rubbish begins: whole transactions before it count, the rest is lost. The file itself is not touched.
    """
    escaped = str(path).replace("'", "''")
    text = f"attach '{escaped}' as kaoping"
    try:
        root.execute(text)
        return None
    except duckdb.Error as error:
        if spare is None or "WAL" not in str(error):
            raise
        said = str(error)
    found = re.search(r"byte position (\d+)", said)
    for end in dict.fromkeys([int(found[1]) if found else 0, 0]):
        shutil.copyfile(spare, _waiting(path))
        os.truncate(_waiting(path), end)
        with contextlib.suppress(duckdb.Error):
            root.execute(text)
            return end
    shutil.copyfile(spare, _waiting(path))
    raise StoreError("torn-log", error=said)


def _move_aside(path: Path, at: dt.datetime, name: str = "") -> Path:
    """Give a file another name beside it, one that no file has; gives the new path. Clocks are set back sometimes."""
    stem = f"{name or path.name}.before-{at:%Y%m%d-%H%M%S}"
    names = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    return path.rename(next(target for one in names if not (target := path.with_name(one)).exists()))


def _newest_backup(path: Path) -> str:
    """Where the newest backup is that the app has written."""
    found = sorted((path.parent / "backups").glob("*.duckdb"), key=lambda file: file.stat().st_mtime)
    return str(found[-1]) if found else "–"


def restore(backup: Path, path: Path, who: str, at: dt.datetime) -> list[Path]:
    """Put a backup in the place of the database; gives where the files that stood there are now. Nothing is deleted.

    Raises StoreError when a process holds the database, or when the backup is none: then everything stays as it is.
    """
    fresh = path.with_name(f"{path.name}.restored")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreError("held-running", file=path.name) from error
        shutil.copyfile(backup, fresh)
        try:
            with Warehouse.open(fresh) as copy, copy.write(who, f"restore {backup.name}", at, after="this backup"):
                pass
        except StoreError:
            fresh.unlink()
            raise
        finally:
            for suffix in (".lock", ".anchor"):
                fresh.with_suffix(suffix).unlink(missing_ok=True)
        there = (path, path.with_name(path.name + ".wal"), path.with_suffix(".anchor"))
        kept = [_move_aside(old, at) for old in there if old.exists()]
        fresh.replace(path)
    return kept


def _sealed(cursor: duckdb.DuckDBPyConnection) -> str:
    """The hash of each table of `SEALED` that has rows; a column that is blank, as one of a later release, is none."""
    parts = []
    for name in SEALED:
        found = cursor.execute(f"select * from kaoping.store.{name} order by all")
        names = [column[0] for column in found.description]
        rows = [
            [(key, value) for key, value in zip(names, row, strict=True) if value is not None]
            for row in found.fetchall()
        ]
        if rows:
            parts.append(f"{name}={hashlib.sha256(repr(rows).encode()).hexdigest()[:32]}")
    return " ".join(parts)


def _withdraw(cursor: duckdb.DuckDBPyConnection, table: str, number: int, code: str) -> None:
    """Mark an entry of a table of decisions as withdrawn. Raises StoreError where none of that number is in force."""
    text = f"update store.{table} set is_withdrawn = true where number = ? and not is_withdrawn returning 1"
    _refuse_none(cursor.execute(text, [number]), code, number=number)


def _refuse_none(changed: duckdb.DuckDBPyConnection, code: str, **details: object) -> None:
    """Raises StoreError where a statement that returns what it changed has changed nothing."""
    if not changed.fetchall():
        raise StoreError(code, **details)


def path_from_environment() -> Path:
    """The database file: KAOPING_DB, else `data/store/kaoping.duckdb` in the project."""
    return _named(os.environ.get("KAOPING_DB") or "")


@functools.cache
def _named(place: str) -> Path:
    """The path of that name; a page asks for it some twenty times."""
    return Path(place or SQL.parent / DEFAULT_PATH)


@functools.cache
def _behind(name: str) -> frozenset[str]:
    """The tables of the contract that a mart is made of, as its SQL says."""
    models = {model.table: model for model in read_models("staging", "scoring", "marts")}
    found, waiting = set(), {f"marts.{name}"}
    while waiting:
        table = waiting.pop()
        found.add(table)
        waiting |= (models[table].reads if table in models else set()) - found
    return frozenset(table.removeprefix("raw.") for table in found if table.startswith("raw."))


def _columns(name: str) -> tuple[str, ...]:
    if name == "ballot_counts":
        return (*COUNTED, "_upload")
    return (*(column.name for column in TABLES[name].columns), *ORIGIN)


@functools.cache
def _question(name: str) -> str:
    return (SQL / "queries" / f"{name}.sql").read_text(encoding="utf-8")


@functools.cache
def _extracts() -> frozenset[str]:
    return frozenset(path.stem for path in (SQL / "extracts").glob("*.sql"))


__all__ = ["DATA_TABLES", "DEFAULT_PATH", "Warehouse", "path_from_environment", "program"]
