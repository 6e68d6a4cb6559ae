"""A bus full of what nobody can read: another version's data, rubbish under every name. The next leader names it,
leads, and leaves it clean."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest

from noctui.stores.bus.redis_keys import Keys
from tests.redis_server import needs_server
from tests.walk.bus_pair import PATIENCE, pair, shown

pytestmark = needs_server


async def spoil(redis: Any, keys: Keys) -> None:
    """As another major version would leave it; and rubbish where people, panes and followers write."""
    for name in (keys.snapshot, keys.alarms, keys.messages, keys.version):
        blob = await redis.get(name) or b"\x00" * 40
        await redis.set(name, blob[:4] + b"\x09\x00" + blob[6:])
    for digest in await redis.hkeys(keys.pieces):
        await redis.hset(keys.pieces, digest, b"rubbish")
    await redis.hset(keys.followers, "noc-x:1", b"rubbish")
    await redis.zadd(keys.acted, {"rubbish": 1.0})
    for name, field in ((keys.inbox, "a"), (keys.asked, "q"), (keys.inbox, "zz")):
        await redis.xadd(name, {field: b"rubbish"})


async def test_whoever_takes_over_from_it_leads_and_leaves_it_whole(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "noctui.bus")
    async with pair(tmp_path) as two:
        client, keys = two.client(), Keys(two.org_id)
        first = two.host()
        await first.until(first.polls)
        before = await shown(two.follower())
        await first.end()
        await spoil(client, keys)
        second = two.host()
        await second.until(second.polls)
        after = await shown(two.follower())
        assert after.epoch > before.epoch
        assert after.view is not None
        assert after.view.seq in [view.seq for view in second.views]
        async with asyncio.timeout(PATIENCE):
            while await client.xlen(keys.inbox):  # what cannot be done is taken off
                await asyncio.sleep(0.01)
        assert second.status.bus == "ok"
        named = [record for record in caplog.records if record.message in ("bus.estate", "bus.snapshot", "bus.refused")]
        assert {record.message for record in named} == {"bus.estate", "bus.snapshot", "bus.refused"}
        assert "format 9" in str(named[0].__dict__["text"])
