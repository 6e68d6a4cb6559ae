"""The rows of Mist's answers: only the needed fields, every one optional, because real answers leave out any of them.

Units are Mist's: `speed` Mbit/s, `*_bps` bit/s, `*_bytes` counters, latency and jitter ms, loss %, times epoch seconds.
"""

from __future__ import annotations

import msgspec


class Row(msgspec.Struct, gc=False):
    """Base: no cycles are ever built of these, so the collector need not look at them."""


class Privilege(Row):
    scope: str | None = None
    role: str | None = None
    org_id: str | None = None
    org_name: str | None = None
    name: str | None = None


class Self(Row):
    email: str | None = None
    name: str | None = None
    privileges: list[Privilege] | None = None


class Usage(Row):
    requests: float | None = None
    request_limit: float | None = None


class LatLng(Row):
    lat: float | None = None
    lng: float | None = None


class SiteRow(Row):
    id: str | None = None
    name: str | None = None
    address: str | None = None
    country_code: str | None = None
    timezone: str | None = None
    latlng: LatLng | None = None
    sitegroup_ids: list[str] | None = None
    gatewaytemplate_id: str | None = None
    notes: str | None = None


class SiteGroupRow(Row):
    id: str | None = None
    name: str | None = None


class TrafficShaping(Row):
    enabled: bool | None = None
    max_tx_kbps: float | str | None = None  # text: a `{{variable}}`


class VpnPath(Row):
    role: str | None = None
    preference: float | None = None


class IpConfig(Row):
    type: str | None = None
    ip: str | None = None
    netmask: str | None = None
    gateway: str | None = None


class PortConfig(Row):
    usage: str | None = None
    name: str | None = None
    description: str | None = None
    wan_type: str | None = None
    lte_backup: bool | None = None
    speed: str | None = None
    disabled: bool | None = None
    traffic_shaping: TrafficShaping | None = None
    vpn_paths: dict[str, VpnPath] | None = None
    vlan_id: int | str | None = None
    ip_config: IpConfig | None = None


class PreferredPath(Row):
    type: str | None = None
    name: str | None = None
    wan_name: str | None = None
    disabled: bool | None = None


class PathPreference(Row):
    strategy: str | None = None
    paths: list[PreferredPath] | None = None


class TemplateRow(Row):
    """A gateway template or a gateway's device profile."""

    id: str | None = None
    name: str | None = None
    port_config: dict[str, PortConfig] | None = None
    path_preferences: dict[str, PathPreference] | None = None


class SettingRow(Row):
    """A site's settings, of which only the variables matter here."""

    vars: dict[str, str | int | float | bool] | None = None


class DeviceConfigRow(Row):
    """What is set at one device itself."""

    port_config: dict[str, PortConfig] | None = None
    path_preferences: dict[str, PathPreference] | None = None
    vars: dict[str, str | int | float | bool] | None = None


class SpeedTestRow(Row):
    """A synthetic test of type `speedtest`: Mbit/s, ms; `rx` is towards the site."""

    mac: str | None = None
    port_id: str | None = None
    vlan_id: int | str | None = None
    timestamp: float | None = None
    start_time: float | None = None
    rx_mbps: float | None = None
    tx_mbps: float | None = None
    latency: float | None = None
    failed: bool | None = None


class InventoryRow(Row):
    mac: str | None = None
    site_id: str | None = None
    name: str | None = None
    hostname: str | None = None
    model: str | None = None
    connected: bool | None = None
    deviceprofile_id: str | None = None
    serial: str | None = None
    vc_mac: str | None = None  # of an HA pair: the mac that the pair goes by


class Provider(Row):
    org: str | None = None


class Interface(Row):
    """A value of `if_stat`."""

    port_id: str | None = None
    port_usage: str | None = None
    wan_name: str | None = None
    wan_type: str | None = None
    up: bool | None = None
    servp_info: Provider | None = None
    address_mode: str | None = None
    ips: list[str] | None = None
    vlan: int | None = None


class CpuStat(Row):
    idle: float | None = None
    usage: float | None = None


class MemoryStat(Row):
    usage: float | None = None


class ClusterStat(Row):
    state: str | None = None


class DeviceRow(Row):
    mac: str | None = None
    name: str | None = None
    hostname: str | None = None
    model: str | None = None
    version: str | None = None
    status: str | None = None
    uptime: float | None = None
    last_seen: float | None = None
    site_id: str | None = None
    deviceprofile_id: str | None = None
    cpu_stat: CpuStat | None = None
    memory_stat: MemoryStat | None = None
    if_stat: dict[str, Interface] | None = None
    if2_stat: dict[str, Interface] | None = None
    serial: str | None = None
    ext_ip: str | None = None
    is_ha: bool | None = None
    cluster_stat: ClusterStat | None = None


class PortRow(Row):
    mac: str | None = None
    site_id: str | None = None
    port_id: str | None = None
    port_usage: str | None = None
    port_desc: str | None = None
    up: bool | None = None
    active: bool | None = None
    disabled: bool | None = None
    speed: float | None = None
    rx_bps: float | None = None
    tx_bps: float | None = None
    rx_bytes: float | None = None
    tx_bytes: float | None = None
    latency: float | None = None
    jitter: float | None = None
    loss: float | None = None
    mos: float | None = None
    last_flapped: float | None = None


class PeerRow(Row):
    mac: str | None = None
    port_id: str | None = None
    peer_mac: str | None = None
    peer_port_id: str | None = None
    peer_router_name: str | None = None
    up: bool | None = None
    is_active: bool | None = None
    latency: float | None = None
    jitter: float | None = None
    loss: float | None = None
    mos: float | None = None
    uptime: float | None = None
    last_seen: float | None = None


class EventRow(Row):
    type: str | None = None
    timestamp: float | None = None
    mac: str | None = None
    site_id: str | None = None
    port_id: str | None = None
    text: str | None = None


class AlarmRow(Row):
    """Ports are named in `port_ids` or in the words of `reasons`, as the type likes."""

    id: str | None = None
    type: str | None = None
    group: str | None = None
    severity: str | None = None
    timestamp: float | None = None
    last_seen: float | None = None
    count: float | None = None
    site_id: str | None = None
    gateways: list[str] | None = None
    hostnames: list[str] | None = None
    port_ids: list[str] | None = None
    reasons: list[str] | None = None
    acked: bool | None = None
    acked_time: float | None = None
    ack_admin_name: str | None = None
    note: str | None = None
    status: str | None = None
    resolved_time: float | None = None


class SleRow(Row):
    """Service levels of a site, 0..1. Mist spells the last one in two ways."""

    site_id: str | None = None
    gateway: float | None = msgspec.field(default=None, name="gateway-health")
    wan_link: float | None = msgspec.field(default=None, name="wan-link-health")
    application: float | None = msgspec.field(default=None, name="application-health")
    application_too: float | None = msgspec.field(default=None, name="application_health")
