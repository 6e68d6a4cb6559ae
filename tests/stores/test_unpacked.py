"""What was unpacked for one circuit serves the next: the same values, without reading the file, within a bound."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from noctui.model.scene import SERIES_METRICS, Range, Series
from noctui.stores.history import HistoryReader, Writer, blocks
from noctui.stores.history.codec import Values
from noctui.stores.history.unpacked import Unpacked
from tests.stores.made import START, World, network


def column(size: int, value: int = 1) -> dict[int, Values]:
    return {7: np.full(size, value, np.uint8)}


def test_a_block_is_unpacked_once_and_only_what_is_missing_of_it() -> None:
    kept, asked = Unpacked(), list[list[int]]()

    def unpack(numbers: list[int]) -> dict[int, Values]:
        asked.append(numbers)
        return {n: np.full(4, n, np.uint8) for n in numbers}

    key = ("tiles", 1, START, 0)
    kept.columns(key, [7, 8], unpack)
    found = kept.columns(key, [8, 9], unpack)

    assert asked == [[7, 8], [9]]
    assert_array_equal(found[8], np.full(4, 8))
    assert kept.columns(("tiles", 1, START + 1, 0), [7], unpack).keys() == {7}, "a row id given anew is another block"
    assert asked[2:] == [[7]]


def test_the_least_used_goes_when_it_is_too_much() -> None:
    kept = Unpacked(most_bytes=250)
    for row in (1, 2, 1, 3):
        kept.columns(("tiles", row, START, 0), [7], lambda _: column(100))
    asked: list[int] = []

    def unpack(row: int) -> dict[int, Values]:
        asked.append(row)
        return column(100)

    for row in (1, 3, 2):
        kept.columns(("tiles", row, START, 0), [7], lambda _, row=row: unpack(row))  # type: ignore[misc]

    assert asked == [2]
    assert kept.bytes <= 250


@pytest.fixture
def hours(writer: Writer) -> World:
    """Two and a half hours of polls, the first two closed."""
    world = World(network())
    for record in world.polls(150):
        writer.write(record)
        while writer.close_due(record.view.at):
            pass
    return world


def differ(one: Series, other: Series) -> list[str]:
    return [m for m in one.values if not np.array_equal(one.values[m], other.values[m], equal_nan=True)]


async def test_the_second_look_reads_no_block_and_says_the_same(
    hours: World, reader: HistoryReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    range_ = Range(START, hours.at)
    read = reader.reader(hours.at)
    first = [await read.series(f"s{n}:ge-0/0/0", SERIES_METRICS, range_) for n in range(3)]
    opened: list[object] = []
    monkeypatch.setattr(blocks, "pack_of", lambda *what: opened.append(what))
    again = [await read.series(f"s{n}:ge-0/0/0", SERIES_METRICS, range_) for n in range(3)]

    assert opened == []
    assert [differ(a, b) for a, b in zip(first, again, strict=True)] == [[], [], []]
    assert len(first[0].times) > 100


async def test_a_poll_that_comes_later_is_read_beside_what_is_kept(
    hours: World, writer: Writer, reader: HistoryReader
) -> None:
    before = await reader.reader(hours.at).series("s1:ge-0/0/0", ("rx_bps",), Range(START, hours.at))
    record = hours.poll()
    writer.write(record)
    while writer.close_due(record.view.at + 3600):
        pass

    kept = await reader.reader(hours.at).series("s1:ge-0/0/0", ("rx_bps",), Range(START, hours.at))
    reader.catalog.unpacked = Unpacked()
    anew = await reader.reader(hours.at).series("s1:ge-0/0/0", ("rx_bps",), Range(START, hours.at))

    assert_array_equal(kept.times, anew.times)
    assert differ(kept, anew) == []
    assert_array_equal(kept.times[: len(before.times)], before.times)
