"""mistapi's endpoint functions, the only place that knows mistapi.

Importing mistapi itself costs 400 ms and 27 MB (requests, hvac, keyring), its endpoint modules 5 ms: they only build a
path and a query and hand them to the session. So their files are loaded alone, under names of our own, while the two
names they import for annotations are stood in for; mistapi is not left half-imported for anybody else. A contract test
per function holds path and query to what Mist expects.

False, 0 and None never reach the query (mistapi drops them): pass strings where they must.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from noctui.sources.mist.session import Answer

GATEWAY = "gateway"  # Mist's own default is `ap`


class Session(Protocol):
    """What the endpoint functions need."""

    async def mist_get(self, uri: str, query: dict[str, str] | None = None) -> Answer: ...


@contextmanager
def _stand_ins() -> Iterator[None]:
    names = {"mistapi": "APISession", "mistapi.__api_response": "APIResponse"}
    before = {name: sys.modules.get(name) for name in names}
    try:
        for name, attribute in names.items():
            module = ModuleType(name)
            setattr(module, attribute, object)
            sys.modules[name] = module
        yield
    finally:
        for name, module_before in before.items():
            if module_before is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module_before


def _endpoints(*names: str) -> list[Any]:
    spec = importlib.util.find_spec("mistapi")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("mistapi is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "api" / "v1"
    modules: list[Any] = []
    with _stand_ins():
        for name in names:
            path = folder.joinpath(*name.split(".")).with_suffix(".py")
            found = importlib.util.spec_from_file_location(f"{__name__}.{name.replace('.', '_')}", path)
            if found is None or found.loader is None:
                raise ImportError(f"mistapi has no {name}")
            module = importlib.util.module_from_spec(found)
            found.loader.exec_module(module)
            modules.append(module)
    return modules


_self, _usage, _sites, _groups, _templates, _profiles, _inventory, _stats, _devices = _endpoints(
    "self.self", "self.usage", "orgs.sites", "orgs.sitegroups", "orgs.gatewaytemplates", "orgs.deviceprofiles",
    "orgs.inventory", "orgs.stats", "orgs.devices",
)  # fmt: skip


async def _answer(call: Any) -> Answer:
    """What our session gave the endpoint function to return: a coroutine, where mistapi thinks of a response."""
    answer: Answer = await call
    return answer


async def get_self(session: Session) -> Answer:
    return await _answer(_self.getSelf(session))


async def get_usage(session: Session) -> Answer:
    return await _answer(_usage.getSelfApiUsage(session))


async def list_sites(session: Session, org_id: str, limit: int, page: int) -> Answer:
    return await _answer(_sites.listOrgSites(session, org_id, limit=limit, page=page))


async def list_sitegroups(session: Session, org_id: str, limit: int, page: int) -> Answer:
    return await _answer(_groups.listOrgSiteGroups(session, org_id, limit=limit, page=page))


async def list_templates(session: Session, org_id: str, limit: int, page: int) -> Answer:
    return await _answer(_templates.listOrgGatewayTemplates(session, org_id, limit=limit, page=page))


async def list_profiles(session: Session, org_id: str, limit: int, page: int) -> Answer:
    return await _answer(_profiles.listOrgDeviceProfiles(session, org_id, type=GATEWAY, limit=limit, page=page))


async def list_inventory(session: Session, org_id: str, limit: int, page: int) -> Answer:
    return await _answer(_inventory.getOrgInventory(session, org_id, type=GATEWAY, limit=limit, page=page))


async def list_gateway_stats(session: Session, org_id: str, limit: int, page: int) -> Answer:
    return await _answer(_stats.listOrgDevicesStats(session, org_id, type=GATEWAY, limit=limit, page=page))


async def search_ports(session: Session, org_id: str, limit: int) -> Answer:
    return await _answer(_stats.searchOrgSwOrGwPorts(session, org_id, device_type=GATEWAY, limit=limit))


async def search_peers(session: Session, org_id: str, limit: int) -> Answer:
    return await _answer(_stats.searchOrgPeerPathStats(session, org_id, limit=limit))


async def search_port_events(session: Session, org_id: str, limit: int, start: int, end: int) -> Answer:
    """`start` and `end` are UTC epoch seconds."""
    call = _devices.searchOrgDeviceEvents(
        session,
        org_id,
        device_type=GATEWAY,
        type="GW_PORT_UP,GW_PORT_DOWN",
        limit=limit,
        start=str(start),
        end=str(end),
    )
    return await _answer(call)
