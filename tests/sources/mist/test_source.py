"""The source against a little cloud over a socket: opening, sweeping, and what happens when Mist does not behave."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from aiohttp import web
from numpy.testing import assert_array_equal

from noctui.clock import FixedClock
from noctui.model.batch import FeedReport, PortEvent, Sweep
from noctui.sources.mist.budget import ASK_LAST_AGAIN
from noctui.sources.mist.errors import AllTokensRefused, AllTokensRest, SettingsError, Unavailable, Unreachable
from noctui.sources.mist.source import MistSource
from tests.sources.mist.cloud import FULL_HOUR, NOW, ORG, TOKENS, Cloud, cut_off, fault, source, stall, status
from tests.sources.mist.rows import LAST_SEEN, MAC, SITE, gateway, inventory, mac, peer, port, site, site_id

LIVE = ["stats/ports/search", "stats/vpn_peers/search", "stats/devices", "devices/events/search", "alarms/search"]


@pytest.fixture
def org(cloud: Cloud) -> Cloud:
    """Seven stores: with pages of three rows there are three pages of everything."""
    stores = range(7)
    cloud.rows["sites"] = [site(n, sitegroup_ids=["g"], gatewaytemplate_id="t") for n in stores]
    cloud.rows["sitegroups"] = [{"id": "g", "name": "region: Mountain West"}]
    cloud.rows["inventory"] = [inventory(n) for n in stores]
    cloud.rows["gateways"] = [gateway(n) for n in stores]
    cloud.rows["ports"] = [port(n) for n in stores]
    cloud.rows["peers"] = [peer(n) for n in stores]
    return cloud


class Run:
    """A source that is closed at the end of the block."""

    def __init__(self, cloud: Cloud, **changes: object) -> None:
        self.clock = FixedClock(NOW)
        self.source: MistSource = source(cloud, self.clock, **{"page_limit": 3, **changes})

    async def __aenter__(self) -> Run:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.source.close()

    async def sweep(self, after: float = 0.0) -> Sweep:
        self.clock.move(after)
        return await self.source.sweep()


def report(sweep: Sweep, feed: str) -> FeedReport:
    return next(r for r in sweep.reports if r.feed == feed)


# opening


async def test_the_only_org_of_the_token_is_watched(org: Cloud) -> None:
    async with Run(org) as run:
        info = await run.source.open()

    assert (info.org_id, info.name, info.role, info.who) == (ORG, "Big Stores", "read", "noc@example.com")


OTHER = "11111111-6ef6-11e6-8bbf-02e208b2d34f"
TWO = [
    {"scope": "org", "role": "read", "org_id": ORG, "name": "Big Stores"},
    {"scope": "site", "role": "read", "org_id": OTHER, "org_name": "Lab\x1b[0m", "site_id": "x"},
]


async def test_several_orgs_must_be_chosen_from(org: Cloud) -> None:
    org.privileges[TOKENS[0]] = TWO
    async with Run(org) as run:
        with pytest.raises(SettingsError) as told:
            await run.source.open()
    assert str(told.value) == (
        f"The token sees 2 orgs: set MIST_ORG_ID to one of: {ORG} (Big Stores), {OTHER} (Lab·[0m)."
    )

    async with Run(org, org_id=OTHER) as run:
        assert (await run.source.open()).name == "Lab·[0m"


async def test_an_org_that_the_token_cannot_see_is_an_error(org: Cloud) -> None:
    async with Run(org, org_id=OTHER) as run:
        with pytest.raises(SettingsError, match=rf"cannot see org {OTHER}; it sees: {ORG} \(Big Stores\)"):
            await run.source.open()


async def test_an_account_over_many_orgs_may_name_any(org: Cloud) -> None:
    org.privileges[TOKENS[0]] = [{"scope": "msp", "role": "read"}]
    async with Run(org, org_id=OTHER) as run:
        assert (await run.source.open()).org_id == OTHER
    async with Run(org) as run:
        with pytest.raises(SettingsError, match="sees no org"):
            await run.source.open()


async def test_a_token_of_another_org_is_not_used(org: Cloud) -> None:
    org.privileges[TOKENS[1]] = [{"scope": "org", "role": "read", "org_id": OTHER, "name": "Lab"}]
    async with Run(org, tokens=TOKENS) as run:
        await run.source.open()
        await run.sweep()

        assert run.source.status.notes == (f"Token 2 (…09be) was refused: it cannot see org {ORG}.",)
        assert run.source.status.tokens[1].state == "refused"
    live = [r for r in org.asked if "/orgs/" in r.path]
    assert TOKENS[1] not in {r.headers["Authorization"].removeprefix("Token ") for r in live}


async def test_a_revoked_token_does_not_stop_the_others(org: Cloud) -> None:
    org.faults.append(fault("", status(401, "Unauthorized"), token=TOKENS[0]))
    async with Run(org, tokens=TOKENS[:2]) as run:
        await run.source.open()
        sweep = await run.sweep()

        assert sweep.whole
        assert run.source.status.notes == ("Token 1 (…a41f) was refused: 401 Unauthorized",)


async def test_all_tokens_revoked_is_an_error_that_says_so(org: Cloud) -> None:
    org.faults.append(fault("", status(401)))
    async with Run(org) as run:
        with pytest.raises(AllTokensRefused, match=r"^Token 1 \(…a41f\) was refused: 401$"):
            await run.source.open()


async def test_a_cloud_that_knew_nobody_for_a_while_is_watched_again(org: Cloud) -> None:
    async with Run(org) as run:
        await run.source.open()
        org.faults.append(fault("", status(401)))
        for _ in range(2):
            with pytest.raises(AllTokensRefused):
                await run.sweep()
        org.faults.clear()
        run.clock.move(ASK_LAST_AGAIN)

        assert (await run.sweep()).whole
        assert run.source.status.notes == ()


async def test_what_mist_counted_for_each_token_is_known_from_the_start(org: Cloud) -> None:
    org.usage = {
        TOKENS[0]: {"requests": 1902, "request_limit": 5000},
        TOKENS[1]: {"requests": 311, "request_limit": 6000},
    }
    async with Run(org, tokens=TOKENS[:2]) as run:
        await run.source.open()

        told = run.source.status
        assert (told.calls_used, told.calls_limit) == (2213, 11_000)
        assert [(t.ending, t.used, t.limit) for t in told.tokens] == [("…a41f", 1902, 5000), ("…09be", 311, 6000)]
        org.asked.clear()
        await run.sweep()
        assert set(org.tokens_used()) == {TOKENS[1]}, "the one with most left does it all"


async def test_usage_is_asked_for_again_now_and_then(org: Cloud) -> None:
    async with Run(org, usage_seconds=600) as run:
        await run.source.open()
        await run.sweep()
        org.usage = {TOKENS[0]: {"requests": 4000, "request_limit": 5000}}

        await run.sweep(after=300)
        assert run.source.status.calls_used < 100
        await run.sweep(after=300)
        assert run.source.status.calls_used >= 4000


# a sweep


async def test_a_sweep_brings_all_feeds_whole(org: Cloud) -> None:
    async with Run(org) as run:
        sweep = await run.sweep()

    assert sweep.whole
    assert sweep.circuits is not None
    assert sweep.gateways is not None
    assert sweep.paths is not None
    assert sweep.circuits.ids == tuple(sorted(f"{site_id(n)}:ge-0/0/0" for n in range(7)))
    assert sweep.gateways.ids == tuple(sorted(mac(n) for n in range(7)))
    assert len(sweep.paths.ids) == 7
    at = sweep.circuits.ids.index(f"{SITE}:ge-0/0/0")
    assert sweep.circuits.columns["rx_bps"][at] == 48_211_034
    assert sweep.circuits.columns["up"][at] == 1.0
    assert sweep.circuits.columns["disabled"][at] == 0.0
    assert np.isnan(sweep.circuits.column("mos")[at])
    assert_array_equal(sweep.circuits.observed_at, [LAST_SEEN] * 7)
    assert_array_equal(sweep.paths.observed_at, [LAST_SEEN + 5] * 7)
    assert_array_equal(sweep.gateways.columns["cpu"], [14.0] * 7)


async def test_a_sweep_discovers_the_network(org: Cloud) -> None:
    async with Run(org) as run:
        found = (await run.sweep()).discovery

    assert (found.org_id, found.org_name, found.whole) == (ORG, "Big Stores", True)
    assert len(found.sites) == len(found.gateways) == len(found.circuits) == len(found.paths) == 7
    first = found.sites[0]
    assert (first.name, first.number, first.region) == ("0417 Grand Junction CO", "0417", "Mountain West")
    assert found.circuits[0].carrier == "Example ISP"
    assert found.paths[0].path_id == f"{found.paths[0].circuit_id}>{mac(900)}:DC_Internet"


async def test_what_did_not_change_is_the_same_object_in_the_next_sweep(org: Cloud) -> None:
    async with Run(org) as run:
        first = await run.sweep()
        org.rows["ports"] = list(org.rows["ports"])[::-1]
        second = await run.sweep(after=60)

        assert first.circuits is not None
        assert second.circuits is not None
        assert second.circuits.ids is first.circuits.ids
        assert second.discovery is first.discovery


async def test_what_changes_seldom_is_fetched_once_an_hour(org: Cloud) -> None:
    async with Run(org) as run:
        await run.sweep()
        org.asked.clear()

        await run.sweep(after=60)
        assert sorted(set(org.paths())) == sorted(LIVE)
        org.asked.clear()
        await run.sweep(after=3600)
        assert {"sites", "sitegroups", "gatewaytemplates", "deviceprofiles", "inventory"} <= set(org.paths())


async def test_a_site_that_opens_is_shown_at_once_and_named_within_minutes(org: Cloud) -> None:
    async with Run(org) as run:
        await run.sweep()
        for feed, row in (("sites", site(50)), ("gateways", gateway(50)), ("ports", port(50))):
            org.rows[feed] = [*org.rows[feed], row]

        found = (await run.sweep(after=60)).discovery
        assert site_id(50) in {s.name for s in found.sites}
        await run.sweep(after=300)
        found = (await run.sweep(after=60)).discovery
        assert "0467 Grand Junction CO" in {s.name for s in found.sites}


async def test_only_gateways_are_asked_for_and_a_thousand_rows_at_once(org: Cloud) -> None:
    async with Run(org, page_limit=1000) as run:
        await run.sweep()

    asked = {r.path.rpartition(f"{ORG}/")[2]: r.query for r in org.asked}
    assert asked["stats/ports/search"]["device_type"] == "gateway"
    assert asked["stats/devices"]["type"] == "gateway"
    assert asked["devices/events/search"]["device_type"] == "gateway"
    assert {q["limit"] for p, q in asked.items() if not p.startswith("/api")} == {"1000"}


async def test_progress_counts_pages_and_knows_from_the_sweep_before_how_many(org: Cloud) -> None:
    told: list[tuple[int, int]] = []
    async with Run(org) as run:
        await run.sweep()
        assert run.source.status.pages_expected == 11
        await run.source.sweep(lambda *p: told.append(p))

    assert [had for had, _ in told] == list(range(1, 12))
    assert {expected for _, expected in told} == {11}


async def test_port_events_come_with_their_circuits_and_once(org: Cloud) -> None:
    down = {"type": "GW_PORT_DOWN", "timestamp": NOW - 100, "mac": MAC, "port_id": "ge-0/0/0"}
    org.rows["events"] = [down, {**down, "port_id": "ge-0/0/7"}]
    async with Run(org) as run:
        first = await run.sweep()
        second = await run.sweep(after=60)

    assert first.events == (PortEvent(f"{SITE}:ge-0/0/0", NOW - 100, False),)
    assert second.events == ()
    starts = [float(r.query["start"]) for r in org.asked if "events" in r.path]
    assert starts == [NOW - 3600, NOW - 300]


async def test_absent_metrics_are_unknown_and_not_nought(org: Cloud) -> None:
    org.rows["ports"] = [{"mac": MAC, "site_id": SITE, "port_id": "ge-0/0/0", "port_usage": "wan", "rx_bps": None}]
    org.rows["peers"] = [{"mac": MAC, "port_id": "ge-0/0/0", "peer_mac": mac(9), "peer_port_id": "x"}]
    async with Run(org) as run:
        sweep = await run.sweep()

    assert sweep.circuits is not None
    assert sweep.paths is not None
    assert all(np.isnan(c).all() for c in sweep.circuits.columns.values())
    assert all(np.isnan(c).all() for c in sweep.paths.columns.values())


# when Mist does not behave


async def test_faults_that_pass_leave_the_sweep_whole(org: Cloud) -> None:
    org.faults += [
        fault("ports", status(503), times=2),
        fault("vpn_peers", lambda: web.Response(status=502, text="<html>"), times=1, query="search_after"),
        cut_off("stats/devices", times=1),
        cut_off("devices/events", times=1, silently=True),
    ]
    async with Run(org) as run:
        sweep = await run.sweep()

        assert sweep.whole
        assert report(sweep, "circuits").calls == 5
        assert run.source.status.sweep_calls == sum(r.calls for r in sweep.reports)


async def test_a_lost_page_is_told_and_its_rows_are_not_there(org: Cloud) -> None:
    async with Run(org) as run:
        await run.sweep()
        org.faults.append(fault("stats/devices", status(500), query="page=2"))
        sweep = await run.sweep(after=60)

    assert not sweep.whole
    assert sweep.gateways is not None
    assert sweep.circuits is not None
    assert (len(sweep.gateways.ids), sweep.gateways.whole) == (4, False)
    told = report(sweep, "gateways")
    assert (told.pages, told.pages_lost, told.rows) == (2, 1, 4)
    assert told.error == "GET /orgs/*/stats/devices: 500 Internal Server Error, 4 tries"
    assert sweep.circuits.whole
    assert_array_equal(sweep.circuits.observed_at, [LAST_SEEN] * 7, "rows of lost gateways keep their age")
    assert not sweep.discovery.whole
    assert len(sweep.discovery.gateways) == 7


async def test_a_cut_off_search_is_partial_and_nothing_is_taken_for_gone(org: Cloud) -> None:
    async with Run(org) as run:
        await run.sweep()
        org.faults.append(fault("stats/ports", status(400, "cursor expired"), query="search_after"))
        sweep = await run.sweep(after=60)

    assert sweep.circuits is not None
    assert (len(sweep.circuits.ids), sweep.circuits.whole) == (3, False)
    assert report(sweep, "circuits").pages_lost == 2
    assert report(sweep, "circuits").calls == 4, "the search began anew once"
    assert len(sweep.discovery.circuits) == 7
    assert sweep.paths is not None
    assert len(sweep.paths.ids) == 7, "paths of circuits on lost pages are known all the same"


async def test_a_feed_that_fails_is_none_and_the_others_come(org: Cloud) -> None:
    org.faults.append(fault("vpn_peers", status(503)))
    async with Run(org) as run:
        sweep = await run.sweep()

    assert sweep.paths is None
    assert sweep.circuits is not None
    assert report(sweep, "paths").error.endswith("503 Service Unavailable, 4 tries")
    assert not sweep.whole


async def test_when_no_feed_answers_the_sweep_fails_with_the_reason(org: Cloud) -> None:
    async with Run(org) as run:
        await run.source.open()
        org.faults.append(fault("/orgs/", status(503)))
        with pytest.raises(Unavailable, match="503 Service Unavailable"):
            await run.sweep()


async def test_nobody_there_is_unreachable(org: Cloud) -> None:
    await org.server.close()
    async with Run(org) as run:
        with pytest.raises(Unreachable):
            await run.source.open()


async def test_a_stalled_feed_ends_with_the_timeout_and_costs_only_itself(org: Cloud) -> None:
    async with Run(org, timeout=0.05) as run:
        await run.source.open()
        org.faults.append(stall("vpn_peers"))
        sweep = await run.sweep()

    assert sweep.paths is None
    assert "no answer within 0.05 s" in report(sweep, "paths").error
    assert report(sweep, "circuits").error == ""


async def test_tokens_rotate_within_a_sweep_when_one_reaches_its_limit(org: Cloud) -> None:
    async with Run(org, tokens=TOKENS) as run:
        await run.source.open()
        org.faults += [fault("/orgs/", status(429), token=TOKENS[0]), fault("/orgs/", status(429), token=TOKENS[1])]
        sweep = await run.sweep()

        assert sweep.whole
        assert [t.state for t in run.source.status.tokens] == ["rests", "rests", "in use"]
        assert run.source.status.resting_until == 0.0
        assert sweep.ended == NOW, "nobody waited"


async def test_all_tokens_resting_ends_the_sweep_until_the_hour(org: Cloud) -> None:
    async with Run(org, tokens=TOKENS[:2]) as run:
        await run.sweep()
        org.faults.append(fault("/orgs/", status(429)))
        with pytest.raises(AllTokensRest) as told:
            await run.sweep(after=60)
        assert told.value.until == FULL_HOUR
        assert run.source.status.resting_until == FULL_HOUR
        asked = len(org.asked)
        with pytest.raises(AllTokensRest):
            await run.sweep(after=60)
        assert len(org.asked) == asked

        org.faults.clear()
        assert (await run.sweep(after=FULL_HOUR - run.clock.now())).whole


async def test_an_hourly_part_that_fails_keeps_what_was_known_and_is_fetched_again(org: Cloud) -> None:
    async with Run(org) as run:
        await run.sweep()
        org.faults.append(fault("sites", status(500)))
        partial = await run.sweep(after=3600)
        assert report(partial, "sites").error
        assert len(partial.discovery.sites) == 7
        assert partial.discovery.sites[0].name == "0417 Grand Junction CO"

        org.faults.clear()
        org.asked.clear()
        assert (await run.sweep(after=60)).whole
        assert org.count("sites") == 3
        assert org.count("inventory") == 0, "only what failed is fetched again"


async def test_an_org_without_device_profiles_is_whole(org: Cloud) -> None:
    org.faults.append(fault("deviceprofiles", status(404, "Not found")))
    async with Run(org) as run:
        assert (await run.sweep()).whole


async def test_hostile_rows_cost_themselves_alone(org: Cloud) -> None:
    bad = ["null", "[]", '{"mac": 5}', '{"mac": "x", "port_id": {}, "speed": 1e999, "port_usage": "wan"}']
    good = '{"mac": "%s", "site_id": "%s", "port_id": "ge-0/0/0", "port_usage": "wan", "up": "yes", "rx_bps": 7}'
    body = f'{{"results": [{",".join([*bad, good % (MAC, SITE)])}], "total": 5}}'
    org.bodies["ports"] = body.encode()
    async with Run(org) as run:
        sweep = await run.sweep()

    assert sweep.circuits is not None
    assert sweep.circuits.ids == (f"{SITE}:ge-0/0/0",)
    assert_array_equal(sweep.circuits.columns["rx_bps"], [7])
    assert_array_equal(sweep.circuits.columns["up"], [np.nan])


async def test_sweeps_never_overlap(org: Cloud) -> None:
    async with Run(org) as run:
        await run.source.open()
        org.asked.clear()
        await asyncio.gather(run.sweep(), run.sweep())

    asked = [p for p in org.paths() if p == "stats/ports/search"]
    assert len(asked) == 6
    last_of_first = max(i for i, r in enumerate(org.asked) if "inventory" in r.path)
    assert org.count("inventory") == 3
    assert last_of_first < len(org.asked) - 10


async def test_a_cancelled_sweep_leaves_the_source_usable(org: Cloud) -> None:
    async with Run(org) as run:
        await run.source.open()
        org.faults.append(stall("vpn_peers", times=1))
        task = asyncio.create_task(run.source.sweep())
        while not org.count("vpn_peers"):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert (await run.sweep()).whole
