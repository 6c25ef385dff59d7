"""How far a long answer has come: whoever works tells, whoever waits hears; nobody has to.

A build is handed its progress as an argument. An answer that is worked out on demand stands under many questions, each of
which would have to pass it on, so what they tell finds its hearer by the context of the run. A hearer may raise to have the
work end there: that is how it is cancelled, and nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Hearer = Callable[[str, int, int], None]
"""Called with the name of what is being done, steps done and steps in all."""


def _nobody(step: str, done: int, total: int) -> None:
    pass


_hearer: ContextVar[Hearer] = ContextVar("hearer", default=_nobody)


@contextmanager
def heard(by: Hearer) -> Iterator[None]:
    """Have `by` called with what is told here."""
    token = _hearer.set(by)
    try:
        yield
    finally:
        _hearer.reset(token)


def tell(step: str, done: int, total: int) -> None:
    """Say how far `step` has come."""
    _hearer.get()(step, done, total)
