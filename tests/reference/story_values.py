"""The small sets of values that stories are told in, so that thresholds and equal times are hit often."""

from __future__ import annotations

import math
from enum import StrEnum

from noctui.model.words import CLEAR_SHARE, THRESHOLDS, Metric

NAN = math.nan
INTERVAL = 60.0


class Quirk(StrEnum):
    """What may go on in a story; one without any is a calm network."""

    GAPS = "gaps"  # skipped ticks, hours without a poll, uneven sweeps
    SILENT = "silent"  # a batch missing, rows missing
    REPEATS = "repeats"  # observed_at stands still, is unknown, late or ahead
    LINE = "line"  # ports go down, are disabled, say nothing
    AWAY = "away"  # gateways disconnect and boot
    EVENTS = "events"  # port events: prompt, late, twice, wrong
    COUNTERS = "counters"  # rates unknown, counters that wrap and begin anew
    LEVELS = "levels"  # values at and around thresholds, rates above the link
    PATHS = "paths"  # peer paths, some of them down
    CHANGES = "changes"  # circuits, sites and gateways come and go, bandwidths and roles change
    MOVES = "moves"  # attachments move to another gateway
    ROWS = "rows"  # shuffled rows, duplicates, strangers, columns not carried


ALL = frozenset(Quirk)


def around(metric: Metric) -> tuple[float, ...]:
    """Values below, at and above each threshold and where its level clears."""
    values = [0.0, NAN]
    for t in THRESHOLDS[metric]:
        clear = t - CLEAR_SHARE * t
        values += [math.nextafter(t, 0), t, clear, math.nextafter(clear, 0), t * 1.02]
    return tuple(values)


SHARES = (0.0, 0.5, 0.66, 0.665, 0.699, 0.7, 0.75, 0.76, 0.79, 0.8, 0.85, 0.855, 0.9, 1.0, 1.1, 1.15, 3.0)
"""Of the bandwidth."""
LINK_SHARES = (1.0, 1.1, 1.11)
QUALITY = {"loss": around(Metric.LOSS), "jitter": around(Metric.JITTER), "latency": around(Metric.LATENCY)}
MOS = (NAN, 1.0, 3.5, 4.4)
LAGS = (0.0, 1.0, 20.0, 60.0, 120.0, 179.0, 180.0, 180.5, 240.0)
"""Seconds from a row's `observed_at` to the poll; stale is over 180."""
TICKS = (2, 3, 4, 5, 7, 15, 60, 180, 200, 720, 1440, 1500)
"""Ticks between polls where some were skipped."""
JITTER = (0.25, 2.5, 30.0, 59.5)
SINCE_FLIP = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Where between two polls a port changed."""
BANDWIDTHS = (0.0, 10e6, 100e6, 50e6)
LINKS = (0.0, 100e6, 1e9, 10e6)
