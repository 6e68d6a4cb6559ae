"""One alarm that is open: its record as it is now, and what the judgement remembers of it."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import structs

from noctui.engine.alarms.dependency import Alternatives
from noctui.engine.prose import hhmm
from noctui.model.alarms import INCIDENT, NOTES_KEPT, Alarm, AlarmNote, Condition
from noctui.model.words import Severity

NOCTUI = "noctui"
"""Who signs the notes that the judgement itself writes."""


@dataclass(slots=True)
class Case:
    """`condition` None: it is gone, since `gone_at`. `came` is when it came for the last time (event time).

    `incident` is the alarm_id of the incident that it belongs to. `got_worse` and `acted` tell what an act that was
    decided before then did not see: when it got worse, and who did what last (known_at, who, in words).
    """

    alarm: Alarm
    condition: Condition | None
    came: float
    confirmed: bool = True
    gone_at: float = 0.0
    parents: Alternatives = ()
    incident: str = ""
    got_worse: float = 0.0
    acted: tuple[float, str, str] | None = None


def opened(condition: Condition, alarm_id: str, began: float, at: float, confirmed: bool) -> Alarm:
    """The first version of an alarm."""
    return Alarm(
        alarm_id=alarm_id,
        key=condition.key,
        source=condition.source,
        type=condition.type,
        severity=condition.severity,
        opened=began,
        changed=began,
        known_at=at,
        cause=condition.cause,
        text=condition.text,
        count=condition.count,
        worst=condition.severity,
        site_id=condition.site_id,
        region=condition.region,
        carrier=condition.carrier,
        hub=condition.hub,
        gateway_ids=condition.gateway_ids,
        circuit_ids=condition.circuit_ids,
        held_by="" if confirmed else "confirm",
        mist_id=condition.mist_id,
    )


def told(alarm: Alarm, condition: Condition, again: int, at: float) -> Alarm:
    """The alarm as its condition is now; `again`: times it came, or was told, since."""
    differs = condition.severity != alarm.severity or condition.cause != alarm.cause
    return structs.replace(
        alarm,
        severity=condition.severity,
        changed=at if differs else alarm.changed,
        cause=condition.cause,
        text=condition.text,
        count=alarm.count + again,
        worst=min(alarm.worst, condition.severity),
        site_id=condition.site_id,
        region=condition.region,
        carrier=condition.carrier,
        hub=condition.hub,
        gateway_ids=condition.gateway_ids,
        circuit_ids=condition.circuit_ids,
    )


def condition_of(alarm: Alarm) -> Condition:
    """The condition behind an alarm of before a restart."""
    return Condition(
        key=alarm.key,
        source=alarm.source,
        type=alarm.type,
        severity=alarm.severity,
        since=alarm.opened,
        text=alarm.text,
        cause=alarm.cause,
        count=alarm.count,
        site_id=alarm.site_id,
        region=alarm.region,
        carrier=alarm.carrier,
        hub=alarm.hub,
        gateway_ids=alarm.gateway_ids,
        circuit_ids=alarm.circuit_ids,
        mist_id=alarm.mist_id,
    )


def with_note(alarm: Alarm, who: str, at: float, text: str) -> Alarm:
    """One more note; the oldest goes when there are too many."""
    return structs.replace(alarm, notes=(*alarm.notes, AlarmNote(who, at, text))[-NOTES_KEPT:])


def rearmed(alarm: Alarm, at: float) -> Alarm:
    """Taken or snoozed for less than it is now: it wants a person again, and says why."""
    for kept, word in ((alarm.ack, "taken"), (alarm.snooze, "snoozed")):
        if kept is None:
            continue
        why = ""
        if alarm.severity < kept.severity:
            why = f"{Severity(alarm.severity).word}, {word} as {Severity(kept.severity).word}"
        elif alarm.cause and alarm.cause != kept.cause:
            why = f"new cause {alarm.cause}, {word}"
        if why:
            alarm = with_note(alarm, NOCTUI, at, f"armed again: {why} by {kept.who}")
            alarm = freed(alarm)
    return alarm


def freed(alarm: Alarm) -> Alarm:
    """Nobody takes care of it any more."""
    held = "" if alarm.held_by == "snooze" else alarm.held_by
    owner = "" if alarm.ack is not None else alarm.owner
    return structs.replace(alarm, ack=None, snooze=None, owner=owner, held_by=held)


def expired(alarm: Alarm, at: float) -> Alarm:
    """The same, without an ack or a snooze that is over."""
    for kept, word in ((alarm.ack, "taken"), (alarm.snooze, "snoozed")):
        if kept is not None and kept.until <= at:
            text = f"{word} by {kept.who} until {hhmm(kept.until, at)}: over"
            alarm = with_note(freed(alarm), NOCTUI, kept.until, text)
    return alarm


def is_incident(alarm: Alarm) -> bool:
    return alarm.type == INCIDENT
