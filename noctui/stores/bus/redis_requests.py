"""Questions over the bus: what a follower's Scene is asked, and the leader's history answers.

A question's key is a hash of its content, so that many followers who ask the same ask it once: whoever comes first puts
it on the Stream `asked`, all wait for the Stream `answer:KEY`, which is gone after its time. The answer is a blob; what
cannot be answered travels as one clear line. Only who leads can answer: the answer is a fenced write.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import struct
import time
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any, Protocol

import msgspec

from noctui.model.alarms import NO_ALARMS
from noctui.model.faults import HistoryError
from noctui.model.inventory import Inventory
from noctui.model.scene import Reader
from noctui.model.view import View
from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_blobs import MAGIC, CorruptError, Head, seal, unseal
from noctui.stores.bus.redis_errors import BusError, named
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.bus.redis_methods import (
    NOW,
    ROWED,
    STEP,
    VIEW,
    Ask,
    AskError,
    PastIs,
    Reply,
    arguments_of,
    methods,
    rows_of,
    schema,
    version_of,
    words_of,
)
from noctui.stores.bus.redis_packing import NONE
from noctui.stores.bus.redis_script import BLOB
from noctui.stores.bus.redis_words import AlarmsAre

log = logging.getLogger("noctui.bus")

SECONDS = 5.0
"""An answer is waited for so long."""
KEPT, KEPT_NOW = 60.0, 1.0
"""Seconds that an answer is for others too; one that changes between polls, or says what went wrong."""
LONGEST = 100_000
"""Bytes of a question."""
MOST_ANSWER = 1 << 25
"""Bytes of an answer."""
ASKED_KEPT = 1000
"""Questions on the Stream."""
BLOCK_SECONDS = 1.0
_FORMAT = MAGIC[:3] + b"q1"
_SCHEMA = struct.Struct("<I")


class UnansweredError(BusError):
    """Nobody answered in time."""


class RefusedError(BusError):
    """The leader cannot answer; the text is the line that it gave."""


# the follower's end


@dataclass(frozen=True, slots=True)
class Bound:
    """The Scene that is asked: its instant, whether by what is known now, whether it is the live one, and its View's
    inventory."""

    at: float
    corrected: bool
    live: bool
    inventory: Inventory | None = None
    rows: int = 0  # `rows_of(inventory)`


def bound(view: View, *, corrected: bool, live: bool) -> Bound:
    return Bound(view.at, corrected, live, view.inventory, rows_of(view.inventory))


class Asker:
    """Asks whoever leads. The client waits longer than `SECONDS` for an answer.

    Methods raise BusError: UnansweredError, RefusedError with the leader's line, or what is wrong with the bus.
    """

    def __init__(self, client: Client, org_id: str, where: str, *, seconds: float = SECONDS) -> None:
        self._client: Any = client
        self._keys, self._where = Keys(org_id), where
        self._seconds = seconds

    async def ask(self, method: str, scene: Bound, *args: Any, **kwargs: Any) -> Any:
        """What the method of the Scene's Reader gives."""
        return (await self._asked(method, scene, args, kwargs))[1]

    async def _asked(
        self, method: str, scene: Bound, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[bytes, Any]:
        """The question's key, and its answer."""
        ask = Ask(
            method=method,
            at=scene.at,
            corrected=scene.corrected,
            live=scene.live,
            rows=scene.rows if method in ROWED else 0,
            words=words_of(method, args, kwargs),
        )
        payload = _FORMAT + _SCHEMA.pack(schema()) + msgspec.msgpack.encode(ask)
        if len(payload) > LONGEST:
            raise AskError("this is too long to be asked over the bus")
        key = key_of(payload)
        blob = await self._answer(key, payload)
        _, reply = await asyncio.to_thread(unseal, blob, self._keys.org_id, methods()[method].reply)
        if reply.key != key:
            raise CorruptError("an answer on the bus is to another question")
        if reply.error:
            raise RefusedError(_line(reply.error))
        return key, reply.answer

    async def view(
        self, at: float, corrected: bool, have: Inventory | None = None, *, brief: bool = False
    ) -> View | None:
        """The View of the newest poll at or before `at`, as the leader's history has it. `have`: an inventory that
        need not be sent when it is the one. `brief`: it need not lie there for others, who asks for many at once."""
        past: PastIs | None
        key, past = await self._asked(VIEW, Bound(at, corrected, False), (version_of(have),), {})
        if brief:
            with named(self._where):
                await self._client.pexpire(self._keys.answer(key.hex()), round(1000 * KEPT_NOW))
        if past is None:
            return None
        inventory = past.inventory if past.inventory is not None else have
        if inventory is None or inventory.org_id != self._keys.org_id:
            raise CorruptError("a View on the bus came without its inventory")
        return past.whole(inventory)

    async def step(self, at: float, direction: int, corrected: bool) -> float | None:
        """`at` of the poll before (-1) or after (+1)."""
        found: float | None = await self.ask(STEP, Bound(at, corrected, False), direction)
        return found

    async def _answer(self, key: bytes, payload: bytes) -> bytes:
        keys, name = self._keys, key.hex()
        answer = keys.answer(name)
        with named(self._where):
            found = await self._client.xread({answer: "0-0"}, 1)
            if not found:
                limit = round(self._seconds * 1000)
                if await self._client.set(keys.asking(name), b"1", nx=True, px=limit):
                    await self._client.xadd(keys.asked, {"q": payload}, maxlen=ASKED_KEPT, approximate=True)
                found = await self._client.xread({answer: "0-0"}, 1, limit)
        if not found:
            raise UnansweredError(f"no answer from the leader within {self._seconds:g} s")
        ((_, ((_, fields), *_)),) = found
        blob: bytes | None = fields.get(b"b")
        if blob is None:
            raise CorruptError("an answer on the bus is none of noctui's")
        return blob


def key_of(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, digest_size=16).digest()


# the leader's end


class Shelf(Protocol):
    """What the leader answers from. Whatever it raises becomes one line for who asked; HistoryError says its own."""

    async def reader(self, at: float, corrected: bool, live: bool) -> Reader: ...

    async def view(self, at: float, corrected: bool) -> View | None: ...

    async def step(self, at: float, direction: int, corrected: bool) -> float | None: ...

    async def inventory(self, at: float) -> Inventory | None: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it lies on the Stream. `came` is when, by this process's monotonic clock."""

    key: bytes
    ask: Ask | None
    came: float
    fault: str = ""


class Answerer:
    """Answers for one leadership, `at_once` questions at a time; of more than `waiting` the oldest is refused."""

    def __init__(
        self,
        client: Client,
        lease: Lease,
        shelf: Shelf,
        *,
        at_once: int = 4,
        waiting: int = 64,
        seconds: float = SECONDS,
    ) -> None:
        self._client: Any = client
        self._lease, self._shelf = lease, shelf
        self._at_once, self._most, self._seconds = at_once, waiting, seconds
        self._waiting: deque[Asked] = deque()
        self._busy: set[bytes] = set()
        self._some = asyncio.Condition()
        self.answered = self.refused = 0

    async def run(self) -> None:
        """Until cancelled. Raises BusError when the bus is lost, FencedError when another leads: run it again, or make
        a new one for the next leadership."""
        tasks = [asyncio.create_task(self._read()), *(asyncio.create_task(self._work()) for _ in range(self._at_once))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()
        finally:
            for one in tasks:
                one.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._waiting.clear()
            self._busy.clear()

    async def _read(self) -> None:
        keys = self._lease.keys
        after = f"{max(0, round((await self._lease.server_time() - self._seconds) * 1000))}-0"
        while True:
            with named(self._lease.where):
                found = await self._client.xread({keys.asked: after}, 100, round(BLOCK_SECONDS * 1000))
            for _, those in found or ():
                for name, fields in those:
                    after = name
                    await self._take(opened(fields.get(b"q", b""), time.monotonic()))

    async def _take(self, asked: Asked) -> None:
        if asked.key in self._busy:
            return  # it is being answered
        self._busy.add(asked.key)
        async with self._some:
            self._waiting.append(asked)
            late = self._waiting.popleft() if len(self._waiting) > self._most else None
            self._some.notify()
        if late is not None:
            await self._reply(late, Reply(late.key, "too many questions at once: ask again"), KEPT_NOW)

    async def _work(self) -> None:
        while True:
            async with self._some:
                await self._some.wait_for(lambda: self._waiting)
                asked = self._waiting.popleft()
            if time.monotonic() - asked.came >= self._seconds:
                self._busy.discard(asked.key)  # nobody waits for it any more
                continue
            reply, kept = await self._answer(asked)
            await self._reply(asked, reply, kept)

    async def _answer(self, asked: Asked) -> tuple[Reply[Any], float]:
        ask = asked.ask
        if ask is None:
            return Reply(asked.key, asked.fault), KEPT_NOW
        try:
            async with asyncio.timeout(asked.came + self._seconds - time.monotonic()):
                answer = await self._asked(ask)
        except TimeoutError:
            error = f"the leader's history took longer than {self._seconds:g} s"
        except (HistoryError, AskError) as fault:
            error = _line(fault)
        except Exception as fault:  # whatever a store does, the leader lives on
            log.warning("bus.unanswered", extra={"method": ask.method}, exc_info=fault)
            error = f"{type(fault).__name__} at the leader, its log has the details"
        else:
            return Reply(asked.key, "", answer), KEPT_NOW if ask.live and ask.method in NOW else KEPT
        return Reply(asked.key, error), KEPT_NOW

    async def _asked(self, ask: Ask) -> Any:
        args, kwargs = arguments_of(ask)
        if ask.method == VIEW:
            return await self._past(ask, *args)
        if ask.method == STEP:
            return await self._shelf.step(ask.at, args[0], ask.corrected)
        if ask.rows:
            inventory = await self._shelf.inventory(ask.at)
            if inventory is None or rows_of(inventory) != ask.rows:
                raise AskError("the leader's history has another inventory for that time")
        reader = await self._shelf.reader(ask.at, ask.corrected, ask.live)
        call: Coroutine[Any, Any, Any] = getattr(reader, ask.method)(*args, **kwargs)
        return await call

    async def _past(self, ask: Ask, have: str) -> PastIs | None:
        view = await self._shelf.view(ask.at, ask.corrected)
        if view is None:
            return None
        alarms = AlarmsAre(view.alarms.alarms, dict(view.alarms.held), view.alarms.cleared_at)
        known = have == version_of(view.inventory)
        slim = replace(view, inventory=NONE, alarms=NO_ALARMS)
        return PastIs(slim, alarms, None if known else view.inventory)

    async def _reply(self, asked: Asked, reply: Reply[Any], kept: float) -> None:
        keys, name = self._lease.keys, asked.key.hex()
        head = Head(org=keys.org_id, epoch=self._lease.epoch)
        blob = await asyncio.to_thread(seal, head, reply)
        if len(blob) > MOST_ANSWER:
            reply, kept = Reply(asked.key, "the answer is too long for the bus: ask for less"), KEPT_NOW
            blob = seal(head, reply)
        self._busy.discard(asked.key)
        self.answered, self.refused = self.answered + (not reply.error), self.refused + bool(reply.error)
        answer = keys.answer(name)
        await self._lease.fenced(
            [
                ("DEL", answer),
                ("XADD", answer, "*", "b", BLOB),
                ("PEXPIRE", answer, round(kept * 1000)),
                ("DEL", keys.asking(name)),
            ],
            blob,
        )


def opened(payload: bytes, came: float) -> Asked:
    """A question as it was read. What is none, or another version's, has its fault named."""
    key, start = key_of(payload), len(_FORMAT)
    if not payload.startswith(_FORMAT[:3]) or len(payload) > LONGEST:
        return Asked(key, None, came, "this is no question of noctui's")
    told = payload[start : start + _SCHEMA.size]
    if not payload.startswith(_FORMAT) or told != _SCHEMA.pack(schema()):
        return Asked(key, None, came, "the leader runs another noctui than this one: update")
    try:
        return Asked(key, msgspec.msgpack.decode(memoryview(payload)[start + _SCHEMA.size :], type=Ask), came)
    except msgspec.MsgspecError:
        return Asked(key, None, came, "a question on the bus is damaged")


def _line(thing: object) -> str:
    text = " ".join(str(thing).split())
    return "".join(c if c.isprintable() else "·" for c in text)[:300]
