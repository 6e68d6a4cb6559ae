"""What one leader leaves on the bus, and the next one finds there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from noctui.model.alarms import Message
from noctui.model.estate import Estate
from noctui.model.status import Status
from noctui.model.works import Works
from noctui.stores.bus.redis_address import Client
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


@pytest.mark.parametrize(
    ("key", "lost", "named"),
    [
        ("alarms", {"alarms", "at"}, "open alarms: "),
        ("messages", {"messages"}, "what was told of alarms: "),
        ("snapshot", set(), ""),  # planned work is in the poll before as well
    ],
)
async def test_one_damaged_part_is_named_and_the_rest_is_taken_over(
    client: Client, key: str, lost: set[str], named: str
) -> None:
    await client.flushall()
    lease = Lease(client, ORG, "the bus", seconds=60)
    assert await lease.acquire()
    planned = work("CHG-1", [(0, 60)], ["OGYX/1"])
    view = replace(with_alarms(views()[0], 1, 2), works=Works(at=0.0, works=(planned,)))
    await Publisher(lease).poll(view, Status())
    await leave_messages(lease, (message(1, "sent"),))
    before = await left(client, ORG, "the bus")
    assert before.damaged == ()
    assert all((before.alarms, before.messages, before.works))
    where = getattr(Keys(ORG), key)
    there: Any = await client.get(where)
    blob = bytearray(there)
    blob[-3] ^= 0xFF
    await client.set(where, bytes(blob))
    found = await left(client, ORG, "the bus")
    for part in ("alarms", "messages", "works", "at"):
        assert (getattr(found, part) == getattr(before, part)) == (part not in lost), part
    assert [line.startswith(named) and "checksum" in line for line in found.damaged] == [True] * bool(lost)


async def test_planned_work_that_no_poll_tells_of_any_more_is_named_once(client: Client, org: str) -> None:
    """Foreign things under its keys neither, and the alarms' and messages' too."""
    keys = Keys(org)
    await client.set(keys.snapshot, b"none of ours")
    await client.xadd(keys.polls, {"b": b"NCTb"})
    await client.xadd(keys.polls, {"x": b"y"})
    await client.set(keys.messages, b"none of ours")
    found = await left(client, org, "the bus")
    assert found == Estate(damaged=found.damaged)
    assert [line.partition(":")[0] for line in found.damaged] == ["what was told of alarms", "planned work"]
    await client.delete(keys.polls)
    await client.set(keys.polls, b"no Stream")
    assert len((await left(client, org, "the bus")).damaged) == 2
