"""What Mist still holds of the past: series put into our buckets, searches that are whole or nothing, and its pace."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from noctui.clock import FixedClock
from noctui.sources.mist.backfill import QUALITY, TRAFFIC, Grid, MistPast, Port, placed
from noctui.sources.mist.backfill_pace import Pace, calls_an_hour
from noctui.sources.mist.budget import TokenBook
from noctui.sources.mist.errors import AllTokensRest, Garbled, Rejected, Unavailable
from tests.sources.mist.cloud import FULL_HOUR, NOW, TOKENS, Cloud, fault, settings, status

SITE, MAC = "83c31971-ad70-4419-ae20-7f2b90748986", "90ec77710609"
PORT = Port(SITE, MAC, "ge-0/0/0")
GRID = Grid(FULL_HOUR - 7200.0, 600.0, 6)


def answer(start: float, interval: float = 600.0, **series: list[float | None]) -> dict[str, Any]:
    return {"start": start, "interval": interval, "limit": 999, "results": [], **series}


def told(found: Any) -> list[list[float | None]]:
    """NaN as None, to compare."""
    return [[None if math.isnan(v) else v for v in row] for row in found.tolist()]


def test_a_null_is_a_gap_and_never_0() -> None:
    found = placed(answer(GRID.start, rx_bps=[1, None, 3, 0, 5, 6], tx_bps=[1] * 6), TRAFFIC, GRID)
    assert told(found) == [[1, None, 3, 0, 5, 6], [1] * 6]


def test_buckets_stand_where_mist_says_they_begin() -> None:
    """Facts 2.1: bucket i starts at start + i x interval, whatever was asked for."""
    earlier = placed(answer(GRID.start - 1200, rx_bps=[1, 2, 3, 4], tx_bps=[]), TRAFFIC, GRID)
    assert told(earlier) == [[3, 4, None, None, None, None], [None] * 6]
    later = placed(answer(GRID.start + 2400, rx_bps=[1, 2, 3, 4]), TRAFFIC, GRID)
    assert told(later)[0] == [None, None, None, None, 1, 2]
    aside = placed(answer(GRID.start + 100, rx_bps=[1, 2, 3, 4, 5, 6]), TRAFFIC, GRID)
    assert told(aside)[0] == [1, 2, 3, 4, 5, 6], "in the bucket that they lie nearest to"


def test_a_clock_that_is_ahead_is_put_right() -> None:
    found = placed(answer(GRID.start - 900, rx_bps=[1, 2, 3, 4, 5, 6]), TRAFFIC, GRID, skew=900.0)
    assert told(found)[0] == [1, 2, 3, 4, 5, 6]


def test_clouds_that_nest_their_series_are_understood() -> None:
    nested = {"results": [], "wan_link_health": answer(GRID.start, avg_latency=[9, 9], avg_jitter=[1, 1])}
    found = placed(nested, QUALITY, GRID)
    assert told(found) == [[9, 9] + [None] * 4, [1, 1] + [None] * 4, [None] * 6]


def test_no_series_at_all_is_none_and_not_a_series_of_gaps() -> None:
    assert placed(answer(GRID.start, avg_latency=[], avg_jitter=[], avg_loss=[]), QUALITY, GRID) is None
    assert placed({"results": []}, QUALITY, GRID) is None


def test_other_buckets_than_asked_for_are_refused() -> None:
    with pytest.raises(Garbled, match="buckets of 3600 s where 600 s were asked for"):
        placed(answer(GRID.start, 3600.0, rx_bps=[1, 2]), TRAFFIC, GRID)


def test_a_series_that_was_cut_off_is_no_series() -> None:
    cut = answer(GRID.start, rx_bps=[1, 2, 3]) | {"limit": 3}
    with pytest.raises(Garbled, match="the first 3 buckets only"):
        placed(cut, TRAFFIC, GRID)


@given(st.integers(-10, 10), st.lists(st.one_of(st.none(), st.floats(0, 1e9, width=32)), max_size=20))
def test_every_value_lands_in_the_bucket_of_its_time(shift: int, values: list[float | None]) -> None:
    found = placed(answer(GRID.start + shift * 600, rx_bps=values or [None]), TRAFFIC, GRID)
    assert found is not None
    for bucket in range(GRID.count):
        at = bucket - shift
        expected = values[at] if 0 <= at < len(values) else None
        assert told(found)[0][bucket] == (None if expected is None else np.float32(expected))


_LEAVES = st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.just(600)
_KEYS = st.sampled_from(["start", "interval", "limit", "rx_bps", "results", "data"])


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner)


@given(st.recursive(_LEAVES, _nested, max_leaves=12))
def test_any_json_gives_a_series_of_sane_values_or_one_line(body: Any) -> None:
    try:
        found = placed(body if isinstance(body, dict) else {"results": body, "rx_bps": body}, TRAFFIC, GRID)
    except Garbled:
        return
    assert found is None or found.shape == (2, 6)
    assert found is None or ((found >= 0) | np.isnan(found)).all()


# over a socket


def past(cloud: Cloud, clock: FixedClock | None = None, share: float = 0.3, **changes: Any) -> MistPast:
    return MistPast(settings(cloud, **changes), clock or FixedClock(NOW), share)


def series(times: int = 10**6) -> Any:
    body = answer(GRID.start, rx_bps=[1.0] * 6, tx_bps=[2.0] * 6)
    return fault("/insights/", lambda: web.json_response(body), times)


async def test_traffic_is_asked_for_by_id_and_quality_by_mac(cloud: Cloud) -> None:
    """Facts 5, 7: the gateway's path wants the UUID, the device's the MAC."""
    cloud.faults.append(series())
    mist = past(cloud)
    found = await mist.traffic(PORT, GRID)
    assert await mist.quality(PORT, GRID) is None
    await mist.close()

    assert told(found) == [[1.0] * 6, [2.0] * 6]
    traffic, quality = cloud.asked
    assert traffic.path == f"/api/v1/sites/{SITE}/insights/gateway/00000000-0000-0000-1000-{MAC}/stats"
    assert quality.path == f"/api/v1/sites/{SITE}/insights/device/{MAC}/wan_link_health"
    assert dict(traffic.query) == {
        "metrics": "rx_bps,tx_bps", "port_id": "ge-0/0/0", "start": f"{GRID.start:.0f}", "end": f"{GRID.end:.0f}",
        "interval": "10m", "limit": "8",
    }  # fmt: skip
    assert mist.calls == 2


async def test_a_gateway_that_mist_knows_no_more_is_refused_and_a_bad_minute_tried_again(cloud: Cloud) -> None:
    mist = past(cloud)
    with pytest.raises(Rejected, match="404"):
        await mist.traffic(PORT, GRID)
    cloud.faults += [fault("/insights/", status(502), times=2), series()]
    assert await mist.traffic(PORT, GRID) is not None
    assert mist.calls == 4, "every try is counted"
    cloud.faults.insert(0, fault("/insights/", status(503)))
    with pytest.raises(Unavailable, match="503 Service Unavailable, 4 tries"):
        await mist.traffic(PORT, GRID)
    await mist.close()


async def test_a_search_that_lost_a_page_is_no_search(cloud: Cloud) -> None:
    """Else the missing events would look like a port that stayed as it was."""
    cloud.rows["events"] = [
        {"type": "GW_PORT_DOWN", "mac": MAC, "port_id": "ge-0/0/0", "timestamp": NOW - 60 * i} for i in range(30)
    ]
    mist = past(cloud, page_limit=10)
    await mist.open()
    found = await mist.events(NOW - 600, NOW)
    assert sorted(row.timestamp for row in found if row.timestamp) == [NOW - 60 * i for i in range(10, 0, -1)]
    cloud.faults.append(fault("/events/search", status(500), query="search_after"))
    with pytest.raises(Unavailable):
        await mist.events(NOW - 600, NOW)
    await mist.close()


async def test_429_rests_the_token_until_the_full_hour(cloud: Cloud) -> None:
    clock = FixedClock(NOW)
    mist = past(cloud, clock)
    cloud.faults += [fault("/insights/", status(429), times=1), series()]
    with pytest.raises(AllTokensRest):
        await mist.traffic(PORT, GRID)
    wait = await mist.wait()
    assert wait is not None
    assert wait.until == FULL_HOUR
    clock.move(FULL_HOUR - NOW + 1)
    assert await mist.wait() is None
    assert await mist.traffic(PORT, GRID) is not None
    await mist.close()


async def test_what_others_use_of_the_token_is_left_to_them(cloud: Cloud) -> None:
    """Mist says how many calls it has counted; 40 minutes into the hour an even use is 63 % of it."""
    clock = FixedClock(NOW)
    mist = past(cloud, clock)
    cloud.usage[TOKENS[0]] = {"requests": 3200, "request_limit": 5000}
    wait = await mist.wait()
    assert wait is not None
    assert wait.why == "3,200 of the hour's 5,000 calls are used by all: sweeps come first"
    assert wait.until == NOW + 30
    clock.move(600.0)
    assert await mist.wait() is None, "50 minutes into the hour it is 77 %"
    await mist.close()


def test_no_more_than_its_share_of_an_hour() -> None:
    clock = FixedClock(FULL_HOUR + 3000)
    book = TokenBook(TOKENS[:1], clock)
    pace = Pace(book, clock, 0.3)
    assert pace.share == 1500
    pace.count(1499)
    assert pace.wait() is None
    pace.count()
    wait = pace.wait()
    assert wait is not None
    assert (wait.until, wait.why) == (FULL_HOUR + 3600, "this hour's share of 1,500 calls is used")
    clock.move(600)
    assert pace.wait() is None, "a new hour"


def test_the_share_of_tokens_that_nobody_has_asked_yet() -> None:
    assert calls_an_hour(1, 0.3) == 1500
    assert calls_an_hour(3, 0.3) == 4500
    assert calls_an_hour(0, 0.3) == 1500


def test_names_that_cannot_stand_in_an_address_are_not_asked_for() -> None:
    assert PORT.askable
    for port in (Port("", MAC, "x"), Port(SITE, "../../self", "x"), Port(SITE, MAC, ""), Port("a/b", MAC, "x")):
        assert not port.askable
