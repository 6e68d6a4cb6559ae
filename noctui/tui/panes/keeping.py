"""An answer that is kept fresh while the polls go on, however long it takes to come."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Generic, TypeVar

from noctui.tui.panes.asking import Question

T = TypeVar("T")
REST = 10.0
"""An answer that took so long is not asked for again before ten times as long: figures of 13 months cost seconds."""


class Keeping(Generic[T]):
    """Asks again with every poll, but not before the last answer has come: one that is slower than the polls would
    otherwise be cancelled by each of them and never come. Another subject, and the past, are asked for at once.

    `changed` is called when an answer or a failure has come; `clock` gives monotonic seconds.
    """

    def __init__(self, owner: Any, clock: Callable[[], float], changed: Callable[[], None]) -> None:
        self._question = Question(owner, self._fail)
        self._clock = clock
        self._changed = changed
        self._what: Hashable = None
        self._asked_at = float("nan")
        self._begun = 0.0
        self._took = 0.0
        self._found: tuple[T, float] | None = None
        self.failed = ""

    def want(self, what: Hashable, at: float, live: bool, ask: Callable[[], Awaitable[T]], every: float = 0.0) -> None:
        """The answer to `what` as of `at` is wanted; while it is now, no more often than `every` so many seconds."""
        if what != self._what:
            self._what, self._found, self.failed, self._took = what, None, "", 0.0
        elif live and at > self._asked_at and self._is_soon_enough(at, every):
            return
        if self._found is not None and self._found[1] > at:
            self._found = None  # the past does not know what came after
        if at != self._asked_at or not self._question.busy:
            self._begun = self._clock()
        self._asked_at = at
        self._question.ask((what, at), ask, self._take)

    def known(self, at: float) -> T | None:
        """The newest answer that is not of a later instant."""
        return self._found[0] if self._found is not None and self._found[1] <= at else None

    @property
    def of(self) -> float:
        """The instant of the newest answer; NaN while there is none."""
        return self._found[1] if self._found is not None else float("nan")

    def forget(self) -> None:
        """Ask anew next time; the answer stays."""
        self._question.forget()

    def _is_soon_enough(self, at: float, every: float) -> bool:
        """Whether the answer that is there, or on its way, will do for this poll."""
        if self._question.busy or self._clock() - self._begun < self._took * REST:
            return True
        return at < self._asked_at + every and self._found is not None

    def _take(self, found: T) -> None:
        self._took = self._clock() - self._begun
        self._found, self.failed = (found, self._asked_at), ""
        self._changed()

    def _fail(self, said: str) -> None:
        self._found, self.failed = None, said
        self._changed()
