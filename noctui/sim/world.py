"""The simulated world: one seed, any instant, no state.

`World.evaluate` says what is true of every circuit, gateway and path at any instants, in whole tables; what the Mist
server, the history generator and the tests see of the network all comes from there.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from noctui.sim.demand import Demand
from noctui.sim.effects import Effects, compile_effects
from noctui.sim.incidents import Incident
from noctui.sim.network import Network, build_network
from noctui.sim.noise import F8, I8, draw
from noctui.sim.quality import Quality, mos, rounded
from noctui.sim.reports import last_report
from noctui.sim.schedule import Given, Ordinary, Schedule
from noctui.sim.spans import Spans

PORTS_UP = 40.0
"""Seconds after a boot until the ports are up."""
DEFAULT_ANCHOR = 1_763_867_640.0  # 2025-11-23 03:14:00 UTC, the sample night


@dataclass(frozen=True, slots=True)
class Samples:
    """What is true at some instants: float64 tables [T, circuits], [T, gateways] or [T, paths], NaN for no value.

    Rates are whole bits/s; latency, jitter ms to 0.1; loss percent and mos to 0.01. `connected` is the truth about the
    session with the cloud, `last_seen` the instant of the latest report.
    """

    t: F8  # [T, 1] or [T, sites]
    up: F8
    active: F8
    rx_bps: F8
    tx_bps: F8
    loss: F8
    jitter: F8
    latency: F8
    last_flapped: F8
    connected: F8
    last_seen: F8
    uptime: F8
    cpu: F8
    memory: F8
    path_up: F8
    path_active: F8
    path_latency: F8
    path_jitter: F8
    path_loss: F8
    path_mos: F8


class World:
    """A retail chain's WAN, the same for the same arguments, evaluated at any instant.

    Without `incidents` an ordinary past and, around and after `anchor` (epoch seconds), the show of `night.py` happen;
    with them, exactly they. Gateways report every `report_seconds`.
    """

    def __init__(
        self,
        seed: int = 1,
        sites: int = 240,
        anchor: float = DEFAULT_ANCHOR,
        org_name: str = "Acme Retail",
        incidents: Iterable[Incident] | None = None,
        report_seconds: float = 60.0,
        network: Network | None = None,
    ) -> None:
        self.seed, self.anchor, self.report_seconds = seed, anchor, report_seconds
        self.network = network or build_network(seed, sites, org_name)
        self._schedule: Schedule = Ordinary(self.network, anchor) if incidents is None else Given(incidents)
        self._row0 = 0  # what circuit 0 is counted as: a part of a world keeps the numbers of the whole
        self._pieces: OrderedDict[int, list[Incident]] = OrderedDict()
        self._compiled: OrderedDict[tuple[int, ...], Effects] = OrderedDict()
        self._demand, self._quality = Demand(self.network), Quality(self.network)
        n, circuits = self.network, self.network.circuits
        self._first = n.site_first[:-1].astype(np.int64)
        self._down_demand = self._demand.down_share * n.down_bps[self._first]
        self._up_demand = self._demand.up_share * n.up_bps[self._first]
        ceiling = 0.945 + 0.04 * draw(seed, 71, circuits)
        self._down_ceiling, self._up_ceiling = ceiling * n.down_bps, ceiling * n.up_bps
        idle = np.where(n.share < 0.5, 0.002, 0.015 + 0.09 * draw(seed, 72, circuits) ** 2)
        self._down_idle, self._up_idle = idle * n.down_bps, idle * n.up_bps
        self._memory = np.round(34.0 + 28.0 * draw(seed, 73, n.sites))
        self._boot = draw(seed, 74, n.sites)

    def with_incidents(self, incidents: Iterable[Incident]) -> World:
        """The same network, with exactly these incidents."""
        return World(
            self.seed, anchor=self.anchor, incidents=incidents, report_seconds=self.report_seconds, network=self.network
        )

    @property
    def ordinary(self) -> bool:
        """Things happen that nobody listed."""
        return isinstance(self._schedule, Ordinary)

    def effects(self, start: float, end: float) -> Effects:
        """What incidents do in [start, end] (and around it)."""
        which = self._schedule.pieces(start, end)
        found = self._compiled.get(which)
        if found is None:
            for piece in which:
                if piece not in self._pieces:
                    self._pieces[piece] = self._schedule.piece(piece)
            found = compile_effects(self.network, (i for piece in which for i in self._pieces[piece]))
            self._compiled[which] = found
            while len(self._compiled) > 8:
                self._compiled.popitem(last=False)
            while len(self._pieces) > 64:
                self._pieces.popitem(last=False)
        return found

    def last_report(self, t: F8) -> F8:
        """[T, sites] the instant of each gateway's latest report at `t` [T, 1]."""
        return last_report(t, self.network.phase, self.report_seconds, self._effects_at(t))

    def _effects_at(self, t: F8) -> Effects:
        return self.effects(float(t.min()), float(t.max()))

    def sample(self, times: F8) -> Samples:
        """Everything at `times` [T], epoch seconds."""
        return self.evaluate(np.asarray(times, np.float64).reshape(-1, 1))

    def evaluate(self, t: F8, *, paths: bool = True) -> Samples:
        """Everything at `t` [T, 1], or [T, sites] each site at its own instant; without `paths` theirs are [T, 0]."""
        n = self.network
        own = t.shape[1] != 1  # every site has its own instant
        fx = self._effects_at(t)
        count = len(t)
        tc = t[:, n.circuit_site] if own else t
        circuit_site = n.circuit_site if own else None

        up = np.ones((count, n.circuits))
        k, i = fx.down.hits(t, circuit_site)
        up[k, fx.down.row[i]] = 0.0
        active = self._active(up)
        rx, tx, k, row, pressure = self._rates(t, up, active)
        k2, i = fx.busy.hits(t, circuit_site)
        self._crowd(rx, k2, fx.busy.row[i], fx.busy.value[i], tc)
        rx *= up
        tx *= up
        latency, jitter, loss = self._quality.circuits(tc)
        for table, spans, strain in ((latency, fx.latency, 60.0), (jitter, fx.jitter, 14.0), (loss, fx.loss, 0.6)):
            hit, i = spans.hits(t, circuit_site)
            np.add.at(table, (hit, spans.row[i]), spans.value[i])
            np.add.at(table, (k, row), pressure * strain)
        np.minimum(loss, 100.0, out=loss)
        away = np.where(up > 0, 0.0, np.nan)
        for table in (latency, jitter, loss):
            table += away

        connected = np.ones((count, n.sites))
        k, i = fx.lost.hits(t)
        connected[k, fx.lost.row[i]] = 0.0
        boot = self._booted(t, fx)
        uptime = np.floor(t - boot)
        flapped = np.repeat(boot + PORTS_UP, np.diff(n.site_first), axis=1)
        np.minimum(flapped, tc, out=flapped)
        fx.down.latest_edge(t, flapped, self._schedule.memory, circuit_site)
        cpu = np.rint(4.0 + 42.0 * np.minimum(1.5, rx[:, self._first] / n.down_bps[self._first]))
        path = self._paths(tc, up, active, latency, jitter, loss) if paths else (np.empty((count, 0)),) * 6
        return Samples(
            t=t, up=up, active=active, rx_bps=np.rint(rx, out=rx), tx_bps=np.rint(tx, out=tx),
            loss=rounded(loss, 2), jitter=rounded(jitter, 1), latency=rounded(latency, 1), last_flapped=flapped,
            connected=connected, last_seen=last_report(t, n.phase, self.report_seconds, fx), uptime=uptime, cpu=cpu,
            memory=np.broadcast_to(self._memory, (count, n.sites)),
            path_up=path[0], path_active=path[1], path_latency=path[2], path_jitter=path[3], path_loss=path[4],
            path_mos=path[5],
        )  # fmt: skip

    def rates(self, t: F8) -> tuple[F8, F8]:
        """[T, circuits] rx and tx, bits/s, unrounded, at `t` [T, 1] or [T, sites]: what counters integrate."""
        n = self.network
        fx = self._effects_at(t)
        tc = t[:, n.circuit_site] if t.shape[1] != 1 else t
        circuit_site = n.circuit_site if t.shape[1] != 1 else None
        up = np.ones((len(t), n.circuits))
        k, i = fx.down.hits(t, circuit_site)
        up[k, fx.down.row[i]] = 0.0
        rx, tx, *_ = self._rates(t, up, self._active(up))
        k, i = fx.busy.hits(t, circuit_site)
        self._crowd(rx, k, fx.busy.row[i], fx.busy.value[i], tc)
        return rx * up, tx * up

    def _active(self, up: F8) -> F8:
        """[T, circuits] which line carries its site: the first in the order of roles that is up."""
        active = np.zeros_like(up)
        taken = np.zeros((len(up), self.network.sites), np.bool_)
        for sites, rows in self.network.ranks:
            mine = up[:, rows] > 0
            active[:, rows] = mine & ~taken[:, sites]
            taken[:, sites] |= mine
        return active

    def _rates(self, t: F8, up: F8, active: F8) -> tuple[F8, F8, I8, I8, F8]:
        """rx, tx and where demand exceeds what a line can carry: (instant, circuit, how much 0…1)."""
        n = self.network
        wave = self._demand.wave(t)
        carried = np.repeat(wave, np.diff(n.site_first), axis=1)
        want = carried * (self._down_demand[n.circuit_site] * n.share)
        want *= active
        k, row = np.nonzero(want > self._down_ceiling)
        pressure = np.minimum(1.0, (want[k, row] / self._down_ceiling[row] - 1.0) * 2.5)
        rx = np.minimum(want, self._down_ceiling)
        rx += carried * self._down_idle
        tx = carried * (self._up_demand[n.circuit_site] * n.share)
        tx *= active
        np.minimum(tx, self._up_ceiling, out=tx)
        carried *= self._up_idle
        tx += carried
        return rx, tx, k, row, pressure

    def _crowd(self, rx: F8, k: I8, row: I8, level: F8, tc: F8) -> None:
        """Raise rx of congested circuits to their level, swaying a little around it."""
        if len(k):
            when = tc[k, 0] if tc.shape[1] == 1 else tc[k, row]
            number = row + self._row0
            sway = 1.0 + 0.012 * np.sin(when / 47.0 + number) + 0.006 * np.sin(when / 11.0 + 2 * number)
            np.maximum.at(rx, (k, row), level * sway * self.network.down_bps[row])

    def _booted(self, t: F8, fx: Effects) -> F8:
        """[T, sites] when the gateway booted."""
        cycle = (60.0 + 400.0 * self._boot) * 86_400.0
        last = np.broadcast_to(self.anchor - cycle * 0.5, (len(t), self.network.sites)).copy()
        last -= np.ceil(np.maximum(last - t, 0.0) / cycle) * cycle  # long before the anchor: an earlier boot
        fx.boots.latest_edge(t, last, self._schedule.memory)
        return last

    def _paths(self, tc: F8, up: F8, active: F8, latency: F8, jitter: F8, loss: F8) -> tuple[F8, F8, F8, F8, F8, F8]:
        tp = np.repeat(tc, 2, axis=1) if tc.shape[1] != 1 else tc
        far, shaky, lost = self._quality.paths(tp, latency, jitter, loss)
        rounded(far, 1)
        rounded(shaky, 1)
        rounded(lost, 2)
        np.minimum(lost, 100.0, out=lost)
        score = rounded(mos(far, shaky, lost), 2)
        return np.repeat(up, 2, axis=1), np.repeat(active, 2, axis=1), far, shaky, lost, score

    # the truth, for tests to compare with

    def truth_intervals(self, row: int, start: float, end: float) -> list[tuple[float, float]]:
        """When circuit `row` was truly down, clipped to [start, end)."""
        spans = self.effects(start, end).down.of_row(row)
        return [(max(a, start), min(b, end)) for a, b in spans if a < end and b > start]

    def truth_down(self, row: int, start: float, end: float) -> float:
        """Seconds in [start, end) that circuit `row` was truly down."""
        return sum(b - a for a, b in self.truth_intervals(row, start, end))

    def lost_spans(self, start: float, end: float) -> Spans:
        """When gateways had no session with the cloud."""
        return self.effects(start, end).lost
