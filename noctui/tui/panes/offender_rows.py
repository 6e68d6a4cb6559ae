"""Offenders as rows of the live table: who they are, and what every ranking shows of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.alarms import Alarm
from noctui.model.figures import BAD_UNKNOWN, BAD_YES
from noctui.model.inventory import Circuit, Site
from noctui.model.view import View
from noctui.model.words import BAD, Metric, Severity
from noctui.runtime.ranking import CHRONIC
from noctui.tui.export import Cell as CsvCell
from noctui.tui.look.numbers import NONE, count, duration_prose, loss, milliseconds, tone, utilisation
from noctui.tui.look.signs import Signs, level_role, severity_role, word
from noctui.tui.moment import Size
from noctui.tui.panes import cells
from noctui.tui.panes.alarm_owner import mark_cell, owner_ranks
from noctui.tui.panes.changed import Mask
from noctui.tui.panes.offender_answers import Ranked, groups_of, rows_in
from noctui.tui.place import region_name
from noctui.tui.widgets.columns import Cell, Column
from noctui.tui.widgets.spark import share_spark, spark

NUMBER = {
    Metric.UTILISATION: utilisation, Metric.LOSS: loss, Metric.JITTER: milliseconds, Metric.LATENCY: milliseconds,
}  # fmt: skip
UNIT = {Metric.UTILISATION: "%", Metric.LOSS: "%", Metric.JITTER: "ms", Metric.LATENCY: "ms"}
_RANK = Column("rank", "#", 3, "right", drop=7)
ALARM = Column("alarm", "", 1, drop=8)
_COUNTS = (Column("circuits", "circuits", 8, "right", drop=8), Column("bad", "bad", 4, "right", drop=3))
DAYS = Column("days", "7 days", 7)
FLAP = Column("flap", "flap", 4, "right", drop=4)
NOTE = Column("note", "note", 15, drop=9)
CHRONIC_COLUMN = Column("chronic", "chronic", 7, "right", drop=2)
TEXTS = ("site", "name", "region", "carrier", "role")


_CARRIER = {Size.M: 11, Size.L: 12}


def who(things: str, size: Size) -> tuple[Column, ...]:
    """The columns that say who it is."""
    if things == "circuits":
        region = (Column("region", "region", 13, drop=10),) if size is Size.L else ()
        return (
            _RANK, ALARM, Column("site", "site", 4), *region, Column("name", "name", 17, flex=True, drop=5),
            Column("carrier", "carrier", _CARRIER.get(size, 9)), Column("role", "role", 4, drop=8),
        )  # fmt: skip
    if things == "sites":
        return (
            _RANK, ALARM, Column("site", "site", 4), Column("name", "name", 17, flex=True),
            Column("region", "region", 13, drop=9), *_COUNTS,
        )  # fmt: skip
    key = things[:-1]
    return (_RANK, Column(key, key, 14, flex=True), *_COUNTS)


class OffenderRows:
    """All that could rank, as rows in the order of the answer; `order` is who does. Sorting is by their place."""

    def __init__(self, ranked: Ranked, view: View, signs: Signs, grey: bool = False) -> None:
        self.ranked = ranked
        self.view = view
        self.signs = signs
        self.grey = grey
        self.asked = ranked.asked
        self.figures = ranked.answer.figures
        self.of_circuits = ranked.asked.things == "circuits"

    def __len__(self) -> int:
        return len(self.ranked.ids)

    def key(self, row: int) -> str:
        return self.ranked.ids[row]

    @cached_property
    def _find(self) -> dict[str, int]:
        return {key: i for i, key in enumerate(self.ranked.ids)}

    def find(self, key: str) -> int | None:
        return self._find.get(key)

    @cached_property
    def view_rows(self) -> NDArray[np.intp]:
        """Each circuit's row in the View; -1 where it is not in it now."""
        if not self.of_circuits:
            return np.full(len(self), -1, np.intp)
        inventory = self.view.inventory
        known = inventory.__dict__.setdefault("_tui_circuit_ids", tuple(c.circuit_id for c in inventory.circuits))
        return rows_in(known, self.ranked.ids)

    def circuit(self, row: int) -> Circuit | None:
        """The circuit as the inventory has it now; None where it is gone."""
        at = int(self.view_rows[row])
        return self.view.inventory.circuits[at] if at >= 0 else None

    def site(self, row: int) -> Site | None:
        """The site of a circuit, or the site itself."""
        inventory = self.view.inventory
        if self.of_circuits:
            at = int(self.view_rows[row])
            at = int(inventory.circuit_site[at]) if at >= 0 else -1
        else:
            at = inventory.site_row.get(self.key(row), -1) if self.asked.things == "sites" else -1
        return inventory.sites[at] if at >= 0 else None

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """[rows, 9] circuits per severity now: of a group its circuits, of a circuit itself."""
        found = np.zeros((len(self), len(Severity)), np.int64)
        severity = self.view.circuits.severity
        if self.of_circuits:
            here = self.view_rows >= 0
            found[np.flatnonzero(here), severity[self.view_rows[here]]] = 1
            return found
        group = groups_of(self.view.inventory, self.asked.things)
        at = np.array([self._find.get(group(c.circuit_id), -1) for c in self.view.inventory.circuits], np.intp)
        np.add.at(found, (at[at >= 0], severity[at >= 0]), 1)
        return found

    def name(self, row: int) -> str:
        """How a sentence calls it: `2044 Waco TX Lumen`."""
        site, circuit = self.site(row), self.circuit(row)
        if self.of_circuits:
            if circuit is None:
                return self.key(row)
            where = f"{cells.site_number(site)} {cells.site_town(site)}".strip() if site else circuit.site_id
            return f"{where} {cells.carrier(circuit)}"
        if self.asked.things == "sites":
            return f"{cells.site_number(site)} {cells.site_town(site)}".strip() if site else self.key(row)
        return region_name(self.key(row)) if self.asked.things == "regions" else self.key(row) or "no carrier"

    @property
    def _alarms(self) -> Mapping[str, Sequence[Alarm]]:
        """The open alarms of each circuit, or of each site; other groups have none of their own."""
        alarms = self.view.alarms
        return alarms.by_circuit if self.of_circuits else alarms.by_site if self.asked.things == "sites" else {}

    # -- cells --------------------------------------------------------------------------------------------------------

    def cells(self, row: int, columns: tuple[str, ...]) -> Sequence[Cell]:
        made = [self.cell(row, column) for column in columns]
        return cells.greyed(made) if self.grey else made

    def cell(self, row: int, column: str) -> Cell:
        if column in TEXTS:
            text = self._text(row, column)
            if column == "role" and self.of_circuits:
                return self._role(row)
            return (text, "hi" if column in self._names else "dim" if column == "region" else "text")
        match column:
            case "who":  # number and town in one column, for short lists
                site = self.site(row)
                return (f"{self._text(row, 'site')} {self._text(row, 'name')}" if site else self.key(row), "hi")
            case "rank":
                return (str(self.ranked.place[row]), "dim")
            case "alarm":
                return mark_cell(self._alarms.get(self.key(row), ()), self.view.alarms, self.signs)
            case "circuits":
                return self.counted(int(self.figures.counts[row]) if self.figures.counts is not None else 1)
            case "bad":
                bad = int(self.counts[row, list(BAD)].sum())
                return (count(bad), tone(count(bad), "high" if bad else "text"))
            case "flap":
                return self.counted(int(self.figures.flaps[row]))
            case "days":
                return self._days(row)
            case "chronic":
                days = self.ranked.days
                number = int(days.chronic[row]) if days is not None else None
                return (count(number), tone(count(number), "high"))
            case "note":
                return self._note(row)
            case "now":
                return self.now(row, self.asked.by.metric)
            case "trend":
                return self._trend(row)
        return self.own(row, column)

    def own(self, row: int, column: str) -> Cell:
        """A cell of this ranking's own columns."""
        raise KeyError(column)

    def counted(self, number: int) -> Cell:
        text = count(number)
        return (text, tone(text))

    @property
    def _names(self) -> tuple[str, ...]:
        return ("name",) if self.asked.things in ("circuits", "sites") else (self.asked.things[:-1],)

    def _text(self, row: int, column: str) -> str:
        site, circuit = self.site(row), self.circuit(row)
        match column:
            case "site":
                return cells.site_number(site) if site else ""
            case "name":
                return cells.site_town(site) if site else circuit.site_id if circuit else self.key(row)
            case "region":
                region = self.key(row) if self.asked.things == "regions" else site.region if site else None
                return region_name(region) if region is not None else ""
            case "carrier":
                return cells.carrier(circuit) if circuit else "" if self.of_circuits else self.name(row)
        return str(circuit.role.word) if circuit else ""

    def _role(self, row: int) -> Cell:
        at, circuit = int(self.view_rows[row]), self.circuit(row)
        if circuit is None:
            return (f" {self.signs.none}", "faint")
        active = bool(self.view.circuits.active[at])
        return cells.role_cell(circuit, active, cells.stands_in(self.view, at), self.signs)

    def _days(self, row: int) -> Cell:
        """A sign for each of seven days, today last: bad, not, not known. Of a group: the share that was bad."""
        days = self.ranked.days
        if days is None:
            return ("", "faint")
        if not self.of_circuits:
            return share_spark(days.share[row], self.signs)
        role = "high" if days.count[row] >= CHRONIC else "text"
        runs = [
            (self.signs.bad_day, role) if day == BAD_YES
            else (self.signs.none if day == BAD_UNKNOWN else self.signs.ok, "faint")
            for day in days.bad[row].tolist()
        ]  # fmt: skip
        return tuple(runs)

    def _note(self, row: int) -> Cell:
        """What is to be known of it now, apart from the figures."""
        at = int(self.view_rows[row])
        if at < 0:
            return ("not in the network" if self.of_circuits else "", "dim")
        t = self.view.circuits
        severity = Severity(int(t.severity[at]))
        if severity in (Severity.DOWN, Severity.AWAY, Severity.UNKNOWN, Severity.MAINTENANCE, Severity.DISABLED):
            sign, name, role = self.signs.severity(severity), word(severity), severity_role(severity)
            lasted = max(self.view.at - float(t.since[at]), 0.0)
            return (f"{sign} {name} {duration_prose(lasted // 60 * 60)}", role)
        if t.suspect[at]:
            return ("bandwidth?", "warn")
        if cells.stands_in(self.view, at):
            return ("standing in", "accent")
        return ("", "dim")

    def now(self, row: int, metric: Metric) -> Cell:
        """The value that the View has now, in its colour."""
        at = int(self.view_rows[row])
        if at < 0:
            return (NONE, "faint")
        t = self.view.circuits
        column = {Metric.LOSS: t.loss, Metric.JITTER: t.jitter, Metric.LATENCY: t.latency}.get(metric)
        value = float(np.fmax(t.rx_pct[at], t.tx_pct[at])) if column is None else float(column[at])
        return cells.value_cell(NUMBER[metric](value), cells.level_of(int(t.levels[at]), metric), bool(t.stale[at]))

    def now_values(self) -> NDArray[np.float64]:
        """[rows] what `now` sorts by."""
        t, metric = self.view.circuits, self.asked.by.metric
        column = {Metric.LOSS: t.loss, Metric.JITTER: t.jitter, Metric.LATENCY: t.latency}.get(metric)
        values = np.fmax(t.rx_pct, t.tx_pct) if column is None else column
        out = np.full(len(self), np.nan)
        here = self.view_rows >= 0
        out[here] = values[self.view_rows[here]]
        return out

    def _trend(self, row: int) -> Cell:
        at = int(self.view_rows[row])
        if at < 0:
            return ("", "faint")
        return spark(self.view.circuits.trend[at], self.signs, critical=self.view.limits_of(at, Metric.UTILISATION)[2])

    def measured(self, row: int, value: float, metric: Metric, *, approximate: bool = False) -> Cell:
        """A figure of the window in the colour of the threshold that it reaches; `≈` where a histogram gives it."""
        text = NUMBER[metric](value)
        role = "text"
        at = int(self.view_rows[row])
        if at >= 0:
            role = level_role(cells.raw_level(self.view.limits_of(at, metric), value))
        run = (text, tone(text, role))
        return (run, (self.signs.approximate, "dim")) if approximate and text not in (NONE, "0") else run

    # -- trends and files ---------------------------------------------------------------------------------------------

    @cached_property
    def trend_rows(self) -> NDArray[np.intp]:
        """Each row's row in the trend; -1 where it is not in it."""
        found = self.ranked.trend_row
        return found if found is not None else np.full(len(self), -1, np.intp)

    def trend_at(self, row: int) -> int:
        return int(self.trend_rows[row])

    @property
    def reach(self) -> NDArray[np.float64]:
        """[rows] days until the trend's threshold; never is last, and unknown after it."""
        trend, rows = self.ranked.trend, self.trend_rows
        return np.where(rows >= 0, trend.reach[rows], np.nan) if trend is not None else np.full(len(self), np.nan)

    def headers(self) -> tuple[str, ...]:
        """Titles of this ranking's own columns in a file, with their units."""
        raise NotImplementedError

    def exported(self, row: int) -> tuple[CsvCell, ...]:
        """This ranking's own columns of a row in a file."""
        raise NotImplementedError

    # -- order --------------------------------------------------------------------------------------------------------

    def sort_values(self, column: str) -> NDArray[Any]:
        """The column that ranks sorts by the place, so that the order is exactly that of the ranking."""
        by, place = self.asked.by, self.ranked.place
        if column == "rank":
            return np.where(place > 0, place, len(place) + 1)
        if column == by.column:
            return np.where(place > 0, -place if by.biggest else place, -len(place) - 1 if by.biggest else len(place))
        if column in TEXTS:
            return np.array([self._text(row, column).lower() for row in range(len(self))])
        match column:
            case "alarm":
                return owner_ranks(self._alarms, self.ranked.ids)
            case "circuits":
                return self.figures.counts if self.figures.counts is not None else np.ones(len(self))
            case "bad":
                return np.asarray(self.counts[:, list(BAD)].sum(axis=1))
            case "flap":
                return self.figures.flaps
            case "days" | "chronic":
                return self._bad_days()
            case "now":
                return self.now_values()
            case "note" | "trend":
                return -np.where(place > 0, place, len(place) + 1)
        return self.own_values(column)

    def own_values(self, column: str) -> NDArray[Any]:
        raise KeyError(column)

    def _bad_days(self) -> NDArray[Any]:
        days = self.ranked.days
        if days is None:
            return np.zeros(len(self))
        return days.count if self.of_circuits else days.chronic

    def changed(self, old: OffenderRows, rows: NDArray[np.intp]) -> Mask:
        names = self.looks
        if type(old) is not type(self) or old.grey != self.grey:
            return np.ones(len(rows), np.bool_)
        return np.array(
            [int(r) >= len(old) or self.cells(int(r), names) != old.cells(int(r), names) for r in rows], np.bool_
        )

    @property
    def looks(self) -> tuple[str, ...]:
        """All columns that this ranking may show."""
        return tuple(c.key for c in self.columns(Size.L))

    def columns(self, size: Size) -> tuple[Column, ...]:
        """The columns of this ranking."""
        raise NotImplementedError


class Nobody:
    """No rows: what a table shows before the first answer."""

    def __len__(self) -> int:
        return 0

    def key(self, row: int) -> str:
        raise IndexError(row)

    def find(self, key: str) -> int | None:
        return None

    def cells(self, row: int, columns: tuple[str, ...]) -> Sequence[Cell]:
        raise IndexError(row)

    def sort_values(self, column: str) -> NDArray[Any]:
        return np.zeros(0)

    def changed(self, old: Any, rows: NDArray[np.intp]) -> Mask:
        return np.zeros(len(rows), np.bool_)
