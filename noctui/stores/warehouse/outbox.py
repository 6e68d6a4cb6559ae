"""What of a history waits to be sent: an outbox per feed makes it into batches, the earliest first.

A batch is read in one moment of the file and knows the mark it ends at. Nothing is kept between batches but that mark,
so that one can begin anywhere again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from noctui.stores.warehouse.sender import Batch
from noctui.stores.warehouse.state import Mark
from noctui.stores.warehouse.tables import Feed

END = 1e18
"""In a mark: whatever there is."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """About so many `rows`; `oldest` is when the earliest of them begins (UTC epoch seconds), None: nothing waits."""

    rows: int = 0
    oldest: float | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Rows of [start, end) alone, whatever was sent: a repair."""

    start: float = -END
    end: float = END


ALL = Span()


class Outbox(Protocol):
    """Blocking calls, from any thread. Raise HistoryFault."""

    @property
    def feed(self) -> Feed: ...

    def next(self, mark: Mark, span: Span = ALL) -> Batch | None:
        """The batch after the mark; one without rows only moves the mark. None: nothing waits."""
        ...

    def waiting(self, mark: Mark) -> Waiting: ...
