"""Bandwidth and where it comes from, each way by itself (DESIGN 5, mist facts 2.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.model.words import BandwidthSource
from noctui.sources.mist.bandwidth import (
    OLDEST_TEST,
    Bandwidth,
    Measured,
    bandwidth,
    believed,
    configured_speed,
    link_speed,
)
from noctui.sources.mist.structs import PortConfig, SpeedTestRow, TrafficShaping

NOW = 1_763_858_400.0
NONE, LINK = BandwidthSource.NONE, BandwidthSource.LINK
SPEEDTEST, SHAPING = BandwidthSource.SPEEDTEST, BandwidthSource.SHAPING
TEST = Measured(NOW - 3600.0, 322e6, 199e6)


def shaped(kbps: float | str | None, enabled: bool | None = True, speed: str | None = None) -> PortConfig:
    return PortConfig(speed=speed, traffic_shaping=TrafficShaping(enabled, kbps))


def speed_test(down: float | None = 322, up: float | None = 199, at: float | None = NOW - 3600.0) -> SpeedTestRow:
    return SpeedTestRow(mac="m", port_id="ge-0/0/0", timestamp=at, rx_mbps=down, tx_mbps=up, failed=False)


def test_shaping_is_for_the_way_up_only() -> None:
    assert bandwidth(1e9, shaped(50_000)) == Bandwidth(1e9, 50e6, 1e9, LINK, SHAPING)


def test_shaping_says_something_without_a_link_speed() -> None:
    assert bandwidth(0.0, shaped(50_000)) == Bandwidth(0.0, 50e6, 0.0, NONE, SHAPING)


def test_a_speed_test_is_better_than_the_link_both_ways() -> None:
    assert bandwidth(1e9, None, TEST) == Bandwidth(322e6, 199e6, 1e9, SPEEDTEST, SPEEDTEST, TEST.at)


def test_shaping_is_better_than_a_speed_test_but_only_up() -> None:
    assert bandwidth(1e9, shaped(50_000), TEST) == Bandwidth(322e6, 50e6, 1e9, SPEEDTEST, SHAPING, TEST.at)


def test_a_speed_test_of_one_way_leaves_the_other_to_the_link() -> None:
    assert bandwidth(1e9, None, Measured(NOW, 322e6, 0.0)) == Bandwidth(322e6, 1e9, 1e9, SPEEDTEST, LINK, NOW)


def test_a_speed_test_stands_where_nothing_else_is_known() -> None:
    assert bandwidth(0.0, None, TEST) == Bandwidth(322e6, 199e6, 0.0, SPEEDTEST, SPEEDTEST, TEST.at)


def test_a_speed_test_that_is_faster_than_its_link_measured_something_else() -> None:
    assert bandwidth(100e6, None, TEST) == Bandwidth(100e6, 100e6, 100e6, LINK, LINK)
    assert bandwidth(100e6, None, Measured(NOW, 108e6, 20e6)).source is SPEEDTEST  # rough, but this line


def test_a_test_that_counts_for_neither_way_has_no_time() -> None:
    assert bandwidth(100e6, shaped(50_000), Measured(NOW, 322e6, 20e6)).tested_at == 0.0


@pytest.mark.parametrize(
    "config",
    [None, PortConfig(), shaped(50_000, False), shaped(None), shaped(0), shaped(-5), shaped("{{kbps}}"), shaped("x")],
)
def test_else_the_link_speed_counts_for_both_ways(config: PortConfig | None) -> None:
    assert bandwidth(1e9, config) == Bandwidth(1e9, 1e9, 1e9, LINK, LINK)


def test_a_resolved_variable_is_a_number_in_quotes() -> None:
    assert bandwidth(1e9, shaped("50000")).up_bps == 50e6


def test_the_configured_speed_stands_in_for_a_port_that_says_none() -> None:
    assert bandwidth(0.0, PortConfig(speed="100m")) == Bandwidth(100e6, 100e6, 100e6, LINK, LINK)


def test_nothing_known_is_unknown_and_never_a_guess() -> None:
    assert bandwidth(0.0, None) == Bandwidth(0.0, 0.0, 0.0, NONE, NONE)


def test_a_speed_test_is_believed_for_90_days() -> None:
    assert believed(speed_test(), NOW) == TEST
    assert believed(speed_test(at=NOW - OLDEST_TEST), NOW) is not None
    assert believed(speed_test(at=NOW - OLDEST_TEST - 1), NOW) is None


@pytest.mark.parametrize(
    "row",
    [
        SpeedTestRow(timestamp=NOW, rx_mbps=322, tx_mbps=199, failed=True),
        speed_test(0, 0),
        speed_test(None, None),
        speed_test(-5, 2e6),
        speed_test(float("inf"), float("nan")),
        speed_test(0.05, 0.01),  # nothing was measured
        speed_test(at=None),
        speed_test(at=NOW + 86400.0),
        speed_test(at=float("nan")),
    ],
    ids=["failed", "zeros", "no figures", "absurd", "no numbers", "too slow", "no time", "tomorrow", "nan"],
)
def test_a_failed_absurd_or_timeless_test_says_nothing(row: SpeedTestRow) -> None:
    assert believed(row, NOW) is None


def test_the_start_counts_when_a_test_has_no_time_of_its_own() -> None:
    assert believed(SpeedTestRow(start_time=NOW - 60, rx_mbps=10, tx_mbps=5), NOW) == Measured(NOW - 60, 10e6, 5e6)


@pytest.mark.parametrize(
    ("text", "bps"), [("1g", 1e9), ("2.5G", 2.5e9), ("100m", 1e8), ("auto", 0), ("{{speed}}", 0), (None, 0), ("0m", 0)]
)
def test_configured_speeds(text: str | None, bps: float) -> None:
    assert configured_speed(text) == bps


@pytest.mark.parametrize("absurd", [None, 0.0, -1.0, float("nan"), float("inf"), 1e12])
def test_an_absurd_link_speed_is_unknown(absurd: float | None) -> None:
    assert link_speed(absurd) == 0.0


@given(
    link=st.sampled_from([0.0, 1e8, 1e9]),
    kbps=st.one_of(st.none(), st.floats(), st.text(max_size=6)),
    down=st.one_of(st.none(), st.floats()),
    up=st.one_of(st.none(), st.floats()),
)
def test_a_figure_has_a_source_and_a_source_a_figure(
    link: float, kbps: float | str | None, down: float | None, up: float | None
) -> None:
    found = bandwidth(link, shaped(kbps), believed(speed_test(down, up), NOW))

    assert (found.down_bps > 0) == (found.source is not NONE)
    assert (found.up_bps > 0) == (found.up_source is not NONE)
    assert (found.tested_at > 0) == (SPEEDTEST in (found.source, found.up_source))
    assert found.source is not SHAPING
