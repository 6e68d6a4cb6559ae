"""`:at`: how people write instants, and one clear line for what is none."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.tui.commands.asked import CommandError
from noctui.tui.commands.times import instant, said
from tests import night

NOW = night.NOW
"""03:14:07 UTC on Monday, 23 November 2026."""


def read(text: str, now: float = NOW) -> str:
    return dt.datetime.fromtimestamp(instant(text, now), dt.UTC).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("03:10", "2026-11-23 03:10:00"),
        ("3:05", "2026-11-23 03:05:00"),
        ("02:55:30", "2026-11-23 02:55:30"),
        ("02:55 UTC", "2026-11-23 02:55:00"),
        ("21:54", "2026-11-22 21:54:00"),
        ("03:15", "2026-11-22 03:15:00"),
        ("-2h", "2026-11-23 01:14:07"),
        ("-1h30m", "2026-11-23 01:44:07"),
        ("-90s", "2026-11-23 03:12:37"),
        ("2d ago", "2026-11-21 03:14:07"),
        ("today 00:00", "2026-11-23 00:00:00"),
        ("yesterday 14:00", "2026-11-22 14:00:00"),
        ("  YESTERDAY   14:00 ", "2026-11-22 14:00:00"),
        ("mon 02:00", "2026-11-23 02:00:00"),
        ("Monday 04:00", "2026-11-16 04:00:00"),
        ("sat 14:00", "2026-11-21 14:00:00"),
        ("Nov 22 21:54", "2026-11-22 21:54:00"),
        ("22 Nov 21:54", "2026-11-22 21:54:00"),
        ("22. November 21:54", "2026-11-22 21:54:00"),
        ("Nov 20", "2026-11-20 00:00:00"),
        ("Nov 24 10:00", "2025-11-24 10:00:00"),
        ("Feb 29 10:00", "2024-02-29 10:00:00"),
        ("Sept 3 2025 10:00", "2025-09-03 10:00:00"),
        ("2026-11-22T21:54", "2026-11-22 21:54:00"),
        ("2026-11-22 21:54", "2026-11-22 21:54:00"),
        ("2026-11-22", "2026-11-22 00:00:00"),
        ("2026-11-22T21:54Z", "2026-11-22 21:54:00"),
        ("2026-11-22T21:54+01:00", "2026-11-22 20:54:00"),
    ],
)
def test_what_is_understood(text: str, means: str) -> None:
    """A time of day without a day, and a day without a year, are the last ones that have been."""
    assert read(text) == means


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("yesterday noon-ish", "yesterday noon-ish is no time; write 03:15, -2h, yesterday 14:00 or Nov 22 21:54"),
        ("yesterday", "yesterday at what time? write yesterday 14:00"),
        ("tuesday", "tuesday at what time? write tuesday 14:00"),
        ("2026-11-23T03:15", "2026-11-23T03:15 is still to come; it is Nov 23 03:14 UTC"),
        ("today 21:54", "today 21:54 is still to come; it is Nov 23 03:14 UTC"),
        ("1961-08-13", "1961-08-13 is before 1970"),
        ("", "at what time? write 03:15, -2h, yesterday 14:00 or Nov 22 21:54"),
        ("25:00", "25:00 is no time; write 03:15, -2h, yesterday 14:00 or Nov 22 21:54"),
        ("Nov 31 10:00", "Nov 31 10:00 is no time; write 03:15, -2h, yesterday 14:00 or Nov 22 21:54"),
        ("marchish 3", "marchish 3 is no time; write 03:15, -2h, yesterday 14:00 or Nov 22 21:54"),
        ("-999999w", "-999999w is no time; write 03:15, -2h, yesterday 14:00 or Nov 22 21:54"),
    ],
)
def test_what_is_not(text: str, told: str) -> None:
    with pytest.raises(CommandError) as error:
        instant(text, NOW)
    assert str(error.value) == told


def test_how_an_instant_is_said() -> None:
    assert said(night.utc(2, 55), NOW) == "02:55 today"
    assert said(night.utc(2, 55, 30), NOW) == "02:55:30 today"
    assert said(night.utc(21, 54, day=22), NOW) == "21:54 yesterday"
    assert said(night.utc(21, 54, day=2), NOW) == "21:54 on Nov 2"
    assert said(instant("Nov 24 10:00", NOW), NOW) == "10:00 on Nov 24 2025"


WORDS = st.sampled_from(
    [
        "yesterday",
        "today",
        "mon",
        "nov",
        "feb",
        "29",
        "31",
        "2026",
        "-2h",
        "ago",
        "03:15",
        "24:00",
        "T",
        "Z",
        "UTC",
        "+",
    ]
)
TIMES = st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=5).map(" ".join))


@given(text=TIMES, now=st.floats(86_400, 4e9))
def test_any_text_is_an_instant_that_has_been_or_one_clear_line(text: str, now: float) -> None:
    told = ""
    try:
        at = instant(text, now)
    except CommandError as error:
        at, told = now, str(error)
    assert 0 <= at <= now
    assert len(told) < 120


@given(at=st.integers(0, 4_000_000_000), later=st.integers(1, 10**9))
def test_an_iso_time_is_read_as_it_is_written(at: int, later: int) -> None:
    written = dt.datetime.fromtimestamp(at, dt.UTC)
    for text in (written.isoformat(), written.strftime("%Y-%m-%d %H:%M:%S"), written.strftime("%b %d %Y %H:%M:%S")):
        assert instant(text, at + later) == at


@given(at=st.integers(86_400 * 400, 4_000_000_000), later=st.integers(0, 86_399))
def test_a_time_of_day_is_the_last_one_that_has_been(at: int, later: int) -> None:
    clock = dt.datetime.fromtimestamp(at, dt.UTC).strftime("%H:%M:%S")
    assert instant(clock, at + later) == at
