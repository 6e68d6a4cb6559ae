"""Gateways and ports as they live between the polls of a story."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from noctui.model.batch import PortEvent
from noctui.model.inventory import Circuit
from tests.reference.story_values import (
    ALL,
    INTERVAL,
    LAGS,
    LINK_SHARES,
    MOS,
    NAN,
    QUALITY,
    SHARES,
    SINCE_FLIP,
    Quirk,
)  # fmt: skip

Row = dict[str, float]
WRAP = 2.0**32


@dataclass
class GatewayLife:
    """Connected or not, with a boot now and then."""

    boot: float
    away_until: int = -1  # poll number
    away_since: float = NAN
    booted: bool = False  # in the poll under way
    away: bool = False
    quirks: frozenset[Quirk] = ALL

    def live(self, rng: Random, number: int, at: float, before: float) -> None:
        """Up to the poll `number` at `at`."""
        self.booted = False
        if self.away and number >= self.away_until:
            self.away = False
            if rng.random() < 0.5:
                self.booted = True
                self.boot = rng.choice((self.away_since - 30, self.away_since, before, (self.away_since + at) / 2, at))
        elif not self.away and Quirk.AWAY in self.quirks and rng.random() < 0.12:
            self.away, self.away_since = True, before
            self.away_until = number + rng.choice((1, 2, 3, 5, 8))

    def row(self, rng: Random, at: float) -> Row | None:
        """What the gateways feed says of it; None: nothing."""
        odd = Quirk.AWAY in self.quirks and rng.random() < 0.1
        if odd and rng.random() < 0.5:
            return None
        uptime = at - self.boot
        return {
            "connected": rng.choice((NAN, 1.0)) if odd else float(not self.away),
            "uptime": rng.choice((NAN, 5.0, 90.0, 1e6)) if odd else uptime,
            "cpu": 10.0,
            "memory": 20.0,
        }


@dataclass
class PortLife:
    """A circuit's port: its line, counters and what its gateway tells."""

    circuit_id: str
    up: bool = True
    flapped: float = NAN
    told: Row | None = None  # the last row, for repeats
    told_at: float = NAN  # its observed_at
    counters: dict[str, float] = field(default_factory=lambda: {"rx_bytes": WRAP - 3e8, "tx_bytes": 1e6})
    late: list[tuple[int, PortEvent]] = field(default_factory=list)  # (poll that brings it, event)
    quirks: frozenset[Quirk] = ALL

    def live(self, rng: Random, number: int, at: float, before: float, gateway: GatewayLife) -> list[PortEvent]:
        """Up to the poll `number`; the events that it brings."""
        if Quirk.LINE in self.quirks and rng.random() < 0.2:
            for _ in range(rng.choice((1, 1, 2))):
                self._flip(rng, number, before + (at - before) * rng.choice(SINCE_FLIP), gateway)
        if gateway.booted and Quirk.EVENTS in self.quirks:
            noise = gateway.boot + rng.choice((-61.0, -60.0, -59.0, 0.0, 20.0))
            up = rng.random() < 0.7
            self.late.append((number + rng.choice((0, 1)), PortEvent(self.circuit_id, noise, up)))
            self.flapped = rng.choice((noise, self.flapped))
        if Quirk.EVENTS in self.quirks and rng.random() < 0.08:
            odd = at + rng.choice((-7200.0, -3600.0, -300.0, -60.0, 0.0, 30.0, NAN))
            self.late.append((number, PortEvent(self.circuit_id, odd, rng.random() < 0.5)))
        brought = [event for due, event in self.late if due <= number]
        if Quirk.EVENTS not in self.quirks:
            brought = []
        self.late = [(due, event) for due, event in self.late if due > number]
        if brought and rng.random() < 0.1:
            self.late.append((number + 1, brought[0]))  # once more
        return brought

    def _flip(self, rng: Random, number: int, time: float, gateway: GatewayLife) -> None:
        self.up = not self.up
        self.flapped = time if rng.random() < 0.8 else rng.choice((NAN, self.flapped))
        due = gateway.away_until if gateway.away else number
        wait = rng.choice((0, 0, 1, 3, None))
        if wait is not None:
            self.late.append((due + wait, PortEvent(self.circuit_id, time, self.up)))

    def row(self, rng: Random, at: float, circuit: Circuit, gateway: GatewayLife) -> tuple[float, Row] | None:
        """(observed_at, row) of the circuits feed; None: nothing."""
        if Quirk.SILENT in self.quirks and rng.random() < 0.08:
            return None
        odd_times = Quirk.REPEATS in self.quirks
        still = gateway.away or (odd_times and rng.random() < 0.15)
        if still and self.told is not None and rng.random() < 0.95:
            row = self.told
            if odd_times and rng.random() < 0.2:  # the digits move on though observed_at does not
                row = {**row, "rx_bytes": row["rx_bytes"] + rng.choice((0.0, 1000.0)), "up": float(self.up)}
            return self.told_at, row
        observed = at - (rng.choice(LAGS) if odd_times and rng.random() < 0.4 else 1.0)
        if odd_times and rng.random() < 0.08:
            observed = rng.choice((NAN, at + 5.0, self.told_at))
        since = observed - self.told_at if observed > self.told_at else INTERVAL
        self.told_at, self.told = observed, self._row(rng, since, circuit)
        return observed, self.told

    def _row(self, rng: Random, seconds: float, circuit: Circuit) -> Row:
        levels, counters = Quirk.LEVELS in self.quirks, Quirk.COUNTERS in self.quirks
        row: Row = {
            "up": float(self.up),
            "disabled": 0.0,
            "active": rng.choice((1.0, 1.0, 0.0, NAN)) if levels else 1.0,
            "last_flapped": self.flapped,
            "mos": rng.choice(MOS) if levels else 4.4,
        }
        if Quirk.LINE in self.quirks and rng.random() < 0.08:
            row["disabled"] = rng.choice((1.0, NAN))
            row["up"] = rng.choice((row["up"], NAN))
        plain = Quirk.PATHS in self.quirks and rng.random() < 0.4
        for name, values in QUALITY.items():
            row[name] = NAN if plain else rng.choice(values) if levels else values[0]
        for direction, bandwidth in (("rx", circuit.down_bps), ("tx", circuit.up_bps)):
            bps = (bandwidth or 100e6) * (rng.choice(SHARES) if levels else 0.3)
            if levels and rng.random() < 0.05:
                bps = rng.choice((circuit.link_bps * rng.choice(LINK_SHARES), -1.0))
            row[f"{direction}_bytes"] = self._count(rng, f"{direction}_bytes", bps * seconds / 8)
            row[f"{direction}_bps"] = NAN if counters and rng.random() < 0.5 else bps
            if counters and rng.random() < 0.1:
                row[f"{direction}_bytes"] = NAN
        return row

    def _count(self, rng: Random, name: str, more: float) -> float:
        value = self.counters[name] + max(0.0, float(int(more)))
        if Quirk.COUNTERS in self.quirks:
            if value >= WRAP and rng.random() < 0.6:
                value %= WRAP
            if rng.random() < 0.06:
                value = rng.choice((0.0, 500.0, WRAP - 1, WRAP, WRAP * 4))
        self.counters[name] = value
        return value
