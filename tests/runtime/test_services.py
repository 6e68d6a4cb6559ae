"""Who has a promise: a row of its own, the inventory file, the row that fits best; groups; nobody is guessed at."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from noctui.model.inventory import Inventory
from noctui.model.sla import Promise
from noctui.model.words import Role
from noctui.promise_settings import Applies, PromiseSettings
from noctui.runtime.services import SEVERAL, Found, promised, together
from noctui.sla.periods import midnight
from noctui.sla.registry import OWN
from tests.stores.made import network

PROMISES = {
    name: Promise(name=name, uptime="99.9", algorithm=algorithm)
    for name, algorithm in (("gold", "availability"), ("silver", "availability"), ("ring", "diversity"))
}
NOW = midnight(date(2026, 11, 28), "UTC")
ONE = "s0:ge-0/0/0"


def of(inventory: Inventory, *rows: Applies, at: int = NOW, **more: Any) -> Found:
    return promised(inventory, PromiseSettings(PROMISES, rows), OWN, at, **more)


def circuits(count: int = 1, **told: Any) -> Inventory:
    """`told` of each circuit; its carrier is Lumen."""
    made = network(count)
    return replace(made, circuits=tuple(replace(c, **({"carrier": "Lumen"} | told)) for c in made.circuits))


def names(found: Found) -> dict[str, str]:
    return {one.service.service_id: one.promise.name for one in found.promised}


def test_nobody_promised_anything() -> None:
    assert of(circuits(4)) == Found(())


@pytest.mark.parametrize(
    ("sla", "rows", "says"),
    [
        ("gold", (), "gold"),
        ("", (Applies("gold", carrier="LUMEN "),), "gold"),
        ("", (Applies("gold", carrier="Comcast"),), None),
        ("", (Applies("gold", role="primary"),), "gold"),
        ("", (Applies("gold", role="secondary"),), None),
        ("", (Applies("gold", store_type="kiosk"),), None),
        ("", (Applies("gold", carrier="Lumen"), Applies("silver", carrier="Lumen", role="primary")), "silver"),
        ("gold", (Applies("gold", carrier="Lumen"), Applies("silver", carrier="Lumen", role="primary")), "gold"),
        ("gold", (Applies("silver", circuit=ONE),), "silver"),
        ("gold", (Applies("silver", circuit="KQGN/1"),), "silver"),
        ("gold", (Applies("silver", circuit=ONE, until=date(2026, 11, 27)),), "gold"),
        ("", (Applies("silver", carrier="Lumen", since=date(2026, 11, 29)),), None),
        ("", (Applies("silver", carrier="Lumen", until=date(2026, 11, 28)),), "silver"),
    ],
)
def test_which_promise_holds(sla: str, rows: tuple[Applies, ...], says: str | None) -> None:
    found = of(circuits(sla=sla, carrier_circuit_id="KQGN/1"), *rows)
    assert found.faults == ()
    assert names(found).get(ONE) == says


@pytest.mark.parametrize(
    ("sla", "rows", "says"),
    [
        ("bronze", (), "s0:ge-0/0/0: no promise 'bronze'; there are gold, ring, silver"),
        ("gold", (Applies("gold", carrier="Comcast"),), "Lumen does not offer 'gold' (it offers none)"),
        ("", (Applies("gold", carrier="Lumen"), Applies("silver", role="primary")), "Lumen offers gold, silver"),
        ("ring", (), "ring is of a protection group, and it is in none"),
        ("", (Applies("gold", circuit="x"),), "gold is promised of circuit 'x', and there is none"),
        ("", (Applies("ring", group="x"),), "ring is promised of group 'x', and no circuit is in it"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_a_fault_and_no_guess(sla: str, rows: tuple[Applies, ...], says: str) -> None:
    found = of(circuits(sla=sla), *rows)
    assert found.promised == ()
    (fault,) = found.faults
    assert says in fault


def test_a_turn_up_day_that_is_none_costs_its_circuit_alone() -> None:
    inventory = circuits(2, sla="gold")
    first, second = inventory.circuits
    found = of(replace(inventory, circuits=(replace(first, turn_up="soon"), second)))
    assert list(names(found)) == [second.circuit_id]
    assert "turn_up 'soon' is no day" in found.faults[0]


def test_a_group_is_one_service_of_all_its_circuits_by_row_or_by_file() -> None:
    priced = {"protection_group": "east", "monthly_cost": 10.05, "currency": "USD"}
    for found in (of(circuits(2, **priced), Applies("ring", group="east")), of(circuits(2, sla="ring", **priced))):
        (one,) = found.promised
        assert (one.service.service_id, one.service.carrier) == ("east", "Lumen")
        assert one.service.circuits == ("s0:ge-0/0/0", "s0:ge-0/0/1")
        assert (one.service.monthly, one.service.currency) == ("20.10", "USD")  # to the cent
    mixed = circuits(2, **priced)
    other = replace(mixed.circuits[1], carrier="Comcast", monthly_cost=None)
    (one,) = of(replace(mixed, circuits=(mixed.circuits[0], other)), Applies("ring", group="east")).promised
    assert (one.service.carrier, one.service.monthly) == (SEVERAL, "")


def test_what_has_gone_since_is_scored_up_to_its_end() -> None:
    then, newest = circuits(2, sla="gold"), replace(circuits(1, sla="gold"), rev=2)
    inventory = together(newest, then)
    found = of(inventory, gone={"s0:ge-0/0/1": NOW - 60})
    assert [one.service.until for one in found.promised] == [None, NOW - 60]
    assert together(newest, newest) is newest


def test_a_role_is_the_circuits_own() -> None:
    found = of(circuits(2), Applies("gold", role="secondary"))
    assert [one.circuits[0].role for one in found.promised] == [Role.SECONDARY]
