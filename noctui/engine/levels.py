"""Levels of the four metrics, with and without hysteresis, and the severity they make (docs/values.md 6)."""

from __future__ import annotations

import numpy as np

from noctui.engine.choose import choose
from noctui.engine.rules import Thresholds
from noctui.model.view import B1, F8, U1
from noctui.model.words import Level, Severity, State


def raw_levels(values: F8, thresholds: Thresholds) -> U1:
    """[metrics, rows] how many thresholds each value reaches; 0 where it is unknown."""
    warn, high, critical = thresholds.reach
    found: U1 = (values >= warn).view(np.uint8) + (values >= high).view(np.uint8) + (values >= critical).view(np.uint8)
    return found


def next_levels(values: F8, known: B1, raw: U1, before: U1, thresholds: Thresholds) -> U1:
    """Levels rise with the raw level and fall only below the threshold less its share; unknown values keep them."""
    after = choose(known, raw, before)
    falls = np.flatnonzero(known & (raw < before))
    if len(falls):
        metrics, rows = np.divmod(falls, values.shape[1])
        clear = thresholds.clear[:, metrics, rows if thresholds.clear.shape[2] > 1 else 0]
        held = (values[metrics, rows] >= clear).sum(axis=0, dtype=np.uint8)
        after[metrics, rows] = np.minimum(before[metrics, rows], held)
    return after


def packed(levels: U1) -> U1:
    """[4, rows] levels as one byte a row, two bits each, the first metric lowest."""
    found: U1 = levels[0] | (levels[1] << 2) | (levels[2] << 4) | (levels[3] << 6)
    return found


def unpacked(level_byte: U1) -> U1:
    """[4, rows] of what `packed` made."""
    found: U1 = np.stack([(level_byte >> shift) & 3 for shift in (0, 2, 4, 6)])
    return found


def _table() -> U1:
    """Severity by state and highest level."""
    by_level = {
        Level.NONE: Severity.OK,
        Level.WARN: Severity.WARN,
        Level.HIGH: Severity.HIGH,
        Level.CRITICAL: Severity.CRITICAL,
    }
    plain = {
        State.UNKNOWN: Severity.UNKNOWN,
        State.DOWN: Severity.DOWN,
        State.AWAY: Severity.AWAY,
        State.DISABLED: Severity.DISABLED,
    }
    table = np.zeros((len(State), len(Level)), np.uint8)
    for state in State:
        for level in Level:
            table[state, level] = by_level[level] if state is State.UP else plain[state]
    return table


_SEVERITY = _table()


def severities(state: U1, levels: U1, no_path: B1) -> U1:
    """The severity of each circuit, were it not held."""
    top = np.maximum(np.maximum(levels[0], levels[1]), np.maximum(levels[2], levels[3]))
    top = np.maximum(top, no_path * np.uint8(Level.CRITICAL))  # there is none above it
    found: U1 = _SEVERITY.take(state * np.uint8(len(Level)) + top)
    return found


def held_over(severity: U1, held: B1 | None) -> U1:
    """Maintenance laid over all but disabled."""
    if held is None:
        return severity
    return choose(held & (severity == Severity.DISABLED) | ~held, severity, np.uint8(Severity.MAINTENANCE))
