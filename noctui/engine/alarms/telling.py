"""What the *latest* pane tells of alarms: incidents, and what people did. Ordinary alarms have their state changes."""

from __future__ import annotations

from noctui.engine.prose import count, span
from noctui.model.alarms import INCIDENT, Act, Alarm
from noctui.model.edges import Note
from noctui.model.words import Severity

GROWS = 1.5
"""An incident that has grown by so much since it was last told is told again."""


def of_incident(alarm: Alarm, what: str, at: float) -> Note:
    """`incident 8841: Lumen lost, Mountain, 36 circuits at 31 sites`; `what` is `began`, `grew`, `armed` or `ended`."""
    name = f"incident {alarm.number}"
    size = (
        f"{count(alarm.members, 'circuit')} at {count(alarm.sites, 'site')}"
        if alarm.sites
        else count(alarm.members, "circuit")
    )
    text = {
        "began": f"{name}: {alarm.text}, {size}",
        "grew": f"{name} grew: {size}",
        "armed": f"{name} wants somebody again: {alarm.notes[-1].text if alarm.notes else alarm.text}",
        "ended": f"{name} ended after {span((alarm.cleared or at) - alarm.opened)}",
        "merged": f"{name} is part of another one now",
    }[what]
    over = what in ("ended", "merged")
    time = alarm.opened if what == "began" else alarm.cleared if over and alarm.cleared is not None else at
    return Note(
        event_time=time,
        known_at=at,
        kind="incident",
        severity=Severity.OK if over else alarm.severity,
        text=text,
    )


_DID = {
    "ack": "took", "unack": "gave back", "note": "noted on", "own": "gave", "snooze": "snoozed", "unsnooze": "woke",
}  # fmt: skip


def of_act(act: Act, alarms: list[Alarm], at: float) -> Note:
    """`jmo took incident 8841`, `jmo took 12 alarms`; one note per act."""
    first = alarms[0]
    if len(alarms) > 1:
        what = count(len(alarms), "alarm")
    else:
        what = f"incident {first.number}" if first.type == INCIDENT else first.text
    text = f"{act.who} {_DID[act.kind]} {what}"
    if act.kind == "own":
        text += f" to {act.owner.strip() or 'nobody'}"
    one = len(alarms) == 1
    return Note(
        event_time=at,
        known_at=at,
        kind="ack",
        severity=Severity.OK,
        circuit_id=first.circuit_ids[0] if one and len(first.circuit_ids) == 1 else "",
        site_id=first.site_id if one else "",
        text=text,
    )
