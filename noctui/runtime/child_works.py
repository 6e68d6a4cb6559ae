"""Planned work between two processes: what differs from what was told before, so that a quiet month costs nothing."""

from __future__ import annotations

import msgspec

from noctui.model.works import Work, Works, first_of

Key = tuple[str, str]


class WorksTold(msgspec.Struct, frozen=True, tag="works"):
    """`changed` are new or other than before, `gone` no longer looked at. `first`: what was known before counts no
    more."""

    at: float
    changed: tuple[Work, ...] = ()
    gone: tuple[Key, ...] = ()
    first: bool = False


def told(before: Works | None, now: Works) -> WorksTold:
    """What turns `before` (None: nothing was told) into `now`."""
    old = _by_key(before) if before is not None else {}
    new = _by_key(now)
    changed = tuple(w for key, w in new.items() if old.get(key) is not w)
    return WorksTold(now.at, changed, tuple(key for key in old if key not in new), before is None)


def taken(before: Works, told: WorksTold) -> Works:
    """The works as they are after it, earliest first."""
    known = {} if told.first else _by_key(before)
    for key in told.gone:
        known.pop(key, None)
    known.update((w.maintenance.key, w) for w in told.changed)
    return Works(at=told.at, works=tuple(sorted(known.values(), key=first_of)))


def _by_key(works: Works) -> dict[Key, Work]:
    return {w.maintenance.key: w for w in works.works}
