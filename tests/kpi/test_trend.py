"""How gauges move over weeks, and the one order of what is congested and gets worse (docs/figures.md 6)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.kpi.trend import (
    DAYS,
    congested_and_worse,
    improving,
    moves,
    of_daily,
    rises,
    trend,
    worsening,
)
from noctui.model.figures import Daily, Grain, Period, Trend

NAN, NEVER = math.nan, math.inf
DAY = np.arange(DAYS, dtype=np.float64)
SHAPE = np.tile([0.0, 1, 0, 2, 4, 3, -6], 4)
"""A shop's week: busy to Saturday, quiet on Sunday."""


def of(gauge: str, *days: np.ndarray[tuple[int, ...], np.dtype[np.float64]], threshold: float = 90.0) -> Trend:
    ids = tuple(f"c{i}" for i in range(len(days)))
    return trend(gauge, ids, np.array(days, np.float64), threshold)


def test_four_weeks_that_rise() -> None:
    """Half a point a day, from 50: 90 % is reached 53 days after the last one."""
    found = of("util", 50 + DAY / 2)
    assert found.reach[0] == pytest.approx((90 - 63.5) / 0.5)
    assert (found.recent[0], found.before[0], found.change[0]) == (62, 55, 7)
    assert (found.fit.n[0], found.fit.r2[0]) == (28, pytest.approx(1))


def test_what_does_not_rise_never_gets_there() -> None:
    assert of("util", 50 - DAY / 2, np.full(DAYS, 50.0)).reach.tolist() == [NEVER, NEVER]


def test_what_would_take_more_than_a_year_is_never() -> None:
    """337 and 373 days at that pace."""
    found = of("util", 50 + DAY * 0.11, 50 + DAY * 0.1)
    assert found.reach.tolist() == [pytest.approx((90 - 52.97) / 0.11), NEVER]


def test_a_forecast_needs_fourteen_days_and_some_of_the_last_week() -> None:
    rising = 50 + DAY / 2
    young = np.where(DAY >= 14, rising, NAN)
    younger = np.where(DAY >= 15, rising, NAN)
    silent = np.where(DAY < 25, rising, NAN)  # four days of the last seven are known
    gone = np.where(DAY < 24, rising, NAN)
    found = of("util", young, younger, silent, gone)
    assert np.isnan(found.reach).tolist() == [False, True, False, True]
    assert np.isnan(found.recent).tolist() == [False, False, False, True]


def test_a_change_needs_days_on_both_sides() -> None:
    rising = 50 + DAY / 2
    found = of("util", np.where(DAY >= 14, rising, NAN), np.where(DAY >= 15, rising, NAN))
    assert np.isnan(found.change).tolist() == [False, True]


def test_days_before_the_four_weeks_are_left_out() -> None:
    older = np.concatenate([np.full(60, 99.0), 50 + DAY / 2])
    assert of("util", older).fit.slope[0] == pytest.approx(0.5)


def test_one_bad_day_moves_no_median() -> None:
    spike = np.full(DAYS, 30.0)
    spike[-3] = 100.0
    found = of("util", spike)
    assert (found.change[0], moves(found)[0], rises(found)[0]) == (0, 0, False)


def test_the_shape_of_a_week_is_no_trend() -> None:
    found = of("util", 60 + SHAPE)
    assert (moves(found)[0], rises(found)[0]) == (0, False)
    assert abs(found.fit.slope[0]) * DAYS < 2


def test_a_line_counts_that_rises_by_the_floor_in_four_weeks() -> None:
    """2 points for utilisation: 0.07 a day is not enough, however straight."""
    assert rises(of("util", 50 + DAY * 0.07, 50 + DAY * 0.075)).tolist() == [False, True]


def test_the_running_day_is_not_part_of_it() -> None:
    """A day that has just begun would pull every circuit down each morning."""
    values = np.append(50 + DAY / 2, 1.0)[None]
    days = tuple(Period(86_400.0 * i, 86_400.0 * (i + 1), Grain.DAY, str(i)) for i in range(DAYS + 1))
    none = np.zeros((1, DAYS + 1))
    daily = Daily(
        "util", days, ("c",), none.astype(np.int8), values.astype(np.float32), values.astype(np.float32),
        (100 - none).astype(np.float32), none.astype(np.int64),
    )  # fmt: skip
    assert of_daily(daily, 90.0).reach[0] == pytest.approx(53)
    assert of_daily(daily, 99.0, "available").gauge == "available"
    assert of_daily(daily, 99.0, "available").recent.tolist() == [100.0]


def test_less_availability_is_worse_and_reaches_its_threshold_from_above() -> None:
    falling = 100 - DAY * 0.02
    found = of("available", falling, 99.4 + DAY * 0.02, threshold=99.0)
    assert found.reach[0] == pytest.approx((99.46 - 99.0) / 0.02)
    assert found.reach[1] == NEVER
    assert moves(found).tolist() == [1, -1]
    assert rises(found).tolist() == [True, False]


@pytest.mark.parametrize(
    ("gauge", "before", "least"),
    [("util", 60, 2.0), ("loss", 1, 0.05), ("jitter", 10, 1.0), ("latency", 40, 3.0), ("rx_bps", 5e7, 5e6),
     ("flaps", 3, 1.0)],
)  # fmt: skip
def test_what_moved_less_than_the_floor_has_not_moved(gauge: str, before: float, least: float) -> None:
    rows = [np.where(DAY < 21, before, before + share * least) for share in (0.9, 1.1, -0.9, -1.1)]
    found = of(gauge, *rows)
    assert moves(found).tolist() == [0, 1, 0, -1]
    assert (worsening(found).tolist(), improving(found).tolist()) == ([1], [3])


def test_orders_by_change_then_by_what_is_now_then_by_id() -> None:
    rows = [np.where(DAY < 21, was, now) for was, now in ((40, 50), (60, 75), (70, 80), (40, 50), (80, 40), (90, 85))]
    found = of("util", *rows, np.full(DAYS, NAN))
    assert worsening(found).tolist() == [1, 2, 0, 3]
    assert improving(found).tolist() == [4, 5]
    found = of("available", *(np.where(DAY < 21, was, now) for was, now in ((100, 99.5), (100, 99), (99.5, 99))))
    assert worsening(found).tolist() == [1, 2, 0]


def test_congested_and_trending_worse_is_one_order() -> None:
    """S0-Q-01: congested now, worse by its change or its line; by the days until the threshold, then by the p95."""
    rows = {
        "there already": (np.full(DAYS, 89.0) + DAY / 7, 0.0, 95.0),
        "in 53 days": (50 + DAY / 2, 600.0, 40.0),
        "in 13 days": (70 + DAY / 2, 600.0, 40.0),
        "creeps, more by its line than by its weeks": (60 + DAY * 0.1, 600.0, 40.0),
        "not congested": (50 + DAY / 2, 0.0, 69.9),
        "steady": (np.full(DAYS, 85.0), 3600.0, 85.0),
        "better": (95 - DAY / 2, 3600.0, 85.0),
        "too young": (np.where(DAY < 15, NAN, np.where(DAY < 21, 60.0, 80.0)), 600.0, 80.0),
        "silent of late": (np.where(DAY < 21, 60 + DAY, NAN), 600.0, 80.0),
        "rose late, its line falls": (np.where(DAY < 3, 99.0, np.where(DAY < 21, 40.0, 44.0)), 600.0, 80.0),
        "the same, but higher": (np.where(DAY < 3, 99.0, np.where(DAY < 21, 40.0, 44.0)), 600.0, 81.0),
        "unknown": (np.full(DAYS, NAN), NAN, NAN),
    }
    found = trend("util", tuple(rows), np.array([r[0] for r in rows.values()]), 90.0)
    order = congested_and_worse(
        found, np.array([r[1] for r in rows.values()]), np.array([r[2] for r in rows.values()]), 70.0
    )
    assert [found.ids[row] for row in order.tolist()] == [
        "there already", "in 13 days", "in 53 days", "creeps, more by its line than by its weeks",
        "the same, but higher", "rose late, its line falls",
    ]  # fmt: skip


def test_noise_about_a_level_is_rarely_worse() -> None:
    """Half of all lines through noise rise: only those that chance would hardly make count."""
    noise = np.random.default_rng(4).normal(80, 4, (2000, DAYS))
    found = of("util", *noise)
    assert 0.4 < (found.fit.slope > 0).mean() < 0.6
    assert rises(found).mean() < 0.04
    assert rises(of("util", *(noise + DAY * 0.5))).mean() > 0.95


@given(
    st.lists(
        st.lists(st.one_of(st.just(NAN), st.floats(0, 120)), min_size=DAYS, max_size=DAYS), min_size=1, max_size=6
    ),
    st.integers(0, 999),
)
def test_the_order_of_rows_does_not_matter(table: list[list[float]], seed: int) -> None:
    days = np.array(table)
    rng = np.random.default_rng(seed)
    p95, above, shuffle = (
        rng.uniform(40, 100, len(days)),
        rng.choice([0.0, 60.0], len(days)),
        rng.permutation(len(days)),
    )
    ids = np.array([f"c{i}" for i in range(len(days))])
    found = trend("util", tuple(ids), days, 90.0)
    moved = trend("util", tuple(ids[shuffle]), days[shuffle], 90.0)
    for order in (worsening, improving):
        assert ids[order(found)].tolist() == ids[shuffle][order(moved)].tolist()
    listed = congested_and_worse(found, above, p95, 70.0)
    again = congested_and_worse(moved, above[shuffle], p95[shuffle], 70.0)
    assert ids[listed].tolist() == ids[shuffle][again].tolist()
    assert (np.diff(np.nan_to_num(found.reach[listed], nan=1e9, posinf=1e8)) >= 0).all()


def test_the_listed_are_listed_by_days_first_even_when_one_cannot_be_forecast() -> None:
    found = of("util", 50 + DAY / 2, 50 + DAY / 2)
    found = replace(found, reach=np.array([NAN, NEVER]))
    assert congested_and_worse(found, np.full(2, 60.0), np.array([99.0, 50.0]), 70.0).tolist() == [1, 0]
