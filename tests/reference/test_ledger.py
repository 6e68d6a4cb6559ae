"""Worked cases of the edge ledger (docs/values.md 3 and 4), computed by hand."""

from __future__ import annotations

import msgspec
import pytest

from noctui.model.words import Severity, State
from tests.reference.case import CIRCUIT, DISABLED, DOWN, T0, UP, Case


def test_the_first_poll_writes_the_state_that_it_finds() -> None:
    """docs/values.md 4, first."""
    case = Case()
    case.poll(0, DOWN, events=[(-10, False)])
    assert case.told() == [(0, "down", "poll", 0)]
    assert case.line(-60, 60) == [(-60, 0, "unknown"), (0, 60, "down")]


@pytest.mark.parametrize(
    ("row", "connected", "state"),
    [
        (UP, 0.0, State.AWAY),
        (None, 0.0, State.AWAY),
        (None, 1.0, State.UNKNOWN),
        (UP, None, State.UP),
        ({"up": 1.0, "disabled": 1.0}, 1.0, State.DISABLED),
        (DOWN, 1.0, State.DOWN),
        ({"disabled": 0.0}, 1.0, State.UNKNOWN),
    ],
)
def test_a_state_is_judged_in_order(row: dict[str, float] | None, connected: float | None, state: State) -> None:
    """docs/values.md 3."""
    assert Case().circuit(0, row, connected=connected).state == state


def test_a_circuit_is_stale_after_more_than_three_intervals() -> None:
    """docs/values.md 2: age 180 is not over 3·60."""
    case = Case()
    assert case.circuit(0, seen=0).age == 0
    told = [case.circuit(60 * n, seen=0) for n in (1, 2, 3, 4)]
    assert [c.stale for c in told] == [False, False, False, True]
    assert [c.state for c in told] == [State.UP] * 3 + [State.UNKNOWN]
    assert case.told() == [(0, "up", "poll", 0), (0, "unknown", "stale", 0)]  # nothing is known after second 0


def test_a_change_seen_by_a_poll_alone_has_its_uncertainty() -> None:
    """docs/values.md 4, to up or down: `at`, uncertain since the poll before."""
    case = Case()
    case.poll(0)
    case.poll(60)
    case.poll(150, DOWN)
    assert case.told()[1:] == [(150, "down", "poll", 90)]


@pytest.mark.parametrize(
    ("flapped", "edge"),
    [
        (100, (100, "down", "port", 0)),
        (120, (120, "down", "port", 0)),
        (60, (120, "down", "poll", 60)),
        (121, (120, "down", "poll", 60)),
    ],
)
def test_last_flapped_dates_a_change_when_it_lies_since_the_poll_before(
    flapped: float, edge: tuple[float, str, str, float]
) -> None:
    """docs/values.md 4: prev < last_flapped <= at."""
    case = Case()
    case.poll(60)
    case.poll(120, DOWN | {"last_flapped": T0 + flapped})
    assert case.told()[1:] == [edge]


def test_port_events_tell_what_polls_cannot_see() -> None:
    """docs/values.md 4, port events: down and up again between two polls is one outage and two flaps."""
    case = Case()
    case.poll(0)
    told = case.circuit(60, events=[(40, True), (10, False)])
    assert case.told()[1:] == [(10, "down", "event", 0), (40, "up", "event", 0)]
    assert told.flaps_24h == 2
    assert told.since == T0 + 40  # the state ended as it began, yet it changed


def test_an_event_before_the_last_fresh_poll_or_that_changes_nothing_writes_nothing() -> None:
    """docs/values.md 4."""
    case = Case()
    case.poll(60)
    case.poll(120, events=[(60, False), (90, True)])
    assert len(case.told()) == 1


def test_an_event_from_the_future_counts_at_the_poll() -> None:
    """docs/values.md 4."""
    case = Case()
    case.poll(0)
    case.poll(60, DOWN, events=[(75, False)])
    assert case.told()[1:] == [(60, "down", "event", 0)]


def test_disabled_is_seen_by_polls() -> None:
    """docs/values.md 4: event or not, disabled begins at the poll, and so does what comes after it."""
    case = Case()
    case.poll(0)
    case.poll(60, DISABLED, events=[(30, False)])
    case.poll(120, UP)
    assert case.told()[1:] == [(60, "disabled", "poll", 60), (120, "up", "poll", 60)]


def test_away_begins_at_the_last_observation_and_stays_one_gap_through_unknown() -> None:
    """docs/values.md 4, to away or unknown."""
    case = Case()
    case.poll(0)
    case.poll(60, seen=50)
    case.poll(120, None, connected=0)
    case.poll(300, None, connected=1)  # the sample of second 50 is stale by now
    case.poll(360, None, connected=0)
    assert case.told()[1:] == [(50, "away", "gateway", 0), (50, "unknown", "stale", 0), (50, "away", "gateway", 0)]
    assert case.line(0, 400) == [(0, 50, "up"), (50, 400, "away")]


def test_a_gap_does_not_begin_before_the_edge_that_it_ends() -> None:
    """docs/values.md 4: an event at 40 is newer than the observation of second 10."""
    case = Case()
    case.poll(0)
    case.poll(60, DOWN, seen=10, events=[(40, False)])
    case.poll(120, None, connected=0)
    assert case.told()[-1] == (40, "away", "gateway", 0)


def gone_away(case: Case) -> Case:
    """Up at 0 and 60, away at 120 to 240: the gap is [60, return)."""
    for t in (0, 60):
        case.poll(t)
    for t in (120, 180, 240):
        case.poll(t, None, connected=0)
    return case


def test_a_gap_without_evidence_stays_unknown() -> None:
    """docs/values.md 4, re-folding; a reboot alone is no evidence."""
    case = gone_away(Case())
    told = case.circuit(300, uptime=100)
    assert case.told()[-1] == (300, "up", "poll", 0)
    assert case.line(0, 360) == [(0, 60, "up"), (60, 300, "away"), (300, 360, "up")]
    assert told.flaps_24h == 0  # up, away, up


def test_late_events_paint_a_gap() -> None:
    """docs/values.md 4: down at 100, up at 200, received at the return."""
    case = gone_away(Case())
    told = case.circuit(300, events=[(200, True), (100, False)])
    assert case.line(0, 360) == [(0, 60, "up"), (60, 100, "away"), (100, 200, "down"), (200, 360, "up")]
    assert case.line(0, 360, known_at=299) == [(0, 60, "up"), (60, 360, "away")]
    assert told.flaps_24h == 2
    assert told.since == T0 + 300  # the present state began with the return


def test_a_gap_that_ends_with_up_was_down_before() -> None:
    """docs/values.md 4: the first event is an up, so the port was down from the gap's beginning."""
    case = gone_away(Case())
    case.poll(300, events=[(200, True)])
    assert case.line(0, 360) == [(0, 60, "up"), (60, 200, "down"), (200, 360, "up")]


def test_last_flapped_is_one_more_event_with_the_state_of_the_return() -> None:
    """docs/values.md 4."""
    case = gone_away(Case())
    case.poll(300, DOWN | {"last_flapped": T0 + 250})
    assert case.line(60, 360) == [(60, 250, "away"), (250, 360, "down")]
    early = gone_away(Case())
    early.poll(300, UP | {"last_flapped": T0 + 150}, events=[(150, False)])  # not later than the event
    assert early.line(60, 360) == [(60, 150, "away"), (150, 300, "down"), (300, 360, "up")]


def test_events_of_polls_in_the_gap_are_kept_for_it() -> None:
    """docs/values.md 4: an event received while away waits for the return."""
    case = Case()
    case.poll(60)
    case.poll(120, None, connected=0, events=[(90, False)])
    assert case.line(60, 120) == [(60, 120, "away")]
    case.poll(180)
    assert case.line(60, 200) == [(60, 90, "away"), (90, 180, "down"), (180, 200, "up")]


@pytest.mark.parametrize(
    ("events", "line"),
    [
        ([(139, True)], [(60, 139, "down"), (139, 300, "up")]),
        ([(140, True)], [(60, 300, "away")]),
        ([(220, False), (230, True)], [(60, 300, "away")]),
        ([(139, True), (220, False), (230, True)], [(60, 139, "down"), (139, 300, "up")]),
    ],
)
def test_a_boot_explains_its_own_port_changes(
    events: list[tuple[float, bool]], line: list[tuple[float, float, str]]
) -> None:
    """docs/values.md 4: the boot was at 200; what happened from 140 on is dropped."""
    case = gone_away(Case())
    case.poll(300, uptime=100, events=events)
    assert case.line(60, 300) == line


def test_a_down_before_the_boot_keeps_all_evidence() -> None:
    """docs/values.md 4: the line failed first, then the gateway was booted."""
    case = gone_away(Case())
    case.poll(300, uptime=100, events=[(80, False), (230, True)])
    assert case.line(60, 400) == [(60, 80, "away"), (80, 230, "down"), (230, 400, "up")]


def test_a_boot_outside_the_gap_is_none() -> None:
    """docs/values.md 4: g < boot < at; here the boot lies before the gap."""
    case = gone_away(Case())
    case.poll(300, uptime=240, events=[(200, True)])
    assert case.line(60, 400) == [(60, 200, "down"), (200, 400, "up")]


def test_events_up_to_an_hour_after_the_return_fold_the_gap_anew() -> None:
    """docs/values.md 4: an up at 200 told down before it; the down at 150, late, leaves 60 to 150 as lost as it was."""
    case = gone_away(Case())
    case.poll(300, events=[(200, True)])
    case.poll(360, events=[(150, False)])
    assert case.line(0, 400) == [(0, 60, "up"), (60, 150, "away"), (150, 200, "down"), (200, 400, "up")]
    assert case.line(0, 400, known_at=300) == [(0, 60, "up"), (60, 200, "down"), (200, 400, "up")]
    written = len(case.edges)
    case.poll(420, events=[(150, False)])
    assert len(case.edges) == written  # told twice is no news


@pytest.mark.parametrize(("t", "line"), [(3900, "down"), (3960, "away")])
def test_an_hour_is_an_hour(t: float, line: str) -> None:
    """docs/values.md 4: the return was at 300."""
    case = gone_away(Case())
    case.poll(300)
    case.poll(t - 60)
    case.poll(t, events=[(150, False)])
    assert case.line(150, 300) == [(150, 300, line)]


def test_a_flap_is_seen_through_what_is_unknown() -> None:
    """docs/values.md 4: up, unknown, down is one flap; up, unknown, up is none."""
    case = gone_away(Case())
    assert case.circuit(300, DOWN).flaps_24h == 1
    assert case.circuit(360, DISABLED).flaps_24h == 1
    assert case.circuit(420, DOWN).flaps_24h == 1
    assert case.circuit(480, UP).flaps_24h == 2


def test_flaps_leave_after_a_day() -> None:
    """docs/values.md 4: in (at − 86,400, at]."""
    case = Case()
    case.poll(0)
    assert case.circuit(60, DOWN).flaps_24h == 1
    case.poll(86_400, DOWN)
    assert case.circuit(86_459, DOWN).flaps_24h == 1
    assert case.circuit(86_460, DOWN).flaps_24h == 0


def test_availability_is_of_known_time() -> None:
    """numbers f: an hour of 40 minutes up, 10 down, 10 unknown is 80.00 %; coverage 50 minutes of a day."""
    case = Case()
    for minute in range(61):
        if minute < 40:
            case.poll(60 * minute, UP)
        elif minute < 50:
            case.poll(60 * minute, DOWN)
        else:  # seen last at minute 50, as down: silent since
            last = case.circuit(60 * minute, DOWN, seen=3000)
    assert case.line(0, 3600) == [(0, 2400, "up"), (2400, 3000, "down"), (3000, 3600, "unknown")]
    assert last.avail_24h == pytest.approx(80.0)
    assert last.coverage_24h == pytest.approx(100 * 3000 / 86_400)


def test_outages_of_a_day() -> None:
    """numbers f: 24 h with outages of 5, 10 and 15 minutes is available 97.9167 %."""
    case = Case()
    down = {*range(100, 105), *range(300, 310), *range(800, 815)}
    for minute in range(1441):
        last = case.circuit(60 * minute, DOWN if minute in down else UP)
    assert last.avail_24h == pytest.approx(97.9167, abs=1e-4)
    assert last.coverage_24h == 100.0
    assert last.flaps_24h == 6


def test_disabled_time_is_left_out_of_the_coverage() -> None:
    """docs/values.md 4: up 60 s, disabled 60 s of the day; all unknown is no figure at all."""
    case = Case()
    nothing = case.circuit(0, DISABLED)
    assert nothing.avail_24h != nothing.avail_24h
    case.poll(60, UP)
    told = case.circuit(120, UP)
    assert told.avail_24h == 100.0
    assert told.coverage_24h == pytest.approx(100 * 60 / (86_400 - 60))


def test_a_silent_feed_keeps_severities_and_marks_them() -> None:
    """docs/values.md 3: the view keeps, the ledger goes by the rules."""
    case = Case()
    case.poll(0, DOWN)
    told = [case.circuit(60 * n, None, silent=True) for n in range(1, 5)]
    assert [c.severity for c in told] == [Severity.DOWN] * 4
    assert all(c.stale for c in told)
    assert told[-1].state == State.UNKNOWN
    assert case.told()[-1] == (0, "unknown", "stale", 0)
    away = case.circuit(300, None, silent=True, connected=0)
    assert away.severity == Severity.AWAY


def test_one_fresh_circuit_breaks_the_silence() -> None:
    """docs/values.md 3: no circuit is fresh."""
    case = Case(CIRCUIT, msgspec.structs.replace(CIRCUIT, circuit_id="d", circuit_no=1, port_id="q"))
    case.poll(0, rows={"c": DOWN, "d": UP})
    case.poll(240, rows={"d": UP})
    assert not case.poll(300, rows={"d": UP}).silent
    told = case.poll(360, rows={"d": UP})
    assert told.circuits["c"].severity == Severity.UNKNOWN
    assert case.poll(660, rows={}).silent


def test_a_circuit_that_is_gone_goes_on_in_its_gap() -> None:
    """docs/values.md 10."""
    case = Case()
    case.poll(0)
    case.poll(60, seen=55)
    case.only()
    gone = case.poll(120, None)
    assert gone.circuits == {}
    assert case.told()[-1] == (55, "unknown", "gone", 0)
    case.poll(180, None)
    case.only(CIRCUIT)
    back = case.circuit(300, UP, events=[(100, False)])
    assert back.state == State.UP
    assert case.line(0, 400) == [(0, 55, "up"), (55, 100, "unknown"), (100, 300, "down"), (300, 400, "up")]
