"""What is true at an instant."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.model.words import THRESHOLDS, Metric
from noctui.sim import incidents as do
from noctui.sim.world import Samples, World
from tests.examples import some
from tests.sim.worlds import DAY, HOUR, MINUTE, T0, calm, every, lines_of, ordinary, site_with, with_only

TABLES = [name for name in Samples.__dataclass_fields__ if name != "t"]


def test_two_worlds_of_one_seed_agree_in_every_figure() -> None:
    times = every(300, T0 - DAY, T0 + HOUR)
    a, b = World(seed=5, sites=30).sample(times), World(seed=5, sites=30).sample(times)
    for name in TABLES:
        assert np.array_equal(getattr(a, name), getattr(b, name), equal_nan=True), name


def test_an_instant_is_the_same_whatever_is_asked_around_it() -> None:
    """No state: a single instant, a day's table and one at every site's own instant give the same row."""
    world, t = ordinary(), T0 - 40 * MINUTE
    alone, day = world.sample(np.array([t])), world.sample(every(300, t - 12 * HOUR, t + 12 * HOUR))
    own = world.evaluate(np.full((1, world.network.sites), t))
    for name in TABLES:
        assert np.array_equal(getattr(alone, name)[0], getattr(day, name)[144], equal_nan=True), name
        assert np.array_equal(getattr(alone, name), getattr(own, name), equal_nan=True), name


def test_figures_are_rounded_as_mist_rounds_them() -> None:
    s = ordinary().sample(every(900, T0 - DAY, T0))
    for table, digits in ((s.rx_bps, 0), (s.tx_bps, 0), (s.latency, 1), (s.jitter, 1), (s.loss, 2), (s.path_mos, 2)):
        known = table[~np.isnan(table)]
        assert np.array_equal(known, np.round(known, digits))


def test_figures_are_possible() -> None:
    s, n = ordinary().sample(every(900, T0 - DAY, T0 + 3 * HOUR)), ordinary().network
    assert np.all(s.rx_bps >= 0)
    assert np.all(s.rx_bps <= 1.1 * n.down_bps)
    assert np.all(s.tx_bps <= 1.1 * n.up_bps)
    assert np.nanmin(s.loss) >= 0
    assert np.nanmax(s.loss) <= 100
    assert np.nanmin(s.latency) > 1
    assert 1 <= np.nanmin(s.path_mos) <= np.nanmax(s.path_mos) <= 4.5


def test_a_circuit_that_is_down_carries_nothing_and_measures_nothing() -> None:
    row = lines_of(calm(), site_with(calm(), 2))[0]
    s = with_only(do.cut(T0, T0 + HOUR, row)).sample(np.array([T0 + MINUTE]))
    assert (s.up[0, row], s.active[0, row], s.rx_bps[0, row], s.tx_bps[0, row]) == (0, 0, 0, 0)
    assert np.isnan([s.latency[0, row], s.jitter[0, row], s.loss[0, row], s.path_mos[0, 2 * row]]).all()
    assert s.path_up[0, 2 * row] == 0


def test_one_line_of_a_site_is_active_the_first_that_is_up() -> None:
    site = site_with(calm(), 3)
    first, second, third = lines_of(calm(), site)
    world = with_only(do.cut(T0, T0 + HOUR, first), do.cut(T0 + MINUTE, T0 + 2 * MINUTE, second))
    s = world.sample(np.array([T0 - 1, T0, T0 + 90, T0 + 3 * MINUTE, T0 + HOUR]))
    assert s.active[:, [first, second, third]].tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]]
    others = np.add.reduceat(s.active, world.network.site_first[:-1], axis=1)
    assert np.all(others == 1)


def test_the_line_that_takes_over_carries_what_the_first_carried() -> None:
    """As far as it can: a smaller one is full, and then its figures get worse."""
    noon = T0 + 16 * HOUR
    n = calm().network
    for site in np.flatnonzero(np.diff(n.site_first) >= 2)[:12].tolist():
        first, second = lines_of(calm(), site)[:2]
        before = calm().sample(np.array([noon]))
        after = with_only(do.cut(noon - 1, noon + 1, first)).sample(np.array([noon]))
        background = 0.15 * n.down_bps[first]  # what a line carries besides its site's demand, at most
        wanted = (before.rx_bps[0, first] - background) * n.share[second]
        assert after.rx_bps[0, second] >= min(wanted, 0.94 * n.down_bps[second])
        assert after.rx_bps[0, second] > before.rx_bps[0, second]


def test_a_full_line_has_worse_latency() -> None:
    """A DSL line that must carry a fibre's demand."""
    quiet, noon = ordinary().with_incidents(()), T0 + 16 * HOUR
    n, before = quiet.network, quiet.sample(np.array([noon]))
    seconds = [c for c in range(n.circuits) if n.circuit_rank[c] == 1 and n.share[c] == 1]
    small = [c for c in seconds if before.rx_bps[0, c - 1] > 1.4 * n.down_bps[c]]
    assert small
    for c in small:
        s = quiet.with_incidents([do.cut(noon - 1, noon + 1, c - 1)]).sample(np.array([noon]))
        assert s.rx_bps[0, c] > 0.93 * n.down_bps[c]
        assert s.latency[0, c] > before.latency[0, c] + 5
        assert s.loss[0, c] > before.loss[0, c]


def test_congestion_holds_rx_around_its_level() -> None:
    s = with_only(do.congestion(T0, T0 + HOUR, 0, level=0.94)).sample(every(60, T0, T0 + HOUR))
    share = s.rx_bps[:, 0] / calm().network.down_bps[0]
    assert share.min() > 0.91
    assert share.max() < 0.97
    assert len(np.unique(share)) > 30


def test_lossy_and_slow_lines_show_it_on_their_paths_too() -> None:
    quiet = calm().sample(np.array([T0 + 1]))
    s = with_only(do.lossy(T0, T0 + HOUR, 0, percent=2.0), do.slow(T0, T0 + HOUR, 2, milliseconds=90)).sample(
        np.array([T0 + 1])
    )
    assert s.loss[0, 0] - quiet.loss[0, 0] == pytest.approx(2.0, abs=0.011)
    assert s.jitter[0, 0] - quiet.jitter[0, 0] == pytest.approx(8.0, abs=0.11)
    assert s.path_loss[0, 0] > 1.5
    assert s.latency[0, 2] - quiet.latency[0, 2] == pytest.approx(90.0, abs=0.11)
    assert s.path_latency[0, 4] > 90
    assert s.path_mos[0, 0] < quiet.path_mos[0, 0]


def test_a_quiet_hour_is_quiet() -> None:
    """About 1 % critical, 1 to 2 % high, 2 % warn, and most lines between idle and half used."""
    world = World(incidents=())
    n = world.network
    s = world.sample(every(HOUR, T0 - DAY, T0))
    used = 100 * np.maximum(s.rx_bps / n.down_bps, s.tx_bps / n.up_bps)
    values = {
        Metric.UTILISATION: used, Metric.LOSS: s.loss, Metric.JITTER: s.jitter, Metric.LATENCY: s.latency,
    }  # fmt: skip
    level = np.zeros(used.shape, np.int64)
    for metric, value in values.items():
        level = np.maximum(level, sum((value >= bound).astype(np.int64) for bound in THRESHOLDS[metric]))
    share = [float(np.mean(level == k)) * 100 for k in range(4)]
    assert share[0] > 93
    assert 0.5 < share[3] < 2
    assert 0.5 < share[2] < 2.5
    assert 1 < share[1] < 3.5
    assert np.percentile(used[s.active > 0], 95) < 55


def test_stores_are_busy_by_day_and_quiet_by_night() -> None:
    """In their own zone: noon against three in the morning, in Denver."""
    s = calm().sample(np.array([T0 + 6 * HOUR + 46 * MINUTE, T0 + 15 * HOUR + 46 * MINUTE]))  # 10:00, 19:00 UTC
    assert s.rx_bps[1].sum() > 2 * s.rx_bps[0].sum()


@settings(max_examples=some(30), deadline=None)
@given(t=st.floats(T0 - 30 * DAY, T0 + 30 * DAY), step=st.floats(0.01, 1.0))
def test_rates_have_no_jumps_where_nothing_happens(t: float, step: float) -> None:
    """Within a second no line moves by more than 1 % of its bandwidth."""
    rx, tx = calm().rates(np.array([[t], [t + step]]))
    assert np.all(np.abs(rx[1] - rx[0]) <= 0.01 * calm().network.down_bps)
    assert np.all(np.abs(tx[1] - tx[0]) <= 0.01 * calm().network.up_bps)


@settings(max_examples=some(50), deadline=None)
@given(t=st.floats(T0 - HOUR, T0 + 4 * HOUR))
def test_the_latest_report_is_in_the_past_and_was_made_while_connected(t: float) -> None:
    world = ordinary()
    at = world.last_report(np.array([[t]]))[0]
    s = world.evaluate(at[None, :], paths=False)
    assert np.all(at <= t)
    assert np.all(s.connected == 1)
    connected = world.sample(np.array([t])).connected[0] == 1
    long_connected = world.sample(np.array([t - 61.0])).connected[0] == 1
    assert np.all(at[connected & long_connected] > t - 60.001)
