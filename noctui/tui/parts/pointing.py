"""The mouse on the frame: what is clicked there does what its key does. Nothing needs it."""

from __future__ import annotations

from textual import events
from textual.widget import Widget

from noctui.tui.frame.frame import Frame
from noctui.tui.keys import Action
from noctui.tui.shell import Shell


class Pointing(Shell):
    """Clicks on breadcrumb and footer; what is being typed ends where one clicks elsewhere."""

    def on_frame_pressed(self, message: Frame.Pressed) -> None:
        self.press(message.action)

    def press(self, action: Action) -> None:
        """As by its key, which may be another one than it usually is."""
        key = next(
            (key for key, found in self.screen.active_bindings.items() if found.binding.id == action.name),
            action.keys[0],
        )
        self.post_message(events.Key(key, key if len(key) == 1 else None))

    async def on_frame_left(self, message: Frame.Left) -> None:
        """Something else was clicked while a line was typed or columns were chosen: what was chosen so far stays."""
        clicked: Widget = message.towards
        if self.frame.columns.display:
            await self.run_action("end_columns(True)")
        elif self.frame.command.display:
            await self.run_action("leave_command")
        elif self.frame.filling:
            await self.run_action("leave_form")
        elif self.frame.palette.display:
            await self.run_action("leave_palette")
        else:
            await self.run_action("end_filter(True)")
        if clicked.is_attached and clicked.display:
            self.screen.set_focus(clicked)
