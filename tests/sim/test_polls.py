"""The past as polls."""

from __future__ import annotations

import time

import numpy as np
import pytest

from noctui.model.batch import CIRCUIT_COLUMNS, GATEWAY_COLUMNS, PATH_COLUMNS, Batch, Poll
from noctui.sim import incidents as do
from noctui.sim.discovery import inventory
from noctui.sim.polls import past_polls
from noctui.sim.world import World
from tests.sim.worlds import DAY, HOUR, MINUTE, T0, calm, lines_of, ordinary, site_with, with_only

LONE = lines_of(calm(), site_with(calm(), 1))[0]
TWO = site_with(calm(), 2)
FIRST = lines_of(calm(), TWO)[0]


def polls(world: World, start: float, end: float, interval: float = 300.0) -> list[Poll]:
    return list(past_polls(world, inventory(world.network, start), start, end, interval, seq0=7))


def batches(poll: Poll) -> tuple[Batch, Batch, Batch]:
    assert poll.circuits is not None
    assert poll.gateways is not None
    assert poll.paths is not None
    return poll.circuits, poll.gateways, poll.paths


def test_polls_stand_at_whole_intervals_and_count_on() -> None:
    made = polls(calm(), T0 - HOUR + 1, T0)
    assert [p.at for p in made] == [p.tick * 300.0 for p in made]
    assert np.diff([p.tick for p in made]).tolist() == [1] * (len(made) - 1)
    assert [p.seq for p in made] == list(range(7, 7 + len(made)))
    assert T0 - HOUR + 1 <= made[0].at < T0 - HOUR + 301
    assert T0 - 300 <= made[-1].at < T0


def test_two_runs_that_meet_make_the_same_polls_as_one() -> None:
    """Chunks leave no seams, and no event is told twice or never."""
    one = polls(ordinary(), T0 - 2 * HOUR, T0)
    two = polls(ordinary(), T0 - 2 * HOUR, T0 - HOUR) + polls(ordinary(), T0 - HOUR, T0)
    assert [p.tick for p in one] == [p.tick for p in two]
    assert [p.events for p in one] == [p.events for p in two]
    assert sum(len(p.events) for p in one) > 20
    for a, b in zip(one, two, strict=True):
        for x, y in zip(batches(a), batches(b), strict=True):
            assert all(np.array_equal(x.columns[c], y.columns[c], equal_nan=True) for c in x.columns)


def test_every_row_is_what_the_world_was_when_its_gateway_reported() -> None:
    world = ordinary()
    network = world.network
    for poll in polls(world, T0 - HOUR, T0)[::5]:
        circuits, _, paths = batches(poll)
        s = world.evaluate(world.last_report(np.array([[poll.at]])))
        assert np.array_equal(circuits.observed_at, s.t[0, network.circuit_site])
        for name in ("up", "active", "rx_bps", "tx_bps", "last_flapped"):
            assert np.array_equal(circuits.columns[name], getattr(s, name)[0]), name
        for name in ("loss", "jitter", "latency"):
            told = network.port_quality
            assert np.array_equal(circuits.columns[name][told], getattr(s, name)[0][told], equal_nan=True)
            assert np.isnan(circuits.columns[name][~told]).all()
        kept = network.path_quality
        assert np.array_equal(paths.columns["mos"][kept], s.path_mos[0][kept], equal_nan=True)
        assert np.isnan(paths.columns["mos"][~kept]).all()


def test_batches_speak_in_the_inventorys_ids_and_the_models_columns() -> None:
    world = calm()
    inv = inventory(world.network, T0)
    circuits, gateways, paths = batches(next(past_polls(world, inv, T0, T0 + 600)))
    assert circuits.ids == tuple(c.circuit_id for c in inv.circuits)
    assert gateways.ids == tuple(g.gateway_id for g in inv.gateways)
    assert paths.ids == tuple(p.path_id for p in inv.paths)
    assert set(circuits.columns) <= set(CIRCUIT_COLUMNS)
    assert set(gateways.columns) <= set(GATEWAY_COLUMNS)
    assert set(paths.columns) <= set(PATH_COLUMNS)
    for batch in (circuits, gateways, paths):
        for column in (*batch.columns.values(), batch.observed_at):
            assert column.shape == (len(batch.ids),)
            assert column.dtype == np.dtype(np.float64)


def test_gateways_stand_in_the_inventorys_order_not_the_worlds() -> None:
    """The inventory sorts them by mac, the world by site."""
    world = ordinary()
    row = {mac: s for s, mac in enumerate(world.network.mac)}
    poll = polls(world, T0 - 600, T0)[0]
    _, gateways, _ = batches(poll)
    uptime = world.evaluate(world.last_report(np.array([[poll.at]]))).uptime[0]
    assert gateways.ids == tuple(sorted(gateways.ids))
    assert gateways.columns["uptime"].tolist() == [uptime[row[mac]] for mac in gateways.ids]


def test_an_unheard_gateway_repeats_its_last_report() -> None:
    world = with_only(do.cut(T0, T0 + 20 * MINUTE, LONE))
    made = polls(world, T0 - 5 * MINUTE, T0 + 25 * MINUTE, 60.0)
    site = int(world.network.circuit_site[LONE])
    mac = world.network.mac[site]
    seen, up, connected = [], [], []
    for poll in made:
        circuits, gateways, _ = batches(poll)
        seen.append(circuits.observed_at[LONE])
        up.append(circuits.columns["up"][LONE])
        connected.append(gateways.columns["connected"][gateways.ids.index(mac)])
    assert set(up) == {1.0}  # no report ever said otherwise
    assert len({at for at in seen if at < T0}) == 6
    assert max(at for at in seen if at < T0 + 20 * MINUTE) < T0
    down = [p.at for p, c in zip(made, connected, strict=True) if c == 0]
    assert T0 < down[0] <= T0 + 3 * MINUTE  # within two polls after the report that did not come
    assert T0 + 20 * MINUTE <= down[-1] <= T0 + 22 * MINUTE
    events = [(p.at, e) for p in made for e in p.events]
    assert [(e.event_time, e.up) for _, e in events] == [(T0, False), (T0 + 20 * MINUTE, True)]
    assert all(at > T0 + 20 * MINUTE for at, _ in events)


def test_port_events_come_with_the_first_poll_that_can_know_them() -> None:
    world = with_only(do.cut(T0 + 10, T0 + 1000, FIRST))
    made = polls(world, T0, T0 + 30 * MINUTE, 60.0)
    for poll in made:
        circuits, _, _ = batches(poll)
        for event in poll.events:
            assert event.circuit_id == circuits.ids[FIRST]
            assert event.event_time <= circuits.observed_at[FIRST] <= poll.at
            assert circuits.columns["up"][FIRST] == float(event.up)
    assert sum(len(p.events) for p in made) == 2


def test_circuits_that_the_world_does_not_know_are_left_out() -> None:
    """And the order of the inventory counts: here reversed."""
    world = calm()
    whole = inventory(world.network, T0)
    known = tuple(reversed(whole.circuits[:5]))
    strange = type(known[0])(circuit_id="elsewhere:ge-0/0/0", circuit_no=9999, site_id="elsewhere", port_id="ge-0/0/0")
    inv = type(whole)(org_id=whole.org_id, circuits=(strange, *known))
    poll = next(past_polls(world, inv, T0, T0 + 600))
    assert poll.circuits is not None
    assert poll.circuits.ids == tuple(c.circuit_id for c in known)
    s = world.evaluate(world.last_report(np.array([[poll.at]])))
    assert poll.circuits.columns["rx_bps"].tolist() == s.rx_bps[0, [4, 3, 2, 1, 0]].tolist()
    assert poll.paths is None


def test_downtime_seen_by_polls_is_the_truth_within_a_poll() -> None:
    """Polled each minute, a lone port's true down time is met within one poll at either end."""
    world = with_only(do.cut(T0 + 17, T0 + 1817, FIRST))
    circuits = [batches(p)[0] for p in polls(world, T0 - 10 * MINUTE, T0 + HOUR, 60.0)]
    seen = 60.0 * sum(b.columns["up"][FIRST] == 0 for b in circuits)
    assert abs(seen - world.truth_down(FIRST, T0 - HOUR, T0 + HOUR)) <= 120


@pytest.mark.soak
def test_a_day_of_the_ordinary_world_is_quick() -> None:
    world = ordinary()
    inv = inventory(world.network, T0)
    began = time.process_time()
    made = sum(1 for _ in past_polls(world, inv, T0 - 3 * DAY, T0))
    assert (time.process_time() - began) / made < 0.0012
