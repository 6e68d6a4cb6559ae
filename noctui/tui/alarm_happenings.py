"""What our own alarms add to what happened: those that tell what neither the ledger, a failover nor Mist tells, and
incidents, from when each was first known. Pure but for the reader that is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from noctui.model.alarms import INCIDENT, MIST, Alarm
from noctui.model.scene import Range, Reader

TOLD_OTHERWISE = frozenset({"down", "away", "no_data", "failover"})
"""Types whose beginning is an edge or a failover, which are happenings of their own."""
MOST = 2000
"""Alarms that are read for one look: the newest."""
TRACED = 128
"""Alarms whose life is read for it, the nearest: when each was first known only its versions tell."""
DAY = 86_400.0
DAYS = 31
"""How far back an incident is looked for by its number."""


@dataclass(frozen=True, slots=True)
class Told:
    """`known_at` is when it first was known that it began, or that it is over; `at` is when that was."""

    alarm: Alarm
    at: float
    known_at: float
    over: bool = False


async def told(
    read: Reader, found: Sequence[Alarm], range_: Range, forward: bool, corrected: bool, everywhere: bool
) -> list[Told]:
    """Beginnings of alarms, beginnings and ends of incidents in the range. `found` are the place's own alarms; their
    incidents are theirs, too; of the network (`everywhere`) all are."""
    mine = [
        a
        for a in found
        if a.source != MIST and a.type != INCIDENT and a.type not in TOLD_OTHERWISE
        and range_.start <= a.opened <= range_.end
    ]  # fmt: skip
    mine.sort(key=lambda a: a.opened, reverse=not forward)
    out: list[Told] = []
    for alarm in mine[:TRACED]:
        out += _first(await _life(read, alarm, corrected), False)
    if everywhere:
        incidents = dict.fromkeys(a.alarm_id for a in found if a.type == INCIDENT)
    else:
        incidents = dict.fromkeys(a.parent for a in found if a.parent.startswith(f"{INCIDENT}/"))
    for incident in list(incidents)[:TRACED]:
        life = await read.alarm_versions(incident)
        out += _first(life, False)
        out += _first([a for a in life if a.cleared is not None], True)
    return [one for one in out if one.at <= range_.end]


async def _life(read: Reader, alarm: Alarm, corrected: bool) -> Sequence[Alarm]:
    """By what is known now it was from when it began: then its versions say nothing more."""
    return (alarm,) if corrected else await read.alarm_versions(alarm.alarm_id) or (alarm,)


def _first(life: Sequence[Alarm], over: bool) -> list[Told]:
    """What the first of these versions tells."""
    if not life:
        return []
    first = life[0]
    at = first.cleared if over and first.cleared is not None else first.opened
    return [Told(first, at, first.known_at, over)]


async def incident_numbered(read: Reader, number: int, at: float) -> Alarm | None:
    """The incident of this number among those of the last 31 days. Numbers rise: a lower one ends the search."""
    for day in range(DAYS):
        end = at - day * DAY
        found = [
            a
            for a in await read.alarms(Range(end - DAY, end), 20_000)
            if a.type == INCIDENT and (day == 0 or a.opened <= end)
        ]
        for alarm in found:
            if alarm.number == number:
                return alarm
        if any(a.number < number and a.opened >= end - DAY for a in found):
            return None
    return None
