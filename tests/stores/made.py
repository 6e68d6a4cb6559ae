"""A made-up network and made-up polls: every column full of awkward values, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from math import floor
from typing import Any

import msgspec
import numpy as np

from noctui.engine.regions import fold_regions
from noctui.engine.sites import fold_sites
from noctui.model.batch import FeedReport
from noctui.model.inventory import Attachment, Circuit, Gateway, Inventory, PeerPath, Site
from noctui.model.view import F4, TREND_SLOTS, CircuitTable, GatewayTable, PathTable, View
from noctui.model.words import Role
from noctui.model.work import PollRecord

ORG = "org-1"
START = 1_764_547_200.0  # 2025-12-01T00:00:00Z, the beginning of a UTC day and month


def network(circuits: int = 6, rev: int = 1, known_at: float = START, down: float = 100e6, skip: int = 0) -> Inventory:
    """Two circuits a site, one gateway a site, one path a circuit; the first `skip` circuits are gone."""
    sites = (circuits + 1) // 2
    return Inventory(
        org_id=ORG,
        rev=rev,
        event_time=known_at,
        known_at=known_at,
        sites=tuple(
            Site(site_id=f"s{i}", name=f"{i:04} Town", number=f"{i:04}", region=("East", "West")[i % 2])
            for i in range(sites)
        ),
        gateways=tuple(Gateway(gateway_id=f"{i:012x}", site_id=f"s{i}") for i in reversed(range(sites))),
        circuits=tuple(
            Circuit(
                circuit_id=f"s{i // 2}:ge-0/0/{i % 2}",
                circuit_no=i,
                site_id=f"s{i // 2}",
                port_id=f"ge-0/0/{i % 2}",
                role=Role(i % 2),
                down_bps=down * (1 + i % 3),
                up_bps=0.0 if i % 5 == 4 else 20e6,
                attachments=(Attachment(gateway_id=f"{i // 2:012x}", port_id=f"ge-0/0/{i % 2}"),),
            )
            for i in range(skip, circuits)
        ),
        paths=tuple(
            PeerPath(path_id=f"s{i // 2}:ge-0/0/{i % 2}>hub", path_no=i, circuit_id=f"s{i // 2}:ge-0/0/{i % 2}")
            for i in range(skip, circuits)
        ),
    )


def gappy(rng: np.random.Generator, values: np.ndarray[Any, Any], share: float = 0.1) -> F4:
    out = values.astype(np.float32)
    out[rng.random(out.shape) < share] = np.nan
    return out


class World:
    """Polls one after another; keeps what a trend has to remember."""

    def __init__(self, inventory: Inventory, interval: float = 60.0, seed: int = 7, start: float = START) -> None:
        self.inventory = inventory
        self.interval = interval
        self.rng = np.random.default_rng(seed)
        self.at = start
        self.seq = 0
        self._quarter = -1
        self._trend: dict[str, np.ndarray[Any, Any]] = {}
        self._bad: dict[str, int] = {}

    def _quarters(self, severity: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        quarter = floor(self.at / 900.0)
        moved = quarter - self._quarter if self._quarter >= 0 else TREND_SLOTS
        self._quarter = quarter
        trend, bad = [], []
        for row, circuit in enumerate(self.inventory.circuits):
            old = self._trend.get(circuit.circuit_id, np.full(TREND_SLOTS, 255, np.uint8))
            old = np.concatenate([old[moved:], np.full(min(moved, TREND_SLOTS), 255, np.uint8)])[-TREND_SLOTS:]
            now = int(self.rng.choice([255, 254, 3, 99, 250]))
            old[-1] = now if old[-1] == 255 else max(int(old[-1]), now)
            was = self._bad.get(circuit.circuit_id, 0) >> moved
            if severity[row] <= 3:
                was |= 1 << (TREND_SLOTS - 1)
            self._trend[circuit.circuit_id], self._bad[circuit.circuit_id] = old, was
            trend.append(old)
            bad.append(was)
        return np.array(trend, np.uint8).reshape(-1, TREND_SLOTS), np.array(bad, np.uint16)

    def poll(self, **more: Any) -> PollRecord:
        """The next poll, one interval later."""
        self.at += self.interval
        self.seq += 1
        rng, inventory = self.rng, self.inventory
        n, g, p = len(inventory.circuits), len(inventory.gateways), len(inventory.paths)
        severity = rng.integers(0, 9, n).astype(np.uint8)
        trend, bad = self._quarters(severity)
        rx = gappy(rng, rng.integers(0, 90_000_000, n))
        tx = gappy(rng, rng.random(n) * 30e6)
        with np.errstate(divide="ignore", invalid="ignore"):
            up = np.where(inventory.up_bps > 0, inventory.up_bps, np.nan)
            rx_pct = (100.0 * rx.astype(np.float64) / inventory.down_bps).astype(np.float32)
            tx_pct = (100.0 * tx.astype(np.float64) / up).astype(np.float32)
        active_since = np.floor(self.at - rng.integers(0, 99_999, n).astype(np.float64))
        active_since[rng.random(n) < 0.2] = np.nan
        circuits = CircuitTable(
            severity=severity,
            state=rng.integers(0, 5, n).astype(np.uint8),
            since=np.floor(self.at - rng.integers(0, 9_999, n)),
            stale=rng.random(n) < 0.2,
            active=rng.random(n) < 0.5,
            active_since=active_since,
            suspect=rng.random(n) < 0.1,
            no_path=rng.random(n) < 0.1,
            age=gappy(rng, rng.random(n) * 70),
            rx_bps=rx,
            tx_bps=tx,
            rx_pct=rx_pct,
            tx_pct=tx_pct,
            loss=gappy(rng, np.round(rng.random(n) * 2, 2)),
            jitter=gappy(rng, np.round(rng.random(n) * 30, 1)),
            latency=gappy(rng, np.round(rng.random(n) * 300, 1)),
            mos=gappy(rng, rng.random(n) * 4 + 1),
            quality=rng.integers(0, 3, n).astype(np.uint8),
            levels=rng.integers(0, 256, n).astype(np.uint8),
            flaps_24h=rng.integers(0, 400, n).astype(np.uint16),
            avail_24h=gappy(rng, 100 - rng.random(n)),
            coverage_24h=gappy(rng, 100 - rng.random(n) * 5),
            trend=trend,
            bad_quarters=bad,
        )
        sites = fold_sites(inventory, circuits)
        view = View(
            seq=self.seq,
            at=self.at,
            interval=self.interval,
            inventory=inventory,
            circuits=circuits,
            gateways=GatewayTable(*(gappy(rng, rng.random(g) * 100) for _ in range(5))),
            paths=PathTable(*(gappy(rng, rng.random(p) * 100) for _ in range(7))),
            sites=sites,
            regions=fold_regions(inventory, circuits, sites),
            whole=bool(self.seq % 7),
            silent=not self.seq % 5,
            reports=(FeedReport("circuits", calls=3, rows=n, took=0.25),),
        )
        return PollRecord(
            view=view,
            tick=int(self.at // self.interval),
            raw_levels=rng.integers(0, 256, n).astype(np.uint8),
            valid=np.where(rng.random(n) < 0.8, 0x80 | rng.integers(0, 16, n), 0).astype(np.uint8),
            **more,
        )

    def polls(self, count: int) -> Iterator[PollRecord]:
        for _ in range(count):
            yield self.poll()

    def learn(self, inventory: Inventory) -> None:
        self.inventory = inventory


def difference(one: Any, other: Any, where: str = "") -> str:
    """Where two Views (or anything made of dataclasses, arrays and plain values) differ bit for bit; "" if nowhere."""
    if isinstance(one, np.ndarray):
        if one.dtype != other.dtype or one.shape != other.shape:
            return f"{where}: {one.dtype}{one.shape} is not {other.dtype}{other.shape}"
        same = np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
        return "" if same else f"{where}: {one} is not {other}"
    if is_dataclass(one) and not isinstance(one, type):
        found = (difference(getattr(one, f.name), getattr(other, f.name), f"{where}.{f.name}") for f in fields(one))
        return next((d for d in found if d), "")
    if isinstance(one, msgspec.Struct) and type(one) is type(other):
        found = (difference(getattr(one, n), getattr(other, n), f"{where}.{n}") for n in one.__struct_fields__)
        return next((d for d in found if d), "")
    if isinstance(one, dict):
        found = (difference(value, other[key], f"{where}.{key}") for key, value in one.items())
        return next((d for d in found if d), "")
    return "" if one == other or (one != one and other != other) else f"{where}: {one!r} is not {other!r}"


__all__ = ["ORG", "START", "World", "difference", "gappy", "network", "replace"]
