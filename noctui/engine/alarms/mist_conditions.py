"""Mist's alarms as conditions of ours, and which matter of our own each may be about.

What Mist says is taken as it comes: late, twice, without a time or a site, of a type or severity nobody has heard of.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from noctui.model.alarms import MIST, Condition
from noctui.model.cloud import MistAlarm
from noctui.model.inventory import Inventory
from noctui.model.words import Severity

SEVERITIES = {"critical": Severity.CRITICAL, "warn": Severity.WARN, "info": Severity.OK}
"""Mist's words; any other one is unknown. What is for information wants no person."""
KEPT = 172_800.0
"""Seconds that a resolved alarm is remembered: it may be told again, out of order."""

_LOST = ("down", "away", "no_data", "no_path")
_OF_CIRCUITS = {
    "gw_port_down": _LOST,
    "gw_critical_port_down": _LOST,
    "bad_wan_uplink": _LOST,
    "gw_vpn_path_down": _LOST,
    "vpn_path_down": _LOST,
    "vpn_peer_down": _LOST,
    "gw_tunnel_down": _LOST,
    "port_flap": ("flapping", "down"),
    "intermittent_wan_connectivity": ("flapping", "loss", "down"),
}
_OF_GATEWAYS = ("gateway_down", "device_down")
TOLD_BY_US = tuple(_OF_CIRCUITS) + _OF_GATEWAYS
"""Types that our own judgement is likely to tell, too: they wait a poll for it."""


def mist_key(alarm: MistAlarm) -> str:
    """Its key among ours; one without an id is known by what and where it is."""
    if alarm.alarm_id:
        return f"mist/{alarm.alarm_id}"
    where = alarm.site_id or (alarm.gateway_ids[0] if alarm.gateway_ids else "")
    return f"mist/{alarm.type}/{where}"


def mist_severity(alarm: MistAlarm) -> Severity:
    """critical, warn, info → critical, warn, ok; any other word → unknown."""
    return SEVERITIES.get(alarm.severity.strip().lower(), Severity.UNKNOWN)


def moment(time: float | None, fallback: float, at: float) -> float:
    """A time as it can be: unknown is `fallback`, the future is `at`."""
    known = time if time is not None and math.isfinite(time) and time > 0 else fallback
    return min(known, at) if math.isfinite(known) and known > 0 else at


def mist_condition(alarm: MistAlarm, inventory: Inventory, at: float) -> Condition:
    """An open alarm of Mist's. A site that it does not name is that of its circuit or gateway."""
    circuits = tuple(c for c in alarm.circuit_ids if c in inventory.circuit_row)
    gateways = tuple(g for g in alarm.gateway_ids if g)
    site_id = alarm.site_id
    if not site_id and circuits:
        site_id = inventory.circuits[inventory.circuit_row[circuits[0]]].site_id
    if not site_id and gateways and gateways[0] in inventory.gateway_row:
        site_id = inventory.gateways[inventory.gateway_row[gateways[0]]].site_id
    site = inventory.site_row.get(site_id, -1)
    carriers = {inventory.circuits[inventory.circuit_row[c]].carrier for c in circuits}
    kind = alarm.type.strip() or "unnamed"
    return Condition(
        key=mist_key(alarm),
        source=MIST,
        type=kind,
        severity=mist_severity(alarm),
        since=moment(alarm.opened, alarm.known_at, at),
        text=alarm.text or kind.replace("_", " "),
        count=max(1, alarm.count),
        site_id=site_id,
        region=inventory.sites[site].region if site >= 0 else "",
        carrier=carriers.pop() if len(carriers) == 1 else "",
        gateway_ids=gateways,
        circuit_ids=circuits,
        mist_id=alarm.alarm_id,
    )


def matters_of(kind: str, circuit_ids: tuple[str, ...], gateway_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Keys of our own alarms that tell the same as one of Mist's of this type, the likeliest first."""
    gateways = [f"gateway/{g}/away" for g in gateway_ids]
    if kind in _OF_GATEWAYS:
        return tuple(gateways)
    found = [f"circuit/{c}/{own}" for own in _OF_CIRCUITS.get(kind, ()) for c in circuit_ids]
    return tuple(found + gateways) if found else ()


@dataclass(slots=True)
class Telling:
    """What was last told of one of Mist's alarms. `joined` is the alarm_id of ours that tells the same, `acked` who
    acknowledged it there, None nobody."""

    known_at: float
    resolved: float | None = None
    seen: float = 0.0
    joined: str = ""
    acked: str | None = None


class MistLog:
    """What was told of each of Mist's alarms, so that an old telling does not undo a newer one."""

    def __init__(self) -> None:
        self._told: dict[str, Telling] = {}
        self._pruned_at = -math.inf

    def take(self, alarm: MistAlarm, at: float) -> Telling | None:
        """The telling that counts; None of one that is older than what is known."""
        known_at = moment(alarm.known_at, at, at)
        resolved = None if alarm.resolved is None else moment(alarm.resolved, known_at, at)
        seen = moment(alarm.last_seen, known_at, at)
        key, before = mist_key(alarm), self._told.get(mist_key(alarm))
        if before is None:
            before = self._told[key] = Telling(known_at, resolved, seen)
            return before
        if known_at < before.known_at:
            return None
        if before.resolved is not None and resolved is None and seen <= before.resolved:
            return None  # how it was before it was resolved
        before.known_at, before.resolved, before.seen = known_at, resolved, max(before.seen, seen)
        return before

    def join(self, key: str, alarm_id: str, at: float) -> None:
        """Our alarm of this id tells the same."""
        self._told.setdefault(key, Telling(at)).joined = alarm_id

    def joined(self, key: str) -> str:
        """The alarm_id of ours that tells the same, "" none."""
        known = self._told.get(key)
        return "" if known is None else known.joined

    def seen(self, key: str, otherwise: float) -> float:
        """When Mist saw it last."""
        known = self._told.get(key)
        return known.seen if known is not None and known.seen else otherwise

    def prune(self, at: float) -> bool:
        """Forget what was last told long ago; looked at once an hour, and True when it was looked at."""
        if at - self._pruned_at < 3600.0:
            return False
        self._pruned_at = at
        self._told = {k: t for k, t in self._told.items() if at - max(t.known_at, t.resolved or 0.0) < KEPT}
        return True
