"""Days, weeks and months closed by order: what the command `aggregate` asks of a history, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from noctui.model.figures import Grain, Period

GRAINS = {"daily": Grain.DAY, "weekly": Grain.WEEK, "monthly": Grain.MONTH}
"""The words of the command line."""
ORDER = "order"
"""What an order's file in the inbox is called."""


@dataclass(frozen=True, slots=True)
class Result:
    """One period, closed. `rows` circuits have figures in it (0: nobody polled, nothing is known), worked out in `took`
    seconds (0: by another process); `version` is the number it was written under."""

    period: Period
    rows: int
    took: float
    version: int


class Closing(Protocol):
    """The writer of a history, as far as this goes. One thread, with the folder's lock held."""

    def aggregate(self, grain: Grain, since: float | None, now: float) -> Iterator[Result | None]:
        """Close the periods of this grain that are over at `now` and are not closed yet; those from `since` (UTC epoch
        seconds) on, and what they stand on, anew. A Result per period, oldest first; None after a unit of work (one
        short transaction) that closed none: whoever iterates may stop after any of them, and a later call goes on.

        Raises HistoryError.
        """
        ...


class Closed(Protocol):
    """A reader of a history, in any process, as far as this goes. Blocking calls; raise HistoryError."""

    def closed(self, grain: Grain, after: int = 0) -> Sequence[Result]:
        """Periods of this grain whose newest version is above `after`, oldest first."""
        ...

    def due(self, grain: Grain, since: float | None, now: float) -> Sequence[Period]:
        """What `Closing.aggregate` would close, oldest first."""
        ...

    def applied(self, order: str) -> bool:
        """The writer has taken in what was left in the inbox under this id."""
        ...


class Order(msgspec.Struct, frozen=True):
    """What another process asks the leader to do, as it lies in the inbox (msgpack)."""

    do: str
    grain: str
    since: float | None = None

    def packed(self) -> bytes:
        return msgspec.msgpack.encode(self)
