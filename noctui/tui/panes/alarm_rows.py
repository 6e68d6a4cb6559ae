"""Alarms of all sources as rows of the live table, and as rows of a CSV file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.alarms import INCIDENT, MIST, Alarm, state_of
from noctui.model.view import View
from noctui.model.words import Severity
from noctui.tui.export import Cell as CsvCell
from noctui.tui.export import Exported, instant
from noctui.tui.look.numbers import count, duration, tone
from noctui.tui.look.signs import Signs, severity_role
from noctui.tui.panes import alarm_facts as facts
from noctui.tui.panes import cells
from noctui.tui.panes.alarm_columns import STATES, AlarmColumns, followed
from noctui.tui.place import region_name
from noctui.tui.runs import Run
from noctui.tui.widgets.columns import Cell, Column

COLUMNS = (
    Column("mark", "", 1),
    Column("state", "state", 6),
    Column("age", "age", 5, "right"),
    Column("site", "site", 8),
    Column("what", "what", 12, drop=3),
    Column("alarm", "alarm", 30, flex=True),
    Column("count", "×", 5, "right", drop=2),
    Column("owner", "owner", 8),
    Column("until", "until", 5, drop=1),
)
SPARE = (
    Column("name", "name", 16, drop=6), Column("region", "region", 13, drop=7), Column("source", "from", 6, drop=8),
    Column("type", "type", 12, drop=8), Column("cause", "cause", 20, drop=5),
)  # fmt: skip
_WIDE = ("name", "region", "cause")
_WIDTHS = {"what": 16, "owner": 10, "cause": 34, "name": 20}
SORT = ("state", True)
_GROUP = {"open": 0, "taken": 1, "snoozed": 2, "held": 2, "cleared": 3}
SOON = 1800.0
"""Seconds before its end from which on an acknowledgement is told to expire."""


def columns(wide: bool) -> tuple[Column, ...]:
    """The columns; on a large terminal with town, region and cause."""
    if not wide:
        return COLUMNS
    more = {c.key: c for c in SPARE}
    made: list[Column] = []
    for column in COLUMNS:
        made.append(column)
        if column.key == "site":
            made += [more["name"], more["region"]]
        elif column.key == "alarm":
            made.append(more["cause"])
    return tuple(replace(c, width=_WIDTHS.get(c.key, c.width)) for c in made)


def spare(wide: bool) -> tuple[Column, ...]:
    """Columns that are there to be chosen."""
    return tuple(c for c in SPARE if not (wide and c.key in _WIDE))


class AlarmRows:
    """The alarms of one moment, open ones and those that cleared. `new` marks by alarm_id what nobody has looked at:
    `+` came, `-` went. `inside`: all of them are members of one incident, whose board this is. `before`: rows of
    most of the same alarms, from which what did not change is taken."""

    def __init__(
        self, alarms: Sequence[Alarm], view: View, at: float, signs: Signs, grey: bool = False,
        new: Mapping[str, str] | None = None, inside: bool = False, before: AlarmRows | None = None,
    ) -> None:  # fmt: skip
        self._columns: AlarmColumns = followed(before._columns if before is not None else None, alarms)
        self.alarms: tuple[Alarm, ...] = tuple(self._columns.alarms.tolist())
        self.view = view
        self.at = at
        self._signs = signs
        self._grey = grey
        self._inside = inside
        self.new = new if new is not None else {}
        self._row = dict(zip(self._columns.ids.tolist(), range(len(self.alarms)), strict=True))
        self._sorted: dict[str, NDArray[Any]] = {}

    def __len__(self) -> int:
        return len(self.alarms)

    def key(self, row: int) -> str:
        return self.alarms[row].alarm_id

    def find(self, key: str) -> int | None:
        return self._row.get(key)

    @property
    def severity(self) -> NDArray[np.uint8]:
        """[rows] Severity."""
        return self._columns.severity

    @property
    def state(self) -> NDArray[np.uint8]:
        """[rows] index into `STATES`."""
        return self._columns.state

    @property
    def opened(self) -> NDArray[np.float64]:
        """[rows] event time."""
        return self._columns.opened

    def since(self, at: float) -> list[Alarm]:
        """Those that opened or cleared after `at`: few of many."""
        recent = (self.opened > at) | (self._columns.cleared > at)
        return [self.alarms[i] for i in np.flatnonzero(recent).tolist()]

    @cached_property
    def parent(self) -> NDArray[np.intp]:
        """[rows] the row of the incident that speaks for it; -1: none."""
        found = np.full(len(self), -1, np.intp)
        incident, parents = self._columns.incident, self._columns.parents
        if incident.any():
            row = {name: self._row[name] for name in self._columns.ids[incident].tolist()}
            found[:] = [row.get(name, -1) if name else -1 for name in parents.tolist()]
        return found

    def unfolded(self, chosen: frozenset[str], mask: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
        """[rows] without members whose incident is shown, unless that is one of the chosen; None for all."""
        parent = self.parent
        inside = parent >= 0
        if not inside.any():
            return mask
        shown = mask if mask is not None else np.ones(len(self), np.bool_)
        opened = np.zeros(len(self), np.bool_)
        opened[[self._row[c] for c in chosen if c in self._row]] = True
        folded = inside & shown[parent] & ~opened[parent]
        return np.asarray(shown & ~folded)

    @cached_property
    def order(self) -> NDArray[np.intp]:
        """[rows] place in the list: open before taken, then snoozed and held, then over; the worst first, then the
        newest; a member after its incident."""
        group = np.array([_GROUP[word] for word in STATES], np.uint8)[self.state]
        lead = np.where(self.parent >= 0, self.parent, np.arange(len(self)))
        mine = (-self.opened, self.severity, self.parent >= 0)
        keys = (*mine, lead, -self.opened[lead], self.severity[lead], group[lead])
        place = np.empty(len(self), np.intp)
        place[np.lexsort(keys)] = np.arange(len(self))
        return place

    def cells(self, row: int, columns: tuple[str, ...]) -> Sequence[Cell]:
        alarm = self.alarms[row]
        held = bool(alarm.held_by) and not (self._inside and alarm.held_by == "incident")
        calm = alarm.cleared is not None or alarm.ack is not None or held
        made = [self._cell(alarm, column, columns, calm) for column in columns]
        return cells.greyed(made) if self._grey else made

    def _cell(self, alarm: Alarm, column: str, columns: tuple[str, ...], calm: bool) -> Cell:
        ink = "dim" if calm else "text"
        match column:
            case "mark":
                return (self.new.get(alarm.alarm_id, ""), "accent bold")
            case "state":
                return state_cell(alarm, self._signs, calm)
            case "age":
                return (duration(max(0.0, self.at - alarm.opened)), ink)
            case "site":
                return (facts.where(alarm, self.view), ink)
            case "name" | "region" | "source" | "type" | "cause":
                return (_TEXTS[column](alarm, self.view), "dim")
            case "what":
                text = facts.what(alarm, self.view)
                return (text or self._signs.none, ink if text else "faint")
            case "alarm":
                return self._said(alarm, "what" not in columns, calm)
            case "count":
                many = alarm.open_members if alarm.type == INCIDENT else alarm.count
                text = count(many) if many > 1 else ""
                return (text, tone(text, ink))
            case "owner":
                text = facts.owner_words(alarm)
                if self._inside and text == "incident":
                    return ("open", "text")
                return (text, "accent" if alarm.waits and not alarm.owner else ink if alarm.waits else "dim")
            case "until":
                return (facts.until_words(alarm), "warn" if self._soon(alarm) else "dim")
        raise KeyError(column)

    def _soon(self, alarm: Alarm) -> bool:
        return alarm.cleared is None and alarm.ack is not None and alarm.ack.until - self.at < SOON

    def _said(self, alarm: Alarm, named: bool, calm: bool) -> Cell:
        """What it says, what the value is now, and what keeps it quiet; `named`: with what it is about."""
        runs: list[Run] = []
        if alarm.parent and self._row.get(alarm.parent) is not None and alarm.held_by.startswith("incident"):
            runs.append(("  ", "dim"))
        if named and (text := facts.what(alarm, self.view)):
            runs.append((f"{text} ", "dim" if calm else "text"))
        runs.append((facts.said(alarm), "dim" if calm else "hi"))
        if now := facts.now_of(alarm, self.view):
            runs.append((f", {now}", "dim" if calm else "text"))
        if alarm.cleared is None and not self._inside and (held := facts.hold_words(alarm)):
            runs.append((f"  {held}", "dim"))
        return tuple(runs)

    def sort_values(self, column: str) -> NDArray[Any]:
        found = self._sorted.get(column)
        if found is None:
            found = self._sorted[column] = self._by(column)
        return found

    def _by(self, column: str) -> NDArray[Any]:
        match column:
            case "state":
                return -self.order
            case "age":
                return np.asarray(self.at - self.opened)
            case "count":
                return np.array([a.open_members if a.type == INCIDENT else a.count for a in self.alarms], np.int64)
            case "until":
                return np.array([facts.until_of(a) or np.nan for a in self.alarms], np.float64)
            case "mark":
                return np.array([a.alarm_id in self.new for a in self.alarms], np.uint8)
        pick, view = _TEXTS[column], self.view
        return np.array([pick(a, view).lower()[:80] for a in self.alarms], np.str_)

    def changed(self, old: AlarmRows, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        if old._grey != self._grey or old.view.inventory is not self.view.inventory:
            return np.ones(len(rows), np.bool_)
        return np.array([self._differs(old, int(row)) for row in rows], np.bool_)

    def _differs(self, old: AlarmRows, row: int) -> bool:
        if row >= len(old):
            return True
        mine, other = self.alarms[row], old.alarms[row]
        if mine is not other and mine != other:
            return True
        if self.new.get(mine.alarm_id) != old.new.get(mine.alarm_id) or self._soon(mine) != old._soon(mine):
            return True
        if facts.now_of(mine, self.view) != facts.now_of(other, old.view):
            return True
        return duration(self.at - mine.opened) != duration(old.at - other.opened)


_TEXTS: dict[str, Callable[[Alarm, View], str]] = {
    "site": facts.where, "name": facts.town, "what": facts.what, "alarm": lambda a, _: facts.said(a),
    "owner": lambda a, _: facts.owner_words(a), "region": lambda a, _: region_name(a.region) if a.region else "",
    "source": lambda a, _: a.source, "type": lambda a, _: facts.kind(a), "cause": lambda a, _: a.cause,
}  # fmt: skip
"""Columns of text."""


def state_cell(alarm: Alarm, signs: Signs, calm: bool = False) -> Cell:
    """`▲ crit`; Mist's notices are `· info`. What is taken, held or over keeps sign and word, but no colour."""
    cell = cells.state_cell(alarm.severity, signs)
    text, role = str(cell[0]), severity_role(alarm.severity)
    if alarm.source == MIST and alarm.severity == Severity.OK:
        text = f"{signs.ok} info"
    return (text, "dim" if calm else role)


HEADERS = (
    "alarm_id", "state", "severity", "worst", "source", "type", "text", "cause", "evidence", "count", "site",
    "site_name", "region", "site_id", "carrier", "hub", "circuit_ids", "gateway_ids", "opened", "changed", "known_at",
    "cleared", "held_by", "parent", "number", "members", "open_members", "sites", "owner", "taken_by", "taken_at",
    "taken_until", "taken_why", "ticket", "snoozed_by", "snoozed_until", "snoozed_why", "notes", "mist_id",
    "merged_into", "at",
)  # fmt: skip


def exported(rows: AlarmRows, order: Sequence[int], name: str = "alarms") -> Exported:
    """All fields of the alarms of these rows, in this order."""
    return Exported(name, HEADERS, [csv_row(rows.alarms[i], rows.view, rows.at) for i in order])


def csv_row(a: Alarm, view: View, at: float) -> tuple[CsvCell, ...]:
    row = view.inventory.site_row.get(a.site_id)
    site = view.inventory.sites[row] if row is not None else None
    ack, snooze = a.ack, a.snooze
    return (
        a.alarm_id, state_of(a), Severity(a.severity).word, Severity(a.worst).word, a.source, a.type, a.text, a.cause,
        a.evidence, a.count, site.number if site else "", site.name if site else "", a.region, a.site_id, a.carrier,
        a.hub, " ".join(a.circuit_ids), " ".join(a.gateway_ids), instant(a.opened), instant(a.changed),
        instant(a.known_at), None if a.cleared is None else instant(a.cleared), a.held_by, a.parent, a.number or None,
        a.members, a.open_members, a.sites, a.owner, ack.who if ack else "", instant(ack.at) if ack else None,
        instant(ack.until) if ack else None, ack.why if ack else "", ack.ticket if ack else "",
        snooze.who if snooze else "", instant(snooze.until) if snooze else None, snooze.why if snooze else "",
        " | ".join(f"{n.who}: {n.text}" for n in a.notes), a.mist_id, a.merged_into, instant(at),
    )  # fmt: skip
