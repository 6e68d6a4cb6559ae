"""How often, how long and how fast: figures over episodes, by calendar periods and over all."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.kpi.calendar import periods
from noctui.kpi.episode_figures import Switching, counts, lengths, switching
from noctui.model.figures import Episode, Grain

NAN = math.nan


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def episode(began: float, ended: float | None = None, took: float = 30.0, uncertainty: float = 60.0) -> Episode:
    return Episode("site", began, ended, "p", "s", "down", began - took, took, uncertainty)


def test_counts_per_local_day_where_the_episode_begins() -> None:
    """23:30 of the 27th in Denver is 06:30 UTC of the 28th; an episode over midnight counts once."""
    zone = "America/Denver"
    found = [episode(at("2026-11-28T06:30"), at("2026-11-28T09:00")), episode(at("2026-11-28T07:00"))]
    days = periods(Grain.DAY, at("2026-11-27T12:00"), at("2026-11-30T00:00"), zone)
    assert [(d.key, int(n)) for d, n in zip(days, counts(found, days), strict=True)] == [
        ("2026-11-27", 1), ("2026-11-28", 1), ("2026-11-29", 0),
    ]  # fmt: skip


def test_counts_per_week_and_month_of_the_turn_of_the_year() -> None:
    """2026-W53 runs from December 28 to January 3 (ISO 8601)."""
    found = [episode(at(t)) for t in ("2026-12-27T23:59", "2026-12-28T00:00", "2027-01-03T23:59", "2027-01-04T00:00")]
    weeks = periods(Grain.WEEK, at("2026-12-27T00:00"), at("2027-01-05T00:00"), "UTC")
    assert [(w.key, int(n)) for w, n in zip(weeks, counts(found, weeks), strict=True)] == [
        ("2026-W52", 1), ("2026-W53", 2), ("2027-W01", 1),
    ]  # fmt: skip
    months = periods(Grain.MONTH, at("2026-12-01T00:00"), at("2027-01-05T00:00"), "UTC")
    assert counts(found, months).tolist() == [2, 2]


def test_lengths_are_split_at_midnight_and_open_ones_count_until_now() -> None:
    days = periods(Grain.DAY, at("2026-11-27T00:00"), at("2026-11-29T00:00"), "UTC")
    found = [episode(at("2026-11-27T23:00"), at("2026-11-28T02:00")), episode(at("2026-11-28T10:00"))]
    assert lengths(found, days, at("2026-11-28T10:30")).tolist() == [3600, 7200 + 1800]


@given(st.lists(st.tuples(st.integers(0, 20 * 86_400), st.integers(0, 3 * 86_400)), max_size=20))
def test_days_add_up_to_all_of_it(spans: list[tuple[int, int]]) -> None:
    start = at("2026-10-20T00:00")
    found = [episode(start + began, start + began + length) for began, length in spans]
    days = periods(Grain.DAY, start - 86_400, start + 24 * 86_400, "Europe/Berlin")
    assert counts(found, days).sum() == len(spans)
    assert lengths(found, days, start + 30 * 86_400).sum() == sum(length for _, length in spans)


def test_the_time_to_fail_over() -> None:
    found = [episode(0, took=t) for t in (24.0, 60.0, 40.0, NAN)]
    assert switching(found) == Switching(all=4, known=3, median=40, longest=60, uncertainty=60)


def test_a_time_that_is_not_known_to_within_itself_is_left_out() -> None:
    """Nobody polled for five hours: it took some time between nothing and five hours."""
    found = [episode(0, took=30.0), episode(0, took=18_000.0, uncertainty=18_000.0)]
    assert switching(found) == Switching(2, 1, 30, 30, 60)
    dark = [episode(0, took=18_000.0, uncertainty=1000.0)]  # no circuit at all was up for so long
    assert switching(dark) == Switching(1, 1, 18_000, 18_000, 1000)


@pytest.mark.parametrize("found", [[], [episode(0, took=NAN)]])
def test_nothing_known_is_unknown(found: list[Episode]) -> None:
    told = switching(found)
    assert (told.all, told.known) == (len(found), 0)
    assert math.isnan(told.median)
    assert math.isnan(told.longest)
