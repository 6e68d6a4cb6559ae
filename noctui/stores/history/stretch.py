"""What any stretch of time adds up to, for many circuits: hours as they were rolled, parts of hours from samples.

States are those of the ledger as it is known now, over exactly that stretch.
"""

from __future__ import annotations

from dataclasses import fields
from math import ceil, floor
from typing import TYPE_CHECKING

import numpy as np

from noctui.kpi.accounts import all_joined, nothing, of_columns, with_states
from noctui.model.figures import Accounts
from noctui.stores.history.hour_rows import hour_accounts
from noctui.stores.history.hourly import hour_figures
from noctui.stores.history.painted import Painted
from noctui.stores.history.sampled import sampled
from noctui.stores.history.settings import HOUR

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer


def milliseconds(start: float, end: float) -> int:
    return round(end * 1000.0) - round(start * 1000.0)


def stretch(w: Writer, first: int, stop: int, start: float, end: float, painted: Painted) -> Accounts:
    """Of the slots from `first` to `stop`; `painted` has their timelines. Raises DamagedBlock."""
    parts: list[Accounts] = []
    inner, outer = ceil(start / HOUR) * HOUR, floor(end / HOUR) * HOUR
    if inner > outer:  # all of it inside one hour
        parts.append(_part(w, first, stop, start, end, painted))
    else:
        if start < inner:
            parts.append(_part(w, first, stop, start, inner, painted))
        if inner < outer:
            parts += hour_accounts(w.db, first, stop, inner, round((outer - inner) / HOUR))
        if outer < end:
            parts.append(_part(w, first, stop, outer, end, painted))
    return stated(all_joined(parts, stop - first), painted, start, end)


def stated(accounts: Accounts, painted: Painted, start: float, end: float) -> Accounts:
    """The same with the states of the ledger."""
    times = painted.times(start, end)
    return with_states(accounts, times.up, times.down, times.disabled, times.flaps)


def _part(w: Writer, first: int, stop: int, start: float, end: float, painted: Painted) -> Accounts:
    figures = hour_figures(sampled(w, first, stop, start, end), painted, start, end)
    return of_columns(figures, milliseconds(start, end))


def stacked(parts: list[Accounts]) -> Accounts:
    """The rows of all, one below the other."""
    names = [f.name for f in fields(Accounts) if f.name != "length"]
    return Accounts(parts[0].length, **{name: np.concatenate([getattr(p, name) for p in parts]) for name in names})


def same(one: Accounts, other: Accounts) -> bool:
    return all(
        np.array_equal(getattr(one, f.name), getattr(other, f.name), equal_nan=f.name == "highest")
        for f in fields(Accounts)
        if f.name != "length"
    )


def nought(rows: int, length: int) -> Accounts:
    """Groups without members: to add to."""
    blank = nothing(rows, length)
    arrays = {f.name: np.zeros_like(getattr(blank, f.name)) for f in fields(Accounts) if f.name != "length"}
    arrays["highest"][:] = np.nan
    return Accounts(length, **arrays)


def summed(into: Accounts, more: Accounts, rows: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> None:
    """Add groups up in place: row i of `more` to row `rows[i]`, each at most once."""
    for f in fields(Accounts):
        if f.name == "highest":
            into.highest[rows] = np.fmax(into.highest[rows], more.highest)
        elif f.name not in ("length", "longest", "head", "tail"):  # groups have no runs
            getattr(into, f.name)[rows] += getattr(more, f.name)
