"""What device statistics of the stream say: rates from two of them, the rest as it is."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from noctui.sources.mist.stream_read import SiteFeed
from tests.sources.mist.cloud import NOW
from tests.sources.mist.rows import MAC, SITE
from tests.sources.mist.stream_server import circuit_of
from tests.sources.mist.test_stream import stats


def told(*messages: dict[str, Any], skew: float = 0.0) -> tuple[float | None, float | None]:
    """(rx, tx) of the first port after all of them."""
    feed = SiteFeed(SITE, circuit_of)
    for one in messages:
        assert feed.take(one, skew)
    (port,) = feed.told("live").ports
    return tuple(None if v != v else v for v in (port.rx_bps, port.tx_bps))  # type: ignore[return-value]


def test_a_counter_that_fell_began_anew() -> None:
    assert told(stats(NOW, 5000, 500), stats(NOW + 10, 100, 1500)) == (None, 800)


def test_a_gateway_that_restarted_began_anew_even_if_its_counters_grew() -> None:
    assert told(stats(NOW, uptime=900), stats(NOW + 10, 9000, uptime=5)) == (None, None)


def test_the_same_statistics_once_more_are_no_zero() -> None:
    assert told(stats(NOW, 0, 0), stats(NOW + 10, 1000, 0), stats(NOW + 10, 1000, 0)) == (800, 0)


def test_an_older_message_that_took_longer_changes_nothing() -> None:
    assert told(stats(NOW, 0), stats(NOW + 10, 1000), stats(NOW + 5, 999_999)) == (800, 0)


def test_over_a_long_gap_there_is_no_rate() -> None:
    assert told(stats(NOW, 0), stats(NOW + 301, 1000)) == (None, None)


def test_a_message_without_a_time_tells_no_rate() -> None:
    assert told(stats(0, 0, uptime=1), stats(0, 1000, uptime=2)) == (None, None)


def test_a_reported_rate_stands_in_where_counters_are_missing() -> None:
    port = {"ge-0/0/0": {"up": True, "rx_bps": 42, "tx_bps": "43"}}
    assert told(stats(NOW, if_stat=port)) == (42, 43)


def test_times_are_told_by_our_clock() -> None:
    feed = SiteFeed(SITE, circuit_of)
    feed.take(stats(NOW), 100.0)

    assert feed.told("live").at == NOW + 100


def test_what_a_message_leaves_out_stays_known() -> None:
    feed = SiteFeed(SITE, circuit_of)
    feed.take(stats(NOW), 0.0)
    feed.take({"mac": MAC, "last_seen": NOW + 5, "cpu_stat": {"usage": 71}}, 0.0)
    known = feed.told("live")

    assert (known.cpu, known.memory, known.connected, len(known.ports)) == (71, 39, True, 1)


def test_ports_are_joined_by_interface_or_wan_name_and_others_left_out() -> None:
    feed = SiteFeed(SITE, circuit_of)
    interfaces = {"cell": {"up": False}, "ge-0/0/0.0": {"up": True}, "irb.7": {"up": True}, "bad": 3}
    feed.take(stats(if_stat=interfaces), 0.0)

    assert [(p.circuit_id, p.up) for p in feed.told("live").ports] == [
        (f"{SITE}:ge-0/0/0", True),
        (f"{SITE}:lte", False),
    ]


def test_of_two_gateways_the_busier_counts_and_both_must_be_connected() -> None:
    feed = SiteFeed(SITE, circuit_of)
    feed.take([stats(), stats(mac="90ec77000001", cpu_stat={"usage": 90}, status="disconnected")], 0.0)

    assert (feed.told("live").cpu, feed.told("live").connected) == (90, False)


def test_another_site_or_another_kind_of_device_is_not_heard() -> None:
    feed = SiteFeed(SITE, circuit_of)

    assert not feed.take(stats(site_id="elsewhere"), 0.0)
    assert not feed.take(stats(type="switch"), 0.0)
    assert not feed.take({"if_stat": {}}, 0.0)
    assert feed.told("connecting").connected is None


_ANY = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
)


@given(st.lists(st.fixed_dictionaries({"mac": st.just(MAC)}, optional={
    "last_seen": _ANY, "uptime": _ANY, "status": _ANY, "cpu_stat": _ANY, "memory_stat": _ANY,
    "type": st.just("gateway"),
    "if_stat": _ANY | st.dictionaries(st.sampled_from(["ge-0/0/0", "cell"]), _ANY | st.fixed_dictionaries(
        {}, optional={"up": _ANY, "rx_bytes": _ANY, "tx_bytes": _ANY, "rx_bps": _ANY, "port_id": _ANY})),
}), max_size=4))  # fmt: skip
def test_whatever_comes_gives_a_rate_or_none(messages: list[dict[str, Any]]) -> None:
    feed = SiteFeed(SITE, circuit_of)
    for one in messages:
        feed.take(one, 0.0)

    for port in feed.told("live").ports:
        assert math.isnan(port.rx_bps) or port.rx_bps >= 0
        assert port.up in (True, False, None)
