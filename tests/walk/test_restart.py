"""Stopping and starting again: the screen is there at once, and nothing that was being counted begins anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from noctui.model.view import View
from noctui.model.words import Metric
from noctui.sim import incidents as do
from noctui.sim.world import World
from tests.engine.compare import EXACT
from tests.reference.answers import RefPoll
from tests.reference.reference import Reference
from tests.stores.made import difference
from tests.walk.walk import MINUTE, POLL, T0, polls_of, walking
from tests.walk.worlds import calm, lines_of, site_with, with_only

ALONE, TWIN = site_with(1), site_with(2)
STOP = T0 + 70 * MINUTE


def busy() -> World:
    """Things that are over, that go on, and that have just begun when noctui stops after 70 minutes."""
    t, m = T0, MINUTE
    return with_only(
        do.cut(t + 12 * m + 7, t + 32 * m + 7, *lines_of(ALONE)),
        do.congestion(t + 5 * m, t + 100 * m, lines_of(TWIN)[0], level=0.97),
        do.flap(t + 30 * m, t + 100 * m, *lines_of(site_with(3))[:1], flaps=5),
        do.lossy(t + 50 * m, t + 90 * m, *lines_of(site_with(3, 1)), percent=2.0),
        do.reboot(t + 52 * m, t + 57 * m, site_with(2, 2), site_with(2, 5)),
        do.cut(t + 61 * m, t + 110 * m, *lines_of(site_with(2, 3))[:1]),
        do.silent(t + 66 * m, t + 76 * m, site_with(2, 4)),
    )


async def test_the_last_view_is_shown_at_once_and_says_so(tmp_path: Path) -> None:
    """Before a single call: the cloud may be slow, or gone."""
    async with walking(tmp_path, busy()) as walk:
        first = await walk.watch()
        await walk.clock.run_to(T0 + 10 * MINUTE)
        last = first.view
        await walk.close(first)
        await walk.clock.run(5 * MINUTE)
        calls = walk.server.calls
        await walk.server.close()

        again = await walk.watch()
        await walk.clock.settle()
        assert walk.server.calls == calls
        assert difference(again.views[0], last) == ""
        warm = again.said[0]
        assert (warm.warm, warm.fault) == (True, "loading")
        await walk.clock.run(POLL)
        assert again.status.fault == "lost"

        await walk.server.start("127.0.0.1", int(walk.server.url.rpartition(":")[2]), None)
        await walk.clock.run(2 * POLL)
        assert (again.status.warm, again.status.fault) == (False, "")
        assert again.view.at == walk.clock.now()


async def test_after_a_restart_everything_goes_on_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    """Stopped and started between two polls: windows, flaps, since, levels, trends, ledgers go on. The plain reading
    of all polls knows of no stop. What must begin anew is said in `engine.warm`: a rate from counters, above all."""
    async with walking(tmp_path, busy()) as walk:
        first = await walk.watch()
        await walk.clock.run_to(STOP + 20.0)
        await walk.close(first)
        second = await walk.watch()
        await walk.clock.run_to(STOP + 40 * MINUTE)
        del second.scenes[0]  # the warm one

        reference = Reference()
        for poll, view in zip(polls_of(first), first.views, strict=True):
            reference.poll(poll, view.inventory)
        for poll, view in zip(polls_of(second), second.views, strict=True):
            same(view, reference.poll(poll, view.inventory))
        assert second.views[0].at == STOP + POLL
        assert second.views[0].seq == first.view.seq + 1

        scene = second.desk.live()
        assert scene is not None
        rates = rated(second.view)
        for hours in (3, 24):
            above, plain = await scene.read.above(hours), reference.above(hours)
            for row, circuit in enumerate(second.view.inventory.circuits):
                for metric in Metric:
                    told = plain[circuit.circuit_id][metric]
                    if metric is not Metric.UTILISATION or rates[row]:
                        assert above.known[row, metric] == told.known
                        assert above.total[row, metric].tolist() == [told.levels[n][0] for n in (1, 2, 3)]
                        assert above.longest[row, metric].tolist() == [told.levels[n][1] for n in (1, 2, 3)]


def rated(view: View) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which circuits report rates; the others' come from counters."""
    network = calm().network
    silent = {network.circuit_id(row) for row in np.flatnonzero(network.no_rate).tolist()}
    return np.array([c.circuit_id not in silent for c in view.inventory.circuits])


COUNTED = ("rx_bps", "tx_bps", "rx_pct", "tx_pct", "trend", "suspect", "levels", "severity")


def same(view: View, told: RefPoll) -> None:
    """Every column of every circuit; what comes from counters may lack one sample."""
    rows = [told.circuits[c.circuit_id] for c in view.inventory.circuits]
    rates = rated(view)
    for name in EXACT:
        ours = getattr(view.circuits, name)
        theirs = np.array([getattr(row, name) for row in rows]).astype(ours.dtype)
        if name in COUNTED:
            ours, theirs = ours[rates], theirs[rates]
        np.testing.assert_array_equal(ours, theirs, err_msg=f"{name} at {(view.at - T0) / 60:.0f} min")
    for name in ("avail_24h", "coverage_24h"):
        theirs = np.array([getattr(row, name) for row in rows], np.float32)
        np.testing.assert_allclose(getattr(view.circuits, name), theirs, rtol=1e-6, err_msg=f"{name} at {view.at}")
