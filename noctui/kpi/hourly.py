"""What one hour adds up to, per circuit. Pure: columns in, columns out; rows are circuits.

A sample stands for (t − span, t], span at most three of its intervals, split at the edges of the hour: an average is
weighted by the seconds that lie inside, and a maximum counts every sample that reaches into the hour.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.model.view import F4, F8, U1
from noctui.model.words import State

HOUR = 3600.0
GAUGES = ("rx_pct", "tx_pct", "util", "loss", "jitter", "latency")
SECONDS = ("up", "down", "unknown", "disabled")
COLUMNS = (
    *(f"{name}_{figure}" for name in GAUGES for figure in ("avg", "max")),
    *(f"{name}_seconds" for name in SECONDS),
    "sampled_seconds",
    "flaps",
)
"""What an hour has for every circuit, in the order of its stored numbers (append only).

Averages and maxima are NaN when no sample reaches into the hour."""

MIXED = 255

Stretches = Iterable[tuple[int, float, float, int, bool]]
"""(row, start, end, State, it began with a flap) of painted timelines."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How many seconds of the hour each sample stands for, [polls, circuits]; 0 where a row is no sample."""

    seconds: F4

    @property
    def sampled(self) -> F4:
        """[circuits] seconds of the hour that samples stand for."""
        total: F8 = self.seconds.sum(axis=0, dtype=np.float64)
        return total.astype(np.float32)


def weights(times: F8, intervals: F8, sample: NDArray[np.bool_], start: float, reach: int = 3) -> Weights:
    """Of polls around the hour that begins at `start`: give those before it (for the first span) and one after it."""
    before = np.full(sample.shape[1], -np.inf)
    out = np.zeros(sample.shape, np.float32)
    for i, at in enumerate(times.tolist()):
        began = np.maximum(before, at - reach * intervals[i])
        inside = min(at, start + HOUR) - np.maximum(began, start)
        out[i] = np.where(sample[i], np.maximum(inside, 0.0), 0.0)
        before = np.where(sample[i], at, before)
    return Weights(out)


def average_and_highest(values: F4, weight: Weights) -> tuple[F4, F4]:
    """[circuits] each, of `values` [polls, circuits] with NaN for unknown."""
    unknown = np.isnan(values)
    share = np.where(unknown, np.float32(0), weight.seconds)
    seconds = share.sum(axis=0, dtype=np.float64)
    total = np.einsum("ij,ij->j", share, np.where(unknown, np.float32(0), values), dtype=np.float64)
    some = seconds > 0
    average = np.full(len(seconds), np.nan)
    np.divide(total, seconds, out=average, where=some)
    highest = np.where(share > 0, values, -np.inf).max(axis=0, initial=-np.inf)
    return average.astype(np.float32), np.where(some, highest, np.nan).astype(np.float32)


def gauges(columns: dict[str, F4], weight: Weights) -> dict[str, F4]:
    """`<name>_avg` and `<name>_max` of each column [polls, circuits]; `util` is the higher of the known directions."""
    if "rx_pct" in columns and "tx_pct" in columns:
        columns = {**columns, "util": np.fmax(columns["rx_pct"], columns["tx_pct"])}
    out: dict[str, F4] = {}
    for name, values in columns.items():
        out[f"{name}_avg"], out[f"{name}_max"] = average_and_highest(values, weight)
    return out


def states(whole: U1, stretches: Stretches, start: float) -> dict[str, F4]:
    """Up, down, unknown and disabled seconds of the hour and its flaps, from painted timelines.

    `whole[row]` is the State of a circuit that had one state all the hour, or `MIXED`: then `stretches` tell.
    Away counts as unknown, and so does what nothing covers. A flap happens when the new state begins.
    """
    rows = len(whole)
    seconds = np.zeros((len(State), rows))
    same = np.flatnonzero(whole != MIXED)
    seconds[whole[same], same] = HOUR
    flaps = np.zeros(rows, np.float32)
    end = start + HOUR
    for row, began, ended, state, flapped in stretches:
        seconds[state, row] += max(0.0, min(ended, end) - max(began, start))
        flaps[row] += flapped and start <= began < end
    up, down, disabled = seconds[State.UP], seconds[State.DOWN], seconds[State.DISABLED]
    return {
        "up_seconds": up.astype(np.float32),
        "down_seconds": down.astype(np.float32),
        "unknown_seconds": np.maximum(0.0, HOUR - up - down - disabled).astype(np.float32),
        "disabled_seconds": disabled.astype(np.float32),
        "flaps": flaps,
    }
