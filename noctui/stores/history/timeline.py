"""A circuit's timeline, read from the ledger: painted by `engine.timeline`, cut to a range."""

from __future__ import annotations

from collections.abc import Iterable

from noctui.engine.timeline import Line
from noctui.model.edges import Edge
from noctui.model.scene import Stretch
from noctui.model.words import State


def line_of(edges: Iterable[Edge]) -> Line:
    """The edges of one circuit, in the order they were learned, laid over each other."""
    line = Line(float("-inf"), State.UNKNOWN)
    for edge in edges:
        if edge.until is None:
            line.open(edge.event_time, edge.state)
        else:
            line.paint(edge.event_time, edge.until, edge.state)
    return line


def paint(edges: Iterable[Edge], start: float, end: float) -> tuple[Stretch, ...]:
    """[start, end) as stretches of one state each, oldest first; what nothing paints is unknown."""
    line = line_of(edges)
    ends = [*line.starts[1:], float("inf")]
    cut = (
        Stretch(max(start, began), min(end, ended), state)
        for began, ended, state in zip(line.starts, ends, line.states, strict=True)
    )
    return tuple(stretch for stretch in cut if stretch.end > stretch.start)
