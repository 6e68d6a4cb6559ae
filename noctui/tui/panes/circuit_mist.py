"""Mist's own series of a circuit beside ours: lanes in pairs, and how far the averages are apart. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from noctui.model.detail import Insights
from noctui.model.inventory import Circuit
from noctui.model.scene import Series
from noctui.model.words import Metric
from noctui.tui.look import numbers
from noctui.tui.look.text import fit
from noctui.tui.panes.cells import Limits
from noctui.tui.panes.figures import figures
from noctui.tui.panes.site_pair import difference
from noctui.tui.runs import Line
from noctui.tui.widgets.lane_math import Scale
from noctui.tui.widgets.lanes import Lane

F4 = NDArray[np.float32]
_Pair = tuple[str, str, str, str, Metric, Scale, Callable[[float | None], str]]
_PAIRS: tuple[_Pair, ...] = (
    ("rx_pct", "rx_bps", "rx", "%", Metric.UTILISATION, "percent", numbers.utilisation),
    ("tx_pct", "tx_bps", "tx", "%", Metric.UTILISATION, "percent", numbers.utilisation),
    ("loss", "avg_loss", "loss", "%", Metric.LOSS, "critical", numbers.loss),
    ("jitter", "avg_jitter", "jit", "ms", Metric.JITTER, "critical", numbers.milliseconds),
    ("latency", "avg_latency", "lat", "ms", Metric.LATENCY, "critical", numbers.milliseconds),
)
"""Our metric, Mist's name, label, unit, threshold, scale, how it is written."""
_ROWS = 2


def mist_values(told: Insights | None, name: str, circuit: Circuit) -> F4:
    """Mist's buckets of one of our metrics: rates as percent of the bandwidth that way (NaN while it is unknown)."""
    ours = {"rx_pct": circuit.down_bps, "tx_pct": circuit.up_bps}
    theirs = next(p[1] for p in _PAIRS if p[0] == name)
    found = np.asarray(told.values.get(theirs, ()) if told is not None else (), np.float64)
    if name in ours:
        found = found / ours[name] * 100 if ours[name] > 0 else np.full(len(found), np.nan)
    return found.astype(np.float32)


def buckets(told: Insights | None, name: str, count: int) -> tuple[NDArray[np.float64], F4]:
    """(ends, lengths) of the buckets, in seconds."""
    if told is None:
        return np.zeros(0), np.zeros(0, np.float32)
    quality = name not in ("rx_pct", "tx_pct")
    start, step = (told.quality_start, told.quality_interval) if quality else (told.start, told.interval)
    return start + step * np.arange(1, count + 1, dtype=np.float64), np.full(count, step, np.float32)


def rooms(rows: int, alone: str = "") -> list[tuple[_Pair, int]]:
    """Metrics that `rows` have room for, two lanes each, or the one named; with the rows of either lane."""
    chosen = [p for p in _PAIRS if p[0] == alone] if alone else list(_PAIRS)
    chosen = chosen[: max(rows // (2 * _ROWS), 1)]
    each = max(rows // (2 * len(chosen)), _ROWS) if alone else _ROWS
    spare = max(rows - 2 * each * len(chosen), 0) // 2 if not alone else 0
    return [(pair, each + (spare if i == 0 else 0)) for i, pair in enumerate(chosen)]


def pair_lanes(
    series: Series,
    told: Insights | None,
    circuit: Circuit,
    rows: int,
    limits: Callable[[Metric], Limits],
    alone: str = "",
) -> list[Lane]:  # fmt: skip
    """Ours, and Mist's below it, for as many metrics as `rows` have room for, or for the one named."""
    made: list[Lane] = []
    for (name, _, label, unit, metric, scale, text), high in rooms(rows, alone):
        values = mist_values(told, name, circuit)
        ends, spans = buckets(told, name, len(values))
        mine = series.values.get(name, np.full(len(series.times), np.nan, np.float32))
        made.append(Lane(label, unit, series.times, mine, series.spans, limits(metric), scale, "graph", high, text))
        made.append(Lane("Mist", "", ends, values, spans, limits(metric), scale, "graph2", high, text))
    return made


def against_lines(series: Series | None, told: Insights | None, circuit: Circuit, width: int) -> list[Line]:
    """`ours  Mist  apart` of the averages; the difference is Mist's less ours."""
    each = (width - 11) // 3
    label = width - 3 * each
    lines: list[Line] = [
        ((fit("averages", label), "dim"), *((f"{name:>{each}}", "dim") for name in ("ours", "Mist", "apart")))
    ]
    for name, _, short, unit, _, _, text in _PAIRS:
        ours = figures(series, name).average if series is not None else math.nan
        theirs = average(mist_values(told, name, circuit))
        cells = [(text(v), numbers.tone(text(v), "hi" if i else "text")) for i, v in enumerate((ours, theirs))]
        apart = difference(0, ours, theirs, text)[0]
        lines.append(
            (
                (fit(f"{short} {unit}", label), "dim"), *((f"{t:>{each}}", r) for t, r in cells),
                (f"{apart[0].strip():>{each}}", apart[1]),
            )
        )  # fmt: skip
    return lines


def average(values: F4) -> float:
    """The mean of what is known; NaN when nothing is."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else math.nan


def against_line(series: Series | None, told: Insights | None, circuit: Circuit) -> Line:
    """The same in one line: `Mist/ours rx 12.4/13.1 …`."""
    runs: list[tuple[str, str]] = [("Mist/ours", "hi")]
    for name, _, short, _, _, _, text in _PAIRS:
        ours = figures(series, name).average if series is not None else math.nan
        theirs = average(mist_values(told, name, circuit))
        runs += [(f" {short} ", "dim"), (text(theirs), numbers.tone(text(theirs))), (f"/{text(ours)}", "dim")]
    return tuple(runs)
