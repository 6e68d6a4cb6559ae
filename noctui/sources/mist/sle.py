"""Mist's service levels as a table of percentages."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from noctui.model.cloud import SleTable
from noctui.sources.mist.odd import Odd, shown, whose
from noctui.sources.mist.structs import SleRow
from noctui.sources.mist.text import clean

_SHARES = ("gateway", "wan_link", "application", "application_too")


def sle_table(rows: Iterable[SleRow], at: float) -> SleTable:
    """By site id; of two rows of one site the last counts. What is missing or no share of 1 is NaN."""
    kept = {clean(row.site_id): row for row in rows if row.site_id}
    ids = tuple(sorted(kept))
    found = np.array([_shares(kept[i]) for i in ids], np.float64).reshape(-1, 3)
    found[~((found >= 0) & (found <= 1))] = np.nan
    # five digits are more than Mist measures; round ones are stored small
    percent = np.round(100.0 * found, 3).astype(np.float32)
    return SleTable(at, ids, *(np.ascontiguousarray(column) for column in percent.T))


def tells(row: SleRow) -> bool:
    """Does it say anything of a site?"""
    return bool(row.site_id) and any(getattr(row, name) is not None for name in _SHARES)


def settle_shares(row: SleRow, odd: Odd) -> None:
    """What is no share of 1 becomes unknown, and is counted."""
    if not row.site_id:
        odd.empty(row, named=False)
    for name in _SHARES:
        value = getattr(row, name)
        if value is not None and not 0.0 <= value <= 1.0:
            odd.add(f"{name} {shown(value)}", whose(row))
            setattr(row, name, None)


def _shares(row: SleRow) -> tuple[float, float, float]:
    application = row.application if row.application is not None else row.application_too
    gateway, link, application = (np.nan if v is None else v for v in (row.gateway, row.wan_link, application))
    return gateway, link, application
