"""The keys of the time machine: a poll back or forward, to an instant, live again."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from noctui.tui.keys import bindings
from noctui.tui.shell import Shell

if TYPE_CHECKING:
    from noctui.model.scene import Scene
    from noctui.tui.screens.board import Board


class Travelling(Shell):
    """Which instant is shown."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("earlier", "later", "live")

    async def on_board_at(self, message: Board.At) -> None:
        self.travelled()
        await self._show_past(await self._machine.go(message.at))

    def travelled(self) -> None:
        """A person chose another instant: what would go on by itself ends."""

    def action_step(self, direction: int) -> None:
        """A poll back or forward. Steps asked for while one is read add up, so that a key held down queues nothing."""
        self.travelled()
        if self._scene is not None and self._machine.ask(direction):
            self.run_worker(self._step(), group="time")

    async def _step(self) -> None:
        while self._scene is not None and (steps := self._machine.take()):
            await self._show_past(await self._machine.step(steps, self._scene))

    def go_at(self, at: float, corrected: bool) -> None:
        """To the newest poll at that time; one that is still the newest is now."""
        self.travelled()
        live = self._scenes.live()
        if live is not None and at >= live.at and not corrected:
            self.say("That is the newest poll.")
            self.call_later(self.action_live)
            return
        self.workers.cancel_group(self, "time")
        self.run_worker(self._go_at(at, corrected), group="time")

    async def _go_at(self, at: float, corrected: bool) -> None:
        await self._show_past(await self._machine.go(at, corrected))

    async def action_live(self) -> None:
        self.travelled()
        if self._scene is not None and self._scene.live and not self._machine.past:
            self.say("This is live.")
        self.workers.cancel_group(self, "time")
        self._machine.leave()
        self.take_data()
        await self.arrive(same=True)

    async def _show_past(self, scene: Scene | None) -> None:
        if scene is None:
            if self._machine.said:
                self.say(self._machine.said)
            return
        self._scene = scene
        await self.arrive(same=True)
        if self._machine.said:
            self.say(self._machine.said)
