"""Dates and times as carriers write them: read back exactly, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.planned.times import Hand, TimeError, instant, order_in, stamps
from tests.planned.notices import seconds

US = Hand("mdy", zones={"et": "America/New_York", "central": "America/Chicago", "cst": "-06:00"})


def at(text: str, hand: Hand | None = None) -> int:
    hand = hand or Hand()
    (stamp,) = stamps(text, hand)
    return instant(stamp, hand)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        # facts/maintenance-sla.md 3.1
        ("2019-Apr-09 06:00 UTC", "2019-04-09 06:00"),
        ("2 May 2023 14:00 UTC", "2023-05-02 14:00"),
        ("Thu, 20 May 2021 08:00:00 GMT", "2021-05-20 08:00"),
        ("12-Feb-2024 09:00 (GMT)", "2024-02-12 09:00"),
        ("2023-12-05 20:55:00 +0000 UTC", "2023-12-05 20:55"),
        ("07.08.2021 00:00 GMT+3", "2021-08-06 21:00"),
        ("Aug 19, 2022 05:00 UTC", "2022-08-19 05:00"),
        # others
        ("2026-03-14T04:00:00Z", "2026-03-14 04:00"),
        ("2026-03-14T04:00+02:00", "2026-03-14 02:00"),
        ("2026-03-14T04:00:00-05:00", "2026-03-14 09:00"),
        ("14 March 2026 at 4 pm UTC", "2026-03-14 16:00"),
        ("March 14th, 2026, 12:00 AM UTC", "2026-03-14 00:00"),
        ("March 14th, 2026, 12:00 PM UTC", "2026-03-14 12:00"),
        ("04:00 UTC on 14 March 2026", "2026-03-14 04:00"),
        ("14 Mar 2026 0400 UTC", "2026-03-14 04:00"),
        ("14 Mar 2026 24:00 UTC", "2026-03-15 00:00"),
        ("24 de marzo de 2026 05:00 UTC", "2026-03-24 05:00"),
        ("24. März 2026 05:00 CET", "2026-03-24 04:00"),
        ("14 Mar 26 04:00 UTC", "2026-03-14 04:00"),
        ("14-07-2026 04:00 UTC", "2026-07-14 04:00"),  # no fourteenth month
        ("04/04/2026 04:00 UTC", "2026-04-04 04:00"),  # the same in both orders
        ("2026-07-14 04:00 CET/CEST", "2026-07-14 02:00"),
        ("2026-07-14 04:00 America/New_York", "2026-07-14 08:00"),
        ("2026-07-14 04:00 UTC-05:00", "2026-07-14 09:00"),
    ],
)
def test_forms(text: str, utc: str) -> None:
    assert at(text) == seconds(utc)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("06/8/2021 21:00:00(GMT)", "2021-06-08 21:00"),
        ("8/12/2021 2:00:00 am GMT", "2021-08-12 02:00"),
        ("03/20/24 02:00 ET", "2024-03-20 06:00"),
        ("25-Sep-2020 05:00 ( Central )", "2020-09-25 10:00"),
        ("01/20/2026 05:00 CST", "2026-01-20 11:00"),
    ],
)
def test_forms_of_a_carrier_whose_hand_is_known(text: str, utc: str) -> None:
    assert at(text, US) == seconds(utc)


def test_the_day_comes_first_where_the_hand_is_so() -> None:
    assert at("06/8/2021 21:00:00(GMT)", Hand("dmy")) == seconds("2021-08-06 21:00")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("03/04/2026 04:00 UTC", "day or month first?"),
        ("2026-03-14 04:00", "in which zone?"),
        ("2026-03-14 04:00 CST", "CST can be more than one zone"),
        ("2026-03-14 04:00 IST", "IST can be more than one zone"),
        ("2026-03-14 04:00 ( Central )", "Central can be more than one zone"),
        ("2026-03-14 04:00 local time", "local time can be more than one zone"),
        ("2026-03-08 02:30 America/New_York", "clocks skip this time"),
        ("2026-11-01 01:30 EST/EDT", "clocks show this time twice"),
        ("Friday, 14 March 2026 04:00 UTC", "2026-03-14 is no Fri"),
        ("31 April 2026 04:00 UTC", "no such day"),
        ("14 March 2026 13:00 am UTC", "no such time of day"),
        ("2026-03-14 06:00-10:00 UTC", "unpack"),  # a range, not an offset of ten hours
    ],
)
def test_what_is_not_sure_is_not_read(text: str, says: str) -> None:
    with pytest.raises((TimeError, ValueError), match=says.replace("?", r"\?").replace("(", r"\(")):
        at(text)


def test_standard_time_written_in_summer_is_read_as_it_stands_and_doubted() -> None:
    hand = Hand()
    assert at("2026-07-14 04:00 EST", hand) == seconds("2026-07-14 09:00")
    assert hand.doubts == ["EST is written of a day in summer time"]
    assert at("2026-01-14 04:00 EST", hand) == seconds("2026-01-14 09:00")
    assert len(hand.doubts) == 1


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("Start 25/11/2026", "dmy"),
        ("Start 11/25/2026", "mdy"),
        ("Start 05/11/2026 (dd/mm/yyyy)", "dmy"),
        ("Thu 06/08/2026", "dmy"),  # 6 August is one, 8 June is none
        ("05/11/2026", ""),
        ("05.11.2026 and 11/25/2026", "mdy"),  # with dots the day is always first
    ],
)
def test_what_proves_the_order_of_day_and_month(text: str, order: str) -> None:
    assert order_in(text) == order


ZONES = {
    "UTC": UTC, "GMT": UTC, "CET/CEST": ZoneInfo("Europe/Berlin"), "EST/EDT": ZoneInfo("America/New_York"),
    "Asia/Kolkata": ZoneInfo("Asia/Kolkata"), "GMT+3": timezone(timedelta(hours=3)),
    "UTC-05:30": timezone(timedelta(hours=-5, minutes=-30)), "+0930": timezone(timedelta(hours=9, minutes=30)),
    "EDT": timezone(timedelta(hours=-4)), "JST": timezone(timedelta(hours=9)),
}  # fmt: skip
FORMS = (
    "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y/%m/%d %H:%M:00", "%Y-%b-%d %H:%M", "%d %B %Y %H:%M",
    "%a, %d %b %Y %H:%M:00",
    "%b %d, %Y %I:%M %p", "%A, %B %d %Y at %I:%M%p", "%d.%m.%Y %H:%M", "%d-%b-%y %H:%M", "%H:%M on %d %B %Y",
)  # fmt: skip


@given(
    st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30)).map(lambda d: d.replace(second=0, microsecond=0)),
    st.sampled_from(sorted(ZONES)),
    st.sampled_from(FORMS),
    st.sampled_from(["{} {}", "{} ({})", "{}  {} "]),
)
def test_an_instant_written_in_any_form_and_zone_is_read_back(
    when: datetime, zone: str, form: str, joined: str
) -> None:
    local = when.replace(tzinfo=UTC).astimezone(ZONES[zone])
    if form.startswith("%H:%M on"):
        text = local.strftime(f"%H:%M {zone} on %d %B %Y")
    else:
        text = joined.format(local.strftime(form), zone)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        with pytest.raises(TimeError, match="clocks show this time twice"):
            at(text)
    else:
        assert at(text) == when.replace(tzinfo=UTC).timestamp()
