"""Five-minute averages of whole hours, as stored or from samples; a block of slots at a time."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.hourly import FIVES_AN_HOUR, fives
from noctui.model.view import F4
from noctui.stores.history.db import pack_of
from noctui.stores.history.figures_ask import Ask
from noctui.stores.history.figures_hours import known_otherwise, polled
from noctui.stores.history.figures_samples import samples, settled
from noctui.stores.history.hourly import FIVE_DAYS, FIVE_HOURS, FIVE_NUMBER
from noctui.stores.history.settings import DAY, HOUR

FIVE_BLOCK = 256
"""Slots of a pack of a day."""
Row = tuple[int, int, float, int, int]
"""(id, kind, start, block, version)"""


@dataclass(frozen=True, slots=True)
class FiveHours:
    """`count` hours from number `first` on: the packs that hold them, and which must be worked out from samples."""

    first: int
    count: int
    rows: tuple[Row, ...]
    worked_out: tuple[int, ...]


def find(ask: Ask, first: int, count: int) -> FiveHours:
    start, end = first * HOUR, (first + count) * HOUR
    rows: list[Row] = ask.db.execute(
        "SELECT id, kind, start, block, version FROM rollups WHERE kind = ? AND start > ? AND start < ?"
        " OR kind = ? AND start >= ? AND start < ? ORDER BY kind DESC, start, block",
        (FIVE_DAYS, start - DAY, end, FIVE_HOURS, start, end),
    ).fetchall()
    have = np.zeros(count, np.bool_)
    for _, kind, begun, _, _ in rows:
        at = round(begun / HOUR) - first
        have[max(0, at) : max(0, at + (24 if kind == FIVE_DAYS else 1))] = True
    worked_out = {h for h in np.flatnonzero(~have).tolist() if polled(ask, (first + h) * HOUR)}
    for back in range(count - 1, -1, -1):
        if settled(ask, (first + back + 1) * HOUR):
            break
        worked_out.add(back)
    worked_out |= known_otherwise(ask, first, count)
    return FiveHours(first, count, tuple(rows), tuple(sorted(worked_out)))


def held_from(ask: Ask) -> float:
    """The beginning of the oldest averages that are held; inf when none are."""
    row = ask.db.execute("SELECT min(start) FROM rollups WHERE kind IN (?, ?)", (FIVE_HOURS, FIVE_DAYS)).fetchone()
    return float("inf") if row[0] is None else float(row[0])


class FiveReader:
    """Blocks of the hours found; packs are opened once. To be used within `with`."""

    def __init__(self, ask: Ask, hours: FiveHours, names: tuple[str, ...]) -> None:
        self._ask, self._hours, self._names = ask, hours, names
        self._stack = ExitStack()
        self._own: dict[int, dict[str, F4]] = {}

    def __enter__(self) -> FiveReader:
        for h in self._hours.worked_out:
            start = (self._hours.first + h) * HOUR
            self._own[h] = fives(samples(self._ask, start, start + HOUR), self._names)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def block(self, name: str, rows: NDArray[np.intp], slots: NDArray[np.int32]) -> F4:
        """[rows, slots of five minutes] of neighbouring slots (rising); `rows` are their places in the answer."""
        out = np.full((len(slots), self._hours.count * FIVES_AN_HOUR), np.nan, np.float32)
        low, high = int(slots[0]), int(slots[-1]) + 1
        for row in self._hours.rows:  # days first: what one holds of an hour that is there by itself too is older
            _, kind, start, block, _ = row
            begins = block * FIVE_BLOCK if kind == FIVE_DAYS else 0
            if kind == FIVE_DAYS and not (begins < high and low < begins + FIVE_BLOCK):
                continue
            self._ask.go()
            self._lay(out, row, name, slots, begins, round(start / HOUR) - self._hours.first)
        for h, averages in self._own.items():
            out[:, h * FIVES_AN_HOUR : (h + 1) * FIVES_AN_HOUR] = averages[name][rows]
        return out

    def _lay(self, out: F4, row: Row, name: str, slots: NDArray[np.int32], begins: int, hour: int) -> None:
        number = FIVE_NUMBER[name]
        with pack_of(self._ask.db, "rollups", row[0], f"five-minute averages {row[2]:.0f} {row[3]}") as pack:
            first, last = max(int(slots[0]) - begins, 0), min(int(slots[-1]) + 1 - begins, pack.n0)
            a, b = max(0, hour * FIVES_AN_HOUR), min(out.shape[1], hour * FIVES_AN_HOUR + pack.n1)
            if first >= last or a >= b or not pack.has(number):
                return
            theirs = slice(a - hour * FIVES_AN_HOUR, b - hour * FIVES_AN_HOUR)
            part = pack.get(number, first, last, theirs)
            at = slots - begins - first
            own = np.flatnonzero((at >= 0) & (at < len(part)))
            out[own, a:b] = part if len(own) == len(part) else part[at[own]]
