"""Static configuration of WAN ports: gateway templates of sites, device profiles of hubs.

Values may be site variables (`{{isp}}`), which only a call per site would resolve: those are unknown here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from noctui.sources.mist.ports import expand_ports
from noctui.sources.mist.structs import PathPreference, PortConfig, TemplateRow
from noctui.sources.mist.text import clean


def resolved(value: str | None) -> str:
    """The text, or "" when it is missing or depends on a site variable."""
    return "" if not value or "{{" in value else clean(value).strip()


@dataclass(frozen=True, slots=True)
class Config:
    """What a template or profile says. `orders` are the ordered preferences as tuples of raw WAN names."""

    ports: Mapping[str, PortConfig] = field(default_factory=dict)
    orders: tuple[tuple[str, ...], ...] = ()

    def port(self, port_id: str) -> PortConfig | None:
        return self.ports.get(port_id)


NOTHING = Config()


def configs(rows: Iterable[TemplateRow]) -> dict[str, Config]:
    """Template or profile id → its configuration."""
    found: dict[str, Config] = {}
    for row in rows:
        if not row.id:
            continue
        ports = {p: port for key, port in (row.port_config or {}).items() for p in expand_ports(clean(key))}
        orders = (_order(p) for p in (row.path_preferences or {}).values())
        found[row.id] = Config(ports, tuple(o for o in orders if o))
    return found


def _order(preference: PathPreference) -> tuple[str, ...]:
    """The WAN names of an ordered preference, best first; () for weighted and ecmp ones.

    Names stay raw: `{{wan}}` in the order and in the port's name is the same WAN, whatever it resolves to.
    """
    if preference.strategy != "ordered":
        return ()
    names = []
    for path in preference.paths or ():
        name = path.name if path.type == "wan" else path.wan_name if path.type == "vpn" else None
        if name and not path.disabled:
            names.append(name)
    return tuple(dict.fromkeys(names))
