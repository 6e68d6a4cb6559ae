"""What is wrong in one View and wants an alarm, by key. Only what differs from the poll before is made anew.

Texts name the matter and its threshold, never the present value: a screen reads that from the View.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from noctui.engine.alarms.belonging import Belonging, belonging_of
from noctui.engine.alarms.codes import (
    ANEW,
    AWAY,
    AWAY_NOW,
    CIRCUIT_TYPES,
    DOWN,
    FLAPPING,
    LEVEL,
    LEVEL_SEVERITY,
    LOST,
    METRIC_OF,
    NO_DATA,
    NO_PATH,
    SAID,
    SITE_TYPES,
    TX,
    UNKNOWN_NOW,
    UTILISATION,
    Codes,
    circuit_codes,
    gateway_codes,
    hub_codes,
    site_codes,
)  # fmt: skip
from noctui.engine.alarms.damping import Damper
from noctui.engine.alarms.rules import AlarmRules
from noctui.engine.prose import hhmm
from noctui.model.alarms import ENGINE, Condition
from noctui.model.inventory import Inventory
from noctui.model.view import F8, View
from noctui.model.words import Level, Metric, Severity, State

_PLAIN = {
    DOWN: (Severity.DOWN, "down"),
    AWAY: (Severity.AWAY, "gateway unreachable"),
    NO_DATA: (Severity.UNKNOWN, "no fresh data"),
    NO_PATH: (Severity.CRITICAL, "all tunnels down"),
}
_UNITS = {Metric.UTILISATION: "%", Metric.LOSS: "%", Metric.JITTER: "ms", Metric.LATENCY: "ms"}
_LOST_WORDS = {State.DOWN: "down", State.AWAY: "unreachable", State.UNKNOWN: "unknown", State.DISABLED: "disabled"}
_AWAY, _DISABLED = int(State.AWAY), int(State.DISABLED)
_LEVEL_OF = {severity: level for level, severity in LEVEL_SEVERITY.items()}


@dataclass(frozen=True, slots=True)
class Conditions:
    """`now` holds all that is so, by key (it is the cache's own); `changed` the keys that came, went or differ."""

    now: dict[str, Condition]
    changed: tuple[str, ...]


class ConditionCache:
    """What was so at the poll before, and in which rows it stands."""

    def __init__(self) -> None:
        self.now: dict[str, Condition] = {}
        self.belong: Belonging | None = None
        self._limits: F8 | None = None
        self.circuits: Codes
        self.sites: Codes
        self.gateways: Codes
        self.hubs: Codes

    def prime(self, conditions: Iterable[Condition]) -> None:
        """What was so before a restart."""
        self.now = {c.key: c for c in conditions}
        self.belong = None

    def follow(self, inventory: Inventory, limits: F8 | None) -> list[str]:
        """Take the rows of an inventory; gives the keys whose circuit, site, gateway or hub is not in it any more."""
        if self.belong is not None and self.belong.inventory is inventory and self._limits is limits:
            return []
        if self.belong is None or self.belong.inventory is not inventory:
            self.belong = belonging_of(inventory)
        self._limits = limits
        self.circuits = np.zeros((len(CIRCUIT_TYPES), len(inventory.circuits)), np.int32)
        self.sites = np.zeros((len(SITE_TYPES), len(inventory.sites)), np.int32)
        self.gateways = np.zeros(len(inventory.gateways), np.int32)
        self.hubs = np.zeros(len(self.belong.hubs), np.int32)
        hub_row = {name: row for row, name in enumerate(self.belong.hubs)}
        gone: list[str] = []
        for key, condition in self.now.items():
            kind, _, rest = key.partition("/")
            name = rest if kind == "hub" else rest.rpartition("/")[0]
            if kind == "circuit" and (row := inventory.circuit_row.get(name)) is not None:
                self.circuits[CIRCUIT_TYPES.index(condition.type), row] = ANEW | _code_of(condition)
            elif kind == "site" and (row := inventory.site_row.get(name)) is not None:
                self.sites[SITE_TYPES.index(condition.type), row] = ANEW | 1
            elif kind == "gateway" and (row := inventory.gateway_row.get(name)) is not None:
                self.gateways[row] = ANEW | 1
            elif kind == "hub" and (row := hub_row.get(name)) is not None:
                self.hubs[row] = ANEW | 1
            else:
                gone.append(key)
        for key in gone:
            del self.now[key]
        return gone


def conditions_of(view: View, rules: AlarmRules, cache: ConditionCache, damper: Damper) -> Conditions:
    """The conditions of this poll."""
    changed = cache.follow(view.inventory, view.limits)
    belong = cache.belong
    assert belong is not None
    circuits = circuit_codes(view, rules, cache.circuits, belong, damper)
    sites = site_codes(view, rules, cache.sites, belong)
    gateways = gateway_codes(view, rules, cache.gateways, belong)
    hubs = hub_codes(view, rules, cache.hubs, belong)
    making = _Making(view, belong, cache.now, changed)
    for kind, row, code in _differing(circuits, cache.circuits):
        making.put(f"circuit/{belong.inventory.circuits[row].circuit_id}/{CIRCUIT_TYPES[kind]}", code, making.circuit,
                   kind, row)  # fmt: skip
    for kind, row, code in _differing(sites, cache.sites):
        making.put(f"site/{belong.inventory.sites[row].site_id}/{SITE_TYPES[kind]}", code, making.site, kind, row)
    for _, row, code in _differing(gateways[None], cache.gateways[None]):
        making.put(f"gateway/{belong.inventory.gateways[row].gateway_id}/away", code, making.gateway, 0, row)
    for _, row, code in _differing(hubs[None], cache.hubs[None]):
        making.put(f"hub/{belong.hubs[row]}", code, making.hub, 0, row)
    cache.circuits, cache.sites, cache.gateways, cache.hubs = circuits, sites, gateways, hubs
    return Conditions(cache.now, tuple(changed))


def _differing(now: Codes, before: Codes) -> list[tuple[int, int, int]]:
    kinds, rows = np.nonzero(now != before)
    return list(zip(kinds.tolist(), rows.tolist(), now[kinds, rows].tolist(), strict=True))


def _code_of(condition: Condition) -> int:
    """The lower bits of a condition of before, as far as it can be told from it."""
    level = _LEVEL_OF.get(Severity(condition.severity), Level.WARN)
    if condition.type == "utilisation":
        return int(level) | (TX if condition.text.startswith("tx") else 0)
    return int(level) if condition.type in ("loss", "jitter", "latency") else 1


_Maker = Callable[[str, int, int, int, Condition | None], Condition]
"""(key, kind, row, code, the condition of before) → the condition."""


class _Making:
    """Makes the conditions that differ, and notes their keys."""

    def __init__(self, view: View, belong: Belonging, now: dict[str, Condition], changed: list[str]) -> None:
        self._view, self._belong, self._now, self._changed = view, belong, now, changed
        self._at = view.at
        self._seen_states: list[int] | None = None

    def put(self, key: str, code: int, make: _Maker, kind: int, row: int) -> None:
        before = self._now.get(key)
        if not code:
            if before is not None:
                del self._now[key]
                self._changed.append(key)
            return
        made = make(key, kind, row, code, before)
        if made != before:
            self._now[key] = made
            self._changed.append(key)

    def circuit(self, key: str, kind: int, row: int, code: int, before: Condition | None) -> Condition:
        circuit, belong = self._belong.inventory.circuits[row], self._belong
        said, since = code & SAID, self._at
        cause = ""
        if kind == FLAPPING:
            severity, text = (Severity.CRITICAL if said == 2 else Severity.HIGH), "flapping"
        elif kind in METRIC_OF:
            severity, text = self._level(kind, row, said)
            if kind == UTILISATION:
                if code & (UNKNOWN_NOW | AWAY_NOW) and before is not None:
                    cause = before.cause
                elif said >> LOST:
                    cause = self._failover(int(belong.site_of[row]), said >> LOST)
        else:
            severity, text = _PLAIN[kind]
            if kind != NO_PATH:
                since = self._began(row)
        if code & UNKNOWN_NOW:
            text = f"{text}, nothing known since {hhmm(self._began(row), self._at)}"
        elif code & AWAY_NOW:
            text = f"{text}, gateway unreachable since {hhmm(self._began(row), self._at)}"
        gateway = belong.gateway_of[row]
        return Condition(
            key=key,
            source=ENGINE,
            type=CIRCUIT_TYPES[kind],
            severity=severity,
            since=since if before is None else before.since,
            text=text,
            cause=cause,
            site_id=circuit.site_id,
            region=belong.regions[row],
            carrier=circuit.carrier,
            gateway_ids=(gateway,) if gateway else (),
            circuit_ids=(circuit.circuit_id,),
        )

    def _level(self, kind: int, row: int, said: int) -> tuple[Severity, str]:
        """`rx ≥ 90 %`, as the limits of this circuit are."""
        metric, level = METRIC_OF[kind], Level(said & LEVEL)
        name = metric.name.lower()
        if metric is Metric.UTILISATION:
            name = "tx" if said & TX else "rx"
        limit = self._view.limits_of(row, metric)[level - 1]
        return LEVEL_SEVERITY[level], f"{name} ≥ {limit:g} {_UNITS[metric]}"

    def _failover(self, site: int, lost: int) -> str:
        """`failover: Lumen down`."""
        primary = int(self._belong.primary[site]) if site >= 0 else -1
        word = _LOST_WORDS.get(State(lost - 1), "not in use")
        return f"failover: {self._belong.names[primary]} {word}" if primary >= 0 else "failover"

    def _began(self, row: int) -> float:
        since = float(self._view.circuits.since[row])
        return min(since, self._at) if since == since else self._at

    def site(self, key: str, kind: int, row: int, code: int, before: Condition | None) -> Condition:
        view, belong = self._view, self._belong
        site, mine = belong.inventory.sites[row], belong.inventory.site_circuits[row]
        state = self._states()
        used = tuple(i for i in mine if state[i] != _DISABLED)
        cause = ""
        if kind == 0:
            severity = Severity.DOWN
            text = "dark" if len(used) == 1 else f"dark, all {len(used)} circuits lost"
            since, ids = self._dated(float(view.sites.since[row])), used
            if used and all(state[i] == _AWAY for i in used):
                cause = "gateway unreachable"
        else:
            severity, text = Severity.HIGH, "failed over"
            primary, carrying = int(belong.primary[row]), int(view.sites.carrying[row])
            ids = (primary,) if primary >= 0 else ()
            since = self._dated(float(view.circuits.active_since[carrying])) if carrying >= 0 else self._at
            if primary >= 0:
                cause = self._failover(row, code & SAID)
        return Condition(
            key=key,
            source=ENGINE,
            type=SITE_TYPES[kind],
            severity=severity,
            since=since if before is None else before.since,
            text=text,
            cause=cause,
            site_id=site.site_id,
            region=site.region,
            gateway_ids=tuple(dict.fromkeys(g for i in mine if (g := belong.gateway_of[i]))),
            circuit_ids=tuple(belong.inventory.circuits[i].circuit_id for i in ids),
        )

    def _states(self) -> list[int]:
        """The states of all circuits: looking into a list is cheaper, many times over."""
        if self._seen_states is None:
            self._seen_states = self._view.circuits.state.tolist()
        return self._seen_states

    def _dated(self, since: float) -> float:
        return min(since, self._at) if since == since else self._at

    def gateway(self, key: str, kind: int, row: int, code: int, before: Condition | None) -> Condition:
        belong = self._belong
        gateway, ids = belong.inventory.gateways[row], belong.gateway_circuits[row]
        site = int(belong.gateway_site[row])
        since = self._at
        if ids:
            rows = [belong.inventory.circuit_row[c] for c in ids]
            state = self._states()
            began = [self._began(i) for i in rows if state[i] == _AWAY]
            since = min(began, default=self._at)
        return Condition(
            key=key,
            source=ENGINE,
            type="away",
            severity=Severity.AWAY,
            since=since if before is None else before.since,
            text="gateway unreachable, site dark" if code & SAID == 3 else "gateway unreachable",
            site_id=gateway.site_id,
            region=belong.inventory.sites[site].region if site >= 0 else "",
            gateway_ids=(gateway.gateway_id,),
            circuit_ids=ids,
        )

    def hub(self, key: str, kind: int, row: int, code: int, before: Condition | None) -> Condition:
        name = self._belong.hubs[row]
        return Condition(
            key=key,
            source=ENGINE,
            type="hub",
            severity=Severity.CRITICAL,
            since=self._at if before is None else before.since,
            text="tunnels to this hub down",
            hub=name,
        )
