"""What was made once and is shown again: answers, figures, tables ready to be drawn. Shared between sessions.

A thing is kept under what it was made from, never under a clock, so nothing has to be cleared: with new data the key is
new, and the oldest things are forgotten. What is kept is not changed: Arrow tables cannot be, figures are not. Streamlit's
own cache asks `inspect` about every argument of every call, half a millisecond each; a page makes some thirty.
"""

from __future__ import annotations

import functools
import hashlib
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import pyarrow as pa

from pages.ui import words

MOST = 768
MOST_BYTES = 512 * 1024**2
"""So many things are kept, and so much in their tables; the one that was asked for longest ago goes first."""

Thing = TypeVar("Thing")


class _Shelf:
    """Things under their keys, with the bytes of the tables in each; the one asked for longest ago stands first."""

    def __init__(self) -> None:
        self._things: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key][0]
        thing = make()  # two who ask at once both make it: the lock is not held meanwhile
        size = _size(thing)
        with self._lock:
            self._bytes += size - self._things.pop(key, (None, 0))[1]
            self._things[key] = (thing, size)
            while len(self._things) > MOST or (self._bytes > MOST_BYTES and len(self._things) > 1):
                self._bytes -= self._things.popitem(last=False)[1][1]
        return thing


_shelf = _Shelf()


def once(make: Callable[[], Thing], *key: Hashable) -> Thing:
    """What `make()` gave for this key, made now if it is not kept. What raises is not kept."""
    thing: Thing = _shelf.get(key, make)
    return thing


def by_table(work: Callable[..., Thing]) -> Callable[..., Thing]:
    """What `work` gives for a table and plain arguments, worked out once for that content and language.

    For a table that is kept itself this costs two looks into a dictionary; Arrow takes ten times as long to pick three rows.
    """

    @functools.wraps(work)
    def worked(table: pa.Table, *arguments: Hashable) -> Thing:
        make = functools.partial(work, table, *arguments)
        return once(make, work, fingerprint(table), words.language(), *arguments)

    return worked


def fingerprint(table: pa.Table) -> str:
    """A name for the content of a table; worked out once for a table that is kept, for it cannot change."""
    known = _names.get(id(table))
    if known is not None and known[0]() is table:
        return known[1]
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    name = hashlib.blake2b(sink.getvalue(), digest_size=16).hexdigest()
    place = id(table)
    _names[place] = (weakref.ref(table, lambda _: _names.pop(place, None)), name)
    return name


_names: dict[int, tuple[weakref.ref[pa.Table], str]] = {}
"""The names of the tables that are alive, by their place in memory."""


def _size(thing: object) -> int:
    if isinstance(thing, pa.Table):
        return int(thing.nbytes)
    return sum(map(_size, thing)) if isinstance(thing, tuple) else 0
