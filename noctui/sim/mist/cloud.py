"""The endpoints of an org: each takes a query and gives an answer; no sockets here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from noctui.sim.mist.answers import Answers, Endpoint, NotFound, Query, Recent
from noctui.sim.mist.clock import SimClock
from noctui.sim.mist.configs import Configs
from noctui.sim.mist.gateways import DeviceRow, GatewayFeed
from noctui.sim.mist.paging import Answer, span_of
from noctui.sim.mist.reports import Reports
from noctui.sim.mist.rows import PeerFeed, PeerRow, PortFeed, Rows
from noctui.sim.mist.statics import Statics
from noctui.sim.mist.told import AlarmBook, event_row, events_found, split
from noctui.sim.world import World

if TYPE_CHECKING:
    from noctui.sim.mist.sites import SiteCloud

Kept = np.ndarray[Any, np.dtype[np.bool_]]
_FIELDS = ("ports", "vpn_peers", "tunnels", "bgp_peers")


class Cloud:
    """Answers for one org. Feeds show the latest reports of the clock's time of the call."""

    def __init__(self, world: World, clock: SimClock) -> None:
        self.world, self.clock = world, clock
        created = world.anchor - 400 * 86_400.0
        self.statics, self.configs = Statics(world.network, created), Configs(world.network, created)
        self.answers, self.recent = Answers(), Recent(clock.now)
        self.alarms = AlarmBook(world)
        self.ports, self.peers, self.gateways = PortFeed(world), PeerFeed(world), GatewayFeed(world)
        self._reports: Reports | None = None
        self._since = clock.now()
        self.seen_skew = 0.0  # seconds that `last_seen` is ahead of the truth
        self.lists: dict[str, Endpoint] = {
            "": lambda _path, _query: self.answers.object("", self.statics.org),
            "sites": lambda _path, query: self._static("sites", query, self.statics.sites),
            "sitegroups": lambda _path, query: self._static("sitegroups", query, self.statics.sitegroups),
            "gatewaytemplates": lambda _path, query: self._static(
                "gatewaytemplates", query, list(self.configs.templates.values())
            ),
            "deviceprofiles": self._profiles,
            "stats/devices": self._devices,
            "stats/ports/search": lambda path, query: self.port_page(path, query, self._sites_of(query)),
            "stats/vpn_peers/search": self._peer_search,
            "alarms/search": lambda path, query: self.alarm_page(path, query, query),
            "alarms/count": self._alarm_count,
            "devices/events/search": lambda path, query: self.event_page(path, query, query),
        }
        for name in ("stats", "stats/sites", "inventory", "devices/search", "events/search", "insights/sites-sle",
                     "insights/worst-sites-by-sle"):  # fmt: skip
            self.lists[name] = self._seldom(name)

    def _seldom(self, name: str) -> Endpoint:
        """An endpoint whose code is loaded when it is first asked for."""

        def answer(path: str, query: Query) -> Answer:
            from noctui.sim.mist.orgwide import ENDPOINTS

            return ENDPOINTS[name](self, path, query)

        return answer

    @cached_property
    def sites(self) -> SiteCloud:
        """The endpoints of single sites."""
        from noctui.sim.mist.sites import SiteCloud

        return SiteCloud(self)

    def of_org(self, tail: str, path: str, query: Query) -> Answer:
        """The answer of `/orgs/{id}/{tail}`. Raises NotFound and BadRequest."""
        endpoint = self.lists.get(tail)
        if endpoint is not None:
            return endpoint(path, query)
        kind, _, ident = tail.partition("/")
        found = {"gatewaytemplates": self.configs.templates, "deviceprofiles": self.configs.profiles}.get(kind, {})
        if ident not in found:
            raise NotFound
        return self.answers.object(f"{kind}/*", found[ident])

    def site(self, site: str) -> int:
        """Its row. Raises NotFound."""
        row = self.statics.site_row.get(site)
        if row is None:
            raise NotFound
        return row

    def reports(self) -> Reports:
        """The latest reports by now."""
        if self._reports is None:
            self._reports = Reports(self.world, self._since)
        self._reports.advance(self.clock.now())
        return self._reports

    def _static(self, feed: str, query: Query, rows: Sequence[object]) -> Answer:
        return self.answers.list(feed, query, len(rows), lambda a, b: rows[a:b])

    def _profiles(self, _path: str, query: Query) -> Answer:
        rows = list(self.configs.profiles.values()) if query.get("type", "gateway") == "gateway" else []
        return self._static("deviceprofiles", query, rows)

    def _sites_of(self, query: Query) -> Kept:
        """[sites] those that `mac` and `site_id` leave."""
        kept = np.ones(self.world.network.sites, np.bool_)
        for name in ("mac", "site_id"):
            wanted = split(query.get(name, ""))
            if wanted:
                rows = self.statics.mac_row if name == "mac" else self.statics.site_row
                some = np.zeros(len(kept), np.bool_)
                some[[rows[w] for w in wanted if w in rows]] = True
                kept &= some
        return kept

    def gateways_of(self, query: Query) -> list[int]:
        """Rows of the gateways that `type`, `mac`, `site_id` and `status` leave; the default type is access points."""
        if (query.get("type") or query.get("device_type") or "ap") not in ("gateway", "all"):
            return []
        kept = self._sites_of(query)
        status = query.get("status", "all")
        if status in ("connected", "disconnected"):
            kept &= (self.reports().connected() > 0) == (status == "connected")
        found: list[int] = np.flatnonzero(kept).tolist()
        return found

    def _devices(self, _path: str, query: Query) -> Answer:
        found = self.gateways_of(query)
        return self.answers.list(
            "stats/devices", query, len(found), lambda a, b: self.device_rows(found[a:b], query.get("fields", ""))
        )

    def device_rows(self, rows: Sequence[int], fields: str = "") -> list[DeviceRow]:
        """Stats of gateways; `fields` names parts that are left out otherwise (`*`: all of them)."""
        reports = self.reports()
        found = self.gateways.rows(reports, rows)
        for device in found if self.seen_skew else ():
            device.last_seen += self.seen_skew
        asked = set(_FIELDS) if "*" in split(fields) else split(fields) & set(_FIELDS)
        if asked:
            for row, device in zip(rows, found, strict=True):
                self._add_parts(device, row, asked)
        return found

    def _add_parts(self, device: DeviceRow, row: int, asked: Iterable[str]) -> None:
        peers = self.peers.rows(self.reports(), np.flatnonzero(self.peers.site == row))
        if "ports" in asked:
            device.ports = self.ports.rows(self.reports(), np.flatnonzero(self.ports.site == row))
        if "vpn_peers" in asked:
            device.vpn_peers = peers
        if "tunnels" in asked:
            device.tunnels = [
                {"tunnel_name": f"{p.port_id}-{p.peer_router_name}", "peer_host": p.peer_router_name, "up": p.up,
                 "uptime": p.uptime or 0, "wan_name": p.port_id}
                for p in peers if p.type == "ipsec"
            ]  # fmt: skip
        if "bgp_peers" in asked:
            device.bgp_peers = []

    def port_page(self, path: str, query: Query, sites: Kept) -> Answer:
        """A page of the port search of these sites."""
        feed = "stats/ports/search"
        kinds = split(query.get("device_type", "") or query.get("type", ""))
        if kinds and not kinds & {"gateway", "all"}:
            return self._search(feed, path, query, np.zeros(0, np.int64), lambda _rows: [])
        reports, kept = self.reports(), sites[self.ports.site]
        wanted = split(query.get("port_id", ""))
        if wanted:
            kept = kept & np.array([port in wanted for port in self.ports.port])
        up = query.get("up", "").lower()
        if up in ("true", "false"):
            state = np.append(reports.seen.up[0] > 0, True)[self.ports.circuit] & (self.ports.lan != 1)
            kept = kept & (state == (up == "true"))
        return self._search(feed, path, query, np.flatnonzero(kept), lambda rows: self.ports.rows(reports, rows))

    def _peer_search(self, path: str, query: Query) -> Answer:
        reports = self.reports()
        rows = np.flatnonzero(self._sites_of(query)[self.peers.site])
        kind = query.get("type", "")
        if kind:
            rows = rows[[self.peers.type[r // 2] == kind for r in rows.tolist()]]

        def page(rows: Rows) -> list[PeerRow]:
            found = self.peers.rows(reports, rows)
            for peer in found if self.seen_skew else ():
                peer.last_seen += self.seen_skew
            return found

        return self._search("stats/vpn_peers/search", path, query, rows, page)

    def _search(
        self, feed: str, path: str, query: Query, found: Rows, rows: Callable[[Rows], Sequence[object]]
    ) -> Answer:
        span = span_of(query, self.clock.now())
        return self.answers.search(feed, path, query, span, len(found), lambda a, b: rows(found[a:b]))

    def alarm_page(self, path: str, query: Query, wanted: Query) -> Answer:
        """A page of alarms; `wanted` are the filters, which may be narrower than the caller's query."""
        now = self.clock.now()
        span = span_of(query, now)
        found = self.recent.rows("alarms", {**query, **wanted}, lambda: self.alarms.rows(wanted, span, now), span)
        return self.answers.search("alarms/search", path, query, span, len(found), lambda a, b: found[a:b])

    def _alarm_count(self, _path: str, query: Query) -> Answer:
        now = self.clock.now()
        span, by = span_of(query, now), query.get("distinct", "type")
        counts: dict[str, int] = {}
        for row in self.alarms.rows(query, span, now):
            counts[str(row.get(by, ""))] = counts.get(str(row.get(by, "")), 0) + 1
        results = [{by: name, "count": count} for name, count in sorted(counts.items(), key=lambda c: -c[1])]
        body = {"distinct": by, "start": int(span[0]), "end": int(span[1]), "limit": len(results),
                "total": len(results), "results": results}  # fmt: skip
        return Answer(msgspec.json.encode(body), {})

    def event_page(self, path: str, query: Query, wanted: Query) -> Answer:
        """A page of device events; `wanted` are the filters."""
        now = self.clock.now()
        span = span_of(query, now)
        gateways = query.get("device_type", "ap") in ("gateway", "all")  # the default is access points here too
        if not gateways:
            return self.answers.search("devices/events/search", path, query, span, 0, lambda _a, _b: [])
        found = self.recent.rows(
            "events", {**query, **wanted}, lambda: events_found(self.world, wanted, span, now), span
        )
        return self.answers.search(
            "devices/events/search", path, query, span, len(found),
            lambda a, b: [event_row(self.world, event) for event in found[a:b]],
        )  # fmt: skip
