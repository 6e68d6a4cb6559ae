"""The simulated network in the model's words: what a source would discover, with or without an inventory file."""

from __future__ import annotations

from noctui.model.batch import Discovery, Found, FoundPath
from noctui.model.inventory import Gateway, Inventory, Site, split_site_name
from noctui.model.reconcile import reconcile
from noctui.model.words import BandwidthSource, Role, RoleSource
from noctui.sim.carriers import KINDS
from noctui.sim.designs import DESIGNS
from noctui.sim.network import HUB_PORT, Network
from noctui.sim.places import HUBS, REGIONS, STORE_TYPES

VERSIONS = {"SRX": "23.4R2-S4.11", "SSR": "6.2.6-15.sts"}


def discovery(network: Network, *, file: bool = True) -> Discovery:
    """All there is. With `file` bandwidths and roles are the contracted ones, as an inventory file would tell; without,
    they are what Mist's own fields say: shaping or the link's speed, the order of paths or LTE marks."""
    designs = network.site_design.tolist()
    return Discovery(
        org_id=network.org_id,
        org_name=network.org_name,
        sites=tuple(_site(network, s) for s in range(network.sites)),
        gateways=tuple(
            Gateway(
                gateway_id=network.mac[s],
                site_id=network.site_id[s],
                name=network.gateway_name[s],
                model=DESIGNS[d].model,
                version=VERSIONS[DESIGNS[d].model[:3]],
            )
            for s, d in enumerate(designs)
        ),
        circuits=tuple(_circuit(network, c, file) for c in range(network.circuits)),
        paths=tuple(
            FoundPath(
                path_id=network.path_id(p),
                circuit_id=network.circuit_id(p // 2),
                hub=HUBS[int(network.path_hub[p])],
                hub_port=HUB_PORT,
            )
            for p in range(network.paths)
        ),
    )


def inventory(network: Network, at: float, *, file: bool = True) -> Inventory:
    """The first version of the inventory, every id numbered by its row."""
    numbers: dict[str, dict[str, int]] = {"circuits": {}, "paths": {}}

    def numbered(kind: str, ident: str) -> int:
        return numbers[kind].setdefault(ident, len(numbers[kind]))

    return reconcile(None, discovery(network, file=file), at, numbered)[0]


def _site(network: Network, row: int) -> Site:
    city, name = network.site_city[row], network.site_name[row]
    return Site(
        site_id=network.site_id[row],
        name=name,
        number=split_site_name(name)[0],
        region=REGIONS[int(network.site_region[row])].name,
        store_type=STORE_TYPES[int(network.site_store[row])][0],
        timezone=city.timezone,
        country="US",
        latitude=city.latitude,
        longitude=city.longitude,
    )


def _circuit(network: Network, row: int, file: bool) -> Found:
    line, site = network.line[row], int(network.circuit_site[row])
    design, link = DESIGNS[int(network.site_design[site])], line.link * 1e6
    role, role_source = line.role, RoleSource.FILE
    down, up, bandwidth_source, up_source = line.down, line.up, BandwidthSource.FILE, BandwidthSource.FILE
    if not file:
        role_source = {"paths": RoleSource.PATH_ORDER, "vpn": RoleSource.VPN_PREFERENCE}.get(
            design.order, RoleSource.NONE
        )
        if role_source is RoleSource.NONE:
            role = Role.UNKNOWN
        down, up, bandwidth_source, up_source = link, link, BandwidthSource.LINK, BandwidthSource.LINK
        if line.shaped:
            up, up_source = line.up, BandwidthSource.SHAPING
    return Found(
        circuit_id=network.circuit_id(row),
        site_id=network.site_id[site],
        gateway_id=network.mac[site],
        port_id=line.port,
        unit=str(line.vlan) if line.vlan else "",
        wan_name=line.wan,
        carrier=network.carrier(row),
        role=role,
        role_source=role_source,
        down_bps=down,
        up_bps=up,
        bandwidth_source=bandwidth_source,
        up_source=up_source,
        link_bps=link,
        wan_type=KINDS[line.kind].wan_type,
    )
