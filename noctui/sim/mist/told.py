"""Rows of the two feeds that look back: alarms and device events, as far as they are known by now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from noctui.sim.asides import all_events, flapping
from noctui.sim.designs import DESIGNS
from noctui.sim.happenings import DeviceEvent, WorldAlarm, alarms, events
from noctui.sim.idents import named_uuid
from noctui.sim.mist.statics import version
from noctui.sim.world import World

_PLAIN = {"GW_PORT_UP", "GW_PORT_DOWN", "GW_CONNECTED", "GW_DISCONNECTED", "GW_RESTARTED"}
LONGEST = 31 * 86_400.0
"""Nobody gets more than a month back."""


def split(text: str) -> frozenset[str]:
    """The values of a comma separated filter; empty when it is not set."""
    return frozenset(filter(None, text.split(",")))


def _fits(query: Mapping[str, str], name: str, value: str) -> bool:
    wanted = split(query.get(name, ""))
    return not wanted or value in wanted


def events_found(world: World, query: Mapping[str, str], span: tuple[float, float], now: float) -> list[DeviceEvent]:
    """Device events in [start, end) that the filters leave, newest first."""
    n = world.network
    start, end = max(span[0], span[1] - LONGEST), min(span[1], now)
    types, macs, sites = (split(query.get(name, "")) for name in ("type", "mac", "site_id"))
    text = query.get("text", "").lower()
    made = events if types and types <= _PLAIN else all_events
    found = [
        e
        for e in made(world, start, end)
        if e.known_at <= now
        and (not types or e.type in types)
        and (not macs or n.mac[e.site] in macs)
        and (not sites or n.site_id[e.site] in sites)
        and (not text or text in e.text.lower())
    ]
    return found if query.get("sort") == "timestamp" else found[::-1]


def event_row(world: World, event: DeviceEvent) -> dict[str, Any]:
    """One event as the cloud tells it."""
    n = world.network
    design = DESIGNS[int(n.site_design[event.site])]
    row: dict[str, Any] = {
        "type": event.type, "timestamp": event.timestamp, "mac": n.mac[event.site], "org_id": n.org_id,
        "site_id": n.site_id[event.site], "device_name": n.gateway_name[event.site], "device_type": "gateway",
        "model": design.model, "version": version(design), "text": event.text,
    }  # fmt: skip
    if event.circuit >= 0:
        row["port_id"] = n.line[event.circuit].port
    return row


class _Mark(msgspec.Struct, frozen=True):
    """What a caller did: to one alarm (`ident`), or to all of a site or the org that were known `until` then."""

    fields: dict[str, Any]
    until: float
    ident: str = ""
    site: int = -1

    def fits(self, ident: str, alarm: WorldAlarm) -> bool:
        if self.ident:
            return self.ident == ident
        return alarm.known_at <= self.until and self.site in (-1, alarm.site)


class AlarmBook:
    """Alarms of the world with what callers did to them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._one: dict[str, tuple[int, _Mark]] = {}
        self._all: list[tuple[int, _Mark]] = []
        self._turn = 0

    def ack(self, alarm_id: str, acked: bool, note: str, now: float) -> None:
        """Take an alarm, or give it back."""
        self._turn += 1
        self._one[alarm_id] = self._turn, _Mark(_acked(acked, note, now), now, alarm_id)

    def ack_all(self, acked: bool, note: str, now: float, site: int = -1) -> None:
        """The same for all that are known, of one site or of the org."""
        self._turn += 1
        self._all.append((self._turn, _Mark(_acked(acked, note, now), now, site=site)))

    def _done_to(self, ident: str, alarm: WorldAlarm) -> dict[str, Any]:
        """The last thing that anybody did to it."""
        marks = [self._one[ident]] if ident in self._one else []
        marks += [mark for mark in self._all if mark[1].fits(ident, alarm)]
        return max(marks, key=lambda mark: mark[0])[1].fields if marks else {}

    def rows(self, query: Mapping[str, str], span: tuple[float, float], now: float) -> list[dict[str, Any]]:
        """Alarms raised in [start, end), newest first."""
        n = self._world.network
        start, end = max(span[0], span[1] - LONGEST), min(span[1], now)
        rows = []
        raised = [*alarms(self._world, start, end), *flapping(self._world, start, end)]
        for alarm in sorted(raised, key=lambda a: (-a.timestamp, -a.circuit, a.type)):
            if (
                not start <= alarm.timestamp < end
                or alarm.known_at > now
                or not _fits(query, "type", alarm.type)
                or not _fits(query, "group", alarm.group)
                or not _fits(query, "severity", alarm.severity)
                or not _fits(query, "site_id", n.site_id[alarm.site])
            ):
                continue
            row = self._row(alarm, now)
            if query.get("acked") and (query["acked"].lower() == "true") != row["acked"]:
                continue
            if _fits(query, "status", row["status"]) and _fits(query, "ack_admin_name", row.get("ack_admin_name", "")):
                rows.append(row)
        return in_order(rows, query)

    def _row(self, alarm: WorldAlarm, now: float) -> dict[str, Any]:
        n, over = self._world.network, alarm.resolved_at <= now
        ident = named_uuid("alarm", n.org_id, alarm.type, alarm.site, alarm.circuit, alarm.timestamp)
        row: dict[str, Any] = {
            "id": ident, "type": alarm.type, "group": alarm.group, "severity": alarm.severity,
            "timestamp": alarm.timestamp, "last_seen": min(now, alarm.resolved_at), "count": 1, "org_id": n.org_id,
            "site_id": n.site_id[alarm.site], "gateways": [n.mac[alarm.site]],
            "hostnames": [n.gateway_name[alarm.site]], "status": "resolved" if over else "open", "acked": False,
        }  # fmt: skip
        if over:
            row["resolved_time"] = int(alarm.resolved_at)
        if alarm.reason:
            row["reasons"] = [alarm.reason]
        if alarm.circuit >= 0:
            row["port_ids"] = [n.line[alarm.circuit].port]
        return row | self._done_to(ident, alarm)


def _acked(acked: bool, note: str, now: float) -> dict[str, Any]:
    fields: dict[str, Any] = {"acked": acked, "note": note}
    return fields | {"acked_time": int(now), "ack_admin_name": "noctui"} if acked else fields


def in_order(rows: list[dict[str, Any]], query: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows come newest first; `sort=timestamp` turns them round."""
    return rows[::-1] if query.get("sort") == "timestamp" else rows
