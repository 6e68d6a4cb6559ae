"""What alarms can be filtered by. Texts are made once for each version of an alarm, not with every poll."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

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


class _Columns(Mapping[str, Lines]):
    """The columns by name; one is made when it is asked for."""

    def __init__(self, rows: Sequence[tuple[str, ...]]) -> None:
        self._rows = rows
        self._made: dict[str, Lines] = {}

    def __getitem__(self, key: str) -> Lines:
        found = self._made.get(key)
        if found is None:
            at = _KEYS.index(key)
            found = self._made[key] = Lines([row[at] for row in self._rows])
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_KEYS)

    def __len__(self) -> int:
        return len(_KEYS)

    def __contains__(self, key: object) -> bool:
        return key in _KEYS


class Texts:
    """The texts of alarms, kept while they are listed. A poll brings few new versions."""

    def __init__(self) -> None:
        self._inventory: object = None
        self._made: dict[str, tuple[Alarm, tuple[str, ...]]] = {}
        self._last: tuple[AlarmRows, Subject] | None = None

    def subject(self, rows: AlarmRows) -> Subject:
        """All texts of an alarm, those of an incident's members too; its age (`for>60`) and how often it came
        (`count>10`)."""
        last = self._last
        if last is not None and last[0] is rows:
            return last[1]
        found = self._subject(rows)
        self._last = rows, found
        return found

    def _subject(self, rows: AlarmRows) -> Subject:
        made = self._rows(rows)
        counts = np.array([a.open_members if a.type == INCIDENT else a.count for a in rows.alarms], np.float64)
        return Subject(
            text=Lines([row[-1] for row in made]),
            columns=_Columns(made),
            numbers={"for": rows.at - rows.opened, "count": counts},
            words=_WORDS,
            code=rows.severity.astype(np.intp) * len(_STATES) + rows.state,
        )

    def _rows(self, rows: AlarmRows) -> list[tuple[str, ...]]:
        before = self._made if rows.view.inventory is self._inventory else {}
        kept: dict[str, tuple[Alarm, tuple[str, ...]]] = {}
        for alarm in rows.alarms:
            found = before.get(alarm.alarm_id)
            if found is None or found[0] is not alarm:
                found = alarm, _texts(alarm, rows.view)
            kept[alarm.alarm_id] = found
        self._inventory, self._made = rows.view.inventory, kept
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
        named = tuple(f"{a} {b}" for a, b in zip(own[:5], more, strict=True))
        made[at] = (*named, *own[5:-1], "\t".join((*named, own[-1])))
    return made


def _texts(alarm: Alarm, view: View) -> tuple[str, ...]:
    """By `_KEYS`, then all of it."""
    ports = " ".join(c.partition(":")[2] for c in alarm.circuit_ids)
    who = " ".join((alarm.owner, alarm.ack.who if alarm.ack else "", alarm.snooze.who if alarm.snooze else ""))
    why = [x.why for x in (alarm.ack, alarm.snooze) if x is not None]
    ticket = alarm.ack.ticket if alarm.ack is not None else ""
    number = f"incident {alarm.number}" if alarm.number else ""
    rest = (
        facts.said(alarm), facts.what(alarm, view), alarm.evidence, number, ticket, *why, facts.hold_words(alarm),
        alarm.hub, *(n.text for n in alarm.notes),
    )  # fmt: skip
    columns = (
        facts.where(alarm, view), facts.town(alarm, view), region_name(alarm.region) if alarm.region else "",
        alarm.carrier, ports, f"{facts.kind(alarm)} {alarm.type}", who, alarm.source, alarm.cause,
    )  # fmt: skip
    return (*columns, "\t".join((*columns, " ".join(r for r in rest if r))))


def of_severity(rows: AlarmRows, chosen: frozenset[int]) -> Mask:
    """[rows] whose severity is one of the chosen."""
    return np.isin(rows.severity, sorted(chosen))
