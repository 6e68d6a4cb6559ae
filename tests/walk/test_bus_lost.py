"""The bus is lost, or one of two collectors is cut off from it: nobody begins to poll, nobody is believed twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from noctui.clock import SystemClock
from noctui.runtime.headless import Stopped
from noctui.runtime.headless_collect import collect
from noctui.runtime.mist import mist_source
from tests.redis_server import needs_server
from tests.stores.bus.relay import Relay
from tests.walk.bus_pair import pair, shown

pytestmark = needs_server


async def test_a_leader_goes_on_alone_while_the_bus_is_lost_and_nobody_else_begins(tmp_path: Path) -> None:
    """What was on the bus is gone with the server: a snapshot of the newest poll is there at once."""
    async with pair(tmp_path) as two:
        one = two.host()
        await one.until(one.polls)
        other = two.host()
        await other.until(lambda: other.status.leader != "")
        two.bus.kill()
        await one.until(lambda: one.status.bus == "lost")
        assert "cannot be reached" in one.status.bus_text
        assert one.status.bus_since > 0
        await other.until(lambda: other.status.bus == "lost")
        seq = one.views[-1].seq
        await one.until(lambda: one.views[-1].seq >= seq + 1)
        assert one.status.mode == "leader"
        await one.until(lambda: any(a.key == "self/bus" for a in one.views[-1].alarms.alarms))
        assert other.views == []
        two.bus.start()
        await one.until(lambda: one.status.bus == "ok")
        heard = await shown(two.follower())
        assert heard.view is not None
        assert heard.view.seq >= seq + 1
        await other.until(lambda: other.status.leader != "")
        assert (one.terms, other.terms) == (1, 0)


async def test_a_bus_that_is_full_is_as_good_as_lost(tmp_path: Path) -> None:
    """It answers, the lease is kept, and nothing that is published arrives."""
    async with pair(tmp_path) as two:
        one = two.host()
        await one.until(one.polls)
        client = two.client()
        await client.config_set("maxmemory", "1")
        await one.until(lambda: one.status.bus == "lost")
        assert "is full (maxmemory); give it more memory" in one.status.bus_text
        assert (one.status.mode, one.terms) == ("leader", 1)
        await client.config_set("maxmemory", "0")
        await one.until(lambda: one.status.bus == "ok")
        assert (await shown(two.follower())).view is not None


async def test_nobody_begins_to_poll_without_the_bus_unless_told_to(tmp_path: Path) -> None:
    async with pair(tmp_path) as two:
        two.bus.kill()
        waits = two.host()
        await waits.until(lambda: waits.status.bus == "lost")
        assert waits.status.mode == "follower"
        forced = two.host(alone=True)
        await forced.until(forced.polls)
        assert (forced.status.mode, forced.status.bus) == ("leader", "lost")
        assert waits.views == []
        two.bus.start()
        follower = two.follower()
        # whoever is first leads: were it the one that waited, the other would stop
        for host in (waits, forced):
            await host.until(lambda host=host: host.status.bus == "ok" and host.status.leader != "")  # type: ignore[misc]
        heard = await shown(follower)
        assert heard.status is not None
        assert heard.status.leader == waits.status.leader == forced.status.leader


async def test_one_poll_is_not_made_without_the_bus_unless_told_to(tmp_path: Path) -> None:
    async with pair(tmp_path) as two:
        two.bus.kill()
        settings = two.settings(tmp_path / "one")
        clock = SystemClock()
        with pytest.raises(
            Stopped, match=r"cannot be reached.*nobody collects without it \(--lead-alone does\)"
        ) as told:
            await collect(settings, lambda: mist_source(settings, clock), clock, lambda _: None)
        assert told.value.kind == "unreachable"
        assert not (tmp_path / "one").exists()
        alone = replace(settings, lead_alone=True)
        landed = await collect(alone, lambda: mist_source(alone, clock), clock, lambda _: None)
        assert (landed.led_by, landed.missing) == ("", "")


async def test_one_that_is_cut_off_is_replaced_and_follows_when_it_is_back(tmp_path: Path) -> None:
    """It polls on while it is cut off: that the bus is there for others it cannot know."""
    async with pair(tmp_path) as two:
        relay = Relay(tmp_path / "relay", two.bus.socket)
        await relay.start()
        try:
            one = two.host(url=relay.url)
            await one.until(one.polls)
            other = two.host()
            await other.until(lambda: other.status.leader != "")
            relay.cut()
            await other.until(other.polls)
            await one.until(lambda: one.status.bus == "lost")  # it waits for an answer somewhat longer than a lease
            relay.mend()
            await one.until(lambda: one.status.mode == "follower" and one.status.leader != "")
            assert one.status.leader == other.status.leader
            assert (one.terms, other.terms) == (1, 1)
        finally:
            for host in two.hosts:
                await host.end()
            await relay.close()
