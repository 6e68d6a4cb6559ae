"""How fast a circuit is, and how we know: Mist has no contracted bandwidth.

Best first, for each way by itself: traffic shaping (towards the network only), a speed test, the link speed. The
inventory file, better than all of them, is the runtime's.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from noctui.model.words import BandwidthSource
from noctui.sources.mist.structs import PortConfig, SpeedTestRow

OLDEST_TEST = 90 * 86400.0
"""Seconds after which a speed test says nothing of a line any more."""
_ABOVE_LINK = 1.1
"""A speed test may say this much more than the link carries, no more: counters are read at rough moments."""
_SLOWEST = 64e3  # bits/s; a test below did not measure the line
_SPEED = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([gm])(?:bps)?\s*$", re.IGNORECASE)
_UNITS = {"g": 1e9, "m": 1e6}
_FASTEST = 1e12  # bits/s; a figure above is absurd


@dataclass(frozen=True, slots=True)
class Measured:
    """A speed test that may be believed: bits/s each way (0: that way was not measured), when (UTC epoch seconds)."""

    at: float
    down_bps: float
    up_bps: float


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """Bits per second; 0 is unknown. `source` is that of the way down, `up_source` of the way up; `tested_at` is the
    speed test's time when it counts for either."""

    down_bps: float = 0.0
    up_bps: float = 0.0
    link_bps: float = 0.0
    source: BandwidthSource = BandwidthSource.NONE
    up_source: BandwidthSource = BandwidthSource.NONE
    tested_at: float = 0.0


def bandwidth(link_bps: float, config: PortConfig | None, test: Measured | None = None) -> Bandwidth:
    """From the port's link speed, its configuration and its newest good speed test."""
    link = link_bps or configured_speed(config.speed if config else None)
    by_link = (link, BandwidthSource.LINK) if link else (0.0, BandwidthSource.NONE)
    down, up = by_link, by_link
    if test is not None:
        down = _tested(test.down_bps, link) or down
        up = _tested(test.up_bps, link) or up
    if shaped := shaping(config):
        up = (shaped, BandwidthSource.SHAPING)
    counts = test is not None and BandwidthSource.SPEEDTEST in (down[1], up[1])
    return Bandwidth(down[0], up[0], link, down[1], up[1], test.at if test is not None and counts else 0.0)


def shaping(config: PortConfig | None) -> float:
    """What the configuration caps sending at, bits/s; 0 when it does not."""
    told = config.traffic_shaping if config else None
    if told is None or not told.enabled:
        return 0.0
    kbps = told.max_tx_kbps
    try:
        return _sane(float(kbps) if isinstance(kbps, str) else kbps, 1e3)
    except ValueError:  # a variable that is not known, or no number
        return 0.0


def believed(row: SpeedTestRow, now: float) -> Measured | None:
    """A speed test that may be believed at `now`: not failed, not absurd, not too old, not from the future."""
    at = time_of(row)
    if row.failed or not now - OLDEST_TEST <= at <= now + 3600.0:
        return None
    down, up = (bps if bps >= _SLOWEST else 0.0 for bps in (_sane(row.rx_mbps, 1e6), _sane(row.tx_mbps, 1e6)))
    return Measured(at, down, up) if down or up else None


def time_of(row: SpeedTestRow) -> float:
    """When a test was, UTC epoch seconds; 0 for unknown."""
    at = row.timestamp or row.start_time or 0.0
    return at if math.isfinite(at) and at > 0 else 0.0


def link_speed(mbps: float | None) -> float:
    """A port row's `speed` in bits/s; 0 when it says nothing."""
    return _sane(mbps, 1e6)


def configured_speed(text: str | None) -> float:
    """`1g`, `100m`, `2.5g` → bits/s; `auto` or a variable → 0."""
    found = _SPEED.match(text or "")
    return _sane(float(found[1]), _UNITS[found[2].lower()]) if found else 0.0


def _tested(bps: float, link: float) -> tuple[float, BandwidthSource] | None:
    if not bps or (link and bps > link * _ABOVE_LINK):
        return None
    return bps, BandwidthSource.SPEEDTEST


def _sane(value: float | None, unit: float) -> float:
    if value is None or not math.isfinite(value) or not 0 < value * unit <= _FASTEST:
        return 0.0
    return value * unit
