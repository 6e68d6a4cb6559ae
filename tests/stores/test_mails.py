"""The ledger of mails, and planned work by version: what was read when, and what was known of it at an instant."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec import structs

from noctui.model.notices import Outcome, Status
from noctui.model.scene import Range
from noctui.stores.history import HistoryReader, Retention, Writer
from tests.stores.made import START, World
from tests.stores.notices import DAY, came, carried, written

WEEK = Range(START, START + 7 * DAY)


async def test_a_notice_is_known_from_when_it_was_read(writer: Writer, reader: HistoryReader) -> None:
    world = World(carried())
    writer.write(world.poll())
    (filed,) = writer.write_mails([came(written(circuits=("IC-10000", "ic 10001", "IC-404")), START + 90)])
    writer.write(world.poll())
    assert (filed.new, filed.mail.outcome, filed.mail.works) == (True, Outcome.PARSED, (("Zayo", "chg-1"),))

    (work,) = await reader.reader(START + 120).works(WEEK)
    assert work.name == "Zayo CHG-1"
    assert (work.version, work.announced_at, work.known_at) == (1, START, START + 90)
    assert work.circuit_ids == ("s0:ge-0/0/0", "s0:ge-0/0/1")
    assert [m.how for m in work.matched] == ["exact", "normalised", "unknown"]
    assert await reader.reader(START + 60).works(WEEK) == ()
    assert await reader.reader(START + 60, live=True).works(WEEK) == (work,)
    view, before = reader.view(START + 120), reader.view(START + 60)
    assert view is not None
    assert before is not None
    assert (view.works.works, before.works.works) == ((work,), ())


async def test_works_of_a_circuit_a_site_a_carrier(writer: Writer, reader: HistoryReader) -> None:
    writer.write(World(carried()).poll())
    writer.write_mails([
        came(written("CHG-1", circuits=("IC-10000",)), START + 1),
        came(written("CHG-2", [(START + 2 * DAY, START + 2 * DAY + 60)], circuits=("IC-10003",)), START + 1, "2.eml"),
    ])  # fmt: skip
    read = reader.reader(START + 60)
    for long in (WEEK, Range(START, START + 300 * DAY)):
        assert [w.name for w in await read.works(long)] == ["Zayo CHG-1", "Zayo CHG-2"]
        assert [w.name for w in await read.works(long, circuit_id="s1:ge-0/0/1")] == ["Zayo CHG-2"]
        assert [w.name for w in await read.works(long, site_id="s0")] == ["Zayo CHG-1"]
        assert await read.works(long, circuit_id="s2:ge-0/0/0") == ()
        assert await read.works(long, provider="Lumen") == ()
    assert await read.works(Range(START, START + DAY)) == ()  # half-open: it begins where the range ends


async def test_each_notice_is_a_version(writer: Writer, reader: HistoryReader) -> None:
    moved = [(START + 3 * DAY, START + 3 * DAY + 3600)]
    writer.write(World(carried()).poll())
    writer.write_mails([came(written(at=START), START + 10, "1")])
    writer.write_mails([came(written(at=START + 20), START + 30, "2")])  # a reminder
    writer.write_mails([came(written(windows=moved, at=START + 40, status="Rescheduled"), START + 50, "3")])
    writer.write_mails([came(written(windows=(), at=START + 60, status="Cancelled"), START + 70, "4")])
    life = await reader.reader(START + 80).work_versions("Zayo", " chg-1 ")
    assert [(w.version, w.maintenance.status, w.announced_at - START) for w in life] == [
        (1, Status.CONFIRMED, 0), (2, Status.CONFIRMED, 20), (3, Status.RE_SCHEDULED, 40), (4, Status.CANCELLED, 60),
    ]  # fmt: skip
    assert (life[1].said, life[2].said[-1]) == ((), "windows: 1 new, 1 gone")
    assert [w.start for w in life[3].maintenance.windows] == [moved[0][0]]
    assert await reader.reader(START + 55).work_versions("Zayo", "CHG-1") == life[:3]
    assert {w.first_known_at for w in life} == {int(START) + 10}
    assert reader.works_known(START + 2 * DAY, START + 65) == tuple(
        structs.replace(w, matched=(), conflicts=()) for w in life[:3]
    )


async def test_an_older_notice_that_comes_late_changes_nothing(writer: Writer, reader: HistoryReader) -> None:
    writer.write_mails([came(written(at=START + 20, status="Cancelled"), START + 30, "2")])
    (late,) = writer.write_mails([came(written(at=START), START + 40, "1")])
    assert (late.mail.outcome, late.mail.why) == (Outcome.OUT_OF_SEQUENCE, "older than what is known already")
    *_, newest = await reader.reader(START + 50).work_versions("Zayo", "CHG-1")
    assert (newest.maintenance.status, newest.announced_at) == (Status.CANCELLED, START + 20)


async def test_a_mail_is_stored_once_however_often_it_comes(writer: Writer, reader: HistoryReader) -> None:
    data = written()
    first, again, elsewhere = (
        writer.write_mails([came(data, START + i, place)])[0] for i, place in enumerate(("1", "1", "other/9"))
    )
    assert (first.new, again.new, elsewhere.new) == (True, False, False)
    assert again.mail == elsewhere.mail == first.mail
    assert len(await reader.reader(START + 60).mails(WEEK)) == 1
    assert len(await reader.reader(START + 60).work_versions("Zayo", "CHG-1")) == 1
    assert {p: k.key for p, k in writer.mail_places("noc").items()} == dict.fromkeys(("1", "other/9"), first.mail.key)


async def test_a_mail_that_has_the_id_of_another_is_one_of_its_own(writer: Writer, reader: HistoryReader) -> None:
    one, other = written("CHG-1", message_id="same@zayo.com"), written("CHG-2", message_id="same@zayo.com")
    writer.write_mails([came(one, START + 1, "1"), came(other, START + 2, "2"), came(other, START + 3, "3")])
    found = await reader.reader(START + 60).mails(WEEK)
    assert len({m.key for m in found}) == 2
    assert len(await reader.reader(START + 60).works(WEEK)) == 2


async def test_a_mail_that_was_read_again_is_known_when_it_comes_once_more(
    writer: Writer, reader: HistoryReader
) -> None:
    dead = written().replace(b" UTC", b"")
    writer.write_mails([came(dead, START + 1, "1")])
    writer.write_mails([came(written(), START + 50, "", again=True)])
    other_way = b"Received: from elsewhere\r\n" + dead
    for number, data in enumerate((dead, other_way, written())):
        (filed,) = writer.write_mails([came(data, START + 60, f"again/{number}")])
        assert (filed.new, filed.mail.outcome, filed.mail.tried) == (False, Outcome.PARSED, 2)
    assert len(await reader.reader(START + 90).mails(WEEK)) == 1


async def test_what_waits_for_a_person(writer: Writer, reader: HistoryReader) -> None:
    dead = written(more="Start: 2026-03-01 05:00").replace(b" UTC", b"")
    strange = written("CHG-7", sender="x@nobody.example", at=START + 5)
    lunch = (
        written().replace(b"maintenance", b"lunch").replace(b"Planned", b"Our").split(b"\r\n\r\n")[0] + b"\r\n\r\nSoup?"
    )
    filed = writer.write_mails([came(d, START + i, str(i)) for i, d in enumerate((dead, strange, lunch))])
    assert [f.mail.outcome for f in filed] == [Outcome.FAILED, Outcome.UNKNOWN_PROVIDER, Outcome.IGNORED]
    assert "zone" in filed[0].mail.why
    assert filed[1].mail.why == "x@nobody.example is no known provider's"
    read = reader.reader(START + 60)
    assert [m.key for m in await read.mails(WEEK, waiting=True)] == [f.mail.key for f in (filed[1], filed[0])]
    assert [m.outcome for m in await read.mails(WEEK, limit=1)] == [Outcome.IGNORED]
    assert await read.works(WEEK) == ()


async def test_a_mail_shows_its_lines_beside_what_was_read(writer: Writer, reader: HistoryReader) -> None:
    (filed,) = writer.write_mails([came(written(), START)])
    found = await reader.reader(START).mail(filed.mail.key)
    assert found is not None
    for source in found.notice.maintenances[0].sources:
        assert found.parts[source.part][source.line - 1].strip()[:200] == source.text.strip()
    assert await reader.reader(START - 1).mail(filed.mail.key) is None


async def test_read_again_after_a_fix(writer: Writer, reader: HistoryReader) -> None:
    writer.write(World(carried()).poll())
    dead = written().replace(b" UTC", b"")
    (filed,) = writer.write_mails([came(dead, START + 1)])
    body = writer.mail_body(filed.mail.key)
    assert body is not None
    assert body.data == dead
    fixed = came(written(), START + 50, "", again=True)
    (again,) = writer.write_mails([fixed])
    assert (again.new, again.mail.key, again.mail.tried, again.mail.outcome) == (
        False, filed.mail.key, 2, Outcome.PARSED,
    )  # fmt: skip
    assert (again.mail.read_at, again.mail.tried_at) == (START + 1, START + 50)
    (work,) = await reader.reader(START + 60).works(WEEK)
    assert (work.known_at, work.version, work.said) == (START + 50, 1, ("read anew",))
    before = await reader.reader(START + 20).mails(WEEK, waiting=True)
    assert [m.outcome for m in before] == [Outcome.FAILED]
    assert await reader.reader(START + 60).mails(WEEK, waiting=True) == ()


async def test_read_again_as_other_work(writer: Writer, reader: HistoryReader) -> None:
    """What only this mail told of is withdrawn; what newer mails say of it stays."""
    writer.write_mails([came(written("CHG-1", message_id="a@zayo.com"), START + 1)])
    other = came(written("CHG-2", message_id="a@zayo.com"), START + 9, "", again=True)
    (filed,) = writer.write_mails([other])
    assert [(w.maintenance.maintenance_id, w.maintenance.status) for w in filed.works] == [
        ("CHG-2", Status.CONFIRMED), ("CHG-1", Status.CANCELLED),
    ]  # fmt: skip
    assert writer.write_mails([structs.replace(other, tried_at=START + 10)])[0].works == ()


async def test_work_that_stands_in_for_another(writer: Writer, reader: HistoryReader) -> None:
    """Whichever of the two was read first."""
    for number, order in enumerate(((0, 1), (1, 0))):
        old, new = f"CHG-{number}1", f"CHG-{number}2"
        mails = (written(old), written(new, at=START + 20, more=f"Reason: new try for cancelled {old}."))
        for i in order:
            writer.write_mails([came(mails[i], START + 30 + number + i, new + str(i))])
        *_, newest = await reader.reader(START + 60).work_versions("Zayo", old)
        assert (newest.superseded_by, newest.sure) == (new, False)
        assert (await reader.reader(START + 60).work_versions("Zayo", new))[-1].sure


async def test_what_a_mail_was_read_from_goes_in_time_what_was_read_stays(
    open_writer: Callable[..., Writer], reader: HistoryReader
) -> None:
    writer = open_writer(Retention(raw=40, hourly=397))
    lunch = written(at=START + 5).replace(b"maintenance", b"lunch").split(b"\r\n\r\n")[0] + b"\r\n\r\nSoup?"
    notice, other = writer.write_mails([came(written(), START, "1"), came(lunch, START, "2")])
    for days, kept in ((39, (True, True)), (41, (True, False)), (398, (False, False))):
        while writer.prune(START + days * DAY):
            pass
        assert tuple(writer.mail_body(f.mail.key) is not None for f in (notice, other)) == kept
    found = await reader.reader(START + 400 * DAY).mail(notice.mail.key)
    assert found is not None
    assert (found.parts, found.notice.maintenances[0].maintenance_id) == ({}, "CHG-1")
    assert len(await reader.reader(START + 400 * DAY).works(WEEK)) == 1


async def test_a_damaged_mail_is_named_and_the_others_are_read(
    writer: Writer, reader: HistoryReader, caplog: pytest.LogCaptureFixture
) -> None:
    writer.write(World(carried()).poll())
    writer.write_mails([came(written("CHG-1"), START, "1"), came(written("CHG-2", at=START + 1), START, "2")])
    for table in ("works", "mails"):
        writer.db.execute(f"UPDATE {table} SET data = x'00' WHERE id = 1")
    read = reader.reader(START + 60)
    assert [w.name for w in await read.works(WEEK)] == ["Zayo CHG-2"]
    assert [m.works for m in await read.mails(WEEK)] == [(("Zayo", "chg-2"),)]
    view = reader.view(START + 60)
    assert view is not None
    assert [w.name for w in view.works.works] == ["Zayo CHG-2"]
    named = {r.block.partition(" of ")[0] for r in caplog.records if r.message == "history.damaged"}  # type: ignore[attr-defined]
    assert named == {"work 1", "mail 1"}
