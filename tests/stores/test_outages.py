"""Outages out of the ledger of edges, and the planned work they lie in (worked cases of the maintenance facts)."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.model.edges import Edge
from noctui.model.scene import Range
from noctui.model.words import State
from noctui.model.works import Outage
from noctui.stores.history import HistoryReader, Writer
from noctui.stores.history.rows import edge_row, insert_edge_rows
from tests.stores.made import START, World
from tests.stores.notices import came, carried, written

A, B = "s0:ge-0/0/0", "s0:ge-0/0/1"
MINUTE, HOUR = 60, 3600
DAY = Range(START, START + 86_400)
UP, DOWN, AWAY, UNKNOWN = State.UP, State.DOWN, State.AWAY, State.UNKNOWN


def at(text: str) -> int:
    hour, minute = text.split(":")
    return int(START) + int(hour) * HOUR + int(minute) * MINUTE


def edges(writer: Writer, *told: tuple[int, State], circuit_id: str = A, late: int = 0) -> None:
    made = [Edge(circuit_id=circuit_id, event_time=t, known_at=t + late, state=s, source="event") for t, s in told]
    with writer.transaction() as db:
        insert_edge_rows(db, [(e.circuit_id, edge_row(e)) for e in made], writer.circuits)


async def outages(
    reader: HistoryReader, now: int, range_: Range = DAY, *, site_id: str = "", circuit_id: str = ""
) -> Sequence[Outage]:
    return await reader.reader(now).outages(range_, site_id=site_id, circuit_id=circuit_id)


async def test_one_inside_its_window_and_one_outside_it(writer: Writer, reader: HistoryReader) -> None:
    """Case 5: window 06:00-10:00, outages 06:05-06:45 (inside) and 11:05-11:25 (outside)."""
    writer.write(World(carried()).poll())
    writer.write_mails([came(written(windows=[(at("06:00"), at("10:00"))]), START + 90)])
    edges(writer, (at("00:00"), UP), (at("06:05"), DOWN), (at("06:45"), UP), (at("11:05"), DOWN), (at("11:25"), UP))
    outside, inside = await outages(reader, at("12:00"))
    assert (inside.began, inside.ended, inside.works) == (at("06:05"), at("06:45"), ("Zayo CHG-1",))
    assert (outside.began, outside.ended, outside.works) == (at("11:05"), at("11:25"), ())
    assert await outages(reader, at("12:00"), circuit_id=A) == await outages(reader, at("12:00"), site_id="s0")
    assert await outages(reader, at("12:00"), circuit_id=B) == ()
    assert await outages(reader, at("12:00"), Range(at("07:00"), at("11:00"))) == ()
    assert [o.began for o in await outages(reader, at("12:00"), Range(at("06:30"), at("07:00")))] == [at("06:05")]


async def test_one_that_reaches_into_a_window_touches_it(writer: Writer, reader: HistoryReader) -> None:
    """Case 6: 05:40-07:30 and 09:30-10:45 are in part inside."""
    writer.write(World(carried()).poll())
    writer.write_mails([came(written(windows=[(at("06:00"), at("10:00"))]), START + 90)])
    edges(writer, (at("00:00"), UP), (at("05:40"), DOWN), (at("07:30"), UP), (at("09:30"), DOWN), (at("10:45"), UP))
    assert [o.works for o in await outages(reader, at("12:00"))] == [("Zayo CHG-1",)] * 2


async def test_blips_that_belong_together_are_one_outage(writer: Writer, reader: HistoryReader) -> None:
    """Case 16: 50 outages of 45 s with gaps of 15 s; alone a blip of 45 s is none that is confirmed."""
    writer.write(World(carried()).poll())
    first = at("01:00")
    told = [(first + 60 * i + shift, state) for i in range(50) for shift, state in ((0, DOWN), (45, UP))]
    edges(writer, *told)
    edges(writer, (at("03:00"), DOWN), (at("03:00") + 45, UP), circuit_id=B)
    blip, many = await outages(reader, at("12:00"))
    assert (blip.circuit_id, blip.confirmed) == (B, False)
    assert (many.began, many.ended, many.confirmed) == (first, first + 49 * 60 + 45, True)


async def test_what_goes_on_has_no_end(writer: Writer, reader: HistoryReader) -> None:
    writer.write(World(carried()).poll())
    edges(writer, (at("00:00"), UP), (at("05:00"), DOWN))
    edges(writer, (at("04:00"), DOWN), (at("04:30"), AWAY), circuit_id=B)  # silent after it was down: down still
    assert [(o.began, o.ended) for o in await outages(reader, at("06:00"))] == [
        (at("05:00"), None),
        (at("04:00"), None),
    ]
    edges(writer, (at("07:00"), UP))
    edges(writer, (at("07:00"), UP), circuit_id=B)
    assert [(o.began, o.ended) for o in await outages(reader, at("08:00"))] == [
        (at("05:00"), at("07:00")), (at("04:00"), at("04:30")),
    ]  # fmt: skip
    assert [o.ended for o in await outages(reader, at("06:00"))] == [None, None]  # what was known then


async def test_what_was_learned_later_was_not_known_then(writer: Writer, reader: HistoryReader) -> None:
    writer.write(World(carried()).poll())
    edges(writer, (at("01:00"), DOWN), (at("01:30"), UP), late=HOUR)
    assert await outages(reader, at("01:40")) == ()
    (found,) = await outages(reader, at("03:00"))
    assert (found.began, found.ended) == (at("01:00"), at("01:30"))
    assert await reader.reader(at("01:40"), corrected=True).outages(DAY) == (found,)
