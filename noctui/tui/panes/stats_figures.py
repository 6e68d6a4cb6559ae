"""Lines of a circuit's figures: now and over the window, time above thresholds, service, the month. Pure.

Those of the window come from the same sums as the ranking of offenders, so that both show the same digits.
"""

from __future__ import annotations

import math

import numpy as np

from noctui.model.figures import GAUGE, METRIC_GAUGE, Figures
from noctui.model.inventory import Circuit
from noctui.model.scene import Range, Series
from noctui.model.scores import ScoreBoard
from noctui.model.view import View
from noctui.model.words import Metric, RoleSource
from noctui.tui.keys import ACTIONS
from noctui.tui.look.numbers import (
    MONTHS,
    NONE,
    availability,
    availability_between,
    bandwidth,
    count,
    duration,
    loss,
    milliseconds,
    mos,
    rate,
    tone,
    utilisation,
)
from noctui.tui.look.signs import Signs, level_role
from noctui.tui.look.text import fit
from noctui.tui.panes import cells
from noctui.tui.panes.chart_mark import lowest
from noctui.tui.panes.figures import figures as of_series
from noctui.tui.panes.own_works import by_circuit, promise_line, work_line
from noctui.tui.panes.provenance import ROLE_SOURCES, SOURCES
from noctui.tui.panes.stats_asking import BILLED, More
from noctui.tui.runs import Line, Run, labelled, width_of

_ROWS = (
    ("rx %", "rx_pct", Metric.UTILISATION, utilisation), ("tx %", "tx_pct", Metric.UTILISATION, utilisation),
    ("util %", "util", Metric.UTILISATION, utilisation), ("loss %", "loss", Metric.LOSS, loss),
    ("jitter ms", "jitter", Metric.JITTER, milliseconds), ("latency ms", "latency", Metric.LATENCY, milliseconds),
)  # fmt: skip
_LABEL = 12
COVERED = 99.5
"""Percent of coverage below which it, and the bounds of availability, are said."""


def figure_lines(found: Figures | None, series: Series | None, width: int, view: View, row: int,
                 signs: Signs, marked: bool = False) -> list[Line]:  # fmt: skip
    """`now avg p95 max` of every metric, in the colours of the thresholds that they reach. Now is the last sample's.
    What is `marked` has no now: `min avg p95 max`."""
    names = (*(name for _, name, *_ in _ROWS), "mos")
    now = {name: lowest(series, name) if marked else now_of(series, name, view, row) for name in names}
    each = (width - _LABEL + 2) // 4
    label_cells = width - 4 * each
    lines: list[Line] = [
        (
            (" " * label_cells, "dim"),
            *((f"{name:>{each}}", "dim") for name in ("min" if marked else "now", "avg", "p95", "max")),
        )
    ]
    for label, name, metric, text in _ROWS:
        average, p95, highest = window_of(found, name)
        values = (now[name], average, p95_of(series, name) if math.isnan(p95) else p95, highest)
        runs: list[Run] = [(fit(label, label_cells), "dim")]
        for i, value in enumerate(values):
            shown = text(value)
            role = level_role(cells.raw_level(view.limits_of(row, metric), value))
            role = "hi" if i == 0 and role == "text" and not marked else role
            near = signs.approximate if i == 2 and found is not None and found.p95_error > 0 and shown != NONE else ""
            runs.append((f"{near + shown:>{each}}", tone(shown, f"{role} bold" if i == 0 and not marked else role)))
        lines.append(tuple(runs))
    return [*lines, _mos_line(series, now["mos"], label_cells, each)]


def window_of(found: Figures | None, gauge: str) -> tuple[float, float, float]:
    """(average, p95, highest) of the one circuit; NaN while nothing is known."""
    if found is None or not len(found):
        return np.nan, np.nan, np.nan
    at = GAUGE[gauge]
    return float(found.average[0, at]), float(found.p95[0, at]), float(found.highest[0, at])


def p95_of(series: Series | None, name: str) -> float:
    """Of the samples shown, by the same rule: percentiles of rx and tx alone are not among the sums that are kept."""
    return math.nan if series is None or name == "util" else of_series(series, name).p95


def now_of(series: Series | None, name: str, view: View, row: int) -> float:
    """The value that still stands at the range's end; of utilisation the higher of rx and tx. A series of hours has no
    samples: then it is the poll's own, unless that is stale."""
    if series is None:
        return math.nan
    if name == "util":
        return float(np.fmax(now_of(series, "rx_pct", view, row), now_of(series, "tx_pct", view, row)))
    if series.source == "polls":
        return of_series(series, name).now
    return math.nan if view.circuits.stale[row] else float(getattr(view.circuits, name)[row])


def _mos_line(series: Series | None, now: float, label: int, each: int) -> Line:
    """MOS is no figure of the window's sums: its own come from the samples shown."""
    found = of_series(series, "mos") if series is not None else None
    values = (now, found.average, found.p95, found.highest) if found is not None else (math.nan,) * 4
    shown = [mos(v) for v in values]
    return (
        (fit("MOS", label), "dim"),
        *((f"{text:>{each}}", tone(text, "hi bold" if i == 0 else "text")) for i, text in enumerate(shown)),
    )


def above_lines(found: Figures | None, width: int, signs: Signs, view: View, row: int) -> list[Line]:
    """Longest run and total time above the thresholds of utilisation, and above high of loss, jitter and latency."""
    wanted = [("util", Metric.UTILISATION, level) for level in (1, 2, 3)]
    wanted += [("loss", Metric.LOSS, 2), ("jit", Metric.JITTER, 2), ("lat", Metric.LATENCY, 2)]
    lines: list[Line] = []
    for label, metric, level in wanted:
        limit = view.limits_of(row, metric)[level - 1]
        unit = " %" if metric in (Metric.UTILISATION, Metric.LOSS) else " ms"
        texts = [_length(v) for v in above_of(found, metric, level)]
        role = level_role(level)
        lines.append(
            (
                (fit(f"{label} {signs.at_least} {limit:g}{unit}", 15), "dim"),
                (f"{texts[0]:>{max(width - 15 - 9, 5)}}", tone(texts[0], role)), (f"{texts[1]:>9}", tone(texts[1])),
            )
        )  # fmt: skip
    return lines


def above_of(found: Figures | None, metric: Metric, level: int) -> tuple[float, float]:
    """(longest run, total) in seconds at or above the threshold; NaN where no value is known."""
    if found is None or not len(found) or not found.known[0, GAUGE[METRIC_GAUGE[metric]]] > 0:
        return math.nan, math.nan
    return float(found.longest[0, metric, level - 1]), float(found.above[0, metric, level - 1])


def _length(seconds: float) -> str:
    return "0" if seconds == 0 else duration(seconds)


def service_lines(found: Figures | None, more: More | None, at: float, wide: bool) -> list[Line]:
    """Availability of the window with coverage (and bounds where there is room), flaps; the month and its bill."""
    pairs: list[tuple[str, Line]] = []
    if found is None or not len(found):
        pairs += [("available", ((NONE, "faint"),)), ("flaps", ((NONE, "faint"),))]
    else:
        pairs.append(("available", available_run(found)))
        if wide and found.coverage[0] < COVERED:
            pairs.append(("", ((f"{availability_between(float(found.at_least[0]), float(found.at_most[0]))}", "dim"),)))
        flaps = count(int(found.flaps[0]))
        pairs.append(("flaps", ((flaps, tone(flaps)),)))
    if more is not None and len(more.month):
        month = MONTHS[int(more.first.key[5:7]) - 1]
        pairs.append((f"in {month}", available_run(more.month)))
        pairs += billing_pairs(more, month, at, wide)
    return labelled(pairs, _LABEL)


def own_lines(view: View, row: int, board: ScoreBoard | None, signs: Signs, width: int) -> list[Line]:
    """Its promise, as far as it is worked out, and its planned work; nothing of what it has none."""
    circuit_id = view.inventory.circuits[row].circuit_id
    pairs: list[tuple[str, Line]] = []
    promised = by_circuit(board).get(circuit_id)
    if promised is not None:
        pairs.append(("SLA", promise_line(promised, view.at, signs, width - _LABEL)))
    if view.works.of_circuit.get(circuit_id):
        work = work_line(view.works, circuit_id, view.at, signs)
        work = work if width_of(work) <= width - _LABEL else work[:1]
        pairs.append(("next work" if circuit_id not in view.works.under else "work now", work))
    return labelled(pairs, _LABEL)


def available_run(found: Figures) -> Line:
    """`98.914  cover 97.1 %`."""
    text, cover = availability(float(found.available[0])), float(found.coverage[0])
    said = f"  cover {availability(cover, 1)} %" if cover < COVERED else ""
    return ((text, tone(text)), (said, "dim"))


def billing_pairs(more: More, month: str, at: float, wide: bool) -> list[tuple[str, Line]]:
    """`p95 Nov  rx 67.2M  tx 27.6M`: what a carrier would bill, as far as the month goes; the higher one is bold."""
    found = more.month
    rx, tx = (float(found.p95[0, GAUGE[name]]) for name in BILLED)
    if math.isnan(rx) and math.isnan(tx):
        return []
    higher = "tx" if tx > rx or math.isnan(rx) else "rx"
    cover = 100.0 * float(found.known[0, GAUGE[BILLED[0]]]) / max(at - more.first.start, 1.0)
    said = f"cover {cover:.1f} %" if cover < COVERED else ""
    rates: Line = (
        ("rx ", "dim"), (rate(rx), "text bold" if higher == "rx" else "text"),
        ("  tx ", "dim"), (rate(tx), "text bold" if higher == "tx" else "text"),
    )  # fmt: skip
    if said and wide:
        return [(f"p95 {month}", (*rates, (f"  {said}", "dim")))]
    return [(f"p95 {month}", rates), *([("", ((said, "dim"),))] if said else [])]


def short_lines(view: View, row: int, found: Figures | None, marked: Range | None = None) -> list[Line]:
    """The two lines that S has room for; of what is `marked` the second says so."""
    circuit = view.inventory.circuits[row]
    critical = view.limits_of(row, Metric.UTILISATION)[2]
    longest, total = above_of(found, Metric.UTILISATION, 3)
    words = zip(("avg", "p95", "max"), window_of(found, "util"), strict=True)
    first: list[Run] = [("util ", "dim")]
    first += [run for name, value in words for run in ((f"{name} ", "text"), (f"{utilisation(value)} ", "text"))]
    run = f"{duration(total)} run {duration(longest)}" if total > 0 else _length(total)
    first += [(f" ≥{critical:g} ", "dim"), (run, "crit" if total > 0 else "faint")]
    known = found is not None and len(found) > 0
    available = availability(float(found.available[0])) if found is not None and known else NONE
    flaps = count(int(found.flaps[0])) if found is not None and known else NONE
    first += [("  avail ", "dim"), (available, tone(available)), ("  flaps ", "dim"), (flaps, tone(flaps))]
    return [tuple(first), _what(circuit) if marked is None else _marked(marked, found)]


def _marked(marked: Range, found: Figures | None) -> Line:
    """`marked 02:51–03:14, 23m  cover 100 %  b clears`."""
    known = found is not None and len(found) > 0
    cover = availability(float(found.coverage[0]), 1) if found is not None and known else NONE
    return (
        ("marked ", "dim"), (marked.word, "hi"), (f", {duration(marked.seconds)}", "text"),
        ("  cover ", "dim"), (cover, tone(cover)), (" %", "dim"), (f"  {ACTIONS['mark'].shown}", "accent"),
        (" clears", "dim"),
    )  # fmt: skip


def _what(circuit: Circuit) -> Line:
    source = ROLE_SOURCES[RoleSource(circuit.role_source)]
    return (
        ("bw ", "dim"), (bandwidth(circuit.down_bps), "text"),
        (f" {SOURCES.get(circuit.bandwidth_source, '')}", "text"),
        ("  role ", "dim"), (f"{circuit.role.word}{', ' if source else ''}{source}", "text"),
        ("  id ", "dim"), (circuit.carrier_circuit_id or NONE, "text"),
    )  # fmt: skip
