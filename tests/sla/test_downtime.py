"""Budgets, forgiven downtime, periods (facts/numbers.md f)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from noctui.sla.downtime import achieved, achieved_without_windows, budget, overlap
from noctui.sla.periods import BANKERS_MONTH, from_turn_up

HOUR = 3600
MONTH = 720 * HOUR


@pytest.mark.parametrize(
    ("promise", "seconds"), [("99.9", Fraction(2592)), ("99.99", Fraction(2592, 10)), ("99.5", Fraction(12_960))]
)
def test_the_budget_of_30_days(promise: str, seconds: Fraction) -> None:
    assert budget(promise, BANKERS_MONTH) == seconds


def test_an_announced_outage_is_forgiven_and_the_month_stays_as_long() -> None:
    """720 h, a window of 4 h with 3 h of outage inside, 1 h outside: 99.4444, 99.8611, or 99.8603 without windows."""
    assert float(achieved(MONTH, 4 * HOUR)) == pytest.approx(99.4444, abs=5e-5)
    assert float(achieved(MONTH, 4 * HOUR, excused=3 * HOUR)) == pytest.approx(99.8611, abs=5e-5)
    assert float(achieved_without_windows(MONTH, 4 * HOUR, HOUR)) == pytest.approx(99.8603, abs=5e-5)


def test_of_an_outage_half_inside_a_window_the_outside_half_counts() -> None:
    assert overlap((0, 2 * HOUR), (HOUR, 3 * HOUR)) == HOUR
    assert overlap((0, HOUR), (HOUR, 3 * HOUR)) == 0


def test_periods_from_the_turn_up_day_keep_their_anchor() -> None:
    first = date(2027, 1, 31)
    assert [from_turn_up(first, n) for n in range(4)] == [
        first, date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30),
    ]  # fmt: skip
    assert from_turn_up(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert from_turn_up(date(2026, 11, 15), 14) == date(2028, 1, 15)
