"""Service levels of one site (facts/mist 2.1: SLE)."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from noctui.model.detail import AskSle, SiteSle, SleMetric, SleShare
from noctui.sources.mist.detail_sle_read import gateways, interfaces, listed, threshold, trend
from tests.sources.mist.cloud import NOW
from tests.sources.mist.detail_cloud import Desk, SiteCloud, nothing_is_unknown
from tests.sources.mist.rows import SITE

GATEWAY, LINK, APPLICATION = "gateway-health", "wan-link-health", "application-health"


def told(total: list[Any], degraded: list[Any], *classifiers: tuple[str, list[Any]]) -> dict[str, Any]:
    return {
        "start": NOW - 10_800, "end": NOW,
        "sle": {"name": "x", "interval": 3600, "samples": {"total": total, "degraded": degraded, "value": [1, 1, 1]}},
        "classifiers": [
            {"name": n, "y_label": "user-minutes", "samples": {"total": total, "degraded": d}} for n, d in classifiers
        ],
        "impact": {}, "events": [],
    }  # fmt: skip


@pytest.fixture
async def cloud() -> AsyncIterator[SiteCloud]:
    made = SiteCloud()
    made.bodies = {
        f"site/{SITE}/metrics": {"enabled": [GATEWAY, LINK], "supported": [GATEWAY, LINK, APPLICATION]},
        f"{GATEWAY}/summary-trend": told([60, 60, 60], [0, 0, 0]),
        f"{LINK}/summary-trend": told(
            [120, None, 60], [12, 60, 6], ("network-jitter", [0, 0, 0]), ("network-loss", [2, 0, 4]),
            ("interface-port-down", [10, 0, 2]),
        ),
        f"{APPLICATION}/summary-trend": told([100, 100, 200], [0, 0, 100], ("network-latency", [0, 0, 100])),
        f"{GATEWAY}/threshold": {"threshold": "80", "units": "%", "direction": "right"},
        f"{LINK}/threshold": {"default": 100, "units": "ms", "direction": "right"},
        f"{LINK}/impacted-interfaces": {
            "interfaces": [
                {"interface_name": "ge-0/0/1", "gateway_name": "GW-0", "gateway_mac": "90ec77710609",
                 "degraded": 60, "duration": 7200, "total": 7200},
                {"interface_name": "ge-0/0/0", "gateway_name": "GW-0", "degraded": 720, "duration": 7200},
            ],
        },
        f"{LINK}/impacted-gateways": {"gateways": [{"name": "GW-0", "degraded": 1080, "duration": 9, "total": 10800}]},
        f"{APPLICATION}/impacted-gateways": {"gateways": [{"gateway_mac": "90ec77710609", "degraded": 5, "total": 50}]},
    }  # fmt: skip
    await made.server.start_server()
    yield made
    await made.server.close()


async def asked(cloud: SiteCloud, hours: int = 3, **more: Any) -> SiteSle:
    async with Desk(cloud, **more) as desk:
        answer = await desk.details.answer(AskSle(SITE, hours))
    assert isinstance(answer, SiteSle)
    return answer


def of(answer: SiteSle, metric: str) -> SleMetric:
    return next(m for m in answer.metrics if m.metric == metric)


async def test_percent_is_summed_over_the_buckets_that_know_both(cloud: SiteCloud) -> None:
    """100·((120 + 60) − (12 + 6)) / (120 + 60): the bucket without a total is unknown, not whole."""
    answer = await asked(cloud)

    link = of(answer, LINK)
    assert answer.error == ""
    assert link.percent == pytest.approx(90.0)
    assert nothing_is_unknown(link.trend) == [90.0, None, 90.0]
    assert (link.start, link.interval) == (NOW - 10_800, 3600)
    assert of(answer, GATEWAY).percent == 100.0
    assert of(answer, APPLICATION).percent == pytest.approx(75.0)


async def test_classifiers_come_worst_first_with_their_part_of_the_whole(cloud: SiteCloud) -> None:
    link = of(await asked(cloud), LINK)

    assert [c.name for c in link.classifiers] == ["interface-port-down", "network-loss"], "jitter took nothing"
    assert link.classifiers[0].percent == pytest.approx(100 * 12 / 180)
    assert link.classifiers[0].seconds == 12 * 60, "the axis is labelled user-minutes"


async def test_what_was_hit_has_the_names_that_real_wan_answers_give(cloud: SiteCloud) -> None:
    link = of(await asked(cloud), LINK)

    assert link.interfaces == (
        SleShare("ge-0/0/0", 10.0, 720),
        SleShare("ge-0/0/1", 100 * 60 / 7200, 60),
    )
    assert link.gateways == (SleShare("GW-0", 10.0, 1080),)


async def test_a_metric_without_fault_costs_no_call_for_what_was_hit(cloud: SiteCloud) -> None:
    await asked(cloud)

    assert cloud.count(f"{GATEWAY}/impacted") == 0
    assert cloud.count("impacted-interfaces") == 1, "interfaces belong to the link's health alone"
    assert len(cloud.asked) == 10  # metrics, 3 trends, 3 thresholds, 1 interfaces, 2 gateways


async def test_thresholds_are_told_in_words(cloud: SiteCloud) -> None:
    answer = await asked(cloud)

    assert [m.threshold for m in answer.metrics] == ["bad above 80 %", "bad above 100 ms", ""]


@pytest.mark.parametrize("status", [400, 404])
async def test_a_metric_that_mist_refuses_leaves_the_others(cloud: SiteCloud, status: int) -> None:
    """facts/mist 2.1: some metrics are answered with 400."""

    async def refuse(_request: web.Request) -> web.StreamResponse:
        return web.json_response({"detail": "not here"}, status=status)

    cloud.bodies[f"{APPLICATION}/summary-trend"] = refuse

    answer = await asked(cloud)

    assert [m.metric for m in answer.metrics] == [GATEWAY, LINK]
    assert answer.error == f"application-health: {status}"


async def test_the_site_is_asked_in_its_own_spelling(cloud: SiteCloud) -> None:
    cloud.bodies[f"site/{SITE}/metrics"] = {"supported": [GATEWAY, "application_health"]}
    cloud.bodies["application_health/summary-trend"] = told([10], [0])

    answer = await asked(cloud)

    assert [m.metric for m in answer.metrics] == [GATEWAY, APPLICATION]
    assert cloud.count(LINK) == 0, "a metric that the site has not costs no call"


async def test_without_a_list_of_metrics_all_three_are_asked(cloud: SiteCloud) -> None:
    del cloud.bodies[f"site/{SITE}/metrics"]

    assert len((await asked(cloud)).metrics) == 3


async def test_thresholds_and_metrics_are_asked_once_a_month(cloud: SiteCloud) -> None:
    async with Desk(cloud) as desk:
        await desk.details.answer(AskSle(SITE))
        before = len(cloud.asked)
        desk.clock.move(601)
        await desk.details.answer(AskSle(SITE))
        again = len(cloud.asked) - before
        desk.clock.move(31 * 86_400)
        await desk.details.answer(AskSle(SITE))

    assert (before, again) == (10, 6)
    assert cloud.count("/metrics") == 2
    assert cloud.count(f"{LINK}/threshold") == 2


async def test_hours_are_asked_by_mists_clock(cloud: SiteCloud) -> None:
    async with Desk(cloud) as desk:
        desk.session.skew.seconds = -50.0
        answer = await desk.details.answer(AskSle(SITE, 6))

    query = cloud.query("summary-trend")
    assert (query["start"], query["end"]) == (str(int(NOW) + 50 - 6 * 3600), str(int(NOW) + 50))
    assert isinstance(answer, SiteSle)
    assert of(answer, LINK).start == NOW - 10_800 - 50


@pytest.mark.parametrize("site", ["", "../orgs/x", "a/b", "x" * 80, "a?b"])
async def test_only_an_id_goes_into_a_path(cloud: SiteCloud, site: str) -> None:
    async with Desk(cloud) as desk:
        answer = await desk.details.answer(AskSle(site))

    assert answer.error == "This is no site of Mist's."
    assert cloud.asked == []


@pytest.mark.parametrize(
    ("total", "degraded"),
    [([], []), ([0, 0], [0, 0]), ([None], [None]), (["x"], [1]), ([10], [20]), ("10", "2"), ([10], [-4])],
)
def test_without_sensible_samples_the_level_is_unknown(total: Any, degraded: Any) -> None:
    """Neither 0 nor 100: nobody measured."""
    assert math.isnan(trend({"sle": {"samples": {"total": total, "degraded": degraded}}}).percent)


def test_interfaces_of_several_gateways_say_which() -> None:
    rows = [
        {"interface_name": "ge-0/0/0", "switch_name": "A", "degraded": 5, "total": 10},
        {"interface_name": "ge-0/0/0", "gateway_name": "B", "degraded": "2", "total": 10},
        {"interface_name": "ge-0/0/1", "gateway_name": "B", "degraded": 0, "total": 10},
        "no row",
    ]

    assert interfaces({"interfaces": rows}) == (SleShare("ge-0/0/0 A", 50.0, 5), SleShare("ge-0/0/0 B", 20.0, 2))


def test_foreign_names_are_one_clean_line() -> None:
    (share,) = gateways({"gateways": [{"name": "GW\x1b[31m\n[red]x", "degraded": 1, "total": 2}]})

    assert share.name == "GW·[31m [red]x"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"threshold": "-66", "units": "dBm", "direction": "left"}, "bad below -66 dBm"),
        ({"threshold": 1.5, "units": "%"}, "1.5 %"),
        ({"threshold": "", "default": 72, "direction": "right"}, "bad above 72"),
        ({}, ""),
        ({"threshold": {"a": 1}}, ""),
        ({"threshold": True}, ""),
    ],
)
def test_a_threshold_in_words(body: dict[str, Any], words: str) -> None:
    assert threshold(body) == words


def test_metrics_are_listed_in_either_spelling() -> None:
    assert listed({"enabled": ["wan-link-health", 7], "supported": ["application_health"], "metrics": None}) == {
        "wan-link-health": "wan-link-health",
        "application-health": "application_health",
    }


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["sle", "samples", "total", "degraded", "classifiers", "name", "interval", "start"]),
            inner,
            max_size=4,
        )
    ),
)


@given(_JSON)
def test_no_json_breaks_the_reader(found: Any) -> None:
    body = found if isinstance(found, dict) else {"sle": found, "classifiers": found, "interfaces": found}

    read = trend(body)

    assert math.isnan(read.percent) or 0 <= read.percent <= 100
    assert read.interval >= 1
    assert all(s.seconds > 0 for s in (*read.classifiers, *interfaces(body), *gateways(body)))


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1)), min_size=1, max_size=40))
def test_percent_is_the_whole_less_what_was_degraded(pairs: list[tuple[float, float]]) -> None:
    total, degraded = [t for t, _ in pairs], [t * part for t, part in pairs]

    read = trend({"sle": {"samples": {"total": total, "degraded": degraded}}})

    if math.fsum(total) > 0:
        assert read.percent == pytest.approx(
            100 * (math.fsum(total) - math.fsum(degraded)) / math.fsum(total), abs=1e-6
        )
    else:
        assert math.isnan(read.percent)
