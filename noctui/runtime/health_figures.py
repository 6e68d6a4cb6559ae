"""Arithmetic of health: nearest-rank percentiles over what the last 24 h told, and what a disk will hold. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from noctui.model.health import HistoryHealth

DAY = 86_400.0
HOUR = 3600.0
NAN = float("nan")


def nearest_ranks(values: NDArray[np.float64], shares: Sequence[float]) -> tuple[float, ...]:
    """The nearest-rank percentiles (`shares` in 0..1): the ceil(p·n)-th smallest known value; NaN where none is."""
    known = values[np.isfinite(values)]
    n = len(known)
    if not n:
        return tuple(NAN for _ in shares)
    # p·n of a share like 0.95 may come out a hair above the whole number that it is
    at = [min(max(math.ceil(round(share * n, 9)), 1), n) - 1 for share in shares]
    placed = np.partition(known, sorted(set(at)))
    return tuple(float(placed[i]) for i in at)


class Recent:
    """Values of the last 24 h with their times, told in the order of time. Adding costs nothing that grows."""

    def __init__(self, span: float = DAY) -> None:
        self._span = span
        self._at = np.empty(64, np.float64)
        self._value = np.empty(64, np.float64)
        self._start = self._end = 0

    def add(self, at: float, value: float) -> None:
        """NaN is a value that failed: it is counted and has no part in percentiles."""
        if self._end and at < self._at[self._end - 1]:
            at = float(self._at[self._end - 1])  # clocks are set right: order holds
        if self._end == len(self._at):
            self._make_room(at)
        self._at[self._end], self._value[self._end] = at, value
        self._end += 1

    def _make_room(self, at: float) -> None:
        self._forget(at)
        kept = self._end - self._start
        size = max(64, 2 * kept)
        times, values = np.empty(size), np.empty(size)
        times[:kept], values[:kept] = self._at[self._start : self._end], self._value[self._start : self._end]
        self._at, self._value, self._start, self._end = times, values, 0, kept

    def _forget(self, now: float) -> None:
        self._start += int(np.searchsorted(self._at[self._start : self._end], now - self._span, side="right"))

    def within(self, now: float) -> NDArray[np.float64]:
        """Values told in (now − span, now], oldest first."""
        self._forget(now)
        return self._value[self._start : self._end]

    def times(self, now: float) -> NDArray[np.float64]:
        self._forget(now)
        return self._at[self._start : self._end]


def forecast(measured: HistoryHealth, now: float, raw_days: float) -> HistoryHealth:
    """With bytes a day, what it comes to once retention evens out, and when the disk would be full before that.

    A history younger than an hour says nothing of a day. Samples of `raw_days` are most of it; what is kept longer
    (hourly figures) adds a few percent and is not counted.
    """
    covered = now - measured.oldest if measured.oldest else 0.0
    if covered < HOUR or not measured.bytes:
        return measured
    per_day = measured.bytes / (covered / DAY)
    more = per_day * max(0.0, raw_days - covered / DAY)
    full_at = now + measured.disk_free / per_day * DAY if more > measured.disk_free else 0.0
    return HistoryHealth(
        bytes=measured.bytes, disk_free=measured.disk_free, disk_total=measured.disk_total, oldest=measured.oldest,
        write_p50=measured.write_p50, write_p95=measured.write_p95, bytes_per_day=per_day,
        expected_bytes=measured.bytes + more, full_at=full_at, text=measured.text,
    )  # fmt: skip
