"""Which planned work excuses downtime: announced in time, in allowed hours, and not withdrawn since. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from noctui.model.sla import Emergency, Impact, Planned, PlannedWindow, Promise
from noctui.sla.hours import allowed
from noctui.sla.intervals import NONE, Span, Spans, common, first, inside, union

EXCUSING = ("CONFIRMED", "IN-PROCESS", "COMPLETED", "RE-SCHEDULED")
"""Words of a notice for work that takes place. TENTATIVE, CANCELLED and words nobody knows excuse nothing."""
HARMLESS = ("NO-IMPACT", "REDUCED-REDUNDANCY")
"""How a circuit is hit by work that must not take it down."""


@dataclass(frozen=True, slots=True)
class Granted:
    """One window of one maintenance, as far as it excuses a circuit. `impact`: seconds told for it, None: not told;
    windows with the same `pot` share them."""

    maintenance_id: str
    spans: Spans
    impact: int | None
    pot: tuple[str, str] | None = None


def granted(promise: Promise, works: Iterable[Planned], circuit_id: str, zone: str, near: Span) -> tuple[Granted, ...]:
    """The windows that excuse downtime of a circuit, by all versions of works that are known, in any order.

    Of windows only what lies in `near` is looked at: some last for years.

    The newest version of each work is what holds. Of its windows those seconds excuse that were announced in time by a
    version from which on every one contained them: work that is moved at the last minute excuses only what the notice
    before had said too.
    """
    found: list[Granted] = []
    for _, versions in groupby(sorted(works, key=_order), key=lambda w: (w.carrier, w.maintenance_id)):
        known = [_part(list(parts), circuit_id) for _, parts in groupby(versions, key=_order)]
        newest = known[-1]
        if not _excuses(newest, circuit_id) or (newest.emergency and promise.emergency is Emergency.COUNTS):
            continue
        announced = _announced(promise, known, circuit_id)
        for window in _used(newest):
            spans = inside(announced, max(window.start, near[0]), min(window.end, near[1]))
            if spans and promise.hours:
                spans = common(spans, allowed(promise.hours, promise.hours_zone or zone, spans[0][0], spans[-1][1]))
            if spans:
                pot = None if window.each else (newest.carrier, newest.maintenance_id)
                found.append(Granted(newest.maintenance_id, spans, window.impact, pot))
    return tuple(found)


def forgiven(promise: Promise, windows: Iterable[Granted], down: Spans) -> Spans:
    """Down seconds that are excused. Down 06:05-09:50 in 06-10 with 3 h announced: 06:05-09:05 under `announced`.

    An interruption of 3 h told for two nights together: 2 h in the first leave 1 h for the second.
    """
    if promise.impact is Impact.COUNTS:
        return NONE
    parts = []
    shared: dict[tuple[str, str, int], list[Spans]] = {}
    for window in windows:
        if promise.impact is not Impact.ANNOUNCED or window.impact is None:
            parts.append(common(down, window.spans))
        elif window.pot is None:
            parts.append(first(common(down, window.spans), window.impact))
        else:
            shared.setdefault((*window.pot, window.impact), []).append(window.spans)
    parts += [first(common(down, union(*spans)), key[-1]) for key, spans in shared.items()]
    return union(*parts)


def _part(parts: Sequence[Planned], circuit_id: str) -> Planned:
    """A version may come in parts, one for circuits with the same windows: the circuit's own, else any."""
    return next((p for p in parts if circuit_id in p.circuits), parts[0])


def _announced(promise: Promise, versions: Sequence[Planned], circuit_id: str) -> Spans:
    """Seconds that a version announced in time and every later one contained too; `versions` are of one work."""
    found: Spans = NONE
    kept: Spans | None = None  # what this version and all later ones contain
    for version in reversed(versions):
        if not _excuses(version, circuit_id):
            break
        windows = _used(version)
        spans = union((w.start, w.end) for w in windows)
        kept = spans if kept is None else common(kept, spans)
        in_time = union((w.start, w.end) for w in windows if _in_time(promise, version, w))
        found = union(found, common(kept, in_time))
    return found


def _in_time(promise: Promise, version: Planned, window: PlannedWindow) -> bool:
    if promise.notice is None or (version.emergency and promise.emergency is Emergency.EXCUSED):
        return True
    return window.start - version.announced_at >= promise.notice


def _excuses(version: Planned, circuit_id: str) -> bool:
    return (
        version.status.upper() in EXCUSING
        and circuit_id in version.circuits
        and version.impact_of.get(circuit_id, "").upper() not in HARMLESS
    )


def _used(version: Planned) -> list[PlannedWindow]:
    return [w for w in version.windows if not w.backup and w.end > w.start]


def _order(version: Planned) -> tuple[str, str, int, int, int]:
    return version.carrier, version.maintenance_id, version.version, version.announced_at, version.known_at
