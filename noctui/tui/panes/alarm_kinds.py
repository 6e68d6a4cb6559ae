"""Mist's alarms of 24 h by type: how many of each severity, and how many are still open."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.cloud import MistAlarm
from noctui.model.words import Severity
from noctui.runtime.headlines import alarm_severity
from noctui.tui.export import Exported, instant
from noctui.tui.look.numbers import count, duration, tone
from noctui.tui.look.signs import Signs, severity_role
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import cells, mist_alarm_subject
from noctui.tui.panes.alarm_words import type_words
from noctui.tui.panes.changed import Mask
from noctui.tui.panes.keeping import Keeping
from noctui.tui.panes.kept import Kept
from noctui.tui.panes.list_pane import Listed, ListPane, Sorts
from noctui.tui.panes.offender_kinds import range_of
from noctui.tui.place import MIST_ALARMS, Place
from noctui.tui.widgets.columns import Cell, Column

MOST = 20_000
"""Alarms asked for; more than these are said to be there."""
_NOTED = 38
"""Cells for the list's title and note in one: `alarms, 24 h: 45, 14 critical, 31 open`."""
_COLUMNS = {"crit": Severity.CRITICAL, "warn": Severity.WARN, "info": Severity.OK}


@dataclass(frozen=True, slots=True)
class Kind:
    """All alarms of one type in the window. `counts` is [9] per severity; `newest` when the last one opened."""

    type: str
    total: int
    open: int
    counts: tuple[int, ...]
    newest: float

    @property
    def other(self) -> int:
        """Those whose severity is none of Mist's three words."""
        return self.total - sum(self.counts[s] for s in _COLUMNS.values())


def kinds_of(alarms: Sequence[MistAlarm]) -> tuple[Kind, ...]:
    """Most critical first, then most in all, then by name."""
    found: dict[str, list[MistAlarm]] = {}
    for alarm in alarms:
        found.setdefault(alarm.type, []).append(alarm)
    kinds = []
    for kind, those in found.items():
        counts = [0] * len(Severity)
        for alarm in those:
            counts[alarm_severity(alarm)] += 1
        opened = sum(a.resolved is None for a in those)
        kinds.append(Kind(kind, len(those), opened, tuple(counts), max(a.opened for a in those)))
    return tuple(sorted(kinds, key=lambda k: (-k.counts[Severity.CRITICAL], -k.total, k.type)))


class KindRows:
    """Types as rows, in the order that they were given."""

    def __init__(self, kinds: Sequence[Kind], at: float, signs: Signs, grey: bool = False) -> None:
        self.kinds = tuple(kinds)
        self.at = at
        self._signs = signs
        self._grey = grey
        self._row = {k.type: i for i, k in enumerate(self.kinds)}

    def __len__(self) -> int:
        return len(self.kinds)

    def key(self, row: int) -> str:
        return self.kinds[row].type

    def find(self, key: str) -> int | None:
        return self._row.get(key)

    def cells(self, row: int, columns: tuple[str, ...]) -> Sequence[Cell]:
        made = [self._cell(self.kinds[row], column) for column in columns]
        return cells.greyed(made) if self._grey else made

    def _cell(self, kind: Kind, column: str) -> Cell:
        match column:
            case "kind":
                return (type_words(kind.type), "hi")
            case "total" | "open":
                text = count(kind.total if column == "total" else kind.open)
                return (text, tone(text))
            case "newest":
                return (duration(self.at - kind.newest), "dim")
        number, severity = (kind.other, Severity.UNKNOWN) if column == "other" else (
            kind.counts[_COLUMNS[column]], _COLUMNS[column])  # fmt: skip
        return (count(number), tone(count(number), severity_role(severity)))

    def sort_values(self, column: str) -> NDArray[Any]:
        match column:
            case "kind":
                return np.array([type_words(k.type).lower() for k in self.kinds], np.str_)
            case "total" | "open" | "other":
                return np.array([getattr(k, column) for k in self.kinds], np.int64)
            case "newest":
                return np.array([k.newest for k in self.kinds], np.float64)
            case "crit":
                return -np.arange(len(self.kinds))
        return np.array([k.counts[_COLUMNS[column]] for k in self.kinds], np.int64)

    def changed(self, old: KindRows, rows: NDArray[np.intp]) -> Mask:
        names = ("kind", "crit", "warn", "info", "other", "total", "open", "newest")
        return np.array(
            [int(r) >= len(old) or self.cells(int(r), names) != old.cells(int(r), names) for r in rows], np.bool_
        )


HEADERS = ("type", "critical", "warn", "info", "other", "alarms_24h", "open", "newest_opened", "at")


def exported(rows: KindRows, order: Sequence[int]) -> Exported:
    """These types, in this order."""
    made = [
        (k.type, *(k.counts[s] for s in _COLUMNS.values()), k.other, k.total, k.open, instant(k.newest),
         instant(rows.at))
        for k in (rows.kinds[i] for i in order)
    ]  # fmt: skip
    return Exported("alarm-types", HEADERS, made)


class AlarmKinds(ListPane):
    """Enter opens the alarms of a type."""

    HEADING = "alarms, 24 h"
    SORT = ("crit", True)
    TITLED = "kind"
    NOTED = True
    EMPTY = ("No alarms in 24 h.",)

    def __init__(self, clock: Callable[[], float], sorts: Sorts, *, id: str) -> None:
        super().__init__(clock, sorts, id=id)
        self._alarms: Keeping[tuple[MistAlarm, ...]] = Keeping(self, clock, self.draw)
        self._kinds: Kept[tuple[Kind, ...]] = Kept()

    def columns(self, size: Size) -> tuple[Column, ...]:
        return (
            Column("kind", "type", _NOTED if size is Size.S else 20, flex=True), Column("crit", "crit", 5, "right"),
            Column("warn", "warn", 5, "right"), Column("info", "info", 5, "right", drop=2),
            Column("other", "other", 5, "right", drop=3), Column("total", "all", 5, "right"),
            Column("open", "open", 5, "right"), Column("newest", "newest", 6, "right", drop=1),
        )  # fmt: skip

    def inquire(self, moment: Moment) -> None:
        read, range_ = moment.scene.read, range_of("24h", moment.at)
        self._alarms.want("alarms", moment.at, moment.scene.live, lambda: read.mist_alarms(range_, MOST))

    def known(self, moment: Moment) -> Hashable:
        return id(self._alarms.known(moment.at)), mist_alarm_subject.silence(moment)

    def listed(self, moment: Moment) -> Listed | None:
        alarms = self._alarms.known(moment.at)
        if alarms is None:
            return None
        kinds = self._kinds.get((alarms,), lambda: kinds_of(alarms))
        rows = KindRows(kinds, moment.at, moment.signs, moment.grey)
        critical = sum(k.counts[Severity.CRITICAL] for k in rows.kinds)
        more = "+" if len(alarms) >= MOST else ""
        note = f"{len(alarms):,}{more}, {critical:,} critical, {sum(k.open for k in rows.kinds):,} open"
        since, _ = mist_alarm_subject.silence(moment)
        return Listed(rows, None, note if since is None else f"{note}; Mist is silent")

    def waiting(self) -> str:
        return f"The alarms {self._alarms.failed}." if self._alarms.failed else "Reading the alarms."

    def opens(self, key: str) -> tuple[Place, str]:
        words = type_words(key)
        return MIST_ALARMS, f'type="{words}"' if '"' not in words else ""

    def exported(self, order: Sequence[int]) -> Exported | None:
        rows = self.listing.rows if self.listing is not None else None
        return exported(rows, order) if isinstance(rows, KindRows) else None
