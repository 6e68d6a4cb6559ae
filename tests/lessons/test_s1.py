"""Faults of the circuit statistics server and its worker (predecessors 1.1), each with its right answer here."""

from __future__ import annotations

from pathlib import Path

from noctui.config import load
from noctui.settings import Settings
from tests.engine.build import circuit
from tests.engine.net import NAN, UP, Net
from tests.sources.mist.rows import gateway, interface, peer, port
from tests.sources.mist.test_join import World
from tests.whole.test_readme import settings_rows


def test_the_readme_tells_the_defaults_that_hold() -> None:
    """There the README said five workers and a TTL of three intervals; the code had four, and 31 days."""
    told = {row[0].strip("`"): row[2].strip("`") for row in settings_rows()}
    assert told["mist.concurrency"] == str(Settings().concurrency)
    assert told["collect.poll_seconds"] == f"{Settings().poll_seconds:g}"


def test_a_path_is_found_by_gateway_and_port_however_often_the_port_is_named() -> None:
    """There the writer's key was `gw:mac` and the reader's `gw-mac`, so a gateway's paths were never found; and another
    tool keyed paths by port alone, which merged all stores."""
    world = World()
    world.sweep([gateway(0), gateway(1)], [port(0), port(1)], [peer(0), peer(1)])
    found = {(p.circuit_id, p.path_id) for p in world.joiner.joined.paths}
    assert len(found) == len({c for c, _ in found}) == 2


def test_a_vlan_interface_finds_its_port() -> None:
    """There, peer paths over VLAN sub-interfaces matched no port, and their columns stayed empty."""
    world = World()
    world.sweep([gateway(interfaces={"ge-0/0/0.7": interface()})], [port()], [peer(port_id="ge-0/0/0.7")])
    assert [p.circuit_id.split(":")[1] for p in world.joiner.joined.paths] == ["ge-0/0/0"]


def test_a_repeated_row_carries_no_bytes() -> None:
    """There, bytes were summed over every bucket; here a row that says nothing new is no sample, and no nought."""
    net = Net(circuit("s", "0", link_bps=1e9))
    net.poll(0, {**UP, "rx_bytes": 1e6, "rx_bps": NAN})
    net.poll(60, {**UP, "rx_bytes": 2e6, "rx_bps": NAN})
    again = net.poll(120, {**UP, "rx_bytes": 2e6, "rx_bps": NAN}, seen=60)
    assert not again.valid[0] & 128


def test_a_second_start_goes_on_from_what_is_held_without_a_threshold_to_set(tmp_path: Path) -> None:
    """There, reuse of the cache never triggered (one wrote `gateways_count`, the other read `gateways`), and the
    threshold was by default longer than the interval. Here there is no such switch: see `test_restart`."""
    config = load({}, {"HOME": str(tmp_path), "USE_CACHED_ON_STARTUP": "false", "STALE_THRESHOLD": "1"})
    assert [name for name, _ in config.unused] == ["STALE_THRESHOLD", "USE_CACHED_ON_STARTUP"]
