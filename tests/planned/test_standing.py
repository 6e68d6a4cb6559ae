"""Works as they stand beside an inventory: our circuits, what is superseded, what takes a whole site."""

from __future__ import annotations

from msgspec import structs

from noctui.model.notices import Impact, Status
from noctui.planned.standing import Standing
from tests.planned.made import chain, work

TWO = chain([("Zayo", "IC-1"), ("Lumen", "BB-7")], [("Zayo", "IC-2"), ("Comcast", "CC-9")])


def test_a_work_finds_the_circuits_that_its_carrier_names() -> None:
    (found,) = Standing().of((work("CHG-1", [(0, 10)], ["IC-1", "ic 2", "IC-404"], seconds=600),), TWO)
    assert found.circuit_ids == ("s0:0", "s1:0")
    assert [(m.said, m.circuit_ids, m.how) for m in found.matched] == [
        ("IC-1", ("s0:0",), "exact"), ("ic 2", ("s1:0",), "normalised"), ("IC-404", (), "unknown"),
    ]  # fmt: skip
    assert {(m.impact, m.seconds) for m in found.matched} == {(Impact.OUTAGE, 600)}


def test_an_id_that_nobody_knows_is_matched_once_the_inventory_learns_it() -> None:
    standing, works = Standing(), (work("CHG-1", [(0, 10)], ["IC-1", "IC-3"]),)
    assert standing.of(works, TWO)[0].circuit_ids == ("s0:0",)
    later = chain([("Zayo", "IC-1"), ("Lumen", "BB-7")], [("Zayo", "IC-2"), ("Zayo", "IC-3")], rev=2)
    assert standing.of(works, later)[0].circuit_ids == ("s0:0", "s1:1")


def test_carriers_that_share_an_id_are_told_apart_by_who_wrote_the_notice() -> None:
    shared = chain([("CenturyLink", "X-1")], [("Zayo", "X-1")])
    (found,) = Standing().of((work("CHG-1", [(0, 10)], ["X-1"], provider="Lumen"),), shared)
    assert found.circuit_ids == ("s0:0",)
    (unsure,) = Standing().of((work("CHG-1", [(0, 10)], ["X-1"], provider="Cogent"),), shared)
    assert (unsure.circuit_ids, unsure.matched[0].how) == ((), "ambiguous")


def test_two_carriers_on_one_night_are_a_conflict_of_both_works() -> None:
    works = work("CHG-1", [(0, 100)], ["IC-1"]), work("PW-2", [(50, 150)], ["BB-7"], provider="Lumen")
    for found in Standing().of(works, TWO):
        (conflict,) = found.conflicts
        assert (conflict.kind, conflict.name, conflict.start, conflict.end) == ("site", "s0", 50, 100)
        assert conflict.works == ("Lumen PW-2", "Zayo CHG-1")


def test_what_is_withdrawn_superseded_or_not_sure_takes_nothing() -> None:
    first = work("CHG-1", [(0, 100)], ["IC-1"])
    for status in (Status.CANCELLED, Status.TENTATIVE):
        other = work("PW-2", [(50, 150)], ["BB-7"], provider="Lumen", status=status)
        assert not any(w.conflicts for w in Standing().of((first, other), TWO))
    old = work("PW-2", [(50, 150)], ["BB-7"], provider="Lumen")
    new = work("PW-3", [(500, 600)], ["BB-7"], provider="Lumen", supersedes=("pw-2",))
    found = Standing().of((first, old, new), TWO)
    assert [w.superseded_by for w in found] == ["", "PW-3", ""]
    assert not any(w.conflicts for w in found)


def test_members_of_a_protection_group_at_two_sites() -> None:
    ring = chain([("Zayo", "IC-1")], [("Lumen", "BB-7")], group="ring-a")
    works = work("CHG-1", [(0, 100)], ["IC-1"]), work("PW-2", [(50, 150)], ["BB-7"], provider="Lumen")
    kinds = [(c.kind, c.name, c.alone) for c in Standing().of(works, ring)[0].conflicts]
    assert kinds == [("site", "s0", True), ("group", "ring-a", False)]


def test_what_the_carrier_calls_an_emergency_is_one() -> None:
    told = {"Emergency fibre repair": True, "This is not an emergency": False, "Non-emergency work": False, "": False}
    for summary, emergency in told.items():
        assert Standing().of((work("C", [(0, 1)], [], summary=summary),), TWO)[0].emergency is emergency


def test_what_did_not_change_is_the_same_object() -> None:
    standing, one, other = Standing(), work("CHG-1", [(0, 10)], ["IC-1"]), work("CHG-2", [(0, 10)], ["IC-2"])
    first = standing.of((one, other), TWO)
    assert standing.of((one, other), TWO) is first
    assert standing.of((work("CHG-1", [(0, 10)], ["IC-1"]), other), TWO) is first
    matched = first[0].matched
    grown = standing.of((one, structs.replace(other, version=2)), structs.replace(TWO, rev=2))
    assert grown[0].matched is matched
