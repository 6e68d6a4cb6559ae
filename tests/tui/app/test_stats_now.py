"""What stands under `now` on the circuit screen: a series of hours (13 months) has no sample that could say it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from noctui.model.scene import Range, Series
from noctui.tui.panes.stats_figures import now_of
from tests import night

VIEW = night.view()
ROW = VIEW.inventory.circuit_row[night.HOT]
NAMES = ("rx_pct", "tx_pct", "loss", "jitter", "latency", "mos")


def series(source: str, value: float) -> Series:
    """One row that ends with the range."""
    values = {name: np.array([value], np.float32) for name in NAMES}
    return Series(
        night.HOT, Range(VIEW.at - 3600.0, VIEW.at), np.array([VIEW.at]), np.array([60.0], np.float32), values, source
    )


@pytest.mark.parametrize("name", NAMES)
def test_now_is_the_polls_own_where_only_hours_are_shown(name: str) -> None:
    told = float(getattr(VIEW.circuits, name)[ROW])
    assert now_of(series("hours", 3.0), name, VIEW, ROW) == pytest.approx(told, nan_ok=True)
    assert not math.isnan(now_of(series("hours", 3.0), "rx_pct", VIEW, ROW))


def test_utilisation_now_is_the_higher_of_rx_and_tx() -> None:
    rx, tx = (float(getattr(VIEW.circuits, name)[ROW]) for name in ("rx_pct", "tx_pct"))
    assert now_of(series("hours", 3.0), "util", VIEW, ROW) == max(rx, tx)


def test_what_is_stale_is_not_now() -> None:
    old = replace(VIEW, circuits=replace(VIEW.circuits, stale=np.ones(len(VIEW.circuits), np.bool_)))
    assert math.isnan(now_of(series("hours", 3.0), "rx_pct", old, ROW))


def test_now_is_the_last_sample_where_samples_are_shown() -> None:
    assert now_of(series("polls", 3.0), "rx_pct", VIEW, ROW) == 3.0
    assert math.isnan(now_of(None, "rx_pct", VIEW, ROW))
