"""What the *latest* pane is told: one line per change worth telling."""

from __future__ import annotations

from noctui.model.words import Role, Severity
from noctui.model.work import PollRecord
from tests.engine.build import circuit
from tests.engine.net import DOWN, T0, UP, Net


def said(record: PollRecord) -> list[tuple[str, int, str]]:
    return [(n.kind, n.severity, n.text) for n in record.notes]


def test_nothing_changed_at_the_first_poll() -> None:
    assert said(Net().poll(0, {**DOWN, "rx_bps": 99e6})) == []


def test_down_and_up_again() -> None:
    net = Net()
    net.poll(0)
    assert said(net.poll(60, {**DOWN, "last_flapped": T0 + 28})) == [("down", Severity.DOWN, "down: dark")]
    record = net.poll(420, {**UP, "last_flapped": T0 + 400})
    assert said(record) == [("up", Severity.OK, "up after 6m12s")]
    assert record.notes[0].event_time == T0 + 400


def test_a_site_that_keeps_another_circuit() -> None:
    net = Net(circuit("s", "0", carrier="Frontier"), circuit("s", "1", Role.SECONDARY, "AT&T"))
    idle = {**UP, "active": 0.0}
    net.poll(0, more={"s:1": idle})
    assert said(net.poll(60, DOWN, more={"s:1": UP})) == [
        ("down", Severity.DOWN, "down, site keeps AT&T"),
        ("failover", Severity.HIGH, "on secondary AT&T"),
    ]
    assert said(net.poll(120, more={"s:1": idle}))[1] == ("failback", Severity.OK, "back on primary Frontier")
    assert said(net.poll(180, DOWN, more={"s:1": DOWN}))[0][2] == "all 2 circuits down: dark"


def test_away_and_unknown() -> None:
    net = Net(circuit("s", "0"), circuit("t", "0"))
    net.poll(0, more={"t:0": UP})
    assert said(net.poll(60, None, more={"t:0": UP}, connected=0.0))[0] == (
        "away", Severity.AWAY, "gateway unreachable",
    )  # fmt: skip
    net.poll(120, more={"t:0": UP})
    assert said(net.poll(360, None, more={"t:0": UP})) == [("unknown", Severity.UNKNOWN, "no fresh data")]
    assert said(net.poll(420, more={"t:0": UP})) == [("up", Severity.OK, "up after 5m00s unknown")]


def test_levels_from_high_on_are_told_rising_and_falling() -> None:
    net = Net()
    told = []
    for minute, share in enumerate((50.0, 75.0, 93.4, 84.0, 60.0)):
        told.append(said(net.poll(60.0 * minute, {**UP, "rx_bps": share * 1e6})))
    assert told == [
        [],
        [],
        [("level", Severity.CRITICAL, "rx 93.4 %, ≥ 90")],
        [("level", Severity.HIGH, "rx 84.0 %, back below 90")],
        [("level", Severity.OK, "rx 60.0 %, back below 80")],
    ]


def test_a_silence_of_the_whole_feed_is_not_told_circuit_by_circuit() -> None:
    net = Net(circuit("s", "0"), circuit("t", "0"))
    net.poll(0, more={"t:0": UP})
    assert said(net.poll(300, silent=True)) == []
    record = net.poll(360, more={"t:0": DOWN})
    assert said(record) == [("down", Severity.DOWN, "down: dark")]  # what came back as it went is not told


def test_a_time_that_nobody_looked_is_one_line_of_the_network() -> None:
    """Most circuits were unknown and are what they were: only what has changed is told beside."""
    net = Net(circuit("s", "0"), circuit("t", "0"), circuit("u", "0"))
    rows = {"t:0": UP, "u:0": DOWN}
    net.poll(0, more=rows)
    net.poll(300, silent=True)
    record = net.poll(360, more={**rows, "t:0": DOWN})
    assert said(record) == [
        ("unknown", Severity.UNKNOWN, "nothing known from 22:00 to 22:06"),
        ("down", Severity.DOWN, "down: dark"),
    ]
    assert (record.notes[0].event_time, record.notes[0].circuit_id, record.notes[0].site_id) == (T0, "", "")


def test_an_outage_is_as_long_as_it_was_down_all_through() -> None:
    """docs/values.md 6: down at 60, away, found down and unchanged at 300, up at 420."""
    net = Net()
    net.poll(0)
    down = {**DOWN, "last_flapped": T0 + 60}
    net.poll(60, down)
    net.poll(120, None, connected=0.0)
    net.poll(300, down)
    assert said(net.poll(420, {**UP, "last_flapped": T0 + 400})) == [("up", Severity.OK, "up after 5m40s")]
