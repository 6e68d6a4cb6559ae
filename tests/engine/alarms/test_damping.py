"""Flap damping: the worked cases of facts/numbers.md g (RFC 2439)."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.engine.alarms.damping import Damper, decayed
from noctui.engine.alarms.rules import Damping
from noctui.model.edges import Edge
from noctui.model.words import State


def edge(t: float, state: State = State.DOWN, until: float | None = None) -> Edge:
    return Edge(circuit_id="c", event_time=t, state=state, known_at=t, until=until)


def test_four_down_edges_two_minutes_apart() -> None:
    """Penalties 1000.00, 1911.72, 2742.96 (suppressed), 3500.82; reuse 33.34 min after the last."""
    damper, found, damped = Damper(Damping()), [], []
    for minute in (0, 2, 4, 6):
        damper.take([edge(60.0 * minute)])
        found.append(round(damper.value("c", 60.0 * minute), 2))
        damped.append("c" in damper.damped)
    assert found == [1000.00, 1911.72, 2742.96, 3500.82]
    assert damped == [False, False, True, True]
    damper.settle(360.0 + 33.33 * 60.0)
    assert "c" in damper.damped
    damper.settle(360.0 + 33.35 * 60.0)
    assert "c" not in damper.damped


def test_with_suppress_3000_it_is_damped_at_the_fourth() -> None:
    damper, damped = Damper(Damping(suppress=3000.0)), []
    for minute in (0, 2, 4, 6):
        damper.take([edge(60.0 * minute)])
        damped.append("c" in damper.damped)
    assert damped == [False, False, False, True]


def test_the_ceiling_is_12000_and_holds_for_an_hour_at_most() -> None:
    rules = Damping()
    assert rules.ceiling == 12_000.0
    damper = Damper(rules)
    damper.take([edge(float(t)) for t in range(100)])
    assert damper.value("c", 99.0) == 12_000.0
    damper.settle(99.0 + 3599.0)
    assert "c" in damper.damped
    damper.settle(99.0 + 3601.0)
    assert "c" not in damper.damped


def test_only_a_fall_of_now_counts() -> None:
    """Coming up, being unreachable, and a stretch of the past that is painted anew add nothing."""
    damper = Damper(Damping())
    damper.take([edge(0.0, State.UP), edge(1.0, State.AWAY), edge(2.0, State.DOWN, until=9.0)])
    assert damper.value("c", 3.0) == 0.0


def test_an_edge_learned_late_adds_to_the_penalty_as_it_stands() -> None:
    damper = Damper(Damping())
    damper.take([edge(900.0), edge(0.0)])
    assert damper.value("c", 900.0) == 2000.0


def test_one_that_was_free_again_before_it_fell_is_not_damped_by_the_old_edges() -> None:
    """Nobody looked for two hours: at its next fall it has 1000 and a little, and is no longer damped."""
    damper = Damper(Damping())
    damper.take([edge(60.0 * m) for m in (0, 2, 4)])
    damper.take([edge(7200.0)])
    assert "c" not in damper.damped
    assert damper.value("c", 7200.0) == pytest.approx(1000.0 + decayed(2742.96, 6960.0, 900.0), abs=0.01)


@given(st.lists(st.floats(0.0, 86_400.0), min_size=1, max_size=40))
def test_a_penalty_is_never_above_the_ceiling_and_only_falls_between_edges(times: list[float]) -> None:
    damper, rules = Damper(Damping()), Damping()
    for t in sorted(times):
        damper.take([edge(t)])
        assert 1000.0 <= damper.value("c", t) <= rules.ceiling
    last = max(times)
    values = [damper.value("c", last + s) for s in (0.0, 1.0, 60.0, 900.0)]
    assert values == sorted(values, reverse=True)
    assert math.isclose(values[3], values[0] / 2)
