"""The network by the hour: sums, means and shares over circuits, from stored hours."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest

from noctui.kpi.hourly import COLUMNS
from noctui.model.scene import Range
from noctui.stores.history.hourly import KPI_NUMBER, VECTORS, empty_columns
from noctui.stores.history.network_hours import network_series
from noctui.stores.history.pack import build
from noctui.stores.history.schema import STEPS

NAN = float("nan")
HOUR = 3600.0


@pytest.fixture
def db() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:")
    for step in STEPS:
        made.executescript(step)
    made.executemany("INSERT INTO circuits VALUES (?, ?)", [(i, f"c{i}") for i in range(4)])
    return made


def put(db: sqlite3.Connection, hour: int, **columns: list[float]) -> None:
    """One hour's vector; columns that are not given are 0."""
    rows = len(columns["up_seconds"])
    packs = {KPI_NUMBER[name]: np.array(columns.get(name, [0.0] * rows), np.float32)[:, None] for name in COLUMNS}
    db.execute(
        "INSERT INTO rollups (kind, start, block, merged, org_id, rev, epoch, data) VALUES (?, ?, 0, 0, 'o', 1, 1, ?)",
        (VECTORS, hour * HOUR, build(packs, 1024)),
    )


def test_rates_are_summed_utilisation_is_averaged_and_the_bad_are_counted(db: sqlite3.Connection) -> None:
    put(
        db, 100, up_seconds=[3600, 3000, 0, 3600], down_seconds=[0, 600, 0, 0], rx_bps_avg=[1e6, 2e6, NAN, 3e6],
        tx_bps_avg=[NAN] * 4, util_avg=[10, 20, NAN, 90], util_above_high=[0, 0, 0, 1200],
    )  # fmt: skip
    found = network_series(db, Range(0.0, 200 * HOUR))
    assert found.times.tolist() == [101 * HOUR]
    assert found.rx_bps.tolist() == [6e6]
    assert np.isnan(found.tx_bps[0]), "nothing known is not 0"
    assert found.util_mean.tolist() == [40.0]
    assert found.util_p95.tolist() == [90.0]
    assert found.bad_share.tolist() == [pytest.approx(200 / 3)], "of the three that were known"
    assert found.circuits.tolist() == [3]


def test_hours_without_figures_are_left_out_and_the_range_is_kept(db: sqlite3.Connection) -> None:
    put(db, 10, up_seconds=[3600] * 4)
    put(db, 12, up_seconds=[3600] * 4)
    put(db, 13, up_seconds=[NAN] * 4)
    assert (network_series(db, Range(0.0, 14 * HOUR)).times / HOUR).tolist() == [11, 13]
    assert (network_series(db, Range(0.0, 12.9 * HOUR)).times / HOUR).tolist() == [11], "its hour has not ended"
    assert (network_series(db, Range(11 * HOUR, 14 * HOUR)).times / HOUR).tolist() == [13]
    assert not len(network_series(db, Range(50 * HOUR, 60 * HOUR)).times)


def test_packs_of_days_are_read_too(db: sqlite3.Connection) -> None:
    into = empty_columns(4, 24)
    for number in into:
        into[number][:, 5:7] = 0.0
    into[KPI_NUMBER["up_seconds"]][:, 5:7] = 3600.0
    into[KPI_NUMBER["rx_bps_avg"]][:, 5:7] = [[1e6, 2e6]] * 4
    db.execute(
        "INSERT INTO rollups (kind, start, block, merged, org_id, rev, epoch, data) VALUES (2, 0, 0, 0, 'o', 1, 1, ?)",
        (build(into, 64),),
    )
    found = network_series(db, Range(0.0, 24 * HOUR))
    assert (found.times / HOUR).tolist() == [6, 7]
    assert found.rx_bps.tolist() == [4e6, 8e6]
