"""When gateways speak: each reports once a period at its own moment, unless it cannot reach the cloud."""

from __future__ import annotations

import numpy as np

from noctui.sim.effects import Effects
from noctui.sim.noise import F8


def last_report(t: F8, phase: F8, period: float, effects: Effects) -> F8:
    """[T, sites] the instant of each gateway's latest report at `t` [T, 1] or [T, sites].

    A report falls due at every whole period plus the gateway's phase (0…1 of the period). One that falls due while the
    session with the cloud is lost is never made.
    """
    shift = phase * period
    report: F8 = np.floor((t - shift) / period) * period + shift
    lost = effects.lost
    for _ in range(4):  # a report before one loss may fall into the loss before it
        k, i = lost.hits(report)
        if not len(k):
            break
        row = lost.row[i]
        due = np.ceil((lost.start[i] - shift[row]) / period) - 1.0
        report[k, row] = due * period + shift[row]
    return report


def thought_connected(t: F8, report: F8, period: float) -> F8:
    """1.0 while the cloud still counts a gateway as connected: a report is at most a quarter of a period late."""
    late = t - report
    return (late <= period + min(period * 0.25, 10.0)).astype(np.float64)
