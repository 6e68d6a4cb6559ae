"""The vector of one quarter hour: highest utilisation and bad bit of every slot."""

from __future__ import annotations

import numpy as np

from noctui.model.view import TREND_NONE, TREND_SLOTS, CircuitTable
from noctui.stores.history.catalog import Version
from noctui.stores.history.codec import QUICK
from noctui.stores.history.columns import CIRCUITS
from noctui.stores.history.pack import build

QUARTER = 900.0
QUARTER_MAX, QUARTER_BAD = 1, 2
"""Metric numbers."""
STEP = 2048


def quarter_pack(version: Version, circuits: CircuitTable) -> bytes:
    """What a poll knows of its own, running quarter."""
    slots = version.slots[CIRCUITS]
    both = np.zeros((2, int(slots.max()) + 1, 1), np.uint8)
    both[0] = TREND_NONE
    both[0, slots, 0] = circuits.trend[:, -1]
    both[1, slots, 0] = (circuits.bad_quarters >> np.uint16(TREND_SLOTS - 1)) & np.uint16(1)
    return build({QUARTER_MAX: both[0], QUARTER_BAD: both[1]}, STEP, QUICK)
