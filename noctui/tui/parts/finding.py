"""The palette: every key and command that there is here, found by its words."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from noctui.tui.keys import bindings
from noctui.tui.parts.commanding import Commanding
from noctui.tui.parts.pointing import Pointing


class Finding(Commanding, Pointing):
    """Looked for, chosen, carried out as by its key or its command."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("palette")

    def action_palette(self) -> None:
        """Look for a key or a command. Nothing is changed before Enter."""
        from noctui.tui.commands.entries import entries

        if self.board is None or self.frame.editing:
            return
        self._stood = self.focused
        self.frame.find(entries(self.board.OFFERS))

    def action_leave_palette(self) -> None:
        self.frame.find(None)
        self.stand_again()

    async def action_run_palette(self) -> None:
        chosen = self.frame.palette.chosen
        if chosen is None:
            self.frame.palette.go_on()
            return
        if chosen.action is not None:
            self.action_leave_palette()
            self.press(chosen.action)
            return
        stood = self._stood
        self.frame.find(None)
        self.action_command(chosen.line)  # the cursor goes there at once: by way of the board, it would seem to leave
        self._stood = stood
        if not chosen.line.endswith(" "):
            await self.action_run_command()
