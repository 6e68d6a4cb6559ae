"""Rolling windows in the warehouse say what history says of them, however late an hour came or was corrected."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from noctui.model.scene import Range
from noctui.stores.history import HistoryReader
from noctui.stores.history.merging import drop_rolled, roll_day
from noctui.stores.warehouse.outbox_windows import HOURS, WindowsOutbox
from tests.stores.figures_made import ledger
from tests.stores.made import ORG, START, World
from tests.stores.warehouse.hours import HOUR, Past
from tests.stores.warehouse.test_outboxes import Twin, rows_of


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    past = Past(tmp_path, circuits=3)
    yield past
    past.close()


@pytest.fixture
def reader(past: Past) -> Iterator[HistoryReader]:
    reader = HistoryReader(past.folder / "history.db", ORG)
    yield reader
    reader.close()


def polls(past: Past, world: World, hours: int, late: float = 0.0) -> None:
    for _ in range(2 * hours):
        edges = ledger(past.rng, world, late=late) if late else ()
        past.writer.write(world.poll(edges=edges))
        while past.writer.close_due(world.at):
            pass


def twin() -> Twin:
    return Twin("CIRCUIT_ID", "WINDOW_END", "WINDOW_HOURS")


def ends_of(rows: list[dict[str, str]]) -> set[tuple[int, int]]:
    """(hours after START, length) of each window."""
    found = set()
    for row in rows:
        end = datetime.fromisoformat(row["WINDOW_END"]).replace(tzinfo=UTC).timestamp()
        found.add((round((end - START) / HOUR), int(row["WINDOW_HOURS"])))
    return found


def test_late_evidence_goes_into_every_window_that_covers_it(past: Past, reader: HistoryReader) -> None:
    """Looked at now and then while states of the last hours become known late; then each window is asked for anew."""
    world, box, told = World(past.inventory, interval=1800.0), WindowsOutbox(reader), twin()
    polls(past, world, 26)
    told.take(box)
    for hours in (1, 1, 3, 2, 5, 1):
        polls(past, world, hours, late=0.2)
        told.take(box)
    assert box.waiting(told.mark).rows == 0
    read = reader.reader(world.at, corrected=True)
    ends = sorted({end for _, end, _ in told.rows})
    assert len(ends) >= 13
    compared = 0
    for end in ends:
        at = datetime.fromisoformat(end).replace(tzinfo=UTC).timestamp()
        for hours in HOURS:
            found = asyncio.run(read.figures(Range(at - hours * HOUR, at)))
            for circuit, down, flaps in zip(found.ids, found.down.tolist(), found.flaps.tolist(), strict=True):
                row = told.rows[circuit, end, str(hours)]
                assert (int(row["DOWN_MS"]), int(row["FLAPS"])) == (round(1000 * down), flaps), (circuit, end, hours)
                compared += down > 0
    assert compared > 20


def test_an_hour_that_changed_sends_only_windows_with_it_in_them(past: Past, reader: HistoryReader) -> None:
    world, box, told = World(past.inventory, interval=1800.0), WindowsOutbox(reader), twin()
    polls(past, world, 26)
    told.take(box)
    polls(past, world, 14)
    told.take(box)
    ends = {end for end, _ in ends_of(list(told.rows.values()))}
    first, last = min(ends), max(ends)
    assert (first, ends) == (24, set(range(24, last + 1)))
    past.put(30)
    batch = box.next(told.mark)
    assert batch is not None
    sent = ends_of(rows_of(batch))
    assert sent == {(30 + back, hours) for hours in HOURS for back in range(1, hours + 1) if 30 + back <= last}
    assert box.next(batch.mark) is None
    past.put(2)  # nothing that was sent reaches back so far but the first 24 hours
    batch = box.next(batch.mark)
    assert batch is not None
    assert ends_of(rows_of(batch)) == {(24, 24), (25, 24), (26, 24)}
    assert box.next(batch.mark) is None
    with past.writer.transaction() as db:  # polls of the first day are gone: what is left of it says less
        db.execute("DELETE FROM polls WHERE at < ?", (START + 25 * HOUR,))
    past.put(2)
    assert box.next(batch.mark) is None


def test_windows_that_go_again_go_on_where_a_batch_was_cut(
    past: Past, reader: HistoryReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what changes meanwhile goes as well."""
    from noctui.stores.warehouse import outbox_windows

    monkeypatch.setattr(outbox_windows, "MOST_ROWS", 3 * 3 * 4)
    world, box, told = World(past.inventory, interval=1800.0), WindowsOutbox(reader), twin()
    polls(past, world, 26)
    told.take(box)
    polls(past, world, 10)
    told.take(box)
    past.put(27)
    batch = box.next(told.mark)
    assert batch is not None
    seen = [ends_of(rows_of(batch))]
    past.put(28)
    mark = batch.mark
    while (batch := box.next(mark)) is not None:
        seen.append(ends_of(rows_of(batch)))
        mark = batch.mark
    assert len(seen) >= 4
    assert max(len({end for end, _ in ends}) for ends in seen) == 4
    every = set[tuple[int, int]]().union(*seen)
    last = max(end for end, _ in ends_of(list(told.rows.values())))
    for hour in (27, 28):
        assert {(hour + back, hours) for hours in HOURS for back in range(1, hours + 1) if hour + back <= last} <= every
    assert box.waiting(mark).rows == 0


def test_hours_that_are_put_together_send_nothing_and_old_marks_go_on(past: Past, reader: HistoryReader) -> None:
    world, box, told = World(past.inventory, interval=1800.0), WindowsOutbox(reader), twin()
    polls(past, world, 50)
    told.take(box)
    for unit in (roll_day, drop_rolled):
        while unit(past.writer, world.at + 40 * 24 * HOUR):
            pass
    assert box.next(told.mark) is None
    old = told.mark[:1]
    assert box.next(old) is None
    polls(past, world, 1)
    batch = box.next(old)
    assert batch is not None
    assert {hours for _, hours in ends_of(rows_of(batch))} == set(HOURS)
    assert len({end for end, _ in ends_of(rows_of(batch))}) == 1
    assert np.isfinite(batch.mark).all()
