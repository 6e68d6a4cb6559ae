"""The simulated network in the model's words."""

from __future__ import annotations

import pytest

from noctui.model.words import BandwidthSource, Role, RoleSource
from noctui.sim.discovery import discovery, inventory
from tests.sim.worlds import T0, ordinary


def test_ids_are_those_the_model_prescribes() -> None:
    n = ordinary().network
    inv = inventory(n, T0)
    circuit, path = inv.circuits[3], inv.paths[6]
    assert circuit.circuit_id == f"{circuit.site_id}:{circuit.port_id}"
    assert path.path_id.startswith(f"{path.circuit_id}>")
    assert path.circuit_id == circuit.circuit_id
    assert [c.circuit_no for c in inv.circuits] == list(range(n.circuits))
    assert (inv.circuit_site >= 0).all()
    assert (inv.circuit_gateway >= 0).all()
    assert (inv.path_circuit >= 0).all()


def test_with_a_file_bandwidths_are_the_contracted_ones() -> None:
    n = ordinary().network
    for row, found in enumerate(discovery(n).circuits):
        assert (found.down_bps, found.up_bps) == (n.down_bps[row], n.up_bps[row])
        assert found.role in (Role.PRIMARY, Role.SECONDARY, Role.BACKUP)
        assert (found.bandwidth_source, found.role_source) == (BandwidthSource.FILE, RoleSource.FILE)


def test_without_a_file_they_are_what_mist_can_tell() -> None:
    """Facts 2.2: shaping caps what is sent, else the link's speed; roles from orders, or unknown."""
    n = ordinary().network
    found = discovery(n, file=False).circuits
    for row, circuit in enumerate(found):
        assert circuit.down_bps == n.line[row].link * 1e6
        assert circuit.bandwidth_source == BandwidthSource.LINK
        if n.line[row].shaped:
            assert (circuit.up_bps, circuit.up_source) == (n.up_bps[row], BandwidthSource.SHAPING)
        else:
            assert (circuit.up_bps, circuit.up_source) == (circuit.down_bps, BandwidthSource.LINK)
    sources = {c.role_source for c in found}
    assert sources == {RoleSource.PATH_ORDER, RoleSource.VPN_PREFERENCE, RoleSource.NONE}
    assert all((c.role is Role.UNKNOWN) == (c.role_source is RoleSource.NONE) for c in found)


@pytest.mark.parametrize("region", ["Mountain", "West"])
def test_sites_have_region_store_type_zone_and_place(region: str) -> None:
    some = [s for s in discovery(ordinary().network).sites if s.region == region]
    assert some
    for site in some:
        assert site.store_type in ("super", "standard", "express", "depot")
        assert site.timezone.startswith("America/")
        assert site.country == "US"
        assert site.latitude is not None
        assert 24 < site.latitude < 50
