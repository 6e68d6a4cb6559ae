"""Hours of a week in local time; those over midnight belong to the day on which they begin."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from noctui.engine.notification.hours import hours_of

BERLIN = ZoneInfo("Europe/Berlin")


def local(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


@pytest.mark.parametrize(
    ("hours", "when", "inside"),
    [
        ("07:00-19:00", "2026-11-28 07:00", True),
        ("07:00-19:00", "2026-11-28 19:00", False),  # the end is no part of them
        ("mon-fri 07:00-19:00", "2026-11-27 18:59", True),  # a Friday
        ("mon-fri 07:00-19:00", "2026-11-28 12:00", False),  # a Saturday
        ("22:00-06:00", "2026-11-28 05:59", True),
        ("22:00-06:00", "2026-11-28 06:00", False),
        ("fri 22:00-06:00", "2026-11-28 03:00", True),  # Friday night reaches into Saturday
        ("fri 22:00-06:00", "2026-11-29 03:00", False),
        ("sat-mon 00:00-24:00", "2026-11-29 23:59", True),  # over the week's end
        ("sat-mon 00:00-24:00", "2026-12-01 00:00", False),
        ("Mon,Wed 10:00-11:00", "2026-12-02 10:30", True),
        ("01:00-03:00", "2026-03-29 03:30", False),  # 02:30 does not exist on that day
    ],
)
def test_hours_in_local_time(hours: str, when: str, inside: bool) -> None:
    assert hours_of(hours).at(local(when), BERLIN) is inside


def test_both_halves_of_the_hour_that_comes_twice_are_in() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=0).timestamp()
    second = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1).timestamp()
    assert second - first == 3600
    assert all(hours_of("02:00-03:00").at(at, BERLIN) for at in (first, second))


@pytest.mark.parametrize("text", ["", "7-19", "25:00-26:00", "07:61-08:00", "someday 07:00-08:00"])
def test_other_texts_are_no_hours(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no|are no|not in"):
        hours_of(text)
