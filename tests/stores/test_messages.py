"""Notifications are kept with their states: as they stood at an instant, and what is still to be sent after a start."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from msgspec.structs import replace as changed

from noctui.model.alarms import Message
from noctui.model.scene import Range
from noctui.stores.history import HistoryReader, Retention, Writer
from tests.stores.made import START, World, network

ALL = Range(START - 86_400, START + 86_400)
DAY = 86_400.0


def message(name: str = "m1", made_at: float = START + 70, **more: object) -> Message:
    given: dict[str, object] = {
        "message_id": name, "alarm_id": "incident/7@1", "rule": "night", "target": "pager", "kind": "opened",
        "made_at": made_at, "title": "Lumen lost", "body": "=1+1 <b>",
    }  # fmt: skip
    return Message(**{**given, **more})  # type: ignore[arg-type]


async def test_a_message_is_in_its_state_at_the_instant(writer: Writer, reader: HistoryReader) -> None:
    world = World(network())
    writer.write(world.poll())
    waiting = message()
    writer.write_messages([waiting])
    failed = changed(waiting, state="failed", tries=1, next_at=START + 130, error="503")
    writer.write_messages([failed])  # before the next poll: no instant has seen it wait
    writer.write(world.poll())
    sent = changed(failed, state="sent", tries=2, sent_at=START + 131)
    writer.write_messages([sent])
    writer.write(world.poll())

    async def at(when: float, corrected: bool = False) -> tuple[Message, ...]:
        return await reader.reader(when, corrected).messages(ALL)

    assert await at(START + 60) == ()
    assert await at(START + 120) == await at(START + 120, corrected=True) == (failed,)
    assert await at(START + 180) == (sent,)
    assert await reader.reader(START + 120, live=True).messages(ALL) == (sent,)


async def test_by_time_and_alarm_newest_first(writer: Writer, reader: HistoryReader) -> None:
    made = [message(f"m{i}", START + i, alarm_id=f"a{i % 2}") for i in range(4)]
    writer.write_messages(made)
    read = reader.reader(START + 60)

    assert await read.messages(ALL) == tuple(reversed(made))
    assert await read.messages(ALL, 1) == (made[3],)
    assert await read.messages(Range(START + 1, START + 2)) == (made[2], made[1])
    assert await read.messages(ALL, alarm_id="a1") == (made[3], made[1])


def test_what_was_not_sent_is_known_after_a_start_however_old_it_is(writer: Writer) -> None:
    old = {state: message(state, START - DAY, state=state) for state in ("waiting", "failed", "sent", "given up")}
    new = message("new", START + 5, state="sent")
    writer.write_messages([*old.values(), new])

    assert writer.messages_known(START) == (old["failed"], old["waiting"], new)
    writer.write_messages([changed(old["failed"], state="sent", sent_at=START + 9)])
    assert writer.messages_known(START) == (old["waiting"], new)


def test_what_was_told_of_an_alarm_that_is_open_still_is_known_however_old_it_is(writer: Writer) -> None:
    """A circuit that is down for weeks is not told anew with each restart."""
    old = [message(f"m{i}", START - DAY, alarm_id=f"a{i}", state="sent") for i in range(3)]
    writer.write_messages(old)
    assert writer.messages_known(START) == ()
    many = [f"x{i}" for i in range(1200)]
    assert writer.messages_known(START, ["a0", *many, "a2"]) == (old[0], old[2])


def test_the_same_message_twice_is_stored_once(writer: Writer) -> None:
    world = World(network())
    for _ in range(3):
        writer.write(world.poll())
        writer.write_messages([message(made_at=START)])
    assert writer.db.execute("SELECT count(*) FROM messages").fetchone() == (1,)


async def test_a_damaged_message_is_left_out_and_named(
    writer: Writer, reader: HistoryReader, caplog: pytest.LogCaptureFixture
) -> None:
    writer.write_messages([message("m1"), message("m2")])
    writer.db.execute("UPDATE messages SET data = substr(data, 2) WHERE message_id = 'm1'")
    with caplog.at_level(logging.ERROR):
        assert [m.message_id for m in await reader.reader(START + 120).messages(ALL)] == ["m2"]
    assert [r.__dict__["reason"] for r in caplog.records] == ["checksum"]


def test_they_are_kept_as_long_as_hours(open_writer: Callable[..., Writer]) -> None:
    writer = open_writer(Retention(raw=1.0, hourly=10.0))
    writer.write_messages([message()])
    writer.write(World(network(), start=START + 100).poll())
    writer.write_messages([message(state="sent", sent_at=START + 170)])

    def left(now: float) -> int:
        while writer.prune(now):
            pass
        return int(writer.db.execute("SELECT count(*) FROM messages").fetchone()[0])

    assert [left(START + days * DAY) for days in (0.5, 2, 9, 11)] == [2, 1, 1, 0]
