"""What one hour, or a part of one, adds up to, per circuit. Pure: columns in, columns out; rows are circuits.

A sample stands for (t − span, t], span at most three of its intervals, split at the edges: an average is weighted by
the time that lies inside, and a maximum counts every sample that reaches into it. Definitions: docs/figures.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from noctui.kpi.percentile import nearest_rank
from noctui.kpi.runs import runs
from noctui.kpi.spans import Spans
from noctui.model.figures import METRIC_GAUGE
from noctui.model.view import F4, F8, U1
from noctui.model.words import Level, Metric, State

HOUR = 3600.0
GAUGES = ("rx_pct", "tx_pct", "util", "loss", "jitter", "latency")
RATES = ("rx_bps", "tx_bps")
SECONDS = ("up", "down", "unknown", "disabled")
_RUNS = ("above", "longest", "head", "tail")
_LEVELS = (Level.WARN, Level.HIGH, Level.CRITICAL)
ABOVE: Mapping[str, tuple[int, int, int]] = {
    f"{METRIC_GAUGE[metric]}_{kind}_{level.name.lower()}": (k, int(metric), int(level) - 1)
    for k, kind in enumerate(_RUNS)
    for metric in Metric
    for level in _LEVELS
}
"""`util_above_high` … → (kind of run, metric, level): seconds at or above a threshold, see `model.figures.Accounts`."""
COLUMNS = (
    *(f"{name}_{figure}" for name in GAUGES for figure in ("avg", "max")),
    *(f"{name}_seconds" for name in SECONDS),
    "sampled_seconds",
    "flaps",
    *(f"{name}_{figure}" for name in RATES for figure in ("avg", "max")),
    *(f"{name}_known" for name in (*GAUGES, *RATES)),
    *(f"{METRIC_GAUGE[metric]}_p95" for metric in Metric),
    *ABOVE,
)
"""What an hour has for every circuit, in the order of its stored numbers (append only).

Averages, maxima and percentiles are NaN when no sample with a value reaches into the hour. `_p95` is of nearest rank
over its samples, `_known` seconds with a value."""

FIVE = 300.0
FIVES = ("util", "loss", "jitter", "latency", "rx_bps", "tx_bps")
"""Gauges whose averages over clock slots of five minutes are kept: percentiles of a day and longer are over these."""
FIVES_AN_HOUR = 12
MIXED = 255

Stretches = Iterable[tuple[int, float, float, int, bool]]
"""(row, start, end, State, it began with a flap) of painted timelines."""


@dataclass(frozen=True, slots=True)
class Samples:
    """What polls around a stretch say, oldest first: `values` of GAUGES and RATES, [polls, rows], NaN unknown;
    `levels` the raw level byte of each sample (0 for a metric without value); `own` the polls in (start, end]."""

    spans: Spans
    values: Mapping[str, F4]
    levels: U1
    own: slice


def with_utilisation(values: Mapping[str, F4]) -> dict[str, F4]:
    """The same with `util`, the higher of the known directions."""
    return {**values, "util": np.fmax(values["rx_pct"], values["tx_pct"])}


def average_and_highest(values: F4, spans: Spans) -> tuple[F4, F4, F4]:
    """[rows] each, of `values` [polls, rows] with NaN for unknown: average, maximum, seconds known."""
    unknown = np.isnan(values)
    share = np.where(unknown, 0, spans.weight)
    milliseconds = share.sum(axis=0, dtype=np.int64)
    total = _summed(share.astype(np.float64), np.where(unknown, np.float32(0), values))
    some = milliseconds > 0
    average = np.full(len(milliseconds), np.nan)
    np.divide(total, milliseconds, out=average, where=some)
    highest = np.where(share > 0, values, -np.inf).max(axis=0, initial=-np.inf)
    known = (milliseconds / 1000.0).astype(np.float32)
    return average.astype(np.float32), np.where(some, highest, np.nan).astype(np.float32), known


def _summed(weight: F8, values: F4) -> F8:
    """[rows] Σ weight × value, added up poll after poll, so that a row by itself has the digits it has among others."""
    if values.shape[1] == 1:  # einsum would add a single column up in another order
        single: F8 = np.add.accumulate(weight * values, axis=0)[-1:].sum(axis=0)
        return single
    found: F8 = np.einsum("ij,ij->j", weight, values, dtype=np.float64)
    return found


def gauges(samples: Samples, p95: bool = True) -> dict[str, F4]:
    """`<name>_avg`, `_max`, `_known`, and (unless `p95` is False) `_p95` of the thresholded ones, of every gauge that
    the samples have."""
    out: dict[str, F4] = {}
    for name, values in samples.values.items():
        out[f"{name}_avg"], out[f"{name}_max"], out[f"{name}_known"] = average_and_highest(values, samples.spans)
        if p95 and name in METRIC_GAUGE.values():
            out[f"{name}_p95"] = nearest_rank(values[samples.own].T).astype(np.float32)
    found = runs(samples.levels, samples.spans)
    kinds = (found.above, found.longest, found.head, found.tail)
    for name, (kind, metric, level) in ABOVE.items():
        out[name] = (kinds[kind][:, metric, level] / 1000.0).astype(np.float32)
    out["sampled_seconds"] = samples.spans.sampled
    return out


def fives(samples: Samples, names: Sequence[str] = FIVES) -> dict[str, F4]:
    """[rows, slots] of each of FIVES (or of `names`): averages over the slots of five minutes of a stretch that begins
    with one."""
    slots = -(-samples.spans.length // round(FIVE * 1000))
    out = {name: np.full((samples.levels.shape[1], slots), np.nan, np.float32) for name in names}
    ends = samples.spans.begin + samples.spans.weight
    for slot in range(slots):
        begin, end = slot * round(FIVE * 1000), min((slot + 1) * round(FIVE * 1000), samples.spans.length)
        touched = ((ends > begin) & (samples.spans.begin < end) & (samples.spans.weight > 0)).any(axis=1)
        polls = np.flatnonzero(touched)
        if not len(polls):
            continue
        cut = slice(int(polls[0]), int(polls[-1]) + 1)
        part = samples.spans.rows(cut).part(begin, end)
        for name in names:
            values = samples.values[name][cut]
            if len(values) == 1:  # its average is itself
                out[name][:, slot] = np.where(part.weight[0] > 0, values[0], np.float32(np.nan))
            else:
                out[name][:, slot] = average_and_highest(values, part)[0]
    return out


def states(whole: U1, stretches: Stretches, start: float, end: float) -> dict[str, F4]:
    """Up, down, unknown and disabled seconds of [start, end) and its flaps, from painted timelines.

    `whole[row]` is the State of a circuit that had one state all the time, or `MIXED`: then `stretches` tell.
    Away counts as unknown, and so does what nothing covers. A flap happens when the new state begins.
    """
    rows, length = len(whole), end - start
    seconds = np.zeros((len(State), rows))
    same = np.flatnonzero(whole != MIXED)
    seconds[whole[same], same] = length
    flaps = np.zeros(rows, np.float32)
    for row, began, ended, state, flapped in stretches:
        seconds[state, row] += max(0.0, _whole(min(ended, end)) - _whole(max(began, start)))
        flaps[row] += flapped and start <= began < end
    up, down, disabled = seconds[State.UP], seconds[State.DOWN], seconds[State.DISABLED]
    unknown: F8 = np.maximum(0.0, length - up - down - disabled)
    return {
        "up_seconds": up.astype(np.float32),
        "down_seconds": down.astype(np.float32),
        "unknown_seconds": unknown.astype(np.float32),
        "disabled_seconds": disabled.astype(np.float32),
        "flaps": flaps,
    }


def _whole(seconds: float) -> float:
    """To the millisecond: parts of a stretch then add up to it."""
    return round(seconds * 1000.0) / 1000.0
