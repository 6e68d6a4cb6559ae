"""Which promise holds for a circuit: its own row, its name in the inventory file, what its carrier offers."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from noctui.model.sla import Applicability, Promise
from noctui.sla.applicable import offered, promise_of
from tests.sla.scenes import CIRCUIT, PROMISE, SERVICE

PROMISES: dict[str, Promise] = {name: replace(PROMISE, name=name) for name in ("gold", "silver", "special", "free")}
ROWS = (
    Applicability(promise="gold", carrier="Lumen"),
    Applicability(promise="silver", carrier="lumen ", since=100),
    Applicability(promise="special", carrier="Zayo"),
)


def name_of(named: str = "", *rows: Applicability, carrier: str = "Lumen", at: int = 50) -> str:
    found = promise_of(PROMISES, (*ROWS, *rows), replace(SERVICE, carrier=carrier), named, at)
    return found.name if found else ""


def test_a_carrier_offers_its_own_alone_and_in_their_time() -> None:
    assert [p.name for p in offered(PROMISES, ROWS, "LUMEN", 50)] == ["gold"]
    assert [p.name for p in offered(PROMISES, ROWS, "Lumen", 100)] == ["gold", "silver"]
    assert offered(PROMISES, ROWS, "Comcast", 100) == ()


def test_the_circuits_own_row_is_best_then_its_name_then_the_carriers() -> None:
    own = Applicability(promise="special", circuit_id=CIRCUIT, since=10)
    assert name_of("gold", own) == "special"
    assert name_of("gold", own, at=5) == "gold"
    assert name_of() == "gold"
    assert name_of(carrier="Comcast") == ""


def test_the_newest_row_of_a_circuit_holds_and_one_that_ended_does_not() -> None:
    rows = [
        Applicability(promise="special", circuit_id=CIRCUIT, since=10),
        Applicability(promise="silver", circuit_id=CIRCUIT, since=20, until=40),
    ]
    assert [name_of("gold", *rows, at=at) for at in (15, 30, 40)] == ["special", "silver", "special"]


def test_a_promise_that_no_carrier_is_written_beside_may_be_named_for_any() -> None:
    assert name_of("free", carrier="Comcast") == "free"


@pytest.mark.parametrize(
    ("named", "carrier", "at", "fault"),
    [
        ("platinum", "Lumen", 50, "no promise 'platinum'; there are free, gold, silver, special"),
        ("special", "Lumen", 50, r"Lumen does not offer 'special' \(it offers gold\)"),
        ("silver", "Lumen", 50, "does not offer 'silver'"),
        ("special", "Comcast", 50, r"Comcast does not offer 'special' \(it offers none\)"),
        ("", "Lumen", 100, "Lumen offers gold, silver; say which in the inventory file"),
    ],
)
def test_what_cannot_be_is_said(named: str, carrier: str, at: int, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        name_of(named, carrier=carrier, at=at)
