"""The endpoints: each takes a query and gives an answer; no sockets here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from noctui.sim.mist.clock import SimClock
from noctui.sim.mist.const import ALARM_DEFS, DEVICE_EVENTS
from noctui.sim.mist.gateways import GatewayFeed, inventory_rows
from noctui.sim.mist.paging import Answer, list_page, search_page, span_of
from noctui.sim.mist.reports import Reports
from noctui.sim.mist.rows import PeerFeed, PortFeed, Rows
from noctui.sim.mist.statics import Statics
from noctui.sim.mist.told import AlarmBook, event_rows, split
from noctui.sim.world import World

Query = Mapping[str, str]
Endpoint = Callable[[str, Query], Answer]
"""(path, query) → answer."""


class NotFound(Exception):  # noqa: N818 - named after the status it becomes
    """There is no such thing."""


def _object(found: object) -> Answer:
    return Answer(msgspec.json.encode(found), {})


class Cloud:
    """Answers for one org. `at` is the clock's time of the call; feeds show the latest reports of that time."""

    def __init__(self, world: World, clock: SimClock) -> None:
        self._world, self._clock = world, clock
        self.statics = Statics(world.network, world.anchor - 400 * 86_400.0)
        self._reports = Reports(world, clock.now())
        self._ports, self._peers, self._gateways = PortFeed(world), PeerFeed(world), GatewayFeed(world)
        self.alarms = AlarmBook(world)
        self.lists: dict[str, Endpoint] = {
            "sites": self._static(self.statics.sites),
            "sitegroups": self._static(self.statics.sitegroups),
            "gatewaytemplates": self._static(list(self.statics.templates.values())),
            "deviceprofiles": self._static([]),
            "inventory": self._inventory,
            "stats/devices": self._devices,
            "stats/ports/search": self._port_search,
            "stats/vpn_peers/search": self._peer_search,
            "alarms/search": self._alarm_search,
            "alarms/count": self._alarm_count,
            "devices/events/search": self._event_search,
        }

    def org(self) -> Answer:
        return _object(self.statics.org)

    def template(self, ident: str) -> Answer:
        """One gateway template. Raises NotFound."""
        found = self.statics.templates.get(ident)
        if found is None:
            raise NotFound
        return _object(found)

    def const(self, name: str) -> Answer:
        """`alarm_defs` or `device_events`. Raises NotFound."""
        if name not in ("alarm_defs", "device_events"):
            raise NotFound
        return _object(ALARM_DEFS if name == "alarm_defs" else DEVICE_EVENTS)

    def site_ports(self, path: str, query: Query, site: str) -> Answer:
        """The port search of one site. Raises NotFound."""
        return self._port_page(path, query, self._ports.site == self._site(site))

    def site_gateway(self, site: str, device: str) -> Answer:
        """Stats of one gateway, by its device id. Raises NotFound."""
        row = self._site(site)
        if device.rpartition("-")[2] != self._world.network.mac[row]:
            raise NotFound
        return _object(self._gateways.rows(self._now(), [row])[0])

    def _site(self, site: str) -> int:
        row = self.statics.site_row.get(site)
        if row is None:
            raise NotFound
        return row

    def _now(self) -> Reports:
        self._reports.advance(self._clock.now())
        return self._reports

    def _static(self, rows: Sequence[msgspec.Raw]) -> Endpoint:
        return lambda _path, query: list_page(query, len(rows), lambda a, b: rows[a:b])

    def _sites_of(self, query: Query) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """[sites] those that `mac` and `site_id` leave."""
        n, kept = self._world.network, np.ones(self._world.network.sites, np.bool_)
        for name, rows in (("mac", self.statics.mac_row), ("site_id", self.statics.site_row)):
            wanted = split(query.get(name, ""))
            if wanted:
                some = np.zeros(n.sites, np.bool_)
                some[[rows[w] for w in wanted if w in rows]] = True
                kept &= some
        return kept

    def _inventory(self, _path: str, query: Query) -> Answer:
        if query.get("type", "") not in ("", "gateway"):
            return list_page(query, 0, lambda _a, _b: [])
        reports = self._now()
        sites = np.flatnonzero(self._sites_of(query)).tolist()
        spares = [] if query.get("site_id") or query.get("mac") else self.statics.spares
        if query.get("unassigned", "").lower() == "true":
            sites = []

        def rows(a: int, b: int) -> list[dict[str, Any]]:
            placed = inventory_rows(self.statics.inventory, reports, sites[a:b])
            return placed + spares[max(0, a - len(sites)) : max(0, b - len(sites))]

        return list_page(query, len(sites) + len(spares), rows)

    def _devices(self, _path: str, query: Query) -> Answer:
        if query.get("type", "ap") not in ("gateway", "all"):  # as in real life, the default is access points
            return list_page(query, 0, lambda _a, _b: [])
        reports = self._now()
        kept = self._sites_of(query)
        status = query.get("status", "all")
        if status in ("connected", "disconnected"):
            kept &= (reports.connected() > 0) == (status == "connected")
        found = np.flatnonzero(kept).tolist()
        return list_page(query, len(found), lambda a, b: self._gateways.rows(reports, found[a:b]))

    def _port_search(self, path: str, query: Query) -> Answer:
        return self._port_page(path, query, self._sites_of(query)[self._ports.site])

    def _port_page(self, path: str, query: Query, kept: np.ndarray[Any, np.dtype[np.bool_]]) -> Answer:
        kinds = split(query.get("device_type", "") or query.get("type", ""))
        if kinds and not kinds & {"gateway", "all"}:
            return self._search(path, query, np.zeros(0, np.int64), lambda _rows: [])
        reports = self._now()
        wanted = split(query.get("port_id", ""))
        if wanted:
            kept = kept & np.array([port in wanted for port in self._ports.port])
        up = query.get("up", "").lower()
        if up in ("true", "false"):
            state = np.append(reports.seen.up[0] > 0, True)[self._ports.circuit] & (self._ports.lan != 1)
            kept = kept & (state == (up == "true"))
        return self._search(path, query, np.flatnonzero(kept), lambda rows: self._ports.rows(reports, rows))

    def _peer_search(self, path: str, query: Query) -> Answer:
        reports = self._now()
        rows = np.flatnonzero(self._sites_of(query)[self._peers.site])
        kind = query.get("type", "")
        if kind:
            rows = rows[[self._peers.type[r // 2] == kind for r in rows.tolist()]]
        return self._search(path, query, rows, lambda rows: self._peers.rows(reports, rows))

    def _search(self, path: str, query: Query, found: Rows, rows: Callable[[Rows], Sequence[object]]) -> Answer:
        return search_page(path, query, span_of(query, self._clock.now()), len(found), lambda a, b: rows(found[a:b]))

    def _alarm_search(self, path: str, query: Query) -> Answer:
        now = self._clock.now()
        span = span_of(query, now)
        found = self.alarms.rows(query, span, now)
        return search_page(path, query, span, len(found), lambda a, b: found[a:b])

    def _alarm_count(self, _path: str, query: Query) -> Answer:
        now = self._clock.now()
        span, by = span_of(query, now), query.get("distinct", "type")
        counts: dict[str, int] = {}
        for row in self.alarms.rows(query, span, now):
            counts[str(row.get(by, ""))] = counts.get(str(row.get(by, "")), 0) + 1
        results = [{by: name, "count": count} for name, count in sorted(counts.items(), key=lambda c: -c[1])]
        return _object({"distinct": by, "start": int(span[0]), "end": int(span[1]), "limit": len(results),
                        "total": len(results), "results": results})  # fmt: skip

    def _event_search(self, path: str, query: Query) -> Answer:
        now = self._clock.now()
        span = span_of(query, now)
        gateways = query.get("device_type", "ap") in ("gateway", "all")  # the default is access points here too
        found = event_rows(self._world, query, span, now) if gateways else []
        return search_page(path, query, span, len(found), lambda a, b: found[a:b])
