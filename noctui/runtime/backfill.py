"""Back-fill: what Mist still holds of a time in which nothing was collected, fetched and put into history.

Traffic and quality come as Mist's own series of each port, states from events of ports and gateways. History is written
through its inbox, by whoever leads; where nobody leads, by this process. What was fetched is kept in the folder until
everything is in, so that a run that was killed goes on where it was.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from noctui.clock import Clock, SystemClock
from noctui.runtime.backfill_plan import (
    COARSE,
    FINE,
    BackfillError,
    Calls,
    Grain,
    Hole,
    Plan,
    Progress,
    Result,
    Told,
)
from noctui.settings import Settings

SHARE = 0.3
"""Of the tokens' calls of an hour: a collector beside it, with the same token, keeps what it needs."""


class Backfill:
    """One back-fill of one org's folder; an async context manager (leaving it closes what it opened).

    async with Backfill(settings, folder, org_id) as backfill:
        plan = await backfill.plan(start, end)
        if not plan.nothing and not dry_run:
            result = await backfill.run(progress)
    """

    def __init__(
        self, settings: Settings, folder: Path, org_id: str, clock: Clock | None = None, share: float = SHARE
    ) -> None:
        """`folder` is the org's (`runtime.folders.org_folder`); settings need a token and a host. Opens nothing yet."""
        self._settings, self._folder, self._org_id = settings, folder, org_id
        self._clock = clock or SystemClock()
        self._share = share

    async def __aenter__(self) -> Backfill:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def plan(self, start: float, end: float) -> Plan:
        """What [start, end) needs. Looks at history alone: makes no call, writes nothing.

        Raises BackfillError: the range can never work (`usage`), there is no history, or it cannot be read.
        """
        raise NotImplementedError

    async def run(self, told: Told | None = None, *, as_is: bool = False) -> Result:
        """Do what `plan` said; goes on from what an earlier run of the same range has fetched. `as_is`: put in what
        came although some calls failed; what is put in cannot be added to later.

        May take hours (`Plan.minutes`): it waits for the next hour's share. Cancelling it loses nothing. Raises
        BackfillError: no token that Mist accepts, no answer, another back-fill in this folder, disk full.
        """
        raise NotImplementedError

    async def close(self) -> None:
        """Close the connection to Mist and the files."""


__all__ = [
    "COARSE", "FINE", "SHARE", "Backfill", "BackfillError", "Calls", "Grain", "Hole", "Plan", "Progress", "Result",
    "Told",
]  # fmt: skip
