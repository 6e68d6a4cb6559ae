"""What is to be sent now: each matter once to each target, its worsening, its reminders, its end; nothing in bursts.

A matter is an alarm that nothing holds, or an incident. It speaks for what stands under it: a rule that would tell one
of its members tells it, as bad as the worst of them. A new matter waits for `settle` seconds after it was first seen,
so that the incident it turns out to belong to speaks for it. More than a rule's `per_hour` are not sent one by one:
they are marked `dropped`, and a digest names them once there is room, those too that are over by then. What is milder
than critical has three quarters of the rate, and incidents have one of their own: the worse never waits for the milder.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import NamedTuple

from msgspec import structs

from noctui.engine.notification import words
from noctui.engine.notification.rules import Rule
from noctui.model.alarms import INCIDENT, Alarm, Alarms, Message
from noctui.model.inventory import Inventory
from noctui.model.words import Severity

HOUR = 3600.0
SETTLE = 60.0
"""Seconds that a new matter waits before it is told; the default, and the pace of polls at least."""


@dataclass(slots=True)
class _Told:
    """What one rule has told of one alarm. `back`: it was taken since, and waits again."""

    severity: int
    at: float
    reminders: int = 0
    ended: bool = False
    back: bool = False


class _Dropped(NamedTuple):
    """What the rate kept back of one alarm: the newest that there was to say."""

    severity: int
    title: str
    over: bool = False


@dataclass(slots=True)
class _Book:
    """What one rule has done. `made` are the times of what was sent in the last hour."""

    told: dict[str, _Told] = field(default_factory=dict)
    made: deque[float] = field(default_factory=deque)
    incidents: deque[float] = field(default_factory=deque)  # the same, of incidents
    dropped: dict[str, _Dropped] = field(default_factory=dict)  # alarm_id → what is to be named
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
        self._freed: dict[str, float] = {}  # alarm_id → since when nobody has it any more
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
                if alarm.ack is not None or alarm.snooze is not None:
                    self._taken.add(alarm.alarm_id)
            else:
                self._ended(alarm, at, None)

    def _recall(self, book: _Book, message: Message, at: float) -> None:
        if message.kind == "digest":
            for alarm_id, kept in book.dropped.items():
                self._named(book, alarm_id, kept.severity, message.made_at)
            book.dropped.clear()
            book.made.append(message.made_at)
            return
        if message.state == "dropped":
            over = message.kind == "cleared"
            book.dropped[message.alarm_id] = _Dropped(message.severity, message.title, over)
            if over and message.alarm_id in book.told:
                book.told[message.alarm_id].ended = True
            return
        if message.made_at > at - HOUR:
            of_incident = message.alarm_id.startswith(f"{INCIDENT}/")
            (book.incidents if of_incident else book.made).append(message.made_at)
        told = book.told.setdefault(message.alarm_id, _Told(message.severity, message.made_at))
        told.severity, told.at = min(told.severity, message.severity), message.made_at
        told.reminders += message.kind == "again"
        told.ended |= message.kind == "cleared"

    def due(
        self, alarms: Alarms, cleared: Iterable[Alarm], at: float, inventory: Inventory | None = None
    ) -> tuple[Message, ...]:
        """To be sent at `at`: `alarms` are those that are open, `cleared` those that cleared since the last call."""
        for alarm in alarms.alarms:
            if self._seen.setdefault(alarm.alarm_id, at) > at:  # a clock that was set back
                self._seen[alarm.alarm_id] = at
        for alarm in cleared:
            self._ended(alarm, at, inventory)
        taken = {a.alarm_id for a in alarms.alarms if a.ack is not None or a.snooze is not None}
        for book in self._books.values():
            for alarm_id in taken ^ self._taken:
                if alarm_id in book.told:
                    book.told[alarm_id].back = alarm_id not in taken
        self._freed.update(dict.fromkeys(self._taken - taken, at))
        self._taken = taken
        found = [m for rule in self._rules for m in self._of_rule(rule, alarms, at, inventory)]
        if len(self._seen) > 2 * len(alarms.alarms) + 1000:
            self._seen = {i: t for i, t in self._seen.items() if i in alarms.by_id}
            self._freed = {i: t for i, t in self._freed.items() if i in alarms.by_id}
            for book in self._books.values():
                book.told = {i: t for i, t in book.told.items() if not t.ended}
        return tuple(found)

    def _ended(self, alarm: Alarm, at: float, inventory: Inventory | None) -> None:
        """Its end is told where it was told, unless an incident speaks for it."""
        spoken_for = bool(alarm.merged_into) or alarm.parent.startswith(f"{INCIDENT}/")
        for book in self._books.values():
            told = book.told.get(alarm.alarm_id)
            if told is not None and not told.ended:
                book.dropped.pop(alarm.alarm_id, None)  # the end says all
                if spoken_for:
                    told.ended = True
                else:
                    book.ends[alarm.alarm_id] = alarm
            elif told is None and alarm.alarm_id in book.dropped:
                if spoken_for:
                    del book.dropped[alarm.alarm_id]
                else:
                    title = words.title(alarm, "cleared", inventory, at)
                    book.dropped[alarm.alarm_id] = _Dropped(book.dropped[alarm.alarm_id].severity, title, over=True)

    def _of_rule(self, rule: Rule, alarms: Alarms, at: float, inventory: Inventory | None) -> Iterator[Message]:
        book = self._books[rule.name]
        book.made = deque(t for t in book.made if at - HOUR < t <= at)
        book.incidents = deque(t for t in book.incidents if at - HOUR < t <= at)
        yield from self._digest(rule, book, alarms, at, inventory)
        for alarm in alarms.alarms:
            if not alarm.waits:
                continue
            severity = self._told_as(rule, alarm, alarms)
            kind = self._kind(rule, book, alarm, severity, at)
            if kind:
                shown = alarm if severity == alarm.severity else structs.replace(alarm, severity=severity)
                yield self._made(rule, book, shown, kind, at, inventory)
        for alarm_id in list(book.ends):
            alarm, told = book.ends[alarm_id], book.told[alarm_id]
            if self._may(rule, min(alarm.worst, told.severity), at):
                del book.ends[alarm_id]
                if rule.cleared:
                    yield self._made(rule, book, alarm, "cleared", at, inventory)
                told.ended = True

    def _told_as(self, rule: Rule, alarm: Alarm, alarms: Alarms) -> int:
        """How bad it is by this rule, which may concern what stands under it alone: the worst of those that the rule
        speaks of; milder than anything when it speaks of none."""
        worst = int(alarm.severity) if rule.speaks_of(alarm) else _NOT_OURS
        for one in _under(alarm, alarms):
            if one.severity < worst and one.held_by != "confirm" and one.ack is None and rule.speaks_of(one):
                worst = int(one.severity)
        return worst

    def _kind(self, rule: Rule, book: _Book, alarm: Alarm, severity: int, at: float) -> str:
        """What there is to say of this open alarm now; "" nothing."""
        if severity > rule.severity:
            return ""
        if at - self._seen[alarm.alarm_id] < self._settle or not self._may(rule, severity, at):
            return ""
        if alarm.alarm_id in book.dropped:
            return ""
        told = book.told.get(alarm.alarm_id)
        if told is None:
            if at - max(alarm.opened, min(at, self._freed.get(alarm.alarm_id, alarm.opened))) < rule.after:
                return ""
            return "escalated" if rule.after else "opened"
        if severity < told.severity:
            return "worse"
        told.at = min(told.at, at)
        if told.back or (rule.again and at - told.at >= rule.again):
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
        made = book.incidents if alarm.type == INCIDENT else book.made
        sent = len(made) < _most(rule, alarm.severity)
        if sent:
            made.append(at)
            if told is None:
                told = book.told[alarm.alarm_id] = _Told(alarm.severity, at)
            told.severity, told.at = min(told.severity, alarm.severity), at
            told.reminders += kind == "again"
            told.back = False
        title = words.title(alarm, kind, inventory, at)
        if not sent:
            book.dropped[alarm.alarm_id] = _Dropped(int(alarm.severity), title, kind == "cleared")
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
            title=title,
            body=words.body(alarm, inventory, at, self._runbook),
            state="waiting" if sent else "dropped",
        )

    def _digest(
        self, rule: Rule, book: _Book, alarms: Alarms, at: float, inventory: Inventory | None
    ) -> Iterator[Message]:
        """What the rate kept back, in one message once there is room."""
        if not book.dropped:
            return
        severity = min(kept.severity for kept in book.dropped.values())
        if len(book.made) >= _most(rule, severity) or not self._may(rule, severity, at):
            return
        names: list[tuple[bool, int, str]] = []
        for alarm_id, kept in book.dropped.items():
            alarm = alarms.by_id.get(alarm_id)
            if alarm is not None and alarm.parent in alarms.by_id:
                continue  # what it hangs on speaks for it by now
            if alarm is not None:
                if alarm.severity < kept.severity:
                    kept = _Dropped(int(alarm.severity), words.title(alarm, "worse", inventory, at))
                self._named(book, alarm_id, kept.severity, at)
            names.append((kept.over or alarm is None, kept.severity, kept.title))
        book.dropped.clear()
        if not names:
            return
        book.made.append(at)
        names.sort(key=lambda name: name[:2])
        title, body = words.digest([name for *_, name in names])
        yield Message(
            message_id=f"digest|{rule.name}|{at:.0f}", alarm_id="", rule=rule.name, target=rule.name, kind="digest",
            severity=severity, made_at=at, title=title, body=body, joined=len(names),
        )  # fmt: skip

    def _named(self, book: _Book, alarm_id: str, severity: int, at: float) -> None:
        """It was told as so bad, in a digest."""
        told = book.told.setdefault(alarm_id, _Told(severity, at))
        told.severity, told.at, told.back = min(told.severity, severity), at, False


_NOT_OURS = int(max(Severity)) + 1


def _most(rule: Rule, severity: int) -> int:
    """Messages of this severity an hour."""
    return rule.per_hour if severity <= Severity.CRITICAL else max(1, rule.per_hour * 3 // 4)


def _under(alarm: Alarm, alarms: Alarms) -> Iterator[Alarm]:
    """What an alarm speaks for: its members, and what hangs on them."""
    for one in alarms.members.get(alarm.alarm_id, ()):
        yield one
        yield from alarms.members.get(one.alarm_id, ())
