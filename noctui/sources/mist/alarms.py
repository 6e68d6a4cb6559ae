"""Mist's alarms: asked for with an overlap, told when they are new or another than before.

A sweep asks for what was raised since the one before. What happens to an alarm later (acknowledged, resolved) is seen
when the last 24 h are asked for as a whole: with every sweep while they fit one page, else every few minutes. The few
that stay open for longer are asked for one at a time.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator

import msgspec

from noctui.model.cloud import MistAlarm
from noctui.sources.mist.ports import as_mac
from noctui.sources.mist.structs import AlarmRow
from noctui.sources.mist.text import clean, one_line

DAY = 86_400.0
OLDEST = 31 * DAY
"""Open alarms of before are not looked for."""
SEEN_AGAIN = 900.0
"""Seconds after which it is news that an open alarm was seen again; of an old one an eighth of its age."""
MOST = 100_000
"""Alarms remembered; a day of a large org has ten thousand."""
MOST_OLD = 4
"""Old open alarms asked for at a time."""
_NAMED = re.compile(r"\bifName ([\w\-./:]+)")
CircuitOf = Callable[[str, str], str]
"""(gateway mac, port) → circuit id, "" for none."""


class AlarmLog:
    """What was told of each alarm, and from when on the next search must ask. Times are UTC epoch seconds."""

    def __init__(self, overlap: float) -> None:
        self._overlap = overlap
        self._asked_to = 0.0
        self.recall(())

    def recall(self, alarms: Iterable[MistAlarm]) -> None:
        """What is known elsewhere (in history), and nothing else: the rest is told anew."""
        self._told = {a.alarm_id: a for a in alarms}
        self._looked: dict[str, float] = {}
        self._asked_to = 0.0

    @property
    def first(self) -> bool:
        """Nothing was asked yet."""
        return not self._asked_to

    def start(self, now: float) -> float:
        """From when on to ask."""
        since = self._asked_to - self._overlap if self._asked_to else now - DAY
        return max(min(since, now - self._overlap), now - DAY)

    def old(self, now: float) -> list[MistAlarm]:
        """The open ones that no search of 24 h gives; those looked at longest ago, a few at a time."""
        found = [a for a in self._told.values() if a.resolved is None and now - OLDEST < a.opened < now - DAY]
        found.sort(key=lambda a: self._looked.get(a.alarm_id, 0.0))
        for alarm in found[:MOST_OLD]:
            self._looked[alarm.alarm_id] = now
        return found[:MOST_OLD]

    def asked(self, now: float) -> None:
        """Everything up to `now` came; what can come no more is forgotten."""
        self._asked_to = now
        kept = {i: a for i, a in self._told.items() if a.resolved is None or a.opened >= now - DAY - 2 * self._overlap}
        if len(kept) > MOST:
            kept = {a.alarm_id: a for a in sorted(kept.values(), key=lambda a: a.opened)[-MOST:]}
        self._told = kept
        self._looked = {i: at for i, at in self._looked.items() if i in kept}

    def take(self, rows: Iterable[AlarmRow], known_at: float, circuit_of: CircuitOf) -> tuple[MistAlarm, ...]:
        """The new and the changed ones, oldest first."""
        told: dict[str, MistAlarm] = {}
        for row in rows:
            before = self._told.get(clean(row.id))
            alarm = _alarm(row, known_at, circuit_of, before)
            if alarm is None:
                continue
            if before is not None and not alarm.circuit_ids:
                alarm = msgspec.structs.replace(alarm, circuit_ids=before.circuit_ids)
            if before is None or _is_news(before, alarm):
                self._told[alarm.alarm_id] = told[alarm.alarm_id] = alarm
        return tuple(sorted(told.values(), key=lambda a: (a.opened, a.alarm_id)))

    def gone(self, alarm: MistAlarm, known_at: float) -> MistAlarm:
        """An open one that Mist no longer has: nobody will say any more when it ended, so it ends now."""
        over = msgspec.structs.replace(alarm, resolved=known_at, known_at=known_at)
        self._told[over.alarm_id] = over
        return over


def _is_news(before: MistAlarm, alarm: MistAlarm) -> bool:
    same = msgspec.structs.replace(alarm, known_at=before.known_at, last_seen=before.last_seen, count=before.count)
    if same != before:
        return True
    patience = max(SEEN_AGAIN, (before.last_seen - before.opened) / 8)
    return alarm.last_seen - before.last_seen >= patience


def _alarm(row: AlarmRow, known_at: float, circuit_of: CircuitOf, before: MistAlarm | None) -> MistAlarm | None:
    """None of a row that says nothing. Times and words that are missing are those of `before`; one whose time was
    never told began when it was first heard of."""
    if not row.id or not row.type:
        return None
    opened = _time(row.timestamp) or (before.opened if before else known_at)
    gateways = tuple(dict.fromkeys(filter(None, (as_mac(g) for g in row.gateways or ()))))
    found = (circuit_of(g, p) for g in gateways for p in _ports(row))
    last_seen = _time(row.last_seen)
    if last_seen is None:
        last_seen = before.last_seen if before else opened
    resolved = None
    if row.status == "resolved" or (row.status is None and row.resolved_time):
        resolved = _time(row.resolved_time) or (before.resolved if before else None) or last_seen
    acked = bool(row.acked)
    return MistAlarm(
        alarm_id=clean(row.id),
        type=clean(row.type),
        severity=clean(row.severity).lower() or (before.severity if before else ""),
        opened=opened,
        last_seen=last_seen,
        known_at=known_at,
        group=clean(row.group) or (before.group if before else ""),
        count=int(row.count) if row.count is not None and 0 < row.count < 1e9 else 1,
        site_id=clean(row.site_id),
        gateway_ids=gateways or (before.gateway_ids if before else ()),
        circuit_ids=tuple(dict.fromkeys(filter(None, found))),
        hostnames=tuple(one_line(h) for h in row.hostnames or ()),
        text=one_line("; ".join(row.reasons or ()), 400),
        resolved=resolved,
        acked=acked,
        acked_at=(_time(row.acked_time) or (before.acked_at if before else None)) if acked else None,
        acked_by=one_line(row.ack_admin_name or "") if acked else "",
        note=one_line(row.note or "", 400),
    )


def _ports(row: AlarmRow) -> Iterator[str]:
    yield from (clean(port) for port in row.port_ids or () if port)
    for reason in row.reasons or ():
        yield from _NAMED.findall(reason)


def _time(seconds: float | None) -> float | None:
    """A moment; what is none, or not after 1970, is unknown."""
    return seconds if seconds is not None and math.isfinite(seconds) and seconds > 0 else None
