"""How fast a circuit is, and how we know: Mist has no contracted bandwidth.

Best first: traffic shaping (towards the network only), the link speed. The inventory file, better than both, is the
runtime's.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from noctui.model.words import BandwidthSource
from noctui.sources.mist.structs import PortConfig

_SPEED = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([gm])(?:bps)?\s*$", re.IGNORECASE)
_UNITS = {"g": 1e9, "m": 1e6}
_FASTEST = 1e12  # bits/s; a figure above is absurd


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """Bits per second; 0 is unknown."""

    down_bps: float = 0.0
    up_bps: float = 0.0
    link_bps: float = 0.0
    source: BandwidthSource = BandwidthSource.NONE


def bandwidth(link_bps: float, config: PortConfig | None) -> Bandwidth:
    """From the port's link speed and its configuration. With shaping the way down stays the link's."""
    link = link_bps or configured_speed(config.speed if config else None)
    shaping = config.traffic_shaping if config else None
    if shaping is not None and shaping.enabled and (shaped := _sane(shaping.max_tx_kbps, 1e3)):
        return Bandwidth(link, shaped, link, BandwidthSource.SHAPING)
    return Bandwidth(link, link, link, BandwidthSource.LINK if link else BandwidthSource.NONE)


def link_speed(mbps: float | None) -> float:
    """A port row's `speed` in bits/s; 0 when it says nothing."""
    return _sane(mbps, 1e6)


def configured_speed(text: str | None) -> float:
    """`1g`, `100m`, `2.5g` → bits/s; `auto` or a variable → 0."""
    found = _SPEED.match(text or "")
    return _sane(float(found[1]), _UNITS[found[2].lower()]) if found else 0.0


def _sane(value: float | None, unit: float) -> float:
    if value is None or not math.isfinite(value) or not 0 < value * unit <= _FASTEST:
        return 0.0
    return value * unit
