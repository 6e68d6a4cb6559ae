"""What is wrong with a promise is told in one line each, before anything is scored by it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from noctui.model.sla import Band, Claim, CreditKind, CreditRule, Hours
from noctui.sla.checks import faults
from noctui.sla.money import number
from tests.sla.scenes import PROMISE

CREDITS = CreditRule(kind=CreditKind.HOURS)


def test_a_promise_that_is_right_has_none() -> None:
    assert faults(PROMISE) == ()
    assert faults(replace(PROMISE, hours=(Hours(1320, 240),), hours_zone="Europe/Berlin", credits=CREDITS)) == ()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"uptime": "100.1"}, "uptime '100.1' is no percentage above 0 up to 100, such as 99.9"),
        ({"uptime": "99,9"}, "uptime '99,9' is no percentage above 0 up to 100, such as 99.9"),
        ({"uptime": "nan"}, "uptime 'nan' is no percentage above 0 up to 100, such as 99.9"),
        ({"interval": "week"}, "interval 'week' is not known"),
        ({"algorithm": "magic"}, "algorithm 'magic' is not known"),
        (
            {"algorithm": "repair"},
            "option seconds of algorithm repair is '': a whole number from 1 on is needed",
        ),
        (
            {"algorithm": "diversity", "options": {"at_once": "1"}},
            "option at_once of algorithm diversity is '1': a whole number from 2 on is needed",
        ),
        ({"zone": "Mars/Olympus"}, "zone 'Mars/Olympus' is not known"),
        ({"zone": "../etc/passwd"}, "zone '../etc/passwd' is not known"),
        ({"zone": "America"}, "zone 'America' is not known"),
        ({"hours_zone": "EDT?"}, "zone 'EDT?' is not known"),
        ({"zone": ""}, "zone is empty"),
        ({"minimum_outage": -1}, "minimum_outage is -1: seconds cannot be less than 0"),
        ({"notice": -5}, "notice is -5: seconds cannot be less than 0"),
        ({"hours": (Hours(0, 1500),)}, "hours 0 to 1500 are no minutes of a day on any weekday"),
        ({"hours": (Hours(0, 360, ()),)}, "hours 0 to 360 are no minutes of a day on any weekday"),
        ({"claim": Claim(10**9)}, "a claim within 1000000000 days is not possible"),
        ({"credits": replace(CREDITS, share="1/0")}, "'1/0' is no number"),
        ({"credits": replace(CREDITS, cap="-5")}, "'-5' is no number"),
        (
            {"credits": CreditRule(kind=CreditKind.DOWNTIME, bands=(Band("0", "x", "5"),))},
            "'x' is no number",
        ),
        (
            {"credits": CreditRule(kind=CreditKind.AVAILABILITY, bands=(Band("0", "99", "5"),))},
            "the bands end at 99, not at 100",
        ),
    ],
)
def test_each_fault_is_one_line_that_names_the_promise(changes: dict[str, Any], fault: str) -> None:
    assert faults(replace(PROMISE, **changes)) == (f"promise gold: {fault}",)


@pytest.mark.parametrize("text", ["1e999999", "9" * 41, "", "inf", "1/0", "0x10"])
def test_numbers_that_are_none(text: str) -> None:
    """The first would fill the memory if it were read."""
    assert number(text) is None


@given(st.text(max_size=50), st.text(max_size=50))
def test_no_text_makes_a_check_fail(uptime: str, zone: str) -> None:
    assert all(line.startswith("promise gold: ") for line in faults(replace(PROMISE, uptime=uptime, zone=zone)))
