"""What the cloud holds of every gateway: its latest report, with counters that add up whoever asks and how often."""

from __future__ import annotations

import numpy as np

from noctui.sim.noise import F8
from noctui.sim.reports import thought_connected
from noctui.sim.world import Samples, World

_CHUNK = 64  # report periods integrated at once after a long silence
_SLOTS = 10  # gateways report at ten moments of a period


class Reports:
    """The latest reports at `now`. Call `advance` before reading; times never go back.

    Between two reports of a gateway the counters rise by exactly the rates it reports, period by period.
    """

    def __init__(self, world: World, now: float) -> None:
        self._world = world
        self._period = world.report_seconds
        self._slot = -1
        self.now = now
        self.at: F8 = world.last_report(np.array([[now]]))[0]
        self.seen: Samples = world.evaluate(self.at[None, :])
        n = world.network
        age = np.repeat(self.seen.uptime[0], np.diff(n.site_first))
        self.rx_bytes: F8 = np.floor(age * n.down_bps * 0.02 / 8.0)
        self.tx_bytes: F8 = np.floor(age * n.up_bps * 0.01 / 8.0)
        self.rx_bps, self.tx_bps = self._last_rates()
        self._slot = self._slot_of(now)

    def _slot_of(self, now: float) -> int:
        return int(now * _SLOTS // self._period)

    def advance(self, now: float) -> None:
        """Take in every report made until `now`."""
        if now < self.now:
            return
        self.now = now
        slot = self._slot_of(now)
        if slot == self._slot:
            return
        self._slot = slot
        new = self._world.last_report(np.array([[now]]))[0]
        if np.array_equal(new, self.at):
            return
        while float(np.max(new - self.at)) > _CHUNK * self._period:
            self._count(np.minimum(new, self.at + _CHUNK * self._period))
        self._count(new)
        self.seen = self._world.evaluate(self.at[None, :])
        self.rx_bps, self.tx_bps = self._last_rates()

    def connected(self) -> F8:
        """[gateways] 1.0 where the cloud counts the gateway as connected at `now`."""
        return thought_connected(np.array(self.now), self.at, self._period)

    def booted(self) -> F8:
        """[gateways] when each began its present life, as its latest report tells."""
        boot: F8 = self.at - self.seen.uptime[0]
        return boot

    def _last_rates(self) -> tuple[F8, F8]:
        """Each line's rate over its last report period; a line that is down carries nothing."""
        rx, tx = self._world.rates((self.at - self._period / 2.0)[None, :])
        up = self.seen.up[0]
        return np.rint(rx[0] * up), np.rint(tx[0] * up)

    def _count(self, new: F8) -> None:
        """Add what every period between the reports carried, from the middle of each; then `at` is `new`."""
        steps = max(1, round(float(np.max(new - self.at)) / self._period))
        back = (np.arange(steps, 0, -1) - 0.5)[:, None] * self._period
        middles = new[None, :] - back
        site = self._world.network.circuit_site
        counts = (middles > self.at[None, :]).astype(np.float64)[:, site]
        fx = self._world.effects(float(self.at.min()), float(new.max()))
        for row, when in zip(fx.resets.row.tolist(), fx.resets.start.tolist(), strict=True):
            if self.at[site[row]] < when <= new[site[row]]:
                self.rx_bytes[row] = self.tx_bytes[row] = 0.0
                counts[middles[:, site[row]] < when, row] = 0.0
        rx, tx = self._world.rates(middles)
        self.rx_bytes += np.sum(rx * counts, axis=0) * (self._period / 8.0)
        self.tx_bytes += np.sum(tx * counts, axis=0) * (self._period / 8.0)
        self.at = new
