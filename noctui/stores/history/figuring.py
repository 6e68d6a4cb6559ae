"""Making days, weeks and months when they are over, or anew when something became known: one of them at a time.

Each is worked out in units of some milliseconds and written in one transaction at the end (`making`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from noctui.model.figures import Accounts, Grain, Made
from noctui.stores.history.days import work_day
from noctui.stores.history.due import CALENDAR, Due, next_due, unmark
from noctui.stores.history.faults import DamagedBlock, DamagedFigures
from noctui.stores.history.kept_figures import keep, newest_of, packed
from noctui.stores.history.longer import work_longer
from noctui.stores.history.sampled import reach_after

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer

log = logging.getLogger(__name__)


def make_figures(w: Writer, now: float) -> bool:
    """One unit of the period that is to be made; False when there is none."""
    return make_next(w, now, CALENDAR, patient=True)


def make_next(w: Writer, now: float, grains: tuple[Grain, ...], patient: bool) -> bool:
    """The same for some grains alone; `w.made` is what this unit made, if it was the last one."""
    w.made = None
    due = next_due(w, now, grains, patient)
    if due is None:
        return False
    try:
        w.making.step(due, (due.period.start, due.period.end), lambda: _steps(w, due))
    except DamagedBlock as error:
        _without(w, due, error)
    return True


def _without(w: Writer, due: Due, error: DamagedBlock) -> None:
    """Go on: without a damaged version of a period, by what it was made of; else without this period."""
    told = {"period": due.period.key, "block": error.name, "reason": str(error)}
    if isinstance(error, DamagedFigures) and error.row not in w.damaged:
        w.damaged |= {error.row}
        log.error("history.damaged", extra=told)
        return
    log.error("figures.not_made", extra=told)
    with w.transaction():
        unmark(w, due.period)


def _steps(w: Writer, due: Due) -> Iterator[None]:
    began = time.perf_counter()
    period = due.period
    had = newest_of(w.db, period)
    work = work_day if period.grain is Grain.DAY else work_longer
    worked = yield from work(w, due, None if had is not None and had.id in w.damaged else had)
    if worked is None:  # nobody polled, or nothing is another
        with w.transaction():
            unmark(w, period)
        return
    new = yield from packed(worked)
    version = keep(w, due, had, new, max(due.known_at, _known_at(w, due)))
    w.made = Made(period, known_rows(worked.stored.accounts), time.perf_counter() - began, version)


def _known_at(w: Writer, due: Due) -> float:
    """When all was known that this version holds: the last samples that reach into the period, and its edges."""
    period = due.period
    if period.grain is not Grain.DAY:
        days = 'SELECT max(known_at) FROM figures WHERE grain = 1 AND superseded IS NULL AND start < ? AND "end" > ?'
        newest = w.db.execute(days, (period.end, period.start)).fetchone()[0]
        return max(period.end, newest or 0.0)
    settled = period.end + reach_after(w.db, period.end)
    edges = "SELECT max(known_at) FROM edges WHERE known_at > ? AND event_time < ?"
    newest = w.db.execute(edges, (settled, period.end)).fetchone()[0]
    return max(settled, newest or 0.0)


def known_rows(a: Accounts) -> int:
    """How many have any figures."""
    return int(np.count_nonzero((a.up + a.down + a.disabled > 0) | (a.known > 0).any(axis=1)))
