"""Primary against another circuit of its site: both, and what is different, metric by metric.

While the primary is down its last figures are kept beside those of the circuit that stands in for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from noctui.model.view import View
from noctui.model.words import Level, Metric, Role, State
from noctui.tui.look.numbers import (
    NONE,
    availability,
    bandwidth,
    clock,
    count,
    loss,
    milliseconds,
    mos,
    rate,
    tone,
    utilisation,
)
from noctui.tui.look.signs import Signs
from noctui.tui.look.text import fit
from noctui.tui.moment import Size
from noctui.tui.panes import cells
from noctui.tui.panes.site_circuits import GAP, LABEL, Before, Column
from noctui.tui.runs import Line, crop, pad

_DIFFERENCE = 20
_WIDEST = 40


@dataclass(frozen=True)
class _Measure:
    """One metric: how it is written, and whether more of it is worse (1), better (-1) or neither (0)."""

    label: str
    short: str
    name: str  # of the circuit table and of series
    text: Callable[[float | None], str]
    worse: int = 0
    metric: Metric | None = None


_MEASURES = (
    _Measure("rx %", "rx %", "rx_pct", utilisation, 0, Metric.UTILISATION),
    _Measure("rx rate", "", "rx_bps", rate),
    _Measure("tx %", "tx %", "tx_pct", utilisation, 0, Metric.UTILISATION),
    _Measure("tx rate", "", "tx_bps", rate),
    _Measure("loss %", "loss %", "loss", loss, 1, Metric.LOSS),
    _Measure("jitter ms", "jit ms", "jitter", milliseconds, 1, Metric.JITTER),
    _Measure("latency ms", "lat ms", "latency", milliseconds, 1, Metric.LATENCY),
    _Measure("MOS", "MOS", "mos", mos, -1),
    _Measure("avail 24 h", "avail", "avail_24h", availability, -1),
    _Measure("flaps 24 h", "flaps", "flaps_24h", count, 1),
)
KEPT = ("rx_pct", "tx_pct", "rx_bps", "tx_bps", "loss", "jitter", "latency", "mos")
"""What is asked of the time before an outage."""


def partner(view: View, rows: tuple[int, ...], cursor: int) -> tuple[int, int] | None:
    """(primary, the other) as circuit rows: the circuit under the cursor, else the one that carries the site, else the
    next by role. None when no circuit is known to be the primary, or it is the only one."""
    circuits = view.inventory.circuits
    primary = next((r for r in rows if circuits[r].role == Role.PRIMARY), None)
    others = [r for r in rows if r != primary]
    if primary is None or not others:
        return None
    carrying = [r for r in others if view.circuits.active[r]]
    return primary, cursor if cursor in others else (carrying or others)[0]


def why_not(view: View, rows: tuple[int, ...]) -> str:
    """What to say where there is nothing to compare."""
    if len(rows) < 2:
        return "One circuit: there is nothing to compare it with."
    return "No circuit here is known to be the primary: set roles in the inventory file."


def pair_lines(
    view: View, primary: int, other: int, width: int, signs: Signs, *, size: Size = Size.M,
    before: Before | None = None, grey: bool = False,
) -> list[Line]:  # fmt: skip
    """Head, facts and a line per metric: label, primary, the other, the difference."""
    short = size in (Size.S, Size.TINY)
    label = 9 if short else LABEL
    each = min((width - label - _DIFFERENCE - 2 * GAP) // 2, _WIDEST)
    kept = before or {}
    pair = [Column(view, row, each, True, signs, kept, grey) for row in (primary, other)]
    against: Line = ((f"{signs.circuit_role(pair[1].circuit.role)} against pri", "dim"),)
    rows: list[tuple[str, Line, Line, Line]] = [("", _headed(pair[0]), _headed(pair[1]), against)]
    if not short:
        rows.append(("carrier", pair[0].carrier(), pair[1].carrier(), ()))
        rows.append(("bandwidth", pair[0].bandwidth(), pair[1].bandwidth(), _bandwidths(pair)))
    for measure in _MEASURES:
        if short and not measure.short:
            continue
        values = [_value(c, measure) for c in pair]
        made = [_cell(c, measure, v, was) for c, (v, was) in zip(pair, values, strict=True)]
        rows.append((measure.short if short else measure.label, *made,
                     difference(measure.worse, values[0][0], values[1][0], measure.text)))  # type: ignore[arg-type]  # fmt: skip
    lines: list[Line] = []
    for name, first, second, between in rows:
        line: list[tuple[str, str]] = [(fit(name, label), "dim")]
        for column, cell in zip(pair, (first, second), strict=True):
            ground = "@pop" if view.circuits.active[column.row] else ""
            for text, role in pad(crop(cell, each), each):
                line.append((text, f"{'stale' if grey and role != 'faint' else role}{ground}"))
            line.append((" " * GAP, "text"))
        lines.append((*line, *crop(between, _DIFFERENCE)))
    return lines


def _headed(column: Column) -> Line:
    return ((f"{column.signs.circuit_role(column.circuit.role)}  ", "hi bold"), *column.state())


def _value(column: Column, measure: _Measure) -> tuple[float, bool]:
    """(value, whether it is from before the outage)."""
    t, row = column.view.circuits, column.row
    now = float(getattr(t, measure.name)[row])
    if math.isfinite(now) or t.state[row] not in (State.DOWN, State.AWAY):
        return now, False
    was = column.before.get(column.circuit.circuit_id, {}).get(measure.name, math.nan)
    return was, math.isfinite(was)


def _cell(column: Column, measure: _Measure, value: float, was: bool) -> Line:
    t, row = column.view.circuits, column.row
    text = f"{measure.text(value):>7}"
    if was:
        return ((text, "dim"), (f"  was, {clock(float(t.since[row]), seconds=False)}", "dim"))
    stale = bool(t.stale[row])
    if text.strip() == NONE:
        return ((text, "faint"),)
    level = Level.NONE
    if measure.metric is not None:
        level = Level(cells.raw_level(column.view.limits_of(row, measure.metric), value))
    shown = cells.value_cell(text, level, stale)
    runs = (shown,) if isinstance(shown[0], str) else shown
    return tuple((t_, tone(t_.strip(), r)) for t_, r in runs)


def difference(worse: int, first: float, second: float, text: Callable[[float | None], str]) -> Line:
    """`+62.4  worse`: the second less the first; – where one of them is unknown."""
    apart = second - first
    if not math.isfinite(apart):
        return ((f"{NONE:>7}", "faint"),)
    size = text(abs(apart))
    if size.strip("0.%kMGT") == "":
        return ((f"{'same':>7}", "dim"),)
    sign = "+" if apart > 0 else "−"
    runs: Line = ((f"{sign + size:>7}", "hi"),)
    if not worse:
        return runs
    return (*runs, ("  worse" if (apart > 0) == (worse > 0) else "  better", "text" if apart * worse > 0 else "dim"))


def _bandwidths(pair: list[Column]) -> Line:
    first, second = (c.circuit.down_bps or math.nan for c in pair)
    return difference(0, first, second, bandwidth)
