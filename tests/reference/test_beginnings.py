"""Worked cases of when a state began: samples older than events, first sight, the way through gaps (docs/values.md)."""

from __future__ import annotations

import math

import msgspec
import pytest

from noctui.model.words import Role, Severity, State
from tests.reference.case import CIRCUIT, DISABLED, DOWN, T0, UP, Case, Row

SAMPLED = 128
NAN = math.nan


# Samples older than events (docs/values.md 2 and 3)


def test_an_older_sample_does_not_undo_an_event() -> None:
    """docs/values.md 3: seen up at 100, cut at 110, polled at 120, seen down at 170: one outage, from 110 on."""
    case = Case()
    case.poll(60)
    cut = case.circuit(120, UP | {"rx_bps": 50e6}, seen=100, events=[(110, False)])
    assert (cut.state, cut.severity, cut.since) == (State.DOWN, Severity.DOWN, T0 + 110)
    assert math.isnan(cut.rx_bps)
    assert cut.valid == SAMPLED
    told = case.circuit(180, DOWN, seen=170)
    assert case.told() == [(60, "up", "poll", 0), (110, "down", "event", 0)]
    assert case.line(60, 240) == [(60, 110, "up"), (110, 240, "down")]
    assert told.flaps_24h == 1


def test_an_event_stays_in_force_until_a_sample_catches_up() -> None:
    """docs/values.md 3: a repeat, no row, a newer sample from before the event; then one observed at the event."""
    case = Case()
    case.poll(60)
    states = [
        case.circuit(120, UP, seen=100, events=[(110, False)]).state,
        case.circuit(180, UP, seen=100).state,
        case.circuit(210, None).state,
        case.circuit(240, UP, seen=105).state,
        case.circuit(270, UP, seen=110).state,
    ]
    assert states == [State.DOWN] * 4 + [State.UP]
    assert case.told()[1:] == [(110, "down", "event", 0), (270, "up", "poll", 30)]


def test_an_event_that_comes_late_still_dates_what_it_changed() -> None:
    """docs/values.md 4: the poll at 120 knew the sample of second 100 alone; at 180 the cut of 110 is heard of."""
    case = Case()
    case.poll(60)
    case.poll(120, seen=100)
    assert case.circuit(180, seen=100, events=[(110, False)]).state == State.DOWN
    assert case.told()[1:] == [(110, "down", "event", 0)]


def test_a_line_that_came_up_after_its_sample_is_up_without_values() -> None:
    """docs/values.md 5: the sample of second 160 measured a line that was down."""
    case = Case()
    case.poll(60)
    case.poll(120, DOWN)
    told = case.circuit(180, DOWN | {"rx_bps": 0.0, "loss": 100.0}, seen=160, events=[(170, True)])
    assert (told.state, told.severity, told.since) == (State.UP, Severity.OK, T0 + 170)
    assert math.isnan(told.rx_bps)
    assert math.isnan(told.loss)
    assert told.valid == SAMPLED


def test_an_event_says_nothing_of_a_disabled_port_or_of_a_stale_sample() -> None:
    """docs/values.md 3, in order."""
    case = Case()
    assert case.circuit(60, DISABLED, seen=50, events=[(55, True)]).state == State.DISABLED
    stale = Case()
    stale.poll(0)
    assert stale.circuit(240, None, events=[(230, False)]).state == State.UNKNOWN


def test_an_event_told_again_is_no_news() -> None:
    """docs/values.md 2: nor is an older one that comes after a newer one."""
    case = Case()
    case.poll(60)
    case.poll(120, None, events=[(70, False), (80, True)])
    case.poll(180, None, events=[(70, False), (80, True)])
    case.poll(200, None, events=[(75, False)])
    assert case.told()[1:] == [(70, "down", "event", 0), (80, "up", "event", 0)]


def test_an_event_before_the_latest_edge_counts_but_dates_nothing() -> None:
    """docs/values.md 4: down since 120 as far as anybody knew; the up of second 110 is newer than the sample of 100."""
    case = Case()
    case.poll(60)
    case.poll(120, DOWN, seen=100)
    case.poll(180, None, events=[(110, True)])
    assert case.told()[1:] == [(120, "down", "poll", 60), (180, "up", "poll", 60)]


@pytest.mark.parametrize(("flapped", "edge"), [(80, (120, "down", "poll", 60)), (105, (105, "down", "port", 0))])
def test_last_flapped_dates_nothing_before_the_latest_edge(flapped: float, edge: tuple[float, str, str, float]) -> None:
    """docs/values.md 4: events told of a down at 90 and an up at 100; the sample of second 115 says down again."""
    case = Case()
    case.poll(60)
    case.poll(120, DOWN | {"last_flapped": T0 + flapped}, seen=115, events=[(90, False), (100, True)])
    assert case.told()[1:] == [(90, "down", "event", 0), (100, "up", "event", 0), edge]


# First sight (docs/values.md 4, first)


@pytest.mark.parametrize(
    ("row", "seen", "connected", "events", "edge"),
    [
        (DOWN | {"last_flapped": T0 - 1380}, 0, 1, [], (-1380, "down", "port", 0)),
        (DOWN | {"last_flapped": T0 + 10}, 0, 1, [], (0, "down", "poll", 0)),
        (DOWN, -20, 1, [], (0, "down", "poll", 0)),
        (DOWN, -20, 1, [(-10, False)], (-10, "down", "event", 0)),
        (DOWN | {"last_flapped": T0 - 90}, -20, 1, [(-10, False)], (-90, "down", "port", 0)),
        (UP | {"last_flapped": T0 - 90}, -20, 1, [(-10, False)], (-10, "down", "event", 0)),
        (UP | {"last_flapped": T0 - 90}, -20, 1, [], (0, "up", "poll", 0)),
        (DISABLED | {"last_flapped": T0 - 90}, -20, 1, [], (0, "disabled", "poll", 0)),
        (DOWN | {"last_flapped": T0 - 90}, -50, 0, [], (-50, "away", "gateway", 0)),
        (UP, -240, 1, [], (-240, "unknown", "stale", 0)),
        (None, 0, 0, [], (0, "away", "poll", 0)),
        (None, 0, 1, [], (0, "unknown", "poll", 0)),
    ],
)
def test_what_began_before_anybody_looked(
    row: Row | None, seen: float, connected: float, events: list[tuple[float, bool]],
    edge: tuple[float, str, str, float],
) -> None:  # fmt: skip
    """docs/values.md 4: a line that went down 23 minutes before the first poll says so."""
    case = Case()
    told = case.circuit(0, row, seen=seen, connected=connected, events=events)
    assert case.told() == [edge]
    assert told.since == T0 + edge[0]


# The way through gaps (docs/values.md 4, re-folding)


def down_and_away(row: Row) -> Case:
    """Down since 30 by its own word, away at 120 to 240; the gap is [60, 300)."""
    case = Case()
    case.poll(60, DOWN | {"last_flapped": T0 + 30})
    for t in (120, 180, 240):
        case.poll(t, None, connected=0)
    case.poll(300, row)
    return case


def test_a_port_that_has_not_changed_since_before_the_gap_was_down_all_through_it() -> None:
    """docs/values.md 4 and 6: one outage since 30, and it says so."""
    case = down_and_away(DOWN | {"last_flapped": T0 + 30})
    assert case.line(0, 400) == [(0, 30, "unknown"), (30, 400, "down")]
    assert case.edges[-1].evidence == "unchanged since 22:00"
    assert case.circuit(360, DOWN).since == T0 + 30
    assert case.line(0, 400, known_at=240) == [(0, 30, "unknown"), (30, 60, "down"), (60, 400, "away")]


@pytest.mark.parametrize(("flapped", "line"), [(60, "down"), (61, "away"), (NAN, "away")])
def test_unchanged_means_not_later_than_the_gap(flapped: float, line: str) -> None:
    """docs/values.md 4: what changed inside it is evidence of its own."""
    case = down_and_away(DOWN | {"last_flapped": T0 + flapped})
    assert case.line(60, 61) == [(60, 61, line)]


def test_an_unchanged_port_that_is_up_says_nothing() -> None:
    """docs/values.md 4: a silent gateway is never up."""
    case = Case()
    case.poll(60, UP | {"last_flapped": T0 + 30})
    case.poll(120, None, connected=0)
    case.poll(300, UP | {"last_flapped": T0 + 30})
    assert case.line(60, 360) == [(60, 300, "away"), (300, 360, "up")]


def test_a_sample_from_before_the_gap_says_nothing_of_it() -> None:
    """docs/values.md 4: the gateway is back, its port's row is the old one."""
    case = Case()
    case.poll(60, DOWN | {"last_flapped": T0 + 30})
    case.poll(120, None, connected=0)
    case.poll(180, None)
    assert case.line(60, 240) == [(60, 180, "away"), (180, 240, "down")]


def test_an_event_in_the_gap_is_better_than_an_unchanged_port() -> None:
    """docs/values.md 4: folded anew with a late event, the rest goes back to what the gap was."""
    case = down_and_away(DOWN | {"last_flapped": T0 + 30})
    case.poll(360, DOWN, events=[(200, False)])
    assert case.line(30, 400) == [(30, 60, "down"), (60, 200, "away"), (200, 400, "down")]
    assert case.edges[-1].evidence == ""


def test_a_boot_is_dated_by_the_report_that_tells_it() -> None:
    """docs/values.md 4: 100 s up at 260 is a boot at 160, told in the poll at 300; an up at 110 may be its own."""
    case = Case()
    case.poll(60)
    case.poll(120, None, connected=0)
    case.poll(300, uptime=100, reported=260, events=[(110, True)])
    assert case.line(60, 360) == [(60, 300, "away"), (300, 360, "up")]
    unknown = Case()
    unknown.poll(60)
    unknown.poll(120, None, connected=0)
    unknown.poll(300, uptime=100, reported=NAN, events=[(110, True)])
    assert unknown.line(60, 360) == [(60, 110, "down"), (110, 360, "up")]


# Since (docs/values.md 6)


def test_since_follows_what_is_learned_of_the_past() -> None:
    """docs/values.md 6: down at the return, then a late event tells since when."""
    case = Case()
    case.poll(60)
    case.poll(120, None, connected=0)
    assert case.circuit(300, DOWN).since == T0 + 300
    assert case.circuit(360, DOWN, events=[(100, False)]).since == T0 + 100


def test_since_of_an_outage_is_the_same_before_and_after_maintenance() -> None:
    """docs/values.md 6: maintenance has a beginning of its own."""
    case = Case()
    case.poll(60)
    told = [case.circuit(t, DOWN, held=["c"] if t == 180 else []).since - T0 for t in (120, 180, 240)]
    assert told == [120, 180, 120]


def test_since_of_up_is_of_its_edge() -> None:
    """docs/values.md 6: up through the gap by the events, yet nobody saw it before the return."""
    case = Case()
    case.poll(60)
    case.poll(120, None, connected=0)
    assert case.circuit(300, events=[(90, True)]).since == T0 + 300


# Failover (docs/values.md 9)


def test_a_failover_lasts_until_the_primary_is_active_again() -> None:
    """docs/values.md 9: not seen while the gateway is away, and not begun anew when it is back."""
    case = Case(CIRCUIT, msgspec.structs.replace(CIRCUIT, circuit_id="d", circuit_no=1, port_id="q", role=Role.BACKUP))
    standby = UP | {"active": 0.0}
    polls = [
        case.poll(0, rows={"c": UP, "d": standby}),
        case.poll(60, rows={"c": DOWN, "d": UP}),
        case.poll(120, rows={}, connected=0),
        case.poll(180, silent=True, connected=None),
        case.poll(240, rows={"c": DOWN, "d": UP}),
        case.poll(300, rows={"c": standby, "d": standby}),
        case.poll(360, rows={"c": UP, "d": standby}),
    ]
    assert [p.sites["s"].failed_over for p in polls] == [False, True, False, False, True, False, False]
    told = [(f.event_time - T0, f.began, f.circuit_id) for p in polls for f in p.failovers]
    assert told == [(60, True, "d"), (360, False, "c")]


def test_a_failover_that_nothing_is_known_of_ends_with_the_primary() -> None:
    """docs/values.md 9: away at 120; the primary is found active at 180."""
    case = Case(CIRCUIT, msgspec.structs.replace(CIRCUIT, circuit_id="d", circuit_no=1, port_id="q", role=Role.BACKUP))
    case.poll(0, rows={"c": DOWN, "d": UP})  # so it was found: no event
    assert case.poll(60, rows={}, connected=0).failovers == []
    back = case.poll(120, rows={"c": UP, "d": UP})
    assert [(f.began, f.circuit_id) for f in back.failovers] == [(False, "c")]
