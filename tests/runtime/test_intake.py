"""A discovery that is told again is not looked through again, and the inventory is as if it had been."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noctui.model.batch import Discovery, Found, Sweep
from noctui.model.inventory import Gateway, Inventory, Site
from noctui.model.reconcile import reconcile
from noctui.runtime import intake
from noctui.runtime.intake import FORGET_AFTER, Intake

START = 1_764_547_200.0


def seen(*ports: str, whole: bool = True) -> Discovery:
    circuits = tuple(Found(circuit_id=f"s1:{p}", site_id="s1", gateway_id="g1", port_id=p) for p in ports)
    site, gateway = Site(site_id="s1", name="0001 Town", number="0001"), Gateway(gateway_id="g1", site_id="s1")
    return Discovery("org-1", "Org", (site,), (gateway,), circuits, (), whole)


class Taking:
    """An intake, and how often it looked a discovery through."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.looked = 0
        self._numbers: dict[tuple[str, str], int] = {}
        self._intake = Intake(None, self._number, 0)

        def counted(*args: object) -> object:
            self.looked += 1
            return reconcile(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(intake, "reconcile", counted)

    def _number(self, kind: str, ident: str) -> int:
        return self._numbers.setdefault((kind, ident), len(self._numbers))

    def take(self, discovery: Discovery, after: float) -> Inventory:
        at = START + after
        sweep = Sweep(at, at, discovery, None, None, None)
        return self._intake.take(sweep, int(at // 60), 60.0)[1]


@pytest.fixture
def taking(monkeypatch: pytest.MonkeyPatch) -> Taking:
    return Taking(monkeypatch)


def ports(inventory: Inventory) -> list[str]:
    return [c.port_id for c in inventory.circuits]


def test_the_same_discovery_is_looked_through_once(taking: Taking) -> None:
    same = seen("a", "b")
    first = taking.take(same, 0)
    assert taking.take(same, 60) is first
    assert taking.take(same, 120) is first
    assert taking.looked == 1


def test_another_discovery_is_looked_through_also_when_it_says_the_same(taking: Taking) -> None:
    first = taking.take(seen("a", "b"), 0)
    assert taking.take(seen("a", "b"), 60) is first
    assert ports(taking.take(seen("a", "b", "c"), 120)) == ["a", "b", "c"]
    assert taking.looked == 3


def test_a_circuit_that_is_not_seen_any_more_leaves_when_its_day_is_over(taking: Taking) -> None:
    taking.take(seen("a", "b"), 0)
    less = seen("a")
    assert ports(taking.take(less, 60)) == ["a", "b"]
    assert ports(taking.take(less, FORGET_AFTER - 60)) == ["a", "b"]
    assert ports(taking.take(less, FORGET_AFTER + 60)) == ["a"]


def test_a_partial_discovery_takes_nothing_away(taking: Taking) -> None:
    taking.take(seen("a", "b"), 0)
    part = replace(seen("a"), whole=False)
    assert ports(taking.take(part, 60)) == ports(taking.take(part, 120)) == ["a", "b"]
    assert ports(taking.take(part, FORGET_AFTER + 60)) == ["a", "b"]
