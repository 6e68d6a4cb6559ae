"""The endpoints of single sites: configuration, series, service levels, tests. Loaded when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from noctui.sim.designs import DESIGNS
from noctui.sim.idents import device_id
from noctui.sim.mist import insights, sle
from noctui.sim.mist.answers import NotFound, Query
from noctui.sim.mist.cloud import Cloud
from noctui.sim.mist.orgwide import device_search, site_stats
from noctui.sim.mist.paging import Answer, BadRequest, limit_of, span_of
from noctui.sim.mist.speed import speed_tests
from noctui.sim.mist.statics import site_row
from noctui.sim.mist.told import split
from noctui.sim.network import HUB_PORT, hub_mac

Row = dict[str, Any]
SiteEndpoint = Callable[[int, str, Query], Answer]
"""(site's row, path, query) → answer."""


class SiteCloud:
    """Answers for the sites of one org."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud, self._world = cloud, cloud.world
        self._endpoints: dict[str, SiteEndpoint] = {
            "": lambda site, _path, _query: self._one("", site_row(self._world.network, site, cloud.statics.created)),
            "stats": self._stats,
            "setting": lambda site, _path, _query: self._one("setting", cloud.configs.setting(site)),
            "setting/derived": lambda site, _path, _query: self._one("setting/derived", cloud.configs.setting(site)),
            "devices": self._devices,
            "devices/search": lambda site, path, query: device_search(
                cloud, path, query, cloud.gateways_of(self._within(site, query))
            ),
            "devices/events/search": lambda site, path, query: cloud.event_page(
                path, {"device_type": "gateway", **query}, self._within(site, query)
            ),
            "stats/devices": self._device_stats,
            "stats/ports/search": self._ports,
            "alarms/search": lambda site, path, query: cloud.alarm_page(path, query, self._within(site, query)),
            "synthetic_test/search": self._speed_tests,
            "wan_usages/search": self._usages,
            "gatewaytemplates/derived": self._template,
            "deviceprofiles/derived": lambda _site, _path, query: cloud.of_org("deviceprofiles", _path, query),
        }

    def answer(self, site: int, tail: str, path: str, query: Query) -> Answer:
        """The answer of `/sites/{id}/{tail}`. Raises NotFound and BadRequest."""
        endpoint = self._endpoints.get(tail)
        if endpoint is not None:
            return endpoint(site, path, query)
        match tail.split("/"):
            case ["devices", device]:
                self._gateway(site, device)
                return self._one("devices/*", self._cloud.configs.device(site))
            case ["stats", "devices", device]:
                self._gateway(site, device)
                return self._one("stats/devices/*", self._cloud.device_rows([site], query.get("fields", "*"))[0])
            case ["insights", "gateway", device, "stats"]:
                self._gateway(site, device)
                return self._one(
                    "insights/gateway/*/stats", insights.gateway_stats(self._world, site, query, self._now)
                )
            case ["insights", "device", mac, "wan_link_health"]:
                return self._link_health(site, mac, query)
            case ["sle", scope, ident, *rest]:
                return self._sle(site, scope, ident, rest, query)
        raise NotFound

    @property
    def _now(self) -> float:
        return self._cloud.clock.now()

    def _one(self, feed: str, found: object) -> Answer:
        return self._cloud.answers.object(feed, found)

    def _within(self, site: int, query: Query) -> Mapping[str, str]:
        return {**query, "site_id": self._world.network.site_id[site]}

    def _gateway(self, site: int, device: str) -> None:
        """Refuse a device that does not stand there: an id is wanted, not a mac."""
        if device != device_id(self._world.network.mac[site]):
            raise NotFound

    def _stats(self, site: int, _path: str, _query: Query) -> Answer:
        return self._one("stats", site_stats(self._cloud, site, bool(self._cloud.reports().connected()[site])))

    def _devices(self, site: int, _path: str, query: Query) -> Answer:
        rows = [self._cloud.configs.device(site)] if query.get("type", "ap") in ("gateway", "all") else []
        return self._cloud.answers.list("devices", query, len(rows), lambda a, b: rows[a:b])

    def _device_stats(self, site: int, _path: str, query: Query) -> Answer:
        rows = self._cloud.gateways_of(self._within(site, query))
        fields = query.get("fields", "")
        return self._cloud.answers.list(
            "stats/devices", query, len(rows), lambda a, b: self._cloud.device_rows(rows[a:b], fields)
        )

    def _ports(self, site: int, path: str, query: Query) -> Answer:
        return self._cloud.port_page(path, query, np.arange(self._world.network.sites) == site)

    def _link_health(self, site: int, mac: str, query: Query) -> Answer:
        """It wants the mac where the gateway's stats want the id. Gateways that probe nothing have no figures."""
        n = self._world.network
        if mac != n.mac[site]:
            raise NotFound
        first = int(n.site_first[site])
        probed = bool(n.port_quality[first : int(n.site_first[site + 1])].any())
        return self._one(
            "insights/device/*/wan_link_health",
            insights.link_health(self._world, site, query, self._now, probed=probed),
        )

    def _speed_tests(self, site: int, path: str, query: Query) -> Answer:
        span = span_of(query, self._now)
        kinds = split(query.get("type", ""))
        rows = speed_tests(self._world, site, span[0], min(span[1], self._now))
        rows = [r for r in rows if (not kinds or "speedtest" in kinds) and _fits(r, query, "mac", "port_id")]
        return self._cloud.answers.search("synthetic_test/search", path, query, span, len(rows), lambda a, b: rows[a:b])

    def _usages(self, site: int, _path: str, query: Query) -> Answer:
        """How traffic is steered: the weights of a site's paths. All on one page, without `next`."""
        n, seen = self._world.network, self._cloud.reports().seen
        span = span_of(query, self._now)
        paths = range(2 * int(n.site_first[site]), 2 * int(n.site_first[site + 1]))
        rows: list[Row] = [
            {"mac": n.mac[site], "port_id": n.line[p // 2].port, "peer_mac": hub_mac(int(n.path_hub[p])),
             "peer_port_id": HUB_PORT, "path_type": "vpn", "policy": "store", "tenant": "store",
             "path_weight": int(100 * seen.path_active[0, p]) if seen.path_up[0, p] > 0 else 0}
            for p in paths
        ]  # fmt: skip
        rows = [r for r in rows if _fits(r, query, "mac", "port_id", "peer_mac", "path_type")]
        if self._cloud.answers.rewrite:
            rows = self._cloud.answers.rewritten("wan_usages/search", rows)
        limit = limit_of(query)
        body = {"start": int(span[0]), "end": int(span[1]), "limit": limit, "results": rows[:limit]}
        return self._one("wan_usages/search envelope", body)

    def _template(self, site: int, _path: str, query: Query) -> Answer:
        template = list(self._cloud.configs.templates.values())[int(self._world.network.site_design[site])]
        return self._cloud.answers.list("gatewaytemplates/derived", query, 1, lambda a, b: [template][a:b])

    def _sle(self, site: int, scope: str, ident: str, rest: list[str], query: Query) -> Answer:
        n = self._world.network
        if (scope, ident) not in (("site", n.site_id[site]), ("gateway", n.mac[site]),
                                  ("gateway", device_id(n.mac[site]))):  # fmt: skip
            raise NotFound
        if rest == ["metrics"]:
            names = list(sle.METRICS)
            return self._one("sle/metrics", {"enabled": names, "supported": names})
        if len(rest) < 3 or rest[0] != "metric":
            raise NotFound
        metric, what = sle.metric_name(rest[1]), "/".join(rest[2:])
        if metric not in sle.METRICS:
            raise NotFound
        if what == "summary" and metric == "application-health":
            raise BadRequest("metric is not supported")
        start, end = span_of(query, self._now)
        end = min(end, self._now)
        feed = f"sle/{what}"
        match what:
            case "summary-trend" | "summary":
                return self._one(feed, sle.summary(self._world, site, metric, start, end))
            case "threshold":
                return self._one(feed, sle.THRESHOLDS[metric])
            case "classifiers":
                return self._one(feed, list(sle.CLASSIFIERS[metric]))
            case "impacted-interfaces" | "impacted-gateways":
                return self._impacted(site, metric, what, query, (start, end))
        raise NotFound

    def _impacted(self, site: int, metric: str, what: str, query: Query, span: tuple[float, float]) -> Answer:
        """Pages are numbered in the body."""
        classifier, name = query.get("classifier", ""), what.removeprefix("impacted-")
        rows = sle.impacted(self._world, site, metric, classifier, *span, interfaces=name == "interfaces")
        model = DESIGNS[int(self._world.network.site_design[site])].model
        if name == "gateways":
            rows = [row | {"gateway_model": model} for row in rows]
        if self._cloud.answers.rewrite:
            rows = self._cloud.answers.rewritten(f"sle/{what}", rows)
        limit, page = limit_of(query), int(query.get("page", "1") or "1")
        return self._one(f"sle/{what} envelope", {
            "start": int(span[0]), "end": int(span[1]), "classifier": classifier, "failure": "", "limit": limit,
            "metric": metric, "page": page, "total_count": len(rows), name: rows[(page - 1) * limit : page * limit],
        })  # fmt: skip


def _fits(row: Row, query: Query, *names: str) -> bool:
    return all(not (wanted := split(query.get(name, ""))) or row[name] in wanted for name in names)
