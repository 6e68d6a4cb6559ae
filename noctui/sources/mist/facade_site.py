"""mistapi's endpoint functions for one site, under our own signatures: what is asked on drill-down.

A contract test per function holds path and query to what Mist expects. Times are epoch seconds by Mist's clock. mistapi
puts ids into the path as they come: callers pass only what is an id.
"""

from __future__ import annotations

from noctui.sources.mist.endpoints import Session, answer_of, endpoints
from noctui.sources.mist.session import Answer

_insights, _sle = endpoints("sites.insights", "sites.sle")

SITE = "site"  # the scope that all service levels are asked in


async def gateway_insights(
    session: Session, site_id: str, device_id: str, port_id: str, metrics: str, start: int, end: int, interval: str,
    limit: int,
) -> Answer:  # fmt: skip
    """Series of one port. `device_id` is the gateway's UUID; `metrics` comma separated; `interval` such as `10m`."""
    call = _insights.getSiteInsightMetricsForGateway(
        session, site_id, device_id, metrics, port_id=port_id, start=str(start), end=str(end), interval=interval,
        limit=limit,
    )  # fmt: skip
    return await answer_of(call)


async def link_health(
    session: Session, site_id: str, mac: str, port_id: str, start: int, end: int, interval: str, limit: int
) -> Answer:
    """Latency, jitter and loss of one port. This one wants the gateway's MAC, not its UUID."""
    call = _insights.getSiteInsightMetricsForDevice(
        session, site_id, "wan_link_health", mac, port_id=port_id, start=str(start), end=str(end), interval=interval,
        limit=limit,
    )  # fmt: skip
    return await answer_of(call)


async def sle_metrics(session: Session, site_id: str) -> Answer:
    return await answer_of(_sle.listSiteSlesMetrics(session, site_id, SITE, site_id))


async def sle_threshold(session: Session, site_id: str, metric: str) -> Answer:
    return await answer_of(_sle.getSiteSleThreshold(session, site_id, SITE, site_id, metric))


async def sle_trend(session: Session, site_id: str, metric: str, start: int, end: int) -> Answer:
    """`summary-trend`: plain `summary` leaves mistapi with 0.65, and Mist answers 400 to it for some metrics."""
    call = _sle.getSiteSleSummaryTrend(session, site_id, SITE, site_id, metric, start=str(start), end=str(end))
    return await answer_of(call)


async def sle_interfaces(session: Session, site_id: str, metric: str, start: int, end: int) -> Answer:
    call = _sle.listSiteSleImpactedInterfaces(session, site_id, SITE, site_id, metric, start=str(start), end=str(end))
    return await answer_of(call)


async def sle_gateways(session: Session, site_id: str, metric: str, start: int, end: int) -> Answer:
    call = _sle.listSiteSleImpactedGateways(session, site_id, SITE, site_id, metric, start=str(start), end=str(end))
    return await answer_of(call)
