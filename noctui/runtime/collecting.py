"""What a desk asks of whatever collects for it: a child process (`child_keeper.InChild`), or a thread of its own
(`thread.OnThread`). Both run a `term.Term`: the source, and the term as leader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from noctui.runtime.published import Published

if TYPE_CHECKING:
    from noctui.model.scene import Reader
    from noctui.runtime.source import Org
    from noctui.settings import Settings


Publish = Callable[[Published], None]


class Collecting(Protocol):
    """What a desk asks of whatever collects for it. All of it on the desk's loop."""

    def prepare(self) -> None:
        """It will be needed soon: begin to start."""
        ...

    async def org(self) -> Org:
        """The org that the tokens belong to. Raises SourceError."""
        ...

    async def lead(self, folder: Path, org_id: str, publish: Publish) -> bool:
        """Take the folder's lock and collect; False when another process has it. `publish` is called on this loop.

        With a bus: wait until its lease is ours as well, however long that takes; who leads meanwhile is told by
        `publish` (mode `follower`, `leader` its name, "" nobody; `bus` `lost` while it cannot be reached). Cancelled,
        it contends no more.

        Raises HistoryError, OSError, SourceError (`final`: the settings can never work, and nothing was made here).
        """
        ...

    def reader(self, history: Reader, at: float) -> Reader:
        """History's answers at `at`, with the engine's own windows and the cloud's answers to questions."""
        ...

    async def lost(self) -> str:
        """Waits until collecting ended by itself; what to say of it, in one line. "": another process leads by the bus
        from now on: follow it, and call `lead` again at once."""
        ...

    def reload(self, settings: Settings) -> None:
        """Go on with these thresholds, seconds between polls and level of the log, from the next poll on."""
        ...

    async def rest(self) -> None:
        """Nobody needs it for now: give the lock back and hold no memory for it."""
        ...

    async def stop(self) -> None:
        """For good."""
        ...
