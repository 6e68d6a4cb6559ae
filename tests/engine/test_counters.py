"""Counters as facts/numbers.md e has them: wraps, resets, gaps, odd clocks, a speed that changes."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.build import circuit, network
from tests.engine.net import UP, Net


def rates(readings: list[tuple[float, float]], link_bps: float = 1e9) -> list[float]:
    """What each (second, counter) but the first gives, bits/s, NaN where its sample has no rate; the screen goes on
    showing the last known one for a while."""
    net = Net(circuit("s", "0", link_bps=link_bps, down_bps=100e6))
    records = [net.poll(at, {**UP, "rx_bytes": value}) for at, value in readings]
    return [float(r.view.circuits.rx_bps[0]) if r.valid[0] & 1 else np.nan for r in records[1:]]


@pytest.mark.parametrize(
    ("link", "seconds"),
    [(10e6, 3436), (100e6, 343.6), (1e9, 34.36), (10e9, 3.44)],
    ids=["10 M", "100 M", "1 G", "10 G"],
)
def test_how_long_a_32_bit_counter_lasts(link: float, seconds: float) -> None:
    """2^32 octets at line rate: 3436 / 343.6 / 34.36 / 3.44 s (RFC 2863: 57 min at 10 M, 5.7 min at 100 M)."""
    assert 2**32 * 8 / link == pytest.approx(seconds, rel=2e-3)


def test_a_wrap_counts_as_the_bytes_that_it_hides() -> None:
    """4294967000 → 100 = 396."""
    assert rates([(0, 4_294_967_000), (60, 100)]) == [np.float32(396 * 8 / 60)]


def test_a_decrease_that_the_line_cannot_explain_is_a_reset_and_unknown() -> None:
    """1,000,000 → 500 would be 4,293,967,796 bytes: no false spike, no lower bound sold as a figure."""
    found = rates([(0, 1_000_000), (60, 500), (120, 1_100)], link_bps=100e6)
    assert np.isnan(found[0])
    assert found[1] == np.float32(600 * 8 / 60)


def test_an_increase_is_never_made_up() -> None:
    """Prometheus makes 11 of 5, 10, 4, 6. Between 10 and 4 nothing is known here: 5, unknown, 2."""
    found = rates([(0, 5), (60, 10), (120, 4), (180, 6)], link_bps=1e3)
    assert found[0] == np.float32(5 * 8 / 60)
    assert np.isnan(found[1])
    assert found[2] == np.float32(2 * 8 / 60)


def test_bytes_over_a_gap_are_kept_and_spread_over_it() -> None:
    """A gap of three polls, then +900: the total stays 900, the rate is 900 over the real time."""
    assert rates([(0, 100), (240, 1000)]) == [np.float32(900 * 8 / 240)]


def test_the_same_time_told_twice_is_a_repeat_and_no_zero() -> None:
    net = Net(circuit("s", "0", link_bps=1e9))
    net.poll(0, {**UP, "rx_bytes": 100.0})
    first = net.poll(60, {**UP, "rx_bytes": 700.0})
    again = net.poll(120, {**UP, "rx_bytes": 700.0}, seen=60)
    assert first.view.circuits.rx_bps[0] == np.float32(600 * 8 / 60)
    assert again.view.circuits.rx_bps[0] == first.view.circuits.rx_bps[0]
    assert again.valid[0] == 0


def test_a_clock_that_goes_back_gives_no_rate() -> None:
    """A poll whose tick does not rise is refused; a row that was observed before the last one is no sample."""
    net = Net(circuit("s", "0", link_bps=1e9))
    net.poll(0, {**UP, "rx_bytes": 100.0})
    net.poll(60, {**UP, "rx_bytes": 700.0})
    again = net.poll(120, {**UP, "rx_bytes": 700.0}, seen=30)
    assert again.valid[0] == 0


def test_a_speed_that_changes_counts_from_then_on() -> None:
    """Utilisation belongs to the bandwidth of its own time: 50 Mbit/s are 50 % before and 100 % after."""
    net = Net(circuit("s", "0", link_bps=1e9, down_bps=100e6))
    before = net.poll(0, {**UP, "rx_bps": 50e6}).view.circuits.rx_pct[0]
    net.inventory = network([circuit("s", "0", link_bps=1e9, down_bps=50e6)])
    after = net.poll(60, {**UP, "rx_bps": 50e6}).view.circuits.rx_pct[0]
    assert (before, after) == (50.0, 100.0)
