"""What happened where one looks, and the instant that first shows it: what `(` and `)` jump between. Pure but for the
reader that is asked."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from noctui.model.alarms import INCIDENT, Alarm
from noctui.model.cloud import MistAlarm
from noctui.model.edges import Edge, Failover
from noctui.model.inventory import Inventory
from noctui.model.scene import Range, Reader
from noctui.model.words import State
from noctui.tui.alarm_happenings import MOST, told
from noctui.tui.panes import cells
from noctui.tui.panes.alarm_facts import said
from noctui.tui.place import Place

LOOKS = (3600.0, 86_400.0, 7 * 86_400.0, 31 * 86_400.0)
"""Seconds that are looked through, one after the other, until something is found."""
FEW = 64
"""Circuits up to which the history is asked for those alone."""
LATE = 900.0
"""Seconds that something may become known after it was; looked through in addition."""


@dataclass(frozen=True, slots=True)
class Happening:
    """`shown_from`: the first poll at or after it shows it. `text` says what it was, `at` when; `edge` is the circuit's
    own, if it is one."""

    shown_from: float
    at: float
    text: str
    edge: Edge | None = None


@dataclass(frozen=True, slots=True)
class Whose:
    """Sites and circuits of a place; None: of all."""

    circuit_ids: frozenset[str] | None
    site_ids: frozenset[str] | None

    def circuit(self, circuit_id: str) -> bool:
        return self.circuit_ids is None or circuit_id in self.circuit_ids

    def site(self, site_id: str) -> bool:
        return self.site_ids is None or site_id in self.site_ids


def whose(place: Place, inventory: Inventory) -> Whose:
    """What belongs to a place: a circuit with its site's failovers, a site, a region, or the network."""
    if place.circuit_id:
        row = inventory.circuit_row.get(place.circuit_id)
        site = inventory.circuits[row].site_id if row is not None else ""
        return Whose(frozenset((place.circuit_id,)), frozenset((site,)))
    if place.site_id:
        at = inventory.site_row.get(place.site_id)
        rows = inventory.site_circuits[at] if at is not None else ()
        return Whose(frozenset(inventory.circuits[r].circuit_id for r in rows), frozenset((place.site_id,)))
    if place.region is not None:
        sites = frozenset(s.site_id for s in inventory.sites if s.region == place.region)
        return Whose(frozenset(c.circuit_id for c in inventory.circuits if c.site_id in sites), sites)
    return Whose(None, None)


async def near(
    read: Reader, place: Place, inventory: Inventory, after: float, until: float, forward: bool, corrected: bool = False
) -> Happening | None:
    """The first happening in (after, until] by what it is shown from, or (not `forward`) the last one. `corrected`: a
    past that is shown by what is known now shows everything from when it was."""
    mine = whose(place, inventory)
    for look in LOOKS:
        start, end = (after, min(after + look, until)) if forward else (max(until - look, after), until)
        found = [
            h
            for h in await _all(read, mine, inventory, Range(start - LATE, end), forward, corrected)
            if start < h.shown_from <= end
        ]
        for one in sorted(found, key=lambda h: h.shown_from, reverse=not forward):
            if one.edge is None or not await _told_before(read, one.edge, corrected):
                return one
        if (end >= until) if forward else (start <= after):
            return None
    return None


async def _told_before(read: Reader, edge: Edge, corrected: bool) -> bool:
    """Whether this is an outage that was known already: after a restart it is found again, and its first time is
    learned better from the port or from events. Through what is unknown between, it is one. Nor did anything happen
    where the time that noctui stood still is known by now."""
    if edge.state == State.UNKNOWN:
        now = await read.timeline(edge.circuit_id, Range(edge.event_time, edge.event_time + 1))
        return bool(now) and all(stretch.state != State.UNKNOWN for stretch in now)
    if edge.state != State.DOWN:
        return False
    began = edge.event_time
    for stretch in reversed(await read.timeline(edge.circuit_id, Range(began - LOOKS[-1], edge.event_time + LATE))):
        if stretch.start > edge.event_time:
            continue
        if stretch.state == State.DOWN:
            began = min(began, stretch.start)
        elif stretch.state not in (State.UNKNOWN, State.AWAY):
            break
    same = await read.edges(Range(began - 1, edge.event_time + LATE), (edge.circuit_id,))
    return any(one.state == State.DOWN and _learned(one, corrected) < _learned(edge, corrected) for one in same)


def _learned(edge: Edge, corrected: bool) -> tuple[float, float]:
    return (edge.event_time, edge.known_at) if corrected else (edge.known_at, edge.event_time)


async def _all(
    read: Reader, mine: Whose, inventory: Inventory, range_: Range, forward: bool, corrected: bool
) -> list[Happening]:
    few = tuple(mine.circuit_ids) if mine.circuit_ids is not None and 0 < len(mine.circuit_ids) <= FEW else ()
    site = next(iter(mine.site_ids)) if mine.site_ids is not None and len(mine.site_ids) == 1 else ""
    found = list(_edges(await read.edges(range_, few), mine, inventory, corrected))
    found += _failovers(await read.failovers(range_, site), mine, inventory, corrected)
    found += _alarms(await read.mist_alarms(range_, 1000, site), mine, inventory, range_, corrected)
    own = [a for a in await read.alarms(range_, MOST, site_id=site) if _is_of(a, mine)]
    for one in await told(read, own, range_, forward, corrected, mine.site_ids is None):
        found.append(_made(one.at, one.known_at, _words(one.alarm, one.over, inventory), corrected))
    return found


def _is_of(alarm: Alarm, mine: Whose) -> bool:
    """Of a circuit's site it is what names no circuit."""
    if alarm.circuit_ids:
        return any(mine.circuit(c) for c in alarm.circuit_ids)
    return mine.site_ids is None or mine.site(alarm.site_id)


def _words(alarm: Alarm, over: bool, inventory: Inventory) -> str:
    """`incident 8841 begins: Lumen lost, Mountain`, `0417 Grand Junction CO Comcast rx ≥ 90 %`."""
    if alarm.type == INCIDENT:
        return f"incident {alarm.number} {'is over' if over else f'begins: {said(alarm)}'}"
    if len(alarm.circuit_ids) == 1:
        return f"{_circuit(alarm.circuit_ids[0], inventory)} {said(alarm)}"
    return f"{_site(alarm.site_id, inventory)} {said(alarm)}".strip()


def _edges(edges: Iterable[Edge], mine: Whose, inventory: Inventory, corrected: bool) -> Iterable[Happening]:
    for edge in edges:
        if mine.circuit(edge.circuit_id):
            state = State(edge.state).name.lower()
            text = f"{_circuit(edge.circuit_id, inventory)} {state}"
            yield _made(edge.event_time, edge.known_at, text, corrected, edge)


def _failovers(found: Iterable[Failover], mine: Whose, inventory: Inventory, corrected: bool) -> Iterable[Happening]:
    for failover in found:
        if mine.site(failover.site_id):
            word = "fails over" if failover.began else "is back on its primary"
            text = f"{_site(failover.site_id, inventory)} {word}"
            yield _made(failover.event_time, failover.known_at, text, corrected)


def _alarms(
    found: Iterable[MistAlarm], mine: Whose, inventory: Inventory, range_: Range, corrected: bool
) -> Iterable[Happening]:
    """When each was opened: later tellings of it are no news."""
    for alarm in found:
        here = mine.site(alarm.site_id) if not alarm.circuit_ids else any(mine.circuit(c) for c in alarm.circuit_ids)
        if here and range_.start <= alarm.opened <= range_.end:
            known = alarm.opened if corrected or alarm.known_at > alarm.opened + LATE else alarm.known_at
            yield _made(alarm.opened, known, f"Mist: {alarm.type} {_site(alarm.site_id, inventory)}".strip(), corrected)


def _made(at: float, known_at: float, text: str, corrected: bool, edge: Edge | None = None) -> Happening:
    known = at if corrected or not math.isfinite(known_at) else max(at, known_at)
    return Happening(known, at, text, edge)


def _circuit(circuit_id: str, inventory: Inventory) -> str:
    row = inventory.circuit_row.get(circuit_id)
    if row is None:
        return circuit_id
    circuit = inventory.circuits[row]
    return f"{_site(circuit.site_id, inventory)} {cells.carrier(circuit)}"


def _site(site_id: str, inventory: Inventory) -> str:
    row = inventory.site_row.get(site_id)
    return site_id if row is None else inventory.sites[row].name
