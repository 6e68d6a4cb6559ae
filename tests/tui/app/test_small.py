"""Terminals smaller than 80x24: every board degrades and stays alive, and comes back whole."""

from __future__ import annotations

import pytest

from noctui.clock import FixedClock
from noctui.tui.app import NoctuiApp
from noctui.tui.options import Options
from noctui.tui.place import (
    ALARMS,
    CIRCUITS,
    COLLECTOR,
    INCIDENTS,
    OFFENDERS,
    OVERVIEW,
    SITES,
    WALL,
    Place,
    of_circuit,
    of_region,
    of_site,
)
from tests import night
from tests.tui.app import seen

BOARDS = [
    OVERVIEW, SITES, of_region("Mountain"), of_site("s0417"), of_circuit(night.HOT), CIRCUITS, OFFENDERS, ALARMS,
    COLLECTOR, WALL, INCIDENTS,
]  # fmt: skip
SMALL = [(60, 20), (40, 12), (20, 5), (1, 1)]
KEYS = ("down", "end", "pageup", "tab", "s", "w", "z", "z", "plus", "right", "slash", "x", "escape", "escape")


@pytest.mark.parametrize("layout", ["noc", "engineering", "executive"])
@pytest.mark.parametrize("size", SMALL, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_every_board_lives_there(size: tuple[int, int], layout: str) -> None:
    """All of them in one app: no line is wider than the terminal, the keys do no harm, and the worst is in sight."""
    boards = BOARDS if layout == "noc" else BOARDS[:1]
    app = NoctuiApp(night.FakeScenes(), FixedClock(night.NOW), Options(layout=layout))
    async with app.run_test(size=size) as pilot:
        for place in boards:
            await app.go(place, None)
            await pilot.pause()
            for line in seen.lines(app):
                assert len(line) <= size[0], (place, line)
            if size[0] >= 40 and size[1] >= 10:
                assert "live" in seen.lines(app)[0], place
            elif size == (20, 5):
                assert seen.text(app).strip() == "▼ 8  2 dark  live 10", place
        await pilot.press(*KEYS)
    assert app.return_code in (0, None)


async def test_back_at_its_size_every_board_is_as_it_was() -> None:
    app = NoctuiApp(night.FakeScenes(), FixedClock(night.NOW), Options())
    before: dict[Place, list[str]] = {}
    async with app.run_test(size=(120, 40)) as pilot:
        for place in BOARDS:
            await app.go(place, None)
            await app.workers.wait_for_complete()
            await pilot.pause()
            before[place] = seen.lines(app)
        for size in (*SMALL, (200, 60), (120, 40)):
            await pilot.resize_terminal(*size)
        for place in BOARDS:
            await app.go(place, None)
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert seen.lines(app) == before[place]
