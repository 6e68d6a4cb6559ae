"""The time machine from every screen: [ ] L, and that nothing newer than the instant is drawn."""

from __future__ import annotations

import re

import pytest

from noctui.clock import FixedClock
from noctui.tui.app import NoctuiApp
from noctui.tui.place import COLLECTOR, OVERVIEW, SITES, Place, of_circuit, of_region, of_site
from noctui.tui.screens.board import Board
from tests import night
from tests.tui.app.seen import lines, text

SIZE = (120, 40)
EVERYWHERE = [OVERVIEW, SITES, of_region("Mountain"), of_site("s0417"), of_circuit(night.HOT), COLLECTOR]


async def test_one_poll_back_and_forward_and_live_again(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("[")
        assert "PAST 03:12:55  −1m12s  poll 18,204   L = live" in lines(app)[0]
        await pilot.press("[", "[")
        assert "PAST 03:10:55" in lines(app)[0]
        await pilot.press("]")
        assert "PAST 03:11:55" in lines(app)[0]
        await pilot.press("L")
        assert "live 10s" in lines(app)[0]


async def test_forward_from_the_last_past_poll_is_live(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("[", "]")
        assert "live 10s" in lines(app)[0]
        await pilot.press("]")
        assert lines(app)[-1].startswith(" This is the newest poll.")


async def test_a_poll_that_lands_does_not_move_the_past(
    app: NoctuiApp, scenes: night.FakeScenes, clock: FixedClock
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("[")
        clock.move(60)
        scenes.land(night.POLL + 60)
        await pilot.pause()
        await app.beat()
        assert "PAST 03:12:55  −2m12s" in lines(app)[0]
        await pilot.press("L")
        assert "live 10s" in lines(app)[0]


async def test_the_clock_is_gone_in_the_past(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("[")
        assert "03:14:07" not in text(app)


async def test_before_the_first_poll_there_is_nothing(app: NoctuiApp, scenes: night.FakeScenes) -> None:
    scenes.now = night.FakeScene(night.view(night.utc(0, 0, 55)), night.STATUS)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("[")
        assert "No older poll is kept." in lines(app)[-1]


@pytest.mark.parametrize("place", EVERYWHERE, ids=lambda p: p.kind + (p.region or ""))
async def test_nothing_newer_than_the_instant_is_drawn(app: NoctuiApp, place: Place) -> None:
    """At 02:45:55 Lumen still carried Mountain: no clock time after that stands anywhere, and nobody is failed over."""
    app._trail.jump(place)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.post_message(Board.At(night.utc(2, 46, 30)))
        await pilot.pause()
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert "PAST 02:45:55" in lines(app)[0]
        today = [t for line in lines(app)[1:] for t in re.findall(r"\b0[0-9]:[0-5][0-9]:[0-5][0-9]\b", line)]
        assert all(t <= "02:45:55" for t in today), today
        assert "Lumen is down" not in text(app)
        assert "standing in" not in text(app)


async def test_enter_on_the_charts_cursor_goes_to_that_time(app: NoctuiApp) -> None:
    app._trail.jump(of_circuit(night.HOT))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await pilot.press("w", "w", "w", "w", "w")  # 24h → 7d → 31d → 13mo → 1h → 3h
        await pilot.pause()
        await pilot.press("left", "left", "left", "enter")
        await pilot.pause()
        assert re.search(r"PAST 03:\d\d:55", lines(app)[0])
