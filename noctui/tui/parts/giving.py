"""What leaves the screen: files, copies, help; and its panes."""

from __future__ import annotations

import os
from typing import ClassVar

from textual.binding import BindingType

from noctui.settings import read_path
from noctui.tui import copying
from noctui.tui.keys import bindings
from noctui.tui.look.text import clean
from noctui.tui.shell import Shell


class Giving(Shell):
    """Export, copy, help, panes."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("export", "copy", "maximise", "pane", "pane_back", "help")

    def action_pane(self, step: int) -> None:
        """The next or previous pane; the counts are not one."""
        if self.board is not None:
            self.board.walk(step)

    def action_maximise(self) -> None:
        if self.board is not None and not self.board.restore() and not self.board.maximise():
            self.say("This pane is alone already.")

    async def action_export(self) -> None:
        self.export_as("")

    def export_as(self, file: str) -> None:
        """Write the table shown; to this file, or (empty) to one that is named by table and time."""
        from noctui.tui import export

        table = self.board.export() if self.board is not None else None
        if table is None:
            self.say(self._lacking() or "There is no table to export here.")
            return
        folder = self.options.exports
        try:
            if file:
                where = export.write_as(table, folder / read_path(file))
            else:
                where = export.write(table, folder, self._clock.now())
        except (OSError, ValueError) as error:
            self.say(f"Not exported: {getattr(error, 'strerror', None) or error} ({file or folder})")
            return
        rows = f"{len(table.rows):,} row{'' if len(table.rows) == 1 else 's'}"
        self.say(f"{rows} in {where}")

    def action_copy(self) -> None:
        text = self.board.copied() if self.board is not None else ""
        if text:
            self.give("\n".join(clean(line) for line in text.split("\n")))
        else:
            self.say(self._lacking() or "There is nothing to copy here.")

    def _lacking(self) -> str:
        return self.board.lacking() if self.board is not None else ""

    def give(self, text: str) -> None:
        """Copy this to the terminal's clipboard, or into a file that is named."""
        why = copying.refusal(os.environ, text)
        if not why:
            self.copy_to_clipboard(text)
            self.say(f"Copied: {copying.told(text)}")
            return
        try:
            where = copying.write(text, self.options.exports)
        except OSError as error:
            self.say(f"Not copied: {error.strerror or error} ({self.options.exports})")
            return
        self.say(f"{why}: it is in {where}")

    def copy_to_clipboard(self, text: str) -> None:
        """As Textual's; inside tmux by tmux."""
        if self._driver is not None and os.environ.get("TMUX"):
            self._clipboard = text
            self.run_worker(self._through_tmux(text), group="copy", exclusive=True)
        else:
            super().copy_to_clipboard(text)

    async def _through_tmux(self, text: str) -> None:
        """An older tmux may let one of the two spellings through."""
        if not await copying.to_tmux(text) and self._driver is not None:
            for passed_on in (False, True):
                self._driver.write(copying.sequence(text, tmux=passed_on))

    def action_help(self) -> None:
        from noctui.tui.frame.help import Help

        if self.board is not None:
            self.push_screen(Help(self.place.kind, self.board.OFFERS, self.look.signs))

    def explain(self, verb: str) -> None:
        from noctui.tui.commands.about import about
        from noctui.tui.frame.help import Help

        if verb:
            self.push_screen(Help(verb, (), self.look.signs, about(verb)))
        else:
            self.action_help()
