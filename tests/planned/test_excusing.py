"""Stored versions of planned work → what promises are scored with."""

from __future__ import annotations

from msgspec import structs

from noctui.model.notices import Affected, Impact, Status, Window
from noctui.planned.excusing import planned_of
from tests.planned.made import chain, work

TWO = chain([("Zayo", "IC-1"), ("Lumen", "BB-7")], [("Zayo", "IC-2"), ("Comcast", "CC-9")])


def test_a_version_says_which_circuits_and_when_it_was_announced_and_known() -> None:
    (one,) = planned_of(
        [work("CHG-1", [(0, 100)], ["IC-1", "IC-404"], announced_at=5, known_at=9, seconds=30)], TWO
    )  # fmt: skip
    assert (one.carrier, one.maintenance_id, one.status, one.circuits) == ("Zayo", "CHG-1", "CONFIRMED", ("s0:0",))
    assert (one.announced_at, one.known_at, one.version) == (5, 9, 1)
    assert [(w.start, w.end, w.impact, w.backup) for w in one.windows] == [(0, 100, 30, False)]
    assert one.impact_of == {"s0:0": "OUTAGE"}


def test_work_on_nobody_we_know_is_left_out() -> None:
    assert planned_of([work("CHG-1", [(0, 100)], ["IC-404"])], TWO) == ()


def test_circuits_with_windows_of_their_own_stand_apart() -> None:
    both = work("CHG-1", [(0, 100)], ["IC-1", "IC-2"])
    nights = (Window(start=0, end=100, circuits=("IC-1",)), Window(start=500, end=600, circuits=("IC-2",)))
    each = structs.replace(both, maintenance=structs.replace(both.maintenance, windows=nights))
    assert {p.circuits: [(w.start, w.end) for w in p.windows] for p in planned_of([each], TWO)} == {
        ("s0:0",): [(0, 100)], ("s1:0",): [(500, 600)],
    }  # fmt: skip


def test_a_version_without_any_of_our_circuits_is_kept_where_another_had_one() -> None:
    life = [work("CHG-1", [(0, 100)], ["IC-1"]), work("CHG-1", [(0, 100)], ["IC-404"], version=2, known_at=50)]
    assert [(p.version, p.circuits) for p in planned_of(life, TWO)] == [(1, ("s0:0",)), (2, ())]


def test_what_another_work_stands_in_for_ends_when_that_was_known() -> None:
    old = work("PW-2", [(500, 600)], ["IC-1"], known_at=10)
    new = work("PW-3", [(900, 950)], ["IC-1"], known_at=70, supersedes=("PW-2",))
    found = [p for p in planned_of([old, new], TWO) if p.maintenance_id == "PW-2"]
    assert [(p.version, p.status, p.known_at) for p in found] == [(1, "CONFIRMED", 10), (2, "CANCELLED", 70)]


def test_of_two_ids_that_mean_one_circuit_the_worse_impact_counts() -> None:
    odd = work("CHG-1", [(0, 100)], ["IC-1"], impact=Impact.NO_IMPACT)
    circuits = (*odd.maintenance.circuits, Affected(circuit="ic1", impact=Impact.OUTAGE))
    both = structs.replace(odd, maintenance=structs.replace(odd.maintenance, circuits=circuits))
    (one,) = planned_of([both], TWO)
    assert one.impact_of == {"s0:0": "OUTAGE"}
    assert Status.CONFIRMED.value == one.status
