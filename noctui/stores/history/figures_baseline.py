"""What is usual for one circuit at each hour of the week, from the hourly averages that are kept."""

from __future__ import annotations

from dataclasses import replace
from math import floor

import numpy as np

from noctui.kpi.baseline import baseline as worked_out
from noctui.kpi.hourly import GAUGES, RATES
from noctui.model.figures import GAUGE, Baseline
from noctui.model.scene import Range
from noctui.stores.history.db import pack_of
from noctui.stores.history.figures_ask import Ask
from noctui.stores.history.figures_circuits import of_circuits
from noctui.stores.history.figures_then import hours_then
from noctui.stores.history.hourly import (
    DAY_BLOCK,
    DAY_PACKS,
    KPI_NUMBER,
    MONTH_BLOCK,
    MONTH_TILES,
    VECTORS,
)
from noctui.stores.history.settings import DAY, HOUR

WEEKS = 13
LEAST = 600.0
"""Seconds of the running hour from which its average is judged; before, the last whole hour is."""


def baseline(ask: Ask, circuit_id: str, gauge: str) -> Baseline:
    """Of the 13 weeks before the running hour. Raises ValueError for a gauge that does not exist, DamagedBlock."""
    if gauge not in (*GAUGES, *RATES):
        raise ValueError(f"no such gauge: {gauge}")
    last = floor(ask.at / HOUR)
    judged = last * HOUR if ask.at - last * HOUR >= LEAST else (last - 1) * HOUR
    first = last - WEEKS * 168
    averages = np.full(last - first, np.nan)
    row = ask.db.execute("SELECT no FROM circuits WHERE id = ?", (circuit_id,)).fetchone()
    if row is not None:
        _lay(ask, int(row[0]), KPI_NUMBER[f"{gauge}_avg"], first, averages)
        one = replace(ask, slots=np.array([row[0]], np.int32), own={})
        for number, own in hours_then(one, first * HOUR, last * HOUR).items():
            averages[number - first] = own[f"{gauge}_avg"][0] if own else np.nan
    now = of_circuits(ask, Range(judged, min(judged + HOUR, ask.at)), (circuit_id,))
    starts = ((np.arange(len(averages)) + first) * HOUR).tolist()
    value = float(now.average[0, GAUGE[gauge]])
    return worked_out(circuit_id, gauge, averages, starts, ask.retention.zone, judged, value)


def _lay(
    ask: Ask, slot: int, number: int, first: int, averages: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> None:
    begun = first * HOUR
    for kind, block, row, longest in (
        (MONTH_TILES, *divmod(slot, MONTH_BLOCK), 31 * DAY),
        (DAY_PACKS, *divmod(slot, DAY_BLOCK), DAY),
        (VECTORS, 0, slot, HOUR),
    ):
        found = ask.db.execute(
            "SELECT id, start FROM rollups WHERE kind = ? AND block = ? AND start > ? AND start < ? ORDER BY start",
            (kind, block, begun - longest, begun + len(averages) * HOUR),
        ).fetchall()
        for id_, start in found:
            ask.go()
            with pack_of(ask.db, "rollups", id_, f"hourly figures {id_}") as pack:
                at = round(start / HOUR) - first
                low, high = max(0, at), min(len(averages), at + pack.n1)
                if row < pack.n0 and low < high and pack.has(number):
                    values = pack.row(number, row, slice(low - at, high - at)).astype(np.float64)
                    known = ~np.isnan(values)
                    averages[low:high][known] = values[known]
