"""The terminal's size, looked at again with every beat.

Textual reads the size in its signal handler, which a second signal may interrupt: then the older of two sizes is told
last, and the screen stays as it was for that one until the next change. A screen must not stay cut off all night.
"""

from __future__ import annotations

from textual import events
from textual.geometry import Size

from noctui.tui.shell import Shell


class Sizing(Shell):
    """Takes the size that the terminal has, when it is another one than was told last."""

    async def beat(self) -> None:
        await super().beat()
        look = getattr(self._driver, "_get_terminal_size", None)  # a browser's has none
        if look is None or self.is_headless or self.is_web:
            return
        there = Size(*look())
        if there != self.size:
            self.post_message(events.Resize(there, there))
