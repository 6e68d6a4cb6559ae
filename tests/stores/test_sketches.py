"""Histograms come back from the file as they were, also of some rows alone."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.kpi.percentile import Sketches, sketches
from noctui.model.figures import Grain, Period
from noctui.stores.history.kept_figures import Kept, pack_sketches, read_sketches
from tests.examples import some

DAY = Period(0.0, 86_400.0, Grain.DAY, "1970-01-01")


def stored(found: Sketches) -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.execute('CREATE TABLE sketches (id INTEGER PRIMARY KEY, figures, "by", gauge, data BLOB)')
    db.execute("INSERT INTO sketches VALUES (1, 7, '', 1, ?)", (pack_sketches(found),))
    return db


def read(db: sqlite3.Connection, *rows: int) -> Sketches | None:
    return read_sketches(db, Kept(7, DAY, 1, 0.0, 7), "", "util", *rows)


@settings(max_examples=some(30), deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 600), st.sampled_from([1.0, 1e3, 1e9]))
def test_what_is_kept_is_what_is_read(seed: int, rows: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    values = (rng.gamma(2.0, scale, (rows, 30))).astype(np.float32)
    values[rng.random(values.shape) < 0.5] = np.nan
    values[rng.random(values.shape) < 0.1] = 0.0
    values[rng.integers(0, rows, 2)] = np.nan
    found = sketches(values)
    if not len(found.row):
        assert pack_sketches(found) is None
        return
    db = stored(found)
    first, stop = sorted(rng.integers(0, rows + 1, 2).tolist())
    for low, high in ((0, rows), (first, stop)):
        inside = (found.row >= low) & (found.row < high)
        part = read(db, low, high)
        if part is None:
            assert not inside.any()
            continue
        for name in ("row", "bucket", "count"):
            np.testing.assert_array_equal(getattr(part, name), getattr(found, name)[inside], err_msg=name)


def test_of_a_day_without_histograms_nothing_is_read() -> None:
    db = stored(sketches(np.ones((1, 1), np.float32)))
    assert read_sketches(db, Kept(8, DAY, 1, 0.0, 8), "", "util") is None
    assert read_sketches(db, Kept(7, DAY, 1, 0.0, 7), "", "loss") is None
    assert read(db, 5, 9) is None


def test_many_of_one_bucket_are_counted() -> None:
    found = Sketches(np.array([3], np.uint32), np.array([2000], np.uint16), np.array([70_000], np.uint32))
    part = read(stored(found))
    assert part is not None
    assert (part.row.tolist(), part.bucket.tolist(), part.count.tolist()) == ([3], [2000], [70_000])


@pytest.mark.parametrize("rows", [1, 256, 257])
def test_the_last_row_of_a_frame_is_read_alone(rows: int) -> None:
    found = sketches(np.arange(1.0, rows + 1, dtype=np.float32)[:, None])
    part = read(stored(found), rows - 1, rows)
    assert part is not None
    assert part.row.tolist() == [rows - 1]
