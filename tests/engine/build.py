"""Small networks and tables to test with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from noctui.engine.regions import fold_regions
from noctui.engine.sites import fold_sites
from noctui.model.inventory import Attachment, Circuit, Gateway, Inventory, Site
from noctui.model.view import TREND_NONE, TREND_SLOTS, CircuitTable, GatewayTable, PathTable, View
from noctui.model.words import Role, Severity, State

NIGHT = 1763866440.0
"""2025-11-23 02:54:00 UTC."""


def circuit(
    site: str,
    port: str,
    role: Role = Role.PRIMARY,
    carrier: str = "Lumen",
    no: int = 0,
    gateway: str = "",
    **more: float,
) -> Circuit:
    """A circuit `site:port` of a gateway that is named as its site unless told otherwise."""
    return Circuit(
        circuit_id=f"{site}:{port}",
        circuit_no=no,
        site_id=site,
        port_id=port,
        carrier=carrier,
        role=role,
        down_bps=more.get("down_bps", 100e6),
        up_bps=more.get("up_bps", 100e6),
        link_bps=more.get("link_bps", 0.0),
        attachments=(Attachment(gateway_id=gateway or f"gw-{site}", port_id=port),),
    )


def network(
    circuits: Sequence[Circuit], regions: dict[str, str] | None = None, extra_sites: Sequence[str] = ()
) -> Inventory:
    """An inventory of these circuits; `regions` is site → region."""
    names = list(dict.fromkeys([c.site_id for c in circuits] + list(extra_sites)))
    at = regions or {}
    gateways = dict.fromkeys((c.attachments[-1].gateway_id, c.site_id) for c in circuits if c.attachments)
    return Inventory(
        org_id="org",
        sites=tuple(Site(site_id=s, name=f"{s} Town", number=s, region=at.get(s, "Mountain")) for s in names),
        gateways=tuple(Gateway(gateway_id=g, site_id=s) for g, s in gateways),
        circuits=tuple(circuits),
    )


def table(count: int, **columns: ArrayLike) -> CircuitTable:
    """A circuit table with everything up, ok and idle but the columns given."""
    blank = np.full(count, np.nan, np.float32)
    values: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]] = {
        "severity": np.full(count, Severity.OK, np.uint8),
        "state": np.full(count, State.UP, np.uint8),
        "since": np.full(count, NIGHT - 86400.0),
        "stale": np.zeros(count, np.bool_),
        "active": np.zeros(count, np.bool_),
        "active_since": np.full(count, NIGHT - 86400.0),
        "suspect": np.zeros(count, np.bool_),
        "no_path": np.zeros(count, np.bool_),
        "age": np.full(count, 10.0, np.float32),
        "quality": np.zeros(count, np.uint8),
        "levels": np.zeros(count, np.uint8),
        "flaps_24h": np.zeros(count, np.uint16),
        "avail_24h": np.full(count, 100.0, np.float32),
        "coverage_24h": np.full(count, 100.0, np.float32),
        "trend": np.full((count, TREND_SLOTS), TREND_NONE, np.uint8),
        "bad_quarters": np.zeros(count, np.uint16),
    }
    for name in ("rx_bps", "tx_bps", "rx_pct", "tx_pct", "loss", "jitter", "latency", "mos"):
        values[name] = blank.copy()
    for name, given in columns.items():
        values[name] = np.asarray(given, values[name].dtype)
    return CircuitTable(**values)  # type: ignore[arg-type]


def view(inventory: Inventory, circuits: CircuitTable, at: float = NIGHT, silent: bool = False) -> View:
    """A View of these circuits with its sites and regions folded."""
    none = np.full(len(inventory.gateways), np.nan, np.float32)
    empty = np.full(len(inventory.paths), np.nan, np.float32)
    sites = fold_sites(inventory, circuits)
    return View(
        seq=1,
        at=at,
        interval=60.0,
        inventory=inventory,
        circuits=circuits,
        gateways=GatewayTable(none, none, none, none, none),
        paths=PathTable(empty, empty, empty, empty, empty, empty, empty),
        sites=sites,
        regions=fold_regions(inventory, circuits, sites),
        silent=silent,
    )
