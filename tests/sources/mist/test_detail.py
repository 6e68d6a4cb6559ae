"""What holds for every question: cached, asked once, answered in time, within its share of the budget."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from noctui.model.detail import AskInsights, AskPorts, AskSle, GatewayFacts, Insights, PortFacts, Ports, SiteSle
from noctui.sources.mist.errors import Unavailable
from noctui.sources.mist.planner import DRILL_DOWN
from noctui.sources.mist.retry import Deadline
from tests.sources.mist.cloud import FULL_HOUR, NOW, TOKENS
from tests.sources.mist.detail_cloud import CIRCUIT, Desk, Held, SiteCloud
from tests.sources.mist.rows import MAC, SITE

TREND = {"sle": {"interval": 3600, "samples": {"total": [60], "degraded": [0]}}}


@pytest.fixture
async def cloud() -> AsyncIterator[SiteCloud]:
    made = SiteCloud()
    made.bodies = {
        "/stats": {"interval": 600, "rx_bps": [1, 2]},
        "/wan_link_health": {"interval": 600, "avg_loss": [0]},
        "/summary-trend": TREND,
    }
    await made.server.start_server()
    yield made
    await made.server.close()


async def test_the_same_question_asked_twice_at_once_is_one_call(cloud: SiteCloud) -> None:
    async with Desk(cloud) as desk:
        answers = await asyncio.gather(*(desk.details.answer(AskInsights(CIRCUIT)) for _ in range(20)))

    assert len(cloud.asked) == 2, "one for traffic, one for quality"
    assert all(a is answers[0] for a in answers)


@pytest.mark.parametrize(("window", "bucket"), [("1h", 60), ("6h", 120), ("24h", 600), ("7d", 3600)])
async def test_series_are_kept_until_there_can_be_a_new_bucket(cloud: SiteCloud, window: str, bucket: int) -> None:
    async with Desk(cloud) as desk:
        first = await desk.details.answer(AskInsights(CIRCUIT, window))
        desk.clock.move(bucket - 1)
        kept = await desk.details.answer(AskInsights(CIRCUIT, window))
        calls = len(cloud.asked)
        desk.clock.move(1)
        fresh = await desk.details.answer(AskInsights(CIRCUIT, window))

    assert kept is first
    assert (calls, len(cloud.asked)) == (2, 4)
    assert isinstance(fresh, Insights)
    assert fresh.asked_at == NOW + bucket


async def test_service_levels_are_kept_ten_minutes(cloud: SiteCloud) -> None:
    cloud.bodies["/threshold"] = {"threshold": "1"}
    async with Desk(cloud) as desk:
        first = await desk.details.answer(AskSle(SITE))
        desk.clock.move(599)
        assert await desk.details.answer(AskSle(SITE)) is first
        desk.clock.move(1)
        assert await desk.details.answer(AskSle(SITE)) is not first


async def test_a_failure_is_kept_for_a_moment_only(cloud: SiteCloud) -> None:
    """A screen repaints every second: that must not spend the budget on what just failed."""
    good = cloud.bodies.pop("/stats")
    async with Desk(cloud) as desk:
        assert (await desk.details.answer(AskInsights(CIRCUIT))).error
        calls = len(cloud.asked)
        await desk.details.answer(AskInsights(CIRCUIT))
        assert len(cloud.asked) == calls
        cloud.bodies["/stats"] = good
        desk.clock.move(15)
        assert (await desk.details.answer(AskInsights(CIRCUIT))).error == ""


async def test_an_answer_that_takes_too_long_says_so_and_comes_later(cloud: SiteCloud) -> None:
    held = Held({"interval": 600, "rx_bps": [7, 8]})
    cloud.bodies["/stats"] = held
    async with Desk(cloud, limit=0.05) as desk:
        early = await desk.details.answer(AskInsights(CIRCUIT))
        calls = len(cloud.asked)
        held.gone.set()
        while (late := await desk.details.answer(AskInsights(CIRCUIT))).error:
            pass

    assert isinstance(early, Insights)
    assert early.error == "Mist has not answered within 0.05 s; it is still asked."
    assert early.values == {"avg_loss": (0.0,)}, "what came in time is there"
    assert isinstance(late, Insights)
    assert late.values["rx_bps"] == (7.0, 8.0)
    assert len(cloud.asked) == calls == 2, "nothing was asked again"


async def test_service_levels_that_came_in_time_are_shown(cloud: SiteCloud) -> None:
    held = Held(TREND)
    cloud.bodies = {"application-health/summary-trend": held, **cloud.bodies}
    async with Desk(cloud, limit=0.2) as desk:
        answer = await desk.details.answer(AskSle(SITE))
        held.gone.set()

    assert isinstance(answer, SiteSle)
    assert [m.metric for m in answer.metrics] == ["gateway-health", "wan-link-health"]
    assert "0.2 s" in answer.error


async def test_who_stops_waiting_does_not_stop_the_question(cloud: SiteCloud) -> None:
    """A pane that is left cancels its question; the next one finds the answer in the cache."""
    held = Held({"interval": 600, "rx_bps": [7]})
    cloud.bodies["/stats"] = held
    async with Desk(cloud) as desk:
        pane = asyncio.create_task(desk.details.answer(AskInsights(CIRCUIT)))
        await held.came.wait()
        pane.cancel()
        await asyncio.gather(pane, return_exceptions=True)
        held.gone.set()
        answer = await desk.details.answer(AskInsights(CIRCUIT))

    assert isinstance(answer, Insights)
    assert answer.values["rx_bps"] == (7.0,)
    assert len(cloud.asked) == 2


async def test_drill_down_may_use_a_tenth_of_the_budget(cloud: SiteCloud) -> None:
    async with Desk(cloud) as desk:
        desk.details.share.take(499)
        half = await desk.details.answer(AskInsights(CIRCUIT))
        refused = await desk.details.answer(AskInsights(CIRCUIT, "7d"))
        calls = len(cloud.asked)
        desk.clock.move(FULL_HOUR - NOW)
        free = await desk.details.answer(AskInsights(CIRCUIT, "7d"))

    line = "Drill-down used its share of the API budget (500 of 5,000); free again 01:00 UTC."
    assert DRILL_DOWN == 0.10
    assert half.error == line
    assert refused.error == line
    assert calls == 1
    assert free.error == ""


async def test_two_tokens_have_twice_the_share(cloud: SiteCloud) -> None:
    async with Desk(cloud, tokens=TOKENS[:2]) as desk:
        assert desk.details.share.limit == 1000


async def test_calls_with_another_token_count_as_well(cloud: SiteCloud) -> None:
    async def rests(request: web.Request) -> web.StreamResponse:
        if TOKENS[0] in request.headers["Authorization"]:
            return web.json_response({"detail": "Too Many Request."}, status=429)
        return web.json_response({"interval": 600, "rx_bps": [1]})

    cloud.bodies = {"/stats": rests, "/wan_link_health": rests}
    async with Desk(cloud, tokens=TOKENS[:2], concurrency=2) as desk:
        answer = await desk.details.answer(AskInsights(CIRCUIT))
        used = desk.details.share.used

    assert answer.error == ""
    assert used == len(cloud.asked) == 3


async def test_resting_tokens_are_said_and_cost_no_share(cloud: SiteCloud) -> None:
    async with Desk(cloud) as desk:
        desk.book.rest(desk.book.tokens[0])
        answer = await desk.details.answer(AskInsights(CIRCUIT))

        assert answer.error == "Token 1 (…a41f) used the hour's calls. Next call 01:00 UTC."
        assert desk.details.share.used == 0
    assert cloud.asked == []


async def test_a_refused_token_is_said_without_its_secret(cloud: SiteCloud) -> None:
    async def refuse(_request: web.Request) -> web.StreamResponse:
        return web.json_response({"detail": f"Bad token {TOKENS[0]}"}, status=401)

    cloud.bodies = {"/stats": refuse, "/wan_link_health": refuse}
    async with Desk(cloud) as desk:
        answer = await desk.details.answer(AskInsights(CIRCUIT))

    assert "was refused" in answer.error
    assert TOKENS[0] not in answer.error


async def test_drill_down_leaves_connections_to_the_sweep(cloud: SiteCloud) -> None:
    busy, most, free = 0, 0, asyncio.Event()

    async def slow(_request: web.Request) -> web.StreamResponse:
        nonlocal busy, most
        busy, most = busy + 1, max(most, busy + 1)
        if busy == 2:
            free.set()
        await free.wait()
        busy -= 1
        return web.json_response({"interval": 600, "rx_bps": [1]})

    cloud.bodies = {"/stats": slow, "/wan_link_health": slow}
    async with Desk(cloud, concurrency=3) as desk:
        await asyncio.gather(*(desk.details.answer(AskInsights(CIRCUIT, w)) for w in ("1h", "6h", "24h", "7d")))

    assert (most, len(cloud.asked)) == (2, 8)


async def test_questions_without_end_are_turned_away(cloud: SiteCloud) -> None:
    held = Held(TREND)
    cloud.bodies["/metrics"] = held
    async with Desk(cloud, limit=0.001) as desk:
        for n in range(64):
            await desk.details.answer(AskSle(f"site-{n}"))
        turned = await desk.details.answer(AskSle("one-more"))
        held.gone.set()

    assert turned.error == "Too many questions wait for Mist already."


async def test_ports_are_told_from_the_sweeps_until_somebody_enriches(cloud: SiteCloud) -> None:
    async with Desk(cloud) as desk:
        one = await desk.details.answer(AskPorts(SITE))
        everything = await desk.details.answer(AskPorts())
        nowhere = await desk.details.answer(AskPorts("elsewhere"))

    assert isinstance(one, Ports)
    assert one.gateways == (GatewayFacts(gateway_id=MAC, name="GW-0", model="SSR130", version="6.2.6"),)
    assert [(p.circuit_id, p.wan_name) for p in one.ports] == [(CIRCUIT, "wan0")]
    assert isinstance(everything, Ports)
    assert everything.ports == one.ports
    assert isinstance(nowhere, Ports)
    assert nowhere.ports == ()
    assert cloud.asked == []


async def test_whoever_enriches_answers_for_ports(cloud: SiteCloud) -> None:
    told = Ports(site_id=SITE, ports=(PortFacts(circuit_id=CIRCUIT, gateway_id=MAC, port_id="ge-0/0/0", vlan="7"),))
    left: list[float] = []

    async def ports_of(site_id: str, deadline: Deadline) -> Ports:
        left.append(deadline.left())
        if site_id != SITE:
            raise Unavailable("GET /x: 503")
        return told

    async with Desk(cloud, ports_of=ports_of) as desk:
        assert await desk.details.answer(AskPorts(SITE)) is told
        failed = await desk.details.answer(AskPorts("other"))

    assert failed.error == "503"
    assert left[0] > 0
