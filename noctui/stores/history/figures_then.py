"""Single hours as they were known then, where the stored ones are made of samples or edges that came later."""

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


def states_then(ask: Ask, start: float, end: float) -> Then:
    """`up_seconds` and `down_seconds` of those of [start, end) of which an edge tells that became known later."""
    later = "SELECT DISTINCT event_time, ifnull(until, ?1) FROM edges WHERE known_at > ?2 AND event_time < ?1"
    found: Then = {}
    for began, ended in ask.db.execute(later, (min(end, ask.at), min(ask.known, 1e18))).fetchall():
        for number in range(max(floor(began / HOUR), ceil(start / HOUR)), ceil(min(ended, end, ask.at) / HOUR)):
            if number not in found:
                ask.go()
                found[number] = _states(ask, number * HOUR)
    return found


def _begun(ask: Ask, at: float) -> bool:
    """A poll as the hour began: it was looked at, if for a moment."""
    return ask.db.execute(f"SELECT 1 FROM polls WHERE at = ? AND {THEN}", (at, ask.known)).fetchone() is not None


def _hour(ask: Ask, start: float) -> Mapping[str, F4]:
    return gauges(samples(ask, start, start + HOUR), p95=False) | _states(ask, start)


def _states(ask: Ask, start: float) -> dict[str, F4]:
    states = ledger(ask, start, start + HOUR)
    return {f"{n}_seconds": (ms / 1000.0).astype(np.float32) for n, ms in (("up", states.up), ("down", states.down))}
