"""Mist's own series of one port (facts/mist 2.1: insight series)."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.model.detail import INSIGHT_WINDOWS, AskInsights, Insights
from noctui.sources.mist.detail_insights import TRAFFIC, series_of
from noctui.sources.mist.detail_values import number
from tests.examples import some
from tests.sources.mist.cloud import NOW
from tests.sources.mist.detail_cloud import CIRCUIT, Desk, SiteCloud, nothing_is_unknown
from tests.sources.mist.rows import MAC, SITE

TRAFFIC_END, QUALITY_END = "/stats", "/wan_link_health"
RX = [48211034, 51200417, None, 47110233]


@pytest.fixture
async def cloud() -> AsyncIterator[SiteCloud]:
    made = SiteCloud()
    made.bodies = {
        TRAFFIC_END: {"start": int(NOW) - 2400, "end": int(NOW), "interval": 600, "rx_bps": RX, "tx_bps": [1, 2, 3, 4]},
        QUALITY_END: {"start": int(NOW) - 7200, "interval": 3600, "avg_latency": [23.5, None], "avg_loss": [0, 0.2]},
    }
    await made.server.start_server()
    yield made
    await made.server.close()


async def asked(cloud: SiteCloud, window: str = "24h", **more: Any) -> Insights:
    async with Desk(cloud, **more) as desk:
        answer = await desk.details.answer(AskInsights(CIRCUIT, window))
    assert isinstance(answer, Insights)
    return answer


async def test_traffic_and_quality_come_with_buckets_of_their_own(cloud: SiteCloud) -> None:
    answer = await asked(cloud)

    assert answer.error == ""
    assert (answer.start, answer.interval, answer.asked_at) == (NOW - 2400, 600, NOW)
    assert nothing_is_unknown(answer.values["rx_bps"]) == RX
    assert (answer.quality_start, answer.quality_interval) == (NOW - 7200, 3600)
    assert nothing_is_unknown(answer.values["avg_latency"]) == [23.5, None]
    assert answer.values["avg_loss"] == (0.0, 0.2)
    assert "avg_jitter" not in answer.values, "what Mist did not give is absent, not empty"


@pytest.mark.parametrize(("window", "word"), [("1h", "1m"), ("6h", "2m"), ("24h", "10m"), ("7d", "1h")])
async def test_each_window_asks_for_its_buckets_and_clips_none(cloud: SiteCloud, window: str, word: str) -> None:
    await asked(cloud, window)

    back, bucket = INSIGHT_WINDOWS[window]
    for part in ("/insights/gateway/", "/insights/device/"):
        query = cloud.query(part)
        start, end = int(query["start"]), int(query["end"])
        assert query["port_id"] == "ge-0/0/0"
        assert query["interval"] == word
        assert start % bucket == 0
        assert back <= end - start <= back + bucket
        assert int(query["limit"]) > (end - start) / bucket, "Mist's own limit of 100 would cut the series"


async def test_traffic_is_asked_by_the_uuid_and_quality_by_the_mac(cloud: SiteCloud) -> None:
    """facts/mist 5.7: the wrong kind of id gives an empty answer, not an error."""
    await asked(cloud)

    assert sorted(r.path for r in cloud.asked) == [
        f"/api/v1/sites/{SITE}/insights/device/{MAC}/wan_link_health",
        f"/api/v1/sites/{SITE}/insights/gateway/00000000-0000-0000-1000-{MAC}/stats",
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"rx_bps": [1, None, 3], "tx_bps": [4, 5, 6]},
        {"results": {"rx_bps": [1, None, 3], "tx_bps": [4, 5, 6]}},
        {"results": [{"rx_bps": [1, None, 3], "tx_bps": [4, 5, 6]}]},
        {"results": [{"rx_bps": 1, "tx_bps": 4}, {"tx_bps": 5}, {"rx_bps": "3", "tx_bps": 6}]},
        {"data": {"rx_bps": [1, "?", 3], "tx_bps": [4, 5, 6]}},
    ],
    ids=["top", "results object", "results list", "a row a bucket", "data"],
)
def test_every_known_shape_gives_the_same_series(body: dict[str, Any]) -> None:
    _, series = series_of(body, TRAFFIC)

    assert {name: nothing_is_unknown(values) for name, values in series.items()} == {
        "rx_bps": [1, None, 3],
        "tx_bps": [4, 5, 6],
    }


async def test_quality_may_be_nested_with_its_own_start(cloud: SiteCloud) -> None:
    cloud.bodies[QUALITY_END] = {
        "start": 1,
        "wan_link_health": {"start": int(NOW) - 600, "interval": 600, "avg_jitter": [1.5]},
    }

    answer = await asked(cloud)

    assert answer.values["avg_jitter"] == (1.5,)
    assert (answer.quality_start, answer.quality_interval) == (NOW - 600, 600)


async def test_one_half_that_fails_leaves_the_other(cloud: SiteCloud) -> None:
    del cloud.bodies[QUALITY_END]

    answer = await asked(cloud)

    assert len(answer.values["rx_bps"]) == 4
    assert answer.error == "latency, jitter and loss: 404 Not found."


async def test_a_port_without_probes_has_no_quality_and_no_error(cloud: SiteCloud) -> None:
    cloud.bodies[QUALITY_END] = {
        "start": int(NOW),
        "interval": 600,
        "avg_latency": [],
        "avg_jitter": [],
        "avg_loss": [],
    }

    answer = await asked(cloud)

    assert answer.error == ""
    assert sorted(answer.values) == ["rx_bps", "tx_bps"]


async def test_what_is_no_number_is_unknown_and_never_zero(cloud: SiteCloud) -> None:
    cloud.bodies[TRAFFIC_END] = b'{"rx_bps": ["12.5", "x", NaN, Infinity, true, -3, [], {}, 1e999, "1e999", null, 0]}'

    answer = await asked(cloud)

    assert nothing_is_unknown(answer.values["rx_bps"]) == [12.5, *[None] * 10, 0]
    assert answer.interval == 600, "without Mist's own, the interval that was asked for"


@pytest.mark.parametrize(
    "body", [b"<html>Bad gateway</html>", b'{"rx_bps": [1, 2', b"[1, 2]", b"", b"\xff\xfe", b"[" * 9000]
)
async def test_an_answer_that_is_none_is_one_clear_line(cloud: SiteCloud, body: bytes) -> None:
    cloud.bodies = {TRAFFIC_END: body, QUALITY_END: body}

    answer = await asked(cloud)

    assert answer.values == {}
    assert answer.error.startswith("the answer is ")
    assert "\n" not in answer.error


async def test_a_series_that_mist_cuts_all_the_same_is_said(cloud: SiteCloud) -> None:
    """facts/mist 2.1: the default limit of 100 may clip long series."""
    rx = list(range(100))
    cloud.bodies[TRAFFIC_END] = {"start": int(NOW) - 86_400, "interval": 600, "limit": 100, "rx_bps": rx}

    answer = await asked(cloud)

    assert len(answer.values["rx_bps"]) == 100
    assert answer.error == "traffic: Mist told the first 100 buckets only"


async def test_a_broken_answer_is_tried_once_more(cloud: SiteCloud) -> None:
    good, told = cloud.bodies[TRAFFIC_END], list[bytes]()

    async def first_broken(_request: web.Request) -> web.StreamResponse:
        told.append(b"")
        return web.Response(text="{") if len(told) == 1 else web.json_response(good)

    cloud.bodies[TRAFFIC_END] = first_broken

    answer = await asked(cloud)

    assert answer.error == ""
    assert len(answer.values["rx_bps"]) == 4
    assert cloud.count("/stats") == 2


async def test_mists_clock_is_translated_both_ways(cloud: SiteCloud) -> None:
    """Our clock is 100 s ahead: Mist is asked by its time, and its buckets are told by ours."""
    async with Desk(cloud) as desk:
        desk.session.skew.seconds = 100.0
        answer = await desk.details.answer(AskInsights(CIRCUIT))

    assert cloud.query("/stats")["end"] == str(int(NOW) - 100)
    assert isinstance(answer, Insights)
    assert answer.start == NOW - 2400 + 100


async def test_a_start_from_another_century_is_not_believed(cloud: SiteCloud) -> None:
    cloud.bodies[TRAFFIC_END] = {"start": 17, "interval": -5, "rx_bps": [1]}

    answer = await asked(cloud)

    assert abs(answer.start - (NOW - 86_400)) <= 600
    assert answer.interval == 600


async def test_a_circuit_that_no_sweep_has_seen_costs_no_call(cloud: SiteCloud) -> None:
    async with Desk(cloud) as desk:
        unknown = await desk.details.answer(AskInsights("nowhere:ge-0/0/9"))
        odd = await desk.details.answer(AskInsights(CIRCUIT, "2h"))

    assert unknown.error == "Mist does not list this circuit now."
    assert odd.error == "A window is one of 1h, 6h, 24h, 7d."
    assert cloud.asked == []


@settings(max_examples=some(200))
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["rx_bps", "results", "wan_link_health", "x"]), inner, max_size=3)
        ),
    )
)
def test_no_json_breaks_the_reader(found: Any) -> None:
    _, series = series_of(found if isinstance(found, dict) else {"results": found}, TRAFFIC)

    assert all(math.isnan(v) or 0 <= v < math.inf for values in series.values() for v in values)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_in_quotes_is_that_number(value: float) -> None:
    assert number(repr(value)) == value
