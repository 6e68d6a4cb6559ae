"""Planned work in the Views of a term: who is in a window now, whose alarms that holds, and what is news of it.

Worked out again only when a notice came, the inventory learned something, or a window began or ended; else each poll
gets the very objects of the one before.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from noctui.model.alarms import Condition
from noctui.model.edges import Note
from noctui.model.faults import HistoryError
from noctui.model.inventory import Inventory
from noctui.model.notices import Status
from noctui.model.view import B1
from noctui.model.works import NO_WORKS, OVER, Over, Work, Works, first_of
from noctui.planned.news import conflict_conditions, of_works
from noctui.planned.providers import DEFAULT, Provider
from noctui.planned.standing import Standing

Key = tuple[str, str]
NOTHING: Mapping[str, str] = {}
READ_AGAIN = 3600.0
"""Seconds after which history is asked again for what has come near."""

log = logging.getLogger("noctui.planning")


class Planning:
    """What one term as leader knows of planned work. All of it on the collector's loop."""

    def __init__(self, providers: Iterable[Provider] = DEFAULT) -> None:
        self._standing = Standing(providers)
        self._near: Callable[[float], Iterable[Work]] = lambda _: ()
        self._read_at = math.inf
        self._newest: dict[Key, Work] = {}
        self._works: tuple[Work, ...] = ()
        self._changed = False
        self._since = math.inf
        self._until = math.inf  # the next instant at which something begins, ends or is forgotten
        self._of: Inventory | None = None
        self._now = NO_WORKS
        self._holds: Mapping[str, str] = NOTHING
        self._column: B1 | None = None
        self._learned: list[Work] = []
        self._conditions: tuple[Condition, ...] = ()

    def begin(self, near: Callable[[float], Iterable[Work]]) -> None:
        """Go on from what history holds. `near` reads the newest version of each work that is near an instant: it is
        asked once an hour, since weeks pass and windows come near. It may raise HistoryError."""
        self._near, self._read_at = near, -math.inf

    def call(self, providers: Iterable[Provider]) -> None:
        """Carriers and their names are others from the next poll on: ids that several carriers share may match."""
        self._standing = Standing(providers)
        self._changed = True

    def take(self, works: Iterable[Work]) -> None:
        """New versions, as a notice brought them; what each says is told with the next poll."""
        self._learned.extend(self._keep(works))

    def inherit(self, works: Iterable[Work]) -> None:
        """What a leader on another host knew: it was told there."""
        self._keep(works)

    def _keep(self, works: Iterable[Work]) -> list[Work]:
        """Those that are newer than what is known."""
        new = []
        for work in works:
            known = self._newest.get(work.maintenance.key)
            if known is None or (known.known_at, known.version) < (work.known_at, work.version):
                self._newest[work.maintenance.key] = work
                new.append(work)
        self._changed = self._changed or bool(new)
        return new

    def _look(self, at: float) -> None:
        """What history holds goes on being what it was while it cannot be read."""
        self._read_at = at
        try:
            self._keep(w for w in self._near(at) if _matters(w, at))
        except HistoryError as error:
            log.error("history.fault", extra={"text": str(error)})

    def at(self, at: float, inventory: Inventory) -> Works:
        """What a View of this instant knows. The same object while nothing of it has changed."""
        if not self._read_at <= at < self._read_at + READ_AGAIN:
            self._look(at)
        if not self._changed and inventory is self._of and self._since <= at < self._until:
            return self._now
        forgotten = [key for key, work in self._newest.items() if not _matters(work, at)]
        for key in forgotten:  # a new notice of it brings it back
            del self._newest[key]
        if self._changed or forgotten:
            self._works = tuple(self._newest.values())
        stand = self._standing.of(self._works, inventory)
        self._now = Works(at=at, works=tuple(sorted(stand, key=first_of))) if stand else NO_WORKS
        self._until = min((t for w in self._works for t in _marks(w) if t > at), default=math.inf)
        self._holds = {circuit_id: work.name for circuit_id, work in self._now.under.items()}
        self._column = _column(self._holds, inventory)
        self._conditions = conflict_conditions(self._now.works, inventory, at)
        self._changed, self._of, self._since = False, inventory, at
        return self._now

    @property
    def held(self) -> B1 | None:
        """[circuits] of the inventory that was asked with last: which are in a window; None: no circuit is."""
        return self._column

    @property
    def holds(self) -> Mapping[str, str]:
        """Circuit → the work whose window it is in, `Zayo CHG-20881`."""
        return self._holds

    @property
    def over(self) -> Mapping[str, Over]:
        return self._now.over

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What of it wants a person now: windows that together take a whole site."""
        return self._conditions

    def news(self, at: float) -> tuple[Note, ...]:
        """What notices brought since it was asked the last time."""
        learned, self._learned = self._learned, []
        if not learned:
            return ()
        stand = {w.maintenance.key: w for w in self._now.works}
        keys = dict.fromkeys(w.maintenance.key for w in learned)
        return of_works([stand[key] for key in keys if key in stand], self._of, at) if self._of is not None else ()


def _matters(work: Work, at: float) -> bool:
    """Its last window ends less than a day before the instant, or later; one without any was told of less than a day
    before."""
    return _last(work) + OVER >= at


def _last(work: Work) -> int:
    return max((w.end for w in work.maintenance.windows), default=work.known_at)


def _marks(work: Work) -> Iterable[float]:
    """When something about it changes by time alone."""
    yield math.nextafter(_last(work) + OVER, math.inf)
    if work.maintenance.status is Status.COMPLETED:
        yield math.nextafter(work.known_at + OVER, math.inf)
    for window in work.maintenance.windows:
        yield from (window.start, window.end, math.nextafter(window.end + OVER, math.inf))


def _column(holds: Mapping[str, str], inventory: Inventory) -> B1 | None:
    rows: Sequence[int] = [row for c in holds if (row := inventory.circuit_row.get(c)) is not None]
    if not rows:
        return None
    held = np.zeros(len(inventory.circuits), np.bool_)
    held[rows] = True
    return held
