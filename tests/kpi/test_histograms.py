"""Histograms added up in a table are those that are merged entry by entry (`kpi.percentile`)."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.kpi.histograms import Histograms
from noctui.kpi.percentile import ERROR, merged, nearest_rank, percentile, sketches
from tests.examples import some


def days(seed: int, rows: int, count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    made = [(rng.gamma(2.0, 20.0, (rows, 40)) * rng.choice([0, 1, 1e7])).astype(np.float32) for _ in range(count)]
    for day in made:
        day[rng.random(day.shape) < 0.2] = np.nan
    return made


@settings(max_examples=some(40), deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(1, 4))
def test_a_table_says_what_merged_entries_say(seed: int, rows: int, count: int) -> None:
    parts = days(seed, rows, count)
    table = Histograms(rows)
    for i, day in enumerate(parts):
        if i % 2:
            table.add(sketches(day))
        else:
            table.add_values(day)
    entries = merged([sketches(day) for day in parts])
    np.testing.assert_array_equal(table.percentile(), percentile(entries, rows))
    again = table.sketches()
    for name in ("row", "bucket", "count"):
        np.testing.assert_array_equal(getattr(again, name), getattr(entries, name), err_msg=name)
    np.testing.assert_allclose(table.percentile(), nearest_rank(np.concatenate(parts, axis=1)), rtol=ERROR * 1.001)


@given(st.integers(0, 2**32), st.lists(st.integers(-1, 2), min_size=5, max_size=5))
def test_rows_are_added_up_by_group(seed: int, groups: list[int]) -> None:
    into, (day,) = np.array(groups), days(seed, 5, 1)
    by_values, by_entries = Histograms(3), Histograms(3)
    by_values.add_values(day, into)
    by_entries.add(sketches(day), into)
    expected = percentile(merged([sketches(day)], [into]), 3)
    np.testing.assert_array_equal(by_values.percentile(), expected)
    np.testing.assert_array_equal(by_entries.percentile(), expected)


def test_nothing_is_unknown() -> None:
    table = Histograms(2)
    table.add_values(np.full((2, 3), np.nan, np.float32))
    assert np.isnan(table.percentile()).all()
    assert len(table.sketches().row) == 0
