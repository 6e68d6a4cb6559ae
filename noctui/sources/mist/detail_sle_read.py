"""Mist's answers on service levels, read. Samples are Mist's own counts: they are only divided by each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from noctui.model.detail import SleShare
from noctui.sources.mist.detail_values import NAN, at_least_0, members, number, numbers, text, total, under

MOST_SHARES = 50
"""Classifiers, interfaces or gateways told of one metric."""


@dataclass(frozen=True, slots=True)
class Trend:
    """A `summary-trend`. `degraded` is the sum of all buckets; NaN without samples."""

    percent: float
    degraded: float
    start: float
    interval: float
    values: tuple[float, ...]
    classifiers: tuple[SleShare, ...]


def trend(found: dict[str, Any]) -> Trend:
    """percent = 100·(Σtotal − Σdegraded) / Σtotal over the buckets that know both (facts of real answers; Mist's own
    `value` is the mean of buckets, however little was in them)."""
    sle = under(found, "sle")
    samples = under(sle, "samples")
    pairs = [
        (t, d) if t == t and d == d else (NAN, NAN)
        for t, d in zip(numbers(samples.get("total")), numbers(samples.get("degraded")), strict=False)
    ]
    all_of_it, degraded = total(t for t, _ in pairs), total(d for _, d in pairs)
    interval = number(sle.get("interval"))
    start = at_least_0(found.get("start"))
    return Trend(
        percent=_good(all_of_it, degraded),
        degraded=degraded,
        start=start if start == start else 0.0,
        interval=interval if 1 <= interval <= 7 * 86_400 else 3600.0,
        values=tuple(_good(t, d) for t, d in pairs),
        classifiers=_classifiers(found.get("classifiers"), all_of_it),
    )


def interfaces(found: dict[str, Any]) -> tuple[SleShare, ...]:
    """Interfaces that were hit. Real WAN answers name the gateway; the published form speaks of switches."""
    rows = members(found.get("interfaces"), 1000)
    named = [(text(r.get("interface_name"), r.get("port_id")), _device(r), r) for r in rows]
    several = len({device for _, device, _ in named}) > 1
    return _worst(_share(f"{port} {device}".strip() if several or not port else port, r) for port, device, r in named)


def gateways(found: dict[str, Any]) -> tuple[SleShare, ...]:
    """Gateways that were hit."""
    return _worst(_share(_device(r), r) for r in members(found.get("gateways"), 1000))


def threshold(found: dict[str, Any]) -> str:
    """`bad above 100 ms`: the site's threshold, else Mist's; "" when it says none."""
    value = found.get("threshold")
    value = found.get("default") if value in (None, "") else value
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return ""
    words = text(str(value)) if isinstance(value, str) else f"{value:g}"
    units = text(found.get("units"))
    side = {"left": "bad below ", "right": "bad above "}.get(text(found.get("direction")), "")
    return f"{side}{words} {units}".strip()


def listed(found: dict[str, Any]) -> dict[str, str]:
    """The metrics that a site has: our spelling → the site's."""
    words = [w for key in ("enabled", "supported", "metrics") for w in _words(found.get(key))]
    return {word.replace("_", "-"): word for word in reversed(words)}


def _words(value: Any) -> list[str]:
    return [w for w in value if isinstance(w, str)] if isinstance(value, list) else []


def _good(all_of_it: float, degraded: float) -> float:
    """Percent that was not degraded; NaN for nothing, and for more that was degraded than there was."""
    if not all_of_it > 0 or not 0 <= degraded <= all_of_it * (1 + 1e-9):
        return NAN
    return max(0.0, 100.0 * (all_of_it - degraded) / all_of_it)


def _classifiers(value: Any, all_of_it: float) -> tuple[SleShare, ...]:
    """Each by what it took of the metric's whole time."""
    shares = []
    for row in members(value, 200):
        degraded = total(numbers(under(row, "samples").get("degraded")))
        percent = 100.0 * degraded / all_of_it if all_of_it > 0 else NAN
        shares.append(SleShare(text(row.get("name")), percent, degraded * _unit(text(row.get("y_label")))))
    return _worst(shares)


def _unit(label: str) -> float:
    """Seconds of one count, by how Mist labels its axis: `user-minutes`, `minutes`; seconds otherwise."""
    return 60.0 if "minute" in label else 3600.0 if "hour" in label else 1.0


def _share(name: str, row: dict[str, Any]) -> SleShare:
    """By what was degraded of its own time: these answers count in other units than the trend's."""
    degraded, own = at_least_0(row.get("degraded")), at_least_0(row.get("total"))
    own = own if own > 0 else at_least_0(row.get("duration"))
    return SleShare(name, 100.0 * degraded / own if own > 0 and degraded <= own * (1 + 1e-9) else NAN, degraded)


def _worst(shares: Any) -> tuple[SleShare, ...]:
    """Worst first, without those that took nothing."""
    hit = [s for s in shares if s.name and s.seconds > 0]
    return tuple(sorted(hit, key=lambda s: (-s.seconds, s.name))[:MOST_SHARES])


def _device(row: dict[str, Any]) -> str:
    names = ("gateway_name", "name", "switch_name", "hostname", "gateway_mac", "switch_mac", "mac")
    return text(*(row.get(n) for n in names))
