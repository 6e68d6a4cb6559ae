"""The past as it went by: replay at a speed, and jumps from one thing that happened to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from noctui.model.faults import HistoryError
from noctui.tui.keys import bindings
from noctui.tui.parts.travelling import Travelling

if TYPE_CHECKING:
    from noctui.clock import Clock
    from noctui.model.scene import Scenes
    from noctui.tui.options import Options
    from noctui.tui.replay import Replay


HOUR = 3600.0
JUST_BEFORE = 0.001
"""Seconds before an instant at which the poll after it may be the one of that instant itself."""


class Replaying(Travelling):
    """A tick of the screen takes the replay on by one look at most: a poll that was not read in time is left out."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("event_back", "event_on", "play")

    def __init__(self, scenes: Scenes, clock: Clock, options: Options | None = None) -> None:
        super().__init__(scenes, clock, options)
        self._replay: Replay | None = None
        self._replay_reads = False
        self._replay_next = 0.0  # the poll that is due; 0: not known

    # -- replay -------------------------------------------------------------------------------------------------------

    def travelled(self) -> None:
        self._replay = None

    def replay_word(self) -> str:
        return self._replay.word if self._replay is not None else ""

    def replay(self, speed: int, at: float | None) -> None:
        """From `at` on; None: from where one stands in the past, else from an hour ago."""
        from noctui.tui.replay import Replay

        live = self._scenes.live()
        if live is None or self._scene is None:
            return
        if at is None:
            running = self._replay.at(self._clock.monotonic()) if self._replay is not None else self._scene.at
            at = running if self._machine.past else live.at - HOUR
        if at >= live.at:
            self.say("Nothing has been since: that is the newest poll.")
            return
        self.workers.cancel_group(self, "time")
        self._machine.idle()
        self._replay = Replay(speed, at, self._clock.monotonic())
        self._replay_next, self._replay_reads = 0.0, True
        self.paint(board=False)
        self.run_worker(self._replayed(at), group="time")

    def action_play(self) -> None:
        """Pause the replay, or let it go on; in the past without one, begin it."""
        from noctui.tui.replay import USUAL

        if self._replay is not None:
            self._replay = self._replay.turned(self._clock.monotonic())
            self.paint(board=False)
        elif self._machine.past:
            self.replay(USUAL, None)
        else:
            self.say("Replay from when? Go back with [ first, or write :replay 10x 03:15.")

    async def beat(self) -> None:
        await super().beat()
        await self._play()

    async def _play(self) -> None:
        """Show what the replay has come to, when the last look at it has been answered."""
        running, live = self._replay, self._scenes.live()
        if running is None or running.paused or self._replay_reads or live is None:
            return
        at = running.at(self._clock.monotonic())
        if at >= live.at:
            await self.action_live()
            self.say("The replay has come to now.")
        elif at >= self._replay_next:
            self._replay_reads = True
            self.run_worker(self._replayed(at), group="time")

    async def _replayed(self, at: float) -> None:
        running = self._replay
        try:
            scene = await self._machine.go(at, self._machine.corrected)
            if self._replay is not running and (self._replay is None or not self._replay.paused):
                return
            if scene is None:
                self._replay = None
            elif self._scene is None or scene.at != self._scene.at or not self._machine.past:
                await self._show_past(scene)
            if scene is None and self._machine.said:
                self.say(self._machine.said)
            if scene is not None:
                due = await self._scenes.step(scene.at, 1, self._machine.corrected)
                self._replay_next = due if due is not None else at
        except (HistoryError, OSError) as error:
            self._replay = None
            self.say(f"The replay ends: {error}")
        finally:
            self._replay_reads = False

    # -- what happened ------------------------------------------------------------------------------------------------

    def action_event(self, direction: int) -> None:
        """To the poll that first showed what happened next here, or before."""
        if self._scene is None or self._scenes.live() is None:
            return
        if direction > 0 and not self._machine.past:
            self.say("This is the newest poll.")
            return
        self.travelled()
        self.workers.cancel_group(self, "time")
        self._machine.idle()
        self.run_worker(self._to_event(direction), group="time")

    async def _to_event(self, direction: int) -> None:
        from noctui.tui.commands.times import said
        from noctui.tui.happenings import LOOKS, near

        scene, live = self._scene, self._scenes.live()
        if scene is None or live is None:
            return
        corrected, inventory = self._machine.corrected, scene.view.inventory
        try:
            if direction > 0:  # what came later only the present knows
                found = await near(live.read, self.place, inventory, scene.at, live.at, True, corrected)
            else:
                before = await self._scenes.step(scene.at, -1, corrected)
                earliest = scene.at - LOOKS[-1]
                found = (
                    await near(scene.read, self.place, inventory, earliest, before, False, corrected)
                    if before is not None
                    else None
                )
            if found is None:
                self.say("Nothing happened here since." if direction > 0 else "Nothing happened here in 31 d before.")
                return
            at = await self._scenes.step(found.shown_from - JUST_BEFORE, 1, corrected)
        except (HistoryError, OSError) as error:
            self.say(f"The past cannot be read: {error}")
            return
        if at is None or at >= live.at:
            await self.action_live()
        else:
            await self._show_past(await self._machine.go(at, corrected))
        self.say(f"{found.text}, {said(found.at, self._clock.now())}.")
