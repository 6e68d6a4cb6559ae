"""A pane that asks the Scene's reader for something: one question at a time, the old answer stays until the new one."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from noctui.model.stores import HistoryError
from noctui.tui.panes.sheet import Sheet

log = logging.getLogger(__name__)


class Question:
    """What was asked last, so that a repaint does not ask again."""

    def __init__(self, owner: Sheet | Any) -> None:
        self._owner = owner
        self._asked: Hashable = None

    def ask(self, key: Hashable, answer: Callable[[], Awaitable[Any]], then: Callable[[Any], None]) -> None:
        """Run `answer` unless `key` was asked already; `then` gets its result. A newer question cancels the older."""
        if key == self._asked:
            return
        self._asked = key
        self._owner.run_worker(self._run(key, answer, then), group=f"ask-{id(self)}", exclusive=True)

    def forget(self) -> None:
        """Ask anew next time."""
        self._asked = None

    async def _run(self, key: Hashable, answer: Callable[[], Awaitable[Any]], then: Callable[[Any], None]) -> None:
        try:
            found = await answer()
        except (HistoryError, OSError) as error:
            # The screen lives on without history: the pane keeps what it has, and asks again with the next poll.
            log.warning("reading failed", extra={"pane": type(self._owner).__name__, "reason": str(error)})
            self._asked = None
            return
        if key == self._asked:
            then(found)
