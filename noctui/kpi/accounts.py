"""Adding accounts up: neighbouring stretches of the same rows, and rows into groups. Exact, associative, pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.hourly import ABOVE, SECONDS
from noctui.model.figures import GAUGES, SCALES, Accounts
from noctui.model.view import F4

I8 = NDArray[np.int64]
METRICS, LEVELS = 4, 3


def nothing(rows: int, length: int = 0) -> Accounts:
    """A stretch of which nothing is known: all of it is unknown."""
    none = np.zeros(rows, np.int64)
    wide, deep = np.zeros((rows, len(GAUGES)), np.int64), np.zeros((rows, METRICS, LEVELS), np.int64)
    return Accounts(
        length, none, none, np.full(rows, length, np.int64), none, none, wide, wide,
        np.full((rows, len(GAUGES)), np.nan, np.float32), deep, deep, deep, deep,
    )  # fmt: skip


def of_columns(columns: Mapping[str, F4], length: int) -> Accounts:
    """Of the columns of an hour, or a part of one (`kpi.hourly.COLUMNS`), `length` ms long.

    A row whose `unknown_seconds` is NaN was not looked at: all of it is unknown. Columns that older hours do not have
    may be missing: a gauge's known time is then the sampled time where there is an average, time above is unknown (0).
    """
    rows = len(columns["unknown_seconds"])
    up, down, _, disabled = (_ms(columns[f"{name}_seconds"]) for name in SECONDS)
    known = np.zeros((rows, len(GAUGES)), np.int64)
    total = np.zeros((rows, len(GAUGES)), np.int64)
    highest = np.full((rows, len(GAUGES)), np.nan, np.float32)
    for i, (name, scale) in enumerate(zip(GAUGES, SCALES, strict=True)):
        average = columns.get(f"{name}_avg")
        if average is None:
            continue
        some = ~np.isnan(average)
        stands = columns.get(f"{name}_known")
        known[:, i] = np.where(some, _ms(columns["sampled_seconds"] if stands is None else stands), 0)
        fixed = np.rint(np.where(some, average, 0).astype(np.float64) * scale).astype(np.int64)
        total[:, i] = (fixed * known[:, i] + 500) // 1000
        highest[:, i] = columns[f"{name}_max"]
    runs = [np.zeros((rows, METRICS, LEVELS), np.int64) for _ in range(4)]
    for name, (kind, metric, level) in ABOVE.items():
        column = columns.get(name)
        if column is not None and (column > 0).any():
            runs[kind][:, metric, level] = _ms(column)
    flaps = np.nan_to_num(columns["flaps"]).astype(np.int64)
    return Accounts(
        length, up, down, length - up - down - disabled, disabled, flaps, known, total, highest, *runs,
    )  # fmt: skip


def _ms(seconds: F4) -> I8:
    return np.rint(np.nan_to_num(seconds).astype(np.float64) * 1000.0).astype(np.int64)


def joined(first: Accounts, then: Accounts) -> Accounts:
    """Two neighbouring stretches of the same rows as one."""
    a, b = first, then
    # Few rows were above anything: only theirs are looked at closely.
    rows = np.flatnonzero((a.above[:, :, 0] | b.above[:, :, 0]).any(axis=1))
    longest, head, tail = (np.zeros_like(a.longest) for _ in range(3))
    if len(rows):
        a_head, a_tail, b_head, b_tail = a.head[rows], a.tail[rows], b.head[rows], b.tail[rows]
        longest[rows] = np.maximum(np.maximum(a.longest[rows], b.longest[rows]), a_tail + b_head)
        head[rows] = np.where(a_head == a.length, a.length + b_head, a_head)
        tail[rows] = np.where(b_tail == b.length, a_tail + b.length, b_tail)
    return Accounts(
        a.length + b.length,
        a.up + b.up,
        a.down + b.down,
        a.unknown + b.unknown,
        a.disabled + b.disabled,
        a.flaps + b.flaps,
        a.known + b.known,
        a.total + b.total,
        np.fmax(a.highest, b.highest),
        a.above + b.above,
        longest,
        head,
        tail,
    )


def all_joined(parts: Sequence[Accounts], rows: int) -> Accounts:
    """Neighbouring stretches in order of time as one; nothing of none."""
    if not parts:
        return nothing(rows)
    found = parts[0]
    for part in parts[1:]:
        found = joined(found, part)
    return found


def with_states(accounts: Accounts, up: I8, down: I8, disabled: I8, flaps: I8) -> Accounts:
    """The same with its time in states, and flaps, by another reading of the ledger."""
    a = accounts
    return Accounts(
        a.length, up, down, a.length - up - down - disabled, disabled, flaps,
        a.known, a.total, a.highest, a.above, a.longest, a.head, a.tail,
    )  # fmt: skip


def taken(accounts: Accounts, rows: NDArray[np.intp]) -> Accounts:
    """Some rows; -1 is one of which nothing is known."""
    base, a = nothing(len(rows), accounts.length), accounts
    here = rows >= 0

    def moved(column: I8, blank: I8) -> I8:
        out = blank.copy()
        out[here] = column[rows[here]]
        return out

    highest = base.highest.copy()
    highest[here] = a.highest[rows[here]]
    return Accounts(
        a.length, moved(a.up, base.up), moved(a.down, base.down), moved(a.unknown, base.unknown),
        moved(a.disabled, base.disabled), moved(a.flaps, base.flaps), moved(a.known, base.known),
        moved(a.total, base.total), highest, moved(a.above, base.above), moved(a.longest, base.longest),
        moved(a.head, base.head), moved(a.tail, base.tail),
    )  # fmt: skip


def grouped(accounts: Accounts, group: NDArray[np.integer], groups: int) -> Accounts:
    """Rows added up by group (-1: in none). Runs of different circuits are no run: theirs are 0."""
    inside = group >= 0
    index = group[inside]

    def summed(values: I8) -> I8:
        out = np.zeros((groups, *values.shape[1:]), np.int64)
        np.add.at(out, index, values[inside])
        return out

    highest = np.full((groups, len(GAUGES)), -np.inf, np.float32)
    part = accounts.highest[inside]
    np.maximum.at(highest, index, np.where(np.isnan(part), -np.inf, part))
    highest[np.isneginf(highest)] = np.nan
    a = accounts
    deep = np.zeros((groups, METRICS, LEVELS), np.int64)
    return Accounts(
        a.length, summed(a.up), summed(a.down), summed(a.unknown), summed(a.disabled), summed(a.flaps),
        summed(a.known), summed(a.total), highest, summed(a.above), deep, deep, deep,
    )  # fmt: skip
