"""Alarms and audit outlive a history that cannot be written for a while, or that is begun anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as changed

from noctui.model.alarms import Ack, Alarms
from noctui.model.scene import Range
from noctui.model.stores import HistoryError
from noctui.model.work import PollRecord
from noctui.runtime.untold import MOST, Untold
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import Writer, open_reader, open_writer
from tests.stores.made import ORG, START, World, network
from tests.stores.test_alarms import ACK, alarm, did


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    lock = FolderLock(tmp_path)
    assert lock.try_acquire()
    made = open_writer(tmp_path, ORG, lock)
    yield made
    made.close()
    lock.release()


def kept(writer: Writer, untold: Untold, record: PollRecord) -> bool:
    """As the collector does it."""
    whole = untold.with_all(record)
    try:
        writer.write(whole)
    except HistoryError:
        untold.wait_all(whole)
        return False
    untold.kept()
    return True


async def test_what_a_full_disk_kept_out_is_written_when_there_is_room(writer: Writer) -> None:
    world, untold = World(network()), Untold()
    assert kept(writer, untold, world.poll(alarms=(alarm(START + 60),)))
    writer.db.execute("PRAGMA max_page_count = 1")
    taken = alarm(START + 120, ack=changed(ACK, why="x" * 400_000))  # more than the pages that are free already
    assert not kept(writer, untold, world.poll(alarms=(taken,), audit=(did(START + 120),)))
    over = changed(taken, known_at=START + 180, cleared=START + 170)
    assert not kept(writer, untold, world.poll(alarms=(over,), audit=(did(START + 180),)))
    writer.db.execute("PRAGMA max_page_count = 1000000")
    assert kept(writer, untold, world.poll())
    assert untold.with_all(world.poll()).alarms == ()

    history = open_reader(writer.folder)
    try:
        read = history.reader(world.at)
        assert await read.alarm_versions(taken.alarm_id) == (alarm(START + 60), taken, over)
        assert [e.known_at for e in await read.audit(Range(0, world.at))] == [START + 180, START + 120]
    finally:
        history.close()


def test_a_new_history_is_told_which_alarms_are_open() -> None:
    untold, record = Untold(), World(network()).poll()
    taken = alarm(START + 30, ack=ACK)
    untold.begun_anew(replace(record.view, alarms=Alarms((taken,))))

    assert untold.with_all(record).alarms == (taken,)


def test_of_very_many_versions_the_newest_of_each_alarm_waits() -> None:
    untold, record = Untold(), World(network()).poll()
    one, other = alarm(START + 1), alarm(START + 1, "other")
    acked = [changed(one, known_at=START + 2 + i, ack=_ack(i)) for i in range(3)]
    untold.wait_all(replace(record, alarms=(other, *[one] * (MOST - 2), *acked)))

    assert untold.with_all(record).alarms == (other, acked[-1])


def _ack(number: int) -> Ack:
    return changed(ACK, ticket=str(number))
