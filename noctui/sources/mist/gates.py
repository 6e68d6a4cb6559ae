"""Gateways as the join needs them: where each stands, when it was last heard, what its interfaces say of the WAN."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from noctui.model.inventory import Gateway
from noctui.sources.mist.config import resolved
from noctui.sources.mist.ports import as_mac, split_unit
from noctui.sources.mist.structs import DeviceRow, Interface, InventoryRow
from noctui.sources.mist.text import clean, shared


@dataclass(frozen=True, slots=True)
class Wan:
    """What `if_stat` says of one WAN interface."""

    name: str = ""
    type: str = ""
    carrier: str = ""
    unit: str = ""  # of a VLAN sub-interface; "" for unit 0


@dataclass(frozen=True, slots=True)
class Net:
    """What `if_stat` says of a WAN interface's addresses. `address` holds its prefix, `mode` is Mist's word."""

    address: str = ""
    vlan: str = ""
    mode: str = ""
    up: bool | None = None


@dataclass(frozen=True, slots=True)
class Extra:
    """What is said of the device itself and only shown."""

    serial: str = ""
    external_address: str = ""
    ha: bool = False
    cluster_state: str = ""


NO_WAN = Wan()
NO_NET = Net()
Stat = dict[str, Interface] | None
Text = str | None
Told = tuple[Text, Text, Text, Text, Text, Stat, Stat, Text, Text, bool | None, Text]


@dataclass(slots=True)
class Gate:
    """One gateway. `wans`: port → its WAN interface; `last_seen` epoch seconds or None."""

    gateway: Gateway
    profile_id: str = ""
    last_seen: float | None = None
    wans: dict[str, Wan] = field(default_factory=dict)
    nets: dict[str, Net] = field(default_factory=dict)
    extra: Extra = field(default_factory=Extra)
    told: Told | None = None  # what all this was made of

    @property
    def site_id(self) -> str:
        return self.gateway.site_id


def gate_of_stats(row: DeviceRow, known: Gate | None, inventory: InventoryRow | None) -> Gate:
    """From a row of device stats. What it does not say is kept from `known` (a gateway that is away says nothing of its
    WANs, a broken row nothing at all); that very gate again, with its new `last_seen`, when it says nothing else new.
    """
    stock, was = inventory or InventoryRow(), known.gateway if known is not None else Gateway(gateway_id="", site_id="")
    had = known.extra if known is not None else Extra()
    told = (
        row.site_id,
        row.name or row.hostname or stock.name or stock.hostname,
        row.model or stock.model,
        row.version,
        row.deviceprofile_id or stock.deviceprofile_id,
        row.if_stat,
        row.if2_stat,
        row.serial or stock.serial,
        row.ext_ip,
        row.is_ha,
        row.cluster_stat.state if row.cluster_stat else None,
    )
    if known is not None and known.told == told:
        known.last_seen = row.last_seen
        return known
    _share(row)
    texts = tuple(shared(text) for text in told[:5])
    told = (texts[0], texts[1], texts[2], texts[3], texts[4], *told[5:])
    site_id, name, model, version, profile_id = (clean(text) for text in texts)
    gateway = Gateway(
        gateway_id=as_mac(row.mac),
        site_id=site_id,
        name=name or was.name,
        model=model or was.model,
        version=version or was.version,
    )
    stats = {**(row.if2_stat or {}), **(row.if_stat or {})}
    wans, nets = wan_interfaces(stats)
    ha = had.ha if row.is_ha is None and row.status is None else bool(row.is_ha)
    extra = Extra(clean(told[7]) or had.serial, clean(row.ext_ip) or had.external_address, ha, clean(told[10]))
    if known is not None:
        if known.gateway == gateway:
            gateway = known.gateway
        wans = {**known.wans, **{p: _kept(w, known.wans.get(p)) for p, w in wans.items()}}
        nets = {**known.nets, **nets}
    return Gate(gateway, profile_id, row.last_seen, wans, nets, extra, told)


def _share(row: DeviceRow) -> None:
    """What is kept of a row to compare the next one with takes a third of the memory when equal texts are one."""
    for stats in (row.if_stat or {}, row.if2_stat or {}):
        named = {sys.intern(key): one for key, one in stats.items()}
        stats.clear()
        stats.update(named)
        for one in named.values():
            one.port_id, one.port_usage = shared(one.port_id), shared(one.port_usage)
            one.wan_name, one.wan_type = shared(one.wan_name), shared(one.wan_type)
            one.address_mode = shared(one.address_mode)
            if one.servp_info is not None:
                one.servp_info.org = shared(one.servp_info.org)


def gate_of_inventory(row: InventoryRow) -> Gate:
    """Of a gateway that device stats do not list: claimed and perhaps placed, but not heard of for long."""
    gateway = Gateway(
        gateway_id=as_mac(row.mac),
        site_id=clean(row.site_id),
        name=clean(row.name or row.hostname),
        model=clean(row.model),
    )
    return Gate(gateway, clean(row.deviceprofile_id), extra=Extra(serial=clean(row.serial)))


def wan_interfaces(stats: Mapping[str, Interface]) -> tuple[dict[str, Wan], dict[str, Net]]:
    """`if_stat` by port. Of several units of a port the lowest WAN unit speaks for it, and each unit for itself."""
    found: dict[str, Wan] = {}
    nets: dict[str, Net] = {}
    for key in sorted(stats):
        row = stats[key]
        if row.port_usage != "wan" and (row.port_usage or not row.wan_name):
            continue
        port, unit = split_unit(clean(key))
        org = row.servp_info.org if row.servp_info else None
        wan = Wan(resolved(row.wan_name), clean(row.wan_type), clean(org).strip(), "" if unit == "0" else unit)
        net = _net(row, unit)
        for name in (clean(row.port_id) or port, port, clean(key)):
            found.setdefault(name, wan)
            nets.setdefault(name, net)
    return found, nets


def _net(row: Interface, unit: str) -> Net:
    address = next((clean(ip).strip() for ip in row.ips or () if ip), "")
    vlan = str(row.vlan) if row.vlan and 0 < row.vlan < 4096 else "" if unit == "0" else unit
    return Net(address, vlan, clean(row.address_mode), row.up)


def _kept(new: Wan, old: Wan | None) -> Wan:
    """An interface that is down has no provider to show: it is still the same line."""
    if old is None or new == old:
        return old or new
    return Wan(new.name or old.name, new.type or old.type, new.carrier or old.carrier, new.unit)
