"""Static configuration of WAN ports: templates of sites, device profiles of hubs, settings of the device itself.

Values may be variables (`{{isp}}`), which a site's or a device's own settings resolve: until those are known the value
is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from noctui.sources.mist.ports import expand_ports
from noctui.sources.mist.structs import DeviceConfigRow, IpConfig, PathPreference, PortConfig, TemplateRow
from noctui.sources.mist.text import clean

_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_LONGEST = 256
"""Characters of a resolved value: a variable that names others again and again must not grow."""
Variables = Mapping[str, str]


def resolved(value: str | None) -> str:
    """The text, or "" when it is missing or depends on a variable that is not known."""
    return "" if not value or "{{" in value else clean(value).strip()


def filled(value: str | None, variables: Variables) -> str | None:
    """`value` with the variables that are known put in; what is not known stays `{{as it was}}`."""
    if not value or "{{" not in value:
        return value
    return _VARIABLE.sub(lambda found: variables.get(found[1], found[0]), value)[:_LONGEST]


@dataclass(frozen=True, slots=True)
class Config:
    """What a template or profile says, and a device over it. `orders` are the ordered preferences as tuples of WAN
    names; `name` is where it comes from in words; `own` are the ports that the device itself sets."""

    ports: Mapping[str, PortConfig] = field(default_factory=dict)
    orders: tuple[tuple[str, ...], ...] = ()
    name: str = ""
    own: frozenset[str] = frozenset()
    overridden: bool = False  # the device has settings of its own, if only for paths
    row: TemplateRow | None = field(default=None, compare=False, repr=False)  # what it was made of
    variable: bool = field(default=False, compare=False, repr=False)  # some values are variables

    def port(self, port_id: str) -> PortConfig | None:
        return self.ports.get(port_id)

    def source(self, port_id: str) -> str:
        """Where the configuration of a port comes from: `device`, `template NAME` …; "" for nowhere."""
        return "device" if port_id in self.own else self.name if port_id in self.ports else ""


NOTHING = Config()


def configs(rows: Iterable[TemplateRow], kind: str = "template") -> dict[str, Config]:
    """Template or profile id → its configuration, variables unresolved."""
    return {row.id: _config(row, f"{kind} {clean(row.name).strip() or row.id}") for row in rows if row.id}


def settled(base: Config, variables: Variables, device: DeviceConfigRow | None) -> Config:
    """`base` for one gateway: its variables put in, and what the device itself sets over it, port by port and
    preference by preference. The very same object when neither changes anything."""
    row = base.row or TemplateRow()
    own = device or DeviceConfigRow()
    changed = bool(own.port_config or own.path_preferences)
    if not changed and not (variables and base.variable):
        return base
    below = _ports(row.port_config, variables)
    above = _ports(own.port_config, variables)
    preferences = {**(row.path_preferences or {}), **(own.path_preferences or {})}
    return Config(
        {**below, **above},
        _orders(preferences, variables),
        base.name,
        frozenset(above),
        changed,
        base.row,
    )


def _config(row: TemplateRow, name: str) -> Config:
    variable = b"{{" in msgspec.json.encode((row.port_config, row.path_preferences))
    orders = _orders(row.path_preferences or {}, {})
    return Config(_ports(row.port_config, {}), orders, name, row=row, variable=variable)


def _ports(told: Mapping[str, PortConfig] | None, variables: Variables) -> dict[str, PortConfig]:
    """Port → its configuration. Keys are ports, ranges and lists, and may hold variables, too."""
    found: dict[str, PortConfig] = {}
    for key, port in (told or {}).items():
        set_up = _filled_port(port, variables) if variables else port
        for one in expand_ports(clean(filled(key, variables))):
            found[one] = set_up
    return found


def _filled_port(port: PortConfig, variables: Variables) -> PortConfig:
    shaping, ip = port.traffic_shaping, port.ip_config
    if shaping is not None and isinstance(shaping.max_tx_kbps, str):
        shaping = msgspec.structs.replace(shaping, max_tx_kbps=filled(shaping.max_tx_kbps, variables))
    if ip is not None:
        ip = IpConfig(*(filled(text, variables) for text in (ip.type, ip.ip, ip.netmask, ip.gateway)))
    vlan = port.vlan_id
    return msgspec.structs.replace(
        port,
        name=filled(port.name, variables),
        description=filled(port.description, variables),
        wan_type=filled(port.wan_type, variables),
        speed=filled(port.speed, variables),
        vlan_id=filled(vlan, variables) if isinstance(vlan, str) else vlan,
        traffic_shaping=shaping,
        ip_config=ip,
    )


def _orders(preferences: Mapping[str, PathPreference], variables: Variables) -> tuple[tuple[str, ...], ...]:
    orders = (_order(preference, variables) for preference in preferences.values())
    return tuple(order for order in orders if order)


def _order(preference: PathPreference, variables: Variables) -> tuple[str, ...]:
    """The WAN names of an ordered preference, best first; () for weighted and ecmp ones.

    A name with an unknown variable stays as it is: `{{wan}}` in the order and in the port's name is the same WAN,
    whatever it resolves to.
    """
    if preference.strategy != "ordered":
        return ()
    names = []
    for path in preference.paths or ():
        name = path.name if path.type == "wan" else path.wan_name if path.type == "vpn" else None
        if name and not path.disabled:
            names.append(filled(name, variables) or name)
    return tuple(dict.fromkeys(names))
