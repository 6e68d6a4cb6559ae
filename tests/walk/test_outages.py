"""What a silent site means: a cut is down time, to the second; a silence without a cut is unknown, never up.

All of it happens within one run, each at sites of its own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from noctui.model.scene import Range, Stretch
from noctui.model.view import View
from noctui.model.words import Severity, State
from noctui.sim import incidents as do
from tests.walk.walk import MINUTE, POLL, T0, Walk, Watch, seconds, walking
from tests.walk.worlds import ids_of, last_report_before, lines_of, site_with, with_only

END = T0 + 86 * MINUTE
ALONE = site_with(1)
CUTS = {late: T0 + after * MINUTE + late for late, after in ((3.0, 10), (21.0, 36), (48.0, 62))}
"""When the site's only line is cut, by how late after a poll that is."""
SILENT = (site_with(1, 1), site_with(2))
UNHEARD = (T0 + 10 * MINUTE + 20.0, T0 + 24 * MINUTE + 5.0)
WITHIN = site_with(2, 1)
"""A site that is silent with a cut in it."""
BOOTED = tuple(sorted({site_with(2, 2), *range(0, 24, 2)} - {ALONE, WITHIN, *SILENT}))
BOOT = (T0 + 10 * MINUTE + 20.0, T0 + 15 * MINUTE + 10.0)
LONG = (T0 + 5 * MINUTE + 20.0, T0 + 45 * MINUTE + 5.0)
SHORT = (T0 + 20 * MINUTE + 7.0, T0 + 30 * MINUTE + 7.0)

pytestmark = pytest.mark.asyncio(loop_scope="module")
Hour = tuple[Walk, Watch]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hour(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hour]:
    world = with_only(
        *(do.cut(began, began + 20 * MINUTE, *lines_of(ALONE)) for began in CUTS.values()),
        do.silent(*UNHEARD, *SILENT),
        do.reboot(*BOOT, *BOOTED),
        do.silent(*LONG, WITHIN),
        do.cut(*SHORT, lines_of(WITHIN)[1]),
    )
    async with walking(tmp_path_factory.mktemp("hour"), world) as walk:
        watch = await walk.watch()
        await walk.clock.run_to(END)
        yield walk, watch


def state_of(view: View, circuit_id: str) -> State:
    return State(int(view.circuits.state[view.inventory.circuit_row[circuit_id]]))


def is_dark(view: View, circuit_id: str) -> bool:
    inventory = view.inventory
    site_id = inventory.circuits[inventory.circuit_row[circuit_id]].site_id
    return bool(view.sites.dark[inventory.site_row[site_id]])


def states_at(watch: Watch, circuit_id: str, start: float, end: float) -> list[State]:
    """What the polls in [start, end) showed."""
    return [state_of(v, circuit_id) for v in watch.views if start <= v.at < end]


def within(stretches: tuple[Stretch, ...], start: float, end: float) -> list[State]:
    """The states that [start, end) of a timeline touches."""
    return [State(s.state) for s in stretches if s.start < end and s.end > start]


@pytest.mark.parametrize("late", CUTS)
async def test_a_lone_circuit_cut_for_twenty_minutes_is_twenty_minutes_down(hour: Hour, late: float) -> None:
    """`late` is how long after a poll the cut comes. The site's only gateway goes with its line, so all that is known
    while it lasts is that nobody answers; what happened is told by the gateway's own events when it is back."""
    walk, watch = hour
    (circuit_id,) = ids_of(ALONE)
    began = CUTS[late]
    ended = began + 20 * MINUTE
    shown = [v for v in watch.views if v.at > began]
    away = next(n for n, v in enumerate(shown, 1) if state_of(v, circuit_id) is State.AWAY)
    gone = shown[away - 1]
    assert away <= 2
    assert is_dark(gone, circuit_id)
    assert gone.circuits.severity[gone.inventory.circuit_row[circuit_id]] == Severity.AWAY
    assert set(states_at(watch, circuit_id, gone.at, ended)) == {State.AWAY}
    back = next(v for v in shown if v.at >= ended and state_of(v, circuit_id) is State.UP)
    assert back.at - ended <= 2 * POLL
    assert not is_dark(back, circuit_id)

    line = await walk.timeline(circuit_id, began - 5 * MINUTE, ended + 4 * MINUTE)
    down = seconds(line, State.DOWN)
    print(f"cut {late:.0f} s after a poll: away after {gone.at - began:.0f} s, back after {back.at - ended:.0f} s, "
          f"{down:.1f} s of 1200 s down")  # fmt: skip
    assert down == pytest.approx(20 * MINUTE, abs=0.1)
    assert State.UP not in within(line, began, ended)


async def test_a_gateway_that_is_only_silent_is_unknown_and_never_up(hour: Hour) -> None:
    """Its lines carried on, but nobody saw it: neither up nor down, also afterwards."""
    for site in SILENT:
        await unseen(hour[1], site, *UNHEARD)


async def test_a_reboot_alone_is_no_outage(hour: Hour) -> None:
    """Its ports went down and up as it booted, and it says so; but that is what booting is. Many gateways boot, each
    with its own moment of reporting: when it booted is its report's time less its uptime then."""
    watch = hour[1]
    assert len(BOOTED) >= 8
    told = {e.circuit_id for sweep in watch.sweeps for e in sweep.events}
    cut = {i for site in (ALONE, WITHIN) for i in ids_of(site)}
    assert told - cut == {i for site in BOOTED for i in ids_of(site)}
    for site in BOOTED:
        await unseen(watch, site, *BOOT)


async def test_a_cut_within_a_silence_is_down_for_as_long_as_it_lasted(hour: Hour) -> None:
    """Forty minutes nobody hears the gateway; ten of them one of its lines is cut. Its events tell, when it is back:
    what lies before the cut stays unknown, the other line's whole silence too."""
    walk, _ = hour
    first, second = ids_of(WITHIN)
    line = await walk.timeline(second, T0, END)
    assert [(s.start, s.end) for s in line if s.state == State.DOWN] == [SHORT]
    assert State.UP not in within(line, LONG[0], SHORT[0])
    assert seconds(await walk.timeline(first, T0, END), State.DOWN) == 0.0


async def unseen(watch: Watch, site: int, began: float, ended: float) -> None:
    """From the last report before to the poll that saw the gateway again nothing is known of the site's circuits."""
    scene = watch.desk.live()
    assert scene is not None
    for circuit_id in ids_of(site):
        shown = [v for v in watch.views if v.at > began]
        gone = next(v for v in shown if state_of(v, circuit_id) is State.AWAY)
        back = next(v for v in shown if v.at > gone.at and state_of(v, circuit_id) is State.UP)
        assert gone.at - began <= 2 * POLL + 10
        assert back.at - ended <= 2 * POLL
        assert set(states_at(watch, circuit_id, gone.at, back.at)) == {State.AWAY}

        line = await scene.read.timeline(circuit_id, Range(T0, END))
        last_seen = last_report_before(site, began)
        gap = [s for s in line if s.state not in (State.UP, State.DOWN)]
        assert [(s.start, s.end) for s in gap] == [(last_seen, back.at)]
        assert seconds(line, State.DOWN) == 0.0

        view = scene.view
        row = view.inventory.circuit_row[circuit_id]
        assert view.circuits.avail_24h[row] == 100.0
        known = float(view.circuits.coverage_24h[row]) / 100 * 86_400
        assert known == pytest.approx(END - T0 - (back.at - last_seen), abs=0.01)
        assert view.circuits.flaps_24h[row] == 0
