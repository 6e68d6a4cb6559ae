"""The carriers of the overview: availability is worked out from known time, and where little is known there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.model.view import View
from noctui.tui.panes.carriers import carrier_lines, cover_note
from tests import night

VIEW = night.view()
NAMES = np.array([c.carrier or "unknown" for c in VIEW.inventory.circuits])
NAN = float("nan")


def where(available: float, covered: float, carrier: str = "Lumen") -> View:
    """The night with these figures of one carrier's circuits."""
    table = VIEW.circuits
    its = carrier == NAMES
    return replace(
        VIEW,
        circuits=replace(
            table,
            avail_24h=np.where(its, np.float32(available), table.avail_24h).astype(np.float32),
            coverage_24h=np.where(its, np.float32(covered), table.coverage_24h).astype(np.float32),
        ),
    )


def up(view: View, carrier: str = "Lumen") -> str:
    line = next(line for line in carrier_lines(view, 60, 16) if line[0][0].startswith(carrier))
    return line[-1][0].strip()


def test_down_in_the_first_minute_of_a_history_is_not_down_for_a_day() -> None:
    """60 s of 24 h are 0.07 %: nothing can be said of the day; that the line is down its own column says."""
    assert up(where(0.0, 0.07)) == "–"
    assert up(where(NAN, 0.0)) == "–"
    assert up(where(0.0, 5.0)) == "0.000"


def test_coverage_is_said_where_it_is_not_all() -> None:
    assert cover_note(VIEW) == "now"
    table = VIEW.circuits
    young = replace(VIEW, circuits=replace(table, coverage_24h=np.full(len(table.coverage_24h), 12.34, np.float32)))
    assert cover_note(young) == "now, 24 h: cover 12.3 %"


def test_a_circuit_counts_by_the_time_that_it_was_known() -> None:
    """One up for the 24 h that are known of it and one down for a tenth of them: 1 / 1.1, not the mean of 100 and 0."""
    its = np.flatnonzero(NAMES == "Zayo")
    assert len(its) >= 2
    table = VIEW.circuits
    available, covered = table.avail_24h.copy(), table.coverage_24h.copy()
    available[its], covered[its] = np.nan, 0
    available[its[:2]], covered[its[:2]] = (100, 0), (100, 10)
    view = replace(VIEW, circuits=replace(table, avail_24h=available, coverage_24h=covered))
    assert up(view, "Zayo") == "90.909"


@given(st.floats(0, 100, width=32), st.floats(2, 100, width=32))
def test_where_all_are_alike_it_is_theirs(available: float, covered: float) -> None:
    assert float(up(where(available, covered))) == pytest.approx(available, abs=2e-3)
