"""A circuit asked for by itself has the same digits as among all: sums do not depend on what stands beside a row."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from noctui.kpi.hourly import average_and_highest
from noctui.kpi.spans import Spans


@given(st.integers(0, 2**32), st.integers(0, 90), st.integers(2, 5))
def test_a_row_alone_is_the_row_among_others(seed: int, polls: int, rows: int) -> None:
    rng = np.random.default_rng(seed)
    weight = rng.integers(0, 60_000, (polls, rows)).astype(np.int32)
    begin = np.cumsum(weight, axis=0, dtype=np.int32) - weight
    values = (rng.random((polls, rows)) * 1e9).astype(np.float32)
    values[rng.random((polls, rows)) < 0.1] = np.nan
    together = average_and_highest(values, Spans(3_600_000, begin, weight))
    for row in range(rows):
        one = slice(row, row + 1)
        alone = average_and_highest(values[:, one], Spans(3_600_000, begin[:, one], weight[:, one]))
        for among, single in zip(together, alone, strict=True):
            np.testing.assert_array_equal(among[one], single)
