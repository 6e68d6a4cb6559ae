"""The real screen over a real desk: every line that it paints, measured in cells."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from rich.cells import cell_len
from textual.pilot import Pilot

from noctui.model.scene import Scenes
from noctui.runtime.desk import Desk
from noctui.tui.app import NoctuiApp, Options
from tests.walk.walk import Watch

SIZES = ((80, 24), (120, 40))


class Looking:
    """The desk to a screen that comes and goes: it was started before, and goes on after."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._desk, name)

    async def start(self) -> None:
        """It runs."""

    async def stop(self) -> None:
        """It goes on."""


@asynccontextmanager
async def screen(watch: Watch, size: tuple[int, int], folder: Path) -> AsyncIterator[tuple[NoctuiApp, Pilot[None]]]:
    """noctui's screen over this desk, as it would be started."""
    app = NoctuiApp(cast("Scenes", Looking(watch.desk)), watch.hand, Options(exports=folder / "exports", state=None))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        yield app, pilot


async def settled(pilot: Pilot[None]) -> None:
    """Everything that was asked for is painted."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def lines(app: NoctuiApp) -> list[str]:
    """The screen's lines as they stand there, blanks included."""
    _, height = app.size
    return [strip.text for strip in app.screen._compositor.render_strips()[:height]]


def harmless(app: NoctuiApp) -> list[str]:
    """The lines: each exactly as wide as the screen, and without a character that a terminal could obey."""
    wide, height = app.size
    found = lines(app)
    assert len(found) == height
    for line in found:
        assert cell_len(line) == wide, (cell_len(line), line)
        bad = [c for c in line if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}]
        assert not bad, (bad, line)
    return found
