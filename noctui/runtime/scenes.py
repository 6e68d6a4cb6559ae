"""The Scenes themselves: one small class; live, follower and past differ only in what they are made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from noctui.engine.headline import headline
from noctui.model.edges import Edge, Failover, Note
from noctui.model.headline import Headline
from noctui.model.scene import Above, Can, Range, Reader, Series, Status, Stretch
from noctui.model.view import View


@dataclass(frozen=True, slots=True)
class SceneAt:
    """A Scene made of parts. `tell_status` is asked anew each time, since faults change between polls."""

    view: View
    read: Reader
    can: Can
    tell_status: Callable[[], Status]
    live: bool

    @property
    def at(self) -> float:
        return self.view.at

    @property
    def status(self) -> Status:
        return self.tell_status()

    def headline(self, region: str = "", site_id: str = "", circuit_id: str = "", now: float | None = None) -> Headline:
        if not self.live:
            return headline(self.view, region=region, site_id=site_id, circuit_id=circuit_id)
        told = self.status
        return headline(self.view, region=region, site_id=site_id, circuit_id=circuit_id, now=now, status=told)


def past_status(view: View) -> Status:
    """How the data of that poll came in, as far as history knows; nothing of today."""
    return Status(
        mode="past",
        fault="" if view.whole else "partial",
        sweep_took=max((r.took for r in view.reports), default=0.0),
        sweep_calls=sum(r.calls for r in view.reports),
        poll_seconds=view.interval,
    )


class LeaderReader:
    """History's reader, but windows come from the engine that this process runs, which has them at hand while no newer
    poll has landed (`above` gives None then)."""

    def __init__(self, history: Reader, above: Callable[[int], Awaitable[Above | None]]) -> None:
        self._history = history
        self._above = above

    async def series(self, circuit_id: str, metrics: tuple[str, ...], range_: Range) -> Series:
        return await self._history.series(circuit_id, metrics, range_)

    async def timeline(self, circuit_id: str, range_: Range) -> tuple[Stretch, ...]:
        return await self._history.timeline(circuit_id, range_)

    async def edges(self, range_: Range, circuit_ids: tuple[str, ...] = ()) -> tuple[Edge, ...]:
        return await self._history.edges(range_, circuit_ids)

    async def failovers(self, range_: Range, site_id: str = "") -> tuple[Failover, ...]:
        return await self._history.failovers(range_, site_id)

    async def notes(self, range_: Range, limit: int = 100, circuit_ids: tuple[str, ...] = ()) -> tuple[Note, ...]:
        return await self._history.notes(range_, limit, circuit_ids)

    async def above(self, hours: int) -> Above:
        return await self._above(hours) or await self._history.above(hours)
