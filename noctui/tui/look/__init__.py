"""What everything on screen shares: palette and signs. The app owns one `Look`; widgets find it by `look_of`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

from noctui.tui.look.signs import Signs

if TYPE_CHECKING:  # colours need Textual, 0.15 s; texts and numbers are written without a screen, too
    from noctui.tui.look.palette import Palette

Run = tuple[str, str]
"""A piece of text and the role it is drawn in."""


@dataclass(frozen=True)
class Look:
    """Colours and signs of this terminal. Immutable: a change of theme is a new Look."""

    palette: Palette
    signs: Signs


class HasApp(Protocol):
    @property
    def app(self) -> object: ...


@cache
def default_look() -> Look:
    """The dark theme with Unicode signs: for a widget whose app has no `look`."""
    from noctui.tui.look.themes import load

    return Look(load().palette("dark"), Signs())


def look_of(widget: HasApp) -> Look:
    """The `look` of the widget's app (`App.look: Look`)."""
    found = getattr(widget.app, "look", None)
    return found if isinstance(found, Look) else default_look()


__all__ = ["HasApp", "Look", "Run", "Signs", "default_look", "look_of"]
