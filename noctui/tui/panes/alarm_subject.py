"""What alarms can be filtered by. Texts are made once for each version of an alarm, not with every poll."""

from __future__ import annotations

import numpy as np

from noctui.model.alarms import INCIDENT, Alarm
from noctui.model.view import View
from noctui.model.words import Severity
from noctui.tui.filter import Lines, Mask, Subject
from noctui.tui.look.signs import word
from noctui.tui.panes import alarm_facts as facts
from noctui.tui.panes.alarm_rows import AlarmRows
from noctui.tui.place import region_name

_STATES = ("open waiting", "taken acked", "snoozed", "held", "cleared resolved")
_WORDS = tuple(f"{s.word} {word(s).lower()}{' info' if s is Severity.OK else ''} {state}" for s in Severity
               for state in _STATES)  # fmt: skip
_KEYS = ("site", "name", "region", "carrier", "port", "type", "owner", "source", "cause")


class Texts:
    """The texts of alarms, kept while they are listed. A poll brings few new versions."""

    def __init__(self) -> None:
        self._inventory: object = None
        self._made: dict[str, tuple[Alarm, tuple[str, ...]]] = {}

    def subject(self, rows: AlarmRows) -> Subject:
        """All texts of an alarm, those of an incident's members too; its age (`for>60`) and how often it came
        (`count>10`)."""
        made = self._rows(rows)
        columns = list(zip(*made, strict=True)) if made else [()] * (len(_KEYS) + 1)
        counts = np.array([a.open_members if a.type == INCIDENT else a.count for a in rows.alarms], np.float64)
        return Subject(
            text=Lines(["\t".join(row) for row in made]),
            columns={key: Lines(columns[i]) for i, key in enumerate(_KEYS)},
            numbers={"for": rows.at - rows.opened, "count": counts},
            words=_WORDS,
            code=rows.severity.astype(np.intp) * len(_STATES) + rows.state,
        )

    def _rows(self, rows: AlarmRows) -> list[tuple[str, ...]]:
        if rows.view.inventory is not self._inventory:
            self._inventory, self._made = rows.view.inventory, {}
        before, kept = self._made, {}
        for alarm in rows.alarms:
            found = before.get(alarm.alarm_id)
            if found is None or found[0] is not alarm:
                found = alarm, _texts(alarm, rows.view)
            kept[alarm.alarm_id] = found
        self._made = kept
        made = [kept[a.alarm_id][1] for a in rows.alarms]
        return _with_members(rows, made)


def _with_members(rows: AlarmRows, made: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """An incident is found by the sites, names and ports of its members."""
    inside: dict[int, list[tuple[str, ...]]] = {}
    for row in np.flatnonzero(rows.parent >= 0).tolist():
        inside.setdefault(int(rows.parent[row]), []).append(made[row])
    for at, members in inside.items():
        more = [" ".join(dict.fromkeys(m[i] for m in members if m[i])) for i in range(5)]
        own = made[at]
        made[at] = (*(f"{a} {b}" for a, b in zip(own[:5], more, strict=True)), *own[5:])
    return made


def _texts(alarm: Alarm, view: View) -> tuple[str, ...]:
    """By `_KEYS`, then all else."""
    ports = " ".join(c.partition(":")[2] for c in alarm.circuit_ids)
    who = " ".join((alarm.owner, alarm.ack.who if alarm.ack else "", alarm.snooze.who if alarm.snooze else ""))
    why = [x.why for x in (alarm.ack, alarm.snooze) if x is not None]
    ticket = alarm.ack.ticket if alarm.ack is not None else ""
    number = f"incident {alarm.number}" if alarm.number else ""
    rest = (
        facts.said(alarm), facts.what(alarm, view), alarm.evidence, number, ticket, *why, facts.hold_words(alarm),
        alarm.hub, *(n.text for n in alarm.notes),
    )  # fmt: skip
    return (
        facts.where(alarm, view), facts.town(alarm, view), region_name(alarm.region) if alarm.region else "",
        alarm.carrier, ports, f"{facts.kind(alarm)} {alarm.type}", who, alarm.source, alarm.cause,
        " ".join(r for r in rest if r),
    )  # fmt: skip


def of_severity(rows: AlarmRows, chosen: frozenset[int]) -> Mask:
    """[rows] whose severity is one of the chosen."""
    return np.isin(rows.severity, sorted(chosen))
