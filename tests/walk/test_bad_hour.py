"""A cloud that fails at every fifth call, in every way it knows: what is published is right, or says what is missing.

A second noctui watches the same network through a cloud without faults, at the same times: its samples are what the
first one may show, and nothing else.
"""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
import psutil
import pytest

from noctui.model.scene import Range
from noctui.model.view import View
from noctui.model.words import State
from noctui.runtime.desk import Desk
from noctui.runtime.mist import mist_source
from noctui.settings import Settings, Thresholds
from noctui.sim.mist.faults import Faults
from noctui.sim.mist.server import MistServer, serve
from noctui.sim.world import World
from noctui.stores.history import open_reader
from tests.walk.clock import Hand, WalkClock
from tests.walk.walk import MINUTE, T0, TOKEN

TOKENS = tuple(f"{TOKEN}-{n}" for n in range(30))
"""A demo polls every five seconds: more than one token's budget pays for."""
START = T0 + 50 * MINUTE
"""So that an hour is over, and its tiles are made, early in the watch."""
VALUES = ("rx_bps", "tx_bps", "loss", "jitter", "latency")
LATER = 3
"""Polls after which a View is compared, so that what came next is known."""
RATES = 2
"""The first of them. A port that tells counters alone has none of its own: its counters and its gateway's last word are
read one after the other, and a report between them puts a period's bytes into the poll before or after."""
PAGE = 100
LOST = {"stats/vpn_peers/search": 1}
"""In the second half, a page that never comes."""
BAD = Faults(
    errors=4.0, drops=3.0, truncated=3.0, absurd=5.0, empty=2.5, duplicated=2.0,
    slow=0.5, slow_seconds=0.01,
)  # fmt: skip
"""Together a fifth of all calls."""


@dataclass
class Witness:
    """Looks at each View once, and keeps only sums."""

    desk: Desk
    counted: frozenset[str]  # circuits whose ports tell counters alone
    truth: Witness | None = None
    views: int = 0
    whole: int = 0
    checked: int = 0
    seen: dict[float, dict[str, tuple[float, ...]]] = field(default_factory=dict)  # of the last minutes
    lately: deque[set[str]] = field(default_factory=lambda: deque(maxlen=6))  # what was old in the last polls
    wrong: list[str] = field(default_factory=list)
    _last: View | None = None
    _pending: deque[View] = field(default_factory=deque)

    def look(self) -> None:
        scene = self.desk.live()
        if scene is None or scene.view is self._last:
            return
        view = self._last = scene.view
        self.views += 1
        self.whole += view.whole
        if self.truth is None:
            self._remember(view)
        else:
            self._whole(view, self.truth)
            self._pending.append(view)
            if len(self._pending) > LATER:
                self._compare(self._pending.popleft(), self.truth)

    def _remember(self, view: View) -> None:
        table = view.circuits
        self.lately.append(self._stale(view, 1.5))  # the other one looks up to a poll later
        for row, circuit in enumerate(view.inventory.circuits):
            known = (*(float(getattr(table, name)[row]) for name in VALUES), float(table.quality[row]))
            observed = round(view.at - float(table.age[row]), 3)
            self.seen.setdefault(observed, {})[circuit.circuit_id] = known
        for old in [at for at in self.seen if at < view.at - 20 * view.interval]:
            del self.seen[old]

    def _compare(self, view: View, truth: Witness) -> None:
        """Every value shown is one that the undisturbed view had for that observation, or unknown."""
        table = view.circuits
        for row, circuit in enumerate(view.inventory.circuits):
            right = truth.seen.get(round(view.at - float(table.age[row]), 3), {}).get(circuit.circuit_id)
            if right is None:
                continue
            around = [told[circuit.circuit_id] for told in self._around(view, row) if circuit.circuit_id in told]
            for nth, (name, value) in enumerate(zip(VALUES, right[:-1], strict=True)):
                shown = float(getattr(table, name)[row])
                if nth >= RATES and table.quality[row] != right[-1]:
                    continue  # its row said nothing, so it is that of its peer paths, and says so
                if not np.isfinite(shown) or not np.isfinite(value):
                    continue
                self.checked += 1
                if shown == value:
                    continue
                lately = [told[nth] for told in around]
                if shown in lately or not np.isfinite(lately).all():
                    continue  # missing now, and kept for three polls at most; or of a report that only this one saw
                if nth >= RATES or circuit.circuit_id not in self.counted:
                    self.wrong.append(f"{circuit.circuit_id} {name} at {view.at}: {shown}, was {value}")

    def _whole(self, view: View, truth: Witness) -> None:
        if any(report.odd for report in view.reports):
            return  # a row of nonsense is said to be one, and makes nothing newer
        if view.whole and (missing := self._stale(view, 3.0).difference(*truth.lately)):
            self.wrong.append(
                f"{view.at}: said to be whole, but {len(missing)} circuits are old: {sorted(missing)[:3]}"
            )

    def _around(self, view: View, row: int) -> list[dict[str, tuple[float, ...]]]:
        """The undisturbed values of some polls up to this row's observation, and of the one after: feeds are not read
        at one instant, so a row may be a report newer than its gateway's last word."""
        assert self.truth is not None
        when = view.at - float(view.circuits.age[row])
        earliest, latest = when - 8 * view.interval, when + 3 * view.interval
        return [told for at, told in self.truth.seen.items() if earliest <= at <= latest]

    @staticmethod
    def _stale(view: View, intervals: float) -> set[str]:
        took = max((report.took for report in view.reports), default=0.0)  # what came first waited for the rest
        old = view.circuits.age > intervals * view.interval + took
        return {c.circuit_id for c, is_old in zip(view.inventory.circuits, old, strict=True) if is_old}


@asynccontextmanager
async def two_desks(
    folder: Path, world: World, poll: float
) -> AsyncIterator[tuple[WalkClock, MistServer, Witness, Witness, list[Hand]]]:
    """The clock, the bad cloud, and who watches it and the good one."""
    clock = WalkClock(START)
    servers = [await serve(world, tokens=TOKENS, clock=clock, report_seconds=poll) for _ in range(2)]
    hands = [clock.hand(), clock.hand()]
    desks = []
    for name, server, hand in zip(("bad", "good"), servers, hands, strict=True):
        settings = Settings(tokens=TOKENS, host=server.url, insecure_host=True, page_limit=PAGE, enrich=False)
        desks.append(
            Desk(
                data=folder / name,
                org_id="",
                poll_seconds=poll,
                clock=hand,
                new_source=lambda s=settings, h=hand: mist_source(s, h),  # type: ignore[misc]
                thresholds=Thresholds(),
            )
        )
    network = world.network
    counted = frozenset(network.circuit_id(row) for row in np.flatnonzero(network.no_rate).tolist())
    good = Witness(desks[1], counted)
    bad = Witness(desks[0], counted, good)
    for desk in reversed(desks):
        await desk.start()
    try:
        yield clock, servers[0], bad, good, hands
    finally:
        for hand, desk in zip(hands, desks, strict=True):
            clock.let_go(hand)
            await desk.stop()
        for server in servers:
            await server.close()


async def disturbed(folder: Path, sites: int, poll: float, minutes: float) -> tuple[Witness, Witness, list[float]]:
    """Watch for so long; the resident MB after each tenth of it."""
    world = World(seed=9, sites=sites, anchor=START + 2 * MINUTE)
    sizes: list[float] = []
    async with two_desks(folder, world, poll) as (clock, server, bad, good, _):
        for _step in range(8):
            await clock.run(poll)
            good.look()
            bad.look()
        server.faults = BAD
        steps = int(minutes * MINUTE / poll)
        for step in range(steps):
            if step == steps // 2:
                server.faults = msgspec.structs.replace(BAD, lost_pages=LOST)
            await clock.run(poll)
            good.look()
            bad.look()
            if (step + 1) % max(1, steps // 10) == 0:
                gc.collect()
                sizes.append(psutil.Process().memory_info().rss / 1e6)
        server.faults = Faults()
        await clock.run(6 * poll)
        good.look()
        bad.look()
        await _timelines_agree(folder, world, clock.now(), poll)
        assert bad.desk.status().fault == "", bad.desk.status()
    return bad, good, sizes


async def _timelines_agree(folder: Path, world: World, end: float, poll: float) -> None:
    """Up is not told where the undisturbed ledger has down for longer than polls were lost, nor the contrary."""
    org = world.network.org_id
    readers = [open_reader(folder / name / org) for name in ("bad", "good")]
    try:
        for row in range(world.network.circuits):
            circuit_id = world.network.circuit_id(row)
            lines = [await r.reader(end).timeline(circuit_id, Range(START, end)) for r in readers]
            for ours in lines[0]:
                for theirs in lines[1]:
                    shared = min(ours.end, theirs.end) - max(ours.start, theirs.start)
                    if {ours.state, theirs.state} == {int(State.UP), int(State.DOWN)}:
                        assert shared <= 4 * poll, (circuit_id, ours, theirs)
    finally:
        for reader in readers:
            await asyncio.to_thread(reader.close)


async def test_ten_minutes_of_faults_publish_nothing_that_is_not_so(tmp_path: Path) -> None:
    bad, good, _ = await disturbed(tmp_path, sites=24, poll=10.0, minutes=10)
    assert bad.wrong[:10] == []
    assert good.whole == good.views
    assert 0 < bad.whole < bad.views
    assert bad.checked > 5_000
    print(f"{bad.views} polls, {bad.whole} whole; {bad.checked:,} values as the undisturbed view had them")


@pytest.mark.soak
async def test_an_hour_of_the_demo_with_a_fifth_of_all_calls_failing(tmp_path: Path) -> None:
    bad, good, sizes = await disturbed(tmp_path, sites=240, poll=5.0, minutes=60)
    print(
        f"{bad.views} polls, {bad.whole} whole, {bad.checked:,} values right; resident MB {[round(s) for s in sizes]}"
    )
    assert bad.wrong == []
    assert good.whole == good.views
    assert 0 < bad.whole < bad.views
    assert sizes[-1] - sizes[4] < 30.0, sizes
