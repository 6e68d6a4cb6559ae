"""Planned work as promises need it: all versions of all works, matched to our circuits. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from noctui.model.inventory import Inventory
from noctui.model.notices import Impact, Status
from noctui.model.sla import Planned, PlannedWindow
from noctui.model.works import Matched, Work
from noctui.planned.standing import Standing
from noctui.planned.updating import superseded

Key = tuple[str, str]
_WORST = (Impact.OUTAGE, Impact.UNKNOWN, Impact.DEGRADED, Impact.REDUCED_REDUNDANCY, Impact.NO_IMPACT)


def planned_of(versions: Iterable[Work], inventory: Inventory, standing: Standing | None = None) -> tuple[Planned, ...]:
    """One for each version, and for each set of circuits in it that have the same windows; a version none of whose
    circuits are ours counts too: it may be the one that took a circuit out. A work that another one stands in for ends
    with a version that is cancelled, from when that was known on."""
    standing = standing or Standing()
    every = sorted(versions, key=lambda w: (w.maintenance.key, w.version))
    ended = _ended(every)
    found: list[Planned] = []
    for key, lives in groupby(every, key=lambda w: w.maintenance.key):
        life = [(work, standing.matched(work, inventory)) for work in lives]
        if not any(m.circuit_ids for _, matched in life for m in matched):
            continue
        for work, matched in life:
            found += _of_version(work, matched)
        if key in ended:
            last, matched = life[-1]
            ids = tuple(dict.fromkeys(c for m in matched for c in m.circuit_ids))
            known_at = max(ended[key], last.known_at)
            found.append(_one(last, ids, (), {}, Status.CANCELLED, last.version + 1, known_at, known_at))
    return tuple(found)


def _ended(versions: Sequence[Work]) -> dict[Key, int]:
    """Works that are superseded, and from when on that was known."""
    found: dict[Key, int] = {}
    for work in sorted(versions, key=lambda w: w.known_at):
        for key in superseded([work.maintenance]):
            found.setdefault(key, work.known_at)
    return found


def _of_version(work: Work, matched: Sequence[Matched]) -> Iterable[Planned]:
    windows: dict[str, set[PlannedWindow]] = {}
    impact: dict[str, Impact] = {}
    for one in matched:
        mine = {
            PlannedWindow(start=w.start, end=w.end, impact=one.seconds, backup=w.backup, each=one.each)
            for w in work.maintenance.windows_of(one.said)
        }
        for circuit_id in one.circuit_ids:
            windows[circuit_id] = windows.get(circuit_id, set()) | mine
            impact[circuit_id] = min(impact.get(circuit_id, one.impact), one.impact, key=_WORST.index)
    alike: dict[tuple[PlannedWindow, ...], list[str]] = {}
    for circuit_id, those in windows.items():
        alike.setdefault(tuple(sorted(those, key=_order)), []).append(circuit_id)
    status, at, known_at = work.maintenance.status, work.announced_at, work.known_at
    for spans, ids in alike.items() or [((), [])]:
        said = {c: impact[c].value for c in ids}
        yield _one(work, tuple(ids), spans, said, status, work.version, at, known_at)


def _one(
    work: Work, ids: tuple[str, ...], windows: tuple[PlannedWindow, ...], impact_of: dict[str, str], status: Status,
    version: int, announced_at: int, known_at: int,
) -> Planned:  # fmt: skip
    return Planned(
        carrier=work.maintenance.provider,
        maintenance_id=work.maintenance.maintenance_id,
        status=status.value,
        circuits=ids,
        windows=windows,
        announced_at=announced_at,
        known_at=known_at,
        version=version,
        emergency=work.emergency,
        impact_of=impact_of,
    )


def _order(window: PlannedWindow) -> tuple[int, int, bool, int, bool]:
    return window.start, window.end, window.backup, -1 if window.impact is None else window.impact, window.each
