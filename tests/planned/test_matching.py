"""A carrier's circuit id → circuits: exactly, or the only one that differs in blanks, dashes and case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.model.inventory import Circuit
from noctui.model.notices import Affected, Maintenance, Status
from noctui.planned.matching import Index, Match, normal
from noctui.planned.providers import DEFAULT, of_name


def circuit(number: int, carrier_id: str, carrier: str = "Zayo") -> Circuit:
    return Circuit(
        circuit_id=f"s{number}:0", circuit_no=number, site_id=f"s{number}", port_id="0", carrier=carrier,
        carrier_circuit_id=carrier_id,
    )  # fmt: skip


INDEX = Index(
    [circuit(1, "IC-99999"), circuit(2, "/OGYX/000000/ /ZYO /"), circuit(3, "AB-1"), circuit(4, "AB 1"), circuit(5, ""),
     circuit(6, "SAME-1"), circuit(7, "SAME-1"), circuit(8, "BOTH-1", "Lumen"), circuit(9, "BOTH-1", "Comcast")]
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "circuits", "how"),
    [
        ("IC-99999", ("s1:0",), "exact"),
        ("ic 99999", ("s1:0",), "normalised"),
        ("OGYX/000000//ZYO", ("s2:0",), "normalised"),
        ("AB-1", ("s3:0",), "exact"),
        ("ab1", (), "ambiguous"),  # two circuits are called so
        ("SAME-1", ("s6:0", "s7:0"), "exact"),  # one of the carrier, two of ours
        ("BOTH-1", (), "ambiguous"),  # of whom?
        ("IC-9999", (), "unknown"),
        ("IC-99998", (), "unknown"),  # near is not the same
        ("IC*", (), "unknown"),
        ("%", (), "unknown"),
        ("IC_%", (), "unknown"),
        ("", (), "unknown"),
        ("---", (), "unknown"),
        ("[b]IC-99999[/b]", (), "unknown"),
    ],
)
def test_match(said: str, circuits: tuple[str, ...], how: str) -> None:
    assert INDEX.match(said) == Match(said, circuits, how)


def test_the_notices_provider_decides_between_carriers_that_share_an_id() -> None:
    lumen = of_name("CenturyLink", DEFAULT)
    assert lumen is not None
    assert INDEX.match("BOTH-1", lumen.called) == Match("BOTH-1", ("s8:0",), "exact")
    assert INDEX.match("BOTH-1", lambda carrier: carrier == "Cox").how == "ambiguous"


def test_an_alias_counts_where_the_id_itself_is_not_known_and_unknown_ones_are_kept() -> None:
    work = Maintenance(
        provider="Zayo", maintenance_id="1", status=Status.CONFIRMED,
        circuits=(Affected(circuit="X-1", aliases=("IC-99999",)), Affected(circuit="Y-1")),
    )  # fmt: skip
    assert INDEX.of(work) == (Match("X-1", ("s1:0",), "alias"), Match("Y-1", (), "unknown"))


@given(st.lists(st.text("AaBb01- /*", min_size=1, max_size=5), max_size=8), st.text("AaBb01- /*", max_size=5))
def test_what_matches_is_the_same_but_for_blanks_dashes_and_case(ids: list[str], said: str) -> None:
    index = Index(circuit(i, name) for i, name in enumerate(ids))
    found = index.match(said)
    for circuit_id in found.circuit_ids:
        name = ids[int(circuit_id[1:].partition(":")[0])]
        assert normal(name) == normal(said)
        assert found.how == "normalised" or name.strip() == said.strip()
    if found.how == "unknown":
        assert said.strip() not in [name.strip() for name in ids if name.strip()]
