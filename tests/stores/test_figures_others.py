"""Failover episodes, bills and baselines out of a real history: as known at the instant, with the right circuits."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest

from noctui.kpi.percentile import nearest_rank
from noctui.model.edges import Edge, Failover
from noctui.model.figures import GAUGE, Episode
from noctui.model.scene import Range
from noctui.model.words import State
from noctui.stores.history import HistoryReader, Retention, Writer
from tests.stores.figures_made import write
from tests.stores.made import START, World, network

PRIMARY, SECOND = "s0:ge-0/0/0", "s0:ge-0/0/1"
MINUTE = 60.0


def edge(circuit_id: str, state: State, at: float, known_at: float = 0.0) -> Edge:
    return Edge(circuit_id=circuit_id, event_time=at, state=state, known_at=known_at or at)


def failover(began: bool, at: float, circuit_id: str) -> Failover:
    return Failover(site_id="s0", event_time=at, known_at=at, began=began, circuit_id=circuit_id)


def night(writer: Writer) -> list[float]:
    """Forty minutes: the primary is lost at 10:20 and known so at 11, carried by the second, back at 25; `at`s."""
    world = World(network(4))
    records = [world.poll(edges=tuple(edge(c.circuit_id, State.UP, START) for c in world.inventory.circuits))]
    for minute in range(2, 41):
        more: dict[str, object] = {}
        at = START + minute * MINUTE
        if minute == 11:
            lost = edge(PRIMARY, State.DOWN, START + 10 * MINUTE + 20, at)
            more = {"edges": (lost,), "failovers": (failover(True, at, SECOND),)}
        elif minute == 25:
            more = {"edges": (edge(PRIMARY, State.UP, at),), "failovers": (failover(False, at, PRIMARY),)}
        records.append(world.poll(**more))
    return [r.view.at for r in write(writer, records)]


def asked(reader: HistoryReader, at: float, site_id: str = "") -> tuple[Episode, ...]:
    return asyncio.run(reader.reader(at).episodes(Range(START, at), site_id))


def test_an_episode_has_its_cause_its_times_and_both_circuits_figures(writer: Writer, reader: HistoryReader) -> None:
    (found,) = asked(reader, night(writer)[-1])
    assert (found.site_id, found.primary_id, found.active_id) == ("s0", PRIMARY, SECOND)
    assert (found.began, found.ended, found.cause) == (START + 11 * MINUTE, START + 25 * MINUTE, "down")
    assert (found.lost_at, found.took, found.uncertainty) == (START + 10 * MINUTE + 20, 40.0, MINUTE)
    assert found.primary is not None
    assert found.active is not None
    assert found.ended is not None
    assert (found.primary.down[0], found.active.up[0]) == (14 * MINUTE, 14 * MINUTE)
    again = asyncio.run(reader.reader(START + 40 * MINUTE).figures(Range(found.began, found.ended), (SECOND,)))
    np.testing.assert_array_equal(found.active.average, again.average)


def test_the_past_knows_neither_the_end_nor_what_was_not_begun(writer: Writer, reader: HistoryReader) -> None:
    ats = night(writer)
    assert asked(reader, ats[9]) == ()
    (running,) = asked(reader, ats[15])
    assert running.ended is None
    assert running.active is not None
    assert running.active.range.end == ats[15]


def test_the_last_minutes_of_an_episode_settle_after_its_end(writer: Writer, reader: HistoryReader) -> None:
    """Asked at its end, when the carrying circuit has no sample of the last two minutes: the next stands for them."""
    world = World(network(4))
    records = [world.poll(edges=tuple(edge(c.circuit_id, State.UP, START) for c in world.inventory.circuits))]
    told: list[Episode] = []
    for minute in range(2, 31):
        at = START + minute * MINUTE
        began = {11: True, 25: False}.get(minute)
        more = {} if began is None else {"failovers": (failover(began, at, SECOND if began else PRIMARY),)}
        records.append(world.poll(**more))
        records[-1].valid[:] = 0 if minute in (24, 25) else 0x8F
        write(writer, [records[-1]] if minute > 2 else records)
        if minute in (25, 26):
            told += asked(reader, at)
    known = [e.active.known[0, GAUGE["loss"]] for e in told if e.active is not None]
    assert known == [12 * MINUTE, 14 * MINUTE]
    assert [e.ended for e in told] == [START + 25 * MINUTE] * 2


def test_of_another_site_nothing_is_told(writer: Writer, reader: HistoryReader) -> None:
    assert asked(reader, night(writer)[-1], "s1") == ()


def test_no_history_has_no_episodes_bills_or_baselines(reader: HistoryReader) -> None:
    bound = reader.reader(START)
    assert asyncio.run(bound.episodes(Range(0.0, START))) == ()
    assert asyncio.run(bound.billing("2025-12")).ids == ()
    assert math.isnan(asyncio.run(bound.baseline(PRIMARY, "util")).z)


def test_a_bill_is_the_higher_nearest_rank_of_five_minute_averages(writer: Writer, reader: HistoryReader) -> None:
    """Numbers c: in and out apart, take the higher."""
    world = World(network(4), interval=300.0)
    records = write(writer, world.polls(60))
    at = records[-1].view.at
    found = asyncio.run(reader.reader(at).billing("2025-12"))
    assert found.period.key == "2025-12"
    rows = reader.reader(at).figures(Range(START, at), (), ("rx_bps", "tx_bps"))
    told = asyncio.run(rows)
    for row in range(4):
        # one poll fills one slot of five minutes, or up to three where polls without a sample lie between
        slots = {"rx_bps": np.full(60, np.nan), "tx_bps": np.full(60, np.nan)}
        last = -(10**9)
        for i, record in enumerate(records):
            if record.valid[row] & 0x80:
                for name, values in slots.items():
                    values[max(last + 1, i - 2) : i + 1] = getattr(record.view.circuits, name)[row]
                last = i
        rx, tx = (nearest_rank(values[None].astype(np.float32))[0] for values in slots.values())
        assert found.rx[row] == pytest.approx(rx, nan_ok=True)
        assert found.tx[row] == pytest.approx(tx, nan_ok=True)
        assert found.billed[row] == pytest.approx(np.fmax(rx, tx), nan_ok=True)
        known = max(told.known[row, GAUGE["rx_bps"]], told.known[row, GAUGE["tx_bps"]])
        assert found.coverage[row] == pytest.approx(100 * known / (60 * 300))


def test_a_month_that_is_none_is_refused_and_one_that_has_not_begun_is_empty(
    writer: Writer, reader: HistoryReader
) -> None:
    at = write(writer, World(network(2)).polls(3))[-1].view.at
    with pytest.raises(ValueError, match="no month such as 2026-11"):
        asyncio.run(reader.reader(at).billing("November"))
    assert asyncio.run(reader.reader(at).billing("2026-01")).ids == ()


def test_a_baseline_is_of_the_same_hours_of_other_weeks(
    open_writer: Callable[..., Writer], reader: HistoryReader
) -> None:
    """Three weeks at 20 % in the night hours of Mondays, then 60 % on the fourth: more than usual."""
    writer = open_writer(Retention())
    world = World(network(2), interval=1800.0)
    records = []
    for i in range(3 * 8 + 4):  # of Mondays alone, from midnight to four: other hours say nothing here
        world.at += 7 * 86_400.0 - 8 * world.interval if i and not i % 8 else 0.0
        record = world.poll()
        hot = record.view.at > START + 21 * 86_400.0
        record.view.circuits.rx_bps[:] = 60e6 if hot else 20e6
        record.view.circuits.tx_bps[:] = 1e6
        record.valid[:] = 0x8F
        records.append(record)
    at = write(writer, records)[-1].view.at
    found = asyncio.run(reader.reader(at).baseline(PRIMARY, "rx_pct"))
    assert datetime.fromtimestamp(START, UTC).weekday() == 0
    assert found.hour == 1
    assert found.weeks[1] == 3
    assert found.median[1] == pytest.approx(20.0)
    assert found.value == pytest.approx(60.0)
    assert found.z == pytest.approx(40.0), "the spread is at least a point of percent"
    with pytest.raises(ValueError, match="no such gauge: speed"):
        asyncio.run(reader.reader(at).baseline(PRIMARY, "speed"))
