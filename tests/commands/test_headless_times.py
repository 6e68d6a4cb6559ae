"""Times on a command line: ISO 8601, UTC without an offset; what is none is one clear line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.commands.times import TimeError, calendar_date, instant, said, span, stamp

NOW = 1_763_856_000.0
"""2025-11-23 00:00:00 UTC"""


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2025-11-23", NOW),
        ("2025-11-23T00:00", NOW),
        ("2025-11-23 00:00:00", NOW),
        ("2025-11-23T00:00:00Z", NOW),
        ("2025-11-23T05:30+05:30", NOW),
        ("20251122T190000-0500", NOW),
        (" 2025-11-23T00:00:00.5Z ", NOW + 0.5),
    ],
)
def test_an_instant_is_utc_unless_it_says_an_offset(text: str, at: float) -> None:
    assert instant(text, "--start") == at


@given(st.datetimes(datetime(1970, 1, 2), datetime(2999, 1, 1)), st.integers(-14 * 60, 14 * 60).map(lambda m: m * 60))
def test_an_instant_reads_back_whatever_its_offset(when: datetime, offset: int) -> None:
    there = when.replace(tzinfo=UTC).astimezone(timezone(timedelta(seconds=offset)))
    assert instant(there.isoformat(), "--start") == when.replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59Z", "9999-12-01", "9990-01-01"])
def test_an_instant_leaves_room_for_the_period_around_it(text: str) -> None:
    with pytest.raises(TimeError, match=r"--at .* is no time such as"):
        instant(text, "--at")


@given(st.text(max_size=20))
def test_any_text_is_an_instant_or_one_clear_line(text: str) -> None:
    try:
        at, says = instant(text, "--start"), ""
    except TimeError as error:
        at, says = 0.0, str(error)
    assert at >= 0
    assert not says or (says.startswith("--start ") and says.isprintable())


@pytest.mark.parametrize("text", ["2026-02-30", "yesterday", "", "1969-12-31", "nan", "1763856000", "2026-W48-1T"])
def test_what_is_no_instant_is_said_with_an_example(text: str) -> None:
    with pytest.raises(TimeError, match=r"--end .* is no time such as 2026-11-28T14:00"):
        instant(text, "--end")


def test_a_span_ends_now_unless_it_says_when() -> None:
    assert span("2025-11-22", None, NOW) == (NOW - 86_400.0, NOW)
    assert span("2025-11-22", "2025-11-22T12:00", NOW) == (NOW - 86_400.0, NOW - 43_200.0)


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [
        ("2025-11-22", "2025-11-21", "--start '2025-11-22' is not before --end '2025-11-21'"),
        ("2025-11-22", "2025-11-22", "is not before --end"),
        ("2025-11-23", None, "--start '2025-11-23' is in the future"),
        ("2030-01-01", "2031-01-01", "is in the future"),
    ],
)
def test_a_span_the_wrong_way_round_or_in_the_future_is_none(start: str, end: str | None, says: str) -> None:
    with pytest.raises(TimeError, match=says):
        span(start, end, NOW)


def test_a_date_is_a_date() -> None:
    assert calendar_date("2026-11-28", "--since").isoformat() == "2026-11-28"
    for text in ("2026-11", "2026-11-28T00:00", "1200-01-01", "today"):
        with pytest.raises(TimeError, match=r"--since .* is no date such as 2026-11-28"):
            calendar_date(text, "--since")


def test_times_are_told_as_the_log_tells_them() -> None:
    assert (said(NOW), stamp(NOW + 0.25)) == ("2025-11-23 00:00 UTC", "2025-11-23T00:00:00.250Z")
