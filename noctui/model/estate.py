"""What a leader leaves to the next one, on another host with a history of its own: open alarms, what was told of them,
and planned work; so that nobody takes an alarm twice or is told of it twice, and what a window holds stays held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from msgspec import structs

from noctui.model.alarms import Alarm, Message
from noctui.model.works import Work


@dataclass(frozen=True, slots=True)
class Estate:
    """`at` is when the newest of the alarms became known, UTC epoch seconds; 0: nothing was left. `damaged`: a line for
    each part that was left and cannot be read; it is empty here."""

    alarms: tuple[Alarm, ...] = ()
    messages: tuple[Message, ...] = ()
    works: tuple[Work, ...] = ()
    at: float = 0.0
    damaged: tuple[str, ...] = ()


def taken_over(estate: Estate, known: Iterable[Alarm]) -> tuple[tuple[Alarm, ...], tuple[Alarm, ...]]:
    """Alarms as a new leader goes on with them, and those of them that its own history does not know so.

    Of an alarm the version counts that became known last. One that is open here, and was not any more where alarms were
    judged later, has cleared meanwhile.
    """
    ours = {a.alarm_id: a for a in known}
    theirs = {a.alarm_id: a for a in estate.alarms}
    changed = [a for i, a in theirs.items() if i not in ours or ours[i].known_at < a.known_at]
    changed += [
        structs.replace(a, cleared=estate.at, changed=estate.at, known_at=estate.at)
        for i, a in ours.items()
        if a.open and i not in theirs and a.known_at < estate.at
    ]
    return tuple((ours | {a.alarm_id: a for a in changed}).values()), tuple(changed)
