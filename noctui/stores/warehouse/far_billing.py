"""The 95th percentile of a calendar month, read back from the warehouse: it is kept as it was found, since no smaller
periods can be added up to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noctui.model.view import F8
from noctui.stores.warehouse.connect import Session


@dataclass(frozen=True, slots=True)
class FarBilling:
    """Of the circuits' month [start, end), UTC epoch seconds: bits/s in and out, NaN where it was not known, and the
    relative error of each; `read_at` is when it was read."""

    start: float
    end: float
    read_at: float
    ids: tuple[str, ...]
    rx: F8
    tx: F8
    error: F8


def billing(session: Session, org_id: str, month: str, start: float, end: float, read_at: float) -> FarBilling:
    """`month` is `2025-09`. Raises WarehouseFault."""
    found = session.rows(
        "SELECT CIRCUIT_ID, RX_P95_BPS, TX_P95_BPS, P95_ERROR FROM AGG_CIRCUIT_MONTHLY"
        " WHERE ORG_ID = %s AND PERIOD_KEY = %s ORDER BY CIRCUIT_ID",
        (org_id, month.replace("-", "")),
    )
    values = [[np.nan if v is None else float(v) for v in row[1:]] for row in found]
    table = np.array(values, np.float64).reshape(len(found), 3)
    ids = tuple(str(row[0]) for row in found)
    return FarBilling(start, end, read_at, ids, table[:, 0], table[:, 1], np.nan_to_num(table[:, 2]))
