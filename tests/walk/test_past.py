"""The time machine shows a past instant as it was, and nothing newer: in the tables, in the answers, on the screen."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import numpy as np
import pytest
import pytest_asyncio
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from noctui.model.figures import GAUGE
from noctui.model.scene import Above, Range, Scene, Stretch
from noctui.sim import incidents as do
from noctui.sim.mist.cloud import Cloud
from noctui.sim.world import World
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.panes import stats_asking
from noctui.tui.panes.offender_answers import Asked, answer
from noctui.tui.panes.offender_kinds import BY
from noctui.tui.place import CIRCUITS, COLLECTOR, OFFENDERS, OVERVIEW, SITES, Place, of_circuit, of_region, of_site
from noctui.tui.screens.board import Board
from tests.stores.made import difference
from tests.tui.app.seen import lines
from tests.walk.walk import HOUR, MINUTE, POLL, T0, Walk, Watch, walking
from tests.walk.worlds import calm, ids_of, lines_of, site_with

START = T0 + 12 * HOUR
UNTIL = START + 2 * HOUR
RENAMED = START + 55 * MINUTE
"""From then on every site and carrier has another name; the collector asks for names every five minutes."""
LOOKED = START + 50 * MINUTE
"""When every screen was looked at, live."""
LATER = "Zzafter"
ALONE, TWIN = site_with(1), site_with(2)
SERIES = ("rx_pct", "tx_pct", "rx_bps", "tx_bps", "loss", "jitter", "latency", "mos")

PLACES: tuple[Place, ...] = (
    OVERVIEW, SITES, of_region("Mountain"), CIRCUITS, OFFENDERS, COLLECTOR,
    of_site(calm().network.site_id[ALONE]), of_circuit(ids_of(ALONE)[0]), of_circuit(ids_of(TWIN)[1]),
)  # fmt: skip

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Night:
    walk: Walk
    watch: Watch
    above: dict[float, dict[int, Above]]
    """What the windows were at some polls, asked then."""
    lines: dict[float, dict[str, tuple[Stretch, ...]]]
    """And the timelines."""
    screens: dict[Place, list[str]]
    """What the screens showed at `LOOKED`."""


def eventful() -> World:
    """Something of everything, before and after each instant that is looked at."""
    t, m = START, MINUTE
    one, two = lines_of(TWIN)
    return calm().with_incidents(
        [
            do.cut(t + 12 * m + 7, t + 32 * m + 7, *lines_of(ALONE)),
            do.cut(t + 20 * m + 31, t + 24 * m, one),
            do.congestion(t + 5 * m, t + 80 * m, two, level=0.97),
            do.flap(t + 40 * m, t + 100 * m, *lines_of(site_with(3))[:1], flaps=9),
            do.lossy(t + 30 * m, t + 90 * m, *lines_of(site_with(3, 1)), percent=2.0),
            do.silent(t + 50 * m, t + 75 * m, site_with(2, 1)),
            do.reboot(t + 61 * m, t + 66 * m, site_with(2, 2)),
            do.cut(t + 70 * m, t + 110 * m, *lines_of(site_with(2, 3))),
            do.cut(t + 95 * m, t + 130 * m, *lines_of(site_with(2, 4))[:1]),
        ]
    )


def renamed(world: World) -> World:
    """The same network under other names."""
    network = world.network
    names = [f"{name[:5]}{LATER} {name[5:]}" for name in network.site_name]
    other = replace(network, site_name=names, gateway_name=[f"{LATER}-{name}" for name in network.gateway_name])
    incidents = world._schedule.piece(0)
    return World(world.seed, anchor=world.anchor, incidents=incidents, network=other)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def night(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Night]:
    """Two hours of polls; every View that was shown is kept, and some answers that were given then."""
    async with walking(tmp_path_factory.mktemp("past"), eventful(), start=START) as walk:
        watch = await walk.watch()
        made = Night(walk, watch, {}, {}, {})
        while walk.clock.now() < UNTIL:
            await walk.clock.run(10 * MINUTE)
            scene = watch.desk.live()
            assert scene is not None
            made.above[scene.at] = {hours: await scene.read.above(hours) for hours in (3, 12, 24)}
            made.lines[scene.at] = {
                c.circuit_id: await scene.read.timeline(c.circuit_id, Range(START, scene.at))
                for c in scene.view.inventory.circuits
            }
            if walk.clock.now() == LOOKED:
                made.screens = await painted(walk)
            if walk.server.world.network is calm().network and walk.clock.now() >= RENAMED - 5 * MINUTE:
                walk.server.world = renamed(walk.server.world)
                walk.server.cloud = Cloud(walk.server.world, walk.clock)
                walk.server.clouds[walk.server.world.network.org_id] = walk.server.cloud
        yield made


async def answered(app: NoctuiApp, pilot: Pilot[None]) -> None:
    """Until every pane has what it asked for, and has painted it."""
    await pilot.pause()
    while app.board is None or not app.board.region.area:  # a busy machine looks idle to a process that gets no turn
        await pilot.pause(0.01)
    while any(worker.is_running for worker in app.workers):
        with contextlib.suppress(WorkerCancelled):
            await app.workers.wait_for_complete()
        await pilot.pause()
    await pilot.pause()


async def painted(walk: Walk, at: float | None = None) -> dict[Place, list[str]]:
    """Every screen as text, of a noctui that follows: live, or at a past instant."""
    watch = await walk.watch(tokens=(), start=False)
    app = NoctuiApp(watch.desk, watch.hand, Options(state=None))
    found: dict[Place, list[str]] = {}
    async with app.run_test(size=(160, 50)) as pilot:
        await walk.clock.settle()
        if at is not None:
            app.post_message(Board.At(at))
        for place in PLACES:
            app._trail.jump(place)
            await app.arrive()
            if place.kind == "circuit" and not any(seen.kind == "circuit" for seen in found):
                await pilot.press("w", "w", "w", "w")  # from 24 h on to 1 h: all of it within the run
            await answered(app, pilot)
            assert app.scene is not None
            assert app.scene.live is (at is None)
            found[place] = lines(app)
    await walk.close(watch)
    return found


async def past(night: Night, at: float) -> Scene:
    scene = await night.watch.desk.past(at)
    assert scene is not None
    return scene


async def test_every_poll_reads_back_as_it_was_shown(night: Night) -> None:
    """Bit by bit, each column of each table, the inventory of the time, and how the sweep went."""
    assert len(night.watch.views) == 121
    for view in night.watch.views:
        assert difference(view, (await past(night, view.at)).view) == ""
        assert (await past(night, view.at + POLL - 1)).at == view.at
    revs = [v.inventory.rev for v in night.watch.views]
    assert len(set(revs)) > 1
    assert any(LATER in s.name for s in night.watch.views[-1].inventory.sites)
    assert not any(LATER in s.name for v in night.watch.views[:55] for s in v.inventory.sites)


async def test_windows_and_timelines_are_those_of_the_time(night: Night) -> None:
    """The past's answers equal the ones that were given when it was now."""
    for at, windows in night.above.items():
        scene = await past(night, at)
        for hours, above in windows.items():
            assert difference(above, await scene.read.above(hours)) == ""
        for circuit_id, line in night.lines[at].items():
            assert await scene.read.timeline(circuit_id, Range(START, UNTIL)) == line


async def test_no_answer_holds_anything_newer(night: Night) -> None:
    ever = Range(START - HOUR, UNTIL + HOUR)
    told = 0
    for view in night.watch.views[::12]:
        scene = await past(night, view.at)
        t = scene.at
        found = (await scene.read.edges(ever), await scene.read.notes(ever, 10_000), await scene.read.failovers(ever))
        for rows in found:
            assert all(row.event_time <= t and row.known_at <= t for row in rows)
            told += len(rows)
        for circuit in view.inventory.circuits:
            series = await scene.read.series(circuit.circuit_id, SERIES, ever)
            assert (series.times <= t).all()
            line = await scene.read.timeline(circuit.circuit_id, ever)
            assert line[-1].end <= t
        assert scene.headline() == (await past(night, t)).headline()
        assert scene.status.mode == "past"
        assert not scene.can.act
        assert not scene.can.call
    assert told > 300


@pytest.mark.parametrize("live", [True, False], ids=["live", "past"])
@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.soak)])
async def test_a_circuit_alone_has_the_digits_that_it_has_in_the_ranking(night: Night, live: bool, every: int) -> None:
    """What the circuit's screen asks for against what the offenders' screen does: the same window, the same instant.
    All circuits that were above a threshold, and of the others each `every` so many."""
    scene = night.watch.desk.live() if live else await past(night, LOOKED + POLL - 1)
    assert scene is not None
    compared = 0
    for window, by in (("24h", BY["utilisation"]), ("3h", BY["loss"])):
        asked = Asked("circuits", by, window, scene.at)
        ranked = (await answer(scene.read, asked)).figures
        for row, circuit_id in enumerate(ranked.ids):
            if row % every and not ranked.above[row].any():
                continue
            alone = await stats_asking.window(scene.read, circuit_id, asked.range)
            for name in ("up", "down", "unknown", "flaps", "available", "coverage", "at_least", "at_most", "known",
                         "average", "highest", "above", "longest"):  # fmt: skip
                assert np.array_equal(getattr(alone, name)[0], getattr(ranked, name)[row], equal_nan=True), name
            gauge = GAUGE[by.gauge]
            assert np.array_equal(alone.p95[0, gauge], ranked.p95[row, gauge], equal_nan=True)
            compared += bool(ranked.above[row].any())
    assert compared > 1


def of_the_network(screen: list[str]) -> list[str]:
    """A screen without its first row (the time, and who collects) and without what tells how the data comes in: two
    panes, the sentence over one of them, and why the cloud is not asked."""
    for heading in ("collection ─", "who collects ─"):
        for row, line in enumerate(screen):
            if heading in line:
                column = line.index(heading)
                sentence = [screen[2]] if heading == "collection ─" else []
                rest = (below[:column].rstrip() for below in screen[row:])
                screen = [*screen[:2], *sentence, *screen[3:row], *rest]
                break
    return [_NOT_ASKED.sub("", line).rstrip() for line in screen[1:]]


_NOT_ASKED = re.compile(r"(?:─+ (?:now: [\d:]+, 24 h: )?)?(?:asked only live|the leader asks Mist)")


async def test_every_screen_at_a_past_instant_is_what_it_was_and_paints_nothing_newer(night: Night) -> None:
    """Two screens of the same network an hour apart: one that looked live, one that looks back."""
    before, now = night.screens, await painted(night.walk)
    looked_back = await painted(night.walk, LOOKED + POLL - 1)
    assert set(before) == set(PLACES)
    for place in PLACES:
        if place != COLLECTOR:  # it tells of collecting, of which the past knows only how each sweep went
            assert of_the_network(looked_back[place]) == of_the_network(before[place])
            assert of_the_network(now[place]) != of_the_network(before[place])

    then = "\n".join(line for screen in looked_back.values() for line in screen)
    today = "\n".join(line for screen in now.values() for line in screen)
    newest = time.strftime("%H:%M:%S", time.gmtime(LOOKED))
    clock = r"\b\d\d:\d\d(?::\d\d)?\b(?! C)"  # a site's local time goes by its own clock
    assert LATER in today
    assert LATER not in then
    assert any(found > newest for found in re.findall(clock, today))
    assert not [found for found in re.findall(clock, then) if found > newest]
