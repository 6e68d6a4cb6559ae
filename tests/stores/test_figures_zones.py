"""Reading days of a zone off the hour across a change of its clocks, with circuits that come and go in them: every
figure is what plain reading of polls and ledger gives of exactly that time (docs/figures.md 1)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest

from noctui.kpi import calendar
from noctui.kpi.hourly import FIVES
from noctui.model.edges import Edge
from noctui.model.figures import Grain
from noctui.model.scene import Range
from noctui.model.words import State
from noctui.model.work import PollRecord
from noctui.stores.history import History, HistoryReader, Retention, Writer
from tests.reference.figures import rank_of_fives
from tests.stores.figures_made import check, ledger, plain, samples_of, write
from tests.stores.made import ORG, World, network

HOUR, DAY = 3600.0, 86400.0
ZONE = "Australia/Lord_Howe"
"""Half an hour of summer time: UTC+11 in summer, UTC+10:30 in winter."""
GONE, STAYS, CAME = "s0:ge-0/0/0", "s0:ge-0/0/1", "s2:ge-0/0/0"
CHANGES = [
    pytest.param("2026-04-05", 24.5, id="clocks go back half an hour"),
    pytest.param("2026-10-04", 23.5, id="clocks go forward half an hour"),
]


def lived(writer: Writer, day: str) -> list[PollRecord]:
    """From 8 hours before that day until 9 hours after the next midnight; in its middle one goes and two come."""
    period = calendar.by_key(Grain.DAY, day, ZONE)
    world = World(network(4, known_at=period.start - DAY), interval=900.0, seed=3, start=period.start - 8 * HOUR)
    rng = np.random.default_rng(7)
    records: list[PollRecord] = []
    while world.at < period.end + 9 * HOUR:
        edges = ledger(rng, world)
        if not records:
            edges = tuple(
                Edge(circuit_id=c.circuit_id, event_time=world.at, state=State.UP, known_at=world.at + 900.0)
                for c in world.inventory.circuits
            )
        elif world.at - 900.0 < period.start + 11 * HOUR <= world.at:
            gone = Edge(circuit_id=GONE, event_time=world.at, state=State.UNKNOWN, known_at=world.at + 900.0)
            edges = (*(e for e in edges if e.circuit_id != GONE), gone)
            world.learn(network(6, rev=2, known_at=world.at, skip=1))
        records.append(world.poll(edges=edges))
    write(writer, records, closing=False)
    while writer.close_due(world.at):
        pass
    return records


@pytest.mark.parametrize(("day", "hours"), CHANGES)
def test_a_day_of_24_and_a_half_hours_and_what_lies_around_it(
    open_writer: Callable[..., Writer], day: str, hours: float
) -> None:
    writer = open_writer(Retention(zone=ZONE))
    records = lived(writer, day)
    period = calendar.by_key(Grain.DAY, day, ZONE)
    assert period.seconds == hours * HOUR
    assert datetime.fromtimestamp(period.start, UTC).minute in (0, 30)
    reader = History(writer.folder, ORG, Retention(zone=ZONE)).reader()
    now = records[-1].view.at
    # The day itself, one that begins in it as a window does, and the half hour in which the clocks are changed.
    changed = period.start + 2 * HOUR
    for start, end in (
        (period.start, period.end), (now - DAY, now), (period.start, now), (changed - 1800.0, changed + 1800.0),
    ):  # fmt: skip
        found = asyncio.run(reader.reader(now).figures(Range(start, end), (GONE, STAYS, CAME), FIVES))
        for row, circuit_id in enumerate(found.ids):
            expected = plain(records, circuit_id, now, start, end)
            if (start, end) == (period.start, period.end):  # a day all the same: over five-minute averages
                samples = samples_of(records, circuit_id)
                expected.p95 = {gauge: rank_of_fives(samples, gauge, start, end) for gauge in FIVES}
            check(found, row, expected, FIVES)
    assert_days(reader, now, records, day)
    reader.close()


def assert_days(reader: HistoryReader, now: float, records: list[PollRecord], day: str) -> None:
    """The ranking's days are those of the zone; of a circuit that is gone, and before one came, nothing is said."""
    found = asyncio.run(reader.reader(now).daily("rx_bps", 3))
    assert [p.key for p in found.days][1] == day
    assert GONE not in found.ids
    for circuit_id in (STAYS, CAME):
        row = found.ids.index(circuit_id)
        period = found.days[1]
        expected = plain(records, circuit_id, now, period.start, period.end)
        np.testing.assert_allclose(found.average[row, 1], expected.average["rx_bps"], rtol=1e-5, err_msg=circuit_id)
        p95 = rank_of_fives(samples_of(records, circuit_id), "rx_bps", period.start, period.end)
        np.testing.assert_allclose(found.p95[row, 1], p95, rtol=1e-6)
        assert found.flaps[row, 1] == expected.flaps
    assert np.isnan(found.average[found.ids.index(CAME), 0])
    assert not np.isnan(found.average[found.ids.index(STAYS), :2]).any()


@pytest.mark.parametrize(("day", "hours"), CHANGES)
def test_the_past_of_such_a_day_says_what_it_knew(open_writer: Callable[..., Writer], day: str, hours: float) -> None:
    """Asked from its middle, after the change of clocks, when the day was not over."""
    writer = open_writer(Retention(zone=ZONE))
    records = lived(writer, day)
    period = calendar.by_key(Grain.DAY, day, ZONE)
    at = next(r.view.at for r in records if r.view.at > period.start + 12 * HOUR)
    reader = History(writer.folder, ORG, Retention(zone=ZONE)).reader()
    found = asyncio.run(reader.reader(at).figures(Range(period.start, at), (GONE, STAYS, CAME)))
    for row, circuit_id in enumerate(found.ids):
        check(found, row, plain(records, circuit_id, at, period.start, at))
    told = asyncio.run(reader.reader(at).daily("rx_bps", 1))
    assert told.days[0].key == day
    reader.close()
