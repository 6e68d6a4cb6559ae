"""What is to be sent now: each matter once to each target, its worsening, its reminders, its end; nothing in bursts.

A matter is an alarm that nothing holds, or an incident; members of an incident are told by it. A new matter waits for
`settle` seconds after it was first seen, so that the incident it turns out to belong to speaks for it. More than a
rule's `per_hour` are not sent one by one: they are marked `dropped`, and a digest names them once there is room.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from noctui.engine.notification import words
from noctui.engine.notification.rules import Rule
from noctui.model.alarms import Alarm, Alarms, Message
from noctui.model.inventory import Inventory
from noctui.model.words import Severity

HOUR = 3600.0
SETTLE = 60.0
"""Seconds that a new matter waits before it is told; the default, and the pace of polls at least."""


@dataclass(slots=True)
class _Told:
    """What one rule has told of one alarm."""

    severity: int
    at: float
    reminders: int = 0
    ended: bool = False


@dataclass(slots=True)
class _Book:
    """What one rule has done. `made` are the times of what was sent in the last hour."""

    told: dict[str, _Told] = field(default_factory=dict)
    made: deque[float] = field(default_factory=deque)
    dropped: dict[str, None] = field(default_factory=dict)
    ends: dict[str, Alarm] = field(default_factory=dict)  # cleared, and not told yet


class Planner:
    """Keeps what was told; `due` gives what is to be sent now."""

    def __init__(
        self,
        rules: Sequence[Rule],
        settle: float = SETTLE,
        zone: tzinfo = UTC,
        runbook: Mapping[str, str] | None = None,
    ) -> None:
        self._settle, self._zone, self._runbook = settle, zone, runbook or {}
        self._seen: dict[str, float] = {}
        self._taken: set[str] = set()
        self._rules: tuple[Rule, ...] = tuple(rules)
        self._books = {rule.name: _Book() for rule in rules}

    def use(self, rules: Sequence[Rule], runbook: Mapping[str, str]) -> None:
        """Other rules from now on; what those of the same name have told stays told."""
        self._rules, self._runbook = tuple(rules), runbook
        self._books = {rule.name: self._books.get(rule.name, _Book()) for rule in rules}

    def warm(self, messages: Iterable[Message], alarms: Iterable[Alarm], at: float) -> None:
        """Go on after a restart: messages of before, oldest first, and the alarms that are open or cleared lately."""
        for message in messages:
            book = self._books.get(message.rule)
            if book is not None:
                self._recall(book, message, at)
        for alarm in alarms:
            if alarm.open:
                self._seen[alarm.alarm_id] = alarm.opened
                if alarm.ack is not None:
                    self._taken.add(alarm.alarm_id)
            else:
                self._ended(alarm)

    def _recall(self, book: _Book, message: Message, at: float) -> None:
        if message.kind == "digest":
            book.dropped.clear()
            book.made.append(message.made_at)
            return
        if message.state == "dropped":
            book.dropped[message.alarm_id] = None
            return
        if message.made_at > at - HOUR:
            book.made.append(message.made_at)
        told = book.told.setdefault(message.alarm_id, _Told(message.severity, message.made_at))
        told.severity, told.at = min(told.severity, message.severity), message.made_at
        told.reminders += message.kind == "again"
        told.ended |= message.kind == "cleared"

    def due(
        self, alarms: Alarms, cleared: Iterable[Alarm], at: float, inventory: Inventory | None = None
    ) -> tuple[Message, ...]:
        """To be sent at `at`: `alarms` are those that are open, `cleared` those that cleared since the last call."""
        for alarm in alarms.alarms:
            self._seen.setdefault(alarm.alarm_id, at)
        for alarm in cleared:
            self._ended(alarm)
        back = {a.alarm_id for a in alarms.alarms if a.waits and a.alarm_id in self._taken}
        found = [m for rule in self._rules for m in self._of_rule(rule, alarms, back, at, inventory)]
        self._taken = {a.alarm_id for a in alarms.alarms if a.ack is not None}
        if len(self._seen) > 2 * len(alarms.alarms) + 1000:
            self._seen = {i: t for i, t in self._seen.items() if i in alarms.by_id}
            for book in self._books.values():
                book.told = {i: t for i, t in book.told.items() if not t.ended}
        return tuple(found)

    def _ended(self, alarm: Alarm) -> None:
        """Its end is told where it was told, unless another one speaks for it."""
        for book in self._books.values():
            told = book.told.get(alarm.alarm_id)
            if told is None or told.ended:
                book.dropped.pop(alarm.alarm_id, None)
            elif alarm.merged_into or alarm.parent:
                told.ended = True
            else:
                book.ends[alarm.alarm_id] = alarm

    def _of_rule(
        self, rule: Rule, alarms: Alarms, back: set[str], at: float, inventory: Inventory | None
    ) -> Iterator[Message]:
        book = self._books[rule.name]
        while book.made and book.made[0] <= at - HOUR:
            book.made.popleft()
        yield from self._digest(rule, book, alarms, at, inventory)
        for alarm in alarms.alarms:
            kind = self._kind(rule, book, alarm, alarm.alarm_id in back, at)
            if kind:
                yield self._made(rule, book, alarm, kind, at, inventory)
        for alarm_id in list(book.ends):
            alarm = book.ends[alarm_id]
            if self._may(rule, alarm.worst, at):
                del book.ends[alarm_id]
                if rule.cleared:
                    yield self._made(rule, book, alarm, "cleared", at, inventory)
                book.told[alarm_id].ended = True

    def _kind(self, rule: Rule, book: _Book, alarm: Alarm, back: bool, at: float) -> str:
        """What there is to say of this open alarm now; "" nothing."""
        if not alarm.waits or alarm.severity > rule.severity or not rule.speaks_of(alarm):
            return ""
        if at - self._seen[alarm.alarm_id] < self._settle or not self._may(rule, alarm.severity, at):
            return ""
        if alarm.alarm_id in book.dropped:
            return ""
        told = book.told.get(alarm.alarm_id)
        if told is None:
            if at - alarm.opened < rule.after:
                return ""
            return "escalated" if rule.after else "opened"
        if alarm.severity < told.severity:
            return "worse"
        if back or (rule.again and at - told.at >= rule.again):
            return "again"
        return ""

    def _may(self, rule: Rule, severity: int, at: float) -> bool:
        """At this hour."""
        if rule.hours is not None and not rule.hours.at(at, self._zone):
            return False
        quiet = rule.quiet is not None and rule.quiet.at(at, self._zone)
        return not quiet or severity <= rule.quiet_severity

    def _made(
        self, rule: Rule, book: _Book, alarm: Alarm, kind: str, at: float, inventory: Inventory | None
    ) -> Message:
        told = book.told.get(alarm.alarm_id)
        sent = len(book.made) < rule.per_hour
        if sent:
            book.made.append(at)
            if told is None:
                told = book.told[alarm.alarm_id] = _Told(alarm.severity, at)
            told.severity, told.at = min(told.severity, alarm.severity), at
            told.reminders += kind == "again"
        else:
            book.dropped[alarm.alarm_id] = None
        nth = f"{kind}{told.reminders}" if kind == "again" and told else kind
        word = f"worse{alarm.severity}" if kind == "worse" else nth
        return Message(
            message_id=f"{alarm.alarm_id}|{rule.name}|{word}" + ("" if sent else f"|{at:.0f}"),
            alarm_id=alarm.alarm_id,
            rule=rule.name,
            target=rule.name,
            kind=kind,
            severity=int(alarm.severity),
            made_at=at,
            title=words.title(alarm, kind, inventory, at),
            body=words.body(alarm, inventory, at, self._runbook),
            state="waiting" if sent else "dropped",
        )

    def _digest(
        self, rule: Rule, book: _Book, alarms: Alarms, at: float, inventory: Inventory | None
    ) -> Iterator[Message]:
        """What the rate kept back, in one message once there is room."""
        if not book.dropped or len(book.made) >= rule.per_hour:
            return
        still = [alarms.by_id[i] for i in book.dropped if i in alarms.by_id]
        joined = len(book.dropped)
        book.dropped.clear()
        for alarm in still:
            book.told.setdefault(alarm.alarm_id, _Told(alarm.severity, at))
        if not still:
            return
        book.made.append(at)
        title, body = words.digest(sorted(still, key=lambda a: (a.severity, a.opened)), joined, inventory)
        yield Message(
            message_id=f"digest|{rule.name}|{at:.0f}", alarm_id="", rule=rule.name, target=rule.name, kind="digest",
            severity=int(min((a.severity for a in still), default=Severity.OK)), made_at=at, title=title, body=body,
            joined=joined,
        )  # fmt: skip
