"""A leader's side of the bus, beside its polling: it publishes, takes acts, answers questions, counts who follows."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from msgspec import structs

from noctui.model.detail import Answer, Question
from noctui.model.faults import HistoryError
from noctui.model.health import NAN, BusHealth, FollowerHealth
from noctui.model.scene import Above, Status
from noctui.model.stores import HistoryWriter
from noctui.promise_settings import NOTHING, PromiseSettings
from noctui.runtime.alarming import Alarming
from noctui.runtime.bus_acts import WAIT_SECONDS, Arriving
from noctui.runtime.bus_publishing import Publishing
from noctui.runtime.bus_seat import Seat
from noctui.runtime.bus_sharing import Sharing
from noctui.runtime.bus_shelf import HistoryShelf
from noctui.runtime.published import Published
from noctui.runtime.source import Shareable, Source
from noctui.stores.bus.redis_errors import BusError
from noctui.stores.bus.redis_estate import are_left, leave_messages
from noctui.stores.bus.redis_kinds import foreign, told
from noctui.stores.bus.redis_presence import Here, present
from noctui.stores.bus.redis_requests import SECONDS as ANSWER_SECONDS
from noctui.stores.bus.redis_requests import Answerer
from noctui.stores.bus.redis_standing import remarks, standing
from noctui.stores.history.settings import Retention

log = logging.getLogger("noctui.bus")

FLUSH_SECONDS = 1.0
LEAVE_SECONDS = 1.0
"""How often it is looked whether more was told of alarms: who takes over tells that again which was not left to it. And
whether the bus has forgotten what was published."""
LOOK_SECONDS = 10.0
"""How often it is looked who follows, and how much memory the server takes."""


class BusLeader:
    """For one term as leader; all of it on the collector's loop, what takes long on threads."""

    def __init__(
        self,
        seat: Seat,
        folder: Path,
        retention: Retention,
        alarming: Alarming,
        poll_seconds: float,
        writer: Callable[[], HistoryWriter | None],
        above: Callable[[int, float], Awaitable[Above | None]],
        ask: Callable[[Question], Awaitable[Answer]],
        tell: Callable[[], None],
        promises: PromiseSettings = NOTHING,
    ) -> None:
        """`tell` is called when the bus is lost or back: what is published then says so."""
        self._seat, self._alarming, self._writer, self._tell = seat, alarming, writer, tell
        self._left = -1  # `tellings` of what was left to the next leader
        lease, address = seat.lease, seat.place.address
        # What waits for something to come waits longer for an answer than it asks the server to wait.
        self._client = address.client(answer_seconds=max(WAIT_SECONDS, ANSWER_SECONDS) + 2.0, tries=0)
        self._publishing = Publishing(self._client, lease, poll_seconds, seat.place.keep)
        self._arriving = Arriving(self._client, lease, alarming, folder)
        self._shelf = HistoryShelf(folder, retention, lambda: alarming.limits, above, ask, promises)
        self._sharing = Sharing(self._client, lease)
        self._shared: Shareable | None = None
        self._answered = 0
        self._answerer: Answerer | None = None
        self._here: dict[str, Here] = {}
        self._memory = 0
        self._remarks: tuple[str, ...] = ()
        self._alone, self._lost = seat.alone, False
        self._tasks: tuple[asyncio.Task[None], ...] = ()
        self._looking: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._seat.told = self._stands
        self._tasks = (
            asyncio.create_task(self._publishing.run(), name="bus publishing"),
            asyncio.create_task(self._arriving.run(), name="bus acts"),
            asyncio.create_task(self._answer(), name="bus questions"),
            asyncio.create_task(self._look(), name="bus followers"),
            asyncio.create_task(self._keep_leaving(), name="bus estate"),
        )

    async def stop(self) -> None:
        """What was said last is sent before, if that goes quickly."""
        await self._publishing.flush(FLUSH_SECONDS)
        self._seat.told = lambda: None
        if self._shared is not None:
            self._shared.share_with(None)
        tasks = (*self._tasks, *self._looking)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await self._shelf.close()
        await self._client.aclose()

    def into(self, status: Status) -> Status:
        """The status with what is known of the bus."""
        status, publishing = self._seat.into(status), self._publishing
        if status.bus == "ok" and publishing.fault and time.time() - publishing.fault_since > self._seat.lease.seconds:
            # It answers, and takes nothing: full, or read-only by now. Nobody hears us.
            status = replace(status, bus="lost", bus_since=publishing.fault_since, bus_text=publishing.fault)
        if notes := self._sharing.notes:
            status = replace(status, notes=(*status.notes, *notes))
        if status.health is None:
            return status
        return replace(status, health=structs.replace(status.health, bus=self.health(status)))

    def share(self, source: Source) -> None:
        """Whoever offers help fetches parts of its sweeps."""
        if isinstance(source, Shareable):
            self._shared = source
            source.share_with(self._sharing)

    def offer(self, published: Published) -> None:
        """Put it on the bus, soon."""
        if published.view is not None:
            self._shelf.share(published.view.inventory)
        self._publishing.offer(published)

    def health(self, status: Status) -> BusHealth:
        took = sorted(self._publishing.took)
        followers = tuple(
            FollowerHealth(name=name, heard_at=here.at, lag=here.lag) for name, here in sorted(self._here.items())
        )
        lags = sorted(one.lag for one in followers if math.isfinite(one.lag))
        return BusHealth(
            where=self._seat.where,
            state=status.bus or "ok",
            text=status.bus_text or self._publishing.fault,
            since=status.bus_since,
            epoch=self._seat.lease.epoch,
            lease=self._seat.lease.seconds,
            published_at=self._publishing.published_at,
            publish_p50=_rank(took, 0.5),
            publish_p99=_rank(took, 0.99),
            poll_bytes=self._publishing.poll_bytes,
            memory=self._memory,
            remarks=self._remarks,
            acts=self._arriving.done,
            asked=self._answered + (self._answerer.answered if self._answerer is not None else 0),
            followers=followers,
            lag_p50=_rank(lags, 0.5),
            lag_p99=_rank(lags, 0.99),
            members=self._sharing.members,
            own_gateways=self._sharing.own_gateways,
        )

    def _stands(self) -> None:
        """The lease was taken anew, or the bus was lost or found."""
        alone, self._alone = self._alone, self._seat.alone
        lost, self._lost = self._lost, bool(self._seat.part.fault)
        if alone != self._alone:
            self._tell()
        if lost and not self._lost:
            task = asyncio.create_task(self._found(), name="bus found")
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)
        self._publishing.wake()

    async def _found(self) -> None:
        try:
            await self._remind()
        except BusError as error:
            log.info("bus.fault", extra={"text": str(error)})

    async def _remind(self) -> None:
        """A server that has lost its memory gets everything again: also one that was back before anybody missed it.
        Raises BusError."""
        if self._seat.lease.epoch and await self._publishing.look():
            log.warning("bus.forgot", extra={"text": self._seat.where})
            self._left = -1

    async def _answer(self) -> None:
        """Questions, through as many leaderships as there are."""
        said = ""
        while True:
            try:
                if self._seat.lease.epoch:
                    self._answerer = Answerer(self._client, self._seat.lease, self._shelf)
                    await self._answerer.run()
            except BusError as error:
                if str(error) != said:
                    said = str(error)
                    log.info("bus.questions", extra={"text": said})
            except Exception as error:  # the boundary: the next question is to be answered
                if repr(error) != said:
                    said = repr(error)
                    log.exception("bus.questions_broke")
            if self._answerer is not None:
                self._answered, self._answerer = self._answered + self._answerer.answered, None
            await asyncio.sleep(self._seat.lease.seconds / 6)

    async def _leave(self) -> None:
        """To the next leader, whenever more was told of alarms, or what was left is gone. Raises BusError,
        HistoryError."""
        writer, tellings, lease = self._writer(), self._alarming.tellings, self._seat.lease
        if writer is None or not lease.epoch:
            return
        if tellings != self._left or not await are_left(self._client, lease):
            await leave_messages(lease, self._alarming.told(writer))
            self._left = tellings

    async def _ask_server(self) -> None:
        """Whether what lies on it is ours and safe there, and how full it is; said once when that changes."""
        seat = self._seat
        strange = await foreign(self._client, seat.lease.keys.org_id, seat.where)
        said = tuple(f"{told(key)}: remove it with DEL" for key in strange)
        found = await standing(self._client, seat.where)
        if not seat.place.brief:  # of a server that ends with us nothing has to survive
            said += tuple(f"{one.text}: {one.todo}" for one in remarks(found))
        self._memory = found.used
        for one in said:
            if one not in self._remarks:
                log.warning("bus.unsafe", extra={"text": one})
        self._remarks = said

    async def _keep_leaving(self) -> None:
        said = ""
        while True:
            try:
                await self._remind()
                await self._leave()
                said = ""
            except (BusError, HistoryError) as error:
                if str(error) != said:
                    said = str(error)
                    log.info("bus.estate", extra={"text": said})
            except Exception as error:  # the boundary: what is told next is to be left as well
                if repr(error) != said:
                    said = repr(error)
                    log.exception("bus.estate_broke")
            await asyncio.sleep(LEAVE_SECONDS)

    async def _look(self) -> None:
        seat = self._seat
        while True:
            try:
                await self._ask_server()
                self._here = await present(self._client, seat.lease.keys.org_id, seat.where)
            except BusError as error:  # it is lost, which is said already, or nobody can say who follows
                log.debug("bus.look", extra={"text": str(error)})
            except Exception:  # the boundary: a server that says it in other words
                log.debug("bus.look_broke", exc_info=True)
            await asyncio.sleep(LOOK_SECONDS)


def _rank(values: list[float], share: float) -> float:
    """The nearest rank of sorted values; NaN of none."""
    return values[max(0, math.ceil(share * len(values)) - 1)] if values else NAN
