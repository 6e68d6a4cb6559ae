"""Mist's alarms: told when new or changed, joined to circuits by the port they name, looked after until they end."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from noctui.model.cloud import MistAlarm
from noctui.sources.mist.alarms import DAY, MOST_OLD, SEEN_AGAIN, AlarmLog
from noctui.sources.mist.structs import AlarmRow
from tests.sources.mist.cloud import NOW
from tests.sources.mist.rows import MAC, SITE

REASON = "ifIndex 564, ifAdminStatus up(1), ifOperStatus down(2), ifName ge-0/0/0"
"""facts: the example of gw_port_down."""


def circuit_of(mac: str, port: str) -> str:
    return "c" if (mac, port) == (MAC, "ge-0/0/0") else ""


def row(**more: Any) -> AlarmRow:
    given = {
        "id": "53f1", "type": "gw_port_down", "group": "infrastructure", "severity": "warn", "timestamp": NOW - 60,
        "last_seen": NOW - 30, "count": 1, "site_id": SITE, "gateways": [MAC.upper()], "hostnames": ["STORE-0482-GW"],
        "acked": False, "status": "open", **more,
    }  # fmt: skip
    return msgspec.convert(given, AlarmRow, strict=False)


def log() -> AlarmLog:
    return AlarmLog(overlap=300)


def taken(told: AlarmLog, *rows: AlarmRow, at: float = NOW) -> tuple[MistAlarm, ...]:
    return told.take(rows, at, circuit_of)


def test_an_alarm_says_what_mist_says() -> None:
    (alarm,) = taken(log(), row(reasons=[REASON]))

    assert alarm == MistAlarm(
        alarm_id="53f1", type="gw_port_down", severity="warn", opened=NOW - 60, last_seen=NOW - 30, known_at=NOW,
        group="infrastructure", site_id=SITE, gateway_ids=(MAC,), circuit_ids=("c",), hostnames=("STORE-0482-GW",),
        text=REASON,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "circuits"),
    [
        ({"port_ids": ["ge-0/0/0"]}, ("c",)),
        ({"reasons": [REASON], "port_ids": ["ge-0/0/0", "ge-0/0/7"]}, ("c",)),
        ({"port_ids": ["ge-0/0/7"]}, ()),
        ({}, ()),
        ({"port_ids": ["ge-0/0/0"], "gateways": ["90ec77000001"]}, ()),
        ({"port_ids": ["ge-0/0/0"], "gateways": ["90ec77000001", MAC]}, ("c",)),
    ],
)
def test_circuits_are_those_of_its_ports(more: dict[str, Any], circuits: tuple[str, ...]) -> None:
    assert taken(log(), row(**more))[0].circuit_ids == circuits


def test_only_news_is_told() -> None:
    told = log()
    taken(told, row())

    assert taken(told, row(last_seen=NOW + 30), at=NOW + 60) == ()
    (acked,) = taken(told, row(acked=True, acked_time=NOW + 70, ack_admin_name="noc", note="on it"), at=NOW + 120)
    assert (acked.acked, acked.acked_at, acked.acked_by, acked.note) == (True, NOW + 70, "noc", "on it")
    assert acked.known_at == NOW + 120
    (back,) = taken(told, row(acked_time=NOW + 70, ack_admin_name="noc"), at=NOW + 180)
    assert (back.acked, back.acked_at, back.acked_by) == (False, None, "")
    (over,) = taken(told, row(status="resolved", resolved_time=NOW + 200), at=NOW + 240)
    assert over.resolved == NOW + 200


def test_that_it_was_seen_again_is_news_now_and_then_and_of_an_old_one_seldom() -> None:
    told = log()
    taken(told, row(timestamp=NOW - DAY / 2))
    grown = DAY / 2 / 8

    assert taken(told, row(timestamp=NOW - DAY / 2, last_seen=NOW + SEEN_AGAIN)) == ()
    assert len(taken(told, row(timestamp=NOW - DAY / 2, last_seen=NOW + grown))) == 1


def test_circuits_that_are_not_known_for_a_while_stay_joined() -> None:
    told = log()
    taken(told, row(port_ids=["ge-0/0/0"]))

    assert told.take([row(port_ids=["ge-0/0/0"])], NOW + 60, lambda *_: "") == ()


@pytest.mark.parametrize(
    ("more", "resolved"),
    [
        ({"status": "resolved"}, NOW - 30),
        ({"status": "resolved", "last_seen": None}, NOW - 60),
        ({"status": None, "resolved_time": NOW - 5}, NOW - 5),
        ({"status": None}, None),
        ({"status": "open", "resolved_time": NOW - 5}, None),
    ],
)
def test_when_it_was_over(more: dict[str, Any], resolved: float | None) -> None:
    assert taken(log(), row(**more))[0].resolved == resolved


def test_hostile_rows_cost_themselves_alone() -> None:
    rows = [
        AlarmRow(),
        row(id=None),
        row(timestamp=None),
        row(timestamp=float("inf")),
        row(count=-5, note="\x1b[31mX\nY"),
    ]

    (alarm,) = taken(log(), *rows)

    assert (alarm.count, alarm.note) == (1, "·[31mX Y")


def test_the_first_search_is_of_a_day_and_the_next_overlaps() -> None:
    told = log()
    assert (told.first, told.start(NOW)) == (True, NOW - DAY)

    told.asked(NOW)

    assert (told.first, told.start(NOW + 60)) == (False, NOW - 300)
    assert told.start(NOW + 10 * DAY) == NOW + 9 * DAY
    assert told.start(NOW - 7200) == NOW - 7500, "a clock that was set back"


def test_open_ones_that_are_older_than_a_day_are_looked_at_in_turn() -> None:
    told = log()
    taken(told, *(row(id=f"a{n}", timestamp=NOW - 2 * DAY + n) for n in range(MOST_OLD + 2)), row())

    first = [a.alarm_id for a in told.old(NOW)]
    second = [a.alarm_id for a in told.old(NOW + 300)]

    assert first == ["a0", "a1", "a2", "a3"]
    assert second == ["a4", "a5", "a0", "a1"]


def test_open_ones_are_remembered_and_the_rest_only_while_it_can_come_again() -> None:
    told = log()
    taken(told, row(id="open"), row(id="over", status="resolved"))
    told.asked(NOW + 3 * DAY)

    assert taken(told, row(id="open"), at=NOW + 3 * DAY) == ()
    assert len(taken(told, row(id="over", status="resolved"), at=NOW + 3 * DAY)) == 1


def test_what_is_kept_elsewhere_is_not_told_again_and_all_else_is() -> None:
    told = log()
    (known, _) = taken(told, row(), row(id="other"))

    told.recall([known])

    assert [a.alarm_id for a in taken(told, row(), row(id="other"))] == ["other"]
