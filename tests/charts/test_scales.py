"""Round values beside an axis (SCREENS 5): utilisation to 100, when exceeded to 110 …; quality to 1.2 × critical."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.charts.scales import label, steps, top_of


@pytest.mark.parametrize(
    ("scale", "highest", "critical", "top"),
    [("percent", 12, 90, 100), ("percent", 104, 90, 110), ("critical", 20, 150, 180), ("critical", 900, 150, 1000),
     ("mos", 4.4, None, 5), ("open", 3.2e8, None, 5e8)],
)  # fmt: skip
def test_where_an_axis_ends(scale: str, highest: float, critical: float | None, top: float) -> None:
    assert top_of(scale, np.array([1, highest, np.nan], np.float32), critical) == pytest.approx(top)  # type: ignore[arg-type]


@given(st.floats(1e-3, 1e12), st.integers(2, 12))
def test_steps_are_few_even_and_inside(top: float, most: int) -> None:
    found = steps(top, most)
    assert found[0] == 0
    assert 1 <= len(found) <= most
    assert found[-1] <= top * (1 + 1e-6)
    assert np.allclose(np.diff(found), found[1] - found[0] if len(found) > 1 else 0, rtol=1e-6)


def test_steps_of_utilisation_are_tens_and_quarters() -> None:
    assert steps(100, 6) == (0, 20, 40, 60, 80, 100)
    assert steps(100, 5) == (0, 25, 50, 75, 100)
    assert steps(0, 5) == steps(float("nan"), 5) == (0,)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.25, "0.25"), (1200, "1200"), (50_000, "50k"), (2.5e6, "2.5M"), (1e9, "1G"), (1.5e10, "15G")],
)
def test_labels_are_short(value: float, text: str) -> None:
    assert label(value) == text
