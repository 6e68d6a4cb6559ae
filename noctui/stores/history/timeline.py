"""A circuit's timeline: edges painted over each other in the order they were learned (docs/values.md 4)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from noctui.model.edges import Edge
from noctui.model.scene import Stretch
from noctui.model.words import State


def paint(edges: Iterable[Edge], start: float, end: float) -> tuple[Stretch, ...]:
    """[start, end) as stretches of one state each, oldest first; what nothing paints is unknown.

    `edges` are of one circuit, in the order they were learned. An edge without `until` paints to the end of time.
    """
    if not end > start:
        return ()
    # cuts[i] is where states[i] begins; it ends where the next begins.
    cuts: list[float] = [float("-inf")]
    states: list[int] = [State.UNKNOWN]
    for edge in edges:
        if edge.until is not None and edge.until <= edge.event_time:
            continue
        first = bisect_right(cuts, edge.event_time) - 1
        if edge.until is None:
            tail: tuple[list[float], list[int]] = ([], [])
        else:
            last = bisect_right(cuts, edge.until) - 1
            tail = ([edge.until, *cuts[last + 1 :]], states[last:])
        keep = first + (cuts[first] < edge.event_time)
        cuts[keep:] = [edge.event_time, *tail[0]]
        states[keep:] = [int(edge.state), *tail[1]]
    out: list[Stretch] = []
    for i, state in enumerate(states):
        began = max(start, cuts[i])
        ended = min(end, cuts[i + 1] if i + 1 < len(cuts) else end)
        if ended <= began:
            continue
        if out and out[-1].state == state:
            out[-1] = Stretch(out[-1].start, ended, state)
        else:
            out.append(Stretch(began, ended, state))
    return tuple(out)
