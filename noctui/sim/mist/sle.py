"""Service levels as Mist counts them: of the time there was, how much was spoilt, by what and where.

All of it follows from the intervals of the world's incidents, exactly, without looking at samples.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from noctui.sim.spans import Spans, merged
from noctui.sim.world import World

Row = dict[str, Any]
METRICS = ("gateway-health", "wan-link-health", "application-health")
CLASSIFIERS: dict[str, tuple[str, ...]] = {
    "gateway-health": ("gateway-disconnected", "gateway-cpu", "gateway-memory", "gateway-temperature"),
    "wan-link-health": (
        "interface-port-down", "interface-vpn", "interface-congestion", "interface-negotiation-failed",
        "interface-cable-issues", "interface-lte-signal", "isp-reachability-dhcp", "isp-reachability-arp",
        "network-vpn-path-down", "network-loss", "network-jitter", "network-latency",
    ),
    "application-health": ("network-loss", "network-jitter", "network-latency", "application-bandwidth"),
}  # fmt: skip
BUCKET = 3600.0


def metric_name(text: str) -> str:
    """Both spellings of a metric are one."""
    return text.replace("_", "-")


class Spoilt(NamedTuple):
    """An interval that counts against a metric; `circuit` is -1 for the gateway as a whole."""

    classifier: str
    circuit: int
    start: float
    end: float


class SiteLevels:
    """The levels of all sites in [start, end). While a gateway is away its figures stand still: time ends for it."""

    def __init__(self, world: World, start: float, end: float) -> None:
        self._world, self.start, self.end = world, start, max(end, start + 1.0)
        effects = world.effects(start, self.end)
        self._spoilt: dict[str, dict[int, list[Spoilt]]] = {name: {} for name in METRICS}
        self._until: dict[int, float] = {}
        for site, a, b in _each(effects.lost):
            if a < self.end <= b:
                self._until[site] = max(a, start + 1.0)
        self._add("gateway-health", "gateway-disconnected", effects.lost, gateways=True)
        self._add("wan-link-health", "interface-port-down", effects.down)
        self._add("wan-link-health", "interface-congestion", effects.busy)
        self._add("application-health", "application-bandwidth", effects.busy)
        for name, spans in (("loss", effects.loss), ("jitter", effects.jitter), ("latency", effects.latency)):
            for metric in METRICS[1:]:
                self._add(metric, f"network-{name}", spans)

    def _add(self, metric: str, classifier: str, spans: Spans, *, gateways: bool = False) -> None:
        site_of = self._world.network.circuit_site
        for row, a, b in _each(spans):
            site = row if gateways else int(site_of[row])
            a, b = max(a, self.start), min(b, self.until(site) if not gateways else self.end)
            if a < b:
                self._spoilt[metric].setdefault(site, []).append(Spoilt(classifier, -1 if gateways else row, a, b))

    def until(self, site: int) -> float:
        """The end of what is known of a site."""
        return self._until.get(site, self.end)

    def lanes(self, metric: str, site: int) -> int:
        """How many things are counted side by side: the site's gateway or its circuits."""
        first = self._world.network.site_first
        return 1 if metric == "gateway-health" else int(first[site + 1] - first[site])

    def spoilt(self, metric: str, site: int) -> list[Spoilt]:
        return self._spoilt[metric].get(site, [])

    def level(self, metric: str, site: int) -> float:
        """0 … 1."""
        total = (self.until(site) - self.start) * self.lanes(metric, site)
        if metric == "gateway-health":
            total = self.end - self.start
        return round(1.0 - seconds(self.spoilt(metric, site)) / total, 6)

    def minutes(self, metric: str) -> tuple[float, float]:
        """(good, all) minutes of the whole org."""
        sites = range(self._world.network.sites)
        total = sum((self.until(s) - self.start) * self.lanes(metric, s) for s in sites)
        bad = sum(seconds(spoilt) for spoilt in self._spoilt[metric].values())
        return round((total - bad) / 60.0, 2), round(total / 60.0, 2)

    def rows(self) -> list[Row]:
        """One row a site, in the order of the network. One in eight spells a key the other way, as real answers do."""
        return [
            {
                "site_id": site_id, "gateway-health": self.level("gateway-health", s),
                "wan-link-health": self.level("wan-link-health", s),
                "application-health" if s % 8 == 7 else "application_health": self.level("application-health", s),
                "num_gateways": 1, "num_clients": 12 + s % 40,
            }
            for s, site_id in enumerate(self._world.network.site_id)
        ]  # fmt: skip


def _each(spans: Spans) -> Iterable[tuple[int, float, float]]:
    return zip(spans.row.tolist(), spans.start.tolist(), spans.end.tolist(), strict=True)


def seconds(spoilt: Iterable[Spoilt], start: float = 0.0, end: float = float("inf")) -> float:
    """Spoilt time in [start, end); two causes on one circuit at one time count once."""
    by_lane: dict[int, list[tuple[float, float]]] = {}
    for one in spoilt:
        a, b = max(one.start, start), min(one.end, end)
        if a < b:
            by_lane.setdefault(one.circuit, []).append((a, b))
    return sum(b - a for spans in by_lane.values() for a, b in merged(spans))


def summary(world: World, site: int, metric: str, start: float, end: float) -> Row:
    """`summary-trend`: hourly samples in minutes, and the classifiers' part in them."""
    levels = SiteLevels(world, start // BUCKET * BUCKET, end)
    spoilt, lanes = levels.spoilt(metric, site), levels.lanes(metric, site)
    begins = [levels.start + BUCKET * i for i in range(int((levels.end - levels.start) // BUCKET) + 1)]
    spans = [(a, min(a + BUCKET, levels.end)) for a in begins if a < levels.end]
    known = levels.end if metric == "gateway-health" else levels.until(site)
    total = [round(max(0.0, min(b, known) - a) * lanes / 60.0, 4) or None for a, b in spans]

    def bad(some: list[Spoilt]) -> list[float | None]:
        return [
            None if all_of is None else round(seconds(some, a, b) / 60.0, 4)
            for (a, b), all_of in zip(spans, total, strict=True)
        ]

    degraded = bad(spoilt)
    impact = {"num_aps": 0, "num_users": 0, "total_aps": 0, "total_users": 12 + site % 40}
    classifiers = []
    for name in CLASSIFIERS[metric]:
        mine = [s for s in spoilt if s.classifier == name]
        share = bad(mine)
        classifiers.append({
            "name": name, "interval": BUCKET, "x_label": "seconds", "y_label": "minutes",
            "impact": impact | {"num_users": len({s.circuit for s in mine})},
            "samples": {"degraded": share, "duration": share, "total": total},
        })  # fmt: skip
    value = [None if t is None or d is None else round(1.0 - d / t, 6) for t, d in zip(total, degraded, strict=True)]
    return {
        "start": levels.start, "end": levels.end, "events": [], "impact": impact, "classifiers": classifiers,
        "sle": {"name": metric, "interval": BUCKET, "x_label": "seconds", "y_label": "minutes",
                "samples": {"total": total, "degraded": degraded, "value": value}},
    }  # fmt: skip


def impacted(
    world: World, site: int, metric: str, classifier: str, start: float, end: float, *, interfaces: bool
) -> list[Row]:
    """Rows of impacted-interfaces or impacted-gateways, the worst first, in minutes."""
    n, levels = world.network, SiteLevels(world, start, end)
    spoilt = [s for s in levels.spoilt(metric, site) if classifier in ("", s.classifier)]
    known = (levels.until(site) - levels.start) / 60.0
    lanes = {s.circuit for s in spoilt}
    if not interfaces:
        total = round(known * levels.lanes(metric, site))
        if not lanes:
            return []
        return [{"gateway_mac": n.mac[site], "name": n.gateway_name[site], "degraded": round(seconds(spoilt) / 60.0, 4),
                 "duration": total, "total": total}]  # fmt: skip
    rows: list[Row] = [
        {"gateway_mac": n.mac[site], "gateway_name": n.gateway_name[site], "interface_name": n.line[c].port,
         "degraded": round(seconds([s for s in spoilt if s.circuit == c]) / 60.0, 4), "duration": round(known, 4),
         "total": round(known, 4)}
        for c in lanes if c >= 0
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row["degraded"], row["interface_name"]))


THRESHOLDS: dict[str, Row] = {
    "gateway-health": {"metric": "gateway-health", "units": "", "direction": "", "threshold": "", "default": 0},
    "wan-link-health": {"metric": "wan-link-health", "units": "%", "direction": "left", "threshold": "95",
                        "default": 95, "minimum": 0, "maximum": 100},
    "application-health": {"metric": "application-health", "units": "ms", "direction": "right", "threshold": "100",
                           "default": 100, "minimum": 10, "maximum": 500},
}  # fmt: skip
