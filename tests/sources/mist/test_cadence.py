"""What is asked for now and then slows down before the sweeps do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from noctui.sources.mist.cadence import CHANGES, HOURLY, LEAST, LONGEST, PERIODS, SHARE, SITES, SLE, Cadence
from tests.sources.mist.cloud import NOW

COST = {SITES: 4, CHANGES: 1, SLE: 4, HOURLY: 8}
"""Calls at 3,208 sites (mist 3.1)."""


def paced(limit: int, sweep_calls: int = 32, poll_seconds: float = 60.0) -> Cadence:
    cadence = Cadence(poll_seconds)
    for work, calls in COST.items():
        cadence.cost(work, calls)
    cadence.settle(sweep_calls, limit)
    return cadence


def test_one_token_pays_for_everything_at_3208_sites() -> None:
    cadence = paced(5000)

    assert {work: cadence.period(work) for work in PERIODS} == dict(PERIODS)
    assert sum(calls for _, calls, _ in cadence.plan) == 48 + 12 + 24 + 8


def test_a_period_is_over_when_it_is_over_or_the_clock_was_set_back() -> None:
    cadence = paced(5000)
    assert cadence.due(SLE, NOW)
    cadence.began(SLE, NOW)

    assert [cadence.due(SLE, NOW + s) for s in (0, 599, 600, -1)] == [False, False, True, True]
    cadence.again(SLE, NOW, after=120)
    assert [cadence.due(SLE, NOW + s) for s in (119, 120)] == [False, True]


def test_what_sweeps_leave_is_shared_by_stretching_every_period_alike() -> None:
    """2,450 calls an hour: 80 % are 1,960, sweeps need 1,920, so 40 are left... but a twentieth is always free: 122."""
    assert paced(2450).factor == 1.0
    assert paced(1000).factor == 92 / 50
    assert paced(1000).period(SLE) == 600 * 92 / 50


@given(st.integers(1, 100_000), st.integers(1, 500), st.sampled_from([5.0, 60.0, 600.0]))
def test_the_hour_is_never_overdrawn_by_it(limit: int, sweep_calls: int, poll_seconds: float) -> None:
    cadence = paced(limit, sweep_calls, poll_seconds)

    spent = sum(calls for _, calls, _ in cadence.plan)
    room = max(SHARE * limit - sweep_calls * 3600 / poll_seconds, LEAST * limit)
    assert spent <= max(room * (1 + 1e-9), 92 / LONGEST + 1e-9)


def test_without_any_budget_everything_is_as_slow_as_can_be() -> None:
    assert paced(0).factor == LONGEST
