"""Gateways as the join needs them: where each stands, when it was last heard, what its interfaces say of the WAN."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from noctui.model.inventory import Gateway
from noctui.sources.mist.config import resolved
from noctui.sources.mist.ports import as_mac, split_unit
from noctui.sources.mist.structs import DeviceRow, Interface, InventoryRow
from noctui.sources.mist.text import clean


@dataclass(frozen=True, slots=True)
class Wan:
    """What `if_stat` says of one WAN interface."""

    name: str = ""
    type: str = ""
    carrier: str = ""
    unit: str = ""  # of a VLAN sub-interface; "" for unit 0


NO_WAN = Wan()
Stat = dict[str, Interface] | None
Told = tuple[str | None, str | None, str | None, str | None, str | None, Stat, Stat]


@dataclass(slots=True)
class Gate:
    """One gateway. `wans`: port → its WAN interface; `last_seen` epoch seconds or None."""

    gateway: Gateway
    profile_id: str = ""
    last_seen: float | None = None
    wans: dict[str, Wan] = field(default_factory=dict)
    told: Told | None = None  # what all this was made of

    @property
    def site_id(self) -> str:
        return self.gateway.site_id


def gate_of_stats(row: DeviceRow, known: Gate | None, inventory: InventoryRow | None) -> Gate:
    """From a row of device stats. What a gateway that is away no longer says of its WANs is kept from `known`; that
    very gate again, with its new `last_seen`, when it says nothing else new."""
    stock = inventory or InventoryRow()
    told = (
        row.site_id,
        row.name or row.hostname or stock.name or stock.hostname,
        row.model or stock.model,
        row.version,
        row.deviceprofile_id or stock.deviceprofile_id,
        row.if_stat,
        row.if2_stat,
    )
    if known is not None and known.told == told:
        known.last_seen = row.last_seen
        return known
    site_id, name, model, version, profile_id = (clean(text) for text in told[:5])
    gateway = Gateway(gateway_id=as_mac(row.mac), site_id=site_id, name=name, model=model, version=version)
    wans = wan_interfaces({**(row.if2_stat or {}), **(row.if_stat or {})})
    if known is not None:
        if known.gateway == gateway:
            gateway = known.gateway
        wans = {**known.wans, **{p: _kept(w, known.wans.get(p)) for p, w in wans.items()}}
    return Gate(gateway, profile_id, row.last_seen, wans, told)


def gate_of_inventory(row: InventoryRow) -> Gate:
    """Of a gateway that device stats do not list: claimed and perhaps placed, but not heard of for long."""
    gateway = Gateway(
        gateway_id=as_mac(row.mac),
        site_id=clean(row.site_id),
        name=clean(row.name or row.hostname),
        model=clean(row.model),
    )
    return Gate(gateway, clean(row.deviceprofile_id))


def wan_interfaces(stats: Mapping[str, Interface]) -> dict[str, Wan]:
    """`if_stat` by port. Of several units of a port the lowest WAN unit speaks for it, and each unit for itself."""
    found: dict[str, Wan] = {}
    for key in sorted(stats):
        row = stats[key]
        if row.port_usage != "wan" and (row.port_usage or not row.wan_name):
            continue
        port, unit = split_unit(clean(key))
        org = row.servp_info.org if row.servp_info else None
        wan = Wan(resolved(row.wan_name), clean(row.wan_type), clean(org).strip(), "" if unit == "0" else unit)
        found.setdefault(clean(row.port_id) or port, wan)
        found.setdefault(port, wan)
        found.setdefault(clean(key), wan)
    return found


def _kept(new: Wan, old: Wan | None) -> Wan:
    """An interface that is down has no provider to show: it is still the same line."""
    if old is None or new == old:
        return old or new
    return Wan(new.name or old.name, new.type or old.type, new.carrier or old.carrier, new.unit)
