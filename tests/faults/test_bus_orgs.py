"""A token for another org than the one on the bus: nothing of the one is ever shown as the other's."""

from __future__ import annotations

from pathlib import Path

from noctui.stores.bus.redis_lease import Lease
from tests.redis_server import address, needs_server
from tests.runtime.remote.stage import ORG, Leading, view
from tests.walk.test_bus_screens import hosts

pytestmark = needs_server


async def test_a_token_for_another_org_takes_the_first_ones_picture_away(tmp_path: Path) -> None:
    """Until the token has said whose it is, the one org on the bus is shown, under its own name. Then its own org is
    followed: its leader has published nothing, so nothing is shown; nor may anything be asked or done there."""
    async with hosts(tmp_path) as all_:
        client = address(all_.bus).client()
        leader = await Leading(client).begin()
        await leader.poll(view(0))
        own = all_.cloud.world.network.org_id
        silent = Lease(client, own, "the bus", seconds=60.0, holder="noc-z:9/z")
        assert await silent.acquire()
        all_.cloud.faults.delay = 0.5
        one = await all_.screen()
        await one.until(lambda: one.desk.live() and one.view.inventory.org_id == ORG)
        all_.cloud.faults.delay = 0.0
        await one.until(lambda: one.status.leader == "noc-z:9")
        assert one.desk.live() is None
        assert one.failed == []
        await silent.release()
        await one.until(lambda: one.status.mode == "leader" and one.desk.live())
        assert one.view.inventory.org_id == own
        await leader.end()
        await client.aclose()
