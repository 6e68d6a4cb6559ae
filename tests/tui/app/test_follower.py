"""The app as a follower on another host, over a real bus."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from noctui.runtime import remote_following
from noctui.stores.bus.redis_server import Server
from noctui.tui.app import NoctuiApp, Options
from tests.redis_server import address, server
from tests.runtime.remote.stage import Leading, following, view
from tests.stores.bus.made import with_alarms
from tests.tui.app import seen

PATIENCE = 15.0


@pytest.fixture
def bus() -> Iterator[Server]:
    with server() as one:
        yield one


async def painted(app: NoctuiApp, pilot: Pilot[None], pattern: str) -> None:
    await until(app, pilot, lambda: re.search(pattern, seen.text(app)), pattern)


async def until(app: NoctuiApp, pilot: Pilot[None], holds: Callable[[], object], what: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while not holds():
                await pilot.pause(0.02)
    except TimeoutError:
        raise AssertionError(f"{what} did not come about:\n{seen.text(app)}") from None


async def test_what_a_follower_sees_and_does(bus: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose data it is, the past by request, an act on its way, a bus that is lost and back."""
    monkeypatch.setattr(remote_following, "AGAIN_SECONDS", (0.02, 0.05))
    client = address(bus).client(answer_seconds=5)
    leader = await Leading(client).begin()
    leader.shelf.past = view(1, ago=60)
    await leader.poll(with_alarms(view(2), 1))
    options = Options(exports=tmp_path / "exports", state=tmp_path / "screen.json")
    async with following(bus.url, tmp_path / "data") as watching:
        app = NoctuiApp(watching.desk, watching.clock, options)
        async with app.run_test(size=(120, 40)) as pilot:
            await painted(app, pilot, r"live \d+s +follows noc-a:41 ")
            await painted(app, pilot, "worst first")
            await pilot.press("left_square_bracket")
            await painted(app, pilot, r"PAST \d\d:\d\d:\d\d +−1m\d*s? ")
            await pilot.press("L")
            await painted(app, pilot, r"live \d+s +follows noc-a:41 ")
            await pilot.press("5")
            await painted(app, pilot, "alarm")
            await pilot.press("a")
            await pilot.pause()
            await pilot.press(*"seen", "enter")
            posted = await asyncio.wait_for(leader.inbox.read(10), PATIENCE)
            assert [(one.act.kind, one.act.who, one.act.why) for one in posted if one.act] == [("ack", "kim", "seen")]
            bus.kill()
            await painted(app, pilot, r"BUS LOST \d+s .*follows noc-a:41 ")
            await painted(app, pilot, r"The bus is lost since \d\d:\d\d")
            bus.start()
            await painted(app, pilot, r"live \d+s +follows noc-a:41|live \d+s +follower|LEADER SILENT")
    await leader.end(release=False)
    await client.aclose()
