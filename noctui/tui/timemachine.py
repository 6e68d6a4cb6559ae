"""The time machine: which past Scene is shown. Steps that are asked for while one is read add up."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from noctui.model.faults import HistoryError

if TYPE_CHECKING:
    from noctui.model.scene import Scene, Scenes


log = logging.getLogger("noctui.tui")

MOST = 60
"""Polls that one look goes at most, however long a key was held."""


class TimeMachine:
    """Makes past Scenes. `said` is why the last question had no answer."""

    def __init__(self, scenes: Scenes) -> None:
        self._scenes = scenes
        self.past = False
        self.corrected = False  # whether the past is shown by what is known now
        self.said = ""
        self._steps = 0
        self._busy = False

    def leave(self) -> None:
        """Back to now, whatever was asked for."""
        self.past = self.corrected = False
        self.idle()

    def idle(self) -> None:
        """Forget the steps that were asked for."""
        self._steps = 0
        self._busy = False

    def ask(self, direction: int) -> bool:
        """One more step; True when nobody is taking steps yet, and the caller is to begin."""
        self._steps = min(max(self._steps + direction, -MOST), MOST)
        idle, self._busy = not self._busy, True
        return idle

    def take(self) -> int:
        """All steps that were asked for since; 0: none, and the taking ends."""
        steps, self._steps = self._steps, 0
        self._busy = steps != 0
        return steps

    async def step(self, steps: int, scene: Scene) -> Scene | None:
        """The Scene so many polls before (negative) or after this one. After the last poll it is the live one again;
        before the first one it is the first."""
        self.said = ""
        if steps > 0 and not self.past:
            self.said = "This is the newest poll."
            return None
        live = self._scenes.live()
        at = scene.at
        try:
            for _ in range(abs(steps)):
                found = await self._scenes.step(at, 1 if steps > 0 else -1, self.corrected)
                if steps > 0 and live is not None and (found is None or found >= live.at):
                    self.past = self.corrected = False
                    return live
                if found is None:
                    self.said = "No older poll is kept." if steps < 0 else "No newer poll is kept."
                    break
                at = found
        except Exception as error:  # whatever a store does, the screen lives on
            self._fail(error)
            return None
        return await self._go(at) if at != scene.at else None

    async def go(self, at: float, corrected: bool = False) -> Scene | None:
        """The Scene of the newest poll at or before `at`; `corrected`: by what is known now, not by what was then."""
        self.said = ""
        before, self.corrected = self.corrected, corrected
        found = await self._go(at)
        if found is None:
            self.corrected = before
        return found

    async def _go(self, at: float) -> Scene | None:
        try:
            found = await self._scenes.past(at, self.corrected)
        except Exception as error:  # as above
            self._fail(error)
            return None
        if found is None:
            when = time.strftime("%b %d %H:%M", time.gmtime(at))
            self.said = f"No poll was kept for {when}."
            return None
        self.past = True
        return found

    def _fail(self, error: Exception) -> None:
        told = isinstance(error, HistoryError | OSError)
        log.warning("past.unread", extra={"reason": str(error)}, exc_info=None if told else error)
        said = str(error) if told else f"{type(error).__name__}, the log has the details"
        self.said = f"The past cannot be read: {said}"
