"""Human acts on alarms: until when they hold, and what came of them in one line. Nothing of the screen."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Sequence

from noctui.model.alarms import Act, Alarm, AuditEntry
from noctui.tui.look.numbers import clock
from noctui.tui.look.text import clean

LONGEST = 86_400.0
CHOICES = ("15m", "30m", "1h", "2h", "4h", "8h", "12h", "24h")
"""How long an acknowledgement may be offered to hold; it always ends."""
OFFERED = "4h"
_DID = re.compile(r"^done(?:$|: )")
"""What is done may be told with what came of it: `done: unknown_circuit`."""
_BECAME = {
    "parsed": "understood", "ignored": "nothing about planned work", "failed": "not understood",
    "unknown_provider": "sender not known", "unknown_circuit": "circuit not known",
    "out_of_sequence": "older than what is known",
}  # fmt: skip
_LONG = re.compile(r"^(?:(\d{1,3})h)?(?:(\d{1,4})m(?:in)?)?$")
_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})$")
_DONE = {
    "ack": "taken", "unack": "taken back", "note": "noted", "own": "owned", "snooze": "snoozed",
    "unsnooze": "awake again", "reparse": "read again", "fill": "filled in",
}  # fmt: skip


class WrongTimeError(ValueError):
    """One clear line."""


def until_of(text: str, now: float) -> float:
    """The instant that `4h`, `90m`, `1h30m` or `07:15` (UTC, the next one) says. Raises WrongTimeError."""
    said = "".join(text.lower().split())
    found = _LONG.match(said)
    if found and said:
        left = int(found[1] or 0) * 3600.0 + int(found[2] or 0) * 60.0
    elif (at := _CLOCK.match(said)) is not None and int(at[1]) < 24 and int(at[2]) < 60:
        today = dt.datetime.fromtimestamp(now, dt.UTC)
        then = today.replace(hour=int(at[1]), minute=int(at[2]), second=0, microsecond=0)
        left = (then.timestamp() - now) % 86_400.0
    else:
        raise WrongTimeError(f"until when? {clean(text)[:20] or 'nothing'} is no time; write 4h, 90m or 07:15")
    if left <= 0:
        raise WrongTimeError("it has to last: 15m to 24h")
    if left > LONGEST:
        raise WrongTimeError("24h is the longest")
    return now + left


def act_of(
    kind: str, alarms: Sequence[Alarm], who: str, now: float, *, why: str = "", until: float = 0.0, owner: str = "",
    ticket: str = "",
) -> Act:  # fmt: skip
    """The act as it is handed over, with what this person saw of each alarm; where from and in which role is said by
    whoever hands it on."""
    return Act(
        act_id=uuid.uuid4().hex, kind=kind, alarm_ids=tuple(a.alarm_id for a in alarms), who=who, at=now,
        saw=tuple(a.known_at for a in alarms), why=why, until=until, owner=owner, ticket=ticket,
    )  # fmt: skip


def outcome(act: Act, entries: Sequence[AuditEntry]) -> str:
    """`3 taken until 07:14.` · `2 taken until 07:14; 1 not: jmo took it 4s before.` ·
    `1 read again: circuit not known.`"""
    refused = [e for e in entries if not _DID.match(e.outcome)]
    many = len(act.alarm_ids)
    not_done = many if refused and len(entries) < many else len(refused)  # one line may speak of all
    until = f" until {clock(act.until, seconds=False)}" if act.kind in ("ack", "snooze") else ""
    word = f"{_DONE.get(act.kind, act.kind)}{f' by {act.owner}' if act.kind == 'own' and act.owner else ''}"
    if not refused:
        became = dict.fromkeys(text for e in entries if (text := e.outcome.partition(": ")[2]))
        told = ", ".join(_BECAME.get(text, clean(text)) for text in became)
        return f"{many:,} {word}{until}{f': {told}' if told else ''}."
    why = clean(refused[0].outcome).rstrip(". ")
    more = ", and other reasons" if len({e.outcome for e in refused}) > 1 else ""
    if not_done == many:
        return f"{'Not' if many == 1 else f'None of {many:,}'} {word}: {why}{more}."
    return f"{many - not_done:,} {word}{until}; {not_done:,} not: {why}{more}."
