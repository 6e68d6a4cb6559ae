"""Continuous and cumulative time above thresholds (S0-KPI-05, 06): longest unbroken run, and the sum."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from noctui.kpi.runs import Runs, runs
from noctui.kpi.spans import spans

START = 7200.0
UTIL = 0
Row = tuple[float, int]
"""Seconds after START, level of utilisation (0 none … 3 critical)."""


def of(rows: Sequence[Row], length: float = 3600.0, interval: float = 60.0) -> Runs:
    at = np.array([t for t, _ in rows]) + START
    level = np.array([[lv] for _, lv in rows], np.uint8)
    own = np.full((len(rows), 1), True)
    return runs(level, spans(at, np.full(len(rows), interval), own, START, START + length))


def high(found: Runs) -> tuple[int, int, int, int]:
    """Seconds of utilisation at or above `high`: total, longest, at the beginning, at the end."""
    return tuple(int(k[0, UTIL, 1]) // 1000 for k in (found.above, found.longest, found.head, found.tail))  # type: ignore[return-value]


def test_the_longest_run_and_the_sum_are_two_figures() -> None:
    rows = [(60 * i, 2 if i in (1, 2, 5) else 0) for i in range(61)]
    assert high(of(rows)) == (180, 120, 120, 0)


def test_a_gap_ends_a_run_and_its_time_is_not_counted() -> None:
    """S0 let a continuous run go on through a gap (predecessors 1.0). A sample reaches back 3 intervals."""
    rows = [(60.0, 2), (120.0, 2), (1200.0, 2), (1260.0, 2)]
    assert high(of(rows)) == (60 + 60 + 180 + 60, 240, 120, 0)


def test_a_breach_at_the_threshold_counts_for_every_level_below() -> None:
    found = of([(60.0, 3)])
    assert [int(v) for v in found.above[0, UTIL]] == [60_000, 60_000, 60_000]
    assert [int(v) for v in of([(60.0, 1)]).above[0, UTIL]] == [60_000, 0, 0]


def test_a_run_from_edge_to_edge_is_head_and_tail() -> None:
    rows = [(60.0 * i, 2) for i in range(61)]
    assert high(of(rows)) == (3600, 3600, 3600, 3600)


def test_metrics_are_counted_apart() -> None:
    """Two bits a metric: utilisation warn, latency critical."""
    at = np.array([START + 60.0])
    byte = np.array([[1 | 3 << 6]], np.uint8)
    found = runs(byte, spans(at, np.full(1, 60.0), np.full((1, 1), True), START, START + 3600.0))
    assert (found.above[0] // 1000).tolist() == [[60, 0, 0], [0, 0, 0], [0, 0, 0], [60, 60, 60]]


def plain(rows: list[Row], length: int, interval: int) -> tuple[int, int]:
    """Second by second: which level held, None where no sample stands for it."""
    held: list[int | None] = [None] * length
    before = -(10**9)
    for at, level in rows:
        for second in range(max(0, int(max(before, at - 3 * interval))), min(length, int(at))):
            held[second] = level
        before = int(at)
    total = sum(1 for lv in held if lv is not None and lv >= 2)
    longest = run = 0
    for lv in held:
        run = run + 1 if lv is not None and lv >= 2 else 0
        longest = max(longest, run)
    return total, longest


@given(
    st.lists(
        st.tuples(st.integers(-600, 4500), st.integers(0, 3)), min_size=1, max_size=40, unique_by=lambda row: row[0]
    ),
    st.sampled_from([10, 60, 300]),
)
def test_equals_a_count_of_every_second(rows: list[tuple[int, int]], interval: int) -> None:
    rows.sort()
    found = high(of([(float(t), lv) for t, lv in rows], interval=float(interval)))
    assert found[:2] == plain([(float(t), lv) for t, lv in rows], 3600, interval)
