"""Alarms, events and service levels over a socket: each asked for at its pace, told once, never lost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from noctui.clock import FixedClock
from noctui.model.batch import FeedReport, Sweep
from noctui.sources.mist.source import MistSource
from tests.sources.mist.cloud import NOW, ORG, Cloud, fault, source, status
from tests.sources.mist.rows import MAC, SITE, Row, gateway, inventory, port, site, site_id

DAY = 86_400.0
CIRCUIT = f"{SITE}:ge-0/0/0"


@pytest.fixture
def org(cloud: Cloud) -> Cloud:
    cloud.rows["sites"] = [site(n) for n in range(2)]
    cloud.rows["inventory"] = [inventory(n) for n in range(2)]
    cloud.rows["gateways"] = [gateway(n) for n in range(2)]
    cloud.rows["ports"] = [port(n) for n in range(2)]
    return cloud


class Run:
    def __init__(self, cloud: Cloud, page_limit: int = 5) -> None:
        self.clock = FixedClock(NOW)
        self.source: MistSource = source(cloud, self.clock, page_limit=page_limit)

    async def __aenter__(self) -> Run:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.source.close()

    async def sweep(self, after: float = 0.0) -> Sweep:
        self.clock.move(after)
        return await self.source.sweep()


def alarm(n: int = 0, at: float = NOW - 600, **more: Any) -> Row:
    return {
        "id": f"a{n}", "type": "gw_port_down", "severity": "warn", "timestamp": at, "last_seen": at + 5,
        "site_id": SITE, "gateways": [MAC], "status": "open", "acked": False, "port_ids": ["ge-0/0/0"], **more,
    }  # fmt: skip


def event(type: str = "GW_CONNECTED", at: float = NOW - 100, **more: Any) -> Row:
    return {"type": type, "timestamp": at, "mac": MAC, "site_id": SITE, **more}


def report(sweep: Sweep, feed: str) -> FeedReport | None:
    return next((r for r in sweep.reports if r.feed == feed), None)


# alarms


async def test_an_alarm_is_told_with_its_circuit_and_once(org: Cloud) -> None:
    org.rows["alarms"] = [alarm()]
    async with Run(org) as run:
        first, second = await run.sweep(), await run.sweep(60)

    assert [(a.alarm_id, a.circuit_ids, a.known_at) for a in first.told.alarms] == [("a0", (CIRCUIT,), first.ended)]
    assert second.told.alarms == ()
    assert second.whole


async def test_a_day_that_fits_a_page_is_looked_at_with_every_sweep(org: Cloud) -> None:
    org.rows["alarms"] = [alarm(n, NOW - 3600 * n) for n in range(3)]
    async with Run(org) as run:
        await run.sweep()
        org.rows["alarms"] = [
            alarm(0, NOW),
            alarm(1, NOW - 3600),
            alarm(2, NOW - 7200, acked=True, ack_admin_name="noc"),
        ]
        org.asked.clear()
        sweep = await run.sweep(60)

    assert [(a.alarm_id, a.acked, a.acked_by) for a in sweep.told.alarms] == [("a2", True, "noc")]
    assert org.count("alarms/search") == 1


async def test_a_longer_day_is_paged_through_now_and_then_and_nothing_of_it_is_lost(org: Cloud) -> None:
    """A field of 3,208 sites had 10,393 alarms in 24 h: eleven pages, too many for every sweep."""
    rows = [alarm(n, NOW - 3000 * (n + 1)) for n in range(23)]
    org.rows["alarms"] = rows
    async with Run(org) as run:
        first = await run.sweep()
        assert len(first.told.alarms) == 23
        assert (found := report(first, "alarms 24 h")) is not None
        assert found.pages == 5
        org.rows["alarms"] = [
            *rows[:20],
            alarm(20, rows[20]["timestamp"], status="resolved"),
            *rows[21:],
            alarm(99, NOW),
        ]

        second = await run.sweep(60)
        assert [a.alarm_id for a in second.told.alarms] == ["a99"]
        assert (found := report(second, "alarms")) is not None
        assert found.pages == 1
        later = await run.sweep(240)
        assert [(a.alarm_id, a.resolved is None) for a in later.told.alarms] == [("a20", False)]


async def test_a_page_of_alarms_that_is_lost_comes_with_a_later_sweep(org: Cloud) -> None:
    org.rows["alarms"] = [alarm(n, NOW - 300 * (n + 1)) for n in range(7)]
    org.faults.append(fault("alarms/search", status(400), query="search_after"))
    async with Run(org) as run:
        first = await run.sweep()
        assert len(first.told.alarms) == 5
        assert not first.whole
        org.faults.clear()
        second = await run.sweep(60)

    assert len(second.told.alarms) == 2
    assert second.whole


async def test_open_ones_of_before_are_found_and_followed_to_their_end(org: Cloud) -> None:
    old = alarm(1, NOW - 5 * DAY)
    org.rows["alarms"] = [old, alarm(2, NOW - 3 * DAY, status="resolved"), alarm(3, NOW - 4 * DAY)]
    async with Run(org) as run:
        first = await run.sweep()
        assert [a.alarm_id for a in first.told.alarms] == ["a1", "a3"]
        org.rows["alarms"] = [{**old, "status": "resolved", "resolved_time": NOW + 100}]
        second = await run.sweep(300)

    assert {(a.alarm_id, a.resolved) for a in second.told.alarms} == {("a1", NOW + 100), ("a3", second.ended)}, (
        "the one that Mist has no more is over, too"
    )


async def test_a_cloud_that_does_not_know_open_costs_one_page(org: Cloud) -> None:
    org.knows_status = False
    org.rows["alarms"] = [alarm(n, NOW - 2 * DAY - n, status="resolved") for n in range(50)]
    async with Run(org) as run:
        sweep = await run.sweep()

    assert (found := report(sweep, "old alarms")) is not None
    assert (found.pages, found.error) == (1, "")
    assert sweep.whole


async def test_what_history_has_is_not_told_again_after_a_restart(org: Cloud) -> None:
    org.rows["alarms"] = [alarm(1), alarm(2), alarm(3, NOW - 5 * DAY)]
    async with Run(org) as run:
        before = (await run.sweep()).told.alarms
    async with Run(org) as run:
        run.source.recall(before[:2])
        sweep = await run.sweep()

    assert [a.alarm_id for a in sweep.told.alarms] == [before[2].alarm_id]


# events


async def test_all_events_of_gateways_are_told_once_and_ports_go_to_the_engine_as_well(org: Cloud) -> None:
    down = event("GW_PORT_DOWN", NOW - 50, port_id="ge-0/0/0")
    org.rows["events"] = [down, event(text="back\nagain"), event("GW_PORT_UP", NOW - 20, port_id="ge-0/0/9")]
    async with Run(org) as run:
        first, second = await run.sweep(), await run.sweep(60)

    assert [(e.type, e.circuit_id, e.text) for e in first.told.events] == [
        ("GW_CONNECTED", "", "back again"),
        ("GW_PORT_DOWN", CIRCUIT, ""),
        ("GW_PORT_UP", "", ""),
    ]
    assert [e.circuit_id for e in first.events] == [CIRCUIT]
    assert {e.known_at for e in first.told.events} == {first.ended}
    assert (second.told.events, second.events) == ((), ())


async def test_an_event_of_a_port_waits_until_circuits_are_known(org: Cloud) -> None:
    org.rows["events"] = [event("GW_VPN_PATH_DOWN", port_id="ge-0/0/0"), event()]
    org.faults.append(fault("ports/search", status(503)))
    async with Run(org) as run:
        first = await run.sweep()
        org.faults.clear()
        second = await run.sweep(60)

    assert [e.type for e in first.told.events] == ["GW_CONNECTED"]
    assert [(e.type, e.circuit_id) for e in second.told.events] == [("GW_VPN_PATH_DOWN", CIRCUIT)]


async def test_what_may_be_lost_is_told_again(org: Cloud) -> None:
    org.rows["events"] = [event("GW_PORT_DOWN", NOW - 50, port_id="ge-0/0/0")]
    async with Run(org) as run:
        await run.sweep()
        run.source.recall(())
        again = await run.sweep(60)

    assert len(again.told.events) == 1
    assert again.events == (), "the engine has it"


# service levels


async def test_service_levels_come_every_ten_minutes_with_all_their_pages(org: Cloud) -> None:
    org.rows["sle"] = [
        {"site_id": site_id(n), "gateway-health": 1, "wan-link-health": n / 100, "application_health": 0.5}
        for n in range(12)
    ]
    async with Run(org) as run:
        first, second, third = await run.sweep(), await run.sweep(540), await run.sweep(60)

    assert first.told.sle is not None
    assert third.told.sle is not None
    assert second.told.sle is None
    assert first.told.sle.at == first.ended
    assert len(first.told.sle.site_ids) == 12
    assert first.told.sle.wan_link_health[first.told.sle.site_ids.index(site_id(7))] == 7.0
    assert_array_equal(first.told.sle.application_health, np.full(12, 50, np.float32))
    assert org.count("sites-sle") == 6


async def test_a_table_that_lost_a_page_is_asked_for_again_and_not_told(org: Cloud) -> None:
    org.rows["sle"] = [{"site_id": site_id(n), "gateway-health": 1} for n in range(7)]
    org.faults.append(fault("sites-sle", status(500), query="page=2"))
    async with Run(org) as run:
        first = await run.sweep()
        assert first.told.sle is None
        assert not first.whole
        org.faults.clear()
        assert (await run.sweep(60)).told.sle is None
        assert (await run.sweep(60)).told.sle is not None


async def test_an_org_without_service_levels_is_whole(org: Cloud) -> None:
    org.faults.append(fault("sites-sle", status(404)))
    async with Run(org) as run:
        sweep = await run.sweep()

    assert sweep.told.sle is None
    assert sweep.whole


# changes of the inventory


async def test_a_site_and_a_gateway_that_are_renamed_show_within_five_minutes(org: Cloud) -> None:
    org.rows["gateways"] = [{k: v for k, v in gateway(n).items() if k != "name"} for n in range(2)]
    async with Run(org) as run:
        await run.sweep()
        org.rows["sites"] = [site(0, name="0417 Fruita CO"), site(1)]
        org.rows["inventory"] = [inventory(0, name="NEW", modified_time=NOW + 10), inventory(1)]
        org.asked.clear()
        found = (await run.sweep(300)).discovery

    assert "0417 Fruita CO" in {s.name for s in found.sites}
    assert {g.name for g in found.gateways} == {"NEW", "GW-1"}
    asked = [r for r in org.asked if r.path.endswith(f"{ORG}/inventory")]
    assert [float(r.query["modified_after"]) < NOW for r in asked] == [True], "one call, for what changed alone"


async def test_that_a_gateway_is_connected_or_not_makes_nothing_anew(org: Cloud) -> None:
    async with Run(org) as run:
        before = (await run.sweep()).discovery
        org.rows["inventory"] = [inventory(n, connected=False, modified_time=NOW + 10) for n in range(2)]
        assert (await run.sweep(300)).discovery is before
        org.rows["inventory"] = [inventory(n, connected=n == 0) for n in range(2)]
        assert (await run.sweep(3600)).discovery is before


async def test_a_gateway_that_is_new_in_the_inventory_is_there_within_five_minutes(org: Cloud) -> None:
    async with Run(org) as run:
        await run.sweep()
        org.rows["inventory"] = [*org.rows["inventory"], inventory(7, site_id=SITE, modified_time=NOW + 200)]
        found = (await run.sweep(300)).discovery

    assert len(found.gateways) == 3
