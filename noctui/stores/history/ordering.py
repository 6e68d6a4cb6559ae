"""Days, weeks and months made by order: what the command `aggregate` asks for, here or through the inbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from noctui.model.figures import Grain, Made
from noctui.stores.history.closing import close_hour
from noctui.stores.history.due import made, mark
from noctui.stores.history.faults import faults
from noctui.stores.history.figuring import make_next
from noctui.stores.history.late import refold
from noctui.stores.history.rolling import reopen_hours, roll_hour

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer

ORDER = "order"
"""What an order's file in the inbox is called."""
_GRAINS = {"daily": Grain.DAY, "weekly": Grain.WEEK, "monthly": Grain.MONTH}
_HOURS = (close_hour, roll_hour, refold)
AT_ONCE = -1e18
"""Marked since ever: nothing is waited for."""


class Order(msgspec.Struct, frozen=True):
    """As it lies in the inbox (msgpack)."""

    do: str
    grain: str
    since: float | None = None

    def checked(self) -> Grain:
        """The grain. Raises msgspec.ValidationError when it is no order that is known here."""
        if self.do != "aggregate" or self.grain not in _GRAINS:
            raise msgspec.ValidationError(f"no order that is known: {self.do} {self.grain}")
        return _GRAINS[self.grain]


decode = msgspec.msgpack.Decoder(Order).decode


def stands_on(grain: Grain) -> tuple[Grain, ...]:
    """What has to be made for it, itself last."""
    return (grain,) if grain is Grain.DAY else (Grain.DAY, grain)


def reopen(w: Writer, grain: Grain, since: float | None) -> None:
    """Have what is over made without waiting, and what was made of the time from `since` on made anew, its hours from
    samples; inside the caller's transaction."""
    if since is not None:
        reopen_hours(w, min([since, *(p.start for p in made(w.db, stands_on(grain)[0], since, 1e18))]))
    for each in stands_on(grain):
        w.db.execute("UPDATE due SET marked = ? WHERE grain = ?", (AT_ONCE, each))
        for period in [] if since is None else made(w.db, each, since, 1e18):
            mark(w, period, marked=AT_ONCE)


def aggregate(w: Writer, grain: Grain, since: float | None, now: float) -> Iterator[Made | None]:
    """Make the periods of this grain that are over at `now` and were not made yet; those from `since` on, and the days
    they are made of, anew. What was made, oldest first; None after a unit of work that made none. Raises HistoryFault.
    """
    if since is not None:
        with w.transaction():
            reopen(w, grain, since)
    while True:
        w.made = None
        with faults():
            more = any(unit(w, now) for unit in _HOURS) or make_next(w, now, stands_on(grain), patient=False)
            w.checkpoint()
        if not more:
            return
        yield _of(w, grain)


def _of(w: Writer, grain: Grain) -> Made | None:
    return w.made if w.made is not None and w.made.period.grain is grain else None
