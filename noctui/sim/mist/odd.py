"""Odd and hostile worlds: hooks that rewrite feeds (`answers.Rewrite`), each for one kind of oddity.

`server.rewrite.append(hostile_names())`, or `serve(world, rewrite=everything(world.network))` for all of them on
different sites.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from noctui.sim.idents import device_id
from noctui.sim.mist.answers import Rewrite, Row
from noctui.sim.mist.statics import hub_row, hub_site_id
from noctui.sim.network import Network
from noctui.sim.places import HUBS

HOSTILE: tuple[str, ...] = (
    "[red]x[/]", "[@click=app.quit]go[/]", "\x1b[2J\x1b[31mcleared", "\x1b]0;title\x07", "=cmd()", "+1+1", "@SUM(A1)",
    "x" * 300, "東京都渋谷区店 0001", "متجر الرياض", "\u202eevil", "two\nlines\tand a tab", "e\u0301\u0301\u0301",
    "🏬👩‍👩‍👧", "", "   ", "\x00nul", "a,b;\"c\"", "{{undefined}}", "../../etc/passwd",
)  # fmt: skip
"""Names that a careless screen, CSV or terminal would stumble over."""
DEVICES = ("inventory", "stats/devices", "stats/devices/*", "devices/search")
OF_GATEWAYS = (*DEVICES, "stats/ports/search", "stats/vpn_peers/search")
_DEEPER = ("servp_info",)
_IDS = ("id", "mac", "site_id", "port_id", "org_id")
_NAMES = ("name", "hostname", "wan_name", "org", "notes", "address", "text", "router_name", "peer_router_name",
          "port_desc", "device_name", "note", "reasons", "hostnames", "description", "city")  # fmt: skip


def rows(change: Callable[[Row], Row | None], *feeds: str) -> Rewrite:
    """A hook from a function of one row: None drops it. Without `feeds` it is for all of them."""

    def hook(feed: str, found: list[Row]) -> list[Row]:
        if feeds and feed not in feeds:
            return found
        return [row for row in map(change, found) if row is not None]

    return hook


def hostile_names(names: Iterable[str] = HOSTILE) -> Rewrite:
    """Every name and text becomes a hostile one, another for each row."""
    nasty = tuple(names)

    def renamed(value: object, turn: int) -> object:
        if isinstance(value, list):
            return [renamed(item, turn + i) for i, item in enumerate(value)]
        return nasty[turn % len(nasty)] if isinstance(value, str) else value

    def within(row: Row, turn: int) -> Row:
        return {key: inner(key, value, turn) for key, value in row.items()}

    def inner(key: str, value: object, turn: int) -> object:
        if key in _NAMES:
            return renamed(value, turn)
        if key in _DEEPER and isinstance(value, dict):
            return within(value, turn)
        if key in ("if_stat", "if2_stat") and isinstance(value, dict):
            return {port: within(stat, turn + i) for i, (port, stat) in enumerate(value.items())}
        return value

    def hook(feed: str, found: list[Row]) -> list[Row]:
        if feed.startswith(("gatewaytemplates", "deviceprofiles")):
            return found  # their names are keys of what follows
        return [within(row, i) if isinstance(row, dict) else row for i, row in enumerate(found)]

    return hook


def without_sites() -> Rewrite:
    """An org that has nothing yet."""
    return lambda feed, found: found if feed in ("", "stats") or feed.endswith(" envelope") else []


def site_without_gateway(network: Network, site: int) -> Rewrite:
    """The site stays; its gateway, ports and paths were never there."""
    mac = network.mac[site]
    return rows(lambda row: None if row.get("mac") == mac else row, *OF_GATEWAYS)


def gateway_without_site(network: Network, site: int) -> Rewrite:
    """The gateway and its ports say nothing of the site they stand at."""
    mac = network.mac[site]
    return rows(lambda row: row | {"site_id": None} if row.get("mac") == mac else row, *OF_GATEWAYS)


def port_without_gateway(network: Network, site: int) -> Rewrite:
    """Ports of a gateway that no list of devices has."""
    mac = network.mac[site]
    return rows(lambda row: None if row.get("mac") == mac else row, *DEVICES)


def second_gateway(network: Network, site: int) -> Rewrite:
    """The site has two gateways, each with the same ports."""
    mac = network.mac[site]
    other = f"{int(mac, 16) ^ 0x800000:012x}"

    def hook(feed: str, found: list[Row]) -> list[Row]:
        if feed not in OF_GATEWAYS or feed.endswith("*"):
            return found
        more = [row | {"mac": other} for row in found if row.get("mac") == mac]
        for row in more:
            row |= {"id": device_id(other)} if "id" in row else {}
            row |= {"name": f"{row['name']}-B", "hostname": f"{row['hostname']}-B"} if "name" in row else {}
            row |= {"serial": f"{row['serial']}B"} if "serial" in row else {}
        return found + more

    return hook


def duplicate_ports(every: int = 20) -> Rewrite:
    """Port rows that stand there twice, the second with other figures."""

    def hook(feed: str, found: list[Row]) -> list[Row]:
        if feed != "stats/ports/search":
            return found
        return found + [row | {"rx_bps": 1, "tx_bps": 1, "up": False} for row in found[::every]]

    return hook


def cluster(network: Network, site: int) -> Rewrite:
    """The site's gateway is a pair: node 1 has interfaces of its own, and one of them is not well."""
    mac = network.mac[site]

    def paired(row: Row) -> Row:
        if row.get("mac") != mac:
            return row
        more: Row = {"is_ha": True, "node_name": "node0", "cluster_stat": {"state": "YELLOW"}}
        if "if_stat" in row:
            more["if2_stat"] = {k: v | {"up": False, "redundancy_state": "standby"} for k, v in row["if_stat"].items()}
        return row | more

    return rows(paired, "stats/devices", "stats/devices/*")


def nulls(every: int = 15) -> Rewrite:
    """Some rows know nothing but their ids."""

    def hook(feed: str, found: list[Row]) -> list[Row]:
        if feed in ("gatewaytemplates", "deviceprofiles") or feed.endswith(" envelope"):
            return found
        for i in range(every - 1, len(found), every):
            row = found[i]
            if isinstance(row, dict):
                found[i] = {
                    k: v if k in ("id", "mac", "site_id", "port_id", "org_id") else None for k, v in row.items()
                }
        return found

    return hook


def hubs(network: Network) -> Rewrite:
    """The hubs' gateways are in the inventory and their data centres among the sites, with a device profile."""
    created = 1_700_000_000.0

    def hook(feed: str, found: list[Row]) -> list[Row]:
        if feed == "inventory":
            return found + [hub_row(network, hub, created) for hub in range(len(HUBS))]
        if feed == "sites":
            return found + [
                {"id": hub_site_id(network, hub), "org_id": network.org_id, "name": f"DC {name}", "country_code": "US",
                 "timezone": "UTC", "address": None, "latlng": None, "sitegroup_ids": [], "notes": "",
                 "gatewaytemplate_id": None, "created_time": created, "modified_time": created}
                for hub, name in enumerate(HUBS)
            ]  # fmt: skip
        return found

    return hook


def everything(network: Network) -> list[Rewrite]:
    """All oddities at once, each on a site of its own; for networks of at least eight sites."""
    return [
        site_without_gateway(network, 1),
        gateway_without_site(network, 2),
        port_without_gateway(network, 3),
        second_gateway(network, 4),
        cluster(network, 5),
        duplicate_ports(),
        hubs(network),
        nulls(),
        hostile_names(),
    ]
