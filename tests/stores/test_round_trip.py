"""What is written comes back bit for bit, wherever it lies by then."""

from __future__ import annotations

import pytest

from noctui.model.scene import Range
from noctui.stores.history import HistoryFault, HistoryReader, Writer
from tests.stores.made import START, World, difference, network


def test_every_view_of_open_columns_is_the_one_written(writer: Writer, reader: HistoryReader) -> None:
    world = World(network())
    written = list(world.polls(40))
    for record in written:
        writer.write(record)
    for record in written:
        found = reader.view(record.view.at)
        assert found is not None
        assert difference(record.view, found) == ""


def test_a_view_between_two_polls_is_the_earlier_one(writer: Writer, reader: HistoryReader) -> None:
    world = World(network())
    for record in world.polls(3):
        writer.write(record)
    found = reader.view(START + 179.9)
    assert found is not None
    assert found.at == START + 120.0
    assert reader.view(START) is None
    assert reader.step(START + 120.0, -1) == START + 60.0
    assert reader.step(START + 120.0, 1) == START + 180.0
    assert reader.step(START + 180.0, 1) is None
    assert reader.latest() == START + 180.0


def test_a_view_has_the_inventory_and_bandwidth_of_its_time(writer: Writer, reader: HistoryReader) -> None:
    world = World(network(6))
    first = world.poll()
    writer.write(first)
    world.learn(network(9, rev=2, known_at=START + 100, down=50e6, skip=2))
    second = world.poll()
    writer.write(second)
    for record in (first, second):
        found = reader.view(record.view.at)
        assert found is not None
        assert difference(record.view, found) == ""
    known = reader.inventory(START + 99)
    assert known is not None
    assert known.rev == 1


def test_a_poll_not_newer_than_the_newest_is_refused(writer: Writer) -> None:
    record = World(network()).poll()
    writer.write(record)
    with pytest.raises(HistoryFault, match="not newer"):
        writer.write(record)


def test_without_the_lock_nothing_is_written(writer: Writer, reader: HistoryReader) -> None:
    world = World(network())
    writer.write(world.poll())
    writer.lock.release()
    with pytest.raises(HistoryFault, match="lock"):
        writer.write(world.poll())
    assert reader.latest() == START + 60.0


async def test_a_series_is_the_samples_written(writer: Writer, reader: HistoryReader) -> None:
    world = World(network())
    written = list(world.polls(30))
    for record in written:
        writer.write(record)
    at = written[19].view.at
    read = reader.reader(at)
    series = await read.series("s1:ge-0/0/1", ("rx_pct", "rx_bps"), Range(START, START + 7200))
    row = 3
    own = [r for r in written[:20] if r.valid[row] & 0x80]
    wanted = {r.view.at: r.view.circuits.rx_pct[row] for r in own}
    got = dict(zip(series.times.tolist(), series.values["rx_pct"].tolist(), strict=True))
    assert got.keys() == wanted.keys()
    assert all(abs(got[t] - v) == 0 or (v != v and got[t] != got[t]) for t, v in wanted.items())
    assert series.range.end == at


def test_an_inventory_that_came_from_the_writer_is_held_once(writer: Writer, reader: HistoryReader) -> None:
    """10,000 circuits are 23 MB: Views of the past hold the same ones as the live View."""
    first, second = World(network(3)).polls(2)
    writer.write(first)
    read = reader.view(first.view.at)
    assert read is not None
    assert read.inventory is not first.view.inventory
    reader.share(first.view.inventory)
    writer.write(second)
    for record in (first, second):
        again = reader.view(record.view.at)
        assert again is not None
        assert again.inventory is first.view.inventory
        assert difference(record.view, again) == ""
