"""One circuit's measure over time: its line, thresholds, outages and gaps as marks above and tints through it."""

from __future__ import annotations

import numpy as np

from noctui.charts.axes import Frame, framed, level_role, unit_line, with_zone
from noctui.charts.cells import Cell, apart, joined
from noctui.charts.columns import snap, touched
from noctui.charts.decimate import F4, decimate, runs
from noctui.charts.figure import Curve, Figure, Line
from noctui.charts.kernel import draw
from noctui.charts.kinds import Measure
from noctui.charts.paper import Paper
from noctui.charts.scales import top_of
from noctui.charts.wish import Limits, One
from noctui.model.words import State

_BRAILLE = range(0x2800, 0x2900)
LINE_ROLE, MEAN_ROLE = "graph", "graph2"
_KINDS = {State.UNKNOWN: ("?", "unk", "gap"), State.AWAY: ("?", "unk", "gap"), State.DOWN: ("▼", "crit", "outage")}
"""State → sign, its role, the ground below; a later one covers an earlier one."""


def draw_line(one: One, measure: Measure, paper: Paper) -> list[Line]:
    """Marks, plot and axis: `paper.high` lines."""
    samples, limits = one.samples, one.limits
    critical = limits[-1] if limits else None
    top = top_of(measure.scale, samples.values, critical)
    frame = framed(paper, top, limits, below_word=paper.zone_word)
    start, end = snap(samples.range.start, samples.range.end, frame.columns)

    def dots(values: F4) -> F4:
        return decimate(samples.times, samples.spans, values, start, end, paper.dots * frame.columns)

    highest = dots(samples.values)
    curves: list[Curve] = []
    if samples.means is not None:
        curves += [Curve(x, y, MEAN_ROLE, ".") for x, y in runs(dots(samples.means), paper.dots)]
    curves += [Curve(x, np.minimum(y, top), LINE_ROLE) for x, y in runs(highest, paper.dots)]
    below = tuple(paper.ticks(start, end, frame.columns, paper.zone))
    figure = Figure(frame.columns, frame.rows, top, (*frame.rules, *curves), frame.left, frame.right, below,
                    frame.left_cells, frame.right_cells)  # fmt: skip
    plot = draw(figure, paper.ascii)
    grounds, marks = _bands(one, start, end, frame.columns)
    inked = [
        _ink(line, row, frame, top, limits, _highest(highest, paper.dots), grounds)
        for row, line in enumerate(plot[: frame.rows])
    ]
    rest = with_zone(plot[frame.rows :], frame)
    return [unit_line(measure, frame, joined(marks)), *inked, *rest]


def _highest(dots: F4, each: int) -> F4:
    """[columns] of cells."""
    with np.errstate(invalid="ignore"):
        found: F4 = np.fmax.reduce(dots.reshape(-1, each), axis=1)
    return found


def _bands(one: One, start: float, end: float, columns: int) -> tuple[list[str], list[Cell]]:
    """Per column the ground below it, and the mark above it."""
    grounds, marks = [""] * columns, [(" ", "text")] * columns
    for state, (sign, role, ground) in _KINDS.items():
        for stretch in one.timeline:
            if stretch.state == state:
                first, last = touched(start, end, stretch.start, stretch.end, columns)
                grounds[first:last] = [ground] * (last - first)
                marks[first:last] = [(sign, role)] * (last - first)
    return grounds, marks


def _ink(line: Line, row: int, frame: Frame, top: float, limits: Limits, highest: F4, grounds: list[str]) -> Line:
    """Cells of the line in the colour of the threshold that they lie above; bands as the ground."""
    cells = apart(line)
    indent = frame.left_cells + 1
    upper = float(np.nextafter(top * (frame.rows - row) / frame.rows, 0.0))
    for column in range(frame.columns):
        sign, role = cells[indent + column]
        if role == LINE_ROLE and limits and (ord(sign) in _BRAILLE or sign == "*"):
            value = float(highest[column])
            role = level_role(limits, min(value, upper) if value == value else upper, role)
        if grounds[column]:
            role = f"{role}@{grounds[column]}"
        cells[indent + column] = sign, role
    return joined(cells)
