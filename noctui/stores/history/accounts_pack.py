"""Accounts of a day, week or month as a pack of columns, [rows, 1] each: exact, and what is all zero takes no room.

Whole numbers are kept in four bytes, their upper halves, where there are any, in a column of their own. Figures that do
not add up (percentiles, counts of five-minute slots, members of a group) lie beside them under names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from itertools import product

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.accounts import nothing
from noctui.kpi.hourly import FIVES
from noctui.model.figures import GAUGES, Accounts
from noctui.model.view import F4
from noctui.stores.history.codec import SMALL, Values
from noctui.stores.history.pack import Pack, build

I8 = NDArray[np.int64]
STEP = 256
"""Rows a frame."""
UPPER = 128
"""Upper halves of column n are column n + UPPER."""
_SHAPES: Mapping[str, tuple[int, ...]] = {
    "up": (), "down": (), "unknown": (), "disabled": (), "flaps": (), "known": (len(GAUGES),), "total": (len(GAUGES),),
    "highest": (len(GAUGES),), "above": (4, 3), "longest": (4, 3), "head": (4, 3), "tail": (4, 3),
}  # fmt: skip
"""Arrays of Accounts in the order of their numbers, and the shape of a row of each."""
_CELLS = tuple((name, at) for name, shape in _SHAPES.items() for at in product(*map(range, shape)))
NUMBER: Mapping[tuple[str, tuple[int, ...]], int] = {cell: i + 1 for i, cell in enumerate(_CELLS)}
"""(array, index in its row) → column; append only, with what stands beside."""
BESIDE: Mapping[str, int] = {
    name: len(_CELLS) + 1 + i
    for i, name in enumerate((*(f"{g}_p95" for g in FIVES), "p95_error", "slots_util", "slots_rx_bps", "circuits"))
}
"""Floats (NaN where unknown): p95 of FIVES, the relative error it was made with, known five-minute slots, members."""
assert len(_CELLS) + len(BESIDE) < UPPER


@dataclass(frozen=True, slots=True)
class Stored:
    """Accounts with what stands beside them: `beside` has arrays of a float per row, by the names of BESIDE."""

    accounts: Accounts
    beside: Mapping[str, F4] = field(default_factory=dict)


def widened(name: str, values: F4, rows: int) -> F4:
    """A column of what stands beside for so many rows: of those that came later nothing is known."""
    out = np.full(rows, 0.0 if name.startswith("slots_") else np.nan, np.float32)
    out[: len(values)] = values[:rows]
    return out


def pack_accounts(stored: Stored, level: int = SMALL) -> bytes:
    accounts = stored.accounts
    columns: dict[int, Values] = {}
    for (name, at), number in NUMBER.items():
        values = getattr(accounts, name)[(slice(None), *at)]
        if name == "highest":
            _float(columns, number, values)
            continue
        whole = np.ascontiguousarray(values, dtype="<i8").view("<u4").reshape(-1, 2)
        if number == 1 or whole[:, 0].any():  # the first says how many rows there are
            columns[number] = np.ascontiguousarray(whole[:, :1])
        if whole[:, 1].any():
            columns[number + UPPER] = np.ascontiguousarray(whole[:, 1:])
    for name, values in stored.beside.items():
        _float(columns, BESIDE[name], values)
    return build(columns, STEP, level)


def _float(columns: dict[int, Values], number: int, values: F4) -> None:
    if not np.isnan(values).all():
        columns[number] = np.ascontiguousarray(values, dtype="<f4")[:, None]


def unpack_accounts(pack: Pack, length: int, start: int = 0, stop: int | None = None) -> Stored:
    """Rows start…stop of a stretch `length` ms long (fewer when the pack has fewer). Raises DamagedBlock."""
    stop = pack.n0 if stop is None else min(stop, pack.n0)
    rows = max(0, stop - start)
    blank = nothing(rows, length)
    arrays = {f.name: np.zeros_like(getattr(blank, f.name)) for f in fields(Accounts) if f.name != "length"}
    arrays["highest"][:] = np.nan
    beside = {}
    if rows:
        for (name, at), number in NUMBER.items():
            into = arrays[name][(slice(None), *at)]
            if name == "highest":
                if pack.has(number):
                    into[:] = pack.get(number, start, stop)[:, 0]
                continue
            if pack.has(number):
                into += pack.get(number, start, stop)[:, 0].astype(np.int64)
            if pack.has(number + UPPER):
                into += pack.get(number + UPPER, start, stop)[:, 0].astype(np.int64) << 32
        beside = {name: pack.get(n, start, stop)[:, 0] for name, n in BESIDE.items() if pack.has(n)}
    return Stored(Accounts(length, **arrays), beside)
