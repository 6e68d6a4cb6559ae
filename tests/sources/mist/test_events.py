"""Port events: an overlap, each told once, only of circuits."""

from __future__ import annotations

from noctui.model.batch import PortEvent
from noctui.sources.mist.events import EventLog
from noctui.sources.mist.structs import EventRow
from tests.sources.mist.cloud import NOW
from tests.sources.mist.rows import MAC

DOWN, UP = "GW_PORT_DOWN", "GW_PORT_UP"


def circuit_of(mac: str, port: str) -> str:
    return "c" if (mac, port) == (MAC, "ge-0/0/2") else ""


def event(type: str = DOWN, at: float = NOW - 60, port: str | None = "ge-0/0/2", **more: str) -> EventRow:
    return EventRow(type=type, timestamp=at, mac=MAC, port_id=port, **more)


def log() -> EventLog:
    return EventLog(overlap=300, first=3600)


def test_each_event_is_told_once_oldest_first() -> None:
    told = log()
    rows = [event(UP, NOW - 30), event(DOWN), event(DOWN)]

    assert told.take(rows, NOW, circuit_of, True) == (PortEvent("c", NOW - 60, False), PortEvent("c", NOW - 30, True))
    assert told.take(rows, NOW + 60, circuit_of, True) == ()


def test_the_next_search_begins_five_minutes_before_the_last_one_ended() -> None:
    told = log()

    assert told.start(NOW) == NOW - 3600
    told.take([], NOW, circuit_of, True)
    assert told.start(NOW + 60) == NOW - 300


def test_when_a_gateway_is_back_searches_begin_where_it_fell_silent_for_five_minutes() -> None:
    """It files what happened meanwhile only then, under the times when it happened."""
    told = log()
    told.take([], NOW, circuit_of, True)
    told.back(NOW - 5000, NOW)

    assert told.start(NOW + 60) == NOW - 5000
    assert told.take([event(at=NOW - 4000)], NOW + 60, circuit_of, True) == (PortEvent("c", NOW - 4000, False),)
    assert told.take([event(at=NOW - 4000)], NOW + 120, circuit_of, True) == ()
    assert told.start(NOW + 300) == NOW - 5000
    assert told.start(NOW + 360) == NOW + 120 - 300


def test_a_search_that_lost_pages_or_met_unknown_circuits_is_asked_again() -> None:
    told = log()
    told.take([], NOW, circuit_of, True)

    assert told.take([event(at=NOW + 5)], NOW + 60, lambda *_: "", False) == ()

    assert told.start(NOW + 120) == NOW - 300
    assert len(told.take([event(at=NOW + 5)], NOW + 120, circuit_of, True)) == 1


def test_no_search_reaches_further_back_than_a_day() -> None:
    told = log()
    told.take([], NOW, circuit_of, True)

    assert told.start(NOW + 10 * 86_400) == NOW + 9 * 86_400


def test_a_clock_that_was_set_back_does_not_ask_for_the_future() -> None:
    told = log()
    told.take([], NOW, circuit_of, True)

    assert told.start(NOW - 7200) == NOW - 7500


def test_the_port_may_be_named_in_the_text_alone() -> None:
    text = "SNMP_TRAP_LINK_DOWN: ifIndex 515, ifAdminStatus up(1), ifOperStatus down(2), ifName ge-0/0/2"

    assert log().take([event(port=None, text=text)], NOW, circuit_of, True) == (PortEvent("c", NOW - 60, False),)


def test_other_ports_other_types_and_broken_rows_are_none_of_ours() -> None:
    rows = [
        event(port="ge-0/0/7"),
        event("GW_CONNECTED"),
        EventRow(type=DOWN, mac=MAC, port_id="ge-0/0/2"),
        event(at=float("nan")),
        EventRow(),
    ]

    assert log().take(rows, NOW, circuit_of, True) == ()


def test_what_was_told_is_forgotten_when_it_cannot_come_again() -> None:
    told = log()
    told.take([event(at=NOW - 10)], NOW, circuit_of, True)
    for n in range(1, 30):
        told.take([], NOW + 60 * n, circuit_of, True)

    assert not told._seen
