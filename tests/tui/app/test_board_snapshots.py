"""Alarms, an incident and the collector as pictures, at the three sizes, in four themes, and with nothing to tell.

After a wanted change: `pytest tests/tui/app/test_board_snapshots.py --snapshot-update`, then look at the pictures.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from noctui.clock import FixedClock
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.place import ALARMS, COLLECTOR, MIST_ALARMS, Place, of_incident
from tests import night
from tests.night_health import HEALTH
from tests.tui.app.test_snapshots import SIZES, Compare, pressing

PLACES = [ALARMS, MIST_ALARMS, COLLECTOR]
INCIDENT = of_incident(night.view().alarms.incidents[0].alarm_id)


def at(place: Place, options: Options | None = None) -> NoctuiApp:
    scenes = night.FakeScenes()
    scenes.say(replace(night.STATUS, health=HEALTH, api_limit=10_000))
    app = NoctuiApp(scenes, FixedClock(night.NOW), options or Options())
    app._trail.jump(place)
    return app


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("place", PLACES, ids=lambda p: p.kind)
def test_board(snap_compare: Compare, place: Place, size: tuple[int, int]) -> None:
    assert snap_compare(at(place), terminal_size=size, run_before=pressing())


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_an_incident(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(at(INCIDENT), terminal_size=size, run_before=pressing())


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_the_form_lies_over_what_is_known_and_the_alarms_stay_in_sight(
    snap_compare: Compare, size: tuple[int, int]
) -> None:
    keys = ("space", "space", "space", "a", *"fibre")
    assert snap_compare(at(ALARMS, Options(who="jmo")), terminal_size=size, run_before=pressing(*keys))


@pytest.mark.parametrize("place", PLACES, ids=lambda p: p.kind)
@pytest.mark.parametrize("theme", ["light", "contrast", "ansi"])
def test_theme(snap_compare: Compare, theme: str, place: Place) -> None:
    assert snap_compare(at(place, Options(theme=theme)), terminal_size=(120, 40), run_before=pressing())


@pytest.mark.parametrize("place", PLACES, ids=lambda p: p.kind)
def test_ascii_without_colour(snap_compare: Compare, place: Place) -> None:
    app = at(place, Options(ascii=True, no_color=True))
    assert snap_compare(app, terminal_size=(120, 40), run_before=pressing())


@pytest.mark.parametrize("place", PLACES, ids=lambda p: p.kind)
def test_the_past(snap_compare: Compare, place: Place) -> None:
    assert snap_compare(at(place), terminal_size=(120, 40), run_before=pressing(*["["] * 3))


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("place", PLACES, ids=lambda p: p.kind)
def test_mist_is_lost(snap_compare: Compare, place: Place, size: tuple[int, int]) -> None:
    """The fault comes first, also where the board has only a line for who collects."""
    scenes = night.FakeScenes()
    why = "GET /orgs/*/stats/vpn_peers/search: 503 Service Unavailable, 4 tries"
    lost = replace(night.STATUS, health=HEALTH, fault="lost", fault_since=night.NOW - 252, fault_text=why)
    scenes.say(replace(lost, retry_at=night.NOW + 20))
    app = NoctuiApp(scenes, FixedClock(night.NOW), Options())
    app._trail.jump(place)
    assert snap_compare(app, terminal_size=size, run_before=pressing())
