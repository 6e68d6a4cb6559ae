"""One circuit's hours out of months, days and single hours: the newest that knows of an hour says it, and no other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import numpy as np
import pytest

from noctui.model.scene import Range
from noctui.stores.history.hourly import DAY_PACKS, MONTH_TILES, VECTORS, empty_columns, hours_series
from noctui.stores.history.pack import build
from noctui.stores.history.schema import STEPS

HOUR, DAY = 3600.0, 86400.0
HOURS = {VECTORS: 1, DAY_PACKS: 24, MONTH_TILES: 31 * 24}


@pytest.fixture
def db() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:")
    for step in STEPS:
        made.executescript(step)
    made.execute("INSERT INTO circuits VALUES (2, 'c2')")
    return made


def put(db: sqlite3.Connection, kind: int, start: float, known: Iterable[int], value: float) -> None:
    """A block that knows of these hours (counted from its begin) alone."""
    into, at = empty_columns(4, HOURS[kind]), list(known)
    for number in into:
        into[number][:, at] = value
    db.execute(
        "INSERT INTO rollups (kind, start, block, merged, org_id, rev, epoch, data) VALUES (?, ?, 0, 0, 'o', 1, 1, ?)",
        (kind, start, build(into, 64)),
    )


def said(db: sqlite3.Connection, end: float) -> dict[int, tuple[float, float]]:
    """Number of the hour → (highest, mean)."""
    found = hours_series(db, "c2", 2, ("loss",), Range(0.0, end))
    columns = found.times, found.values["loss"], found.means["loss"]
    return {round(at / HOUR) - 1: (high, mean) for at, high, mean in zip(*(c.tolist() for c in columns), strict=True)}


def test_an_hour_made_late_hides_nothing_else_of_its_day_or_month(db: sqlite3.Connection) -> None:
    """A month was put together; then one hour of its second day was made anew, and lies in a day's pack again, and one
    of the third by itself."""
    put(db, MONTH_TILES, 0.0, range(72), 1.0)
    put(db, DAY_PACKS, DAY, [3], 2.0)
    put(db, VECTORS, 50 * HOUR, [0], 3.0)
    expected = dict.fromkeys(range(72), 1.0) | {27: 2.0, 50: 3.0}
    assert said(db, 72 * HOUR) == {hour: (value, value) for hour, value in expected.items()}


def test_what_nobody_looked_at_is_left_out(db: sqlite3.Connection) -> None:
    put(db, MONTH_TILES, 0.0, [0, 5], 1.0)
    put(db, VECTORS, 5 * HOUR, [], 2.0)
    assert said(db, 72 * HOUR) == {0: (1.0, 1.0), 5: (1.0, 1.0)}


def test_an_hour_as_it_was_known_stands_in_the_place_of_the_stored_one(db: sqlite3.Connection) -> None:
    put(db, DAY_PACKS, 0.0, range(24), 1.0)
    own = {"loss_max": np.array([7.0], np.float32), "loss_avg": np.array([5.0], np.float32)}
    found = hours_series(db, "c2", 2, ("loss",), Range(0.0, DAY), then={3: own, 4: {}, 30: own})
    assert len(found.times) == 23, "of one nobody had polled"
    assert (found.values["loss"][3], found.means["loss"][3]) == (7.0, 5.0)
    assert found.times[4] == 6 * HOUR
