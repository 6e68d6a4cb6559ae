"""The time machine: which past Scene is shown. Steps that are asked for while one is read add up."""

from __future__ import annotations

import time

from noctui.model.scene import Scene, Scenes
from noctui.model.stores import HistoryError


class TimeMachine:
    """Makes past Scenes. `said` is why the last question had no answer."""

    def __init__(self, scenes: Scenes) -> None:
        self._scenes = scenes
        self.past = False
        self.said = ""

    def leave(self) -> None:
        """Back to now."""
        self.past = False

    async def step(self, direction: int, scene: Scene) -> Scene | None:
        """The Scene one poll before or after this one. After the last poll it is the live one again."""
        self.said = ""
        if direction > 0 and not self.past:
            self.said = "This is the newest poll."
            return None
        live = self._scenes.live()
        try:
            at = await self._scenes.step(scene.at, direction)
        except (HistoryError, OSError) as error:
            self.said = str(error)
            return None
        if direction > 0 and live is not None and (at is None or at >= live.at):
            self.past = False
            return live
        if at is None:
            self.said = "No older poll is kept."
            return None
        return await self.go(at, scene)

    async def go(self, at: float, scene: Scene | None = None) -> Scene | None:
        """The Scene of the newest poll at or before `at`."""
        self.said = ""
        try:
            found = await self._scenes.past(at)
        except (HistoryError, OSError) as error:
            self.said = str(error)
            return None
        if found is None:
            when = time.strftime("%b %d %H:%M", time.gmtime(at))
            self.said = f"No poll was kept for {when}."
            return None
        self.past = True
        return found
