"""mistapi's endpoint functions for a whole org, under our own signatures: with `facade_site`, the only place that knows
mistapi's names.

A contract test per function holds path and query to what Mist expects. False, 0 and None never reach the query (mistapi
drops them): pass strings where they must.
"""

from __future__ import annotations

from collections.abc import Sequence

from noctui.sources.mist.endpoints import GATEWAY, Session, Writing, answer_of, endpoints
from noctui.sources.mist.session import Answer

_self, _usage, _sites, _groups, _templates, _profiles, _inventory, _stats, _devices, _alarms, _insights = endpoints(
    "self.self", "self.usage", "orgs.sites", "orgs.sitegroups", "orgs.gatewaytemplates", "orgs.deviceprofiles",
    "orgs.inventory", "orgs.stats", "orgs.devices", "orgs.alarms", "orgs.insights",
)  # fmt: skip


async def get_self(session: Session) -> Answer:
    return await answer_of(_self.getSelf(session))


async def get_usage(session: Session) -> Answer:
    return await answer_of(_usage.getSelfApiUsage(session))


async def list_sites(session: Session, org_id: str, limit: int, page: int) -> Answer:
    return await answer_of(_sites.listOrgSites(session, org_id, limit=limit, page=page))


async def list_sitegroups(session: Session, org_id: str, limit: int, page: int) -> Answer:
    return await answer_of(_groups.listOrgSiteGroups(session, org_id, limit=limit, page=page))


async def list_templates(session: Session, org_id: str, limit: int, page: int) -> Answer:
    return await answer_of(_templates.listOrgGatewayTemplates(session, org_id, limit=limit, page=page))


async def list_profiles(session: Session, org_id: str, limit: int, page: int) -> Answer:
    return await answer_of(_profiles.listOrgDeviceProfiles(session, org_id, type=GATEWAY, limit=limit, page=page))


async def list_inventory(session: Session, org_id: str, limit: int, page: int) -> Answer:
    return await answer_of(_inventory.getOrgInventory(session, org_id, type=GATEWAY, limit=limit, page=page))


async def list_gateway_stats(session: Session, org_id: str, limit: int, page: int) -> Answer:
    return await answer_of(_stats.listOrgDevicesStats(session, org_id, type=GATEWAY, limit=limit, page=page))


async def search_ports(session: Session, org_id: str, limit: int) -> Answer:
    return await answer_of(_stats.searchOrgSwOrGwPorts(session, org_id, device_type=GATEWAY, limit=limit))


async def search_peers(session: Session, org_id: str, limit: int) -> Answer:
    return await answer_of(_stats.searchOrgPeerPathStats(session, org_id, limit=limit))


async def search_ports_of(session: Session, org_id: str, limit: int, macs: Sequence[str]) -> Answer:
    """Ports of these gateways alone."""
    mac = ",".join(macs)
    return await answer_of(_stats.searchOrgSwOrGwPorts(session, org_id, device_type=GATEWAY, mac=mac, limit=limit))


async def search_peers_of(session: Session, org_id: str, limit: int, macs: Sequence[str]) -> Answer:
    """Peer paths from these gateways alone."""
    return await answer_of(_stats.searchOrgPeerPathStats(session, org_id, mac=",".join(macs), limit=limit))


async def search_events(session: Session, org_id: str, limit: int, start: int, end: int) -> Answer:
    """Events of gateways. `start` and `end` are UTC epoch seconds."""
    call = _devices.searchOrgDeviceEvents(
        session, org_id, device_type=GATEWAY, limit=limit, start=str(start), end=str(end)
    )
    return await answer_of(call)


async def search_alarms(session: Session, org_id: str, limit: int, start: int, end: int) -> Answer:
    """Alarms raised from `start` to `end` (UTC epoch seconds)."""
    return await answer_of(_alarms.searchOrgAlarms(session, org_id, limit=limit, start=str(start), end=str(end)))


async def search_open_alarms(session: Session, org_id: str, limit: int, start: int, end: int) -> Answer:
    """The same, only open ones; a cloud that knows this filter no more (mistapi does not) gives all."""
    query = {"status": "open", "start": str(start), "end": str(end), "limit": str(limit)}
    return await session.mist_get(f"/api/v1/orgs/{org_id}/alarms/search", query)


async def ack_alarms(session: Writing, org_id: str, alarm_ids: Sequence[str], note: str) -> Answer:
    """Acknowledge up to 1,000 alarms in Mist; the token's role must allow it."""
    body = {"alarm_ids": list(alarm_ids), "note": note}
    return await answer_of(_alarms.ackOrgMultipleAlarms(session, org_id, body=body))


async def unack_alarms(session: Writing, org_id: str, alarm_ids: Sequence[str], note: str) -> Answer:
    """Take that back."""
    body = {"alarm_ids": list(alarm_ids), "note": note}
    return await answer_of(_alarms.unackOrgMultipleAlarms(session, org_id, body=body))


async def list_sites_sle(session: Session, org_id: str, limit: int, page: int) -> Answer:
    """Service levels of the WAN, a row per site."""
    return await answer_of(_insights.getOrgSitesSle(session, org_id, sle="wan", limit=limit, page=page))


async def list_changed_inventory(session: Session, org_id: str, limit: int, page: int, after: int) -> Answer:
    """Gateways whose inventory changed after `after` (UTC epoch seconds)."""
    call = _inventory.getOrgInventory(session, org_id, type=GATEWAY, modified_after=after, limit=limit, page=page)
    return await answer_of(call)
