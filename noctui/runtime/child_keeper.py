"""`Collecting` in a process of its own: one `Link` at a time, started when it is needed.

What talks to the process is imported with its start: the first paint does not wait for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noctui.runtime.published import Published
from noctui.runtime.source import Org, SourceError

if TYPE_CHECKING:
    from noctui.model.detail import Answer, Question
    from noctui.model.inventory import Inventory
    from noctui.model.scene import Above, Reader
    from noctui.runtime.child_link import Link
    from noctui.runtime.child_words import Told
    from noctui.runtime.collecting import Publish
    from noctui.settings import Settings

log = logging.getLogger("noctui.child")

WORDS = ("-m", "noctui.runtime.child")
"""What Python is started with."""


class InChild:
    """Collects with the settings that `ready` gives; it is called on a thread, before the first process starts."""

    def __init__(self, ready: Callable[[], Settings], words: tuple[str, ...] = WORDS) -> None:
        self._ready = ready
        self._words = words
        self._settings: Settings | None = None
        self._publish: Publish = lambda _: None
        self._starting: asyncio.Task[Link] | None = None

    @property
    def pid(self) -> int:
        """Of the running process; 0: none."""
        link = self._link
        return link.pid if link is not None else 0

    def prepare(self) -> None:
        if self._starting is None:
            self._starting = asyncio.create_task(self._start(), name="start collector")

    async def org(self) -> Org:
        from noctui.runtime.child_words import OrgIs, WhichOrg

        told = await (await self._linked()).ask(WhichOrg, OrgIs)
        return Org(told.org_id, told.name)

    async def lead(self, folder: Path, org_id: str, publish: Publish) -> bool:
        from noctui.runtime.child_words import Take, Taken

        self._publish = publish
        link = await self._linked()
        link.resigned.clear()
        return (await link.ask(lambda number: Take(number, str(folder), org_id), Taken)).ok

    def reader(self, history: Reader, at: float) -> Reader:
        from noctui.model.detail import refused
        from noctui.runtime.child_words import AboveIs, AskAbove, AskDetail, DetailIs
        from noctui.runtime.scenes import LeaderReader

        async def above(hours: int) -> Above | None:
            link = self._link
            if link is None:
                return None
            try:
                return (await link.ask(lambda number: AskAbove(number, hours, at), AboveIs)).above
            except SourceError:
                return None  # history knows, too

        async def ask(question: Question) -> Answer:
            link = self._link
            if link is None:
                return refused(question, "the collector has ended")
            try:
                return (await link.ask(lambda number: AskDetail(number, question), DetailIs)).answer
            except SourceError as error:
                return refused(question, error.text)

        return LeaderReader(history, above, ask)

    async def lost(self) -> str:
        link = self._link
        if link is None:
            return "The collector has ended"
        resigned = asyncio.ensure_future(link.resigned.wait())
        either: set[asyncio.Future[Any]] = {link.lost, resigned}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            resigned.cancel()
        if not link.lost.done():
            return ""
        await self.rest()
        return link.lost.result()

    def reload(self, settings: Settings) -> None:
        if self._settings is not None:
            self._settings = replace(
                self._settings,
                thresholds=settings.thresholds,
                poll_seconds=settings.poll_seconds,
                log_level=settings.log_level,
                inventory_file=settings.inventory_file,
            )
            if self._link is not None:
                from noctui.runtime.child_words import Reload, for_collector

                self._link.say(Reload(for_collector(self._settings)))

    async def rest(self) -> None:
        starting, self._starting = self._starting, None
        if starting is None:
            return
        with contextlib.suppress(SourceError):
            await (await starting).close()

    async def stop(self) -> None:
        await self.rest()

    @property
    def _link(self) -> Link | None:
        """The one that is up."""
        starting = self._starting
        if starting is None or not starting.done() or starting.cancelled() or starting.exception() is not None:
            return None
        return starting.result()

    async def _linked(self) -> Link:
        """The process, started if there is none. Raises SourceError."""
        if self._link is not None and self._link.lost.done():
            await self.rest()
        self.prepare()
        assert self._starting is not None
        starting = self._starting
        try:
            return await asyncio.shield(starting)
        except SourceError:
            self._starting = None
            raise

    async def _start(self) -> Link:
        link = (await asyncio.to_thread(_load))(self._told)
        try:
            if self._settings is None:
                self._settings = await asyncio.to_thread(self._ready)
            await link.start(self._settings, self._words)
        except OSError as error:
            await link.close()
            raise SourceError(f"The collector cannot be started: {error.strerror or error}") from error
        except BaseException:
            await link.close()
            raise
        return link

    def _told(self, told: Told, inventory: Inventory | None) -> None:
        view = told.view
        if view is not None and inventory is not None:
            view = replace(view, inventory=inventory)
        self._publish(Published(told.status, view))


def _load() -> type[Link]:
    from noctui.runtime.child_link import Link

    return Link
