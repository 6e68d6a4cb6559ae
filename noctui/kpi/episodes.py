"""When sites ran without their primary, and why: failovers paired and set beside the primary's timeline. Pure.

A failover's event has the time of the poll that saw it (docs/values.md 9): it happened since the poll before. What the
primary was, and when it ceased to be up, its timeline says, as it is known at the instant that is asked from.
Definitions: docs/figures.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from noctui.model.edges import Edge, Failover
from noctui.model.figures import Episode
from noctui.model.scene import Range, Stretch
from noctui.model.words import State

LOOK_BACK = 86_400.0
"""Seconds: a primary that was lost longer ago than that is not why a site fails over now."""
AT_ONCE = 900.0
"""Seconds: of several primaries, one that was lost so shortly before is the one that carried."""

Lines = Callable[[str, float, float], Sequence[Stretch]]
"""A circuit's painted timeline over [start, end), oldest first."""
Primaries = Callable[[str, float], Sequence[str]]
"""The circuits that were primary at a site at an instant, by the inventory in force then."""
CAUSES: Mapping[int, str] = {
    State.UP: "switched", State.DOWN: "down", State.AWAY: "away", State.DISABLED: "disabled", State.UNKNOWN: "unknown",
}  # fmt: skip


def _nowhere(site_id: str) -> float | None:
    """Nothing is known of who is active now."""
    return None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What episodes are judged by, as it is known at `at`, the instant that is asked from.

    `interval` is the seconds between the poll at an instant and the one before it. `watched_since` is the time
    of the first poll there is. `home` tells since when a primary of a site is active at `at` (None: none is, or not
    known): it ends an episode whose end nobody was there to write. `edges` are those of the primaries, in the order
    they were learned: how well the times of the timeline are known.
    """

    at: float
    lines: Lines
    primaries: Primaries
    interval: Callable[[float], float]
    watched_since: float
    edges: Sequence[Edge] = ()
    home: Callable[[str], float | None] = _nowhere
    _uncertain: dict[tuple[str, float], float] = field(default_factory=dict, init=False, repr=False, compare=False)
    _gone: dict[str, float] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for edge in self.edges:
            self._uncertain[edge.circuit_id, edge.event_time] = edge.uncertainty
            if edge.source == "gone":
                self._gone[edge.circuit_id] = edge.known_at
            else:
                self._gone.pop(edge.circuit_id, None)

    def uncertainty(self, circuit_id: str, at: float) -> float:
        """Seconds that a change of the timeline may have happened earlier."""
        return self._uncertain.get((circuit_id, at), 0.0)

    def gone_at(self, circuit_id: str) -> float:
        """When a circuit was found gone that did not return; NaN when it is there."""
        return self._gone.get(circuit_id, math.nan)


def episodes(failovers: Iterable[Failover], range_: Range, evidence: Evidence) -> tuple[Episode, ...]:
    """Those that began in [start, end] of the range, or ran on into it; newest first. Begin and end are never cut.

    `failovers` are those known at the instant that is asked from, in any order: all since the start of the range (an
    end may come after the range), and from before it at least each site's last one.
    """
    ordered = sorted(failovers, key=lambda f: (f.site_id, f.event_time))
    found = (
        episode
        for site_id, events in groupby(ordered, key=lambda f: f.site_id)
        for episode in _of_site(site_id, list(events), range_.start, evidence)
        if episode.began <= range_.end
        and (episode.began >= range_.start or episode.ended is None or episode.ended > range_.start)
    )
    return tuple(sorted(found, key=lambda e: (-e.began, e.site_id)))


def _of_site(site_id: str, events: Sequence[Failover], start: float, evidence: Evidence) -> list[Episode]:
    """Of one site, oldest first; what ended by `start` may be missing."""
    found: list[Episode] = []
    running: Episode | None = None
    since = -math.inf  # when a primary was last known to be active
    for event in events:
        at = event.event_time
        if event.began:
            if running is not None:
                ended = _unwritten_end(running, at, evidence)
                if ended is None:
                    continue  # it was only lost from sight and goes on
                found.append(replace(running, ended=ended))
            running = _begun(event, since, evidence)
        else:
            if running is not None:
                found.append(replace(running, ended=at))
                running = None
            elif at > start:
                found += _unwritten_begin(event, max(since, evidence.watched_since), evidence)
            since = at
    if running is not None:
        found.append(_still(running, evidence))
    return found


def _begun(event: Failover, since: float, evidence: Evidence) -> Episode:
    """The episode that an event begins, its primary by the roles of then."""
    at = event.event_time
    interval = evidence.interval(at)
    chosen, state, lost_at = _primary(evidence.primaries(event.site_id, at), at, since, evidence)
    took = at - lost_at
    known_to = interval if math.isnan(lost_at) else max(interval, evidence.uncertainty(chosen, lost_at))
    return Episode(event.site_id, at, None, chosen, event.circuit_id, CAUSES[state], lost_at, took, known_to)


def _primary(primaries: Sequence[str], at: float, since: float, evidence: Evidence) -> tuple[str, int, float]:
    """Which primary was lost: (id, its state at `at`, when it ceased to be up or NaN); of several the likeliest.

    That is the one lost last within AT_ONCE; else one that is still up, and was left; else the one lost last.
    """
    best: tuple[tuple[int, float], str, int, float] | None = None
    for circuit_id in primaries:
        line = evidence.lines(circuit_id, max(at - LOOK_BACK, since), at + 1.0)
        state = next((s.state for s in line if s.start <= at < s.end), int(State.UNKNOWN))
        ups = [s.end for s in line if s.state == State.UP and s.end <= at]
        lost_at = ups[-1] if ups and state != State.UP else math.nan
        if state == State.UP:
            rank = 2, 0.0
        elif math.isnan(lost_at):
            rank = 0, 0.0
        else:
            rank = (3 if at - lost_at <= AT_ONCE else 1), lost_at
        if best is None or rank > best[0]:
            best = rank, circuit_id, state, lost_at
    return best[1:] if best is not None else ("", int(State.UNKNOWN), math.nan)


def _unwritten_end(running: Episode, until: float, evidence: Evidence) -> float | None:
    """When an episode ended that another one follows without an end between them; None: it did not.

    That it ended somebody saw; when, the primary's return tells, and if it was there all the time, no more than that it
    was before that primary was lost, or before the next one.
    """
    line = evidence.lines(running.primary_id, running.began, until) if running.primary_id else ()
    returned = next((s.start for s in line if s.state == State.UP and s.start > running.began), None)
    if returned is None and line and line[0].state == State.UP:
        return line[0].end
    return returned


def _unwritten_begin(event: Failover, since: float, evidence: Evidence) -> list[Episode]:
    """The episode of an end that no begin precedes: as long as the primary that is active now was not up before.

    Nobody saw the switch. None at all when the primary was up ever since `since`: nothing is known of when.
    """
    at, primary = event.event_time, event.circuit_id
    line = list(evidence.lines(primary, since, at)) if primary else []
    while line and line[-1].state == State.UP:
        line.pop()
    state = line[-1].state if line else State.UP
    began = math.nan
    while line and line[-1].state != State.UP:
        began = line.pop().start
    if math.isnan(began):
        return []
    lost_at = began if line else math.nan
    return [Episode(event.site_id, began, at, primary, "", CAUSES[state], lost_at, math.nan, math.nan)]


def _still(running: Episode, evidence: Evidence) -> Episode:
    """An episode without an end: it goes on, unless a primary is active now all the same, or is there no more."""
    home = evidence.home(running.site_id)
    if home is not None and home >= running.began:
        return replace(running, ended=home)
    gone_at = evidence.gone_at(running.primary_id)
    if gone_at >= running.began and not evidence.primaries(running.site_id, evidence.at):
        return replace(running, ended=gone_at)
    return running
