"""A circuit's timeline out of the edge ledger, in whole seconds. Pure; what holds is in docs/values.md 4.

At each instant the state is that of the edge written last among those that cover it: from `event_time` on, up to
`until` when it has one. So a correction repaints its own stretch alone, and what nothing paints is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import floor, inf

from noctui.model.edges import Edge
from noctui.model.words import State
from noctui.sla.intervals import NONE, Spans, common, inside, total, union, without

AHEAD = 60.0
"""Seconds that an edge may lie after the time it was learned at; further ahead a clock is wrong: it is moved back."""
UNSEEN = (State.UNKNOWN, State.AWAY)
"""States in which it is not known whether the line was up."""


def paint(edges: Iterable[Edge], start: int, end: int) -> Mapping[State, Spans]:
    """The seconds of [start, end) by state; together they are all of it. Edges are of one circuit, in any order.

    Up from 0, down from 100, and a correction learned later that says up for [100, 130): down is [130, end).
    """
    found: dict[State, list[tuple[int, int]]] = {state: [] for state in State}
    bare: Spans = ((start, end),) if end > start else ()
    for edge in sorted(edges, key=_written, reverse=True):
        if not bare:
            break
        low, high = whole(_time(edge)), whole(edge.until) if edge.until is not None else end
        if len(bare) == 1:  # as nearly always: no correction has left a hole yet
            first, last = bare[0]
            low, high = max(low, first), min(high, last)
            if high > low:
                found[edge.state].append((low, high))
                bare = tuple(span for span in ((first, low), (high, last)) if span[1] > span[0])
            continue
        painted = common(bare, ((low, high),)) if high > low else ()
        found[edge.state] += painted
        bare = without(bare, painted)
    found[State.UNKNOWN] += bare
    return {state: union(parts) for state, parts in found.items()}


def whole(seconds: float) -> int:
    """The nearest whole second; each instant has one, so intervals that touch go on touching."""
    return floor(seconds + 0.5)


def doubtful(edges: Iterable[Edge], line: Mapping[State, Spans]) -> Spans:
    """Seconds before a change between up and down in which it may already have happened: only polls saw it.

    Down from a poll at 160 on, the one before at 100 saw it up: [100, 160).
    """
    other = {State.UP: State.DOWN, State.DOWN: State.UP}
    begins = {state: {start for start, _ in line[state]} for state in other}
    found = NONE
    for edge in edges:
        start, low = whole(_time(edge)), whole(_time(edge) - edge.uncertainty)
        if edge.state in other and low < start and start in begins[edge.state]:
            found = union(found, inside(line[other[edge.state]], low, start))
    return found


def down_of(line: Mapping[State, Spans]) -> Spans:
    return line[State.DOWN]


def down_at_most(line: Mapping[State, Spans]) -> Spans:
    """Down, if all that was not seen had been down."""
    return union(line[State.DOWN], *(line[state] for state in UNSEEN))


def seconds_of(line: Mapping[State, Spans]) -> dict[State, int]:
    return {state: total(spans) for state, spans in line.items()}


def _time(edge: Edge) -> float:
    return edge.known_at if edge.event_time > edge.known_at + AHEAD else edge.event_time


def _written(edge: Edge) -> tuple[float, float, float, int]:
    """Order of writing: learned first, first; of one poll by their own time, as the engine writes them."""
    return edge.known_at, _time(edge), edge.until if edge.until is not None else inf, int(edge.state)
