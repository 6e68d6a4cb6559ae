"""Timelines out of the ledger: the edge written last holds, whatever order they are handed in (docs/values.md 4)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from noctui.engine.timeline import Line
from noctui.model.edges import Edge
from noctui.model.words import State
from noctui.sla.intervals import total
from noctui.sla.lines import doubtful, down_at_most, paint, seconds_of
from tests.sla.scenes import edge


def test_each_second_has_one_state_and_what_nothing_paints_is_unknown() -> None:
    line = paint([edge(100, State.UP), edge(200, State.DOWN), edge(260, State.UP)], 0, 300)
    assert line[State.UNKNOWN] == ((0, 100),)
    assert line[State.UP] == ((100, 200), (260, 300))
    assert line[State.DOWN] == ((200, 260),)


def test_a_correction_repaints_its_own_stretch_alone() -> None:
    """Away from 100, back at 200; at 210 it is learned that it was down up to 150."""
    away = [edge(0, State.UP), edge(100, State.AWAY), edge(200, State.UP)]
    known = [*away, replace(edge(100, State.DOWN, 210), until=150)]
    assert paint(known, 0, 300)[State.DOWN] == ((100, 150),)
    assert paint(known, 0, 300)[State.AWAY] == ((150, 200),)


def test_an_up_without_a_down_makes_no_outage() -> None:
    assert paint([edge(0, State.UP), edge(100, State.UP)], 0, 300)[State.DOWN] == ()


def test_a_down_without_an_up_goes_on() -> None:
    assert paint([edge(0, State.UP), edge(100, State.DOWN)], 0, 300)[State.DOWN] == ((100, 300),)


def test_silence_while_it_is_down_leaves_open_how_long_it_was() -> None:
    """Down from 100, away from 160, up at 400: down for 60 s, or for 300 s."""
    line = paint([edge(0, State.UP), edge(100, State.DOWN), edge(160, State.AWAY), edge(400, State.UP)], 0, 500)
    assert (total(line[State.DOWN]), down_at_most(line)) == (60, ((100, 400),))


def test_an_edge_from_the_future_is_moved_to_when_it_was_learned() -> None:
    """A clock that is 5 min ahead; up to 60 s are let pass."""
    assert paint([edge(0, State.UP), edge(500, State.DOWN, 200)], 0, 600)[State.DOWN] == ((200, 600),)
    assert paint([edge(0, State.UP), edge(250, State.DOWN, 200)], 0, 600)[State.DOWN] == ((250, 600),)


def test_between_two_polls_it_is_not_certain_when_it_changed() -> None:
    """Polls every 60 s: up at 100, down at 160, up at 400."""
    polled = [
        edge(0, State.UP),
        replace(edge(160, State.DOWN), uncertainty=60.0),
        replace(edge(400, State.UP), uncertainty=60.0),
    ]
    assert doubtful(polled, paint(polled, 0, 500)) == ((100, 160), (340, 400))
    certain = [*polled, replace(edge(340, State.UP, 450), until=400)]
    assert doubtful(certain, paint(certain, 0, 500)) == ((100, 160),)


def test_parts_of_seconds_go_to_the_nearest_whole_one() -> None:
    line = paint([edge(0, State.UP), edge(10.4, State.DOWN), edge(20.5, State.UP)], 0, 30)
    assert line[State.DOWN] == ((10, 21),)


STATES = st.sampled_from(list(State))
WRITTEN = st.lists(st.tuples(st.integers(0, 500), STATES, st.none() | st.integers(1, 200)), max_size=25)


def ledger(written: list[tuple[int, State, int | None]]) -> list[Edge]:
    """Edges learned one after the other, at times of their own."""
    return [
        replace(edge(at, state, 1000 + n), until=None if length is None else at + length)
        for n, (at, state, length) in enumerate(written)
    ]


@given(WRITTEN, st.randoms())
def test_the_order_they_come_in_does_not_matter_and_seconds_add_up(
    written: list[tuple[int, State, int | None]], chance: object
) -> None:
    edges = ledger(written)
    shuffled = list(edges)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    line = paint(edges, 50, 450)
    assert paint(shuffled, 50, 450) == line
    assert sum(seconds_of(line).values()) == 400


@given(WRITTEN)
def test_it_is_the_timeline_that_the_engine_paints(written: list[tuple[int, State, int | None]]) -> None:
    """The engine lays edges over each other going forward; here they are read backward."""
    painted = Line(0.0, int(State.UNKNOWN))
    for e in ledger(written):
        if e.until is None:
            painted.open(e.event_time, int(e.state)) if e.event_time else painted.paint(0.0, 10_000.0, int(e.state))
        else:
            painted.paint(e.event_time, e.until, int(e.state))
    ends = [*painted.starts[1:], 10_000.0]
    found = paint(ledger(written), 0, 600)
    for start, end, state in zip(painted.starts, ends, painted.states, strict=True):
        if start < min(end, 600):
            assert any(a <= start and min(end, 600) <= b for a, b in found[State(state)])
