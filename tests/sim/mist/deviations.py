"""Where real answers differ from Mist's published specification, and how its schemas are eased for that.

Sources: jmorrison-juniper/MistCircuitStats and MistWANPerformance read real answers of real orgs; the specification's
own newer issue (2607) and its property descriptions tell the rest. Everything that is not in this table holds as
published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

Schema = dict[str, Any]


class Deviation(NamedTuple):
    what: str
    source: str
    ease: Callable[[dict[str, Schema]], None]


def _with(schemas: dict[str, Schema], *names: str) -> Iterator[Schema]:
    """Every schema that has all these properties."""
    found = [s for s in schemas.values() if set(names) <= set(s.get("properties", {}))]
    assert found, f"no schema has {names}"
    yield from found


def _open(*names: str, more: tuple[str, ...] = ()) -> Callable[[dict[str, Schema]], None]:
    """Allow these keys beside the ones that a schema with `names` knows; without `more` any."""

    def ease(schemas: dict[str, Schema]) -> None:
        for schema in _with(schemas, *names):
            if more:
                schema["properties"] |= {key: {} for key in more}
            else:
                schema.pop("additionalProperties", None)

    return ease


def _anything(name: str, *beside: str) -> Callable[[dict[str, Schema]], None]:
    def ease(schemas: dict[str, Schema]) -> None:
        for schema in _with(schemas, name, *beside):
            schema["properties"][name] = {}

    return ease


def _optional(name: str, *beside: str) -> Callable[[dict[str, Schema]], None]:
    def ease(schemas: dict[str, Schema]) -> None:
        for schema in _with(schemas, name, *beside):
            schema["required"] = [key for key in schema.get("required", []) if key != name]

    return ease


def _derived(schemas: dict[str, Schema]) -> None:
    """`allOf` of two closed schemas, which no object can meet but an empty one: the setting's own one is meant."""
    schemas["site_setting_derived"] = {"$ref": "#/components/schemas/site_setting"}


DEVIATIONS: tuple[Deviation, ...] = (
    Deviation("port_usage is `wan` on WAN ports", "MistWANPerformance filters on it; the specification knows `lan`",
              _anything("port_usage", "neighbor_mac")),
    Deviation("WAN ports have no neighbour", "MistCircuitStats: rows of gateways without LLDP",
              _optional("neighbor_mac", "port_usage")),
    Deviation("port rows have a port_desc", "MistCircuitStats reads port_desc", _open("neighbor_mac", "port_usage")),
    Deviation("port rows within device stats say whose they are", "the same rows as the search's",
              _open("peer_mac", "mos")),
    Deviation("alarms have keys by type, such as reasons", "the `fields` of /const/alarm_defs",
              _open("ack_admin_name", "gateways", more=("reasons", "nodes", "port_ids"))),
    Deviation("shaping may be a site variable", "MistCircuitStats resolves {{vars}} in port_config",
              _anything("max_tx_kbps")),
    Deviation("application-health is spelled with a dash, too", "MistWANPerformance reads both keys",
              _open("gateway-health", "wan-link-health", more=("application-health",))),
    Deviation("site_id is null in the inventory while unassigned", "the description of getOrgInventory",
              _anything("site_id", "sku", "vc_mac")),
    Deviation("insight series stand at the top level, an array a metric", "MistCircuitStats reads answer[metric]",
              _open("rt", "interval")),
    Deviation("derived settings look as settings do", "the example of getSiteSettingDerived", _derived),
)  # fmt: skip


def eased(schemas: dict[str, Schema]) -> None:
    """Apply the whole table in place."""
    for deviation in DEVIATIONS:
        deviation.ease(schemas)
