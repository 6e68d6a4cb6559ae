"""Open alarms between two processes: what differs from those told before, so that ten thousand of them cost nothing
while nothing happens."""

from __future__ import annotations

from operator import attrgetter

import msgspec

from noctui.model.alarms import Alarm, Alarms

_order = attrgetter("opened", "alarm_id")


class AlarmsTold(msgspec.Struct, frozen=True, tag="alarms"):
    """`changed` are new or other than before, `gone` no longer open. `first`: what was known before counts no more."""

    changed: tuple[Alarm, ...] = ()
    gone: tuple[str, ...] = ()
    held: dict[str, int] = {}
    cleared_at: float = float("nan")
    first: bool = False


def told(before: Alarms | None, now: Alarms) -> AlarmsTold:
    """What turns `before` (None: nothing was told) into `now`."""
    old = before.by_id if before is not None else {}
    changed = tuple(a for a in now.alarms if old.get(a.alarm_id) is not a)
    gone = tuple(alarm_id for alarm_id in old if alarm_id not in now.by_id)
    return AlarmsTold(changed, gone, dict(now.held), now.cleared_at, before is None)


def taken(before: Alarms, told: AlarmsTold) -> Alarms:
    """The alarms as they are after it, in the order they opened."""
    known = {} if told.first else dict(before.by_id)
    for alarm_id in told.gone:
        known.pop(alarm_id, None)
    known.update((a.alarm_id, a) for a in told.changed)
    return Alarms(tuple(sorted(known.values(), key=_order)), told.held, told.cleared_at)
