"""What the ledger says of a hole already: how circuits went into it, and what was painted in it with less evidence."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from noctui.engine.refold import Stretch
from noctui.engine.timeline import Line
from noctui.model.edges import Edge
from noctui.model.words import State
from noctui.runtime.backfill_plan import Hole
from noctui.runtime.backfill_states import Span, merged, without

SLACK = 900.0
"""Seconds before a hole that still belong to it where a circuit's last sample was observed so much earlier."""
_LOST = (State.UNKNOWN, State.AWAY)


@dataclass(frozen=True, slots=True)
class Before:
    """By circuit id: the state that the last poll saw, when its last sample was observed, and what was painted in the
    hole from late evidence when polls came again. Missing: not known, the hole's own beginning, nothing."""

    states: Mapping[str, State] = field(default_factory=dict)
    begins: Mapping[str, float] = field(default_factory=dict)
    painted: Mapping[str, Sequence[Span]] = field(default_factory=dict)


def before(edges: Sequence[Edge], hole: Hole, seen_at: float | None) -> Before:
    """`edges` in the order they were learned; `seen_at` is the poll that the hole begins with, None when there is none
    near it."""
    states: dict[str, State] = {}
    begins: dict[str, float] = {}
    if seen_at is not None:
        states = states_at((e for e in edges if e.known_at <= seen_at), seen_at)
        for edge in edges:
            if (
                edge.known_at > seen_at
                and edge.until is None
                and edge.state in _LOST
                and hole.start - SLACK <= edge.event_time <= hole.start
                and states.get(edge.circuit_id) not in _LOST
            ):
                begins.setdefault(edge.circuit_id, edge.event_time)
    painted: dict[str, list[Span]] = {}
    for edge in edges:
        # What is painted for another reason than events (`unchanged since …`) is evidence that a back-fill lacks.
        if edge.until is not None and edge.source == "refold" and not edge.evidence and edge.state not in _LOST:
            start = begins.get(edge.circuit_id, hole.start)
            span = (max(start, edge.event_time), min(hole.end, edge.until))
            if span[1] > span[0]:
                painted.setdefault(edge.circuit_id, []).append(span)
    return Before(states, begins, painted)


def with_unsaid(found: Sequence[Stretch], painted: Sequence[Span]) -> list[Stretch]:
    """The stretches, and unknown where only less evidence said otherwise (docs/values.md 4: a gap folded anew)."""
    said = [(start, end) for start, end, _ in found]
    unsaid = {span for one in painted for span in without([one], said)}
    return merged((*found, *((start, end, State.UNKNOWN) for start, end in unsaid)))


def lines_of(edges: Iterable[Edge]) -> dict[str, Line]:
    """Circuit id → its timeline, of edges in the order they were learned."""
    lines: dict[str, Line] = {}
    for edge in edges:
        line = lines.get(edge.circuit_id)
        if line is None:
            line = lines[edge.circuit_id] = Line(float("-inf"), State.UNKNOWN)
        if edge.until is None:
            line.open(edge.event_time, edge.state)
        else:
            line.paint(edge.event_time, edge.until, edge.state)
    return lines


def states_at(edges: Iterable[Edge], at: float) -> dict[str, State]:
    """The states of circuits at a moment, by these edges."""
    found = {}
    for circuit_id, line in lines_of(edges).items():
        i = bisect_right(line.starts, at) - 1
        if i >= 0:
            found[circuit_id] = State(line.states[i])
    return found
