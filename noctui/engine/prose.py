"""Numbers, times and names as sentences spell them: units with a blank, times in UTC."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from noctui.model.inventory import Circuit, Inventory
from noctui.model.words import Metric

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LATEST = 1e11  # what lies beyond is no time that a calendar shows
_UNITS = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def hhmm(time: float, now: float) -> str:
    """`02:51` of the day of `now`, else `Nov 22 21:54`; UTC. `–` when unknown, or no time at all."""
    if not 0.0 <= time <= _LATEST:
        return "–"
    then = datetime.fromtimestamp(time, UTC)
    word = f"{then:%H:%M}"
    if 0.0 <= now <= _LATEST and then.date() == datetime.fromtimestamp(now, UTC).date():
        return word
    return f"{_MONTHS[then.month - 1]} {then.day} {word}"


def span(seconds: float) -> str:
    """A duration in at most five cells: `47s`, `22m`, `3h04m`, `2d07h`, `41d`; `–` when unknown."""
    if not math.isfinite(seconds):
        return "–"
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m"
    if whole < 86400:
        return f"{whole // 3600}h{whole % 3600 // 60:02d}m"
    if whole < 10 * 86400:
        return f"{whole // 86400}d{whole % 86400 // 3600:02d}h"
    return f"{whole // 86400}d"


def precise(seconds: float) -> str:
    """A duration to the second while that is worth reading: `22m47s`; from an hour on as `span`."""
    if math.isfinite(seconds) and 60 <= seconds < 3600:
        return f"{int(seconds) // 60}m{int(seconds) % 60:02d}s"
    return span(seconds)


def bits(bps: float) -> str:
    """A bandwidth: `300M`, `1.0G`, `512k`."""
    for size, unit in _UNITS:
        if bps >= size:
            value = bps / size
            return f"{value:.1f}{unit}" if unit == "G" and value < 100 else f"{value:.0f}{unit}"
    return f"{bps:.0f}"


def number(metric: Metric, value: float) -> str:
    """A metric's value with its unit: `93.4 %`, `0.62 %`, `11.8 ms`, `118 ms`."""
    if not math.isfinite(value):
        return "–"
    if metric is Metric.UTILISATION:
        return f"{value:.1f} %"
    if metric is Metric.LOSS:
        return f"{value:.2f} %" if value < 99.995 else "100 %"
    return f"{value:.1f} ms" if value < 99.95 else f"{value:.0f} ms"


def count(amount: int, thing: str) -> str:
    """`1 site`, `3,208 sites`."""
    return f"{amount:,} {thing}{'' if amount == 1 else 's'}"


def site_name(inventory: Inventory, row: int) -> str:
    """`0417 Grand Junction CO`, the number once."""
    if row < 0:
        return "unknown site"
    site = inventory.sites[row]
    if not site.number or site.name.startswith(site.number):
        return site.name or site.site_id
    return f"{site.number} {site.name}"


def circuit_name(circuit: Circuit) -> str:
    """What a sentence calls a circuit: its carrier, else its WAN name, else its port."""
    return circuit.carrier or circuit.wan_name or circuit.port_id
