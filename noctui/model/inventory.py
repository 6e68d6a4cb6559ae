"""What the network is: sites, gateways, circuits with dated attachments, peer paths; one immutable version of it.

Every version has a `rev`, the time it holds from (`event_time`) and the time it was learned (`known_at`), both in
UTC epoch seconds. Rows of a `View` stand in the order of the tuples here: row i of `view.circuits` is
`inventory.circuits[i]`.
"""

from __future__ import annotations

import re
from functools import cached_property

import msgspec
import numpy as np
from numpy.typing import NDArray

from noctui.model.words import BandwidthSource, Role, RoleSource

_NUMBER = re.compile(r"^\s*(?:#|store\s+|site\s+)?(\d{2,6})\b[\s\-_:]*(.*)$", re.IGNORECASE)


def split_site_name(name: str) -> tuple[str, str]:
    """`0417 Grand Junction CO` → (`0417`, `Grand Junction CO`); a name without a leading number → (``, name)."""
    found = _NUMBER.match(name)
    if not found:
        return "", name.strip()
    return found[1], found[2].strip()


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """A store. `region` and `store_type` come from rules over site groups and notes, or the inventory file."""

    site_id: str
    name: str
    number: str = ""
    region: str = ""
    store_type: str = ""
    timezone: str = "UTC"
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None


class Gateway(msgspec.Struct, frozen=True, kw_only=True):
    """A WAN edge device. `gateway_id` is its mac: 12 lower-case hex digits."""

    gateway_id: str
    site_id: str
    name: str = ""
    model: str = ""
    version: str = ""


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """Where a circuit was plugged in, from when to when (UTC epoch seconds; `until` None: still)."""

    gateway_id: str
    port_id: str
    unit: str = ""
    since: float = 0.0
    until: float | None = None


class Circuit(msgspec.Struct, frozen=True, kw_only=True):
    """What a carrier sells at a site.

    `circuit_id` is text, given once, never reused: `{site_id}:{port_id}` (`…@2` for a second gateway of the site).
    `circuit_no` is its slot in one history file and never leaves it. Bandwidths are bits per second; 0 is unknown.
    """

    circuit_id: str
    circuit_no: int
    site_id: str
    port_id: str
    wan_name: str = ""
    carrier: str = ""
    carrier_circuit_id: str = ""
    role: Role = Role.UNKNOWN
    role_source: RoleSource = RoleSource.NONE
    down_bps: float = 0.0
    up_bps: float = 0.0
    bandwidth_source: BandwidthSource = BandwidthSource.NONE  # of down_bps
    up_source: BandwidthSource = BandwidthSource.NONE
    speed_test_at: float = 0.0  # when the speed test behind the bandwidth was; 0: none is
    link_bps: float = 0.0
    wan_type: str = ""
    description: str = ""
    sla: str = ""  # the promise's name, by the inventory file; so are the next four
    protection_group: str = ""
    monthly_cost: float | None = None
    currency: str = ""
    turn_up: str = ""  # YYYY-MM-DD
    carrier_from_file: bool = False
    attachments: tuple[Attachment, ...] = ()

    @property
    def attachment(self) -> Attachment | None:
        """The newest attachment, the one that counts now."""
        return self.attachments[-1] if self.attachments else None


class PeerPath(msgspec.Struct, frozen=True, kw_only=True):
    """A VPN path from a circuit to a hub. `path_id` is `{circuit_id}>{peer_mac}:{peer_port_id}`."""

    path_id: str
    path_no: int
    circuit_id: str
    hub: str = ""
    hub_port: str = ""


class Inventory(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One version of the network. `circuits` and `paths` are ordered by their numbers, `sites` by name."""

    org_id: str
    org_name: str = ""
    rev: int = 0
    event_time: float = 0.0
    known_at: float = 0.0
    sites: tuple[Site, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    circuits: tuple[Circuit, ...] = ()
    paths: tuple[PeerPath, ...] = ()

    @cached_property
    def site_row(self) -> dict[str, int]:
        """site_id → row of `sites`."""
        return {s.site_id: i for i, s in enumerate(self.sites)}

    @cached_property
    def gateway_row(self) -> dict[str, int]:
        """gateway_id → row of `gateways`."""
        return {g.gateway_id: i for i, g in enumerate(self.gateways)}

    @cached_property
    def circuit_row(self) -> dict[str, int]:
        """circuit_id → row of `circuits`."""
        return {c.circuit_id: i for i, c in enumerate(self.circuits)}

    @cached_property
    def path_row(self) -> dict[str, int]:
        """path_id → row of `paths`."""
        return {p.path_id: i for i, p in enumerate(self.paths)}

    @cached_property
    def circuit_no(self) -> NDArray[np.int32]:
        """[circuits] their slots in the history file."""
        return np.array([c.circuit_no for c in self.circuits], np.int32)

    @cached_property
    def circuit_site(self) -> NDArray[np.int32]:
        """[circuits] row of each circuit's site; -1 when the site is not in this version."""
        row = self.site_row
        return np.array([row.get(c.site_id, -1) for c in self.circuits], np.int32)

    @cached_property
    def circuit_gateway(self) -> NDArray[np.int32]:
        """[circuits] row of the gateway each circuit is attached to now; -1 for none."""
        row = self.gateway_row
        return np.array(
            [row.get(c.attachments[-1].gateway_id, -1) if c.attachments else -1 for c in self.circuits], np.int32
        )

    @cached_property
    def path_circuit(self) -> NDArray[np.int32]:
        """[paths] row of each path's circuit; -1 when it is not in this version."""
        row = self.circuit_row
        return np.array([row.get(p.circuit_id, -1) for p in self.paths], np.int32)

    @cached_property
    def role(self) -> NDArray[np.uint8]:
        """[circuits] `Role` numbers."""
        return np.array([c.role for c in self.circuits], np.uint8)

    @cached_property
    def down_bps(self) -> NDArray[np.float64]:
        """[circuits] bandwidth towards the site, bits/s; 0 is unknown."""
        return np.array([c.down_bps for c in self.circuits], np.float64)

    @cached_property
    def up_bps(self) -> NDArray[np.float64]:
        """[circuits] bandwidth from the site, bits/s; 0 is unknown."""
        return np.array([c.up_bps for c in self.circuits], np.float64)

    @cached_property
    def link_bps(self) -> NDArray[np.float64]:
        """[circuits] speed of the port's link, bits/s; 0 is unknown."""
        return np.array([c.link_bps for c in self.circuits], np.float64)

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Region names in alphabetical order; sites without one are under ``""``."""
        return tuple(sorted({s.region for s in self.sites}))

    @cached_property
    def site_region(self) -> NDArray[np.int32]:
        """[sites] index into `regions`."""
        at = {name: i for i, name in enumerate(self.regions)}
        return np.array([at[s.region] for s in self.sites], np.int32)

    @cached_property
    def site_circuits(self) -> tuple[tuple[int, ...], ...]:
        """[sites] circuit rows of each site in role order (primary first), then port."""
        rows: list[list[int]] = [[] for _ in self.sites]
        for i, site in enumerate(self.circuit_site.tolist()):
            if site >= 0:
                rows[site].append(i)
        return tuple(tuple(sorted(r, key=lambda i: (self.circuits[i].role, self.circuits[i].port_id))) for r in rows)
