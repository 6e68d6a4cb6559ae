"""Outages out of a timeline; time to repair and between failures (facts/numbers.md f)."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.kpi.outages import down, merged, repair
from noctui.model.words import State

MINUTE = 60.0


def test_repair_and_availability_of_a_day_agree() -> None:
    """24 h with outages of 5, 10 and 15 min: MTTR 10, MTBF 470, availability 470 / 480 = 97.9167 %."""
    found = repair(3, (1440 - 30) * MINUTE, 30 * MINUTE)
    assert found.to_repair == 10 * MINUTE
    assert found.between == 470 * MINUTE
    assert found.between / (found.between + found.to_repair) == pytest.approx(0.979167, abs=5e-7)


def test_nothing_failed_nothing_was_repaired() -> None:
    assert repair(0, 3600, 0).between is None


def test_an_open_outage_counts_to_now_and_unknown_time_is_no_outage() -> None:
    told = [(0.0, 60.0, State.UP), (60.0, 120.0, State.DOWN), (120.0, 180.0, State.AWAY), (180.0, 600.0, State.DOWN)]
    assert down(told) == [(60.0, 120.0), (180.0, 600.0)]


def test_overlapping_outages_are_one() -> None:
    assert merged([(10, 30), (0, 20), (30, 40), (50, 50), (60, 70)]) == [(0, 40), (60, 70)]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12))
def test_merging_keeps_every_second_once(intervals: list[tuple[int, int]]) -> None:
    covered = {second for start, end in intervals for second in range(start, end)}
    found = merged([(float(a), float(b)) for a, b in intervals])
    assert sum(b - a for a, b in found) == len(covered)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(found))
