"""The 3 h trend in quarter hours, and in which of them a circuit was bad (docs/values.md 8).

Inside, a trend byte is 0 for nothing, 1 + percent for a utilisation and 255 for an outage: the highest byte counts.
Less one it is what the View has.
"""

from __future__ import annotations

import numpy as np

from noctui.model.view import B1, F8, TREND_SLOTS, U1, U2

QUARTER = 900.0
_TOP = 250.0
_OUTAGE = 255
_RUNNING = np.uint16(1 << (TREND_SLOTS - 1))


def quarter_of(at: float) -> int:
    """The number of the clock quarter hour."""
    return int(at // QUARTER)


def moved_on(trend: U1, bad: U2, quarters: int) -> tuple[U1, U2]:
    """Both so many quarters later."""
    if quarters <= 0:
        return trend, bad
    steps = min(quarters, TREND_SLOTS)
    later = np.zeros_like(trend)
    later[:, : TREND_SLOTS - steps] = trend[:, steps:]
    return later, bad >> np.uint16(steps)


def with_poll(trend: U1, bad: U2, utilisation: F8, outage: B1, bad_now: B1) -> tuple[U1, U2]:
    """The running quarter with this poll: utilisation NaN where there was no sample with one."""
    now = (np.minimum(np.fmax(utilisation, -1.0), _TOP) + 1.0).astype(np.uint8)
    now[outage] = _OUTAGE
    after = trend.copy()
    np.maximum(after[:, -1], now, out=after[:, -1])
    return after, np.where(bad_now, bad | _RUNNING, bad)


def shown(trend: U1) -> U1:
    """As the View has it."""
    return trend - np.uint8(1)
