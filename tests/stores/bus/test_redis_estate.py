"""What one leader leaves on the bus, and the next one finds there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from noctui.model.alarms import Message
from noctui.model.estate import Estate
from noctui.model.status import Status
from noctui.model.works import Works
from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_blobs import BlobError
from noctui.stores.bus.redis_errors import FencedError
from noctui.stores.bus.redis_estate import leave_messages, left
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.bus.redis_publish import Publisher
from tests.planned.made import work
from tests.stores.bus.made import alarm, inventory, views, with_alarms

ORG = inventory().org_id


def message(number: int, state: str) -> Message:
    one = alarm(number)
    return Message(message_id=f"m{number}", alarm_id=one.alarm_id, rule="noc", target="noc", kind="opened",
                   made_at=one.opened, title="down", body="long", state=state)  # fmt: skip


async def test_alarms_messages_and_planned_work_are_found_by_the_next(client: Client) -> None:
    await client.flushall()
    assert await left(client, ORG, "the bus") == Estate()
    lease = Lease(client, ORG, "the bus", seconds=60)
    assert await lease.acquire()
    planned = work("CHG-1", [(0, 60)], ["OGYX/1"])
    view = replace(with_alarms(views()[0], 1, 2), works=Works(at=0.0, works=(planned,)))
    await Publisher(lease).poll(view, Status())
    sent, waits = message(1, "sent"), message(2, "waiting")
    await leave_messages(lease, (sent, waits))
    found = await left(client, ORG, "the bus")
    assert found.alarms == view.alarms.alarms
    assert found.messages == (structs.replace(sent, body=""), waits)  # its text is needed where it has yet to be sent
    assert found.works == (planned,)
    assert found.at == max(a.known_at for a in view.alarms.alarms)


async def test_one_who_leads_no_more_leaves_nothing(client: Client, org: str) -> None:
    lease = Lease(client, org, "the bus", seconds=60)
    assert await lease.acquire()
    other = Lease(client, org, "the bus", seen=lease.epoch + 1)
    await other.raise_epoch()
    with pytest.raises(FencedError):
        await leave_messages(lease, (message(1, "sent"),))
    assert (await left(client, org, "the bus")).messages == ()


async def test_what_cannot_be_read_is_named(client: Client, org: str) -> None:
    await client.set(Keys(org).messages, b"none of ours")
    with pytest.raises(BlobError, match="none of noctui's"):
        await left(client, org, "the bus")
