"""Which circuits are in a window now, and which ones are over theirs; exact at the edges."""

from __future__ import annotations

import pytest

from noctui.model.notices import Impact, Status
from noctui.model.works import OVER, Work, Works
from noctui.planned.standing import Standing
from tests.planned.made import chain, work

ONE = chain([("Zayo", "IC-1")])
C = "s0:0"


def works(at: float, *those: Work) -> Works:
    return Works(at=at, works=Standing().of(those, ONE))


@pytest.mark.parametrize(("at", "under", "over"), [
    (999, False, False), (1000, True, False), (1999, True, False), (2000, False, True), (2000 + OVER, False, True),
    (2001 + OVER, False, False),
])  # fmt: skip
def test_a_window_holds_from_its_start_and_not_at_its_end(at: int, under: bool, over: bool) -> None:
    found = works(at, work("CHG-1", [(1000, 2000)], ["IC-1"]))
    assert (C in found.under, C in found.over) == (under, over)


def test_what_does_not_take_the_circuit_holds_nothing() -> None:
    for odd in (
        work("CHG-1", [(0, 10)], ["IC-1"], impact=Impact.REDUCED_REDUNDANCY),
        work("CHG-1", [(0, 10)], ["IC-1"], impact=Impact.NO_IMPACT),
        work("CHG-1", [(0, 10)], ["IC-1"], status=Status.TENTATIVE),
        work("CHG-1", [(0, 10)], ["IC-1"], status=Status.CANCELLED),
        work("CHG-1", [(0, 10)], ["IC-1"], backup=True),
    ):
        assert not works(5, odd).under
        assert not works(15, odd).over
    assert works(5, work("CHG-1", [(0, 10)], ["IC-1"], impact=Impact.UNKNOWN)).under


def test_done_before_its_end_is_over() -> None:
    done = work("CHG-1", [(1000, 5000)], ["IC-1"], status=Status.COMPLETED, known_at=3000)
    assert C in works(2999, done).under
    found = works(3000, done)
    assert (found.under, found.over[C][1:]) == ({}, (1000, 3000))


def test_the_second_of_two_windows_that_touch_goes_on() -> None:
    two = work("CHG-1", [(0, 10), (10, 20)], ["IC-1"])
    assert C in works(10, two).under
    assert not works(10, two).over
    assert works(25, two, work("CHG-0", [(0, 22)], ["IC-1"])).over[C].end == 22
