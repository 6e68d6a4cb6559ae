"""Several circuits on one axis: a numbered line each, so that nobody has to tell colours apart."""

from __future__ import annotations

import math

import numpy as np

from noctui.charts.axes import framed, unit_line, with_zone
from noctui.charts.columns import snap
from noctui.charts.decimate import decimate, runs
from noctui.charts.figure import Curve, Figure, Line, Shape, Text
from noctui.charts.kernel import draw
from noctui.charts.kinds import Measure
from noctui.charts.paper import Paper
from noctui.charts.scales import top_of
from noctui.charts.wish import Many

INKS = ("graph", "graph2", "hi", "accent", "maint", "ok", "text", "dim")
"""Of line 1, 2 …: none of them means a severity."""


def draw_many(many: Many, measure: Measure, paper: Paper) -> list[Line]:
    """Unit, plot and axis: `paper.high` lines. Each line's number stands at its peak and at its end."""
    every = np.concatenate([s.values for s in many.lines]) if many.lines else np.empty(0, np.float32)
    top = top_of(measure.scale, every, many.limits[-1] if many.limits else None)
    frame = framed(paper, top, many.limits, least_right=4, below_word=paper.zone_word)
    start, end = snap(many.range.start, many.range.end, frame.columns)
    shapes: list[Shape] = list(frame.rules)
    peaks: list[Text] = []
    ends: list[tuple[float, int]] = []
    taken: set[tuple[int, int]] = set()
    for i, samples in enumerate(many.lines):
        dots = decimate(samples.times, samples.spans, samples.values, start, end, paper.dots * frame.columns)
        shapes += [Curve(x, np.minimum(y, top), INKS[i], str(i + 1)) for x, y in runs(dots, paper.dots)]
        if np.isfinite(dots).any():
            peak = int(np.nanargmax(dots))
            cell = peak // paper.dots, min(int(float(dots[peak]) / top * frame.rows), frame.rows - 1)
            if cell not in taken:
                taken.add(cell)
                peaks.append(Text(cell[0] + 0.5, top * (cell[1] + 0.5) / frame.rows, str(i + 1), f"{INKS[i]} bold"))
        if not math.isnan(samples.newest):
            ends.append((samples.newest, i))
    right = _numbers(ends, top, frame.rows)
    below = tuple(paper.ticks(start, end, frame.columns, paper.zone))
    figure = Figure(frame.columns, frame.rows, top, (*shapes, *peaks), frame.left, right, below, frame.left_cells,
                    frame.right_cells)  # fmt: skip
    plot = draw(figure, paper.ascii)
    return [unit_line(measure, frame), *plot[: frame.rows], *with_zone(plot[frame.rows :], frame)]


def _numbers(ends: list[tuple[float, int]], top: float, rows: int) -> tuple[tuple[float, str, str], ...]:
    """The lines' numbers beside their newest values, each in a row of its own: the lowest first, the others moved up as
    far as they must, and down again from the top edge."""
    ends = sorted(ends)
    wanted: list[int] = []
    for value, _ in ends:
        row = min(int(min(value, top) / top * rows), rows - 1)
        wanted.append(max(row, wanted[-1] + 1) if wanted else row)
    highest = rows - 1
    for i in range(len(wanted) - 1, -1, -1):
        wanted[i] = min(wanted[i], highest)
        highest = wanted[i] - 1
    return tuple(
        (top * (row + 0.5) / rows, str(i + 1), f"{INKS[i]} bold")
        for row, (_, i) in zip(wanted, ends, strict=True)
        if row >= 0
    )
