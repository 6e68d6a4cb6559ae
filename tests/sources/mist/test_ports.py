from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.sources.mist.ports import as_mac, expand_ports, is_lte, split_unit


@pytest.mark.parametrize(
    ("key", "ports"),
    [
        ("ge-0/0/0", ("ge-0/0/0",)),
        ("ge-0/0/0-1", ("ge-0/0/0", "ge-0/0/1")),
        ("ge-0/0/9-11", ("ge-0/0/9", "ge-0/0/10", "ge-0/0/11")),
        ("ge-0/0/0, ge-0/0/4-5", ("ge-0/0/0", "ge-0/0/4", "ge-0/0/5")),
        ("ge-0", ("ge-0",)),
        ("lte", ("lte",)),
        ("reth0", ("reth0",)),
        ("ge-0/0/5-3", ("ge-0/0/5-3",)),
        ("ge-0/0/0-99999999", ("ge-0/0/0-99999999",)),
        ("{{wan_port}}", ()),
        ("", ()),
    ],
)
def test_a_configuration_key_may_be_a_range_or_a_list(key: str, ports: tuple[str, ...]) -> None:
    assert expand_ports(key) == ports


@given(st.integers(0, 100), st.integers(0, 20))
def test_a_range_names_each_of_its_ports_once(first: int, more: int) -> None:
    ports = expand_ports(f"xe-1/2/{first}-{first + more}")

    assert len(set(ports)) == more + 1
    assert all(p.startswith("xe-1/2/") for p in ports)


@given(st.text(max_size=40))
def test_any_key_gives_few_ports(key: str) -> None:
    assert len(expand_ports(key)) <= 128 * (1 + key.count(","))


def test_a_unit_is_the_number_after_the_last_dot() -> None:
    assert split_unit("ge-0/0/0.100") == ("ge-0/0/0", "100")
    assert split_unit("ge-0/0/0") == ("ge-0/0/0", "")
    assert split_unit("Lte.a") == ("Lte.a", "")
    assert split_unit(".5") == (".5", "")


def test_lte_in_any_case() -> None:
    assert is_lte("lte-0/0/0")
    assert is_lte("LTE")
    assert not is_lte("xlte")


def test_macs_are_twelve_lower_case_digits_and_anything_else_is_kept() -> None:
    assert as_mac("90:EC:77:71:06:09") == "90ec77710609"
    assert as_mac("90EC77710609") == "90ec77710609"
    assert as_mac("not a mac\x1b[2J") == "not a mac·[2J"
    assert as_mac(None) == ""
