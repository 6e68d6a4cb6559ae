"""Orders of rankings, bad days and failovers: worked cases, and what holds of any order."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from noctui.kpi.offenders import (
    above_share,
    bad_days,
    by_availability,
    by_bad_days,
    by_failovers,
    by_flaps,
    by_time_above,
    failovers_of,
    flaps_each,
    worst_first,
)
from noctui.model.figures import BAD_NO, BAD_UNKNOWN, BAD_YES, GAUGE, GAUGES, Daily, Episode, Figures
from noctui.model.scene import Range
from noctui.model.words import Metric

NAN = math.nan
DAY = Range(0.0, 86_400.0, "24 h")


def figures(
    rows: int, *, above: list[tuple[float, float, float]] | None = None, known: list[float] | None = None,
    flaps: list[int] | None = None, down: list[float] | None = None, available: list[float] | None = None,
    p95: list[float] | None = None, counts: list[int] | None = None,
) -> Figures:  # fmt: skip
    """Figures of utilisation; what is not said is nothing, all day known."""
    none, wide = np.zeros(rows), np.full((rows, len(GAUGES)), NAN)
    over = np.zeros((rows, 4, 3))
    percentiles, time = wide.copy(), np.zeros((rows, len(GAUGES)))
    time[:, GAUGE["util"]] = known or [86_400.0] * rows
    if above is not None:
        over[:, Metric.UTILISATION] = above
    if p95 is not None:
        percentiles[:, GAUGE["util"]] = p95
    return Figures(
        DAY, tuple(f"c{i}" for i in range(rows)), none, np.array(down or none), none, none,
        np.array(flaps or [0] * rows, np.int64), np.array(available or [100.0] * rows), none, none, none, time, wide,
        wide, percentiles, over, over, counts=None if counts is None else np.array(counts, np.int64),
    )  # fmt: skip


def test_the_longest_above_high_leads_then_critical_then_warn_then_p95() -> None:
    found = figures(
        6,
        above=[(0, 0, 0), (60, 60, 0), (900, 300, 0), (900, 300, 60), (600, 0, 0), (600, 0, 0)],
        p95=[99.0, 81.0, 82.0, 82.0, 71.0, 74.0],
    )
    assert by_time_above(found, Metric.UTILISATION).tolist() == [3, 2, 1, 5, 4]  # row 0 reached nothing


def test_equal_rows_keep_their_order() -> None:
    found = figures(4, above=[(60, 60, 60)] * 4)
    assert by_time_above(found, Metric.UTILISATION).tolist() == [0, 1, 2, 3]


def test_a_group_ranks_by_its_share_of_the_time_not_by_its_size() -> None:
    """A hundred circuits of which one was full for a day are not worse than two of which one was."""
    big, small = (100 * 86_400.0, 2 * 86_400.0)
    found = figures(2, above=[(86_400, 86_400, 0), (86_400, 86_400, 0)], known=[big, small], counts=[100, 2])
    assert by_time_above(found, Metric.UTILISATION).tolist() == [1, 0]
    assert above_share(found, Metric.UTILISATION).tolist() == [1.0, 50.0]


def test_a_share_of_no_known_time_is_unknown() -> None:
    assert math.isnan(above_share(figures(1, known=[0.0]), Metric.UTILISATION)[0])


def test_most_flaps_then_longest_down_of_a_group_per_circuit() -> None:
    assert by_flaps(figures(4, flaps=[2, 0, 19, 2], down=[60.0, 900.0, 0.0, 300.0])).tolist() == [2, 3, 0]
    groups = figures(2, flaps=[30, 20], counts=[100, 4])
    assert flaps_each(groups).tolist() == [0.3, 5.0]
    assert by_flaps(groups).tolist() == [1, 0]


def test_who_was_never_down_or_is_not_known_has_no_worst_availability() -> None:
    found = figures(4, available=[99.9, NAN, 98.4, 100.0], down=[86.4, 0.0, 1382.4, 0.0])
    assert by_availability(found).tolist() == [2, 0]


def test_an_availability_that_reads_100_was_down_all_the_same() -> None:
    """One second of 13 months: it is down time that ranks, not what is left of a rounded percentage."""
    assert by_availability(figures(1, available=[100.0 - 1e-9], down=[1.0])).tolist() == [0]


def daily(bad: list[list[int]], p95: list[list[float]] | None = None) -> Daily:
    days = np.array(bad, np.int8)
    none = np.full(days.shape, NAN, np.float32)
    values = none if p95 is None else np.array(p95, np.float32)
    return Daily(
        "util", (), tuple(f"c{i}" for i in range(len(days))), days, values, none, none, np.zeros(days.shape, np.int64)
    )


Y, N, U = BAD_YES, BAD_NO, BAD_UNKNOWN


def test_three_bad_days_of_the_last_seven_are_chronic() -> None:
    """DESIGN 3. A day of which nothing is known is neither; days before the last seven do not count."""
    found = daily([[Y, Y, N, N, Y, N, N, Y, Y], [Y, Y, Y, N, N, N, N, N, Y], [U, U, U, U, U, Y, U, Y, Y]])
    bad, known = bad_days(found)
    assert bad.tolist() == [3, 2, 3]
    assert known.tolist() == [7, 7, 3]
    assert by_bad_days(found).tolist() == [0, 2]


def test_the_most_bad_days_lead_then_the_newest_known_p95() -> None:
    found = daily([[Y, Y, Y, N], [Y, Y, Y, Y], [Y, Y, Y, N]], [[90, 70, 60, NAN], [50, 50, 50, 50], [50, 60, 95, NAN]])
    assert by_bad_days(found).tolist() == [1, 2, 0]


def episode(site: str, began: float, ended: float | None, took: float = NAN) -> Episode:
    return Episode(site, began, ended, f"{site}:a", f"{site}:b", "down", began - 1, took, 60.0)


def test_failovers_count_inside_the_window_running_ones_to_its_end() -> None:
    episodes = (
        episode("x", 86_000.0, None, 24.0),  # runs: 400 s of it
        episode("x", -500.0, 100.0, 60.0),  # began before: 100 s of it
        episode("y", 1000.0, 1600.0),
        episode("z", 5.0, 6.0),  # nobody's here
    )
    found = failovers_of(episodes, ("x", "y", "w"), lambda e: e.site_id, DAY)
    assert found.count.tolist() == [2, 1, 0]
    assert found.running.tolist() == [1, 0, 0]
    assert found.seconds.tolist() == [500.0, 600.0, 0.0]
    assert found.longest.tolist() == [400.0, 600.0, 0.0]
    assert found.took[0] == pytest.approx(42.0)  # the median of 24 and 60
    assert math.isnan(found.took[1])
    assert found.last.tolist() == [0, 2, -1]
    assert by_failovers(found).tolist() == [0, 1]


@given(st.lists(st.tuples(st.floats(0, 5) | st.just(NAN), st.integers(0, 3), st.booleans()), max_size=30))
def test_an_order_holds_each_ranking_row_once_and_never_rises(rows: list[tuple[float, int, bool]]) -> None:
    first: NDArray[np.float64] = np.array([r[0] for r in rows], np.float64)
    second, where = np.array([r[1] for r in rows]), np.array([r[2] for r in rows], np.bool_)
    order = worst_first(first, second, where=where)
    assert sorted(order.tolist()) == np.flatnonzero(where).tolist()
    keys = [(-math.inf if math.isnan(first[i]) else first[i], second[i], -i) for i in order.tolist()]
    assert keys == sorted(keys, reverse=True)
