"""Configuration of ports: template, variables, the device's own word over them (mist facts 2.1)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.sources.mist.config import NOTHING, Config, configs, filled, resolved, settled
from noctui.sources.mist.structs import DeviceConfigRow, TemplateRow
from tests.sources.mist.rows import Row

TEMPLATE: Row = {
    "id": "t1",
    "name": "Stores",
    "port_config": {
        "ge-0/0/0": {
            "usage": "wan", "name": "{{isp}}", "description": "{{ isp }}/{{account}}", "vlan_id": "{{vlan}}",
            "traffic_shaping": {"enabled": True, "max_tx_kbps": "{{kbps}}"},
            "ip_config": {"type": "static", "ip": "{{ip}}", "netmask": "/30", "gateway": "{{gw}}"},
        },
        "ge-0/0/{{second}}": {"usage": "wan", "name": "wan1"},
        "ge-0/0/4-5,ge-0/0/7": {"usage": "lan"},
    },
    "path_preferences": {
        "out": {"strategy": "ordered", "paths": [{"type": "wan", "name": "wan1"}, {"type": "wan", "name": "{{isp}}"}]}
    },
}  # fmt: skip
SITE = {"isp": "Lumen", "account": "55", "vlan": "100", "kbps": "20000", "ip": "192.0.2.2", "gw": "192.0.2.1"}


def template(**changes: Any) -> Config:
    return configs([msgspec.convert({**TEMPLATE, **changes}, TemplateRow)])["t1"]


def device(**row: Any) -> DeviceConfigRow:
    return msgspec.convert(row, DeviceConfigRow)


def test_a_variable_is_unknown_until_the_site_resolves_it() -> None:
    port = template().ports["ge-0/0/0"]
    assert (resolved(port.name), resolved(port.description)) == ("", "")


def test_the_sites_variables_resolve_every_value_and_the_keys() -> None:
    found = settled(template(), {**SITE, "second": "1"}, None)
    port = found.ports["ge-0/0/0"]
    assert (port.name, port.description, port.vlan_id) == ("Lumen", "Lumen/55", "100")
    assert port.traffic_shaping is not None
    assert port.traffic_shaping.max_tx_kbps == "20000"
    assert port.ip_config is not None
    assert (port.ip_config.ip, port.ip_config.gateway) == ("192.0.2.2", "192.0.2.1")
    assert found.ports["ge-0/0/1"].name == "wan1"
    assert found.orders == (("wan1", "Lumen"),)
    assert set(found.ports) == {"ge-0/0/0", "ge-0/0/1", "ge-0/0/4", "ge-0/0/5", "ge-0/0/7"}


def test_a_variable_that_the_site_does_not_have_stays_unknown() -> None:
    found = settled(template(), {"isp": "Lumen"}, None).ports["ge-0/0/0"]
    assert resolved(found.name) == "Lumen"
    assert resolved(found.description) == ""


def test_the_devices_own_port_wins_and_its_other_ports_are_the_templates() -> None:
    own = device(port_config={"ge-0/0/0": {"usage": "wan", "name": "Cox", "disabled": True}})
    found = settled(template(), SITE, own)
    assert (found.ports["ge-0/0/0"].name, found.ports["ge-0/0/0"].disabled) == ("Cox", True)
    assert found.ports["ge-0/0/0"].traffic_shaping is None  # the whole port is the device's
    assert found.ports["ge-0/0/4"].usage == "lan"
    assert (found.own, found.overridden) == (frozenset({"ge-0/0/0"}), True)
    assert (found.source("ge-0/0/0"), found.source("ge-0/0/4")) == ("device", "template Stores")
    assert found.source("ge-0/0/9") == ""


def test_a_range_of_the_device_wins_port_by_port() -> None:
    found = settled(template(), SITE, device(port_config={"ge-0/0/4-6": {"usage": "wan", "name": "{{isp}}"}}))
    assert [found.ports[f"ge-0/0/{n}"].name for n in (4, 5, 6)] == ["Lumen"] * 3
    assert found.ports["ge-0/0/7"].usage == "lan"


def test_the_devices_preferences_win_by_name() -> None:
    own = device(path_preferences={"out": {"strategy": "ordered", "paths": [{"type": "wan", "name": "lte"}]}})
    found = settled(template(), SITE, own)
    assert found.orders == (("lte",),)
    assert found.overridden
    assert not found.own


def test_a_device_without_any_template_is_its_own() -> None:
    found = settled(NOTHING, {}, device(port_config={"ge-0/0/0": {"usage": "wan", "name": "Cox"}}))
    assert (found.ports["ge-0/0/0"].name, found.source("ge-0/0/0"), found.name) == ("Cox", "device", "")


@pytest.mark.parametrize("own", [None, DeviceConfigRow(), device(port_config={}, path_preferences={})])
def test_what_changes_nothing_gives_the_same_object(own: DeviceConfigRow | None) -> None:
    plain = template(port_config={"ge-0/0/0": {"usage": "wan", "name": "wan0"}}, path_preferences={})
    assert settled(plain, SITE, own) is plain
    assert settled(template(), {}, own).ports == template().ports


def test_a_profile_goes_by_its_name_or_its_id() -> None:
    rows = [TemplateRow(id="p1", name="Hubs"), TemplateRow(id="p2"), TemplateRow(name="no id")]
    assert {i: c.name for i, c in configs(rows, "device profile").items()} == {
        "p1": "device profile Hubs",
        "p2": "device profile p2",
    }


def test_variables_that_name_variables_do_not_grow() -> None:
    assert filled("{{a}}", {"a": "{{b}}", "b": "x"}) == "{{b}}"  # Mist resolves one level; so do we
    assert len(filled("{{a}}" * 50, {"a": "x" * 100}) or "") == 256


@given(st.text(), st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=4))
def test_a_text_without_variables_is_itself(text: str, variables: dict[str, str]) -> None:
    if "{{" not in text:
        assert filled(text, variables) == text
