"""What the cloud told: kept by version, read as it was known, stored once however often it was told."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from noctui.model.batch import Told
from noctui.model.cloud import DeviceEvent, MistAlarm, SleTable
from noctui.model.scene import Range
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import History, HistoryReader, Retention, Writer
from noctui.stores.history import schema as schemas
from noctui.stores.history.faults import DamagedBlock
from noctui.stores.history.inbox import deposit
from noctui.stores.history.past import PastBuilder, encode
from tests.stores.made import ORG, START, World, network

ALL = Range(START - 86_400, START + 86_400)
HOUR = 3600.0


def alarm(known_at: float, alarm_id: str = "a1", opened: float = START + 10, **more: object) -> MistAlarm:
    given: dict[str, object] = {
        "alarm_id": alarm_id, "type": "gateway_down", "severity": "critical", "opened": opened, "last_seen": opened,
        "known_at": known_at, "site_id": "s0", "gateway_ids": ("000000000000",), "text": "ifName ge-0/0/0",
    }  # fmt: skip
    return MistAlarm(**{**given, **more})  # type: ignore[arg-type]


def event(known_at: float, at: float = START + 5, **more: str) -> DeviceEvent:
    given = {"type": "GW_RESTARTED", "gateway_id": "000000000000", "site_id": "s0", "text": "why"}
    return DeviceEvent(event_time=at, known_at=known_at, **{**given, **more})


def levels(at: float, sites: tuple[str, ...] = ("s0", "s1"), first: float = 99.88) -> SleTable:
    def column(value: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        return np.array([value, *[np.nan] * (len(sites) - 1)], np.float32)

    return SleTable(at, sites, column(100.0), column(first), column(82.5))


def polled(writer: Writer, *tales: Told) -> list[float]:
    """A poll a minute that tells these; when each was."""
    world = World(network())
    times = []
    for told in tales:
        record = world.poll(told=told)
        writer.write(record)
        times.append(record.view.at)
    return times


async def test_an_alarm_is_as_it_was_known_at_the_instant(writer: Writer, reader: HistoryReader) -> None:
    first, second, third = START + 60, START + 120, START + 180
    polled(
        writer,
        Told((alarm(first),)),
        Told((alarm(second, acked=True, acked_by="noc", last_seen=START + 100),)),
        Told((alarm(third, acked=True, acked_by="noc", last_seen=START + 150, resolved=START + 150),)),
    )

    async def at(when: float, corrected: bool = False) -> tuple[MistAlarm, ...]:
        return await reader.reader(when, corrected).mist_alarms(ALL)

    assert await at(first - 1) == ()
    assert [(a.acked, a.resolved, a.known_at) for a in await at(first)] == [(False, None, first)]
    assert [(a.acked, a.resolved) for a in await at(second + 30)] == [(True, None)]
    assert [(a.acked, a.resolved) for a in await at(third)] == [(True, START + 150)]
    assert [(a.acked, a.resolved) for a in await at(first, corrected=True)] == [(True, START + 150)]


async def test_alarms_that_were_open_at_some_time_in_the_range_the_latest_first(
    writer: Writer, reader: HistoryReader
) -> None:
    (known,) = polled(
        writer,
        Told(
            (
                alarm(START + 60, "over", START - 9 * HOUR, last_seen=START - 8 * HOUR, resolved=START - 8 * HOUR),
                alarm(START + 60, "old", START - 9 * HOUR, last_seen=START + 20, site_id="s1"),
                alarm(START + 60, "new", START + 10, last_seen=START + 30),
            )
        ),
    )
    read = reader.reader(known)

    async def ids(start: float, end: float, limit: int = 1000, site_id: str = "") -> list[str]:
        return [a.alarm_id for a in await read.mist_alarms(Range(start, end), limit, site_id)]

    assert await ids(START - HOUR, START + HOUR) == ["new", "old"]
    assert await ids(START - 10 * HOUR, START - 8.5 * HOUR) == ["old", "over"]
    assert await ids(START - 10 * HOUR, START + HOUR, limit=2) == ["new", "old"]
    assert await ids(START - HOUR, START + HOUR, site_id="s1") == ["old"]


async def test_what_is_told_again_is_stored_once(writer: Writer, reader: HistoryReader) -> None:
    """A write that failed, or a restart, makes the source tell everything once more."""
    tale = Told((alarm(START + 60),), (event(START + 60),), levels(START + 60))
    again = Told((alarm(START + 120),), (event(START + 120), event(START + 120, port_id="ge-0/0/1")), tale.sle)
    _, now = polled(writer, tale, again)
    read = reader.reader(now)

    assert [a.known_at for a in await read.mist_alarms(ALL)] == [START + 60]
    assert [(e.port_id, e.known_at) for e in await read.device_events(ALL)] == [
        ("ge-0/0/1", START + 120),
        ("", START + 60),
    ]
    assert [a.alarm_id for a in writer.alarms(START)] == ["a1"]


async def test_versions_that_come_out_of_order_are_put_in_order(writer: Writer, reader: HistoryReader) -> None:
    late = alarm(START + 61, acked=True)
    (now, _) = polled(writer, Told((alarm(START + 59), alarm(START + 60.5, note="later"))), Told((late,)))
    read = reader.reader(now + 60)

    assert (await read.mist_alarms(ALL))[0].acked
    assert (await reader.reader(now).mist_alarms(ALL))[0].note == ""


async def test_events_are_of_a_site_or_a_circuit_and_never_from_later(writer: Writer, reader: HistoryReader) -> None:
    first, second = polled(
        writer,
        Told((), (event(START + 60), event(START + 60, START + 7, site_id="s1", circuit_id="s1:wan"))),
        Told((), (event(START + 120, START + 9, type="GW_CONNECTED"),)),
    )
    then, now = reader.reader(first), reader.reader(second)

    assert [e.event_time for e in await then.device_events(ALL)] == [START + 7, START + 5]
    assert [e.event_time for e in await now.device_events(ALL, limit=1)] == [START + 9]
    assert [e.circuit_id for e in await now.device_events(ALL, site_id="s1")] == ["s1:wan"]
    assert [e.type for e in await now.device_events(ALL, circuit_id="s1:wan")] == ["GW_RESTARTED"]
    assert len(await reader.reader(first, True).device_events(ALL)) == 3


async def test_service_levels_are_the_newest_of_their_time(writer: Writer, reader: HistoryReader) -> None:
    first, second = polled(
        writer, Told(sle=levels(START + 60)), Told(sle=levels(START + 120, ("s0", "s1", "s2"), 97.125))
    )

    assert await reader.reader(first - 1).sle() is None
    then, now = await reader.reader(second - 1).sle(), await reader.reader(second).sle()
    assert then is not None
    assert now is not None
    assert (then.at, then.site_ids) == (START + 60, ("s0", "s1"))
    assert_array_equal(then.wan_link_health, np.array([99.88, np.nan], np.float32))
    assert_array_equal(now.wan_link_health, np.array([97.125, np.nan, np.nan], np.float32))
    assert_array_equal(now.application_health, np.array([82.5, np.nan, np.nan], np.float32))


async def test_the_ids_of_the_sites_are_stored_once(writer: Writer) -> None:
    polled(writer, *(Told(sle=levels(START + 60 * n)) for n in range(5)))

    assert writer.db.execute("SELECT count(*) FROM sle_sites").fetchone() == (1,)


async def test_a_damaged_row_is_named_and_not_believed(writer: Writer, reader: HistoryReader) -> None:
    (at,) = polled(writer, Told((alarm(START + 60),), (), levels(START + 60)))
    writer.db.execute("UPDATE mist_alarms SET data = zeroblob(9)")
    writer.db.execute("UPDATE sle_sites SET data = zeroblob(9)")

    with pytest.raises(DamagedBlock, match="alarm a1"):
        await reader.reader(at).mist_alarms(ALL)
    with pytest.raises(DamagedBlock, match="checksum of the sites"):
        await reader.reader(at).sle()
    assert writer.alarms(START) == (), "it counts as not known, so that it is told again"


async def test_what_is_older_than_samples_are_kept_goes(open_writer: Callable[..., Writer], tmp_path: Path) -> None:
    writer = open_writer(Retention(raw=1.0))
    day = 86_400.0
    polled(
        writer,
        Told(
            (
                alarm(START + 60, "forgotten"),
                alarm(START + 60, "over", resolved=START + 20),
                alarm(START + 60, "seen", last_seen=START + 1.5 * day),
            ),
            (event(START + 60), event(START + 60, START + 1.5 * day)),
            levels(START + 60),
        ),
    )

    while writer.prune(START + 2 * day):
        pass

    assert [a.alarm_id for a in writer.alarms(0.0)] == ["seen"]
    left = [writer.db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("device_events", "sle", "sle_sites")]
    assert left == [1, 0, 0]


async def test_the_past_that_is_filled_in_brings_what_was_told(
    writer: Writer, reader: HistoryReader, tmp_path: Path
) -> None:
    inventory = network()
    writer.learn(inventory)
    tale = Told((alarm(START + 60),), (event(START + 60),), levels(START + 60))
    builder = PastBuilder(reader.numbers(), ORG)
    record = World(inventory).poll(told=tale)
    chunks = [*builder.add(record), *builder.finish()]
    for chunk in chunks:
        deposit(tmp_path, "history", encode(chunk))
    while writer.apply_inbox().more:
        pass
    read = reader.reader(record.view.at)

    assert await read.mist_alarms(ALL) == tale.alarms
    assert await read.device_events(ALL) == tale.events
    table = await read.sle()
    assert table is not None
    assert table.site_ids == ("s0", "s1")


def test_a_chunk_of_before_has_told_nothing() -> None:
    """What waits in an inbox may be older than this noctui."""
    from noctui.stores.history.past import Chunk, decode

    fields = ["org", ({}, {}, {}), *[[] for _ in range(8)]]
    found = decode(msgspec.msgpack.encode(fields))

    assert isinstance(found, Chunk)
    assert (found.alarms, found.events, found.sle) == ([], [], [])


async def test_a_history_of_before_is_brought_up_to_date(tmp_path: Path, lock: FolderLock) -> None:
    path = tmp_path / "history.db"
    db = sqlite3.connect(path, isolation_level=None)
    schemas.migrate(db, ORG, schemas.STEPS[:1])
    db.close()
    history = History.create_or_open(tmp_path, ORG)
    writer = history.writer(lock)
    reader = history.reader()
    try:
        (at,) = polled(writer, Told((alarm(START + 60),)))
        assert len(await reader.reader(at).mist_alarms(ALL)) == 1
    finally:
        reader.close()
        writer.close()
