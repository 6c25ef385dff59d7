"""Who may see what: roles, pages, questions. Pure; the pages ask here before anything is drawn or answered.

Three ways of knowing who asks, one per installation (`KAOPING_AUTH`): `local` is the one person at this machine, served on
127.0.0.1 only; `proxy` trusts a header of a proxy that shows a secret; `oidc` is the sign-in of an identity provider. In the
last two the role comes from our own table, which is read on every run: no row, no access.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pipelines.problems import StoreError
from pipelines.reads import Selection
from pipelines.warehouse import Warehouse

ROLES = ("office", "leader", "analyst", "unit")
MODES = ("local", "proxy", "oidc")
LOOPBACK = ("127.0.0.1", "::1", "localhost")
SESSION_SECONDS = 8 * 3600
"""A sign-in is worth so much time, whatever its cookie says."""
CLOCK_SECONDS = 300
"""So far may the clocks of this machine and of the identity provider be apart."""

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "results": ("office", "leader", "analyst"),
    "office": ("office",),
    "analysts": ("office", "analyst"),
    "own": ("unit",),
}
"""Who may open the pages of a section of the page list."""

SEE_DRAFTS = ("office",)
"""Who may look at what is not published. Everybody else sees the latest publication of each cycle, and nothing else."""

OWN = frozenset({"subject", "score_steps", "sources", "gates", "adjustments"})
"""The questions about one subject that a unit may ask of its own subjects."""
COMMON = frozenset({"cohorts", "stamp", "edition"})
"""The questions that everybody with a role may ask."""
OFFICE_TABLES = frozenset({"facts", "registers", "careers", "applications", "stage_results"})
"""The tables that only the office may take as a file: the roster's personal facts, complaints and notices by name, careers
and who was a candidate.
"""
OFFICE_ONLY = frozenset(
    {
        "selection_outcome",
        "selection_race",
        "dossier",
        "dossier_zip",
        "registers",
        "register_entries",
        "register_owners",
        "register_coverage",
    }
)
"""The questions that only the office may ask: what they answer names people beside what is said of them."""


@dataclass(frozen=True)
class User:
    """Who asks. `subjects` are those whose results a unit may see."""

    identity: str
    role: str
    subjects: frozenset[str] = frozenset()
    is_local: bool = False


class Refused(Exception):
    """Somebody asked for what his role must not see."""


@dataclass(frozen=True)
class Settings:
    """How this installation knows who asks. Read from the environment; raises StoreError for what cannot be safe."""

    mode: str = "local"
    header: str = "X-Forwarded-User"
    secret: str = ""
    claim: str = "email"
    metrics_token: str = ""

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Settings:
        given = os.environ if environment is None else environment
        settings = cls(
            given.get("KAOPING_AUTH") or "local",
            given.get("KAOPING_PROXY_HEADER") or "X-Forwarded-User",
            given.get("KAOPING_PROXY_SECRET") or "",
            given.get("KAOPING_OIDC_CLAIM") or "email",
            given.get("KAOPING_METRICS_TOKEN") or "",
        )
        if settings.mode not in MODES:
            raise StoreError("auth-mode", found=settings.mode, allowed=", ".join(MODES))
        if settings.mode == "proxy" and len(settings.secret) < 32:
            raise StoreError("proxy-secret")
        return settings

    def check_address(self, address: str | None) -> None:
        """Raises StoreError where a server without sign-in would listen to other machines."""
        if self.mode == "local" and address not in LOOPBACK:
            raise StoreError("open-address", address=address or "*")


def find(warehouse: Warehouse, identity: str) -> User | None:
    """The user of a signed-in identity as our own table has it now; None where it has no active row."""
    for row in warehouse.ask("people").to_pylist():
        if row["identity"] == identity and row["is_active"] and row["role"] in ROLES:
            return User(identity, row["role"], frozenset(row["subjects"].split(";")) - {""})
    return None


def is_fresh(issued: object, now: float) -> bool:
    """Whether a sign-in of that time still counts. One from the future does not: a clock that was set back made it last."""
    return isinstance(issued, int | float) and -CLOCK_SECONDS <= now - issued <= SESSION_SECONDS


def may_open(user: User, section: str) -> bool:
    """Whether a role may open the pages of a section."""
    return user.role in SECTIONS.get(section, ())


def may_take(user: User, table: str) -> bool:
    """Whether a role may take a table as a file."""
    return user.role == "office" or (user.role != "unit" and table not in OFFICE_TABLES)


def check_question(user: User, question: Callable[..., object], arguments: tuple[object, ...]) -> None:
    """Raises Refused for a question that is not for this role; of a unit, for a subject that is not its own."""
    name = question.__name__
    if name in ("table", "table_of_cycles", "columns") and not may_take(user, str(arguments[0])):
        raise Refused(f"{user.identity} ({user.role}) asked for the table {arguments[0]}")
    if name in OFFICE_ONLY and user.role != "office":
        raise Refused(f"{user.identity} ({user.role}) asked {name}")
    if user.role != "unit":
        return
    asked = [one.subject for one in arguments if isinstance(one, Selection)]
    is_own = name in OWN and asked and all(subject in user.subjects for subject in asked)
    if not (name in COMMON or is_own):
        raise Refused(f"{user.identity} ({user.role}) asked {name} of {', '.join(str(one) for one in asked) or 'all'}")


def check_query(user: User, tables: Iterable[str]) -> None:
    """Raises Refused for SQL of a role that writes none, or over tables that the role may not take."""
    if user.role not in SECTIONS["analysts"] or not all(may_take(user, table) for table in tables):
        raise Refused(f"{user.identity} ({user.role}) asked the workbench")
