"""What was made once and is shown again: answers, figures, tables ready to be drawn. Shared between sessions.

A thing is kept under what it was made from, never under a clock, so nothing has to be cleared: with new data the key is
new, and the oldest things are forgotten. What is kept is not changed: Arrow tables cannot be, figures are not. Streamlit's
own cache asks `inspect` about every argument of every call, half a millisecond each; a page makes some thirty.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import pyarrow as pa

MOST = 768
"""So many things are kept; the one that was asked for longest ago goes first."""

Thing = TypeVar("Thing")


class _Wanted:
    """A key and, beside it, how to make the thing: only the key counts when two are compared."""

    __slots__ = ("key", "make")

    def __init__(self, key: tuple[Hashable, ...], make: Callable[[], Any]) -> None:
        self.key = key
        self.make = make

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Wanted) and self.key == other.key


def once(make: Callable[[], Thing], *key: Hashable) -> Thing:
    """What `make()` gave for this key, made now if it is not kept. What raises is not kept."""
    return _made(_Wanted(key, make))


@functools.lru_cache(maxsize=MOST)
def _made(wanted: _Wanted) -> Any:
    return wanted.make()


def fingerprint(table: pa.Table) -> str:
    """A name for the content of a table."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return hashlib.blake2b(sink.getvalue(), digest_size=16).hexdigest()
