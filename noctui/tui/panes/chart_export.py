"""What a chart shows as a table: the numbers that were drawn, at full precision."""

from __future__ import annotations

import numpy as np

from noctui.charts.heat import DAYS
from noctui.charts.wish import Boxes, Distribution, Found, Heat, Many, One, Samples, Wish
from noctui.model.view import View
from noctui.tui.export import Cell, Exported, instant, measured, number

_UNITS = {"%": "_pct", "ms": "_ms", "bit/s": "_bps", "": ""}


def exported(found: Found, wish: Wish, view: View) -> Exported:
    """A row per sample, hour of the week, box or circuit. A sample at `at` stands for the `span_s` seconds before."""
    name = wish.measure.name
    unit = "" if name.endswith("_bps") else _UNITS[wish.measure.unit]
    value = f"{name}{unit}"
    match found:
        case One():
            return _series("chart-line", value, (found.samples,))
        case Many():
            return _series("chart-many", value, found.lines)
        case Heat():
            cells = [
                (found.samples.circuit_id, day, hour, number(found.values[d, hour]), int(found.weeks[d, hour]))
                for d, day in enumerate(DAYS)
                for hour in range(24)
            ]
            return Exported("chart-heat", ("circuit_id", "weekday", "hour", f"{value}_avg", "weeks"), cells)
        case Boxes():
            names = tuple(f"{value}_{of}" for of in ("min", "p25", "median", "p75", "max"))
            boxes = [
                (found.samples.circuit_id, label, *(number(v) for v in five))
                for label, five in zip(found.labels, found.five, strict=True)
            ]
            return Exported("chart-box", ("circuit_id", found.grain, *names), boxes)
        case Distribution():
            of = f"{value}_{found.statistic}" if found.statistic else value
            ids = [c.circuit_id for c in view.inventory.circuits[: len(found.values)]]
            spread = [(c, measured(v)) for c, v in zip(ids, found.values, strict=True)]
            return Exported("chart-dist", ("circuit_id", of), spread)


def _series(name: str, value: str, lines: tuple[Samples, ...]) -> Exported:
    hours = any(s.hours for s in lines)
    columns = (f"{value}_max", f"{value}_avg") if hours else (value,)
    return Exported(name, ("circuit_id", "at", "span_s", *columns), [row for s in lines for row in _rows(s, hours)])


def _rows(samples: Samples, hours: bool) -> list[tuple[Cell, ...]]:
    none = np.full(len(samples.times), np.nan, np.float32)
    kinds = (samples.values, none if samples.means is None else samples.means) if hours else (samples.values,)
    return [
        (samples.circuit_id, instant(float(at)), number(samples.spans[i]), *(number(k[i]) for k in kinds))
        for i, at in enumerate(samples.times)
    ]
