"""Every screen as a picture, at the three sizes; the past, each fault, and the four themes.

After a wanted change: `pytest tests/tui/app/test_snapshots.py --snapshot-update`, then look at the pictures.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from noctui.clock import FixedClock
from noctui.model.scene import Status
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.place import CIRCUITS, COLLECTOR, OVERVIEW, SITES, Place, of_circuit, of_region, of_site
from tests import night

SIZES = [(80, 24), (120, 40), (200, 60)]
PLACES = [OVERVIEW, of_region("Mountain"), of_site("s0417"), of_circuit(night.HOT), CIRCUITS, COLLECTOR]
Compare = Callable[..., bool]
Steps = Callable[[Any], Awaitable[None]]


def at(place: Place, options: Options | None = None, scenes: night.FakeScenes | None = None) -> NoctuiApp:
    app = NoctuiApp(scenes or night.FakeScenes(), FixedClock(night.NOW), options or Options(exports=Path("exports")))
    app._trail.jump(place)
    return app


def pressing(*keys: str) -> Steps:
    """Wait for what is asked of the reader, press the keys, wait again."""

    async def run(pilot: Any) -> None:
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()

    return run


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("place", PLACES, ids=lambda p: p.kind)
def test_screen(snap_compare: Compare, place: Place, size: tuple[int, int]) -> None:
    assert snap_compare(at(place), terminal_size=size, run_before=pressing())


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_primary_against_secondary(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(at(of_site("s0417")), terminal_size=size, run_before=pressing("r"))


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_mists_own_series(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(at(of_circuit(night.HOT)), terminal_size=size, run_before=pressing("i"))


def test_the_port_table_alone(snap_compare: Compare) -> None:
    keys = ("tab", "tab", "z")
    assert snap_compare(at(of_site("s0417")), terminal_size=(200, 60), run_before=pressing(*keys))


@pytest.mark.parametrize("place", [of_site("s0417"), of_site("s3837")], ids=lambda p: p.site_id)
def test_site_in_ansi(snap_compare: Compare, place: Place) -> None:
    assert snap_compare(at(place, Options(theme="ansi")), terminal_size=(120, 40), run_before=pressing())


def test_all_sites(snap_compare: Compare) -> None:
    assert snap_compare(at(SITES), terminal_size=(200, 60), run_before=pressing())


def test_help(snap_compare: Compare) -> None:
    assert snap_compare(at(CIRCUITS), terminal_size=(120, 40), run_before=pressing("question_mark"))


def test_filter_and_severity(snap_compare: Compare) -> None:
    keys = ("f", "right", "right", "enter", "escape", "slash", *"comc", "enter", "f")
    assert snap_compare(at(CIRCUITS), terminal_size=(120, 40), run_before=pressing(*keys))


def test_the_past(snap_compare: Compare) -> None:
    assert snap_compare(at(of_site("s0417")), terminal_size=(120, 40), run_before=pressing(*["["] * 19))


FAULTS = {
    "partial": replace(night.STATUS, fault="partial", pages_done=29),
    "lost": replace(
        night.STATUS, fault="lost", fault_since=night.NOW - 252, fault_text="Mist answers 503", retry_at=night.NOW + 20
    ),
    "resting": replace(night.STATUS, fault="resting", retry_at=night.NOW + 2765, api_used=5000),
    "follower": replace(night.STATUS, mode="follower", leader="noc-a"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault(snap_compare: Compare, fault: str) -> None:
    scenes = night.FakeScenes()
    scenes.say(FAULTS[fault])
    assert snap_compare(at(OVERVIEW, scenes=scenes), terminal_size=(120, 40), run_before=pressing())


def test_stale(snap_compare: Compare) -> None:
    """Four minutes without a poll: colour leaves the table, numbers get ~."""
    app = NoctuiApp(night.FakeScenes(), FixedClock(night.POLL + 252), Options())
    app._trail.jump(CIRCUITS)
    assert snap_compare(app, terminal_size=(120, 40), run_before=pressing())


def test_the_first_sweep(snap_compare: Compare) -> None:
    scenes = night.FakeScenes(now=None, told=Status(fault="loading", pages_done=7, pages_expected=32, api_limit=5000))
    assert snap_compare(at(OVERVIEW, scenes=scenes), terminal_size=(120, 40), run_before=pressing())


@pytest.mark.parametrize("theme", ["light", "contrast", "ansi"])
def test_theme(snap_compare: Compare, theme: str) -> None:
    app = at(of_circuit(night.HOT), Options(theme=theme))
    assert snap_compare(app, terminal_size=(120, 40), run_before=pressing())


def test_ascii_without_colour(snap_compare: Compare) -> None:
    app = at(OVERVIEW, Options(ascii=True, no_color=True))
    assert snap_compare(app, terminal_size=(120, 40), run_before=pressing())


@pytest.mark.parametrize("place", [of_site("s0417"), SITES], ids=lambda p: p.kind)
def test_light(snap_compare: Compare, place: Place) -> None:
    app = at(place, Options(theme="light"))
    assert snap_compare(app, terminal_size=(120, 40), run_before=pressing())


@pytest.mark.parametrize("place", [of_site("s0417"), of_circuit(night.HOT)], ids=lambda p: p.kind)
def test_the_past_of_a_place(snap_compare: Compare, place: Place) -> None:
    assert snap_compare(at(place), terminal_size=(80, 24), run_before=pressing(*["["] * 19))
