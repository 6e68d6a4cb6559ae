"""Planned work poll by poll: who is in a window, what is news, and that nothing is done while nothing changes."""

from __future__ import annotations

import time

from msgspec import structs

from noctui.model.alarms import Condition
from noctui.model.faults import HistoryError
from noctui.model.notices import Status
from noctui.model.works import OVER, Work
from noctui.runtime.planning import Planning
from tests.planned.made import chain, work

TWO = chain([("Zayo", "IC-1"), ("Lumen", "BB-7")], [("Zayo", "IC-2"), ("Comcast", "CC-9")])
CHG = work("CHG-20881", [(1000, 2000)], ["IC-1", "IC-2"], known_at=100)


def planning(*works: Work) -> Planning:
    made = Planning()
    made.begin(lambda _: works)
    return made


def wanted(plan: Planning) -> list[Condition]:
    return list(plan.conditions)


def test_a_window_holds_its_circuits_from_start_to_end() -> None:
    plan = planning(CHG)
    seen = {}
    for at in (999.0, 1000.0, 1999.9, 2000.0):
        plan.at(at, TWO)
        seen[at] = sorted(plan.holds), None if plan.held is None else plan.held.tolist(), sorted(plan.over)
    inside: object = (["s0:0", "s1:0"], [True, False, True, False], [])
    assert seen[999.0] == ([], None, [])
    assert seen[1000.0] == seen[1999.9] == inside
    assert seen[2000.0] == ([], None, ["s0:0", "s1:0"])
    assert plan.at(1500.0, TWO) is not None
    assert plan.holds["s0:0"] == "Zayo CHG-20881"


def test_polls_between_changes_get_the_very_same_works() -> None:
    plan = planning(CHG)
    first = plan.at(200.0, TWO)
    assert plan.at(999.0, TWO) is first
    held = plan.at(1000.0, TWO)
    assert held is not first
    assert held.works == first.works
    assert held.works[0] is first.works[0]
    assert plan.at(1060.0, TWO) is held


def test_a_notice_is_news_with_the_next_poll_and_once() -> None:
    plan = planning()
    plan.at(150.0, TWO)
    plan.take([CHG])
    plan.at(160.0, TWO)
    (note,) = plan.news(160.0)
    assert (note.kind, note.event_time, note.text) == (
        "maintenance", 100, "Zayo CHG-20881 announced: Jan 1 00:16–00:33, 2 circuits",
    )  # fmt: skip
    assert plan.news(220.0) == ()
    plan.take([CHG])
    assert plan.news(280.0) == ()


def test_a_cancellation_that_came_late_frees_the_circuits_and_says_so() -> None:
    plan = planning(CHG)
    plan.at(1500.0, TWO)
    assert plan.holds
    gone = structs.replace(
        work("CHG-20881", [(1000, 2000)], ["IC-1", "IC-2"], status=Status.CANCELLED, known_at=1510, version=2),
        said=("CONFIRMED → CANCELLED",), late=True,
    )  # fmt: skip
    plan.take([gone])
    plan.at(1560.0, TWO)
    assert not plan.holds
    assert [n.text for n in plan.news(1560.0)] == [
        "Zayo CHG-20881: CONFIRMED → CANCELLED, after its window had begun (Jan 1 00:16–00:33, 2 circuits)"
    ]


def test_an_older_version_that_is_told_late_changes_nothing() -> None:
    plan = planning(structs.replace(CHG, version=3))
    before = plan.at(200.0, TWO)
    plan.take([CHG])
    assert plan.at(260.0, TWO) is before


def test_a_circuit_that_the_inventory_learns_is_held_from_then_on() -> None:
    plan = planning(work("CHG-20881", [(1000, 2000)], ["IC-3"]))
    plan.at(1100.0, TWO)
    assert not plan.holds
    later = chain([("Zayo", "IC-1"), ("Lumen", "BB-7")], [("Zayo", "IC-3"), ("Comcast", "CC-9")], rev=2)
    plan.at(1160.0, later)
    assert list(plan.holds) == ["s1:0"]


def test_a_notice_that_takes_a_whole_site_is_told_at_once_and_wants_a_person_until_it_is_over() -> None:
    plan = planning(CHG)
    plan.at(200.0, TWO)
    assert not wanted(plan)
    plan.take([work("PW-2", [(1500, 2500)], ["BB-7"], provider="Lumen", known_at=250)])
    plan.at(260.0, TWO)
    (condition,) = wanted(plan)
    said = "Lumen PW-2 and Zayo CHG-20881 take all 2 circuits of 0000 Town, Jan 1 00:25–00:33"
    assert (condition.text, condition.site_id, condition.circuit_ids) == (said, "s0", ("s0:0", "s0:1"))
    assert condition.since == 250
    assert [n.text for n in plan.news(260.0)][1] == (
        "conflict: Lumen PW-2 with Zayo CHG-20881 takes all 2 circuits of 0000 Town, Jan 1 00:25–00:33"
    )
    plan.at(1999.0, TWO)
    assert wanted(plan)
    plan.at(2000.0, TWO)
    assert not wanted(plan)


def test_one_work_that_takes_many_sites_is_one_matter() -> None:
    """Both circuits of a site are often one carrier's."""
    many = chain(*([("Zayo", f"A-{n}"), ("Zayo", f"B-{n}")] for n in range(40)))
    plan = planning(work("CHG-1", [(1000, 2000)], [f"{c}-{n}" for n in range(40) for c in "AB"], known_at=100))
    plan.at(200.0, many)
    (condition,) = wanted(plan)
    assert condition.text == "Zayo CHG-1 takes all circuits of 40 sites, Jan 1 00:16–00:33"
    assert (len(condition.circuit_ids), condition.site_id, condition.carrier) == (80, "", "Zayo")


def test_a_site_with_one_circuit_has_no_conflict_to_tell() -> None:
    plan = planning(CHG)
    plan.at(200.0, chain([("Zayo", "IC-1")]))
    assert not wanted(plan)


def test_many_notices_at_once_are_counted() -> None:
    plan = planning()
    plan.take([work(f"C-{n}", [(1000, 2000)], ["IC-1"], known_at=100) for n in range(40)])
    plan.at(200.0, TWO)
    assert [n.text for n in plan.news(200.0)] == ["notices of 40 works came"]


def test_a_day_after_its_last_window_a_work_is_looked_at_no_more() -> None:
    plan = planning(CHG)
    assert len(plan.at(2000.0 + OVER, TWO).works) == 1
    assert len(plan.at(2000.5 + OVER, TWO).works) == 0


def test_what_comes_near_while_we_watch_is_read_within_the_hour() -> None:
    plan, kept = Planning(), [CHG]
    plan.begin(lambda _: kept)
    plan.at(0.0, TWO)
    kept.append(work("CHG-2", [(9000, 9900)], ["IC-2"]))
    assert len(plan.at(3599.0, TWO).works) == 1
    assert len(plan.at(3600.0, TWO).works) == 2
    assert plan.news(3600.0) == ()


def test_a_history_that_cannot_be_read_changes_nothing() -> None:
    plan = planning(CHG)
    before = plan.at(0.0, TWO)

    def broken(_: float) -> list[Work]:
        raise HistoryError("the disk is full")

    plan.begin(broken)
    assert plan.at(60.0, TWO) is before


def test_a_quiet_poll_of_ten_thousand_circuits_takes_no_time() -> None:
    big = chain(*([("Zayo", f"IC-{n}"), ("Lumen", f"BB-{n}")] for n in range(5000)))
    plan = planning(*(work(f"C-{w}", [(9000, 9900)], [f"IC-{w * 20 + c}" for c in range(20)]) for w in range(200)))
    plan.at(100.0, big)
    began = time.perf_counter()
    for n in range(100):
        plan.at(200.0 + n, big)
    assert (time.perf_counter() - began) / 100 < 0.001
