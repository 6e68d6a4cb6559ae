"""Rates, quality, levels, severity, windows, trend and failover, as docs/values.md 5 to 9 say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from noctui.engine.engine import Engine
from noctui.engine.rules import Rules
from noctui.model.batch import Poll
from noctui.model.view import TREND_NONE, TREND_OUTAGE
from noctui.model.words import THRESHOLDS, Metric, QualitySource, Role, Severity
from tests.engine.build import circuit, network
from tests.engine.net import DOWN, NAN, OFF, T0, UP, Net, batch


def rx_after(first: float, second: float, **more: float) -> float:
    """rx_bps from two readings of the byte counter a minute apart."""
    net = Net(circuit("s", "0", link_bps=more.get("link_bps", 1e9)))
    net.poll(0, {**UP, "rx_bytes": first})
    record = net.poll(60, {**UP, "rx_bytes": second}, uptime=more.get("uptime", NAN))
    return float(record.view.circuits.rx_bps[0])


def test_a_counter_of_32_bits_wraps() -> None:
    """numbers e: 4294967000 → 100 is 396 bytes."""
    assert rx_after(4294967000.0, 100.0) == np.float32(396 * 8 / 60)


def test_a_reset_is_unknown_and_no_spike() -> None:
    """numbers e: 1,000,000 → 500 as a wrap would be 4,293,967,796 bytes, more than the link carries in a minute."""
    assert np.isnan(rx_after(1_000_000.0, 500.0, link_bps=100e6))


def test_a_64_bit_counter_does_not_wrap() -> None:
    """numbers e: there a decrease is a reset."""
    assert np.isnan(rx_after(2.0**32, 100.0))


def test_without_a_link_speed_nothing_can_be_called_a_wrap() -> None:
    """docs/values.md 5."""
    assert np.isnan(rx_after(4294967000.0, 100.0, link_bps=0.0))


def test_a_gateway_that_booted_since_began_to_count_anew() -> None:
    """docs/values.md 5: also when the counter rose."""
    assert np.isnan(rx_after(100.0, 900.0, uptime=59.0))
    assert rx_after(100.0, 900.0, uptime=60.0) == np.float32(800 * 8 / 60)


def test_a_rate_beyond_the_link_is_rejected_and_counted() -> None:
    """docs/values.md 5: above 110 % of the link, not at it; a negative one is unknown and not counted."""
    net = Net(circuit("s", "0", link_bps=100e6))
    record = net.poll(0, {**UP, "rx_bps": 110e6, "tx_bps": 111e6})
    assert record.rejected == 1
    assert record.view.circuits.rx_bps[0] == np.float32(110e6)
    assert np.isnan(record.view.circuits.tx_bps[0])
    assert net.poll(60, {**UP, "rx_bps": -1.0, "tx_bps": 0.0}).rejected == 0


def test_utilisation_is_never_capped_and_suspect_above_110() -> None:
    """docs/values.md 5: `bandwidth?`."""
    net = Net(circuit("s", "0", down_bps=100e6, up_bps=0.0, link_bps=1e9))
    table = net.poll(0, {**UP, "rx_bps": 110e6, "tx_bps": 5e6}).view.circuits
    assert table.rx_pct[0] == 110.0
    assert np.isnan(table.tx_pct[0])
    assert not table.suspect[0]
    table = net.poll(60, {**UP, "rx_bps": 250e6}).view.circuits
    assert (table.rx_pct[0], bool(table.suspect[0])) == (250.0, True)


PATHS = {
    "a": {"up": 1.0, "loss": 0.1, "latency": 40.0, "jitter": 5.0, "mos": 4.3},
    "b": {"up": 1.0, "loss": 0.3, "latency": 50.0, "jitter": 7.0, "mos": 4.1},
    "c": {"up": 0.0, "loss": 9.9, "latency": 999.0, "jitter": 99.0, "mos": 1.0},
}


def test_quality_comes_from_the_port_or_else_from_the_paths_that_are_up() -> None:
    """docs/values.md 5: worst loss and MOS, median latency and jitter."""
    net = Net(paths=("a", "b", "c"))
    table = net.poll(0, paths=PATHS).view.circuits
    found = [float(column[0]) for column in (table.loss, table.latency, table.jitter, table.mos)]
    assert found == pytest.approx([0.3, 45.0, 6.0, 4.1])
    assert table.quality[0] == QualitySource.PEERS
    table = net.poll(60, {**UP, "latency": 12.0}, paths=PATHS).view.circuits
    assert (table.latency[0], table.quality[0]) == (12.0, QualitySource.PORT)


@pytest.mark.parametrize(("count", "middle"), [(1, 10.0), (2, 15.0), (3, 20.0), (5, 30.0), (9, 50.0), (12, 65.0)])
def test_the_median_of_any_number_of_paths(count: int, middle: float) -> None:
    """docs/values.md 5: few are folded together, many one by one."""
    names = [f"p{n}" for n in range(count)]
    net = Net(paths=names)
    rows = {name: {"up": 1.0, "latency": 10.0 * (n + 1)} for n, name in enumerate(reversed(names))}
    assert net.poll(0, paths=rows).view.circuits.latency[0] == middle


def test_no_path_up_is_critical() -> None:
    """docs/values.md 5, 6: kept from the last poll that had rows."""
    net = Net(paths=("a", "b"))
    dead = {"a": {"up": 0.0}, "b": {"up": NAN}}
    assert net.poll(0, paths={"a": {"up": NAN}}).view.circuits.severity[0] == Severity.OK
    for t, paths in ((60, dead), (120, None)):
        table = net.poll(t, paths=paths).view.circuits
        assert (bool(table.no_path[0]), table.severity[0]) == (True, Severity.CRITICAL)
    assert not net.poll(180, paths={"b": {"up": 1.0}}).view.circuits.no_path[0]


def test_levels_rise_at_once_and_fall_below_the_threshold_less_its_share() -> None:
    """docs/values.md 6: 90 clears below 85.5; raw levels know nothing of that."""
    net = Net()
    told = []
    for minute, share in enumerate((69.9, 70.0, 90.0, 86.0, 85.5, 85.4, 76.0, 75.9, 66.4)):
        record = net.poll(60.0 * minute, {**UP, "rx_bps": share * 1e6})
        told.append((share, int(record.view.circuits.levels[0]), int(record.raw_levels[0])))
    assert told == [
        (69.9, 0, 0), (70.0, 1, 1), (90.0, 3, 3), (86.0, 3, 2), (85.5, 3, 2), (85.4, 2, 2),
        (76.0, 2, 1), (75.9, 1, 1), (66.4, 0, 0),
    ]  # fmt: skip


def test_a_missing_value_is_kept_for_three_intervals() -> None:
    """docs/values.md 6: value and level, then neither."""
    net = Net()
    net.poll(0, {**UP, "rx_bps": 95e6})
    for t, shown in ((60, 95.0), (120, 95.0), (180, 95.0), (240, NAN)):
        table = net.poll(t, UP).view.circuits
        assert np.array_equal(table.rx_pct[:1], [shown], equal_nan=True), t
        assert table.severity[0] == (Severity.CRITICAL if t <= 180 else Severity.OK)


def test_values_are_shown_while_unknown_and_forgotten_while_down() -> None:
    """docs/values.md 6."""
    net = Net()
    net.poll(0, {**UP, "rx_bps": 95e6})
    table = net.poll(240, None).view.circuits
    assert (table.rx_pct[0], table.levels[0], table.stale[0]) == (95.0, 3, True)
    net.poll(300, {**UP, "rx_bps": 95e6})
    table = net.poll(360, DOWN).view.circuits
    assert np.isnan(table.rx_pct[0])
    assert table.levels[0] == 0
    assert np.isnan(net.poll(420, UP).view.circuits.rx_pct[0])


def test_since_is_when_the_severity_began() -> None:
    """docs/values.md 6: the edge's time when the state changed, else the poll's."""
    net = Net()
    assert net.poll(0.5, UP).view.circuits.since[0] == T0
    assert net.poll(60, {**UP, "rx_bps": 95e6}).view.circuits.since[0] == T0 + 60
    assert net.poll(120, {**UP, "rx_bps": 99e6}).view.circuits.since[0] == T0 + 60
    assert net.poll(180, {**DOWN, "last_flapped": T0 + 150.7}).view.circuits.since[0] == T0 + 150


def test_maintenance_is_laid_over_all_but_disabled() -> None:
    """docs/values.md 6."""
    held = np.array([True])
    net = Net()
    assert net.poll(0, DOWN, held=held).view.circuits.severity[0] == Severity.MAINTENANCE
    record = net.poll(60, DOWN, held=held)
    assert record.view.sites.dark[0]  # still no circuit is up
    assert net.poll(120, OFF, held=held).view.circuits.severity[0] == Severity.DISABLED


def test_store_types_and_regions_may_have_thresholds_of_their_own() -> None:
    def limits(store_type: str, region: str) -> dict[Metric, tuple[float, float, float]]:
        return {**THRESHOLDS, Metric.UTILISATION: (10.0, 20.0, 30.0)} if region == "East" else dict(THRESHOLDS)

    net = Net(circuit("s", "0"), circuit("t", "0"), engine=Engine(Rules(limits)))
    net.inventory = network(net.inventory.circuits, {"t": "East"})
    record = net.poll(0, {**UP, "rx_bps": 25e6}, more={"t:0": {**UP, "rx_bps": 25e6}})
    assert record.view.circuits.severity.tolist() == [Severity.OK, Severity.HIGH]


def test_windows_count_ticks_above_each_level() -> None:
    """docs/values.md 7: total, longest run without unknown ticks in between, known."""
    net = Net()
    for minute, share in enumerate((95.0, 95.0, 60.0, 75.0, None, None, None, None, 95.0)):
        net.poll(60.0 * minute, None if share is None else {**UP, "rx_bps": share * 1e6}, connected=1.0)
    above = net.engine.above(3)
    # The last sample stands for three ticks: two of the four without one, and its own.
    assert above.known[0, Metric.UTILISATION] == 7 * 60
    assert above.total[0, Metric.UTILISATION].tolist() == [6 * 60, 5 * 60, 5 * 60]
    assert above.longest[0, Metric.UTILISATION].tolist() == [3 * 60, 3 * 60, 3 * 60]
    assert above.known[0, Metric.LOSS] == 0


def test_windows_let_go_of_what_leaves_them() -> None:
    """docs/values.md 7: exact at poll resolution."""
    net = Net()
    net.poll(0, {**UP, "rx_bps": 95e6}, interval=600.0)
    for n in range(1, 145):
        net.poll(600.0 * n, {**UP, "rx_bps": 1e6}, interval=600.0)
        for hours in (3, 12, 24):
            total = net.engine.above(hours).total[0, 0, 2]
            assert total == (600.0 if n < hours * 6 else 0.0), (n, hours)


def test_windows_go_on_at_another_interval() -> None:
    """docs/values.md 7: a sample of 300 s stands for the five ticks of 60 s that it covers."""
    net = Net()
    net.poll(0, {**UP, "rx_bps": 95e6}, interval=300.0)
    net.poll(300, {**UP, "rx_bps": 95e6}, interval=300.0)
    net.poll(660, {**UP, "rx_bps": 95e6}, interval=60.0)
    assert net.engine.above(3).total[0, 0].tolist() == [720.0, 720.0, 720.0]  # twice five ticks, then two


def test_the_trend_holds_the_highest_of_each_quarter() -> None:
    """docs/values.md 8: floored, an outage counts above all; bad quarters as bits."""
    net = Net()
    net.poll(0, {**UP, "rx_bps": 42.9e6})
    net.poll(60, {**UP, "rx_bps": 12e6})
    net.poll(900, {**UP, "rx_bps": 900e6}, interval=900.0)
    table = net.poll(1800, DOWN, interval=900.0).view.circuits
    assert table.trend[0].tolist() == [TREND_NONE] * 9 + [42, 250, TREND_OUTAGE]
    assert table.bad_quarters[0] == 0b110000000000
    table = net.poll(1800 + 4 * 900, None, interval=900.0).view.circuits
    assert table.trend[0].tolist() == [TREND_NONE] * 5 + [42, 250, TREND_OUTAGE] + [TREND_NONE] * 3 + [TREND_NONE]


def test_a_failover_is_told_when_it_begins_and_ends() -> None:
    """docs/values.md 9: not at the first poll that knows the site."""
    net = Net(circuit("s", "0"), circuit("s", "1", Role.SECONDARY, "Comcast"))
    idle, busy = {**UP, "active": 0.0}, UP
    assert net.poll(0, DOWN, more={"s:1": busy}).failovers == ()
    record = net.poll(60, busy, more={"s:1": idle})
    assert [(f.began, f.circuit_id) for f in record.failovers] == [(False, "s:0")]
    record = net.poll(120, DOWN, more={"s:1": busy})
    assert [(f.began, f.circuit_id, f.event_time) for f in record.failovers] == [(True, "s:1", T0 + 120)]
    assert record.view.sites.failed_over[0]
    assert net.poll(180, DOWN, more={"s:1": busy}).failovers == ()


def test_a_tick_that_does_not_rise_is_refused() -> None:
    net = Net()
    net.poll(60)
    with pytest.raises(ValueError, match="does not follow"):
        net.poll(30)


def test_windows_are_asked_for_after_a_poll() -> None:
    with pytest.raises(LookupError):
        Engine().above(3)


def test_counters_that_moved_under_an_old_time_give_no_rate_and_the_next_told_one_spans_both() -> None:
    """docs/values.md 5: the gateways feed was lost at 120, so nobody knows when that row was read. The rate of 170 is
    counted from 50: 1,500,000 bytes in 120 s are 100,000 bit/s; from 120 it would be 240,000."""
    net = Net()
    net.poll(60, {**UP, "rx_bytes": 0.0}, seen=50)
    lost = net.poll(120, {**UP, "rx_bytes": 750_000.0}, seen=50)
    back = net.poll(180, {**UP, "rx_bytes": 1_500_000.0}, seen=170)
    assert lost.valid[0] == 128
    assert back.view.circuits.rx_bps[0] == 100_000


def test_between_a_told_time_and_none_a_counter_gives_no_rate() -> None:
    """docs/values.md 5."""
    net = Net()
    net.poll(60, {**UP, "rx_bytes": 0.0}, seen=50)
    assert net.poll(120, {**UP, "rx_bytes": 750_000.0}, seen=NAN).valid[0] == 128
    assert net.poll(180, {**UP, "rx_bytes": 1_500_000.0}, seen=NAN).view.circuits.rx_bps[0] == 100_000


def test_a_lost_page_of_paths_leaves_their_circuits_quality_and_reach_alone() -> None:
    """docs/values.md 5: the path that was lost may be the good one, or the only one that is up."""
    net = Net(paths=("good", "bad"))
    good, bad = {"up": 1.0, "latency": 20.0}, {"up": 0.0, "latency": 90.0}
    net.poll(0, paths={"good": good, "bad": bad})
    poll = Poll(
        seq=2, at=T0 + 60, tick=int((T0 + 60) // 60), interval=60.0, gateways=None, whole=False,
        circuits=batch("circuits", [("s:0", T0 + 60, UP)]),
        paths=replace(batch("paths", [("bad", T0 + 60, bad)]), whole=False),
    )  # fmt: skip
    view = net.engine.apply(poll, net.inventory).view
    assert view.circuits.severity[0] == Severity.OK
    assert view.circuits.latency[0] == 20.0
    assert not view.circuits.no_path[0]


def test_two_assumed_times_are_as_good_as_two_told_ones() -> None:
    """docs/values.md 5: a feed that never says when is measured from poll to poll."""
    net = Net()
    net.poll(60, {**UP, "rx_bytes": 1.0}, seen=NAN)
    assert net.poll(120, {**UP, "rx_bytes": 750_001.0}, seen=NAN).view.circuits.rx_bps[0] == 100_000
