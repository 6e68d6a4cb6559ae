"""The `:` line: typed, completed, carried out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from noctui.tui.keys import bindings
from noctui.tui.layouts import LAYOUTS
from noctui.tui.shell import Shell

if TYPE_CHECKING:
    from noctui.clock import Clock
    from noctui.model.scene import Scenes
    from noctui.tui.commands.asked import Asked
    from noctui.tui.commands.here import Here
    from noctui.tui.options import Options


class Commanding(Shell):
    """Commands with arguments."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("command")

    def __init__(self, scenes: Scenes, clock: Clock, options: Options | None = None) -> None:
        super().__init__(scenes, clock, options)
        self._here: Callable[[], Here | None] = lambda: None

    def action_command(self, text: str = "") -> None:
        """Type a command. Nothing is changed before Enter."""
        from noctui.tui.commands.here import Here
        from noctui.tui.commands.suggest import Suggested, suggest

        self._stood = self.focused
        board = self.board
        table = board.table() if board is not None else None

        def here() -> Here | None:
            if self._scene is None or board is None:
                return None
            columns = {c.key: c.title for c in table.offered} if table is not None else {}
            return Here(
                self._scene.view, self._clock.now(), self.place, self.look.signs, board.subject(), columns,
                board.windows(), tuple(self._themes.roles), LAYOUTS,
                {name: saved.words for name, saved in self._memory.state.filters.items()},
            )  # fmt: skip

        def suggested(line: str) -> Suggested:
            known = here()
            return suggest(line, known) if known is not None else Suggested()

        self._here = here
        self.frame.ask(suggested, text)

    def action_leave_command(self) -> None:
        self.frame.ask(None)
        self.stand_again()

    async def action_run_command(self) -> None:
        from noctui.tui.commands.asked import CommandError
        from noctui.tui.commands.decide import decide

        line, here = self.frame.command.text.strip(), self._here()
        if not line or here is None:
            self.action_leave_command()
            return
        try:
            asked = decide(line, here)
        except CommandError as error:
            self.frame.command.say(str(error))
            return
        self.frame.command.history.add(line)
        self._memory.keep(commands=self.frame.command.history.lines)
        self.action_leave_command()
        await self.carry_out(asked)

    async def carry_out(self, asked: Asked) -> None:
        """Do what was asked for."""
        raise NotImplementedError

    def look_back(self, window: str) -> None:
        if self.board is not None:
            self.board.look_back(window)
