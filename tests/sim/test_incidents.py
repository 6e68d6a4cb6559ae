"""Incidents: the truth they make, and what gateways and cloud tell of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.sim import incidents as do
from noctui.sim.effects import REJOIN
from noctui.sim.happenings import alarms, events, events_told
from noctui.sim.places import REGIONS
from noctui.sim.world import World
from tests.examples import some
from tests.sim.worlds import DAY, HOUR, MINUTE, T0, calm, every, lines_of, ordinary, site_with, with_only

ONE, TWO = site_with(calm(), 1), site_with(calm(), 2)
LONE = lines_of(calm(), ONE)[0]
FIRST, SECOND = lines_of(calm(), TWO)


def next_report(site: int, at: float) -> float:
    """The gateway's next due report at or after `at`."""
    shift = float(calm().network.phase[site]) * 60.0
    return math.ceil((at - shift) / 60.0) * 60.0 + shift


def told(world: World, kind: str) -> list[tuple[float, int]]:
    return [(e.timestamp, e.circuit) for e in events(world, T0 - DAY, T0 + DAY) if e.type == kind]


def test_without_incidents_nothing_is_down_and_nothing_is_told() -> None:
    assert events(calm(), T0 - DAY, T0 + DAY) == []
    assert alarms(calm(), T0 - DAY, T0 + DAY) == []
    assert calm().truth_down(FIRST, T0 - DAY, T0 + DAY) == 0


def test_a_cut_is_down_from_its_start_to_its_end() -> None:
    world = with_only(do.cut(T0 + 0.5, T0 + 90, FIRST))
    assert world.truth_intervals(FIRST, T0, T0 + HOUR) == [(T0 + 0.5, T0 + 90)]
    assert world.truth_down(FIRST, T0 + 60, T0 + HOUR) == 30
    assert world.truth_down(SECOND, T0, T0 + HOUR) == 0
    s = world.sample(np.array([T0 + 0.4, T0 + 0.5, T0 + 89.9, T0 + 90]))
    assert s.up[:, FIRST].tolist() == [1, 0, 0, 1]
    assert told(world, "GW_PORT_DOWN") == [(T0 + 0.5, FIRST)]
    assert told(world, "GW_PORT_UP") == [(T0 + 90, FIRST)]


def test_cuts_that_overlap_are_one_outage() -> None:
    world = with_only(do.cut(T0, T0 + 60, FIRST), do.cut(T0 + 30, T0 + 90, FIRST), do.cut(T0 + 90, T0 + 100, FIRST))
    assert world.truth_intervals(FIRST, T0 - 10, T0 + HOUR) == [(T0, T0 + 100)]


def test_last_flapped_tells_the_latest_change() -> None:
    world = with_only(do.cut(T0, T0 + 60, FIRST), do.cut(T0 + 600, T0 + 700, FIRST))
    flapped = world.sample(np.array([T0 - 1, T0 + 30, T0 + 599, T0 + 650, T0 + 800])).last_flapped[:, FIRST]
    assert flapped[1:].tolist() == [T0, T0 + 60, T0 + 600, T0 + 700]
    assert flapped[0] < T0 - DAY  # when the gateway booted


def test_a_flapping_circuit_goes_down_as_often_as_said() -> None:
    world = with_only(do.flap(T0, T0 + HOUR, FIRST, flaps=9))
    assert len(world.truth_intervals(FIRST, T0, T0 + DAY)) == 9
    assert world.truth_down(FIRST, T0, T0 + DAY) == pytest.approx(HOUR / 4)
    assert len(told(world, "GW_PORT_DOWN")) == len(told(world, "GW_PORT_UP")) == 9


def test_a_site_with_no_line_left_is_unheard_until_a_line_is_back() -> None:
    """A single-homed site cut for exactly 20 minutes."""
    world = with_only(do.cut(T0, T0 + 20 * MINUTE, LONE))
    assert world.truth_down(LONE, T0 - HOUR, T0 + HOUR) == 1200
    s = world.sample(np.array([T0 - 1, T0, T0 + 20 * MINUTE + REJOIN - 1, T0 + 20 * MINUTE + REJOIN]))
    assert s.connected[:, ONE].tolist() == [1, 0, 0, 1]
    assert told(world, "GW_DISCONNECTED") == [(T0, -1)]
    assert told(world, "GW_CONNECTED") == [(T0 + 20 * MINUTE + REJOIN, -1)]


def test_what_happens_while_a_gateway_is_unheard_is_told_when_it_is_back() -> None:
    world = with_only(do.cut(T0, T0 + 20 * MINUTE, LONE))
    back = next_report(ONE, T0 + 20 * MINUTE + REJOIN)
    ports = [e for e in events(world, T0 - HOUR, T0 + HOUR) if e.circuit == LONE]
    assert [(e.type, e.timestamp, e.known_at) for e in ports] == [
        ("GW_PORT_DOWN", T0, back),
        ("GW_PORT_UP", T0 + 20 * MINUTE, back),
    ]
    assert not [e for e in events_told(world, T0 - HOUR, back - 1) if e.circuit == LONE]
    assert [e for e in events_told(world, back - 1, back) if e.circuit == LONE] == ports


def test_a_site_is_unheard_only_while_all_its_lines_are_down() -> None:
    world = with_only(do.cut(T0, T0 + 600, FIRST), do.cut(T0 + 300, T0 + 900, SECOND))
    lost = world.lost_spans(T0, T0 + HOUR)
    assert lost.of_row(TWO) == [(T0 + 300, T0 + 600 + REJOIN)]


def test_a_port_event_is_told_with_the_next_report() -> None:
    world = with_only(do.cut(T0 + 7, T0 + 600, FIRST))
    down = next(e for e in events(world, T0, T0 + HOUR) if e.type == "GW_PORT_DOWN")
    assert down.known_at == next_report(TWO, T0 + 7)


def test_a_silent_gateway_stops_reporting_but_its_lines_are_fine() -> None:
    world = with_only(do.silent(T0, T0 + 10 * MINUTE, TWO))
    s = world.sample(every(30, T0 - MINUTE, T0 + 12 * MINUTE))
    inside = (s.t[:, 0] >= T0) & (s.t[:, 0] < T0 + 10 * MINUTE)
    assert np.all(s.connected[inside, TWO] == 0)
    assert np.all(s.connected[~inside, TWO] == 1)
    assert np.all(s.last_seen[inside, TWO] < T0)
    assert len(np.unique(s.last_seen[inside, TWO])) == 1
    assert np.all(s.up[:, [FIRST, SECOND]] == 1)
    assert [e.type for e in events(world, T0 - HOUR, T0 + HOUR)] == ["GW_DISCONNECTED", "GW_CONNECTED"]
    assert world.truth_down(FIRST, T0 - HOUR, T0 + HOUR) == 0


def test_a_blink_shorter_than_a_report_is_noticed_by_nobody() -> None:
    assert events(with_only(do.silent(T0, T0 + 20, TWO)), T0 - HOUR, T0 + HOUR) == []


def test_a_reboot_starts_uptime_anew_and_flaps_the_ports() -> None:
    world = with_only(do.reboot(T0, T0 + 270, TWO))
    booted = T0 + 90
    s = world.sample(np.array([T0 - 1, T0 + 100, T0 + 400]))
    assert s.uptime[0, TWO] > DAY
    assert s.uptime[1:, TWO].tolist() == [10, 310]
    assert s.connected[:, TWO].tolist() == [1, 0, 1]
    assert s.last_flapped[2, FIRST] == booted + 40
    kinds = [(e.type, e.timestamp - booted) for e in events(world, T0, T0 + HOUR) if e.circuit in (-1, FIRST)]
    assert kinds == [
        ("GW_DISCONNECTED", -90), ("GW_RESTARTED", 0), ("GW_PORT_DOWN", 20), ("GW_PORT_UP", 40), ("GW_CONNECTED", 180),
    ]  # fmt: skip
    assert world.truth_down(FIRST, T0 - HOUR, T0 + HOUR) == 0  # the line itself was fine


def test_a_carrier_can_fail_in_a_region() -> None:
    n = calm().network
    world = with_only(do.cut(T0, T0 + HOUR, region="Mountain", carrier="Lumen", stagger=6.0))
    s = world.sample(np.array([T0 - 1, T0 + 10, T0 + 2 * HOUR]))
    hit = n.rows(region="Mountain", carrier="Lumen")
    assert len(hit) >= 4
    assert np.flatnonzero(s.up[1] == 0).tolist() == hit
    assert np.all(s.up[[0, 2]] == 1)
    starts = {a for row in hit for a, _ in world.truth_intervals(row, T0, T0 + 2 * HOUR)}
    assert len(starts) > 1  # not all at the same moment
    assert all(T0 <= a < T0 + 6 for a in starts)


def test_alarms_for_critical_ports_gateways_and_bad_lines() -> None:
    world = with_only(
        do.cut(T0, T0 + 20 * MINUTE, LONE), do.cut(T0, T0 + 300, SECOND), do.congestion(T0, T0 + HOUR, FIRST)
    )
    found = {(a.type, a.circuit): a for a in alarms(world, T0 - HOUR, T0 + 2 * HOUR)}
    assert set(found) == {
        ("gw_port_down", LONE), ("gateway_down", -1), ("gateway_reconnected", -1), ("vpn_peer_down", SECOND),
        ("bad_wan_uplink", FIRST),
    }  # fmt: skip
    assert found["gateway_down", -1].severity == "critical"
    assert found["gateway_down", -1].known_at == T0 + 70  # one period and a bit after its last possible report
    assert found["gw_port_down", LONE].known_at > T0 + 20 * MINUTE  # the only line was the one that broke
    assert found["gw_port_down", LONE].resolved_at == T0 + 20 * MINUTE


@settings(max_examples=some(40), deadline=None)
@given(
    cuts=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3000), st.integers(1, 2000)), max_size=12),
    start=st.integers(-100, 3000),
    length=st.integers(1, 3000),
)
def test_true_downtime_is_what_sampling_every_second_counts(
    cuts: list[tuple[int, int, int]], start: int, length: int
) -> None:
    world = with_only(*(do.cut(T0 + a, T0 + a + d, row) for row, a, d in cuts))
    times = T0 + start + np.arange(length) + 0.5
    down = world.effects(T0, T0 + DAY).down
    up = np.ones((length, 21))
    k, i = down.hits(times.reshape(-1, 1).astype(np.float64))
    up[k, down.row[i]] = 0
    for row in {row for row, _, _ in cuts}:
        assert world.truth_down(row, T0 + start, T0 + start + length) == float((up[:, row] == 0).sum())


def test_on_an_ordinary_day_about_one_in_seventy_circuits_fails() -> None:
    """1.5 % a day, some days more where a carrier fails; each for 2 to 180 minutes."""
    world, n = ordinary(), ordinary().network
    days, failed, long = 28, 0, []
    for day in range(2, 2 + days):
        for row in range(n.circuits):
            spans = world.truth_intervals(row, T0 - (day + 1) * DAY, T0 - day * DAY)
            failed += bool(spans)
            long += [b - a for a, b in spans]
    assert 0.012 < failed / days / n.circuits < 0.05
    assert max(long) < 4 * HOUR


def test_the_sample_night() -> None:
    """SCREENS: Lumen is down in Mountain since 23 minutes, most stores run on another line, a few are dark."""
    world, n = ordinary(), ordinary().network
    s = world.sample(np.array([T0 - 24 * MINUTE, T0, T0 + 27 * MINUTE]))
    lumen = n.rows(region="Mountain", carrier="Lumen")
    assert [int((s.up[k, lumen] == 0).sum()) for k in range(3)] == [0, len(lumen), 0]
    dark = np.maximum.reduceat(s.up[1], n.site_first[:-1]) == 0
    assert 2 <= dark.sum() <= 10
    assert set(n.site_region[dark].tolist()) == {[r.name for r in REGIONS].index("Mountain")}
    comcast = n.rows(site=n.site_name.index("0417 Grand Junction CO"))[1]
    assert s.active[1, comcast] == 1
    assert 90 < 100 * s.rx_bps[1, comcast] / n.down_bps[comcast] < 97


def test_a_viewer_sees_change_within_minutes_and_every_two_hours() -> None:
    for start in (T0, T0 + 4 * HOUR, T0 + 40 * HOUR):
        kinds = {e.type for e in events(ordinary(), start, start + 15 * MINUTE)}
        assert {"GW_PORT_DOWN", "GW_PORT_UP"} <= kinds
        assert len(events(ordinary(), start, start + 2 * HOUR)) > 20


def test_an_outage_is_the_same_from_whichever_day_it_is_asked() -> None:
    """Also where it lies across midnight or the anchor."""
    world = ordinary()
    whole = {r: world.truth_intervals(r, T0 - 6 * DAY, T0 + 6 * HOUR) for r in range(world.network.circuits)}
    for row, spans in whole.items():
        for a, b in spans:
            middle = (a + b) / 2
            assert world.truth_down(row, middle - 0.5, middle + 0.5) == 1.0
