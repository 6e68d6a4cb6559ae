"""A little Mist cloud that also answers for single sites, and a clock whose sleepers wait until they are woken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from noctui.clock import FixedClock
from noctui.sources.mist.enrich_kept import Kept
from noctui.sources.mist.source import MistSource
from noctui.stores.kept import KeptFile
from tests.sources.mist.cloud import NOW, Cloud, settings
from tests.sources.mist.rows import Row, gateway, interface, mac, port, site, site_id

SLOW = 10.0
"""Real seconds after which a test gives up waiting for a sleeper."""


class SiteCloud(Cloud):
    """`variables` by site id, `devices` by mac, `tests` by site id; what is not there is answered 404."""

    def __init__(self) -> None:
        self.variables: dict[str, Row] = {}
        self.devices: dict[str, Row] = {}
        self.tests: dict[str, list[Row]] = {}
        super().__init__()

    def site_paths(self) -> list[str]:
        """What sites were asked, as (kind, site's or gateway's number): `setting 0`, `device 0`, `tests 0`."""
        found = []
        for request in self.asked:
            match request.path.split("/")[3:]:
                case ["sites", site, "setting"]:
                    found.append(f"setting {int(site[-12:], 16) % 1000 if site != site_id(0) else 0}")
                case ["sites", _, "devices", device]:
                    found.append(f"device {device[-12:]}")
                case ["sites", site, "synthetic_test", "search"]:
                    found.append(f"tests {int(site[-12:], 16) % 1000 if site != site_id(0) else 0}")
        return found

    def _app(self) -> web.Application:
        app = super()._app()
        app.router.add_get("/api/v1/sites/{site}/setting", self._setting)
        app.router.add_get("/api/v1/sites/{site}/devices/{device}", self._device)
        app.router.add_get("/api/v1/sites/{site}/synthetic_test/search", self._tests)
        return app

    async def _setting(self, request: web.Request) -> web.Response:
        found = self.variables.get(request.match_info["site"])
        return web.json_response({"vars": found, "rtsa": {}} if found is not None else {"detail": "Not Found"},
                                 status=200 if found is not None else 404)  # fmt: skip

    async def _device(self, request: web.Request) -> web.Response:
        found = self.devices.get(request.match_info["device"][-12:])
        return web.json_response(found if found is not None else {"detail": "Not Found"},
                                 status=200 if found is not None else 404)  # fmt: skip

    async def _tests(self, request: web.Request) -> web.Response:
        assert request.query["type"] == "speedtest"
        rows = self.tests.get(request.match_info["site"], [])
        return web.json_response({"results": rows, "total": len(rows), "limit": 100, "start": 0, "end": 0})


class HeldClock(FixedClock):
    """Sleepers wait until the test lets them go; nothing else moves time."""

    def __init__(self, now: float = NOW) -> None:
        super().__init__(now)
        self._sleeper: asyncio.Future[None] | None = None
        self._laid_down = asyncio.Event()
        self._seconds = 0.0

    async def sleep(self, seconds: float) -> None:
        assert self._sleeper is None or self._sleeper.done()
        self._sleeper, self._seconds = asyncio.get_running_loop().create_future(), seconds
        self._laid_down.set()
        await self._sleeper

    async def asleep(self) -> float:
        """Wait until somebody sleeps; for how many seconds."""
        async with asyncio.timeout(SLOW):
            await self._laid_down.wait()
        return self._seconds

    async def wake(self) -> float:
        """Let the sleeper go on when its time has come; how many seconds that took."""
        seconds = await self.asleep()
        assert self._sleeper is not None
        self._laid_down.clear()
        self.move(seconds)
        self._sleeper.set_result(None)
        return seconds

    async def rounds(self, times: int) -> None:
        for _ in range(times):
            await self.wake()
        await self.asleep()


TEMPLATE: Row = {
    "id": "t1",
    "name": "Stores",
    "port_config": {
        "ge-0/0/0": {
            "usage": "wan", "name": "{{isp}}", "description": "{{isp}} {{account}}", "ip_config": {"type": "dhcp"},
            "traffic_shaping": {"enabled": True, "max_tx_kbps": "{{up_kbps}}"}, "speed": "auto",
        },
        "ge-0/0/1": {"usage": "wan", "name": "lte", "wan_type": "lte"},
    },
    "path_preferences": {
        "out": {"strategy": "ordered", "paths": [{"type": "wan", "name": "{{isp}}"}, {"type": "wan", "name": "lte"}]}
    },
}  # fmt: skip
VARIABLES: Row = {"isp": "Lumen", "account": "55/KQXX", "up_kbps": "20000"}


def stores(cloud: SiteCloud, count: int) -> None:
    """Sites 0 to count-1, each with one gateway of two WAN ports, one template and everything of its own."""
    cloud.rows["sites"] = [site(n, gatewaytemplate_id="t1") for n in range(count)]
    cloud.rows["templates"] = [TEMPLATE]
    interfaces = {"ge-0/0/0.0": interface(name="", wan_name=None), "ge-0/0/1.0": interface("ge-0/0/1", "lte")}
    cloud.rows["gateways"] = [gateway(n, interfaces) for n in range(count)]
    cloud.rows["ports"] = [port(n, p) for n in range(count) for p in ("ge-0/0/0", "ge-0/0/1")]
    for n in range(count):
        cloud.variables[site_id(n)] = VARIABLES
        cloud.devices[mac(n)] = {"mac": mac(n), "type": "gateway", "port_config": None}
        cloud.tests[site_id(n)] = [speed_test(n)]


def speed_test(n: int = 0, port_id: str = "ge-0/0/0", age: float = 3600.0, **more: Any) -> Row:
    return {
        "mac": mac(n), "port_id": port_id, "type": "speedtest", "timestamp": NOW - age, "rx_mbps": 322,
        "tx_mbps": 199, "latency": 40, "failed": False, **more,
    }  # fmt: skip


def enriching(cloud: Cloud, clock: FixedClock, folder: Path | None = None, **changes: Any) -> MistSource:
    """A source that asks sites in the background, and keeps what they say in `folder`."""
    made: Callable[[str], Kept] | None = (lambda _org: KeptFile(folder)) if folder else None
    return MistSource(settings(cloud, **{"enrich": True, **changes}), clock, made)
