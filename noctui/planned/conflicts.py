"""Windows that together take all circuits of a site, or two of a protection group (N-04)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from noctui.model.notices import Impact, Window
from noctui.model.works import CUTS, Conflict


@dataclass(frozen=True, slots=True)
class Planned:
    """One window of one of our circuits. `work` is what people call the maintenance."""

    circuit_id: str
    window: Window
    work: str
    impact: Impact = Impact.UNKNOWN


def conflicts(
    planned: Iterable[Planned],
    sites: Mapping[str, Sequence[str]],
    groups: Mapping[str, Sequence[str]] | None = None,
) -> list[Conflict]:
    """All of them, earliest first. `sites` and `groups` are id → circuit ids.

    >>> a = Planned("s:0", Window(start=0, end=7200), "PW-1", Impact.OUTAGE)
    >>> b = Planned("s:1", Window(start=3600, end=9000), "PW-2", Impact.OUTAGE)
    >>> [(c.start, c.end, c.works) for c in conflicts([a, b], {"s": ["s:0", "s:1"]})]
    [(3600, 7200, ('PW-1', 'PW-2'))]
    """
    of: dict[str, list[Planned]] = {}
    for one in planned:
        if one.impact in CUTS and one.window.end > one.window.start:
            of.setdefault(one.circuit_id, []).append(one)
    found: list[Conflict] = []
    for kind, members in (("site", sites), ("group", groups or {})):
        for name, circuits in members.items():
            every = set(circuits)
            need = len(every) if kind == "site" else 2
            mine = [p for c in every for p in of.get(c, ())]
            if need and len({p.circuit_id for p in mine}) >= need:
                found += _overlaps(kind, name, mine, need, alone=kind == "site" and need == 1)
    return sorted(found, key=lambda c: (c.start, c.kind, c.name))


def _overlaps(kind: str, name: str, planned: Sequence[Planned], need: int, alone: bool) -> list[Conflict]:
    """The longest stretches in which at least `need` circuits are in a window; half-open, so touching ones are none."""
    marks = sorted(
        [(p.window.end, 0, i) for i, p in enumerate(planned)] + [(p.window.start, 1, i) for i, p in enumerate(planned)]
    )
    now: Counter[str] = Counter()
    active: set[int] = set()
    found: list[Conflict] = []
    since: int | None = None
    part: set[int] = set()
    for at, kind_of, i in marks:
        circuit = planned[i].circuit_id
        if kind_of:
            now[circuit] += 1
            active.add(i)
        else:
            now[circuit] -= 1
            active.discard(i)
            if not now[circuit]:
                del now[circuit]
        if len(now) >= need:
            if since is None:
                since, part = at, set(active)
            part |= active
        elif since is not None:
            if at > since:
                found.append(_conflict(kind, name, since, at, [planned[j] for j in sorted(part)], need, alone))
            since = None
    return _touching(found)


def _conflict(kind: str, name: str, start: int, end: int, mine: Sequence[Planned], need: int, alone: bool) -> Conflict:
    sure = {p.circuit_id for p in mine if p.impact is Impact.OUTAGE}
    firm = {p.circuit_id for p in mine if not p.window.backup}
    return Conflict(
        kind=kind,
        name=name,
        start=start,
        end=end,
        circuits=tuple(sorted({p.circuit_id for p in mine})),
        works=tuple(sorted({p.work for p in mine})),
        alone=alone,
        backup=len(firm) < need,
        unsure=len(sure) < need,
    )


def _touching(found: list[Conflict]) -> list[Conflict]:
    """A stretch that ends as the same circuits' next begins is one with it."""
    merged: list[Conflict] = []
    for one in found:
        last = merged[-1] if merged else None
        if last and last.end == one.start and last.circuits == one.circuits:
            works = tuple(sorted({*last.works, *one.works}))
            backup, unsure = last.backup or one.backup, last.unsure or one.unsure
            merged[-1] = msgspec.structs.replace(one, start=last.start, works=works, backup=backup, unsure=unsure)
        else:
            merged.append(one)
    return merged
