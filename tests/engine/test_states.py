"""Freshness, state and the edges of the ledger, as docs/values.md 2 to 4 and 10 say."""

from __future__ import annotations

import numpy as np

from noctui.model.batch import Poll
from noctui.model.inventory import Attachment
from noctui.model.words import Role, Severity, State
from tests.engine.build import circuit, network
from tests.engine.net import DOWN, NAN, OFF, T0, UP, Net, Row, batch


def test_a_repeated_row_is_no_sample_and_grows_old() -> None:
    """docs/values.md 2: stale when its age is over three intervals, not at them."""
    net = Net()
    assert net.poll(0).valid[0] & 128
    for t, stale in ((60, False), (120, False), (180, False), (240, True)):
        record = net.poll(t, seen=0)
        assert not record.valid[0] & 128
        assert record.view.circuits.age[0] == t
        assert bool(record.view.circuits.stale[0]) is stale
    assert net.told() == [(0, "up", "poll", 0.0), (0, "unknown", "stale", 0.0)]


def test_a_counter_that_moved_makes_a_sample_of_a_row_that_claims_no_news() -> None:
    """docs/values.md 2: it is then observed at the poll."""
    net = Net()
    net.poll(0, {**UP, "rx_bytes": 1000.0})
    record = net.poll(60, {**UP, "rx_bytes": 1500.0}, seen=0)
    assert record.view.circuits.age[0] == 0.0
    assert record.valid[0] == 128


def test_an_observation_from_the_future_or_of_unknown_time_counts_as_now() -> None:
    """docs/values.md 2."""
    net = Net()
    assert net.poll(0, seen=500).view.circuits.age[0] == 0.0
    assert net.poll(60, seen=NAN).view.circuits.age[0] == 0.0


def test_states_in_their_order() -> None:
    """docs/values.md 3: away before stale before disabled before up."""
    for row, connected, state in (
        (UP, 0.0, State.AWAY),
        (None, 1.0, State.UNKNOWN),
        (OFF, 1.0, State.DISABLED),
        (UP, 1.0, State.UP),
        (DOWN, NAN, State.DOWN),
        ({"up": NAN}, 1.0, State.UNKNOWN),
    ):
        assert Net().poll(0, row, connected=connected).view.circuits.state[0] == state


def test_of_two_rows_with_one_id_the_last_counts_and_strangers_are_ignored() -> None:
    """docs/values.md 1."""
    net = Net()
    record = net.poll(0, DOWN, more={"stranger:9": UP})
    assert record.view.circuits.state.tolist() == [State.DOWN]
    twice = batch("circuits", [("s:0", T0 + 60, UP), ("s:0", T0 + 60, DOWN), ("s:0", T0 + 60, UP)])
    at = T0 + 60
    poll = Poll(seq=2, at=at, tick=int(at // 60), interval=60.0, circuits=twice, gateways=None, paths=None)
    assert net.engine.apply(poll, net.inventory).view.circuits.state.tolist() == [State.UP]


def test_a_silent_feed_keeps_the_severities_grey() -> None:
    """docs/values.md 3: severity and stale are kept; states and edges go by the rules."""
    net = Net()
    net.poll(0, DOWN)
    record = net.poll(60, silent=True)
    assert record.view.silent
    assert record.view.circuits.severity[0] == Severity.DOWN
    assert record.view.circuits.stale[0]
    assert record.view.circuits.state[0] == State.DOWN  # not stale by itself yet
    record = net.poll(300, silent=True)
    assert record.view.circuits.severity[0] == Severity.DOWN
    assert record.view.circuits.state[0] == State.UNKNOWN
    assert record.view.sites.dark[0]


def test_a_change_between_polls_is_told_with_its_uncertainty() -> None:
    """docs/values.md 4: to up or down, to disabled."""
    net = Net()
    net.poll(0)
    net.poll(60, DOWN)
    net.poll(120, {**UP, "last_flapped": T0 + 90})
    net.poll(180, OFF)
    assert net.told() == [
        (0, "up", "poll", 0.0),
        (60, "down", "poll", 60.0),
        (90, "up", "port", 0.0),
        (180, "disabled", "poll", 60.0),
    ]


def test_port_events_tell_what_happened_between_two_polls() -> None:
    """docs/values.md 4: events after the last fresh poll, one from the future at the poll, older ones nothing."""
    net = Net()
    net.poll(0)
    net.poll(60, events=((-5, False), (20, False), (40, True)))
    assert net.told()[1:] == [(20, "down", "event", 0.0), (40, "up", "event", 0.0)]
    assert net.poll(120, DOWN, events=((500, False),)).view.circuits.since[0] == T0 + 120
    assert net.told()[3:] == [(120, "down", "event", 0.0)]


def test_nothing_is_known_after_the_last_observation() -> None:
    """docs/values.md 4: to away, and from away to unknown: one gap."""
    net = Net()
    net.poll(0)
    net.poll(60, seen=50)
    net.poll(120, seen=50, connected=0.0)
    net.poll(300, None, connected=1.0)
    assert net.told()[1:] == [(50, "away", "gateway", 0.0), (50, "unknown", "stale", 0.0)]


def back_from_away(net: Net, row: Row = UP, uptime: float = NAN, events: tuple[tuple[float, bool], ...] = ()) -> None:
    net.poll(0)
    net.poll(60, seen=0, connected=0.0)
    net.poll(600, row, uptime=uptime, events=events)


def test_a_gap_without_evidence_stays_unknown() -> None:
    """docs/values.md 4, re-folding: a reboot alone is no evidence."""
    net = Net()
    back_from_away(net, uptime=300.0)
    assert net.painted() == []
    assert net.told()[-1] == (600, "up", "poll", 0.0)


def test_late_port_events_fold_the_gap() -> None:
    """docs/values.md 4: a port that came up was down before."""
    net = Net()
    back_from_away(net, events=((400, True),))
    assert net.painted() == [(0, 400, "down"), (400, 600, "up")]


def test_last_flapped_is_evidence_unless_the_gateway_booted_then() -> None:
    """docs/values.md 4: ports flap when a gateway boots."""
    net = Net()
    back_from_away(net, {**UP, "last_flapped": T0 + 420})
    assert net.painted() == [(0, 420, "down"), (420, 600, "up")]
    booted = Net()
    back_from_away(booted, {**UP, "last_flapped": T0 + 420}, uptime=200.0)
    assert booted.painted() == []


def test_a_down_before_the_boot_makes_the_rest_believable() -> None:
    """docs/values.md 4."""
    net = Net()
    back_from_away(net, {**UP, "last_flapped": T0 + 420}, uptime=200.0, events=((100, False),))
    assert net.painted() == [(100, 420, "down"), (420, 600, "up")]


def test_an_event_up_to_an_hour_late_folds_the_whole_gap_anew() -> None:
    """docs/values.md 4: with all evidence; what stays unpainted goes back to what the gap was."""
    net = Net()
    back_from_away(net, events=((400, True),))
    net.poll(660, events=((100, False), (400, True)))
    assert net.painted()[2:] == [(0, 100, "away"), (100, 400, "down"), (400, 600, "up")]
    known = len(net.edges)
    net.poll(720, events=((100, False),))  # no news
    net.poll(660 + 3600, events=((200, True),))  # too late
    assert len(net.edges) == known


def test_flaps_look_through_what_is_not_known() -> None:
    """docs/values.md 4: up, unknown, down is one flap; up, unknown, up is none."""
    net = Net()
    net.poll(0)
    net.poll(60)
    net.poll(120, seen=60, connected=0.0)
    assert net.poll(180).view.circuits.flaps_24h[0] == 0
    net.poll(240)
    net.poll(300, seen=240, connected=0.0)
    assert net.poll(360, DOWN).view.circuits.flaps_24h[0] == 1
    assert net.poll(420, OFF).view.circuits.flaps_24h[0] == 1
    assert net.poll(480).view.circuits.flaps_24h[0] == 2


def test_flaps_leave_the_day() -> None:
    """docs/values.md 4: those in (at − 86,400, at]."""
    net = Net()
    net.poll(0, interval=3600.0)
    net.poll(3600, DOWN, interval=3600.0)
    for hour in range(2, 26):
        flaps = net.poll(hour * 3600.0, DOWN, interval=3600.0).view.circuits.flaps_24h[0]
        assert flaps == (1 if hour < 25 else 0), hour


def test_availability_of_an_hour_with_unknown_time() -> None:
    """numbers f: 40 minutes up, 10 down, 10 unknown are 80.00 % of what is known; coverage is of the whole day."""
    net = Net()
    net.poll(0)
    net.poll(2400, DOWN, interval=600.0)
    net.poll(3000, {"up": NAN}, interval=600.0)
    record = net.poll(3600, {"up": NAN}, interval=600.0)
    assert record.view.circuits.avail_24h[0] == 80.0
    assert record.view.circuits.coverage_24h[0] == np.float32(100 * 3000 / 86400)


def test_nothing_known_is_no_availability() -> None:
    """numbers f: all unknown is null, never 100 and never 0; disabled time is left out of the coverage."""
    record = Net().poll(0, None)
    assert np.isnan(record.view.circuits.avail_24h[0])
    net = Net()
    net.poll(0, OFF)
    net.poll(43200, interval=43200.0)
    record = net.poll(86400, interval=43200.0)
    assert record.view.circuits.avail_24h[0] == 100.0
    assert record.view.circuits.coverage_24h[0] == 100.0


def test_a_circuit_that_is_gone_comes_back_in_its_gap() -> None:
    """docs/values.md 10."""
    net = Net(circuit("s", "0"), circuit("s", "1", Role.SECONDARY))
    both = net.inventory
    rows = {"s:1": UP}
    net.poll(0, more=rows)
    net.inventory = network([circuit("s", "1", Role.SECONDARY)])
    record = net.poll(60, None, more=rows)
    assert len(record.view.circuits) == 1
    assert net.told()[1:] == [(0, "unknown", "gone", 0.0)]
    net.inventory = both
    record = net.poll(120, more=rows, events=((30, False),))
    assert net.painted() == [(30, 120, "down")]
    assert record.view.circuits.state.tolist() == [State.UP, State.UP]


def test_another_gateway_has_other_counters() -> None:
    """docs/values.md 10: a moved attachment keeps everything but the previous counters."""
    net = Net()
    net.poll(0, {**UP, "rx_bytes": 1000.0})
    moved = circuit("s", "0", link_bps=1e9, gateway="new")
    assert moved.attachments == (Attachment(gateway_id="new", port_id="0"),)
    net.inventory = network([moved])
    record = net.poll(60, {**UP, "rx_bytes": 5000.0})
    assert np.isnan(record.view.circuits.rx_bps[0])
    assert [state for _, state, _, _ in net.told()] == ["up"]
    assert net.poll(120, {**UP, "rx_bytes": 6000.0}).view.circuits.rx_bps[0] == np.float32(8000 / 60)


def test_silence_makes_no_down_younger_and_lets_no_site_fall_back() -> None:
    """docs/values.md 3: a whole feed that is silent for minutes is ours, not theirs."""
    net = Net(circuit("s", "0"), circuit("s", "1", Role.SECONDARY, "Comcast", no=1))
    rows = {"s:1": {"up": 1.0, "active": 1.0}}
    net.poll(0, more={"s:1": {"up": 1.0, "active": 0.0}})
    before = net.poll(60, DOWN, more=rows).view
    for t in range(120, 601, 60):
        view = net.poll(t, silent=True).view
    assert view.silent
    assert view.circuits.since.tolist() == before.circuits.since.tolist()
    assert view.circuits.active.tolist() == [False, True]
    assert view.circuits.active_since.tolist() == before.circuits.active_since.tolist()
    assert view.sites.failed_over.tolist() == [True]
    assert view.circuits.state.tolist() == [State.UNKNOWN, State.UNKNOWN]  # figures do not pretend
    back = net.poll(660, DOWN, more=rows)
    assert back.view.sites.failed_over.tolist() == [True]
    assert back.failovers == ()
