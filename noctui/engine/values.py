"""What a poll's samples measured, and what is shown of every circuit (docs/values.md 5, 6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noctui.engine.choose import choose, filled
from noctui.engine.quality import PathRows, Paths, fold
from noctui.engine.rates import TOO_FAST, Capacity, percent, rate
from noctui.engine.state import LEVELLED, RX_PCT, SHOWN, TX_PCT, Circuits
from noctui.model.batch import Column
from noctui.model.view import B1, F8, U1
from noctui.model.words import QualitySource, State

_FOLDED = (6, 7, 8, 4)
"""Rows of `SHOWN` for loss, jitter, latency and mos."""
_PORT = np.uint8(QualitySource.PORT)
_UP, _UNKNOWN = int(State.UP), int(State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Measured:
    """`values` are [SHOWN, rows] in float64, NaN but for samples that are up; `source` their QualitySource."""

    values: F8
    source: U1
    rejected: int

    @property
    def levelled(self) -> F8:
        """The four metrics of the level byte."""
        found: F8 = self.values[LEVELLED]
        return found


@dataclass(frozen=True, slots=True)
class Reported:
    """The columns of a circuits batch in the table's rows."""

    rx_bps: Column
    tx_bps: Column
    counters: F8  # [2, rows]
    loss: Column
    jitter: Column
    latency: Column
    mos: Column


def measure(
    reported: Reported,
    fresh: B1,
    up: B1,
    seconds: F8,
    last_counters: F8,
    uptime: F8,
    capacity: Capacity,
    paths: Paths,
    told: PathRows | None,
) -> Measured:
    """`up`: judged up, and by the sample itself.

    `told` are the poll's peer paths; None when there are none.
    """
    rx, rx_rejected = rate(
        reported.rx_bps, reported.counters[0], last_counters[0], seconds, uptime, capacity.link, fresh
    )
    tx, tx_rejected = rate(
        reported.tx_bps, reported.counters[1], last_counters[1], seconds, uptime, capacity.link, fresh
    )
    values = np.empty((len(SHOWN), len(fresh)))
    values[0], values[1] = rx, tx
    values[RX_PCT], values[TX_PCT] = percent(rx, capacity.down), percent(tx, capacity.up)
    values[4] = reported.mos
    np.fmax(values[RX_PCT], values[TX_PCT], out=values[5])
    values[6], values[7], values[8] = reported.loss, reported.jitter, reported.latency

    counts = fresh & up
    own = np.logical_or.reduce(values[6:9] == values[6:9], axis=0)
    source = own * _PORT
    if told is not None and len(told):
        asked = np.flatnonzero(counts & ~own)
        if len(asked):
            found = fold(paths, asked, told)
            for row, column in zip(_FOLDED, found, strict=True):
                values[row, asked] = column
            known = np.logical_or.reduce(found == found, axis=0)
            source[asked[known]] = QualitySource.PEERS
            own[asked] = True
    values[4, np.flatnonzero(~own)] = np.nan  # a MOS alone does not make the port the source
    silent = np.flatnonzero(~counts)
    if len(silent):
        values[:, silent] = np.nan
        source[silent] = QualitySource.NONE
    return Measured(values, source, rx_rejected + tx_rejected)


def show(
    known: Circuits, measured: Measured, fresh: B1, state: U1, at: float, longest: float, last_sampled: F8
) -> None:
    """Bring the shown values up to this poll: replaces columns of `known`.

    `longest` is how many seconds a missing value is kept, `last_sampled` the `at` of the poll of the sample before.
    """
    new = measured.values.astype(np.float32)
    has = new == new
    shown = filled(new, has, known.shown)
    percents = slice(RX_PCT, TX_PCT + 1)
    over = choose(has[percents], (measured.values[percents] > TOO_FAST).view(np.uint8), known.over.view(np.uint8)).view(
        np.bool_
    )
    forget = np.flatnonzero((state != _UP) & (state != _UNKNOWN))
    if len(forget):
        shown[:, forget] = np.nan
    lacks = fresh & ~has & (shown == shown)
    missing = known.missing & ~has & ~np.isnan(shown) if known.missing.any() else known.missing
    if lacks.any():
        newly = lacks & ~missing
        known.had = np.where(newly, last_sampled, known.had)
        missing = missing | lacks
    if missing.any():
        old = missing & (at - known.had > longest)
        if old.any():
            shown[old] = np.nan
            missing = missing & ~old
    known.shown, known.over, known.missing = shown, over, missing
    known.source = choose(measured.source != QualitySource.NONE, measured.source, known.source)
