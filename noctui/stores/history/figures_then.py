"""Single hours as they were known then, where the stored ones are made of samples that a back-fill brought later."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor

import numpy as np

from noctui.kpi.hourly import gauges
from noctui.model.view import F4
from noctui.stores.history.figures_ask import Ask
from noctui.stores.history.figures_hours import polled
from noctui.stores.history.figures_read import ledger
from noctui.stores.history.figures_samples import samples
from noctui.stores.history.known import THEN, came_later
from noctui.stores.history.settings import HOUR

Then = dict[int, Mapping[str, F4]]
"""Number of an hour → its columns, a row for each circuit asked about; empty where nobody had polled."""


def hours_then(ask: Ask, start: float, end: float) -> Then:
    """Those of [start, end) that are others by now, as far as they were over. Raises DamagedBlock."""
    found: Then = {}
    for began, ended in came_later(ask.db, ask.known):
        last = floor(min(ended, end, ask.at) / HOUR)
        for number in range(max(floor(began / HOUR), ceil(start / HOUR)), last + 1):
            if number in found or (number + 1) * HOUR > ask.at:
                continue
            ask.go()
            at = number * HOUR
            found[number] = _hour(ask, at) if polled(ask, at) or _begun(ask, at) else {}
    return found


def _begun(ask: Ask, at: float) -> bool:
    """A poll as the hour began: it was looked at, if for a moment."""
    return ask.db.execute(f"SELECT 1 FROM polls WHERE at = ? AND {THEN}", (at, ask.known)).fetchone() is not None


def _hour(ask: Ask, start: float) -> Mapping[str, F4]:
    states = ledger(ask, start, start + HOUR)
    up, down = ((ms / 1000.0).astype(np.float32) for ms in (states.up, states.down))
    return gauges(samples(ask, start, start + HOUR), p95=False) | {"up_seconds": up, "down_seconds": down}
