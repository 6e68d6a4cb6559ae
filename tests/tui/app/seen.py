"""What a person sees on the screen, as text."""

from __future__ import annotations

from noctui.tui.app import NoctuiApp


def lines(app: NoctuiApp) -> list[str]:
    """The screen's rows."""
    width, height = app.size
    rows = [[" "] * width for _ in range(height)]
    for y, strip in enumerate(app.screen._compositor.render_strips()[:height]):
        rows[y] = list(strip.text)
    return ["".join(row).rstrip() for row in rows]


def text(app: NoctuiApp) -> str:
    """The whole screen."""
    return "\n".join(lines(app))
