"""One open incident: its members, what it says, and its record."""

from __future__ import annotations

import math

from msgspec import structs

from noctui.engine.alarms.hits import Hit
from noctui.engine.alarms.incident_words import Told, told_before
from noctui.model.alarms import ENGINE, INCIDENT, Alarm
from noctui.model.words import Severity


class Incident:
    """`first` and `latest` are when its first and its last member were lost. `hits` are its members by alarm_id, those
    that cleared among them; `keys` tell them again when they come back."""

    def __init__(self, number: int, alarm_id: str, told: Told, first: float) -> None:
        self.number, self.alarm_id, self.told = number, alarm_id, told
        self.first = self.latest = first
        self.hits: dict[str, Hit] = {}
        self.keys: set[str] = set()
        self.dirty = True  # a member came, cleared or differs
        self.record: Alarm | None = None
        self._stirred = -math.inf  # when a member last came, or the last one cleared
        self._empty = False
        self._before = 0  # members of before a restart that nobody told of

    @classmethod
    def of(cls, record: Alarm) -> Incident:
        """Of before a restart; its members are taken next, then `settle_before`."""
        made = cls(record.number, record.alarm_id, told_before(record), record.opened)
        made.record = record
        return made

    def settle_before(self) -> None:
        """All that is known of before a restart was taken."""
        record = self.record
        assert record is not None
        self._before = max(0, record.members - len(self.circuits()))
        self.first = min(self.first, record.opened)
        self._stirred = record.changed
        if not self.hits:
            self.latest = record.changed

    @property
    def of_levels(self) -> bool:
        return self.told.of_levels

    @property
    def level_type(self) -> str:
        """The metric whose levels it stands for; "" when it is of lost circuits or has no member."""
        return next((h.alarm.type for h in self.hits.values()), "") if self.of_levels else ""

    def grows_at(self, time: float, together: float) -> bool:
        """Whether what was lost at `time` may be of it: near enough to its first and to its latest member."""
        return self.first - together <= time <= self.latest + together

    def take(self, hit: Hit, again: bool = False) -> None:
        """A new member; `again`: one that was a member before, which does not make it grow."""
        hit.home = self.alarm_id
        self.hits[hit.alarm.alarm_id] = hit
        self.keys.add(hit.alarm.key)
        self.dirty = True
        if not again and not hit.effect:
            self.first = min(self.first, hit.alarm.opened)
            self.latest = max(self.latest, hit.alarm.opened)

    def lose(self, hit: Hit) -> None:
        """A member belongs elsewhere by now."""
        if self.hits.pop(hit.alarm.alarm_id, None) is not None:
            self.keys.discard(hit.alarm.key)
            self.dirty = True

    def written(self, at: float) -> Alarm:
        """Its record now; the same object while nothing changed."""
        before = self.record
        if not self.dirty and before is not None:
            return before
        self.dirty = False
        alive = [h for h in self.hits.values() if h.open]
        members = len(self.circuits()) + self._before
        severity = min(
            (h.alarm.severity for h in alive), default=Severity.DISABLED if before is None else before.severity
        )
        told = self.told
        made = Alarm(
            alarm_id=self.alarm_id,
            key=f"incident/{self.number}",
            source=ENGINE,
            type=INCIDENT,
            severity=severity,
            worst=severity if before is None else min(severity, before.worst),
            opened=self.first,
            changed=self.latest if before is None else before.changed,
            known_at=at if before is None else before.known_at,
            cause=told.cause,
            evidence=told.evidence,
            text=told.text,
            site_id=told.site_id,
            region=told.region,
            carrier=told.carrier,
            hub=told.hub,
            gateway_ids=told.gateway_ids,
            number=self.number,
            members=members,
            open_members=len(self.circuits(open_only=True)),
            sites=len({h.alarm.site_id for h in alive if h.alarm.site_id and not h.effect}),
        )
        if before is None or members > before.members:
            self._stirred = at
        empty = not alive
        if empty and not self._empty:
            self._stirred = at
        self._empty = empty
        if before is not None:
            made = _with_people(made, before)
            if made == before:
                return before
            grown = made.members > before.members and self.latest > before.changed
            made = structs.replace(made, changed=self.latest if grown else at, known_at=at)
        self.record = made
        return made

    def over(self, at: float, quiet: float) -> bool:
        """Whether all of its members have cleared, and none came for `quiet` seconds."""
        return self._empty and at - self._stirred >= quiet

    def ended(self, at: float, merged_into: str = "") -> Alarm:
        """Its last record: it ended when the last member cleared, or was merged now."""
        record = self.record if self.record is not None and not merged_into else self.written(at)
        cleared = at if merged_into else max(self._stirred, record.opened)
        return structs.replace(record, cleared=cleared, changed=cleared, known_at=at, merged_into=merged_into)

    def hear(self, record: Alarm) -> None:
        """What people did about it."""
        if self.record is not None and self.record is not record:
            self.record = _with_people(self.record, record)

    def circuits(self, open_only: bool = False) -> set[str]:
        """Its circuits; an alarm that names none counts by itself. What hangs on lost circuits is not counted."""
        found: set[str] = set()
        for hit in self.hits.values():
            if not hit.effect and (hit.open or not open_only):
                found.update(hit.alarm.circuit_ids or (hit.alarm.key,))
        return found


def _with_people(record: Alarm, heard: Alarm) -> Alarm:
    return structs.replace(
        record, owner=heard.owner, ack=heard.ack, snooze=heard.snooze, notes=heard.notes, held_by=heard.held_by
    )
