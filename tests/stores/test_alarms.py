"""Alarms: kept by version, read as they were known, found by site, circuit and parent, kept as long as hours."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from msgspec.structs import replace as changed

from noctui.model.alarms import Ack, Alarm, AlarmNote, AuditEntry
from noctui.model.scene import Range
from noctui.stores.history import HistoryFault, HistoryReader, Retention, Writer
from noctui.stores.history.alarm_rows import named
from tests.stores.made import START, World, network

ALL = Range(START - 86_400, START + 86_400)
DAY = 86_400.0
ACK = Ack(who="jmo", at=START + 100, until=START + 4000, why="carrier is called", severity=1)


def alarm(known_at: float, name: str = "c0/down", opened: float = START + 10, **more: object) -> Alarm:
    given: dict[str, object] = {
        "alarm_id": f"{name}@{opened:.0f}", "key": name, "source": "engine", "type": "down", "severity": 1,
        "opened": opened, "changed": opened, "known_at": known_at, "site_id": "s0",
        "circuit_ids": ("s0:ge-0/0/0",), "text": "down",
    }  # fmt: skip
    return Alarm(**{**given, **more})  # type: ignore[arg-type]


def did(known_at: float, act_id: str = "", **more: object) -> AuditEntry:
    given: dict[str, object] = {
        "at": known_at - 1, "known_at": known_at, "who": "jmo", "role": "operator", "origin": "pts/3", "action": "ack",
        "subject": "c0/down@1", "act_id": act_id,
    }  # fmt: skip
    return AuditEntry(**{**given, **more})  # type: ignore[arg-type]


def polled(writer: Writer, *judged: tuple[Alarm, ...]) -> list[float]:
    """A poll a minute that brings these versions; when each was."""
    world = World(network())
    times = []
    for alarms in judged:
        record = world.poll(alarms=alarms)
        writer.write(record)
        times.append(record.view.at)
    return times


async def test_the_time_machine_shows_alarms_and_acks_as_known_then(writer: Writer, reader: HistoryReader) -> None:
    opened = alarm(START + 60)
    taken = changed(opened, known_at=START + 105, ack=ACK, owner="jmo", notes=(AlarmNote("jmo", START + 100, "[b]x"),))
    over = changed(taken, known_at=START + 180, cleared=START + 150)
    polled(writer, (opened,))
    writer.write_acts((), (taken,), (did(START + 105),), ())
    world = World(network(), start=START + 60)
    for alarms in ((), (over,)):
        writer.write(world.poll(alarms=alarms))

    def open_at(at: float, corrected: bool = False) -> tuple[Alarm, ...]:
        view = reader.view(at, corrected)
        assert view is not None
        return view.alarms.alarms

    async def read_at(at: float, corrected: bool = False) -> tuple[Alarm, ...]:
        return await reader.reader(at, corrected).alarms(ALL)

    assert open_at(START + 60) == await read_at(START + 60) == (opened,)
    assert open_at(START + 120) == await read_at(START + 120) == (taken,)
    assert open_at(START + 180) == ()
    assert await read_at(START + 180) == (over,)
    assert reader.view(START + 180).alarms.cleared_at == START + 150  # type: ignore[union-attr]
    assert math.isnan(reader.view(START + 120).alarms.cleared_at)  # type: ignore[union-attr]
    assert await reader.reader(START + 120).alarm_versions(opened.alarm_id) == (opened, taken)
    assert await reader.reader(START + 60).audit(ALL) == ()
    assert [e.who for e in await reader.reader(START + 120).audit(ALL)] == ["jmo"]


async def test_what_is_known_now_still_ends_at_the_instant(writer: Writer, reader: HistoryReader) -> None:
    """An alarm that a gateway told late was open then; that it was taken and cleared later is no part of that time."""
    late = alarm(START + 180, ack=ACK, notes=(AlarmNote("jmo", START + 100, "x"),), cleared=START + 150)
    polled(writer, (), (), (late,))

    async def seen(at: float) -> list[tuple[float | None, bool, int]]:
        view = reader.view(at, corrected=True)
        assert view is not None
        read = await reader.reader(at, corrected=True).alarms(ALL)
        assert view.alarms.alarms == tuple(a for a in read if a.open)
        return [(a.cleared, a.ack is not None, len(a.notes)) for a in read]

    assert await reader.reader(START + 60).alarms(ALL) == ()
    assert await seen(START + 60) == [(None, False, 0)]
    assert await seen(START + 120) == [(None, True, 1)]
    assert await seen(START + 180) == [(START + 150, True, 1)]


async def test_a_live_reader_tells_what_people_did_since_the_poll(writer: Writer, reader: HistoryReader) -> None:
    opened = alarm(START + 60)
    (at,) = polled(writer, (opened,))
    taken = changed(opened, known_at=at + 7, ack=ACK)
    writer.write_acts((), (taken,), (did(at + 7, "a1"),), ())
    live, past = reader.reader(at, live=True), reader.reader(at)
    now = Range(at - 60, at + 60)

    assert (await live.alarms(now), await past.alarms(now)) == ((taken,), (opened,))
    assert (len(await live.alarm_versions(opened.alarm_id)), len(await past.alarm_versions(opened.alarm_id))) == (2, 1)
    assert (len(await live.audit(now, act_id="a1")), len(await past.audit(now, act_id="a1"))) == (1, 0)


async def test_alarms_that_were_open_at_some_time_in_the_range_the_latest_first(
    writer: Writer, reader: HistoryReader
) -> None:
    hour = 3600.0
    (at,) = polled(
        writer,
        (
            alarm(START + 60, "over", START - 9 * hour, cleared=START - 8 * hour),
            alarm(START + 60, "lasted", START - 9 * hour + 1, cleared=START - 1),
            alarm(START + 60, "old", START - 9 * hour + 2),
            alarm(START + 60, "new", START + 10),
        ),
    )

    async def keys(start: float, end: float, limit: int = 1000) -> list[str]:
        return [a.key for a in await reader.reader(at).alarms(Range(start, end), limit)]

    assert await keys(START - hour, START + hour) == ["new", "old", "lasted"]
    assert await keys(START - hour, START + hour, limit=2) == ["new", "old"]
    assert await keys(START, START + hour) == ["new", "old"]
    assert await keys(START - 10 * hour, START - 8.5 * hour) == ["old", "lasted", "over"]
    assert await keys(START - 20 * hour, START - 10 * hour) == []


async def test_of_a_site_a_circuit_or_under_a_parent(writer: Writer, reader: HistoryReader) -> None:
    incident = alarm(START + 60, "incident/7", type="incident", site_id="", circuit_ids=(), number=7)
    one = alarm(START + 60, "one", START + 1, parent=incident.alarm_id, held_by="incident")
    two = alarm(START + 60, "two", START + 2, parent=incident.alarm_id, cleared=START + 30, circuit_ids=("x", "y"))
    away = alarm(START + 60, "gw", START + 3, site_id="s1", circuit_ids=("s0:ge-0/0/0", "y"))
    less = changed(two, known_at=START + 120, circuit_ids=("x",))
    first, at = polled(writer, (incident, one, two, away), (less,))

    async def keys(at: float = at, **of: Any) -> list[str]:
        return [a.key for a in await reader.reader(at).alarms(ALL, **of)]

    assert await keys(site_id="s1") == ["gw"]
    assert await keys(circuit_id="s0:ge-0/0/0") == ["gw", "one"]
    assert await keys(circuit_id="y") == ["gw"]
    assert await keys(first, circuit_id="y") == ["gw", "two"]
    assert await keys(parent=incident.alarm_id) == ["two", "one"]
    assert await keys(parent=incident.alarm_id, site_id="s1") == []
    assert reader.view(at).alarms.held == {"incident": 1}  # type: ignore[union-attr]


async def test_a_version_that_says_nothing_new_is_none(writer: Writer, reader: HistoryReader) -> None:
    opened = alarm(START + 60)
    _, at = polled(writer, (opened,), (changed(opened, known_at=START + 120),))

    assert await reader.reader(at).alarm_versions(opened.alarm_id) == (opened,)


async def test_versions_that_come_out_of_order_are_put_in_order(writer: Writer, reader: HistoryReader) -> None:
    """A poll is of when its sweep was complete: it may be written after an act that was later than that."""
    first, third = alarm(START + 30), alarm(START + 65, ack=ACK)
    second = alarm(START + 60, severity=2)
    polled(writer, (first, third), (second,))

    assert await reader.reader(START + 120).alarm_versions(first.alarm_id) == (first, second, third)
    assert writer.alarms_known(START) == (third,)
    assert reader.alarms_now().alarms == (third,)
    assert await reader.reader(START + 120).alarms(ALL) == (third,)


async def test_of_two_versions_of_one_moment_the_last_one_holds(writer: Writer, reader: HistoryReader) -> None:
    opened = alarm(START + 60)
    (at,) = polled(writer, (opened,))
    assert reader.alarms_now().alarms == (opened,)
    taken = changed(opened, ack=ACK)
    writer.write_acts((), (taken,), (), ())

    assert await reader.reader(at).alarm_versions(opened.alarm_id) == (taken,)
    assert reader.alarms_now().alarms == (taken,)


def test_a_follower_reads_only_what_is_new(writer: Writer, reader: HistoryReader) -> None:
    one, two = alarm(START + 60), alarm(START + 60, "two", START + 5)
    assert reader.alarms_now().alarms == ()
    world = World(network())
    writer.write(world.poll(alarms=(one, two)))
    before = reader.alarms_now()
    assert before.alarms == (two, one)
    assert reader.alarms_now(before) is before
    same = replace(before)  # as another process told them
    assert reader.alarms_now(same) is same

    writer.write(world.poll())
    assert reader.alarms_now(before) is before
    writer.write_acts((), (changed(two, known_at=START + 125, ack=ACK),), (), ())
    taken = reader.alarms_now(before)
    assert [a.ack for a in taken.alarms] == [ACK, None]
    assert taken.alarms[1] is before.alarms[1]
    writer.write(world.poll(alarms=(changed(one, known_at=START + 180, cleared=START + 170),)))
    left = reader.alarms_now(taken)
    assert ([a.key for a in left.alarms], left.cleared_at) == (["two"], START + 170)


def test_what_a_book_is_warmed_with(writer: Writer) -> None:
    polled(
        writer,
        (
            alarm(START + 60, "over", START - 9, cleared=START - 5),
            alarm(START + 60, "lately", START - 8, cleared=START + 5),
            alarm(START + 60, "open", START - 10),
        ),
    )
    assert [a.key for a in writer.alarms_known(START)] == ["open", "lately"]


async def test_a_damaged_row_is_left_out_and_named_once(
    writer: Writer, reader: HistoryReader, caplog: pytest.LogCaptureFixture
) -> None:
    (at,) = polled(writer, (alarm(START + 60), alarm(START + 60, "two")))
    writer.db.execute("UPDATE alarms SET data = zeroblob(9) WHERE id = 1")

    with caplog.at_level(logging.ERROR):
        for _ in range(2):
            assert [a.key for a in await reader.reader(at).alarms(ALL)] == ["two"]
            view = reader.view(at)
            assert view is not None
            assert [a.key for a in view.alarms.alarms] == ["two"]
    assert [r.__dict__["block"] for r in caplog.records] == ["alarm 1 of 2025-12-01T00:01:00Z"]
    assert [a.key for a in writer.alarms_known(START)] == ["two"]


def test_the_audit_is_only_added_to(writer: Writer) -> None:
    writer.write_acts((), (), (did(START), did(START + 1)), ())
    another = "INTO audit SELECT id, 0, 0, 'somebody', role, origin, action, subject, detail, outcome, act_id FROM"
    for statement in (
        "UPDATE audit SET who = 'somebody'", "UPDATE OR REPLACE audit SET id = 1 WHERE id = 2", "DELETE FROM audit",
        "DELETE FROM audit WHERE id = 1", f"INSERT OR REPLACE {another} audit", f"REPLACE {another} audit WHERE id = 1",
    ):  # fmt: skip
        with pytest.raises(HistoryFault, match="only added to"), writer.transaction() as db:
            db.execute(statement)
    assert writer.db.execute("SELECT count(*) FROM audit WHERE who = 'jmo'").fetchone() == (2,)


async def test_the_audit_by_subject_act_and_limit(writer: Writer, reader: HistoryReader) -> None:
    lines = (
        did(START + 1, "a1"), did(START + 2, "a2", subject="other"), did(START + 3, "a1", outcome="jmo took it"),
        did(START + 4, action="export", subject="alarms.csv", detail="-2+3"),
    )  # fmt: skip
    writer.write_acts((), (), lines, ())
    read = reader.reader(START + 60)

    assert await read.audit(ALL) == lines[::-1]
    assert await read.audit(ALL, 2) == lines[:1:-1]
    assert await read.audit(ALL, act_id="a1") == (lines[2], lines[0])
    assert await read.audit(ALL, subject="other") == (lines[1],)
    assert await read.audit(Range(START + 2, START + 3)) == (lines[2], lines[1])


async def test_what_has_cleared_is_kept_as_long_as_hours_and_the_audit_for_ever(
    open_writer: Callable[..., Writer], reader: HistoryReader
) -> None:
    writer = open_writer(Retention(raw=1.0, hourly=10.0))
    gone, kept, lasts = (alarm(START + 60, name) for name in ("gone", "kept", "lasts"))
    polled(writer, (gone, kept, lasts))
    later = START + 5 * DAY
    writer.write_acts(
        (),
        (
            changed(gone, known_at=START + 90, cleared=START + 80),
            changed(kept, known_at=later, cleared=later),
            changed(lasts, known_at=START + 90, ack=ACK),
        ),
        (did(START),),
        (),
    )

    def left(now: float) -> dict[str, int]:
        while writer.prune(now):
            pass
        return {
            one.key: number
            for one in (gone, kept, lasts)
            if (
                number := writer.db.execute(
                    "SELECT count(*) FROM alarms WHERE name = ?", named(one.alarm_id)[1:]
                ).fetchone()[0]
            )
        }

    assert left(START + 3 * DAY) == {"gone": 1, "kept": 2, "lasts": 2}, "versions of what has cleared"
    assert left(START + 9 * DAY) == {"gone": 1, "kept": 1, "lasts": 2}
    assert left(START + 10.5 * DAY) == {"kept": 1, "lasts": 2}
    assert left(START + 30 * DAY) == {"lasts": 2}
    assert set(writer.db.execute("SELECT began, name FROM alarm_places")) == {named(lasts.alarm_id)}
    assert writer.db.execute("SELECT count(*) FROM audit").fetchone() == (1,)
    assert reader.alarms_now().alarms == (changed(lasts, known_at=START + 90, ack=ACK),)


def test_the_number_of_an_incident_is_never_given_twice(open_writer: Callable[..., Writer]) -> None:
    """Also when the incident itself is long gone: what counts is kept apart from it."""
    writer = open_writer()
    assert writer.highest_incident() == 0
    polled(writer, (alarm(START + 60, "incident/7", type="incident", number=7), alarm(START + 60, number=0)))
    polled_again = World(network(), start=START + 60)
    writer.write(polled_again.poll(alarms=(alarm(START + 120, "incident/3", type="incident", number=3),)))
    writer.db.execute("DELETE FROM alarms")
    assert writer.highest_incident() == 7
