"""Overview, circuit and circuits in every size, theme and character set: text and styles as they were last looked at.

One app for a size and a character set goes through screens and themes, so that all 72 take seconds. After a wanted
change: `pytest tests/tui/matrix --snapshot-update`, then read the difference.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from noctui.clock import FixedClock
from noctui.tui.app import NoctuiApp
from noctui.tui.options import Options
from noctui.tui.place import CIRCUITS, OVERVIEW, Place, of_circuit
from tests import night
from tests.tui.app.styled import dump, same

SIZES = [(80, 24), (120, 40), (200, 60)]
THEMES = ("dark", "light", "contrast", "ansi")
PLACES = {"overview": OVERVIEW, "circuit": of_circuit(night.HOT), "circuits": CIRCUITS}


async def show(pilot: Any, app: NoctuiApp, place: Place, theme: str) -> None:
    """The place in the theme, with all that was asked for, and without the line that tells of the theme."""
    await app.go(place, None)
    await app.dress(theme)
    await app.workers.wait_for_complete()
    await pilot.pause()
    app._note = ""
    app.paint()
    await pilot.pause()


@pytest.mark.parametrize("ascii_only", [False, True], ids=["unicode", "ascii"])
@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_three_screens(request: pytest.FixtureRequest, size: tuple[int, int], ascii_only: bool) -> None:
    app = NoctuiApp(night.FakeScenes(), FixedClock(night.NOW), Options(exports=Path("exports"), ascii=ascii_only))
    wrong: list[str] = []
    async with app.run_test(size=size) as pilot:
        for name, place in PLACES.items():
            for theme in THEMES:
                await show(pilot, app, place, theme)
                file = f"matrix/{name}-{size[0]}x{size[1]}-{theme}{'-ascii' if ascii_only else ''}"
                if ascii_only:
                    assert dump(app).split("----")[0].isascii(), file
                try:
                    same(request, file, app)
                except AssertionError as error:
                    wrong.append(f"{file}: {error}")
    assert not wrong, "\n".join(wrong)
