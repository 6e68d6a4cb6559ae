"""`:org` with a bus: orgs of the data folder and of the bus in one list, and one of either shown."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from msgspec import structs

from noctui.clock import ShiftedClock, SystemClock
from noctui.model.orgs import OrgLine
from noctui.model.status import Status
from noctui.model.view import View
from noctui.runtime.desk import Desk
from noctui.runtime.orgs import Orgs, joined, org_of
from noctui.runtime.remote import Remote
from noctui.runtime.remote_desk import RemoteDesk
from noctui.runtime.remote_orgs import RemoteOrgs
from noctui.settings import Settings, Thresholds
from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.bus.redis_publish import Publisher
from noctui.stores.bus.redis_server import Server
from tests.redis_server import address, server
from tests.runtime.test_orgs import collected, desk
from tests.stores.bus.made import views

GUARD = 20.0


def of(org: str, name: str) -> View:
    inventory = structs.replace(views()[0].inventory, org_id=org, org_name=name)
    return replace(views()[0], at=time.time(), inventory=inventory)


async def publishes(client: Client, org: str, name: str, holder: str) -> Lease:
    lease = Lease(client, org, "the bus", seconds=60, holder=f"{holder}/x")
    assert await lease.acquire()
    await Publisher(lease).poll(of(org, name), Status())
    return lease


def by_bus(url: str, data: Path, org_id: str) -> Desk:
    clock = ShiftedClock()
    remote = Remote(Settings(bus=url, data=data))
    return RemoteDesk(
        data=data, org_id=org_id, poll_seconds=60.0, clock=clock, new_source=None, thresholds=Thresholds(),
        remote=remote,
    )  # fmt: skip


@asynccontextmanager
async def watching(bus: Server, data: Path) -> AsyncIterator[Orgs]:
    """A host whose own org is followed by the bus."""
    there = RemoteOrgs(Settings(bus=bus.url, data=data), lambda org_id: by_bus(bus.url, data, org_id))
    orgs = Orgs(by_bus(bus.url, data, "org-a"), data, SystemClock(), lambda org_id: desk(data, org_id), there)
    seen = asyncio.Event()
    orgs.subscribe(lambda: seen.set() if orgs.live() is not None else None)
    await orgs.start()
    try:
        async with asyncio.timeout(GUARD):
            await seen.wait()
        yield orgs
    finally:
        await orgs.stop()


async def test_orgs_of_both_are_listed_and_shown(bus: Server, client: Client, tmp_path: Path) -> None:
    for org, name, holder in (("org-a", "Shops", "noc-a:41"), ("org-b", "Cafés", "noc-b:12")):
        await publishes(client, org, name, holder)
    collected(tmp_path, "org-c", "Depots", circuits=8)
    async with watching(bus, tmp_path) as orgs:
        lines = {line.org_id: line for line in await orgs.orgs()}
        assert {org: (line.shown, line.leader, line.bus) for org, line in lines.items()} == {
            "org-a": ("Shops", "noc-a:41", True),
            "org-b": ("Cafés", "noc-b:12", True),
            "org-c": ("Depots", "", False),
        }
        assert [line.org_id for line in lines.values() if line.here] == ["org-a"]
        assert await orgs.choose("org-b") == ""
        assert org_of(orgs) == "org-b"
        assert (orgs.status().mode, orgs.status().leader) == ("follower", "noc-b:12")
        assert not (tmp_path / "org-b").exists(), "who follows keeps nothing"
        assert await orgs.choose("org-c") == ""
        assert org_of(orgs) == "org-c"
        assert await orgs.choose("org-a") == ""
        assert org_of(orgs) == "org-a"


async def test_with_the_bus_lost_those_of_the_folder_are_listed(tmp_path: Path) -> None:
    collected(tmp_path, "org-c", "Depots")
    with server() as own:
        client = address(own).client()
        await publishes(client, "org-a", "Shops", "noc-a:41")
        await client.aclose()
        async with watching(own, tmp_path) as orgs:
            own.kill()
            assert {line.org_id for line in await orgs.orgs()} == {"org-a", "org-c"}


def test_of_two_lines_the_newer_counts_whoever_leads() -> None:
    folder = OrgLine(org_id="o", name="Shops", at=100.0, circuits=4, leader="noc-a:1")
    there = OrgLine(org_id="o", at=160.0, circuits=5, bus=True)
    assert joined((folder,), (there,)) == (structs.replace(there, name="Shops", leader="noc-a:1"),)
    older = structs.replace(there, at=40.0, leader="noc-b:2")
    assert joined((folder,), (older,)) == (structs.replace(folder, leader="noc-b:2", bus=True),)
    damaged = OrgLine(org_id="o", fault="damaged", bus=True)
    assert joined((folder,), (damaged,)) == (structs.replace(folder, bus=True),)
    unread = OrgLine(org_id="o", fault="no database")
    assert joined((unread,), (there,)) == (there,)
