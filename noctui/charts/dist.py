"""How a measure is spread over the network: a bar per step of its scale, with how many circuits it holds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.charts.axes import framed, level_role
from noctui.charts.figure import Bar, Figure, Line, Shape, Stroke, Text
from noctui.charts.kernel import draw
from noctui.charts.kinds import Measure
from noctui.charts.paper import Paper
from noctui.charts.scales import label, nice, steps
from noctui.charts.wish import F8, Distribution

_LEAST_CELLS = 5
"""Of a bar, so that what it holds can be written over it."""
_DECADE = (1.0, 2.0, 5.0)
_MOST_OPEN = 24


@dataclass(frozen=True, slots=True, eq=False)
class Bins:
    """edges[i] ≤ value < edges[i + 1]; the last edge is infinite where values go beyond the scale."""

    edges: F8
    counts: NDArray[np.int64]


def binned(found: Distribution, measure: Measure, columns: int) -> Bins:
    """As finely as `columns` cells leave room for."""
    known = found.known
    edges = _open_edges(known) if not measure.bins else _even_edges(known, measure, columns)
    counts, _ = np.histogram(known, bins=edges)
    return Bins(edges, counts.astype(np.int64))


def _even_edges(known: F8, measure: Measure, columns: int) -> F8:
    edges: F8 = np.array([0.0, 1.0])
    beyond = False
    for step, top in measure.bins:
        edges = np.round(step * np.arange(round(top / step) + 1), 9)
        beyond = len(known) > 0 and float(known.max()) >= edges[-1]
        if columns / (len(edges) - 1 + beyond) >= _LEAST_CELLS:
            break
    return np.append(edges, np.inf) if beyond else edges


def _open_edges(known: F8) -> F8:
    """0, then 1, 2, 5, 10 … from below the lowest to above the highest."""
    some = known[known > 0]
    if not len(some):
        return np.array([0.0, 1.0])
    first, last = math.floor(math.log10(float(some.min()))), math.ceil(math.log10(float(some.max())) + 1e-9)
    powers = [step * 10.0**p for p in range(first, last + 1) for step in _DECADE]
    low = max(bisect for bisect in range(len(powers)) if powers[bisect] <= some.min() * (1 + 1e-9))
    high = next(i for i in range(len(powers)) if powers[i] > some.max())
    return np.array([0.0, *powers[max(low, high - _MOST_OPEN) : high + 1]])


def draw_distribution(found: Distribution, measure: Measure, paper: Paper) -> list[Line]:
    """Plot, the steps' beginnings below it: `paper.high` lines."""
    bins = binned(found, measure, paper.wide - 6)
    most = int(bins.counts.max(initial=0))
    high = max(nice(most * 1.15), 1.0)
    marks = [v for v in steps(high, max(min(paper.high // 4, 6), 2)) if v == int(v)]
    frame = framed(paper, high, (), above=1, values=marks)
    each = frame.columns / max(len(bins.counts), 1)
    shapes: list[Shape] = []
    texts: list[Text] = []
    for i, count in enumerate(bins.counts.tolist()):
        role = level_role(found.limits, float(bins.edges[i]), "graph")
        left, right = i * each, (i + 1) * each - max(min(each / 4, 1.0), 0.5)
        if count:
            shapes.append(Bar(left + 0.25, right, 0.0, max(count, high / frame.rows / 4), role))
            text = label_count(count)
            if len(text) <= each:
                y = min((int(count / high * frame.rows) + 1.5) / frame.rows, 1 - 0.5 / frame.rows) * high
                texts.append(Text(left + 0.5, y, text, role if role != "graph" else "text"))
    for value in found.own.values():
        if math.isfinite(value):
            x = min(_place(bins.edges, value) * each, frame.columns - 0.5)
            shapes.append(Stroke(x, 0.0, x, high, "accent"))
    below = _below(bins, each, frame.columns)
    figure = Figure(frame.columns, frame.rows, high, (*shapes, *texts), frame.left, (), below, frame.left_cells)
    plot = draw(figure, paper.ascii)
    head: Line = ((" " * (frame.left_cells + 1), "dim"), ("circuits", "dim"))
    return [head, *plot]


def label_count(count: int) -> str:
    """`147`, from 10,000 on `12k`: cut, never more than there are."""
    return str(count) if count < 10_000 else f"{count // 1000}k"


def _place(edges: F8, value: float) -> float:
    """Where a value lies, counted in bars."""
    i = int(np.clip(np.searchsorted(edges, value, "right") - 1, 0, len(edges) - 2))
    low, high = float(edges[i]), float(edges[i + 1])
    return i + (0.5 if math.isinf(high) else min((value - low) / (high - low), 1.0))


def _below(bins: Bins, each: float, columns: int) -> tuple[tuple[float, str], ...]:
    """The edges that there is room for; the beginning of what goes beyond the scale with a `+`."""
    texts = [label(float(f"{e:.6g}")) for e in bins.edges[:-1]]
    if math.isinf(bins.edges[-1]):
        texts[-1] += "+"
    else:
        texts.append(label(float(bins.edges[-1])))
    room = max(len(t) for t in texts) + 2
    every = max(int(-(-room // max(each, 0.1))), 1)
    last = len(texts) - 1
    kept = [i for i in range(len(texts)) if i % every == 0 and (i == last or last - i >= every)] + [last]
    return tuple((min(i * each, columns - 0.5), texts[i]) for i in dict.fromkeys(kept))
