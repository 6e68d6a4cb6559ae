"""A circuit shows the same digits on its own screen and in the ranking: same window, same instant, live and past."""

from __future__ import annotations

import re
from typing import Any

import pytest

from noctui.tui.app import NoctuiApp
from noctui.tui.place import of_circuit
from noctui.tui.widgets.live_table import LiveTable
from tests import night
from tests.tui.app.seen import lines

SIZE = (200, 60)
PAST = ["["] * 5
ABOVE = ("average", "p95", "highest", "run", "total")
STATES = ("avail", "cover", "flap")
WINDOWS = {"24 h": 0, "7 d": 1, "31 d": 2, "13 mo": 3}


async def settled(pilot: Any) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def pressed(pilot: Any, *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


def ranked(app: NoctuiApp, columns: tuple[str, ...]) -> list[str]:
    """The cells of the hot circuit, whatever its place."""
    table = app.screen.query_one("#offenders-pane-table", LiveTable)
    rows = table.rows
    assert rows is not None
    row = rows.find(night.HOT)
    assert row is not None
    cells = [c if isinstance(c[0], tuple) else (c,) for c in rows.cells(row, columns)]
    return ["".join(text for text, _ in cell) for cell in cells]


def beside(app: NoctuiApp, label: str) -> list[str]:
    """The words after a label of the column beside the lanes."""
    shown = [line[147:].split() for line in lines(app)]
    words = label.split()
    return next(line[len(words) :] for line in shown if line[: len(words)] == words)


@pytest.mark.parametrize("past", [(), PAST], ids=["live", "past"])
@pytest.mark.parametrize("window", WINDOWS)
async def test_time_above_percentile_average_and_highest(app: NoctuiApp, window: str, past: list[str]) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pressed(pilot, *past, "4", *["w"] * WINDOWS[window])
        average, p95, highest, run, total = ranked(app, ABOVE)
        app._trail.enter(of_circuit(night.HOT))
        await app.arrive()
        await settled(pilot)
        await pressed(pilot, *["w"] * WINDOWS[window])
        assert re.search(rf"stats ─+ {window}$", lines(app)[4])
        near = "≈" if "≈" in p95 else ""
        assert beside(app, "util %")[1:] == [average, near + p95.rstrip("≈"), highest]
        assert beside(app, "util ≥ 80 %") == [run, total]


@pytest.mark.parametrize("past", [(), PAST], ids=["live", "past"])
async def test_availability_coverage_and_flaps(app: NoctuiApp, past: list[str]) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pressed(pilot, *past, "4", *["m"] * 5)
        available, cover, flaps = ranked(app, STATES)
        app._trail.enter(of_circuit(night.HOT))
        await app.arrive()
        await settled(pilot)
        assert beside(app, "available") == [available, "cover", cover, "%"]
        assert beside(app, "flaps") == [flaps]
