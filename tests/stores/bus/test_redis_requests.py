"""Questions over the bus: the leader's answer, bit for bit; the same question asked once; faults in one clear line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import hypothesis.strategies as st
import msgspec
import pytest
import pytest_asyncio
from hypothesis import given, settings

from noctui.model.faults import HistoryError
from noctui.model.inventory import Inventory
from noctui.model.scene import Range, Reader, Series
from noctui.model.view import View
from noctui.stores.bus import redis_requests
from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_blobs import CorruptError, CutShortError, Head, OtherOrgError, seal, unseal
from noctui.stores.bus.redis_errors import BusRefusedError, FencedError
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.bus.redis_methods import (
    ROWED,
    STEP,
    VIEW,
    Ask,
    AskError,
    Reply,
    arguments_of,
    methods,
    schema,
    words_of,
)
from noctui.stores.bus.redis_requests import (
    Answerer,
    Asker,
    Bound,
    RefusedError,
    UnansweredError,
    bound,
    key_of,
    opened,
)
from noctui.stores.bus.redis_server import Server
from tests.night_reader import FakeReader
from tests.night_world import HOT, INTERVAL, POLL
from tests.night_world import inventory as night_inventory
from tests.redis_server import address
from tests.stores.bus.made import alarm, views, with_alarms
from tests.stores.bus.typed import bits, of
from tests.stores.made import difference

DAY = Range(POLL - 86_400, POLL, "24 h")
SCENE = Bound(POLL, False, True)
CALLS: dict[str, tuple[Any, ...]] = {
    "series": (HOT, ("rx_pct", "loss"), DAY),
    "timeline": (HOT, DAY),
    "edges": (DAY,),
    "failovers": (DAY,),
    "notes": (DAY,),
    "above": (24,),
    "figures": (DAY,),
    "groups": ("region", DAY),
    "network": (DAY,),
    "daily": ("util", 7),
    "trend": ("util",),
    "baseline": (HOT, "util"),
    "episodes": (DAY,),
    "billing": ("2026-11",),
    "mist_alarms": (DAY,),
    "alarms": (DAY,),
    "alarm_versions": ("x",),
    "audit": (DAY,),
    "messages": (DAY,),
    "device_events": (DAY,),
    "sle": (),
    "works": (DAY,),
    "work_versions": ("Zayo", "1"),
    "mails": (DAY,),
    "mail": ("x",),
    "outages": (DAY,),
    "scores": (),
}
"""A question for each method but `detail`, which has a test of its own."""
OF_READER = sorted(name for name in methods() if name not in (VIEW, STEP))


@dataclass
class NightShelf:
    """What a leader answers from: the sample night."""

    calls: list[str] = field(default_factory=list)
    hold: asyncio.Event | None = None
    fault: Exception | None = None
    of: Inventory = field(default_factory=night_inventory)
    past: View | None = None

    async def reader(self, at: float, corrected: bool, live: bool) -> Reader:
        self.calls.append(f"{at} {corrected} {live}")
        if self.hold is not None:
            await self.hold.wait()
        if self.fault is not None:
            raise self.fault
        return FakeReader(at, live)

    async def view(self, at: float, corrected: bool) -> View | None:
        return self.past

    async def step(self, at: float, direction: int, corrected: bool) -> float | None:
        return at + direction * INTERVAL if not corrected else None

    async def inventory(self, at: float) -> Inventory | None:
        return self.of


@asynccontextmanager
async def led(client: Client, org: str, shelf: NightShelf, **limits: Any) -> AsyncIterator[Answerer]:
    """A leader that answers."""
    lease = Lease(client, org, "the bus", seconds=60)
    assert await lease.acquire()
    answerer = Answerer(client, lease, shelf, **limits)
    task = asyncio.create_task(answerer.run())
    try:
        yield answerer
    finally:
        task.cancel()
        await asyncio.wait({task})


@pytest_asyncio.fixture
async def client(bus: Server) -> AsyncIterator[Client]:
    """It waits longer than a question does."""
    one = address(bus).client(answer_seconds=10)
    yield one
    await one.aclose()


@pytest.fixture
def asker(client: Client, org: str) -> Asker:
    return Asker(client, org, "the bus")


# what can be asked


def test_every_method_of_a_reader_can_be_asked() -> None:
    """None is listed by hand: what the protocol has, the bus has."""
    assert set(OF_READER) == {name for name in dir(Reader) if not name.startswith("_")}
    assert set(OF_READER) == {*CALLS, "detail"}, "and has a question below"
    assert set(OF_READER) > ROWED


@pytest.mark.parametrize("method", sorted(methods()))
@given(data=st.data())
@settings(max_examples=20)
def test_any_answer_and_any_argument_travels_bit_for_bit(method: str, data: st.DataObject) -> None:
    one = methods()[method]
    answer = data.draw(of(one.answer))
    blob = seal(Head(org="o", epoch=1), Reply(b"k", "", answer))
    _, reply = unseal(blob, "o", one.reply)
    assert bits(reply.answer) == bits(answer)
    given_ = data.draw(of(one.words))
    ask = Ask(method, 0.0, False, False, 0, msgspec.msgpack.encode(given_))
    args, kwargs = arguments_of(msgspec.msgpack.decode(msgspec.msgpack.encode(ask), type=Ask))
    assert bits((*args, *kwargs.values())) == bits(given_)
    assert words_of(method, args, kwargs) == ask.words


def test_however_it_is_put_it_is_the_same_question() -> None:
    plain = words_of("alarms", (DAY,), {})
    assert words_of("alarms", (DAY, 1000), {"site_id": ""}) == plain
    assert words_of("alarms", (), {"circuit_id": "", "range_": DAY}) == plain
    assert words_of("alarms", (DAY,), {"site_id": "x"}) != plain
    with pytest.raises(AskError, match="alarms is not asked so"):
        words_of("alarms", (), {})
    with pytest.raises(AskError, match="update"):
        words_of("divine", (), {})


# asking and answering


async def test_the_leader_answers_as_its_reader_does(client: Client, org: str, asker: Asker) -> None:
    """Every method, with the Scene's instant."""
    shelf = NightShelf()
    async with led(client, org, shelf):
        for method, args in CALLS.items():
            got = await asker.ask(method, SCENE, *args)
            assert bits(got) == bits(await getattr(FakeReader(POLL, True), method)(*args)), method
    assert set(shelf.calls) == {f"{POLL} False True"}


async def test_many_who_ask_the_same_ask_once(client: Client, org: str, bus: Server) -> None:
    """Twenty at once, one afterwards; another range is another question."""
    shelf = NightShelf(hold=asyncio.Event())
    clients = [address(bus).client(answer_seconds=10) for _ in range(20)]
    askers = [Asker(one, org, "the bus") for one in clients]
    async with led(client, org, shelf):
        asking = [asyncio.create_task(one.ask("notes", SCENE, DAY)) for one in askers]
        while not shelf.calls:
            await asyncio.sleep(0.001)
        assert shelf.hold is not None
        shelf.hold.set()
        answers = await asyncio.gather(*asking)
        assert len({bits(one) for one in answers}) == 1
        await askers[0].ask("notes", SCENE, DAY)
        assert len(shelf.calls) == 1
        await askers[0].ask("notes", SCENE, replace(DAY, start=DAY.start + 60))
        assert len(shelf.calls) == 2
    for each in clients:
        await each.aclose()


async def test_what_changes_between_polls_is_asked_anew_soon(client: Client, org: str, asker: Asker) -> None:
    """An acknowledgement shows in the audit within a second; the figures of a poll stay what they are."""
    async with led(client, org, NightShelf()):
        for method, most in (("audit", 1000), ("figures", 60_000)):
            await asker.ask(method, SCENE, DAY)
            (name,) = await client.keys(f"{{noctui:{org}}}:answer:*")
            assert most * 0.9 < await client.pttl(name) <= most
            await client.delete(name)


async def test_what_went_wrong_comes_as_the_leaders_line(client: Client, org: str, asker: Asker) -> None:
    shelf = NightShelf(fault=HistoryError("history.db is damaged:\n block 7"))
    async with led(client, org, shelf) as answerer:
        with pytest.raises(RefusedError, match=r"^history.db is damaged: block 7$"):
            await asker.ask("notes", SCENE, DAY)
        shelf.fault = ZeroDivisionError("secret")
        with pytest.raises(RefusedError, match=r"^ZeroDivisionError at the leader, its log has the details$"):
            await asker.ask("edges", SCENE, DAY)
        assert (answerer.answered, answerer.refused) == (0, 2)


async def test_nobody_answers(client: Client, org: str) -> None:
    asker = Asker(client, org, "the bus", seconds=0.05)
    with pytest.raises(UnansweredError, match=r"no answer from the leader within 0\.05 s"):
        await asker.ask("sle", SCENE)
    lease = Lease(client, org, "the bus")
    await lease.acquire()
    assert await client.xlen(Keys(org).asked) == 1
    await asyncio.sleep(0.06)
    async with led(client, f"{org}-other", NightShelf()):
        shelf = NightShelf()
        late = Answerer(client, lease, shelf, seconds=0.05)
        task = asyncio.create_task(late.run())
        await Asker(client, org, "the bus").ask("notes", SCENE, DAY)
        task.cancel()
        await asyncio.wait({task})
        assert len(shelf.calls) == 1, "the question before it is not answered: nobody waits any more"


async def test_a_history_that_is_too_slow_is_said(client: Client, org: str) -> None:
    async with led(client, org, NightShelf(hold=asyncio.Event()), seconds=0.05):
        with pytest.raises(RefusedError, match=r"took longer than 0\.05 s"):
            await Asker(client, org, "the bus").ask("notes", SCENE, DAY)


async def test_too_many_at_once_refuse_the_oldest(client: Client, org: str, bus: Server) -> None:
    """One is being answered, one may wait."""
    shelf = NightShelf(hold=asyncio.Event())
    other = address(bus).client(answer_seconds=10)
    asker = Asker(other, org, "the bus")
    async with led(client, org, shelf, at_once=1, waiting=1):
        first = asyncio.create_task(asker.ask("notes", SCENE, DAY))
        while not shelf.calls:
            await asyncio.sleep(0.001)
        second = asyncio.create_task(asker.ask("edges", SCENE, DAY))
        while await client.xlen(Keys(org).asked) < 2:
            await asyncio.sleep(0.001)
        third = asyncio.create_task(asker.ask("sle", SCENE))
        with pytest.raises(RefusedError, match="too many questions at once"):
            await second
        assert shelf.hold is not None
        shelf.hold.set()
        await asyncio.gather(first, third)
    await other.aclose()


async def test_rows_are_those_of_the_view_that_asks(client: Client, org: str, asker: Asker) -> None:
    """Another leader's history may have other circuits for that time: its columns would stand beside wrong names."""
    view = views()[0]
    scene = bound(view, corrected=False, live=True)
    async with led(client, org, NightShelf(of=view.inventory)) as answerer:
        await asker.ask("above", scene, 24)
        assert answerer.answered == 1
    other = msgspec.structs.replace(view.inventory, circuits=view.inventory.circuits[1:])
    async with led(client, org + "b", NightShelf(of=other)):
        with pytest.raises(RefusedError, match="another inventory"):
            await Asker(client, org + "b", "the bus").ask("above", scene, 24)


# views of the past


async def test_a_view_of_the_past_comes_whole(client: Client) -> None:
    """With its alarms; its inventory only to who has another."""
    past = with_alarms(views()[2], 4, 5)
    org = past.inventory.org_id
    async with led(client, org, NightShelf(past=past)):
        asker = Asker(client, org, "the bus")
        got = await asker.view(past.at, False)
        assert got is not None
        assert difference(got, past) == ""
        again = await asker.view(past.at, False, have=past.inventory)
        assert again is not None
        assert again.inventory is past.inventory
        assert again.alarms.alarms == (alarm(4), alarm(5))
        other = msgspec.structs.replace(past.inventory, rev=77)
        whole = await asker.view(past.at, False, have=other)
        assert whole is not None
        assert whole.inventory == past.inventory


async def test_there_may_be_none(client: Client, org: str, asker: Asker) -> None:
    async with led(client, org, NightShelf()):
        assert await asker.view(5.0, True) is None
        assert await asker.step(POLL, -1, False) == POLL - INTERVAL
        assert await asker.step(POLL, 1, True) is None


async def test_a_view_of_another_org_is_refused(client: Client, org: str, asker: Asker) -> None:
    async with led(client, org, NightShelf(past=views()[0])):
        with pytest.raises(CorruptError, match="without its inventory"):
            await asker.view(1.0, False)


# what is not to be believed


async def answered(client: Client, org: str, blob: bytes) -> None:
    """Somebody else put an answer there."""
    ask = Ask("sle", SCENE.at, SCENE.corrected, SCENE.live, 0, words_of("sle", (), {}))
    payload = redis_requests._FORMAT + redis_requests._SCHEMA.pack(schema()) + msgspec.msgpack.encode(ask)
    await client.xadd(Keys(org).answer(key_of(payload).hex()), {"b": blob})


@pytest.mark.parametrize(
    ("blob", "error"),
    [
        (b"hello", CorruptError),
        (seal(Head(org="o", epoch=1), Reply(b"k"))[:-3], CutShortError),
        (seal(Head(org="o", epoch=1), Reply(b"k")), OtherOrgError),
    ],
    ids=["foreign", "cut short", "another org"],
)
async def test_a_bad_answer_is_refused(client: Client, org: str, asker: Asker, blob: bytes, error: type) -> None:
    await answered(client, org, blob)
    with pytest.raises(error):
        await asker.ask("sle", SCENE)


async def test_an_answer_to_another_question_is_refused(client: Client, org: str, asker: Asker) -> None:
    await answered(client, org, seal(Head(org=org, epoch=1), Reply(b"other")))
    with pytest.raises(CorruptError, match="another question"):
        await asker.ask("sle", SCENE)


async def test_an_answer_of_another_type_is_refused(client: Client, org: str, asker: Asker) -> None:
    series = await FakeReader(POLL).series(HOT, ("loss",), DAY)
    assert isinstance(series, Series)
    await answered(client, org, seal(Head(org=org, epoch=1), Reply(b"k", "", series)))
    with pytest.raises(CorruptError, match="holds no Reply"):
        await asker.ask("sle", SCENE)


async def test_rubbish_among_the_questions_harms_nobody(client: Client, org: str, asker: Asker) -> None:
    async with led(client, org, NightShelf()) as answerer:
        for payload in (b"", b"hello", redis_requests._FORMAT + b"\0\0\0\0" + b"x", b"NCTq9"):
            await client.xadd(Keys(org).asked, {"q": payload})
        await client.xadd(Keys(org).asked, {"x": "1"})
        assert await asker.ask("sle", SCENE) is not None
        assert answerer.answered == 1


def test_another_version_is_named() -> None:
    ask = Ask("sle", 1.0, False, True, 0, words_of("sle", (), {}))
    good = redis_requests._FORMAT + redis_requests._SCHEMA.pack(schema()) + msgspec.msgpack.encode(ask)
    assert opened(good, 0.0).ask == ask
    other = redis_requests._FORMAT + redis_requests._SCHEMA.pack(schema() ^ 1) + msgspec.msgpack.encode(ask)
    assert opened(other, 0.0).fault == "the leader runs another noctui than this one: update"
    assert opened(good[:-1], 0.0).fault == "a question on the bus is damaged"


async def test_a_leader_that_was_replaced_answers_nobody(client: Client, org: str) -> None:
    lease = Lease(client, org, "the bus", seconds=60)
    await lease.acquire()
    task = asyncio.create_task(Answerer(client, lease, NightShelf()).run())
    await client.delete(Keys(org).lease)
    await Lease(client, org, "the bus", seconds=60).acquire()
    asking = asyncio.create_task(Asker(client, org, "the bus", seconds=0.5).ask("sle", SCENE))
    with pytest.raises(FencedError, match="taken over"):
        await asyncio.wait_for(task, 5)
    with pytest.raises(UnansweredError):
        await asking


async def test_who_may_only_read_cannot_ask(client: Client, org: str, bus: Server) -> None:
    await client.execute_command(  # type: ignore[no-untyped-call]
        "ACL", "SETUSER", "reader", "on", ">secret", "~{noctui:*", "+@read", "+@connection", "+time"
    )
    reader = address(bus, user="reader", password="secret").client()
    with pytest.raises(BusRefusedError, match="this user may not do that"):
        await Asker(reader, org, "the bus").ask("sle", SCENE)
    await reader.aclose()
