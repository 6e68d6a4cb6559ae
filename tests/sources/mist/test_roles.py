"""Roles: path preference order, then VPN path preference, then LTE marks; never a port's number (DESIGN 5)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from noctui.model.words import Role, RoleSource
from noctui.sources.mist.config import Config, configs
from noctui.sources.mist.roles import UNKNOWN, roles
from noctui.sources.mist.structs import PathPreference, PortConfig, PreferredPath, TemplateRow, VpnPath

A, B, C = "ge-0/0/3", "ge-0/0/1", "ge-0/0/0"
NAMES = {A: "wan0", B: "wan1"}
P, S, K = Role.PRIMARY, Role.SECONDARY, Role.BACKUP


def ordered(*orders: tuple[str, ...], ports: dict[str, PortConfig] | None = None) -> Config:
    return Config(ports or {}, orders)


def words(config: Config, names: dict[str, str], types: dict[str, str] | None = None) -> dict[str, Role]:
    return {p: r for p, (r, _) in roles(config, names, types or {}).items()}


def test_the_order_of_path_preferences_decides_and_not_the_port_number() -> None:
    found = roles(ordered(("wan0", "wan1")), NAMES, {})

    assert found == {A: (P, RoleSource.PATH_ORDER), B: (S, RoleSource.PATH_ORDER)}
    assert words(ordered(("wan1", "wan0")), NAMES) == {A: S, B: P}


def test_a_configured_name_leads_to_the_port_even_when_it_is_a_site_variable() -> None:
    ports = {A: PortConfig(name="{{isp_b}}"), B: PortConfig(name="{{isp_a}}")}

    assert words(ordered(("{{isp_a}}", "{{isp_b}}"), ports=ports), NAMES) == {A: S, B: P}


def test_after_the_first_lte_is_the_backup_and_the_third_is_one_too() -> None:
    names = {**NAMES, C: "wan2"}

    assert words(ordered(("wan0", "wan1", "wan2")), names) == {A: P, B: S, C: K}
    assert words(ordered(("wan0", "wan1")), NAMES, {B: "lte"}) == {A: P, B: K}


def test_orders_that_agree_are_one_order() -> None:
    names = {**NAMES, C: "wan2"}

    assert words(ordered(("wan0", "wan2"), ("wan0", "wan1", "wan2")), names) == {A: P, B: S, C: K}


def test_orders_that_contradict_each_other_say_nothing() -> None:
    assert roles(ordered(("wan0", "wan1"), ("wan1", "wan0")), NAMES, {}) == {A: UNKNOWN, B: UNKNOWN}


def test_when_it_stays_open_which_is_first_nothing_is_said() -> None:
    assert roles(ordered(("wan0",), ("wan1",)), NAMES, {}) == {A: UNKNOWN, B: UNKNOWN}


def test_a_configured_wan_without_a_row_keeps_its_place() -> None:
    ports = {B: PortConfig(usage="wan", name="wan1")}

    assert words(ordered(("wan1", "wan0"), ports=ports), {A: "wan0"}) == {A: S}
    ports[B].disabled = True
    assert words(ordered(("wan1", "wan0"), ports=ports), {A: "wan0"}) == {A: P}


def test_two_ports_of_the_first_name_leave_it_open() -> None:
    assert roles(ordered(("wan0", "wan1")), {A: "wan0", B: "wan0", C: "wan1"}, {})[A] == UNKNOWN


def test_names_that_this_gateway_lacks_are_passed_over() -> None:
    assert words(ordered(("mpls", "wan1", "wan0")), NAMES) == {A: S, B: P}


def test_vpn_path_preference_counts_when_no_order_does() -> None:
    ports = {
        A: PortConfig(vpn_paths={"corp": VpnPath(preference=20)}),
        B: PortConfig(vpn_paths={"corp": VpnPath(preference=10)}),
    }

    found = roles(ordered(ports=ports), NAMES, {})
    assert found == {A: (S, RoleSource.VPN_PREFERENCE), B: (P, RoleSource.VPN_PREFERENCE)}
    assert roles(ordered(("wan0", "wan1"), ports=ports), NAMES, {})[A] == (P, RoleSource.PATH_ORDER)


def test_equal_vpn_preferences_share_the_load_and_say_nothing() -> None:
    ports = {p: PortConfig(vpn_paths={"corp": VpnPath(preference=10)}) for p in NAMES}

    assert roles(ordered(ports=ports), NAMES, {}) == {A: UNKNOWN, B: UNKNOWN}


def test_lte_marks_make_a_backup_when_nothing_better_is_known() -> None:
    lte = (K, RoleSource.LTE)

    assert roles(ordered(), {"lte-0/0/0": "", A: "wan0"}, {}) == {"lte-0/0/0": lte, A: UNKNOWN}
    assert roles(ordered(), NAMES, {B: "LTE"})[B] == lte
    assert roles(ordered(ports={B: PortConfig(lte_backup=True)}), NAMES, {})[B] == lte
    assert roles(ordered(ports={B: PortConfig(wan_type="lte")}), NAMES, {})[B] == lte


def test_no_name_and_no_number_ever_makes_a_role() -> None:
    names = {"ge-0/0/0": "primary", "ge-0/0/1": "backup", "ge-0/0/2": "secondary"}

    assert set(roles(ordered(), names, {}).values()) == {UNKNOWN}


def test_only_ordered_preferences_of_wan_and_vpn_paths_count() -> None:
    def order(strategy: str, *paths: PreferredPath) -> tuple[tuple[str, ...], ...]:
        row = TemplateRow(id="t", path_preferences={"x": PathPreference(strategy, list(paths))})
        return configs([row])["t"].orders

    wan0, wan1 = PreferredPath("wan", "wan0"), PreferredPath("vpn", "hub.wan1", "wan1")
    assert order("ordered", wan0, wan1) == (("wan0", "wan1"),)
    assert order("weighted", wan0, wan1) == ()
    assert order("ecmp", wan0, wan1) == ()
    assert order("ordered", PreferredPath("wan", "wan0", disabled=True), wan1) == (("wan1",),)
    assert order("ordered", PreferredPath("local", "lan"), PreferredPath("tunnel", "zscaler")) == ()


ports = st.sampled_from([f"ge-0/0/{i}" for i in range(5)])


@given(st.lists(st.lists(ports, max_size=5, unique=True).map(tuple), max_size=4))
def test_ranks_never_contradict_an_order_and_know_one_first(orders: list[tuple[str, ...]]) -> None:
    names = {f"ge-0/0/{i}": f"ge-0/0/{i}" for i in range(5)}

    found = words(ordered(*orders), names)

    known = {p: r for p, r in found.items() if r is not Role.UNKNOWN}
    assert not known or sum(r is Role.PRIMARY for r in known.values()) == 1
    for order in orders:
        told = [known[p] for p in order if p in known]
        assert told == sorted(told)
