"""Incidents: alarms that began together and share a cause stand under one that speaks for them.

Lost circuits are put together by place and time (`candidates`), levels by the cause they name; what a site or hub
suffers goes with the incident that took its circuits. Only new alarms change who belongs where: a member stays while
its incident is open, also when it has cleared, so that recovery never tells another story than the loss did.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from noctui.engine.alarms.candidates import causes_of
from noctui.engine.alarms.hits import Hit, correlates, kept_out
from noctui.engine.alarms.identity import matched
from noctui.engine.alarms.incident import Incident
from noctui.engine.alarms.incident_words import Told, told_of, told_of_levels
from noctui.engine.alarms.places import Rows, places_of
from noctui.model.alarms import INCIDENT, Alarm
from noctui.model.inventory import Inventory
from noctui.model.view import View
from noctui.model.words import Severity

_STEP = 60.0
"""Seconds by which the ends of the windows that are looked at stand apart, when many alarms come at once."""


@dataclass(frozen=True, slots=True)
class Correlated:
    """`incidents`: all that are open now or cleared at this call, by number. `parent`: alarm_id of an open member → its
    incident's; a member that hangs on a gateway or hub of the same incident is left to that."""

    incidents: tuple[Alarm, ...] = ()
    parent: dict[str, str] = field(default_factory=dict)


class Incidents:
    """`least` circuits lost within `together` seconds are an incident; it ends `quiet` seconds after its last member
    came or cleared."""

    def __init__(self, least: int = 5, together: float = 900.0, quiet: float = 300.0) -> None:
        self._least, self._together, self._quiet = least, together, quiet
        self._hits: dict[str, Hit] = {}  # alarms that may be members: open ones, and members that cleared
        self._open: dict[str, Incident] = {}  # by alarm_id, in the order of their numbers
        self._number = 0
        self._ended: list[Alarm] = []  # in this call

    def warm(self, alarms: Iterable[Alarm], highest: int = 0) -> None:
        """Go on from before a restart: open incidents and their members; those that cleared may be among them.

        `highest` is the highest number ever given; that of any incident in `alarms` counts too.
        """
        given = sorted(alarms, key=lambda a: (a.opened, a.alarm_id))
        self._number = max(self._number, highest)
        for alarm in given:
            if alarm.type == INCIDENT:
                self._number = max(self._number, alarm.number)
                if alarm.cleared is None:
                    self._open[alarm.alarm_id] = Incident.of(alarm)
        self._open = dict(sorted(self._open.items(), key=lambda item: item[1].number))
        members = {a.alarm_id: a for a in given if a.type != INCIDENT}
        for alarm in members.values():
            home = alarm.parent
            if home in members:  # it hangs on a gateway or hub that is a member
                home = members[home].parent
            incident = self._open.get(home)
            if incident is not None:
                hit = Hit(alarm, open=alarm.cleared is None)
                self._hits[alarm.alarm_id] = hit
                incident.take(hit)
        for incident in self._open.values():
            incident.settle_before()

    def correlate(self, open_alarms: Sequence[Alarm], view: View, at: float) -> Correlated:
        """The incidents of the alarms that are open at `at`; the order they stand in does not matter."""
        self._ended = []
        new = self._take(open_alarms)
        lost = [h for h in new if not h.home and h.lost]
        if lost:
            self._put_together(lost, view, at)
        if any(h.level for h in new):
            self._put_levels_together(view)
        self._take_effects()
        return self._told(at)

    def _take(self, open_alarms: Sequence[Alarm]) -> list[Hit]:
        """Note what is open now; gives the alarms that were not known, in the order they opened."""
        new: list[Hit] = []
        hits, here = self._hits, set[str]()
        for alarm in open_alarms:
            if alarm.cleared is not None:
                continue
            if alarm.type == INCIDENT:
                known = self._open.get(alarm.alarm_id)
                if known is not None:
                    known.hear(alarm)
                self._number = max(self._number, alarm.number)
                continue
            hit = hits.get(alarm.alarm_id)
            if hit is None:
                if not correlates(alarm) or kept_out(alarm):
                    continue
                hit = hits[alarm.alarm_id] = Hit(alarm)
                new.append(hit)
            elif hit.alarm is not alarm or not hit.open:
                if hit.home:
                    self._open[hit.home].dirty = True
                hit.alarm, hit.open = alarm, True
            here.add(alarm.alarm_id)
        if len(here) < len(hits):
            for alarm_id in [i for i, h in hits.items() if h.open and i not in here]:
                hit = hits[alarm_id]
                hit.open = False
                if hit.home:
                    self._open[hit.home].dirty = True
                else:
                    del hits[alarm_id]
        new.sort(key=lambda h: h.order)
        if new and self._open:
            self._bring_back(new)
        return new

    def _bring_back(self, new: list[Hit]) -> None:
        """A member that cleared and came again is a member again, however late."""
        homes = {key: incident for incident in self._open.values() for key in incident.keys}
        for hit in new:
            incident = homes.get(hit.alarm.key)
            if incident is not None:
                incident.take(hit, again=True)

    def _put_together(self, new: list[Hit], view: View, at: float) -> None:
        """Look at each window that a new loss ends or lies in, the earliest first."""
        begin, end = new[0].alarm.opened, new[-1].alarm.opened + self._together
        ends = sorted({h.alarm.opened for h in self._hits.values() if not h.home and h.lost and h.open})
        ends = [e for e in ends if begin <= e <= end]
        looked = -np.inf
        for time, following in zip(ends, [*ends[1:], np.inf], strict=True):
            if following == np.inf or following - looked > _STEP:
                looked = time
                self._judge(time, view, at)

    def _judge(self, end: float, view: View, at: float) -> None:
        """Put together what was lost in the window that ends here, with the incidents that were still growing then."""
        inventory = view.inventory
        loose = [
            h for h in self._hits.values() if not h.home and h.lost and end - self._together < h.alarm.opened <= end
        ]
        growing = [i for i in self._open.values() if not i.of_levels and i.grows_at(end, self._together)]
        if not loose or (not growing and len({r for h in loose for r in h.rows_in(inventory)}) < self._least):
            return
        hits = [*loose, *(h for i in growing for h in i.hits.values() if h.lost)]
        hits.sort(key=lambda h: h.order)
        rows, of_hit = _flat(hits, inventory)
        severity = view.circuits.severity
        counted = (severity != Severity.DISABLED) & (severity != Severity.MAINTENANCE)
        counted[_flat([h for h in self._hits.values() if h.open and h.lost], inventory)[0]] = False
        counted[rows] = True
        hit, pathless = np.zeros(len(severity), np.bool_), np.zeros(len(severity), np.bool_)
        hit[rows] = True
        tunnels = np.array([h.alarm.type == "no_path" for h in hits])[of_hit]
        pathless[rows[tunnels]] = True
        pathless[rows[~tunnels]] = False
        groups = causes_of(places_of(inventory, self._least), hit, counted, pathless, self._least)
        if not groups:
            return
        of_row = np.full(len(severity), -1, np.intp)
        for number, group in enumerate(groups):
            of_row[group.hit] = number
        parts: list[list[Hit]] = [[] for _ in groups]
        for one, number in zip(hits, _most(of_hit, of_row[rows], len(hits), len(groups)).tolist(), strict=True):
            if number >= 0:
                parts[number].append(one)
        told = [
            told_of(group, {h.alarm.type for h in part}, hit, counted, view)
            for group, part in zip(groups, parts, strict=True)
        ]
        self._settle(parts, told, growing, at)

    def _settle(self, parts: list[list[Hit]], told: list[Told], growing: list[Incident], at: float) -> None:
        """Give each part the number of the incident it was, or a new one; clear those that are parts of others now."""
        found = matched(
            [{h.alarm.alarm_id for h in part} for part in parts],
            {i.alarm_id: {h.alarm.alarm_id for h in i.hits.values() if h.lost} for i in growing},
            self._least,
        )
        order = sorted(range(len(parts)), key=lambda n: (not found.kept[n], parts[n][0].order if parts[n] else (0, "")))
        become: dict[int, Incident] = {}
        for number in order:
            part, kept = parts[number], found.kept[number]
            if not part:
                continue
            if kept:
                incident = self._open[kept]
                if incident.told != told[number]:
                    incident.told, incident.dirty = told[number], True
            else:
                incident = self._new(told[number], part[0].alarm.opened)
            become[number] = incident
            for one in part:
                self._move(one, incident)
        for alarm_id, number in found.swallowed.items():
            incident, into = self._open[alarm_id], become[number]
            for one in list(incident.hits.values()):
                self._move(one, into)
            del self._open[alarm_id]
            if incident.record is not None:
                self._ended.append(incident.ended(at, into.alarm_id))
        for incident in growing:  # what hangs on lost circuits goes where they went
            for one in [h for h in incident.hits.values() if h.effect]:
                incident.lose(one)
                one.home = ""
                if not one.open:
                    del self._hits[one.alarm.alarm_id]

    def _new(self, told: Told, first: float) -> Incident:
        self._number += 1
        made = Incident(self._number, f"incident/{self._number}@{int(first)}", told, first)
        self._open[made.alarm_id] = made
        return made

    def _move(self, hit: Hit, incident: Incident) -> None:
        if hit.home != incident.alarm_id:
            if hit.home:
                self._open[hit.home].lose(hit)
            incident.take(hit)

    def _put_levels_together(self, view: View) -> None:
        """Levels that name one cause: with the incident that tells it, or as a new one when enough began together."""
        waiting: dict[tuple[str, str], list[Hit]] = {}
        for hit in sorted(self._hits.values(), key=lambda h: h.order):
            if hit.level and hit.open and not hit.home:
                waiting.setdefault((hit.alarm.type, hit.alarm.cause), []).append(hit)
        for (kind, cause), hits in sorted(waiting.items()):
            known = [i for i in self._open.values() if i.level_type == kind and i.told.cause == cause]
            changed: list[Incident] = []
            lately: list[Hit] = []
            for hit in hits:
                opened = hit.alarm.opened
                incident = next((i for i in known if i.grows_at(opened, self._together)), None)
                if incident is not None:
                    incident.take(hit)
                    changed.append(incident)
                    continue
                lately = [h for h in lately if h.alarm.opened > opened - self._together] + [hit]
                if len({c for h in lately for c in h.alarm.circuit_ids}) >= self._least:
                    incident = self._new(told_of_levels(kind, cause, (), view), lately[0].alarm.opened)
                    for one in lately:
                        incident.take(one)
                    known.append(incident)
                    changed.append(incident)
                    lately = []
            for incident in changed:
                incident.told = told_of_levels(kind, cause, [h.alarm for h in incident.hits.values()], view)

    def _take_effects(self) -> None:
        """A dark site, a failover, a hub go with the incident that has most of their circuits, or tells that hub."""
        waiting = [h for h in self._hits.values() if h.effect and h.open and not h.home]
        if not waiting or not self._open:
            return
        of_circuit: dict[str, Incident] = {}
        for incident in self._open.values():
            if not incident.of_levels:
                of_circuit.update(dict.fromkeys(incident.circuits(), incident))
        hubs = {i.told.hub: i for i in self._open.values() if i.told.hub}
        for hit in waiting:
            alarm = hit.alarm
            if alarm.type == "hub":
                found = hubs.get(alarm.hub)
            else:
                shared = [of_circuit[c].alarm_id for c in alarm.circuit_ids if c in of_circuit]
                found = self._open[max(sorted(shared), key=shared.count)] if shared else None
            if found is not None and alarm.opened >= found.first - self._together:
                found.take(hit)

    def _told(self, at: float) -> Correlated:
        records = self._ended
        for incident in list(self._open.values()):
            record = incident.written(at)
            if incident.over(at, self._quiet):
                record = incident.ended(at)
                del self._open[incident.alarm_id]
                for alarm_id in incident.hits:
                    self._hits.pop(alarm_id, None)
            records.append(record)
        records.sort(key=lambda a: a.number)
        parent: dict[str, str] = {}
        for incident in self._open.values():
            for alarm_id, hit in incident.hits.items():
                if hit.open and not self._hangs(hit):
                    parent[alarm_id] = incident.alarm_id
        return Correlated(tuple(records), parent)

    def _hangs(self, hit: Hit) -> bool:
        """Whether it is left to a gateway or hub of the same incident."""
        if hit.alarm.held_by != "parent":
            return False
        on = self._hits.get(hit.alarm.parent)
        return on is not None and on.home == hit.home and on.alarm.type in ("away", "hub") and on.open


def _flat(hits: list[Hit], inventory: Inventory) -> tuple[Rows, Rows]:
    """The rows of all of their circuits, and for each of them the place of its hit."""
    rows = [h.rows_in(inventory) for h in hits]
    sizes = np.fromiter((len(r) for r in rows), np.intp, len(rows))
    flat = np.fromiter(chain.from_iterable(rows), np.intp, int(sizes.sum()))
    return flat, np.repeat(np.arange(len(hits)), sizes)


def _most(of_hit: Rows, numbers: Rows, hits: int, groups: int) -> Rows:
    """[hits] the group that most of its circuits are in, the first of equal ones; -1 when none is in any."""
    known = numbers >= 0
    counts = np.bincount(of_hit[known] * groups + numbers[known], minlength=hits * groups).reshape(hits, groups)
    return np.where(counts.any(1), counts.argmax(1), -1)
