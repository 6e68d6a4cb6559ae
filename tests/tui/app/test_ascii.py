"""On a terminal without UTF-8 nothing but ASCII stands on any screen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noctui.clock import FixedClock
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.place import CIRCUITS, COLLECTOR, OVERVIEW, SITES, Place, of_circuit, of_site
from tests import night
from tests.tui.app.seen import lines


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize(
    "place", [OVERVIEW, SITES, CIRCUITS, of_site("s0417"), of_circuit(night.HOT), COLLECTOR], ids=lambda p: p.kind
)
async def test_no_screen_shows_anything_else(
    scenes: night.FakeScenes, clock: FixedClock, options: Options, place: Place, size: tuple[int, int]
) -> None:
    app = NoctuiApp(scenes, clock, replace(options, ascii=True))
    app._trail.jump(place)
    async with app.run_test(size=size) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert [line for line in lines(app) if not line.isascii()] == []
        await pilot.press("question_mark")
        assert [line for line in lines(app) if not line.isascii()] == []
