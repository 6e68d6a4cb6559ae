"""Several orgs below one data folder, and on the bus. One process collects each; a screen shows one at a time and lists
them all.

The screen's own org goes on being collected while another one is looked at; that one is followed by its folder.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from noctui.model.orgs import OrgLine

if TYPE_CHECKING:
    from pathlib import Path

    from noctui.clock import Clock
    from noctui.model.alarms import Act
    from noctui.model.scene import Changed, Scene, Scenes, Status
    from noctui.runtime.remote_orgs import RemoteOrgs
    from noctui.settings import Settings


class Orgs:
    """Implements `model.scene.Scenes`: those of the org on screen."""

    FIRST = 5.0
    """Seconds that the first picture of another org is waited for."""

    def __init__(
        self,
        own: Scenes,
        data: Path,
        clock: Clock,
        follow: Callable[[str], Scenes],
        bus: RemoteOrgs | None = None,
    ) -> None:
        """`follow` makes the Scenes of another org, by its id; nothing of it runs before `choose`. `bus`: those
        that are there are listed, too."""
        self._bus = bus
        self._there: frozenset[str] = frozenset()  # on the bus, when it was looked at last
        self._own = own
        self._now = own
        self._data = data
        self._clock = clock
        self._follow = follow
        self._subscribers: list[Changed] = []
        own.subscribe(lambda: self._changed(own))

    def live(self) -> Scene | None:
        return self._now.live()

    def status(self) -> Status:
        return self._now.status()

    async def past(self, at: float, corrected: bool = False) -> Scene | None:
        return await self._now.past(at, corrected)

    async def step(self, at: float, direction: int, corrected: bool = False) -> float | None:
        return await self._now.step(at, direction, corrected)

    async def act(self, act: Act) -> str:
        return await self._now.act(act)

    def subscribe(self, changed: Changed) -> None:
        self._subscribers.append(changed)

    async def start(self) -> None:
        await self._own.start()

    async def stop(self) -> None:
        if self._now is not self._own:
            await self._now.stop()
        await self._own.stop()

    async def orgs(self) -> tuple[OrgLine, ...]:
        """All that have a history below the data folder or are on the bus, and the one that is watched: the worst
        first."""
        mine, here = org_of(self._own), org_of(self._now)
        lines = await asyncio.to_thread(listed, self._data)
        if self._bus is not None:
            there = await self._bus.look()
            self._there = frozenset(line.org_id for line in there)
            lines = joined(lines, there)
        if mine and mine not in {line.org_id for line in lines}:
            lines = (*lines, OrgLine(org_id=mine))
        from msgspec.structs import replace

        return tuple(replace(line, own=line.org_id == mine, here=line.org_id == here) for line in lines)

    async def choose(self, org_id: str) -> str:
        """Show this org; "" once it is on screen, else one line that says why not. The one before stays until then."""
        if org_id == org_of(self._now):
            return "This org is on screen."
        if org_id == org_of(self._own):
            await self._show(self._own)
            return ""
        other = self._bus.follow(org_id) if self._bus is not None and org_id in self._there else self._follow(org_id)
        seen = asyncio.Event()
        other.subscribe(lambda: self._changed(other))
        other.subscribe(lambda: seen.set() if other.live() is not None else None)
        await other.start()
        try:
            async with asyncio.timeout(self.FIRST):
                while other.live() is None:
                    await seen.wait()
        except TimeoutError:
            said = other.status()
            why = said.history_text or said.bus_text or said.fault_text or "nothing is known of it yet."
            await other.stop()
            return f"Org {org_id} cannot be shown: {why}"
        except BaseException:
            await other.stop()
            raise
        await self._show(other)
        return ""

    def reload(self, settings: Settings) -> None:
        """Other settings, for all that run."""
        for scenes in {id(one): one for one in (self._own, self._now)}.values():
            scenes.reload(settings)  # type: ignore[attr-defined]

    async def _show(self, scenes: Scenes) -> None:
        before, self._now = self._now, scenes
        self._changed(scenes)
        if before is not self._own and before is not scenes:
            await before.stop()

    def _changed(self, of: Scenes) -> None:
        if of is self._now:
            for changed in self._subscribers:
                changed()


def org_of(scenes: Scenes) -> str:
    """The id of the org that these Scenes show; "" before there is one."""
    scene = scenes.live()
    return scene.view.inventory.org_id if scene is not None else ""


def listed(data: Path) -> tuple[OrgLine, ...]:
    """The orgs that have a history below `data`, worst first. Blocking: some tens of milliseconds each."""
    try:
        folders = sorted(file.parent for file in data.glob("*/history.db"))
    except OSError:
        return ()
    return tuple(sorted(map(line_of, folders), key=_worst_first))


def line_of(folder: Path) -> OrgLine:
    """One org's folder as a line; what cannot be read is said in it."""
    from noctui.model.stores import HistoryError
    from noctui.runtime.following import Follower
    from noctui.stores.history import open_reader

    name = folder.name
    try:
        leader = Follower(folder).leader() or ""
        history = open_reader(folder)
    except (HistoryError, OSError) as error:
        return OrgLine(org_id=name, fault=str(error))
    try:
        at = history.latest()
        view = history.view(at) if at is not None else None
    except HistoryError as error:
        return OrgLine(org_id=name, leader=leader, fault=str(error))
    finally:
        history.close()
    if view is None:
        return OrgLine(org_id=name, leader=leader)
    inventory = view.inventory
    return OrgLine(
        org_id=inventory.org_id or name,
        name=inventory.org_name,
        at=view.at,
        interval=view.interval,
        sites=len(inventory.sites),
        circuits=len(inventory.circuits),
        dark=int(view.sites.dark.sum()),
        failed_over=int(view.sites.failed_over.sum()),
        counts=tuple(view.counts().tolist()),
        alarms=len(view.alarms.waiting),
        leader=leader,
    )


def joined(here: tuple[OrgLine, ...], there: tuple[OrgLine, ...]) -> tuple[OrgLine, ...]:
    """Lines of the data folder and of the bus, one for each org, worst first: of two the one with the newer poll, and
    whoever leads by either."""
    from msgspec.structs import replace

    found = {line.org_id: line for line in here}
    for line in there:
        ours = found.get(line.org_id)
        if ours is not None and (line.fault or ours.at > line.at) and not ours.fault:
            line = replace(ours, leader=line.leader or ours.leader, bus=True)
        elif ours is not None:
            line = replace(line, name=line.name or ours.name, leader=line.leader or ours.leader)
        found[line.org_id] = line
    return tuple(sorted(found.values(), key=_worst_first))


def _worst_first(line: OrgLine) -> tuple[object, ...]:
    """Dark sites, then circuits by severity; names where all is alike. What cannot be read comes first of all."""
    return (not line.fault, -line.dark, tuple(-n for n in line.counts[:4]), line.shown.casefold())
