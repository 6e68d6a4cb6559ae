"""What gateways and cloud tell of incidents: events and alarms, each with when it happened and when it is known.

A gateway tells what happened to its ports with its next report; what happened while it was not heard, with the first
report after that.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from noctui.sim.effects import Effects
from noctui.sim.network import Network
from noctui.sim.world import PORTS_UP, World

LATE = 6 * 3600.0
"""No gateway stays away for longer than this, so no event becomes known later after it happened."""
_SOON = 600.0  # a line must be bad for so long before the cloud raises an alarm about its quality
_BOOT_DOWN = 20.0  # ports flap when a gateway boots


class DeviceEvent(msgspec.Struct, frozen=True):
    """`circuit` is -1 when the event is about the gateway itself. Times are epoch seconds."""

    type: str
    timestamp: float
    known_at: float
    site: int
    circuit: int = -1
    text: str = ""


class WorldAlarm(msgspec.Struct, frozen=True):
    """One alarm as the cloud keeps it; `resolved_at` is when it will be over."""

    type: str
    group: str
    severity: str
    timestamp: float
    known_at: float
    resolved_at: float
    site: int
    circuit: int = -1
    reason: str = ""


class Gaps:
    """When gateways could not tell what happens to them."""

    def __init__(self, world: World, effects: Effects) -> None:
        self._period, self._phase = world.report_seconds, world.network.phase
        self._lost: dict[int, list[tuple[float, float]]] = {}
        lost = effects.lost
        for row, start, end in zip(lost.row.tolist(), lost.start.tolist(), lost.end.tolist(), strict=True):
            self._lost.setdefault(row, []).append((start, end))

    def told(self, site: int, at: float) -> float:
        """When the cloud learns of what happened at `at`: with the gateway's next report that is made."""
        spans = self._lost.get(site, ())
        while True:
            report = self._due(site, at)
            gap = next((end for start, end in spans if start <= report < end), None)
            if gap is None:
                return report
            at = gap

    def _due(self, site: int, at: float) -> float:
        shift = float(self._phase[site]) * self._period
        return math.ceil((at - shift) / self._period) * self._period + shift


def detected(world: World, lost_at: float) -> float:
    """When the cloud notices that a gateway is gone."""
    period = world.report_seconds
    return lost_at + period + min(period * 0.25, 10.0)


def _port_text(network: Network, circuit: int, up: bool) -> str:
    word, oper = ("UP", "up(1)") if up else ("DOWN", "down(2)")
    port = network.line[circuit].port
    return (
        f"SNMP_TRAP_LINK_{word}: ifIndex {515 + circuit % 400}, ifAdminStatus up(1), ifOperStatus {oper}, ifName {port}"
    )


def _all_events(world: World, start: float, end: float) -> Iterator[DeviceEvent]:
    effects, network = world.effects(start, end), world.network
    gaps, down, lost, boots = Gaps(world, effects), effects.down, effects.lost, effects.boots
    site_of = network.circuit_site.tolist()
    for row, began, ended in zip(down.row.tolist(), down.start.tolist(), down.end.tolist(), strict=True):
        site = site_of[row]
        for at, up in ((began, False), (ended, True)):
            if start <= at < end:
                kind = "GW_PORT_UP" if up else "GW_PORT_DOWN"
                yield DeviceEvent(kind, at, gaps.told(site, at), site, row, _port_text(network, row, up))
    for site, began, ended in zip(lost.row.tolist(), lost.start.tolist(), lost.end.tolist(), strict=True):
        noticed = detected(world, began)
        if noticed < ended:
            if start <= began < end:
                yield DeviceEvent("GW_DISCONNECTED", began, noticed, site, text="Gateway disconnected")
            if start <= ended < end:
                yield DeviceEvent("GW_CONNECTED", ended, gaps.told(site, ended), site, text="Gateway connected")
    for site, booted in zip(boots.row.tolist(), boots.start.tolist(), strict=True):
        known = gaps.told(site, booted)
        if start <= booted < end:
            yield DeviceEvent("GW_RESTARTED", booted, known, site, text="Gateway restarted")
        for row in range(int(network.site_first[site]), int(network.site_first[site + 1])):
            for at, up in ((booted + _BOOT_DOWN, False), (booted + PORTS_UP, True)):
                if start <= at < end:
                    kind = "GW_PORT_UP" if up else "GW_PORT_DOWN"
                    yield DeviceEvent(kind, at, max(known, at), site, row, _port_text(network, row, up))


def events(world: World, start: float, end: float) -> list[DeviceEvent]:
    """Everything that happened in [start, end), in order of time."""
    return sorted(_all_events(world, start, end), key=lambda e: (e.timestamp, e.circuit, e.type))


def events_told(world: World, after: float, until: float) -> list[DeviceEvent]:
    """Everything that became known in (after, until], in order of when it happened."""
    return [e for e in events(world, after - LATE, until + 1e-6) if after < e.known_at <= until]


def alarms(world: World, start: float, end: float) -> list[WorldAlarm]:
    """All alarms raised in [start, end), in order of time. Port alarms exist for critical ports only: first choices."""
    effects, network = world.effects(start, end), world.network
    gaps, found = Gaps(world, effects), []
    site_of, rank = network.circuit_site.tolist(), network.circuit_rank.tolist()
    down, lost = effects.down, effects.lost
    for row, began, ended in zip(down.row.tolist(), down.start.tolist(), down.end.tolist(), strict=True):
        site, known = site_of[row], gaps.told(site_of[row], began)
        if rank[row] == 0:
            reason = _port_text(network, row, False).partition(": ")[2]
            found.append(WorldAlarm("gw_port_down", "infrastructure", "warn", began, known, ended, site, row, reason))
        elif ended - began > 120.0:
            found.append(
                WorldAlarm("vpn_peer_down", "infrastructure", "warn", began + 30.0, known + 30.0, ended, site, row)
            )
    for site, began, ended in zip(lost.row.tolist(), lost.start.tolist(), lost.end.tolist(), strict=True):
        noticed = detected(world, began)
        if noticed < ended:
            found.append(WorldAlarm("gateway_down", "infrastructure", "critical", began, noticed, ended, site))
            found.append(
                WorldAlarm("gateway_reconnected", "infrastructure", "info", ended, gaps.told(site, ended), ended, site)
            )
    for spans, reason in ((effects.busy, "congestion"), (effects.loss, "packet loss"), (effects.latency, "latency")):
        for row, began, ended in zip(spans.row.tolist(), spans.start.tolist(), spans.end.tolist(), strict=True):
            if ended - began > _SOON:
                at = began + _SOON
                found.append(WorldAlarm("bad_wan_uplink", "marvis", "warn", at, at, ended, site_of[row], row, reason))
    return sorted((a for a in found if start <= a.timestamp < end), key=lambda a: (a.timestamp, a.circuit, a.type))
