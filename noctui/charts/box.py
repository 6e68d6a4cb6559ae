"""Boxes: of each hour, day or month the middle half, its median, and how far it reached."""

from __future__ import annotations

import math

import numpy as np

from noctui.charts.axes import framed, level_role, unit_line, with_zone
from noctui.charts.figure import Bar, Figure, Line, Shape, Stroke
from noctui.charts.kernel import draw
from noctui.charts.kinds import Measure
from noctui.charts.paper import Paper
from noctui.charts.scales import top_of
from noctui.charts.wish import Boxes

_WIDEST = 5
"""Cells of a box: more says no more."""


def draw_boxes(boxes: Boxes, measure: Measure, paper: Paper) -> list[Line]:
    """Unit, plot and the stretches' names: `paper.high` lines."""
    top = top_of(measure.scale, boxes.five, boxes.limits[-1] if boxes.limits else None)
    frame = framed(paper, top, boxes.limits, below_word=paper.zone_word)
    count = max(len(boxes.labels), 1)
    each = frame.columns / count
    wide = _dots_wide(each, paper.dots)
    shapes: list[Shape] = list(frame.rules)
    for i, (low, first, median, third, high) in enumerate(np.minimum(boxes.five, top).tolist()):
        if math.isnan(low):
            continue
        first_dot = round((i + 0.5) * each * paper.dots - wide / 2)
        left, middle, right = ((first_dot + at + 0.5) / paper.dots for at in (0, wide // 2, wide - 1))
        shapes += [
            Stroke(middle, low, middle, first, "dim"),
            Stroke(middle, third, middle, high, level_role(boxes.limits, high, "dim")),
            Bar(left, right, first, third, level_role(boxes.limits, third, "graph"), filled=False),
            Stroke(left, median, right, median, level_role(boxes.limits, median, "hi"), "="),
        ]
    figure = Figure(frame.columns, frame.rows, top, tuple(shapes), frame.left, frame.right,
                    _names(boxes.labels, each), frame.left_cells, frame.right_cells)  # fmt: skip
    plot = draw(figure, paper.ascii)
    return [unit_line(measure, frame), *plot[: frame.rows], *with_zone(plot[frame.rows :], frame)]


def _dots_wide(each: float, dots: int) -> int:
    """How many dots side by side a box has: an odd number, so that it has a middle, and at least one is left between
    two boxes."""
    most = max(min(int(each * dots) - 1, _WIDEST * dots), 1)
    return most - 1 + most % 2


def _names(labels: tuple[str, ...], each: float) -> tuple[tuple[float, str], ...]:
    """As many names as there is room for, evenly, the newest always."""
    room = max((len(text) for text in labels), default=1) + 2
    every = max(int(-(-room // max(each, 0.1))), 1)
    last = len(labels) - 1
    return tuple(((i + 0.5) * each, text) for i, text in enumerate(labels) if (last - i) % every == 0)
