"""The join: what is a circuit, what it is called, and what it keeps when Mist says less (mist facts 2.1, 2.2)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from noctui.model.batch import Found
from noctui.model.words import BandwidthSource, Role, RoleSource
from noctui.sources.mist.join import Joiner
from noctui.sources.mist.settings import classify
from noctui.sources.mist.statics import Statics, statics
from noctui.sources.mist.structs import DeviceRow, InventoryRow, PeerRow, PortRow, SiteGroupRow, SiteRow, TemplateRow
from tests.sources.mist.rows import MAC, SITE, Row, gateway, interface, inventory, mac, peer, port, site, site_id

TEMPLATE: Row = {
    "id": "t1",
    "port_config": {
        "ge-0/0/0": {"usage": "wan", "name": "wan0", "traffic_shaping": {"enabled": True, "max_tx_kbps": 20_000}},
        "ge-0/0/1": {"usage": "wan", "name": "wan1", "description": "Lumen 55/KQXX"},
        "ge-0/0/2-3": {"usage": "lan"},
    },
    "path_preferences": {
        "out": {"strategy": "ordered", "paths": [{"type": "wan", "name": "wan1"}, {"type": "wan", "name": "wan0"}]}
    },
}


class World:
    """Rows of sweeps fed to one joiner."""

    def __init__(self, **static: Sequence[Row]) -> None:
        self.joiner = Joiner()
        self.learn(**static)

    def learn(self, **static: Sequence[Row]) -> None:
        self.joiner.learn(make_statics(**static))

    def sweep(
        self,
        gateways: Sequence[Row] | None = None,
        ports: Sequence[Row] | None = None,
        peers: Sequence[Row] | None = None,
        whole: bool = True,
    ) -> dict[str, Found]:
        joiner = self.joiner
        joiner.forget_rows()
        if gateways is not None:
            list(joiner.gateways([as_row(g, DeviceRow) for g in gateways], whole))
        if ports is not None:
            list(joiner.ports([as_row(p, PortRow) for p in ports], whole))
        if peers is not None:
            list(joiner.peers([as_row(p, PeerRow) for p in peers], whole))
        return {c.circuit_id.removeprefix(f"{SITE}:"): c for c in joiner.joined.circuits}

    def path_ids(self) -> list[str]:
        return [p.path_id.removeprefix(f"{SITE}:") for p in self.joiner.joined.paths]


def as_row(row: Row, kind: Any) -> Any:
    return msgspec.convert(row, kind, strict=False)


def make_statics(
    sites: Sequence[Row] = (),
    groups: Sequence[Row] = (),
    templates: Sequence[Row] = (),
    profiles: Sequence[Row] = (),
    inventory: Sequence[Row] = (),
) -> Statics:
    return statics(
        [as_row(r, SiteRow) for r in sites],
        [as_row(r, SiteGroupRow) for r in groups],
        [as_row(r, TemplateRow) for r in templates],
        [as_row(r, TemplateRow) for r in profiles],
        [as_row(r, InventoryRow) for r in inventory],
        classify,
    )


def store(**more: Any) -> World:
    return World(sites=[site(gatewaytemplate_id="t1")], templates=[TEMPLATE], **more)


def test_a_circuit_is_made_of_its_port_its_interface_and_its_configuration() -> None:
    found = store().sweep([gateway()], [port()])

    assert found["ge-0/0/0"] == Found(
        circuit_id=f"{SITE}:ge-0/0/0",
        site_id=SITE,
        gateway_id=MAC,
        port_id="ge-0/0/0",
        wan_name="wan0",
        carrier="Example ISP",
        role=Role.SECONDARY,
        role_source=RoleSource.PATH_ORDER,
        down_bps=1e9,
        up_bps=20e6,
        bandwidth_source=BandwidthSource.LINK,
        up_source=BandwidthSource.SHAPING,
        link_bps=1e9,
        wan_type="broadband",
    )


def test_two_circuits_have_the_roles_of_the_path_order() -> None:
    found = store().sweep([gateway()], [port(), port(port_id="ge-0/0/1")])

    assert {p: c.role for p, c in found.items()} == {"ge-0/0/0": Role.SECONDARY, "ge-0/0/1": Role.PRIMARY}
    assert found["ge-0/0/1"].carrier == "Lumen 55/KQXX"


def test_a_wan_port_is_known_by_its_usage_its_name_its_interface_or_its_configuration() -> None:
    interfaces = {
        "ge-0/0/5.0": interface("ge-0/0/5", "wan5"),
        "ge-0/0/6.0": {"port_id": "ge-0/0/6", "port_usage": "lan"},
    }
    names = {
        "ge-0/0/9": "wan",  # by its usage
        "lte-0/0/0": "",  # by its name
        "ge-0/0/5": "lan",  # by if_stat
        "ge-0/0/1": "",  # by the template
        "ge-0/0/6": "lan",
        "ge-0/0/2": "lan",
        "ge-0/0/8": None,
    }

    found = store().sweep([gateway(interfaces=interfaces)], [port(port_id=p, port_usage=u) for p, u in names.items()])

    assert sorted(found) == ["ge-0/0/1", "ge-0/0/5", "ge-0/0/9", "lte-0/0/0"]


def test_down_and_disabled_ports_are_circuits_too() -> None:
    found = store().sweep([gateway()], [port(up=False), port(port_id="ge-0/0/1", disabled=True, up=False)])

    assert sorted(found) == ["ge-0/0/0", "ge-0/0/1"]


def test_a_second_gateway_of_the_site_is_numbered_in_order_of_mac() -> None:
    pair = [gateway(1, site_id=SITE), gateway(0)]
    rows = [port(0), port(1, site_id=SITE)]

    found = World().sweep(pair, rows)

    assert {i: c.gateway_id for i, c in found.items()} == {"ge-0/0/0": mac(1), "ge-0/0/0@2": mac(0)}
    assert World().sweep(pair[::-1], rows[::-1]).keys() == found.keys()


def test_a_lost_page_does_not_renumber_the_gateways() -> None:
    world = World()
    pair = [gateway(0), gateway(1, site_id=SITE)]
    world.sweep(pair, [port(0), port(1, site_id=SITE)])

    world.sweep(pair[:1], [port(0)], whole=False)

    assert list(world.joiner.joined.port_rows) == [f"{SITE}:ge-0/0/0@2"]


def test_a_gateway_attached_to_no_site_has_no_circuits() -> None:
    world = store(inventory=[inventory(1, site_id=None), inventory(2, site_id=None)])

    found = world.sweep([gateway(), gateway(1, site_id=None)], [port(), port(1), port(2)])

    assert list(found) == ["ge-0/0/0"]
    assert [g.gateway_id for g in world.joiner.joined.gateways] == [MAC]


def test_a_gateway_that_nobody_lists_stands_where_its_port_says() -> None:
    assert list(World().sweep([], [port(3)])) == [f"{site_id(3)}:ge-0/0/0"]


def test_a_gateway_that_only_the_inventory_knows_stands_there() -> None:
    world = store(inventory=[inventory(4)])
    world.sweep([], [])

    assert [(g.gateway_id, g.site_id) for g in world.joiner.joined.gateways] == [(mac(4), site_id(4))]


def test_a_line_that_is_down_stays_what_it_was() -> None:
    world = World()
    before = world.sweep([gateway()], [port()])
    down = {"ge-0/0/0.0": {"port_id": "ge-0/0/0", "port_usage": "wan", "up": False}}

    after = world.sweep([gateway(interfaces=down)], [port(up=False, speed=10)])
    gone = world.sweep([gateway(interfaces={}, status="disconnected")], [port(up=False, speed=None)])

    assert after == before
    assert gone == before
    assert after["ge-0/0/0"].carrier == "Example ISP"


def test_a_new_carrier_and_a_new_speed_are_seen() -> None:
    world = World()
    world.sweep([gateway()], [port()])

    found = world.sweep([gateway(interfaces={"ge-0/0/0.0": interface(org="Other ISP")})], [port(speed=100)])

    assert (found["ge-0/0/0"].carrier, found["ge-0/0/0"].link_bps) == ("Other ISP", 100e6)


def test_what_did_not_change_is_the_same_object() -> None:
    world = store()
    rows = ([gateway()], [port(), port(port_id="ge-0/0/1")], [peer()])
    world.sweep(*rows)
    circuits, paths, gateways = (getattr(world.joiner.joined, n) for n in ("circuits", "paths", "gateways"))

    world.sweep(rows[0], rows[1][::-1], rows[2])

    assert world.joiner.joined.circuits is circuits
    assert world.joiner.joined.paths is paths
    assert world.joiner.joined.gateways is gateways


def test_what_is_kept_of_many_gateways_says_the_same_words_once() -> None:
    """Thousands of gateways are kept with what they said, to compare the next sweep with."""
    rows = [json.loads(json.dumps(gateway(n, {"ge-0/0/0.0": interface()}))) for n in range(2)]
    assert rows[0]["if_stat"]["ge-0/0/0.0"]["wan_name"] is not rows[1]["if_stat"]["ge-0/0/0.0"]["wan_name"]
    world = World()
    world.sweep([*rows])
    kept = [world.joiner.gates[mac(n)].told for n in range(2)]
    (key, one), (key_too, other) = [next(iter((told[5] or {}).items())) for told in kept if told]
    assert key is key_too
    assert one.wan_name is other.wan_name
    assert one.port_usage is other.port_usage


def test_a_new_template_makes_every_circuit_anew() -> None:
    world = store()
    assert world.sweep([gateway()], [port()])["ge-0/0/0"].up_bps == 20e6

    world.learn(sites=[site()], templates=[TEMPLATE])

    assert world.sweep([gateway()], [port()])["ge-0/0/0"].bandwidth_source is BandwidthSource.LINK


def test_a_hub_follows_its_device_profile_and_not_the_template_of_its_site() -> None:
    hub = {"id": "p1", "port_config": {"ge-0/0/0": {"usage": "wan", "speed": "10g"}}}
    world = store(profiles=[hub])

    found = world.sweep([gateway(deviceprofile_id="p1")], [port(speed=None)])

    assert found["ge-0/0/0"].link_bps == 10e9
    assert found["ge-0/0/0"].role is Role.UNKNOWN


def test_circuits_of_a_silent_gateway_stay_while_it_stands_at_its_site() -> None:
    world = World(inventory=[inventory(0)])
    world.sweep([gateway()], [port(), port(port_id="ge-0/0/1")])

    assert len(world.sweep([], [])) == 2, "Mist lists no ports of a gateway that is away for long"
    assert len(world.sweep([gateway()], [port()])) == 1, "a port that its gateway no longer has is gone"
    world.learn(inventory=[inventory(0, site_id=None)])
    assert world.sweep([], []) == {}, "a gateway that left its site takes its circuits along"


def test_a_lost_page_takes_no_circuit_away() -> None:
    world = World()
    world.sweep([gateway()], [port(), port(port_id="ge-0/0/1")])

    found = world.sweep([gateway()], [port()], whole=False)

    assert len(found) == 2
    assert len(world.joiner.joined.port_rows) == 1


def test_a_port_that_becomes_lan_is_no_circuit_any_more() -> None:
    world = World()
    world.sweep([gateway(interfaces={})], [port(), port(port_id="ge-0/0/1")])

    assert list(world.sweep([gateway(interfaces={})], [port(), port(port_id="ge-0/0/1", port_usage="lan")])) == [
        "ge-0/0/0"
    ]


def test_of_two_rows_for_one_port_the_last_counts() -> None:
    world = World()
    world.sweep([gateway()], [port(rx_bps=1), port(rx_bps=2)])

    assert [r.rx_bps for r in world.joiner.joined.port_rows.values()] == [2]


def test_hostile_names_are_kept_as_harmless_data() -> None:
    hostile = "wan\x1b]0;owned\x07"

    found = World().sweep([gateway(interfaces={f"{hostile}.0": interface(hostile, hostile)})], [port(port_id=hostile)])

    (circuit,) = found.values()
    assert circuit.port_id == circuit.wan_name == "wan·]0;owned·"


def test_rows_without_a_mac_or_a_port_are_passed_over() -> None:
    assert World().sweep([{}, gateway()], [{}, {"mac": MAC}, {"port_id": "ge-0/0/0"}, port()]).keys() == {"ge-0/0/0"}


def test_a_peer_row_finds_its_circuit_by_port_then_without_its_unit_then_by_wan_name() -> None:
    world = World()
    interfaces = {"ge-0/0/0.0": interface(), "lte-0/0/0.0": interface("lte-0/0/0", "Lte", "")}
    world.sweep(
        [gateway(interfaces=interfaces)],
        [port(), port(port_id="lte-0/0/0"), port(port_id="ge-0/0/7.100")],
        [
            peer(),
            peer(port_id="ge-0/0/0.0", hub=901),
            peer(port_id="Lte"),
            peer(port_id="ge-0/0/7.100"),
            peer(port_id="x"),
        ],
    )

    assert world.path_ids() == [
        f"ge-0/0/0>{mac(900)}:DC_Internet",
        f"ge-0/0/0>{mac(901)}:DC_Internet",
        f"ge-0/0/7.100>{mac(900)}:DC_Internet",
        f"lte-0/0/0>{mac(900)}:DC_Internet",
    ]
    assert world.joiner.joined.unmatched_paths == 1


def test_a_port_that_is_a_vlan_is_found_by_its_bare_name_when_it_is_the_only_one() -> None:
    world = World()
    world.sweep([gateway()], [port(port_id="ge-0/0/7.100")])
    assert world.joiner.circuit_of(MAC, "ge-0/0/7") == f"{SITE}:ge-0/0/7.100"

    world.sweep([gateway()], [port(port_id="ge-0/0/7.100"), port(port_id="ge-0/0/7.200")])
    assert world.joiner.circuit_of(MAC, "ge-0/0/7") == ""


def test_two_vlans_of_one_port_to_one_peer_are_two_paths() -> None:
    world = World()
    world.sweep([gateway()], [port()], [peer(port_id="ge-0/0/0.100"), peer(port_id="ge-0/0/0.200"), peer()])

    assert world.path_ids() == [f"ge-0/0/0>{mac(900)}:DC_Internet{more}" for more in ("", "@100", "@200")]


def test_the_vlan_that_is_the_circuit_itself_is_named_plainly() -> None:
    world = World()
    found = world.sweep([gateway(interfaces={"ge-0/0/0.100": interface()})], [port()], [peer(port_id="ge-0/0/0.100")])

    assert found["ge-0/0/0"].unit == "100"
    assert world.path_ids() == [f"ge-0/0/0>{mac(900)}:DC_Internet"]


def test_paths_of_different_stores_over_the_same_port_name_stay_apart() -> None:
    world = World()
    world.sweep([gateway(0), gateway(1)], [port(0), port(1)], [peer(0), peer(1)])

    assert {p.circuit_id for p in world.joiner.joined.paths} == {f"{SITE}:ge-0/0/0", f"{site_id(1)}:ge-0/0/0"}
    assert {p.hub for p in world.joiner.joined.paths} == {"HUB-900"}


def test_a_lost_page_of_peers_takes_no_path_away_and_a_whole_one_does() -> None:
    world = World()
    rows = ([gateway()], [port()])
    world.sweep(*rows, [peer(), peer(hub=901)])

    world.sweep(*rows, [peer()], whole=False)
    assert len(world.joiner.joined.paths) == 2
    assert len(world.joiner.joined.path_rows) == 1

    world.sweep(*rows, [peer()])
    assert len(world.joiner.joined.paths) == 1


def test_the_halves_of_an_ha_pair_are_one_gateway() -> None:
    """The inventory lists both nodes, device stats the pair; rows of either node are rows of the pair."""
    nodes = [inventory(0, vc_mac=MAC), inventory(1, site_id=SITE, vc_mac=MAC)]
    world = store(inventory=nodes)
    other = {"ge-5/0/0.0": interface("ge-5/0/0", "wan1")}

    found = world.sweep(
        [gateway(is_ha=True, if2_stat=other)],
        [port(), port(1, "ge-5/0/0", site_id=SITE)],
        [peer(), peer(1, "ge-5/0/0")],
    )

    assert [g.gateway_id for g in world.joiner.joined.gateways] == [MAC]
    assert {p: (c.gateway_id, c.wan_name) for p, c in found.items()} == {
        "ge-0/0/0": (MAC, "wan0"),
        "ge-5/0/0": (MAC, "wan1"),
    }
    assert world.joiner.joined.unmatched_paths == 0
    assert world.joiner.last_seen(mac(1)) == world.joiner.last_seen(MAC)


def test_a_node_that_device_stats_list_by_itself_is_a_gateway_of_its_own() -> None:
    world = store(inventory=[inventory(0, vc_mac=MAC), inventory(1, site_id=SITE, vc_mac=MAC)])

    found = world.sweep([gateway(), gateway(1, site_id=SITE)], [port(), port(1, site_id=SITE)])

    assert len(world.joiner.joined.gateways) == 2
    assert {c.gateway_id for c in found.values()} == {MAC, mac(1)}


def test_the_pair_stands_where_the_inventory_says_when_stats_are_silent() -> None:
    world = store(inventory=[inventory(0, vc_mac=MAC), inventory(1, site_id=SITE, vc_mac=MAC)])

    world.sweep([], [])

    assert [g.gateway_id for g in world.joiner.joined.gateways] == [MAC]


def test_two_gateways_of_one_site_may_be_set_up_differently() -> None:
    """A hub with its device profile beside a spoke with the template of the site."""
    profile = {"id": "p1", "name": "Hubs", "port_config": {"ge-0/0/0": {"usage": "wan", "name": "DC_Internet"}}}
    world = World(
        sites=[site(gatewaytemplate_id="t1")],
        templates=[TEMPLATE],
        profiles=[profile],
        inventory=[inventory(), inventory(1, site_id=SITE, deviceprofile_id="p1")],
    )
    bare = {"ge-0/0/0.0": interface(wan_name=None)}

    found = world.sweep([gateway(0, bare), gateway(1, bare, site_id=SITE)], [port(), port(1, site_id=SITE)])

    assert {c.gateway_id: c.wan_name for c in found.values()} == {MAC: "wan0", mac(1): "DC_Internet"}


def test_a_port_that_does_not_say_is_disabled_when_its_configuration_says_so() -> None:
    template = {**TEMPLATE, "port_config": {"ge-0/0/0": {"usage": "wan", "disabled": True}}}
    world = World(sites=[site(gatewaytemplate_id="t1")], templates=[template])

    world.sweep([gateway()], [port(disabled=None)])

    assert world.joiner.joined.port_rows[f"{SITE}:ge-0/0/0"].disabled is True


def test_the_description_is_the_configurations_else_the_ports_own() -> None:
    found = store().sweep([gateway()], [port(port_desc="by hand"), port(port_id="ge-0/0/1", port_desc="by hand")])

    assert {p: c.description for p, c in found.items()} == {"ge-0/0/0": "by hand", "ge-0/0/1": "Lumen 55/KQXX"}
