"""Figures of a range are what plain reading of its polls and its ledger gives (docs/figures.md 1, 2): live and in the
past, one circuit or all, wherever the range begins and ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from noctui.kpi.hourly import FIVES
from noctui.model.figures import GAUGES
from noctui.model.scene import Range
from noctui.model.work import PollRecord
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import HistoryReader, open_reader, open_writer
from tests.stores.figures_made import check, live, plain, write
from tests.stores.made import ORG, START, World, difference, network

pytestmark = pytest.mark.asyncio(loop_scope="module")
HOUR, DAY = 3600.0, 86_400.0
BEGAN = START + 10 * HOUR + 1234.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lived(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Path, list[PollRecord]]]:
    """31 hours of five circuits at two-minute polls that began in mid-hour, with a ledger in which things become known
    late; hours and a day closed as they went by."""
    folder = tmp_path_factory.mktemp("lived")
    lock = FolderLock(folder)
    assert lock.try_acquire()
    writer = open_writer(folder, ORG, lock)
    world = World(network(5), interval=120.0, start=BEGAN)
    yield folder, write(writer, live(world, np.random.default_rng(5), 930))
    writer.close()
    lock.release()


@pytest.fixture
def reader(lived: tuple[Path, list[PollRecord]]) -> HistoryReader:
    return open_reader(lived[0])


@pytest.mark.parametrize("back", [0, 1, 7, 29, 300, 501])
@pytest.mark.parametrize("length", [600.0, 3 * HOUR, 12 * HOUR, DAY, DAY + 2345.678])
async def test_a_range_is_what_its_polls_and_its_ledger_say(
    lived: tuple[Path, list[PollRecord]], reader: HistoryReader, back: int, length: float
) -> None:
    """At the newest poll and at earlier ones, when later edges were not known and later polls not there."""
    records = lived[1]
    at = records[-1 - back].view.at
    found = await reader.reader(at).figures(Range(at - length, at), (), FIVES)
    for row, circuit_id in enumerate(found.ids):
        check(found, row, plain(records, circuit_id, at, at - length, at), FIVES)


@pytest.mark.parametrize("length", [600.0, 12 * HOUR, DAY, DAY + 2345.678])
async def test_one_circuit_has_the_digits_it_has_among_all(lived: tuple[Path, list[PollRecord]], length: float) -> None:
    at = lived[1][-1].view.at
    range_ = Range(at - length, at)
    together = await open_reader(lived[0]).reader(at).figures(range_, (), FIVES)
    for row, circuit_id in enumerate(together.ids):
        alone = await open_reader(lived[0]).reader(at).figures(range_, (circuit_id,), FIVES)
        for name in ("up", "down", "unknown", "flaps", "known", "average", "highest", "p95", "above", "longest"):
            np.testing.assert_array_equal(getattr(alone, name)[0], getattr(together, name)[row], err_msg=name)


@pytest.mark.parametrize("every", [6, pytest.param(1, marks=pytest.mark.soak)])
async def test_what_is_kept_changes_no_digit(
    lived: tuple[Path, list[PollRecord]], reader: HistoryReader, every: int
) -> None:
    """Asked anew at every poll over two hours, as a screen does; `every` so many beside a reader that kept nothing."""
    for number, record in enumerate(lived[1][-61:]):
        at = record.view.at
        range_ = Range(at - DAY, at)
        again = await reader.reader(at).figures(range_, (), ("util", "loss"))
        if number % every:
            continue
        anew = await open_reader(lived[0]).reader(at).figures(range_, (), ("util", "loss"))
        assert difference(again, anew) == ""
    assert reader.kept.bytes > 0


async def test_corrected_knows_what_was_learned_later(
    lived: tuple[Path, list[PollRecord]], reader: HistoryReader
) -> None:
    records = lived[1]
    at, now = records[-300].view.at, records[-1].view.at
    range_ = Range(at - 6 * HOUR, at)
    corrected = await reader.reader(at, corrected=True).figures(range_)
    told = {e.known_at for r in records for e in r.edges if e.event_time < at < e.known_at}
    assert told
    for row, circuit_id in enumerate(corrected.ids):
        expected = plain(records, circuit_id, now, range_.start, at)
        assert round(corrected.up[row] * 1000) == expected.up
        assert corrected.flaps[row] == expected.flaps


async def test_a_range_from_before_the_history_says_where_data_begins(
    lived: tuple[Path, list[PollRecord]], reader: HistoryReader
) -> None:
    at = lived[1][-1].view.at
    found = await reader.reader(at).figures(Range(at - 3 * DAY, at))
    assert found.told == "Data begins 2025-12-01 10:22 UTC."
    assert (found.up + found.down + found.unknown + found.disabled == 3 * DAY).all()
    nothing = await reader.reader(at).figures(Range(START - DAY, START), (), GAUGES)
    assert (nothing.unknown == DAY).all()
    for name in ("available", "coverage", "average", "highest", "p95"):
        values = getattr(nothing, name)
        assert np.isnan(values).all() or name == "coverage", name
    assert (nothing.coverage == 0).all()


async def test_thirteen_months_of_a_young_history_are_its_own_time(
    lived: tuple[Path, list[PollRecord]], reader: HistoryReader
) -> None:
    """No sample is known before, nor looked for: no more is kept than for its own time. The ledger may reach back."""
    at = lived[1][-1].view.at
    own, long = Range(START + 7 * HOUR, at), Range(at - 397 * DAY, at)
    short = await reader.reader(at).figures(own, (), FIVES)
    fresh = open_reader(lived[0])
    found = await fresh.reader(at).figures(long, (), FIVES)
    for name in ("known", "average", "highest", "above", "longest", "p95"):
        np.testing.assert_array_equal(getattr(found, name), getattr(short, name), err_msg=name)
    assert (found.up >= short.up).all()
    np.testing.assert_allclose(found.up + found.down + found.unknown + found.disabled, 397 * DAY, rtol=1e-12)
    assert fresh.kept.bytes < 3 * reader.kept.bytes


async def test_a_circuit_that_history_does_not_know_is_unknown(
    lived: tuple[Path, list[PollRecord]], reader: HistoryReader
) -> None:
    at = lived[1][-1].view.at
    found = await reader.reader(at).figures(Range(at - HOUR, at), ("s0:ge-0/0/1", "nowhere", "s0:ge-0/0/1"), FIVES)
    assert found.unknown[1] == HOUR
    assert np.isnan(found.available[1])
    np.testing.assert_array_equal(found.average[0], found.average[2])
    assert np.isnan(found.average[1]).all()
    only = await reader.reader(at).figures(Range(at - HOUR, at), ("nowhere",), FIVES)
    assert only.unknown.tolist() == [HOUR]


async def test_an_empty_history_and_an_empty_range(tmp_path: Path, reader: HistoryReader) -> None:
    found = await open_reader(tmp_path).reader(START).figures(Range(START - HOUR, START))
    assert (len(found), found.told) == (0, "No data yet.")
    backwards = await reader.reader(BEGAN + HOUR).figures(Range(BEGAN + HOUR, BEGAN), (), FIVES)
    assert not backwards.up.any()
    assert np.isnan(backwards.available).all()


async def test_a_gauge_that_does_not_exist_is_named(reader: HistoryReader) -> None:
    with pytest.raises(ValueError, match="no such gauge: mos"):
        await reader.reader(BEGAN + HOUR).figures(Range(BEGAN, BEGAN + HOUR), (), ("mos",))
