"""When a state began: samples older than events, first sight, the way through gaps, failovers (docs/values.md)."""

from __future__ import annotations

import numpy as np
import pytest

from noctui.model.words import Role, Severity, State
from tests.engine.build import circuit
from tests.engine.net import DOWN, NAN, OFF, T0, UP, Net, Row


def state(net: Net, t: float, row: Row | None = UP, **more: object) -> State:
    return State(int(net.poll(t, row, **more).view.circuits.state[0]))  # type: ignore[arg-type]


def since(net: Net, t: float, row: Row | None = UP, **more: object) -> float:
    return float(net.poll(t, row, **more).view.circuits.since[0]) - T0  # type: ignore[arg-type]


def test_an_older_sample_does_not_undo_an_event() -> None:
    """docs/values.md 3: seen up at 100, cut at 110, polled at 120, seen down at 170: one outage, from 110 on."""
    net = Net()
    net.poll(60)
    record = net.poll(120, {**UP, "rx_bps": 50e6}, seen=100, events=((110, False),))
    table = record.view.circuits
    assert (table.state[0], table.severity[0], table.since[0]) == (State.DOWN, Severity.DOWN, T0 + 110)
    assert np.isnan(table.rx_bps[0])
    assert record.valid[0] == 128
    assert net.poll(180, DOWN, seen=170).view.circuits.flaps_24h[0] == 1
    assert net.told() == [(60, "up", "poll", 0.0), (110, "down", "event", 0.0)]


def test_an_event_stays_in_force_until_a_sample_catches_up() -> None:
    """docs/values.md 3: a repeat, no row, a newer sample from before the event; then one observed at the event."""
    net = Net()
    net.poll(60)
    assert state(net, 120, seen=100, events=((110, False),)) is State.DOWN
    assert state(net, 180, seen=100) is State.DOWN
    assert state(net, 240, seen=105) is State.DOWN
    assert state(net, 300, seen=110, interval=75.0) is State.UP
    assert net.told()[2:] == [(300, "up", "poll", 60.0)]


def test_an_event_that_comes_late_still_dates_what_it_changed() -> None:
    """docs/values.md 4: later than the last sample, though not than the last poll; told again it is no news."""
    net = Net()
    net.poll(60)
    net.poll(120, seen=100)
    net.poll(180, seen=100, events=((110, False), (115, True)))
    net.poll(240, seen=100, events=((110, False),))
    assert net.told()[1:] == [(110, "down", "event", 0.0), (115, "up", "event", 0.0)]


def test_a_line_that_came_up_after_its_sample_is_up_without_values() -> None:
    """docs/values.md 5."""
    net = Net()
    net.poll(60)
    net.poll(120, DOWN)
    record = net.poll(180, {**DOWN, "loss": 100.0}, seen=160, events=((170, True),))
    assert record.view.circuits.severity[0] == Severity.OK
    assert np.isnan(record.view.circuits.loss[0])
    assert record.valid[0] == 128


def test_last_flapped_dates_nothing_before_the_latest_edge() -> None:
    """docs/values.md 4: events told of a down at 90 and an up at 100."""
    net = Net()
    net.poll(60)
    net.poll(120, {**DOWN, "last_flapped": T0 + 80}, seen=115, events=((90, False), (100, True)))
    assert net.told()[-1] == (120, "down", "poll", 60.0)


@pytest.mark.parametrize(
    ("row", "seen", "connected", "events", "edge"),
    [
        ({**DOWN, "last_flapped": T0 - 1380}, 0, 1.0, (), (-1380, "down", "port", 0.0)),
        ({**DOWN, "last_flapped": T0 + 10}, 0, 1.0, (), (0, "down", "poll", 0.0)),
        (DOWN, -20, 1.0, ((-10, False),), (-10, "down", "event", 0.0)),
        ({**UP, "last_flapped": T0 - 90}, -20, 1.0, ((-10, False),), (-10, "down", "event", 0.0)),
        ({**UP, "last_flapped": T0 - 90}, -20, 1.0, (), (0, "up", "poll", 0.0)),
        (OFF, -20, 1.0, (), (0, "disabled", "poll", 0.0)),
        (UP, -50, 0.0, (), (-50, "away", "gateway", 0.0)),
        (UP, -240, 1.0, (), (-240, "unknown", "stale", 0.0)),
        (None, 0, 1.0, (), (0, "unknown", "poll", 0.0)),
    ],
)
def test_what_began_before_anybody_looked(
    row: Row | None, seen: float, connected: float, events: tuple[tuple[float, bool], ...],
    edge: tuple[float, str, str, float],
) -> None:  # fmt: skip
    """docs/values.md 4: a line that went down 23 minutes before the first poll says so."""
    net = Net()
    assert since(net, 0, row, seen=seen, connected=connected, events=events) == edge[0]
    assert net.told() == [edge]


def down_and_away(row: Row) -> Net:
    """Down since 30 by its own word, away at 120; back at 300: the gap is [60, 300)."""
    net = Net()
    net.poll(60, {**DOWN, "last_flapped": T0 + 30})
    net.poll(120, None, connected=0.0)
    net.poll(300, row)
    return net


def test_a_port_that_has_not_changed_since_before_the_gap_was_down_all_through_it() -> None:
    """docs/values.md 4 and 6: one outage since 30, and it says so."""
    net = down_and_away({**DOWN, "last_flapped": T0 + 30})
    assert net.painted() == [(60, 300, "down")]
    assert net.edges[-1].evidence == "unchanged since 22:00"
    assert since(net, 360, DOWN) == 30


@pytest.mark.parametrize(
    "row", [DOWN, {**UP, "last_flapped": T0 + 30}, {**DOWN, "last_flapped": NAN}], ids=["silent", "up", "unknown"]
)
def test_less_than_that_proves_nothing(row: Row) -> None:
    """docs/values.md 4: a silent gateway is never up, and a port that does not say since when is not known."""
    assert down_and_away(row).painted() == []


def test_a_sample_from_before_the_gap_says_nothing_of_it() -> None:
    """docs/values.md 4: the gateway is back, its port's row is the old one."""
    net = Net()
    net.poll(60, {**DOWN, "last_flapped": T0 + 30})
    net.poll(120, None, connected=0.0)
    assert since(net, 180, None) == 180
    assert net.painted() == []


def test_a_late_event_is_better_than_an_unchanged_port() -> None:
    """docs/values.md 4: the rest goes back to what the gap was, and the outage began with the event."""
    net = down_and_away({**DOWN, "last_flapped": T0 + 30})
    assert since(net, 360, DOWN, events=((200, False),)) == 200
    assert net.painted()[1:] == [(60, 200, "away"), (200, 300, "down")]


def test_an_outage_of_days_goes_on_through_a_gap_of_days() -> None:
    """docs/values.md 6: what a day forgets is not since when a line is down."""
    net = Net()
    down = {**DOWN, "last_flapped": T0 + 30}
    net.poll(60, down)
    net.poll(3600, None, connected=0.0)
    net.poll(100_000, None)
    net.poll(200_000, None, connected=0.0)
    assert since(net, 300_000, down) == 30
    assert since(net, 303_000, down, events=((300_100, False),)) == 30


def test_a_boot_is_dated_by_the_report_that_tells_it() -> None:
    """docs/values.md 4: 100 s up at 260 is a boot at 160, told in the poll at 300; an up at 110 may be its own."""
    for reported, painted in ((260, []), (NAN, [(60, 110, "down"), (110, 300, "up")])):
        net = Net()
        net.poll(60)
        net.poll(120, None, connected=0.0)
        net.poll(300, uptime=100.0, reported=reported, events=((110, True),))
        assert net.painted() == painted


def test_since_of_an_outage_is_the_same_before_and_after_maintenance() -> None:
    """docs/values.md 6: maintenance has a beginning of its own."""
    net = Net()
    net.poll(60)
    told = [since(net, t, DOWN, held=np.array([t == 180])) for t in (120, 180, 240)]
    assert told == [120, 180, 120]


def test_a_failover_lasts_until_the_primary_is_active_again() -> None:
    """docs/values.md 9: not seen while the gateway is away, and not begun anew when it is back."""
    net = Net(circuit("s", "0"), circuit("s", "1", Role.BACKUP))
    idle = {**UP, "active": 0.0}
    records = [
        net.poll(0, more={"s:1": idle}),
        net.poll(60, DOWN, more={"s:1": UP}),
        net.poll(120, None, connected=0.0),
        net.poll(180, DOWN, more={"s:1": UP}),
        net.poll(240, idle, more={"s:1": idle}),
        net.poll(300, UP, more={"s:1": idle}),
    ]
    assert [bool(r.view.sites.failed_over[0]) for r in records] == [False, True, False, True, False, False]
    told = [(f.event_time - T0, f.began, f.circuit_id) for r in records for f in r.failovers]
    assert told == [(60, True, "s:1"), (300, False, "s:0")]
