"""Counters and rates as gateways report them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.sim import incidents as do
from noctui.sim.mist.reports import Reports
from noctui.sim.world import World
from tests.examples import some
from tests.sim.worlds import HOUR, MINUTE, T0, calm, lines_of, site_with, with_only


def test_between_two_reports_the_counter_rises_by_the_reported_rate() -> None:
    reports = Reports(calm(), T0)
    site = calm().network.circuit_site
    for minute in range(1, 20):
        before, at = reports.rx_bytes.copy(), reports.at.copy()
        reports.advance(T0 + minute * 60.0)
        seconds = (reports.at - at)[site]
        assert np.all(seconds == 60.0)
        assert np.allclose((reports.rx_bytes - before) * 8 / seconds, reports.rx_bps, atol=1.0)


@settings(max_examples=some(15), deadline=None)
@given(looks=st.lists(st.floats(0.1, 1500), min_size=1, max_size=8))
def test_counters_do_not_depend_on_who_asks_when(looks: list[float]) -> None:
    """Looked at often, once or after a long silence: the same."""
    often, once = Reports(calm(), T0), Reports(calm(), T0)
    t = T0
    for step in looks:
        t += step
        often.advance(t)
    once.advance(t)
    assert np.array_equal(often.at, once.at)
    assert np.allclose(often.rx_bytes, once.rx_bytes, rtol=0, atol=10.0)
    assert np.array_equal(often.rx_bps, once.rx_bps)


def test_counters_integrate_the_true_rate() -> None:
    """Against the rate sampled every second, within 0.5 % over two hours."""
    reports = Reports(calm(), T0)
    before, start = reports.rx_bytes.copy(), reports.at.copy()
    reports.advance(T0 + 2 * HOUR)
    site = calm().network.circuit_site
    truth = np.zeros(calm().network.circuits)
    for chunk in range(8):
        seconds = np.arange(900)[:, None] + 900.0 * chunk + 0.5
        truth += calm().rates(start[None, :] + seconds)[0].sum(axis=0) / 8
    assert np.all((reports.at - start)[site] == 2 * HOUR)
    assert np.allclose(reports.rx_bytes - before, truth, rtol=0.005)


def test_a_report_comes_once_a_period_at_the_gateways_own_moment() -> None:
    world = World(sites=60, incidents=(), report_seconds=5.0)
    reports = Reports(world, T0)
    assert len(np.unique(reports.at)) > 5
    assert np.all(T0 - reports.at < 5.0)
    reports.advance(T0 + 5.0)
    assert np.all(T0 + 5.0 - reports.at < 5.0)


def test_while_a_gateway_is_unheard_its_counters_stand_then_catch_up() -> None:
    site = site_with(calm(), 2)
    row = lines_of(calm(), site)[0]
    reports = Reports(with_only(do.silent(T0, T0 + 10 * MINUTE, site)), T0 - 1)
    quiet = Reports(calm(), T0 - 1)
    reports.advance(T0 + 5 * MINUTE)
    stood = reports.rx_bytes[row]
    assert reports.connected()[site] == 0
    reports.advance(T0 + 9 * MINUTE)
    assert reports.rx_bytes[row] == stood
    reports.advance(T0 + 12 * MINUTE)
    quiet.advance(T0 + 12 * MINUTE)
    assert reports.connected()[site] == 1
    assert reports.rx_bytes[row] == pytest.approx(quiet.rx_bytes[row], abs=10)


def test_a_report_made_just_before_the_silence_counts_though_nobody_looked() -> None:
    site = site_with(calm(), 2)
    start = T0 + 1000
    reports = Reports(with_only(do.silent(start, start + 600, site)), T0)
    reports.advance(start + 300)
    assert start - 60 <= reports.at[site] < start


@pytest.mark.parametrize("what", ["reset", "reboot"])
def test_counters_fall_at_a_reset_and_at_a_boot(what: str) -> None:
    site = site_with(calm(), 2)
    row = lines_of(calm(), site)[0]
    incident = do.reset(T0 + 100, row) if what == "reset" else do.reboot(T0 + 100, T0 + 370, site)
    reports = Reports(with_only(incident), T0)
    high = reports.rx_bytes[row]
    uptime = reports.seen.uptime[0, site]
    reports.advance(T0 + 600)
    assert 0 < reports.rx_bytes[row] < high
    assert reports.rx_bytes[row] < 600 * calm().network.down_bps[row] / 8
    assert (reports.seen.uptime[0, site] < uptime) == (what == "reboot")


def test_time_does_not_go_back() -> None:
    reports = Reports(calm(), T0)
    reports.advance(T0 + 600)
    at = reports.at.copy()
    reports.advance(T0)
    assert np.array_equal(reports.at, at)
