"""What a leader learned over a longer time, handed out poll by poll to a history that catches up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

import numpy as np

from noctui.model.batch import Told
from noctui.model.edges import Edge
from noctui.model.view import View
from noctui.model.words import State
from noctui.runtime.remote_record import BACK, Between, begun, settled

GAP_INTERVALS = 3
"""After more than so many intervals without a poll, what was between is unknown."""
LATE = 1.5
"""Intervals after which there should have been another poll."""


class _Known(Protocol):
    @property
    def known_at(self) -> float: ...


K = TypeVar("K", bound=_Known)


def is_gap(view: View, last: View | None) -> bool:
    """Between these two polls there should have been others."""
    return last is None or view.at - last.at > GAP_INTERVALS * max(view.interval, last.interval)


def is_late(view: View, last: View | None) -> bool:
    """There may have been polls between these two: their times are far apart, or neither their numbers nor their times
    follow one another."""
    return last is None or is_gap(view, last) or (view.seq != last.seq + 1 and view.at - last.at > LATE * view.interval)


class Ledger:
    """`learned` is all that the leader told of the time; None: it told nothing, and polls speak for themselves."""

    def __init__(self, learned: Between | None) -> None:
        self._learned = learned
        self._told_until = float("-inf")

    def until(self, view: View, last: View | None, newest: float) -> Between:
        """What became known up to this poll, and was not handed out yet. `last` is the poll kept before it, if that is
        at hand, `newest` the instant that the history reaches to."""
        gap = is_gap(view, last)
        if self._learned is None:
            if gap or last is None:
                return Between(edges=begun(view, newest))
            return Between(edges=moved(view, last))
        part = _between(self._learned, self._told_until, view.at)
        self._told_until = view.at
        if not gap:
            return part
        said = {edge.circuit_id: edge.state for edge in part.edges if edge.until is None}
        unsaid = (edge for edge in settled(view) if said.get(edge.circuit_id) != edge.state)
        return replace(part, edges=(*part.edges, *unsaid))

    def now(self, view: View, last: View | None, newest: float) -> Between:
        """The same for the newest poll: with the alarms that are open, whoever told of them."""
        part = self.until(view, last, newest)
        said = {alarm.alarm_id for alarm in self._learned.alarms} if self._learned is not None else set()
        open_ = tuple(alarm for alarm in view.alarms.alarms if alarm.alarm_id not in said)
        return replace(part, alarms=(*part.alarms, *open_))


def moved(view: View, last: View) -> tuple[Edge, ...]:
    """Edges between two polls that follow one another: the states that differ, since when the later poll says, where
    that lies between the two."""
    rows = last.inventory.circuit_row
    of = np.array([rows.get(circuit.circuit_id, -1) for circuit in view.inventory.circuits], np.intp)
    states = view.circuits.state
    before = np.append(last.circuits.state, np.uint8(State.UNKNOWN))[of]  # -1 is the last one: nothing is known of it
    found = []
    for row in np.flatnonzero(states != before).tolist():
        since = float(view.circuits.since[row])
        begun_at = since if view.at - BACK < since <= view.at and since >= np.floor(last.at) else view.at
        found.append(
            Edge(
                circuit_id=view.inventory.circuits[row].circuit_id,
                event_time=begun_at,
                state=State(int(states[row])),
                known_at=view.at,
                evidence="as heard",
                uncertainty=0.0 if begun_at == since else view.at - last.at,
            )
        )
    return tuple(found)


def _between(all_: Between, after: float, until: float) -> Between:
    def of(those: Sequence[K]) -> tuple[K, ...]:
        return tuple(one for one in those if after < one.known_at <= until)

    return Between(
        edges=of(all_.edges),
        failovers=of(all_.failovers),
        notes=of(all_.notes),
        told=Told(of(all_.told.alarms), of(all_.told.events)),
        alarms=of(all_.alarms),
        audit=of(all_.audit),
    )
