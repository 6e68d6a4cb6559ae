"""Alarms: conditions that want a person, their life, and what people did about them.

A record is one version of one alarm, as it became known at `known_at`; a later version of the same `alarm_id` replaces
it from then on. Incidents are alarms too: they stand for their members. All times are UTC epoch seconds. Texts that
come from outside or from people are data, never markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import msgspec

ENGINE, MIST, SELF, PLANNED = "engine", "mist", "self", "planned"
"""Where an alarm comes from: our own judgement of the network, Mist's list, noctui's watch over itself, carriers'
notices of planned work."""
INCIDENT = "incident"
"""The type of an alarm that stands for others (`engine.alarms.incidents`)."""


class Ack(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody takes care of it until `until`. `severity` and `cause` are those it was taken for: a worse severity or
    another cause arms it again."""

    who: str
    at: float
    until: float
    why: str
    severity: int
    cause: str = ""
    ticket: str = ""


class Snooze(msgspec.Struct, frozen=True, kw_only=True):
    """Out of sight until `until`, or until it is worse; nobody works on it."""

    who: str
    at: float
    until: float
    why: str
    severity: int
    cause: str = ""


class AlarmNote(msgspec.Struct, frozen=True):
    """What somebody wrote to an alarm."""

    who: str
    at: float
    text: str


NOTES_KEPT = 50
"""Notes that a record carries, the newest; all are in the audit."""


class Alarm(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One condition that wants a person. `alarm_id` names this episode of `key`: `{key}@{opened, whole seconds}`.

    `held_by` says what keeps it quiet, "" nothing: `confirm` (not long enough yet), `damping`, `parent` (its gateway or
    hub is the matter, see `parent`), `maintenance ID`, `incident` (told by its incident, see `parent`), `snooze`. It
    concerns notification and order in lists, never the ledger: a held alarm is listed and counted.
    """

    alarm_id: str
    key: str
    source: str  # ENGINE, MIST, SELF, PLANNED
    type: str  # down, away, no_data, utilisation, loss, jitter, latency, flapping, failover, dark, hub, incident, …
    severity: int  # Severity
    opened: float  # event time
    changed: float  # event time of the latest change of severity, cause or members
    known_at: float
    cleared: float | None = None  # event time; None: open
    cause: str = ""  # what it is put down to: `Lumen lost`, `failover: Lumen down`; "" unknown
    evidence: str = ""  # the figures behind the cause
    text: str = ""  # what it says now: `rx ≥ 90 %, now 93.4`
    count: int = 1  # times it came within this episode, joined
    worst: int = 8  # the worst Severity it has had
    site_id: str = ""
    region: str = ""
    carrier: str = ""
    hub: str = ""
    gateway_ids: tuple[str, ...] = ()
    circuit_ids: tuple[str, ...] = ()
    held_by: str = ""
    parent: str = ""  # alarm_id of the incident, gateway or hub that it belongs to
    number: int = 0  # incidents: the short number that people say
    members: int = 0  # incidents: circuits that belong to it, those that are back included
    open_members: int = 0  # those of them that are not back
    sites: int = 0  # incidents: sites with an open member
    owner: str = ""
    ack: Ack | None = None
    snooze: Snooze | None = None
    notes: tuple[AlarmNote, ...] = ()  # oldest first
    mist_id: str = ""  # Mist's own id
    merged_into: str = ""  # incidents: the one that took its members over

    @property
    def open(self) -> bool:
        return self.cleared is None

    @property
    def waits(self) -> bool:
        """Open, and nobody and nothing keeps it: it wants a person now."""
        return self.cleared is None and not self.held_by and self.ack is None


def state_of(alarm: Alarm) -> str:
    """`cleared`, `taken`, `snoozed`, `held` or `open`."""
    if alarm.cleared is not None:
        return "cleared"
    if alarm.snooze is not None:
        return "snoozed"
    if alarm.ack is not None:
        return "taken"
    return "held" if alarm.held_by else "open"


ACTS = ("ack", "unack", "note", "own", "snooze", "unsnooze")
"""What people do about alarms."""


class Act(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One human action on alarms, or on mails (`mails.MAIL_ACTS`: then `alarm_ids` are keys of mails). `saw` is the
    `known_at` of each as the person saw it: what somebody else did since is not overridden unseen. `act_id` makes it
    count once."""

    act_id: str
    kind: str  # of ACTS, or of MAIL_ACTS
    alarm_ids: tuple[str, ...]
    who: str
    at: float
    saw: tuple[float, ...] = ()
    why: str = ""  # ack, snooze: the reason, required; note: its text
    until: float = 0.0  # ack, snooze
    owner: str = ""  # own: the new one; ack: "" means who
    ticket: str = ""
    role: str = ""
    origin: str = ""  # from where: host, terminal, address of the SSH client
    detail: str = ""  # fill: a `mails.Filled` in JSON


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the append-only audit: who did what to what, from where, and what came of it."""

    at: float  # when the person did it, by that person's machine
    known_at: float  # when it was applied
    who: str
    role: str
    origin: str
    action: str  # of ACTS, or `export`, `sync`, `reload` …
    subject: str  # alarm_id, file, …
    detail: str = ""
    outcome: str = "done"  # or why not, in one line
    act_id: str = ""


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One notification to one target. `message_id` is (alarm, kind, rule, target) in one word: the same is sent once.

    `state`: `waiting`, `sent`, `failed` (it is tried again at `next_at`), `given up`, `dropped` (the rate of its target
    is used up: counted in the next one).
    """

    message_id: str
    alarm_id: str
    rule: str
    target: str  # the target's name, never its URL: that may hold secrets
    kind: str  # opened, worse, escalated, again, cleared, digest
    made_at: float
    title: str
    body: str
    severity: int = 8  # what it was told as
    state: str = "waiting"
    tries: int = 0
    next_at: float = 0.0
    sent_at: float = 0.0
    error: str = ""
    joined: int = 0  # messages that were dropped for the rate and that this one counts


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is so at this poll and wants an alarm, before any judgement. `key` names it across polls."""

    key: str
    source: str
    type: str
    severity: int
    since: float  # event time
    text: str = ""
    cause: str = ""
    count: int = 1
    site_id: str = ""
    region: str = ""
    carrier: str = ""
    hub: str = ""
    gateway_ids: tuple[str, ...] = ()
    circuit_ids: tuple[str, ...] = ()
    mist_id: str = ""


@dataclass(frozen=True, slots=False)
class Alarms:
    """The open alarms of one instant, incidents among them; in the order they opened.

    `held` counts what each stage keeps quiet: stage word (`confirm`, `damping`, `parent`, `maintenance`, `incident`,
    `snooze`) → alarms. `cleared_at` is when the last one cleared; NaN: not known.
    """

    alarms: tuple[Alarm, ...] = ()
    held: Mapping[str, int] = field(default_factory=dict)
    cleared_at: float = float("nan")

    def __len__(self) -> int:
        return len(self.alarms)

    @cached_property
    def by_id(self) -> dict[str, Alarm]:
        return {a.alarm_id: a for a in self.alarms}

    @cached_property
    def by_circuit(self) -> dict[str, tuple[Alarm, ...]]:
        """Open alarms of each circuit, incidents left out."""
        return _grouped((c, a) for a in self.alarms if a.type != INCIDENT for c in a.circuit_ids)

    @cached_property
    def by_site(self) -> dict[str, tuple[Alarm, ...]]:
        return _grouped((a.site_id, a) for a in self.alarms if a.site_id and a.type != INCIDENT)

    @cached_property
    def incidents(self) -> tuple[Alarm, ...]:
        """Worst first, then the one with the most open members, then the oldest."""
        found = (a for a in self.alarms if a.type == INCIDENT)
        return tuple(sorted(found, key=lambda a: (a.severity, -a.open_members, a.opened, a.alarm_id)))

    @cached_property
    def members(self) -> dict[str, tuple[Alarm, ...]]:
        """The open alarms under each parent."""
        return _grouped((a.parent, a) for a in self.alarms if a.parent)

    @cached_property
    def incident_of(self) -> dict[str, Alarm]:
        """The incident of each circuit that is a member of one; of several the worst."""
        return {
            c: incident
            for incident in reversed(self.incidents)
            for a in self.members.get(incident.alarm_id, ())
            for c in a.circuit_ids
        }

    @cached_property
    def waiting(self) -> tuple[Alarm, ...]:
        """What wants a person now."""
        return tuple(a for a in self.alarms if a.waits)


def _grouped(pairs: Iterable[tuple[str, Alarm]]) -> dict[str, tuple[Alarm, ...]]:
    made: dict[str, list[Alarm]] = {}
    for name, alarm in pairs:
        made.setdefault(name, []).append(alarm)
    return {name: tuple(those) for name, those in made.items()}


NO_ALARMS = Alarms()


def held_counts(alarms: Iterable[Alarm]) -> dict[str, int]:
    """How many open alarms each stage keeps quiet, by its word."""
    counts: dict[str, int] = {}
    for alarm in alarms:
        if alarm.cleared is None and alarm.held_by:
            word = alarm.held_by.split(" ", 1)[0]
            counts[word] = counts.get(word, 0) + 1
    return counts
