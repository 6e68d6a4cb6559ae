"""Which state a circuit was in while nobody polled, by evidence alone (docs/backfill.md; DESIGN 5, docs/values.md 4).

Evidence are the port's own events, the gateway's sessions and boots, and Mist's buckets: one with a value says that the
gateway was heard in it, one with traffic that the port was up. While a gateway is heard it tells of every change, so
what is known of the port holds from event to event, backwards too. While it is not heard, a gap is folded by the rules
of a gap between two polls. What nothing shows stays out: unknown, never up, never down.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from noctui.engine.refold import Event, Gap, Stretch
from noctui.model.view import B1
from noctui.model.words import State

Span = tuple[float, float]
_KNOWN = (State.UP, State.DOWN)
LATE_COUNT = 300.0
"""Seconds after which traffic of before a port went down can no longer be counted."""
_NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Buckets:
    """Neighbouring buckets from `start` on, each `seconds` long: was there a value, was there traffic."""

    start: float
    seconds: float
    heard: B1
    traffic: B1

    def edges(self, i: int) -> Span:
        return self.start + i * self.seconds, self.start + (i + 1) * self.seconds


@dataclass(frozen=True, slots=True)
class Sessions:
    """What a gateway's events say of it in a hole: when it was `away`, and when it booted."""

    away: tuple[Span, ...] = ()
    boots: tuple[float, ...] = ()


def sessions(told: Iterable[Event], boots: Iterable[float], start: float, end: float, was_away: bool) -> Sessions:
    """`told` are (time, connected), in any order; `was_away`: it was when the hole began. A word that only repeats the
    one before says nothing; without a first word that it had gone, a return says nothing about the time before."""
    away: list[Span] = []
    gone: float | None = start if was_away else None
    for at, connected in sorted(told):
        if not start <= at < end:
            continue
        if not connected:
            gone = at if gone is None else gone
        elif gone is not None:
            if at > gone:
                away.append((gone, at))
            gone = None
    if gone is not None:
        away.append((gone, end))
    return Sessions(tuple(away), tuple(sorted(b for b in boots if start < b < end)))


def fold(
    start: float, end: float, before: State, events: Iterable[Event], gateway: Sessions, buckets: Buckets
) -> list[Stretch]:
    """[start, end) as stretches of up, down or away, oldest first; what is left out is unknown. `before` is the state
    that the circuit was in when the hole began; `events` are (time, came up)."""
    inside = sorted(e for e in set(events) if start <= e[0] < end)
    busy = _signs(start, end, inside, buckets)
    word = before if before in _KNOWN else None
    found: list[Stretch] = []
    at = start
    for began, ended in _heard(start, end, gateway.away, buckets):
        if began > at:
            word = _gap(at, began, word, inside, gateway, found)
        word = _run(began, ended, word, inside, busy, found)
        at = ended
    if at < end:
        _gap(at, end, word, inside, gateway, found)
    return merged(found)


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Neighbours of one state as one, in order of time."""
    out: list[Stretch] = []
    for start, end, state in sorted(stretches):
        if out and out[-1][1] == start and out[-1][2] is state:
            out[-1] = (out[-1][0], end, state)
        elif end > start:
            out.append((start, end, state))
    return out


def _heard(start: float, end: float, away: Sequence[Span], buckets: Buckets) -> list[Span]:
    """The unbroken times in which the gateway was heard."""
    padded = np.concatenate([[False], buckets.heard, [False]])
    turns = np.flatnonzero(padded[1:] != padded[:-1])
    runs = [
        (max(start, buckets.start + a * buckets.seconds), min(end, buckets.start + b * buckets.seconds))
        for a, b in turns.reshape(-1, 2).tolist()
    ]
    return [span for span in without(runs, away) if span[1] > span[0]]


def without(spans: Sequence[Span], cut: Sequence[Span]) -> list[Span]:
    """What of the spans lies outside of what is cut."""
    left = list(spans)
    for start, end in cut:
        left = [
            part
            for a, b in left
            for part in ((a, min(b, start)), (max(a, end), b))
            if part[1] > part[0]
        ]  # fmt: skip
    return left


def _gap(
    start: float, end: float, word: State | None, events: Sequence[Event], gateway: Sessions, found: list[Stretch]
) -> State | None:
    """A time in which the gateway was not heard; gives what is known of the port after it."""
    mine = [e for e in events if start <= e[0] < end]
    boots = [b for b in gateway.boots if start < b < end]
    gap = Gap(start, end, boots[-1] if boots else _NAN, _NAN, State.UNKNOWN, State.UNKNOWN)
    gap.learn(mine)
    painted = gap.fold()
    found += painted
    away = [(max(start, a), min(end, b)) for a, b in gateway.away if a < end and b > start]
    found += [(a, b, State.AWAY) for a, b in without(away, [(a, b) for a, b, _ in painted])]
    if not mine:
        return word
    return State.UP if mine[-1][1] else State.DOWN


def _run(
    start: float, end: float, word: State | None, events: Sequence[Event], busy: Sequence[Span], found: list[Stretch]
) -> State | None:
    """A time in which the gateway was heard without a break; gives what is known of the port at its end. `busy` are
    the buckets that show it up."""
    mine = [e for e in events if start <= e[0] < end]
    signs = [(max(start, a), min(end, b)) for a, b in busy if a < end and b > start]
    if word is None:
        firsts = [(at, State.DOWN if up else State.UP) for at, up in mine[:1]] + [(a, State.UP) for a, _ in signs[:1]]
        word = min(firsts)[1] if firsts else None
    told = [(t, State.UP if up else State.DOWN) for t, up in mine] + [(a, State.UP) for a, _ in signs]
    at = start
    for when, state in sorted(told):
        if word is not None and when > at:
            found.append((at, when, word))
        at, word = max(at, when), state
    if word is not None:
        found.append((at, end, word))
    return word


def _signs(start: float, end: float, events: Sequence[Event], buckets: Buckets) -> list[Span]:
    """Buckets of the hole [start, end) whose traffic says that the port was up all through them, as far as it was
    heard: no event lies in them that says more. One that begins right after the port went down may hold what was
    counted late, and one that sticks out of the hole what events tell that nobody asked for."""
    spans = [buckets.edges(i) for i in np.flatnonzero(buckets.traffic & buckets.heard).tolist()]
    downs = [t for t, up in events if not up]
    return [
        (a, b)
        for a, b in spans
        if start <= a
        and b <= end
        and not any(a <= t < b for t, _ in events)
        and not any(t < a < t + LATE_COUNT for t in downs)
    ]
