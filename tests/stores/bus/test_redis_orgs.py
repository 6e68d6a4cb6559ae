"""Which orgs are on the bus, a line each."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from noctui.model.status import Status
from noctui.model.view import View
from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_errors import BusLostError
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.bus.redis_orgs import OrgsThere, org_ids
from noctui.stores.bus.redis_publish import Publisher
from tests.redis_server import address, server
from tests.stores.bus.made import inventory, views, with_alarms


def of(org: str, name: str, number: int = 0) -> View:
    """A poll of that org."""
    return replace(views()[number], inventory=structs.replace(inventory(), org_id=org, org_name=name))


async def leads(client: Client, org: str, holder: str) -> Publisher:
    lease = Lease(client, org, "the bus", seconds=60, holder=f"{holder}/x")
    assert await lease.acquire()
    return Publisher(lease)


async def test_each_is_a_line_with_who_leads_it(client: Client) -> None:
    await client.flushall()
    there = OrgsThere()
    assert await there.look(client, "the bus") == ()
    view = with_alarms(of("org-a", "Shops"), 1, 2)
    first = await leads(client, "org-a", "noc-a:41")
    await first.poll(view, Status())
    await leads(client, "org-c", "noc-c:7")  # it has not published yet
    left = await leads(client, "org-b", "noc-b:12")
    await left.poll(of("org-b", "Cafés"), Status())
    await client.delete(Keys("org-b").lease)
    a, b, c = await there.look(client, "the bus")
    assert (a.org_id, a.name, a.leader, a.at, a.bus) == ("org-a", "Shops", "noc-a:41", view.at, True)
    assert a.counts == tuple(view.counts().tolist())
    assert (a.sites, a.circuits, a.dark) == (len(view.sites), len(view.circuits), int(view.sites.dark.sum()))
    assert a.alarms == len(view.alarms.waiting)
    assert (b.name, b.leader, b.at) == ("Cafés", "", view.at)
    assert (c.org_id, c.leader, c.at, c.circuits) == ("org-c", "noc-c:7", 0.0, 0)
    newer = of("org-a", "Shops", 1)
    await first.poll(newer, Status())
    assert (await there.look(client, "the bus"))[0].at == newer.at
    assert await org_ids(client, "the bus", leaders=False) == ["org-a", "org-b"]


async def test_what_has_not_changed_is_not_fetched_again(client: Client) -> None:
    await client.flushall()
    await (await leads(client, "org-a", "noc-a:41")).poll(of("org-a", "Shops"), Status())
    there = OrgsThere()
    before = await there.look(client, "the bus")
    await client.setrange(Keys("org-a").snapshot, 64, b"????")
    assert await there.look(client, "the bus") == before
    (fresh,) = await OrgsThere().look(client, "the bus")
    assert "damaged" in fresh.fault


async def test_what_is_damaged_or_foreign_is_said_in_its_line_and_the_others_stand(client: Client) -> None:
    await client.flushall()
    await (await leads(client, "org-a", "noc-a:41")).poll(of("org-a", "Shops"), Status())
    await client.set(Keys("org-b").snapshot, b"none of ours")
    await client.lpush(Keys("org-c").snapshot, b"a list")
    await client.set("{noctui:or g}:snapshot", b"no org")
    a, b, c = await OrgsThere().look(client, "the bus")
    assert (a.fault, a.name) == ("", "Shops")
    assert "none of noctui's" in b.fault
    assert "hold something else" in c.fault


async def test_a_bus_that_is_lost_is_named() -> None:
    with server() as one:
        gone = address(one).client(answer_seconds=1.0, tries=0)
    with pytest.raises(BusLostError):
        await OrgsThere().look(gone, "the bus")
    await gone.aclose()
