"""Mist's own series of one port: buckets with the mean or the peak of what the world was in them.

Ten-minute buckets (and shorter) are kept for a day, hours for 14 days; a bucket in which the gateway was not heard, or
that is too old, is null.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from noctui.sim.mist.answers import Query
from noctui.sim.mist.paging import BadRequest, limit_of, span_of
from noctui.sim.noise import F8
from noctui.sim.one import OneSite
from noctui.sim.world import World

DAY = 86_400.0
RATES = ("rx_bps", "tx_bps", "max_rx_bps", "max_tx_bps")
QUALITY = ("avg_latency", "avg_jitter", "avg_loss")
_INTERVALS = {"10m": 600, "1h": 3600, "1m": 60, "2m": 120, "1d": 86_400}
_SAMPLES = 5  # instants within a bucket
_MOST = 2000  # buckets of one answer


class Buckets:
    """The buckets that a query asks for: `start`, `interval`, and the samples of one site in them."""

    def __init__(self, world: World, site: int, query: Query, now: float) -> None:
        start, end = span_of(query, now)
        end = min(end, now)
        self.interval = _interval(query.get("interval", ""), end - start)
        self.start = start // self.interval * self.interval
        count = int(np.ceil(max(0.0, end - self.start) / self.interval))
        page = query.get("page", "1") or "1"
        low = (int(page) - 1 if page.isdecimal() else 0) * limit_of(query)
        self.limit, self.page = limit_of(query), low // limit_of(query) + 1
        self.start += low * self.interval
        self.count = max(0, min(count - low, self.limit, _MOST))
        self.end = self.start + self.count * self.interval
        self._kept = DAY if self.interval < 3600 else 14 * DAY
        self._now, self._world = now, OneSite(world, site)

    def frame(self) -> dict[str, Any]:
        """What every answer begins with."""
        return {"start": int(self.start), "end": int(self.end), "interval": self.interval, "limit": self.limit,
                "page": self.page}  # fmt: skip

    def series(self, circuit: int, names: tuple[str, ...]) -> dict[str, list[float | None]]:
        """Series of the site's circuit (0 is its first); rates in whole bits/s."""
        if not self.count:
            return {name: [] for name in names}
        part = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
        at = self.start + self.interval * (np.arange(self.count)[:, None] + part)
        seen = self._world.evaluate(np.minimum(at, self._now).reshape(-1, 1), paths=False)
        heard = seen.connected[:, 0].reshape(at.shape) > 0
        known = heard.any(axis=1) & (self.start + self.interval * np.arange(self.count) >= self._now - self._kept)

        def of(table: F8, digits: int, *, peak: bool = False) -> list[float | None]:
            values = np.where(heard, table[:, circuit].reshape(at.shape), np.nan)
            found = np.full(self.count, np.nan)
            there = known & ~np.isnan(values).all(axis=1)
            found[there] = (np.nanmax if peak else np.nanmean)(values[there], axis=1)
            return [None if v != v else round(v, digits) if digits else int(v) for v in found.tolist()]

        made = {
            "rx_bps": (seen.rx_bps, 0), "tx_bps": (seen.tx_bps, 0), "max_rx_bps": (seen.rx_bps, 0),
            "max_tx_bps": (seen.tx_bps, 0), "avg_latency": (seen.latency, 2), "avg_jitter": (seen.jitter, 2),
            "avg_loss": (seen.loss, 3),
        }  # fmt: skip
        return {name: of(*made[name], peak=name.startswith("max")) for name in names if name in made}


def _interval(text: str, length: float) -> int:
    if not text:
        return 600 if length <= DAY else 3600
    seconds = _INTERVALS.get(text) or (int(text) if text.isdecimal() else 0)
    if seconds < 60:
        raise BadRequest("interval is not valid")
    return seconds


def gateway_stats(world: World, site: int, query: Query, now: float) -> dict[str, Any]:
    """`insights/gateway/{id}/stats`: one array for each metric, at the top level. A port that is not the gateway's has
    empty ones."""
    metrics = tuple(filter(None, query.get("metrics", "").split(",")))
    if not metrics:
        raise BadRequest("metrics is required")
    names = tuple(n for m in metrics for n in (QUALITY if m == "wan_link_health" else (m,)))
    buckets = Buckets(world, site, query, now)
    lines = lines_of(world, site, query.get("port_id", ""))
    found: dict[str, Any] = buckets.frame() | {"results": [], "rt": []}
    made: list[dict[str, list[float | None]]] = [buckets.series(line, names) for line in lines]
    for name in names:
        if name in RATES or name in QUALITY:
            found[name] = _together([one[name] for one in made if name in one], add=name in RATES)
    return found


def link_health(world: World, site: int, query: Query, now: float, *, probed: bool) -> dict[str, Any]:
    """`insights/device/{mac}/wan_link_health`: empty where nobody probes."""
    buckets = Buckets(world, site, query, now)
    lines = lines_of(world, site, query.get("port_id", ""))[:1] if probed else []
    series = buckets.series(lines[0], QUALITY) if lines else {name: [] for name in QUALITY}
    return buckets.frame() | {"results": [], "rt": []} | series


def _together(series: list[list[float | None]], *, add: bool) -> list[float | None]:
    """Without a port the gateway's lines are one: rates add up, quality is that of the first."""
    if len(series) < 2 or not add:
        return series[0] if series else []
    return [
        None if any(v is None for v in column) else sum(v for v in column if v is not None)
        for column in zip(*series, strict=True)
    ]


def lines_of(world: World, site: int, port_id: str) -> list[int]:
    """Which lines of the site (from 0) have this port, also with its unit; all of them when none is named."""
    n = world.network
    lines = n.line[int(n.site_first[site]) : int(n.site_first[site + 1])]
    return [
        i for i, line in enumerate(lines)
        if not port_id or port_id in (line.port, f"{line.port}.{line.vlan}")
    ]  # fmt: skip
