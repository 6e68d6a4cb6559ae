"""The contract with mistapi for what is asked of one site: path and query of each used function (facts of 0.64.1)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from noctui.sources.mist import facade_site
from noctui.sources.mist.session import Answer
from tests.sources.mist.test_facade import Recorded, Recorder

S = "/api/v1/sites/s1"
SLE = f"{S}/sle/site/s1"
DEVICE = "00000000-0000-0000-1000-90ec77710609"
TIMES = {"start": "1763772000", "end": "1763858401"}
CONTRACT: list[tuple[str, Callable[[Recorder], Awaitable[Answer]], Recorded]] = [
    (
        "gateway insights",
        lambda s: facade_site.gateway_insights(
            s, "s1", DEVICE, "ge-0/0/0", "rx_bps,tx_bps", 1763772000, 1763858401, "10m", 146
        ),
        (
            f"{S}/insights/gateway/{DEVICE}/stats",
            {"metrics": "rx_bps,tx_bps", "port_id": "ge-0/0/0", **TIMES, "interval": "10m", "limit": "146"},
        ),
    ),
    (
        "link health",
        lambda s: facade_site.link_health(s, "s1", "90ec77710609", "ge-0/0/0", 1763772000, 1763858401, "10m", 146),
        (
            f"{S}/insights/device/90ec77710609/wan_link_health",
            {"port_id": "ge-0/0/0", **TIMES, "interval": "10m", "limit": "146"},
        ),
    ),
    ("metrics", lambda s: facade_site.sle_metrics(s, "s1"), (f"{SLE}/metrics", {})),
    (
        "threshold",
        lambda s: facade_site.sle_threshold(s, "s1", "gateway-health"),
        (f"{SLE}/metric/gateway-health/threshold", {}),
    ),
    (
        "trend",
        lambda s: facade_site.sle_trend(s, "s1", "wan-link-health", 1763772000, 1763858401),
        (f"{SLE}/metric/wan-link-health/summary-trend", TIMES),
    ),
    (
        "impacted interfaces",
        lambda s: facade_site.sle_interfaces(s, "s1", "wan-link-health", 1763772000, 1763858401),
        (f"{SLE}/metric/wan-link-health/impacted-interfaces", TIMES),
    ),
    (
        "impacted gateways",
        lambda s: facade_site.sle_gateways(s, "s1", "gateway-health", 1763772000, 1763858401),
        (f"{SLE}/metric/gateway-health/impacted-gateways", TIMES),
    ),
]


@pytest.mark.parametrize(("call", "expected"), [c[1:] for c in CONTRACT], ids=[c[0] for c in CONTRACT])
async def test_each_endpoint_asks_for_what_mist_expects(
    call: Callable[[Recorder], Awaitable[Answer]], expected: Recorded
) -> None:
    recorder = Recorder()

    await call(recorder)

    assert recorder.got == [expected]
