"""Burn rates of many circuits (facts 5.5, the SRE Workbook's windows)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from noctui.sla.burn import RULES, BurnRule, burn, burning
from tests.sla.scenes import HOUR, MINUTE

CIRCUITS = 200


def test_the_page_of_200_circuits_is_at_172_8_circuit_minutes_an_hour() -> None:
    assert burn("99.9", CIRCUITS, HOUR, int(172.8 * MINUTE)) == Fraction("14.4")


@pytest.mark.parametrize(("minutes", "rates"), [(172, [6]), (180, [Fraction("14.4"), 6])])
def test_twelve_circuits_for_a_quarter_of_an_hour_page(minutes: int, rates: list[int]) -> None:
    """180 circuit minutes in an hour, all of them also in the last 6 h, and 12 still down in the last 5 min."""

    def within(seconds: int) -> int:
        return {300: 60, HOUR: minutes, 1800: minutes}.get(seconds, 432) * MINUTE

    assert [rule.rate for rule in burning("99.9", CIRCUITS, within) if rule.rate > 1] == rates


def test_what_is_over_tells_no_more() -> None:
    assert burning("99.9", CIRCUITS, lambda seconds: 0 if seconds <= 6 * HOUR else 10**6) == ()


def test_of_one_circuit_a_cut_of_52_seconds_would_page() -> None:
    assert (burn("99.9", 1, HOUR, 52) or 0) > Fraction("14.4") > (burn("99.9", 1, HOUR, 51) or 0)


def test_of_100_percent_nothing_can_be_burnt() -> None:
    assert burn("100", CIRCUITS, HOUR, 60) is None
    assert burning("100", CIRCUITS, lambda _: 60) == ()


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_uses_its_share_of_30_days(rule: BurnRule) -> None:
    """14.4 for an hour is 2 %, 6 for six hours 5 %, 1 for three days 10 %."""
    assert rule.rate * rule.long == rule.budget * 30 * 24 * HOUR
