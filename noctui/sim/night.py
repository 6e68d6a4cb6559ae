"""The show: the sample night around the anchor, and variations of it every two hours after.

Block 0 is the night: Lumen has lost Mountain 23 minutes ago and will be back 25 minutes after the anchor, a dozen
smaller things are in all their stages, and within the first minutes more begin. Every later block opens with a cut of
some carrier in some region.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noctui.sim import incidents as do
from noctui.sim.carriers import CARRIERS
from noctui.sim.incidents import Incident
from noctui.sim.network import Network
from noctui.sim.noise import number
from noctui.sim.notices import cuts
from noctui.sim.places import REGIONS

SHOW = 7200.0
MINUTE, HOUR = 60.0, 3600.0


class _Casting:
    """Picks each circuit or site for one part only, none of those that are out already."""

    def __init__(self, network: Network, block: int, taken: list[int]) -> None:
        self._network, self._block, self._turn = network, block, 0
        self._lines = np.diff(network.site_first)
        self._free = np.ones(network.sites, np.bool_)
        self._free[taken] = False

    def _one(self, rows: NDArray[np.int64]) -> tuple[int, ...]:
        network = self._network
        rows = rows[self._free[network.circuit_site[rows]]]
        if not len(rows):
            return ()
        self._turn += 1
        row = int(rows[int(number(network.seed, self._block, self._turn) * len(rows))])
        self._free[network.circuit_site[row]] = False
        return (row,)

    def circuit(
        self, *, rank: int | None = None, carrier: str | None = None, lines: int = 0, plain: bool = False
    ) -> tuple[int, ...]:
        """A circuit of a site with at least so many lines; none when there is none. `plain`: one as fast as its port,
        so that its use can be told without knowing the contract."""
        network = self._network
        rows = np.array(network.rows(rank=rank, carrier=carrier), np.int64)
        if plain:
            rows = rows[network.plain[rows]]
        return self._one(rows[self._lines[self._network.circuit_site[rows]] >= lines])

    def site(self, *, lines: int = 0) -> tuple[int, ...]:
        return tuple(int(self._network.circuit_site[row]) for row in self.circuit(rank=0, lines=lines))

    def lone(self) -> tuple[int, ...]:
        """The circuit of a site that has no other; none when every site has two."""
        return self._one(self._network.site_first[:-1][self._lines == 1].astype(np.int64))


def show(network: Network, anchor: float, block: int) -> list[Incident]:
    """The incidents of one block of two hours; block 0 also holds what leads up to the anchor."""
    made = _night(network, anchor) if block == 0 else _variation(network, anchor + block * SHOW, block)
    made += cuts(network, anchor + block * SHOW, block)
    return [incident for incident in made if incident.circuits or incident.sites or incident.region]


def _sites_of(network: Network, region: str, carrier: str) -> list[int]:
    return [int(network.circuit_site[row]) for row in network.rows(region=region, carrier=carrier)]


def _night(network: Network, t: float) -> list[Incident]:
    pick = _Casting(network, 0, _sites_of(network, "Mountain", "Lumen"))
    full = [
        row + 1  # secondaries that take over and are full
        for row in network.rows(region="Mountain", carrier="Lumen", rank=0)
        if network.site_first[network.circuit_site[row] + 1] > row + 1
        and network.carrier(row + 1) != "Lumen"
        and network.plain[row + 1]
    ][:3]
    made = [
        do.cut(t - 23 * MINUTE, t + 25 * MINUTE, region="Mountain", carrier="Lumen", stagger=6.0),
        do.congestion(t - 3.2 * HOUR, t + HOUR, *pick.circuit(rank=0, plain=True), level=0.975),
        do.congestion(t - 40 * MINUTE, t + 20 * MINUTE, *pick.circuit(rank=1, plain=True), level=0.85),
        do.flap(t - 20 * HOUR, t + 2 * MINUTE, *pick.circuit(rank=1), flaps=19),
        do.flap(t - 6 * MINUTE, t + 12 * MINUTE, *pick.circuit(rank=0, lines=2), flaps=9),
        do.silent(t - 14 * MINUTE, t + 9 * MINUTE, *pick.site(lines=2), *pick.site(lines=2), *pick.site(lines=3)),
        do.lossy(t - HOUR, t + 35 * MINUTE, *pick.circuit(rank=2), percent=2.4),
        do.slow(t - 4 * MINUTE, t + 50 * MINUTE, *pick.circuit(carrier="AT&T"), milliseconds=96.0),
        do.cut(t - 3 * HOUR, t + 40 * MINUTE, *pick.circuit(carrier="Starlink")),
        do.cut(t - 12 * MINUTE, t + 5 * MINUTE, *pick.circuit(carrier="Frontier", lines=2)),
        do.cut(t - 9 * MINUTE, t + 90 * MINUTE, *pick.circuit(carrier="Spectrum", rank=1)),
        do.cut(t - 7.4 * MINUTE, t - 1.2 * MINUTE, *pick.circuit(carrier="Spectrum", lines=2)),
        # what begins while one watches
        do.congestion(t + 40.0, t + 11 * MINUTE, *pick.circuit(rank=0, plain=True), level=0.93),
        do.flap(t + 60.0, t + 8 * MINUTE, *pick.circuit(rank=1), flaps=6),
        do.cut(t + 90.0, t + 6 * MINUTE, *pick.circuit(rank=0, lines=3)),
        do.cut(t + 3 * MINUTE, t + 23 * MINUTE, *pick.lone()),
        do.reset(t + 4 * MINUTE, *pick.circuit(rank=0)),
        do.reboot(t + 8 * MINUTE, t + 12.5 * MINUTE, *pick.site(lines=2)),
        do.lossy(t + 13 * MINUTE, t + 45 * MINUTE, *pick.circuit(rank=1), percent=0.8),
        do.cut(t + 31 * MINUTE, t + 52 * MINUTE, *pick.circuit(rank=0, lines=2)),
        do.slow(t + 47 * MINUTE, t + 80 * MINUTE, *pick.circuit(rank=0), milliseconds=140.0),
        do.flap(t + 62 * MINUTE, t + 75 * MINUTE, *pick.circuit(rank=0, lines=2), flaps=8),
        do.cut(t + 84 * MINUTE, t + 101 * MINUTE, region="Midwest", carrier="Zayo", stagger=6.0),
    ]
    if full:
        made.append(do.congestion(t - 18 * MINUTE, t + 25 * MINUTE, *full, level=0.934))
    return made


def _variation(network: Network, t: float, block: int) -> list[Incident]:
    def u(n: int) -> float:
        return number(network.seed, block, 1_000 + n)

    carrier = CARRIERS[int(u(0) * 8)].name
    region = next(
        (
            r.name
            for n in range(8)
            for r in [REGIONS[int(u(1 + n) * len(REGIONS))]]
            if network.rows(region=r.name, carrier=carrier)
        ),
        "Mountain",
    )
    pick = _Casting(network, block, _sites_of(network, region, carrier))
    begin = t + 4 * MINUTE + 6 * MINUTE * u(20)
    return [
        do.cut(begin, begin + (22 + 28 * u(21)) * MINUTE, region=region, carrier=carrier, stagger=6.0),
        do.congestion(
            t + 60.0, t + (20 + 60 * u(22)) * MINUTE, *pick.circuit(rank=0, plain=True), level=0.90 + 0.1 * u(23)
        ),
        do.congestion(t + 50 * MINUTE, t + 100 * MINUTE, *pick.circuit(rank=1, plain=True), level=0.82),
        do.flap(t + 12 * MINUTE, t + 30 * MINUTE, *pick.circuit(rank=0, lines=2), flaps=5 + int(6 * u(24))),
        do.silent(t + 20 * MINUTE, t + (28 + 10 * u(25)) * MINUTE, *pick.site(lines=2), *pick.site(lines=2)),
        do.lossy(t + 5 * MINUTE, t + (30 + 40 * u(26)) * MINUTE, *pick.circuit(rank=2), percent=0.4 + 2.0 * u(27)),
        do.cut(t + 2 * MINUTE, t + (9 + 20 * u(28)) * MINUTE, *pick.circuit(rank=0, lines=2)),
        do.cut(t + 26 * MINUTE, t + 46 * MINUTE, *pick.lone()),
        do.cut(t + 55 * MINUTE, t + (70 + 40 * u(29)) * MINUTE, *pick.circuit(rank=1)),
        do.slow(t + 35 * MINUTE, t + 85 * MINUTE, *pick.circuit(rank=0), milliseconds=40 + 100 * u(30)),
        do.reboot(t + 65 * MINUTE, t + 69.5 * MINUTE, *pick.site(lines=2)),
        do.reset(t + 75 * MINUTE, *pick.circuit(rank=0)),
    ]
