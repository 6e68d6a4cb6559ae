"""The time machine from every screen: [ ] L, and that nothing newer than the instant is drawn."""

from __future__ import annotations

import asyncio
import re

import pytest

from noctui.clock import FixedClock
from noctui.model.scene import Scene
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.layouts import LAYOUTS
from noctui.tui.place import COLLECTOR, OFFENDERS, OVERVIEW, SITES, Place, of_chart, of_circuit, of_region, of_site
from noctui.tui.screens.board import Board
from tests import night
from tests.tui.app.seen import lines, text
from tests.tui.app.test_small import BOARDS

SIZE = (120, 40)
EVERYWHERE = [OVERVIEW, SITES, of_region("Mountain"), of_site("s0417"), of_circuit(night.HOT), OFFENDERS, COLLECTOR]


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


class Slow(night.FakeScenes):
    """Past Scenes that are made when they are let."""

    def __init__(self) -> None:
        super().__init__()
        self.let = asyncio.Event()
        self.asked: list[float] = []

    async def past(self, at: float, corrected: bool = False) -> Scene | None:
        self.asked.append(at)
        await self.let.wait()
        return await super().past(at, corrected)


async def test_a_key_held_down_queues_nothing(clock: FixedClock, options: Options) -> None:
    """Steps asked for while one is read add up to one more look."""
    slow = Slow()
    app = NoctuiApp(slow, clock, options)
    async with app.run_test(size=SIZE) as pilot:
        for _ in range(21):
            await pilot.press("[")
        slow.let.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert len(slow.asked) == 2
        assert "PAST 02:52:55" in lines(app)[0]


async def test_live_is_at_once_whatever_is_being_read(clock: FixedClock, options: Options) -> None:
    slow = Slow()
    app = NoctuiApp(slow, clock, options)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("[", "[", "[", "L")
        assert "live 10s" in lines(app)[0]
        slow.let.set()
        await pilot.pause()
        assert "live 10s" in lines(app)[0]
        await pilot.press("[")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "PAST 03:12:55" in lines(app)[0]


async def test_held_beyond_the_first_poll_it_stands_there_and_says_so(clock: FixedClock, options: Options) -> None:
    slow = Slow()
    slow.now = night.FakeScene(night.view(night.utc(0, 3, 55)), night.STATUS)
    app = NoctuiApp(slow, clock, options)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*"[[[[[[")
        slow.let.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "PAST 00:00:55" in lines(app)[0]
        assert "No older poll is kept." in lines(app)[-1]


async def test_a_past_that_cannot_be_read_is_told(
    app: NoctuiApp, scenes: night.FakeScenes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_at: float, _direction: int, _corrected: bool) -> float | None:
        raise KeyError("tile")

    monkeypatch.setattr(scenes, "step", broken)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("[")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "The past cannot be read: KeyError, the log has the details" in lines(app)[-1]
        assert "live 10s" in lines(app)[0]


async def test_durations_of_the_sentence_go_on_between_polls_and_nothing_else(
    app: NoctuiApp, clock: FixedClock
) -> None:
    app._trail.jump(of_site("s0417"))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        before = lines(app)
        assert "down 22m45s" in before[2]
        clock.move(1)
        await app.beat()
        await pilot.pause()
        after = lines(app)
        assert "down 22m46s" in after[2]
        assert [y for y, (a, b) in enumerate(zip(before, after, strict=True)) if a != b] == [0, 2]
        await pilot.press("[")
        past = lines(app)[2]
        clock.move(1)
        await app.beat()
        assert lines(app)[2] == past


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


async def test_no_board_of_the_past_can_be_taken_for_now(clock: FixedClock) -> None:
    """SCREENS.md 6: violet bars at top and bottom, and the time; never the clock. On every board and layout."""
    app = NoctuiApp(night.FakeScenes(), clock, Options())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("[")
        await pilot.pause()
        violet = app.look.palette.style("text", "past").bgcolor
        boards = [*BOARDS, of_chart(circuit_id=night.HOT)]
        for place, layout in [*((place, "") for place in boards), *((OVERVIEW, word) for word in LAYOUTS)]:
            await app.go(place, None)
            if layout:
                await app.arrange(layout)
            await pilot.pause()
            top, bottom = (app.screen._compositor.render_strips()[y] for y in (0, 39))
            assert "PAST 03:12:55" in top.text, (place, layout)
            assert "UTC" not in top.text, (place, layout)
            for bar in (top, bottom):
                grounds = {segment.style.bgcolor for segment in bar if segment.style is not None}
                assert violet in grounds, (place, layout)
