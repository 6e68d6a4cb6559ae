"""What is told of a site's gateways and ports, and where each word comes from (S1's port table, predecessors 1.1)."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from noctui.model.detail import PortFacts, Ports
from noctui.sources.mist.enrich_parts import HOLDS, Kind, Part, SpeedTests, Told
from noctui.sources.mist.facts import Facts
from noctui.sources.mist.structs import DeviceConfigRow, SettingRow, SpeedTestRow
from tests.sources.mist.rows import MAC, SITE, Row, gateway, interface, inventory, mac, peer, port, site, site_id
from tests.sources.mist.test_join import World

NOW = 1_763_858_400.0
TEMPLATE: Row = {
    "id": "t1",
    "name": "Stores",
    "port_config": {
        "ge-0/0/0": {
            "usage": "wan", "name": "{{isp}}", "description": "{{isp}} 55/KQXX", "vlan_id": 100,
            "ip_config": {"type": "static", "ip": "192.0.2.2", "netmask": "255.255.255.252", "gateway": "192.0.2.1"},
        },
        "ge-0/0/1": {"usage": "wan", "name": "wan1", "disabled": True, "ip_config": {"type": "dhcp"}},
    },
}  # fmt: skip


class Told1(World):
    """One site with a template, and what it and its devices were asked."""

    def __init__(self, **more: Any) -> None:
        super().__init__(sites=[site(gatewaytemplate_id="t1")], templates=[TEMPLATE], **more)
        self.facts = Facts(self.joiner)

    def setting(self, **variables: str) -> None:
        self.joiner.owns.put(Part(Kind.SETTING, SITE), Told(NOW, HOLDS, setting=SettingRow({**variables})))

    def device(self, n: int = 0, **row: Any) -> None:
        own = msgspec.convert(row, DeviceConfigRow)
        self.joiner.owns.put(Part(Kind.DEVICE, SITE, mac(n)), Told(NOW + n + 1, HOLDS, device=own))

    def tests(self, *rows: SpeedTestRow) -> None:
        self.joiner.owns.put(Part(Kind.TESTS, SITE), Told(NOW + 9, HOLDS, tests=SpeedTests(list(rows))))

    def ports(self, site_id: str = SITE) -> Ports:
        return self.facts.ports(site_id)

    def port(self, port_id: str = "ge-0/0/0") -> PortFacts:
        return next(p for p in self.ports().ports if p.port_id == port_id)


def test_the_gateway_knows_its_addresses_and_the_configuration_what_was_meant() -> None:
    told = Told1()
    told.setting(isp="Lumen")
    there = interface(name="", wan_name=None, address_mode="Dynamic", ips=["198.51.100.7/24"], vlan=0)
    told.sweep([gateway(0, {"ge-0/0/0.0": there})], [port(up=True)], [peer(hub=900), peer(hub=901)])

    assert told.port() == PortFacts(
        circuit_id=f"{SITE}:ge-0/0/0",
        gateway_id=MAC,
        port_id="ge-0/0/0",
        wan_name="Lumen",
        description="Lumen 55/KQXX",
        enabled=True,
        up=True,
        address="198.51.100.7/24",
        next_hop="192.0.2.1",
        vlan="100",
        address_mode="dhcp",
        overridden=False,
        paths=2,
        sources={
            "wan_name": "template Stores", "description": "template Stores", "address": "gateway",
            "next_hop": "template Stores", "vlan": "template Stores", "address_mode": "gateway",
        },
    )  # fmt: skip


def test_a_port_without_an_address_has_the_one_it_is_set_up_for() -> None:
    told = Told1()
    told.sweep([gateway(0, {"ge-0/0/0.0": interface(ips=[])})], [port(up=False)])
    found = told.port()
    assert (found.address, found.address_mode, found.up) == ("192.0.2.2/30", "static", False)
    assert found.sources["address"] == "template Stores"


def test_an_address_stays_when_a_gateway_that_is_away_says_nothing() -> None:
    told = Told1()
    told.sweep([gateway(0, {"ge-0/0/0.0": interface(ips=["198.51.100.7/24"])})], [port()])
    told.sweep([gateway(0, {}, status="disconnected")], [])
    assert told.port().address == "198.51.100.7/24"


def test_a_sub_interface_has_its_own_vlan() -> None:
    told = Told1()
    told.sweep([gateway(0, {"ge-0/0/0.210": interface(ips=["100.64.1.2/24"])})], [port()])
    assert (told.port().vlan, told.port().sources["vlan"]) == ("210", "gateway")


def test_the_devices_own_port_is_marked() -> None:
    told = Told1()
    told.device(port_config={"ge-0/0/0": {"usage": "wan", "name": "Cox", "description": "moved"}})
    told.sweep([gateway(0, {"ge-0/0/0.0": interface(wan_name=None)})], [port(), port(port_id="ge-0/0/1")])
    assert (told.port().wan_name, told.port().overridden) == ("Cox", True)
    assert told.port().sources["description"] == "device"
    assert not told.port("ge-0/0/1").overridden
    assert told.ports().gateways[0].overridden


def test_a_port_that_is_disabled_in_the_configuration_is_not_enabled() -> None:
    told = Told1()
    told.sweep([gateway()], [port(port_id="ge-0/0/1", disabled=None), port(disabled=False)])
    assert not told.port("ge-0/0/1").enabled
    assert told.port().enabled


def test_the_gateways_word_on_disabled_counts_more_than_the_configuration() -> None:
    told = Told1()
    told.sweep([gateway()], [port(port_id="ge-0/0/1", disabled=False)])
    assert told.port("ge-0/0/1").enabled


def test_a_gateway_is_told_with_serial_cluster_and_template() -> None:
    told = Told1(inventory=[inventory(serial="CV1")])
    told.sweep([gateway(serial=None, ext_ip="203.0.113.9", is_ha=True, cluster_stat={"state": "GREEN"})], [port()])
    (found,) = told.ports().gateways
    assert (found.serial, found.external_address, found.ha, found.cluster_state) == (
        "CV1",
        "203.0.113.9",
        True,
        "GREEN",
    )
    assert (found.config_from, found.overridden, found.model) == ("template Stores", False, "SSR130")


def test_every_speed_test_is_told_newest_first_failed_ones_too() -> None:
    told = Told1()
    told.tests(
        SpeedTestRow(mac=MAC, port_id="ge-0/0/0", timestamp=NOW - 900, rx_mbps=300, tx_mbps=20, latency=12),
        SpeedTestRow(mac=MAC, port_id="ge-0/0/0", timestamp=NOW - 300, failed=True),
        SpeedTestRow(mac=MAC, port_id="ge-0/0/9", timestamp=NOW - 100, rx_mbps=5, tx_mbps=5),
    )
    told.sweep([gateway()], [port()])
    newest, older = told.ports().speed_tests
    assert (newest.at, newest.failed, math.isnan(newest.down_bps)) == (NOW - 300, True, True)
    assert (older.down_bps, older.up_bps, older.latency) == (300e6, 20e6, 12.0)


def test_the_age_of_an_answer_is_that_of_its_oldest_part() -> None:
    told = Told1()
    told.sweep([gateway()], [port()])
    told.setting()
    assert told.ports().asked_at == 0.0
    told.device()
    told.tests()
    assert told.ports().asked_at == NOW


def test_all_sites_are_told_from_memory_for_the_export() -> None:
    told = Told1()
    told.sweep([gateway(), gateway(1)], [port(), port(1)])
    assert [p.circuit_id for p in told.ports("").ports] == sorted([f"{SITE}:ge-0/0/0", f"{site_id(1)}:ge-0/0/0"])
    assert [p.circuit_id for p in told.ports(site_id(1)).ports] == [f"{site_id(1)}:ge-0/0/0"]
    assert told.ports("nowhere").ports == ()


def test_foreign_words_are_harmless() -> None:
    told = Told1()
    told.device(port_config={"ge-0/0/0": {"usage": "wan", "name": "\x1b]0;x\x07", "ip_config": {"ip": "\x1b[2J"}}})
    told.sweep([gateway(0, {"ge-0/0/0.0": interface(wan_name=None, ips=["\x1b[31m1.2.3.4"])})], [port()])
    found = told.port()
    assert (found.wan_name + found.address + found.description).isprintable()
