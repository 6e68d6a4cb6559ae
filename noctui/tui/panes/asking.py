"""A pane that asks the Scene's reader for something: one question at a time, the old answer stays until the new one."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from typing import Any

from textual.worker import Worker

from noctui.model.stores import HistoryError
from noctui.tui.panes.sheet import Sheet

log = logging.getLogger("noctui.tui")


def landed(read: object) -> int:
    """How often something has come from the warehouse by a Scene's reader: it makes a question another one."""
    return int(getattr(read, "landed", 0))


class Question:
    """What was asked last, so that a repaint does not ask again.

    `failed` gets the one line that stands in the pane's place when it cannot be answered; the log has the details.
    """

    def __init__(self, owner: Sheet | Any, failed: Callable[[str], None]) -> None:
        self._owner = owner
        self._failed = failed
        self._asked: Hashable = None
        self._worker: Worker[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether an answer is on its way."""
        return self._worker is not None and not self._worker.is_finished and not self._worker.is_cancelled

    def ask(self, key: Hashable, answer: Callable[[], Awaitable[Any]], then: Callable[[Any], None]) -> None:
        """Run `answer` unless `key` was asked already; `then` gets its result. A newer question cancels the older."""
        dropped = self._worker is not None and self._worker.is_cancelled  # one left before the answer came
        if key == self._asked and not dropped:
            return
        self._asked = key
        work: Any = partial(self._run, key, answer, then)  # a coroutine would never be awaited if cancelled before
        self._worker = self._owner.run_worker(work, group=f"ask-{id(self)}", exclusive=True)

    def forget(self) -> None:
        """Ask anew next time."""
        self._asked = None

    async def _run(self, key: Hashable, answer: Callable[[], Awaitable[Any]], then: Callable[[Any], None]) -> None:
        try:
            found = await answer()
        except Exception as error:  # whatever a store does, the screen lives on, and asks again with the next poll
            told = isinstance(error, HistoryError | OSError)
            log.warning(
                "pane.unread",
                extra={"pane": type(self._owner).__name__, "reason": str(error)},
                exc_info=None if told else error,
            )
            if key == self._asked:
                self._failed(f"cannot be read: {_reason(error)}")
            return
        if key == self._asked:
            then(found)


def _reason(error: Exception) -> str:
    """What went wrong in a few words, on one line."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    said = " ".join(str(error).split()) if isinstance(error, HistoryError) else ""
    return said or f"{type(error).__name__}, the log has the details"
