"""The health book: its arithmetic, what it counts, and that no secret gets into it."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from noctui.logs import hide
from noctui.model.batch import FeedReport
from noctui.model.health import Health, HistoryHealth, TokenHealth
from noctui.runtime.health import TREND, HealthBook
from noctui.runtime.health_errors import MOST, Errors
from noctui.runtime.health_figures import DAY, Recent, forecast, nearest_ranks
from noctui.runtime.health_history import measure
from noctui.runtime.source import Budget

AT = 1_763_856_000.0
LIVE = ("circuits", "paths")
NAN = float("nan")

seconds = st.floats(0, 1e4)


def ranked(values: list[float], share: float) -> float:
    """By the book: the ceil(p·n)-th smallest."""
    known = sorted(v for v in values if math.isfinite(v))
    whole = round(share * 100)
    return known[-(-whole * len(known) // 100) - 1] if known else NAN


@given(st.lists(seconds | st.just(NAN), max_size=200), st.sampled_from([0.5, 0.95, 0.99]))
def test_percentiles_are_nearest_rank_over_what_is_known(values: list[float], share: float) -> None:
    (found,) = nearest_ranks(np.array(values, np.float64), (share,))
    expected = ranked(values, share)
    assert found == expected or (math.isnan(found) and math.isnan(expected))


def test_percentiles_worked() -> None:
    """Of 1..100 the 95th is 95; of 20 values p95 is the 19th; of one value all are that one."""
    assert nearest_ranks(np.arange(1.0, 101.0), (0.5, 0.95, 0.99)) == (50.0, 95.0, 99.0)
    assert nearest_ranks(np.arange(1.0, 21.0), (0.95,)) == (19.0,)
    assert nearest_ranks(np.array([7.0]), (0.5, 0.95, 0.99)) == (7.0, 7.0, 7.0)


@given(st.lists(st.tuples(st.floats(0, 3600), seconds), max_size=300), st.floats(1, 7200))
def test_recent_keeps_exactly_what_its_span_holds(steps: list[tuple[float, float]], span: float) -> None:
    recent, told, now = Recent(span), list[tuple[float, float]](), AT
    for step, value in steps:
        now += step
        recent.add(now, value)
        told.append((now, value))
    assert recent.within(now).tolist() == [v for at, v in told if at > now - span]


def test_a_clock_that_is_set_back_loses_nothing_and_keeps_the_order() -> None:
    recent = Recent(60)
    for at in (100.0, 40.0, 101.0):
        recent.add(at, at)
    assert recent.within(102.0).tolist() == [100.0, 40.0, 101.0]


def swept(book: HealthBook, at: float, took: float) -> None:
    reports = (FeedReport("circuits", calls=14, rows=9, pages=14, took=took), FeedReport("paths", calls=4, took=0.5))
    book.swept(at, took, reports, 60.0, LIVE)


def test_a_day_of_sweeps() -> None:
    """1,500 sweeps a minute apart: the last 24 h hold 1,440; every hundredth failed."""
    book = HealthBook(AT, 3, "noc-a pid 1")
    for i in range(1500):
        at = AT + i * 60
        if i % 100 == 99:
            book.failed(at, f"Mist answers 503 ({i})")
        else:
            swept(book, at, 1.0 + i % 10)
    now = AT + 1499 * 60
    told = book.told(now, Budget(limit=5000), 60.0)
    assert (told.sweeps, told.failed_24h, told.partial_24h, told.skipped_24h) == (1440, 15, 0, 0)
    assert (told.sweep_p50, told.sweep_p95) == (5.0, 10.0)
    circuits = next(f for f in told.feeds if f.feed == "circuits")
    assert (circuits.calls, circuits.failed_24h, circuits.took_p95, circuits.period) == (14, 15, 10.0, 60.0)
    assert len(circuits.trend) == TREND
    assert math.isnan(circuits.trend[-1])
    assert circuits.last_at == AT + 1498 * 60
    assert "503" in circuits.error
    assert told.plan[0].calls == 18 * 60
    assert told.plan[0].text == "18 calls every 60 s"
    assert told.errors == ((AT + 1499 * 60, "Mist answers 503 (1499) (15 times)"),)


def test_a_feed_that_is_asked_seldom_has_its_own_period_and_sets_no_pace() -> None:
    book = HealthBook(AT, 1)
    for i in range(31):
        reports = [FeedReport("circuits", calls=10, took=2.0)]
        if i % 10 == 0:
            reports.append(FeedReport("sle", calls=4, took=1.0, error="404" if i == 20 else ""))
        book.swept(AT + i * 60, 2.0, tuple(reports), 60.0, LIVE)
    told = book.told(AT + 1800, Budget(), 60.0)
    sle = told.feeds[1]
    assert (sle.feed, sle.period, sle.failed_24h, sle.error) == ("sle", 600.0, 1, "")
    assert sle.last_at == AT + 1800
    assert told.plan[0].calls == 600.0
    assert told.partial_24h == 1


def test_a_lost_page_is_a_failure_of_its_feed_although_rows_came() -> None:
    book = HealthBook(AT, 1)
    book.swept(AT, 2.0, (FeedReport("paths", calls=4, rows=100, pages=3, pages_lost=1, took=2.0),), 60.0, LIVE)
    told = book.told(AT, Budget(), 60.0)
    assert (told.partial_24h, told.failed_24h, told.feeds[0].failed_24h) == (1, 0, 1)
    assert told.feeds[0].last_at == 0.0
    assert told.feeds[0].error == "1 page lost"


def test_skipped_ticks_and_writes() -> None:
    book = HealthBook(AT, 1)
    book.skipped(AT, 3)
    book.skipped(AT + DAY - 60, 2)
    for i in range(100):
        book.wrote(AT + DAY - i, 0.001 * (100 - i))
    told = book.told(AT + DAY, Budget(), 60.0)
    assert told.skipped_24h == 2
    assert (round(told.history.write_p50, 3), round(told.history.write_p95, 3)) == (0.05, 0.095)


def test_warmed_from_history_it_counts_as_if_it_had_been_there() -> None:
    here, warmed = HealthBook(AT, 1, "x"), HealthBook(AT, 1, "x")
    kept: list[tuple[float, bool, tuple[FeedReport, ...]]] = []
    for i in range(50):
        at = AT + i * 60
        if i % 7 == 3:
            here.failed(at, "503")
            kept.append((at, False, ()))
            continue
        lost = 1 if i % 11 == 0 else 0
        reports = (FeedReport("circuits", calls=3, took=1.0 + i, pages_lost=lost),)
        here.swept(at, 1.0 + i, reports, 60.0, ("nothing",))
        kept.append((at, not lost, reports))
    warmed.warm(kept)
    now = AT + 50 * 60
    one, two = here.told(now, Budget(), 60.0), warmed.told(now, Budget(), 60.0)
    for name in ("sweeps", "failed_24h", "partial_24h", "sweep_p50", "sweep_p95", "sweep_p99"):
        assert getattr(one, name) == getattr(two, name), name
    assert [(f.feed, f.failed_24h, f.took_p95) for f in one.feeds] == [
        (f.feed, f.failed_24h, f.took_p95) for f in two.feeds
    ]  # fmt: skip


def test_errors_are_told_once_newest_first_without_secrets_on_one_line() -> None:
    secret = "tok-abcdef-7f3c-very-secret"
    hide([secret])
    errors = Errors()
    for i in range(5):
        errors.add(AT + i, f"page {i} of 12 lost\nwith {secret}")
    errors.add(AT + 9, "disk full")
    newest = errors.newest
    assert newest[0] == (AT + 9, "disk full")
    assert newest[1][0] == AT + 4
    assert newest[1][1].endswith("(5 times)")
    assert "\n" not in newest[1][1]
    assert secret not in repr(newest)
    for i in range(100):
        errors.add(AT, "kind " + "x" * (i + 1))
    assert len(errors.newest) == MOST


@given(st.integers(0, 10**13), st.integers(0, 10**13), st.floats(0, 400 * DAY), st.floats(1, 400))
def test_a_forecast_never_promises_room_that_is_not_there(size: int, free: int, age: float, days: float) -> None:
    now = AT + 500 * DAY
    told = forecast(HistoryHealth(bytes=size, disk_free=free, oldest=now - age), now, days)
    if age < 3600 or not size:
        assert math.isnan(told.bytes_per_day)
        assert told.full_at == 0.0
        return
    assert told.expected_bytes >= size
    assert (told.full_at > 0) == (told.expected_bytes - size > free)
    if told.full_at:
        assert told.full_at >= now


def test_a_forecast_worked() -> None:
    """2 GB in 10 days are 200 MB a day; 30 more days need 6 GB; 3 GB free last 15 days."""
    now = AT + 10 * DAY
    told = forecast(HistoryHealth(bytes=2 * 10**9, disk_free=3 * 10**9, oldest=AT), now, 40.0)
    assert (told.bytes_per_day, told.expected_bytes) == (2e8, 8e9)
    assert told.full_at == now + 15 * DAY
    roomy = forecast(HistoryHealth(bytes=2 * 10**9, disk_free=7 * 10**9, oldest=AT), now, 40.0)
    assert roomy.full_at == 0.0


def test_a_folder_that_is_not_there_is_said_and_an_empty_one_measures_nothing(tmp_path: Path) -> None:
    assert measure(tmp_path / "none", AT, 40.0).text
    empty = measure(tmp_path, AT, 40.0)
    assert (empty.bytes, empty.oldest, empty.text) == (0, 0.0, "")
    assert empty.disk_free > 0


def test_health_travels() -> None:
    """Through msgpack to a child's parent, with NaN and all, and it holds no more than four characters of a token."""
    book = HealthBook(AT, 1)
    book.failed(AT, "503")
    budget = Budget(tokens=(TokenHealth(number=1, ending="…7a3c", used=1, limit=5, state="in use"),))
    told = book.told(AT, budget, 60.0)
    back = msgspec.msgpack.decode(msgspec.msgpack.encode(told), type=Health)
    assert repr(back) == repr(told)
