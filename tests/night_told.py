"""What the cloud told in the sample night: alarms, devices' events, service levels. Fixed to the last digit."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from noctui.model.cloud import DeviceEvent, MistAlarm, SleTable
from noctui.model.scene import Range
from noctui.model.words import State
from tests.night_world import HOT, LOST, POLL, inventory, utc, view


@lru_cache(maxsize=1)
def _all_alarms() -> tuple[MistAlarm, ...]:
    """Every port that Lumen took; the dark site; a gateway that is away; an acknowledged one, resolved ones, hostile
    ones. Each as it stood at the end of the night: `alarms_at` takes back what was not known yet."""
    inv = inventory()
    gateway = {g.site_id: g for g in inv.gateways}
    told: list[MistAlarm] = []

    def alarm(kind: str, severity: str, opened: float, site: str, circuit: str = "", **more: object) -> None:
        machine = gateway[site]
        facts: dict[str, object] = {
            "alarm_id": f"a{len(told):03d}", "type": kind, "severity": severity, "opened": opened,
            "last_seen": opened, "known_at": opened + 11.0, "group": "infrastructure", "site_id": site,
            "gateway_ids": (machine.gateway_id,), "hostnames": (machine.name,),
            "circuit_ids": (circuit,) if circuit else (),
        }  # fmt: skip
        told.append(MistAlarm(**(facts | more)))  # type: ignore[arg-type]

    for i, c in enumerate(inv.circuits):
        if c.carrier == "Lumen":
            reason = f"ifIndex {515 + i}, ifAdminStatus up(1), ifOperStatus down(2), ifName {c.port_id}"
            hot = c.site_id == "s0417"
            by = {"acked": True, "acked_at": utc(2, 58, 44), "acked_by": "jmo",
                  "note": "Lumen ticket 29881734, fibre cut, ETR 07:00 UTC"} if hot else {}  # fmt: skip
            alarm("gw_port_down", "warn", LOST + i % 3, c.site_id, c.circuit_id, text=reason, last_seen=POLL - 20, **by)
    alarm("gateway_down", "critical", utc(3, 0, 41), "s3837", last_seen=utc(3, 13, 41), text="WAN Edge disconnected")
    alarm("bad_wan_uplink", "warn", utc(2, 55, 31), "s0417", HOT, group="marvis", text="congestion", count=4,
          last_seen=utc(3, 13, 31))  # fmt: skip
    alarm("vpn_peer_down", "warn", utc(1, 12, 9), inv.circuits[45].site_id, inv.circuits[45].circuit_id, count=19,
          last_seen=utc(3, 9, 9), text="peer hub-dfw-1 unreachable")  # fmt: skip
    alarm("gateway_down", "critical", utc(22, 5, 0, day=22), "s1000", last_seen=utc(22, 27, 0, day=22),
          resolved=utc(22, 27, 0, day=22))  # fmt: skip
    alarm("gateway_reconnected", "info", utc(22, 27, 0, day=22), "s1000", resolved=utc(22, 27, 0, day=22))
    alarm("gw_port_down", "warn", utc(1, 2, 3), "s1000", "s1000:ge-0/0/0", resolved=utc(1, 4, 0), acked=True,
          acked_at=utc(1, 3, 0), acked_by="\x1b[2Jroot", note="=cmd|' /C calc'!A1")  # fmt: skip
    alarm("[red]odd[/]_type\x1b[31m", "loud", utc(3, 1, 1), inv.circuits[70].site_id,
          text="[bold]not markup[/] \x1b]0;owned\x07\nsecond line", count=120_000, last_seen=utc(3, 13, 1))  # fmt: skip
    return tuple(told)


def alarms_at(at: float, range_: Range, limit: int, site_id: str) -> tuple[MistAlarm, ...]:
    """As a Reader gives them: open at some time in the range, as known at the instant, newest `last_seen` first."""
    known = []
    for one in _all_alarms():
        if one.known_at > at or site_id not in ("", one.site_id):
            continue
        if one.resolved is not None and one.resolved > at:
            one = _changed(one, resolved=None)
        if one.acked_at is not None and one.acked_at > at:
            one = _changed(one, acked=False, acked_at=None, acked_by="", note="")
        one = _changed(one, last_seen=min(one.last_seen, at))
        if one.opened <= range_.end and (one.resolved is None or one.resolved >= range_.start):
            known.append(one)
    return tuple(sorted(known, key=lambda a: (-a.last_seen, a.alarm_id))[:limit])


def _changed(one: MistAlarm, **facts: object) -> MistAlarm:
    return MistAlarm(**({name: getattr(one, name) for name in one.__struct_fields__} | facts))


def events_at(at: float, range_: Range, limit: int, site_id: str, circuit_id: str) -> tuple[DeviceEvent, ...]:
    """Ports and VPN paths of what went down, the gateway that left, and the primary's earlier outage; newest first."""
    inv, now = inventory(), view(POLL)
    told: list[DeviceEvent] = []

    def event(kind: str, when: float, gateway: str, site: str, circuit: str = "", text: str = "") -> None:
        told.append(
            DeviceEvent(
                type=kind, event_time=when, known_at=when + 11.0, gateway_id=gateway, site_id=site,
                port_id=circuit.partition(":")[2], circuit_id=circuit, text=text,
            )
        )  # fmt: skip

    for i, c in enumerate(inv.circuits):
        mac = c.attachments[0].gateway_id
        if now.circuits.state[i] == State.DOWN:
            since = float(now.circuits.since[i])
            event("GW_PORT_DOWN", since, mac, c.site_id, c.circuit_id, f"ifOperStatus down(2), ifName {c.port_id}")
            event("GW_VPN_PATH_DOWN", since + 4, mac, c.site_id, c.circuit_id, "vpn path hub-den-1 down")
    for g in inv.gateways:
        if g.site_id == "s3837":
            event("GW_DISCONNECTED", utc(3, 0, 41), g.gateway_id, g.site_id, text="Gateway disconnected")
        if g.site_id == "s0417":
            event("GW_CONFIGURED", utc(23, 2, 10, day=22), g.gateway_id, g.site_id, text="[b]by[/] jmo\x1b[0m")
            event("GW_PORT_DOWN", utc(22, 10, day=20), g.gateway_id, g.site_id, "s0417:ge-0/0/0", "ifName ge-0/0/0")
            event("GW_PORT_UP", utc(22, 21, day=20), g.gateway_id, g.site_id, "s0417:ge-0/0/0", "ifName ge-0/0/0")
    found = [
        e
        for e in told
        if range_.start <= e.event_time <= range_.end
        and e.known_at <= at
        and site_id in ("", e.site_id)
        and circuit_id in ("", e.circuit_id)
    ]
    return tuple(sorted(found, key=lambda e: (-e.event_time, e.circuit_id, e.type))[:limit])


def sle_at(at: float) -> SleTable | None:
    """The newest table: fetched every ten minutes, the first one at 00:05. A dark site has no application figure."""
    first = utc(0, 5)
    if at < first:
        return None
    sites = inventory().sites
    row = np.arange(len(sites))
    made = {
        "gateway": 99.2 - (row * 7) % 5 * 0.4,
        "wan": 98.5 - (row * 11) % 9 * 1.6,
        "app": 97.0 - (row * 5) % 7 * 1.1,
    }
    fetched = first + (at - first) // 600 * 600
    for i, site in enumerate(sites):
        if site.region == "Mountain" and fetched >= LOST:
            made["wan"][i] = 62.4
        if site.site_id == "s2474":
            made["app"][i] = np.nan
    f4 = {name: values.astype(np.float32) for name, values in made.items()}
    return SleTable(fetched, tuple(s.site_id for s in sites), f4["gateway"], f4["wan"], f4["app"])
