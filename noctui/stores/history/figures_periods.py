"""Stored calendar days, weeks and months as they were known at an instant: which a range holds, and what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.accounts import taken
from noctui.model.figures import Grain, Period
from noctui.model.view import F4
from noctui.stores.history.accounts_pack import BESIDE, NUMBER, UPPER, Stored, unpack_accounts
from noctui.stores.history.db import pack_of
from noctui.stores.history.faults import figures_of
from noctui.stores.history.figures_ask import Ask
from noctui.stores.history.pack import Pack
from noctui.stores.history.settings import DAY

I8 = NDArray[np.int64]
_LONGEST_FIRST = (Grain.MONTH, Grain.WEEK, Grain.DAY)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table `figures`; what it says never changes. `sketched` is the row whose histograms hold for it."""

    id: int
    period: Period
    version: int
    sketched: int = 0

    @property
    def length(self) -> int:
        """Milliseconds."""
        return round(self.period.end * 1000.0) - round(self.period.start * 1000.0)


def in_force(ask: Ask, start: float, end: float, grains: Sequence[Grain] = _LONGEST_FIRST) -> list[Row]:
    """Those that lie in [start, end], by the version known then, oldest first.

    What was found damaged is left out, and what waits to be made anew: its hours know more. Of a day whose samples are
    gone the latter holds only where more than its states changed, since nothing else has its percentiles.
    """
    found: list[Row] = []
    held = ask.at - ask.retention.raw * DAY
    for grain in grains:
        rows = ask.db.execute(
            'SELECT id, start, "end", "key", zone, version, sketched FROM figures WHERE grain = ? AND start >= ?'
            ' AND start < ? AND "end" <= ? AND known_at <= ? AND (superseded IS NULL OR superseded > ?)'
            ' AND NOT EXISTS (SELECT 1 FROM due d WHERE d.grain = 1 AND d.start < figures."end"'
            ' AND d."end" > figures.start AND d.known_at <= ? AND (NOT d.states OR d.start >= ?))'
            " ORDER BY start, id",
            (grain, start, end, end, ask.known, ask.known, ask.known, held),
        )
        found += [
            Row(r[0], Period(r[1], r[2], grain, r[3], r[4]), r[5], r[6]) for r in rows if r[0] not in ask.kept.damaged
        ]
    return found


def cover(rows: Iterable[Row], zone: str) -> list[Row]:
    """The longest ones that do not overlap, oldest first. One whose days were made anew since is left out: its days
    say more. Of two zones' the one configured counts."""
    rows = list(rows)
    days = [r for r in rows if r.period.grain is Grain.DAY]
    order = {grain: i for i, grain in enumerate(_LONGEST_FIRST)}
    chosen: list[Row] = []
    for row in sorted(rows, key=lambda r: (order[r.period.grain], r.period.zone != zone, r.period.start)):
        p = row.period
        if p.grain is not Grain.DAY and any(
            d.version > row.version and d.period.zone == p.zone and p.start <= d.period.start < p.end for d in days
        ):
            continue
        if all(c.period.end <= p.start or p.end <= c.period.start for c in chosen):
            chosen.append(row)
    return sorted(chosen, key=lambda r: r.period.start)


@contextmanager
def _pack(ask: Ask, row: Row) -> Iterator[Pack]:
    with figures_of(row.id), pack_of(ask.db, "figures", row.id, f"figures of {row.period.key}") as pack:
        yield pack


def read(ask: Ask, row: Row) -> Stored:
    """What it says, rows as asked; of circuits it does not have nothing is known. Raises DamagedBlock."""
    ask.go()
    with _pack(ask, row) as pack:
        if ask.slots is None:
            return _picked(unpack_accounts(pack, row.length), np.arange(ask.size, dtype=np.int32))
        low, high = int(ask.slots.min(initial=0)), int(ask.slots.max(initial=-1)) + 1
        return _picked(unpack_accounts(pack, row.length, low, high), ask.slots - low)


def _picked(stored: Stored, at: NDArray[np.int32]) -> Stored:
    have = len(stored.accounts)
    if len(at) == have and np.array_equal(at, np.arange(have)):
        return stored
    at = np.where(at < have, at, -1)
    beside: dict[str, F4] = {}
    for name, values in stored.beside.items():
        beside[name] = np.full(len(at), np.nan, np.float32)
        beside[name][at >= 0] = values[at[at >= 0]]
    return Stored(taken(stored.accounts, at.astype(np.intp)), beside)


def cells(ask: Ask, row: Row, wanted: Iterable[tuple[str, tuple[int, ...]]]) -> dict[tuple[str, tuple[int, ...]], I8]:
    """Some whole numbers of its accounts, by slot: (array, index in its row) → values. Raises DamagedBlock."""
    ask.go()
    found: dict[tuple[str, tuple[int, ...]], I8] = {}
    with _pack(ask, row) as pack:
        for cell in wanted:
            values = found[cell] = np.zeros(ask.size, np.int64)
            for number, shift in ((NUMBER[cell], 0), (NUMBER[cell] + UPPER, 32)):
                if pack.has(number):
                    values[: pack.n0] += pack.whole(number)[: ask.size, 0].astype(np.int64) << shift
    return found


def beside(ask: Ask, row: Row, name: str) -> F4:
    """What stands beside its accounts under a name of BESIDE, by slot; NaN where nothing does. Raises DamagedBlock."""
    values = np.full(ask.size, np.nan, np.float32)
    with _pack(ask, row) as pack:
        if name in BESIDE and pack.has(BESIDE[name]):
            values[: pack.n0] = pack.whole(BESIDE[name])[: ask.size, 0]
    return values
