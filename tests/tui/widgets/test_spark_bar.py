"""Trends and bars."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.model.view import TREND_NONE, TREND_OUTAGE
from noctui.tui.look import Run
from noctui.tui.look.signs import Signs
from noctui.tui.widgets.bar import bad_share_bar, bar, budget_bar
from noctui.tui.widgets.spark import share_spark, spark, wide

SIGNS = Signs()
ASCII = Signs(ascii=True)


def text(runs: tuple[Run, ...]) -> str:
    return "".join(part for part, _ in runs)


def test_a_trend_on_its_fixed_scale() -> None:
    assert text(spark([0, 14, 15, 50, 99, 100, 250], SIGNS)) == "▁▁▂▄▇▇▇"
    assert text(spark([0, 14, 15, 50, 99, 100, 250], ASCII)) == ".._=%%%"


def test_only_critical_cells_are_red_outage_is_a_cross_and_nothing_is_a_blank() -> None:
    slots = np.array([10, 20, TREND_NONE, 89, 90, TREND_OUTAGE, TREND_OUTAGE, 10], np.uint8)
    assert spark(slots, SIGNS) == (("▁▂ ▇", "graph"), ("▇××", "crit"), ("▁", "graph"))
    assert text(spark(slots, ASCII)) == "._ %%xx."


def test_noise_does_not_look_like_trouble() -> None:
    assert text(spark([1, 3, 2, 4], SIGNS)) == "▁▁▁▁"


def test_share_of_bad_is_full_and_red_at_5_percent() -> None:
    assert share_spark([0.0, 1.0, 4.9, 5.0, 60.0, float("nan")], SIGNS) == (("▁▂▇", "graph"), ("▇▇ ", "crit"))


@given(st.lists(st.integers(0, 255), min_size=1, max_size=40), st.integers(1, 60))
def test_a_trend_fitted_to_its_cells_loses_no_outage_and_no_peak(values: list[int], cells: int) -> None:
    slots = np.array([v if v <= 250 else TREND_OUTAGE if v < 253 else TREND_NONE for v in values], np.uint8)
    fitted = wide(slots, cells)
    assert len(fitted) == cells
    assert len(text(spark(fitted, SIGNS))) == cells
    if cells <= len(slots):
        assert (TREND_OUTAGE in fitted) == (TREND_OUTAGE in slots)
        known = slots[slots <= 250]
        if len(known) and TREND_OUTAGE not in slots:
            assert fitted[fitted <= 250].max() == known.max()


def test_bars() -> None:
    assert bar(0.7, 7, SIGNS) == (("━━━━━", "bargood"), ("──", "faint"))
    assert text(bar(0.0, 5, SIGNS)) == "─────"
    assert text(bar(0.001, 5, SIGNS)) == "━────"  # anything above zero is seen
    assert text(bar(0.999, 5, SIGNS)) == "━━━━─"  # only whole is full
    assert text(bar(1.0, 5, SIGNS)) == text(bar(2.59, 5, SIGNS)) == "━━━━━"
    assert text(bar(None, 5, SIGNS)) == text(bar(float("nan"), 5, SIGNS)) == "─────"
    assert text(bar(0.5, 4, ASCII)) == "##--"


@given(st.floats(allow_nan=True), st.integers(0, 40))
def test_a_bar_is_as_wide_as_its_cells(share: float, cells: int) -> None:
    assert len(text(bar(share, cells, SIGNS))) == cells


def test_bad_share_is_full_at_10_percent_and_red_from_5() -> None:
    assert bad_share_bar(10.0, 7, SIGNS) == (("━━━━━━━", "crit"),)
    assert bad_share_bar(7.0, 7, SIGNS)[0] == ("━━━━━", "crit")
    assert bad_share_bar(1.3, 7, SIGNS)[0] == ("━", "bargood")


@pytest.mark.parametrize(
    ("used", "burning", "role"),
    [(0.53, True, "crit"), (0.74, False, "bargood"), (0.75, False, "warn"), (0.9, False, "high"), (1.0, False, "crit")],
)
def test_budget_used(used: float, burning: bool, role: str) -> None:
    assert budget_bar(used, 10, SIGNS, burning=burning)[0][1] == role
