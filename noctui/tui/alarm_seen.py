"""Which alarms came or went since a person last looked: until the cursor has been on them, or all are said seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from noctui.model.alarms import Alarm

CAME, WENT = "+", "-"
LATE = 900.0
"""Seconds that an alarm may become known after it opened."""
MOST = 5000
"""Single ones remembered; then the oldest are as good as seen."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """All that happened up to `until` (UTC epoch seconds) is seen, and after it the single ones: an alarm_id that
    opened, `-` and the id of one that cleared. 0: nobody has looked yet, and nothing is marked."""

    until: float = 0.0
    single: tuple[str, ...] = ()


def marks(alarms: Iterable[Alarm], seen: Seen) -> dict[str, str]:
    """alarm_id → what nobody has looked at: it came, or it went. What is held wants nobody, and is not marked."""
    if not seen.until:
        return {}
    single = frozenset(seen.single)
    out: dict[str, str] = {}
    for alarm in alarms:
        if alarm.cleared is not None:
            if alarm.cleared > seen.until and f"-{alarm.alarm_id}" not in single and not alarm.parent:
                out[alarm.alarm_id] = WENT
        elif alarm.opened > seen.until - LATE and not alarm.held_by and alarm.alarm_id not in single:
            out[alarm.alarm_id] = CAME
    return out


def looked_at(seen: Seen, alarm: Alarm) -> Seen:
    """The cursor was on it."""
    name = alarm.alarm_id if alarm.cleared is None else f"-{alarm.alarm_id}"
    return seen if name in seen.single else Seen(until=seen.until, single=(*seen.single, name)[-MOST:])


def all_seen(alarms: Iterable[Alarm], at: float) -> Seen:
    """Everything up to `at` is; what opened just before it stays known by name, since more may become known late."""
    late = tuple(a.alarm_id for a in alarms if a.cleared is None and a.opened > at - LATE)
    return Seen(until=at, single=late[-MOST:])
