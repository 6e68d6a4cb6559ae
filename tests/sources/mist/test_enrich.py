"""Enrichment over real sockets: what is asked, in which order, how much of it, and what follows from the answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from noctui.model.batch import Found, Sweep
from noctui.model.words import BandwidthSource, Role, RoleSource
from noctui.sources.mist.crawl import IDLE, PACE, REFUSALS
from noctui.sources.mist.retry import Deadline
from tests.sources.mist.cloud import FULL_HOUR, NOW, TOKENS, fault, stall, status
from tests.sources.mist.enrich_cloud import HeldClock, SiteCloud, enriching, speed_test, stores
from tests.sources.mist.rows import MAC, SITE, gateway, mac, port, site_id

DAY = 86400.0


@pytest.fixture
async def cloud() -> AsyncIterator[SiteCloud]:
    made = SiteCloud()
    await made.start()
    yield made
    await made.server.close()


def circuits(sweep: Sweep) -> dict[str, Found]:
    return {c.circuit_id: c for c in sweep.discovery.circuits}


async def test_a_site_is_asked_once_and_the_next_sweep_knows_more(cloud: SiteCloud) -> None:
    stores(cloud, 1)
    clock = HeldClock()
    source = enriching(cloud, clock)
    before = circuits(await source.sweep())[f"{SITE}:ge-0/0/0"]
    assert (before.wan_name, before.description, before.up_source) == ("", "", BandwidthSource.LINK)

    await clock.rounds(3)
    after = circuits(await source.sweep())[f"{SITE}:ge-0/0/0"]

    assert cloud.site_paths() == ["setting 0", f"device {MAC}", "tests 0"]
    assert (after.wan_name, after.description) == ("Lumen", "Lumen 55/KQXX")
    assert (after.role, after.role_source) == (Role.PRIMARY, RoleSource.PATH_ORDER)
    assert (after.down_bps, after.bandwidth_source) == (322e6, BandwidthSource.SPEEDTEST)
    assert (after.up_bps, after.up_source) == (20e6, BandwidthSource.SHAPING)
    assert after.speed_test_at == NOW - 3600.0
    assert source.status.enriched.known == source.status.enriched.total == 1
    assert source.status.enriched.text == "all is known"
    await source.close()


async def test_calls_are_a_second_apart_and_idle_ones_a_minute(cloud: SiteCloud) -> None:
    stores(cloud, 1)
    clock = HeldClock()
    source = enriching(cloud, clock)
    await source.sweep()

    assert [await clock.wake() for _ in range(4)] == [PACE, PACE, PACE, IDLE]
    await source.close()


async def test_sites_in_trouble_are_asked_first(cloud: SiteCloud) -> None:
    """2 has a port that is down, 3 a gateway that is away, 4 a line that is full; 0, 1 and 5 are well, and 5 has a port
    that nobody uses."""
    stores(cloud, 6)
    cloud.rows["ports"] = [
        *(port(n) for n in range(2)),
        port(2, up=False),
        port(3),
        port(4, speed=100, rx_bps=95_000_000),
        port(5, up=False, disabled=True),
    ]
    cloud.rows["gateways"] = [gateway(n, status="disconnected" if n == 3 else "connected") for n in range(6)]
    clock = HeldClock()
    source = enriching(cloud, clock)
    await source.sweep()
    await clock.rounds(18)

    assert [p for p in cloud.site_paths() if p.startswith("setting")] == [f"setting {n}" for n in (2, 3, 4, 1, 5, 0)]
    await source.close()


async def test_a_restart_asks_nothing_anew_and_knows_all_at_once(cloud: SiteCloud, tmp_path: Path) -> None:
    stores(cloud, 3)
    clock = HeldClock()
    source = enriching(cloud, clock, tmp_path)
    await source.sweep()
    await clock.rounds(9)
    known = circuits(await source.sweep())
    await source.close()
    cloud.asked.clear()

    later = HeldClock(NOW + 30 * DAY)
    source = enriching(cloud, later, tmp_path)
    first = circuits(await source.sweep())
    await later.rounds(1)
    assert first == known
    assert cloud.site_paths() == []
    assert source.status.enriched.known == 3
    await source.close()


async def test_after_31_days_a_site_is_asked_again(cloud: SiteCloud, tmp_path: Path) -> None:
    stores(cloud, 1)
    clock = HeldClock()
    source = enriching(cloud, clock, tmp_path)
    await source.sweep()
    await clock.rounds(3)
    clock.move(31 * DAY)
    await source.sweep()
    await clock.rounds(4)
    assert len(cloud.site_paths()) == 6
    await source.close()


async def test_a_run_that_was_cut_off_goes_on_where_it_stopped(cloud: SiteCloud, tmp_path: Path) -> None:
    stores(cloud, 2)
    clock = HeldClock()
    source = enriching(cloud, clock, tmp_path)
    await source.sweep()
    await clock.rounds(3)
    await source.close()
    had = cloud.site_paths()
    assert len(had) == 4

    clock = HeldClock()
    source = enriching(cloud, clock, tmp_path)
    await source.sweep()
    await clock.rounds(3)
    assert len(cloud.site_paths()) == len(set(cloud.site_paths())) == 6
    await source.close()


async def test_no_more_than_a_tenth_of_the_hours_calls_is_used(cloud: SiteCloud, tmp_path: Path) -> None:
    """Two tokens of 60 calls: 12 an hour for enrichment, before and after a restart; then the next hour's share."""
    stores(cloud, 10)
    cloud.usage = {token: {"requests": 0, "request_limit": 60} for token in TOKENS}
    clock = HeldClock()
    source = enriching(cloud, clock, tmp_path, tokens=TOKENS[:2])
    await source.sweep()
    await clock.rounds(12)
    assert len(cloud.site_paths()) == 12
    assert "this hour's share of 12 calls is used" in source.status.enriched.text
    await source.close()

    clock = HeldClock(NOW + 600.0)
    source = enriching(cloud, clock, tmp_path, tokens=TOKENS[:2])
    await source.sweep()
    await clock.asleep()
    assert len(cloud.site_paths()) == 12

    clock.move(FULL_HOUR - clock.now())
    await clock.rounds(12)
    assert len(cloud.site_paths()) == 24
    await source.close()


async def test_few_calls_left_are_for_the_sweeps(cloud: SiteCloud) -> None:
    stores(cloud, 1)
    cloud.usage = {TOKENS[0]: {"requests": 84, "request_limit": 100}}
    clock = HeldClock()
    source = enriching(cloud, clock)
    await source.sweep()
    assert await clock.wake() == IDLE
    assert cloud.site_paths() == []
    assert source.status.enriched.text.startswith("few calls are left this hour")
    await source.close()


async def test_nothing_is_asked_while_a_sweep_runs(cloud: SiteCloud) -> None:
    stores(cloud, 1)
    clock = HeldClock()
    source = enriching(cloud, clock)
    await source.sweep()
    await clock.asleep()
    begun = len(cloud.site_paths())
    cloud.faults.append(stall("vpn_peers", 1))
    sweep = asyncio.create_task(source.sweep())
    while not any("vpn_peers" in r.path for r in cloud.asked[-20:]) or sweep.done():
        await asyncio.sleep(0)
    await clock.wake()
    for _ in range(200):
        await asyncio.sleep(0)
    assert len(cloud.site_paths()) == begun
    sweep.cancel()
    await asyncio.gather(sweep, return_exceptions=True)
    await clock.asleep()
    assert len(cloud.site_paths()) == begun + 1
    await source.close()


async def test_what_mist_refuses_is_asked_again_after_a_day(cloud: SiteCloud, tmp_path: Path) -> None:
    stores(cloud, 1)
    del cloud.devices[MAC]
    clock = HeldClock()
    source = enriching(cloud, clock, tmp_path)
    await source.sweep()
    await clock.rounds(3)
    assert source.status.enriched.known == 0
    assert source.status.enriched.text == "Mist refuses to tell of 1 of 1 sites"
    clock.move(DAY - 3600.0)
    await source.sweep()
    await clock.rounds(2)
    assert cloud.site_paths().count(f"device {MAC}") == 1

    cloud.devices[MAC] = {"mac": MAC}
    clock.move(3600.0)
    await source.sweep()
    await clock.rounds(2)
    assert cloud.site_paths().count(f"device {MAC}") == 2
    await source.close()


async def test_a_token_without_the_right_does_not_waste_the_share(cloud: SiteCloud) -> None:
    """Ten refusals in a row: an hour's rest, and the collector screen says why."""
    stores(cloud, 20)
    cloud.faults.append(fault("/sites/", status(403, "You have no permission")))
    clock = HeldClock()
    source = enriching(cloud, clock)
    await source.sweep()
    waits = [await clock.wake() for _ in range(REFUSALS)]
    assert waits == [*[PACE] * (REFUSALS - 1), 3600.0]
    await clock.asleep()
    assert "has the token the right" in source.status.enriched.text
    await source.close()


async def test_a_bad_moment_of_mist_is_tried_again_later(cloud: SiteCloud) -> None:
    stores(cloud, 1)
    cloud.faults.append(fault("/setting", status(503), times=1))
    clock = HeldClock()
    source = enriching(cloud, clock)
    await source.sweep()
    assert await clock.asleep() > PACE
    await clock.rounds(3)
    clock.move(600.0)
    await source.sweep()
    await clock.rounds(2)
    assert cloud.site_paths() == ["setting 0", f"device {MAC}", "tests 0", "setting 0"]
    assert source.status.enriched.known == 1
    await source.close()


async def test_a_slow_answer_holds_no_sweep_up(cloud: SiteCloud) -> None:
    """With one request at a time for sweeps, a call in the background that hangs is not in their way."""
    stores(cloud, 1)
    clock = HeldClock()
    source = enriching(cloud, clock, concurrency=1)
    await source.sweep()
    await clock.asleep()
    cloud.faults.append(stall("/sites/"))
    await clock.wake()
    while not any("/sites/" in r.path for r in cloud.asked[-1:]):
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        assert (await source.sweep()).whole
    await source.close()


async def test_no_password_of_a_device_is_kept_on_disk(cloud: SiteCloud, tmp_path: Path) -> None:
    stores(cloud, 1)
    cloud.devices[MAC] = {
        "mac": MAC,
        "port_config": {
            "ge-0/0/0": {
                "usage": "wan", "name": "Lumen", "lte_password": "hunter2-lte", "pppoe_password": "hunter2-ppp",
                "ip_config": {"type": "pppoe", "pppoe_password": "hunter2-ip"},
            }
        },
        "additional_config_cmds": ["set system root-authentication hunter2-root"],
    }  # fmt: skip
    clock = HeldClock()
    source = enriching(cloud, clock, tmp_path)
    await source.sweep()
    await clock.rounds(3)
    kept = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    await source.close()
    assert b"Lumen" in kept
    assert b"hunter2" not in kept


async def test_off_means_that_no_site_is_asked_in_the_background(cloud: SiteCloud) -> None:
    stores(cloud, 1)
    clock = HeldClock()
    source = enriching(cloud, clock, enrich=False)
    await source.sweep()
    await asyncio.sleep(0)
    assert source.status.enriched.text == "off by mist.enrich"
    assert cloud.site_paths() == []
    found = await source._enricher.ports(SITE, Deadline(clock, 30.0))  # whoever looks closely still gets an answer
    assert found.ports[0].wan_name == "Lumen"
    await source.close()


async def test_looking_closely_asks_a_site_that_is_not_known_or_older_than_a_day(cloud: SiteCloud) -> None:
    stores(cloud, 2)
    clock = HeldClock()
    source = enriching(cloud, clock)
    await source.sweep()
    await clock.asleep()
    cloud.asked.clear()
    enricher = source._enricher
    first = await enricher.ports(SITE, Deadline(clock, 30.0))
    await enricher.ports(SITE, Deadline(clock, 30.0))
    assert first.asked_at == NOW
    assert first.error == ""
    assert cloud.site_paths() == ["setting 0", f"device {MAC}", "tests 0"]

    clock.move(DAY)
    again = await enricher.ports(SITE, Deadline(clock, 30.0))
    assert again.asked_at == NOW + DAY
    assert len(cloud.site_paths()) == 6
    await source.close()


async def test_looking_closely_tells_what_is_known_when_mist_refuses(cloud: SiteCloud) -> None:
    stores(cloud, 1)
    cloud.faults.append(fault("/setting", status(403, "You have no permission")))
    clock = HeldClock()
    source = enriching(cloud, clock)
    await source.sweep()
    await clock.asleep()
    found = await source._enricher.ports(SITE, Deadline(clock, 30.0))
    assert "403" in found.error
    assert [p.port_id for p in found.ports] == ["ge-0/0/0", "ge-0/0/1"]
    assert found.speed_tests[0].down_bps == 322e6
    await source.close()


async def test_a_site_that_nobody_knows_is_not_asked(cloud: SiteCloud) -> None:
    stores(cloud, 1)
    clock = HeldClock()
    source = enriching(cloud, clock)
    await source.sweep()
    await clock.asleep()
    cloud.asked.clear()
    found = await source._enricher.ports("../orgs/secret", Deadline(clock, 30.0))
    assert (found.ports, cloud.asked) == ((), [])
    everything = await source._enricher.ports("", Deadline(clock, 30.0))
    assert (len(everything.ports), cloud.asked) == (2, [])
    await source.close()


async def test_the_plan_says_what_it_costs(cloud: SiteCloud) -> None:
    """S1-VOL: two calls a site and one a gateway, here spread over 31 days."""
    stores(cloud, 3)
    cloud.rows["gateways"] = [*cloud.rows["gateways"], gateway(9, site_id=site_id(0))]
    clock = HeldClock()
    source = enriching(cloud, clock)
    await source.sweep()
    told = source.status.enriched
    assert (told.known, told.total) == (0, 3)
    assert told.formula == "S·2 + G = 10 calls in 31 days, at most 500 an hour"
    assert told.calls_an_hour == 10.0
    await clock.rounds(10)
    assert source.status.enriched.calls_an_hour == pytest.approx(10 * 3600 / (31 * DAY))
    await source.close()


async def test_templates_of_an_earlier_run_stand_in_while_mist_does_not_give_them(
    cloud: SiteCloud, tmp_path: Path
) -> None:
    stores(cloud, 1)
    clock = HeldClock()
    source = enriching(cloud, clock, tmp_path)
    await source.sweep()
    await clock.rounds(3)
    known = circuits(await source.sweep())
    await source.close()
    cloud.faults.append(fault("gatewaytemplates", status(403, "no")))
    source = enriching(cloud, HeldClock(), tmp_path)
    assert circuits(await source.sweep()) == known
    await source.close()


async def test_a_speed_test_finds_its_circuit_by_unit_and_by_gateway(cloud: SiteCloud) -> None:
    """Two gateways of one site have the same port; a test of a sub-interface is of the port it runs over."""
    stores(cloud, 1)
    cloud.rows["gateways"] = [gateway(0), gateway(1, site_id=SITE)]
    cloud.rows["ports"] = [port(0), port(1, site_id=SITE)]
    cloud.devices[mac(1)] = {}
    cloud.tests[SITE] = [speed_test(1, "ge-0/0/0.100", rx_mbps=50), speed_test(7, rx_mbps=99)]
    clock = HeldClock()
    source = enriching(cloud, clock)
    await source.sweep()
    await clock.rounds(4)
    found = circuits(await source.sweep())
    by_gateway = {c.gateway_id: c.down_bps for c in found.values()}
    assert by_gateway == {MAC: 1e9, mac(1): 50e6}
    await source.close()


async def test_hostile_answers_harm_nothing(cloud: SiteCloud, tmp_path: Path) -> None:
    stores(cloud, 1)
    cloud.variables[SITE] = {
        "isp": "\x1b[31m{{isp}}" + "x" * 10_000, "account": ["no", "text"], "up_kbps": {"a": 1}, "n": 1e400
    }  # fmt: skip
    cloud.devices[MAC] = {"port_config": {"ge-0/0/0": "text", "{{isp}}": {}, "ge-0/0/1": {"name": "\x1b]0;x\x07"}}}
    cloud.tests[SITE] = [{"port_id": 5, "rx_mbps": "fast"}, {"mac": MAC, "port_id": "ge-0/0/0", "rx_mbps": 1e300}]
    clock = HeldClock()
    source = enriching(cloud, clock, tmp_path)
    await source.sweep()
    await clock.rounds(3)
    found = circuits(await source.sweep())
    text = "".join(f"{c.wan_name}{c.description}{c.carrier}" for c in found.values())
    assert text.isprintable()
    assert found[f"{SITE}:ge-0/0/0"].bandwidth_source is BandwidthSource.LINK
    await source.close()


async def test_an_answer_that_is_cut_off_is_no_answer(cloud: SiteCloud) -> None:
    stores(cloud, 1)
    half = web.Response(body=b'{"vars": {"isp', content_type="application/json")
    cloud.faults.append(fault("/setting", lambda: half, times=1))
    clock = HeldClock()
    source = enriching(cloud, clock)
    await source.sweep()
    assert await clock.asleep() > PACE
    assert source.status.enriched.known == 0
    await source.close()
