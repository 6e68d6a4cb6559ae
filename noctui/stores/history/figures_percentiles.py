"""Which way a 95th percentile is found: as it was kept of a calendar period, by samples, by five-minute averages, or by
histograms where those are gone."""

from __future__ import annotations

import numpy as np

from noctui.kpi.hourly import FIVES
from noctui.kpi.percentile import ERROR
from noctui.model.figures import GAUGE, GAUGES
from noctui.model.view import F8
from noctui.stores.history.figures_ask import Ask
from noctui.stores.history.figures_begin import sampled_from
from noctui.stores.history.figures_fives import held_from
from noctui.stores.history.figures_p95 import check, is_short, of_fives, of_samples
from noctui.stores.history.figures_periods import cover, in_force, read
from noctui.stores.history.figures_sketches import of_sketches


def p95(ask: Ask, start: float, end: float, gauges: tuple[str, ...], billed: bool = False) -> tuple[F8, float]:
    """[rows, GAUGES], NaN where not asked for or unknown, and the relative error. `billed`: by five-minute averages,
    however short the range is. Raises ValueError, DamagedBlock."""
    check(gauges)
    if not gauges or not ask.rows or not start < end:
        return np.full((ask.rows, len(GAUGES)), np.nan), 0.0
    whole = _stored(ask, start, end, gauges)
    if whole is not None:
        return whole
    long, start = not is_short(start, end), min(max(start, sampled_from(ask)), end)
    if not start < end:
        return np.full((ask.rows, len(GAUGES)), np.nan), 0.0
    if not long and not billed:
        return of_samples(ask, start, end, gauges), 0.0
    if _gone(ask, start, end):
        return of_sketches(ask, start, end, gauges), ERROR
    return of_fives(ask, start, end, gauges), 0.0


def _stored(ask: Ask, start: float, end: float, gauges: tuple[str, ...]) -> tuple[F8, float] | None:
    """Those of a calendar day, week or month, which stay exact when its averages are gone; None: it is none."""
    rows = cover(in_force(ask, start, end), ask.retention.zone)
    if len(rows) != 1 or (rows[0].period.start, rows[0].period.end) != (start, end):
        return None
    found = read(ask, rows[0])
    out = np.full((ask.rows, len(GAUGES)), np.nan)
    for name in gauges:
        if name in FIVES and f"{name}_p95" in found.beside:
            out[:, GAUGE[name]] = found.beside[f"{name}_p95"]
    error = found.beside.get("p95_error")
    return out, 0.0 if error is None else float(np.nan_to_num(error).max(initial=0.0))


def _gone(ask: Ask, start: float, end: float) -> bool:
    """Averages of a day of the range are held no longer, and its figures are there."""
    query = 'SELECT 1 FROM figures WHERE grain = 1 AND start >= ? AND "end" <= ? LIMIT 1'
    return ask.db.execute(query, (start, min(end, held_from(ask)))).fetchone() is not None
