"""Handover: the shift in sections, its length by `w` or by the command, copied as Markdown, exported as a table."""

from __future__ import annotations

import csv

import pytest

from noctui.clock import FixedClock
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.place import of_shift
from tests import night
from tests.tui.app.keys import typed
from tests.tui.app.seen import text
from tests.tui.app.test_snapshots import SIZES, Compare, pressing


async def test_the_command_opens_the_shift_and_w_another_length(app: NoctuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*typed(":handover 4h"), "enter")
        await pilot.pause()
        assert app.place == of_shift("4h")
        seen = text(app)
        assert "(4h00m)." in seen
        assert "Open, and nobody's" in seen
        assert "Lumen lost, Mountain" in seen
        await pilot.press("w")
        await pilot.pause()
        assert "(8h00m)." in text(app)


async def test_a_shift_that_is_none_is_one_line(app: NoctuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*typed(":handover soon"), "enter")
        await pilot.pause()
        assert "'soon' is no shift such as 8h, 90m or 2d" in text(app)


async def test_it_is_exported_and_copied(app: NoctuiApp, options: Options) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*typed(":handover"), "enter")
        await pilot.pause()
        await pilot.press("y", "e")
        await pilot.pause()
        assert app.clipboard.startswith("# Handover")
    (file,) = options.exports.glob("*handover*.csv")
    rows = list(csv.DictReader(file.open(newline="")))
    assert {r["section"] for r in rows} >= {"waiting", "taken"}
    assert any(r["what"] == "incident 8841" for r in rows)


async def test_the_past_hands_over_what_was_known_then(app: NoctuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*typed(":handover"), "enter")
        await pilot.press(*typed(":at 02:45"), "enter")
        await pilot.pause()
        assert "Lumen lost" not in text(app)


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_handover(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = NoctuiApp(night.FakeScenes(), FixedClock(night.NOW), Options())
    app._trail.jump(of_shift("8h"))
    assert snap_compare(app, terminal_size=size, run_before=pressing())
