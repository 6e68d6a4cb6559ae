"""Degraded sites first (their service levels are asked for ahead), but only while somebody looks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from noctui.model.cloud import SleTable
from noctui.model.detail import AskSle
from noctui.sources.mist.detail_ahead import worst_sites
from tests.sources.mist.cloud import NOW
from tests.sources.mist.detail_cloud import Desk, SiteCloud
from tests.sources.mist.rows import SITE

TREND = {"sle": {"interval": 3600, "samples": {"total": [60], "degraded": [0]}}}


def table(**lowest: float) -> SleTable:
    """Sites whose link health is as given, all else whole."""
    whole = np.full(len(lowest), 100, np.float32)
    return SleTable(NOW, tuple(lowest), whole, np.array(list(lowest.values()), np.float32), whole)


@pytest.fixture
async def cloud() -> AsyncIterator[SiteCloud]:
    made = SiteCloud()
    made.bodies = {"/summary-trend": TREND, "/threshold": {}, "/metrics": {"supported": ["gateway-health"]}}
    await made.server.start_server()
    yield made
    await made.server.close()


async def settled(desk: Desk, cloud: SiteCloud) -> set[str]:
    """The sites asked for, once nothing is under way."""
    while busy := [t for t in asyncio.all_tasks() if t.get_name() == "mist-detail"]:
        await asyncio.wait(busy)
    return {r.path.split("/")[4] for r in cloud.asked}


def test_the_worst_come_first_and_good_or_unknown_ones_not_at_all() -> None:
    found = table(a=95, b=80, c=float("nan"), d=12, e=89.9)

    assert worst_sites(found) == ("d", "b", "e")
    assert worst_sites(found, 1) == ("d",)
    assert worst_sites(table()) == ()


async def test_while_nobody_looks_nothing_is_asked(cloud: SiteCloud) -> None:
    async with Desk(cloud) as desk:
        desk.details.swept(table(bad=10))

        assert await settled(desk, cloud) == set()


async def test_after_a_question_the_worst_sites_follow_one_a_sweep(cloud: SiteCloud) -> None:
    async with Desk(cloud) as desk:
        await desk.details.answer(AskSle(SITE))
        desk.details.swept(table(good=99, worse=40, bad=80))
        first = await settled(desk, cloud)
        desk.details.swept(None)
        second = await settled(desk, cloud)
        calls = len(cloud.asked)
        desk.details.swept(None)
        await settled(desk, cloud)
        await desk.details.answer(AskSle("worse"))

    assert first == {SITE, "worse"}
    assert second == {SITE, "worse", "bad"}
    assert len(cloud.asked) == calls, "all three are in the cache"


async def test_it_ends_a_quarter_of_an_hour_after_the_last_question(cloud: SiteCloud) -> None:
    async with Desk(cloud) as desk:
        await desk.details.answer(AskSle(SITE))
        desk.clock.move(901)
        desk.details.swept(table(bad=10))

        assert await settled(desk, cloud) == {SITE}


async def test_half_of_the_share_stays_for_people(cloud: SiteCloud) -> None:
    async with Desk(cloud) as desk:
        await desk.details.answer(AskSle(SITE))
        desk.details.share.take(250)
        desk.details.swept(table(bad=10))

        assert await settled(desk, cloud) == {SITE}
