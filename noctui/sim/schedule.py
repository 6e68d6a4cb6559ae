"""What happens when, with nobody planning it: ordinary past days, and the show that runs from the anchor on.

A schedule is a row of pieces. Each piece is made from the seed and its own number alone, so any instant of any day can
be asked for without playing what lies before it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Protocol

from noctui.sim import incidents as do
from noctui.sim.carriers import CARRIERS
from noctui.sim.incidents import Incident
from noctui.sim.network import Network
from noctui.sim.night import SHOW, show
from noctui.sim.noise import number
from noctui.sim.places import REGIONS

DAY = 86_400.0
QUIET = 4 * 3600.0
"""Ordinary incidents begin no later than this before the anchor: from there on the show alone decides."""


class Schedule(Protocol):
    """Pieces of incidents by time. Those that may matter at an instant hold everything of `memory` seconds back."""

    memory: float

    def pieces(self, start: float, end: float) -> tuple[int, ...]:
        """The numbers of all pieces that may matter in [start, end]."""
        ...

    def piece(self, which: int) -> list[Incident]: ...


class Given:
    """Exactly these incidents, always."""

    memory = math.inf

    def __init__(self, incidents: Iterable[Incident]) -> None:
        self._incidents = list(incidents)

    def pieces(self, start: float, end: float) -> tuple[int, ...]:
        return (0,)

    def piece(self, which: int) -> list[Incident]:
        return self._incidents


class Ordinary:
    """Seeded days before the anchor (pieces 0, 1, … are days since the epoch) and the show after it (-1, -2, …)."""

    memory = 20 * 3600.0

    def __init__(self, network: Network, anchor: float) -> None:
        self._network = network
        self._anchor = anchor

    def pieces(self, start: float, end: float) -> tuple[int, ...]:
        last_day = int(min(end, self._anchor) // DAY)
        days = range(int(start // DAY) - 1, last_day + 1)
        first = max(0, math.floor((start - self.memory - self._anchor) / SHOW) - 1)
        blocks = set(range(first, math.floor((end - self._anchor) / SHOW) + 1))
        if end >= self._anchor - DAY and start < self._anchor + 2 * SHOW + self.memory:
            blocks.add(0)  # the night begins long before the anchor
        return (*days, *(-1 - block for block in sorted(blocks)))

    def piece(self, which: int) -> list[Incident]:
        if which < 0:
            return show(self._network, self._anchor, -1 - which)
        return [i for i in _day(self._network, which) if i.start < self._anchor - QUIET]


def _day(network: Network, day: int) -> list[Incident]:
    """The incidents that begin on one day: about 1.5 % of the circuits fail, some days a carrier fails in a region."""
    seed, midnight, circuits = network.seed, day * DAY, network.circuits

    def drawn(what: int, n: int, of: int) -> float:
        return number(seed, day, what, n, of)

    def some(what: int, share: float, rows: int) -> Iterable[tuple[int, float, float]]:
        """(row, start, 0…1) of so many of the rows."""
        expected = share * rows
        for n in range(int(expected + drawn(what, 0, 0))):
            yield int(drawn(what, n, 1) * rows), round(midnight + DAY * drawn(what, n, 2), 1), drawn(what, n, 3)

    found = [
        do.cut(start, round(start + 120.0 * 90.0**u, 1), row) for row, start, u in some(1, 0.015, circuits)
    ]  # 2 … 180 minutes, short ones more often
    found += [
        do.flap(at, at + 1200.0 + 5400.0 * u, row, flaps=3 + int(12 * u)) for row, at, u in some(2, 0.002, circuits)
    ]
    found += [
        do.congestion(at, at + 900.0 + 9000.0 * u, row, level=0.84 + 0.14 * u)
        for row, at, u in some(3, 0.006, circuits)
    ]
    found += [
        do.lossy(at, at + 600.0 + 7200.0 * u, row, percent=0.3 + 3.0 * u**2) for row, at, u in some(4, 0.006, circuits)
    ]
    found += [
        do.slow(at, at + 900.0 + 7200.0 * u, row, milliseconds=30 + 110 * u) for row, at, u in some(5, 0.004, circuits)
    ]
    found += [do.silent(at, at + 300.0 + 1500.0 * u, row) for row, at, u in some(6, 0.003, network.sites)]
    found += [do.reboot(at, at + 210.0 + 120.0 * u, row) for row, at, u in some(7, 0.002, network.sites)]
    found += [do.reset(at, row) for row, at, _ in some(8, 0.001, circuits)]
    if drawn(9, 0, 0) < 3 / 7:
        at = midnight + DAY * drawn(9, 0, 1)
        carrier = CARRIERS[int(drawn(9, 0, 2) * 8)].name
        region = REGIONS[int(drawn(9, 0, 3) * len(REGIONS))].name
        found.append(do.cut(at, at + 600.0 + 3000.0 * drawn(9, 0, 4), region=region, carrier=carrier, stagger=6.0))
    return found
