"""Following by the bus: what the leader publishes becomes Views and a status; nothing is collected here.

It shows the snapshot first and each poll as it comes; a bus that is lost, and a leader that has fallen silent, are told
with the times that they were heard last, and what was shown stays with its age.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from noctui.model.alarms import Act
from noctui.model.faults import HistoryError
from noctui.model.inventory import Inventory
from noctui.model.scene import Reader
from noctui.model.status import Status
from noctui.model.view import View
from noctui.runtime.child_rows import look_up
from noctui.runtime.remote_reader import RemoteReader
from noctui.stores.bus import redis_presence
from noctui.stores.bus.redis_address import Address
from noctui.stores.bus.redis_errors import BusError, ForeignKeyError
from noctui.stores.bus.redis_follow import Follower, Heard, Held
from noctui.stores.bus.redis_inbox import post
from noctui.stores.bus.redis_kinds import foreign, told
from noctui.stores.bus.redis_lease import own_name
from noctui.stores.bus.redis_methods import rows_of, schema
from noctui.stores.bus.redis_requests import Asker, Bound

log = logging.getLogger("noctui.bus")

BLOCK_SECONDS = 1.0
"""How long one read waits; then it is looked who leads."""
ANSWER_SECONDS = 3.0
"""A server that has not answered a read for so long is lost."""
AGAIN_SECONDS = 0.5, 5.0
"""Waits until a lost bus is tried again, growing."""
ASK_SECONDS = 8.0
RENEWED = 0.2
"""Seconds by which the end of a lease moves when it is renewed; less is the clocks' doing."""
LAGS = 10
"""Polls whose longest lag is told to the leader."""
SKEWED = 2.0
"""Seconds that a clock may be off before ages are counted by the leader's."""

NOBODY = "Nobody has published on the bus yet: no leader is there."
Told = Callable[[View | None, Status], None]


class Following:
    """One org, heard for one desk. `told` gets each new View, or None when only the status changed; on this loop."""

    def __init__(self, address: Address, org_id: str, told: Told, *, poll_seconds: float = 60.0) -> None:
        """Raises ValueError when this is no org id."""
        self.where, self.org_id = address.text, org_id
        self.name = own_name().rpartition("/")[0]
        self._told = told
        self._client = address.client(answer_seconds=ANSWER_SECONDS, tries=1)
        self._ask_client = address.client(answer_seconds=ASK_SECONDS, tries=1)
        self._follower = Follower(self._client, org_id, self.where)
        self._asker = Asker(self._ask_client, org_id, self.where)
        self._said = Status(mode="follower", fault="loading", poll_seconds=poll_seconds)  # by the leader
        self._status = self._said
        self._rows: tuple[Inventory | None, int] = (None, 0)
        self._held = Held()
        self._heard_of = ("", 0.0)  # who led last, and when it was heard, by the leader's clock
        self._before = ("", 0.0)  # the same of who led before
        self._until = 0.0  # when the lease ends, monotonic
        self._epoch = 0  # of the newest poll
        self._lost_since = 0.0
        self._lost_text = ""
        self._unread = ""
        self._announced = -math.inf
        self._lags: deque[float] = deque(maxlen=LAGS)
        self.ahead = 0.0
        """Seconds that the leader's clock is ahead of ours, where that is worth telling."""

    @property
    def status(self) -> Status:
        return self._status

    @property
    def gaps(self) -> int:
        """How often polls were missed and the snapshot fetched instead."""
        return self._follower.gaps

    # hearing

    async def run(self) -> None:
        """Until cancelled."""
        first, longest = AGAIN_SECONDS
        wait = first
        try:
            while True:
                try:
                    if not self._epoch:  # the first picture says whose it is
                        self._look(await self._follower.held())
                    heard = await self._follower.hear(BLOCK_SECONDS)
                    self._back()
                    await self._take(heard)
                    self._look(await self._follower.held())
                    self._tell(None)
                    await self._announce()
                    wait = first
                except BusError as error:
                    self._lost(await self._why(error))
                    await asyncio.sleep(wait)
                    wait = min(longest, 2 * wait)
                except Exception as error:  # the boundary: whatever one poll did, the next is to be heard
                    log.exception("bus.following_broke")
                    self._lost(f"noctui broke: {type(error).__name__}; the log has the details")
                    await asyncio.sleep(longest)
        finally:
            await self._leave()

    async def _take(self, heard: list[Heard]) -> None:
        """The newest View, and what the leader said last."""
        view = None
        for one in heard:
            if one.status is not None:
                self._said = one.status
            if one.fault:
                if one.fault != self._unread:
                    log.warning("bus.unread", extra={"text": one.fault})
                self._unread = one.fault
            if one.view is not None:
                view, self._unread = one.view, ""
                self._epoch = one.epoch
            if math.isfinite(one.ahead):
                self._shift(one.ahead)
            if one.missed:
                log.info("bus.missed", extra={"seq": one.view.seq if one.view is not None else 0})
        if view is None:
            return
        if view.inventory is not self._rows[0]:
            rows = await asyncio.to_thread(_looked_up, view.inventory)
            self._rows = (view.inventory, rows)
        if self._announced > 0:  # the snapshot was there before we came
            self._lags.append(max(0.0, self._now() - view.at))
        first = self._announced < 0
        self._tell(view)
        if first:
            await asyncio.to_thread(schema)  # what panes ask next needs it

    def _look(self, held: Held) -> None:
        """Who leads. The end of a lease moves with each renewal: that is how its holder is heard."""
        ends = time.monotonic() + held.seconds
        if held.holder:
            if held.holder != self._heard_of[0]:
                self._before = self._heard_of
            if held.holder != self._heard_of[0] or ends > self._until + RENEWED:
                self._heard_of = (held.holder, self._now())
            self._until = ends
        elif self._held.holder:
            log.info("bus.silent", extra={"leader": self._held.holder, "ago": self._now() - self._heard_of[1]})
        self._held = held

    def _shift(self, ahead: float) -> None:
        self.ahead = ahead if abs(ahead) >= SKEWED else 0.0

    def _now(self) -> float:
        """By the leader's clock."""
        return time.time() + self.ahead

    # what is told

    def _lost(self, why: str) -> None:
        if not self._lost_since:
            self._lost_since = self._now()
            log.warning("bus.lost", extra={"text": why})
        self._lost_text = why
        self._tell(None)

    async def _why(self, error: BusError) -> str:
        """In one line; the server does not say which key it is that holds something else."""
        if not isinstance(error, ForeignKeyError):
            return str(error)
        try:
            strange = await foreign(self._client, self.org_id, self.where)
        except BusError:
            return str(error)
        return f"{self.where}: {told(strange[0])}; remove it with DEL" if strange else str(error)

    def _back(self) -> None:
        if self._lost_since:
            log.info("bus.back", extra={"after": self._now() - self._lost_since})
        self._lost_since, self._lost_text = 0.0, ""

    def _tell(self, view: View | None) -> None:
        status = self._made()
        if view is not None or status != self._status:
            self._status = status
            self._told(view, status)

    def _made(self) -> Status:
        """The leader's word for how the data comes in, and how we hear it."""
        said, held = self._said, self._held
        (leader, _), leader_at, successor = self._heard_of, 0.0, ""
        if not self._lost_since and leader:
            if not held.holder:
                leader_at, successor = self._heard_of[1], held.waits
            elif self._epoch and held.epoch > self._epoch:  # it leads, and has not published yet
                (leader, leader_at), successor = self._before, held.holder
        nobody = not self._epoch and not held.holder
        # While the bus is lost nothing is known of Mist; a new leader's first sweep takes no picture away.
        return replace(
            said,
            mode="follower",
            leader=leader,
            fault="" if self._epoch and (self._lost_since or said.fault == "loading") else said.fault,
            fault_text=NOBODY if nobody else said.fault_text,
            warm=False,
            bus="lost" if self._lost_since else "unread" if self._unread else "ok",
            bus_since=self._lost_since,
            bus_text=self._lost_text or self._unread,
            leader_at=leader_at,
            successor=successor,
            notes=(*said.notes, *self._notes()),
        )

    def _notes(self) -> tuple[str, ...]:
        if not self.ahead:
            return ()
        way = "behind" if self.ahead > 0 else "ahead of"
        return (f"This machine's clock is {_span(abs(self.ahead))} {way} the leader's: times here are the leader's.",)

    async def _announce(self) -> None:
        if time.monotonic() - self._announced < redis_presence.SECONDS:
            return
        self._announced = time.monotonic()
        lag = max(self._lags, default=math.nan)
        await redis_presence.announce(self._client, self.org_id, self.where, self.name, lag)

    async def _leave(self) -> None:
        try:
            async with asyncio.timeout(0.5):
                await redis_presence.leave(self._client, self.org_id, self.where, self.name)
        except (BusError, TimeoutError):
            pass  # it is forgotten by itself

    async def close(self) -> None:
        """After `run` has ended."""
        for client in (self._client, self._ask_client):
            try:
                await client.aclose()
            except Exception as error:  # a connection that is gone already
                log.debug("bus.close", extra={"text": repr(error)})

    # asking

    def reader(
        self,
        view: View,
        *,
        corrected: bool = False,
        live: bool,
        else_: Callable[[], Reader | None] = lambda: None,
    ) -> Reader:
        """What the Scene of this View is asked; `else_` when the leader does not answer."""
        inventory, rows = self._rows if self._rows[0] is view.inventory else (view.inventory, rows_of(view.inventory))
        return RemoteReader(self._asker, Bound(view.at, corrected, live, inventory, rows), else_)

    async def past(self, at: float, corrected: bool, *, brief: bool = False) -> View | None:
        """`brief`: nobody else will ask for it. Raises HistoryError."""
        try:
            view = await self._asker.view(at, corrected, self._rows[0], brief=brief)
        except BusError as error:
            raise HistoryError(str(error)) from error
        if view is not None and view.inventory is not self._rows[0]:
            await asyncio.to_thread(look_up, view.inventory)
        return view

    async def step(self, at: float, direction: int, corrected: bool) -> float | None:
        """Raises HistoryError."""
        try:
            return await self._asker.step(at, direction, corrected)
        except BusError as error:
            raise HistoryError(str(error)) from error

    async def act(self, act: Act) -> None:
        """Leave it to the leader. Raises BusError."""
        await post(self._ask_client, self.org_id, self.where, act)


def _looked_up(inventory: Inventory) -> int:
    look_up(inventory)
    return rows_of(inventory)


def _span(seconds: float) -> str:
    """`1h 0m`, `12m`, `7s`."""
    if seconds < 60:
        return f"{seconds:.0f}s"
    minutes = round(seconds / 60)
    return f"{minutes // 60}h {minutes % 60}m" if minutes >= 60 else f"{minutes}m"
