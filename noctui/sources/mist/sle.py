"""Mist's service levels as a table of percentages."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from noctui.model.cloud import SleTable
from noctui.sources.mist.structs import SleRow
from noctui.sources.mist.text import clean


def sle_table(rows: Iterable[SleRow], at: float) -> SleTable:
    """By site id; of two rows of one site the last counts. What is missing or no share of 1 is NaN."""
    kept = {clean(row.site_id): row for row in rows if row.site_id}
    ids = tuple(sorted(kept))
    found = np.array([_shares(kept[i]) for i in ids], np.float64).reshape(-1, 3)
    found[~((found >= 0) & (found <= 1))] = np.nan
    # five digits are more than Mist measures; round ones are stored small
    percent = np.round(100.0 * found, 3).astype(np.float32)
    return SleTable(at, ids, *(np.ascontiguousarray(column) for column in percent.T))


def _shares(row: SleRow) -> tuple[float, float, float]:
    application = row.application if row.application is not None else row.application_too
    gateway, link, application = (np.nan if v is None else v for v in (row.gateway, row.wan_link, application))
    return gateway, link, application
