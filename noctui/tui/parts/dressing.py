"""How the screen is dressed: its theme, and the user's own, read again when they are saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noctui.tui.look import Look
from noctui.tui.look.theme_watch import ThemeWatch
from noctui.tui.shell import Shell

if TYPE_CHECKING:
    from noctui.clock import Clock
    from noctui.model.scene import Scenes
    from noctui.tui.options import Options


class Dressing(Shell):
    """Themes."""

    def __init__(self, scenes: Scenes, clock: Clock, options: Options | None = None) -> None:
        super().__init__(scenes, clock, options)
        self._saved_themes = ThemeWatch(self.options.themes, self._themes)
        self._wanted_theme = self.options.theme

    async def dress(self, theme: str) -> None:
        """Draw with another theme, at once; the setting stays as it is."""
        await self._draw_with(theme)
        self.say(f"Theme: {theme}. screen.theme in noctui.toml keeps it.")

    async def _draw_with(self, theme: str) -> None:
        self._wanted_theme = theme
        palette = self._themes.palette(theme, no_color=self._no_color)
        self.look = Look(palette, self.look.signs)
        self.ansi_color = palette.roles.ansi or self._no_color
        made = palette.theme()
        self.register_theme(made)
        if self.theme == made.name:
            self.refresh_css(animate=False)  # the same name in other colours
        self.theme = made.name
        for screen in self.screen_stack:
            for widget in screen.walk_children():
                widget.refresh()
        await self.arrive(same=True)

    async def beat(self) -> None:
        await super().beat()
        if self.frame.is_attached:
            await self._look_at_themes()

    async def _look_at_themes(self) -> None:
        """A saved theme file is drawn with at once, if it is the one that is wanted."""
        found = self._saved_themes.look()
        if found is None:
            return
        self._themes = found.themes
        wanted = self._wanted_theme
        mine = self._themes.roles.get(wanted)
        if mine is not None and mine != self.look.palette.roles:
            await self._draw_with(wanted)
            self.say(f"Theme {wanted} was read again.")
        elif found.changed:
            self.say(f"New: theme {', '.join(found.changed)}. :theme {found.changed[0]} draws with it.")
        if found.problems:
            more = f" (and {len(found.problems) - 1} more)" if len(found.problems) > 1 else ""
            self.say(f"{found.problems[0]}{more}")
