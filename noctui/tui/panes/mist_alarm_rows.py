"""Mist's alarms as rows of the live table, as lines for other panes, and as rows of a CSV file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.cloud import MistAlarm
from noctui.model.inventory import Circuit, Inventory, Site
from noctui.model.words import Severity
from noctui.runtime.headlines import alarm_severity
from noctui.tui.export import Cell as CsvCell
from noctui.tui.export import Exported, instant
from noctui.tui.look.numbers import count, duration, tone
from noctui.tui.look.signs import Signs, severity_role
from noctui.tui.look.text import clean, clip
from noctui.tui.panes import cells
from noctui.tui.panes.alarm_words import type_words
from noctui.tui.runs import Line, apart
from noctui.tui.widgets.columns import Cell, Column

COLUMNS = (
    Column("state", "state", 6),
    Column("age", "age", 5, "right"),
    Column("site", "site", 5),
    Column("name", "name", 16, drop=6),
    Column("what", "what", 13, drop=2),
    Column("kind", "alarm", 20),
    Column("text", "text", 12, flex=True, drop=4),
    Column("count", "×", 5, "right", drop=3),
    Column("owner", "owner", 8, drop=1),
    Column("open", "is", 8),
)
_WIDTHS = {"name": 22, "what": 20, "kind": 26, "owner": 14}
SORT = ("open", True)
_WORDS = {Severity.CRITICAL: "crit", Severity.WARN: "warn", Severity.OK: "info"}


def columns(wide: bool) -> tuple[Column, ...]:
    """The columns; on a large terminal with room for whole names."""
    if not wide:
        return tuple(c for c in COLUMNS if c.key != "name")
    return tuple(replace(c, width=_WIDTHS.get(c.key, c.width)) for c in COLUMNS)


def spare(wide: bool) -> tuple[Column, ...]:
    """Columns that are there to be chosen."""
    return () if wide else tuple(c for c in COLUMNS if c.key == "name")


@dataclass(frozen=True, slots=True)
class Told:
    """One alarm as a pane tells it: where it belongs in this inventory, and its texts (not cleaned yet)."""

    alarm: MistAlarm
    severity: Severity
    site: Site | None
    circuits: tuple[Circuit, ...]

    @property
    def kind(self) -> str:
        return type_words(self.alarm.type)

    @property
    def where(self) -> str:
        """The site's number, else its name, else the gateway's."""
        if self.site is not None:
            return cells.site_number(self.site) or self.site.name
        return next(iter(self.alarm.hostnames), "") or self.alarm.site_id

    @property
    def what(self) -> str:
        """`Comcast sec`, `2 circuits`, or the gateway."""
        if len(self.circuits) == 1:
            one = self.circuits[0]
            role = {0: " pri", 1: " sec", 2: " bkp"}.get(int(one.role), "")
            return f"{cells.carrier(one)}{role}"
        if self.alarm.circuit_ids:
            return f"{len(self.alarm.circuit_ids)} circuits"
        return "gateway" if self.alarm.gateway_ids else ""

    @property
    def owner(self) -> str:
        return (self.alarm.acked_by or "taken") if self.alarm.acked else ""


def rows_of(alarms: Sequence[MistAlarm], inventory: Inventory) -> list[Told]:
    """The alarms with their sites and circuits: open first, then worst, then newest; resolved ones after."""
    told = [_told(a, inventory) for a in alarms]
    return sorted(told, key=lambda t: (t.alarm.resolved is not None, t.severity, -t.alarm.opened, t.alarm.alarm_id))


def _told(alarm: MistAlarm, inventory: Inventory) -> Told:
    site = inventory.site_row.get(alarm.site_id)
    found = [inventory.circuit_row.get(c) for c in alarm.circuit_ids]
    return Told(
        alarm, alarm_severity(alarm), None if site is None else inventory.sites[site],
        tuple(inventory.circuits[row] for row in found if row is not None),
    )  # fmt: skip


def state_cell(severity: Severity, raw: str, signs: Signs, over: bool) -> Cell:
    """`▲ crit`, `○ warn`, `· info`; a word of Mist's that is none of these with `?`. What is over has no colour."""
    word = _WORDS.get(severity) or clip(raw, 4, "") or "unkn"
    role = "dim" if over or severity is Severity.OK else severity_role(severity)
    return (f"{signs.severity(severity)} {word}", role)


def alarm_line(told: Told, at: float, signs: Signs, wide: int) -> Line:
    """`▲    18m  Comcast sec  WAN port down                  open` in `wide` cells, for panes of a site."""
    over = told.alarm.resolved is not None
    sign = signs.severity(told.severity)
    role = "dim" if over else severity_role(told.severity)
    ink = "dim" if over or told.alarm.acked else "text"
    said = clean(told.alarm.text)
    left: Line = (
        (sign, role), (f" {duration(at - told.alarm.opened):>5}  ", "dim"), (f"{clean(told.what)} ", ink),
        (clean(told.kind), "dim" if over else "hi"), (f"  {said}" if said else "", "dim"),
    )  # fmt: skip
    end = "resolved" if over else clip(told.owner, 10) or "open"
    return apart(left, ((end, "accent" if end == "open" else "dim"),), wide)


_TEXTS: dict[str, Callable[[Told], str]] = {
    "site": lambda t: t.where, "name": lambda t: cells.site_town(t.site) if t.site else "", "what": lambda t: t.what,
    "kind": lambda t: t.kind, "text": lambda t: t.alarm.text, "owner": lambda t: t.owner,
}  # fmt: skip
"""Columns of text, by which rows can be sorted."""


class AlarmRows:
    """The alarms of one answer. `at` is what ages count to; `grey`: all of it is old."""

    def __init__(
        self, alarms: Sequence[MistAlarm], inventory: Inventory, at: float, signs: Signs, grey: bool = False
    ) -> None:
        # in the order they opened: a new one comes last, and the rows before it keep their numbers
        self.alarms = tuple(sorted(alarms, key=lambda a: (a.opened, a.alarm_id)))
        self.inventory = inventory
        self.at = at
        self._signs = signs
        self._grey = grey
        self._row = {a.alarm_id: i for i, a in enumerate(self.alarms)}
        self._sorted: dict[str, NDArray[Any]] = {}

    def __len__(self) -> int:
        return len(self.alarms)

    def key(self, row: int) -> str:
        return self.alarms[row].alarm_id

    def find(self, key: str) -> int | None:
        return self._row.get(key)

    def told(self, row: int) -> Told:
        return _told(self.alarms[row], self.inventory)

    @cached_property
    def severity(self) -> NDArray[np.uint8]:
        """[rows] Severity."""
        return np.array([alarm_severity(a) for a in self.alarms], np.uint8)

    @cached_property
    def over(self) -> NDArray[np.bool_]:
        """[rows] whether it is resolved."""
        return np.array([a.resolved is not None for a in self.alarms], np.bool_)

    @cached_property
    def age(self) -> NDArray[np.float64]:
        """[rows] seconds since it opened."""
        return self.at - np.array([a.opened for a in self.alarms], np.float64)

    def cells(self, row: int, columns: tuple[str, ...]) -> Sequence[Cell]:
        told = self.told(row)
        made = [self._cell(told, column) for column in columns]
        return cells.greyed(made, frozenset()) if self._grey else made

    def _cell(self, told: Told, column: str) -> Cell:
        alarm = told.alarm
        over = alarm.resolved is not None
        ink = "dim" if over or alarm.acked else "text"
        match column:
            case "state":
                return state_cell(told.severity, alarm.severity, self._signs, over)
            case "age":
                return (duration(max(0.0, self.at - alarm.opened)), "dim" if over else "text")
            case "site":
                return (told.where, ink)
            case "name":
                return (cells.site_town(told.site) if told.site else "", ink)
            case "what":
                return (told.what or self._signs.none, ink if told.what else "faint")
            case "kind":
                return (told.kind, "dim" if over or alarm.acked else "hi")
            case "text":
                return (alarm.text or self._signs.none, "dim" if alarm.text else "faint")
            case "count":
                text = count(alarm.count) if alarm.count > 1 else ""
                return (text, tone(text, ink))
            case "owner":
                return (told.owner, "dim")
            case "open":
                return ("resolved", "dim") if over else ("taken" if alarm.acked else "open", "dim" if alarm.acked else
                                                         "accent")  # fmt: skip
        raise KeyError(column)

    def sort_values(self, column: str) -> NDArray[Any]:
        found = self._sorted.get(column)
        if found is None:
            found = self._sorted[column] = self._by(column)
        return found

    def _by(self, column: str) -> NDArray[Any]:
        match column:
            case "open":  # open before resolved, waiting before taken, then the worst, then the newest
                acked = np.array([a.acked for a in self.alarms], np.float64)
                level = np.array([Severity.DISABLED - s for s in self.severity.tolist()], np.float64)
                newer = 0.999 / (1 + np.maximum(self.age, 0.0) / 3600)
                return np.asarray((~self.over) * 1000.0 + (1 - acked) * 100.0 * ~self.over + level + newer)
            case "state":
                return np.asarray(Severity.DISABLED - self.severity.astype(np.int16))
            case "age":
                return self.age
            case "count":
                return np.array([a.count for a in self.alarms], np.int64)
        pick = _TEXTS[column]
        return np.array([pick(_told(a, self.inventory)).lower()[:80] for a in self.alarms], np.str_)

    def changed(self, old: AlarmRows, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        if old._grey != self._grey or old.inventory is not self.inventory:
            return np.ones(len(rows), np.bool_)
        return np.array([self._differs(old, int(row)) for row in rows], np.bool_)

    def _differs(self, old: AlarmRows, row: int) -> bool:
        if row >= len(old):
            return True
        mine, other = self.alarms[row], old.alarms[row]
        if mine is not other and mine != other:
            return True
        return duration(self.at - mine.opened) != duration(old.at - other.opened)


HEADERS = (
    "alarm_id", "severity", "state", "type", "alarm", "group", "site", "site_name", "region", "site_id", "circuit_ids",
    "carriers", "gateways", "hostnames", "text", "count", "opened", "last_seen", "known_at", "resolved", "acked",
    "acked_by", "acked_at", "note", "at",
)  # fmt: skip


def exported(rows: AlarmRows, order: Sequence[int]) -> Exported:
    """The alarms of these rows, in this order."""
    return Exported("mist-alarms", HEADERS, [_csv(rows.told(i), rows.at) for i in order])


def _csv(told: Told, at: float) -> tuple[CsvCell, ...]:
    a, site = told.alarm, told.site
    return (
        a.alarm_id, a.severity, "open" if a.resolved is None else "resolved", a.type, told.kind, a.group,
        site.number if site else "", site.name if site else "", site.region if site else "", a.site_id,
        " ".join(a.circuit_ids), " ".join(cells.carrier(c) for c in told.circuits), " ".join(a.gateway_ids),
        " ".join(a.hostnames), a.text, a.count, instant(a.opened), instant(a.last_seen), instant(a.known_at),
        None if a.resolved is None else instant(a.resolved), a.acked, a.acked_by,
        None if a.acked_at is None else instant(a.acked_at), a.note, instant(at),
    )  # fmt: skip
