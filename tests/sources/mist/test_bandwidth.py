"""Bandwidth and where it comes from (DESIGN 5, mist facts 2.2)."""

from __future__ import annotations

import pytest

from noctui.model.words import BandwidthSource
from noctui.sources.mist.bandwidth import Bandwidth, bandwidth, configured_speed, link_speed
from noctui.sources.mist.structs import PortConfig, TrafficShaping


def shaped(kbps: float | None, enabled: bool | None = True, speed: str | None = None) -> PortConfig:
    return PortConfig(speed=speed, traffic_shaping=TrafficShaping(enabled, kbps))


def test_shaping_is_for_the_way_up_only() -> None:
    assert bandwidth(1e9, shaped(50_000)) == Bandwidth(1e9, 50e6, 1e9, BandwidthSource.SHAPING)


def test_shaping_says_something_without_a_link_speed() -> None:
    assert bandwidth(0.0, shaped(50_000)) == Bandwidth(0.0, 50e6, 0.0, BandwidthSource.SHAPING)


@pytest.mark.parametrize("config", [None, PortConfig(), shaped(50_000, False), shaped(None), shaped(0), shaped(-5)])
def test_else_the_link_speed_counts_for_both_ways(config: PortConfig | None) -> None:
    assert bandwidth(1e9, config) == Bandwidth(1e9, 1e9, 1e9, BandwidthSource.LINK)


def test_the_configured_speed_stands_in_for_a_port_that_says_none() -> None:
    assert bandwidth(0.0, PortConfig(speed="100m")) == Bandwidth(100e6, 100e6, 100e6, BandwidthSource.LINK)


def test_nothing_known_is_unknown_and_never_a_guess() -> None:
    assert bandwidth(0.0, None) == Bandwidth(0.0, 0.0, 0.0, BandwidthSource.NONE)


@pytest.mark.parametrize(
    ("text", "bps"), [("1g", 1e9), ("2.5G", 2.5e9), ("100m", 1e8), ("auto", 0), ("{{speed}}", 0), (None, 0), ("0m", 0)]
)
def test_configured_speeds(text: str | None, bps: float) -> None:
    assert configured_speed(text) == bps


@pytest.mark.parametrize("absurd", [None, 0.0, -1.0, float("nan"), float("inf"), 1e12])
def test_an_absurd_link_speed_is_unknown(absurd: float | None) -> None:
    assert link_speed(absurd) == 0.0
