"""What is remembered of every circuit from poll to poll, in columns, and how it follows a changed inventory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from noctui.model.view import B1, F4, F8, TREND_SLOTS, U1, U2
from noctui.model.words import State

NOTHING = 255
"""No state or severity yet."""

SHOWN = ("rx_bps", "tx_bps", "rx_pct", "tx_pct", "mos", "utilisation", "loss", "jitter", "latency")
"""Rows of `shown`; the last four are the metrics of the level byte, in its order."""
RX_PCT, TX_PCT = 2, 3
LEVELLED = slice(5, 9)


@dataclass(slots=True)
class Circuits:
    """One row per circuit (the last axis, but for `trend`). Arrays are replaced, not written to: Views share them."""

    observed: F8  # observed_at of the last sample
    sampled: F8  # `at` of the poll that brought it
    sample_tick: NDArray[np.int64]
    line: U1  # what the last sample says: up, down, disabled or unknown
    carries: B1  # its `active` is 1
    flapped: F8  # its last_flapped
    heard: F8  # time of the newest port event
    heard_line: U1  # and the state that it told
    counters: F8  # of the last sample
    base: F8  # counters of the last sample whose time is sure: rates are counted from there
    base_at: F8  # its observed_at
    base_untold: B1  # which is the poll's, since the feed did not say
    prev: F8  # `at` of the latest poll whose state was judged from a fresh sample
    ledger: U1  # present state
    opened: F8  # event_time of the latest open edge
    painted: F8  # start of the painted stretch that lasts
    painted_flap: B1  # that stretch began with a flap
    shown: F4
    over: B1  # rx_pct, tx_pct above 110 before rounding
    missing: B1  # shown, though the last sample had none
    had: F8  # of those: `at` of the last poll that had it
    source: U1  # QualitySource
    levels: U1
    no_path: B1
    severity: U1  # as the view has it, the hold laid over
    unheld: U1  # as the view has it, but for the hold
    since: F8
    active: B1
    active_since: F8
    trend: U1  # 0 none, 1 + percent, 255 outage: so that the maximum counts
    bad_quarters: U2
    settled: U1  # latest state that was not lost
    hushed: B1  # became lost with the whole feed: no note was written of it

    def __len__(self) -> int:
        return len(self.observed)


class _Column(NamedTuple):
    dtype: Any
    default: float
    lead: int = 0  # rows before the axis of circuits
    trail: int = 0  # columns after it


_COLUMNS = {
    "observed": _Column(np.float64, np.nan),
    "sampled": _Column(np.float64, np.nan),
    "sample_tick": _Column(np.int64, -1),
    "line": _Column(np.uint8, State.UNKNOWN),
    "carries": _Column(np.bool_, False),
    "flapped": _Column(np.float64, np.nan),
    "heard": _Column(np.float64, np.nan),
    "heard_line": _Column(np.uint8, State.UNKNOWN),
    "counters": _Column(np.float64, np.nan, lead=2),
    "base": _Column(np.float64, np.nan, lead=2),
    "base_at": _Column(np.float64, np.nan),
    "base_untold": _Column(np.bool_, False),
    "prev": _Column(np.float64, np.nan),
    "ledger": _Column(np.uint8, NOTHING),
    "opened": _Column(np.float64, np.nan),
    "painted": _Column(np.float64, np.nan),
    "painted_flap": _Column(np.bool_, False),
    "shown": _Column(np.float32, np.nan, lead=len(SHOWN)),
    "over": _Column(np.bool_, False, lead=2),
    "missing": _Column(np.bool_, False, lead=len(SHOWN)),
    "had": _Column(np.float64, np.nan, lead=len(SHOWN)),
    "source": _Column(np.uint8, 0),
    "levels": _Column(np.uint8, 0, lead=4),
    "no_path": _Column(np.bool_, False),
    "severity": _Column(np.uint8, NOTHING),
    "unheld": _Column(np.uint8, NOTHING),
    "since": _Column(np.float64, np.nan),
    "active": _Column(np.bool_, False),
    "active_since": _Column(np.float64, np.nan),
    "trend": _Column(np.uint8, 0, trail=TREND_SLOTS),
    "bad_quarters": _Column(np.uint16, 0),
    "settled": _Column(np.uint8, NOTHING),
    "hushed": _Column(np.bool_, False),
}


def blank(count: int) -> Circuits:
    """Circuits of which nothing is known yet."""
    return Circuits(**{name: _empty(column, count) for name, column in _COLUMNS.items()})


def _empty(column: _Column, count: int) -> NDArray[Any]:
    shape: tuple[int, ...] = (count,)
    if column.lead:
        shape = (column.lead, count)
    elif column.trail:
        shape = (count, column.trail)
    return np.full(shape, column.default, column.dtype)


def rearranged(now: Circuits, parked: Circuits, rows: NDArray[np.intp]) -> Circuits:
    """Rows taken from `now` followed by `parked`; -1 is a new one."""
    made: dict[str, NDArray[Any]] = {}
    old = rows >= 0
    for name, column in _COLUMNS.items():
        pool = np.concatenate([getattr(now, name), getattr(parked, name)], axis=0 if column.trail else -1)
        laid = _empty(column, len(rows))
        if column.lead:
            laid[:, old] = pool[:, rows[old]]
        else:
            laid[old] = pool[rows[old]]
        made[name] = laid
    return Circuits(**made)


@dataclass(frozen=True, slots=True)
class Move:
    """How a changed inventory moves rows: `rows` for the table, `parked` for those that are gone; -1 is new."""

    ids: tuple[str, ...]
    parked_ids: tuple[str, ...]
    rows: NDArray[np.intp]
    parked: NDArray[np.intp]
    gone: NDArray[np.intp]  # rows of the table before that are gone now


def plan_move(ids: Sequence[str], parked_ids: Sequence[str], new_ids: tuple[str, ...]) -> Move | None:
    """The move from `ids` to `new_ids`; None when they are the same in the same order."""
    if tuple(ids) == new_ids:
        return None
    pool = (*ids, *parked_ids)
    at = {circuit_id: row for row, circuit_id in enumerate(pool)}
    rows = np.array([at.get(i, -1) for i in new_ids], np.intp)
    left = np.ones(len(pool), np.bool_)
    left[rows[rows >= 0]] = False
    parked = np.flatnonzero(left)
    return Move(new_ids, tuple(pool[i] for i in parked.tolist()), rows, parked, parked[parked < len(ids)])
