"""Sites, regions, carriers and calendar days are sums of their circuits, by where each belonged then."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import msgspec
import numpy as np
import pytest
import pytest_asyncio

from noctui.kpi.percentile import ERROR
from noctui.model.edges import Edge
from noctui.model.figures import BAD_NO, BAD_UNKNOWN, BAD_YES, GAUGE
from noctui.model.inventory import Inventory
from noctui.model.scene import Range
from noctui.model.words import Level, Metric, State
from noctui.model.work import PollRecord
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import Retention, open_reader, open_writer
from tests.stores.figures_made import edges_of, ledger, plain, samples_of, write
from tests.stores.made import ORG, START, World, network

pytestmark = pytest.mark.asyncio(loop_scope="module")
HOUR, DAY = 3600.0, 86_400.0
MOVED = START + 30 * HOUR
"""When circuit s1:ge-0/0/0 went from Lumen to Zayo: the version is known from then on."""


def carriers(inventory: Inventory, changed: bool) -> Inventory:
    names = {"s1:ge-0/0/0": "Zayo" if changed else "Lumen", "s0:ge-0/0/0": "Lumen", "s0:ge-0/0/1": "Zayo"}
    circuits = tuple(msgspec.structs.replace(c, carrier=names.get(c.circuit_id, "AT&T")) for c in inventory.circuits)
    return msgspec.structs.replace(inventory, circuits=circuits)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lived(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Path, list[PollRecord]]]:
    """Three days and a bit of five circuits, polled every ten minutes; one changes its carrier at 30 h."""
    folder = tmp_path_factory.mktemp("groups")
    lock = FolderLock(folder)
    assert lock.try_acquire()
    writer = open_writer(folder, ORG, lock)
    world = World(carriers(network(5), changed=False), interval=600.0)
    rng = np.random.default_rng(3)
    records: list[PollRecord] = []
    for _ in range(450):
        if world.at == MOVED:
            world.learn(carriers(network(5, rev=2, known_at=MOVED), changed=True))
        records += write(writer, [world.poll(edges=ledger(rng, world, late=0.0))])
    while writer.close_due(records[-1].view.at + 7 * HOUR):
        pass
    yield folder, records
    writer.close()
    lock.release()


CIRCUITS = [c.circuit_id for c in network(5).circuits]


def carrier_of(circuit_id: str, at: float) -> str:
    found = carriers(network(5), changed=at >= MOVED)
    return found.circuits[found.circuit_row[circuit_id]].carrier


@pytest.mark.parametrize(("start", "end"), [(0.0, 74 * HOUR), (25.5 * HOUR, 50.25 * HOUR), (29 * HOUR, 31 * HOUR)])
async def test_a_carrier_has_each_circuits_time_while_it_was_its(
    lived: tuple[Path, list[PollRecord]], start: float, end: float
) -> None:
    """Days as they are stored and hours between: figures belong to what was true then."""
    records, at = lived[1], lived[1][-1].view.at
    start, end = START + start, START + end
    found = await open_reader(lived[0]).reader(at).groups("carrier", Range(start, end))
    assert found.ids == ("AT&T", "Lumen", "Zayo")
    for row, carrier in enumerate(found.ids):
        parts = [
            plain(records, circuit, at, max(start, begun), min(end, ended))
            for circuit in CIRCUITS
            for begun, ended in ((0.0, MOVED), (MOVED, 1e12))
            if carrier_of(circuit, begun) == carrier and max(start, begun) < min(end, ended)
        ]
        assert round(1000 * float(found.up[row])) == sum(p.up for p in parts)
        assert round(1000 * float(found.down[row])) == sum(p.down for p in parts)
        assert found.flaps[row] == sum(p.flaps for p in parts)
        known = [p.known["util"] for p in parts]
        assert round(1000 * float(found.known[row, GAUGE["util"]])) == sum(known)
        mean = np.nansum([k * p.average["util"] for k, p in zip(known, parts, strict=True)]) / sum(known)
        assert found.average[row, GAUGE["util"]] == pytest.approx(mean, rel=1e-4)
        over = Metric.UTILISATION, Level.HIGH
        assert round(1000 * float(found.above[row, over[0], over[1] - 1])) == sum(p.above[over] for p in parts)
    assert not found.longest.any(), "a group has no runs"


async def test_a_site_is_its_circuits_and_the_counts_say_how_many(lived: tuple[Path, list[PollRecord]]) -> None:
    at = lived[1][-1].view.at
    range_ = Range(START, at)
    reader = open_reader(lived[0]).reader(at)
    found, each = await reader.groups("site", range_), await reader.figures(range_)
    assert found.ids == ("s0", "s1", "s2")
    assert found.counts is not None
    assert found.counts.tolist() == [2, 2, 1]
    site = np.array([0, 0, 1, 1, 2])
    for name in ("up", "down", "unknown", "flaps"):
        np.testing.assert_allclose(getattr(found, name), np.bincount(site, getattr(each, name)), err_msg=name)


async def test_regions_have_percentiles_of_all_their_circuits_together(lived: tuple[Path, list[PollRecord]]) -> None:
    """East has s0 and s2, West s1; within the histograms' error of the value of nearest rank."""
    records, at = lived[1], lived[1][-1].view.at
    start = at - 60 * HOUR
    found = await open_reader(lived[0]).reader(at).groups("region", Range(start, at), ("latency",))
    assert found.ids == ("East", "West")
    assert found.p95_error == ERROR
    for row, sites in enumerate((("s0", "s2"), ("s1",))):
        values: list[float] = []
        for circuit in (c for c in CIRCUITS if c[:2] in sites):
            last = -1e18
            for sample in samples_of(records, circuit):
                covered = round((sample.at - max(last, sample.at - 900.0)) / 300.0)
                slots = [sample.at - 300.0 * k for k in range(covered)]
                values += [sample.values["latency"]] * sum(start < slot <= at for slot in slots)
                last = sample.at
        known = sorted(v for v in values if v == v)
        assert found.p95[row, GAUGE["latency"]] == pytest.approx(
            known[-(-95 * len(known) // 100) - 1], rel=ERROR * 1.01
        )


async def test_days_are_what_their_polls_say_and_the_last_one_is_running(lived: tuple[Path, list[PollRecord]]) -> None:
    records, at = lived[1], lived[1][-1].view.at
    found = await open_reader(lived[0]).reader(at).daily("util", 5)
    assert [p.key for p in found.days] == [f"2025-{d}" for d in ("11-30", "12-01", "12-02", "12-03", "12-04")]
    assert (found.bad[:, 0] == BAD_UNKNOWN).all(), "nothing is known of the day before the history"
    assert np.isnan(found.p95[:, 0]).all()
    for day, period in enumerate(found.days[1:], 1):
        for row, circuit in enumerate(found.ids):
            told = plain(records, circuit, at, period.start, min(period.end, at))
            bad = any(told.above[metric, Level.HIGH] for metric in Metric)
            assert found.bad[row, day] == (BAD_YES if bad else BAD_NO)
            assert found.average[row, day] == pytest.approx(told.average["util"], rel=1e-4, nan_ok=True)
            up, down = told.up, told.down
            assert found.available[row, day] == pytest.approx(
                100 * up / (up + down) if up + down else np.nan, nan_ok=True
            )
            assert found.flaps[row, day] == told.flaps


async def test_a_past_day_runs_and_later_ones_are_not_there(lived: tuple[Path, list[PollRecord]]) -> None:
    at = lived[1][400].view.at
    found = await open_reader(lived[0]).reader(at).daily("loss", 3)
    assert found.days[-1].start <= at < found.days[-1].end
    told = plain(lived[1], found.ids[0], at, found.days[-1].start, at)
    assert found.average[0, -1] == pytest.approx(told.average["loss"], rel=1e-4, nan_ok=True)


async def test_a_trend_goes_to_the_thresholds_of_each_circuit(lived: tuple[Path, list[PollRecord]]) -> None:
    at = lived[1][-1].view.at
    history = open_reader(lived[0])
    assert (await history.reader(at).trend("util")).threshold.tolist() == [90.0] * 5
    own = np.tile(np.arange(1.0, 4.0), (5, 4, 1)) + np.arange(5.0)[:, None, None]
    history.limits_of = lambda _: own
    found = await history.reader(at).trend("loss")
    assert found.threshold.tolist() == [3.0, 4.0, 5.0, 6.0, 7.0]
    assert np.isnan(found.reach).all(), "three days are too few for a forecast"
    assert found.fit.n.tolist() == [3] * 5


async def test_words_that_mean_nothing_are_refused(lived: tuple[Path, list[PollRecord]]) -> None:
    bound = open_reader(lived[0]).reader(lived[1][-1].view.at)
    with pytest.raises(ValueError, match="by site, region, carrier, not by 'street'"):
        await bound.groups("street", Range(0.0, 1.0))
    with pytest.raises(ValueError, match="no such gauge: speed"):
        await bound.daily("speed", 3)


async def test_the_ledger_had_something_to_say(lived: tuple[Path, list[PollRecord]]) -> None:
    assert sum(len(edges_of(lived[1], c)) for c in CIRCUITS) > 50


async def test_when_averages_are_gone_histograms_go_on_within_their_error(
    lived: tuple[Path, list[PollRecord]], tmp_path: Path
) -> None:
    """The same three days, once with all their averages and once after they were pruned."""
    at = lived[1][-1].view.at
    with (
        closing(sqlite3.connect(lived[0] / "history.db")) as theirs,
        closing(sqlite3.connect(tmp_path / "history.db")) as ours,
    ):
        theirs.backup(ours)
    lock = FolderLock(tmp_path)
    assert lock.try_acquire()
    writer = open_writer(tmp_path, ORG, lock, Retention(raw=1.0, instants=1.0))
    while writer.prune(at):
        pass
    range_ = Range(START, at)
    whole = await open_reader(lived[0]).reader(at).figures(range_, (), ("util", "rx_bps"))
    found = await open_reader(tmp_path, retention=Retention(raw=1.0)).reader(at).figures(range_, (), ("util", "rx_bps"))
    assert (whole.p95_error, found.p95_error) == (0.0, ERROR)
    for gauge in ("util", "rx_bps"):
        i = GAUGE[gauge]
        np.testing.assert_allclose(found.p95[:, i], whole.p95[:, i], rtol=ERROR * 1.01)
        assert not np.array_equal(found.p95[:, i], whole.p95[:, i])
    np.testing.assert_array_equal(found.average, whole.average, "days stay as they were")
    writer.close()
    lock.release()


async def test_a_day_that_waits_to_be_made_anew_says_what_its_hours_say(tmp_path: Path) -> None:
    """Something of yesterday becomes known: until the day is made anew, a quarter of an hour later, hours answer."""
    lock = FolderLock(tmp_path)
    assert lock.try_acquire()
    writer = open_writer(tmp_path, ORG, lock)
    world = World(network(3), interval=300.0)
    up = tuple(Edge(circuit_id=c, event_time=START, state=State.UP, known_at=START) for c in CIRCUITS[:3])
    records = write(writer, [world.poll(edges=up), *world.polls(400)])
    while writer.close_due(records[-1].view.at + HOUR):
        pass
    range_, at = Range(START, START + DAY), records[-1].view.at
    before = await open_reader(tmp_path).reader(at).figures(range_)
    late = Edge(
        circuit_id=CIRCUITS[0], event_time=START + 5 * HOUR, until=START + 6 * HOUR, state=State.DOWN,
        known_at=world.at + 300.0, source="refold",
    )  # fmt: skip
    records += write(writer, [world.poll(edges=(late,))])
    now = records[-1].view.at
    reader = open_reader(tmp_path)
    found, days = await reader.reader(now).figures(range_), await reader.reader(now).daily("util", 3)
    assert found.down[0] == before.down[0] + HOUR
    known = found.up[0] + found.down[0]
    assert days.available[0, 1] == pytest.approx(100 * found.up[0] / known)
    by_site = await reader.reader(now).groups("site", range_)
    assert by_site.down[0] == found.down[0] + found.down[1]
    np.testing.assert_array_equal(found.average, before.average)
    then = await reader.reader(at).figures(range_)
    assert then.down[0] == before.down[0], "it was not known then"
    while writer.close_due(now + HOUR):
        pass
    anew = await open_reader(tmp_path).reader(now).figures(range_)
    for name in ("up", "down", "unknown", "flaps", "average", "above", "longest"):
        np.testing.assert_array_equal(getattr(anew, name), getattr(found, name), err_msg=name)
    writer.close()
    lock.release()
