"""The network that a seed draws."""

from __future__ import annotations

import re

import numpy as np
import pytest

from noctui.model.inventory import split_site_name
from noctui.model.words import Role
from noctui.sim.carriers import sellers
from noctui.sim.network import build_network
from noctui.sim.places import REGIONS
from tests.sim.worlds import ordinary


def test_one_seed_is_one_network() -> None:
    a, b = build_network(1, 240, "Acme Retail"), build_network(1, 240, "Acme Retail")
    assert (a.site_id, a.site_name, a.mac, a.line) == (b.site_id, b.site_name, b.mac, b.line)
    assert np.array_equal(a.circuit_carrier, b.circuit_carrier)


def test_another_seed_is_another_network() -> None:
    a, b = build_network(1, 240, "Acme Retail"), build_network(2, 240, "Acme Retail")
    assert not set(a.site_id) & set(b.site_id)
    assert a.org_id != b.org_id


def test_every_region_has_stores_in_its_own_cities() -> None:
    n = ordinary().network
    assert {int(r) for r in n.site_region} == set(range(len(REGIONS)))
    for row, city in enumerate(n.site_city):
        assert city in REGIONS[int(n.site_region[row])].cities


def test_names_are_a_store_number_a_city_and_its_state() -> None:
    n = ordinary().network
    assert all(re.fullmatch(r"\d{4} [A-Z][A-Za-z. ]+ [A-Z]{2}", name) for name in n.site_name)
    assert len({split_site_name(name)[0] for name in n.site_name}) == 240
    assert n.site_name == sorted(n.site_name)


def test_the_store_of_the_sample_night_is_there() -> None:
    """SCREENS: 0417 Grand Junction has Lumen, then Comcast, then Verizon LTE."""
    n = ordinary().network
    rows = n.rows(site=n.site_name.index("0417 Grand Junction CO"))
    assert [n.carrier(r) for r in rows] == ["Lumen", "Comcast", "Verizon LTE"]
    assert [n.line[r].role for r in rows] == [Role.PRIMARY, Role.SECONDARY, Role.BACKUP]


def test_carriers_sell_where_they_are_and_what_they_have() -> None:
    n = ordinary().network
    lumen_twice = 0
    for row, line in enumerate(n.line):
        region = REGIONS[int(n.site_region[n.circuit_site[row]])].name
        sold = {name for name, _ in sellers(region, line.kind)}
        if n.carrier(row) not in sold:  # the few stores that trust Lumen with every line
            lumen_twice += 1
            assert (region, n.carrier(row)) == ("Mountain", "Lumen")
    assert lumen_twice <= 4


@pytest.mark.parametrize("sites", [1, 2, 7, 9, 240, 9_001])
def test_any_number_of_sites_can_be_built(sites: int) -> None:
    n = build_network(3, sites, "Acme Retail")
    assert n.sites == len(set(n.site_id)) == len(set(n.mac)) == len(set(n.site_name)) == sites
    assert n.circuits == len({n.circuit_id(row) for row in range(n.circuits)})
    assert np.all(np.diff(n.site_first) >= 1)
    assert all(re.fullmatch(r"[0-9a-f]{12}", mac) for mac in n.mac)


def test_circuits_of_a_site_stand_together_in_the_order_of_their_ranks() -> None:
    n = ordinary().network
    for site in range(n.sites):
        rows = n.rows(site=site)
        assert rows == list(range(int(n.site_first[site]), int(n.site_first[site + 1])))
        assert [int(n.circuit_rank[r]) for r in rows] == list(range(len(rows)))


def test_rows_can_be_asked_for_by_what_they_are() -> None:
    n = ordinary().network
    found = n.rows(region="Mountain", carrier="Lumen", rank=0)
    assert found
    for row in found:
        assert REGIONS[int(n.site_region[n.circuit_site[row]])].name == "Mountain"
        assert n.carrier(row) == "Lumen"
        assert n.circuit_rank[row] == 0
