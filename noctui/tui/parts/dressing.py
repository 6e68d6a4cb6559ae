"""How the screen is dressed: its theme."""

from __future__ import annotations

from noctui.tui.look import Look
from noctui.tui.shell import Shell


class Dressing(Shell):
    """Themes."""

    async def dress(self, theme: str) -> None:
        """Draw with another theme, at once; the setting stays as it is."""
        palette = self._themes.palette(theme, no_color=self._no_color)
        self.look = Look(palette, self.look.signs)
        self.ansi_color = palette.roles.ansi or self._no_color
        made = palette.theme()
        self.register_theme(made)
        self.theme = made.name
        for widget in self.frame.walk_children():
            widget.refresh()
        await self.arrive(same=True)
        self.say(f"Theme: {theme}. screen.theme in noctui.toml keeps it.")
