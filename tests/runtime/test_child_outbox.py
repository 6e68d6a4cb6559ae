"""A screen that takes nothing off makes its collector neither wait nor swell: the newest is sent when there is room."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from noctui.model.scene import Status
from noctui.model.view import View
from noctui.runtime.child_outbox import LOG_ROOM, Outbox
from noctui.runtime.child_words import FromChild, LogRecord, Told, Version
from noctui.runtime.frames import Unpacker
from noctui.runtime.published import Published
from tests.stores.made import World, network


class Pipe(asyncio.WriteTransport):
    """Holds what is written until somebody reads."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[bytes] = []

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.held.append(b"".join(list_of_data))

    def get_write_buffer_size(self) -> int:
        return sum(map(len, self.held))

    def is_closing(self) -> bool:
        return False

    def read(self) -> list[FromChild]:
        held, self.held = self.held, []
        return [Unpacker[FromChild](FromChild).unpack(frame) for frame in held]


def views(count: int) -> list[View]:
    world = World(network(4))
    return [world.poll().view for _ in range(count)]


def test_only_the_newest_view_waits_for_room() -> None:
    pipe = Pipe()
    box, (first, second, third) = Outbox(pipe), views(3)
    box.publish(Published(Status(), first))
    box.room(False)
    pipe.read()
    for view in (second, third):
        box.publish(Published(Status(), view))
    box.publish(Published(Status(fault="lost")))
    assert pipe.held == []
    box.room(True)
    (told,) = pipe.read()
    assert isinstance(told, Told)
    assert told.status.fault == "lost"
    assert told.view is not None
    assert told.view.seq == third.seq
    box.room(True)
    assert pipe.read() == []


def test_an_inventory_travels_when_it_is_another_one() -> None:
    pipe = Pipe()
    box = Outbox(pipe)
    first, second = views(2)
    box.publish(Published(Status(), first))
    assert sum(isinstance(m, Version) for m in pipe.read()) == 1
    box.publish(Published(Status(), second))
    assert [type(m) for m in pipe.read()] == [Told]


def test_a_log_that_nobody_takes_off_is_dropped_and_counted() -> None:
    pipe = Pipe()
    box = Outbox(pipe)
    line = LogRecord("noctui.x", 20, 0.0, "event", '"' + "x" * 10_000 + '"')
    for _ in range(500):
        box.log(line)
    assert pipe.get_write_buffer_size() < LOG_ROOM + 20_000
    had = len(pipe.read())
    box.log(line)
    dropped, last = pipe.read()
    assert isinstance(dropped, LogRecord)
    assert (dropped.event, dropped.extra) == ("log.dropped", f'{{"lines": {500 - had}}}')
    assert last == line
