"""What goes wrong between a follower and its leader: named, what was shown stays, and never a wrong picture."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from noctui.clock import ShiftedClock
from noctui.model.alarms import Act
from noctui.model.faults import HistoryError
from noctui.model.scene import Range
from noctui.model.status import Status
from noctui.runtime import remote_following
from noctui.stores.bus.redis_blobs import Head, seal
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_packing import slim
from noctui.stores.bus.redis_server import Server
from noctui.stores.bus.redis_words import PollIs
from noctui.tui.frame.header import right_side
from noctui.tui.frame.sentence import data_headline
from tests.redis_server import address, server
from tests.runtime.remote.stage import ORG, Leading, Watching, following, view
from tests.stores.bus.made import views
from tests.stores.bus.test_redis_requests import NightShelf
from tests.stores.made import difference

KEYS = Keys(ORG)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lost bus is tried again at once, and a silent one is noticed soon."""
    monkeypatch.setattr(remote_following, "AGAIN_SECONDS", (0.02, 0.05))
    monkeypatch.setattr(remote_following, "BLOCK_SECONDS", 0.05)


@pytest.fixture
def own_server() -> Iterator[Server]:
    with server() as one:
        yield one


def header(watching: Watching) -> str:
    scene = watching.desk.live()
    at = scene.view.at if scene is not None else None
    return "".join(text for text, _ in right_side(watching.status, at, watching.clock.now()))


def sentence(watching: Watching) -> str:
    told = data_headline(watching.status, watching.view.at, watching.clock.now(), grey=False)
    return "".join(clause.text for clause in told.clauses) if told is not None else ""


# the bus


async def test_a_bus_that_is_gone_and_back(own_server: Server, tmp_path: Path) -> None:
    """The last Scene stays with its age; nobody starts to collect; the next poll is shown."""
    client = address(own_server).client()
    leader = await Leading(client).begin()
    shown = view(0, ago=20)
    await leader.poll(shown)
    async with following(own_server.url, tmp_path) as watching:
        await watching.shows(shown)
        own_server.kill()
        await watching.until(lambda: watching.status.bus == "lost")
        assert difference(watching.view, shown) == ""
        assert "cannot be reached" in watching.status.bus_text
        assert time.time() - watching.status.bus_since < 5
        assert "BUS LOST" in header(watching)
        assert "follows noc-a:41" in header(watching)
        assert sentence(watching).startswith("The bus is lost since ")
        scene = watching.desk.live()
        assert scene is not None
        with pytest.raises(HistoryError, match="cannot be reached"):
            await scene.read.sle()
        with pytest.raises(HistoryError, match="cannot be reached"):
            await watching.desk.past(shown.at)
        act = Act(act_id="a", kind="ack", alarm_ids=("x",), who="kim", at=1.0, why="seen")
        assert "could not be handed over" in await watching.desk.act(act)
        own_server.start()
        assert await leader.lease.acquire()
        leader.publisher = type(leader.publisher)(leader.lease, before=(1, shown.seq))
        await leader.poll(view(1))
        await watching.shows(view(1))
        await watching.until(lambda: watching.status.bus == "ok")
        assert "BUS LOST" not in header(watching)
    await leader.end(release=False)
    await client.aclose()


async def test_a_bus_that_hangs_is_lost_soon(
    own_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_following, "ANSWER_SECONDS", 0.3)
    client = address(own_server).client()
    leader = await Leading(client).begin()
    await leader.poll(view(0))
    await leader.end(release=False)
    async with following(own_server.url, tmp_path) as watching:
        await watching.shows(view(0))
        own_server.hang()
        await watching.until(lambda: watching.status.bus == "lost")
        assert "does not answer" in watching.status.bus_text
        own_server.go_on()
        await watching.until(lambda: watching.status.bus == "ok")
    await client.aclose()


async def test_no_bus_at_the_start_is_said_and_waited_for(own_server: Server, tmp_path: Path) -> None:
    own_server.kill()
    async with following(own_server.url, tmp_path) as watching:
        await watching.until(lambda: watching.status.bus == "lost")
        assert watching.desk.live() is None
        assert "BUS LOST" in header(watching)
        own_server.start()
        client = address(own_server).client()
        leader = await Leading(client).begin()
        await leader.poll(view(0))
        await watching.shows(view(0))
        await leader.end()
        await client.aclose()


async def test_a_wrong_password_is_named_and_never_shown(tmp_path: Path) -> None:
    with server(password="right", tcp=True) as locked:
        url = f"redis://:wrong-secret@127.0.0.1:{locked.port}/0"
        async with following(url, tmp_path) as watching:
            await watching.until(lambda: watching.status.bus == "lost")
            assert "refuses the user or password" in watching.status.bus_text
            assert "wrong-secret" not in repr(watching.status)


async def test_a_replica_is_followed_and_says_why_it_cannot_be_asked(own_server: Server, tmp_path: Path) -> None:
    client = address(own_server).client()
    leader = await Leading(client).begin()
    await leader.poll(view(0))
    with server(replicaof=f"127.0.0.1 {1}") as replica:
        there = address(replica).client()
        await there.config_set("replica-serve-stale-data", "yes")
        await there.config_set("replica-read-only", "no")
        for name in (KEYS.snapshot, KEYS.version, KEYS.alarms):
            await there.set(name, await client.get(name) or b"")
        for digest, piece in (await client.hgetall(KEYS.pieces)).items():
            await there.hset(KEYS.pieces, digest, piece)
        await there.config_set("replica-read-only", "yes")
        async with following(replica.url, tmp_path) as watching:
            await watching.shows(view(0))
            scene = watching.desk.live()
            assert scene is not None
            with pytest.raises(HistoryError, match="read-only replica; name the primary"):
                await scene.read.sle()
        await there.aclose()
    await leader.end()
    await client.aclose()


async def test_a_user_who_may_only_read_sees_all_and_does_nothing(own_server: Server, tmp_path: Path) -> None:
    """As docs/bus.md gives its rights; the refusals are named."""
    client = address(own_server).client()
    await client.execute_command(  # type: ignore[no-untyped-call]
        "ACL", "SETUSER", "wall", "on", ">secret", "%R~{noctui:*", "+@read", "+@connection", "+time"
    )
    leader = await Leading(client).begin()
    await leader.poll(view(0))
    url = f"unix://wall:secret@{own_server.socket}"
    async with following(url, tmp_path, org_id="") as watching:
        await watching.shows(view(0))
        assert (watching.status.leader, watching.status.bus) == ("noc-a:41", "ok")
        await leader.poll(view(1))
        await watching.shows(view(1))
        scene = watching.desk.live()
        assert scene is not None
        with pytest.raises(HistoryError, match="this user may not do that"):
            await scene.read.sle()
        act = Act(act_id="a", kind="ack", alarm_ids=("x",), who="kim", at=1.0, why="seen")
        assert "this user may not do that" in await watching.desk.act(act)
    await leader.end()
    await client.aclose()


# what is on it


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda blob: blob[:-20], "cut short"),
        (lambda blob: blob[:-1] + bytes([blob[-1] ^ 1]), "damaged"),
        (lambda blob: b"hello", "none of noctui's"),
        (lambda blob: blob[:4] + b"\x09\x00" + blob[6:], "format 9"),
        (lambda blob: seal(Head(org="another", epoch=1, seq=1), PollIs(slim(views()[1]), Status())), "org another"),
    ],
    ids=["cut short", "damaged", "foreign", "another version", "another org"],
)
async def test_what_cannot_be_read_is_named_and_not_shown(
    leader: Leading, bus: Server, tmp_path: Path, damage: object, words: str
) -> None:
    """And the next good poll ends it."""
    await leader.poll(view(0))
    good = await leader.client.get(KEYS.snapshot)
    await leader.client.set(KEYS.snapshot, damage(good))  # type: ignore[operator]
    await leader.client.delete(KEYS.polls)
    async with following(bus.url, tmp_path) as watching:
        await watching.until(lambda: watching.status.bus == "unread")
        assert words in watching.status.bus_text
        assert watching.desk.live() is None
        await leader.poll(view(1))
        await watching.shows(view(1))
        await watching.until(lambda: watching.status.bus == "ok")


async def test_a_foreign_key_is_named(leader: Leading, bus: Server, tmp_path: Path) -> None:
    await leader.client.set(KEYS.polls, "not a stream")
    async with following(bus.url, tmp_path) as watching:
        await watching.until(lambda: watching.status.bus == "lost")
        said = f"the key {KEYS.polls} holds something that is not of noctui; remove it with DEL"
        assert said in watching.status.bus_text


async def test_an_older_poll_is_not_shown(leader: Leading, bus: Server, tmp_path: Path) -> None:
    """Somebody restored an old copy of the server: what is shown is newer, and stays."""
    await leader.poll(view(1))
    old = {name: await leader.client.dump(name) for name in (KEYS.snapshot,)}
    await leader.poll(view(2))
    async with following(bus.url, tmp_path) as watching:
        await watching.shows(view(2))
        for name, blob in old.items():
            await leader.client.restore(name, 0, blob or b"", replace=True)
        await leader.client.delete(KEYS.polls)
        await leader.publisher.say(Status(api_used=5))
        await watching.until(lambda: watching.status.api_used == 5)
        assert watching.view.seq == view(2).seq


async def test_what_was_kept_answers_when_the_leader_does_not(own_server: Server, tmp_path: Path) -> None:
    """The past, and what panes ask of the picture that stays."""
    client = address(own_server).client()
    leader = Leading(client)
    leader.shelf = _NothingBefore(of=view(0).inventory)
    await leader.begin()
    shown = view(0)
    await leader.poll(shown)
    async with following(own_server.url, tmp_path, keep=True) as watching:
        await watching.shows(shown)
        async with asyncio.timeout(10):
            while watching.desk._keeping is None or not watching.desk._keeping.kept or watching.desk._history is None:
                await asyncio.sleep(0.02)
        own_server.kill()
        await watching.until(lambda: watching.status.bus == "lost")
        past = await watching.desk.past(shown.at)
        assert past is not None
        assert difference(past.view.circuits, shown.circuits) == ""
        scene = watching.desk.live()
        assert scene is not None
        told = {e.circuit_id: int(e.state) for e in await scene.read.edges(Range(shown.at - 60, shown.at))}
        ids = [circuit.circuit_id for circuit in shown.inventory.circuits]
        assert [told[one] for one in ids] == shown.circuits.state.tolist()
    assert (tmp_path / ORG / "history.db").exists()
    await leader.end(release=False)
    await client.aclose()


class _NothingBefore(NightShelf):
    """A leader's history that begins now."""

    async def step(self, at: float, direction: int, corrected: bool) -> float | None:
        return None


# time


async def test_a_clock_that_is_an_hour_off_is_said_and_ages_are_right(
    leader: Leading, bus: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are counted by the leader's clock, which the bus's own connects with this machine's."""
    now = time.time
    shown = view(0, ago=10)
    await leader.poll(shown)
    monkeypatch.setattr("noctui.stores.bus.redis_follow.time.time", lambda: now() - 3600)
    clock = _Late(now)
    async with following(bus.url, tmp_path, clock=clock) as watching:
        await watching.shows(shown)
        assert clock.now() - watching.view.at == pytest.approx(10, abs=3)
        assert watching.status.fault == ""
        assert "This machine's clock is 1h 0m behind the leader's" in watching.status.notes[0]


class _Late(ShiftedClock):
    """An hour late, before it is shifted."""

    def __init__(self, now: object) -> None:
        super().__init__()
        self._true = now

    def now(self) -> float:
        return float(self._true()) - 3600 + self.ahead  # type: ignore[operator]


# the leader


async def test_a_leader_that_falls_silent_and_another_that_takes_over(
    leader: Leading, bus: Server, tmp_path: Path
) -> None:
    """`noc-a was last heard 9s ago. noc-b takes over.` Until the new one has published."""
    await leader.poll(view(0))
    async with following(bus.url, tmp_path) as watching:
        await watching.shows(view(0))
        await watching.until(lambda: watching.status.leader == "noc-a:41")
        await leader.end(release=False)
        await leader.client.pexpire(KEYS.lease, 1)
        await watching.until(lambda: watching.status.leader_at)
        assert sentence(watching) in {f"noc-a was last heard {n}s ago. Nobody leads yet." for n in range(5)}
        assert "LEADER SILENT" in header(watching)
        other = await Leading(leader.client, holder="noc-b:7/y").begin(before=(1, view(0).seq))
        await watching.until(lambda: watching.status.successor)
        assert sentence(watching) in {f"noc-a was last heard {n}s ago. noc-b takes over." for n in range(5)}
        await other.publisher.say(Status(fault="loading", pages_done=1, pages_expected=12))
        await watching.until(lambda: watching.status.pages_done)
        assert watching.status.fault == "", "its first sweep takes no picture away"
        await other.poll(view(1))
        await watching.shows(view(1))
        await watching.until(lambda: not watching.status.leader_at)
        assert (watching.status.leader, sentence(watching)) == ("noc-b:7", "")
        await other.end()


async def test_no_answer_from_the_leader_is_one_line(leader: Leading, bus: Server, tmp_path: Path) -> None:
    await leader.poll(view(0))
    await leader.end(release=False)
    async with following(bus.url, tmp_path) as watching:
        await watching.shows(view(0))
        there = watching.desk._remote.following
        assert there is not None
        there._asker._seconds = 0.05
        scene = watching.desk.live()
        assert scene is not None
        with pytest.raises(HistoryError, match="no answer from the leader within"):
            await scene.read.notes(Range(0, 1))


async def test_stopping_is_quick_whatever_the_bus_does(own_server: Server, tmp_path: Path) -> None:
    client = address(own_server).client()
    leader = await Leading(client).begin()
    await leader.poll(view(0))
    await leader.end(release=False)
    async with following(own_server.url, tmp_path) as watching:
        await watching.shows(view(0))
        own_server.hang()
        await asyncio.sleep(0.06)
        began = time.monotonic()
    assert time.monotonic() - began < 2
    own_server.go_on()
    await client.aclose()
