"""The figures that accounts give: percentages from sums of time, never from percentages. Pure (docs/figures.md)."""

from __future__ import annotations

import numpy as np

from noctui.model.figures import GAUGES, I8, SCALES, Accounts, Figures
from noctui.model.scene import Range
from noctui.model.view import F8


def share(part: I8, whole: I8) -> F8:
    """part / whole in percent; NaN of nothing."""
    out = np.full(part.shape, np.nan)
    np.divide(100.0 * part, whole, out=out, where=whole > 0)
    return out


def averages(accounts: Accounts) -> F8:
    """[rows, gauges] time-weighted means; NaN where nothing is known."""
    return np.stack([mean(accounts.total[:, i], accounts.known[:, i], i) for i in range(len(GAUGES))], axis=1)


def mean(total: I8, known: I8, gauge: int) -> F8:
    """[rows] of one gauge's column of accounts."""
    out = np.full(total.shape, np.nan)
    np.divide(total / SCALES[gauge], known / 1000.0, out=out, where=known > 0)
    return out


def figures(
    accounts: Accounts,
    range_: Range,
    ids: tuple[str, ...],
    p95: F8 | None = None,
    p95_error: float = 0.0,
    counts: I8 | None = None,
    told: str = "",
) -> Figures:
    """`p95` is [rows, gauges], NaN where it was not asked for."""
    up, known = accounts.up, accounts.up + accounts.down
    all_of_it = known + accounts.unknown
    return Figures(
        range=range_,
        ids=ids,
        up=up / 1000.0,
        down=accounts.down / 1000.0,
        unknown=accounts.unknown / 1000.0,
        disabled=accounts.disabled / 1000.0,
        flaps=accounts.flaps,
        available=share(up, known),
        coverage=share(known, all_of_it),
        at_least=np.where(known > 0, share(up, all_of_it), np.nan),
        at_most=np.where(known > 0, share(up + accounts.unknown, all_of_it), np.nan),
        known=accounts.known / 1000.0,
        average=averages(accounts),
        highest=accounts.highest.astype(np.float64),
        p95=np.full((len(ids), len(GAUGES)), np.nan) if p95 is None else p95,
        above=accounts.above / 1000.0,
        longest=accounts.longest / 1000.0,
        p95_error=p95_error,
        counts=counts,
        told=told,
    )
