"""95th-percentile billing of a calendar month: per circuit, in and out apart (docs/figures.md 2)."""

from __future__ import annotations

import numpy as np

from noctui.kpi import calendar
from noctui.model.figures import GAUGE, Billing, Grain, Period
from noctui.model.scene import Range
from noctui.stores.history.figures_ask import Ask
from noctui.stores.history.figures_circuits import of_circuits


def billing(ask: Ask, month: str) -> Billing:
    """Of the month so far. Raises ValueError for what is no month, DamagedBlock."""
    period = calendar.by_key(Grain.MONTH, month, ask.retention.zone)
    range_ = Range(period.start, min(period.end, ask.at))
    if range_.end <= range_.start:
        return nothing(period)
    found = of_circuits(ask, range_, (), ("rx_bps", "tx_bps"), billed=True)
    rx, tx = (found.p95[:, GAUGE[name]] for name in ("rx_bps", "tx_bps"))
    known = np.maximum(found.known[:, GAUGE["rx_bps"]], found.known[:, GAUGE["tx_bps"]])
    return Billing(period, found.ids, rx, tx, np.fmax(rx, tx), 100.0 * known / range_.seconds, found.p95_error)


def nothing(period: Period) -> Billing:
    """Of a month that has not begun, or of no circuits."""
    none = np.empty(0)
    return Billing(period, (), none, none, none, none)
